/*
 * chunk: a stretch of one series' samples as compressed bytes, every value bit for bit; and what lies beside them: counts,
 * extremes and 1-minute summaries, so that a wide look at the past never opens the samples themselves.
 *
 *   chunk = version(1)  zstd( columns )  checksum(8, XXH3 of all before it, little-endian)
 *
 * Columns, one after the other: batch numbers (as differences), times (as what they miss of the series' own grid), values (reals that are short
 * decimals as scaled integers, as differences), quality and flags as runs, texts by a dictionary. Samples stand in arrival order.
 * A reader trusts nothing: a damaged chunk is an error, never a crash and never a wrong value.
 */
#ifndef ANDON_CORE_CHUNK_H
#define ANDON_CORE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/pack.h"
#include "core/record.h"

enum { CHUNK_SAMPLES = 4096, MINUTE_MS = 60000, HOUR_MS = 3600000 };

/* zstd's working memory, for who has many small things to squeeze or to read: making it costs more than they do. Where a squeezer is asked
 * for, NULL does as well. One thread at a time uses it. */
struct squeezer;

struct squeezer *squeezer_create(void);
void squeezer_destroy(struct squeezer *squeezer);

/* One sample as the store keeps it. */
struct sample {
    uint64_t seq;        /* of the batch that brought it; 0: imported, it was never part of the stream */
    int64_t time_ms;     /* source time (arrival when the source gave none; see flags) */
    struct value value;  /* VALUE_TEXT: an index for samples_text() */
    uint8_t quality, flags; /* enum sample_flag */
};

/* A list of samples with the dictionary of their texts. Owns both. */
struct samples {
    struct sample *rows;
    size_t count, capacity;
    struct batch words;  /* only its texts are used */
};

void samples_init(struct samples *samples);
void samples_finish(struct samples *samples);
/* Empties it; keeps the memory. */
void samples_clear(struct samples *samples);
/* Adds a sample; `text` is its text (copied) when the value is one, else NULL. */
void samples_add(struct samples *samples, struct sample sample, const char *text);
const char *samples_text(const struct samples *samples, struct value value);

/* What one sees of some samples without looking at each. Only samples that count are in the numbers: those that are numbers,
 * not of bad quality, and not retained (a broker's copy is no fresh sample). */
struct summary {
    int64_t start_ms;    /* of the minute or hour; 0 where it does not matter */
    uint32_t count;      /* of samples that count */
    double min, max, sum; /* 0 when count is 0 */
};

/* Adds one sample, or another summary. */
void summary_add(struct summary *summary, const struct sample *sample);
void summary_merge(struct summary *summary, const struct summary *other);

/* All that the index of chunks needs to know. */
struct chunk_facts {
    uint64_t first_seq, last_seq;
    int64_t first_ms, last_ms; /* the least and the greatest time; late samples stand between */
    uint32_t count;            /* all samples */
    struct summary whole;
};

/* Appends the chunk of samples[from .. from+count) to `out`, and their minutes to `minutes` (summaries by start_ms, packed).
 * count is 1 .. CHUNK_SAMPLES. Cannot fail. */
void chunk_encode(struct squeezer *squeezer, const struct samples *samples, size_t from, size_t count, struct packer *out, struct packer *minutes, struct chunk_facts *facts);
/* Appends the chunk's samples to `out`; on failure err says why and `out` is as it was. */
bool chunk_decode(struct squeezer *squeezer, const void *bytes, size_t length, struct samples *out, struct error *err);

/* Minutes that were packed by chunk_encode(): calls `take` for each, in order of time. False when they are damaged. */
typedef void minutes_take(void *arg, const struct summary *minute);
bool minutes_decode(struct squeezer *squeezer, const void *bytes, size_t length, minutes_take *take, void *arg);

/* zstd, level 1, with the plain length in front; for checkpoints and configurations. */
void squeeze(const void *bytes, size_t length, struct packer *out);
/* Back again. `most` bounds what a damaged length may ask for. */
bool unsqueeze(const void *bytes, size_t length, size_t most, struct packer *out, struct error *err);

/* Quicker at the expense of some bytes (what is short stays as it is), and back again; what either has squeezed, either reads. */
void squeezer_squeeze(struct squeezer *squeezer, const void *bytes, size_t length, struct packer *out);
bool squeezer_unsqueeze(struct squeezer *squeezer, const void *bytes, size_t length, size_t most, struct packer *out, struct error *err);

#endif
