/*
 * A struct outbox is two arrays of the same length and order: what was sent, and what views may know of it.
 */
#define _DEFAULT_SOURCE /* getrandom() */
#include "app/outbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/memory.h"

void outbox_finish(struct outbox *o)
{
    free(o->rows);
    free(o->shown);
    *o = (struct outbox){.rows = NULL};
}

bool outbox_add(struct outbox *o, struct action *action, int64_t now_ms)
{
    if (o->count == OUTBOX_MOST || getrandom(action->id, sizeof action->id, 0) != (ssize_t)sizeof action->id)
        return false;
    o->rows = mem_grow(o->rows, o->count, &o->capacity, sizeof *o->rows);
    o->shown = mem_grow(o->shown, o->count, &o->shown_capacity, sizeof *o->shown);
    o->rows[o->count] = (struct sent){.action = *action, .by_ms = now_ms + OUTBOX_MS};
    struct pending_action *shown = &o->shown[o->count++];
    *shown = (struct pending_action){.kind = action->kind, .occurrence_ms = action->occurrence_ms};
    memcpy(shown->target, action->target, sizeof action->target);
    memcpy(shown->word, action->word, sizeof action->word);
    return true;
}

static void take_at(struct outbox *o, size_t at, struct action *out)
{
    *out = o->rows[at].action;
    o->count--;
    memmove(o->rows + at, o->rows + at + 1, (o->count - at) * sizeof *o->rows);
    memmove(o->shown + at, o->shown + at + 1, (o->count - at) * sizeof *o->shown);
}

bool outbox_take(struct outbox *o, const uint8_t id[16], struct action *out)
{
    for (size_t i = 0; i < o->count; i++)
        if (memcmp(o->rows[i].action.id, id, sizeof o->rows[i].action.id) == 0) {
            take_at(o, i, out);
            return true;
        }
    return false;
}

bool outbox_take_old(struct outbox *o, int64_t now_ms, struct action *out)
{
    if (o->count == 0 || o->rows[0].by_ms > now_ms)
        return false;
    take_at(o, 0, out);
    return true;
}
