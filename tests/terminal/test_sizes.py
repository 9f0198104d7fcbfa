"""Sizes: every one is shown whole, none is lost, and whatever is open survives."""
from terminal import Site, case, run, until

OVERVIEW = r"OVERVIEW"


def fills(screen, w, h):
    """The frame is the terminal's size: the footer is in the last row, and no row is longer than the terminal."""
    def whole():
        rows = screen.text().rstrip("\n").split("\n")
        return len(rows) == h and "? help" in rows[-1] and (screen.variable("pane_width"), screen.variable("pane_height")) == (str(w), str(h))
    until(whole, lambda: "a frame of %dx%d; there is\n%s" % (w, h, screen.text()))


@case
def every_size_is_filled_from_the_start():
    with Site() as site:
        for w, h in ((80, 24), (40, 12), (200, 60), (300, 100), (30, 8)):
            with site.screen(size=(w, h)) as screen:
                screen.wait_for(r"^Works", "Press line")
                fills(screen, w, h)


@case
def a_terminal_that_is_too_small_says_so_and_recovers():
    with Site() as site, site.screen() as screen:
        screen.wait_for(OVERVIEW, "Press line")
        for w, h in ((40, 12), (10, 3), (200, 60), (29, 24), (80, 7), (1, 1), (2, 2), (80, 24)):
            screen.resize(w, h)
            if w >= 30 and h >= 8:
                screen.wait_for(r"^Works", "Press line")
                fills(screen, w, h)
            elif w > 9:
                screen.wait_for("^too small")
                screen.wait_gone("Works")


@case
def it_may_start_too_small():
    with Site() as site, site.screen(size=(10, 3)) as screen:
        screen.wait_for("^too small")
        screen.resize(80, 24)
        screen.wait_for(OVERVIEW, "Press line")
        fills(screen, 80, 24)


@case
def the_keys_work_while_it_is_too_small():
    with Site() as site, site.screen(size=(10, 3)) as screen:
        screen.wait_for("^too small")
        screen.keys("4", "?", "Escape", "/", "x", "Escape", "3", "Enter", "Escape", "4")
        screen.resize(80, 24)
        screen.wait_for("Works HEALTH")
        screen.resize(10, 3)
        screen.wait_for("^too small")
        screen.keys("q")
        screen.ends(0)
        screen.terminal_is_as_before()


@case
def a_storm_of_resizes_ends_in_a_whole_frame():
    with Site() as site, site.screen() as screen:
        screen.wait_for(OVERVIEW, "Press line")
        for n in range(50):
            screen.resize(1 + n * 37 % 220, 1 + n * 17 % 70)
        screen.resize(100, 30)
        screen.wait_for(OVERVIEW, "Press line", "DATA")
        fills(screen, 100, 30)
        until(lambda: len([line for line in screen.text().splitlines() if "OVERVIEW" in line]) == 1, lambda: "one header; there is\n" + screen.text())


@case
def help_survives_a_resize():
    with Site() as site, site.screen() as screen:
        screen.wait_for(OVERVIEW, "Press line")
        screen.keys("?")
        screen.wait_for("HELP")
        for w, h in ((40, 12), (200, 60), (10, 3), (30, 8), (80, 24)):
            screen.resize(w, h)
            screen.wait_for("HELP" if w >= 30 else "^too small")
        screen.keys("Escape")
        screen.wait_gone("HELP")
        fills(screen, 80, 24)


@case
def a_faceplate_survives_a_resize():
    with Site() as site:
        site.broker.publish("plant/a/l1/p01", '{"oil": 50.5}', "-r")
        with site.screen("--view", "tags") as screen:
            screen.wait_for("Works TAGS", "50.5")
            screen.type(":goto works/a/l1/p01/oil\r")
            screen.wait_for("FACEPLATE", "works/a/l1/p01/oil", "50.5")
            for w, h in ((40, 12), (200, 60), (10, 3), (30, 8), (80, 24)):
                screen.resize(w, h)
                screen.wait_for("FACEPLATE", "50.5") if w >= 30 else screen.wait_for("^too small")
            screen.keys("Escape")
            screen.wait_gone("FACEPLATE")
            fills(screen, 80, 24)


@case
def a_line_that_is_being_typed_survives_a_resize():
    with Site() as site, site.screen() as screen:
        screen.wait_for(OVERVIEW, "Press line")
        screen.type(":view " + "health" * 10)
        for w, h in ((40, 12), (10, 3), (200, 60), (80, 24)):
            screen.resize(w, h)
            screen.wait_for("healthhealth$" if w >= 30 else "^too small")
        screen.keys("C-u")
        screen.type("view tags\r")
        screen.wait_for("Works TAGS")


run()
