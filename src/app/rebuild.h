/*
 * rebuild: a capture of what a history holds. Messages as machines sent them are not kept; what is written instead is one line a sample, under the topic andon/KEY with
 * the payload {"v": value, "t": source time, "q": quality}, and a plant is told by rebuild_plant() to be fed by these.
 */
#ifndef ANDON_APP_REBUILD_H
#define ANDON_APP_REBUILD_H

#include <stdio.h>

#include "core/error.h"
#include "core/plant.h"
#include "core/pseudonym.h"
#include "io/history.h"

/* Writes the samples of [from_ms, to_ms) by their times, and before them the last of each tag of the 30 days before. Names become pseudonyms; NULL: they stay. At most
 * REBUILD_MOST samples. */
enum { REBUILD_MOST = 4000000 };
bool rebuild_capture(struct history *history, const struct plant *plant, int64_t from_ms, int64_t to_ms, struct pseudonyms *names, FILE *out, uint64_t *count, struct error *err);
/* The plant is fed by a rebuilt capture from now on: nothing is scaled, since that was done before it was kept. Before anything borrows its bindings. */
void rebuild_plant(struct plant *plant);

#endif
