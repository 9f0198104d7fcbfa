/*
 * timestamp: times and durations as people and publishers write them, and as the screen shows them.
 */
#ifndef ANDON_CORE_TIMESTAMP_H
#define ANDON_CORE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/zone.h"

/* ISO 8601 date and time ("2024-06-12T11:52:05.123+02:00", "...Z", "20240612T115205Z", a blank for the T, a date alone).
 * Without a zone it is the site's. Finer than milliseconds is floored. The whole text must be read. */
bool timestamp_iso(const char *text, size_t length, const struct zone *zone, int64_t *utc_ms);
/* The same by a pattern of yyyy MM dd HH mm ss SSS and other characters, which stand for themselves; behind ss a point or comma and digits may follow. One without
 * other characters takes milliseconds as further digits. */
bool timestamp_pattern(const char *text, size_t length, const char *pattern, const struct zone *zone, int64_t *utc_ms);
/* Patterns of publishers. The first timestamp_plain_patterns cannot be mistaken for another. */
extern const char *const timestamp_patterns[];
extern const size_t timestamp_pattern_count, timestamp_plain_patterns;
/* An epoch number whose unit is known by its size: s, ms, us or ns (1e11, 1e14, 1e17 are the borders). Floored to ms. */
bool timestamp_epoch(double number, int64_t *utc_ms);
/* The same for an exact integer, so that nanoseconds lose nothing; divisor 0 means by size, else units per second. */
bool timestamp_epoch_int(int64_t number, int64_t units_per_second, int64_t *utc_ms);
/* What a person types: ISO 8601, "03:12" (the last one before now), "yesterday", "yesterday 03:12", "-2h",
 * "now". */
bool timestamp_typed(const char *text, const struct zone *zone, int64_t now_ms, int64_t *utc_ms, struct error *err);
/* "90s", "15m", "8h", "7d", "250ms", "1h30m"; milliseconds, not negative. */
bool duration_read(const char *text, int64_t *ms, struct error *err);

enum { SPAN_TEXT = 24 };
/* How long, in at most 6 cells, floored: seconds under a minute ("25s"), with minutes under ten ("1m40s"), then minutes alone
 * ("38m"), from an hour on hours ("1h04m"), from a day on days ("2d04h"), from ten days on days alone ("61d", to "999d"), then
 * years of 365 days ("3y"). Negative counts as 0. */
void span_text(int64_t ms, char out[SPAN_TEXT]);
/* Age in at most 4 cells, floored: "<1s", "12s", "7m", "3h", "9d", "999d", "3y". */
void age_text(int64_t ms, char out[SPAN_TEXT]);
/* "HH:MM:SS", and "Wed 2024-06-12 HH:MM:SS", local. */
void clock_text(const struct zone *zone, int64_t utc_ms, char out[SPAN_TEXT]);
void date_clock_text(const struct zone *zone, int64_t utc_ms, char out[48]);
/* "2024-06-12T11:52:05.123Z" */
void iso_text(int64_t utc_ms, char out[SPAN_TEXT + 8]);

#endif
