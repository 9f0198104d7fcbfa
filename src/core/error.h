/*
 * error: why something from outside was refused, in words for a person.
 *
 * A function that can fail on outside input takes `struct error *err` last, returns false and leaves its outputs
 * untouched. The caller owns the struct; it holds its text and needs no release. `err` may be NULL.
 */
#ifndef ANDON_CORE_ERROR_H
#define ANDON_CORE_ERROR_H

#include <stdbool.h>

struct error {
    char text[512];
};

/* Formats the reason into err (cut at its size) and returns false, so that `return error_set(err, ...)` reads well. */
bool error_set(struct error *err, const char *format, ...);

#endif
