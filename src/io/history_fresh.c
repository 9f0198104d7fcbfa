/*
 * What of the journal waits beside the database (fresh.h), as a table `fresh` of this connection, so that a statement reads both as one. The file
 * is read before a transaction begins to see the database: what the writer took in between stands in both, and is left out here by its numbers;
 * what he put there meanwhile was not yet, for this transaction. So nothing is missed and nothing comes twice. `fresh_from` is where the rows begin
 * that the database does not have; they change only while no statement is under way.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/history_private.h"

enum { COLUMN_FIRST_SEQ, COLUMN_LAST_SEQ, COLUMN_FIRST_MS, COLUMN_LAST_MS, COLUMN_RUN };

/* ---- the file ---- */

static size_t read_file(const struct history *h, uint8_t *out, size_t most)
{
    char path[4096 + sizeof FRESH_SUFFIX];
    size_t count = 0;
    ssize_t got = 0;
    snprintf(path, sizeof path, "%s" FRESH_SUFFIX, h->path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    while (count < most && (got = read(fd, out + count, most - count)) > 0)
        count += (size_t)got;
    close(fd);
    return count;
}

void history_fresh_read(struct history *h)
{
    struct fresh_reader reader;
    packer_clear(&h->fresh);
    pack_reserve(&h->fresh, FRESH_MOST);
    h->fresh.count = read_file(h, h->fresh.bytes, FRESH_MOST);
    h->fresh_count = h->fresh_from = 0;
    if (fresh_open(&reader, h->fresh.bytes, h->fresh.count, h->uuid))
        while (h->fresh_count < FRESH_ROWS_MOST && fresh_next(&reader, &h->fresh_rows[h->fresh_count]))
            h->fresh_count++;
}

bool history_fresh_fit(struct history *h, struct error *err)
{
    if (h->fresh_count == 0)
        return true;
    sqlite3_stmt *stmt = history_stmt(h, STMT_WRITTEN, err);
    if (!stmt || history_row(h, stmt, err) != SQLITE_ROW)
        return false;
    uint64_t last = column_seq(stmt, 0);
    history_done(stmt);
    while (h->fresh_from < h->fresh_count && h->fresh_rows[h->fresh_from].last_seq <= last)
        h->fresh_from++;
    for (size_t i = h->fresh_from; i < h->fresh_count; i++) {
        if (h->fresh_rows[i].first_seq != last + 1)
            h->fresh_count = i; /* they follow something that the database has lost: see store_fresh.c */
        last = h->fresh_rows[i].last_seq;
    }
    return true;
}

/* ---- the table ---- */

struct table {
    sqlite3_vtab base;
    const struct history *h;
};

struct cursor {
    sqlite3_vtab_cursor base;
    size_t at;
};

static const struct history *history_of(const sqlite3_vtab_cursor *cursor)
{
    return ((const struct table *)cursor->pVtab)->h;
}

static int connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **why)
{
    (void)argc, (void)argv, (void)why;
    int rc = sqlite3_declare_vtab(db, "CREATE TABLE x(first_seq INTEGER, last_seq INTEGER, first_ms INTEGER, last_ms INTEGER, run BLOB)");
    if (rc != SQLITE_OK)
        return rc;
    struct table *table = mem_zero(1, sizeof *table);
    table->h = aux;
    *out = &table->base;
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->estimatedCost = FRESH_ROWS_MOST;
    info->estimatedRows = FRESH_ROWS_MOST;
    info->orderByConsumed = info->nOrderBy == 1 && info->aOrderBy[0].iColumn == COLUMN_FIRST_SEQ && !info->aOrderBy[0].desc;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    (void)base;
    struct cursor *c = mem_zero(1, sizeof *c);
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **values)
{
    (void)number, (void)text, (void)argc, (void)values;
    ((struct cursor *)base)->at = history_of(base)->fresh_from;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->at++;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->at >= history_of(base)->fresh_count;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int n)
{
    const struct fresh_row *row = &history_of(base)->fresh_rows[((struct cursor *)base)->at];
    switch (n) {
    case COLUMN_FIRST_SEQ: sqlite3_result_int64(context, (int64_t)row->first_seq); break;
    case COLUMN_LAST_SEQ: sqlite3_result_int64(context, (int64_t)row->last_seq); break;
    case COLUMN_FIRST_MS: sqlite3_result_int64(context, row->first_ms); break;
    case COLUMN_LAST_MS: sqlite3_result_int64(context, row->last_ms); break;
    case COLUMN_RUN: sqlite3_result_blob64(context, row->run, row->length, SQLITE_TRANSIENT); break;
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct cursor *)base)->at;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = connect_table, .xBestIndex = best_index, .xDisconnect = disconnect_table, .xOpen = open_cursor, .xClose = close_cursor,
    .xFilter = filter, .xNext = next, .xEof = at_end, .xColumn = column, .xRowid = rowid,
};

bool history_fresh_connect(struct history *h)
{
    sqlite3_stmt *stmt = NULL;
    h->uuid[0] = '\0';
    if (sqlite3_prepare_v2(h->db, "SELECT value FROM meta WHERE key='uuid'", -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW &&
        sqlite3_column_bytes(stmt, 0) == 36)
        snprintf(h->uuid, sizeof h->uuid, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    h->fresh_count = h->fresh_from = 0;
    return sqlite3_create_module(h->db, "fresh", &module, h) == SQLITE_OK;
}
