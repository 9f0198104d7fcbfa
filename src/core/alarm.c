/*
 * A struct alarm is moved by its conditions, by people (alarm_act.c) and by time. Each struct alarm_condition holds one truth on its way
 * through its delay; `severity` follows from those that have matured, and every change of it is a move in alarm_steps. A condition that
 * matures at once, or late, does so at the source time at which its truth turned plus its delay.
 */
#include "core/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "core/alarm_condition.h"
#include "core/alarm_private.h"
#include "core/memory.h"

enum { HOUR_MS = 3600000, HOURS = 24 };

void alarm_init(struct alarm *alarm, const struct alarm_def *def, const struct alarm_class *class, struct alarm_condition *conditions)
{
    *alarm = (struct alarm){.def = def, .class = class, .conditions = conditions, .hold_due_ms = INT64_MAX, .shelf_due_ms = INT64_MAX, .clear_due_ms = INT64_MAX};
    for (size_t c = 0; c < def->condition_count; c++)
        conditions[c] = (struct alarm_condition){.truth = TRUTH_UNKNOWN, .due_ms = INT64_MAX};
}

void alarm_finish(struct alarm *alarm)
{
    free(alarm->record);
    alarm->record = NULL;
}

struct alarm_record *alarm_record_of(struct alarm *alarm)
{
    if (!alarm->record)
        alarm->record = mem_zero(1, sizeof *alarm->record);
    return alarm->record;
}

void alarm_tell(const struct alarm *alarm, struct alarm_told told, struct alarm_listener to)
{
    if (to.tell)
        to.tell(to.arg, alarm, &told);
}

/* ---- moves ---- */

/* Classes that need no person: those of machines' messages are never unacknowledged, others acknowledge themselves when they return. */
static uint8_t by_class(const struct alarm *alarm, uint8_t state)
{
    enum alarm_ack ack = alarm->class->ack;
    if (ack == ACK_BY_ITSELF && state == ALARM_UNACK)
        return ALARM_ACKED;
    if (ack != ACK_BY_OPERATOR && state == ALARM_RTNUN)
        return ALARM_NORM;
    if (ack != ACK_BY_OPERATOR && state == ALARM_LATCH_UNACK)
        return ALARM_LATCH_ACKED;
    return state;
}

static int64_t hour_of(int64_t wall_ms)
{
    return wall_ms >= 0 ? wall_ms / HOUR_MS : 0;
}

static void count_raise(struct alarm_record *record, int64_t wall_ms)
{
    int64_t hour = hour_of(wall_ms);
    for (int64_t h = record->hour + 1; h <= hour && h <= record->hour + HOURS; h++)
        record->raises_hour[h % HOURS] = 0;
    if (hour > record->hour + HOURS)
        memset(record->raises_hour, 0, sizeof record->raises_hour);
    if (hour > record->hour)
        record->hour = hour;
    uint16_t *count = &record->raises_hour[record->hour % HOURS];
    if (*count < UINT16_MAX)
        ++*count;
}

unsigned alarm_raises_day(const struct alarm *alarm, int64_t wall_ms)
{
    unsigned sum = 0;
    int64_t hour = hour_of(wall_ms);
    if (!alarm->record)
        return 0;
    for (int64_t h = alarm->record->hour - HOURS + 1; h <= alarm->record->hour; h++)
        if (h >= 0 && h > hour - HOURS)
            sum += alarm->record->raises_hour[h % HOURS];
    return sum;
}

void alarm_begin(struct alarm *alarm, int64_t time_ms, struct alarm_now now)
{
    struct alarm_record *record = alarm_record_of(alarm);
    alarm->raised_ms = time_ms > alarm->raised_ms ? time_ms : alarm->raised_ms + 1;
    record->acked_ms = 0;
    count_raise(record, now.wall_ms);
}

/* A raise calls for a person, unless a flag hides it: then it does when the flags have ended. */
static void call(struct alarm *alarm, enum alarm_event told)
{
    bool calls = told == ALARM_RAISED || told == ALARM_ROSE;
    if (calls)
        alarm->unseen = alarm_hidden(alarm);
    if (alarm->severity == 0)
        alarm->unseen = false;
    if (alarm->state != ALARM_UNACK)
        alarm->flags &= (uint8_t)~ALARM_SOUNDS;
    else if (calls && alarm->class->horn && !alarm_hidden(alarm))
        alarm->flags |= ALARM_SOUNDS;
}

enum refusal alarm_move(struct alarm *alarm, enum alarm_move move, int64_t time_ms, const struct action *action, struct alarm_now now, struct alarm_listener to)
{
    const struct alarm_step *step = &alarm_steps[alarm->state][move];
    if (!step->goes)
        return (enum refusal)step->refusal;
    struct alarm_told told = {.event = (enum alarm_event)step->told, .before = alarm_shown(alarm), .time_ms = time_ms, .action = action};
    if (told.event == ALARM_RAISED) {
        alarm_begin(alarm, time_ms, now);
        told.time_ms = alarm->raised_ms;
    } else if (told.event == ALARM_ROSE) {
        alarm_record_of(alarm)->acked_ms = 0;
    } else if (told.event == ALARM_CLEARED) {
        alarm->cleared_ms = time_ms;
        alarm->clear_due_ms = INT64_MAX;
    }
    uint8_t state = by_class(alarm, alarm->def->latching ? step->latched : step->to);
    if (state != alarm->state || told.event == ALARM_RAISED)
        alarm->since_ms = told.time_ms;
    alarm->state = state;
    call(alarm, told.event);
    told.after = alarm_shown(alarm);
    alarm_tell(alarm, told, to);
    if (told.event == ALARM_CLEARED && (alarm->flags & ALARM_ONE_SHOT)) {
        alarm->shelf_due_ms = INT64_MAX;
        alarm_unhide(alarm, ALARM_SHELVED | ALARM_ONE_SHOT, ALARM_UNSHELVED, NULL, now, to);
    }
    return REFUSAL_NONE;
}

/* ---- conditions ---- */

static void settle(struct alarm *alarm, int64_t time_ms, struct alarm_now now, struct alarm_listener to)
{
    size_t count = alarm->def->condition_count, worst = 0;
    while (worst < count && !alarm->conditions[worst].active)
        worst++;
    uint8_t was = alarm->severity, is = (uint8_t)(count - worst);
    if (is == was)
        return;
    alarm->severity = is;
    if (is)
        alarm->shown_condition = (uint8_t)worst;
    alarm_move(alarm, was == 0 ? MOVE_ACTIVE : is == 0 ? MOVE_INACTIVE : is > was ? MOVE_ROSE : MOVE_FELL, time_ms, NULL, now, to);
}

static int64_t delay_of(const struct alarm *alarm, size_t index)
{
    const struct alarm_condition_def *def = &alarm->def->conditions[index];
    return alarm->conditions[index].truth == TRUTH_TRUE ? def->on_delay_ms : def->off_delay_ms;
}

static void mature(struct alarm *alarm, size_t index, struct alarm_now now, struct alarm_listener to)
{
    struct alarm_condition *c = &alarm->conditions[index];
    c->active = c->truth == TRUTH_TRUE;
    c->due_ms = INT64_MAX;
    settle(alarm, c->since_ms + delay_of(alarm, index), now, to);
}

static void freeze(struct alarm_condition *c, struct alarm_now now)
{
    if (c->due_ms == INT64_MAX)
        return;
    c->frozen = true;
    c->left_ms = c->due_ms > now.elapsed_ms ? c->due_ms - now.elapsed_ms : 0;
    c->due_ms = INT64_MAX;
}

void alarm_truth(struct alarm *alarm, size_t index, enum truth truth, int64_t time_ms, struct alarm_now now, struct alarm_listener to)
{
    struct alarm_condition *c = &alarm->conditions[index];
    if (truth == TRUTH_UNKNOWN) {
        freeze(c, now);
        return;
    }
    bool thaws = c->frozen;
    c->frozen = false;
    if (c->truth != truth) {
        c->truth = (uint8_t)truth;
        c->since_ms = time_ms;
        c->due_ms = (truth == TRUTH_TRUE) == c->active ? INT64_MAX : now.elapsed_ms + delay_of(alarm, index);
    } else if (thaws) {
        c->due_ms = now.elapsed_ms + c->left_ms;
    }
    if (c->due_ms <= now.elapsed_ms)
        mature(alarm, index, now, to);
}

void alarm_settle(struct alarm *alarm, int64_t time_ms, struct alarm_now now, struct alarm_listener to)
{
    settle(alarm, time_ms, now, to);
    if (!alarm->class->safety)
        return;
    alarm->hold_due_ms = alarm->shelf_due_ms = INT64_MAX;
    alarm->suppress_wanted = false;
    alarm_unhide(alarm, ALARM_SUPPRESSED, ALARM_UNSUPPRESSED, NULL, now, to);
    alarm_unhide(alarm, ALARM_SHELVED | ALARM_ONE_SHOT, ALARM_UNSHELVED, NULL, now, to);
}

void alarm_renew(struct alarm *alarm, size_t index, int64_t time_ms, struct alarm_now now, struct alarm_listener to)
{
    struct alarm_condition *c = &alarm->conditions[index];
    for (int on = c->active ? 0 : 1; on < 2; on++) {
        *c = (struct alarm_condition){.truth = on ? TRUTH_TRUE : TRUTH_FALSE, .active = on == 1, .since_ms = time_ms, .due_ms = INT64_MAX};
        settle(alarm, time_ms, now, to);
    }
}

int64_t alarm_due(const struct alarm *alarm)
{
    const int64_t others[] = {alarm->hold_due_ms, alarm->shelf_due_ms, alarm->clear_due_ms};
    int64_t due = INT64_MAX;
    for (size_t c = 0; c < alarm->def->condition_count; c++)
        due = alarm->conditions[c].due_ms < due ? alarm->conditions[c].due_ms : due;
    for (size_t o = 0; o < sizeof others / sizeof others[0]; o++)
        due = others[o] < due ? others[o] : due;
    return due;
}

/* What rises does so from the worst on, what falls from the mildest on: a jump over two limits is one transition. */
static void fire_conditions(struct alarm *alarm, struct alarm_now now, struct alarm_listener to)
{
    size_t count = alarm->def->condition_count;
    for (size_t c = 0; c < count; c++)
        if (alarm->conditions[c].due_ms <= now.elapsed_ms && alarm->conditions[c].truth == TRUTH_TRUE)
            mature(alarm, c, now, to);
    for (size_t c = count; c-- > 0;)
        if (alarm->conditions[c].due_ms <= now.elapsed_ms)
            mature(alarm, c, now, to);
}

void alarm_fire(struct alarm *alarm, struct alarm_now now, struct alarm_listener to)
{
    fire_conditions(alarm, now, to);
    if (alarm->clear_due_ms <= now.elapsed_ms) {
        alarm->clear_due_ms = INT64_MAX;
        for (size_t c = alarm->def->condition_count; c-- > 0;)
            alarm_truth(alarm, c, TRUTH_FALSE, now.wall_ms, now, to);
    }
    if (alarm->hold_due_ms <= now.elapsed_ms) {
        alarm->hold_due_ms = INT64_MAX;
        alarm_unhide(alarm, ALARM_SUPPRESSED, ALARM_UNSUPPRESSED, NULL, now, to);
    }
    if (alarm->shelf_due_ms <= now.elapsed_ms) {
        alarm->shelf_due_ms = INT64_MAX;
        alarm_unhide(alarm, ALARM_SHELVED | ALARM_ONE_SHOT, ALARM_UNSHELVED, NULL, now, to);
    }
}

void alarm_gap(struct alarm *alarm, struct alarm_now now)
{
    for (size_t c = 0; c < alarm->def->condition_count; c++) {
        struct alarm_condition *condition = &alarm->conditions[c];
        *condition = (struct alarm_condition){.truth = TRUTH_UNKNOWN, .active = condition->active, .since_ms = condition->since_ms, .due_ms = INT64_MAX};
    }
    if (alarm->hold_due_ms != INT64_MAX) { /* it starts again with the first word, or what is old would be told as new */
        alarm->hold_due_ms = INT64_MAX;
        alarm->suppress_wanted = true;
    }
    alarm_clock(alarm, now);
}

/* ---- reading ---- */

bool alarm_hidden(const struct alarm *alarm) { return (alarm->flags & ALARM_HIDING) != 0; }
bool alarm_active(const struct alarm *alarm) { return alarm->severity > 0; }

uint8_t alarm_shown(const struct alarm *alarm)
{
    if (alarm->flags & (ALARM_OUT | ALARM_MAINTENANCE))
        return SHOWN_OOSRV;
    if (alarm->flags & ALARM_SUPPRESSED)
        return SHOWN_DSUPR;
    return alarm->flags & ALARM_SHELVED ? SHOWN_SHLVD : alarm->state;
}

bool alarm_shown_unacked(uint8_t shown)
{
    return shown == ALARM_UNACK || shown == ALARM_RTNUN || shown == ALARM_LATCH_UNACK;
}

const struct alarm_condition_def *alarm_condition_shown(const struct alarm *alarm)
{
    return &alarm->def->conditions[alarm->shown_condition];
}

const struct alarm_code *alarm_code_shown(const struct alarm *alarm)
{
    if (!alarm->record || alarm->def->code_count == 0)
        return NULL;
    for (size_t c = 0; c < alarm->def->code_count; c++)
        if (alarm_value_is_text(&alarm->def->codes[c].code, alarm->record->code))
            return &alarm->def->codes[c];
    return NULL;
}

uint8_t alarm_priority(const struct alarm *alarm)
{
    const struct alarm_code *code = alarm_code_shown(alarm);
    uint8_t priority = code && code->priority ? code->priority : alarm_condition_shown(alarm)->priority;
    return priority >= 1 && priority <= ALARM_PRIORITIES ? priority : ALARM_PRIORITIES;
}
