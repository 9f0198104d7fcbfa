/*
 * batch_log: what is left of a stretch of the stream when the samples have gone into chunks: every batch's number and times,
 * and the records that are not samples. With the chunks' samples (each knows its batch) the batches come back exactly.
 *
 * Batches that are not batch_is_ordered() are kept whole, samples and all: their order means something. The samples of these in the
 * chunks must then not be used for rebuilding.
 *
 *   log = version(1)  zstd( columns of numbers, elapsed and wall times; boots where they change; records )  checksum(8)
 */
#ifndef ANDON_CORE_BATCH_LOG_H
#define ANDON_CORE_BATCH_LOG_H

#include "core/error.h"
#include "core/pack.h"
#include "core/record.h"

struct batch_log;

/* Collects batches, numbers rising by one each. */
struct batch_log *batch_log_create(void);
void batch_log_destroy(struct batch_log *log);
void batch_log_add(struct batch_log *log, const struct batch *batch);
/* Appends the log's bytes and empties it. */
void batch_log_take(struct batch_log *log, struct packer *out);

struct batch_log_reader;

/* NULL and err when it is damaged. */
struct batch_log_reader *batch_log_open(const void *bytes, size_t length, struct error *err);
/* The next batch: times, numbers, records; *whole tells that its samples are there too. False at the end or on damage (see err). */
bool batch_log_next(struct batch_log_reader *reader, struct batch *batch, bool *whole, struct error *err);
void batch_log_close(struct batch_log_reader *reader);

#endif
