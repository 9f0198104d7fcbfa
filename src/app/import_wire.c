/*
 * Bodies are their fields in order, behind one byte that is an enum import_word. Nothing that comes in is trusted: an importer is another process.
 */
#include "app/import_wire.h"

#include <math.h>
#include <string.h>

#include "core/alarm.h"
#include "core/state.h"
#include "core/text_gate.h"

enum { TEXT_BYTES = 4097, CELL_LONGEST_MS = 7200000 /* an hour, when clocks are put back */ };

static void unpack_gated(struct unpacker *u, char *out, size_t cap)
{
    uint64_t length = unpack_varint(u);
    const char *bytes = length < TEXT_BYTES ? unpack_bytes(u, (size_t)length) : NULL;
    out[0] = '\0';
    if (bytes)
        text_gate(bytes, (size_t)length, out, cap, NULL);
    else
        u->failed = true;
}

void import_begin_pack(const struct import_begin *begin, struct packer *p)
{
    pack_u8(p, IMPORT_BEGIN);
    pack_varint(p, begin->protocol);
    pack_u64(p, begin->config_id);
    pack_text(p, begin->source);
}

bool import_begin_unpack(struct import_begin *begin, struct unpacker *u)
{
    begin->protocol = (uint32_t)unpack_varint(u);
    begin->config_id = unpack_u64(u);
    unpack_gated(u, begin->source, sizeof begin->source);
    return !u->failed;
}

static void pack_samples(struct packer *p, const struct import_slice *slice)
{
    int64_t before = 0;
    pack_varint(p, slice->count);
    for (size_t i = slice->from; i < slice->from + slice->count; i++) {
        const struct sample *s = &slice->samples->rows[i];
        bool text = s->value.kind == VALUE_TEXT;
        pack_zigzag(p, s->time_ms - before);
        before = s->time_ms;
        pack_value(p, text ? value_text(0) : s->value);
        if (text)
            pack_text(p, samples_text(slice->samples, s->value));
    }
}

void import_part_pack(struct packer *p, const struct import_slice *slice)
{
    pack_u8(p, IMPORT_PART);
    pack_text(p, slice->key);
    pack_samples(p, slice);
    pack_varint(p, slice->interval_count);
    for (size_t i = 0; i < slice->interval_count; i++) {
        const struct interval_end *n = &slice->intervals[i];
        pack_text(p, n->path);
        pack_zigzag(p, n->start_ms);
        pack_zigzag(p, n->end_ms);
        pack_u8(p, n->class);
        pack_u8(p, n->state);
        pack_text(p, n->word);
    }
    pack_varint(p, slice->bucket_count);
    for (size_t i = 0; i < slice->bucket_count; i++) {
        pack_zigzag(p, slice->buckets[i].start_ms);
        pack_double(p, slice->buckets[i].gained);
        pack_u8(p, slice->buckets[i].flagged);
    }
    pack_varint(p, slice->gain_count);
    for (size_t i = 0; i < slice->gain_count; i++)
        gain_pack(&slice->gains[i], p);
    pack_varint(p, slice->stop_count);
    for (size_t i = 0; i < slice->stop_count; i++)
        stop_version_pack(&slice->stops[i], p);
    size_t energies = 0;
    for (size_t i = 0; i < slice->energy_count; i++)
        energies += slice->energies[i].path[0] != '\0';
    pack_varint(p, energies);
    for (size_t i = 0; i < slice->energy_count; i++)
        if (slice->energies[i].path[0])
            energy_gain_pack(&slice->energies[i], p);
    pack_varint(p, slice->event_count);
    pack_bytes(p, slice->events, slice->event_bytes);
}

static bool sane(struct value v)
{
    return v.kind != VALUE_NULL && (v.kind != VALUE_REAL || isfinite(v.d));
}

static void unpack_samples(struct unpacker *u, struct samples *samples)
{
    char text[TEXT_BYTES];
    uint64_t count = unpack_varint(u);
    struct sample s = {.quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME | SAMPLE_HISTORICAL};
    if (count > CHUNK_SAMPLES)
        u->failed = true;
    for (uint64_t i = 0; i < count && !u->failed; i++) {
        int64_t step = unpack_time(u);
        s.time_ms += step;
        s.value = unpack_value(u);
        if ((i > 0 && step < 0) || s.time_ms < -TIME_MOST_MS || s.time_ms > TIME_MOST_MS || !sane(s.value))
            u->failed = true;
        if (s.value.kind == VALUE_TEXT)
            unpack_gated(u, text, sizeof text);
        if (!u->failed)
            samples_add(samples, s, s.value.kind == VALUE_TEXT ? text : NULL);
    }
}

static void unpack_intervals(struct unpacker *u, struct outcomes *o)
{
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct interval_end n = {.seq = 0};
        unpack_gated(u, n.path, sizeof n.path);
        n.start_ms = unpack_time(u);
        n.end_ms = unpack_time(u);
        n.class = unpack_u8(u);
        n.state = unpack_u8(u);
        unpack_gated(u, n.word, sizeof n.word);
        if (n.class >= CLASS_COUNT || n.state >= PACK_STATE_COUNT || n.end_ms < n.start_ms)
            u->failed = true;
        if (!u->failed)
            *outcomes_interval(o) = n;
    }
}

static void unpack_buckets(struct unpacker *u, struct outcomes *o)
{
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct bucket_gain b = {.start_ms = unpack_time(u)};
        b.gained = unpack_double(u);
        b.flagged = unpack_u8(u) != 0;
        if (!isfinite(b.gained) || b.start_ms % BUCKET_MS != 0)
            u->failed = true;
        if (!u->failed)
            *outcomes_bucket(o) = b;
    }
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hashed(uint64_t hash, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The same transition of the same alarm has the same number, whichever import brings it. */
static uint64_t number_of(const struct event *e)
{
    uint8_t what[9] = {e->alarm.event};
    for (int i = 0; i < 8; i++)
        what[i + 1] = (uint8_t)((uint64_t)e->time_ms >> 8 * i);
    uint64_t hash = hashed(hashed(UINT64_C(0xcbf29ce484222325), e->path, strlen(e->path)), what, sizeof what);
    return EVENT_IMPORTED | (hash & (EVENT_IMPORTED - 1));
}

static void gate(char *text, size_t cap)
{
    char raw[EVENT_TEXT];
    size_t length = strlen(text);
    length = length < sizeof raw ? length : sizeof raw;
    memcpy(raw, text, length);
    text_gate(raw, length, text, cap, NULL);
}

static void unpack_gains(struct unpacker *u, struct outcomes *o)
{
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct account_gain gain;
        struct account_cell *c = &gain.cell;
        gain_unpack(&gain, u);
        if (c->from_ms >= c->to_ms || c->to_ms - c->from_ms > CELL_LONGEST_MS || c->from_ms < -TIME_MOST_MS || c->to_ms > TIME_MOST_MS)
            u->failed = true;
        if (u->failed)
            return;
        gate(c->shift, sizeof c->shift);
        gate(c->crew, sizeof c->crew);
        gate(c->product, sizeof c->product);
        gate(c->order, sizeof c->order);
        gain.seq = 0;
        *outcomes_gain(o) = gain;
    }
}

static void unpack_stops(struct unpacker *u, struct outcomes *o)
{
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct stop_version v;
        struct stop *s = &v.stop;
        stop_version_unpack(&v, u);
        if (s->start_ms < -TIME_MOST_MS || s->end_ms > TIME_MOST_MS || (s->end_ms != 0 && s->end_ms < s->start_ms))
            u->failed = true;
        if (u->failed)
            return;
        const struct { char *text; size_t cap; } texts[] = {{v.reason, sizeof v.reason}, {v.proposal, sizeof v.proposal}, {v.reason_title, sizeof v.reason_title},
            {s->message, sizeof s->message}, {s->product, sizeof s->product}, {s->order, sizeof s->order}, {s->shift, sizeof s->shift}, {s->crew, sizeof s->crew}};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            gate(texts[i].text, texts[i].cap);
        v.seq = 0;
        s->who[0] = s->comment[0] = '\0';
        *outcomes_stop(o) = v;
    }
}

static void unpack_energies(struct unpacker *u, struct outcomes *o)
{
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct energy_gain gain;
        struct energy_cell *c = &gain.cell;
        energy_gain_unpack(&gain, u);
        if (c->from_ms >= c->to_ms || c->to_ms - c->from_ms > METER_QUARTER_MS || c->from_ms < -TIME_MOST_MS || c->to_ms > TIME_MOST_MS)
            u->failed = true;
        if (u->failed)
            return;
        gate(c->shift, sizeof c->shift);
        gate(c->crew, sizeof c->crew);
        gate(c->product, sizeof c->product);
        gate(c->order, sizeof c->order);
        gain.seq = 0;
        *outcomes_energy(o) = gain;
    }
}

static void unpack_events(struct unpacker *u, struct outcomes *o)
{
    for (uint64_t left = unpack_varint(u); left > 0 && !u->failed; left--) {
        struct event e;
        event_unpack(&e, u);
        bool lives = e.kind == EVENT_ALARM && (e.alarm.event == ALARM_RAISED || e.alarm.event == ALARM_ROSE || e.alarm.event == ALARM_FELL || e.alarm.event == ALARM_CLEARED);
        if (!lives || e.time_ms < -TIME_MOST_MS || e.time_ms > TIME_MOST_MS || e.alarm.kind >= ALARM_KIND_COUNT)
            u->failed = true;
        if (u->failed)
            return;
        gate(e.text, sizeof e.text);
        gate(e.before, sizeof e.before);
        gate(e.after, sizeof e.after);
        gate(e.alarm.value, sizeof e.alarm.value);
        gate(e.alarm.limit, sizeof e.alarm.limit);
        gate(e.alarm.class, sizeof e.alarm.class);
        gate(e.alarm.position, sizeof e.alarm.position);
        e.number = number_of(&e);
        e.seq = 0;
        e.series = 0;
        e.who[0] = e.alarm.comment[0] = '\0';
        e.alarm.annunciated = false;
        *outcomes_event(o) = e;
    }
}

bool import_part_unpack(struct unpacker *u, char key[IMPORT_NAME], struct samples *samples, struct outcomes *outcomes)
{
    samples_clear(samples);
    outcomes_clear(outcomes);
    unpack_gated(u, key, IMPORT_NAME);
    unpack_samples(u, samples);
    unpack_intervals(u, outcomes);
    unpack_buckets(u, outcomes);
    unpack_gains(u, outcomes);
    unpack_stops(u, outcomes);
    unpack_energies(u, outcomes);
    unpack_events(u, outcomes);
    return !u->failed && u->at == u->end;
}
