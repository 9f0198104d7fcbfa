/*
 * Facts of meters, as they are handed on. A fact has few fields that are not 0: only those are packed, behind a bit each. Amendments are differences, and
 * may be negative, their times too.
 */
#include <math.h>

#include "core/memory.h"
#include "core/outcome.h"

enum { AMOUNTS = 5, TIMES = 3 };

struct energy_gain *outcomes_energy(struct outcomes *outcomes)
{
    outcomes->energies = mem_grow(outcomes->energies, outcomes->energy_count, &outcomes->energy_capacity, sizeof *outcomes->energies);
    struct energy_gain *gain = &outcomes->energies[outcomes->energy_count++];
    *gain = (struct energy_gain){.seq = 0};
    return gain;
}

static void energy_pack(const struct energy *e, struct packer *p)
{
    const double amounts[AMOUNTS] = {e->amount, e->reactive, e->leading, e->idle, e->estimated};
    const int64_t times[TIMES] = {e->valid_ms, e->missing_ms, e->running_ms};
    uint8_t set = 0;
    for (size_t i = 0; i < AMOUNTS; i++)
        set = (uint8_t)(set | (amounts[i] != 0) << i);
    for (size_t i = 0; i < TIMES; i++)
        set = (uint8_t)(set | (times[i] != 0) << (AMOUNTS + i));
    pack_u8(p, set);
    for (size_t i = 0; i < AMOUNTS; i++)
        if (amounts[i] != 0)
            pack_double(p, amounts[i]);
    for (size_t i = 0; i < TIMES; i++)
        if (times[i] != 0)
            pack_zigzag(p, times[i]);
}

static void energy_unpack(struct energy *e, struct unpacker *u)
{
    uint8_t set = unpack_u8(u);
    double *const amounts[AMOUNTS] = {&e->amount, &e->reactive, &e->leading, &e->idle, &e->estimated};
    int64_t *const times[TIMES] = {&e->valid_ms, &e->missing_ms, &e->running_ms};
    for (size_t i = 0; i < AMOUNTS; i++)
        if (set >> i & 1) {
            double amount = unpack_double(u);
            u->failed = u->failed || !isfinite(amount);
            *amounts[i] = u->failed ? 0 : amount;
        }
    for (size_t i = 0; i < TIMES; i++)
        if (set >> (AMOUNTS + i) & 1)
            *times[i] = unpack_time(u);
}

void energy_gain_pack(const struct energy_gain *gain, struct packer *p)
{
    const struct energy_cell *c = &gain->cell;
    pack_varint(p, gain->seq);
    pack_text(p, gain->path);
    pack_u8(p, c->planned);
    pack_zigzag(p, c->from_ms);
    pack_zigzag(p, c->to_ms);
    pack_zigzag(p, c->shift_ms);
    pack_zigzag(p, c->day);
    pack_text(p, c->shift);
    pack_text(p, c->crew);
    pack_text(p, c->product);
    pack_text(p, c->order);
    energy_pack(&c->sum, p);
}

void energy_gain_unpack(struct energy_gain *gain, struct unpacker *u)
{
    struct energy_cell *c = &gain->cell;
    *gain = (struct energy_gain){.seq = unpack_varint(u)};
    unpack_text(u, gain->path, sizeof gain->path);
    c->planned = unpack_u8(u) != 0;
    c->from_ms = unpack_time(u);
    c->to_ms = unpack_time(u);
    c->shift_ms = unpack_time(u);
    c->day = (int32_t)unpack_time(u);
    unpack_text(u, c->shift, sizeof c->shift);
    unpack_text(u, c->crew, sizeof c->crew);
    unpack_text(u, c->product, sizeof c->product);
    unpack_text(u, c->order, sizeof c->order);
    energy_unpack(&c->sum, u);
}
