/*
 * A slow walk over everything that is kept, in search of bytes that have changed by themselves: each step reads a few blobs and checks their
 * checksums. What does not read is removed, so that it is told of once; minutes that do not read, and heads that do not fit, are made anew from their samples, days of meters from their facts. Of a stretch of a
 * series the row stays, without its samples: readers have to know that something is missing there. At the end of a round it rests.
 */
#include <string.h>

#include "core/energy_run.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/store_private.h"

enum { WALK_PRESET_MS = 1000, WALK_MS = 5, REST_STEPS = 3600 };

enum found { FOUND_GOOD, FOUND_BAD, FOUND_BAD_MINUTES, FOUND_BAD_HEAD, FOUND_BAD_DAY };

typedef enum found check_fn(struct store *store, sqlite3_stmt *st);

static void take_minute(void *arg, const struct summary *minute)
{
    summary_merge(arg, minute);
}

/* What stands beside the blobs has no checksum of its own: it must follow from them. */
static bool head_is_right(const struct samples *samples, const struct summary *whole, sqlite3_stmt *st)
{
    uint64_t least_seq = UINT64_MAX, most_seq = 0;
    int64_t least_ms = INT64_MAX, most_ms = INT64_MIN;
    for (size_t i = 0; i < samples->count; i++) {
        const struct sample *s = &samples->rows[i];
        least_seq = s->seq < least_seq ? s->seq : least_seq;
        most_seq = s->seq > most_seq ? s->seq : most_seq;
        least_ms = s->time_ms < least_ms ? s->time_ms : least_ms;
        most_ms = s->time_ms > most_ms ? s->time_ms : most_ms;
    }
    const int64_t numbers[] = {(int64_t)least_seq, (int64_t)most_seq, least_ms, most_ms, (int64_t)samples->count, whole->count};
    for (int i = 0; i < 6; i++)
        if (sqlite3_column_int64(st, 3 + i) != numbers[i])
            return false;
    /* The sum is not asked for: added up by minutes it differs in its last bits. */
    const double extremes[] = {whole->min, whole->max};
    for (int i = 0; i < 2; i++) {
        double said = sqlite3_column_double(st, 9 + i);
        if (whole->count && (said < extremes[i] || said > extremes[i]))
            return false;
    }
    return true;
}

static enum found check_chunk(struct store *store, sqlite3_stmt *st)
{
    samples_clear(&store->samples);
    if (!chunk_decode(store->squeezer, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1), &store->samples, NULL))
        return FOUND_BAD;
    struct summary whole = {.count = 0};
    if (!minutes_decode(store->squeezer, sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2), take_minute, &whole))
        return FOUND_BAD_MINUTES;
    return head_is_right(&store->samples, &whole, st) ? FOUND_GOOD : FOUND_BAD_HEAD;
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

static enum found check_day(struct store *store, sqlite3_stmt *st)
{
    return energy_day_unpack(&store->filling.day, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1)) ? FOUND_GOOD : FOUND_BAD_DAY;
}

static enum found check_energy_run(struct store *store, sqlite3_stmt *st)
{
    struct energy_run run;
    (void)store;
    return energy_run_open(&run, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1)) ? FOUND_GOOD : FOUND_BAD;
}

static enum found check_sum_day(struct store *store, sqlite3_stmt *st)
{
    return check_day(store, st) == FOUND_GOOD ? FOUND_GOOD : FOUND_BAD;
}

static const struct walk_row {
    enum statement next, drop;
    check_fn *check;
    const char *what;
} walk_table[] = {
    {ST_WALK_CHUNK, ST_CHUNK_MARK, check_chunk, "a stretch of a series, its samples are lost"},
    {ST_WALK_STREAM, ST_STREAM_DROP, check_log, "a stretch of the stream, removed"},
    {ST_WALK_CHECKPOINT, ST_CHECKPOINT_DROP, check_run, "a checkpoint, removed"},
    {ST_WALK_DAY, ST_DAY_DROP, check_day, "a day of a meter"},
    {ST_WALK_RUN, ST_RUN_CLEAR, check_energy_run, "days of a meter, made anew"},
    {ST_WALK_SUM, ST_SUM_DAY_CLEAR, check_sum_day, "a day of a sum of meters, made anew"},
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

/* The same with its head. The index may have it right, and then SQLite takes it for damaged: it is made anew first. */
static void mend_head(struct store *store, int64_t id)
{
    struct chunk_facts facts;
    sqlite3_stmt *st = store_statement(store, ST_CHUNK_HEAD_SET);
    packer_clear(&store->minutes);
    packer_clear(&store->squeezed);
    chunk_encode(store->squeezer, &store->samples, 0, store->samples.count, &store->squeezed, &store->minutes, &facts);
    store_begin_transaction(store, false);
    if (store->rc == SQLITE_OK)
        store->rc = sqlite3_exec(store->db, "REINDEX chunk_series", NULL, NULL, NULL);
    sqlite3_bind_int64(st, 1, id);
    store_bind_facts(st, 2, &facts);
    store_step(store, ST_CHUNK_HEAD_SET);
    if (store_end_transaction(store) == SQLITE_OK)
        store_damaged(store, "the head of a stretch of a series, made anew");
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
    else if (found == FOUND_BAD_HEAD)
        mend_head(store, store->walk_id);
    else if (found == FOUND_BAD_DAY)
        store_mend_day(store, store->walk_id);
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
