/*
 * The bytes, all little-endian: checksum(8), a head of fixed length, contexts as runs, where slots are not their quarters one after the other their quarters
 * and bounds, then eight columns, one a field of struct energy. A column is all zero, all as another one has it (idle as the amount, running as valid), as
 * that with exceptions, or numbers: 32 bits each, times a power of two or of a tenth. So most days of most meters are 96 numbers and a little more.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/energy_day.h"
#include "core/hash_index.h"
#include "core/memory.h"

enum {
    FORMAT = 1, COLUMNS = 8, AMOUNTS = 5,
    HEAD_BYTES = 112,
    AT_FLAGS = 9, AT_COUNT = 10, AT_BOUNDS = 12, AT_RUNS = 14, AT_SUMS = 16, AT_TIMES = 56, AT_PEAK = 80, AT_PEAK_MS = 88, AT_FROM = 92, AT_TO = 96, AT_WORK = 100, AT_FIRST = 104,
    FLAG_PLAIN = 1,           /* slot i is the quarter FIRST + i, whole */
    MODE_ZERO = 0, MODE_LIKE, MODE_MASK, MODE_NUMBERS,
    PLACES_MOST = 4,
};

/* ---- fields ---- */

static double amount_at(const struct energy *e, size_t column)
{
    const double amounts[AMOUNTS] = {e->amount, e->reactive, e->leading, e->idle, e->estimated};
    return amounts[column];
}

static int64_t time_at(const struct energy *e, size_t column)
{
    const int64_t times[] = {e->valid_ms, e->missing_ms, e->running_ms};
    return times[column - AMOUNTS];
}

/* As a number: times of a day are exact in it. */
static double field(const struct energy_slot *s, size_t column)
{
    return column < AMOUNTS ? amount_at(&s->sum, column) : (double)time_at(&s->sum, column);
}

static void set_field(struct energy_slot *s, size_t column, double v)
{
    double *const amounts[AMOUNTS] = {&s->sum.amount, &s->sum.reactive, &s->sum.leading, &s->sum.idle, &s->sum.estimated};
    int64_t *const times[] = {&s->sum.valid_ms, &s->sum.missing_ms, &s->sum.running_ms};
    if (column < AMOUNTS)
        *amounts[column] = v;
    else
        *times[column - AMOUNTS] = (int64_t)v;
}

/* What it is compared with; of fields that come before it. */
static double like_field(const struct energy_slot *s, size_t column)
{
    switch (column) {
    case 3: case 4: return s->sum.amount;
    case 5: case 6: return (double)(s->to_ms - s->from_ms);
    case 7: return (double)s->sum.valid_ms;
    default: return 0;
    }
}

static bool same(double a, double b)
{
    return a <= b && a >= b;
}

/* ---- adding ---- */

void energy_day_clear(struct energy_day *day)
{
    day->count = 0;
    day->sum = (struct energy){.amount = 0};
}

void energy_day_finish(struct energy_day *day)
{
    free(day->slots);
    *day = (struct energy_day){.slots = NULL};
}

/* What is left when something is taken away that was kept in few bytes is nothing. */
static double settled(double sum, double added)
{
    return fabs(sum) <= fabs(added) * 1e-8 ? 0 : sum;
}

static void add(struct energy *sum, const struct energy *more)
{
    double *const sums[AMOUNTS] = {&sum->amount, &sum->reactive, &sum->leading, &sum->idle, &sum->estimated};
    for (size_t i = 0; i < AMOUNTS; i++)
        *sums[i] = settled(*sums[i] + amount_at(more, i), amount_at(more, i));
    sum->valid_ms += more->valid_ms;
    sum->missing_ms += more->missing_ms;
    sum->running_ms += more->running_ms;
}

static bool is_nothing(const struct energy *e)
{
    for (size_t i = 0; i < AMOUNTS; i++)
        if (!same(amount_at(e, i), 0))
            return false;
    return e->valid_ms == 0 && e->missing_ms == 0 && e->running_ms == 0;
}

static struct energy_slot *slot_of(struct energy_day *day, int32_t from_ms, uint32_t work)
{
    size_t at = day->count;
    int32_t quarter = from_ms / METER_QUARTER_MS;
    for (; at > 0 && day->slots[at - 1].from_ms / METER_QUARTER_MS >= quarter; at--)
        if (day->slots[at - 1].from_ms / METER_QUARTER_MS == quarter && day->slots[at - 1].work == work)
            return &day->slots[at - 1];
    for (; at < day->count && day->slots[at].from_ms <= from_ms; at++)
        continue;
    if (day->count >= ENERGY_DAY_SLOTS)
        return NULL;
    day->slots = mem_grow(day->slots, day->count, &day->capacity, sizeof *day->slots);
    memmove(day->slots + at + 1, day->slots + at, (day->count++ - at) * sizeof *day->slots);
    day->slots[at] = (struct energy_slot){.from_ms = from_ms, .to_ms = from_ms, .work = work};
    return &day->slots[at];
}

bool energy_day_add(struct energy_day *day, int32_t from_ms, int32_t to_ms, uint32_t work, const struct energy *sum)
{
    from_ms = from_ms < 0 ? 0 : from_ms >= ENERGY_DAY_MS ? ENERGY_DAY_MS - 1 : from_ms;
    int32_t end_ms = from_ms - from_ms % METER_QUARTER_MS + METER_QUARTER_MS;
    to_ms = to_ms < from_ms ? from_ms : to_ms > end_ms ? end_ms : to_ms;
    struct energy_slot *slot = slot_of(day, from_ms, work);
    if (!slot)
        return false;
    add(&slot->sum, sum);
    add(&day->sum, sum);
    slot->to_ms = to_ms > slot->to_ms ? to_ms : slot->to_ms;
    slot->from_ms = from_ms < slot->from_ms ? from_ms : slot->from_ms;
    size_t at = (size_t)(slot - day->slots);
    if (is_nothing(&slot->sum)) {
        memmove(slot, slot + 1, (--day->count - at) * sizeof *slot);
        return true;
    }
    for (; at > 0 && day->slots[at - 1].from_ms > day->slots[at].from_ms; at--) {
        struct energy_slot swap = day->slots[at - 1];
        day->slots[at - 1] = day->slots[at];
        day->slots[at] = swap;
    }
    return true;
}

void energy_day_head(const struct energy_day *day, struct energy_day_head *head)
{
    *head = (struct energy_day_head){.sum = day->sum, .count = day->count, .peak = NAN};
    if (day->count == 0)
        return;
    head->from_ms = day->slots[0].from_ms;
    head->work = day->slots[0].work;
    double amount = 0;
    int64_t valid = 0;
    for (size_t i = 0; i < day->count; i++) {
        const struct energy_slot *s = &day->slots[i];
        int32_t quarter = s->from_ms / METER_QUARTER_MS;
        bool goes_on = i > 0 && day->slots[i - 1].from_ms / METER_QUARTER_MS == quarter;
        amount = goes_on ? amount + s->sum.amount : s->sum.amount;
        valid = goes_on ? valid + s->sum.valid_ms : s->sum.valid_ms;
        bool last = i + 1 == day->count || day->slots[i + 1].from_ms / METER_QUARTER_MS != quarter;
        if (last && valid >= METER_QUARTER_MS && !(amount * 4 <= head->peak)) {
            head->peak = amount * 4;
            head->peak_ms = quarter * METER_QUARTER_MS;
        }
        head->to_ms = s->to_ms > head->to_ms ? s->to_ms : head->to_ms;
    }
}

/* ---- bytes ---- */

static void put_u32(uint8_t *at, uint32_t v)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> 8 * i);
}

static void put_u64(uint8_t *at, uint64_t v)
{
    put_u32(at, (uint32_t)v);
    put_u32(at + 4, (uint32_t)(v >> 32));
}

static void put_double(uint8_t *at, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put_u64(at, bits);
}

static uint32_t get_u16(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

static uint32_t get_u32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static int32_t get_i32(const uint8_t *at)
{
    uint32_t v = get_u32(at);
    int32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static uint64_t get_u64(const uint8_t *at)
{
    return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

static double get_double(const uint8_t *at)
{
    uint64_t bits = get_u64(at);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void pack_u32(struct packer *p, uint32_t v)
{
    uint8_t bytes[4];
    put_u32(bytes, v);
    pack_bytes(p, bytes, sizeof bytes);
}

static void pack_u16(struct packer *p, size_t v)
{
    pack_u8(p, (uint8_t)v);
    pack_u8(p, (uint8_t)(v >> 8));
}

/* ---- columns: out ---- */

static const double tens[PLACES_MOST + 1] = {1, 10, 100, 1000, 10000};

/* number = integer * 2^power, or integer / 10^places. */
struct scale { bool decimal; int exponent; };

static double scaled(struct scale scale, double v)
{
    return nearbyint(scale.decimal ? v * tens[scale.exponent] : ldexp(v, -scale.exponent));
}

static double unscaled(struct scale scale, double whole)
{
    return scale.decimal ? whole / tens[scale.exponent] : ldexp(whole, scale.exponent);
}

static struct scale scale_of(const struct energy_day *day, size_t column)
{
    struct scale scale = {.decimal = true};
    double most = 0;
    for (size_t i = 0; i < day->count; i++) {
        double v = field(&day->slots[i], column), whole = scaled(scale, v);
        most = fabs(v) > most ? fabs(v) : most;
        while (scale.decimal && !(same(unscaled(scale, whole), v) && fabs(whole) < 0x1p31)) {
            if (scale.exponent == PLACES_MOST) {
                scale.decimal = false;
                break;
            }
            scale.exponent++;
            whole = scaled(scale, v);
        }
    }
    if (scale.decimal && most * tens[scale.exponent] < 0x1p31)
        return scale;
    return (struct scale){.exponent = (int)floor(log2(most)) - 29};
}

static void pack_number(struct packer *p, struct scale scale, double v)
{
    pack_u32(p, (uint32_t)(int32_t)scaled(scale, v));
}

static void pack_column(const struct energy_day *day, size_t column, struct packer *p)
{
    size_t zero = 0, like = 0, n = day->count;
    for (size_t i = 0; i < n; i++) {
        double v = field(&day->slots[i], column);
        zero += same(v, 0);
        like += !same(v, 0) && same(v, like_field(&day->slots[i], column));
    }
    int mode = zero == n ? MODE_ZERO : like == n ? MODE_LIKE : (n + 3) / 4 + (n - zero - like) * 4 < n * 4 ? MODE_MASK : MODE_NUMBERS;
    pack_u8(p, (uint8_t)mode);
    if (mode < MODE_MASK)
        return;
    struct scale scale = scale_of(day, column);
    pack_u8(p, scale.decimal);
    pack_u16(p, (size_t)(uint16_t)(int16_t)scale.exponent);
    uint8_t four = 0;
    for (size_t i = 0; mode == MODE_MASK && i < n; i++) {
        double v = field(&day->slots[i], column);
        unsigned code = same(v, 0) ? 0 : same(v, like_field(&day->slots[i], column)) ? 1 : 2;
        four = (uint8_t)(four | code << 2 * (i % 4));
        if (i % 4 == 3 || i + 1 == n) {
            pack_u8(p, four);
            four = 0;
        }
    }
    for (size_t i = 0; i < n; i++) {
        double v = field(&day->slots[i], column);
        if (mode == MODE_NUMBERS || !(same(v, 0) || same(v, like_field(&day->slots[i], column))))
            pack_number(p, scale, v);
    }
}

static bool is_whole(const struct energy_slot *s)
{
    return s->from_ms % METER_QUARTER_MS == 0 && s->to_ms == s->from_ms + METER_QUARTER_MS;
}

static bool is_plain(const struct energy_day *day)
{
    for (size_t i = 0; i < day->count; i++)
        if (!is_whole(&day->slots[i]) || day->slots[i].from_ms != day->slots[0].from_ms + (int32_t)i * METER_QUARTER_MS)
            return false;
    return true;
}

static void pack_head(const struct energy_day *day, bool plain, size_t bounds, size_t runs, uint8_t *at)
{
    struct energy_day_head head;
    energy_day_head(day, &head);
    at[8] = FORMAT;
    at[AT_FLAGS] = plain ? FLAG_PLAIN : 0;
    const size_t counts[] = {day->count, bounds, runs};
    for (size_t i = 0; i < 3; i++) {
        at[AT_COUNT + 2 * i] = (uint8_t)counts[i];
        at[AT_COUNT + 2 * i + 1] = (uint8_t)(counts[i] >> 8);
    }
    for (size_t i = 0; i < AMOUNTS; i++)
        put_double(at + AT_SUMS + 8 * i, amount_at(&day->sum, i));
    for (size_t i = AMOUNTS; i < COLUMNS; i++)
        put_u64(at + AT_TIMES + 8 * (i - AMOUNTS), (uint64_t)time_at(&day->sum, i));
    put_double(at + AT_PEAK, head.peak);
    put_u32(at + AT_PEAK_MS, (uint32_t)head.peak_ms);
    put_u32(at + AT_FROM, (uint32_t)head.from_ms);
    put_u32(at + AT_TO, (uint32_t)head.to_ms);
    put_u32(at + AT_WORK, head.work);
    put_u32(at + AT_FIRST, (uint32_t)(head.from_ms / METER_QUARTER_MS));
}

void energy_day_pack(const struct energy_day *day, struct packer *p)
{
    static const uint8_t none[HEAD_BYTES];
    size_t mark = p->count, runs = 0, bounds = 0;
    bool plain = is_plain(day);
    pack_bytes(p, none, sizeof none);
    for (size_t i = 0, from = 0; i < day->count; i++)
        if (i + 1 == day->count || day->slots[i + 1].work != day->slots[i].work) {
            pack_u32(p, day->slots[i].work);
            pack_u16(p, i + 1 - from);
            from = i + 1;
            runs++;
        }
    for (size_t i = 0; !plain && i < day->count; i++)
        pack_u8(p, (uint8_t)(day->slots[i].from_ms / METER_QUARTER_MS));
    for (size_t i = 0; !plain && i < day->count; i++)
        if (!is_whole(&day->slots[i])) {
            pack_u16(p, i);
            pack_u32(p, (uint32_t)day->slots[i].from_ms);
            pack_u32(p, (uint32_t)day->slots[i].to_ms);
            bounds++;
        }
    for (size_t column = 0; column < COLUMNS; column++)
        pack_column(day, column, p);
    pack_head(day, plain, bounds, runs, p->bytes + mark);
    put_u64(p->bytes + mark, hash_bytes(p->bytes + mark + 8, p->count - mark - 8));
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

static bool unpack_column(struct energy_day *day, size_t column, struct unpacker *u)
{
    size_t n = day->count;
    int mode = unpack_u8(u);
    struct scale scale = {.decimal = true};
    if (mode > MODE_NUMBERS || (mode >= MODE_MASK && !take_scale(u, &scale)))
        return false;
    const uint8_t *mask = mode == MODE_MASK ? unpack_bytes(u, (n + 3) / 4) : NULL;
    for (size_t i = 0; i < n && !u->failed; i++) {
        struct energy_slot *s = &day->slots[i];
        int code = mode == MODE_MASK ? mask[i / 4] >> 2 * (i % 4) & 3 : mode == MODE_NUMBERS ? 2 : mode;
        set_field(s, column, code == 0 ? 0 : code == 1 ? like_field(s, column) : unscaled(scale, take_i32(u)));
    }
    return !u->failed;
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
    size_t i = 0;
    for (; quarters == NULL && i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sums[k] += get_i32(numbers + 4 * (i + k)) * weights[i + k];
    for (; i < n; i++)
        sums[0] += get_i32(numbers + 4 * i) * weights[quarters ? quarters[i] % ENERGY_DAY_QUARTERS : i];
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

/* The amounts when they are plain numbers; NULL else. Quarters NULL: slot i is the quarter `first` + i. */
static const uint8_t *amounts_of(const void *bytes, size_t length, size_t *first, const uint8_t **quarters, struct scale *scale)
{
    const uint8_t *head = bytes;
    size_t n = get_u16(head + AT_COUNT);
    bool plain = head[AT_FLAGS] & FLAG_PLAIN;
    struct unpacker u = unpacker_of(head + HEAD_BYTES, length - HEAD_BYTES);
    *first = plain ? get_u32(head + AT_FIRST) : 0;
    unpack_bytes(&u, get_u16(head + AT_RUNS) * (size_t)6);
    *quarters = plain ? NULL : unpack_bytes(&u, n);
    unpack_bytes(&u, get_u16(head + AT_BOUNDS) * (size_t)10);
    if (u.failed || (plain && (*first > ENERGY_DAY_QUARTERS || n > ENERGY_DAY_QUARTERS - *first)) || unpack_u8(&u) != MODE_NUMBERS || !take_scale(&u, scale))
        return NULL;
    return unpack_bytes(&u, n * 4);
}

double energy_day_weigh(const void *bytes, size_t length, const double weights[ENERGY_DAY_QUARTERS])
{
    size_t n = get_u16((const uint8_t *)bytes + AT_COUNT), first;
    const uint8_t *quarters, *numbers;
    struct scale scale;
    if ((numbers = amounts_of(bytes, length, &first, &quarters, &scale)) != NULL)
        return unscaled(scale, weigh_numbers(numbers, quarters, weights + first, n));
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

void energy_quarters_gather(struct energy_quarters *q, const void *bytes, size_t length, struct energy_day *scratch)
{
    const uint8_t *head = bytes, *quarters, *numbers;
    size_t n = get_u16(head + AT_COUNT), first;
    struct scale scale;
    bool whole = head[AT_FLAGS] & FLAG_PLAIN && get_u64(head + AT_TIMES) == n * METER_QUARTER_MS; /* each of its slots then */
    if (whole && (numbers = amounts_of(bytes, length, &first, &quarters, &scale)) != NULL) {
        double unit = scale.decimal ? 1 / tens[scale.exponent] : ldexp(1, scale.exponent);
        for (size_t i = 0; i < n; i++) {
            q->amount[first + i] += get_i32(numbers + 4 * i) * unit;
            q->valid_ms[first + i] += METER_QUARTER_MS;
        }
        return;
    }
    energy_day_unpack(scratch, bytes, length);
    for (size_t i = 0; i < scratch->count; i++)
        energy_quarters_add(q, &scratch->slots[i]);
}
