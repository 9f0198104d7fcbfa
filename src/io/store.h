/*
 * store: the collector's side of the cache: one SQLite file, one writer, one thread. The main loop hands batches over and never waits for
 * the disk; the thread flushes the journal, makes chunks of it, keeps retention, and looks for damage in its idle time.
 *
 *     struct store *store = store_open(&options, &err);       // opens, migrates, sets a damaged file aside
 *     store_put(store, &batch, model_outcomes(model), false);  // each batch, in order
 *     store_checkpoint(store, model);                          // every few minutes, and before store_close()
 *     store_close(store);                                      // flushes everything
 *
 * All functions but store_open() and store_close() only copy into a queue that is bounded in bytes, or read what the thread told last.
 * The schema is in store_schema.c and andon-cache(5).
 */
#ifndef ANDON_IO_STORE_H
#define ANDON_IO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/chunk.h"
#include "core/error.h"
#include "core/model.h"
#include "core/record.h"

struct store;

struct store_options {
    const char *path;          /* the cache folder's "andon.db" */
    int64_t flush_ms;          /* journal flush, default 1000 */
    int64_t chunk_ms;          /* the journal's length at which chunks are made, default 1200000 */
    int64_t keep_ms;           /* retention by age of samples; 0: for ever */
    int64_t keep_events_ms;    /* of events, intervals, buckets, hours, accounts, stops and days of meters; 0: for ever */
    int64_t size_most;         /* of all files together, bytes; the oldest samples go */
    int64_t walk_ms;           /* between two steps of the walk that looks for damage, default 1000 */
    int64_t runs_ms;           /* between two looks for days of meters that long questions are to be answered from at once, default 60000 */
    size_t queue_bytes;        /* bound of the queue; a sixteenth of it is kept for what must be durable */
};

enum store_state {
    STORE_RECORDING,
    STORE_STOPPED,   /* disk full, read-only, an I/O error: tries again by itself; `said` tells which */
    STORE_STATE_COUNT
};

extern const char *const store_state_names[STORE_STATE_COUNT]; /* "recording", "stopped" */

/* What the store is doing. Copied under a lock. */
struct store_status {
    enum store_state state;
    int64_t since_ms;          /* wall */
    char said[96];             /* why it stopped, what was set aside or mended; "" for nothing */
    int64_t file_bytes, wal_bytes, free_bytes, size_most; /* file: with damaged ones that were set aside */
    int64_t first_ms;          /* the oldest sample or hour that is kept; 0: none */
    int64_t journal_ms;        /* the journal's length */
    uint64_t durable_seq;      /* everything up to this batch is on disk (of durable ones: synced), but for what batches_lost counts */
    uint64_t samples, chunks, damaged; /* written since the start; damaged: blobs that were found bad */
    int64_t flush_last_us, flush_max_us;
    size_t queue_bytes, queue_high, queue_most;
    uint64_t batches_lost;     /* while stopped or too slow */
    uint64_t thrown;           /* how often everything that waited was lost, imports too */
    int64_t checkpoint_ms;     /* wall time of the newest checkpoint; 0: none */
    uint64_t run_looks;        /* how often all days of meters were found gathered for long questions */
    uint64_t overlaps;         /* imported accounts and stops that were left out, since their time was recorded */
};

/* Opens or makes the cache, brings an older schema forward, sets a damaged or foreign-made file aside (said in the status and the log).
 * NULL when it must not be touched: a newer schema, a file that is not andon's, a folder that cannot be written and holds none. */
struct store *store_open(const struct store_options *options, struct error *err);
/* Writes all that was handed over, folds the write-ahead log into the file, and ends the thread. */
void store_close(struct store *store);

/* Hands a batch over, without what was only discovered, together with its outcomes. `durable`: synced within 100 ms, and room is kept for it.
 * False when it does not fit: it is lost, counted, and the store takes nothing more until a checkpoint of a later state comes. */
bool store_put(struct store *store, const struct batch *batch, const struct outcomes *outcomes, bool durable);
/* The configuration that the batch with this number (and those after it) belong to: bundle_pack() bytes. Before that batch. */
void store_config(struct store *store, uint64_t seq, int64_t wall_ms, uint64_t id, const char *name, const void *bundle, size_t length);
/* The fold's state after its last batch. Also mends a hole: see store_put(). False when it does not fit now. */
bool store_checkpoint(struct store *store, const struct model *model);
/* True while a checkpoint is needed before anything else is taken (a loss, a recovery) and there is room for it. */
bool store_wants_checkpoint(const struct store *store);
/* Imported samples of one series, in order of time; and what its own fold made of them: of a time that was recorded what was recorded counts, see store_import.c. `number` comes back in store_imported() once they
 * are synced. False when they do not fit now: try again later. */
bool store_import(struct store *store, uint64_t number, uint32_t series, const struct samples *samples, const struct outcomes *outcomes, const char *source);
uint64_t store_imported(const struct store *store);
/* The series of a batch's RECORD_SERIES that are configured are remembered by the store itself. The largest id that it knows: */
uint32_t store_last_series(const struct store *store);
/* The largest number of any event in it when it was opened. Like the ids and numbers of the stream it may be too large, when the cache could
 * not be read to its end: never too small. */
uint64_t store_last_event(const struct store *store);
/* Other settings: flush_ms, keep_ms, keep_events_ms and size_most take effect now, the rest stays as it was. */
void store_retune(struct store *store, const struct store_options *options);

void store_status(const struct store *store, struct store_status *status);
/* The cache's UUID, 36 characters. */
const char *store_uuid(const struct store *store);

#endif
