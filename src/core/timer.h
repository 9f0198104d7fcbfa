/*
 * timer: deadlines on the stream's elapsed time, in a heap of small numbers.
 *
 * Each timer is a slot number chosen by its owner; setting a slot again moves it. Slots that are due come out ordered by
 * (deadline, slot), so that one large step and a thousand small ones fire the same timers in the same order.
 */
#ifndef ANDON_CORE_TIMER_H
#define ANDON_CORE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer_entry {
    int64_t deadline;
    uint32_t slot;
};

struct timers {
    struct timer_entry *heap;
    size_t count, capacity;
    uint32_t *position; /* by slot: place in the heap + 1, 0 when not set */
    size_t slots;
};

void timers_init(struct timers *timers, size_t slots);
void timers_finish(struct timers *timers);
void timers_set(struct timers *timers, uint32_t slot, int64_t deadline);
void timers_clear(struct timers *timers, uint32_t slot);
/* The earliest deadline, or INT64_MAX. */
int64_t timers_next(const struct timers *timers);
/* The deadline of a slot, or INT64_MAX. */
int64_t timers_at(const struct timers *timers, uint32_t slot);
/* Takes the earliest timer that is due at or before `now`; false when there is none. */
bool timers_take(struct timers *timers, int64_t now, struct timer_entry *out);

#endif
