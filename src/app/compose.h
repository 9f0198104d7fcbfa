/*
 * compose: what a screen shows, without a terminal: which view, on what, what is open over it, the filter, the prompt. It
 * draws a whole frame of it into a grid. The interactive screen, `snapshot`, `replay` and the demo draw through it, so that
 * they cannot differ.
 *
 *     compose_init(&c, origin);
 *     compose_go(&c, "overview", NULL, &err);
 *     compose_draw(&c, grid);
 */
#ifndef ANDON_APP_COMPOSE_H
#define ANDON_APP_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/origin.h"
#include "core/error.h"
#include "draw/key.h"
#include "draw/surface.h"
#include "io/layout.h"
#include "views/trends.h"
#include "views/view.h"

enum { COMPOSE_VIEWS = 24, COMPOSE_DEPTH = 16, COMPOSE_MESSAGE = 192, COMPOSE_RAW = 4096 };

/* Where one is: a view and what it looks at. */
struct place {
    size_t view;
    struct focus focus;
};

struct compose {
    struct origin origin;
    void *states[COMPOSE_VIEWS];      /* by place in the view registry; made when first used */
    struct place here, last;          /* last: what `-` returns to */
    struct place stack[COMPOSE_DEPTH]; /* what Esc goes back to */
    size_t depth;
    const struct view *over;          /* faceplate or help, or NULL */
    void *over_state;
    char filter[FILTER_BYTES];
    char message[COMPOSE_MESSAGE], banner[COMPOSE_MESSAGE], user[64];
    const char *prompt;               /* borrowed; NULL: nothing is typed */
    size_t prompt_cursor;
    bool read_only, tape;             /* tape: the origin is a capture that plays */
    enum person_role role;            /* what this user may */
    char who[ACTION_WHO];             /* who signed on, "" for nobody */
    const struct pending_action *pending; /* borrowed for a frame */
    size_t pending_count;
    void (*act)(void *arg, const struct action *action); /* what a view asks to be done; NULL: nothing can be */
    void (*say)(void *arg, const char *text); /* what a view has to tell; NULL: it stands in `message` */
    void (*command)(void *arg, const char *line, bool run); /* a command line that a view wants run, or put into the prompt; NULL: there is none */
    void *act_arg;                    /* of all three */
    const struct panel_view *own;     /* borrowed: the user's own views of panels */
    size_t own_count;
    const struct past_scene *travel;  /* borrowed for a frame: another time than live; NULL: live */
    const struct trial_scene *trial;  /* borrowed: a back-test, or NULL */
    struct recall *recall;            /* borrowed: what the views want of the past; NULL: there is no history */
    struct model *frozen;             /* a copy that stands still, or NULL */
    int64_t frozen_ms;                /* wall time of the model when it was frozen */
    int64_t thaw_ms;                  /* until it goes on by itself; 0: it does not say */
    char raw_topic[1024], raw_payload[COMPOSE_RAW];
};

void compose_init(struct compose *c, struct origin origin);
void compose_finish(struct compose *c);
/* Goes to a view by name; `focus` NULL keeps what is looked at. False when there is no such view (err names them all). */
bool compose_go(struct compose *c, const char *view, const struct focus *focus, struct error *err);
/* The model that is drawn: frozen, of the past, or live. Borrowed. */
const struct model *compose_model(const struct compose *c);
/* The next view of panels after the one that is shown, else the first. False: there is none. */
bool compose_next_panels(struct compose *c);
/* What a view asked for. */
void compose_request(struct compose *c, const struct request *request);
/* What the trends view keeps. */
/* What the screen keeps of a view, which must be one of the registry. */
void *compose_state(struct compose *c, const char *view);
struct trends *compose_trends(struct compose *c);
/* Goes to the trends view, with a moment in its middle: as it is typed, timestamp_typed(). */
bool compose_go_time(struct compose *c, const char *typed, struct error *err);
/* A set of the configuration; NULL: it has none of that name. */
const struct plant_trend *compose_configured(const struct compose *c, const char *name);
/* Goes to the trends view with a saved set: one of the user's, else one of the configuration's. */
bool compose_trend(struct compose *c, const char *name, const struct layout *layout, struct error *err);
/* Closes what is open, clears the filter, or goes up one level; false when there was nothing of the kind. */
bool compose_back(struct compose *c);
void compose_swap_last(struct compose *c);
void compose_open(struct compose *c, const struct view *over);
void compose_close(struct compose *c);
/* Looks at a node's path, a node's or tag's alias, or a tag's key: goes to the view that shows it. */
bool compose_goto(struct compose *c, const char *what, struct error *err);
/* What a typed action is about: as the view that is open, or the one below it, has drawn it. */
size_t compose_targets(struct compose *c, enum target_set which, struct action *out, size_t most);
/* The place that is selected: of the alarm, stop, call or row that keys act on, else what the view looks at; NO_NODE: none. */
uint32_t compose_node(struct compose *c);
/* Opens the calls, to call somebody to that place. */
void compose_calls(struct compose *c);
/* Goes to the unit of the worst alarm; false and err when there is none. */
bool compose_worst(struct compose *c, struct error *err);
/* A copy of the model that stands still, or back to the living one. */
void compose_freeze(struct compose *c);
void compose_thaw(struct compose *c);
/* Offers a key to what is open, then to the view; false when nobody took it. */
bool compose_key(struct compose *c, struct key key);
void compose_draw(struct compose *c, struct grid *grid);

#endif
