#!/usr/bin/env python3
"""Alarms on real plant data: what `andon import` journals of them, and what `andon report alarms --what-if` counts, are what a plain count of the rows gives.

    test_real_alarms.py ANDON DATA_FOLDER

Prints TAP. The plain count knows nothing of andon: a limit, a deadband, a delay, row by row.
"""
import csv
import datetime
import io
import json
import os
import pathlib
import sys
import tempfile

from test_real_data import end_collector, machine, run

ALARMS = """alarms = ( { kind = "high-high"; limit = 103; deadband = 0.5; on_delay = "0s"; off_delay = "0s"; action = "stop the machine"; },
      { kind = "high"; limit = 100; deadband = 1; on_delay = "0s"; off_delay = "0s"; action = "look at the bearing"; },
      { kind = "low"; limit = 70; deadband = 2; on_delay = "0s"; off_delay = "0s"; action = "look at the load"; } ); """
FROM, TO = "2013-12-01", "2014-03-01"


# ---- the plain count ----

def truths(rows, low, limit, deadband):
    """Beyond the limit, or not yet back by the deadband: of each row, (ms, truth)."""
    sign, beyond = -1 if low else 1, False
    for ms, value in rows:
        value, bound = sign * value, sign * limit
        beyond = value > bound or (beyond and value >= bound - deadband)
        yield ms, beyond


def stretches(rows, conditions, delay=0):
    """(raised, cleared or None) of an alarm that is active while any of its conditions is, each behind its delay."""
    spans = []
    for low, limit, deadband in conditions:
        since = None
        for ms, beyond in truths(rows, low, limit, deadband):
            if beyond and since is None:
                since = ms
            elif not beyond and since is not None:
                if ms > since + delay:
                    spans.append((since + delay, ms))
                since = None
        if since is not None:
            spans.append((since + delay, None))
    joined = []
    for begin, end in sorted(spans, key=lambda span: span[0]):
        if joined and (joined[-1][1] is None or begin < joined[-1][1]):
            last = joined[-1][1]
            joined[-1] = (joined[-1][0], None if last is None or end is None else max(last, end))
        else:
            joined.append((begin, end))
    return joined


# ---- what is compared ----

def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def read(data):
    return sorted(((milliseconds(at), value) for _, at, value in machine(data)), key=lambda row: row[0])  # stable


def journalled(andon, here):
    """What the cache's events say of each alarm: [(ms, what)], and whether a person was ever meant to see one."""
    said, seen = {}, False
    for row in csv.DictReader(io.StringIO(run(andon, "export", "--journal", "--kind", "alarm", "--from", FROM, *here))):
        said.setdefault(row["path"], []).append((milliseconds(row["time"]), row["what"]))
        seen = seen or row["annunciated"] != "0"
    return said, seen


def transitions(rows, conditions):
    return sorted(edge for begin, end in stretches(rows, conditions) for edge in ((begin, "raised"), (end, "cleared")) if edge[0] is not None)


CONFIGURED = {"mill/temperature.high": [(False, 103, 0.5), (False, 100, 1)], "mill/temperature.low": [(True, 70, 2)]}


def the_journal(andon, here, rows):
    said, seen = journalled(andon, here)
    assert not seen, "an import's alarm was annunciated"
    assert set(said) == set(CONFIGURED), sorted(said)
    for key, conditions in CONFIGURED.items():
        got = [edge for edge in said[key] if edge[1] in ("raised", "cleared")]
        wanted = transitions(rows, conditions)
        assert len(wanted) > 20 and sorted(got) == wanted, "%s: %d of %d: %s" % (key, len(got), len(wanted), sorted(set(got) ^ set(wanted))[:6])
    return said


def it_comes_once(andon, here, rows, source, before):
    assert "imported before" in run(andon, "import", *here, "-t", "value=mill/temperature", source, status=1)
    run(andon, "import", *here, "-t", "value=mill/temperature", "--again", source)
    assert journalled(andon, here)[0] == before, "an alarm came twice"


def ask(andon, here, text, *more):
    return run(andon, "report", "alarms", *here, "--from", FROM, "--to", TO, "--what-if", text, *more)


# what is asked; the conditions and the delay of each row that is answered
HIGH, LOW = CONFIGURED["mill/temperature.high"], CONFIGURED["mill/temperature.low"]
MINUTE = 60000
WHATIFS = [
    ("mill/temperature.high deadband=5; high.limit=98 high-high=101; on-delay=7m",
     [(HIGH, 0), ([(False, 103, 5), (False, 100, 5)], 0), ([(False, 101, 0.5), (False, 98, 1)], 0), (HIGH, 7 * MINUTE)]),
    ("mill/temperature.low limit=75; deadband=0; limit=80 deadband=8 on-delay=12m",
     [(LOW, 0), ([(True, 75, 2)], 0), ([(True, 70, 0)], 0), ([(True, 80, 8)], 12 * MINUTE)]),
    ("mill/temperature high=95 deadband=1; deadband=3; limit=90", [([(False, 95, 1)], 0), ([(False, 95, 3)], 0), ([(False, 90, 1)], 0)]),
    ("mill/temperature low=60", [([(True, 60, 0)], 0)]),
]


def the_what_ifs(andon, here, rows):
    from_ms, to_ms = milliseconds(FROM + "T00:00:00Z"), milliseconds(TO + "T00:00:00Z")
    seen = []
    for text, wanted in WHATIFS:
        told = json.loads(ask(andon, here, text, "--format", "json"))["variants"]
        assert len(told) == len(wanted), told
        for variant, (conditions, delay) in zip(told, wanted):
            spans = [(begin, to_ms if end is None else end) for begin, end in stretches(rows, conditions, delay)]
            active = sum(end - begin for begin, end in spans)
            where = "%s: %s: " % (text, variant["settings"])
            assert variant["samples"] == len(rows), where + str(variant)
            assert variant["raises"] == len(spans), where + "%d raises, %d by the plain count" % (variant["raises"], len(spans))
            assert abs(variant["active"] * (to_ms - from_ms) - active) < 2, where + "active %s ms, %s by the plain count" % (variant["active"] * (to_ms - from_ms), active)
            assert variant["longest_ms"] == max((end - begin for begin, end in spans), default=0), where + "longest"
            assert variant["fleeting"] == sum(end - begin < 10000 for begin, end in spans), where + "fleeting"
        seen.append({variant["raises"] for variant in told})
    assert len(seen[0]) > 2, "the settings make no difference"
    table = list(csv.DictReader(io.StringIO(ask(andon, here, text, "--format", "csv")))) + [line.split() for line in ask(andon, here, text).splitlines()[3:]]
    assert len(table) == 2 and int(table[0]["raises"]) == int(table[1][0]) == told[0]["raises"], table
    assert table[0]["settings"] == " ".join(table[1][7:]) == told[0]["settings"] == "low < 60, deadband 0", table


def the_refusals(andon, here):
    for text, more, why in [("mill/temperature.hgih deadband=5", [], "did you mean mill/temperature.high?"), ("mill/temperature deadband=5", [], "high="),
                            ("mill/temperature.low width=5", [], "deadband="), ("mill/temperature.low", ["--format", "html"], "text, csv or json"),
                            ("mill/temperature.low", ["--position", "plant"], "--position")]:
        said = run(andon, "report", "alarms", *here, "--from", FROM, "--to", TO, "--what-if", text, *more, status=2)
        assert why in said, said
    assert "no sample" in run(andon, "report", "alarms", *here, "--from", "2012-01-01", "--to", "2012-02-01", "--what-if", "mill/temperature.low", status=1)


def main():
    andon, data = sys.argv[1], pathlib.Path(sys.argv[2])
    for name in [name for name in os.environ if name.startswith(("ANDON_", "XDG_"))]:
        del os.environ[name]
    names = ["the journal holds what a plain count raises and clears, and nobody was to see it", "what-if counts what a plain count does, whatever the settings",
             "what cannot be asked is refused with what can", "an alarm comes once however often its file is imported"]
    print("1..%d" % len(names))
    with tempfile.TemporaryDirectory() as folder:
        cache, config = pathlib.Path(folder) / "cache", pathlib.Path(folder) / "machine.cfg"
        config.write_text((data / "machine.cfg").read_text(encoding="utf-8").replace('interval = "5m"; }', 'interval = "5m"; ' + ALARMS + "}"), encoding="utf-8")
        here, rows, source = ["-c", str(config), "--cache", str(cache)], read(data), str(data / "machine.csv")
        said = {}
        checks = [lambda: said.update(the_journal(andon, here, rows)), lambda: the_what_ifs(andon, here, rows), lambda: the_refusals(andon, here),
                  lambda: it_comes_once(andon, here, rows, source, said)]
        try:
            run(andon, "import", *here, "-t", "value=mill/temperature", source)
            for number, name in enumerate(names, 1):  # the last one doubles the samples
                try:
                    checks[number - 1]()
                    print("ok %d - %s" % (number, name))
                except AssertionError as error:
                    print("not ok %d - %s" % (number, name))
                    print("# " + str(error)[:2000].replace("\n", "\n# "))
        finally:
            if (cache / "lock").exists():
                end_collector(cache)


if __name__ == "__main__":
    main()
