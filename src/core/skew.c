#include "core/skew.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* A struct skew_meter is a ring of the last differences. Estimates are looked at every SKEW_LOOK_MS, all in one batch, so that few batches hold any. */

enum { ZONE_STEP_MIN = 30, ZONE_MOST_MIN = 14 * 60, ZONE_NEAR_MS = 120000, MINUTE_MS = 60000, NOISE_MS = 250 };

void skews_finish(struct skews *skews)
{
    for (size_t m = 0; m < skews->count; m++)
        free(skews->meters[m].name);
    free(skews->meters);
    hash_index_finish(&skews->index);
    *skews = (struct skews){.count = 0};
}

struct name { const char *text; size_t length; };

static bool is_name(const void *context, uint32_t number, const void *key)
{
    const struct skews *skews = context;
    const struct name *name = key;
    return strncmp(skews->meters[number].name, name->text, name->length) == 0 && !skews->meters[number].name[name->length];
}

uint32_t skews_of(struct skews *skews, const char *name, size_t length)
{
    uint64_t hash = hash_bytes(name, length);
    uint32_t found = hash_index_find(&skews->index, hash, is_name, skews, &(struct name){name, length});
    if (found != HASH_INDEX_NONE)
        return found;
    if (skews->count == SKEW_MOST)
        return NO_SKEW;
    skews->meters = mem_grow(skews->meters, skews->count, &skews->capacity, sizeof *skews->meters);
    struct skew_meter *meter = &skews->meters[skews->count];
    *meter = (struct skew_meter){.name = mem_zero(length + 1, 1)};
    memcpy(meter->name, name, length);
    hash_index_add(&skews->index, hash, (uint32_t)skews->count);
    return (uint32_t)skews->count++;
}

void skews_see(struct skews *skews, uint32_t index, int64_t ms)
{
    struct skew_meter *meter = &skews->meters[index];
    meter->recent[meter->at] = ms;
    meter->at = (uint8_t)((meter->at + 1) % SKEW_KEPT);
    meter->count = (uint8_t)(meter->count < SKEW_KEPT ? meter->count + 1 : SKEW_KEPT);
    meter->fresh = true;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

bool skew_median(const struct skew_meter *meter, int64_t *ms)
{
    int64_t sorted[SKEW_KEPT];
    if (meter->count < SKEW_LEAST)
        return false;
    memcpy(sorted, meter->recent, meter->count * sizeof *sorted);
    qsort(sorted, meter->count, sizeof *sorted, compare);
    *ms = sorted[meter->count / 2];
    return true;
}

static bool differs(int64_t told, int64_t now)
{
    int64_t by = now > told ? now - told : told - now, size = told < 0 ? -told : told;
    return by > NOISE_MS && by > size / 50;
}

void skews_pass(struct skews *skews, int64_t elapsed_ms, void (*tell)(void *arg, const char *name, int64_t ms), void *arg)
{
    skews->elapsed_ms += elapsed_ms;
    if (skews->elapsed_ms - skews->looked_ms < SKEW_LOOK_MS)
        return;
    skews->looked_ms = skews->elapsed_ms;
    for (size_t m = 0; m < skews->count; m++) {
        struct skew_meter *meter = &skews->meters[m];
        int64_t ms;
        if (!meter->fresh || !skew_median(meter, &ms))
            continue;
        if (meter->told && !differs(meter->told_ms, ms) && skews->elapsed_ms - meter->told_at_ms < SKEW_AGAIN_MS)
            continue;
        tell(arg, meter->name, ms);
        meter->fresh = false;
        meter->told = true;
        meter->told_ms = ms;
        meter->told_at_ms = skews->elapsed_ms;
    }
}

bool skew_is_zone(int64_t ms, int *minutes)
{
    int64_t size = ms < 0 ? -ms : ms, step = (int64_t)ZONE_STEP_MIN * MINUTE_MS;
    int64_t steps = (size + step / 2) / step, off = size - steps * step;
    if (steps == 0 || steps * ZONE_STEP_MIN > ZONE_MOST_MIN || off > ZONE_NEAR_MS || off < -ZONE_NEAR_MS)
        return false;
    *minutes = (int)(ms < 0 ? -steps : steps) * ZONE_STEP_MIN;
    return true;
}
