/*
 * Feeds bytes as the columns of a log of batches, the checksum made right. What reads must, written again, read the same.
 */
#include <string.h>

#include "core/batch_log.h"
#include "core/chunk.h"
#include "core/hash_index.h"
#include "fuzz.h"

enum { BATCHES_TRIED = 5000 };

static struct batch_log_reader *open_columns(struct packer *made, const uint8_t *data, size_t size)
{
    pack_u8(made, 1);
    squeeze(data, size, made);
    pack_u64(made, hash_bytes(made->bytes, made->count));
    return batch_log_open(made->bytes, made->count, NULL);
}

/* The batches of one log into another, those that could stand there; returns how many. */
static size_t copy(struct batch_log_reader *reader, struct batch_log *log, uint64_t *times)
{
    struct batch batch;
    bool whole;
    size_t count = 0;
    batch_init(&batch);
    while (count < BATCHES_TRIED && batch_log_next(reader, &batch, &whole, NULL)) {
        uint64_t seen[4] = {batch.seq, (uint64_t)batch.wall_ms, (uint64_t)batch.elapsed_ms, batch.boot[0]};
        *times = hash_bytes(seen, sizeof seen) + *times * 3;
        if (log)
            batch_log_add(log, &batch);
        count++;
    }
    batch_finish(&batch);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packer made, again;
    uint64_t times = 0, times_again = 0;
    packer_init(&made);
    packer_init(&again);
    struct batch_log_reader *reader = open_columns(&made, data, size);
    if (reader) {
        struct batch_log *log = batch_log_create();
        size_t count = copy(reader, log, &times);
        batch_log_take(log, &again);
        struct batch_log_reader *back = batch_log_open(again.bytes, again.count, NULL);
        PROMISE(back != NULL);
        PROMISE(copy(back, NULL, &times_again) == count && times == times_again);
        batch_log_close(back);
        batch_log_destroy(log);
    }
    batch_log_close(reader);
    packer_finish(&made);
    packer_finish(&again);
    return 0;
}
