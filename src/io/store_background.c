/*
 * Work that nobody waits for, a small piece at a time. Each job says when it wants to be called next; the most urgent one is.
 */
#include "io/clock.h"
#include "io/store_private.h"

enum { CARE_MS = 2000, LOG_TRUNCATE_BYTES = 4 << 20, LOG_LARGE_BYTES = 64 << 20, SCRATCH_KEPT_BYTES = 512 << 10 };

/* A checkpoint or the first batch of many tags made it large; what follows is small, and we live for months. */
static void give_back(struct packer *scratch)
{
    if (scratch->capacity <= SCRATCH_KEPT_BYTES)
        return;
    packer_finish(scratch);
    packer_init(scratch);
}

/* The write-ahead log goes back into the file by itself every 256 pages, unless somebody reads for long. */
static void care_for_log(struct store *store)
{
    store->care_ms = clock_monotonic_ms() + CARE_MS;
    give_back(&store->run);
    give_back(&store->squeezed);
    give_back(&store->minutes);
    int failed = store_fresh_overdue(store) ? store_settle(store) : SQLITE_OK;
    if (failed != SQLITE_OK) {
        store_trouble(store, failed);
        return;
    }
    store_measure(store);
    store_limit_pages(store);
    int64_t bytes = store->log_bytes;
    if (bytes > LOG_TRUNCATE_BYTES) {
        sqlite3_busy_timeout(store->db, 0);
        int rc = store_fold_log(store);
        sqlite3_busy_timeout(store->db, BUSY_MS);
        if (rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_LOCKED) {
            store_trouble(store, rc);
            return;
        }
        store_measure(store);
    }
    bool large = store->log_bytes > LOG_LARGE_BYTES;
    if (large)
        store_say(store, "a reader holds %lld MB of the write-ahead log", (long long)(store->log_bytes >> 20));
    else if (store->said_log)
        store_say(store, "%s", "");
    store->said_log = large;
}

int64_t store_background_due(const struct store *store)
{
    if (store_turn_due(store) || store->hours_pending || store_keep_due(store))
        return 0;
    int64_t due_ms = store->care_ms < store->walk_ms ? store->care_ms : store->walk_ms;
    return due_ms < store_runs_due(store) ? due_ms : store_runs_due(store);
}

void store_background(struct store *store)
{
    if (store->care_ms <= clock_monotonic_ms())
        care_for_log(store);
    else if (store_turn_due(store))
        store_turn_step(store);
    else if (store->hours_pending)
        store_hours_step(store);
    else if (store_keep_due(store))
        store_keep_step(store);
    else if (store_runs_due(store) <= store->walk_ms)
        store_runs_step(store);
    else
        store_walk_step(store);
}
