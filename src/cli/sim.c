/*
 * `andon sim`: the options become a struct run: what to simulate, where its messages go, how fast. Messages go to a capture on
 * standard output at full speed, or to a broker at the pace of the clock. The first failure stops the run.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/number.h"
#include "core/plant.h"
#include "core/timestamp.h"
#include "io/builtin.h"
#include "io/capture.h"
#include "io/clock.h"
#include "io/mqtt.h"
#include "io/zonefile.h"
#include "sim/sim_dialect.h"
#include "sim/sim_late.h"

enum option {
    INDUSTRY, SEED, START, FOR, SPEED, RATE, LINES, TAGS, TRUTH, DIALECT, KEY, LATE, BROKER, CAPTURE, QOS, CLOCK, AHEAD, PRINT_CONFIG, OPTIONS
};

static const struct cli_option table[OPTIONS] = {
    [INDUSTRY] = {"industry", 'i', "NAME", "ANDON_SIM_INDUSTRY", "appliance (by default), steel, automotive, electronics or chemical"},
    [SEED] = {"seed", 's', "N", "ANDON_SIM_SEED", "the dice: the same seed and start give the same bytes; 1 by default"},
    [START] = {"start", 0, "TIME", "ANDON_SIM_START", "time of the first message; by default now with a broker, else a fixed day in June 2024"},
    [FOR] = {"for", 0, "DURATION", "ANDON_SIM_FOR", "how long, in the plant's time; with a broker until it is ended, by default"},
    [SPEED] = {"speed", 0, "X", "ANDON_SIM_SPEED", "with a broker: X times as fast as the clock; 1 by default"},
    [RATE] = {"rate", 0, "N", "ANDON_SIM_RATE", "a load plant with N messages a second; 100 by default"},
    [LINES] = {"lines", 0, "N", "ANDON_SIM_LINES", "a load plant with N lines; 10 by default"},
    [TAGS] = {"tags", 0, "N", "ANDON_SIM_TAGS", "a load plant with N tags in all; 100 a line by default"},
    [TRUTH] = {"truth", 0, "FILE", "ANDON_SIM_TRUTH", "write the true state intervals, counts, defects and energy, one JSON object a line"},
    [DIALECT] = {"dialect", 0, "NAME", "ANDON_SIM_DIALECT", "the same plant in other topics, names and payloads: plain (by default), uns, flat, vendor, object, dev-tag, kepware, neuron, gateway"},
    [KEY] = {"key", 0, "FILE", "ANDON_SIM_KEY", "write what each published value is, one JSON object a line: node, type, kind, role, and its topic and path in the dialect"},
    [LATE] = {"late", 0, "SHARE", "ANDON_SIM_LATE", "this share of the messages, as 20%, comes up to 5 s late and so out of order"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_SIM_BROKER", "publish to this broker: mqtt://host[:port]"},
    [CAPTURE] = {"capture", 0, NULL, NULL, "write a capture to standard output, as without --broker"},
    [QOS] = {"qos", 0, "0|1", "ANDON_SIM_QOS", "quality of service to publish with; 0 by default"},
    [CLOCK] = {"clock", 0, "TOPIC", "ANDON_SIM_CLOCK", "with a broker: publish the plant's time there too, for andon collect --clock"},
    [AHEAD] = {"ahead", 0, "DURATION", "ANDON_SIM_AHEAD", "with --clock: never further ahead of what the collector has kept, however fast"},
    [PRINT_CONFIG] = {"print-config", 0, NULL, NULL, "print the configuration for this plant and leave"},
};

struct run {
    struct sim_options options;
    const struct sim_industry *industry; /* NULL: a load plant */
    int64_t length_ms;                   /* -1: until it is ended */
    int64_t ahead_ms;                    /* 0: as the clock has it */
    double speed, late_share;
    int qos;
    const char *broker, *truth_path, *key_path, *dialect_name, *clock_topic;
    struct plant_broker link;            /* borrowed by the publisher for its life */
    FILE *truth;
    struct mqtt_publisher *publisher;
    struct sim *sim;
    struct sim_late *late;               /* NULL: all comes in order */
    struct sim_dialect *dialect;         /* NULL: plain */
    const struct sim_sink *sink;
    int64_t at_ms, end_ms;               /* how far it is; when the plant ends: what is late then comes behind that */
    bool failed;
    struct error why;
};

static volatile sig_atomic_t ended; /* by a signal */

static void on_signal(int signal)
{
    (void)signal;
    ended = 1;
}

/* ---- options ---- */

static bool whole(const struct cli_args *args, enum option option, double least, double most, double *out)
{
    if (!args->value[option])
        return true;
    if (!cli_number(table[option].name, args->value[option], least, most, out))
        return false;
    if (*out == floor(*out))
        return true;
    cli_fail(CLI_WRONG, "--%s: a whole number is needed", table[option].name);
    return false;
}

static bool read_industry(struct run *run, const struct cli_args *args)
{
    const char *name = args->value[INDUSTRY];
    bool load = args->value[RATE] || args->value[LINES] || args->value[TAGS];
    if (load && name) {
        cli_fail(CLI_WRONG, "--industry and --rate, --lines, --tags exclude each other: those make a load plant");
        return false;
    }
    if (load)
        return true;
    for (size_t i = 0; i < sim_industry_count; i++)
        if (strcmp(sim_industries[i].name, name ? name : "appliance") == 0)
            run->industry = &sim_industries[i];
    if (!run->industry) {
        cli_fail(CLI_WRONG, "--industry: \"%s\" is unknown; " SIM_INDUSTRIES " are valid", name);
        return false;
    }
    run->options.industry = run->industry->name;
    return true;
}

static bool read_numbers(struct run *run, const struct cli_args *args)
{
    double seed = 1, lines = 10, tags, rate = 100, qos = 0;
    if (!whole(args, SEED, 0, 9007199254740991.0, &seed) || !whole(args, LINES, 1, SIM_MAX_LINES, &lines))
        return false;
    tags = lines * 100 < SIM_MAX_TAGS ? lines * 100 : SIM_MAX_TAGS;
    if (!whole(args, TAGS, lines, SIM_MAX_TAGS, &tags) || !whole(args, QOS, 0, 1, &qos))
        return false;
    if (args->value[RATE] && !cli_number("rate", args->value[RATE], 0.01, SIM_MAX_RATE, &rate))
        return false;
    if (args->value[SPEED] && !cli_number("speed", args->value[SPEED], 0.01, 10000, &run->speed))
        return false;
    run->options.seed = (uint64_t)seed;
    run->options.lines = (uint32_t)lines;
    run->options.tags = (uint32_t)tags;
    run->options.rate = rate;
    run->qos = (int)qos;
    return true;
}

/* A time without a zone is the plant's. */
static bool read_start(struct run *run, const char *text)
{
    struct error err;
    struct zone zone = {.count = 0};
    if (!text) {
        run->options.start_ms = run->broker ? clock_wall_ms() : run->industry ? run->industry->preset_start_ms : sim_industries[0].preset_start_ms;
        return true;
    }
    if (run->industry && !zonefile_read(run->industry->zone, &zone, &err))
        return cli_fail(CLI_WRONG, "%s", err.text), false;
    bool good = timestamp_typed(text, &zone, clock_wall_ms(), &run->options.start_ms, &err);
    free(zone.spans);
    return good || (cli_fail(CLI_WRONG, "--start: %s", err.text), false);
}

/* "20%" or "0.2". */
static bool read_share(const char *text, double *share)
{
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%', overflow;
    struct value value;
    double number;
    if (!number_read(text, length - percent, &value, &overflow) || !value_number(value, &number) || number < 0 || number > (percent ? 100 : 1))
        return cli_fail(CLI_WRONG, "--late %s: a share is wanted, as 20%%", text), false;
    *share = percent ? number / 100 : number;
    return true;
}

static bool read_options(struct run *run, const struct cli_args *args)
{
    struct error err;
    *run = (struct run){.length_ms = -1, .speed = 1, .broker = args->value[BROKER], .truth_path = args->value[TRUTH], .key_path = args->value[KEY],
        .dialect_name = args->value[DIALECT], .clock_topic = args->value[CLOCK]};
    if (!read_industry(run, args) || !read_numbers(run, args) || !read_start(run, args->value[START]))
        return false;
    if (args->value[FOR] && !duration_read(args->value[FOR], &run->length_ms, &err))
        return cli_fail(CLI_WRONG, "--for: %s", err.text), false;
    if (args->value[LATE] && !read_share(args->value[LATE], &run->late_share))
        return false;
    if (args->value[AHEAD] && (!duration_read(args->value[AHEAD], &run->ahead_ms, &err) || run->ahead_ms <= 0))
        return cli_fail(CLI_WRONG, "--ahead %s: a duration is wanted, for example 30s", args->value[AHEAD]), false;
    if (args->value[AHEAD] && !run->clock_topic)
        return cli_fail(CLI_WRONG, "--ahead needs --clock, under which the collector says how far it is"), false;
    if (args->value[CAPTURE] && run->broker)
        return cli_fail(CLI_WRONG, "--capture and --broker exclude each other"), false;
    if (!run->broker && (args->value[SPEED] || args->value[QOS] || run->clock_topic))
        return cli_fail(CLI_WRONG, "--speed, --qos and --clock need --broker"), false;
    if (!run->broker && run->length_ms < 0 && !args->value[PRINT_CONFIG])
        return cli_fail(CLI_WRONG, "a capture needs --for DURATION (or publish to a broker: --broker URL)"), false;
    if (run->truth_path && !run->industry)
        return cli_fail(CLI_WRONG, "--truth: a load plant has none"), false;
    if (run->dialect_name && !sim_dialect_named(run->dialect_name, &err))
        return cli_fail(CLI_WRONG, "--dialect: %s", err.text), false;
    if ((run->dialect_name || run->key_path) && !run->industry)
        return cli_fail(CLI_WRONG, "--%s: a load plant has none", run->dialect_name ? "dialect" : "key"), false;
    return true;
}

/* ---- where it all goes ---- */

static void to_capture(void *arg, const struct sim_message *m)
{
    struct run *run = arg;
    struct capture_message line = {.ts_ms = m->ts_ms, .topic = m->topic, .topic_length = strlen(m->topic), .payload = m->payload,
        .payload_length = m->payload_length, .retain = m->initial};
    if (!run->failed && !capture_write(stdout, &line)) {
        run->failed = true;
        error_set(&run->why, "standard output: %s", strerror(errno));
    }
}

static void to_broker(void *arg, const struct sim_message *m)
{
    struct run *run = arg;
    if (!run->failed && !mqtt_publish(run->publisher, m->topic, m->payload, m->payload_length, run->qos, m->retained, &run->why))
        run->failed = true;
}

static void truth_interval(void *arg, const struct sim_interval *i)
{
    FILE *out = ((struct run *)arg)->truth;
    fprintf(out, "{\"node\":\"%s\",\"state\":\"%s\",\"class\":\"%s\",\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"reason\":", i->node,
        pack_state_table[i->state].name, state_class_table[i->class].name, i->from_ms, i->to_ms);
    capture_write_text(out, i->reason, strlen(i->reason));
    fputs("}\n", out);
}

static void truth_count(void *arg, const struct sim_count *c)
{
    fprintf(((struct run *)arg)->truth, "{\"node\":\"%s\",\"good\":%" PRIu64 ",\"reject\":%" PRIu64 ",\"from\":%" PRId64 ",\"to\":%" PRId64 "}\n",
        c->node, c->good, c->reject, c->from_ms, c->to_ms);
}

static void truth_defects(void *arg, const struct sim_defects *d)
{
    FILE *out = ((struct run *)arg)->truth;
    fprintf(out, "{\"node\":\"%s\",\"defect\":", d->node);
    capture_write_text(out, d->text, strlen(d->text));
    fprintf(out, ",\"number\":%" PRIu64 "}\n", d->count);
}

static void truth_energy(void *arg, const struct sim_energy *e)
{
    const char *const texts[] = {",\"crew\":", e->crew, ",\"order\":", e->order, ",\"product\":", e->product};
    FILE *out = ((struct run *)arg)->truth;
    fprintf(out, "{\"node\":\"%s\",\"kwh\":%.3f,\"idle_kwh\":%.3f,\"shift\":%" PRId64 ",\"from\":%" PRId64 ",\"to\":%" PRId64, e->node, e->kwh, e->idle_kwh, e->shift_ms,
        e->from_ms, e->to_ms);
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t += 2) {
        fputs(texts[t], out);
        capture_write_text(out, texts[t + 1], strlen(texts[t + 1]));
    }
    fputs("}\n", out);
}

/* ---- in other words ---- */

static void through_dialect(void *arg, const struct sim_message *m)
{
    sim_dialect_message(((struct run *)arg)->dialect, m);
}

static void key_row(void *arg, const struct sim_key *k)
{
    const char *const texts[] = {"{\"node\":", k->was.node, ",\"type\":", k->was.type, ",\"kind\":", tag_kind_names[k->was.kind], ",\"role\":", tag_role_names[k->was.role],
        ",\"topic\":", k->topic, ",\"path\":", k->path, ",\"device\":", k->device, ",\"name\":", k->name, ",\"plain_topic\":", k->was.topic, ",\"plain_path\":", k->was.path};
    FILE *out = arg;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t += 2) {
        fputs(texts[t], out);
        capture_write_text(out, texts[t + 1], strlen(texts[t + 1]));
    }
    fputs("}\n", out);
}

static bool write_key(struct run *run, const struct sim_dialect *dialect)
{
    FILE *out = fopen(run->key_path, "wb");
    if (!out)
        return error_set(&run->why, "%s: %s", run->key_path, strerror(errno));
    sim_dialect_key(dialect, key_row, out);
    bool bad = ferror(out) != 0;
    return (fclose(out) == 0 && !bad) || error_set(&run->why, "%s: %s", run->key_path, strerror(errno));
}

/* The dialect's sink is where its messages go: late or at once. */
static bool open_dialect(struct run *run, const struct sim_sink *sink)
{
    if (!run->dialect_name && !run->key_path)
        return true;
    run->dialect = sim_dialect_create(run->dialect_name ? run->dialect_name : sim_dialect_at(0)->name, run->sim, sink);
    return !run->key_path || write_key(run, run->dialect);
}

static void advance(struct run *run, int64_t ms)
{
    run->at_ms = ms;
    if (ms <= run->end_ms)
        sim_step(run->sim, ms, run->sink);
    if (run->dialect)
        sim_dialect_flush(run->dialect);
    if (run->late)
        sim_late_to(run->late, ms);
}

/* Up to `until` in steps of at most a second, so that a failure or a signal ends it soon. */
static void step_to(struct run *run, int64_t until_ms)
{
    while (run->at_ms < until_ms && !run->failed && !ended) {
        int64_t next = run->at_ms < run->end_ms && until_ms > run->end_ms ? run->end_ms : until_ms;
        advance(run, next - run->at_ms > 1000 ? run->at_ms + 1000 : next);
    }
}

static void tell_time(struct run *run, int64_t ms)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, ms);
    if (!run->failed && !mqtt_publish(run->publisher, run->clock_topic, text, (size_t)length, run->qos, false, &run->why))
        run->failed = true;
}

/* Until the collector has kept all up to then. */
static void wait_kept(struct run *run, int64_t ms)
{
    enum { LOOK_MS = 200 };
    while (!run->failed && !ended && !mqtt_publisher_await(run->publisher, ms, LOOK_MS, &run->why))
        run->failed = run->why.text[0] != '\0';
}

/* On a grid of the plant's time, so that who listens by this clock sees the same at any speed. */
static void step_ticks(struct run *run, int64_t until_ms)
{
    for (int64_t next = run->at_ms - run->at_ms % SIM_TICK_MS + SIM_TICK_MS; next <= until_ms && !run->failed && !ended; next += SIM_TICK_MS) {
        if (run->ahead_ms && next - run->ahead_ms > run->options.start_ms)
            wait_kept(run, next - run->ahead_ms);
        advance(run, next);
        tell_time(run, next);
    }
}

static void run_by_clock(struct run *run, int64_t begun_ms)
{
    int64_t start_ms = run->options.start_ms, end_ms = run->late && run->end_ms < INT64_MAX ? run->end_ms + SIM_LATE_MS : run->end_ms;
    if (run->clock_topic) /* who listens by it hears nothing before the first one */
        tell_time(run, run->at_ms);
    while (!run->failed && !ended) {
        double passed = (double)(clock_monotonic_ms() - begun_ms) * run->speed;
        int64_t now_ms = start_ms + (int64_t)passed;
        if (now_ms > end_ms)
            now_ms = end_ms;
        if (run->clock_topic)
            step_ticks(run, now_ms);
        else
            step_to(run, now_ms);
        if (now_ms == end_ms)
            break;
        poll(NULL, 0, 20);
    }
    if (run->ahead_ms)
        wait_kept(run, run->at_ms - run->at_ms % SIM_TICK_MS);
    mqtt_publisher_drain(run->publisher, 0, 2000);
}

static bool open_outputs(struct run *run)
{
    if (run->truth_path && !(run->truth = fopen(run->truth_path, "wb")))
        return error_set(&run->why, "%s: %s", run->truth_path, strerror(errno));
    if (!run->broker)
        return true;
    char id[40];
    snprintf(id, sizeof id, "andon-sim-%ld", (long)getpid());
    run->link = (struct plant_broker){.name = "sim", .url = run->broker, .ca = "", .cert = "", .key = "", .user = "", .password_file = "",
        .password_env = "", .client_id = "", .server_name = "", .verify = true, .version = 5, .qos = (uint8_t)run->qos,
        .keepalive_ms = 30000, .connect_timeout_ms = 10000, .backoff_max_ms = 60000};
    run->publisher = mqtt_publisher_create(&run->link, id, 10000, &run->why);
    if (!run->publisher || !run->ahead_ms)
        return run->publisher;
    char topic[512];
    snprintf(topic, sizeof topic, "%s/kept", run->clock_topic);
    return mqtt_publisher_follow(run->publisher, topic, &run->why);
}

static bool simulate(struct run *run)
{
    int64_t begun_ms = clock_monotonic_ms();
    run->sim = sim_create(&run->options, &run->why);
    if (!run->sim || !open_outputs(run)) {
        sim_destroy(run->sim);
        return false;
    }
    const struct sim_sink out = {.message = run->broker ? to_broker : to_capture, .interval = run->truth ? truth_interval : NULL,
        .count = run->truth ? truth_count : NULL, .defects = run->truth ? truth_defects : NULL, .energy = run->truth ? truth_energy : NULL, .arg = run};
    run->late = run->late_share > 0 ? sim_late_create(run->options.seed, run->late_share, run->options.start_ms, &out) : NULL;
    const struct sim_sink *plain = run->late ? sim_late_sink(run->late) : &out;
    struct sim_sink other = out;
    other.message = through_dialect;
    run->failed = !open_dialect(run, plain);
    run->sink = run->dialect ? &other : plain;
    run->at_ms = run->options.start_ms - 1;
    run->end_ms = run->length_ms < 0 ? INT64_MAX : run->options.start_ms + run->length_ms;
    if (run->broker)
        run_by_clock(run, begun_ms);
    else
        step_to(run, run->late ? run->end_ms + SIM_LATE_MS : run->end_ms);
    sim_close(run->sim, run->sink);
    sim_destroy(run->sim);
    sim_late_destroy(run->late);
    sim_dialect_destroy(run->dialect);
    if (!run->failed && fflush(stdout) != 0) {
        run->failed = true;
        error_set(&run->why, "standard output: %s", strerror(errno));
    }
    return !run->failed;
}

static bool close_outputs(struct run *run)
{
    mqtt_publisher_destroy(run->publisher);
    if (!run->truth)
        return true;
    bool bad = ferror(run->truth) != 0;
    return (fclose(run->truth) == 0 && !bad) || error_set(&run->why, "%s: %s", run->truth_path, strerror(errno));
}

static int print_config(const struct run *run)
{
    struct error err;
    if (run->industry) {
        fputs(builtin_config(run->industry->name), stdout);
        return CLI_DONE;
    }
    char *text = sim_load_config(&run->options, &err);
    if (!text)
        return cli_fail(CLI_WRONG, "%s", err.text);
    fputs(text, stdout);
    free(text);
    return CLI_DONE;
}

static int main_sim(const struct cli_args *args)
{
    struct run run;
    if (!read_options(&run, args))
        return CLI_WRONG;
    if (args->value[PRINT_CONFIG])
        return print_config(&run);
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    bool good = simulate(&run);
    bool closed = close_outputs(&run);
    return good && closed ? CLI_DONE : cli_fail(CLI_FAILED, "%s", run.why.text);
}

const struct cli_command cli_sim = {
    .name = "sim", .operands = "", .summary = "the plant simulator and load generator", .options = table,
    .option_count = OPTIONS, .run = main_sim,
};
