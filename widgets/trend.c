/*
 * trend: up to six curves over a longer time, as braille, half blocks or ASCII (draw/plot.h): the scale at the left, times below, and where there is height what
 * each curve is and its value now. Curves of one unit share a scale; else each has its own, and the first one's stands at the left. A gap is a gap.
 */
#include "widgets/widget.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"

enum { AXIS_W = 8, NARROW_AXIS_W = 6, NARROW_W = 48, AXIS_LEAST_W = 20, AXIS_LEAST_H = 2, TIMES_LEAST_H = 4, LEGEND_LEAST_H = 5, LEGEND_LEAST_W = 14, PARTS = 5, SPAN_PRESET_MS = 600000 };

extern const struct widget widget_trend;

struct drawn {
    struct column *columns;
    struct scale scale;
    bool known;
};

static struct scale scale_for(const struct reading *reading, const struct column *columns, int count, bool *known)
{
    double ends[2];
    *known = series_ends(columns, count, ends);
    if (reading->has_range && (!*known || (ends[0] >= reading->range[0] && ends[1] <= reading->range[1])))
        return scale_of(reading->range[0], reading->range[1]);
    if (!*known)
        return scale_of(0, 1);
    if (reading->has_range)
        return scale_round(fmin(ends[0], reading->range[0]), fmax(ends[1], reading->range[1]), PARTS);
    return scale_round(ends[0], ends[1], PARTS);
}

/* One scale for those of one unit: a picture in which 60 lies above 80 lies. */
static void share_scales(const struct reading *readings, struct drawn *drawn, size_t count)
{
    struct scale all = drawn[0].scale;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(readings[i].unit, readings[0].unit) != 0)
            return;
        if (drawn[i].known || readings[i].has_range)
            all = drawn[0].known || readings[0].has_range || i > 1 ? scale_union(all, drawn[i].scale) : drawn[i].scale;
    }
    for (size_t i = 0; i < count; i++)
        drawn[i].scale = all;
}

static enum cell_role role_of(size_t curve) { return (enum cell_role)(CELL_SERIES_1 + (int)curve); }

static void draw_axis(struct scale scale, enum cell_role role, struct surface s)
{
    char text[NUMBER_TEXT];
    number_fit(scale.high, DECIMALS_AUTO, s.w, text);
    surface_number_right(s, 0, 0, s.w, role, text);
    number_fit(scale.low, DECIMALS_AUTO, s.w, text);
    if (s.h > 1)
        surface_number_right(s, 0, s.h - 1, s.w, role, text);
}

static void draw_times(const struct reading *reading, const struct timeline *line, struct surface s)
{
    static const struct zone utc = {.count = 0};
    struct time_label labels[TIMELINE_LABELS];
    size_t count = timeline_labels(reading->zone ? reading->zone : &utc, line->from_ms, timeline_end(line), s.w, labels);
    for (size_t i = 0; i < count; i++)
        surface_text(s, labels[i].x, 0, CELL_DIM, labels[i].text);
}

/* What the curves are, each in its colour and with its digit, in equal parts of a row. */
static void draw_legend(const struct reading *readings, size_t count, struct surface s)
{
    size_t shown = count < TREND_CURVES ? count : TREND_CURVES;
    while (shown > 1 && s.w / (int)shown < LEGEND_LEAST_W)
        shown--;
    int more_w = shown < count ? 3 : 0, w = (s.w - more_w) / (int)shown;
    for (size_t i = 0; i < shown; i++) {
        struct surface part = surface_sub(s, rect_of((int)i * w, 0, i + 1 == shown ? w : w - 1, 1));
        int x = count > 1 ? surface_format(part, 0, 0, role_of(i), "%zu ", i + 1) : 0;
        int label_w = text_width(reading_label(&readings[i])), most = (part.w - x) / 2;
        x = surface_text_fit(part, x, 0, label_w < most ? label_w : most, CELL_DIM, reading_label(&readings[i])) + 1;
        reading_value(&readings[i], part, x, 0, part.w - x);
    }
    if (shown < count)
        surface_format(s, s.w - 2, 0, CELL_DIM, "+%zu", count - shown);
}

/* Its digit, where its newest known column is: told apart without colour. */
static void draw_digit(const struct drawn *drawn, size_t index, const struct timeline *line, struct surface s)
{
    const char text[] = {(char)('1' + index), '\0'};
    int part = plot_columns(s.grid->tier, 1), from = line->columns - 1 - part * (1 + (int)index);
    for (int x = from; x >= 0; x--) {
        const struct column *column = &drawn->columns[x];
        if (column->state == COLUMN_EMPTY)
            continue;
        surface_text(s, x / part, s.h - 1 - scale_row(drawn->scale, column->last, s.h), role_of(index), text);
        return;
    }
}

static void draw_curves(const struct reading *readings, struct drawn *drawn, size_t count, const struct timeline *line, struct surface s)
{
    struct plot plot;
    bool any = false;
    plot_begin(&plot, s);
    for (int over = 0; over < 2; over++)
        for (size_t i = count; i-- > 0;)
            series_plot(&plot, drawn[i].columns, line->columns, drawn[i].scale, readings[i].trust == TRUST_GOOD ? role_of(i) : CELL_STALE, over ? PLOT_SOLID : PLOT_BAND);
    plot_end(&plot);
    for (size_t i = 0; i < count; i++) {
        any = any || drawn[i].known;
        if (count > 1)
            draw_digit(&drawn[i], i, line, s);
    }
    const struct series *first = readings[0].series;
    if (!any)
        surface_text_fit(s, 0, s.h / 2, s.w, CELL_DIM, !first ? "no history here" : first->loading ? "loading" : first->note && first->note[0] ? first->note : "nothing is known of this time");
}

static void trend_draw(const struct reading *readings, size_t all, struct surface s)
{
    struct drawn drawn[TREND_CURVES];
    size_t count = all < TREND_CURVES ? all : TREND_CURVES;
    struct rect body = surface_rect(s);
    if (s.w < 1 || s.h < 1)
        return;
    if (s.h >= LEGEND_LEAST_H)
        draw_legend(readings, all, surface_sub(s, rect_cut_bottom(&body, 1)));
    int axis = s.w < AXIS_LEAST_W || s.h < AXIS_LEAST_H ? 0 : s.w < NARROW_W ? NARROW_AXIS_W : AXIS_W;
    struct rect left = rect_cut_left(&body, axis), times = s.h >= TIMES_LEAST_H ? rect_cut_bottom(&body, 1) : rect_of(0, 0, 0, 0);
    struct timeline line = reading_timeline(&readings[0], SPAN_PRESET_MS, plot_columns(s.grid->tier, body.w));
    static const struct series nothing = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        drawn[i].columns = mem_zero((size_t)line.columns, sizeof *drawn[i].columns);
        series_onto(readings[i].series ? readings[i].series : &nothing, &line, drawn[i].columns);
        drawn[i].scale = scale_for(&readings[i], drawn[i].columns, line.columns, &drawn[i].known);
    }
    share_scales(readings, drawn, count);
    if (axis)
        draw_axis(drawn[0].scale, count > 1 ? role_of(0) : CELL_DIM, surface_sub(s, rect_of(left.x, left.y, axis - 1, body.h)));
    draw_curves(readings, drawn, count, &line, surface_sub(s, body));
    if (times.h > 0)
        draw_times(&readings[0], &line, surface_sub(s, times));
    for (size_t i = 0; i < count; i++)
        free(drawn[i].columns);
}

const struct widget widget_trend = {
    .name = "trend", .help = "curves over a longer time", .least_w = 16, .least_h = 3, .draw_all = trend_draw, .series = true, .most = TREND_CURVES, .names = true,
};
