/*
 * Demand by steps of time: a block is one step, a window so many of the newest. A step is closed when something is measured behind it; then its block or window
 * is the last one, and perhaps one of the month's highest. Steps lie on the local clock, so that blocks of a day of a clock change begin where the utility's do.
 */
#include "core/demand.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define HOUR_MS 3600000.0
enum { VALID_PART = 2, VALID_OF = 3 }; /* a mean counts with so much of its time */

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t step_of(const struct demand *demand)
{
    return demand->kind == DEMAND_BLOCK || demand->step_ms <= 0 ? demand->block_ms : later(demand->step_ms, demand->block_ms / DEMAND_STEPS);
}

static int64_t begin_of(const struct demand_meter *d, int64_t ms)
{
    int64_t offset = (int64_t)zone_offset_s(d->zone, ms) * 1000, step = step_of(d->demand), into = (ms + offset) % step;
    return ms - (into < 0 ? into + step : into);
}

void demand_init(struct demand_meter *d, const struct demand *demand, const struct zone *zone)
{
    *d = (struct demand_meter){.demand = demand, .zone = zone, .fed_ms = INT64_MIN, .last = {.mean = NAN}, .unled = true};
}

/* ---- steps ---- */

static size_t slot(const struct demand_meter *d, size_t back)
{
    return (d->newest + DEMAND_RING - back) % DEMAND_RING;
}

/* Of the running step, as far as pulses are known. */
static int64_t newest_end(const struct demand_meter *d)
{
    int64_t begin = d->begin_ms[d->newest], length = step_of(d->demand);
    if (d->demand->sync_tag == UINT32_MAX || d->demand->kind != DEMAND_BLOCK)
        return begin + length;
    if (d->pulse_count > 0)
        return d->pulses[0];
    return d->unled ? begin + length : begin + length + length / 2;
}

int64_t demand_step_end(const struct demand_meter *d, int64_t ms)
{
    if (d->count > 0 && ms < newest_end(d))
        return newest_end(d);
    int64_t end = begin_of(d, ms) + step_of(d->demand);
    for (size_t p = 0; p < d->pulse_count; p++)
        if (d->pulses[p] > ms)
            return earlier(end, d->pulses[p]);
    return end;
}

void demand_sync(struct demand_meter *d, int64_t ms)
{
    int64_t before = d->pulse_count > 0 ? d->pulses[d->pulse_count - 1] : d->count > 0 && !d->unled ? d->begin_ms[d->newest] : INT64_MIN;
    ms = later(ms, d->fed_ms);
    if ((before > INT64_MIN && ms - before < d->demand->block_ms / 2)) /* contacts bounce */
        return;
    if (d->pulse_count == DEMAND_PULSES)
        memmove(d->pulses, d->pulses + 1, --d->pulse_count * sizeof d->pulses[0]);
    d->pulses[d->pulse_count++] = ms;
}

/* ---- closing ---- */

static int32_t month_of(const struct demand_meter *d, int64_t ms)
{
    struct civil c = zone_civil(d->zone, ms);
    return c.year * 100 + c.month;
}

/* Of those that overlap the highest stays. */
static void add_peak(struct demand_meter *d, struct demand_peak peak)
{
    size_t kept = 0, place;
    for (size_t p = 0; p < d->peak_count; p++)
        if (d->peaks[p].from_ms < peak.to_ms && d->peaks[p].to_ms > peak.from_ms && d->peaks[p].mean >= peak.mean)
            return;
    for (size_t p = 0; p < d->peak_count; p++)
        if (d->peaks[p].from_ms >= peak.to_ms || d->peaks[p].to_ms <= peak.from_ms)
            d->peaks[kept++] = d->peaks[p];
    for (place = kept; place > 0 && d->peaks[place - 1].mean < peak.mean; place--)
        ;
    if (place == DEMAND_PEAKS) {
        d->peak_count = kept;
        return;
    }
    kept -= kept == DEMAND_PEAKS;
    memmove(d->peaks + place + 1, d->peaks + place, (kept - place) * sizeof d->peaks[0]);
    d->peaks[place] = peak;
    d->peak_count = kept + 1;
}

/* What lies in [from, to) by the steps that begin in it. */
static double sum_from(const struct demand_meter *d, int64_t from_ms, int64_t *valid_ms)
{
    double sum = 0;
    *valid_ms = 0;
    for (size_t back = 0; back < d->count && d->begin_ms[slot(d, back)] >= from_ms; back++) {
        sum += d->sum[slot(d, back)];
        *valid_ms += d->valid_ms[slot(d, back)];
    }
    return sum;
}

static double mean(double sum, int64_t valid_ms) { return valid_ms > 0 ? sum * HOUR_MS / (double)valid_ms : NAN; }

/* The running step has ended. */
static void close_step(struct demand_meter *d, int64_t end_ms)
{
    int64_t valid, from = d->demand->kind == DEMAND_BLOCK ? d->begin_ms[d->newest] : end_ms - d->demand->block_ms;
    double sum = sum_from(d, from, &valid);
    bool counts = valid * VALID_OF >= later(end_ms - from, d->demand->block_ms) * VALID_PART;
    d->last = (struct demand_peak){.from_ms = from, .to_ms = end_ms, .mean = counts ? mean(sum, valid) : NAN};
    if (counts && d->last.mean > 0)
        add_peak(d, d->last);
    d->month_sum += d->sum[d->newest];
    d->month_valid_ms += d->valid_ms[d->newest];
}

static void open_step(struct demand_meter *d, int64_t begin_ms, bool by_pulse)
{
    int32_t month = month_of(d, begin_ms);
    d->newest = (d->newest + 1) % DEMAND_RING;
    d->count += d->count < DEMAND_RING;
    d->begin_ms[d->newest] = begin_ms;
    d->sum[d->newest] = 0;
    d->valid_ms[d->newest] = 0;
    d->unled = !by_pulse;
    if (month == d->month)
        return;
    d->month = month;
    d->month_sum = 0;
    d->month_valid_ms = 0;
    d->peak_count = 0;
}

/* Steps follow each other; over a time of which nothing is known they are not gone through one by one. */
static void advance(struct demand_meter *d, int64_t ms)
{
    if (d->count == 0) {
        open_step(d, begin_of(d, ms), false);
        return;
    }
    for (int64_t end; (end = newest_end(d)) <= ms;) {
        bool pulse = d->pulse_count > 0 && d->pulses[0] == end;
        close_step(d, end);
        if (pulse)
            memmove(d->pulses, d->pulses + 1, --d->pulse_count * sizeof d->pulses[0]);
        if (!pulse && ms - end >= 2 * d->demand->block_ms) {
            d->count = 0;
            open_step(d, later(end, begin_of(d, ms)), false);
        } else {
            open_step(d, end, pulse);
        }
    }
}

void demand_feed(struct demand_meter *d, int64_t from_ms, int64_t to_ms, double amount, int64_t valid_ms)
{
    assert(from_ms >= d->fed_ms);
    advance(d, from_ms);
    d->sum[d->newest] += amount;
    d->valid_ms[d->newest] += valid_ms;
    d->fed_ms = to_ms;
    advance(d, to_ms);
}

void demand_set_back(struct demand_meter *d, int64_t ms)
{
    if (d->fed_ms <= ms)
        return;
    while (d->count > 0 && d->begin_ms[d->newest] >= ms) {
        d->newest = slot(d, 1);
        d->count--;
    }
    if (d->count > 0) {
        int64_t begin = d->begin_ms[d->newest], length = earlier(d->fed_ms, begin + step_of(d->demand)) - begin;
        double kept = length > 0 && ms - begin < length ? (double)(ms - begin) / (double)length : 1;
        d->sum[d->newest] *= kept;
        d->valid_ms[d->newest] = (int64_t)((double)d->valid_ms[d->newest] * kept);
    }
    while (d->pulse_count > 0 && d->pulses[d->pulse_count - 1] > ms)
        d->pulse_count--;
    d->fed_ms = ms;
}

/* ---- what is known now ---- */

/* The running block or window: [from, end), known up to `fed`. */
struct running { int64_t from_ms, fed_ms, end_ms; double sum; int64_t valid_ms; };

static struct running running_at(const struct demand_meter *d, int64_t ms)
{
    int64_t step = step_of(d->demand), begin = begin_of(d, ms), fed = d->fed_ms;
    bool fed_into = d->count > 0 && ms < newest_end(d);
    if (d->count > 0)
        begin = fed_into ? d->begin_ms[d->newest] : later(begin, newest_end(d));
    struct running r = {.from_ms = begin, .end_ms = begin + step};
    if (fed_into) /* a pulse is late */
        r.end_ms = later(r.end_ms, later(fed, earlier(ms, newest_end(d))));
    if (d->demand->kind != DEMAND_BLOCK)
        r.from_ms = r.end_ms - d->demand->block_ms;
    r.fed_ms = later(r.from_ms, fed);
    r.sum = sum_from(d, r.from_ms, &r.valid_ms);
    return r;
}

struct demand_now demand_now(const struct demand_meter *d, int64_t ms, double kw)
{
    struct running r = running_at(d, ms);
    double length = (double)(r.end_ms - r.from_ms), passed = (double)(r.fed_ms - r.from_ms), target = d->demand->limit * length;
    struct demand_now now = {.from_ms = r.from_ms, .to_ms = r.end_ms, .so_far = mean(r.sum, r.valid_ms), .last = d->last.mean, .limit_in_ms = -1};
    /* Power x time: what is missing is as the rest, and since it was fed, and up to the end, it is as now. */
    double fed = passed > 0 ? (r.valid_ms > 0 ? now.so_far : kw) * passed : 0;
    double by_now = fed + (ms > r.fed_ms ? kw * (double)(ms - r.fed_ms) : 0), left = (double)(r.end_ms - later(ms, r.fed_ms));
    now.missing = passed > 0 ? fmax(0, 1 - (double)r.valid_ms / passed) : 0;
    now.forecast = (by_now + (left > 0 ? kw * left : 0)) / length;
    if (by_now >= target)
        now.limit_in_ms = 0;
    else if (now.forecast >= d->demand->limit && kw > 0)
        now.limit_in_ms = (int64_t)((target - by_now) / kw + .5);
    if (left > 0 && now.forecast > d->demand->limit)
        now.shed = kw - (target - by_now) / left;
    if (d->demand->kind != DEMAND_BLOCK) {
        now.to_ms = ms;
        now.from_ms = ms - d->demand->block_ms;
    }
    return now;
}

double demand_load_factor(const struct demand_meter *d)
{
    return d->peak_count > 0 ? mean(d->month_sum, d->month_valid_ms) / d->peaks[0].mean : NAN;
}
