/*
 * A struct feed turns a plant's brokers into batches. Its invariants: the model holds everything up to the last closed
 * batch, ingest the records of the open one; `closed_*` are the clocks at the last close; the grid timer stands at the
 * earliest moment at which a batch is due, and nowhere when none is.
 */
#include "app/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/number.h"
#include "core/text_gate.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/mqtt.h"

enum { SECOND_MS = 1000, CLOCK_STEP_MS = 2000, TAKE_BETWEEN_LOOKS = 256, TURN_MS = 50 };

struct feed {
    struct loop *loop;
    const struct plant *plant, *linked;    /* linked: the plant that the links borrow; they outlive a reload that leaves them alone */
    struct model *model;
    struct ingest *ingest;
    struct mqtt *mqtt;
    char *identity, *clock_topic;
    feed_batch_fn *on_batch;
    void (*on_links)(void *arg, struct feed *feed);
    void *arg;
    int mqtt_watch, grid_timer, tick_timer, more_timer;
    bool watched, sessions;
    bool begun;                            /* there is a time: at once, or at the first tick of the clock topic */
    int64_t away_ms;                       /* how long nobody was here, until the stream has told it */
    int64_t grid_at;                       /* monotonic: when the grid timer fires */
    int64_t closed_mono, closed_wall;      /* at the last close */
    int64_t anchor;                        /* wall - monotonic, as last agreed */
    int64_t lag_ms, lag_max_ms, lag_old_ms, lag_minute; /* maximum of this minute, and of the one before */
    int64_t told_mono;                     /* at the last feed_health() */
    uint64_t told_messages, told_samples;
};

/* ---- closing batches ---- */

static int64_t floor_to(int64_t t, int64_t step)
{
    return t - (t % step + step) % step;
}

static void fold(struct feed *f, int64_t wall_ms, int64_t elapsed_ms)
{
    int64_t away = f->away_ms;
    f->away_ms = 0;
    if (away > 0) /* the gap first, then its time: what was due meanwhile nobody was there to see */
        f->on_batch(f->arg, ingest_close(f->ingest, wall_ms, 0));
    f->on_batch(f->arg, ingest_close(f->ingest, wall_ms, elapsed_ms + away));
}

/* A stream that goes on tells how long nobody was there. A clock that stands before its last batch (at 1970, after power came back) cannot
 * know; it has been set back by at least as much, and what is stamped from now on must not be late for that. */
static void begin_stream(struct feed *f, int64_t wall)
{
    int64_t before = model_wall(f->model), away = before && wall ? wall - before : 0;
    if (away < -CLOCK_STEP_MS)
        ingest_record(f->ingest, (struct record){.kind = RECORD_CLOCK, .time_ms = wall, .value = value_int(away)}, NULL, NULL);
    f->away_ms = away > 0 ? away : 0;
    ingest_record(f->ingest, (struct record){.kind = RECORD_GAP, .time_ms = wall, .value = value_int(f->away_ms)}, NULL, NULL);
    for (size_t i = 0; i < model_source_count(f->model); i++) { /* the links of then are gone with who held them */
        const struct source *source = model_source(f->model, i);
        if (source->alive)
            ingest_record(f->ingest, (struct record){.kind = RECORD_DEATH, .time_ms = wall}, source->name, "the collector was away");
    }
}

/* A wall clock that was set shows as a difference to the clock that does not jump; stream and screen must learn of it. */
static void note_clock_step(struct feed *f, int64_t wall, int64_t mono)
{
    int64_t step = wall - mono - f->anchor;
    if (step <= CLOCK_STEP_MS && step >= -CLOCK_STEP_MS)
        return;
    f->anchor = wall - mono;
    ingest_record(f->ingest, (struct record){.kind = RECORD_CLOCK, .time_ms = wall, .value = value_int(step)}, NULL, NULL);
    log_line(LOG_LEVEL_WARNING, "the wall clock stepped by %" PRId64 " ms", step);
}

void feed_close_batch(struct feed *f)
{
    if (f->clock_topic) {
        fold(f, f->closed_wall, 0);
        return;
    }
    int64_t mono = clock_monotonic_ms(), wall = clock_wall_ms();
    note_clock_step(f, wall, mono);
    int64_t elapsed = mono - f->closed_mono;
    f->closed_mono = mono;
    f->closed_wall = wall;
    fold(f, floor_to(wall, BATCH_GRID_MS), elapsed < 0 ? 0 : elapsed);
}

/* When the next batch is due, on the monotonic clock: never earlier than the grid allows. */
static int64_t next_close(const struct feed *f)
{
    int64_t mono = clock_monotonic_ms(), wall = clock_wall_ms();
    int64_t at = INT64_MAX;
    if (ingest_pending(f->ingest))
        at = mono;
    int64_t deadline = model_next_deadline(f->model);
    if (deadline != INT64_MAX) {
        int64_t due = f->closed_mono + (deadline - model_elapsed(f->model));
        at = due < at ? due : at;
    }
    if (f->watched) {
        int64_t second = mono + SECOND_MS - (wall % SECOND_MS);
        if (floor_to(wall, SECOND_MS) > floor_to(f->closed_wall, SECOND_MS))
            second = mono; /* this second has not been told yet */
        at = second < at ? second : at;
    }
    if (at == INT64_MAX)
        return at;
    /* up to the next grid line of wall time that is not before `at` and not the one just closed */
    int64_t wall_at = wall + (at > mono ? at - mono : 0);
    int64_t line = floor_to(wall_at + BATCH_GRID_MS - 1, BATCH_GRID_MS);
    if (line <= floor_to(f->closed_wall, BATCH_GRID_MS) && f->closed_wall - wall < SECOND_MS)
        line = floor_to(f->closed_wall, BATCH_GRID_MS) + BATCH_GRID_MS;
    return mono + (line - wall) + 1; /* the clocks' milliseconds do not begin together: never just before the line */
}

static void schedule(struct feed *f)
{
    if (f->clock_topic)
        return;
    f->grid_at = next_close(f);
    loop_timer_at(f->loop, f->grid_timer, f->grid_at);
}

static void on_grid(void *arg)
{
    struct feed *f = arg;
    feed_close_batch(f);
    schedule(f);
}

/* ---- messages ---- */

/* In accelerated time the simulator says what time it is: each of its ticks closes the batch before it. */
static bool is_clock(struct feed *f, const struct message *m)
{
    if (!f->clock_topic || m->topic_length != strlen(f->clock_topic) || memcmp(m->topic, f->clock_topic, m->topic_length) != 0)
        return false;
    struct value v;
    bool overflow;
    double number;
    if (!m->payload || !number_read(m->payload, m->payload_length, &v, &overflow) || !value_number(v, &number) || number < 0 || number > 4e15) {
        log_limited(LOG_LEVEL_WARNING, "clock", "clock topic %s: not a time in milliseconds", f->clock_topic);
        return true;
    }
    int64_t now = (int64_t)number;
    int64_t elapsed = f->begun ? now - f->closed_wall : 0;
    if (!f->begun && model_wall(f->model))
        begin_stream(f, now);
    f->begun = true;
    f->closed_wall = now;
    fold(f, now, elapsed < 0 ? 0 : elapsed);
    return true;
}

static void take_message(struct feed *f, struct message m)
{
    if (is_clock(f, &m))
        return;
    if (f->clock_topic) {
        m.arrival_ms = f->closed_wall;
        if (!f->begun)
            return; /* no time yet: nothing can be dated */
    }
    ingest_message(f->ingest, &m);
}

static void note_lag(struct feed *f, int64_t arrival_ms)
{
    int64_t wall = clock_wall_ms();
    f->lag_ms = wall > arrival_ms ? wall - arrival_ms : 0;
    int64_t minute = wall / 60000;
    if (minute != f->lag_minute) {
        f->lag_old_ms = minute == f->lag_minute + 1 ? f->lag_max_ms : 0;
        f->lag_max_ms = 0;
        f->lag_minute = minute;
    }
    if (f->lag_ms > f->lag_max_ms)
        f->lag_max_ms = f->lag_ms;
}

static const struct source *source_of(const struct feed *f, const char *name)
{
    for (size_t i = 0; i < model_source_count(f->model); i++)
        if (strcmp(model_source(f->model, i)->name, name) == 0)
            return model_source(f->model, i);
    return NULL;
}

/* Messages a minute of what is configured of a broker, as it was before it was lost. */
static double rate_of(const struct feed *f, uint16_t broker)
{
    double sum = 0;
    for (size_t b = 0; b < f->plant->binding_count; b++) {
        const struct plant_binding *binding = &f->plant->bindings[b];
        float most = 0;
        for (size_t t = 0; t < binding->field_count; t++) {
            float rate = model_tag(f->model, binding->fields[t].tag)->per_minute;
            most = rate > most ? rate : most;
        }
        if (binding->broker == broker || binding->broker == ANY_BROKER)
            sum += (double)most;
    }
    return sum;
}

/* Has the broker kept all that came since it was lost? It has thrown away without a word what was more than it keeps for one client: so twice as much must
 * fit as was to be expected. */
static bool is_whole(const struct feed *f, uint16_t broker, const char *name, int64_t now)
{
    const struct source *source = source_of(f, name);
    if (!source || source->alive || !source->whole)
        return false;
    double expected = rate_of(f, broker) * (double)(now - source->since_ms) / 60000;
    bool fits = 2 * expected <= f->plant->brokers[broker].session_messages;
    if (!fits)
        log_line(LOG_LEVEL_WARNING, "%s: about %.0f messages came meanwhile, and it may keep fewer (session_messages): there is a gap", name, expected);
    return fits;
}

/* The time of a clock that is kept with all else goes on where it was. */
static void resume(struct feed *f, uint16_t broker, const char *name, int64_t now)
{
    if (!f->begun && model_wall(f->model)) {
        begin_stream(f, f->closed_wall);
        f->begun = true;
    }
    if (!f->begun || broker >= f->plant->broker_count)
        return;
    if (ingest_pending(f->ingest)) /* the death may be in the open batch */
        feed_close_batch(f);
    ingest_resumed(f->ingest, broker, is_whole(f, broker, name, now));
}

static void take_link(struct feed *f, const struct mqtt_event *e)
{
    bool up = e->kind != MQTT_LINK_DOWN;
    uint16_t broker = e->message.broker;
    const char *name = broker < f->plant->broker_count ? f->plant->brokers[broker].name : "?";
    char source[64];
    snprintf(source, sizeof source, "broker:%s", name);
    int64_t now = f->clock_topic ? f->closed_wall : clock_wall_ms();
    if (e->kind == MQTT_LINK_RESUMED)
        resume(f, broker, source, now);
    else
        ingest_resumed(f->ingest, broker, false);
    ingest_record(f->ingest, (struct record){.kind = up ? RECORD_BIRTH : RECORD_DEATH, .code = up ? 0 : DEATH_WHOLE, .time_ms = now}, source, e->reason);
}

static void take_overflow(struct feed *f, const struct mqtt_event *e)
{
    char topic[64];
    text_gate(e->message.topic ? e->message.topic : "", e->message.topic ? e->message.topic_length : 0, topic, sizeof topic, NULL);
    ingest_drop(f->ingest, DROP_QUEUE_FULL, e->count, topic);
    log_limited(LOG_LEVEL_WARNING, "queue-full", "broker queue full: %" PRIu64 " messages lost, the first from %s", e->count, topic);
}

static void on_tick(void *arg)
{
    struct feed *f = arg;
    int64_t now = clock_monotonic_ms();
    loop_timer_at(f->loop, f->tick_timer, now + mqtt_tick(f->mqtt, now));
}

static void take_event(struct feed *f, const struct mqtt_event *e)
{
    if (f->away_ms > 0 && !f->clock_topic) /* what comes now comes after the gap */
        feed_close_batch(f);
    switch (e->kind) {
    case MQTT_MESSAGE: take_message(f, e->message); break;
    case MQTT_OVERFLOW: take_overflow(f, e); break;
    case MQTT_LINK_UP:
    case MQTT_LINK_RESUMED:
    case MQTT_LINK_DOWN: take_link(f, e); break;
    }
}

static void on_messages(void *arg)
{
    struct feed *f = arg;
    struct mqtt_event e;
    int64_t until = clock_monotonic_ms() + TURN_MS;
    bool more = false;
    for (unsigned taken = 1; !more && mqtt_take(f->mqtt, &e); taken++) {
        if (e.kind == MQTT_MESSAGE && taken % TAKE_BETWEEN_LOOKS == 1)
            note_lag(f, e.message.arrival_ms);
        take_event(f, &e);
        /* a flood must not stretch a batch beyond its grid */
        if (taken % TAKE_BETWEEN_LOOKS == 0 && clock_monotonic_ms() >= f->grid_at)
            on_grid(f);
        /* nor keep the loop from screens and signals: a broker that is faster than we are never lets the queue run dry */
        more = taken % TAKE_BETWEEN_LOOKS == 0 && clock_monotonic_ms() >= until;
    }
    if (more)
        loop_timer_at(f->loop, f->more_timer, clock_monotonic_ms());
    on_tick(f);
    /* a timer that stands is early enough, unless there was nothing pending when it was set */
    if (ingest_pending(f->ingest) && f->grid_at - clock_monotonic_ms() > BATCH_GRID_MS)
        schedule(f);
}

/* Of brokers that keep what comes from now on: whoever goes on must know that all before it is here. */
static void tell_leaving(struct feed *f)
{
    char name[64];
    bool told = false;
    int64_t now = f->clock_topic ? f->closed_wall : clock_wall_ms();
    for (size_t b = 0; b < f->plant->broker_count; b++) {
        snprintf(name, sizeof name, "broker:%s", f->plant->brokers[b].name);
        const struct source *source = source_of(f, name);
        if (!f->sessions || f->plant->brokers[b].session_ms == 0 || !source || !source->alive)
            continue;
        ingest_record(f->ingest, (struct record){.kind = RECORD_DEATH, .code = DEATH_WHOLE, .time_ms = now}, name, "the collector leaves");
        told = true;
    }
    if (told)
        feed_close_batch(f);
}

void feed_leave(struct feed *f)
{
    struct mqtt_event e;
    loop_unwatch(f->loop, f->mqtt_watch);
    f->mqtt_watch = -1;
    mqtt_leave(f->mqtt);
    while (mqtt_take(f->mqtt, &e))
        take_event(f, &e);
    if (ingest_pending(f->ingest))
        feed_close_batch(f);
    tell_leaving(f);
}

/* ---- life ---- */

static bool connect_brokers(struct feed *f, const struct plant *plant, bool go_on, struct error *err)
{
    struct mqtt *mqtt = mqtt_create(plant, f->identity, err);
    if (!mqtt)
        return false;
    f->mqtt = mqtt;
    f->linked = plant;
    if (f->sessions)
        mqtt_sessions(mqtt, go_on);
    f->mqtt_watch = loop_watch(f->loop, mqtt_fd(mqtt), LOOP_READ, on_messages, f);
    if (f->on_links)
        f->on_links(f->arg, f);
    on_tick(f);
    return true;
}

bool feed_keep(struct feed *f, uint16_t broker, const char *topic, const char *payload)
{
    return f->mqtt && mqtt_keep(f->mqtt, broker, topic, payload);
}

bool feed_keep_light(struct feed *f, uint16_t broker, const char *topic, const char *payload)
{
    return f->mqtt && mqtt_keep_light(f->mqtt, broker, topic, payload);
}

void feed_will(struct feed *f, uint16_t broker, const char *topic, const char *payload)
{
    if (f->mqtt)
        mqtt_will(f->mqtt, broker, topic, payload);
}

/* What came over links that are taken down on purpose is as unconfirmed as over lost ones. */
static void note_links_gone(struct feed *f)
{
    char source[64];
    for (size_t i = 0; i < f->linked->broker_count; i++) {
        snprintf(source, sizeof source, "broker:%s", f->linked->brokers[i].name);
        ingest_record(f->ingest, (struct record){.kind = RECORD_DEATH, .time_ms = f->clock_topic ? f->closed_wall : clock_wall_ms()}, source, "the brokers' configuration changed");
    }
}

static void disconnect_brokers(struct feed *f)
{
    loop_unwatch(f->loop, f->mqtt_watch);
    f->mqtt_watch = -1;
    loop_timer_at(f->loop, f->tick_timer, INT64_MAX);
    loop_timer_at(f->loop, f->more_timer, INT64_MAX);
    mqtt_destroy(f->mqtt);
    f->mqtt = NULL;
}

struct feed *feed_create(struct loop *loop, const struct feed_options *o, struct error *err)
{
    struct feed *f = mem_zero(1, sizeof *f);
    *f = (struct feed){.loop = loop, .plant = o->plant, .sessions = o->sessions, .on_batch = o->on_batch, .on_links = o->on_links, .arg = o->arg, .mqtt_watch = -1, .grid_at = INT64_MAX};
    bool same = o->model_take && model_config_id(o->model_take) == o->plant->id;
    f->identity = mem_text(o->identity);
    f->clock_topic = o->clock_topic ? mem_text(o->clock_topic) : NULL;
    f->model = o->model_take ? o->model_take : model_create(o->plant);
    if (model_plant(f->model) != o->plant)
        model_configure(f->model, o->plant);
    f->told_samples = model_samples(f->model);
    f->ingest = ingest_resume(o->plant, f->model, o->past);
    f->grid_timer = loop_timer(loop, on_grid, f);
    f->tick_timer = loop_timer(loop, on_tick, f);
    f->more_timer = loop_timer(loop, on_messages, f);
    f->closed_mono = f->told_mono = clock_monotonic_ms();
    int64_t wall = clock_wall_ms();
    f->anchor = wall - f->closed_mono;
    f->begun = !f->clock_topic;
    f->closed_wall = f->begun ? wall : model_wall(f->model);
    uint8_t boot[16];
    clock_boot_id(boot);
    ingest_boot(f->ingest, boot);
    ingest_record(f->ingest, (struct record){.kind = RECORD_CONFIG, .value = value_uint(o->plant->id)}, "", o->config);
    if (f->begun || model_wall(f->model) == 0)
        begin_stream(f, floor_to(f->closed_wall, BATCH_GRID_MS)); /* as the batch will have it, or the gap would begin too early */
    if (!connect_brokers(f, o->plant, same, err)) {
        feed_destroy(f);
        return NULL;
    }
    schedule(f);
    return f;
}

void feed_destroy(struct feed *f)
{
    if (!f)
        return;
    disconnect_brokers(f);
    loop_timer_remove(f->loop, f->grid_timer);
    loop_timer_remove(f->loop, f->tick_timer);
    loop_timer_remove(f->loop, f->more_timer);
    ingest_destroy(f->ingest);
    model_destroy(f->model);
    free(f->identity);
    free(f->clock_topic);
    free(f);
}

void feed_watched(struct feed *f, bool watched)
{
    f->watched = watched;
    schedule(f);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_broker(const struct plant_broker *a, const struct plant_broker *b)
{
    const char *texts_a[] = {a->name, a->url, a->ca, a->cert, a->key, a->user, a->password_file, a->password_env, a->client_id, a->server_name};
    const char *texts_b[] = {b->name, b->url, b->ca, b->cert, b->key, b->user, b->password_file, b->password_env, b->client_id, b->server_name};
    for (size_t i = 0; i < sizeof texts_a / sizeof texts_a[0]; i++)
        if (!same_text(texts_a[i], texts_b[i]))
            return false;
    if (a->verify != b->verify || a->version != b->version || a->qos != b->qos || a->session_ms != b->session_ms || a->keepalive_ms != b->keepalive_ms
        || a->connect_timeout_ms != b->connect_timeout_ms || a->backoff_max_ms != b->backoff_max_ms || a->subscribe_count != b->subscribe_count)
        return false;
    for (size_t i = 0; i < a->subscribe_count; i++)
        if (!same_text(a->subscribe[i], b->subscribe[i]))
            return false;
    return true;
}

static bool same_brokers(const struct plant *a, const struct plant *b)
{
    if (a->broker_count != b->broker_count || a->bounds.limit[BOUND_QUEUE_BYTES] != b->bounds.limit[BOUND_QUEUE_BYTES])
        return false;
    for (size_t i = 0; i < a->broker_count; i++)
        if (!same_broker(&a->brokers[i], &b->brokers[i]))
            return false;
    return true;
}

bool feed_configure(struct feed *f, const struct plant *plant, const char *from, struct error *err)
{
    if (!same_brokers(f->linked, plant)) {
        const struct plant *before = f->linked;
        note_links_gone(f);
        disconnect_brokers(f);
        if (!connect_brokers(f, plant, false, err) && !connect_brokers(f, before, false, NULL)) /* one of the two was good a moment ago */
            log_line(LOG_LEVEL_ERROR, "no broker can be connected any more: restart the collector");
        if (f->linked == before)
            return false;
    }
    if (ingest_pending(f->ingest))
        feed_close_batch(f);
    f->plant = plant;
    model_configure(f->model, plant);
    ingest_configure(f->ingest, plant, from);
    schedule(f);
    return true;
}

int64_t feed_wall(const struct feed *f)
{
    return f->clock_topic ? f->closed_wall : clock_wall_ms();
}

void feed_action(struct feed *f, const char *name, const char *target, const char *who, struct value value)
{
    ingest_action(f->ingest, (struct record){.time_ms = feed_wall(f), .value = value}, name, target, who);
    schedule(f);
}

void feed_act(struct feed *f, const struct action *action)
{
    ingest_act(f->ingest, action);
    schedule(f);
}

void feed_drop(struct feed *f, enum drop reason, uint64_t count, const char *example)
{
    ingest_drop(f->ingest, reason, count, example);
    schedule(f);
}

const struct plant *feed_linked(const struct feed *f)
{
    return f->linked;
}

struct model *feed_model(struct feed *f)
{
    return f->model;
}

const struct ingest *feed_ingest(const struct feed *f)
{
    return f->ingest;
}

void feed_health(struct feed *f, struct health *h)
{
    int64_t now = clock_monotonic_ms();
    double seconds = now > f->told_mono ? (double)(now - f->told_mono) / 1000.0 : 1.0;
    uint64_t messages = ingest_messages(f->ingest), samples = model_samples(f->model);
    h->messages_per_second = (double)(messages - f->told_messages) / seconds;
    h->samples_per_second = (double)(samples - f->told_samples) / seconds;
    f->told_mono = now;
    f->told_messages = messages;
    f->told_samples = samples;
    h->lag_ms = f->lag_ms;
    h->lag_max_ms = f->lag_max_ms > f->lag_old_ms ? f->lag_max_ms : f->lag_old_ms;
    if (f->mqtt)
        mqtt_health(f->mqtt, h);
    ingest_fill(f->ingest, h->fill);
}
