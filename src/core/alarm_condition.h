/*
 * alarm_condition: is a condition true of a value? Limits with their deadband, before any delay (alarm.h has those). Pure; the fold and a
 * back-test ask the same questions.
 *
 *     bool was = condition->truth == TRUTH_TRUE;
 *     alarm_truth(alarm, 0, alarm_limit_truth(&def->conditions[0], 96.4, was) ? TRUTH_TRUE : TRUTH_FALSE, ...);
 */
#ifndef ANDON_CORE_ALARM_CONDITION_H
#define ANDON_CORE_ALARM_CONDITION_H

#include "core/alarm_def.h"
#include "core/value.h"

/* High-high to low-low: raised beyond the limit, cleared beyond limit and deadband; in between it is as it `was`. */
bool alarm_limit_truth(const struct alarm_condition_def *def, double value, bool was);
/* |value - setpoint| against the limit, in the same way. */
bool alarm_deviation_truth(const struct alarm_condition_def *def, double value, double setpoint, bool was);
/* A rate, per minute, against the limit: above a positive one, below a negative one. */
bool alarm_rate_truth(const struct alarm_condition_def *def, double per_minute, bool was);
/* One of the definition's values? Texts compare without case. `text` of a value that is none may be NULL. */
bool alarm_value_listed(const struct alarm_condition_def *def, struct value value, const char *text);
/* Of a message: 0, false, "" or a value that the definition calls quiet. */
bool alarm_message_quiet(const struct alarm_condition_def *def, struct value value, const char *text);
/* Is a value, written as text, the one that is meant? */
bool alarm_value_is_text(const struct alarm_value *meant, const char *text);

/* The last values of a tag within a window and the one before it, at most ALARM_TRACE of them; a value holds until the next. */
enum { ALARM_TRACE = 32 };
struct alarm_trace {
    int64_t time_ms[ALARM_TRACE]; /* source time, rising */
    double value[ALARM_TRACE];
    uint8_t count;
};
/* A value that is older than the newest is left out; those nearer than a fifteenth of the window may be put together. */
void alarm_trace_add(struct alarm_trace *trace, int64_t window_ms, int64_t time_ms, double value);
/* Change over the window that ends at time_ms, per minute. False while it has not been seen for a whole window. */
bool alarm_trace_rate(const struct alarm_trace *trace, int64_t window_ms, int64_t time_ms, double *per_minute);

#endif
