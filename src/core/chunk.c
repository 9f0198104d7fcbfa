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

/* What an encoder works with: the samples, what a first look at all of them told, and room for two columns. */
struct encoder {
    const struct sample *rows;
    const struct batch *words;
    size_t count;
    uint8_t quality, flags;         /* bits in which any sample's differ from the first's */
    size_t seen[VALUE_KIND_COUNT];  /* how many there are of each kind */
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

/* Steps (grid places since the sample before, the first from one before it) to a, what is left to b. */
static void split_times(struct encoder *e, int64_t grid)
{
    const struct sample *rows = e->rows;
    uint64_t *a = e->a, *b = e->b;
    int64_t place = rows[0].time_ms, half = grid / 2;
    a[0] = 1;
    b[0] = 0;
    for (size_t i = 1, n = e->count; i < n; i++) {
        int64_t off = rows[i].time_ms - place, steps = 1;
        if (off >= grid - half && off < 2 * grid - half) {
            off -= grid;
            place += grid;
        } else {
            int64_t shifted = off + half;
            steps = shifted / grid - (shifted % grid < 0);
            off -= steps * grid;
            place += steps * grid;
        }
        a[i] = (uint64_t)steps;
        b[i] = (uint64_t)off;
    }
}

static void gather_times(struct encoder *e)
{
    const struct sample *rows = e->rows;
    uint64_t *a = e->a;
    for (size_t i = 0, n = e->count; i < n; i++)
        a[i] = (uint64_t)rows[i].time_ms;
}

static void put_plain_times(struct encoder *e, struct column_plan plan)
{
    columns_note(&e->columns, 0);
    column_put_planned(&e->columns, e->a, e->count, plan);
}

/* A grid on which no place is left out needs no comparison. */
static void put_times(struct encoder *e)
{
    int64_t step = median_step(e), grid = step > 0 ? round_step(step) : 0;
    if (grid <= 1) {
        gather_times(e);
        put_plain_times(e, column_plan(&e->columns, e->a, e->count));
        return;
    }
    split_times(e, grid);
    struct column_plan steps = column_plan(&e->columns, e->a, e->count), rest = column_plan(&e->columns, e->b, e->count);
    if (steps.bits > 0) {
        gather_times(e);
        struct column_plan plain = column_plan(&e->columns, e->a, e->count);
        if (plain.bits <= steps.bits + rest.bits) {
            put_plain_times(e, plain);
            return;
        }
        split_times(e, grid);
    }
    columns_note(&e->columns, (uint64_t)grid);
    pack_zigzag(&e->columns.head, e->rows[0].time_ms - grid);
    column_put_planned(&e->columns, e->a, e->count, steps);
    column_put_planned(&e->columns, e->b, e->count, rest);
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
    const struct sample *rows = e->rows;
    double *reals = mem_resize(NULL, n + 1, sizeof *reals); /* one more: what is no real is written where the next real goes */
    size_t at = 0;
    for (size_t i = 0, all = e->count; i < all; i++) {
        reals[at] = rows[i].value.d;
        at += rows[i].value.kind == VALUE_REAL;
    }
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
    for (enum value_kind kind = VALUE_BOOL; kind <= VALUE_UINT; kind++)
        if (e->seen[kind])
            put_integers(e, kind, e->seen[kind]);
    int decimals = e->seen[VALUE_REAL] ? put_reals(e, e->seen[VALUE_REAL]) : -1;
    if (e->seen[VALUE_TEXT])
        put_texts(e, e->seen[VALUE_TEXT]);
    return decimals;
}

/* ---- the chunk ---- */

static void look(struct encoder *e, struct chunk_facts *facts)
{
    const struct sample *rows = e->rows;
    uint64_t least_seq = rows[0].seq, most_seq = rows[0].seq;
    int64_t least_ms = rows[0].time_ms, most_ms = rows[0].time_ms;
    uint8_t quality = 0, flags = 0;
    for (size_t i = 0, n = e->count; i < n; i++) {
        const struct sample *s = &rows[i];
        least_seq = s->seq < least_seq ? s->seq : least_seq;
        most_seq = s->seq > most_seq ? s->seq : most_seq;
        least_ms = s->time_ms < least_ms ? s->time_ms : least_ms;
        most_ms = s->time_ms > most_ms ? s->time_ms : most_ms;
        quality |= s->quality ^ rows[0].quality;
        flags |= s->flags ^ rows[0].flags;
        e->seen[s->value.kind]++;
    }
    assert(least_ms >= -TIME_MOST_MS && most_ms <= TIME_MOST_MS);
    e->quality = quality;
    e->flags = flags;
    *facts = (struct chunk_facts){.first_seq = least_seq, .last_seq = most_seq, .first_ms = least_ms, .last_ms = most_ms, .count = (uint32_t)e->count};
}

/* One of the small columns, which nearly always are all the same. */
enum small { SMALL_QUALITY, SMALL_FLAGS, SMALL_KIND };

static void put_small(struct encoder *e, enum small which, bool differs)
{
    size_t n = differs ? e->count : 1;
    for (size_t i = 0; i < n; i++) {
        const struct sample *s = &e->rows[i];
        e->a[i] = which == SMALL_QUALITY ? s->quality : which == SMALL_FLAGS ? s->flags : (uint64_t)s->value.kind;
    }
    if (differs)
        column_put(&e->columns, e->a, n);
    else
        column_put_same(&e->columns, e->a[0]);
}

static int put_columns(struct encoder *e)
{
    const struct sample *rows = e->rows;
    uint64_t *a = e->a;
    columns_note(&e->columns, e->count);
    for (size_t i = 0, n = e->count; i < n; i++)
        a[i] = rows[i].seq;
    column_put(&e->columns, a, e->count);
    put_times(e);
    put_small(e, SMALL_QUALITY, e->quality != 0);
    put_small(e, SMALL_FLAGS, e->flags != 0);
    put_small(e, SMALL_KIND, e->seen[rows[0].value.kind] != e->count);
    return put_values(e);
}

static void put_minutes(struct encoder *e, int decimals, struct packer *out, struct summary *whole)
{
    struct minutes found = {.rows = NULL};
    minutes_add(&found, e->rows, e->count);
    minutes_exact(&found, decimals);
    for (size_t m = 0; m < found.count; m++)
        summary_merge(whole, &found.rows[m]);
    whole->sum = sum_exact(whole->sum, decimals);
    minutes_encode(&found, &e->columns, out);
    minutes_finish(&found);
}

void chunk_encode(struct squeezer *squeezer, const struct samples *samples, size_t from, size_t count, struct packer *out, struct packer *minutes, struct chunk_facts *facts)
{
    assert(count >= 1 && count <= CHUNK_SAMPLES && from + count <= samples->count);
    struct encoder e = {.rows = samples->rows + from, .words = &samples->words, .count = count};
    size_t start = out->count;
    e.a = mem_resize(NULL, count, sizeof *e.a);
    e.b = mem_resize(NULL, count, sizeof *e.b);
    columns_begin(&e.columns, squeezer);
    look(&e, facts);
    int decimals = put_columns(&e);
    pack_u8(out, CHUNK_VERSION);
    columns_take(&e.columns, out);
    pack_u64(out, hash_bytes(out->bytes + start, out->count - start));
    put_minutes(&e, decimals, minutes, &facts->whole);
    columns_finish(&e.columns);
    free(e.a);
    free(e.b);
}
