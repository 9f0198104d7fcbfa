/*
 * The same verdict as the collector's and the readers', from a connection that reads only.
 */
#include "io/store_look.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/history.h"
#include "io/store_schema.h"

enum { CHECK_MOST_BYTES = 256 << 20 };

static int64_t bytes_of(const char *path, const char *suffix)
{
    char name[4200];
    struct stat st;
    return snprintf(name, sizeof name, "%s%s", path, suffix) < (int)sizeof name && stat(name, &st) == 0 ? (int64_t)st.st_size : 0;
}

static bool check_pages(sqlite3 *db, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL) == SQLITE_OK;
    good = good && sqlite3_step(stmt) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    if (!good)
        error_set(err, "its pages contradict each other: %.100s; the collector sets a damaged file aside and begins a new one", sqlite3_errcode(db) == SQLITE_ROW || !stmt ? "quick_check" : sqlite3_errmsg(db));
    sqlite3_finalize(stmt);
    return good;
}

bool store_look(const char *path, struct store_look *out, struct error *err)
{
    *out = (struct store_look){.known = SCHEMA_VERSION, .bytes = bytes_of(path, "") + bytes_of(path, "-wal")};
    out->there = bytes_of(path, "") > 0;
    if (!out->there)
        return true;
    struct history *history = history_open(path, err);
    sqlite3 *db = NULL;
    bool good = history != NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(db, 1000);
        schema_look(db, &out->version);
        out->checked = good && out->bytes <= CHECK_MOST_BYTES;
        good = good && (!out->checked || check_pages(db, err));
    }
    sqlite3_close(db);
    history_close(history);
    return good;
}
