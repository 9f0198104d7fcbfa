/*
 * Samples in a row. The writer reserves room for the longest one and then writes without looking; the reader looks at every byte. Both carry
 * series and time on in struct pack_base, over the frames of other records, and flags and quality from one sample to the next.
 */
#include "core/pack_private.h"

#include <math.h>
#include <string.h>

enum form { FORM_NULL, FORM_FALSE, FORM_TRUE, FORM_INT, FORM_UINT, FORM_REAL, FORM_TEXT, FORM_DECIMAL, FORM_BITS = 0x0F }; /* FORM_DECIMAL + decimals */

enum {
    HEAD_SAME_TIME = 0x10,
    HEAD_SERIES = 0x60, /* two bits: the next one, the same one, or a difference that follows */
    SERIES_NEXT = 0x00, SERIES_SAME = 0x20, SERIES_OTHER = 0x40,
    HEAD_STYLE = 0x80,  /* flags and quality follow: they differ from the sample before */
    ROOM = 40,          /* for one sample at its longest */
};

const double pack_powers[PACK_DECIMALS + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

bool pack_is_decimal(double d, int places, int64_t *whole)
{
    double scaled = d * pack_powers[places];
    if (!(fabs(scaled) < 9007199254740992.0))
        return false;
    *whole = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    double back = (double)*whole / pack_powers[places]; /* as the reader will: -0.0 does not survive and is written raw */
    return memcmp(&back, &d, sizeof d) == 0;
}

/* ---- writing ---- */

static uint8_t *put_varint(uint8_t *at, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *at++ = (uint8_t)(v | 0x80);
    *at++ = (uint8_t)v;
    return at;
}

static uint8_t *put_zigzag(uint8_t *at, int64_t v)
{
    return put_varint(at, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

static uint8_t *put_bits(uint8_t *at, double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    for (int b = 0; b < 8; b++)
        *at++ = (uint8_t)(bits >> (8 * b));
    return at;
}

/* Neighbours often have the same number of decimals: theirs is tried before all others but none. */
static uint8_t *put_real(uint8_t *at, double d, int *places, uint8_t *form)
{
    int64_t whole;
    int hint = *places, found = pack_is_decimal(d, 0, &whole) ? 0 : pack_is_decimal(d, hint, &whole) ? hint : -1;
    for (int e = 1; found < 0 && e <= PACK_DECIMALS; e++)
        if (e != hint && pack_is_decimal(d, e, &whole))
            found = e;
    if (found < 0) {
        *form = FORM_REAL;
        return put_bits(at, d);
    }
    if (found > 0)
        *places = found;
    *form = (uint8_t)(FORM_DECIMAL + found);
    return put_zigzag(at, whole);
}

static uint8_t *put_value(uint8_t *at, struct value v, int *places, uint8_t *form)
{
    switch (v.kind) {
    case VALUE_BOOL: *form = v.b ? FORM_TRUE : FORM_FALSE; return at;
    case VALUE_INT: *form = FORM_INT; return put_zigzag(at, v.i);
    case VALUE_UINT: *form = FORM_UINT; return put_varint(at, v.u);
    case VALUE_TEXT: *form = FORM_TEXT; return put_varint(at, v.text);
    case VALUE_REAL: return put_real(at, v.d, places, form);
    default: *form = FORM_NULL; return at;
    }
}

void pack_samples(struct packer *p, const struct record *samples, size_t count, struct pack_base *base)
{
    int places = 2;
    uint8_t flags = SAMPLE_SOURCE_TIME, quality = QUALITY_GOOD;
    for (size_t i = 0; i < count; i++) {
        const struct record *r = &samples[i];
        pack_reserve(p, ROOM);
        uint8_t *head = p->bytes + p->count, *at = head + 1, form;
        int64_t step = r->series - base->series;
        *head = step == 1 ? SERIES_NEXT : step == 0 ? SERIES_SAME : SERIES_OTHER;
        if (r->flags != flags || r->quality != quality) {
            *head |= HEAD_STYLE;
            *at++ = flags = r->flags;
            *at++ = quality = r->quality;
        }
        if ((*head & HEAD_SERIES) == SERIES_OTHER)
            at = put_zigzag(at, step);
        if (r->time_ms == base->time)
            *head |= HEAD_SAME_TIME;
        else
            at = put_zigzag(at, (int64_t)((uint64_t)r->time_ms - (uint64_t)base->time));
        at = put_value(at, r->value, &places, &form);
        *head |= form;
        base->series = r->series;
        base->time = r->time_ms;
        p->count = (size_t)(at - p->bytes);
    }
}

/* ---- reading ---- */

struct samples_in samples_in_of(struct unpacker body)
{
    return (struct samples_in){.in = body, .flags = SAMPLE_SOURCE_TIME, .quality = QUALITY_GOOD};
}

static struct value get_value(struct unpacker *u, unsigned form)
{
    switch (form) {
    case FORM_NULL: return value_null();
    case FORM_FALSE: return value_bool(false);
    case FORM_TRUE: return value_bool(true);
    case FORM_INT: return value_int(unpack_zigzag(u));
    case FORM_UINT: return value_uint(unpack_varint(u));
    case FORM_REAL: return value_real(unpack_double(u));
    case FORM_TEXT: return value_text((uint32_t)unpack_varint(u));
    default: break;
    }
    if (form <= FORM_DECIMAL + PACK_DECIMALS)
        return (struct value){.kind = VALUE_REAL, .d = (double)unpack_zigzag(u) / pack_powers[form - FORM_DECIMAL]};
    u->failed = true;
    return value_null();
}

bool samples_in_next(struct samples_in *s, struct pack_base *base, struct record *out)
{
    struct unpacker *u = &s->in;
    if (u->failed || u->at == u->end)
        return false;
    unsigned head = *u->at++, series = head & HEAD_SERIES;
    if (head & HEAD_STYLE) {
        s->flags = unpack_u8(u);
        s->quality = unpack_u8(u);
    }
    int64_t step = series == SERIES_NEXT ? 1 : series == SERIES_SAME ? 0 : unpack_zigzag(u);
    base->series = (uint32_t)((uint64_t)base->series + (uint64_t)step);
    if (!(head & HEAD_SAME_TIME))
        base->time = (int64_t)((uint64_t)base->time + (uint64_t)unpack_zigzag(u));
    *out = (struct record){.kind = RECORD_SAMPLE, .flags = s->flags, .quality = s->quality, .series = (uint32_t)base->series, .time_ms = base->time,
        .value = get_value(u, head & FORM_BITS)};
    if (series == HEAD_SERIES || base->time < -TIME_MOST_MS || base->time > TIME_MOST_MS)
        u->failed = true;
    return !u->failed;
}
