/*
 * Samples and summaries of one series by time, a page at a time. Chunks overlap in time when samples came late, so that a page takes all chunks
 * that reach into it, sorts what they hold, and ends where the first chunk that it does not take begins. A struct chunk_list is the index of
 * a series' chunks as one transaction sees it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_private.h"
#include "io/history_tail.h"

enum { PAGE_SAMPLES = 1 << 17, PAGE_CHUNKS = 512 };

#define DAY_MS (24 * (int64_t)HOUR_MS)

/* ---- chunks ---- */

bool chunk_list_read(struct history *h, uint32_t series, struct chunk_list *list, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_CHUNKS_OF, err);
    int rc;
    list->count = 0;
    list->newest_seq = 0;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, series);
    while ((rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        list->rows = mem_grow(list->rows, list->count, &list->capacity, sizeof *list->rows);
        list->rows[list->count++] = (struct chunk_row){.id = sqlite3_column_int64(stmt, 0), .first_seq = column_seq(stmt, 1), .last_seq = column_seq(stmt, 2),
            .first_ms = sqlite3_column_int64(stmt, 3), .last_ms = sqlite3_column_int64(stmt, 4), .count = (uint32_t)sqlite3_column_int64(stmt, 5), .series = series};
    }
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    if (list->count)
        list->newest_seq = list->rows[list->count - 1].last_seq;
    return true;
}

/* The one row of a chunk; NULL when it is not there or the file cannot be read (then not *good). */
static sqlite3_stmt *chunk_blob(struct history *h, enum history_stmt which, const struct chunk_row *row, bool *good, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, which, err);
    *good = stmt != NULL;
    if (!stmt)
        return NULL;
    sqlite3_bind_int64(stmt, 1, row->id);
    sqlite3_bind_int64(stmt, 2, row->series);
    sqlite3_bind_int64(stmt, 3, seq_key(row->last_seq));
    int rc = history_row(h, stmt, err);
    h->damaged += rc == SQLITE_DONE; /* the index is wrong, or the table */
    *good = rc == SQLITE_ROW || rc == SQLITE_DONE;
    return rc == SQLITE_ROW ? stmt : NULL;
}

bool chunk_samples(struct history *h, const struct chunk_row *row, struct samples *out, struct error *err)
{
    bool good;
    sqlite3_stmt *stmt = chunk_blob(h, STMT_CHUNK, row, &good, err);
    if (!stmt)
        return good;
    if (!chunk_decode(h->squeezer, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0), out, NULL))
        h->damaged++;
    history_done(stmt);
    return true;
}

bool chunk_minutes(struct history *h, const struct chunk_row *row, minutes_take *take, void *arg, struct error *err)
{
    bool good;
    sqlite3_stmt *stmt = chunk_blob(h, STMT_MINUTES, row, &good, err);
    if (!stmt)
        return good;
    if (!minutes_decode(h->squeezer, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0), take, arg))
        h->damaged++;
    history_done(stmt);
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const struct chunk_row *x = a, *y = b;
    if (x->first_ms != y->first_ms)
        return x->first_ms < y->first_ms ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int by_arrival(const void *a, const void *b)
{
    const struct chunk_row *x = a, *y = b;
    if (x->first_seq != y->first_seq)
        return x->first_seq < y->first_seq ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Leaves in the list the chunks of a page that begins at `from_ms`, in order of arrival; returns where it ends. */
static int64_t choose(struct chunk_list *list, int64_t from_ms, int64_t to_ms, uint64_t until_seq)
{
    size_t kept = 0, taken;
    uint64_t samples = 0;
    int64_t end = to_ms;
    for (size_t i = 0; i < list->count; i++) {
        const struct chunk_row *row = &list->rows[i];
        if (row->first_ms < to_ms && row->last_ms >= from_ms && (!until_seq || row->first_seq <= until_seq))
            list->rows[kept++] = *row;
    }
    if (kept == 0) {
        list->count = 0;
        return end;
    }
    qsort(list->rows, kept, sizeof *list->rows, by_begin);
    for (taken = 0; taken < kept; taken++) {
        if (samples >= PAGE_SAMPLES && list->rows[taken].first_ms > from_ms) {
            end = list->rows[taken].first_ms;
            break;
        }
        samples += list->rows[taken].count;
    }
    list->count = taken;
    qsort(list->rows, taken, sizeof *list->rows, by_arrival);
    return end;
}

/* ---- sorting ---- */

/* Stable, from the bottom up, from runs that are in order already: most pages are one or two. */
static void sort_by_time(struct samples *s)
{
    bool sorted = true;
    for (size_t i = 1; i < s->count && sorted; i++)
        sorted = s->rows[i - 1].time_ms <= s->rows[i].time_ms;
    if (sorted)
        return;
    struct sample *from = s->rows, *to = mem_resize(NULL, s->capacity, sizeof *to);
    for (bool merged = true; merged;) {
        size_t at = 0;
        merged = false;
        while (at < s->count) {
            size_t a = at, a_end = at + 1, b, b_end;
            while (a_end < s->count && from[a_end - 1].time_ms <= from[a_end].time_ms)
                a_end++;
            b = b_end = a_end;
            if (b < s->count)
                b_end++;
            while (b_end > b && b_end < s->count && from[b_end - 1].time_ms <= from[b_end].time_ms)
                b_end++;
            while (a < a_end || b < b_end)
                to[at++] = b == b_end || (a < a_end && from[a].time_ms <= from[b].time_ms) ? from[a++] : from[b++];
            merged = merged || b_end > a_end;
        }
        struct sample *swap = from;
        from = to;
        to = swap;
    }
    s->rows = from;
    free(to);
}

/* Keeps of rows[at..] those that are wanted. */
static void keep(struct samples *s, size_t at, int64_t from_ms, int64_t to_ms, uint64_t until_seq)
{
    size_t kept = at;
    for (size_t i = at; i < s->count; i++)
        if (s->rows[i].time_ms >= from_ms && s->rows[i].time_ms < to_ms && (!until_seq || s->rows[i].seq <= until_seq))
            s->rows[kept++] = s->rows[i];
    s->count = kept;
}

/* ---- pages ---- */

static void add_tail(struct history *h, uint32_t series, uint64_t newest_seq, struct samples *page)
{
    const struct samples *tail = tail_samples(h->tail, series);
    for (size_t i = 0; i < tail->count; i++)
        if (tail->rows[i].seq > newest_seq) {
            struct value value = tail->rows[i].value;
            samples_add(page, tail->rows[i], value.kind == VALUE_TEXT ? samples_text(tail, value) : NULL);
        }
}

static bool read_page(struct history *h, uint32_t series, int64_t *from_ms, int64_t to_ms, uint64_t until_seq, struct chunk_list *list, struct samples *page, struct error *err)
{
    if (!history_begin(h, err) || !tail_follow(h, &series, 1, err) || !chunk_list_read(h, series, list, err))
        return false;
    uint64_t newest_seq = list->newest_seq;
    int64_t end = choose(list, *from_ms, to_ms, until_seq);
    for (size_t i = 0; i < list->count; i++) {
        size_t before = page->count;
        if (!chunk_samples(h, &list->rows[i], page, err))
            return false;
        keep(page, before, *from_ms, end, until_seq);
    }
    if (!history_end(h, err))
        return false;
    size_t before = page->count;
    add_tail(h, series, newest_seq, page);
    keep(page, before, *from_ms, end, until_seq);
    sort_by_time(page);
    *from_ms = end;
    return true;
}

bool history_page(struct history *h, uint32_t series, int64_t *from_ms, int64_t to_ms, uint64_t until_seq, struct samples *page, struct error *err)
{
    struct chunk_list list = {.rows = NULL};
    samples_clear(page);
    bool good = read_page(h, series, from_ms, to_ms, until_seq, &list, page, err);
    free(list.rows);
    return good;
}

bool history_follow(struct history *h, const uint32_t *series, size_t count, struct error *err)
{
    return history_begin(h, err) && tail_follow(h, series, count, err) && history_end(h, err);
}

bool history_samples(struct history *h, uint32_t series, int64_t from_ms, int64_t to_ms, uint64_t until_seq, sample_take *take, void *arg, struct error *err)
{
    struct samples page;
    bool good = true, going = true;
    samples_init(&page);
    while (good && going && from_ms < to_ms) {
        good = history_page(h, series, &from_ms, to_ms, until_seq, &page, err);
        for (size_t i = 0; good && going && i < page.count; i++) {
            const struct sample *s = &page.rows[i];
            going = take(arg, series, s, s->value.kind == VALUE_TEXT ? samples_text(&page, s->value) : NULL);
        }
    }
    samples_finish(&page);
    return good;
}

/* ---- summaries ---- */

struct summing {
    struct summaries *page;
    int64_t step_ms, from_ms, to_ms; /* whole steps */
};

static void add_summary(struct summing *s, struct summary piece)
{
    struct summaries *page = s->page;
    piece.start_ms = floor_to(piece.start_ms, s->step_ms);
    if (piece.count == 0 || piece.start_ms < s->from_ms || piece.start_ms >= s->to_ms)
        return;
    if (page->count && page->rows[page->count - 1].start_ms == piece.start_ms) {
        summary_merge(&page->rows[page->count - 1], &piece);
        return;
    }
    page->rows = mem_grow(page->rows, page->count, &page->capacity, sizeof *page->rows);
    page->rows[page->count++] = piece;
}

static void take_minute(void *arg, const struct summary *minute)
{
    add_summary(arg, *minute);
}

static int by_start(const void *a, const void *b)
{
    const struct summary *x = a, *y = b;
    return x->start_ms < y->start_ms ? -1 : x->start_ms > y->start_ms;
}

/* Sorts, and makes one of those that begin together. */
static void settle(struct summaries *page)
{
    size_t kept = 0;
    if (page->count)
        qsort(page->rows, page->count, sizeof *page->rows, by_start);
    for (size_t i = 0; i < page->count; i++)
        if (kept && page->rows[kept - 1].start_ms == page->rows[i].start_ms)
            summary_merge(&page->rows[kept - 1], &page->rows[i]);
        else
            page->rows[kept++] = page->rows[i];
    page->count = kept;
}

static bool add_hours(struct history *h, uint32_t series, struct summing *s, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_HOURS, err);
    int rc;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, series);
    sqlite3_bind_int64(stmt, 2, s->from_ms);
    sqlite3_bind_int64(stmt, 3, s->to_ms);
    while ((rc = history_row(h, stmt, err)) == SQLITE_ROW)
        add_summary(s, (struct summary){.start_ms = sqlite3_column_int64(stmt, 0), .count = (uint32_t)sqlite3_column_int64(stmt, 1),
            .min = sqlite3_column_double(stmt, 2), .max = sqlite3_column_double(stmt, 3), .sum = sqlite3_column_double(stmt, 4)});
    if (rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

bool history_hours_end(struct history *h, uint32_t series, int64_t *hours_ms, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_SERIES_HOURS, err);
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, series);
    int rc = history_row(h, stmt, err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    *hours_ms = rc == SQLITE_ROW ? floor_to(sqlite3_column_int64(stmt, 0), HOUR_MS) : INT64_MIN;
    history_done(stmt);
    return true;
}

/* Where a page of chunks' minutes ends. */
static int64_t minutes_end(const struct chunk_list *list, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    int64_t end = to_ms;
    size_t reach = 0;
    for (size_t i = 0; i < list->count; i++)
        reach += list->rows[i].first_ms < to_ms && list->rows[i].last_ms >= from_ms;
    if (reach > PAGE_CHUNKS && to_ms - from_ms > DAY_MS)
        end = from_ms + (to_ms - from_ms) / (int64_t)(reach / PAGE_CHUNKS + 1);
    end = floor_to(end, step_ms);
    return end > from_ms ? end : to_ms;
}

static bool add_minutes(struct history *h, const struct chunk_list *list, struct summing *s, struct error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct chunk_row *row = &list->rows[i];
        if (row->first_ms < s->to_ms && row->last_ms >= s->from_ms && !chunk_minutes(h, row, take_minute, s, err))
            return false;
    }
    return true;
}

static void sum_tail(struct history *h, uint32_t series, uint64_t newest_seq, struct summing *s)
{
    const struct samples *tail = tail_samples(h->tail, series);
    for (size_t i = 0; i < tail->count; i++) {
        struct summary one = {.start_ms = tail->rows[i].time_ms};
        summary_add(&one, &tail->rows[i]);
        if (tail->rows[i].seq > newest_seq)
            add_summary(s, one);
    }
}

static bool read_summaries(struct history *h, uint32_t series, int64_t step_ms, int64_t *from_ms, int64_t to_ms, struct chunk_list *list, struct summaries *page, struct error *err)
{
    int64_t hours_ms = INT64_MIN;
    struct summing s = {.page = page, .step_ms = step_ms, .from_ms = *from_ms, .to_ms = to_ms};
    if (!history_begin(h, err) || !tail_follow(h, &series, 1, err) || !chunk_list_read(h, series, list, err))
        return false;
    if (step_ms == HOUR_MS && !history_hours_end(h, series, &hours_ms, err))
        return false;
    if (hours_ms > s.from_ms) {
        s.to_ms = hours_ms < to_ms ? hours_ms : to_ms;
        if (!add_hours(h, series, &s, err))
            return false;
    } else {
        s.to_ms = minutes_end(list, *from_ms, to_ms, step_ms);
        if (!add_minutes(h, list, &s, err))
            return false;
    }
    sum_tail(h, series, list->newest_seq, &s);
    settle(page);
    *from_ms = s.to_ms;
    return history_end(h, err);
}

bool history_summary_page(struct history *h, uint32_t series, int64_t step_ms, int64_t *from_ms, int64_t to_ms, struct summaries *page, struct error *err)
{
    struct chunk_list list = {.rows = NULL};
    page->count = 0;
    bool good = read_summaries(h, series, step_ms, from_ms, to_ms, &list, page, err);
    free(list.rows);
    return good;
}

bool history_summaries(struct history *h, uint32_t series, int64_t step_ms, int64_t from_ms, int64_t to_ms, summary_take *take, void *arg, struct error *err)
{
    struct summaries page = {.rows = NULL};
    bool good = true, going = true;
    from_ms = floor_to(from_ms < -TIME_MOST_MS ? -TIME_MOST_MS : from_ms, step_ms);
    to_ms = floor_to((to_ms > TIME_MOST_MS ? TIME_MOST_MS : to_ms) + step_ms - 1, step_ms);
    while (good && going && from_ms < to_ms) {
        good = history_summary_page(h, series, step_ms, &from_ms, to_ms, &page, err);
        for (size_t i = 0; good && going && i < page.count; i++)
            going = take(arg, &page.rows[i]);
    }
    free(page.rows);
    return good;
}
