/*
 * process: starting and ending other programs, by argument list and by process id. No shell is ever involved.
 */
#ifndef ANDON_APP_PROCESS_H
#define ANDON_APP_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

enum { PROCESS_PASSED_FD = 3 };

struct process_request {
    const char *file;        /* PATH is not searched; NULL: argv[0] */
    const char *const *argv;
    const char *log;         /* where its output goes, appended; NULL: nowhere */
    const char *folder;      /* to run in; NULL: here */
    int pass_fd;             /* becomes descriptor 3; 0 or less: none */
    bool detached;           /* in a session of its own, nobody's child: the returned id is 0 */
    bool bound;              /* gets SIGTERM when we die, however we die */
};

/* Starts it; signals and descriptors are as in a fresh process. -1 and err when it cannot be run. */
pid_t process_start(const struct process_request *request, struct error *err);
/* True when it has ended (and is reaped). */
bool process_ended(pid_t pid, int *status);
/* SIGTERM, and SIGKILL when that was not enough in `patience_ms`; returns when it is gone. */
void process_end(pid_t pid, int64_t patience_ms);
/* Whether SIGTERM, SIGINT or SIGHUP waits, blocked, for a loop to take it. */
bool process_asked_to_leave(void);
/* Waits for poll()'s `events` on fd (-1: for nothing) until then (monotonic). 1: they came; 0: they did not; -1: asked to leave. */
int process_wait(int fd, short events, int64_t until_ms);
/* This program's own file. */
const char *process_self(void);

#endif
