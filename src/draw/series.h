/*
 * series: what is known of a number over a stretch of time, in equal columns (struct column, core/recall.h): brought onto other columns, measured, drawn as a curve.
 *
 *     series_onto(&series, &line, columns);                          columns[line.columns]
 *     if (series_ends(columns, line.columns, ends)) scale = scale_round(ends[0], ends[1], 5);
 *     series_plot(&plot, columns, line.columns, scale, CELL_SERIES_1, PLOT_SOLID);
 */
#ifndef ANDON_DRAW_SERIES_H
#define ANDON_DRAW_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/recall.h"
#include "draw/plot.h"
#include "draw/scale.h"
#include "draw/timeline.h"

/* Borrowed columns, oldest first. */
struct series {
    const struct column *columns;
    size_t count;
    int64_t from_ms;   /* UTC */
    double step_ms;
    bool loading;      /* it is being read: what stands here is what was known before */
    const char *note;  /* why there is no history of it, "" when there is */
};

/* Merges a later column into an earlier one, or another source of the same stretch: extremes are never lost, and what was sampled hides what only stood. */
void column_merge(struct column *into, const struct column *from);
/* What falls into one column of the line is merged, what falls into none is empty. */
void series_onto(const struct series *series, const struct timeline *line, struct column *columns);
/* The least and the greatest of all; false when nothing is known. */
bool series_ends(const struct column *columns, int count, double ends[2]);
/* As much of them as the plot has room for. A curve whose columns reach far would be a wall: asked for PLOT_BAND it is drawn as one (and nothing else is), in
 * the other styles its means are. PLOT_FAINT is drawn as it is, dim. */
void series_plot(struct plot *plot, const struct column *columns, int count, struct scale scale, enum cell_role role, enum plot_style style);

#endif
