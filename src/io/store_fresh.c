/*
 * The writer's side of the fresh rows (fresh.h). Most flushes are one row of the journal and nothing else: such a row is put here, by one write, and
 * every transaction that writes batches first takes in all that waits, so that the database alone is always a beginning of the stream, never one
 * with a gap, and an event never stands there without its batch. After FRESH_ROWS_MOST rows, or FRESH_WAIT_MS, a transaction is made for their sake.
 *
 * `bytes` is what the file holds of this generation, `from` where its rows begin that are not in the database: these are `rows`. They are let go of
 * once the transaction that took them in is committed; the next row then begins a new generation at the file's beginning. Only a row that
 * follows the newest batch of all is put, and when the file is opened only such rows are believed: in a power cut a commit may be lost that the
 * file had already been begun anew behind. One transaction in TAKES_A_SYNC is synced, so that no more can be lost by it than by SQLite's own log.
 *
 * The file is opened by SQLite's file system: it gets the rights of the database, and its errors are SQLite's. Without it (no room, no right, a
 * foreign file at its place) everything goes into the database at once.
 */
#define _DEFAULT_SOURCE /* getrandom() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/store_private.h"

enum { FRESH_WAIT_MS = 30000, TAKES_A_SYNC = 8 };

/* ---- the file ---- */

static bool open_file(struct store *store)
{
    struct fresh *f = &store->newest;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    size_t length = strlen(store->path) + sizeof FRESH_SUFFIX;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
    if (!vfs)
        return false;
    f->name = mem_zero(length + 4, 1); /* SQLite reads parameters behind a name: there are none */
    memcpy(f->name, store->path, strlen(store->path));
    memcpy(f->name + strlen(store->path), FRESH_SUFFIX, sizeof FRESH_SUFFIX);
    f->file = mem_zero(1, (size_t)vfs->szOsFile);
    if (vfs->xOpen(vfs, f->name, f->file, flags, &flags) == SQLITE_OK && f->file->pMethods && flags & SQLITE_OPEN_READWRITE)
        return true;
    log_limited(LOG_LEVEL_WARNING, "fresh", "%s cannot be opened: each flush is a transaction", f->name);
    return false;
}

/* What the file holds, into f->bytes. False when it cannot be read, or is not ours to write to. */
static bool read_file(struct fresh *f)
{
    sqlite3_int64 size = 0;
    packer_clear(&f->bytes);
    if (f->file->pMethods->xFileSize(f->file, &size) != SQLITE_OK)
        return false;
    size_t length = size < FRESH_MOST ? (size_t)size : FRESH_MOST;
    pack_reserve(&f->bytes, FRESH_MOST);
    if (length && f->file->pMethods->xRead(f->file, f->bytes.bytes, (int)length, 0) != SQLITE_OK)
        return false;
    f->bytes.count = length;
    if (fresh_may_be_ours(f->bytes.bytes, length))
        return true;
    log_limited(LOG_LEVEL_WARNING, "fresh", "%s is not andon's: it stays untouched, and each flush is a transaction", f->name);
    return false;
}

/* ---- what waits ---- */

static void forget_rows(struct fresh *f)
{
    packer_clear(&f->bytes);
    f->rows = 0;
    f->samples = f->run_bytes = 0;
    f->taking = false;
}

static void count_row(struct fresh *f, const struct fresh_row *row)
{
    if (f->rows++ == 0)
        f->first_ms = row->first_ms;
    f->samples += row->samples;
    f->run_bytes += row->length;
}

/* The rows that a writer before us has left and that the database does not have. */
static void adopt_rows(struct store *store)
{
    struct fresh *f = &store->newest;
    struct fresh_reader reader;
    struct fresh_row row;
    size_t end = 0;
    bool ours = fresh_open(&reader, f->bytes.bytes, f->bytes.count, f->uuid);
    while (ours) {
        size_t at = (size_t)(reader.in.at - f->bytes.bytes);
        if (!fresh_next(&reader, &row) || (row.last_seq > store->last_seq && row.first_seq != store->last_seq + 1))
            break;
        if (row.last_seq <= store->last_seq)
            continue;
        if (f->rows == 0)
            f->from = at;
        count_row(f, &row);
        store->last_seq = row.last_seq;
        store->last_ms = row.last_ms;
        end = (size_t)(reader.in.at - f->bytes.bytes);
    }
    f->bytes.count = end;
    f->generation = reader.generation;
    f->since_ms = clock_monotonic_ms();
}

/* Rows of the same generation behind those that we go on after must not come back, whatever happens to the disk. */
static bool cut_off(struct fresh *f)
{
    const struct sqlite3_io_methods *do_ = f->file->pMethods;
    return do_->xTruncate(f->file, (sqlite3_int64)f->bytes.count) == SQLITE_OK && do_->xSync(f->file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

void store_fresh_open(struct store *store, const char *uuid)
{
    struct fresh *f = &store->newest;
    forget_rows(f);
    f->takes = 0;
    snprintf(f->uuid, sizeof f->uuid, "%s", uuid);
    if (!uuid[0] || !open_file(store) || !read_file(f)) {
        store_fresh_close(store);
        return;
    }
    adopt_rows(store);
    f->full = f->rows > 0 && !cut_off(f); /* then they are taken in before anything is put behind them */
    if (f->rows == 0 && getrandom(&f->generation, sizeof f->generation, 0) != (ssize_t)sizeof f->generation)
        store_fresh_close(store);
}

void store_fresh_close(struct store *store)
{
    struct fresh *f = &store->newest;
    if (f->file && f->file->pMethods)
        f->file->pMethods->xClose(f->file);
    free(f->file);
    free(f->name);
    packer_finish(&f->bytes);
    *f = (struct fresh){.file = NULL};
}

/* ---- from one flush to the next ---- */

bool store_fresh_put(struct store *store, const struct fresh_row *row)
{
    struct fresh *f = &store->newest;
    size_t before = f->rows ? f->bytes.count : 0;
    if (!f->file || f->full || f->rows >= FRESH_ROWS_MOST || store->last_seq == 0 || row->first_seq != store->last_seq + 1 || store_fresh_overdue(store))
        return false;
    if (f->rows == 0) {
        forget_rows(f);
        fresh_begin(&f->bytes, f->uuid, ++f->generation);
        f->from = f->bytes.count;
        f->since_ms = clock_monotonic_ms();
    }
    fresh_add(&f->bytes, f->generation, row);
    bool put = f->bytes.count <= FRESH_MOST &&
               f->file->pMethods->xWrite(f->file, f->bytes.bytes + before, (int)(f->bytes.count - before), (sqlite3_int64)before) == SQLITE_OK;
    if (put)
        count_row(f, row);
    else
        f->bytes.count = before;
    return put;
}

bool store_fresh_overdue(const struct store *store)
{
    return store->newest.rows && clock_monotonic_ms() - store->newest.since_ms >= FRESH_WAIT_MS;
}

bool store_fresh_owes_sync(const struct store *store)
{
    return store->newest.rows && store->newest.takes + 1 >= TAKES_A_SYNC;
}

void store_fresh_take(struct store *store)
{
    struct fresh *f = &store->newest;
    struct fresh_reader reader = {.in = unpacker_of(f->bytes.bytes + f->from, f->rows ? f->bytes.count - f->from : 0), .generation = f->generation};
    struct fresh_row row;
    f->taking = f->rows > 0;
    while (f->rows && store->rc == SQLITE_OK && fresh_next(&reader, &row))
        store_put_row(store, &row);
}

void store_fresh_taken(struct store *store, bool committed)
{
    struct fresh *f = &store->newest;
    if (f->taking && committed) {
        if (store->journal_first_ms == 0)
            store->journal_first_ms = f->first_ms;
        store->journal_samples += f->samples;
        store->journal_bytes += f->run_bytes;
        f->takes = store->full_sync ? 0 : f->takes + 1;
        f->full = false;
        forget_rows(f);
    }
    f->taking = false;
}

void store_fresh_empty(struct store *store)
{
    struct fresh *f = &store->newest;
    if (f->file && f->rows == 0)
        f->file->pMethods->xTruncate(f->file, 0);
}
