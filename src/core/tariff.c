/*
 * What a quantity costs, and what it gives off, at a moment. A day has a table of prices of its own, by its date: validity, month, and weekday or holiday choose the rates, the clock chooses
 * among them. A struct day_kind is what of a day matters to that. Faults are looked for on each kind of day that comes in each stretch between two dates on which some rate begins or ends.
 */
#include "core/energy.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { DAY_MINUTES = 1440, QUARTER_MINUTES = 15, QUARTERS = DAY_MINUTES / QUARTER_MINUTES, KINDS = TARIFF_HOLIDAY + 1, MONTHS = 12,
    WHOLE_YEAR = 400 /* days in which every weekday of every month comes */ };
#define MINUTE_MS INT64_C(60000)
#define DAY_MS (DAY_MINUTES * MINUTE_MS)

struct day_kind { int32_t date; unsigned month; /* 0 .. 11 */ unsigned day; /* weekday, or TARIFF_HOLIDAY */ };

static bool knows_holidays(const struct tariff *tariff)
{
    for (size_t i = 0; i < tariff->rate_count; i++)
        if (tariff->rates[i].days >> TARIFF_HOLIDAY & 1)
            return true;
    return false;
}

static bool holds_on(const struct tariff_rate *rate, const struct day_kind *day)
{
    return (rate->days >> day->day & 1) && (rate->months >> day->month & 1) && day->date >= rate->valid_from && (rate->valid_to == 0 || day->date <= rate->valid_to);
}

static bool holds_at(const struct tariff_rate *rate, int minute)
{
    if (rate->from_minute == rate->to_minute)
        return true;
    bool within = minute >= rate->from_minute, before = minute < rate->to_minute;
    return rate->from_minute < rate->to_minute ? within && before : within || before;
}

/* ---- at a moment ---- */

/* Narrows a stretch of the day by a bound. */
static void bound(int minute, int at, int *from, int *to)
{
    if (at <= minute && at > *from)
        *from = at;
    if (at > minute && at < *to)
        *to = at;
}

void tariff_at(const struct tariff *tariff, const struct calendar *calendar, const struct zone *zone, int64_t ms, struct tariff_at *out)
{
    int64_t steady_from, steady_to, offset_ms = zone_steady(zone, ms, &steady_from, &steady_to) * INT64_C(1000);
    struct civil c = zone_civil(zone, ms);
    struct day_kind day = {.date = c.year * 10000 + c.month * 100 + c.day, .month = (unsigned)c.month - 1, .day = (unsigned)c.weekday};
    int minute = c.hour * 60 + c.minute, from = 0, to = DAY_MINUTES;
    if (knows_holidays(tariff) && calendar_holiday(calendar, day.date))
        day.day = TARIFF_HOLIDAY;
    *out = (struct tariff_at){.rate = NULL};
    for (size_t i = 0; i < tariff->rate_count; i++) {
        const struct tariff_rate *rate = &tariff->rates[i];
        if (!holds_on(rate, &day))
            continue;
        if (rate->from_minute != rate->to_minute) {
            bound(minute, rate->from_minute, &from, &to);
            bound(minute, rate->to_minute, &from, &to);
        }
        if (!out->rate && holds_at(rate, minute))
            out->rate = rate;
    }
    int64_t midnight = civil_days(c.year, c.month, c.day) * DAY_MS - offset_ms;
    out->from_ms = midnight + from * MINUTE_MS;
    out->to_ms = midnight + to * MINUTE_MS;
    out->from_ms = out->from_ms > steady_from ? out->from_ms : steady_from;
    out->to_ms = out->to_ms < steady_to ? out->to_ms : steady_to;
}

/* ---- faults ---- */

static int64_t day_of(int32_t date)
{
    return civil_days(date / 10000, date / 100 % 100, date % 100);
}

/* Of a day without any rate: what was valid last before it, and is first behind it. */
static void between_dates(const struct tariff *tariff, struct tariff_fault *fault)
{
    for (size_t i = 0; i < tariff->rate_count; i++) {
        int32_t from = tariff->rates[i].valid_from, to = tariff->rates[i].valid_to;
        if (to && to < fault->date && (fault->first == SIZE_MAX || to > tariff->rates[fault->first].valid_to))
            fault->first = i;
        if (from > fault->date && (fault->second == SIZE_MAX || from < tariff->rates[fault->second].valid_from))
            fault->second = i;
    }
}

/* On one kind of day: the first stretch of quarters in which that many rates hold: none, or two. */
static bool fault_on(const struct tariff *tariff, size_t rates, const struct day_kind *day, struct tariff_fault *out)
{
    size_t who[QUARTERS] = {0}, held[QUARTERS] = {0};
    int from = 0, to;
    for (int q = 0; q < QUARTERS; q++)
        for (size_t i = 0; i < tariff->rate_count; i++)
            if (holds_on(&tariff->rates[i], day) && holds_at(&tariff->rates[i], q * QUARTER_MINUTES)) {
                held[q]++;
                who[q] = i;
            }
    while (from < QUARTERS && held[from] != rates)
        from++;
    for (to = from; to < QUARTERS && held[to] == rates;)
        to++;
    if (from == QUARTERS)
        return false;
    *out = (struct tariff_fault){.first = from > 0 && held[from - 1] ? who[from - 1] : SIZE_MAX, .second = to < QUARTERS && held[to] ? who[to] : SIZE_MAX, .date = day->date,
        .day = (uint8_t)day->day, .minute = (uint16_t)(from * QUARTER_MINUTES), .to_minute = (uint16_t)(to * QUARTER_MINUTES)};
    if (rates == 0 && from == 0 && to == QUARTERS)
        between_dates(tariff, out);
    return true;
}

/* In [from, to), days since 1970, in which the same rates are valid. */
static bool fault_in(const struct tariff *tariff, size_t rates, int64_t from, int64_t to, struct tariff_fault *out)
{
    bool seen[MONTHS][KINDS] = {{false}}, holidays = knows_holidays(tariff);
    for (int64_t d = from; d < to && d < from + WHOLE_YEAR; d++) {
        struct civil c = zone_civil(NULL, d * DAY_MS);
        struct day_kind day = {.date = c.year * 10000 + c.month * 100 + c.day, .month = (unsigned)c.month - 1, .day = (unsigned)c.weekday};
        for (int look = 0; look < (holidays ? 2 : 1); look++, day.day = TARIFF_HOLIDAY) {
            if (!seen[day.month][day.day] && fault_on(tariff, rates, &day, out))
                return true;
            seen[day.month][day.day] = true;
        }
    }
    return false;
}

/* The next day behind `after` on which some rate begins or has ended. */
static int64_t next_change(const struct tariff *tariff, int64_t after)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < tariff->rate_count; i++) {
        const struct tariff_rate *rate = &tariff->rates[i];
        int64_t changes[] = {rate->valid_from ? day_of(rate->valid_from) : INT64_MIN, rate->valid_to ? day_of(rate->valid_to) + 1 : INT64_MAX};
        for (size_t k = 0; k < 2; k++)
            if (changes[k] > after && changes[k] < next)
                next = changes[k];
    }
    return next;
}

static bool find_fault(const struct tariff *tariff, size_t rates, struct tariff_fault *out)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < tariff->rate_count; i++) {
        int64_t begin = tariff->rates[i].valid_from ? day_of(tariff->rates[i].valid_from) : INT64_MIN;
        int64_t end = tariff->rates[i].valid_to ? day_of(tariff->rates[i].valid_to) + 1 : INT64_MAX;
        first = begin < first ? begin : first;
        last = end > last ? end : last;
    }
    for (int64_t from = first; from < last;) {
        int64_t to = next_change(tariff, from), begin = from;
        /* What has no beginning is looked at where it ends; what has neither, in any year. */
        if (begin == INT64_MIN)
            begin = to == INT64_MAX ? civil_days(2024, 1, 1) : to - WHOLE_YEAR;
        if (fault_in(tariff, rates, begin, to, out))
            return true;
        from = to;
    }
    return false;
}

bool tariff_hole(const struct tariff *tariff, struct tariff_fault *out)
{
    return find_fault(tariff, 0, out);
}

bool tariff_overlap(const struct tariff *tariff, size_t first, size_t second, struct tariff_fault *out)
{
    struct tariff_rate both[] = {tariff->rates[first], tariff->rates[second]};
    if (!find_fault(&(struct tariff){.rates = both, .rate_count = 2}, 2, out))
        return false;
    out->first = first;
    out->second = second;
    return true;
}

/* ---- carbon ---- */

double carrier_carbon(const struct carrier *carrier, const struct zone *zone, int64_t ms)
{
    struct civil c = zone_civil(zone, ms);
    int32_t date = c.year * 10000 + c.month * 100 + c.day;
    double kg = carrier->factor_count ? carrier->factors[0].kg : NAN;
    for (size_t i = 0; i < carrier->factor_count && carrier->factors[i].from <= date; i++)
        kg = carrier->factors[i].kg;
    return kg;
}
