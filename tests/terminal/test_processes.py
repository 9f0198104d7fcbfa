"""Screens, their collector and the broker: one broker client, and each survives the others."""
import os
import signal

from terminal import Broker, Flood, Screen, Site, SpawnLock, alive, case, children, run, until


SUBSCRIBED = r"^Works .*link +\d"  # how long the link has been up: what is published now is heard


def started(site, *args, **options):
    screen = site.screen(*args, **options)
    screen.wait_for(SUBSCRIBED)
    return screen


@case
def three_screens_share_one_collector_and_one_broker_client():
    with Site() as site, started(site) as first:
        collector = site.collector()
        with started(site) as second, started(site, "--view", "line") as third:
            assert collector and site.collector() == collector
            assert site.broker.clients() == 1, "%d clients at the broker" % site.broker.clients()
            site.publish(st="Execute", oil=50.5)
            for screen in (first, second, third):
                screen.wait_for("run")
            second.keys("4")
            second.wait_for("screens +3", r"process +%d, up" % collector)
            third.leaves()
            second.wait_for("screens +2")
        first.wait_for("Press line +run")
        assert site.collector() == collector


@case
def screens_that_start_at_once_share_one_collector():
    with Site() as site:
        screens = [site.screen() for _ in range(4)]
        for screen in screens:
            screen.wait_for("Press line", SUBSCRIBED)
        assert site.broker.clients() == 1
        for screen in screens:
            screen.leaves()


@case
def a_stopped_screen_gets_a_fresh_snapshot_and_costs_nobody_anything():
    with Site(bounds="screen_bytes = 65536;") as site, started(site) as stopped, started(site, "--view", "health") as live:
        stopped.signal(signal.SIGSTOP)
        with Flood(site.broker) as flood:
            def fell_behind():
                flood.send(("plant/a/l1/p0%d" % (1 + n % 4), b'{"st": "Execute", "good": %d, "oil": %d.5}' % (n, 40 + n % 20)) for n in range(4000))
                return live.shows("screens +2 +[12] fell behind")  # the other one does too where it hardly gets a turn
            until(fell_behind, lambda: "a screen that fell behind; there is\n" + live.text())
            live.keys("1")
            flood.send([("plant/a/l1/p01", b'{"st": "Aborted", "good": 1, "oil": 50.5}')])
        live.wait_for("Press line +STOP")
        stopped.signal(signal.SIGCONT)
        stopped.wait_for("Press line +STOP")
        site.publish(st="Execute")
        for screen in (live, stopped):
            screen.wait_for("Press line +run")


@case
def a_killed_collector_is_a_banner_and_comes_back_knowing_nothing():
    with Site() as site, started(site) as screen, started(site, "--view", "tags") as other:
        site.publish(st="Execute", oil=50.5, good=17)
        screen.wait_for("Press line +run")
        first = site.collector()
        with SpawnLock(site):
            os.kill(first, signal.SIGKILL)
            screen.wait_for("COLLECTOR LOST [1-9]", "link main LOST", r"^\? +Press line +\?", "0 of 20 tags good")
            assert "run" not in screen.line("Press line"), "a line runs that nobody watches"
            other.wait_for("COLLECTOR LOST")
            screen.keys("4")
            screen.wait_for("Works HEALTH", "the collector has not reported")
            screen.keys("1")
            screen.wait_for("OVERVIEW", "COLLECTOR LOST")
        screen.wait_for("Press line +\\?", "link")
        screen.wait_gone("COLLECTOR LOST")
        other.wait_for("oil +\\? +never")
        second = until(site.collector, "another collector")
        screen.wait_for(SUBSCRIBED)
        assert second != first and site.broker.clients() == 1
        site.publish(st="Execute", oil=51.5)
        screen.wait_for("Press line +run")
        other.wait_for("51.5")


@case
def what_was_retained_comes_back_as_not_confirmed():
    with Site() as site:
        site.broker.publish("plant/a/l1/p01", '{"st": "Execute", "oil": 50.5}', "-r")
        with started(site, "--view", "tags") as screen:
            screen.wait_for("oil +50.5.*>=")
            with SpawnLock(site):
                os.kill(site.collector(), signal.SIGKILL)
                screen.wait_for("COLLECTOR LOST")
            screen.wait_gone("COLLECTOR LOST")
            screen.wait_for(SUBSCRIBED, "oil +50.5.*>=")
            site.publish(oil=50.5)
            screen.wait_for("oil +50.5")
            until(lambda: ">=" not in screen.line("50.5"), lambda: "a confirmed value; there is\n" + screen.text())


@case
def a_collector_leaves_after_its_last_screen_and_its_linger_time():
    with Site(linger="500ms") as site:
        with started(site) as first, started(site) as second:
            collector = site.collector()
            first.leaves()
            site.publish(st="Execute")
            second.wait_for("Press line +run")
            assert site.collector() == collector
            second.leaves()
        until(lambda: not alive(collector), "the collector's end")
        until(lambda: site.broker.clients() == 0, "the end of its connection")
        with started(site) as third:
            assert site.collector() != collector
            third.leaves()


@case
def read_only_without_a_collector_leaves_no_trace():
    with Site() as site, started(site, "--read-only") as screen:
        screen.wait_for("READ-ONLY")
        site.publish(st="Execute", oil=50.5)
        screen.wait_for("Press line +run")
        screen.keys("4")
        screen.wait_for("Works HEALTH", "screens +1")
        assert not os.path.exists(site.cache), "a cache folder"
        assert not os.listdir(site.folder + "/run"), "a socket"
        screen.leaves()
        assert not os.path.exists(site.cache) and not os.listdir(site.folder + "/run")


@case
def read_only_attaches_where_a_collector_runs_and_never_starts_another():
    with Site() as site, started(site) as first, started(site, ANDON_READ_ONLY="1") as watcher:
        watcher.wait_for("READ-ONLY")
        assert site.broker.clients() == 1
        site.publish(st="Execute")
        watcher.wait_for("Press line +run")
        first.leaves()
        os.kill(site.collector(), signal.SIGKILL)
        watcher.wait_for("COLLECTOR LOST [2-9]")
        assert not site.collector()


@case
def a_lost_broker_is_told_in_the_header_and_nothing_is_known_until_it_speaks():
    with Site() as site, started(site) as screen:
        site.publish(st="Execute", oil=50.5)
        screen.wait_for("Press line +run")
        site.broker.kill()
        screen.wait_for("link main LOST", r"^\? +Press line +\?", "0 of 20 tags good")
        screen.keys("4")
        screen.wait_for("Works HEALTH", "main +(connecting|waiting|down|lost)")
        screen.resize(40, 12)
        screen.wait_for("LOST")
        screen.resize(80, 24)
        assert site.broker.start()
        screen.keys("1")
        screen.wait_for("link [0-9]+s", r"Press line +\?")
        site.publish(st="Aborted", oil=50.5)
        screen.wait_for("Press line +STOP")


@case
def a_broker_that_is_not_there_is_no_reason_not_to_start():
    with Site(broker=False) as site, site.screen() as screen:
        screen.wait_for("Press line", "LOST|no broker")
        screen.keys("4")
        screen.wait_for("Works HEALTH", "main", "[Rr]efused|no MQTT connection")  # the second, where nobody asked why because it took long
        site.broker = Broker(site.folder)  # elsewhere: the configuration is reloaded
        site.write(site.config, site.plant % {**site.fields, "url": site.broker.url})
        os.kill(site.collector(), signal.SIGHUP)
        screen.wait_for("main +up")


@case
def a_reload_reaches_every_screen_and_a_broken_one_changes_nothing():
    with Site() as site, started(site) as first, started(site) as second:
        site.write(site.config, site.plant % site.fields + "}")
        os.kill(site.collector(), signal.SIGHUP)
        first.keys("4")
        until(lambda: "not reloaded" in open(site.cache + "/collector.log").read(), "the refusal in the log")
        first.keys("1")
        first.wait_for("Press line")
        site.write(site.config, (site.plant % site.fields).replace("Press line", "Deep draw"))
        first.keys("Space")
        first.wait_for("FROZEN")
        os.kill(site.collector(), signal.SIGHUP)
        for screen in (first, second):
            screen.wait_for("Deep draw")
        site.publish(st="Execute")
        for screen in (first, second):
            screen.wait_for("Deep draw +run")


@case
def another_configuration_than_the_collectors_is_refused_by_name():
    with Site() as site, started(site):
        other = site.folder + "/other.cfg"
        site.write(other, (site.plant % site.fields).replace("Trim line", "Saw"))
        with Screen(site, ["--config", other, "--cache", site.cache]) as screen:
            screen.ends(1)
            assert site.config in screen.errors() and other in screen.errors() and "--cache" in screen.errors(), screen.errors()
            screen.terminal_is_as_before()
        site.write(site.config, (site.plant % site.fields).replace("Trim line", "Saw"))
        with site.screen() as screen:
            screen.ends(1)
            assert "has changed since the collector" in screen.errors() and "kill -HUP" in screen.errors(), screen.errors()


@case
def every_error_of_a_configuration_is_told_and_nothing_is_started():
    with Site() as site:
        site.write(site.config, (site.plant % site.fields).replace('kind = "counter"', 'kind = "conter"').replace("[40, 65]", "[65, 40]").replace(
            'linger = "60s"', 'linger = "soon"').replace('title = "Trim line"', 'titel = "Trim line"'))
        with site.screen() as screen:
            screen.ends(2)
            for what in ("conter", "normal", "linger", "titel"):
                assert any(what in line and line.startswith(site.config + ":") for line in screen.errors().splitlines()), "%s is not told:\n%s" % (what, screen.errors())
            screen.terminal_is_as_before()
        assert not os.path.exists(site.cache)
        with Screen(site, ["--config", site.folder + "/none.cfg"]) as screen:
            screen.ends(2)
            assert "none.cfg" in screen.errors(), screen.errors()


@case
def wrong_usage_is_told_before_anything_is_started():
    with Site() as site:
        for args, said in ((["--nonsense"], "--nonsense"), (["--view", "nowhere"], "nowhere"), (["--broker"], "needs a value"), (["nonsense"], "demo"),
                (["--broker", "ftp://x"], "mqtt://"), (["--theme", "nosuch"], "nosuch")):
            with Screen(site, args + ([] if args == ["nonsense"] else ["--config", site.config, "--cache", site.cache] if "--broker" not in args else [])) as screen:
                screen.ends(2)
                assert said in screen.errors(), "%s: %s" % (args, screen.errors())
                screen.terminal_is_as_before()
            assert not os.path.exists(site.cache), args


@case
def a_cache_folder_that_cannot_be_made_is_told():
    with Site() as site, Screen(site, ["--config", site.config, "--cache", site.config + "/cache"]) as screen:
        screen.ends(1)
        assert site.config in screen.errors() and "--cache" in screen.errors(), screen.errors()
        screen.terminal_is_as_before()


@case
def a_collector_that_hangs_can_be_left_by_ctrl_c_and_is_told_otherwise():
    with Site() as site, started(site):
        collector = site.collector()
        os.kill(collector, signal.SIGSTOP)
        try:
            with site.screen() as screen:
                until(screen.pid, "its start")
                until(lambda: children(screen.pane), "its process")
                screen.keys("C-c")
                screen.ends(128 + signal.SIGINT)  # and not 1, as when it has waited in vain
                screen.terminal_is_as_before()
        finally:
            os.kill(collector, signal.SIGCONT)


@case
def waiting_for_another_screens_collector_can_be_left_by_ctrl_c():
    with Site() as site:
        os.mkdir(site.cache)
        with SpawnLock(site), site.screen() as screen:
            pid = until(screen.pid, "its start")
            until(lambda: "spawn.lock" in " ".join(os.path.realpath("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)), "its waiting")
            screen.keys("C-c")
            screen.ends(128 + signal.SIGINT)
            screen.terminal_is_as_before()


run()
