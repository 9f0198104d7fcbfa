/*
 * pack: bytes of runs. A run is a self-contained, checksummed series of length-prefixed records: what the journal stores,
 * what a screen receives, what a checkpoint is.
 *
 *   run     = "ANDN" major minor  record*  checksum(8, XXH3 of all before it, little-endian)
 *   record  = varint length  kind  body[length - 1]
 *
 * A reader skips kinds that it does not know, refuses a newer major version, and trusts nothing: every length is checked,
 * and a struct unpacker that met an error stays in error and yields zeroes.
 */
#ifndef ANDON_CORE_PACK_H
#define ANDON_CORE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/record.h"

struct packer {
    uint8_t *bytes;
    size_t count, capacity;
};

void packer_init(struct packer *p);
void packer_finish(struct packer *p);
void packer_clear(struct packer *p);
void pack_reserve(struct packer *p, size_t more);
void pack_u8(struct packer *p, uint8_t v);
void pack_varint(struct packer *p, uint64_t v);
void pack_zigzag(struct packer *p, int64_t v);
void pack_u64(struct packer *p, uint64_t v); /* 8 bytes, little-endian */
void pack_double(struct packer *p, double v); /* 8 bytes, bit for bit */
void pack_float(struct packer *p, float v);
void pack_bytes(struct packer *p, const void *bytes, size_t length);
void pack_text(struct packer *p, const char *text); /* varint length, then bytes */

void pack_value(struct packer *p, struct value v); /* short decimals as scaled integers, bit for bit */

#define TIME_MOST_MS (INT64_C(1) << 52)

struct unpacker {
    const uint8_t *at, *end;
    bool failed;
};

struct unpacker unpacker_of(const void *bytes, size_t length);
uint8_t unpack_u8(struct unpacker *u);
uint64_t unpack_varint_long(struct unpacker *u);
static inline uint64_t unpack_varint(struct unpacker *u)
{
    if (u->end - u->at < 2)
        return unpack_varint_long(u);
    unsigned low = u->at[0], high = u->at[1];
    if (low < 0x80) {
        u->at++;
        return low;
    }
    if (high >= 0x80)
        return unpack_varint_long(u);
    u->at += 2;
    return (low & 0x7F) | high << 7;
}
static inline int64_t unpack_zigzag(struct unpacker *u)
{
    uint64_t v = unpack_varint(u);
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}
/* A time or a span in ms, refused beyond TIME_MOST_MS either way, so that sums of a few never overflow. */
int64_t unpack_time(struct unpacker *u);
uint64_t unpack_u64(struct unpacker *u);
double unpack_double(struct unpacker *u);
float unpack_float(struct unpacker *u);
/* `length` bytes, borrowed from the input; NULL (and failed) when there are not so many. */
const void *unpack_bytes(struct unpacker *u, size_t length);
/* A text of at most cap - 1 bytes, copied and NUL-terminated; longer ones fail. Returns its length. */
size_t unpack_text(struct unpacker *u, char *out, size_t cap);

struct value unpack_value(struct unpacker *u);

/* ---- runs ---- */

void run_begin(struct packer *p);
/* Frames what was packed since `mark` (p->count before) as one record of `kind`: call pack_* first, then this. */
void run_frame(struct packer *p, size_t mark, uint8_t kind);
/* One batch: its head, its texts, its records. A run may hold many. */
void run_add_batch(struct packer *p, const struct batch *batch);
/* The same in two steps, for who packs a batch before he knows what it will stand behind. `before` is the boot of the batch before in the
 * same run, NULL for the first one: a boot that stays is written once. */
void run_add_head(struct packer *p, uint64_t seq, int64_t wall_ms, int64_t elapsed_ms, const uint8_t boot[16], const uint8_t before[16]);
void run_add_body(struct packer *p, const struct batch *batch);
void run_end(struct packer *p);

struct run_reader {
    struct unpacker in;
    uint8_t boot[16]; /* of the batch before */
};

/* Frames that only runs know; the numbers share the space of enum record_kind. Version 1 had no RUN_SAMPLES: each sample had a frame of its
 * own, and each batch its boot. It is read as well. */
enum { RUN_BATCH = 16, RUN_TEXT = 17, RUN_SAMPLES = 18, RUN_MAJOR = 2, RUN_MINOR = 0 };


/* Checks the header and the checksum. On false, err says what is wrong ("newer major version 3, this program reads 1"). */
bool run_open(struct run_reader *r, const void *bytes, size_t length, struct error *err);
/* The next frame of any kind: its kind and body. False at the end or on damage (r->in.failed tells which). */
bool run_next(struct run_reader *r, uint8_t *kind, struct unpacker *body);
/* The samples of some series, without a look at the values of the others: calls `wants` for each, and `take` where that is true. `text` is
 * the value's, of `length` bytes and not terminated, when it is one. False and err as run_open() has it, or on damage within. */
typedef bool run_wants(void *arg, uint32_t series);
typedef void run_take(void *arg, uint64_t seq, const struct record *sample, const char *text, size_t length);
bool run_scan(const void *bytes, size_t length, run_wants *wants, run_take *take, void *arg, struct error *err);
/* The numbers of its first and its last batch, from their heads alone. False when it is damaged, holds none, or they do not rise by one. */
bool run_span(const void *bytes, size_t length, uint64_t *first, uint64_t *last);
/* The next whole batch into `batch` (cleared first). False at the end or on damage. */
bool run_next_batch(struct run_reader *r, struct batch *batch);

#endif
