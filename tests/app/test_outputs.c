/*
 * What a collector publishes of its alarms, as a stack light's bridge hears it: the horn, the highest priority and the counts, when they
 * change, after a reload, and when the collector goes in order or dies.
 */
#include "app/site.h"

#include <inttypes.h>
#include <signal.h>

#include "app/collector.h"
#include "cli/cli.h"
#include "io/log.h"

const struct cli_command *const cli_commands[] = {&cli_collect};
const size_t cli_command_count = 1;

static const char with_outputs[] =
    "site = { name = \"works\"; };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n"
    "alarms = { outputs = ( { }%s ); };\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; units = ( { name = \"p01\"; tags = (\n"
    "  { name = \"oil\"; topic = \"plant/oil\"; unit = \"C\"; alarms = ( { name = \"high\"; limit = 80.0; deadband = 1.0; off_delay = \"0s\"; priority = 2; action = \"cool it\"; } ); } ); } ); },\n"
    "  { name = \"l2\"; } ); } );\n";
static const char with_none[] =
    "site = { name = \"works\"; };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; units = ( { name = \"p01\"; tags = ( { name = \"oil\"; topic = \"plant/oil\"; }%s ); } ); } ); } );\n";
static const char of_two_lines[] = ", { below = \"a/l1\"; topic = \"lights/l1\"; }, { below = \"a/l2\"; topic = \"lights/l2\"; }";

#define STATUS "andon/v1/works/status"
#define ALL "andon/v1/works/alarm"

/* The newest payload of each topic that was heard. */
struct heard { char topic[96], payload[512]; };
static struct heard heard[64];
static size_t heard_count;
static struct mqtt *ear;
static struct plant *ear_plant;

static void hear(const struct mqtt_event *event)
{
    char topic[96];
    size_t h = 0;
    if (event->kind != MQTT_MESSAGE || event->message.topic_length >= sizeof topic)
        return;
    snprintf(topic, sizeof topic, "%.*s", (int)event->message.topic_length, event->message.topic);
    while (h < heard_count && strcmp(heard[h].topic, topic) != 0)
        h++;
    if (h == sizeof heard / sizeof heard[0])
        return;
    heard_count += h == heard_count;
    snprintf(heard[h].topic, sizeof heard[h].topic, "%s", topic);
    snprintf(heard[h].payload, sizeof heard[h].payload, "%.*s", (int)event->message.payload_length, (const char *)event->message.payload);
}

static const char *said(const char *topic)
{
    struct mqtt_event event;
    mqtt_tick(ear, clock_monotonic_ms());
    while (mqtt_take(ear, &event))
        hear(&event);
    for (size_t h = 0; h < heard_count; h++)
        if (strcmp(heard[h].topic, topic) == 0)
            return heard[h].payload;
    return "nothing";
}

static bool says(const char *topic, const char *payload)
{
    return strcmp(said(topic), payload) == 0;
}

static void listen_in(const struct site *s)
{
    struct error err;
    struct plant_broker b = broker_at(s->broker.url, 5);
    heard_count = 0;
    ear_plant = plant_with(&b, 1, NULL);
    ear = mqtt_create(ear_plant, "/tmp/stack-light", &err);
    assert_non_null(ear);
}

static void stop_listening(void)
{
    mqtt_destroy(ear);
    plant_destroy(ear_plant);
}

static void oil(const struct site *s, const char *value)
{
    struct error err;
    struct plant_broker to = broker_at(s->broker.url, 5);
    struct mqtt_publisher *p = mqtt_publisher_create(&to, "press", PATIENCE_MS, &err);
    if (!p)
        fail_msg("%s", err.text);
    assert_true(mqtt_publish(p, "plant/oil", value, strlen(value), 1, true, &err)); /* retained: the collector may come later */
    assert_true(mqtt_publisher_drain(p, 0, PATIENCE_MS));
    mqtt_publisher_destroy(p);
}

static void reload_with(struct site *s, const char *outputs)
{
    write_config(s, s->config_path, with_outputs, outputs);
    kill(s->collector, SIGHUP);
}

static void nothing_is_published_until_it_is_configured(void **state)
{
    struct site *s = *state;
    listen_in(s);
    oil(s, "20");
    wait_until(s, says("plant/oil", "20"));
    assert_string_equal(said(STATUS), "nothing");
    reload_with(s, "");
    wait_until(s, says(STATUS, "online"));
    wait_until(s, says(ALL "/horn", "0"));
    stop_listening();
}

static void a_raise_sounds_the_horn_of_its_line(void **state)
{
    struct site *s = *state;
    listen_in(s);
    reload_with(s, of_two_lines);
    wait_until(s, says("lights/l1/active", "0") && says("lights/l2/active", "0"));
    oil(s, "90");
    wait_until(s, says("lights/l1/horn", "1"));
    wait_until(s, says("lights/l1/unacked", "2") && says("lights/l1/active", "2"));
    wait_until(s, says(ALL "/horn", "1"));
    wait_until(s, strstr(said(ALL "/counts"), "\"unacked\":[0,1,0,0],\"active\":[0,1,0,0]") != NULL);
    assert_string_equal(said("lights/l2/horn"), "0");
    oil(s, "70");
    wait_until(s, says("lights/l1/horn", "0") && says("lights/l1/active", "0"));
    wait_until(s, strstr(said(ALL "/counts"), "\"returned\":1") != NULL);
    stop_listening();
}

static void somebody(struct site *s, struct client *client, enum action_kind kind)
{
    struct origin origin = client_origin(client);
    struct action action = {.kind = kind, .time_ms = model_wall(model_of(client)), .target = "works/a/l1/p01", .word = "maintenance"};
    wait_until(s, origin_rights(&origin));
    assert_int_equal(origin_act(&origin, &action), REFUSAL_NONE);
}

static void a_call_is_told_until_it_is_closed(void **state)
{
    struct site *s = *state;
    listen_in(s);
    reload_with(s, of_two_lines);
    wait_until(s, strstr(said("lights/l1/calls"), "\"open\":0,\"waiting\":0,\"calls\":[]}"));
    wait_until(s, strstr(said("lights/l2/calls"), "\"open\":0"));
    config_finish(&s->config);
    read_config(s->config_path, &s->config);
    struct client *client = attach(s, NULL);
    somebody(s, client, ACTION_CALL);
    wait_until(s, strstr(said("lights/l1/calls"), "\"open\":1,\"waiting\":1,\"calls\":[{\"node\":\"works/a/l1/p01\",\"kind\":\"maintenance\",\"since\":1"));
    wait_until(s, strstr(said(ALL "/calls"), "\"taken\":0}]}"));
    somebody(s, client, ACTION_CALL_TAKE);
    wait_until(s, strstr(said("lights/l1/calls"), "\"open\":1,\"waiting\":0") && strstr(said("lights/l1/calls"), "\"taken\":1"));
    somebody(s, client, ACTION_CALL_CLOSE);
    wait_until(s, strstr(said("lights/l1/calls"), "\"calls\":[]}") && strstr(said(ALL "/calls"), "\"calls\":[]}"));
    assert_non_null(strstr(said("lights/l2/calls"), "\"open\":0"));
    client_destroy(client);
    stop_listening();
}

static void what_is_not_configured_any_more_is_taken_back(void **state)
{
    struct site *s = *state;
    listen_in(s);
    reload_with(s, of_two_lines);
    wait_until(s, says("lights/l1/horn", "0"));
    reload_with(s, "");
    wait_until(s, says("lights/l1/horn", "") && says("lights/l2/counts", "") && says("lights/l1/calls", ""));
    assert_string_equal(said(ALL "/horn"), "0");
    write_config(s, s->config_path, with_none, "");
    kill(s->collector, SIGHUP);
    wait_until(s, says(ALL "/horn", "") && says(STATUS, "")); /* nobody tells any more, nor says that he does */
    stop_listening();
}

/* ---- figures of production ---- */

static const char of_production[] =
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n%s\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; ideal_cycle = 1.0; tags = ( { name = \"state\"; topic = \"plant/state\"; }, { name = \"good\"; topic = \"plant/good\"; } ); },\n"
    "  { name = \"l2\"; } ); } );\n";

#define KPI "andon/v1/works/kpi/a/"

static void retain(const struct site *s, const char *topic, const char *value)
{
    struct error err;
    struct plant_broker to = broker_at(s->broker.url, 5);
    struct mqtt_publisher *p = mqtt_publisher_create(&to, "press", PATIENCE_MS, &err);
    if (!p)
        fail_msg("%s", err.text);
    assert_true(mqtt_publish(p, topic, value, strlen(value), 1, true, &err));
    assert_true(mqtt_publisher_drain(p, 0, PATIENCE_MS));
    mqtt_publisher_destroy(p);
}

static bool has(const char *topic, const char *part)
{
    return strstr(said(topic), part) != NULL;
}

/* The plant's clock goes on by a minute: all lines are told anew, with whatever came before. */
static void minute(struct site *s)
{
    static int64_t now = INT64_C(1718172000000); /* 2024-06-12 06:00 UTC */
    char text[40];
    now += 60000;
    snprintf(text, sizeof text, "%" PRId64, now);
    retain(s, "plant/clock", text);
    snprintf(text, sizeof text, "\"ts\":%" PRId64 ",", now);
    wait_until(s, has(KPI "l1/state", text) && has(KPI "l2/state", text));
}

static void figures_of_lines_are_published_once_a_minute(void **state)
{
    struct site *s = *state;
    static const char *const shares[] = {"availability", "performance", "quality", "oee"};
    char topic[96];
    listen_in(s);
    kill(s->collector, SIGTERM);
    wait_until(s, process_ended(s->collector, NULL));
    write_config(s, s->config_path, of_production, "site = { name = \"works\"; }; kpi = { publish = true; };");
    s->collector = start_collector(s, NULL, "plant/clock");
    wait_until(s, says(STATUS, "online"));
    minute(s);
    wait_until(s, has(KPI "l1/oee", "\"value\":null,\"why\":\"nothing is known of it\"") && has(KPI "l1/good", "\"value\":null"));
    retain(s, "plant/state", "6");
    retain(s, "plant/good", "100");
    minute(s);
    wait_until(s, has(KPI "l1/state", "\"value\":\"run\""));
    retain(s, "plant/good", "107");
    minute(s);
    wait_until(s, has(KPI "l1/good", "\"value\":7,") && has(KPI "l1/reject", "\"value\":0,") && has(KPI "l1/quality", "\"value\":1,"));
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        snprintf(topic, sizeof topic, KPI "l1/%s", shares[i]);
        wait_until(s, has(topic, "\"value\":") && !has(topic, "null") && has(topic, "\"from\":1718150400000,\"to\":1718236800000,\"unknown\":0."));
    }
    wait_until(s, has(KPI "l2/oee", "\"value\":null,\"why\":\"") && has(KPI "l2/state", "\"value\":\"unknown\""));
    write_config(s, s->config_path, of_production, "site = { name = \"works\"; };");
    kill(s->collector, SIGHUP);
    wait_until(s, says(KPI "l1/good", "") && says(KPI "l1/state", "") && says(KPI "l1/oee", "") && says(KPI "l2/oee", "") && says(STATUS, ""));
    stop_listening();
}

static void who_goes_says_so_in_order_or_not(void **state)
{
    static const int signals[] = {SIGTERM, SIGKILL};
    struct site *s = *state;
    reload_with(s, "");
    for (size_t i = 0; i < 2; i++) {
        listen_in(s);
        wait_until(s, says(STATUS, "online"));
        kill(s->collector, signals[i]);
        wait_until(s, process_ended(s->collector, NULL));
        s->collector = 0;
        wait_until(s, says(STATUS, "offline"));
        stop_listening();
        s->collector = start_collector(s, NULL, NULL);
        wait_until(s, listens(s));
    }
}


int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "collect") == 0)
        return cli_run(&cli_collect, argc - 1, argv + 1);
    const struct CMUnitTest tests[] = {
        SITE_CASE(nothing_is_published_until_it_is_configured), SITE_CASE(a_raise_sounds_the_horn_of_its_line),
        SITE_CASE(a_call_is_told_until_it_is_closed),
        SITE_CASE(what_is_not_configured_any_more_is_taken_back),
        SITE_CASE(figures_of_lines_are_published_once_a_minute), SITE_CASE(who_goes_says_so_in_order_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
