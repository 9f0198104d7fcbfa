/*
 * fresh: the bytes of the file beside the cache (andon.db-fresh) where the newest rows of the journal wait until they are written into it, some
 * together. A flush is one write to it; a transaction of SQLite's costs ten times as much. What stands in it is as much a part of the journal as its
 * rows: who reads the journal reads this file first, and then leaves out of it what the database has by then.
 *
 *   file = head row*
 *   head = "ANDNFRS1" cache generation checksum
 *   row  = checksum generation first_seq last_seq first_ms last_ms samples length run[length]
 *
 * All numbers are 8 bytes, little-endian; a checksum is XXH3 of what stands before it in the head, and of what follows it in a row. `cache` is a
 * hash of the cache's UUID. When its rows are in the database the file is begun anew, by another generation over the bytes of the one before: what
 * is left of that behind the new rows, as what was cut off in the middle of a write, is not of this generation or has another checksum, and ends the file.
 */
#ifndef ANDON_IO_FRESH_H
#define ANDON_IO_FRESH_H

#include "core/pack.h"

#define FRESH_SUFFIX "-fresh"

enum {
    FRESH_MOST = 128 << 10, /* bytes of the file */
    FRESH_ROWS_MOST = 32,
};

/* A row of the journal; `run` is squeezed, and borrowed. */
struct fresh_row {
    uint64_t first_seq, last_seq;
    int64_t first_ms, last_ms;
    uint64_t samples;
    const uint8_t *run;
    size_t length;
};

/* The head of a file of this generation, into an empty packer; then its rows. */
void fresh_begin(struct packer *p, const char *uuid, uint64_t generation);
void fresh_add(struct packer *p, uint64_t generation, const struct fresh_row *row);

/* Whether such a file may be written to: it is ours, or nothing yet, or what a power cut has left of that (zeroes). */
bool fresh_may_be_ours(const void *bytes, size_t length);

struct fresh_reader {
    struct unpacker in; /* in.at: behind the last row that was read */
    uint64_t generation;
};

/* False when it is not a file of this cache. */
bool fresh_open(struct fresh_reader *r, const void *bytes, size_t length, const char *uuid);
/* The next row; false at the end. */
bool fresh_next(struct fresh_reader *r, struct fresh_row *row);

#endif
