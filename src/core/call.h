/*
 * call: somebody is called to a line: maintenance, quality, material, supervisor. It waits until somebody takes it, and stands until it is closed.
 */
#ifndef ANDON_CORE_CALL_H
#define ANDON_CORE_CALL_H

#include <stdint.h>

enum { CALLS_MOST = 256, CALL_WHO = 64, CALL_COMMENT = 256, CALL_KIND = 32, CALL_LATE_MS = 300000 };

/* Of plant->call_kinds (configuration: `calls`; preset maintenance, quality, material, supervisor). */
struct call_kind {
    const char *name, *title;
    int64_t late_ms;  /* a call that nobody took for so long is overdue; 0: never */
};

/* One of a kind at a node at a time. */
struct call {
    uint32_t node;
    uint16_t kind;
    int64_t raised_ms, taken_ms;   /* taken 0: nobody yet. Stream (wall) time of the batch */
    char who[CALL_WHO], taker[CALL_WHO];
    char comment[CALL_COMMENT];
};

#endif
