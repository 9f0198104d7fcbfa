"""A period as one file: what stands in it, that it shows elsewhere what was, and that other names leave nothing of the first ones."""
import json
import os
import re
import tarfile

from terminal import Site, case, run, until

SECRET = "open-sesame-1234"
BEGIN = 1718186400000

PLANT = """
# the password is open-sesame-1234, says Wagner
site = { name = "eisenach"; title = "Wagner Eisenach 冰箱厂"; zone = "Europe/Berlin"; };
brokers = ( { name = "hallbroker"; url = "%(url)s"; user = "wagneruser"; password_env = "PLANT_SECRET"; backoff_max = "200ms"; } );
types = ( { name = "press"; topic = "wagner/{area}/{line}/{unit}"; format = "json"; time = "/stamp"; tags = (
  { name = "state"; path = "/st"; kind = "state"; },
  { name = "good"; path = "/good"; kind = "counter"; },
  { name = "oil"; path = "/thermo/oil"; title = "Wagneroil"; unit = "degC"; scale = 0.1; range = [0, 120]; normal = [40, 65]; decimals = 1; },
  { name = "order"; path = "/auftrag"; kind = "text"; } ); tags_csv = "more.csv"; } );
areas = ( { name = "giesserei"; title = "Giesserei 铸造"; lines = ( { name = "linie7"; alias = "sieben"; constraint = "p01"; units = ( { name = "p{01..02}"; type = "press"; } ); } ); } );
screen = { linger = "%(linger)s"; frame = "50ms"; };
"""
NAMES = ("wagner", "eisenach", "冰箱厂", "hallbroker", "wagneruser", "giesserei", "铸造", "linie", "sieben", "auftrag", "thermo", "kunde", "meier", SECRET, "PLANT_SECRET", "notizen", "steckt")


def site():
    here = Site(PLANT)
    here.write(here.folder + "/more.csv", "name,path,title\nforce,/kraft,Wagnerkraft\n")
    return here


def payload(n):
    return json.dumps({"st": "Execute" if n % 5 else "Held", "good": 3 * n, "thermo": {"oil": 400 + n}, "auftrag": "Kunde Meier %d" % n, "kraft": n / 7, "stamp": BEGIN + 1000 * n, "password": "x" + SECRET}, ensure_ascii=n % 2 == 0)


def capture(here):
    path = here.folder + "/a.jsonl"
    here.write(path, "".join(json.dumps({"ts": BEGIN + 1000 * n + 20, "topic": "wagner/giesserei/linie7/p0%d" % (n % 2 + 1), "payload": payload(n), "broker": "hallbroker"}) + "\n" for n in range(200)))
    return path


def frame(here, path, *args, view="tags"):
    status, out, errors = here.run("replay", path, "--snapshot", view, "--size", "140x40", *args)
    assert status == 0 and out, (status, out, errors)
    return out


def unpacked(path):
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def incident(here, *args, status=0):
    got, out, errors = here.run("incident", "--config", here.config, "--cache", here.cache, *args, PLANT_SECRET=SECRET)
    assert got == status, (got, errors)
    return errors


@case
def a_capture_shows_the_same_elsewhere():
    with site() as here:
        path, packed = capture(here), here.folder + "/x.tar.gz"
        said = incident(here, "--capture", path, "--note", "the oil was hot", "-o", packed)
        assert "200 messages" in said and "andon replay" in said, said
        wanted = frame(here, path, "--config", here.config)
        assert re.search(r"oil .* 59\.9", wanted), wanted
        os.rename(here.config, here.config + ".away")
        os.rename(here.folder + "/more.csv", here.folder + "/more.away")
        assert frame(here, packed) == wanted
        members = unpacked(packed)
        manifest = json.loads(members["manifest.json"])
        assert manifest["messages"] == 200 and not manifest["anonymised"] and manifest["config_files"] == 2, manifest
        assert json.loads(members["health.json"]) == {"collector": False}
        assert b"the oil was hot" in members["notes.txt"] and set(members) >= {"capture.jsonl", "config/0", "config/1", "config/names", "doctor.json", "events.jsonl"}, members.keys()
        assert all(SECRET.encode() not in text for text in members.values()), "a secret went along"
        assert os.stat(packed).st_mode & 0o777 == 0o600


@case
def other_names_leave_nothing_of_the_first_ones():
    with site() as here:
        path, packed = capture(here), here.folder + "/y.tar.gz"
        incident(here, "--capture", path, "--anonymise", "--note", "Notizen: Meier steckt dahinter", "-o", packed)
        members = unpacked(packed)
        everything = b"\n".join(members.values()) + " ".join(members).encode()
        for name in NAMES:
            assert name.lower() not in everything.decode().lower(), name
        wanted, got = frame(here, path, "--config", here.config), frame(here, packed)
        numbers = lambda text: [re.findall(r"Execute|Held|\d+\.\d|\b\d{2,}\b|never", line) for line in text.splitlines()[1:30]]
        assert numbers(got) == numbers(wanted), (got, wanted)
        again = here.folder + "/z.tar.gz"
        incident(here, "--capture", path, "--anonymise", "-o", again)
        assert unpacked(again)["capture.jsonl"].count(b"\n") == 200


@case
def a_whole_plant_reads_under_other_names():
    for industry in ("appliance", "steel"):
        with Site(broker=False) as here:
            status, text, errors = here.run("sim", "--industry", industry, "--for", "20s")
            here.write(here.folder + "/a.jsonl", text)
            here.write(here.config, here.run("sim", "--industry", industry, "--print-config")[1])
            packed = here.folder + "/p.tar.gz"
            incident(here, "--capture", here.folder + "/a.jsonl", "--anonymise", "-o", packed)
            was, got = frame(here, here.folder + "/a.jsonl", "--config", here.config, view="overview"), frame(here, packed, view="overview")
            states = lambda text: re.findall(r"\b(run|STOP|starved|blocked|setup|idle|break)\b", text)[:8]
            assert states(was) and states(got) == states(was), (was, got)
            assert was.split()[0] not in got


@case
def a_history_becomes_a_capture():
    with site() as here, here.screen("--view", "tags", size=(140, 40), PLANT_SECRET=SECRET) as screen:
        screen.wait_for(r"link +\d")
        for n in range(30):
            here.broker.publish("wagner/giesserei/linie7/p01", json.dumps({"st": "Execute", "good": n, "thermo": {"oil": 400 + n}, "auftrag": "Kunde Meier"}))
        screen.wait_for(r"oil .* 42\.9", r"good +29\b")
        until(lambda: "42.9" in here.run("export", "--config", here.config, "--cache", here.cache, "eisenach/giesserei/linie7/p01/oil", PLANT_SECRET=SECRET)[1], "it on disk")
        packed = here.folder + "/h.tar.gz"
        incident(here, "--from", "-10m", "-o", packed)
        members = unpacked(packed)
        health = json.loads(members["health.json"])
        assert "history.jsonl" in members and health["collector"] and health["brokers"][0]["state"] == "up" and not health["store"]["stopped"], health
        text = frame(here, packed)
        assert re.search(r"oil .* 42\.9", text) and re.search(r"good +29\b", text) and re.search(r"state +Execute", text) and "Kunde Meier" in text, text
        hidden = here.folder + "/i.tar.gz"
        incident(here, "--from", "-10m", "--anonymise", "-o", hidden)
        everything = b"\n".join(unpacked(hidden).values()).decode().lower()
        for name in NAMES:
            assert name.lower() not in everything, name
        text = frame(here, hidden)
        assert re.search(r" 42\.9", text) and re.search(r"\b29\b", text) and "Execute" in text, text


@case
def what_cannot_be_packed_or_opened_is_told():
    with site() as here:
        path, packed = capture(here), here.folder + "/x.tar.gz"
        here.write(packed, "mine")
        assert "is there already" in incident(here, "--capture", path, "-o", packed, status=2)
        assert "not before" in incident(here, "--from", "-1h", "--to", "-2h", status=2)
        assert "--capture" in incident(here, "-o", here.folder + "/new", status=1) and not os.path.exists(here.folder + "/new")
        assert "No such file" in incident(here, "--capture", here.folder + "/none", "-o", here.folder + "/new", status=1)
        assert not os.path.exists(here.folder + "/new")
        os.unlink(packed)
        incident(here, "--capture", path, "-o", packed)
        whole = open(packed, "rb").read()
        with open(packed, "wb") as file:
            file.write(whole[:len(whole) // 2])
        status, out, errors = here.run("replay", packed, "--snapshot", "tags")
        assert status == 1 and not out and errors, (status, errors)
        with tarfile.open(here.folder + "/foreign.tar", "w") as tar:
            tar.add(path, "something")
        status, out, errors = here.run("replay", here.folder + "/foreign.tar", "--snapshot", "tags")
        assert status == 1 and "no file of andon incident" in errors, errors


run()
