/*
 * gauge: one number against its range, large: what it is called and its value, the scale filled up to it, and below the numbers of the scale where they
 * stand: its ends, the ends of the normal band (double), limits of alarms (upright). Where there is height, the digits are for a hall. A value that is
 * not trusted fills nothing: it is a hollow mark.
 */
#include "widgets/widget.h"

#include <math.h>

#include "draw/text.h"

enum { BIG_LEAST_H = 9, BIG_H = 5, NUMBERS_LEAST_H = 3, NUMBER_GAP = 1 };

extern const struct widget widget_gauge;

static int place(const double scale[2], double value, int w)
{
    double share = fmin(fmax((value - scale[0]) / (scale[1] - scale[0]), 0), 1);
    return (int)lround(share * (w - 1));
}

static void draw_scale(const struct reading *reading, const double scale[2], struct surface s)
{
    bool known = reading->has_number && reading->trust != TRUST_NEVER && reading->trust != TRUST_BAD;
    bool sure = reading->trust == TRUST_GOOD || reading->trust == TRUST_UNCERTAIN;
    int at = known ? place(scale, reading->number, s.w) : -1;
    for (int x = 0; x < s.w; x++)
        surface_glyph(s, x, 0, CELL_DIM, GLYPH_LINE);
    if (reading->has_normal)
        for (int x = place(scale, reading->normal[0], s.w); x <= place(scale, reading->normal[1], s.w); x++)
            surface_glyph(s, x, 0, CELL_BAND, GLYPH_BAND);
    for (int x = 0; sure && x < at; x++)
        surface_glyph(s, x, 0, CELL_BAND, GLYPH_SHADE);
    for (int i = 0; i < reading->limit_count; i++)
        if (reading->limits[i] >= scale[0] && reading->limits[i] <= scale[1])
            surface_glyph(s, place(scale, reading->limits[i], s.w), 0, CELL_TEXT, GLYPH_VLINE);
    if (known)
        surface_glyph(s, at, 0, reading_role(reading), sure ? GLYPH_BLOCK : GLYPH_HOLLOW);
}

/* A number in the middle under its place, where it touches no other; `from` and `to` are the cells that are free. */
static bool draw_number(const struct reading *reading, const double scale[2], double value, enum cell_role role, int from, int to, struct surface s)
{
    char text[NUMBER_TEXT];
    number_text(value, reading->decimals, false, text);
    int w = text_width(text), x = place(scale, value, s.w) - w / 2;
    if (x + w > s.w)
        x = s.w - w;
    if (x < 0)
        x = 0;
    if (x < from || x + w > to)
        return false;
    surface_text(s, x, 0, role, text);
    return true;
}

/* The ends always, as far as there is room for both; the ends of the band where they do not touch them. */
static void draw_numbers(const struct reading *reading, const double scale[2], struct surface s)
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    int each = (s.w - NUMBER_GAP) / 2;
    if (each < 1)
        return;
    number_fit(scale[0], DECIMALS_AUTO, each, low);
    number_fit(scale[1], DECIMALS_AUTO, each, high);
    int from = text_width(low) < each ? text_width(low) : each, to = s.w - (text_width(high) < each ? text_width(high) : each);
    surface_number_right(s, 0, 0, from, CELL_DIM, low);
    surface_number_right(s, to, 0, s.w - to, CELL_DIM, high);
    for (int end = 0; reading->has_normal && end < 2; end++)
        if (reading->normal[end] > scale[0] && reading->normal[end] < scale[1] && draw_number(reading, scale, reading->normal[end], CELL_BAND, from + NUMBER_GAP, to - NUMBER_GAP, s) && end == 0) {
            char text[NUMBER_TEXT];
            from = place(scale, reading->normal[0], s.w) + (int)number_text(reading->normal[0], reading->decimals, false, text);
        }
}

static void gauge_draw(const struct reading *reading, struct surface s)
{
    double scale[2] = {0, 0};
    if (s.w < 1 || s.h < 1)
        return;
    struct rect body = surface_rect(s);
    if (s.h >= 2) {
        struct surface head = surface_sub(s, rect_cut_top(&body, 1));
        int title_w = text_width(reading_label(reading)), most = head.w / 2;
        int x = surface_text_fit(head, 0, 0, title_w < most ? title_w : most, CELL_DIM, reading_label(reading)) + 1;
        if (s.h < BIG_LEAST_H || !reading->has_number)
            reading_value(reading, head, x, 0, head.w - x);
    }
    if (s.h >= BIG_LEAST_H && reading->has_number)
        widget_draw(widget_find("big"), reading, 1, surface_sub(s, rect_cut_top(&body, body.h - (s.h - BIG_H > 3 ? s.h - BIG_H - 1 : 2))));
    if (body.h < 1)
        return;
    struct surface line = surface_sub(s, rect_cut_top(&body, 1));
    if (!reading_scale(reading, scale)) {
        if (s.h >= 2)
            surface_text_fit(line, 0, 0, line.w, CELL_DIM, "needs range");
        else
            reading_value(reading, line, 0, 0, line.w);
        return;
    }
    draw_scale(reading, scale, line);
    if (s.h >= NUMBERS_LEAST_H && body.h > 0)
        draw_numbers(reading, scale, surface_sub(s, rect_cut_top(&body, 1)));
}

const struct widget widget_gauge = {
    .name = "gauge", .help = "one number large against its range, normal band and limits", .least_w = 12, .least_h = 3, .draw = gauge_draw, .names = true,
};
