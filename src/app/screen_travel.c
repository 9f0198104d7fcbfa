/*
 * How a screen goes back in time: the librarian's answers and pictures reach it here, and so do the keys and the clock of the play. The
 * travel itself is in travel.c, which knows neither keys nor clocks.
 */
#include "app/screen_parts.h"

#include <stdio.h>

#include "io/clock.h"

enum { PLAY_TURN_MS = 200 };

static const int speeds[] = {1, 10, 60}, tape_speeds[] = {1, 10, 100};

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
    travel_init(&s->travel, live, s->librarian, "there is no history here: nothing to go back to");
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

static const struct origin_tape *tape_of(const struct screen *s)
{
    return s->travel.live.tape;
}

double screen_tape_speed(const struct screen *s)
{
    return tape_of(s) ? tape_of(s)->speed(s->travel.live.self) : -1;
}

bool screen_travel(struct screen *s, int64_t ms, struct error *err)
{
    if (tape_of(s) ? !tape_of(s)->to(s->travel.live.self, ms, err) : !travel_to(&s->travel, ms, err))
        return false;
    compose_thaw(&s->compose);
    frame_soon(s, true);
    return true;
}

void screen_step(struct screen *s, int64_t ms)
{
    struct error err;
    bool good = tape_of(s) ? tape_of(s)->step(s->travel.live.self, ms, &err) : travel_step(&s->travel, ms, &err);
    moved(s, good, &err);
}

void screen_messages(struct screen *s, int64_t count)
{
    struct error err;
    bool good = tape_of(s) ? tape_of(s)->messages(s->travel.live.self, count, &err) : error_set(&err, "messages are stepped in a capture: andon replay");
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

void screen_play(struct screen *s, double speed)
{
    struct error err;
    bool good = tape_of(s) ? tape_of(s)->play(s->travel.live.self, speed, &err) : travel_play(&s->travel, (int)speed, clock_monotonic_ms(), &err);
    moved(s, good, &err);
    loop_timer_at(s->loop, s->play_timer, good && s->travel.speed ? clock_monotonic_ms() : INT64_MAX);
}

void screen_play_next(struct screen *s)
{
    const int *all = tape_of(s) ? tape_speeds : speeds;
    double now = tape_of(s) ? screen_tape_speed(s) : s->travel.speed;
    int next = 0;
    for (size_t i = sizeof speeds / sizeof speeds[0]; i-- > 0;)
        if (all[i] > now)
            next = all[i];
    screen_play(s, next);
}

void screen_folded(void *arg, const struct model *model, const struct batch *batch)
{
    struct screen *s = arg;
    if (s->librarian)
        librarian_batch(s->librarian, model, batch);
    learn_folded(s, model, batch);
}
