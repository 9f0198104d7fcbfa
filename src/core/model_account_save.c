/*
 * Accounts in a saved state, and across a new configuration. Where a line's calendar or limits are others now, what runs is cut at the reload: what was
 * booked before stays, whatever is learnt of it later.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_account_private.h"

enum stretch_bit { BIT_LONG = 1, BIT_PARTED = 2, BIT_COUNTED = 4 };

/* ---- saved ---- */

static void save_track(const struct model *m, uint32_t node, struct packer *p)
{
    const struct track *track = &m->accounts->tracks[node];
    char path[KEY_BYTES];
    size_t mark = p->count;
    int64_t before = 0;
    plant_node_path(m->plant, node, path, sizeof path);
    pack_text(p, path);
    pack_zigzag(p, track->known_ms);
    pack_zigzag(p, track->frozen_ms);
    pack_zigzag(p, track->booked_ms);
    pack_zigzag(p, track->due_ms);
    pack_zigzag(p, track->startup_from_ms);
    pack_zigzag(p, track->startup_to_ms);
    pack_u8(p, track->messaged);
    pack_u8(p, track->told);
    for (size_t t = 0; t < track->told; t++)
        pack_zigzag(p, track->told_ms[t] - (t > 0 ? track->told_ms[t - 1] : track->known_ms));
    pack_varint(p, track->count);
    for (size_t s = 0; s < track->count; s++) {
        const struct stretch *stretch = &track->stretches[s];
        pack_zigzag(p, stretch->start_ms - before);
        pack_u8(p, stretch->class);
        pack_u8(p, stretch->booked);
        pack_u8(p, (uint8_t)((stretch->is_long ? BIT_LONG : 0) | (stretch->parted ? BIT_PARTED : 0) | (stretch->counted_ms ? BIT_COUNTED : 0)));
        if (stretch->counted_ms)
            pack_zigzag(p, stretch->counted_ms - stretch->start_ms);
        before = stretch->start_ms;
    }
    run_frame(p, mark, CHECK_TRACK);
}

static uint32_t load_node(const struct model *m, struct unpacker *u)
{
    char path[KEY_BYTES];
    unpack_text(u, path, sizeof path);
    return u->failed ? NO_NODE : plant_node_by_path(m->plant, path);
}

static struct stretch load_stretch(struct unpacker *u, int64_t before)
{
    struct stretch stretch = {.start_ms = before + unpack_time(u)};
    stretch.class = unpack_u8(u);
    stretch.booked = unpack_u8(u);
    uint8_t bits = unpack_u8(u);
    stretch.is_long = bits & BIT_LONG;
    stretch.parted = bits & BIT_PARTED;
    stretch.counted_ms = bits & BIT_COUNTED ? stretch.start_ms + unpack_time(u) : 0;
    if (stretch.class >= CLASS_COUNT || stretch.booked >= CLASS_COUNT || stretch.start_ms > TIME_MOST_MS || stretch.start_ms < -TIME_MOST_MS)
        u->failed = true;
    return stretch;
}

static void load_told(struct track *track, struct unpacker *u)
{
    int64_t before = track->known_ms;
    track->told = unpack_u8(u);
    if (track->told > TOLD_TIMES)
        u->failed = true;
    for (size_t t = 0; t < track->told && !u->failed; t++) {
        track->told_ms[t] = before + unpack_time(u);
        if (t > 0 && track->told_ms[t] <= before)
            u->failed = true;
        before = track->told_ms[t];
    }
    if (u->failed)
        track->told = 0;
}

static void load_track(struct model *m, struct unpacker *u)
{
    uint32_t node = load_node(m, u);
    if (node == NO_NODE || m->accounts->tracks[node].count > 0)
        return;
    struct track *track = &m->accounts->tracks[node];
    track->known_ms = unpack_time(u);
    track->frozen_ms = unpack_time(u);
    track->booked_ms = unpack_time(u);
    track->due_ms = unpack_time(u);
    track->startup_from_ms = unpack_time(u);
    track->startup_to_ms = unpack_time(u);
    track->messaged = unpack_u8(u) != 0;
    load_told(track, u);
    uint64_t count = unpack_varint(u);
    int64_t before = 0;
    for (uint64_t s = 0; s < count && !u->failed && s < (uint64_t)bound_table[BOUND_INTERVALS].max; s++) {
        struct stretch stretch = load_stretch(u, before);
        if (s > 0 && stretch.start_ms <= before)
            u->failed = true;
        before = stretch.start_ms;
        track->stretches = mem_grow(track->stretches, track->count, &track->capacity, sizeof *track->stretches);
        track->stretches[track->count++] = stretch;
    }
    if (track->count == 0 || track->booked_ms < before)
        u->failed = true;
}

static void save_ledger(const struct model *m, uint32_t node, struct packer *p)
{
    const struct ledger *ledger = &m->accounts->ledgers[node];
    char path[KEY_BYTES];
    size_t mark = p->count;
    plant_node_path(m->plant, node, path, sizeof path);
    pack_text(p, path);
    pack_u8(p, ledger->known_ms != INT64_MIN);
    if (ledger->known_ms != INT64_MIN)
        pack_zigzag(p, ledger->known_ms);
    pack_varint(p, ledger->given);
    pack_varint(p, ledger->count);
    for (size_t c = 0; c < ledger->count; c++)
        gain_pack(&(struct account_gain){.cell = ledger->cells[c]}, p);
    run_frame(p, mark, CHECK_LEDGER);
}

static void load_ledger(struct model *m, struct unpacker *u)
{
    uint32_t node = load_node(m, u);
    if (node == NO_NODE || !m->accounts->ledgers[node].kept || m->accounts->ledgers[node].count > 0)
        return;
    struct ledger *ledger = &m->accounts->ledgers[node];
    if (unpack_u8(u))
        ledger->known_ms = unpack_time(u);
    uint64_t given = unpack_varint(u), count = unpack_varint(u);
    for (uint64_t c = 0; c < count && !u->failed && c < (uint64_t)bound_table[BOUND_CELLS].max; c++) {
        struct account_gain gain;
        gain_unpack(&gain, u);
        if (gain.cell.to_ms <= gain.cell.from_ms || (ledger->count > 0 && gain.cell.from_ms < ledger->cells[ledger->count - 1].to_ms))
            u->failed = true;
        ledger->cells = mem_grow(ledger->cells, ledger->count, &ledger->capacity, sizeof *ledger->cells);
        ledger->cells[ledger->count++] = gain.cell;
    }
    ledger->given = (size_t)given;
    if (given > ledger->count)
        u->failed = true;
    if (u->failed)
        ledger->given = 0;
}

static void save_stop(const struct model *m, const struct stop *stop, struct packer *p)
{
    size_t mark = p->count;
    struct stop_version version;
    stop_version_of(m, stop, &version);
    version.seq = 0; /* the batch that is folded now is none of the state */
    stop_version_pack(&version, p);
    run_frame(p, mark, CHECK_STOP);
}

static void load_stop(struct model *m, struct unpacker *u)
{
    struct stop_version version;
    stop_version_unpack(&version, u);
    struct stop *stop = &version.stop;
    stop->node = u->failed ? NO_NODE : plant_node_by_path(m->plant, version.path);
    if (stop->node == NO_NODE || m->accounts->stop_count >= (size_t)bound_table[BOUND_STOPS].max || stop_find(m, stop->node, stop->start_ms))
        return;
    stop->reason = plant_reason_by_path(m->plant, version.reason);
    stop->proposal = plant_reason_by_path(m->plant, version.proposal);
    stop_insert(m, stop);
}

static void save_call(const struct model *m, const struct call *call, struct packer *p)
{
    size_t mark = p->count;
    char path[KEY_BYTES];
    plant_node_path(m->plant, call->node, path, sizeof path);
    pack_text(p, path);
    pack_text(p, m->plant->call_kinds[call->kind].name);
    pack_zigzag(p, call->raised_ms);
    pack_zigzag(p, call->taken_ms);
    pack_text(p, call->who);
    pack_text(p, call->taker);
    pack_text(p, call->comment);
    run_frame(p, mark, CHECK_CALL);
}

static void load_call(struct model *m, struct unpacker *u)
{
    char kind[KEY_BYTES];
    struct call call = {.node = load_node(m, u)};
    unpack_text(u, kind, sizeof kind);
    call.kind = call_kind_by_name(m->plant, kind);
    call.raised_ms = unpack_time(u);
    call.taken_ms = unpack_time(u);
    unpack_text(u, call.who, sizeof call.who);
    unpack_text(u, call.taker, sizeof call.taker);
    unpack_text(u, call.comment, sizeof call.comment);
    if (!u->failed && call.node != NO_NODE && call.kind < m->plant->call_kind_count && m->accounts->call_count < CALLS_MOST)
        call_insert(m->accounts, &call);
}

void accounts_save(const struct model *m, struct packer *p)
{
    for (uint32_t n = 0; n < m->plant->node_count; n++) {
        if (m->accounts->tracks[n].count > 0)
            save_track(m, n, p);
        if (m->accounts->ledgers[n].count > 0)
            save_ledger(m, n, p);
        defects_save(m, n, p);
    }
    for (size_t s = 0; s < m->accounts->stop_count; s++)
        save_stop(m, &m->accounts->stops[s], p);
    for (size_t c = 0; c < m->accounts->call_count; c++)
        save_call(m, &m->accounts->calls[c], p);
}

bool accounts_load(struct model *m, uint8_t kind, struct unpacker *u)
{
    switch (kind) {
    case CHECK_TRACK: load_track(m, u); return true;
    case CHECK_LEDGER: load_ledger(m, u); return true;
    case CHECK_STOP: load_stop(m, u); return true;
    case CHECK_CALL: load_call(m, u); return true;
    case CHECK_DEFECTS: defects_load(m, u); return true;
    default: return false;
    }
}

/* ---- carried ---- */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_shift(const struct calendar_shift *a, const struct calendar_shift *b)
{
    bool same = same_text(a->name, b->name) && same_text(a->crew, b->crew) && a->weekdays == b->weekdays && a->from_minute == b->from_minute &&
        a->to_minute == b->to_minute && a->valid_from == b->valid_from && a->valid_to == b->valid_to && a->break_count == b->break_count;
    for (size_t i = 0; same && i < a->break_count; i++)
        same = a->breaks[i].from_minute == b->breaks[i].from_minute && a->breaks[i].to_minute == b->breaks[i].to_minute;
    return same;
}

static bool same_rotation(const struct calendar_rotation *a, const struct calendar_rotation *b)
{
    bool same = a->start == b->start && a->step_days == b->step_days && a->crew_count == b->crew_count && a->turn == b->turn;
    for (size_t i = 0; same && i < a->crew_count; i++)
        same = same_text(a->crews[i], b->crews[i]);
    return same;
}

static bool same_calendar(const struct calendar *a, const struct calendar *b)
{
    bool same = a->always == b->always && a->night_next_day == b->night_next_day && a->shift_count == b->shift_count && a->holiday_count == b->holiday_count &&
        a->overtime_count == b->overtime_count && same_rotation(&a->rotation, &b->rotation);
    for (size_t i = 0; same && i < a->shift_count; i++)
        same = same_shift(&a->shifts[i], &b->shifts[i]);
    for (size_t i = 0; same && i < a->holiday_count; i++)
        same = a->holidays[i].from == b->holidays[i].from && a->holidays[i].to == b->holidays[i].to;
    for (size_t i = 0; same && i < a->overtime_count; i++) {
        const struct calendar_overtime *x = &a->overtime[i], *y = &b->overtime[i];
        same = x->day == y->day && x->from_minute == y->from_minute && x->to_minute == y->to_minute && same_text(x->name, y->name) && same_text(x->crew, y->crew);
    }
    return same;
}

static bool same_zone(const struct zone *a, const struct zone *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->spans[i].from_ms == b->spans[i].from_ms && a->spans[i].offset_s == b->spans[i].offset_s;
    return same;
}

/* Is time of a node booked as it was? */
static bool same_basis(const struct model *m, uint32_t node, const struct model *old, uint32_t from)
{
    const struct ledger *a = &m->accounts->ledgers[node], *b = &old->accounts->ledgers[from];
    const struct node *x = &m->plant->nodes[a->basis], *y = &old->plant->nodes[b->basis];
    return a->kept == b->kept && same_text(x->name, y->name) && x->minor_stop_ms == y->minor_stop_ms && x->setup_standard_ms == y->setup_standard_ms &&
        same_zone(&m->plant->zone, &old->plant->zone) && same_calendar(account_calendar(m, node), account_calendar(old, from));
}

/* In the old model: everything that runs is booked up to now. */
static void book_to_now(struct model *old, uint32_t node)
{
    struct track *track = &old->accounts->tracks[node];
    int64_t now = old->wall;
    if (track->count == 0 || track->booked_ms >= now)
        return;
    account_book_time(old, node, &track->stretches[track->count - 1], track->booked_ms, now, 1);
    track->booked_ms = now;
}

/* In the new one: cells end now. */
static void cut_now(struct model *m, uint32_t node)
{
    struct ledger *ledger = &m->accounts->ledgers[node];
    struct track *track = &m->accounts->tracks[node];
    for (size_t c = ledger->given; c < ledger->count; c++)
        if (ledger->cells[c].from_ms < m->wall && ledger->cells[c].to_ms > m->wall)
            ledger->cells[c].to_ms = m->wall;
    ledger_give(m, node, m->wall);
    if (track->count == 0)
        return;
    track->frozen_ms = track->booked_ms;
    track_catch_up(m, node);
}

static void mark_line(const struct model *m, uint32_t node, bool *changed)
{
    uint32_t line = plant_ancestor(m->plant, node, LEVEL_LINE), top = line == NO_NODE ? node : line;
    for (uint32_t n = top; n < m->plant->nodes[top].end; n++)
        changed[n] = true;
}

static void move(struct model *m, uint32_t node, struct model *old, uint32_t from)
{
    struct ledger *to = &m->accounts->ledgers[node], *was = &old->accounts->ledgers[from];
    m->accounts->tracks[node] = old->accounts->tracks[from];
    old->accounts->tracks[from] = (struct track){.stretches = NULL};
    if (!to->kept || !was->kept)
        return;
    to->cells = was->cells;
    to->count = was->count;
    to->capacity = was->capacity;
    to->given = was->given;
    to->known_ms = was->known_ms;
    to->defects = was->defects;
    to->defect_count = was->defect_count;
    to->defect_capacity = was->defect_capacity;
    was->cells = NULL;
    was->defects = NULL;
    was->count = was->given = was->capacity = was->defect_count = was->defect_capacity = 0;
}

/* What is not carried was not told yet, and nobody else will. */
static void tell_rest(struct model *m, struct model *old)
{
    struct outcomes kept = old->outcomes;
    old->outcomes = m->outcomes;
    old->outcome_seq = m->outcome_seq;
    for (uint32_t n = 0; n < old->plant->node_count; n++)
        ledger_give(old, n, INT64_MAX);
    account_flush(old);
    m->outcomes = old->outcomes;
    old->outcomes = kept;
}

/* A stop of what is gone does not last for ever in the eyes of who reads of it later. */
static void carry_stops(struct model *m, struct model *old)
{
    for (size_t s = 0; s < old->accounts->stop_count; s++) {
        struct stop stop = old->accounts->stops[s];
        struct stop_version version;
        stop_version_of(old, &stop, &version);
        version.seq = m->outcome_seq;
        stop.node = plant_node_by_path(m->plant, version.path);
        stop.reason = plant_reason_by_path(m->plant, version.reason);
        stop.proposal = plant_reason_by_path(m->plant, version.proposal);
        if (stop.node != NO_NODE) {
            stop_insert(m, &stop);
        } else if (stop.end_ms == 0) {
            version.stop.end_ms = m->wall;
            *outcomes_stop(&m->outcomes) = version;
        }
    }
}

static void carry_calls(struct model *m, const struct model *old)
{
    for (size_t c = 0; c < old->accounts->call_count; c++) {
        struct call call = old->accounts->calls[c];
        char path[KEY_BYTES];
        plant_node_path(old->plant, call.node, path, sizeof path);
        call.node = plant_node_by_path(m->plant, path);
        call.kind = call_kind_by_name(m->plant, old->plant->call_kinds[call.kind].name);
        if (call.node != NO_NODE && call.kind < m->plant->call_kind_count)
            call_insert(m->accounts, &call);
    }
}

void accounts_carry(struct model *m, struct model *old)
{
    size_t nodes = m->plant->node_count;
    uint32_t *from = mem_zero(nodes, sizeof *from);
    bool *changed = mem_zero(nodes, sizeof *changed);
    alarms_at(old, old->elapsed);
    for (uint32_t n = 0; n < nodes; n++) {
        char path[KEY_BYTES];
        plant_node_path(m->plant, n, path, sizeof path);
        from[n] = plant_node_by_path(old->plant, path);
        if (from[n] == NO_NODE || !same_basis(m, n, old, from[n]))
            mark_line(m, n, changed);
    }
    for (uint32_t n = 0; n < nodes; n++)
        if (changed[n] && from[n] != NO_NODE)
            book_to_now(old, from[n]);
    for (uint32_t n = 0; n < nodes; n++)
        if (from[n] != NO_NODE)
            move(m, n, old, from[n]);
    tell_rest(m, old);
    carry_stops(m, old);
    carry_calls(m, old);
    for (uint32_t n = 0; n < nodes; n++)
        if (changed[n])
            cut_now(m, n);
    free(from);
    free(changed);
}
