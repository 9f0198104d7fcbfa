/*
 * The estimate of a rate. A struct trend is a list of points in order of time; it is asked only when one was added, so that pairs may be looked at all.
 */
#include "core/due.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_LEAST = 6, PAIRS = DUE_POINTS * (DUE_POINTS - 1) / 2 };

#define SIGNIFICANT 2.576 /* standard deviations: 1 %, both sides */

static void thin(struct trend *t)
{
    uint8_t kept = 0;
    if (t->step_ms >= DUE_STEP_MOST_MS) {
        memmove(t->points, t->points + 1, --t->count * sizeof t->points[0]);
        return;
    }
    for (uint8_t i = 1; i < t->count; i = (uint8_t)(i + 2)) /* the newest stays */
        t->points[kept++] = t->points[i];
    t->count = kept;
    t->step_ms *= 2;
}

bool trend_add(struct trend *t, int64_t run_ms, double value)
{
    if (t->step_ms == 0)
        t->step_ms = DUE_STEP_MS;
    if (!isfinite(value) || (t->count > 0 && run_ms - t->points[t->count - 1].run_ms < t->step_ms))
        return false;
    if (t->count == DUE_POINTS)
        thin(t);
    t->points[t->count].run_ms = run_ms;
    t->points[t->count++].value = value;
    return true;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool trend_slope(const struct trend *t, double *slope)
{
    double slopes[PAIRS];
    size_t pairs = 0;
    int score = 0, n = t->count;
    if (n < POINTS_LEAST)
        return false;
    for (int j = 1; j < n; j++)
        for (int i = 0; i < j; i++) {
            double rise = t->points[j].value - t->points[i].value;
            slopes[pairs++] = rise / (double)(t->points[j].run_ms - t->points[i].run_ms);
            score += (rise > 0) - (rise < 0);
        }
    double deviation = sqrt((double)(n * (n - 1) * (2 * n + 5)) / 18);
    if ((abs(score) - 1) / deviation < SIGNIFICANT)
        return false;
    qsort(slopes, pairs, sizeof slopes[0], by_size);
    *slope = pairs % 2 ? slopes[pairs / 2] : (slopes[pairs / 2 - 1] + slopes[pairs / 2]) / 2;
    return *slope < 0 || *slope > 0;
}

void trend_pack(const struct trend *t, struct packer *p)
{
    pack_varint(p, (uint64_t)t->step_ms);
    pack_u8(p, t->count);
    for (uint8_t i = 0; i < t->count; i++) {
        pack_zigzag(p, t->points[i].run_ms);
        pack_double(p, t->points[i].value);
    }
}

void trend_unpack(struct trend *t, struct unpacker *u)
{
    uint64_t step = unpack_varint(u);
    uint8_t count = unpack_u8(u);
    *t = (struct trend){.step_ms = 0};
    if (count > DUE_POINTS || step > DUE_STEP_MOST_MS)
        u->failed = true;
    for (uint8_t i = 0; i < count && !u->failed; i++) {
        t->points[i].run_ms = unpack_time(u);
        t->points[i].value = unpack_double(u);
        if (!isfinite(t->points[i].value) || (i > 0 && t->points[i].run_ms <= t->points[i - 1].run_ms))
            u->failed = true;
    }
    t->count = u->failed ? 0 : count;
    t->step_ms = (int64_t)step;
}
