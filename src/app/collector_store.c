/*
 * The collector's memory. What it needs of the store is in struct cache: when the last checkpoint was due, and what was lost that the stream has
 * not been told of. The stream is told only when recording goes on: a record a lost batch would make a batch, and be lost too.
 */
#include "app/collector_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/past.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"

/* A moment is folded from the checkpoint before it: as many samples as lie between are what going back may take. */
enum { CHECKPOINT_MS = 900000, CHECKPOINT_SAMPLES = 450000, CHECKPOINT_SAMPLES_A_TAG = 450, CLOCK_FLUSH_MS = 10 };

/* ---- beginning ---- */

static void take_series(void *arg, uint32_t series, const char *path)
{
    struct resumed *r = arg;
    r->known = mem_grow(r->known, r->past.count, &r->capacity, sizeof *r->known);
    r->known[r->past.count++] = (struct series_name){.series = series, .key = mem_text(path)};
}

void resumed_finish(struct resumed *r)
{
    for (size_t k = 0; k < r->past.count; k++)
        free(r->known[k].key);
    free(r->known);
    if (r->config.plant)
        config_finish(&r->config);
    *r = (struct resumed){.model = NULL};
}

static void say(struct collector *c, const char *what, const char *why)
{
    snprintf(c->notice, sizeof c->notice, "%s: %.60s", what, why);
    log_line(LOG_LEVEL_WARNING, "%s: %s: %s", c->paths.store, what, why);
}

/* What cannot be read is said and left out: the plant goes on either way. */
static void resume(struct collector *c, struct resumed *r)
{
    struct error err = {.text = ""};
    struct packer bundle;
    bool kept = r->past.seq > 0;
    struct past *past = past_open(c->paths.store, &err);
    if (!past) {
        if (kept)
            say(c, "the state before cannot be read", err.text);
        return;
    }
    packer_init(&bundle);
    bundle_pack(&c->config.bundle, &bundle);
    past_preset(past, bundle.bytes, bundle.count);
    packer_finish(&bundle);
    past_watch(past, actions_resume, c);
    if (kept && !past_to(past, INT64_MAX, &err))
        say(c, "the state before cannot be read", err.text);
    else if (past_said(past)[0])
        say(c, "the state before was read in part", past_said(past));
    r->model = past_take(past, &r->config);
    if (!history_each_series(past_history(past), take_series, r, &err))
        say(c, "the ids of series cannot be read", err.text);
    past_close(past);
    r->past.known = r->known;
    if (r->model)
        log_line(LOG_LEVEL_INFO, "%s: goes on behind batch %" PRIu64, c->paths.store, model_seq(r->model));
}

static struct store_options options_of(const struct collector *c)
{
    const struct store_settings *s = &c->config.settings.store;
    /* By a clock of messages a second may be an hour: who drives it waits for what is kept. */
    return (struct store_options){.path = c->paths.store, .flush_ms = c->clock.topic[0] ? CLOCK_FLUSH_MS : s->flush_ms, .keep_ms = s->keep_ms, .keep_events_ms = s->keep_events_ms,
        .size_most = s->size_most};
}

bool cache_open(struct collector *c, struct resumed *resumed, struct error *err)
{
    struct store_options options = options_of(c);
    struct store_status status;
    c->cache = (struct cache){.checkpoint_due = true};
    c->cache.store = store_open(&options, err);
    if (!c->cache.store)
        return false;
    store_status(c->cache.store, &status);
    *resumed = (struct resumed){.past = {.seq = status.durable_seq, .series = store_last_series(c->cache.store),
        .events = store_last_event(c->cache.store)}};
    resume(c, resumed);
    return true;
}

/* ---- recording ---- */

void cache_config(struct collector *c)
{
    struct packer bundle;
    struct store_options options = options_of(c);
    store_retune(c->cache.store, &options);
    packer_init(&bundle);
    bundle_pack(&c->config.bundle, &bundle);
    store_config(c->cache.store, ingest_next_seq(feed_ingest(c->feed)), feed_wall(c->feed), c->config.plant->id, load_name(c->config_path), bundle.bytes, bundle.count);
    packer_finish(&bundle);
    c->cache.checkpoint_due = true;
}

/* What an operator did and what an event tells must survive a power cut; of samples the last second may go, and with them what they say of a
 * value's band. */
static bool is_durable(const struct batch *batch, const struct outcomes *outcomes)
{
    for (size_t e = 0; e < outcomes->event_count; e++)
        if (outcomes->events[e].kind != EVENT_BAND)
            return true;
    for (size_t r = 0; r < batch->count; r++)
        if (batch->records[r].kind == RECORD_ACTION)
            return true;
    return false;
}

/* Something was not taken, now or in the thread: since when it is known why. */
static void note_loss(struct cache *cache)
{
    struct store_status status;
    store_status(cache->store, &status);
    cache->stopped = cache->stopped || status.state == STORE_STOPPED;
}

/* It is recorded again, behind this state: now the stream can be told of what is missing before it. */
static void tell_loss(struct collector *c)
{
    struct store_status status;
    store_status(c->cache.store, &status);
    uint64_t lost = status.batches_lost - c->cache.told_lost;
    if (lost)
        feed_drop(c->feed, c->cache.stopped ? DROP_STORE_STOPPED : DROP_STORE_FULL, lost, "");
    c->cache.told_lost = status.batches_lost;
    c->cache.stopped = false;
}

static void checkpoint(struct collector *c)
{
    const struct model *model = feed_model(c->feed);
    if (!store_checkpoint(c->cache.store, model))
        return;
    c->cache.checkpoint_due = false;
    c->cache.checkpoint_elapsed = model_elapsed(model);
    c->cache.checkpoint_samples = model_samples(model);
    tell_loss(c);
}

void cache_mend(struct collector *c)
{
    if (store_wants_checkpoint(c->cache.store))
        checkpoint(c);
}

/* It grows with the number of tags: so must what it saves. */
bool cache_checkpoint_due(const struct cache *cache, const struct model *model)
{
    uint64_t samples = model_samples(model) - cache->checkpoint_samples, tags = model_plant(model)->tag_count;
    return cache->checkpoint_due || model_elapsed(model) - cache->checkpoint_elapsed >= CHECKPOINT_MS ||
           (samples >= CHECKPOINT_SAMPLES && samples >= tags * CHECKPOINT_SAMPLES_A_TAG);
}

void cache_batch(struct collector *c, const struct batch *batch)
{
    struct cache *cache = &c->cache;
    const struct model *model = feed_model(c->feed);
    const struct outcomes *outcomes = model_outcomes(model);
    cache->taken = store_put(cache->store, batch, outcomes, is_durable(batch, outcomes));
    if (!cache->taken)
        note_loss(cache);
    if (cache_checkpoint_due(cache, model) || store_wants_checkpoint(cache->store))
        checkpoint(c);
}

void cache_leave(struct collector *c)
{
    store_checkpoint(c->cache.store, feed_model(c->feed));
}

void cache_close(struct collector *c)
{
    store_close(c->cache.store);
    c->cache.store = NULL;
}

void cache_health(const struct collector *c, struct health *h)
{
    struct store_status s;
    store_status(c->cache.store, &s);
    h->store = (struct store_health){.kept = true, .stopped = s.state == STORE_STOPPED, .since_ms = s.since_ms, .file_bytes = s.file_bytes,
        .wal_bytes = s.wal_bytes, .free_bytes = s.free_bytes, .size_most = s.size_most, .first_ms = s.first_ms, .journal_ms = s.journal_ms,
        .checkpoint_ms = s.checkpoint_ms, .samples = s.samples, .damaged = s.damaged, .batches_lost = s.batches_lost,
        .flush_last_us = s.flush_last_us, .flush_max_us = s.flush_max_us, .queue_bytes = s.queue_bytes, .queue_high = s.queue_high,
        .queue_most = s.queue_most};
    snprintf(h->store.said, sizeof h->store.said, "%s", s.said);
}
