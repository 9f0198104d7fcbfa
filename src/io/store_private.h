/*
 * store_private: what the files of the store share. `struct store` has three parts: what the main loop alone touches, what the lock
 * guards, and what the thread alone touches; each field stands under its heading.
 */
#ifndef ANDON_IO_STORE_PRIVATE_H
#define ANDON_IO_STORE_PRIVATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "core/batch_log.h"
#include "core/energy_day.h"
#include "io/fresh.h"
#include "io/store.h"
#include "io/store_schema.h"

enum {
    DURABLE_WAIT_MS = 40,        /* actions that come together share a sync; with it they must be done within 100 ms */
    FLUSH_BYTES = 256 << 10,     /* so much is flushed at once, however young it is */
    RUN_BYTES = 1 << 20,         /* a journal row's batches; a larger batch has a row of its own */
    RETRY_MS = 2000,             /* a stopped store tries again */
    BUSY_MS = 1000,              /* waiting for another program's lock */
    SLICE_MS = 20,               /* of work that durable items wait for */
    PAGE_BYTES = 4096,
    SPARE_MOST = 2,              /* damaged files that are kept aside */
};

#define DAY_MS INT64_C(86400000)

/* ---- from the main loop to the thread ---- */

enum item_kind { ITEM_BATCH, ITEM_CONFIG, ITEM_CHECKPOINT, ITEM_IMPORT };

/* One thing to write. `bytes` holds, one after the other: a batch's frames without its head, then series rows, then outcomes; of other kinds
 * see store_queue.c. */
struct item {
    struct item *next;
    enum item_kind kind;
    bool durable;
    uint64_t seq, number;     /* number: of an import, or a configuration's id */
    int64_t wall_ms, elapsed_ms; /* elapsed, boot: of a batch */
    uint8_t boot[16];
    uint32_t samples, series; /* series: of an import */
    size_t frames;            /* where the series rows begin */
    struct packer bytes;
};

/* One series row: of a RECORD_SERIES (kind and unit unknown: "") or of a model's tag. */
struct series_row {
    uint32_t series;
    const char *path, *kind, *unit;
};

enum { QUEUE_TEXT = 4200 }; /* longest text in an item, with its NUL */

/* Reads what a packer got from pack_series_row() and the like; see store_queue.c. */
struct item_reader {
    struct unpacker in;
    char path[QUEUE_TEXT], kind[64], unit[64];
};
bool item_next_series(struct item_reader *reader, struct series_row *row);
void item_samples(struct unpacker *in, struct samples *out);
/* Notes whether a series is configured: only these are stored. */
void store_mark_series(struct store *store, uint32_t series, bool stored);
void item_free(struct item *item);
void items_free(struct item *first);
size_t item_size(const struct item *item);

/* ---- statements ---- */

#define STATEMENTS(X) \
    X(BEGIN, "BEGIN IMMEDIATE") \
    X(COMMIT, "COMMIT") \
    X(ROLLBACK, "ROLLBACK") \
    X(META_PUT, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)") \
    X(META_GET, "SELECT value FROM meta WHERE key=?1") \
    X(META_DROP, "DELETE FROM meta WHERE key=?1") \
    X(PROBE, "INSERT OR REPLACE INTO meta VALUES('probe', zeroblob(65536))") \
    X(JOURNAL_PUT, "INSERT INTO journal VALUES(?1, ?2, ?3, ?4, ?5, ?6)") \
    X(SERIES_PUT, "INSERT INTO series(id, path, kind, unit) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE SET path=?2, kind=CASE ?3 WHEN '' THEN kind ELSE ?3 END," \
        " unit=CASE ?3 WHEN '' THEN unit ELSE ?4 END WHERE path<>?2 OR (?3<>'' AND (kind<>?3 OR unit<>?4))") \
    X(SERIES_YIELD, "UPDATE series SET path=path||' (until series '||?1||')' WHERE path=?2 AND id<>?1") \
    X(EVENT_PUT, "INSERT OR REPLACE INTO event VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)") \
    X(INTERVAL_PUT, "INSERT INTO interval(seq, path, start_ms, end_ms, class, state, word) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)") \
    X(BUCKET_PUT, "INSERT INTO bucket VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET gained=gained+?3, flagged=flagged|?4") \
    X(ACCOUNT_PUT, "INSERT INTO account VALUES(?1, ?2, ?3, (SELECT ifnull(max(part)+1, 0) FROM account WHERE path=?1 AND from_ms=?2 AND seq=?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10," \
        " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36)") \
    X(DEFECT_PUT, "INSERT INTO defect VALUES(?1, ?2, ?3, (SELECT ifnull(max(part)+1, 0) FROM defect WHERE path=?1 AND from_ms=?2 AND seq=?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10," \
        " ?11, ?12, ?13, ?14)") \
    X(STOP_PUT, "INSERT INTO stop VALUES(?1, ?2, ?3, (SELECT ifnull(max(part)+1, 0) FROM stop WHERE path=?1 AND start_ms=?2 AND seq=?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10," \
        " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)") \
    X(METER_GET, "SELECT ifnull((SELECT id FROM meter WHERE path=?1), 0)") \
    X(METER_PUT, "INSERT INTO meter(path) VALUES(?1)") \
    X(WORK_GET, "SELECT ifnull((SELECT id FROM work WHERE day=?2 AND shift_ms=?1 AND planned=?3 AND shift=?4 AND crew=?5 AND product=?6 AND ordr=?7), 0)") \
    X(WORK_PUT, "INSERT INTO work(shift_ms, day, planned, shift, crew, product, ordr) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)") \
    X(ENERGY_PUT, "INSERT INTO energy VALUES(?1, ?2, ?3, ?4, (SELECT ifnull(max(part)+1, 0) FROM energy WHERE start_ms=?1 AND meter=?2 AND from_ms=?3 AND seq=?4), ?5, ?6, ?7, ?8, ?9, ?10," \
        " ?11, ?12, ?13, ?14)") \
    X(ENERGY_OF_DAY, "SELECT from_ms, to_ms, work, amount, reactive, leading, idle, estimated, valid_ms, missing_ms, running_ms, seq FROM energy WHERE start_ms=?1 AND meter=?2 ORDER BY from_ms, seq, part") \
    X(DAY_GET, "SELECT last_seq, quarters, gone FROM energy_day WHERE id=?1") \
    X(DAY_PUT, "INSERT OR REPLACE INTO energy_day VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)") \
    X(DAY_DROP, "DELETE FROM energy_day WHERE id=?1") \
    X(DAY_GONE, "UPDATE energy_day SET gone=1 WHERE id=?1") \
    X(DAY_NEXT, "SELECT ifnull((SELECT id FROM energy_day WHERE id>?1 AND id<?2 AND (last_seq=0)=?3 ORDER BY id LIMIT 1), 0)") \
    X(DAY_TOLD, "SELECT ifnull((SELECT last_seq FROM energy_day WHERE id=?1), 0)") \
    X(ENERGY_NEXT, "SELECT ifnull((SELECT start_ms/86400000*1048576+meter FROM energy WHERE (start_ms, meter)>(?1, ?2) ORDER BY start_ms, meter LIMIT 1), 0)") \
    X(ENERGY_DROP, "DELETE FROM energy WHERE start_ms=?1 AND meter=?2") \
    X(DAY_LOWEST_DROP, "DELETE FROM energy_day WHERE id IN (SELECT id FROM energy_day ORDER BY id LIMIT ?1)") \
    X(ENERGY_LOWEST_DROP, "DELETE FROM energy WHERE start_ms<ifnull((SELECT start_ms FROM energy_day ORDER BY id LIMIT 1), 9223372036854775807) AND start_ms=(SELECT min(start_ms) FROM energy)") \
    X(WORK_OLD_DROP, "DELETE FROM work WHERE id IN (SELECT id FROM work WHERE day BETWEEN 1 AND (SELECT CAST(strftime('%Y%m%d', start_ms/1000-259200, 'unixepoch') AS INTEGER)" \
        " FROM energy_day ORDER BY id LIMIT 1) LIMIT 200)") \
    X(DAY_NEWEST, "SELECT ifnull((SELECT id FROM energy_day ORDER BY id DESC LIMIT 1), 0)") \
    X(RUN_EMPTY, "SELECT ifnull((SELECT id FROM energy_run INDEXED BY energy_run_empty WHERE days IS NULL AND id>?1 AND id<?2 ORDER BY id LIMIT 1), 0)") \
    X(RUN_PUT, "INSERT OR REPLACE INTO energy_run VALUES(?1, ?2, ?3)") \
    X(RUN_DROP, "DELETE FROM energy_run WHERE id=?1") \
    X(RUN_CLEAR, "UPDATE energy_run SET days=NULL WHERE id=?1") \
    X(SUM_GET, "SELECT ifnull((SELECT id FROM meter_sum WHERE leaves=?1), 0)") \
    X(SUM_NEXT, "SELECT ifnull((SELECT id FROM meter_sum WHERE id>?1 ORDER BY id LIMIT 1), 0)") \
    X(SUM_ADD, "INSERT INTO meter_sum(leaves) VALUES(?1)") \
    X(SUM_DROP, "DELETE FROM meter_sum WHERE id=?1") \
    X(SUM_METERS, "SELECT m.id FROM sum_meter s JOIN meter m ON m.path=s.path WHERE s.sum=?1 ORDER BY m.id") \
    X(SUM_METER_ADD, "INSERT OR IGNORE INTO sum_meter VALUES(?2, ?1)") \
    X(SUM_METERS_DROP, "DELETE FROM sum_meter WHERE sum=?1") \
    X(SUM_DAY_EMPTY, "SELECT ifnull((SELECT id FROM sum_day INDEXED BY sum_day_empty WHERE quarters IS NULL AND id>?1 AND id<?2 ORDER BY id LIMIT 1), 0)") \
    X(SUM_DAY_PUT, "INSERT OR REPLACE INTO sum_day VALUES(?1, ?2, ?3)") \
    X(SUM_DAY_DROP, "DELETE FROM sum_day WHERE id=?1") \
    X(SUM_DAY_CLEAR, "UPDATE sum_day SET quarters=NULL WHERE id=?1") \
    X(SUM_DAYS_ADD, "INSERT OR REPLACE INTO sum_day(id) SELECT DISTINCT ((id>>20)<<20)+?1 FROM energy_day") \
    X(SUM_DAYS_DROP, "DELETE FROM sum_day WHERE (id & 1048575)=?1") \
    X(CONFIG_PUT, "INSERT OR REPLACE INTO config VALUES(?1, ?2, ?3)") \
    X(CONFIG_HAS, "SELECT count(*) FROM config WHERE id=?1") \
    X(CONFIG_USE, "INSERT OR REPLACE INTO config_use VALUES(?1, ?2, ?3)") \
    X(CHECKPOINT_PUT, "INSERT OR REPLACE INTO checkpoint VALUES(?1, ?2, ?3, ?4)") \
    X(JOURNAL_NEXT, "SELECT first_seq, last_seq, run FROM journal WHERE first_seq>=?1 ORDER BY first_seq") \
    X(JOURNAL_DROP, "DELETE FROM journal WHERE first_seq BETWEEN ?1 AND ?2") \
    X(JOURNAL_SUM, "SELECT ifnull(sum(samples), 0), ifnull(sum(length(run)), 0), ifnull((SELECT first_ms FROM journal ORDER BY first_seq LIMIT 1), 0) FROM journal") \
    X(CHUNK_PUT, "INSERT INTO chunk(series, first_seq, last_seq, first_ms, last_ms, count, numbers, min, max, sum, minutes, samples)" \
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)") \
    X(CHUNK_NEWEST, "SELECT id, count, last_seq, length(samples) FROM chunk WHERE series=?1 AND last_seq>0 ORDER BY last_seq DESC, first_seq DESC") \
    X(CHUNK_GET, "SELECT samples FROM chunk WHERE id=?1") \
    X(CHUNK_DROP, "DELETE FROM chunk WHERE id=?1") \
    X(CHUNK_MINUTES, "SELECT minutes FROM chunk WHERE series=?1 AND last_ms>=?2 AND first_ms<?3") \
    X(STREAM_PUT, "INSERT INTO stream VALUES(?1, ?2, ?3, ?4, ?5)") \
    X(HOUR_PUT, "INSERT INTO hour VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET count=count+?3, min=min(min, ?4), max=max(max, ?5), sum=sum+?6") \
    X(HOURS_GET, "SELECT hours_ms FROM series WHERE id=?1") \
    X(HOURS_SET, "UPDATE series SET hours_ms=?2 WHERE id=?1") \
    X(HOURS_NEXT, "SELECT id, hours_ms FROM series WHERE id>?1 AND hours_ms<?2 ORDER BY id LIMIT 1") \
    X(IMPORT_PUT, "INSERT INTO import(ms, series, source, samples, first_ms, last_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6)") \
    X(CHECKPOINT_BEFORE, "SELECT ifnull(max(seq), 0) FROM checkpoint WHERE ms<=?1" \
        " AND seq<ifnull((SELECT min(seq) FROM checkpoint WHERE ms>?1 AND ms<=?2), 9223372036854775807)") \
    X(CHECKPOINT_SPAN, "SELECT ifnull(min(ms), 0) FROM (SELECT ms FROM checkpoint ORDER BY seq DESC LIMIT 96)") \
    X(CHECKPOINT_AFTER, "SELECT ifnull(min(seq), 0) FROM checkpoint WHERE ms>=?1 AND ms>=?2") \
    X(CHECKPOINT_OLDEST_DROP, "DELETE FROM checkpoint WHERE seq=(SELECT seq FROM checkpoint WHERE seq<?1 ORDER BY seq LIMIT 1)") \
    X(CHECKPOINT_THIN, "DELETE FROM checkpoint WHERE seq IN (SELECT seq FROM (SELECT seq, ms, lag(ms) OVER (ORDER BY seq) AS before FROM checkpoint" \
        " WHERE seq>=?1 AND ms<?2) WHERE before/3600000=ms/3600000 LIMIT 16)") \
    X(CHECKPOINT_DROP, "DELETE FROM checkpoint WHERE seq=?1") \
    X(STREAM_BEFORE, "SELECT ifnull(max(last_seq), 0) FROM stream WHERE last_ms<=?1" \
        " AND first_seq<ifnull((SELECT min(first_seq) FROM stream WHERE last_ms>?1 AND last_ms<=?2), 9223372036854775807)") \
    X(STREAM_FIRST, "SELECT ifnull((SELECT first_ms FROM stream ORDER BY first_seq LIMIT 1), 0)") \
    X(STREAM_FIRST_END, "SELECT ifnull((SELECT last_ms FROM stream ORDER BY first_seq LIMIT 1), 0)") \
    X(STREAM_FIRST_LAST, "SELECT ifnull((SELECT last_seq FROM stream ORDER BY first_seq LIMIT 1), 0)") \
    X(STREAM_OLDEST_DROP, "DELETE FROM stream WHERE first_seq=(SELECT first_seq FROM stream ORDER BY first_seq LIMIT 1) AND last_seq<=?1") \
    X(STREAM_DROP, "DELETE FROM stream WHERE first_seq=?1") \
    X(SERIES_NEXT, "SELECT ifnull((SELECT id FROM series WHERE id>?1 ORDER BY id LIMIT 1), 0)") \
    X(CHUNK_OLD_DROP, "DELETE FROM chunk WHERE series=?1 AND last_seq>0 AND last_seq<=?2") \
    X(CHUNK_IMPORTED_DROP, "DELETE FROM chunk WHERE series=?1 AND last_seq=0 AND last_ms<?2") \
    X(CHUNK_LOWEST_DROP, "DELETE FROM chunk WHERE id IN (SELECT id FROM chunk ORDER BY id LIMIT ?1)") \
    X(CHUNK_FIRST, "SELECT ifnull((SELECT first_ms FROM chunk WHERE series=?1 ORDER BY last_seq, first_seq, last_ms LIMIT 1), 0)") \
    X(HOUR_FIRST, "SELECT ifnull((SELECT min(start_ms) FROM hour WHERE series=?1), 0)") \
    X(HOUR_OLD_DROP, "DELETE FROM hour WHERE series=?1 AND start_ms<?2") \
    X(BUCKET_OLD_DROP, "DELETE FROM bucket WHERE series=?1 AND start_ms<?2") \
    X(EVENT_OLD_DROP, "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE ms<?1 AND number<" SCHEMA_EVENT_IMPORTED " ORDER BY ms LIMIT 200)") \
    X(EVENT_IMPORTED_DROP, "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE ms<?1 AND number>=" SCHEMA_EVENT_IMPORTED " ORDER BY ms LIMIT 200)") \
    X(EVENT_LOWEST_DROP, "DELETE FROM event WHERE number IN (SELECT number FROM event ORDER BY ms LIMIT ?1)") \
    X(INTERVAL_OLD_DROP, "DELETE FROM interval WHERE end_ms<?1 AND id IN (SELECT id FROM interval ORDER BY id LIMIT 200)") \
    X(INTERVAL_LOWEST_DROP, "DELETE FROM interval WHERE id IN (SELECT id FROM interval ORDER BY id LIMIT ?1)") \
    X(INTERVAL_NEXT, "SELECT ifnull((SELECT max(id) FROM (SELECT id FROM interval WHERE id>?1 ORDER BY id LIMIT 500)), 0)") \
    X(INTERVAL_DROP, "DELETE FROM interval WHERE id>?1 AND id<=?2 AND end_ms<?3") \
    X(ACCOUNT_OVER, "SELECT sum(ifnull(unknown_ms, 0)), sum(ifnull(break_ms, 0)), sum(ifnull(not_scheduled_ms, 0))," \
        " sum(CASE WHEN seq > 0 THEN to_ms - from_ms ELSE 0 END)," \
        " sum(CASE WHEN seq > 0 THEN ifnull(run_ms, 0) + ifnull(down_ms, 0) + ifnull(minor_ms, 0) + ifnull(starved_ms, 0) + ifnull(blocked_ms, 0) + ifnull(setup_ms, 0)" \
        " + ifnull(setup_over_ms, 0) + ifnull(cleaning_ms, 0) + ifnull(maintenance_ms, 0) + ifnull(good, 0) + ifnull(reject, 0) + ifnull(rework, 0) + ifnull(outside, 0) ELSE 0 END)" \
        " FROM account WHERE path=?1 AND from_ms>?2-3600000 AND from_ms<?3 AND to_ms>?2") \
    X(ACCOUNT_PATH, "SELECT path FROM account WHERE path>?1 ORDER BY path LIMIT 1") \
    X(ACCOUNT_DROP, "DELETE FROM account WHERE path=?3 AND (seq=0)=?2 AND from_ms<=(SELECT max(from_ms) FROM (SELECT from_ms FROM account" \
        " WHERE path=?3 AND (seq=0)=?2 AND from_ms<?1 ORDER BY from_ms LIMIT 200))") \
    X(ACCOUNT_OLDEST_DROP, "DELETE FROM account WHERE (path, from_ms, seq, part) IN (SELECT path, from_ms, seq, part FROM account ORDER BY from_ms LIMIT ?1)") \
    X(DEFECT_PATH, "SELECT path FROM defect WHERE path>?1 ORDER BY path LIMIT 1") \
    X(DEFECT_DROP, "DELETE FROM defect WHERE path=?3 AND (seq=0)=?2 AND from_ms<=(SELECT max(from_ms) FROM (SELECT from_ms FROM defect" \
        " WHERE path=?3 AND (seq=0)=?2 AND from_ms<?1 ORDER BY from_ms LIMIT 200))") \
    X(DEFECT_OLDEST_DROP, "DELETE FROM defect WHERE (path, from_ms, seq, part) IN (SELECT path, from_ms, seq, part FROM defect ORDER BY from_ms LIMIT ?1)") \
    X(STOP_PATH, "SELECT path FROM stop WHERE path>?1 ORDER BY path LIMIT 1") \
    X(STOP_DROP, "DELETE FROM stop WHERE path=?3 AND (seq=0)=?2 AND start_ms<=(SELECT max(start_ms) FROM (SELECT start_ms FROM stop" \
        " WHERE path=?3 AND (seq=0)=?2 AND start_ms<?1 ORDER BY start_ms LIMIT 200))") \
    X(STOP_OLDEST_DROP, "DELETE FROM stop WHERE (path, start_ms, seq, part) IN (SELECT path, start_ms, seq, part FROM stop ORDER BY start_ms LIMIT ?1)") \
    X(CONFIG_DROP, "DELETE FROM config WHERE id=?1") \
    X(MINUTES_SET, "UPDATE chunk SET minutes=?2 WHERE id=?1") \
    X(CHUNK_HEAD_SET, "UPDATE chunk SET first_seq=?2, last_seq=?3, first_ms=?4, last_ms=?5, count=?6, numbers=?7, min=?8, max=?9, sum=?10 WHERE id=?1") \
    X(CHUNK_MARK, "UPDATE chunk SET samples=x'' WHERE id=?1") \
    X(WALK_CHUNK, "SELECT id, samples, minutes, first_seq, last_seq, first_ms, last_ms, count, numbers, min, max, sum FROM chunk WHERE id>?1 AND length(samples)>0 ORDER BY id LIMIT 1") \
    X(WALK_STREAM, "SELECT first_seq, log FROM stream WHERE first_seq>?1 ORDER BY first_seq LIMIT 1") \
    X(WALK_CHECKPOINT, "SELECT seq, state FROM checkpoint WHERE seq>?1 ORDER BY seq LIMIT 1") \
    X(WALK_DAY, "SELECT id, quarters FROM energy_day WHERE id>?1 ORDER BY id LIMIT 1") \
    X(WALK_RUN, "SELECT id, days FROM energy_run WHERE id>?1 AND days IS NOT NULL ORDER BY id LIMIT 1") \
    X(WALK_SUM, "SELECT id, quarters FROM sum_day WHERE id>?1 AND quarters IS NOT NULL ORDER BY id LIMIT 1") \
    X(WALK_CONFIG, "SELECT id, bundle FROM config WHERE id>?1 ORDER BY id LIMIT 1") \
    X(PAGE_COUNT, "PRAGMA page_count") \
    X(FREE_COUNT, "PRAGMA freelist_count")

enum statement {
#define X(name, sql) ST_##name,
    STATEMENTS(X)
#undef X
    ST_COUNT
};

/* What a transaction has written, for the counts once it is committed. */
struct wrote {
    uint64_t rows, bytes, samples; /* of the journal */
    int64_t first_ms, last_ms;     /* wall */
    uint64_t last_seq;             /* 0: no batch and no checkpoint */
    int64_t checkpoint_ms;
    uint64_t import;               /* its number */
    uint64_t overlaps;             /* accounts and stops of it that were left out */
    bool fresh;                    /* its one row of the journal waits beside the database */
};

/* Rows of the journal that wait beside the database; see store_fresh.c. */
struct fresh {
    sqlite3_file *file;          /* NULL: there is none, everything goes into the database */
    char *name;                  /* the file's, which SQLite borrows */
    char uuid[37];               /* the cache's */
    uint64_t generation;
    struct packer bytes;         /* what the file holds of it */
    size_t from, rows;           /* where the rows begin that the database does not have, and how many they are */
    int64_t first_ms;            /* wall, of the first one */
    uint64_t samples, run_bytes; /* of all of them */
    int64_t since_ms;            /* monotonic: of the first one */
    bool taking;                 /* the open transaction has taken them in */
    bool full;                   /* nothing may be put behind them */
    unsigned takes;              /* since a transaction was synced */
};

/* The day of a meter to which facts are just added; see store_energy.c. */
struct filling {
    bool open, gone;
    char path[256];              /* of the meter; "": not looked up in this transaction */
    int64_t meter, start_ms, last_seq;
    int64_t work;                /* of `context`; 0: not looked up */
    struct energy_cell context;
    struct energy_day day;
};

/* Where the look for rows to be made is; see store_runs.c. */
struct runs {
    int64_t due_ms;              /* monotonic: the next step */
    int64_t id;                  /* of the row that was last */
    bool sums;                   /* it is at days of sums */
};

enum keep_phase { KEEP_IDLE, KEEP_STREAM, KEEP_CHECKPOINTS, KEEP_THIN, KEEP_SERIES, KEEP_EVENTS, KEEP_INTERVALS, KEEP_ACCOUNTS, KEEP_DEFECTS, KEEP_STOPS, KEEP_DAYS, KEEP_FACTS, KEEP_WORK, KEEP_REST, KEEP_COUNT };

/* A run of the retention; see store_keep.c. */
struct keep {
    enum keep_phase phase;
    int64_t ran_ms;              /* of the stream: when the last one began */
    int64_t now_ms;              /* of the stream: what ages count from */
    int64_t floor_seq, floor_ms, events_ms; /* INT64_MIN: none goes for its age */
    int64_t series, interval;    /* where it is */
    char path[256];              /* the like */
    bool in_path;                /* there may be more of it */
    bool imported;               /* of days of meters: it is at those */
    int64_t day, fact;           /* ids of days of meters: where it is */
    int young;                   /* how many days with facts were too young in a row */
    int64_t thinned_seq;
    int64_t first_ms;            /* the oldest that was seen */
    int looks;
    bool for_size, helpless;     /* helpless: it is too large, and nothing can go */
};

/* Why the file could not be opened. */
enum store_failure { FAIL_NOW, FAIL_REFUSED, FAIL_HELD, FAIL_NEW }; /* FAIL_NOW: it may go again */

struct store {
    struct store_options options;
    char *path;
    int event; /* an eventfd: wakes the thread */
    pthread_t thread;
    bool running;

    /* the main loop's */
    uint64_t *stored;            /* a bit a series: it is configured */
    size_t stored_words;
    uint32_t last_series;
    uint64_t last_event;
    uint64_t next_seq;           /* the only number that is taken now; 0: any */
    bool told;                   /* the series table has the kinds and units of told_plant's tags */
    uint64_t told_plant;
    struct batch kept;           /* a batch without what was only discovered */
    struct packer packed, rows;  /* scratch: an item's bytes, and the series rows in it */
    struct item *config;         /* the newest configuration: a fresh file needs it again */
    bool config_owed;
    char uuid[37];

    pthread_mutex_t lock;        /* guards from here ... */
    struct item *first, **last;
    size_t queued, in_work, high; /* bytes; in_work: of what the thread has taken */
    int64_t due_ms;              /* monotonic: when the queue is to be written; INT64_MAX: it is empty */
    int64_t beat_ms;             /* when the thread looks for more, if it has just written; INT64_MAX: it waits to be woken */
    int64_t wakes_ms;            /* when the thread looks at all this again; in the past: it is at work and will before it sleeps */
    bool hole;                   /* nothing but a checkpoint is taken */
    bool fresh;                  /* the file was begun anew: it needs the configuration and all series again */
    bool checkpoint_waits, closing;
    bool retuned;                /* the thread has not taken `wanted` over yet */
    struct store_options wanted;
    uint64_t imported;
    struct store_status status;  /* ... to here */

    /* the thread's */
    sqlite3 *db;                 /* NULL: it could not be opened (again) yet */
    sqlite3_stmt *statements[ST_COUNT];
    int lock_fd;
    int rc;                      /* of the transaction: the first thing that failed, and nothing more is done */
    bool in_transaction, full_sync;
    bool owes_begin;             /* the next statement is the first of its transaction */
    bool writes_batches;         /* which then takes in what is fresh */
    int log_pages;               /* of the write-ahead log, when it is folded in */
    enum store_failure failure;  /* of the last store_begin() */
    bool begun_anew, recall_failed; /* while opening: the file is a new one; a query did not work */
    bool waits_for_lock;         /* another program's: said in the status */
    struct wrote wrote;
    struct filling filling;
    struct turn *turn;           /* of the journal into chunks: store_chunks.c; NULL: none is under way */
    uint64_t chunks_put;         /* in this transaction */
    int64_t hours_most;          /* no series' hours reach further */
    int64_t hours_to;            /* the day that is swept, or was last */
    uint32_t hours_series;       /* where the sweep is */
    bool hours_pending;
    struct item *work;           /* taken from the queue, not written yet */
    struct packer run, squeezed, minutes;
    struct squeezer *squeezer;   /* for rows of the journal */
    struct outcomes outcomes;
    struct samples samples;
    uint64_t run_first, run_last, run_samples; /* of the journal row that is being put together */
    int64_t run_first_ms, run_last_ms;
    uint8_t run_boot[16];        /* of its last batch */
    uint64_t last_seq;           /* in the file, or fresh beside it */
    int64_t last_ms;             /* wall time of the newest batch */
    int64_t journal_first_ms;    /* 0: the journal is empty */
    uint64_t journal_samples, journal_bytes;
    int64_t retry_ms;            /* monotonic, of a stopped store */
    int64_t file_bytes, free_bytes, log_bytes; /* log: the write-ahead log */
    int64_t aside_bytes;         /* of the damaged files beside it */
    int aside_files;
    struct fresh newest;
    struct keep keep;
    struct runs runs;
    int64_t walk_ms, walk_id;    /* monotonic: the next step; the row that was last */
    size_t walk_table;
    struct batch checked;        /* scratch */
    bool said_log;               /* the status tells of it */
    int64_t care_ms;             /* monotonic: when the log is looked at next */
};

/* ---- store_open.c ---- */

/* Opens or makes the file behind store->path and prepares all statements. Sets a damaged one aside. False when it cannot be opened now. */
bool store_begin(struct store *store, struct error *err);
void store_end(struct store *store);
/* Would the file have to be left alone whatever happens? Looks without touching anything. */
bool store_refused(const char *path, struct error *err);
/* What the file knows of the stream: the thread's counts. False when it cannot be read. */
bool store_recall(struct store *store);
/* Its UUID and the ids of its series: the main loop's, before there is a thread. Even from a file that could only be read. */
void store_recall_identities(struct store *store);
/* Removes the oldest of the files that were set aside until so many are left. */
void store_thin_aside(struct store *store, int most);
/* Renames a damaged file, closed before, and keeps the newest SPARE_MOST of them. */
bool store_set_aside(struct store *store, const char *why, struct error *err);

/* ---- store_background.c: what is done in small pieces between two flushes ---- */

/* When there is something to do, on the monotonic clock. */
int64_t store_background_due(const struct store *store);
/* One piece of it. */
void store_background(struct store *store);

/* ---- store_chunks.c ---- */

bool store_turn_due(const struct store *store);
/* A piece of a turn; begins one when there is none. */
void store_turn_step(struct store *store);
void store_forget_turn(struct store *store);
/* Binds a chunk's facts from the column `at` on: numbers, times, counts, extremes. */
void store_bind_facts(sqlite3_stmt *st, int at, const struct chunk_facts *facts);
/* Writes samples as chunks of a series, within a transaction. */
void store_put_chunks(struct store *store, uint32_t series, const struct samples *samples);

/* ---- store_hours.c ---- */

/* The stream has come to this moment: the days before it are swept. */
void store_hours_due(struct store *store, int64_t ms);
void store_hours_step(struct store *store);
/* Adds samples to hours that are rows already. Within a transaction, like the next. */
void store_amend_hours(struct store *store, uint32_t series, const struct sample *rows, size_t count);
/* Writes the hours from where they end to a day's beginning. */
void store_write_hours(struct store *store, uint32_t series, int64_t from_ms, int64_t to_ms);

/* The hours of one series up to the present day of the stream. */
void store_catch_up_hours(struct store *store, uint32_t series);

/* ---- store_fresh.c: rows of the journal beside the database ---- */

/* Once the database is open and last_seq is known: goes on after what a writer before has left there. */
void store_fresh_open(struct store *store, const char *uuid);
void store_fresh_close(struct store *store);
/* One write. False when the row must go into the database, with all that waits before it. */
bool store_fresh_put(struct store *store, const struct fresh_row *row);
/* Has something waited long enough? */
bool store_fresh_overdue(const struct store *store);
/* Is the transaction that takes them in one that must be synced? */
bool store_fresh_owes_sync(const struct store *store);
/* Into the open transaction; and how it ended. */
void store_fresh_take(struct store *store);
void store_fresh_taken(struct store *store, bool committed);
/* Makes the file an empty one, when nothing waits in it. */
void store_fresh_empty(struct store *store);

/* ---- store_import.c ---- */

void store_write_import(struct store *store, const struct item *item);
/* Leaves out of an import's accounts and stops what is recorded. */
void store_yield(struct store *store, struct outcomes *o);

/* ---- store_accounts.c: within a transaction ---- */

void store_put_gain(struct store *store, const struct account_gain *gain);
void store_put_stop(struct store *store, const struct stop_version *stop);
/* The next path after this one that `statement` finds; false: none. */
bool store_next_path(struct store *store, enum statement statement, char path[256]);

/* ---- store_energy.c: within a transaction ---- */

/* Several in a row, and then store_end_energies(). */
void store_put_energy(struct store *store, const struct energy_gain *gain);
void store_end_energies(struct store *store);
/* A packed day that does not read: made anew of its facts, or removed when these are gone. In a transaction of its own. */
void store_mend_day(struct store *store, int64_t id);
/* The id of a row of energy_day, and what it says. */
int64_t store_day_id(int64_t start_ms, int64_t meter);
int64_t store_day_meter(int64_t id);
int64_t store_day_start(int64_t id);

/* ---- store_keep.c ---- */

bool store_keep_due(const struct store *store);
void store_keep_step(struct store *store);
/* SQLite's own guard over the size, and how long its log may grow. */
void store_limit_pages(struct store *store);
/* Has the file the size that options allow? Then SQLITE_FULL is our own doing. */
bool store_is_own_limit(const struct store *store);
/* After SQLITE_FULL: when our own limit was the reason, makes room for another try. */
bool store_make_room(struct store *store);

/* ---- store_runs.c: sixteen days of a meter in a row, and days of sums ---- */

int64_t store_runs_due(const struct store *store);
void store_runs_step(struct store *store);
/* Of which meters the plant's sums are; and takes that over, within a transaction. */
void store_pack_sums(const struct plant *plant, struct packer *p);
void store_put_sums(struct store *store, struct unpacker *in);

/* ---- store_vfs.c ---- */

/* The name of the file system that the writer opens its file by; NULL: SQLite's default. */
const char *store_vfs(void);

/* ---- store_walk.c ---- */

void store_walk_step(struct store *store);

/* ---- store_trouble.c ---- */

/* A blob does not read: counted, and told. */
void store_damaged(struct store *store, const char *what);

/* Stops recording: everything that waits is lost. `said` NULL: the words for the code. */
void store_stop(struct store *store, int rc, const char *said);
/* Something failed with this code: stop, or set the file aside, or try again soon. Everything that waits is lost but for a lock's. */
void store_trouble(struct store *store, int rc);
/* Tries to record again. */
void store_retry(struct store *store);

/* ---- store_write.c ---- */

/* A statement's result: SQLITE_OK when it is done, SQLITE_ROW with columns to read (then store_reset() is the caller's). */
sqlite3_stmt *store_statement(struct store *store, enum statement statement);
/* Runs a bound statement to its end unless something failed before in this transaction. */
void store_step(struct store *store, enum statement statement);
int64_t store_number(struct store *store, enum statement statement);
void store_begin_transaction(struct store *store, bool durable);
/* Commits, or rolls back when something failed. Returns what failed, or SQLITE_OK. */
int store_end_transaction(struct store *store);
/* Folds the write-ahead log into the file and cuts it off, as far as readers and other programs allow. */
int store_fold_log(struct store *store);
/* A row of the journal, within a transaction. */
void store_put_row(struct store *store, const struct fresh_row *row);
/* A transaction for what is fresh alone. Returns what failed, or SQLITE_OK. */
int store_settle(struct store *store);
/* Writes store->work. False when it failed: then store_trouble() has been told. */
void store_write_work(struct store *store);
/* Writes the outcomes that `in` holds. */
void store_put_outcomes(struct store *store, struct unpacker *in, bool imported);
/* Length, samples and bytes of the journal, from the file. */
void store_count_journal(struct store *store);
/* The journal's length into the status. */
void store_tell_journal(struct store *store);
/* Sizes as well, which takes a while: not at each flush. */
void store_measure(struct store *store);
void store_say(struct store *store, const char *format, ...);
/* Takes over what store_retune() asked for. */
void store_take_options(struct store *store);

#endif
