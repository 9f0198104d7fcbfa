/*
 * store_schema: the cache's tables, its identity, and how an older one is brought forward. Shared by the writer and the readers.
 *
 * What a reader has to know beside the tables:
 *
 * - The journal is turned into chunks in several transactions, some series in each; the last one adds the `stream` row and removes the journal's
 *   rows. So a journal sample whose batch is at or before the newest last_seq of its series' chunks is in these already: skip it there.
 *   For the stream, what a `stream` row covers comes from it and the chunks, and what the journal holds from the journal alone.
 * - The newest rows of the journal may wait beside the database (fresh.h): that file is read first, then the database.
 * - Rows of `stream` and `journal` follow each other without a gap in seq. Where one is missing there is a hole: batches were lost.
 * - `hour` is complete before series.hours_ms, and only there.
 * - Rows of `account` and `defect` add up; of `stop` the one with the greatest (seq, part) of a path and beginning counts. A part numbers what one batch has of the same.
 * - Each fact in `energy` is in its row of `energy_day` too: whoever must not know facts beyond some batch adds up the facts of days whose last_seq is greater. Of days
 *   that are `gone` the facts were removed for their age, and only the row is left.
 * - A row of energy_run or sum_day that is not empty says the same as the rows of energy_day that it is made of (core/energy_run.h, core/energy_day.h), as of its last_seq; triggers see to that.
 *   Both may be missing or empty at any time.
 * - Blobs `journal.run`, `checkpoint.state` and `config.bundle` are squeeze()d; a run is at most SCHEMA_BLOB_MOST bytes.
 */
#ifndef ANDON_IO_STORE_SCHEMA_H
#define ANDON_IO_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

enum {
    SCHEMA_APPLICATION = 0x414E444E, /* "ANDN", PRAGMA application_id */
    SCHEMA_VERSION = 6,              /* PRAGMA user_version */
    SCHEMA_BLOB_MOST = 1 << 29,      /* the longest plain run, state or bundle; for unsqueeze() */
};

/* EVENT_IMPORTED, in SQL. */
#define SCHEMA_EVENT_IMPORTED "4611686018427387904"

/* A column of `account` for each enum time_category, by its name; and for each number of struct account. */
#define SCHEMA_TIMES(X) X(unknown) X(run) X(down) X(minor) X(starved) X(blocked) X(setup) X(setup_over) X(cleaning) X(maintenance) X(break) X(not_scheduled)
#define SCHEMA_PIECES(X) X(good) X(reject) X(rework) X(first_pass) X(inspected) X(startup_reject) X(unknown) X(outside) X(ideal_ms) X(without_ideal)

/* A column of `energy` and energy_day for each amount of struct energy. */
#define SCHEMA_AMOUNTS(X) X(amount) X(reactive) X(leading) X(idle) X(estimated)
/* The id of a row of energy_day is its day times this, and its meter; of energy_run its run of ENERGY_RUN_DAYS days and its meter, of sum_day its day and its sum. */
#define SCHEMA_METERS (INT64_C(1) << 20)

/* Rows that begin or end the activity of an alarm; the index event_alarm holds them, for queries with the very same words. */
#define SCHEMA_ALARM_ENDS "kind='alarm' AND what IN ('raised', 'cleared', 'removed')"

enum schema_verdict {
    SCHEMA_CURRENT,
    SCHEMA_EMPTY,    /* a new file */
    SCHEMA_OLDER,    /* can be brought forward */
    SCHEMA_NEWER,    /* must not be touched */
    SCHEMA_FOREIGN,  /* a database, but not andon's */
    SCHEMA_DAMAGED,  /* not a database, or its pages contradict each other */
    SCHEMA_UNREADABLE, /* it could not be read this time (locked, no right, an I/O error): sqlite3_errmsg() tells */
};

enum schema_verdict schema_look(sqlite3 *db, int *version);
/* Makes the tables of an empty file, or brings an older one forward, in one transaction. */
bool schema_make(sqlite3 *db, struct error *err);

#endif
