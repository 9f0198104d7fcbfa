/*
 * spool: a capture into a cache of its own, for what reads caches: reports. The cache lies in a new folder under $TMPDIR and is taken away again.
 *
 *     struct spool spool;
 *     if (spool_capture(&spool, player, &config, until_ms, &err)) ... spool.folder ...
 *     spool_remove(&spool);
 */
#ifndef ANDON_APP_SPOOL_H
#define ANDON_APP_SPOOL_H

#include "app/player.h"
#include "io/config.h"

enum { SPOOL_PATH = 512 };

struct spool {
    char folder[SPOOL_PATH]; /* "": there is none */
    int64_t last_ms;         /* the moment of the last batch */
};

/* Folds the player, which has folded nothing yet, up to a moment (INT64_MAX: to its end). */
bool spool_capture(struct spool *spool, struct player *player, const struct config *config, int64_t until_ms, struct error *err);
void spool_remove(struct spool *spool);

#endif
