/*
 * Invariant: bit i of words[l + 1] is set exactly when word i of words[l] is not 0. The top level is one word.
 */
#include "core/bitset.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"

enum { WORD = 64 };

void bitset_init(struct bitset *set, size_t size)
{
    *set = (struct bitset){.size = size};
    size_t words = size;
    do {
        assert(set->levels < BITSET_LEVELS);
        words = (words + WORD - 1) / WORD;
        set->words[set->levels++] = mem_zero(words ? words : 1, sizeof(uint64_t));
    } while (words > 1);
}

void bitset_finish(struct bitset *set)
{
    for (int l = 0; l < set->levels; l++)
        free(set->words[l]);
    *set = (struct bitset){.size = 0};
}

void bitset_put(struct bitset *set, size_t number, bool in)
{
    assert(number < set->size);
    for (int l = 0; l < set->levels; l++, number /= WORD) {
        uint64_t *word = &set->words[l][number / WORD], bit = UINT64_C(1) << number % WORD, was = *word;
        *word = in ? was | bit : was & ~bit;
        if ((was != 0) == (*word != 0)) /* nothing changes further up */
            return;
    }
}

static size_t lowest(uint64_t word)
{
    size_t at = 0;
    for (unsigned half = WORD / 2; half > 0; half /= 2)
        if ((word & ((UINT64_C(1) << half) - 1)) == 0) {
            word >>= half;
            at += half;
        }
    return at;
}

/* Up until a word holds a bit that is not behind us, then down to its first number. */
size_t bitset_next(const struct bitset *set, size_t from)
{
    int l = 0;
    for (size_t size = set->size;; size = (size + WORD - 1) / WORD) {
        if (from >= size)
            return SIZE_MAX;
        uint64_t rest = set->words[l][from / WORD] >> from % WORD;
        if (rest) {
            from += lowest(rest);
            break;
        }
        if (++l == set->levels)
            return SIZE_MAX;
        from = from / WORD + 1;
    }
    while (l-- > 0)
        from = from * WORD + lowest(set->words[l][from]);
    return from;
}
