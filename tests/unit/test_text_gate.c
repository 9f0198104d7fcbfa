#include "check.h"

#include "core/text_gate.h"

#define BAD "\xEF\xBF\xBD"

struct gate_case {
    const char *in, *out;
    bool invalid, control;
};

static void check_gate(const struct gate_case *c)
{
    char out[256];
    struct text_gate seen;
    size_t length = text_gate(c->in, strlen(c->in), out, sizeof out, &seen);
    assert_string_equal(out, c->out);
    assert_int_equal(length, strlen(c->out));
    assert_int_equal(seen.invalid, c->invalid);
    assert_int_equal(seen.control, c->control);
    assert_false(seen.cut);
    assert_int_equal(text_is_clean(c->in, strlen(c->in)), strcmp(c->in, c->out) == 0);
    assert_true(text_is_clean(out, length));
}

static void good_text_passes(void **state)
{
    (void)state;
    static const struct gate_case cases[] = {
        {"", "", false, false},
        {"plant/stamping/side1/p01/telemetry", "plant/stamping/side1/p01/telemetry", false, false},
        {"箱体发泡 31.4 °C", "箱体发泡 31.4 °C", false, false},
        {"\x7E\xC2\xA0\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80", "\x7E\xC2\xA0\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80", false, false},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBD", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBD", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_gate(&cases[i]);
}

static void invalid_bytes_become_one_mark_for_each_maximal_part(void **state)
{
    (void)state;
    static const struct gate_case cases[] = {
        {"\xFF", BAD, true, false},
        {"a\x80z", "a" BAD "z", true, false},
        {"\xC0\xAF", BAD BAD, true, false},                     /* overlong */
        {"\xE0\x80\xAF", BAD BAD BAD, true, false},
        {"\xED\xA0\x80", BAD BAD BAD, true, false},             /* a surrogate */
        {"\xF4\x90\x80\x80", BAD BAD BAD BAD, true, false},     /* past U+10FFFF */
        {"\xE2\x82z", BAD "z", true, false},                    /* cut short */
        {"\xF0\x9F\x98", BAD, true, false},
        {"\xF1\x80\x80\xE1\x80\xC2" "b", BAD BAD BAD "b", true, false}, /* the standard's own example */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_gate(&cases[i]);
}

static void what_could_act_on_a_terminal_or_a_reader_is_dropped(void **state)
{
    (void)state;
    static const struct gate_case cases[] = {
        {"\x1B[2Jred", "[2Jred", false, true},
        {"\x1B]0;title\x07", "]0;title", false, true},
        {"a\x7F" "b\x01", "ab", false, true},
        {"\xC2\x9B" "31m", "31m", false, true},                 /* C1 CSI */
        {"user\xE2\x80\xAEtxt.exe", "usertxt.exe", false, true},  /* right-to-left override */
        {"\xE2\x81\xA6x\xE2\x81\xA9", "x", false, true},        /* isolates */
        {"\xD8\x9C\xE2\x80\x8F", "", false, true},
        {"a\xE2\x80\x8B" "b\xE2\x80\x8D" "c\xEF\xBB\xBF", "abc", false, true},
        {"\xE2\x80\xA8\xE2\x80\xA9", "", false, true},
        {"\xF3\xA0\x81\x81", "", false, true},                  /* a tag character */
        {"\xEF\xBF\xBE\xEF\xB7\x90\xF4\x8F\xBF\xBF", "", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_gate(&cases[i]);
}

static void tabs_and_line_ends_become_one_blank(void **state)
{
    (void)state;
    static const struct gate_case cases[] = {
        {"a\tb", "a b", false, false}, {"a\nb", "a b", false, false}, {"a\r\nb", "a b", false, false}, {"a\rb", "a b", false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_gate(&cases[i]);
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    char out[8];
    struct text_gate seen;
    assert_int_equal(text_gate("abcdefg", 7, out, sizeof out, &seen), 7);
    assert_false(seen.cut);
    assert_int_equal(text_gate("abcdefgh", 8, out, sizeof out, &seen), 7);
    assert_true(seen.cut);
    assert_string_equal(out, "abcdefg");
    assert_int_equal(text_gate("箱体发", 9, out, sizeof out, &seen), 6);
    assert_true(seen.cut);
    assert_string_equal(out, "箱体");
    assert_int_equal(text_gate("abcde\xFF", 6, out, sizeof out, &seen), 5);
    assert_true(seen.cut);
    assert_int_equal(text_gate("x", 1, out, 1, &seen), 0);
    assert_string_equal(out, "");
    assert_int_equal(text_gate("abcdefg\x01\x02", 9, out, sizeof out, &seen), 7);
    assert_false(seen.cut); /* nothing that was due is missing */
}

static void a_nul_inside_is_dropped(void **state)
{
    (void)state;
    char out[8];
    struct text_gate seen;
    assert_int_equal(text_gate("a\0b", 3, out, sizeof out, &seen), 2);
    assert_string_equal(out, "ab");
    assert_true(seen.control);
}

static void one_odd_byte_is_found_wherever_it_stands(void **state)
{
    (void)state;
    static const char odd[] = {'\x01', '\x1F', '\x7F', '\x80', '\xFF'};
    for (size_t o = 0; o < sizeof odd; o++)
        for (size_t place = 0; place < 40; place++) {
            char text[41];
            memset(text, '~', sizeof text);
            text[place] = odd[o];
            assert_false(text_is_clean(text, 40));
            text[place] = ' ';
            assert_true(text_is_clean(text, 40));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(good_text_passes), CASE(invalid_bytes_become_one_mark_for_each_maximal_part),
        CASE(what_could_act_on_a_terminal_or_a_reader_is_dropped), CASE(tabs_and_line_ends_become_one_blank),
        CASE(text_is_cut_between_characters), CASE(a_nul_inside_is_dropped), CASE(one_odd_byte_is_found_wherever_it_stands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
