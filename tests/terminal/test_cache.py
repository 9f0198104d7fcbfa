"""The cache's bad days, by the program itself: killed, ended, full, damaged, newer, foreign, read for too long."""
import hashlib
import json
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess

from terminal import ANDON, PATIENCE, Flood, Site, SpawnLock, alive, case, end_process, environment, read, run, until

GOOD, KEPT = "works/a/l1/p01/good", "works/a/l1/p02/good"
FLUSH = 'store = { flush = "100ms"; };\n'


class Collector:
    """`andon collect` without a screen."""

    def __init__(self, site):
        self.site = site
        self.log = open(site.folder + "/collect.err", "ab")
        self.process = subprocess.Popen([ANDON, "collect", "--config", site.config, "--cache", site.cache], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self.log, env=environment(site.folder), cwd=site.folder)
        site.lives = getattr(site, "lives", 0) + 1
        site.broker.publish("plant/a/l1/p02", json.dumps({"good": site.lives}), "-r")  # kept: it comes once the subscription stands
        until(lambda: self.process.poll() is not None or self.hears(), "what the broker had kept, on disk")
        assert self.process.poll() is None, read(site.folder + "/collect.err")

    def hears(self):
        status, out, _ = self.site.run("export", "--config", self.site.config, "--cache", self.site.cache, "--format", "json", KEPT)
        return status == 0 and '"value":%d,' % self.site.lives in out.replace(" ", "")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            end_process(self.process.pid)
            self.process.wait()


def site():
    made = Site()
    made.write(made.config, FLUSH + read(made.config))
    return made


def sql(site, query):
    """Rows of texts."""
    status, out, errors = site.run("sql", "--config", site.config, "--cache", site.cache, "--format", "json", query)
    assert status == 0, errors
    return [json.loads(line) for line in out.splitlines()]


def counts(site, tag=GOOD):
    if not sql(site, "select 1 as one from series limit 1"):
        return []
    return [int(row["value"]) for row in sql(site, "select value from sample where tag = '%s' order by ts" % tag)]


def has(site, number):
    return lambda: number in counts(site)


def send(flood, numbers):
    flood.send(("plant/a/l1/p01", b'{"st": "Execute", "good": %d}' % n) for n in numbers)


@case
def killed_again_and_again_it_keeps_a_whole_beginning_of_each_life():
    """Every life sends its own numbers, in order; what is kept of a life has no hole, and every life before it is as it was."""
    chance = random.Random(7)
    with site() as here:
        kept = []
        for life in range(25):
            base = life * 100000 + 1
            with Collector(here) as collector, Flood(here.broker) as flood:
                sent = chance.randrange(50, 1500)
                for n in range(0, sent, 50):
                    send(flood, range(base + n, base + n + 50))
                if life % 3 == 0:
                    until(has(here, base), "the first of life %d on disk" % life)
                collector.kill()
            found = counts(here)
            assert found[:len(kept)] == kept, "what was kept has changed in life %d" % life
            fresh = found[len(kept):]
            assert fresh == list(range(base, base + len(fresh))), "life %d has a hole: %s" % (life, fresh[:5])
            assert life % 3 or fresh, "life %d was on disk and is gone" % life
            kept = found
            number = sql(here, "select count(*) as n, coalesce(max(number), 0) as last from event")[0]
            assert number["n"] == number["last"], "events with a hole: %s" % number
        assert len(kept) > 100


@case
def ended_it_loses_nothing_and_goes_on_where_it_was():
    with site() as here:
        with Collector(here) as collector, here.screen("--view", "tags") as screen:
            screen.wait_for("link")
            with Flood(here.broker) as flood:
                send(flood, range(1, 2001))
                send(flood, [777777])
            screen.wait_for("777 777|777777")
            with SpawnLock(here):  # or the screen starts another one
                collector.end()
                screen.keys("q")
                screen.ends(0)
        assert counts(here) == list(range(1, 2001)) + [777777]
        with Collector(here), here.screen("--view", "line") as screen:
            screen.wait_for("Press line")
            screen.keys(":")
            screen.type("goto " + GOOD)
            screen.keys("Enter")
            screen.wait_for("samples +2001", "unconfirmed")


@case
def a_full_disk_is_a_banner_and_room_lets_it_go_on():
    with site() as here, Collector(here) as collector, here.screen() as screen, Flood(here.broker) as flood:
        screen.wait_for("link +\\d")
        send(flood, [1])
        until(has(here, 1), "the first sample on disk")
        resource.prlimit(collector.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

        def stopped():
            send(flood, range(2, 60))
            return screen.shows("NOT RECORDING since \\d\\d:\\d\\d: ")
        until(stopped, lambda: "NOT RECORDING; there is\n" + screen.text())
        send(flood, [500])
        for key in "123456":
            screen.keys(key)
            screen.wait_for("NOT RECORDING")
        resource.prlimit(collector.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        screen.wait_gone("NOT RECORDING")
        send(flood, [501])
        until(has(here, 501), "what came after it")
        assert alive(collector.process.pid)


def spoil(path, at, length):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * length)


@case
def a_damaged_cache_is_set_aside_and_a_fresh_one_begun():
    with site() as here:
        with Collector(here) as collector, Flood(here.broker) as flood:
            send(flood, range(1, 100))
            until(has(here, 99), "samples on disk")
            collector.end()
        spoil(here.cache + "/andon.db", 0, 100)
        with Collector(here), Flood(here.broker) as flood, here.screen("--view", "health") as screen:
            screen.wait_for("set aside")
            send(flood, [500])
            until(has(here, 500), "the new cache")
            assert counts(here) == [500]
        aside = [name for name in os.listdir(here.cache) if ".damaged-" in name and not name.endswith(("-wal", "-shm", "-fresh"))]
        assert len(aside) == 1, os.listdir(here.cache)


def digest(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.startswith("andon.db") and not name.endswith("-lock"):
            with open(os.path.join(folder, name), "rb") as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


@case
def a_newer_and_a_foreign_cache_are_refused_and_not_touched():
    with site() as here:
        os.mkdir(here.cache, 0o700)
        for sql_text, said in (("create table recipes(name); insert into recipes values('soup')", "not andon's|is not a cache of andon"),
                               ("pragma application_id = 1095648334; pragma user_version = 99; create table meta(key)", "newer")):
            path = here.cache + "/andon.db"
            db = sqlite3.connect(path)
            db.executescript(sql_text)
            db.close()
            before = digest(here.cache)
            status, out, errors = here.run("collect", "--config", here.config, "--cache", here.cache)
            assert status == 1 and out == "", (status, out)
            assert re.search(said, errors), errors
            assert digest(here.cache) == before, (before, digest(here.cache))
            os.unlink(path)


@case
def a_second_collector_names_the_first():
    with site() as here, Collector(here) as first:
        status, _, errors = here.run("collect", "--config", here.config, "--cache", here.cache)
        assert status == 1 and str(first.process.pid) in errors, errors


@case
def a_reader_that_sits_on_a_transaction_stops_nobody():
    with site() as here, Collector(here), Flood(here.broker) as flood:
        send(flood, range(1, 10))
        until(has(here, 9), "samples on disk")
        reader = sqlite3.connect("file:%s/andon.db?mode=ro" % here.cache, uri=True, isolation_level=None)
        reader.execute("begin")
        before = reader.execute("select max(last_seq) from journal").fetchone()
        for n in range(10, 5000, 100):
            send(flood, range(n, n + 100))
        until(has(here, 5009), "what came while it sat there")
        assert reader.execute("select max(last_seq) from journal").fetchone() == before
        reader.execute("commit")
        reader.close()


@case
def the_past_of_a_killed_collector_can_be_read():
    with site() as here:
        with Collector(here) as collector, Flood(here.broker) as flood:
            send(flood, range(1, 300))
            until(has(here, 299), "samples on disk")
            collector.kill()
        assert counts(here) == list(range(1, 300))
        status, out, errors = here.run("export", "--config", here.config, "--cache", here.cache, "*/p01/good")
        assert status == 0 and out.count(GOOD) >= 299, (status, out[:300], errors)


run()
