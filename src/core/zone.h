/*
 * zone: the site's time zone as a table of transitions, and the calendar on it. The io layer reads the zone file; the
 * core is given the table. All instants are UTC milliseconds.
 */
#ifndef ANDON_CORE_ZONE_H
#define ANDON_CORE_ZONE_H

#include <stddef.h>
#include <stdint.h>

struct zone_span {
    int64_t from_ms;  /* UTC instant from which the offset holds */
    int32_t offset_s; /* local = UTC + offset */
};

/* An empty table (count 0) is UTC. Spans are sorted; the first one also holds before its start. Owned by whoever made it. */
struct zone {
    struct zone_span *spans;
    size_t count;
};

struct civil {
    int year, month, day;       /* month 1-12 */
    int hour, minute, second, ms;
    int weekday;                /* 0 Sunday - 6 Saturday */
};

int32_t zone_offset_s(const struct zone *zone, int64_t utc_ms);
/* The stretch around an instant in which the offset does not change, [from, to); INT64_MIN and INT64_MAX where it has no end. Returns the offset. */
int32_t zone_steady(const struct zone *zone, int64_t utc_ms, int64_t *from_ms, int64_t *to_ms);
struct civil zone_civil(const struct zone *zone, int64_t utc_ms);
/* UTC of a local time. Where it is ambiguous (the clock was set back) the latest is meant; where it does not exist, the
 * instant of the jump. Fields may be out of range (month 13, day 0) and carry over. */
int64_t zone_utc(const struct zone *zone, struct civil local);
/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar, and back. */
int64_t civil_days(int year, int month, int day);

#endif
