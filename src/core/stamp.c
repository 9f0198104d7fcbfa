/*
 * A struct scan is what is left of a text. A pattern fills a struct parts; what it says of a zone or an epoch makes the time absolute, all else
 * is local and goes through the zone. Nothing here knows a locale: months are English.
 */
#include "core/stamp.h"

#include <string.h>

#include "core/number.h"
#include "core/timestamp.h"

#define DAY_MS INT64_C(86400000)

struct parts {
    struct civil local;
    int afternoon;      /* -1: not said */
    bool has_offset, has_epoch;
    int offset_s;
    int64_t epoch_ms;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One to `most` digits. */
static bool take_number(const char **at, int most, int *out)
{
    int digits = 0, number = 0;
    for (; digits < most && is_digit(**at); digits++, (*at)++)
        number = number * 10 + (**at - '0');
    *out = number;
    return digits > 0;
}

static bool take_month(const char **at, int *out)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char word[3];
    for (int i = 0; i < 3; i++) {
        word[i] = (char)((*at)[i] | 0x20);
        if (!(*at)[i])
            return false;
    }
    for (int m = 0; m < 12; m++)
        if (memcmp(names + 3 * m, word, 3) == 0) {
            *at += 3;
            *out = m + 1;
            return true;
        }
    return false;
}

static bool take_half(const char **at, int *out)
{
    char first = (char)((*at)[0] | 0x20);
    if ((first != 'a' && first != 'p') || ((*at)[1] | 0x20) != 'm')
        return false;
    *out = first == 'p';
    *at += 2;
    return true;
}

static bool take_fraction(const char **at, int *ms)
{
    int unit = 100;
    const char *start = *at;
    for (*ms = 0; is_digit(**at); (*at)++, unit /= 10)
        *ms += (**at - '0') * unit;
    return *at > start;
}

/* "Z", "+02:00", "+0200", "+02" */
static bool take_offset(const char **at, struct parts *p)
{
    int sign = **at == '+' ? 1 : **at == '-' ? -1 : 0, hours = 0, minutes = 0;
    p->has_offset = true;
    if (sign == 0)
        return **at == 'Z' && ((*at)++, true);
    (*at)++;
    if (!take_number(at, 2, &hours))
        return false;
    *at += **at == ':';
    if (is_digit(**at) && !take_number(at, 2, &minutes))
        return false;
    p->offset_s = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

static bool take_epoch(const char **at, struct parts *p)
{
    size_t length = strspn(*at, "0123456789.");
    struct value v;
    double number;
    if (!number_read(*at, length, &v, NULL) || !value_number(v, &number) || !timestamp_epoch(number, &p->epoch_ms))
        return false;
    *at += length;
    p->has_epoch = true;
    return true;
}

static bool take_directive(char directive, const char **at, struct parts *p)
{
    struct civil *l = &p->local;
    switch (directive) {
    case 'Y': return take_number(at, 4, &l->year);
    case 'y':
        if (!take_number(at, 2, &l->year))
            return false;
        l->year += l->year < 69 ? 2000 : 1900;
        return true;
    case 'm': return take_number(at, 2, &l->month);
    case 'd': case 'e': return take_number(at, 2, &l->day);
    case 'b': return take_month(at, &l->month);
    case 'H': case 'I': return take_number(at, 2, &l->hour);
    case 'p': return take_half(at, &p->afternoon);
    case 'M': return take_number(at, 2, &l->minute);
    case 'S': return take_number(at, 2, &l->second);
    case 'f': return take_fraction(at, &l->ms);
    case 'z': return take_offset(at, p);
    case 's': return take_epoch(at, p);
    case '%': return *(*at)++ == '%';
    default: return false;
    }
}

bool stamp_pattern(const char *pattern, struct error *err)
{
    for (const char *p = pattern; *p; p++)
        if (*p == '%' && (!*++p || !strchr("YymdebHIpMSfzs%", *p)))
            return error_set(err, "%%%c is not known: there are %%Y %%y %%m %%d %%e %%b %%H %%I %%p %%M %%S %%f %%z %%s and %%%%", *p ? *p : ' ');
    return strchr(pattern, '%') || error_set(err, "it has no directive such as %%Y");
}

static bool by_pattern(const char *pattern, const char *text, struct parts *p)
{
    for (; *pattern; pattern++) {
        if (*pattern == '%') {
            if (!take_directive(*++pattern, &text, p))
                return false;
        } else if (*pattern == ' ') {
            text += strspn(text, " ");
        } else if (*text++ != *pattern) {
            return false;
        }
    }
    return text[strspn(text, " ")] == '\0';
}

static bool is_date(const struct civil *l)
{
    if (l->year < 1 || l->year > 9999 || l->month < 1 || l->month > 12 || l->day < 1 || l->hour > 24 || l->minute > 59 || l->second > 60)
        return false;
    return l->day <= civil_days(l->year, l->month + 1, 1) - civil_days(l->year, l->month, 1) && (l->hour < 24 || (l->minute == 0 && l->second == 0 && l->ms == 0));
}

/* ISO 8601 with or without a zone: with one, the zone that is meant for those without makes no difference. */
static bool by_itself(const char *text, struct parts *p)
{
    struct zone_span east = {.from_ms = 0, .offset_s = 3600};
    size_t length = strlen(text);
    int64_t there;
    if (!timestamp_iso(text, length, NULL, &p->epoch_ms)) {
        const char *at = text;
        return take_epoch(&at, p) && *at == '\0';
    }
    timestamp_iso(text, length, &(struct zone){.spans = &east, .count = 1}, &there);
    p->has_epoch = there == p->epoch_ms;
    p->local = zone_civil(NULL, p->epoch_ms);
    return true;
}

/* The clock shows some times twice: the earlier one is meant unless the rows have passed it. */
static int64_t resolve(struct stamp *s, struct civil local)
{
    int64_t late = zone_utc(s->zone, local), wanted = zone_utc(NULL, local);
    if (late + (int64_t)zone_offset_s(s->zone, late) * 1000 != wanted) {
        s->skipped++;
        return late;
    }
    int64_t early = wanted - (int64_t)zone_offset_s(s->zone, late - DAY_MS / 4) * 1000;
    if (early >= late || early + (int64_t)zone_offset_s(s->zone, early) * 1000 != wanted)
        return late;
    s->twice++;
    return s->before_ms == INT64_MIN || early > s->before_ms ? early : late;
}

bool stamp_read(struct stamp *s, const char *text, int64_t *utc_ms)
{
    char trimmed[80];
    struct parts p = {.afternoon = -1};
    text += strspn(text, " ");
    size_t length = strlen(text);
    while (length && text[length - 1] == ' ')
        length--;
    if (length == 0 || length >= sizeof trimmed)
        return false;
    memcpy(trimmed, text, length);
    trimmed[length] = '\0';
    if (s->pattern) {
        p.local.month = p.local.day = 1;
        if (!by_pattern(s->pattern, trimmed, &p))
            return false;
        if (p.afternoon >= 0)
            p.local.hour = p.local.hour % 12 + 12 * p.afternoon;
        if (!p.has_epoch && !is_date(&p.local))
            return false;
    } else if (!by_itself(trimmed, &p)) {
        return false;
    }
    int64_t time = p.epoch_ms;
    if (!p.has_epoch) {
        const struct civil *l = &p.local;
        if (s->midnight_next && l->hour == 0 && l->minute == 0 && l->second == 0 && l->ms == 0)
            p.local.day++;
        time = p.has_offset ? zone_utc(NULL, p.local) - (int64_t)p.offset_s * 1000 : resolve(s, p.local);
    }
    s->before_ms = time;
    *utc_ms = time;
    return true;
}
