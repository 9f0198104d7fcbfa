/*
 * ring: the last ten minutes of a number, packed: per 15 s of stream time the least and the greatest sample, as floats. Sparklines and
 * the faceplate's trend are drawn from it. Extremes survive; a column without a sample stays empty (a gap is a gap).
 */
#ifndef ANDON_CORE_RING_H
#define ANDON_CORE_RING_H

#include <stdbool.h>
#include <stdint.h>

enum { RING_COLUMNS = 40, RING_STEP_MS = 15000, RING_SLOPE_LEAST = 4 };

struct ring {
    int64_t head;              /* number of the newest column: elapsed ms / RING_STEP_MS */
    float low[RING_COLUMNS], high[RING_COLUMNS]; /* by column number modulo RING_COLUMNS; low > high: empty */
};

void ring_init(struct ring *ring, int64_t elapsed_ms);
void ring_add(struct ring *ring, int64_t elapsed_ms, double value);
/* The column `back` columns before now (0 is the running one); false when it holds no sample or is too old. */
bool ring_at(const struct ring *ring, int64_t now_elapsed_ms, int back, double *low, double *high);
/* Change per second: the least-squares line through the middles of the filled columns within the last `columns`. False with
 * fewer than RING_SLOPE_LEAST of them: two columns of a noisy value have a slope that means nothing. */
bool ring_slope(const struct ring *ring, int64_t now_elapsed_ms, int columns, double *per_second);

#endif
