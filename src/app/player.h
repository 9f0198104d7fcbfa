/*
 * player: a capture instead of a broker. It feeds the same ingest as the collector, on the 100 ms grid of the capture's own
 * stamps and without any clock, so that a moment of a capture looks the same on every machine.
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

/* `path` "-" is standard input; the plant is borrowed. */
struct player *player_create(const struct plant *plant, const char *config_name, const char *path, struct error *err);
void player_destroy(struct player *player);
/* The first message's stamp; 0 when the capture is empty. */
int64_t player_begin(const struct player *player);
/* Folds everything up to `until_ms` (snapped to the grid; INT64_MAX: to the end). False when the capture has ended. */
bool player_fold(struct player *player, int64_t until_ms);
/* Plays in real time times `speed` from here on. */
void player_play(struct player *player, struct loop *loop, double speed, origin_changed_fn *changed, void *arg);
/* Before its loop goes. */
void player_stop(struct player *player);
/* Lines that could not be read so far, and what was wrong with the first. */
size_t player_bad_lines(const struct player *player, const char **first);
struct origin player_origin(struct player *player);

#endif
