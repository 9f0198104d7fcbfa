"""The real andon in a real terminal: a private tmux, a private mosquitto, and waiting for what is seen.

A Site is a folder with a configuration, a cache and a broker; a Screen is a program in a pane of tmux, started by a small shell script
that notes the process, the terminal's modes before and after, and the exit status. Both are context managers: whatever they started
is gone afterwards, by its process id, also when the case fails; and an exit status or a leak report that was not expected fails it.
Nothing waits a fixed time: until() asks again and again until a deadline.

A file of cases:

    @case
    def q_leaves():
        with Site() as site, site.screen() as screen:
            screen.wait_for("OVERVIEW")
            screen.keys("q")
            screen.ends(0)

    run()                                   # prints TAP

    test_NAME.py ANDON [CASE...]
"""
import fcntl
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

PATIENCE = 120  # seconds; only a failure takes so long
ANDON = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "andon"
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}

PLANT = """
site = { name = "works"; title = "Works"; };
brokers = ( { name = "main"; url = "%(url)s"; backoff_max = "200ms"; } );
types = ( { name = "press"; topic = "plant/{area}/{line}/{unit}"; format = "json"; tags = (
  { name = "state"; path = "/st"; kind = "state"; map = "packml"; },
  { name = "good"; path = "/good"; kind = "counter"; },
  { name = "oil"; path = "/oil"; unit = "degC"; range = [0, 120]; normal = [40, 65]; decimals = 1; },
  { name = "note"; path = "/note"; kind = "text"; } ); } );
areas = ( { name = "a"; title = "Stamping"; lines = (
    { name = "l1"; title = "Press line"; constraint = "p01"; units = ( { name = "p{01..04}"; type = "press"; } ); },
    { name = "l2"; title = "Trim line"; units = ( { name = "t01"; type = "press"; } ); } ); } );
bounds = { %(bounds)s };
screen = { linger = "%(linger)s"; frame = "50ms"; };
"""


# ---- waiting and ending ----

def until(condition, what, seconds=PATIENCE):
    """The first true result of `condition`; an AssertionError after the deadline."""
    end = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        assert time.monotonic() < end, "waited in vain for " + (what() if callable(what) else what)
        time.sleep(0.02)


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def end_process(pid, seconds=PATIENCE):
    """SIGTERM, and SIGKILL to one that does not listen; then it fails the case."""
    if not pid or not alive(pid):
        return
    os.kill(pid, signal.SIGCONT)
    os.kill(pid, signal.SIGTERM)
    try:
        until(lambda: not alive(pid), "the end of process %d after SIGTERM" % pid, seconds)
    except AssertionError:
        os.kill(pid, signal.SIGKILL)
        raise


def children(pid):
    """Living descendants: {pid: command line}."""
    parents, found = {}, {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % entry) as stat:
                parents[int(entry)] = int(stat.read().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    wanted = [pid]
    for parent in wanted:
        for child in (c for c, p in parents.items() if p == parent and alive(c)):
            wanted.append(child)
            found[child] = read("/proc/%d/cmdline" % child).replace("\0", " ").strip()  # "" for one that has just gone
    return found


def processor_seconds(pid):
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def no_report(text, where):
    assert "Sanitizer" not in text and "runtime error" not in text, "%s:\n%s" % (where, text[:6000])


def environment(folder, **more):
    """What a program is given: nothing of the user's."""
    env = {"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "XDG_RUNTIME_DIR": folder + "/run", "LC_ALL": "C.UTF-8"}
    env.update({name: os.environ.get(name, value) for name, value in SANITIZERS.items()})
    env.update(more)
    return {name: value for name, value in env.items() if value is not None}


# ---- the broker ----

PORTS = itertools.count(os.getpid() * 97 % 20000, 13)


def take_port():
    """A port for a broker that may end and come back, and what keeps it from all other tests: the name of an abstract socket. It is none of those
    that the kernel gives to whoever connects somewhere (tests/broker/broker.c does the same)."""
    for offset in itertools.islice(PORTS, 20000):
        port, held = 10000 + offset % 20000, socket.socket(socket.AF_UNIX)
        try:
            held.bind("\0andon-test-port-%d" % port)
            with socket.create_server(("127.0.0.1", port)):
                return port, held
        except OSError:
            held.close()
    raise AssertionError("no port is free")


class Broker:
    def __init__(self, folder):
        self.folder, self.process = folder, None
        for _ in range(5):  # somebody who is no test may take the port between our look and mosquitto's
            self.port, self.held = take_port()
            if self.start():
                break
            self.held.close()
        assert self.process, "mosquitto does not start: Debian package mosquitto"
        self.url = "mqtt://127.0.0.1:%d" % self.port

    def answers(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self):
        conf = os.path.join(self.folder, "mosquitto.conf")
        with open(conf, "w") as file:
            file.write("listener %d 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nsys_interval 1\n" % self.port)
            if os.geteuid() == 0:
                file.write("user root\n")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        process = subprocess.Popen([program, "-c", conf], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: process.poll() is not None or self.answers(), "mosquitto")
        self.process = process if process.poll() is None else None
        return self.process

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process:
            self.kill()
        self.held.close()

    def clients(self):
        """Connections to the broker that stand, ours not counted."""
        inodes = 0
        for line in read("/proc/net/tcp").splitlines()[1:]:
            fields = line.split()
            inodes += fields[1].endswith(":%04X" % self.port) and fields[3] == "01"
        return inodes

    def publish(self, topic, payload, *options):
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-s", *options], check=True,
            input=payload.encode() if isinstance(payload, str) else payload)


def mqtt_length(n):
    out = bytearray()
    while True:
        n, digit = divmod(n, 128)
        out.append(digit | (128 if n else 0))
        if not n:
            return bytes(out)


def mqtt_publish(topic, payload):
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + payload
    return b"\x30" + mqtt_length(len(body)) + body


class Flood:
    """A publisher of its own (MQTT 3.1.1, QoS 0) for what mosquitto_pub would need a process each."""

    def __init__(self, broker):
        self.socket = socket.create_connection(("127.0.0.1", broker.port))
        name = b"flood"
        self.socket.sendall(b"\x10" + mqtt_length(12 + len(name)) + b"\x00\x04MQTT\x04\x02\x00\x00" + len(name).to_bytes(2, "big") + name)
        assert self.socket.recv(4)[3] == 0

    def send(self, messages):
        """Pairs of topic and bytes. False when the broker has gone."""
        try:
            packets = [mqtt_publish(topic, payload) for topic, payload in messages]
            for i in range(0, len(packets), 500):
                self.socket.sendall(b"".join(packets[i:i + 500]))
            return True
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


# ---- the site ----

class Site:
    def __init__(self, plant=PLANT, bounds="", linger="60s", broker=True):
        self.folder = tempfile.mkdtemp(prefix="andon-t-")
        self.cache, self.config = self.folder + "/cache", self.folder + "/andon.cfg"
        self.screens, self.collectors = [], set()
        os.mkdir(self.folder + "/run", 0o700)
        self.broker = Broker(self.folder) if broker else None
        self.plant, self.fields = plant, {"url": self.broker.url if broker else "mqtt://127.0.0.1:1", "bounds": bounds, "linger": linger}
        self.write(self.config, plant % self.fields)

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def collector(self):
        """The process that holds the lock, or 0."""
        text = read(self.cache + "/lock").strip()
        pid = int(text) if text.isdigit() else 0
        if pid and alive(pid):
            self.collectors.add(pid)
            return pid
        return 0

    def publish(self, unit="a/l1/p01", **fields):
        import json
        self.broker.publish("plant/" + unit, json.dumps(fields))

    def screen(self, *args, **options):
        return Screen(self, ["--config", self.config, "--cache", self.cache, *args], **options)

    def run(self, *args, stdin=subprocess.DEVNULL, **env):
        """andon without a terminal: (status, output, errors)."""
        done = subprocess.run([ANDON, *args], stdin=stdin, capture_output=True, timeout=PATIENCE * 2, env=environment(self.folder, **env), cwd=self.folder)
        errors = done.stderr.decode(errors="replace")
        no_report(errors, "standard error")
        return done.returncode, done.stdout.decode(errors="replace"), errors

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        failures = []
        for step in [s.close for s in self.screens] + [self.end_collectors]:
            try:
                step()
            except AssertionError as error:
                failures.append(str(error))
        if self.broker:
            self.broker.close()
        log = read(self.cache + "/collector.log")
        if kind and log:
            print("# collector.log:\n" + re.sub("^", "#   ", log[-3000:], flags=re.M))
        shutil.rmtree(self.folder, ignore_errors=True)
        if kind is None:
            no_report(log, "the collector")
            assert not failures, "\n".join(failures)

    def end_collectors(self):
        self.collector()
        for pid in self.collectors:
            end_process(pid)


# ---- the terminal ----

class Tmux:
    """One server a file of cases, with a socket of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="andon-tmux-")
        self.count = 0
        self("new-session", "-d", "-s", "keeper", "-x", "10", "-y", "3", "sleep 100000")
        for option, value in (("status", "off"), ("remain-on-exit", "off"), ("history-limit", "200")):
            self("set-option", "-g", option, value)
        self("set-option", "-s", "escape-time", "0")
        self.pid = int(self("display-message", "-p", "#{pid}"))

    def __call__(self, *args, check=True):
        program = shutil.which("tmux")
        assert program, "tmux is missing: Debian package tmux"
        done = subprocess.run([program, "-u", "-L", "andon-test-%d" % os.getpid(), "-f", "/dev/null", *args], stdin=subprocess.DEVNULL,
            capture_output=True, env=environment(self.folder, TMUX_TMPDIR=self.folder, TERM="xterm-256color", SHELL="/bin/sh"))
        assert done.returncode == 0 or not check, "tmux %s: %s" % (" ".join(args[:3]), done.stderr.decode())
        return done.stdout.decode(errors="replace")

    def close(self):
        self("kill-server", check=False)
        until(lambda: not alive(self.pid), "the end of tmux")
        shutil.rmtree(self.folder, ignore_errors=True)


tmux = None

SCRIPT = """trap : INT QUIT HUP TERM TSTP
stty -g > %(name)s.before
sh -c 'echo $$ > %(name)s.pid; exec "$@"' sh %(command)s
echo $? > %(name)s.status.new
stty -g > %(name)s.after 2>&1
mv %(name)s.status.new %(name)s.status
exec cat > /dev/null
"""


def quote(word):
    return "'" + word.replace("'", "'\\''") + "'"


class Screen:
    """A program in a pane. `shell`: an interactive shell instead, into which the command is to be typed."""

    def __init__(self, site, args, size=(80, 24), term="xterm-256color", shell=False, redirect="", **env):
        tmux.count += 1
        self.site, self.session, self.checked = site, "s%d" % tmux.count, False
        self.base = site.folder + "/" + self.session
        command = " ".join(quote(a) for a in [ANDON, *args]) + " 2> %s.err %s" % (self.base, redirect)
        self.command = command
        site.write(self.base + ".sh", SCRIPT % {"name": self.base, "command": command})
        variables = ["%s=%s" % pair for pair in environment(site.folder, TERM=term, **env).items()]
        start = ["env", "-i", *variables, *(["PS1=% ", "bash", "--norc", "--noprofile", "-i"] if shell else ["sh", self.base + ".sh"])]
        tmux("new-session", "-d", "-s", self.session, "-x", str(size[0]), "-y", str(size[1]), "-c", site.folder, "exec " + " ".join(quote(s) for s in start))
        self.pane = int(tmux("display-message", "-p", "-t", self.session, "#{pane_pid}"))
        site.screens.append(self)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind:
            print("# the screen:\n" + re.sub("^", "#   |", self.text().rstrip("\n"), flags=re.M))
            errors = read(self.base + ".err")
            if errors:
                print("# its errors:\n" + re.sub("^", "#   ", errors[:6000], flags=re.M))
        elif not self.checked and self.pid():
            self.leaves()

    # ---- what is seen ----

    def text(self, *options):
        return tmux("capture-pane", "-p", "-t", self.session, *options, check=False)

    def attributes(self):
        return self.text("-e")

    def line(self, pattern):
        """The first line that the pattern is found in, or ""."""
        return next((line for line in self.text().splitlines() if re.search(pattern, line)), "")

    def shows(self, *patterns):
        text = self.text()
        return text if all(re.search(p, text, re.M) for p in patterns) else ""

    def wait_for(self, *patterns, seconds=PATIENCE):
        """All of the regular expressions at one time. Ends early when the program has."""
        def look():
            text = self.shows(*patterns)
            assert text or not self.status_text(), "it has ended with %s instead of showing %r:\n%s" % (self.status_text(), patterns, read(self.base + ".err"))
            return text
        return until(look, lambda: "%r; there is\n%s" % (patterns, self.text()), seconds)

    def wait_gone(self, pattern):
        return until(lambda: not re.search(pattern, self.text(), re.M), lambda: "the end of %r; there is\n%s" % (pattern, self.text()))

    def variable(self, name):
        return tmux("display-message", "-p", "-t", self.session, "#{%s}" % name).strip()

    def wait_variables(self, **wanted):
        """tmux hears of modes as of everything else: a little later."""
        until(lambda: all(self.variable(name) == value for name, value in wanted.items()), lambda: "%s; there is %s" % (wanted, {n: self.variable(n) for n in wanted}))

    # ---- what is done ----

    def keys(self, *names):
        """Names as tmux knows them: "q", "Enter", "Up", "C-c", "Escape"."""
        tmux("send-keys", "-t", self.session, *names)

    def type(self, text):
        tmux("send-keys", "-t", self.session, "-l", text)

    def bytes(self, data):
        tmux("send-keys", "-t", self.session, "-H", *["%02x" % b for b in data])

    def paste(self, text):
        tmux("set-buffer", "-b", self.session, text)
        tmux("paste-buffer", "-p", "-d", "-b", self.session, "-t", self.session)

    def resize(self, w, h):
        tmux("resize-window", "-t", self.session, "-x", str(w), "-y", str(h))

    def signal(self, number):
        os.kill(self.pid(), number)

    def close_pane(self):
        tmux("kill-session", "-t", self.session)

    # ---- the process ----

    def pid(self):
        text = read(self.base + ".pid").strip()
        return int(text) if text.isdigit() else 0

    def status_text(self):
        return read(self.base + ".status").strip()

    def errors(self):
        return read(self.base + ".err")

    def ends(self, status=0):
        """Waits for the program's end: the status, no sanitizer's report."""
        self.checked = True
        got = until(self.status_text, lambda: "the program's end; there is\n" + self.text())
        no_report(self.errors(), "standard error")
        assert got == str(status), "exit status %s, expected %s\n%s" % (got, status, self.errors())

    def terminal_is_as_before(self):
        before, after = read(self.base + ".before"), read(self.base + ".after")
        assert before and before == after, "stty: %s became %s" % (before, after)
        seen = until(lambda: (self.variable("cursor_flag"), self.variable("alternate_on")) == ("1", "0"),
            lambda: "a visible cursor (%s) outside the alternate screen (%s)" % (self.variable("cursor_flag"), self.variable("alternate_on")))
        assert seen

    def leaves(self):
        self.keys("q")
        self.ends(0)

    def close(self):
        pid = self.pid()
        if pid and alive(pid) and not self.status_text():
            end_process(pid)
        tmux("kill-session", "-t", self.session, check=False)
        until(lambda: not alive(self.pane), "the end of the pane's shell")


# ---- cases ----

cases = []


def case(function):
    cases.append(function)
    return function


def run():
    global tmux
    wanted = sys.argv[2:]
    chosen = [c for c in cases if not wanted or c.__name__ in wanted]
    tmux = Tmux()
    print("1..%d" % len(chosen), flush=True)
    failed = 0
    try:
        for number, function in enumerate(chosen, 1):
            name = function.__name__.replace("_", " ")
            started = time.monotonic()
            try:
                function()
                print("ok %d - %s" % (number, name))
                print("# %.1f s" % (time.monotonic() - started), flush=True)
            except Exception as error:  # whatever it was, the next case shall run
                failed += 1
                frames = [f for f in traceback.extract_tb(error.__traceback__) if f.name == function.__name__]
                print("# line %d: %s" % (frames[-1].lineno, frames[-1].line))
                print(re.sub("^", "# ", ("%s: %s" % (type(error).__name__, error)).rstrip("\n"), flags=re.M))
                print("not ok %d - %s" % (number, name), flush=True)
    finally:
        tmux.close()
    sys.exit(1 if failed else 0)


class SpawnLock:
    """Held: no screen starts a collector, as if another were about it."""

    def __init__(self, site):
        self.file = open(site.cache + "/spawn.lock", "a")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
