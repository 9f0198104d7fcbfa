/*
 * Packed days, read: as slots, as the head alone, or as sums that need no slots. What does not fit to itself is no day, whoever made its checksum.
 */
#include <stddef.h>
#include <stdlib.h>

#include "core/energy_day_bytes.h"
#include "core/hash_index.h"
#include "core/memory.h"

static void set_field(struct energy_slot *s, size_t column, double v)
{
    struct energy *e = &s->sum;
    switch (column) {
    case 0: e->amount = v; return;
    case 1: e->reactive = v; return;
    case 2: e->leading = v; return;
    case 3: e->idle = v; return;
    case 4: e->estimated = v; return;
    case 5: e->valid_ms = (int64_t)v; return;
    case 6: e->missing_ms = (int64_t)v; return;
    default: e->running_ms = (int64_t)v; return;
    }
}

/* ---- columns: in ---- */

static uint32_t take_u16(struct unpacker *u)
{
    const uint8_t *at = unpack_bytes(u, 2);
    return at ? get_u16(at) : 0;
}

static int32_t take_i32(struct unpacker *u)
{
    const uint8_t *at = unpack_bytes(u, 4);
    return at ? get_i32(at) : 0;
}

static bool take_scale(struct unpacker *u, struct scale *scale)
{
    scale->decimal = unpack_u8(u) != 0;
    uint16_t bits = (uint16_t)take_u16(u);
    int16_t exponent;
    memcpy(&exponent, &bits, sizeof exponent);
    scale->exponent = exponent;
    return !u->failed && (!scale->decimal || (exponent >= 0 && exponent <= PLACES_MOST));
}

/* What a number of this column is told by: a factor, or what it is divided by. One of them is 1, so that decimals come back as they were. */
struct unit { double factor, divisor; };

static struct unit unit_of(struct scale scale)
{
    return scale.decimal ? (struct unit){1, energy_tens[scale.exponent]} : (struct unit){ldexp(1, scale.exponent), 1};
}

static double number_of(const uint8_t *at, struct unit unit)
{
    double whole = get_i32(at);
    return unit.divisor > 1 ? whole / unit.divisor : whole * unit.factor;
}

/* How many slots of a mask have numbers of their own; four have a byte. */
static size_t own_numbers(const uint8_t *mask, size_t n)
{
    size_t own = 0;
    for (size_t i = 0; i < n; i++)
        own += mask[i / 4] >> 2 * (i % 4) & 2 ? 1 : 0;
    return own;
}

/* Of all slots; the columns of amounts, which most numbers are of, without a look at which. */
static void put_numbers(struct energy_day *day, size_t column, const uint8_t *at, struct unit unit)
{
    static const size_t offsets[AMOUNTS] = {offsetof(struct energy, amount), offsetof(struct energy, reactive), offsetof(struct energy, leading), offsetof(struct energy, idle), offsetof(struct energy, estimated)};
    for (size_t i = 0; i < day->count && column >= AMOUNTS; i++)
        set_field(&day->slots[i], column, number_of(at + 4 * i, unit));
    for (size_t i = 0; i < day->count && column < AMOUNTS; i++) {
        double number = number_of(at + 4 * i, unit);
        memcpy((uint8_t *)&day->slots[i].sum + offsets[column], &number, sizeof number);
    }
}

static bool unpack_column(struct energy_day *day, size_t column, struct unpacker *u)
{
    size_t n = day->count;
    int mode = unpack_u8(u);
    struct scale scale = {.decimal = true};
    if (mode == MODE_EXACT && column < AMOUNTS) {
        const uint8_t *doubles = unpack_bytes(u, 8 * n);
        for (size_t i = 0; doubles && i < n; i++)
            set_field(&day->slots[i], column, get_double(doubles + 8 * i));
        return doubles != NULL;
    }
    if (mode > MODE_NUMBERS || (mode >= MODE_MASK && !take_scale(u, &scale)))
        return false;
    const uint8_t *mask = mode == MODE_MASK ? unpack_bytes(u, (n + 3) / 4) : NULL;
    if (u->failed)
        return false;
    const uint8_t *at = mode < MODE_MASK ? NULL : unpack_bytes(u, 4 * (mode == MODE_NUMBERS ? n : own_numbers(mask, n)));
    if (u->failed)
        return false;
    if (mode == MODE_NUMBERS)
        put_numbers(day, column, at, unit_of(scale));
    for (size_t i = 0; i < n && (mode == MODE_LIKE || mode == MODE_MASK); i++) { /* else they are zero already */
        struct energy_slot *s = &day->slots[i];
        int code = mask ? mask[i / 4] >> 2 * (i % 4) & 3 : 1;
        if (code >= 2) {
            set_field(s, column, number_of(at, unit_of(scale)));
            at += 4;
        } else if (code == 1) {
            set_field(s, column, like_field(s, column));
        }
    }
    return true;
}

static bool unpack_works(struct energy_day *day, size_t runs, struct unpacker *u)
{
    size_t at = 0;
    for (size_t i = 0; i < runs && !u->failed; i++) {
        uint32_t work = (uint32_t)take_i32(u);
        for (size_t n = take_u16(u); n > 0 && at < day->count; n--)
            day->slots[at++].work = work;
    }
    return !u->failed && at == day->count;
}

static bool fits(const struct energy_slot *s)
{
    return s->from_ms >= 0 && s->from_ms < ENERGY_DAY_MS && s->to_ms >= s->from_ms && s->to_ms <= s->from_ms - s->from_ms % METER_QUARTER_MS + METER_QUARTER_MS;
}

static bool unpack_places(struct energy_day *day, const uint8_t *head, struct unpacker *u)
{
    bool plain = head[AT_FLAGS] & FLAG_PLAIN;
    uint32_t first = get_u32(head + AT_FIRST);
    const uint8_t *quarters = plain ? NULL : unpack_bytes(u, day->count);
    if (u->failed || (plain && (first > ENERGY_DAY_QUARTERS || day->count > ENERGY_DAY_QUARTERS - first)))
        return false;
    for (size_t i = 0; i < day->count; i++) {
        struct energy_slot *s = &day->slots[i];
        s->from_ms = (int32_t)(plain ? first + i : quarters[i] % ENERGY_DAY_QUARTERS) * METER_QUARTER_MS;
        s->to_ms = s->from_ms + METER_QUARTER_MS;
    }
    for (size_t bounds = get_u16(head + AT_BOUNDS); bounds > 0; bounds--) {
        size_t i = take_u16(u);
        int32_t from_ms = take_i32(u), to_ms = take_i32(u);
        if (u->failed || i >= day->count)
            return false;
        day->slots[i].from_ms = from_ms;
        day->slots[i].to_ms = to_ms;
    }
    for (size_t i = 0; i < day->count; i++)
        if (!fits(&day->slots[i]) || (i > 0 && day->slots[i].from_ms < day->slots[i - 1].from_ms))
            return false;
    return true;
}

bool energy_day_read_head(const void *bytes, size_t length, struct energy_day_head *head)
{
    const uint8_t *at = bytes;
    if (!at || length < HEAD_BYTES || at[8] != FORMAT || get_u64(at) != hash_bytes(at + 8, length - 8))
        return false;
    *head = (struct energy_day_head){
        .sum = {.amount = get_double(at + AT_SUMS), .reactive = get_double(at + AT_SUMS + 8), .leading = get_double(at + AT_SUMS + 16),
            .idle = get_double(at + AT_SUMS + 24), .estimated = get_double(at + AT_SUMS + 32),
            .valid_ms = (int64_t)get_u64(at + AT_TIMES), .missing_ms = (int64_t)get_u64(at + AT_TIMES + 8), .running_ms = (int64_t)get_u64(at + AT_TIMES + 16)},
        .count = get_u16(at + AT_COUNT), .from_ms = get_i32(at + AT_FROM), .to_ms = get_i32(at + AT_TO), .work = get_u32(at + AT_WORK),
        .peak = get_double(at + AT_PEAK), .peak_ms = get_i32(at + AT_PEAK_MS)};
    return true;
}

bool energy_day_unpack(struct energy_day *day, const void *bytes, size_t length)
{
    struct energy_day_head head;
    energy_day_clear(day);
    if (!energy_day_read_head(bytes, length, &head) || head.count > ENERGY_DAY_SLOTS)
        return false;
    struct unpacker u = unpacker_of((const uint8_t *)bytes + HEAD_BYTES, length - HEAD_BYTES);
    while (day->capacity < head.count) {
        size_t have = day->capacity;
        day->slots = mem_grow(day->slots, have, &day->capacity, sizeof *day->slots);
    }
    if (head.count)
        memset(day->slots, 0, head.count * sizeof *day->slots);
    day->count = head.count;
    bool good = unpack_works(day, get_u16((const uint8_t *)bytes + AT_RUNS), &u) && unpack_places(day, bytes, &u);
    for (size_t column = 0; good && column < COLUMNS; column++)
        good = unpack_column(day, column, &u);
    if (!good || u.at != u.end) {
        energy_day_clear(day);
        return false;
    }
    day->sum = head.sum;
    return true;
}

/* ---- the sum of all that it cost ---- */

static double weigh_numbers(const uint8_t *numbers, const uint8_t *quarters, const double *weights, size_t n)
{
    double sums[4] = {0, 0, 0, 0}; /* they need not wait for each other */
    for (size_t i = 0; i < n && !quarters; i++)
        sums[i % 4] += get_i32(numbers + 4 * i) * weights[i];
    for (size_t i = 0; i < n && quarters; i++)
        sums[i % 4] += get_i32(numbers + 4 * i) * weights[quarters[i] % ENERGY_DAY_QUARTERS];
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

/* Amounts that are plain numbers, where they lie. Quarters NULL: slot i is the quarter `first` + i. */
struct amounts {
    size_t count, first, bound_count;
    const uint8_t *quarters, *bounds, *numbers;
    struct scale scale;
};

static bool find_amounts(const void *bytes, size_t length, struct amounts *a)
{
    const uint8_t *head = bytes;
    bool plain = head[AT_FLAGS] & FLAG_PLAIN;
    struct unpacker u = unpacker_of(head + HEAD_BYTES, length - HEAD_BYTES);
    *a = (struct amounts){.count = get_u16(head + AT_COUNT), .first = plain ? get_u32(head + AT_FIRST) : 0, .bound_count = get_u16(head + AT_BOUNDS)};
    unpack_bytes(&u, get_u16(head + AT_RUNS) * (size_t)6);
    a->quarters = plain ? NULL : unpack_bytes(&u, a->count);
    a->bounds = unpack_bytes(&u, a->bound_count * 10);
    if (u.failed || (plain && (a->first > ENERGY_DAY_QUARTERS || a->count > ENERGY_DAY_QUARTERS - a->first)) || unpack_u8(&u) != MODE_NUMBERS || !take_scale(&u, &a->scale))
        return false;
    a->numbers = unpack_bytes(&u, a->count * 4);
    return a->numbers != NULL;
}

double energy_day_weigh(const void *bytes, size_t length, const double weights[ENERGY_DAY_QUARTERS])
{
    struct amounts a;
    if (find_amounts(bytes, length, &a))
        return unscaled(a.scale, weigh_numbers(a.numbers, a.quarters, weights + a.first, a.count));
    struct energy_day day = {.slots = NULL};
    double sum = energy_day_unpack(&day, bytes, length) ? 0 : NAN;
    for (size_t i = 0; i < day.count; i++)
        sum += day.slots[i].sum.amount * weights[day.slots[i].from_ms / METER_QUARTER_MS];
    energy_day_finish(&day);
    return sum;
}

void energy_quarters_add(struct energy_quarters *quarters, const struct energy_slot *slot)
{
    quarters->amount[slot->from_ms / METER_QUARTER_MS] += slot->sum.amount;
    quarters->valid_ms[slot->from_ms / METER_QUARTER_MS] += slot->sum.valid_ms;
}

/* How much longer the slot with this bound is than its quarter: less than nothing. */
static int64_t beyond_quarter(const uint8_t *bound)
{
    return (int64_t)get_i32(bound + 6) - get_i32(bound + 2) - METER_QUARTER_MS;
}

/* All slots are covered from end to end. */
static bool is_covered(const struct amounts *a, const uint8_t *head)
{
    int64_t spans = (int64_t)a->count * METER_QUARTER_MS;
    for (size_t i = 0; i < a->bound_count; i++)
        spans += beyond_quarter(a->bounds + 10 * i);
    return get_u64(head + AT_TIMES) == (uint64_t)spans;
}

void energy_quarters_gather(struct energy_quarters *q, const void *bytes, size_t length, struct energy_day *scratch)
{
    struct amounts a;
    if (!find_amounts(bytes, length, &a) || !is_covered(&a, bytes)) {
        energy_day_unpack(scratch, bytes, length);
        for (size_t i = 0; i < scratch->count; i++)
            energy_quarters_add(q, &scratch->slots[i]);
        return;
    }
    struct unit unit = unit_of(a.scale);
    for (size_t i = 0; i < a.count; i++) {
        size_t quarter = a.quarters ? a.quarters[i] % ENERGY_DAY_QUARTERS : a.first + i;
        q->amount[quarter] += number_of(a.numbers + 4 * i, unit);
        q->valid_ms[quarter] += METER_QUARTER_MS;
    }
    for (size_t i = 0; i < a.bound_count; i++) {
        size_t slot = get_u16(a.bounds + 10 * i);
        if (slot < a.count)
            q->valid_ms[a.quarters ? a.quarters[slot] % ENERGY_DAY_QUARTERS : a.first + slot] += beyond_quarter(a.bounds + 10 * i);
    }
}
