/*
 * A slow walk over everything that is kept, in search of bytes that have changed by themselves: each step reads a few blobs and checks their
 * checksums. What does not read is removed, so that it is told of once; minutes that do not read are made anew from their samples. Of a stretch of a
 * series the row stays, without its samples: readers have to know that something is missing there. At the end of a round it rests.
 */
#include <string.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/store_private.h"

enum { WALK_PRESET_MS = 1000, WALK_MS = 5, REST_STEPS = 3600 };

enum found { FOUND_GOOD, FOUND_BAD, FOUND_BAD_MINUTES };

typedef enum found check_fn(struct store *store, sqlite3_stmt *st);

static void take_nothing(void *arg, const struct summary *minute)
{
    (void)arg;
    (void)minute;
}

static enum found check_chunk(struct store *store, sqlite3_stmt *st)
{
    samples_clear(&store->samples);
    if (!chunk_decode(store->squeezer, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1), &store->samples, NULL))
        return FOUND_BAD;
    bool reads = minutes_decode(store->squeezer, sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2), take_nothing, NULL);
    return reads ? FOUND_GOOD : FOUND_BAD_MINUTES;
}

static enum found check_log(struct store *store, sqlite3_stmt *st)
{
    struct error err = {.text = ""};
    bool whole;
    struct batch_log_reader *reader = batch_log_open(sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1), &err);
    if (!reader)
        return FOUND_BAD;
    while (batch_log_next(reader, &store->checked, &whole, &err))
        continue;
    batch_log_close(reader);
    return err.text[0] ? FOUND_BAD : FOUND_GOOD;
}

static bool unpacks(struct store *store, sqlite3_stmt *st)
{
    packer_clear(&store->squeezed);
    return unsqueeze(sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1), SCHEMA_BLOB_MOST, &store->squeezed, NULL);
}

static enum found check_run(struct store *store, sqlite3_stmt *st)
{
    struct run_reader reader;
    return unpacks(store, st) && run_open(&reader, store->squeezed.bytes, store->squeezed.count, NULL) ? FOUND_GOOD : FOUND_BAD;
}

static enum found check_bundle(struct store *store, sqlite3_stmt *st)
{
    return unpacks(store, st) ? FOUND_GOOD : FOUND_BAD;
}

static const struct walk_row {
    enum statement next, drop;
    check_fn *check;
    const char *what;
} walk_table[] = {
    {ST_WALK_CHUNK, ST_CHUNK_MARK, check_chunk, "a stretch of a series, its samples are lost"},
    {ST_WALK_STREAM, ST_STREAM_DROP, check_log, "a stretch of the stream, removed"},
    {ST_WALK_CHECKPOINT, ST_CHECKPOINT_DROP, check_run, "a checkpoint, removed"},
    {ST_WALK_CONFIG, ST_CONFIG_DROP, check_bundle, "a configuration, removed"},
};

enum { TABLES = sizeof walk_table / sizeof walk_table[0] };

static void remove_row(struct store *store, const struct walk_row *row, int64_t id)
{
    store_begin_transaction(store, false);
    sqlite3_bind_int64(store_statement(store, row->drop), 1, id);
    store_step(store, row->drop);
    if (store_end_transaction(store) == SQLITE_OK)
        store_damaged(store, row->what);
}

/* The samples were read: their minutes are written again. */
static void mend_minutes(struct store *store, int64_t id)
{
    struct chunk_facts facts;
    packer_clear(&store->minutes);
    packer_clear(&store->squeezed);
    chunk_encode(store->squeezer, &store->samples, 0, store->samples.count, &store->squeezed, &store->minutes, &facts);
    store_begin_transaction(store, false);
    sqlite3_bind_int64(store_statement(store, ST_MINUTES_SET), 1, id);
    sqlite3_bind_blob64(store_statement(store, ST_MINUTES_SET), 2, store->minutes.bytes ? (const void *)store->minutes.bytes : "", store->minutes.count, SQLITE_STATIC);
    store_step(store, ST_MINUTES_SET);
    if (store_end_transaction(store) != SQLITE_OK)
        return;
    store_damaged(store, "minutes of a series, made anew");
}

/* The next blob. False at the end of its table. */
static bool walk_on(struct store *store, const struct walk_row *row)
{
    sqlite3_stmt *st = store_statement(store, row->next);
    enum found found = FOUND_GOOD;
    sqlite3_bind_int64(st, 1, store->walk_id);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        store->walk_id = sqlite3_column_int64(st, 0);
        found = row->check(store, st);
    } else if (rc != SQLITE_DONE) {
        store->rc = rc;
    }
    sqlite3_reset(st);
    if (found == FOUND_BAD)
        remove_row(store, row, store->walk_id);
    else if (found == FOUND_BAD_MINUTES)
        mend_minutes(store, store->walk_id);
    return rc == SQLITE_ROW;
}

static int64_t pace(const struct store *store)
{
    return store->options.walk_ms > 0 ? store->options.walk_ms : WALK_PRESET_MS;
}

void store_walk_step(struct store *store)
{
    int64_t now = clock_monotonic_ms();
    store->rc = SQLITE_OK;
    store->walk_ms = now + pace(store);
    while (store->rc == SQLITE_OK && clock_monotonic_ms() < now + WALK_MS) {
        if (walk_on(store, &walk_table[store->walk_table]))
            continue;
        store->walk_id = INT64_MIN;
        store->walk_table = (store->walk_table + 1) % TABLES;
        if (store->walk_table == 0) {
            store->walk_ms = now + pace(store) * REST_STEPS;
            break;
        }
    }
    if (store->rc != SQLITE_OK)
        store_trouble(store, store->rc);
}
