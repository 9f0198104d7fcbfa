#!/usr/bin/env python3
"""andon export and andon sql on a cache whose contents are known (make_cache.c).

    test_queries.py ANDON MAKE_CACHE

Prints TAP.
"""
import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from cases import ANDON, ENVIRONMENT, case, new_cache, run_cases  # noqa: E402

DAY = 1718150400000


def ran(*args, status=0, **more):
    done = subprocess.run([ANDON, args[0], "--cache", CACHE, *args[1:]], capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, timeout=600, **more)
    assert done.returncode == status, "%s: exit status %s, expected %s: %s" % (args, done.returncode, status, done.stderr)
    return done


def rows(*args):
    """The rows of a CSV; the header is checked to be there."""
    return list(csv.DictReader(io.StringIO(ran(*args).stdout, newline="")))


def sql(query):
    return [tuple(row.values()) for row in rows("sql", query, "--format", "csv")]


def value(second):
    return 20 + (second % 100) / 10


# The line plant/a stopped three times: 00:10 a jam, told later; 00:20, gone since; 01:30, it lasts. An hour of it was amended, and its unit has an account too.
WORK = """
INSERT INTO account(path, from_ms, seq, part, to_ms, line, shift_ms, day, planned, shift, product, ordr, run_ms, minor_ms, down_ms, good, stops, minors) VALUES
 ('plant/a', 1718150400000, 3600, 0, 1718154000000, 1, 1718150400000, 20240612, 1, 'night', 'jar', '17', 3540000, 60000, NULL, 340, NULL, 1),
 ('plant/a', 1718150400000, 3700, 0, 1718154000000, 1, 1718150400000, 20240612, 1, 'night', 'jar', '17', NULL, -60000, 60000, -2.5, 1, -1),
 ('plant/a', 1718236800000, 7000, 0, 1718240400000, 1, 1718236800000, 20240613, 1, 'night', 'lid', NULL, 3600000, NULL, NULL, 10, NULL, NULL),
 ('plant/a/p1', 1718150400000, 3600, 0, 1718154000000, NULL, 1718150400000, 20240612, 1, 'night', 'jar', '17', 3540000, NULL, NULL, 340, NULL, NULL);
INSERT INTO stop(path, start_ms, seq, part, end_ms, class, booked, category, gone, reason, who, comment, shift_ms, day) VALUES
 ('plant/a', 1718151000000, 601, 0, NULL, 'stop', 'stop', 'minor', NULL, NULL, NULL, NULL, 1718150400000, 20240612),
 ('plant/a', 1718151000000, 661, 0, 1718151060000, 'stop', 'stop', 'minor', NULL, NULL, NULL, NULL, 1718150400000, 20240612),
 ('plant/a', 1718151000000, 3700, 0, 1718151060000, 'stop', 'stop', 'down', NULL, 'mechanical/jam', 'Kim', 'belt, again', 1718150400000, 20240612),
 ('plant/a', 1718151600000, 1201, 0, 1718151601000, 'stop', 'stop', 'minor', NULL, NULL, NULL, NULL, 1718150400000, 20240612),
 ('plant/a', 1718151600000, 1201, 1, 1718151601000, 'stop', 'stop', 'minor', 1, NULL, NULL, NULL, 1718150400000, 20240612),
 ('plant/a', 1718155800000, 5401, 0, NULL, 'blocked', 'blocked', 'blocked', NULL, NULL, NULL, NULL, 1718150400000, 20240612);
"""


# ---- export ----

@case
def every_sample_comes_out_in_order():
    got = rows("export", "plant/a/oil")
    assert len(got) == 7200
    assert got[0] == {"tag": "plant/a/oil", "time": "2024-06-12T00:00:00.000Z", "value": "20", "quality": "good"}, got[0]
    assert all(float(row["value"]) == value(s) for s, row in enumerate(got))
    assert [s for s, row in enumerate(got) if row["quality"] == "bad"] == list(range(599, 7200, 600))


@case
def values_of_all_kinds_are_exact():
    got = [(row["tag"], row["value"], row["quality"]) for row in rows("export", "plant/a/n*", "plant/b/*")]
    assert got == [("plant/a/note", "plain", "good"), ("plant/a/note", 'a, "b"', "uncertain"), ("plant/a/note", "störung", "good"),
                   ("plant/b/count", "18446744073709551615", "good"), ("plant/b/count", "-5", "good"), ("plant/b/count", "1", "good")], got


@case
def csv_is_as_rfc_4180_has_it():
    done = subprocess.run([ANDON, "export", "--cache", CACHE, "plant/a/note"], capture_output=True, env=ENVIRONMENT, timeout=600)
    lines = done.stdout.decode().split("\r\n")
    assert lines[0] == "tag,time,value,quality" and lines[2] == 'plant/a/note,2024-06-12T00:00:20.000Z,"a, ""b""",uncertain' and lines[-1] == "", lines


@case
def a_range_is_half_open():
    got = rows("export", "plant/a/oil", "--from", "2024-06-12T00:59:58", "--to", "2024-06-12T01:00:02Z")
    assert [row["time"][11:19] for row in got] == ["00:59:58", "00:59:59", "01:00:00", "01:00:01"], got


@case
def steps_sum_up():
    got = rows("export", "plant/a/oil", "--from", "2024-06-12T00:10", "--to", "2024-06-12T01:10", "--step", "15m")
    assert [row["time"] for row in got] == ["2024-06-12T00:%02d:00.000Z" % m for m in (10, 25, 40, 55)], got
    for i, row in enumerate(got):
        seconds = [s for s in range(600 + 900 * i, 1500 + 900 * i) if s % 600 != 599]
        values = [value(s) for s in seconds]
        assert (float(row["min"]), float(row["max"]), float(row["last"]), int(row["count"])) == (min(values), max(values), values[-1], len(values)), row
        assert abs(float(row["avg"]) - sum(values) / len(values)) < 1e-9


@case
def json_is_one_object_a_line():
    got = [json.loads(line) for line in ran("export", "plant/?/[nc]*", "--format", "json").stdout.splitlines()]
    assert len(got) == 6 and got[1]["value"] == 'a, "b"' and got[4]["value"] == -5 and got[3]["value"] == "18446744073709551615", got


@case
def local_times_tell_their_offset():
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as config:
        config.write('site = { name = "works"; zone = "Asia/Shanghai"; };\n')
        config.flush()
        got = rows("export", "plant/a/oil", "-c", config.name, "--local", "--from", "2024-06-12T08:00", "--to", "2024-06-12T08:00:01")
    assert [row["time"] for row in got] == ["2024-06-12T08:00:00.000+08:00"], got


@case
def what_is_wrong_is_told():
    for args, status, said in [(("plant/z*",), 1, "no tag fits"), (("plant/a/oil", "--step", "x"), 2, "--step"), (("plant/a/oil", "--from", "later"), 2, "--from"),
                               (("plant/a/oil", "--format", "table"), 2, "csv or json"), (("plant/a/oil", "--from", "now", "--to", "-2h"), 2, "not before"), ((), 2, "TAG-GLOB")]:
        assert said in ran("export", *args, status=status).stderr, args


@case
def a_reader_that_leaves_is_no_news():
    done = subprocess.Popen([ANDON, "export", "--cache", CACHE, "*"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    done.stdout.readline()
    done.stdout.close()
    said = done.stderr.read()
    done.stderr.close()
    assert done.wait(600) == 1 and said == b"", said


@case
def no_cache_is_told():
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([ANDON, "export", "--cache", folder, "*"], capture_output=True, text=True, env=ENVIRONMENT, timeout=600)
        assert done.returncode == 1 and "no history yet" in done.stderr, done.stderr


@case
def accounts_come_cell_by_cell_with_their_amendments():
    got = rows("export", "--accounts")
    assert [(row["time"][:16], row["path"]) for row in got] == [("2024-06-12T00:00", "plant/a"), ("2024-06-12T00:00", "plant/a/p1"), ("2024-06-13T00:00", "plant/a")], got
    first = got[0]
    expected = {"until": "2024-06-12T01:00:00.000Z", "line": "1", "day": "20240612", "planned": "1", "shift": "night", "crew": "", "product": "jar", "order": "17", "run_ms": "3540000",
                "minor_ms": "0", "down_ms": "60000", "good": "337.5", "stops": "1", "minors": "0"}
    assert {key: first[key] for key in expected} == expected, first
    columns = list(rows("sql", "SELECT * FROM account LIMIT 1", "--format", "csv")[0])
    assert list(first)[10:] == columns[columns.index("unknown_ms"):], columns
    assert [row["path"] for row in rows("export", "--accounts", "*/p1")] == ["plant/a/p1"]
    assert [row["good"] for row in rows("export", "--accounts", "plant/a", "--from", "2024-06-12T00:30")] == ["10"]


@case
def stops_come_as_they_are_known_now():
    got = rows("export", "--stops")
    assert [(row["time"], row["until"], row["category"], row["reason"], row["who"], row["comment"]) for row in got] == [
        ("2024-06-12T00:10:00.000Z", "2024-06-12T00:11:00.000Z", "down", "mechanical/jam", "Kim", "belt, again"), ("2024-06-12T01:30:00.000Z", "", "blocked", "", "", "")], got
    last = json.loads(ran("export", "--stops", "--from", "2024-06-12T01:00", "--format", "json").stdout)
    assert last["until"] is None and last["class"] == "blocked" and last["day"] == 20240612
    assert rows("export", "--stops", "plant/b*") == []


# An hour of two meters, of which a quarter was amended and another one cut by a change of product. Days that know more than the newest batch are added up from their facts.
ENERGY = """
INSERT INTO meter VALUES(1, 'plant/main'), (2, 'plant/a/el');
INSERT INTO work VALUES(1, 1718150400000, 20240612, 1, 'night', 'B', 'jar', '17'), (2, 1718150400000, 20240612, 1, 'night', 'B', 'lid', '18');
INSERT INTO energy(start_ms, meter, from_ms, seq, part, to_ms, work, amount, idle, valid_ms, running_ms) VALUES
 (1718150400000, 1, 1718150400000, 900, 0, 1718151300000, 1, 40, NULL, 900000, 900000), (1718150400000, 1, 1718150400000, 950, 0, 1718151300000, 1, 2.5, 1, NULL, NULL),
 (1718150400000, 1, 1718151300000, 1800, 0, 1718151600000, 1, 10, NULL, 300000, 300000), (1718150400000, 1, 1718151600000, 1800, 0, 1718152200000, 2, 20, NULL, 600000, 600000),
 (1718150400000, 2, 1718150400000, 900, 0, 1718151300000, 1, 7, NULL, 900000, 900000);
INSERT INTO energy_day(id, meter, start_ms, last_seq, quarters) VALUES(20851982337, 1, 1718150400000, 9000, x''), (20851982338, 2, 1718150400000, 9000, x'');
"""
PLANT = """
site = { name = "plant"; meters = ( { name = "main"; carrier = "electricity"; power = "kw"; } ); tags = ( { name = "kw"; kind = "power"; unit = "kW"; } ); };
areas = ( { name = "a"; meters = ( { name = "el"; carrier = "electricity"; power = "kw"; } ); tags = ( { name = "kw"; kind = "power"; unit = "kW"; } ); } );
carriers = ( { name = "electricity"; tariff = "flat"; } );
tariffs = ( { name = "flat"; rates = ( { name = "all"; price = 0.5; } ); } );
"""


def energy(*args, status=0):
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as config:
        config.write(PLANT)
        config.flush()
        done = ran("export", "--energy", "-c", config.name, *args, status=status)
    return list(csv.DictReader(io.StringIO(done.stdout, newline=""))) if status == 0 else done.stderr


@case
def energy_comes_by_quarter_and_context_with_its_amendments():
    got = energy()
    assert [(row["time"][11:16], row["meter"], row["unit"], row["amount"], row["cost"], row["product"], row["peak"]) for row in got] == [
        ("00:00", "plant/a/el", "kWh", "7", "3.5", "jar", "28"), ("00:00", "plant/main", "kWh", "42.5", "21.25", "jar", "170"), ("00:15", "plant/main", "kWh", "10", "5", "jar", ""),
        ("00:20", "plant/main", "kWh", "20", "10", "lid", "")], got
    assert got[1]["idle"] == "1" and got[1]["order"] == "17" and got[1]["carbon"] == "" and got[1]["peak_time"] == "2024-06-12T00:00:00.000Z"
    assert got[3]["until"] == "2024-06-12T00:30:00.000Z"


@case
def energy_comes_by_steps():
    for step, expected in [("15m", ["7", "42.5", "30"]), ("1h", ["7", "72.5"]), ("1d", ["7", "72.5"]), ("24h", ["7", "72.5"]), ("month", ["7", "72.5"])]:
        got = energy("--step", step)
        assert [row["amount"] for row in got] == expected and "product" not in got[0], (step, got)
    assert [row["amount"] for row in energy("*/main", "--step", "1d", "--from", "2024-06-12T00:15Z")] == ["30"]
    assert "15m, 1h, 1d or month is wanted" in energy("--step", "2h", status=2)
    assert "no meter fits" in energy("*/gas", status=1)


@case
def what_does_not_go_together_is_told():
    for args, said in [(("--stops", "--accounts"), "one of --journal"), (("--stops", "--step", "1h"), "no steps of accounts and stops"), (("--accounts", "--kind", "alarms"), "--journal is missing"),
                       (("--energy", "--stops"), "one of --journal")]:
        assert said in ran("export", *args, status=2).stderr, args


@case
def sql_knows_them_too():
    assert sql("SELECT sum(good), sum(down_ms) FROM account WHERE line AND day = 20240612") == [("337.5", "60000")]
    assert sql("SELECT count(*) FROM stop WHERE end_ms IS NULL AND category = 'blocked'") == [("1",)]


# ---- sql ----

@case
def samples_are_a_table():
    assert sql("select count(*), min(ts), max(ts) from sample where tag = 'plant/a/oil'") == [("7200", str(DAY), str(DAY + 7199000))]
    assert sql("select value, quality from sample where tag = 'plant/a/note' order by ts") == [("plain", "192"), ('a, "b"', "64"), ("störung", "192")]
    assert sql("select distinct tag from sample") == [("plant/a/note",), ("plant/a/oil",), ("plant/b/count",)]


@case
def bounds_are_what_they_are_without_push_down():
    everything = [(int(ts), float(v)) for ts, v in sql("select +ts, value from sample where +tag = 'plant/a/oil'")]
    at = DAY + 3599000
    for text, holds in [("ts > %d" % at, lambda t: t > at), ("ts >= %d" % at, lambda t: t >= at), ("ts < %d.5" % at, lambda t: t < at + .5), ("ts <= %d" % at, lambda t: t <= at),
                        ("ts = %d" % at, lambda t: t == at), ("ts between %d and %d" % (at, at + 5000), lambda t: at <= t <= at + 5000), ("ts > %d.5 and ts < 1e300" % at, lambda t: t > at + .5),
                        ("ts in (%d, %d)" % (at, at + 1000), lambda t: t in (at, at + 1000)), ("ts = '%d'" % at, lambda t: t == at), ("ts > null", lambda t: False)]:
        got = [(int(ts), float(v)) for ts, v in sql("select ts, value from sample where tag = 'plant/a/oil' and " + text)]
        assert got == [row for row in everything if holds(row[0])], text


@case
def tags_are_chosen():
    for text, tags in [("tag in ('plant/b/count', 'plant/a/note', 'x')", 2), ("tag glob 'plant/a/*'", 2), ("tag like 'PLANT/%/count'", 1), ("tag = 'x'", 0), ("tag is not null", 3),
                       ("tag = 'plant/a/oil' and tag = 'plant/a/note'", 0), ("tag > 'plant/a/o'", 2)]:
        assert sql("select count(distinct tag) from sample where " + text) == [(str(tags),)], text


@case
def the_order_is_right_with_several_tags():
    got = sql("select ts from sample where tag in ('plant/b/count', 'plant/a/note') order by ts")
    assert [int(ts) for ts, in got] == [DAY + 1000 * s for s in (10, 20, 30, 31, 4000, 5000)], got
    got = sql("select tag, ts from sample where tag glob '*[et]' order by tag desc, ts desc")
    assert got == sorted(got, key=lambda row: (row[0], int(row[1])), reverse=True) and len(got) == 6


@case
def minutes_and_hours_agree_with_the_samples():
    for table, step in [("sample_1m", 60000), ("sample_1h", 3600000)]:
        got = sql("select ts, count, min, max, sum, avg from %s where tag = 'plant/a/oil'" % table)
        want = sql("select ts / %d * %d t, count(*), min(value), max(value), sum(value), avg(value) from sample where tag = 'plant/a/oil' and quality >= 64 group by t" % (step, step))
        assert len(got) == 7200000 // step and len(got) == len(want)
        for a, b in zip(got, want):
            assert a[:2] == b[:2] and all(abs(float(x) - float(y)) < 1e-6 * abs(float(y)) for x, y in zip(a[2:], b[2:])), (a, b)
    assert sql("select ts from sample_1h where tag = 'plant/a/oil' and ts > %d" % DAY) == [(str(DAY + 3600000),)]


@case
def a_tag_may_be_asked_for_in_any_way():
    for where, wanted in (("tag = 'plant/a/note' and tag = 'plant/a/note'", 3), ("tag = 'plant/a/note' and tag = 'plant/a/oil'", 0),
                          ("tag = 'PLANT/a/Note' collate nocase", 3), ("tag = 'PLANT/a/Note'", 0), ("tag in ('plant/a/note', 'plant/b/count', null, 5)", 6),
                          ("tag = 'plant/a/note' and ts > -1e308 and ts >= '1718150420000'", 2), ("ts = null", 0)):
        got = sql("select count(*) from sample where " + where)
        assert got == [(str(wanted),)], (where, got)
    for join, wanted in (("a.tag = b.tag where a.tag = 'plant/a/note'", 9), ("a.tag = b.tag and a.ts = b.ts where a.tag = 'plant/a/note' and b.tag = 'plant/a/note'", 3),
                         ("a.ts = b.ts where a.tag = 'plant/a/note' and b.tag = 'plant/a/oil'", 3)):
        got = sql("select count(*) from sample a join sample b on " + join)
        assert got == [(str(wanted),)], (join, got)


@case
def functions_turn_times():
    assert sql("select iso(%d), ms('2024-06-12T00:00:01Z'), iso(null), iso('x')" % DAY) == [("2024-06-12T00:00:00.000Z", str(DAY + 1000), "", "")]
    assert "a time" in ran("sql", "select ms('soon')", status=2).stderr


@case
def the_plain_tables_are_there():
    assert sql("select path from series order by id") == [("plant/a/oil",), ("plant/a/note",), ("plant/b/count",)]
    assert sql("select s.value from event e join sample s on s.ts = e.ms and s.tag = 'plant/a/oil'") == [("21",)]


@case
def nothing_but_reading_is_run():
    for query in ["delete from event", "insert into sample values(1,2,3,4,5)", "create table x(a)", "create temp table x(a)", "attach 'x.db' as y", "pragma user_version = 5",
                  "pragma journal_mode = delete", "select load_extension('x')", "vacuum", "begin", "drop table event", "detach cache", "create virtual table y using sample"]:
        done = ran("sql", query, status=2)
        assert done.stdout == "" and done.stderr.startswith("andon: "), (query, done.stderr)
    assert sql("select count(*) from event") == [("1",)]
    assert not os.path.exists("x.db")


@case
def a_wrong_query_says_what_sqlite_says():
    assert 'near "selec"' in ran("sql", "selec 1", status=2).stderr
    assert "no such column: x" in ran("sql", "select x from sample", status=2).stderr


@case
def a_table_for_people():
    assert ran("sql", "select 1 as one, 'a\x1b[31m' as text, 2.5 as x; select null as n").stdout == "one  text     x\n  1  a[31m  2.5\nn\n\n"


@case
def an_interrupt_ends_it():
    done = subprocess.Popen([ANDON, "sql", "--cache", CACHE, "--format", "csv", "with recursive n(i) as (values(1) union all select i + 1 from n) select i from n"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    for _ in range(3):
        done.stdout.readline()
    done.send_signal(signal.SIGINT)
    _, said = done.communicate(timeout=600)
    assert done.returncode == 1 and said == b"andon: interrupted\n", (done.returncode, said)


CACHE = new_cache()
DATABASE = sqlite3.connect(CACHE + "/andon.db")
DATABASE.executescript(WORK + ENERGY)
DATABASE.close()
run_cases(CACHE)
