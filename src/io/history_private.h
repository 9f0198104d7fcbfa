/*
 * history_private: what the parts of history share: the connection, its statements, and short read transactions.
 *
 * Every part reads like this, and hands nothing out to a caller inside a transaction, because a caller may take its time:
 *
 *     if (!history_begin(h, err)) return false;
 *     ... history_stmt(h, STMT_X), bind, history_row() until it is false, history_done(stmt) ...
 *     return history_end(h, err);
 *
 * Longer work remembers where it is and calls history_breathe() between two statements: that ends the transaction when it has become old
 * and begins another, in which the same samples may stand in other rows (the collector makes chunks of the journal, and larger ones of those).
 */
#ifndef ANDON_IO_HISTORY_PRIVATE_H
#define ANDON_IO_HISTORY_PRIVATE_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <time.h>

#include "io/fresh.h"
#include "io/history.h"

enum { HISTORY_TURN_MS = 50 }; /* a transaction older than that ends at the next breath */

/* One row each in history.c. */
enum history_stmt {
    STMT_SERIES_BY_PATH, STMT_SERIES_ALL, STMT_SERIES_IDS, STMT_SERIES_HOURS,
    STMT_STREAM_AT, STMT_STREAM_AFTER, STMT_STREAM_LAST, STMT_STREAM_HEADS,
    STMT_JOURNAL_AT, STMT_JOURNAL_AFTER, STMT_JOURNAL_LAST, STMT_JOURNAL_HEADS, STMT_JOURNAL_NEXT, STMT_JOURNAL_FIRST, STMT_WRITTEN,
    STMT_CHUNKS_BY_SEQ, STMT_CHUNKS_OF, STMT_CHUNK, STMT_MINUTES,
    STMT_HOURS,
    STMT_CHECKPOINT, STMT_CHECKPOINT_NEAREST, STMT_CHECKPOINT_NEXT, STMT_TOLD_FIRST, STMT_CONFIG, STMT_CONFIG_AT,
    STMT_IMPORT_SPAN, STMT_IMPORTED, STMT_HOUR_FIRST, STMT_UNKNOWNS, STMT_INTERVALS, STMT_EVENTS, STMT_EVENTS_UP,
    STMT_ACCOUNT_PATH, STMT_ACCOUNTS, STMT_ACCOUNT_SPAN, STMT_DEFECT_PATH, STMT_DEFECTS, STMT_STOP_PATH, STMT_STOP_KEYS, STMT_STOP, STMT_STOP_SPAN, STMT_KIND, STMT_KIND_UP, STMT_ALARMS, STMT_ALARM_PATH, STMT_ALARM_BEFORE,
    STMT_METERS, STMT_WORK, STMT_ENERGY, STMT_ENERGY_DAY, STMT_ENERGY_DAYS, STMT_ENERGY_SPAN, STMT_ENERGY_RUNS, STMT_SUM, STMT_SUM_DAY,
    STMT_COUNT
};

struct tail;

struct history {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *stmts[STMT_COUNT];
    bool immutable;          /* opened as it lies there: nobody writes to it */
    dev_t device;            /* which file it is: another one may come to its place */
    ino_t inode;
    off_t size;
    struct timespec changed;
    int64_t turn_ms;         /* when the transaction began, monotonic; 0: there is none */
    atomic_bool stop;        /* somebody wants the running read to end */
    uint64_t damaged;
    struct squeezer *squeezer; /* for blobs */
    struct tail *tail;       /* history_tail.c */
    const struct plant *plant; /* whose meters are asked for; NULL: nobody said */
    struct packer plain;     /* scratch: what was unsqueezed last */
    char uuid[37];           /* the cache's */
    struct packer fresh;     /* what the file of fresh rows held before the transaction: history_fresh.c */
    struct fresh_row fresh_rows[FRESH_ROWS_MOST];
    size_t fresh_from, fresh_count;
};

/* The file as a URI, opened as this connection has it. */
enum { HISTORY_URI = 3 * 4096 + 64 };
void history_uri(const struct history *h, char out[HISTORY_URI]);

/* A transaction. Opens the file anew when another one has come to its place. */
bool history_begin(struct history *h, struct error *err);
bool history_end(struct history *h, struct error *err);
/* Ends it after something failed; returns false. */
bool history_abandon(struct history *h);
bool history_overdue(const struct history *h);
/* False when it was interrupted, or the next transaction could not begin (there is none then). */
bool history_breathe(struct history *h, struct error *err);

/* The number of the newest batch that may be known: until_seq, or (0) the newest that there is. Within a transaction. */
bool history_limit(struct history *h, uint64_t until_seq, int64_t *limit, struct error *err);

/* A statement, reset, with nothing bound; NULL when the file does not hold its tables as it should (see err). */
sqlite3_stmt *history_stmt(struct history *h, enum history_stmt which, struct error *err);
/* The next row: SQLITE_ROW, SQLITE_DONE, or an error that err tells (the statement is reset then, the transaction abandoned). */
int history_row(struct history *h, sqlite3_stmt *stmt, struct error *err);
void history_done(sqlite3_stmt *stmt);

static inline uint64_t column_seq(sqlite3_stmt *stmt, int column) { return (uint64_t)sqlite3_column_int64(stmt, column); }
/* Cut at cap - 1 bytes; "" for NULL. */
void column_text_into(sqlite3_stmt *stmt, int column, char *out, size_t cap);
/* Numbers on disk are int64: those of batches never come so far. */
static inline int64_t seq_key(uint64_t seq) { return seq > INT64_MAX ? INT64_MAX : (int64_t)seq; }

/* Unsqueezes a blob column into h->plain. A damaged one is counted. */
bool history_plain(struct history *h, sqlite3_stmt *stmt, int column, struct error *err);
/* The same of a row of the journal (first_seq, last_seq, run), and the number of its last batch: by the run, which has a checksum; by the row
 * when the run does not read. False then. A row that says otherwise than its run is counted. */
bool history_run(struct history *h, sqlite3_stmt *stmt, uint64_t *last);

/* ---- the newest rows of the journal (history_fresh.c) ---- */

/* Makes the table `fresh` of a new connection. */
bool history_fresh_connect(struct history *h);
/* What it holds: to be read before a transaction begins, and to be made fit for it in it. */
void history_fresh_read(struct history *h);
bool history_fresh_fit(struct history *h, struct error *err);

/* ---- chunks of a series (history_samples.c) ---- */

struct chunk_row {
    int64_t id;
    uint64_t first_seq, last_seq;
    int64_t first_ms, last_ms;
    uint32_t count, series;
};

/* All chunks of a series, in the order of their samples' arrival; the memory stays for the next time. */
struct chunk_list {
    struct chunk_row *rows;
    size_t count, capacity;
    uint64_t newest_seq;     /* what the journal has up to this batch is in them already */
};

bool chunk_list_read(struct history *h, uint32_t series, struct chunk_list *list, struct error *err);
/* Appends a chunk's samples; a damaged one, or one that the index names and the table has otherwise, is counted and has none. In the transaction
 * that the row was read in. False when the file cannot be read. */
bool chunk_samples(struct history *h, const struct chunk_row *row, struct samples *out, struct error *err);
/* Its minutes, handed to `take`. */
bool chunk_minutes(struct history *h, const struct chunk_row *row, minutes_take *take, void *arg, struct error *err);

/* A page of a series' samples by time, those of one time as they came: of [*from_ms, to_ms) up to where the page ends, which *from_ms is set to.
 * In a transaction of its own. An empty page says nothing of the next one. */
bool history_page(struct history *h, uint32_t series, int64_t *from_ms, int64_t to_ms, uint64_t until_seq, struct samples *page, struct error *err);

/* Up to where the table of hours is complete; INT64_MIN: nowhere. */
bool history_hours_end(struct history *h, uint32_t series, int64_t *hours_ms, struct error *err);

/* The same for minutes or hours that hold samples. */
struct summaries {
    struct summary *rows;
    size_t count, capacity;
};

bool history_summary_page(struct history *h, uint32_t series, int64_t step_ms, int64_t *from_ms, int64_t to_ms, struct summaries *page, struct error *err);

/* By its name in the cache; ALARM_COMMENTED for one that is not known. */
enum alarm_event history_alarm_event(const char *name);

static inline int64_t floor_to(int64_t ms, int64_t step) { return ms - ((ms % step) + step) % step; }

#endif
