#include "app/shift.h"

/* A day's clock may be set forward over a boundary: zone_utc() then says when that was, and it is a boundary all the same. */
int64_t shift_end_ms(const struct zone *zone, int64_t now_ms, const uint16_t *minutes, size_t count)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000, DAYS = 3 };
    struct civil today = zone_civil(zone, now_ms);
    int64_t end = INT64_MAX;
    for (int day = 0; day < DAYS; day++)
        for (size_t i = 0; i < count; i++) {
            int64_t at = zone_utc(zone, (struct civil){.year = today.year, .month = today.month, .day = today.day + day, .minute = minutes[i]});
            if (at > now_ms && at < end)
                end = at;
        }
    return end == INT64_MAX ? now_ms + DAY_MS : end;
}

int64_t shift_until_ms(const struct plant *plant, int64_t now_ms, const uint16_t *minutes, size_t count)
{
    const struct calendar *calendar = &plant->calendars[plant->nodes[0].calendar];
    struct shift_at shift;
    if (calendar->always)
        return shift_end_ms(&plant->zone, now_ms, minutes, count);
    calendar_at(calendar, &plant->zone, now_ms, &shift);
    return shift.to_ms;
}
