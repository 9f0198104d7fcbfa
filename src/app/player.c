/*
 * A struct player holds one message ahead of the fold. `open_end` is the grid line at which the open batch will close, 0
 * when none is open; `closed` the one at which the last one did. A stamp that goes back joins the batch that is open: the
 * stream's order is the capture's.
 */
#include "app/player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ingest.h"
#include "core/memory.h"
#include "io/capture.h"
#include "io/clock.h"

enum { TURN_MS = 100, SECOND_MS = 1000 };

struct player {
    const struct plant *plant;
    struct model *model;
    struct ingest *ingest;
    struct capture_reader *reader;
    struct capture_message next;
    bool has_next;
    int64_t begin, open_end, closed;
    size_t bad;
    char first_bad[256];
    char raw_key[KEY_BYTES];
    /* playing */
    struct loop *loop;
    int timer;
    double speed;
    int64_t started_mono, started_stream;
    origin_changed_fn *changed;
    void *arg;
};

static int64_t grid_end(int64_t t)
{
    int64_t rest = (t % BATCH_GRID_MS + BATCH_GRID_MS) % BATCH_GRID_MS;
    return t - rest + BATCH_GRID_MS;
}

static void read_next(struct player *p)
{
    struct error err;
    enum capture_result got;
    while ((got = capture_read(p->reader, &p->next, &err)) == CAPTURE_BAD)
        if (p->bad++ == 0)
            snprintf(p->first_bad, sizeof p->first_bad, "%.250s", err.text);
    p->has_next = got == CAPTURE_MESSAGE;
}

/* A capture knows nothing of links: it was taken over living ones. */
static void links_up(struct player *p)
{
    char source[64];
    struct record birth = {.kind = RECORD_BIRTH, .time_ms = p->begin};
    for (size_t i = 0; i < p->plant->broker_count; i++) {
        snprintf(source, sizeof source, "broker:%s", p->plant->brokers[i].name);
        ingest_record(p->ingest, birth, source, "capture");
    }
    if (p->plant->broker_count == 0)
        ingest_record(p->ingest, birth, "broker:main", "capture");
}

struct player *player_create(const struct plant *plant, const char *config_name, const char *path, struct error *err)
{
    struct capture_reader *reader = capture_open(path, err);
    if (!reader)
        return NULL;
    struct player *p = mem_zero(1, sizeof *p);
    *p = (struct player){.plant = plant, .reader = reader, .timer = -1};
    p->model = model_create(plant);
    p->ingest = ingest_create(plant, p->model);
    ingest_configure(p->ingest, plant, config_name);
    read_next(p);
    if (p->has_next) {
        p->begin = p->next.ts_ms;
        p->open_end = grid_end(p->begin);
        links_up(p);
    }
    return p;
}

void player_destroy(struct player *p)
{
    if (!p)
        return;
    player_stop(p);
    capture_close(p->reader);
    ingest_destroy(p->ingest);
    model_destroy(p->model);
    free(p);
}

int64_t player_begin(const struct player *p)
{
    return p->begin;
}

static void close_at(struct player *p, int64_t wall)
{
    int64_t elapsed = p->closed ? wall - p->closed : 0;
    ingest_close(p->ingest, wall, elapsed > 0 ? elapsed : 0);
    p->closed = wall;
    p->open_end = 0;
}

static uint16_t broker_of(const struct player *p, const char *name)
{
    for (size_t i = 0; i < p->plant->broker_count; i++)
        if (strcmp(p->plant->brokers[i].name, name) == 0)
            return (uint16_t)i;
    return 0;
}

static void take(struct player *p)
{
    const struct capture_message *m = &p->next;
    ingest_message(p->ingest, &(struct message){.broker = broker_of(p, m->broker), .retained = m->retain, .topic = m->topic,
        .topic_length = m->topic_length, .payload = m->payload, .payload_length = m->payload_length, .arrival_ms = m->ts_ms});
}

bool player_fold(struct player *p, int64_t until_ms)
{
    int64_t last = until_ms == INT64_MAX ? INT64_MAX : grid_end(until_ms) - BATCH_GRID_MS;
    while (p->has_next) {
        int64_t end = grid_end(p->next.ts_ms);
        if (p->open_end && end > p->open_end && p->open_end <= last)
            close_at(p, p->open_end);
        if (end > last && end > p->open_end)
            break;
        if (end > p->open_end)
            p->open_end = end > p->closed ? end : p->closed + BATCH_GRID_MS;
        take(p);
        read_next(p);
    }
    if (p->open_end && p->open_end <= last)
        close_at(p, p->open_end);
    if (last != INT64_MAX && last > p->closed && p->begin && last >= p->begin && !p->open_end)
        close_at(p, last);
    return p->has_next;
}

/* ---- playing ---- */

static int64_t stream_now(const struct player *p)
{
    return p->started_stream + (int64_t)((double)(clock_monotonic_ms() - p->started_mono) * p->speed);
}

static void on_turn(void *arg)
{
    struct player *p = arg;
    bool more = player_fold(p, stream_now(p));
    p->changed(p->arg);
    if (!more)
        return;
    int64_t due = grid_end(p->next.ts_ms), second = stream_now(p) + SECOND_MS;
    double wait = (double)((due < second ? due : second) - stream_now(p)) / p->speed;
    loop_timer_at(p->loop, p->timer, clock_monotonic_ms() + (wait > TURN_MS ? (int64_t)wait : TURN_MS));
}

void player_play(struct player *p, struct loop *loop, double speed, origin_changed_fn *changed, void *arg)
{
    p->loop = loop;
    p->speed = speed;
    p->changed = changed;
    p->arg = arg;
    p->started_mono = clock_monotonic_ms();
    p->started_stream = p->closed ? p->closed : p->begin;
    p->timer = loop_timer(loop, on_turn, p);
    loop_timer_at(loop, p->timer, p->started_mono);
}

void player_stop(struct player *p)
{
    if (p->loop)
        loop_timer_remove(p->loop, p->timer);
    p->loop = NULL;
}

size_t player_bad_lines(const struct player *p, const char **first)
{
    *first = p->first_bad;
    return p->bad;
}

/* ---- as an origin ---- */

static const struct model *origin_model(const void *self)
{
    return ((const struct player *)self)->model;
}

static const struct health *origin_health(const void *self)
{
    (void)self; /* there is no process behind a capture */
    return NULL;
}

static void origin_watch(void *self, const char *key)
{
    struct player *p = self;
    snprintf(p->raw_key, sizeof p->raw_key, "%s", key);
}

static void origin_raw(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    const struct player *p = self;
    uint32_t tag = p->raw_key[0] ? model_find(p->model, p->raw_key) : NO_TAG;
    topic[0] = payload[0] = '\0';
    if (tag != NO_TAG)
        ingest_raw(p->ingest, tag, topic, topic_cap, payload, payload_cap);
}

static void origin_banner(const void *self, char *out, size_t cap)
{
    const struct player *p = self;
    snprintf(out, cap, "%s", p->loop && !p->has_next ? "END OF CAPTURE" : p->loop ? "CAPTURE" : "");
}

struct origin player_origin(struct player *player)
{
    return (struct origin){.self = player, .model = origin_model, .health = origin_health, .watch = origin_watch, .raw = origin_raw, .banner = origin_banner};
}
