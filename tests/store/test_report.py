#!/usr/bin/env python3
"""andon report alarms against plain counts of the same rows, done another way: every figure, on some weeks of alarms made up by chance.

    test_report.py ANDON MAKE_CACHE

Prints TAP.
"""
import bisect
import csv
import datetime
import io
import json
import random
import re
import sqlite3
import subprocess
import sys
import xml.dom.minidom

sys.dont_write_bytecode = True
from cases import ANDON, ENVIRONMENT, case, new_cache, run_cases  # noqa: E402

DAY0, DAY, HOUR, MINUTE = 1718150400000, 86400000, 3600000, 60000  # 2024-06-12 UTC
NASTY = 'Öl <b>"zu" & \'heiß\'</b>'


# ---- alarms made up by chance ----

def lives(chance, key, position, rate):
    """The rows of one alarm from a week before DAY0 to two weeks behind it: raised, perhaps acknowledged, cleared, at times chattering or standing for days."""
    at, rows = DAY0 - 7 * DAY + chance.randrange(DAY), []
    priority = chance.choice([1] + [2] * 5 + [3] * 15 + [4] * 79)
    while at < DAY0 + 14 * DAY:
        occurrence, annunciated = at, chance.random() < 0.9
        rows.append((at, key, "raised", priority, annunciated, occurrence, position))
        length = chance.choice([chance.randrange(1, 15000), chance.randrange(1, 30 * MINUTE), chance.randrange(1, 30 * MINUTE), chance.randrange(1, 3 * HOUR), chance.randrange(DAY, 3 * DAY) if chance.random() < 0.02 else 5000])
        if chance.random() < 0.6:
            rows.append((at + chance.randrange(0, 20 * MINUTE), key, "acknowledged", priority, False, occurrence if chance.random() < 0.9 else occurrence - 1, position))
        if chance.random() < 0.05:
            rows.append((at + length // 2, key, "shelved", priority, False, occurrence, position))
        rows.append((at + length, key, "removed" if chance.random() < 0.01 else "cleared", priority, False, occurrence, position))
        at += length + (chance.randrange(1, 30000) if chance.random() < 0.2 else int(chance.expovariate(1 / rate)))
    return rows


def make_alarms(seed):
    chance, rows = random.Random(seed), []
    for n in range(60):
        rows += lives(chance, "works/a/p%02d/oil.high" % n, "hall" if n % 3 else "yard", chance.choice([2 * HOUR, 8 * HOUR, 40 * HOUR]))
    for burst in range(12):  # what floods are made of
        at = DAY0 + chance.randrange(14 * DAY)
        for n in range(chance.randrange(8, 40)):
            at += chance.randrange(1, 40000)
            rows += [(at, "works/b/x%02d.fault" % n, "raised", 4, True, at, "hall"), (at + chance.randrange(1, 60000), "works/b/x%02d.fault" % n, "cleared", 4, False, at, "hall")]
    rows.sort(key=lambda row: row[0])
    return rows


def fill(folder, rows):
    db = sqlite3.connect(folder + "/andon.db")
    db.executemany("INSERT INTO event(number, seq, ms, kind, path, text, before, after, span_ms, down, who, what, alarm, priority, annunciated, occurrence_ms, value, alarm_limit, class, position)"
                   " VALUES(?, 10, ?, 'alarm', ?, ?, '', '', 0, 0, '', ?, 'high', ?, ?, ?, '', '', 'process', ?)",
                   [(n + 100, ms, key, NASTY, what, priority, annunciated, occurrence, position) for n, (ms, key, what, priority, annunciated, occurrence, position) in enumerate(rows)])
    db.execute("UPDATE journal SET last_ms = ? WHERE first_seq = (SELECT max(first_seq) FROM journal)", (DAY0 + 15 * DAY,))  # the stream has come so far
    db.commit()
    db.close()


# ---- the plain count ----

def floods(times, begin, end):
    """Millisecond by millisecond where anything changes: more than ten in ten minutes begins one, fewer than five ends it."""
    moments = sorted({t for t in times} | {t + 600001 for t in times})
    found, since, count = [], None, 0
    for ms in moments + [end]:
        count = bisect.bisect_right(times, ms) - bisect.bisect_left(times, ms - 600000)
        if since is None and count > 10:
            since = ms
        elif since is not None and count < 5:
            found.append((since, ms - 1))
            since = None
    if since is not None:
        found.append((since, end))
    return [(a, min(b, end)) for a, b in found if b > begin and a < end]


def plain(rows, position, begin, end, chatter=(3, 60000), fleeting=10000):
    mine = [row for row in rows if row[6] == position and row[0] < end]
    raises = [row for row in mine if row[2] == "raised" and row[4]]
    counted = [row for row in raises if row[0] >= begin]
    near = [row[0] for row in raises if row[0] >= begin - HOUR]
    keys = sorted({row[1] for row in mine})
    by_key = {key: [row for row in mine if row[1] == key] for key in keys}
    frequent = sorted((sum(1 for row in counted if row[1] == key) for key in keys), reverse=True)
    spans, acks, short, chattering = [], [], set(), set()
    for key, own in by_key.items():
        times = [row[0] for row in raises if row[1] == key]
        for i in range(chatter[0] - 1, len(times)):
            if times[i] >= begin and times[i] - times[i - chatter[0] + 1] <= chatter[1]:
                chattering.add(key)
        active, shown, last = None, False, None
        acked = set()
        for ms, _, what, _, annunciated, occurrence, _ in own:
            if what == "raised":
                active = ms if active is None else active
                shown, last = shown or annunciated, (ms, annunciated, occurrence)
            elif what == "acknowledged" and last and last[2] == occurrence and last[1] and occurrence not in acked:
                acked.add(occurrence)
                if last[0] >= begin and ms >= begin:
                    acks.append(ms - last[0])
            elif what in ("cleared", "removed") and active is not None:
                if last[1] and begin <= last[0] and ms - last[0] <= fleeting and last[2] not in acked:
                    short.add(key)
                if shown:
                    spans.append((active, ms, key))
                active, shown = None, False
        if active is not None and shown:
            spans.append((active, end, key))
    days = [(d, d + DAY) for d in range(begin - begin % DAY, end, DAY)]
    standing = [len({key for a, b, key in spans if max(a + DAY, begin, d) < min(b, e, end)}) for d, e in days]
    acks.sort()
    found = floods(near, begin, end)
    tens = [sum(1 for row in counted if t <= row[0] < t + 600000) for t in range(begin, end, 600000)]
    rank = lambda percent: acks[(len(acks) * percent + 99) // 100 - 1] if acks else None
    share = lambda part: 100 * part / len(counted) if counted else None
    return {
        "raises": len(counted), "raises_per_10_minutes": len(counted) * 600000 / (end - begin), "raises_per_hour": len(counted) * HOUR / (end - begin),
        "raises_per_day": len(counted) * DAY / (end - begin), "ten_minutes_over_10": 100 * sum(t > 10 for t in tens) / len(tens), "floods": len(found),
        "time_in_flood": 100 * sum(b - max(a, begin) for a, b in found) / (end - begin), "share_of_top_10": share(sum(frequent[:10])), "chattering": len(chattering),
        "fleeting": len(short), "standing": max(standing), "ack_median": rank(50), "ack_95": rank(95),
        **{"priority_%d" % p: share(sum(1 for row in counted if row[3] == p)) for p in (1, 2, 3, 4)},
    }


# ---- the report ----

def ran(*args, status=0):
    done = subprocess.run([ANDON, "report", "--cache", CACHE, *args], capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, timeout=100)
    assert done.returncode == status, "%s: exit status %s, expected %s: %s" % (args, done.returncode, status, done.stderr)
    return done


def iso(ms):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def told(begin, end, *more):
    return json.loads(ran("alarms", "--from", iso(begin), "--to", iso(end), "--format", "json", *more).stdout)


def same(position, expected):
    got = {"raises": position["raises"], **{name: metric["value"] for name, metric in position["metrics"].items()}}
    assert set(got) == set(expected), set(got) ^ set(expected)
    for name, value in expected.items():
        assert got[name] == value or (None not in (value, got[name]) and abs(got[name] - value) < 1e-9 * max(1, abs(value))), "%s: %s, and counted plainly %s" % (name, got[name], value)


@case
def every_figure_is_what_a_plain_count_gives():
    for begin, end in ((DAY0, DAY0 + DAY), (DAY0 + 3 * DAY, DAY0 + 4 * DAY), (DAY0 + 5 * DAY + 6 * HOUR, DAY0 + 5 * DAY + 14 * HOUR), (DAY0, DAY0 + 14 * DAY), (DAY0 + 1234567, DAY0 + 2345678)):
        report = told(begin, end)
        assert sorted(p["position"] for p in report["positions"] if p["raises"]) == sorted({row[6] for row in ROWS if row[2] == "raised" and row[4] and begin <= row[0] < end})
        for position in report["positions"]:
            same(position, plain(ROWS, position["position"], begin, end))
        if end - begin == 14 * DAY:  # there is something of everything to count
            hall = plain(ROWS, "hall", begin, end)
            assert all(hall[name] for name in hall), hall


@case
def what_chatters_and_what_is_fleeting_is_the_users_choice():
    begin, end = DAY0, DAY0 + 7 * DAY
    for position in told(begin, end, "--chatter", "2/5m", "--fleeting", "1m")["positions"]:
        same(position, plain(ROWS, position["position"], begin, end, (2, 300000), 60000))


@case
def every_format_tells_the_same():
    begin, end = DAY0, DAY0 + DAY
    period = ["--from", iso(begin), "--to", iso(end)]
    report = told(begin, end)
    rows = list(csv.DictReader(io.StringIO(ran("alarms", *period, "--format", "csv").stdout, newline="")))
    text, html = ran("alarms", *period).stdout, ran("alarms", *period, "--format", "html").stdout
    for position in report["positions"]:
        mine = {row["figure"]: row for row in rows if row["position"] == position["position"] and not row["alarm"]}
        for name, metric in position["metrics"].items():
            assert mine[name]["value"] == ("" if metric["value"] is None else mine[name]["value"]) and mine[name]["verdict"] == metric["verdict"]
            assert metric["value"] is None or float(mine[name]["value"]) == metric["value"]
        alarms = {row["alarm"]: int(row["value"]) for row in rows if row["position"] == position["position"] and row["figure"] == "raises_of_alarm"}
        assert alarms == {a["alarm"]: a["raises"] for a in position["alarms"]}
        assert "\n%s: %d raise" % (position["position"], position["raises"]) in text
        assert "<h2>%s: %d raise" % (position["position"], position["raises"]) in html
        for top in position["alarms"][:1]:
            assert re.search(r"^ +%d +.*  %s  " % (top["raises"], re.escape(top["alarm"])), text, re.M), text
    floods_told = sum(len(p["floods"]) for p in report["positions"])
    assert len(re.findall(r"^  flood from ", text, re.M)) == floods_told


@case
def the_page_is_whole_and_holds_no_markup_of_the_plant():
    html = ran("alarms", "--from", iso(DAY0), "--to", iso(DAY0 + DAY), "--format", "html").stdout
    assert "<b>" not in html and "&lt;b&gt;&quot;zu&quot; &amp; &#39;heiß&#39;" in html
    assert not re.search(r"(src|href|url\()", html), "it needs something else"
    body = re.sub(r"<meta[^>]*>", "", html.split("\n", 1)[1])
    xml.dom.minidom.parseString(body)  # every element is closed, every attribute quoted


@case
def the_day_the_shift_and_the_month_that_hold_a_moment():
    for options, begin, end in ((["--day", "--from", "2024-06-12T11:00"], DAY0, DAY0 + DAY), (["--shift", "--from", "2024-06-12T11:00"], DAY0 + 6 * HOUR, DAY0 + 14 * HOUR),
                                (["--month", "--from", "2024-06-12T11:00"], DAY0 - 11 * DAY, DAY0 + 19 * DAY)):
        report = json.loads(ran("alarms", *options, "--format", "json").stdout)
        assert (report["from"], report["to"]) == (iso(begin).replace("Z", "+00:00"), iso(end).replace("Z", "+00:00")), report["from"]


@case
def without_a_period_it_is_the_last_day_that_is_over():
    report = json.loads(ran("alarms", "--format", "json").stdout)
    begin, end = (datetime.datetime.fromisoformat(report[name]) for name in ("from", "to"))
    now = datetime.datetime.now(datetime.timezone.utc)
    assert begin.hour == begin.minute == begin.second == 0 and end - begin == datetime.timedelta(days=1) and datetime.timedelta(0) <= now - end < datetime.timedelta(days=1, hours=1)


@case
def one_position_alone():
    report = told(DAY0, DAY0 + DAY, "--position", "yard")
    assert [p["position"] for p in report["positions"]] == ["yard"]
    assert "there is no such position; the first is" in ran("alarms", "--from", iso(DAY0), "--to", iso(DAY0 + DAY), "--position", "nowhere", status=2).stderr


def journal(*args):
    done = subprocess.run([ANDON, "export", "--journal", "--cache", CACHE, *args], capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


@case
def the_journal_comes_out_whole_and_in_order():
    got = list(csv.DictReader(io.StringIO(journal("--kind", "alarms"), newline="")))
    assert len(got) == len(ROWS)
    for row, (ms, key, what, priority, annunciated, occurrence, position) in zip(got, ROWS):
        assert (row["time"], row["path"], row["what"], row["priority"], row["annunciated"], row["occurrence"], row["position"], row["text"], row["comment"]) == (
            iso(ms), key, what, str(priority), str(int(annunciated)), iso(occurrence), position, NASTY, ""), row
    everything = [json.loads(line) for line in journal("--format", "json").splitlines()]
    assert len(everything) == len(ROWS) + 1 and sum(row["kind"] == "gap" for row in everything) == 1 and everything[-1]["comment"] is None


@case
def the_journal_is_narrowed_by_kind_words_paths_and_time():
    day = ["--from", iso(DAY0), "--to", iso(DAY0 + DAY), "--format", "json"]
    for options, keep in (([], lambda row: True), (["works/a/p1*"], lambda row: row[1].startswith("works/a/p1")), (["--grep", "SHELVED yard"], lambda row: row[2] in ("shelved", "unshelved") and row[6] == "yard"),
                          (["--kind", "alarm", "--grep", "!raised"], lambda row: row[2] != "raised")):
        got = [(row["path"], row["what"]) for row in map(json.loads, journal(*day, *options).splitlines()) if row["kind"] == "alarm"]
        assert got == [(row[1], row[2]) for row in ROWS if DAY0 <= row[0] < DAY0 + DAY and keep(row)] and got, options
    assert [json.loads(line)["after"] for line in journal("--kind", "system", "--format", "json").splitlines()] == ["5s"]


@case
def the_journal_refuses_what_it_cannot_do():
    for args, words in ((["--kind", "alarms"], "--journal is missing"), ([], "TAG-GLOB... is missing"), (["--journal", "--step", "1h"], "no steps of events"), (["--journal", "--kind", "noise"], "alarms, actions, changes"),
                        (["--journal", "--grep", "x" * 200], "at most 127 bytes")):
        done = subprocess.run([ANDON, "export", "--cache", CACHE, *args], capture_output=True, text=True, env=ENVIRONMENT, timeout=100)
        assert done.returncode == 2 and words in done.stderr, (args, done.stderr)


@case
def what_is_wrong_is_told_before_anything_is_read():
    for args, words in ((["alarm"], "there is one of alarms"), (["alarms", "--format", "pdf"], "text, csv, json or html"), (["alarms", "--day", "--month"], "one of --shift, --day and --month"),
                        (["alarms", "--day", "--to", "now"], "the period ends by itself"), (["alarms", "--from", "-1h", "--to", "-2h"], "--from is not before --to"), (["alarms", "--chatter", "1/60s"], "for example 3/60s"),
                        (["alarms", "--chatter", "17/60s"], "for example 3/60s"), (["alarms", "--chatter", "3"], "for example 3/60s"), (["alarms", "--fleeting", "soon"], "for example 10s"),
                        (["alarms", "--from", "2020-01-01"], "400 days"), (["alarms", "--from", "never"], "--from")):
        assert words in ran(*args, status=2).stderr, args


if __name__ == "__main__":
    ROWS = make_alarms(7)
    CACHE = new_cache()
    fill(CACHE, ROWS)
    run_cases(CACHE)
