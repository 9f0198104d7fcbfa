/*
 * A struct player holds one line ahead of the fold. `open_end` is the grid line at which the open batch will close, 0
 * when none is open; `closed` the one at which the last one did. A stamp that goes back joins the batch that is open: the
 * stream's order is the capture's.
 *
 * `at` is the moment that it stands at, `taken` how many messages it has folded. A struct goal is where it is on its way to: a moment or a message. What
 * lies behind it is reached by beginning anew.
 */
#include "app/player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ingest.h"
#include "core/memory.h"
#include "core/text_gate.h"
#include "core/timestamp.h"
#include "io/capture.h"
#include "io/clock.h"

enum { TURN_MS = 100, SECOND_MS = 1000, SLICE_LINES = 5000, MAPS_MOST = 64, SAID_BYTES = 48 };
#define SPEED_MOST 100000.0

struct goal {
    bool set;
    int64_t ms;        /* INT64_MIN: `messages` is meant */
    uint64_t messages;
};

struct player {
    const struct plant *plant;
    const char *config_name, *path;
    struct model *model;
    struct ingest *ingest;
    struct capture_reader *reader;
    struct capture_message next;
    bool has_next, notes_links;
    bool *up;                            /* by broker */
    int64_t begin, open_end, closed, at;
    uint64_t taken;                      /* messages folded */
    size_t bad, bad_line;                /* lines that could not be read, and the last of them */
    bool cut;
    char first_bad[256];
    char raw_key[KEY_BYTES];
    char unmapped[CAPTURE_BROKER_BYTES];
    struct { char captured[CAPTURE_BROKER_BYTES]; uint16_t broker; } maps[MAPS_MOST];
    size_t map_count;
    player_batch_fn *on_batch;
    void *batch_arg;
    char stepped[2 * SAID_BYTES + 8];        /* the message that was stepped to, "" for none */
    /* playing */
    struct loop *loop;
    int timer;
    double speed;
    struct goal goal;
    int64_t started_mono, started_stream;
    origin_changed_fn *changed;
    void *arg;
};

static int64_t grid_end(int64_t t)
{
    int64_t rest = (t % BATCH_GRID_MS + BATCH_GRID_MS) % BATCH_GRID_MS;
    return t - rest + BATCH_GRID_MS;
}

/* A line that is read again, behind a way back, is not counted again. */
static void count_bad(struct player *p, const struct error *err)
{
    if (capture_is_cut(p->reader)) {
        p->cut = true;
        return;
    }
    if (capture_line_number(p->reader) <= p->bad_line)
        return;
    p->bad_line = capture_line_number(p->reader);
    if (p->bad++ == 0)
        snprintf(p->first_bad, sizeof p->first_bad, "%.250s", err->text);
}

static void read_next(struct player *p)
{
    struct error err;
    enum capture_result got;
    while ((got = capture_read(p->reader, &p->next, &err)) == CAPTURE_BAD)
        count_bad(p, &err);
    p->has_next = got != CAPTURE_END;
}

static void link_record(struct player *p, size_t broker, bool up, int64_t ms, const char *said)
{
    char source[64];
    snprintf(source, sizeof source, "broker:%s", broker < p->plant->broker_count ? p->plant->brokers[broker].name : "main");
    ingest_record(p->ingest, (struct record){.kind = up ? RECORD_BIRTH : RECORD_DEATH, .code = up ? 0 : DEATH_WHOLE, .time_ms = ms}, source, said);
    p->up[broker] = up;
}

/* A capture that says nothing of links was taken over living ones. */
static void links_up(struct player *p)
{
    size_t count = p->plant->broker_count ? p->plant->broker_count : 1;
    for (size_t i = 0; i < count; i++)
        link_record(p, i, true, p->begin, "capture");
}

static bool begin_anew(struct player *p, struct error *err)
{
    struct capture_reader *reader = capture_open(p->path, err);
    if (!reader)
        return false;
    capture_close(p->reader);
    ingest_destroy(p->ingest);
    model_destroy(p->model);
    p->reader = reader;
    p->model = model_create(p->plant);
    p->ingest = ingest_create(p->plant, p->model);
    ingest_configure(p->ingest, p->plant, p->config_name);
    memset(p->up, 0, (p->plant->broker_count + 1) * sizeof *p->up);
    p->open_end = p->closed = p->begin = p->at = 0;
    p->taken = 0;
    read_next(p);
    if (!p->has_next)
        return true;
    p->begin = p->at = p->next.ts_ms;
    p->open_end = grid_end(p->begin);
    p->notes_links = p->next.note == NOTE_BEGIN;
    if (!p->notes_links)
        links_up(p);
    return true;
}

struct player *player_create(const struct plant *plant, const char *config_name, const char *path, struct error *err)
{
    struct player *p = mem_zero(1, sizeof *p);
    *p = (struct player){.plant = plant, .config_name = config_name, .path = path, .timer = -1, .up = mem_zero(plant->broker_count + 1, sizeof *p->up)};
    if (begin_anew(p, err))
        return p;
    player_destroy(p);
    return NULL;
}

void player_destroy(struct player *p)
{
    if (!p)
        return;
    player_stop(p);
    capture_close(p->reader);
    ingest_destroy(p->ingest);
    model_destroy(p->model);
    free(p->up);
    free(p);
}

int64_t player_begin(const struct player *p)
{
    return p->begin;
}

/* ---- brokers ---- */

static bool broker_by_name(const struct plant *plant, const char *name, uint16_t *out)
{
    for (size_t i = 0; i < plant->broker_count; i++)
        if (strcmp(plant->brokers[i].name, name) == 0) {
            *out = (uint16_t)i;
            return true;
        }
    return false;
}

bool player_map(struct player *p, const char *captured, const char *configured, struct error *err)
{
    uint16_t broker;
    if (!broker_by_name(p->plant, configured, &broker))
        return error_set(err, "the configuration has no broker \"%.60s\"%s%.60s%s", configured, p->plant->broker_count ? "; it has \"" : "",
            p->plant->broker_count ? p->plant->brokers[0].name : "", p->plant->broker_count ? "\"" : "");
    if (strlen(captured) >= CAPTURE_BROKER_BYTES || p->map_count == MAPS_MOST)
        return error_set(err, "\"%.60s\" is too long a name, or one too many", captured);
    snprintf(p->maps[p->map_count].captured, CAPTURE_BROKER_BYTES, "%s", captured);
    p->maps[p->map_count++].broker = broker;
    return true;
}

const char *player_unmapped(const struct player *p)
{
    return p->unmapped;
}

static uint16_t broker_of(struct player *p, const char *name)
{
    uint16_t broker = 0;
    for (size_t i = 0; i < p->map_count; i++)
        if (strcmp(p->maps[i].captured, name) == 0)
            return p->maps[i].broker;
    if (name[0] && !broker_by_name(p->plant, name, &broker) && !p->unmapped[0])
        snprintf(p->unmapped, sizeof p->unmapped, "%s", name);
    return broker;
}

/* ---- folding ---- */

static void close_at(struct player *p, int64_t wall)
{
    int64_t elapsed = p->closed ? wall - p->closed : 0;
    const struct batch *batch = ingest_close(p->ingest, wall, elapsed > 0 ? elapsed : 0);
    if (p->on_batch)
        p->on_batch(p->batch_arg, p->model, batch);
    p->closed = wall;
    p->open_end = 0;
}

static void take_note(struct player *p)
{
    const struct capture_message *m = &p->next;
    uint16_t broker = broker_of(p, m->broker);
    if (m->note == NOTE_LOST)
        ingest_drop(p->ingest, DROP_QUEUE_FULL, m->count, m->said);
    else if ((m->note == NOTE_UP || m->note == NOTE_DOWN) && p->up[broker] != (m->note == NOTE_UP))
        link_record(p, broker, m->note == NOTE_UP, m->ts_ms, m->said[0] ? m->said : "capture");
}

static void take(struct player *p)
{
    const struct capture_message *m = &p->next;
    if (m->note != NOTE_NONE) {
        take_note(p);
        return;
    }
    ingest_message(p->ingest, &(struct message){.broker = broker_of(p, m->broker), .retained = m->retain, .assured = m->qos > 0, .topic = m->topic,
        .topic_length = m->topic_length, .payload = m->payload, .payload_length = m->payload_length, .arrival_ms = m->ts_ms});
    p->taken++;
}

enum fold_end { FOLD_THERE, FOLD_MORE };

/* Up to a moment, or (`messages`) until so many are taken, but not more than `lines` lines at a time. */
static enum fold_end fold(struct player *p, int64_t until_ms, uint64_t messages, size_t lines)
{
    int64_t last = until_ms == INT64_MAX ? INT64_MAX : grid_end(until_ms) - BATCH_GRID_MS;
    bool slices = lines != SIZE_MAX;
    while (p->has_next && p->taken < messages) {
        if (lines-- == 0)
            return FOLD_MORE;
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
    if (p->open_end && (p->open_end <= last || (slices && !p->has_next)))
        close_at(p, p->open_end);
    bool beyond = !p->has_next && slices; /* who looks on sees the end where it was */
    if (last != INT64_MAX && last > p->closed && p->begin && last >= p->begin && !p->open_end && !beyond)
        close_at(p, last);
    p->at = last != INT64_MAX && p->has_next && messages == UINT64_MAX ? until_ms : p->closed ? p->closed : p->begin;
    return FOLD_THERE;
}

bool player_fold(struct player *p, int64_t until_ms)
{
    fold(p, until_ms, UINT64_MAX, SIZE_MAX);
    return p->has_next;
}

void player_watch(struct player *p, player_batch_fn *on_batch, void *arg)
{
    p->on_batch = on_batch;
    p->batch_arg = arg;
}

/* ---- playing ---- */

static void start_clock(struct player *p)
{
    p->started_mono = clock_monotonic_ms();
    p->started_stream = p->at;
}

static int64_t stream_now(const struct player *p)
{
    return p->started_stream + (int64_t)((double)(clock_monotonic_ms() - p->started_mono) * p->speed);
}

static void turn_at(struct player *p, int64_t at_mono)
{
    loop_timer_at(p->loop, p->timer, at_mono);
}

/* Where it was to go it is, or is a slice nearer. */
static void seek(struct player *p)
{
    bool by_message = p->goal.ms == INT64_MIN;
    if (fold(p, by_message ? INT64_MAX : p->goal.ms, by_message ? p->goal.messages : UINT64_MAX, SLICE_LINES) == FOLD_MORE) {
        turn_at(p, clock_monotonic_ms());
    } else {
        p->goal.set = false;
        start_clock(p);
        turn_at(p, p->speed > 0 ? clock_monotonic_ms() + TURN_MS : INT64_MAX);
    }
    p->changed(p->arg);
}

static void on_turn(void *arg)
{
    struct player *p = arg;
    if (p->goal.set) {
        seek(p);
        return;
    }
    if (p->speed <= 0)
        return;
    enum fold_end end = fold(p, stream_now(p), UINT64_MAX, SLICE_LINES);
    if (!p->has_next)
        p->speed = 0;
    p->changed(p->arg);
    if (end == FOLD_MORE)
        turn_at(p, clock_monotonic_ms());
    else if (p->has_next) {
        int64_t due = grid_end(p->next.ts_ms), second = stream_now(p) + SECOND_MS;
        double wait = (double)((due < second ? due : second) - stream_now(p)) / p->speed;
        turn_at(p, clock_monotonic_ms() + (wait > TURN_MS ? (int64_t)wait : TURN_MS));
    }
}

void player_play(struct player *p, struct loop *loop, double speed, origin_changed_fn *changed, void *arg)
{
    p->loop = loop;
    p->speed = speed;
    p->changed = changed;
    p->arg = arg;
    start_clock(p);
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

bool player_is_cut(const struct player *p)
{
    return p->cut;
}

/* ---- as a tape ---- */

static bool tape_play(void *self, double speed, struct error *err)
{
    struct player *p = self;
    if (!(speed >= 0) || speed > SPEED_MOST)
        return error_set(err, "%g is not a speed: 0 (stand still) to %g times as fast as it was", speed, SPEED_MOST);
    if (speed > 0 && !p->has_next && !p->goal.set)
        return error_set(err, "this is the end of the capture: go back with [ or :at");
    p->stepped[0] = '\0';
    p->speed = speed;
    start_clock(p);
    turn_at(p, speed > 0 || p->goal.set ? clock_monotonic_ms() : INT64_MAX);
    return true;
}

static double tape_speed(const void *self)
{
    return ((const struct player *)self)->speed;
}

static bool go(struct player *p, struct goal goal, bool back, struct error *err)
{
    if (back && strcmp(p->path, "-") == 0)
        return error_set(err, "a capture from standard input cannot be read again: give it as a file to go back");
    if (back && !begin_anew(p, err))
        return false;
    p->stepped[0] = '\0';
    p->goal = goal;
    turn_at(p, clock_monotonic_ms());
    return true;
}

/* Where it stands, or is on its way to. */
static int64_t heading(const struct player *p)
{
    return p->goal.set && p->goal.ms != INT64_MIN ? p->goal.ms : p->at;
}

static bool tape_to(void *self, int64_t ms, struct error *err)
{
    struct player *p = self;
    if (ms < p->begin)
        ms = p->begin;
    return go(p, (struct goal){.set = true, .ms = ms}, ms < p->at || ms < heading(p), err);
}

static bool tape_step(void *self, int64_t ms, struct error *err)
{
    struct player *p = self;
    if (ms > 0 && !p->has_next)
        return error_set(err, "this is the end of the capture");
    return tape_to(self, heading(p) + ms, err);
}

static void tell_stepped(struct player *p, const struct capture_message *m)
{
    char topic[SAID_BYTES], payload[SAID_BYTES];
    text_gate(m->topic ? m->topic : "", m->topic_length, topic, sizeof topic, NULL);
    text_gate(m->payload ? m->payload : "", m->payload_length, payload, sizeof payload, NULL);
    snprintf(p->stepped, sizeof p->stepped, "%s = %s", topic, payload);
}

/* The next message in a batch of its own; of those within a tenth of a second each has the same time. */
static void step_one(struct player *p)
{
    while (p->has_next) {
        bool message = p->next.note == NOTE_NONE;
        int64_t end = grid_end(p->next.ts_ms);
        if (p->open_end && end > p->open_end)
            close_at(p, p->open_end);
        p->open_end = end > p->closed ? end : p->closed;
        if (message)
            tell_stepped(p, &p->next);
        take(p);
        read_next(p);
        close_at(p, p->open_end);
        if (message)
            break;
    }
    p->at = p->closed;
}

static bool tape_messages(void *self, int64_t count, struct error *err)
{
    struct player *p = self;
    p->speed = 0;
    p->stepped[0] = '\0';
    if (p->goal.set)
        return error_set(err, "it is on its way: a moment");
    if (count > 0 && !p->has_next)
        return error_set(err, "this is the end of the capture");
    if (count == 1) {
        step_one(p);
        turn_at(p, INT64_MAX);
        p->changed(p->arg);
        return true;
    }
    uint64_t to = count < 0 && (uint64_t)-count > p->taken ? 0 : p->taken + (uint64_t)count;
    return go(p, (struct goal){.set = true, .ms = INT64_MIN, .messages = to}, count < 0, err);
}

static int64_t tape_begin(const void *self)
{
    return ((const struct player *)self)->begin;
}

static const struct origin_tape tape = {.begin = tape_begin, .play = tape_play, .speed = tape_speed, .to = tape_to, .step = tape_step, .messages = tape_messages};

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

/* "CAPTURE x10  Wed 2024-06-12 11:52:03  42%  message 1204" */
static void origin_banner(const void *self, char *out, size_t cap)
{
    const struct player *p = self;
    char what[32], when[48], share[16] = "";
    out[0] = '\0';
    if (!p->loop)
        return;
    double read = capture_share(p->reader);
    if (p->goal.set)
        snprintf(what, sizeof what, "CAPTURE, on the way");
    else if (!p->has_next)
        snprintf(what, sizeof what, "END OF CAPTURE");
    else
        snprintf(what, sizeof what, p->speed > 0 ? "CAPTURE x%g" : "CAPTURE PAUSED", p->speed);
    if (read >= 0)
        snprintf(share, sizeof share, "  %.0f%%", p->has_next ? read * 100 : 100.0);
    date_clock_text(&p->plant->zone, p->at, when);
    snprintf(out, cap, "%s  %s%s  message %llu%s%s", what, when, share, (unsigned long long)p->taken, p->stepped[0] ? ": " : "", p->stepped);
}

struct origin player_origin(struct player *player)
{
    return (struct origin){.self = player, .tape = &tape, .model = origin_model, .health = origin_health, .watch = origin_watch, .raw = origin_raw, .banner = origin_banner};
}
