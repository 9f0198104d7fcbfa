#!/usr/bin/env python3
"""A real year of a steel works' electricity: what `andon report energy` tells of the imported file is what a plain count of its rows gives, to the last digit.

    test_real_energy.py ANDON DATA_FOLDER

Prints TAP. The file is DATA_FOLDER/steelworks-year.csv.xz (SOURCES.md), whole and unchanged; the figures that are written out here are those of the issue.
"""
import csv
import datetime
import io
import json
import lzma
import math
import os
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is left in the source tree

from test_real_data import SEOUL, end_collector, end_of_interval, run

QUARTER = datetime.timedelta(minutes=15)
COLUMNS = {"Usage_kWh": "usage", "Lagging_Current_Reactive.Power_kVarh": "lagging", "Leading_Current_Reactive_Power_kVarh": "leading", "CO2(tCO2)": "co2",
           "Lagging_Current_Power_Factor": "lagging-pf", "Leading_Current_Power_Factor": "leading-pf", "Load_Type": "load"}
YEAR = ["--from", "2018-01-01", "--to", "2019-01-01"]


def report(here, *options):
    return run(*here[:1], "report", "energy", *here[1:], *options)


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def of_meter(rows, level, path="steelworks/main"):
    return [row for row in rows if row["level"] == level and row["path"] == path]


def text_figures(here, rows):
    """Each line of the report that the issue has a figure of."""
    text = report(here, *YEAR)
    for line in ("used 959 636.71 kWh peak 628.72 kW", "Mon to Fri 842 501.16 kWh on Thu 2018-11-22 09:30", "CO2 403.81 t load factor", "light 155 892.81", "medium 372 766.54",
                 "maximum 430 977.36", "2018-01 126 238.29 612.56 Mon 2018-01-15 13:30 0.2770", "1 Thu 2018-11-22 09:30 - 09:45 628.72 157.18"):
        assert line in " ".join(text.split()), "%s\nis not in\n%s" % (line, text)
    assert max(len(line) for line in text.splitlines()) <= 80, [line for line in text.splitlines() if len(line) > 80]


def sums(here, rows):
    year = of_meter(table(report(here, *YEAR, "--meter", "*/main", "--format", "csv")), "meter")[0]
    weekday = sum(float(row["Usage_kWh"]) for row in rows if row["WeekStatus"] == "Weekday")
    assert abs(float(year["amount"]) - sum(float(row["Usage_kWh"]) for row in rows)) < 1e-6, year
    assert abs(float(year["weekday"]) - weekday) < 1e-6 and "%.2f" % weekday == "842501.16", year
    assert float(year["measured_ms"]) == 365 * 86400000 and float(year["missing_ms"]) == 0, year
    carbon = of_meter(table(report(here, *YEAR, "--meter", "*/stack", "--format", "csv")), "meter", "steelworks/stack")[0]
    assert abs(float(carbon["co2_kg"]) / 1000 - sum(float(row["CO2(tCO2)"]) for row in rows)) < 1e-6, carbon


def rates(here, rows):
    """The utility's hours are the tariff of the configuration: each row's load type is the rate that it was reckoned at."""
    told = {row["rate"]: row for row in of_meter(table(report(here, *YEAR, "--meter", "*/main", "--by", "rate", "--format", "csv")), "rate")}
    assert sorted(told) == ["light", "maximum", "medium"], told
    for name in told:
        own = sum(float(row["Usage_kWh"]) for row in rows if row["Load_Type"] == name.capitalize() + "_Load")
        assert abs(float(told[name]["amount"]) - own) < 1e-6, (name, own, told[name])


def quarters(here, rows):
    """Every quarter of the year, with both power factors, and what it cost: by the load type of its row."""
    prices = {"Light_Load": 56.1, "Medium_Load": 78.6, "Maximum_Load": 109.3}
    told = of_meter(table(report(here, *YEAR, "--meter", "*/main", "--by", "quarter", "--format", "csv")), "quarter")
    assert len(told) == len(rows) == 35040
    checked = 0
    for quarter, row in zip(told, rows):
        begin = end_of_interval(row["date"]) - QUARTER
        assert datetime.datetime.fromisoformat(quarter["from"]) == begin, (quarter, row)
        assert abs(float(quarter["amount"]) - float(row["Usage_kWh"])) < 1e-9, (quarter, row)
        assert abs(float(quarter["cost"]) - float(row["Usage_kWh"]) * prices[row["Load_Type"]]) < 1e-6, (quarter, row)
        if float(row["Usage_kWh"]) == 0:
            continue
        checked += 1
        for ours, theirs in (("power_factor", "Lagging_Current_Power_Factor"), ("leading_power_factor", "Leading_Current_Power_Factor")):
            assert abs(float(quarter[ours]) * 100 - float(row[theirs])) <= .005 + 1e-9, (quarter, row)
    assert checked == 35039


def peaks(here, rows):
    subjects = json.loads(report(here, *YEAR, "--meter", "*/main", "--format", "json"))["subjects"]
    told = subjects[0]["demand"]["peaks"]
    highest = sorted(rows, key=lambda row: -float(row["Usage_kWh"]))[:10]
    for peak, row in zip(told, highest):
        assert abs(peak["mean"] - 4 * float(row["Usage_kWh"])) < 1e-9, (peak, row)
    assert datetime.datetime.fromisoformat(told[0]["from"]) == datetime.datetime(2018, 11, 22, 9, 30, tzinfo=SEOUL)
    powers = sorted(4 * float(row["Usage_kWh"]) for row in rows)
    at = .05 * (len(powers) - 1)
    base = powers[int(at)] + (at - int(at)) * (powers[int(at) + 1] - powers[int(at)])
    assert abs(subjects[0]["base_load"] - base) < 1e-9, base
    january = subjects[0]["demand"]["months"][0]
    assert "%.2f %.2f %.4f" % (january["amount"], january["peak"], january["load_factor"]) == "126238.29 612.56 0.2770", january


def typical_days(here, rows):
    subject = json.loads(report(here, *YEAR, "--meter", "*/main", "--format", "json"))["subjects"][0]
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    found = {}
    for row in rows:
        begin = end_of_interval(row["date"]) - QUARTER
        found.setdefault((names[begin.weekday()], begin.hour * 4 + begin.minute // 15), []).append(4 * float(row["Usage_kWh"]))
    for (name, slot), powers in found.items():
        powers.sort()
        middle = (powers[len(powers) // 2] + powers[(len(powers) - 1) // 2]) / 2
        assert abs(subject["typical"][name]["power"][slot] - middle) < 1e-9, (name, slot)
    heat = subject["heat"]
    assert len(heat) == 365 and all(len(day["power"]) == 24 for day in heat)
    assert abs(math.fsum(power for day in heat for power in day["power"]) - math.fsum(float(row["Usage_kWh"]) for row in rows)) < 1e-6


def drivers_of(moment):
    """What the works might have measured beside its electricity: degrees outside, and whether it is a day on which it works. Each hour, at half past."""
    of_year = math.cos((moment.timetuple().tm_yday - 20) / 365 * 2 * math.pi)
    return round(14 - 13 * of_year - 4 * math.cos((moment.hour - 3) / 24 * 2 * math.pi) + (moment.day * 37 % 11 - 5) / 2, 1), 1 if moment.weekday() < 5 else 0


DRIVEN = """
baselines = (
  { name = "driven"; title = "Works and weather"; meter = "main"; from = "2018-01-01"; to = "2018-06-30"; drivers = (
    { name = "working"; kind = "mean"; of = "working"; }, { name = "cold"; kind = "below"; of = "outside"; base = 12; } ); },
  { name = "weather"; title = "Weather alone"; meter = "main"; from = "2018-01-01"; to = "2018-06-30"; drivers = ( { name = "cold"; kind = "below"; of = "outside"; base = 12; } ); },
  { name = "before"; title = "The year before"; meter = "main"; from = "2017-01-01"; to = "2017-12-31"; drivers = ( { name = "cold"; kind = "below"; of = "outside"; base = 12; } ); },
  { name = "unheard"; title = "Of what nobody told"; meter = "main"; from = "2018-01-01"; to = "2018-06-30"; drivers = ( { name = "unheard"; kind = "mean"; of = "unheard"; } ); } );
"""


def write_driven(data, folder):
    """The configuration with drivers, and a year of them by the hour."""
    text = (data / "steelworks.cfg").read_text(encoding="utf-8")
    tags = "".join('    { name = "%s"; unit = "%s"; topic = "steelworks/%s"; decimals = 1; interval = "1h"; },\n' % tag
                   for tag in (("outside", "°C", "outside"), ("working", "", "working"), ("unheard", "", "unheard")))
    (folder / "driven.cfg").write_text(text.replace("  tags = (\n", "  tags = (\n" + tags, 1).replace("\ntariffs = ", DRIVEN + "\ntariffs = ", 1), encoding="utf-8")
    with open(folder / "drivers.csv", "w", encoding="utf-8") as out:
        out.write("date,outside,working\n")
        for hour in range(365 * 24):
            moment = datetime.datetime(2018, 1, 1, 0, 30) + datetime.timedelta(hours=hour)
            out.write("%s,%s,%d\n" % ((moment.strftime("%Y-%m-%d %H:%M"),) + drivers_of(moment)))


def least_squares(rows):
    """Coefficients and R2 of y on the rest, by the normal equations in whole fractions of rows (y, x, ...)."""
    xs, ys = [[1.0] + list(row[1:]) for row in rows], [row[0] for row in rows]
    size = len(xs[0])
    m = [[math.fsum(x[i] * x[j] for x in xs) for j in range(size)] + [math.fsum(x[i] * y for x, y in zip(xs, ys))] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(m[r][i]))
        m[i], m[pivot] = m[pivot], m[i]
        for r in range(size):
            if r != i:
                m[r] = [a - m[r][i] / m[i][i] * b for a, b in zip(m[r], m[i])]
    b = [m[i][size] / m[i][i] for i in range(size)]
    mean = math.fsum(ys) / len(ys)
    left = math.fsum((y - math.fsum(k * v for k, v in zip(b, x))) ** 2 for x, y in zip(xs, ys))
    return b, 1 - left / math.fsum((y - mean) ** 2 for y in ys)


def baselines(here, rows):
    """Fitted on half a year, told of the other half; one that its driver cannot explain; one whose period holds nothing; one whose driver nobody told."""
    days = {}
    for row in rows:
        day = (end_of_interval(row["date"]) - QUARTER).date()
        days.setdefault(day, []).append(float(row["Usage_kWh"]))
    all_days = []
    for day in sorted(days):
        hours = [drivers_of(datetime.datetime(day.year, day.month, day.day, hour, 30)) for hour in range(24)]
        all_days.append((day, math.fsum(days[day]), hours[0][1], math.fsum(max(12 - outside, 0) for outside, _ in hours) / 24))
    first = [row for row in all_days if row[0].month <= 6]
    period = ["--from", "2018-07-01", "--to", "2019-01-01"]
    told = {b["name"]: b for b in json.loads(report(here, *period, "--format", "json"))["baselines"]}
    for name, columns in (("driven", (1, 2, 3)), ("weather", (1, 3))):
        b, r2 = least_squares([tuple(row[c] for c in columns) for row in first])
        assert told[name]["used"] == 181 and told[name]["left_out"] == 0, told[name]
        assert abs(told[name]["r2"] - r2) < 1e-9, (name, r2, told[name]["r2"])
        for ours, theirs in zip(told[name]["coefficients"], b):
            assert abs(ours["b"] - theirs) < 1e-6 * max(1, abs(theirs)), (name, ours, theirs)
        saved = 0
        assert len(told[name]["rows"]) == 184
        for ours, row in zip(told[name]["rows"], [row for row in all_days if row[0].month > 6]):
            expected = b[0] + math.fsum(k * row[c] for k, c in zip(b[1:], columns[1:]))
            saved += expected - row[1]
            assert ours["day"] == str(row[0]) and abs(ours["actual"] - row[1]) < 1e-6 and abs(ours["expected"] - expected) < 1e-5 and abs(ours["saved"] - saved) < 1e-3, (name, ours, expected, saved)
    assert told["weather"]["weak"] and told["weather"]["note"].startswith("weak: "), told["weather"]["note"]
    assert told["before"]["note"] == "no baseline: nothing was measured in its period", told["before"]["note"]
    assert told["unheard"]["note"] == "no baseline: of this driver nothing is known in its period: unheard", told["unheard"]["note"]
    text = " ".join(report(here, *period).split())
    for part in ("Works and weather", "weak: ", "no baseline: nothing was measured in its period", "expected"):
        assert part in text, (part, text[-3000:])
    lines = [row for row in table(report(here, *period, "--format", "csv")) if row["level"] == "baseline" and row["path"] == "driven"]
    assert len(lines) == 184 and abs(float(lines[-1]["saved"]) - told["driven"]["rows"][-1]["saved"]) < 1e-6 and float(lines[0]["expected"]) == told["driven"]["rows"][0]["expected"], lines[:2]


CASES = [text_figures, sums, rates, quarters, peaks, typical_days, baselines]


def main():
    andon, data = sys.argv[1], pathlib.Path(sys.argv[2])
    for name in [name for name in os.environ if name.startswith(("ANDON_", "XDG_"))]:
        del os.environ[name]
    print("1..%d" % len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        cache, source = pathlib.Path(folder) / "cache", pathlib.Path(folder) / "Steel_industry_data.csv"
        write_driven(data, pathlib.Path(folder))
        here = [andon, "-c", str(pathlib.Path(folder) / "driven.cfg"), "--cache", str(cache)]
        source.write_bytes(lzma.decompress((data / "steelworks-year.csv.xz").read_bytes()))
        rows = list(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8-sig"))))
        try:
            run(andon, "import", *here[1:], "--time-format", "%d/%m/%Y %H:%M", "--midnight", "next",
                *[word for column, tag in COLUMNS.items() for word in ("-t", "%s=steelworks/%s" % (column, tag))], str(source))
            run(andon, "import", *here[1:], "--time-format", "%Y-%m-%d %H:%M", "-t", "outside=steelworks/outside", "-t", "working=steelworks/working", str(pathlib.Path(folder) / "drivers.csv"))
            for number, case in enumerate(CASES, 1):
                try:
                    case(here, rows)
                    print("ok %d - %s" % (number, case.__name__))
                except AssertionError as error:
                    print("not ok %d - %s" % (number, case.__name__))
                    print("# " + str(error)[:3000].replace("\n", "\n# "))
        finally:
            if (cache / "lock").exists():
                end_collector(cache)


if __name__ == "__main__":
    main()
