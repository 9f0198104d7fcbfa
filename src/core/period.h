/*
 * period: the shift, day or month that a moment lies in, on the site's calendar: what people report by.
 */
#ifndef ANDON_CORE_PERIOD_H
#define ANDON_CORE_PERIOD_H

#include <stdint.h>

#include "core/zone.h"

enum { SHIFT_HOURS = 8, SHIFT_FIRST_HOUR = 6 }; /* shifts begin at 06:00, 14:00 and 22:00 */

enum period_kind { PERIOD_SHIFT, PERIOD_DAY, PERIOD_MONTH, PERIOD_COUNT };
extern const char *const period_names[PERIOD_COUNT]; /* "shift" */

struct period { int64_t from_ms, to_ms; }; /* [from, to), UTC */

struct period period_at(const struct zone *zone, enum period_kind kind, int64_t ms);
/* The local midnight at or before a moment. */
int64_t period_day(const struct zone *zone, int64_t ms);
/* "Wed 2024-06-12", "Wed 2024-06-12 06:00 - 14:00", "2024-06"; of any other stretch both ends. */
enum { PERIOD_TEXT = 64 };
void period_text(const struct zone *zone, struct period period, char out[PERIOD_TEXT]);

#endif
