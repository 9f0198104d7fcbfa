"""Terminals, locales, colours: what each gets."""
import os
import re
import shutil
import subprocess

from terminal import Site, case, run, until

SATURATED = re.compile(r"\033\[[0-9;]*(?:3[1-6]|4[1-6]|9[1-6]|38;[25]|48;[25])")


def stopped(site, screen):
    """A line that stands, so that there is something to colour."""
    screen.wait_for("Press line", r"link +\d")  # how long it has been up: what is published now is heard
    site.publish(st="Aborted", oil=51234.5)
    screen.wait_for("Press line +STOP")


def all_is_ascii(text):
    return all(ord(c) < 127 for c in text)


@case
def terminals_that_terminfo_knows_are_used_as_they_are():
    with Site() as site:
        for term in ("xterm-256color", "screen-256color", "tmux-256color", "linux", "vt100"):
            with site.screen(term=term) as screen:
                stopped(site, screen)
                assert "TERM" not in screen.text()
                coloured = SATURATED.search(screen.attributes())
                assert bool(coloured) == (term != "vt100"), "%s: %s colour" % (term, "a" if coloured else "no")
                assert term != "vt100" or re.search(r"\033\[[0-9;]*7m[^\n]*STOP|\033\[7m", screen.attributes()), "nothing stands out on a vt100"
                screen.leaves()
                screen.terminal_is_as_before()


@case
def arrows_work_on_every_terminal():
    with Site() as site:
        for term in ("xterm-256color", "screen-256color", "linux", "vt100"):
            with site.screen("--view", "line", term=term) as screen:
                screen.wait_for("> Stamping > Press line")
                screen.keys("Right")
                screen.wait_for("> Stamping > Trim line")
                screen.bytes(b"\x1bOD")
                screen.wait_for("> Stamping > Press line")
                screen.bytes(b"\x1b[C")
                screen.wait_for("> Stamping > Trim line")


@case
def an_unknown_terminal_falls_back_and_says_so():
    with Site() as site:
        for term in ("wyse-9000", "", None):
            with site.screen(term=term) as screen:
                screen.wait_for("Press line", "TERM=%s is not known here: treated as xterm-256color" % (term or ""))
                screen.leaves()
                screen.terminal_is_as_before()


@case
def a_terminal_without_a_cursor_address_is_refused():
    with Site() as site, site.screen(term="dumb") as screen:
        screen.ends(1)
        assert "TERM=dumb cannot place its cursor" in screen.errors() and "andon snapshot" in screen.errors(), screen.errors()
        screen.terminal_is_as_before()


@case
def a_hostile_terminfo_folder_is_not_read():
    with Site() as site, site.screen(TERMINFO=site.folder, TERMINFO_DIRS=site.folder, LINES="3", COLUMNS="7") as screen:
        screen.wait_for("OVERVIEW", "Press line")


@case
def no_color_takes_the_colours_and_leaves_the_cues():
    with Site() as site, site.screen(NO_COLOR="1") as screen:
        stopped(site, screen)
        assert not SATURATED.search(screen.attributes()), "a colour in spite of NO_COLOR"
        assert re.search(r"\033\[[0-9;]*7m", screen.attributes()), "nothing stands out"
        screen.type(":theme dark\r")
        screen.keys("3")
        screen.wait_for("Works TAGS")
        assert not SATURATED.search(screen.attributes()), "a theme brings colours back in spite of NO_COLOR"


@case
def an_empty_no_color_counts_for_nothing():
    with Site() as site, site.screen(NO_COLOR="") as screen:
        stopped(site, screen)
        assert SATURATED.search(screen.attributes())


@case
def the_theme_mono_has_no_colour():
    with Site() as site, site.screen("--theme", "mono") as screen:
        stopped(site, screen)
        assert not SATURATED.search(screen.attributes())


@case
def other_than_utf_8_gets_ascii():
    for locale in ("C", "POSIX", None):
        with Site() as site:
            site.broker.publish("plant/a/l1/p01", '{"note": "预热机 ü"}', "-r")
            with site.screen(LC_ALL=locale) as screen:
                screen.wait_for("OVERVIEW", "Press line", "----")
                assert all_is_ascii(screen.text()), screen.text()
                screen.keys("3")
                screen.wait_for("Works TAGS", "note")
                assert all_is_ascii(screen.text()), screen.text()
                screen.leaves()


@case
def the_option_ascii_holds_where_the_locale_could_do_more():
    with Site() as site:
        for args, env in ((["--ascii"], {}), ([], {"ANDON_ASCII": "1"})):
            with site.screen(*args, **env) as screen:
                screen.wait_for("OVERVIEW", "Press line", "----")
                assert all_is_ascii(screen.text()), screen.text()
        with site.screen(ANDON_ASCII="0") as screen:
            screen.wait_for("OVERVIEW", "Press line", "────")


def german_locales(folder):
    """A folder with de_DE.UTF-8, which the machine may lack."""
    if shutil.which("localedef") and os.path.exists("/usr/share/i18n/locales/de_DE"):
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder + "/de_DE.UTF-8"], capture_output=True)
    return folder


@case
def a_german_locale_does_not_break_a_number():
    with Site() as site:
        locales = german_locales(site.folder)
        with site.screen("--view", "tags", LC_ALL="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8", LOCPATH=locales) as screen:
            screen.wait_for("Works TAGS", r"link +\d")
            site.publish(st="Execute", oil=51234.5, good=1234567)
            screen.wait_for(r"51 ?234\.5 degC", "1 234 567")
            assert not re.search(r"\d,\d", screen.text()), screen.text()


@case
def wide_names_take_two_cells():
    with Site() as site:
        site.write(site.config, (site.plant % site.fields).replace("Press line", "侧板冲压1").replace("Stamping", "冲压车间"))
        with site.screen() as screen:
            screen.wait_for("冲压车间", "侧板冲压1", "Trim line")
            chinese, english = screen.line("侧板冲压1"), screen.line("Trim line")
            assert chinese.index("never") + 4 == english.index("never"), "columns are shifted:\n%s\n%s" % (chinese, english)
            screen.keys("Enter")
            screen.wait_for("冲压车间 > 侧板冲压1")


run()
