/*
 * Words of one alarm, all made from the model and its definition alone. A struct alarm_marks keeps two arrays, by node and by tag; they hold
 * exactly for one generation of the model's alarms.
 */
#include "views/alarm_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { MS_PER_SECOND = 1000, DAY_MS = 24 * 3600000, MONTHS_SHOWN = 300 };

static const struct plant_alarm *planned(const struct model *model, uint32_t alarm)
{
    return &model_plant(model)->alarms[alarm];
}

bool alarm_unacked(const struct alarm *alarm)
{
    return alarm_shown_unacked(alarm_shown(alarm));
}

bool alarm_seen(const struct alarm *alarm)
{
    uint8_t shown = alarm_shown(alarm);
    return shown > ALARM_NORM && shown < ALARM_STATE_COUNT;
}

uint64_t alarm_sort_key(const struct alarm *alarm)
{
    uint64_t raised = (uint64_t)(alarm->raised_ms > 0 ? alarm->raised_ms : 0), newest = (UINT64_C(1) << 56) - 1;
    uint64_t rank = (alarm_unacked(alarm) ? 0u : 16u) + 2u * alarm_priority(alarm) + (alarm_active(alarm) ? 0u : 1u);
    return rank << 56 | (newest - (raised < newest ? raised : newest));
}

/* ---- marks ---- */

enum cell_role priority_role(unsigned priority, bool unacked)
{
    unsigned p = priority < 1 ? 1 : priority > ALARM_PRIORITIES ? ALARM_PRIORITIES : priority;
    return (enum cell_role)((unsigned)(unacked ? CELL_UNACKED_1 : CELL_ALARM_1) + p - 1);
}

bool alarm_blink(const struct model *model)
{
    return model_wall(model) / MS_PER_SECOND % 2 == 0;
}

int draw_priority(struct surface s, int x, int y, enum cell_role role, unsigned priority)
{
    char digit[2] = {(char)('0' + priority % 10), '\0'};
    x = surface_glyph(s, x, y, role, (enum glyph)(GLYPH_ALARM_1 + (priority < 1 ? 0 : priority > ALARM_PRIORITIES ? ALARM_PRIORITIES - 1 : (int)priority - 1)));
    return surface_text(s, x, y, role, digit);
}

int draw_alarm_marker(const struct model *model, uint32_t index, struct surface s, int x, int y)
{
    const struct alarm *alarm = model_alarm(model, index);
    unsigned priority = alarm_priority(alarm);
    uint8_t shown = alarm_shown(alarm);
    enum cell_role role = CELL_DIM; /* returned, hidden: the shape alone */
    if (shown == ALARM_UNACK || shown == ALARM_LATCH_UNACK)
        role = priority_role(priority, alarm_blink(model));
    else if (shown == ALARM_ACKED || shown == ALARM_LATCH_ACKED)
        role = priority_role(priority, false);
    return draw_priority(s, x, y, role, priority);
}

/* ---- words ---- */

const char *alarm_text_title(const struct model *model, uint32_t index)
{
    const struct alarm *alarm = model_alarm(model, index);
    const struct alarm_def *def = planned(model, index)->def;
    const struct alarm_condition_def *condition = alarm_condition_shown(alarm);
    const struct alarm_code *code = alarm_code_shown(alarm);
    if (code && code->title[0])
        return code->title;
    if (condition->kind == ALARM_MESSAGE && alarm->record && alarm->record->message[0])
        return alarm->record->message;
    if (condition->title[0])
        return condition->title;
    return def->title[0] ? def->title : def->name;
}

const char *alarm_text_cause(const struct alarm *alarm)
{
    const struct alarm_code *code = alarm_code_shown(alarm);
    return code && code->cause[0] ? code->cause : alarm_condition_shown(alarm)->cause;
}

const char *alarm_text_consequence(const struct alarm *alarm)
{
    const struct alarm_code *code = alarm_code_shown(alarm);
    return code && code->consequence[0] ? code->consequence : alarm_condition_shown(alarm)->consequence;
}

const char *alarm_text_action(const struct alarm *alarm)
{
    const struct alarm_code *code = alarm_code_shown(alarm);
    return code && code->action[0] ? code->action : alarm_condition_shown(alarm)->action;
}

const char *alarm_text_place(const struct model *model, uint32_t index)
{
    return model_plant(model)->nodes[planned(model, index)->node].title;
}

const char *alarm_text_unit(const struct model *model, uint32_t index)
{
    uint32_t tag = planned(model, index)->tag;
    bool number = alarm_kind_table[alarm_condition_shown(model_alarm(model, index))->kind].limit;
    return tag == NO_TAG || !number ? "" : model_plant(model)->tags[tag].def->unit;
}

/* How long nothing has come: of a tag, of a node. */
static void silence_text(const struct model *model, uint32_t index, char out[ALARM_FIGURE])
{
    const struct plant_alarm *plan = planned(model, index);
    const struct node_state *state = model_node(model, plan->node);
    int64_t silent = plan->tag == NO_TAG ? state->heard_elapsed_ms < 0 ? -1 : model_elapsed(model) - state->heard_elapsed_ms : model_age(model, plan->tag, &(bool){false});
    char span[SPAN_TEXT];
    span_text(silent, span);
    snprintf(out, ALARM_FIGURE, "%s", silent < 0 ? "never" : span);
}

/* What a deviation or a rate compares with its limit; false: not known now. */
static bool derived_number(const struct model *model, uint32_t index, const struct reading *reading, double *number)
{
    const struct plant_alarm *plan = planned(model, index);
    const struct alarm_condition_def *condition = alarm_condition_shown(model_alarm(model, index));
    double setpoint;
    if (condition->kind == ALARM_RATE) {
        *number = reading->slope / 60;
        return reading->has_slope;
    }
    if (condition->setpoint >= plan->def->input_count || !reading->has_number)
        return false;
    const struct alarm_input *input = &model_plant(model)->alarm_inputs[plan->first_input + condition->setpoint];
    if (input->kind != INPUT_TAG || !value_number(model_tag(model, input->index)->value, &setpoint))
        return false;
    *number = reading->number - setpoint;
    return true;
}

static bool is_derived(enum alarm_kind kind)
{
    return kind == ALARM_DEVIATION || kind == ALARM_RATE;
}

enum cell_role alarm_text_now(const struct model *model, uint32_t index, char out[ALARM_FIGURE])
{
    const struct alarm *alarm = model_alarm(model, index);
    enum alarm_kind kind = alarm_condition_shown(alarm)->kind;
    struct reading reading;
    double number;
    out[0] = '\0';
    if (kind == ALARM_NO_DATA) {
        silence_text(model, index, out);
        return CELL_VALUE;
    }
    if (kind == ALARM_MESSAGE && alarm->record) {
        snprintf(out, ALARM_FIGURE, "%.31s", alarm->record->code);
        return CELL_VALUE;
    }
    if (planned(model, index)->tag == NO_TAG)
        return CELL_VALUE;
    reading_of_tag(&reading, model, planned(model, index)->tag);
    if (reading.trust == TRUST_NEVER)
        snprintf(out, ALARM_FIGURE, "never");
    else if (is_derived(kind) && derived_number(model, index, &reading, &number))
        snprintf(out, ALARM_FIGURE, "%+.*f", reading.decimals == DECIMALS_AUTO ? 1 : reading.decimals, fmax(fmin(number, 1e12), -1e12));
    else
        snprintf(out, ALARM_FIGURE, "%s", is_derived(kind) ? "" : reading.text);
    return reading.trust == TRUST_GOOD ? CELL_VALUE : reading_role(&reading);
}

void condition_text_limit(const struct alarm_condition_def *condition, char out[ALARM_FIGURE])
{
    static const char *const signs[ALARM_KIND_COUNT] = {
        [ALARM_HIGH_HIGH] = "> ", [ALARM_HIGH] = "> ", [ALARM_LOW] = "< ", [ALARM_LOW_LOW] = "< ", [ALARM_DEVIATION] = "± ", [ALARM_RATE] = "> ",
    };
    char number[NUMBER_TEXT];
    out[0] = '\0';
    if (!alarm_kind_table[condition->kind].limit)
        return;
    bool fall = condition->kind == ALARM_RATE && condition->limit < 0;
    number_text(condition->limit, DECIMALS_AUTO, false, number);
    snprintf(out, ALARM_FIGURE, "%s%.24s%s", fall ? "< " : signs[condition->kind] ? signs[condition->kind] : "", number, condition->kind == ALARM_RATE ? "/min" : "");
}

void alarm_text_limit(const struct alarm *alarm, char out[ALARM_FIGURE])
{
    condition_text_limit(alarm_condition_shown(alarm), out);
}

static bool same_day(struct civil a, struct civil b)
{
    return a.day == b.day && a.month == b.month && a.year == b.year;
}

void raised_text(const struct model *model, int64_t ms, char out[SPAN_TEXT])
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const days[] = {"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"};
    const struct zone *zone = &model_plant(model)->zone;
    int64_t ago = model_wall(model) - ms;
    struct civil at = zone_civil(zone, ms), now = zone_civil(zone, model_wall(model));
    out[0] = '\0';
    if (ms <= 0)
        return;
    if (same_day(at, now) || ago < 0)
        snprintf(out, SPAN_TEXT, "%02d:%02d:%02d", at.hour, at.minute, at.second);
    else if (ago < (int64_t)6 * DAY_MS)
        snprintf(out, SPAN_TEXT, "%s %02d:%02d", days[at.weekday % 7], at.hour, at.minute);
    else if (ago < (int64_t)MONTHS_SHOWN * DAY_MS)
        snprintf(out, SPAN_TEXT, "%d %s", at.day, months[(at.month + 11) % 12]);
    else
        snprintf(out, SPAN_TEXT, "%04d-%02d", at.year % 10000, at.month);
}

void until_text(const struct model *model, int64_t ms, char out[SPAN_TEXT])
{
    raised_text(model, ms, out);
    if (out[0] && out[2] == ':')
        out[5] = '\0';
}

int64_t alarm_for_ms(const struct model *model, const struct alarm *alarm)
{
    bool over = !alarm_active(alarm) && alarm->cleared_ms >= alarm->raised_ms;
    return alarm->raised_ms > 0 ? (over ? alarm->cleared_ms : model_wall(model)) - alarm->raised_ms : 0;
}

static const struct maintenance *maintenance_above(const struct model *model, uint32_t node)
{
    for (uint32_t n = node; n != NO_NODE; n = model_plant(model)->nodes[n].parent)
        if (model_maintenance(model, n))
            return model_maintenance(model, n);
    return NULL;
}

const struct alarm_hold *alarm_held(const struct model *model, uint32_t index, struct alarm_hold *space)
{
    const struct alarm *alarm = model_alarm(model, index);
    const struct maintenance *m = alarm->flags & ALARM_MAINTENANCE && !(alarm->flags & ALARM_OUT) ? maintenance_above(model, planned(model, index)->node) : NULL;
    if (m) {
        *space = (struct alarm_hold){.since_ms = m->since_ms, .until_ms = m->until_ms};
        snprintf(space->who, sizeof space->who, "%s", m->who);
        snprintf(space->reason, sizeof space->reason, "%s", m->reason);
        return space;
    }
    if (!alarm->record)
        return NULL;
    if (alarm->flags & ALARM_OUT)
        return &alarm->record->service;
    return alarm->flags & ALARM_SHELVED && alarm_shown(alarm) == SHOWN_SHLVD ? &alarm->record->shelf : NULL;
}

/* ---- places ---- */

/* By its key, which takes longer to make than all else here: once an alarm. */
static void take_worse(uint32_t *place, uint64_t *place_key, uint32_t alarm, uint64_t key)
{
    if (*place != NO_ALARM && key >= *place_key)
        return;
    *place = alarm;
    *place_key = key;
}

/* Keeps the first ALARM_WORST in order, and their keys. */
static void rank(struct alarm_marks *marks, uint64_t keys[ALARM_WORST], uint32_t alarm, uint64_t key)
{
    size_t at = marks->worst_count;
    if (at == ALARM_WORST && keys[at - 1] <= key)
        return;
    if (at == ALARM_WORST)
        at--;
    else
        marks->worst_count++;
    for (; at > 0 && keys[at - 1] > key; at--) {
        marks->worst[at] = marks->worst[at - 1];
        keys[at] = keys[at - 1];
    }
    marks->worst[at] = alarm;
    keys[at] = key;
}

void alarm_marks_update(struct alarm_marks *marks, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    uint64_t generation = model_alarms_generation(model);
    if (marks->ready && marks->model == model && marks->plant_id == plant->id && marks->generation == generation && marks->node_count == plant->node_count)
        return;
    marks->nodes = mem_resize(marks->nodes, plant->node_count, sizeof *marks->nodes);
    marks->tags = mem_resize(marks->tags, plant->tag_count + 1, sizeof *marks->tags);
    marks->keys = mem_resize(marks->keys, plant->node_count + plant->tag_count + 1, sizeof *marks->keys);
    *marks = (struct alarm_marks){.nodes = marks->nodes, .tags = marks->tags, .keys = marks->keys, .node_count = plant->node_count, .tag_count = plant->tag_count, .model = model,
        .plant_id = plant->id, .generation = generation, .ready = true};
    for (size_t n = 0; n < marks->node_count; n++)
        marks->nodes[n] = NO_ALARM;
    for (size_t t = 0; t < marks->tag_count; t++)
        marks->tags[t] = NO_ALARM;
    uint64_t worst_keys[ALARM_WORST], *tag_keys = marks->keys + marks->node_count;
    size_t count;
    const uint32_t *listed = model_alarms_listed(model, &count);
    for (size_t i = 0; i < count; i++) {
        const struct plant_alarm *plan = &plant->alarms[listed[i]];
        const struct alarm *alarm = model_alarm(model, listed[i]);
        if (!alarm_seen(alarm))
            continue;
        uint64_t key = alarm_sort_key(alarm);
        rank(marks, worst_keys, listed[i], key);
        take_worse(&marks->nodes[plan->node], &marks->keys[plan->node], listed[i], key);
        if (plan->tag != NO_TAG)
            take_worse(&marks->tags[plan->tag], &tag_keys[plan->tag], listed[i], key);
    }
    for (size_t n = marks->node_count; count > 0 && n-- > 1;)
        if (marks->nodes[n] != NO_ALARM)
            take_worse(&marks->nodes[plant->nodes[n].parent], &marks->keys[plant->nodes[n].parent], marks->nodes[n], marks->keys[n]);
}

void alarm_marks_finish(struct alarm_marks *marks)
{
    free(marks->nodes);
    free(marks->tags);
    free(marks->keys);
    *marks = (struct alarm_marks){.ready = false};
}

uint32_t alarm_of_node(const struct alarm_marks *marks, uint32_t node)
{
    return marks && marks->ready && node < marks->node_count ? marks->nodes[node] : NO_ALARM;
}

uint32_t alarm_of_tag(const struct alarm_marks *marks, uint32_t tag)
{
    return marks && marks->ready && tag < marks->tag_count ? marks->tags[tag] : NO_ALARM;
}
