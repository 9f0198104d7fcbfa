/*
 * Rows are believed one after the other up to the first that is not whole: each has a checksum, and says its generation, so that nothing of what
 * the file held before can be taken for what follows.
 */
#include "io/fresh.h"

#include <string.h>

#include "core/hash_index.h"

enum { HEAD_BYTES = 32, NUMBER_BYTES = 8 };

static const char magic[NUMBER_BYTES + 1] = "ANDNFRS1";

static uint64_t cache_of(const char *uuid)
{
    return hash_bytes(uuid, strlen(uuid));
}

void fresh_begin(struct packer *p, const char *uuid, uint64_t generation)
{
    pack_bytes(p, magic, NUMBER_BYTES);
    pack_u64(p, cache_of(uuid));
    pack_u64(p, generation);
    pack_u64(p, hash_bytes(p->bytes, p->count));
}

void fresh_add(struct packer *p, uint64_t generation, const struct fresh_row *row)
{
    const uint64_t numbers[] = {generation, row->first_seq, row->last_seq, (uint64_t)row->first_ms, (uint64_t)row->last_ms, row->samples, row->length};
    size_t at = p->count;
    pack_u64(p, 0);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        pack_u64(p, numbers[i]);
    pack_bytes(p, row->run, row->length);
    uint64_t checksum = hash_bytes(p->bytes + at + NUMBER_BYTES, p->count - at - NUMBER_BYTES);
    for (size_t i = 0; i < NUMBER_BYTES; i++)
        p->bytes[at + i] = (uint8_t)(checksum >> 8 * i);
}

bool fresh_may_be_ours(const void *bytes, size_t length)
{
    static const char none[NUMBER_BYTES];
    return length < NUMBER_BYTES || memcmp(bytes, magic, NUMBER_BYTES) == 0 || memcmp(bytes, none, NUMBER_BYTES) == 0;
}

bool fresh_open(struct fresh_reader *r, const void *bytes, size_t length, const char *uuid)
{
    *r = (struct fresh_reader){.in = unpacker_of(bytes, length)};
    const void *found = unpack_bytes(&r->in, NUMBER_BYTES);
    uint64_t cache = unpack_u64(&r->in);
    r->generation = unpack_u64(&r->in);
    uint64_t checksum = unpack_u64(&r->in);
    return !r->in.failed && memcmp(found, magic, NUMBER_BYTES) == 0 && cache == cache_of(uuid) && checksum == hash_bytes(bytes, HEAD_BYTES - NUMBER_BYTES);
}

bool fresh_next(struct fresh_reader *r, struct fresh_row *row)
{
    struct unpacker in = r->in;
    uint64_t checksum = unpack_u64(&in);
    const uint8_t *checked = in.at;
    uint64_t generation = unpack_u64(&in);
    struct fresh_row found = {.run = NULL};
    found.first_seq = unpack_u64(&in);
    found.last_seq = unpack_u64(&in);
    found.first_ms = (int64_t)unpack_u64(&in);
    found.last_ms = (int64_t)unpack_u64(&in);
    found.samples = unpack_u64(&in);
    uint64_t length = unpack_u64(&in);
    if (in.failed || length > FRESH_MOST)
        return false;
    found.length = (size_t)length;
    found.run = unpack_bytes(&in, found.length);
    if (in.failed || generation != r->generation || checksum != hash_bytes(checked, (size_t)(in.at - checked)))
        return false;
    if (found.first_seq == 0 || found.first_seq > found.last_seq || found.last_seq > INT64_MAX)
        return false;
    r->in = in;
    *row = found;
    return true;
}
