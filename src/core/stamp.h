/*
 * stamp: times as other programs wrote them into a file, one row after the other: ISO 8601, epoch numbers, or a pattern such as
 * "%d/%m/%Y %H:%M". Local times become UTC by a zone; those that come twice (the clock was set back) by the order of the rows.
 */
#ifndef ANDON_CORE_STAMP_H
#define ANDON_CORE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/zone.h"

struct stamp {
    const char *pattern;      /* NULL: ISO 8601 or an epoch number */
    const struct zone *zone;  /* borrowed; NULL: UTC */
    bool midnight_next;       /* a stamp of 0:00 is the end of the day that it names */
    int64_t before_ms;        /* the row before; INT64_MIN: none */
    uint64_t skipped, twice;  /* local times that the clock jumped over (taken as the moment of the jump), and that came twice */
};

/* False when a pattern has a directive that is not %Y %y %m %d %e %b %H %I %p %M %S %f %z %s or %%. */
bool stamp_pattern(const char *pattern, struct error *err);
/* Reads one; the whole text but blanks around it. False leaves everything as it was. */
bool stamp_read(struct stamp *stamp, const char *text, int64_t *utc_ms);

#endif
