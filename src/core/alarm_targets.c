/*
 * The figures that people compare alarm systems by, and what ALARMS.md's sources call good. A struct aim has two bounds: up to `met` it is as it
 * should be, up to `most` it can be lived with; `least` turns that round, `below` means that the bound itself is too much.
 */
#include "core/alarm_metrics.h"

#include <math.h>
#include <stdio.h>

#include "core/timestamp.h"

const char *const metric_verdict_names[4] = {"", "met", "manageable", "missed"};

const struct metric_row metric_table[METRIC_COUNT] = {
    [METRIC_TEN_MINUTES] = {"raises_per_10_minutes", "raises per 10 minutes", "1, at most 2", "per 10 minutes", "1..2", METRIC_NUMBER},
    [METRIC_HOUR] = {"raises_per_hour", "raises per hour", "6, at most 12", "per hour", "6..12", METRIC_NUMBER},
    [METRIC_DAY] = {"raises_per_day", "raises per day", "144, at most 288", "per day", "144..288", METRIC_NUMBER},
    [METRIC_TENS_OVER] = {"ten_minutes_over_10", "10 minutes with over 10", "under 1 %", "10 min over 10", "<1 %", METRIC_PERCENT},
    [METRIC_FLOODS] = {"floods", "floods", "", "floods", "", METRIC_ALARMS},
    [METRIC_FLOOD_TIME] = {"time_in_flood", "time in flood", "under 1 %", "in flood", "<1 %", METRIC_PERCENT},
    [METRIC_TOP] = {"share_of_top_10", "share of the ten most frequent", "1 %, at most 5 %", "ten most often", "1..5 %", METRIC_PERCENT},
    [METRIC_CHATTERING] = {"chattering", "chattering alarms", "0", "chattering", "0", METRIC_ALARMS},
    [METRIC_FLEETING] = {"fleeting", "fleeting alarms", "0", "fleeting", "0", METRIC_ALARMS},
    [METRIC_STANDING] = {"standing", "standing over 24 h, worst day", "under 5", "standing 24 h", "<5", METRIC_ALARMS},
    [METRIC_LOW] = {"priority_4", "of priority 4 (low)", "about 80 %", "priority 4", "80 %", METRIC_PERCENT},
    [METRIC_MEDIUM] = {"priority_3", "of priority 3 (medium)", "about 15 %", "priority 3", "15 %", METRIC_PERCENT},
    [METRIC_HIGH] = {"priority_2", "of priority 2 (high)", "about 5 %", "priority 2", "5 %", METRIC_PERCENT},
    [METRIC_HIGHEST] = {"priority_1", "of priority 1 (highest)", "under 1 %", "priority 1", "<1 %", METRIC_PERCENT},
    [METRIC_ACK_MEDIAN] = {"ack_median", "time to acknowledge, half", "", "ack, half", "", METRIC_TIME},
    [METRIC_ACK_MOST] = {"ack_95", "time to acknowledge, 95 %", "", "ack, 95 %", "", METRIC_TIME},
};

struct aim {
    double met, most;
    bool judged, least, below;
};

static const struct aim aims[METRIC_COUNT] = {
    [METRIC_TEN_MINUTES] = {1, 2, .judged = true},
    [METRIC_HOUR] = {6, 12, .judged = true},
    [METRIC_DAY] = {144, 288, .judged = true},
    [METRIC_TENS_OVER] = {1, 1, .judged = true, .below = true},
    [METRIC_FLOOD_TIME] = {1, 1, .judged = true, .below = true},
    [METRIC_TOP] = {1, 5, .judged = true},
    [METRIC_CHATTERING] = {0, 0, .judged = true},
    [METRIC_FLEETING] = {0, 0, .judged = true},
    [METRIC_STANDING] = {5, 5, .judged = true, .below = true},
    [METRIC_LOW] = {80, 80, .judged = true, .least = true},
    [METRIC_MEDIUM] = {15, 20, .judged = true}, /* what low lacks: five percent more are no harm */
    [METRIC_HIGH] = {5, 5, .judged = true},
    [METRIC_HIGHEST] = {1, 1, .judged = true, .below = true},
};

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : NAN;
}

static double rate(const struct position_metrics *p, double ms)
{
    return (double)p->raises * ms / (double)p->length_ms;
}

double metric_value(const struct position_metrics *p, enum metric metric)
{
    switch (metric) {
    case METRIC_TEN_MINUTES: return rate(p, METRICS_TEN_MS);
    case METRIC_HOUR: return rate(p, 3600000);
    case METRIC_DAY: return rate(p, 86400000);
    case METRIC_TENS_OVER: return share((double)p->tens_over, (double)p->ten_count);
    case METRIC_FLOODS: return (double)p->flood_count;
    case METRIC_FLOOD_TIME: return share((double)p->flood_ms, (double)p->length_ms);
    case METRIC_TOP: return share((double)p->top_raises, (double)p->raises);
    case METRIC_CHATTERING: return (double)p->chattering;
    case METRIC_FLEETING: return (double)p->fleeting;
    case METRIC_STANDING: return (double)p->standing_most;
    case METRIC_LOW: return share((double)p->priorities[4], (double)p->raises);
    case METRIC_MEDIUM: return share((double)p->priorities[3], (double)p->raises);
    case METRIC_HIGH: return share((double)p->priorities[2], (double)p->raises);
    case METRIC_HIGHEST: return share((double)p->priorities[1], (double)p->raises);
    case METRIC_ACK_MEDIAN: return p->acked ? (double)p->ack_median_ms : NAN;
    case METRIC_ACK_MOST: return p->acked ? (double)p->ack_most_ms : NAN;
    default: return NAN;
    }
}

enum metric_verdict metric_judge(enum metric metric, double value)
{
    const struct aim *aim = &aims[metric];
    if (!aim->judged || isnan(value))
        return METRIC_OPEN;
    if (aim->least)
        return value >= aim->met ? METRIC_MET : METRIC_MISSED;
    if (aim->below ? value < aim->met : value <= aim->met)
        return METRIC_MET;
    return !aim->below && value <= aim->most ? METRIC_MANAGEABLE : METRIC_MISSED;
}

void metric_text(enum metric metric, double value, char out[METRIC_TEXT])
{
    char span[SPAN_TEXT];
    if (isnan(value)) {
        snprintf(out, METRIC_TEXT, "-");
        return;
    }
    switch (metric_table[metric].unit) {
    case METRIC_NUMBER: snprintf(out, METRIC_TEXT, value < 100 ? "%.1f" : "%.0f", value); return;
    case METRIC_ALARMS: snprintf(out, METRIC_TEXT, "%.0f", value); return;
    case METRIC_PERCENT: snprintf(out, METRIC_TEXT, "%.1f %%", value); return;
    case METRIC_TIME:
        span_text((int64_t)value, span);
        snprintf(out, METRIC_TEXT, "%.20s", span);
        return;
    }
}
