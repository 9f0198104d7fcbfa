/*
 * alarm_private: the table of transitions and what alarm.c and alarm_act.c share; included by nothing else.
 */
#ifndef ANDON_CORE_ALARM_PRIVATE_H
#define ANDON_CORE_ALARM_PRIVATE_H

#include "core/alarm.h"

enum { ALARM_HIDING = ALARM_SHELVED | ALARM_SUPPRESSED | ALARM_OUT | ALARM_MAINTENANCE };

/* What moves a state: the first four follow from the conditions, the others are a person's. */
enum alarm_move { MOVE_ACTIVE, MOVE_ROSE, MOVE_FELL, MOVE_INACTIVE, MOVE_ACK, MOVE_RESET, MOVE_COUNT };

/* One cell of the table: where it goes (`latched` for alarms that latch) and what is told; or why it goes nowhere. */
struct alarm_step {
    bool goes;
    uint8_t to, latched; /* enum alarm_state */
    uint8_t told;        /* enum alarm_event */
    uint8_t refusal;     /* enum refusal, of a person's move */
};
extern const struct alarm_step alarm_steps[ALARM_STATE_COUNT][MOVE_COUNT];

/* Makes a move, or says why not. */
enum refusal alarm_move(struct alarm *alarm, enum alarm_move move, int64_t time_ms, const struct action *action, struct alarm_now now, struct alarm_listener to);
/* A flag begins to hide it, or another one. */
void alarm_hide(struct alarm *alarm, uint8_t flag, enum alarm_event event, const struct action *action, struct alarm_now now, struct alarm_listener to);
/* Flags end. When none hides it any more it is unacknowledged if active, else normal. */
void alarm_unhide(struct alarm *alarm, uint8_t flags, enum alarm_event event, const struct action *action, struct alarm_now now, struct alarm_listener to);
/* Begins an occurrence: its raise time is after every one before. */
void alarm_begin(struct alarm *alarm, int64_t time_ms, struct alarm_now now);
void alarm_tell(const struct alarm *alarm, struct alarm_told told, struct alarm_listener to);

#endif
