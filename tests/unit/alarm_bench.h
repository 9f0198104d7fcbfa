/*
 * alarm_bench: one alarm with its clock, and what people and its conditions do to it, for the tests of its life.
 *
 *     struct bench b;
 *     set_up(&b);
 *     happen_all(&b, "Ta");
 *     assert_string_equal(shown(&b), "ACKED");
 */
#ifndef ANDON_TESTS_ALARM_BENCH_H
#define ANDON_TESTS_ALARM_BENCH_H

#include "core/alarm.h"

#define T0 INT64_C(1718178720000)
enum { SECOND = 1000, HOUR = 3600000 };

static const struct alarm_class process = {.name = "process", .title = "process", .horn = true, .counted = true, .shelve_most_ms = 8 * HOUR};
static const struct alarm_class safety = {.name = "safety", .title = "safety", .safety = true, .horn = true, .counted = true, .shelve_most_ms = 8 * HOUR};
static const struct alarm_class machine = {.name = "machine", .title = "machine", .ack = ACK_BY_ITSELF, .shelve_most_ms = 8 * HOUR};
static const struct alarm_class tidy = {.name = "tidy", .title = "tidy", .ack = ACK_ON_RETURN, .shelve_most_ms = 8 * HOUR};
static const struct alarm_class wordy = {.name = "wordy", .title = "wordy", .comment = true, .shelve_most_ms = 8 * HOUR};

enum { TOLD_MOST = 64 };

/* An alarm of two conditions, high-high and high, its clock, and what it told. */
struct bench {
    struct alarm_condition_def limits[2];
    struct alarm_def def;
    struct alarm_condition conditions[2];
    struct alarm alarm;
    int64_t elapsed, wall;      /* wall is T0 + elapsed, unless a test sets the clock */
    struct alarm_told told[TOLD_MOST];
    size_t told_count;
    enum refusal refusal;       /* of the last action */
};

static inline void hear(void *arg, const struct alarm *alarm, const struct alarm_told *told)
{
    struct bench *b = arg;
    (void)alarm;
    assert_true(b->told_count < TOLD_MOST);
    b->told[b->told_count++] = *told;
}

static inline struct alarm_listener ear(struct bench *b) { return (struct alarm_listener){hear, b}; }
static inline struct alarm_now now(const struct bench *b) { return (struct alarm_now){b->elapsed, b->wall}; }

static inline void set_up_as(struct bench *b, const struct alarm_class *class, bool latching, int64_t on_delay_s, int64_t off_delay_s)
{
    *b = (struct bench){.wall = T0};
    for (int c = 0; c < 2; c++)
        b->limits[c] = (struct alarm_condition_def){.kind = c ? ALARM_HIGH : ALARM_HIGH_HIGH, .title = c ? "high" : "high-high", .action = c ? "look" : "run",
            .priority = (uint8_t)(c ? 2 : 1), .on_delay_ms = on_delay_s * SECOND, .off_delay_ms = off_delay_s * SECOND};
    b->def = (struct alarm_def){.name = "oil", .title = "oil", .latching = latching, .conditions = b->limits, .condition_count = 2};
    alarm_init(&b->alarm, &b->def, class, b->conditions);
}

static inline void set_up(struct bench *b) { set_up_as(b, &process, false, 0, 0); }
static inline void tear_down(struct bench *b) { alarm_finish(&b->alarm); }

/* Time goes on; what is due on the way matures at its own moment. */
static inline void wait(struct bench *b, int64_t ms)
{
    int64_t end = b->elapsed + ms, offset = b->wall - b->elapsed;
    for (int64_t due; (due = alarm_due(&b->alarm)) <= end;) {
        b->elapsed = due;
        b->wall = due + offset;
        alarm_fire(&b->alarm, now(b), ear(b));
    }
    b->elapsed = end;
    b->wall = end + offset;
}

static inline void truth_at(struct bench *b, size_t condition, enum truth truth, int64_t time_ms)
{
    alarm_truth(&b->alarm, condition, truth, time_ms, now(b), ear(b));
}

static inline void high(struct bench *b, enum truth truth) { truth_at(b, 1, truth, b->wall); }

static inline enum refusal act(struct bench *b, struct action action)
{
    action.time_ms = action.time_ms ? action.time_ms : b->wall;
    memcpy(action.who, "Kim", sizeof "Kim");
    return b->refusal = alarm_act(&b->alarm, &action, now(b), ear(b));
}

static inline enum refusal ack(struct bench *b)
{
    return act(b, (struct action){.kind = ACTION_ACK, .occurrence_ms = b->alarm.raised_ms, .severity = b->alarm.severity});
}

static inline enum refusal reset(struct bench *b)
{
    return act(b, (struct action){.kind = ACTION_RESET, .occurrence_ms = b->alarm.raised_ms});
}

static inline enum refusal shelve_for(struct bench *b, int64_t ms)
{
    return act(b, (struct action){.kind = ACTION_SHELVE, .until_ms = ms ? b->wall + ms : 0, .comment = "being repaired"});
}

static inline const char *shown(const struct bench *b)
{
    return alarm_shown_table[alarm_shown(&b->alarm)].name;
}

static inline const struct alarm_told *last(const struct bench *b)
{
    assert_true(b->told_count > 0);
    return &b->told[b->told_count - 1];
}

static inline size_t count_told(const struct bench *b, enum alarm_event event)
{
    size_t count = 0;
    for (size_t t = 0; t < b->told_count; t++)
        count += b->told[t].event == event;
    return count;
}

/* ---- events as letters ---- */

/* One event a letter. */
static inline void happen(struct bench *b, char what)
{
    switch (what) {
    case 'T': high(b, TRUTH_TRUE); break;
    case 'H': truth_at(b, 0, TRUTH_TRUE, b->wall); break;
    case 'h': truth_at(b, 0, TRUTH_FALSE, b->wall); break;
    case 'F': truth_at(b, 1, TRUTH_FALSE, b->wall); break;
    case 'a': ack(b); break;
    case 'r': reset(b); break;
    case 's': shelve_for(b, HOUR); break;
    case 'o': shelve_for(b, 0); break;
    case 'u': act(b, (struct action){.kind = ACTION_UNSHELVE}); break;
    case '.': wait(b, HOUR); break;
    case 'S': alarm_suppress(&b->alarm, TRUTH_TRUE, now(b), ear(b)); break;
    case 'N': alarm_suppress(&b->alarm, TRUTH_FALSE, now(b), ear(b)); break;
    case '?': alarm_suppress(&b->alarm, TRUTH_UNKNOWN, now(b), ear(b)); break;
    case 'X': act(b, (struct action){.kind = ACTION_SERVICE_OUT, .comment = "bearing"}); break;
    case 'I': act(b, (struct action){.kind = ACTION_SERVICE_IN}); break;
    case 'M': alarm_maintenance(&b->alarm, true, NULL, now(b), ear(b)); break;
    case 'm': alarm_maintenance(&b->alarm, false, NULL, now(b), ear(b)); break;
    default: fail_msg("no event '%c'", what);
    }
}

static inline void happen_all(struct bench *b, const char *events)
{
    for (; *events; events++) {
        b->refusal = REFUSAL_NONE;
        happen(b, *events);
    }
}

struct row {
    const struct alarm_class *class;
    bool latching;
    const char *before, *from, *events, *to;
    enum refusal refusal;
};

static inline void assert_row(const struct row *row)
{
    struct bench b;
    set_up_as(&b, row->class ? row->class : &process, row->latching, 0, 0);
    happen_all(&b, row->before);
    assert_string_equal(shown(&b), row->from);
    happen_all(&b, row->events);
    if (strcmp(shown(&b), row->to) != 0)
        fail_msg("after %s, %s led from %s to %s, not to %s", row->before, row->events, row->from, shown(&b), row->to);
    assert_int_equal(b.refusal, row->refusal);
    tear_down(&b);
}

#endif
