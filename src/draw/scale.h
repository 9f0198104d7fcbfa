/*
 * scale: from values to a height and back: where a value stands between two ends, and the round numbers that one writes beside it.
 * Plain values; any finite numbers will do, also such that their difference is not.
 *
 *     struct scale scale = scale_round(19.3, 27.8, 5);   20 lies above 19.3: 18 .. 28
 *     row = scale_row(scale, 21.5, height);
 */
#ifndef ANDON_DRAW_SCALE_H
#define ANDON_DRAW_SCALE_H

#include <stddef.h>

enum { SCALE_TICKS = 32 };

struct scale {
    double low, high; /* low < high */
};

/* 1, 2 or 5 times a power of ten that is not less than `least` (which is > 0). */
double scale_step(double least);
/* The narrowest scale with ends at a round step, about `parts` of them, that holds both values. Equal ones get room on both sides. */
struct scale scale_round(double low, double high, int parts);
/* A scale with these very ends; what is not a scale is made one as scale_round() does. */
struct scale scale_of(double low, double high);
/* The least scale that holds both. */
struct scale scale_union(struct scale a, struct scale b);
/* Where a value stands: 0 at the low end, 1 at the high one, beyond them outside. */
double scale_at(struct scale scale, double value);
/* In which of n equal steps, 0 the lowest; what is outside is in the first or the last. */
int scale_row(struct scale scale, double value, int n);
/* Round values between the ends, at most `most` (and SCALE_TICKS) of them, rising; returns how many. */
size_t scale_ticks(struct scale scale, int most, double ticks[SCALE_TICKS]);

#endif
