/*
 * The journal becomes chunks. A turn takes a stretch of journal rows: it counts the samples of each series and puts the batches' headers into a
 * log (COUNT), then, some series at a time so that no more than PASS_SAMPLES lie in memory, gathers their samples (FILL) and writes them as
 * chunks in transactions of SLICE_MS (WRITE); at last the log goes in and the journal's rows go out (END). Flushes come between.
 *
 * What a broken turn has written stays: the next one skips the samples whose batch is at or before the newest chunk of their series.
 * A stretch is merged with the series' newest chunks once together they are several times as large as the largest of them, or full: so a
 * sample is written again about as often as its series' chunks have grown by that factor, and a series has a few small ones at its end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/store_private.h"

enum {
    TURN_SAMPLES = 4000000, TURN_BYTES = 16 << 20, /* the longest stretch; more is turned at once */
    PASS_SAMPLES = 500000,
    KEPT_BYTES = 2 << 20, /* plain rows that are kept from counting to filling */
    LOG_BATCHES = 65536,  /* a row of the stream */
    MERGED_MOST = 16,
    MERGED_TIMES = 4,     /* together at least so much larger than the largest of them */
    MERGED_BYTES = 256 << 10, /* a chunk of long texts is large with few samples: it must be able to go when the size is reached */
};

enum phase { TURN_NONE, TURN_COUNT, TURN_FILL, TURN_WRITE, TURN_END };

/* A finished row of the stream. */
struct stream_row {
    uint64_t first_seq, last_seq;
    int64_t first_ms, last_ms;
    struct packer log;
};

struct turn {
    enum phase phase;
    uint64_t from, until, next;   /* journal rows: the first, the last one's last_seq, where to read on */
    bool reading;                 /* a read of the journal is under way */
    uint64_t samples, bytes;      /* of the stretch */
    uint32_t *counts;             /* of samples, by series */
    size_t count_slots;
    uint32_t low, high;           /* the series of this pass: [low, high) */
    uint32_t series;              /* to be written next */
    size_t *ends;                 /* where each one's samples end (while filling: where the next is put), by series - low */
    struct sample *rows;          /* of this pass, series after series */
    size_t row_count;
    struct batch words;           /* their texts, each once */
    struct hash_index words_index;
    struct batch_log *log;        /* being gathered: open.first_seq .. open.last_seq */
    struct stream_row open, *stream;
    size_t open_count, stream_count, stream_capacity;
    struct packer run;
    struct packer kept;           /* the stretch's first rows as they were read while counting: struct kept_row, run, ... */
    size_t kept_at;               /* where filling is in it */
    bool keeps;                   /* while counting: there was room for all so far */
    struct batch batch;           /* scratch */
};

struct kept_row {
    uint64_t next, last_seq;
    size_t length;
};

/* ---- life ---- */

static struct turn *turn_of(struct store *store)
{
    if (!store->turn) {
        store->turn = mem_zero(1, sizeof *store->turn);
        batch_init(&store->turn->words);
        batch_init(&store->turn->batch);
    }
    return store->turn;
}

static void forget_pass(struct turn *t)
{
    free(t->ends);
    free(t->rows);
    t->ends = NULL;
    t->rows = NULL;
    t->row_count = 0;
    batch_finish(&t->words);
    hash_index_finish(&t->words_index);
    t->words_index = (struct hash_index){.slots = NULL};
}

void store_forget_turn(struct store *store)
{
    struct turn *t = store->turn;
    if (!t)
        return;
    forget_pass(t);
    for (size_t i = 0; i < t->stream_count; i++)
        packer_finish(&t->stream[i].log);
    free(t->stream);
    free(t->counts);
    batch_log_destroy(t->log);
    packer_finish(&t->run);
    packer_finish(&t->kept);
    batch_finish(&t->batch);
    free(t);
    store->turn = NULL;
}

bool store_turn_due(const struct store *store)
{
    if (store->turn)
        return true;
    int64_t first_ms = store->journal_first_ms ? store->journal_first_ms : store->newest.rows ? store->newest.first_ms : 0;
    int64_t length = store->last_ms - first_ms, most = store->options.size_most;
    if (most > 0 && store->journal_bytes > (uint64_t)most / 8)
        return true;
    return first_ms != 0 &&
           (length >= store->options.chunk_ms || length <= -store->options.chunk_ms || store->journal_samples >= TURN_SAMPLES || store->journal_bytes >= TURN_BYTES);
}

/* ---- reading the stretch ---- */

enum row { ROW_READ, ROW_NONE, ROW_BAD };

/* Lets go of the file until the next piece. */
static void stop_reading(struct store *store, struct turn *t)
{
    if (t->reading)
        sqlite3_reset(store_statement(store, ST_JOURNAL_NEXT));
    t->reading = false;
}

static void keep_row(struct turn *t, uint64_t last_seq)
{
    const struct kept_row row = {.next = t->next, .last_seq = last_seq, .length = t->run.count};
    t->keeps = t->keeps && t->kept.count + sizeof row + row.length <= KEPT_BYTES;
    if (!t->keeps)
        return;
    pack_bytes(&t->kept, &row, sizeof row);
    pack_bytes(&t->kept, t->run.bytes, t->run.count);
}

/* The next row, if it was kept. */
static bool take_kept(struct turn *t, struct run_reader *reader, uint64_t *last_seq)
{
    struct kept_row row;
    if (t->phase != TURN_FILL || t->kept_at == t->kept.count)
        return false;
    memcpy(&row, t->kept.bytes + t->kept_at, sizeof row);
    const uint8_t *run = t->kept.bytes + t->kept_at + sizeof row;
    t->kept_at += sizeof row + row.length;
    t->next = row.next;
    *last_seq = row.last_seq;
    return run_open(reader, run, row.length, NULL);
}

/* The next journal row into t->run. One read goes on through a piece of work. */
static enum row read_row(struct store *store, struct turn *t, struct run_reader *reader, uint64_t *last_seq)
{
    if (take_kept(t, reader, last_seq))
        return ROW_READ;
    sqlite3_stmt *st = store_statement(store, ST_JOURNAL_NEXT);
    if (!t->reading)
        sqlite3_bind_int64(st, 1, (int64_t)t->next);
    t->reading = true;
    int rc = sqlite3_step(st);
    if (rc != SQLITE_ROW) {
        stop_reading(store, t);
        store->rc = rc == SQLITE_DONE ? store->rc : rc;
        return ROW_NONE;
    }
    packer_clear(&t->run);
    t->next = (uint64_t)sqlite3_column_int64(st, 0) + 1;
    *last_seq = (uint64_t)sqlite3_column_int64(st, 1);
    size_t length = (size_t)sqlite3_column_bytes(st, 2);
    t->bytes += length;
    bool read = squeezer_unsqueeze(store->squeezer, sqlite3_column_blob(st, 2), length, SCHEMA_BLOB_MOST, &t->run, NULL);
    uint64_t first, last;
    if (!read || !run_span(t->run.bytes, t->run.count, &first, &last) || first + 1 != t->next || !run_open(reader, t->run.bytes, t->run.count, NULL))
        return ROW_BAD;
    if (t->phase == TURN_COUNT) {
        if (last != *last_seq)
            store_damaged(store, "the head of a stretch of the journal, read without it");
        keep_row(t, last);
    }
    *last_seq = last; /* what the run says has a checksum */
    return ROW_READ;
}

static void drop_bad_row(struct store *store, struct turn *t, uint64_t first_seq)
{
    stop_reading(store, t);
    store_begin_transaction(store, false);
    sqlite3_bind_int64(store_statement(store, ST_JOURNAL_DROP), 1, (int64_t)first_seq);
    sqlite3_bind_int64(store_statement(store, ST_JOURNAL_DROP), 2, (int64_t)first_seq);
    store_step(store, ST_JOURNAL_DROP);
    if (store_end_transaction(store) == SQLITE_OK)
        store_damaged(store, "a stretch of the journal, removed");
}

static void end_log(struct turn *t)
{
    if (t->open_count == 0)
        return;
    t->stream = mem_grow(t->stream, t->stream_count, &t->stream_capacity, sizeof *t->stream);
    packer_init(&t->open.log);
    batch_log_take(t->log, &t->open.log);
    t->stream[t->stream_count++] = t->open;
    t->open_count = 0;
}

static void log_batch(struct turn *t, const struct batch *b)
{
    if (!t->log)
        t->log = batch_log_create();
    if (t->open_count && (b->seq != t->open.last_seq + 1 || t->open_count == LOG_BATCHES))
        end_log(t);
    if (t->open_count == 0)
        t->open = (struct stream_row){.first_seq = b->seq, .first_ms = b->wall_ms, .last_ms = b->wall_ms};
    t->open.last_seq = b->seq;
    t->open.first_ms = b->wall_ms < t->open.first_ms ? b->wall_ms : t->open.first_ms;
    t->open.last_ms = b->wall_ms > t->open.last_ms ? b->wall_ms : t->open.last_ms;
    t->open_count++;
    batch_log_add(t->log, b);
}

static void count_batch(struct turn *t, const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct record *r = &b->records[i];
        if (r->kind != RECORD_SAMPLE)
            continue;
        if (r->series >= t->count_slots) {
            size_t slots = (size_t)r->series * 2 + 64;
            t->counts = mem_resize(t->counts, slots, sizeof *t->counts);
            memset(t->counts + t->count_slots, 0, (slots - t->count_slots) * sizeof *t->counts);
            t->count_slots = slots;
        }
        t->counts[r->series]++;
        t->samples++;
    }
}

/* ---- a pass ---- */

static bool is_word(const void *context, uint32_t number, const void *key)
{
    return strcmp(batch_text_at(context, number), key) == 0;
}

static uint32_t word_of(struct turn *t, const char *text)
{
    size_t length = strlen(text);
    uint64_t hash = hash_bytes(text, length);
    if (length == 0)
        return NO_TEXT;
    uint32_t found = hash_index_find(&t->words_index, hash, is_word, &t->words, text);
    if (found != HASH_INDEX_NONE)
        return found;
    uint32_t made = batch_text(&t->words, text, length);
    hash_index_add(&t->words_index, hash, made);
    return made;
}

/* The next series whose samples fit together. False when all are written. */
static bool begin_pass(struct turn *t)
{
    forget_pass(t);
    while (t->low < t->count_slots && t->counts[t->low] == 0)
        t->low++;
    if (t->low >= t->count_slots)
        return false;
    size_t count = 0;
    for (t->high = t->low; t->high < t->count_slots && (t->high == t->low || count + t->counts[t->high] <= PASS_SAMPLES); t->high++)
        count += t->counts[t->high];
    t->ends = mem_zero(t->high - t->low, sizeof *t->ends);
    for (uint32_t s = t->low; s + 1 < t->high; s++)
        t->ends[s + 1 - t->low] = t->ends[s - t->low] + t->counts[s];
    t->rows = mem_resize(NULL, count, sizeof *t->rows);
    t->row_count = count;
    t->series = t->low;
    t->next = t->from;
    t->kept_at = 0;
    t->phase = TURN_FILL;
    return true;
}

static void fill_batch(struct turn *t, const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct record *r = &b->records[i];
        if (r->kind != RECORD_SAMPLE || r->series < t->low || r->series >= t->high)
            continue;
        struct sample *s = &t->rows[t->ends[r->series - t->low]++];
        *s = (struct sample){.seq = b->seq, .time_ms = r->time_ms, .value = r->value, .quality = r->quality, .flags = r->flags};
        if (r->value.kind == VALUE_TEXT)
            s->value.text = word_of(t, batch_text_at(b, r->value.text));
    }
}

/* A stretch is for a while in the file twice, and in the log: a small cache takes it in small pieces. */
static uint64_t stretch_bytes(const struct store *store)
{
    int64_t part = store->options.size_most / 16;
    return part > 0 && part < TURN_BYTES ? (uint64_t)part : TURN_BYTES;
}

/* One row of the stretch, in this phase. */
static void step_rows(struct store *store, struct turn *t)
{
    struct run_reader reader;
    uint64_t last_seq = 0;
    bool counting = t->phase == TURN_COUNT, full = t->samples >= TURN_SAMPLES || t->bytes >= stretch_bytes(store);
    enum row row = ROW_NONE;
    if (counting ? !full : t->next <= t->until)
        row = read_row(store, t, &reader, &last_seq);
    if (row == ROW_READ && !counting && t->next > t->until + 1)
        row = ROW_NONE; /* it came while the stretch was counted */
    if (row == ROW_BAD) {
        drop_bad_row(store, t, t->next - 1);
        if (!counting)
            store_forget_turn(store); /* it was good when it was counted: begin again */
    } else if (row == ROW_READ) {
        while (run_next_batch(&reader, &t->batch)) {
            if (counting) {
                log_batch(t, &t->batch);
                count_batch(t, &t->batch);
            } else {
                fill_batch(t, &t->batch);
            }
        }
        t->until = counting ? last_seq : t->until;
    } else if (!counting) {
        stop_reading(store, t);
        t->phase = TURN_WRITE;
    } else if (store->rc == SQLITE_OK) {
        stop_reading(store, t);
        end_log(t);
        t->phase = begin_pass(t) ? TURN_FILL : TURN_END;
    }
}

/* ---- writing chunks ---- */

void store_bind_facts(sqlite3_stmt *st, int at, const struct chunk_facts *facts)
{
    const int64_t numbers[] = {(int64_t)facts->first_seq, (int64_t)facts->last_seq, facts->first_ms, facts->last_ms, facts->count, facts->whole.count};
    for (int i = 0; i < 6; i++)
        sqlite3_bind_int64(st, at + i, numbers[i]);
    if (facts->whole.count) {
        sqlite3_bind_double(st, at + 6, facts->whole.min);
        sqlite3_bind_double(st, at + 7, facts->whole.max);
        sqlite3_bind_double(st, at + 8, facts->whole.sum);
    }
}

void store_put_chunks(struct store *store, uint32_t series, const struct samples *samples)
{
    for (size_t from = 0; from < samples->count && store->rc == SQLITE_OK; from += CHUNK_SAMPLES) {
        size_t count = samples->count - from < CHUNK_SAMPLES ? samples->count - from : CHUNK_SAMPLES;
        struct chunk_facts f;
        packer_clear(&store->squeezed);
        packer_clear(&store->minutes);
        chunk_encode(store->squeezer, samples, from, count, &store->squeezed, &store->minutes, &f);
        sqlite3_stmt *st = store_statement(store, ST_CHUNK_PUT);
        sqlite3_bind_int64(st, 1, series);
        store_bind_facts(st, 2, &f);
        sqlite3_bind_blob64(st, 11, store->minutes.bytes ? (const void *)store->minutes.bytes : "", store->minutes.count, SQLITE_STATIC);
        sqlite3_bind_blob64(st, 12, store->squeezed.bytes, store->squeezed.count, SQLITE_STATIC);
        store_step(store, ST_CHUNK_PUT);
        store->chunks_put++;
    }
}

/* Appends a chunk's samples. False when it cannot be read: then it is left alone. */
static bool add_chunk(struct store *store, int64_t id)
{
    sqlite3_stmt *st = store_statement(store, ST_CHUNK_GET);
    sqlite3_bind_int64(st, 1, id);
    int rc = sqlite3_step(st);
    bool read = rc == SQLITE_ROW && chunk_decode(store->squeezer, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0), &store->samples, NULL);
    if (rc != SQLITE_ROW)
        store->rc = rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
    sqlite3_reset(st);
    return read;
}

/* A chunk says that it holds what is about to be written, as after a turn that was broken off. Its samples have a checksum, its head has not:
 * the number of its last batch by them; 0 when they do not read, since then they are wanted again. */
static uint64_t covered_by(struct store *store, int64_t id)
{
    uint64_t last = 0;
    samples_clear(&store->samples);
    if (!add_chunk(store, id))
        return 0;
    for (size_t i = 0; i < store->samples.count; i++)
        last = store->samples.rows[i].seq > last ? store->samples.rows[i].seq : last;
    return last;
}

/* The series' newest chunks that the stretch is merged with, newest first, without the samples that are in chunks already. */
static size_t mergeable(struct store *store, uint32_t series, const struct sample **rows, size_t *count, int64_t ids[MERGED_MOST])
{
    sqlite3_stmt *st = store_statement(store, ST_CHUNK_NEWEST);
    size_t found = 0, seen = 0, gathered = 0, largest = 0;
    bool first = true;
    sqlite3_bind_int64(st, 1, series);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        size_t size = (size_t)sqlite3_column_int64(st, 1);
        uint64_t covered = (uint64_t)sqlite3_column_int64(st, 2);
        if (first && *count && (*rows)->seq <= covered)
            covered = covered_by(store, sqlite3_column_int64(st, 0));
        for (; first && *count && (*rows)->seq <= covered; (*count)--)
            (*rows)++;
        gathered = first ? *count : gathered;
        first = false;
        if (seen == MERGED_MOST || size >= CHUNK_SAMPLES || sqlite3_column_int64(st, 3) > MERGED_BYTES)
            break;
        ids[seen++] = sqlite3_column_int64(st, 0);
        gathered += size;
        largest = size > largest ? size : largest;
        if (gathered >= CHUNK_SAMPLES || gathered >= MERGED_TIMES * largest)
            found = seen;
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        store->rc = rc;
    sqlite3_reset(st);
    return found;
}

/* Old ones first; what is older than a damaged one stays what it is. */
static size_t gather_old(struct store *store, const int64_t *ids, size_t found)
{
    samples_clear(&store->samples);
    for (size_t i = found; i > 0 && store->rc == SQLITE_OK; i--)
        if (!add_chunk(store, ids[i - 1]))
            return gather_old(store, ids, i - 1);
    return found;
}

static void write_series(struct store *store, struct turn *t, uint32_t series)
{
    size_t end = t->ends[series - t->low], count = t->counts[series];
    const struct sample *rows = t->rows + end - count;
    int64_t ids[MERGED_MOST];
    size_t found = mergeable(store, series, &rows, &count, ids);
    if (count == 0)
        return;
    found = gather_old(store, ids, found);
    store_amend_hours(store, series, rows, count);
    for (size_t i = 0; i < count; i++)
        samples_add(&store->samples, rows[i], rows[i].value.kind == VALUE_TEXT ? batch_text_at(&t->words, rows[i].value.text) : NULL);
    for (size_t i = 0; i < found; i++) {
        sqlite3_bind_int64(store_statement(store, ST_CHUNK_DROP), 1, ids[i]);
        store_step(store, ST_CHUNK_DROP);
    }
    store_put_chunks(store, series, &store->samples);
}

static void step_write(struct store *store, struct turn *t)
{
    int64_t until = clock_monotonic_ms() + SLICE_MS;
    store_begin_transaction(store, false);
    for (; t->series < t->high && store->rc == SQLITE_OK; t->series++) {
        if (t->counts[t->series] == 0)
            continue;
        write_series(store, t, t->series);
        if (clock_monotonic_ms() >= until) {
            t->series++;
            break;
        }
    }
    if (store_end_transaction(store) != SQLITE_OK || t->series < t->high)
        return;
    t->low = t->high;
    t->phase = begin_pass(t) ? TURN_FILL : TURN_END;
}

/* ---- the end ---- */

static void end_turn(struct store *store, struct turn *t)
{
    store_begin_transaction(store, false);
    for (size_t i = 0; i < t->stream_count; i++) {
        const struct stream_row *row = &t->stream[i];
        sqlite3_stmt *st = store_statement(store, ST_STREAM_PUT);
        sqlite3_bind_int64(st, 1, (int64_t)row->first_seq);
        sqlite3_bind_int64(st, 2, (int64_t)row->last_seq);
        sqlite3_bind_int64(st, 3, row->first_ms);
        sqlite3_bind_int64(st, 4, row->last_ms);
        sqlite3_bind_blob64(st, 5, row->log.bytes, row->log.count, SQLITE_STATIC);
        store_step(store, ST_STREAM_PUT);
    }
    sqlite3_bind_int64(store_statement(store, ST_JOURNAL_DROP), 1, (int64_t)t->from);
    sqlite3_bind_int64(store_statement(store, ST_JOURNAL_DROP), 2, (int64_t)t->until);
    store_step(store, ST_JOURNAL_DROP);
    if (store_end_transaction(store) != SQLITE_OK)
        return;
    int64_t last_ms = t->stream_count ? t->stream[t->stream_count - 1].last_ms : 0;
    store_forget_turn(store);
    store_count_journal(store);
    store_hours_due(store, last_ms);
    store_measure(store);
}

void store_turn_step(struct store *store)
{
    struct turn *t = turn_of(store);
    int64_t until = clock_monotonic_ms() + SLICE_MS;
    store->rc = SQLITE_OK;
    if (t->phase == TURN_NONE && store_settle(store) == SQLITE_OK) {
        t->phase = TURN_COUNT;
        t->keeps = true;
        t->from = 0;
    }
    while (store->rc == SQLITE_OK) {
        switch (t->phase) {
        case TURN_WRITE: step_write(store, t); break;
        case TURN_END: end_turn(store, t); break;
        default: step_rows(store, t); break;
        }
        if (!store->turn || t->phase == TURN_WRITE || t->phase == TURN_END || clock_monotonic_ms() >= until)
            break;
    }
    if (store->turn)
        stop_reading(store, t);
    if (store->rc != SQLITE_OK)
        store_trouble(store, store->rc);
}
