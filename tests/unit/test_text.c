/* text: UTF-8 as graphemes and cells. */
#include "check.h"

#include "draw/text.h"

static const struct {
    const char *text;
    int width;
    size_t graphemes;
} width_cases[] = {
    {"", 0, 0},
    {"run", 3, 3},
    {"a b~", 4, 4},
    {"冷水站", 6, 3},
    {"总装A线", 7, 4},
    {"Süd", 3, 3},
    {"Su\xCC\x88" "d", 3, 3},       /* u with a combining diaeresis: one cell */
    {"31.4 °C", 7, 7},
    {"■▲▼●", 4, 4},             /* ambiguous width counts as 1 */
    {"\xEF\xBC\xA1", 2, 1},            /* full-width A */
    {"\xF0\x9F\x94\xA7", 2, 1},        /* a wrench */
    {"\xE2\x9A\xA0\xEF\xB8\x8F", 1, 1},/* a warning sign and its variation selector */
    {"\xCC\x88", 1, 1},                /* a mark without a base */
    {"\x1B[2J", 4, 4},                 /* controls never vanish */
    {"\xFF\xFE" "a", 3, 3},            /* invalid bytes: a cell each */
    {"\xE4\xB8", 2, 2},                /* a character that ends too early */
    {"\xED\xA0\x80", 3, 3},            /* a surrogate is not UTF-8 */
};

static size_t count_graphemes(const char *text)
{
    size_t count = 0;
    for (struct grapheme g; (g = text_grapheme(text)).length; text += g.length)
        count++;
    return count;
}

static void widths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof width_cases / sizeof width_cases[0]; i++) {
        if (text_width(width_cases[i].text) != width_cases[i].width)
            fail_msg("\"%s\" is %d cells wide", width_cases[i].text, text_width(width_cases[i].text));
        if (count_graphemes(width_cases[i].text) != width_cases[i].graphemes)
            fail_msg("\"%s\" has %zu graphemes", width_cases[i].text, count_graphemes(width_cases[i].text));
    }
}

static void marks_join_their_base(void **state)
{
    (void)state;
    struct grapheme g = text_grapheme("e\xCC\x81\xCC\xA3x");
    assert_int_equal(g.length, 5);
    assert_int_equal(g.base, 1);
    assert_int_equal(g.width, 1);
    g = text_grapheme("中\xCC\x81");
    assert_int_equal(g.length, 5);
    assert_int_equal(g.base, 3);
    assert_int_equal(g.width, 2);
}

static void what_cannot_be_shown_has_no_base(void **state)
{
    (void)state;
    static const char *const hidden[] = {"\x1B", "\x7F", "\xC2\x9B", "\xFF", "\xCC\x88", "\xE2\x80\xAE", "\xE2\x80\x8B", "\n"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        struct grapheme g = text_grapheme(hidden[i]);
        assert_int_equal(g.base, 0);
        assert_int_equal(g.width, 1);
        assert_int_equal(g.length, strlen(hidden[i]));
    }
}

static void the_end_has_length_zero(void **state)
{
    (void)state;
    assert_int_equal(text_grapheme("").length, 0);
}

static const struct {
    const char *text;
    int width, used;
    size_t bytes;
} fit_cases[] = {
    {"placer", 10, 6, 6}, {"placer", 6, 6, 6}, {"placer", 4, 4, 4}, {"placer", 0, 0, 0}, {"placer", -3, 0, 0},
    {"冷水站", 6, 6, 9},  {"冷水站", 5, 4, 6}, {"冷水站", 1, 0, 0}, {"e\xCC\x81x", 1, 1, 3},
};

static void fitting(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fit_cases / sizeof fit_cases[0]; i++) {
        int used = -1;
        assert_int_equal(text_fit(fit_cases[i].text, fit_cases[i].width, &used), fit_cases[i].bytes);
        assert_int_equal(used, fit_cases[i].used);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(widths), CASE(marks_join_their_base), CASE(what_cannot_be_shown_has_no_base), CASE(the_end_has_length_zero), CASE(fitting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
