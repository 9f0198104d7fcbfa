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

enum mark { MARK_QUALITY, MARK_FLAGS, MARK_KIND, MARK_COUNT };

/* What a decoder works with: the rows that are filled, and room for columns. */
struct decoder {
    struct columns_in in;
    struct sample *rows;
    size_t count;
    uint64_t *seqs, *times, *other;
    double *reals;
    uint8_t *marks[MARK_COUNT];
    size_t seen[VALUE_KIND_COUNT]; /* how many there are of each kind */
    bool wrong;                    /* the columns read, but say what cannot be */
};

static void decoder_begin(struct decoder *d, size_t count, struct sample *rows)
{
    d->count = count;
    d->rows = rows;
    d->seqs = mem_resize(NULL, 3 * count, sizeof *d->seqs);
    d->times = d->seqs + count;
    d->other = d->times + count;
    d->reals = mem_resize(NULL, count, sizeof *d->reals);
    d->marks[0] = mem_resize(NULL, MARK_COUNT * count, 1);
    for (int mark = 1; mark < MARK_COUNT; mark++)
        d->marks[mark] = d->marks[0] + (size_t)mark * count;
}

static void decoder_finish(struct decoder *d)
{
    free(d->seqs);
    free(d->reals);
    free(d->marks[0]);
}

/* Without a grid, times are as they are written; with one, steps on the grid come first, then what each time misses of its place. */
static void get_times(struct decoder *d)
{
    uint64_t *times = d->times, *steps = d->other, step = 0, grid = columns_note_back(&d->in), at = grid ? (uint64_t)unpack_zigzag(&d->in.head) : 0;
    bool wrong = false, even = !grid || column_get_same(&d->in, &step);
    if (!even)
        column_get(&d->in, steps, d->count);
    column_get(&d->in, times, d->count);
    for (size_t i = 0, n = d->count; i < n; i++) {
        times[i] += at += (even ? step : steps[i]) * grid;
        wrong |= times[i] + (uint64_t)TIME_MOST_MS > 2 * (uint64_t)TIME_MOST_MS;
    }
    d->wrong |= wrong;
}

/* Marks are bytes, and nearly always all the same. */
static void get_mark(struct decoder *d, enum mark mark, uint64_t most)
{
    uint64_t same, *other = d->other;
    uint8_t *marks = d->marks[mark];
    if (column_get_same(&d->in, &same)) {
        d->wrong |= same > most;
        memset(marks, (uint8_t)same, d->count);
        return;
    }
    column_get(&d->in, other, d->count);
    for (size_t i = 0, n = d->count; i < n; i++) {
        d->wrong |= other[i] > most;
        marks[i] = (uint8_t)other[i];
    }
}

static void count_kinds(struct decoder *d)
{
    const uint8_t *kinds = d->marks[MARK_KIND];
    if (memcmp(kinds, kinds + 1, d->count - 1) == 0) {
        d->seen[kinds[0]] = d->count;
        return;
    }
    for (size_t i = 0; i < d->count; i++)
        d->seen[kinds[i]]++;
}

/* Rows without their values; with them when all are reals. */
static void fill_rows(struct decoder *d)
{
    struct sample *rows = d->rows;
    const uint64_t *seqs = d->seqs, *times = d->times;
    const uint8_t *quality = d->marks[MARK_QUALITY], *flags = d->marks[MARK_FLAGS], *kinds = d->marks[MARK_KIND];
    const double *reals = d->reals;
    if (d->seen[VALUE_REAL] == d->count) {
        column_get_reals(&d->in, d->reals, d->count);
        for (size_t i = 0, n = d->count; i < n; i++)
            rows[i] = (struct sample){.seq = seqs[i], .time_ms = (int64_t)times[i], .value = {.kind = VALUE_REAL, .d = reals[i]},
                .quality = quality[i], .flags = flags[i]};
    } else {
        for (size_t i = 0, n = d->count; i < n; i++)
            rows[i] = (struct sample){.seq = seqs[i], .time_ms = (int64_t)times[i], .value = {.kind = (enum value_kind)kinds[i], .u = 0},
                .quality = quality[i], .flags = flags[i]};
    }
}

static void get_integers(struct decoder *d, enum value_kind kind)
{
    const uint64_t *from = d->other;
    column_get(&d->in, d->other, d->seen[kind]);
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

static void get_reals(struct decoder *d)
{
    const double *from = d->reals;
    column_get_reals(&d->in, d->reals, d->seen[VALUE_REAL]);
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].value.kind == VALUE_REAL)
            d->rows[i].value.d = *from++;
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
    column_get(&d->in, d->seqs, d->count);
    get_times(d);
    get_mark(d, MARK_QUALITY, UINT8_MAX);
    get_mark(d, MARK_FLAGS, UINT8_MAX);
    get_mark(d, MARK_KIND, VALUE_KIND_COUNT - 1);
    if (columns_failed(&d->in) || d->wrong)
        return false;
    count_kinds(d);
    fill_rows(d);
    for (enum value_kind kind = VALUE_BOOL; kind <= VALUE_UINT; kind++)
        if (d->seen[kind])
            get_integers(d, kind);
    if (d->seen[VALUE_REAL] && d->seen[VALUE_REAL] < d->count)
        get_reals(d);
    if (d->seen[VALUE_TEXT])
        get_integers(d, VALUE_TEXT);
    if (columns_failed(&d->in) || d->wrong)
        return false;
    return d->seen[VALUE_TEXT] == 0 || take_texts(d, words);
}

static bool read_columns(struct squeezer *squeezer, const void *bytes, size_t length, struct samples *out, struct error *err)
{
    struct decoder d = {.count = 0};
    if (!columns_open(&d.in, squeezer, bytes, length, PLAIN_MOST, err))
        return false;
    uint64_t count = columns_note_back(&d.in);
    size_t text_bytes = out->words.text_bytes, text_count = out->words.text_count;
    bool ok = count >= 1 && count <= CHUNK_SAMPLES;
    if (ok) {
        if (out->capacity < out->count + (size_t)count) {
            out->capacity = (out->count + (size_t)count) * 2;
            out->rows = mem_resize(out->rows, out->capacity, sizeof *out->rows);
        }
        decoder_begin(&d, (size_t)count, out->rows + out->count);
        ok = get_all(&d, &out->words);
        decoder_finish(&d);
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

bool chunk_decode(struct squeezer *squeezer, const void *bytes, size_t length, struct samples *out, struct error *err)
{
    const uint8_t *b = bytes;
    if (length < 1 + CHECKSUM_BYTES)
        return error_set(err, "too short for a chunk: %zu bytes", length);
    if (b[0] > CHUNK_VERSION)
        return error_set(err, "a chunk of newer version %d, this program reads %d", b[0], CHUNK_VERSION);
    struct unpacker tail = unpacker_of(b + length - CHECKSUM_BYTES, CHECKSUM_BYTES);
    if (unpack_u64(&tail) != hash_bytes(b, length - CHECKSUM_BYTES))
        return error_set(err, "damaged: the checksum of a chunk of %zu bytes differs", length);
    return read_columns(squeezer, b + 1, length - 1 - CHECKSUM_BYTES, out, err);
}
