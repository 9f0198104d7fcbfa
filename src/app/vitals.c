/*
 * A struct vitals remembers what a difference is taken to: the CPU time at the last measurement, and the most that each
 * bound ever held.
 */
#include "app/vitals.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/clock.h"

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

void vitals_begin(struct vitals *v)
{
    *v = (struct vitals){.started_wall = clock_wall_ms(), .measured_at = clock_monotonic_ms(), .cpu_before = cpu_ms()};
    for (int b = 0; b < BOUND_COUNT; b++)
        v->high[b] = -1;
}

void vitals_measure(struct vitals *v, const struct plant *plant, const char *config, struct feed *feed, struct health *h)
{
    static const struct health blank;
    *h = blank;
    for (int b = 0; b < BOUND_COUNT; b++)
        h->fill[b] = h->high[b] = -1;
    snprintf(h->version, sizeof h->version, "%s", ANDON_VERSION);
    snprintf(h->site, sizeof h->site, "%s", plant->nodes[0].name);
    snprintf(h->config, sizeof h->config, "%.*s", (int)sizeof h->config - 1, config);
    h->pid = (uint64_t)getpid();
    h->started_ms = v->started_wall;
    h->wall_ms = clock_wall_ms();
    h->cpu_ms = cpu_ms();
    int64_t now = clock_monotonic_ms();
    if (now > v->measured_at)
        h->cpu_share = (double)(h->cpu_ms - v->cpu_before) / (double)(now - v->measured_at);
    v->measured_at = now;
    v->cpu_before = h->cpu_ms;
    h->memory_bytes = resident_bytes();
    feed_health(feed, h);
}

void vitals_high(struct vitals *v, struct health *h)
{
    for (int b = 0; b < BOUND_COUNT; b++) {
        if (h->fill[b] > v->high[b])
            v->high[b] = h->fill[b];
        if (v->high[b] > h->high[b])
            h->high[b] = v->high[b];
    }
}
