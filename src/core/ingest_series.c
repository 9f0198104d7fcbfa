#include <stdlib.h>

#include "core/ingest_private.h"
#include "core/memory.h"

static bool is_hash(const void *context, uint32_t number, const void *key)
{
    const struct discovery *d = context;
    return d->hashes[number] == *(const uint64_t *)key;
}

void discovery_finish(struct discovery *d)
{
    free(d->hashes);
    free(d->data);
    hash_index_finish(&d->index);
    *d = (struct discovery){.hashes = NULL};
}

uint32_t discovery_find(const struct discovery *d, uint64_t hash)
{
    return hash_index_find(&d->index, hash, is_hash, d, &hash);
}

uint32_t discovery_add(struct discovery *d, uint64_t hash, uint64_t data)
{
    size_t capacity = d->capacity;
    d->hashes = mem_grow(d->hashes, d->count, &capacity, sizeof *d->hashes);
    d->data = mem_grow(d->data, d->count, &d->capacity, sizeof *d->data);
    d->hashes[d->count] = hash;
    d->data[d->count] = data;
    hash_index_add(&d->index, hash, (uint32_t)d->count);
    return (uint32_t)d->count++;
}

void discovery_put(struct discovery *d, uint64_t hash, uint64_t data)
{
    uint32_t entry = discovery_find(d, hash);
    if (entry == HASH_INDEX_NONE)
        discovery_add(d, hash, data);
    else
        d->data[entry] = data;
}
