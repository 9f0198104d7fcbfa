/*
 * andon export --accounts and --stops: what the reports are made of, a day at a time, so that years of it need no memory.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/common.h"
#include "cli/export.h"

#define DAY_MS INT64_C(86400000)

/* What has no column in the cache is what the row begins with; the order and the names of the others are those of the table. */
static const char *const account_names[] = {"time", "until", "path", "line", "day", "planned", "shift", "crew", "product", "order", "unknown_ms", "run_ms", "down_ms", "minor_ms", "starved_ms",
    "blocked_ms", "setup_ms", "setup_over_ms", "cleaning_ms", "maintenance_ms", "break_ms", "not_scheduled_ms", "good", "reject", "rework", "first_pass", "inspected", "startup_reject",
    "unknown", "outside", "ideal_ms", "without_ideal", "stops", "minors"};
static const char *const stop_names[] = {"time", "until", "path", "class", "booked", "category", "reason", "reason_title", "proposal", "message", "who", "comment", "product", "order", "shift",
    "crew", "day"};
enum { ACCOUNT_COLUMNS = sizeof account_names / sizeof account_names[0], STOP_COLUMNS = sizeof stop_names / sizeof stop_names[0] };

struct writing {
    struct history *history;
    const struct journal_request *request;
    struct rows rows;
    struct error err;
};

static struct sql_field text_or_null(const char *text)
{
    return *text ? (struct sql_field){.kind = SQL_TEXT, .text = text, .length = strlen(text)} : (struct sql_field){.kind = SQL_NULL};
}

static struct sql_field number(int64_t i)
{
    return (struct sql_field){.kind = SQL_INT, .i = i};
}

static struct sql_field real(double d)
{
    return (struct sql_field){.kind = SQL_REAL, .d = d};
}

static bool fits(const struct journal_request *r, const char *path)
{
    bool fits = r->pattern_count == 0;
    for (size_t p = 0; p < r->pattern_count && !fits; p++)
        fits = fnmatch(r->patterns[p], path, 0) == 0;
    return fits;
}

static bool put_account(struct writing *w, const struct account_row *row)
{
    char from[EXPORT_TIME], to[EXPORT_TIME];
    const struct account_cell *c = &row->cell;
    const struct account *a = &c->sum;
    const double pieces[] = {a->good, a->reject, a->rework, a->first_pass, a->inspected, a->startup_reject, a->unknown, a->outside, a->ideal_ms, a->without_ideal};
    struct sql_field fields[ACCOUNT_COLUMNS];
    size_t at = 0;
    export_time(w->request->zone, c->from_ms, from);
    export_time(w->request->zone, c->to_ms, to);
    fields[at++] = text_or_null(from);
    fields[at++] = text_or_null(to);
    fields[at++] = text_or_null(row->path);
    fields[at++] = number(row->line);
    fields[at++] = number(c->day);
    fields[at++] = number(c->planned);
    fields[at++] = text_or_null(c->shift);
    fields[at++] = text_or_null(c->crew);
    fields[at++] = text_or_null(c->product);
    fields[at++] = text_or_null(c->order);
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        fields[at++] = number(a->ms[i]);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        fields[at++] = real(pieces[i]);
    fields[at++] = number((int32_t)a->stops);
    fields[at] = number((int32_t)a->minors);
    return rows_put(&w->rows, fields);
}

static bool put_stop(struct writing *w, const struct stop_version *v)
{
    char from[EXPORT_TIME], to[EXPORT_TIME] = "";
    const struct stop *s = &v->stop;
    export_time(w->request->zone, s->start_ms, from);
    if (s->end_ms)
        export_time(w->request->zone, s->end_ms, to);
    const struct sql_field fields[STOP_COLUMNS] = {text_or_null(from), text_or_null(to), text_or_null(v->path), text_or_null(state_class_table[s->class].name),
        text_or_null(state_class_table[s->booked].name), text_or_null(time_category_table[s->category].name), text_or_null(v->reason), text_or_null(v->reason_title),
        text_or_null(v->proposal), text_or_null(s->message), text_or_null(s->who), text_or_null(s->comment), text_or_null(s->product), text_or_null(s->order),
        text_or_null(s->shift), text_or_null(s->crew), number(s->day)};
    return rows_put(&w->rows, fields);
}

static bool write_accounts(struct writing *w, int64_t from_ms, int64_t to_ms)
{
    struct account_query query = {.path = "", .below = true, .all = true, .by = BY_CELL, .from_ms = from_ms, .to_ms = to_ms};
    struct account_row *rows = NULL;
    size_t count = 0;
    if (!history_accounts(w->history, &query, &rows, &count, &w->err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (fits(w->request, rows[i].path) && !put_account(w, &rows[i]))
            break; /* the stream takes no more */
    free(rows);
    return true;
}

static bool write_stops(struct writing *w, int64_t from_ms, int64_t to_ms)
{
    struct stop_version *stops = NULL;
    size_t count = 0;
    bool cut;
    if (!history_stops(w->history, "", from_ms, to_ms, 0, SIZE_MAX, &stops, &count, &cut, &w->err))
        return false;
    for (size_t i = count; i-- > 0;) /* they come newest first */
        if (fits(w->request, stops[i].path) && !put_stop(w, &stops[i]))
            break;
    free(stops);
    return true;
}

int export_accounts(struct history *history, const struct journal_request *request, bool stops)
{
    struct writing w = {.history = history, .request = request};
    int64_t first_ms, last_ms;
    if (!history_account_span(history, &first_ms, &last_ms, &w.err))
        return cli_fail(CLI_FAILED, "%s", w.err.text);
    int64_t at_ms = request->from_ms > first_ms ? request->from_ms : first_ms, end_ms = request->to_ms <= last_ms ? request->to_ms : last_ms + 1;
    bool good = true;
    rows_begin(&w.rows, stdout, request->format, stops ? stop_names : account_names, stops ? STOP_COLUMNS : ACCOUNT_COLUMNS);
    for (; good && last_ms && at_ms < end_ms && !ferror(stdout); at_ms += DAY_MS) {
        int64_t to_ms = at_ms + DAY_MS < end_ms ? at_ms + DAY_MS : end_ms;
        good = stops ? write_stops(&w, at_ms, to_ms) : write_accounts(&w, at_ms, to_ms);
    }
    bool written = rows_end(&w.rows);
    if (!good)
        return cli_fail(CLI_FAILED, "%s", w.err.text);
    return written ? CLI_DONE : common_unwritten();
}
