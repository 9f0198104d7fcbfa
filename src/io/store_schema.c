/*
 * Migrations are rows: number i brings version i to i + 1. A new cache runs them all, so that there is one way to every version.
 */
#include "io/store_schema.h"

#include <stdio.h>

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

/* Alarms and people: what an event is not about is NULL. event_kind is for one kind's newest and for all alarms of a month; event_alarm tells
 * which alarms stood at a moment, however long before they were raised. */
static const char version_2[] =
    "ALTER TABLE event ADD COLUMN what TEXT;"
    "ALTER TABLE event ADD COLUMN alarm TEXT;"
    "ALTER TABLE event ADD COLUMN priority INTEGER;"
    "ALTER TABLE event ADD COLUMN annunciated INTEGER;"
    "ALTER TABLE event ADD COLUMN occurrence_ms INTEGER;"
    "ALTER TABLE event ADD COLUMN value TEXT;"
    "ALTER TABLE event ADD COLUMN alarm_limit TEXT;"
    "ALTER TABLE event ADD COLUMN class TEXT;"
    "ALTER TABLE event ADD COLUMN position TEXT;"
    "ALTER TABLE event ADD COLUMN comment TEXT;"
    "CREATE INDEX event_kind ON event(kind, ms);"
    "CREATE INDEX event_alarm ON event(path, ms) WHERE " SCHEMA_ALARM_ENDS ";";

/* Where the time went, and stops: facts that are only added to, read by path and time. What is 0 or empty is NULL. */
#define TIME_COLUMN(name) " " #name "_ms INTEGER,"
#define PIECES_COLUMN(name) " " #name " REAL,"
static const char version_3[] =
    "CREATE TABLE account(path TEXT NOT NULL, from_ms INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, to_ms INTEGER NOT NULL, line INTEGER,"
    " shift_ms INTEGER NOT NULL, day INTEGER NOT NULL, planned INTEGER, shift TEXT, crew TEXT, product TEXT, ordr TEXT,"
    SCHEMA_TIMES(TIME_COLUMN) SCHEMA_PIECES(PIECES_COLUMN)
    " stops INTEGER, minors INTEGER, PRIMARY KEY(path, from_ms, seq, part)) WITHOUT ROWID;"
    "CREATE TABLE stop(path TEXT NOT NULL, start_ms INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, end_ms INTEGER, class TEXT NOT NULL, booked TEXT NOT NULL,"
    " category TEXT NOT NULL, gone INTEGER, reason TEXT, reason_title TEXT, proposal TEXT, message TEXT, who TEXT, comment TEXT, product TEXT, ordr TEXT, shift TEXT, crew TEXT,"
    " shift_ms INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY(path, start_ms, seq, part)) WITHOUT ROWID;";

/* What meters measured. `energy` holds the facts as accounts hold theirs, by UTC day; energy_day the same days added up and packed (core/energy_day.h): its id is
 * the day times 2^20 and the meter, so that what is written together lies together. */
static const char version_4[] =
    "CREATE TABLE meter(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);"
    "CREATE TABLE work(id INTEGER PRIMARY KEY, shift_ms INTEGER NOT NULL, day INTEGER NOT NULL, planned INTEGER NOT NULL, shift TEXT NOT NULL, crew TEXT NOT NULL,"
    " product TEXT NOT NULL, ordr TEXT NOT NULL);"
    "CREATE UNIQUE INDEX work_same ON work(day, shift_ms, planned, shift, crew, product, ordr);"
    "CREATE TABLE energy(start_ms INTEGER NOT NULL, meter INTEGER NOT NULL, from_ms INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, to_ms INTEGER NOT NULL, work INTEGER NOT NULL,"
    SCHEMA_AMOUNTS(PIECES_COLUMN) " valid_ms INTEGER, missing_ms INTEGER, running_ms INTEGER, PRIMARY KEY(start_ms, meter, from_ms, seq, part)) WITHOUT ROWID;"
    "CREATE TABLE energy_day(id INTEGER PRIMARY KEY, meter INTEGER NOT NULL, start_ms INTEGER NOT NULL, last_seq INTEGER NOT NULL, gone INTEGER,"
    SCHEMA_AMOUNTS(PIECES_COLUMN) " valid_ms INTEGER, missing_ms INTEGER, running_ms INTEGER, peak REAL, peak_ms INTEGER, quarters BLOB NOT NULL);";

/* Defects of a kind in a cell of an account: facts like those, with the cell's names. */
static const char version_5[] =
    "CREATE TABLE defect(path TEXT NOT NULL, from_ms INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, to_ms INTEGER NOT NULL, line INTEGER,"
    " shift_ms INTEGER NOT NULL, day INTEGER NOT NULL, planned INTEGER, shift TEXT, crew TEXT, product TEXT, ordr TEXT, defect TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY(path, from_ms, seq, part)) WITHOUT ROWID;";

/* What long questions about meters are answered from, made of packed days (store_runs.c): sixteen days of one meter in one row, and days of sums. A sum is known by
 * the meters under it (`leaves`: energy_leaves_id()). Rows are empty until they are made, and whenever a day that they are made of is written or removed. */
#define RUN_OF(day) "((" #day ".id>>24)<<20)+" #day ".meter"
#define SUM_DAY_OF(day) "((" #day ".id>>20)<<20)+s.sum"
#define EMPTY_ROWS(day) \
    " INSERT OR REPLACE INTO energy_run(id) SELECT " RUN_OF(day) " WHERE NOT EXISTS (SELECT 1 FROM energy_run r WHERE r.id=" RUN_OF(day) " AND r.days IS NULL);" \
    " INSERT OR REPLACE INTO sum_day(id) SELECT " SUM_DAY_OF(day) " FROM meter m JOIN sum_meter s ON s.path=m.path WHERE m.id=" #day ".meter" \
    " AND NOT EXISTS (SELECT 1 FROM sum_day d WHERE d.id=" SUM_DAY_OF(day) " AND d.quarters IS NULL);"
static const char version_6[] =
    "CREATE TABLE energy_run(id INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL DEFAULT 0, days BLOB);"
    "CREATE INDEX energy_run_empty ON energy_run(id) WHERE days IS NULL;"
    "CREATE TABLE meter_sum(id INTEGER PRIMARY KEY, leaves INTEGER NOT NULL UNIQUE);"
    "CREATE TABLE sum_meter(path TEXT NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY(path, sum)) WITHOUT ROWID;"
    "CREATE TABLE sum_day(id INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL DEFAULT 0, quarters BLOB);"
    "CREATE INDEX sum_day_empty ON sum_day(id) WHERE quarters IS NULL;"
    "CREATE TRIGGER energy_day_put AFTER INSERT ON energy_day BEGIN" EMPTY_ROWS(new) " END;"
    "CREATE TRIGGER energy_day_drop AFTER DELETE ON energy_day BEGIN" EMPTY_ROWS(old) " END;"
    "INSERT INTO energy_run(id) SELECT DISTINCT ((id>>24)<<20)+meter FROM energy_day;";

static const char *const migrations[SCHEMA_VERSION] = {version_1, version_2, version_3, version_4, version_5, version_6};

/* The number that a query gives; *rc is left alone when it worked. */
static int number_of(sqlite3 *db, const char *sql, int *rc)
{
    sqlite3_stmt *stmt = NULL;
    int number = 0;
    if (*rc != SQLITE_OK)
        return 0;
    int got = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (got == SQLITE_OK)
        got = sqlite3_step(stmt);
    if (got == SQLITE_ROW)
        number = sqlite3_column_int(stmt, 0);
    else
        *rc = got == SQLITE_DONE ? SQLITE_CORRUPT : got;
    sqlite3_finalize(stmt);
    return number;
}

enum schema_verdict schema_look(sqlite3 *db, int *version)
{
    int rc = SQLITE_OK;
    int tables = number_of(db, "SELECT count(*) FROM sqlite_schema", &rc), application = number_of(db, "PRAGMA application_id", &rc);
    *version = number_of(db, "PRAGMA user_version", &rc);
    if (rc == SQLITE_NOTADB || (rc & 0xFF) == SQLITE_CORRUPT)
        return SCHEMA_DAMAGED;
    if (rc != SQLITE_OK)
        return SCHEMA_UNREADABLE;
    if (tables == 0 && application == 0 && *version == 0)
        return SCHEMA_EMPTY;
    if (application != SCHEMA_APPLICATION)
        return SCHEMA_FOREIGN;
    return *version > SCHEMA_VERSION ? SCHEMA_NEWER : *version < SCHEMA_VERSION ? SCHEMA_OLDER : SCHEMA_CURRENT;
}

static bool run_sql(sqlite3 *db, const char *sql, struct error *err)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK)
        return true;
    error_set(err, "%s", message ? message : sqlite3_errmsg(db));
    sqlite3_free(message);
    return false;
}

static bool migrate(sqlite3 *db, int from, struct error *err)
{
    char stamp[96];
    for (int version = from; version < SCHEMA_VERSION; version++)
        if (!run_sql(db, migrations[version], err))
            return false;
    snprintf(stamp, sizeof stamp, "PRAGMA application_id=%d;PRAGMA user_version=%d", SCHEMA_APPLICATION, SCHEMA_VERSION);
    return run_sql(db, stamp, err) && run_sql(db, "COMMIT", err);
}

bool schema_make(sqlite3 *db, struct error *err)
{
    int version, rc = SQLITE_OK;
    enum schema_verdict verdict = schema_look(db, &version);
    if (verdict == SCHEMA_CURRENT)
        return true;
    if (verdict != SCHEMA_EMPTY && verdict != SCHEMA_OLDER)
        return error_set(err, "the file is not an empty or older cache");
    /* These two have an effect before the first table only. */
    if (verdict == SCHEMA_EMPTY && !run_sql(db, "PRAGMA page_size=4096;PRAGMA auto_vacuum=INCREMENTAL", err))
        return false;
    if (!run_sql(db, "BEGIN EXCLUSIVE", err))
        return false;
    version = number_of(db, "PRAGMA user_version", &rc); /* again, under the lock */
    if (rc == SQLITE_OK && migrate(db, version, err))
        return true;
    if (rc != SQLITE_OK)
        error_set(err, "%s", sqlite3_errmsg(db));
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}
