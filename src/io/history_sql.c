/*
 * Two connections: `db` runs the statements, `history` reads behind the virtual tables, in short transactions of its own. db's main database is
 * an empty one in memory, with the cache beside it, so that a query over samples alone holds no transaction on the file. An authorizer
 * refuses whatever does not read, before it runs.
 */
#include "io/history_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/timestamp.h"
#include "io/history_private.h"
#include "io/history_table.h"

#define SUMMARY_DECLARATION "CREATE TABLE x(tag TEXT, ts INTEGER, count INTEGER, min REAL, max REAL, avg REAL, sum REAL)"

struct history_sql {
    sqlite3 *db;
    struct history *history;
    const struct zone *zone;
    int64_t now_ms;
    bool closed_in;          /* set up: from now on it only reads */
    struct sql_table tables[3];
    atomic_bool stop;
};

/* Only what asks: no value may be given to them that changes anything. */
static const char *const pragmas[] = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "collation_list", "function_list",
    "database_list", "compile_options", "quick_check", "integrity_check"};

static bool may_ask(const char *pragma)
{
    for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0]; i++)
        if (sqlite3_stricmp(pragma, pragmas[i]) == 0)
            return true;
    return false;
}

static int authorize(void *arg, int action, const char *one, const char *two, const char *database, const char *trigger)
{
    const struct history_sql *sql = arg;
    (void)database, (void)trigger;
    if (!sql->closed_in)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION: return two && sqlite3_stricmp(two, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA: return one && may_ask(one) ? SQLITE_OK : SQLITE_DENY;
    default: return SQLITE_DENY;
    }
}

/* ---- functions ---- */

static void function_iso(sqlite3_context *context, int argc, sqlite3_value **values)
{
    char text[SPAN_TEXT + 8];
    (void)argc;
    int type = sqlite3_value_numeric_type(values[0]);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return;
    double ms = sqlite3_value_double(values[0]);
    if (ms < -(double)TIME_MOST_MS || ms > (double)TIME_MOST_MS)
        return;
    iso_text(sqlite3_value_int64(values[0]), text);
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static void function_ms(sqlite3_context *context, int argc, sqlite3_value **values)
{
    const struct history_sql *sql = sqlite3_user_data(context);
    const char *text = (const char *)sqlite3_value_text(values[0]);
    struct error err;
    int64_t ms;
    (void)argc;
    if (!text)
        return;
    if (timestamp_typed(text, sql->zone, sql->now_ms, &ms, &err))
        sqlite3_result_int64(context, ms);
    else
        sqlite3_result_error(context, err.text, -1);
}

/* ---- life ---- */

static bool attach(struct history_sql *sql, struct error *err)
{
    char uri[HISTORY_URI];
    history_uri(sql->history, uri);
    char *text = sqlite3_mprintf("ATTACH %Q AS cache", uri);
    int rc = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
    sqlite3_free(text);
    return rc == SQLITE_OK || error_set(err, "%s", sqlite3_errmsg(sql->db));
}

static bool set_up(struct history_sql *sql, struct error *err)
{
    int rc = sqlite3_open_v2(":memory:", &sql->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return error_set(err, "%s", sqlite3_errstr(rc));
    sqlite3_busy_timeout(sql->db, 1000);
    sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_exec(sql->db, "PRAGMA temp_store=2", NULL, NULL, NULL);
    if (!attach(sql, err))
        return false;
    for (size_t i = 0; i < sizeof sql->tables / sizeof sql->tables[0] && rc == SQLITE_OK; i++)
        rc = history_table_add(sql->db, &sql->tables[i]);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function_v2(sql->db, "iso", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, sql, function_iso, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function_v2(sql->db, "ms", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, sql, function_ms, NULL, NULL, NULL);
    if (rc == SQLITE_OK) /* the tables declare themselves at their first use: while that is allowed */
        rc = sqlite3_exec(sql->db, "SELECT 1 FROM sample, sample_1m, sample_1h WHERE 0", NULL, NULL, NULL);
    sqlite3_set_authorizer(sql->db, authorize, sql);
    sql->closed_in = true;
    return rc == SQLITE_OK || error_set(err, "%s", sqlite3_errmsg(sql->db));
}

struct history_sql *history_sql_open(const char *path, const struct zone *zone, int64_t now_ms, struct error *err)
{
    struct history *history = history_open(path, err);
    if (!history)
        return NULL;
    struct history_sql *sql = mem_zero(1, sizeof *sql);
    *sql = (struct history_sql){.history = history, .zone = zone, .now_ms = now_ms, .tables = {
        {"sample", "CREATE TABLE x(tag TEXT, ts INTEGER, value, quality INTEGER, flags INTEGER)", 0, history},
        {"sample_1m", SUMMARY_DECLARATION, MINUTE_MS, history},
        {"sample_1h", SUMMARY_DECLARATION, HOUR_MS, history},
    }};
    atomic_init(&sql->stop, false);
    if (set_up(sql, err))
        return sql;
    history_sql_close(sql);
    return NULL;
}

void history_sql_close(struct history_sql *sql)
{
    if (!sql)
        return;
    sqlite3_close(sql->db);
    history_close(sql->history);
    free(sql);
}

void history_sql_interrupt(struct history_sql *sql)
{
    atomic_store(&sql->stop, true);
    sqlite3_interrupt(sql->db);
    history_interrupt(sql->history);
}

uint64_t history_sql_damaged(const struct history_sql *sql)
{
    return history_damaged(sql->history);
}

/* ---- running ---- */

static struct sql_field field_of(sqlite3_stmt *stmt, int column)
{
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER: return (struct sql_field){.kind = SQL_INT, .i = sqlite3_column_int64(stmt, column)};
    case SQLITE_FLOAT: return (struct sql_field){.kind = SQL_REAL, .d = sqlite3_column_double(stmt, column)};
    case SQLITE_NULL: return (struct sql_field){.kind = SQL_NULL};
    case SQLITE_BLOB: return (struct sql_field){.kind = SQL_BLOB, .text = sqlite3_column_blob(stmt, column), .length = (size_t)sqlite3_column_bytes(stmt, column)};
    default: return (struct sql_field){.kind = SQL_TEXT, .text = (const char *)sqlite3_column_text(stmt, column), .length = (size_t)sqlite3_column_bytes(stmt, column)};
    }
}

/* All rows of one statement; *going is false when the sink has had enough. */
static int run_rows(sqlite3_stmt *stmt, const struct sql_sink *sink, bool *going)
{
    int count = sqlite3_column_count(stmt), rc = SQLITE_DONE;
    if (count == 0)
        return sqlite3_step(stmt);
    const char **names = mem_zero((size_t)count, sizeof *names);
    struct sql_field *fields = mem_zero((size_t)count, sizeof *fields);
    for (int i = 0; i < count; i++)
        names[i] = sqlite3_column_name(stmt, i);
    *going = sink->head(sink->arg, names, (size_t)count);
    while (*going && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (int i = 0; i < count; i++)
            fields[i] = field_of(stmt, i);
        *going = sink->row(sink->arg, fields, (size_t)count);
    }
    free(names);
    free(fields);
    return *going ? rc : SQLITE_DONE;
}

bool history_sql_run(struct history_sql *sql, const char *text, const struct sql_sink *sink, struct error *err)
{
    bool going = true;
    while (going && *text) {
        sqlite3_stmt *stmt = NULL;
        if (atomic_load(&sql->stop))
            return error_set(err, "interrupted");
        int rc = sqlite3_prepare_v2(sql->db, text, -1, &stmt, &text);
        if (rc == SQLITE_OK && stmt)
            rc = run_rows(stmt, sink, &going);
        bool good = rc == SQLITE_OK || rc == SQLITE_DONE;
        if (!good)
            error_set(err, "%s%s", sqlite3_errmsg(sql->db), rc == SQLITE_AUTH ? ": only queries that read are run" : "");
        sqlite3_finalize(stmt);
        if (!good)
            return false;
    }
    return true;
}
