#include "check.h"

#include "core/timestamp.h"

/* Europe/Berlin around 2024. */
static struct zone_span berlin_spans[] = {
    {INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}};
static const struct zone berlin = {berlin_spans, 3};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void iso_8601(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t ms; } cases[] = {
        {"2024-06-12T11:52:05.123+02:00", 1718185925123}, {"2024-06-12T09:52:05.123Z", 1718185925123}, {"2024-06-12t09:52:05,123z", 1718185925123},
        {"20240612T095205Z", 1718185925000}, {"2024-06-12 11:52:05", 1718185925000}, {"2024-06-12 11:52", 1718185920000},
        {"2024-06-12", 1718143200000}, {"20240612", 1718143200000}, {"2024-06-12T11:52:05.1239999", 1718185925123},
        {"2024-06-12T11:52:05.1", 1718185925100}, {"2024-06-12T11:52:05 +0200", 1718185925000}, {"2024-06-12T11:52:05+02", 1718185925000},
        {"2024-06-12T04:22:05-05:30", 1718185925000}, {"1970-01-01T00:00:00Z", 0}, {"1969-12-31T23:59:59.999Z", -1},
        {"2106-02-07T06:28:15Z", INT64_C(4294967295000)}, {"2024-02-29T24:00Z", 1709251200000}, {"2016-12-31T23:59:60Z", 1483228800000},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000)}, {"9999-12-31T23:59:59Z", INT64_C(253402300799000)},
        {"2024-10-27T02:30:00", 1729992600000}, {"2024-03-31T02:30:00", 1711846800000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms = 77;
        if (!timestamp_iso(cases[i].text, strlen(cases[i].text), &berlin, &ms) || ms != cases[i].ms)
            fail_msg("%s: %lld", cases[i].text, (long long)ms);
    }
}

static void what_is_not_iso_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "2024", "2024-06", "2024-6-12", "2024-00-12", "2024-13-12", "2024-06-31", "2023-02-29", "2024-06-00",
        "2024-06-12T", "2024-06-12T11", "2024-06-12T24:01", "2024-06-12T11:60", "2024-06-12T11:52:61", "2024-06-12T11:52:05.", "2024-06-12T11:52:05Zx",
        "2024-06-12T11:52:05+", "2024-06-12T11:52:05+24:00", "2024-06-12T11:52:05+02:60", "2024-06-12T11:52:05+02:", "2024-06-12X11:52", "12.06.2024",
        "-2024-06-12", " 2024-06-12", "2024-06-12 ", "now", "2024-0612"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms = 77;
        if (timestamp_iso(cases[i], strlen(cases[i]), &berlin, &ms))
            fail_msg("%s was read as %lld", cases[i], (long long)ms);
        assert_int_equal(ms, 77);
    }
}

static void epochs_tell_their_unit_by_their_size(void **state)
{
    (void)state;
    static const struct { int64_t number, ms; } cases[] = {{0, 0}, {1, 1000}, {1718185925, 1718185925000}, {1718185925123, 1718185925123},
        {1718185925123456, 1718185925123}, {1718185925123999999, 1718185925123}, {99999999999, INT64_C(99999999999000)},
        {100000000000, 100000000000}, {99999999999999, 99999999999999}, {100000000000000, 100000000000}, {-1, -1000}, {-1718185925123, -1718185925123},
        {-1718185925123000001, -1718185925124}, {INT64_MAX, INT64_C(9223372036854)}, {INT64_MIN, INT64_C(-9223372036855)}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms = 77;
        assert_true(timestamp_epoch_int(cases[i].number, 0, &ms));
        assert_int_equal(ms, cases[i].ms);
    }
    int64_t ms = 77;
    assert_true(timestamp_epoch(1718185925.123, &ms));
    assert_int_equal(ms, 1718185925123);
    assert_true(timestamp_epoch(-0.5, &ms));
    assert_int_equal(ms, -500);
    assert_true(timestamp_epoch(1.718185925123e18, &ms));
    assert_int_equal(ms, 1718185925123);
    assert_false(timestamp_epoch(NAN, &ms));
    assert_false(timestamp_epoch(INFINITY, &ms));
    assert_false(timestamp_epoch(1e300, &ms));
    assert_int_equal(ms, 1718185925123);
}

static void epochs_of_a_known_unit(void **state)
{
    (void)state;
    int64_t ms = 77;
    assert_true(timestamp_epoch_int(5000, 1000, &ms));
    assert_int_equal(ms, 5000);
    assert_true(timestamp_epoch_int(-1, 1000000000, &ms));
    assert_int_equal(ms, -1);
    assert_true(timestamp_epoch_int(1999999, 1000000, &ms));
    assert_int_equal(ms, 1999);
    assert_false(timestamp_epoch_int(INT64_MAX, 1, &ms));
    assert_false(timestamp_epoch_int(INT64_MIN, 1, &ms));
    assert_int_equal(ms, 1999);
}

static void durations(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t ms; } good[] = {{"90s", 90000}, {"15m", 900000}, {"8h", 28800000}, {"7d", 604800000},
        {"250ms", 250}, {"1h30m", 5400000}, {"1d2h3m4s5ms", 93784005}, {"0s", 0}};
    static const char *const bad[] = {"", "90", "s", "-1s", "1.5h", "1h 30m", "30m1h", "1h1h", "5w", "1hh", "99999999999999999999s", "9999999999999d", "1H"};
    for (size_t i = 0; i < COUNT(good); i++) {
        int64_t ms = 77;
        assert_true(duration_read(good[i].text, &ms, NULL));
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t ms = 77;
        struct error err = {""};
        assert_false(duration_read(bad[i], &ms, &err));
        assert_int_equal(ms, 77);
        assert_non_null(strstr(err.text, "is not a duration: 250ms, 90s"));
    }
}

static void typed(const char *text, int64_t now, int64_t expected)
{
    int64_t ms = 77;
    struct error err = {""};
    if (!timestamp_typed(text, &berlin, now, &ms, &err) || ms != expected)
        fail_msg("%s: %lld, expected %lld (%s)", text, (long long)ms, (long long)expected, err.text);
}

static void times_as_people_type_them(void **state)
{
    (void)state;
    const int64_t now = 1718185925123; /* Wed 2024-06-12 11:52:05.123 in Berlin */
    typed("now", now, now);
    typed("-2h", now, now - 7200000);
    typed("-1h30m", now, now - 5400000);
    typed("03:12", now, 1718154720000);
    typed("11:52", now, 1718185920000);
    typed("11:52:05", now, 1718185925000);
    typed("11:53", now, 1718185980000 - 86400000);
    typed("23:59:30.5", now, 1718143170500);
    typed("2024-06-12T11:52:05", now, 1718185925000);
    typed("2024-06-12", now, 1718143200000);
    typed("yesterday", now, now - 86400000);
    typed("yesterday 03:12", now, 1718154720000 - 86400000);
    typed("yesterday", 1711886400000, 1711886400000 - 82800000); /* the clock was set forward that night */
    typed("02:30", 1729990800000 - 60000, 1729990800000 - 1800000); /* 02:59, before the clock is set back: the first 02:30 */
    typed("02:30", 1729990800000 + 3540000, 1729990800000 + 1800000); /* the second 02:59 */
    typed("02:30", 1711846800000 + 3600000, 1711846800000 - 84600000); /* that night had none: the night before */
}

static void a_time_that_is_none_says_what_would_be(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "noon", "-", "-2", "24:00", "25:00", "3:12", "03:12x", "yesterday 3", "yesterday 24:00", "yesterdays", "\x1B[31m"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t ms = 77;
        struct error err = {""};
        assert_false(timestamp_typed(bad[i], &berlin, 0, &ms, &err));
        assert_int_equal(ms, 77);
        assert_non_null(strstr(err.text, "is not a time: "));
        assert_null(strchr(err.text, '\x1B'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(iso_8601), CASE(what_is_not_iso_is_refused), CASE(epochs_tell_their_unit_by_their_size),
        CASE(epochs_of_a_known_unit), CASE(durations), CASE(times_as_people_type_them), CASE(a_time_that_is_none_says_what_would_be)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
