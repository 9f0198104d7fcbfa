/*
 * The main loop's side: everything is packed into an item, a block of memory that owns its bytes, and hung onto a list that the thread takes
 * whole. The list and what the thread has in work together never exceed options.queue_bytes; checkpoints and configurations do not count:
 * of the first one at most is on its way.
 *
 * A hole begins with the first thing that does not fit (or when the thread stops) and ends with a checkpoint: in between nothing is taken, so
 * that what is stored always follows either from the batch before or from a checkpoint.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/store_private.h"

enum { DURABLE_SHARE = 16 };

size_t item_size(const struct item *item)
{
    bool counts = item->kind == ITEM_BATCH || item->kind == ITEM_IMPORT;
    return counts ? sizeof *item + item->bytes.count : 0;
}

void item_free(struct item *item)
{
    if (item)
        packer_finish(&item->bytes);
    free(item);
}

void items_free(struct item *first)
{
    while (first) {
        struct item *next = first->next;
        item_free(first);
        first = next;
    }
}

/* ---- packing ---- */

static void pack_series_row(struct packer *p, const struct series_row *row)
{
    pack_varint(p, row->series);
    pack_text(p, row->path);
    pack_text(p, row->kind);
    pack_text(p, row->unit);
}

bool item_next_series(struct item_reader *r, struct series_row *row)
{
    uint32_t series = (uint32_t)unpack_varint(&r->in);
    if (r->in.failed || series == 0) /* 0 ends the rows */
        return false;
    unpack_text(&r->in, r->path, sizeof r->path);
    unpack_text(&r->in, r->kind, sizeof r->kind);
    unpack_text(&r->in, r->unit, sizeof r->unit);
    *row = (struct series_row){.series = series, .path = r->path, .kind = r->kind, .unit = r->unit};
    return !r->in.failed;
}

static void pack_outcomes(struct packer *p, const struct outcomes *o)
{
    static const struct outcomes none = {.events = NULL};
    outcomes_pack(o ? o : &none, p);
}

static void pack_samples(struct packer *p, const struct samples *samples)
{
    int64_t before = 0;
    pack_varint(p, samples->count);
    for (size_t i = 0; i < samples->count; i++) {
        const struct sample *s = &samples->rows[i];
        pack_zigzag(p, s->time_ms - before);
        before = s->time_ms;
        pack_u8(p, s->quality);
        pack_u8(p, s->flags);
        pack_value(p, s->value);
        if (s->value.kind == VALUE_TEXT)
            pack_text(p, samples_text(samples, s->value));
    }
}

void item_samples(struct unpacker *in, struct samples *out)
{
    char text[QUEUE_TEXT];
    int64_t time = 0;
    samples_clear(out);
    for (uint64_t left = unpack_varint(in); left > 0 && !in->failed; left--) {
        struct sample s = {.seq = 0};
        time += unpack_zigzag(in);
        s.time_ms = time;
        s.quality = unpack_u8(in);
        s.flags = unpack_u8(in);
        s.value = unpack_value(in);
        if (s.value.kind == VALUE_TEXT)
            unpack_text(in, text, sizeof text);
        samples_add(out, s, s.value.kind == VALUE_TEXT ? text : NULL);
    }
}

/* ---- the list ---- */

static struct item *item_of(enum item_kind kind, uint64_t seq, int64_t wall_ms)
{
    struct item *item = mem_zero(1, sizeof *item);
    *item = (struct item){.kind = kind, .seq = seq, .wall_ms = wall_ms};
    return item;
}

/* The lock is held. Tells whether the thread must be woken: it would sleep too long. */
static bool append(struct store *store, struct item *item)
{
    int64_t now = clock_monotonic_ms(), wait = item->durable ? DURABLE_WAIT_MS : store->options.flush_ms;
    *store->last = item;
    store->last = &item->next;
    store->queued += item_size(item);
    size_t all = store->queued + store->in_work;
    if (all > store->high)
        store->high = all;
    if (store->queued >= FLUSH_BYTES)
        wait = 0;
    if (now + wait < store->due_ms)
        store->due_ms = now + wait;
    return store->due_ms < store->wakes_ms;
}

static void wake_thread(struct store *store, bool wake)
{
    uint64_t one = 1;
    if (wake && write(store->event, &one, sizeof one) < 0)
        return; /* it is full of wake-ups: the thread wakes */
}

static bool fits(const struct store *store, const struct item *item)
{
    size_t most = store->options.queue_bytes;
    if (!item->durable)
        most -= most / DURABLE_SHARE;
    return store->queued + store->in_work + item_size(item) <= most;
}

/* Appends what fits while there is no hole; else frees it. */
static bool offer(struct store *store, struct item *item)
{
    pthread_mutex_lock(&store->lock);
    bool taken = !store->hole && fits(store, item), wake = taken && append(store, item);
    pthread_mutex_unlock(&store->lock);
    wake_thread(store, wake);
    if (!taken)
        item_free(item);
    return taken;
}

/* ---- what is configured ---- */

static bool is_stored(const struct store *store, uint32_t series)
{
    return series / 64 < store->stored_words && store->stored[series / 64] >> series % 64 & 1;
}

void store_mark_series(struct store *store, uint32_t series, bool stored)
{
    size_t word = series / 64;
    if (word >= store->stored_words && !stored)
        return;
    if (word >= store->stored_words) {
        size_t words = word * 2 + 16;
        store->stored = mem_resize(store->stored, words, sizeof *store->stored);
        memset(store->stored + store->stored_words, 0, (words - store->stored_words) * sizeof *store->stored);
        store->stored_words = words;
    }
    uint64_t bit = UINT64_C(1) << series % 64;
    store->stored[word] = stored ? store->stored[word] | bit : store->stored[word] & ~bit;
    if (stored && series > store->last_series)
        store->last_series = series;
}

uint32_t store_last_series(const struct store *store)
{
    return store->last_series;
}

uint64_t store_last_event(const struct store *store)
{
    return store->last_event;
}

static bool is_path(const char *key)
{
    return key[0] && !strchr(key, ':');
}

/* Learns which series are configured, and collects their rows. Tells whether everything in the batch is stored. */
static bool learn_series(struct store *store, const struct batch *batch, struct packer *rows)
{
    bool whole = true;
    for (size_t i = 0; i < batch->count; i++) {
        const struct record *r = &batch->records[i];
        if (r->kind == RECORD_SERIES) {
            const char *key = batch_text_at(batch, r->text);
            bool path = is_path(key) && r->series;
            store_mark_series(store, r->series, path);
            if (path)
                pack_series_row(rows, &(struct series_row){.series = r->series, .path = key, .kind = "", .unit = ""});
            whole = whole && path;
        } else if (r->kind == RECORD_SAMPLE) {
            whole = whole && is_stored(store, r->series);
        } else if (r->kind == RECORD_SKEW) {
            whole = whole && is_path(batch_text_at(batch, r->text));
        }
    }
    pack_varint(rows, 0);
    return whole;
}

static uint32_t copy_text(struct batch *to, const struct batch *from, uint32_t index)
{
    const char *text = batch_text_at(from, index);
    return batch_text(to, text, strlen(text));
}

/* The batch without discovered series, their samples and their texts. */
static const struct batch *without_discovered(struct store *store, const struct batch *batch)
{
    struct batch *kept = &store->kept;
    batch_clear(kept);
    kept->seq = batch->seq;
    kept->wall_ms = batch->wall_ms;
    kept->elapsed_ms = batch->elapsed_ms;
    memcpy(kept->boot, batch->boot, sizeof kept->boot);
    for (size_t i = 0; i < batch->count; i++) {
        struct record r = batch->records[i];
        if ((r.kind == RECORD_SAMPLE || r.kind == RECORD_SERIES) && !is_stored(store, r.series))
            continue;
        if (r.kind == RECORD_SKEW && !is_path(batch_text_at(batch, r.text)))
            continue;
        r.text = copy_text(kept, batch, r.text);
        r.detail = copy_text(kept, batch, r.detail);
        r.who = copy_text(kept, batch, r.who);
        if (r.value.kind == VALUE_TEXT)
            r.value.text = copy_text(kept, batch, r.value.text);
        batch_add(kept, r);
    }
    return kept;
}

static uint32_t count_samples(const struct batch *batch)
{
    uint32_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += batch->records[i].kind == RECORD_SAMPLE;
    return count;
}

/* ---- handing over ---- */

enum { PACKED_KEPT_BYTES = 256 << 10 };

/* A copy that is as large as it must be: many items may wait. */
static void take_bytes(struct item *item, struct packer *bytes)
{
    item->bytes = (struct packer){.bytes = mem_resize(NULL, bytes->count, 1), .count = bytes->count, .capacity = bytes->count};
    memcpy(item->bytes.bytes, bytes->bytes, bytes->count);
    if (bytes->capacity > PACKED_KEPT_BYTES)
        packer_finish(bytes);
}

static void lose_batch(struct store *store, bool begin_hole)
{
    pthread_mutex_lock(&store->lock);
    store->status.batches_lost++;
    store->hole = store->hole || begin_hole;
    pthread_mutex_unlock(&store->lock);
}

static bool in_hole(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool hole = store->hole;
    pthread_mutex_unlock(&store->lock);
    return hole;
}

bool store_put(struct store *store, const struct batch *batch, const struct outcomes *outcomes, bool durable)
{
    bool follows = store->next_seq == 0 || batch->seq == store->next_seq;
    if (!follows || in_hole(store)) {
        lose_batch(store, !follows);
        return false;
    }
    struct packer *bytes = &store->packed;
    packer_clear(bytes);
    packer_clear(&store->rows);
    struct item *item = item_of(ITEM_BATCH, batch->seq, batch->wall_ms);
    item->durable = durable;
    item->elapsed_ms = batch->elapsed_ms;
    memcpy(item->boot, batch->boot, sizeof item->boot);
    const struct batch *kept = learn_series(store, batch, &store->rows) ? batch : without_discovered(store, batch);
    item->samples = count_samples(kept);
    run_add_body(bytes, kept);
    item->frames = bytes->count;
    pack_bytes(bytes, store->rows.bytes, store->rows.count);
    pack_outcomes(bytes, outcomes);
    take_bytes(item, bytes);
    if (!offer(store, item)) {
        lose_batch(store, true);
        return false;
    }
    store->next_seq = batch->seq + 1;
    return true;
}

void store_config(struct store *store, uint64_t seq, int64_t wall_ms, uint64_t id, const char *name, const void *bundle, size_t length)
{
    struct item *item = item_of(ITEM_CONFIG, seq, wall_ms);
    item->number = id;
    pack_text(&item->bytes, name);
    squeeze(bundle, length, &item->bytes); /* here already: it is kept, and its text may be a megabyte */
    item_free(store->config);
    store->config = item_of(ITEM_CONFIG, seq, wall_ms);
    store->config->number = id;
    pack_bytes(&store->config->bytes, item->bytes.bytes, item->bytes.count);
    store->config_owed = !offer(store, item);
}

/* Kinds and units of the configured tags. */
static void pack_tags(struct store *store, const struct model *model, struct packer *p)
{
    char key[KEY_BYTES];
    const struct plant *plant = model_plant(model);
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        const struct tag *tag = model_tag(model, t);
        if (!tag->series || !tag->def)
            continue;
        plant_tag_key(plant, t, key, sizeof key);
        store_mark_series(store, tag->series, true);
        pack_series_row(p, &(struct series_row){.series = tag->series, .path = key, .kind = tag_kind_names[tag->def->kind], .unit = tag->def->unit});
    }
    pack_varint(p, 0);
}

static struct item *config_again(const struct store *store, uint64_t seq, int64_t wall_ms)
{
    struct item *item = item_of(ITEM_CONFIG, seq, wall_ms);
    item->number = store->config->number;
    pack_bytes(&item->bytes, store->config->bytes.bytes, store->config->bytes.count);
    return item;
}

static bool has_room_for_checkpoint(const struct store *store)
{
    return !store->checkpoint_waits && store->status.state == STORE_RECORDING && store->queued + store->in_work <= store->options.queue_bytes / 2;
}

bool store_wants_checkpoint(const struct store *store)
{
    struct store *s = (struct store *)(uintptr_t)store; /* the lock is no part of what a caller sees */
    pthread_mutex_lock(&s->lock);
    bool wants = s->hole && has_room_for_checkpoint(s);
    pthread_mutex_unlock(&s->lock);
    return wants;
}

bool store_checkpoint(struct store *store, const struct model *model)
{
    uint64_t seq = model_seq(model), plant = model_plant(model)->id;
    pthread_mutex_lock(&store->lock);
    bool room = has_room_for_checkpoint(store), hole = store->hole, fresh = store->fresh;
    pthread_mutex_unlock(&store->lock);
    if (!room || (store->next_seq && seq + 1 < store->next_seq))
        return false;
    struct item *item = item_of(ITEM_CHECKPOINT, seq, model_wall(model)), *config = NULL;
    item->number = model_config_id(model);
    model_save_configured(model, &item->bytes);
    item->frames = item->bytes.count;
    if (hole || fresh || !store->told || store->told_plant != plant)
        pack_tags(store, model, &item->bytes);
    else
        pack_varint(&item->bytes, 0);
    if (hole || fresh || !store->told || store->told_plant != plant)
        store_pack_sums(model_plant(model), &item->bytes);
    if (store->config && (hole || fresh || store->config_owed)) /* in a hole it may have been lost with everything else */
        config = config_again(store, seq, item->wall_ms);

    pthread_mutex_lock(&store->lock);
    bool taken = store->status.state == STORE_RECORDING && store->fresh == fresh; /* the thread may have met trouble meanwhile */
    bool wake = false;
    if (taken) {
        wake = config && append(store, config);
        wake = append(store, item) || wake;
        store->hole = store->fresh = false;
        store->checkpoint_waits = true;
    }
    pthread_mutex_unlock(&store->lock);
    wake_thread(store, wake);
    if (!taken) {
        item_free(item);
        item_free(config);
        return false;
    }
    store->config_owed = store->config_owed && !config;
    store->told = true;
    store->told_plant = plant;
    store->next_seq = seq + 1;
    return true;
}

bool store_import(struct store *store, uint64_t number, uint32_t series, const struct samples *samples, const struct outcomes *outcomes, const char *source)
{
    struct item *item = item_of(ITEM_IMPORT, 0, 0);
    item->durable = true;
    item->number = number;
    item->series = series;
    item->samples = (uint32_t)samples->count;
    pack_text(&item->bytes, source);
    pack_samples(&item->bytes, samples);
    pack_outcomes(&item->bytes, outcomes);
    return offer(store, item);
}

uint64_t store_imported(const struct store *store)
{
    struct store *s = (struct store *)(uintptr_t)store;
    pthread_mutex_lock(&s->lock);
    uint64_t imported = s->imported;
    pthread_mutex_unlock(&s->lock);
    return imported;
}

void store_retune(struct store *store, const struct store_options *options)
{
    uint64_t one = 1;
    pthread_mutex_lock(&store->lock);
    store->wanted = *options;
    store->retuned = true;
    if (options->flush_ms > 0)
        store->options.flush_ms = options->flush_ms; /* the main loop's */
    store->status.size_most = options->size_most;
    pthread_mutex_unlock(&store->lock);
    if (write(store->event, &one, sizeof one) < 0)
        return; /* it is full of wake-ups: the thread wakes */
}

void store_status(const struct store *store, struct store_status *status)
{
    struct store *s = (struct store *)(uintptr_t)store;
    pthread_mutex_lock(&s->lock);
    *status = s->status;
    status->queue_bytes = s->queued + s->in_work;
    status->queue_high = s->high;
    status->queue_most = s->options.queue_bytes;
    pthread_mutex_unlock(&s->lock);
}
