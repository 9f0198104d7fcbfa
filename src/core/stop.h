/*
 * stop: one stretch in which a unit or line did not run, its reason, and who said so. Successive states of one class (aborting, aborted, clearing) are
 * one stop. A stop is known by its node and its beginning, which never changes: splitting makes a second one, merging ends one.
 */
#ifndef ANDON_CORE_STOP_H
#define ANDON_CORE_STOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/account.h"

enum { NO_REASON = UINT16_MAX, REASON_PATH = 96, REASON_DEPTH = 4, STOP_COMMENT = 256, STOP_WHO = 64, STOP_MESSAGE = 96 };

/* A row of the plant's reason tree (configuration: `reasons`); children follow their parent in depth-first order. */
struct reason {
    const char *name, *title;      /* title falls back to name */
    uint16_t parent;               /* NO_REASON: a root */
    uint16_t end;                  /* one past its subtree */
    bool has_class;
    enum state_class class;        /* what a stop with this reason is booked as, instead of what the machine's state says; its own or its parent's */
    const char *const *codes;      /* machine messages (codes or texts, * and ? stand for any) that propose it */
    size_t code_count;
};

struct stop {
    uint32_t node;
    int64_t start_ms, end_ms;      /* source time; end 0: it lasts */
    uint8_t class;                 /* enum state_class as the machine said */
    uint8_t booked;                /* enum state_class that it counts as: by its reason, else `class` */
    uint8_t category;              /* enum time_category of the whole: down or minor by its length (of a set-up: TIME_SETUP) */
    bool gone;                     /* merged into the one before, or amended away by late samples */
    uint16_t reason, proposal;     /* in plant->reasons, or NO_REASON. The proposal is of the first machine message of the stop */
    char message[STOP_MESSAGE];    /* that message, "" for none */
    char who[STOP_WHO];            /* who gave the reason, "" for nobody */
    char comment[STOP_COMMENT];
    char product[WORK_NAME], order[WORK_NAME], shift[SHIFT_NAME], crew[CREW_NAME]; /* when it began */
    int64_t shift_ms; int32_t day;
};

/* A stop as it stands after a batch, for the store: the newest of a path and start counts. Texts are in full, so that it outlives configurations. */
struct stop_version {
    uint64_t seq;
    char path[256];                /* of the node */
    char reason[REASON_PATH], proposal[REASON_PATH]; /* "mechanical/jam", "" for none */
    char reason_title[64];
    struct stop stop;              /* node, reason and proposal are not valid here */
};

#endif
