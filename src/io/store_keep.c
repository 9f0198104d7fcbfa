/*
 * Retention. A run goes through its phases a slice at a time, each slice a transaction. First it settles the floor: nothing is needed from
 * before a checkpoint (`floor_seq`) that is the newest at or before the moment up to which things may go, so that every moment after it can
 * still be folded from it. Then go stream rows and checkpoints before it, then, series by series, chunks whose last batch is not after it,
 * and hours and buckets by their own age; at last events, intervals, accounts, stops and energy. Runs are made once an hour of the stream, and whenever the
 * files outgrow their size: then a small part of the whole time goes at once, so that not every flush makes a run.
 *
 * Nothing goes for the sake of one wrong clock. Ages count from now_ms, which follows a jump ahead only once a day has been recorded behind it; and
 * what was recorded while the clock stood in the past (at 1970, until the time came) is not old: the floor ends before the first checkpoint in
 * order of the stream that is too young to go.
 *
 * Freed pages are used again; only what is above the size is given back to the file system.
 */
#include <stdio.h>

#include "io/clock.h"
#include "io/store_private.h"

enum {
    SIZE_PART = 128,             /* of the whole time, removed by one run for size */
    VACUUM_PAGES = 64,
    INTERVAL_LOOKS = 10,         /* of stretches of intervals beyond the oldest ones, each run */
    YOUNG_MOST = 256,            /* days of meters with facts that may not go yet, in a row: then none may */
    ROOM_MS = 3000,
    RESERVE_MOST = 16 << 20,
    LOG_LEAST_PAGES = 256, LOG_PAGES = 480, /* of the write-ahead log, when it is folded in: each time is two syncs */
    LOG_FRAME_BYTES = PAGE_BYTES + 24,
    LOG_PART = 32,               /* of the size that it may have */
};

#define PAGES_MOST INT64_C(0xFFFFFFFE) /* SQLite's own */
#define THIN_AFTER_MS (8 * DAY_MS)
#define JUMP_MS (2 * DAY_MS) /* of the clock, within the last 96 checkpoints, which is a day's recording, or half a day's where much is sampled */

/* Kept free below the size: for the log and what a flush needs. */
static int64_t reserve(const struct store *store)
{
    int64_t part = store->options.size_most / 8;
    return part < RESERVE_MOST ? part : RESERVE_MOST;
}

static bool is_over(const struct store *store)
{
    return store->options.size_most > 0 && store->file_bytes - store->free_bytes + store->log_bytes + (int64_t)store->newest.bytes.count + store->aside_bytes >
                                                store->options.size_most - reserve(store);
}

static bool wants_vacuum(const struct store *store)
{
    return store->options.size_most > 0 && store->free_bytes > 0 && store->file_bytes + store->log_bytes > store->options.size_most - reserve(store) / 2;
}

/* After a transaction that made the log so long. Not in full while somebody reads in it: then the next one tries again. */
static int on_log(void *arg, sqlite3 *db, const char *schema, int pages)
{
    struct store *store = arg;
    if (pages >= store->log_pages)
        sqlite3_wal_checkpoint_v2(db, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

void store_limit_pages(struct store *store)
{
    char sql[128];
    int64_t size = store->options.size_most, most = size > 0 ? (size - reserve(store) / 4) / PAGE_BYTES + 1 : PAGES_MOST;
    int64_t log = size > 0 && size / LOG_PART / PAGE_BYTES < LOG_PAGES ? size / LOG_PART / PAGE_BYTES : LOG_PAGES;
    log = log < LOG_LEAST_PAGES ? LOG_LEAST_PAGES : log;
    snprintf(sql, sizeof sql, "PRAGMA max_page_count=%lld;PRAGMA journal_size_limit=%lld", (long long)most, (long long)(log + log / 32) * LOG_FRAME_BYTES);
    store->log_pages = (int)log;
    sqlite3_wal_hook(store->db, on_log, store);
    sqlite3_exec(store->db, sql, NULL, NULL, NULL); /* the first is a guard: without it the file system's end is one */
}

void store_take_options(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool retuned = store->retuned;
    struct store_options *o = &store->options, wanted = store->wanted;
    store->retuned = false;
    pthread_mutex_unlock(&store->lock);
    if (!retuned || (o->keep_ms == wanted.keep_ms && o->keep_events_ms == wanted.keep_events_ms && o->size_most == wanted.size_most))
        return;
    o->keep_ms = wanted.keep_ms;
    o->keep_events_ms = wanted.keep_events_ms;
    o->size_most = wanted.size_most;
    store->keep = (struct keep){.phase = KEEP_IDLE};
    if (store->db)
        store_limit_pages(store);
}

bool store_keep_due(const struct store *store)
{
    const struct keep *k = &store->keep;
    int64_t since = store->last_ms - k->ran_ms;
    return k->phase != KEEP_IDLE || since >= HOUR_MS || since <= -HOUR_MS || (is_over(store) && !k->helpless) || wants_vacuum(store);
}

/* ---- the floor ---- */

static int64_t ask(struct store *store, enum statement statement, int64_t first, int64_t second)
{
    sqlite3_stmt *st = store_statement(store, statement);
    if (sqlite3_bind_parameter_count(st) > 0)
        sqlite3_bind_int64(st, 1, first);
    if (sqlite3_bind_parameter_count(st) > 1)
        sqlite3_bind_int64(st, 2, second);
    return store_number(store, statement);
}

/* Runs a statement that removes; returns how many rows went. */
static int64_t removes(struct store *store, enum statement statement, int64_t first, int64_t second)
{
    sqlite3_stmt *st = store_statement(store, statement);
    sqlite3_bind_int64(st, 1, first);
    if (sqlite3_bind_parameter_count(st) > 1)
        sqlite3_bind_int64(st, 2, second);
    store_step(store, statement);
    return store->rc == SQLITE_OK ? sqlite3_changes64(store->db) : 0;
}

/* The stream's time, as far as it can be believed. */
static int64_t believed_now(struct store *store)
{
    int64_t since = ask(store, ST_CHECKPOINT_SPAN, 0, 0);
    return since != 0 && store->last_ms - since > JUMP_MS ? since : store->last_ms;
}

/* Up to a moment. Without a checkpoint before it, what lies before it cannot be folded anyhow. What was imported was asked for, however old it
 * is: only the size ends that. */
static void set_floor(struct store *store, int64_t ms)
{
    struct keep *k = &store->keep;
    int64_t seq = ask(store, ST_CHECKPOINT_BEFORE, ms, k->now_ms);
    if (seq == 0)
        seq = ask(store, ST_STREAM_BEFORE, ms, k->now_ms);
    if (seq > k->floor_seq)
        k->floor_seq = seq;
}

static void begin_run(struct store *store)
{
    struct keep *k = &store->keep;
    const struct store_options *o = &store->options;
    *k = (struct keep){.phase = KEEP_STREAM, .ran_ms = store->last_ms, .first_ms = INT64_MAX, .thinned_seq = k->thinned_seq, .interval = k->interval,
        .floor_ms = INT64_MIN, .events_ms = INT64_MIN, .looks = INTERVAL_LOOKS, .day = INT64_MIN, .fact = INT64_MIN, .for_size = is_over(store)};
    k->now_ms = believed_now(store);
    if (o->keep_ms > 0)
        set_floor(store, k->now_ms - o->keep_ms);
    if (o->keep_events_ms > 0)
        k->events_ms = k->now_ms - o->keep_events_ms;
    if (!k->for_size)
        return;
    int64_t first = ask(store, ST_STREAM_FIRST, 0, 0), end = ask(store, ST_STREAM_FIRST_END, 0, 0), part = first + (k->now_ms - first) / SIZE_PART;
    if (end == 0)
        return; /* there is no stream: store_keep_step() takes what there is */
    int64_t seq = ask(store, ST_CHECKPOINT_AFTER, part, end), last = ask(store, ST_STREAM_FIRST_LAST, 0, 0);
    if (seq == 0)
        seq = last;
    if (seq > k->floor_seq)
        k->floor_seq = seq;
    if (end > k->floor_ms)
        k->floor_ms = end;
    if (part > k->floor_ms)
        k->floor_ms = part;
    if (k->floor_ms > k->now_ms)
        k->floor_ms = k->now_ms;
}

/* ---- the phases: each returns whether it has more to do ---- */

static bool keep_stream(struct store *store)
{
    return removes(store, ST_STREAM_OLDEST_DROP, store->keep.floor_seq, 0) > 0;
}

static bool keep_checkpoints(struct store *store)
{
    return removes(store, ST_CHECKPOINT_OLDEST_DROP, store->keep.floor_seq, 0) > 0;
}

/* One an hour is enough of what is older than a week. */
static bool thin_checkpoints(struct store *store)
{
    struct keep *k = &store->keep;
    int64_t before_ms = store->last_ms - THIN_AFTER_MS;
    if (removes(store, ST_CHECKPOINT_THIN, k->thinned_seq, before_ms) > 0)
        return true;
    k->thinned_seq = ask(store, ST_CHECKPOINT_BEFORE, before_ms, store->last_ms);
    return false;
}

static bool keep_series(struct store *store)
{
    struct keep *k = &store->keep;
    int64_t series = ask(store, ST_SERIES_NEXT, k->series, 0), first;
    if (series == 0)
        return false;
    k->series = series;
    if (k->floor_seq > 0)
        removes(store, ST_CHUNK_OLD_DROP, series, k->floor_seq);
    if (k->floor_ms > INT64_MIN)
        removes(store, ST_CHUNK_IMPORTED_DROP, series, k->floor_ms);
    if (k->events_ms > INT64_MIN) { /* hours stay as long as samples of them do */
        first = ask(store, ST_CHUNK_FIRST, series, 0);
        int64_t before_ms = first && first - HOUR_MS < k->events_ms ? first - HOUR_MS : k->events_ms;
        removes(store, ST_HOUR_OLD_DROP, series, before_ms);
        removes(store, ST_BUCKET_OLD_DROP, series, before_ms);
    }
    const enum statement firsts[] = {ST_CHUNK_FIRST, ST_HOUR_FIRST};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
        if ((first = ask(store, firsts[i], series, 0)) != 0 && first < k->first_ms)
            k->first_ms = first;
    return true;
}

/* Those of imports go with the imported samples. */
static bool keep_events(struct store *store)
{
    if (store->keep.floor_ms > INT64_MIN && removes(store, ST_EVENT_IMPORTED_DROP, store->keep.floor_ms, 0) > 0)
        return true;
    return store->keep.events_ms > INT64_MIN && removes(store, ST_EVENT_OLD_DROP, store->keep.events_ms, 0) > 0;
}

/* The oldest stand first, but for what was imported: that is found by looking a little further each run. */
static bool keep_intervals(struct store *store)
{
    struct keep *k = &store->keep;
    if (k->events_ms == INT64_MIN)
        return false;
    if (removes(store, ST_INTERVAL_OLD_DROP, k->events_ms, 0) > 0)
        return true;
    int64_t next = ask(store, ST_INTERVAL_NEXT, k->interval, 0);
    sqlite3_bind_int64(store_statement(store, ST_INTERVAL_DROP), 3, k->events_ms);
    removes(store, ST_INTERVAL_DROP, k->interval, next);
    k->interval = next;
    return next > 0 && --k->looks > 0;
}

/* Path by path. What was imported goes with the imported samples. */
static bool keep_by_path(struct store *store, enum statement next, enum statement drop)
{
    struct keep *k = &store->keep;
    const int64_t before_ms[] = {k->events_ms, k->floor_ms};
    if (before_ms[0] == INT64_MIN && before_ms[1] == INT64_MIN)
        return false;
    if (!k->in_path && !store_next_path(store, next, k->path)) {
        k->path[0] = '\0';
        return false;
    }
    k->in_path = false;
    for (int imported = 0; imported < 2; imported++) {
        sqlite3_bind_text(store_statement(store, drop), 3, k->path, -1, SQLITE_STATIC);
        k->in_path = removes(store, drop, before_ms[imported], imported) > 0 || k->in_path;
    }
    return true;
}

static bool keep_accounts(struct store *store)
{
    return keep_by_path(store, ST_ACCOUNT_PATH, ST_ACCOUNT_DROP);
}

static bool keep_defects(struct store *store)
{
    return keep_by_path(store, ST_DEFECT_PATH, ST_DEFECT_DROP);
}

static bool keep_stops(struct store *store)
{
    return keep_by_path(store, ST_STOP_PATH, ST_STOP_DROP);
}

/* The first id of a day. */
static int64_t first_of_day(int64_t ms)
{
    return store_day_id(ms - ((ms % DAY_MS) + DAY_MS) % DAY_MS, 0);
}

static void drop_facts(struct store *store, int64_t id)
{
    removes(store, ST_ENERGY_DROP, store_day_start(id), store_day_meter(id));
}

/* Days of meters that are over by then, with their facts; first what was recorded, and then, with the imported samples, what was imported. */
static bool keep_days(struct store *store)
{
    struct keep *k = &store->keep;
    int64_t before_ms = k->imported ? k->floor_ms : k->events_ms, next = 0;
    if (before_ms > INT64_MIN) {
        sqlite3_bind_int64(store_statement(store, ST_DAY_NEXT), 3, k->imported);
        next = ask(store, ST_DAY_NEXT, k->day, first_of_day(before_ms));
    }
    if (next) {
        drop_facts(store, next);
        removes(store, ST_DAY_DROP, next, 0);
        k->day = next;
        return true;
    }
    bool more = !k->imported;
    k->imported = true;
    k->day = INT64_MIN;
    return more;
}

/* Facts tell what was known when: nobody can go back to before the floor, so that of what was told by then the packed days are enough. */
static bool keep_facts(struct store *store)
{
    struct keep *k = &store->keep;
    if (k->floor_seq == 0 || k->young == YOUNG_MOST)
        return false;
    int64_t id = ask(store, ST_ENERGY_NEXT, k->fact == INT64_MIN ? INT64_MIN : store_day_start(k->fact), k->fact == INT64_MIN ? 0 : store_day_meter(k->fact));
    if (id == 0)
        return false;
    int64_t told = ask(store, ST_DAY_TOLD, id, 0);
    bool old = told <= k->floor_seq; /* what was imported was told at once */
    k->fact = id;
    k->young = old ? 0 : k->young + 1;
    if (old) {
        drop_facts(store, id);
        removes(store, ST_DAY_GONE, id, 0);
    }
    return true;
}

static bool keep_work(struct store *store)
{
    store_step(store, ST_WORK_OLD_DROP);
    return store->rc == SQLITE_OK && sqlite3_changes64(store->db) > 0;
}

/* Still too large, and there is no stream that could go: imported samples, events, accounts, energy, oldest first. */
static bool keep_rest(struct store *store)
{
    if (!store->keep.for_size || ask(store, ST_STREAM_FIRST_END, 0, 0) != 0)
        return false;
    int64_t gone = removes(store, ST_CHUNK_LOWEST_DROP, 64, 0);
    if (gone == 0)
        gone = removes(store, ST_EVENT_LOWEST_DROP, 200, 0) + removes(store, ST_INTERVAL_LOWEST_DROP, 200, 0);
    if (gone == 0)
        gone = removes(store, ST_ACCOUNT_OLDEST_DROP, 200, 0) + removes(store, ST_DEFECT_OLDEST_DROP, 200, 0) + removes(store, ST_STOP_OLDEST_DROP, 200, 0);
    if (gone == 0) { /* a day of some meters, and then the facts that it leaves behind */
        gone = removes(store, ST_DAY_LOWEST_DROP, 64, 0);
        store_step(store, ST_ENERGY_LOWEST_DROP);
    }
    store->keep.helpless = gone == 0;
    return false;
}

typedef bool keep_fn(struct store *store);

static keep_fn *const keep_table[KEEP_COUNT] = {
    [KEEP_STREAM] = keep_stream, [KEEP_CHECKPOINTS] = keep_checkpoints, [KEEP_THIN] = thin_checkpoints, [KEEP_SERIES] = keep_series,
    [KEEP_EVENTS] = keep_events, [KEEP_INTERVALS] = keep_intervals,
    [KEEP_ACCOUNTS] = keep_accounts, [KEEP_DEFECTS] = keep_defects, [KEEP_STOPS] = keep_stops, [KEEP_DAYS] = keep_days, [KEEP_FACTS] = keep_facts, [KEEP_WORK] = keep_work, [KEEP_REST] = keep_rest,
};

static void end_run(struct store *store)
{
    struct keep *k = &store->keep;
    int64_t first = k->first_ms;
    k->phase = KEEP_IDLE;
    if (store->journal_first_ms && store->journal_first_ms < first)
        first = store->journal_first_ms;
    pthread_mutex_lock(&store->lock);
    store->status.first_ms = first == INT64_MAX ? 0 : first;
    pthread_mutex_unlock(&store->lock);
}

static void run_phases(struct store *store)
{
    struct keep *k = &store->keep;
    int64_t until = clock_monotonic_ms() + SLICE_MS;
    store_begin_transaction(store, false);
    if (k->phase == KEEP_IDLE && store->rc == SQLITE_OK)
        begin_run(store);
    while (k->phase != KEEP_COUNT && store->rc == SQLITE_OK && clock_monotonic_ms() < until)
        if (!keep_table[k->phase](store))
            k->phase++;
    if (store_end_transaction(store) == SQLITE_OK && k->phase == KEEP_COUNT)
        end_run(store);
}

static void vacuum(struct store *store)
{
    char sql[64];
    store_begin_transaction(store, false);
    snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%d)", VACUUM_PAGES);
    if (store->rc == SQLITE_OK)
        store->rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    store_end_transaction(store);
}

void store_keep_step(struct store *store)
{
    while (is_over(store) && store->aside_files > 0) { /* damaged files go before samples that read */
        int files = store->aside_files;
        store_thin_aside(store, files - 1);
        if (store->aside_files >= files)
            break;
    }
    bool runs = store->keep.phase != KEEP_IDLE || !wants_vacuum(store) || is_over(store);
    if (runs)
        run_phases(store);
    else
        vacuum(store);
    int rc = store->rc;
    if (rc != SQLITE_OK) {
        store->keep.phase = KEEP_IDLE;
        store_trouble(store, rc);
        return;
    }
    store_measure(store);
    if (!runs && wants_vacuum(store) && store->log_bytes > reserve(store) / 4)
        store_fold_log(store); /* the file shrinks when the log is folded in */
}

bool store_is_own_limit(const struct store *store)
{
    return store->options.size_most > 0 && store->file_bytes + reserve(store) >= store->options.size_most;
}

bool store_make_room(struct store *store)
{
    int64_t until = clock_monotonic_ms() + ROOM_MS, before;
    store->rc = SQLITE_OK;
    store_measure(store);
    before = store->free_bytes;
    if (!store_is_own_limit(store))
        return false;
    store->keep.phase = KEEP_IDLE;
    do {
        run_phases(store);
        if (store->rc != SQLITE_OK)
            return false;
        store_measure(store);
    } while ((store->keep.phase != KEEP_IDLE || (is_over(store) && !store->keep.helpless)) && clock_monotonic_ms() < until);
    return store->free_bytes > before;
}
