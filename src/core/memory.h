/*
 * memory: allocation that does not return NULL.
 *
 * Out of memory is not an error that a caller could mend: these end the process through abort(), and the terminal edge
 * restores the terminal from its SIGABRT handler. Memory is released with free().
 */
#ifndef ANDON_CORE_MEMORY_H
#define ANDON_CORE_MEMORY_H

#include <stddef.h>

/* Zeroed memory for count items of size bytes. */
void *mem_zero(size_t count, size_t size);
/* Grows or shrinks an array to count items; new items are not cleared. `old` may be NULL. */
void *mem_resize(void *old, size_t count, size_t size);
/* Makes room for one more item in an array that doubles; returns the (moved) array. */
void *mem_grow(void *old, size_t used, size_t *capacity, size_t size);
char *mem_text(const char *text);
char *mem_text_n(const char *text, size_t length);

#endif
