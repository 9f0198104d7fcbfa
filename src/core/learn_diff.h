/*
 * learn_diff: what a broker carries against what a configuration knows: machines, values and types that have come, tags that were never heard, and what may have been renamed. Pure.
 */
#ifndef ANDON_CORE_LEARN_DIFF_H
#define ANDON_CORE_LEARN_DIFF_H

#include "core/learn.h"

struct learn_diff {
    size_t come, gone, renamed; /* lines of each */
    char *text;                 /* for people, a line each: + has come, - is gone, ~ may be renamed; NUL-terminated */
    char *config;               /* what to paste, with a comment where; NUL-terminated */
};

void learn_diff_make(const struct learn *learn, const struct learned *learned, const struct plant *plant, struct learn_diff *out);
void learn_diff_finish(struct learn_diff *diff);

#endif
