"""The demo: a plant on this machine, and nothing of it afterwards."""
import glob
import os
import signal

from terminal import Screen, Site, alive, case, children, run, until


class Demo(Screen):
    """A demo in a terminal, with its processes and folder remembered once it shows the plant."""

    def __init__(self, site, *args, **options):
        super().__init__(site, ["demo", *args], **options)

    def begins(self, *patterns):
        self.wait_for("OVERVIEW", *patterns)
        self.parts = children(self.pid())
        assert len(self.parts) == 3, self.parts
        for part in ("mosquitto", "andon sim", "andon collect"):
            assert any(part in line for line in self.parts.values()), "%s is not in %s" % (part, self.parts)
        (self.home,) = glob.glob(self.site.folder + "/andon-demo-*")

    def has_gone(self, folder=True):
        until(lambda: not any(map(alive, self.parts)), lambda: "the end of %s" % {p: line for p, line in self.parts.items() if alive(p)})
        assert not folder or not os.path.exists(self.home), "its folder is still there: %s" % os.listdir(self.home)


@case
def the_demo_shows_a_plant_and_q_leaves_nothing():
    with Site(broker=False) as site, Demo(site) as demo:
        demo.begins("link")
        until(lambda: "unknown" not in demo.line("^LINES") and "never heard" not in demo.text(), lambda: "lines that report; there is\n" + demo.text())
        demo.keys("4")
        demo.wait_for("HEALTH", "main +up", "screens +1")
        demo.keys("q")
        demo.ends(0)
        demo.has_gone()
        demo.terminal_is_as_before()


@case
def the_demo_leaves_nothing_after_a_signal_or_a_hang_up():
    with Site(broker=False) as site:
        for end in (lambda d: d.signal(signal.SIGTERM), lambda d: d.signal(signal.SIGHUP), lambda d: d.keys("C-c"), lambda d: d.close_pane()):
            with Demo(site) as demo:
                demo.begins()
                end(demo)
                demo.ends(0)
                demo.has_gone()


@case
def a_demo_that_is_killed_takes_its_processes_along():
    with Site(broker=False) as site, Demo(site) as demo:
        demo.begins()
        demo.signal(signal.SIGKILL)
        demo.ends(128 + signal.SIGKILL)
        demo.has_gone(folder=False)


@case
def a_demo_that_is_ended_while_it_starts_leaves_nothing():
    with Site(broker=False) as site, Demo(site) as demo:
        pid = until(demo.pid, "its start")
        until(lambda: any("mosquitto" in line for line in children(pid).values()), "its broker")
        demo.parts = children(pid)
        (demo.home,) = glob.glob(site.folder + "/andon-demo-*")
        os.kill(pid, signal.SIGTERM)
        until(demo.status_text, "its end")
        demo.checked = True
        demo.has_gone()
        demo.terminal_is_as_before()


def part(demo, name):
    (pid,) = [pid for pid, line in demo.parts.items() if name in line]
    return pid


@case
def the_demo_says_that_its_collector_is_lost():
    with Site(broker=False) as site, Demo(site) as demo:
        demo.begins("link")
        os.kill(part(demo, "andon collect"), signal.SIGKILL)
        demo.wait_for("COLLECTOR LOST")
        demo.leaves()
        demo.has_gone()


@case
def a_demo_whose_simulator_has_ended_says_so_when_it_is_left():
    with Site(broker=False) as site, Demo(site) as demo:
        demo.begins("link")
        simulator = part(demo, "andon sim")
        os.kill(simulator, signal.SIGKILL)
        until(lambda: not alive(simulator), "the simulator to have ended")
        demo.keys("4")
        demo.wait_for("HEALTH")
        demo.keys("q")
        demo.ends(1)
        assert "the simulator has ended" in demo.errors(), demo.errors()
        demo.has_gone()


@case
def there_is_a_steel_works_too():
    with Site(broker=False) as site, Demo(site, "--industry", "steel", "--ascii", size=(100, 30)) as demo:
        demo.begins("Hot strip mill", r"^LINES 1[0-9] of 20 run")  # one tells its state by its counts alone, and takes longer
        demo.leaves()
        demo.has_gone()


@case
def there_are_three_more_plants():
    for industry, line, lines in (("automotive", "Unterbau 1", 12), ("electronics", "SMT-3", 10), ("chemical", "R-101", 15)):
        with Site(broker=False) as site, Demo(site, "--industry", industry, size=(100, 40)) as demo:
            demo.begins(line, r"^LINES [0-9]+ of %d run" % lines)
            until(lambda: "never heard" not in demo.text(), lambda: "tags that say something; there is\n" + demo.text())
            demo.leaves()
            demo.has_gone()


@case
def without_a_terminal_the_demo_prints_one_frame():
    with Site(broker=False) as site:
        status, output, errors = site.run("demo", TERM="xterm-256color")
        rows = output.split("\n")
        assert status == 0, (status, errors)
        assert len(rows) == 41 and rows[40] == "" and "OVERVIEW" in rows[0], output
        assert "\033" not in output and "never heard" not in output, output
        assert not glob.glob(site.folder + "/andon-demo-*")
        assert not any(" collect " in line or " sim " in line for line in children(1).values() if site.folder in line), "a process is left behind"


@case
def an_unknown_industry_names_the_valid_ones():
    with Site(broker=False) as site:
        for name in ("cheese", "", "../steel", "Steel"):
            status, output, errors = site.run("demo", "--industry", name)
            assert status == 2 and not output, (name, status, output)
            assert all(industry in errors for industry in ("appliance", "steel", "automotive", "electronics", "chemical")), errors
        assert not glob.glob(site.folder + "/andon-demo-*")


run()
