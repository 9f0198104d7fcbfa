/*
 * A struct calendar_memo is a ring of answers of calendar_at(): each holds for its whole stretch [part_from_ms, part_to_ms), in which nothing changes. What
 * was found last is looked at first, then what follows it: who walks through a shift walks through the slots.
 */
#include "core/calendar_memo.h"

static const struct shift_at *found(struct calendar_memo *memo, const struct calendar *calendar, int64_t ms)
{
    for (size_t i = 0; i < MEMO_STRETCHES; i++) {
        size_t slot = (memo->last + i) % MEMO_STRETCHES;
        const struct shift_at *at = &memo->slots[slot].at;
        if (memo->slots[slot].calendar == calendar && ms >= at->part_from_ms && ms < at->part_to_ms) {
            memo->last = slot;
            return at;
        }
    }
    return NULL;
}

static const struct shift_at *stretch(struct calendar_memo *memo, const struct calendar *calendar, const struct zone *zone, int64_t ms)
{
    const struct shift_at *known = found(memo, calendar, ms);
    if (known)
        return known;
    size_t slot = memo->next;
    memo->next = (slot + 1) % MEMO_STRETCHES;
    memo->slots[slot].calendar = calendar;
    calendar_at(calendar, zone, ms, &memo->slots[slot].at);
    return &memo->slots[slot].at;
}

void calendar_memo_at(struct calendar_memo *memo, const struct calendar *calendar, const struct zone *zone, int64_t ms, struct shift_at *out)
{
    *out = *stretch(memo, calendar, zone, ms);
}

int64_t calendar_memo_planned_ms(struct calendar_memo *memo, const struct calendar *calendar, const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
    int64_t sum = 0;
    if (calendar->always)
        return to_ms > from_ms ? to_ms - from_ms : 0;
    while (from_ms < to_ms) {
        const struct shift_at *at = stretch(memo, calendar, zone, from_ms);
        int64_t end = at->part_to_ms < to_ms ? at->part_to_ms : to_ms;
        if (at->planned && !at->in_break)
            sum += end - from_ms;
        from_ms = end;
    }
    return sum;
}
