/*
 * outbox: what somebody did on this screen and the collector has not answered. It is sent again, with the same id, behind every fresh
 * snapshot, since an answer may be lost with a connection; and given up when none comes in time.
 *
 *     outbox_add(&outbox, &action, now);                         // gives it its id
 *     if (outbox_take(&outbox, id, &action)) ...                 // its answer has come
 *     while (outbox_take_old(&outbox, now, &action)) ...         // none came
 */
#ifndef ANDON_APP_OUTBOX_H
#define ANDON_APP_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"

enum { OUTBOX_MOST = 256, OUTBOX_MS = 30000 };

struct sent {
    struct action action;
    int64_t by_ms;                /* of the caller's clock: given up then */
};

struct outbox {
    struct sent *rows;            /* oldest first */
    struct pending_action *shown; /* the same, as views see them */
    size_t count, capacity, shown_capacity;
};

void outbox_finish(struct outbox *outbox);
/* False when it is full. Fills in action->id. */
bool outbox_add(struct outbox *outbox, struct action *action, int64_t now_ms);
bool outbox_take(struct outbox *outbox, const uint8_t id[16], struct action *out);
bool outbox_take_old(struct outbox *outbox, int64_t now_ms, struct action *out);

#endif
