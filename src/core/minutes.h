/*
 * minutes: the 1-minute summaries of a stretch of samples, while a chunk is made of it.
 */
#ifndef ANDON_CORE_MINUTES_H
#define ANDON_CORE_MINUTES_H

#include "core/chunk.h"
#include "core/column.h"

struct minutes {
    struct summary *rows; /* by start_ms, each holds a sample that counts */
    size_t count, capacity;
};

void minutes_finish(struct minutes *minutes);
/* Adds those samples that count, each to its minute. */
void minutes_add(struct minutes *minutes, const struct sample *samples, size_t count);
/* Sums of numbers with `decimals` (-1: not known) become what an exact addition would have given. */
void minutes_exact(struct minutes *minutes, int decimals);
double sum_exact(double sum, int decimals);
/* `columns` is empty before and after. */
void minutes_encode(const struct minutes *minutes, struct columns_out *columns, struct packer *out);

#endif
