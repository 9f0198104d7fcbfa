/*
 * What people do to alarms and to nodes, as the stream has it. Every action leaves its result for who asked, and stands in the journal: as
 * a transition of its alarm, as an event of its own, or as what was refused and why.
 */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_alarm_private.h"
#include "core/timestamp.h"

enum { AHEAD_MS = 60000, MAINTENANCE_MOST = 4096 };

/* ---- results ---- */

void alarms_begin(struct model *model)
{
    model->alarms->result_count = 0;
}

static void note_result(struct alarm_book *book, const struct action *action, enum refusal refusal)
{
    book->results = mem_grow(book->results, book->result_count, &book->result_capacity, sizeof *book->results);
    struct action_result *result = &book->results[book->result_count++];
    memcpy(result->id, action->id, sizeof result->id);
    result->refusal = refusal;
}

bool model_action_result(const struct model *model, const uint8_t id[16], enum refusal *refusal)
{
    const struct alarm_book *book = model->alarms;
    for (size_t r = 0; r < book->result_count; r++)
        if (memcmp(book->results[r].id, id, sizeof book->results[r].id) == 0) {
            *refusal = book->results[r].refusal;
            return true;
        }
    return false;
}

/* ---- events ---- */

static void journal(struct model *model, const struct action *action, enum event_kind kind, const char *text, const char *after)
{
    struct event event = {.kind = kind, .time_ms = model->alarms->now.wall_ms};
    event_word(event.path, sizeof event.path, action->target);
    event_word(event.text, sizeof event.text, text);
    event_word(event.after, sizeof event.after, after);
    event_word(event.who, sizeof event.who, action->who);
    event_word(event.alarm.comment, sizeof event.alarm.comment, action->comment);
    model_event(model, &event);
}

/* ---- maintenance ---- */

const struct maintenance *model_maintenance(const struct model *model, uint32_t node)
{
    const struct alarm_book *book = model->alarms;
    for (size_t m = 0; m < book->maintenance_count; m++)
        if (book->maintenance[m].node == node)
            return &book->maintenance[m];
    return NULL;
}

static bool in_maintenance(const struct model *model, uint32_t node)
{
    for (size_t m = 0; m < model->alarms->maintenance_count; m++) {
        uint32_t top = model->alarms->maintenance[m].node;
        if (node >= top && node < model->plant->nodes[top].end)
            return true;
    }
    return false;
}

void maintenance_add(struct alarm_book *book, struct maintenance entry)
{
    book->maintenance = mem_grow(book->maintenance, book->maintenance_count, &book->maintenance_capacity, sizeof entry);
    book->maintenance[book->maintenance_count++] = entry;
}

static void remove_entry(struct alarm_book *book, size_t entry)
{
    book->maintenance[entry] = book->maintenance[--book->maintenance_count];
}

void maintenance_arm(struct model *model)
{
    const struct alarm_book *book = model->alarms;
    int64_t next = INT64_MAX;
    for (size_t m = 0; m < book->maintenance_count; m++) {
        int64_t until = book->maintenance[m].until_ms, left = until - book->now.wall_ms;
        if (until > 0 && left < next)
            next = left;
    }
    if (next == INT64_MAX)
        timers_clear(&model->timers, slot_maintenance(model));
    else
        timers_set(&model->timers, slot_maintenance(model), book->now.elapsed_ms + (next > 0 ? next : 0));
}

static void flag_alarms(struct model *model, const struct action *action)
{
    struct alarm_book *book = model->alarms;
    for (uint32_t a = 0; a < model->plant->alarm_count; a++) {
        bool on = book->maintenance_count > 0 && in_maintenance(model, model->plant->alarms[a].node);
        if (on == ((book->alarms[a].flags & ALARM_MAINTENANCE) != 0))
            continue;
        alarm_maintenance(&book->alarms[a], on, action, book->now, alarm_ear(model));
        alarm_done(model, a);
    }
}

void maintenance_settle(struct model *model, const struct action *action)
{
    struct alarm_book *book = model->alarms;
    for (size_t m = book->maintenance_count; m-- > 0;) {
        const struct maintenance *entry = &book->maintenance[m];
        if (entry->until_ms == 0 || entry->until_ms > book->now.wall_ms)
            continue;
        struct action ended = {.kind = ACTION_MAINTENANCE_OFF};
        plant_node_path(model->plant, entry->node, ended.target, sizeof ended.target);
        remove_entry(book, m);
        journal(model, &ended, EVENT_ACTION, "maintenance", "ended in time");
    }
    flag_alarms(model, action);
    maintenance_arm(model);
}

static enum refusal check_maintenance(const struct model *model, const struct action *action, uint32_t *node)
{
    *node = plant_node_by_path(model->plant, action->target);
    if (*node == NO_NODE)
        return REFUSAL_NO_TARGET;
    if (action->kind == ACTION_MAINTENANCE_OFF)
        return model_maintenance(model, *node) ? REFUSAL_NONE : REFUSAL_STATE;
    if ((action->until_ms != 0 && action->until_ms <= model->alarms->now.wall_ms) || model->alarms->maintenance_count >= MAINTENANCE_MOST)
        return REFUSAL_STATE;
    return REFUSAL_NONE;
}

/* Beginning again where it runs already means another end, or another reason. */
static enum refusal maintain(struct model *model, const struct action *action)
{
    struct alarm_book *book = model->alarms;
    uint32_t node;
    enum refusal refusal = check_maintenance(model, action, &node);
    if (refusal != REFUSAL_NONE)
        return refusal;
    for (size_t m = book->maintenance_count; m-- > 0;)
        if (book->maintenance[m].node == node)
            remove_entry(book, m);
    char after[64] = "ended", span[SPAN_TEXT];
    if (action->kind == ACTION_MAINTENANCE_ON) {
        struct maintenance entry = {.node = node, .since_ms = book->now.wall_ms, .until_ms = action->until_ms};
        memcpy(entry.who, action->who, sizeof entry.who);
        memcpy(entry.reason, action->comment, sizeof entry.reason);
        maintenance_add(book, entry);
        span_text(action->until_ms - book->now.wall_ms, span);
        snprintf(after, sizeof after, "%s%s", action->until_ms ? "for " : "until further notice", action->until_ms ? span : "");
    }
    journal(model, action, EVENT_ACTION, "maintenance", after);
    maintenance_settle(model, action);
    return REFUSAL_NONE;
}

/* ---- the horn ---- */

static enum refusal silence(struct model *model, const struct action *action)
{
    struct alarm_book *book = model->alarms;
    if (book->counts.sounding == 0)
        return REFUSAL_STATE;
    for (size_t l = 0; l < book->listed_count; l++) {
        uint32_t a = book->listed[l]; /* it stays listed: the array does not move */
        book->alarms[a].flags &= (uint8_t)~ALARM_SOUNDS;
        alarm_count(model, a);
    }
    journal(model, action, EVENT_ACTION, "horn", "silenced");
    return REFUSAL_NONE;
}

/* ---- actions ---- */

static enum refusal act_on_alarm(struct model *model, const struct action *action)
{
    uint32_t alarm = model_find_alarm(model, action->target);
    if (alarm == NO_ALARM)
        return REFUSAL_NO_TARGET;
    enum refusal refusal = alarm_act(&model->alarms->alarms[alarm], action, model->alarms->now, alarm_ear(model));
    if (refusal == REFUSAL_NONE)
        alarm_done(model, alarm);
    return refusal;
}

static bool from_future(const struct model *model, const struct action *action)
{
    return action->time_ms > model->alarms->now.wall_ms + AHEAD_MS;
}

void alarms_act(struct model *model, const struct action *action)
{
    enum refusal refusal;
    if (action->kind == ACTION_REFUSED) { /* by the collector: it says itself what and why */
        journal(model, action, EVENT_REFUSED, action->comment, "");
        return;
    }
    if (from_future(model, action))
        refusal = REFUSAL_FUTURE;
    else if (action->kind == ACTION_MAINTENANCE_ON || action->kind == ACTION_MAINTENANCE_OFF)
        refusal = maintain(model, action);
    else if (accounts_acts(action->kind))
        refusal = accounts_act(model, action);
    else
        refusal = action->kind == ACTION_SILENCE ? silence(model, action) : act_on_alarm(model, action);
    note_result(model->alarms, action, refusal);
    if (refusal != REFUSAL_NONE)
        journal(model, action, EVENT_REFUSED, (unsigned)action->kind < ACTION_KIND_COUNT ? action_table[action->kind].title : "", refusal_text(action->kind, refusal));
}

/* Tried on a copy that nobody hears. */
enum refusal model_action_check(const struct model *model, const struct action *action)
{
    struct alarm_now now = {.elapsed_ms = model->elapsed, .wall_ms = model->wall};
    uint32_t node, alarm;
    if (action->kind == ACTION_SILENCE)
        return model->alarms->counts.sounding ? REFUSAL_NONE : REFUSAL_STATE;
    if (action->kind == ACTION_MAINTENANCE_ON || action->kind == ACTION_MAINTENANCE_OFF)
        return check_maintenance(model, action, &node);
    if (accounts_acts(action->kind))
        return accounts_check(model, action);
    alarm = model_find_alarm(model, action->target);
    if (alarm == NO_ALARM)
        return REFUSAL_NO_TARGET;
    struct alarm_record record = {.acked_ms = 0};
    struct alarm copy = model->alarms->alarms[alarm];
    if (copy.record)
        record = *copy.record;
    copy.record = &record;
    return alarm_act(&copy, action, now, (struct alarm_listener){NULL, NULL});
}
