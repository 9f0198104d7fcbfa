/*
 * By a clock of messages (andon collect --clock) whoever drives it must know how far we are: hours of it pass in seconds, and a broker throws away what
 * nobody takes in time. So the time up to which everything is on the disk is published under the clock's topic, "TOPIC/kept": of a batch that is
 * looked for until it is there, then of the newest one. Nothing of this happens by a machine's clock.
 */
#include "app/collector_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "io/clock.h"

enum { LOOK_MS = 5 };

static bool on_disk(const struct collector *c, uint64_t seq)
{
    struct store_status status;
    store_status(c->cache.store, &status);
    return status.durable_seq >= seq;
}

static void say(struct collector *c)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, c->clock.wall_ms);
    feed_keep_light(c->feed, 0, c->clock.topic, text);
}

static void ask(struct collector *c)
{
    const struct model *model = feed_model(c->feed);
    c->clock.seq = model_seq(model);
    c->clock.wall_ms = model_wall(model);
    c->clock.waiting = true;
    loop_timer_at(c->loop, c->clock.timer, clock_monotonic_ms() + LOOK_MS);
}

void clock_look(void *collector)
{
    struct collector *c = collector;
    if (!on_disk(c, c->clock.seq)) {
        loop_timer_at(c->loop, c->clock.timer, clock_monotonic_ms() + LOOK_MS);
        return;
    }
    c->clock.waiting = false;
    say(c);
    if (model_seq(feed_model(c->feed)) > c->clock.seq)
        ask(c);
}

void clock_begin(struct collector *c, const char *topic)
{
    if (!topic)
        return;
    snprintf(c->clock.topic, sizeof c->clock.topic, "%s/kept", topic);
    c->clock.timer = loop_timer(c->loop, clock_look, c);
}

void clock_batch(struct collector *c)
{
    if (c->clock.topic[0] && !c->clock.waiting)
        ask(c);
}
