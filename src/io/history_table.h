/*
 * history_table: the virtual tables of history_sql.
 */
#ifndef ANDON_IO_HISTORY_TABLE_H
#define ANDON_IO_HISTORY_TABLE_H

#include <sqlite3.h>

#include "io/history.h"

/* One row each of samples, minutes, hours. The array lives as long as the connection. */
struct sql_table {
    const char *name, *declaration;
    int64_t step_ms;          /* 0: samples */
    struct history *history;
};

/* Makes the table known to a connection; an error code of SQLite's. */
int history_table_add(sqlite3 *db, struct sql_table *table);

#endif
