/*
 * A struct watch is a descriptor and its callback, a struct alarm a time and its callback, a struct hook a signal and its
 * callback. Watches and alarms live in arrays whose indices are the handles; a free slot has no callback. A watch's `born` is the turn
 * that made it, so that an event which poll() reported for a slot's former owner never reaches the new one; an alarm's
 * `set` is the turn that set it, so that one which sets itself anew for "now" waits for the next turn and starves nobody.
 */
#include "app/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/clock.h"

struct watch {
    int fd, events;
    loop_fn *fn;
    void *arg;
    uint64_t born;
};

struct alarm {
    int64_t at_ms;
    loop_fn *fn;
    void *arg;
    uint64_t set;
};

struct hook {
    int signal;
    loop_signal_fn *fn;
    void *arg;
};

enum { HOOKS = 16 };

struct loop {
    struct watch *watches;
    size_t watch_count, watch_capacity;
    struct alarm *alarms;
    size_t alarm_count, alarm_capacity;
    struct hook hooks[HOOKS];
    size_t hook_count;
    sigset_t signals, before;   /* those that are ours, and the thread's mask before we blocked them */
    int signal_fd;
    struct pollfd *polled;      /* what poll() is asked, and the watch of each */
    size_t *polled_watch;
    size_t polled_capacity;
    int64_t now_ms;
    uint64_t turn;
    bool running;
};

struct loop *loop_create(void)
{
    struct loop *loop = mem_zero(1, sizeof *loop);
    sigemptyset(&loop->signals);
    pthread_sigmask(SIG_SETMASK, NULL, &loop->before);
    loop->signal_fd = -1;
    loop->now_ms = clock_monotonic_ms();
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    if (loop->signal_fd >= 0) {
        close(loop->signal_fd);
        pthread_sigmask(SIG_SETMASK, &loop->before, NULL);
    }
    free(loop->watches);
    free(loop->alarms);
    free(loop->polled);
    free(loop->polled_watch);
    free(loop);
}

int loop_watch(struct loop *loop, int fd, int events, loop_fn *fn, void *arg)
{
    assert(fd >= 0 && fn);
    size_t i = 0;
    while (i < loop->watch_count && loop->watches[i].fn)
        i++;
    if (i == loop->watch_count) {
        loop->watches = mem_grow(loop->watches, loop->watch_count, &loop->watch_capacity, sizeof *loop->watches);
        loop->watch_count++;
    }
    loop->watches[i] = (struct watch){.fd = fd, .events = events, .fn = fn, .arg = arg, .born = loop->turn};
    return (int)i;
}

void loop_watch_events(struct loop *loop, int watch, int events)
{
    assert(watch >= 0 && (size_t)watch < loop->watch_count);
    loop->watches[watch].events = events;
}

void loop_unwatch(struct loop *loop, int watch)
{
    if (watch >= 0 && (size_t)watch < loop->watch_count)
        loop->watches[watch] = (struct watch){.fd = -1};
}

int loop_timer(struct loop *loop, loop_fn *fn, void *arg)
{
    assert(fn);
    size_t i = 0;
    while (i < loop->alarm_count && loop->alarms[i].fn)
        i++;
    if (i == loop->alarm_count) {
        loop->alarms = mem_grow(loop->alarms, loop->alarm_count, &loop->alarm_capacity, sizeof *loop->alarms);
        loop->alarm_count++;
    }
    loop->alarms[i] = (struct alarm){.at_ms = INT64_MAX, .fn = fn, .arg = arg};
    return (int)i;
}

void loop_timer_at(struct loop *loop, int timer, int64_t at_ms)
{
    assert(timer >= 0 && (size_t)timer < loop->alarm_count);
    loop->alarms[timer].at_ms = at_ms;
    loop->alarms[timer].set = loop->turn;
}

void loop_timer_remove(struct loop *loop, int timer)
{
    if (timer >= 0 && (size_t)timer < loop->alarm_count)
        loop->alarms[timer] = (struct alarm){.at_ms = INT64_MAX};
}

bool loop_signal(struct loop *loop, int signal, loop_signal_fn *fn, void *arg)
{
    size_t i = 0;
    while (i < loop->hook_count && loop->hooks[i].signal != signal)
        i++;
    if (i == HOOKS)
        return false;
    sigset_t wanted = loop->signals;
    if (sigaddset(&wanted, signal) != 0 || pthread_sigmask(SIG_BLOCK, &wanted, NULL) != 0)
        return false;
    int fd = signalfd(loop->signal_fd, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return false;
    loop->signal_fd = fd;
    loop->signals = wanted;
    loop->hooks[i] = (struct hook){.signal = signal, .fn = fn, .arg = arg};
    if (i == loop->hook_count)
        loop->hook_count++;
    return true;
}

int64_t loop_now(const struct loop *loop)
{
    return loop->now_ms;
}

static void take_signals(struct loop *loop)
{
    struct signalfd_siginfo info;
    while (loop->running && read(loop->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        for (size_t i = 0; i < loop->hook_count; i++)
            if (loop->hooks[i].signal == (int)info.ssi_signo)
                loop->hooks[i].fn(loop->hooks[i].arg, loop->hooks[i].signal);
    }
}

/* The earliest alarm that is due and was set before this turn; alarm_count when there is none. */
static size_t alarm_due(const struct loop *loop)
{
    size_t found = loop->alarm_count;
    for (size_t i = 0; i < loop->alarm_count; i++) {
        const struct alarm *a = &loop->alarms[i];
        if (a->at_ms <= loop->now_ms && a->at_ms != INT64_MAX && a->set < loop->turn && (found == loop->alarm_count || a->at_ms < loop->alarms[found].at_ms))
            found = i;
    }
    return found;
}

static void fire_alarms(struct loop *loop)
{
    size_t i;
    while (loop->running && (i = alarm_due(loop)) < loop->alarm_count) {
        struct alarm due = loop->alarms[i];
        loop->alarms[i].at_ms = INT64_MAX;
        due.fn(due.arg);
    }
}

static int poll_timeout(const struct loop *loop)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < loop->alarm_count; i++)
        if (loop->alarms[i].at_ms < next)
            next = loop->alarms[i].at_ms;
    if (next == INT64_MAX)
        return -1;
    int64_t now = clock_monotonic_ms();
    if (next <= now)
        return 0;
    return next - now > INT_MAX ? INT_MAX : (int)(next - now);
}

/* Fills loop->polled from the watches, the signals last. A watch for no event is left out: it is paused, hang-ups included. */
static size_t poll_set(struct loop *loop)
{
    if (loop->polled_capacity < loop->watch_count + 1) {
        loop->polled_capacity = loop->watch_capacity + 1;
        loop->polled = mem_resize(loop->polled, loop->polled_capacity, sizeof *loop->polled);
        loop->polled_watch = mem_resize(loop->polled_watch, loop->polled_capacity, sizeof *loop->polled_watch);
    }
    size_t count = 0;
    for (size_t i = 0; i < loop->watch_count; i++) {
        const struct watch *w = &loop->watches[i];
        if (!w->fn || !w->events)
            continue;
        int events = (w->events & LOOP_READ ? POLLIN : 0) | (w->events & LOOP_WRITE ? POLLOUT : 0);
        loop->polled[count] = (struct pollfd){.fd = w->fd, .events = (short)events};
        loop->polled_watch[count++] = i;
    }
    loop->polled[count] = (struct pollfd){.fd = loop->signal_fd, .events = POLLIN};
    return count;
}

static void turn(struct loop *loop)
{
    size_t count = poll_set(loop);
    int ready = poll(loop->polled, (nfds_t)(count + 1), poll_timeout(loop));
    loop->now_ms = clock_monotonic_ms();
    loop->turn++;
    if (ready > 0 && loop->polled[count].revents)
        take_signals(loop);
    fire_alarms(loop);
    for (size_t i = 0; ready > 0 && loop->running && i < count; i++) {
        struct watch w = loop->watches[loop->polled_watch[i]];
        assert(!(loop->polled[i].revents & POLLNVAL)); /* closed while it was watched */
        if (loop->polled[i].revents && w.fn && w.events && w.born < loop->turn)
            w.fn(w.arg);
    }
}

void loop_run(struct loop *loop)
{
    loop->running = true;
    while (loop->running)
        turn(loop);
}

void loop_stop(struct loop *loop)
{
    loop->running = false;
}
