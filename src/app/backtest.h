/*
 * backtest: an alarm with other settings over what the cache holds (core/whatif). It reads the samples of all tags that the alarm looks at, an hour
 * at a time, and passes them on by source time.
 *
 *     struct backtest *backtest = backtest_create(whatif, from_ms, to_ms);
 *     while (!backtest_go_on(backtest, history, stop, arg, &err) && !err.text[0]) ... it paused
 *     whatif_counts(whatif)
 *     backtest_destroy(backtest);
 */
#ifndef ANDON_APP_BACKTEST_H
#define ANDON_APP_BACKTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/whatif.h"
#include "io/history.h"

struct backtest;

/* Over [from, to) and what came WHATIF_WARM_MS before. The whatif is borrowed. */
struct backtest *backtest_create(struct whatif *whatif, int64_t from_ms, int64_t to_ms);
void backtest_destroy(struct backtest *backtest);
/* Asked now and then; true: it shall pause. */
typedef bool backtest_stop_fn(void *arg);
/* Goes on with it, of the same cache. True: it is done, the whatif's counts tell. False: it pauses ("" in err: another call goes on), or the cache cannot be
 * read, or holds no sample of any of its tags in that time (err says so). */
bool backtest_go_on(struct backtest *backtest, struct history *history, backtest_stop_fn *stop, void *arg, struct error *err);

/* All of it at once. */
bool backtest_run(struct history *history, struct whatif *whatif, int64_t from_ms, int64_t to_ms, struct error *err);

#endif
