#!/usr/bin/env python3
"""Real plant data comes in whole: what `andon import` took of tests/data/real is what `andon export` gives, bit for bit.

    test_real_data.py ANDON DATA_FOLDER

Prints TAP. The collector is one that the import starts.
"""
import csv
import datetime
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

UTC = datetime.timezone.utc
SEOUL = datetime.timezone(datetime.timedelta(hours=9))


def run(*command, status=0):
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == status, "%s: %s%s" % (" ".join(command), ran.stdout, ran.stderr)
    return ran.stdout + ran.stderr


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def end_of_interval(text):
    """A stamp of 0:00 carries the date of the day that ended."""
    at = datetime.datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=SEOUL)
    return at + datetime.timedelta(days=1) if at.hour == at.minute == 0 else at


def steelworks(data):
    for date, usage, factor in rows(data / "steelworks.csv"):
        yield "steelworks/usage", stamp(end_of_interval(date)), float(usage)
        yield "steelworks/lagging-pf", stamp(end_of_interval(date)), float(factor)


def machine(data):
    for date, value in rows(data / "machine.csv"):
        yield "mill/temperature", stamp(datetime.datetime.fromisoformat(date).replace(tzinfo=UTC)), float(value)


STEELWORKS = ["--time-format", "%d/%m/%Y %H:%M", "--midnight", "next", "-t", "Usage_kWh=steelworks/usage",
              "-t", "Lagging_Current_Power_Factor=steelworks/lagging-pf"]
SETS = [("steelworks", STEELWORKS, steelworks, 2 * 9264), ("machine", ["-t", "value=mill/temperature"], machine, 22695)]


def end_collector(cache):
    """It is another process's child, so that its lock tells when it has gone."""
    text = (cache / "lock").read_text().strip()
    process = pathlib.Path("/proc") / (text or "none")
    if process.exists():
        os.kill(int(text), signal.SIGTERM)
    end = time.monotonic() + 120
    while process.exists():
        assert time.monotonic() < end, "the collector stays"
        time.sleep(0.05)


def check(andon, data, name, options, expected, count):
    with tempfile.TemporaryDirectory() as folder:
        cache = pathlib.Path(folder) / "cache"
        here = ["-c", str(data / (name + ".cfg")), "--cache", str(cache)]
        source = str(data / (name + ".csv"))
        try:
            run(andon, "import", *here, *options, source)
            exported = pathlib.Path(folder) / "out.csv"
            exported.write_text(run(andon, "export", *here, "*"), encoding="utf-8")
            got = [(tag, at, float(value)) for tag, at, value, quality in rows(exported) if quality == "good"]
            wanted = sorted(expected(data), key=lambda sample: sample[:2])  # stable: equal stamps stand as in the file
            assert len(wanted) == count
            assert sorted(got, key=lambda sample: sample[:2]) == wanted
            said = run(andon, "sql", *here, "--format", "csv", "select sum(count), min(min), max(max) from hour")
            assert said.splitlines()[1].split(",")[0] == str(count), said
            assert [float(n) for n in said.splitlines()[1].split(",")[1:]] == [min(v for _, _, v in wanted), max(v for _, _, v in wanted)], said
            assert "imported before" in run(andon, "import", *here, *options, source, status=1)
        finally:
            if (cache / "lock").exists():
                end_collector(cache)


def main():
    andon, data = sys.argv[1], pathlib.Path(sys.argv[2])
    for name in [name for name in os.environ if name.startswith(("ANDON_", "XDG_"))]:
        del os.environ[name]
    print("1..%d" % len(SETS))
    for number, (name, options, expected, count) in enumerate(SETS, 1):
        try:
            check(andon, data, name, options, expected, count)
            print("ok %d - %s: %d samples come in and out again, bit for bit, once" % (number, name, count))
        except AssertionError as error:
            print("not ok %d - %s" % (number, name))
            print("# " + str(error)[:2000].replace("\n", "\n# "))


if __name__ == "__main__":
    main()
