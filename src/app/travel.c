/*
 * A struct travel is live (no shot, not away), on its way (away, loading) or there (a shot). The old picture stays until the next one has
 * come. `target_ms` runs ahead of it: keys step from what was asked for, so that a held key goes as far as it was pressed.
 */
#include "app/travel.h"

#include <stdio.h>
#include <string.h>

#include "core/timestamp.h"

enum { TURN_MS = 200, AHEAD_TURNS = 50 };

void travel_init(struct travel *t, struct origin live, struct librarian *librarian, const char *why)
{
    *t = (struct travel){.live = live, .librarian = librarian, .why = why};
}

static int64_t live_wall(const struct travel *t)
{
    return model_wall(t->live.model(t->live.self));
}

static void drop_shot(struct travel *t)
{
    if (t->shot)
        librarian_return(t->librarian, t->shot);
    t->shot = NULL;
}

void travel_live(struct travel *t)
{
    if (t->librarian && t->away)
        librarian_stay(t->librarian);
    drop_shot(t);
    t->away = t->loading = false;
    t->speed = 0;
}

void travel_finish(struct travel *t)
{
    travel_live(t);
}

static void ask(struct travel *t)
{
    t->away = t->loading = true;
    librarian_travel(t->librarian, (int64_t)t->target_ms, t->speed > 0 ? (int64_t)t->speed * TURN_MS * AHEAD_TURNS : 0);
}

bool travel_to(struct travel *t, int64_t ms, struct error *err)
{
    if (!t->librarian)
        return error_set(err, "%s", t->why);
    if (ms >= live_wall(t)) {
        travel_live(t);
        return true;
    }
    t->target_ms = (double)(ms > 0 ? ms : 0);
    t->stepping = false;
    ask(t);
    return true;
}

bool travel_step(struct travel *t, int64_t ms, struct error *err)
{
    if (!t->away && ms > 0)
        return error_set(err, "this is live: there is nothing after it yet");
    if (!travel_to(t, (t->away ? (int64_t)t->target_ms : live_wall(t)) + ms, err))
        return false;
    t->stepping = ms < 0;
    return true;
}

bool travel_play(struct travel *t, int speed, int64_t now_mono, struct error *err)
{
    if (!t->away)
        return error_set(err, "%s", t->librarian ? "this is live: go back first, with [ or :at" : t->why);
    t->speed = speed < 0 ? 0 : speed > TRAVEL_SPEED_MOST ? TRAVEL_SPEED_MOST : speed;
    t->played_at = now_mono;
    return true;
}

/* While a moment is loading its time does not pass: a slow disk plays slower, and leaves nothing out. */
bool travel_tick(struct travel *t, int64_t now_mono)
{
    if (!t->away || t->speed == 0)
        return false;
    if (t->loading) {
        t->played_at = now_mono;
        return false;
    }
    if (now_mono - t->played_at < TURN_MS)
        return false;
    t->target_ms += (double)(now_mono - t->played_at) * t->speed;
    t->played_at = now_mono;
    return travel_to(t, (int64_t)t->target_ms, NULL);
}

static void tell_first(const struct travel *t, int64_t first_ms, struct error *err)
{
    const struct zone *zone = &model_plant(t->live.model(t->live.self))->zone;
    char first[48];
    date_clock_text(zone, first_ms, first);
    error_set(err, "kept since %.20s: nothing %s", first + strlen("Sat "), t->stepping ? "older" : "of that moment"); /* cut, the beginning tells most */
}

/* A step goes as far as there is something; who named a moment is told, and stays. */
static void not_there(struct travel *t, const struct shot *shot, struct error *err)
{
    if (shot->first_ms)
        tell_first(t, shot->first_ms, err);
    else
        error_set(err, "%.160s", shot->said);
    t->speed = 0;
    if (shot->first_ms && t->stepping && travel_to(t, shot->first_ms, NULL))
        return;
    if (t->shot)
        t->target_ms = (double)model_wall(t->shot->model);
    else
        travel_live(t);
}

bool travel_arrived(struct travel *t, struct error *err)
{
    struct shot *shot = t->librarian ? librarian_shot(t->librarian) : NULL;
    error_set(err, "%s", "");
    if (!shot)
        return false;
    if (!t->away || (!shot->model && shot->asked_ms != (int64_t)t->target_ms)) {
        librarian_return(t->librarian, shot);
        return false;
    }
    t->loading = shot->asked_ms != (int64_t)t->target_ms;
    if (shot->model) {
        drop_shot(t);
        t->shot = shot;
        return true;
    }
    not_there(t, shot, err);
    librarian_return(t->librarian, shot);
    return true;
}

const struct past_scene *travel_scene(struct travel *t)
{
    if (!t->away)
        return NULL;
    t->scene = (struct past_scene){.target_ms = (int64_t)t->target_ms, .live_ms = live_wall(t), .loading = t->loading, .arrived = t->shot != NULL,
        .speed = t->speed, .said = t->shot ? t->shot->said : ""};
    return &t->scene;
}

uint64_t travel_seq(const struct travel *t)
{
    return t->shot ? model_seq(t->shot->model) : 0;
}

/* ---- as an origin ---- */

static const struct model *origin_model(const void *self)
{
    const struct travel *t = self;
    return t->shot ? t->shot->model : t->live.model(t->live.self);
}

/* The process is the one of today: whoever draws it says so. */
static const struct health *origin_health(const void *self)
{
    const struct travel *t = self;
    return t->live.health(t->live.self);
}

static void origin_watch(void *self, const char *key)
{
    struct travel *t = self;
    t->live.watch(t->live.self, key);
}

/* Payloads are not kept. */
static void origin_raw(const void *self, char *topic, size_t topic_cap, char *payload, size_t payload_cap)
{
    const struct travel *t = self;
    topic[0] = payload[0] = '\0';
    if (!t->shot)
        t->live.raw(t->live.self, topic, topic_cap, payload, payload_cap);
}

static void origin_banner(const void *self, char *out, size_t cap)
{
    const struct travel *t = self;
    t->live.banner(t->live.self, out, cap);
}

/* What was cannot be changed. */
static enum refusal origin_acts(void *self, const struct action *action)
{
    struct travel *t = self;
    return t->away ? REFUSAL_PAST : origin_act(&t->live, action);
}

static size_t origin_pendings(const void *self, const struct pending_action **out)
{
    const struct travel *t = self;
    return origin_pending(&t->live, out);
}

static const struct rights *origin_right(const void *self)
{
    const struct travel *t = self;
    return origin_rights(&t->live);
}

struct origin travel_origin(struct travel *t)
{
    return (struct origin){.act = origin_acts, .pending = origin_pendings, .rights = origin_right,
        .self = t, .model = origin_model, .health = origin_health, .watch = origin_watch, .raw = origin_raw, .banner = origin_banner};
}
