/*
 * big: digits five rows high, to be read across a hall. Each digit is a pattern of three by five cells;
 * what has no pattern, and what does not fit, is shown as an ordinary value in the middle.
 */
#include "widgets/widget.h"

#include <string.h>

#include "draw/text.h"

enum { DIGIT_W = 3, DIGIT_H = 5, DIGIT_GAP = 1, VALUE_MOST_W = 29 /* wider, it would repeat title and age */ };

extern const struct widget widget_big;

static const char digit_names[] = "0123456789-.% ";

static const char *const digit_rows[][DIGIT_H] = {
    {"###", "# #", "# #", "# #", "###"}, {"  #", "  #", "  #", "  #", "  #"}, {"###", "  #", "###", "#  ", "###"},
    {"###", "  #", "###", "  #", "###"}, {"# #", "# #", "###", "  #", "  #"}, {"###", "#  ", "###", "  #", "###"},
    {"###", "#  ", "###", "# #", "###"}, {"###", "  #", "  #", "  #", "  #"}, {"###", "# #", "###", "# #", "###"},
    {"###", "# #", "###", "  #", "###"}, {"   ", "   ", "###", "   ", "   "}, {"   ", "   ", "   ", "   ", " # "},
    {"# #", "  #", " # ", "#  ", "# #"}, {"   ", "   ", "   ", "   ", "   "},
};

static void draw_digit(struct surface s, int x, enum cell_role role, char digit)
{
    const char *const *rows = digit_rows[strchr(digit_names, digit) - digit_names];
    for (int y = 0; y < DIGIT_H; y++)
        for (int i = 0; i < DIGIT_W; i++)
            if (rows[y][i] == '#')
                surface_glyph(s, x + i, y, role, GLYPH_BLOCK);
}

static void big_draw(const struct reading *reading, struct surface s)
{
    size_t length = strlen(reading->text);
    int digits_w = (int)length * (DIGIT_W + DIGIT_GAP) - DIGIT_GAP;
    bool drawable = length > 0 && strspn(reading->text, digit_names) == length && reading->trust != TRUST_NEVER;
    if (s.w < 1 || s.h < 1)
        return;
    if (!drawable || s.h < DIGIT_H || s.w < digits_w + 2) {
        const struct widget *value = widget_find("value");
        value->draw(reading, surface_sub(s, rect_of(0, s.h / 2, s.w < VALUE_MOST_W ? s.w : VALUE_MOST_W, 1)));
        return;
    }
    enum cell_role role = reading_role(reading);
    struct surface digits = surface_sub(s, rect_of(2, (s.h - DIGIT_H) / 2, s.w - 2, DIGIT_H));
    reading_mark(reading, s, 0, (s.h - DIGIT_H) / 2);
    for (size_t i = 0; i < length; i++)
        draw_digit(digits, (int)i * (DIGIT_W + DIGIT_GAP), role, reading->text[i]);
    int unit_x = digits_w + 1;
    if (unit_x + text_width(reading->unit) <= digits.w)
        surface_text(digits, unit_x, DIGIT_H - 1, CELL_DIM, reading->unit);
}

const struct widget widget_big = {
    .name = "big", .help = "digits to be read from afar", .least_w = 5, .least_h = 5, .draw = big_draw,
};
