/*
 * rows: a table of values on a stream, for other programs (CSV, JSON) and for people (columns in line).
 *
 *     struct rows rows;
 *     rows_begin(&rows, stdout, ROWS_CSV, names, count);
 *     while (...) if (!rows_put(&rows, fields)) break;    // the stream is full or closed
 *     rows_end(&rows);
 *
 * Numbers are written so that they read back bit for bit. CSV is RFC 4180: a header, CRLF, quotes where they are needed, nothing for NULL. JSON is one
 * object a line. Bytes are written as hexadecimal digits. Columns in line need all rows at hand: their widths are those of the first ROWS_LOOKED rows.
 */
#ifndef ANDON_CLI_ROWS_H
#define ANDON_CLI_ROWS_H

#include <stdbool.h>
#include <stdio.h>

#include "io/history_sql.h"

enum rows_format { ROWS_TABLE, ROWS_CSV, ROWS_JSON, ROWS_FORMAT_COUNT };
enum { ROWS_LOOKED = 1000, ROWS_WIDEST = 60 };

extern const char *const rows_format_names[ROWS_FORMAT_COUNT];

struct rows {
    FILE *out;
    enum rows_format format;
    char **names;
    size_t count;
    int *widths;
    bool *right;      /* a column of numbers */
    char **held;      /* texts of the rows that were looked at, row after row */
    size_t held_count, held_capacity, looked;
    bool settled;     /* the widths are known */
};

/* "csv"; false: there is none of that name. */
bool rows_format_read(const char *name, enum rows_format *format);
void rows_begin(struct rows *rows, FILE *out, enum rows_format format, const char *const *names, size_t count);
/* False when the stream takes no more. */
bool rows_put(struct rows *rows, const struct sql_field *fields);
bool rows_end(struct rows *rows);
/* Values: "" and NULL, and what is NAN, are NULL. */
struct sql_field rows_text(const char *text);
struct sql_field rows_number(double number);
struct sql_field rows_count(int64_t count);
/* A text as JSON has it, with its quotes. */
void rows_json_text(FILE *out, const char *text, size_t length);
/* "name": "text", and "name": 1.5, null when it is NAN. */
void rows_json_named(FILE *out, const char *name, const char *text);
void rows_json_number(FILE *out, const char *name, double number);

#endif
