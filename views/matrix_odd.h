/*
 * matrix_odd: which cells of a column of equal machines stand out. By the column alone, never by limits that nobody gave, and only few of one: where many differ, none is odd.
 *
 * - stale: not trusted, or not heard for ten times as long as four fifths of the others, while these are fresh;
 * - differs: a word, a switch or a number that nearly all others have alike;
 * - stopped: a counter that has not risen for ten times as long as is usual among those that rise;
 * - far: a number further from the median than six times the typical distance from it (the median of distances, MAD, times 1.48), and a twentieth of the median.
 */
#ifndef ANDON_VIEWS_MATRIX_ODD_H
#define ANDON_VIEWS_MATRIX_ODD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"

enum odd { ODD_NO, ODD_STALE, ODD_DIFFERS, ODD_STOPPED, ODD_FAR, ODD_COUNT };
extern const char *const odd_names[ODD_COUNT];

struct odd_cell {
    bool there;            /* the machine has such a value */
    bool has_number;       /* else `word` */
    enum tag_trust trust;
    double number;
    const char *word;
    int64_t age_ms;        /* since it was heard */
    int64_t still_ms;      /* since it changed */
    enum odd odd;          /* the answer */
};

/* What is usual in the column, as far as it was asked for. */
struct odd_column {
    bool counts;           /* in: its numbers are counters */
    size_t known;          /* cells that are fresh */
    size_t odd;            /* cells that stand out */
    const char *word;      /* what nearly all say; NULL */
    double median, spread; /* of the numbers; spread: 1.48 times the MAD, 0: nearly all are alike */
    int64_t age_ms, still_ms; /* four fifths were heard within this; half of the counters rose within this */
};

void odd_judge(struct odd_cell *cells, size_t count, struct odd_column *column);

#endif
