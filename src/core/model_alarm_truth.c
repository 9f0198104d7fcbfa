/*
 * Truths of conditions from what the model holds: the alarm's own tag, its inputs, its formulas. Nothing here is remembered but the traces of
 * rates and, for a machine's message, what it said.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/model_alarm_private.h"
#include "core/number.h"

/* A text may arrive a little before the code that it belongs to. */
enum { MESSAGE_APART_MS = 2000 };

static bool is_own(const struct model *model, uint32_t alarm, const struct alarm_trigger *trigger)
{
    return trigger->kind == INPUT_TAG && trigger->index == model->plant->alarms[alarm].tag && trigger->index != NO_TAG;
}

bool alarm_uses(const struct plant *plant, uint32_t alarm, const struct alarm_trigger *trigger)
{
    const struct plant_alarm *a = &plant->alarms[alarm];
    if (trigger->index == NO_TAG)
        return true;
    for (size_t i = 0; i < a->def->input_count; i++) {
        const struct alarm_input *input = &plant->alarm_inputs[a->first_input + i];
        if (input->kind == trigger->kind && input->index == trigger->index)
            return true;
    }
    return false;
}

/* ---- inputs ---- */

static bool believed(const struct tag *tag)
{
    return tag->count > 0 && !tag->unconfirmed && tag->quality >= QUALITY_UNCERTAIN && tag->value.kind != VALUE_NULL;
}

static double class_number(enum state_class class)
{
    return class == CLASS_UNKNOWN ? NAN : (double)class;
}

static double tag_number(const struct model *model, uint32_t index)
{
    const struct tag *tag = &model->tags[index];
    double number;
    if (!believed(tag))
        return NAN;
    if (tag->def && tag->def->kind == KIND_STATE) {
        const struct state_map_row *row = model_state_row(model, index);
        return class_number(row ? row->class : CLASS_UNKNOWN);
    }
    return value_number(tag->value, &number) ? number : NAN;
}

static double input_number(const struct model *model, const struct alarm_input *input)
{
    switch (input->kind) {
    case INPUT_TAG: return tag_number(model, input->index);
    case INPUT_NODE: return class_number((enum state_class)model_line_state(model, input->index)->class);
    case INPUT_ALARM: return alarm_active(&model->alarms->alarms[input->index]) ? 1 : 0;
    }
    return NAN;
}

static const struct alarm_input *inputs_of(const struct model *model, uint32_t alarm)
{
    return model->plant->alarm_inputs + model->plant->alarms[alarm].first_input;
}

static enum truth formula_truth(const struct model *model, uint32_t alarm, const char *text)
{
    double inputs[ALARM_INPUTS];
    size_t count = model->plant->alarms[alarm].def->input_count;
    for (size_t i = 0; i < count; i++)
        inputs[i] = input_number(model, inputs_of(model, alarm) + i);
    double value = alarm_formula_value(model, text, inputs, count);
    return isnan(value) ? TRUTH_UNKNOWN : value < 0 || value > 0 ? TRUTH_TRUE : TRUTH_FALSE;
}

/* Is it only our own link that an input is unknown for? */
static bool input_cut_off(const struct model *model, const struct alarm_input *input)
{
    const struct node *nodes = model->plant->nodes;
    uint32_t node = input->index, tag = NO_TAG;
    if (input->kind == INPUT_TAG)
        tag = input->index;
    if (input->kind == INPUT_NODE) {
        if (nodes[node].level == LEVEL_LINE && nodes[node].constraint != NO_NODE)
            node = nodes[node].constraint;
        tag = nodes[node].role_tag[nodes[node].role_tag[ROLE_STATE] != NO_TAG ? ROLE_STATE : ROLE_GOOD];
    }
    return tag != NO_TAG && model->tags[tag].unconfirmed;
}

/* What is unknown does not suppress; but our own lost link lets no alarm loose either: it stays as it was until it is known again. */
void alarm_logic(struct model *model, uint32_t index)
{
    struct alarm *alarm = &model->alarms->alarms[index];
    enum truth truth = formula_truth(model, index, alarm->def->suppress.text);
    for (size_t i = 0; truth == TRUTH_UNKNOWN && i < alarm->def->input_count; i++)
        if (input_cut_off(model, inputs_of(model, index) + i))
            return;
    alarm_suppress(alarm, truth, model->alarms->now, alarm_ear(model));
}

/* ---- conditions ---- */

static enum truth as_truth(bool is)
{
    return is ? TRUTH_TRUE : TRUTH_FALSE;
}

struct alarm_rate *alarm_rate_of(const struct model *model, uint32_t alarm, size_t condition)
{
    struct alarm_rate *rates = model->alarms->rates;
    size_t low = 0, high = model->alarms->rate_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rates[middle].alarm < alarm || (rates[middle].alarm == alarm && rates[middle].condition < condition))
            low = middle + 1;
        else
            high = middle;
    }
    return &rates[low];
}

static enum truth rate_truth(struct model *model, uint32_t alarm, size_t condition, const struct tag *tag, double value, bool sample, bool was)
{
    const struct alarm_condition_def *def = &model->plant->alarms[alarm].def->conditions[condition];
    struct alarm_rate *rate = alarm_rate_of(model, alarm, condition);
    double per_minute;
    if (sample)
        alarm_trace_add(&rate->trace, def->window_ms, tag->time_ms, value);
    return alarm_trace_rate(&rate->trace, def->window_ms, tag->time_ms, &per_minute) ? as_truth(alarm_rate_truth(def, per_minute, was)) : TRUTH_UNKNOWN;
}

/* A state may be meant by what is sent, by the map's word, by its PackML name or by its class. */
static bool state_listed(const struct model *model, const struct alarm_condition_def *def, uint32_t tag)
{
    const struct state_map_row *row = model_state_row(model, tag);
    if (!row)
        return false;
    const char *const words[] = {row->word, pack_state_table[row->state].name, state_class_table[row->class].name};
    for (size_t v = 0; v < def->value_count; v++)
        for (size_t w = 0; def->values[v].text && w < sizeof words / sizeof words[0]; w++)
            if (words[w] && alarm_value_is_text(&def->values[v], words[w]))
                return true;
    return false;
}

static bool discrete(const struct model *model, const struct alarm_condition_def *def, uint32_t index)
{
    const struct tag *tag = &model->tags[index];
    return alarm_value_listed(def, tag->value, tag->text) || (tag->def->kind == KIND_STATE && state_listed(model, def, index));
}

/* A condition on the value of the alarm's own tag. */
static enum truth value_truth(struct model *model, uint32_t alarm, size_t condition, bool sample)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    const struct alarm_condition_def *def = &a->def->conditions[condition];
    const struct alarm_condition *state = &model->alarms->alarms[alarm].conditions[condition];
    const struct tag *tag = &model->tags[a->tag];
    bool was = state->truth == TRUTH_UNKNOWN ? state->active : state->truth == TRUTH_TRUE;
    double value, setpoint;
    if (!believed(tag))
        return TRUTH_UNKNOWN;
    if (def->kind == ALARM_DISCRETE)
        return as_truth(discrete(model, def, a->tag));
    if (!value_number(tag->value, &value))
        return TRUTH_UNKNOWN;
    if (def->kind == ALARM_RATE)
        return rate_truth(model, alarm, condition, tag, value, sample, was);
    if (def->kind != ALARM_DEVIATION)
        return as_truth(alarm_limit_truth(def, value, was));
    setpoint = def->setpoint < a->def->input_count ? input_number(model, inputs_of(model, alarm) + def->setpoint) : NAN;
    return isnan(setpoint) ? TRUTH_UNKNOWN : as_truth(alarm_deviation_truth(def, value, setpoint, was));
}

static enum truth quality_truth(const struct tag *tag)
{
    if (tag->count == 0 || tag->unconfirmed)
        return TRUTH_UNKNOWN;
    return as_truth(tag->quality < QUALITY_UNCERTAIN || tag->value.kind == VALUE_NULL);
}

bool alarm_truth_of(struct model *model, uint32_t alarm, size_t condition, const struct alarm_trigger *trigger, enum truth *truth)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    const struct alarm_condition_def *def = &a->def->conditions[condition];
    bool all = trigger->index == NO_TAG, own = all ? a->tag != NO_TAG : is_own(model, alarm, trigger);
    switch (def->kind) {
    case ALARM_EXPRESSION:
        if (!alarm_uses(model->plant, alarm, trigger))
            return false;
        *truth = formula_truth(model, alarm, def->when.text);
        return true;
    case ALARM_NO_DATA:
        *truth = own && model->tags[a->tag].unconfirmed ? TRUTH_UNKNOWN : TRUTH_FALSE;
        if (!own || !trigger->sample)
            return *truth == TRUTH_UNKNOWN;
        if (timers_at(&model->timers, slot_alarm(model, alarm)) == INT64_MAX)
            alarm_done(model, alarm);
        return !(model->tags[a->tag].flags & SAMPLE_RETAINED);
    case ALARM_BAD_QUALITY:
        *truth = own ? quality_truth(&model->tags[a->tag]) : TRUTH_UNKNOWN;
        return own;
    default:
        if (!own && !(def->kind == ALARM_DEVIATION && a->tag != NO_TAG && alarm_uses(model->plant, alarm, trigger)))
            return false;
        *truth = value_truth(model, alarm, condition, own && trigger->sample);
        return true;
    }
}

/* ---- messages ---- */

static void code_of(const struct tag *tag, char *out, size_t cap)
{
    char number_space[NUMBER_TEXT];
    double number;
    if (tag->value.kind == VALUE_TEXT) {
        event_word(out, cap, tag->text);
        return;
    }
    number_text(value_number(tag->value, &number) ? number : 0, DECIMALS_AUTO, false, number_space);
    event_word(out, cap, number_space);
}

/* The text that came with the code: of its own tag, if it is as new as the code; of the code's own when it is a text. */
static void take_message(const struct model *model, uint32_t alarm, struct alarm_record *record)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    const struct tag *own = &model->tags[a->tag];
    record->message[0] = '\0';
    if (a->def->message_text >= a->def->input_count) {
        if (own->value.kind == VALUE_TEXT)
            event_word(record->message, sizeof record->message, own->text);
        return;
    }
    const struct alarm_input *input = inputs_of(model, alarm) + a->def->message_text;
    const struct tag *text = input->kind == INPUT_TAG ? &model->tags[input->index] : NULL;
    if (text && believed(text) && text->value.kind == VALUE_TEXT && text->time_ms >= own->time_ms - MESSAGE_APART_MS)
        event_word(record->message, sizeof record->message, text->text);
}

/* The text of a message came after its code: what this batch has told of it is mended. */
static bool late_text(struct model *model, uint32_t index)
{
    struct alarm *alarm = &model->alarms->alarms[index];
    struct outcomes *o = &model->outcomes;
    if (!alarm_active(alarm) || !alarm->record || *alarm->record->message || model->plant->alarms[index].tag == NO_TAG)
        return false;
    take_message(model, index, alarm->record);
    model->alarms->generation++;
    for (size_t e = o->event_count; e-- > 0 && o->events[e].seq == model->outcome_seq;) {
        struct event *event = &o->events[e];
        char key[ALARM_KEY_BYTES];
        plant_alarm_key(model->plant, index, key, sizeof key);
        if (event->kind == EVENT_ALARM && event->alarm.occurrence_ms == alarm->raised_ms && strncmp(event->path, key, sizeof event->path - 1) == 0)
            alarm_title(alarm, event->text, sizeof event->text);
    }
    return true;
}

bool alarm_message(struct model *model, uint32_t index, size_t c, const struct alarm_trigger *trigger)
{
    struct alarm_book *book = model->alarms;
    struct alarm *alarm = &book->alarms[index];
    const struct alarm_condition_def *def = &alarm->def->conditions[c];
    char code[32];
    if (!is_own(model, index, trigger))
        return trigger->index != NO_TAG && alarm_uses(model->plant, index, trigger) && late_text(model, index);
    const struct tag *tag = &model->tags[trigger->index];
    if (!believed(tag)) {
        alarm_truth(alarm, c, TRUTH_UNKNOWN, trigger->time_ms, book->now, alarm_ear(model));
        return true;
    }
    if (alarm_message_quiet(def, tag->value, tag->text)) {
        alarm_truth(alarm, c, TRUTH_FALSE, trigger->time_ms, book->now, alarm_ear(model));
        return true;
    }
    if (!trigger->sample && alarm->conditions[c].truth == TRUTH_FALSE)
        return false; /* it was taken back by time: only another sample says it again */
    code_of(tag, code, sizeof code);
    struct alarm_record *record = alarm_record_of(alarm);
    bool another = strcmp(code, record->code) != 0;
    if (another || !alarm_active(alarm)) {
        memcpy(record->code, code, sizeof code);
        take_message(model, index, record);
    }
    if (another && alarm_active(alarm))
        alarm_renew(alarm, c, trigger->time_ms, book->now, alarm_ear(model));
    else
        alarm_truth(alarm, c, TRUTH_TRUE, trigger->time_ms, book->now, alarm_ear(model));
    if (trigger->sample && alarm->def->clears_after_ms > 0)
        alarm->clear_due_ms = book->now.elapsed_ms + alarm->def->clears_after_ms;
    return true;
}
