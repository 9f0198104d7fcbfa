/*
 * demand: the mean power of blocks, sliding and rolling windows, against a limit. Pure arithmetic over quantities that were measured; the fold owns one
 * struct demand_meter for each configured demand and feeds it.
 *
 *     demand_feed(&d, from_ms, to_ms, kwh);            // measured in [from, to), within one step
 *     struct demand_now now = demand_now(&d, ms, kw);  // kw: the mean power of the last minute
 */
#ifndef ANDON_CORE_DEMAND_H
#define ANDON_CORE_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/energy.h"

enum { DEMAND_PEAKS = 10, DEMAND_STEPS = 60 };

struct demand_peak { int64_t from_ms, to_ms; double mean; };

struct demand_meter {
    const struct demand *demand;   /* borrowed */
    int64_t block_ms;              /* beginning of the running block (of windows: of the newest step) */
    double sum[DEMAND_STEPS];      /* quantity by step of the window, ring; of blocks sum[0] */
    int64_t valid_ms[DEMAND_STEPS];
    size_t newest;
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
    double shed;                   /* power that must go now for the rest of the block to stay under the limit; 0: none */
    double missing;                /* share of the block so far that was not measured */
};

#endif
