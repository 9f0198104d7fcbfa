/*
 * collector: the process that owns the brokers' links, the lock and the socket, and pushes every batch to every screen.
 *
 *     struct collector *collector = collector_create(&options, &err);
 *     collector_run(collector);          // until SIGTERM, SIGINT, or a spawned one's last screen has been gone long enough
 *     collector_destroy(collector);
 */
#ifndef ANDON_APP_COLLECTOR_H
#define ANDON_APP_COLLECTOR_H

#include <stdbool.h>

#include "app/load.h"
#include "core/error.h"

struct collector;

struct collector_options {
    struct load_request load;
    const char *cache;       /* --cache, or NULL */
    const char *clock_topic; /* --clock, or NULL */
    bool service;            /* it serves the users of its group, as the one of the service's folder does anyhow */
    bool spawned;            /* by a screen: leaves some time after the last one */
};

/* Reads the configuration, takes the lock, listens and begins to connect. `diagnostics` receives the configuration's
 * problems (then *err is ""); both are the caller's. */
struct collector *collector_create(const struct collector_options *options, struct diagnostics *diagnostics, struct error *err);
void collector_run(struct collector *collector);
void collector_destroy(struct collector *collector);

#endif
