/*
 * backtest: an alarm with other settings over what the cache holds (core/whatif). It reads the samples of all tags that the alarm looks at, an hour
 * at a time, and passes them on by source time.
 */
#ifndef ANDON_APP_BACKTEST_H
#define ANDON_APP_BACKTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/whatif.h"
#include "io/history.h"

/* Asked now and then; true ends it: false with "" in err. */
typedef bool backtest_stop_fn(void *arg);

/* Runs over [from, to) and what came WHATIF_WARM_MS before, ended or not. False when the cache cannot be read, or holds no sample of any of its tags in that
 * time (err says so). */
bool backtest_run(struct history *history, struct whatif *whatif, int64_t from_ms, int64_t to_ms, backtest_stop_fn *stop, void *arg, struct error *err);

#endif
