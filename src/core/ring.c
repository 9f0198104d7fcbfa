/*
 * A column is empty when its low is above its high. The ring's columns are those from head - RING_COLUMNS + 1 to head; a
 * reader that is later than head sees empty columns up to its own.
 */
#include "core/ring.h"

static void empty(struct ring *ring, int64_t column)
{
    int at = (int)(column % RING_COLUMNS);
    ring->low[at] = 1;
    ring->high[at] = 0;
}

void ring_init(struct ring *ring, int64_t elapsed_ms)
{
    ring->head = elapsed_ms / RING_STEP_MS;
    for (int column = 0; column < RING_COLUMNS; column++)
        empty(ring, column);
}

void ring_add(struct ring *ring, int64_t elapsed_ms, double value)
{
    int64_t column = elapsed_ms / RING_STEP_MS;
    if (column - ring->head >= RING_COLUMNS)
        ring_init(ring, elapsed_ms);
    while (ring->head < column)
        empty(ring, ++ring->head);
    if (ring->head - column >= RING_COLUMNS)
        return;
    int at = (int)(column % RING_COLUMNS);
    float v = (float)value;
    if (ring->low[at] > ring->high[at]) {
        ring->low[at] = ring->high[at] = v;
    } else {
        if (v < ring->low[at])
            ring->low[at] = v;
        if (v > ring->high[at])
            ring->high[at] = v;
    }
}

bool ring_at(const struct ring *ring, int64_t now_elapsed_ms, int back, double *low, double *high)
{
    int64_t column = now_elapsed_ms / RING_STEP_MS - back;
    if (back < 0 || column < 0 || column > ring->head || ring->head - column >= RING_COLUMNS)
        return false;
    int at = (int)(column % RING_COLUMNS);
    if (ring->low[at] > ring->high[at])
        return false;
    *low = (double)ring->low[at];
    *high = (double)ring->high[at];
    return true;
}

/* Least squares over the columns' middles; x is the column, counted from the newest backwards. */
bool ring_slope(const struct ring *ring, int64_t now_elapsed_ms, int columns, double *per_second)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, low, high;
    for (int back = 0; back < columns && back < RING_COLUMNS; back++) {
        if (!ring_at(ring, now_elapsed_ms, back, &low, &high))
            continue;
        double x = -back, y = (low + high) / 2;
        n++;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    if (n < RING_SLOPE_LEAST)
        return false;
    *per_second = (n * sxy - sx * sy) / (n * sxx - sx * sx) / (RING_STEP_MS / 1000.0);
    return true;
}
