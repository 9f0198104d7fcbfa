/*
 * Imported samples: chunks of their own with seq 0, the hours that they touch, and what their fold made of them, in one transaction a call.
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
    store_put_outcomes(store, &in);
    store->wrote.import = item->number;
}
