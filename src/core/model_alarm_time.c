/*
 * What time alone brings about: a tag or a node that keeps silent, a rate that fades while a value stands. Both moments follow from the state,
 * so that a loaded model finds the same ones. Silence that may have another cause (our own link, the whole unit) is looked at again a period
 * later, and so on.
 */
#include <string.h>

#include "core/model_alarm_private.h"

size_t alarm_silence_of(const struct alarm_def *def)
{
    size_t c = 0;
    while (c < def->condition_count && def->conditions[c].kind != ALARM_NO_DATA)
        c++;
    return c;
}

static int64_t period_of(const struct model *model, uint32_t alarm)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    int64_t window = a->def->conditions[alarm_silence_of(a->def)].window_ms;
    if (window > 0)
        return window;
    return a->tag == NO_TAG ? model->plant->nodes[a->node].silent_after_ms : STALE_INTERVALS * model->tags[a->tag].def->interval_ms;
}

/* When something of it last came, or could first have come since the link was there; negative: nothing ever came, and none is missed. */
static int64_t heard_at(const struct model *model, uint32_t alarm)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    const struct tag *tag = a->tag == NO_TAG ? NULL : &model->tags[a->tag];
    int64_t heard = !tag ? model->nodes[a->node].heard_elapsed_ms : tag->count ? tag->elapsed_ms : -1;
    return heard >= 0 && heard < model->alarms->linked_ms ? model->alarms->linked_ms : heard;
}

/* The elapsed time at which silence is missed; INT64_MAX: it is not. */
static int64_t silence_due(const struct model *model, uint32_t alarm)
{
    const struct alarm *a = &model->alarms->alarms[alarm];
    const struct alarm_condition *condition = &a->conditions[alarm_silence_of(a->def)];
    int64_t period = period_of(model, alarm), heard = heard_at(model, alarm);
    bool told = condition->truth == TRUTH_TRUE && !condition->frozen;
    return told || period <= 0 || heard < 0 ? INT64_MAX : heard + period;
}

static bool link_down(const struct model *model)
{
    for (size_t s = 0; s < model->source_count; s++)
        if (!model->sources[s].alive && strncmp(model->sources[s].name, "broker:", 7) == 0)
            return true;
    return false;
}

static bool any_unconfirmed(const struct model *model, uint32_t alarm)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    const struct node *node = &model->plant->nodes[a->node];
    uint32_t first = a->tag == NO_TAG ? node->first_tag : a->tag, count = a->tag == NO_TAG ? node->tag_count : 1;
    for (uint32_t t = first; t < first + count; t++)
        if (model->tags[t].unconfirmed)
            return true;
    return false;
}

/* A tag whose whole unit keeps silent is the unit's alarm: its own needs the unit to have been heard since it should have spoken itself. */
static bool unit_silent(const struct model *model, uint32_t alarm)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    uint32_t watch = a->tag == NO_TAG || !model->alarms->watch ? NO_ALARM : model->alarms->watch[a->node];
    if (watch == NO_ALARM)
        return false;
    const struct alarm *unit = &model->alarms->alarms[watch];
    bool silent = unit->conditions[alarm_silence_of(unit->def)].truth == TRUTH_TRUE;
    return silent || model->nodes[a->node].heard_elapsed_ms < heard_at(model, alarm) + period_of(model, alarm) / 2;
}

static void tick_silence(struct model *model, uint32_t alarm, size_t condition)
{
    struct alarm_now now = model->alarms->now;
    int64_t due = silence_due(model, alarm);
    if (due > now.elapsed_ms || (now.elapsed_ms - due) % period_of(model, alarm) != 0)
        return;
    if ((any_unconfirmed(model, alarm) && link_down(model)) || unit_silent(model, alarm))
        return;
    alarm_truth(&model->alarms->alarms[alarm], condition, TRUTH_TRUE, now.wall_ms - (now.elapsed_ms - due), now, alarm_ear(model));
}

static int64_t next_silence(const struct model *model, uint32_t alarm)
{
    int64_t due = silence_due(model, alarm), now = model->alarms->now.elapsed_ms;
    if (due == INT64_MAX || due > now)
        return due;
    int64_t period = period_of(model, alarm);
    return due + ((now - due) / period + 1) * period;
}

/* ---- rates ---- */

/* Source time that it is now by a tag's own stamps. */
static int64_t tag_time(const struct model *model, const struct tag *tag)
{
    return tag->time_ms + (model->alarms->now.elapsed_ms - tag->elapsed_ms);
}

static bool fades(const struct model *model, uint32_t alarm, size_t condition)
{
    const struct tag *tag = &model->tags[model->plant->alarms[alarm].tag];
    const struct alarm_condition *state = &model->alarms->alarms[alarm].conditions[condition];
    return state->truth == TRUTH_TRUE && !state->frozen && !tag->stale && !tag->unconfirmed;
}

static void tick_rate(struct model *model, uint32_t alarm, size_t condition)
{
    struct alarm *a = &model->alarms->alarms[alarm];
    const struct tag *tag = &model->tags[model->plant->alarms[alarm].tag];
    double per_minute;
    int64_t time_ms = tag_time(model, tag), window = a->def->conditions[condition].window_ms;
    if (!fades(model, alarm, condition) || !alarm_trace_rate(&alarm_rate_of(model, alarm, condition)->trace, window, time_ms, &per_minute))
        return;
    if (!alarm_rate_truth(&a->def->conditions[condition], per_minute, true))
        alarm_truth(a, condition, TRUTH_FALSE, time_ms, model->alarms->now, alarm_ear(model));
}

/* The next value that falls out of the window. */
static int64_t next_rate(const struct model *model, uint32_t alarm, size_t condition)
{
    const struct alarm_trace *trace = &alarm_rate_of(model, alarm, condition)->trace;
    const struct tag *tag = &model->tags[model->plant->alarms[alarm].tag];
    int64_t now = tag_time(model, tag), window = model->plant->alarms[alarm].def->conditions[condition].window_ms;
    for (size_t v = 0; fades(model, alarm, condition) && v < trace->count; v++)
        if (trace->time_ms[v] + window > now)
            return model->alarms->now.elapsed_ms + trace->time_ms[v] + window - now;
    return INT64_MAX;
}

void alarm_tick(struct model *model, uint32_t alarm)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    size_t silence = alarm_silence_of(a->def);
    for (size_t c = 0; c < a->def->condition_count; c++)
        if (a->def->conditions[c].kind == ALARM_RATE && a->tag != NO_TAG)
            tick_rate(model, alarm, c);
    if (silence < a->def->condition_count)
        tick_silence(model, alarm, silence);
}

int64_t alarm_tick_due(const struct model *model, uint32_t alarm)
{
    const struct plant_alarm *a = &model->plant->alarms[alarm];
    int64_t due = alarm_silence_of(a->def) < a->def->condition_count ? next_silence(model, alarm) : INT64_MAX;
    for (size_t c = 0; c < a->def->condition_count; c++) {
        int64_t next = a->def->conditions[c].kind == ALARM_RATE && a->tag != NO_TAG ? next_rate(model, alarm, c) : INT64_MAX;
        due = next < due ? next : due;
    }
    return due;
}
