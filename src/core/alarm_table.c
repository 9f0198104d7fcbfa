/*
 * The life of an alarm as ALARMS.md has it: a row for each state, a column for each move. What is not there does not happen. Classes that
 * acknowledge by themselves, and what a flag hides, are alarm.c's to add.
 */
#include "core/alarm_private.h"

#define GOES(state, event) {.goes = true, .to = (state), .latched = (state), .told = (event)}
#define RETURNS(state, latch) {.goes = true, .to = (state), .latched = (latch), .told = ALARM_CLEARED}
#define REFUSED(why) {.refusal = (why)}

const struct alarm_step alarm_steps[ALARM_STATE_COUNT][MOVE_COUNT] = {
    [ALARM_NORM] = {
        [MOVE_ACTIVE] = GOES(ALARM_UNACK, ALARM_RAISED),
        [MOVE_ACK] = REFUSED(REFUSAL_GONE),
        [MOVE_RESET] = REFUSED(REFUSAL_STATE),
    },
    [ALARM_UNACK] = {
        [MOVE_ROSE] = GOES(ALARM_UNACK, ALARM_ROSE),
        [MOVE_FELL] = GOES(ALARM_UNACK, ALARM_FELL),
        [MOVE_INACTIVE] = RETURNS(ALARM_RTNUN, ALARM_LATCH_UNACK),
        [MOVE_ACK] = GOES(ALARM_ACKED, ALARM_ACKNOWLEDGED),
        [MOVE_RESET] = REFUSED(REFUSAL_ACTIVE),
    },
    [ALARM_ACKED] = {
        [MOVE_ROSE] = GOES(ALARM_UNACK, ALARM_ROSE),
        [MOVE_FELL] = GOES(ALARM_ACKED, ALARM_FELL),
        [MOVE_INACTIVE] = RETURNS(ALARM_NORM, ALARM_LATCH_ACKED),
        [MOVE_ACK] = REFUSED(REFUSAL_STATE),
        [MOVE_RESET] = REFUSED(REFUSAL_ACTIVE),
    },
    [ALARM_RTNUN] = {
        [MOVE_ACTIVE] = GOES(ALARM_UNACK, ALARM_RAISED),
        [MOVE_ACK] = GOES(ALARM_NORM, ALARM_ACKNOWLEDGED),
        [MOVE_RESET] = REFUSED(REFUSAL_STATE),
    },
    [ALARM_LATCH_UNACK] = {
        [MOVE_ACTIVE] = GOES(ALARM_UNACK, ALARM_RAISED),
        [MOVE_ACK] = GOES(ALARM_LATCH_ACKED, ALARM_ACKNOWLEDGED),
        [MOVE_RESET] = REFUSED(REFUSAL_STATE),
    },
    [ALARM_LATCH_ACKED] = {
        [MOVE_ACTIVE] = GOES(ALARM_UNACK, ALARM_RAISED),
        [MOVE_ACK] = REFUSED(REFUSAL_STATE),
        [MOVE_RESET] = GOES(ALARM_NORM, ALARM_RESET),
    },
};
