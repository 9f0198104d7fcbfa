/*
 * Meters in a saved state, and across a new configuration. A meter goes on as what it was where its kind and carrier are the same; of one that is gone, what
 * was not told yet is.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_energy_private.h"

enum channel_bit { BIT_KNOWN = 1, BIT_LEAP = 2, BIT_PIECES = 4 };

/* ---- saved ---- */

static void pack_or_never(struct packer *p, int64_t ms)
{
    pack_u8(p, ms != INT64_MAX);
    if (ms != INT64_MAX)
        pack_zigzag(p, ms);
}

static int64_t unpack_or_never(struct unpacker *u)
{
    return unpack_u8(u) ? unpack_time(u) : INT64_MAX;
}

static void save_channel(const struct channel *channel, struct packer *p)
{
    int64_t before = channel->last_ms;
    pack_u8(p, (uint8_t)((channel->known ? BIT_KNOWN : 0) | (channel->leap_ms ? BIT_LEAP : 0) | (channel->piece_count ? BIT_PIECES : 0)));
    if (!channel->known)
        return;
    pack_zigzag(p, channel->last_ms);
    pack_double(p, channel->last);
    pack_zigzag(p, channel->last_ms - channel->rose_ms);
    if (channel->leap_ms) {
        pack_zigzag(p, channel->leap_ms);
        pack_double(p, channel->leap);
    }
    pack_zigzag(p, before - channel->from_ms);
    if (!channel->piece_count)
        return;
    before = channel->from_ms;
    pack_varint(p, channel->piece_count);
    for (size_t i = 0; i < channel->piece_count; i++) {
        const struct piece *piece = &channel->pieces[i];
        pack_zigzag(p, piece->to_ms - before);
        pack_u8(p, (uint8_t)(piece->kind | piece->joined << 2));
        pack_double(p, piece->rate);
        before = piece->to_ms;
    }
}

static struct piece load_piece(struct unpacker *u, int64_t before)
{
    struct piece piece = {.to_ms = before + unpack_time(u)};
    uint8_t bits = unpack_u8(u);
    piece.kind = bits & 3;
    piece.joined = bits >> 2;
    piece.rate = unpack_double(u);
    if (piece.to_ms <= before || piece.to_ms > TIME_MOST_MS || piece.kind >= PIECE_KINDS || bits > 7 || (piece.kind != PIECE_MISSING && !isfinite(piece.rate)))
        u->failed = true;
    return piece;
}

static void load_channel(struct channel *channel, struct unpacker *u)
{
    uint8_t bits = unpack_u8(u);
    channel->known = bits & BIT_KNOWN;
    if (!channel->known)
        return;
    channel->last_ms = unpack_time(u);
    channel->last = unpack_double(u);
    channel->rose_ms = channel->last_ms - unpack_time(u);
    if (bits & BIT_LEAP) {
        channel->leap_ms = unpack_time(u);
        channel->leap = unpack_double(u);
    }
    int64_t before = channel->from_ms = channel->last_ms - unpack_time(u);
    uint64_t count = bits & BIT_PIECES ? unpack_varint(u) : 0;
    if (count > PIECES_MOST || channel->from_ms < -TIME_MOST_MS)
        u->failed = true;
    if (count > 0 && !u->failed)
        channel->pieces = mem_zero(PIECES_MOST, sizeof *channel->pieces);
    for (uint64_t i = 0; i < count && !u->failed; i++) {
        channel->pieces[i] = load_piece(u, before);
        before = channel->pieces[i].to_ms;
    }
    channel->piece_count = u->failed ? 0 : (size_t)count;
    if (before != channel->last_ms && count > 0)
        u->failed = true;
}

static void save_meter(const struct model *m, uint32_t index, struct packer *p)
{
    const struct meter_book *book = meter_of(m, index);
    char key[KEY_BYTES];
    size_t mark = p->count;
    plant_meter_key(m->plant, index, key, sizeof key);
    pack_text(p, key);
    pack_double(p, book->state.power);
    pack_double(p, book->state.minute);
    pack_zigzag(p, book->state.heard_ms);
    pack_zigzag(p, book->state.booked_ms);
    pack_varint(p, book->state.falls);
    pack_varint(p, book->state.glitches);
    pack_varint(p, book->state.gaps);
    pack_or_never(p, book->known_ms);
    pack_or_never(p, book->give_due_ms);
    pack_or_never(p, book->stale_due_ms);
    pack_or_never(p, book->minute_ms == INT64_MIN ? INT64_MAX : book->minute_ms);
    pack_double(p, book->minute_sum);
    pack_zigzag(p, book->minute_valid_ms);
    for (int c = 0; c < METER_CHANNELS; c++)
        save_channel(&book->channels[c], p);
    pack_varint(p, book->given);
    pack_varint(p, book->count);
    for (size_t c = 0; c < book->count; c++)
        energy_gain_pack(&(struct energy_gain){.cell = book->cells[c]}, p);
    run_frame(p, mark, CHECK_METER);
}

static void load_cells(struct meter_book *book, struct unpacker *u)
{
    uint64_t given = unpack_varint(u), count = unpack_varint(u);
    for (uint64_t c = 0; c < count && !u->failed && c < (uint64_t)bound_table[BOUND_ENERGY_CELLS].max; c++) {
        struct energy_gain gain;
        energy_gain_unpack(&gain, u);
        if (gain.cell.to_ms <= gain.cell.from_ms || (book->count > 0 && gain.cell.from_ms < book->cells[book->count - 1].to_ms))
            u->failed = true;
        book->cells = mem_grow(book->cells, book->count, &book->capacity, sizeof *book->cells);
        book->told = mem_grow(book->told, book->count, &book->told_capacity, sizeof *book->told);
        book->told[book->count] = gain.cell.sum;
        book->cells[book->count++] = gain.cell;
    }
    if (given > book->count)
        u->failed = true;
    book->given = u->failed ? 0 : (size_t)given;
}

static void load_meter(struct model *m, struct unpacker *u)
{
    char key[KEY_BYTES];
    unpack_text(u, key, sizeof key);
    uint32_t index = u->failed || !m->energies ? NO_METER : plant_meter_by_key(m->plant, key);
    if (index == NO_METER || meter_of(m, index)->known_ms != INT64_MAX || m->plant->meters[index].kind == METER_SUM)
        return;
    struct meter_book *book = meter_of(m, index);
    book->state.power = unpack_double(u);
    book->state.minute = unpack_double(u);
    book->state.heard_ms = unpack_time(u);
    book->state.booked_ms = unpack_time(u);
    book->state.falls = unpack_varint(u);
    book->state.glitches = unpack_varint(u);
    book->state.gaps = unpack_varint(u);
    book->known_ms = unpack_or_never(u);
    book->give_due_ms = unpack_or_never(u);
    book->stale_due_ms = unpack_or_never(u);
    int64_t minute = unpack_or_never(u);
    book->minute_ms = minute == INT64_MAX ? INT64_MIN : minute;
    book->minute_sum = unpack_double(u);
    book->minute_valid_ms = unpack_time(u);
    for (int c = 0; c < METER_CHANNELS && !u->failed; c++)
        if (!book->channels[c].known)
            load_channel(&book->channels[c], u);
    load_cells(book, u);
}

static void save_place(const struct model *m, const struct meter_place *place, struct packer *p)
{
    char path[KEY_BYTES];
    size_t mark = p->count;
    plant_node_path(m->plant, place->node, path, sizeof path);
    pack_text(p, path);
    pack_varint(p, place->work_count);
    for (size_t w = 0; w < place->work_count; w++) {
        pack_zigzag(p, place->works[w].from_ms);
        pack_text(p, place->works[w].product);
        pack_text(p, place->works[w].order);
    }
    run_frame(p, mark, CHECK_METER_WORK);
}

static void load_place(struct model *m, struct unpacker *u)
{
    char path[KEY_BYTES];
    unpack_text(u, path, sizeof path);
    uint32_t node = u->failed || !m->energies ? NO_NODE : plant_node_by_path(m->plant, path);
    if (node == NO_NODE || m->energies->place_of[node] == UINT32_MAX)
        return;
    struct meter_place *place = &m->energies->places[m->energies->place_of[node]];
    uint64_t count = unpack_varint(u);
    for (uint64_t w = 0; w < count && !u->failed && place->work_count < WORKS_MOST; w++) {
        struct energy_work work = {.from_ms = unpack_time(u)};
        unpack_text(u, work.product, sizeof work.product);
        unpack_text(u, work.order, sizeof work.order);
        if (w > 0 && work.from_ms <= place->works[place->work_count - 1].from_ms)
            u->failed = true;
        place->works = mem_grow(place->works, place->work_count, &place->work_capacity, sizeof *place->works);
        place->works[place->work_count++] = work;
    }
}

static bool has_something(const struct meter_book *book)
{
    return book->known_ms != INT64_MAX || book->count > 0 || book->state.heard_ms != 0 || book->state.glitches > 0;
}

void energies_save(const struct model *m, struct packer *p)
{
    if (!m->energies)
        return;
    for (size_t place = 0; place < m->energies->place_count; place++)
        if (m->energies->places[place].work_count > 0)
            save_place(m, &m->energies->places[place], p);
    for (uint32_t i = 0; i < m->plant->meter_count; i++)
        if (m->plant->meters[i].kind != METER_SUM && has_something(meter_of(m, i)))
            save_meter(m, i, p);
    demands_save(m, p);
    emissions_save(m, p);
}

bool energies_load(struct model *m, uint8_t kind, struct unpacker *u)
{
    switch (kind) {
    case CHECK_METER: load_meter(m, u); return true;
    case CHECK_METER_WORK: load_place(m, u); return true;
    case CHECK_DEMAND: demand_load(m, u); return true;
    case CHECK_EMISSION: emission_load(m, u); return true;
    default: return false;
    }
}

/* ---- carried ---- */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_tag(const struct model *m, uint32_t tag, const struct model *old, uint32_t from)
{
    if (tag == NO_TAG || from == NO_TAG)
        return tag == from;
    return model_predecessor(m, tag, old) == from;
}

static bool same_scale(double a, double b) { return !(a < b) && !(a > b); }

/* Does what the old meter measured go on in the new one? */
static bool goes_on(const struct model *m, uint32_t index, const struct model *old, uint32_t from)
{
    const struct meter *a = &m->plant->meters[index], *b = &old->plant->meters[from];
    return a->kind == b->kind && same_text(m->plant->carriers[a->carrier].name, old->plant->carriers[b->carrier].name) && same_tag(m, a->tag, old, b->tag) &&
        same_tag(m, a->reactive_tag, old, b->reactive_tag) && same_tag(m, a->leading_tag, old, b->leading_tag) && same_scale(a->scale, b->scale) &&
        same_scale(a->reactive_scale, b->reactive_scale) && same_scale(a->leading_scale, b->leading_scale);
}

/* Where shifts or what is made are others from now on, the running cell ends now. */
static void cut_now(struct model *m, uint32_t index)
{
    struct meter_book *book = meter_of(m, index);
    struct energy_cell *last = book->given < book->count ? &book->cells[book->count - 1] : NULL;
    int64_t now = m->wall;
    if (!last || last->from_ms >= now || last->to_ms <= now)
        return;
    struct energy_cell is = meter_cell_at(m, index, now);
    bool same = same_text(is.shift, last->shift) && same_text(is.crew, last->crew) && is.shift_ms == last->shift_ms && is.day == last->day && is.planned == last->planned;
    if (!same)
        last->to_ms = now;
}

static void move_meter(struct model *m, uint32_t index, struct model *old, uint32_t from)
{
    struct meter_book *to = meter_of(m, index), *was = meter_of(old, from);
    struct meter_book empty = *to;
    *to = *was;
    *was = empty;
    to->touched = false;
    to->give_due_ms = INT64_MAX;
    cut_now(m, index);
    meter_touch(m, index);
}

static void move_works(struct model *m, struct model *old)
{
    for (size_t p = 0; p < m->energies->place_count; p++) {
        struct meter_place *place = &m->energies->places[p];
        char path[KEY_BYTES];
        plant_node_path(m->plant, place->node, path, sizeof path);
        uint32_t from = plant_node_by_path(old->plant, path);
        if (from == NO_NODE || old->energies->place_of[from] == UINT32_MAX)
            continue;
        struct meter_place *was = &old->energies->places[old->energies->place_of[from]];
        place->works = was->works;
        place->work_count = was->work_count;
        place->work_capacity = was->work_capacity;
        was->works = NULL;
        was->work_count = was->work_capacity = 0;
    }
}

/* What is not carried was not told yet, and nobody else will. */
static void tell_rest(struct model *m, struct model *old)
{
    struct outcomes kept = old->outcomes;
    old->outcomes = m->outcomes;
    old->outcome_seq = m->outcome_seq;
    for (uint32_t i = 0; i < old->plant->meter_count; i++)
        meter_give(old, i, INT64_MAX);
    m->outcomes = old->outcomes;
    old->outcomes = kept;
}

void energies_carry(struct model *m, struct model *old)
{
    if (!old->energies)
        return;
    if (m->energies) {
        move_works(m, old);
        for (uint32_t i = 0; i < m->plant->meter_count; i++) {
            char key[KEY_BYTES];
            plant_meter_key(m->plant, i, key, sizeof key);
            uint32_t from = plant_meter_by_key(old->plant, key);
            if (from != NO_METER && goes_on(m, i, old, from))
                move_meter(m, i, old, from);
        }
        demands_carry(m, old);
        emissions_carry(m, old);
    }
    tell_rest(m, old);
}
