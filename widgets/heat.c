/*
 * heat: how high, as shades: of one number over days a row a day and a cell an hour, else a row for each reading over its time. The shade tells by glyph, so that
 * it reads without colour; what is nowhere known is empty, and the scale is written below.
 */
#include "widgets/widget.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"

enum { SHADES = 4, HOURS = 24, DATE_W = 7, HOUR_MOST_W = 4, LABEL_MOST_W = 20, DAY_MS = 24 * HEAT_HOUR_MS, LEGEND_LEAST_H = 4 };

extern const struct widget widget_heat;

static const struct zone utc = {.count = 0};

static void draw_shade(struct surface s, int x, int y, int w, double share)
{
    static const enum glyph glyphs[SHADES] = {GLYPH_DOT, GLYPH_FAINT, GLYPH_SHADE, GLYPH_BLOCK};
    int step = (int)(fmin(fmax(share, 0), 1) * SHADES);
    for (int i = 0; i < w; i++)
        surface_glyph(s, x + i, y, step >= SHADES - 1 ? CELL_VALUE : CELL_BAND, glyphs[step < SHADES ? step : SHADES - 1]);
}

static void draw_column(const struct column *column, const double ends[2], struct surface s, int x, int y, int w)
{
    if (column->state == COLUMN_EMPTY)
        return;
    double value = column->state == COLUMN_HELD ? column->last : column->mean;
    draw_shade(s, x, y, w, ends[1] > ends[0] ? (value - ends[0]) / (ends[1] - ends[0]) : 0);
}

/* The least and the greatest shade of columns by their means. */
static bool find_ends(const struct column *columns, size_t count, double ends[2], bool any)
{
    for (size_t i = 0; i < count; i++) {
        if (columns[i].state == COLUMN_EMPTY)
            continue;
        double value = columns[i].state == COLUMN_HELD ? columns[i].last : columns[i].mean;
        ends[0] = any ? fmin(ends[0], value) : value;
        ends[1] = any ? fmax(ends[1], value) : value;
        any = true;
    }
    return any;
}

static void draw_legend(const struct reading *reading, const double ends[2], struct surface s)
{
    char text[NUMBER_TEXT];
    number_fit(ends[0], reading->decimals, 8, text);
    int x = surface_text(s, 0, 0, CELL_DIM, text) + 1;
    for (int i = 0; i < SHADES; i++, x += 2)
        draw_shade(s, x, 0, 2, (i + 0.5) / SHADES);
    number_fit(ends[1], reading->decimals, 8, text);
    x = surface_text(s, x + 1, 0, CELL_DIM, text) + 1;
    surface_text_fit(s, x, 0, s.w - x, CELL_DIM, reading->unit);
}

static void say_nothing(const struct reading *reading, struct surface s)
{
    const struct series *series = reading->series;
    surface_text_fit(s, 0, 0, s.w, CELL_DIM, !series ? "no history here" : series->loading ? "loading" : series->note && series->note[0] ? series->note : "nothing is known of this time");
}

/* ---- hours by days ---- */

/* The newest day lowest, hours of the site's clock from left to right. */
static void draw_days(const struct reading *reading, const double ends[2], struct surface s)
{
    const struct zone *zone = reading->zone ? reading->zone : &utc;
    const struct series *series = reading->series;
    int label_w = s.w >= DATE_W + HOURS ? DATE_W : 0, w = (s.w - label_w) / HOURS;
    w = w > HOUR_MOST_W ? HOUR_MOST_W : w;
    struct civil now = zone_civil(zone, reading->now_ms);
    int64_t today = civil_days(now.year, now.month, now.day);
    struct column *cells = mem_zero((size_t)s.h * HOURS, sizeof *cells);
    for (size_t i = 0; i < series->count; i++) {
        struct civil at = zone_civil(zone, series->from_ms + (int64_t)(series->step_ms * (double)i));
        int64_t back = today - civil_days(at.year, at.month, at.day);
        if (back >= 0 && back < s.h)
            column_merge(&cells[(s.h - 1 - back) * HOURS + at.hour], &series->columns[i]);
    }
    for (int y = 0; y < s.h && w > 0; y++) {
        struct civil day = zone_civil(zone, zone_utc(zone, (struct civil){.year = now.year, .month = now.month, .day = now.day - (s.h - 1 - y), .hour = 12}));
        bool any = false;
        for (int h = 0; h < HOURS; h++) {
            any = any || cells[y * HOURS + h].state != COLUMN_EMPTY;
            draw_column(&cells[y * HOURS + h], ends, s, label_w + h * w, y, w);
        }
        if (label_w && any)
            surface_format(s, 0, y, day.weekday % 6 == 0 ? CELL_DIM : CELL_TEXT, "%02d-%02d", day.month, day.day);
    }
    free(cells);
}

static void draw_hours(struct surface s)
{
    int label_w = s.w >= DATE_W + HOURS ? DATE_W : 0, w = (s.w - label_w) / HOURS;
    w = w > HOUR_MOST_W ? HOUR_MOST_W : w;
    for (int h = 0; h < HOURS && w > 0; h += w > 1 ? 3 : 6)
        surface_format(s, label_w + h * w, 0, CELL_DIM, "%02d", h);
}

/* ---- readings by time ---- */

static void draw_rows(const struct reading *readings, size_t count, const double ends[2], struct surface s)
{
    int label_w = 0, most = s.w / 3 < LABEL_MOST_W ? s.w / 3 : LABEL_MOST_W;
    for (size_t i = 0; i < count; i++)
        label_w = text_width(reading_label(&readings[i])) > label_w ? text_width(reading_label(&readings[i])) : label_w;
    label_w = label_w > most ? most : label_w;
    struct surface area = surface_sub(s, rect_of(label_w + 1, 0, s.w - label_w - 1, s.h));
    if (area.w < 1)
        return;
    struct column *columns = mem_zero((size_t)area.w, sizeof *columns);
    struct timeline line = reading_timeline(&readings[0], HEAT_HOUR_MS, area.w);
    for (int y = 0; y < s.h && (size_t)y < count; y++) {
        bool more = y == s.h - 1 && (size_t)s.h < count;
        if (more) {
            surface_format(s, 0, y, CELL_DIM, "+%zu more", count - (size_t)y);
            break;
        }
        surface_text_fit(s, 0, y, label_w, CELL_DIM, reading_label(&readings[y]));
        if (!readings[y].series)
            continue;
        series_onto(readings[y].series, &line, columns);
        for (int x = 0; x < line.columns; x++)
            draw_column(&columns[x], ends, area, x, y, 1);
    }
    free(columns);
}

static void heat_draw(const struct reading *readings, size_t count, struct surface s)
{
    double ends[2] = {0, 0};
    bool any = false, days = count == 1 && readings[0].span_ms > DAY_MS;
    struct rect body = surface_rect(s);
    if (s.w < 1 || s.h < 1)
        return;
    for (size_t i = 0; i < count; i++)
        if (readings[i].series)
            any = find_ends(readings[i].series->columns, readings[i].series->count, ends, any);
    if (!any) {
        say_nothing(&readings[0], s);
        return;
    }
    if (readings[0].has_range) {
        ends[0] = readings[0].range[0];
        ends[1] = readings[0].range[1];
    }
    if (s.h >= LEGEND_LEAST_H)
        draw_legend(&readings[0], ends, surface_sub(s, rect_cut_bottom(&body, 1)));
    if (days && s.w < HOURS) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "needs 24 cells");
        return;
    }
    if (days && body.h > 1)
        draw_hours(surface_sub(s, rect_cut_top(&body, 1)));
    if (days)
        draw_days(&readings[0], ends, surface_sub(s, body));
    else
        draw_rows(readings, count, ends, surface_sub(s, body));
}

const struct widget widget_heat = {
    .name = "heat", .help = "shades: hours by days of one number, or several over time", .least_w = 24, .least_h = 3, .draw_all = heat_draw, .series = true, .days = true, .names = true,
};
