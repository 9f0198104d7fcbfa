/*
 * A binary heap of (deadline, slot), least first, and for each slot its place in the heap, so that setting a slot again
 * moves the entry instead of adding another: the heap never holds more entries than there are slots.
 */
#include "core/timer.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"

void timers_init(struct timers *timers, size_t slots)
{
    *timers = (struct timers){.slots = slots};
    timers->position = mem_zero(slots, sizeof *timers->position);
}

void timers_finish(struct timers *timers)
{
    free(timers->heap);
    free(timers->position);
    *timers = (struct timers){.slots = 0};
}

static bool before(struct timer_entry a, struct timer_entry b)
{
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.slot < b.slot;
}

static void place(struct timers *timers, size_t at, struct timer_entry entry)
{
    timers->heap[at] = entry;
    timers->position[entry.slot] = (uint32_t)at + 1;
}

static void sift_up(struct timers *timers, size_t at, struct timer_entry entry)
{
    while (at > 0 && before(entry, timers->heap[(at - 1) / 2])) {
        place(timers, at, timers->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(timers, at, entry);
}

static void sift_down(struct timers *timers, size_t at, struct timer_entry entry)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= timers->count)
            break;
        if (child + 1 < timers->count && before(timers->heap[child + 1], timers->heap[child]))
            child++;
        if (!before(timers->heap[child], entry))
            break;
        place(timers, at, timers->heap[child]);
        at = child;
    }
    place(timers, at, entry);
}

void timers_set(struct timers *timers, uint32_t slot, int64_t deadline)
{
    assert(slot < timers->slots);
    struct timer_entry entry = {.deadline = deadline, .slot = slot};
    size_t at = timers->position[slot];
    if (at == 0) {
        timers->heap = mem_grow(timers->heap, timers->count, &timers->capacity, sizeof *timers->heap);
        sift_up(timers, timers->count++, entry);
        return;
    }
    if (before(entry, timers->heap[at - 1]))
        sift_up(timers, at - 1, entry);
    else
        sift_down(timers, at - 1, entry);
}

void timers_clear(struct timers *timers, uint32_t slot)
{
    assert(slot < timers->slots);
    size_t at = timers->position[slot];
    if (at == 0)
        return;
    timers->position[slot] = 0;
    struct timer_entry last = timers->heap[--timers->count];
    if (last.slot == slot)
        return;
    if (at - 1 > 0 && before(last, timers->heap[(at - 2) / 2]))
        sift_up(timers, at - 1, last);
    else
        sift_down(timers, at - 1, last);
}

int64_t timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[0].deadline : INT64_MAX;
}

int64_t timers_at(const struct timers *timers, uint32_t slot)
{
    assert(slot < timers->slots);
    return timers->position[slot] ? timers->heap[timers->position[slot] - 1].deadline : INT64_MAX;
}

bool timers_take(struct timers *timers, int64_t now, struct timer_entry *out)
{
    if (timers->count == 0 || timers->heap[0].deadline > now)
        return false;
    *out = timers->heap[0];
    timers_clear(timers, out->slot);
    return true;
}
