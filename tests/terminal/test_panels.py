"""Views of panels on a real screen: put together by keys, saved, found again by the next screen, exported, and the same from the configuration that it was pasted into."""
import pathlib
import subprocess

from terminal import ANDON, PLANT, Site, case, environment, run

OIL = "works/a/l1/p01/oil"


def begin(site, *args):
    screen = site.screen(*args)
    screen.wait_for(r"^Works .*link +\d")
    site.publish(st="Execute", oil=41.5)
    return screen


def build(site, screen):
    """A view "press" with a gauge of the oil, and beside it the states of the lines."""
    screen.type(":panel new press")
    screen.keys("Enter")
    screen.wait_for(r"> press  EDIT, not saved", r"^LINES", "a add")
    screen.keys("a")
    screen.wait_for(r"^:panel tags", r"FITS 0")
    screen.type("works/a/l1/p01/o")
    screen.wait_for("begins so", OIL)
    screen.keys("Tab")
    screen.wait_for(r"^:panel tags %s" % OIL, r"FITS 1")
    screen.keys("Enter")
    screen.wait_for(r"Press line|p01 oil", r"41\.5")
    screen.type(":panel widget gauge")
    screen.keys("Enter")
    screen.wait_for(r"40 ", r" 65", "120")


@case
def a_view_is_made_by_keys_and_kept():
    with Site() as site:
        with begin(site) as screen:
            build(site, screen)
            screen.keys("x")
            screen.wait_gone("120")
            screen.keys("u")
            screen.wait_for(r"120")
            screen.keys("s")
            screen.wait_for("saved: V or :view press shows it", r"> press +\S")
        layout = next(pathlib.Path(site.folder).rglob("layout.cfg"))
        assert '"gauge"' in layout.read_text() and OIL in layout.read_text()
        with begin(site, "--view", "press") as screen:
            screen.wait_for("> press", "^LINES", "p01 oil", "degC", "120")
            screen.keys("1")
            screen.wait_for("OVERVIEW")
            screen.keys("V")
            screen.wait_for("> press", "120")
            screen.type(":panel export")
            screen.keys("Enter")
            screen.wait_for("written for a configuration")
            screen.type(":panel export")
            screen.keys("Enter")
            screen.wait_for("there is such a file already")
        exported = next(pathlib.Path(site.folder).rglob("press.cfg"))
        pasted = pathlib.Path(site.folder) / "pasted.cfg"
        pasted.write_text(PLANT % {"url": site.broker.url, "bounds": "", "linger": "0s"} + exported.read_text())
        checked = subprocess.run([ANDON, "check", str(pasted)], capture_output=True, text=True, env=environment(site.folder))
        assert checked.returncode == 0 and "warning" not in checked.stdout, checked.stdout


@case
def esc_keeps_what_was_not_saved():
    with Site() as site:
        with begin(site) as screen:
            build(site, screen)
            screen.keys("Escape")
            screen.wait_for("not saved: e goes on with it")
            screen.keys("e")
            screen.wait_for(r"> press  EDIT, not saved", "120")
            screen.keys("Escape")
            screen.wait_for("not saved: e goes on with it")
            screen.keys("q")
            screen.ends(0)
        with begin(site, "--view", "press-draft") as screen:
            screen.wait_for("> press-draft", "120")


@case
def a_layout_of_a_newer_andon_is_set_aside():
    with Site() as site:
        with begin(site) as screen:
            build(site, screen)
            screen.keys("s")
            screen.wait_for("saved: V or :view press shows it")
        layout = next(pathlib.Path(site.folder).rglob("layout.cfg"))
        layout.write_text(layout.read_text().replace("version = 1", "version = 99"))
        with site.screen() as screen:
            screen.wait_for("of a newer andon", "set aside")
        assert layout.with_name("layout.cfg.newer").exists()


run()
