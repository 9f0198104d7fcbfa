/*
 * Days of meters, read one after the other. What of a day is asked for comes, in this order, from the packed day of a sum, from sixteen days of a meter in one row, which
 * are read when their first day comes, and from the packed days of the meters themselves: each sought, or all of that day gone through, whichever is less. Where a row knows more than may be
 * known, or does not read, what it was made of is read instead: of a packed day that is its facts.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_energy.h"
#include "io/store_schema.h"

enum { FEW = 8 /* one in so many meters: sought, not gone through */ };

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

/* Whether all of it is asked for; of a day that begins within what is. */
static bool is_whole(const struct reading *r, const struct energy_day_head *head)
{
    return r->today.start_ms + head->from_ms >= r->from_ms && r->today.start_ms + DAY_MS <= r->to_ms;
}

/* ENERGY_DAY_COLUMNS in history.c: id, last_seq, gone, quarters. */
static bool add_day(struct reading *r, sqlite3_stmt *stmt, const struct feed *feed)
{
    struct energy_day_head head = {.count = 0};
    const void *bytes;
    size_t length;
    if (!open_day(r, stmt, feed->id, &head, &bytes, &length))
        return false;
    bool whole = bytes && is_whole(r, &head), unpacked = !bytes;
    for (;; feed = &r->feeds[feed->next - 1]) {
        struct metered *m = &r->meters[feed->metered];
        if (m->together && !m->done)
            m->together->any = true;
        if (!m->done && whole && head.count && reading_is_simple(r, m)) {
            reading_add_head(r, m, &head, bytes, length);
            unpacked = unpacked && !m->together; /* that took the day for its own */
        } else if (!m->done) {
            if (!unpacked && !(unpacked = energy_day_unpack(&r->day, bytes, length))) {
                r->h->damaged++;
                if (!(unpacked = read_facts(r, feed->id)))
                    return false;
            }
            if (!reading_add_slots(r, m, &r->day))
                return false;
        }
        if (!feed->next)
            return true;
    }
}

/* ---- days of meters ---- */

/* Goes through all that there are of the day. */
static bool scan_day(struct reading *r)
{
    int64_t first = r->today.start_ms / DAY_MS * SCHEMA_METERS;
    int rc;
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY_DAYS, r->err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, first + SCHEMA_METERS);
    while ((rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(stmt, 0) - first;
        uint32_t feed = (size_t)id < r->ids ? r->by_id[id] : 0;
        if (feed && !r->feeds[feed - 1].served && !add_day(r, stmt, &r->feeds[feed - 1]))
            return false;
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

static bool seek_days(struct reading *r)
{
    for (size_t i = 0; i < r->feed_count; i++) {
        int64_t id = r->feeds[i].id;
        if (id == 0 || r->by_id[id] != i + 1 || r->feeds[i].served)
            continue;
        sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY_DAY, r->err);
        if (!stmt)
            return false;
        sqlite3_bind_int64(stmt, 1, r->today.start_ms / DAY_MS * SCHEMA_METERS + id);
        int rc = history_row(r->h, stmt, r->err);
        if ((rc != SQLITE_ROW && rc != SQLITE_DONE) || (rc == SQLITE_ROW && !add_day(r, stmt, &r->feeds[i])))
            return false;
        history_done(stmt);
    }
    return true;
}

/* ---- days of sums ---- */

static bool add_sum(struct reading *r, struct metered *m, const void *bytes, size_t length)
{
    struct energy_day_head head;
    if (!energy_day_read_head(bytes, length, &head)) {
        r->h->damaged++;
        return true;
    }
    if (head.count && is_whole(r, &head) && reading_is_simple(r, m)) {
        m->together->any = m->done = true;
        reading_add_head(r, m, &head, bytes, length);
        return true;
    }
    if (!energy_day_unpack(&r->day, bytes, length)) {
        r->h->damaged++;
        return true;
    }
    m->together->any = m->done = true;
    return reading_add_slots(r, m, &r->day);
}

static bool read_sum(struct reading *r, struct metered *m)
{
    sqlite3_stmt *stmt = history_stmt(r->h, STMT_SUM_DAY, r->err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, r->today.start_ms / DAY_MS * SCHEMA_METERS + m->sum_id);
    int rc = history_row(r->h, stmt, r->err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    const void *bytes = rc == SQLITE_ROW && sqlite3_column_int64(stmt, 0) <= r->until_seq ? sqlite3_column_blob(stmt, 1) : NULL;
    if (bytes && !add_sum(r, m, bytes, (size_t)sqlite3_column_bytes(stmt, 1)))
        return false;
    history_done(stmt);
    return true;
}

/* ---- runs ---- */

static void keep_run(struct reading *r, sqlite3_stmt *stmt, struct feed *feed)
{
    struct kept_run *kept = &feed->kept;
    size_t length = (size_t)sqlite3_column_bytes(stmt, 2);
    const void *bytes = sqlite3_column_blob(stmt, 2);
    if (!bytes || sqlite3_column_int64(stmt, 1) > r->until_seq)
        return;
    if (length > kept->capacity)
        kept->bytes = mem_resize(kept->bytes, kept->capacity = length, 1);
    memcpy(kept->bytes, bytes, length);
    kept->open = energy_run_open(&kept->run, kept->bytes, length);
    r->h->damaged += !kept->open;
}

/* Of all meters, or of each that is wanted. */
static bool load_runs(struct reading *r, int64_t run)
{
    bool few = r->sought * FEW < r->known;
    for (size_t i = 0; i < r->feed_count; i++)
        r->feeds[i].kept.open = false;
    for (size_t i = 0; i < r->feed_count; i++) {
        int64_t id = r->feeds[i].id;
        int rc;
        if (few && (id == 0 || r->by_id[id] != i + 1))
            continue;
        sqlite3_stmt *stmt = history_stmt(r->h, STMT_ENERGY_RUNS, r->err);
        if (!stmt)
            return false;
        sqlite3_bind_int64(stmt, 1, run * SCHEMA_METERS + (few ? id : 0));
        sqlite3_bind_int64(stmt, 2, run * SCHEMA_METERS + (few ? id + 1 : SCHEMA_METERS));
        while ((rc = history_row(r->h, stmt, r->err)) == SQLITE_ROW) {
            int64_t meter = sqlite3_column_int64(stmt, 0) - run * SCHEMA_METERS;
            uint32_t feed = (size_t)meter < r->ids ? r->by_id[meter] : 0;
            if (feed)
                keep_run(r, stmt, &r->feeds[feed - 1]);
        }
        if (rc != SQLITE_DONE)
            return false;
        history_done(stmt);
        if (!few)
            break;
    }
    return true;
}

/* Adds the day from the run, if that is enough for all that it is wanted for. */
static bool serve(struct reading *r, struct feed *feed, unsigned day)
{
    struct energy_run_day of;
    if (!feed->kept.open || !(feed->kept.run.known >> day & 1))
        return false;
    for (const struct feed *f = feed;; f = &r->feeds[f->next - 1]) {
        const struct metered *m = &r->meters[f->metered];
        if (!m->done && !m->by_hours)
            return false;
        if (!f->next)
            break;
    }
    if (!energy_run_find(&feed->kept.run, day, &of))
        return true;
    if (!is_whole(r, &of.head))
        return false;
    for (const struct feed *f = feed;; f = &r->feeds[f->next - 1]) {
        if (!r->meters[f->metered].done)
            reading_add_hours(r, &r->meters[f->metered], &of);
        if (!f->next)
            return true;
    }
}

static bool is_done(const struct reading *r, const struct feed *feed)
{
    for (;; feed = &r->feeds[feed->next - 1]) {
        if (!r->meters[feed->metered].done)
            return false;
        if (!feed->next)
            return true;
    }
}

/* ---- all of it ---- */

static bool read_day(struct reading *r, int64_t start_ms)
{
    bool at_once = r->query->by == BY_NOTHING;
    size_t left = 0;
    unsigned day = (unsigned)((start_ms - floor_to(start_ms, DAY_MS * ENERGY_RUN_DAYS)) / DAY_MS);
    today_begin(&r->today, start_ms);
    for (size_t i = 0; i < r->count; i++) {
        struct metered *m = &r->meters[i];
        m->done = false;
        m->by_hours = at_once && reading_is_by_hours(r, m);
        if (at_once && m->sum_id && !read_sum(r, m))
            return false;
    }
    for (size_t i = 0; i < r->feed_count; i++) {
        struct feed *feed = &r->feeds[i];
        if (feed->id == 0 || r->by_id[feed->id] != i + 1)
            continue;
        feed->served = is_done(r, feed) || serve(r, feed, day);
        left += !feed->served;
    }
    if (left && !(left * FEW < r->known ? seek_days(r) : scan_day(r)))
        return false;
    reading_end_day(r);
    return true;
}

/* Runs are of use where a step is a day or more, and most of them hold more of what is asked for than days do. */
bool reading_days(struct reading *r)
{
    bool runs = r->query->by == BY_NOTHING && (r->query->step == ENERGY_ALL || r->query->step == ENERGY_MONTH || r->query->step == ENERGY_DAY) &&
        r->to_ms - r->from_ms > DAY_MS * ENERGY_RUN_DAYS / 2;
    int64_t run = INT64_MIN;
    for (int64_t day = floor_to(r->from_ms, DAY_MS); day < r->to_ms; day += DAY_MS) {
        int64_t of = floor_to(day, DAY_MS * ENERGY_RUN_DAYS) / (DAY_MS * ENERGY_RUN_DAYS);
        if (runs && of != run && !load_runs(r, of))
            return false;
        run = of;
        if (!read_day(r, day) || !history_breathe(r->h, r->err))
            return false;
    }
    return true;
}
