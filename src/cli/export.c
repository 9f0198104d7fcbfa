/*
 * andon export: the samples of some tags for other programs, each one or summed up in steps. Values stand exactly as they came. Or the events of the
 * journal (export_journal.c), or where the time went and what stopped (export_accounts.c), or energy (export_energy.c).
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/attach.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/export.h"
#include "cli/rows.h"
#include "core/memory.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/history.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, FROM, TO, STEP, JOURNAL, ACCOUNTS, STOPS, ENERGY, KIND, GREP, FORMAT, LOCAL };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration: its site's cache, its zone"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, as the collector was given it"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder of the collector, or a copy of it"},
    [FROM] = {"from", 0, "TIME", NULL, "from this moment on (2024-06-12T11:52, 03:12, -2h); the beginning by default"},
    [TO] = {"to", 0, "TIME", NULL, "up to this moment, which is not part of it; now by default"},
    [STEP] = {"step", 0, "DURATION", NULL, "one row with min, max, avg, last and count for each step (90s, 15m, 8h, 7d)"},
    [JOURNAL] = {"journal", 0, NULL, NULL, "the events and not the samples; then a TAG-GLOB fits their paths, and none is all"},
    [ACCOUNTS] = {"accounts", 0, NULL, NULL, "where the time of units and lines went and what they produced, hour by hour; a TAG-GLOB as with --journal"},
    [STOPS] = {"stops", 0, NULL, NULL, "the stops with their reasons; a TAG-GLOB as with --journal"},
    [ENERGY] = {"energy", 0, NULL, NULL, "what meters measured, by quarters of an hour, shifts, products and orders, or by --step 15m, 1h, 1d, month; a TAG-GLOB fits meters"},
    [KIND] = {"kind", 0, "KIND", NULL, "with --journal: alarms, actions, changes, states or system, or one kind of event"},
    [GREP] = {"grep", 0, "WORDS", NULL, "with --journal: events that have all these words; ! before them turns it round"},
    [FORMAT] = {"format", 0, "FORMAT", NULL, "csv (by default) or json"},
    [LOCAL] = {"local", 0, NULL, NULL, "times in the site's zone, with its offset, instead of UTC"},
};

enum { STEP_LEAST_MS = 100 };

/* The tags that fit any of the patterns. */
struct tags {
    char *const *patterns;
    size_t pattern_count;
    bool *used;           /* by pattern: some tag fits */
    uint32_t *ids;
    char **paths;
    size_t count, capacity, path_capacity, seen;
    char example[256];
};

struct exporting {
    struct rows rows;
    const struct zone *zone; /* NULL: UTC */
    const char *tag;
    int64_t step_ms, origin_ms;
    int64_t step_at;         /* the step that is open */
    struct summary summary;
    double last;
    int64_t last_ms;
};

/* ---- tags ---- */

static void take_tag(void *arg, uint32_t series, const char *path)
{
    struct tags *t = arg;
    bool wanted = false;
    if (t->seen++ == 0)
        snprintf(t->example, sizeof t->example, "%s", path);
    for (size_t p = 0; p < t->pattern_count; p++)
        if (fnmatch(t->patterns[p], path, 0) == 0)
            wanted = t->used[p] = true;
    if (!wanted)
        return;
    t->ids = mem_grow(t->ids, t->count, &t->capacity, sizeof *t->ids);
    t->paths = mem_grow(t->paths, t->count, &t->path_capacity, sizeof *t->paths);
    t->ids[t->count] = series;
    t->paths[t->count++] = mem_text(path);
}

static void tags_finish(struct tags *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->paths[i]);
    free(t->paths);
    free(t->ids);
    free(t->used);
}

/* False when a pattern fits nothing: a typing error must not look like an empty history. */
static bool all_used(const struct tags *t)
{
    for (size_t p = 0; p < t->pattern_count; p++) {
        if (t->used[p])
            continue;
        if (t->seen)
            cli_fail(CLI_FAILED, "no tag fits \"%s\": the history has %zu, for example %s", t->patterns[p], t->seen, t->example);
        else
            cli_fail(CLI_FAILED, "no tag fits \"%s\": the history has none yet", t->patterns[p]);
        return false;
    }
    return true;
}

/* ---- rows ---- */

void export_time(const struct zone *zone, int64_t ms, char out[EXPORT_TIME])
{
    if (!zone) {
        iso_text(ms, out);
        return;
    }
    struct civil c = zone_civil(zone, ms);
    int offset = zone_offset_s(zone, ms) / 60, size = offset < 0 ? -offset : offset;
    snprintf(out, EXPORT_TIME, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms, offset < 0 ? '-' : '+', size / 60 % 100, size % 60);
}

static struct sql_field text_field(const char *text)
{
    return (struct sql_field){.kind = SQL_TEXT, .text = text, .length = strlen(text)};
}

static struct sql_field real_field(double d)
{
    return (struct sql_field){.kind = SQL_REAL, .d = d};
}

/* `space` is for what SQL has no number for. */
static struct sql_field value_field(struct value value, const char *text, char space[32])
{
    switch (value.kind) {
    case VALUE_BOOL: return (struct sql_field){.kind = SQL_INT, .i = value.b};
    case VALUE_INT: return (struct sql_field){.kind = SQL_INT, .i = value.i};
    case VALUE_REAL: return real_field(value.d);
    case VALUE_TEXT: return text_field(text);
    case VALUE_UINT:
        if (value.u <= INT64_MAX)
            return (struct sql_field){.kind = SQL_INT, .i = (int64_t)value.u};
        snprintf(space, 32, "%" PRIu64, value.u);
        return text_field(space);
    default: return (struct sql_field){.kind = SQL_NULL};
    }
}

static const char *quality_name(uint8_t quality)
{
    return quality >= QUALITY_GOOD ? "good" : quality >= QUALITY_UNCERTAIN ? "uncertain" : "bad";
}

static bool put_sample(void *arg, uint32_t series, const struct sample *s, const char *text)
{
    struct exporting *e = arg;
    char time[EXPORT_TIME], space[32];
    (void)series;
    export_time(e->zone, s->time_ms, time);
    struct sql_field fields[] = {text_field(e->tag), text_field(time), value_field(s->value, text, space), text_field(quality_name(s->quality))};
    return rows_put(&e->rows, fields);
}

static bool put_step(struct exporting *e)
{
    char time[EXPORT_TIME];
    const struct summary *s = &e->summary;
    if (s->count == 0)
        return true;
    export_time(e->zone, e->step_at, time);
    struct sql_field fields[] = {text_field(e->tag), text_field(time), real_field(s->min), real_field(s->max), real_field(s->sum / s->count), real_field(e->last),
        {.kind = SQL_INT, .i = s->count}};
    e->summary = (struct summary){.count = 0};
    return rows_put(&e->rows, fields);
}

static bool add_to_step(void *arg, uint32_t series, const struct sample *s, const char *text)
{
    struct exporting *e = arg;
    struct summary one = {.count = 0};
    (void)series, (void)text;
    summary_add(&one, s);
    if (one.count == 0)
        return true;
    int64_t since = s->time_ms - e->origin_ms, at = s->time_ms - ((since % e->step_ms) + e->step_ms) % e->step_ms;
    if (at != e->step_at && !put_step(e))
        return false;
    e->step_at = at;
    e->last = one.sum;
    summary_merge(&e->summary, &one);
    return true;
}

/* ---- the command ---- */

struct export_request {
    int64_t from_ms, to_ms, step_ms;
    enum rows_format format;
};

static bool read_time(const char *option, const char *text, const struct plant *plant, int64_t *ms)
{
    return !text || common_time(option, text, plant, ms);
}

static bool read_request(const struct cli_args *args, const struct plant *plant, struct export_request *r)
{
    struct error err;
    *r = (struct export_request){.from_ms = -TIME_MOST_MS, .to_ms = clock_wall_ms() + 1, .format = ROWS_CSV};
    if (args->value[FORMAT] && (!rows_format_read(args->value[FORMAT], &r->format) || r->format == ROWS_TABLE)) {
        cli_fail(CLI_WRONG, "--format %s: csv or json is wanted", args->value[FORMAT]);
        return false;
    }
    if (!read_time("from", args->value[FROM], plant, &r->from_ms) || !read_time("to", args->value[TO], plant, &r->to_ms))
        return false;
    if (args->value[STEP] && !args->value[ENERGY] && (!duration_read(args->value[STEP], &r->step_ms, &err) || r->step_ms < STEP_LEAST_MS)) {
        cli_fail(CLI_WRONG, "--step %s: a duration of 100ms or more is wanted, for example 90s, 15m, 8h, 7d", args->value[STEP]);
        return false;
    }
    if (r->from_ms >= r->to_ms) {
        cli_fail(CLI_WRONG, "--from is not before --to");
        return false;
    }
    return true;
}

static bool write_tags(struct history *history, const struct tags *tags, const struct export_request *r, struct exporting *e, struct error *err)
{
    for (size_t i = 0; i < tags->count; i++) {
        size_t left = tags->count - i;
        if (i % HISTORY_FOLLOW == 0 && !history_follow(history, &tags->ids[i], left < HISTORY_FOLLOW ? left : HISTORY_FOLLOW, err))
            return false;
        e->tag = tags->paths[i];
        if (!history_samples(history, tags->ids[i], r->from_ms, r->to_ms, 0, r->step_ms ? add_to_step : put_sample, e, err))
            return false;
        if (r->step_ms)
            put_step(e);
        if (ferror(e->rows.out))
            break;
    }
    return true;
}

static int write_all(struct history *history, const struct tags *tags, const struct export_request *r, const struct zone *zone)
{
    static const char *const sample_names[] = {"tag", "time", "value", "quality"}, *const step_names[] = {"tag", "time", "min", "max", "avg", "last", "count"};
    struct exporting e = {.zone = zone, .step_ms = r->step_ms, .origin_ms = r->from_ms > -TIME_MOST_MS ? r->from_ms : 0};
    struct error err;
    rows_begin(&e.rows, stdout, r->format, r->step_ms ? step_names : sample_names, r->step_ms ? 7 : 4);
    bool good = write_tags(history, tags, r, &e, &err), written = rows_end(&e.rows);
    if (!good)
        return cli_fail(CLI_FAILED, "%s", err.text);
    if (history_damaged(history))
        cli_fail(CLI_DONE, "%" PRIu64 " damaged pieces of the history were left out", history_damaged(history));
    return written ? CLI_DONE : common_unwritten();
}

static int export_samples(struct history *history, const struct cli_args *args, const struct export_request *request, const struct zone *zone)
{
    struct error err;
    int status = CLI_FAILED;
    struct tags tags = {.patterns = args->operands, .pattern_count = args->operand_count, .used = mem_zero(args->operand_count, sizeof *tags.used)};
    if (!history_each_series(history, take_tag, &tags, &err))
        cli_fail(CLI_FAILED, "%s", err.text);
    else if (all_used(&tags))
        status = write_all(history, &tags, request, zone);
    tags_finish(&tags);
    return status;
}

/* What goes with the journal alone, and what does not go with it. */
static bool read_journal(const struct cli_args *args, const struct export_request *r, struct journal_request *journal)
{
    bool wanted = args->value[JOURNAL] != NULL, accounts = args->value[ACCOUNTS] || args->value[STOPS], energy = args->value[ENERGY] != NULL;
    *journal = (struct journal_request){.from_ms = r->from_ms, .to_ms = r->to_ms, .format = r->format, .find = args->value[GREP] ? args->value[GREP] : "",
        .patterns = args->operands, .pattern_count = args->operand_count};
    if (wanted + energy + (args->value[ACCOUNTS] != NULL) + (args->value[STOPS] != NULL) > 1)
        cli_fail(CLI_WRONG, "one of --journal, --accounts, --stops and --energy is wanted");
    else if (!wanted && (args->value[KIND] || args->value[GREP]))
        cli_fail(CLI_WRONG, "--%s: --journal is missing", args->value[KIND] ? "kind" : "grep");
    else if (!wanted && !accounts && !energy && args->operand_count == 0)
        cli_fail(CLI_WRONG, "TAG-GLOB... is missing: 'works/*/power', or '*' for all; --journal exports events");
    else if ((wanted || accounts) && args->value[STEP])
        cli_fail(CLI_WRONG, "--step: there are no steps of %s", wanted ? "events" : "accounts and stops");
    else if (strlen(journal->find) >= FILTER_BYTES)
        cli_fail(CLI_WRONG, "--grep: at most %d bytes", FILTER_BYTES - 1);
    else
        return !args->value[KIND] || journal_kind(args->value[KIND], &journal->kinds);
    return false;
}

static int export_meters(struct history *history, const struct cli_args *args, const struct plant *plant, const struct journal_request *common)
{
    struct energy_request energy = {.common = *common, .plant = plant, .step = ENERGY_QUARTER, .cells = args->value[STEP] == NULL};
    if (args->value[STEP] && !export_energy_step(args->value[STEP], &energy.step))
        return CLI_WRONG;
    return export_energy(history, &energy);
}

static int export_from(const char *path, const struct cli_args *args, const struct plant *plant)
{
    struct export_request request;
    struct journal_request journal;
    struct error err;
    const struct zone *zone = args->value[LOCAL] ? &plant->zone : NULL;
    if (!read_request(args, plant, &request) || !read_journal(args, &request, &journal))
        return CLI_WRONG;
    struct history *history = history_open(path, &err);
    if (!history)
        return cli_fail(CLI_FAILED, "%s", err.text);
    journal.zone = zone;
    int status;
    if (args->value[JOURNAL])
        status = export_journal(history, &journal);
    else if (args->value[ACCOUNTS] || args->value[STOPS])
        status = export_accounts(history, &journal, args->value[STOPS] != NULL);
    else if (args->value[ENERGY])
        status = export_meters(history, args, plant, &journal);
    else
        status = export_samples(history, args, &request, zone);
    history_close(history);
    return status;
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    char path[PATHS_BYTES];
    int status = CLI_WRONG;
    log_open(NULL, LOG_LEVEL_ERROR);
    if (common_history(&(struct cache_request){.config = args->value[CONFIG], .broker = args->value[BROKER], .cache = args->value[CACHE]}, &attach, path, &status))
        status = export_from(path, args, attach.config.plant);
    attach_close(&attach);
    return status;
}

const struct cli_command cli_export = {
    .name = "export", .operands = "[TAG-GLOB...]", .operands_least = 0, .operands_most = 4096, .summary = "samples, events, accounts, stops or energy of the history as CSV or JSON",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
