/*
 * What meters measured, added up: which meters a question is about, which meters in the cache tell of them, and the answer. history_energy_days.c reads days, in their order, all
 * meters of a day together, because so they lie in the file; history_energy_rows.c adds them up.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/energy_price.h"
#include "core/memory.h"
#include "io/history_energy.h"
#include "io/store_schema.h"

/* Of meters and feeds: their paths come first. */
static int by_path(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void add_feed(struct reading *r, uint32_t meter, uint32_t metered)
{
    r->feeds = mem_grow(r->feeds, r->feed_count, &r->feed_capacity, sizeof *r->feeds);
    struct feed *feed = &r->feeds[r->feed_count++];
    *feed = (struct feed){.metered = metered};
    plant_meter_key(r->query->plant, meter, feed->path, sizeof feed->path);
}

/* A sum is told from the meters under it, by the tree of now. */
static void feed_meters(struct reading *r)
{
    const struct plant *plant = r->query->plant;
    uint32_t *leaves = mem_resize(NULL, plant->meter_count + 1, sizeof *leaves);
    for (uint32_t i = 0; i < r->count; i++) {
        struct metered *m = &r->meters[i];
        size_t count = energy_leaves(plant, m->meter, leaves, plant->meter_count);
        if (plant->meters[m->meter].kind == METER_SUM) {
            m->together = mem_zero(1, sizeof *m->together);
            m->together->leaves = (uint32_t)count;
        }
        for (size_t k = 0; k < count; k++)
            add_feed(r, leaves[k], i);
    }
    free(leaves);
    if (r->feed_count)
        qsort(r->feeds, r->feed_count, sizeof *r->feeds, by_path);
    for (size_t i = 1; i < r->feed_count; i++)
        if (strcmp(r->feeds[i].path, r->feeds[i - 1].path) == 0)
            r->feeds[i - 1].next = (uint32_t)i + 1;
}

static void name_meters(struct reading *r)
{
    const struct energy_query *q = r->query;
    const struct plant *plant = q->plant;
    r->meters = mem_zero(q->meter_count + 1, sizeof *r->meters);
    for (size_t i = 0; i < q->meter_count; i++) {
        struct metered *m = &r->meters[r->count++];
        const struct meter *meter = &plant->meters[q->meters[i]];
        bool emission = meter->kind == METER_EMISSION;
        m->meter = q->meters[i];
        m->price = emission ? NO_TARIFF : plant->carriers[meter->carrier].tariff;
        m->carbon = emission || plant->carriers[meter->carrier].factor_count == 0 ? NO_TARIFF : meter->carrier;
        plant_meter_key(plant, m->meter, m->path, sizeof m->path);
    }
    if (r->count)
        qsort(r->meters, r->count, sizeof *r->meters, by_path);
    feed_meters(r);
}

/* Their ids, and how many meters there are. */
static bool number_meters(struct reading *r)
{
    int rc;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_METERS, r->err);
    if (!stmt)
        return false;
    for (size_t i = 0; (rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW; r->known++) {
        const char *path = (const char *)sqlite3_column_text(stmt, 1);
        while (path && i < r->feed_count && strcmp(r->feeds[i].path, path) < 0)
            i++;
        if (!path || i == r->feed_count || strcmp(r->feeds[i].path, path) != 0)
            continue;
        r->feeds[i].id = sqlite3_column_int64(stmt, 0);
        r->ids = (size_t)r->feeds[i].id >= r->ids ? (size_t)r->feeds[i].id + 1 : r->ids;
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    r->by_id = mem_zero(r->ids + 1, sizeof *r->by_id);
    for (size_t i = r->feed_count; i-- > 0;)
        if (r->feeds[i].id) { /* the first of its path */
            r->by_id[r->feeds[i].id] = (uint32_t)i + 1;
            r->sought++;
        }
    return true;
}

/* Which sums the cache keeps days of. */
static bool number_sums(struct reading *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct metered *m = &r->meters[i];
        if (!m->together)
            continue;
        sqlite3_stmt *stmt = history_stmt(r->h, STMT_SUM, r->err);
        if (!stmt)
            return false;
        sqlite3_bind_int64(stmt, 1, (int64_t)energy_leaves_id(r->query->plant, m->meter));
        int rc = history_row(r->h, stmt, r->err);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        m->sum_id = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
        history_done(stmt);
    }
    return true;
}

/* The days that there are; false in *any: none. */
static bool clip(struct reading *r, bool *any)
{
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY_SPAN, r->err);
    *any = false;
    if (!stmt || history_row(r->h, stmt, r->err) != SQLITE_ROW)
        return false;
    if (sqlite3_column_type(stmt, 0) != SQLITE_NULL) {
        int64_t first = floor_to(sqlite3_column_int64(stmt, 0), SCHEMA_METERS) / SCHEMA_METERS * DAY_MS, end = floor_to(sqlite3_column_int64(stmt, 1), SCHEMA_METERS) / SCHEMA_METERS * DAY_MS + DAY_MS;
        r->from_ms = r->query->from_ms > first ? r->query->from_ms : first;
        r->to_ms = r->query->to_ms < end ? r->query->to_ms : end;
        *any = r->from_ms < r->to_ms;
    }
    history_done(stmt);
    return true;
}

static bool read_energy(struct reading *r)
{
    bool any;
    if (!history_begin(r->h, r->err) || !history_limit(r->h, r->query->until_seq, &r->until_seq, r->err) || !number_meters(r) || !number_sums(r) || !clip(r, &any))
        return false;
    if (any && r->ids && !reading_days(r))
        return false;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->meters[i].count; k++) {
            struct sum *sum = &r->meters[i].sums[k];
            sum->work = reading_work(r, sum->work_id);
            if (sum->work == NO_WORK || (k % 64 == 63 && !history_breathe(r->h, r->err)))
                return false;
        }
    return history_end(r->h, r->err);
}

static int by_name(const struct energy_cell *a, const struct energy_cell *b, enum account_by by)
{
    switch (by) {
    case BY_SHIFT: return (a->shift_ms > b->shift_ms) - (a->shift_ms < b->shift_ms);
    case BY_PRODUCT: return strcmp(a->product, b->product);
    case BY_CREW: return strcmp(a->crew, b->crew);
    case BY_ORDER: return strcmp(a->order, b->order);
    case BY_CELL: return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
    default: return 0;
    }
}

static void tell(const struct reading *r, const struct metered *m, const struct sum *sum, struct energy_row *row)
{
    *row = (struct energy_row){.cell = r->works[sum->work].cell, .cost = m->price == NO_TARIFF ? NAN : sum->cost, .carbon = m->carbon == NO_TARIFF ? NAN : sum->carbon,
        .peak = sum->peak, .peak_ms = sum->peak_ms};
    memcpy(row->path, m->path, sizeof row->path);
    row->cell.from_ms = sum->from_ms;
    row->cell.to_ms = sum->to_ms;
    row->cell.sum = sum->energy;
}

/* Rows of one step by name: they are few, or almost in order. */
static void sort_in(struct energy_row *rows, size_t first, size_t at, enum account_by by)
{
    struct energy_row row = rows[at];
    size_t to = at;
    while (to > first && by_name(&rows[to - 1].cell, &row.cell, by) > 0)
        to--;
    if (to == at)
        return;
    memmove(rows + to + 1, rows + to, (at - to) * sizeof *rows);
    rows[to] = row;
}

static void tell_all(const struct reading *r, struct energy_row **rows, size_t *count)
{
    size_t all = 0, at = 0;
    for (size_t i = 0; i < r->count; i++)
        all += r->meters[i].count;
    *rows = mem_resize(NULL, all + 1, sizeof **rows);
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0, first = at; k < r->meters[i].count; k++) {
            if (k > 0 && r->meters[i].sums[k].step_ms != r->meters[i].sums[k - 1].step_ms)
                first = at;
            tell(r, &r->meters[i], &r->meters[i].sums[k], &(*rows)[at]);
            if (r->query->by != BY_NOTHING)
                sort_in(*rows, first, at, r->query->by);
            at++;
        }
    *count = all;
}

bool history_energy(struct history *h, const struct energy_query *query, struct energy_row **rows, size_t *count, struct error *err)
{
    struct reading r = {.h = h, .query = query, .err = err};
    today_init(&r.today, query->plant, query->step);
    name_meters(&r);
    bool good = read_energy(&r);
    if (good)
        tell_all(&r, rows, count);
    for (size_t i = 0; i < r.count; i++)
        free(r.meters[i].sums), free(r.meters[i].together);
    for (size_t i = 0; i < r.feed_count; i++)
        free(r.feeds[i].kept.bytes);
    free(r.meters);
    free(r.feeds);
    free(r.by_id);
    free(r.works);
    today_finish(&r.today);
    hash_index_finish(&r.by_work);
    hash_index_finish(&r.by_group);
    energy_day_finish(&r.day);
    return good;
}
