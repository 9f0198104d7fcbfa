/* Shifts, days and months on the site's calendar, over a clock change too. */
#include "check.h"

#include "core/period.h"
#include "core/timestamp.h"

static struct zone_span spans[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}}; /* Berlin, 2024 */
static const struct zone berlin = {spans, 3};

static const struct shift_begins preset = SHIFT_BEGINS_PRESET;

static int64_t utc(const char *text)
{
    int64_t ms;
    assert_true(timestamp_iso(text, strlen(text), &berlin, &ms));
    return ms;
}

static void a_moment_lies_in_one_shift_day_and_month(void **state)
{
    (void)state;
    static const struct { enum period_kind kind; const char *at, *from, *to, *text; } cases[] = {
        {PERIOD_DAY, "2024-06-12T00:00", "2024-06-12T00:00", "2024-06-13T00:00", "Wed 2024-06-12"},
        {PERIOD_DAY, "2024-06-12T23:59:59.999", "2024-06-12T00:00", "2024-06-13T00:00", "Wed 2024-06-12"},
        {PERIOD_SHIFT, "2024-06-12T06:00", "2024-06-12T06:00", "2024-06-12T14:00", "Wed 2024-06-12 06:00 - 14:00"},
        {PERIOD_SHIFT, "2024-06-12T13:59:59.999", "2024-06-12T06:00", "2024-06-12T14:00", "Wed 2024-06-12 06:00 - 14:00"},
        {PERIOD_SHIFT, "2024-06-12T14:00", "2024-06-12T14:00", "2024-06-12T22:00", "Wed 2024-06-12 14:00 - 22:00"},
        {PERIOD_SHIFT, "2024-06-12T22:00", "2024-06-12T22:00", "2024-06-13T06:00", "Wed 2024-06-12 22:00 - 06:00"},
        {PERIOD_SHIFT, "2024-06-01T05:59", "2024-05-31T22:00", "2024-06-01T06:00", "Fri 2024-05-31 22:00 - 06:00"},
        {PERIOD_MONTH, "2024-12-31T23:00", "2024-12-01T00:00", "2025-01-01T00:00", "2024-12"},
        {PERIOD_DAY, "2024-03-31T12:00", "2024-03-31T00:00", "2024-04-01T00:00", "Sun 2024-03-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[PERIOD_TEXT];
        struct period p = period_at(&berlin, &preset, cases[i].kind, utc(cases[i].at));
        period_text(&berlin, p, text);
        assert_string_equal(text, cases[i].text);
        assert_true(p.from_ms == utc(cases[i].from) && p.to_ms == utc(cases[i].to));
    }
}

static void periods_follow_each_other_without_a_gap(void **state)
{
    (void)state;
    for (int kind = 0; kind < PERIOD_COUNT; kind++) {
        struct period p = period_at(&berlin, &preset, (enum period_kind)kind, utc("2024-01-15T12:00"));
        while (p.to_ms < utc("2025-01-15T12:00")) {
            struct period next = period_at(&berlin, &preset, (enum period_kind)kind, p.to_ms);
            assert_true(next.from_ms == p.to_ms && next.to_ms > next.from_ms);
            p = next;
        }
    }
    struct period spring = period_at(&berlin, &preset, PERIOD_DAY, utc("2024-03-31T12:00"));
    assert_int_equal(spring.to_ms - spring.from_ms, 23 * 3600000);
}

static void shifts_begin_as_the_plant_says(void **state)
{
    (void)state;
    static const struct shift_begins plants[] = {{{5 * 60 + 45, 17 * 60 + 45}, 2}, {{7 * 60}, 1}, {{0, 8 * 60, 16 * 60}, 3}, {{2 * 60 + 30, 14 * 60}, 2}};
    static const struct { size_t plant; const char *at, *from, *to; } cases[] = {
        {0, "2024-06-12T05:44:59.999", "2024-06-11T17:45", "2024-06-12T05:45"},
        {0, "2024-06-12T05:45", "2024-06-12T05:45", "2024-06-12T17:45"},
        {0, "2024-06-12T23:59", "2024-06-12T17:45", "2024-06-13T05:45"},
        {1, "2024-03-01T06:59", "2024-02-29T07:00", "2024-03-01T07:00"},
        {2, "2024-06-12T00:00", "2024-06-12T00:00", "2024-06-12T08:00"},
        {2, "2024-06-12T23:59", "2024-06-12T16:00", "2024-06-13T00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct period p = period_at(&berlin, &plants[cases[i].plant], PERIOD_SHIFT, utc(cases[i].at));
        assert_true(p.from_ms == utc(cases[i].from) && p.to_ms == utc(cases[i].to));
    }
    for (size_t k = 0; k < sizeof plants / sizeof plants[0]; k++) /* half past two is missing in one night of the year, and comes twice in another */
        for (int64_t ms = utc("2024-03-29T12:00"); ms < utc("2024-11-02T12:00"); ms += 1800000) {
            struct period p = period_at(&berlin, &plants[k], PERIOD_SHIFT, ms);
            assert_true(p.from_ms <= ms && ms < p.to_ms);
            assert_true(period_at(&berlin, &plants[k], PERIOD_SHIFT, p.to_ms).from_ms == p.to_ms);
        }
}

static void any_other_stretch_is_told_by_both_ends(void **state)
{
    (void)state;
    char text[PERIOD_TEXT];
    period_text(&berlin, (struct period){utc("2024-06-12T06:00"), utc("2024-06-14T07:30")}, text);
    assert_string_equal(text, "2024-06-12 06:00 - 2024-06-14 07:30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_moment_lies_in_one_shift_day_and_month), CASE(periods_follow_each_other_without_a_gap), CASE(shifts_begin_as_the_plant_says), CASE(any_other_stretch_is_told_by_both_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
