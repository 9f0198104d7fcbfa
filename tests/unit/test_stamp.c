#include "check.h"

#include "core/stamp.h"
#include "core/timestamp.h"

/* Berlin in 2024: summer time from 31 March 01:00 UTC to 27 October 01:00 UTC. */
static struct zone_span spans[] = {
    {.from_ms = INT64_C(1698541200000), .offset_s = 3600}, {.from_ms = INT64_C(1711846800000), .offset_s = 7200}, {.from_ms = INT64_C(1729990800000), .offset_s = 3600}};
static const struct zone berlin = {.spans = spans, .count = 3};

static const char *utc(struct stamp *s, const char *text)
{
    static char out[SPAN_TEXT + 8];
    int64_t ms;
    if (!stamp_read(s, text, &ms))
        return "refused";
    iso_text(ms, out);
    return out;
}

static struct stamp stamp_of(const char *pattern, const struct zone *zone)
{
    return (struct stamp){.pattern = pattern, .zone = zone, .before_ms = INT64_MIN};
}

static void patterns_read_what_they_say(void **state)
{
    (void)state;
    static const struct { const char *pattern, *text, *utc; } cases[] = {
        {"%d/%m/%Y %H:%M", "1/1/2018 0:15", "2018-01-01T00:15:00.000Z"},
        {"%d/%m/%Y %H:%M", "31/12/2018 23:45", "2018-12-31T23:45:00.000Z"},
        {"%d/%m/%Y %H:%M", "31/12/2018 23:45:01", "refused"},
        {"%d/%m/%Y %H:%M", "29/2/2018 0:15", "refused"},
        {"%d/%m/%Y %H:%M", "1/13/2018 0:15", "refused"},
        {"%d/%m/%Y %H:%M", "1/1/2018 24:00", "2018-01-02T00:00:00.000Z"},
        {"%m/%d/%y %I:%M %p", "6/12/24 11:52 PM", "2024-06-12T23:52:00.000Z"},
        {"%m/%d/%y %I:%M %p", "6/12/99 12:05 am", "1999-06-12T00:05:00.000Z"},
        {"%d-%b-%Y %H:%M:%S.%f", "12-Jun-2024 11:52:05.1239", "2024-06-12T11:52:05.123Z"},
        {"%d-%b-%Y", "12-JUN-2024", "2024-06-12T00:00:00.000Z"},
        {"%Y%m%d", "20240612", "2024-06-12T00:00:00.000Z"},
        {"%Y-%m-%dT%H:%M%z", "2024-06-12T11:52+02:00", "2024-06-12T09:52:00.000Z"},
        {"%Y-%m-%dT%H:%M%z", "2024-06-12T11:52Z", "2024-06-12T11:52:00.000Z"},
        {"%s", "1718185925", "2024-06-12T09:52:05.000Z"},
        {"at %H:%M %% %d.%m.%Y", "at 11:52 % 12.06.2024", "2024-06-12T11:52:00.000Z"},
        {"%Y", "", "refused"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stamp s = stamp_of(cases[i].pattern, NULL);
        assert_string_equal(utc(&s, cases[i].text), cases[i].utc);
    }
}

static void a_wrong_pattern_is_named(void **state)
{
    (void)state;
    struct error err;
    assert_true(stamp_pattern("%d/%m/%Y %H:%M", &err));
    assert_false(stamp_pattern("%d/%Q", &err));
    assert_non_null(strstr(err.text, "%Q"));
    assert_false(stamp_pattern("100%", &err));
    assert_false(stamp_pattern("day month", &err));
}

static void without_a_pattern_it_is_iso_or_an_epoch(void **state)
{
    (void)state;
    static const struct { const char *text, *utc; } cases[] = {
        {"2013-12-02 21:15:00", "2013-12-02T20:15:00.000Z"},
        {" 2024-06-12T11:52:05 ", "2024-06-12T09:52:05.000Z"},
        {"2024-06-12T11:52:05Z", "2024-06-12T11:52:05.000Z"},
        {"2024-06-12T11:52:05+00:00", "2024-06-12T11:52:05.000Z"},
        {"1718185925123", "2024-06-12T09:52:05.123Z"},
        {"1718185925.5", "2024-06-12T09:52:05.500Z"},
        {"1/1/2018 0:15", "refused"},
        {"soon", "refused"},
        {"", "refused"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stamp s = stamp_of(NULL, &berlin);
        assert_string_equal(utc(&s, cases[i].text), cases[i].utc);
    }
}

static void midnight_may_be_the_end_of_the_day(void **state)
{
    (void)state;
    struct stamp s = stamp_of("%d/%m/%Y %H:%M", NULL);
    s.midnight_next = true;
    assert_string_equal(utc(&s, "31/12/2018 0:00"), "2019-01-01T00:00:00.000Z");
    assert_string_equal(utc(&s, "28/02/2018 0:00"), "2018-03-01T00:00:00.000Z");
    assert_string_equal(utc(&s, "31/12/2018 0:15"), "2018-12-31T00:15:00.000Z");
}

static void times_that_come_twice_are_told_apart_by_their_order(void **state)
{
    (void)state;
    static const struct { const char *text, *utc; } rows[] = {
        {"2024-10-27 01:30", "2024-10-26T23:30:00.000Z"}, {"2024-10-27 02:00", "2024-10-27T00:00:00.000Z"}, {"2024-10-27 02:30", "2024-10-27T00:30:00.000Z"},
        {"2024-10-27 02:00", "2024-10-27T01:00:00.000Z"}, {"2024-10-27 02:30", "2024-10-27T01:30:00.000Z"}, {"2024-10-27 03:00", "2024-10-27T02:00:00.000Z"}};
    struct stamp s = stamp_of(NULL, &berlin);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(utc(&s, rows[i].text), rows[i].utc);
    assert_int_equal(s.twice, 4);
    assert_int_equal(s.skipped, 0);
}

static void times_that_never_were_are_the_moment_of_the_jump(void **state)
{
    (void)state;
    struct stamp s = stamp_of(NULL, &berlin);
    assert_string_equal(utc(&s, "2024-03-31 01:45"), "2024-03-31T00:45:00.000Z");
    assert_string_equal(utc(&s, "2024-03-31 02:30"), "2024-03-31T01:00:00.000Z");
    assert_string_equal(utc(&s, "2024-03-31 03:00"), "2024-03-31T01:00:00.000Z");
    assert_int_equal(s.skipped, 1);
    assert_int_equal(s.twice, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(patterns_read_what_they_say),
        CASE(a_wrong_pattern_is_named),
        CASE(without_a_pattern_it_is_iso_or_an_epoch),
        CASE(midnight_may_be_the_end_of_the_day),
        CASE(times_that_come_twice_are_told_apart_by_their_order),
        CASE(times_that_never_were_are_the_moment_of_the_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
