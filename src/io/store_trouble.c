/*
 * When the disk does not do what it should. A full disk, a read-only one and an I/O error stop the recording: what waits is lost and counted, and
 * every RETRY_MS a small write is tried that needs room for itself; when it comes through, recording goes on from a checkpoint. A damaged file is
 * set aside. Another program's lock is waited for, and the queue with it.
 */
#include <stdio.h>
#include <string.h>

#include "io/clock.h"
#include "io/log.h"
#include "io/store_private.h"

static const struct trouble_row {
    int code; /* primary */
    const char *said;
} trouble_table[] = {
    {SQLITE_FULL, "the disk is full"},
    {SQLITE_READONLY, "read-only: it cannot be written"},
    {SQLITE_CANTOPEN, "it cannot be opened"},
    {SQLITE_IOERR, "an I/O error"},
    {SQLITE_PERM, "no right to write"},
    {SQLITE_AUTH, "no right to write"},
    {SQLITE_BUSY, "another program holds it locked"},
    {SQLITE_LOCKED, "another program holds it locked"},
    {SQLITE_NOMEM, "out of memory"},
};

static const char own_limit[] = "it has its full size, and nothing older can go";

static const char *said_of(int rc)
{
    for (size_t i = 0; i < sizeof trouble_table / sizeof trouble_table[0]; i++)
        if (trouble_table[i].code == (rc & 0xFF))
            return trouble_table[i].said;
    return sqlite3_errstr(rc);
}

static uint64_t batches_in(const struct item *first)
{
    uint64_t count = 0;
    for (; first; first = first->next)
        count += first->kind == ITEM_BATCH;
    return count;
}

/* The lock is held. Tells whether it is news. */
static bool enter_locked(struct store *store, enum store_state state, const char *said)
{
    bool changes = store->status.state != state || strcmp(store->status.said, said) != 0;
    if (store->status.state != state)
        store->status.since_ms = clock_wall_ms();
    store->status.state = state;
    if (changes)
        snprintf(store->status.said, sizeof store->status.said, "%s", said);
    return changes;
}

static void report(const struct store *store, bool changes, const char *said)
{
    if (changes)
        log_limited(LOG_LEVEL_ERROR, "store stopped", "nothing is recorded: the cache %s: %s", store->path, said);
}

/* The lock is held. Takes away everything that waits; what comes next must be a checkpoint. */
static struct item *lose_locked(struct store *store)
{
    struct item *queued = store->first;
    store->first = NULL;
    store->last = &store->first;
    store->queued = store->in_work = 0;
    store->due_ms = INT64_MAX;
    store->checkpoint_waits = false;
    store->hole = true;
    store->status.batches_lost += batches_in(queued) + batches_in(store->work);
    store->status.thrown++;
    return queued;
}

/* Stops and throws away what waits in one step: who sees that it stopped sees what was lost with it, and no checkpoint comes in between. */
static void stop_and_lose(struct store *store, const char *said)
{
    pthread_mutex_lock(&store->lock);
    bool changes = said && enter_locked(store, STORE_STOPPED, said);
    store->status.state = STORE_STOPPED;
    struct item *queued = lose_locked(store);
    pthread_mutex_unlock(&store->lock);
    items_free(queued);
    items_free(store->work);
    store->work = NULL;
    report(store, changes, said);
}

static void enter(struct store *store, enum store_state state, const char *said)
{
    pthread_mutex_lock(&store->lock);
    bool changes = enter_locked(store, state, said);
    pthread_mutex_unlock(&store->lock);
    report(store, changes && state == STORE_STOPPED, said);
}

void store_stop(struct store *store, int rc, const char *said)
{
    stop_and_lose(store, said ? said : said_of(rc));
    store->retry_ms = clock_monotonic_ms() + RETRY_MS;
}

/* A new file has none of what the old one held. */
static void begin_anew(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->fresh = true;
    pthread_mutex_unlock(&store->lock);
    store->begun_anew = false;
}

static void set_state(struct store *store, enum store_state state)
{
    pthread_mutex_lock(&store->lock);
    store->status.state = state;
    pthread_mutex_unlock(&store->lock);
}

static void replace_damaged(struct store *store, int rc)
{
    struct error err = {.text = ""};
    stop_and_lose(store, NULL); /* for a moment, without a word */
    store_end(store);
    bool replaced = store_set_aside(store, sqlite3_errstr(rc), &err) && store_begin(store, &err);
    begin_anew(store);
    set_state(store, STORE_RECORDING);
    if (!replaced)
        store_stop(store, store->rc, err.text);
}

void store_trouble(struct store *store, int rc)
{
    int primary = rc & 0xFF;
    store_forget_turn(store);
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        store->waits_for_lock = true;
        store_say(store, "%s", said_of(rc));
    } else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        replace_damaged(store, rc);
    } else {
        if (primary == SQLITE_FULL)
            store_thin_aside(store, 0); /* what still works needs the room more */
        if (primary == SQLITE_FULL && store->db && store_make_room(store))
            return; /* what waits still waits, and a turn begins again */
        store_stop(store, rc, primary == SQLITE_FULL && store_is_own_limit(store) ? own_limit : NULL);
    }
}

void store_damaged(struct store *store, const char *what)
{
    pthread_mutex_lock(&store->lock); /* who sees the count sees what it counts */
    store->status.damaged++;
    snprintf(store->status.said, sizeof store->status.said, "damaged: %s", what);
    pthread_mutex_unlock(&store->lock);
    log_line(LOG_LEVEL_ERROR, "the cache held damaged bytes: %s", what);
}

/* Room for a few pages, synced, and given back. */
static int probe(struct store *store)
{
    store_begin_transaction(store, true);
    store_step(store, ST_PROBE);
    int rc = store_end_transaction(store);
    if (rc != SQLITE_OK)
        return rc;
    store_begin_transaction(store, true);
    sqlite3_bind_text(store_statement(store, ST_META_DROP), 1, "probe", -1, SQLITE_STATIC);
    store_step(store, ST_META_DROP);
    return store_end_transaction(store);
}

void store_retry(struct store *store)
{
    struct error err = {.text = ""};
    store->retry_ms = clock_monotonic_ms() + RETRY_MS;
    store->rc = SQLITE_OK;
    if (!store->db && !store_begin(store, &err)) {
        enter(store, STORE_STOPPED, said_of(store->rc));
        return;
    }
    if (store->begun_anew)
        begin_anew(store);
    int rc = probe(store);
    if ((rc & 0xFF) == SQLITE_FULL && store_make_room(store))
        rc = probe(store);
    if ((rc & 0xFF) == SQLITE_CORRUPT || rc == SQLITE_NOTADB) {
        enter(store, STORE_RECORDING, "");
        replace_damaged(store, rc);
        return;
    }
    if (rc != SQLITE_OK) {
        if ((rc & 0xFF) != SQLITE_FULL)
            store_end(store); /* what it opened read-only stays so until it is opened again */
        enter(store, STORE_STOPPED, (rc & 0xFF) == SQLITE_FULL && store_is_own_limit(store) ? own_limit : said_of(rc));
        return;
    }
    enter(store, STORE_RECORDING, "");
    store_measure(store);
    log_line(LOG_LEVEL_INFO, "the cache is recorded again");
}
