/*
 * spawn: a collector of one's own, started as tmux starts its server, and told apart from one that fails to start.
 *
 * The new collector writes one byte to the descriptor that it was given when it listens, or a text that says why not.
 */
#ifndef ANDON_APP_SPAWN_H
#define ANDON_APP_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "app/load.h"
#include "app/paths.h"
#include "core/error.h"

/* Starts a collector; *ready becomes readable when it has an answer. The caller reads it with spawn_answer(). With `child` it
 * is a child of ours, which goes when we go, and not a process of its own. */
bool spawn_begin(const struct paths *paths, const struct load_request *load, int *ready, pid_t *child, struct error *err);
/* Waits for the answer, at most half a minute, and not after a blocked SIGTERM, SIGINT or SIGHUP. */
bool spawn_wait(const struct paths *paths, int ready, struct error *err);
/* Reads the answer and closes the descriptor: true when it listens. */
bool spawn_answer(int ready, struct error *err);
/* The other side, in the collector: `why` NULL when it listens. */
void spawn_report(const char *why);
/* Connects to the collector of these paths; starts one when there is none and `load` is not NULL. Waits up to half a minute.
 * -1 on failure. */
int spawn_attach(const struct paths *paths, const struct load_request *load, struct error *err);

#endif
