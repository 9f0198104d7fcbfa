/*
 * A struct sender walks over the columns and sends parts of at most a chunk. `sizes` remembers the samples of the parts under way, so that an
 * acknowledgement can be counted. A column's quantities go with its last part, the states with the very last one: what is in twice would count twice.
 */
#include "app/import_send.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/import_wire.h"
#include "app/process.h"
#include "app/spawn.h"
#include "core/memory.h"
#include "core/text_gate.h"
#include "io/clock.h"
#include "io/history.h"
#include "io/socket.h"

enum { PATIENCE_MS = 60000, ANSWER_BYTES = 4096, SLICE_ROWS = 20000, PART_BYTES = 1 << 20 };

struct sender {
    struct import *import;
    const struct import_send_options *options;
    struct channel channel;
    struct packer packer;
    struct error *err;
    size_t skip[IMPORT_COLUMNS];  /* samples that are in already */
    uint64_t sent, taken;         /* parts */
    uint64_t sizes[IMPORT_WINDOW];
    uint64_t done, all;           /* samples */
    bool begun, ended;
};

/* ---- what is in already ---- */

static bool look_back(struct sender *s)
{
    struct import *im = s->import;
    struct history *history = history_open(s->options->paths->store, s->err);
    if (!history)
        return false;
    bool read = true;
    for (size_t c = 0; c < im->column_count && read; c++) {
        uint32_t series = history_series(history, im->columns[c].key);
        uint64_t in = series ? history_imported(history, series, im->source) : 0;
        read = in != UINT64_MAX;
        s->skip[c] = in < im->columns[c].samples.count ? (size_t)in : im->columns[c].samples.count;
    }
    history_close(history);
    return read || error_set(s->err, "%s cannot be read", s->options->paths->store);
}

/* ---- frames ---- */

static bool on_frame(struct sender *s, uint8_t kind, const uint8_t *body, size_t length)
{
    struct unpacker u = unpacker_of(body, length);
    char why[512];
    if (kind == FRAME_REFUSED) {
        text_gate((const char *)body, length, why, sizeof why, NULL);
        return error_set(s->err, "%s", why);
    }
    if (kind != FRAME_IMPORTED)
        return true;
    uint8_t word = unpack_u8(&u);
    uint64_t number = unpack_varint(&u);
    s->begun = s->begun || word == IMPORT_BEGUN;
    s->ended = s->ended || word == IMPORT_DONE;
    for (; word == IMPORT_TAKEN && s->taken < number && s->taken < s->sent; s->taken++)
        s->done += s->sizes[s->taken % IMPORT_WINDOW];
    if (s->options->progress)
        s->options->progress(s->options->arg, s->done, s->all);
    return true;
}

/* Sends and takes what there is, waits for more; false when the collector refuses, goes or is silent for a minute. */
static bool turn(struct sender *s)
{
    uint8_t kind;
    const uint8_t *body;
    size_t length;
    struct channel *c = &s->channel;
    int got = process_wait(c->fd, (short)(POLLIN | (channel_backlog(c) ? POLLOUT : 0)), clock_monotonic_ms() + PATIENCE_MS);
    if (got < 0)
        return error_set(s->err, "interrupted");
    if (got == 0)
        return error_set(s->err, "the collector does not answer");
    channel_flush(c);
    channel_fill(c);
    while (channel_next(c, ANSWER_BYTES, &kind, &body, &length))
        if (!on_frame(s, kind, body, length))
            return false;
    return s->ended || !c->closed || error_set(s->err, "the collector has closed the connection");
}

static bool send_part(struct sender *s, const struct import_slice *slice)
{
    while (s->sent - s->taken >= IMPORT_WINDOW || channel_backlog(&s->channel) > PART_BYTES)
        if (!turn(s))
            return false;
    packer_clear(&s->packer);
    import_part_pack(&s->packer, slice);
    channel_send(&s->channel, FRAME_IMPORT, s->packer.bytes, s->packer.count);
    s->sizes[s->sent++ % IMPORT_WINDOW] = slice->count;
    return true;
}

/* ---- the parts ---- */

static size_t text_bytes(const struct samples *samples, size_t at)
{
    struct value v = samples->rows[at].value;
    return 16 + (v.kind == VALUE_TEXT ? strlen(samples_text(samples, v)) : 0);
}

/* How many samples from here make a part: the same every time, or an import could not be continued. */
static size_t part_size(const struct samples *samples, size_t from)
{
    size_t count = 0, bytes = 0;
    while (from + count < samples->count && count < CHUNK_SAMPLES && bytes < PART_BYTES)
        bytes += text_bytes(samples, from + count++);
    return count;
}

static struct bucket_gain *buckets_of(const struct import *im, size_t column, size_t *count)
{
    struct bucket_gain *own = mem_zero(im->outcomes.bucket_count + 1, sizeof *own);
    *count = 0;
    for (size_t i = 0; i < im->outcomes.bucket_count; i++)
        if (im->outcomes.buckets[i].series == column + 1)
            own[(*count)++] = im->outcomes.buckets[i];
    return own;
}

/* What is too much for one part goes ahead of it. */
static bool send_surplus(struct sender *s, struct import_slice *last)
{
    while (last->interval_count > SLICE_ROWS || last->bucket_count > SLICE_ROWS) {
        struct import_slice some = {.key = last->key, .intervals = last->intervals, .buckets = last->buckets};
        some.interval_count = last->interval_count > SLICE_ROWS ? SLICE_ROWS : 0;
        some.bucket_count = last->bucket_count > SLICE_ROWS ? SLICE_ROWS : 0;
        if (!send_part(s, &some))
            return false;
        last->intervals += some.interval_count;
        last->interval_count -= some.interval_count;
        last->buckets += some.bucket_count;
        last->bucket_count -= some.bucket_count;
    }
    return true;
}

static bool send_column(struct sender *s, size_t c, bool very_last)
{
    struct import *im = s->import;
    struct samples *samples = &im->columns[c].samples;
    size_t bucket_count;
    struct bucket_gain *buckets = buckets_of(im, c, &bucket_count);
    bool sent = true;
    for (size_t from = s->skip[c], count; sent && from < samples->count; from += count) {
        count = part_size(samples, from);
        struct import_slice slice = {.key = im->columns[c].key, .samples = samples, .from = from, .count = count};
        if (from + count == samples->count) {
            slice.buckets = buckets;
            slice.bucket_count = bucket_count;
            slice.intervals = im->outcomes.intervals;
            slice.interval_count = very_last ? im->outcomes.interval_count : 0;
            sent = send_surplus(s, &slice);
        }
        sent = sent && send_part(s, &slice);
    }
    free(buckets);
    return sent;
}

static bool converse(struct sender *s)
{
    struct import *im = s->import;
    struct import_begin begin = {.protocol = SOCKET_PROTOCOL, .config_id = im->plant->id};
    size_t last = 0;
    snprintf(begin.source, sizeof begin.source, "%s", im->source);
    import_begin_pack(&begin, &s->packer);
    channel_send(&s->channel, FRAME_IMPORT, s->packer.bytes, s->packer.count);
    while (!s->begun)
        if (!turn(s))
            return false;
    for (size_t c = 0; c < im->column_count; c++)
        last = s->skip[c] < im->columns[c].samples.count ? c : last;
    for (size_t c = 0; c < im->column_count; c++)
        if (!send_column(s, c, c == last))
            return false;
    packer_clear(&s->packer);
    pack_u8(&s->packer, IMPORT_END);
    channel_send(&s->channel, FRAME_IMPORT, s->packer.bytes, s->packer.count);
    while (!s->ended)
        if (!turn(s))
            return false;
    return true;
}

bool import_send(struct import *im, const struct import_send_options *o, uint64_t *done, struct error *err)
{
    struct sender *s = mem_zero(1, sizeof *s);
    *s = (struct sender){.import = im, .options = o, .err = err};
    packer_init(&s->packer);
    int fd = spawn_attach(o->paths, o->load, err);
    bool sent = fd >= 0 && (o->again || look_back(s));
    for (size_t c = 0; c < im->column_count; c++)
        s->all += im->columns[c].samples.count - s->skip[c];
    if (fd >= 0)
        channel_init(&s->channel, fd);
    if (sent && s->all == 0)
        sent = error_set(err, "all of it was imported before; --again imports it once more");
    sent = sent && converse(s);
    *done = s->done;
    if (fd >= 0)
        channel_finish(&s->channel);
    packer_finish(&s->packer);
    free(s);
    return sent;
}
