/*
 * What happened to alarms, for their metrics: pages of marks with their texts in one block (struct page), read in a transaction and handed out behind
 * it. What stood at the beginning is found alarm by alarm, by the index over what begins and ends their activity, however long ago that was.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_private.h"

enum { PAGE_MARKS = 2048 };

/* Texts are offsets until the page is complete. */
struct page_mark {
    struct alarm_mark mark;
    uint64_t number;
    size_t key, title, position;
};

struct page {
    struct page_mark *marks;
    size_t count, capacity;
    struct packer texts;
};

enum alarm_event history_alarm_event(const char *name)
{
    size_t event = 0;
    while (event < ALARM_EVENT_COUNT && (!name || strcmp(alarm_event_names[event], name) != 0))
        event++;
    return event < ALARM_EVENT_COUNT ? (enum alarm_event)event : ALARM_COMMENTED; /* one of a newer andon: it changes nothing */
}

static size_t keep_text(struct page *page, sqlite3_stmt *stmt, int column)
{
    size_t at = page->texts.count;
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    pack_bytes(&page->texts, text ? text : "", text ? (size_t)sqlite3_column_bytes(stmt, column) : 0);
    pack_u8(&page->texts, 0);
    return at;
}

static void keep_mark(struct page *page, sqlite3_stmt *stmt)
{
    page->marks = mem_grow(page->marks, page->count, &page->capacity, sizeof *page->marks);
    struct page_mark *m = &page->marks[page->count++];
    *m = (struct page_mark){.number = column_seq(stmt, 0), .mark = {.ms = sqlite3_column_int64(stmt, 2),
        .what = history_alarm_event((const char *)sqlite3_column_text(stmt, 3)), .priority = (uint8_t)sqlite3_column_int(stmt, 4),
        .annunciated = sqlite3_column_int(stmt, 5) != 0, .occurrence_ms = sqlite3_column_int64(stmt, 6)}};
    m->key = keep_text(page, stmt, 7);
    m->title = keep_text(page, stmt, 8);
    m->position = keep_text(page, stmt, 9);
}

static void hand_out(struct page *page, alarm_mark_take *take, void *arg)
{
    const char *texts = (const char *)page->texts.bytes;
    for (size_t i = 0; i < page->count; i++) {
        struct page_mark *m = &page->marks[i];
        m->mark.key = texts + m->key;
        m->mark.title = texts + m->title;
        m->mark.position = texts + m->position;
        take(arg, &m->mark);
    }
    page->count = 0;
    packer_clear(&page->texts);
}

static void page_finish(struct page *page)
{
    free(page->marks);
    packer_finish(&page->texts);
}

/* ---- within the stretch ---- */

static bool read_page(struct history *h, int64_t *from_ms, uint64_t *number, int64_t to_ms, uint64_t until_seq, struct page *page, bool *end, struct error *err)
{
    int rc = SQLITE_ROW;
    sqlite3_stmt *stmt = history_begin(h, err) ? history_stmt(h, STMT_ALARMS, err) : NULL;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, *from_ms);
    sqlite3_bind_int64(stmt, 2, to_ms);
    sqlite3_bind_int64(stmt, 3, seq_key(*number));
    while (page->count < PAGE_MARKS && !history_overdue(h) && (rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        *from_ms = sqlite3_column_int64(stmt, 2);
        *number = column_seq(stmt, 0);
        if (until_seq == 0 || column_seq(stmt, 1) <= until_seq)
            keep_mark(page, stmt);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    *end = rc == SQLITE_DONE;
    history_done(stmt);
    return history_end(h, err);
}

/* ---- before it ---- */

/* The raises since which an alarm was active at from_ms without a break; none when it was not. */
static bool read_active(struct history *h, const char *path, int64_t from_ms, uint64_t until_seq, struct page *page, struct error *err)
{
    int rc;
    sqlite3_stmt *stmt = history_stmt(h, STMT_ALARM_BEFORE, err);
    if (!stmt)
        return false;
    sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, from_ms);
    while ((rc = history_row(h, stmt, err)) == SQLITE_ROW) {
        if (until_seq && column_seq(stmt, 1) > until_seq)
            continue;
        if (history_alarm_event((const char *)sqlite3_column_text(stmt, 3)) != ALARM_RAISED)
            break;
        keep_mark(page, stmt);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    return true;
}

/* The next alarm behind *path, which it takes the place of; "" behind the last. */
static bool next_path(struct history *h, char **path, struct error *err)
{
    sqlite3_stmt *stmt = history_stmt(h, STMT_ALARM_PATH, err);
    if (!stmt)
        return false;
    sqlite3_bind_text(stmt, 1, *path, -1, SQLITE_STATIC);
    int rc = history_row(h, stmt, err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : "";
    char *next = mem_text(text ? text : "");
    history_done(stmt);
    free(*path);
    *path = next;
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct page_mark *x = a, *y = b;
    if (x->mark.ms != y->mark.ms)
        return x->mark.ms < y->mark.ms ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static bool read_standing(struct history *h, int64_t from_ms, uint64_t until_seq, struct page *page, struct error *err)
{
    char *path = mem_text("");
    bool good = history_begin(h, err);
    while ((good = good && next_path(h, &path, err)) && *path)
        good = read_active(h, path, from_ms, until_seq, page, err) && history_breathe(h, err);
    free(path);
    if (!good || !history_end(h, err))
        return false;
    if (page->count)
        qsort(page->marks, page->count, sizeof *page->marks, by_time);
    return true;
}

bool history_alarms(struct history *h, int64_t from_ms, int64_t to_ms, uint64_t until_seq, alarm_mark_take *take, void *arg, struct error *err)
{
    struct page page = {.count = 0};
    uint64_t number = 0;
    bool end = false;
    packer_init(&page.texts);
    bool good = read_standing(h, from_ms, until_seq, &page, err);
    if (good)
        hand_out(&page, take, arg);
    while (good && !end) {
        good = read_page(h, &from_ms, &number, to_ms, until_seq, &page, &end, err);
        if (good)
            hand_out(&page, take, arg);
    }
    page_finish(&page);
    return good;
}

/* ---- metrics ---- */

static void feed(void *arg, const struct alarm_mark *mark)
{
    alarm_metrics_feed(arg, mark);
}

bool history_metrics(struct history *h, struct alarm_metrics *metrics, int64_t now_ms, uint64_t until_seq, struct error *err)
{
    const struct metrics_options *o = alarm_metrics_options(metrics);
    int64_t last_ms = now_ms;
    if (now_ms == INT64_MAX && !history_newest(h, &last_ms, err)) {
        if (err->text[0])
            return false;
        last_ms = o->from_ms; /* nothing is recorded yet */
    }
    if (!history_alarms(h, o->from_ms - METRICS_LEAD_MS, last_ms < o->to_ms ? last_ms + 1 : o->to_ms, until_seq, feed, metrics, err))
        return false;
    alarm_metrics_close(metrics, last_ms < o->to_ms ? last_ms + 1 : o->to_ms);
    return true;
}
