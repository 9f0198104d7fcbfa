/*
 * What the collector publishes of the alarms and calls: a few retained topics for each configured output, told when they change and at most five times a
 * second, of which the newest value counts. A topic that is not configured any more is taken back: a lamp must not stay lit for nobody. Whether
 * anybody tells at all stands under andon/v1/SITE/status, by a last will.
 */
#include "app/collector_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { TELL_MS = 200, TOPIC_BYTES = 480, COUNTS_BYTES = 512, CALLS_BYTES = 4000, CALL_BYTES = 480 };

static const char *const leaves[] = {"horn", "unacked", "active", "counts", "calls"};
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
    return c->config.settings.kpi.publish && c->config.settings.kpi.broker == broker;
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

/* One open call, or "" where it does not fit; names of nodes and kinds hold nothing that JSON would have to escape. */
static size_t call_text(const struct plant *plant, const struct call *call, bool first, size_t room, char *out)
{
    char path[KEY_BYTES], one[CALL_BYTES];
    plant_node_path(plant, call->node, path, sizeof path);
    int length = snprintf(one, sizeof one, "%s{\"node\":\"%s\",\"kind\":\"%s\",\"since\":%" PRId64 ",\"taken\":%" PRId64 "}", first ? "" : ",", path,
        plant->call_kinds[call->kind].name, call->raised_ms, call->taken_ms);
    if (length < 0 || (size_t)length >= room || (size_t)length >= sizeof one)
        return 0;
    memcpy(out, one, (size_t)length + 1);
    return (size_t)length;
}

/* {"ts":...,"open":2,"waiting":1,"calls":[...]}: the oldest first, as many as there is room for; taken 0 is nobody yet. */
static void calls_text(const struct model *model, uint32_t below, char out[CALLS_BYTES])
{
    const struct plant *plant = model_plant(model);
    size_t count, open = 0, waiting = 0, used = 0;
    const struct call *calls = model_calls(model, &count);
    char list[CALLS_BYTES - 128] = "";
    for (size_t i = 0; i < count; i++) {
        if (calls[i].node < below || calls[i].node >= plant->nodes[below].end || calls[i].kind >= plant->call_kind_count)
            continue;
        open++;
        waiting += calls[i].taken_ms == 0;
        used += call_text(plant, &calls[i], used == 0, sizeof list - used, list + used);
    }
    snprintf(out, CALLS_BYTES, "{\"ts\":%" PRId64 ",\"open\":%zu,\"waiting\":%zu,\"calls\":[%s]}", model_wall(model), open, waiting, list);
}

/* Changes with whatever calls_text() tells, but for the time. */
static uint64_t calls_mark(const struct model *model)
{
    size_t count;
    const struct call *calls = model_calls(model, &count);
    uint64_t mark = count;
    for (size_t i = 0; i < count; i++) {
        const uint64_t parts[] = {calls[i].node, calls[i].kind, (uint64_t)calls[i].raised_ms, (uint64_t)calls[i].taken_ms};
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++)
            mark = (mark ^ parts[p]) * UINT64_C(0x100000001b3) + 1;
    }
    return mark;
}

static void tell_output(struct collector *c, const struct alarm_output *output)
{
    const struct model *model = feed_model(c->feed);
    struct alarm_counts counts;
    char texts[LEAVES - 1][COUNTS_BYTES], calls[CALLS_BYTES], topic[TOPIC_BYTES];
    model_alarm_counts_below(model, output->node, &counts);
    snprintf(texts[0], sizeof texts[0], "%d", counts.sounding > 0);
    snprintf(texts[1], sizeof texts[1], "%u", highest(counts.unacked));
    snprintf(texts[2], sizeof texts[2], "%u", highest(counts.active));
    counts_text(&counts, model_wall(model), texts[3]);
    calls_text(model, output->node, calls);
    for (int i = 0; i < LEAVES; i++) {
        snprintf(topic, sizeof topic, "%s/%s", output->topic, leaves[i]);
        feed_keep(c->feed, output->broker, topic, i < LEAVES - 1 ? texts[i] : calls);
    }
}

static void tell(struct collector *c)
{
    struct outputs *o = &c->outputs;
    const struct output_settings *settings = &c->config.settings.outputs;
    o->generation = model_alarms_generation(feed_model(c->feed));
    o->calls = calls_mark(feed_model(c->feed));
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
    if (!c->feed || c->config.settings.outputs.count == 0)
        return;
    if (model_alarms_generation(feed_model(c->feed)) == o->generation && calls_mark(feed_model(c->feed)) == o->calls)
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
        if (*old->topic && !is_configured(c, old))
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
    if (c->config.settings.kpi.publish) { /* collector_kpi.c has topics of its own */
        o->published[o->count++] = (struct published){.broker = c->config.settings.kpi.broker, .topic = mem_text(""), .status = mem_text(topic)};
        feed_keep(c->feed, c->config.settings.kpi.broker, topic, "online");
    }
    tell(c);
}

void outputs_finish(struct collector *c)
{
    forget(&c->outputs);
}
