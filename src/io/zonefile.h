/*
 * zonefile: reads a zone of the system's tzdata (TZif, RFC 8536) into a table. The POSIX footer is expanded to 2100.
 */
#ifndef ANDON_IO_ZONEFILE_H
#define ANDON_IO_ZONEFILE_H

#include <stdbool.h>

#include "core/error.h"
#include "core/zone.h"

/* "Asia/Shanghai"; "" or "UTC" gives an empty table. The spans are the caller's, to free(). */
bool zonefile_read(const char *name, struct zone *zone, struct error *err);

#endif
