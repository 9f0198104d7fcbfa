/*
 * panels_arrange: where the panels of a view lie. Pure arithmetic: sizes in, rectangles out.
 *
 * A row whose panels are too narrow beside one another is broken into strips below one another. Where not all strips have their least height, some are left
 * out, never the selected one; a row of cells is kept free to tell it. Rectangles never overlap, never reach outside, and fill every cell of a strip's width.
 */
#ifndef ANDON_VIEWS_PANELS_ARRANGE_H
#define ANDON_VIEWS_PANELS_ARRANGE_H

#include "core/panel.h"
#include "draw/rect.h"

/* A surface smaller than this in both shows one panel at a time; between panels beside one another lie so many cells. */
enum { PANELS_SINGLE_W = 60, PANELS_SINGLE_H = 14, PANELS_GAP = 2 };

/* With the row of its title. */
struct panel_least { int w, h; };

struct panel_spot {
    size_t panel;
    struct rect rect;
};

struct arrangement {
    struct panel_spot spots[PANELS]; /* of those that are shown, in the view's order */
    size_t count;
    size_t before, after;            /* panels that are left out above and below */
    size_t top;                      /* the first strip that is shown: where the next drawing goes on */
};

/* `least` has one for each panel; `selected` is shown in any case. */
void panels_arrange(const struct panel_view *view, const struct panel_least *least, int w, int h, size_t selected, size_t top, struct arrangement *out);
/* Shares `total` out by weight so that nobody has less than his least and all is given: when the leasts fit. */
void panels_share(int total, size_t count, const int *weights, const int *leasts, int *out);

#endif
