/*
 * Conditions on single values: limits with their deadband, deviations, rates over a window, values and messages.
 */
#include "check.h"

#include "core/alarm_condition.h"

/* A line of values and, below each, whether it is raised then. */
static void assert_limit(enum alarm_kind kind, double limit, double deadband, const double *values, const char *raised)
{
    struct alarm_condition_def def = {.kind = kind, .limit = limit, .deadband = deadband};
    bool was = false;
    for (size_t v = 0; raised[v]; v++) {
        was = alarm_limit_truth(&def, values[v], was);
        if (was != (raised[v] == '#'))
            fail_msg("value %zu: %g is %s", v, values[v], was ? "raised" : "not raised");
    }
}

static void a_high_limit_raises_above_it_and_clears_below_its_deadband(void **state)
{
    static const double values[] = {84.9, 85, 85.1, 85, 84.5, 84, 83.9, 84.5, 85, 85.1};
    (void)state;
    assert_limit(ALARM_HIGH, 85, 1, values, "__####___#");
    assert_limit(ALARM_HIGH_HIGH, 85, 1, values, "__####___#");
    assert_limit(ALARM_HIGH, 85, 0, values, "__##_____#");
}

static void a_low_limit_is_its_mirror(void **state)
{
    static const double values[] = {10.1, 10, 9.9, 10, 10.5, 11, 11.1, 10.5, 10, 9.9};
    (void)state;
    assert_limit(ALARM_LOW, 10, 1, values, "__####___#");
    assert_limit(ALARM_LOW_LOW, 10, 0, values, "__##_____#");
}

static void a_deviation_counts_to_both_sides(void **state)
{
    (void)state;
    struct alarm_condition_def def = {.kind = ALARM_DEVIATION, .limit = 5, .deadband = 2};
    assert_false(alarm_deviation_truth(&def, 105, 100, false));
    assert_true(alarm_deviation_truth(&def, 105.1, 100, false));
    assert_true(alarm_deviation_truth(&def, 94.9, 100, false));
    assert_true(alarm_deviation_truth(&def, 97, 100, true));
    assert_false(alarm_deviation_truth(&def, 97.1, 100, true));
}

/* ---- rates ---- */

static void a_rate_is_the_change_over_its_window(void **state)
{
    (void)state;
    struct alarm_trace trace = {.count = 0};
    double rate = -1;
    for (int s = 0; s <= 59; s++)
        alarm_trace_add(&trace, 60000, s * 1000, s * 0.5);
    assert_false(alarm_trace_rate(&trace, 60000, 59000, &rate)); /* not seen for a whole window yet */
    alarm_trace_add(&trace, 60000, 60000, 30);
    assert_true(alarm_trace_rate(&trace, 60000, 60000, &rate));
    assert_near(rate, 30, 1e-9);
    for (int s = 61; s <= 600; s++)
        alarm_trace_add(&trace, 60000, s * 1000, s * 0.5);
    assert_true(alarm_trace_rate(&trace, 60000, 600000, &rate));
    assert_near(rate, 30, 0.5 * 4); /* a step of the trace early at most */
}

static void a_value_holds_until_the_next(void **state)
{
    (void)state;
    struct alarm_trace trace = {.count = 0};
    double rate = -1;
    alarm_trace_add(&trace, 60000, 0, 20);
    alarm_trace_add(&trace, 60000, 3600000, 50); /* reported by exception */
    assert_true(alarm_trace_rate(&trace, 60000, 3600000, &rate));
    assert_near(rate, 30, 1e-9);
    assert_true(alarm_trace_rate(&trace, 60000, 3659999, &rate));
    assert_near(rate, 30, 1e-9);
    assert_true(alarm_trace_rate(&trace, 60000, 3660000, &rate));
    assert_near(rate, 0, 1e-9);
}

static void a_trace_is_bounded_and_keeps_the_newest(void **state)
{
    (void)state;
    struct alarm_trace trace = {.count = 0};
    double rate;
    for (int ms = 0; ms < 200000; ms += 7) {
        alarm_trace_add(&trace, 10000, ms, ms);
        assert_true(trace.count <= ALARM_TRACE);
        assert_near(trace.value[trace.count - 1], ms, 0);
        if (ms >= 11000) {
            assert_true(alarm_trace_rate(&trace, 10000, ms, &rate));
            assert_in_range((unsigned)rate, 60000, 68000);
        }
    }
    alarm_trace_add(&trace, 10000, 5, 1e9); /* late */
    assert_true(trace.value[trace.count - 1] < 1e9);
}

static void a_negative_limit_is_a_fall(void **state)
{
    (void)state;
    struct alarm_condition_def rise = {.kind = ALARM_RATE, .limit = 3, .deadband = 1}, fall = {.kind = ALARM_RATE, .limit = -3, .deadband = 1};
    assert_true(alarm_rate_truth(&rise, 3.1, false));
    assert_false(alarm_rate_truth(&rise, -3.1, false));
    assert_true(alarm_rate_truth(&fall, -3.1, false));
    assert_true(alarm_rate_truth(&fall, -2, true));
    assert_false(alarm_rate_truth(&fall, -1.9, true));
    assert_false(alarm_rate_truth(&fall, 9, false));
}

/* ---- values ---- */

static void values_compare_as_they_are_sent(void **state)
{
    static const struct alarm_value meant[] = {{.text = "Fault"}, {.number = 7}, {.text = "on"}};
    static const struct { struct value value; const char *text; bool is; } cases[] = {
        {{.kind = VALUE_TEXT}, "fault", true}, {{.kind = VALUE_TEXT}, "FAULT", true}, {{.kind = VALUE_TEXT}, "faulty", false}, {{.kind = VALUE_TEXT}, "", false},
        {{.kind = VALUE_TEXT}, "7", true}, {{.kind = VALUE_TEXT}, "7.0", true}, {{.kind = VALUE_TEXT}, "77", false},
        {{.kind = VALUE_INT, .i = 7}, NULL, true}, {{.kind = VALUE_REAL, .d = 7}, NULL, true}, {{.kind = VALUE_REAL, .d = 7.5}, NULL, false},
        {{.kind = VALUE_BOOL, .b = true}, NULL, true}, {{.kind = VALUE_BOOL, .b = false}, NULL, false}, {{.kind = VALUE_NULL}, NULL, false},
    };
    (void)state;
    struct alarm_condition_def def = {.kind = ALARM_DISCRETE, .values = meant, .value_count = 3};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        if (alarm_value_listed(&def, cases[c].value, cases[c].text) != cases[c].is)
            fail_msg("case %zu", c);
}

static void messages_that_are_quiet(void **state)
{
    static const struct alarm_value quiet[] = {{.text = "ok"}, {.number = 255}};
    static const struct { struct value value; const char *text; bool is; } cases[] = {
        {{.kind = VALUE_TEXT}, "", true}, {{.kind = VALUE_TEXT}, "OK", true}, {{.kind = VALUE_TEXT}, "0", true}, {{.kind = VALUE_TEXT}, "false", true},
        {{.kind = VALUE_TEXT}, "E42", false}, {{.kind = VALUE_INT, .i = 0}, NULL, true}, {{.kind = VALUE_INT, .i = 255}, NULL, true},
        {{.kind = VALUE_INT, .i = 42}, NULL, false}, {{.kind = VALUE_BOOL, .b = false}, NULL, true}, {{.kind = VALUE_BOOL, .b = true}, NULL, false},
    };
    (void)state;
    struct alarm_condition_def def = {.kind = ALARM_MESSAGE, .values = quiet, .value_count = 2};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        if (alarm_message_quiet(&def, cases[c].value, cases[c].text) != cases[c].is)
            fail_msg("case %zu", c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_high_limit_raises_above_it_and_clears_below_its_deadband),
        CASE(a_low_limit_is_its_mirror),
        CASE(a_deviation_counts_to_both_sides),
        CASE(a_rate_is_the_change_over_its_window),
        CASE(a_value_holds_until_the_next),
        CASE(a_trace_is_bounded_and_keeps_the_newest),
        CASE(a_negative_limit_is_a_fall),
        CASE(values_compare_as_they_are_sent),
        CASE(messages_that_are_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
