/*
 * What meters measured, added up. Days are read in their order, all meters of a day together, because so they lie in the file; or one by one, when few meters are wanted
 * of many. Where the packed day knows more than may be known, its facts are added up instead. A struct reading has the rows (struct sum) of each meter, in order of
 * time: those of one step together, told apart by their groups.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"
#include "io/history_energy.h"
#include "io/store_schema.h"

enum { FEW = 8 /* one in so many meters: sought, not gone through */, NO_WORK = UINT32_MAX };

/* A context as it is told, and the first of those that are one row with it. */
struct work { int64_t id; uint32_t group; struct energy_cell cell; };

struct sum {
    int64_t step_ms;          /* which step: a number that rises with time */
    uint32_t group, work;     /* of works; work: that of the first that was added. NO_WORK: not looked at */
    int64_t work_id, from_ms, to_ms;
    struct energy energy;
    double cost, carbon, peak;
    int64_t peak_ms, quarter_ms; /* the quarter that was added to last */
    double quarter_amount;
    int64_t quarter_valid_ms;
};

struct metered {
    uint32_t meter;           /* of the plant */
    uint16_t price, carbon;   /* rows of `today`; NO_TARIFF: none */
    int64_t id;
    char path[KEY_BYTES];
    struct sum *sums;
    size_t count, capacity, newest;
};

struct reading {
    struct history *h;
    const struct energy_query *query;
    struct error *err;
    int64_t until_seq, from_ms, to_ms;
    struct metered *meters;   /* by path */
    size_t count;
    uint32_t *by_id;          /* index and 1; 0: not wanted */
    size_t ids;               /* its length */
    struct today today;
    struct work *works;
    size_t work_count, work_capacity;
    struct hash_index by_work, by_group;
    struct energy_day day;
};

/* ---- contexts ---- */

static bool is_work(const void *context, uint32_t number, const void *key)
{
    return ((const struct reading *)context)->works[number].id == *(const int64_t *)key;
}

static bool same_group(const struct reading *r, const struct energy_cell *a, const struct energy_cell *b)
{
    switch (r->query->by) {
    case BY_SHIFT: return a->shift_ms == b->shift_ms && strcmp(a->shift, b->shift) == 0;
    case BY_PRODUCT: return strcmp(a->product, b->product) == 0;
    case BY_CREW: return strcmp(a->crew, b->crew) == 0;
    case BY_ORDER: return strcmp(a->order, b->order) == 0;
    default: return true;
    }
}

static bool is_group(const void *context, uint32_t number, const void *key)
{
    const struct reading *r = context;
    return same_group(r, &r->works[number].cell, key);
}

static uint64_t group_hash(const struct reading *r, const struct energy_cell *c)
{
    const char *text = r->query->by == BY_SHIFT ? c->shift : r->query->by == BY_PRODUCT ? c->product : r->query->by == BY_CREW ? c->crew : r->query->by == BY_ORDER ? c->order : "";
    return hash_bytes(text, strlen(text)) ^ (r->query->by == BY_SHIFT ? (uint64_t)c->shift_ms * UINT64_C(0x9E3779B97F4A7C15) : 0);
}

static void text_of(sqlite3_stmt *stmt, int column, char *out, size_t cap)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    size_t length = text ? (size_t)sqlite3_column_bytes(stmt, column) : 0;
    length = length < cap ? length : cap - 1;
    if (length)
        memcpy(out, text, length);
    out[length] = '\0';
}

/* Index in works, NO_WORK when the file cannot be read; one that is not there is empty. Within a transaction. */
static uint32_t work_of(struct reading *r, int64_t id)
{
    uint64_t hash = hash_bytes(&id, sizeof id);
    uint32_t found = hash_index_find(&r->by_work, hash, is_work, r, &id);
    if (found != HASH_INDEX_NONE)
        return found;
    struct work work = {.id = id};
    struct energy_cell *c = &work.cell;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_WORK, r->err);
    if (!stmt)
        return NO_WORK;
    sqlite3_bind_int64(stmt, 1, id);
    int rc = history_row(r->h, stmt, r->err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return NO_WORK;
    if (rc == SQLITE_ROW) {
        c->shift_ms = sqlite3_column_int64(stmt, 0);
        c->day = sqlite3_column_int(stmt, 1);
        c->planned = sqlite3_column_int(stmt, 2) != 0;
        text_of(stmt, 3, c->shift, sizeof c->shift);
        text_of(stmt, 4, c->crew, sizeof c->crew);
        text_of(stmt, 5, c->product, sizeof c->product);
        text_of(stmt, 6, c->order, sizeof c->order);
    }
    history_done(stmt);
    uint32_t number = (uint32_t)r->work_count;
    uint64_t group = group_hash(r, c);
    work.group = hash_index_find(&r->by_group, group, is_group, r, c);
    bool first = work.group == HASH_INDEX_NONE;
    work.group = first ? number : work.group;
    r->works = mem_grow(r->works, r->work_count, &r->work_capacity, sizeof *r->works);
    r->works[r->work_count++] = work;
    hash_index_add(&r->by_work, hash, number);
    if (first)
        hash_index_add(&r->by_group, group, number);
    return number;
}

/* ---- rows ---- */

static struct sum *newest_sum(struct metered *m, int64_t step_ms)
{
    struct sum *sum = m->count ? &m->sums[m->newest] : NULL;
    return sum && sum->step_ms == step_ms ? sum : NULL;
}

static struct sum *sum_begin(struct metered *m, int64_t step_ms, uint32_t group, int64_t work_id)
{
    m->sums = mem_grow(m->sums, m->count, &m->capacity, sizeof *m->sums);
    m->newest = m->count++;
    m->sums[m->newest] = (struct sum){.step_ms = step_ms, .group = group, .work_id = work_id, .from_ms = INT64_MAX, .to_ms = INT64_MIN, .peak = NAN, .quarter_ms = INT64_MIN};
    return &m->sums[m->newest];
}

/* By nothing: steps follow each other. */
static struct sum *sum_of_step(struct metered *m, int64_t step_ms, int64_t work_id)
{
    struct sum *sum = newest_sum(m, step_ms);
    return sum ? sum : sum_begin(m, step_ms, 0, work_id);
}

/* By something: those of one step, of which there are few but for whole years, by the index of groups. */
static struct sum *sum_of_group(struct metered *m, int64_t step_ms, uint32_t group, int64_t work_id)
{
    struct sum *sum = newest_sum(m, step_ms);
    if (sum && sum->group == group)
        return sum;
    for (size_t i = m->count; i-- > 0 && m->sums[i].step_ms == step_ms;)
        if (m->sums[i].group == group) {
            m->newest = i;
            return &m->sums[i];
        }
    return sum_begin(m, step_ms, group, work_id);
}

static void widen(struct sum *sum, int64_t from_ms, int64_t to_ms)
{
    sum->from_ms = from_ms < sum->from_ms ? from_ms : sum->from_ms;
    sum->to_ms = to_ms > sum->to_ms ? to_ms : sum->to_ms;
}

static void raise_peak(struct sum *sum, double peak, int64_t peak_ms)
{
    if (isfinite(peak) && !(peak <= sum->peak)) {
        sum->peak = peak;
        sum->peak_ms = peak_ms;
    }
}

/* Of a row's cells in one quarter. */
static void add_to_quarter(struct sum *sum, int64_t quarter_ms, const struct energy *e)
{
    if (sum->quarter_ms != quarter_ms) {
        sum->quarter_ms = quarter_ms;
        sum->quarter_amount = 0;
        sum->quarter_valid_ms = 0;
    }
    sum->quarter_amount += e->amount;
    sum->quarter_valid_ms += e->valid_ms;
    if (sum->quarter_valid_ms >= METER_QUARTER_MS)
        raise_peak(sum, sum->quarter_amount * 4, quarter_ms);
}

static bool add_slot(struct reading *r, struct metered *m, const struct energy_slot *s)
{
    int64_t from_ms = r->today.start_ms + s->from_ms;
    int quarter = s->from_ms / METER_QUARTER_MS;
    if (from_ms < r->from_ms || from_ms >= r->to_ms)
        return true;
    uint32_t work = r->query->by == BY_NOTHING ? 0 : work_of(r, s->work);
    if (work == NO_WORK)
        return false;
    int64_t step = r->today.steps[quarter];
    struct sum *sum = r->query->by == BY_NOTHING ? sum_of_step(m, step, s->work) : sum_of_group(m, step, r->works[work].group, s->work);
    widen(sum, from_ms, r->today.start_ms + s->to_ms);
    energy_add(&sum->energy, &s->sum);
    bool any = s->sum.amount < 0 || s->sum.amount > 0; /* nothing costs nothing, whatever the price */
    if (any && m->price != NO_TARIFF)
        sum->cost += s->sum.amount * today_prices(&r->today, m->price)->each[quarter]; /* what is unknown in one part is unknown in the sum */
    if (any && m->carbon != NO_TARIFF)
        sum->carbon += s->sum.amount * today_carbons(&r->today, m->carbon)->each[quarter];
    add_to_quarter(sum, r->today.start_ms + quarter * (int64_t)METER_QUARTER_MS, &s->sum);
    return true;
}

static bool add_slots(struct reading *r, struct metered *m)
{
    for (size_t i = 0; i < r->day.count; i++)
        if (!add_slot(r, m, &r->day.slots[i]))
            return false;
    return true;
}

/* Where a price is unknown, only what costs nothing may lie. */
static bool is_simple(struct reading *r, const struct metered *m)
{
    return r->today.one_step && r->query->by == BY_NOTHING && (m->price == NO_TARIFF || today_prices(&r->today, m->price)->whole)
        && (m->carbon == NO_TARIFF || today_carbons(&r->today, m->carbon)->whole);
}

/* Of a whole day by nothing its head is enough, but for prices that change in it. */
static void add_head(struct reading *r, struct metered *m, const struct energy_day_head *head, const void *bytes, size_t length)
{
    struct sum *sum = sum_of_step(m, r->today.steps[0], head->work);
    widen(sum, r->today.start_ms + head->from_ms, r->today.start_ms + head->to_ms);
    energy_add(&sum->energy, &head->sum);
    raise_peak(sum, head->peak, r->today.start_ms + head->peak_ms);
    for (int i = 0; i < 2; i++) {
        uint16_t of = i ? m->carbon : m->price;
        if (of == NO_TARIFF)
            continue;
        const struct weights *w = i ? today_carbons(&r->today, of) : today_prices(&r->today, of);
        *(i ? &sum->carbon : &sum->cost) += w->flat ? head->sum.amount * w->each[0] : energy_day_weigh(bytes, length, w->each);
    }
}

/* ---- days ---- */

static bool add_facts(struct reading *r, struct metered *m)
{
    int rc;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY, r->err);
    if (!stmt)
        return false;
    energy_day_clear(&r->day);
    sqlite3_bind_int64(stmt, 1, r->today.start_ms);
    sqlite3_bind_int64(stmt, 2, m->id);
    sqlite3_bind_int64(stmt, 3, r->until_seq);
    while ((rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW) {
        const struct energy sum = {.amount = sqlite3_column_double(stmt, 3), .reactive = sqlite3_column_double(stmt, 4), .leading = sqlite3_column_double(stmt, 5),
            .idle = sqlite3_column_double(stmt, 6), .estimated = sqlite3_column_double(stmt, 7), .valid_ms = sqlite3_column_int64(stmt, 8),
            .missing_ms = sqlite3_column_int64(stmt, 9), .running_ms = sqlite3_column_int64(stmt, 10)};
        energy_day_add(&r->day, (int32_t)(sqlite3_column_int64(stmt, 0) - r->today.start_ms), (int32_t)(sqlite3_column_int64(stmt, 1) - r->today.start_ms),
            (uint32_t)sqlite3_column_int64(stmt, 2), &sum);
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return add_slots(r, m);
}

/* ENERGY_DAY_COLUMNS in history.c: id, last_seq, gone, quarters. */
static bool add_day(struct reading *r, sqlite3_stmt *stmt, struct metered *m, int64_t start_ms)
{
    struct energy_day_head head;
    bool gone = sqlite3_column_int(stmt, 2) != 0;
    today_begin(&r->today, start_ms);
    if (sqlite3_column_int64(stmt, 1) > r->until_seq && !gone)
        return add_facts(r, m);
    const void *bytes = sqlite3_column_blob(stmt, 3);
    size_t length = (size_t)sqlite3_column_bytes(stmt, 3);
    bool good = energy_day_read_head(bytes, length, &head);
    if (good && head.count == 0)
        return true;
    bool whole = start_ms + head.from_ms >= r->from_ms && start_ms + DAY_MS <= r->to_ms;
    if (good && whole && is_simple(r, m)) {
        add_head(r, m, &head, bytes, length);
        return true;
    }
    if (good && energy_day_unpack(&r->day, bytes, length))
        return add_slots(r, m);
    r->h->damaged++;
    return gone || add_facts(r, m);
}

/* Goes through all days of all meters. */
static bool read_all(struct reading *r)
{
    int64_t last = floor_to(r->from_ms, DAY_MS) / DAY_MS * SCHEMA_METERS - 1, end = floor_to(r->to_ms - 1, DAY_MS) / DAY_MS * SCHEMA_METERS + SCHEMA_METERS;
    int rc = SQLITE_ROW;
    while (rc == SQLITE_ROW) {
        sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY_DAYS, r->err);
        if (!stmt)
            return false;
        sqlite3_bind_int64(stmt, 1, last);
        sqlite3_bind_int64(stmt, 2, end);
        for (int count = 0; (rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW;) {
            last = sqlite3_column_int64(stmt, 0);
            int64_t start_ms = floor_to(last, SCHEMA_METERS), id = last - start_ms;
            start_ms = start_ms / SCHEMA_METERS * DAY_MS;
            uint32_t m = (size_t)id < r->ids ? r->by_id[id] : 0;
            if (m && !add_day(r, stmt, &r->meters[m - 1], start_ms))
                return false;
            if (++count % 64 == 0 && history_overdue(r->h))
                break;
        }
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        history_done(stmt);
        if (!history_breathe(r->h, r->err))
            return false;
    }
    return true;
}

/* Seeks each. */
static bool read_few(struct reading *r)
{
    for (int64_t day = floor_to(r->from_ms, DAY_MS); day < r->to_ms; day += DAY_MS) {
        for (size_t i = 0; i < r->count; i++) {
            sqlite3_stmt *stmt = r->meters[i].id ? history_stmt(r->h, STMT_ENERGY_DAY, r->err) : NULL;
            if (!stmt && r->meters[i].id)
                return false;
            if (!stmt)
                continue;
            sqlite3_bind_int64(stmt, 1, day / DAY_MS * SCHEMA_METERS + r->meters[i].id);
            int rc = history_row(r->h, stmt, r->err);
            if ((rc != SQLITE_ROW && rc != SQLITE_DONE) || (rc == SQLITE_ROW && !add_day(r, stmt, &r->meters[i], day)))
                return false;
            history_done(stmt);
        }
        if (!history_breathe(r->h, r->err))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct metered *)a)->path, ((const struct metered *)b)->path);
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
}

/* Their ids, and how many meters there are. */
static bool number_meters(struct reading *r, size_t *known)
{
    int rc;
    *known = 0;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_METERS, r->err);
    if (!stmt)
        return false;
    for (size_t i = 0; (rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW; (*known)++) {
        const char *path = (const char *)sqlite3_column_text(stmt, 1);
        while (path && i < r->count && strcmp(r->meters[i].path, path) < 0)
            i++;
        if (!path || i == r->count || strcmp(r->meters[i].path, path) != 0)
            continue;
        r->meters[i].id = sqlite3_column_int64(stmt, 0);
        r->ids = (size_t)r->meters[i].id >= r->ids ? (size_t)r->meters[i].id + 1 : r->ids;
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    r->by_id = mem_zero(r->ids + 1, sizeof *r->by_id);
    for (size_t i = 0; i < r->count; i++)
        if (r->meters[i].id)
            r->by_id[r->meters[i].id] = (uint32_t)i + 1;
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
    size_t known;
    bool any;
    if (!history_begin(r->h, r->err) || !history_limit(r->h, r->query->until_seq, &r->until_seq, r->err) || !number_meters(r, &known) || !clip(r, &any))
        return false;
    if (any && r->ids && !(r->count * FEW < known ? read_few(r) : read_all(r)))
        return false;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->meters[i].count; k++) {
            struct sum *sum = &r->meters[i].sums[k];
            sum->work = work_of(r, sum->work_id);
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
        free(r.meters[i].sums);
    free(r.meters);
    free(r.by_id);
    free(r.works);
    today_finish(&r.today);
    hash_index_finish(&r.by_work);
    hash_index_finish(&r.by_group);
    energy_day_finish(&r.day);
    return good;
}

/* The first and last moment of all meters on one day. */
static bool span_of_day(struct history *h, int64_t start_ms, int64_t *first_ms, int64_t *last_ms, struct error *err)
{
    int rc;
    sqlite3_stmt *stmt = history_stmt(h, STMT_ENERGY_DAYS, err);
    *first_ms = INT64_MAX;
    *last_ms = INT64_MIN;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, start_ms / DAY_MS * SCHEMA_METERS - 1);
    sqlite3_bind_int64(stmt, 2, start_ms / DAY_MS * SCHEMA_METERS + SCHEMA_METERS);
    while ((rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        struct energy_day_head head;
        if (!energy_day_read_head(sqlite3_column_blob(stmt, 3), (size_t)sqlite3_column_bytes(stmt, 3), &head) || head.count == 0)
            head = (struct energy_day_head){.to_ms = ENERGY_DAY_MS};
        *first_ms = start_ms + head.from_ms < *first_ms ? start_ms + head.from_ms : *first_ms;
        *last_ms = start_ms + head.to_ms > *last_ms ? start_ms + head.to_ms : *last_ms;
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

bool history_energy_span(struct history *h, int64_t *first_ms, int64_t *last_ms, struct error *err)
{
    struct energy_query none = {.from_ms = INT64_MIN / 2, .to_ms = INT64_MAX / 2};
    struct reading r = {.h = h, .query = &none, .err = err};
    int64_t first = 0, last = 0, unused;
    bool any;
    if (!history_begin(h, err) || !clip(&r, &any))
        return false;
    if (any && (!span_of_day(h, r.from_ms, &first, &unused, err) || !span_of_day(h, r.to_ms - DAY_MS, &unused, &last, err)))
        return false;
    *first_ms = first;
    *last_ms = last;
    return history_end(h, err);
}
