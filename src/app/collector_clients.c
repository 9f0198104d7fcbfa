/*
 * The collector's side of the socket. A struct seat is one connection: new until its hello is accepted, then live; one that
 * falls too far behind gets nothing more until its bytes have gone, and then a fresh snapshot. So a suspended screen costs
 * a bounded amount of memory and nobody else anything. A seat whose channel has closed is removed by clients_reap() at the end of
 * the event that noticed, never in the middle of a loop over the seats.
 */
#include "app/collector_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/import_wire.h"
#include "core/hash_index.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/log.h"

enum { HELLO_MS = 5000, ACCEPT_AGAIN_MS = 1000, RAW_MS = 200, KEPT_SCRATCH = 256 * 1024 };

/* ---- one seat ---- */

static void watch_right(struct seat *s)
{
    bool writes = channel_backlog(&s->channel) > 0 || s->state == SEAT_BEHIND; /* room for the snapshot is worth a wake-up too */
    loop_watch_events(s->collector->loop, s->watch, (import_waits(s) ? 0 : LOOP_READ) | (writes ? LOOP_WRITE : 0));
}

static void seat_send(struct seat *s, uint8_t kind, const void *body, size_t length)
{
    channel_send(&s->channel, kind, body, length);
    watch_right(s);
}

void seat_say(struct seat *s, uint8_t kind, const void *body, size_t length)
{
    seat_send(s, kind, body, length);
}

void seat_refuse(struct seat *s, const char *why)
{
    log_limited(LOG_LEVEL_WARNING, "refused", "screen of process %ld refused: %s", (long)s->peer.pid, why);
    seat_send(s, FRAME_REFUSED, why, strlen(why));
    s->channel.closed = true;
}

static size_t behind(const struct seat *s)
{
    uint64_t snapshot = s->snapshot_end > s->channel.sent_total ? s->snapshot_end - s->channel.sent_total : 0;
    size_t backlog = channel_backlog(&s->channel);
    return backlog > snapshot ? backlog - (size_t)snapshot : 0;
}

/* Snapshots and configurations are large and rare: their scratch is given back, batches keep theirs. */
static void give_back_scratch(struct collector *c)
{
    if (c->packer.capacity <= KEPT_SCRATCH)
        return;
    packer_finish(&c->packer);
    packer_init(&c->packer);
    collector_trim_soon(c);
}

static void send_config(struct seat *s)
{
    struct collector *c = s->collector;
    packer_clear(&c->packer);
    bundle_pack(&c->config.bundle, &c->packer);
    s->config_id = c->config.plant->id;
    s->config_lost = false;
    seat_send(s, FRAME_CONFIG, c->packer.bytes, c->packer.count);
    s->config_end = s->channel.sent_total + channel_backlog(&s->channel);
    give_back_scratch(c);
}

/* The model holds every closed batch, so what follows the snapshot is exactly what it lacks. */
static void send_snapshot(struct seat *s)
{
    struct collector *c = s->collector;
    if (s->config_id != c->config.plant->id || s->config_lost)
        send_config(s);
    packer_clear(&c->packer);
    model_save(feed_model(c->feed), &c->packer);
    uint64_t end = s->channel.sent_total + channel_backlog(&s->channel) + c->packer.count;
    s->snapshot_end = end;
    s->state = SEAT_LIVE;
    seat_send(s, FRAME_SNAPSHOT, c->packer.bytes, c->packer.count);
    give_back_scratch(c);
}

static void fall_behind(struct seat *s)
{
    struct collector *c = s->collector;
    channel_drop_backlog(&s->channel);
    s->config_lost = s->config_lost || s->config_end > s->channel.sent_total + channel_backlog(&s->channel);
    s->state = SEAT_BEHIND;
    c->screens_dropped++;
    log_limited(LOG_LEVEL_WARNING, "behind", "screen of process %ld fell too far behind: it gets a fresh snapshot", (long)s->peer.pid);
    watch_right(s);
}

static void seat_destroy(struct seat *s)
{
    import_drop(s);
    actions_leave(s);
    loop_unwatch(s->collector->loop, s->watch);
    channel_finish(&s->channel);
    free(s);
}

size_t clients_count(const struct collector *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->seat_count; i++)
        n += c->seats[i]->state != SEAT_NEW && c->seats[i]->state != SEAT_IMPORT;
    return n;
}

size_t clients_most_behind(const struct collector *c)
{
    size_t most = 0;
    for (size_t i = 0; i < c->seat_count; i++)
        most = behind(c->seats[i]) > most ? behind(c->seats[i]) : most;
    return most;
}

static void attendance(struct collector *c)
{
    bool anybody = clients_count(c) > 0;
    feed_watched(c->feed, anybody);
    int64_t linger = c->config.settings.linger_ms;
    loop_timer_at(c->loop, c->linger_timer, anybody || !c->spawned || linger < 0 ? INT64_MAX : loop_now(c->loop) + linger);
}

void clients_reap(struct collector *c)
{
    size_t kept = 0, before = clients_count(c);
    for (size_t i = 0; i < c->seat_count; i++) {
        if (c->seats[i]->channel.closed)
            seat_destroy(c->seats[i]);
        else
            c->seats[kept++] = c->seats[i];
    }
    c->seat_count = kept;
    if (clients_count(c) != before)
        attendance(c);
}

/* ---- what screens say ---- */

static bool peer_allowed(const struct collector *c, const struct peer *peer)
{
    /* of the service, the socket file's group and mode have decided already */
    return c->paths.service || peer->uid == geteuid() || peer->uid == 0;
}

static void on_hello(struct seat *s, const uint8_t *body, size_t length)
{
    struct collector *c = s->collector;
    struct hello hello;
    char why[PROTOCOL_REASON];
    const char *ours = c->title;
    if (s->state != SEAT_NEW || !hello_unpack(&hello, body, length)) {
        s->channel.closed = true;
        return;
    }
    if (hello.protocol != SOCKET_PROTOCOL) {
        snprintf(why, sizeof why, "this screen speaks protocol %u and the collector (process %ld) %d: restart whichever is older", hello.protocol,
            (long)getpid(), SOCKET_PROTOCOL);
        seat_refuse(s, why);
        return;
    }
    if (hello.config_id != c->config.plant->id && !hello.follows) {
        if (strcmp(hello.config, ours) == 0)
            snprintf(why, sizeof why, "%s has changed since the collector (process %ld) read it: reload it with kill -HUP %ld", ours, (long)getpid(),
                (long)getpid());
        else
            snprintf(why, sizeof why, "the collector (process %ld) runs with %.400s, this screen with %.400s: give the same -c and --broker, or another --cache",
                (long)getpid(), ours, hello.config);
        seat_refuse(s, why);
        return;
    }
    struct welcome welcome = {.protocol = SOCKET_PROTOCOL, .version = ANDON_VERSION, .config_id = c->config.plant->id, .pid = (uint64_t)getpid(),
        .service = c->paths.service};
    snprintf(welcome.config, sizeof welcome.config, "%s", ours);
    packer_clear(&c->packer);
    welcome_pack(&welcome, &c->packer);
    s->config_id = hello.config_id;
    s->read_only = hello.read_only;
    seat_send(s, FRAME_WELCOME, c->packer.bytes, c->packer.count);
    actions_rights(s);
    send_snapshot(s);
    attendance(c);
    c->health_at = 0;
    health_tell(c);
}

static void on_raw(void *arg)
{
    struct collector *c = arg;
    struct raw_answer raw;
    c->raw_sent_at = loop_now(c->loop);
    for (size_t i = 0; i < c->seat_count; i++) {
        struct seat *s = c->seats[i];
        if (s->state != SEAT_LIVE || !s->raw_key[0])
            continue;
        uint32_t tag = model_find(feed_model(c->feed), s->raw_key);
        snprintf(raw.key, sizeof raw.key, "%s", s->raw_key);
        raw.topic[0] = raw.payload[0] = '\0';
        if (tag != NO_TAG)
            ingest_raw(feed_ingest(c->feed), tag, raw.topic, sizeof raw.topic, raw.payload, sizeof raw.payload);
        packer_clear(&c->packer);
        raw_pack(&raw, &c->packer);
        uint64_t hash = hash_bytes(c->packer.bytes, c->packer.count);
        if (hash != s->raw_hash)
            seat_send(s, FRAME_RAW, c->packer.bytes, c->packer.count);
        s->raw_hash = hash;
    }
    clients_reap(c);
}

static void raw_soon(struct collector *c)
{
    for (size_t i = 0; i < c->seat_count; i++)
        if (c->seats[i]->raw_key[0]) {
            int64_t at = c->raw_sent_at + RAW_MS;
            loop_timer_at(c->loop, c->raw_timer, at > loop_now(c->loop) ? at : loop_now(c->loop));
            return;
        }
}

static void on_watch(struct seat *s, const uint8_t *body, size_t length)
{
    if (s->state == SEAT_NEW || length >= sizeof s->raw_key) {
        s->channel.closed = true;
        return;
    }
    memcpy(s->raw_key, body, length);
    s->raw_key[length] = '\0';
    s->raw_hash = 0;
    raw_soon(s->collector);
}

static void on_frame(struct seat *s, uint8_t kind, const uint8_t *body, size_t length)
{
    switch (kind) {
    case FRAME_HELLO: on_hello(s, body, length); break;
    case FRAME_WATCH: on_watch(s, body, length); break;
    case FRAME_ACTION: actions_frame(s, body, length); break;
    case FRAME_IMPORT: import_frame(s, body, length); break;
    default: s->channel.closed = true; break; /* nothing else is a screen's to say */
    }
}

static void take_frames(struct seat *s)
{
    uint8_t kind;
    const uint8_t *body;
    size_t length;
    while (!s->channel.closed && !import_waits(s) && channel_next(&s->channel, s->importer ? IMPORT_PART_BYTES : PROTOCOL_SCREEN_FRAME, &kind, &body, &length))
        on_frame(s, kind, body, length);
}

void seat_go_on(struct seat *s)
{
    take_frames(s);
    watch_right(s);
    clients_reap(s->collector);
}

static void on_seat(void *arg)
{
    struct seat *s = arg;
    struct collector *c = s->collector;
    if (channel_fill(&s->channel))
        take_frames(s);
    if (!s->channel.closed) {
        channel_flush(&s->channel);
        if (s->state == SEAT_BEHIND && channel_backlog(&s->channel) == 0)
            send_snapshot(s);
        watch_right(s);
    }
    clients_reap(c);
}

/* ---- connections ---- */

/* At the earliest time by which a silent connection must have spoken: newer ones do not put it off. */
static void arm_hello_timer(struct collector *c)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < c->seat_count; i++)
        if (c->seats[i]->state == SEAT_NEW && c->seats[i]->hello_by < next)
            next = c->seats[i]->hello_by;
    loop_timer_at(c->loop, c->hello_timer, next);
}

static void on_hello_timeout(void *arg)
{
    struct collector *c = arg;
    for (size_t i = 0; i < c->seat_count; i++)
        if (c->seats[i]->state == SEAT_NEW && c->seats[i]->hello_by <= loop_now(c->loop))
            c->seats[i]->channel.closed = true;
    clients_reap(c);
    arm_hello_timer(c);
}

static void on_accept_again(void *arg)
{
    struct collector *c = arg;
    loop_watch_events(c->loop, c->listen_watch, LOOP_READ);
}

static void on_connect(void *arg)
{
    struct collector *c = arg;
    int fd = socket_accept(c->listener);
    if (fd < 0) {
        bool full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (full) { /* whoever waits there makes the listener readable all the time */
            log_limited(LOG_LEVEL_ERROR, "descriptors", "no descriptor left for another screen");
            loop_watch_events(c->loop, c->listen_watch, 0);
            loop_timer_at(c->loop, c->accept_timer, loop_now(c->loop) + ACCEPT_AGAIN_MS);
        }
        return;
    }
    struct seat *s = mem_zero(1, sizeof *s);
    s->collector = c;
    channel_init(&s->channel, fd);
    s->hello_by = loop_now(c->loop) + HELLO_MS;
    s->watch = loop_watch(c->loop, fd, LOOP_READ, on_seat, s);
    c->seats = mem_grow(c->seats, c->seat_count, &c->seat_capacity, sizeof(struct seat *));
    c->seats[c->seat_count++] = s;
    int64_t most = c->config.plant->bounds.limit[BOUND_CLIENTS];
    char why[128];
    if (!socket_peer(fd, &s->peer) || !peer_allowed(c, &s->peer)) {
        seat_refuse(s, "this collector belongs to another user");
    } else if (c->seat_count > (size_t)most) {
        snprintf(why, sizeof why, "%" PRId64 " screens are attached already (bounds: screens)", most);
        seat_refuse(s, why);
    }
    clients_reap(c);
    arm_hello_timer(c);
}

bool clients_listen(struct collector *c, struct error *err)
{
    c->listener = socket_listen(c->paths.socket, c->paths.service, err);
    if (c->listener < 0)
        return false;
    c->listen_watch = loop_watch(c->loop, c->listener, LOOP_READ, on_connect, c);
    c->hello_timer = loop_timer(c->loop, on_hello_timeout, c);
    c->accept_timer = loop_timer(c->loop, on_accept_again, c);
    c->raw_timer = loop_timer(c->loop, on_raw, c);
    c->import_timer = loop_timer(c->loop, import_look, c);
    return true;
}

void clients_finish(struct collector *c)
{
    for (size_t i = 0; i < c->seat_count; i++)
        seat_destroy(c->seats[i]);
    free(c->seats);
    c->seats = NULL;
    c->seat_count = 0;
    if (c->listener < 0)
        return;
    loop_unwatch(c->loop, c->listen_watch);
    close(c->listener);
    unlink(c->paths.socket); /* ours as long as we hold the lock */
    c->listener = -1;
}

/* ---- what screens are told ---- */

void clients_send(struct collector *c, uint8_t kind, const void *body, size_t length)
{
    size_t most = (size_t)c->config.plant->bounds.limit[BOUND_CLIENT_BYTES];
    for (size_t i = 0; i < c->seat_count; i++) {
        struct seat *s = c->seats[i];
        if (s->state != SEAT_LIVE)
            continue;
        seat_send(s, kind, body, length);
        if (behind(s) > most)
            fall_behind(s);
    }
}

void clients_batch(struct collector *c, const struct batch *batch)
{
    if (clients_count(c) == 0)
        return;
    packer_clear(&c->packer);
    run_begin(&c->packer);
    run_add_batch(&c->packer, batch);
    run_end(&c->packer);
    clients_send(c, FRAME_BATCH, c->packer.bytes, c->packer.count);
    raw_soon(c);
    clients_reap(c);
}

void clients_config(struct collector *c)
{
    for (size_t i = 0; i < c->seat_count; i++)
        if (c->seats[i]->state == SEAT_LIVE)
            send_config(c->seats[i]);
    clients_reap(c);
}
