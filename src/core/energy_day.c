/*
 * The bytes, all little-endian: checksum(8), a head of fixed length, contexts as runs, where slots are not their quarters one after the other their quarters
 * and bounds, then eight columns, one a field of struct energy. A column is all zero, all as another one has it (idle as the amount, running as valid), as
 * that with exceptions, or numbers: 32 bits each, times a power of two or of a tenth, or doubles as they are. So most days of most meters are 96 numbers and a little more.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/energy_day_bytes.h"
#include "core/hash_index.h"
#include "core/memory.h"

const double energy_tens[PLACES_MOST + 1] = {1, 10, 100, 1000, 10000};

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

static double scaled(struct scale scale, double v)
{
    return nearbyint(scale.decimal ? v * energy_tens[scale.exponent] : ldexp(v, -scale.exponent));
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
    if (scale.decimal && most * energy_tens[scale.exponent] < 0x1p31)
        return scale;
    return (struct scale){.exponent = (int)floor(log2(most)) - 29};
}

static void pack_number(struct packer *p, struct scale scale, double v)
{
    pack_u32(p, (uint32_t)(int32_t)scaled(scale, v));
}

static void pack_column(const struct energy_day *day, size_t column, bool exact, struct packer *p)
{
    size_t zero = 0, like = 0, n = day->count;
    for (size_t i = 0; i < n; i++) {
        double v = field(&day->slots[i], column);
        zero += same(v, 0);
        like += !same(v, 0) && same(v, like_field(&day->slots[i], column));
    }
    int mode = zero == n ? MODE_ZERO : exact && column < AMOUNTS ? MODE_EXACT : like == n ? MODE_LIKE : (n + 3) / 4 + (n - zero - like) * 4 < n * 4 ? MODE_MASK : MODE_NUMBERS;
    pack_u8(p, (uint8_t)mode);
    for (size_t i = 0; mode == MODE_EXACT && i < n; i++)
        pack_double(p, field(&day->slots[i], column));
    if (mode < MODE_MASK || mode == MODE_EXACT)
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

static void pack_day(const struct energy_day *day, bool exact, struct packer *p)
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
        pack_column(day, column, exact, p);
    pack_head(day, plain, bounds, runs, p->bytes + mark);
    put_u64(p->bytes + mark, hash_bytes(p->bytes + mark + 8, p->count - mark - 8));
}

void energy_day_pack(const struct energy_day *day, struct packer *p)
{
    pack_day(day, false, p);
}

void energy_day_pack_exact(const struct energy_day *day, struct packer *p)
{
    pack_day(day, true, p);
}
