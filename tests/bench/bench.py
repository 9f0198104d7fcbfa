#!/usr/bin/env python3
"""Figures of a built andon, side by side with a peer where there is one. Nothing here is a test: it prints.

    bench.py ANDON ingest FLOOD [SECONDS]  collector CPU a message against mosquitto_sub, and what was lost
    bench.py ANDON alarms FLOOD [SECONDS]  what 10,000 alarms add to a collector's CPU a message, and what a shower of 1,000 costs the fold
    bench.py ANDON raise [TIMES]           from a message's publishing to its alarm on a screen, through broker and collector
    bench.py ANDON idle [SECONDS]          CPU of screen and collector without traffic
    bench.py ANDON bytes [SECONDS]         bytes a frame of the demo at 80x24
    bench.py ANDON frame [BENCH_FRAME]     CPU of a frame of the overview at 200x60, drawing and sending, and of two views with 10,000 alarms
    bench.py ANDON tags [SECONDS]          what a frame of each view and a second of screen and collector cost with 1,000 tags and with 100,000
    bench.py ANDON first                   time from start to the first frame when a collector runs
    bench.py ANDON memory                  the collector's memory with 1,000 and 11,000 tags
    bench.py ANDON store PLANTDAY [HOURS]  a day of 100 series on disk, and the CPU of writing it, beside victoria-metrics
    bench.py ANDON query [SECONDS [TAGS]]  30 days of one tag, SECONDS of TAGS tags, a year of minutes: how long questions to them take
    bench.py ANDON production              90 days of 20 lines with five units each: `andon report oee` of all of it
    bench.py ANDON energy [METERS [DAYS]]  a year of 100 meters by quarters of an hour: how long the questions of energy views take
    bench.py ANDON report [EVENTS]         a month with a million events: `andon report alarms` of it and of a day, and the journal's rarest

FLOOD is a program `flood PORT MESSAGES TOPICS RATE` that publishes evenly paced JSON on plant/areaA/lineL/mM/tT, PLANTDAY one that writes a day's samples:
`plantday csv|lines [HOURS]`, as "series,milliseconds,value" or in Influx' line protocol. CPU times are
user and system together, from the kernel's accounting of each process.
"""
import fcntl
import os
import pty
import random
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu(pid):
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid):
    with open("/proc/%d/statm" % pid) as statm:
        return int(statm.read().split()[1]) * PAGE


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("bench: waited in vain for " + what)
        time.sleep(0.05)


class Plant:
    """A private broker, and whatever is started beside it; all ends with it."""

    def __init__(self, andon, config):
        self.andon = andon
        self.folder = tempfile.mkdtemp(prefix="andon-bench.")
        self.port = free_port()
        self.children = []
        os.chmod(self.folder, 0o755)
        broker_config = os.path.join(self.folder, "mosquitto.conf")
        with open(broker_config, "w") as f:
            f.write("listener %d 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nuser root\n" % self.port)
        self.config = os.path.join(self.folder, "bench.cfg")
        with open(self.config, "w") as f:
            f.write(config.replace("@PORT@", str(self.port)))
        path = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        self.broker = self.start([path, "-c", broker_config])
        until(self.listening, "mosquitto")
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=self.folder, TERM="xterm-256color", LC_ALL="C.UTF-8")

    def listening(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self, command, **more):
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=more.pop("stdout", subprocess.DEVNULL),
                                 stderr=subprocess.DEVNULL, **more)
        self.children.append(child)
        return child

    def common(self):
        return ["-c", self.config, "--cache", os.path.join(self.folder, "cache")]

    def collector(self):
        child = self.start([self.andon, "collect"] + self.common(), env=self.environment)
        until(lambda: "brokers" in self.snapshot("health").lower(), "the collector")
        return child

    def snapshot(self, view):
        done = subprocess.run([self.andon, "snapshot", "--view", view, "--size", "160x60"] + self.common(),
                              capture_output=True, text=True, env=self.environment)
        return done.stdout

    def screen(self, w, h):
        return Screen([self.andon] + self.common(), w, h, self.environment)

    def close(self):
        for child in reversed(self.children):
            child.terminate()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Screen:
    """A program on a pty of a given size; its output is counted and thrown away."""

    def __init__(self, command, w, h, environment):
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", h, w, 0, 0))
        self.bytes = self.writes = 0
        self.text = b""

    def read(self, seconds):
        """Reads for a while; returns how many bytes came."""
        end, before = time.monotonic() + seconds, self.bytes
        while time.monotonic() < end:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                break
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            self.bytes += len(data)
            self.writes += 1
            self.text = (self.text + data)[-65536:]
        return self.bytes - before

    def quit(self):
        os.write(self.fd, b"q")
        self.read(0.5)
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.fd)


ALARMS = ('alarms = ( { name = "high-high"; limit = 160.0; action = "stop it"; }, '
          '{ name = "high"; limit = 150.0; deadband = 1.0; action = "look at it"; } );')


def flood_config(topics, alarms=False):
    """The plant of flood: 4 areas, 16 lines, 64 units, a tag a topic; with alarms two limits of one side on each tag, which its values keep below."""
    units = []
    for unit in range(64):
        tags = ", ".join('{ name = "t%d"; }' % t for t in range(unit, topics, 64))
        units.append((unit % 4, unit % 16, '{ name = "m%d"; topic = "plant/{area}/{line}/{unit}/{tag}"; format = "json"; tags = (%s); }'
                      % (unit, tags.replace("; }", '; path = "/v"; time = "/ts"; time_format = "ms"; %s }' % (ALARMS if alarms else "")))))
    areas = []
    for area in range(4):
        lines = ['{ name = "line%d"; units = (%s); }' % (line, ", ".join(u for a, l, u in units if l == line)) for line in range(16) if line % 4 == area]
        areas.append('{ name = "area%d"; lines = (%s); }' % (area, ", ".join(lines)))
    return ('site = { name = "bench"; };\nbrokers = ( { name = "main"; url = "mqtt://127.0.0.1:@PORT@"; } );\nareas = (%s);\n' % ", ".join(areas))


def ingest(andon, flood, seconds=60, rate=20000, topics=10000):
    plant = Plant(andon, flood_config(topics))
    try:
        collector = plant.collector()
        screen = plant.screen(80, 24)
        screen.read(1)
        with open(os.devnull, "wb") as sink:
            peer = plant.start(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(plant.port), "-t", "#"], stdout=sink)
        screen.read(1)
        messages = rate * int(seconds)
        before = cpu(collector.pid), cpu(peer.pid), cpu(plant.broker.pid)
        publisher = plant.start([flood, str(plant.port), str(messages), str(topics), str(rate)])
        while publisher.poll() is None:
            screen.read(0.5)
        screen.read(2)
        spent = cpu(collector.pid) - before[0], cpu(peer.pid) - before[1], cpu(plant.broker.pid) - before[2]
        health = plant.snapshot("health")
        screen.quit()
        print("collector  %6.2f us CPU a message   (%d messages, %d a second, %d tags, one screen)" % (spent[0] / messages * 1e6, messages, rate, topics))
        print("mosquitto_sub %3.2f us CPU a message   ratio %.2f, bar 2.0" % (spent[1] / messages * 1e6, spent[0] / spent[1]))
        print("memory     %6.1f MB" % (resident(collector.pid) / 1e6))
        print(health)
    finally:
        plant.close()


def alarms(andon, flood, seconds=60, rate=10000, topics=10000):
    """Two collectors on one broker, one with an alarm of two limits on each tag: what else the machine does, it does to both."""
    plant = Plant(andon, flood_config(topics))
    try:
        bare = plant.collector()
        second = os.path.join(plant.folder, "second")
        os.mkdir(second)
        plant.config = os.path.join(second, "bench.cfg")
        with open(plant.config, "w") as f:
            f.write(flood_config(topics, alarms=True).replace("@PORT@", str(plant.port)))
        plant.environment = dict(plant.environment, XDG_RUNTIME_DIR=second)
        plant.folder, whole = second, plant.folder
        watched = plant.collector()
        plant.folder = whole
        messages = rate * int(seconds)
        before = cpu(bare.pid), cpu(watched.pid)
        publisher = plant.start([flood, str(plant.port), str(messages), str(topics), str(rate)])
        publisher.wait()
        time.sleep(2)
        spent = cpu(bare.pid) - before[0], cpu(watched.pid) - before[1]
        print("collector  %6.2f us CPU a message without alarms, %.2f with %d: %+.1f %%, bar +15 %%   (%d messages, %d a second)"
              % (spent[0] / messages * 1e6, spent[1] / messages * 1e6, topics, (spent[1] / spent[0] - 1) * 100, messages, rate))
        print("memory     %6.1f MB without, %.1f with" % (resident(bare.pid) / 1e6, resident(watched.pid) / 1e6))
    finally:
        plant.close()
    subprocess.run([os.path.join(os.path.dirname(andon), "..", "..", "tests", "bench", "bench_alarms")], check=True)


def raised(andon, times=50):
    """A line a tag, a limit each: each of the tags goes beyond its limit once, and the overview tells it in a cell that was blank."""
    lines = ", ".join('{ name = "l%02d"; tags = ( { name = "t"; title = "HOT%02d"; topic = "hall/%02d"; alarms = ( '
                      '{ kind = "high"; limit = 100.0; deadband = 1.0; action = "look at it"; } ); } ); }' % (k, k, k) for k in range(int(times)))
    plant = Plant(andon, 'site = { name = "bench"; };\nbrokers = ( { name = "main"; url = "mqtt://127.0.0.1:@PORT@"; } );\n'
                         'areas = ( { name = "hall"; lines = (%s); } );\n' % lines)
    client = socket.create_connection(("127.0.0.1", plant.port))
    try:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05bench")
        client.recv(4)

        def say(k, value):
            topic = b"hall/%02d" % k
            client.sendall(bytes([0x30, 2 + len(topic) + len(value), 0, len(topic)]) + topic + value)

        plant.collector()
        screen = Screen(["sh", "-c", 'stty cols 120 rows %d; exec "$@"' % (int(times) + 20), "sh", andon] + plant.common(), 120, int(times) + 20, plant.environment)
        for k in range(int(times)):
            say(k, b"50")
        while b"OVERVIEW" not in screen.text:
            screen.read(0.05)
        screen.read(2)
        waits = []
        for k in range(int(times)):
            screen.text = b""
            began = time.monotonic()
            say(k, b"150")
            while b"HOT%02d" % k not in screen.text:
                screen.read(0.001)
                if time.monotonic() - began > 10:
                    raise SystemExit("bench: alarm %d does not come" % k)
            waits.append((time.monotonic() - began) * 1000)
            screen.read(random.uniform(0.3, 0.8))  # any moment of the second, of the grid and of the frames
        screen.quit()
        print("from a message to its alarm on the screen: median %.0f ms, worst %.0f, of %d, bar 200" % (statistics.median(waits), max(waits), len(waits)))
    finally:
        client.close()
        plant.close()


def idle(andon, seconds=60):
    plant = Plant(andon, 'site = { name = "bench"; };\nbrokers = ( { name = "main"; url = "mqtt://127.0.0.1:@PORT@"; } );\n')
    try:
        collector = plant.collector()
        screen = plant.screen(80, 24)
        screen.read(2)
        before, began = cpu(collector.pid) + cpu(screen.pid), time.monotonic()
        end = began + float(seconds)
        while time.monotonic() < end:
            screen.read(1)
        share = (cpu(collector.pid) + cpu(screen.pid) - before) / (time.monotonic() - began)
        screen.quit()
        print("idle: %.2f %% of a core, screen and collector together, bar 0.5" % (share * 100))
    finally:
        plant.close()


def frame_bytes(andon, seconds=60):
    folder = tempfile.mkdtemp(prefix="andon-bench.")
    environment = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_RUNTIME_DIR=folder)
    screen = Screen([andon, "demo"], 80, 24, environment)
    try:
        screen.read(15)
        bytes_before, writes_before = screen.bytes, screen.writes
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            screen.read(1)
        frames = screen.writes - writes_before
        print("demo at 80x24: %.0f bytes a frame over %d frames in %s s, bar 600" % ((screen.bytes - bytes_before) / max(1, frames), frames, seconds))
    finally:
        screen.quit()
        shutil.rmtree(folder, ignore_errors=True)


def first(andon, times=11):
    plant = Plant(andon, flood_config(1000))
    try:
        plant.collector()
        waits = []
        for _ in range(times):
            screen = plant.screen(80, 24)
            while b"OVERVIEW" not in screen.text:
                screen.read(0.005)
                if time.monotonic() - screen.began > 10:
                    raise SystemExit("bench: no first frame")
            waits.append((time.monotonic() - screen.began) * 1000)
            screen.quit()
        print("first frame: median %.0f ms, %.0f to %.0f, of %d starts, bar 100" % (statistics.median(waits), min(waits), max(waits), times))
    finally:
        plant.close()


def memory_of(andon, topics):
    """Resident memory when every tag has a value and its ring, and nothing is going on."""
    plant = Plant(andon, flood_config(topics))
    try:
        collector = plant.collector()
        rounds = 1 + 30000 // topics  # enough to fill the bounded ring of raw payloads, which is no part of a tag
        for _ in range(rounds):
            publish(plant.port, topics)
        until(lambda: "sofar%d" % (topics * rounds) in plant.snapshot("health").replace(" ", ""), "the messages")
        time.sleep(5)  # what was freed goes back to the system a moment later
        return resident(collector.pid)
    finally:
        plant.close()


def publish(port, topics):
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05bench")
    client.recv(4)
    out = bytearray()
    for k in range(topics):
        if len(out) > 10000:  # about 10,000 a second: a burst would measure the queue instead
            client.sendall(out)
            out.clear()
            time.sleep(0.015)
        topic = ("plant/area%d/line%d/m%d/t%d" % (k % 4, k % 16, k % 64, k)).encode()
        payload = ('{"ts":%d,"v":%.3f,"q":192}' % (time.time() * 1000, k / 7)).encode()
        out += bytes([0x30, 2 + len(topic) + len(payload), 0, len(topic)]) + topic + payload
    client.sendall(out)
    client.sendall(b"\xe0\x00")
    while client.recv(64):  # the broker has read everything when it closes; a next one of the same name would cut it off
        pass
    client.close()


def memory(andon):
    small, large = memory_of(andon, 1000), memory_of(andon, 11000)
    print("collector: %.1f MB with 1,000 tags, bar 20; %.0f bytes for each further tag (to 11,000), bar 1024"
          % (small / 1e6, (large - small) / 10000))


def frames(andon, config, plant, bench_frame=None):
    """What bench_frame (beside ANDON in the build folder) says on a pty of 200x60."""
    bench_frame = bench_frame or os.path.join(os.path.dirname(andon), "..", "..", "tests", "bench", "bench_frame")
    with tempfile.NamedTemporaryFile("r") as result:
        command = [bench_frame, config, plant, result.name]
        screen = Screen(["sh", "-c", 'stty cols 200 rows 60; exec "$@"', "sh"] + command, 200, 60, dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8"))
        while os.waitpid(screen.pid, os.WNOHANG) == (0, 0):
            screen.read(0.5)
        return result.read().strip()


def frame(andon, bench_frame=None):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    print(frames(andon, os.path.join(source, "config", "steel.cfg"), "steel", bench_frame) + ", bar 2000 us")
    for line in frames(andon, "-", "alarms:10000", bench_frame).splitlines():
        print(line + ", bar 2000 us")


def load_frames(andon, tags):
    """By view: CPU of a batch in which nothing happens, of drawing and of sending a frame, in microseconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as config:
        subprocess.run([andon, "sim", "--tags", str(tags), "--lines", "10", "--print-config"], stdout=config, check=True)
        rows = [line.split() for line in frames(andon, config.name, "load:%d" % tags).splitlines()]
    return {row[0]: [float(field) for field in row[1:]] for row in rows}


def spent(pid):
    """Milliseconds of CPU of all threads; the kernel's ticks are too coarse for a screen at rest."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task)) as stat:
            total += int(stat.read().split()[0])
    return total / 1e6


def resting(andon, topics, seconds):
    """CPU of screen and collector in a second of a plant where nothing comes: a batch and a frame."""
    plant = Plant(andon, flood_config(topics))
    try:
        collector = plant.collector()
        publish(plant.port, topics)
        until(lambda: "sofar%d" % topics in plant.snapshot("health").replace(" ", ""), "the messages")
        screen = plant.screen(200, 60)
        screen.read(5)
        before = spent(screen.pid), spent(collector.pid)
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            screen.read(1)
        after = spent(screen.pid), spent(collector.pid)
        screen.quit()
        return [(b - a) / float(seconds) for a, b in zip(before, after)]
    finally:
        plant.close()


def tags(andon, seconds=20):
    few, many = load_frames(andon, 1000), load_frames(andon, 100000)
    for view in few:
        a, b = sum(few[view][1:]), sum(many[view][1:])
        print("%-9s a frame %6.0f us with 1,000 tags (drawn %.0f), %6.0f with 100,000 (drawn %.0f): %.2f times" % (view, a, few[view][1], b, many[view][1], b / a))
    print("a batch in which nothing happens: %.1f us with 1,000 tags, %.1f with 100,000" % (few["overview"][0], many["overview"][0]))
    few, many = resting(andon, 1000, seconds), resting(andon, 100000, seconds)
    for i, what in enumerate(("screen", "collector")):
        print("a second of the %s at rest: %.2f ms with 1,000 tags, %.2f with 100,000: %.2f times" % (what, few[i], many[i], many[i] / few[i]))
    print("bar: a frame costs no more")


def bench_store(andon):
    return os.path.join(os.path.dirname(andon), "..", "..", "tests", "bench", "bench_store")


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


def http(port, path, chunks=None):
    """A request; the body, if any, in chunks."""
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(("%s %s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n" % ("POST" if chunks else "GET", path)).encode())
        s.sendall(b"Transfer-Encoding: chunked\r\n\r\n" if chunks else b"\r\n")
        for chunk in chunks or ():
            s.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        if chunks:
            s.sendall(b"0\r\n\r\n")
        answer = b""
        while True:
            more = s.recv(65536)
            if not more:
                return answer
            answer += more


def peer_store(plantday, hours):
    """The same samples in victoria-metrics (Debian's package), which merges its parts when it is told to."""
    path = shutil.which("victoria-metrics")
    if not path:
        print("victoria-metrics is not installed: nothing to compare with")
        return
    folder, port = tempfile.mkdtemp(prefix="andon-bench."), free_port()
    child = subprocess.Popen([path, "-storageDataPath=" + folder, "-httpListenAddr=127.0.0.1:%d" % port, "-retentionPeriod=100y"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def listening():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0
        until(listening, "victoria-metrics")
        source = subprocess.Popen([plantday, "lines", hours], stdout=subprocess.PIPE)
        samples = 0

        def chunks():
            nonlocal samples
            while True:
                data = source.stdout.read(1 << 20)
                if not data:
                    return
                samples += data.count(b"\n")
                yield data
        http(port, "/write", chunks())
        source.wait()
        http(port, "/internal/force_flush")
        flushed = folder_bytes(os.path.join(folder, "data"))
        spent = cpu(child.pid)
        http(port, "/internal/force_merge")
        settled, last = 0, -1
        while settled < 5:  # it answers before it has merged
            time.sleep(1)
            now = folder_bytes(os.path.join(folder, "data"))
            settled, last = settled + 1 if now == last else 0, now
        print("victoria-metrics    %6.3f bytes a sample when flushed, %.3f merged; %.3f us CPU a sample (%d samples)"
              % (flushed / samples, last / samples, spent / samples * 1e6, samples))
    finally:
        child.terminate()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)


def store(andon, plantday, hours="24"):
    folder = tempfile.mkdtemp(prefix="andon-bench.")
    try:
        source = subprocess.Popen([plantday, "csv", hours], stdout=subprocess.PIPE)
        subprocess.run([bench_store(andon), "day", folder], stdin=source.stdout, check=True)
        source.stdout.close()
        source.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    peer_store(plantday, hours)
    print("bars: chunks at most 1.2 times victoria-metrics merged, files 1.7 bytes a sample, store 1.0 us, written 100 bytes")


def query(andon, seconds="21600", tags="1000"):
    for fill in (("1", "2592000", "1"), (tags, seconds, "1"), ("20", "31536000", "60")):
        folder = tempfile.mkdtemp(prefix="andon-bench.")
        try:
            subprocess.run([bench_store(andon), "fill", folder, *fill], check=True)
            subprocess.run([bench_store(andon), "ask", folder], check=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print("bars: 200 columns 5 ms, an hour 2 ms, a moment 500 ms")


def energy(andon, meters="100", days="366"):
    folder, bench = tempfile.mkdtemp(prefix="andon-bench."), bench_store(andon).replace("bench_store", "bench_energy")
    try:
        subprocess.run([bench, "fill", folder, meters, days], check=True)
        subprocess.run([bench, "ask", folder, meters, days], check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("bar: 50 ms")


def month_of_alarms(folder, events):
    """5,000 alarms that are raised and cleared in turn, and one event in ten thousand that somebody caused, beside what make_cache made."""
    chance, raised, day0 = random.Random(1), {}, 1718150400000
    db = sqlite3.connect(folder + "/andon.db")

    def rows():
        for n in range(events):
            at, alarm = day0 + n * 30 * 86400000 // events, chance.randrange(5000)
            key, occurrence = "works/hall/line%d/press%d/oil.high" % (alarm % 20, alarm), raised.pop(alarm, None)
            if n % 10000 == 0:
                yield n + 100, at, "action", "", "silence", "", "", 0, 0, None, ""
                continue
            if occurrence is None:
                raised[alarm] = at
            yield n + 100, at, "alarm", key, "Oil temperature high", "raised" if occurrence is None else "cleared", "high", 3, occurrence is None, at if occurrence is None else occurrence, "hall"

    db.executemany("INSERT INTO event(number, seq, ms, kind, path, text, before, after, span_ms, down, who, what, alarm, priority, annunciated, occurrence_ms, value, alarm_limit, class, position)"
                   " VALUES(?, 10, ?, ?, ?, ?, '', '', 0, 0, '', ?, ?, ?, ?, ?, '96.4 °C', '> 95', 'process', ?)", rows())
    db.execute("UPDATE journal SET last_ms = ? WHERE first_seq = (SELECT max(first_seq) FROM journal)", (day0 + 31 * 86400000,))
    db.commit()
    db.close()


def report(andon, events="1000000"):
    make_cache = os.path.join(os.path.dirname(andon), "../../tests/store/make_cache")
    folder = subprocess.run([make_cache], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    try:
        month_of_alarms(folder, int(events))
        for what, command in (("report of the month", ["report", "alarms", "--from", "2024-06-12", "--to", "2024-07-12", "--format", "json"]),
                              ("report of a day", ["report", "alarms", "--from", "2024-06-20", "--to", "2024-06-21", "--format", "json"]),
                              ("export of what people did", ["export", "--journal", "--kind", "actions"])):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.monotonic()
            subprocess.run([andon, command[0], "--cache", folder, *command[1:]], stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            print("%s: %.2f s of CPU, %.2f s" % (what, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def days_of_lines(folder, days):
    """20 lines with five units each: a cell an hour and node, two a changeover, an amendment in ten; 40 stops a day and line; nothing but facts, as the store writes them."""
    chance, day0, hour, number = random.Random(1), 1718150400000, 3600000, 0
    columns = "path, from_ms, seq, part, to_ms, line, shift_ms, day, planned, shift, crew, product, ordr, run_ms, down_ms, minor_ms, setup_ms, break_ms, good, reject, ideal_ms, stops, minors"

    def cells(path, line):
        for at in range(day0, day0 + days * 24 * hour, hour):
            halves = [hour] if (at // hour) % 6 else [hour // 2, hour // 2]
            begin = at
            for n, length in enumerate(halves):
                down, minor = chance.randrange(length // 8), chance.randrange(length // 20)
                good = chance.randrange(400)
                yield (path, begin, 10, n, begin + length, line, at - at % (8 * hour), 20240612 + (at - day0) // (24 * hour), 1, "early", "ABC"[(at // hour) % 3], "M%d" % (at // hour % 7), "%d" % (at // hour // 6),
                       length - down - minor, down, minor, None, None, good, good // 30, good * 8000.0, 1, 3)
                if chance.random() < 0.1:
                    yield (path, begin, 11, n, begin + length, line, at - at % (8 * hour), 20240612, 1, "early", "ABC"[(at // hour) % 3], "M%d" % (at // hour % 7), "%d" % (at // hour // 6),
                           None, -down, None, down, None, -1, 1, None, -1, None)
                begin += length

    def stops(path):
        for n in range(days * 40):
            at = day0 + n * 24 * hour // 40
            length = chance.choice([30000, 60000, 600000])
            yield path, at, 10, 0, at + length, "stop", "stop", "minor" if length < 120000 else "down", "mechanical/jam" if n % 3 else None, "Jam" if n % 3 else None, "E%d" % (n % 20), at - at % (8 * hour), 20240612

    db = sqlite3.connect(folder + "/andon.db")
    for line in range(20):
        path = "works/hall/line%02d" % line
        for node in [path] + ["%s/unit%d" % (path, unit) for unit in range(5)]:
            db.executemany("INSERT INTO account(%s) VALUES(%s)" % (columns, ", ".join("?" * 23)), cells(node, 1 if node == path else None))
        db.executemany("INSERT INTO stop(path, start_ms, seq, part, end_ms, class, booked, category, reason, reason_title, message, shift_ms, day) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", stops(path))
    db.execute("UPDATE journal SET last_ms = ? WHERE first_seq = (SELECT max(first_seq) FROM journal)", (day0 + days * 24 * hour,))
    db.commit()
    print("%d cells, %d stops" % (db.execute("SELECT count(*) FROM account").fetchone()[0], db.execute("SELECT count(*) FROM stop").fetchone()[0]))
    db.close()


def production(andon, days="90"):
    make_cache = os.path.join(os.path.dirname(andon), "../../tests/store/make_cache")
    folder = subprocess.run([make_cache], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    try:
        days_of_lines(folder, int(days))
        for form in ("text", "html", "json"):
            for by in ("shift", "hour"):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                began = time.monotonic()
                subprocess.run([andon, "report", "oee", "--cache", folder, "--from", "2024-06-12", "--to", time.strftime("%Y-%m-%d", time.gmtime(1718150400 + int(days) * 86400)), "--by", by, "--format", form], stdout=subprocess.DEVNULL, check=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                print("%s, by %s: %.2f s of CPU, %.2f s" % (form, by, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("bar: 2 s")


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    andon, what, more = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    {"ingest": ingest, "alarms": alarms, "raise": raised, "idle": idle, "bytes": frame_bytes, "first": first, "memory": memory, "frame": frame, "tags": tags, "store": store, "query": query, "energy": energy, "report": report, "production": production}[what](andon, *more)


main()
