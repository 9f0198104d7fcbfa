/*
 * A list of samples and the dictionary of their texts.
 */
#include <stdlib.h>
#include <string.h>

#include "core/chunk.h"
#include "core/memory.h"

void samples_init(struct samples *samples)
{
    *samples = (struct samples){.rows = NULL};
    batch_init(&samples->words);
}

void samples_finish(struct samples *samples)
{
    free(samples->rows);
    batch_finish(&samples->words);
    samples_init(samples);
}

void samples_clear(struct samples *samples)
{
    samples->count = 0;
    batch_clear(&samples->words);
}

void samples_add(struct samples *samples, struct sample sample, const char *text)
{
    if (sample.value.kind == VALUE_TEXT)
        sample.value.text = text ? batch_text(&samples->words, text, strlen(text)) : NO_TEXT;
    samples->rows = mem_grow(samples->rows, samples->count, &samples->capacity, sizeof *samples->rows);
    samples->rows[samples->count++] = sample;
}

const char *samples_text(const struct samples *samples, struct value value)
{
    return value.kind == VALUE_TEXT ? batch_text_at(&samples->words, value.text) : "";
}
