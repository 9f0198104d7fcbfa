#include "check.h"

#include "core/value_form.h"

static char said[80];

static const char *shown(enum value_formed formed, struct value v)
{
    static const char *const words[] = {[FORMED_TEXT] = "text", [FORMED_INVALID] = "invalid", [FORMED_WRONG] = "wrong"};
    if (formed != FORMED_VALUE)
        return words[formed];
    switch (v.kind) {
    case VALUE_NULL: return "null";
    case VALUE_BOOL: return v.b ? "true" : "false";
    case VALUE_INT: snprintf(said, sizeof said, "%lld", (long long)v.i); break;
    case VALUE_UINT: snprintf(said, sizeof said, "%llu", (unsigned long long)v.u); break;
    default: snprintf(said, sizeof said, "%.17g", v.d);
    }
    return said;
}

static void text(const struct value_form *form, const char *unit, const char *in, const char *expected)
{
    struct value out = value_null();
    assert_string_equal(shown(value_form_read(form, unit, value_text(0), in, &out), out), expected);
}

static void number(const struct value_form *form, struct value in, const char *expected)
{
    struct value out = value_null();
    assert_string_equal(shown(value_form_read(form, "", in, "", &out), out), expected);
}

static void bits_of_a_word(void **state)
{
    (void)state;
    const struct value_form bit = {.mask = 8, .bit = true}, mask = {.mask = 0x0F00};
    number(&bit, value_int(12), "true");
    number(&bit, value_int(7), "false");
    number(&bit, value_real(12), "true");
    number(&bit, value_real(12.5), "wrong");
    number(&bit, value_int(-1), "true");
    text(&bit, "", "12", "true");
    text(&bit, "", "run", "wrong");
    number(&bit, value_null(), "null");
    number(&mask, value_int(0x1A34), "10");
    number(&(struct value_form){.mask = UINT64_C(1) << 63, .bit = true}, value_uint(UINT64_MAX), "true");
    number(&(struct value_form){.mask = 1, .bit = true}, value_bool(true), "true");
}

static void hexadecimal_digits(void **state)
{
    (void)state;
    const struct value_form hex = {.hex = true}, bit = {.hex = true, .mask = 16, .bit = true};
    text(&hex, "", "1F", "31");
    text(&hex, "", "0x1f", "31");
    text(&hex, "", "16#1F", "31");
    text(&hex, "", "1Fh", "31");
    text(&hex, "", "FFFFFFFFFFFFFFFF", "18446744073709551615");
    text(&hex, "", "10000000000000000", "wrong");
    text(&hex, "", "xyz", "wrong");
    text(&hex, "", "0x", "wrong");
    number(&hex, value_int(10), "16");
    number(&hex, value_int(0), "0");
    number(&hex, value_real(1e5), "wrong");
    number(&hex, value_int(-10), "wrong");
    text(&bit, "", "1F", "true");
}

static void commas_and_units(void **state)
{
    (void)state;
    const struct value_form comma = {.decimal_comma = true}, unit = {.unit_inside = true}, both = {.decimal_comma = true, .unit_inside = true};
    text(&comma, "", "12,5", "12.5");
    text(&comma, "", "1.234,5", "1234.5");
    text(&comma, "", "-0,5", "-0.5");
    text(&comma, "", "+7", "7");
    text(&comma, "", "ready", "text");
    number(&comma, value_real(12.5), "12.5");
    text(&unit, "bar", "12.5 bar", "12.5");
    text(&unit, "bar", "12.5bar", "12.5");
    text(&unit, "bar", "12.5", "12.5");
    text(&unit, "bar", "1250 mbar", "wrong");
    text(&unit, "", "12.5 \xC2\xB0" "C", "12.5");
    text(&unit, "eV", "1e3 eV", "1000");
    text(&unit, "eV", "1 eV", "1");
    text(&unit, "bar", "bar", "text");
    text(&both, "kWh", "1.234,5 kWh", "1234.5");
    text(&comma, "", "1111111111111111111111111111111111111111111111111111111111111111111", "text");
}

static void codes_that_stand_for_no_value(void **state)
{
    (void)state;
    static const struct value_code codes[] = {{NULL, 32767}, {NULL, -9999}, {"n/a", 0}};
    const struct value_form form = {.invalid = codes, .invalid_count = 3}, comma = {.invalid = codes, .invalid_count = 3, .decimal_comma = true};
    number(&form, value_int(32767), "invalid");
    number(&form, value_real(-9999), "invalid");
    number(&form, value_int(32766), "32766");
    text(&form, "", "N/A", "invalid");
    text(&form, "", "32767", "invalid");
    text(&form, "", "", "text");
    text(&comma, "", "-9999,0", "invalid");
    number(&form, value_bool(true), "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(bits_of_a_word), CASE(hexadecimal_digits), CASE(commas_and_units), CASE(codes_that_stand_for_no_value)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
