#include "io/zonefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/text_gate.h"

/*
 * A struct tzif is the body of a zone file (RFC 8536) that the table is made from: the second one, with 64-bit times, unless the
 * file is of version 1. All its counts are checked against the file's length before anything is read. A struct footer is the
 * POSIX rule behind it, by which the table goes on from the last written transition to the end of 2100.
 */
struct tzif {
    const unsigned char *times, *types, *infos; /* time_count times and types, type_count records of 6 bytes */
    size_t time_count, type_count, time_size;   /* time_size: 4 or 8 bytes */
    const char *footer;                         /* ends in a line end; "" when there is none */
};

/* The instant at which an offset begins, in a year: "M3.5.0/2", "J60", "59". */
struct rule {
    char kind;             /* 'M', 'J' (1-365, no leap day) or 'D' (0-365) */
    int month, week, day;
    int second;            /* of the local day; may be negative or more than a day */
};

struct footer {
    int standard_s, summer_s; /* UTC offsets */
    bool has_summer;
    struct rule begins, ends; /* of summer time */
};

enum { LARGEST_FILE = 1 << 20, HEADER = 44, LAST_YEAR = 2100, LARGEST_OFFSET_S = 26 * 3600 - 1 };

static const char zone_folder[] = "/usr/share/zoneinfo/";

/* ---- the file ---- */

static bool name_is_harmless(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/";
    size_t length = strlen(name);
    return length > 0 && length < 64 && strspn(name, allowed) == length && name[0] != '/' && name[length - 1] != '/';
}

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int32_t signed_32(const unsigned char *at)
{
    uint32_t bits = big_endian(at);
    return bits <= INT32_MAX ? (int32_t)bits : -(int32_t)(UINT32_MAX - bits) - 1;
}

static int64_t time_at(const struct tzif *z, size_t i)
{
    const unsigned char *at = z->times + i * z->time_size;
    int64_t high = signed_32(at);
    return z->time_size == 4 ? high : high * (INT64_C(1) << 32) + big_endian(at + 4);
}

/* Reads the header at `at` and returns the length of header and data, or 0 when they do not fit in what is left. */
static size_t read_body(const unsigned char *at, size_t left, size_t time_size, struct tzif *out)
{
    if (left < HEADER || memcmp(at, "TZif", 4) != 0)
        return 0;
    uint64_t n[6]; /* isutc, isstd, leap, time, type, char */
    for (size_t i = 0; i < 6; i++)
        n[i] = big_endian(at + 20 + 4 * i);
    uint64_t total = HEADER + n[3] * time_size + n[3] + n[4] * 6 + n[5] + n[2] * (time_size + 4) + n[1] + n[0];
    if (total > left || n[4] == 0 || n[4] > 256)
        return 0;
    *out = (struct tzif){.times = at + HEADER, .time_count = n[3], .type_count = n[4], .time_size = time_size, .footer = ""};
    out->types = out->times + n[3] * time_size;
    out->infos = out->types + n[3];
    return total;
}

/* `bytes` ends in a NUL behind `length`. */
static bool read_tzif(const unsigned char *bytes, size_t length, struct tzif *out)
{
    size_t first = read_body(bytes, length, 4, out);
    if (first == 0 || bytes[4] == '\0')
        return first != 0;
    size_t second = read_body(bytes + first, length - first, 8, out);
    if (second == 0 || bytes[first + second] != '\n')
        return false;
    out->footer = (const char *)bytes + first + second + 1;
    return strchr(out->footer, '\n') != NULL;
}

/* ---- the footer: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool take_int(const char **at, int *out)
{
    int number = 0;
    const char *start = *at;
    while (**at >= '0' && **at <= '9' && *at - start < 5)
        number = number * 10 + (*(*at)++ - '0');
    *out = number;
    return *at > start;
}

/* "[+-]hh[:mm[:ss]]" as seconds. */
static bool take_time(const char **at, int *seconds)
{
    int sign = **at == '-' ? -1 : 1, part = 0, unit = 3600;
    if (**at == '-' || **at == '+')
        (*at)++;
    *seconds = 0;
    do {
        if (!take_int(at, &part) || part > 167)
            return false;
        *seconds += sign * part * unit;
        unit /= 60;
    } while (unit > 0 && **at == ':' && (*at)++);
    return true;
}

/* "CET" or "<+0330>" */
static bool take_name(const char **at)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const char *start = *at;
    if (**at == '<') {
        *at += strcspn(*at, ">\n");
        return *(*at) == '>' && (*at)++;
    }
    *at += strspn(*at, letters);
    return *at - start >= 3;
}

static bool take_rule(const char **at, struct rule *out)
{
    *out = (struct rule){.kind = 'D', .second = 2 * 3600};
    if (*(*at)++ != ',')
        return false;
    if (**at == 'M' || **at == 'J')
        out->kind = *(*at)++;
    if (out->kind == 'M') {
        if (!take_int(at, &out->month) || *(*at)++ != '.' || !take_int(at, &out->week) || *(*at)++ != '.' || !take_int(at, &out->day))
            return false;
        if (out->month < 1 || out->month > 12 || out->week < 1 || out->week > 5 || out->day > 6)
            return false;
    } else if (!take_int(at, &out->day) || out->day > 365 || (out->kind == 'J' && out->day < 1)) {
        return false;
    }
    if (**at != '/')
        return true;
    (*at)++;
    return take_time(at, &out->second);
}

/* POSIX counts offsets westwards. */
static bool read_footer(const char *text, struct footer *out)
{
    const char *at = text;
    int west;
    *out = (struct footer){.has_summer = false};
    if (!take_name(&at) || !take_time(&at, &west))
        return false;
    out->standard_s = -west;
    if (*at == '\n')
        return true;
    if (!take_name(&at))
        return false;
    out->has_summer = true;
    out->summer_s = out->standard_s + 3600;
    if (*at != ',') {
        if (!take_time(&at, &west))
            return false;
        out->summer_s = -west;
    }
    return take_rule(&at, &out->begins) && take_rule(&at, &out->ends) && *at == '\n';
}

/* Days since 1970 of a rule's day in a year. */
static int64_t rule_day(const struct rule *rule, int year)
{
    int64_t new_year = civil_days(year, 1, 1);
    bool leap = civil_days(year + 1, 1, 1) - new_year == 366;
    if (rule->kind == 'J')
        return new_year + rule->day - 1 + (leap && rule->day > 59);
    if (rule->kind == 'D')
        return new_year + rule->day;
    int64_t first = civil_days(year, rule->month, 1), next = civil_days(year, rule->month + 1, 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = first + (rule->day - weekday + 7) % 7 + 7 * ((int64_t)rule->week - 1);
    return day < next ? day : day - 7;
}

/* ---- the table ---- */

static void add_span(struct zone *zone, size_t *capacity, int64_t from_s, int32_t offset_s)
{
    bool first = zone->count == 0;
    if (!first && zone->spans[zone->count - 1].offset_s == offset_s)
        return;
    zone->spans = mem_grow(zone->spans, zone->count, capacity, sizeof *zone->spans);
    zone->spans[zone->count++] = (struct zone_span){from_s * 1000, offset_s};
}

/* Instants before the first transition have the first type (RFC 8536, 3.2). */
static bool add_written(const struct tzif *z, struct zone *zone, size_t *capacity, int64_t *last_s)
{
    const int64_t limit_s = INT64_MAX / 1000;
    for (size_t i = 0; i < z->type_count; i++) {
        int32_t offset_s = signed_32(z->infos + i * 6);
        if (offset_s < -LARGEST_OFFSET_S || offset_s > LARGEST_OFFSET_S)
            return false;
    }
    *last_s = -limit_s;
    add_span(zone, capacity, -limit_s, signed_32(z->infos));
    for (size_t i = 0; i < z->time_count; i++) {
        int64_t from_s = time_at(z, i);
        if (z->types[i] >= z->type_count || (i > 0 && from_s <= *last_s) || from_s > limit_s)
            return false;
        *last_s = from_s;
        add_span(zone, capacity, from_s < -limit_s ? -limit_s : from_s, signed_32(z->infos + 6 * z->types[i]));
    }
    return true;
}

static void add_by_rule(const struct footer *footer, struct zone *zone, size_t *capacity, int64_t last_s)
{
    int64_t from_s = last_s;
    if (!footer->has_summer) {
        add_span(zone, capacity, last_s, footer->standard_s);
        return;
    }
    int year = last_s < 0 ? 1970 : zone_civil(NULL, last_s * 1000).year;
    for (; year <= LAST_YEAR; year++) {
        int64_t begins = rule_day(&footer->begins, year) * 86400 + footer->begins.second - footer->standard_s;
        int64_t ends = rule_day(&footer->ends, year) * 86400 + footer->ends.second - footer->summer_s;
        for (int i = 0; i < 2; i++) {
            bool summer = (begins < ends) == (i == 0);
            int64_t at_s = summer ? begins : ends;
            if (at_s <= from_s)
                continue;
            add_span(zone, capacity, at_s, summer ? footer->summer_s : footer->standard_s);
            from_s = at_s;
        }
    }
}

static bool build(const struct tzif *z, struct zone *out)
{
    struct zone zone = {NULL, 0};
    struct footer footer;
    size_t capacity = 0;
    int64_t last_s;
    bool ok = add_written(z, &zone, &capacity, &last_s);
    bool rule = z->footer[0] != '\0' && z->footer[0] != '\n';
    if (ok && rule) {
        ok = read_footer(z->footer, &footer);
        if (ok)
            add_by_rule(&footer, &zone, &capacity, last_s);
    }
    if (ok)
        *out = zone;
    else
        free(zone.spans);
    return ok;
}

/* The copy ends in a NUL, so that the footer's reader needs no end. */
bool zonefile_parse(const void *bytes, size_t length, struct zone *zone)
{
    struct tzif z;
    unsigned char *copy = mem_resize(NULL, length + 1, 1);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    bool ok = read_tzif(copy, length, &z) && build(&z, zone);
    free(copy);
    return ok;
}

static unsigned char *read_whole(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    unsigned char *bytes = mem_resize(NULL, LARGEST_FILE, 1);
    *length = fread(bytes, 1, LARGEST_FILE, file);
    bool ok = !ferror(file) && feof(file);
    fclose(file);
    if (ok)
        return bytes;
    free(bytes);
    return NULL;
}

bool zonefile_read(const char *name, struct zone *zone, struct error *err)
{
    char path[sizeof zone_folder + 64];
    char shown[64];
    size_t length = 0;
    if (name[0] == '\0' || strcmp(name, "UTC") == 0) {
        *zone = (struct zone){NULL, 0};
        return true;
    }
    text_gate(name, strlen(name), shown, sizeof shown, NULL);
    if (!name_is_harmless(name))
        return error_set(err, "\"%s\" is not a time zone: valid are names like Europe/Berlin, Asia/Shanghai, UTC", shown);
    snprintf(path, sizeof path, "%s%s", zone_folder, name);
    unsigned char *bytes = read_whole(path, &length);
    if (!bytes)
        return error_set(err, "no time zone \"%s\" in %s: is the name right, and is tzdata installed?", shown, zone_folder);
    bool ok = zonefile_parse(bytes, length, zone);
    free(bytes);
    return ok || error_set(err, "%s is not a zone file that can be read", path);
}
