/*
 * A struct client is connected (channel.fd >= 0), waiting for a collector that it started (ready >= 0), or waiting to try
 * again (retry timer). The model is always there: after a loss the screen folds records of its own, so that nothing looks
 * known that nobody watches any more, and ages go on; the next snapshot replaces them. `own` is the configuration that the collector sent after a reload; until then the screen's own is in force.
 */
#include "app/client.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/outbox.h"
#include "app/process.h"
#include "app/protocol.h"
#include "app/spawn.h"
#include "core/memory.h"
#include "core/text_gate.h"
#include "core/timestamp.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/socket.h"

enum { ANSWER_MS = 30000, BACK_OFF_FIRST_MS = 200, BACK_OFF_MOST_MS = 5000, CLOCK_MS = 1000, QUIET_MOST = 6 };

struct client {
    struct loop *loop;
    struct client_options options;
    struct channel channel;
    int watch, ready, ready_watch, spawn_lock, retry_timer, clock_timer;
    struct config own;          /* plant NULL: options.config is in force */
    struct model *model;
    struct batch batch;         /* scratch */
    struct packer packer;       /* scratch */
    struct health health;
    int quiet;                  /* turns of the clock since the collector spoke */
    bool has_health, has_snapshot, attached_before, service;
    struct outbox outbox;
    struct rights rights;   /* has_rights */
    bool has_rights;
    struct raw_answer raw;
    char raw_key[KEY_BYTES];
    int64_t heard_at;           /* monotonic: when the model's time was last moved on */
    int64_t lost_at, back_off;  /* lost_at: monotonic, 0 while connected */
    char why[PROTOCOL_REASON];  /* the refusal or failure, "" for none */
};

static const struct plant *plant_of(const struct client *c)
{
    return c->own.plant ? c->own.plant : c->options.config->plant;
}

static void changed(struct client *c)
{
    c->options.changed(c->options.arg);
}

/* ---- frames ---- */

static bool on_welcome(struct client *c, const uint8_t *body, size_t length)
{
    struct welcome welcome;
    if (!welcome_unpack(&welcome, body, length) || welcome.protocol != SOCKET_PROTOCOL)
        return false;
    c->service = welcome.service;
    return true;
}

static bool on_refused(struct client *c, const uint8_t *body, size_t length)
{
    text_gate((const char *)body, length, c->why, sizeof c->why, NULL);
    return false;
}

/* The collector sends it at a batch boundary: everything before it is folded, everything after it belongs to it. */
static bool on_config(struct client *c, const uint8_t *body, size_t length)
{
    struct bundle bundle;
    struct config fresh = {.plant = NULL};
    struct diagnostics found = {.count = 0};
    struct error err;
    if (!bundle_unpack(&bundle, body, length, &err))
        return false;
    if (!config_build(&bundle, &fresh, &found)) {
        snprintf(c->why, sizeof c->why, "the collector's configuration cannot be read: %zu errors", found.errors);
        bundle_finish(&bundle);
        diagnostics_finish(&found);
        return false;
    }
    diagnostics_finish(&found);
    model_configure(c->model, fresh.plant);
    struct config old = c->own;
    c->own = fresh;
    changed(c); /* whoever keeps a copy of the old model lets go of it before its plant goes */
    if (old.plant)
        config_finish(&old);
    return true;
}

static void send_action(struct client *c, const struct action *action)
{
    packer_clear(&c->packer);
    action_pack(action, &c->packer);
    channel_send(&c->channel, FRAME_ACTION, c->packer.bytes, c->packer.count);
}

/* What is not answered may have been lost with a connection, or its answer with a backlog: the collector knows what it has done. */
static void send_again(struct client *c)
{
    for (size_t i = 0; i < c->outbox.count; i++)
        send_action(c, &c->outbox.rows[i].action);
}

static bool on_answer(struct client *c, const uint8_t *body, size_t length)
{
    struct action_answer answer;
    struct action action;
    if (!action_answer_unpack(&answer, body, length))
        return false;
    if (outbox_take(&c->outbox, answer.id, &action) && c->options.answered)
        c->options.answered(c->options.arg, &action, answer.refusal);
    return true;
}

static void give_up_old(struct client *c)
{
    struct action action;
    while (outbox_take_old(&c->outbox, clock_monotonic_ms(), &action))
        if (c->options.answered)
            c->options.answered(c->options.arg, &action, REFUSAL_LOST);
}

static bool on_snapshot(struct client *c, const uint8_t *body, size_t length)
{
    struct error err;
    struct model *model = model_load(plant_of(c), body, length, &err);
    if (!model) {
        snprintf(c->why, sizeof c->why, "snapshot: %.200s", err.text);
        return false;
    }
    model_destroy(c->model);
    c->model = model;
    c->has_snapshot = c->attached_before = true;
    c->lost_at = 0;
    c->heard_at = clock_monotonic_ms();
    c->back_off = BACK_OFF_FIRST_MS;
    c->why[0] = '\0';
    send_again(c);
    return true;
}

/* A batch is folded only onto the one before it: after a hole or damage only a fresh snapshot tells the truth, and the end of
 * the connection is what asks for one. */
static bool on_batches(struct client *c, const uint8_t *body, size_t length)
{
    struct run_reader run;
    struct error err;
    if (!c->has_snapshot)
        return false;
    if (!run_open(&run, body, length, &err)) {
        snprintf(c->why, sizeof c->why, "batches: %.200s", err.text);
        return false;
    }
    while (run_next_batch(&run, &c->batch)) {
        if (c->batch.seq != model_seq(c->model) + 1) {
            snprintf(c->why, sizeof c->why, "batch %" PRIu64 " came after batch %" PRIu64, c->batch.seq, model_seq(c->model));
            return false;
        }
        model_apply(c->model, &c->batch);
        if (c->options.folded)
            c->options.folded(c->options.arg, c->model, &c->batch);
    }
    c->heard_at = clock_monotonic_ms();
    return !run.in.failed;
}

static bool on_health(struct client *c, const uint8_t *body, size_t length)
{
    if (health_unpack(&c->health, body, length))
        c->has_health = true;
    return true;
}

static bool on_frame(struct client *c, uint8_t kind, const uint8_t *body, size_t length)
{
    struct raw_answer raw;
    c->quiet = 0;
    switch (kind) {
    case FRAME_WELCOME: return on_welcome(c, body, length);
    case FRAME_REFUSED: return on_refused(c, body, length);
    case FRAME_CONFIG: return on_config(c, body, length);
    case FRAME_SNAPSHOT: return on_snapshot(c, body, length);
    case FRAME_BATCH: return on_batches(c, body, length);
    case FRAME_ANSWER: return on_answer(c, body, length);
    case FRAME_RIGHTS: return c->has_rights = rights_unpack(&c->rights, body, length);
    case FRAME_HEALTH: return on_health(c, body, length);
    case FRAME_RAW:
        if (raw_unpack(&raw, body, length) && strcmp(raw.key, c->raw_key) == 0)
            c->raw = raw;
        return true;
    default: return true; /* a newer collector may say more */
    }
}

/* ---- the connection ---- */

static void on_socket(void *arg);
static void on_retry(void *arg);

static void try_later(struct client *c)
{
    loop_timer_at(c->loop, c->retry_timer, clock_monotonic_ms() + c->back_off);
    c->back_off = c->back_off * 2 < BACK_OFF_MOST_MS ? c->back_off * 2 : BACK_OFF_MOST_MS;
}

static void disconnect(struct client *c)
{
    loop_unwatch(c->loop, c->watch);
    c->watch = -1;
    channel_finish(&c->channel);
    c->has_snapshot = false;
}

/* Folds c->batch as what happened since the stream stopped. Its wall time is the stream's, moved on. */
static void fold_own(struct client *c)
{
    int64_t now = clock_monotonic_ms(), elapsed = now - c->heard_at;
    c->heard_at = now;
    c->batch.seq = model_seq(c->model) + 1;
    c->batch.elapsed_ms = elapsed;
    c->batch.wall_ms = model_wall(c->model) + elapsed;
    model_apply(c->model, &c->batch);
}

/* Whatever the plant does now, this screen does not see it: every source is gone, and every value is what was heard last. */
static void fold_loss(struct client *c)
{
    static const char why[] = "the collector is lost";
    batch_clear(&c->batch);
    uint32_t detail = batch_text(&c->batch, why, sizeof why - 1);
    for (size_t i = 0; i < model_source_count(c->model); i++) {
        const struct source *source = model_source(c->model, i);
        if (source->alive)
            batch_add(&c->batch, (struct record){.kind = RECORD_DEATH, .time_ms = model_wall(c->model), .detail = detail,
                .text = batch_text(&c->batch, source->name, strlen(source->name))});
    }
    batch_add(&c->batch, (struct record){.kind = RECORD_GAP, .time_ms = model_wall(c->model), .value = value_int(0)});
    fold_own(c);
}

static void let_go(struct client *c)
{
    disconnect(c);
    if (c->lost_at == 0) {
        c->lost_at = clock_monotonic_ms();
        fold_loss(c);
    }
    c->has_health = false;
    try_later(c);
}

static void lose(struct client *c)
{
    let_go(c);
    changed(c);
}

static void greet(struct client *c, int fd)
{
    struct hello hello = {.protocol = SOCKET_PROTOCOL, .config_id = plant_of(c)->id, .read_only = c->options.read_only, .follows = c->attached_before};
    snprintf(hello.config, sizeof hello.config, "%.*s", (int)sizeof hello.config - 1, c->options.config_name);
    channel_init(&c->channel, fd);
    c->watch = loop_watch(c->loop, fd, LOOP_READ, on_socket, c);
    packer_clear(&c->packer);
    hello_pack(&hello, &c->packer);
    channel_send(&c->channel, FRAME_HELLO, c->packer.bytes, c->packer.count);
    if (c->raw_key[0])
        channel_send(&c->channel, FRAME_WATCH, c->raw_key, strlen(c->raw_key));
}

/* Takes what has come; false when the connection has ended. */
static bool take_frames(struct client *c)
{
    uint8_t kind;
    const uint8_t *body;
    size_t length;
    channel_flush(&c->channel);
    bool more = channel_fill(&c->channel);
    while (channel_next(&c->channel, FRAME_MOST, &kind, &body, &length))
        if (!on_frame(c, kind, body, length))
            return false;
    return more && !c->channel.closed;
}

static void on_socket(void *arg)
{
    struct client *c = arg;
    if (!take_frames(c)) {
        lose(c);
        return;
    }
    loop_watch_events(c->loop, c->watch, LOOP_READ | (channel_backlog(&c->channel) ? LOOP_WRITE : 0));
    changed(c);
}

/* ---- coming back ---- */

static void on_ready(void *arg)
{
    struct client *c = arg;
    struct error err;
    int ready = c->ready;
    loop_unwatch(c->loop, c->ready_watch);
    c->ready = c->ready_watch = -1;
    if (!spawn_answer(ready, &err))
        snprintf(c->why, sizeof c->why, "%s", err.text);
    close(c->spawn_lock);
    c->spawn_lock = -1;
    on_retry(c);
}

/* Not while another screen is about it: its collector is as good as ours. */
static void respawn(struct client *c)
{
    struct error err;
    const struct paths *paths = c->options.paths;
    int lock = open(paths->spawn_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0 && spawn_begin(paths, c->options.load, &c->ready, NULL, &err)) {
        c->spawn_lock = lock;
        c->ready_watch = loop_watch(c->loop, c->ready, LOOP_READ, on_ready, c);
        return;
    }
    if (lock >= 0)
        close(lock);
}

static void on_retry(void *arg)
{
    struct client *c = arg;
    if (c->channel.fd >= 0)
        return;
    int fd = socket_connect(c->options.paths->socket);
    if (fd >= 0) {
        greet(c, fd);
        return;
    }
    try_later(c);
    if (c->options.load && !c->service && c->spawn_lock < 0)
        respawn(c);
}

/* While it is lost no batch comes, and ages and the banner must go on counting. A collector that hangs is as good as lost: it
 * speaks at least every two seconds, and what it said last must not stand there as if it were now. Turns are counted and not
 * time: what came while this process itself was asleep is read before the next one. */
static void on_clock(void *arg)
{
    struct client *c = arg;
    loop_timer_at(c->loop, c->clock_timer, clock_monotonic_ms() + CLOCK_MS);
    give_up_old(c);
    if (c->lost_at == 0 && ++c->quiet > QUIET_MOST) {
        snprintf(c->why, sizeof c->why, "it does not answer");
        lose(c);
    }
    if (c->lost_at == 0)
        return;
    batch_clear(&c->batch);
    fold_own(c);
    changed(c);
}

/* ---- life ---- */

/* The first snapshot is waited for here, so that a refusal is an error on a plain terminal and not a banner. */
static bool wait_for_snapshot(struct client *c, struct error *err)
{
    int64_t until = clock_monotonic_ms() + ANSWER_MS;
    while (!c->has_snapshot) {
        int got = process_wait(c->channel.fd, (short)(POLLIN | (channel_backlog(&c->channel) ? POLLOUT : 0)), until);
        if (got < 0)
            return error_set(err, "interrupted");
        if (got == 0)
            return error_set(err, "the collector of %s does not answer", c->options.paths->cache);
        if (take_frames(c))
            continue;
        if (!c->has_snapshot)
            return error_set(err, "%.500s", c->why[0] ? c->why : "the collector has closed the connection");
        let_go(c); /* what came behind the snapshot was the end: the loop connects anew */
        break;
    }
    return true;
}

struct client *client_create(struct loop *loop, const struct client_options *options, struct error *err)
{
    int fd = spawn_attach(options->paths, options->load, err);
    if (fd < 0)
        return NULL;
    struct client *c = mem_zero(1, sizeof *c);
    c->loop = loop;
    c->options = *options;
    c->watch = c->ready = c->ready_watch = c->spawn_lock = -1;
    c->back_off = BACK_OFF_FIRST_MS;
    batch_init(&c->batch);
    packer_init(&c->packer);
    c->model = model_create(options->config->plant);
    c->retry_timer = loop_timer(loop, on_retry, c);
    c->clock_timer = loop_timer(loop, on_clock, c);
    greet(c, fd);
    if (!wait_for_snapshot(c, err)) {
        client_destroy(c);
        return NULL;
    }
    loop_timer_at(loop, c->clock_timer, clock_monotonic_ms() + CLOCK_MS);
    return c;
}

void client_destroy(struct client *c)
{
    if (!c)
        return;
    disconnect(c);
    loop_unwatch(c->loop, c->ready_watch);
    if (c->ready >= 0)
        close(c->ready);
    if (c->spawn_lock >= 0)
        close(c->spawn_lock);
    loop_timer_remove(c->loop, c->retry_timer);
    loop_timer_remove(c->loop, c->clock_timer);
    model_destroy(c->model);
    if (c->own.plant)
        config_finish(&c->own);
    batch_finish(&c->batch);
    packer_finish(&c->packer);
    outbox_finish(&c->outbox);
    free(c);
}

/* ---- what the screen asks ---- */

static const struct model *origin_model(const void *self)
{
    return ((const struct client *)self)->model;
}

static const struct health *origin_health(const void *self)
{
    const struct client *c = self;
    return c->has_health ? &c->health : NULL;
}

static void origin_watch(void *self, const char *key)
{
    struct client *c = self;
    if (strcmp(c->raw_key, key) == 0)
        return;
    snprintf(c->raw_key, sizeof c->raw_key, "%s", key);
    c->raw.topic[0] = c->raw.payload[0] = '\0';
    if (c->channel.fd >= 0)
        channel_send(&c->channel, FRAME_WATCH, c->raw_key, strlen(c->raw_key));
}

static void origin_raw(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    const struct client *c = self;
    text_gate(c->raw.topic, strlen(c->raw.topic), topic, topic_cap, NULL);
    text_gate(c->raw.payload, strlen(c->raw.payload), payload, payload_cap, NULL);
}

static void origin_banner(const void *self, char *out, size_t cap)
{
    const struct client *c = self;
    char age[SPAN_TEXT];
    out[0] = '\0';
    if (c->lost_at == 0)
        return;
    span_text(clock_monotonic_ms() - c->lost_at, age);
    snprintf(out, cap, "COLLECTOR LOST %s%s%s", age, c->why[0] ? ": " : "", c->why);
}

static enum refusal origin_acts(void *self, const struct action *action)
{
    struct client *c = self;
    struct action own = *action;
    if (c->options.read_only)
        return REFUSAL_READ_ONLY;
    if (!outbox_add(&c->outbox, &own, clock_monotonic_ms()))
        return REFUSAL_BUSY;
    if (c->has_snapshot) {
        send_action(c, &own);
        loop_watch_events(c->loop, c->watch, LOOP_READ | (channel_backlog(&c->channel) ? LOOP_WRITE : 0));
    }
    return REFUSAL_NONE;
}

static size_t origin_pendings(const void *self, const struct pending_action **out)
{
    const struct client *c = self;
    *out = c->outbox.shown;
    return c->outbox.count;
}

static const struct rights *origin_right(const void *self)
{
    const struct client *c = self;
    return c->has_rights ? &c->rights : NULL;
}

struct origin client_origin(struct client *client)
{
    return (struct origin){.act = origin_acts, .pending = origin_pendings, .rights = origin_right,
        .self = client, .model = origin_model, .health = origin_health, .watch = origin_watch, .raw = origin_raw, .banner = origin_banner};
}
