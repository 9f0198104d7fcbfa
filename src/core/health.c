/*
 * The wire form is the fields in order; a reader of another length refuses, as both sides are the same program version
 * (the hello compares versions), and what is shown is a process's state of this second, nothing that is kept.
 */
#include "core/health.h"

#include <string.h>

const char *const link_state_names[LINK_STATE_COUNT] = {"off", "connecting", "up", "waiting"};

static void pack_broker(struct packer *p, const struct broker_health *b)
{
    pack_text(p, b->name);
    pack_text(p, b->url);
    pack_text(p, b->said);
    pack_u8(p, b->state);
    pack_u8(p, b->version);
    pack_u8(p, b->tls);
    pack_zigzag(p, b->since_ms);
    pack_zigzag(p, b->retry_ms);
    pack_varint(p, b->attempts);
    pack_varint(p, b->messages);
    pack_varint(p, b->bytes);
    pack_double(p, b->per_second);
}

static void unpack_broker(struct unpacker *u, struct broker_health *b)
{
    unpack_text(u, b->name, sizeof b->name);
    unpack_text(u, b->url, sizeof b->url);
    unpack_text(u, b->said, sizeof b->said);
    b->state = unpack_u8(u);
    if (b->state >= LINK_STATE_COUNT)
        u->failed = true;
    b->version = unpack_u8(u);
    b->tls = unpack_u8(u) != 0;
    b->since_ms = unpack_zigzag(u);
    b->retry_ms = unpack_zigzag(u);
    b->attempts = unpack_varint(u);
    b->messages = unpack_varint(u);
    b->bytes = unpack_varint(u);
    b->per_second = unpack_double(u);
}

/* Counts and times of the store, in the order of the wire. */
#define STORE_TIMES(X) \
    X(since_ms) X(file_bytes) X(wal_bytes) X(free_bytes) X(size_most) X(first_ms) X(journal_ms) X(checkpoint_ms) X(flush_last_us) X(flush_max_us)
#define STORE_COUNTS(X) X(samples) X(damaged) X(batches_lost) X(queue_bytes) X(queue_high) X(queue_most)

static void pack_store(struct packer *p, const struct store_health *s)
{
    pack_u8(p, s->kept);
    pack_u8(p, s->stopped);
    pack_text(p, s->said);
#define X(field) pack_zigzag(p, s->field);
    STORE_TIMES(X)
#undef X
#define X(field) pack_varint(p, s->field);
    STORE_COUNTS(X)
#undef X
}

static void unpack_store(struct unpacker *u, struct store_health *s)
{
    s->kept = unpack_u8(u) != 0;
    s->stopped = unpack_u8(u) != 0;
    unpack_text(u, s->said, sizeof s->said);
#define X(field) s->field = unpack_time(u);
    STORE_TIMES(X)
#undef X
#define X(field) s->field = unpack_varint(u);
    STORE_COUNTS(X)
#undef X
}

void health_pack(const struct health *h, struct packer *p)
{
    pack_text(p, h->version);
    pack_text(p, h->site);
    pack_text(p, h->config);
    pack_text(p, h->notice);
    pack_varint(p, h->pid);
    pack_zigzag(p, h->started_ms);
    pack_zigzag(p, h->wall_ms);
    pack_u8(p, h->read_only);
    pack_u8(p, h->service);
    pack_varint(p, h->broker_count);
    for (uint32_t b = 0; b < h->broker_count; b++)
        pack_broker(p, &h->brokers[b]);
    pack_zigzag(p, h->lag_ms);
    pack_zigzag(p, h->lag_max_ms);
    pack_varint(p, h->cpu_ms);
    pack_double(p, h->cpu_share);
    pack_varint(p, h->memory_bytes);
    pack_varint(p, h->screens);
    pack_varint(p, h->screens_dropped);
    pack_double(p, h->messages_per_second);
    pack_double(p, h->samples_per_second);
    pack_store(p, &h->store);
    for (int b = 0; b < BOUND_COUNT; b++) {
        pack_zigzag(p, h->fill[b]);
        pack_zigzag(p, h->high[b]);
    }
}

bool health_unpack(struct health *health, const void *bytes, size_t length)
{
    struct unpacker u = unpacker_of(bytes, length);
    struct health h;
    memset(&h, 0, sizeof h);
    unpack_text(&u, h.version, sizeof h.version);
    unpack_text(&u, h.site, sizeof h.site);
    unpack_text(&u, h.config, sizeof h.config);
    unpack_text(&u, h.notice, sizeof h.notice);
    h.pid = unpack_varint(&u);
    h.started_ms = unpack_zigzag(&u);
    h.wall_ms = unpack_zigzag(&u);
    h.read_only = unpack_u8(&u) != 0;
    h.service = unpack_u8(&u) != 0;
    uint64_t brokers = unpack_varint(&u);
    if (brokers > HEALTH_BROKERS)
        return false;
    h.broker_count = (uint32_t)brokers;
    for (uint32_t b = 0; b < h.broker_count; b++)
        unpack_broker(&u, &h.brokers[b]);
    h.lag_ms = unpack_zigzag(&u);
    h.lag_max_ms = unpack_zigzag(&u);
    h.cpu_ms = unpack_varint(&u);
    h.cpu_share = unpack_double(&u);
    h.memory_bytes = unpack_varint(&u);
    h.screens = (uint32_t)unpack_varint(&u);
    h.screens_dropped = unpack_varint(&u);
    h.messages_per_second = unpack_double(&u);
    h.samples_per_second = unpack_double(&u);
    unpack_store(&u, &h.store);
    for (int b = 0; b < BOUND_COUNT; b++) {
        h.fill[b] = unpack_zigzag(&u);
        h.high[b] = unpack_zigzag(&u);
    }
    if (u.failed || u.at != u.end)
        return false;
    *health = h;
    return true;
}
