/*
 * A tag whose changes are events: a setpoint, limit or recipe, an order, product or crew. A struct tag_change holds the value that was told last
 * and the newest one. While they differ, an event is due: at once, or, within CHANGE_QUIET_MS of the tag's last event, when that time is over, so
 * that a ramp is one event each ten seconds and a value that went and came back is none.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"
#include "core/number.h"

enum event_kind change_kind(const struct tag_def *def)
{
    switch (def->kind) {
    case KIND_SETPOINT: return EVENT_SETPOINT;
    case KIND_LIMIT: return EVENT_LIMIT;
    case KIND_RECIPE: return EVENT_RECIPE;
    default: break;
    }
    return def->role == ROLE_ORDER || def->role == ROLE_PRODUCT || def->role == ROLE_CREW ? EVENT_ORDER : EVENT_KIND_COUNT;
}

void change_release(struct tag *tag)
{
    if (!tag->change)
        return;
    free(tag->change->told.text);
    free(tag->change->newest.text);
    free(tag->change);
    tag->change = NULL;
}

static void set(struct told *told, struct value value, const char *text)
{
    free(told->text);
    told->value = value;
    told->text = value.kind == VALUE_TEXT ? mem_text(text) : NULL;
}

/* 5 and 5.0 are the same number; publishers change their mind. */
static bool same(const struct told *a, const struct told *b)
{
    double x, y;
    if (a->value.kind == VALUE_TEXT || b->value.kind == VALUE_TEXT)
        return a->value.kind == b->value.kind && strcmp(a->text, b->text) == 0;
    if (value_number(a->value, &x) && value_number(b->value, &y))
        return !(x < y) && !(x > y);
    return value_same(a->value, b->value);
}

/* An order's or a recipe's number is a name: it has no blanks in it. */
static void told_text(const struct tag_def *def, const struct told *told, int decimals, char *out, size_t cap)
{
    char number_space[NUMBER_TEXT];
    double number;
    bool counts = def->kind == KIND_SETPOINT || def->kind == KIND_LIMIT;
    if (told->value.kind == VALUE_TEXT) {
        event_word(out, cap, told->text);
    } else if (told->value.kind == VALUE_BOOL) {
        event_word(out, cap, told->value.b ? "on" : "off");
    } else if (value_number(told->value, &number)) {
        number_text(number, decimals, counts, number_space);
        event_quantity(out, cap, number_space, def->unit);
    }
}

/* With the tag's decimals; where these would hide the change, with as many as tell it. */
static void put_texts(const struct tag *tag, struct event *event)
{
    told_text(tag->def, &tag->change->told, tag->def->decimals, event->before, sizeof event->before);
    told_text(tag->def, &tag->change->newest, tag->def->decimals, event->after, sizeof event->after);
    if (strcmp(event->before, event->after) != 0)
        return;
    told_text(tag->def, &tag->change->told, DECIMALS_AUTO, event->before, sizeof event->before);
    told_text(tag->def, &tag->change->newest, DECIMALS_AUTO, event->after, sizeof event->after);
}

static void tell(struct model *model, uint32_t index, int64_t now)
{
    const struct tag *tag = &model->tags[index];
    struct tag_change *change = tag->change;
    struct event event = {.kind = change_kind(tag->def), .time_ms = change->newest_ms, .series = tag->series};
    model_tag_key(model, index, event.path, sizeof event.path);
    event_word(event.text, sizeof event.text, tag->def->title);
    put_texts(tag, &event);
    model_event(model, &event);
    set(&change->told, change->newest.value, change->newest.text);
    change->quiet_until_ms = now + CHANGE_QUIET_MS;
}

void change_see(struct model *model, uint32_t index)
{
    struct tag *tag = &model->tags[index];
    struct tag_change *change = tag->change;
    struct told seen = {.value = tag->value, .text = tag->text};
    if (tag->quality == QUALITY_BAD || tag->value.kind == VALUE_NULL)
        return;
    if (!change) {
        change = tag->change = mem_zero(1, sizeof *change);
        set(&change->told, tag->value, tag->text);
        set(&change->newest, tag->value, tag->text);
        change->newest_ms = tag->time_ms;
        return;
    }
    if (same(&change->newest, &seen))
        return;
    set(&change->newest, tag->value, tag->text);
    change->newest_ms = tag->time_ms;
    if (same(&change->told, &change->newest))
        return;
    if (model->elapsed < change->quiet_until_ms)
        timers_set(&model->timers, slot_change(model, index), change->quiet_until_ms);
    else
        tell(model, index, model->elapsed);
}

void change_fire(struct model *model, uint32_t index, int64_t now)
{
    struct tag_change *change = model->tags[index].change;
    if (change && !same(&change->told, &change->newest))
        tell(model, index, now);
}

void change_arm(struct model *model, uint32_t index)
{
    const struct tag_change *change = model->tags[index].change;
    if (change && !same(&change->told, &change->newest))
        timers_set(&model->timers, slot_change(model, index), change->quiet_until_ms);
}

/* ---- saved ---- */

static void told_pack(const struct told *told, struct packer *p)
{
    struct value value = told->value;
    if (value.kind == VALUE_TEXT)
        value.text = 0;
    pack_value(p, value);
    if (value.kind == VALUE_TEXT)
        pack_text(p, told->text);
}

static void told_load(struct told *told, struct unpacker *u)
{
    char text[4097] = "";
    struct value value = unpack_value(u);
    if (value.kind == VALUE_TEXT)
        unpack_text(u, text, sizeof text);
    set(told, value, text);
}

void change_pack(const struct tag *tag, struct packer *p)
{
    told_pack(&tag->change->told, p);
    told_pack(&tag->change->newest, p);
    pack_zigzag(p, tag->change->newest_ms);
    pack_zigzag(p, tag->change->quiet_until_ms);
}

void change_load(struct tag *tag, struct unpacker *u)
{
    tag->change = mem_zero(1, sizeof *tag->change);
    told_load(&tag->change->told, u);
    told_load(&tag->change->newest, u);
    tag->change->newest_ms = unpack_time(u);
    tag->change->quiet_until_ms = unpack_time(u);
}
