"""Signals, hang-ups, end of input: it leaves at once, and the terminal is as it was."""
import os
import signal
import time

from terminal import Site, alive, case, children, no_report, processor_seconds, run, until


def started(site, *args, **options):
    screen = site.screen(*args, **options)
    screen.wait_for("OVERVIEW", "Press line", r"link +\d")  # how long it has been up: what is published now is heard
    return screen


@case
def sigterm_sigint_and_sighup_give_the_terminal_back():
    with Site() as site:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with started(site) as screen:
                screen.signal(number)
                screen.ends(0)
                screen.terminal_is_as_before()


@case
def a_signal_while_it_starts_gives_the_terminal_back():
    with Site() as site, site.screen() as screen:
        pid = until(screen.pid, "the process")
        os.kill(pid, signal.SIGTERM)
        until(screen.status_text, "its end")
        screen.checked = True
        screen.terminal_is_as_before()


@case
def crashes_give_the_terminal_back_and_keep_their_status():
    with Site() as site:
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGQUIT):
            with started(site) as screen:
                screen.signal(number)
                screen.ends(128 + number)
                screen.terminal_is_as_before()


@case
def ctrl_backslash_gives_the_terminal_back():
    with Site() as site, started(site) as screen:
        screen.keys("C-\\")
        screen.ends(128 + signal.SIGQUIT)
        screen.terminal_is_as_before()


@case
def a_closed_pane_ends_it_at_once():
    with Site() as site, started(site) as screen:
        pid = screen.pid()
        screen.close_pane()
        until(lambda: not alive(pid), "its end after the terminal has gone")
        screen.ends(0)


@case
def a_terminal_that_vanishes_without_a_signal_ends_it_too():
    # without the leak check: its helper and a hang-up at the same moment can wait for each other for ever
    with Site() as site, site.screen(shell=True, ASAN_OPTIONS="detect_leaks=0") as screen:
        screen.type("(trap '' HUP; echo $BASHPID > %s.pid; exec %s)\r" % (screen.base, screen.command))
        screen.wait_for("OVERVIEW", "Press line", "link")
        pid = screen.pid()
        screen.checked = True
        screen.close_pane()
        until(lambda: not alive(pid), "its end: it spins or waits for ever")
        no_report(screen.errors(), "standard error")


@case
def ctrl_z_stops_it_and_fg_draws_it_anew():
    with Site() as site, site.screen(shell=True) as screen:
        screen.type("stty -g > before; %s; echo left with $?\r" % screen.command)
        screen.wait_for("OVERVIEW", "Press line", "link")
        screen.wait_variables(alternate_on="1")
        screen.keys("C-z")
        screen.wait_for("Stopped")
        screen.wait_variables(cursor_flag="1", alternate_on="0")
        screen.type("stty -g > stopped; cmp before stopped && echo the same\r")
        screen.wait_for("^the same")
        screen.resize(100, 30)
        screen.type("fg\r")
        screen.wait_for("OVERVIEW", "Press line", "DATA", "help$")
        screen.wait_variables(alternate_on="1")
        until(lambda: len(screen.text().rstrip("\n").split("\n")) == 30, lambda: "30 rows; there is\n" + screen.text())
        screen.keys("4")
        screen.wait_for("Works HEALTH")
        screen.keys("q")
        screen.wait_variables(alternate_on="0")
        until(lambda: not any("andon" in line for line in children(screen.pane).values()), "its end")
        screen.type("stty -g > after; cmp before after && echo as before\r")
        screen.wait_for("^as before")
        screen.checked = True


@case
def sigtstp_from_elsewhere_and_sigcont_do_the_same():
    with Site() as site, site.screen(shell=True) as screen:
        screen.type("%s\r" % screen.command)
        screen.wait_for("OVERVIEW", "Press line", "link")
        (pid,) = [pid for pid, line in children(screen.pane).items() if "andon" in line]
        for _ in range(3):
            os.kill(pid, signal.SIGTSTP)
            screen.wait_for("Stopped")
            screen.wait_variables(alternate_on="0")
            screen.type("clear; fg\r")
            screen.wait_for("OVERVIEW", "Press line", "DATA")
        screen.keys("q")
        screen.wait_gone("OVERVIEW")
        screen.checked = True


@case
def end_of_input_ends_it():
    with Site() as site, site.screen(redirect="< /dev/null") as screen:
        until(screen.status_text, "its end")
        screen.ends(1)
        assert "standard input and output must be a terminal" in screen.errors(), screen.errors()
        screen.terminal_is_as_before()


@case
def without_a_terminal_it_says_what_to_do():
    with Site() as site:
        status, output, errors = site.run("--config", site.config, "--cache", site.cache, TERM="xterm-256color")
        assert status == 1 and not output, (status, output)
        assert "andon snapshot" in errors, errors
        assert not os.path.exists(site.cache), "it made a cache folder"


@case
def the_collector_and_other_screens_outlive_a_crash():
    with Site() as site, started(site) as other, started(site) as screen:
        collector = site.collector()
        screen.signal(signal.SIGSEGV)
        screen.ends(128 + signal.SIGSEGV)
        site.publish(st="Execute")
        other.wait_for("Press line +run")
        assert site.collector() == collector


@case
def nothing_happening_costs_nothing():
    with Site() as site, started(site) as screen:
        pid = screen.pid()
        before, began = processor_seconds(pid), time.monotonic()
        until(lambda: time.monotonic() - began > 2, "two seconds")
        used, passed = processor_seconds(pid) - before, time.monotonic() - began
        assert used < passed / 2, "%.2f s of processor in %.2f s" % (used, passed)


run()
