/*
 * A struct solo is a feed with somebody looking at it. Its client id is made from the process, not from a cache: two
 * read-only screens must not throw each other off the broker.
 */
#include "app/solo.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/feed.h"
#include "app/vitals.h"
#include "core/memory.h"
#include "io/clock.h"

enum { MEASURE_MS = 950 };

struct solo {
    struct feed *feed;
    const struct config *config;
    const char *config_name;
    struct vitals vitals;
    struct health health;
    int64_t measured_at;
    char raw_key[KEY_BYTES];
    origin_changed_fn *changed;
    void *arg;
};

static void on_batch(void *arg, const struct batch *batch)
{
    struct solo *s = arg;
    (void)batch; /* folded already */
    int64_t now = clock_monotonic_ms();
    if (now - s->measured_at >= MEASURE_MS) {
        s->measured_at = now;
        vitals_measure(&s->vitals, s->config->plant, s->config_name, s->feed, &s->health);
        s->health.read_only = true;
        s->health.screens = 1;
        vitals_high(&s->vitals, &s->health);
    }
    s->changed(s->arg);
}

struct solo *solo_create(struct loop *loop, const struct config *config, const char *config_name, origin_changed_fn *changed, void *arg, struct error *err)
{
    struct solo *s = mem_zero(1, sizeof *s);
    char identity[64];
    *s = (struct solo){.config = config, .config_name = config_name, .changed = changed, .arg = arg};
    snprintf(identity, sizeof identity, "read-only %ld %lld", (long)getpid(), (long long)clock_wall_ms());
    vitals_begin(&s->vitals);
    s->feed = feed_create(loop, &(struct feed_options){.plant = config->plant, .config = config_name, .identity = identity, .on_batch = on_batch, .arg = s}, err);
    if (!s->feed) {
        free(s);
        return NULL;
    }
    feed_watched(s->feed, true);
    return s;
}

void solo_destroy(struct solo *s)
{
    if (!s)
        return;
    feed_destroy(s->feed);
    free(s);
}

static const struct model *origin_model(const void *self)
{
    return feed_model(((const struct solo *)self)->feed);
}

static const struct health *origin_health(const void *self)
{
    const struct solo *s = self;
    return s->measured_at ? &s->health : NULL;
}

static void origin_watch(void *self, const char *key)
{
    struct solo *s = self;
    snprintf(s->raw_key, sizeof s->raw_key, "%s", key);
}

static void origin_raw(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    const struct solo *s = self;
    uint32_t tag = s->raw_key[0] ? model_find(feed_model(s->feed), s->raw_key) : NO_TAG;
    topic[0] = payload[0] = '\0';
    if (tag != NO_TAG)
        ingest_raw(feed_ingest(s->feed), tag, topic, topic_cap, payload, payload_cap);
}

static void origin_banner(const void *self, char *out, size_t cap)
{
    (void)self;
    if (cap)
        out[0] = '\0';
}

struct origin solo_origin(struct solo *solo)
{
    return (struct origin){.self = solo, .model = origin_model, .health = origin_health, .watch = origin_watch, .raw = origin_raw, .banner = origin_banner};
}
