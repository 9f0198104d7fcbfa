/*
 * Baselines: each day of the baseline's period and of the report's, with what the meter measured on it and what its drivers were: pieces and hours from the
 * accounts, means and degree days from the hours of a tag. Days are local ones; weeks begin on Monday. A struct days holds the rows while they are filled.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/meters.h"
#include "core/chunk.h"
#include "core/energy_price.h"
#include "core/memory.h"

enum { DAYS_MOST = 4000 };
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

struct day {
    struct period period;
    int32_t date;
    double amount;
    int64_t valid_ms;
    double sum[BASELINE_DRIVERS], weight[BASELINE_DRIVERS];
};
struct days { struct day *rows; size_t count; };

static int32_t date_of(const struct zone *zone, int64_t ms)
{
    struct civil c = zone_civil(zone, ms);
    return c.year * 10000 + c.month * 100 + c.day;
}

static int64_t begin_of(const struct zone *zone, int32_t date)
{
    return zone_utc(zone, (struct civil){.year = date / 10000, .month = date / 100 % 100, .day = date % 100});
}

/* Whole local days of both periods, by time. */
static void lay_days(const struct meters *meters, const struct baseline *b, struct days *days)
{
    int64_t own_to = period_at(meters->zone, NULL, PERIOD_DAY, begin_of(meters->zone, b->to)).to_ms, own_from = begin_of(meters->zone, b->from);
    int64_t from = own_from < meters->period.from_ms ? own_from : meters->period.from_ms, to = own_to > meters->period.to_ms ? own_to : meters->period.to_ms;
    for (int64_t ms = from; ms < to && days->count < DAYS_MOST;) {
        struct period day = period_at(meters->zone, NULL, PERIOD_DAY, ms);
        bool own = day.from_ms >= own_from && day.to_ms <= own_to, told = day.from_ms >= meters->period.from_ms && day.to_ms <= meters->period.to_ms;
        if (own || told) {
            days->rows = mem_resize(days->rows, days->count + 1, sizeof *days->rows);
            days->rows[days->count++] = (struct day){.period = day, .date = date_of(meters->zone, day.from_ms)};
        }
        ms = day.to_ms;
    }
}

static struct day *day_at(const struct days *days, int64_t ms)
{
    size_t low = 0, high = days->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (days->rows[middle].period.to_ms <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < days->count && days->rows[low].period.from_ms <= ms ? &days->rows[low] : NULL;
}

static struct period all_of(const struct days *days)
{
    return (struct period){days->rows[0].period.from_ms, days->rows[days->count - 1].period.to_ms};
}

static bool read_amounts(const struct meters *meters, const struct meters_source *source, uint32_t meter, const struct days *days, struct error *err)
{
    size_t leaves = energy_leaves(meters->plant, meter, NULL, 0), rows_count, facts;
    uint32_t *leaf = mem_resize(NULL, leaves + 1, sizeof *leaf);
    struct energy_row *rows;
    bool good = true;
    energy_leaves(meters->plant, meter, leaf, leaves);
    for (size_t l = 0; good && l < leaves; l++) {
        good = meters_quarters(source, meters->plant, leaf[l], all_of(days), &rows, &rows_count, &facts, err);
        for (size_t r = 0; good && r < rows_count; r++) {
            struct day *day = day_at(days, rows[r].cell.from_ms);
            if (!day)
                continue;
            day->amount += rows[r].cell.sum.amount;
            day->valid_ms += rows[r].cell.sum.valid_ms / (int64_t)leaves;
        }
        if (good)
            free(rows);
    }
    free(leaf);
    return good;
}

static bool read_pieces(const struct meters *meters, const struct meters_source *source, const struct baseline_driver *driver, size_t d, const struct days *days, struct error *err)
{
    char path[KEY_BYTES];
    struct account_row *rows = NULL;
    size_t count = 0;
    struct period all = all_of(days);
    plant_node_path(meters->plant, driver->node, path, sizeof path);
    struct account_query query = {.path = path, .below = meters->plant->nodes[driver->node].level < LEVEL_LINE, .by = BY_HOUR, .from_ms = all.from_ms, .to_ms = all.to_ms,
        .until_seq = source->until_seq};
    if (!history_accounts(source->history, &query, &rows, &count, err))
        return false;
    for (size_t r = 0; r < count; r++) {
        const struct account *a = &rows[r].cell.sum;
        struct day *day = day_at(days, rows[r].cell.from_ms);
        if (!day)
            continue;
        day->sum[d] += driver->kind == DRIVER_GOOD ? a->good : driver->kind == DRIVER_PRODUCED ? account_produced(a) : (double)a->ms[TIME_RUN] / (double)HOUR_MS;
        day->weight[d] = 1;
    }
    free(rows);
    return true;
}

struct hours { const struct days *days; const struct baseline_driver *driver; size_t d; };

static bool take_hour(void *arg, const struct summary *hour)
{
    struct hours *h = arg;
    struct day *day = day_at(h->days, hour->start_ms);
    double mean = hour->count ? hour->sum / (double)hour->count : NAN;
    if (!day || isnan(mean))
        return true;
    day->sum[h->d] += energy_driver_value(h->driver, mean);
    day->weight[h->d]++;
    return true;
}

static bool read_tag(const struct meters *meters, const struct meters_source *source, const struct baseline_driver *driver, size_t d, const struct days *days, struct error *err)
{
    char key[KEY_BYTES];
    struct hours h = {.days = days, .driver = driver, .d = d};
    struct period all = all_of(days);
    plant_tag_key(meters->plant, driver->tag, key, sizeof key);
    uint32_t series = history_series(source->history, key);
    return !series || history_summaries(source->history, series, HOUR_MS, all.from_ms, all.to_ms, take_hour, &h, err);
}

static bool read_drivers(const struct meters *meters, const struct meters_source *source, const struct baseline *b, const struct days *days, struct error *err)
{
    for (size_t d = 0; d < b->driver_count; d++) {
        const struct baseline_driver *driver = &b->drivers[d];
        bool tag = driver->kind == DRIVER_MEAN || driver->kind == DRIVER_ABOVE || driver->kind == DRIVER_BELOW;
        if (!(tag ? read_tag : read_pieces)(meters, source, driver, d, days, err))
            return false;
    }
    return true;
}

/* Of a tag the day's mean: degree days are the mean of the hours' degrees. */
static struct baseline_row row_of(const struct baseline *b, const struct day *day)
{
    struct baseline_row row = {.day = day->date, .actual = (double)day->valid_ms >= energy_baseline_measured * (double)(day->period.to_ms - day->period.from_ms) ? day->amount : NAN};
    for (size_t d = 0; d < b->driver_count; d++) {
        bool pieces = b->drivers[d].kind == DRIVER_GOOD || b->drivers[d].kind == DRIVER_PRODUCED || b->drivers[d].kind == DRIVER_RUN_HOURS;
        row.x[d] = day->weight[d] > 0 ? pieces ? day->sum[d] : day->sum[d] / day->weight[d] : NAN;
    }
    return row;
}

/* Seven days from Monday on; a mean of a tag is the mean of its days, all else is added up. */
static size_t weeks_of(const struct zone *zone, const struct baseline *b, const struct days *days, struct baseline_row *rows)
{
    size_t count = 0;
    for (size_t at = 0; at + 7 <= days->count; at++) {
        struct baseline_row week = row_of(b, &days->rows[at]);
        bool whole = zone_civil(zone, days->rows[at].period.from_ms).weekday == 1;
        for (size_t i = 1; whole && i < 7; i++) {
            struct baseline_row day = row_of(b, &days->rows[at + i]);
            whole = days->rows[at + i].period.from_ms == days->rows[at + i - 1].period.to_ms;
            week.actual += day.actual;
            for (size_t d = 0; d < b->driver_count; d++)
                week.x[d] += day.x[d];
        }
        for (size_t d = 0; d < b->driver_count; d++)
            week.x[d] /= b->drivers[d].kind == DRIVER_MEAN ? 7 : 1;
        if (whole)
            rows[count++] = week;
    }
    return count;
}

static void add_up(const struct meters *meters, struct meters_baseline *told)
{
    while (told->first < told->count && begin_of(meters->zone, told->rows[told->first].day) < meters->period.from_ms)
        told->first++;
    energy_baseline_fit(told->baseline, told->rows, told->count, &told->fit);
    while (told->count > told->first && begin_of(meters->zone, told->rows[told->count - 1].day) >= meters->period.to_ms)
        told->count--;
    energy_baseline_tell(&told->fit, told->rows + told->first, told->count - told->first);
    for (size_t r = told->first; r < told->count; r++) {
        if (isnan(told->rows[r].saving))
            continue;
        told->actual += told->rows[r].actual;
        told->expected += told->rows[r].expected;
        told->saved += told->rows[r].saving;
    }
}

static bool tell(const struct meters *meters, const struct meters_source *source, struct meters_baseline *told, struct error *err)
{
    const struct baseline *b = told->baseline;
    struct days days = {.rows = NULL};
    lay_days(meters, b, &days);
    bool good = days.count == 0 || (read_amounts(meters, source, b->meter, &days, err) && read_drivers(meters, source, b, &days, err));
    told->rows = mem_zero(days.count + 1, sizeof *told->rows);
    for (size_t d = 0; good && !b->weekly && d < days.count; d++)
        told->rows[told->count++] = row_of(b, &days.rows[d]);
    if (good && b->weekly)
        told->count = weeks_of(meters->zone, b, &days, told->rows);
    free(days.rows);
    if (good)
        add_up(meters, told);
    return good;
}

bool meters_baselines(struct meters *meters, const struct meters_source *source, struct error *err)
{
    const struct plant *plant = meters->plant;
    meters->baselines = mem_zero(plant->baseline_count + 1, sizeof *meters->baselines);
    for (size_t b = 0; b < plant->baseline_count; b++) {
        bool wanted = meters->subject_count == 0 || meters->subjects[0].meter == NO_METER;
        for (size_t s = 0; s < meters->subject_count; s++)
            wanted |= meters->subjects[s].meter == plant->baselines[b].meter;
        if (!wanted)
            continue;
        struct meters_baseline *told = &meters->baselines[meters->baseline_count++];
        told->baseline = &plant->baselines[b];
        if (!tell(meters, source, told, err))
            return false;
    }
    return true;
}
