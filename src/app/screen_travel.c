/*
 * How a screen goes back in time: the librarian's answers and pictures reach it here, and so do the keys and the clock of the play. The
 * travel itself is in travel.c, which knows neither keys nor clocks.
 */
#include "app/screen_parts.h"

#include <stdio.h>

#include "io/clock.h"

enum { PLAY_TURN_MS = 200 };

static const int speeds[] = {1, 10, 60};

static void on_play(void *arg)
{
    struct screen *s = arg;
    if (s->travel.speed == 0)
        return;
    loop_timer_at(s->loop, s->play_timer, clock_monotonic_ms() + PLAY_TURN_MS);
    if (!travel_tick(&s->travel, clock_monotonic_ms()))
        return;
    if (!s->travel.away)
        screen_say(s, "caught up: this is live");
    frame_soon(s, false);
}

/* A frozen copy borrows the plant of the picture that goes. */
static void on_librarian(void *arg)
{
    struct screen *s = arg;
    struct error err;
    if (!s->showing)
        return;
    if (travel_arrived(&s->travel, &err)) {
        compose_thaw(&s->compose);
        if (err.text[0])
            screen_say(s, err.text);
    }
    frame_soon(s, s->travel.away);
}

void travel_begin(struct screen *s, struct origin live)
{
    s->play_timer = loop_timer(s->loop, on_play, s);
    if (s->options.history)
        s->librarian = librarian_create(&(struct librarian_options){.loop = s->loop, .path = s->options.history, .bundle = s->options.bundle,
            .changed = on_librarian, .arg = s});
    travel_init(&s->travel, live, s->librarian, "a capture keeps no history: there is nothing to go back to");
}

void travel_end(struct screen *s)
{
    backtest_end(s);
    travel_finish(&s->travel);
    librarian_destroy(s->librarian);
    s->librarian = NULL;
    loop_timer_remove(s->loop, s->play_timer);
    s->play_timer = -1;
}

void travel_before_frame(struct screen *s)
{
    s->compose.travel = travel_scene(&s->travel);
    if (!s->librarian)
        return;
    librarian_until(s->librarian, travel_seq(&s->travel));
    s->compose.recall = librarian_recall(s->librarian);
    if (!s->travel.shot)
        librarian_refresh(s->librarian, s->travel.live.model(s->travel.live.self));
}

void travel_after_frame(struct screen *s)
{
    if (s->librarian)
        librarian_fetch(s->librarian);
}

/* What is frozen must not hide where one goes. */
static void moved(struct screen *s, bool good, const struct error *err)
{
    if (good) {
        compose_thaw(&s->compose);
        screen_say(s, "");
    } else {
        screen_say(s, err->text);
    }
    frame_soon(s, true);
}

bool screen_travel(struct screen *s, int64_t ms, struct error *err)
{
    if (!travel_to(&s->travel, ms, err))
        return false;
    compose_thaw(&s->compose);
    frame_soon(s, true);
    return true;
}

void screen_step(struct screen *s, int64_t ms)
{
    struct error err;
    bool good = travel_step(&s->travel, ms, &err);
    moved(s, good, &err);
}

void screen_live(struct screen *s)
{
    if (!s->travel.away)
        return;
    compose_thaw(&s->compose);
    travel_live(&s->travel);
    frame_soon(s, true);
}

void screen_play(struct screen *s, int speed)
{
    struct error err;
    bool good = travel_play(&s->travel, speed, clock_monotonic_ms(), &err);
    moved(s, good, &err);
    loop_timer_at(s->loop, s->play_timer, good && s->travel.speed ? clock_monotonic_ms() : INT64_MAX);
}

void screen_play_next(struct screen *s)
{
    int next = 0;
    for (size_t i = sizeof speeds / sizeof speeds[0]; i-- > 0;)
        if (speeds[i] > s->travel.speed)
            next = speeds[i];
    screen_play(s, next);
}

void screen_folded(void *arg, const struct model *model, const struct batch *batch)
{
    struct screen *s = arg;
    if (s->librarian)
        librarian_batch(s->librarian, model, batch);
}
