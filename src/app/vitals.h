/*
 * vitals: what a process that folds messages tells of itself: its memory, its CPU time, its links, how full its bounds are.
 */
#ifndef ANDON_APP_VITALS_H
#define ANDON_APP_VITALS_H

#include <stdint.h>

#include "app/feed.h"
#include "core/health.h"

struct vitals {
    int64_t started_wall, measured_at;
    uint64_t cpu_before;
    int64_t high[BOUND_COUNT];
};

void vitals_begin(struct vitals *vitals);
/* Fills all of `health` but what concerns screens; rates are since the last call. */
void vitals_measure(struct vitals *vitals, const struct plant *plant, const char *config, struct feed *feed, struct health *health);
/* Keeps the high-water marks, once the caller has filled in the rest. */
void vitals_high(struct vitals *vitals, struct health *health);

#endif
