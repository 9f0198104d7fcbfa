/*
 * csv: reads comma-separated values (RFC 4180) as bytes come: quotes, doubled quotes, line ends of any kind, a byte-order mark. A row is a record
 * of the file and may span lines. What is wrong with a row is told with it, and the next row is read as if nothing had been.
 *
 *     csv_init(&csv, ',', on_row, arg);
 *     while ((n = fread(buffer, 1, sizeof buffer, file))) csv_feed(&csv, buffer, n);
 *     csv_finish(&csv);            // the last row, when no line end follows it
 */
#ifndef ANDON_CORE_CSV_H
#define ANDON_CORE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_FIELDS = 512, CSV_ROW_BYTES = 65536 };

struct csv_row {
    uint64_t line;             /* where it begins, from 1 */
    const char *const *fields; /* NUL-terminated, borrowed for the call */
    size_t count;
    const char *problem;       /* "longer than 65536 bytes", NULL for none; the fields are then not to be trusted */
};
typedef void csv_take(void *arg, const struct csv_row *row);

struct csv {
    char separator;
    csv_take *take;
    void *arg;
    int state, mark;           /* mark: bytes of a byte-order mark seen; -1 when it is over */
    uint64_t line, lines;
    char *bytes;
    size_t used, count;
    size_t starts[CSV_FIELDS];
    const char *problem;
    bool any;                  /* the row has begun */
};

void csv_init(struct csv *csv, char separator, csv_take *take, void *arg);
void csv_feed(struct csv *csv, const char *bytes, size_t length);
/* Gives the last row and releases everything. */
void csv_finish(struct csv *csv);
/* Which of , ; and tab a first line uses most outside of quotes; ',' when none. */
char csv_separator(const char *line, size_t length);

#endif
