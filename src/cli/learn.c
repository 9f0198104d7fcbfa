/*
 * andon learn: a starting configuration, proposed from what a broker carries for some minutes, or from a capture. Each type is shown with its evidence and taken, or not, on a
 * terminal; without one, or with --yes, all are taken. The result is a new file, or standard output: never one that is there.
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
#include "core/learn.h"
#include "core/timestamp.h"
#include "io/capture.h"
#include "io/clock.h"
#include "io/mqtt.h"

enum { CONFIG, BROKER, DURATION, OUTPUT, YES };
enum { DURATION_PRESET_MS = 120000, SHOWN_LEAVES = 5, SHOWN_BAD = 1 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "a configuration whose brokers are listened to"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, instead of the configuration's"},
    [DURATION] = {"for", 0, "DURATION", NULL, "how long to listen; 2m by default"},
    [OUTPUT] = {"output", 'o', "FILE", NULL, "the new file to write; standard output by default"},
    [YES] = {"yes", 'y', NULL, NULL, "take every proposal without asking"},
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

static bool listen(struct learn *learn, const struct plant *plant, int64_t for_ms)
{
    struct error err;
    char identity[64], reason[128] = "";
    snprintf(identity, sizeof identity, "learn-%ld", (long)getpid());
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

/* ---- proposing ---- */

static void print_type(FILE *out, const struct learned_type *type)
{
    size_t shown = 0;
    const struct learned_instance *first = &type->instances[0], *last = &type->instances[type->instance_count - 1];
    fprintf(out, "%s  %zu machines  %zu leaves  %zu/%zu complete\n    %s%s .. %s%s\n   ", type->name, type->instance_count, type->leaf_count, type->complete, type->instance_count, first->topic, first->pointer,
        last->topic, last->pointer);
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        const char *what = leaf->role.role != ROLE_NONE ? tag_role_names[leaf->role.role] : leaf->role.kind == KIND_REGISTER || leaf->role.kind == KIND_POWER ? tag_kind_names[leaf->role.kind] : NULL;
        if (what && shown++ < 2 * SHOWN_LEAVES)
            fprintf(out, "  %s=%s%s", what, leaf->name, leaf->role.sure == LEARN_CERTAIN ? "!" : leaf->role.sure == LEARN_GUESS ? "?" : "");
    }
    fputc('\n', out);
}

static void print_leaves(FILE *out, const struct learned_type *type)
{
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        fprintf(out, "      %-20s %-9s %-10s %-7s %zu/%zu  %s\n", leaf->name, leaf->role.heartbeat ? "heartbeat" : leaf->role.clock ? "clock" : leaf->role.availability ? "alive" : leaf->role.ignored ? "identity" : tag_kind_names[leaf->role.kind],
            tag_role_names[leaf->role.role], learn_sure_names[leaf->role.sure], leaf->present, type->instance_count, leaf->role.evidence);
    }
}

/* False: leave without a file. */
static bool ask(const struct learned *learned, bool *accepted)
{
    char line[64];
    for (size_t t = 0; t < learned->type_count; t++) {
        print_type(stderr, &learned->types[t]);
        for (;;) {
            fprintf(stderr, "take it? [Y]es, [n]o, [l]eaves, [q]uit: ");
            if (!fgets(line, sizeof line, stdin) || line[0] == 'q')
                return false;
            if (line[0] == 'l')
                print_leaves(stderr, &learned->types[t]);
            else if (line[0] == 'n' || line[0] == 'y' || line[0] == 'Y' || line[0] == '\n')
                break;
        }
        accepted[t] = line[0] != 'n';
    }
    return true;
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

static int conclude(const struct cli_args *args, struct learn *learn, const char *url)
{
    struct learned learned;
    int status = CLI_FAILED;
    learn_conclude(learn, &learned);
    bool *accepted = calloc(learned.type_count + 1, sizeof *accepted);
    bool asks = !args->value[YES] && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    for (size_t t = 0; accepted && t < learned.type_count; t++) {
        accepted[t] = true;
        if (!asks)
            print_type(stderr, &learned.types[t]);
    }
    fprintf(stderr, "%llu messages, %zu series, %zu of them in %zu types\n", (unsigned long long)learn_messages(learn), learn_series_count(learn, NULL), learned.explained, learned.type_count);
    if (accepted && (!asks || ask(&learned, accepted))) {
        char *text = learn_config(learn, &learned, accepted, url);
        status = write_out(args->value[OUTPUT], text);
        if (status == CLI_DONE && args->value[OUTPUT])
            fprintf(stderr, "%s is written; look at it, then: andon check %s; andon -c %s\n", args->value[OUTPUT], args->value[OUTPUT], args->value[OUTPUT]);
        free(text);
    } else {
        cli_fail(0, "nothing was written");
    }
    free(accepted);
    learned_finish(&learned);
    return status;
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
    if (args->value[OUTPUT] && access(args->value[OUTPUT], F_OK) == 0)
        return cli_fail(CLI_WRONG, "%s is there already: what somebody wrote is never written over; name another file", args->value[OUTPUT]);
    if (!load_config(&(struct load_request){.config = args->value[CONFIG], .broker = args->value[BROKER]}, &config, &found)) {
        diagnostics_print(&found, stderr);
        diagnostics_finish(&found);
        return CLI_WRONG;
    }
    struct learn *learn = learn_create(&config.plant->bounds, &config.plant->zone);
    learn_encoding(learn, config.plant->broker_count ? config.plant->brokers[0].encoding : NULL);
    bool heard = args->operand_count > 0 ? read_capture(learn, args->operands[0]) : listen(learn, config.plant, for_ms);
    if (heard && learn_messages(learn) == 0)
        cli_fail(0, "%s holds no message", args->operands[0]);
    else if (heard)
        status = conclude(args, learn, config.plant->broker_count ? config.plant->brokers[0].url : "mqtt://127.0.0.1:1883");
    learn_destroy(learn);
    config_finish(&config);
    diagnostics_finish(&found);
    return status;
}

const struct cli_command cli_learn = {
    .name = "learn", .operands = "[CAPTURE]", .operands_least = 0, .operands_most = 1, .summary = "proposes a configuration from what a broker carries, or from a capture",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
