/*
 * command: what can be typed after `:`. One table: running, completion and the help read it.
 */
#ifndef ANDON_APP_COMMAND_H
#define ANDON_APP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct screen;

struct command {
    const char *name;
    const char *argument; /* "NAME", "[NAME]" when it may be left out, "" for none */
    const char *help;
    bool (*run)(struct screen *screen, const char *argument, struct error *err);
    /* The n-th word that may follow, NULL at the end; without it nothing is completed. */
    const char *(*choice)(const struct screen *screen, size_t n);
};

extern const struct command command_table[];
extern const size_t command_count;

/* Runs a line without its colon. False: err says what is wrong, with the nearest command. */
bool command_run(struct screen *screen, const char *line, struct error *err);
/* Completes the line in place as far as it is unambiguous; the next call with the same line goes on to the next choice when
 * `turn` counts up. False when nothing fits. */
bool command_complete(const struct screen *screen, char *line, size_t cap, const char *typed, size_t turn);

#endif
