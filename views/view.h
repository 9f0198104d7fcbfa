/*
 * view: a const model in, cells out, requests back.
 *
 * A view is a const struct of functions (designated initialisers; unused slots are left out) and a zeroed state of
 * state_size bytes that the screen keeps for it. It draws on the surface it is given and knows nothing of terminals,
 * sockets or clocks: "now" is the scene's now_ms. A key that it does not want it hands back, and the screen's own keys get it.
 *
 * Adding a view: one file views/NAME.c, one row in views/registry.c, one line in views/meson.build.
 */
#ifndef ANDON_VIEWS_VIEW_H
#define ANDON_VIEWS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"
#include "core/health.h"
#include "core/model.h"
#include "core/recall.h"
#include "core/text_match.h"
#include "core/whatif_ask.h"
#include "draw/key.h"
#include "draw/surface.h"

/* A screen that travels in time: what the frame says of it. */
struct past_scene {
    int64_t target_ms;  /* the moment asked for */
    int64_t live_ms;    /* the living plant's */
    bool loading;       /* it is not there yet: an older picture stands */
    bool arrived;       /* what is drawn is of the past; false: still live, on the way */
    int speed;          /* it plays, so many times as fast as it was; 0: it stands */
    const char *said;   /* what must be known about the picture, "" for nothing */
};

/* A back-test that was asked for. */
struct trial_scene {
    const struct whatif_ask *ask;
    const struct whatif_counts *counts; /* of the first `done` variants */
    size_t done;
    int64_t from_ms, to_ms;
    const char *said;   /* why it ended without all of them, "" for nothing */
};

enum { FOCUS_STOPS = 208 };

/* What a screen is looking at. Paths, not indices: they survive a reload. */
struct focus {
    char node[KEY_BYTES]; /* path of a site, area, line or unit; "" for none */
    char tag[KEY_BYTES];  /* key of a tag; "" for none */
    char alarm[ALARM_KEY_BYTES]; /* key of an alarm; "" for none */
    int64_t at_ms;        /* a moment that matters, of a raise or a stop; 0: none */
    char stops[FOCUS_STOPS]; /* which stops: "" all, "?" without a reason, "=" and what is said of them, "#" and the name of a loss */
    int64_t from_ms, to_ms; /* a stretch of time that matters; both 0: none */
    char about[KEY_BYTES]; /* of what lies over a view: the place that it is about, and the beginning of its stop (0: what it is in now) */
    int64_t about_ms;
    char panels[PANEL_NAME]; /* which view of panels; "": the first */
};

/* Everything a view may read. Borrowed for one call. */
struct scene {
    const struct model *model;
    const struct health *health;  /* NULL: none has come */
    struct recall *recall;        /* what is asked of the past, and its answers; NULL: there is no history here */
    int64_t now_ms;               /* the moment that the screen shows as now: model_wall() */
    const struct trial_scene *trial; /* NULL: none was asked for */
    bool past;                    /* and that moment is over: the screen travels in time */
    bool tape;                    /* it is a capture that plays */
    const struct past_scene *travel; /* NULL: live, and not on the way to a moment */
    struct focus focus;
    const char *filter;           /* "" for none */
    const char *raw_topic, *raw_payload; /* of focus.tag, "" until they come; through the gate */
    const char *user;             /* whose screen it is */
    const char *who;              /* who signed on for this shift, "" for nobody */
    enum person_role role;        /* what that user may: zeroed, nothing but look */
    const struct pending_action *pending; /* oldest first */
    size_t pending_count;
    bool read_only;
    /* Something about the screen itself that must not be missed ("COLLECTOR LOST 12s"), "" for nothing. */
    const char *banner;
    const char *message;          /* the answer to the last command, "" for none */
    const char *prompt;           /* what is being typed at : or /, NULL for nothing */
    size_t prompt_cursor;         /* cells */
    bool frozen;
    const struct view *under;     /* what a view drawn over another lies on; frame_draw() fills it in */
    const struct panel_view *own; /* views of panels that the user made himself; they hide the configuration's of their names */
    size_t own_count;
};

enum request_kind {
    REQUEST_NONE,
    REQUEST_VIEW,      /* go to view `name` with this focus */
    REQUEST_FACEPLATE, /* open the faceplate of focus.tag */
    REQUEST_BACK,      /* close, or up one level */
    REQUEST_WATCH_RAW, /* send me the raw payload of focus.tag */
    REQUEST_WHY,       /* open what happened before focus.at_ms at focus.alarm, or (without one) before focus.about_ms at focus.about */
    REQUEST_TREND,     /* take focus.tag (or, without one, the key tags of focus.node) into the trends view, and go there */
    REQUEST_ACTION,    /* do `action` (kind, target, and of an occurrence its time and severity); the screen asks for what is missing. ACTION_STOP_REASON
                          without a word confirms what is proposed, where nobody has given a reason, else asks for one as REQUEST_REASON does */
    REQUEST_SAY,       /* tell `name`: why a key did nothing */
    REQUEST_COMMAND,   /* run the command line `name` */
    REQUEST_PROMPT,    /* put the command line `name` into the prompt: it goes on being typed */
    REQUEST_REASON,    /* open the list of reasons for the stop of `action` (target, occurrence_ms) */
};

struct request {
    enum request_kind kind;
    const char *name; /* static text, or the view's own */
    struct focus focus;
    struct action action;
};

/* One line of help, and of the footer while it applies. */
struct key_row {
    const char *key;   /* "Enter" */
    const char *label; /* footer: "open" */
    const char *help;  /* help: "opens the selected line" */
    int drop;          /* in the footer the highest go first when it is narrow; 0 only in help */
};

/* A key that acts: in the footer it is dim while the role, the past or a read-only screen forbids it. */
struct act_row {
    const char *key; /* of one of the view's key rows */
    enum action_kind kind;
};

/* Which of what a view lists: the selected one, or every row that is visible now. */
enum target_set { TARGET_SELECTED, TARGET_SHOWN };

struct view {
    const char *name;  /* "overview" */
    const char *title; /* "OVERVIEW" */
    const char *help;  /* one or two sentences */
    size_t state_size;
    const struct key_row *keys;
    size_t key_count;
    void (*draw)(void *state, const struct scene *scene, struct surface s);
    /* True: handled (request may be set). False: handed back. */
    bool (*key)(void *state, const struct scene *scene, struct key key, struct request *request);
    /* What this view shows, for the breadcrumb: writes e.g. "stamping > side1"; without it the title stands there. */
    void (*crumb)(const void *state, const struct scene *scene, char *out, size_t cap);
    /* What a typed action (":ack", ":ack shown") is about: fills in target, occurrence and severity as they were drawn last, at most `most` of
     * them, and as `kind` what sort of thing it is: ACTION_ACK an alarm, ACTION_STOP_REASON a stop, ACTION_QUANTITY a place and the moment to which its
     * pieces are counted, ACTION_CALL_TAKE a call, ACTION_CALL a place. Returns how many. */
    size_t (*targets)(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most);
    void (*finish)(void *state);
    const struct act_row *acts;
    size_t act_count;
    /* What a key is called in the footer now, "" where it does nothing; false: as its row says. */
    bool (*label)(const void *state, const struct scene *scene, const char *key, char *out, size_t cap);
};

extern const struct view *const view_registry[]; /* keys 1-9 and 0 in this order */
extern const size_t view_count;
const struct view *view_find(const char *name);
extern const struct view faceplate_view;         /* drawn over another view, not in the registry */
extern const struct view why_view;               /* the like */
extern const struct view reasons_view;           /* the like: of the stop of focus.about that began at focus.about_ms */
extern const struct view calls_view;             /* the like: of focus.about, and those that are open everywhere */
extern const struct view soon_view;              /* the like: what will be due */
extern const struct view backtest_view;          /* the like, of scene->trial */
extern const struct view help_view;

/* Draws a whole screen: header (plant, view, time, link, drops), banner, the view, message or prompt, footer. `over` is a
 * view drawn on top in a frame (faceplate, help), or NULL. Too small a surface gets one line that says so. */
void frame_draw(struct surface s, const struct scene *scene, const struct view *view, void *state, const struct view *over, void *over_state);
/* The least size that frame_draw() can use. */
enum { FRAME_LEAST_W = 30, FRAME_LEAST_H = 8 };
/* Keys that work in every view: help, footer and man page read it. */
extern const struct key_row frame_keys[];
extern const size_t frame_key_count;
/* Those that travel in time; in the footer while it is not live. */
extern const struct key_row frame_past_keys[];
extern const size_t frame_past_key_count;
/* Those that move in a capture. */
extern const struct key_row frame_tape_keys[];
extern const size_t frame_tape_key_count;

#endif
