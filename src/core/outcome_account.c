/*
 * Facts of accounts and versions of stops, as they are handed on. A fact has few fields that are not 0: only those are packed, behind a bit each.
 * Times stand as they are, differences of times may be negative.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/outcome.h"

enum { NUMBERS = 12 /* of an account, beside its times */ };

struct account_gain *outcomes_gain(struct outcomes *outcomes)
{
    outcomes->gains = mem_grow(outcomes->gains, outcomes->gain_count, &outcomes->gain_capacity, sizeof *outcomes->gains);
    struct account_gain *gain = &outcomes->gains[outcomes->gain_count++];
    *gain = (struct account_gain){.seq = 0};
    return gain;
}

struct stop_version *outcomes_stop(struct outcomes *outcomes)
{
    outcomes->stops = mem_grow(outcomes->stops, outcomes->stop_count, &outcomes->stop_capacity, sizeof *outcomes->stops);
    struct stop_version *stop = &outcomes->stops[outcomes->stop_count++];
    *stop = (struct stop_version){.stop = {.node = UINT32_MAX, .reason = NO_REASON, .proposal = NO_REASON}};
    return stop;
}

/* Counts of stops wrap, so that a difference may take some away. */
static int64_t difference(uint32_t count)
{
    return count > INT32_MAX ? (int64_t)count - (INT64_C(1) << 32) : (int64_t)count;
}

static void numbers_of(const struct account *a, double out[NUMBERS])
{
    const double all[NUMBERS] = {a->good, a->reject, a->rework, a->first_pass, a->inspected, a->startup_reject, a->unknown, a->outside, a->ideal_ms, a->without_ideal,
        (double)difference(a->stops), (double)difference(a->minors)};
    for (size_t i = 0; i < NUMBERS; i++)
        out[i] = all[i];
}

static void account_pack(const struct account *a, struct packer *p)
{
    double numbers[NUMBERS];
    uint64_t set = 0;
    numbers_of(a, numbers);
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        set |= (uint64_t)(a->ms[i] != 0) << i;
    for (size_t i = 0; i < NUMBERS; i++)
        set |= (uint64_t)(numbers[i] != 0) << (TIME_CATEGORIES + i);
    pack_varint(p, set);
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        if (a->ms[i])
            pack_zigzag(p, a->ms[i]);
    for (size_t i = 0; i < NUMBERS; i++)
        if (numbers[i] != 0)
            pack_double(p, numbers[i]);
}

static uint32_t count_of(double number, struct unpacker *u)
{
    if (!(fabs(number) <= INT32_MAX))
        u->failed = true;
    return u->failed ? 0 : (uint32_t)(int64_t)number;
}

static void account_unpack(struct account *a, struct unpacker *u)
{
    double numbers[NUMBERS] = {0};
    uint64_t set = unpack_varint(u);
    *a = (struct account){.good = 0};
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        if (set >> i & 1)
            a->ms[i] = unpack_time(u);
    for (size_t i = 0; i < NUMBERS; i++)
        if (set >> (TIME_CATEGORIES + i) & 1) {
            numbers[i] = unpack_double(u);
            u->failed = u->failed || !isfinite(numbers[i]);
        }
    if (u->failed || set >> (TIME_CATEGORIES + NUMBERS)) {
        u->failed = true;
        return;
    }
    double *const fields[] = {&a->good, &a->reject, &a->rework, &a->first_pass, &a->inspected, &a->startup_reject, &a->unknown, &a->outside, &a->ideal_ms, &a->without_ideal};
    enum { FIELDS = sizeof fields / sizeof fields[0] };
    for (size_t i = 0; i < FIELDS; i++)
        *fields[i] = numbers[i];
    a->stops = count_of(numbers[FIELDS], u);
    a->minors = count_of(numbers[FIELDS + 1], u);
}

void gain_pack(const struct account_gain *gain, struct packer *p)
{
    const struct account_cell *c = &gain->cell;
    pack_varint(p, gain->seq);
    pack_text(p, gain->path);
    pack_u8(p, (uint8_t)(gain->line | c->planned << 1 | (gain->defect[0] != '\0') << 2));
    pack_zigzag(p, c->from_ms);
    pack_zigzag(p, c->to_ms);
    pack_zigzag(p, c->shift_ms);
    pack_zigzag(p, c->day);
    pack_text(p, c->shift);
    pack_text(p, c->crew);
    pack_text(p, c->product);
    pack_text(p, c->order);
    account_pack(&c->sum, p);
    if (gain->defect[0]) {
        pack_text(p, gain->defect);
        pack_varint(p, gain->defects);
    }
}

void gain_unpack(struct account_gain *gain, struct unpacker *u)
{
    struct account_cell *c = &gain->cell;
    *gain = (struct account_gain){.seq = unpack_varint(u)};
    unpack_text(u, gain->path, sizeof gain->path);
    uint8_t bits = unpack_u8(u);
    gain->line = bits & 1;
    c->planned = bits >> 1 & 1;
    c->from_ms = unpack_time(u);
    c->to_ms = unpack_time(u);
    c->shift_ms = unpack_time(u);
    c->day = (int32_t)unpack_time(u);
    unpack_text(u, c->shift, sizeof c->shift);
    unpack_text(u, c->crew, sizeof c->crew);
    unpack_text(u, c->product, sizeof c->product);
    unpack_text(u, c->order, sizeof c->order);
    account_unpack(&c->sum, u);
    if (!(bits >> 2 & 1))
        return;
    unpack_text(u, gain->defect, sizeof gain->defect);
    uint64_t defects = unpack_varint(u);
    if (defects > UINT32_MAX || !gain->defect[0])
        u->failed = true;
    gain->defects = (uint32_t)defects;
}

void stop_version_pack(const struct stop_version *version, struct packer *p)
{
    const struct stop *s = &version->stop;
    const char *const texts[] = {version->path, version->reason, version->proposal, version->reason_title, s->message, s->who, s->comment, s->product, s->order, s->shift, s->crew};
    pack_varint(p, version->seq);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        pack_text(p, texts[i]);
    pack_zigzag(p, s->start_ms);
    pack_zigzag(p, s->end_ms);
    pack_u8(p, s->class);
    pack_u8(p, s->booked);
    pack_u8(p, s->category);
    pack_u8(p, s->gone);
    pack_zigzag(p, s->shift_ms);
    pack_zigzag(p, s->day);
}

void stop_version_unpack(struct stop_version *version, struct unpacker *u)
{
    struct stop *s = &version->stop;
    *version = (struct stop_version){.seq = unpack_varint(u), .stop = {.node = UINT32_MAX, .reason = NO_REASON, .proposal = NO_REASON}};
    const struct { char *text; size_t cap; } texts[] = {{version->path, sizeof version->path}, {version->reason, sizeof version->reason}, {version->proposal, sizeof version->proposal},
        {version->reason_title, sizeof version->reason_title}, {s->message, sizeof s->message}, {s->who, sizeof s->who}, {s->comment, sizeof s->comment},
        {s->product, sizeof s->product}, {s->order, sizeof s->order}, {s->shift, sizeof s->shift}, {s->crew, sizeof s->crew}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        unpack_text(u, texts[i].text, texts[i].cap);
    s->start_ms = unpack_time(u);
    s->end_ms = unpack_time(u);
    s->class = unpack_u8(u);
    s->booked = unpack_u8(u);
    s->category = unpack_u8(u);
    s->gone = unpack_u8(u) != 0;
    s->shift_ms = unpack_time(u);
    s->day = (int32_t)unpack_time(u);
    if (s->class >= CLASS_COUNT || s->booked >= CLASS_COUNT || s->category >= TIME_CATEGORIES)
        u->failed = true;
}
