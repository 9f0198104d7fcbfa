/*
 * Facts of meters, in the transaction of the batch that they follow from. Each is a row of `energy` and is added to its packed day. The day that facts are being added
 * to is `filling`: facts of one day that come together are packed once. What was looked up is forgotten at the end, because a transaction
 * that fails takes the rows with it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/store_private.h"

static void bind_amount(sqlite3_stmt *st, int at, double amount)
{
    if (amount < 0 || amount > 0)
        sqlite3_bind_double(st, at, amount);
}

static void bind_count(sqlite3_stmt *st, int at, int64_t number)
{
    if (number)
        sqlite3_bind_int64(st, at, number);
}

/* Eight columns. */
static void bind_energy(sqlite3_stmt *st, int at, const struct energy *e)
{
#define BIND(name) bind_amount(st, at++, e->name);
    SCHEMA_AMOUNTS(BIND)
#undef BIND
    bind_count(st, at++, e->valid_ms);
    bind_count(st, at++, e->missing_ms);
    bind_count(st, at, e->running_ms);
}

/* ---- names ---- */

static int64_t inserted(struct store *store, enum statement put)
{
    store_step(store, put);
    return store->rc == SQLITE_OK ? sqlite3_last_insert_rowid(store->db) : 0;
}

static int64_t meter_of(struct store *store, const char *path)
{
    struct filling *f = &store->filling;
    if (f->path[0] && strcmp(f->path, path) == 0)
        return f->meter;
    sqlite3_bind_text(store_statement(store, ST_METER_GET), 1, path, -1, SQLITE_STATIC);
    int64_t meter = store_number(store, ST_METER_GET);
    if (meter == 0) {
        sqlite3_bind_text(store_statement(store, ST_METER_PUT), 1, path, -1, SQLITE_STATIC);
        meter = inserted(store, ST_METER_PUT);
    }
    snprintf(f->path, sizeof f->path, "%s", path);
    return meter;
}

static void bind_work(sqlite3_stmt *st, const struct energy_cell *c)
{
    sqlite3_bind_int64(st, 1, c->shift_ms);
    sqlite3_bind_int64(st, 2, c->day);
    sqlite3_bind_int(st, 3, c->planned);
    sqlite3_bind_text(st, 4, c->shift, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, c->crew, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 6, c->product, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 7, c->order, -1, SQLITE_STATIC);
}

static bool same_work(const struct energy_cell *a, const struct energy_cell *b)
{
    return a->shift_ms == b->shift_ms && a->day == b->day && a->planned == b->planned && strcmp(a->shift, b->shift) == 0 && strcmp(a->crew, b->crew) == 0 &&
           strcmp(a->product, b->product) == 0 && strcmp(a->order, b->order) == 0;
}

static int64_t work_of(struct store *store, const struct energy_cell *c)
{
    struct filling *f = &store->filling;
    if (f->work && same_work(&f->context, c))
        return f->work;
    bind_work(store_statement(store, ST_WORK_GET), c);
    int64_t work = store_number(store, ST_WORK_GET);
    if (work == 0) {
        bind_work(store_statement(store, ST_WORK_PUT), c);
        work = inserted(store, ST_WORK_PUT);
    }
    f->work = work;
    f->context = *c;
    return work;
}

/* ---- days ---- */

static int64_t day_of(int64_t ms)
{
    int64_t rest = ms % DAY_MS;
    return ms - (rest < 0 ? rest + DAY_MS : rest);
}

int64_t store_day_id(int64_t start_ms, int64_t meter)
{
    return start_ms / DAY_MS * SCHEMA_METERS + meter;
}

int64_t store_day_meter(int64_t id)
{
    return ((id % SCHEMA_METERS) + SCHEMA_METERS) % SCHEMA_METERS;
}

int64_t store_day_start(int64_t id)
{
    return (id - store_day_meter(id)) / SCHEMA_METERS * DAY_MS;
}

/* From its facts. */
static void add_up(struct store *store, int64_t start_ms, int64_t meter, struct energy_day *day, int64_t *last_seq)
{
    sqlite3_stmt *st = store_statement(store, ST_ENERGY_OF_DAY);
    int rc = SQLITE_OK;
    energy_day_clear(day);
    *last_seq = 0;
    sqlite3_bind_int64(st, 1, start_ms);
    sqlite3_bind_int64(st, 2, meter);
    while (store->rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const struct energy sum = {.amount = sqlite3_column_double(st, 3), .reactive = sqlite3_column_double(st, 4), .leading = sqlite3_column_double(st, 5),
            .idle = sqlite3_column_double(st, 6), .estimated = sqlite3_column_double(st, 7), .valid_ms = sqlite3_column_int64(st, 8),
            .missing_ms = sqlite3_column_int64(st, 9), .running_ms = sqlite3_column_int64(st, 10)};
        energy_day_add(day, (int32_t)(sqlite3_column_int64(st, 0) - start_ms), (int32_t)(sqlite3_column_int64(st, 1) - start_ms), (uint32_t)sqlite3_column_int64(st, 2), &sum);
        int64_t seq = sqlite3_column_int64(st, 11);
        *last_seq = seq > *last_seq ? seq : *last_seq;
    }
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW)
        store->rc = rc;
    sqlite3_reset(st);
}

static void put_day(struct store *store, int64_t start_ms, int64_t meter, int64_t last_seq, bool gone, const struct energy_day *day)
{
    struct energy_day_head head;
    sqlite3_stmt *st = store_statement(store, ST_DAY_PUT);
    energy_day_head(day, &head);
    packer_clear(&store->minutes);
    energy_day_pack(day, &store->minutes);
    sqlite3_bind_int64(st, 1, store_day_id(start_ms, meter));
    sqlite3_bind_int64(st, 2, meter);
    sqlite3_bind_int64(st, 3, start_ms);
    sqlite3_bind_int64(st, 4, last_seq);
    bind_count(st, 5, gone);
    bind_energy(st, 6, &head.sum);
    if (isfinite(head.peak)) {
        sqlite3_bind_double(st, 14, head.peak);
        sqlite3_bind_int64(st, 15, start_ms + head.peak_ms);
    }
    sqlite3_bind_blob64(st, 16, store->minutes.bytes, store->minutes.count, SQLITE_STATIC);
    store_step(store, ST_DAY_PUT);
}

static void close_day(struct store *store)
{
    struct filling *f = &store->filling;
    if (f->open)
        put_day(store, f->start_ms, f->meter, f->last_seq, f->gone, &f->day);
    f->open = false;
}

static void open_day(struct store *store, int64_t start_ms, int64_t meter)
{
    struct filling *f = &store->filling;
    sqlite3_stmt *st = store_statement(store, ST_DAY_GET);
    bool damaged = false;
    energy_day_clear(&f->day);
    f->open = true;
    f->start_ms = start_ms;
    f->meter = meter;
    f->last_seq = 0;
    f->gone = false;
    if (store->rc != SQLITE_OK)
        return;
    sqlite3_bind_int64(st, 1, store_day_id(start_ms, meter));
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        f->last_seq = sqlite3_column_int64(st, 0);
        damaged = !energy_day_unpack(&f->day, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1));
        f->gone = sqlite3_column_int(st, 2) != 0;
    } else if (rc != SQLITE_DONE) {
        store->rc = rc;
    }
    sqlite3_reset(st);
    if (!damaged)
        return;
    store_damaged(store, "a day of a meter, made anew of its facts");
    add_up(store, start_ms, meter, &f->day, &f->last_seq);
}

void store_put_energy(struct store *store, const struct energy_gain *gain)
{
    const struct energy_cell *c = &gain->cell;
    struct filling *f = &store->filling;
    int64_t start_ms = day_of(c->from_ms);
    if (f->open && (start_ms != f->start_ms || strcmp(f->path, gain->path) != 0))
        close_day(store);
    int64_t meter = meter_of(store, gain->path), work = work_of(store, c);
    if (!f->open)
        open_day(store, start_ms, meter);
    sqlite3_stmt *st = store_statement(store, ST_ENERGY_PUT);
    sqlite3_bind_int64(st, 1, start_ms);
    sqlite3_bind_int64(st, 2, meter);
    sqlite3_bind_int64(st, 3, c->from_ms);
    sqlite3_bind_int64(st, 4, (int64_t)gain->seq);
    sqlite3_bind_int64(st, 5, c->to_ms);
    sqlite3_bind_int64(st, 6, work);
    bind_energy(st, 7, &c->sum);
    store_step(store, ST_ENERGY_PUT);
    energy_day_add(&f->day, (int32_t)(c->from_ms - start_ms), (int32_t)(c->to_ms - start_ms), (uint32_t)work, &c->sum);
    f->last_seq = (int64_t)gain->seq > f->last_seq ? (int64_t)gain->seq : f->last_seq;
}

void store_end_energies(struct store *store)
{
    close_day(store);
    store->filling.path[0] = '\0';
    store->filling.work = 0;
}

void store_mend_day(struct store *store, int64_t id)
{
    int64_t last_seq = 0, start_ms = store_day_start(id), meter = store_day_meter(id);
    struct energy_day *day = &store->filling.day;
    store_begin_transaction(store, false);
    add_up(store, start_ms, meter, day, &last_seq);
    if (day->count) {
        put_day(store, start_ms, meter, last_seq, false, day);
    } else {
        sqlite3_bind_int64(store_statement(store, ST_DAY_DROP), 1, id);
        store_step(store, ST_DAY_DROP);
    }
    bool mended = day->count > 0;
    if (store_end_transaction(store) == SQLITE_OK)
        store_damaged(store, mended ? "a day of a meter, made anew of its facts" : "a day of a meter, removed");
}
