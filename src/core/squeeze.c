/*
 * Bytes through zstd in one piece, with the plain length in front so that a reader allocates once, and within its own bound.
 */
#include <stdlib.h>
#include <zstd.h>

#include "core/chunk.h"
#include "core/memory.h"

enum { ZSTD_LEVEL = 1 };

void squeeze(const void *bytes, size_t length, struct packer *out)
{
    size_t most = ZSTD_compressBound(length);
    pack_varint(out, length);
    pack_reserve(out, most);
    size_t written = ZSTD_compress(out->bytes + out->count, most, bytes, length, ZSTD_LEVEL);
    if (ZSTD_isError(written))
        abort(); /* there is room, so only memory can be missing */
    out->count += written;
}

bool unsqueeze(const void *bytes, size_t length, size_t most, struct packer *out, struct error *err)
{
    struct unpacker u = unpacker_of(bytes, length);
    uint64_t plain = unpack_varint(&u);
    if (u.failed || u.at == u.end)
        return error_set(err, "damaged: too short, %zu bytes", length);
    if (plain > most)
        return error_set(err, "damaged: it says that it holds %llu bytes, more than %zu", (unsigned long long)plain, most);
    pack_reserve(out, (size_t)plain + 1);
    size_t written = ZSTD_decompress(out->bytes + out->count, (size_t)plain, u.at, (size_t)(u.end - u.at));
    if (ZSTD_isError(written))
        return error_set(err, "damaged: %s", ZSTD_getErrorName(written));
    if (written != plain)
        return error_set(err, "damaged: %zu bytes where %llu are promised", written, (unsigned long long)plain);
    out->count += written;
    return true;
}
