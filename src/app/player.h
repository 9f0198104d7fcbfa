/*
 * player: a capture instead of a broker. It feeds the same ingest as the collector, on the 100 ms grid of the capture's own
 * stamps and without any clock, so that a moment of a capture looks the same on every machine.
 *
 * On a screen it is a tape: it plays at any speed, stands, goes on by messages or time, and back: then it is read anew from its beginning, which is
 * done in slices, so that keys are heard meanwhile.
 */
#ifndef ANDON_APP_PLAYER_H
#define ANDON_APP_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/loop.h"
#include "app/origin.h"
#include "core/error.h"
#include "core/plant.h"

struct player;

/* `path` "-" is standard input, which cannot go back; the plant is borrowed. */
struct player *player_create(const struct plant *plant, const char *config_name, const char *path, struct error *err);
void player_destroy(struct player *player);
/* What the capture calls `captured` is the plant's broker `configured`; before anything is folded. Names that are not mapped mean the plant's broker of that
 * name, else its first. */
bool player_map(struct player *player, const char *captured, const char *configured, struct error *err);
/* A broker's name that the capture uses and that is neither the plant's nor mapped; "" for none so far. */
const char *player_unmapped(const struct player *player);
/* The first message's stamp; 0 when the capture is empty. */
int64_t player_begin(const struct player *player);
/* Folds everything up to `until_ms` (snapped to the grid; INT64_MAX: to the end). False when the capture has ended. */
bool player_fold(struct player *player, int64_t until_ms);
/* Called for every batch, when it was folded; NULL: nobody is. */
typedef void player_batch_fn(void *arg, const struct model *model, const struct batch *batch);
void player_watch(struct player *player, player_batch_fn *on_batch, void *arg);
/* Plays in real time times `speed` from here on; 0: stands. */
void player_play(struct player *player, struct loop *loop, double speed, origin_changed_fn *changed, void *arg);
/* Before its loop goes. */
void player_stop(struct player *player);
/* Lines that could not be read so far, what was wrong with the first of them, and whether the file's end is cut off (which is none of them). */
size_t player_bad_lines(const struct player *player, const char **first);
bool player_is_cut(const struct player *player);
struct origin player_origin(struct player *player);

#endif
