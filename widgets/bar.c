/*
 * bar: where a number stands in its range: `5 ─│════──█│ 13`, the normal band double, alarms' limits upright, the value a block. The ends stand in
 * fields of fixed width, so that bars below one another begin and end in the same columns. A value that is not trusted
 * is hollow or absent: a bar never claims what nobody has said.
 */
#include "widgets/widget.h"

#include <math.h>
#include <string.h>

enum { ENDS_W = 14, WIDE_W = 28, LIMITS_LEAST_W = 10 };

extern const struct widget widget_bar;

static int bar_place(const double scale[2], double value, int w)
{
    double share = (value - scale[0]) / (scale[1] - scale[0]);
    share = fmin(fmax(share, 0), 1);
    return (int)lround(share * (w - 1));
}

static void end_text(double end, int w, char text[NUMBER_TEXT])
{
    if (number_text(end, DECIMALS_AUTO, false, text) > (size_t)w)
        number_fit(end, DECIMALS_AUTO, w, text);
}

static void draw_ends(const double scale[2], struct surface s, int end_w)
{
    char text[NUMBER_TEXT];
    end_text(scale[0], end_w, text);
    surface_number_right(s, 0, 0, end_w, CELL_DIM, text);
    end_text(scale[1], end_w, text);
    int w = (int)strlen(text);
    surface_number_right(s, s.w - end_w, 0, w < end_w ? w : end_w, CELL_DIM, text);
}

static void bar_draw(const struct reading *reading, struct surface s)
{
    double scale[2] = {0, 0};
    if (s.w < 1 || s.h < 1 || !reading_scale(reading, scale))
        return;
    int end_w = s.w >= WIDE_W ? 5 : s.w >= ENDS_W + 4 ? 4 : s.w >= ENDS_W ? 3 : 0;
    if (end_w) {
        draw_ends(scale, s, end_w);
        s = surface_sub(s, rect_of(end_w + 1, 0, s.w - 2 * (end_w + 1), 1));
    }
    for (int x = 0; x < s.w; x++)
        surface_glyph(s, x, 0, CELL_DIM, GLYPH_LINE);
    if (reading->has_normal)
        for (int x = bar_place(scale, reading->normal[0], s.w); x <= bar_place(scale, reading->normal[1], s.w); x++)
            surface_glyph(s, x, 0, CELL_BAND, GLYPH_BAND);
    for (int i = 0; i < reading->limit_count && s.w >= LIMITS_LEAST_W; i++)
        if (reading->limits[i] >= scale[0] && reading->limits[i] <= scale[1])
            surface_glyph(s, bar_place(scale, reading->limits[i], s.w), 0, CELL_TEXT, GLYPH_VLINE);
    if (!reading->has_number || reading->trust == TRUST_NEVER || reading->trust == TRUST_BAD)
        return;
    int x = bar_place(scale, reading->number, s.w);
    bool sure = reading->trust == TRUST_GOOD || reading->trust == TRUST_UNCERTAIN;
    surface_glyph(s, x, 0, reading_role(reading), sure ? GLYPH_BLOCK : GLYPH_HOLLOW);
}

const struct widget widget_bar = {
    .name = "bar", .help = "where the value stands in its range and normal band", .least_w = 5, .least_h = 1, .draw = bar_draw, .bare = true,
};
