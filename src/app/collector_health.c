/*
 * What the collector tells of itself, once a second while a screen is attached. It is sent behind the batch of that second,
 * so that it costs no wake-up of its own.
 */
#include "app/collector_parts.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/clock.h"

enum { TELL_MS = 950 }; /* a second, less the jitter of the batch that carries it */

static uint64_t cpu_ms(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) != 0)
        return 0;
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

static uint64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    unsigned long size = 0, resident = 0;
    int got = fscanf(file, "%lu %lu", &size, &resident);
    fclose(file);
    return got == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void health_begin(struct collector *c)
{
    c->started_wall = clock_wall_ms();
    c->cpu_at = clock_monotonic_ms();
    c->cpu_before = cpu_ms();
    for (int b = 0; b < BOUND_COUNT; b++)
        c->high[b] = -1;
}

static void measure(struct collector *c, struct health *h, int64_t now)
{
    const struct plant *plant = c->config.plant;
    for (int b = 0; b < BOUND_COUNT; b++)
        h->fill[b] = h->high[b] = -1;
    snprintf(h->version, sizeof h->version, "%s", ANDON_VERSION);
    snprintf(h->site, sizeof h->site, "%s", plant->nodes[0].name);
    snprintf(h->config, sizeof h->config, "%.*s", (int)sizeof h->config - 1, load_name(c->config_path));
    snprintf(h->notice, sizeof h->notice, "%s", c->notice);
    h->pid = (uint64_t)getpid();
    h->started_ms = c->started_wall;
    h->wall_ms = clock_wall_ms();
    h->service = c->paths.service;
    h->cpu_ms = cpu_ms();
    if (now > c->cpu_at)
        h->cpu_share = (double)(h->cpu_ms - c->cpu_before) / (double)(now - c->cpu_at);
    c->cpu_at = now;
    c->cpu_before = h->cpu_ms;
    h->memory_bytes = resident_bytes();
    h->screens = (uint32_t)clients_count(c);
    h->screens_dropped = c->screens_dropped;
    feed_health(c->feed, h);
    h->fill[BOUND_CLIENTS] = (int64_t)h->screens;
    h->fill[BOUND_CLIENT_BYTES] = (int64_t)clients_most_behind(c);
    for (int b = 0; b < BOUND_COUNT; b++) {
        if (h->fill[b] > c->high[b])
            c->high[b] = h->fill[b];
        if (c->high[b] > h->high[b])
            h->high[b] = c->high[b];
    }
}

void health_tell(struct collector *c)
{
    int64_t now = clock_monotonic_ms();
    if (now - c->health_at < TELL_MS || clients_count(c) == 0)
        return;
    c->health_at = now;
    static const struct health blank;
    struct health health = blank;
    measure(c, &health, now);
    packer_clear(&c->packer);
    health_pack(&health, &c->packer);
    clients_send(c, FRAME_HEALTH, c->packer.bytes, c->packer.count);
}
