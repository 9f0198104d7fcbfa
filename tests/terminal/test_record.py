"""Live messages as a capture: what stands in it, how it begins and ends, and that its replay is what was live."""
import base64
import json
import os
import re
import signal
import subprocess
import time

from terminal import ANDON, PATIENCE, Flood, Site, case, environment, no_report, read, run, until

CAPTURE = "/night.jsonl"


def lines_of(path):
    """The whole lines of a capture; the one that is being written is not looked at."""
    return [json.loads(line) for line in read(path).split("\n")[:-1]]


class Recorder:
    """andon record in the background, connected."""

    def __init__(self, site, *args, waits=True, **env):
        self.path = site.folder + CAPTURE
        self.process = subprocess.Popen([ANDON, "record", "--config", site.config, "-o", self.path, *args], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(site.folder, **env), cwd=site.folder)
        if waits:
            self.wait_for(lambda l: l.get("note") == "up")

    def lines(self):
        return lines_of(self.path)

    def wait_for(self, wanted, count=1):
        until(lambda: sum(1 for line in self.lines() if wanted(line)) >= count or self.process.poll() is not None,
            lambda: "a line in\n" + read(self.path))
        assert self.process.poll() is None, self.process.stderr.read().decode()

    def ends(self, number=signal.SIGINT):
        if number:
            self.process.send_signal(number)
        errors = self.process.communicate(timeout=PATIENCE)[1].decode()
        no_report(errors, "standard error")
        return self.process.returncode, errors


def of_topic(name):
    return lambda line: line.get("topic") == name


@case
def what_is_heard_stands_in_it():
    with Site() as site:
        site.broker.publish("plant/kept", "before", "-r")
        recorder = Recorder(site, "--qos", "2")
        recorder.wait_for(of_topic("plant/kept"))
        site.broker.publish("plant/text", 'a "quoted"\n线 text')
        site.broker.publish("plant/bytes", b"\x00\xff\x80", "-q", "1")
        with Flood(site.broker) as flood:
            assert flood.send([("plant/empty", b"")])
            recorder.wait_for(of_topic("plant/empty"))
        site.broker.publish("plant/twice", "x", "-q", "2")
        recorder.wait_for(of_topic("plant/twice"))
        before = time.time() * 1000
        status, errors = recorder.ends()
        assert status == 0 and "5 messages" in errors, errors
        lines = recorder.lines()
        assert [lines[0]["note"], lines[-1]["note"]] == ["begin", "end"], lines
        found = {line["topic"]: line for line in lines if "topic" in line}
        assert found["plant/kept"]["retain"] and found["plant/kept"]["broker"] == "main", found
        assert found["plant/text"]["payload"] == 'a "quoted"\n线 text' and not found["plant/text"]["retain"] and found["plant/text"]["qos"] == 0, found
        assert base64.b64decode(found["plant/bytes"]["payload_b64"]) == b"\x00\xff\x80" and found["plant/bytes"]["qos"] == 1, found
        assert found["plant/empty"]["payload"] == "" and found["plant/twice"]["payload"] == "x" and found["plant/twice"]["qos"] == 2, found
        assert all(0 <= before - line["ts"] < PATIENCE * 2000 for line in lines[:-1]), lines
        assert os.stat(recorder.path).st_mode & 0o777 == 0o600


@case
def only_the_topics_that_are_asked_for():
    with Site() as site:
        recorder = Recorder(site, "--topic", "plant/+/state", "-t", "other/#")
        for topic in ("plant/a", "other", "plant/a/state"):
            site.broker.publish(topic, "1")
        recorder.wait_for(of_topic("plant/a/state"))
        assert recorder.ends(signal.SIGTERM)[0] == 0
        assert [line["topic"] for line in recorder.lines() if "topic" in line] == ["other", "plant/a/state"]


@case
def it_ends_by_itself():
    with Site() as site:
        with Flood(site.broker) as flood:
            recorder = Recorder(site, "--for", "3s", waits=False)
            until(lambda: recorder.process.poll() is not None or not flood.send([("plant/x", b"1")]), "its end")
        status, errors = recorder.ends(None)
        assert status == 0 and recorder.lines()[-1]["note"] == "end", errors


@case
def a_broker_that_went_is_noted_and_found_again():
    with Site() as site:
        recorder = Recorder(site)
        site.broker.kill()
        recorder.wait_for(lambda l: l.get("note") == "down")
        site.broker.start()
        recorder.wait_for(lambda l: l.get("note") == "up", 2)
        site.broker.publish("plant/x", "2")
        recorder.wait_for(of_topic("plant/x"))
        assert recorder.ends()[0] == 0
        notes = [(line["note"], line.get("broker")) for line in recorder.lines() if "note" in line]
        assert notes == [("begin", None), ("up", "main"), ("down", "main"), ("up", "main"), ("end", None)], notes
        status, text, errors = site.run("replay", recorder.path, "--config", site.config, "--snapshot", "tags")
        assert status == 0 and not errors, errors


@case
def nothing_is_written_over_and_wrong_usage_names_its_fix():
    with Site() as site:
        site.write(site.folder + "/there", "mine")
        for args, wanted in (
            (["-o", site.folder + "/there"], "is there already"),
            (["--for", "soon"], "a duration is wanted, as 90s"),
            (["--topic", "a/#/b"], "a topic filter is wanted"),
            (["--qos", "3"], "0 to 2|0, 1 or 2"),
            (["--config", site.folder + "/none.cfg"], "no such file"),
            (["extra"], "one argument too many"),
        ):
            config = [] if "--config" in args else ["--config", site.config]
            status, out, errors = site.run("record", *config, *args)
            assert status == 2 and re.search(wanted, errors) and not out, (args, status, errors)
        assert read(site.folder + "/there") == "mine"


@case
def where_nothing_is_heard_nothing_is_left():
    with Site() as site:
        status, out, errors = site.run("record", "--config", site.config, "--for", "1s", "-o", site.folder + CAPTURE)
        assert status == 1 and "nothing was heard" in errors and not os.path.exists(site.folder + CAPTURE), errors
        site.broker.kill()
        status, out, errors = site.run("record", "--config", site.config, "--for", "1s", "-o", site.folder + CAPTURE)
        assert status == 1 and "nothing was heard" in errors, errors


@case
def a_full_disk_is_told():
    with Site() as site, Flood(site.broker) as flood:
        out = open("/dev/full", "w")
        process = subprocess.Popen([ANDON, "record", "--config", site.config], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
            env=environment(site.folder), cwd=site.folder)
        until(lambda: process.poll() is not None or not flood.send([("plant/x", b"1" * 1000)]), "its end")
        errors = process.communicate()[1].decode()
        out.close()
        no_report(errors, "standard error")
        assert process.returncode == 1 and re.search(r"standard output: No space left on device: recorded until .*make room", errors), errors


def values(text):
    """Key, value and unit of each row of the tags view: what does not age while one looks."""
    return re.findall(r"^\s*(oil|good|state)\s[\s↑↓?]*(\S.*?)  ", text, re.M)


@case
def its_replay_is_what_was_live():
    with Site() as site:
        recorder = Recorder(site)
        with site.screen("--view", "tags") as screen:
            screen.wait_for(r"link +\d")
            for n in range(20):
                site.publish(st="Execute" if n % 3 else "Stopped", oil=40 + n / 10, good=n * 7)
            site.publish(st="Held", oil=61.25, good=1234)
            screen.wait_for(r"61\.2", "1.?234")
            live = screen.text()
        recorder.wait_for(lambda l: "1234" in l.get("payload", ""))
        assert recorder.ends()[0] == 0
        status, text, errors = site.run("replay", recorder.path, "--config", site.config, "--snapshot", "tags")
        assert status == 0 and not errors, errors
        assert values(text) and values(text) == values(live), (live, text)


run()
