/*
 * surface: a window on a grid of cells. A cell is a grapheme and a semantic role, never a colour.
 *
 * A grid owns cells. A surface is a value: a grid, an origin and a clip; surface_sub() makes a smaller one whose origin is
 * (0,0), so that what draws on it cannot know where it sits or draw outside. Drawing outside is not an error, it is cut.
 * A wide grapheme takes two cells; one that would be cut in half leaves a blank. Overwriting half of one blanks the other half.
 *
 *     struct grid *grid = grid_create(80, 24);
 *     struct surface s = surface_of(grid);
 *     surface_text(surface_sub(s, rect_of(2, 1, 20, 1)), 0, 0, CELL_TITLE, "OVERVIEW");
 */
#ifndef ANDON_DRAW_SURFACE_H
#define ANDON_DRAW_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draw/glyph.h"
#include "draw/rect.h"
#include "draw/role.h"

enum { CELL_BYTES = 14 };

struct cell {
    char text[CELL_BYTES]; /* one grapheme, zeros to the end (cells compare by memcmp); "" in the right half of a wide one */
    uint8_t width;         /* 1, 2, or 0 for the right half */
    uint8_t role;          /* enum cell_role */
};

struct grid {
    int w, h;
    struct cell *cells;    /* row by row */
    enum glyph_tier tier;  /* what glyph_text() gives to those who draw here */
};

struct surface {
    struct grid *grid;
    int x, y;         /* of the origin, in the grid */
    int w, h;         /* as far as the drawer knows */
    struct rect clip; /* in the grid */
};

struct grid *grid_create(int w, int h);
void grid_destroy(struct grid *grid);
/* New size; the content is blank afterwards. */
void grid_resize(struct grid *grid, int w, int h);
void grid_clear(struct grid *grid);
/* A cell, which must be inside. */
const struct cell *grid_cell(const struct grid *grid, int x, int y);

struct surface surface_of(struct grid *grid);
struct surface surface_sub(struct surface s, struct rect r);
static inline struct rect surface_rect(struct surface s) { return rect_of(0, 0, s.w, s.h); }

/* Draws UTF-8 text (already through the gate) in one row and returns the column after it, cut or not. */
int surface_text(struct surface s, int x, int y, enum cell_role role, const char *text);
/* The same for the first `length` bytes, which end between two graphemes. */
int surface_run(struct surface s, int x, int y, enum cell_role role, const char *text, size_t length);
/* The same, at most w cells; text that is cut ends in the glyph for "more". */
int surface_text_fit(struct surface s, int x, int y, int w, enum cell_role role, const char *text);
/* Right-aligned in the w cells that begin at x; text that does not fit is cut at its end with the glyph for "more", and a
 * number that does not fit is shown as '#' in every cell, because a number is never shown cut. Both return the column where
 * they begin. */
int surface_text_right(struct surface s, int x, int y, int w, enum cell_role role, const char *text);
int surface_number_right(struct surface s, int x, int y, int w, enum cell_role role, const char *text);
/* printf into a text of at most 512 bytes, then surface_text(). */
int surface_format(struct surface s, int x, int y, enum cell_role role, const char *format, ...);
/* Draws one glyph of the grid's tier and returns the column after it. */
int surface_glyph(struct surface s, int x, int y, enum cell_role role, enum glyph glyph);
/* Repeats a grapheme over a rectangle, in this role. */
void surface_fill(struct surface s, struct rect r, enum cell_role role, const char *grapheme);
/* A border of w cells. */
void surface_hline(struct surface s, int x, int y, int w);
/* Changes the roles of cells and leaves their text. */
void surface_paint(struct surface s, struct rect r, enum cell_role role);

#endif
