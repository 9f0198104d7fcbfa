/*
 * Hours as rows. When a UTC day of the stream has passed, a sweep goes over all series, some at a time, and sums up the minutes of their
 * chunks from where their hours end (series.hours_ms) to where the day begins. A sample that comes later for such an hour is added to its row. So
 * a reader takes hours before hours_ms from the rows and all others from the chunks, and each sample stands in one of the two.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/store_private.h"

static int64_t floor_to(int64_t ms, int64_t step)
{
    int64_t rest = ms % step;
    return ms - (rest < 0 ? rest + step : rest);
}

static void put_hour(struct store *store, uint32_t series, const struct summary *hour)
{
    if (hour->count == 0)
        return;
    sqlite3_stmt *st = store_statement(store, ST_HOUR_PUT);
    sqlite3_bind_int64(st, 1, series);
    sqlite3_bind_int64(st, 2, hour->start_ms);
    sqlite3_bind_int64(st, 3, hour->count);
    sqlite3_bind_double(st, 4, hour->min);
    sqlite3_bind_double(st, 5, hour->max);
    sqlite3_bind_double(st, 6, hour->sum);
    store_step(store, ST_HOUR_PUT);
}

static int64_t hours_of(struct store *store, uint32_t series)
{
    sqlite3_bind_int64(store_statement(store, ST_HOURS_GET), 1, series);
    return store_number(store, ST_HOURS_GET);
}

void store_amend_hours(struct store *store, uint32_t series, const struct sample *rows, size_t count)
{
    bool late = false;
    for (size_t i = 0; i < count && !late; i++)
        late = rows[i].time_ms < store->hours_most;
    if (!late)
        return;
    int64_t hours_ms = hours_of(store, series);
    struct summary hour = {.start_ms = INT64_MIN};
    for (size_t i = 0; i < count; i++) {
        if (rows[i].time_ms >= hours_ms)
            continue;
        int64_t start = floor_to(rows[i].time_ms, HOUR_MS);
        if (start != hour.start_ms) {
            put_hour(store, series, &hour);
            hour = (struct summary){.start_ms = start};
        }
        summary_add(&hour, &rows[i]);
    }
    put_hour(store, series, &hour);
}

/* ---- the sweep ---- */

/* Hours of one series, by start; the chunks of a series may overlap each other in time. */
struct hours {
    int64_t from_ms, to_ms; /* whole days */
    struct summary *rows;
    size_t count, capacity;
};

static void take_minute(void *arg, const struct summary *minute)
{
    struct hours *h = arg;
    if (minute->start_ms < h->from_ms || minute->start_ms >= h->to_ms)
        return;
    int64_t start = floor_to(minute->start_ms, HOUR_MS);
    size_t at = h->count;
    while (at > 0 && h->rows[at - 1].start_ms > start)
        at--;
    if (at == 0 || h->rows[at - 1].start_ms != start) {
        h->rows = mem_grow(h->rows, h->count, &h->capacity, sizeof *h->rows);
        memmove(h->rows + at + 1, h->rows + at, (h->count - at) * sizeof *h->rows);
        h->rows[at++] = (struct summary){.start_ms = start};
        h->count++;
    }
    summary_merge(&h->rows[at - 1], minute);
}

void store_write_hours(struct store *store, uint32_t series, int64_t from_ms, int64_t to_ms)
{
    struct hours h = {.from_ms = from_ms, .to_ms = to_ms};
    sqlite3_stmt *st = store_statement(store, ST_CHUNK_MINUTES);
    sqlite3_bind_int64(st, 1, series);
    sqlite3_bind_int64(st, 2, from_ms);
    sqlite3_bind_int64(st, 3, to_ms);
    int rc = SQLITE_OK;
    while (store->rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
        minutes_decode(store->squeezer, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0), take_minute, &h); /* damaged ones: the walk finds them */
    if (rc != SQLITE_DONE && rc != SQLITE_ROW && store->rc == SQLITE_OK)
        store->rc = rc;
    sqlite3_reset(st);
    for (size_t i = 0; i < h.count; i++)
        put_hour(store, series, &h.rows[i]);
    free(h.rows);
    sqlite3_bind_int64(store_statement(store, ST_HOURS_SET), 1, series);
    sqlite3_bind_int64(store_statement(store, ST_HOURS_SET), 2, to_ms);
    store_step(store, ST_HOURS_SET);
    if (to_ms > store->hours_most)
        store->hours_most = to_ms;
}

void store_catch_up_hours(struct store *store, uint32_t series)
{
    int64_t today = floor_to(store->last_ms ? store->last_ms : clock_wall_ms(), DAY_MS), hours_ms = hours_of(store, series);
    if (hours_ms < today)
        store_write_hours(store, series, hours_ms, today);
}

void store_hours_due(struct store *store, int64_t ms)
{
    int64_t day = floor_to(ms, DAY_MS);
    if (day <= store->hours_to)
        return;
    store->hours_to = day;
    store->hours_series = 0;
    store->hours_pending = true;
}

/* The next series whose hours end before the day; 0: none. */
static uint32_t next_series(struct store *store, int64_t *hours_ms)
{
    sqlite3_stmt *st = store_statement(store, ST_HOURS_NEXT);
    uint32_t series = 0;
    sqlite3_bind_int64(st, 1, store->hours_series);
    sqlite3_bind_int64(st, 2, store->hours_to);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        series = (uint32_t)sqlite3_column_int64(st, 0);
        *hours_ms = sqlite3_column_int64(st, 1);
    } else if (rc != SQLITE_DONE) {
        store->rc = rc;
    }
    sqlite3_reset(st);
    return series;
}

void store_hours_step(struct store *store)
{
    int64_t until = clock_monotonic_ms() + SLICE_MS, hours_ms = 0;
    store_begin_transaction(store, false);
    do {
        uint32_t series = store->rc == SQLITE_OK ? next_series(store, &hours_ms) : 0;
        store->hours_pending = series != 0;
        if (series)
            store_write_hours(store, series, hours_ms, store->hours_to);
        store->hours_series = series;
    } while (store->hours_pending && store->rc == SQLITE_OK && clock_monotonic_ms() < until);
    int rc = store_end_transaction(store);
    if (rc != SQLITE_OK) {
        store->hours_pending = true;
        store->hours_series = 0;
        store_trouble(store, rc);
    }
}
