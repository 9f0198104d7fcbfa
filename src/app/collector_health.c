/*
 * What the collector tells of itself, once a second while a screen is attached. It is sent behind the batch of that second,
 * so that it costs no wake-up of its own.
 */
#include "app/collector_parts.h"

#include <stdio.h>

#include "io/clock.h"

enum { QUIET_MS = 2000, TELL_MS = 950 }; /* a second, less the jitter of the batch that carries it */

void health_tell(struct collector *c)
{
    int64_t now = clock_monotonic_ms();
    if (now - c->health_at < TELL_MS || clients_count(c) == 0)
        return;
    c->health_at = now;
    loop_timer_at(c->loop, c->health_timer, now + QUIET_MS);
    struct health h;
    vitals_measure(&c->vitals, c->config.plant, load_name(c->config_path), c->feed, &h);
    snprintf(h.notice, sizeof h.notice, "%s", c->notice);
    cache_health(c, &h);
    h.service = c->paths.service;
    h.screens = (uint32_t)clients_count(c);
    h.screens_dropped = c->screens_dropped;
    h.fill[BOUND_CLIENTS] = (int64_t)h.screens;
    h.fill[BOUND_CLIENT_BYTES] = (int64_t)clients_most_behind(c);
    vitals_high(&c->vitals, &h);
    packer_clear(&c->packer);
    health_pack(&h, &c->packer);
    clients_send(c, FRAME_HEALTH, c->packer.bytes, c->packer.count);
}

void health_due(void *arg)
{
    health_tell(arg);
}
