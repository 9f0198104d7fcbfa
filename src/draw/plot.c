/*
 * A struct plot is a surface and, for braille alone, the dots of each cell, which curves share: they are collected and written at the end.
 * In the other tiers a cell belongs to the curve that was drawn last. Steps are counted from the bottom.
 */
#include "draw/plot.h"

#include <stdlib.h>

#include "core/memory.h"

enum { DOT_ROWS = 4, DOT_COLUMNS = 2, BRAILLE = 0x2800 };

/* From the bottom; left and right column. */
static const uint8_t dot_bits[DOT_COLUMNS][DOT_ROWS] = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}};

int plot_columns(enum glyph_tier tier, int w)
{
    return tier == TIER_FULL ? w * DOT_COLUMNS : w;
}

int plot_steps(enum glyph_tier tier, int h)
{
    return tier == TIER_FULL ? h * DOT_ROWS : tier == TIER_WGL4 ? h * 2 : h;
}

static int step_of(double height, int steps)
{
    double at = height * steps;
    return !(at >= 0) ? 0 : at >= steps ? steps - 1 : (int)at;
}

void plot_begin(struct plot *plot, struct surface s)
{
    *plot = (struct plot){.s = s};
    if (s.grid->tier == TIER_FULL && s.w > 0 && s.h > 0) {
        plot->dots = mem_zero((size_t)s.w * (size_t)s.h, 1);
        plot->roles = mem_zero((size_t)s.w * (size_t)s.h, 1);
    }
}

/* ---- whole and half cells ---- */

static enum glyph run_glyph(enum plot_style style, bool lower, bool upper)
{
    if (style == PLOT_FAINT || style == PLOT_BAND)
        return GLYPH_FAINT;
    if (style == PLOT_SHADED)
        return GLYPH_SHADE;
    return lower && upper ? GLYPH_BLOCK : upper ? GLYPH_UPPER : GLYPH_LOWER;
}

/* One step of ASCII is a cell: a stroke there is the half block's stand-in, a run the whole one's. */
static void draw_run(const struct plot *plot, int x, int low, int high, bool stroke, enum cell_role role, enum plot_style style)
{
    int part = plot_steps(plot->s.grid->tier, 1);
    for (int row = low / part; row <= high / part; row++) {
        bool lower = low <= row * part && high >= row * part, upper = low <= row * part + part - 1 && high >= row * part + part - 1;
        if (part == 1 && stroke)
            upper = false;
        surface_glyph(plot->s, x, plot->s.h - 1 - row, role, run_glyph(style, lower, upper));
    }
}

/* The rows between where the last column ended and where this one begins. */
static void draw_join(const struct plot *plot, int x, int from, int low, int high, enum cell_role role)
{
    int part = plot_steps(plot->s.grid->tier, 1);
    from /= part;
    low /= part;
    high /= part;
    for (int row = from + 1; row < low; row++)
        surface_glyph(plot->s, x, plot->s.h - 1 - row, role, GLYPH_VLINE);
    for (int row = high + 1; row < from; row++)
        surface_glyph(plot->s, x, plot->s.h - 1 - row, role, GLYPH_VLINE);
}

static void draw_cells(const struct plot *plot, const struct plot_point *points, enum cell_role role, enum plot_style style)
{
    int steps = plot_steps(plot->s.grid->tier, plot->s.h), part = plot_steps(plot->s.grid->tier, 1);
    for (int x = 0; x < plot->s.w; x++) {
        const struct plot_point *p = &points[x], *before = x > 0 ? p - 1 : NULL;
        if (p->ink == PLOT_NONE)
            continue;
        int low = step_of(p->low, steps), high = step_of(p->high, steps);
        if (before && before->ink != PLOT_NONE && style != PLOT_FAINT && style != PLOT_BAND)
            draw_join(plot, x, step_of(before->last, steps), low, high, role);
        if (p->ink == PLOT_HELD && style != PLOT_FAINT)
            surface_glyph(plot->s, x, plot->s.h - 1 - low / part, role, GLYPH_LINE);
        else
            draw_run(plot, x, low, high, p->ink != PLOT_RUN, role, style);
    }
}

/* ---- braille ---- */

static void set_dots(const struct plot *plot, int x, int low, int high, enum cell_role role, bool loose)
{
    for (int step = low; step <= high; step += loose ? 2 : 1) {
        size_t cell = (size_t)(plot->s.h - 1 - step / DOT_ROWS) * (size_t)plot->s.w + (size_t)(x / DOT_COLUMNS);
        plot->dots[cell] |= dot_bits[x % DOT_COLUMNS][step % DOT_ROWS];
        plot->roles[cell] = (uint8_t)role;
    }
}

static void draw_dots(const struct plot *plot, const struct plot_point *points, enum cell_role role, enum plot_style style)
{
    int steps = plot_steps(TIER_FULL, plot->s.h);
    for (int x = 0; x < plot->s.w * DOT_COLUMNS; x++) {
        const struct plot_point *p = &points[x], *before = x > 0 ? p - 1 : NULL;
        bool sparse = style != PLOT_SOLID || p->ink == PLOT_HELD;
        if (p->ink == PLOT_NONE || (sparse && x % DOT_COLUMNS))
            continue;
        int low = step_of(p->low, steps), high = step_of(p->high, steps);
        if (before && before->ink != PLOT_NONE && style == PLOT_SOLID) {
            int from = step_of(before->last, steps);
            if (from < low)
                set_dots(plot, x, from + 1, low, role, false);
            else if (from > high)
                set_dots(plot, x, high, from - 1, role, false);
        }
        set_dots(plot, x, low, high, role, style == PLOT_BAND);
    }
}

static void write_braille(const struct plot *plot, int x, int y, uint8_t dots, enum cell_role role)
{
    unsigned code = BRAILLE + dots;
    const char text[] = {(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f)), '\0'};
    surface_text(plot->s, x, y, role, text);
}

void plot_series(struct plot *plot, const struct plot_point *points, enum cell_role role, enum plot_style style)
{
    if (plot->s.w < 1 || plot->s.h < 1)
        return;
    if (plot->dots)
        draw_dots(plot, points, role, style);
    else
        draw_cells(plot, points, role, style);
}

void plot_end(struct plot *plot)
{
    for (int y = 0; plot->dots && y < plot->s.h; y++)
        for (int x = 0; x < plot->s.w; x++) {
            size_t cell = (size_t)y * (size_t)plot->s.w + (size_t)x;
            if (plot->dots[cell])
                write_braille(plot, x, y, plot->dots[cell], (enum cell_role)plot->roles[cell]);
        }
    free(plot->dots);
    free(plot->roles);
    *plot = (struct plot){.dots = NULL};
}
