"""Acting: what is missing is asked for in the last line, Esc ends it, and nothing is done that was not answered."""
import json

from terminal import Site, case, run, until

DONE = "select who, text, comment from event where kind = 'action'"


def site(extra=""):
    made = Site()
    text = open(made.config, encoding="utf-8").read()
    made.write(made.config, extra + text)
    return made


def started(here, *args, **options):
    screen = here.screen(*args, **options)
    screen.wait_for("OVERVIEW", "link")
    return screen


def command(screen, text):
    screen.keys(":")
    screen.type(text)
    screen.keys("Enter")


def unit(screen):
    """Looks at a unit."""
    command(screen, "goto works/a/l1/p01")
    screen.wait_for("p01")


def done(here):
    status, out, errors = here.run("sql", "--config", here.config, "--cache", here.cache, "--format", "json", DONE)
    assert status == 0, errors
    return [json.loads(line) for line in out.splitlines()]


@case
def what_is_missing_is_asked_for():
    for size in ((80, 24), (40, 12)):
        with site() as here, started(here, size=size) as screen:
            unit(screen)
            command(screen, "maintenance")
            screen.wait_for("8h open:")
            screen.type("tomorrow")
            screen.keys("Enter")
            screen.wait_for("1h30m or open:$")
            screen.keys("Tab", "Tab", "Enter")
            screen.wait_for("reason:")
            screen.type("new bearing")
            screen.wait_for("new bearing")
            screen.keys("Enter")
            until(lambda: [row["comment"] for row in done(here)] == ["new bearing"], "the action on disk")
            command(screen, "maintenance end")
            until(lambda: len(done(here)) == 2, "its end on disk")


@case
def esc_ends_it_and_nothing_is_done():
    for size in ((80, 24), (40, 12)):
        with site() as here, started(here, size=size) as screen:
            unit(screen)
            command(screen, "maintenance")
            screen.wait_for("8h open:")
            screen.keys("Escape")
            screen.wait_for("nothing was done")
            command(screen, "maintenance 1h")
            screen.wait_for("reason:")
            screen.keys("BSpace", "BSpace", "Home", "Left", "DC")
            screen.wait_for("reason:")
            screen.keys("Escape")
            screen.wait_for("nothing was done")
            command(screen, "maintenance open it is done")
            until(lambda: [row["comment"] for row in done(here)] == ["it is done"], "only what was answered")


@case
def a_paste_answers_nothing():
    with site() as here, started(here) as screen:
        unit(screen)
        command(screen, "maintenance 1h")
        screen.wait_for("reason:")
        screen.paste("pasted\nq")
        screen.type("typed")
        screen.wait_for("reason: typed")
        screen.keys("Enter")
        until(lambda: [row["comment"] for row in done(here)] == ["typed"], "what was typed")


@case
def a_shift_is_signed_on_for_once():
    with site("access = { sign_on = true; };\n") as here, started(here) as screen:
        unit(screen)
        command(screen, "maintenance 1h first")
        screen.wait_for("who are you")
        screen.keys("Enter")
        screen.wait_for("badge or initials are wanted:")
        screen.type("Kim")
        screen.keys("Enter")
        until(lambda: len(done(here)) == 1, "the first action")
        command(screen, "maintenance 2h second")
        until(lambda: len(done(here)) == 2, "the second, that did not ask")
        assert all(row["who"].startswith("Kim (as ") for row in done(here)), done(here)
        command(screen, "who")
        screen.wait_for("engineer, signed on as Kim")


@case
def nothing_is_done_to_the_past_or_by_who_only_reads():
    with site() as here, started(here) as screen:
        unit(screen)
        command(screen, "maintenance 1h so that something is kept")
        until(lambda: len(done(here)) == 1, "a moment to go back to")
        screen.keys("[")
        screen.wait_for("PAST")
        command(screen, "maintenance 1h no")
        screen.wait_for("this is the past")
        screen.keys("L")
        with started(here, "--read-only") as reader:
            unit(reader)
            command(reader, "maintenance 1h no")
            reader.wait_for("this screen only reads")
        command(screen, "ack")
        screen.wait_for("no alarm is selected here")
        assert len(done(here)) == 1, done(here)


run()
