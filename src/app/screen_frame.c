/*
 * When a frame is drawn: only when something changed, at most every frame_ms, and after a key at once, since a hand waits for it. A new alarm
 * does not wait for the rest of frame_ms either, but the frame behind it does: a flood is drawn no more often. A terminal that refuses bytes is
 * gone, and the screen with it.
 */
#include "app/screen_parts.h"

#include "io/clock.h"

enum { CALLED_MS = 20 };

/* The terminal's own cursor stands where one types: input methods open their window there. */
static void place_cursor(struct screen *s, int w, int h)
{
    bool typing = s->compose.prompt && w >= FRAME_LEAST_W && h >= FRAME_LEAST_H;
    int at = (int)s->compose.prompt_cursor;
    terminal_cursor(s->terminal, typing ? (at < w ? at : w - 1) : -1, typing ? h - 1 : -1);
}

/* A person who looks elsewhere hears of a new alarm; of the living plant only, and again when another one begins to sound. */
static void ring(struct screen *s)
{
    const struct model *model = s->compose.origin.model(s->compose.origin.self);
    uint32_t sounding = model ? model_alarm_counts(model)->sounding : 0;
    if (s->options.bell && sounding > s->sounding)
        terminal_bell(s->terminal);
    s->sounding = sounding;
}

static void draw_now(struct screen *s)
{
    int w, h;
    terminal_size(s->terminal, &w, &h);
    if (w < 1 || h < 1)
        return;
    if (!s->grid)
        s->grid = grid_create(w, h);
    else if (s->grid->w != w || s->grid->h != h)
        grid_resize(s->grid, w, h);
    s->grid->tier = s->options.ascii ? TIER_ASCII : s->options.full ? TIER_FULL : TIER_WGL4;
    s->compose.prompt = s->prompt.line[0] ? s->prompt.line : NULL;
    s->compose.thaw_ms = s->compose.frozen ? s->thaw_at - clock_monotonic_ms() : 0;
    s->compose.tape = s->travel.live.tape != NULL;
    travel_before_frame(s);
    backtest_before_frame(s);
    learn_before_frame(s);
    act_before_frame(s);
    compose_draw(&s->compose, s->grid);
    travel_after_frame(s);
    place_cursor(s, w, h);
    ring(s);
    s->dirty = false;
    s->hurried = s->hurries;
    s->hurries = false;
    s->drawn_at = clock_monotonic_ms();
    if (!terminal_present(s->terminal, s->grid))
        screen_leave(s);
}

void frame_timer_fired(void *arg)
{
    struct screen *s = arg;
    if (s->dirty && s->showing && !s->leaving)
        draw_now(s);
}

/* More alarms sound than in the last frame. */
static bool is_called(const struct screen *s)
{
    const struct model *model = s->compose.origin.model(s->compose.origin.self);
    return model && model_alarm_counts(model)->sounding > s->sounding;
}

void frame_soon(struct screen *s, bool key)
{
    s->dirty = true;
    if (!s->showing || s->leaving)
        return;
    int64_t now = clock_monotonic_ms(), wait = s->options.frame_ms;
    if (is_called(s) && wait > CALLED_MS && !s->hurried)
        wait = CALLED_MS;
    int64_t at = key ? now : s->drawn_at + wait;
    s->hurries = wait != s->options.frame_ms;
    loop_timer_at(s->loop, s->frame_timer, at > now ? at : now);
}
