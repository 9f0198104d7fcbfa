/*
 * decimal: reals that are short decimals, as scaled integers. A division of two exact numbers is rounded once, so that the integer gives
 * the very bits that the decimal's own text would give.
 */
#ifndef ANDON_CORE_DECIMAL_H
#define ANDON_CORE_DECIMAL_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DECIMALS_MOST = 9 };

/* 10 to the power of `decimals`, 0 .. DECIMALS_MOST. */
static inline double decimal_power(int decimals)
{
    static const double powers[DECIMALS_MOST + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    return powers[decimals];
}

/* The real; `single`: it went through a 32-bit float. */
static inline double decimal_real(int64_t whole, double power, bool single)
{
    double d = (double)whole / power;
    return single ? (double)(float)d : d;
}

/* False when the real is no such decimal (-0.0 is none), or too large. */
static inline bool decimal_of(double d, double power, bool single, int64_t *whole)
{
    double scaled = d * power, back;
    if (!(fabs(scaled) < 4503599627370496.0)) /* 2^52: halves are exact below */
        return false;
    int64_t near = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    back = decimal_real(near, power, single);
    if (memcmp(&back, &d, sizeof d) != 0)
        return false;
    *whole = near;
    return true;
}

#endif
