/*
 * alarm_metrics: how well the alarm system itself does (ALARMS.md: ISA-18.2, EEMUA 191), for a period, by operator's position. Pure: it is fed
 * with what happened to alarms in the order of its time and then tells figures, each with its target.
 *
 *     struct alarm_metrics *m = alarm_metrics_create(&(struct metrics_options){.from_ms = from, .to_ms = to, METRICS_PRESETS});
 *     alarm_metrics_feed(m, &mark);          // also what was raised before and still stood, and METRICS_LEAD_MS before the period
 *     alarm_metrics_close(m, now);
 *     alarm_metrics_value(alarm_metrics_position(m, 0), METRIC_TEN_MINUTES)
 *
 * A raise counts when it was annunciated. Stretches of time are closed: three raises 60.000 s apart from first to last are within a minute.
 */
#ifndef ANDON_CORE_ALARM_METRICS_H
#define ANDON_CORE_ALARM_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm.h"

enum { METRICS_TOP = 10, METRICS_LEAD_MS = 3600000, METRICS_TEN_MS = 600000, METRICS_CHATTER_MOST = 16, FLOOD_BEGINS = 11, FLOOD_GOES_ON = 5 };
#define METRICS_STANDING_MS INT64_C(86400000)
#define METRICS_LONGEST_MS (INT64_C(400) * 86400000)

struct metrics_options {
    int64_t from_ms, to_ms;      /* [from, to), at most METRICS_LONGEST_MS */
    int64_t day_ms;              /* a moment at which a day begins: days are 24 h from there, before and behind it */
    unsigned chatter_count;      /* so many raises of one alarm (2 .. METRICS_CHATTER_MOST) */
    int64_t chatter_ms;          /* in so long: it chatters */
    int64_t fleeting_ms;         /* returned to normal within that, unacknowledged: it was fleeting */
};
#define METRICS_PRESETS .chatter_count = 3, .chatter_ms = 60000, .fleeting_ms = 10000

/* Something that happened to an alarm. Texts are borrowed for the call. */
struct alarm_mark {
    int64_t ms;
    enum alarm_event what;
    uint8_t priority;
    bool annunciated;
    int64_t occurrence_ms;
    const char *key, *title, *position;
};

/* One alarm in the period. */
struct metric_alarm {
    const char *key, *title;
    uint8_t priority;            /* of its last raise */
    uint64_t raises, fleeting;
    uint64_t chatters;           /* raises that came as the third (chatter_count) within a minute (chatter_ms) */
    int64_t standing_since;      /* it was raised then and stood for over 24 h, at the latest to the end of the period; 0: it did not */
};

struct alarm_flood { int64_t begin_ms, end_ms; uint64_t raises; bool open; /* it went on at the end of the period */ };

/* A position's figures, once the period is closed. */
struct position_metrics {
    char name[32];
    uint64_t raises, priorities[ALARM_PRIORITIES + 1]; /* by 1 .. 4 */
    int64_t length_ms;           /* of the period, up to where it was closed */
    const uint32_t *tens;        /* raises of each ten minutes from the beginning; the last may be shorter */
    size_t ten_count, tens_over; /* over: with more than ten */
    uint32_t ten_most;
    const struct alarm_flood *floods;
    size_t flood_count;
    int64_t flood_ms;            /* within the period */
    const struct metric_alarm *alarms; /* those that have something to tell, the most frequent first */
    size_t alarm_count;
    uint64_t top_raises;         /* of the METRICS_TOP most frequent */
    size_t chattering, fleeting; /* alarms */
    uint64_t fleeting_raises;
    size_t standing_most, standing_end; /* alarms on the worst day; at the end */
    int64_t standing_day_ms;     /* when that day began; 0: no day had one */
    uint64_t acked;              /* raises of the period that were acknowledged in it */
    int64_t ack_median_ms, ack_most_ms; /* nearest rank of 50 % and of 95 %; -1: nothing was acknowledged */
};

struct alarm_metrics;

struct alarm_metrics *alarm_metrics_create(const struct metrics_options *options);
void alarm_metrics_destroy(struct alarm_metrics *metrics);
/* A position that is to be told of even when nothing was raised there. */
void alarm_metrics_expect(struct alarm_metrics *metrics, const char *position);
/* In the order of time; what is older than the mark before counts as of that one's time. */
void alarm_metrics_feed(struct alarm_metrics *metrics, const struct alarm_mark *mark);
/* The period is over, or has come as far as now_ms. Nothing is fed afterwards, and closing it again does nothing. */
void alarm_metrics_close(struct alarm_metrics *metrics, int64_t now_ms);
/* Positions in the order in which they were named. */
size_t alarm_metrics_count(const struct alarm_metrics *metrics);
const struct position_metrics *alarm_metrics_position(const struct alarm_metrics *metrics, size_t index);
/* The figures of a position that is expected and at which nothing was raised. */
const struct position_metrics *alarm_metrics_quiet(const struct alarm_metrics *metrics);
const struct metrics_options *alarm_metrics_options(const struct alarm_metrics *metrics);

/* ---- figures with targets (alarm_targets.c) ---- */

enum metric {
    METRIC_TEN_MINUTES, METRIC_HOUR, METRIC_DAY, METRIC_TENS_OVER, METRIC_FLOODS, METRIC_FLOOD_TIME, METRIC_TOP, METRIC_CHATTERING, METRIC_FLEETING,
    METRIC_STANDING, METRIC_LOW, METRIC_MEDIUM, METRIC_HIGH, METRIC_HIGHEST, METRIC_ACK_MEDIAN, METRIC_ACK_MOST,
    METRIC_COUNT
};

enum metric_unit { METRIC_NUMBER, METRIC_ALARMS, METRIC_PERCENT, METRIC_TIME };
enum metric_verdict { METRIC_OPEN /* no target, or nothing to judge */, METRIC_MET, METRIC_MANAGEABLE, METRIC_MISSED };
extern const char *const metric_verdict_names[4]; /* "", "met", "manageable", "missed" */

struct metric_row {
    const char *name;       /* "raises_per_hour": in exports, never changed */
    const char *title;      /* "raises per hour" */
    const char *target;     /* "6, at most 12"; "" for none */
    const char *brief, *brief_target; /* "per hour", "6..12": where it is narrow */
    enum metric_unit unit;
};
extern const struct metric_row metric_table[METRIC_COUNT];

/* NAN when there is nothing to tell: a share of no raises. Shares are in percent, times in ms. */
double metric_value(const struct position_metrics *p, enum metric metric);
enum metric_verdict metric_judge(enum metric metric, double value);
enum { METRIC_TEXT = 24 };
/* "4.3", "2", "12.5 %", "1m40s", "-" for nothing. */
void metric_text(enum metric metric, double value, char out[METRIC_TEXT]);

#endif
