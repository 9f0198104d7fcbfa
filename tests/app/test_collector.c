/*
 * The collector and its screens, as processes against a real mosquitto: what a screen holds is what the collector holds, and
 * nothing that one screen does costs another.
 */
#include "app/site.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/memory.h"

const struct cli_command *const cli_commands[] = {&cli_collect};
const size_t cli_command_count = 1;

/* ---- the tests ---- */

static void a_screen_holds_what_the_collector_holds(void **state)
{
    struct site *s = *state;
    struct client *early = attach(s, NULL);
    wait_until(s, link_is_up(early));
    expect_equal_to_collector(s, early);
    publish(s, 400, 0);
    wait_until(s, samples(early) == 1200);
    struct client *late = attach(s, NULL);
    assert_int_equal(samples(late), 1200);
    publish(s, 100, 0);
    wait_until(s, samples(early) == 1500 && samples(late) == 1500);
    expect_equal_to_collector(s, early);
    expect_equal_to_collector(s, late);
    client_destroy(early);
    client_destroy(late);
}

static void the_raw_payload_is_sent_to_who_watches(void **state)
{
    struct site *s = *state;
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    struct origin origin = client_origin(client);
    char topic[128], payload[256] = "";
    origin.watch(origin.self, "works/a/l1/p01/oil");
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!payload[0]) { /* the collector hears the broker and us in any order */
        assert_true(clock_monotonic_ms() < until);
        publish(s, 1, 0);
        turn(s);
        origin.raw(origin.self, topic, sizeof topic, payload, sizeof payload);
    }
    assert_string_equal(topic, "plant/a/l1/p01");
    assert_memory_equal(payload, "{\"st\": 2, \"good\": 0", 19);
    client_destroy(client);
}

static void the_second_collector_says_who_is_there(void **state)
{
    struct site *s = *state;
    char log[96], text[1024] = "", holder[32];
    int status = 0;
    snprintf(log, sizeof log, "%s/second.log", s->folder);
    pid_t second = start_collector(s, log, NULL);
    wait_until(s, process_ended(second, &status));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    FILE *file = fopen(log, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    snprintf(holder, sizeof holder, "process %ld", (long)s->collector);
    assert_non_null(strstr(text, holder));
    assert_true(listens(s));
}

static void another_configuration_is_refused_by_name(void **state)
{
    struct site *s = *state;
    char other[96];
    struct config config;
    struct error err;
    snprintf(other, sizeof other, "%s/other.cfg", s->folder);
    write_config(s, other, plant_text, one_tag_more);
    read_config(other, &config);
    assert_null(client_create(s->loop, &(struct client_options){.paths = &s->paths, .config = &config, .config_name = other, .changed = nothing}, &err));
    assert_non_null(strstr(err.text, other));
    assert_non_null(strstr(err.text, s->config_path));
    config_finish(&config);
}

static void another_protocol_is_refused(void **state)
{
    struct site *s = *state;
    struct channel c = raw_connect(s);
    const uint8_t *body;
    size_t length;
    raw_hello(&c, s->config.plant->id, SOCKET_PROTOCOL + 1);
    assert_true(raw_wait(&c, FRAME_REFUSED, &body, &length));
    channel_finish(&c);
}

static void a_hostile_connection_costs_only_itself(void **state)
{
    struct site *s = *state;
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    static const struct {
        const char *bytes;
        size_t length;
    } attacks[] = {
        {"GET / HTTP/1.1\r\n\r\n", 18},           /* a length of two gigabytes */
        {"\xff\xff\xff\xff\x01", 5},
        {"\x00\x00\x00\x00", 4},
        {"\x01\x00\x01\x00", 4},                   /* a byte over the bound */
        {"\x02\x00\x00\x00\x01\x01", 6},           /* a hello that is cut */
        {"\x01\x00\x00\x00\x05", 5},               /* a snapshot from a screen */
        {"\x03\x00\x00\x00\x08" "xy", 7},           /* a watch before the hello */
    };
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct channel c = raw_connect(s);
        assert_int_equal(send(c.fd, attacks[i].bytes, attacks[i].length, MSG_NOSIGNAL), (ssize_t)attacks[i].length);
        assert_true(hung_up(&c));
        channel_finish(&c);
    }
    struct channel half = raw_connect(s), flood = raw_connect(s);
    assert_int_equal(send(half.fd, "\x20\x00\x00", 3, MSG_NOSIGNAL), 3);
    raw_hello(&flood, s->config.plant->id, SOCKET_PROTOCOL);
    for (int i = 0; i < 20000; i++)
        channel_send(&flood, FRAME_WATCH, "works/a/l1/p01/oil", 18);
    publish(s, 50, 0);
    wait_until(s, samples(client) == 150);
    expect_equal_to_collector(s, client);
    channel_finish(&half);
    channel_finish(&flood);
    client_destroy(client);
}

/* Is the process asleep at this moment? What spins never is, but by a rare chance. */
static bool sleeps(pid_t pid)
{
    char name[64], text[512] = "";
    snprintf(name, sizeof name, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *end = strrchr(text, ')');
    return end && strncmp(end, ") S", 3) == 0;
}

static bool rests(pid_t pid)
{
    for (int i = 0; i < 8; i++)
        if (!sleeps(pid))
            return false;
    return true;
}

/* No descriptor is left, and people wait at the door: the collector must not spin there but rest, and lets them in when there is room. */
static void too_many_connections_cost_no_time(void **state)
{
    struct site *s = *state;
    struct rlimit before, few = {.rlim_cur = 32, .rlim_max = 32};
    struct channel crowd[48];
    process_end(s->collector, PATIENCE_MS);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    s->collector = start_collector(s, NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    wait_until(s, listens(s));
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client) && health_of_collector(client));
    for (size_t i = 0; i < 48; i++) {
        crowd[i] = raw_connect(s);
        raw_hello(&crowd[i], s->config.plant->id, SOCKET_PROTOCOL); /* who came in stays */
    }
    struct health first = *health_of_collector(client);
    wait_until(s, health_of_collector(client)->wall_ms >= first.wall_ms + 2500); /* it has been at the door, and came back to it */
    wait_until(s, rests(s->collector));
    for (size_t i = 0; i < 48; i++)
        channel_finish(&crowd[i]);
    struct client *late = attach(s, NULL);
    client_destroy(late);
    client_destroy(client);
}

/* A screen that took its first snapshot and reads nothing from then on. */
static struct channel sleeper_attach(struct site *s)
{
    struct channel sleeper = raw_connect(s);
    const uint8_t *body;
    size_t length;
    raw_hello(&sleeper, s->config.plant->id, SOCKET_PROTOCOL);
    assert_true(raw_wait(&sleeper, FRAME_SNAPSHOT, &body, &length));
    return sleeper;
}

static void a_screen_that_stops_reading_gets_a_fresh_snapshot(void **state)
{
    struct site *s = *state;
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    struct channel sleeper = sleeper_attach(s);
    const uint8_t *body;
    size_t length;
    uint64_t sent = 0;
    const struct health *health;
    for (int round = 0; round < 200 && !((health = health_of_collector(client)) && health->screens_dropped > 0); round++) {
        publish(s, 1000, 0);
        sent += 3000;
        wait_until(s, samples(client) == sent);
    }
    assert_non_null(health_of_collector(client));
    assert_int_equal(health_of_collector(client)->screens_dropped, 1);
    assert_true(raw_wait(&sleeper, FRAME_SNAPSHOT, &body, &length));
    struct model *fresh = model_load(s->config.plant, body, length, NULL);
    assert_non_null(fresh);
    assert_int_equal(model_samples(fresh), sent);
    model_destroy(fresh);
    channel_finish(&sleeper);
    client_destroy(client);
}

static int unread(const struct channel *c)
{
    int bytes = 0;
    assert_int_equal(ioctl(c->fd, FIONREAD, &bytes), 0);
    return bytes;
}

/* The new configuration waits behind what a sleeper does not read, and is dropped with it: it must come before the snapshot. */
static void a_screen_that_slept_through_a_reload_gets_the_configuration(void **state)
{
    struct site *s = *state;
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    struct channel sleeper = sleeper_attach(s);
    const uint8_t *body;
    size_t length;
    uint64_t sent = 0;
    for (int before = -1, now = unread(&sleeper); now != before; now = unread(&sleeper)) { /* until its socket is full */
        before = now;
        publish(s, 200, 0);
        sent += 600;
        wait_until(s, samples(client) == sent);
    }
    wait_until(s, health_of_collector(client));
    assert_int_equal(health_of_collector(client)->screens_dropped, 0);
    size_t tags = model_plant(model_of(client))->tag_count;
    write_config(s, s->config_path, plant_text, one_tag_more);
    kill(s->collector, SIGHUP);
    wait_until(s, model_plant(model_of(client))->tag_count == tags + 4);
    while (health_of_collector(client)->screens_dropped == 0) {
        publish(s, 1000, 0);
        sent += 3000;
        wait_until(s, samples(client) == sent && health_of_collector(client));
    }
    assert_true(raw_wait(&sleeper, FRAME_CONFIG, &body, &length));
    assert_true(raw_wait(&sleeper, FRAME_SNAPSHOT, &body, &length));
    channel_finish(&sleeper);
    client_destroy(client);
}

static void a_reload_swaps_only_when_whole(void **state)
{
    struct site *s = *state;
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    publish(s, 10, 0);
    wait_until(s, samples(client) == 30);
    size_t before = model_plant(model_of(client))->tag_count;

    write_config(s, s->config_path, "site = { nam = \"works\"; %s%s", "");
    kill(s->collector, SIGHUP);
    wait_until(s, health_of_collector(client) && health_of_collector(client)->notice[0]);
    assert_non_null(strstr(health_of_collector(client)->notice, "refused"));
    publish(s, 10, 0);
    wait_until(s, samples(client) == 60);
    assert_int_equal(model_plant(model_of(client))->tag_count, before);

    write_config(s, s->config_path, plant_text, one_tag_more);
    kill(s->collector, SIGHUP);
    wait_until(s, model_plant(model_of(client))->tag_count == before + 4);
    wait_until(s, health_of_collector(client) && !health_of_collector(client)->notice[0]);
    uint32_t good = model_find(model_of(client), "works/a/l1/p01/good");
    assert_true(good != NO_TAG && model_tag(model_of(client), good)->count > 0);
    assert_true(link_is_up(client)); /* the brokers are the same: their links stayed */
    config_finish(&s->config);
    read_config(s->config_path, &s->config);
    assert_int_equal(model_config_id(model_of(client)), s->config.plant->id);
    expect_equal_to_collector(s, client);
    client_destroy(client);
}

static void a_killed_collector_is_respawned(void **state)
{
    struct site *s = *state;
    struct origin origin;
    char banner[256];
    struct client *client = attach(s, &s->load);
    origin = client_origin(client);
    wait_until(s, link_is_up(client));
    publish(s, 10, 0);
    wait_until(s, samples(client) == 30 && health_of_collector(client) && health_of_collector(client)->store.samples == 30);
    kill(s->collector, SIGKILL);
    wait_until(s, (origin.banner(origin.self, banner, sizeof banner), banner[0]));
    assert_memory_equal(banner, "COLLECTOR LOST", 14);
    wait_until(s, process_ended(s->collector, NULL));
    s->collector = 0;
    wait_until(s, (origin.banner(origin.self, banner, sizeof banner), !banner[0]));
    assert_int_equal(samples(client), 30);
    wait_until(s, health_of_collector(client));
    wait_until(s, link_is_up(client));
    publish(s, 10, 0);
    wait_until(s, samples(client) == 60);
    pid_t respawned = (pid_t)health_of_collector(client)->pid;
    client_destroy(client);
    kill(respawned, SIGTERM);
    wait_until(s, !listens(s));
}

/* An hour of the simulator's time in a moment of ours. */
static void time_can_come_from_a_topic(void **state)
{
    struct site *s = *state;
    struct error err;
    process_end(s->collector, PATIENCE_MS);
    s->collector = start_collector(s, NULL, "test/clock");
    wait_until(s, listens(s));
    struct client *client = attach(s, NULL);
    struct plant_broker broker = broker_at(s->broker.url, 5);
    struct mqtt_publisher *publisher = mqtt_publisher_create(&broker, "test-publisher", PATIENCE_MS, &err);
    assert_non_null(publisher);
    int64_t begin = INT64_C(1700000000000), now = begin;
    char tick[32];
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (model_wall(model_of(client)) != begin) { /* until the link is up and the first tick has arrived */
        assert_true(clock_monotonic_ms() < until);
        snprintf(tick, sizeof tick, "%lld", (long long)begin);
        assert_true(mqtt_publish(publisher, "test/clock", tick, strlen(tick), 1, false, &err));
        turn(s);
    }
    int64_t before = model_elapsed(model_of(client));
    for (int minute = 1; minute <= 60; minute++) {
        now = begin + minute * INT64_C(60000);
        snprintf(tick, sizeof tick, "%lld", (long long)now);
        assert_true(mqtt_publish(publisher, "plant/a/l1/p01", "{\"oil\": 1.5}", 12, 1, false, &err));
        assert_true(mqtt_publish(publisher, "test/clock", tick, strlen(tick), 1, false, &err));
    }
    wait_until(s, model_wall(model_of(client)) == now);
    assert_int_equal(model_elapsed(model_of(client)) - before, 3600000);
    uint32_t oil = model_find(model_of(client), "works/a/l1/p01/oil");
    assert_int_equal(model_tag(model_of(client), oil)->count, 60);
    assert_int_equal(model_tag(model_of(client), oil)->time_ms, now - 60000);
    mqtt_publisher_destroy(publisher);
    client_destroy(client);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "collect") == 0)
        return cli_run(&cli_collect, argc - 1, argv + 1);
    const struct CMUnitTest tests[] = {
        SITE_CASE(a_screen_holds_what_the_collector_holds),
        SITE_CASE(the_raw_payload_is_sent_to_who_watches),
        SITE_CASE(the_second_collector_says_who_is_there),
        SITE_CASE(another_configuration_is_refused_by_name),
        SITE_CASE(another_protocol_is_refused),
        SITE_CASE(a_hostile_connection_costs_only_itself),
        SITE_CASE(too_many_connections_cost_no_time),
        SITE_CASE(a_screen_that_stops_reading_gets_a_fresh_snapshot),
        SITE_CASE(a_screen_that_slept_through_a_reload_gets_the_configuration),
        SITE_CASE(a_reload_swaps_only_when_whole),
        SITE_CASE(a_killed_collector_is_respawned),
        SITE_CASE(time_can_come_from_a_topic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
