#include "core/hash_index.h"

#include <stdlib.h>

#include <xxhash.h>

#include "core/memory.h"

void hash_index_finish(struct hash_index *index)
{
    free(index->slots);
    *index = (struct hash_index){.slots = NULL};
}

static void insert(struct hash_index *index, uint32_t hash, uint32_t number)
{
    size_t mask = index->capacity - 1, at = hash & mask;
    while (index->slots[at].number != HASH_INDEX_NONE)
        at = (at + 1) & mask;
    index->slots[at] = (struct hash_slot){.hash = hash, .number = number};
}

/* At most two thirds full, so that a search ends soon. */
static void grow(struct hash_index *index)
{
    struct hash_slot *old = index->slots;
    size_t old_capacity = index->capacity;
    index->capacity = old_capacity ? old_capacity * 2 : 16;
    index->slots = mem_resize(NULL, index->capacity, sizeof *index->slots);
    for (size_t s = 0; s < index->capacity; s++)
        index->slots[s].number = HASH_INDEX_NONE;
    for (size_t s = 0; s < old_capacity; s++)
        if (old[s].number != HASH_INDEX_NONE)
            insert(index, old[s].hash, old[s].number);
    free(old);
}

void hash_index_add(struct hash_index *index, uint64_t hash, uint32_t number)
{
    if ((index->count + 1) * 3 > index->capacity * 2)
        grow(index);
    insert(index, (uint32_t)hash, number);
    index->count++;
}

uint32_t hash_index_find(const struct hash_index *index, uint64_t hash, hash_index_is *is, const void *context, const void *key)
{
    if (index->capacity == 0)
        return HASH_INDEX_NONE;
    size_t mask = index->capacity - 1;
    for (size_t at = (uint32_t)hash & mask; index->slots[at].number != HASH_INDEX_NONE; at = (at + 1) & mask)
        if (index->slots[at].hash == (uint32_t)hash && is(context, index->slots[at].number, key))
            return index->slots[at].number;
    return HASH_INDEX_NONE;
}

uint64_t hash_bytes(const void *bytes, size_t length)
{
    return XXH3_64bits(bytes, length);
}
