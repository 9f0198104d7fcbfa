"""Production on the screen: a stop's reason in two keys or one, calls, pieces and notes; what is refused is said in words."""
import json
import time

from terminal import PLANT, Site, case, run, until

REASONS = """
reasons = ( { name = "machine"; title = "Machine"; reasons = ( { name = "jam"; title = "Jam"; codes = "E17*"; }, { name = "tool"; title = "Tool broken"; } ); },
            { name = "material"; title = "No material"; } );
"""
WORKS = PLANT.replace('  { name = "note";', '  { name = "reason"; path = "/why"; kind = "text"; },\n  { name = "note";') + REASONS


def started(here, *args, **options):
    screen = here.screen(*args, **options)
    screen.wait_for("OVERVIEW", "link")
    return screen


def command(screen, text):
    screen.keys(":")
    screen.type(text)
    screen.keys("Enter")


def told(here, kind, what="text, before, after, who, comment"):
    status, out, errors = here.run("sql", "--config", here.config, "--cache", here.cache, "--format", "json",
                                   "select %s from event where kind = '%s'" % (what, kind))
    assert status == 0, errors
    return [json.loads(line) for line in out.splitlines()]


def reasons_given(here):
    return [row["after"] for row in told(here, "stop") if row["text"] == "reason"]


def stopped(here, screen, **fields):
    """The press runs, then stands, and the line view shows it."""
    here.publish(st=6, good=10)
    command(screen, "goto works/a/l1")
    screen.wait_for("Press line", "run")
    here.publish(st=9, **fields)
    screen.wait_for(r"\bSTOP\b")


@case
def a_reason_is_two_keys():
    for size in ((80, 24), (40, 12)):
        with Site(WORKS) as here, started(here, size=size) as screen:
            stopped(here, screen)
            screen.keys("r")
            screen.wait_for("REASON", "2 Tool broken", "3 No mate")
            screen.keys("q", "2")  # a key that is no reason does nothing
            until(lambda: reasons_given(here) == ["Tool broken"], "the reason on disk")
            screen.wait_gone("REASON ─")
            screen.keys("r")  # one was given: the list again
            screen.wait_for("takes back")
            screen.keys("-")
            until(lambda: reasons_given(here) == ["Tool broken", ""], "that it was taken back")


@case
def a_proposed_reason_is_one_key():
    with Site(WORKS) as here, started(here) as screen:
        stopped(here, screen, why="E17 guide")
        screen.wait_for("r confirm: Jam")
        screen.keys("r")
        until(lambda: reasons_given(here) == ["Jam"], "the reason on disk")
        screen.wait_gone("r confirm")
        screen.keys("R")
        screen.wait_for("REASON", "takes back Machine > Jam")
        screen.keys("Escape")
        screen.wait_gone("takes back")
        command(screen, "reason tool guide was loose")
        until(lambda: told(here, "stop")[-1]["comment"] == "guide was loose", "the other one, with a comment")
        command(screen, "reason gremlins")
        screen.wait_for("no reason is called")
        command(screen, "split 2020-01-01")
        screen.wait_for("is not within the stop")
        command(screen, "split")
        screen.wait_for(r"split the stop of p01 \(.* - now\) at:")
        screen.keys("Escape")
        screen.wait_for("nothing was done")
        assert len(told(here, "stop")) == 2, told(here, "stop")


@case
def a_stop_is_split_and_joined_again():
    timed = WORKS.replace('format = "json"; tags', 'format = "json"; time = "/ts"; tags')
    assert timed != WORKS
    with Site(timed) as here, started(here) as screen:
        now = time.time()
        here.publish(ts=now - 400, st=6)
        here.publish(ts=now - 300, st=9)
        command(screen, "goto works/a/l1")
        screen.wait_for("Press line", r"\bSTOP\b")
        screen.keys("S")
        screen.wait_for("all 1 ", "breakdown")
        screen.keys("s")
        screen.wait_for(r"split the stop of p01 \(.* - now\) at:")
        screen.type(time.strftime("%H:%M:%S", time.gmtime(now - 150)))
        screen.keys("Enter")
        screen.wait_for("all 2 ", time.strftime("%H:%M:%S", time.gmtime(now - 150)))  # both halves are listed
        until(lambda: [row["text"] for row in told(here, "stop")] == ["split"], "the split on disk")
        screen.keys("G", "J")
        screen.wait_for("all 1 ")
        until(lambda: [row["text"] for row in told(here, "stop")] == ["split", "merged"], "the merge on disk")
        screen.keys("J")  # nothing follows it
        screen.wait_for("no stop follows it")


@case
def a_call_is_raised_taken_and_closed():
    for size in ((80, 24), (40, 12)):
        with Site(WORKS) as here, started(here, size=size) as screen, started(here, size=size) as other:
            command(screen, "goto works/a/l1/p01")
            screen.wait_for("p01")
            screen.keys("c")
            screen.wait_for("CALLS", "call to .*Press line", "1 Maintenance", "no call is open")
            screen.keys("1")
            other.wait_for("^CALL .*p01 Maintenance")  # whatever it looks at
            screen.wait_for("nobody yet")
            screen.keys("1")
            screen.wait_for("call to p01: somebody was called already")
            other.keys("c")
            other.wait_for("nobody yet")
            other.keys("t")
            other.wait_gone("nobody yet")
            screen.wait_gone("^CALL ")
            screen.keys("x")
            screen.wait_for("no call is open")
            until(lambda: [row["after"] for row in told(here, "call")] == ["raised", "taken", "closed"], "all of it on disk")


@case
def calls_can_be_typed():
    with Site(WORKS) as here, started(here) as screen:
        command(screen, "goto works/a/l1")
        screen.wait_for("Press line")
        command(screen, "call plumber")
        screen.wait_for(r"call whom\? maintenance, quality, material, supervisor")
        command(screen, "take")
        screen.wait_for("no call waits at Press line")
        command(screen, "call mat reel 4 is empty")
        screen.wait_for("^CALL .*Material")
        command(screen, "take on my way")
        screen.wait_gone("^CALL ")
        command(screen, "close-call")
        until(lambda: [row["comment"] or "" for row in told(here, "call")] == ["reel 4 is empty", "on my way", ""], "all of it on disk")


@case
def pieces_are_corrected_and_a_note_is_left():
    with Site(WORKS) as here, started(here) as screen:
        here.publish(st=6, good=10)
        here.publish(st=6, good=30)
        command(screen, "goto works/a/l1")
        screen.wait_for("Press line", "run")
        command(screen, "scrap many")
        screen.wait_for("is no number of pieces")
        command(screen, "scrap 3 bent")
        until(lambda: [(row["text"], row["after"], row["comment"]) for row in told(here, "quantity")] == [("reject", "+3", "bent")], "the scrap on disk")
        command(screen, "good -9000")
        screen.wait_for("correct the quantity of .*: that is not such a number")
        screen.keys("N")
        screen.wait_for("leave a note for Press line:")
        screen.keys("Enter")
        screen.wait_for("it cannot be left empty")
        screen.type("second reel is short")
        screen.keys("Enter")
        until(lambda: [row["comment"] for row in told(here, "note")] == ["second reel is short"], "the note on disk")


@case
def nothing_is_done_to_the_past_or_by_who_only_reads():
    with Site(WORKS) as here, started(here) as screen:
        stopped(here, screen)
        command(screen, "note so that something is kept")
        until(lambda: told(here, "note"), "a moment to go back to")
        with started(here, "--read-only") as reader:
            command(reader, "goto works/a/l1")
            reader.wait_for(r"\bSTOP\b")
            reader.keys("r")
            reader.wait_for("the stop of p01: this screen only reads")
            reader.keys("c", "1")
            reader.wait_for("call to p01: this screen only reads")
            reader.keys("Escape", "N")
            reader.wait_for("a note for Press line: this screen only reads")
        screen.keys("[")
        screen.wait_for("PAST")
        screen.keys("c", "1")
        screen.wait_for("this is the past")
        assert not told(here, "call") and not told(here, "stop")


run()
