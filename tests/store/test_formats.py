#!/usr/bin/env python3
"""Formats as they come: for each sample, what andon learn proposes is a configuration without a fault that shows what the configuration by hand shows, and what is wrong with a bad twin is counted
and named.

    test_formats.py ANDON MAKE_CACHE DATA

Prints TAP. tests/data/formats/README.md tells of the samples.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from cases import ANDON, CASES, ENVIRONMENT, case, new_cache, run_cases  # noqa: E402

DATA = os.path.abspath(sys.argv[3])
FOLDER = tempfile.mkdtemp(prefix="andon-formats-")
NAMES = sorted(name[:-4] for name in os.listdir(DATA) if name.endswith(".cfg"))
BY_HAND = "values",  # bits, digits and codes: what they mean nobody could learn
COUNTING = "device", "industrial-edge", "kepware", "neuron", "neuron-tags", "node-red", "rows", "thingsboard", "thingsboard-device", "umh"
RUNNING = {"press01": ("run", "29"), "press02": ("run", "29")}


def andon(*arguments, ok=0):
    got = subprocess.run([ANDON, *arguments], capture_output=True, text=True, env=ENVIRONMENT)
    assert got.returncode == ok, "%s: %d\n%s%s" % (" ".join(arguments), got.returncode, got.stdout[-800:], got.stderr[-800:])
    return got.stdout


def sample(name):
    return os.path.join(DATA, name)


def snapshot(capture, config, view):
    return andon("replay", sample(capture), "-c", config, "--snapshot", view, "--size", "240x60", "--ascii")


def shown(capture, config):
    """[(topic and path, tag, value, trust)] of what is configured."""
    found, value_end, trust_at, topic_at = [], 0, 0, 0
    for line in snapshot(capture, config, "tags").splitlines():
        if line.startswith("TAG "):
            value_end, trust_at, topic_at = line.index("VALUE") + len("VALUE"), line.index("TRUST"), line.index("TOPIC")
        elif line.startswith("discovered"):
            break
        elif topic_at and len(line) > topic_at and line.startswith("  "):
            name, value = line[:value_end].split(None, 1)
            found.append((line[topic_at:].strip(), name, value.strip(), line[trust_at:topic_at].strip()))
    return found


def lines(capture, config):
    """{line: (state, good pieces)} of the overview."""
    return {m.group(1): (m.group(2), m.group(3)) for m in re.finditer(r"^ *(press0[12]) +([a-z]+) +\S+ +([0-9]+) ", snapshot(capture, config, "overview"), re.M)}


def learnt(name):
    path = os.path.join(FOLDER, name + ".cfg")
    if not os.path.exists(path):
        more = ["-c", sample(name + ".cfg")] if name == "gb18030" else []  # its encoding nobody could learn
        andon("learn", sample(name + ".jsonl"), "--yes", "--output", path, *more)
    return path


def add(name, wanted):
    def check():
        wanted(name)
    check.__name__ = "%s_%s" % (name, wanted.__name__)
    CASES.append(check)


def is_read_by_a_configuration_by_hand(name):
    config = sample(name + ".cfg")
    assert ": ok" in andon("check", config)
    rows = shown(name + ".jsonl", config)
    assert rows and all(trust == "good" or value.startswith("x") for place, name, value, trust in rows), rows
    if name in COUNTING:
        assert lines(name + ".jsonl", config) == RUNNING, snapshot(name + ".jsonl", config, "overview")


def is_learnt_as_by_hand(name):
    config = learnt(name)
    assert ": ok" in andon("check", config)
    rows = {place: (value, trust) for place, tag, value, trust in shown(name + ".jsonl", config)}
    for place, tag, value, trust in shown(name + ".jsonl", sample(name + ".cfg")):
        known = value != "Undefined"  # words of another language are left to a person
        assert place in rows and rows[place][1] == trust and (not known or rows[place][0] == value), "%s of %s is %s, %s by hand: %s" % (tag, place, value, trust, rows)
    if name in COUNTING:
        assert lines(name + ".jsonl", config) == RUNNING, snapshot(name + ".jsonl", config, "overview")


def counts_what_is_wrong_with_its_bad_twin(name):
    text = snapshot(name + ".bad.jsonl", sample(name + ".cfg"), "health")
    cut = "not as the format says" if name == "csv" else "payload is not JSON"
    assert cut in text, text
    assert re.search("not as the format says|no configured field|value of the wrong type", text), text
    assert "invalid UTF-8" in text, text


for NAME in NAMES:
    add(NAME, is_read_by_a_configuration_by_hand)
    if NAME not in BY_HAND:
        add(NAME, is_learnt_as_by_hand)
    add(NAME, counts_what_is_wrong_with_its_bad_twin)


@case
def values_are_what_their_forms_say():
    rows = {tag: value for place, tag, value, trust in shown("values.jsonl", sample("values.cfg"))}
    assert rows["counter"] == "59" and rows["step"] == "3" and rows["pressure"].startswith("6.4") and rows["running"] == "on" and rows["probe"].endswith("no value"), rows


@case
def without_a_configuration_items_are_listed_by_their_names():
    text = andon("replay", sample("kepware.jsonl"), "--snapshot", "tags", "--size", "160x60")
    assert "main:iotgateway#/Line1/press01/Temp" in text, text
    text = andon("replay", sample("industrial-edge.jsonl"), "--snapshot", "tags", "--size", "160x60")
    assert "main:ie/d/j/simatic/v1/s7c1/dp/r/press01/default#/temp" in text, text


@case
def units_that_were_told_are_proposed():
    with open(learnt("zigbee2mqtt"), encoding="utf-8") as file:
        assert 'unit = "lqi"' in file.read()


CACHE = new_cache()
try:
    run_cases(CACHE)
finally:
    shutil.rmtree(FOLDER)
