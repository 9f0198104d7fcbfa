/*
 * record, batch: the one stream that everything is folded from (RECORD.md pins both).
 *
 * A record is one fact: a sample, a source's birth or death, an operator's action, a configuration, a gap, a clock step,
 * a count of what was dropped. Records travel in batches on a 100 ms grid; a batch carries the only times that the core
 * ever knows. A batch owns its records and the dictionary of their texts; clear it to use it again.
 *
 *     batch_clear(&batch);
 *     batch_add(&batch, (struct record){.kind = RECORD_SAMPLE, .series = 7, .time_ms = t, .value = value_real(21.5)});
 */
#ifndef ANDON_CORE_RECORD_H
#define ANDON_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/value.h"

enum { BATCH_GRID_MS = 100, SERIES_MOST = 1 << 24 }; /* SERIES_MOST: ids are below it */

/* The numbers are on disk and on the wire: never reuse one. 16 to 18 are for runs (pack.h), 32 to 63 for saved states (model_save.c). */
enum record_kind {
    RECORD_SAMPLE = 1,  /* series, time_ms, value, quality, flags */
    RECORD_BIRTH = 2,   /* text: the source, e.g. "broker:main"; detail: what it said */
    RECORD_DEATH = 3,   /* text: the source; detail: why */
    RECORD_ACTION = 4,  /* text: the action's name; detail: its target; who: the person; value: the rest, core/action.h */
    RECORD_CONFIG = 5,  /* value: the configuration's id (uint); detail: where it came from */
    RECORD_GAP = 6,     /* the collector was away; value: milliseconds (int), 0 when not known */
    RECORD_CLOCK = 7,   /* the wall clock stepped against elapsed time; value: milliseconds (int, signed) */
    RECORD_DROPPED = 8, /* code: enum drop; value: how many (uint); text: an example (a topic) */
    RECORD_SERIES = 9,  /* series: an id; text: the key it stands for */
    RECORD_SKEW = 10,   /* what a publisher's clock is off by; text: the publisher; value: milliseconds that its stamps are behind their arrival (int, signed) */
    RECORD_KIND_COUNT
};

enum sample_flag {
    SAMPLE_SOURCE_TIME = 1, /* the source gave time_ms; without it, time_ms is the arrival time */
    SAMPLE_RETAINED = 2,    /* the broker kept it: true then, its age is a lower bound */
    SAMPLE_HISTORICAL = 4,  /* the source says that it is not the current value */
    SAMPLE_LATE = 8,        /* older than the series' current value */
    SAMPLE_TIME_REPLACED = 16, /* the source's time was not credible; the arrival time stands instead */
    SAMPLE_FOLLOWS = 32,    /* the first since nobody listened, and nothing is missing before it: the broker kept what came meanwhile */
};

/* `code` of a death. */
enum death_code {
    DEATH_UNKNOWN = 0,      /* the last of what came from it may be lost */
    DEATH_WHOLE = 1,        /* all that came from it is in the stream before this */
};

enum { NO_TEXT = 0 }; /* dictionary index 0 is always "" */

struct record {
    uint8_t kind;
    uint8_t quality;
    uint8_t flags;
    uint8_t code;
    uint32_t series;
    int64_t time_ms; /* UTC milliseconds */
    struct value value;
    uint32_t text, detail, who; /* dictionary indices */
};

struct batch {
    uint64_t seq;       /* one more each batch */
    int64_t wall_ms;    /* UTC, when the batch closed */
    int64_t elapsed_ms; /* since the batch before, from a clock that does not jump; >= 0 */
    uint8_t boot[16];   /* the boot that elapsed time belongs to */
    struct record *records;
    size_t count, capacity;
    char *texts;        /* NUL-terminated, one after the other */
    size_t text_bytes, text_capacity;
    uint32_t *offsets;
    size_t text_count, offset_capacity;
};

void batch_init(struct batch *batch);
void batch_finish(struct batch *batch);
/* Empties it; keeps the memory. Times and seq are the caller's to set. */
void batch_clear(struct batch *batch);
void batch_add(struct batch *batch, struct record record);
/* Puts a copy of a text (no NUL inside) into the dictionary and returns its index. Repeats of the newest text share it. */
uint32_t batch_text(struct batch *batch, const char *text, size_t length);
/* The order in which a batch is folded, so that it can be rebuilt from its series: first the series' names, then what was dropped and what clocks
 * are off by, each as they came, then the samples by series, those of one series as they came. A batch that holds any other record (a death
 * between two samples means something) stays as it came. Ingest puts every batch into this order before it is folded. */
void batch_order(struct batch *batch);
/* Holds it only samples, series, drops and skews, in that order? Then its samples may be stored apart from it. */
bool batch_is_ordered(const struct batch *batch);
/* The text of an index, "" for one that does not exist. Borrowed until the next batch_text() or batch_clear(). */
const char *batch_text_at(const struct batch *batch, uint32_t index);

#endif
