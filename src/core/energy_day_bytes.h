/*
 * energy_day_bytes: where things lie in a packed day, for energy_day.c, which writes it, and energy_day_read.c. See the first for what there is.
 */
#ifndef ANDON_CORE_ENERGY_DAY_BYTES_H
#define ANDON_CORE_ENERGY_DAY_BYTES_H

#include <math.h>
#include <string.h>

#include "core/energy_day.h"

enum {
    FORMAT = 1, COLUMNS = 8, AMOUNTS = 5,
    HEAD_BYTES = 112,
    AT_FLAGS = 9, AT_COUNT = 10, AT_BOUNDS = 12, AT_RUNS = 14, AT_SUMS = 16, AT_TIMES = 56, AT_PEAK = 80, AT_PEAK_MS = 88, AT_FROM = 92, AT_TO = 96, AT_WORK = 100, AT_FIRST = 104,
    FLAG_PLAIN = 1,           /* slot i is the quarter FIRST + i, whole */
    MODE_ZERO = 0, MODE_LIKE, MODE_MASK, MODE_NUMBERS, MODE_EXACT,
    PLACES_MOST = 4,
};

/* number = integer * 2^exponent, or integer / 10^exponent. */
struct scale { bool decimal; int exponent; };
extern const double energy_tens[PLACES_MOST + 1];

static inline double unscaled(struct scale scale, double whole)
{
    return scale.decimal ? whole / energy_tens[scale.exponent] : ldexp(whole, scale.exponent);
}

static inline bool same(double a, double b)
{
    return a <= b && a >= b;
}

/* What it is compared with; of fields that come before it. */
static inline double like_field(const struct energy_slot *s, size_t column)
{
    switch (column) {
    case 3: case 4: return s->sum.amount;
    case 5: case 6: return (double)(s->to_ms - s->from_ms);
    case 7: return (double)s->sum.valid_ms;
    default: return 0;
    }
}

static inline uint32_t get_u16(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t get_u32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline int32_t get_i32(const uint8_t *at)
{
    uint32_t v = get_u32(at);
    int32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static inline uint64_t get_u64(const uint8_t *at)
{
    return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

static inline double get_double(const uint8_t *at)
{
    uint64_t bits = get_u64(at);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

#endif
