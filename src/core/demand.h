/*
 * demand: the mean power of blocks, sliding and rolling windows, against a limit. Pure arithmetic over quantities that were measured; the fold owns one
 * struct demand_meter for each configured demand and feeds it.
 *
 *     for (int64_t t = from_ms, until; t < to_ms; t = until) {
 *         until = demand_step_end(&d, t) < to_ms ? demand_step_end(&d, t) : to_ms;
 *         demand_feed(&d, t, until, kwh, until - t);       // measured in [t, until), all of it
 *     }
 *     struct demand_now now = demand_now(&d, ms, kw);      // kw: the mean power of the last minute
 *
 * A block's mean is of what was measured of it, and counts when that is two thirds of it. What is missing of a running one is taken to be as what was
 * measured; `missing` says how much that is.
 */
#ifndef ANDON_CORE_DEMAND_H
#define ANDON_CORE_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/energy.h"

enum { DEMAND_PEAKS = 10, DEMAND_STEPS = 60 /* of a window at most */, DEMAND_RING = DEMAND_STEPS + 2, DEMAND_PULSES = 4 };

struct demand_peak { int64_t from_ms, to_ms; double mean; };

/* Steps of time, the newest of them running; a block is one step. */
struct demand_meter {
    const struct demand *demand;   /* borrowed, as is the zone */
    const struct zone *zone;
    int64_t fed_ms;                /* all that was measured up to here is in the steps; INT64_MIN: nothing was yet */
    int64_t begin_ms[DEMAND_RING]; /* of each step; it ends where the next one begins */
    double sum[DEMAND_RING];       /* quantity */
    int64_t valid_ms[DEMAND_RING]; /* of so much of its time */
    size_t newest, count;          /* of the ring */
    int64_t pulses[DEMAND_PULSES]; /* of the utility, which no step begins with yet, oldest first */
    size_t pulse_count;
    bool unled;                    /* the running block began without a pulse */
    struct demand_peak last;       /* the last whole block or window; its mean NAN: not enough of it was measured */
    struct demand_peak peaks[DEMAND_PEAKS]; /* of the month: the highest blocks, which do not overlap, highest first */
    size_t peak_count;
    int32_t month;                 /* yyyymm */
    double month_sum; int64_t month_valid_ms; /* for the load factor: mean / peak */
};

/* What is known at a moment. NAN: unknown. kW. */
struct demand_now {
    int64_t from_ms, to_ms;        /* the running block; of windows [now - length, now) */
    double so_far;                 /* mean of what has passed of it */
    double forecast;               /* (sum so far + present power x time left) / block; of windows the mean at the end of the step */
    double last;                   /* mean of the last whole block */
    int64_t limit_in_ms;           /* at the present power the block's sum reaches limit x block after so long; -1: not within it; 0: it has */
    double shed;                   /* power that must go now for the rest of the block to stay under the limit, 0: none; more than the present power: it cannot */
    double missing;                /* share of the block so far that was not measured */
};

void demand_init(struct demand_meter *d, const struct demand *demand, const struct zone *zone);
/* The utility's pulse: a block begins at ms. Without one for half a block too long, the block ends, and the next ones by the clock. */
void demand_sync(struct demand_meter *d, int64_t ms);
/* Where the step ends that a moment at or behind fed_ms lies in. */
int64_t demand_step_end(const struct demand_meter *d, int64_t ms);
/* A quantity in [from, to), which lies in one step and not before fed_ms; valid_ms of it were measured. */
void demand_feed(struct demand_meter *d, int64_t from_ms, int64_t to_ms, double amount, int64_t valid_ms);
/* The clock was set back to ms: what was fed beyond is forgotten. */
void demand_set_back(struct demand_meter *d, int64_t ms);
/* kw: the present power. */
struct demand_now demand_now(const struct demand_meter *d, int64_t ms, double kw);
/* Mean power of the month by its highest demand; NAN: not known. */
double demand_load_factor(const struct demand_meter *d);

#endif
