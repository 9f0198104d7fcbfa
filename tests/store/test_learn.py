#!/usr/bin/env python3
"""andon learn: what it proposes from a capture of a simulated plant is a configuration that shows that plant; what is there is never written over.

    test_learn.py ANDON MAKE_CACHE

Prints TAP.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from cases import ANDON, ENVIRONMENT, case, new_cache, run_cases  # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="andon-learn-")


def andon(*arguments, ok=0):
    got = subprocess.run([ANDON, *arguments], capture_output=True, text=True, env=ENVIRONMENT)
    assert got.returncode == ok, "%s: %d\n%s%s" % (" ".join(arguments), got.returncode, got.stdout[-800:], got.stderr[-800:])
    return got


def path(name):
    return os.path.join(FOLDER, name)


def capture(industry, span):
    if not os.path.exists(path(industry)):
        with open(path(industry), "w", encoding="utf-8") as out:
            subprocess.run([ANDON, "sim", "-i", industry, "--for", span, "--capture"], stdout=out, check=True, env=ENVIRONMENT)
    return path(industry)


@case
def what_it_proposes_is_a_configuration_without_a_fault():
    for industry in "appliance", "steel":
        got = andon("learn", capture(industry, "6m"), "--yes", "--output", path(industry + ".cfg"))
        assert re.search(r"[0-9]+ messages, [0-9]+ series, [0-9]+ of them in [0-9]+ types", got.stderr), got.stderr
        assert ": ok" in andon("check", path(industry + ".cfg")).stdout


@case
def the_overview_shows_the_lines_with_their_states_and_counts():
    config = path("steel.cfg")
    text = andon("replay", capture("steel", "6m"), "-c", config, "--snapshot", "overview", "--size", "200x60").stdout
    runs = re.search(r"LINES ([0-9]+) of ([0-9]+) run", text)
    assert runs and int(runs.group(1)) >= 10 and int(runs.group(2)) >= 15, text
    assert re.search(r"GOOD [1-9]", text), text
    data = re.search(r"DATA +([0-9 ]+) of ([0-9 ]+) tags good", text)
    good, every = (int(n.replace(" ", "")) for n in data.groups())
    assert good >= 0.98 * every, text  # a value that one machine of five has not is none of its own


@case
def what_is_measured_is_told_and_what_nobody_sent_is_left_open():
    with open(path("appliance.cfg"), encoding="utf-8") as file:
        text = file.read()
    assert "rises by the power of" in text
    assert re.search(r"// ideal_cycle = [0-9.]+; // fastest sustained cycle", text)
    assert not re.search(r"^\s*(ideal_cycle|normal|range|calendars|alarms)\b", text, re.M), text[:2000]


@case
def a_file_that_is_there_is_never_written_over():
    with open(path("mine.cfg"), "w", encoding="utf-8") as out:
        out.write("mine")
    got = andon("learn", capture("steel", "6m"), "--yes", "-o", path("mine.cfg"), ok=2)
    assert "is there already" in got.stderr
    with open(path("mine.cfg"), encoding="utf-8") as file:
        assert file.read() == "mine"


@case
def of_nothing_nothing_is_written():
    with open(path("empty"), "w", encoding="utf-8"):
        pass
    assert "holds no message" in andon("learn", path("empty"), "-o", path("none.cfg"), ok=1).stderr
    assert not os.path.exists(path("none.cfg"))
    andon("learn", path("nosuch"), ok=1)
    assert "--for" in andon("learn", "--for", "soon", ok=2).stderr


@case
def a_broker_that_says_nothing_is_told_of():
    got = andon("learn", "--broker", "mqtt://127.0.0.1:1", "--for", "1s", ok=1)
    assert "nothing was heard" in got.stderr, got.stderr


CACHE = new_cache()
try:
    run_cases(CACHE)
finally:
    for name in os.listdir(FOLDER):
        os.unlink(path(name))
    os.rmdir(FOLDER)
