/*
 * works: a refrigerator works with its collector and store, in this process and in a time of its own, so that hours pass in seconds. It does
 * what collector.c and feed.c do, with the same ingest, fold and store, but a clock that the test sets.
 *
 *     struct works works;
 *     works_begin(&works, &(struct store_options){.chunk_ms = 30000});
 *     works_run(&works, 60000);
 *     works_end(&works);
 */
#ifndef ANDON_TESTS_WORKS_H
#define ANDON_TESTS_WORKS_H

#include "core/ingest.h"
#include "core/model.h"
#include "io/config.h"
#include "io/store.h"
#include "sim/sim.h"

enum { WORKS_CONFIGS = 8 };

struct works {
    char folder[64], path[96];
    struct store_options options;
    struct store *store;
    struct sim *sim;
    struct config configs[WORKS_CONFIGS]; /* the last one is in force */
    size_t config_count;
    struct model *model;
    struct ingest *ingest;
    int64_t sim_ms;        /* the plant's own time */
    int64_t wall_ms;       /* what the collector's clock shows */
    int64_t away_ms;       /* told in the next batch but one */
    int64_t checkpoint_ms; /* between two of them */
    int64_t since_checkpoint_ms;
    bool cut_off;          /* the broker's messages do not come */
    void (*on_batch)(void *arg, const struct works *works, const struct batch *batch); /* after it was folded and stored; may be NULL */
    void *arg;
};

/* Of the options, path and what is 0 are filled in. */
void works_begin(struct works *w, const struct store_options *options);
void works_end(struct works *w);
/* Lets so much time pass, in batches of 100 ms (one a second while nothing comes). */
void works_run(struct works *w, int64_t ms);
/* The link to the broker is lost, and comes back. */
void works_lose_broker(struct works *w);
void works_find_broker(struct works *w);
void works_step_clock(struct works *w, int64_t ms);
/* Another configuration comes into force: `from` is replaced by `to` in the text of the present one. */
void works_reload(struct works *w, const char *from, const char *to);
/* The collector ends, and begins anew after so long; with a last checkpoint or without. */
void works_restart(struct works *w, int64_t away_ms, bool orderly);
/* Everything that was put is on the disk. */
void works_flush(struct works *w);
void works_checkpoint(struct works *w);

#endif
