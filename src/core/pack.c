#include "core/pack.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

void packer_init(struct packer *p)
{
    *p = (struct packer){.bytes = NULL};
}

void packer_finish(struct packer *p)
{
    free(p->bytes);
    packer_init(p);
}

void packer_clear(struct packer *p)
{
    p->count = 0;
}

void pack_reserve(struct packer *p, size_t more)
{
    if (p->count + more <= p->capacity)
        return;
    p->capacity = (p->count + more) * 2;
    p->bytes = mem_resize(p->bytes, p->capacity, 1);
}

void pack_u8(struct packer *p, uint8_t v)
{
    pack_reserve(p, 1);
    p->bytes[p->count++] = v;
}

void pack_varint(struct packer *p, uint64_t v)
{
    pack_reserve(p, 10);
    while (v >= 0x80) {
        p->bytes[p->count++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    p->bytes[p->count++] = (uint8_t)v;
}

void pack_zigzag(struct packer *p, int64_t v)
{
    pack_varint(p, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void pack_bytes(struct packer *p, const void *bytes, size_t length)
{
    pack_reserve(p, length);
    if (length)
        memcpy(p->bytes + p->count, bytes, length);
    p->count += length;
}

static void pack_little(struct packer *p, uint64_t bits, int bytes)
{
    pack_reserve(p, 8);
    for (int b = 0; b < bytes; b++)
        p->bytes[p->count++] = (uint8_t)(bits >> (8 * b));
}

void pack_u64(struct packer *p, uint64_t v)
{
    pack_little(p, v, 8);
}

void pack_double(struct packer *p, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    pack_little(p, bits, 8);
}

void pack_float(struct packer *p, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    pack_little(p, bits, 4);
}

void pack_text(struct packer *p, const char *text)
{
    size_t length = strlen(text);
    pack_varint(p, length);
    pack_bytes(p, text, length);
}

struct unpacker unpacker_of(const void *bytes, size_t length)
{
    static const uint8_t nothing;
    const uint8_t *at = bytes ? bytes : &nothing;
    return (struct unpacker){.at = at, .end = at + (bytes ? length : 0)};
}

static void fail(struct unpacker *u)
{
    u->failed = true;
    u->at = u->end;
}

uint8_t unpack_u8(struct unpacker *u)
{
    if (u->at == u->end) {
        fail(u);
        return 0;
    }
    return *u->at++;
}

/* The longest form is ten bytes, whose last holds one bit. */
uint64_t unpack_varint_long(struct unpacker *u)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (u->at == u->end)
            break;
        uint8_t byte = *u->at++;
        if (shift == 63 && byte > 1)
            break;
        v |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return v;
    }
    fail(u);
    return 0;
}

int64_t unpack_time(struct unpacker *u)
{
    int64_t v = unpack_zigzag(u);
    if (v >= -TIME_MOST_MS && v <= TIME_MOST_MS)
        return v;
    fail(u);
    return 0;
}

const void *unpack_bytes(struct unpacker *u, size_t length)
{
    if ((size_t)(u->end - u->at) < length) {
        fail(u);
        return NULL;
    }
    const uint8_t *bytes = u->at;
    u->at += length;
    return bytes;
}

static uint64_t unpack_little(struct unpacker *u, int count)
{
    const uint8_t *bytes = unpack_bytes(u, (size_t)count);
    uint64_t bits = 0;
    for (int b = 0; bytes && b < count; b++)
        bits |= (uint64_t)bytes[b] << (8 * b);
    return bits;
}

uint64_t unpack_u64(struct unpacker *u)
{
    return unpack_little(u, 8);
}

double unpack_double(struct unpacker *u)
{
    uint64_t bits = unpack_little(u, 8);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

float unpack_float(struct unpacker *u)
{
    uint32_t bits = (uint32_t)unpack_little(u, 4);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

size_t unpack_text(struct unpacker *u, char *out, size_t cap)
{
    uint64_t length = unpack_varint(u);
    out[0] = '\0';
    if (length >= cap) {
        fail(u);
        return 0;
    }
    const void *bytes = unpack_bytes(u, (size_t)length);
    if (!bytes)
        return 0;
    memcpy(out, bytes, (size_t)length);
    out[length] = '\0';
    return (size_t)length;
}
