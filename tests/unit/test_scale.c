/* Round ends and round numbers beside an axis. */
#include "check.h"

#include <float.h>

#include "draw/scale.h"

static void steps_are_one_two_or_five(void **state)
{
    (void)state;
    static const double cases[][2] = {{1, 1}, {1.01, 2}, {2, 2}, {3, 5}, {5.1, 10}, {0.03, 0.05}, {7e9, 1e10}, {1.5e-12, 2e-12}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(scale_step(cases[i][0]), cases[i][1], cases[i][1] * 1e-9);
}

static void ends_are_round_and_hold_both_values(void **state)
{
    (void)state;
    static const struct { double low, high; int parts; double from, to; } cases[] = {
        {19.3, 27.8, 5, 18, 28}, {0, 100, 5, 0, 100}, {-3, 4, 5, -4, 4}, {812010, 812540, 5, 812000, 812600}, {0.0121, 0.0178, 5, 0.012, 0.018},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scale scale = scale_round(cases[i].low, cases[i].high, cases[i].parts);
        assert_near(scale.low, cases[i].from, fabs(cases[i].from) * 1e-9);
        assert_near(scale.high, cases[i].to, fabs(cases[i].to) * 1e-9);
    }
}

static void a_flat_value_stands_in_the_middle(void **state)
{
    (void)state;
    static const double values[] = {0, 4.25, -17, 1e300, -1e300, 1e-300, DBL_MAX, -DBL_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct scale scale = scale_round(values[i], values[i], 5);
        assert_true(scale.low < scale.high);
        assert_true(scale.low <= values[i] && scale.high >= values[i]);
    }
}

static void every_number_has_a_row(void **state)
{
    (void)state;
    struct scale scale = {10, 40}, huge = {-DBL_MAX, DBL_MAX};
    assert_int_equal(scale_row(scale, 10, 12), 0);
    assert_int_equal(scale_row(scale, 24.9, 12), 5);
    assert_int_equal(scale_row(scale, 40, 12), 11);
    assert_int_equal(scale_row(scale, -1e9, 12), 0);
    assert_int_equal(scale_row(scale, 1e9, 12), 11);
    assert_near(scale_at(huge, 0), 0.5, 1e-12);
    assert_int_equal(scale_row(huge, DBL_MAX, 8), 7);
}

static void ticks_are_round_and_inside(void **state)
{
    (void)state;
    double ticks[SCALE_TICKS];
    size_t count = scale_ticks((struct scale){10, 40}, 4, ticks);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_near(ticks[i], 10 + 10 * (double)i, 1e-9);
    assert_int_equal(scale_ticks((struct scale){10, 40}, 1, ticks), 0);
    assert_int_equal(scale_ticks((struct scale){-DBL_MAX, DBL_MAX}, 5, ticks), 0);
    for (int most = 2; most < 60; most++) {
        struct scale scale = {-0.37, 12.2};
        count = scale_ticks(scale, most, ticks);
        assert_true(count <= (size_t)most && count <= SCALE_TICKS);
        for (size_t i = 0; i < count; i++)
            assert_true(ticks[i] > scale.low - 1e-9 && ticks[i] < scale.high + 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(steps_are_one_two_or_five), CASE(ends_are_round_and_hold_both_values), CASE(a_flat_value_stands_in_the_middle), CASE(every_number_has_a_row),
        CASE(ticks_are_round_and_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
