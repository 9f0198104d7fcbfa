/*
 * Events and closed intervals, as the fold gives them. Every event gets the stream's next number, which is part of the state. Those
 * that are changes are also kept in `changes`: an array of twice CHANGES_KEPT whose newest CHANGES_KEPT count, so that it is moved
 * only once in as many events.
 */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"
#include "core/number.h"
#include "core/text_gate.h"
#include "core/timestamp.h"

void event_word(char *out, size_t cap, const char *text)
{
    text_gate(text, strlen(text), out, cap, NULL);
}

void event_quantity(char *out, size_t cap, const char *number, const char *unit)
{
    char text[NUMBER_TEXT + 64];
    snprintf(text, sizeof text, "%s%s%s", number, *unit ? " " : "", unit);
    event_word(out, cap, text);
}

static void keep_change(struct model *model, const struct event *event)
{
    if (model->change_count == 2 * CHANGES_KEPT) {
        memmove(model->changes, model->changes + CHANGES_KEPT + 1, (CHANGES_KEPT - 1) * sizeof *model->changes);
        model->change_count = CHANGES_KEPT - 1;
    }
    model->changes = mem_grow(model->changes, model->change_count, &model->change_capacity, sizeof *model->changes);
    model->changes[model->change_count++] = *event;
}

const struct event *model_changes(const struct model *model, size_t *count)
{
    size_t old = model->change_count > CHANGES_KEPT ? model->change_count - CHANGES_KEPT : 0;
    *count = model->change_count - old;
    return *count ? model->changes + old : NULL;
}

const struct outcomes *model_outcomes(const struct model *model) { return &model->outcomes; }

void model_events_from(struct model *model, uint64_t number)
{
    if (model->event_number < number)
        model->event_number = number;
}

void model_event(struct model *model, const struct event *what)
{
    struct event *event = outcomes_event(&model->outcomes);
    *event = *what;
    event->number = ++model->event_number;
    event->seq = model->outcome_seq;
    if (event_table[event->kind].change)
        keep_change(model, event);
}

/* ---- states ---- */

static const char *shown_word(const struct node_state *node)
{
    if (node->word)
        return node->word;
    return node->class == CLASS_UNKNOWN ? state_class_table[CLASS_UNKNOWN].name : state_class_table[node->class].word;
}

void event_of_state(struct model *model, uint32_t index, const struct node_state *before, int64_t time_ms)
{
    struct event event = {.kind = EVENT_STATE, .time_ms = time_ms};
    plant_node_path(model->plant, index, event.path, sizeof event.path);
    event_word(event.text, sizeof event.text, model->plant->nodes[index].title);
    event_word(event.before, sizeof event.before, shown_word(before));
    event_word(event.after, sizeof event.after, shown_word(&model->nodes[index]));
    model_event(model, &event);
}

void interval_ended(struct model *model, uint32_t index, const struct interval *interval, const char *word)
{
    struct interval_end *end = outcomes_interval(&model->outcomes);
    end->seq = model->outcome_seq;
    plant_node_path(model->plant, index, end->path, sizeof end->path);
    end->start_ms = interval->start_ms;
    end->end_ms = interval->end_ms;
    end->class = interval->class;
    end->state = interval->state;
    event_word(end->word, sizeof end->word, word ? word : "");
}

/* ---- records that are events ---- */

static void value_text_of(struct value value, const char *text, char *out, size_t cap)
{
    char number_space[NUMBER_TEXT];
    double number;
    out[0] = '\0';
    if (value.kind == VALUE_TEXT)
        event_word(out, cap, text);
    else if (value.kind == VALUE_BOOL)
        event_word(out, cap, value.b ? "on" : "off");
    else if (value_number(value, &number)) {
        number_text(number, DECIMALS_AUTO, false, number_space);
        event_word(out, cap, number_space);
    }
}

void event_of_source(struct model *model, const char *name, const char *said, bool down)
{
    struct event event = {.kind = EVENT_LINK, .time_ms = model->wall, .down = down};
    event_word(event.text, sizeof event.text, name);
    event_word(event.after, sizeof event.after, said);
    model_event(model, &event);
}

void event_of_gap(struct model *model, int64_t length_ms)
{
    struct event event = {.kind = EVENT_GAP, .time_ms = model->wall, .span_ms = length_ms, .text = "the collector was away"};
    char span[SPAN_TEXT];
    span_text(length_ms, span);
    event_word(event.after, sizeof event.after, length_ms > 0 ? span : "for an unknown time");
    model_event(model, &event);
}

void event_of_clock(struct model *model, int64_t step_ms)
{
    struct event event = {.kind = EVENT_CLOCK, .time_ms = model->wall, .span_ms = step_ms, .text = "the clock was set"};
    char span[SPAN_TEXT];
    span_text(step_ms < 0 ? -step_ms : step_ms, span);
    snprintf(event.after, sizeof event.after, "%c%s", step_ms < 0 ? '-' : '+', span);
    model_event(model, &event);
}

/* Eight digits tell two configurations apart, as they do in a version control system. */
static void config_word(uint64_t id, char *out, size_t cap)
{
    snprintf(out, cap, "%08lx", (unsigned long)(id >> 32));
}

void event_of_config(struct model *model, uint64_t old, uint64_t new, const char *from)
{
    struct event event = {.kind = EVENT_CONFIG, .time_ms = model->wall};
    event_word(event.text, sizeof event.text, from);
    config_word(old, event.before, sizeof event.before);
    config_word(new, event.after, sizeof event.after);
    model_event(model, &event);
}

void event_of_drop(struct model *model, enum drop reason, uint64_t count)
{
    struct event event = {.kind = EVENT_DROPPED, .time_ms = model->wall};
    event_word(event.text, sizeof event.text, drop_table[reason].title);
    snprintf(event.after, sizeof event.after, "%llu", (unsigned long long)count);
    model_event(model, &event);
}

void event_of_action(struct model *model, const struct batch *batch, const struct record *r)
{
    const char *name = batch_text_at(batch, r->text), *target = batch_text_at(batch, r->detail);
    struct event event = {.kind = strcmp(name, "import") == 0 ? EVENT_IMPORT : EVENT_ACTION, .time_ms = r->time_ms ? r->time_ms : model->wall};
    char text[2 * EVENT_TEXT];
    bool placed = model_find(model, target) != NO_TAG || plant_node_by_path(model->plant, target) != NO_NODE;
    if (placed)
        event_word(event.path, sizeof event.path, target);
    snprintf(text, sizeof text, "%s%s%s", name, placed || !*target ? "" : " ", placed ? "" : target);
    event_word(event.text, sizeof event.text, text);
    value_text_of(r->value, batch_text_at(batch, r->value.kind == VALUE_TEXT ? r->value.text : NO_TEXT), event.after, sizeof event.after);
    event_word(event.who, sizeof event.who, batch_text_at(batch, r->who));
    model_event(model, &event);
}

/* ---- saved ---- */

void changes_load(struct model *model, struct unpacker *u)
{
    struct event event;
    event_unpack(&event, u);
    if (!event_table[event.kind].change)
        u->failed = true;
    if (!u->failed)
        keep_change(model, &event);
}
