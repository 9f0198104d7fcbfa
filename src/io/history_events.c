/*
 * Events by pages. A struct search is one query under way: those of one kind, or of all, from its place on; several kinds are searched one by one,
 * each by the index, and what they found is put into one order. It may have to look at very many to find some: it breathes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/history_private.h"

struct search {
    struct history *h;
    const struct event_query *query;
    struct event *events;
    size_t count, capacity;
    struct error *err;
};

/* Where it goes on: behind this event. */
struct place {
    int64_t ms;
    uint64_t number;
    bool end;
};

static bool under(const char *path, const char *node)
{
    size_t length = strlen(node);
    return length == 0 || (strncmp(path, node, length) == 0 && (path[length] == '\0' || path[length] == '/' || path[length] == '.'));
}

static void text_of(sqlite3_stmt *stmt, int column, char *out, size_t cap)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    size_t length = text ? (size_t)sqlite3_column_bytes(stmt, column) : 0;
    length = length < cap ? length : cap - 1;
    if (length)
        memcpy(out, text, length);
    out[length] = '\0';
}

/* EVENT_KIND_COUNT: one of a newer andon. */
static enum event_kind kind_of(const char *name)
{
    size_t kind = 0;
    while (kind < EVENT_KIND_COUNT && (!name || strcmp(event_table[kind].name, name) != 0))
        kind++;
    return (enum event_kind)kind;
}

static uint8_t alarm_kind_of(const char *name)
{
    uint8_t kind = 0;
    while (kind + 1 < ALARM_KIND_COUNT && (!name || strcmp(alarm_kind_table[kind].name, name) != 0))
        kind++;
    return kind;
}

static void read_alarm(sqlite3_stmt *stmt, struct event *e)
{
    e->alarm.event = history_alarm_event((const char *)sqlite3_column_text(stmt, 12));
    e->alarm.kind = alarm_kind_of((const char *)sqlite3_column_text(stmt, 13));
    e->alarm.priority = (uint8_t)sqlite3_column_int(stmt, 14);
    e->alarm.annunciated = sqlite3_column_int(stmt, 15) != 0;
    e->alarm.occurrence_ms = sqlite3_column_int64(stmt, 16);
    text_of(stmt, 17, e->alarm.value, sizeof e->alarm.value);
    text_of(stmt, 18, e->alarm.limit, sizeof e->alarm.limit);
    text_of(stmt, 19, e->alarm.class, sizeof e->alarm.class);
    text_of(stmt, 20, e->alarm.position, sizeof e->alarm.position);
}

static void read_event(sqlite3_stmt *stmt, enum event_kind kind, struct event *e)
{
    *e = (struct event){.number = column_seq(stmt, 0), .seq = column_seq(stmt, 1), .time_ms = sqlite3_column_int64(stmt, 2), .kind = kind,
        .series = (uint32_t)sqlite3_column_int64(stmt, 4), .span_ms = sqlite3_column_int64(stmt, 9), .down = sqlite3_column_int(stmt, 10) != 0};
    text_of(stmt, 5, e->path, sizeof e->path);
    text_of(stmt, 6, e->text, sizeof e->text);
    text_of(stmt, 7, e->before, sizeof e->before);
    text_of(stmt, 8, e->after, sizeof e->after);
    text_of(stmt, 11, e->who, sizeof e->who);
    text_of(stmt, 21, e->alarm.comment, sizeof e->alarm.comment);
    if (kind == EVENT_ALARM)
        read_alarm(stmt, e);
}

static bool is_wanted(const struct search *s, sqlite3_stmt *stmt, enum event_kind kind)
{
    const struct event_query *q = s->query;
    const char *path = (const char *)sqlite3_column_text(stmt, 5);
    if (kind == EVENT_KIND_COUNT || (q->kinds && !(q->kinds >> kind & 1)))
        return false;
    return under(path ? path : "", q->path) && !(q->until_seq && column_seq(stmt, 1) > q->until_seq);
}

/* What one transaction finds. `most`: how many the list may hold. */
static bool search_some(struct search *s, const char *kind, size_t most, struct place *place)
{
    static const enum history_stmt statements[2][2] = {{STMT_EVENTS, STMT_EVENTS_UP}, {STMT_KIND, STMT_KIND_UP}};
    const struct event_query *q = s->query;
    sqlite3_stmt *stmt = history_stmt(s->h, statements[kind != NULL][q->oldest], s->err);
    int rc = SQLITE_ROW;
    if (!stmt)
        return false;
    sqlite3_bind_int64(stmt, 1, q->oldest ? place->ms : q->from_ms);
    sqlite3_bind_int64(stmt, 2, q->oldest ? q->to_ms : place->ms);
    sqlite3_bind_int64(stmt, 3, seq_key(place->number));
    if (kind)
        sqlite3_bind_text(stmt, 4, kind, -1, SQLITE_STATIC);
    while (!history_overdue(s->h) && s->count < most && (rc = history_row(s->h, stmt, s->err)) == SQLITE_ROW) {
        *place = (struct place){.ms = sqlite3_column_int64(stmt, 2), .number = column_seq(stmt, 0)};
        enum event_kind is = kind_of((const char *)sqlite3_column_text(stmt, 3));
        if (!is_wanted(s, stmt, is))
            continue;
        s->events = mem_grow(s->events, s->count, &s->capacity, sizeof *s->events);
        read_event(stmt, is, &s->events[s->count]);
        s->count += event_matches(&s->events[s->count], q->find);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return false;
    history_done(stmt);
    place->end = rc == SQLITE_DONE || s->count == most;
    return true;
}

/* One more than is wanted, which tells that there are more. */
static bool search_kind(struct search *s, const char *kind)
{
    const struct event_query *q = s->query;
    struct place place = {.ms = q->oldest ? q->from_ms : q->to_ms, .number = q->number};
    size_t most = s->count + q->rows + 1;
    bool good = history_begin(s->h, s->err);
    while (good && !place.end)
        good = search_some(s, kind, most, &place) && history_breathe(s->h, s->err);
    return good && history_end(s->h, s->err);
}

static int newest_first(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? 1 : -1;
    return (x->number < y->number) - (x->number > y->number);
}

static int oldest_first(const void *a, const void *b)
{
    return newest_first(b, a);
}

bool history_events(struct history *h, const struct event_query *query, struct event **events, size_t *count, bool *cut, struct error *err)
{
    struct search s = {.h = h, .query = query, .err = err};
    bool good = true;
    if (query->kinds == 0)
        good = search_kind(&s, NULL);
    for (size_t kind = 0; good && kind < EVENT_KIND_COUNT; kind++)
        if (query->kinds >> kind & 1)
            good = search_kind(&s, event_table[kind].name);
    if (!good) {
        free(s.events);
        return false;
    }
    if (s.count)
        qsort(s.events, s.count, sizeof *s.events, query->oldest ? oldest_first : newest_first);
    *cut = s.count > query->rows;
    *count = *cut ? query->rows : s.count;
    *events = s.events;
    return true;
}
