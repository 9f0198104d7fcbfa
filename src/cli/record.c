/*
 * andon record: live messages as a capture, one JSON object a line. A struct recording is the links, the file and what stands in it so far. Nothing is
 * kept but what lies between paho and the file, which is bounded by bounds.queue_bytes; what finds no room there is noted in the capture, as is each
 * link that comes and goes. The file is flushed once a second, so that what was heard is there whatever happens.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/load.h"
#include "app/loop.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "core/text_gate.h"
#include "core/timestamp.h"
#include "core/topic.h"
#include "io/capture.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/mqtt.h"

enum { CONFIG, BROKER, DURATION, TOPIC, OUTPUT, QOS };
enum { FLUSH_MS = 1000, CONNECT_MS = 15000, TAKE_MOST = 10000 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "a configuration whose brokers are listened to"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [DURATION] = {"for", 0, "DURATION", NULL, "how long; until it is ended by Ctrl-C or SIGTERM, by default"},
    [TOPIC] = {"topic", 't', "FILTER", NULL, "only topics that match: plant/+/state, plant/#; may be given several times; as configured by default", .repeats = true},
    [OUTPUT] = {"output", 'o', "FILE", NULL, "the new file to write; standard output by default"},
    [QOS] = {"qos", 0, "0|1|2", NULL, "highest quality of service to ask for; as configured by default"},
};

struct recording {
    struct loop *loop;
    struct mqtt *mqtt;
    const struct plant *plant;
    FILE *file;
    const char *name;
    int mqtt_watch, tick_timer, flush_timer, end_timer;
    bool shows;               /* progress, on standard error */
    bool heard;               /* a link was up */
    int64_t for_ms;           /* -1: until it is ended */
    int failed;               /* errno of the first write that failed */
    uint64_t messages, lost;
    int64_t begun_ms, last_ms; /* monotonic; of the newest line, wall */
    char reason[128];         /* why a link is down */
};

static void stop_failed(struct recording *r)
{
    if (!r->failed)
        r->failed = errno ? errno : EIO;
    loop_stop(r->loop);
}

static void write_line(struct recording *r, const struct capture_message *line)
{
    errno = 0;
    if (!r->failed && !capture_write(r->file, line))
        stop_failed(r);
    r->last_ms = line->ts_ms;
}

static void note(struct recording *r, enum capture_note what, const char *broker, uint64_t count, const char *said)
{
    struct capture_message line = {.ts_ms = clock_wall_ms(), .note = what, .count = count};
    snprintf(line.broker, sizeof line.broker, "%s", broker);
    text_gate(said, strlen(said), line.said, sizeof line.said, NULL);
    write_line(r, &line);
}

static void lose(struct recording *r, const char *broker, const char *why, const struct message *m, uint64_t count)
{
    char said[CAPTURE_SAID_BYTES];
    snprintf(said, sizeof said, "%s: %.*s", why, m->topic_length < 80 ? (int)m->topic_length : 80, m->topic ? m->topic : "");
    r->lost += count;
    note(r, NOTE_LOST, broker, count, said);
}

static void take_message(struct recording *r, const struct message *m, const char *broker)
{
    struct capture_message line = {.ts_ms = m->arrival_ms, .topic = m->topic, .topic_length = m->topic_length, .payload = m->payload,
        .payload_length = m->payload_length, .qos = m->qos, .retain = m->retained};
    if (!m->payload && m->payload_length) {
        lose(r, broker, "larger than bounds.payload_bytes", m, 1);
        return;
    }
    snprintf(line.broker, sizeof line.broker, "%s", broker);
    if (!line.payload)
        line.payload = "";
    r->messages++;
    write_line(r, &line);
}

static void take(struct recording *r, const struct mqtt_event *e)
{
    const char *broker = e->message.broker < r->plant->broker_count ? r->plant->brokers[e->message.broker].name : "";
    switch (e->kind) {
    case MQTT_MESSAGE: take_message(r, &e->message, broker); break;
    case MQTT_OVERFLOW: lose(r, broker, "came faster than they could be written", &e->message, e->count); break;
    case MQTT_LINK_DOWN:
        snprintf(r->reason, sizeof r->reason, "%s", e->reason);
        note(r, NOTE_DOWN, broker, 0, e->reason);
        break;
    case MQTT_LINK_UP:
    case MQTT_LINK_RESUMED:
        r->reason[0] = '\0';
        if (r->for_ms >= 0 && !r->heard) /* how long: of listening, not of connecting */
            loop_timer_at(r->loop, r->end_timer, clock_monotonic_ms() + r->for_ms);
        r->heard = true;
        note(r, NOTE_UP, broker, 0, "");
        break;
    }
}

/* A flood must not keep signals and the end out: the rest waits for the next turn. */
static void on_messages(void *arg)
{
    struct recording *r = arg;
    struct mqtt_event e;
    size_t taken = 0;
    while (!r->failed && taken < TAKE_MOST && mqtt_take(r->mqtt, &e)) {
        take(r, &e);
        taken++;
    }
    int64_t now = clock_monotonic_ms(), wait = taken == TAKE_MOST ? 0 : mqtt_tick(r->mqtt, now);
    loop_timer_at(r->loop, r->tick_timer, now + wait);
}

static void on_flush(void *arg)
{
    struct recording *r = arg;
    errno = 0;
    if (fflush(r->file) != 0)
        stop_failed(r);
    if (r->shows)
        fprintf(stderr, "\rrecording: %" PRIu64 " messages in %" PRId64 " s%s%.60s   ", r->messages, (clock_monotonic_ms() - r->begun_ms) / 1000,
            r->reason[0] ? "; no link: " : "", r->reason);
    loop_timer_at(r->loop, r->flush_timer, clock_monotonic_ms() + FLUSH_MS);
}

static void on_end(void *arg)
{
    loop_stop(((struct recording *)arg)->loop);
}

static void on_signal(void *arg, int signal)
{
    (void)signal;
    on_end(arg);
}

static bool record(struct recording *r, struct error *err)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    char identity[64];
    snprintf(identity, sizeof identity, "record-%ld-%" PRId64, (long)getpid(), clock_wall_ms());
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        loop_signal(r->loop, signals[i], on_signal, r);
    r->mqtt = mqtt_create(r->plant, identity, err);
    if (!r->mqtt)
        return false;
    r->begun_ms = clock_monotonic_ms();
    r->mqtt_watch = loop_watch(r->loop, mqtt_fd(r->mqtt), LOOP_READ, on_messages, r);
    r->tick_timer = loop_timer(r->loop, on_messages, r);
    r->flush_timer = loop_timer(r->loop, on_flush, r);
    r->end_timer = loop_timer(r->loop, on_end, r);
    loop_timer_at(r->loop, r->flush_timer, r->begun_ms);
    loop_timer_at(r->loop, r->end_timer, r->for_ms < 0 ? INT64_MAX : r->begun_ms + (r->for_ms > CONNECT_MS ? r->for_ms : CONNECT_MS));
    note(r, NOTE_BEGIN, "", 0, "andon " ANDON_VERSION);
    loop_run(r->loop);
    mqtt_leave(r->mqtt);
    for (struct mqtt_event e; !r->failed && mqtt_take(r->mqtt, &e);)
        if (e.kind == MQTT_MESSAGE || e.kind == MQTT_OVERFLOW)
            take(r, &e);
    note(r, NOTE_END, "", 0, "");
    loop_unwatch(r->loop, r->mqtt_watch);
    mqtt_destroy(r->mqtt);
    if (r->shows)
        fputc('\n', stderr);
    return true;
}

/* What the capture is worth, and what became of it: an exit status. A file without a message is taken away again. */
static int conclude(struct recording *r, const char *path)
{
    char until[48];
    errno = 0;
    if ((fflush(r->file) != 0 || (path && fclose(r->file) != 0)) && !r->failed)
        r->failed = errno ? errno : EIO;
    if (r->failed == EPIPE && !path)
        return CLI_FAILED;
    date_clock_text(&r->plant->zone, r->last_ms, until);
    if (r->failed)
        return cli_fail(CLI_FAILED, "%s: %s: recorded until %s (%" PRIu64 " messages); make room, and go on into another file", r->name, strerror(r->failed), until, r->messages);
    if (r->messages == 0) {
        if (path)
            unlink(path);
        return cli_fail(CLI_FAILED, r->reason[0] ? "nothing was heard: %s" : "nothing was heard: the broker carries no such messages, or this user may not read them", r->reason);
    }
    if (r->lost)
        cli_fail(0, "%" PRIu64 " messages were lost; the capture says where", r->lost);
    if (path)
        fprintf(stderr, "%s: %" PRIu64 " messages; look at it: andon replay %s\n", path, r->messages, path);
    return CLI_DONE;
}

/* ---- options ---- */

static bool choose(const struct cli_args *args, struct plant *plant)
{
    static const char *filters[CLI_MANY];
    double qos = -1;
    for (size_t i = 0; i < args->many_count; i++) {
        filters[i] = args->many[i];
        if (!topic_filter_valid(filters[i]))
            return cli_fail(CLI_WRONG, "--topic %s: a topic filter is wanted, as plant/+/state or plant/#", filters[i]), false;
    }
    if (args->value[QOS] && (strlen(args->value[QOS]) != 1 || !cli_number("qos", args->value[QOS], 0, 2, &qos)))
        return cli_fail(CLI_WRONG, "--qos %s: 0, 1 or 2 is wanted", args->value[QOS]), false;
    if (plant->broker_count == 0)
        return cli_fail(CLI_WRONG, "there is no broker to listen to: --broker mqtt://HOST, or a configuration with brokers (-c FILE)"), false;
    common_guest(plant);
    for (size_t i = 0; i < plant->broker_count; i++) {
        struct plant_broker *broker = &plant->brokers[i];
        if (qos >= 0)
            broker->qos = (uint8_t)qos;
        if (args->many_count) {
            broker->subscribe = filters;
            broker->subscribe_count = args->many_count;
        }
    }
    return true;
}

static FILE *open_output(const char *path, int *status)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        *status = errno == EEXIST ? cli_fail(CLI_WRONG, "%s is there already: a capture is never written over; name another file", path)
                                  : cli_fail(CLI_FAILED, "%s: %s", path, strerror(errno));
        return NULL;
    }
    return fdopen(fd, "w");
}

static int run(const struct cli_args *args)
{
    struct diagnostics found = {.count = 0};
    struct config config = {.plant = NULL};
    struct error err;
    const char *path = args->value[OUTPUT];
    int64_t for_ms = -1;
    int status = CLI_WRONG;
    if (args->value[DURATION] && (!duration_read(args->value[DURATION], &for_ms, &err) || for_ms <= 0))
        return cli_fail(CLI_WRONG, "--for %s: a duration is wanted, as 90s, 15m or 8h", args->value[DURATION]);
    if (path && access(path, F_OK) == 0)
        return cli_fail(CLI_WRONG, "%s is there already: a capture is never written over; name another file", path);
    log_open(NULL, LOG_LEVEL_ERROR);
    if (!load_config(&(struct load_request){.config = args->value[CONFIG], .broker = args->value[BROKER]}, &config, &found)) {
        diagnostics_print(&found, stderr);
    } else if (choose(args, config.plant)) {
        struct recording r = {.plant = config.plant, .for_ms = for_ms, .name = path ? path : "standard output", .shows = isatty(STDERR_FILENO) && (path || !isatty(STDOUT_FILENO))};
        r.file = path ? open_output(path, &status) : stdout;
        r.loop = r.file ? loop_create() : NULL;
        if (r.file)
            status = record(&r, &err) ? conclude(&r, path) : cli_fail(CLI_FAILED, "%s", err.text);
        loop_destroy(r.loop);
    }
    if (config.plant)
        config_finish(&config);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_record = {
    .name = "record", .operands = "", .summary = "live messages as a capture, one JSON object a line",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
