/*
 * The columns of a trend, from the tier that fits. Hours go into the column that holds them whole; an hour that a column's bound cuts is taken
 * apart into minutes, and a minute that is cut into samples. Every sample is in exactly one of these, so that no extreme is lost and none
 * counts twice. A `struct weave` is the work under way; a `struct stretches` is the part of time that a tier left to the finer one.
 *
 * Where a column is half an hour or longer, a minute on the bound of two goes to the one in which it begins: what is drawn moves by a
 * thirtieth of a column at most, and no chunk has to be opened for it. The ends of the whole range are always exact.
 *
 * What is hidden by until_seq: hours know nothing of batches, so that they count only where nothing came later; a chunk that the batch cuts is
 * opened, all others are in or out as a whole.
 */
#include "io/history_columns.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_tail.h"

enum { RAW_MOST = 60000, SNAP_MS = 30 * MINUTE_MS, HOURS_FROM_MS = 2 * HOUR_MS };

struct stretch { int64_t from_ms, to_ms; };

/* Ordered, none touching the next. */
struct stretches {
    struct stretch *rows;
    size_t count, capacity;
};

/* An hour that is taken apart, and what its minutes hold. */
struct apart {
    struct summary hour;
    uint32_t found;
};

struct tiers {
    struct weave *w;
    int64_t hours_ms;         /* hours before that are complete */
    bool all_apart;           /* no hour is put into a column by itself */
    struct stretches minutes, samples;
    struct apart *apart;
    size_t apart_count, apart_capacity;
    struct summaries fine;    /* minutes of the stretches, not in order */
};

void moments_add(struct moments *m, int64_t ms)
{
    m->ms = mem_grow(m->ms, m->count, &m->capacity, sizeof *m->ms);
    m->ms[m->count++] = ms;
}

static void stretch_add(struct stretches *s, int64_t from_ms, int64_t to_ms)
{
    if (from_ms >= to_ms)
        return;
    if (s->count && s->rows[s->count - 1].to_ms >= from_ms) {
        if (to_ms > s->rows[s->count - 1].to_ms)
            s->rows[s->count - 1].to_ms = to_ms;
        return;
    }
    s->rows = mem_grow(s->rows, s->count, &s->capacity, sizeof *s->rows);
    s->rows[s->count++] = (struct stretch){from_ms, to_ms};
}

/* Whether any stretch reaches into [from, to]. */
static bool stretch_meets(const struct stretches *s, int64_t from_ms, int64_t to_ms)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->rows[middle].to_ms <= from_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->count && s->rows[low].from_ms <= to_ms;
}

/* ---- into the columns ---- */

static size_t column_at(const struct weave *w, int64_t ms)
{
    size_t n = w->want->columns;
    double share = (double)(ms - w->bounds[0]) / (double)(w->bounds[n] - w->bounds[0]);
    size_t i = (size_t)(share * (double)n);
    i = i < n ? i : n - 1;
    while (i > 0 && ms < w->bounds[i])
        i--;
    while (i + 1 < n && ms >= w->bounds[i + 1])
        i++;
    return i;
}

static void put(struct weave *w, size_t i, const struct summary *piece, int64_t last_ms, double last)
{
    struct column *c = &w->columns[i];
    if (c->count == 0 || piece->min < c->low)
        c->low = piece->min;
    if (c->count == 0 || piece->max > c->high)
        c->high = piece->max;
    if (c->count == 0 || last_ms >= w->last_ms[i]) {
        c->last = last;
        w->last_ms[i] = last_ms;
    }
    c->count += piece->count;
    w->sums[i] += piece->sum;
}

static bool in_range(const struct weave *w, int64_t ms)
{
    return ms >= w->want->from_ms && ms < w->want->to_ms;
}

static void put_sample(struct weave *w, const struct sample *s)
{
    struct summary one = {.count = 0};
    if (!in_range(w, s->time_ms) || weave_cuts(w, s->seq))
        return;
    summary_add(&one, s);
    if (one.count)
        put(w, column_at(w, s->time_ms), &one, s->time_ms, one.sum);
    else if (sample_is_bad(s))
        moments_add(&w->ends, s->time_ms);
}

/* A minute or hour goes into the column that holds it; false when a bound cuts it. */
static bool put_piece(struct weave *w, const struct summary *piece, int64_t step_ms)
{
    if (piece->start_ms < w->want->from_ms || piece->start_ms + step_ms > w->want->to_ms)
        return false;
    size_t i = column_at(w, piece->start_ms);
    if (piece->start_ms + step_ms > w->bounds[i + 1])
        return false;
    put(w, i, piece, piece->start_ms, piece->sum / piece->count);
    return true;
}

/* ---- hours ---- */

static bool read_hours(struct tiers *t)
{
    struct weave *w = t->w;
    sqlite3_stmt *stmt = history_stmt(w->h, STMT_HOURS, w->err);
    int rc;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, w->series);
    sqlite3_bind_int64(stmt, 2, floor_to(w->want->from_ms, HOUR_MS));
    sqlite3_bind_int64(stmt, 3, t->hours_ms < w->want->to_ms ? t->hours_ms : w->want->to_ms);
    while ((rc = history_row(w->h, stmt, w->err)) == SQLITE_ROW) {
        struct summary hour = {.start_ms = sqlite3_column_int64(stmt, 0), .count = (uint32_t)sqlite3_column_int64(stmt, 1),
            .min = sqlite3_column_double(stmt, 2), .max = sqlite3_column_double(stmt, 3), .sum = sqlite3_column_double(stmt, 4)};
        if (hour.count == 0 || (!t->all_apart && put_piece(w, &hour, HOUR_MS)))
            continue;
        t->apart = mem_grow(t->apart, t->apart_count, &t->apart_capacity, sizeof *t->apart);
        t->apart[t->apart_count++] = (struct apart){.hour = hour};
        if (!t->all_apart)
            stretch_add(&t->minutes, hour.start_ms, hour.start_ms + HOUR_MS);
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

static struct apart *apart_of(const struct tiers *t, int64_t ms)
{
    size_t low = 0, high = t->apart_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->apart[middle].hour.start_ms + HOUR_MS <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->apart_count && t->apart[low].hour.start_ms <= ms ? &t->apart[low] : NULL;
}

/* An hour whose samples are not kept any more stays whole: it goes where most of it lies. */
static void put_whole(struct weave *w, const struct summary *hour)
{
    int64_t middle = hour->start_ms + HOUR_MS / 2;
    if (in_range(w, middle))
        put(w, column_at(w, middle), hour, hour->start_ms, hour->sum / hour->count);
}

/* ---- minutes ---- */

static void take_minute(void *arg, const struct summary *minute)
{
    struct tiers *t = arg;
    struct apart *apart = apart_of(t, minute->start_ms);
    if (minute->count == 0 || !stretch_meets(&t->minutes, minute->start_ms, minute->start_ms))
        return;
    if (apart)
        apart->found += minute->count;
    t->fine.rows = mem_grow(t->fine.rows, t->fine.count, &t->fine.capacity, sizeof *t->fine.rows);
    t->fine.rows[t->fine.count++] = *minute;
}

/* Of a chunk that until_seq cuts, only samples tell which were there. */
static bool read_cut(struct tiers *t, const struct chunk_row *row)
{
    struct weave *w = t->w;
    samples_clear(&w->samples);
    if (!chunk_samples(w->h, row, &w->samples, w->err))
        return false;
    for (size_t i = 0; i < w->samples.count; i++)
        if (stretch_meets(&t->minutes, w->samples.rows[i].time_ms, w->samples.rows[i].time_ms))
            put_sample(w, &w->samples.rows[i]);
    return true;
}

static bool read_minutes(struct tiers *t)
{
    struct weave *w = t->w;
    for (size_t i = 0; i < w->chunks.count; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        if (!weave_sees(w, row->first_seq) || !stretch_meets(&t->minutes, floor_to(row->first_ms, MINUTE_MS), row->last_ms))
            continue;
        bool good = weave_cuts(w, row->last_seq) ? read_cut(t, row) : chunk_minutes(w->h, row, take_minute, t, w->err);
        if (!good)
            return false;
    }
    return true;
}

static int by_start(const void *a, const void *b)
{
    const struct summary *x = a, *y = b;
    return x->start_ms < y->start_ms ? -1 : x->start_ms > y->start_ms;
}

static void put_minutes(struct tiers *t)
{
    struct weave *w = t->w;
    bool snap = (w->want->to_ms - w->want->from_ms) / w->want->columns >= SNAP_MS;
    for (size_t i = 0; i < t->apart_count; i++)
        if (t->apart[i].found < t->apart[i].hour.count)
            put_whole(w, &t->apart[i].hour);
    if (t->fine.count)
        qsort(t->fine.rows, t->fine.count, sizeof *t->fine.rows, by_start);
    for (size_t i = 0; i < t->fine.count; i++) {
        const struct summary *minute = &t->fine.rows[i];
        const struct apart *apart = apart_of(t, minute->start_ms);
        int64_t end = minute->start_ms + MINUTE_MS;
        if ((apart && apart->found < apart->hour.count) || put_piece(w, minute, MINUTE_MS) || end <= w->want->from_ms || minute->start_ms >= w->want->to_ms)
            continue;
        if (snap && minute->start_ms >= w->want->from_ms && end <= w->want->to_ms)
            put(w, column_at(w, minute->start_ms), minute, minute->start_ms, minute->sum / minute->count);
        else
            stretch_add(&t->samples, minute->start_ms, end);
    }
}

/* ---- samples ---- */

static bool read_samples(struct tiers *t)
{
    struct weave *w = t->w;
    for (size_t i = 0; i < w->chunks.count; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        if (!weave_sees(w, row->first_seq) || (!w->raw && weave_cuts(w, row->last_seq)) || !stretch_meets(&t->samples, row->first_ms, row->last_ms))
            continue;
        samples_clear(&w->samples);
        if (!chunk_samples(w->h, row, &w->samples, w->err))
            return false;
        for (size_t s = 0; s < w->samples.count; s++)
            if (w->raw || stretch_meets(&t->samples, w->samples.rows[s].time_ms, w->samples.rows[s].time_ms))
                put_sample(w, &w->samples.rows[s]);
    }
    return true;
}

static void read_tail(struct weave *w)
{
    const struct samples *tail = tail_samples(w->h->tail, w->series);
    for (size_t i = 0; i < tail->count; i++)
        if (tail->rows[i].seq > w->chunks.newest_seq)
            put_sample(w, &tail->rows[i]);
}

/* ---- which tier ---- */

/* About how many samples the chunks have in the range. */
static double samples_about(const struct weave *w)
{
    double sum = 0;
    for (size_t i = 0; i < w->chunks.count; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        if (weave_sees(w, row->first_seq) && row->first_ms < w->want->to_ms && row->last_ms >= w->want->from_ms)
            sum += row->count;
    }
    return sum;
}

/* Hours say nothing of when a sample came: those that may hold one that is hidden do not count. */
static int64_t trusted_hours(const struct weave *w, int64_t hours_ms)
{
    for (size_t i = 0; i < w->chunks.count; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        if (hours_ms != INT64_MIN && weave_cuts(w, row->last_seq) && row->first_ms < hours_ms)
            hours_ms = floor_to(row->first_ms, HOUR_MS);
    }
    return hours_ms;
}

static int by_begin(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return x->from_ms < y->from_ms ? -1 : x->from_ms > y->from_ms;
}

/* The time that chunks tell of. */
static struct stretches covered(const struct weave *w)
{
    struct stretches all = {.rows = NULL}, merged = {.rows = NULL};
    for (size_t i = 0; i < w->chunks.count; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        if (row->first_ms >= w->want->to_ms || row->last_ms < w->want->from_ms - HOUR_MS)
            continue;
        all.rows = mem_grow(all.rows, all.count, &all.capacity, sizeof *all.rows);
        all.rows[all.count++] = (struct stretch){row->first_ms, row->last_ms + 1};
    }
    if (all.count)
        qsort(all.rows, all.count, sizeof *all.rows, by_begin);
    for (size_t i = 0; i < all.count; i++)
        stretch_add(&merged, all.rows[i].from_ms, all.rows[i].to_ms);
    free(all.rows);
    return merged;
}

/* Hours that have outlived their samples: there is nothing finer. */
static bool read_outlived(struct tiers *t)
{
    struct weave *w = t->w;
    struct stretches known = covered(w);
    bool good = read_hours(t);
    for (size_t i = 0; good && i < t->apart_count; i++) {
        const struct summary *hour = &t->apart[i].hour;
        if (!stretch_meets(&known, hour->start_ms, hour->start_ms + HOUR_MS - 1) && !put_piece(w, hour, HOUR_MS))
            put_whole(w, hour);
    }
    t->apart_count = 0;
    free(known.rows);
    return good;
}

static bool read_tiers(struct tiers *t, bool hours)
{
    struct weave *w = t->w;
    int64_t from = w->want->from_ms, to = w->want->to_ms, fine = from;
    t->all_apart = !hours;
    if (t->hours_ms > from && !(hours ? read_hours(t) : read_outlived(t)))
        return false;
    if (hours && t->hours_ms > from)
        fine = t->hours_ms;
    if (!w->raw)
        stretch_add(&t->minutes, floor_to(fine, MINUTE_MS), to);
    if (t->minutes.count && !read_minutes(t))
        return false;
    put_minutes(t);
    if (w->raw)
        stretch_add(&t->samples, from, to);
    return t->samples.count == 0 || read_samples(t);
}

bool weave_fill(struct weave *w, const char **tier)
{
    struct tiers t = {.w = w};
    int64_t width = (w->want->to_ms - w->want->from_ms) / w->want->columns;
    bool good = history_hours_end(w->h, w->series, &t.hours_ms, w->err);
    if (!good)
        return false;
    t.hours_ms = trusted_hours(w, t.hours_ms);
    w->raw = samples_about(w) <= RAW_MOST;
    bool hours = !w->raw && width >= HOURS_FROM_MS;
    *tier = w->raw ? "samples" : hours ? "hours" : "minutes";
    good = read_tiers(&t, hours);
    if (good)
        read_tail(w);
    for (size_t i = 0; i < w->want->columns; i++)
        if (w->columns[i].count) {
            w->columns[i].state = COLUMN_FILLED;
            w->columns[i].mean = w->sums[i] / w->columns[i].count;
        }
    free(t.minutes.rows);
    free(t.samples.rows);
    free(t.apart);
    free(t.fine.rows);
    return good;
}
