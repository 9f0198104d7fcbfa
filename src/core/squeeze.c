/*
 * Bytes through zstd in one piece, with the plain length in front so that a reader allocates once, and within its own bound. Where a 0 stands
 * there, the length follows, and then the bytes as they are: what is short gains little, and zstd takes longer to begin than to squeeze it.
 * A squeezer is zstd's working memory for both ways.
 */
#include <stdlib.h>

#include "core/chunk.h"
#include "core/memory.h"
#include "core/squeeze_private.h"

enum { LEVEL_KEPT = 1, LEVEL_QUICK = -1, SHORT_BYTES = 1024 };

struct squeezer *squeezer_create(void)
{
    return mem_zero(1, sizeof(struct squeezer));
}

ZSTD_CCtx *squeezer_cctx(ZSTD_CCtx **kept)
{
    if (!*kept)
        *kept = ZSTD_createCCtx();
    if (!*kept)
        abort();
    return *kept;
}

static ZSTD_DCtx *dctx_of(struct squeezer *squeezer)
{
    if (!squeezer->back)
        squeezer->back = ZSTD_createDCtx();
    if (!squeezer->back)
        abort();
    return squeezer->back;
}

void squeezer_destroy(struct squeezer *squeezer)
{
    if (!squeezer)
        return;
    ZSTD_freeCCtx(squeezer->quick);
    ZSTD_freeCCtx(squeezer->columns);
    ZSTD_freeDCtx(squeezer->back);
    free(squeezer);
}

/* Room for the squeezed bytes behind their plain length. */
static size_t make_room(struct packer *out, size_t length)
{
    size_t most = ZSTD_compressBound(length);
    pack_varint(out, length);
    pack_reserve(out, most);
    return most;
}

static void squeezed(struct packer *out, size_t written)
{
    if (ZSTD_isError(written))
        abort(); /* there is room, so only memory can be missing */
    out->count += written;
}

static void put_plain(const void *bytes, size_t length, struct packer *out)
{
    pack_varint(out, 0);
    pack_varint(out, length);
    pack_bytes(out, bytes, length);
}

void squeeze(const void *bytes, size_t length, struct packer *out)
{
    if (length == 0) {
        put_plain(bytes, length, out);
        return;
    }
    size_t most = make_room(out, length);
    squeezed(out, ZSTD_compress(out->bytes + out->count, most, bytes, length, LEVEL_KEPT));
}

void squeezer_squeeze(struct squeezer *squeezer, const void *bytes, size_t length, struct packer *out)
{
    if (length < SHORT_BYTES) {
        put_plain(bytes, length, out);
        return;
    }
    size_t most = make_room(out, length);
    squeezed(out, ZSTD_compressCCtx(squeezer_cctx(&squeezer->quick), out->bytes + out->count, most, bytes, length, LEVEL_QUICK));
}

bool squeezer_unsqueeze(struct squeezer *squeezer, const void *bytes, size_t length, size_t most, struct packer *out, struct error *err)
{
    struct unpacker u = unpacker_of(bytes, length);
    uint64_t plain = unpack_varint(&u);
    bool as_it_is = plain == 0;
    if (as_it_is)
        plain = unpack_varint(&u);
    size_t rest = (size_t)(u.end - u.at);
    if (u.failed || (rest == 0 && !as_it_is))
        return error_set(err, "damaged: too short, %zu bytes", length);
    if (plain > most)
        return error_set(err, "damaged: it says that it holds %llu bytes, more than %zu", (unsigned long long)plain, most);
    if (as_it_is && rest != plain)
        return error_set(err, "damaged: %zu bytes where %llu are promised", rest, (unsigned long long)plain);
    if (as_it_is) {
        pack_bytes(out, u.at, rest);
        return true;
    }
    pack_reserve(out, (size_t)plain + 1);
    uint8_t *to = out->bytes + out->count;
    size_t written = squeezer ? ZSTD_decompressDCtx(dctx_of(squeezer), to, (size_t)plain, u.at, rest) : ZSTD_decompress(to, (size_t)plain, u.at, rest);
    if (ZSTD_isError(written))
        return error_set(err, "damaged: %s", ZSTD_getErrorName(written));
    if (written != plain)
        return error_set(err, "damaged: %zu bytes where %llu are promised", written, (unsigned long long)plain);
    out->count += written;
    return true;
}

bool unsqueeze(const void *bytes, size_t length, size_t most, struct packer *out, struct error *err)
{
    return squeezer_unsqueeze(NULL, bytes, length, most, out, err);
}
