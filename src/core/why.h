/*
 * why: what may have led to a raise or a stop: ranks what happened plant-wide in the minutes before it. It finds no cause; it puts what a
 * troubleshooter would look at first on top, and says of each why it stands there.
 *
 * The rank is a product of four factors between 0 and 1: what happened (somebody changed a setpoint: more than a value that left its band), how near
 * in the plant (same unit, line, area), how near in time (it halves in three minutes), and how rare it is (what comes all the time explains nothing).
 *
 *     struct why_case c = {.plant = plant, .node = unit, .path = alarm_key, .at_ms = raised_ms, .window_ms = WHY_WINDOW_MS};
 *     count = why_rank(&c, events, event_count, rows);
 */
#ifndef ANDON_CORE_WHY_H
#define ANDON_CORE_WHY_H

#include <stddef.h>
#include <stdint.h>

#include "core/outcome.h"
#include "core/plant.h"

enum { WHY_WINDOW_MS = 600000, WHY_ROWS = 64, WHY_EVENTS = 512 };

enum why_near { WHY_SAME_UNIT, WHY_SAME_LINE, WHY_SAME_AREA, WHY_WHOLE_PLANT /* the configuration, a broker */, WHY_ELSEWHERE, WHY_NEAR_COUNT };
extern const char *const why_near_names[WHY_NEAR_COUNT]; /* "same unit" */

struct why_case {
    const struct plant *plant;
    uint32_t node;        /* where it happened */
    const char *path;     /* of the event that is asked about: an alarm's key or a node's path; its own event is left out */
    int64_t at_ms;        /* source time of the raise or stop */
    int64_t window_ms;    /* what is older is not looked at, but counts how often the like comes */
};

/* One thing that happened; of equal ones (kind and path) the last before the moment. */
struct why_row {
    const struct event *event; /* borrowed from the input */
    double rank;               /* 0 .. 1 */
    int64_t before_ms;         /* how long before the moment; negative within the clocks' error after it */
    enum why_near near;
    unsigned times;            /* how often the like is among the events given */
};

/* The best first, WHY_ROWS at most. Of `events`, in any order, WHY_EVENTS are looked at at most. What came after the moment is left out, but
 * for plant->clock_error_ms: nobody knows the order within it. */
size_t why_rank(const struct why_case *c, const struct event *events, size_t count, struct why_row rows[WHY_ROWS]);
/* The node that an event's path (of a node, a tag, an alarm) belongs to; NO_NODE: none. */
uint32_t why_node(const struct plant *plant, const char *path);

#endif
