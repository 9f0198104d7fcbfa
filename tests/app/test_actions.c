/*
 * What people do, from a screen through a real collector to the disk and back: answered when it is durable, done once, refused with a
 * reason, and never lost once it was answered. Forged clients cost nobody but themselves. Roles are tried by users of this machine.
 */
#define _GNU_SOURCE /* prlimit(), setgroups() */
#include "app/site.h"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/collector.h"
#include "cli/cli.h"
#include "core/memory.h"
#include "io/history.h"
#include "io/log.h"

const struct cli_command *const cli_commands[] = {&cli_collect};
const size_t cli_command_count = 1;

static const char unit[] = "works/a/l1/p01";

/* ---- helpers ---- */

/* What a screen was answered last, and how often. */
struct ear {
    unsigned count;
    enum refusal refusal;
    struct action action;
};

static void hear(void *arg, const struct action *action, enum refusal refusal)
{
    struct ear *ear = arg;
    ear->count++;
    ear->refusal = refusal;
    ear->action = *action;
}

static struct client *sit(struct site *s, struct ear *ear, bool read_only)
{
    struct error err;
    struct client *client = client_create(s->loop, &(struct client_options){.paths = &s->paths, .config = &s->config, .config_name = s->config_path,
        .read_only = read_only, .changed = nothing, .answered = hear, .arg = ear}, &err);
    if (!client)
        fail_msg("%s", err.text);
    return client;
}

static struct action maintenance(struct client *client, const char *comment)
{
    struct action action = {.kind = ACTION_MAINTENANCE_ON, .time_ms = model_wall(model_of(client))};
    snprintf(action.target, sizeof action.target, "%s", unit);
    snprintf(action.comment, sizeof action.comment, "%s", comment);
    return action;
}

static enum refusal act(struct client *client, struct action action)
{
    struct origin origin = client_origin(client);
    return origin_act(&origin, &action);
}

static size_t pending(struct client *client)
{
    const struct pending_action *rows;
    struct origin origin = client_origin(client);
    return origin_pending(&origin, &rows);
}

static const struct maintenance *in_maintenance(struct client *client)
{
    const struct model *model = model_of(client);
    return model_maintenance(model, plant_node_by_path(model_plant(model), unit));
}

/* Events of a kind on the disk: what the journal will tell tomorrow. */
static size_t journalled(const struct site *s, enum event_kind kind, struct event *last)
{
    struct error err;
    struct history *history = history_open(s->paths.store, &err);
    if (!history)
        fail_msg("%s", err.text);
    const struct event_query query = {.path = "", .find = "", .kinds = 1u << kind, .to_ms = INT64_MAX, .rows = 100, .until_seq = UINT64_MAX};
    struct event *events = NULL;
    size_t count;
    bool cut;
    if (!history_events(history, &query, &events, &count, &cut, &err))
        fail_msg("%s", err.text);
    if (last && count > 0)
        *last = events[0]; /* the newest */
    free(events);
    history_close(history);
    return count;
}

static void end_collector(struct site *s, int signal)
{
    kill(s->collector, signal);
    wait_until(s, process_ended(s->collector, NULL));
    s->collector = 0;
}

/* ---- one that speaks by hand ---- */

static struct channel enter(const struct site *s, bool read_only)
{
    struct channel c = raw_connect(s);
    struct packer p;
    const uint8_t *body;
    size_t length;
    packer_init(&p);
    hello_pack(&(struct hello){.protocol = SOCKET_PROTOCOL, .config_id = s->config.plant->id, .config = "other.cfg", .read_only = read_only}, &p);
    channel_send(&c, FRAME_HELLO, p.bytes, p.count);
    packer_finish(&p);
    assert_true(raw_wait(&c, FRAME_SNAPSHOT, &body, &length));
    return c;
}

static void send_raw(struct channel *c, const struct action *action)
{
    struct packer p;
    packer_init(&p);
    action_pack(action, &p);
    channel_send(c, FRAME_ACTION, p.bytes, p.count);
    packer_finish(&p);
}

static enum refusal answer_to(struct channel *c, const struct action *action)
{
    const uint8_t *body;
    size_t length;
    struct action_answer answer;
    do {
        if (!raw_wait(c, FRAME_ANSWER, &body, &length) || !action_answer_unpack(&answer, body, length))
            fail_msg("no answer to %s", action_table[action->kind].name);
    } while (memcmp(answer.id, action->id, sizeof answer.id) != 0);
    return answer.refusal;
}

static enum refusal answered(struct channel *c, const struct action *action)
{
    send_raw(c, action);
    return answer_to(c, action);
}

static struct action by_hand(enum action_kind kind, uint8_t id)
{
    struct action action = {.kind = kind, .id = {id}};
    snprintf(action.target, sizeof action.target, "%s", unit);
    return action;
}

/* ---- the way of an action ---- */

static void an_action_is_pending_until_it_is_durable(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    struct event event;
    char me[ACTION_WHO], expected[2 * ACTION_WHO];
    struct client *client = sit(s, &ear, false);
    struct origin origin = client_origin(client);
    wait_until(s, origin_rights(&origin));
    assert_int_equal(origin_rights(&origin)->role, PERSON_ENGINEER); /* one's own collector */
    snprintf(me, sizeof me, "%s", origin_rights(&origin)->user);
    struct action action = maintenance(client, "bearing changed");
    snprintf(action.who, sizeof action.who, "Kim");
    assert_int_equal(act(client, action), REFUSAL_NONE);
    assert_int_equal(pending(client), 1);
    wait_until(s, ear.count == 1);
    assert_int_equal(ear.refusal, REFUSAL_NONE);
    assert_int_equal(pending(client), 0);
    assert_int_equal(journalled(s, EVENT_ACTION, &event), 1); /* before the answer, not some time after it */
    wait_until(s, in_maintenance(client));
    snprintf(expected, sizeof expected, "Kim (as %s)", me);
    assert_string_equal(in_maintenance(client)->who, expected);
    assert_string_equal(in_maintenance(client)->reason, "bearing changed");
    assert_string_equal(event.who, expected);
    client_destroy(client);
}

static void every_screen_sees_what_one_did(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0}, other_ear = {.count = 0};
    struct client *client = sit(s, &ear, false), *other = sit(s, &other_ear, false);
    act(client, maintenance(client, ""));
    wait_until(s, in_maintenance(other) && ear.count == 1);
    assert_int_equal(other_ear.count, 0);
    expect_equal_to_collector(s, other);
    client_destroy(client);
    client_destroy(other);
}

static void a_kill_after_the_answer_loses_nothing(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    struct client *client = sit(s, &ear, false);
    act(client, maintenance(client, "stays"));
    wait_until(s, ear.count == 1);
    assert_int_equal(ear.refusal, REFUSAL_NONE);
    client_destroy(client);
    end_collector(s, SIGKILL);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
    client = sit(s, &ear, false);
    assert_non_null(in_maintenance(client));
    assert_string_equal(in_maintenance(client)->reason, "stays");
    client_destroy(client);
}

/* The connection ends before the answer; the screen comes back and asks again, and it was done once. */
static void what_was_asked_of_a_lost_collector_is_asked_again(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    struct client *client = sit(s, &ear, false);
    kill(s->collector, SIGSTOP);
    act(client, maintenance(client, "again"));
    kill(s->collector, SIGKILL); /* it has not read it */
    wait_until(s, process_ended(s->collector, NULL));
    assert_int_equal(pending(client), 1);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, ear.count == 1);
    assert_int_equal(ear.refusal, REFUSAL_NONE);
    assert_int_equal(journalled(s, EVENT_ACTION, NULL), 1);
    client_destroy(client);
}

static void the_same_id_is_done_once(void **state)
{
    struct site *s = *state;
    struct channel c = enter(s, false);
    struct action on = by_hand(ACTION_MAINTENANCE_ON, 1), off = by_hand(ACTION_MAINTENANCE_OFF, 2);
    send_raw(&c, &on);
    send_raw(&c, &on); /* before it is answered */
    assert_int_equal(answer_to(&c, &on), REFUSAL_NONE);
    assert_int_equal(answered(&c, &off), REFUSAL_NONE);
    assert_int_equal(answered(&c, &off), REFUSAL_NONE); /* the same answer */
    assert_int_equal(answered(&c, &on), REFUSAL_NONE);
    struct channel later = enter(s, false);
    assert_int_equal(answered(&later, &off), REFUSAL_NONE);
    off.id[0] = 3;
    assert_int_equal(answered(&later, &off), REFUSAL_STATE); /* another one of its kind */
    channel_finish(&later);
    channel_finish(&c);
    end_collector(s, SIGTERM);
    assert_int_equal(journalled(s, EVENT_ACTION, NULL), 2);
}

/* ---- alarms ---- */

static const char plant_with_alarm[] =
    "site = { name = \"works\"; };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; units = ( { name = \"p01\"; topic = \"plant/{area}/{line}/{unit}\"; format = \"json\";\n"
    "  tags = ( { name = \"oil\"; path = \"/oil\"; unit = \"C\"; alarms = ( { name = \"high\"; limit = 90.0; deadband = 1.0; off_delay = \"0s\"; action = \"cool it\"; } ); }%s ); } ); } ); } );\n";
static const char high[] = "works/a/l1/p01/oil.high";

/* The fixture's collector goes; one with another plant comes. */
static void begin_with(struct site *s, const char *plant)
{
    end_collector(s, SIGTERM);
    config_finish(&s->config);
    write_config(s, s->config_path, plant, "");
    read_config(s->config_path, &s->config);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
}

/* Its plant has an alarm. */
static void watch_oil(struct site *s)
{
    begin_with(s, plant_with_alarm);
}

static void oil_is(const struct site *s, double degrees)
{
    struct error err;
    char payload[32];
    struct plant_broker broker = broker_at(s->broker.url, 5);
    struct mqtt_publisher *publisher = mqtt_publisher_create(&broker, "test-oil", PATIENCE_MS, &err);
    if (!publisher)
        fail_msg("%s", err.text);
    int length = snprintf(payload, sizeof payload, "{\"oil\": %.1f}", degrees);
    assert_true(mqtt_publish(publisher, "plant/a/l1/p01", payload, (size_t)length, 1, false, &err));
    assert_true(mqtt_publisher_drain(publisher, 0, PATIENCE_MS));
    mqtt_publisher_destroy(publisher);
}

static const struct alarm *oil_alarm(struct client *client)
{
    uint32_t alarm = model_find_alarm(model_of(client), high);
    assert_true(alarm != NO_ALARM);
    return model_alarm(model_of(client), alarm);
}

/* As a screen sees it now. */
static struct action ack_of(struct client *client)
{
    struct action action = {.kind = ACTION_ACK, .occurrence_ms = oil_alarm(client)->raised_ms, .severity = oil_alarm(client)->severity,
        .time_ms = model_wall(model_of(client))};
    snprintf(action.target, sizeof action.target, "%s", high);
    return action;
}

static void an_ack_is_of_the_occurrence_that_was_seen(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    watch_oil(s);
    struct client *client = sit(s, &ear, false);
    wait_until(s, link_is_up(client));
    oil_is(s, 95);
    wait_until(s, alarm_shown(oil_alarm(client)) == ALARM_UNACK);
    struct action first = ack_of(client);
    act(client, first);
    wait_until(s, ear.count == 1 && alarm_shown(oil_alarm(client)) == ALARM_ACKED);
    assert_int_equal(ear.refusal, REFUSAL_NONE);
    oil_is(s, 50);
    wait_until(s, alarm_shown(oil_alarm(client)) == ALARM_NORM);
    oil_is(s, 96);
    wait_until(s, alarm_shown(oil_alarm(client)) == ALARM_UNACK);
    act(client, first); /* an ack of what is over */
    wait_until(s, ear.count == 2);
    assert_int_equal(ear.refusal, REFUSAL_GONE);
    assert_int_equal(alarm_shown(oil_alarm(client)), ALARM_UNACK);
    first.occurrence_ms = oil_alarm(client)->raised_ms + 3600000; /* and of what has not come */
    act(client, first);
    wait_until(s, ear.count == 3);
    assert_int_equal(ear.refusal, REFUSAL_FUTURE);
    act(client, ack_of(client));
    wait_until(s, ear.count == 4);
    assert_int_equal(ear.refusal, REFUSAL_NONE);
    client_destroy(client);
    end_collector(s, SIGKILL);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
    client = sit(s, &ear, false);
    assert_int_equal(alarm_shown(oil_alarm(client)), ALARM_ACKED); /* nobody has to do it again */
    client_destroy(client);
}

/* ---- stops and calls ---- */

static const char plant_with_reasons[] =
    "site = { name = \"works\"; };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n"
    "reasons = ( { name = \"machine\"; title = \"Machine\"; reasons = ( { name = \"jam\"; title = \"Jam\"; codes = \"E17*\"; }, { name = \"tool\"; title = \"Tool broken\"; } ); } );\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; units = ( { name = \"p01\"; topic = \"plant/{area}/{line}/{unit}\"; format = \"json\"; tags = (\n"
    "  { name = \"state\"; path = \"/st\"; kind = \"state\"; map = \"packml\"; }, { name = \"reason\"; path = \"/why\"; kind = \"text\"; },\n"
    "  { name = \"good\"; path = \"/good\"; kind = \"counter\"; }%s ); } ); } ); } );\n";

static void press_says(const struct site *s, const char *payload)
{
    struct error err;
    struct plant_broker broker = broker_at(s->broker.url, 5);
    struct mqtt_publisher *publisher = mqtt_publisher_create(&broker, "test-press", PATIENCE_MS, &err);
    if (!publisher)
        fail_msg("%s", err.text);
    assert_true(mqtt_publish(publisher, "plant/a/l1/p01", payload, strlen(payload), 1, false, &err));
    assert_true(mqtt_publisher_drain(publisher, 0, PATIENCE_MS));
    mqtt_publisher_destroy(publisher);
}

static const struct stop *stop_now(struct client *client)
{
    const struct model *model = model_of(client);
    return model_stop_now(model, plant_node_by_path(model_plant(model), unit));
}

static struct action of_stop(struct client *client, enum action_kind kind, const char *word, const char *comment)
{
    struct action action = {.kind = kind, .time_ms = model_wall(model_of(client)), .occurrence_ms = stop_now(client)->start_ms};
    snprintf(action.target, sizeof action.target, "%s", unit);
    snprintf(action.word, sizeof action.word, "%s", word);
    snprintf(action.comment, sizeof action.comment, "%s", comment);
    return action;
}

/* One does it, and hears; until both screens know of it. */
#define do_and_hear(site, client, ear, action, expected)           \
    do {                                                           \
        unsigned before_ = (ear)->count;                           \
        assert_int_equal(act(client, action), REFUSAL_NONE);       \
        wait_until(site, (ear)->count == before_ + 1);             \
        assert_int_equal((ear)->refusal, expected);                \
    } while (0)

static void a_stop_gets_its_reason(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0}, other_ear = {.count = 0};
    struct event event;
    begin_with(s, plant_with_reasons);
    struct client *client = sit(s, &ear, false), *other = sit(s, &other_ear, false);
    wait_until(s, link_is_up(client));
    press_says(s, "{\"st\": 6, \"good\": 10}");
    press_says(s, "{\"st\": 9, \"why\": \"E17 guide\"}");
    wait_until(s, stop_now(client) && stop_now(client)->proposal != NO_REASON);
    assert_int_equal(stop_now(client)->reason, NO_REASON);
    do_and_hear(s, client, &ear, of_stop(client, ACTION_STOP_REASON, "machine/tool", "drill"), REFUSAL_NONE);
    const struct plant *plant = model_plant(model_of(other));
    wait_until(s, stop_now(other) && stop_now(other)->reason == plant_reason_by_path(plant, "machine/tool"));
    assert_string_equal(stop_now(other)->comment, "drill");
    do_and_hear(s, client, &ear, of_stop(client, ACTION_STOP_REASON, "machine/gremlins", ""), REFUSAL_NO_REASON);
    do_and_hear(s, client, &ear, of_stop(client, ACTION_STOP_REASON, "", ""), REFUSAL_NONE); /* taken back */
    wait_until(s, stop_now(other)->reason == NO_REASON);
    do_and_hear(s, client, &ear, of_stop(client, ACTION_STOP_COMMENT, "", ""), REFUSAL_COMMENT);
    assert_int_equal(journalled(s, EVENT_STOP, &event), 2);
    assert_string_equal(event.before, "Tool broken");
    assert_string_equal(event.after, "");
    client_destroy(client);
    client_destroy(other);
}

static struct action calling(struct client *client, enum action_kind kind, const char *comment)
{
    struct action action = {.kind = kind, .time_ms = model_wall(model_of(client)), .word = "material"};
    snprintf(action.target, sizeof action.target, "%s", unit);
    snprintf(action.comment, sizeof action.comment, "%s", comment);
    return action;
}

static const struct call *open_call(struct client *client)
{
    size_t count;
    const struct call *calls = model_calls(model_of(client), &count);
    return count > 0 ? calls : NULL;
}

static void a_call_is_taken_and_closed_by_another(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0}, other_ear = {.count = 0};
    struct event event;
    struct client *client = sit(s, &ear, false), *other = sit(s, &other_ear, false);
    wait_until(s, model_wall(model_of(client)) > 0);
    do_and_hear(s, client, &ear, calling(client, ACTION_CALL, "reel is out"), REFUSAL_NONE);
    wait_until(s, open_call(other));
    assert_string_equal(open_call(other)->comment, "reel is out");
    assert_int_equal(open_call(other)->taken_ms, 0);
    do_and_hear(s, client, &ear, calling(client, ACTION_CALL, ""), REFUSAL_STATE); /* once is enough */
    do_and_hear(s, other, &other_ear, calling(other, ACTION_CALL_TAKE, ""), REFUSAL_NONE);
    wait_until(s, open_call(client) && open_call(client)->taken_ms > 0);
    do_and_hear(s, client, &ear, calling(client, ACTION_CALL_TAKE, ""), REFUSAL_STATE);
    end_collector(s, SIGKILL); /* it outlives the collector */
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s) && open_call(other) && open_call(other)->taken_ms > 0);
    do_and_hear(s, other, &other_ear, calling(other, ACTION_CALL_CLOSE, ""), REFUSAL_NONE);
    wait_until(s, !open_call(client));
    assert_int_equal(journalled(s, EVENT_CALL, &event), 3);
    assert_string_equal(event.after, "closed");
    assert_true(event.span_ms >= 0);
    client_destroy(client);
    client_destroy(other);
}

static double good_pieces(struct client *client)
{
    const struct model *model = model_of(client);
    struct account sum;
    model_account(model, plant_node_by_path(model_plant(model), unit), model_wall(model) - 3600000, model_wall(model) + 3600000, &sum, NULL);
    return sum.good;
}

static void pieces_are_corrected_and_a_note_is_left(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    struct event event;
    begin_with(s, plant_with_reasons);
    struct client *client = sit(s, &ear, false);
    wait_until(s, link_is_up(client));
    press_says(s, "{\"st\": 6, \"good\": 10}");
    press_says(s, "{\"st\": 6, \"good\": 20}");
    wait_until(s, good_pieces(client) >= 10);
    struct action action = {.kind = ACTION_QUANTITY, .word = "good", .amount = -3000, .time_ms = model_wall(model_of(client)), .occurrence_ms = model_wall(model_of(client))};
    snprintf(action.target, sizeof action.target, "%s", unit);
    do_and_hear(s, client, &ear, action, REFUSAL_NONE);
    wait_until(s, good_pieces(client) <= 7);
    action.amount = -100000; /* more than there are */
    do_and_hear(s, client, &ear, action, REFUSAL_NUMBER);
    action = (struct action){.kind = ACTION_NOTE, .time_ms = model_wall(model_of(client)), .target = "works/a/l1", .comment = "second reel is short"};
    do_and_hear(s, client, &ear, action, REFUSAL_NONE);
    assert_int_equal(journalled(s, EVENT_QUANTITY, &event), 1);
    assert_string_equal(event.after, "-3");
    assert_int_equal(journalled(s, EVENT_NOTE, &event), 1);
    assert_string_equal(event.alarm.comment, "second reel is short");
    client_destroy(client);
}

/* ---- refusals ---- */

static void what_makes_no_sense_is_refused_with_its_reason(void **state)
{
    struct site *s = *state;
    struct channel c = enter(s, false), reader = enter(s, true);
    struct action action = by_hand(ACTION_ACK, 1);
    assert_int_equal(answered(&c, &action), REFUSAL_NO_TARGET); /* a unit is no alarm */
    action = by_hand(ACTION_MAINTENANCE_ON, 2);
    snprintf(action.target, sizeof action.target, "works/nowhere");
    assert_int_equal(answered(&c, &action), REFUSAL_NO_TARGET);
    action = by_hand(ACTION_MAINTENANCE_ON, 3);
    action.time_ms = clock_wall_ms() + 3600000;
    assert_int_equal(answered(&c, &action), REFUSAL_FUTURE);
    action = by_hand(ACTION_IMPORT, 4);
    assert_int_equal(answered(&c, &action), REFUSAL_UNKNOWN); /* only the collector says so */
    action = by_hand(ACTION_REFUSED, 5);
    assert_int_equal(answered(&c, &action), REFUSAL_UNKNOWN);
    action = by_hand(ACTION_KIND_COUNT, 7); /* of a later version */
    assert_int_equal(answered(&c, &action), REFUSAL_UNKNOWN);
    action = by_hand(ACTION_STOP_REASON, 8);
    action.occurrence_ms = clock_wall_ms();
    assert_int_equal(answered(&c, &action), REFUSAL_NO_STOP);
    action = by_hand(ACTION_CALL, 9);
    snprintf(action.word, sizeof action.word, "plumber");
    assert_int_equal(answered(&c, &action), REFUSAL_NO_TARGET);
    action = by_hand(ACTION_NOTE, 10);
    assert_int_equal(answered(&c, &action), REFUSAL_COMMENT);
    action = by_hand(ACTION_MAINTENANCE_ON, 6);
    assert_int_equal(answered(&reader, &action), REFUSAL_READ_ONLY);
    struct ear ear = {.count = 0};
    struct client *client = sit(s, &ear, true);
    assert_int_equal(act(client, maintenance(client, "")), REFUSAL_READ_ONLY);
    assert_null(in_maintenance(client));
    client_destroy(client);
    channel_finish(&c);
    channel_finish(&reader);
}

static void a_forged_client_costs_only_itself(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    struct client *client = sit(s, &ear, false);
    char *much = mem_zero(1 << 20, 1);
    memset(much, 'c', 1 << 20);
    static const size_t sizes[] = {0, 1, 16, 17, 600, 60000, 1 << 20}; /* nothing, garbage, a comment of a mebibyte */
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct channel c = enter(s, false);
        channel_send(&c, FRAME_ACTION, much, sizes[i]);
        assert_true(hung_up(&c));
        channel_finish(&c);
    }
    struct channel stranger = raw_connect(s); /* that did not say hello */
    struct action action = by_hand(ACTION_MAINTENANCE_ON, 1);
    send_raw(&stranger, &action);
    assert_true(hung_up(&stranger));
    channel_finish(&stranger);
    struct channel c = enter(s, false);
    snprintf(action.comment, sizeof action.comment, "red \x1b[31malert\x07");
    snprintf(action.who, sizeof action.who, "\x1b]0;root\x07");
    assert_int_equal(answered(&c, &action), REFUSAL_NONE);
    wait_until(s, in_maintenance(client));
    assert_string_equal(in_maintenance(client)->reason, "red [31malert");
    assert_memory_equal(in_maintenance(client)->who, "]0;root (as ", 12);
    channel_finish(&c);
    client_destroy(client);
    free(much);
}

static void a_flood_is_told_to_wait(void **state)
{
    enum { FLOOD = 2000 };
    struct site *s = *state;
    struct channel c = enter(s, false);
    unsigned busy = 0;
    for (unsigned i = 0; i < FLOOD; i++) {
        struct action action = by_hand(ACTION_MAINTENANCE_OFF, 1);
        action.id[1] = (uint8_t)(i & 255);
        action.id[2] = (uint8_t)(i >> 8);
        send_raw(&c, &action);
    }
    const uint8_t *body;
    size_t length;
    for (unsigned i = 0; i < FLOOD; i++) {
        struct action_answer answer;
        channel_flush(&c);
        assert_true(raw_wait(&c, FRAME_ANSWER, &body, &length) && action_answer_unpack(&answer, body, length));
        busy += answer.refusal == REFUSAL_BUSY;
    }
    assert_true(busy > 0 && busy < FLOOD);
    channel_finish(&c);
}

/* The disk takes nothing: it is in force, and that it was not stored is said. */
static void what_cannot_be_stored_is_said(void **state)
{
    struct site *s = *state;
    struct ear ear = {.count = 0};
    struct client *client = sit(s, &ear, false);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
    assert_int_equal(prlimit(s->collector, RLIMIT_FSIZE, &small, NULL), 0);
    act(client, maintenance(client, ""));
    wait_until(s, ear.count == 1);
    assert_int_equal(ear.refusal, REFUSAL_NOT_STORED);
    assert_non_null(in_maintenance(client));
    client_destroy(client);
}

/* ---- who may ---- */

static const char plant_with_access[] =
    "site = { name = \"works\"; };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );\n"
    "access = { sign_on = true; roles = ( { role = \"operator\"; users = \"daemon\"; }, { role = \"engineer\"; groups = \"mail\"; }, { role = \"viewer\"; users = \"nobody\"; } ); };\n"
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; units = ( { name = \"p01\"; } ); } ); } );%s\n";

static int run_service(const char *config, const char *cache)
{
    struct diagnostics found = {.count = 0};
    struct error err = {.text = ""};
    log_open(NULL, LOG_LEVEL_INFO);
    struct collector *collector = collector_create(&(struct collector_options){.load = {.config = config}, .cache = cache, .service = true}, &found, &err);
    if (!collector) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    collector_run(collector);
    collector_destroy(collector);
    diagnostics_finish(&found);
    return 0;
}

/* The collector of the fixture leaves; one that serves many users takes its place, with roles. */
static void serve(struct site *s)
{
    end_collector(s, SIGTERM);
    config_finish(&s->config);
    write_config(s, s->config_path, plant_with_access, "");
    read_config(s->config_path, &s->config);
    s->paths.service = true;
    const char *argv[] = {process_self(), "collect-service", s->config_path, s->cache, NULL};
    struct error err;
    s->collector = process_start(&(struct process_request){.argv = argv, .bound = true}, &err);
    assert_true(s->collector > 0);
    wait_until(s, listens(s));
    char folder[sizeof s->paths.socket];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(s->paths.socket, '/') - s->paths.socket), s->paths.socket);
    assert_true(chmod(folder, 0750) == 0 && chmod(s->folder, 0750) == 0); /* the first collector was for one user: now the socket's group may come */
}

/* In a process of that user: tries each action and leaves with what was wrong, 0: all as expected. */
static int try_as(const struct site *s, uid_t uid, enum person_role role)
{
    static const enum action_kind kinds[] = {ACTION_SILENCE, ACTION_MAINTENANCE_ON, ACTION_CALL};
    const struct passwd *who = getpwuid(uid);
    gid_t socket_group = getegid();
    const uint8_t *body;
    size_t length;
    struct rights rights;
    if (!who || setgroups(1, &socket_group) != 0 || setgid(who->pw_gid) != 0 || setuid(uid) != 0)
        return 100;
    struct channel c = raw_connect(s);
    raw_hello(&c, s->config.plant->id, SOCKET_PROTOCOL);
    if (!raw_wait(&c, FRAME_RIGHTS, &body, &length) || !rights_unpack(&rights, body, length) || strcmp(rights.user, who->pw_name) != 0)
        return 101;
    if (rights.role != role || !rights.sign_on || rights.shift_count != 3)
        return 102;
    for (int k = 0; k < 3; k++) {
        struct action action = by_hand(kinds[k], (uint8_t)(uid + 7));
        action.id[1] = (uint8_t)k;
        snprintf(action.who, sizeof action.who, "root");
        snprintf(action.word, sizeof action.word, "supervisor");
        bool may = role >= action_table[kinds[k]].least;
        if ((answered(&c, &action) != REFUSAL_ROLE) != may)
            return 103 + k;
    }
    channel_finish(&c);
    return 0;
}

static void roles_are_enforced_between_users(void **state)
{
    enum { DAEMON = 1, MAIL = 8, NOBODY = 65534, BIN = 2 }; /* base-passwd's: they are everywhere */
    static const struct { uid_t uid; enum person_role role; } users[] = {
        {NOBODY, PERSON_VIEWER}, {DAEMON, PERSON_OPERATOR}, {MAIL, PERSON_ENGINEER}, {BIN, PERSON_VIEWER}};
    struct site *s = *state;
    struct event event;
    serve(s);
    struct ear ear = {.count = 0};
    struct client *client = sit(s, &ear, false);
    act(client, maintenance(client, "")); /* who runs it is an engineer */
    wait_until(s, ear.count == 1);
    assert_int_equal(ear.refusal, REFUSAL_NONE);
    size_t done = 1;
    for (size_t i = 0; geteuid() == 0 && i < sizeof users / sizeof users[0]; i++) {
        int status;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(try_as(s, users[i].uid, users[i].role));
        wait_until(s, process_ended(child, &status));
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("user %d: %d", (int)users[i].uid, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        done += users[i].role == PERSON_ENGINEER;
    }
    client_destroy(client);
    end_collector(s, SIGTERM);
    assert_int_equal(journalled(s, EVENT_ACTION, NULL), done);
    if (geteuid() != 0)
        return;
    assert_int_equal(journalled(s, EVENT_REFUSED, &event), 7); /* two viewers' three attempts, and the operator's one */
    assert_string_equal(event.who, "root (as bin)");
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "collect") == 0) {
        signal(SIGXFSZ, SIG_IGN);
        return cli_run(&cli_collect, argc - 1, argv + 1);
    }
    if (argc > 3 && strcmp(argv[1], "collect-service") == 0)
        return run_service(argv[2], argv[3]);
    const struct CMUnitTest tests[] = {
        SITE_CASE(an_action_is_pending_until_it_is_durable),
        SITE_CASE(every_screen_sees_what_one_did),
        SITE_CASE(a_kill_after_the_answer_loses_nothing),
        SITE_CASE(what_was_asked_of_a_lost_collector_is_asked_again),
        SITE_CASE(the_same_id_is_done_once),
        SITE_CASE(an_ack_is_of_the_occurrence_that_was_seen),
        SITE_CASE(a_stop_gets_its_reason),
        SITE_CASE(a_call_is_taken_and_closed_by_another),
        SITE_CASE(pieces_are_corrected_and_a_note_is_left),
        SITE_CASE(what_makes_no_sense_is_refused_with_its_reason),
        SITE_CASE(a_forged_client_costs_only_itself),
        SITE_CASE(a_flood_is_told_to_wait),
        SITE_CASE(what_cannot_be_stored_is_said),
        SITE_CASE(roles_are_enforced_between_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
