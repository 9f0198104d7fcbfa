"""Values over time on a real screen: v takes them in, keys move through time, sets are kept, and what was drawn comes from the cache."""
import pathlib

from terminal import Site, case, run

HEAD = r"^Works (> )?TRENDS"
DAY = r"([A-Z][a-z]{2} \d+ [A-Z][a-z]{2}|\d+ [A-Z][a-z]{2} \d{4})"  # of another year: with that, without the weekday


def with_oil(site, *args):
    """A trends view of the oil, taken in from its faceplate; the history has told its samples."""
    screen = site.screen(*args)
    screen.wait_for(r"^Works .*link +\d")
    site.publish(st="Execute", oil=41.5)
    screen.keys("3")
    screen.wait_for(r"41\.5")
    screen.type(":goto works/a/l1/p01/oil")
    screen.keys("Enter")
    screen.wait_for("FACEPLATE", "v trend")
    screen.keys("v")
    screen.wait_for(HEAD, r"^1. .*oil.* 41\.5", r" now$", "(samples|minutes)")
    return screen


@case
def v_takes_a_value_in_and_keys_move_through_time():
    with Site() as site, with_oil(site) as screen:
        screen.keys("+")
        screen.wait_for(HEAD, r" to now +4m\d\ds") # it began with the ten minutes in which there is something
        screen.keys("-", "-")
        screen.wait_for(r" to now +[23]\dm")
        screen.keys("Left")
        screen.wait_for(r"\d\d:\d\d$", "COUNT")
        screen.keys("PPage")
        screen.wait_for(r"^\S.* to (%s )?\d\d:\d\d" % DAY)  # with the day where midnight lies between
        screen.keys("End")
        screen.wait_for(r" to now ", "AGE")
        site.publish(oil=47.5)
        screen.wait_for(r"^1. .*oil.* 47\.5")
        screen.type(":go -26h")
        screen.keys("Enter")
        screen.wait_for(r"^%s \d\d:\d\d(:\d\d)? to " % DAY, "gap")
        screen.keys("Enter")
        screen.wait_for("FACEPLATE")
        screen.keys("Escape", "X")
        screen.wait_for("Nothing is drawn yet")


@case
def a_set_is_kept_for_the_next_screen():
    with Site() as site:
        with with_oil(site) as screen:
            screen.type(":trend save oven")
            screen.keys("Enter")
            screen.wait_for("TRENDS > oven", "saved: :trend oven shows it again")
        layout = next(pathlib.Path(site.folder).rglob("layout.cfg"))
        assert '"works/a/l1/p01/oil"' in layout.read_text()
        with site.screen() as screen:
            screen.wait_for(r"^Works .*link +\d")
            screen.type(":trend ov")
            screen.keys("Tab")
            screen.wait_for(":trend oven")
            screen.keys("Enter")
            screen.wait_for("TRENDS > oven", "^1. .*oil")
            screen.type(":trend drop oven")
            screen.keys("Enter")
            screen.wait_for("Works TRENDS", "dropped; what is drawn stays", "^1. .*oil")
            screen.type(":go 2190-01-01")
            screen.keys("Enter")
            screen.wait_for("lies after now: it has not come yet")
            screen.type(":trend oven")
            screen.keys("Enter")
            screen.wait_for('no set "oven"')
        assert "oven" not in layout.read_text()
        layout.write_text("trends = (")
        with site.screen("--view", "trends") as screen:
            screen.wait_for("set aside", "Nothing is drawn yet")


run()
