/*
 * A struct history is one connection and its prepared statements, which live as long as it. `turn_ms` tells whether a transaction is open;
 * no statement is ever left in the middle of its rows when one ends. The file may be exchanged while it is open (a damaged one is set aside
 * and a fresh one begun): each transaction first looks whether it still is the one that stands at its path.
 */
#include "io/history_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/history_tail.h"
#include "io/store_schema.h"

enum { BUSY_MS = 5000, SPAN_SERIES = 256 };

/* Ids count from 1 and there are tables by id: one that a damaged page makes up would take all memory. */
#define SANE_ID " AND id BETWEEN 1 AND 16777216"

#define EVENT_COLUMNS "number, seq, ms, kind, series, path, text, before, after, span_ms, down, who, what, alarm, priority, annunciated, occurrence_ms," \
    " value, alarm_limit, class, position, comment"

#define NAME_MS(name) ", " #name "_ms"
#define NAME(name) ", " #name
#define CELL_COLUMNS "from_ms, seq, part, to_ms, shift_ms, day, planned, shift, crew, product, ordr"
#define ACCOUNT_COLUMNS CELL_COLUMNS SCHEMA_TIMES(NAME_MS) SCHEMA_PIECES(NAME) ", stops, minors"

#define ENERGY_DAY_COLUMNS "id, last_seq, gone, quarters"

/* The journal: what the database has of it, and what waits beside it. */
#define HEADS "first_seq, last_seq, first_ms, last_ms"
#define JOURNAL_HEADS "(SELECT " HEADS " FROM journal UNION ALL SELECT " HEADS " FROM fresh)"
#define JOURNAL_ROWS "(SELECT first_seq, last_seq, run FROM journal UNION ALL SELECT first_seq, last_seq, run FROM fresh)"

static const char *const sql[STMT_COUNT] = {
    [STMT_SERIES_BY_PATH] = "SELECT id FROM series WHERE path=?1" SANE_ID,
    [STMT_SERIES_ALL] = "SELECT id, path FROM series WHERE path>?1" SANE_ID " ORDER BY path",
    [STMT_SERIES_IDS] = "SELECT id FROM series WHERE true" SANE_ID " ORDER BY id",
    [STMT_SERIES_HOURS] = "SELECT hours_ms FROM series WHERE id=?1",
    [STMT_STREAM_AT] = "SELECT first_seq, last_seq, log FROM stream WHERE first_seq<=?1 ORDER BY first_seq DESC LIMIT 1",
    [STMT_STREAM_AFTER] = "SELECT first_seq FROM stream WHERE first_seq>?1 ORDER BY first_seq LIMIT 1",
    [STMT_STREAM_LAST] = "SELECT last_seq, last_ms FROM stream ORDER BY first_seq DESC LIMIT 1",
    [STMT_STREAM_HEADS] = "SELECT first_seq, last_seq, first_ms, last_ms FROM stream"
        " WHERE first_seq>=coalesce((SELECT max(first_seq) FROM stream WHERE first_seq<=?1), 0) AND first_seq<=?2 ORDER BY first_seq",
    [STMT_JOURNAL_AT] = "SELECT first_seq, last_seq, run FROM " JOURNAL_ROWS " WHERE first_seq<=?1 ORDER BY first_seq DESC LIMIT 1",
    [STMT_JOURNAL_AFTER] = "SELECT first_seq FROM " JOURNAL_HEADS " WHERE first_seq>?1 ORDER BY first_seq LIMIT 1",
    [STMT_JOURNAL_LAST] = "SELECT last_seq, last_ms, first_seq FROM " JOURNAL_HEADS " ORDER BY first_seq DESC LIMIT 1",
    [STMT_JOURNAL_HEADS] = "SELECT " HEADS " FROM " JOURNAL_HEADS
        " WHERE first_seq>=coalesce((SELECT first_seq FROM " JOURNAL_HEADS " WHERE first_seq<=?1 ORDER BY first_seq DESC LIMIT 1), 0) AND first_seq<=?2 ORDER BY first_seq",
    [STMT_JOURNAL_NEXT] = "SELECT first_seq, last_seq, run FROM " JOURNAL_ROWS " WHERE first_seq>?1 ORDER BY first_seq",
    [STMT_JOURNAL_FIRST] = "SELECT first_seq, first_ms FROM " JOURNAL_HEADS " ORDER BY first_seq LIMIT 1",
    [STMT_WRITTEN] = "SELECT max(ifnull((SELECT last_seq FROM journal ORDER BY first_seq DESC LIMIT 1), 0),"
        " ifnull((SELECT last_seq FROM stream ORDER BY first_seq DESC LIMIT 1), 0), ifnull((SELECT max(seq) FROM checkpoint), 0))",
    [STMT_CHUNKS_BY_SEQ] = "SELECT first_seq, last_seq, samples FROM chunk INDEXED BY chunk_series WHERE series=?1 AND last_seq>=?2 ORDER BY last_seq, first_seq",
    [STMT_CHUNKS_OF] = "SELECT id, first_seq, last_seq, first_ms, last_ms, count FROM chunk INDEXED BY chunk_series"
        " WHERE series=?1 ORDER BY last_seq, first_seq",
    [STMT_CHUNK] = "SELECT samples FROM chunk WHERE id=?1 AND series=?2 AND last_seq=?3",
    [STMT_MINUTES] = "SELECT minutes FROM chunk WHERE id=?1 AND series=?2 AND last_seq=?3",
    [STMT_HOURS] = "SELECT start_ms, count, min, max, sum FROM hour WHERE series=?1 AND start_ms>=?2 AND start_ms<?3 ORDER BY start_ms",
    [STMT_CHECKPOINT] = "SELECT seq, ms, config, state FROM checkpoint WHERE ms<=?1 AND ms>=?3 AND seq<?2 ORDER BY seq DESC LIMIT 1",
    [STMT_CHECKPOINT_NEAREST] = "SELECT seq, ms, config, state FROM checkpoint"
        " WHERE seq=(SELECT seq FROM checkpoint WHERE ms<=?1 AND ms>=?3 AND seq<?2 ORDER BY ms DESC, seq DESC LIMIT 1)",
    [STMT_CHECKPOINT_NEXT] = "SELECT min(seq) FROM checkpoint WHERE seq>?1 AND ms>?2",
    [STMT_TOLD_FIRST] = "SELECT min(ms) FROM (SELECT first_ms AS ms FROM stream WHERE first_seq=1 UNION ALL SELECT first_ms FROM journal WHERE first_seq=1"
        " UNION ALL SELECT min(ms) FROM checkpoint)",
    [STMT_CONFIG] = "SELECT name, bundle FROM config WHERE id=?1",
    [STMT_CONFIG_AT] = "SELECT config FROM config_use WHERE seq<=?1 ORDER BY seq DESC LIMIT 1",
    [STMT_IMPORTED] = "SELECT ifnull(sum(samples), 0) FROM import WHERE series=?1 AND source=?2",
    [STMT_IMPORT_SPAN] = "SELECT min(first_ms), max(last_ms) FROM import",
    [STMT_HOUR_FIRST] = "SELECT min((SELECT start_ms FROM hour WHERE series=s.id ORDER BY start_ms LIMIT 1)) FROM (SELECT id FROM series ORDER BY id LIMIT ?1) s",
    [STMT_UNKNOWNS] = "SELECT ms, kind, span_ms, text FROM event WHERE path='' AND ms>=?1 AND ms<?2 AND seq<=?3 AND (kind IN ('gap', 'dropped') OR (kind='link' AND down)) ORDER BY ms",
    [STMT_INTERVALS] = "SELECT seq, start_ms, end_ms, class, state, word FROM interval WHERE path=?1 AND end_ms>?2 AND start_ms<?3 AND seq<=?4 ORDER BY end_ms DESC LIMIT ?5",
    [STMT_EVENTS] = "SELECT " EVENT_COLUMNS " FROM event WHERE ms>=?1 AND ms<=?2 AND (ms<?2 OR number<?3) ORDER BY ms DESC, number DESC",
    [STMT_EVENTS_UP] = "SELECT " EVENT_COLUMNS " FROM event WHERE ms>=?1 AND ms<?2 AND (ms>?1 OR number>?3) ORDER BY ms, number",
    [STMT_KIND] = "SELECT " EVENT_COLUMNS " FROM event INDEXED BY event_kind WHERE kind=?4 AND ms>=?1 AND ms<=?2 AND (ms<?2 OR number<?3) ORDER BY ms DESC, number DESC",
    [STMT_KIND_UP] = "SELECT " EVENT_COLUMNS " FROM event INDEXED BY event_kind WHERE kind=?4 AND ms>=?1 AND ms<?2 AND (ms>?1 OR number>?3) ORDER BY ms, number",
    [STMT_ACCOUNT_PATH] = "SELECT path, line FROM account WHERE path>=?1 ORDER BY path LIMIT 1",
    [STMT_ACCOUNTS] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE path=?1 AND (from_ms, seq, part)>(?2, ?5, ?6) AND from_ms<?3 AND seq<=?4 ORDER BY from_ms, seq, part",
    [STMT_ACCOUNT_SPAN] = "SELECT (SELECT from_ms FROM account WHERE path=?1 ORDER BY from_ms LIMIT 1), (SELECT from_ms FROM account WHERE path=?1 ORDER BY from_ms DESC LIMIT 1)",
    [STMT_DEFECT_PATH] = "SELECT path, line FROM defect WHERE path>=?1 ORDER BY path LIMIT 1",
    [STMT_DEFECTS] = "SELECT " CELL_COLUMNS ", defect, number FROM defect WHERE path=?1 AND (from_ms, seq, part)>(?2, ?5, ?6) AND from_ms<?3 AND seq<=?4 ORDER BY from_ms, seq, part",
    [STMT_STOP_PATH] = "SELECT path, 0 FROM stop WHERE path>=?1 ORDER BY path LIMIT 1",
    [STMT_STOP_KEYS] = "SELECT start_ms, seq, part, gone FROM stop WHERE path=?1 AND start_ms>=?2 AND start_ms<?3 AND seq<=?4 ORDER BY start_ms DESC, seq DESC, part DESC",
    [STMT_STOP] = "SELECT end_ms, class, booked, category, reason, reason_title, proposal, message, who, comment, product, ordr, shift, crew, shift_ms, day"
        " FROM stop WHERE path=?1 AND start_ms=?2 AND seq=?3 AND part=?4",
    [STMT_STOP_SPAN] = "SELECT (SELECT start_ms FROM stop WHERE path=?1 ORDER BY start_ms LIMIT 1), (SELECT start_ms FROM stop WHERE path=?1 ORDER BY start_ms DESC LIMIT 1)",
    [STMT_METERS] = "SELECT id, path FROM meter WHERE id BETWEEN 1 AND 1048575 ORDER BY path",
    [STMT_WORK] = "SELECT shift_ms, day, planned, shift, crew, product, ordr FROM work WHERE id=?1",
    [STMT_ENERGY] = "SELECT from_ms, to_ms, work" SCHEMA_AMOUNTS(NAME) ", valid_ms, missing_ms, running_ms FROM energy WHERE start_ms=?1 AND meter=?2 AND seq<=?3 ORDER BY from_ms, seq, part",
    [STMT_ENERGY_DAY] = "SELECT " ENERGY_DAY_COLUMNS " FROM energy_day WHERE id=?1",
    [STMT_ENERGY_DAYS] = "SELECT " ENERGY_DAY_COLUMNS " FROM energy_day WHERE id>?1 AND id<?2 ORDER BY id",
    [STMT_ENERGY_SPAN] = "SELECT (SELECT id FROM energy_day ORDER BY id LIMIT 1), (SELECT id FROM energy_day ORDER BY id DESC LIMIT 1)",
    [STMT_ENERGY_RUNS] = "SELECT id, last_seq, days FROM energy_run WHERE id>=?1 AND id<?2 AND days IS NOT NULL ORDER BY id",
    [STMT_SUM] = "SELECT id FROM meter_sum WHERE leaves=?1 AND id BETWEEN 1 AND 1048575",
    [STMT_SUM_DAY] = "SELECT last_seq, quarters FROM sum_day WHERE id=?1 AND quarters IS NOT NULL",
    [STMT_ALARMS] = "SELECT number, seq, ms, what, priority, annunciated, occurrence_ms, path, text, position FROM event INDEXED BY event_kind"
        " WHERE kind='alarm' AND seq>0 AND ms>=?1 AND ms<?2 AND (ms>?1 OR number>?3) ORDER BY ms, number",
    [STMT_ALARM_PATH] = "SELECT path FROM event INDEXED BY event_alarm WHERE " SCHEMA_ALARM_ENDS " AND path>?1 ORDER BY path LIMIT 1",
    [STMT_ALARM_BEFORE] = "SELECT number, seq, ms, what, priority, annunciated, occurrence_ms, path, text, position FROM event INDEXED BY event_alarm"
        " WHERE " SCHEMA_ALARM_ENDS " AND seq>0 AND path=?1 AND ms<?2 ORDER BY ms DESC, number DESC",
};

/* ---- opening ---- */

/* A path as a file: URI: what is not plain is escaped. */
static void uri_of(const char *path, bool immutable, char out[HISTORY_URI])
{
    size_t n = (size_t)snprintf(out, HISTORY_URI, "file:");
    for (const char *p = path; *p && n < HISTORY_URI - 32; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("/._-", *p);
        n += (size_t)snprintf(out + n, HISTORY_URI - n, plain ? "%c" : "%%%02X", (unsigned)(unsigned char)*p);
    }
    snprintf(out + n, HISTORY_URI - n, "?mode=ro%s", immutable ? "&immutable=1" : "");
}

void history_uri(const struct history *h, char out[HISTORY_URI])
{
    uri_of(h->path, h->immutable, out);
}

/* Whether nothing waits in the write-ahead log: then the file alone is all there is. */
static bool no_log(const char *path)
{
    char wal[4096 + 8];
    struct stat there;
    snprintf(wal, sizeof wal, "%s-wal", path);
    return stat(wal, &there) != 0 || there.st_size == 0;
}

static int connect_to(const char *path, bool immutable, sqlite3 **db)
{
    char uri[HISTORY_URI];
    uri_of(path, immutable, uri);
    int rc = sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_busy_timeout(*db, BUSY_MS);
    sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_exec(*db, "PRAGMA mmap_size=0; PRAGMA query_only=1; PRAGMA temp_store=2", NULL, NULL, NULL);
    return sqlite3_exec(*db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
}

static bool refused(const char *path, int rc, const char *said, struct error *err)
{
    switch (rc & 0xFF) {
    case SQLITE_NOTADB: return error_set(err, "%s is not a database: is it damaged, or not andon's? The collector sets it aside when it starts", path);
    case SQLITE_CORRUPT: return error_set(err, "%s is damaged (%s): the collector sets it aside when it starts", path, said);
    case SQLITE_BUSY: return error_set(err, "%s is busy: its collector is mending it; try again", path);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        if (!no_log(path))
            return error_set(err, "%s cannot be read as it is: its folder cannot be written and its collector has left work behind; start the collector once", path);
        return error_set(err, "%s cannot be opened: may this user read it?", path);
    default: return error_set(err, "%s cannot be read: %s", path, said);
    }
}

static bool judge(const char *path, sqlite3 *db, struct error *err)
{
    int version = 0;
    switch (schema_look(db, &version)) {
    case SCHEMA_CURRENT: return true;
    case SCHEMA_EMPTY: return error_set(err, "%s is empty: nothing has been recorded yet", path);
    case SCHEMA_OLDER: return error_set(err, "%s is of an older andon (schema %d, this one reads %d): start the collector once, it brings it forward", path, version, SCHEMA_VERSION);
    case SCHEMA_NEWER: return error_set(err, "%s is of a newer andon (schema %d, this one reads %d): update this one", path, version, SCHEMA_VERSION);
    case SCHEMA_FOREIGN: return error_set(err, "%s is a database, but not andon's: choose another --cache", path);
    case SCHEMA_DAMAGED: return error_set(err, "%s is damaged (%s): the collector sets it aside when it starts", path, sqlite3_errmsg(db));
    default: return error_set(err, "%s cannot be read: %s", path, sqlite3_errmsg(db));
    }
}

static void disconnect(struct history *h)
{
    for (size_t i = 0; i < STMT_COUNT; i++) {
        sqlite3_finalize(h->stmts[i]);
        h->stmts[i] = NULL;
    }
    sqlite3_close(h->db);
    h->db = NULL;
}

static bool connect_anew(struct history *h, struct error *err)
{
    struct stat there;
    if (stat(h->path, &there) != 0)
        return error_set(err, errno == ENOENT ? "%s: there is no history yet; a collector makes it" : "%s: %s", h->path, strerror(errno));
    int rc = connect_to(h->path, false, &h->db);
    h->immutable = false;
    if (((rc & 0xFF) == SQLITE_CANTOPEN || (rc & 0xFF) == SQLITE_READONLY) && no_log(h->path)) {
        disconnect(h);
        rc = connect_to(h->path, true, &h->db);
        h->immutable = rc == SQLITE_OK;
    }
    bool good = rc == SQLITE_OK ? judge(h->path, h->db, err) && (history_fresh_connect(h) || error_set(err, "%s: %s", h->path, sqlite3_errmsg(h->db))) : refused(h->path, rc, sqlite3_errmsg(h->db), err);
    h->device = there.st_dev;
    h->inode = there.st_ino;
    h->size = there.st_size;
    h->changed = there.st_mtim;
    if (!good)
        disconnect(h);
    return good;
}

struct history *history_open(const char *path, struct error *err)
{
    struct history *h = mem_zero(1, sizeof *h);
    h->squeezer = squeezer_create();
    h->path = mem_text(path);
    packer_init(&h->plain);
    atomic_init(&h->stop, false);
    h->tail = tail_create();
    if (connect_anew(h, err))
        return h;
    history_close(h);
    return NULL;
}

void history_close(struct history *h)
{
    if (!h)
        return;
    disconnect(h);
    tail_destroy(h->tail);
    packer_finish(&h->plain);
    packer_finish(&h->fresh);
    free(h->path);
    squeezer_destroy(h->squeezer);
    free(h);
}

void history_interrupt(struct history *h)
{
    atomic_store(&h->stop, true);
}

void history_uninterrupt(struct history *h)
{
    atomic_store(&h->stop, false);
}

void history_plant(struct history *h, const struct plant *plant)
{
    h->plant = plant;
}

uint64_t history_damaged(const struct history *h)
{
    return h->damaged;
}

/* ---- transactions ---- */

/* Is another file at the path, or was one changed that nobody should write to? */
static bool exchanged(const struct history *h)
{
    struct stat there;
    if (stat(h->path, &there) != 0)
        return false;
    if (there.st_ino != h->inode || there.st_dev != h->device)
        return true;
    return h->immutable && (there.st_size != h->size || there.st_mtim.tv_sec != h->changed.tv_sec || there.st_mtim.tv_nsec != h->changed.tv_nsec || !no_log(h->path));
}

bool history_begin(struct history *h, struct error *err)
{
    if (atomic_exchange(&h->stop, false))
        return error_set(err, "interrupted");
    if (!h->db || exchanged(h)) {
        disconnect(h);
        tail_clear(h->tail);
        if (!connect_anew(h, err))
            return false;
    }
    history_fresh_read(h);
    int rc = sqlite3_exec(h->db, "BEGIN", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return refused(h->path, rc, sqlite3_errmsg(h->db), err);
    h->turn_ms = clock_monotonic_ms();
    return history_fresh_fit(h, err);
}

bool history_end(struct history *h, struct error *err)
{
    h->turn_ms = 0;
    int rc = sqlite3_exec(h->db, "COMMIT", NULL, NULL, NULL);
    return rc == SQLITE_OK || refused(h->path, rc, sqlite3_errmsg(h->db), err);
}

bool history_abandon(struct history *h)
{
    h->turn_ms = 0;
    for (size_t i = 0; i < STMT_COUNT; i++)
        history_done(h->stmts[i]);
    if (h->db && !sqlite3_get_autocommit(h->db))
        sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool history_overdue(const struct history *h)
{
    return clock_monotonic_ms() - h->turn_ms >= HISTORY_TURN_MS;
}

bool history_breathe(struct history *h, struct error *err)
{
    if (atomic_exchange(&h->stop, false)) {
        history_abandon(h);
        return error_set(err, "interrupted");
    }
    return !history_overdue(h) || (history_end(h, err) && history_begin(h, err));
}

sqlite3_stmt *history_stmt(struct history *h, enum history_stmt which, struct error *err)
{
    sqlite3_stmt **stmt = &h->stmts[which];
    if (*stmt) {
        history_done(*stmt);
        return *stmt;
    }
    int rc = sqlite3_prepare_v3(h->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    if (rc == SQLITE_OK)
        return *stmt;
    refused(h->path, rc, sqlite3_errmsg(h->db), err);
    history_abandon(h);
    return NULL;
}

int history_row(struct history *h, sqlite3_stmt *stmt, struct error *err)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc;
    refused(h->path, rc, sqlite3_errmsg(h->db), err);
    history_abandon(h);
    return rc;
}

void history_done(sqlite3_stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

void column_text_into(sqlite3_stmt *stmt, int column, char *out, size_t cap)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    size_t length = text ? (size_t)sqlite3_column_bytes(stmt, column) : 0;
    length = length < cap ? length : cap - 1;
    if (length)
        memcpy(out, text, length);
    out[length] = '\0';
}

bool history_plain(struct history *h, sqlite3_stmt *stmt, int column, struct error *err)
{
    const void *blob = sqlite3_column_blob(stmt, column);
    packer_clear(&h->plain);
    if (squeezer_unsqueeze(h->squeezer, blob, (size_t)sqlite3_column_bytes(stmt, column), SCHEMA_BLOB_MOST, &h->plain, err))
        return true;
    h->damaged++;
    return false;
}

bool history_run(struct history *h, sqlite3_stmt *stmt, uint64_t *last)
{
    uint64_t first, end;
    if (!history_plain(h, stmt, 2, NULL))
        return false;
    bool good = run_span(h->plain.bytes, h->plain.count, &first, &end) && first == column_seq(stmt, 0);
    h->damaged += !good || end != column_seq(stmt, 1);
    *last = good ? end : column_seq(stmt, 1);
    return good;
}

/* ---- what there is ---- */

struct span {
    int64_t first_ms, last_ms;
    uint64_t last_seq;
    int64_t newest_ms;    /* the wall time of last_seq; the clock may have been later before */
    bool any;
};

static void span_add(struct span *span, int64_t first_ms, int64_t last_ms)
{
    if (!span->any || first_ms < span->first_ms)
        span->first_ms = first_ms;
    if (!span->any || last_ms > span->last_ms)
        span->last_ms = last_ms;
    span->any = true;
}

/* The head and the end of one of the two tables of the stream. */
static bool span_of(struct history *h, enum history_stmt heads, enum history_stmt last, struct span *span, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, heads, err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, 0);
    sqlite3_bind_int64(stmt, 2, INT64_MAX);
    int rc = history_row(h, stmt, err);
    if (rc == SQLITE_ROW)
        span_add(span, sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 2));
    history_done(stmt);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE;
    stmt = history_stmt(h, last, err);
    if (!stmt || (rc = history_row(h, stmt, err), rc != SQLITE_ROW && rc != SQLITE_DONE))
        return false;
    if (rc == SQLITE_ROW) {
        uint64_t seq = column_seq(stmt, 0);
        if (seq > span->last_seq)
            span->newest_ms = sqlite3_column_int64(stmt, 1);
        span->last_seq = seq > span->last_seq ? seq : span->last_seq;
        span_add(span, sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 1));
    }
    history_done(stmt);
    return true;
}

/* Imports, and hours that outlived their samples: those of the first series speak for all, because one age limit holds for all. */
static bool span_besides(struct history *h, struct span *span, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_IMPORT_SPAN, err);
    if (!stmt || history_row(h, stmt, err) != SQLITE_ROW)
        return false;
    if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
        span_add(span, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1));
    history_done(stmt);
    stmt = history_stmt(h, STMT_HOUR_FIRST, err);
    if (!stmt)
        return false;
    sqlite3_bind_int(stmt, 1, SPAN_SERIES);
    if (history_row(h, stmt, err) != SQLITE_ROW)
        return false;
    if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
        span_add(span, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 0));
    history_done(stmt);
    return true;
}

bool history_span(struct history *h, int64_t *first_ms, int64_t *last_ms, uint64_t *last_seq, struct error *err)
{
    struct span span = {.any = false};
    error_set(err, "%s", "");
    if (!history_begin(h, err) || !span_of(h, STMT_STREAM_HEADS, STMT_STREAM_LAST, &span, err)
        || !span_of(h, STMT_JOURNAL_HEADS, STMT_JOURNAL_LAST, &span, err) || !span_besides(h, &span, err) || !history_end(h, err))
        return false;
    if (!span.any)
        return false;
    *first_ms = span.first_ms;
    *last_ms = span.last_ms;
    *last_seq = span.last_seq;
    return true;
}

bool history_newest(struct history *h, int64_t *ms, struct error *err)
{
    struct span span = {.any = false};
    error_set(err, "%s", "");
    if (!history_begin(h, err) || !span_of(h, STMT_STREAM_HEADS, STMT_STREAM_LAST, &span, err) || !span_of(h, STMT_JOURNAL_HEADS, STMT_JOURNAL_LAST, &span, err)
        || (span.last_seq == 0 && !span_besides(h, &span, err)) || !history_end(h, err))
        return false;
    *ms = span.last_seq ? span.newest_ms : span.last_ms;
    return span.any;
}

uint32_t history_series(struct history *h, const char *path)
{
    uint32_t series = 0;
    if (!history_begin(h, NULL))
        return 0;
    sqlite3_stmt *stmt = history_stmt(h, STMT_SERIES_BY_PATH, NULL);
    if (!stmt)
        return 0;
    sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    int rc = history_row(h, stmt, NULL);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return 0;
    if (rc == SQLITE_ROW)
        series = (uint32_t)sqlite3_column_int64(stmt, 0);
    history_done(stmt);
    return history_end(h, NULL) ? series : 0;
}

uint64_t history_imported(struct history *h, uint32_t series, const char *source)
{
    uint64_t samples = UINT64_MAX;
    sqlite3_stmt *stmt = history_begin(h, NULL) ? history_stmt(h, STMT_IMPORTED, NULL) : NULL;
    if (!stmt)
        return samples;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_text(stmt, 2, source, -1, SQLITE_STATIC);
    if (history_row(h, stmt, NULL) != SQLITE_ROW)
        return samples;
    samples = (uint64_t)sqlite3_column_int64(stmt, 0);
    history_done(stmt);
    return history_end(h, NULL) ? samples : UINT64_MAX;
}

/* A page of names; what stands in the row before is where the next page begins. */
struct names {
    struct batch texts;
    uint32_t *ids;
    size_t count, capacity;
};

enum { NAMES_PAGE = 4096 };

static bool read_names(struct history *h, const char *after, struct names *names, struct error *err)
{
    names->count = 0;
    batch_clear(&names->texts);
    if (!history_begin(h, err))
        return false;
    sqlite3_stmt *stmt = history_stmt(h, STMT_SERIES_ALL, err);
    if (!stmt)
        return false;
    sqlite3_bind_text(stmt, 1, after, -1, SQLITE_STATIC);
    int rc = SQLITE_DONE;
    while (names->count < NAMES_PAGE && (rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        const char *path = (const char *)sqlite3_column_text(stmt, 1);
        if (!path || !*path)
            continue;
        names->ids = mem_grow(names->ids, names->count, &names->capacity, sizeof *names->ids);
        names->ids[names->count++] = (uint32_t)sqlite3_column_int64(stmt, 0);
        batch_text(&names->texts, path, strlen(path));
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return history_end(h, err);
}

bool history_each_series(struct history *h, series_take *take, void *arg, struct error *err)
{
    struct names names = {.count = 0};
    char *after = mem_text("");
    bool good;
    batch_init(&names.texts);
    do {
        good = read_names(h, after, &names, err);
        for (size_t i = 0; good && i < names.count; i++)
            take(arg, names.ids[i], batch_text_at(&names.texts, (uint32_t)i + 1));
        if (good && names.count) {
            free(after);
            after = mem_text(batch_text_at(&names.texts, (uint32_t)names.count));
        }
    } while (good && names.count == NAMES_PAGE);
    batch_finish(&names.texts);
    free(names.ids);
    free(after);
    return good;
}
