/*
 * librarian: the one thread of a screen that reads the cache, so that a frame never waits for a disk. It answers what the views want
 * (core/recall), newest first, and folds the plant of a past moment. Everything comes back through the loop.
 *
 *     struct librarian *librarian = librarian_create(&options);
 *     compose.recall = librarian_recall(librarian);
 *     librarian_refresh(librarian, model);
 *     compose_draw(...);
 *     librarian_fetch(librarian);
 *
 * A cache that is not there yet, is damaged or locked is no error here: answers say so, and it is tried again.
 */
#ifndef ANDON_APP_LIBRARIAN_H
#define ANDON_APP_LIBRARIAN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/loop.h"
#include "app/past.h"
#include "core/recall.h"
#include "core/whatif_ask.h"

struct librarian;

struct librarian_options {
    struct loop *loop;
    const char *path;            /* the cache's file; copied */
    const struct bundle *bundle; /* the screen's own configuration, for moments whose own cannot be read any more; or NULL. Copied */
    void (*changed)(void *arg);  /* answers or a shot have come; in the loop */
    void *arg;
};

struct librarian *librarian_create(const struct librarian_options *options);
/* Ends the thread; one that hangs in a read is left behind after a moment. */
void librarian_destroy(struct librarian *librarian);

/* ---- what views want ---- */

/* Borrowed; another one after librarian_until(). */
struct recall *librarian_recall(struct librarian *librarian);
/* Before a frame of the living plant: brings the answers up to `model`. */
void librarian_refresh(struct librarian *librarian, const struct model *model);
/* After a frame: has fetched what it wanted and what is not there or old. */
void librarian_fetch(struct librarian *librarian);
/* Nothing later than this batch is told from now on; 0: everything. */
void librarian_until(struct librarian *librarian, uint64_t seq);
/* A batch of the live stream, just folded into `model`: what it adds to the curves that are wanted is seen at once, and not when it is
 * on the disk. Only for a stream that is recorded in the same cache. */
void librarian_batch(struct librarian *librarian, const struct model *model, const struct batch *batch);

/* ---- the plant as it was ---- */

/* A copy of it. */
struct shot {
    struct model *model;      /* NULL: there is none, `said` tells why */
    int64_t asked_ms;
    int64_t first_ms;         /* when it lies before all that is kept: the first moment that is; else 0 */
    char said[160];           /* what must be known about it, "" for nothing */
    struct past_config *hold; /* these two are the librarian's */
    struct shot *next;
};

/* Asks for a moment; of several only the newest counts. `ahead_ms`: how far beyond it those after it will lie, 0 when nobody knows. */
void librarian_travel(struct librarian *librarian, int64_t ms, int64_t ahead_ms);
/* Gives up a journey that is under way. */
void librarian_stay(struct librarian *librarian);
/* What has come of the newest journey that ended, once; NULL: nothing new. Until librarian_return() it is the caller's. */
struct shot *librarian_shot(struct librarian *librarian);
void librarian_return(struct librarian *librarian, struct shot *shot);

/* ---- back-tests ---- */

/* Variants of an alarm over a stretch of time (app/backtest.h). It borrows nothing. */
struct trial {
    struct whatif *whatifs[WHATIF_ROWS]; /* owned */
    struct backtest *under_way;          /* of the variant `done`; NULL: none. The librarian's */
    struct whatif_counts counts[WHATIF_ROWS];
    size_t count, done;
    int64_t from_ms, to_ms;
    char said[160];          /* why not all of them are done */
};

void trial_destroy(struct trial *trial);
/* Hands one over; one that runs or waits is given up for it. NULL: only that. */
void librarian_try(struct librarian *librarian, struct trial *trial);
/* The one that ended, once; NULL: nothing new. The caller's. */
struct trial *librarian_tried(struct librarian *librarian);

/* ---- without a thread ---- */

/* Answers at once what was wanted in the last frame: for a single frame on standard output. Of energy after history_plant(). */
void recall_answer_now(struct recall *recall, struct history *history, uint64_t until_seq);

#endif
