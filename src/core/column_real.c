/*
 * Reals as scaled integers. A publisher rounds: nearly every real on a plant is a short decimal, or such a decimal that once was a
 * 32-bit float. Then the integer is written, and what does not follow from it bit for bit (-0.0, a sum of tenths) stands in
 * a list of exceptions beside it. What no few decimals tell is written by its bits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/column.h"
#include "core/decimal.h"
#include "core/memory.h"

/* How a column of reals is written: FORM_BITS, or FORM_DECIMAL or FORM_SINGLE plus the number of decimals. */
enum form { FORM_BITS = 0, FORM_DECIMAL = 16, FORM_SINGLE = 32 };

enum { EXCEPTIONS_ONE_IN = 16, TRIED_MOST = 256 };

static uint64_t bits_of(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static double real_of(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* The fewest decimals that tell nearly all of some of the values; more than DECIMALS_MOST when there are none. */
static int likely_decimals(const double *values, size_t count, bool single)
{
    size_t need[DECIMALS_MOST + 1] = {0}, tried = 0, told = 0, stride = 1 + (count - 1) / TRIED_MOST;
    for (size_t i = 0; i < count; i += stride, tried++) {
        int64_t whole;
        for (int e = 0; e <= DECIMALS_MOST; e++)
            if (decimal_of(values[i], decimal_power(e), single, &whole)) {
                need[e]++;
                break;
            }
    }
    for (int e = 0; e <= DECIMALS_MOST; e++) {
        told += need[e];
        if (tried - told <= tried / EXCEPTIONS_ONE_IN)
            return e;
    }
    return DECIMALS_MOST + 1;
}

/* The integers at `decimals`, an exception standing as its predecessor. Returns how many exceptions there are; SIZE_MAX: too many. */
static size_t scale(const double *values, size_t count, int decimals, bool single, uint64_t *wholes, size_t *exceptions)
{
    size_t odd = 0, most = count / EXCEPTIONS_ONE_IN;
    int64_t whole = 0;
    double power = decimal_power(decimals);
    for (size_t i = 0; i < count; i++) {
        if (!decimal_of(values[i], power, single, &whole)) {
            if (odd == most)
                return SIZE_MAX;
            exceptions[odd++] = i;
        }
        wholes[i] = (uint64_t)whole;
    }
    return odd;
}

static void put_exceptions(struct columns_out *out, const double *values, const size_t *exceptions, size_t odd)
{
    size_t before = 0;
    pack_varint(&out->head, odd);
    for (size_t x = 0; x < odd; x++) {
        pack_varint(&out->head, exceptions[x] - before);
        pack_double(&out->head, values[exceptions[x]]);
        before = exceptions[x];
    }
}

static bool put_decimals(struct columns_out *out, const double *values, size_t count, bool single, uint64_t *wholes, size_t *exceptions, int *decimals)
{
    for (int e = likely_decimals(values, count, single); e <= DECIMALS_MOST; e++) {
        size_t odd = scale(values, count, e, single, wholes, exceptions);
        if (odd == SIZE_MAX)
            continue;
        pack_u8(&out->head, (uint8_t)((single ? FORM_SINGLE : FORM_DECIMAL) + e));
        column_put(out, wholes, count);
        put_exceptions(out, values, exceptions, odd);
        *decimals = odd || single ? -1 : e;
        return true;
    }
    return false;
}

int column_put_reals(struct columns_out *out, const double *values, size_t count)
{
    int decimals = -1;
    if (count == 0)
        return 0;
    uint64_t *wholes = mem_resize(NULL, count, sizeof *wholes);
    size_t *exceptions = mem_resize(NULL, count / EXCEPTIONS_ONE_IN + 1, sizeof *exceptions);
    if (!put_decimals(out, values, count, false, wholes, exceptions, &decimals) &&
        !put_decimals(out, values, count, true, wholes, exceptions, &decimals)) {
        pack_u8(&out->head, FORM_BITS);
        for (size_t i = 0; i < count; i++)
            wholes[i] = bits_of(values[i]);
        column_put_bits(out, wholes, count);
    }
    free(wholes);
    free(exceptions);
    return decimals;
}

static void get_exceptions(struct columns_in *in, double *values, size_t count)
{
    uint64_t at = 0, odd = unpack_varint(&in->head);
    if (odd > count)
        in->head.failed = true;
    for (uint64_t x = 0; x < odd && !columns_failed(in); x++) {
        uint64_t gap = unpack_varint(&in->head);
        double d = unpack_double(&in->head);
        if (gap >= count - at || !isfinite(d))
            in->head.failed = true;
        else
            values[at += gap] = d;
    }
}

static void get_wholes(struct columns_in *in, double *values, const uint64_t *wholes, size_t count, double power, bool single)
{
    if (single)
        for (size_t i = 0; i < count; i++)
            values[i] = decimal_real((int64_t)wholes[i], power, true);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = (double)(int64_t)wholes[i] / power;
    get_exceptions(in, values, count);
}

static void get_bits(struct columns_in *in, double *values, const uint64_t *bits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = real_of(bits[i]);
        if (!isfinite(values[i]))
            in->head.failed = true;
    }
}

void column_get_reals(struct columns_in *in, double *values, size_t count)
{
    if (count == 0)
        return;
    uint8_t form = unpack_u8(&in->head), base = form & 0xF0, decimals = form & 0x0F;
    uint64_t *wholes = mem_resize(NULL, count, sizeof *wholes);
    column_get(in, wholes, count);
    if (form == FORM_BITS)
        get_bits(in, values, wholes, count);
    else if ((base == FORM_DECIMAL || base == FORM_SINGLE) && decimals <= DECIMALS_MOST)
        get_wholes(in, values, wholes, count, decimal_power(decimals), base == FORM_SINGLE);
    else
        in->head.failed = true;
    if (columns_failed(in))
        memset(values, 0, count * sizeof *values);
    free(wholes);
}
