/*
 * What waits is written in one transaction: batches gathered into journal rows, and with them, in the order in which they came, what followed
 * from them. `rc` remembers the first thing that failed; from then on nothing more is done and the end rolls everything back, so that the
 * code between begin and end reads straight. The journal row being put together is `run`; it ends where a number is missing or at RUN_BYTES.
 *
 * Most flushes are one row of the journal and nothing else. What such a one costs is not the row but the transaction around it: so it waits
 * beside the database (store_fresh.c), and a transaction begins with the first statement only that is needed (`owes_begin`).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alarm.h"
#include "core/state.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/store_private.h"

/* ---- statements ---- */

sqlite3_stmt *store_statement(struct store *store, enum statement statement)
{
    return store->statements[statement];
}

static void sync_as(struct store *store, bool durable)
{
    /* not prepared: this pragma works when it is parsed, and a statement that is stepped again does nothing */
    if (store->full_sync != durable)
        store->rc = sqlite3_exec(store->db, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
    store->full_sync = durable;
}

/* The first statement: the transaction begins. */
static void begin_owed(struct store *store)
{
    if (!store->owes_begin)
        return;
    store->owes_begin = false;
    if (store->writes_batches && store_fresh_owes_sync(store))
        sync_as(store, true);
    store_step(store, ST_BEGIN);
    store->in_transaction = store->rc == SQLITE_OK;
    if (store->writes_batches && store->in_transaction)
        store_fresh_take(store);
}

void store_step(struct store *store, enum statement statement)
{
    sqlite3_stmt *st = store->statements[statement];
    begin_owed(store);
    if (store->rc == SQLITE_OK) {
        int rc = sqlite3_step(st);
        if (rc != SQLITE_DONE && rc != SQLITE_ROW)
            store->rc = rc;
    }
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
}

int64_t store_number(struct store *store, enum statement statement)
{
    sqlite3_stmt *st = store->statements[statement];
    int64_t number = 0;
    begin_owed(store);
    if (store->rc == SQLITE_OK) {
        int rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
            number = sqlite3_column_int64(st, 0);
        else if (rc != SQLITE_DONE)
            store->rc = rc;
    }
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return number;
}

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

static void bind_u64(sqlite3_stmt *st, int at, uint64_t number)
{
    int64_t bits;
    memcpy(&bits, &number, sizeof bits);
    sqlite3_bind_int64(st, at, bits);
}

static void prepare_transaction(struct store *store, bool durable)
{
    store->rc = SQLITE_OK;
    store->writes_batches = false;
    sync_as(store, durable);
}

void store_begin_transaction(struct store *store, bool durable)
{
    prepare_transaction(store, durable);
    store->owes_begin = true;
    begin_owed(store);
}

int store_fold_log(struct store *store)
{
    return sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

int store_end_transaction(struct store *store)
{
    if (store->in_transaction)
        store_step(store, ST_COMMIT);
    int rc = store->rc;
    if (rc != SQLITE_OK && store->in_transaction && !sqlite3_get_autocommit(store->db)) {
        store->rc = SQLITE_OK;
        store_step(store, ST_ROLLBACK);
    }
    store->rc = rc;
    store->in_transaction = false;
    store_fresh_taken(store, rc == SQLITE_OK);
    if (rc == SQLITE_OK && store->chunks_put) {
        pthread_mutex_lock(&store->lock);
        store->status.chunks += store->chunks_put;
        pthread_mutex_unlock(&store->lock);
    }
    store->chunks_put = 0;
    return rc;
}

/* ---- the journal ---- */

void store_put_row(struct store *store, const struct fresh_row *row)
{
    sqlite3_stmt *st = store_statement(store, ST_JOURNAL_PUT);
    bind_u64(st, 1, row->first_seq);
    bind_u64(st, 2, row->last_seq);
    sqlite3_bind_int64(st, 3, row->first_ms);
    sqlite3_bind_int64(st, 4, row->last_ms);
    bind_u64(st, 5, row->samples);
    sqlite3_bind_blob64(st, 6, row->run, row->length, SQLITE_STATIC);
    store_step(store, ST_JOURNAL_PUT);
}

/* `may_wait`: nothing else has to be written with it. */
static void end_run(struct store *store, bool may_wait)
{
    if (store->run.count == 0)
        return;
    run_end(&store->run);
    packer_clear(&store->squeezed);
    squeezer_squeeze(store->squeezer, store->run.bytes, store->run.count, &store->squeezed);
    const struct fresh_row row = {.first_seq = store->run_first, .last_seq = store->run_last, .first_ms = store->run_first_ms, .last_ms = store->run_last_ms,
        .samples = store->run_samples, .run = store->squeezed.bytes, .length = store->squeezed.count};
    packer_clear(&store->run);
    store->wrote.fresh = may_wait && store->owes_begin && store_fresh_put(store, &row);
    if (store->wrote.fresh)
        return;
    begin_owed(store); /* what waits goes in by the same statement */
    store_put_row(store, &row);
    store->wrote.rows++;
    store->wrote.bytes += row.length;
}

static void add_to_run(struct store *store, const struct item *item)
{
    if (store->run.count && (item->seq != store->run_last + 1 || store->run.count + item->frames > RUN_BYTES))
        end_run(store, false);
    bool first = store->run.count == 0;
    if (first) {
        run_begin(&store->run);
        store->run_first = item->seq;
        store->run_samples = 0;
        store->run_first_ms = store->run_last_ms = item->wall_ms;
    }
    run_add_head(&store->run, item->seq, item->wall_ms, item->elapsed_ms, item->boot, first ? NULL : store->run_boot);
    memcpy(store->run_boot, item->boot, sizeof store->run_boot);
    pack_bytes(&store->run, item->bytes.bytes, item->frames);
    store->run_last = item->seq;
    store->run_samples += item->samples;
    if (item->wall_ms < store->run_first_ms)
        store->run_first_ms = item->wall_ms;
    if (item->wall_ms > store->run_last_ms)
        store->run_last_ms = item->wall_ms;
    if (store->wrote.first_ms == 0)
        store->wrote.first_ms = item->wall_ms;
    store->wrote.last_seq = item->seq;
    store->wrote.last_ms = item->wall_ms;
    store->wrote.samples += item->samples;
}

/* ---- what goes with it ---- */

/* A path that another series had before: that one keeps its samples under a name that says so. */
static void put_series(struct store *store, const struct series_row *row)
{
    sqlite3_stmt *st = store_statement(store, ST_SERIES_YIELD);
    bind_u64(st, 1, row->series);
    bind_text(st, 2, row->path);
    store_step(store, ST_SERIES_YIELD);
    st = store_statement(store, ST_SERIES_PUT);
    bind_u64(st, 1, row->series);
    bind_text(st, 2, row->path);
    bind_text(st, 3, row->kind);
    bind_text(st, 4, row->unit);
    store_step(store, ST_SERIES_PUT);
}

/* What an event is not about stays NULL. */
static void bind_alarm(sqlite3_stmt *st, const struct event *e)
{
    bind_text(st, 13, alarm_event_names[e->alarm.event]);
    bind_text(st, 14, alarm_kind_table[e->alarm.kind].name);
    sqlite3_bind_int(st, 15, e->alarm.priority);
    sqlite3_bind_int(st, 16, e->alarm.annunciated);
    sqlite3_bind_int64(st, 17, e->alarm.occurrence_ms);
    bind_text(st, 18, e->alarm.value);
    bind_text(st, 19, e->alarm.limit);
    bind_text(st, 20, e->alarm.class);
    bind_text(st, 21, e->alarm.position);
}

static void put_event(struct store *store, const struct event *e)
{
    sqlite3_stmt *st = store_statement(store, ST_EVENT_PUT);
    bind_u64(st, 1, e->number);
    bind_u64(st, 2, e->seq);
    sqlite3_bind_int64(st, 3, e->time_ms);
    bind_text(st, 4, event_table[e->kind].name);
    if (e->series)
        bind_u64(st, 5, e->series);
    bind_text(st, 6, e->path);
    bind_text(st, 7, e->text);
    bind_text(st, 8, e->before);
    bind_text(st, 9, e->after);
    sqlite3_bind_int64(st, 10, e->span_ms);
    sqlite3_bind_int(st, 11, e->down);
    bind_text(st, 12, e->who);
    if (e->kind == EVENT_ALARM)
        bind_alarm(st, e);
    if (e->alarm.comment[0])
        bind_text(st, 22, e->alarm.comment);
    store_step(store, ST_EVENT_PUT);
}

static void put_interval(struct store *store, const struct interval_end *i)
{
    sqlite3_stmt *st = store_statement(store, ST_INTERVAL_PUT);
    bind_u64(st, 1, i->seq);
    bind_text(st, 2, i->path);
    sqlite3_bind_int64(st, 3, i->start_ms);
    sqlite3_bind_int64(st, 4, i->end_ms);
    bind_text(st, 5, state_class_table[i->class].name);
    bind_text(st, 6, pack_state_table[i->state].name);
    bind_text(st, 7, i->word);
    store_step(store, ST_INTERVAL_PUT);
}

static void put_bucket(struct store *store, const struct bucket_gain *b)
{
    sqlite3_stmt *st = store_statement(store, ST_BUCKET_PUT);
    bind_u64(st, 1, b->series);
    sqlite3_bind_int64(st, 2, b->start_ms);
    sqlite3_bind_double(st, 3, b->gained);
    sqlite3_bind_int(st, 4, b->flagged);
    store_step(store, ST_BUCKET_PUT);
}

void store_put_outcomes(struct store *store, struct unpacker *in, bool imported)
{
    struct outcomes *o = &store->outcomes;
    outcomes_unpack(o, in);
    for (size_t i = 0; i < o->event_count; i++)
        put_event(store, &o->events[i]);
    for (size_t i = 0; i < o->interval_count; i++)
        put_interval(store, &o->intervals[i]);
    for (size_t i = 0; i < o->bucket_count; i++)
        put_bucket(store, &o->buckets[i]);
    if (imported)
        store_yield(store, o);
    for (size_t i = 0; i < o->gain_count; i++)
        store_put_gain(store, &o->gains[i]);
    for (size_t i = 0; i < o->stop_count; i++)
        store_put_stop(store, &o->stops[i]);
    for (size_t i = 0; i < o->energy_count; i++)
        store_put_energy(store, &o->energies[i]);
    store_end_energies(store);
}

static void put_series_rows(struct store *store, struct item_reader *reader)
{
    struct series_row row;
    while (item_next_series(reader, &row))
        put_series(store, &row);
}

static void put_batch(struct store *store, const struct item *item)
{
    struct item_reader reader = {.in = unpacker_of(item->bytes.bytes + item->frames, item->bytes.count - item->frames)};
    add_to_run(store, item);
    put_series_rows(store, &reader);
    store_put_outcomes(store, &reader.in, false);
}

static void put_config(struct store *store, const struct item *item)
{
    char name[QUEUE_TEXT];
    struct unpacker in = unpacker_of(item->bytes.bytes, item->bytes.count);
    unpack_text(&in, name, sizeof name);
    bind_u64(store_statement(store, ST_CONFIG_HAS), 1, item->number);
    if (store_number(store, ST_CONFIG_HAS) == 0) {
        sqlite3_stmt *st = store_statement(store, ST_CONFIG_PUT);
        bind_u64(st, 1, item->number);
        bind_text(st, 2, name);
        sqlite3_bind_blob64(st, 3, in.at, (sqlite3_uint64)(in.end - in.at), SQLITE_STATIC);
        store_step(store, ST_CONFIG_PUT);
    }
    sqlite3_stmt *st = store_statement(store, ST_CONFIG_USE);
    bind_u64(st, 1, item->seq);
    sqlite3_bind_int64(st, 2, item->wall_ms);
    bind_u64(st, 3, item->number);
    store_step(store, ST_CONFIG_USE);
}

static void put_checkpoint(struct store *store, const struct item *item)
{
    struct item_reader reader = {.in = unpacker_of(item->bytes.bytes + item->frames, item->bytes.count - item->frames)};
    put_series_rows(store, &reader);
    if (reader.in.at < reader.in.end)
        store_put_sums(store, &reader.in);
    packer_clear(&store->squeezed);
    squeeze(item->bytes.bytes, item->frames, &store->squeezed);
    sqlite3_stmt *st = store_statement(store, ST_CHECKPOINT_PUT);
    bind_u64(st, 1, item->seq);
    sqlite3_bind_int64(st, 2, item->wall_ms);
    bind_u64(st, 3, item->number);
    sqlite3_bind_blob64(st, 4, store->squeezed.bytes, store->squeezed.count, SQLITE_STATIC);
    store_step(store, ST_CHECKPOINT_PUT);
    store->wrote.checkpoint_ms = item->wall_ms;
    store->wrote.last_seq = item->seq;
    store->wrote.last_ms = item->wall_ms;
}

/* ---- a flush ---- */

static void put_item(struct store *store, const struct item *item)
{
    switch (item->kind) {
    case ITEM_BATCH: put_batch(store, item); return;
    case ITEM_CONFIG: put_config(store, item); return;
    case ITEM_CHECKPOINT: put_checkpoint(store, item); return;
    case ITEM_IMPORT: store_write_import(store, item); return;
    }
}

/* What came of a committed flush: counts, and the status. */
static void note_written(struct store *store, int64_t began_us)
{
    struct wrote *w = &store->wrote;
    if (store->journal_first_ms == 0 && w->rows)
        store->journal_first_ms = w->first_ms;
    store->journal_samples += w->fresh ? 0 : w->samples;
    store->journal_bytes += w->bytes;
    if (w->last_seq) {
        store->last_seq = w->last_seq;
        store->last_ms = w->last_ms;
    }
    int64_t took = clock_monotonic_us() - began_us;
    pthread_mutex_lock(&store->lock);
    struct store_status *s = &store->status;
    s->durable_seq = store->last_seq;
    s->samples += w->samples;
    s->flush_last_us = took;
    if (took > s->flush_max_us)
        s->flush_max_us = took;
    if (w->first_ms && (s->first_ms == 0 || w->first_ms < s->first_ms))
        s->first_ms = w->first_ms;
    if (w->import)
        store->imported = w->import;
    s->overlaps += w->overlaps;
    if (w->checkpoint_ms) {
        s->checkpoint_ms = w->checkpoint_ms;
        store->checkpoint_waits = false;
    }
    pthread_mutex_unlock(&store->lock);
}

/* The end of the items that go into one transaction: an import is one by itself. */
static struct item *group_end(struct item *first, bool *durable)
{
    struct item *end = first;
    *durable = false;
    do {
        *durable = *durable || end->durable;
        end = end->next;
    } while (first->kind != ITEM_IMPORT && end && end->kind != ITEM_IMPORT);
    return end;
}

static int write_group(struct store *store, struct item *first, const struct item *end, bool durable)
{
    int64_t began_us = clock_monotonic_us();
    store->wrote = (struct wrote){.rows = 0};
    packer_clear(&store->run);
    prepare_transaction(store, durable);
    store->owes_begin = store->writes_batches = true;
    if (first->kind == ITEM_IMPORT)
        begin_owed(store);
    for (struct item *item = first; item != end && store->rc == SQLITE_OK; item = item->next)
        put_item(store, item);
    if (store->rc == SQLITE_OK)
        end_run(store, !durable);
    store->owes_begin = false;
    int rc = store_end_transaction(store);
    if (rc == SQLITE_OK)
        note_written(store, began_us);
    return rc;
}

int store_settle(struct store *store)
{
    if (store->newest.rows == 0)
        return SQLITE_OK;
    prepare_transaction(store, false);
    store->owes_begin = store->writes_batches = true;
    begin_owed(store);
    return store_end_transaction(store);
}

static void forget_until(struct store *store, const struct item *end)
{
    size_t bytes = 0;
    while (store->work != end) {
        struct item *next = store->work->next;
        bytes += item_size(store->work);
        item_free(store->work);
        store->work = next;
    }
    pthread_mutex_lock(&store->lock);
    store->in_work -= bytes;
    pthread_mutex_unlock(&store->lock);
}

void store_write_work(struct store *store)
{
    while (store->work) {
        bool durable;
        struct item *end = group_end(store->work, &durable);
        int rc = write_group(store, store->work, end, durable);
        if (rc != SQLITE_OK) {
            store_trouble(store, rc);
            return;
        }
        forget_until(store, end);
    }
    if (store->waits_for_lock)
        store_say(store, "%s", "");
    store->waits_for_lock = false;
    store_tell_journal(store);
}

/* ---- the status ---- */

void store_say(struct store *store, const char *format, ...)
{
    va_list args;
    pthread_mutex_lock(&store->lock);
    va_start(args, format);
    vsnprintf(store->status.said, sizeof store->status.said, format, args);
    va_end(args);
    pthread_mutex_unlock(&store->lock);
}

static int64_t size_of(const char *path, const char *suffix)
{
    char name[4096];
    struct stat st;
    int length = snprintf(name, sizeof name, "%s%s", path, suffix);
    return length > 0 && length < (int)sizeof name && stat(name, &st) == 0 ? (int64_t)st.st_size : 0;
}

void store_count_journal(struct store *store)
{
    sqlite3_stmt *st = store_statement(store, ST_JOURNAL_SUM);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        store->journal_samples = (uint64_t)sqlite3_column_int64(st, 0);
        store->journal_bytes = (uint64_t)sqlite3_column_int64(st, 1);
        store->journal_first_ms = sqlite3_column_int64(st, 2);
    } else {
        store->rc = rc;
    }
    sqlite3_reset(st);
}

void store_tell_journal(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->status.journal_ms = store->journal_first_ms ? store->last_ms - store->journal_first_ms : 0;
    pthread_mutex_unlock(&store->lock);
}

void store_measure(struct store *store)
{
    store->rc = SQLITE_OK;
    int64_t pages = store_number(store, ST_PAGE_COUNT), unused = store_number(store, ST_FREE_COUNT), wal = size_of(store->path, "-wal");
    if (store->rc != SQLITE_OK)
        return;
    store->file_bytes = pages * PAGE_BYTES;
    store->free_bytes = unused * PAGE_BYTES;
    store->log_bytes = wal;
    pthread_mutex_lock(&store->lock);
    struct store_status *s = &store->status;
    s->file_bytes = pages * PAGE_BYTES + store->aside_bytes;
    s->free_bytes = unused * PAGE_BYTES;
    s->wal_bytes = wal + (int64_t)store->newest.bytes.count;
    pthread_mutex_unlock(&store->lock);
    store_tell_journal(store);
}
