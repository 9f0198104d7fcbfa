/*
 * hash_index: from a hash to a small number, 8 bytes an entry. It stores no keys: the owner has them in an array and is
 * asked whether a candidate is the one. Made for 100,000 tags under a memory bound where a node an entry would cost 60 bytes.
 */
#ifndef ANDON_CORE_HASH_INDEX_H
#define ANDON_CORE_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_INDEX_NONE UINT32_MAX

struct hash_slot {
    uint32_t hash, number; /* number UINT32_MAX: empty */
};

struct hash_index {
    struct hash_slot *slots;
    size_t count, capacity; /* capacity is a power of two, or 0 */
};

/* Is entry `number` the one that is looked for? */
typedef bool hash_index_is(const void *context, uint32_t number, const void *key);

void hash_index_finish(struct hash_index *index);
/* Adds a number under a hash; the caller has made sure that its key is not there yet. */
void hash_index_add(struct hash_index *index, uint64_t hash, uint32_t number);
uint32_t hash_index_find(const struct hash_index *index, uint64_t hash, hash_index_is *is, const void *context, const void *key);
uint64_t hash_bytes(const void *bytes, size_t length);

#endif
