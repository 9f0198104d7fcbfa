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
    assert max(len(line) for line in text.splitlines()) <= 80, text


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


CASES = [text_figures, sums, rates, quarters, peaks, typical_days]


def main():
    andon, data = sys.argv[1], pathlib.Path(sys.argv[2])
    for name in [name for name in os.environ if name.startswith(("ANDON_", "XDG_"))]:
        del os.environ[name]
    print("1..%d" % len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        cache, source = pathlib.Path(folder) / "cache", pathlib.Path(folder) / "Steel_industry_data.csv"
        here = [andon, "-c", str(data / "steelworks.cfg"), "--cache", str(cache)]
        source.write_bytes(lzma.decompress((data / "steelworks-year.csv.xz").read_bytes()))
        rows = list(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8-sig"))))
        try:
            run(andon, "import", *here[1:], "--time-format", "%d/%m/%Y %H:%M", "--midnight", "next",
                *[word for column, tag in COLUMNS.items() for word in ("-t", "%s=steelworks/%s" % (column, tag))], str(source))
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
