/*
 * A cursor walks over the series that fit, in order of path, and over each one's samples (or minutes, or hours) by time, a page at a time:
 * no transaction is open while SQLite does something else. Of a query's bounds, those on ts become the range that is read, those on tag
 * choose the series; SQLite checks all of them again, so that reading too much is never wrong.
 */
#include "io/history_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_private.h"

enum { COLUMN_TAG, COLUMN_TS, COLUMN_VALUE, COLUMN_QUALITY, COLUMN_FLAGS };
enum { COLUMN_COUNT = 2, COLUMN_MIN, COLUMN_MAX, COLUMN_AVG, COLUMN_SUM };

struct table {
    sqlite3_vtab base;
    struct sql_table *def;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct sql_table *def;
    uint32_t *ids;          /* of the series that fit */
    char **paths;
    size_t count, capacity, path_capacity, at;
    const char *glob, *like; /* while they are chosen */
    int64_t from_ms, to_ms, next_ms; /* next_ms: of the present series, where its next page begins */
    struct samples samples;
    struct summaries summaries;
    size_t row;             /* in the page */
    sqlite3_int64 rowid;
};

/* ---- what a query asks for ---- */

/* The letter of a bound, or 0: '=' of the tag, G lob, L ike; e qual, > < and g reater, l ess or equal of ts. */
static char letter_of(int column, int op)
{
    if (column == COLUMN_TAG)
        return op == SQLITE_INDEX_CONSTRAINT_EQ ? '=' : op == SQLITE_INDEX_CONSTRAINT_GLOB ? 'G' : op == SQLITE_INDEX_CONSTRAINT_LIKE ? 'L' : '\0';
    if (column != COLUMN_TS)
        return '\0';
    switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: return 'e';
    case SQLITE_INDEX_CONSTRAINT_GT: return '>';
    case SQLITE_INDEX_CONSTRAINT_GE: return 'g';
    case SQLITE_INDEX_CONSTRAINT_LT: return '<';
    case SQLITE_INDEX_CONSTRAINT_LE: return 'l';
    default: return '\0';
    }
}

/* Rows come by tag, then by time. */
static bool in_our_order(const sqlite3_index_info *info, bool one_tag)
{
    int order[2] = {COLUMN_TAG, COLUMN_TS}, at = 0;
    for (int i = 0; i < info->nOrderBy; i++) {
        if (info->aOrderBy[i].desc)
            return false;
        if (one_tag && at == 0 && info->aOrderBy[i].iColumn == COLUMN_TS)
            at = 1;
        if (at == 2 || info->aOrderBy[i].iColumn != order[at++])
            return false;
    }
    return info->nOrderBy > 0;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    char letters[32] = "";
    int used = 0;
    double rows = 1e9;
    (void)base;
    for (int i = 0; i < info->nConstraint && used < (int)sizeof letters - 1; i++) {
        char letter = info->aConstraint[i].usable ? letter_of(info->aConstraint[i].iColumn, info->aConstraint[i].op) : '\0';
        if (!letter || (letter == '=' && sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0)) /* other collations find other tags, too */
            continue;
        letters[used++] = letter;
        info->aConstraintUsage[i].argvIndex = used;
        rows /= letter == '=' ? 1000 : letter == 'e' ? 10000 : 10;
    }
    letters[used] = '\0';
    info->idxStr = sqlite3_mprintf("%s", letters);
    if (!info->idxStr)
        return SQLITE_NOMEM;
    info->needToFreeIdxStr = 1;
    info->estimatedCost = rows < 1 ? 1 : rows;
    info->estimatedRows = (sqlite3_int64)info->estimatedCost;
    info->orderByConsumed = in_our_order(info, strchr(letters, '=') != NULL);
    return SQLITE_OK;
}

/* A number within what a time can be. A text that looks like a number is left to SQLite. */
static bool moment_of(sqlite3_value *value, double *ms)
{
    int type = sqlite3_value_type(value);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return false;
    *ms = fmax(fmin(sqlite3_value_double(value), (double)TIME_MOST_MS), -(double)TIME_MOST_MS);
    return true;
}

static void bound_time(struct cursor *c, char letter, sqlite3_value *value)
{
    double ms;
    if (!moment_of(value, &ms))
        return;
    int64_t down = (int64_t)floor(ms), up = (int64_t)ceil(ms);
    if ((letter == 'e' || letter == 'g') && up > c->from_ms)
        c->from_ms = up;
    if (letter == '>' && down + 1 > c->from_ms)
        c->from_ms = down + 1;
    if ((letter == 'e' || letter == 'l') && down + 1 < c->to_ms)
        c->to_ms = down + 1;
    if (letter == '<' && up < c->to_ms)
        c->to_ms = up;
}

/* ---- life ---- */

static int connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **why)
{
    struct sql_table *def = aux;
    (void)argc, (void)argv, (void)why;
    int rc = sqlite3_declare_vtab(db, def->declaration);
    if (rc != SQLITE_OK)
        return rc;
    struct table *table = mem_zero(1, sizeof *table);
    table->def = def;
    *out = &table->base;
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct cursor *c = mem_zero(1, sizeof *c);
    c->def = ((struct table *)base)->def;
    samples_init(&c->samples);
    *out = &c->base;
    return SQLITE_OK;
}

static void forget_series(struct cursor *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->paths[i]);
    c->count = c->at = 0;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    forget_series(c);
    free(c->ids);
    free(c->paths);
    free(c->summaries.rows);
    samples_finish(&c->samples);
    free(c);
    return SQLITE_OK;
}

static int failed(struct cursor *c, const struct error *err)
{
    if (strcmp(err->text, "interrupted") == 0)
        return SQLITE_INTERRUPT;
    sqlite3_free(c->base.pVtab->zErrMsg);
    c->base.pVtab->zErrMsg = sqlite3_mprintf("%s", err->text);
    return SQLITE_ERROR;
}

/* ---- walking ---- */

static void add_series(struct cursor *c, uint32_t series, const char *path)
{
    c->ids = mem_grow(c->ids, c->count, &c->capacity, sizeof *c->ids);
    c->paths = mem_grow(c->paths, c->count, &c->path_capacity, sizeof *c->paths);
    c->ids[c->count] = series;
    c->paths[c->count++] = mem_text(path);
}

static void choose_series(void *arg, uint32_t series, const char *path)
{
    struct cursor *c = arg;
    if ((!c->glob || sqlite3_strglob(c->glob, path) == 0) && (!c->like || sqlite3_strlike(c->like, path, 0) == 0))
        add_series(c, series, path);
}

static size_t page_rows(const struct cursor *c)
{
    return c->def->step_ms ? c->summaries.count : c->samples.count;
}

/* The page that follows, of this series or the next; none at the end. */
static int turn_page(struct cursor *c)
{
    struct error err;
    c->row = 0;
    while (c->at < c->count) {
        while (c->next_ms < c->to_ms) {
            bool good = c->def->step_ms ? history_summary_page(c->def->history, c->ids[c->at], c->def->step_ms, &c->next_ms, c->to_ms, &c->summaries, &err)
                                        : history_page(c->def->history, c->ids[c->at], &c->next_ms, c->to_ms, 0, &c->samples, &err);
            if (!good)
                return failed(c, &err);
            if (page_rows(c))
                return SQLITE_OK;
        }
        c->at++;
        c->next_ms = c->from_ms;
        size_t left = c->count - c->at;
        if (c->at % HISTORY_FOLLOW == 0 && left > 1 && !history_follow(c->def->history, &c->ids[c->at], left < HISTORY_FOLLOW ? left : HISTORY_FOLLOW, &err))
            return failed(c, &err);
    }
    return SQLITE_OK;
}

static bool read_bounds(struct cursor *c, const char *letters, sqlite3_value **values, const char **tag)
{
    *tag = c->glob = c->like = NULL;
    for (int i = 0; letters[i]; i++) {
        const char *text = strchr("=GL", letters[i]) ? (const char *)sqlite3_value_text(values[i]) : NULL;
        if (letters[i] == '=' && (!text || (*tag && strcmp(*tag, text) != 0)))
            return false;
        if (letters[i] == '=')
            *tag = text;
        else if (letters[i] == 'G')
            c->glob = text;
        else if (letters[i] == 'L')
            c->like = text;
        else
            bound_time(c, letters[i], values[i]);
    }
    return true;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *letters, int argc, sqlite3_value **values)
{
    struct cursor *c = (struct cursor *)base;
    struct error err;
    const char *tag;
    (void)number, (void)argc;
    forget_series(c);
    c->from_ms = -TIME_MOST_MS;
    c->to_ms = TIME_MOST_MS;
    c->rowid = 0;
    samples_clear(&c->samples);
    c->summaries.count = 0;
    if (!read_bounds(c, letters, values, &tag))
        return SQLITE_OK; /* two different tags at once, or none: nothing fits */
    if (tag) {
        uint32_t series = history_series(c->def->history, tag);
        if (series)
            add_series(c, series, tag);
    } else if (!history_each_series(c->def->history, choose_series, c, &err)) {
        return failed(c, &err);
    }
    if (c->def->step_ms) { /* what begins in the range */
        c->from_ms = floor_to(c->from_ms + c->def->step_ms - 1, c->def->step_ms);
        c->to_ms = floor_to(c->to_ms + c->def->step_ms - 1, c->def->step_ms);
    }
    c->next_ms = c->from_ms;
    if (c->count > 1 && !history_follow(c->def->history, c->ids, c->count < HISTORY_FOLLOW ? c->count : HISTORY_FOLLOW, &err))
        return failed(c, &err);
    return turn_page(c);
}

static int next_row(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    c->rowid++;
    return ++c->row < page_rows(c) ? SQLITE_OK : turn_page(c);
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;
    return c->at >= c->count;
}

/* ---- values ---- */

static void result_value(sqlite3_context *context, const struct samples *samples, struct value value)
{
    switch (value.kind) {
    case VALUE_BOOL: sqlite3_result_int(context, value.b); return;
    case VALUE_INT: sqlite3_result_int64(context, value.i); return;
    case VALUE_REAL: sqlite3_result_double(context, value.d); return;
    case VALUE_TEXT: sqlite3_result_text(context, samples_text(samples, value), -1, SQLITE_TRANSIENT); return;
    case VALUE_UINT:
        if (value.u <= INT64_MAX) {
            sqlite3_result_int64(context, (sqlite3_int64)value.u);
        } else { /* SQLite has no such number; digits lose nothing */
            char *digits = sqlite3_mprintf("%llu", (unsigned long long)value.u);
            sqlite3_result_text(context, digits, -1, sqlite3_free);
        }
        return;
    default: sqlite3_result_null(context); return;
    }
}

static void sample_column(sqlite3_context *context, const struct cursor *c, int column)
{
    const struct sample *s = &c->samples.rows[c->row];
    switch (column) {
    case COLUMN_TS: sqlite3_result_int64(context, s->time_ms); return;
    case COLUMN_VALUE: result_value(context, &c->samples, s->value); return;
    case COLUMN_QUALITY: sqlite3_result_int(context, s->quality); return;
    default: sqlite3_result_int(context, s->flags); return;
    }
}

static void summary_column(sqlite3_context *context, const struct summary *s, int column)
{
    switch (column) {
    case COLUMN_TS: sqlite3_result_int64(context, s->start_ms); return;
    case COLUMN_COUNT: sqlite3_result_int64(context, s->count); return;
    case COLUMN_MIN: sqlite3_result_double(context, s->min); return;
    case COLUMN_MAX: sqlite3_result_double(context, s->max); return;
    case COLUMN_AVG: sqlite3_result_double(context, s->sum / s->count); return;
    default: sqlite3_result_double(context, s->sum); return;
    }
}

static int give_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    if (column == COLUMN_TAG)
        sqlite3_result_text(context, c->paths[c->at], -1, SQLITE_TRANSIENT);
    else if (c->def->step_ms)
        summary_column(context, &c->summaries.rows[c->row], column);
    else
        sample_column(context, c, column);
    return SQLITE_OK;
}

static int give_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = ((const struct cursor *)base)->rowid;
    return SQLITE_OK;
}

/* No xCreate: the tables are there by themselves, and nobody can make others. */
static const sqlite3_module module = {
    .iVersion = 1, .xConnect = connect_table, .xBestIndex = best_index, .xDisconnect = disconnect_table, .xOpen = open_cursor, .xClose = close_cursor,
    .xFilter = filter, .xNext = next_row, .xEof = at_end, .xColumn = give_column, .xRowid = give_rowid,
};

int history_table_add(sqlite3 *db, struct sql_table *table)
{
    return sqlite3_create_module(db, table->name, &module, table);
}
