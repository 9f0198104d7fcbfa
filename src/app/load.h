/*
 * load: from command line to configuration: which file, what --broker changes in it, and what holds when there is none.
 * The collector, every screen and every subcommand come to their configuration this way, and therefore agree on its id.
 */
#ifndef ANDON_APP_LOAD_H
#define ANDON_APP_LOAD_H

#include <stdbool.h>

#include "io/config.h"

struct load_request {
    const char *config; /* -c, or NULL */
    const char *broker; /* --broker, or NULL */
};

/* Reads it. False: every problem is in `diagnostics`; `config` is untouched. */
bool load_config(const struct load_request *request, struct config *config, struct diagnostics *diagnostics);
/* The file that would be read, absolute, for people and for a spawned collector; "" when the built-in one is used. */
void load_path(const struct load_request *request, char *out, size_t cap);
/* Its name for people: the path, or "(built in)". */
const char *load_name(const char *path);
/* The same with what --broker changed, as screens and collectors compare it. */
void load_title(const struct load_request *request, const char *path, char *out, size_t cap);

#endif
