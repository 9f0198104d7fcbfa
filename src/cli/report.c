/*
 * andon report: of the alarm system, and of production. It reads the cache, beside a running collector or as a copy.
 */
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "app/attach.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/meters.h"
#include "cli/work.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/history.h"
#include "io/log.h"

enum { CONFIG, BROKER, CACHE, FROM, TO, SHIFT, DAY, MONTH, POSITION, CHATTER, FLEETING, WHAT_IF, BY, TARGET, METER, FORMAT };

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
    [BY] = {"by", 0, "PART", NULL, "production by hour, shift, day, product, crew, order or unit; energy by quarter, month and rate too"},
    [TARGET] = {"target", 0, "SHARE", NULL, "the OEE that is wanted, as 85%; without it, as configured"},
    [METER] = {"meter", 0, "GLOB", NULL, "of energy: these meters, at length, by a pattern of their keys (works/*/main)"},
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

/* ---- production ---- */

static bool work_of_alarms(const struct cli_args *args)
{
    static const int alone[] = {POSITION, CHATTER, FLEETING, WHAT_IF};
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
        if (args->value[alone[i]])
            return cli_fail(CLI_WRONG, "--%s is of the alarms: report %s has none", table[alone[i]].name, args->operands[0]), true;
    return false;
}

/* A shift is by the calendar of the lines; day, month and any other stretch as of alarms. */
static bool read_work_period(const struct cli_args *args, const struct plant *plant, struct work_request *r)
{
    int64_t from = clock_wall_ms();
    if (r->shift && (args->value[TO] || args->value[DAY] || args->value[MONTH] || args->value[BY]))
        return cli_fail(CLI_WRONG, "report shift is of one shift, the one of --from or the last one that is over: leave out --to, --day, --month and --by"), false;
    if (!r->shift && !args->value[SHIFT])
        return read_period(args, plant, &r->period) && check_period(&r->period);
    if (args->value[TO] || args->value[DAY] || args->value[MONTH])
        return cli_fail(CLI_WRONG, "a shift ends by itself: leave out --to, --day and --month"), false;
    if (args->value[FROM] && !common_past("from", args->value[FROM], plant, &from))
        return false;
    if (!work_shift_at(plant, work_calendar(plant, r->paths, r->path_count), from, !args->value[FROM], &r->at))
        return cli_fail(CLI_WRONG, "the calendar has no shift in the 60 days before"), false;
    r->period = (struct period){r->at.from_ms, r->at.to_ms};
    return true;
}

static int work_from(const struct cli_args *args, const struct plant *plant, const char *path)
{
    struct work_request request = {.plant = plant, .shift = strcmp(args->operands[0], "shift") == 0, .paths = (const char *const *)args->operands + 1,
        .path_count = args->operand_count - 1, .now_ms = clock_wall_ms()};
    work_write *write = NULL;
    if (!work_asked(args->value[BY], args->value[TARGET], args->value[FORMAT], &request, &write) || !read_work_period(args, plant, &request))
        return CLI_WRONG;
    return work_report(path, &request, write);
}

/* ---- energy ---- */

static int meters_from(const struct cli_args *args, const struct plant *plant, const char *path)
{
    struct meters_request request = {.plant = plant, .meter = args->value[METER], .paths = (const char *const *)args->operands + 1, .path_count = args->operand_count - 1, .now_ms = clock_wall_ms()};
    meters_write *write = NULL;
    if (request.meter && request.path_count)
        return cli_fail(CLI_WRONG, "--meter %s: of meters or of nodes; leave out %s", request.meter, request.paths[0]);
    if (args->value[TARGET])
        return cli_fail(CLI_WRONG, "--target is of production: report oee");
    if (!meters_asked(args->value[BY], args->value[FORMAT], &request, &write) || !read_period(args, plant, &request.period) || !check_period(&request.period))
        return CLI_WRONG;
    return meters_report(path, &request, write);
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

static int alarms_from(const struct cli_args *args, const struct plant *plant, const char *path)
{
    struct report_request request;
    struct report_whatif_request whatif = {.plant = plant, .path = path, .text = args->value[WHAT_IF]};
    if (whatif.text)
        return read_whatif(args, plant, &whatif) ? report_whatif(&whatif) : CLI_WRONG;
    return read_request(args, plant, &request) ? report_from(path, &request, plant) : CLI_WRONG;
}

static bool check_operands(const struct cli_args *args)
{
    const char *of = args->operands[0];
    bool alarms = strcmp(of, "alarms") == 0, energy = strcmp(of, "energy") == 0;
    if (!alarms && !energy && strcmp(of, "oee") != 0 && strcmp(of, "shift") != 0)
        return cli_fail(CLI_WRONG, "report %s: there is one of alarms, energy, oee and shift", of), false;
    if (!energy && args->value[METER])
        return cli_fail(CLI_WRONG, "--meter is of energy: report energy"), false;
    if (alarms && args->operand_count > 1)
        return cli_fail(CLI_WRONG, "report alarms %s: it is of all alarms; --position NAME is of one position's", args->operands[1]), false;
    if (alarms && (args->value[BY] || args->value[TARGET]))
        return cli_fail(CLI_WRONG, "--by and --target are of production: report oee"), false;
    return alarms || !work_of_alarms(args);
}

static int run(const struct cli_args *args)
{
    static struct attach attach;
    char path[PATHS_BYTES];
    int status = CLI_WRONG;
    log_open(NULL, LOG_LEVEL_ERROR);
    if (!check_operands(args))
        return CLI_WRONG;
    if (common_history(&(struct cache_request){.config = args->value[CONFIG], .broker = args->value[BROKER], .cache = args->value[CACHE]}, &attach, path, &status))
        status = (strcmp(args->operands[0], "alarms") == 0 ? alarms_from : strcmp(args->operands[0], "energy") == 0 ? meters_from : work_from)(args, attach.config.plant, path);
    attach_close(&attach);
    return status;
}

const struct cli_command cli_report = {
    .name = "report", .operands = "alarms|energy|oee|shift [NODE ...]", .operands_least = 1, .operands_most = 1 + WORK_PATHS, .summary = "how lines did, what a shift hands over, what energy was used, how the alarm system itself does",
    .options = table, .option_count = sizeof table / sizeof table[0], .run = run,
};
