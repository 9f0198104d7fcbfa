/*
 * pack_private: how the samples of a batch stand in a run, one after the other without frames of their own: what a flush writes is nearly
 * all of this kind, and it is written and read again once for each sample of a plant's life.
 *
 *   sample = head  [flags quality]  [varint zigzag: series]  [varint zigzag: time]  value
 *
 * The head's low four bits tell the value's form, the others what is left out because it follows from the sample before.
 */
#ifndef ANDON_CORE_PACK_PRIVATE_H
#define ANDON_CORE_PACK_PRIVATE_H

#include "core/pack.h"

/* What the records of a batch are written relative to. */
struct pack_base {
    int64_t time;
    int64_t series;
};

enum { PACK_DECIMALS = 6 };

extern const double pack_powers[PACK_DECIMALS + 1];

/* A real as a whole number of 10^-places, when it comes back from that bit for bit. */
bool pack_is_decimal(double d, int places, int64_t *whole);

/* Appends samples (records of this kind only). Texts are indices as they are. */
void pack_samples(struct packer *p, const struct record *samples, size_t count, struct pack_base *base);

/* Reads them again. */
struct samples_in {
    struct unpacker in;
    uint8_t flags, quality; /* of the sample before */
};

struct samples_in samples_in_of(struct unpacker body);
/* The next one; false at the end, and on damage (in.failed). */
bool samples_in_next(struct samples_in *s, struct pack_base *base, struct record *out);

#endif
