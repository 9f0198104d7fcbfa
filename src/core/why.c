/*
 * A row is made for every event that comes into question, equal ones are put together, then they are sorted. A few hundred events, once for a
 * question: nothing here needs to be fast.
 */
#include "core/why.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alarm.h"

enum { HALF_MS = 180000 };

const char *const why_near_names[WHY_NEAR_COUNT] = {
    [WHY_SAME_UNIT] = "same unit", [WHY_SAME_LINE] = "same line", [WHY_SAME_AREA] = "same area", [WHY_WHOLE_PLANT] = "whole plant",
    [WHY_ELSEWHERE] = "elsewhere",
};

static const double near_weights[WHY_NEAR_COUNT] = {
    [WHY_SAME_UNIT] = 1, [WHY_SAME_LINE] = .8, [WHY_SAME_AREA] = .55, [WHY_WHOLE_PLANT] = .5, [WHY_ELSEWHERE] = .3,
};

/* 0: explains nothing. */
static const double kind_weights[EVENT_KIND_COUNT] = {
    [EVENT_SETPOINT] = 1, [EVENT_LIMIT] = .8, [EVENT_RECIPE] = 1, [EVENT_ORDER] = .7, [EVENT_CONFIG] = .6, [EVENT_STATE] = .85,
    [EVENT_ALARM] = .9, [EVENT_BAND] = .75, [EVENT_LINK] = .6, [EVENT_GAP] = .5, [EVENT_CLOCK] = .2, [EVENT_ACTION] = .5,
};

uint32_t why_node(const struct plant *plant, const char *path)
{
    char name[sizeof((struct event *)0)->path];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof name)
        return NO_NODE;
    memcpy(name, path, length + 1);
    uint32_t node = plant_node_by_path(plant, name);
    for (const char *cut = "./"; node == NO_NODE && *cut; cut++) { /* an alarm on a node first, then what hangs on a tag, or is one */
        char *end = strrchr(name, *cut);
        if (end && (*cut == '/' || !strchr(end, '/'))) {
            *end = '\0';
            node = plant_node_by_path(plant, name);
        }
    }
    return node;
}

static enum why_near nearness(const struct why_case *c, const struct event *event)
{
    const struct plant *plant = c->plant;
    uint32_t node = why_node(plant, event->path);
    if (node == NO_NODE || plant->nodes[node].level == LEVEL_SITE)
        return WHY_WHOLE_PLANT;
    if (c->node == NO_NODE)
        return WHY_ELSEWHERE;
    if (node == c->node)
        return WHY_SAME_UNIT;
    uint32_t line = plant_ancestor(plant, c->node, LEVEL_LINE), area = plant_ancestor(plant, c->node, LEVEL_AREA);
    if (line != NO_NODE && plant_ancestor(plant, node, LEVEL_LINE) == line)
        return WHY_SAME_LINE;
    if (node == area || (area != NO_NODE && plant_ancestor(plant, node, LEVEL_AREA) == area))
        return WHY_SAME_AREA;
    return WHY_ELSEWHERE;
}

static bool explains(const struct why_case *c, const struct event *event)
{
    if ((unsigned)event->kind >= EVENT_KIND_COUNT || kind_weights[event->kind] <= 0 || event->time_ms > c->at_ms + c->plant->clock_error_ms)
        return false;
    if (event->kind == EVENT_ALARM && event->alarm.event != ALARM_RAISED && event->alarm.event != ALARM_ROSE)
        return false;
    if (event->kind == EVENT_LINK && !event->down)
        return false;
    return strcmp(event->path, c->path) != 0 || (event->kind != EVENT_ALARM && event->kind != EVENT_STATE) || event->time_ms < c->at_ms;
}

static bool alike(const struct event *a, const struct event *b)
{
    return a->kind == b->kind && strcmp(a->path, b->path) == 0 && (a->path[0] || strcmp(a->text, b->text) == 0);
}

static bool is_later(const struct event *a, const struct event *b)
{
    return a->time_ms != b->time_ms ? a->time_ms > b->time_ms : a->number > b->number;
}

static double rank_of(const struct why_row *row)
{
    double age = row->before_ms > 0 ? (double)row->before_ms : 0;
    return kind_weights[row->event->kind] * near_weights[row->near] * exp2(-age / HALF_MS) / (1 + log2((double)row->times) / 2);
}

static int best_first(const void *a, const void *b)
{
    const struct why_row *l = a, *r = b;
    if (l->rank != r->rank)
        return l->rank > r->rank ? -1 : 1;
    return l->event->number > r->event->number ? -1 : l->event->number < r->event->number;
}

/* Adds an event to the rows, or to the row of its like. */
static size_t take(const struct why_case *c, const struct event *event, struct why_row *rows, size_t count)
{
    for (size_t r = 0; r < count; r++)
        if (alike(rows[r].event, event)) {
            rows[r].times++;
            if (is_later(event, rows[r].event))
                rows[r].event = event;
            return count;
        }
    rows[count] = (struct why_row){.event = event, .near = nearness(c, event), .times = 1};
    return count + 1;
}

size_t why_rank(const struct why_case *c, const struct event *events, size_t count, struct why_row out[WHY_ROWS])
{
    struct why_row rows[WHY_EVENTS];
    size_t all = 0, kept = 0;
    for (size_t e = 0; e < count && e < WHY_EVENTS; e++)
        if (explains(c, &events[e]))
            all = take(c, &events[e], rows, all);
    for (size_t r = 0; r < all; r++) {
        rows[r].before_ms = c->at_ms - rows[r].event->time_ms;
        if (rows[r].before_ms > c->window_ms)
            continue;
        rows[r].rank = rank_of(&rows[r]);
        rows[kept++] = rows[r];
    }
    qsort(rows, kept, sizeof rows[0], best_first);
    kept = kept < WHY_ROWS ? kept : WHY_ROWS;
    memcpy(out, rows, kept * sizeof rows[0]);
    return kept;
}
