/*
 * loop: the event loop: descriptors, timers, signals; poll() underneath. Everything of a process but paho's threads runs in it.
 *
 * Watches and timers are values owned by the loop, named by small handles; a callback may add and remove any, itself included.
 */
#ifndef ANDON_APP_LOOP_H
#define ANDON_APP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
typedef void loop_fn(void *arg);
typedef void loop_signal_fn(void *arg, int signal);

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop *loop_create(void);
void loop_destroy(struct loop *loop);
/* A watch on a descriptor; `events` LOOP_READ | LOOP_WRITE, or 0: paused. An error or hang-up on it calls `fn` too. Unwatch
 * before closing the descriptor. */
int loop_watch(struct loop *loop, int fd, int events, loop_fn *fn, void *arg);
void loop_watch_events(struct loop *loop, int watch, int events);
void loop_unwatch(struct loop *loop, int watch); /* -1: nothing to do */
/* A timer; not set until loop_timer_at(). `at_ms` is on clock_monotonic_ms(); INT64_MAX clears it. It fires once each time. */
int loop_timer(struct loop *loop, loop_fn *fn, void *arg);
void loop_timer_at(struct loop *loop, int timer, int64_t at_ms);
void loop_timer_remove(struct loop *loop, int timer); /* -1: nothing to do */
/* Blocks the signal in this thread and delivers it in the loop (signalfd). A child process inherits the block: it unblocks
 * before it runs another program. */
bool loop_signal(struct loop *loop, int signal, loop_signal_fn *fn, void *arg);
/* Monotonic time at the beginning of this turn. */
int64_t loop_now(const struct loop *loop);
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
