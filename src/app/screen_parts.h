/*
 * screen_parts: what the screen's files and its commands share: its life (screen.c), frames (screen_frame.c), keys
 * (screen_input.c), commands (command.c). Nobody else includes this.
 */
#ifndef ANDON_APP_SCREEN_PARTS_H
#define ANDON_APP_SCREEN_PARTS_H

#include "app/compose.h"
#include "app/librarian.h"
#include "app/screen.h"
#include "app/travel.h"
#include "io/layout.h"
#include "io/terminal.h"
#include "io/theme.h"

enum { PROMPT_BYTES = 240, HISTORY = 32 };

/* A line being typed: ':' or '/' and what follows. */
struct prompt {
    char line[PROMPT_BYTES];     /* begins with ':' or '/'; "" when nothing is typed */
    size_t cursor;               /* byte in the line */
    char history[HISTORY][PROMPT_BYTES]; /* of commands, newest last */
    size_t history_count, history_at;
    char typed[PROMPT_BYTES];    /* what Tab began with */
    size_t turn;                 /* how often Tab was pressed since */
    char before[FILTER_BYTES];   /* the filter before `/` */
};

struct screen {
    struct loop *loop;
    struct screen_options options;
    struct terminal *terminal;
    struct theme theme;
    struct grid *grid;
    struct compose compose;
    struct prompt prompt;
    struct layout layout;        /* the user's saved sets, as last read */
    char drops[LAYOUT_SETS][LAYOUT_NAME + 8]; /* "drop NAME", for completion */
    bool showing, dirty, leaving;
    int status;
    int input_watch, frame_timer, thaw_timer, message_timer, play_timer;
    struct librarian *librarian; /* NULL: there is no history */
    struct travel travel;
    int64_t esc_at;              /* monotonic: the last Esc */
    int64_t drawn_at;            /* monotonic: the last frame */
    int64_t thaw_at;             /* monotonic: when a frozen picture goes on */
};

/* ---- screen.c ---- */
void screen_leave(struct screen *s);
bool screen_set_theme(struct screen *s, const char *name, struct error *err);
/* Shown in the footer for some seconds; "" takes it away. */
void screen_say(struct screen *s, const char *text);

/* ---- screen_frame.c ---- */
/* Draws when the frame timer allows; at once after a key. */
void frame_soon(struct screen *s, bool key);
void frame_timer_fired(void *screen);

/* ---- screen_travel.c ---- */
void travel_begin(struct screen *s, struct origin live);
void travel_end(struct screen *s);
/* Before and after a frame is composed. */
void travel_before_frame(struct screen *s);
void travel_after_frame(struct screen *s);
/* By a key or command; what is wrong is said. */
void screen_step(struct screen *s, int64_t ms);
void screen_live(struct screen *s);
void screen_play(struct screen *s, int speed);
void screen_play_next(struct screen *s);

/* ---- screen_trends.c ---- */
/* Reads the user's sets; false when they were damaged, and are now none. */
bool screen_trends_load(struct screen *s, struct error *err);
/* NAME, save NAME or drop NAME. */
bool screen_trend(struct screen *s, const char *argument, struct error *err);
const char *screen_trend_choice(const struct screen *s, size_t n);

/* ---- screen_input.c ---- */
void input_ready(void *screen);

#endif
