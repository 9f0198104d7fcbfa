/*
 * store_schema: the cache's tables, its identity, and how an older one is brought forward. Shared by the writer and the readers.
 */
#ifndef ANDON_IO_STORE_SCHEMA_H
#define ANDON_IO_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

#include "core/error.h"

enum {
    SCHEMA_APPLICATION = 0x414E444E, /* "ANDN", PRAGMA application_id */
    SCHEMA_VERSION = 1,              /* PRAGMA user_version */
};

enum schema_verdict {
    SCHEMA_CURRENT,
    SCHEMA_EMPTY,    /* a new file */
    SCHEMA_OLDER,    /* can be brought forward */
    SCHEMA_NEWER,    /* must not be touched */
    SCHEMA_FOREIGN,  /* a database, but not andon's */
    SCHEMA_DAMAGED,  /* not a database, or its header cannot be read */
};

enum schema_verdict schema_look(sqlite3 *db, int *version);
/* Makes the tables of an empty file, or brings an older one forward, in one transaction. */
bool schema_make(sqlite3 *db, struct error *err);

#endif
