#include "core/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* A struct batch is an array of records and a dictionary of their texts, both kept when it is emptied. To order one, each record
 * gets a key: its rank above RANK_SHIFT, its place below; keys are sorted, since they are a sixth of a record. */

enum { RANK_SHIFT = 31, RANK_SAMPLES = 2, DIGIT_BITS = 8, DIGIT_MASK = (1 << DIGIT_BITS) - 1, FEW_RECORDS = 48 };
#define PLACE_MASK ((UINT64_C(1) << RANK_SHIFT) - 1)

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

/* ---- the order in which a batch is folded ---- */

/* Where a record stands: names, drops, then samples by series. False for a kind whose place in between means something. */
static bool rank_of(const struct record *r, uint64_t *rank)
{
    switch (r->kind) {
    case RECORD_SERIES: *rank = 0; return true;
    case RECORD_DROPPED:
    case RECORD_SKEW: *rank = 1; return true;
    case RECORD_SAMPLE: *rank = RANK_SAMPLES + (uint64_t)r->series; return true;
    default: return false;
    }
}

enum order { ORDER_KEPT, ORDER_RIGHT, ORDER_WRONG };

/* How the batch stands; *highest is its highest rank when that is ORDER_WRONG. */
static enum order look_at_order(const struct batch *batch, uint64_t *highest)
{
    enum order order = ORDER_RIGHT;
    uint64_t rank;
    *highest = 0;
    for (size_t r = 0; r < batch->count; r++) {
        if (!rank_of(&batch->records[r], &rank))
            return ORDER_KEPT;
        if (rank < *highest)
            order = ORDER_WRONG;
        else
            *highest = rank;
    }
    return order;
}

/* Sorts by insertion: cheapest for the few records of a quiet batch. */
static void sort_few(uint64_t *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t at = i;
        for (; at > 0 && keys[at - 1] > key; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Sorts by the digits above RANK_SHIFT, lowest first, each pass stable; what they were is in their low bits. */
static uint64_t *sort_many(uint64_t *keys, uint64_t *other, size_t count, uint64_t highest)
{
    for (int shift = RANK_SHIFT; (highest << RANK_SHIFT) >> shift; shift += DIGIT_BITS) {
        size_t place[1 << DIGIT_BITS] = {0}, next = 0;
        for (size_t i = 0; i < count; i++)
            place[keys[i] >> shift & DIGIT_MASK]++;
        for (size_t d = 0; d < 1 << DIGIT_BITS; d++) {
            size_t here = place[d];
            place[d] = next;
            next += here;
        }
        for (size_t i = 0; i < count; i++)
            other[place[keys[i] >> shift & DIGIT_MASK]++] = keys[i];
        uint64_t *swap = keys;
        keys = other;
        other = swap;
        if (shift + DIGIT_BITS >= 64)
            break;
    }
    return keys;
}

/* Moves every record to its place, cycle by cycle: keys[i] says which one belongs at i, and is marked once it is there. */
static void permute(struct record *records, uint64_t *keys, size_t count)
{
    for (size_t start = 0; start < count; start++) {
        size_t from = (size_t)(keys[start] & PLACE_MASK), at = start;
        if (from == start)
            continue;
        struct record first = records[start];
        while (from != start) {
            records[at] = records[from];
            keys[at] = at;
            at = from;
            from = (size_t)(keys[at] & PLACE_MASK);
        }
        records[at] = first;
        keys[at] = at;
    }
}

void batch_order(struct batch *batch)
{
    uint64_t highest, rank = 0;
    if (batch->count >= PLACE_MASK || look_at_order(batch, &highest) != ORDER_WRONG)
        return;
    size_t count = batch->count;
    uint64_t *keys = mem_resize(NULL, 2 * count, sizeof *keys), *sorted = keys;
    for (size_t r = 0; r < count; r++) {
        rank_of(&batch->records[r], &rank);
        keys[r] = rank << RANK_SHIFT | r;
    }
    if (count <= FEW_RECORDS)
        sort_few(keys, count);
    else
        sorted = sort_many(keys, keys + count, count, highest);
    permute(batch->records, sorted, count);
    free(keys);
}

bool batch_is_ordered(const struct batch *batch)
{
    uint64_t highest;
    return look_at_order(batch, &highest) == ORDER_RIGHT;
}
