/*
 * A struct sender walks over the columns and sends parts of at most a chunk. `sizes` remembers the samples of the parts under way, so that an
 * acknowledgement can be counted. A column's quantities, states and events are shared out over its parts: a part is in with its share or not at all.
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

enum { METER_SPREAD_MS = 86400000 /* a reading is spread over what it was silent before: so far around the rows */, PATIENCE_MS = 60000, ANSWER_BYTES = 4096, PART_BYTES = 1 << 20 };

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
    uint64_t overlaps;
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
    if (word == IMPORT_DONE) {
        s->ended = true;
        s->overlaps = unpack_varint(&u);
    }
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

static size_t part_count(const struct samples *samples)
{
    size_t parts = 0;
    for (size_t from = 0; from < samples->count; from += part_size(samples, from))
        parts++;
    return parts;
}

/* What a column's samples made. */
struct made {
    struct bucket_gain *buckets;
    struct interval_end *intervals;
    struct account_gain *gains;
    struct stop_version *stops;
    struct energy_gain *energies;
    size_t bucket_count, interval_count, gain_count, stop_count, energy_count;
};

/* The column that a node's state is from; what none tells goes with the last. */
static size_t column_of(const struct import *im, const char *path)
{
    uint32_t node = plant_node_by_path(im->plant, path), tag = node == NO_NODE ? NO_TAG : im->plant->nodes[node].role_tag[ROLE_STATE];
    size_t last = 0;
    for (size_t c = 0; c < im->column_count; c++) {
        if (im->columns[c].tag == tag && im->columns[c].samples.count)
            return c;
        last = im->columns[c].samples.count ? c : last;
    }
    return last;
}

/* The column of what a meter counts; what none tells goes with the last. */
static size_t column_of_meter(const struct import *im, const char *key)
{
    uint32_t meter = plant_meter_by_key(im->plant, key), tag = meter == NO_METER ? NO_TAG : im->plant->meters[meter].tag;
    size_t last = 0;
    for (size_t c = 0; c < im->column_count; c++) {
        if (im->columns[c].tag == tag && im->columns[c].samples.count)
            return c;
        last = im->columns[c].samples.count ? c : last;
    }
    return last;
}

static struct made made_of(const struct import *im, size_t column)
{
    const struct outcomes *o = &im->outcomes;
    struct made m = {.buckets = mem_zero(o->bucket_count + 1, sizeof *m.buckets), .intervals = mem_zero(o->interval_count + 1, sizeof *m.intervals),
        .gains = mem_zero(o->gain_count + 1, sizeof *m.gains), .stops = mem_zero(o->stop_count + 1, sizeof *m.stops),
        .energies = mem_zero(o->energy_count + 1, sizeof *m.energies)};
    for (size_t i = 0; i < o->bucket_count; i++)
        if (o->buckets[i].series == column + 1)
            m.buckets[m.bucket_count++] = o->buckets[i];
    for (size_t i = 0; i < o->interval_count; i++)
        if (column_of(im, o->intervals[i].path) == column)
            m.intervals[m.interval_count++] = o->intervals[i];
    for (size_t i = 0; i < o->gain_count; i++)
        if (column_of(im, o->gains[i].path) == column)
            m.gains[m.gain_count++] = o->gains[i];
    for (size_t i = 0; i < o->stop_count; i++)
        if (column_of(im, o->stops[i].path) == column)
            m.stops[m.stop_count++] = o->stops[i];
    for (size_t i = 0; i < o->energy_count; i++)
        if (column_of_meter(im, o->energies[i].path) == column)
            m.energies[m.energy_count++] = o->energies[i];
    return m;
}

static int by_cell(const void *a, const void *b)
{
    int64_t x = ((const struct energy_row *)a)->cell.from_ms / METER_QUARTER_MS, y = ((const struct energy_row *)b)->cell.from_ms / METER_QUARTER_MS;
    return (x > y) - (x < y);
}

/* The meter's quarters of which something is in the history; the caller's. */
static bool known_quarters(struct sender *s, struct history *history, uint32_t meter, struct energy_row **rows, size_t *count)
{
    const struct import *im = s->import;
    struct energy_query query = {.plant = im->plant, .meters = &meter, .meter_count = 1, .step = ENERGY_QUARTER, .from_ms = im->first_ms - METER_SPREAD_MS, .to_ms = im->last_ms + METER_SPREAD_MS};
    return history_energy(history, &query, rows, count, s->err);
}

/* What a meter has told of a quarter, or another file has, is not told twice: those cells lose their paths. They keep their places, by which parts have their shares. */
static bool leave_out_known(struct sender *s, struct made *m)
{
    uint32_t meter = NO_METER;
    struct energy_row *rows = NULL;
    size_t count = 0;
    bool read = true;
    struct history *history = m->energy_count ? history_open(s->options->paths->store, s->err) : NULL;
    if (!history)
        return m->energy_count == 0;
    for (size_t i = 0; i < m->energy_count && read; i++) {
        uint32_t its = plant_meter_by_key(s->import->plant, m->energies[i].path);
        if (its != meter) {
            free(rows);
            rows = NULL;
            count = 0;
            read = its == NO_METER || known_quarters(s, history, its, &rows, &count);
            meter = its;
        }
        struct energy_row cell = {.cell = m->energies[i].cell};
        if (read && count && bsearch(&cell, rows, count, sizeof *rows, by_cell))
            m->energies[i].path[0] = '\0';
    }
    free(rows);
    history_close(history);
    return read;
}

/* Each part has its share, so that whatever is in came in once. */
static bool send_column(struct sender *s, size_t c)
{
    struct import *im = s->import;
    struct import_column *column = &im->columns[c];
    struct samples *samples = &column->samples;
    struct made m = made_of(im, c);
    size_t parts = part_count(samples), part = 0;
    bool sent = leave_out_known(s, &m);
    for (size_t from = 0, count; sent && from < samples->count; from += count, part++) {
        size_t bucket = m.bucket_count * part / parts, interval = m.interval_count * part / parts, gain = m.gain_count * part / parts, stop = m.stop_count * part / parts,
               energy = m.energy_count * part / parts, energy_end = m.energy_count * (part + 1) / parts;
        size_t event = column->event_count * part / parts, event_end = column->event_count * (part + 1) / parts;
        size_t event_at = event ? column->event_ends[event - 1] : 0, event_bytes = event_end > event ? column->event_ends[event_end - 1] - event_at : 0;
        count = part_size(samples, from);
        for (size_t i = energy; i < energy_end && from >= s->skip[c]; i++)
            im->known_cells += m.energies[i].path[0] == '\0';
        if (from >= s->skip[c])
            sent = send_part(s, &(struct import_slice){.key = im->columns[c].key, .samples = samples, .from = from, .count = count,
                .buckets = m.buckets + bucket, .bucket_count = m.bucket_count * (part + 1) / parts - bucket,
                .events = event_bytes ? column->events.bytes + event_at : NULL, .event_bytes = event_bytes, .event_count = event_end - event,
                .gains = m.gains + gain, .gain_count = m.gain_count * (part + 1) / parts - gain,
                .energies = m.energies + energy, .energy_count = energy_end - energy,
                .stops = m.stops + stop, .stop_count = m.stop_count * (part + 1) / parts - stop,
                .intervals = m.intervals + interval, .interval_count = m.interval_count * (part + 1) / parts - interval});
    }
    free(m.buckets);
    free(m.intervals);
    free(m.gains);
    free(m.stops);
    free(m.energies);
    return sent;
}

static bool converse(struct sender *s)
{
    struct import *im = s->import;
    struct import_begin begin = {.protocol = SOCKET_PROTOCOL, .config_id = im->plant->id};
    snprintf(begin.source, sizeof begin.source, "%s", im->source);
    import_begin_pack(&begin, &s->packer);
    channel_send(&s->channel, FRAME_IMPORT, s->packer.bytes, s->packer.count);
    while (!s->begun)
        if (!turn(s))
            return false;
    if (!s->options->again && !look_back(s)) /* only now: nothing else of this file can be on its way */
        return false;
    for (size_t c = 0; c < im->column_count; c++)
        s->all += im->columns[c].samples.count - s->skip[c];
    if (s->all == 0)
        return error_set(s->err, "all of it was imported before; --again imports it once more");
    for (size_t c = 0; c < im->column_count; c++)
        if (!send_column(s, c))
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
    bool sent = fd >= 0;
    if (fd >= 0)
        channel_init(&s->channel, fd);
    sent = sent && converse(s);
    *done = s->done;
    if (o->overlaps)
        *o->overlaps = s->overlaps;
    if (fd >= 0)
        channel_finish(&s->channel);
    packer_finish(&s->packer);
    free(s);
    return sent;
}
