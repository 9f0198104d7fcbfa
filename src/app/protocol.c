/*
 * Each frame's body is its fields in the order of the struct. A longer body than this program knows is accepted, so that a
 * later version may append; a shorter one is refused.
 */
#include "app/protocol.h"

#include <stdio.h>
#include <string.h>

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

void rights_pack(const struct rights *rights, struct packer *p)
{
    pack_u8(p, (uint8_t)rights->role);
    pack_text(p, rights->user);
    pack_u8(p, rights->sign_on);
    pack_varint(p, rights->shift_count);
    for (size_t i = 0; i < rights->shift_count; i++)
        pack_varint(p, rights->shifts[i]);
}

bool rights_unpack(struct rights *rights, const void *bytes, size_t length)
{
    enum { DAY_MINUTES = 24 * 60 };
    struct unpacker u = unpacker_of(bytes, length);
    uint8_t role = unpack_u8(&u);
    struct rights s = {.role = role < PERSON_ROLES ? (enum person_role)role : PERSON_VIEWER};
    unpack_gated(&u, s.user, sizeof s.user);
    s.sign_on = unpack_u8(&u) != 0;
    uint64_t count = unpack_varint(&u);
    for (uint64_t i = 0; i < count && !u.failed; i++) {
        uint64_t minutes = unpack_varint(&u);
        if (s.shift_count == ACCESS_SHIFTS || minutes >= DAY_MINUTES)
            u.failed = true;
        else
            s.shifts[s.shift_count++] = (uint16_t)minutes;
    }
    if (!u.failed)
        *rights = s;
    return !u.failed;
}

void action_answer_pack(const struct action_answer *answer, struct packer *p)
{
    pack_bytes(p, answer->id, sizeof answer->id);
    pack_u8(p, (uint8_t)answer->refusal);
}

bool action_answer_unpack(struct action_answer *answer, const void *bytes, size_t length)
{
    struct unpacker u = unpacker_of(bytes, length);
    const void *id = unpack_bytes(&u, sizeof answer->id);
    uint8_t refusal = unpack_u8(&u);
    if (u.failed)
        return false;
    memcpy(answer->id, id, sizeof answer->id);
    answer->refusal = refusal < REFUSAL_COUNT ? (enum refusal)refusal : REFUSAL_UNKNOWN;
    return true;
}
