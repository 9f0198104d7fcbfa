"""What doctor finds in a healthy site and in sick ones; it says what to do, and never a secret."""
import json
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import termios
import threading

from terminal import ANDON, PATIENCE, Site, case, environment, no_report, run, until

SECRET = "open-sesame-1234"


def findings(site, *args, status, **env):
    """{area: [(level, text, fix)]} of what doctor says as JSON; the secret is nowhere."""
    got, out, errors = site.run("doctor", "--config", site.config, "--cache", site.cache, "--format", "json", *args, **env)
    assert got == status, (got, out, errors)
    assert SECRET not in out + errors
    found = {}
    told = json.loads(out)
    for row in told["findings"]:
        found.setdefault(row["area"], []).append((row["level"], row["text"], row["fix"]))
        assert row["level"] != "wrong" or row["fix"], row
    assert told["wrong"] == sum(row["level"] == "wrong" for row in told["findings"])
    return found


def has(found, area, level, text, fix=""):
    assert any(l == level and re.search(text, t) and re.search(fix, f) for l, t, f in found.get(area, [])), (area, level, text, fix, found)


@case
def a_healthy_site_is_fine():
    with Site() as site:
        os.mkdir(site.cache, 0o700)
        found = findings(site, "--wait", "1", status=0, LANG="C.UTF-8")
        has(found, "configuration", "fine", "20 tags")
        has(found, "broker", "fine", "main: connected")
        has(found, "cache", "fine", "no history yet")
        has(found, "collector", "fine", "none runs")
        has(found, "terminal", "fine", "are no terminal")
        status, out, errors = site.run("doctor", "--config", site.config, "--cache", site.cache, "--wait", "1")
        assert status == 0 and re.search(r"^broker\n  ok     main: connected", out, re.M) and re.search(r"^0 wrong, ", out, re.M), out


@case
def a_broker_that_is_down_and_wrong_usage():
    with Site() as site:
        site.broker.kill()
        has(findings(site, status=1), "broker", "wrong", "main: .*Connection refused", "does the broker run")
        for args in (["--format", "html"], ["--wait", "long"], ["extra"]):
            assert site.run("doctor", *args)[0] == 2, args
        site.write(site.config, "brokers = ( { nam = 1 } );")
        has(findings(site, status=2), "configuration", "wrong", r"\d errors; the first: line 1", "andon check")


@case
def a_wrong_password_is_told_and_not_shown():
    with Site() as site:
        passwords = site.folder + "/passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "andon", "another"], check=True)
        os.chmod(passwords, 0o644)
        os.chmod(site.folder, 0o755)
        with open(site.folder + "/mosquitto.conf") as file:
            conf = file.read().replace("allow_anonymous true", "allow_anonymous false\npassword_file " + passwords)
        site.broker.kill()
        site.write(site.folder + "/mosquitto.conf", conf)
        process = subprocess.Popen([shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", site.folder + "/mosquitto.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(site.broker.answers, "mosquitto")
            site.write(site.folder + "/secret", SECRET + "\n")
            site.write(site.config, (site.plant % site.fields).replace('backoff_max', 'user = "andon"; password_file = "%s/secret"; backoff_max' % site.folder))
            has(findings(site, status=1), "broker", "wrong", "(?i)refused by broker: (not authori|bad user)", "password_file")
        finally:
            process.kill()
            process.wait()


def expired_certificate(folder):
    """A certificate of yesteryear for the name other.example, and its key."""
    write = lambda name, text: open(os.path.join(folder, name), "w").write(text)
    write("index.txt", "")
    write("serial", "01\n")
    write("ca.cnf", "[ca]\ndefault_ca = c\n[c]\ndatabase = %s/index.txt\nserial = %s/serial\nnew_certs_dir = %s\ndefault_md = sha256\npolicy = p\nx509_extensions = e\n"
        "[p]\ncommonName = supplied\n[e]\nsubjectAltName = DNS:other.example\n" % (folder, folder, folder))
    at = lambda name: os.path.join(folder, name)
    run_quiet = lambda *words: subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    run_quiet("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=old broker", "-keyout", at("old.key"), "-out", at("old.csr"))
    run_quiet("ca", "-batch", "-selfsign", "-config", at("ca.cnf"), "-keyfile", at("old.key"), "-in", at("old.csr"), "-out", at("old.pem"), "-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    os.chmod(at("old.key"), 0o644)


@case
def an_expired_certificate_for_another_name():
    with Site() as site:
        os.chmod(site.folder, 0o755)
        expired_certificate(site.folder)
        site.broker.kill()
        conf = open(site.folder + "/mosquitto.conf").read() + "certfile %s/old.pem\nkeyfile %s/old.key\n" % (site.folder, site.folder)
        site.write(site.folder + "/mosquitto.conf", conf)
        process = subprocess.Popen([shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", site.folder + "/mosquitto.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(site.broker.answers, "mosquitto")
            site.write(site.config, (site.plant % site.fields).replace("mqtt://", "mqtts://"))
            found = findings(site, status=1)
            has(found, "tls", "wrong", "certificate of .*old broker expired at 2020-02-01", "renew it")
            has(found, "tls", "wrong", "for other.example, not for 127.0.0.1", "into url")
            has(found, "tls", "wrong", "not trusted", "ca = ")
            has(found, "broker", "wrong", "TLS", "see tls")
        finally:
            process.kill()
            process.wait()


@case
def a_cache_of_a_newer_andon_a_damaged_one_and_no_folder():
    with Site() as site:
        os.mkdir(site.cache, 0o700)
        with sqlite3.connect(site.cache + "/andon.db") as db:
            db.execute("create table t (x)")
            db.execute("pragma application_id = %d" % 0x414E444E)
            db.execute("pragma user_version = 99")
        db.close()
        has(findings(site, "--wait", "1", status=1), "cache", "wrong", "newer andon", "update andon")
        site.write(site.cache + "/andon.db", "no database at all" * 1000)
        has(findings(site, "--wait", "1", status=1), "cache", "wrong", "andon.db", "")
        os.unlink(site.cache + "/andon.db")
        os.rmdir(site.cache)
        site.write(site.cache, "a file")
        has(findings(site, "--wait", "1", status=1), "cache", "wrong", "is not a folder", "--cache")
        os.unlink(site.cache)


@case
def a_folder_that_cannot_be_written():
    with Site() as site:
        os.mkdir(site.cache, 0o500)
        os.chmod(site.folder, 0o755)
        os.chmod(site.config, 0o644)
        somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}  # nothing stops root
        done = subprocess.run([ANDON, "doctor", "--config", site.config, "--cache", site.cache, "--wait", "1", "--format", "json"], stdin=subprocess.DEVNULL, capture_output=True,
            env=environment(site.folder), cwd=site.folder, **somebody)
        no_report(done.stderr.decode(), "standard error")
        assert done.returncode == 1, done.stderr
        found = {}
        for row in json.loads(done.stdout)["findings"]:
            found.setdefault(row["area"], []).append((row["level"], row["text"], row["fix"]))
        has(found, "cache", "wrong", "cannot be written", "--cache")


@case
def a_collector_that_runs_is_named():
    with Site() as site, site.screen() as screen:
        screen.wait_for(r"link +\d")
        pid = site.collector()
        has(findings(site, "--wait", "1", status=0), "collector", "fine", "process %d collects" % pid)
        has(findings(site, "--wait", "1", status=0), "cache", "fine", "pages are in order|no history yet")


@case
def machines_whose_clock_is_wrong():
    import time
    plant = """
site = { name = "works"; };
brokers = ( { name = "main"; url = "%(url)s"; } );
areas = ( { name = "a"; lines = ( { name = "l"; topic = "l"; format = "json"; time = "/ts"; tags = ( { name = "oil"; path = "/oil"; } ); } ); } );
"""
    with Site(plant) as site:
        stop = threading.Event()

        def publish():
            while not stop.is_set():
                site.broker.publish("l", json.dumps({"oil": 1, "ts": int((time.time() - 3600) * 1000)}))
        thread = threading.Thread(target=publish)
        thread.start()
        try:
            found = findings(site, "--wait", "60", status=1)
        finally:
            stop.set()
            thread.join()
        has(found, "clock", "wrong", "machines' times are (1h|60m).* behind this clock", "half hours")


# ---- terminals ----

class Terminal:
    """A pty that answers where its cursor is, with cells of ambiguous width as wide as it is told; or that never answers."""

    def __init__(self, site, ambiguous=1, answers=True, term="xterm-256color"):
        self.ambiguous, self.answers, self.text, self.column = ambiguous, answers, "", 1
        self.fd, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80)) if hasattr(termios, "tcsetwinsize") else subprocess.run(["stty", "rows", "24", "cols", "80"], stdin=slave, check=True)
        self.process = subprocess.Popen([ANDON, "doctor", "--config", site.config, "--cache", site.cache, "--wait", "1"], stdin=slave, stdout=slave, stderr=subprocess.PIPE,
            env=environment(site.folder, TERM=term, LANG="C.UTF-8"), cwd=site.folder, start_new_session=True)
        os.close(slave)
        self.talk()

    def talk(self):
        rest = b""
        while True:
            ready = select.select([self.fd], [], [], PATIENCE)[0]
            assert ready, "the program neither writes nor ends; it wrote\n" + self.text
            try:
                got = os.read(self.fd, 4096)
            except OSError:
                break
            if not got:
                break
            rest = self.take(rest + got)
        errors = self.process.communicate()[1].decode()
        os.close(self.fd)
        no_report(errors, "standard error")
        self.status = self.process.returncode

    def take(self, data):
        while data:
            if data.startswith(b"\x1b"):
                end = re.match(rb"\x1b\[[0-9;?]*[A-Za-z]", data)
                if not end:
                    return data
                if end.group() == b"\x1b[6n" and self.answers:
                    os.write(self.fd, b"\x1b[1;%dR" % self.column)
                data = data[end.end():]
                continue
            length = 1 if data[0] < 0x80 else 2 if data[0] < 0xe0 else 3 if data[0] < 0xf0 else 4
            if len(data) < length:
                return data
            character, data = data[:length].decode(), data[length:]
            self.text += character
            self.column = 1 if character in "\r\n" else self.column + (1 if ord(character) < 0x80 else 2 if ord(character) > 0x2fff else self.ambiguous)
        return b""


@case
def a_terminal_is_measured():
    with Site() as site:
        for ambiguous, status, wanted in (1, 0, "ambiguous width take 1 cell, as configured"), (2, 1, r"WRONG  characters of ambiguous width .*take two cells.*\n +-> screen = \{ ambiguous_wide = true"):
            terminal = Terminal(site, ambiguous=ambiguous)
            text = terminal.text.replace("\r", "")
            assert terminal.status == status and re.search(wanted, text), (terminal.status, text)
            assert "256 colours" in text and "80x24" in text
        site.write(site.config, (site.plant % site.fields).replace("screen = {", "screen = { ambiguous_wide = true;"))
        assert Terminal(site, ambiguous=2).status == 0
        assert Terminal(site, ambiguous=1).status == 1


@case
def a_terminal_that_does_not_answer_and_one_that_nobody_knows():
    with Site() as site:
        terminal = Terminal(site, answers=False)
        assert terminal.status == 0 and "does not say where its cursor is" in terminal.text, terminal.text
        terminal = Terminal(site, term="no-such-terminal")
        assert terminal.status == 1 and "TERM=no-such-terminal is not known" in terminal.text and "xterm-256color" in terminal.text, terminal.text


run()
