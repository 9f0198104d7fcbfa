/*
 * due: what will be due on a line or unit: a level that reaches a bound, a counter that reaches a life, running hours until a service. Here is what the
 * configuration says of it, and the estimate of when: pure, on a clock that runs only while the machine does.
 *
 *     trend_add(&trend, run_ms, litres);
 *     double slope;
 *     if (trend_slope(&trend, &slope)) ... litres a running millisecond
 */
#ifndef ANDON_CORE_DUE_H
#define ANDON_CORE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pack.h"

enum { DUE_NAME = 48, DUE_POINTS = 24 };
enum { DUE_STEP_MS = 15000, DUE_STEP_MOST_MS = 480000 };

enum due_kind {
    DUE_LEVEL, /* a value reaches `at` */
    DUE_LIFE,  /* a counter has counted `life` since it was replaced */
    DUE_HOURS, /* it has run for run_ms since it was serviced */
    DUE_KINDS
};

struct due {
    const char *name, *title, *text; /* title falls back to name; text: what to do, "" */
    uint32_t node, tag;    /* tag: UINT32_MAX of hours */
    enum due_kind kind;
    double at, life;
    int64_t run_ms;
    int64_t warn_ms;       /* so long before, it is marked */
    bool own_reset;        /* of a life: the counter begins at 0 with each replacement; what it reads is what is used */
};

/* The last values of something, at least a step of running time apart. When it is full every second one goes and steps are twice as long, up to the
 * longest; so it looks back over hours of what changes slowly. */
struct trend {
    int64_t step_ms;
    uint8_t count;
    struct { int64_t run_ms; double value; } points[DUE_POINTS];
};

/* True when the point was taken. Times must not go back. */
bool trend_add(struct trend *trend, int64_t run_ms, double value);
/* The median of the slopes between all pairs (Theil and Sen), so that some outliers do no harm. False: fewer than six points, or no monotone trend at
 * the 1 % level (Mann and Kendall's test). */
bool trend_slope(const struct trend *trend, double *slope);
void trend_pack(const struct trend *trend, struct packer *p);
void trend_unpack(struct trend *trend, struct unpacker *u);

#endif
