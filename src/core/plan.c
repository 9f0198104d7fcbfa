/*
 * Nothing is kept here: a plan is asked of the plant's nodes and calendars each time. Whoever looks ahead does so stretch by stretch of the calendar,
 * whose stretches are whole shifts, breaks and pauses, so that a week costs some dozens of steps.
 */
#include "core/plan.h"

#include <math.h>

enum { DAY_MS = 24 * 3600000, HOUR_MS = 3600000 };

static double ideal_cycle(const struct plant *plant, uint32_t node, const char *product)
{
    const struct node *n = &plant->nodes[node];
    return plant_ideal_cycle(plant, n->level == LEVEL_LINE && n->constraint != NO_NODE ? n->constraint : node, product);
}

double plan_rate(const struct plant *plant, uint32_t node, const char *product)
{
    const struct node *n = &plant->nodes[node];
    if (n->plan_per_hour > 0)
        return n->plan_per_hour / HOUR_MS;
    double cycle = ideal_cycle(plant, node, product);
    return n->target > 0 && cycle > 0 ? n->target / (cycle * 1000) : NAN;
}

const char *plan_missing(const struct plant *plant, uint32_t node, const char *product)
{
    if (!isnan(plan_rate(plant, node, product)))
        return NULL;
    return plant->nodes[node].target > 0 ? "ideal_cycle" : "plan_per_hour";
}

int64_t plan_time(const struct plant *plant, uint32_t node, int64_t from_ms, int64_t to_ms)
{
    return to_ms > from_ms ? calendar_planned_ms(&plant->calendars[plant->nodes[node].calendar], &plant->zone, from_ms, to_ms) : 0;
}

double plan_pieces(const struct plant *plant, uint32_t node, const char *product, int64_t from_ms, int64_t to_ms)
{
    return plan_rate(plant, node, product) * (double)plan_time(plant, node, from_ms, to_ms);
}

int64_t plan_until(const struct plant *plant, uint32_t node, int64_t from_ms, double planned_ms)
{
    const struct calendar *calendar = &plant->calendars[plant->nodes[node].calendar];
    int64_t end = from_ms + (int64_t)PLAN_DAYS * DAY_MS;
    double left = planned_ms;
    for (int64_t at = from_ms; at < end;) {
        struct shift_at s;
        calendar_at(calendar, &plant->zone, at, &s);
        double part = (double)(s.part_to_ms - at);
        bool works = s.planned && !s.in_break;
        if (works && left <= part)
            return at + (int64_t)ceil(left > 0 ? left : 0);
        left -= works ? part : 0;
        at = s.part_to_ms;
    }
    return INT64_MAX;
}
