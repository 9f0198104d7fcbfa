/*
 * past: the plant as it was at a moment: the nearest checkpoint before it, under the configuration of that moment, and the fold of the
 * batches since. It reads the cache only; nobody else notices. Used from one thread at a time (a screen keeps it on its librarian's).
 *
 *     struct past *past = past_open(cache_path, &err);
 *     past_to(past, at_ms, &err);
 *     draw(past_model(past));
 *
 * Going on forward from where it stands folds on; everything else begins at a checkpoint.
 */
#ifndef ANDON_APP_PAST_H
#define ANDON_APP_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/model.h"
#include "io/config.h"
#include "io/history.h"

struct past;

struct past *past_open(const char *cache_path, struct error *err);
void past_close(struct past *past);
/* To the last batch at or before a moment (INT64_MAX: the newest). False and err when nothing is kept of it, or it cannot be read; the old state stays. */
bool past_to(struct past *past, int64_t ms, struct error *err);
/* The state; NULL before the first past_to(). Valid until the next. model_wall() is where it snapped to. */
struct model *past_model(struct past *past);
/* Hands the state over, and the configuration whose plant it borrows: both the caller's. The past then begins at a checkpoint again. */
struct model *past_take(struct past *past, struct config *config_take);
struct history *past_history(struct past *past);

#endif
