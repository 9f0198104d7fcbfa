/*
 * rect: a rectangle of cells. A value; widths and heights are never negative.
 */
#ifndef ANDON_DRAW_RECT_H
#define ANDON_DRAW_RECT_H

#include <stdbool.h>

struct rect {
    int x, y, w, h;
};

static inline struct rect rect_of(int x, int y, int w, int h) { return (struct rect){x, y, w < 0 ? 0 : w, h < 0 ? 0 : h}; }
struct rect rect_intersect(struct rect a, struct rect b);
static inline bool rect_empty(struct rect r) { return r.w <= 0 || r.h <= 0; }
/* Cuts n rows (columns) off the top (left) of *r and returns them; less when there are not so many. */
struct rect rect_cut_top(struct rect *r, int n);
struct rect rect_cut_bottom(struct rect *r, int n);
struct rect rect_cut_left(struct rect *r, int n);
struct rect rect_cut_right(struct rect *r, int n);

#endif
