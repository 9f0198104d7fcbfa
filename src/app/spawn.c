/*
 * Two screens that start at the same moment must not start two collectors, and the loser must not fail: whoever spawns
 * holds the spawn lock until the collector listens, and whoever waited for the lock tries to connect before anything else.
 */
#include "app/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/process.h"
#include "core/text_gate.h"
#include "io/clock.h"
#include "io/socket.h"

enum { READY_MS = 30000, LOCK_MS = 20 };
static const char LISTENS = '+';

bool spawn_begin(const struct paths *paths, const struct load_request *load, int *ready, pid_t *child, struct error *err)
{
    const char *argv[16];
    size_t n = 0;
    char config[PATHS_BYTES];
    load_path(load, config, sizeof config);
    argv[n++] = "andon";
    argv[n++] = "collect";
    argv[n++] = "--spawned";
    argv[n++] = "--cache";
    argv[n++] = paths->cache;
    if (config[0]) {
        argv[n++] = "--config";
        argv[n++] = config;
    }
    if (load->broker) {
        argv[n++] = "--broker";
        argv[n++] = load->broker;
    }
    argv[n] = NULL;
    int fd[2];
    if (pipe(fd) != 0)
        return error_set(err, "pipe: %s", strerror(errno));
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = process_start(&(struct process_request){.file = process_self(), .argv = argv, .log = paths->log, .folder = paths->cache, .pass_fd = fd[1],
        .detached = child == NULL, .bound = child != NULL}, err);
    close(fd[1]);
    if (pid < 0) {
        close(fd[0]);
        return false;
    }
    *ready = fd[0];
    if (child)
        *child = pid;
    return true;
}

bool spawn_answer(int ready, struct error *err)
{
    char text[480], clean[480];
    size_t got = 0;
    while (got < sizeof text) {
        ssize_t n = read(ready, text + got, sizeof text - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || text[0] == LISTENS)
            break;
        got += (size_t)n;
    }
    bool listens = text[0] == LISTENS && got == 0;
    close(ready);
    if (listens)
        return true;
    text_gate(text, got, clean, sizeof clean, NULL);
    return error_set(err, "%s", got ? clean : "the collector ended before it listened: see collector.log in the cache folder");
}

void spawn_report(const char *why)
{
    ssize_t n = why ? write(PROCESS_PASSED_FD, why, strlen(why)) : write(PROCESS_PASSED_FD, &LISTENS, 1);
    (void)n; /* whoever asked may have gone */
    close(PROCESS_PASSED_FD);
}

bool spawn_wait(const struct paths *paths, int ready, struct error *err)
{
    int got = process_wait(ready, POLLIN, clock_monotonic_ms() + READY_MS);
    if (got > 0)
        return spawn_answer(ready, err);
    close(ready);
    return got < 0 ? error_set(err, "interrupted")
                   : error_set(err, "the collector did not answer within %d s: see %s", READY_MS / 1000, paths->log);
}

/* Until whoever spawns is done, whether it has a collector to show for it or not. */
static bool take_lock(int lock, const struct paths *paths, struct error *err)
{
    int64_t until = clock_monotonic_ms() + 2 * READY_MS;
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        int64_t now = clock_monotonic_ms();
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(err, "%s: %s", paths->spawn_lock, strerror(errno));
        if (now >= until)
            return error_set(err, "another screen has been starting a collector for %d s: %s", 2 * READY_MS / 1000, paths->spawn_lock);
        if (process_wait(-1, 0, now + LOCK_MS) < 0)
            return error_set(err, "interrupted");
    }
    return true;
}

static int start_and_connect(const struct paths *paths, const struct load_request *load, struct error *err)
{
    int ready;
    if (!spawn_begin(paths, load, &ready, NULL, err) || !spawn_wait(paths, ready, err))
        return -1;
    int fd = socket_connect(paths->socket);
    if (fd < 0)
        error_set(err, "%s: %s", paths->socket, strerror(errno));
    return fd;
}

int spawn_attach(const struct paths *paths, const struct load_request *load, struct error *err)
{
    int fd = socket_connect(paths->socket);
    if (fd >= 0)
        return fd;
    if (!load)
        return error_set(err, "no collector runs for %s (%s)", paths->cache, strerror(errno)), -1;
    if (!paths_make(paths, err))
        return -1;
    int lock = open(paths->spawn_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return error_set(err, "%s: %s", paths->spawn_lock, strerror(errno)), -1;
    if (take_lock(lock, paths, err)) {
        fd = socket_connect(paths->socket);
        if (fd < 0)
            fd = start_and_connect(paths, load, err);
    }
    close(lock);
    return fd;
}
