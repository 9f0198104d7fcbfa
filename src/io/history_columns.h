/*
 * history_columns: the columns of a trend while they are being made: history_columns.c gathers what was measured, history_hold.c says what
 * stood between.
 */
#ifndef ANDON_IO_HISTORY_COLUMNS_H
#define ANDON_IO_HISTORY_COLUMNS_H

#include "io/history_private.h"

/* Moments at which nothing was known any more: a bad sample, a gap's beginning, a lost source. In any order until they are sorted. */
struct moments {
    int64_t *ms;
    size_t count, capacity;
};

struct weave {
    struct history *h;
    const struct want *want;
    uint32_t series;
    uint64_t until_seq;      /* 0: everything */
    struct column *columns;
    int64_t *bounds;         /* want->columns + 1 of them */
    double *sums;
    int64_t *last_ms;        /* per column: of what `last` tells */
    struct chunk_list chunks;
    struct moments ends;
    bool raw;                /* every sample was looked at */
    bool has_prior;          /* the value before the range */
    double prior;
    int64_t prior_ms;
    struct samples samples;  /* scratch */
    struct error *err;
};

static inline bool weave_sees(const struct weave *w, uint64_t first_seq) { return !w->until_seq || first_seq <= w->until_seq; }
static inline bool weave_cuts(const struct weave *w, uint64_t last_seq) { return w->until_seq && last_seq > w->until_seq; }
/* What ends a value that stood. */
static inline bool sample_is_bad(const struct sample *s) { return s->quality < QUALITY_UNCERTAIN; }
void moments_add(struct moments *moments, int64_t ms);

/* In a transaction: columns that hold samples are COLUMN_FILLED, the others COLUMN_EMPTY; *tier names what was read. */
bool weave_fill(struct weave *w, const char **tier);
/* In the same transaction: COLUMN_HELD where the last value stood. */
bool weave_hold(struct weave *w);

#endif
