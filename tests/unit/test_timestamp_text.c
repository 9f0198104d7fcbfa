#include "check.h"

#include "core/timestamp.h"

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)
#define D (24 * H)

static void spans_in_six_cells(void **state)
{
    (void)state;
    static const struct { int64_t ms; const char *text; } cases[] = {
        {-5, "0s"}, {999, "0s"}, {25 * S, "25s"}, {59999, "59s"}, {M, "1m00s"}, {100 * S, "1m40s"}, {9 * M + 59 * S, "9m59s"},
        {10 * M, "10m"}, {38 * M + 59 * S, "38m"}, {H - 1, "59m"}, {H + 4 * M, "1h04m"}, {D - 1, "23h59m"}, {2 * D + 4 * H, "2d04h"},
        {9 * D + 23 * H, "9d23h"}, {10 * D, "10d"}, {61 * D, "61d"}, {999 * D, "999d"}, {1000 * D, "2y"}, {3 * 366 * D, "3y"},
        {INT64_MAX, "9999y"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[SPAN_TEXT];
        span_text(cases[i].ms, out);
        assert_string_equal(out, cases[i].text);
        assert_true(strlen(out) <= 6);
    }
}

static void ages_in_four_cells(void **state)
{
    (void)state;
    static const struct { int64_t ms; const char *text; } cases[] = {
        {-1, "<1s"}, {999, "<1s"}, {S, "1s"}, {12 * S, "12s"}, {7 * M + 59 * S, "7m"}, {3 * H, "3h"}, {D - 1, "23h"}, {9 * D, "9d"},
        {999 * D, "999d"}, {1100 * D, "3y"}, {INT64_MAX, "999y"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[SPAN_TEXT];
        age_text(cases[i].ms, out);
        assert_string_equal(out, cases[i].text);
        assert_true(strlen(out) <= 4);
    }
}

static void clocks_are_local_and_iso_is_utc(void **state)
{
    (void)state;
    struct zone_span span = {0, 7200};
    struct zone zone = {&span, 1};
    char out[48];
    clock_text(&zone, INT64_C(1718185925123), out);
    assert_string_equal(out, "11:52:05");
    date_clock_text(&zone, INT64_C(1718185925123), out);
    assert_string_equal(out, "Wed 2024-06-12 11:52:05");
    iso_text(INT64_C(1718185925123), out);
    assert_string_equal(out, "2024-06-12T09:52:05.123Z");
    iso_text(-1, out);
    assert_string_equal(out, "1969-12-31T23:59:59.999Z");
}

static void the_ends_of_time_keep_their_width(void **state)
{
    (void)state;
    struct zone_span span = {0, 50400};
    struct zone zone = {&span, 1};
    static const int64_t ends[] = {INT64_MIN, INT64_MAX, INT64_C(-62167219200001), INT64_C(253402300800000)};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char out[48];
        clock_text(&zone, ends[i], out);
        assert_int_equal(strlen(out), 8);
        date_clock_text(&zone, ends[i], out);
        assert_int_equal(strlen(out), 23);
        iso_text(ends[i], out);
        assert_int_equal(strlen(out), 24);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(spans_in_six_cells), CASE(ages_in_four_cells), CASE(clocks_are_local_and_iso_is_utc),
        CASE(the_ends_of_time_keep_their_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
