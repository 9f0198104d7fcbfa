/*
 * import: what a CSV file says of configured tags, read whole, sorted by its own time, and folded in a model of its own: samples, and the states and
 * quantities that follow from them. Nothing is sent here: see import_send.h.
 *
 *     if (import_read(&import, &options, "2018.csv", &err)) ... import.columns ...
 *     import_fold(&import);
 *     import_finish(&import);
 */
#ifndef ANDON_APP_IMPORT_H
#define ANDON_APP_IMPORT_H

#include "core/chunk.h"
#include "core/outcome.h"
#include "core/pack.h"
#include "core/plant.h"

enum { IMPORT_COLUMNS = 256, IMPORT_SAMPLES = 8000000, IMPORT_NAMED = 5, IMPORT_SOURCE = 256 };

struct import_tag {
    const char *column, *key; /* a column's name or number (from 1), and the key of a tag */
};

struct import_options {
    const struct plant *plant;     /* borrowed */
    const struct zone *zone;       /* of local times; borrowed */
    const char *time_column;       /* name or number; NULL: one that is called time, timestamp, date, datetime or ts, else the first */
    const char *time_format;       /* NULL: ISO 8601 or an epoch number */
    const struct import_tag *tags; /* what is not named here is taken when its column has the name of a key */
    size_t tag_count;
    char separator;                /* 0: found out */
    bool midnight_next;
    int64_t now_ms;                /* stamps further ahead than the bound allows are refused */
};

/* One column and the tag that it is for. Samples are sorted by time; those of one time stand as in the file. */
struct import_column {
    size_t field;
    uint32_t tag;
    char key[KEY_BYTES];
    struct samples samples;
    struct packer events;          /* after import_fold(): what its alarms did, one event behind the other (event_pack()) */
    size_t *event_ends;            /* where each ends */
    size_t event_count, event_capacity;
};

struct import {
    char source[IMPORT_SOURCE];    /* the file's name and a hash of its bytes: the same file again is known by it */
    size_t time_field;
    struct import_column *columns;
    size_t column_count;
    uint64_t rows, samples, empty;     /* empty: cells without a value */
    uint64_t bad_rows, bad_times, bad_values; /* left out */
    uint64_t skipped, twice;           /* local times: see core/stamp.h */
    char problems[IMPORT_NAMED][160];  /* the first few, with line numbers */
    size_t problem_count;
    int64_t first_ms, last_ms;
    const struct plant *plant;
    uint64_t known_cells;              /* after import_send(): cells of meters that were left out, because something of their quarter was in the history already */
    struct outcomes outcomes;          /* after import_fold(): no events, intervals, facts, stops, facts of the columns' meters (each cell once), and buckets whose series is the column's number + 1 */
};

/* False when nothing of it can come in: err says why. */
bool import_read(struct import *import, const struct import_options *options, const char *path, struct error *err);
void import_fold(struct import *import);
void import_finish(struct import *import);

#endif
