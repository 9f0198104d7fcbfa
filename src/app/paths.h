/*
 * paths: which cache folder, socket and lock belong to a site, and who lives there.
 *
 *     struct paths paths;
 *     if (!paths_find(&paths, given_cache, "shenyang", &err)) ...
 */
#ifndef ANDON_APP_PATHS_H
#define ANDON_APP_PATHS_H

#include <stdbool.h>

#include "core/error.h"

enum { PATHS_BYTES = 4096 };

struct paths {
    char cache[PATHS_BYTES - 32]; /* absolute once it exists */
    char lock[PATHS_BYTES], spawn_lock[PATHS_BYTES], log[PATHS_BYTES], store[PATHS_BYTES];
    char socket[128];
    bool service;                 /* the cache is the service's: its group may connect, nobody spawns a collector */
};

/* What a default cache is found by. */
struct paths_request {
    const char *given;  /* --cache, $ANDON_CACHE; NULL or "" for none */
    const char *site;   /* the site's name */
    const char *broker; /* --broker, or NULL: two brokers under one configuration are two sites */
};

/* The cache: the given one, /var/lib/andon for the user andon, else $XDG_STATE_HOME/andon/SITE (SITE-HASH with --broker). Touches
 * no file. */
bool paths_find(struct paths *paths, const struct paths_request *request, struct error *err);
/* For a screen that was told nothing: the service's cache, when its socket is there and this user may connect, and no
 * collector of the user's own listens. Otherwise leaves `paths` alone. */
void paths_prefer_service(struct paths *paths);
/* Makes the cache folder and those above it, mode 0700. */
bool paths_make(const struct paths *paths, struct error *err);
/* Takes the collector's lock and writes our pid into it; the descriptor holds it. -1: err names the holder. */
int paths_lock(const struct paths *paths, struct error *err);

#endif
