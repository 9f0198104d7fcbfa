/*
 * store_fixture: a store in a folder of its own, batches for it, and a look into its file with another connection.
 *
 *     struct cache c;
 *     cache_make(&c);
 *     cache_open(&c);
 *     put_number(&c, 1, 20.5);
 *     cache_close(&c);
 *     assert_int_equal(ask(&c, "SELECT count(*) FROM journal"), 1);
 *     cache_remove(&c);
 */
#ifndef ANDON_TESTS_STORE_FIXTURE_H
#define ANDON_TESTS_STORE_FIXTURE_H

#include <dirent.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pack.h"
#include "io/clock.h"
#include "io/fresh.h"
#include "io/store.h"
#include "io/store_schema.h"

#define DAY0 INT64_C(1718150400000) /* 2024-06-12 00:00:00 UTC */

enum { WAIT_MOST_MS = 120000 }; /* only a failure takes so long */

struct cache {
    char folder[64], path[96];
    struct store_options options;
    struct store *store;
    struct batch batch;
    struct outcomes outcomes;
    uint64_t seq, events;
    int64_t wall_ms;
};

static inline void cache_make(struct cache *c)
{
    *c = (struct cache){.folder = "/tmp/andon-store-XXXXXX", .wall_ms = DAY0};
    assert_non_null(mkdtemp(c->folder));
    snprintf(c->path, sizeof c->path, "%s/andon.db", c->folder);
    c->options = (struct store_options){.path = c->path, .flush_ms = 20, .chunk_ms = 600000, .queue_bytes = 8 << 20};
    batch_init(&c->batch);
}

static inline void cache_open(struct cache *c)
{
    struct error err = {.text = ""};
    c->store = store_open(&c->options, &err);
    if (!c->store)
        fail_msg("%s", err.text);
}

static inline void cache_close(struct cache *c)
{
    store_close(c->store);
    c->store = NULL;
}

/* How many files of the folder hold this in their names; "" for all. */
static inline int files_with(const struct cache *c, const char *part)
{
    int count = 0;
    DIR *dir = opendir(c->folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        count += e->d_name[0] != '.' && strstr(e->d_name, part) != NULL;
    closedir(dir);
    return count;
}

/* Damaged files that were set aside, without their logs. */
static inline int files_aside(const struct cache *c)
{
    int count = 0;
    DIR *dir = opendir(c->folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        count += strstr(e->d_name, "damaged") && !strstr(e->d_name, "-wal") && !strstr(e->d_name, "-shm") && !strstr(e->d_name, "-fresh");
    closedir(dir);
    return count;
}

static inline void cache_remove(struct cache *c)
{
    char name[400];
    store_close(c->store);
    DIR *dir = opendir(c->folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.' && snprintf(name, sizeof name, "%s/%s", c->folder, e->d_name) < (int)sizeof name)
            unlink(name);
    if (dir)
        closedir(dir);
    rmdir(c->folder);
    batch_finish(&c->batch);
    outcomes_finish(&c->outcomes);
}

static inline struct store_status status_of(const struct cache *c)
{
    struct store_status s;
    store_status(c->store, &s);
    return s;
}

/* Waits for something that the thread does. */
#define WAIT_FOR(condition)                                                                                             \
    do {                                                                                                                \
        int64_t until_ = clock_monotonic_ms() + WAIT_MOST_MS;                                                           \
        while (!(condition)) {                                                                                          \
            if (clock_monotonic_ms() > until_)                                                                          \
                fail_msg("waited in vain for %s (%s)", #condition, status_of(&c).said);                                                         \
            poll(NULL, 0, 2);                                                                                           \
        }                                                                                                               \
    } while (0)

/* ---- what goes in ---- */

static inline void begin_batch(struct cache *c)
{
    batch_clear(&c->batch);
    outcomes_clear(&c->outcomes);
    c->batch.seq = ++c->seq;
    c->batch.wall_ms = c->wall_ms += 100;
    c->batch.elapsed_ms = 100;
}

static inline void name_series(struct cache *c, uint32_t series, const char *path)
{
    batch_add(&c->batch, (struct record){.kind = RECORD_SERIES, .series = series, .time_ms = c->wall_ms, .text = batch_text(&c->batch, path, strlen(path))});
}

static inline void add_sample(struct cache *c, uint32_t series, int64_t time_ms, struct value value)
{
    batch_add(&c->batch, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = time_ms, .value = value, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME});
}

static inline void add_event(struct cache *c, const char *text)
{
    struct outcomes *o = &c->outcomes;
    if (!o->events) {
        o->events = calloc(1, sizeof *o->events);
        o->event_capacity = 1;
    }
    o->events[0] = (struct event){.number = ++c->events, .seq = c->seq, .time_ms = c->wall_ms, .kind = EVENT_ACTION};
    snprintf(o->events[0].text, sizeof o->events[0].text, "%s", text);
    o->event_count = 1;
}

static inline bool end_batch(struct cache *c, bool durable)
{
    return store_put(c->store, &c->batch, &c->outcomes, durable);
}

/* A batch with one number; the first one names the series. */
static inline bool put_number(struct cache *c, uint32_t series, double number)
{
    char path[64];
    begin_batch(c);
    if (series > store_last_series(c->store)) {
        snprintf(path, sizeof path, "works/tag%u", (unsigned)series);
        name_series(c, series, path);
    }
    add_sample(c, series, c->wall_ms, value_real(number));
    return end_batch(c, false);
}

/* ---- what is in the file ---- */

static inline sqlite3 *look_into(const struct cache *c)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(c->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, WAIT_MOST_MS);
    return db;
}

static inline int64_t ask_db(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int rc = sqlite3_step(st);
    if (rc != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t number = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return number;
}

static inline int64_t ask(const struct cache *c, const char *sql)
{
    sqlite3 *db = look_into(c);
    int64_t number = ask_db(db, sql);
    sqlite3_close(db);
    return number;
}

static inline void change(const struct cache *c, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open_v2(c->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, WAIT_MOST_MS);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

/* ---- the journal ---- */

typedef void batch_seen(void *arg, const struct batch *batch);

struct journal_look {
    batch_seen *seen;
    void *arg;
    size_t batches;
    uint64_t last; /* of the last row */
};

static inline void look_at_row(struct journal_look *look, const struct fresh_row *row)
{
    struct batch batch;
    struct packer run;
    struct run_reader reader;
    struct error err;
    batch_init(&batch);
    packer_init(&run);
    if (!unsqueeze(row->run, row->length, SCHEMA_BLOB_MOST, &run, &err) || !run_open(&reader, run.bytes, run.count, &err))
        fail_msg("%s", err.text);
    uint64_t next = row->first_seq;
    while (run_next_batch(&reader, &batch)) {
        assert_true(batch.seq == next++);
        look->batches++;
        if (look->seen)
            look->seen(look->arg, &batch);
    }
    assert_false(reader.in.failed);
    assert_true(next == row->last_seq + 1);
    look->last = row->last_seq;
    packer_finish(&run);
    batch_finish(&batch);
}

static inline size_t read_fresh(const struct cache *c, uint8_t *bytes)
{
    char path[120];
    size_t count = 0;
    snprintf(path, sizeof path, "%s" FRESH_SUFFIX, c->path);
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    count = fread(bytes, 1, FRESH_MOST, file);
    fclose(file);
    return count;
}

/* Calls for every batch in the journal, in order, and for those that wait beside the database; returns how many. */
static inline size_t each_batch(const struct cache *c, batch_seen *seen, void *arg)
{
    struct journal_look look = {.seen = seen, .arg = arg};
    struct fresh_reader fresh;
    struct fresh_row row;
    char uuid[37] = "";
    uint8_t *bytes = malloc(FRESH_MOST);
    size_t count = read_fresh(c, bytes); /* before the database */
    sqlite3 *db = look_into(c);
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key='uuid'", -1, &st, NULL), SQLITE_OK);
    if (sqlite3_step(st) == SQLITE_ROW)
        snprintf(uuid, sizeof uuid, "%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT run, first_seq, last_seq FROM journal ORDER BY first_seq", -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        row = (struct fresh_row){.first_seq = (uint64_t)sqlite3_column_int64(st, 1), .last_seq = (uint64_t)sqlite3_column_int64(st, 2),
            .run = sqlite3_column_blob(st, 0), .length = (size_t)sqlite3_column_bytes(st, 0)};
        look_at_row(&look, &row);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    if (fresh_open(&fresh, bytes, count, uuid))
        while (fresh_next(&fresh, &row))
            if (look.last && row.first_seq == look.last + 1)
                look_at_row(&look, &row);
    free(bytes);
    return look.batches;
}

#endif
