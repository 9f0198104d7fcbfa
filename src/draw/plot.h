/*
 * plot: curves on a surface, in three tiers: ASCII a row a cell, WGL4 two (half blocks), full four rows and two columns (braille).
 * Ink stands where there are samples: a stroke for one, an upright run from the least to the greatest where a column holds more; a thin line
 * where a value only stands; nothing where nothing is known. A thin upright joins columns that follow one another; a gap is never bridged.
 *
 *     struct plot plot;
 *     plot_begin(&plot, s);
 *     plot_series(&plot, points, CELL_SERIES_1, PLOT_SOLID);      points[plot_columns(tier, s.w)]
 *     plot_end(&plot);
 *
 * What lies behind the curves is drawn before plot_begin(), what lies on them after plot_end().
 */
#ifndef ANDON_DRAW_PLOT_H
#define ANDON_DRAW_PLOT_H

#include <stdint.h>

#include "draw/surface.h"

enum plot_ink { PLOT_NONE, PLOT_HELD, PLOT_SAMPLE, PLOT_RUN };
enum plot_style {
    PLOT_SOLID,
    PLOT_SHADED, /* when the roles are used up: other glyphs */
    PLOT_FAINT,  /* behind the others */
    PLOT_BAND,   /* where each column reaches far: shaded from the least to the greatest; a curve of the means is drawn over it */
};

/* Heights of one column: 0 the bottom of the surface, 1 its top; what is beyond is drawn at the edge. */
struct plot_point {
    enum plot_ink ink;
    double low, high; /* of a run; of a stroke or a line both are the value */
    double last;      /* where the next column goes on from */
};

struct plot {
    struct surface s;
    uint8_t *dots, *roles; /* of braille: by cell */
};

/* How many columns of data w cells have, and how many steps h cells have. */
int plot_columns(enum glyph_tier tier, int w);
int plot_steps(enum glyph_tier tier, int h);

void plot_begin(struct plot *plot, struct surface s);
/* plot_columns() points, the first at the left. */
void plot_series(struct plot *plot, const struct plot_point *points, enum cell_role role, enum plot_style style);
void plot_end(struct plot *plot);

#endif
