/*
 * matrix_heads: names made short: heads of narrow columns that still tell each from the others, and names of machines by the last levels of their topics that do.
 */
#ifndef ANDON_VIEWS_MATRIX_HEADS_H
#define ANDON_VIEWS_MATRIX_HEADS_H

#include <stddef.h>

enum { HEAD_TEXT = 64, LABEL_LEVELS = 12 };

/* Heads of at most w cells (3 at least), each unlike the others: whole where they fit, else the beginnings of their words with the numbers behind them
 * ("phase1_current" in 8: "pha1_cur"), else numbered. */
void matrix_heads(const char *const *names, size_t count, int w, char (*heads)[HEAD_TEXT]);
/* Of each path ("plant/hall1/press01") so many of its last levels as tell all of them apart, without those that all end with. */
void matrix_labels(const char *const *paths, size_t count, char (*labels)[HEAD_TEXT]);

#endif
