/*
 * A day's steps, prices and factors, a quarter of an hour each. They are reckoned once a day, and prices and factors only for tariffs and carriers that are asked for.
 * And from when to when there are such days.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "io/history_energy.h"
#include "io/store_schema.h"

enum { QUARTERS = ENERGY_DAY_QUARTERS };

void today_init(struct today *t, const struct plant *plant, enum energy_step step)
{
    *t = (struct today){.plant = plant, .step = step, .start_ms = INT64_MIN, .prices = mem_zero(plant->tariff_count + 1, sizeof *t->prices), .carbons = mem_zero(plant->carrier_count + 1, sizeof *t->carbons)};
}

void today_finish(struct today *t)
{
    free(t->prices);
    free(t->carbons);
}

/* Local days since 1970, and where the offset that holds changes. */
struct local { int64_t offset_ms, from_ms, to_ms; };

static int64_t local_ms(struct local *l, const struct zone *zone, int64_t ms)
{
    if (ms < l->from_ms || ms >= l->to_ms)
        l->offset_ms = zone_steady(zone, ms, &l->from_ms, &l->to_ms) * INT64_C(1000);
    return ms + l->offset_ms;
}

static int64_t month_of(int64_t day)
{
    struct civil c = zone_civil(NULL, day * DAY_MS);
    return c.year * INT64_C(12) + c.month;
}

static void step_quarters(struct today *t, int64_t start_ms)
{
    struct local local = {.to_ms = INT64_MIN};
    int64_t day = INT64_MIN, month = 0;
    for (int q = 0; q < QUARTERS; q++) {
        int64_t ms = start_ms + q * (int64_t)METER_QUARTER_MS, at = local_ms(&local, &t->plant->zone, ms), today = floor_to(at, DAY_MS) / DAY_MS;
        if (t->step == ENERGY_MONTH && today != day)
            month = month_of(today);
        t->days[q] = day = today;
        switch (t->step) {
        case ENERGY_QUARTER: t->steps[q] = ms; break;
        case ENERGY_HOUR: t->steps[q] = floor_to(at, 3600000) - local.offset_ms; break;
        case ENERGY_DAY: t->steps[q] = day; break;
        case ENERGY_MONTH: t->steps[q] = month; break;
        default: t->steps[q] = 0; break;
        }
    }
    t->one_step = t->steps[0] == t->steps[QUARTERS - 1];
}

void today_begin(struct today *t, int64_t start_ms)
{
    if (t->start_ms == start_ms)
        return;
    t->start_ms = start_ms;
    step_quarters(t, start_ms);
    for (size_t i = 0; i < t->plant->tariff_count; i++)
        t->prices[i].known = false;
    for (size_t i = 0; i < t->plant->carrier_count; i++)
        t->carbons[i].known = false;
}

static void look_over(struct weights *w)
{
    w->known = w->flat = w->hourly = w->whole = true;
    for (int q = 0; q < QUARTERS; q++) {
        w->flat = w->flat && w->each[q] <= w->each[0] && w->each[q] >= w->each[0];
        w->hourly = w->hourly && w->each[q] <= w->each[q - q % 4] && w->each[q] >= w->each[q - q % 4];
        w->whole = w->whole && !isnan(w->each[q]);
    }
}

const struct weights *today_prices(struct today *t, uint16_t tariff)
{
    const struct plant *plant = t->plant;
    struct weights *w = &t->prices[tariff];
    struct tariff_at at = {.to_ms = INT64_MIN};
    for (int q = 0; q < QUARTERS && !w->known; q++) {
        int64_t ms = t->start_ms + q * (int64_t)METER_QUARTER_MS;
        if (ms >= at.to_ms)
            tariff_at(&plant->tariffs[tariff], &plant->calendars[plant->tariffs[tariff].calendar], &plant->zone, ms, &at);
        w->each[q] = at.rate ? at.rate->price : NAN;
    }
    if (!w->known)
        look_over(w);
    return w;
}

const struct weights *today_carbons(struct today *t, uint16_t carrier)
{
    const struct plant *plant = t->plant;
    struct weights *w = &t->carbons[carrier];
    for (int q = 0; q < QUARTERS && !w->known; q++) /* factors begin with local days */
        w->each[q] = q > 0 && t->days[q] == t->days[q - 1] ? w->each[q - 1] :
            carrier_carbon(&plant->carriers[carrier], &plant->zone, t->start_ms + q * (int64_t)METER_QUARTER_MS);
    if (!w->known)
        look_over(w);
    return w;
}

/* ---- how far they reach ---- */

/* The first and last moment of all meters on one day. */
static bool span_of_day(struct history *h, int64_t day, int64_t *first_ms, int64_t *last_ms, struct error *err)
{
    int rc;
    sqlite3_stmt *stmt = history_stmt(h, STMT_ENERGY_DAYS, err);
    *first_ms = INT64_MAX;
    *last_ms = INT64_MIN;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, day * SCHEMA_METERS - 1);
    sqlite3_bind_int64(stmt, 2, day * SCHEMA_METERS + SCHEMA_METERS);
    while ((rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        struct energy_day_head head;
        if (!energy_day_read_head(sqlite3_column_blob(stmt, 3), (size_t)sqlite3_column_bytes(stmt, 3), &head) || head.count == 0)
            head = (struct energy_day_head){.to_ms = ENERGY_DAY_MS};
        *first_ms = day * DAY_MS + head.from_ms < *first_ms ? day * DAY_MS + head.from_ms : *first_ms;
        *last_ms = day * DAY_MS + head.to_ms > *last_ms ? day * DAY_MS + head.to_ms : *last_ms;
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

bool history_energy_span(struct history *h, int64_t *first_ms, int64_t *last_ms, struct error *err)
{
    int64_t first = 0, last = 0, unused;
    sqlite3_stmt *stmt = history_begin(h, err) ? history_stmt(h, STMT_ENERGY_SPAN, err) : NULL;
    if (!stmt || history_row(h, stmt, err) != SQLITE_ROW)
        return false;
    bool any = sqlite3_column_type(stmt, 0) != SQLITE_NULL;
    int64_t days[] = {floor_to(sqlite3_column_int64(stmt, 0), SCHEMA_METERS) / SCHEMA_METERS, floor_to(sqlite3_column_int64(stmt, 1), SCHEMA_METERS) / SCHEMA_METERS};
    history_done(stmt);
    if (any && (!span_of_day(h, days[0], &first, &unused, err) || !span_of_day(h, days[1], &unused, &last, err)))
        return false;
    *first_ms = first;
    *last_ms = last;
    return history_end(h, err);
}
