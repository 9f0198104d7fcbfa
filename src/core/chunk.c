/*
 * A chunk's columns, in this order: batch numbers, times, quality, flags, kinds, then for each kind that occurs the values of that
 * kind. Times are written as what they miss of a grid where the series has one: a step number (nearly always one more) and a remainder,
 * which holds the jitter once where differences would hold it twice.
 */
#include "core/chunk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/chunk_private.h"
#include "core/column.h"
#include "core/hash_index.h"
#include "core/memory.h"
#include "core/minutes.h"

enum { GRID_TRIED = 63 }; /* differences that are looked at for a grid */

/* What an encoder works with: the samples, and room for one column. */
struct encoder {
    const struct sample *rows;
    const struct batch *words;
    size_t count;
    struct columns_out columns;
    uint64_t *a, *b;
};

/* ---- times ---- */

static int by_number(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static int64_t median_step(const struct encoder *e)
{
    int64_t steps[GRID_TRIED];
    size_t tried = 0, stride = 1 + (e->count - 1) / GRID_TRIED;
    for (size_t i = 1; i < e->count && tried < GRID_TRIED; i += stride)
        steps[tried++] = e->rows[i].time_ms - e->rows[i - 1].time_ms;
    if (tried == 0)
        return 0;
    qsort(steps, tried, sizeof *steps, by_number);
    return steps[tried / 2];
}

/* A period that people choose and that is within 2 % of the step, the roundest first; else the step. */
static int64_t round_step(int64_t step)
{
    static const int64_t round[] = {3600000, 60000, 10000, 1000, 500, 250, 100, 50, 10};
    for (size_t r = 0; r < sizeof round / sizeof *round; r++) {
        int64_t near = (step + round[r] / 2) / round[r] * round[r], off = near > step ? near - step : step - near;
        if (near > 0 && off * 50 <= step)
            return near;
    }
    return step;
}

/* Steps (grid places since the sample before) to a, what is left to b. */
static void split_times(struct encoder *e, int64_t grid)
{
    int64_t place = e->rows[0].time_ms, half = grid / 2;
    e->a[0] = 0;
    e->b[0] = 0;
    for (size_t i = 1; i < e->count; i++) {
        int64_t off = e->rows[i].time_ms - place, steps = 1;
        if (off >= grid - half && off < 2 * grid - half) {
            off -= grid;
            place += grid;
        } else {
            int64_t shifted = off + half;
            steps = shifted / grid - (shifted % grid < 0);
            off -= steps * grid;
            place += steps * grid;
        }
        e->a[i] = (uint64_t)steps;
        e->b[i] = (uint64_t)off;
    }
}

static void put_times(struct encoder *e)
{
    int64_t step = median_step(e), grid = step > 0 ? round_step(step) : 0;
    for (size_t i = 0; i < e->count; i++)
        e->a[i] = (uint64_t)e->rows[i].time_ms;
    struct column_plan plain = column_plan(&e->columns, e->a, e->count);
    if (grid > 1 && plain.bits > 0) {
        split_times(e, grid);
        struct column_plan steps = column_plan(&e->columns, e->a, e->count), rest = column_plan(&e->columns, e->b, e->count);
        if (steps.bits + rest.bits < plain.bits) {
            columns_note(&e->columns, (uint64_t)grid);
            pack_zigzag(&e->columns.head, e->rows[0].time_ms);
            column_put_planned(&e->columns, e->a, e->count, steps);
            column_put_planned(&e->columns, e->b, e->count, rest);
            return;
        }
        for (size_t i = 0; i < e->count; i++)
            e->a[i] = (uint64_t)e->rows[i].time_ms;
    }
    columns_note(&e->columns, 0);
    column_put_planned(&e->columns, e->a, e->count, plain);
}

/* ---- values ---- */

struct word_list {
    const struct batch *words;
    uint32_t *first; /* index in `words` of each text of this chunk */
    size_t count, capacity;
    struct hash_index index;
};

static bool is_word(const void *context, uint32_t number, const void *key)
{
    const struct word_list *list = context;
    return strcmp(batch_text_at(list->words, list->first[number]), key) == 0;
}

/* The chunk's own number of a text, from 1; 0 is the empty one. */
static uint64_t word_number(struct word_list *list, uint32_t text)
{
    const char *word = batch_text_at(list->words, text);
    size_t length = strlen(word);
    if (length == 0)
        return 0;
    uint64_t hash = hash_bytes(word, length);
    uint32_t number = hash_index_find(&list->index, hash, is_word, list, word);
    if (number == HASH_INDEX_NONE) {
        number = (uint32_t)list->count;
        list->first = mem_grow(list->first, list->count, &list->capacity, sizeof *list->first);
        list->first[list->count++] = text;
        hash_index_add(&list->index, hash, number);
    }
    return number + 1;
}

static void put_texts(struct encoder *e, size_t n)
{
    struct word_list list = {.words = e->words};
    size_t at = 0;
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].value.kind == VALUE_TEXT)
            e->a[at++] = word_number(&list, e->rows[i].value.text);
    column_put(&e->columns, e->a, n);
    columns_note(&e->columns, list.count);
    for (size_t w = 0; w < list.count; w++) {
        const char *word = batch_text_at(list.words, list.first[w]);
        columns_note(&e->columns, strlen(word));
        columns_bytes(&e->columns, word, strlen(word));
    }
    free(list.first);
    hash_index_finish(&list.index);
}

/* Returns the decimals that tell all reals; -1: none do. */
static int put_reals(struct encoder *e, size_t n)
{
    double *reals = mem_resize(NULL, n, sizeof *reals);
    size_t at = 0;
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].value.kind == VALUE_REAL)
            reals[at++] = e->rows[i].value.d;
    int decimals = column_put_reals(&e->columns, reals, n);
    free(reals);
    return decimals;
}

static void put_integers(struct encoder *e, enum value_kind kind, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].value.kind == kind)
            e->a[at++] = kind == VALUE_BOOL ? e->rows[i].value.b : e->rows[i].value.u;
    column_put(&e->columns, e->a, n);
}

/* Returns the decimals of all numbers, as put_reals(). */
static int put_values(struct encoder *e)
{
    size_t seen[VALUE_KIND_COUNT] = {0};
    for (size_t i = 0; i < e->count; i++) {
        e->a[i] = e->rows[i].value.kind;
        seen[e->rows[i].value.kind]++;
    }
    column_put(&e->columns, e->a, e->count);
    for (enum value_kind kind = VALUE_BOOL; kind <= VALUE_UINT; kind++)
        if (seen[kind])
            put_integers(e, kind, seen[kind]);
    int decimals = seen[VALUE_REAL] ? put_reals(e, seen[VALUE_REAL]) : -1;
    if (seen[VALUE_TEXT])
        put_texts(e, seen[VALUE_TEXT]);
    return decimals;
}

/* ---- the chunk ---- */

static void look(const struct encoder *e, struct chunk_facts *facts, struct minutes *minutes)
{
    *facts = (struct chunk_facts){.first_seq = e->rows[0].seq, .last_seq = e->rows[0].seq, .first_ms = e->rows[0].time_ms,
        .last_ms = e->rows[0].time_ms, .count = (uint32_t)e->count};
    for (size_t i = 0; i < e->count; i++) {
        const struct sample *s = &e->rows[i];
        assert(s->time_ms >= -TIME_MOST_MS && s->time_ms <= TIME_MOST_MS);
        facts->first_seq = s->seq < facts->first_seq ? s->seq : facts->first_seq;
        facts->last_seq = s->seq > facts->last_seq ? s->seq : facts->last_seq;
        facts->first_ms = s->time_ms < facts->first_ms ? s->time_ms : facts->first_ms;
        facts->last_ms = s->time_ms > facts->last_ms ? s->time_ms : facts->last_ms;
        minutes_add(minutes, s);
    }
}

static void put_columns(struct encoder *e, int *decimals)
{
    columns_note(&e->columns, e->count);
    for (size_t i = 0; i < e->count; i++)
        e->a[i] = e->rows[i].seq;
    column_put(&e->columns, e->a, e->count);
    put_times(e);
    for (size_t i = 0; i < e->count; i++)
        e->a[i] = e->rows[i].quality;
    column_put(&e->columns, e->a, e->count);
    for (size_t i = 0; i < e->count; i++)
        e->a[i] = e->rows[i].flags;
    column_put(&e->columns, e->a, e->count);
    *decimals = put_values(e);
}

void chunk_encode(const struct samples *samples, size_t from, size_t count, struct packer *out, struct packer *minutes, struct chunk_facts *facts)
{
    assert(count >= 1 && count <= CHUNK_SAMPLES && from + count <= samples->count);
    struct encoder e = {.rows = samples->rows + from, .words = &samples->words, .count = count};
    struct minutes found = {.rows = NULL};
    size_t start = out->count;
    int decimals;
    e.a = mem_resize(NULL, count, sizeof *e.a);
    e.b = mem_resize(NULL, count, sizeof *e.b);
    columns_begin(&e.columns);
    look(&e, facts, &found);
    put_columns(&e, &decimals);
    pack_u8(out, CHUNK_VERSION);
    columns_take(&e.columns, out);
    pack_u64(out, hash_bytes(out->bytes + start, out->count - start));
    minutes_exact(&found, decimals);
    for (size_t m = 0; m < found.count; m++)
        summary_merge(&facts->whole, &found.rows[m]);
    facts->whole.sum = sum_exact(facts->whole.sum, decimals);
    minutes_encode(&found, minutes);
    minutes_finish(&found);
    free(e.a);
    free(e.b);
}
