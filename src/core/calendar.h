/*
 * calendar: when a plant works: weekly shifts, breaks, rotating crews, holidays, overtime, each valid from and to a date. Pure: instants are UTC
 * milliseconds, dates and times of day are the site's (core/zone.h), so that a night shift of a clock change has the hours that it really has.
 *
 *     struct shift_at s;
 *     calendar_at(&plant->calendars[c], &plant->zone, now_ms, &s);
 *     for (int64_t t = s.from_ms; t < s.to_ms; t = s.part_to_ms) calendar_at(..., t, &s) ...   // its stretches
 *
 * A shift that crosses midnight belongs to the day it began, or (night_next_day) to the next. What overlaps: an overtime shift goes before a weekly
 * one, of two weekly ones the one that began later ends the other. A holiday takes away the weekly shifts that begin on it, never overtime.
 * Overtime in the middle of a weekly shift leaves two pieces of it. On a night of a clock change a shift has the hours that the clock shows, a break its length.
 */
#ifndef ANDON_CORE_CALENDAR_H
#define ANDON_CORE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/zone.h"

enum { SHIFT_NAME = 24, CREW_NAME = 24, SHIFT_BREAKS = 8, CALENDAR_CREWS = 16 };

/* Dates are yyyymmdd; 0: without bound. Minutes are of the local day, 0 .. 1439; an end at or before the beginning is on the next day. */
struct calendar_break { uint16_t from_minute, to_minute; };
struct calendar_shift {
    const char *name, *title;      /* title falls back to name */
    const char *crew;              /* "" for none, or told by the rotation */
    uint8_t weekdays;              /* bit 0: Sunday .. bit 6: Saturday: on which it begins */
    uint16_t from_minute, to_minute;
    int32_t valid_from, valid_to;  /* inclusive */
    struct calendar_break breaks[SHIFT_BREAKS];
    size_t break_count;
};
/* Who works: crew of shift i (counting the shifts of the calendar) in step k = days from `start` to the day that it belongs to / step_days: crews[(i + k * turn) mod crew_count]. */
struct calendar_rotation {
    int32_t start;                 /* a date; 0: there is no rotation */
    uint16_t step_days;            /* at least 1 */
    const char *crews[CALENDAR_CREWS];
    size_t crew_count;
    int turn;                      /* 1 or -1 */
};
struct calendar_day { int32_t from, to; const char *title; }; /* inclusive */
struct calendar_overtime { int32_t day; uint16_t from_minute, to_minute; const char *name, *crew; };

struct calendar {
    const char *name;
    bool always;                   /* 24 hours, 7 days: nobody gave a calendar; shifts are local days without a name */
    bool night_next_day;
    struct calendar_shift *shifts;
    size_t shift_count;
    struct calendar_rotation rotation;
    struct calendar_day *holidays;
    size_t holiday_count;
    struct calendar_overtime *overtime;
    size_t overtime_count;
};

struct shift_at {
    bool planned;                  /* a shift is on */
    bool in_break;                 /* and it has a break */
    int64_t from_ms, to_ms;        /* of the shift; of the pause between two shifts; of the local day of an `always` calendar. [from, to) */
    int64_t part_from_ms, part_to_ms; /* the stretch within it in which nothing changes: up to a break, a break, ... */
    int32_t day;                   /* yyyymmdd that it belongs to; of a pause the local date of the moment's day, which also bounds the pause */
    const char *name, *title, *crew; /* the calendar's texts; "" for none */
};

/* The calendar that is used without any. Immutable. */
const struct calendar *calendar_always(void);
/* Never fails. Pauses are cut at local midnights. O(shifts + holidays + overtime). Before year 1 and after 9999 is one pause without a day. */
void calendar_at(const struct calendar *calendar, const struct zone *zone, int64_t ms, struct shift_at *out);
/* Milliseconds of [from, to) in which a shift is on, without its breaks. */
int64_t calendar_planned_ms(const struct calendar *calendar, const struct zone *zone, int64_t from_ms, int64_t to_ms);
/* The last bound (of a shift, break or local hour) at or before a moment, and the next behind it: accounts are cut there. */
int64_t calendar_cut_before(const struct calendar *calendar, const struct zone *zone, int64_t ms);
int64_t calendar_cut_after(const struct calendar *calendar, const struct zone *zone, int64_t ms);
/* Does a date lie in one of its holidays? */
bool calendar_holiday(const struct calendar *calendar, int32_t date);
/* Two weekly shifts that overlap on some day while both are valid: their indices; false: there are none. */
bool calendar_overlap(const struct calendar *calendar, size_t *first, size_t *second);

#endif
