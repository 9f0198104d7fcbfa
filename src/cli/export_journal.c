/*
 * andon export --journal: the events, a page at a time, so that a year of them needs no memory. What an event has nothing to say of is NULL.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/common.h"
#include "cli/export.h"
#include "core/alarm.h"

enum { PAGE_ROWS = 512 };

static const char *const names[] = {"time", "number", "kind", "path", "what", "text", "before", "after", "value", "limit", "priority", "annunciated", "occurrence", "class",
    "position", "who", "comment"};
enum { COLUMNS = sizeof names / sizeof names[0] };

bool journal_kind(const char *name, uint32_t *kinds)
{
    for (size_t g = 0; g < EVENT_GROUPS; g++)
        if (strcmp(event_groups[g].name, name) == 0) {
            *kinds = event_groups[g].kinds;
            return true;
        }
    for (size_t k = 0; k < EVENT_KIND_COUNT; k++)
        if (strcmp(event_table[k].name, name) == 0) {
            *kinds = UINT32_C(1) << k;
            return true;
        }
    cli_fail(CLI_WRONG, "--kind %s: alarms, actions, changes, states or system is wanted, or the kind of an event (andon-cache(5))", name);
    return false;
}

static struct sql_field text_or_null(const char *text)
{
    return *text ? (struct sql_field){.kind = SQL_TEXT, .text = text, .length = strlen(text)} : (struct sql_field){.kind = SQL_NULL};
}

static struct sql_field number(int64_t i)
{
    return (struct sql_field){.kind = SQL_INT, .i = i};
}

static bool put_event(struct rows *rows, const struct zone *zone, const struct event *e)
{
    char time[EXPORT_TIME], occurrence[EXPORT_TIME] = "";
    bool alarm = e->kind == EVENT_ALARM;
    export_time(zone, e->time_ms, time);
    if (alarm)
        export_time(zone, e->alarm.occurrence_ms, occurrence);
    const struct sql_field none = {.kind = SQL_NULL}, fields[COLUMNS] = {
        text_or_null(time), number((int64_t)e->number), text_or_null(event_table[e->kind].name), text_or_null(e->path), alarm ? text_or_null(alarm_event_names[e->alarm.event]) : none,
        text_or_null(e->text), text_or_null(e->before), text_or_null(e->after), text_or_null(e->alarm.value), text_or_null(e->alarm.limit), alarm ? number(e->alarm.priority) : none,
        alarm ? number(e->alarm.annunciated) : none, text_or_null(occurrence), text_or_null(e->alarm.class), text_or_null(e->alarm.position), text_or_null(e->who), text_or_null(e->alarm.comment)};
    return rows_put(rows, fields);
}

static bool fits(const struct journal_request *r, const struct event *e)
{
    bool fits = r->pattern_count == 0;
    for (size_t p = 0; p < r->pattern_count && !fits; p++)
        fits = fnmatch(r->patterns[p], e->path, 0) == 0;
    return fits;
}

int export_journal(struct history *history, const struct journal_request *r)
{
    struct event_query query = {.path = "", .find = r->find, .kinds = r->kinds, .from_ms = r->from_ms, .to_ms = r->to_ms, .oldest = true, .rows = PAGE_ROWS};
    struct rows rows;
    struct error err;
    bool more = true, good = true;
    rows_begin(&rows, stdout, r->format, names, COLUMNS);
    while (good && more) {
        struct event *events = NULL;
        size_t count = 0;
        good = history_events(history, &query, &events, &count, &more, &err);
        for (size_t i = 0; good && i < count; i++) {
            query.from_ms = events[i].time_ms;
            query.number = events[i].number;
            if (fits(r, &events[i]) && !put_event(&rows, r->zone, &events[i]))
                break; /* the stream takes no more */
        }
        free(events);
        more = more && !ferror(stdout);
    }
    bool written = rows_end(&rows);
    if (!good)
        return cli_fail(CLI_FAILED, "%s", err.text);
    return written ? CLI_DONE : common_unwritten();
}
