/*
 * What long questions about meters are answered from: runs of sixteen days of one meter, and days of sums, the meters under one added up. Both are derived from packed days. A trigger of the
 * schema makes a row of theirs an empty one whenever a day that it is made of is written or removed, in the same transaction; here the empty ones are made again, some at a time,
 * once the newest day has left them behind. Which sums there are comes with a checkpoint from the plant: each is known by the meters under it, so that one whose meters change is another one.
 */
#include <stdlib.h>

#include "core/energy_price.h"
#include "core/energy_run.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/store_private.h"

enum { LOOK_MS = 60000, SUMS_MOST = 256, SUM_METERS_MOST = 2000 /* the time that more of them cover in a quarter does not fit into a packed day */ };

/* ---- which sums there are ---- */

void store_pack_sums(const struct plant *plant, struct packer *p)
{
    uint32_t *leaves = mem_resize(NULL, plant->meter_count + 1, sizeof *leaves);
    char path[KEY_BYTES];
    size_t sums = 0;
    for (uint32_t m = 0; m < plant->meter_count && sums < SUMS_MOST; m++) {
        if (plant->meters[m].kind != METER_SUM)
            continue;
        size_t count = energy_leaves(plant, m, leaves, plant->meter_count);
        if (count > SUM_METERS_MOST)
            continue;
        pack_varint(p, count + 1);
        pack_u64(p, energy_leaves_id(plant, m));
        for (size_t i = 0; i < count; i++) {
            plant_meter_key(plant, leaves[i], path, sizeof path);
            pack_text(p, path);
        }
        sums++;
    }
    pack_varint(p, 0);
    free(leaves);
}

static int64_t sum_of(struct store *store, int64_t leaves)
{
    sqlite3_bind_int64(store_statement(store, ST_SUM_GET), 1, leaves);
    return store_number(store, ST_SUM_GET);
}

static void add_sum(struct store *store, int64_t leaves, struct unpacker *in, size_t count)
{
    char path[KEY_BYTES];
    bool known = sum_of(store, leaves) != 0;
    if (!known) {
        sqlite3_bind_int64(store_statement(store, ST_SUM_ADD), 1, leaves);
        store_step(store, ST_SUM_ADD);
    }
    int64_t sum = sum_of(store, leaves);
    for (size_t i = 0; i < count; i++) {
        unpack_text(in, path, sizeof path);
        if (known)
            continue;
        sqlite3_bind_int64(store_statement(store, ST_SUM_METER_ADD), 1, sum);
        sqlite3_bind_text(store_statement(store, ST_SUM_METER_ADD), 2, path, -1, SQLITE_STATIC);
        store_step(store, ST_SUM_METER_ADD);
    }
    if (!known) {
        sqlite3_bind_int64(store_statement(store, ST_SUM_DAYS_ADD), 1, sum);
        store_step(store, ST_SUM_DAYS_ADD);
    }
}

static void drop_sum(struct store *store, int64_t sum)
{
    static const enum statement drops[] = {ST_SUM_DAYS_DROP, ST_SUM_METERS_DROP, ST_SUM_DROP};
    for (size_t i = 0; i < sizeof drops / sizeof drops[0]; i++) {
        sqlite3_bind_int64(store_statement(store, drops[i]), 1, sum);
        store_step(store, drops[i]);
    }
}

void store_put_sums(struct store *store, struct unpacker *in)
{
    int64_t now[SUMS_MOST], sum = 0, next;
    size_t sums = 0, count;
    while ((count = unpack_varint(in)) > 0 && !in->failed && sums < SUMS_MOST) {
        int64_t leaves = (int64_t)unpack_u64(in);
        add_sum(store, leaves, in, count - 1);
        now[sums++] = sum_of(store, leaves);
    }
    do {
        sqlite3_bind_int64(store_statement(store, ST_SUM_NEXT), 1, sum);
        next = store_number(store, ST_SUM_NEXT);
        bool there = next == 0;
        for (size_t i = 0; i < sums && !there; i++)
            there = now[i] == next;
        if (!there)
            drop_sum(store, next);
        sum = next;
    } while (next && store->rc == SQLITE_OK);
}

/* ---- making rows ---- */

/* A packed day into `day`; false: it does not read, or the file does not. One that is not there is empty. */
static bool get_day(struct store *store, int64_t id, struct energy_day_head *head, struct energy_day *day, int64_t *last_seq, bool *any)
{
    sqlite3_stmt *st = store_statement(store, ST_DAY_GET);
    energy_day_clear(day);
    if (store->rc != SQLITE_OK)
        return false;
    sqlite3_bind_int64(st, 1, id);
    int rc = sqlite3_step(st);
    bool good = rc == SQLITE_DONE;
    if (rc == SQLITE_ROW) {
        int64_t seq = sqlite3_column_int64(st, 0);
        bool gone = sqlite3_column_int(st, 2) != 0;
        *last_seq = !gone && seq > *last_seq ? seq : *last_seq;
        *any = true;
        const void *bytes = sqlite3_column_blob(st, 1);
        size_t length = (size_t)sqlite3_column_bytes(st, 1);
        good = energy_day_read_head(bytes, length, head) && energy_day_unpack(day, bytes, length);
    } else if (rc != SQLITE_DONE) {
        store->rc = rc;
    }
    sqlite3_reset(st);
    return good;
}

static void put_row(struct store *store, enum statement put, int64_t id, int64_t last_seq)
{
    sqlite3_stmt *st = store_statement(store, put);
    sqlite3_bind_int64(st, 1, id);
    sqlite3_bind_int64(st, 2, last_seq);
    sqlite3_bind_blob64(st, 3, store->minutes.bytes, store->minutes.count, SQLITE_STATIC);
    store_step(store, put);
}

static void drop_row(struct store *store, enum statement drop, int64_t id)
{
    sqlite3_bind_int64(store_statement(store, drop), 1, id);
    store_step(store, drop);
}

/* A day that does not read is left out of what the run knows: readers look at its facts. */
static void make_run(struct store *store, int64_t id)
{
    int64_t meter = store_day_meter(id), first = (id - meter) / SCHEMA_METERS * ENERGY_RUN_DAYS, last_seq = 0;
    struct energy_day_head head;
    uint16_t known = 0;
    bool any = false;
    packer_clear(&store->minutes);
    size_t mark = energy_run_begin(&store->minutes);
    for (unsigned d = 0; d < ENERGY_RUN_DAYS; d++)
        if (get_day(store, (first + d) * SCHEMA_METERS + meter, &head, &store->filling.day, &last_seq, &any)) {
            energy_run_add(&store->minutes, d, &head, &store->filling.day);
            known = (uint16_t)(known | 1u << d);
        }
    energy_run_end(&store->minutes, mark, known);
    if (any)
        put_row(store, ST_RUN_PUT, id, last_seq);
    else
        drop_row(store, ST_RUN_DROP, id);
}

/* The meters of a sum: the caller's. */
static int64_t *meters_of(struct store *store, int64_t sum, size_t *count)
{
    sqlite3_stmt *st = store_statement(store, ST_SUM_METERS);
    int64_t *meters = NULL;
    size_t capacity = 0;
    int rc = SQLITE_DONE;
    *count = 0;
    sqlite3_bind_int64(st, 1, sum);
    while (store->rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        meters = mem_grow(meters, *count, &capacity, sizeof *meters);
        meters[(*count)++] = sqlite3_column_int64(st, 0);
    }
    if (rc != SQLITE_DONE && store->rc == SQLITE_OK)
        store->rc = rc;
    sqlite3_reset(st);
    return meters;
}

/* Of a sum that has a meter whose day does not read nothing is told: the row stays empty. */
static void make_sum(struct store *store, int64_t id)
{
    struct energy_day day = {.slots = NULL}, *one = &store->filling.day;
    int64_t first = id - store_day_meter(id), last_seq = 0;
    size_t count;
    struct energy_day_head head;
    struct energy sum = {.amount = 0};
    bool any = false, good = true;
    int64_t *meters = meters_of(store, store_day_meter(id), &count);
    for (size_t m = 0; m < count && good; m++) {
        good = get_day(store, first + meters[m], &head, one, &last_seq, &any);
        energy_add(&sum, &one->sum);
        for (size_t i = 0; i < one->count && good; i++)
            good = energy_day_add(&day, one->slots[i].from_ms, one->slots[i].to_ms, 0, &one->slots[i].sum);
    }
    day.sum = sum; /* those of the meters' days are exact, their slots are not quite */
    packer_clear(&store->minutes);
    energy_day_pack_exact(&day, &store->minutes);
    if (good && any)
        put_row(store, ST_SUM_DAY_PUT, id, last_seq);
    else if (good)
        drop_row(store, ST_SUM_DAY_DROP, id);
    energy_day_finish(&day);
    free(meters);
}

/* ---- the look ---- */

int64_t store_runs_due(const struct store *store)
{
    return store->runs.due_ms;
}

static void rest(struct store *store)
{
    store->runs = (struct runs){.due_ms = clock_monotonic_ms() + (store->options.runs_ms > 0 ? store->options.runs_ms : LOOK_MS), .id = INT64_MIN};
}

/* The next empty row that the newest day has left behind: runs first, and then days of sums. False: there is none. */
static bool make_next(struct store *store)
{
    struct runs *r = &store->runs;
    int64_t newest = store_number(store, ST_DAY_NEWEST), day = store_day_start(newest) / DAY_MS;
    int64_t run = (day - (day % ENERGY_RUN_DAYS + ENERGY_RUN_DAYS) % ENERGY_RUN_DAYS) / ENERGY_RUN_DAYS;
    enum statement next = r->sums ? ST_SUM_DAY_EMPTY : ST_RUN_EMPTY;
    sqlite3_bind_int64(store_statement(store, next), 1, r->id);
    sqlite3_bind_int64(store_statement(store, next), 2, (r->sums ? day : run) * SCHEMA_METERS);
    int64_t id = store_number(store, next);
    if (id && r->sums)
        make_sum(store, id);
    else if (id)
        make_run(store, id);
    r->id = id ? id : INT64_MIN;
    if (id || r->sums)
        return id != 0;
    r->sums = true;
    return true;
}

void store_runs_step(struct store *store)
{
    int64_t until = clock_monotonic_ms() + SLICE_MS;
    bool more = true;
    store_begin_transaction(store, false);
    while (more && store->rc == SQLITE_OK && clock_monotonic_ms() < until)
        more = make_next(store);
    int rc = store_end_transaction(store);
    if (rc != SQLITE_OK || !more)
        rest(store);
    if (rc == SQLITE_OK && !more) {
        pthread_mutex_lock(&store->lock);
        store->status.run_looks++;
        pthread_mutex_unlock(&store->lock);
    }
    if (rc != SQLITE_OK)
        store_trouble(store, rc);
}
