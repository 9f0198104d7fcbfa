/*
 * ingest_private: the parts of ingest: the raw ring and the series of what is only discovered.
 */
#ifndef ANDON_CORE_INGEST_PRIVATE_H
#define ANDON_CORE_INGEST_PRIVATE_H

#include "core/hash_index.h"
#include "core/skew.h"
#include "core/ingest.h"

/* ---- ingest_raw.c: the last raw payloads, in one ring of bytes; a place is a position that only grows ---- */

enum { RAW_PAYLOAD_MOST = 4096, RAW_NONE = 0 };

struct raw_ring {
    uint8_t *bytes;
    size_t capacity;
    uint64_t head; /* of the next entry; the first is 1 */
};

void raw_init(struct raw_ring *ring, size_t capacity);
void raw_finish(struct raw_ring *ring);
/* Keeps a message (its payload cut at RAW_PAYLOAD_MOST) and returns its place. */
uint64_t raw_keep(struct raw_ring *ring, const struct message *message);
/* The message at a place, through the text gate; false when it was overwritten. */
bool raw_read(const struct raw_ring *ring, uint64_t place, char *topic, size_t topic_cap, char *payload, size_t payload_cap);
size_t raw_fill(const struct raw_ring *ring);

/* ---- ingest_series.c: hashes only, 64 bits each: two of a million keys are the same with a chance of 1 in 37 million ---- */

struct discovery {
    uint64_t *hashes;
    uint64_t *data;   /* a series id, or a place in the raw ring */
    size_t count, capacity;
    struct hash_index index;
};

void discovery_finish(struct discovery *d);
/* The entry of a hash, or UINT32_MAX. */
uint32_t discovery_find(const struct discovery *d, uint64_t hash);
uint32_t discovery_add(struct discovery *d, uint64_t hash, uint64_t data);
/* Adds it, or changes its data. */
void discovery_put(struct discovery *d, uint64_t hash, uint64_t data);

/* ---- ingest_skew.c ---- */

/* What clocks stamp with: of each publisher (of each node, where none tells whether it lives) a meter. `seen` has the present message's stamp already. */
struct ingest_skews {
    const struct plant *plant;
    struct skews skews;
    uint32_t *by_node; /* the meter, or NO_SKEW while there is none yet */
    uint32_t seen;
};

void ingest_skews_begin(struct ingest_skews *s, const struct plant *plant);
void ingest_skews_finish(struct ingest_skews *s);
/* A message came `ms` after its stamp, for this tag; for this topic ("broker:plant/press01/temperature"), outside the configuration. */
void ingest_skew_of_tag(struct ingest_skews *s, uint32_t tag, int64_t ms);
void ingest_skew_of_topic(struct ingest_skews *s, const char *topic, int64_t ms);

#endif
