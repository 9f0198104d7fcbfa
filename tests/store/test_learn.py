#!/usr/bin/env python3
"""andon learn: what it proposes from a capture of a simulated plant is a configuration that shows that plant; what is there is never written over.

    test_learn.py ANDON MAKE_CACHE

Prints TAP.
"""
import json
import os
import pty
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


def part_of(capture_path, keeps, name, **renamed):
    with open(capture_path, encoding="utf-8") as source, open(path(name), "w", encoding="utf-8") as out:
        for line in source:
            topic = json.loads(line)["topic"]
            if keeps(topic):
                for old, new in renamed.items():
                    line = line.replace("/%s/" % old, "/%s/" % new)
                out.write(line)
    return path(name)


@case
def what_has_come_and_gone_since_is_told():
    whole = capture("appliance", "6m")
    some = part_of(whole, lambda t: "/side1/p04" not in t and "/side2/" not in t and not t.endswith("/vib"), "some")
    andon("learn", some, "--yes", "-o", path("some.cfg"))
    assert andon("learn", some, "--diff", "-c", path("some.cfg")).stdout == "nothing has come or gone\n"
    text = andon("learn", whole, "--diff", "-c", path("some.cfg"), ok=3).stdout
    assert "+ machine of type p: plant/stamping/side1/p04, belongs to " in text, text
    assert 'widen its units to: name = "p{01..04}"; type = "p"' in text, text
    assert re.search(r"\+ value of type p: vib.*, on [0-9]+ machines", text), text
    paste = andon("learn", whole, "--diff", "--format", "config", "-c", path("some.cfg"), ok=3).stdout
    assert '{ name = "p{01..04}"; type = "p"; }' in paste and 'name = "vib"' in paste, paste
    few = part_of(whole, lambda t: "/liner1/t3" not in t and "/side1/p04" not in t and "/side2/" not in t and not t.endswith("/vib"), "few", p03="p03b")
    text = andon("learn", few, "--diff", "-c", path("some.cfg"), ok=3).stdout
    assert re.search(r"- \S+/liner1/t3 of type t: none of its [0-9]+ tags was heard", text), text
    assert re.search(r"~ \S+/side1/p03 may be p03b now", text), text


@case
def scripts_get_json():
    told = json.loads(andon("learn", capture("appliance", "6m"), "--format", "json").stdout)
    press = [t for t in told["types"] if t["machines"][0]["topic"].endswith("/p01")][0]
    assert len(press["machines"]) == 8 and press["sure"] == "certain", press
    assert {v["role"] for v in press["values"]} >= {"state", "good", "reject", "cycle", "reason"}, press
    assert "proposal" not in andon("learn", capture("appliance", "6m"), "--format", "xml", ok=2).stdout


def typed(answers, *arguments):
    """Standard input and error on a terminal: as a person sees it."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([ANDON, *arguments], stdin=follower, stderr=follower, stdout=subprocess.PIPE, env=ENVIRONMENT, start_new_session=True)
    os.close(follower)
    os.write(leader, answers.encode())
    seen = b""
    while True:
        try:
            got = os.read(leader, 65536)
        except OSError:
            break
        if not got:
            break
        seen += got
    process.stdout.read()
    process.stdout.close()
    os.close(leader)
    return process.wait(), seen.decode(errors="replace")


@case
def each_proposal_may_be_taken_changed_or_left():
    status, seen = typed("?\nl\ne\n?\nname station\nrole cur what\nunit cur A\n\ny\nb\ny\n" + "n\n" * 20, "learn", capture("appliance", "6m"), "-o", path("asked.cfg"))
    assert status == 0, seen
    for part in "1 of ", "complete", "take it? [y] n e l m b q ?", "takes another type's machines", "\"what\" is no role", "1 of 9 types are taken", "is written; look at it":
        assert part in seen, (part, seen[-3000:])
    with open(path("asked.cfg"), encoding="utf-8") as file:
        text = file.read()
    assert 'name = "station"' in text and 'unit = "A"' in text and 'type = "p"' not in text, text[:3000]
    assert ": ok" in andon("check", path("asked.cfg")).stdout


@case
def who_leaves_leaves_no_file():
    for answers in "y\nq\n", "y\n\x04", "\x04":
        status, seen = typed(answers, "learn", capture("appliance", "6m"), "-o", path("left.cfg"))
        assert status == 1 and "nothing was written" in seen and not os.path.exists(path("left.cfg")), seen


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
