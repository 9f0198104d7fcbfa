/*
 * A chunk read back, column by column, into rows that only count once all of them were right.
 */
#include <stdlib.h>
#include <string.h>

#include "core/chunk.h"
#include "core/chunk_private.h"
#include "core/column.h"
#include "core/hash_index.h"
#include "core/memory.h"

/* What a decoder works with: the rows that are filled, and room for one column. */
struct decoder {
    struct columns_in in;
    struct sample *rows;
    size_t count;
    uint64_t *a;
    bool wrong; /* the columns read, but say what cannot be */
};

static void get_times(struct decoder *d)
{
    uint64_t grid = columns_note_back(&d->in), at = grid ? (uint64_t)unpack_time(&d->in.head) : 0;
    column_get(&d->in, d->a, d->count);
    if (grid == 0) {
        for (size_t i = 0; i < d->count; i++)
            d->rows[i].time_ms = (int64_t)d->a[i];
    } else {
        for (size_t i = 0; i < d->count; i++)
            d->rows[i].time_ms = (int64_t)(at += d->a[i] * grid);
        column_get(&d->in, d->a, d->count);
        for (size_t i = 0; i < d->count; i++)
            d->rows[i].time_ms = (int64_t)((uint64_t)d->rows[i].time_ms + d->a[i]);
    }
    for (size_t i = 0; i < d->count; i++)
        d->wrong |= d->rows[i].time_ms > TIME_MOST_MS || d->rows[i].time_ms < -TIME_MOST_MS;
}

static void get_head(struct decoder *d)
{
    column_get(&d->in, d->a, d->count);
    for (size_t i = 0; i < d->count; i++)
        d->rows[i].seq = d->a[i];
    get_times(d);
    column_get(&d->in, d->a, d->count);
    for (size_t i = 0; i < d->count; i++) {
        d->rows[i].quality = (uint8_t)d->a[i];
        d->wrong |= d->a[i] > UINT8_MAX;
    }
    column_get(&d->in, d->a, d->count);
    for (size_t i = 0; i < d->count; i++) {
        d->rows[i].flags = (uint8_t)d->a[i];
        d->wrong |= d->a[i] > UINT8_MAX;
    }
}

/* Kinds to the rows, how many there are of each to `seen`. */
static void get_kinds(struct decoder *d, size_t seen[VALUE_KIND_COUNT])
{
    column_get(&d->in, d->a, d->count);
    for (size_t i = 0; i < d->count; i++) {
        uint64_t kind = d->a[i];
        if (kind >= VALUE_KIND_COUNT) {
            d->wrong = true;
            kind = VALUE_NULL;
        }
        d->rows[i].value = (struct value){.kind = (enum value_kind)kind, .u = 0};
        seen[kind]++;
    }
}

static void get_integers(struct decoder *d, enum value_kind kind, size_t n)
{
    const uint64_t *from = d->a;
    column_get(&d->in, d->a, n);
    for (size_t i = 0; i < d->count; i++) {
        struct value *v = &d->rows[i].value;
        if (v->kind != kind)
            continue;
        if (kind == VALUE_BOOL) {
            d->wrong |= *from > 1;
            v->b = *from++ & 1;
        } else if (kind == VALUE_TEXT) {
            d->wrong |= *from > CHUNK_SAMPLES;
            v->text = (uint32_t)*from++;
        } else {
            v->u = *from++;
        }
    }
}

static void get_reals(struct decoder *d, size_t n)
{
    double *reals = mem_resize(NULL, n, sizeof *reals);
    const double *from = reals;
    column_get_reals(&d->in, reals, n);
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].value.kind == VALUE_REAL)
            d->rows[i].value.d = *from++;
    free(reals);
}

/* The chunk's texts become words of `out`; the rows' numbers are the chunk's until here. */
static bool take_texts(struct decoder *d, struct batch *words)
{
    uint32_t numbers[CHUNK_SAMPLES + 1] = {NO_TEXT};
    uint64_t count = columns_note_back(&d->in);
    if (count > CHUNK_SAMPLES)
        return false;
    for (uint64_t w = 1; w <= count; w++) {
        uint64_t length = columns_note_back(&d->in);
        const char *text = length > 0 && length <= TEXT_MOST ? columns_bytes_back(&d->in, (size_t)length) : NULL;
        if (!text || memchr(text, 0, (size_t)length))
            return false;
        numbers[w] = batch_text(words, text, (size_t)length);
    }
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].value.kind == VALUE_TEXT) {
            if (d->rows[i].value.text > count)
                return false;
            d->rows[i].value.text = numbers[d->rows[i].value.text];
        }
    return true;
}

static bool get_all(struct decoder *d, struct batch *words)
{
    size_t seen[VALUE_KIND_COUNT] = {0};
    get_head(d);
    get_kinds(d, seen);
    if (columns_failed(&d->in) || d->wrong)
        return false;
    for (enum value_kind kind = VALUE_BOOL; kind <= VALUE_UINT; kind++)
        if (seen[kind])
            get_integers(d, kind, seen[kind]);
    if (seen[VALUE_REAL])
        get_reals(d, seen[VALUE_REAL]);
    if (seen[VALUE_TEXT])
        get_integers(d, VALUE_TEXT, seen[VALUE_TEXT]);
    if (columns_failed(&d->in) || d->wrong)
        return false;
    return seen[VALUE_TEXT] == 0 || take_texts(d, words);
}

static bool read_columns(const void *bytes, size_t length, struct samples *out, struct error *err)
{
    struct decoder d = {.count = 0};
    if (!columns_open(&d.in, bytes, length, PLAIN_MOST, err))
        return false;
    uint64_t count = columns_note_back(&d.in);
    size_t text_bytes = out->words.text_bytes, text_count = out->words.text_count;
    bool ok = count >= 1 && count <= CHUNK_SAMPLES;
    if (ok) {
        d.count = (size_t)count;
        if (out->capacity < out->count + d.count) {
            out->capacity = (out->count + d.count) * 2;
            out->rows = mem_resize(out->rows, out->capacity, sizeof *out->rows);
        }
        d.rows = out->rows + out->count;
        d.a = mem_resize(NULL, d.count, sizeof *d.a);
        ok = get_all(&d, &out->words);
        free(d.a);
    }
    columns_close(&d.in);
    if (ok) {
        out->count += d.count;
        return true;
    }
    out->words.text_bytes = text_bytes;
    out->words.text_count = text_count;
    return error_set(err, "damaged: the columns of a chunk do not read");
}

bool chunk_decode(const void *bytes, size_t length, struct samples *out, struct error *err)
{
    const uint8_t *b = bytes;
    if (length < 1 + CHECKSUM_BYTES)
        return error_set(err, "too short for a chunk: %zu bytes", length);
    if (b[0] > CHUNK_VERSION)
        return error_set(err, "a chunk of newer version %d, this program reads %d", b[0], CHUNK_VERSION);
    struct unpacker tail = unpacker_of(b + length - CHECKSUM_BYTES, CHECKSUM_BYTES);
    if (unpack_u64(&tail) != hash_bytes(b, length - CHECKSUM_BYTES))
        return error_set(err, "damaged: the checksum of a chunk of %zu bytes differs", length);
    return read_columns(b + 1, length - 1 - CHECKSUM_BYTES, out, err);
}
