/*
 * overview: the parts of the overview that only large screens have room for: what it says beside and below the table.
 */
#ifndef ANDON_VIEWS_OVERVIEW_H
#define ANDON_VIEWS_OVERVIEW_H

#include "views/common.h"

enum { OVERVIEW_LOSSES_LEAST_H = 6 };

/* What is not running, what is outside its band, what runs longest, how the data comes in. */
void overview_panel(const struct scene *scene, const struct survey *survey, struct surface s);
/* What each line lost since `from_ms`, by class. `lines` are the nodes to list. */
void overview_losses(const struct scene *scene, const uint32_t *lines, size_t count, int64_t from_ms, struct surface s);

/* The stops since then, newest first: where, how long, and whether it still stands. */
void overview_stops(const struct scene *scene, int64_t from_ms, struct surface s);

#endif
