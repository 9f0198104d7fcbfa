/*
 * What a new configuration changed of the plant that there was before: ranges, bands, scales, counters' ends, ideal cycles, plans, targets, calendars and their
 * shifts. Somebody set them, and everything that is compared with them reads differently from then on: each is an event. Above LIMITS_TOLD only their
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

/* ---- how lines work ---- */

/* What a node inherits is told of the node that says it: not where its parent changed in the same way. */
static bool inherited(const struct plant *plant, const struct plant *old, uint32_t index, uint32_t from, double (*of)(const struct plant *, uint32_t))
{
    uint32_t above = plant->nodes[index].parent, was = old->nodes[from].parent;
    return above != NO_NODE && was != NO_NODE && !differ(of(plant, above), of(plant, index)) && !differ(of(old, was), of(old, from));
}

static double target_of(const struct plant *plant, uint32_t n) { return plant->nodes[n].target; }
static double minor_of(const struct plant *plant, uint32_t n) { return (double)plant->nodes[n].minor_stop_ms / 1000; }
static double startup_of(const struct plant *plant, uint32_t n) { return (double)plant->nodes[n].startup_ms / 1000; }
static double standard_of(const struct plant *plant, uint32_t n) { return (double)plant->nodes[n].setup_standard_ms / 1000; }
static double gaps_of(const struct plant *plant, uint32_t n) { return plant->nodes[n].gap_pieces; }

static const struct calendar *calendar_of(const struct plant *plant, uint32_t n)
{
    return plant->nodes[n].calendar < plant->calendar_count ? &plant->calendars[plant->nodes[n].calendar] : calendar_always();
}

static const char *calendar_name(const struct plant *plant, uint32_t n)
{
    const struct calendar *calendar = calendar_of(plant, n);
    return calendar->always || !calendar->name ? "always" : calendar->name;
}

static void compare_calendar(struct comparison *c, struct event event, uint32_t index, uint32_t from)
{
    const struct plant *plant = c->model->plant, *old = c->old->plant;
    const char *before = calendar_name(old, from), *after = calendar_name(plant, index);
    uint32_t above = plant->nodes[index].parent, was = old->nodes[from].parent;
    bool same_above = above != NO_NODE && was != NO_NODE && strcmp(calendar_name(plant, above), after) == 0 && strcmp(calendar_name(old, was), before) == 0;
    if (strcmp(before, after) == 0 || same_above)
        return;
    event_word(event.before, sizeof event.before, before);
    event_word(event.after, sizeof event.after, after);
    tell(c, &event, plant->nodes[index].title, "calendar");
}

static double product_cycle(const struct plant *plant, const struct node *node, const char *name)
{
    for (uint32_t p = node->first_product; p < node->first_product + node->product_count; p++)
        if (strcmp(plant->products[p].name, name) == 0)
            return plant->products[p].ideal_cycle_s;
    return 0;
}

static void compare_products(struct comparison *c, struct event event, const struct node *new, const struct node *old)
{
    const struct plant *const plants[] = {c->model->plant, c->old->plant};
    const struct node *const nodes[] = {new, old};
    char what[EVENT_TEXT];
    for (int which = 0; which < 2; which++)
        for (uint32_t p = nodes[which]->first_product; p < nodes[which]->first_product + nodes[which]->product_count; p++) {
            const char *name = plants[which]->products[p].name;
            double before = product_cycle(plants[1], old, name), after = product_cycle(plants[0], new, name);
            if (which == 1 && after > 0)
                continue; /* it was compared already */
            snprintf(what, sizeof what, "ideal cycle of %.40s", name);
            compare_number(c, event, new->title, what, before, after, true, "s");
        }
}

static void compare_node(struct comparison *c, uint32_t index)
{
    static const struct { const char *what, *unit; double factor; double (*of)(const struct plant *, uint32_t); } rows[] = {
        {"OEE target", "%", 100, target_of}, {"minor stop", "s", 1, minor_of}, {"start-up", "s", 1, startup_of}, {"set-up standard", "s", 1, standard_of},
    };
    const struct plant *plant = c->model->plant, *before = c->old->plant;
    const struct node *new = &plant->nodes[index];
    struct event event = {.series = 0};
    plant_node_path(plant, index, event.path, sizeof event.path);
    uint32_t from = plant_node_by_path(before, event.path);
    if (from == NO_NODE)
        return;
    const struct node *old = &before->nodes[from];
    compare_number(c, event, new->title, "ideal cycle", old->ideal_cycle_s, new->ideal_cycle_s, true, "s");
    compare_number(c, event, new->title, "plan", old->plan_per_hour, new->plan_per_hour, true, "pieces/h");
    compare_products(c, event, new, old);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        if (!inherited(plant, before, index, from, rows[r].of))
            compare_number(c, event, new->title, rows[r].what, rows[r].of(before, from) * rows[r].factor, rows[r].of(plant, index) * rows[r].factor, rows[r].of == target_of, rows[r].unit);
    compare_calendar(c, event, index, from);
    if (old->gap_pieces == new->gap_pieces || inherited(plant, before, index, from, gaps_of))
        return;
    event_word(event.before, sizeof event.before, old->gap_pieces ? "estimated" : "unknown");
    event_word(event.after, sizeof event.after, new->gap_pieces ? "estimated" : "unknown");
    tell(c, &event, new->title, "pieces of gaps");
}

/* ---- calendars ---- */

/* "06:00-14:00 mtwtf.. breaks 09:00-09:30, crew A" */
static void shift_words(const struct calendar_shift *shift, char *out, size_t cap)
{
    static const char letters[] = "mtwtfss";
    char days[8] = ".......", text[2 * EVENT_TEXT];
    for (int d = 0; d < 7; d++)
        days[d] = shift->weekdays >> ((d + 1) % 7) & 1 ? letters[d] : '.';
    int used = snprintf(text, sizeof text, "%02d:%02d-%02d:%02d %s", shift->from_minute / 60, shift->from_minute % 60, shift->to_minute / 60, shift->to_minute % 60, days);
    for (size_t b = 0; b < shift->break_count && b < SHIFT_BREAKS && used > 0 && (size_t)used < sizeof text; b++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%02d:%02d-%02d:%02d", b ? ", " : " breaks ", shift->breaks[b].from_minute / 60, shift->breaks[b].from_minute % 60,
            shift->breaks[b].to_minute / 60, shift->breaks[b].to_minute % 60);
    if (used > 0 && (size_t)used < sizeof text && shift->crew && shift->crew[0])
        used += snprintf(text + used, sizeof text - (size_t)used, " crew %.24s", shift->crew);
    if (used > 0 && (size_t)used < sizeof text && (shift->valid_from || shift->valid_to))
        snprintf(text + used, sizeof text - (size_t)used, " valid %d-%d", (int)shift->valid_from, (int)shift->valid_to);
    event_word(out, cap, text);
}

/* The nth shift of that name: one may be valid behind the other. */
static const struct calendar_shift *shift_named(const struct calendar *calendar, const char *name, size_t nth)
{
    for (size_t s = 0; s < calendar->shift_count; s++)
        if (strcmp(calendar->shifts[s].name, name) == 0 && nth-- == 0)
            return &calendar->shifts[s];
    return NULL;
}

static size_t nth_of(const struct calendar *calendar, size_t shift)
{
    size_t nth = 0;
    for (size_t s = 0; s < shift; s++)
        nth += strcmp(calendar->shifts[s].name, calendar->shifts[shift].name) == 0;
    return nth;
}

static void compare_shift(struct comparison *c, struct event event, const struct calendar *new, const struct calendar_shift *before, const struct calendar_shift *after)
{
    char title[EVENT_TEXT];
    event_word(event.before, sizeof event.before, "none");
    event_word(event.after, sizeof event.after, "none");
    if (before)
        shift_words(before, event.before, sizeof event.before);
    if (after)
        shift_words(after, event.after, sizeof event.after);
    if (strcmp(event.before, event.after) == 0)
        return;
    snprintf(title, sizeof title, "calendar %.40s", new->name);
    tell(c, &event, title, after ? after->name : before->name);
}

static void compare_days(struct comparison *c, struct event event, const struct calendar *new, const char *what, bool same, size_t before, size_t after)
{
    char title[EVENT_TEXT];
    if (same)
        return;
    snprintf(event.before, sizeof event.before, "%zu", before);
    snprintf(event.after, sizeof event.after, before == after ? "%zu others" : "%zu", after);
    snprintf(title, sizeof title, "calendar %.40s", new->name);
    tell(c, &event, title, what);
}

static bool same_holidays(const struct calendar *a, const struct calendar *b)
{
    bool same = a->holiday_count == b->holiday_count;
    for (size_t h = 0; same && h < a->holiday_count; h++)
        same = a->holidays[h].from == b->holidays[h].from && a->holidays[h].to == b->holidays[h].to;
    return same;
}

static bool same_overtime(const struct calendar *a, const struct calendar *b)
{
    bool same = a->overtime_count == b->overtime_count;
    for (size_t o = 0; same && o < a->overtime_count; o++)
        same = a->overtime[o].day == b->overtime[o].day && a->overtime[o].from_minute == b->overtime[o].from_minute && a->overtime[o].to_minute == b->overtime[o].to_minute;
    return same;
}

static bool same_rotation(const struct calendar_rotation *a, const struct calendar_rotation *b)
{
    bool same = a->start == b->start && a->step_days == b->step_days && a->turn == b->turn && a->crew_count == b->crew_count;
    for (size_t i = 0; same && i < a->crew_count; i++)
        same = strcmp(a->crews[i], b->crews[i]) == 0;
    return same;
}

static void compare_calendars(struct comparison *c, const struct calendar *old, const struct calendar *new)
{
    struct event event = {.series = 0};
    plant_node_path(c->model->plant, 0, event.path, sizeof event.path);
    for (size_t s = 0; s < new->shift_count; s++)
        compare_shift(c, event, new, shift_named(old, new->shifts[s].name, nth_of(new, s)), &new->shifts[s]);
    for (size_t s = 0; s < old->shift_count; s++)
        if (!shift_named(new, old->shifts[s].name, nth_of(old, s)))
            compare_shift(c, event, new, &old->shifts[s], NULL);
    compare_days(c, event, new, "crews' rotation", same_rotation(&old->rotation, &new->rotation), old->rotation.crew_count, new->rotation.crew_count);
    compare_days(c, event, new, "holidays", same_holidays(old, new), old->holiday_count, new->holiday_count);
    compare_days(c, event, new, "overtime", same_overtime(old, new), old->overtime_count, new->overtime_count);
}

static void compare_all_calendars(struct comparison *c)
{
    const struct plant *plant = c->model->plant, *old = c->old->plant;
    for (size_t n = 1; n < plant->calendar_count; n++)
        for (size_t o = 1; o < old->calendar_count; o++)
            if (strcmp(plant->calendars[n].name, old->calendars[o].name) == 0)
                compare_calendars(c, &old->calendars[o], &plant->calendars[n]);
}

void limits_compare(struct model *model, const struct model *old)
{
    struct comparison c = {.model = model, .old = old};
    compare_all_calendars(&c);
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
