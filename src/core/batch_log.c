/*
 * struct batch_log gathers the columns of elapsed and wall times and, for the few batches that hold more than samples, a run with
 * these. Wall times are written as what they differ from the sum of the elapsed ones: nearly nothing while no clock is set. Invariant of
 * the reader: `special` is the number in the log of the next batch of the run, or the count when there is none left.
 */
#include "core/batch_log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/column.h"
#include "core/hash_index.h"
#include "core/memory.h"

enum {
    LOG_VERSION = 1,
    CHECKSUM_BYTES = 8,
    BATCHES_MOST = 1 << 20, /* a day of the 100 ms grid */
    PLAIN_MOST = 256 << 20,
};

struct boot {
    size_t from;
    uint8_t id[16];
};

struct special {
    size_t at;
    bool whole;
};

struct batch_log {
    uint64_t first_seq;
    int64_t first_wall;
    uint64_t *elapsed, *drift; /* drift: wall - wall before - elapsed */
    size_t count, elapsed_capacity, drift_capacity;
    int64_t last_wall;
    struct boot *boots;
    size_t boot_count, boot_capacity;
    struct special *specials;
    size_t special_count, special_capacity;
    struct packer run;
    struct batch kept; /* scratch: a batch without its samples */
};

struct batch_log_reader {
    struct columns_in in;
    uint64_t first_seq;
    uint64_t *elapsed, *wall;
    size_t count, next;
    struct boot *boots;
    size_t boot_count, boot;
    struct special *specials;
    size_t special_count, special;
    struct run_reader run;
};

/* ---- writing ---- */

static void begin(struct batch_log *log)
{
    log->count = log->boot_count = log->special_count = 0;
    packer_clear(&log->run);
    run_begin(&log->run);
}

struct batch_log *batch_log_create(void)
{
    struct batch_log *log = mem_zero(1, sizeof *log);
    batch_init(&log->kept);
    packer_init(&log->run);
    begin(log);
    return log;
}

void batch_log_destroy(struct batch_log *log)
{
    if (!log)
        return;
    free(log->elapsed);
    free(log->drift);
    free(log->boots);
    free(log->specials);
    packer_finish(&log->run);
    batch_finish(&log->kept);
    free(log);
}

static void note_boot(struct batch_log *log, const uint8_t id[16])
{
    if (log->boot_count > 0 && memcmp(log->boots[log->boot_count - 1].id, id, 16) == 0)
        return;
    log->boots = mem_grow(log->boots, log->boot_count, &log->boot_capacity, sizeof *log->boots);
    struct boot *boot = &log->boots[log->boot_count++];
    boot->from = log->count;
    memcpy(boot->id, id, 16);
}

static uint32_t keep_text(struct batch_log *log, const struct batch *batch, uint32_t text)
{
    const char *word = batch_text_at(batch, text);
    return batch_text(&log->kept, word, strlen(word));
}

/* An ordered batch without its samples, and without their texts. */
static const struct batch *without_samples(struct batch_log *log, const struct batch *batch)
{
    batch_clear(&log->kept);
    log->kept.seq = batch->seq;
    log->kept.wall_ms = batch->wall_ms;
    log->kept.elapsed_ms = batch->elapsed_ms;
    memcpy(log->kept.boot, batch->boot, sizeof batch->boot);
    for (size_t r = 0; r < batch->count; r++) {
        struct record record = batch->records[r];
        if (record.kind == RECORD_SAMPLE)
            continue;
        record.text = keep_text(log, batch, record.text);
        record.detail = keep_text(log, batch, record.detail);
        record.who = keep_text(log, batch, record.who);
        if (record.value.kind == VALUE_TEXT)
            record.value.text = keep_text(log, batch, record.value.text);
        batch_add(&log->kept, record);
    }
    return &log->kept;
}

static void add_special(struct batch_log *log, const struct batch *batch, bool whole)
{
    log->specials = mem_grow(log->specials, log->special_count, &log->special_capacity, sizeof *log->specials);
    log->specials[log->special_count++] = (struct special){.at = log->count, .whole = whole};
    run_add_batch(&log->run, batch);
}

void batch_log_add(struct batch_log *log, const struct batch *batch)
{
    assert(log->count < BATCHES_MOST);
    if (log->count == 0) {
        log->first_seq = batch->seq;
        log->first_wall = log->last_wall = batch->wall_ms - batch->elapsed_ms;
    }
    assert(batch->seq == log->first_seq + log->count);
    note_boot(log, batch->boot);
    if (!batch_is_ordered(batch)) {
        add_special(log, batch, true);
    } else {
        const struct batch *kept = without_samples(log, batch);
        if (kept->count > 0)
            add_special(log, kept, false);
    }
    log->elapsed = mem_grow(log->elapsed, log->count, &log->elapsed_capacity, sizeof *log->elapsed);
    log->drift = mem_grow(log->drift, log->count, &log->drift_capacity, sizeof *log->drift);
    log->elapsed[log->count] = (uint64_t)batch->elapsed_ms;
    log->drift[log->count++] = (uint64_t)(batch->wall_ms - log->last_wall - batch->elapsed_ms);
    log->last_wall = batch->wall_ms;
}

static void put_lists(struct batch_log *log, struct columns_out *columns)
{
    size_t before = 0;
    columns_note(columns, log->boot_count);
    for (size_t b = 0; b < log->boot_count; b++) {
        columns_note(columns, log->boots[b].from - before);
        columns_bytes(columns, log->boots[b].id, sizeof log->boots[b].id);
        before = log->boots[b].from;
    }
    columns_note(columns, log->special_count);
    before = 0;
    for (size_t s = 0; s < log->special_count; s++) {
        columns_note(columns, (log->specials[s].at - before) << 1 | log->specials[s].whole);
        before = log->specials[s].at;
    }
}

void batch_log_take(struct batch_log *log, struct packer *out)
{
    struct columns_out columns;
    size_t start = out->count;
    columns_begin(&columns, NULL);
    columns_note(&columns, log->count);
    columns_note(&columns, log->first_seq);
    pack_zigzag(&columns.head, log->first_wall);
    column_put(&columns, log->elapsed, log->count);
    column_put(&columns, log->drift, log->count);
    put_lists(log, &columns);
    run_end(&log->run);
    columns_note(&columns, log->run.count);
    columns_bytes(&columns, log->run.bytes, log->run.count);
    pack_u8(out, LOG_VERSION);
    columns_take(&columns, out);
    columns_finish(&columns);
    pack_u64(out, hash_bytes(out->bytes + start, out->count - start));
    begin(log);
}

/* ---- reading ---- */

static bool read_times(struct batch_log_reader *r, int64_t wall)
{
    column_get(&r->in, r->elapsed, r->count);
    column_get(&r->in, r->wall, r->count);
    for (size_t i = 0; i < r->count; i++) {
        wall = (int64_t)((uint64_t)wall + r->wall[i] + r->elapsed[i]);
        if (r->elapsed[i] > (uint64_t)TIME_MOST_MS || wall > TIME_MOST_MS || wall < -TIME_MOST_MS)
            return false;
        r->wall[i] = (uint64_t)wall;
    }
    return true;
}

/* Each entry stands behind the one before; the first boot is that of the first batch. */
static bool read_lists(struct batch_log_reader *r)
{
    uint64_t boots = columns_note_back(&r->in), at = 0;
    if (boots > r->count || (boots == 0) != (r->count == 0))
        return false;
    r->boots = mem_zero((size_t)boots, sizeof *r->boots);
    for (; r->boot_count < boots; r->boot_count++) {
        uint64_t gap = columns_note_back(&r->in);
        const void *id = columns_bytes_back(&r->in, sizeof r->boots->id);
        if (!id || gap >= r->count - at || (r->boot_count == 0) != (gap == 0))
            return false;
        r->boots[r->boot_count].from = (size_t)(at += gap);
        memcpy(r->boots[r->boot_count].id, id, sizeof r->boots->id);
    }
    uint64_t specials = columns_note_back(&r->in);
    if (specials > r->count)
        return false;
    r->specials = mem_zero((size_t)specials, sizeof *r->specials);
    at = 0;
    for (; r->special_count < specials; r->special_count++) {
        uint64_t note = columns_note_back(&r->in), gap = note >> 1;
        if (gap >= r->count - at || (r->special_count > 0 && gap == 0))
            return false;
        r->specials[r->special_count] = (struct special){.at = (size_t)(at += gap), .whole = note & 1};
    }
    return true;
}

static bool read_all(struct batch_log_reader *r)
{
    uint64_t count = columns_note_back(&r->in);
    r->first_seq = columns_note_back(&r->in);
    int64_t wall = unpack_zigzag(&r->in.head);
    if (count > BATCHES_MOST || columns_failed(&r->in))
        return false;
    r->count = (size_t)count;
    r->elapsed = mem_zero(r->count, sizeof *r->elapsed);
    r->wall = mem_zero(r->count, sizeof *r->wall);
    if (!read_times(r, wall) || columns_failed(&r->in) || !read_lists(r))
        return false;
    uint64_t length = columns_note_back(&r->in);
    const void *run = length <= PLAIN_MOST ? columns_bytes_back(&r->in, (size_t)length) : NULL;
    return run && !columns_failed(&r->in) && run_open(&r->run, run, (size_t)length, NULL);
}

struct batch_log_reader *batch_log_open(const void *bytes, size_t length, struct error *err)
{
    const uint8_t *b = bytes;
    struct columns_in in;
    if (length < 1 + CHECKSUM_BYTES) {
        error_set(err, "too short for a log of batches: %zu bytes", length);
        return NULL;
    }
    if (b[0] > LOG_VERSION) {
        error_set(err, "a log of batches of newer version %d, this program reads %d", b[0], LOG_VERSION);
        return NULL;
    }
    struct unpacker tail = unpacker_of(b + length - CHECKSUM_BYTES, CHECKSUM_BYTES);
    if (unpack_u64(&tail) != hash_bytes(b, length - CHECKSUM_BYTES)) {
        error_set(err, "damaged: the checksum of a log of batches differs");
        return NULL;
    }
    if (!columns_open(&in, NULL, b + 1, length - 1 - CHECKSUM_BYTES, PLAIN_MOST, err))
        return NULL;
    struct batch_log_reader *r = mem_zero(1, sizeof *r);
    r->in = in;
    if (read_all(r))
        return r;
    batch_log_close(r);
    error_set(err, "damaged: a log of batches does not read");
    return NULL;
}

void batch_log_close(struct batch_log_reader *reader)
{
    if (!reader)
        return;
    columns_close(&reader->in);
    free(reader->elapsed);
    free(reader->wall);
    free(reader->boots);
    free(reader->specials);
    free(reader);
}

bool batch_log_next(struct batch_log_reader *r, struct batch *batch, bool *whole, struct error *err)
{
    if (err)
        err->text[0] = '\0';
    if (r->next == r->count)
        return false;
    size_t at = r->next;
    bool special = r->special < r->special_count && r->specials[r->special].at == at;
    *whole = special && r->specials[r->special].whole;
    batch_clear(batch);
    if (special && !run_next_batch(&r->run, batch)) {
        r->next = r->count;
        return error_set(err, "damaged: a batch of the log does not read");
    }
    while (r->boot + 1 < r->boot_count && r->boots[r->boot + 1].from <= at)
        r->boot++;
    batch->seq = r->first_seq + at;
    batch->wall_ms = (int64_t)r->wall[at];
    batch->elapsed_ms = (int64_t)r->elapsed[at];
    memcpy(batch->boot, r->boots[r->boot].id, sizeof batch->boot);
    r->special += special;
    r->next++;
    return true;
}
