/*
 * Late samples: they never move an alarm, but one that they reveal is journalled. Of a stretch of late values beyond a limit the first that
 * has lasted as long as the delay is told, once.
 */
#include <string.h>

#include "core/model_alarm_private.h"
#include "core/number.h"

/* The worst condition that holds of a value; the count of them: none. */
static size_t worst_of(const struct alarm_def *def, struct value value, const char *text, bool was)
{
    double number = 0;
    bool is_number = value_number(value, &number);
    size_t c = 0;
    for (; c < def->condition_count; c++) {
        const struct alarm_condition_def *condition = &def->conditions[c];
        if (condition->kind <= ALARM_LOW_LOW && is_number && alarm_limit_truth(condition, number, was))
            break;
        if (condition->kind == ALARM_DISCRETE && alarm_value_listed(condition, value, text))
            break;
    }
    return c;
}

static bool was_known(const struct alarm *alarm, int64_t time_ms)
{
    return alarm->raised_ms > 0 && alarm->raised_ms <= time_ms && (alarm_active(alarm) || time_ms < alarm->cleared_ms);
}

static void tell(struct model *model, uint32_t index, size_t condition, int64_t time_ms, const char *value)
{
    struct alarm seen = model->alarms->alarms[index];
    struct event event;
    seen.shown_condition = (uint8_t)condition;
    seen.raised_ms = time_ms;
    alarm_event_of(model, index, &seen, &(struct alarm_told){.event = ALARM_LATE, .before = alarm_shown(&seen), .after = alarm_shown(&seen), .time_ms = time_ms}, &event);
    event_word(event.alarm.value, sizeof event.alarm.value, value);
    model_event(model, &event);
}

static void look(struct model *model, uint32_t index, const struct record *r, const char *text)
{
    struct alarm *alarm = &model->alarms->alarms[index];
    size_t worst = worst_of(alarm->def, r->value, text, alarm->late_ms != 0);
    if (worst == alarm->def->condition_count || was_known(alarm, r->time_ms)) {
        alarm->late_ms = 0;
        return;
    }
    if (alarm->late_ms == 0)
        alarm->late_ms = r->time_ms ? r->time_ms : 1;
    int64_t delay = alarm->def->conditions[worst].on_delay_ms;
    if (alarm->late_ms == INT64_MAX || r->time_ms - alarm->late_ms < delay)
        return;
    char value[64], number_space[NUMBER_TEXT];
    double number;
    const struct tag_def *def = model->tags[model->plant->alarms[index].tag].def;
    if (r->value.kind == VALUE_TEXT || !value_number(r->value, &number)) {
        event_word(value, sizeof value, text);
    } else {
        number_text(number, def->decimals, false, number_space);
        event_quantity(value, sizeof value, number_space, def->unit);
    }
    tell(model, index, worst, alarm->late_ms + delay, value);
    alarm->late_ms = INT64_MAX;
}

void alarms_late(struct model *model, uint32_t tag, const struct batch *batch, const struct record *r)
{
    size_t count;
    const struct alarm_use *use = plant_alarm_uses(model->plant, INPUT_TAG, tag, &count);
    const char *text = batch_text_at(batch, r->value.kind == VALUE_TEXT ? r->value.text : NO_TEXT);
    if (r->quality < QUALITY_UNCERTAIN)
        return;
    for (size_t u = 0; u < count; u++)
        if (model->plant->alarms[use[u].alarm].tag == tag)
            look(model, use[u].alarm, r, text);
}
