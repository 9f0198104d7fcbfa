/*
 * A struct series borrows columns of any length; a timeline has those of a picture. Bringing one onto the other counts in columns of the
 * source, as doubles: a stretch that does not divide evenly still puts each column where it lies.
 */
#include "draw/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

#define BAND_LEAST 0.25
#define NEARLY 1e-6

void column_merge(struct column *into, const struct column *from)
{
    if (from->state < into->state || from->state == COLUMN_EMPTY)
        return;
    if (into->state < from->state) {
        *into = *from;
        return;
    }
    double all = (double)into->count + (double)from->count;
    if (all > 0)
        into->mean = into->mean * ((double)into->count / all) + from->mean * ((double)from->count / all);
    into->low = fmin(into->low, from->low);
    into->high = fmax(into->high, from->high);
    into->count += from->count;
    into->last = from->last;
}

void series_onto(const struct series *series, const struct timeline *line, struct column *columns)
{
    size_t count = series->count;
    memset(columns, 0, (size_t)line->columns * sizeof *columns);
    if (count == 0 || !(series->step_ms > 0))
        return;
    for (int x = 0; x < line->columns; x++) {
        double start = (double)(line->from_ms + line->step_ms * x - series->from_ms) / series->step_ms, end = start + (double)line->step_ms / series->step_ms;
        if (end <= 0 || start >= (double)count)
            continue;
        size_t first = start > 0 ? (size_t)(start + NEARLY) : 0, last = first + 1;
        while (last < count && (double)last < end - NEARLY)
            last++;
        for (size_t i = first; i < last && i < count; i++)
            column_merge(&columns[x], &series->columns[i]);
    }
}

bool series_ends(const struct column *columns, int count, double ends[2])
{
    bool any = false;
    for (int x = 0; columns && x < count; x++) {
        if (columns[x].state == COLUMN_EMPTY)
            continue;
        ends[0] = any ? fmin(ends[0], columns[x].low) : columns[x].low;
        ends[1] = any ? fmax(ends[1], columns[x].high) : columns[x].high;
        any = true;
    }
    return any;
}

static struct plot_point point_of(const struct column *column, struct scale scale)
{
    struct plot_point point = {.ink = PLOT_NONE};
    if (column->state == COLUMN_EMPTY)
        return point;
    bool held = column->state == COLUMN_HELD;
    point.low = scale_at(scale, held ? column->last : column->low);
    point.high = scale_at(scale, held ? column->last : column->high);
    point.last = scale_at(scale, column->last);
    point.ink = held ? PLOT_HELD : column->high > column->low ? PLOT_RUN : PLOT_SAMPLE;
    return point;
}

/* Most columns take more than a quarter of the height. */
static bool is_band(const struct column *columns, int count, struct scale scale)
{
    int far = 0, filled = 0;
    for (int x = 0; x < count; x++) {
        struct plot_point point = point_of(&columns[x], scale);
        filled += point.ink != PLOT_NONE;
        far += point.ink == PLOT_RUN && point.high - point.low > BAND_LEAST;
    }
    return filled > 1 && far * 2 > filled;
}

void series_plot(struct plot *plot, const struct column *columns, int count, struct scale scale, enum cell_role role, enum plot_style style)
{
    int most = plot_columns(plot->s.grid->tier, plot->s.w), shown = count < most ? count : most;
    struct plot_point *points = mem_zero((size_t)most + 1, sizeof *points);
    bool band = style != PLOT_FAINT && is_band(columns, shown, scale);
    for (int x = 0; x < shown; x++) {
        points[x] = point_of(&columns[x], scale);
        if (band && style != PLOT_BAND && points[x].ink == PLOT_RUN)
            points[x].low = points[x].high = points[x].last = scale_at(scale, columns[x].mean);
    }
    if (band || style != PLOT_BAND)
        plot_series(plot, points, style == PLOT_FAINT ? CELL_DIM : role, style);
    free(points);
}
