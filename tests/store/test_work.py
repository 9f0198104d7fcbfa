#!/usr/bin/env python3
"""andon report oee and report shift against plain sums of the same facts, done another way: every figure, on some days of accounts made up by chance.

    test_work.py ANDON MAKE_CACHE

Prints TAP.
"""
import csv
import datetime
import io
import json
import math
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import xml.dom.minidom

sys.dont_write_bytecode = True
from cases import ANDON, EMPTY_HOME, ENVIRONMENT, case, new_cache, run_cases  # noqa: E402

DAY, HOUR, MINUTE = 86400000, 3600000, 60000
BEGIN = 1718143200000  # 2024-06-12 00:00 in Berlin
DAYS = 6
TIMES = "unknown run down minor starved blocked setup setup_over cleaning maintenance break not_scheduled".split()
BUSY = "run down minor starved blocked setup setup_over".split()
AMOUNTS = "good reject rework first_pass inspected startup_reject unknown outside ideal_ms without_ideal".split()
NASTY = "Öl <b>\"zu\" & 'heiß'</b>"
CONFIG = """
site = { name = "works"; title = "Werk & Söhne"; zone = "Europe/Berlin"; };
brokers = ( { name = "main"; url = "mqtt://127.0.0.1:1"; } );
areas = (
  { name = "hall"; title = "Halle"; lines = (
    { name = "l1"; title = "Linie <1>"; constraint = "press"; ideal_cycle = 10.0;
      units = ( { name = "press"; topic = "p/{tag}"; tags = ( { name = "state"; }, { name = "good"; } ); },
                { name = "robot"; topic = "r/{tag}"; tags = ( { name = "state"; } ); } ); },
    { name = "l2"; topic = "l2/{tag}"; tags = ( { name = "state"; }, { name = "good"; } ); } ); },
  { name = "yard"; lines = ( { name = "l3"; topic = "l3/{tag}"; tags = ( { name = "state"; }, { name = "good"; } ); } ); } );
"""
LINES = ["works/hall/l1", "works/hall/l2", "works/yard/l3"]


# ---- facts made up by chance ----

def split(chance, total, names):
    """The total in parts, all of which are whole milliseconds."""
    marks = sorted(chance.randrange(total + 1) for _ in names[1:])
    return {name: b - a for name, a, b in zip(names, [0] + marks, marks + [total])}


def hour_fact(chance, path, hour):
    start = BEGIN + hour * HOUR
    sums = split(chance, HOUR, chance.sample(TIMES, chance.randrange(1, 5)))
    made = chance.randrange(300) if sums.get("run", 0) else 0
    reject = chance.randrange(made // 5 + 1)
    sums.update(good=made - reject, reject=reject, startup_reject=reject // 3, ideal_ms=made * chance.choice([8000, 9500.5]), stops=chance.randrange(2), minors=chance.randrange(4),
                inspected=made, first_pass=(made - reject) * 9 // 10, outside=chance.randrange(2), unknown_pieces=chance.randrange(3))
    return {"path": path, "from": start, "to": start + HOUR, "product": chance.choice(["", "M8", "M10"]), "order": "%d" % (hour // 7), "sums": sums, "seq": 10}


def make_facts(seed):
    chance, facts = random.Random(seed), []
    for path in LINES + ["works/hall/l1/press", "works/hall/l1/robot"]:
        for hour in range(DAYS * 24):
            if path == "works/yard/l3" and (hour < 10 or 50 <= hour < 55):
                continue  # nobody told anything
            fact = hour_fact(chance, path, hour)
            facts.append(fact)
            if chance.random() < 0.1 and fact["sums"].get("down", 0) > 1000:  # an amendment: that was a set-up, and a reject more
                facts.append({**fact, "seq": 20, "sums": {"down": -1000, "setup": 1000, "good": -1, "reject": 1, "stops": -1}})
    return facts


def make_stops(seed):
    chance, stops = random.Random(seed), []
    for path in ("works/hall/l1/press", "works/hall/l1/robot", "works/hall/l2"):
        at = BEGIN
        while at < BEGIN + DAYS * DAY - 4 * HOUR:
            length = chance.choice([chance.randrange(1000, 119000), chance.randrange(120000, 3 * HOUR)])
            reason = chance.choice([("", ""), ("mechanical/jam", NASTY), ("material", "Material fehlt")])
            stops.append({"path": path, "start": at, "end": at + length, "category": "minor" if length < 120000 else chance.choice(["down", "setup"]), "reason": reason[0], "title": reason[1],
                          "message": chance.choice(["", "E12"]), "gone": chance.random() < 0.05})
            at += length + chance.randrange(1, 4 * HOUR)
    stops.append({"path": "works/hall/l2", "start": BEGIN + DAYS * DAY - 2 * HOUR, "end": 0, "category": "down", "reason": "", "title": "", "message": "", "gone": False})
    return stops


def day_of(ms):
    return int((datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms + 2 * HOUR)).strftime("%Y%m%d"))


def local_day_begin(ms):
    return (ms - BEGIN) // DAY * DAY + BEGIN


def make_defects(seed):
    chance, defects = random.Random(seed), []
    for path in LINES + ["works/hall/l1/robot"]:
        for hour in range(DAYS * 24):
            for kind in ("scratch", "dent", NASTY, "others"):
                if path != "works/yard/l3" and chance.random() < 0.3:
                    defects.append({"path": path, "from": BEGIN + hour * HOUR, "defect": kind, "number": chance.randrange(1, 9), "seq": 10 + hour % 2})
    return defects


def fill(folder, facts, stops, newest):
    db = sqlite3.connect(folder + "/andon.db")
    db.executemany("INSERT INTO defect(path, from_ms, seq, part, to_ms, line, shift_ms, day, planned, defect, number) VALUES(?,?,?,?,?,?,?,?,1,?,?)",
                   [(d["path"], d["from"], d["seq"], n, d["from"] + HOUR, d["path"] in LINES or None, local_day_begin(d["from"]), day_of(d["from"]), d["defect"], d["number"])
                    for n, d in enumerate(DEFECTS)])
    columns = [name + "_ms" for name in TIMES] + AMOUNTS + ["stops", "minors"]
    def values(sums):
        return [sums.get(n) or None for n in TIMES] + [sums.get("unknown_pieces" if n == "unknown" else n) or None for n in AMOUNTS] + [sums.get("stops") or None, sums.get("minors") or None]
    db.executemany("INSERT INTO account(path, from_ms, seq, part, to_ms, line, shift_ms, day, planned, product, ordr, %s) VALUES(%s)" % (", ".join(columns), ", ".join("?" * (11 + len(columns)))),
                   [[f["path"], f["from"], f["seq"], n, f["to"], f["path"] in LINES or None, local_day_begin(f["from"]), day_of(f["from"]), 1, f["product"] or None, f["order"]] + values(f["sums"])
                    for n, f in enumerate(facts)])
    db.executemany("INSERT INTO stop(path, start_ms, seq, part, end_ms, class, booked, category, gone, reason, reason_title, message, who, comment, shift_ms, day) VALUES(?,?,?,?,?,'stop','stop',?,?,?,?,?,?,?,?,?)",
                   [(s["path"], s["start"], 10, n, s["end"] or None, s["category"], s["gone"] or None, s["reason"] or None, s["title"] or None, s["message"] or None,
                     "Kim" if s["reason"] else None, NASTY if s["reason"] else None, local_day_begin(s["start"]), day_of(s["start"])) for n, s in enumerate(stops)])
    def event(number, ms, kind, path, text, after, who, comment="", span=0):
        db.execute("INSERT INTO event(number, seq, ms, kind, path, text, before, after, span_ms, down, who, comment) VALUES(?,10,?,?,?,?,'',?,?,0,?,?)", (number, ms, kind, path, text, after, span, who, comment))
    event(500, BEGIN + 30 * HOUR, "note", "works/hall/l1", "", "", "Kim", NASTY)
    event(501, BEGIN + 31 * HOUR, "note", "works/yard/l3", "", "", "Lee", "all quiet")
    event(502, BEGIN + 60 * HOUR, "note", "works/hall/l1", "", "", "Kim", "another day")
    event(503, BEGIN + 32 * HOUR, "call", "works/hall/l2", "Maintenance", "raised", "Lee")
    event(504, BEGIN + 33 * HOUR, "call", "works/hall/l2", "Maintenance", "taken", "Kim", span=HOUR)
    for n in range(7):
        db.execute("INSERT INTO event(number, seq, ms, kind, path, text, before, after, span_ms, down, who, what, alarm, priority, annunciated, occurrence_ms, value, alarm_limit, class, position)"
                   " VALUES(?, 10, ?, 'alarm', ?, 'oil', '', '', 0, 0, '', 'raised', 'high', 3, ?, ?, '', '', 'process', 'hall')",
                   (600 + n, BEGIN + (30 + n) * HOUR, "works/hall/l1/press/oil.high", n != 3, BEGIN + (30 + n) * HOUR))
    db.execute("UPDATE journal SET last_ms = ? WHERE first_seq = (SELECT max(first_seq) FROM journal)", (newest,))
    db.commit()
    db.close()


# ---- the plain sums ----

def add(facts):
    total = dict.fromkeys(TIMES + ["good", "reject", "rework", "first_pass", "inspected", "startup_reject", "unknown_pieces", "outside", "ideal_ms", "stops", "minors"], 0)
    for fact in facts:
        for name, number in fact["sums"].items():
            total[name] += number
    return total


def plain(paths, begin, end, product=None, order=None):
    """Facts of these lines that begin in [begin, end); what nobody told is unknown: without a calendar all of it is planned."""
    mine = [f for f in FACTS if f["path"] in paths and begin <= f["from"] < end and product in (None, f["product"]) and order in (None, f["order"])]
    total = add(mine)
    if product is None and order is None:
        total["unknown"] += len(paths) * (end - begin) - sum(total[name] for name in TIMES)
    return total


def figures(t):
    busy, run, made = sum(t[name] for name in BUSY), t["run"], t["good"] + t["reject"] + t["rework"]
    pbt = busy + t["unknown"]
    ok = busy > 0
    a = run / pbt if ok else None
    p = t["ideal_ms"] / run if run and made and t["ideal_ms"] else None
    q = t["good"] / made if made else None
    oee = None if a is None else 0 if run == 0 else None if p is None or q is None else a * p * q
    return {"availability": a, "performance": p, "quality": q, "oee": oee, "unknown_share": t["unknown"] / pbt if pbt else None, "good": t["good"], "reject": t["reject"],
            "mtbf_ms": (run + t["setup"] + t["setup_over"]) / t["stops"] if t["stops"] > 0 else None, "mttr_ms": t["down"] / t["stops"] if t["stops"] > 0 else None,
            "failures": t["stops"], "minor_stops": t["minors"], "unknown_pieces": t["unknown_pieces"], "outside": t["outside"], "startup_reject": t["startup_reject"]}


def equal(got, wanted, what):
    for name, number in wanted.items():
        value = got[name]
        if (value is None) != (number is None) or (value is not None and abs(value - number) > 1e-9 * max(1, abs(number))):
            raise AssertionError("%s: %s is %s, the plain sum says %s" % (what, name, value, number))


def check_sum(got, total, what):
    equal(got, figures(total), what)
    for name in TIMES:
        assert got["time_ms"][name] == total[name], "%s: %s is %s ms, the plain sum says %s" % (what, name, got["time_ms"][name], total[name])
    assert got["time_ms"]["sum"] == sum(total[name] for name in TIMES), what


# ---- the command ----

def report(*args, status=0, cache=None, config=None):
    done = subprocess.run([ANDON, "report", args[0], "--config", config or CONFIG_FILE, "--cache", cache or CACHE, *args[1:]], capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, timeout=100)
    assert done.returncode == status, "%s: exit status %s, expected %s: %s" % (args, done.returncode, status, done.stderr)
    return done


def told(*args, **of):
    return json.loads(report(*args, "--format", "json", **of).stdout)


WEEK = ("--from", "2024-06-12", "--to", "2024-06-18")


@case
def each_line_is_the_sum_of_its_facts():
    whole = told("oee", *WEEK)
    assert [line["path"] for line in whole["lines"]] == LINES
    for line in whole["lines"]:
        check_sum(line, plain([line["path"]], BEGIN, BEGIN + DAYS * DAY), line["path"])
        assert line["time_ms"]["sum"] == DAYS * DAY, "the time model does not close: %s" % line["time_ms"]
    assert any("No calendar" in remark for remark in whole["remarks"]), whole["remarks"]


@case
def areas_and_the_site_are_sums_over_their_lines():
    sums = {s["path"]: s for s in told("oee", *WEEK)["sums"]}
    assert list(sums) == ["works/hall", "works/yard", "works"]
    for path, lines in (("works/hall", LINES[:2]), ("works/yard", LINES[2:]), ("works", LINES)):
        assert sums[path]["lines"] == len(lines)
        check_sum(sums[path], plain(lines, BEGIN, BEGIN + DAYS * DAY), path)


@case
def parts_are_the_sums_of_their_facts_and_add_up():
    for by in ("hour", "shift", "day", "product", "order"):
        for line in told("oee", *WEEK, "--by", by)["lines"]:
            path, parts = line["path"], line["parts"]
            assert line["by"] == by
            for part in parts:
                begin = milliseconds(part["from"])
                if by == "product" or by == "order":
                    wanted = plain([path], BEGIN, BEGIN + DAYS * DAY, **{by: part["name"]})
                else:
                    wanted = plain([path], begin, milliseconds(part["to"]))
                check_sum(part, wanted, "%s of %s by %s" % (part["title"], path, by))
            if by in ("hour", "shift", "day"):
                assert len(parts) == (DAYS * 24 if by == "hour" else DAYS)
                for name in TIMES:
                    assert sum(part["time_ms"][name] for part in parts) == line["time_ms"][name]
            else:
                assert {part["name"] for part in parts} == {f[by] for f in FACTS if f["path"] == path}


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


@case
def the_losses_and_the_waterfall_close():
    for line in told("oee", *WEEK)["lines"]:
        total = plain([line["path"]], BEGIN, BEGIN + DAYS * DAY)
        pbt = sum(total[name] for name in BUSY) + total["unknown"]
        losses = line["losses"]
        lost = sum(row["ms"] for name, row in losses.items() if name != "productive_ms")
        assert abs(lost + losses["productive_ms"] + total["unknown"] - pbt) < 1, (lost, losses, pbt)
        assert abs(losses["productive_ms"] - line["oee"] * pbt) < 1
        assert losses["breakdown"]["ms"] == total["down"] and losses["external"]["ms"] == total["starved"] + total["blocked"]
        steps = line["waterfall"]
        assert steps[0]["left_ms"] == DAYS * DAY and abs(steps[0]["left_ms"] - sum(step["ms"] for step in steps) - losses["productive_ms"]) < 1


@case
def stops_are_weighed_by_reason_with_what_lasts_into_the_period():
    begin, end = BEGIN + DAY, BEGIN + 2 * DAY
    for line in told("oee", "--from", "2024-06-13", "--to", "2024-06-14")["lines"]:
        path = "works/hall/l1/press" if line["path"] == LINES[0] else line["path"]
        wanted = {}
        for s in STOPS:
            length = min(s["end"] or end, end) - max(s["start"], begin)
            if s["path"] != path or s["gone"] or length <= 0:
                continue
            key = (s["title"] if s["reason"] else s["message"] or "no reason given", bool(s["reason"]), s["category"])
            ms, number, longest = wanted.get(key, (0, 0, 0))
            wanted[key] = (ms + length, number + 1, max(longest, length))
        assert {(r["reason"], r["given"], r["class"]): (r["ms"], r["number"], r["longest_ms"]) for r in line["reasons"]} == wanted
        assert [r["ms"] for r in line["reasons"]] == sorted((r["ms"] for r in line["reasons"]), reverse=True)


def defects_of(path, begin, end):
    wanted = {}
    for d in DEFECTS:
        if d["path"] == path and begin <= d["from"] < end:
            wanted[d["defect"]] = wanted.get(d["defect"], 0) + d["number"]
    return wanted


@case
def defects_are_counted_by_kind_in_all_formats():
    begin, end = BEGIN + DAY, BEGIN + 2 * DAY
    day = ("--from", "2024-06-13", "--to", "2024-06-14")
    for line in told("oee", *day)["lines"] + told("oee", "works/hall/l1/robot", *day)["lines"]:
        assert {d["defect"]: d["number"] for d in line["defects"]} == defects_of(line["path"], begin, end)
        numbers = [d["number"] for d in line["defects"] if d["defect"] != "others"]
        assert numbers == sorted(numbers, reverse=True) and (not numbers or line["defects"][-1]["defect"] == "others")
    wanted = defects_of(LINES[0], begin, end)
    rows = list(csv.DictReader(io.StringIO(report("oee", LINES[0], *day, "--format", "csv").stdout)))
    assert {row["defect"]: int(row["defects"]) for row in rows if row["level"] == "defect"} == wanted
    shift = told("shift", LINES[0], "--from", "2024-06-13T12:00")["lines"][0]
    assert {d["defect"]: d["number"] for d in shift["defects"]} == defects_of(LINES[0], begin + 6 * HOUR, begin + 14 * HOUR)
    text = report("oee", LINES[0], *day).stdout
    assert re.search(r"scratch +%d +%.1f %% " % (wanted["scratch"], 100 * wanted["scratch"] / sum(wanted.values())), text), text
    assert re.search(r"others +%d +[0-9.]+ %% +100.0 %%" % wanted["others"], text), text
    page = report("oee", LINES[0], *day, "--format", "html").stdout
    check_page(page)
    assert "<h3>Defects</h3>" in page and '<td class="n">%d</td>' % wanted["dent"] in page
    assert "<h3>Defects</h3>" not in report("oee", LINES[2], *day, "--format", "html").stdout


@case
def a_node_an_area_or_a_pattern_says_which_lines():
    for args, paths in ((["works/hall"], LINES[:2]), (["works/hall/l2"], LINES[1:2]), (["*/l3"], LINES[2:]), (["works/yard", "works/hall/l1"], [LINES[0], LINES[2]]),
                        (["works/hall/l1/robot"], ["works/hall/l1/robot"]), (["works/hall/l1", "--by", "unit"], [LINES[0], "works/hall/l1/press", "works/hall/l1/robot"])):
        lines = told("oee", *args, *WEEK)["lines"]
        assert [line["path"] for line in lines] == paths, (args, [line["path"] for line in lines])
        for line in lines:
            check_sum(line, plain([line["path"]], BEGIN, BEGIN + DAYS * DAY), line["path"])
    assert "no such line" in report("oee", "works/none", *WEEK, status=1).stderr
    site = told("oee", "works/hall/l1", "--by", "unit", *WEEK)["sums"][-1]
    check_sum(site, plain(LINES[:1], BEGIN, BEGIN + DAYS * DAY), "units are not added to their line")


@case
def a_period_is_cut_at_hours_and_ends_with_what_is_kept():
    got = told("oee", "--from", "2024-06-17T20:20", "--to", "2024-06-20")
    assert milliseconds(got["from"]) == BEGIN + (DAYS - 1) * DAY + 20 * HOUR and milliseconds(got["to"]) == BEGIN + DAYS * DAY
    assert any("not over" in r for r in got["remarks"]) and any("cut at hours" in r for r in got["remarks"]), got["remarks"]
    for line in got["lines"]:
        check_sum(line, plain([line["path"]], BEGIN + (DAYS - 1) * DAY + 20 * HOUR, BEGIN + DAYS * DAY), line["path"])
    got = told("oee", "--from", "2024-01-01", "--to", "2024-06-18")
    assert milliseconds(got["from"]) == BEGIN
    assert "nothing is kept" in report("oee", "--from", "2024-01-01", "--to", "2024-01-09", status=1).stderr


@case
def csv_tells_the_same():
    whole, rows = told("oee", *WEEK, "--by", "day"), list(csv.DictReader(io.StringIO(report("oee", *WEEK, "--by", "day", "--format", "csv").stdout)))
    lines = [row for row in rows if row["level"] == "line"]
    assert [row["level"] for row in rows].count("day") == DAYS * len(LINES) and [row["level"] for row in rows[-3:]] == ["area", "area", "site"]
    for line, row in zip(whole["lines"], lines):
        assert row["path"] == line["path"] and row["from"] == whole["from"]
        for name in ("availability", "performance", "quality", "oee", "unknown_share", "mtbf_ms", "good", "failures"):
            assert (row[name] == "") == (line[name] is None) and (row[name] == "" or float(row[name]) == line[name]), (name, row[name], line[name])
        assert int(row["run_ms"]) == line["time_ms"]["run"] and float(row["speed_loss_ms"]) == line["losses"]["speed"]["ms"]


@case
def text_tells_the_figures_and_that_time_closes():
    text = report("oee", "works/hall/l1", *WEEK, "--target", "99 %").stdout
    wanted = figures(plain(LINES[:1], BEGIN, BEGIN + DAYS * DAY))
    head = next(line for line in text.splitlines() if line.startswith("Linie <1>"))
    for name in ("availability", "performance", "quality", "oee", "unknown_share"):
        assert " %.1f %%" % (wanted[name] * 100) in head, (name, head)
    assert "below target" in head and "99.0 %" in head
    assert re.search(r"sum: the period +%d:00:00 +100.0 %%" % (DAYS * 24), text), text


@case
def undefined_is_shown_as_undefined():
    text = report("oee", "works/yard/l3", "--from", "2024-06-12T00:00", "--to", "2024-06-12T10:00").stdout
    head = next(line for line in text.splitlines() if line.startswith("l3"))
    assert re.search(r"l3 +- +- +- +- +- +100.0 % +0 +0 +nothing is known of it", head), head
    got = told("oee", "works/yard/l3", "--from", "2024-06-12T00:00", "--to", "2024-06-12T10:00")["lines"][0]
    assert got["oee"] is None and got["availability"] is None and got["unknown_share"] == 1 and got["note"] == "nothing is known of it"


def check_page(page):
    assert "<script" not in page and not re.search(r"(src|href)\s*=|url\(|@import|<link", page), "the page needs something else"
    xml.dom.minidom.parseString(re.sub(r"<!DOCTYPE html>|<meta [^>]*>", "", page))
    assert "<b>" not in page and "Linie &lt;1&gt;" in page


@case
def the_page_needs_nothing_else():
    page = report("oee", *WEEK, "--target", "0.85", "--format", "html").stdout
    check_page(page)
    wanted = figures(plain(LINES, BEGIN, BEGIN + DAYS * DAY))
    assert "%.1f %%" % (wanted["oee"] * 100) in page and page.count("<svg") > 10


@case
def a_handover_has_stops_calls_notes_and_alarms():
    got = told("shift", "--from", "2024-06-13T09:00")  # without a calendar the shifts are 06-14-22
    begin = BEGIN + DAY + 6 * HOUR
    assert milliseconds(got["from"]) == begin and milliseconds(got["to"]) == begin + 8 * HOUR and got["report"] == "shift"
    for line in got["lines"]:
        check_sum(line, plain([line["path"]], begin, begin + 8 * HOUR), line["path"])
    assert [(n["path"], n["who"], n["comment"]) for n in got["notes"]] == [("works/hall/l1", "Kim", NASTY), ("works/yard/l3", "Lee", "all quiet")]
    assert [(c["what"], c["who"], c["after_ms"]) for c in got["calls"]] == [("raised", "Lee", 0), ("taken", "Kim", HOUR)]
    assert [line["alarms"] for line in got["lines"]] == [6, 0, 0]
    lasting = [s for s in STOPS if s["path"] == "works/hall/l1/press" and not s["gone"] and s["start"] < begin + 8 * HOUR and s["end"] > begin]
    assert [milliseconds(s["begin"]) for s in got["lines"][0]["stops"]] == sorted(s["start"] for s in lasting)
    assert all(s["comment"] == NASTY and s["who"] == "Kim" for s in got["lines"][0]["stops"] if s["reason"])
    text = report("shift", "--from", "2024-06-13T09:00").stdout
    assert "NOTES" in text and "all quiet" in text and "Maintenance taken by Kim after 60.0 min" in text and "another day" not in text, text
    page = report("shift", "--from", "2024-06-13T09:00", "--format", "html").stdout
    check_page(page)
    assert "all quiet" in page


CALENDARS = """
calendars = ( { name = "halves"; shifts = ( { name = "early"; from = "06:30"; to = "14:30"; }, { name = "late"; from = "14:30"; to = "22:30"; } ); },
              { name = "hours"; shifts = ( { name = "day"; from = "06:00"; to = "18:00"; } ); } );
"""


def cells_of(path, cuts, good):
    """Half an hour of a cell more at each cut that is no hour; ten minutes of each hour down."""
    marks = sorted(set(range(0, 48 * 2, 2)) | set(cuts))
    return [{"path": path, "from": BEGIN + a * HOUR // 2, "to": BEGIN + b * HOUR // 2, "product": "", "order": "", "seq": 10,
             "sums": {"run": (b - a) * 25 * MINUTE, "down": (b - a) * 5 * MINUTE, "good": good * (b - a), "ideal_ms": 0 if path.endswith("l2") else good * (b - a) * 9000,
                      "without_ideal": good * (b - a) if path.endswith("l2") else 0}} for a, b in zip(marks, marks[1:])]


def told_of_lines(*args, **of):
    whole = told(*args, **of)
    return {line["path"]: line for line in whole["lines"]}, whole


@case
def each_line_is_told_by_its_own_calendar():
    folder, config = new_cache(), EMPTY_HOME + "/calendars.cfg"
    with open(config, "w", encoding="utf-8") as out:
        out.write(CONFIG.replace('title = "Halle";', 'title = "Halle"; calendar = "halves";').replace('name = "yard";', 'name = "yard"; calendar = "hours";') + CALENDARS)
    halves = (13, 29, 45, 61, 77, 93)
    fill(folder, cells_of("works/hall/l1", halves, 10) + cells_of("works/hall/l2", halves, 5) + cells_of("works/yard/l3", (), 7), [], BEGIN + 2 * DAY)
    try:
        lines, whole = told_of_lines("shift", "--from", "2024-06-12T08:00", cache=folder, config=config)
        for path, begin, end, pieces in (("works/hall/l1", 13, 29, 10), ("works/yard/l3", 12, 36, 7)):  # each its own shift, in half hours
            line = lines[path]
            assert (milliseconds(line["from"]), milliseconds(line["to"])) == (BEGIN + begin * HOUR // 2, BEGIN + end * HOUR // 2), line
            assert line["good"] == pieces * (end - begin) and line["time_ms"]["sum"] == (end - begin) * HOUR // 2, line
        assert any("own calendar" in remark for remark in whole["remarks"]), whole["remarks"]
        assert [part["name"] for part in lines["works/hall/l1"]["parts"]] == ["early"], lines["works/hall/l1"]["parts"]
        lines, _ = told_of_lines("oee", "--from", "2024-06-12T06:30", "--to", "2024-06-12T14:30", cache=folder, config=config)
        assert lines["works/hall/l1"]["good"] == 160 and lines["works/hall/l1"]["time_ms"]["sum"] == 8 * HOUR, lines["works/hall/l1"]
        yard = lines["works/yard/l3"]  # whole hours: it has no cut at half past
        assert milliseconds(yard["from"]) == BEGIN + 6 * HOUR and yard["good"] == 18 * 7 and yard["time_ms"]["sum"] == 9 * HOUR, yard
    finally:
        shutil.rmtree(folder)


@case
def the_sum_of_lines_leaves_out_those_without_an_ideal_cycle():
    folder = new_cache()
    fill(folder, cells_of("works/hall/l1", (), 100) + cells_of("works/hall/l2", (), 5) + cells_of("works/yard/l3", (), 60), [], BEGIN + 2 * DAY)
    try:
        lines, whole = told_of_lines("oee", "--from", "2024-06-12", "--to", "2024-06-13", cache=folder)
        site, performance = whole["sums"][-1], 160 * 48 * 9000 / (2 * 24 * 50 * MINUTE)
        assert lines["works/hall/l2"]["oee"] is None
        equal(site, {"availability": 50 / 60, "performance": performance, "quality": 1, "oee": 50 / 60 * performance, "good": 165 * 48}, "the site")
        assert site["note"] == "without 1 line (ideal_cycle)", site["note"]
        assert "without 1 line (ideal_cycle)" in report("oee", "--from", "2024-06-12", "--to", "2024-06-13", cache=folder).stdout
    finally:
        shutil.rmtree(folder)


@case
def the_plant_may_be_known_from_the_cache_alone():
    done = subprocess.run([ANDON, "report", "oee", "--cache", CACHE, *WEEK, "--format", "json"], capture_output=True, text=True, encoding="utf-8", env={**ENVIRONMENT, "ANDON_BROKER": "mqtt://127.0.0.1:1"}, timeout=100)
    assert done.returncode == 0, done.stderr
    assert [line["path"] for line in json.loads(done.stdout)["lines"]] == LINES


@case
def what_is_wrong_is_told():
    for args, words in ((["oee", "--by", "minute"], "hour, shift, day"), (["oee", "--format", "pdf"], "text, csv, json or html"), (["oee", "--target", "120%"], "--target"), (["oee", "--target", "0"], "--target"),
                        (["oee", "--what-if", "x"], "of the alarms"), (["alarms", "works"], "of all alarms"), (["alarms", "--by", "day"], "report oee"), (["shift", "--month"], "leave out"),
                        (["shift", "--by", "hour"], "leave out"), (["oee", "--shift", "--day"], "leave out"), (["oee", "--from", "2024-06-14", "--to", "2024-06-13"], "not before"), (["costs"], "alarms, energy, oee and shift")):
        assert words in report(*args, status=2).stderr, (args, report(*args, status=2).stderr)


if __name__ == "__main__":
    FACTS, STOPS, DEFECTS = make_facts(3), make_stops(4), make_defects(5)
    CACHE = new_cache()
    fill(CACHE, FACTS, STOPS, BEGIN + DAYS * DAY)
    CONFIG_FILE = EMPTY_HOME + "/works.cfg"
    with open(CONFIG_FILE, "w", encoding="utf-8") as out:
        out.write(CONFIG)
    run_cases(CACHE)
