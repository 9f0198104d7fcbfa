/*
 * The life of one alarm, as ALARMS.md gives it: its two timing charts, every row of its table, and what the table does not say.
 */
#include "check.h"

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

static void hear(void *arg, const struct alarm *alarm, const struct alarm_told *told)
{
    struct bench *b = arg;
    (void)alarm;
    assert_true(b->told_count < TOLD_MOST);
    b->told[b->told_count++] = *told;
}

static struct alarm_listener ear(struct bench *b) { return (struct alarm_listener){hear, b}; }
static struct alarm_now now(const struct bench *b) { return (struct alarm_now){b->elapsed, b->wall}; }

static void set_up_as(struct bench *b, const struct alarm_class *class, bool latching, int64_t on_delay_s, int64_t off_delay_s)
{
    *b = (struct bench){.wall = T0};
    for (int c = 0; c < 2; c++)
        b->limits[c] = (struct alarm_condition_def){.kind = c ? ALARM_HIGH : ALARM_HIGH_HIGH, .title = c ? "high" : "high-high", .action = c ? "look" : "run",
            .priority = (uint8_t)(c ? 2 : 1), .on_delay_ms = on_delay_s * SECOND, .off_delay_ms = off_delay_s * SECOND};
    b->def = (struct alarm_def){.name = "oil", .title = "oil", .latching = latching, .conditions = b->limits, .condition_count = 2};
    alarm_init(&b->alarm, &b->def, class, b->conditions);
}

static void set_up(struct bench *b) { set_up_as(b, &process, false, 0, 0); }
static void tear_down(struct bench *b) { alarm_finish(&b->alarm); }

/* Time goes on; what is due on the way matures at its own moment. */
static void wait(struct bench *b, int64_t ms)
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

static void truth_at(struct bench *b, size_t condition, enum truth truth, int64_t time_ms)
{
    alarm_truth(&b->alarm, condition, truth, time_ms, now(b), ear(b));
}

static void high(struct bench *b, enum truth truth) { truth_at(b, 1, truth, b->wall); }

static enum refusal act(struct bench *b, struct action action)
{
    action.time_ms = action.time_ms ? action.time_ms : b->wall;
    memcpy(action.who, "Kim", sizeof "Kim");
    return b->refusal = alarm_act(&b->alarm, &action, now(b), ear(b));
}

static enum refusal ack(struct bench *b)
{
    return act(b, (struct action){.kind = ACTION_ACK, .occurrence_ms = b->alarm.raised_ms, .severity = b->alarm.severity});
}

static enum refusal reset(struct bench *b)
{
    return act(b, (struct action){.kind = ACTION_RESET, .occurrence_ms = b->alarm.raised_ms});
}

static enum refusal shelve_for(struct bench *b, int64_t ms)
{
    return act(b, (struct action){.kind = ACTION_SHELVE, .until_ms = ms ? b->wall + ms : 0, .comment = "being repaired"});
}

static const char *shown(const struct bench *b)
{
    return alarm_shown_table[alarm_shown(&b->alarm)].name;
}

static const struct alarm_told *last(const struct bench *b)
{
    assert_true(b->told_count > 0);
    return &b->told[b->told_count - 1];
}

static size_t count_told(const struct bench *b, enum alarm_event event)
{
    size_t count = 0;
    for (size_t t = 0; t < b->told_count; t++)
        count += b->told[t].event == event;
    return count;
}

/* ---- the timing charts ---- */

/* As the charts write states: latched and unacknowledged is U, latched and acknowledged L. */
static char chart_letter(const struct bench *b)
{
    static const char letters[] = {[ALARM_NORM] = 'N', [ALARM_UNACK] = 'U', [ALARM_ACKED] = 'A', [ALARM_RTNUN] = 'R', [ALARM_LATCH_UNACK] = 'U', [ALARM_LATCH_ACKED] = 'L'};
    return letters[alarm_shown(&b->alarm)];
}

static void assert_chart(bool latching, int64_t on_delay_s, const char *cond, const char *acks, const char *resets, const char *states)
{
    struct bench b;
    char line[64] = "";
    size_t length = strlen(cond);
    set_up_as(&b, &process, latching, on_delay_s, 0);
    for (size_t s = 0; s < length; s++) {
        high(&b, cond[s] == '#' ? TRUTH_TRUE : TRUTH_FALSE);
        if (acks[s] == '#')
            ack(&b);
        if (resets[s] == '#')
            reset(&b);
        line[s] = chart_letter(&b);
        wait(&b, SECOND);
    }
    assert_string_equal(line, states);
    tear_down(&b);
}

static void chart_of_a_delayed_alarm(void **state)
{
    (void)state;
    assert_chart(false, 3,
        "_#__#######__#####_____",
        "_________#__________#__",
        "_______________________",
        "NNNNNNNUUAANNNNNUURRNNN");
}

static void chart_of_a_latching_alarm(void **state)
{
    (void)state;
    assert_chart(true, 1,
        "__####_________",
        "________#______",
        "_____#_____#___",
        "NNNUUUUULLLNNNN");
}

/* ---- the table ---- */

/* One event a letter. */
static void happen(struct bench *b, char what)
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

static void happen_all(struct bench *b, const char *events)
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

static void assert_row(const struct row *row)
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

static void every_row_of_the_table(void **state)
{
    static const struct row rows[] = {
        /* A: the condition is true */
        {NULL, false, "", "NORM", "T", "UNACK", 0},
        /* B: acknowledged */
        {NULL, false, "T", "UNACK", "a", "ACKED", 0},
        /* B, C: the severity rises; it falls again */
        {NULL, false, "T", "UNACK", "H", "UNACK", 0},
        {NULL, false, "Ta", "ACKED", "H", "UNACK", 0},
        {NULL, false, "HTa", "ACKED", "h", "ACKED", 0},
        {NULL, false, "HT", "UNACK", "h", "UNACK", 0},
        /* B: the condition is false */
        {NULL, false, "T", "UNACK", "F", "RTNUN", 0},
        {NULL, true, "T", "UNACK", "F", "LU", 0},
        /* C: the same */
        {NULL, false, "Ta", "ACKED", "F", "NORM", 0},
        {NULL, true, "Ta", "ACKED", "F", "LA", 0},
        /* D: acknowledged, or automatic by class */
        {NULL, false, "TF", "RTNUN", "a", "NORM", 0},
        {&tidy, false, "T", "UNACK", "F", "NORM", 0},
        {&tidy, true, "T", "UNACK", "F", "LA", 0},
        /* D: true again */
        {NULL, false, "TF", "RTNUN", "T", "UNACK", 0},
        /* LU: acknowledged */
        {NULL, true, "TF", "LU", "a", "LA", 0},
        /* LA: reset; while the cause is present it is refused */
        {NULL, true, "TaF", "LA", "r", "NORM", 0},
        {NULL, true, "Ta", "ACKED", "r", "ACKED", REFUSAL_ACTIVE},
        {NULL, true, "TF", "LU", "r", "LU", REFUSAL_STATE},
        /* LA, LU: true again */
        {NULL, true, "TaF", "LA", "T", "UNACK", 0},
        {NULL, true, "TF", "LU", "T", "UNACK", 0},
        /* A to D: shelved */
        {NULL, false, "", "NORM", "s", "SHLVD", 0},
        {NULL, false, "T", "UNACK", "s", "SHLVD", 0},
        {NULL, false, "Ta", "ACKED", "s", "SHLVD", 0},
        {NULL, false, "TF", "RTNUN", "s", "SHLVD", 0},
        {NULL, true, "TF", "LU", "s", "LU", REFUSAL_STATE},
        {NULL, true, "TaF", "LA", "s", "LA", REFUSAL_STATE},
        /* E: the condition changes */
        {NULL, false, "s", "SHLVD", "T", "SHLVD", 0},
        {NULL, false, "Ts", "SHLVD", "F", "SHLVD", 0},
        /* E: unshelved, or time is up */
        {NULL, false, "s", "SHLVD", "u", "NORM", 0},
        {NULL, false, "Ts", "SHLVD", "u", "UNACK", 0},
        {NULL, false, "Tas", "SHLVD", "u", "UNACK", 0},
        {NULL, false, "TFs", "SHLVD", "u", "NORM", 0},
        {NULL, false, "sT", "SHLVD", ".", "UNACK", 0},
        {NULL, false, "TsF", "SHLVD", ".", "NORM", 0},
        /* E: until it next clears */
        {NULL, false, "To", "SHLVD", "F", "NORM", 0},
        {NULL, false, "o", "SHLVD", "T.", "SHLVD", 0},
        {NULL, false, "oT", "SHLVD", "F", "NORM", 0},
        {NULL, false, "To", "SHLVD", "........", "UNACK", 0}, /* but not for longer than a shelf may last */
        /* any: suppression */
        {NULL, false, "", "NORM", "S", "DSUPR", 0},
        {NULL, false, "T", "UNACK", "S", "DSUPR", 0},
        {NULL, false, "Ta", "ACKED", "S", "DSUPR", 0},
        {NULL, false, "TF", "RTNUN", "S", "DSUPR", 0},
        {NULL, true, "TF", "LU", "S", "DSUPR", 0},
        {NULL, true, "TaF", "LA", "S", "DSUPR", 0},
        {NULL, false, "s", "SHLVD", "S", "DSUPR", 0},
        {NULL, false, "TS", "DSUPR", "N", "UNACK", 0},
        {NULL, false, "TaS", "DSUPR", "N", "UNACK", 0},
        {NULL, false, "STF", "DSUPR", "N", "NORM", 0},
        {NULL, true, "TaFS", "DSUPR", "N", "NORM", 0},
        /* any: out of service */
        {NULL, false, "", "NORM", "X", "OOSRV", 0},
        {NULL, false, "T", "UNACK", "X", "OOSRV", 0},
        {NULL, false, "Ta", "ACKED", "X", "OOSRV", 0},
        {NULL, false, "TF", "RTNUN", "X", "OOSRV", 0},
        {NULL, true, "TaF", "LA", "X", "OOSRV", 0},
        {NULL, false, "S", "DSUPR", "X", "OOSRV", 0},
        {NULL, false, "s", "SHLVD", "X", "OOSRV", 0},
        {NULL, false, "XT", "OOSRV", "I", "UNACK", 0},
        {NULL, false, "XTF", "OOSRV", "I", "NORM", 0},
        {NULL, false, "T", "UNACK", "M", "OOSRV", 0},
        {NULL, false, "TM", "OOSRV", "m", "UNACK", 0},
        /* what makes no sense */
        {NULL, false, "", "NORM", "a", "NORM", REFUSAL_GONE},
        {NULL, false, "Ta", "ACKED", "a", "ACKED", REFUSAL_STATE},
        {NULL, false, "Ts", "SHLVD", "a", "SHLVD", REFUSAL_STATE},
        {NULL, false, "TX", "OOSRV", "a", "OOSRV", REFUSAL_STATE},
        {NULL, false, "X", "OOSRV", "X", "OOSRV", REFUSAL_STATE},
        {NULL, false, "", "NORM", "I", "NORM", REFUSAL_STATE},
        {NULL, false, "", "NORM", "u", "NORM", REFUSAL_STATE},
        {NULL, false, "TF", "RTNUN", "r", "RTNUN", REFUSAL_STATE},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        assert_row(&rows[r]);
}

/* ---- what the table does not say ---- */

static void the_flags_are_independent_of_each_other(void **state)
{
    static const struct row rows[] = {
        {NULL, false, "s", "SHLVD", "SN", "SHLVD", 0},  /* a line that stops and starts does not end a shelf */
        {NULL, false, "X", "OOSRV", "SN", "OOSRV", 0},  /* nor a lock for maintenance */
        {NULL, false, "s", "SHLVD", "XI", "SHLVD", 0},
        {NULL, false, "S", "DSUPR", "su", "DSUPR", 0},
        {NULL, false, "Ts", "SHLVD", "S.", "DSUPR", 0}, /* the shelf is over, and it is still suppressed */
        {NULL, false, "TsS.", "DSUPR", "N", "UNACK", 0},
        {NULL, false, "M", "OOSRV", "Xm", "OOSRV", 0},  /* with its unit, and by itself */
        {NULL, false, "MX", "OOSRV", "I", "OOSRV", 0},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        assert_row(&rows[r]);
}

static void what_was_acknowledged_and_hidden_is_a_new_occurrence_when_seen_again(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "Tas");
    int64_t first = b.alarm.raised_ms;
    b.told_count = 0;
    happen_all(&b, "u");
    assert_int_equal(b.told_count, 2);
    assert_int_equal(b.told[0].event, ALARM_UNSHELVED);
    assert_int_equal(b.told[1].event, ALARM_RAISED);
    assert_int_equal(b.alarm.raised_ms, first + 1);
    assert_int_equal(b.alarm.record->acked_ms, 0);
    happen_all(&b, "Xu");
    int64_t second = b.alarm.raised_ms;
    happen_all(&b, "I"); /* nobody had acknowledged this one: it is the same */
    assert_string_equal(shown(&b), "UNACK");
    assert_int_equal(b.alarm.raised_ms, second);
    tear_down(&b);
}

static void raise_times_rise_though_the_source_clock_steps_back(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    truth_at(&b, 1, TRUTH_TRUE, T0 + 5000);
    assert_int_equal(b.alarm.raised_ms, T0 + 5000);
    ack(&b);
    truth_at(&b, 1, TRUTH_FALSE, T0 + 6000);
    truth_at(&b, 1, TRUTH_TRUE, T0 - HOUR);
    assert_string_equal(shown(&b), "UNACK");
    assert_int_equal(b.alarm.raised_ms, T0 + 5001);
    assert_int_equal(b.alarm.record->acked_ms, 0);
    tear_down(&b);
}

static void a_raise_is_dated_by_the_source_and_the_delay(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 15, 5);
    truth_at(&b, 1, TRUTH_TRUE, T0 - 700); /* it took 700 ms to come here */
    wait(&b, 20 * SECOND);
    assert_int_equal(b.alarm.raised_ms, T0 - 700 + 15 * SECOND);
    truth_at(&b, 1, TRUTH_FALSE, b.wall - 700);
    wait(&b, 5 * SECOND);
    assert_int_equal(b.alarm.cleared_ms, T0 + 20 * SECOND - 700 + 5 * SECOND);
    tear_down(&b);
}

static void delays_mature_without_another_sample_and_start_again_when_it_flips_back(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 10, 10);
    high(&b, TRUTH_TRUE);
    wait(&b, 9999);
    assert_string_equal(shown(&b), "NORM");
    high(&b, TRUTH_FALSE);
    high(&b, TRUTH_TRUE);
    wait(&b, 9999);
    assert_string_equal(shown(&b), "NORM");
    wait(&b, 1);
    assert_string_equal(shown(&b), "UNACK");
    high(&b, TRUTH_FALSE);
    wait(&b, 9999);
    high(&b, TRUTH_TRUE);
    high(&b, TRUTH_FALSE);
    wait(&b, 9999);
    assert_string_equal(shown(&b), "UNACK");
    wait(&b, 1);
    assert_string_equal(shown(&b), "RTNUN");
    tear_down(&b);
}

static void bad_quality_freezes_a_running_delay_and_changes_nothing_else(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 10, 0);
    high(&b, TRUTH_TRUE);
    wait(&b, 6 * SECOND);
    high(&b, TRUTH_UNKNOWN);
    assert_int_equal(alarm_due(&b.alarm), INT64_MAX);
    wait(&b, HOUR);
    assert_string_equal(shown(&b), "NORM");
    high(&b, TRUTH_TRUE);
    wait(&b, 3999);
    assert_string_equal(shown(&b), "NORM");
    wait(&b, 1);
    assert_string_equal(shown(&b), "UNACK");
    high(&b, TRUTH_UNKNOWN);
    wait(&b, HOUR);
    assert_string_equal(shown(&b), "UNACK");
    high(&b, TRUTH_FALSE);
    assert_string_equal(shown(&b), "RTNUN");
    tear_down(&b);
}

static void a_frozen_delay_that_flips_is_over(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 10, 0);
    high(&b, TRUTH_TRUE);
    wait(&b, 6 * SECOND);
    high(&b, TRUTH_UNKNOWN);
    high(&b, TRUTH_FALSE);
    high(&b, TRUTH_TRUE);
    wait(&b, 9999);
    assert_string_equal(shown(&b), "NORM");
    wait(&b, 1);
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

static void after_a_gap_delays_start_again_and_what_was_active_stays(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 10, 0);
    high(&b, TRUTH_TRUE);
    wait(&b, 9 * SECOND);
    alarm_gap(&b.alarm, now(&b));
    wait(&b, HOUR);
    assert_string_equal(shown(&b), "NORM");
    high(&b, TRUTH_TRUE);
    wait(&b, 9999);
    assert_string_equal(shown(&b), "NORM");
    wait(&b, 1);
    ack(&b);
    alarm_gap(&b.alarm, now(&b));
    high(&b, TRUTH_TRUE);
    assert_string_equal(shown(&b), "ACKED");
    high(&b, TRUTH_FALSE);
    assert_string_equal(shown(&b), "NORM");
    tear_down(&b);
}

static void a_suppression_that_ends_has_a_hold_off(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    b.def.hold_off_ms = 30 * SECOND;
    happen_all(&b, "STN");
    wait(&b, 29999);
    assert_string_equal(shown(&b), "DSUPR");
    happen_all(&b, "SN"); /* it starts again */
    wait(&b, 29999);
    assert_string_equal(shown(&b), "DSUPR");
    wait(&b, 1);
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

static void what_is_unknown_does_not_suppress(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "?T");
    assert_string_equal(shown(&b), "UNACK");
    happen_all(&b, "S?");
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

static void safety_is_neither_shelved_nor_suppressed(void **state)
{
    static const struct row rows[] = {
        {&safety, false, "T", "UNACK", "s", "UNACK", REFUSAL_SAFETY},
        {&safety, false, "T", "UNACK", "o", "UNACK", REFUSAL_SAFETY},
        {&safety, false, "T", "UNACK", "S", "UNACK", 0},
        {&safety, false, "T", "UNACK", "X", "OOSRV", 0},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        assert_row(&rows[r]);
}

static void machines_messages_acknowledge_themselves(void **state)
{
    static const struct row rows[] = {
        {&machine, false, "", "NORM", "T", "ACKED", 0},
        {&machine, false, "T", "ACKED", "F", "NORM", 0},
        {&machine, false, "T", "ACKED", "H", "ACKED", 0},
        {&machine, false, "TX", "OOSRV", "I", "ACKED", 0},
        {&machine, true, "T", "ACKED", "F", "LA", 0},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        assert_row(&rows[r]);
}

static void another_message_is_another_occurrence(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &machine, false, 5, 5);
    alarm_renew(&b.alarm, 0, T0, now(&b), ear(&b));
    assert_int_equal(b.told_count, 1);
    alarm_renew(&b.alarm, 0, T0 + 300, now(&b), ear(&b));
    assert_int_equal(b.told_count, 3);
    assert_int_equal(b.told[1].event, ALARM_CLEARED);
    assert_int_equal(b.told[2].event, ALARM_RAISED);
    assert_int_equal(b.alarm.raised_ms, T0 + 300);
    tear_down(&b);
}

/* ---- groups ---- */

static void a_jump_over_two_limits_is_one_raise_and_one_return(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 2, 2);
    happen_all(&b, "HT");
    wait(&b, 2 * SECOND);
    assert_int_equal(b.told_count, 1);
    assert_int_equal(b.alarm.severity, 2);
    happen_all(&b, "Fh");
    wait(&b, 2 * SECOND);
    assert_int_equal(b.told_count, 2);
    assert_int_equal(b.told[1].event, ALARM_CLEARED);
    tear_down(&b);
}

static void texts_and_priority_are_those_of_each_limit(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    assert_string_equal(alarm_condition_shown(&b.alarm)->action, "look");
    assert_int_equal(alarm_priority(&b.alarm), 2);
    happen_all(&b, "H");
    assert_string_equal(alarm_condition_shown(&b.alarm)->action, "run");
    assert_int_equal(alarm_priority(&b.alarm), 1);
    happen_all(&b, "hF");
    assert_string_equal(alarm_condition_shown(&b.alarm)->action, "look"); /* what it last was */
    tear_down(&b);
}

static void an_ack_does_not_cover_a_higher_severity(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    struct action seen = {.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 1};
    happen_all(&b, "H");
    assert_int_equal(act(&b, seen), REFUSAL_SEVERER);
    assert_string_equal(shown(&b), "UNACK");
    seen.severity = 2;
    assert_int_equal(act(&b, seen), REFUSAL_NONE);
    assert_string_equal(shown(&b), "ACKED");
    happen_all(&b, "hH"); /* it rises again: somebody has to look again */
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

/* ---- people ---- */

static void an_ack_of_an_earlier_occurrence_does_not_touch_the_present_one(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    struct action first = {.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 2};
    happen_all(&b, "aF.T");
    assert_int_equal(act(&b, first), REFUSAL_GONE);
    assert_string_equal(shown(&b), "UNACK");
    first.occurrence_ms = 0; /* it names none */
    assert_int_equal(act(&b, first), REFUSAL_GONE);
    first.occurrence_ms = b.alarm.raised_ms + 1;
    assert_int_equal(act(&b, first), REFUSAL_FUTURE);
    first.occurrence_ms = b.alarm.raised_ms;
    first.time_ms = b.wall + HOUR;
    assert_int_equal(act(&b, first), REFUSAL_FUTURE);
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

static void who_and_when_are_kept(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T.");
    act(&b, (struct action){.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 1, .comment = "seen it"});
    assert_int_equal(b.alarm.record->acked_ms, T0 + HOUR);
    assert_string_equal(b.alarm.record->ack_who, "Kim");
    assert_string_equal(b.alarm.record->ack_comment, "seen it");
    act(&b, (struct action){.kind = ACTION_COMMENT_ON, .comment = "fitter comes at two"});
    assert_int_equal(last(&b)->event, ALARM_COMMENTED);
    assert_string_equal(b.alarm.record->comment, "fitter comes at two");
    assert_string_equal(shown(&b), "ACKED");
    assert_int_equal(act(&b, (struct action){.kind = ACTION_COMMENT_ON}), REFUSAL_COMMENT);
    shelve_for(&b, HOUR);
    happen_all(&b, "X");
    assert_string_equal(b.alarm.record->shelf.reason, "being repaired");
    assert_int_equal(b.alarm.record->shelf.until_ms, T0 + 2 * HOUR);
    assert_string_equal(b.alarm.record->service.reason, "bearing");
    tear_down(&b);
}

static void a_class_may_want_a_comment(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &wordy, false, 0, 0);
    happen_all(&b, "T");
    assert_int_equal(ack(&b), REFUSAL_COMMENT);
    assert_string_equal(shown(&b), "UNACK");
    assert_int_equal(act(&b, (struct action){.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 1, .comment = "known"}), REFUSAL_NONE);
    assert_int_equal(act(&b, (struct action){.kind = ACTION_SERVICE_OUT}), REFUSAL_COMMENT);
    tear_down(&b);
}

static void a_shelf_has_an_end(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_int_equal(shelve_for(&b, 8 * HOUR + 1), REFUSAL_TOO_LONG);
    assert_int_equal(shelve_for(&b, -1), REFUSAL_STATE);
    assert_string_equal(shown(&b), "NORM");
    assert_int_equal(shelve_for(&b, 8 * HOUR), REFUSAL_NONE);
    assert_int_equal(alarm_due(&b.alarm), 8 * HOUR);
    assert_int_equal(shelve_for(&b, HOUR), REFUSAL_NONE); /* shorter, after all */
    wait(&b, HOUR - 1);
    assert_string_equal(shown(&b), "SHLVD");
    wait(&b, 1);
    assert_string_equal(shown(&b), "NORM");
    tear_down(&b);
}

static void a_shelf_ends_by_the_clock_on_the_wall(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    shelve_for(&b, 4 * HOUR);
    b.wall += 3 * HOUR; /* we were away */
    alarm_gap(&b.alarm, now(&b));
    assert_int_equal(alarm_due(&b.alarm), b.elapsed + HOUR);
    b.wall -= HOUR; /* and somebody set the clock */
    alarm_clock(&b.alarm, now(&b));
    assert_int_equal(alarm_due(&b.alarm), b.elapsed + 2 * HOUR);
    b.wall += 9 * HOUR;
    alarm_gap(&b.alarm, now(&b));
    wait(&b, 0);
    assert_string_equal(shown(&b), "NORM");
    tear_down(&b);
}

static void the_horn_sounds_for_what_calls_until_somebody_acts(void **state)
{
    static const struct { const char *events; bool sounds; } cases[] = {
        {"T", true}, {"Ta", false}, {"TF", false}, {"TaH", true}, {"Ts", false}, {"sT", false}, {"sTu", true}, {"XTI", true}, {"TaS", false}, {"TaSN", true}, {"TFT", true},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct bench b;
        set_up(&b);
        happen_all(&b, cases[c].events);
        if (((b.alarm.flags & ALARM_SOUNDS) != 0) != cases[c].sounds)
            fail_msg("after %s", cases[c].events);
        tear_down(&b);
    }
}

static void a_hidden_raise_is_told_and_told_again_when_it_is_seen(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "sT");
    assert_int_equal(count_told(&b, ALARM_RAISED), 1);
    assert_int_equal(last(&b)->after, SHOWN_SHLVD);
    assert_true(b.alarm.unseen);
    int64_t raised = b.alarm.raised_ms;
    wait(&b, SECOND);
    happen_all(&b, "u");
    assert_int_equal(count_told(&b, ALARM_RAISED), 2);
    assert_int_equal(last(&b)->event, ALARM_RAISED);
    assert_int_equal(last(&b)->after, ALARM_UNACK);
    assert_int_equal(last(&b)->time_ms, b.wall);
    assert_int_equal(b.alarm.raised_ms, raised); /* the same occurrence */
    assert_false(b.alarm.unseen);
    happen_all(&b, "su");
    assert_int_equal(count_told(&b, ALARM_RAISED), 2); /* somebody could have seen it */
    tear_down(&b);
}

static void raises_of_a_day_are_counted(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall), 0);
    for (int h = 0; h < 30; h++) {
        happen_all(&b, "TFTF");
        b.told_count = 0;
        wait(&b, HOUR);
    }
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall - HOUR), 48);
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall + 22 * HOUR), 2);
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall + 23 * HOUR), 0);
    wait(&b, 1000 * (int64_t)HOUR);
    happen_all(&b, "T");
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall), 1);
    tear_down(&b);
}

static void what_is_refused_changes_nothing(void **state)
{
    static const struct action actions[] = {
        {.kind = ACTION_ACK, .occurrence_ms = 1}, {.kind = ACTION_RESET, .occurrence_ms = 1}, {.kind = ACTION_SHELVE, .until_ms = 1}, {.kind = ACTION_SHELVE, .until_ms = INT64_MAX},
        {.kind = ACTION_SERVICE_OUT}, {.kind = ACTION_SERVICE_IN}, {.kind = ACTION_COMMENT_ON}, {.kind = ACTION_UNSHELVE}, {.kind = ACTION_SILENCE},
        {.kind = ACTION_MAINTENANCE_ON}, {.kind = (enum action_kind)77},
    };
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    struct alarm before = b.alarm;
    struct alarm_record record = *b.alarm.record;
    size_t told = b.told_count;
    for (size_t a = 0; a < sizeof actions / sizeof actions[0]; a++) {
        assert_int_not_equal(act(&b, actions[a]), REFUSAL_NONE);
        assert_memory_equal(&b.alarm, &before, sizeof before);
        assert_memory_equal(b.alarm.record, &record, sizeof record);
        assert_int_equal(b.told_count, told);
    }
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(chart_of_a_delayed_alarm),
        CASE(chart_of_a_latching_alarm),
        CASE(every_row_of_the_table),
        CASE(the_flags_are_independent_of_each_other),
        CASE(what_was_acknowledged_and_hidden_is_a_new_occurrence_when_seen_again),
        CASE(raise_times_rise_though_the_source_clock_steps_back),
        CASE(a_raise_is_dated_by_the_source_and_the_delay),
        CASE(delays_mature_without_another_sample_and_start_again_when_it_flips_back),
        CASE(bad_quality_freezes_a_running_delay_and_changes_nothing_else),
        CASE(a_frozen_delay_that_flips_is_over),
        CASE(after_a_gap_delays_start_again_and_what_was_active_stays),
        CASE(a_suppression_that_ends_has_a_hold_off),
        CASE(what_is_unknown_does_not_suppress),
        CASE(safety_is_neither_shelved_nor_suppressed),
        CASE(machines_messages_acknowledge_themselves),
        CASE(another_message_is_another_occurrence),
        CASE(a_jump_over_two_limits_is_one_raise_and_one_return),
        CASE(texts_and_priority_are_those_of_each_limit),
        CASE(an_ack_does_not_cover_a_higher_severity),
        CASE(an_ack_of_an_earlier_occurrence_does_not_touch_the_present_one),
        CASE(who_and_when_are_kept),
        CASE(a_class_may_want_a_comment),
        CASE(a_shelf_has_an_end),
        CASE(a_shelf_ends_by_the_clock_on_the_wall),
        CASE(the_horn_sounds_for_what_calls_until_somebody_acts),
        CASE(a_hidden_raise_is_told_and_told_again_when_it_is_seen),
        CASE(raises_of_a_day_are_counted),
        CASE(what_is_refused_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
