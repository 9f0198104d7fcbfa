/*
 * skew: what the clocks of publishers are off by: of each the median of its last messages' arrival minus the time that they are stamped with, stamps that were not
 * credible included. A single late message changes nothing in it. Reckoned where messages come in; the fold is told by RECORD_SKEW, seldom.
 *
 *     uint32_t meter = skews_of(&skews, "works/l1/press", strlen("works/l1/press"));
 *     skews_see(&skews, meter, arrival_ms - source_ms);
 *     skews_pass(&skews, elapsed_ms, tell, arg);        // once a batch
 */
#ifndef ANDON_CORE_SKEW_H
#define ANDON_CORE_SKEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hash_index.h"

#define NO_SKEW UINT32_MAX

enum {
    SKEW_KEPT = 31,          /* messages that a median is of */
    SKEW_LEAST = 5,          /* fewer tell nothing */
    SKEW_LOOK_MS = 10000,    /* how often one looks whether an estimate has changed */
    SKEW_AGAIN_MS = 600000,  /* one that has not is told again after so long, so that its age is known */
    SKEW_MARK_MS = 2000,     /* beyond this it is worth a look */
    SKEW_MOST = 4096,        /* publishers that are measured */
};

struct skew_meter {
    char *name;
    int64_t recent[SKEW_KEPT];
    uint8_t count, at;
    bool fresh, told;        /* messages came since it was told; it was told at all */
    int64_t told_ms;         /* what was told, */
    int64_t told_at_ms;      /* and when, on elapsed time */
};

struct skews {
    struct skew_meter *meters;
    size_t count, capacity;
    struct hash_index index;
    int64_t elapsed_ms, looked_ms;
};

void skews_finish(struct skews *skews);
/* The meter of a publisher; NO_SKEW when there are SKEW_MOST others. */
uint32_t skews_of(struct skews *skews, const char *name, size_t length);
void skews_see(struct skews *skews, uint32_t meter, int64_t ms);
/* Time passes; `tell` is called for each estimate that is new, has changed by more than its noise, or is to be told again. */
void skews_pass(struct skews *skews, int64_t elapsed_ms, void (*tell)(void *arg, const char *name, int64_t ms), void *arg);
/* The middle of a meter's messages; false while there are fewer than SKEW_LEAST. */
bool skew_median(const struct skew_meter *meter, int64_t *ms);
/* Is it a time zone rather than a clock: within two minutes of a multiple of half an hour, up to 14 hours? *minutes, as ms. */
bool skew_is_zone(int64_t ms, int *minutes);

#endif
