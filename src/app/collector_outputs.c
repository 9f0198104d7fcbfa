/*
 * What the collector publishes of the alarms: a few retained topics for each configured output, told when they change and at most five times a
 * second, of which the newest value counts. A topic that is not configured any more is taken back: a lamp must not stay lit for nobody. Whether
 * anybody tells at all stands under andon/v1/SITE/status, by a last will.
 */
#include "app/collector_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { TELL_MS = 200, TOPIC_BYTES = 480, COUNTS_BYTES = 512 };

static const char *const leaves[] = {"horn", "unacked", "active", "counts"};
enum { LEAVES = sizeof leaves / sizeof leaves[0] };

static void status_topic(const struct collector *c, char out[TOPIC_BYTES])
{
    snprintf(out, TOPIC_BYTES, "andon/v1/%s/status", c->config.plant->nodes[0].name);
}

static bool publishes_to(const struct collector *c, uint16_t broker)
{
    for (size_t i = 0; i < c->config.settings.outputs.count; i++)
        if (c->config.settings.outputs.list[i].broker == broker)
            return true;
    return false;
}

void outputs_links(void *arg, struct feed *feed)
{
    struct collector *c = arg;
    char topic[TOPIC_BYTES];
    status_topic(c, topic);
    for (uint16_t b = 0; b < c->config.plant->broker_count; b++)
        feed_will(feed, b, publishes_to(c, b) ? topic : NULL, "offline");
}

/* The highest priority of which there is one: 1 to 4, 0 for none. */
static unsigned highest(const uint32_t by_priority[ALARM_PRIORITIES + 1])
{
    for (unsigned p = 1; p <= ALARM_PRIORITIES; p++)
        if (by_priority[p])
            return p;
    return 0;
}

static void counts_text(const struct alarm_counts *n, int64_t wall_ms, char out[COUNTS_BYTES])
{
    snprintf(out, COUNTS_BYTES,
        "{\"ts\":%" PRId64 ",\"unacked\":[%u,%u,%u,%u],\"active\":[%u,%u,%u,%u],\"returned\":%u,\"latched\":%u,\"shelved\":%u,\"suppressed\":%u,\"out\":%u}", wall_ms,
        n->unacked[1], n->unacked[2], n->unacked[3], n->unacked[4], n->active[1], n->active[2], n->active[3], n->active[4], n->returned, n->latched, n->shelved,
        n->suppressed, n->out);
}

static void tell_output(struct collector *c, const struct alarm_output *output)
{
    const struct model *model = feed_model(c->feed);
    struct alarm_counts counts;
    char texts[LEAVES][COUNTS_BYTES], topic[TOPIC_BYTES];
    model_alarm_counts_below(model, output->node, &counts);
    snprintf(texts[0], sizeof texts[0], "%d", counts.sounding > 0);
    snprintf(texts[1], sizeof texts[1], "%u", highest(counts.unacked));
    snprintf(texts[2], sizeof texts[2], "%u", highest(counts.active));
    counts_text(&counts, model_wall(model), texts[3]);
    for (int i = 0; i < LEAVES; i++) {
        snprintf(topic, sizeof topic, "%s/%s", output->topic, leaves[i]);
        feed_keep(c->feed, output->broker, topic, texts[i]);
    }
}

static void tell(struct collector *c)
{
    struct outputs *o = &c->outputs;
    const struct output_settings *settings = &c->config.settings.outputs;
    o->generation = model_alarms_generation(feed_model(c->feed));
    o->told_at = loop_now(c->loop);
    for (size_t i = 0; i < settings->count; i++)
        tell_output(c, &settings->list[i]);
}

void outputs_due(void *arg)
{
    tell(arg);
}

void outputs_batch(struct collector *c)
{
    struct outputs *o = &c->outputs;
    if (!c->feed || c->config.settings.outputs.count == 0 || model_alarms_generation(feed_model(c->feed)) == o->generation)
        return;
    if (loop_now(c->loop) - o->told_at >= TELL_MS)
        tell(c);
    else
        loop_timer_at(c->loop, o->timer, o->told_at + TELL_MS);
}

static bool is_configured(const struct collector *c, const struct published *old)
{
    for (size_t i = 0; i < c->config.settings.outputs.count; i++) {
        const struct alarm_output *now = &c->config.settings.outputs.list[i];
        if (now->broker == old->broker && strcmp(now->topic, old->topic) == 0)
            return true;
    }
    return false;
}

static void take_back(struct collector *c, const struct published *old)
{
    char topic[TOPIC_BYTES];
    for (int i = 0; i < LEAVES; i++) {
        snprintf(topic, sizeof topic, "%s/%s", old->topic, leaves[i]);
        feed_keep(c->feed, old->broker, topic, "");
    }
}

static void forget(struct outputs *o)
{
    for (size_t i = 0; i < o->count; i++) {
        free(o->published[i].topic);
        free(o->published[i].status);
    }
    o->count = 0;
}

void outputs_config(struct collector *c)
{
    struct outputs *o = &c->outputs;
    const struct output_settings *settings = &c->config.settings.outputs;
    char topic[TOPIC_BYTES];
    status_topic(c, topic);
    for (size_t i = 0; i < o->count; i++) {
        const struct published *old = &o->published[i];
        if (!is_configured(c, old))
            take_back(c, old);
        if (!publishes_to(c, old->broker) || strcmp(old->status, topic) != 0)
            feed_keep(c->feed, old->broker, old->status, "");
    }
    forget(o);
    o->count = settings->count;
    outputs_links(c, c->feed);
    for (size_t i = 0; i < settings->count; i++) {
        o->published[i] = (struct published){.broker = settings->list[i].broker, .topic = mem_text(settings->list[i].topic), .status = mem_text(topic)};
        feed_keep(c->feed, settings->list[i].broker, topic, "online");
    }
    tell(c);
}

void outputs_finish(struct collector *c)
{
    forget(&c->outputs);
}
