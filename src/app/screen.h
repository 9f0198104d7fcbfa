/*
 * screen: the interactive screen: a terminal, what is composed on it, and the loop that keeps both going.
 *
 *     struct screen *screen = screen_create(loop, &options);
 *     screen_show(screen, origin, &err);
 *     screen_run(screen);
 *     screen_destroy(screen);
 */
#ifndef ANDON_APP_SCREEN_H
#define ANDON_APP_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/loop.h"
#include "app/origin.h"
#include "core/error.h"
#include "io/config.h"

struct screen;

struct screen_options {
    const char *view;          /* to begin with; "" or NULL: the first */
    const char *theme;         /* name or path; "" or NULL: dark, or mono where NO_COLOR is set */
    const char *config_folder; /* where themes/ may lie, or NULL */
    bool ascii, full, ambiguous_wide, read_only;
    bool bell;                 /* when an alarm begins to sound */
    int64_t frame_ms;          /* least time between frames */
    const char *history;       /* the cache's file, there or not; NULL: there is none, and no way back in time */
    const struct bundle *bundle; /* the configuration, for moments whose own cannot be read; or NULL */
};

/* Takes the signals. The texts of the options are borrowed for its life. */
struct screen *screen_create(struct loop *loop, const struct screen_options *options);
void screen_destroy(struct screen *screen);
/* What to show; takes the terminal over. Before screen_run(). */
bool screen_show(struct screen *screen, struct origin origin, struct error *err);
/* Goes to a moment of the past; also before screen_run(). */
bool screen_travel(struct screen *screen, int64_t ms, struct error *err);
/* Until the user or the terminal leaves. Returns the exit status. */
int screen_run(struct screen *screen);
/* An origin_changed_fn: something to draw has changed. */
void screen_changed(void *screen);
/* What became of an action. */
void screen_answered(void *screen, const struct action *action, enum refusal refusal);
/* A batch of the recorded stream was folded: curves go on with it before it is on the disk. */
void screen_folded(void *screen, const struct model *model, const struct batch *batch);

#endif
