"""Captures on the screen and folded: standing, stepping, turning back; from other sites; broken ones; reports of them."""
import gzip
import json
import re

from terminal import Screen, Site, case, run

BEGIN = 1718186400000  # 2024-06-12T10:00:00Z, a Wednesday
TOPIC = "plant/a/l1/p01"


def line(ms, payload, **more):
    return json.dumps({"ts": BEGIN + ms, "topic": TOPIC, "payload": payload, **more}) + "\n"


def ten_minutes(**more):
    """The oil: 40.0 at 10:00:00 and a tenth more each second; the press runs and makes a piece every two seconds."""
    return "".join(line(1000 * s, json.dumps({"st": "Execute", "oil": 40 + s / 10, "good": s // 2}), **more) for s in range(600))


def written(site, text, name="a.capture"):
    path = site.folder + "/" + name
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def shown(site, path, *args, status=0):
    got, out, errors = site.run("replay", path, "-c", site.config, "--snapshot", "tags", *args)
    assert got == status, (got, out, errors)
    return out, errors


@case
def it_stands_is_stepped_and_turned_back():
    with Site(broker=False) as site:
        path = written(site, ten_minutes())
        with Screen(site, ["replay", path, "-c", site.config, "--paused"], size=(140, 30)) as screen:
            screen.wait_for(r"CAPTURE PAUSED +Wed 2024-06-12 10:00:00 +\d+% +message 0", r"space stand", r"\. message")
            screen.keys("3", ".")
            screen.wait_for(r"message 1: plant/a/l1/p01 = ", r"oil .* 40\.0")
            screen.keys(".", ".")
            screen.wait_for(r"message 3: ", r"oil .* 40\.2")
            screen.keys(",")
            screen.wait_for(r"message 2\b", r"oil .* 40\.1")
            screen.keys(")")
            screen.wait_for(r"10:00:02", r"oil .* 40\.[12]")
            screen.keys("]")
            screen.wait_for(r"10:01:02", r"oil .* 46\.[12]")
            screen.keys("[")
            screen.wait_for(r"10:00:02", r"oil .* 40\.[12]")
            screen.keys("(")
            screen.wait_for(r"10:00:01", r"oil .* 40\.[01]")
            screen.type(":at 10:05:00")
            screen.keys("Enter")
            screen.wait_for(r"10:05:00", r"oil .* (69\.9|70\.0)")
            screen.type(":step -10")
            screen.keys("Enter")
            screen.wait_for(r"message 29[01]\b")
            screen.type(":step 1m")
            screen.keys("Enter")
            screen.wait_for(r"10:05:(49|50)")
            screen.keys("{")
            screen.wait_for(r"10:00:00", "CAPTURE PAUSED")
            screen.type(":step soon")
            screen.keys("Enter")
            screen.wait_for("neither a number of messages nor a duration")


@case
def it_plays_at_any_speed_to_its_end():
    with Site(broker=False) as site:
        path = written(site, "".join(line(10000 * n, json.dumps({"st": "Execute", "oil": 40 + n / 100, "good": n})) for n in range(3600)))  # ten hours
        with Screen(site, ["replay", path, "-c", site.config], size=(140, 30)) as screen:
            screen.wait_for("CAPTURE x1 ")
            screen.keys("P")
            screen.wait_for("CAPTURE x10 ")
            screen.keys("P")
            screen.wait_for("CAPTURE x100 ")
            screen.keys("Space")
            screen.wait_for("CAPTURE PAUSED")
            screen.type(":at 19:59:00")
            screen.keys("Enter")
            screen.wait_for("CAPTURE PAUSED .*19:59:00")
            screen.type(":play 1000")
            screen.keys("Enter")
            screen.wait_for("END OF CAPTURE .*19:59:5.* +100% +message 3600")
            screen.keys("Space")
            screen.wait_for("this is the end of the capture: go back with")
            screen.keys("{")
            screen.wait_for("CAPTURE PAUSED .*18:59:")


@case
def it_begins_where_it_is_told():
    with Site(broker=False) as site:
        path = written(site, ten_minutes())
        with Screen(site, ["replay", path, "-c", site.config, "--from", "10:02:30", "--paused"], size=(140, 30)) as screen:
            screen.wait_for("CAPTURE PAUSED .*10:02:30")
        for args, wanted in ((["--from", "soon"], "--from soon"), (["--report", "all"], "there is one of alarms, energy, oee and shift"),
                (["--map", "main"], "THERE=HERE is wanted"), (["--map", "a=b"], 'no broker "b"; it has "main"'), (["--speed", "fast"], "a number from")):
            got, out, errors = site.run("replay", path, "-c", site.config, *args, *([] if "--report" in args else ["--snapshot", "tags"]))
            assert got == 2 and wanted in errors, (args, got, errors)


@case
def it_plays_on_another_site():
    with Site(broker=False) as site:
        here, there = written(site, ten_minutes(), "here"), written(site, ten_minutes(broker="elsewhere"), "there")
        text, errors = shown(site, here)
        assert re.search(r"oil .* 99\.9", text) and not errors, (text, errors)
        other, errors = shown(site, there)
        assert other == text and 'no broker "elsewhere"' in errors and "--map elsewhere=NAME" in errors, errors
        other, errors = shown(site, there, "--map", "elsewhere=main")
        assert other == text and not errors, errors


@case
def compressed_broken_and_cut_ones_play_as_far_as_they_go():
    with Site(broker=False) as site:
        whole = ten_minutes()
        text, errors = shown(site, written(site, whole))
        packed = gzip.compress(whole.encode())
        assert shown(site, written(site, packed, "whole.gz")) == (text, "")
        out, errors = shown(site, written(site, packed[:-300], "cut.gz"))
        assert re.search(r"oil .* \d\d\.\d", out) and "ends in the middle" in errors and "could not be read" not in errors, errors
        out, errors = shown(site, written(site, whole[:-20], "cut"))
        assert re.search(r"oil .* 99\.8", out) and "ends in the middle of a line" in errors and "could not be read" not in errors, errors
        out, errors = shown(site, written(site, "rubbish\n" + whole + "{}\n", "broken"))
        assert out == text and "2 lines of" in errors and "line 1: not a JSON object" in errors and "middle" not in errors, errors


@case
def reports_of_it_are_those_of_a_history():
    with Site(broker=False) as site:
        path = written(site, ten_minutes())
        status, out, errors = site.run("replay", path, "-c", site.config, "--report", "oee", "--format", "csv")
        assert status == 0 and not errors, (status, errors)
        rows = [row.split(",") for row in out.splitlines()]
        assert any("works/a/l1" in row[0] or "works/a/l1" in row for row in rows), out
        status, text, errors = site.run("replay", path, "-c", site.config, "--report", "alarms", "--until", "+5m")
        assert status == 0 and text and not errors, (status, errors)


run()
