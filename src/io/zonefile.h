/*
 * zonefile: reads a zone of the system's tzdata (TZif, RFC 8536) into a table. The POSIX footer is expanded to 2100.
 */
#ifndef ANDON_IO_ZONEFILE_H
#define ANDON_IO_ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/zone.h"

/* "Asia/Shanghai"; "" or "UTC" gives an empty table. The spans are the caller's, to free(). */
bool zonefile_read(const char *name, struct zone *zone, struct error *err);
/* The same from a file's bytes; false when they are not a zone file. */
bool zonefile_parse(const void *bytes, size_t length, struct zone *zone);

#endif
