/*
 * librarian_parts: what the librarian's files share: what is wanted and how old the answers are (librarian.c, main loop), the live tail of
 * curves (librarian_tail.c, main loop), and the thread (librarian_work.c). Nobody else includes this.
 */
#ifndef ANDON_APP_LIBRARIAN_PARTS_H
#define ANDON_APP_LIBRARIAN_PARTS_H

#include <pthread.h>
#include <sys/types.h>

#include "app/librarian.h"

enum { ORDERS_MOST = RECALL_WANTS, REPLIES_MOST = RECALL_WANTS, TAIL_MOST = 4096 };

/* What the thread is asked, and what it says. */
struct errand {
    struct want want;
    uint64_t number, until_seq;
};

enum outcome_of_errand { ERRAND_DONE, ERRAND_FAILED, ERRAND_INTERRUPTED };

struct reply {
    uint64_t number;
    enum outcome_of_errand outcome;
    struct answer answer;  /* DONE: the answer; FAILED: `why` */
    uint64_t last_seq;     /* everything up to this batch is in it */
    int64_t last_ms;
};

/* The samples of one curve since its answer was read. A ring; lost_seq is the newest batch of which some were overwritten. */
struct tail {
    struct sample *rows;
    size_t first, count;
    uint64_t since_seq;            /* the first batch that was looked at; 0: none yet */
    uint64_t lost_seq, broken_seq; /* broken: the newest batch after which an old value does not stand any more */
    bool dirty;
};

/* A want of the last frames, as the main loop sees it. */
struct order {
    struct want want;
    uint64_t number;       /* of the errand under way; 0: none */
    uint64_t round;        /* when it was wanted last */
    int64_t due_at;        /* monotonic: when to ask again; INT64_MAX: never */
    bool answered, good;   /* good: with something in it */
    struct answer base;    /* of a curve that goes on: as it was read; its columns are ours */
    uint64_t base_seq;     /* up to this batch */
    struct tail tail;
};

struct librarian {
    /* the main loop's */
    struct loop *loop;
    void (*changed)(void *arg);
    void *arg;
    int wake, watch;       /* an eventfd */
    struct recall *recall;
    struct order orders[ORDERS_MOST];
    size_t order_count;
    uint64_t round, numbers, until_seq;

    /* under the lock */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, ended;
    bool leaving, gone;
    struct errand errands[ORDERS_MOST]; /* the newest last */
    size_t errand_count;
    uint64_t running;                   /* its number; 0: none */
    struct history *reading;            /* what can be interrupted; NULL: nothing */
    struct reply replies[REPLIES_MOST];
    size_t reply_count;
    uint64_t journey, journey_done;     /* numbers: the newest asked for, the newest that ended */
    int64_t journey_ms, journey_ahead;
    bool stay;
    struct trial *trial, *tried;        /* what waits or is under way; what ended */
    const struct trial *trying;         /* what the thread has in hand: it frees it, when it is not `trial` any more; NULL: nothing */
    struct shot *shot, *returned;       /* returned: a list */

    /* the thread's */
    char *path;
    struct packer preset;
    struct past *past;
    dev_t device;
    ino_t inode;
    int64_t failed_at;                  /* monotonic: when opening failed last; 0: it did not */
    struct error failed;
};

/* ---- librarian_work.c ---- */
void *librarian_work(void *librarian);
/* The connection; NULL: err says why not. The thread's. */
struct history *librarian_connect(struct librarian *librarian, struct error *err);
/* With the lock held: what `reading` read is read. */
void librarian_read(struct librarian *librarian);
/* With the lock held. */
void librarian_wake(struct librarian *librarian);

/* ---- librarian_trial.c ---- */
/* Called and returns with the lock held: goes on with the trial until it is done or somebody wants something else. */
void librarian_run_trial(struct librarian *librarian);

/* ---- librarian_tail.c ---- */
bool order_has_tail(const struct order *order);
/* A new answer was read: takes over its columns as the base. */
void tail_begin(struct order *order, const struct answer *answer, uint64_t last_seq);
void tail_finish(struct order *order);
void tail_batch(struct order *order, const struct model *model, const struct batch *batch);
/* The base with what has come since, up to the wall time of now. The caller's. */
struct answer tail_merge(const struct order *order, int64_t now_ms);

#endif
