#include "check.h"

#include "core/zone.h"

/* Europe/Berlin around 2024: the clocks go forward on 31 March and back on 27 October, at 01:00 UTC. */
static struct zone_span berlin_spans[] = {
    {INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}};
static const struct zone berlin = {berlin_spans, 3};
static const struct zone utc = {NULL, 0};

static int64_t at(const struct zone *zone, int year, int month, int day, int hour, int minute)
{
    return zone_utc(zone, (struct civil){.year = year, .month = month, .day = day, .hour = hour, .minute = minute});
}

static void days_count_from_1970(void **state)
{
    (void)state;
    static const struct { int y, m, d; int64_t days; } cases[] = {
        {1970, 1, 1, 0}, {1969, 12, 31, -1}, {2000, 2, 29, 11016}, {2000, 3, 1, 11017}, {2024, 6, 12, 19886},
        {1900, 3, 1, -25508}, {2100, 3, 1, 47541}, {2106, 2, 7, 49710}, {0, 3, 1, -719468}, {2023, 13, 1, 19723},
        {2024, 1, 0, 19722}, {2024, 0, 1, 19692}, {2024, -11, 1, 19358},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(civil_days(cases[i].y, cases[i].m, cases[i].d), cases[i].days);
}

static void civil_and_utc_are_inverse(void **state)
{
    (void)state;
    for (int64_t ms = INT64_C(-70000000000000); ms < INT64_C(9000000000000); ms += INT64_C(86399999) * 377) {
        assert_int_equal(zone_utc(&utc, zone_civil(&utc, ms)), ms);
        if (ms < berlin_spans[2].from_ms - 3600000 || ms >= berlin_spans[2].from_ms)/* not in the hour that comes twice */
            assert_int_equal(zone_utc(&berlin, zone_civil(&berlin, ms)), ms);
    }
}

static void fields_and_weekday(void **state)
{
    (void)state;
    struct civil c = zone_civil(&berlin, INT64_C(1718185925123)); /* 2024-06-12 11:52:05.123 in Berlin */
    assert_int_equal(c.year, 2024);
    assert_int_equal(c.month, 6);
    assert_int_equal(c.day, 12);
    assert_int_equal(c.hour, 11);
    assert_int_equal(c.minute, 52);
    assert_int_equal(c.second, 5);
    assert_int_equal(c.ms, 123);
    assert_int_equal(c.weekday, 3);
    c = zone_civil(&utc, -1);
    assert_int_equal(c.year, 1969);
    assert_int_equal(c.ms, 999);
    assert_int_equal(c.weekday, 3);
}

static void a_shift_over_the_change_of_clocks(void **state)
{
    (void)state;
    assert_int_equal(at(&berlin, 2024, 3, 31, 6, 0) - at(&berlin, 2024, 3, 30, 22, 0), 25200000);
    assert_int_equal(at(&berlin, 2024, 10, 27, 6, 0) - at(&berlin, 2024, 10, 26, 22, 0), 32400000);
    assert_int_equal(at(&berlin, 2024, 4, 1, 0, 0) - at(&berlin, 2024, 3, 31, 0, 0), 92 * 900000);
    assert_int_equal(at(&berlin, 2024, 10, 28, 0, 0) - at(&berlin, 2024, 10, 27, 0, 0), 100 * 900000);
}

static void an_ambiguous_time_is_the_latest_and_a_missing_one_the_jump(void **state)
{
    (void)state;
    assert_int_equal(at(&berlin, 2024, 10, 27, 2, 30), INT64_C(1729990800000) + 1800000);
    assert_int_equal(at(&berlin, 2024, 10, 27, 1, 59), INT64_C(1729990800000) - 3660000);
    assert_int_equal(at(&berlin, 2024, 3, 31, 2, 30), INT64_C(1711846800000));
    assert_int_equal(at(&berlin, 2024, 3, 31, 2, 0), INT64_C(1711846800000));
    assert_int_equal(at(&berlin, 2024, 3, 31, 3, 0), INT64_C(1711846800000));
    assert_int_equal(at(&berlin, 2024, 3, 31, 1, 59), INT64_C(1711846800000) - 60000);
}

static void offsets_hold_from_their_instant_and_before_the_first(void **state)
{
    (void)state;
    assert_int_equal(zone_offset_s(&berlin, INT64_C(1711846799999)), 3600);
    assert_int_equal(zone_offset_s(&berlin, INT64_C(1711846800000)), 7200);
    assert_int_equal(zone_offset_s(&berlin, 0), 3600);
    assert_int_equal(zone_offset_s(&berlin, INT64_C(4102444800000)), 3600);
    assert_int_equal(zone_offset_s(&utc, 0), 0);
    assert_int_equal(zone_offset_s(NULL, 0), 0);
}

static void the_ends_of_time_do_not_overflow(void **state)
{
    (void)state;
    assert_true(zone_civil(&berlin, INT64_MAX).year > 292000000);
    assert_true(zone_civil(&berlin, INT64_MIN).year < -292000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(days_count_from_1970), CASE(civil_and_utc_are_inverse), CASE(fields_and_weekday),
        CASE(a_shift_over_the_change_of_clocks), CASE(an_ambiguous_time_is_the_latest_and_a_missing_one_the_jump),
        CASE(offsets_hold_from_their_instant_and_before_the_first), CASE(the_ends_of_time_do_not_overflow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
