"""A publisher whose last will the broker keeps, killed and started again: found by its topic's name, and as the configuration says. Usage: test_will.py ANDON"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "terminal"))
from terminal import Broker, until  # noqa: E402

ANDON = sys.argv[1]
PLANT = """site = { name = "works"; };
brokers = ( { name = "main"; url = "%s"; } );
types = ( { name = "press"; topic = "gw/{unit}/temp"; availability = "gw/{unit}/LWT"; tags = ( { name = "temp"; } ); } );
areas = ( { name = "hall"; lines = ( { name = "l1"; units = ( { name = "p{1..2}"; type = "press"; } ); } ); } );
"""


class Publisher:
    """Says that it lives, as Tasmota does; when it is killed, the broker says the contrary for it."""

    def __init__(self, broker, name):
        topic = "gw/%s/LWT" % name
        self.process = subprocess.Popen(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-t", "nothing/comes/here", "--will-topic", topic, "--will-payload", "Offline",
            "--will-retain"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: broker.clients() > 0, "the publisher's link")
        broker.publish(topic, "Online", "-r")
        broker.publish("gw/%s/temp" % name, "21.5", "-r")

    def kill(self):
        self.process.kill()
        self.process.wait()


def shows(options, view, *wanted):
    """Does a frame of its own have all of that?"""
    out = subprocess.run([ANDON, "snapshot", "--view", view, "--size", "140x40", "--wait", "1"] + options, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stderr
    return all(any(all(part in line for part in words.split("&")) for line in out.stdout.splitlines()) for words in wanted)


def story(options, broker):
    publisher = Publisher(broker, "p1")
    until(lambda: shows(options, "health", "alive, 0 dead"), "a publisher that lives")
    publisher.kill()
    until(lambda: shows(options, "health", "p1&DEAD"), "its last will")
    until(lambda: shows(options, "tags", "p1&unconf"), "its tags unconfirmed")
    again = Publisher(broker, "p1")
    until(lambda: shows(options, "health", "alive, 0 dead"), "its life again")
    until(lambda: not shows(options, "tags", "p1&unconf"), "its tags confirmed")
    again.kill()


def main():
    print("1..2")
    for number, configured in enumerate((False, True)):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["HOME"] = folder
            os.environ["XDG_STATE_HOME"] = os.environ["XDG_RUNTIME_DIR"] = folder
            broker = Broker(folder)
            try:
                options = ["--broker", broker.url]
                if configured:
                    with open(os.path.join(folder, "works.cfg"), "w") as file:
                        file.write(PLANT % broker.url)
                    options = ["-c", os.path.join(folder, "works.cfg")]
                story(options, broker)
                print("ok %d - a last will, %s" % (number + 1, "configured" if configured else "found"), flush=True)
            finally:
                broker.close()


main()
