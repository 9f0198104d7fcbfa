#include "check.h"

#include "io/zonefile.h"

/* Needs Debian's package tzdata. */

static struct zone read_zone(const char *name)
{
    struct zone zone = {NULL, 0};
    struct error err = {""};
    if (!zonefile_read(name, &zone, &err))
        fail_msg("%s: %s", name, err.text);
    return zone;
}

static int64_t at(const struct zone *zone, int year, int month, int day, int hour, int minute)
{
    return zone_utc(zone, (struct civil){.year = year, .month = month, .day = day, .hour = hour, .minute = minute}) / 1000;
}

static void utc_is_an_empty_table(void **state)
{
    (void)state;
    assert_int_equal(read_zone("UTC").count, 0);
    assert_int_equal(read_zone("").count, 0);
    struct zone etc = read_zone("Etc/UTC");
    assert_int_equal(zone_offset_s(&etc, INT64_C(1718185925000)), 0);
    free(etc.spans);
}

static void shanghai_is_eight_hours_ahead(void **state)
{
    (void)state;
    struct zone zone = read_zone("Asia/Shanghai");
    assert_int_equal(zone_offset_s(&zone, INT64_C(1718185925000)), 28800);
    assert_int_equal(at(&zone, 2024, 3, 31, 6, 0) - at(&zone, 2024, 3, 30, 22, 0), 28800);
    assert_int_equal(zone_offset_s(&zone, INT64_C(4000000000000)), 28800);
    assert_int_equal(zone_offset_s(&zone, INT64_C(522000000000)), 32400); /* July 1986: it had summer time */
    free(zone.spans);
}

static void berlins_night_shifts_over_the_change_of_clocks(void **state)
{
    (void)state;
    struct zone zone = read_zone("Europe/Berlin");
    assert_int_equal(at(&zone, 2024, 3, 31, 6, 0) - at(&zone, 2024, 3, 30, 22, 0), 25200);
    assert_int_equal(at(&zone, 2024, 10, 27, 6, 0) - at(&zone, 2024, 10, 26, 22, 0), 32400);
    assert_int_equal(at(&zone, 2024, 4, 1, 0, 0) - at(&zone, 2024, 3, 31, 0, 0), 92 * 900);
    assert_int_equal(at(&zone, 2024, 10, 28, 0, 0) - at(&zone, 2024, 10, 27, 0, 0), 100 * 900);
    assert_int_equal(zone_offset_s(&zone, INT64_C(-2500000000000)), 3208); /* before 1893: local mean time */
    free(zone.spans);
}

/* Behind the last written transition the rule at the end of the file goes on. */
static void the_rule_goes_on_to_2100(void **state)
{
    (void)state;
    static const struct { const char *name; int year, month, day; int32_t offset_s; } cases[] = {
        {"Europe/Berlin", 2099, 7, 1, 7200}, {"Europe/Berlin", 2099, 12, 1, 3600}, {"Europe/Berlin", 2100, 7, 1, 7200},
        {"America/New_York", 2060, 7, 1, -14400}, {"America/New_York", 2060, 1, 1, -18000}, {"Australia/Sydney", 2060, 1, 1, 39600},
        {"Australia/Sydney", 2060, 7, 1, 36000}, {"Australia/Lord_Howe", 2060, 1, 1, 39600}, {"Australia/Lord_Howe", 2060, 7, 1, 37800},
        {"Europe/Dublin", 2060, 7, 1, 3600}, {"Europe/Dublin", 2060, 1, 1, 0}, {"Asia/Kolkata", 2060, 1, 1, 19800},
        {"Asia/Kathmandu", 2060, 1, 1, 20700}, {"America/Nuuk", 2060, 7, 1, -3600}, {"Pacific/Apia", 2060, 7, 1, 46800},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zone zone = read_zone(cases[i].name);
        int32_t offset_s = zone_offset_s(&zone, civil_days(cases[i].year, cases[i].month, cases[i].day) * INT64_C(86400000));
        if (offset_s != cases[i].offset_s)
            fail_msg("%s in %d-%02d: %d", cases[i].name, cases[i].year, cases[i].month, offset_s);
        for (size_t s = 1; s < zone.count; s++)
            assert_true(zone.spans[s - 1].from_ms < zone.spans[s].from_ms);
        free(zone.spans);
    }
    struct zone zone = read_zone("Europe/Berlin");
    assert_int_equal(at(&zone, 2050, 3, 28, 0, 0) - at(&zone, 2050, 3, 27, 0, 0), 23 * 3600); /* the last Sunday of March */
    free(zone.spans);
}

static void odd_names_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"../../../etc/passwd", "/etc/localtime", "Europe/../UTC", "Europe/", "Eur ope", "a\x1B[31m", "Mars/Phobos", "Europe",
        "zone.tab", "tzdata.zi", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone zone = {NULL, 77};
        struct error err = {""};
        assert_false(zonefile_read(bad[i], &zone, &err));
        assert_int_equal(zone.count, 77);
        assert_true(err.text[0] != '\0');
        assert_null(strchr(err.text, '\x1B'));
    }
}

/* Every shortened and every flipped file is read within its bounds, or refused. */
static void damaged_files_are_read_within_their_bounds(void **state)
{
    (void)state;
    static unsigned char bytes[8192];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file), refused = 0;
    fclose(file);
    for (size_t cut = 0; cut < length; cut++) {
        struct zone zone = {NULL, 0};
        unsigned char *exact = malloc(cut ? cut : 1);
        memcpy(exact, bytes, cut);
        refused += !zonefile_parse(exact, cut, &zone);
        free(exact);
        free(zone.spans);
    }
    assert_int_equal(refused, length);
    for (size_t place = 0; place < length; place++) {
        struct zone zone = {NULL, 0};
        bytes[place] ^= 0xFF;
        refused += !zonefile_parse(bytes, length, &zone);
        bytes[place] ^= 0xFF;
        free(zone.spans);
    }
    assert_true(refused > length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(utc_is_an_empty_table), CASE(shanghai_is_eight_hours_ahead),
        CASE(berlins_night_shifts_over_the_change_of_clocks), CASE(the_rule_goes_on_to_2100), CASE(odd_names_are_refused),
        CASE(damaged_files_are_read_within_their_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
