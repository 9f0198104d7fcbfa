/*
 * bitset: which of so many numbers are in, and the next one that is, without looking at those that are not.
 *
 * A struct bitset has a bit a number, and above it, level by level, a bit for every word below that holds any: finding the next
 * number costs a few words, however far away it is. 65/64 bits a number.
 *
 *     for (size_t n = bitset_next(&set, 0); n < end; n = bitset_next(&set, n + 1))
 */
#ifndef ANDON_CORE_BITSET_H
#define ANDON_CORE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BITSET_LEVELS = 6 }; /* 64^6 numbers */

struct bitset {
    size_t size;
    int levels;
    uint64_t *words[BITSET_LEVELS]; /* 0: the numbers themselves */
};

/* An empty set of the numbers 0 .. size-1. */
void bitset_init(struct bitset *set, size_t size);
void bitset_finish(struct bitset *set);
void bitset_put(struct bitset *set, size_t number, bool in);
/* The least number in the set from `from` on; SIZE_MAX when there is none. */
size_t bitset_next(const struct bitset *set, size_t from);

#endif
