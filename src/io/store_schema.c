/*
 * Migrations are rows: number i brings version i to i + 1. A new cache runs them all, so that there is one way to every version.
 */
#include "io/store_schema.h"

/* Times are UTC ms, sequence numbers those of batches. A u64 id is stored as the int64 of the same bits. */
static const char version_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    /* identities, never reused; hours_ms: up to where the hour table is complete */
    "CREATE TABLE series(id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, kind TEXT NOT NULL DEFAULT '', unit TEXT NOT NULL DEFAULT '', hours_ms INTEGER NOT NULL DEFAULT 0);"
    /* every configuration that was ever in force, and since when */
    "CREATE TABLE config(id INTEGER PRIMARY KEY, name TEXT NOT NULL, bundle BLOB NOT NULL);"
    "CREATE TABLE config_use(seq INTEGER PRIMARY KEY, ms INTEGER NOT NULL, config INTEGER NOT NULL);"
    /* one row a flush: a squeezed run of batches */
    "CREATE TABLE journal(first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, samples INTEGER NOT NULL, run BLOB NOT NULL);"
    /* what is left of the stream when its samples are in chunks (core/batch_log.h) */
    "CREATE TABLE stream(first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, log BLOB NOT NULL);"
    "CREATE TABLE chunk(id INTEGER PRIMARY KEY, series INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL, numbers INTEGER NOT NULL, min REAL, max REAL, sum REAL,"
    " minutes BLOB NOT NULL, samples BLOB NOT NULL);"
    "CREATE INDEX chunk_series ON chunk(series, last_seq, first_seq, last_ms, first_ms, count);"
    /* written when their UTC day has passed, and amended by late samples after that */
    "CREATE TABLE hour(series INTEGER NOT NULL, start_ms INTEGER NOT NULL, count INTEGER NOT NULL, min REAL NOT NULL, max REAL NOT NULL, sum REAL NOT NULL,"
    " PRIMARY KEY(series, start_ms)) WITHOUT ROWID;"
    "CREATE TABLE checkpoint(seq INTEGER PRIMARY KEY, ms INTEGER NOT NULL, config INTEGER NOT NULL, state BLOB NOT NULL);"
    "CREATE TABLE interval(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, path TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,"
    " class TEXT NOT NULL, state TEXT NOT NULL, word TEXT NOT NULL);"
    "CREATE INDEX interval_path ON interval(path, end_ms);"
    "CREATE TABLE bucket(series INTEGER NOT NULL, start_ms INTEGER NOT NULL, gained REAL NOT NULL, flagged INTEGER NOT NULL, PRIMARY KEY(series, start_ms)) WITHOUT ROWID;"
    "CREATE TABLE event(number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ms INTEGER NOT NULL, kind TEXT NOT NULL, series INTEGER, path TEXT NOT NULL,"
    " text TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, span_ms INTEGER NOT NULL, down INTEGER NOT NULL, who TEXT NOT NULL);"
    "CREATE INDEX event_ms ON event(ms);"
    "CREATE INDEX event_path ON event(path, ms);"
    /* seq 0: imported. A file's samples of one series are imported once. */
    "CREATE TABLE import(id INTEGER PRIMARY KEY, ms INTEGER NOT NULL, series INTEGER NOT NULL, source TEXT NOT NULL, samples INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL);";

static const char *const migrations[SCHEMA_VERSION] = {version_1};

static int number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int number = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        number = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return number;
}

enum schema_verdict schema_look(sqlite3 *db, int *version)
{
    int tables = number_of(db, "SELECT count(*) FROM sqlite_schema"), application = number_of(db, "PRAGMA application_id");
    *version = number_of(db, "PRAGMA user_version");
    if (tables < 0 || application < 0 || *version < 0)
        return SCHEMA_DAMAGED;
    if (tables == 0 && application == 0)
        return SCHEMA_EMPTY;
    if (application != SCHEMA_APPLICATION)
        return SCHEMA_FOREIGN;
    return *version > SCHEMA_VERSION ? SCHEMA_NEWER : *version < SCHEMA_VERSION ? SCHEMA_OLDER : SCHEMA_CURRENT;
}
