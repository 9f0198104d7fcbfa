#include "core/timestamp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/text_gate.h"

/*
 * A struct scan is what is left of a text that is being read; each take_... function either takes its piece off the
 * beginning or leaves the scan alone and says so. Nothing is guessed: a text that is not read to its end is refused.
 */
struct scan {
    const char *at, *end;
};

#define DAY_MS INT64_C(86400000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_char(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool take_digits(struct scan *s, int width, int *out)
{
    int number = 0;
    if (s->end - s->at < width)
        return false;
    for (int i = 0; i < width; i++) {
        if (!is_digit(s->at[i]))
            return false;
        number = number * 10 + (s->at[i] - '0');
    }
    s->at += width;
    *out = number;
    return true;
}

static int month_days(int year, int month)
{
    return (int)(civil_days(year, month + 1, 1) - civil_days(year, month, 1));
}

/* "2024-06-12" or "20240612" */
static bool take_date(struct scan *s, struct civil *out)
{
    if (!take_digits(s, 4, &out->year))
        return false;
    bool dashes = take_char(s, '-');
    if (!take_digits(s, 2, &out->month) || (dashes && !take_char(s, '-')) || !take_digits(s, 2, &out->day))
        return false;
    return out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= month_days(out->year, out->month);
}

/* The digits behind the point; those after the third do not count. */
static bool take_fraction(struct scan *s, int *ms)
{
    int unit = 100;
    const char *start = s->at;
    for (*ms = 0; s->at < s->end && is_digit(*s->at); s->at++, unit /= 10)
        *ms += (*s->at - '0') * unit;
    return s->at > start;
}

/* "11:52", "11:52:05", "11:52:05.123", "115205,123"; 24:00 is the day's end, :60 a leap second. */
static bool take_clock(struct scan *s, struct civil *out)
{
    if (!take_digits(s, 2, &out->hour))
        return false;
    bool colons = take_char(s, ':');
    if (!take_digits(s, 2, &out->minute))
        return false;
    if (colons ? take_char(s, ':') : s->at < s->end && is_digit(*s->at)) {
        if (!take_digits(s, 2, &out->second))
            return false;
        if ((take_char(s, '.') || take_char(s, ',')) && !take_fraction(s, &out->ms))
            return false;
    }
    if (out->hour == 24)
        return out->minute == 0 && out->second == 0 && out->ms == 0;
    return out->hour < 24 && out->minute < 60 && out->second <= 60;
}

/* "Z", "+02:00", "+0200", "+02" */
static bool take_zone(struct scan *s, int *offset_s)
{
    *offset_s = 0;
    if (take_char(s, 'Z') || take_char(s, 'z'))
        return true;
    int sign = take_char(s, '+') ? 1 : take_char(s, '-') ? -1 : 0;
    int hours, minutes = 0;
    if (sign == 0 || !take_digits(s, 2, &hours))
        return false;
    bool colon = take_char(s, ':');
    if ((colon || s->at < s->end) && !take_digits(s, 2, &minutes))
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

bool timestamp_iso(const char *text, size_t length, const struct zone *zone, int64_t *utc_ms)
{
    struct scan s = {text, text + length};
    struct civil local = {.year = 0};
    if (!take_date(&s, &local))
        return false;
    if (s.at < s.end) {
        if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' '))
            return false;
        if (!take_clock(&s, &local))
            return false;
    }
    if (s.at == s.end) {
        *utc_ms = zone_utc(zone, local);
        return true;
    }
    int offset_s;
    take_char(&s, ' ');
    if (!take_zone(&s, &offset_s) || s.at != s.end)
        return false;
    *utc_ms = zone_utc(NULL, local) - (int64_t)offset_s * 1000;
    return true;
}

const char *const timestamp_patterns[] = {"yyyyMMddHHmmss", "yyyy/MM/dd HH:mm:ss", "dd.MM.yyyy HH:mm:ss", "dd/MM/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm:ss"};
const size_t timestamp_pattern_count = sizeof timestamp_patterns / sizeof timestamp_patterns[0], timestamp_plain_patterns = 3;

/* One piece of a pattern: digits for letters, else the same character. */
static bool take_piece(struct scan *s, const char **pattern, struct civil *out)
{
    static const char letters[] = "yMdHmsS";
    static const int widths[] = {4, 2, 2, 2, 2, 2, 3};
    int *const parts[] = {&out->year, &out->month, &out->day, &out->hour, &out->minute, &out->second, &out->ms};
    const char *letter = strchr(letters, **pattern);
    if (!letter)
        return take_char(s, *(*pattern)++);
    size_t part = (size_t)(letter - letters);
    *pattern += strspn(*pattern, (char[]){*letter, '\0'});
    return take_digits(s, widths[part], parts[part]);
}

bool timestamp_pattern(const char *text, size_t length, const char *pattern, const struct zone *zone, int64_t *utc_ms)
{
    struct scan s = {text, text + length};
    struct civil local = {.month = 1, .day = 1};
    while (*pattern)
        if (!take_piece(&s, &pattern, &local))
            return false;
    bool point = s.at < s.end && (take_char(&s, '.') || take_char(&s, ','));
    if (s.at < s.end ? !take_fraction(&s, &local.ms) : point)
        return false;
    if (s.at < s.end || local.year < 1 || local.month < 1 || local.month > 12 || local.day < 1 || local.day > month_days(local.year, local.month))
        return false;
    if (local.hour > 23 || local.minute > 59 || local.second > 60)
        return false;
    *utc_ms = zone_utc(zone, local);
    return true;
}

bool timestamp_epoch(double number, int64_t *utc_ms)
{
    double size = fabs(number);
    if (!(size < 9.2e24))
        return false;
    double ms = size < 1e11 ? number * 1e3 : size < 1e14 ? number : size < 1e17 ? number / 1e3 : number / 1e6;
    if (!(fabs(ms) < 9.2e18))
        return false;
    /* "1718185925.123" is a hair below its last digit as a double: half a microsecond keeps that digit. */
    *utc_ms = (int64_t)floor(ms + 0.0005);
    return true;
}

bool timestamp_epoch_int(int64_t number, int64_t units_per_second, int64_t *utc_ms)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    if (units_per_second == 0)
        units_per_second = size < UINT64_C(100000000000) ? 1 : size < UINT64_C(100000000000000) ? 1000
            : size < UINT64_C(100000000000000000) ? 1000000 : 1000000000;
    if (units_per_second < 1000) {
        int64_t factor = 1000 / units_per_second;
        if (size > (uint64_t)(INT64_MAX / factor))
            return false;
        *utc_ms = number * factor;
    } else {
        int64_t divisor = units_per_second / 1000;
        *utc_ms = number / divisor - (number % divisor < 0);
    }
    return true;
}

static bool refuse(const char *text, const char *what, struct error *err)
{
    char shown[64];
    text_gate(text, strlen(text), shown, sizeof shown, NULL);
    return error_set(err, "\"%s\" is not %s", shown, what);
}

/* One "90s" off the beginning; units may only become smaller, so that a slip of the finger is not added up. */
static bool take_duration(struct scan *s, size_t *next_unit, int64_t *total)
{
    static const struct { const char *name; int64_t ms; } units[] = {
        {"d", DAY_MS}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    int64_t number = 0;
    const char *start = s->at;
    for (; s->at < s->end && is_digit(*s->at); s->at++) {
        if (number > INT64_MAX / DAY_MS / 10 - 1)
            return false;
        number = number * 10 + (*s->at - '0');
    }
    if (s->at == start)
        return false;
    size_t letters = 0;
    while (s->at + letters < s->end && !is_digit(s->at[letters]))
        letters++;
    for (size_t u = *next_unit; u < sizeof units / sizeof *units; u++) {
        if (strlen(units[u].name) != letters || memcmp(units[u].name, s->at, letters) != 0)
            continue;
        int64_t part = number * units[u].ms;
        if (*total > INT64_MAX - part)
            return false;
        *total += part;
        *next_unit = u + 1;
        s->at += letters;
        return true;
    }
    return false;
}

bool duration_read(const char *text, int64_t *ms, struct error *err)
{
    struct scan s = {text, text + strlen(text)};
    size_t next_unit = 0;
    int64_t total = 0;
    do {
        if (!take_duration(&s, &next_unit, &total))
            return refuse(text, "a duration: 250ms, 90s, 15m, 8h, 7d, 1h30m", err);
    } while (s.at < s.end);
    *ms = total;
    return true;
}

/* The last time before now at which the local clock showed this; an hour that came twice is looked at twice. */
static bool last_clock(struct civil clock, const struct zone *zone, int64_t now_ms, int64_t *utc_ms)
{
    static const int64_t set_back[] = {0, 1800000, 3600000};
    struct civil day = zone_civil(zone, now_ms);
    for (int back = 0; back <= 2; back++) {
        clock.year = day.year;
        clock.month = day.month;
        clock.day = day.day - back;
        int64_t latest = zone_utc(zone, clock);
        for (size_t i = 0; i < sizeof set_back / sizeof *set_back; i++) {
            struct civil there = zone_civil(zone, latest - set_back[i]);
            if (latest - set_back[i] > now_ms || there.hour != clock.hour || there.minute != clock.minute)
                continue;
            *utc_ms = latest - set_back[i];
            return true;
        }
    }
    return false;
}

/* "yesterday" as late as it is now, "yesterday 03:12". */
static bool yesterday(const char *text, const struct zone *zone, int64_t now_ms, int64_t *utc_ms)
{
    struct civil clock = zone_civil(zone, now_ms), typed = {.year = 0};
    struct scan s = {text + (text[0] == ' '), text + strlen(text)};
    clock.day--;
    if (text[0] != '\0') {
        if (text[0] != ' ' || !take_clock(&s, &typed) || s.at != s.end || typed.hour > 23)
            return false;
        typed.year = clock.year;
        typed.month = clock.month;
        typed.day = clock.day;
        clock = typed;
    }
    *utc_ms = zone_utc(zone, clock);
    return true;
}

bool timestamp_typed(const char *text, const struct zone *zone, int64_t now_ms, int64_t *utc_ms, struct error *err)
{
    size_t length = strlen(text);
    struct scan s = {text, text + length};
    struct civil clock = {.year = 0};
    int64_t span;
    if (strcmp(text, "now") == 0) {
        *utc_ms = now_ms;
        return true;
    }
    if (strncmp(text, "yesterday", 9) == 0 && yesterday(text + 9, zone, now_ms, utc_ms))
        return true;
    if (text[0] == '-') {
        if (!duration_read(text + 1, &span, NULL) || now_ms < INT64_MIN + span)
            return refuse(text, "a time: -2h, -90s, -1h30m", err);
        *utc_ms = now_ms - span;
        return true;
    }
    if (length >= 5 && text[2] == ':' && take_clock(&s, &clock) && s.at == s.end && clock.hour < 24
        && last_clock(clock, zone, now_ms, utc_ms))
        return true;
    if (timestamp_iso(text, length, zone, utc_ms))
        return true;
    return refuse(text, "a time: now, -2h, 03:12, yesterday, yesterday 03:12, 2024-06-12, 2024-06-12T11:52:05", err);
}
