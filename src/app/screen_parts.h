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

enum { PROMPT_BYTES = 640, HISTORY = 32, ACT_TARGETS = 64 };

/* A line being typed: ':' or '/' and what follows, or a question and its answer. */
struct prompt {
    char line[PROMPT_BYTES];     /* begins with its head; "" when nothing is typed */
    size_t head;                 /* bytes of it that stand: 1, or a question's */
    size_t cursor;               /* byte in the line */
    char history[HISTORY][PROMPT_BYTES]; /* of commands, newest last */
    size_t history_count, history_at;
    char typed[PROMPT_BYTES];    /* what Tab began with */
    size_t turn;                 /* how often Tab was pressed since */
    char before[FILTER_BYTES];   /* the filter before `/` */
};

enum question { ASK_NOTHING, ASK_WHO, ASK_DURATION, ASK_MOMENT, ASK_COMMENT };

/* What somebody is about to do; screen_act.c. */
struct acting {
    enum question question;      /* that stands in the prompt */
    bool ask_duration, ask_moment, ask_comment; /* still to be asked */
    bool must;                   /* the comment may not be empty */
    struct action action;        /* kind and comment */
    int64_t span_ms;             /* how long; 0: without end */
    char offer[24];              /* the moment that Tab offers, "" for none */
    struct action targets[ACT_TARGETS];
    size_t target_count;
};

struct screen {
    struct loop *loop;
    struct screen_options options;
    struct terminal *terminal;
    struct theme theme;
    struct grid *grid;
    struct compose compose;
    struct prompt prompt;
    struct acting acting;
    int64_t who_until;           /* wall: when the shift ends that compose.who signed on for */
    struct layout layout;        /* the user's saved sets, as last read */
    char drops[LAYOUT_SETS][LAYOUT_NAME + 8]; /* "drop NAME", for completion */
    bool showing, dirty, leaving;
    int status;
    int input_watch, frame_timer, thaw_timer, message_timer, play_timer;
    struct librarian *librarian; /* NULL: there is no history */
    struct travel travel;
    struct learning *learning;   /* what :learn found; NULL: it was not asked for */
    struct backtest_shown *backtest; /* what :backtest asked last; NULL: nothing */
    int64_t esc_at;              /* monotonic: the last Esc */
    int64_t drawn_at;            /* monotonic: the last frame */
    uint32_t sounding;           /* alarms that sounded then */
    bool hurried, hurries;       /* it came early, for a new alarm; the next one will */
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
void screen_play(struct screen *s, double speed);
void screen_play_next(struct screen *s);
/* What is shown is a capture that plays: its speed, 0 when it stands; negative: it is none. */
double screen_tape_speed(const struct screen *s);
/* Back and on by messages, of a capture. */
void screen_messages(struct screen *s, int64_t count);

/* ---- screen_backtest.c ---- */
bool screen_backtest(struct screen *s, const char *argument, struct error *err);
/* Before a frame is composed: takes what has come; lets go of what nobody looks at any more. */
void backtest_before_frame(struct screen *s);
void backtest_end(struct screen *s);

/* ---- screen_learn.c ---- */
/* Opens the proposals, or changes the selected one. */
bool screen_learn(struct screen *s, const char *argument, struct error *err);
const char *screen_learn_choice(const struct screen *s, size_t n);
/* A batch was folded: what it says of tags that nobody configured is listened to. */
void learn_folded(struct screen *s, const struct model *model, const struct batch *batch);
/* Does what a key asked for, before the next one is read. */
void learn_answer(struct screen *s);
/* Before a frame is composed: lets go when the view is closed. */
void learn_before_frame(struct screen *s);
void learn_end(struct screen *s);

/* ---- screen_trends.c ---- */
/* Reads the user's sets; false when they were damaged, and are now none. */
bool screen_trends_load(struct screen *s, struct error *err);
/* Writes the layout as it is now. */
bool screen_layout_store(struct screen *s, struct error *err);
/* NAME, save NAME or drop NAME. */
bool screen_trend(struct screen *s, const char *argument, struct error *err);
const char *screen_trend_choice(const struct screen *s, size_t n);

/* ---- screen_panels.c ---- */
/* What follows :panel; "" begins to edit. */
bool screen_panel(struct screen *s, const char *argument, struct error *err);
bool screen_panel_complete(const struct screen *s, const char *typed, size_t n, char *out, size_t cap);
/* The layout was read or changed: compose shows these views. */
void screen_panels_show(struct screen *s);
/* The screen ends: what was changed and not saved is kept as a view of its own. */
void screen_panels_leave(struct screen *s);

/* ---- screen_act.c ---- */
/* A view asks for it: compose's `act`. */
void screen_act(void *screen, const struct action *action);
/* A typed one. */
bool screen_act_typed(struct screen *s, enum action_kind kind, const char *argument, struct error *err);
/* Signs on until the shift ends; "" tells who did. */
bool screen_who(struct screen *s, const char *name, struct error *err);
/* The answer to the question that stands. False: err tells what is wrong with it. */
bool act_answer(struct screen *s, const char *text, struct error *err);
void act_cancel(struct screen *s);
/* The n-th answer that Tab offers; NULL at the end. */
const char *act_choice(const struct screen *s, size_t n);
void act_before_frame(struct screen *s);
/* The parts of a typed action: a new one of a kind, without targets; what is typed as its comment; the next word, *rest is behind it; and what is done
 * when its target stands in targets[0]. */
struct action *act_prepare(struct screen *s, enum action_kind kind);
bool act_comment(struct screen *s, const char *text, struct error *err);
bool act_word(const char **rest, char *out, size_t cap);
void act_begin(struct screen *s);
/* The living plant's model. */
const struct model *act_model(const struct screen *s);
/* Why nothing can be done on this screen now; REFUSAL_NONE: something can. */
enum refusal act_refused(const struct screen *s);

/* ---- screen_work.c ---- */
/* Of the selected stop. */
bool screen_stop_typed(struct screen *s, enum action_kind kind, const char *argument, struct error *err);
bool screen_reason(struct screen *s, const char *argument, struct error *err);
const char *screen_reason_choice(const struct screen *s, size_t n);
/* The moment at which a stop is split: into its action's until_ms. */
bool act_moment(struct screen *s, const char *text, struct error *err);
/* "10:31 - now", and a moment in the middle. */
void act_stop_texts(struct screen *s, char span[64], char middle[24]);
bool screen_call(struct screen *s, const char *argument, struct error *err);
const char *screen_call_choice(const struct screen *s, size_t n);
bool screen_replaced(struct screen *s, const char *argument, struct error *err);
const char *screen_due_choice(const struct screen *s, size_t n);
/* Takes or closes the selected call, else the one that waits longest at the selected place. */
bool screen_call_typed(struct screen *s, enum action_kind kind, const char *comment, struct error *err);
/* `word` is what is corrected: good, reject, rework. */
bool screen_quantity(struct screen *s, const char *word, const char *argument, struct error *err);
bool screen_note(struct screen *s, const char *text, struct error *err);

/* ---- screen_input.c ---- */
/* Begins a command as if it had been typed. */
void prompt_open(struct screen *s, const char *line);
/* Puts a question into the line. */
void prompt_ask(struct screen *s, const char *question);
void input_ready(void *screen);
/* A view wants a command run, or put into the line. */
void command_of_view(void *screen, const char *line, bool run);

#endif
