/*
 * What hides an alarm and what people do to it. The flags are independent of each other and of the state, which runs on beneath them; the
 * struct alarm_hold of each says who set it. Everything is checked before anything is changed.
 */
#include <string.h>

#include "core/alarm_private.h"

/* A person's clock may be a little ahead of the batch that carries what he did. */
enum { AHEAD_MS = 60000 };

void alarm_hide(struct alarm *alarm, uint8_t flag, enum alarm_event event, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    struct alarm_told told = {.event = event, .before = alarm_shown(alarm), .time_ms = now.wall_ms, .action = action};
    alarm->flags |= flag;
    alarm->flags &= (uint8_t)~ALARM_SOUNDS;
    told.after = alarm_shown(alarm);
    alarm_tell(alarm, told, to);
}

/* The source time at which the worst condition matured. */
static int64_t matured_ms(const struct alarm *alarm)
{
    size_t worst = alarm->def->condition_count - alarm->severity;
    return alarm->conditions[worst].since_ms + alarm->def->conditions[worst].on_delay_ms;
}

/* It is seen again: what was acknowledged before the flag came is another occurrence, for nobody has looked since. True if so. */
static bool surface(struct alarm *alarm, struct alarm_now now)
{
    uint8_t state = alarm->state;
    bool again = false;
    alarm->state = alarm->severity == 0 ? ALARM_NORM : alarm->class->ack == ACK_BY_ITSELF ? ALARM_ACKED : ALARM_UNACK;
    if (alarm->state == ALARM_UNACK && state != ALARM_UNACK) {
        alarm_begin(alarm, matured_ms(alarm), now);
        again = true;
    }
    if (alarm->state != state)
        alarm->since_ms = again ? alarm->raised_ms : now.wall_ms;
    if (alarm->state == ALARM_UNACK && alarm->class->horn)
        alarm->flags |= ALARM_SOUNDS;
    return again;
}

void alarm_unhide(struct alarm *alarm, uint8_t flags, enum alarm_event event, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    struct alarm_told told = {.event = event, .before = alarm_shown(alarm), .time_ms = now.wall_ms, .action = action};
    if (!(alarm->flags & flags))
        return;
    alarm->flags &= (uint8_t)~flags;
    bool calls = !alarm_hidden(alarm) && (surface(alarm, now) || alarm->unseen);
    told.after = alarm_shown(alarm);
    alarm_tell(alarm, told, to);
    if (alarm_hidden(alarm))
        return;
    alarm->unseen = false;
    if (calls)
        alarm_tell(alarm, (struct alarm_told){.event = ALARM_RAISED, .before = told.after, .after = told.after, .time_ms = now.wall_ms}, to);
}

/* ---- suppression and maintenance ---- */

void alarm_suppress(struct alarm *alarm, enum truth truth, struct alarm_now now, struct alarm_listener to)
{
    bool wanted = truth == TRUTH_TRUE && !alarm->class->safety;
    bool ends = alarm->suppress_wanted && !wanted;
    alarm->suppress_wanted = wanted;
    if (wanted) {
        alarm->hold_due_ms = INT64_MAX;
        if (!(alarm->flags & ALARM_SUPPRESSED))
            alarm_hide(alarm, ALARM_SUPPRESSED, ALARM_SUPPRESSED_NOW, NULL, now, to);
    } else if (ends && alarm->def->hold_off_ms > 0) {
        alarm->hold_due_ms = now.elapsed_ms + alarm->def->hold_off_ms;
    } else if (ends) {
        alarm_unhide(alarm, ALARM_SUPPRESSED, ALARM_UNSUPPRESSED, NULL, now, to);
    }
}

void alarm_maintenance(struct alarm *alarm, bool on, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    if (!on)
        alarm_unhide(alarm, ALARM_MAINTENANCE, ALARM_IN_NOW, action, now, to);
    else if (!(alarm->flags & ALARM_MAINTENANCE))
        alarm_hide(alarm, ALARM_MAINTENANCE, ALARM_OUT_NOW, action, now, to);
}

void alarm_clock(struct alarm *alarm, struct alarm_now now)
{
    if (!(alarm->flags & ALARM_SHELVED))
        return;
    int64_t left = alarm_record_of(alarm)->shelf.until_ms - now.wall_ms;
    alarm->shelf_due_ms = now.elapsed_ms + (left > 0 ? left : 0);
}

/* ---- people ---- */

static struct alarm_hold hold_of(const struct action *action, int64_t until_ms, struct alarm_now now)
{
    struct alarm_hold hold = {.since_ms = now.wall_ms, .until_ms = until_ms};
    memcpy(hold.who, action->who, sizeof hold.who);
    memcpy(hold.reason, action->comment, sizeof hold.reason);
    return hold;
}

/* Does it name the occurrence that is running? */
static enum refusal names_occurrence(const struct alarm *alarm, const struct action *action)
{
    if (action->occurrence_ms > alarm->raised_ms)
        return REFUSAL_FUTURE;
    return action->occurrence_ms < alarm->raised_ms || alarm->raised_ms == 0 ? REFUSAL_GONE : REFUSAL_NONE;
}

static enum refusal acknowledge(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    enum refusal refusal = names_occurrence(alarm, action);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (alarm_hidden(alarm))
        return REFUSAL_STATE;
    const struct alarm_step *step = &alarm_steps[alarm->state][MOVE_ACK];
    if (!step->goes)
        return (enum refusal)step->refusal;
    if (action->severity < alarm->severity)
        return REFUSAL_SEVERER;
    if (alarm->class->comment && !*action->comment)
        return REFUSAL_COMMENT;
    struct alarm_record *record = alarm_record_of(alarm);
    record->acked_ms = now.wall_ms;
    memcpy(record->ack_who, action->who, sizeof record->ack_who);
    memcpy(record->ack_comment, action->comment, sizeof record->ack_comment);
    return alarm_move(alarm, MOVE_ACK, now.wall_ms, action, now, to);
}

static enum refusal reset(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    enum refusal refusal = names_occurrence(alarm, action);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (alarm_hidden(alarm))
        return REFUSAL_STATE;
    for (size_t c = 0; c < alarm->def->condition_count; c++)
        if (alarm->conditions[c].truth == TRUTH_TRUE || alarm->conditions[c].active)
            return REFUSAL_ACTIVE;
    return alarm_move(alarm, MOVE_RESET, now.wall_ms, action, now, to);
}

/* Until a time, or until it clears, but never for longer than its class allows. */
static enum refusal shelve(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    int64_t most_ms = now.wall_ms + alarm->class->shelve_most_ms;
    bool one_shot = action->until_ms == 0;
    if (alarm->class->safety)
        return REFUSAL_SAFETY;
    if (alarm->state == ALARM_LATCH_UNACK || alarm->state == ALARM_LATCH_ACKED)
        return REFUSAL_STATE;
    if (action->until_ms > most_ms || alarm->class->shelve_most_ms <= 0)
        return REFUSAL_TOO_LONG;
    if (!one_shot && action->until_ms <= now.wall_ms)
        return REFUSAL_STATE;
    alarm_record_of(alarm)->shelf = hold_of(action, one_shot ? most_ms : action->until_ms, now);
    alarm->flags &= (uint8_t)~ALARM_ONE_SHOT;
    alarm_hide(alarm, (uint8_t)(ALARM_SHELVED | (one_shot ? ALARM_ONE_SHOT : 0)), ALARM_SHELVED_NOW, action, now, to);
    alarm_clock(alarm, now);
    return REFUSAL_NONE;
}

static enum refusal unshelve(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    if (!(alarm->flags & ALARM_SHELVED))
        return REFUSAL_STATE;
    alarm->shelf_due_ms = INT64_MAX;
    alarm_unhide(alarm, ALARM_SHELVED | ALARM_ONE_SHOT, ALARM_UNSHELVED, action, now, to);
    return REFUSAL_NONE;
}

static enum refusal take_out(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    if (alarm->flags & ALARM_OUT)
        return REFUSAL_STATE;
    if (!*action->comment)
        return REFUSAL_COMMENT;
    alarm_record_of(alarm)->service = hold_of(action, 0, now);
    alarm_hide(alarm, ALARM_OUT, ALARM_OUT_NOW, action, now, to);
    return REFUSAL_NONE;
}

static enum refusal take_in(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    if (!(alarm->flags & ALARM_OUT))
        return REFUSAL_STATE;
    alarm_unhide(alarm, ALARM_OUT, ALARM_IN_NOW, action, now, to);
    return REFUSAL_NONE;
}

static enum refusal comment_on(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    if (!*action->comment)
        return REFUSAL_COMMENT;
    struct alarm_record *record = alarm_record_of(alarm);
    record->comment_ms = now.wall_ms;
    memcpy(record->comment_who, action->who, sizeof record->comment_who);
    memcpy(record->comment, action->comment, sizeof record->comment);
    alarm_tell(alarm, (struct alarm_told){.event = ALARM_COMMENTED, .before = alarm_shown(alarm), .after = alarm_shown(alarm), .time_ms = now.wall_ms, .action = action}, to);
    return REFUSAL_NONE;
}

enum refusal alarm_act(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    typedef enum refusal does(struct alarm *, const struct action *, struct alarm_now, struct alarm_listener);
    static does *const table[ACTION_KIND_COUNT] = {
        [ACTION_ACK] = acknowledge, [ACTION_COMMENT_ON] = comment_on, [ACTION_RESET] = reset, [ACTION_SHELVE] = shelve,
        [ACTION_UNSHELVE] = unshelve, [ACTION_SERVICE_OUT] = take_out, [ACTION_SERVICE_IN] = take_in,
    };
    if ((unsigned)action->kind >= ACTION_KIND_COUNT || !table[action->kind])
        return REFUSAL_UNKNOWN;
    if (action->time_ms > now.wall_ms + AHEAD_MS)
        return REFUSAL_FUTURE;
    return table[action->kind](alarm, action, now, to);
}
