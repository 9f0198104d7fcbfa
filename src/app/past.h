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
/* What to use where the configuration of a moment cannot be read any more, bundle_pack() bytes (copied); without it, that is an error. */
void past_preset(struct past *past, const void *bundle, size_t length);
/* To the last batch at or before a moment (INT64_MAX: the newest). False and err when nothing is kept of it, or it cannot be read; the old state
 * stays. What can be told only in part is told: see past_said(). */
bool past_to(struct past *past, int64_t ms, struct error *err);
/* The first moment that past_to() can go to; 0: there is none. */
int64_t past_first(struct past *past);
/* The state; NULL before the first past_to(). Valid until the next. model_wall() is where it snapped to. */
struct model *past_model(struct past *past);
/* What must be known about the state: "its configuration cannot be read: today's is used", "batches are missing behind it"; "" for nothing. */
const char *past_said(const struct past *past);
/* Hands the state over, and the configuration whose plant it borrows: both the caller's. The past then begins at a checkpoint again. */
struct model *past_take(struct past *past, struct config *config_take);
struct history *past_history(struct past *past);
/* The plant of the configuration that was in force at a batch (0: the newest), else that of past_preset(); NULL and err: there is none. Borrowed, until the next. */
const struct plant *past_plant(struct past *past, uint64_t until_seq, struct error *err);

/* Asked now and then while it folds; true ends past_to(), which returns false with "" in err and stands somewhere on the way. NULL: never. */
typedef bool past_stop_fn(void *arg);
void past_stop_when(struct past *past, past_stop_fn *stop, void *arg);
/* Called behind each batch that past_to() folds; NULL: never. */
typedef void past_folded_fn(void *arg, const struct model *model, const struct batch *batch);
void past_watch(struct past *past, past_folded_fn *folded, void *arg);
/* How far beyond the moment the next past_to() that goes on forward may read, so that those after it need not; 0: no further. For playing. */
void past_read_ahead(struct past *past, int64_t ms);

/* A configuration that copies borrow. */
struct past_config;
/* A copy of the state that stays while the past moves on; *hold is what its plant belongs to, released after the copy is destroyed, on the
 * past's thread. */
struct model *past_copy(struct past *past, struct past_config **hold);
void past_release(struct past_config *hold);

#endif
