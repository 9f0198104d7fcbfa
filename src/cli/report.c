/*
 * andon report: for now of the alarm system. It reads the cache, beside a running collector or as a copy.
 */
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "app/attach.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/history.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, FROM, TO, SHIFT, DAY, MONTH, POSITION, CHATTER, FLEETING, WHAT_IF, FORMAT };

static const struct cli_option table[] = {
    [CONFIG] = {"config", 'c', "FILE", "ANDON_CONFIG", "the configuration: its site's cache, its zone"},
    [BROKER] = {"broker", 'b', "URL", "ANDON_BROKER", "mqtt:// or mqtts://, as the collector was given it"},
    [CACHE] = {"cache", 0, "DIR", "ANDON_CACHE", "the cache folder of the collector, or a copy of it"},
    [FROM] = {"from", 0, "TIME", NULL, "from this moment on (2024-06-12T11:52, 03:12, -2h)"},
    [TO] = {"to", 0, "TIME", NULL, "up to this moment, which is not part of it; now by default"},
    [SHIFT] = {"shift", 0, NULL, NULL, "the shift of --from, or the last one that is over; the configuration says when they begin"},
    [DAY] = {"day", 0, NULL, NULL, "the day of --from, or the last one that is over: what is reported by default"},
    [MONTH] = {"month", 0, NULL, NULL, "the month of --from, or the last one that is over"},
    [POSITION] = {"position", 0, "NAME", NULL, "of this operator's position alone"},
    [CHATTER] = {"chatter", 0, "COUNT/DURATION", NULL, "so many raises of one alarm in so long are chattering; without it, as configured"},
    [FLEETING] = {"fleeting", 0, "DURATION", NULL, "what returns so soon and unacknowledged is fleeting; without it, as configured"},
    [WHAT_IF] = {"what-if", 0, "SETTINGS", NULL, "an alarm with other settings, as \"works/press/oil.high deadband=5; limit=90\""},
    [FORMAT] = {"format", 0, "FORMAT", NULL, "text (by default), csv, json or html"},
};

enum { WHATIF_DAYS_MS = 7 * 24 * 3600000 }; /* by default */

static const struct { const char *name; report_write *write; } formats[] = {{"text", report_text}, {"csv", report_csv}, {"json", report_json}, {"html", report_html}};

/* ---- what is told ---- */

const struct position_metrics *report_next(const struct report *r, size_t *at)
{
    while (*at < alarm_metrics_count(r->metrics)) {
        const struct position_metrics *p = alarm_metrics_position(r->metrics, (*at)++);
        if (!r->position || strcmp(r->position, p->name) == 0)
            return p;
    }
    return NULL;
}

void report_time(const struct zone *zone, int64_t ms, char out[REPORT_TIME])
{
    struct civil c = zone_civil(zone, ms);
    int offset = zone_offset_s(zone, ms) / 60, size = offset < 0 ? -offset : offset;
    snprintf(out, REPORT_TIME, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", c.year % 10000, c.month % 100, c.day % 100, c.hour % 100, c.minute % 100, c.second % 100, c.ms % 1000,
        offset < 0 ? '-' : '+', size / 60 % 100, size % 60);
}

bool report_tells(const struct position_metrics *p, size_t alarm)
{
    const struct metric_alarm *a = &p->alarms[alarm];
    return alarm < REPORT_TOP || a->chatters || a->fleeting || a->standing_since;
}

/* ---- what is asked ---- */

struct report_request {
    struct metrics_options options;
    const char *position;
    report_write *write;
};

static bool read_chatter(const char *text, struct metrics_options *o)
{
    const char *slash = strchr(text, '/');
    struct error err;
    char *end;
    long count = strtol(text, &end, 10);
    if (slash && end == slash && count >= 2 && count <= METRICS_CHATTER_MOST && duration_read(slash + 1, &o->chatter_ms, &err) && o->chatter_ms > 0) {
        o->chatter_count = (unsigned)count;
        return true;
    }
    cli_fail(CLI_WRONG, "--chatter %s: raises (2 to %d) in a duration are wanted, for example 3/60s", text, METRICS_CHATTER_MOST);
    return false;
}

static bool read_period(const struct cli_args *args, const struct plant *plant, struct period *period)
{
    static const struct { int option; enum period_kind kind; } kinds[] = {{DAY, PERIOD_DAY}, {SHIFT, PERIOD_SHIFT}, {MONTH, PERIOD_MONTH}};
    int64_t now = clock_wall_ms(), from = now;
    int given = 0;
    enum period_kind kind = PERIOD_DAY;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (args->value[kinds[k].option]) {
            kind = kinds[k].kind;
            given++;
        }
    if (given > 1 || (given && args->value[TO])) {
        cli_fail(CLI_WRONG, "%s", given > 1 ? "one of --shift, --day and --month is wanted" : "--to: the period ends by itself; leave out --shift, --day and --month");
        return false;
    }
    if (args->value[FROM] && !common_past("from", args->value[FROM], plant, &from))
        return false;
    *period = period_at(&plant->zone, &plant->shift_begins, kind, from);
    if (!args->value[FROM])
        *period = period_at(&plant->zone, &plant->shift_begins, kind, period->from_ms - 1);
    if (given)
        return true;
    period->from_ms = args->value[FROM] ? from : period->from_ms;
    period->to_ms = args->value[FROM] || args->value[TO] ? now : period->to_ms;
    return !args->value[TO] || common_time("to", args->value[TO], plant, &period->to_ms);
}

static bool check_period(const struct period *period)
{
    if (period->from_ms >= period->to_ms)
        return cli_fail(CLI_WRONG, "--from is not before --to"), false;
    if (period->to_ms - period->from_ms > METRICS_LONGEST_MS)
        return cli_fail(CLI_WRONG, "at most 400 days are reported at once"), false;
    return true;
}

/* ---- what if ---- */

static bool read_whatif(const struct cli_args *args, const struct plant *plant, struct report_whatif_request *r)
{
    static const char *const names[] = {[WHATIF_AS_TEXT] = "text", [WHATIF_AS_CSV] = "csv", [WHATIF_AS_JSON] = "json"};
    const char *format = args->value[FORMAT] ? args->value[FORMAT] : "text";
    size_t f = 0, count = sizeof names / sizeof names[0];
    int64_t now = clock_wall_ms();
    while (f < count && strcmp(names[f], format) != 0)
        f++;
    if (f == count)
        return cli_fail(CLI_WRONG, "--format %s: with --what-if text, csv or json is wanted", format), false;
    if (args->value[POSITION] || args->value[CHATTER] || args->value[FLEETING])
        return cli_fail(CLI_WRONG, "--what-if is about one alarm: leave out --position, --chatter and --fleeting"), false;
    r->format = (enum report_whatif_format)f;
    if (!read_period(args, plant, &r->period))
        return false;
    if (r->period.to_ms > now)
        r->period.to_ms = now; /* what has not come yet holds nothing */
    if (!args->value[FROM] && !args->value[SHIFT] && !args->value[DAY] && !args->value[MONTH])
        r->period = (struct period){(args->value[TO] ? r->period.to_ms : now) - WHATIF_DAYS_MS, args->value[TO] ? r->period.to_ms : now};
    return check_period(&r->period);
}

static bool read_request(const struct cli_args *args, const struct plant *plant, struct report_request *r)
{
    struct period period;
    struct error err;
    const char *format = args->value[FORMAT] ? args->value[FORMAT] : "text";
    *r = (struct report_request){.options = {.chatter_count = plant->counting.chatter_count, .chatter_ms = plant->counting.chatter_ms, .fleeting_ms = plant->counting.fleeting_ms},
        .position = args->value[POSITION]};
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++)
        if (strcmp(formats[f].name, format) == 0)
            r->write = formats[f].write;
    if (!r->write)
        return cli_fail(CLI_WRONG, "--format %s: text, csv, json or html is wanted", format), false;
    if (args->value[CHATTER] && !read_chatter(args->value[CHATTER], &r->options))
        return false;
    if (args->value[FLEETING] && (!duration_read(args->value[FLEETING], &r->options.fleeting_ms, &err) || r->options.fleeting_ms <= 0))
        return cli_fail(CLI_WRONG, "--fleeting %s: a duration is wanted, for example 10s", args->value[FLEETING]), false;
    if (!read_period(args, plant, &period))
        return false;
    if (!check_period(&period))
        return false;
    r->options.from_ms = period.from_ms;
    r->options.to_ms = period.to_ms;
    r->options.day_ms = period_day(&plant->zone, period.from_ms);
    return true;
}

/* ---- the command ---- */

static int tell(const struct report_request *r, const struct alarm_metrics *metrics, const struct plant *plant)
{
    size_t at = 0;
    struct report report = {.metrics = metrics, .site = plant->nodes[0].title, .position = r->position, .zone = &plant->zone,
        .period = {r->options.from_ms, r->options.to_ms}, .made_ms = clock_wall_ms()};
    if (r->position && !report_next(&report, &at))
        return cli_fail(CLI_WRONG, "--position %s: there is no such position%s%s", r->position, alarm_metrics_count(metrics) ? "; the first is " : "",
            alarm_metrics_count(metrics) ? alarm_metrics_position(metrics, 0)->name : "");
    r->write(&report, stdout);
    return fflush(stdout) != 0 || ferror(stdout) ? common_unwritten() : CLI_DONE;
}

static int report_from(const char *path, const struct report_request *r, const struct plant *plant)
{
    struct error err = {.text = ""};
    struct history *history = history_open(path, &err);
    if (!history)
        return cli_fail(CLI_FAILED, "%s", err.text);
    struct alarm_metrics *metrics = alarm_metrics_create(&r->options);
    for (size_t p = 0; p < plant->position_count; p++)
        alarm_metrics_expect(metrics, plant->positions[p].name);
    int status = history_metrics(history, metrics, INT64_MAX, 0, &err) ? tell(r, metrics, plant) : cli_fail(CLI_FAILED, "%s", err.text);
    alarm_metrics_destroy(metrics);
    history_close(history);
    return status;
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    char path[PATHS_BYTES];
    int status = CLI_WRONG;
    log_open(NULL, LOG_LEVEL_ERROR);
    if (strcmp(args->operands[0], "alarms") != 0)
        return cli_fail(CLI_WRONG, "report %s: there is one of alarms", args->operands[0]);
    if (common_history(&(struct cache_request){.config = args->value[CONFIG], .broker = args->value[BROKER], .cache = args->value[CACHE]}, &attach, path, &status)) {
        struct report_request request;
        struct report_whatif_request whatif = {.plant = attach.config.plant, .path = path, .text = args->value[WHAT_IF]};
        status = CLI_WRONG;
        if (whatif.text)
            status = read_whatif(args, whatif.plant, &whatif) ? report_whatif(&whatif) : CLI_WRONG;
        else if (read_request(args, whatif.plant, &request))
            status = report_from(path, &request, whatif.plant);
    }
    attach_close(&attach);
    return status;
}

const struct cli_command cli_report = {
    .name = "report", .operands = "alarms", .operands_least = 1, .operands_most = 1, .summary = "how the alarm system itself does, by ISA-18.2's figures",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
