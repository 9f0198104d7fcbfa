/*
 * All by the local calendar: a day of a clock change has 23 or 25 hours, and so has the shift that it falls into one less or more.
 */
#include "core/period.h"

#include <stdio.h>

const char *const period_names[PERIOD_COUNT] = {[PERIOD_SHIFT] = "shift", [PERIOD_DAY] = "day", [PERIOD_MONTH] = "month"};

static struct civil begin_of(enum period_kind kind, struct civil at)
{
    struct civil c = {.year = at.year, .month = at.month, .day = at.day};
    if (kind == PERIOD_MONTH)
        c.day = 1;
    if (kind == PERIOD_SHIFT) {
        int shift = (at.hour - SHIFT_FIRST_HOUR + 24) / SHIFT_HOURS; /* 3 and more: of this day; before it: of the day before */
        c.day += shift >= 3 ? 0 : -1;
        c.hour = SHIFT_FIRST_HOUR + shift % 3 * SHIFT_HOURS;
    }
    return c;
}

struct period period_at(const struct zone *zone, enum period_kind kind, int64_t ms)
{
    struct civil begin = begin_of(kind, zone_civil(zone, ms)), end = begin;
    switch (kind) {
    case PERIOD_SHIFT: end.hour += SHIFT_HOURS; break;
    case PERIOD_MONTH: end.month++; break;
    default: end.day++; break;
    }
    return (struct period){zone_utc(zone, begin), zone_utc(zone, end)};
}

int64_t period_day(const struct zone *zone, int64_t ms)
{
    return period_at(zone, PERIOD_DAY, ms).from_ms;
}

void period_text(const struct zone *zone, struct period p, char out[PERIOD_TEXT])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct civil a = zone_civil(zone, p.from_ms), b = zone_civil(zone, p.to_ms);
    struct period day = period_at(zone, PERIOD_DAY, p.from_ms), month = period_at(zone, PERIOD_MONTH, p.from_ms);
    if (month.from_ms == p.from_ms && month.to_ms == p.to_ms)
        snprintf(out, PERIOD_TEXT, "%04d-%02d", a.year, a.month);
    else if (day.from_ms == p.from_ms && day.to_ms == p.to_ms)
        snprintf(out, PERIOD_TEXT, "%s %04d-%02d-%02d", days[a.weekday % 7], a.year, a.month, a.day);
    else if (p.to_ms - p.from_ms < day.to_ms - day.from_ms)
        snprintf(out, PERIOD_TEXT, "%s %04d-%02d-%02d %02d:%02d - %02d:%02d", days[a.weekday % 7], a.year, a.month, a.day, a.hour, a.minute, b.hour, b.minute);
    else
        snprintf(out, PERIOD_TEXT, "%04d-%02d-%02d %02d:%02d - %04d-%02d-%02d %02d:%02d", a.year, a.month, a.day, a.hour, a.minute, b.year, b.month, b.day, b.hour, b.minute);
}
