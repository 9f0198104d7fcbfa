/*
 * A struct scale is a value. Differences are taken of halves, so that ends of 1e308 do not overflow; a step is found by its power of ten,
 * so that 0.1 and 1e9 are treated alike.
 */
#include "draw/scale.h"

#include <math.h>

double scale_step(double least)
{
    static const double factors[] = {1, 2, 5};
    double power = pow(10, floor(log10(least)));
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++)
        if (factors[i] * power >= least * (1 - 1e-9))
            return factors[i] * power;
    return 10 * power;
}

/* Room around a single value: what a look at it may want to see, a hundredth of it, or a unit around nought. */
static struct scale around(double value)
{
    double room = value < 0 || value > 0 ? fabs(value) / 100 : 1;
    struct scale scale = {value - room, value + room};
    if (!(scale.high > scale.low) || !isfinite(scale.high) || !isfinite(scale.low))
        return (struct scale){fmin(value, 0), value > 0 ? value : 1};
    return scale;
}

struct scale scale_round(double low, double high, int parts)
{
    struct scale wide = high > low ? (struct scale){low, high} : around(low);
    double span = wide.high - wide.low;
    if (!isfinite(span) || !(span / parts > 0))
        return wide;
    double step = scale_step(span / parts);
    struct scale round = {floor(wide.low / step + 1e-9) * step, ceil(wide.high / step - 1e-9) * step};
    if (!isfinite(round.low) || !isfinite(round.high) || !(round.high > round.low))
        return wide;
    return round;
}

struct scale scale_of(double low, double high)
{
    return high > low ? (struct scale){low, high} : around(low);
}

struct scale scale_union(struct scale a, struct scale b)
{
    return (struct scale){fmin(a.low, b.low), fmax(a.high, b.high)};
}

double scale_at(struct scale scale, double value)
{
    return (value / 2 - scale.low / 2) / (scale.high / 2 - scale.low / 2);
}

int scale_row(struct scale scale, double value, int n)
{
    double at = scale_at(scale, value) * n;
    return !(at >= 0) ? 0 : at >= n ? n - 1 : (int)at;
}

size_t scale_ticks(struct scale scale, int most, double ticks[SCALE_TICKS])
{
    double span = scale.high - scale.low;
    size_t count = 0, room = most < SCALE_TICKS ? (size_t)(most > 0 ? most : 0) : SCALE_TICKS;
    if (room < 2 || !isfinite(span) || !(span / (double)room > 0))
        return 0;
    double step = scale_step(span / (double)(room - 1)), first = ceil(scale.low / step - 1e-9);
    for (double n = first; count < room && n * step <= scale.high + step * 1e-9; n++)
        ticks[count++] = n * step;
    return count;
}
