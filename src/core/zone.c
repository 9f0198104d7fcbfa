#include "core/zone.h"

/*
 * A struct zone is a sorted table of instants from which an offset holds; an empty one (or none) is UTC. A local time is
 * turned back into an instant by trying the offsets of the spans around it: two fit where the clock was set back, none
 * where it was set forward.
 */

enum { DAY_S = 86400 };
#define DAY_MS INT64_C(86400000)
#define EDGE_MS (4 * DAY_MS) /* keeps sums with an offset inside int64 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t within(int64_t ms)
{
    if (ms > INT64_MAX - EDGE_MS)
        return INT64_MAX - EDGE_MS;
    return ms < INT64_MIN + EDGE_MS ? INT64_MIN + EDGE_MS : ms;
}

/* The last span that began at or before an instant; the first one for anything earlier. */
static size_t span_at(const struct zone *zone, int64_t utc_ms)
{
    size_t low = 0, high = zone->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->spans[middle].from_ms <= utc_ms)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t zone_offset_s(const struct zone *zone, int64_t utc_ms)
{
    if (!zone || zone->count == 0)
        return 0;
    return zone->spans[span_at(zone, utc_ms)].offset_s;
}

int32_t zone_steady(const struct zone *zone, int64_t utc_ms, int64_t *from_ms, int64_t *to_ms)
{
    *from_ms = INT64_MIN, *to_ms = INT64_MAX;
    if (!zone || zone->count == 0)
        return 0;
    size_t at = span_at(zone, utc_ms);
    if (at > 0)
        *from_ms = zone->spans[at].from_ms;
    if (at + 1 < zone->count)
        *to_ms = zone->spans[at + 1].from_ms;
    return zone->spans[at].offset_s;
}

/* Days are counted in eras of 400 years that begin on 1 March, so that the leap day comes last. */
int64_t civil_days(int year, int month, int day)
{
    int64_t months = (int64_t)month - 1;
    int64_t y = year + floor_div(months, 12);
    int64_t m = months - floor_div(months, 12) * 12; /* 0 January */
    y -= m < 2;
    int64_t era = floor_div(y, 400);
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * ((m + 10) % 12) + 2) / 5;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 - 719468;
}

static void civil_date(int64_t days, struct civil *out)
{
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * of_year + 2) / 153; /* 0 March */
    out->day = (int)(of_year - (153 * m + 2) / 5 + 1);
    out->month = (int)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(year + era * 400 + (m >= 10));
    out->weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7);
}

struct civil zone_civil(const struct zone *zone, int64_t utc_ms)
{
    int64_t instant = within(utc_ms);
    int64_t local = instant + (int64_t)zone_offset_s(zone, instant) * 1000;
    int64_t days = floor_div(local, DAY_MS);
    int of_day = (int)(local - days * DAY_MS);
    struct civil out = {
        .hour = of_day / 3600000, .minute = of_day / 60000 % 60, .second = of_day / 1000 % 60, .ms = of_day % 1000};
    civil_date(days, &out);
    return out;
}

static int64_t as_if_utc(struct civil local)
{
    int64_t seconds = (int64_t)local.hour * 3600 + (int64_t)local.minute * 60 + local.second;
    return within((civil_days(local.year, local.month, local.day) * DAY_S + seconds) * 1000 + local.ms);
}

int64_t zone_utc(const struct zone *zone, struct civil local)
{
    int64_t wanted = as_if_utc(local);
    if (!zone || zone->count == 0)
        return wanted;
    /* An offset is less than 26 h, so the instant lies in one of the spans within that of `wanted`. Latest first. */
    size_t first = span_at(zone, wanted - 26 * 3600000), last = span_at(zone, wanted + 26 * 3600000);
    for (size_t i = last + 1; i-- > first;) {
        int64_t utc = wanted - (int64_t)zone->spans[i].offset_s * 1000;
        if (span_at(zone, utc) == i)
            return utc;
    }
    /* It was jumped over: the jump is the first that takes the local clock past `wanted`. */
    for (size_t i = first + 1; i <= last; i++)
        if (zone->spans[i].from_ms + (int64_t)zone->spans[i].offset_s * 1000 > wanted)
            return zone->spans[i].from_ms;
    return wanted - (int64_t)zone->spans[last].offset_s * 1000;
}
