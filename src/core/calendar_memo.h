/*
 * calendar_memo: the stretches of calendars that were asked for last. A screen asks for the same shift of some calendars for each of hundreds of lines.
 *
 * It is of one plant (its zone does not change), and of one thread.
 */
#ifndef ANDON_CORE_CALENDAR_MEMO_H
#define ANDON_CORE_CALENDAR_MEMO_H

#include "core/calendar.h"

enum { MEMO_STRETCHES = 64 };

struct calendar_memo {
    struct { const struct calendar *calendar; struct shift_at at; } slots[MEMO_STRETCHES]; /* calendar NULL: free */
    size_t next, last;             /* the slot that is given away next; the one that was found last */
};

/* As calendar_at() and calendar_planned_ms(). */
void calendar_memo_at(struct calendar_memo *memo, const struct calendar *calendar, const struct zone *zone, int64_t ms, struct shift_at *out);
int64_t calendar_memo_planned_ms(struct calendar_memo *memo, const struct calendar *calendar, const struct zone *zone, int64_t from_ms, int64_t to_ms);

#endif
