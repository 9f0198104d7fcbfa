/*
 * Imported samples: chunks of their own with seq 0, the hours that they touch, and what their fold made of them, in one transaction a call.
 *
 * What was recorded of a node goes before what a file says of it: an imported account or stop of a time in which something is recorded is left out, and
 * counted. Where all that was recorded is that nothing was known (a gap, breaks in it, no shift), the import's account takes that time's place.
 */
#include <string.h>

#include "io/clock.h"
#include "io/store_private.h"

static void put_import_row(struct store *store, const struct item *item, const char *source)
{
    const struct samples *s = &store->samples;
    int64_t first = s->rows[0].time_ms, last = first;
    for (size_t i = 1; i < s->count; i++) {
        first = s->rows[i].time_ms < first ? s->rows[i].time_ms : first;
        last = s->rows[i].time_ms > last ? s->rows[i].time_ms : last;
    }
    sqlite3_stmt *st = store_statement(store, ST_IMPORT_PUT);
    sqlite3_bind_int64(st, 1, store->last_ms ? store->last_ms : clock_wall_ms());
    sqlite3_bind_int64(st, 2, item->series);
    sqlite3_bind_text(st, 3, source, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 4, (int64_t)s->count);
    sqlite3_bind_int64(st, 5, first);
    sqlite3_bind_int64(st, 6, last);
    store_step(store, ST_IMPORT_PUT);
    if (store->wrote.first_ms == 0 || first < store->wrote.first_ms)
        store->wrote.first_ms = first;
}

/* What is recorded in [from, to) of a node. */
struct recorded { int64_t unknown_ms, break_ms, idle_ms, all_ms; bool known; };

static struct recorded recorded(struct store *store, const char *path, int64_t from_ms, int64_t to_ms)
{
    struct recorded found = {.known = false};
    sqlite3_stmt *st = store_statement(store, ST_ACCOUNT_OVER);
    sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, from_ms);
    sqlite3_bind_int64(st, 3, to_ms);
    int rc = store->rc == SQLITE_OK ? sqlite3_step(st) : SQLITE_DONE;
    if (rc == SQLITE_ROW)
        found = (struct recorded){.unknown_ms = sqlite3_column_int64(st, 0), .break_ms = sqlite3_column_int64(st, 1), .idle_ms = sqlite3_column_int64(st, 2),
            .all_ms = sqlite3_column_int64(st, 3), .known = sqlite3_column_double(st, 4) > 0};
    else if (rc != SQLITE_DONE)
        store->rc = rc;
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return found;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Takes what nobody knew of the account's time out again; as much as it has itself, so that an hour stays one. */
static void take_place(struct account *sum, const struct recorded *found)
{
    int64_t length = account_length_ms(sum), pause = least(found->break_ms, sum->ms[TIME_BREAK]), idle = least(found->idle_ms, sum->ms[TIME_NOT_SCHEDULED]);
    int64_t unknown = least(found->unknown_ms, length - pause - idle);
    sum->ms[TIME_BREAK] -= pause;
    sum->ms[TIME_NOT_SCHEDULED] -= idle;
    sum->ms[TIME_UNKNOWN] -= unknown > 0 ? unknown : 0;
}

void store_yield(struct store *store, struct outcomes *o)
{
    size_t gains = 0, stops = 0;
    for (size_t s = 0; s < o->stop_count; s++) {
        struct recorded found = recorded(store, o->stops[s].path, o->stops[s].stop.start_ms, o->stops[s].stop.start_ms + 1);
        if (!found.known)
            o->stops[stops++] = o->stops[s];
    }
    for (size_t g = 0; g < o->gain_count; g++) {
        struct account_cell *cell = &o->gains[g].cell;
        struct recorded found = recorded(store, o->gains[g].path, cell->from_ms, cell->to_ms);
        if (found.known)
            continue;
        if (found.all_ms > 0)
            take_place(&cell->sum, &found);
        o->gains[gains++] = o->gains[g];
    }
    store->wrote.overlaps += o->gain_count - gains + o->stop_count - stops;
    o->gain_count = gains;
    o->stop_count = stops;
}

void store_write_import(struct store *store, const struct item *item)
{
    char source[QUEUE_TEXT];
    struct unpacker in = unpacker_of(item->bytes.bytes, item->bytes.count);
    unpack_text(&in, source, sizeof source);
    item_samples(&in, &store->samples);
    if (store->samples.count) {
        store_amend_hours(store, item->series, store->samples.rows, store->samples.count);
        store_put_chunks(store, item->series, &store->samples);
        store_catch_up_hours(store, item->series);
        put_import_row(store, item, source);
    }
    store_put_outcomes(store, &in, true);
    store->wrote.import = item->number;
}
