/*
 * column: columns of numbers as compressed bytes, exactly. What chunks, their minutes and logs of batches are made of.
 *
 *     struct columns_out out;
 *     columns_begin(&out, squeezer);
 *     columns_note(&out, count);
 *     column_put(&out, values, count);
 *     columns_take(&out, &packer);          // and begins anew
 *     columns_finish(&out);
 *
 * and back:
 *
 *     struct columns_in in;
 *     if (columns_open(&in, squeezer, bytes, length, most, err)) {
 *         count = columns_note_back(&in);   // check it against a bound
 *         column_get(&in, values, count);
 *         ok = !columns_failed(&in);
 *         columns_close(&in);
 *     }
 *
 *   columns = squeezed( varint length of head  head  planes )
 *   head    = for each column its transform, width and first numbers, beside what the caller noted
 *   planes  = the column's bytes of equal weight together, the lightest first; each large plane is a zstd block with tables of its own
 *
 * A column is written by whichever transform promises the fewest bytes: all the same; a line; above its least; differences; differences
 * of differences; bits that changed (XOR). Reals that are short decimals become scaled integers first; a few that are not stand beside.
 */
#ifndef ANDON_CORE_COLUMN_H
#define ANDON_CORE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/pack.h"

enum { COLUMN_CUTS = 64 };

struct squeezer; /* core/chunk.h; NULL does as well */

struct columns_out {
    struct packer head, planes;
    size_t cuts[COLUMN_CUTS]; /* where in `planes` a block of its own begins */
    size_t cut_count;
    uint64_t *work;           /* scratch, work_capacity numbers */
    size_t work_capacity;
    struct squeezer *squeezer, *own; /* own: made here */
};

struct columns_in {
    struct unpacker head, planes;
    uint8_t *plain;
};

/* How a column is best written, and what that costs. */
struct column_plan {
    uint8_t transform;
    uint64_t least, step;
    double bits;
};

void columns_begin(struct columns_out *out, struct squeezer *squeezer);
void columns_finish(struct columns_out *out);
/* Appends the compressed columns to `to`; `out` is as after columns_begin(). */
void columns_take(struct columns_out *out, struct packer *to);
/* A number, or bytes, of the caller's. */
void columns_note(struct columns_out *out, uint64_t number);
void columns_bytes(struct columns_out *out, const void *bytes, size_t length);

/* Any 64-bit numbers; signed ones cast, differences wrap. */
void column_put(struct columns_out *out, const uint64_t *values, size_t count);
void column_put_same(struct columns_out *out, uint64_t value);
struct column_plan column_plan(struct columns_out *out, const uint64_t *values, size_t count);
void column_put_planned(struct columns_out *out, const uint64_t *values, size_t count, struct column_plan plan);
/* The same for numbers that are the bits of something. */
void column_put_bits(struct columns_out *out, const uint64_t *values, size_t count);
/* Finite reals, bit for bit. Returns the decimals that tell all of them, or -1 when there is no such number. */
int column_put_reals(struct columns_out *out, const double *values, size_t count);

/* `most` bounds the plain bytes. */
bool columns_open(struct columns_in *in, struct squeezer *squeezer, const void *bytes, size_t length, size_t most, struct error *err);
void columns_close(struct columns_in *in);
bool columns_failed(const struct columns_in *in);
uint64_t columns_note_back(struct columns_in *in);
/* Borrowed until columns_close(); NULL (and failed) when there are not so many. */
const void *columns_bytes_back(struct columns_in *in, size_t length);
/* Takes the next column when all its values are the same; else false, and column_get() must. */
bool column_get_same(struct columns_in *in, uint64_t *value);
/* After a failure all values are 0. */
void column_get(struct columns_in *in, uint64_t *values, size_t count);
void column_get_reals(struct columns_in *in, double *values, size_t count);

#endif
