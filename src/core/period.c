/*
 * All by the local calendar: a day of a clock change has 23 or 25 hours, and so has the shift that it falls into one less or more.
 */
#include "core/period.h"

#include <stdio.h>

const char *const period_names[PERIOD_COUNT] = {[PERIOD_SHIFT] = "shift", [PERIOD_DAY] = "day", [PERIOD_MONTH] = "month"};

/* The moment of a shift's beginning: `index` counts on from the first one of the day, and back before it. */
static int64_t shift_begin(const struct zone *zone, const struct shift_begins *shifts, struct civil day, int index)
{
    int count = (int)shifts->count, days = (index - (index < 0 ? count - 1 : 0)) / count;
    struct civil c = {.year = day.year, .month = day.month, .day = day.day + days};
    int minutes = shifts->minutes[index - days * count];
    c.hour = minutes / 60;
    c.minute = minutes % 60;
    return zone_utc(zone, c);
}

/* Where the clock is changed local times do not tell which came first: moments do. */
static struct period shift_of(const struct zone *zone, const struct shift_begins *shifts, int64_t ms)
{
    struct civil day = zone_civil(zone, ms);
    int index = (int)shifts->count;
    while (shift_begin(zone, shifts, day, index) > ms)
        index--;
    return (struct period){shift_begin(zone, shifts, day, index), shift_begin(zone, shifts, day, index + 1)};
}

struct period period_at(const struct zone *zone, const struct shift_begins *shifts, enum period_kind kind, int64_t ms)
{
    if (kind == PERIOD_SHIFT)
        return shift_of(zone, shifts, ms);
    struct civil at = zone_civil(zone, ms), begin = {.year = at.year, .month = at.month, .day = kind == PERIOD_MONTH ? 1 : at.day}, end = begin;
    end.month += kind == PERIOD_MONTH;
    end.day += kind != PERIOD_MONTH;
    return (struct period){zone_utc(zone, begin), zone_utc(zone, end)};
}

int64_t period_day(const struct zone *zone, int64_t ms)
{
    return period_at(zone, NULL, PERIOD_DAY, ms).from_ms;
}

void period_text(const struct zone *zone, struct period p, char out[PERIOD_TEXT])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct civil a = zone_civil(zone, p.from_ms), b = zone_civil(zone, p.to_ms);
    struct period day = period_at(zone, NULL, PERIOD_DAY, p.from_ms), month = period_at(zone, NULL, PERIOD_MONTH, p.from_ms);
    if (month.from_ms == p.from_ms && month.to_ms == p.to_ms)
        snprintf(out, PERIOD_TEXT, "%04d-%02d", a.year, a.month);
    else if (day.from_ms == p.from_ms && day.to_ms == p.to_ms)
        snprintf(out, PERIOD_TEXT, "%s %04d-%02d-%02d", days[a.weekday % 7], a.year, a.month, a.day);
    else if (p.to_ms - p.from_ms < day.to_ms - day.from_ms)
        snprintf(out, PERIOD_TEXT, "%s %04d-%02d-%02d %02d:%02d - %02d:%02d", days[a.weekday % 7], a.year, a.month, a.day, a.hour, a.minute, b.hour, b.minute);
    else
        snprintf(out, PERIOD_TEXT, "%04d-%02d-%02d %02d:%02d - %04d-%02d-%02d %02d:%02d", a.year, a.month, a.day, a.hour, a.minute, b.year, b.month, b.day, b.hour, b.minute);
}
