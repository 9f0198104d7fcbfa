"""Bad input, live: it costs a counter on the health view with its reason, never the dashboard."""
import json
import signal

from terminal import Flood, Site, case, run, until

TOPIC = "plant/a/l1/p01"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\x1bc"
BIDI = "\u202egnitrats\u2066\u200b\ufeff\U000e0041"
FORBIDDEN = {c for c in BIDI if not c.isascii()}


def started(site, *args, **options):
    screen = site.screen(*args, **options)
    screen.wait_for(r"^Works .*link +\d")
    return screen


def counted(screen, reason, number):
    """The health view's row of a reason."""
    screen.keys("4")
    screen.wait_for("Works HEALTH", "%s.* %s " % (reason, number))


def goes_on(site, screen):
    """A good message still arrives where it belongs."""
    screen.keys("1")
    screen.wait_for("OVERVIEW")
    site.publish(st="Aborted", oil=50.5)
    screen.wait_for("Press line +STOP")
    site.publish(st="Execute", oil=50.5)
    screen.wait_for("Press line +run")


@case
def broken_json_is_counted_with_its_topic():
    with Site() as site, started(site, size=(160, 40)) as screen:
        for payload in ('{"st": ', "}{", '{"st" "Execute"}', "nonsense", "\xff\xfe"):
            site.broker.publish(TOPIC, payload.encode("latin-1"))
        counted(screen, "payload is not JSON", 5)
        screen.wait_for(TOPIC, "drops 5")
        goes_on(site, screen)


@case
def values_of_the_wrong_kind_are_counted():
    with Site() as site, started(site, size=(120, 40)) as screen:
        site.broker.publish(TOPIC, '{"oil": {"a": 1}, "good": "many"}')
        site.broker.publish(TOPIC, '{"other": 1}')
        counted(screen, "value of the wrong type", "[12]")
        counted(screen, "no configured field", 1)
        goes_on(site, screen)


@case
def what_is_not_finite_is_bad_and_what_is_huge_is_shown():
    with Site() as site, started(site, "--view", "tags", size=(120, 40)) as screen:
        for text in ("NaN", "1e400", "-Infinity", "1e308", "123456789012345678901234567890", "-0.0", "5e-324"):
            site.broker.publish(TOPIC, '{"oil": %s}' % text)
        site.broker.publish("plant/a/l1/p02", '{"good": 18446744073709551615, "oil": 1e308}')
        screen.wait_for("Works TAGS", r"oil +↓ +-?0\.0 ", r"oil +↑ +1e\+308 ")
        goes_on(site, screen)


@case
def deep_and_wide_json_is_counted():
    with Site() as site, started(site, size=(120, 40)) as screen:
        site.broker.publish(TOPIC, "[" * 5000 + "]" * 5000)
        site.broker.publish(TOPIC, '{"a": ' * 200 + "1" + "}" * 200)
        site.broker.publish(TOPIC, json.dumps({"k%d" % n: n for n in range(9000)}))
        counted(screen, "JSON nested too deep", 2)
        counted(screen, "JSON with too many values", 1)
        goes_on(site, screen)


@case
def escapes_and_bidi_in_payloads_are_shown_as_data():
    with Site() as site, started(site, "--view", "tags", size=(120, 40)) as screen:
        title = screen.variable("pane_title")
        site.broker.publish(TOPIC, json.dumps({"note": "A" + ESCAPES + BIDI + "Z", "st": ESCAPES}, ensure_ascii=False).encode())
        site.broker.publish("plant/a/l1/p02", json.dumps({"note": "B" + ESCAPES + BIDI + "Y", "st": ESCAPES}).encode())
        screen.wait_for("note .*A", "Works TAGS")
        screen.wait_for("note .*B.*", "Works TAGS")
        text = screen.text()
        assert not FORBIDDEN & set(text), "a character of direction reached the screen"
        assert screen.variable("pane_title") == title, "the title was set from outside"
        screen.type(":goto works/a/l1/p02/note\r")
        screen.wait_for("FACEPLATE", "^payload|payload +{")
        assert not FORBIDDEN & set(screen.text())
        screen.keys("Escape")
        counted(screen, "control or bidi", "[1-9]")
        goes_on(site, screen)


@case
def escapes_and_bidi_in_topics_and_the_configuration_are_shown_as_data():
    with Site() as site:
        site.write(site.config, (site.plant % site.fields).replace('unit = "degC"', 'unit = "\\x1b[5m%sC"' % "\u202e").replace("Trim line", "Tr\\x1b]0;owned\\x07im" + BIDI))
        with site.screen("--view", "tags", size=(120, 40)) as screen:
            got = until(lambda: screen.shows("Works TAGS", r"link +\d") or screen.status_text(), "a screen or a refusal")
            if got == "2":  # refused with the place
                screen.ends(2)
                assert site.config in screen.errors() and "\033" not in screen.errors() and "\u202e" not in screen.errors(), repr(screen.errors())
                return
            site.broker.publish("x/%sy" % BIDI, "1")
            screen.wait_for("1 discovered")
            assert not FORBIDDEN & set(screen.text())
            assert "owned" not in screen.variable("pane_title")
            goes_on(site, screen)


@case
def topics_without_end_stop_at_their_bound():
    with Site(bounds="topics = 100; series = 200;") as site, started(site, "--view", "health", size=(120, 40)) as screen:
        with Flood(site.broker) as flood:
            assert flood.send(("junk/%d/%s" % (n, "x" * (n % 50)), b"%d" % n) for n in range(30000))
        screen.wait_for("too many topics.* [1-9]", "discovered topics +100 of 100")
        screen.wait_for(r"main +up +\S+ +[0-9 ]+ 30 00[0-9] ")
        screen.keys("3")
        screen.wait_for("20 configured, 100 discovered|20 configured, [0-9 ]+ discovered")
        goes_on(site, screen)


@case
def a_capture_without_a_message_is_an_error_and_no_picture():
    with Site() as site:
        for text, why in ("", "it is empty"), ("rubbish\n", "line 1"):
            site.write(site.folder + "/x.capture", text)
            status, out, errors = site.run("replay", site.folder + "/x.capture", "-c", site.config, "--snapshot", "overview")
            assert status == 1 and not out and "holds no message" in errors and why in errors, (status, out, errors)


@case
def a_payload_over_its_bound_is_counted_or_kept_away_by_the_broker():
    with Site() as site, started(site, "--view", "health", size=(120, 40)) as screen:
        site.broker.publish(TOPIC, b'{"note": "' + b"x" * (1 << 20) + b'"}')
        site.broker.publish(TOPIC, b'{"note": "' + b"y" * 200000 + b'"}')
        screen.wait_for("connected; the broker drops what is over 260 KiB, uncounted", "text too long, cut +1 ", "main +up +\\S+ +\\d+ +1 ")
        goes_on(site, screen)


@case
def a_payload_over_its_bound_is_counted_where_the_broker_knows_no_limit():
    with Site() as site:
        site.write(site.config, (site.plant % site.fields).replace('backoff_max', 'version = "3.1.1"; backoff_max'))
        with site.screen("--view", "health", size=(120, 40)) as screen:
            screen.wait_for("main +up")
            site.broker.publish(TOPIC, b'{"note": "' + b"x" * (1 << 20) + b'"}')
            screen.wait_for("payload too large +1 ")
            goes_on(site, screen)


@case
def a_flood_that_ends_with_the_broker_costs_the_link_and_nothing_else():
    with Site() as site, started(site, "--view", "health", size=(120, 40)) as screen:
        with Flood(site.broker) as flood:
            def flows():
                flood.send((TOPIC, b'{"st": "Execute", "good": %d, "oil": 50.5}' % n) for n in range(5000))
                return screen.shows(r"main +up +\S+ +[1-9]")
            until(flows, lambda: "a flood; there is\n" + screen.text())
            site.broker.process.send_signal(signal.SIGKILL)
            flood.send((TOPIC, b"{}") for n in range(5000))
        site.broker.process.wait()
        screen.wait_for("LOST")
        screen.keys("1")
        screen.wait_for(r"^\? +Press line +\?")
        assert site.broker.start()
        screen.wait_for("link [0-9]+s")
        goes_on(site, screen)


@case
def a_flood_does_not_keep_the_keys_from_working():
    with Site() as site, started(site, size=(120, 40)) as screen:
        with Flood(site.broker) as flood:
            for key, view in (("3", "Works TAGS"), ("4", "Works HEALTH"), ("2", "> Stamping"), ("?", "HELP"), ("Escape", "> Stamping"), ("1", "OVERVIEW")) * 2:
                assert flood.send((TOPIC, b'{"st": "Execute", "good": %d, "oil": %d.5}' % (n, n % 90)) for n in range(4000))
                screen.keys(key)
                screen.wait_for(view)
        screen.leaves()
        screen.terminal_is_as_before()


run()
