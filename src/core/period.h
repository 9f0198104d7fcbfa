/*
 * period: the shift, day or month that a moment lies in, on the site's calendar: what people report by.
 */
#ifndef ANDON_CORE_PERIOD_H
#define ANDON_CORE_PERIOD_H

#include <stddef.h>
#include <stdint.h>

#include "core/zone.h"

enum { PERIOD_SHIFTS = 12 };
/* When shifts begin: minutes of the local day, rising; each goes on until the next. At least one. */
struct shift_begins { uint16_t minutes[PERIOD_SHIFTS]; size_t count; };
#define SHIFT_BEGINS_PRESET {.minutes = {6 * 60, 14 * 60, 22 * 60}, .count = 3}

enum period_kind { PERIOD_SHIFT, PERIOD_DAY, PERIOD_MONTH, PERIOD_COUNT };
extern const char *const period_names[PERIOD_COUNT]; /* "shift" */

struct period { int64_t from_ms, to_ms; }; /* [from, to), UTC */

/* The one place that knows where shifts, days and months begin and end. */
struct period period_at(const struct zone *zone, const struct shift_begins *shifts, enum period_kind kind, int64_t ms);
/* The local midnight at or before a moment. */
int64_t period_day(const struct zone *zone, int64_t ms);
/* "Wed 2024-06-12", "Wed 2024-06-12 06:00 - 14:00", "2024-06"; of any other stretch both ends. */
enum { PERIOD_TEXT = 64 };
void period_text(const struct zone *zone, struct period period, char out[PERIOD_TEXT]);

#endif
