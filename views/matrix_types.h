/*
 * matrix_types: kinds of equal machines, each a table of tags: machines by rows, what they say by columns. Those of the configuration by their types; of what was only
 * discovered those that core/learn finds by names alone.
 *
 * Kept from draw to draw. What is discovered is looked through again when it has grown by an eighth, or has not grown for some seconds, so that a flood of new topics costs few looks.
 */
#ifndef ANDON_VIEWS_MATRIX_TYPES_H
#define ANDON_VIEWS_MATRIX_TYPES_H

#include "views/matrix_heads.h"
#include "views/view.h"

enum { MATRIX_ROWS = 4096, MATRIX_COLUMNS = 200, MATRIX_SERIES = 5000 };

struct matrix_type {
    char name[HEAD_TEXT];
    bool found;                     /* not configured */
    size_t rows, columns;
    char (*labels)[HEAD_TEXT];      /* by row */
    char (*names)[HEAD_TEXT];       /* by column */
    uint32_t *nodes;                /* by row; NO_NODE of what was found */
    uint32_t *tags;                 /* by column, then row; NO_TAG: it has none */
};

struct matrix_types {
    struct matrix_type *types;      /* configured ones, then those that were found, each the largest first */
    size_t count, capacity;
    size_t configured;              /* of them */
    size_t loose;                   /* discovered series in no type */
    const struct plant *plant;
    uint64_t plant_id;
    size_t learnt, seen;            /* discovered series when they were looked through, and now */
    int64_t seen_ms;                /* elapsed: since when so many */
    uint64_t generation;            /* changes with the list */
};

void matrix_types_update(struct matrix_types *types, const struct model *model);
void matrix_types_finish(struct matrix_types *types);

#endif
