/*
 * Alarms across a new configuration, by key (that of a renamed tag too). One whose definition is as it was goes on as if nothing had happened;
 * a condition that is another now starts again from what is known; one that is gone closes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_alarm_private.h"

static bool same_number(double a, double b)
{
    return !(a < b) && !(a > b);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_values(const struct alarm_condition_def *a, const struct alarm_condition_def *b)
{
    if (a->value_count != b->value_count)
        return false;
    for (size_t v = 0; v < a->value_count; v++)
        if (!same_text(a->values[v].text, b->values[v].text) || (!a->values[v].text && !same_number(a->values[v].number, b->values[v].number)))
            return false;
    return true;
}

/* Does it come true and false as it did? */
static bool same_condition(const struct alarm_condition_def *a, const struct alarm_condition_def *b)
{
    return a->kind == b->kind && same_number(a->limit, b->limit) && same_number(a->deadband, b->deadband) && a->on_delay_ms == b->on_delay_ms &&
        a->off_delay_ms == b->off_delay_ms && a->window_ms == b->window_ms && same_text(a->when.text, b->when.text) && same_values(a, b);
}

/* The names of what it looks at: indices differ between plants. */
static void input_key(const struct plant *plant, const struct alarm_input *input, char *out, size_t cap)
{
    char key[ALARM_KEY_BYTES];
    if (input->kind == INPUT_TAG)
        plant_tag_key(plant, input->index, key, sizeof key);
    else if (input->kind == INPUT_NODE)
        plant_node_path(plant, input->index, key, sizeof key);
    else
        plant_alarm_key(plant, input->index, key, sizeof key);
    snprintf(out, cap, "%d %s", (int)input->kind, key);
}

static bool same_inputs(const struct plant *a, const struct plant_alarm *of_a, const struct plant *b, const struct plant_alarm *of_b)
{
    if (of_a->def->input_count != of_b->def->input_count)
        return false;
    for (size_t i = 0; i < of_a->def->input_count; i++) {
        char key_a[ALARM_KEY_BYTES + 16], key_b[ALARM_KEY_BYTES + 16];
        input_key(a, &a->alarm_inputs[of_a->first_input + i], key_a, sizeof key_a);
        input_key(b, &b->alarm_inputs[of_b->first_input + i], key_b, sizeof key_b);
        if (strcmp(key_a, key_b) != 0)
            return false;
    }
    return true;
}

/* The alarm that this one was; NO_ALARM: it is new. */
static uint32_t predecessor(const struct model *model, uint32_t alarm, const struct model *old)
{
    char key[ALARM_KEY_BYTES];
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    plant_alarm_key(model->plant, alarm, key, sizeof key);
    uint32_t from = model_find_alarm(old, key);
    if (from != NO_ALARM || a->tag == NO_TAG)
        return from;
    uint32_t tag = model_predecessor(model, a->tag, old);
    if (tag == NO_TAG)
        return NO_ALARM;
    char was[ALARM_KEY_BYTES + KEY_BYTES];
    plant_tag_key(old->plant, tag, key, sizeof key);
    snprintf(was, sizeof was, "%s.%s", key, a->def->name);
    return model_find_alarm(old, was);
}

/* A condition that is as it was keeps what it is; another one stays active, if it was, until it is known again, and its delays begin anew. */
static bool carry_conditions(struct alarm *to, const struct alarm *from, bool same)
{
    for (size_t c = 0; c < to->def->condition_count; c++) {
        size_t f = 0;
        while (f < from->def->condition_count && from->def->conditions[f].kind != to->def->conditions[c].kind)
            f++;
        if (to->def->condition_count == from->def->condition_count && from->def->conditions[c].kind == to->def->conditions[c].kind)
            f = c;
        if (f == from->def->condition_count) {
            same = false;
            continue;
        }
        if (same_condition(&to->def->conditions[c], &from->def->conditions[f])) {
            to->conditions[c] = from->conditions[f];
            continue;
        }
        to->conditions[c] = (struct alarm_condition){.truth = TRUTH_UNKNOWN, .active = from->conditions[f].active, .since_ms = from->conditions[f].since_ms, .due_ms = INT64_MAX};
        same = false;
    }
    return same && to->def->condition_count == from->def->condition_count;
}

/* Somebody set another limit: an event, as for every other one; the fold's bound on them holds for alarms by themselves. */
static void tell_limits(struct model *model, uint32_t index, const struct alarm_def *was, size_t *told)
{
    const struct alarm_def *is = model->plant->alarms[index].def;
    for (size_t c = 0; c < is->condition_count && c < was->condition_count; c++) {
        const struct alarm_condition_def *a = &was->conditions[c], *b = &is->conditions[c];
        if (a->kind != b->kind || same_number(a->limit, b->limit) || (*told)++ >= LIMITS_TOLD)
            continue;
        struct event event = {.kind = EVENT_LIMIT, .time_ms = model->wall};
        char key[ALARM_KEY_BYTES], text[2 * EVENT_TEXT];
        plant_alarm_key(model->plant, index, key, sizeof key);
        event_word(event.path, sizeof event.path, key);
        snprintf(text, sizeof text, "%s, alarm limit", b->title);
        event_word(event.text, sizeof event.text, text);
        alarm_limit_text(a, event.before, sizeof event.before);
        alarm_limit_text(b, event.after, sizeof event.after);
        model_event(model, &event);
    }
}

/* True when it goes on as it was. */
static bool carry_alarm(struct model *model, uint32_t index, struct model *old, uint32_t from)
{
    struct alarm *to = &model->alarms->alarms[index], *was = &old->alarms->alarms[from];
    const struct plant_alarm *a = &model->plant->alarms[index], *b = &old->plant->alarms[from];
    struct alarm_condition *conditions = to->conditions;
    const struct alarm_def *def = to->def;
    const struct alarm_class *class = to->class;
    bool same = same_inputs(model->plant, a, old->plant, b) && same_text(def->suppress.text, was->def->suppress.text) && class->safety == was->class->safety;
    *to = *was;
    was->record = NULL;
    to->conditions = conditions;
    to->def = def;
    to->class = class;
    same = carry_conditions(to, was, same);
    if (to->shown_condition >= def->condition_count)
        to->shown_condition = 0;
    for (size_t c = 0; c < def->condition_count; c++)
        if (def->conditions[c].kind == ALARM_RATE && c < was->def->condition_count && same_condition(&def->conditions[c], &was->def->conditions[c]))
            alarm_rate_of(model, index, c)->trace = alarm_rate_of(old, from, c)->trace;
    return same;
}

static void removed(struct model *model, struct model *old, uint32_t from)
{
    struct alarm *alarm = &old->alarms->alarms[from];
    if (alarm->state == ALARM_NORM && !alarm_hidden(alarm))
        return;
    struct event event;
    alarm_event_of(old, from, alarm, &(struct alarm_told){.event = ALARM_REMOVED, .before = alarm_shown(alarm), .after = ALARM_NORM, .time_ms = model->wall}, &event);
    model_event(model, &event);
}

static void carry_shared(struct model *model, struct model *old)
{
    struct alarm_book *to = model->alarms, *from = old->alarms;
    const struct plant *plant = model->plant, *before = old->plant;
    to->linked_ms = from->linked_ms;
    to->generation = from->generation + 1;
    for (size_t p = 0; p < plant->position_count; p++)
        for (size_t q = 0; q < before->position_count; q++)
            if (strcmp(plant->positions[p].name, before->positions[q].name) == 0)
                to->positions[p] = from->positions[q];
    for (size_t g = 0; g < plant->first_out_count; g++)
        for (size_t h = 0; h < before->first_out_count; h++)
            if (strcmp(plant->first_outs[g], before->first_outs[h]) == 0)
                to->first_outs[g].first_ms = from->first_outs[h].first_ms;
    for (size_t m = 0; m < from->maintenance_count; m++) {
        struct maintenance entry = from->maintenance[m];
        char path[KEY_BYTES];
        plant_node_path(before, entry.node, path, sizeof path);
        entry.node = plant_node_by_path(plant, path);
        if (entry.node != NO_NODE)
            maintenance_add(to, entry);
    }
}

static void begin_again(struct model *model, uint32_t index)
{
    struct alarm *alarm = &model->alarms->alarms[index];
    alarm_settle(alarm, model->wall, model->alarms->now, alarm_ear(model));
    if (!alarm->def->suppress.text)
        alarm_suppress(alarm, TRUTH_FALSE, model->alarms->now, alarm_ear(model));
    alarm_look(model, index, &(struct alarm_trigger){.index = NO_TAG, .time_ms = model->wall});
    alarm_done(model, index);
}

void alarms_carry(struct model *model, struct model *old)
{
    struct alarm_book *book = model->alarms;
    bool *gone = mem_zero(old->plant->alarm_count, sizeof *gone);
    size_t limits = 0;
    bool *changed = mem_zero(model->plant->alarm_count, sizeof *changed);
    for (size_t a = 0; a < old->plant->alarm_count; a++)
        gone[a] = true;
    carry_shared(model, old);
    alarms_at(model, model->elapsed);
    for (uint32_t a = 0; a < model->plant->alarm_count; a++) {
        uint32_t from = predecessor(model, a, old);
        bool taken = from == NO_ALARM || !gone[from];
        changed[a] = taken || !carry_alarm(model, a, old, from);
        if (taken)
            continue;
        gone[from] = false;
        tell_limits(model, a, old->plant->alarms[from].def, &limits);
    }
    for (uint32_t a = 0; a < old->plant->alarm_count; a++)
        if (gone[a])
            removed(model, old, a);
    for (uint32_t a = 0; a < model->plant->alarm_count; a++)
        alarm_count(model, a);
    for (uint32_t rank = 0; rank < model->plant->alarm_count; rank++) {
        uint32_t a = book->by_rank ? book->by_rank[rank] : rank;
        book->running_rank = rank;
        if (changed[a])
            begin_again(model, a);
        alarm_drain(model);
    }
    maintenance_settle(model, NULL);
    free(gone);
    free(changed);
}
