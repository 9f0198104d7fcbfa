/*
 * table: the one list with columns, sorting, filter, selection and scrolling; every list of the program is one.
 *
 * The view says what it has (struct table_spec: columns, a row count, how to draw a cell, how to compare and match); the
 * table decides what is visible. A struct table is what the user did: selection, top row, sort, horizontal place; it
 * survives redraws and is zero to begin with. Rows keep their order unless the user sorts: nothing re-sorts under the
 * reader. The selection follows its row by identity (row_id), not by position; the first row that can be selected is so
 * from the beginning.
 *
 * Cost: drawing costs the visible rows. Filter and sort look at every row, and therefore only when the row count, the
 * filter, the sort or the spec's `generation` changed; values that change in between do not move rows. Sorted rows are a
 * flat list without the headings; with a filter, headings stand only above rows that match.
 */
#ifndef ANDON_DRAW_TABLE_H
#define ANDON_DRAW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draw/key.h"
#include "draw/surface.h"

enum { TABLE_COLUMNS = 24 };
enum table_align { ALIGN_LEFT, ALIGN_RIGHT };

struct table_column {
    const char *title;
    int width;      /* cells wanted */
    int least;      /* below this the column is dropped; 0: never shrinks */
    int flex;       /* share of the cells left over */
    int drop;       /* columns with the highest number go first when it is narrow; 0: never dropped */
    enum table_align align;
    bool keeps;     /* its cells keep their roles in the selected row; one column at most */
};

struct table_spec {
    const struct table_column *columns;
    size_t column_count;
    size_t rows;
    const void *context;
    /* Draws one cell on a surface of exactly the column's width and one row. `selected`: the row is; the table paints it. */
    void (*cell)(const void *context, size_t row, size_t column, struct surface s, bool selected);
    size_t (*span)(const void *context, size_t row, size_t column);            /* optional: how many columns, from this one on, a cell takes */
    uint64_t (*row_id)(const void *context, size_t row);                       /* optional; the position is used without */
    int (*compare)(const void *context, size_t a, size_t b, size_t column);    /* optional: without it no sorting */
    bool (*match)(const void *context, size_t row, const char *filter);        /* optional: without it no filter */
    bool (*heading)(const void *context, size_t row);                          /* optional: a row that cannot be selected */
    bool (*urgent)(const void *context, size_t row);                           /* optional: must not be missed, also when it is not seen */
    const char *filter;      /* "" or NULL for none; a leading '!' inverts */
    uint64_t generation;     /* must change when rows with the same count are others, or match or sort otherwise */
    bool show_titles;
    bool hold;               /* the selected row stays where it stands on the screen when rows come or go above it, at the price of blanks below */
    bool passive;            /* the keys act on another panel: the selection is kept but not shown */
    const char *empty;       /* what to say when there are no rows */
};

struct table {
    size_t selected;        /* position among the visible rows */
    uint64_t selected_id;
    bool has_selected;
    size_t top;
    int sort_column;        /* 0: as given; n: by column n-1 */
    bool descending;
    size_t page;            /* rows that were visible at the last draw */
    uint32_t *order;        /* visible rows, when they are filtered or sorted */
    size_t order_count, order_capacity;
    bool ordered;           /* else every row is visible where it is, and order is not used */
    uint64_t built_for;     /* what order_count and order were made of; 0: nothing yet */
};

void table_finish(struct table *table);
/* Recomputes which rows are visible and where the selection is. Called by table_draw() and table_key() themselves. */
void table_update(struct table *table, const struct table_spec *spec);
/* Draws titles, rows and, at the right of the titles, how many rows are hidden above and below, marked when one of them is urgent. The selected row is painted
 * CELL_SELECTED except where it warns: what is abnormal keeps its role. */
void table_draw(struct table *table, const struct table_spec *spec, struct surface s);
/* Arrows, j k, PgUp PgDn, g G Home End, < > to choose the sort column, I to turn it. False: not a key of the table. */
bool table_key(struct table *table, const struct table_spec *spec, struct key key);
/* The selected row's index in the spec; false when there is none. */
bool table_selected(struct table *table, const struct table_spec *spec, size_t *row);
/* Selects a row of the spec; nothing happens when it is hidden or a heading. */
void table_select(struct table *table, const struct table_spec *spec, size_t row);
/* Cells of each column in w cells, one blank between two; 0: not shown. Returns how many are shown. */
size_t table_widths(const struct table_spec *spec, int w, int widths[TABLE_COLUMNS]);
/* The row of the spec at a visible position, for those who draw. */
static inline size_t table_row(const struct table *table, size_t position) { return table->ordered ? table->order[position] : position; }

#endif
