/* glyph and role: the tables of characters and meanings. */
#include "check.h"

#include <stdbool.h>

#include "draw/glyph.h"
#include "draw/role.h"
#include "draw/text.h"

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x7f || (unsigned char)*text < 0x20)
            return false;
    return true;
}

static void every_glyph_is_one_cell_in_every_tier(void **state)
{
    (void)state;
    for (int glyph = 0; glyph < GLYPH_COUNT; glyph++)
        for (int tier = TIER_WGL4; tier <= TIER_FULL; tier++)
            assert_int_equal(text_width(glyph_text((enum glyph_tier)tier, (enum glyph)glyph)), 1);
}

static void the_ascii_tier_is_ascii(void **state)
{
    (void)state;
    for (int glyph = 0; glyph < GLYPH_COUNT; glyph++)
        assert_true(is_ascii(glyph_text(TIER_ASCII, (enum glyph)glyph)));
}

static void alarm_shapes_differ_without_colour(void **state)
{
    (void)state;
    for (int tier = TIER_WGL4; tier <= TIER_FULL; tier++)
        for (int a = GLYPH_ALARM_1; a <= GLYPH_ALARM_4; a++)
            for (int b = a + 1; b <= GLYPH_ALARM_4; b++)
                assert_string_not_equal(glyph_text((enum glyph_tier)tier, (enum glyph)a), glyph_text((enum glyph_tier)tier, (enum glyph)b));
}

/* A screen drawn for WGL4 and shown on an ASCII terminal reads as one that was drawn for ASCII. */
static void stand_ins_agree_with_the_ascii_tier(void **state)
{
    (void)state;
    for (int glyph = 0; glyph < GLYPH_COUNT; glyph++)
        if (glyph < GLYPH_SPARK_1 || glyph > GLYPH_SPARK_8)
            assert_string_equal(glyph_ascii(glyph_text(TIER_WGL4, (enum glyph)glyph), 1), glyph_text(TIER_ASCII, (enum glyph)glyph));
}

static const struct {
    const char *grapheme;
    int width;
    const char *ascii;
} stand_ins[] = {
    {"a", 1, "a"},     {"~", 1, "~"},   {"°", 1, "o"},     {"─", 1, "-"},    {"│", 1, "|"}, {"┬", 1, "+"}, {"█", 1, "#"},
    {"▒", 1, ":"},     {"ü", 1, "u"},   {"É", 1, "E"},     {"ß", 1, "s"},    {"ø", 1, "o"}, {"³", 1, "3"}, {"≥", 1, ">"},
    {"µ", 1, "u"},     {"⠿", 1, "."},   {"中", 2, "??"},   {"Ж", 1, "?"},    {"e\xCC\x81", 1, "e"},
    {"\x1B", 1, "?"},  {"\xFF", 1, "?"}, {"", 1, " "},
};

static void stand_ins_have_the_same_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stand_ins / sizeof stand_ins[0]; i++)
        assert_string_equal(glyph_ascii(stand_ins[i].grapheme, stand_ins[i].width), stand_ins[i].ascii);
}

static void names_and_letters_of_roles_are_unique(void **state)
{
    (void)state;
    for (int a = 0; a < CELL_ROLE_COUNT; a++) {
        assert_true(cell_role_table[a].letter > ' ' && cell_role_table[a].letter < 0x7f);
        assert_non_null(cell_role_table[a].name);
        for (int b = a + 1; b < CELL_ROLE_COUNT; b++) {
            assert_int_not_equal(cell_role_table[a].letter, cell_role_table[b].letter);
            assert_string_not_equal(cell_role_table[a].name, cell_role_table[b].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_glyph_is_one_cell_in_every_tier), CASE(the_ascii_tier_is_ascii),        CASE(alarm_shapes_differ_without_colour),
        CASE(stand_ins_agree_with_the_ascii_tier),   CASE(stand_ins_have_the_same_width), CASE(names_and_letters_of_roles_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
