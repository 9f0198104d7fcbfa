/*
 * andon incident: a period of a plant as one file, to be looked at elsewhere: capture, configuration, findings, events, notes. A struct incident is what is being packed; every text goes through
 * its pseudonyms, which without --anonymise replace secrets only.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/attach.h"
#include "app/rebuild.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/doctor.h"
#include "cli/incident.h"
#include "cli/rows.h"
#include "core/memory.h"
#include "core/state.h"
#include "core/timestamp.h"
#include "io/capture.h"
#include "io/clock.h"
#include "io/config_scan.h"
#include "io/history.h"
#include "io/incident.h"
#include "io/log.h"
#include "io/packed.h"

enum { CONFIG, BROKER, CACHE, FROM, TO, CAPTURE, NOTE, ANONYMISE, OUTPUT };
enum { HOUR = 3600000, EVENTS_PAGE = 1000, EVENTS_MOST = 200000, DOCTOR_MS = 2000 };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, as the collector was given it"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder of the collector, or a copy of it"},
    [FROM] = {"from", 0, "TIME", NULL, "from this moment on; an hour before the end by default"},
    [TO] = {"to", 0, "TIME", NULL, "up to this moment; now by default"},
    [CAPTURE] = {"capture", 0, "FILE", NULL, "this capture, instead of one made of the history"},
    [NOTE] = {"note", 0, "TEXT", NULL, "what happened, for whoever reads it"},
    [ANONYMISE] = {"anonymise", 0, NULL, NULL, "other names for everything that tells whose plant it is"},
    [OUTPUT] = {"output", 'o', "FILE", NULL, "the new file; incident-TIME.tar.gz by default"},
};

struct incident {
    const struct cli_args *args;
    struct attach *attach;
    struct pseudonyms *names;
    struct packing *packing;
    bool anonymous;
    int64_t from_ms, to_ms;
    uint64_t messages, left_out;
    size_t events;
};

/* ---- words that stay ---- */

static void keep_words(struct pseudonyms *p, const struct plant *plant)
{
    static const char *const others[] = {
        "mqtt mqtts tcp ssl cfg csv json jsonl pem txt andon true false null on off yes no ok good bad uncertain ms min max kB MB GB TB KiB MiB GiB now",
        "holiday mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec", "value values timestamp timestamp_ms time ts quality metrics name data payload unit",
        "site area line unit tag", "forecast mean process safety machine system always packml maintenance quality material supervisor", "sin cos tan abs sqrt exp ln log rint sign sum avg and or not if", "down up lost begin end other note", "°C °F kW kWh MWh"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        pseudonyms_keep(p, others[i]);
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *o = &option_table[i];
        pseudonyms_keep(p, o->group), pseudonyms_keep(p, o->key), pseudonyms_keep(p, o->choices), pseudonyms_keep(p, o->preset);
    }
    for (int s = 0; s < PACK_STATE_COUNT; s++)
        pseudonyms_keep(p, pack_state_table[s].name);
    for (int c = 0; c < CLASS_COUNT; c++)
        pseudonyms_keep(p, state_class_table[c].name), pseudonyms_keep(p, state_class_table[c].word);
    for (size_t m = 0; m < plant->map_count; m++)
        for (size_t r = 0; r < plant->maps[m].count; r++)
            if (plant->maps[m].rows[r].text)
                pseudonyms_keep(p, plant->maps[m].rows[r].text);
    for (size_t t = 0; t < plant->tag_count; t++)
        pseudonyms_keep(p, plant->tags[t].def->unit);
    for (size_t c = 0; c < plant->carrier_count; c++)
        pseudonyms_keep(p, plant->carriers[c].name);
    for (size_t e = 0; e < EVENT_KIND_COUNT; e++)
        pseudonyms_keep(p, event_table[e].name);
    pseudonyms_keep(p, plant->site_zone_name);
    pseudonyms_keep(p, plant->currency);
}

/* The passwords that this process can see never leave it. */
static void hide_secrets(struct pseudonyms *p, const struct plant *plant)
{
    for (size_t i = 0; i < plant->broker_count; i++) {
        const struct plant_broker *b = &plant->brokers[i];
        const char *value = b->password_env[0] ? getenv(b->password_env) : NULL;
        char line[4096] = "";
        FILE *file = b->password_file[0] ? fopen(b->password_file, "r") : NULL;
        if (file && fgets(line, sizeof line, file))
            line[strcspn(line, "\r\n")] = '\0';
        if (file)
            fclose(file);
        pseudonyms_hide(p, value ? value : line);
        memset(line, 0, sizeof line);
    }
}

/* ---- texts ---- */

static bool add(struct incident *in, const char *name, char *text_take, size_t length, struct error *err)
{
    bool good = text_take && packing_add(in->packing, name, text_take, length, clock_wall_ms(), err);
    free(text_take);
    return good;
}

/* A comment may say more than its author remembers: none goes along anonymously, and otherwise none that speaks of a secret. */
static void put_between(FILE *out, const char *from, const char *to, bool anonymous)
{
    static const char *const words[] = {"passw", "secret", "token", "Passw", "PASSW", "Secret", "Token"};
    for (const char *line = from; line < to;) {
        const char *end = memchr(line, '\n', (size_t)(to - line));
        size_t length = (size_t)((end ? end : to) - line);
        char copy[512];
        snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1), line);
        bool leave = anonymous;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            leave = leave || strstr(copy, words[w]);
        if (!leave)
            fwrite(line, 1, length, out);
        else if (length)
            fputc(' ', out);
        if (end)
            fputc('\n', out);
        line += length + (end != NULL);
    }
}

/* A configuration: only what stands between quotes is other words, so that it means the same. */
static char *config_text(struct incident *in, const struct bundle_file *file, size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    struct scanner s = scanner_of(file->text, file->length);
    const char *at = file->text;
    if (!out)
        return NULL;
    for (enum token token = scan_next(&s); token != TOKEN_END && token != TOKEN_OPEN_COMMENT && token != TOKEN_OPEN_TEXT; token = scan_next(&s)) {
        put_between(out, at, s.start, in->anonymous);
        const char *quote = token == TOKEN_TEXT || token == TOKEN_INCLUDE ? memchr(s.start, '"', s.length) : NULL;
        size_t before = quote ? (size_t)(quote - s.start) : s.length, n = 0;
        fwrite(s.start, 1, before, out);
        char *other = quote ? pseudonyms_payload(in->names, quote, s.length - before, &n) : NULL;
        fwrite(other ? other : "", 1, n, out);
        free(other);
        at = s.at;
    }
    fputc('\n', out);
    return fclose(out) == 0 ? text : (free(text), NULL);
}

static bool is_table(const struct bundle_file *file)
{
    size_t length = strlen(file->name);
    return length > 4 && strcmp(file->name + length - 4, ".csv") == 0;
}

/* The configuration as it will be read; built once, so that what cannot be read is found here and not there. */
static bool add_config(struct incident *in, struct error *err)
{
    const struct bundle *bundle = &in->attach->config.bundle;
    char *names = NULL, member[32];
    size_t length = 0, n;
    FILE *list = open_memstream(&names, &length);
    bool good = list != NULL;
    for (size_t i = 0; good && i < bundle->count; i++) {
        const struct bundle_file *file = &bundle->files[i];
        const char *slash = strrchr(bundle->files[0].name, '/');
        size_t folder = slash ? (size_t)(slash - bundle->files[0].name) + 1 : 0;
        const char *name = folder && strncmp(file->name, bundle->files[0].name, folder) == 0 ? file->name + folder : file->name;
        char *other = pseudonyms_text(in->names, name, strlen(name), NULL);
        fprintf(list, "%s\n", other);
        free(other);
        snprintf(member, sizeof member, "config/%zu", i);
        char *text = i && is_table(file) ? pseudonyms_text(in->names, file->text, file->length, &n) : config_text(in, file, &n);
        good = add(in, member, text, n, err);
    }
    if (list)
        good = fclose(list) == 0 && good;
    return add(in, INCIDENT_NAMES, names, length, err) && good;
}

/* ---- the capture ---- */

static bool copy_capture(struct incident *in, const char *path, FILE *out, struct error *err)
{
    struct capture_message m;
    struct error bad;
    enum capture_result got;
    struct capture_reader *reader = capture_open(path, err);
    bool good = reader != NULL;
    while (good && (got = capture_read(reader, &m, &bad)) != CAPTURE_END) {
        if (got == CAPTURE_BAD || (in->args->value[FROM] && m.ts_ms < in->from_ms) || (in->args->value[TO] && m.ts_ms >= in->to_ms)) {
            in->left_out += got == CAPTURE_BAD;
            continue;
        }
        if (in->anonymous && got == CAPTURE_MESSAGE && memchr(m.payload, 0, m.payload_length)) { /* nobody can say what stands in it */
            in->left_out++;
            continue;
        }
        char *topic = m.topic ? pseudonyms_text(in->names, m.topic, m.topic_length, &m.topic_length) : NULL, *broker = pseudonyms_text(in->names, m.broker, strlen(m.broker), NULL);
        char *payload = m.payload ? pseudonyms_payload(in->names, m.payload, m.payload_length, &m.payload_length) : NULL;
        m.topic = topic;
        m.payload = payload;
        snprintf(m.broker, sizeof m.broker, "%s", broker);
        if (in->anonymous)
            m.said[0] = '\0';
        in->messages += got == CAPTURE_MESSAGE;
        good = capture_write(out, &m) || error_set(err, "the capture cannot be written: %s", strerror(errno));
        free(topic);
        free(broker);
        free(payload);
    }
    capture_close(reader);
    return good;
}

static bool add_capture(struct incident *in, struct history *history, struct error *err)
{
    const char *given = in->args->value[CAPTURE];
    FILE *out = tmpfile();
    bool good = out || error_set(err, "no temporary file can be made: %s; name another folder by TMPDIR", strerror(errno));
    good = good && (given ? copy_capture(in, given, out, err)
                          : rebuild_capture(history, in->attach->config.plant, in->from_ms, in->to_ms, in->anonymous ? in->names : NULL, out, &in->messages, err));
    good = good && (fflush(out) == 0 || error_set(err, "the capture cannot be written: %s", strerror(errno)));
    if (good && in->messages == 0)
        good = error_set(err, given ? "%s holds no message of that time" : "nothing is kept of that time%s: choose another by --from and --to", given ? given : "");
    if (good) {
        rewind(out);
        good = packing_add_file(in->packing, given ? INCIDENT_CAPTURE : INCIDENT_HISTORY, fileno(out), clock_wall_ms(), err);
    }
    if (out)
        fclose(out);
    return good;
}

/* ---- what is said beside it ---- */

static void put_named(struct incident *in, FILE *out, const char *name, const char *text, bool more)
{
    char *other = pseudonyms_text(in->names, text, strlen(text), NULL);
    rows_json_named(out, name, other);
    free(other);
    fputs(more ? ", " : "", out);
}

static bool write_events(struct incident *in, struct history *history, FILE *out, FILE *notes, struct error *err)
{
    struct event_query query = {.path = "", .find = "", .from_ms = in->from_ms, .to_ms = in->to_ms, .oldest = true, .rows = EVENTS_PAGE};
    bool more = history != NULL, good = true;
    while (more && good && in->events < EVENTS_MOST) {
        struct event *events = NULL;
        size_t count = 0;
        good = history_events(history, &query, &events, &count, &more, err);
        for (size_t e = 0; good && e < count; e++) {
            const struct event *v = &events[e];
            fprintf(out, "{\"ts\": %" PRId64 ", \"kind\": \"%s\", ", v->time_ms, event_table[v->kind].name);
            put_named(in, out, "path", v->path, true), put_named(in, out, "text", v->text, true), put_named(in, out, "before", v->before, true);
            put_named(in, out, "after", v->after, true), put_named(in, out, "who", v->who, true), put_named(in, out, "comment", v->alarm.comment, false);
            fputs("}\n", out);
            char *comment = v->kind == EVENT_NOTE ? pseudonyms_text(in->names, v->alarm.comment, strlen(v->alarm.comment), NULL) : NULL;
            if (comment)
                fprintf(notes, "- %s\n", comment);
            free(comment);
            query.from_ms = v->time_ms;
            query.number = v->number;
        }
        in->events += count;
        free(events);
        more = more && count > 0;
    }
    return good;
}

static bool add_events(struct incident *in, struct history *history, struct error *err)
{
    char *events = NULL, *notes = NULL;
    size_t events_length = 0, notes_length = 0;
    FILE *out = open_memstream(&events, &events_length), *say = open_memstream(&notes, &notes_length);
    bool good = out && say;
    if (good && in->args->value[NOTE]) {
        char *note = pseudonyms_text(in->names, in->args->value[NOTE], strlen(in->args->value[NOTE]), NULL);
        fprintf(say, "%s\n", note);
        free(note);
    }
    good = good && write_events(in, history, out, say, err);
    if (out)
        good = fclose(out) == 0 && good;
    if (say)
        good = fclose(say) == 0 && good;
    bool added = add(in, "events.jsonl", events, events_length, err);
    return add(in, "notes.txt", notes, notes_length, err) && added && good;
}

/* Without names nothing but what is wrong and what helps, in andon's own words. */
static bool add_doctor(struct incident *in, struct error *err)
{
    char *text = NULL;
    size_t length = 0;
    struct doctor *d = mem_zero(1, sizeof *d);
    FILE *out = open_memstream(&text, &length);
    doctor_clock(d, in->attach->config.plant);
    doctor_cache(d, &in->attach->paths, &in->attach->config.settings);
    for (size_t i = 0; i < d->count && in->anonymous; i++)
        d->rows[i].text[0] = '\0';
    if (out)
        doctor_json(d, out);
    free(d);
    bool good = out && fclose(out) == 0;
    return add(in, "doctor.json", text, length, err) && good;
}

static bool add_health(struct incident *in, struct error *err)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out)
        incident_health(in->attach, out);
    bool good = out && fclose(out) == 0;
    return add(in, "health.json", text, length, err) && good;
}

static bool add_manifest(struct incident *in, struct error *err)
{
    char *text = NULL, from[SPAN_TEXT + 8], to[SPAN_TEXT + 8], made[SPAN_TEXT + 8];
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    iso_text(in->from_ms, from), iso_text(in->to_ms, to), iso_text(clock_wall_ms(), made);
    if (out)
        fprintf(out, "{\"format\": 1, \"andon\": \"%s\", \"made\": \"%s\", \"from\": \"%s\", \"to\": \"%s\", \"anonymised\": %s, \"messages\": %" PRIu64 ", \"left_out\": %" PRIu64 ", \"events\": %zu, \"config_files\": %zu,\n"
            " \"members\": {\"%s\": \"the messages\", \"" INCIDENT_NAMES "\": \"names of config/0 ...\", \"events.jsonl\": \"events\", \"notes.txt\": \"notes\", \"doctor.json\": \"what andon doctor finds\", \"health.json\": \"how the collector is\"}}\n",
            ANDON_VERSION, made, from, to, in->anonymous ? "true" : "false", in->messages, in->left_out, in->events, in->attach->config.bundle.count, in->args->value[CAPTURE] ? INCIDENT_CAPTURE : INCIDENT_HISTORY);
    bool good = out && fclose(out) == 0;
    return add(in, "manifest.json", text, length, err) && good;
}

/* ---- the command ---- */

static bool read_times(struct incident *in)
{
    const struct plant *plant = in->attach->config.plant;
    in->to_ms = clock_wall_ms();
    if (in->args->value[TO] && !common_time("to", in->args->value[TO], plant, &in->to_ms))
        return false;
    in->from_ms = in->to_ms - HOUR;
    if (in->args->value[FROM] && !common_time("from", in->args->value[FROM], plant, &in->from_ms))
        return false;
    return in->from_ms < in->to_ms || (cli_fail(CLI_WRONG, "--from is not before --to"), false);
}

/* Whoever gets it must be able to open it. */
static bool check_config(const char *path, struct error *err)
{
    struct bundle bundle;
    struct config config;
    struct diagnostics found = {.count = 0};
    bool rebuilt, good = incident_config(path, &bundle, &rebuilt, err);
    if (!good)
        return false;
    good = config_build(&bundle, &config, &found);
    if (good)
        config_finish(&config);
    else
        error_set(err, "the configuration cannot be read with other names: %.300s", found.count ? found.rows[0].text : "");
    if (!good)
        bundle_finish(&bundle);
    diagnostics_finish(&found);
    return good;
}

static int pack(struct incident *in, const char *path, struct history *history)
{
    struct error err = {.text = ""};
    bool there;
    in->packing = packing_create(path, &there, &err);
    if (!in->packing)
        return there ? cli_fail(CLI_WRONG, "%s is there already: nothing is written over; name another file", path) : cli_fail(CLI_FAILED, "%s", err.text);
    bool good = add_config(in, &err) && add_capture(in, history, &err) && add_events(in, history, &err) && add_doctor(in, &err) && add_health(in, &err) && add_manifest(in, &err);
    good = packing_close(in->packing, good, &err);
    if (good && !check_config(path, &err)) {
        remove(path);
        good = false;
    }
    if (!good)
        return cli_fail(CLI_FAILED, "%s", err.text[0] ? err.text : "it cannot be written");
    if (in->left_out)
        cli_fail(0, "%" PRIu64 " lines of the capture were left out: they could not be read, or hold bytes that nobody can look into", in->left_out);
    fprintf(stderr, "%s: %" PRIu64 " messages, %zu events%s; look at it: andon replay %s\n", path, in->messages, in->events, in->anonymous ? ", under other names" : "", path);
    return CLI_DONE;
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    struct incident in = {.args = args, .attach = &attach, .anonymous = args->value[ANONYMISE] != NULL};
    struct error err = {.text = ""};
    char history_path[PATHS_BYTES], path[64];
    int status = CLI_WRONG;
    log_open(NULL, LOG_LEVEL_ERROR);
    if (common_history(&(struct cache_request){.config = args->value[CONFIG], .broker = args->value[BROKER], .cache = args->value[CACHE]}, &attach, history_path, &status) && (status = CLI_WRONG, read_times(&in))) {
        struct history *history = history_open(history_path, &err);
        in.names = pseudonyms_create();
        keep_words(in.names, attach.config.plant);
        hide_secrets(in.names, attach.config.plant);
        pseudonyms_words(in.names, in.anonymous);
        snprintf(path, sizeof path, "incident-%" PRId64 ".tar.gz", in.to_ms / 1000);
        if (!history && !args->value[CAPTURE])
            status = cli_fail(CLI_FAILED, "%s; or give a capture: --capture FILE", err.text);
        else
            status = pack(&in, args->value[OUTPUT] ? args->value[OUTPUT] : path, history);
        pseudonyms_destroy(in.names);
        history_close(history);
    }
    attach_close(&attach);
    return status;
}

const struct cli_command cli_incident = {
    .name = "incident", .operands = "", .summary = "packs a period into one file: messages, configuration, events, notes; under other names on request",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
