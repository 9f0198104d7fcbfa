/*
 * What a new configuration changed of the plant that there was before: ranges, bands, scales, counters' ends, ideal cycles. Somebody set
 * them, and everything that is compared with them reads differently from then on: each is an event. Above LIMITS_TOLD only their
 * number is told.
 */
#include <stdio.h>
#include <string.h>

#include "core/model_private.h"
#include "core/number.h"

/* The comparison that is going on. */
struct comparison {
    struct model *model;
    const struct model *old;
    size_t found;
};

static void tell(struct comparison *c, struct event *event, const char *title, const char *what)
{
    char text[2 * EVENT_TEXT];
    if (c->found++ >= LIMITS_TOLD)
        return;
    snprintf(text, sizeof text, "%s, %s", title, what);
    event_word(event->text, sizeof event->text, text);
    event->kind = EVENT_LIMIT;
    event->time_ms = c->model->wall;
    model_event(c->model, event);
}

static void put_number(char *out, size_t cap, bool given, double number, const char *unit)
{
    char text[NUMBER_TEXT];
    number_text(number, DECIMALS_AUTO, false, text);
    event_quantity(out, cap, given ? text : "none", given ? unit : "");
}

static void put_pair(char *out, size_t cap, bool given, const double pair[2], const char *unit)
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT], text[2 * NUMBER_TEXT + 8];
    number_text(pair[0], DECIMALS_AUTO, false, low);
    number_text(pair[1], DECIMALS_AUTO, false, high);
    snprintf(text, sizeof text, "%s .. %s%s%s", low, high, *unit ? " " : "", unit);
    event_word(out, cap, given ? text : "none");
}

static bool differ(double a, double b)
{
    return a < b || a > b;
}

static void compare_pair(struct comparison *c, struct event event, const struct tag_def *tag[2], const char *what, const bool given[2], const double *const pair[2])
{
    if (given[0] == given[1] && (!given[0] || (!differ(pair[0][0], pair[1][0]) && !differ(pair[0][1], pair[1][1]))))
        return;
    put_pair(event.before, sizeof event.before, given[0], pair[0], tag[0]->unit);
    put_pair(event.after, sizeof event.after, given[1], pair[1], tag[1]->unit);
    tell(c, &event, tag[1]->title, what);
}

static void compare_number(struct comparison *c, struct event event, const char *title, const char *what, double before, double after, bool can_lack, const char *unit)
{
    if (!differ(before, after))
        return;
    put_number(event.before, sizeof event.before, !can_lack || before > 0, before, unit);
    put_number(event.after, sizeof event.after, !can_lack || after > 0, after, unit);
    tell(c, &event, title, what);
}

static void compare_tag(struct comparison *c, uint32_t index, const struct tag_def *old)
{
    const struct tag_def *new = c->model->tags[index].def;
    const struct tag_def *both[] = {old, new};
    struct event event = {.series = c->model->tags[index].series};
    model_tag_key(c->model, index, event.path, sizeof event.path);
    compare_pair(c, event, both, "range", (const bool[]){old->has_range, new->has_range}, (const double *const[]){old->range, new->range});
    compare_pair(c, event, both, "normal band", (const bool[]){old->has_normal, new->has_normal}, (const double *const[]){old->normal, new->normal});
    compare_number(c, event, new->title, "scale", old->scale, new->scale, false, "");
    compare_number(c, event, new->title, "offset", old->offset, new->offset, false, "");
    compare_number(c, event, new->title, "modulus", old->modulus, new->modulus, true, "");
}

static void compare_node(struct comparison *c, uint32_t index)
{
    const struct node *new = &c->model->plant->nodes[index];
    struct event event = {.series = 0};
    plant_node_path(c->model->plant, index, event.path, sizeof event.path);
    uint32_t from = plant_node_by_path(c->old->plant, event.path);
    if (from != NO_NODE)
        compare_number(c, event, new->title, "ideal cycle", c->old->plant->nodes[from].ideal_cycle_s, new->ideal_cycle_s, true, "s");
}

void limits_compare(struct model *model, const struct model *old)
{
    struct comparison c = {.model = model, .old = old};
    for (uint32_t n = 0; n < model->plant->node_count; n++)
        compare_node(&c, n);
    for (uint32_t t = 0; t < model->plant->tag_count; t++) {
        uint32_t from = model_predecessor(model, t, old);
        if (from != NO_TAG)
            compare_tag(&c, t, old->tags[from].def);
    }
    if (c.found <= LIMITS_TOLD)
        return;
    struct event event = {.kind = EVENT_LIMIT, .time_ms = model->wall, .text = "more limits of the configuration"};
    snprintf(event.after, sizeof event.after, "%zu more", c.found - LIMITS_TOLD);
    model_event(model, &event);
}
