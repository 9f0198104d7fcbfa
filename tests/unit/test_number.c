#include "check.h"

#include "core/number.h"
#include "core/plant.h"

static bool reads(const char *text, struct value *out, bool *overflow)
{
    return number_read(text, strlen(text), out, overflow);
}

static void integers_keep_every_digit(void **state)
{
    (void)state;
    static const struct { const char *text; enum value_kind kind; uint64_t bits; } cases[] = {
        {"0", VALUE_INT, 0}, {"-0", VALUE_INT, 0}, {"-12", VALUE_INT, (uint64_t)-12}, {"4294967296", VALUE_INT, 4294967296},
        {"9223372036854775807", VALUE_INT, INT64_MAX}, {"9223372036854775808", VALUE_UINT, UINT64_C(9223372036854775808)},
        {"-9223372036854775808", VALUE_INT, (uint64_t)INT64_MIN}, {"18446744073709551615", VALUE_UINT, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value v = value_null();
        assert_true(reads(cases[i].text, &v, NULL));
        assert_int_equal(v.kind, cases[i].kind);
        assert_true(v.u == cases[i].bits);
    }
}

static void reals_are_the_nearest_double(void **state)
{
    (void)state;
    static const char *const cases[] = {"0.0", "-0.0", "3.5e2", "21.5", "959636.71", "0.1", "1e22", "1e23", "123456789012345678901234",
        "-9223372036854775809", "18446744073709551616", "2.2250738585072011e-308", "4.9e-324", "1e-400", "1.7976931348623157e308",
        "9007199254740993.0", "0.30000000000000000000000000000000001", "1E5", "1e+5", "123e-25", "0e999999999999"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value v = value_null();
        bool overflow = true;
        assert_true(reads(cases[i], &v, &overflow));
        assert_false(overflow);
        assert_int_equal(v.kind, VALUE_REAL);
        double expected = strtod(cases[i], NULL);
        assert_memory_equal(&v.d, &expected, sizeof expected);
    }
}

static void what_is_not_json_is_refused_and_leaves_the_value_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "0x10", "1 ", " 1", "1,5", "NaN", "Infinity",
        "-Infinity", "nan", "inf", "1.2.3", "1e5.5", "--1", "1_000", "true"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value v = value_int(77);
        bool overflow = true;
        assert_false(reads(cases[i], &v, &overflow));
        assert_false(overflow);
        assert_int_equal(v.i, 77);
    }
}

static void overflow_is_told_apart(void **state)
{
    (void)state;
    static const char *const cases[] = {"1e400", "-1e400", "1e99999999999", "2e308"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value v = value_int(77);
        bool overflow = false;
        assert_false(reads(cases[i], &v, &overflow));
        assert_true(overflow);
        assert_int_equal(v.i, 77);
    }
}

static void a_giant_number_is_refused(void **state)
{
    (void)state;
    char text[2000];
    memset(text, '1', sizeof text);
    struct value v;
    assert_false(number_read(text, sizeof text, &v, NULL));
    assert_true(number_read(text, 300, &v, NULL));
    assert_int_equal(v.kind, VALUE_REAL);
}

static void shown(double number, int decimals, bool group, const char *expected)
{
    char out[NUMBER_TEXT];
    assert_int_equal(number_text(number, decimals, group, out), strlen(expected));
    assert_string_equal(out, expected);
}

static void numbers_are_shown_humanely(void **state)
{
    (void)state;
    shown(4812, 0, true, "4 812");
    shown(812, 0, true, "812");
    shown(1000, 0, true, "1 000");
    shown(999.6, 0, true, "1 000");
    shown(-1234567.891, 2, true, "-1 234 567.89");
    shown(-123, 0, true, "-123");
    shown(4812, 0, false, "4812");
    shown(21.46, 1, false, "21.5");
    shown(-0.04, 1, true, "0.0");
    shown(-0.0, 1, true, "0.0");
    shown(-0.0, DECIMALS_AUTO, true, "0");
    shown(-0.06, 1, true, "-0.1");
}

static void auto_decimals_are_as_few_as_tell_it(void **state)
{
    (void)state;
    shown(3, DECIMALS_AUTO, true, "3");
    shown(100, DECIMALS_AUTO, false, "100");
    shown(0.1 + 0.2, DECIMALS_AUTO, false, "0.3");
    shown(959636.71, DECIMALS_AUTO, true, "959 636.71");
    shown(1.0 / 3, DECIMALS_AUTO, false, "0.333333");
    shown(1.5e-9, DECIMALS_AUTO, false, "1.5e-09");
    shown(0, DECIMALS_AUTO, false, "0");
}

static void extremes_fit(void **state)
{
    (void)state;
    shown(1.7976931348623157e308, 6, true, "1.79769e+308");
    shown(-999999999999999.0, 9, true, "-999 999 999 999 999.000000000");
    shown(0.5, 40, true, "0.500000000");
    shown(INFINITY, 1, true, "?");
    shown(NAN, 1, true, "?");
}

static void fitted(double number, int decimals, int width, const char *expected)
{
    char out[NUMBER_TEXT];
    assert_int_equal(number_fit(number, decimals, width, out), strlen(expected));
    assert_string_equal(out, expected);
}

static void a_number_that_is_too_wide_gives_up_what_matters_least(void **state)
{
    (void)state;
    fitted(1151868.24, 1, 11, "1 151 868.2");
    fitted(1151868.24, 1, 10, "1 151 868");
    fitted(1151868.24, 1, 8, "1151868");
    fitted(1151868.24, 1, 6, "1.2M");
    fitted(1151868.24, 1, 3, "1M");
    fitted(-12345.6, DECIMALS_AUTO, 7, "-12 346");
    fitted(-12345.6, DECIMALS_AUTO, 5, "-12k");
    fitted(4294967295, 0, 10, "4294967295");
    fitted(18446744073709551615.0, 0, 8, "1.84e+19");
    fitted(1e300, 0, 5, "1e+300");
    fitted(0.000123, DECIMALS_AUTO, 6, "0.0001");
    fitted(0.000123, DECIMALS_AUTO, 5, "1e-04");
    fitted(0.04, 1, 3, "0.0");
    fitted(NAN, 1, 1, "?");
}

static void sizes_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t bytes; } good[] = {
        {"0", 0}, {"4096", 4096}, {"4096B", 4096}, {"2GB", INT64_C(2000000000)}, {"2 GB", INT64_C(2000000000)}, {"2G", INT64_C(2000000000)}, {"1.5GiB", 1610612736},
        {"64k", 64000}, {"64KiB", 65536}, {"1TB", INT64_C(1000000000000)},
    };
    static const char *const bad[] = {"", "GB", "2 apples", "-1", "1e9", "2GBs", "2GBB", "1.GB", "99999999999TB", "0x10", "2gb"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t bytes = -1;
        assert_true(number_bytes(good[i].text, &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t bytes = -1;
        if (number_bytes(bad[i], &bytes) || bytes != -1)
            fail_msg("\"%s\" is no size", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(integers_keep_every_digit), CASE(reals_are_the_nearest_double),
        CASE(what_is_not_json_is_refused_and_leaves_the_value_alone), CASE(overflow_is_told_apart), CASE(a_giant_number_is_refused),
        CASE(numbers_are_shown_humanely), CASE(auto_decimals_are_as_few_as_tell_it), CASE(extremes_fit), CASE(sizes_are_read_as_people_write_them), CASE(a_number_that_is_too_wide_gives_up_what_matters_least)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
