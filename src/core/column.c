/*
 * struct columns_out gathers two streams: `head`, small numbers one after the other, and `planes`, bytes by weight. They are compressed
 * as one zstd frame in which every large plane is a block of its own: Huffman tables fit one plane's bytes, not a mixture.
 * Invariant of a written column: every value follows from the head's numbers and the planes by wrapping 64-bit arithmetic, so that nothing
 * is too large and nothing overflows.
 */
#include "core/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "core/memory.h"
#include "core/chunk.h"

enum transform { COLUMN_SAME, COLUMN_ABOVE, COLUMN_STEPS, COLUMN_BENDS, COLUMN_FLIPS, TRANSFORM_COUNT };

enum {
    PLANE_BLOCK = 384,  /* bytes from which on a block of its own pays for its tables */
    ZSTD_LEVEL = 1,
    WIDTH_MOST = 8,
};

static uint64_t zigzag(uint64_t v)
{
    return v << 1 ^ (v >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t v)
{
    return v >> 1 ^ (v & 1 ? UINT64_MAX : 0);
}

/* ---- writing ---- */

void columns_begin(struct columns_out *out)
{
    *out = (struct columns_out){.cut_count = 0};
}

void columns_note(struct columns_out *out, uint64_t number)
{
    pack_varint(&out->head, number);
}

static void cut(struct columns_out *out)
{
    size_t at = out->planes.count;
    if (out->cut_count < COLUMN_CUTS && (out->cut_count == 0 || out->cuts[out->cut_count - 1] != at))
        out->cuts[out->cut_count++] = at;
}

void columns_bytes(struct columns_out *out, const void *bytes, size_t length)
{
    if (length >= PLANE_BLOCK)
        cut(out);
    pack_bytes(&out->planes, bytes, length);
    if (length >= PLANE_BLOCK)
        cut(out);
}

static uint64_t *work_of(struct columns_out *out, size_t count)
{
    if (out->work_capacity < count) {
        out->work = mem_resize(out->work, count, sizeof *out->work);
        out->work_capacity = count;
    }
    return out->work;
}

/* Writes the transformed numbers to `to` and returns all their bits together. */
static uint64_t transform(enum transform how, uint64_t least, const uint64_t *v, size_t count, uint64_t *to)
{
    uint64_t all = 0, before = v[0], step = 0;
    to[0] = how == COLUMN_ABOVE ? v[0] - least : 0;
    all |= to[0];
    switch (how) {
    case COLUMN_ABOVE:
        for (size_t i = 1; i < count; i++)
            all |= to[i] = v[i] - least;
        break;
    case COLUMN_STEPS:
        for (size_t i = 1; i < count; i++)
            all |= to[i] = zigzag(v[i] - v[i - 1]);
        break;
    case COLUMN_BENDS:
        for (size_t i = 1; i < count; i++) {
            uint64_t now = v[i] - before;
            all |= to[i] = zigzag(now - step);
            step = now;
            before = v[i];
        }
        break;
    default:
        for (size_t i = 1; i < count; i++)
            all |= to[i] = v[i] ^ v[i - 1];
        break;
    }
    return all;
}

static uint8_t width_of(uint64_t all)
{
    uint8_t width = 1;
    while (width < WIDTH_MOST && all >> (8 * width))
        width++;
    return width;
}

/* The entropy of each plane, in bits: what a Huffman code can come near to. */
static double entropy(const uint64_t *v, size_t count, unsigned width)
{
    double bits = 0, n = (double)count, whole = n * log(n);
    for (unsigned w = 0; w < width; w++) {
        uint32_t seen[4][256] = {{0}};
        size_t i = 0;
        for (; i + 4 <= count; i += 4) /* four counts, so that equal neighbours do not wait for each other */
            for (unsigned k = 0; k < 4; k++)
                seen[k][v[i + k] >> (8 * w) & 0xFF]++;
        for (; i < count; i++)
            seen[0][v[i] >> (8 * w) & 0xFF]++;
        double part = whole;
        for (int b = 0; b < 256; b++) {
            uint32_t times = seen[0][b] + seen[1][b] + seen[2][b] + seen[3][b];
            if (times > 1)
                part -= (double)times * log((double)times);
        }
        bits += part / 0.69314718055994530942;
    }
    return bits;
}

static struct column_plan plan_of(struct columns_out *out, const uint64_t *v, size_t count, unsigned first, unsigned last)
{
    uint64_t least = v[0], differs = 0;
    for (size_t i = 1; i < count; i++) {
        differs |= v[i] ^ v[0];
        if ((int64_t)v[i] < (int64_t)least)
            least = v[i];
    }
    struct column_plan best = {.transform = COLUMN_SAME, .least = v[0]};
    if (!differs)
        return best;
    uint64_t *work = work_of(out, count);
    best.bits = INFINITY;
    for (unsigned how = first; how <= last; how++) {
        if (how == COLUMN_BENDS && count < 3)
            continue;
        struct column_plan plan = {.transform = (uint8_t)how, .least = how == COLUMN_ABOVE ? least : v[0]};
        plan.width = width_of(transform((enum transform)how, least, v, count, work));
        plan.bits = entropy(work, count, plan.width) + 64;
        if (plan.bits < best.bits)
            best = plan;
    }
    return best;
}

struct column_plan column_plan(struct columns_out *out, const uint64_t *values, size_t count)
{
    return plan_of(out, values, count, COLUMN_ABOVE, COLUMN_BENDS);
}

void column_put_planned(struct columns_out *out, const uint64_t *values, size_t count, struct column_plan plan)
{
    pack_u8(&out->head, (uint8_t)(plan.transform | plan.width << 4));
    pack_varint(&out->head, zigzag(plan.least));
    if (plan.transform == COLUMN_SAME)
        return;
    uint64_t *work = work_of(out, count);
    transform((enum transform)plan.transform, plan.least, values, count, work);
    for (unsigned w = 0; w < plan.width; w++) {
        if (count >= PLANE_BLOCK)
            cut(out);
        pack_reserve(&out->planes, count);
        uint8_t *to = out->planes.bytes + out->planes.count;
        for (size_t i = 0; i < count; i++)
            to[i] = (uint8_t)(work[i] >> (8 * w));
        out->planes.count += count;
    }
    if (count >= PLANE_BLOCK)
        cut(out);
}

void column_put(struct columns_out *out, const uint64_t *values, size_t count)
{
    if (count > 0)
        column_put_planned(out, values, count, column_plan(out, values, count));
}

void column_put_bits(struct columns_out *out, const uint64_t *values, size_t count)
{
    if (count > 0)
        column_put_planned(out, values, count, plan_of(out, values, count, COLUMN_ABOVE, COLUMN_FLIPS));
}

/* ---- compressing ---- */

static void feed(ZSTD_CCtx *zstd, struct packer *to, const void *bytes, size_t length, ZSTD_EndDirective directive)
{
    ZSTD_inBuffer in = {.src = bytes, .size = length};
    size_t left;
    do {
        pack_reserve(to, ZSTD_compressBound(length - in.pos) + 64);
        ZSTD_outBuffer room = {.dst = to->bytes + to->count, .size = to->capacity - to->count};
        left = ZSTD_compressStream2(zstd, &room, &in, directive);
        if (ZSTD_isError(left))
            abort(); /* it has no other reason than memory */
        to->count += room.pos;
    } while (left > 0 || in.pos < in.size);
}

void columns_take(struct columns_out *out, struct packer *to)
{
    struct packer start;
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    if (!zstd)
        abort();
    packer_init(&start);
    pack_varint(&start, out->head.count);
    pack_bytes(&start, out->head.bytes, out->head.count);
    pack_varint(to, start.count + out->planes.count);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setPledgedSrcSize(zstd, start.count + out->planes.count);
    feed(zstd, to, start.bytes, start.count, ZSTD_e_continue);
    size_t at = 0;
    for (size_t c = 0; c < out->cut_count; c++) {
        if (out->cuts[c] == out->planes.count)
            break;
        feed(zstd, to, out->planes.bytes + at, out->cuts[c] - at, ZSTD_e_flush);
        at = out->cuts[c];
    }
    feed(zstd, to, out->planes.count ? out->planes.bytes + at : NULL, out->planes.count - at, ZSTD_e_end);
    ZSTD_freeCCtx(zstd);
    packer_finish(&start);
    packer_finish(&out->head);
    packer_finish(&out->planes);
    free(out->work);
}

/* ---- reading ---- */

bool columns_open(struct columns_in *in, const void *bytes, size_t length, size_t most, struct error *err)
{
    struct packer plain;
    packer_init(&plain);
    if (!unsqueeze(bytes, length, most, &plain, err)) {
        packer_finish(&plain);
        return false;
    }
    *in = (struct columns_in){.plain = plain.bytes};
    struct unpacker u = unpacker_of(plain.bytes, plain.count);
    size_t head = (size_t)unpack_varint(&u);
    const uint8_t *start = unpack_bytes(&u, head);
    if (!start) {
        packer_finish(&plain);
        return error_set(err, "damaged: columns without a head");
    }
    in->head = unpacker_of(start, head);
    in->planes = unpacker_of(u.at, (size_t)(u.end - u.at));
    return true;
}

void columns_close(struct columns_in *in)
{
    free(in->plain);
}

bool columns_failed(const struct columns_in *in)
{
    return in->head.failed || in->planes.failed;
}

uint64_t columns_note_back(struct columns_in *in)
{
    return unpack_varint(&in->head);
}

const void *columns_bytes_back(struct columns_in *in, size_t length)
{
    return unpack_bytes(&in->planes, length);
}

static void join(uint64_t *v, size_t count, const uint8_t *planes, unsigned width)
{
    for (size_t i = 0; i < count; i++)
        v[i] = planes[i];
    for (unsigned w = 1; w < width; w++)
        for (size_t i = 0; i < count; i++)
            v[i] |= (uint64_t)planes[w * count + i] << (8 * w);
}

static void transform_back(enum transform how, uint64_t first, uint64_t *v, size_t count)
{
    uint64_t at = first, step = 0;
    switch (how) {
    case COLUMN_ABOVE:
        for (size_t i = 0; i < count; i++)
            v[i] += first;
        break;
    case COLUMN_STEPS:
        for (size_t i = 0; i < count; i++)
            v[i] = at += unzigzag(v[i]);
        break;
    case COLUMN_BENDS:
        for (size_t i = 0; i < count; i++)
            v[i] = at += step += unzigzag(v[i]);
        break;
    default:
        for (size_t i = 0; i < count; i++)
            v[i] = at ^= v[i];
        break;
    }
}

void column_get(struct columns_in *in, uint64_t *values, size_t count)
{
    if (count == 0)
        return;
    uint8_t how = unpack_u8(&in->head);
    unsigned width = how >> 4;
    uint64_t first = unzigzag(unpack_varint(&in->head));
    const uint8_t *planes = NULL;
    how &= 0x0F;
    if (how >= TRANSFORM_COUNT || width > WIDTH_MOST || (width == 0) != (how == COLUMN_SAME))
        in->head.failed = true;
    else if (how != COLUMN_SAME)
        planes = unpack_bytes(&in->planes, count * width);
    if (columns_failed(in)) {
        memset(values, 0, count * sizeof *values);
        return;
    }
    if (how == COLUMN_SAME) {
        for (size_t i = 0; i < count; i++)
            values[i] = first;
        return;
    }
    join(values, count, planes, width);
    transform_back((enum transform)how, first, values, count);
}
