/*
 * A struct energy_series is what its header says; nothing else is kept. Blocks come mostly in order of time, so that adding is a look at the last one.
 * Every figure is one pass over the blocks, and one more look at those it sorts: a year of quarters is 35,000.
 */
#include "core/energy_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

#define HOUR_MS 3600000.0

static const double base_share = 0.05;

/* ---- blocks ---- */

static int64_t floored(int64_t ms, int64_t step_ms)
{
    int64_t rest = ms % step_ms;
    return ms - (rest < 0 ? rest + step_ms : rest);
}

size_t energy_series_at(const struct energy_series *s, int64_t ms)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->blocks[middle].from_ms < ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct energy_block *block_at(struct energy_series *s, int64_t from_ms)
{
    size_t at = s->count && s->blocks[s->count - 1].from_ms == from_ms ? s->count - 1 : s->count && s->blocks[s->count - 1].from_ms > from_ms ? energy_series_at(s, from_ms) : s->count;
    if (at < s->count && s->blocks[at].from_ms == from_ms)
        return &s->blocks[at];
    s->blocks = mem_grow(s->blocks, s->count, &s->capacity, sizeof *s->blocks);
    memmove(s->blocks + at + 1, s->blocks + at, (s->count - at) * sizeof *s->blocks);
    s->count++;
    s->blocks[at] = (struct energy_block){.from_ms = from_ms};
    return &s->blocks[at];
}

void energy_series_add(struct energy_series *s, int64_t ms, double amount, int64_t valid_ms)
{
    struct energy_block *block = block_at(s, floored(ms, s->step_ms));
    block->amount += amount;
    block->valid_ms += valid_ms;
}

void energy_series_rows(struct energy_series *s, const struct energy_row *rows, size_t count)
{
    for (size_t r = 0; r < count; r++)
        energy_series_add(s, rows[r].cell.from_ms, rows[r].cell.sum.amount, rows[r].cell.sum.valid_ms);
}

void energy_series_cells(struct energy_series *s, const struct energy_cell *cells, size_t count)
{
    for (size_t c = 0; c < count; c++)
        energy_series_add(s, cells[c].from_ms, cells[c].sum.amount, cells[c].sum.valid_ms);
}

void energy_series_merge(struct energy_series *s, const struct energy_series *other)
{
    bool first = s->count == 0;
    struct energy_series sum = {.step_ms = s->step_ms};
    for (size_t a = 0, b = 0; a < s->count || b < other->count;) {
        const struct energy_block *mine = a < s->count ? &s->blocks[a] : NULL, *its = b < other->count ? &other->blocks[b] : NULL;
        if (mine && its && mine->from_ms != its->from_ms) {
            bool earlier = mine->from_ms < its->from_ms;
            mine = earlier ? mine : NULL;
            its = earlier ? NULL : its;
        }
        int64_t valid = mine && its ? mine->valid_ms < its->valid_ms ? mine->valid_ms : its->valid_ms : first && its ? its->valid_ms : 0;
        energy_series_add(&sum, mine ? mine->from_ms : its->from_ms, (mine ? mine->amount : 0) + (its ? its->amount : 0), valid);
        a += mine != NULL;
        b += its != NULL;
    }
    free(s->blocks);
    *s = sum;
}

void energy_series_coarse(const struct energy_series *s, int64_t step_ms, const struct zone *zone, struct energy_series *out)
{
    struct energy_series coarse = {.step_ms = step_ms};
    int64_t from_ms = INT64_MAX, to_ms = INT64_MIN, offset_ms = 0;
    for (size_t b = 0; b < s->count; b++) {
        int64_t ms = s->blocks[b].from_ms;
        if (ms < from_ms || ms >= to_ms)
            offset_ms = zone_steady(zone, ms, &from_ms, &to_ms) * INT64_C(1000);
        struct energy_block *block = block_at(&coarse, floored(ms + offset_ms, step_ms) - offset_ms);
        block->amount += s->blocks[b].amount;
        block->valid_ms += s->blocks[b].valid_ms;
    }
    *out = coarse;
}

void energy_series_finish(struct energy_series *s)
{
    free(s->blocks);
    *s = (struct energy_series){.step_ms = s->step_ms};
}

bool energy_block_whole(const struct energy_series *s, const struct energy_block *block)
{
    return block->valid_ms >= s->step_ms - s->step_ms / 100;
}

double energy_block_power(const struct energy_series *s, const struct energy_block *block)
{
    return energy_block_whole(s, block) ? block->amount / ((double)s->step_ms / HOUR_MS) : NAN;
}

/* ---- figures ---- */

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted numbers. */
static double percentile(const double *numbers, size_t count, double share)
{
    double at = share * (double)(count ? count - 1 : 0);
    size_t low = (size_t)at, high = low + 1 < count ? low + 1 : low;
    return count ? numbers[low] + (at - (double)low) * (numbers[high] - numbers[low]) : NAN;
}

static bool is_weekend(int weekday)
{
    return weekday == 0 || weekday == 6;
}

struct energy_figures energy_figures(const struct energy_series *s, const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
    struct energy_figures f = {.peak = NAN};
    size_t first = energy_series_at(s, from_ms);
    double *powers = mem_resize(NULL, s->count - first + 1, sizeof *powers);
    for (size_t b = first; b < s->count && s->blocks[b].from_ms < to_ms; b++) {
        const struct energy_block *block = &s->blocks[b];
        double power = energy_block_power(s, block);
        f.amount += block->amount;
        *(is_weekend(zone_civil(zone, block->from_ms).weekday) ? &f.weekend : &f.weekday) += block->amount;
        f.valid_ms += block->valid_ms;
        if (isnan(power))
            continue;
        powers[f.whole++] = power;
        if (!(power <= f.peak)) {
            f.peak = power;
            f.peak_ms = block->from_ms;
        }
    }
    qsort(powers, f.whole, sizeof *powers, by_number);
    f.base = percentile(powers, f.whole, base_share);
    f.mean = f.valid_ms > 0 ? f.amount / ((double)f.valid_ms / HOUR_MS) : NAN;
    f.load_factor = f.peak > 0 ? f.mean / f.peak : NAN;
    free(powers);
    return f;
}

size_t energy_peaks(const struct energy_series *s, int64_t from_ms, int64_t to_ms, struct demand_peak peaks[DEMAND_PEAKS])
{
    size_t count = 0;
    for (size_t b = energy_series_at(s, from_ms); b < s->count && s->blocks[b].from_ms < to_ms; b++) {
        double power = energy_block_power(s, &s->blocks[b]);
        if (isnan(power) || (count == DEMAND_PEAKS && power <= peaks[count - 1].mean))
            continue;
        size_t at = count < DEMAND_PEAKS ? count++ : count - 1;
        for (; at > 0 && peaks[at - 1].mean < power; at--)
            peaks[at] = peaks[at - 1];
        peaks[at] = (struct demand_peak){.from_ms = s->blocks[b].from_ms, .to_ms = s->blocks[b].from_ms + s->step_ms, .mean = power};
    }
    return count;
}

/* ---- days ---- */

static int64_t day_end(const struct zone *zone, int64_t day_ms)
{
    struct civil c = zone_civil(zone, day_ms);
    return zone_utc(zone, (struct civil){.year = c.year, .month = c.month, .day = c.day + 1});
}

static int64_t day_begin(const struct zone *zone, int64_t ms)
{
    struct civil c = zone_civil(zone, ms);
    return zone_utc(zone, (struct civil){.year = c.year, .month = c.month, .day = c.day});
}

void energy_profile(const struct energy_series *s, const struct zone *zone, int64_t day_ms, double power[ENERGY_SLOTS])
{
    int64_t end = day_end(zone, day_ms);
    int times[ENERGY_SLOTS] = {0};
    size_t each = (size_t)(s->step_ms / METER_QUARTER_MS);
    for (size_t q = 0; q < ENERGY_SLOTS; q++)
        power[q] = NAN;
    for (size_t b = energy_series_at(s, day_ms); b < s->count && s->blocks[b].from_ms < end; b++) {
        struct civil c = zone_civil(zone, s->blocks[b].from_ms);
        double its = energy_block_power(s, &s->blocks[b]);
        size_t slot = (size_t)(c.hour * 4 + c.minute / 15);
        for (size_t q = slot; q < slot + each && q < ENERGY_SLOTS && !isnan(its); q++) {
            power[q] = times[q] ? (power[q] * times[q] + its) / (times[q] + 1) : its;
            times[q]++;
        }
    }
}

size_t energy_typical(const struct energy_series *s, const struct zone *zone, int weekday, int64_t before_ms, double power[ENERGY_SLOTS])
{
    size_t days = 0, capacity = 0;
    double (*profiles)[ENERGY_SLOTS] = NULL;
    for (size_t b = 0; b < s->count;) {
        int64_t day = day_begin(zone, s->blocks[b].from_ms);
        if (day >= before_ms)
            break;
        if (zone_civil(zone, s->blocks[b].from_ms).weekday == weekday) {
            profiles = mem_grow(profiles, days, &capacity, sizeof *profiles);
            energy_profile(s, zone, day, profiles[days++]);
        }
        b = energy_series_at(s, day_end(zone, day));
    }
    double *of_slot = mem_resize(NULL, days + 1, sizeof *of_slot);
    for (size_t q = 0; q < ENERGY_SLOTS; q++) {
        size_t known = 0;
        for (size_t d = 0; d < days; d++)
            if (!isnan(profiles[d][q]))
                of_slot[known++] = profiles[d][q];
        qsort(of_slot, known, sizeof *of_slot, by_number);
        power[q] = percentile(of_slot, known, 0.5);
    }
    free(of_slot);
    free(profiles);
    return days;
}

double energy_profile_sum(const double power[ENERGY_SLOTS], size_t slots, size_t *unknown)
{
    double sum = 0;
    size_t none = 0;
    for (size_t q = 0; q < slots && q < ENERGY_SLOTS; q++) {
        if (isnan(power[q]))
            none++;
        else
            sum += power[q] * ((double)METER_QUARTER_MS / HOUR_MS);
    }
    if (unknown)
        *unknown = none;
    return sum;
}

static void tell_day(const struct energy_series *s, const struct zone *zone, size_t first, size_t end, struct energy_date *day)
{
    int64_t valid[ENERGY_HOURS] = {0};
    double sum[ENERGY_HOURS] = {0};
    for (size_t b = first; b < end; b++) {
        const struct energy_block *block = &s->blocks[b];
        int hour = zone_civil(zone, block->from_ms).hour;
        double power = energy_block_power(s, block);
        day->amount += block->amount;
        day->valid_ms += block->valid_ms;
        sum[hour] += block->amount;
        valid[hour] += block->valid_ms;
        if (!isnan(power) && !(power <= day->peak))
            day->peak = power;
    }
    for (int h = 0; h < ENERGY_HOURS; h++)
        day->power[h] = valid[h] > 0 ? sum[h] / ((double)valid[h] / HOUR_MS) : NAN;
}

size_t energy_dates(const struct energy_series *s, const struct zone *zone, struct energy_date **days)
{
    size_t count = 0, capacity = 0;
    *days = NULL;
    for (size_t b = 0, next; b < s->count; b = next) {
        int64_t begin = day_begin(zone, s->blocks[b].from_ms);
        struct civil c = zone_civil(zone, s->blocks[b].from_ms);
        next = energy_series_at(s, day_end(zone, begin));
        *days = mem_grow(*days, count, &capacity, sizeof **days);
        struct energy_date *day = &(*days)[count++];
        *day = (struct energy_date){.day = c.year * 10000 + c.month * 100 + c.day, .from_ms = begin, .weekday = c.weekday, .peak = NAN};
        tell_day(s, zone, b, next, day);
    }
    return count;
}
