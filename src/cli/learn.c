/*
 * andon learn: a starting configuration, proposed from what a broker carries for some minutes, or from a capture. Each type is shown with its evidence and taken, changed, or not, on a
 * terminal; without one, or with --yes, all are taken. The result is a new file, or standard output: never one that is there. With --diff, what a configuration does not know or no longer hears.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/attach.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/learn.h"
#include "core/learn_diff.h"
#include "core/timestamp.h"
#include "io/capture.h"
#include "io/clock.h"
#include "io/mqtt.h"

enum { CONFIG, BROKER, DURATION, OUTPUT, YES, DIFF, FORMAT };
enum { DURATION_PRESET_MS = 120000, SHOWN_BAD = 1, FILES_MOST = 1000, DIFFERS = 3 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "a configuration whose brokers are listened to"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [DURATION] = {"for", 0, "DURATION", NULL, "how long to listen; 2m by default"},
    [OUTPUT] = {"output", 'o', "FILE", NULL, "the new file to write; standard output by default"},
    [YES] = {"yes", 'y', NULL, NULL, "take every proposal without asking"},
    [DIFF] = {"diff", 0, NULL, NULL, "what has come or gone since the configuration was written; exit status 3: something has"},
    [FORMAT] = {"format", 0, "FORMAT", NULL, "text; json: the proposals; config: with --diff, what to paste"},
};

/* ---- listening ---- */

static bool read_capture(struct learn *learn, const char *path)
{
    struct error err;
    struct capture_message message;
    struct capture_reader *reader = capture_open(path, &err);
    enum capture_result result;
    size_t bad = 0;
    if (!reader) {
        cli_fail(0, "%s", err.text);
        return false;
    }
    while ((result = capture_read(reader, &message, &err)) != CAPTURE_END) {
        if (result == CAPTURE_MESSAGE)
            learn_message(learn, message.topic, message.topic_length, message.payload, message.payload_length, message.retain, message.ts_ms);
        else if (result == CAPTURE_BAD && bad++ < SHOWN_BAD)
            cli_fail(0, "%s", err.text);
    }
    capture_close(reader);
    if (bad > SHOWN_BAD)
        cli_fail(0, "%zu lines of %s could not be read", bad, path);
    return true;
}

static void take_all(struct mqtt *mqtt, struct learn *learn, char *reason, size_t cap)
{
    struct mqtt_event e;
    while (mqtt_take(mqtt, &e)) {
        if (e.kind == MQTT_MESSAGE && e.message.payload)
            learn_message(learn, e.message.topic, e.message.topic_length, e.message.payload, e.message.payload_length, e.message.retained, clock_wall_ms());
        else if (e.kind == MQTT_LINK_DOWN)
            snprintf(reason, cap, "%s", e.reason);
        else if (e.kind == MQTT_LINK_UP)
            reason[0] = '\0';
    }
}

static bool listen(struct learn *learn, struct plant *plant, int64_t for_ms)
{
    struct error err;
    char identity[64], reason[128] = "";
    snprintf(identity, sizeof identity, "learn-%ld", (long)getpid());
    common_guest(plant);
    struct mqtt *mqtt = mqtt_create(plant, identity, &err);
    if (!mqtt) {
        cli_fail(0, "%s", err.text);
        return false;
    }
    int64_t until = clock_monotonic_ms() + for_ms, now, told = 0;
    bool shows = isatty(STDERR_FILENO);
    while ((now = clock_monotonic_ms()) < until) {
        int64_t due = mqtt_tick(mqtt, now), left = until - now;
        due = due < left ? due : left;
        due = shows && due > 1000 ? 1000 : due;
        struct pollfd fd = {.fd = mqtt_fd(mqtt), .events = POLLIN};
        if (poll(&fd, 1, (int)due) < 0 && errno != EINTR)
            break;
        take_all(mqtt, learn, reason, sizeof reason);
        if (shows && now - told >= 1000) {
            told = now;
            fprintf(stderr, "\rlistening: %llu messages, %zu series, %lld s left   ", (unsigned long long)learn_messages(learn), learn_series_count(learn, NULL), (long long)((until - now) / 1000));
        }
    }
    if (shows)
        fprintf(stderr, "\n");
    mqtt_destroy(mqtt);
    if (learn_messages(learn) > 0)
        return true;
    cli_fail(0, reason[0] ? "nothing was heard: %s" : "nothing was heard: the broker carries no messages, or this user may not read them", reason);
    return false;
}

/* ---- writing ---- */

static int write_out(const char *path, const char *text)
{
    if (!path) {
        fputs(text, stdout);
        return fflush(stdout) == 0 ? CLI_DONE : cli_fail(CLI_FAILED, "standard output: %s", strerror(errno));
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return cli_fail(errno == EEXIST ? CLI_WRONG : CLI_FAILED, errno == EEXIST ? "%s is there already: what somebody wrote is never written over; name another file" : "%s: cannot be written", path);
    FILE *file = fdopen(fd, "w");
    bool good = file && fputs(text, file) >= 0;
    good = (!file || fclose(file) == 0) && good;
    return good ? CLI_DONE : cli_fail(CLI_FAILED, "%s: %s", path, strerror(errno));
}

/* The first of learnt.cfg, learnt-2.cfg ... that is not there. */
static void free_name(char *out, size_t cap)
{
    snprintf(out, cap, "learnt.cfg");
    for (int n = 2; n < FILES_MOST && access(out, F_OK) == 0; n++)
        snprintf(out, cap, "learnt-%d.cfg", n);
}

static int propose(const struct cli_args *args, struct learn *learn, struct learned *learned, const char *url)
{
    bool json = args->value[FORMAT] && strcmp(args->value[FORMAT], "json") == 0, asks = !args->value[YES] && !json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    const char *path = args->value[OUTPUT];
    char line[512], typed[512];
    int status = CLI_DONE;
    if (json)
        learn_print_json(stdout, learn, learned);
    struct learn_edit *edit = learn_edit_create(learn, learned);
    const struct learned *now = learn_edit_learned(edit);
    fprintf(stderr, "%llu messages, %zu series, %zu of them in %zu types\n", (unsigned long long)learn_messages(learn), learn_series_count(learn, NULL), now->explained, now->type_count);
    for (size_t t = 0; !asks && t < now->type_count; t++) {
        learn_edit_decide(edit, t, LEARN_YES);
        learn_line(&now->types[t], line, sizeof line);
        fprintf(stderr, "%-16s %s\n", now->types[t].name, line);
    }
    bool writes = !asks || learn_ask(edit, learn);
    if (writes && asks && !path && isatty(STDOUT_FILENO)) {
        free_name(line, sizeof line);
        writes = learn_ask_file(line, typed, sizeof typed);
        path = typed;
    }
    if (!writes) {
        status = cli_fail(CLI_FAILED, "nothing was written");
    } else if (!json || path) {
        char *text = learn_edit_config(edit, url);
        status = write_out(path, text);
        if (status == CLI_DONE && path)
            fprintf(stderr, "%s is written; look at it, then: andon check %s; andon -c %s\n", path, path, path);
        free(text);
    }
    learn_edit_destroy(edit);
    return status;
}

static int compare(const struct cli_args *args, const struct learn *learn, const struct learned *learned, const struct plant *plant)
{
    struct learn_diff diff;
    learn_diff_make(learn, learned, plant, &diff);
    bool config = args->value[FORMAT] && strcmp(args->value[FORMAT], "config") == 0, differs = diff.come + diff.gone + diff.renamed > 0;
    fputs(config ? diff.config : diff.text, stdout);
    if (!config && differs)
        printf("%zu have come, %zu are gone, %zu may have another name; andon learn --diff --format config prints what to paste\n", diff.come, diff.gone, diff.renamed);
    else if (!config)
        printf("nothing has come or gone\n");
    learn_diff_finish(&diff);
    return fflush(stdout) == 0 ? differs ? DIFFERS : CLI_DONE : cli_fail(CLI_FAILED, "standard output: %s", strerror(errno));
}

static int conclude(const struct cli_args *args, struct learn *learn, const struct plant *plant)
{
    struct learned learned;
    learn_conclude(learn, &learned);
    int status = args->value[DIFF] ? compare(args, learn, &learned, plant) : propose(args, learn, &learned, plant->broker_count ? plant->brokers[0].url : "mqtt://127.0.0.1:1883");
    learned_finish(&learned);
    return status;
}

static bool good_format(const struct cli_args *args)
{
    const char *format = args->value[FORMAT];
    bool diff = args->value[DIFF] != NULL;
    if (!format || strcmp(format, "text") == 0 || strcmp(format, diff ? "config" : "json") == 0)
        return true;
    cli_fail(CLI_WRONG, "--format %s: %s", format, diff ? "with --diff text and config are valid" : "text and json are valid");
    return false;
}

static int run(const struct cli_args *args)
{
    struct diagnostics found = {.count = 0};
    struct config config = {.plant = NULL};
    struct error err;
    int64_t for_ms = DURATION_PRESET_MS;
    int status = CLI_FAILED;
    if (args->value[DURATION] && !duration_read(args->value[DURATION], &for_ms, &err))
        return cli_fail(CLI_WRONG, "--for %s: %s", args->value[DURATION], err.text);
    if (!good_format(args))
        return CLI_WRONG;
    if (args->value[DIFF] && (args->value[OUTPUT] || args->value[YES]))
        return cli_fail(CLI_WRONG, "--diff changes nothing and writes no file: leave --output and --yes out");
    if (args->value[OUTPUT] && access(args->value[OUTPUT], F_OK) == 0)
        return cli_fail(CLI_WRONG, "%s is there already: what somebody wrote is never written over; name another file", args->value[OUTPUT]);
    if (!load_config(&(struct load_request){.config = args->value[CONFIG], .broker = args->value[BROKER]}, &config, &found)) {
        diagnostics_print(&found, stderr);
        diagnostics_finish(&found);
        return CLI_WRONG;
    }
    if (args->value[DIFF] && config.plant->tag_count == 0) {
        status = cli_fail(CLI_WRONG, "--diff wants a configuration with tags: -c FILE");
        config_finish(&config);
        diagnostics_finish(&found);
        return status;
    }
    struct learn *learn = learn_create(&config.plant->bounds, &config.plant->zone);
    learn_encoding(learn, config.plant->broker_count ? config.plant->brokers[0].encoding : NULL);
    bool heard = args->operand_count > 0 ? read_capture(learn, args->operands[0]) : listen(learn, config.plant, for_ms);
    if (heard && learn_messages(learn) == 0)
        cli_fail(0, "%s holds no message", args->operands[0]);
    else if (heard)
        status = conclude(args, learn, config.plant);
    learn_destroy(learn);
    config_finish(&config);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_learn = {
    .name = "learn", .operands = "[CAPTURE]", .operands_least = 0, .operands_most = 1, .summary = "proposes a configuration from what a broker carries, or from a capture",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
