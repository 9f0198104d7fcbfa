/*
 * packed: compressed files and archives, by libarchive. A stream is a file as bytes, whether it is compressed (gzip, bzip2, xz, zstd, lz4) or not; an archive
 * is a tar of members, read one after the other. No other program is ever started for it.
 *
 *     struct packed *p = packed_open(path, &err);
 *     while ((n = packed_read(p, bytes, sizeof bytes, &err)) > 0) ...
 *     packed_close(p);
 */
#ifndef ANDON_IO_PACKED_H
#define ANDON_IO_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

struct packed;

/* "-" is standard input. NULL and err: it cannot be opened, or is a folder. */
struct packed *packed_open(const char *path, struct error *err);
/* Is it an archive of members? Then packed_next() goes to the first, and to each after it. */
bool packed_is_archive(const struct packed *packed);
/* The next member: its name (through no gate), borrowed until the next call. NULL: there is no more, or err says what is wrong. */
const char *packed_next(struct packed *packed, struct error *err);
/* The next bytes of the stream or member. 0: the end. -1: it is damaged, or ends in the middle. */
ssize_t packed_read(struct packed *packed, void *bytes, size_t cap, struct error *err);
/* How far the file is read, 0 to 1; negative: nobody knows. */
double packed_share(const struct packed *packed);
void packed_close(struct packed *packed);

/* ---- writing: a tar, compressed by gzip ---- */

struct packing;

/* A new file, for its owner alone; NULL and err when one is there (*there is then true) or it cannot be made. */
struct packing *packing_create(const char *path, bool *there, struct error *err);
/* One member, whole. */
bool packing_add(struct packing *packing, const char *name, const void *bytes, size_t length, int64_t time_ms, struct error *err);
/* The same from a file that is open and at its beginning. */
bool packing_add_file(struct packing *packing, const char *name, int fd, int64_t time_ms, struct error *err);
/* Ends and closes it; without `good`, and when it fails, the file is taken away. False: err says why. NULL is accepted. */
bool packing_close(struct packing *packing, bool good, struct error *err);

#endif
