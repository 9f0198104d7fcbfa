/*
 * A struct envelope_names is a list with an index over topic and key; entries are overwritten, never removed.
 */
#include "core/envelope_names.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"

struct entry {
    char *topic, *key;
    struct envelope_name name;
};

struct envelope_names {
    struct entry *entries;
    size_t count, capacity;
    struct hash_index index;
};

struct wanted {
    const char *topic, *key;
};

struct envelope_names *envelope_names_create(void)
{
    return mem_zero(1, sizeof(struct envelope_names));
}

void envelope_names_destroy(struct envelope_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->count; i++) {
        free(names->entries[i].topic);
        free(names->entries[i].key);
    }
    free(names->entries);
    hash_index_finish(&names->index);
    free(names);
}

static uint64_t hash_of(const struct wanted *w)
{
    return hash_bytes(w->topic, strlen(w->topic)) * UINT64_C(31) ^ hash_bytes(w->key, strlen(w->key));
}

static bool is_it(const void *context, uint32_t number, const void *key)
{
    const struct entry *e = &((const struct envelope_names *)context)->entries[number];
    const struct wanted *w = key;
    return strcmp(e->key, w->key) == 0 && strcmp(e->topic, w->topic) == 0;
}

const struct envelope_name *envelope_names_find(const struct envelope_names *names, const char *topic, const char *key)
{
    struct wanted w = {topic, key};
    uint32_t at = names->count ? hash_index_find(&names->index, hash_of(&w), is_it, names, &w) : HASH_INDEX_NONE;
    return at == HASH_INDEX_NONE ? NULL : &names->entries[at].name;
}

void envelope_names_put(struct envelope_names *names, const char *topic, const char *key, const char *name, const char *unit)
{
    struct wanted w = {topic, key};
    uint64_t hash = hash_of(&w);
    uint32_t at = hash_index_find(&names->index, hash, is_it, names, &w);
    if (at == HASH_INDEX_NONE) {
        if (names->count == ENVELOPE_NAMES_MOST)
            return;
        names->entries = mem_grow(names->entries, names->count, &names->capacity, sizeof *names->entries);
        at = (uint32_t)names->count++;
        names->entries[at] = (struct entry){.topic = mem_text(topic), .key = mem_text(key)};
        hash_index_add(&names->index, hash, at);
    }
    snprintf(names->entries[at].name.name, ENVELOPE_NAME_BYTES, "%s", name);
    snprintf(names->entries[at].name.unit, ENVELOPE_UNIT_BYTES, "%s", unit);
}
