/*
 * The collector's life: configuration, lock, cache, feed, listener, in this order, and back in reverse. A reload builds the whole
 * new configuration first and swaps at a batch boundary only when nothing is wrong with it.
 */
#include "app/collector_parts.h"

#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"

enum { TRIM_MS = 2000, KNOCK_MS = 100, FIRST_MS = 30000 }; /* FIRST_MS: whoever started it may be slow to come */

static void on_batch(void *arg, const struct batch *batch)
{
    struct collector *c = arg;
    clients_batch(c, batch);
    cache_batch(c, batch);
    actions_batch(c, batch);
    outputs_batch(c);
    kpi_batch(c);
    clock_batch(c);
    health_tell(c);
}

static void log_diagnostics(const struct diagnostics *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct diagnostic *row = &d->rows[i];
        log_line(row->severity == SEVERITY_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s:%d: %s%s%s", row->file ? row->file : "", row->line,
            row->key ? row->key : "", row->key && *row->key ? ": " : "", row->text ? row->text : "");
    }
}

/* Whichever plant nobody borrows any more goes. */
static void retire(struct collector *c, struct config *old)
{
    const struct plant *linked = feed_linked(c->feed);
    if (c->linked.plant && c->linked.plant != linked)
        config_finish(&c->linked);
    if (old->plant == linked)
        c->linked = *old;
    else
        config_finish(old);
}

static void reload(struct collector *c)
{
    struct diagnostics found = {.count = 0};
    struct config fresh = {.plant = NULL};
    struct error err = {.text = ""};
    const char *name = load_name(c->config_path);
    bool read = load_config(&c->load, &fresh, &found);
    log_diagnostics(&found);
    if (!read) {
        snprintf(c->notice, sizeof c->notice, "reload refused, see andon check");
        log_line(LOG_LEVEL_ERROR, "%s: not reloaded, %zu error%s; the old configuration stays in force", name, found.errors, found.errors == 1 ? "" : "s");
    } else if (fresh.plant->id == c->config.plant->id) {
        c->notice[0] = '\0';
        log_line(LOG_LEVEL_INFO, "%s: unchanged", name);
        config_finish(&fresh);
    } else {
        struct config old = c->config;
        feed_close_batch(c->feed);
        c->config = fresh;
        if (feed_configure(c->feed, fresh.plant, name, &err)) {
            c->notice[0] = '\0';
            clients_config(c);
            actions_config(c);
            outputs_config(c);
            kpi_config(c);
            cache_config(c);
            retire(c, &old);
            feed_close_batch(c->feed);
            collector_trim_soon(c);
            log_line(LOG_LEVEL_INFO, "%s: reloaded", name);
        } else {
            c->config = old;
            config_finish(&fresh);
            snprintf(c->notice, sizeof c->notice, "reload refused: %.60s", err.text);
            log_line(LOG_LEVEL_ERROR, "%s: not reloaded: %s", name, err.text);
        }
    }
    diagnostics_finish(&found);
    c->health_at = 0;
}

static void on_signal(void *arg, int signal)
{
    struct collector *c = arg;
    if (signal == SIGHUP)
        reload(c);
    else
        loop_stop(c->loop);
}

/* The parser's tree, the first batch, a snapshot: each is much larger than what is kept, and we live for months. */
static void on_trim(void *arg)
{
    (void)arg;
    malloc_trim(0);
}

void collector_trim_soon(struct collector *c)
{
    loop_timer_at(c->loop, c->trim_timer, loop_now(c->loop) + TRIM_MS);
}

static void linger_on(struct collector *c, int64_t least_ms)
{
    int64_t linger = c->config.settings.linger_ms;
    loop_timer_at(c->loop, c->linger_timer, loop_now(c->loop) + (linger > least_ms ? linger : least_ms));
}

static void on_linger(void *arg)
{
    struct collector *c = arg;
    if (clients_count(c) > 0)
        return;
    if (c->importing || c->seat_count > 0) { /* or somebody has come and not said yet what he wants */
        linger_on(c, KNOCK_MS);
        return;
    }
    log_line(LOG_LEVEL_INFO, "no screen for %" PRId64 " s: leaving", c->config.settings.linger_ms / 1000);
    loop_stop(c->loop);
}

/* The brokers' links begin behind the cache: nothing may arrive that cannot be kept. The same configuration as before is the old one itself, so
 * that the state stays as it is; another one takes the state over. */
static bool begin_feed(struct collector *c, const struct collector_options *o, struct error *err)
{
    struct resumed resumed = {.model = NULL};
    if (!cache_open(c, &resumed, err))
        return false;
    if (resumed.model && resumed.config.plant->id == c->config.plant->id) {
        config_finish(&c->config);
        c->config = resumed.config;
        resumed.config = (struct config){.plant = NULL};
    }
    c->feed = feed_create(c->loop, &(struct feed_options){.plant = c->config.plant, .config = c->title, .identity = c->paths.cache,
        .clock_topic = o->clock_topic, .sessions = true, .model_take = resumed.model, .past = &resumed.past, .on_batch = on_batch, .on_links = outputs_links, .arg = c}, err);
    resumed_finish(&resumed);
    if (!c->feed)
        return false;
    cache_config(c);
    if (!o->clock_topic) /* before any screen looks: what was known before the gap is not known any more */
        feed_close_batch(c->feed);
    return true;
}

static bool begin(struct collector *c, const struct collector_options *o, struct error *err)
{
    if (!paths_find(&c->paths, &(struct paths_request){.given = o->cache, .site = c->config.plant->nodes[0].name, .broker = c->broker}, err) || !paths_make(&c->paths, err))
        return false;
    c->paths.service = c->paths.service || o->service;
    c->lock = paths_lock(&c->paths, err);
    if (c->lock < 0)
        return false;
    if (c->spawned && !log_open(c->paths.log, LOG_LEVEL_INFO))
        return error_set(err, "%s: cannot be written", c->paths.log);
    c->loop = loop_create();
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (!loop_signal(c->loop, signals[i], on_signal, c))
            return error_set(err, "signals: not available");
    c->linger_timer = loop_timer(c->loop, on_linger, c);
    c->trim_timer = loop_timer(c->loop, on_trim, c);
    c->health_timer = loop_timer(c->loop, health_due, c);
    c->outputs.timer = loop_timer(c->loop, outputs_due, c);
    actions_begin(c);
    clock_begin(c, o->clock_topic);
    if (!begin_feed(c, o, err))
        return false;
    actions_config(c); /* what the cache gave back is in force now */
    outputs_config(c);
    kpi_config(c);
    vitals_begin(&c->vitals);
    return clients_listen(c, err);
}

struct collector *collector_create(const struct collector_options *o, struct diagnostics *diagnostics, struct error *err)
{
    struct collector *c = mem_zero(1, sizeof *c);
    char path[PATHS_BYTES];
    load_path(&o->load, path, sizeof path);
    c->lock = c->listener = c->listen_watch = -1;
    c->spawned = o->spawned;
    c->config_path = mem_text(path);
    c->broker = o->load.broker ? mem_text(o->load.broker) : NULL;
    c->load = (struct load_request){.config = *path ? c->config_path : NULL, .broker = c->broker};
    load_title(&c->load, path, c->title, sizeof c->title);
    packer_init(&c->packer);
    error_set(err, "%s", "");
    bool loaded = load_config(&c->load, &c->config, diagnostics);
    if (loaded && begin(c, o, err)) {
        log_line(LOG_LEVEL_INFO, "collector of %s: configuration %s, socket %s", c->paths.cache, load_name(c->config_path), c->paths.socket);
        return c;
    }
    collector_destroy(c);
    return NULL;
}

void collector_run(struct collector *c)
{
    if (c->spawned && c->config.settings.linger_ms >= 0)
        linger_on(c, FIRST_MS);
    collector_trim_soon(c);
    loop_run(c->loop);
    log_line(LOG_LEVEL_INFO, "leaving");
    feed_leave(c->feed);
    cache_leave(c);
    actions_settle(c);
}

void collector_destroy(struct collector *c)
{
    if (!c)
        return;
    clients_finish(c);
    actions_finish(c);
    outputs_finish(c);
    kpi_finish(c);
    feed_destroy(c->feed);
    cache_close(c);
    loop_destroy(c->loop);
    if (c->config.plant)
        config_finish(&c->config);
    if (c->linked.plant)
        config_finish(&c->linked);
    packer_finish(&c->packer);
    if (c->lock >= 0)
        close(c->lock);
    free(c->config_path);
    free(c->broker);
    free(c);
}
