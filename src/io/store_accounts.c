/*
 * Facts of accounts and versions of stops. They are only added, in the transaction of the batch that they follow from: so one is there when its batch
 * is, and is not written again when the batch is folded again. What is 0 or empty takes no room: NULL.
 */
#include <stdio.h>
#include <string.h>

#include "io/store_private.h"

static void bind_known(sqlite3_stmt *st, int at, const char *text)
{
    if (text[0])
        sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

static void bind_count(sqlite3_stmt *st, int at, int64_t number)
{
    if (number)
        sqlite3_bind_int64(st, at, number);
}

static void bind_amount(sqlite3_stmt *st, int at, double amount)
{
    if (amount < 0 || amount > 0)
        sqlite3_bind_double(st, at, amount);
}

/* What both tables of facts begin with. */
static void bind_cell(sqlite3_stmt *st, const struct account_gain *gain)
{
    const struct account_cell *c = &gain->cell;
    sqlite3_bind_text(st, 1, gain->path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, c->from_ms);
    sqlite3_bind_int64(st, 3, (int64_t)gain->seq);
    sqlite3_bind_int64(st, 4, c->to_ms);
    bind_count(st, 5, gain->line);
    sqlite3_bind_int64(st, 6, c->shift_ms);
    sqlite3_bind_int64(st, 7, c->day);
    bind_count(st, 8, c->planned);
    bind_known(st, 9, c->shift);
    bind_known(st, 10, c->crew);
    bind_known(st, 11, c->product);
    bind_known(st, 12, c->order);
}

static void put_defects(struct store *store, const struct account_gain *gain)
{
    sqlite3_stmt *st = store_statement(store, ST_DEFECT_PUT);
    bind_cell(st, gain);
    sqlite3_bind_text(st, 13, gain->defect, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 14, gain->defects);
    store_step(store, ST_DEFECT_PUT);
}

void store_put_gain(struct store *store, const struct account_gain *gain)
{
    const struct account *a = &gain->cell.sum;
    if (gain->defect[0]) {
        put_defects(store, gain);
        return;
    }
    sqlite3_stmt *st = store_statement(store, ST_ACCOUNT_PUT);
    int at = 13;
    bind_cell(st, gain);
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        bind_count(st, at++, a->ms[i]);
#define BIND(name) bind_amount(st, at++, a->name);
    SCHEMA_PIECES(BIND)
#undef BIND
    bind_count(st, at++, (int32_t)a->stops); /* a difference may take some away */
    bind_count(st, at, (int32_t)a->minors);
    store_step(store, ST_ACCOUNT_PUT);
}

void store_put_stop(struct store *store, const struct stop_version *v)
{
    const struct stop *s = &v->stop;
    sqlite3_stmt *st = store_statement(store, ST_STOP_PUT);
    const char *const texts[] = {v->reason, v->reason_title, v->proposal, s->message, s->who, s->comment, s->product, s->order, s->shift, s->crew};
    sqlite3_bind_text(st, 1, v->path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, s->start_ms);
    sqlite3_bind_int64(st, 3, (int64_t)v->seq);
    bind_count(st, 4, s->end_ms);
    sqlite3_bind_text(st, 5, state_class_table[s->class].name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 6, state_class_table[s->booked].name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 7, time_category_table[s->category].name, -1, SQLITE_STATIC);
    bind_count(st, 8, s->gone);
    for (int i = 0; i < (int)(sizeof texts / sizeof texts[0]); i++)
        bind_known(st, 9 + i, texts[i]);
    sqlite3_bind_int64(st, 19, s->shift_ms);
    sqlite3_bind_int64(st, 20, s->day);
    store_step(store, ST_STOP_PUT);
}

bool store_next_path(struct store *store, enum statement statement, char path[256])
{
    sqlite3_stmt *st = store_statement(store, statement);
    int rc = SQLITE_DONE;
    sqlite3_bind_text(st, 1, path, -1, SQLITE_TRANSIENT);
    if (store->rc == SQLITE_OK)
        rc = sqlite3_step(st);
    const char *next = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
    bool found = next && strcmp(next, path) > 0; /* else the page is damaged, and one would never come to the end */
    if (found)
        snprintf(path, 256, "%s", next);
    else if (rc != SQLITE_DONE)
        store->rc = rc == SQLITE_ROW ? SQLITE_CORRUPT : rc;
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return found;
}
