"""A configuration proposed on a running screen: what nobody configured is shown as types, taken or changed with a key, and written into a new file of the user's."""
import json
import pathlib

from terminal import Site, case, run, until

MACHINES = 3


def publish_pumps(site, first=0, count=4):
    for second in range(first, first + count):
        for pump in range(1, MACHINES + 1):
            site.broker.publish("works/hall/pump%d/data" % pump, json.dumps({"state": "run" if second % 4 else "stop", "flow": 40 + (second * pump) % 7, "good": 100 + second, "oil": 45.5}))


def with_proposals(site):
    screen = site.screen()
    screen.wait_for(r"^Works .*link +\d")
    publish_pumps(site)
    screen.keys("3")
    screen.wait_for("12 discovered")
    screen.type(":learn")
    screen.keys("Enter")
    screen.wait_for("LEARN", r"pump\{1\.\.3\}", "1 types, 0 taken", "y take")
    return screen


@case
def what_is_taken_is_written_and_its_path_is_said():
    with Site() as site, with_proposals(site) as screen:
        screen.keys("w")
        screen.wait_for("nothing is taken yet")
        screen.keys("y")
        screen.wait_for("1 types, 1 taken", r"yes +pump")
        screen.keys("e")
        screen.wait_for(r"^:learn")
        screen.type("name cooler")
        screen.keys("Enter")
        screen.wait_for(r"yes +cooler")
        screen.type(":learn kind oil nonsense")
        screen.keys("Enter")
        screen.wait_for("is no kind")
        for name in "learnt.cfg", "learnt-2.cfg":
            screen.keys("w")
            screen.wait_for("written; look at it, then: andon -c")
            file = site_file(site, name)
            assert 'name = "cooler"' in file.read_text() and "pump1" in file.read_text()
            status, text, _ = site.run("check", str(file))
            assert status == 0 and ": ok" in text, text
            screen.keys("u")  # takes the name back
            screen.wait_for(r"yes +pump")
            screen.type(":learn name cooler")
            screen.keys("Enter")
            screen.wait_for(r"yes +cooler")
        screen.keys("Escape")
        until(lambda: "LEARN" not in screen.text(), "the view closes")


def site_file(site, name):
    return next(pathlib.Path(site.folder).rglob(name))


@case
def keys_that_are_typed_ahead_are_all_heard():
    with Site() as site, with_proposals(site) as screen:
        screen.keys("y", "w")
        screen.wait_for("written; look at it, then: andon -c")
        assert "pump1" in site_file(site, "learnt.cfg").read_text()


@case
def help_lies_over_it_and_comes_off_again():
    with Site() as site, with_proposals(site) as screen:
        screen.keys("y")
        screen.wait_for("1 taken")
        screen.keys("?")
        screen.wait_for("HELP", "EVERYWHERE")
        screen.keys("Escape")
        screen.wait_for("LEARN", "1 taken")


@case
def what_comes_meanwhile_is_found_when_it_looks_again():
    with Site() as site, with_proposals(site) as screen:
        for fan in range(1, 4):
            site.broker.publish("works/hall/fan%d/data" % fan, json.dumps({"speed": 100 + fan, "load": 7 + fan, "lamp": True}))
        screen.wait_for("21 values")
        screen.keys("r")
        screen.wait_for(r"fan\{1\.\.3\}", "2 types")


@case
def a_read_only_screen_writes_nothing():
    with Site() as site:
        with with_proposals(site):
            pass
        with site.screen("--read-only") as screen:
            publish_pumps(site, 4, 3)
            screen.wait_for(r"^Works .*link +\d")
            screen.keys("3")
            screen.wait_for("12 discovered")
            screen.type(":learn")
            screen.keys("Enter")
            screen.wait_for("LEARN", r"pump\{1\.\.3\}", "1 types")
            screen.keys("y")
            screen.wait_for("1 taken")
            screen.keys("w")
            screen.wait_for("read-only: it writes nothing")
        assert not list(pathlib.Path(site.folder).rglob("learnt*.cfg"))


run()
