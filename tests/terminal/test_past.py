"""Going back in time, on a real screen: keys, commands, the row that says so, playing, and --at."""
import datetime

from terminal import Screen, Site, case, run, until

HEAD = r"^ PAST [A-Z][a-z]{2} 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d "


def moment_of(screen, pattern=HEAD):
    """The moment that the row names; "" where there is none (any more)."""
    return next((word for word in screen.line(pattern).split() if word.count(":") == 2), "")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def pass_by(seconds):
    """Time itself is what is looked at here: there is nothing else to wait for."""
    end = now() + datetime.timedelta(seconds=seconds)
    until(lambda: now() >= end, "the time to pass")


def told(site, value):
    site.publish(st="Execute", oil=value)


def with_history(site, *args, **options):
    """A screen before whose eyes the oil was at 41.5 for some seconds and is at 47.5 now; and when that was."""
    screen = site.screen(*args, **options)
    screen.wait_for(r"^Works .*link +\d")
    told(site, 41.5)
    screen.keys("3")
    screen.wait_for("Works TAGS", r"41\.5")
    pass_by(2)
    then = now().replace(microsecond=0)
    pass_by(2)
    told(site, 47.5)
    screen.wait_for(r"47\.5")
    until(lambda: "47.5" in site.run("export", "--config", site.config, "--cache", site.cache, "works/a/l1/p01/oil")[1], "it on disk, and what was before it")
    return screen, then


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@case
def a_moment_is_shown_as_it_was_and_live_comes_back():
    with Site() as site:
        screen, then = with_history(site)
        with screen:
            screen.type(":at " + iso(then))
            screen.keys("Enter")
            screen.wait_for(HEAD, r"41\.5", "L live", r"\[ \] minute")
            screen.wait_gone(r"47\.5")
            for view, what in (("1", "OVERVIEW"), ("2", "> "), ("4", "HEALTH"), ("5", "TRENDS"), ("3", "TAGS")):
                screen.keys(view)
                screen.wait_for(HEAD, what)
            screen.keys("Escape", "Escape", "1")
            screen.wait_for(HEAD, "OVERVIEW")
            screen.keys("3", "L")
            screen.wait_for(r"47\.5")
            screen.wait_gone("PAST")


@case
def the_living_plant_goes_on_behind_it():
    with Site() as site:
        screen, then = with_history(site)
        with screen:
            screen.type(":at " + iso(then))
            screen.keys("Enter")
            screen.wait_for(HEAD, r"41\.5")
            told(site, 52.5)
            with site.screen("--view", "tags") as other:
                other.wait_for(r"52\.5")
            assert screen.shows(HEAD, r"41\.5") and "52.5" not in screen.text()
            screen.keys("L")
            screen.wait_for(r"52\.5")


@case
def before_the_first_moment_there_is_nothing_and_after_the_last_it_is_live():
    with Site() as site:
        screen, then = with_history(site)
        with screen:
            screen.type(":at 1999-01-01")
            screen.keys("Enter")
            screen.wait_for(r"kept since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: nothing of that moment")
            screen.wait_gone("PAST|GOING BACK")
            screen.type(":at 2190-01-01")
            screen.keys("Enter")
            screen.wait_for("has not come yet")
            screen.keys("{")
            screen.wait_for(HEAD, "kept since .*: nothing older")
            screen.keys("L")
            screen.wait_gone("PAST")
            screen.keys("]")
            screen.wait_for("this is live: there is nothing after it yet")
            screen.type(":at " + iso(then))
            screen.keys("Enter")
            screen.wait_for(HEAD, r"41\.5")
            screen.keys("{")
            screen.wait_for(HEAD, "kept since .*: nothing older")

            def minute_on():  # as many as all of it took
                screen.keys("]")
                return not screen.shows("PAST|GOING BACK")
            until(minute_on, lambda: "the end of the past; there is\n" + screen.text())
            screen.wait_for(r"47\.5")


@case
def it_plays_until_it_is_live():
    with Site() as site:
        screen, then = with_history(site)
        with screen:
            screen.type(":at " + iso(then))
            screen.keys("Enter")
            screen.wait_for(HEAD, r"41\.5")
            screen.keys("P")
            screen.wait_for(r"PAST .* x1 ")
            began = moment_of(screen)
            until(lambda: moment_of(screen) != began or not screen.shows("PAST"), "it did not play")
            screen.keys("Space")
            screen.wait_gone(" x1 ")
            screen.type(":play 60")
            screen.keys("Enter")
            screen.wait_gone("PAST")
            screen.wait_for(r"47\.5")


@case
def what_is_typed_wrongly_is_said():
    with Site() as site:
        screen, _ = with_history(site, size=(140, 24))
        with screen:
            for line, answer in ((":at tomorrow", "is not a time"), (":play 10", "this is live"), (":play 900", "is not a speed")):
                screen.type(line)
                screen.keys("Enter")
                screen.wait_for(answer)


@case
def the_row_stands_in_every_size_and_without_colours():
    with Site() as site:
        screen, then = with_history(site, "--ascii", NO_COLOR="1")
        with screen:
            screen.type(":at " + iso(then))
            screen.keys("Enter")
            screen.wait_for(HEAD)
            for w, h in ((40, 12), (30, 8), (200, 60)):
                screen.resize(w, h)
                screen.wait_for(r"^ PAST ")
            until(lambda: any("\x1b[" in row and "7" in row.split("PAST")[0] for row in screen.attributes().splitlines() if "PAST" in row), screen.attributes)


@case
def a_screen_begins_in_the_past_and_a_snapshot_needs_no_collector():
    with Site() as site:
        screen, then = with_history(site)
        with screen:
            pass
        with site.screen("--view", "tags", "--at", iso(then)) as back:
            back.wait_for(HEAD, r"41\.5")
        site.end_collectors()

        def snapshot(*args):
            return site.run("snapshot", "--config", site.config, "--cache", site.cache, *args)
        status, output, errors = snapshot("--view", "tags", "--at", iso(then))
        assert status == 0 and "PAST" in output and "41.5" in output and "47.5" not in output, output + errors
        status, output, errors = snapshot("--at", "1999-01-01")
        assert status == 1 and "nothing is kept of that moment: the first is " in errors, errors
        status, output, errors = snapshot("--at", "soon")
        assert status == 2 and "is not a time" in errors, errors


@case
def without_a_cache_it_says_why():
    with Site() as site:
        with site.screen("--read-only", size=(140, 24)) as screen:
            screen.wait_for("READ-ONLY")
            screen.keys("[")
            screen.wait_for("(?i)cache|no history|not there")
            screen.wait_gone("PAST|GOING BACK")


run()
