/*
 * What meters measured, added up. Days are read in their order, all meters of a day together, because so they lie in the file; or one by one, when few meters are wanted
 * of many. Where the packed day knows more than may be known, its facts are added up instead. A struct reading has the rows (struct sum) of each meter, in order of
 * time: those of one step together, told apart by their groups.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/energy_price.h"
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

/* Of a sum: what the meters under it have in the quarters of the day at hand. */
struct together { uint32_t leaves; bool any; struct energy_quarters quarters; };

struct metered {
    char path[KEY_BYTES];
    uint32_t meter;           /* of the plant */
    struct together *together; /* NULL: it measures by itself */
    uint16_t price, carbon;   /* rows of `today`; NO_TARIFF: none */
    struct sum *sums;
    size_t count, capacity, newest;
};

/* A meter in the cache, and what is added up from it: itself, sums above it. */
struct feed { char path[KEY_BYTES]; int64_t id; uint32_t metered, next; };

struct reading {
    struct history *h;
    const struct energy_query *query;
    struct error *err;
    int64_t until_seq, from_ms, to_ms;
    struct metered *meters;   /* by path */
    size_t count;
    struct feed *feeds;       /* by path; those of one path are linked by `next`, an index and 1 */
    size_t feed_count, feed_capacity;
    uint32_t *by_id;          /* the first feed's index and 1; 0: not wanted */
    size_t ids, sought;       /* its length; how many are wanted */
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
    case BY_CELL: return a == b; /* each context is by itself */
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
    if (r->query->by == BY_CELL)
        return (uint64_t)r->work_count; /* any: none is looked for again */
    const char *text = r->query->by == BY_SHIFT ? c->shift : r->query->by == BY_PRODUCT ? c->product : r->query->by == BY_CREW ? c->crew : r->query->by == BY_ORDER ? c->order : "";
    return hash_bytes(text, strlen(text)) ^ (r->query->by == BY_SHIFT ? (uint64_t)c->shift_ms * UINT64_C(0x9E3779B97F4A7C15) : 0);
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
        column_text_into(stmt, 3, c->shift, sizeof c->shift);
        column_text_into(stmt, 4, c->crew, sizeof c->crew);
        column_text_into(stmt, 5, c->product, sizeof c->product);
        column_text_into(stmt, 6, c->order, sizeof c->order);
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

/* Steps are in order of time, and come so but for the meters of a sum, which follow each other through each day. */
static struct sum *sum_of(struct metered *m, int64_t step_ms, uint32_t group, int64_t work_id)
{
    if (m->count && m->sums[m->newest].step_ms == step_ms && m->sums[m->newest].group == group)
        return &m->sums[m->newest];
    size_t at = m->count;
    for (; at > 0 && m->sums[at - 1].step_ms > step_ms; at--)
        continue;
    for (size_t i = at; i-- > 0 && m->sums[i].step_ms == step_ms;)
        if (m->sums[i].group == group) {
            m->newest = i;
            return &m->sums[i];
        }
    m->sums = mem_grow(m->sums, m->count, &m->capacity, sizeof *m->sums);
    memmove(m->sums + at + 1, m->sums + at, (m->count++ - at) * sizeof *m->sums);
    m->newest = at;
    m->sums[at] = (struct sum){.step_ms = step_ms, .group = group, .work_id = work_id, .from_ms = INT64_MAX, .to_ms = INT64_MIN, .peak = NAN, .quarter_ms = INT64_MIN};
    return &m->sums[at];
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

static bool is_within(const struct reading *r, const struct energy_slot *s)
{
    int64_t from_ms = r->today.start_ms + s->from_ms;
    return from_ms >= r->from_ms && from_ms < r->to_ms;
}

/* Slots that follow each other within one row. */
static void add_run(struct reading *r, struct metered *m, struct sum *sum, const struct energy_slot *slots, size_t count)
{
    const double *prices = m->price == NO_TARIFF ? NULL : today_prices(&r->today, m->price)->each, *carbons = m->carbon == NO_TARIFF ? NULL : today_carbons(&r->today, m->carbon)->each;
    double cost = 0, carbon = 0;
    for (size_t i = 0; i < count; i++) {
        const struct energy_slot *s = &slots[i];
        int quarter = s->from_ms / METER_QUARTER_MS;
        widen(sum, r->today.start_ms + s->from_ms, r->today.start_ms + s->to_ms);
        energy_add(&sum->energy, &s->sum);
        if (s->sum.amount < 0 || s->sum.amount > 0) { /* nothing costs nothing, whatever the price; what is unknown in one part is unknown in the sum */
            cost += prices ? s->sum.amount * prices[quarter] : 0;
            carbon += carbons ? s->sum.amount * carbons[quarter] : 0;
        }
        if (m->together)
            energy_quarters_add(&m->together->quarters, s);
        else
            add_to_quarter(sum, r->today.start_ms + quarter * (int64_t)METER_QUARTER_MS, &s->sum);
    }
    sum->cost += cost;
    sum->carbon += carbon;
}

static bool add_slots(struct reading *r, struct metered *m)
{
    const struct energy_slot *slots = r->day.slots;
    for (size_t i = 0, end; i < r->day.count; i = end) {
        int64_t step = r->today.steps[slots[i].from_ms / METER_QUARTER_MS];
        bool apart = r->query->by != BY_NOTHING;
        for (end = i + 1; end < r->day.count && r->today.steps[slots[end].from_ms / METER_QUARTER_MS] == step && (!apart || slots[end].work == slots[i].work) &&
             is_within(r, &slots[end]) == is_within(r, &slots[i]);)
            end++;
        if (!is_within(r, &slots[i]))
            continue;
        uint32_t work = apart ? work_of(r, slots[i].work) : 0;
        if (work == NO_WORK)
            return false;
        add_run(r, m, sum_of(m, step, apart ? r->works[work].group : 0, slots[i].work), slots + i, end - i);
    }
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
    struct sum *sum = sum_of(m, r->today.steps[0], 0, head->work);
    widen(sum, r->today.start_ms + head->from_ms, r->today.start_ms + head->to_ms);
    energy_add(&sum->energy, &head->sum);
    if (m->together)
        energy_quarters_gather(&m->together->quarters, bytes, length, &r->day);
    else
        raise_peak(sum, head->peak, r->today.start_ms + head->peak_ms);
    for (int i = 0; i < 2; i++) {
        uint16_t of = i ? m->carbon : m->price;
        if (of == NO_TARIFF)
            continue;
        const struct weights *w = i ? today_carbons(&r->today, of) : today_prices(&r->today, of);
        *(i ? &sum->carbon : &sum->cost) += w->flat ? head->sum.amount * w->each[0] : energy_day_weigh(bytes, length, w->each);
    }
}

/* Peaks of sums, when a day is through: of quarters that all of their meters cover. */
static void end_day(struct reading *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct metered *m = &r->meters[i];
        struct together *t = m->together;
        if (!t || !t->any)
            continue;
        for (int q = 0; q < ENERGY_DAY_QUARTERS && r->query->by == BY_NOTHING; q++)
            if (t->quarters.valid_ms[q] >= t->leaves * (int64_t)METER_QUARTER_MS)
                raise_peak(sum_of(m, r->today.steps[q], 0, 0), t->quarters.amount[q] * 4, r->today.start_ms + q * (int64_t)METER_QUARTER_MS);
        t->quarters = (struct energy_quarters){.amount = {0}};
        t->any = false;
    }
}

/* ---- days ---- */

static bool read_facts(struct reading *r, int64_t id)
{
    int rc;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY, r->err);
    if (!stmt)
        return false;
    energy_day_clear(&r->day);
    sqlite3_bind_int64(stmt, 1, r->today.start_ms);
    sqlite3_bind_int64(stmt, 2, id);
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
    return true;
}

/* Packed bytes that may be known, or NULL: then r->day has what may. */
static bool open_day(struct reading *r, sqlite3_stmt *stmt, int64_t id, struct energy_day_head *head, const void **bytes, size_t *length)
{
    bool gone = sqlite3_column_int(stmt, 2) != 0, known = sqlite3_column_int64(stmt, 1) <= r->until_seq || gone;
    *bytes = known ? sqlite3_column_blob(stmt, 3) : NULL;
    *length = (size_t)sqlite3_column_bytes(stmt, 3);
    if (known && energy_day_read_head(*bytes, *length, head))
        return true;
    r->h->damaged += known;
    *bytes = NULL;
    return read_facts(r, id);
}

/* ENERGY_DAY_COLUMNS in history.c: id, last_seq, gone, quarters. */
static bool add_day(struct reading *r, sqlite3_stmt *stmt, const struct feed *feed, int64_t start_ms)
{
    struct energy_day_head head = {.count = 0};
    const void *bytes;
    size_t length;
    if (r->today.start_ms != start_ms)
        end_day(r);
    today_begin(&r->today, start_ms);
    if (!open_day(r, stmt, feed->id, &head, &bytes, &length))
        return false;
    bool whole = bytes && start_ms + head.from_ms >= r->from_ms && start_ms + DAY_MS <= r->to_ms, unpacked = !bytes;
    for (;; feed = &r->feeds[feed->next - 1]) {
        struct metered *m = &r->meters[feed->metered];
        if (m->together)
            m->together->any = true;
        if (whole && head.count && is_simple(r, m)) {
            add_head(r, m, &head, bytes, length);
            unpacked = unpacked && !m->together; /* that took the day for its own */
        } else {
            if (!unpacked && !(unpacked = energy_day_unpack(&r->day, bytes, length))) {
                r->h->damaged++;
                if (!(unpacked = read_facts(r, feed->id)))
                    return false;
            }
            if (!add_slots(r, m))
                return false;
        }
        if (!feed->next)
            return true;
    }
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
            uint32_t feed = (size_t)id < r->ids ? r->by_id[id] : 0;
            if (feed && !add_day(r, stmt, &r->feeds[feed - 1], start_ms))
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
        for (size_t i = 0; i < r->feed_count; i++) {
            int64_t id = r->feeds[i].id;
            if (id == 0 || r->by_id[id] != i + 1)
                continue;
            sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY_DAY, r->err);
            if (!stmt)
                return false;
            sqlite3_bind_int64(stmt, 1, day / DAY_MS * SCHEMA_METERS + id);
            int rc = history_row(r->h, stmt, r->err);
            if ((rc != SQLITE_ROW && rc != SQLITE_DONE) || (rc == SQLITE_ROW && !add_day(r, stmt, &r->feeds[i], day)))
                return false;
            history_done(stmt);
        }
        if (!history_breathe(r->h, r->err))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

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
static bool number_meters(struct reading *r, size_t *known)
{
    int rc;
    *known = 0;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_METERS, r->err);
    if (!stmt)
        return false;
    for (size_t i = 0; (rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW; (*known)++) {
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
    if (any && r->ids && !(r->sought * FEW < known ? read_few(r) : read_all(r)))
        return false;
    end_day(r);
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
