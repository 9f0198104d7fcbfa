#include "core/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

void batch_init(struct batch *batch)
{
    *batch = (struct batch){.seq = 0};
}

void batch_finish(struct batch *batch)
{
    free(batch->records);
    free(batch->texts);
    free(batch->offsets);
    batch_init(batch);
}

void batch_clear(struct batch *batch)
{
    batch->count = 0;
    batch->text_bytes = 0;
    batch->text_count = 0;
}

void batch_add(struct batch *batch, struct record record)
{
    batch->records = mem_grow(batch->records, batch->count, &batch->capacity, sizeof *batch->records);
    batch->records[batch->count++] = record;
}

static bool is_newest(const struct batch *batch, const char *text, size_t length)
{
    if (batch->text_count == 0)
        return false;
    size_t at = batch->offsets[batch->text_count - 1];
    return batch->text_bytes - at == length + 1 && memcmp(batch->texts + at, text, length) == 0;
}

/* Index 0 is NO_TEXT and not stored: index n is at offsets[n - 1]. */
uint32_t batch_text(struct batch *batch, const char *text, size_t length)
{
    if (length == 0)
        return NO_TEXT;
    if (is_newest(batch, text, length))
        return (uint32_t)batch->text_count;
    size_t need = batch->text_bytes + length + 1;
    if (need > batch->text_capacity) {
        batch->text_capacity = need * 2;
        batch->texts = mem_resize(batch->texts, batch->text_capacity, 1);
    }
    batch->offsets = mem_grow(batch->offsets, batch->text_count, &batch->offset_capacity, sizeof *batch->offsets);
    batch->offsets[batch->text_count++] = (uint32_t)batch->text_bytes;
    memcpy(batch->texts + batch->text_bytes, text, length);
    batch->texts[need - 1] = '\0';
    batch->text_bytes = need;
    return (uint32_t)batch->text_count;
}

const char *batch_text_at(const struct batch *batch, uint32_t index)
{
    if (index == NO_TEXT || index > batch->text_count)
        return "";
    return batch->texts + batch->offsets[index - 1];
}
