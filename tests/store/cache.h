/*
 * cache: a cache file made by hand, row by row, so that readers are tested without the writer; and random batches to fill it with.
 */
#ifndef ANDON_TESTS_STORE_CACHE_H
#define ANDON_TESTS_STORE_CACHE_H

#include <sqlite3.h>

#include "core/batch_log.h"
#include "core/chunk.h"
#include "core/record.h"

struct cache {
    char folder[64], path[96];
    sqlite3 *db;
};

/* A new file in a folder of its own; cache_finish() removes both. */
void cache_make(struct cache *c);
void cache_finish(struct cache *c);
void cache_run(struct cache *c, const char *sql);
void cache_series(struct cache *c, uint32_t id, const char *path);
/* One row of the journal. */
void cache_journal(struct cache *c, const struct batch *batches, size_t count);
/* The samples as chunks of at most `most`, and one row of stream. */
void cache_chunks(struct cache *c, const struct batch *batches, size_t count, size_t most);
/* Samples of one series as chunks, as they are (seq 0: imported). */
void cache_samples(struct cache *c, uint32_t series, const struct samples *samples, size_t most);
/* The rows that a day's end brings: hours before `until_ms`, counted from these batches. */
void cache_hours(struct cache *c, uint32_t series, const struct samples *samples, int64_t until_ms);

/* Batches [first, first + count) of a made-up plant with series 1 .. series, step_ms apart: all kinds of values, texts, bad, late, retained ones. */
struct batch *batches_make(uint64_t seed, uint64_t first, size_t count, uint32_t series, int64_t begin_ms, int64_t step_ms);
void batches_free(struct batch *batches, size_t count);
void batch_same(const struct batch *a, const struct batch *b);
/* All samples of a series, as they came. */
void batches_samples(const struct batch *batches, size_t count, uint32_t series, struct samples *out);

uint64_t random_next(uint64_t *state);

#endif
