/*
 * matrix_sight: what one call of the matrix view sees: the kind of machines, the rows and columns that match the filter, their judgement, and how wide columns are.
 *
 * A struct matrix is what the screen keeps: the kinds of machines (matrix_types.h), which of them is shown, the selected cell, and of each column how wide and with how many decimals
 * it has been drawn, so that nothing jumps while values change. A struct sight is made by matrix_look() and ended by matrix_look_away().
 */
#ifndef ANDON_VIEWS_MATRIX_SIGHT_H
#define ANDON_VIEWS_MATRIX_SIGHT_H

#include "views/common.h"
#include "views/matrix_odd.h"
#include "views/matrix_types.h"

enum { MATRIX_NARROW_W = 60, MATRIX_DECIMALS = 3 };

struct column_look { uint8_t width, decimals; };

struct matrix {
    struct matrix_types types;
    char kind[HEAD_TEXT];          /* the name of the kind that is shown; "" before the first draw */
    uint64_t generation;           /* that looks are of */
    struct column_look looks[MATRIX_COLUMNS];
    size_t row, column, top, left; /* among those that match the filter */
    int page_rows;
    size_t page_columns;
    int drawn_w, head_w;           /* the width that looks are for, and how long heads may be at it: they only get shorter */
};

struct sight {
    const struct scene *scene;
    struct matrix *matrix;
    const struct matrix_type *type; /* NULL: there is none */
    size_t kind;
    size_t *rows, row_count;       /* that match the filter */
    size_t *columns, column_count;
    struct odd_cell *cells;        /* of the type, by column, then row */
    struct odd_column *judged;     /* by column */
    char (*heads)[HEAD_TEXT];
    size_t odd;
    int label_w;
};

void matrix_look(struct matrix *matrix, const struct scene *scene, struct sight *sight);
void matrix_look_away(struct sight *sight);
/* Heads, widths and decimals for a surface of w cells. */
void matrix_lay_out(struct sight *sight, int w);
/* Scrolls to the selected cell; `rows` are drawn. */
void matrix_scroll(struct sight *sight, int w, int rows);
/* The place of the kind that is shown. */
size_t matrix_kind(const struct matrix *matrix);
uint32_t matrix_tag(const struct matrix_type *type, size_t row, size_t column);
/* NO_TAG: nothing is selected, or the machine has no such value. */
uint32_t matrix_selected(const struct sight *sight);
/* Of the first machine that has it; NULL of what is only discovered. */
const struct tag_def *matrix_column_def(const struct sight *sight, size_t column);
/* A gap, the mark, the value. */
int matrix_column_width(const struct sight *sight, size_t shown);

#endif
