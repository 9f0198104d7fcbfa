/*
 * history: reads the cache. One struct history is one read-only connection, used by one thread at a time. Reads are short (a transaction lasts
 * 100 ms at most), check every blob's checksum, and see a file that its collector is writing to.
 *
 *     struct history *history = history_open(path, &err);
 *     history_columns(history, &want, until_seq, columns, &err);
 *     history_close(history);
 *
 * Times are UTC ms, ranges [from, to). `until_seq` hides what came later than that batch (0: nothing is hidden), for a look at the past as it
 * was. Functions with err return false when the file cannot be read; a damaged blob is skipped, counted in history_damaged(), and what it
 * held is missing.
 */
#ifndef ANDON_IO_HISTORY_H
#define ANDON_IO_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm_metrics.h"
#include "core/chunk.h"
#include "core/error.h"
#include "core/outcome.h"
#include "core/recall.h"
#include "core/record.h"

struct history;

/* NULL: there is none, it is not andon's, of a newer schema, or cannot be read (err says which, and what to do). A cache in a folder that
 * cannot be written, with no collector, is opened as it is. */
struct history *history_open(const char *path, struct error *err);
void history_close(struct history *history);
/* Ends a running read of another thread: it returns false. */
void history_interrupt(struct history *history);
/* By the thread that reads, between two reads: an interrupt of the last one that came when it had ended is not meant for the next. */
void history_uninterrupt(struct history *history);
uint64_t history_damaged(const struct history *history);

/* The first and last moment that is kept, and the number of the last batch; false when the cache is empty. */
bool history_span(struct history *history, int64_t *first_ms, int64_t *last_ms, uint64_t *last_seq, struct error *err);
/* The moment of the last batch; without any, of what was imported last. False when the cache is empty. */
bool history_newest(struct history *history, int64_t *ms, struct error *err);
/* The id of a configured path; 0: not known. */
uint32_t history_series(struct history *history, const char *path);
/* How many samples of a series a source (the file's name and hash) has brought by import; UINT64_MAX when it cannot be read. */
uint64_t history_imported(struct history *history, uint32_t series, const char *source);
/* Calls for every series: its id and path, in order of path. */
typedef void series_take(void *arg, uint32_t series, const char *path);
bool history_each_series(struct history *history, series_take *take, void *arg, struct error *err);

/* Whose meters WANT_ENERGY asks for; NULL, as at first: none. Borrowed, until the next. */
void history_plant(struct history *history, const struct plant *plant);
/* Whatever is wanted (core/recall.h), from the tier that fits. The answer is the caller's: answer_finish(). Of columns, `last` is a mean where it
 * was read from minutes or hours; and where a column is half an hour or longer, a minute on the bound of two belongs to the first. */
bool history_answer(struct history *history, const struct want *want, uint64_t until_seq, struct answer *answer, struct error *err);

/* Every sample of a series in the range, by time (those of one time as they came). `take` returns false to stop. */
typedef bool sample_take(void *arg, uint32_t series, const struct sample *sample, const char *text);
bool history_samples(struct history *history, uint32_t series, int64_t from_ms, int64_t to_ms, uint64_t until_seq, sample_take *take, void *arg, struct error *err);
/* Says that these series are read soon, HISTORY_FOLLOW of them at most: the journal is then looked through once for all. */
enum { HISTORY_FOLLOW = 512 };
bool history_follow(struct history *history, const uint32_t *series, size_t count, struct error *err);
/* Minutes or hours (`step_ms` MINUTE_MS or HOUR_MS) of a series that hold samples, by time. */
typedef bool summary_take(void *arg, const struct summary *summary);
bool history_summaries(struct history *history, uint32_t series, int64_t step_ms, int64_t from_ms, int64_t to_ms, summary_take *take, void *arg, struct error *err);

/* ---- events ---- */

/* Which: of everything under `path` ("" for all), of these kinds (a bit each; 0: all), found by `find` ("" for all), in [from_ms, to_ms). */
struct event_query {
    const char *path, *find;
    uint32_t kinds;
    int64_t from_ms, to_ms;
    uint64_t number;      /* where a page goes on: only what comes behind the event at to_ms (at from_ms when `oldest`) with this number; 0: at the bound */
    bool oldest;          /* the oldest first; else the newest */
    size_t rows;          /* at most */
    uint64_t until_seq;
};
/* The caller's: free(). `cut`: there are more. Events of one time come by their numbers. */
bool history_events(struct history *history, const struct event_query *query, struct event **events, size_t *count, bool *cut, struct error *err);

/* What happened to alarms in [from, to), by time; before it, for each alarm that was active at from_ms, its raise. Marks of one call are sorted by time. */
typedef void alarm_mark_take(void *arg, const struct alarm_mark *mark);
bool history_alarms(struct history *history, int64_t from_ms, int64_t to_ms, uint64_t until_seq, alarm_mark_take *take, void *arg, struct error *err);

/* Feeds the metrics' period and what must be known from before it, and closes them at now_ms (INT64_MAX: at the newest batch). */
bool history_metrics(struct history *history, struct alarm_metrics *metrics, int64_t now_ms, uint64_t until_seq, struct error *err);

/* ---- accounts and stops ---- */

/* Adds up facts in [from_ms, to_ms), by the beginnings of their cells: of the node at `path`, or (`below`) of all lines at and under it, so that nothing
 * counts twice; where there is no line under it, of itself, and by node or cell of all that is under it (a line and its units). */
struct account_query {
    const char *path;
    bool below;
    bool all;                 /* with `below`, by node or cell: of units beside their lines too, which counts twice */
    const char *const *paths; /* of these nodes and no others; NULL: as path and below say */
    size_t path_count;
    enum account_by by;
    int64_t hour_ms;          /* how far local hours lie off UTC's: 0 but in zones of half and quarter hours */
    int64_t from_ms, to_ms;
    uint64_t until_seq;
};
/* Rows by time; of products, crews, orders and nodes by name, of defects the most frequent first. The caller's: free(). */
bool history_accounts(struct history *history, const struct account_query *query, struct account_row **rows, size_t *count, struct error *err);
/* The newest version of each stop at or under `path` ("" for all) that began in [from_ms, to_ms), newest first, so many `rows` at most; those that are gone left out. free(). */
bool history_stops(struct history *history, const char *path, int64_t from_ms, int64_t to_ms, uint64_t until_seq, size_t rows, struct stop_version **stops, size_t *count, bool *cut, struct error *err);
/* The beginnings of the first and last cell or stop that is kept; 0 and 0: there is none. */
bool history_account_span(struct history *history, int64_t *first_ms, int64_t *last_ms, struct error *err);

/* ---- energy ---- */

/* Facts whose cells begin in [from_ms, to_ms), added up by meter, step and `by` (shift, product, crew, order; of those cells are exact). Cost and carbon by the plant's tariffs and factors, which
 * must be the plant whose meters these are. A sum's are told from the meters under it: its times are theirs together, its peaks (by nothing only) of quarters that all of them cover. Days that are packed are read from energy_day where until_seq does not hide a part of them and `by` is nothing. */
struct energy_query {
    const struct plant *plant;
    const uint32_t *meters;   /* of plant->meters */
    size_t meter_count;
    enum energy_step step;
    enum account_by by;       /* BY_NOTHING, BY_SHIFT, BY_PRODUCT, BY_CREW, BY_ORDER, or BY_CELL: all of them */
    int64_t from_ms, to_ms;
    uint64_t until_seq;
};
/* Rows of a meter by time, of one time by name; meters by their keys. free() the rows. */
bool history_energy(struct history *history, const struct energy_query *query, struct energy_row **rows, size_t *count, struct error *err);
/* The beginning of the first cell of any meter that is kept and the end of the last; 0 and 0: there is none. */
bool history_energy_span(struct history *history, int64_t *first_ms, int64_t *last_ms, struct error *err);

/* ---- the stream ---- */

struct checkpoint {
    uint64_t seq;
    int64_t wall_ms;
    uint64_t config_id;
    struct packer state; /* for model_load(); the caller's: packer_finish() */
};

/* The newest checkpoint at or before a moment (INT64_MAX: the newest) and within a day of it; without one the one whose time is nearest before it. False with "" in err when there is none. */
bool history_checkpoint(struct history *history, int64_t wall_ms, struct checkpoint *checkpoint, struct error *err);
/* The first moment whose state can be told: that of the oldest checkpoint, or of the first batch of all. False with "" in err when there is none. */
bool history_told_first(struct history *history, int64_t *ms, struct error *err);
/* The source of a configuration (bundle_unpack() bytes) and its name; the caller's. */
bool history_config(struct history *history, uint64_t id, struct packer *bundle, char *name, size_t cap, struct error *err);
/* The configuration that was in force at a batch; 0: the newest. False with "" in err when none is known. */
bool history_config_at(struct history *history, uint64_t seq, uint64_t *id, struct error *err);
/* Every batch after `seq` up to the last one whose wall time is at most `until_ms` (a clock that was set back lies between: the later pass is
 * meant, and what was before it comes too; a pass more than a day before the moment is not, as of a clock that had lost its time), in order, as it was folded: from the chunks and the log of batches, and from the journal behind them. `take` returns false to stop. False in the middle of a hole that only a later checkpoint can cross (err says so). */
typedef bool batch_take(void *arg, const struct batch *batch);
bool history_batches(struct history *history, uint64_t seq, int64_t until_ms, batch_take *take, void *arg, struct error *err);

#endif
