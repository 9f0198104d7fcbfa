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

struct screen;

struct screen_options {
    const char *view;          /* to begin with; "" or NULL: the first */
    const char *theme;         /* name or path; "" or NULL: dark, or mono where NO_COLOR is set */
    const char *config_folder; /* where themes/ may lie, or NULL */
    bool ascii, full, ambiguous_wide, read_only;
    int64_t frame_ms;          /* least time between frames */
};

/* Takes the signals. The texts of the options are borrowed for its life. */
struct screen *screen_create(struct loop *loop, const struct screen_options *options);
void screen_destroy(struct screen *screen);
/* What to show; takes the terminal over. Before screen_run(). */
bool screen_show(struct screen *screen, struct origin origin, struct error *err);
/* Until the user or the terminal leaves. Returns the exit status. */
int screen_run(struct screen *screen);
/* An origin_changed_fn: something to draw has changed. */
void screen_changed(void *screen);

#endif
