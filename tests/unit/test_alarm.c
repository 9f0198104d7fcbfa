/*
 * The life of one alarm, as ALARMS.md gives it: its two timing charts, every row of its table, and what the table does not say.
 */
#include "check.h"

#include "alarm_bench.h"

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

/* While nobody hears anything, what is old must not become news. */
static void after_a_gap_a_hold_off_starts_again(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    b.def.hold_off_ms = 30 * SECOND;
    happen_all(&b, "STN");
    wait(&b, 20 * SECOND);
    alarm_gap(&b.alarm, now(&b));
    wait(&b, HOUR);
    assert_string_equal(shown(&b), "DSUPR");
    happen_all(&b, "NT");
    wait(&b, 30 * SECOND - 1);
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
        CASE(after_a_gap_a_hold_off_starts_again),
        CASE(what_is_unknown_does_not_suppress),
        CASE(safety_is_neither_shelved_nor_suppressed),
        CASE(machines_messages_acknowledge_themselves),
        CASE(another_message_is_another_occurrence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
