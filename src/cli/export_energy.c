/*
 * andon export --energy: what meters measured, a local day at a time (a month's rows at once), so that years of it need no memory. Meters are those of the configuration,
 * which has their units, prices and factors.
 */
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/common.h"
#include "cli/export.h"
#include "core/memory.h"
#include "core/period.h"

#define DAY_MS INT64_C(86400000)

static const char *const names[] = {"time", "until", "meter", "unit", "amount", "reactive", "leading", "idle", "estimated", "valid_ms", "missing_ms", "running_ms", "cost", "carbon", "peak", "peak_time",
    "day", "planned", "shift", "crew", "product", "order"};
enum { COLUMNS = sizeof names / sizeof names[0], CONTEXT_COLUMNS = 6 /* of cells only */ };

struct step_row { const char *name; int64_t ms; enum energy_step step; };
static const struct step_row steps[] = {{"15m", 900000, ENERGY_QUARTER}, {"1h", 3600000, ENERGY_HOUR}, {"1d", DAY_MS, ENERGY_DAY}};

struct writing {
    struct history *history;
    const struct energy_request *request;
    struct energy_query query;
    struct rows rows;
    struct error err;
};

bool export_energy_step(const char *text, enum energy_step *step)
{
    struct error err;
    int64_t ms;
    if (strcmp(text, "month") == 0) {
        *step = ENERGY_MONTH;
        return true;
    }
    for (size_t i = 0; duration_read(text, &ms, &err) && i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].ms == ms) {
            *step = steps[i].step;
            return true;
        }
    cli_fail(CLI_WRONG, "--step %s: 15m, 1h, 1d or month is wanted of energy", text);
    return false;
}

static struct sql_field text_or_null(const char *text)
{
    return *text ? (struct sql_field){.kind = SQL_TEXT, .text = text, .length = strlen(text)} : (struct sql_field){.kind = SQL_NULL};
}

static struct sql_field number(int64_t i)
{
    return (struct sql_field){.kind = SQL_INT, .i = i};
}

static struct sql_field real(double d)
{
    return isnan(d) ? (struct sql_field){.kind = SQL_NULL} : (struct sql_field){.kind = SQL_REAL, .d = d};
}

/* Of an emission its value times hours: the amount over the valid hours is the mean. */
static const char *unit_of(const struct plant *plant, const char *path)
{
    uint32_t meter = plant_meter_by_key(plant, path);
    return meter == NO_METER || plant->meters[meter].kind == METER_EMISSION ? "" : plant->carriers[plant->meters[meter].carrier].unit;
}

static bool put_row(struct writing *w, const struct energy_row *row)
{
    char from[EXPORT_TIME], to[EXPORT_TIME], peak[EXPORT_TIME] = "";
    const struct energy_cell *c = &row->cell;
    const struct zone *zone = w->request->common.zone;
    export_time(zone, c->from_ms, from);
    export_time(zone, c->to_ms, to);
    if (!isnan(row->peak))
        export_time(zone, row->peak_ms, peak);
    const struct sql_field fields[COLUMNS] = {text_or_null(from), text_or_null(to), text_or_null(row->path), text_or_null(unit_of(w->query.plant, row->path)), real(c->sum.amount), real(c->sum.reactive),
        real(c->sum.leading), real(c->sum.idle), real(c->sum.estimated), number(c->sum.valid_ms), number(c->sum.missing_ms), number(c->sum.running_ms), real(row->cost), real(row->carbon),
        real(row->peak), text_or_null(peak), number(c->day), number(c->planned), text_or_null(c->shift), text_or_null(c->crew), text_or_null(c->product), text_or_null(c->order)};
    return rows_put(&w->rows, fields);
}

static bool write_stretch(struct writing *w, int64_t from_ms, int64_t to_ms)
{
    struct energy_row *rows;
    size_t count;
    w->query.from_ms = from_ms;
    w->query.to_ms = to_ms;
    if (!history_energy(w->history, &w->query, &rows, &count, &w->err))
        return false;
    for (size_t i = 0; i < count && put_row(w, &rows[i]); i++) /* until the stream takes no more */
        continue;
    free(rows);
    return true;
}

/* Every pattern must fit a meter: a typing error must not look like an empty history. */
static uint32_t *find_meters(const struct energy_request *r, size_t *count)
{
    const struct plant *plant = r->plant;
    uint32_t *meters = mem_resize(NULL, plant->meter_count + 1, sizeof *meters);
    bool *used = mem_zero(r->common.pattern_count + 1, sizeof *used);
    char key[KEY_BYTES] = "";
    *count = 0;
    for (uint32_t m = 0; m < plant->meter_count; m++) {
        bool fits = r->common.pattern_count == 0;
        plant_meter_key(plant, m, key, sizeof key);
        for (size_t p = 0; p < r->common.pattern_count; p++)
            if (fnmatch(r->common.patterns[p], key, 0) == 0)
                fits = used[p] = true;
        if (fits)
            meters[(*count)++] = m;
    }
    size_t unused = 0;
    while (unused < r->common.pattern_count && used[unused])
        unused++;
    free(used);
    if (plant->meter_count && unused == r->common.pattern_count)
        return meters;
    if (plant->meter_count)
        cli_fail(CLI_FAILED, "no meter fits \"%s\": the configuration has %zu, for example %s", r->common.patterns[unused], plant->meter_count, key);
    else
        cli_fail(CLI_FAILED, "the configuration has no meters: -c names one that has");
    free(meters);
    return NULL;
}

static int write_all(struct writing *w)
{
    const struct energy_request *r = w->request;
    const struct zone *zone = &r->plant->zone;
    int64_t first_ms, end_ms;
    if (!history_energy_span(w->history, &first_ms, &end_ms, &w->err))
        return cli_fail(CLI_FAILED, "%s", w->err.text);
    int64_t at_ms = r->common.from_ms > first_ms ? r->common.from_ms : first_ms;
    end_ms = r->common.to_ms < end_ms ? r->common.to_ms : end_ms;
    bool good = true;
    rows_begin(&w->rows, stdout, r->common.format, names, r->cells ? COLUMNS : COLUMNS - CONTEXT_COLUMNS);
    while (good && at_ms < end_ms && !ferror(stdout)) {
        int64_t to_ms = r->step == ENERGY_MONTH ? end_ms : period_day(zone, period_day(zone, at_ms) + DAY_MS + DAY_MS / 4); /* days have 23 to 25 hours */
        to_ms = to_ms < end_ms ? to_ms : end_ms;
        good = write_stretch(w, at_ms, to_ms);
        at_ms = to_ms;
    }
    bool written = rows_end(&w->rows);
    if (!good)
        return cli_fail(CLI_FAILED, "%s", w->err.text);
    if (history_damaged(w->history))
        cli_fail(CLI_DONE, "%llu damaged pieces of the history were left out", (unsigned long long)history_damaged(w->history));
    return written ? CLI_DONE : common_unwritten();
}

int export_energy(struct history *history, const struct energy_request *request)
{
    struct writing w = {.history = history, .request = request, .query = {.plant = request->plant, .step = request->step, .by = request->cells ? BY_CELL : BY_NOTHING}};
    uint32_t *meters = find_meters(request, &w.query.meter_count);
    w.query.meters = meters;
    int status = meters ? write_all(&w) : CLI_FAILED;
    free(meters);
    return status;
}
