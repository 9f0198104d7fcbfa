#include "core/timestamp.h"

#include <stdio.h>
#include <string.h>

/*
 * Times and spans as text of a known, small width. Digits are put by hand, so that a width is a fact and not a hope.
 * Years outside 0 to 9999 are shown as the nearest of these.
 */

#define YEAR_0_MS INT64_C(-62167219200000)
#define YEAR_9999_END_MS INT64_C(253402300799999)

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 365 * DAY, MOST_YEARS = 9999 };

static char *put_digits(char *at, int number, int width)
{
    for (int i = width - 1; i >= 0; i--, number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + width;
}

static char *put_text(char *at, const char *text)
{
    size_t length = strlen(text);
    memcpy(at, text, length + 1);
    return at + length;
}

static struct civil civil_shown(const struct zone *zone, int64_t utc_ms)
{
    if (utc_ms < YEAR_0_MS + INT64_C(1000) * DAY * 2)
        utc_ms = YEAR_0_MS + INT64_C(1000) * DAY * 2;
    if (utc_ms > YEAR_9999_END_MS - INT64_C(1000) * DAY * 2)
        utc_ms = YEAR_9999_END_MS - INT64_C(1000) * DAY * 2;
    return zone_civil(zone, utc_ms);
}

static char *put_date(char *at, const struct civil *c)
{
    at = put_text(put_digits(at, c->year, 4), "-");
    at = put_text(put_digits(at, c->month, 2), "-");
    return put_digits(at, c->day, 2);
}

static char *put_clock(char *at, const struct civil *c)
{
    at = put_text(put_digits(at, c->hour, 2), ":");
    at = put_text(put_digits(at, c->minute, 2), ":");
    return put_digits(at, c->second, 2);
}

void clock_text(const struct zone *zone, int64_t utc_ms, char out[SPAN_TEXT])
{
    struct civil c = civil_shown(zone, utc_ms);
    *put_clock(out, &c) = '\0';
}

void date_clock_text(const struct zone *zone, int64_t utc_ms, char out[48])
{
    static const char *const days[7] = {"Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "};
    struct civil c = civil_shown(zone, utc_ms);
    char *at = put_text(out, days[c.weekday]);
    at = put_text(put_date(at, &c), " ");
    *put_clock(at, &c) = '\0';
}

void iso_text(int64_t utc_ms, char out[SPAN_TEXT + 8])
{
    struct civil c = civil_shown(NULL, utc_ms);
    char *at = put_text(put_date(out, &c), "T");
    at = put_text(put_clock(at, &c), ".");
    put_text(put_digits(at, c.ms, 3), "Z");
}

static long long capped(int64_t number, long long most)
{
    return number > most ? most : (long long)number;
}

void span_text(int64_t ms, char out[SPAN_TEXT])
{
    long long s = ms > 0 ? ms / 1000 : 0;
    if (s < MINUTE)
        snprintf(out, SPAN_TEXT, "%llds", s);
    else if (s < 10 * MINUTE)
        snprintf(out, SPAN_TEXT, "%lldm%02llds", s / MINUTE, s % MINUTE);
    else if (s < HOUR)
        snprintf(out, SPAN_TEXT, "%lldm", s / MINUTE);
    else if (s < DAY)
        snprintf(out, SPAN_TEXT, "%lldh%02lldm", s / HOUR, s % HOUR / MINUTE);
    else if (s < 10 * DAY)
        snprintf(out, SPAN_TEXT, "%lldd%02lldh", s / DAY, s % DAY / HOUR);
    else if (s < INT64_C(1000) * DAY)
        snprintf(out, SPAN_TEXT, "%lldd", s / DAY);
    else
        snprintf(out, SPAN_TEXT, "%lldy", capped(s / YEAR, MOST_YEARS));
}

void age_text(int64_t ms, char out[SPAN_TEXT])
{
    long long s = ms > 0 ? ms / 1000 : 0;
    if (s < 1)
        snprintf(out, SPAN_TEXT, "<1s");
    else if (s < MINUTE)
        snprintf(out, SPAN_TEXT, "%llds", s);
    else if (s < HOUR)
        snprintf(out, SPAN_TEXT, "%lldm", s / MINUTE);
    else if (s < DAY)
        snprintf(out, SPAN_TEXT, "%lldh", s / HOUR);
    else if (s < INT64_C(1000) * DAY)
        snprintf(out, SPAN_TEXT, "%lldd", s / DAY);
    else
        snprintf(out, SPAN_TEXT, "%lldy", capped(s / YEAR, 999));
}
