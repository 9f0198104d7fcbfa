/*
 * The part of a plant_build that makes calendars, products, reasons and kinds of calls, and hands down what a node does not say itself. While building,
 * a node's 0 means "as its parent"; negative durations and CALENDAR_ALWAYS are how a node says that it wants none. Only the newest node takes products.
 */
#include <assert.h>
#include <string.h>

#include "core/memory.h"
#include "core/plant_build.h"

enum { MINOR_STOP_MS = 120000 };

static const char *keep_title(struct plant_build *b, const char *title, const char *name)
{
    return title && *title ? plant_keep_text(b, title) : name;
}

static void *keep_array(struct plant_build *b, const void *array, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    void *kept = plant_take(b, count * size);
    memcpy(kept, array, count * size);
    return kept;
}

static void keep_lists(struct plant_build *b, struct calendar *c)
{
    c->shifts = keep_array(b, c->shifts, c->shift_count, sizeof *c->shifts);
    c->holidays = keep_array(b, c->holidays, c->holiday_count, sizeof *c->holidays);
    c->overtime = keep_array(b, c->overtime, c->overtime_count, sizeof *c->overtime);
    for (size_t i = 0; i < c->shift_count; i++) {
        struct calendar_shift *s = &c->shifts[i];
        s->name = plant_keep_text(b, s->name);
        s->title = keep_title(b, s->title, s->name);
        s->crew = plant_keep_text(b, s->crew);
    }
    for (size_t i = 0; i < c->holiday_count; i++)
        c->holidays[i].title = plant_keep_text(b, c->holidays[i].title);
    for (size_t i = 0; i < c->overtime_count; i++) {
        c->overtime[i].name = plant_keep_text(b, c->overtime[i].name);
        c->overtime[i].crew = plant_keep_text(b, c->overtime[i].crew);
    }
}

uint16_t plant_add_calendar(struct plant_build *b, struct calendar calendar)
{
    struct plant *plant = b->plant;
    assert(plant->calendar_count < CALENDAR_ALWAYS);
    calendar.name = plant_keep_text(b, calendar.name);
    keep_lists(b, &calendar);
    for (size_t i = 0; i < calendar.rotation.crew_count; i++)
        calendar.rotation.crews[i] = plant_keep_text(b, calendar.rotation.crews[i]);
    plant->calendars = mem_grow(plant->calendars, plant->calendar_count, &b->calendar_capacity, sizeof calendar);
    plant->calendars[plant->calendar_count] = calendar;
    return (uint16_t)plant->calendar_count++;
}

void plant_add_product(struct plant_build *b, uint32_t node, struct plant_product product)
{
    struct plant *plant = b->plant;
    assert(node + 1 == plant->node_count);
    product.name = plant_keep_text(b, product.name);
    product.title = keep_title(b, product.title, product.name);
    if (plant->nodes[node].product_count++ == 0)
        plant->nodes[node].first_product = (uint32_t)plant->product_count;
    plant->products = mem_grow(plant->products, plant->product_count, &b->product_capacity, sizeof product);
    plant->products[plant->product_count++] = product;
}

void plant_add_due(struct plant_build *b, uint32_t node, struct due due)
{
    struct plant *plant = b->plant;
    assert(node + 1 == plant->node_count);
    due.node = node;
    due.name = plant_keep_text(b, due.name);
    due.title = keep_title(b, due.title, due.name);
    due.text = plant_keep_text(b, due.text);
    plant->dues = mem_grow(plant->dues, plant->due_count, &b->due_capacity, sizeof due);
    plant->dues[plant->due_count++] = due;
}

uint16_t plant_add_reason(struct plant_build *b, uint16_t parent, struct reason reason)
{
    struct plant *plant = b->plant;
    uint16_t index = (uint16_t)plant->reason_count;
    assert(plant->reason_count < NO_REASON && (parent == NO_REASON || (parent < index && plant->reasons[parent].end == index)));
    reason.name = plant_keep_text(b, reason.name);
    reason.title = keep_title(b, reason.title, reason.name);
    reason.parent = parent;
    if (!reason.has_class && parent != NO_REASON) {
        reason.has_class = plant->reasons[parent].has_class;
        reason.class = plant->reasons[parent].class;
    }
    const char **codes = keep_array(b, reason.codes, reason.code_count, sizeof *codes);
    for (size_t i = 0; i < reason.code_count; i++)
        codes[i] = plant_keep_text(b, codes[i]);
    reason.codes = codes;
    plant->reasons = mem_grow(plant->reasons, plant->reason_count, &b->reason_capacity, sizeof reason);
    plant->reasons[plant->reason_count++] = reason;
    for (uint16_t r = index; r != NO_REASON; r = plant->reasons[r].parent)
        plant->reasons[r].end = (uint16_t)(index + 1);
    return index;
}

uint16_t plant_add_call_kind(struct plant_build *b, struct call_kind kind)
{
    struct plant *plant = b->plant;
    kind.name = plant_keep_text(b, kind.name);
    kind.title = keep_title(b, kind.title, kind.name);
    plant->call_kinds = mem_grow(plant->call_kinds, plant->call_kind_count, &b->call_capacity, sizeof kind);
    plant->call_kinds[plant->call_kind_count] = kind;
    return (uint16_t)plant->call_kind_count++;
}

void plant_build_work_init(struct plant_build *b)
{
    plant_add_calendar(b, *calendar_always());
}

/* What is not said is the parent's; what is refused is 0 from then on. */
static int64_t inherit_ms(int64_t own, int64_t parents)
{
    return own == 0 ? parents : own < 0 ? 0 : own;
}

static void inherit(struct node *node, const struct node *parent)
{
    node->calendar = node->calendar == 0 ? parent->calendar : node->calendar == CALENDAR_ALWAYS ? 0 : node->calendar;
    node->target = node->target > 0 ? node->target : parent->target;
    node->minor_stop_ms = inherit_ms(node->minor_stop_ms, parent->minor_stop_ms);
    node->startup_ms = inherit_ms(node->startup_ms, parent->startup_ms);
    node->setup_standard_ms = inherit_ms(node->setup_standard_ms, parent->setup_standard_ms);
    if (!node->gap_said)
        node->gap_pieces = parent->gap_pieces;
}

void plant_build_work_finish(struct plant_build *b)
{
    static const struct call_kind calls[] = {
        {"maintenance", "Maintenance", CALL_LATE_MS}, {"quality", "Quality", CALL_LATE_MS}, {"material", "Material", CALL_LATE_MS},
        {"supervisor", "Supervisor", CALL_LATE_MS}};
    static const struct node above = {.minor_stop_ms = MINOR_STOP_MS};
    struct plant *plant = b->plant;
    for (size_t n = 0; n < plant->node_count; n++)
        inherit(&plant->nodes[n], n ? &plant->nodes[plant->nodes[n].parent] : &above);
    bool preset = plant->call_kind_count == 0;
    for (size_t i = 0; preset && i < sizeof calls / sizeof *calls; i++)
        plant_add_call_kind(b, calls[i]);
}
