/*
 * Names are kept once, in a dictionary; a part behind a separator is kept with a mark before it, so that a topic is put together again as it was. The mark is a control character,
 * which the text gate lets through in no topic.
 */
#include "core/learn_sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { PART = '\x1f' };

/* ---- names ---- */

static bool is_word(const void *context, uint32_t number, const void *key)
{
    const struct learn_words *words = context;
    return strcmp(words->list[number], key) == 0;
}

static uint32_t word_of(struct learn_words *words, const char *text, size_t length, bool part)
{
    char name[KEY_BYTES];
    length = length + part < sizeof name ? length : sizeof name - 1 - part;
    name[0] = PART;
    memcpy(name + part, text, length);
    length += part;
    name[length] = '\0';
    uint64_t hash = hash_bytes(name, length);
    uint32_t at = hash_index_find(&words->index, hash, is_word, words, name);
    if (at != HASH_INDEX_NONE)
        return at;
    words->list = mem_grow(words->list, words->count, &words->capacity, sizeof *words->list);
    hash_index_add(&words->index, hash, (uint32_t)words->count);
    words->list[words->count] = mem_text(name);
    return (uint32_t)words->count++;
}

static void words_finish(struct learn_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i]);
    free(words->list);
    hash_index_finish(&words->index);
}

/* ---- the sheet ---- */

static size_t split(struct learn_words *words, const char *text, char separator, uint32_t *names, size_t room)
{
    size_t count = 0;
    bool part = false;
    while (count < room) {
        size_t length = count + 1 < room ? learn_level(text, separator) : strlen(text); /* the last one takes what is left */
        names[count++] = word_of(words, text, length, part);
        if (!text[length])
            break;
        part = text[length] != '/';
        text += length + 1;
    }
    return count;
}

static void row_of(struct learn_sheet *sheet, const struct learn_series *s, size_t index, struct learn_row *row)
{
    *row = (struct learn_row){.series = index};
    row->topic_count = split(&sheet->words, s->topic, sheet->separator, row->names, LEARN_LEVELS / 2);
    if (sheet->metric + 1 < row->topic_count) { /* the leaf's own level goes behind the instance's */
        uint32_t own = row->names[sheet->metric];
        memmove(row->names + sheet->metric, row->names + sheet->metric + 1, (row->topic_count - sheet->metric - 1) * sizeof *row->names);
        row->names[row->topic_count - 1] = own;
    }
    row->count = row->topic_count;
    if (s->path[0])
        row->count += split(&sheet->words, s->path + 1, '\0', row->names + row->count, LEARN_LEVELS - row->count);
}

static int compare_rows(const void *a, const void *b)
{
    const struct learn_row *x = a, *y = b;
    size_t n = x->count < y->count ? x->count : y->count;
    for (size_t i = 0; i < n; i++)
        if (x->names[i] != y->names[i])
            return x->names[i] < y->names[i] ? -1 : 1;
    return x->count < y->count ? -1 : x->count > y->count;
}

void learn_sheet_make(struct learn_sheet *sheet, const struct learn *learn, const bool *taken, char separator, size_t metric)
{
    size_t count = learn_series_count(learn, NULL);
    *sheet = (struct learn_sheet){.metric = metric, .separator = separator, .rows = mem_zero(count + 1, sizeof *sheet->rows)};
    for (size_t i = 0; i < count; i++) {
        const struct learn_series *s = learn_series_at(learn, i);
        if (s->topic[0] != '$' && !(taken && taken[i])) /* $: the broker's own */
            row_of(sheet, s, i, &sheet->rows[sheet->count++]);
    }
    qsort(sheet->rows, sheet->count, sizeof *sheet->rows, compare_rows);
}

void learn_sheet_finish(struct learn_sheet *sheet)
{
    words_finish(&sheet->words);
    free(sheet->rows);
}

/* ---- places ---- */

/* What follows the first `depth` names; the step from the topic into the payload is a part of it. */
uint64_t learn_rest(const struct learn_row *row, size_t depth)
{
    uint32_t rest[LEARN_LEVELS + 1];
    size_t count = 0;
    rest[count++] = row->topic_count > depth ? (uint32_t)(row->topic_count - depth) : 0;
    for (size_t i = depth; i < row->count; i++)
        rest[count++] = row->names[i];
    return hash_bytes(rest, count * sizeof *rest);
}

int learn_compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

size_t learn_unique(uint64_t *hashes, size_t count)
{
    size_t kept = 0;
    qsort(hashes, count, sizeof *hashes, learn_compare_hashes);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || hashes[kept - 1] != hashes[i])
            hashes[kept++] = hashes[i];
    return kept;
}

size_t learn_places(const struct learn_sheet *sheet, size_t depth, struct learn_place **places)
{
    size_t count = 0, capacity = 0;
    *places = NULL;
    for (size_t from = 0, to; from < sheet->count; from = to) {
        for (to = from + 1; to < sheet->count && sheet->rows[to].count >= depth && memcmp(sheet->rows[from].names, sheet->rows[to].names, depth * sizeof(uint32_t)) == 0;)
            to++;
        if (sheet->rows[from].count < depth)
            continue;
        *places = mem_grow(*places, count, &capacity, sizeof **places);
        struct learn_place *p = &(*places)[count++];
        *p = (struct learn_place){.from = from, .to = to, .depth = depth, .leaves = mem_zero(to - from, sizeof *p->leaves)};
        for (size_t r = from; r < to; r++)
            p->leaves[r - from] = learn_rest(&sheet->rows[r], depth);
        p->leaf_count = learn_unique(p->leaves, to - from);
    }
    return count;
}

void learn_places_free(struct learn_place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(places[i].leaves);
    free(places);
}

static void append(char *out, size_t cap, const char *separator, const char *name)
{
    size_t length = strlen(out);
    if (length + 1 < cap)
        snprintf(out + length, cap - length, "%s%s", separator, name);
}

void learn_row_text(const struct learn_sheet *sheet, const struct learn_row *row, size_t from, size_t to, char *topic, size_t topic_cap, char *pointer, size_t pointer_cap)
{
    const char inside[] = {sheet->separator, '\0'};
    topic[0] = pointer[0] = '\0';
    for (size_t i = from; i < to; i++) {
        const char *name = sheet->words.list[row->names[i]];
        bool part = name[0] == PART;
        if (i < row->topic_count)
            append(topic, topic_cap, !topic[0] ? "" : part ? inside : "/", name + part);
        else
            append(pointer, pointer_cap, "/", name);
    }
}
