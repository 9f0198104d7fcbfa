/*
 * Facts of accounts, added up, and stops in their newest versions. Both tables are in order of path and time: the paths are looked up first (struct
 * nodes), then each one's stretch is read. A struct adding holds the rows that have come about, found by what they are summed by; facts of one
 * row mostly follow each other. Long reads breathe; what is written meanwhile is left out by its batch, so that no half of an amendment counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"
#include "io/history_private.h"
#include "io/store_schema.h"

/* ---- which nodes ---- */

struct node_path { char path[KEY_BYTES]; bool line; };
struct nodes {
    struct node_path *rows;
    size_t count, capacity;
};

static void nodes_add(struct nodes *nodes, const char *path, bool line)
{
    nodes->rows = mem_grow(nodes->rows, nodes->count, &nodes->capacity, sizeof *nodes->rows);
    struct node_path *row = &nodes->rows[nodes->count++];
    snprintf(row->path, sizeof row->path, "%s", path);
    row->line = line;
}

/* The first path at or behind `from` into `next`; false at the end and, with *good false, when it cannot be read. */
static bool next_node(struct history *h, enum history_stmt which, const char *from, struct node_path *next, bool *good, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, which, err);
    *good = false;
    if (!stmt)
        return false;
    sqlite3_bind_text(stmt, 1, from, -1, SQLITE_STATIC);
    int rc = history_row(h, stmt, err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    const char *path = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    bool found = path && strcmp(path, from) >= 0 && strlen(path) < sizeof next->path; /* else the page is damaged, and one would never come to the end */
    if (found) {
        snprintf(next->path, sizeof next->path, "%s", path);
        next->line = sqlite3_column_int(stmt, 1) != 0;
    }
    history_done(stmt);
    *good = true;
    return found;
}

/* Those at `path` and (`below`) under it that the table knows, in order. Within a transaction. */
static bool find_nodes(struct history *h, enum history_stmt which, const char *path, bool below, struct nodes *nodes, struct error *err)
{
    char from[KEY_BYTES + 2];
    struct node_path next;
    bool good;
    size_t length = (size_t)snprintf(from, sizeof from, "%.*s", KEY_BYTES - 1, path);
    if (next_node(h, which, from, &next, &good, err) && strcmp(next.path, path) == 0)
        nodes_add(nodes, next.path, next.line);
    if (!good || !below)
        return good;
    if (length)
        snprintf(from + length++, 2, "/");
    while (next_node(h, which, from, &next, &good, err) && strncmp(next.path, from, length) == 0) {
        nodes_add(nodes, next.path, next.line);
        snprintf(from, sizeof from, "%s\x01", next.path); /* the least that is behind it: no name has such a byte */
        if (!history_breathe(h, err))
            return false;
    }
    return good;
}

/* A sum must count nothing twice. */
static void keep_wanted(struct nodes *nodes, const struct account_query *q)
{
    size_t lines = 0, kept = 0;
    for (size_t i = 0; i < nodes->count; i++)
        lines += nodes->rows[i].line && strcmp(nodes->rows[i].path, q->path) != 0;
    for (size_t i = 0; i < nodes->count; i++) {
        bool all = q->by == BY_NODE || q->by == BY_CELL, keep = lines ? nodes->rows[i].line : all || strcmp(nodes->rows[i].path, q->path) == 0;
        if (keep)
            nodes->rows[kept++] = nodes->rows[i];
    }
    nodes->count = kept;
}

/* ---- adding up ---- */

struct adding {
    struct history *h;
    const struct account_query *query;
    int64_t until_seq;
    struct account_row *rows;
    size_t count, capacity, newest;
    struct hash_index index;
    struct error *err;
};

static int64_t hour_of(const struct account_query *q, int64_t ms)
{
    return floor_to(ms - q->hour_ms, HOUR_MS) + q->hour_ms;
}

/* Do two rows belong together? */
static bool same_row(const struct account_query *q, const struct account_row *a, const struct account_row *b)
{
    const struct account_cell *x = &a->cell, *y = &b->cell;
    switch (q->by) {
    case BY_HOUR: return hour_of(q, x->from_ms) == hour_of(q, y->from_ms);
    case BY_SHIFT: return x->shift_ms == y->shift_ms && strcmp(x->shift, y->shift) == 0;
    case BY_DAY: return x->day == y->day;
    case BY_PRODUCT: return strcmp(x->product, y->product) == 0;
    case BY_CREW: return strcmp(x->crew, y->crew) == 0;
    case BY_ORDER: return strcmp(x->order, y->order) == 0;
    case BY_NODE: return strcmp(a->path, b->path) == 0;
    case BY_CELL: return account_cell_same(x, y) && strcmp(a->path, b->path) == 0;
    case BY_DEFECT: return strcmp(a->defect, b->defect) == 0 && strcmp(x->product, y->product) == 0 && strcmp(x->crew, y->crew) == 0;
    default: return true;
    }
}

static uint64_t mixed(uint64_t hash, const char *text)
{
    return hash * UINT64_C(0x9E3779B97F4A7C15) ^ hash_bytes(text, strlen(text));
}

static uint64_t hash_of(const struct account_query *q, const struct account_row *row)
{
    const struct account_cell *c = &row->cell;
    int64_t ms = q->by == BY_HOUR ? hour_of(q, c->from_ms) : q->by == BY_SHIFT ? c->shift_ms : q->by == BY_CELL ? c->from_ms : q->by == BY_DAY ? c->day : 0;
    uint64_t hash = hash_bytes(&ms, sizeof ms);
    switch (q->by) {
    case BY_SHIFT: return mixed(hash, c->shift);
    case BY_PRODUCT: return mixed(hash, c->product);
    case BY_CREW: return mixed(hash, c->crew);
    case BY_ORDER: return mixed(hash, c->order);
    case BY_NODE: return mixed(hash, row->path);
    case BY_CELL: return mixed(mixed(hash, row->path), c->order);
    case BY_DEFECT: return mixed(mixed(mixed(hash, row->defect), c->product), c->crew);
    default: return hash;
    }
}

static bool is_row(const void *context, uint32_t number, const void *key)
{
    const struct adding *a = context;
    return same_row(a->query, &a->rows[number], key);
}

static void add_fact(struct adding *a, const struct account_row *fact)
{
    const struct account_query *q = a->query;
    if (a->newest >= a->count || !same_row(q, &a->rows[a->newest], fact)) {
        uint64_t hash = hash_of(q, fact);
        uint32_t found = hash_index_find(&a->index, hash, is_row, a, fact);
        if (found == HASH_INDEX_NONE) {
            found = (uint32_t)a->count;
            a->rows = mem_grow(a->rows, a->count, &a->capacity, sizeof *a->rows);
            a->rows[a->count++] = *fact;
            hash_index_add(&a->index, hash, found);
            a->newest = found;
            return;
        }
        a->newest = found;
    }
    struct account_cell *c = &a->rows[a->newest].cell;
    a->rows[a->newest].defects += fact->defects;
    c->from_ms = fact->cell.from_ms < c->from_ms ? fact->cell.from_ms : c->from_ms;
    c->to_ms = fact->cell.to_ms > c->to_ms ? fact->cell.to_ms : c->to_ms;
    account_add(&c->sum, &fact->cell.sum);
}

/* CELL_COLUMNS in history.c: from_ms, seq and part first; then ACCOUNT_COLUMNS, or what a defect has. */
static void read_fact(sqlite3_stmt *stmt, bool defects, struct account_row *row)
{
    int at = 10;
    struct account_cell *c = &row->cell;
    struct account *s = &c->sum;
    *c = (struct account_cell){.from_ms = sqlite3_column_int64(stmt, 0), .to_ms = sqlite3_column_int64(stmt, 3), .shift_ms = sqlite3_column_int64(stmt, 4),
        .day = sqlite3_column_int(stmt, 5), .planned = sqlite3_column_int(stmt, 6) != 0};
    column_text_into(stmt, 7, c->shift, sizeof c->shift);
    column_text_into(stmt, 8, c->crew, sizeof c->crew);
    column_text_into(stmt, 9, c->product, sizeof c->product);
    column_text_into(stmt, at++, c->order, sizeof c->order);
    if (defects) {
        column_text_into(stmt, at++, row->defect, sizeof row->defect);
        row->defects = (uint64_t)sqlite3_column_int64(stmt, at);
        return;
    }
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        s->ms[i] = sqlite3_column_int64(stmt, at++);
#define READ(name) s->name = sqlite3_column_double(stmt, at++);
    SCHEMA_PIECES(READ)
#undef READ
    s->stops = (uint32_t)sqlite3_column_int64(stmt, at++);
    s->minors = (uint32_t)sqlite3_column_int64(stmt, at);
}

/* The facts of one node, in as many transactions as it takes. */
static bool add_node(struct adding *a, const struct node_path *node)
{
    const struct account_query *q = a->query;
    struct account_row fact = {.line = node->line};
    int64_t from_ms = q->from_ms, seq = -1, part = -1;
    int rc = SQLITE_ROW;
    snprintf(fact.path, sizeof fact.path, "%s", q->by == BY_NODE || q->by == BY_CELL ? node->path : q->path);
    while (rc == SQLITE_ROW) {
        sqlite3_stmt *stmt = history_stmt(a->h, q->by == BY_DEFECT ? STMT_DEFECTS : STMT_ACCOUNTS, a->err);
        if (!stmt)
            return false;
        sqlite3_bind_text(stmt, 1, node->path, -1, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, from_ms);
        sqlite3_bind_int64(stmt, 3, q->to_ms);
        sqlite3_bind_int64(stmt, 4, a->until_seq);
        sqlite3_bind_int64(stmt, 5, seq);
        sqlite3_bind_int64(stmt, 6, part);
        while ((rc = history_row(a->h, stmt, a->err)) == SQLITE_ROW) {
            read_fact(stmt, q->by == BY_DEFECT, &fact);
            seq = sqlite3_column_int64(stmt, 1);
            part = sqlite3_column_int64(stmt, 2);
            add_fact(a, &fact);
            if (fact.cell.from_ms != from_ms && history_overdue(a->h)) /* between two cells */
                break;
            from_ms = fact.cell.from_ms;
        }
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        from_ms = fact.cell.from_ms;
        history_done(stmt);
        if (!history_breathe(a->h, a->err))
            return false;
    }
    return true;
}

/* What is known now is all up to the newest batch. */
bool history_limit(struct history *h, uint64_t until_seq, int64_t *limit, struct error *err)
{
    static const enum history_stmt last[] = {STMT_STREAM_LAST, STMT_JOURNAL_LAST};
    *limit = until_seq ? seq_key(until_seq) : 0;
    for (size_t i = 0; i < 2 && !until_seq; i++) {
        sqlite3_stmt *stmt = history_stmt(h, last[i], err);
        int rc = stmt ? history_row(h, stmt, err) : SQLITE_ERROR;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        if (rc == SQLITE_ROW && sqlite3_column_int64(stmt, 0) > *limit)
            *limit = sqlite3_column_int64(stmt, 0);
        history_done(stmt);
    }
    *limit = *limit ? *limit : INT64_MAX;
    return true;
}

static bool read_accounts(struct adding *a, struct nodes *nodes)
{
    const struct account_query *q = a->query;
    if (!history_begin(a->h, a->err) || !history_limit(a->h, q->until_seq, &a->until_seq, a->err))
        return false;
    if (q->paths)
        for (size_t i = 0; i < q->path_count; i++)
            nodes_add(nodes, q->paths[i], true);
    else if (!find_nodes(a->h, q->by == BY_DEFECT ? STMT_DEFECT_PATH : STMT_ACCOUNT_PATH, q->path, q->below, nodes, a->err))
        return false;
    else if (q->below && !q->all)
        keep_wanted(nodes, q);
    for (size_t i = 0; i < nodes->count; i++)
        if (!add_node(a, &nodes->rows[i]))
            return false;
    return history_end(a->h, a->err);
}

static int by_time(const void *a, const void *b)
{
    const struct account_row *x = a, *y = b;
    if (x->cell.from_ms != y->cell.from_ms)
        return x->cell.from_ms < y->cell.from_ms ? -1 : 1;
    int path = strcmp(x->path, y->path), product = strcmp(x->cell.product, y->cell.product);
    return path ? path : product ? product : strcmp(x->cell.order, y->cell.order);
}

static int by_product(const void *a, const void *b)
{
    return strcmp(((const struct account_row *)a)->cell.product, ((const struct account_row *)b)->cell.product);
}

static int by_crew(const void *a, const void *b)
{
    return strcmp(((const struct account_row *)a)->cell.crew, ((const struct account_row *)b)->cell.crew);
}

static int by_order(const void *a, const void *b)
{
    return strcmp(((const struct account_row *)a)->cell.order, ((const struct account_row *)b)->cell.order);
}

static int by_node(const void *a, const void *b)
{
    return strcmp(((const struct account_row *)a)->path, ((const struct account_row *)b)->path);
}

static int by_defect(const void *a, const void *b)
{
    const struct account_row *x = a, *y = b;
    int defect = strcmp(x->defect, y->defect), product = strcmp(x->cell.product, y->cell.product);
    if (x->defects != y->defects)
        return x->defects > y->defects ? -1 : 1;
    return defect ? defect : product ? product : strcmp(x->cell.crew, y->cell.crew);
}

bool history_accounts(struct history *h, const struct account_query *query, struct account_row **rows, size_t *count, struct error *err)
{
    static int (*const orders[ACCOUNT_BYS])(const void *, const void *) = {[BY_NOTHING] = by_time, [BY_HOUR] = by_time, [BY_SHIFT] = by_time, [BY_DAY] = by_time,
        [BY_PRODUCT] = by_product, [BY_CREW] = by_crew, [BY_ORDER] = by_order, [BY_NODE] = by_node, [BY_CELL] = by_time, [BY_DEFECT] = by_defect};
    struct adding a = {.h = h, .query = query, .err = err};
    struct nodes nodes = {.count = 0};
    bool good = read_accounts(&a, &nodes);
    free(nodes.rows);
    hash_index_finish(&a.index);
    if (!good) {
        free(a.rows);
        return false;
    }
    if (a.count)
        qsort(a.rows, a.count, sizeof *a.rows, orders[query->by]);
    *rows = a.rows;
    *count = a.count;
    return true;
}

/* ---- stops ---- */

/* Names the version that counts. */
struct stop_key {
    size_t node;
    int64_t start_ms, seq, part;
};

struct stop_keys {
    struct stop_key *rows;
    size_t count, capacity;
};

/* The newest `most` stops of one node that are not gone. */
static bool find_stops(struct history *h, const struct nodes *nodes, size_t node, int64_t from_ms, int64_t to_ms, int64_t until_seq, size_t most, struct stop_keys *keys, struct error *err)
{
    size_t found = 0;
    int64_t before_ms = to_ms;
    int rc = SQLITE_ROW;
    while (rc == SQLITE_ROW && found < most) {
        sqlite3_stmt *stmt = history_stmt(h, STMT_STOP_KEYS, err);
        if (!stmt)
            return false;
        sqlite3_bind_text(stmt, 1, nodes->rows[node].path, -1, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, from_ms);
        sqlite3_bind_int64(stmt, 3, before_ms);
        sqlite3_bind_int64(stmt, 4, until_seq);
        while (found < most && (rc = history_row(h, stmt, err)) == SQLITE_ROW) {
            int64_t start_ms = sqlite3_column_int64(stmt, 0);
            if (start_ms == before_ms)
                continue; /* an older version */
            before_ms = start_ms;
            if (sqlite3_column_int(stmt, 3) == 0) {
                keys->rows = mem_grow(keys->rows, keys->count, &keys->capacity, sizeof *keys->rows);
                keys->rows[keys->count++] = (struct stop_key){.node = node, .start_ms = start_ms, .seq = sqlite3_column_int64(stmt, 1), .part = sqlite3_column_int64(stmt, 2)};
                found++;
            }
            if (history_overdue(h))
                break;
        }
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        history_done(stmt);
        if (!history_breathe(h, err))
            return false;
    }
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct stop_key *x = a, *y = b;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? 1 : -1;
    return (x->node > y->node) - (x->node < y->node); /* nodes are in order of their paths */
}

static uint8_t class_of(sqlite3_stmt *stmt, int column)
{
    char name[64];
    column_text_into(stmt, column, name, sizeof name);
    int class = state_class_by_name(name);
    return (uint8_t)(class < 0 ? CLASS_UNKNOWN : class);
}

static void read_stop(sqlite3_stmt *stmt, const char *path, const struct stop_key *key, struct stop_version *v)
{
    char category[32];
    struct stop *s = &v->stop;
    *v = (struct stop_version){.seq = (uint64_t)key->seq, .stop = {.node = UINT32_MAX, .reason = NO_REASON, .proposal = NO_REASON, .start_ms = key->start_ms,
        .end_ms = sqlite3_column_int64(stmt, 0), .class = class_of(stmt, 1), .booked = class_of(stmt, 2), .shift_ms = sqlite3_column_int64(stmt, 14),
        .day = sqlite3_column_int(stmt, 15)}};
    column_text_into(stmt, 3, category, sizeof category);
    enum time_category known = time_category_by_name(category);
    s->category = (uint8_t)(known == TIME_CATEGORIES ? TIME_UNKNOWN : known);
    snprintf(v->path, sizeof v->path, "%s", path);
    column_text_into(stmt, 4, v->reason, sizeof v->reason);
    column_text_into(stmt, 5, v->reason_title, sizeof v->reason_title);
    column_text_into(stmt, 6, v->proposal, sizeof v->proposal);
    column_text_into(stmt, 7, s->message, sizeof s->message);
    column_text_into(stmt, 8, s->who, sizeof s->who);
    column_text_into(stmt, 9, s->comment, sizeof s->comment);
    column_text_into(stmt, 10, s->product, sizeof s->product);
    column_text_into(stmt, 11, s->order, sizeof s->order);
    column_text_into(stmt, 12, s->shift, sizeof s->shift);
    column_text_into(stmt, 13, s->crew, sizeof s->crew);
}

/* One that went for its age meanwhile is left out. */
static bool read_stops(struct history *h, const struct nodes *nodes, const struct stop_keys *keys, struct stop_version *stops, size_t *count, struct error *err)
{
    for (size_t i = 0; i < keys->count; i++) {
        const struct stop_key *key = &keys->rows[i];
        sqlite3_stmt *stmt = history_stmt(h, STMT_STOP, err);
        if (!stmt)
            return false;
        sqlite3_bind_text(stmt, 1, nodes->rows[key->node].path, -1, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, key->start_ms);
        sqlite3_bind_int64(stmt, 3, key->seq);
        sqlite3_bind_int64(stmt, 4, key->part);
        int rc = history_row(h, stmt, err);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        if (rc == SQLITE_ROW)
            read_stop(stmt, nodes->rows[key->node].path, key, &stops[(*count)++]);
        history_done(stmt);
        if (!history_breathe(h, err))
            return false;
    }
    return history_end(h, err);
}

/* Finds one more than is wanted, which tells that there are more. */
static bool find_all_stops(struct history *h, const char *path, int64_t from_ms, int64_t to_ms, uint64_t until_seq, size_t most, struct nodes *nodes, struct stop_keys *keys, struct error *err)
{
    int64_t limit;
    bool good = history_begin(h, err) && history_limit(h, until_seq, &limit, err) && find_nodes(h, STMT_STOP_PATH, path, true, nodes, err);
    for (size_t i = 0; good && i < nodes->count; i++)
        good = find_stops(h, nodes, i, from_ms, to_ms, limit, most, keys, err);
    if (good && keys->count)
        qsort(keys->rows, keys->count, sizeof *keys->rows, newest_first);
    return good;
}

bool history_stops(struct history *h, const char *path, int64_t from_ms, int64_t to_ms, uint64_t until_seq, size_t rows, struct stop_version **stops, size_t *count, bool *cut, struct error *err)
{
    struct nodes nodes = {.count = 0};
    struct stop_keys keys = {.count = 0};
    struct stop_version *made = NULL;
    size_t made_count = 0;
    bool good = find_all_stops(h, path, from_ms, to_ms, until_seq, rows < SIZE_MAX ? rows + 1 : rows, &nodes, &keys, err), more = keys.count > rows;
    if (good) {
        keys.count = more ? rows : keys.count;
        made = mem_zero(keys.count + 1, sizeof *made);
        good = read_stops(h, &nodes, &keys, made, &made_count, err);
    }
    free(keys.rows);
    free(nodes.rows);
    if (!good) {
        free(made);
        return false;
    }
    *stops = made;
    *count = made_count;
    *cut = more;
    return true;
}

/* ---- how far they reach ---- */

bool history_account_span(struct history *h, int64_t *first_ms, int64_t *last_ms, struct error *err)
{
    static const enum history_stmt paths[] = {STMT_ACCOUNT_PATH, STMT_STOP_PATH}, spans[] = {STMT_ACCOUNT_SPAN, STMT_STOP_SPAN};
    bool good = history_begin(h, err);
    *first_ms = *last_ms = 0;
    for (size_t table = 0; good && table < 2; table++) {
        struct nodes nodes = {.count = 0};
        good = find_nodes(h, paths[table], "", true, &nodes, err);
        for (size_t i = 0; good && i < nodes.count; i++) {
            sqlite3_stmt *stmt = history_stmt(h, spans[table], err);
            if (stmt)
                sqlite3_bind_text(stmt, 1, nodes.rows[i].path, -1, SQLITE_STATIC);
            int rc = stmt ? history_row(h, stmt, err) : SQLITE_ERROR;
            int64_t first = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0, last = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 1) : 0;
            good = rc == SQLITE_ROW || rc == SQLITE_DONE;
            if (good)
                history_done(stmt);
            if (first && (*first_ms == 0 || first < *first_ms))
                *first_ms = first;
            *last_ms = last > *last_ms ? last : *last_ms;
            good = good && history_breathe(h, err);
        }
        free(nodes.rows);
    }
    return good && history_end(h, err);
}
