/*
 * Feeds bytes as the columns of a chunk and of minutes, the checksum made right, so that everything behind it is reached; and as a stream
 * of samples, which must come back bit for bit.
 */
#include <math.h>
#include <string.h>

#include "core/chunk.h"
#include "core/hash_index.h"
#include "fuzz.h"

enum { CHECK_BYTES = 4 };

static void same(const struct samples *a, const struct samples *b)
{
    PROMISE(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct sample *x = &a->rows[i], *y = &b->rows[i];
        PROMISE(x->seq == y->seq && x->time_ms == y->time_ms && x->quality == y->quality && x->flags == y->flags && x->value.kind == y->value.kind);
        if (x->value.kind == VALUE_TEXT)
            PROMISE(strcmp(samples_text(a, x->value), samples_text(b, y->value)) == 0);
        else
            PROMISE(value_same(x->value, y->value));
    }
}

static void count_minute(void *arg, const struct summary *minute)
{
    *(size_t *)arg += minute->count;
}

static void comes_back(const struct samples *samples)
{
    struct packer chunk, minutes;
    struct chunk_facts facts;
    struct samples back;
    size_t counted = 0;
    packer_init(&chunk);
    packer_init(&minutes);
    samples_init(&back);
    chunk_encode(NULL, samples, 0, samples->count, &chunk, &minutes, &facts);
    PROMISE(chunk_decode(NULL, chunk.bytes, chunk.count, &back, NULL));
    same(samples, &back);
    PROMISE(minutes_decode(NULL, minutes.bytes, minutes.count, count_minute, &counted));
    PROMISE(counted == facts.whole.count && facts.whole.count <= facts.count);
    samples_finish(&back);
    packer_finish(&chunk);
    packer_finish(&minutes);
}

static void as_columns(const uint8_t *data, size_t size)
{
    struct packer made;
    struct samples out;
    packer_init(&made);
    samples_init(&out);
    pack_u8(&made, 1);
    squeeze(data, size, &made);
    pack_u64(&made, hash_bytes(made.bytes, made.count));
    if (chunk_decode(NULL, made.bytes, made.count, &out, NULL)) {
        PROMISE(out.count >= 1 && out.count <= CHUNK_SAMPLES);
        comes_back(&out);
    } else {
        PROMISE(out.count == 0 && out.words.text_count == 0);
    }
    size_t counted = 0;
    packer_clear(&made);
    squeeze(data, size, &made);
    uint64_t check = hash_bytes(made.bytes, made.count);
    for (int b = 0; b < CHECK_BYTES; b++)
        pack_u8(&made, (uint8_t)(check >> (8 * b)));
    if (!minutes_decode(NULL, made.bytes, made.count, count_minute, &counted))
        PROMISE(counted == 0);
    samples_finish(&out);
    packer_finish(&made);
}

static struct value value_of(struct unpacker *u)
{
    switch (unpack_u8(u) % 6) {
    case 0: return value_null();
    case 1: return value_bool(unpack_u8(u) & 1);
    case 2: return value_int((int64_t)unpack_u64(u));
    case 3: return value_real((double)unpack_zigzag(u) / 100);
    case 4: return value_real(unpack_double(u));
    default: return value_text(0);
    }
}

static void as_samples(const uint8_t *data, size_t size)
{
    struct unpacker u = unpacker_of(data, size);
    struct samples samples;
    uint64_t seq = 0;
    int64_t time = 0;
    samples_init(&samples);
    while (u.at < u.end && samples.count < CHUNK_SAMPLES) {
        uint8_t head = unpack_u8(&u);
        struct sample s = {.seq = seq += head & 3, .time_ms = time += head & 4 ? 1000 : unpack_zigzag(&u) % 100000, .value = value_of(&u),
            .quality = head & 8 ? QUALITY_GOOD : head, .flags = head >> 4};
        samples_add(&samples, s, head & 16 ? "on" : head & 32 ? "" : "off");
    }
    if (samples.count > 0)
        comes_back(&samples);
    samples_finish(&samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_columns(data, size);
    as_samples(data, size);
    return 0;
}
