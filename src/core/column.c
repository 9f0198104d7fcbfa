/*
 * struct columns_out gathers two streams: `head`, small numbers one after the other, and `planes`, bytes by weight. They are compressed
 * as one zstd frame in which every large plane is a block of its own: Huffman tables fit one plane's bytes, not a mixture.
 * Invariant of a written column: every value follows from the head's numbers and the planes by wrapping 64-bit arithmetic, so that nothing
 * is too large and nothing overflows.
 */
#include "core/column.h"

#include <stdlib.h>
#include <string.h>

#include "core/chunk.h"
#include "core/memory.h"
#include "core/squeeze_private.h"

/* Those below COLUMN_ABOVE have no planes. */
enum transform { COLUMN_SAME, COLUMN_LINE, COLUMN_ABOVE, COLUMN_STEPS, COLUMN_BENDS, COLUMN_FLIPS, TRANSFORM_COUNT };

enum {
    PLANE_BLOCK = 384,  /* bytes from which on a block of its own pays for its tables */
    ZSTD_LEVEL = 1,
    MATCH_LEAST = 7,    /* shorter matches in noise cost more than they save */
    HASH_BITS = 10,
    WIDTH_MOST = 8,
    TRIED = 512,        /* values by which a long column is judged, in so many stretches */
    STRETCHES = 4,
    COLUMN_BITS = 64,   /* what any column costs beside its planes */
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

void columns_begin(struct columns_out *out, struct squeezer *squeezer)
{
    struct squeezer *own = squeezer ? NULL : squeezer_create();
    *out = (struct columns_out){.squeezer = own ? own : squeezer, .own = own};
}

void columns_finish(struct columns_out *out)
{
    packer_finish(&out->head);
    packer_finish(&out->planes);
    free(out->work);
    squeezer_destroy(out->own);
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
static uint64_t transform(enum transform how, uint64_t least, const uint64_t *restrict v, size_t count, uint64_t *restrict to)
{
    uint64_t all, before = v[0], step = 0;
    all = to[0] = how == COLUMN_ABOVE ? v[0] - least : 0;
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

/* Log2 of a number above 0 to a tenth: enough to tell better from worse, and the same on every machine. */
static double log2_about(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (double)((int64_t)(bits >> 52) - 1023) + (double)(bits & ((UINT64_C(1) << 52) - 1)) / 4503599627370496.0;
}

/* The entropy of each plane, in bits: what a Huffman code can come near to. Two counts, so that equal neighbours need not wait for each other. */
static double entropy(const uint64_t *v, size_t count, unsigned width)
{
    uint32_t seen[2][256];
    double sum = 0;
    for (unsigned w = 0; w < width; w++) {
        unsigned shift = 8 * w;
        size_t i = 0;
        memset(seen, 0, sizeof seen);
        for (; i + 2 <= count; i += 2) {
            seen[0][v[i] >> shift & 0xFF]++;
            seen[1][v[i + 1] >> shift & 0xFF]++;
        }
        for (; i < count; i++)
            seen[0][v[i] >> shift & 0xFF]++;
        for (int b = 0; b < 256; b++) {
            uint32_t times = seen[0][b] + seen[1][b];
            if (times > 1)
                sum += (double)times * log2_about((double)times);
        }
    }
    return width * (double)count * log2_about((double)count) - sum;
}

/* What a transform costs, judged by some stretches when the column is long. */
static struct column_plan judge(enum transform how, uint64_t least, const uint64_t *v, size_t count, uint64_t *work)
{
    size_t stretches = count > 2 * TRIED ? STRETCHES : 1, length = stretches > 1 ? TRIED / STRETCHES : count, apart = count / stretches;
    uint64_t all = 0;
    for (size_t s = 0; s < stretches; s++)
        all |= transform(how, least, v + s * apart, length, work + s * length);
    struct column_plan plan = {.transform = (uint8_t)how, .least = how == COLUMN_ABOVE ? least : v[0]};
    plan.bits = entropy(work, stretches * length, width_of(all)) * (double)count / (double)(stretches * length) + COLUMN_BITS;
    return plan;
}

static struct column_plan plan_of(struct columns_out *out, const uint64_t *v, size_t count, unsigned last)
{
    uint64_t step = count > 1 ? v[1] - v[0] : 0, bends = 0;
    int64_t least = (int64_t)v[0];
    for (size_t i = 1; i < count; i++) {
        bends |= v[i] - v[i - 1] - step;
        least = (int64_t)v[i] < least ? (int64_t)v[i] : least;
    }
    struct column_plan best = {.transform = step ? COLUMN_LINE : COLUMN_SAME, .least = v[0], .step = step};
    if (!bends)
        return best;
    uint64_t *work = work_of(out, count);
    for (unsigned how = COLUMN_ABOVE; how <= last; how++) {
        struct column_plan plan = judge((enum transform)how, (uint64_t)least, v, count, work);
        if (how == COLUMN_ABOVE || plan.bits < best.bits)
            best = plan;
    }
    return best;
}

struct column_plan column_plan(struct columns_out *out, const uint64_t *values, size_t count)
{
    return plan_of(out, values, count, COLUMN_BENDS);
}

void column_put_same(struct columns_out *out, uint64_t value)
{
    pack_u8(&out->head, COLUMN_SAME);
    pack_varint(&out->head, zigzag(value));
}

void column_put_planned(struct columns_out *out, const uint64_t *values, size_t count, struct column_plan plan)
{
    if (plan.transform < COLUMN_ABOVE) {
        pack_u8(&out->head, plan.transform);
        pack_varint(&out->head, zigzag(plan.least));
        if (plan.transform == COLUMN_LINE)
            pack_varint(&out->head, zigzag(plan.step));
        return;
    }
    uint64_t *work = work_of(out, count);
    unsigned width = width_of(transform((enum transform)plan.transform, plan.least, values, count, work));
    pack_u8(&out->head, (uint8_t)(plan.transform | width << 4));
    pack_varint(&out->head, zigzag(plan.least));
    for (unsigned w = 0; w < width; w++) {
        unsigned shift = 8 * w;
        if (count >= PLANE_BLOCK)
            cut(out);
        pack_reserve(&out->planes, count);
        uint8_t *restrict to = out->planes.bytes + out->planes.count;
        for (size_t i = 0; i < count; i++)
            to[i] = (uint8_t)(work[i] >> shift);
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
        column_put_planned(out, values, count, plan_of(out, values, count, COLUMN_FLIPS));
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

static ZSTD_CCtx *zstd_of(struct squeezer *squeezer)
{
    bool made = !squeezer->columns;
    ZSTD_CCtx *zstd = squeezer_cctx(&squeezer->columns);
    if (made) {
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0);
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_minMatch, MATCH_LEAST);
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_hashLog, HASH_BITS);
    }
    return zstd;
}

void columns_take(struct columns_out *out, struct packer *to)
{
    struct packer start;
    ZSTD_CCtx *zstd = zstd_of(out->squeezer);
    packer_init(&start);
    pack_varint(&start, out->head.count);
    pack_bytes(&start, out->head.bytes, out->head.count);
    pack_varint(to, start.count + out->planes.count); /* as squeeze() does */
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
    packer_finish(&start);
    packer_clear(&out->head);
    packer_clear(&out->planes);
    out->cut_count = 0;
}

/* ---- reading ---- */

bool columns_open(struct columns_in *in, struct squeezer *squeezer, const void *bytes, size_t length, size_t most, struct error *err)
{
    struct packer plain;
    packer_init(&plain);
    if (!squeezer_unsqueeze(squeezer, bytes, length, most, &plain, err)) {
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

static void join(uint64_t *restrict v, size_t count, const uint8_t *restrict planes, unsigned width)
{
    for (size_t i = 0; i < count; i++)
        v[i] = planes[i];
    for (unsigned w = 1; w < width; w++) {
        const uint8_t *restrict plane = planes + w * count;
        for (size_t i = 0; i < count; i++)
            v[i] |= (uint64_t)plane[i] << (8 * w);
    }
}

/* The transformed number of a narrow column from its planes, of a wide one from where join() put it. */
static inline uint64_t part(const uint64_t *v, const uint8_t *planes, size_t count, unsigned width, size_t i)
{
    return width == 1 ? planes[i] : width == 2 ? planes[i] | (uint64_t)planes[count + i] << 8 : v[i];
}

/* Inline, so that each call is made for its width. */
static inline void transform_back(enum transform how, uint64_t first, uint64_t *restrict v, size_t count, const uint8_t *restrict planes, unsigned width)
{
    uint64_t at = first, step = 0;
    switch (how) {
    case COLUMN_ABOVE:
        for (size_t i = 0; i < count; i++)
            v[i] = first + part(v, planes, count, width, i);
        break;
    case COLUMN_STEPS:
        for (size_t i = 0; i < count; i++)
            v[i] = at += unzigzag(part(v, planes, count, width, i));
        break;
    case COLUMN_BENDS:
        for (size_t i = 0; i < count; i++)
            v[i] = at += step += unzigzag(part(v, planes, count, width, i));
        break;
    default:
        for (size_t i = 0; i < count; i++)
            v[i] = at ^= part(v, planes, count, width, i);
        break;
    }
}

bool column_get_same(struct columns_in *in, uint64_t *value)
{
    if (columns_failed(in) || in->head.at == in->head.end || *in->head.at != COLUMN_SAME)
        return false;
    in->head.at++;
    *value = unzigzag(unpack_varint(&in->head));
    return true;
}

/* The planes of a column, or NULL when it has none or is damaged. */
static const uint8_t *planes_of(struct columns_in *in, size_t count, uint8_t how, unsigned width)
{
    bool flat = how < COLUMN_ABOVE;
    if (how >= TRANSFORM_COUNT || width > WIDTH_MOST || flat != (width == 0))
        in->head.failed = true;
    return columns_failed(in) || flat ? NULL : unpack_bytes(&in->planes, count * width);
}

void column_get(struct columns_in *in, uint64_t *values, size_t count)
{
    if (count == 0)
        return;
    uint8_t head = unpack_u8(&in->head), how = head & 0x0F, width = head >> 4;
    uint64_t first = unzigzag(unpack_varint(&in->head)), step = how == COLUMN_LINE ? unzigzag(unpack_varint(&in->head)) : 0;
    const uint8_t *planes = planes_of(in, count, how, width);
    if (columns_failed(in)) {
        memset(values, 0, count * sizeof *values);
    } else if (width == 1) {
        transform_back((enum transform)how, first, values, count, planes, 1);
    } else if (width == 2) {
        transform_back((enum transform)how, first, values, count, planes, 2);
    } else if (planes) {
        join(values, count, planes, width);
        transform_back((enum transform)how, first, values, count, planes, width);
    } else {
        for (size_t i = 0; i < count; i++)
            values[i] = first + i * step;
    }
}
