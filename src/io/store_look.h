/*
 * store_look: a quick look at a cache file for `andon doctor`: what it is, of which schema, and whether SQLite finds its pages in order.
 */
#ifndef ANDON_IO_STORE_LOOK_H
#define ANDON_IO_STORE_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

struct store_look {
    bool there;
    int version, known; /* of the file's schema, and of this program's */
    int64_t bytes;      /* with its log */
    bool checked;       /* its pages were looked through; a large file's are not */
};

/* False: it cannot be used, and err says why and what to do. Nothing is written. */
bool store_look(const char *path, struct store_look *out, struct error *err);

#endif
