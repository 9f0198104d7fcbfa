/*
 * Each frame's body is its fields in the order of the struct. A longer body than this program knows is accepted, so that a
 * later version may append; a shorter one is refused.
 */
#include "app/protocol.h"

#include <stdio.h>

#include "core/text_gate.h"

static void unpack_gated(struct unpacker *u, char *out, size_t cap)
{
    uint64_t length = unpack_varint(u);
    const char *bytes = length <= 1 << 20 ? unpack_bytes(u, (size_t)length) : NULL;
    out[0] = '\0';
    if (bytes)
        text_gate(bytes, (size_t)length, out, cap, NULL);
    else
        u->failed = true;
}

void hello_pack(const struct hello *hello, struct packer *p)
{
    pack_varint(p, hello->protocol);
    pack_u64(p, hello->config_id);
    pack_text(p, hello->config);
    pack_u8(p, hello->read_only);
    pack_u8(p, hello->follows);
}

bool hello_unpack(struct hello *hello, const void *bytes, size_t length)
{
    struct unpacker u = unpacker_of(bytes, length);
    struct hello h = {.protocol = (uint32_t)unpack_varint(&u)};
    h.config_id = unpack_u64(&u);
    unpack_gated(&u, h.config, sizeof h.config);
    h.read_only = unpack_u8(&u) != 0;
    h.follows = unpack_u8(&u) != 0;
    if (!u.failed)
        *hello = h;
    return !u.failed;
}

void welcome_pack(const struct welcome *welcome, struct packer *p)
{
    pack_varint(p, welcome->protocol);
    pack_text(p, welcome->version);
    pack_u64(p, welcome->config_id);
    pack_text(p, welcome->config);
    pack_varint(p, welcome->pid);
    pack_u8(p, welcome->service);
}

bool welcome_unpack(struct welcome *welcome, const void *bytes, size_t length)
{
    struct unpacker u = unpacker_of(bytes, length);
    struct welcome w = {.protocol = (uint32_t)unpack_varint(&u)};
    unpack_gated(&u, w.version, sizeof w.version);
    w.config_id = unpack_u64(&u);
    unpack_gated(&u, w.config, sizeof w.config);
    w.pid = unpack_varint(&u);
    w.service = unpack_u8(&u) != 0;
    if (!u.failed)
        *welcome = w;
    return !u.failed;
}

void raw_pack(const struct raw_answer *raw, struct packer *p)
{
    pack_text(p, raw->key);
    pack_text(p, raw->topic);
    pack_text(p, raw->payload);
}

bool raw_unpack(struct raw_answer *raw, const void *bytes, size_t length)
{
    struct unpacker u = unpacker_of(bytes, length);
    struct raw_answer r;
    unpack_gated(&u, r.key, sizeof r.key);
    unpack_gated(&u, r.topic, sizeof r.topic);
    unpack_gated(&u, r.payload, sizeof r.payload);
    if (!u.failed)
        *raw = r;
    return !u.failed;
}
