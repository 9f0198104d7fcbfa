/*
 * Runs of framed records. Inside a batch, series and times are written as differences to the record before (the first to
 * the batch's wall time), and a real that is a short decimal as a scaled integer; every value comes back bit for bit.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"
#include "core/pack_private.h"

static const char magic[4] = {'A', 'N', 'D', 'N'};

enum { HEADER_BYTES = 6, CHECKSUM_BYTES = 8 };

/* Value tags on the wire. A decimal real is WIRE_DECIMAL + its number of decimals. */
enum wire { WIRE_NULL, WIRE_FALSE, WIRE_TRUE, WIRE_INT, WIRE_UINT, WIRE_REAL, WIRE_TEXT, WIRE_DECIMAL = 16 };

enum { HEAD_GOOD = 0x20 }; /* version 1, in a sample's first byte, beside the flags: quality good, no quality byte follows */

void run_begin(struct packer *p)
{
    pack_bytes(p, magic, sizeof magic);
    pack_u8(p, RUN_MAJOR);
    pack_u8(p, RUN_MINOR);
}

void run_frame(struct packer *p, size_t mark, uint8_t kind)
{
    size_t body = p->count - mark;
    struct packer head = {.bytes = (uint8_t[16]){0}, .capacity = 16};
    pack_varint(&head, body + 1);
    pack_u8(&head, kind);
    pack_reserve(p, head.count);
    memmove(p->bytes + mark + head.count, p->bytes + mark, body);
    memcpy(p->bytes + mark, head.bytes, head.count);
    p->count += head.count;
}

static bool pack_decimal(struct packer *p, double d)
{
    int64_t whole;
    for (int e = 0; e <= PACK_DECIMALS; e++)
        if (pack_is_decimal(d, e, &whole)) {
            pack_u8(p, (uint8_t)(WIRE_DECIMAL + e));
            pack_zigzag(p, whole);
            return true;
        }
    return false;
}

void pack_value(struct packer *p, struct value v)
{
    switch (v.kind) {
    case VALUE_BOOL: pack_u8(p, v.b ? WIRE_TRUE : WIRE_FALSE); return;
    case VALUE_INT: pack_u8(p, WIRE_INT); pack_zigzag(p, v.i); return;
    case VALUE_UINT: pack_u8(p, WIRE_UINT); pack_varint(p, v.u); return;
    case VALUE_TEXT: pack_u8(p, WIRE_TEXT); pack_varint(p, v.text); return;
    case VALUE_REAL:
        if (!pack_decimal(p, v.d)) {
            pack_u8(p, WIRE_REAL);
            pack_double(p, v.d);
        }
        return;
    default: pack_u8(p, WIRE_NULL); return;
    }
}

struct value unpack_value(struct unpacker *u)
{
    uint8_t wire = unpack_u8(u);
    switch (wire) {
    case WIRE_NULL: return value_null();
    case WIRE_FALSE: return value_bool(false);
    case WIRE_TRUE: return value_bool(true);
    case WIRE_INT: return value_int(unpack_zigzag(u));
    case WIRE_UINT: return value_uint(unpack_varint(u));
    case WIRE_REAL: return value_real(unpack_double(u));
    case WIRE_TEXT: return value_text((uint32_t)unpack_varint(u));
    default: break;
    }
    if (wire >= WIRE_DECIMAL && wire <= WIRE_DECIMAL + PACK_DECIMALS)
        return value_real((double)unpack_zigzag(u) / pack_powers[wire - WIRE_DECIMAL]);
    u->failed = true;
    return value_null();
}

static int64_t difference(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void pack_place(struct packer *p, const struct record *r, struct pack_base *base)
{
    pack_zigzag(p, r->series - base->series);
    pack_zigzag(p, difference(r->time_ms, base->time));
    base->series = r->series;
    base->time = r->time_ms;
}

static void unpack_place(struct unpacker *u, struct record *r, struct pack_base *base)
{
    r->series = (uint32_t)sum(base->series, unpack_zigzag(u));
    r->time_ms = sum(base->time, unpack_zigzag(u));
    if (r->time_ms < -TIME_MOST_MS || r->time_ms > TIME_MOST_MS)
        u->failed = true;
    base->series = r->series;
    base->time = r->time_ms;
}

static void pack_record(struct packer *p, const struct record *r, struct pack_base *base)
{
    size_t mark = p->count;
    pack_u8(p, r->quality);
    pack_u8(p, r->flags);
    pack_u8(p, r->code);
    pack_place(p, r, base);
    pack_value(p, r->value);
    pack_varint(p, r->text);
    pack_varint(p, r->detail);
    pack_varint(p, r->who);
    run_frame(p, mark, r->kind);
}

/* Samples that stand together share a frame. Returns how many records were packed. */
static size_t pack_records(struct packer *p, const struct record *r, size_t count, struct pack_base *base)
{
    size_t samples = 0, mark = p->count;
    while (samples < count && r[samples].kind == RECORD_SAMPLE)
        samples++;
    if (samples > 0) {
        pack_samples(p, r, samples, base);
        run_frame(p, mark, RUN_SAMPLES);
        return samples;
    }
    pack_record(p, r, base);
    return 1;
}

static struct record unpack_record(struct unpacker *u, uint8_t kind, struct pack_base *base)
{
    struct record r = {.kind = kind};
    if (kind == RECORD_SAMPLE) {
        uint8_t head = unpack_u8(u);
        r.flags = head & 0x1F;
        r.quality = head & HEAD_GOOD ? QUALITY_GOOD : unpack_u8(u);
        unpack_place(u, &r, base);
        r.value = unpack_value(u);
    } else {
        r.quality = unpack_u8(u);
        r.flags = unpack_u8(u);
        r.code = unpack_u8(u);
        unpack_place(u, &r, base);
        r.value = unpack_value(u);
        r.text = (uint32_t)unpack_varint(u);
        r.detail = (uint32_t)unpack_varint(u);
        r.who = (uint32_t)unpack_varint(u);
    }
    return r;
}

void run_add_head(struct packer *p, uint64_t seq, int64_t wall_ms, int64_t elapsed_ms, const uint8_t boot[16], const uint8_t before[16])
{
    size_t mark = p->count;
    pack_varint(p, seq);
    pack_zigzag(p, wall_ms);
    pack_varint(p, (uint64_t)elapsed_ms);
    if (!before || memcmp(boot, before, 16) != 0)
        pack_bytes(p, boot, 16);
    run_frame(p, mark, RUN_BATCH);
}

void run_add_body(struct packer *p, const struct batch *batch)
{
    for (uint32_t t = 1; t <= batch->text_count; t++) {
        const char *text = batch_text_at(batch, t);
        size_t mark = p->count;
        pack_bytes(p, text, strlen(text));
        run_frame(p, mark, RUN_TEXT);
    }
    struct pack_base base = {.time = batch->wall_ms, .series = 0};
    for (size_t r = 0; r < batch->count;)
        r += pack_records(p, &batch->records[r], batch->count - r, &base);
}

void run_add_batch(struct packer *p, const struct batch *batch)
{
    run_add_head(p, batch->seq, batch->wall_ms, batch->elapsed_ms, batch->boot, NULL);
    run_add_body(p, batch);
}

void run_end(struct packer *p)
{
    pack_u64(p, hash_bytes(p->bytes, p->count));
}

bool run_open(struct run_reader *r, const void *bytes, size_t length, struct error *err)
{
    const uint8_t *b = bytes;
    if (length < HEADER_BYTES + CHECKSUM_BYTES)
        return error_set(err, "too short for a run: %zu bytes", length);
    if (memcmp(b, magic, sizeof magic) != 0)
        return error_set(err, "not a run: it does not begin with ANDN");
    if (b[4] > RUN_MAJOR)
        return error_set(err, "newer major version %d, this program reads %d", b[4], RUN_MAJOR);
    struct unpacker tail = unpacker_of(b + length - CHECKSUM_BYTES, CHECKSUM_BYTES);
    if (unpack_u64(&tail) != hash_bytes(b, length - CHECKSUM_BYTES))
        return error_set(err, "damaged: the checksum of %zu bytes differs", length);
    *r = (struct run_reader){.in = unpacker_of(b + HEADER_BYTES, length - HEADER_BYTES - CHECKSUM_BYTES)};
    return true;
}

bool run_next(struct run_reader *r, uint8_t *kind, struct unpacker *body)
{
    if (r->in.failed || r->in.at == r->in.end)
        return false;
    uint64_t length = unpack_varint(&r->in);
    const uint8_t *bytes = length ? unpack_bytes(&r->in, length > SIZE_MAX ? SIZE_MAX : (size_t)length) : NULL;
    if (!bytes) {
        r->in.failed = true;
        return false;
    }
    *kind = bytes[0];
    *body = unpacker_of(bytes + 1, (size_t)length - 1);
    return true;
}

static void read_batch_head(struct run_reader *r, struct unpacker *u, struct batch *batch)
{
    batch->seq = unpack_varint(u);
    batch->wall_ms = unpack_time(u);
    batch->elapsed_ms = (int64_t)unpack_varint(u);
    const void *boot = u->at == u->end ? r->boot : unpack_bytes(u, sizeof batch->boot);
    if (boot)
        memcpy(batch->boot, boot, sizeof batch->boot);
    memcpy(r->boot, batch->boot, sizeof r->boot);
    if (batch->elapsed_ms < 0 || batch->elapsed_ms > TIME_MOST_MS)
        u->failed = true;
}

static void read_samples(struct unpacker *body, struct batch *batch, struct pack_base *base)
{
    struct samples_in in = samples_in_of(*body);
    struct record r;
    while (samples_in_next(&in, base, &r))
        batch_add(batch, r);
    *body = in.in;
}

/* A text frame gets the next index, so an empty one or one with a NUL would shift or cut: both are damage. */
static void read_text(struct unpacker *u, struct batch *batch)
{
    size_t length = (size_t)(u->end - u->at), before = batch->text_count;
    if (length == 0 || memchr(u->at, 0, length) || batch_text(batch, (const char *)u->at, length) != before + 1)
        u->failed = true;
}

bool run_next_batch(struct run_reader *r, struct batch *batch)
{
    bool begun = false;
    struct pack_base base = {0, 0};
    struct run_reader before = *r;
    struct unpacker body;
    uint8_t kind;
    while (run_next(r, &kind, &body)) {
        if (kind == RUN_BATCH) {
            if (begun) {
                *r = before;
                return true;
            }
            batch_clear(batch);
            read_batch_head(r, &body, batch);
            base = (struct pack_base){.time = batch->wall_ms, .series = 0};
            begun = true;
        } else if (begun && kind == RUN_TEXT) {
            read_text(&body, batch);
        } else if (begun && kind == RUN_SAMPLES) {
            read_samples(&body, batch, &base);
        } else if (begun && kind >= RECORD_SAMPLE && kind < RECORD_KIND_COUNT) {
            batch_add(batch, unpack_record(&body, kind, &base));
        }
        if (body.failed) {
            r->in.failed = true;
            return false;
        }
        before = *r;
    }
    return begun && !r->in.failed;
}

bool run_span(const void *bytes, size_t length, uint64_t *first, uint64_t *last)
{
    struct run_reader reader;
    struct unpacker body;
    uint8_t kind;
    uint64_t found = 0, from = 0, to = 0;
    if (!run_open(&reader, bytes, length, NULL))
        return false;
    while (run_next(&reader, &kind, &body)) {
        if (kind != RUN_BATCH)
            continue;
        uint64_t seq = unpack_varint(&body);
        if (body.failed || (found > 0 && seq != to + 1))
            return false;
        from = found++ == 0 ? seq : from;
        to = seq;
    }
    if (reader.in.failed || found == 0)
        return false;
    *first = from;
    *last = to;
    return true;
}

/* ---- scanning ---- */

/* The frames of one batch's texts, borrowed from the run: they are made into texts only for a sample that is wanted. */
struct scan {
    struct unpacker *texts;
    size_t text_count, capacity;
    uint64_t seq;
    struct pack_base base;
};

static void give_sample(const struct scan *scan, const struct record *r, run_take *take, void *arg)
{
    const struct unpacker *text = r->value.kind == VALUE_TEXT && r->value.text > 0 && r->value.text <= scan->text_count ? &scan->texts[r->value.text - 1] : NULL;
    take(arg, scan->seq, r, text ? (const char *)text->at : "", text ? (size_t)(text->end - text->at) : 0);
}

static void scan_sample(struct scan *scan, struct unpacker *u, run_wants *wants, run_take *take, void *arg)
{
    uint8_t head = unpack_u8(u);
    struct record r = {.kind = RECORD_SAMPLE, .flags = head & 0x1F, .quality = head & HEAD_GOOD ? QUALITY_GOOD : unpack_u8(u)};
    unpack_place(u, &r, &scan->base);
    if (u->failed || !wants(arg, r.series))
        return;
    r.value = unpack_value(u);
    if (!u->failed)
        give_sample(scan, &r, take, arg);
}

static void scan_samples(struct scan *scan, struct unpacker *body, run_wants *wants, run_take *take, void *arg)
{
    struct samples_in in = samples_in_of(*body);
    struct record r;
    while (samples_in_next(&in, &scan->base, &r))
        if (wants(arg, r.series))
            give_sample(scan, &r, take, arg);
    *body = in.in;
}

/* Only where it stands matters: what follows is written relative to it. */
static void scan_other(struct scan *scan, struct unpacker *u)
{
    struct record r;
    unpack_bytes(u, 3);
    unpack_place(u, &r, &scan->base);
}

bool run_scan(const void *bytes, size_t length, run_wants *wants, run_take *take, void *arg, struct error *err)
{
    struct run_reader reader;
    struct scan scan = {.texts = NULL};
    struct unpacker body;
    uint8_t kind;
    bool begun = false, good = true;
    if (!run_open(&reader, bytes, length, err))
        return false;
    while (good && run_next(&reader, &kind, &body)) {
        if (kind == RUN_BATCH) {
            scan.seq = unpack_varint(&body);
            scan.base = (struct pack_base){.time = unpack_time(&body), .series = 0};
            scan.text_count = 0;
            begun = true;
        } else if (begun && kind == RUN_TEXT) {
            scan.texts = mem_grow(scan.texts, scan.text_count, &scan.capacity, sizeof *scan.texts);
            scan.texts[scan.text_count++] = body;
        } else if (begun && kind == RUN_SAMPLES) {
            scan_samples(&scan, &body, wants, take, arg);
        } else if (begun && kind == RECORD_SAMPLE) {
            scan_sample(&scan, &body, wants, take, arg);
        } else if (begun && kind > RECORD_SAMPLE && kind < RECORD_KIND_COUNT) {
            scan_other(&scan, &body);
        }
        good = !body.failed;
    }
    free(scan.texts);
    return (good && !reader.in.failed) || error_set(err, "damaged: a frame of batch %" PRIu64 " does not read", scan.seq);
}
