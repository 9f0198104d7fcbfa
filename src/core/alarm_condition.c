/*
 * Conditions on single values. A struct alarm_trace keeps the values of a window so coarsely that they never need more than its fixed room:
 * of three within a fifteenth of the window the middle one goes.
 */
#include "core/alarm_condition.h"

#include <math.h>
#include <string.h>

#include "core/number.h"

enum { TRACE_STEPS = 15 };

static bool above(double value, double limit, double deadband, bool was)
{
    return was ? !(value < limit - deadband) : value > limit;
}

bool alarm_limit_truth(const struct alarm_condition_def *def, double value, bool was)
{
    bool low = def->kind == ALARM_LOW || def->kind == ALARM_LOW_LOW;
    return low ? above(-value, -def->limit, def->deadband, was) : above(value, def->limit, def->deadband, was);
}

bool alarm_deviation_truth(const struct alarm_condition_def *def, double value, double setpoint, bool was)
{
    return above(fabs(value - setpoint), def->limit, def->deadband, was);
}

bool alarm_rate_truth(const struct alarm_condition_def *def, double per_minute, bool was)
{
    return def->limit < 0 ? above(-per_minute, -def->limit, def->deadband, was) : above(per_minute, def->limit, def->deadband, was);
}

/* ---- values ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_text(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

static bool same_number(double a, double b)
{
    return !(a < b) && !(a > b);
}

bool alarm_value_is_text(const struct alarm_value *meant, const char *text)
{
    struct value value;
    double number;
    if (meant->text)
        return same_text(meant->text, text);
    return number_read(text, strlen(text), &value, NULL) && value_number(value, &number) && same_number(number, meant->number);
}

static bool is_meant(const struct alarm_value *meant, struct value value, const char *text)
{
    static const char *const words[2][4] = {{"false", "off", "no", "0"}, {"true", "on", "yes", "1"}};
    double number;
    if (value.kind == VALUE_NULL)
        return false;
    if (value.kind == VALUE_TEXT)
        return alarm_value_is_text(meant, text);
    if (!meant->text)
        return value_number(value, &number) && same_number(number, meant->number);
    for (size_t w = 0; value.kind == VALUE_BOOL && w < sizeof words[0] / sizeof words[0][0]; w++)
        if (same_text(words[value.b][w], meant->text))
            return true;
    return false;
}

bool alarm_value_listed(const struct alarm_condition_def *def, struct value value, const char *text)
{
    for (size_t v = 0; v < def->value_count; v++)
        if (is_meant(&def->values[v], value, text))
            return true;
    return false;
}

bool alarm_message_quiet(const struct alarm_condition_def *def, struct value value, const char *text)
{
    static const struct alarm_value nought = {.text = NULL, .number = 0};
    if (value.kind == VALUE_TEXT && (!*text || same_text(text, "false")))
        return true;
    return is_meant(&nought, value, text) || alarm_value_listed(def, value, text);
}

/* ---- rates ---- */

static void drop_first(struct alarm_trace *trace)
{
    trace->count--;
    memmove(trace->time_ms, trace->time_ms + 1, trace->count * sizeof trace->time_ms[0]);
    memmove(trace->value, trace->value + 1, trace->count * sizeof trace->value[0]);
}

void alarm_trace_add(struct alarm_trace *trace, int64_t window_ms, int64_t time_ms, double value)
{
    size_t n = trace->count;
    if (n && time_ms < trace->time_ms[n - 1])
        return;
    bool together = n >= 2 && time_ms - trace->time_ms[n - 2] < window_ms / TRACE_STEPS;
    if (n == ALARM_TRACE && !together)
        drop_first(trace);
    size_t at = together ? trace->count - 1u : trace->count++;
    trace->time_ms[at] = time_ms;
    trace->value[at] = value;
    while (trace->count > 1 && trace->time_ms[1] <= time_ms - window_ms)
        drop_first(trace);
}

bool alarm_trace_rate(const struct alarm_trace *trace, int64_t window_ms, int64_t time_ms, double *per_minute)
{
    size_t before = 0;
    if (trace->count == 0 || window_ms <= 0 || trace->time_ms[0] > time_ms - window_ms)
        return false;
    while (before + 1 < trace->count && trace->time_ms[before + 1] <= time_ms - window_ms)
        before++;
    *per_minute = (trace->value[trace->count - 1] - trace->value[before]) * 60000 / (double)window_ms;
    return true;
}
