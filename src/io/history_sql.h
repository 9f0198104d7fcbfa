/*
 * history_sql: SQL over the history. Beside the cache's own tables there are three that are read out of the chunks and the journal:
 *
 *   sample(tag, ts, value, quality, flags)             every sample; ts is UTC ms
 *   sample_1m, sample_1h(tag, ts, count, min, max, avg, sum)   minutes and hours that hold samples
 *
 * Bounds on tag (=, IN, GLOB, LIKE) and ts reach the chunks, so that only what is asked for is opened. Functions: iso(ts) is a text in UTC,
 * ms(text) the moment of a time as people type it. It only reads: everything else is refused before it runs.
 *
 *     struct history_sql *sql = history_sql_open(path, &zone, clock_wall_ms(), &err);
 *     history_sql_run(sql, "select iso(ts), value from sample where tag = 'a/b'", &sink, &err);
 */
#ifndef ANDON_IO_HISTORY_SQL_H
#define ANDON_IO_HISTORY_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/zone.h"

enum sql_kind { SQL_NULL, SQL_INT, SQL_REAL, SQL_TEXT, SQL_BLOB };

/* One value of a row. Text and bytes are borrowed until the row is done; a text is also NUL-terminated. */
struct sql_field {
    enum sql_kind kind;
    int64_t i;
    double d;
    const char *text;
    size_t length;
};

/* Who takes the rows. Both return false to stop, which is no error. */
struct sql_sink {
    bool (*head)(void *arg, const char *const *names, size_t count);
    bool (*row)(void *arg, const struct sql_field *fields, size_t count);
    void *arg;
};

struct history_sql;

/* `zone` and `now_ms` are what ms() understands times by; the zone is borrowed. */
struct history_sql *history_sql_open(const char *path, const struct zone *zone, int64_t now_ms, struct error *err);
void history_sql_close(struct history_sql *sql);
/* Runs one or more statements. False: err says what SQLite says. */
bool history_sql_run(struct history_sql *sql, const char *text, const struct sql_sink *sink, struct error *err);
/* Ends a running query; may be called in a signal handler. */
void history_sql_interrupt(struct history_sql *sql);
uint64_t history_sql_damaged(const struct history_sql *sql);

#endif
