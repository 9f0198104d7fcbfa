/*
 * spark: the last ten minutes of a number. One row is a sparkline; several rows are a small trend: a dash where the value
 * stayed in a row's band, an upright where it moved through several, with the axis' ends beside it. A column without a
 * sample stays empty: a gap is a gap, not a line through it.
 */
#include "widgets/widget.h"

#include <math.h>

enum { AXIS_W = 9, AXIS_ROOM_W = 30 };

extern const struct widget widget_spark;

struct extremes {
    bool filled;
    double low, high;
};

/* The extremes of all ring columns that fall into screen column x of w. */
static struct extremes extremes_at(const struct reading *reading, int x, int w)
{
    struct extremes column = {.filled = false};
    int first = (w - 1 - x) * RING_COLUMNS / w, last = (w - x) * RING_COLUMNS / w - 1;
    for (int back = first; back == first || back <= last; back++) {
        double low, high;
        if (!ring_at(reading->ring, reading->elapsed_ms, back, &low, &high))
            continue;
        column.low = column.filled ? fmin(column.low, low) : low;
        column.high = column.filled ? fmax(column.high, high) : high;
        column.filled = true;
    }
    return column;
}

static bool find_scale(const struct reading *reading, double scale[2])
{
    bool any = false;
    for (int back = 0; back < RING_COLUMNS; back++) {
        double low, high;
        if (!ring_at(reading->ring, reading->elapsed_ms, back, &low, &high))
            continue;
        scale[0] = any ? fmin(scale[0], low) : low;
        scale[1] = any ? fmax(scale[1], high) : high;
        any = true;
    }
    return any;
}

/* Which of n steps a value is in, 0 the lowest; a flat trend runs in the middle. */
static int step_of(const double scale[2], double value, int n)
{
    if (!(scale[1] > scale[0]))
        return (n - 1) / 2;
    int step = (int)((value - scale[0]) / (scale[1] - scale[0]) * n);
    return step < 0 ? 0 : step >= n ? n - 1 : step;
}

static void draw_axis(const struct reading *reading, const double scale[2], struct surface s)
{
    char text[NUMBER_TEXT];
    number_text(scale[1], reading->decimals, false, text);
    surface_number_right(s, 0, 0, AXIS_W - 1, CELL_DIM, text);
    if (!(scale[1] > scale[0]))
        return;
    number_text(scale[0], reading->decimals, false, text);
    surface_number_right(s, 0, s.h - 1, AXIS_W - 1, CELL_DIM, text);
}

static void spark_draw(const struct reading *reading, struct surface s)
{
    double scale[2] = {0, 0};
    if (s.w < 1 || s.h < 1 || !reading->ring || !find_scale(reading, scale))
        return;
    enum cell_role role = reading->trust == TRUST_GOOD ? CELL_SERIES_1 : CELL_STALE;
    if (s.h > 1 && s.w >= AXIS_ROOM_W) {
        draw_axis(reading, scale, s);
        s = surface_sub(s, rect_of(AXIS_W, 0, s.w - AXIS_W, s.h));
    }
    for (int x = 0; x < s.w; x++) {
        struct extremes column = extremes_at(reading, x, s.w);
        if (!column.filled)
            continue;
        if (s.h == 1) {
            int step = step_of(scale, column.high, GLYPH_SPARK_8 - GLYPH_SPARK_1 + 1);
            surface_glyph(s, x, 0, role, (enum glyph)(GLYPH_SPARK_1 + step));
            continue;
        }
        int low = step_of(scale, column.low, s.h), high = step_of(scale, column.high, s.h);
        for (int step = low; step <= high; step++)
            surface_glyph(s, x, s.h - 1 - step, role, low == high ? GLYPH_LINE : GLYPH_VLINE);
    }
}

const struct widget widget_spark = {
    .name = "spark", .help = "the last ten minutes", .least_w = 5, .least_h = 1, .draw = spark_draw, .bare = true,
};
