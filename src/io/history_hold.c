/*
 * What stood between the samples. A value stands until a newer one comes, its cadence is missed (hold_ms), or somebody says that nothing is
 * known any more: a sample of bad quality, the collector's absence, a lost source, batches that were dropped. Behind the last batch that is
 * recorded nothing stands. Summaries do not tell of bad samples: where one tier of them says that a value stood for long, the chunks there
 * are opened to look.
 */
#include <stdlib.h>
#include <string.h>

#include "io/history_columns.h"
#include "io/history_tail.h"

enum { PRIOR_CHUNKS = 4, OPEN_MOST = 64, QUIET_MS = 5000 };

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* ---- the value before the range ---- */

static void look_before(struct weave *w, const struct sample *s)
{
    struct summary one = {.count = 0};
    if (s->time_ms >= w->want->from_ms || weave_cuts(w, s->seq))
        return;
    summary_add(&one, s);
    if (one.count == 0) {
        if (sample_is_bad(s))
            moments_add(&w->ends, s->time_ms);
    } else if (!w->has_prior || s->time_ms >= w->prior_ms) {
        w->has_prior = true;
        w->prior = one.sum;
        w->prior_ms = s->time_ms;
    }
}

/* The chunk before the range that reaches farthest, of those that reach less far than `below`; NULL: there is none that may tell more. */
static const struct chunk_row *chunk_before(const struct weave *w, int64_t below)
{
    const struct chunk_row *best = NULL;
    for (size_t i = 0; i < w->chunks.count; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        int64_t reach = row->last_ms < w->want->from_ms ? row->last_ms : w->want->from_ms;
        if (!weave_sees(w, row->first_seq) || row->first_ms >= w->want->from_ms || reach >= below || (w->has_prior && reach <= w->prior_ms))
            continue;
        if (!best || reach > (best->last_ms < w->want->from_ms ? best->last_ms : w->want->from_ms))
            best = row;
    }
    return best;
}

static bool find_prior(struct weave *w)
{
    const struct samples *tail = tail_samples(w->h->tail, w->series);
    int64_t below = INT64_MAX;
    for (size_t i = 0; i < tail->count; i++)
        if (tail->rows[i].seq > w->chunks.newest_seq)
            look_before(w, &tail->rows[i]);
    for (int tries = 0; tries < PRIOR_CHUNKS; tries++) {
        const struct chunk_row *row = chunk_before(w, below);
        if (!row || (w->want->hold_ms > 0 && row->last_ms < w->want->from_ms - w->want->hold_ms))
            break;
        samples_clear(&w->samples);
        if (!chunk_samples(w->h, row, &w->samples, w->err))
            return false;
        for (size_t i = 0; i < w->samples.count; i++)
            look_before(w, &w->samples.rows[i]);
        below = row->last_ms < w->want->from_ms ? row->last_ms : w->want->from_ms;
    }
    return true;
}

/* ---- what ends it ---- */

static bool read_events(struct weave *w, int64_t from_ms)
{
    sqlite3_stmt *stmt = history_stmt(w->h, STMT_UNKNOWNS, w->err);
    int rc;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, from_ms);
    sqlite3_bind_int64(stmt, 2, INT64_MAX); /* a gap is told where it ends, which may lie behind the range */
    sqlite3_bind_int64(stmt, 3, w->until_seq ? seq_key(w->until_seq) : INT64_MAX);
    while ((rc = history_row(w->h, stmt, w->err)) == SQLITE_ROW) {
        const char *kind = (const char *)sqlite3_column_text(stmt, 1);
        int64_t ms = sqlite3_column_int64(stmt, 0), span = strcmp(kind, "gap") == 0 ? sqlite3_column_int64(stmt, 2) : 0;
        if (strcmp(kind, "link") != 0 || want_lost_with(w->want, (const char *)sqlite3_column_text(stmt, 3)))
            moments_add(&w->ends, ms - (span > 0 ? span : 0));
        if (ms - span >= w->want->to_ms && span == 0)
            break;
    }
    history_done(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* The last moment that is recorded at all. */
static bool read_end(struct weave *w)
{
    static const enum history_stmt tables[] = {STMT_STREAM_LAST, STMT_JOURNAL_LAST};
    int64_t last_ms = INT64_MIN;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        sqlite3_stmt *stmt = history_stmt(w->h, tables[i], w->err);
        if (!stmt)
            return false;
        int rc = history_row(w->h, stmt, w->err);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return false;
        if (rc == SQLITE_ROW && sqlite3_column_int64(stmt, 1) > last_ms)
            last_ms = sqlite3_column_int64(stmt, 1);
        history_done(stmt);
    }
    if (last_ms != INT64_MIN)
        moments_add(&w->ends, last_ms + QUIET_MS);
    return true;
}

/* ---- standing ---- */

struct standing {
    bool any;
    double value;
    int64_t ms;      /* when it was measured */
};

static bool ended(const struct weave *w, int64_t since_ms, int64_t at_ms)
{
    size_t low = 0, high = w->ends.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->ends.ms[middle] <= since_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->ends.count && w->ends.ms[low] <= at_ms;
}

static bool stands(const struct weave *w, const struct standing *s, int64_t at_ms)
{
    return s->any && (w->want->hold_ms <= 0 || at_ms - s->ms < w->want->hold_ms) && !ended(w, s->ms, at_ms);
}

/* The first bad sample after `since`, before `to`, in the chunks there; INT64_MAX: none. */
static bool first_bad(struct weave *w, int64_t since_ms, int64_t to_ms, int *opened, int64_t *bad_ms)
{
    *bad_ms = INT64_MAX;
    for (size_t i = 0; i < w->chunks.count && *opened < OPEN_MOST; i++) {
        const struct chunk_row *row = &w->chunks.rows[i];
        if (!weave_sees(w, row->first_seq) || row->first_ms >= to_ms || row->last_ms <= since_ms || row->first_ms >= *bad_ms)
            continue;
        samples_clear(&w->samples);
        ++*opened;
        if (!chunk_samples(w->h, row, &w->samples, w->err))
            return false;
        for (size_t s = 0; s < w->samples.count; s++) {
            const struct sample *one = &w->samples.rows[s];
            if (sample_is_bad(one) && !weave_cuts(w, one->seq) && one->time_ms > since_ms && one->time_ms < to_ms && one->time_ms < *bad_ms)
                *bad_ms = one->time_ms;
        }
    }
    return true;
}

static struct standing prior_of(const struct weave *w)
{
    return (struct standing){.any = w->has_prior, .value = w->prior, .ms = w->prior_ms};
}

static bool look_for_bad(struct weave *w)
{
    size_t n = w->want->columns;
    struct standing s = prior_of(w);
    int opened = 0;
    for (size_t i = 0; i < n; i++) {
        if (w->columns[i].count) {
            s = (struct standing){.any = true, .ms = w->last_ms[i]};
            continue;
        }
        size_t end = i + 1;
        int64_t bad_ms;
        while (end < n && !w->columns[end].count)
            end++;
        if (stands(w, &s, w->bounds[i])) {
            if (!first_bad(w, s.ms, w->bounds[end], &opened, &bad_ms))
                return false;
            if (bad_ms != INT64_MAX) {
                moments_add(&w->ends, bad_ms);
                qsort(w->ends.ms, w->ends.count, sizeof *w->ends.ms, by_time);
            }
        }
        i = end - 1;
    }
    return true;
}

static void hold(struct weave *w)
{
    struct standing s = prior_of(w);
    for (size_t i = 0; i < w->want->columns; i++) {
        struct column *c = &w->columns[i];
        if (c->count)
            s = (struct standing){.any = true, .value = c->last, .ms = w->last_ms[i]};
        else if (stands(w, &s, w->bounds[i]))
            *c = (struct column){.state = COLUMN_HELD, .low = s.value, .high = s.value, .mean = s.value, .last = s.value};
    }
}

bool weave_hold(struct weave *w)
{
    if (!find_prior(w) || !read_events(w, w->has_prior && w->prior_ms < w->want->from_ms ? w->prior_ms : w->want->from_ms) || !read_end(w))
        return false;
    if (w->ends.count)
        qsort(w->ends.ms, w->ends.count, sizeof *w->ends.ms, by_time);
    if (!w->raw && !look_for_bad(w))
        return false;
    hold(w);
    return true;
}
