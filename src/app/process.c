/*
 * A child tells of a failed start through a pipe that a successful exec closes, so that "no such file" is an error here and
 * not a riddle in a log. Between fork and exec only functions that are safe there are called: paho's threads may hold locks.
 */
#include "app/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/clock.h"

enum { MOST_DESCRIPTORS = 4096, SIGNALS_MS = 50 };

static void clean_signals(void)
{
    static const int ours[] = {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGTSTP, SIGWINCH, SIGSEGV, SIGABRT, SIGBUS};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        signal(ours[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Standard streams, the passed descriptor, and `keep` (moved to 4) stay; everything else is closed. */
static int arrange_descriptors(const struct process_request *r, int keep)
{
    int passed = r->pass_fd > 0 ? fcntl(r->pass_fd, F_DUPFD, 5) : -1;
    int kept = fcntl(keep, F_DUPFD, 5);
    int nowhere = open("/dev/null", O_RDWR);
    int log = r->log ? open(r->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600) : nowhere;
    dup2(nowhere, STDIN_FILENO);
    dup2(log < 0 ? nowhere : log, STDOUT_FILENO);
    dup2(log < 0 ? nowhere : log, STDERR_FILENO);
    dup2(kept, 4);
    fcntl(4, F_SETFD, FD_CLOEXEC);
    if (passed >= 0)
        dup2(passed, PROCESS_PASSED_FD);
    else
        close(PROCESS_PASSED_FD);
    for (int fd = 5; fd < MOST_DESCRIPTORS; fd++)
        close(fd);
    return 4;
}

static void run_child(const struct process_request *r, int report, pid_t parent)
{
    if (r->detached) {
        setsid();
        pid_t second = fork();
        if (second != 0)
            _exit(second < 0 ? 1 : 0);
    }
    if (r->bound) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(1);
    }
    clean_signals();
    report = arrange_descriptors(r, report);
    char *argv[32];
    size_t n = 0;
    for (; r->argv[n] && n + 1 < sizeof argv / sizeof argv[0]; n++)
        argv[n] = (char *)(uintptr_t)r->argv[n]; /* execv() does not change them, its type is older than const */
    argv[n] = NULL;
    if (!r->folder || chdir(r->folder) == 0)
        execv(r->file ? r->file : argv[0], argv);
    int why = errno;
    ssize_t told = write(report, &why, sizeof why);
    _exit(told == (ssize_t)sizeof why ? 127 : 126);
}

pid_t process_start(const struct process_request *r, struct error *err)
{
    int report[2];
    if (pipe(report) != 0)
        return error_set(err, "pipe: %s", strerror(errno)), -1;
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        run_child(r, report[1], parent);
    close(report[1]);
    int why = pid < 0 ? errno : 0;
    ssize_t n = 0;
    if (pid > 0)
        while ((n = read(report[0], &why, sizeof why)) < 0 && errno == EINTR)
            continue;
    close(report[0]);
    bool failed = pid < 0 || n == (ssize_t)sizeof why;
    if (pid > 0 && (r->detached || failed))
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    if (failed)
        return error_set(err, "%s: cannot be started: %s", r->file ? r->file : r->argv[0], strerror(why)), -1;
    return r->detached ? 0 : pid;
}

bool process_ended(pid_t pid, int *status)
{
    int s = 0;
    pid_t got = waitpid(pid, &s, WNOHANG);
    if (got == 0)
        return false;
    if (status)
        *status = s;
    return true;
}

void process_end(pid_t pid, int64_t patience_ms)
{
    if (pid <= 0 || process_ended(pid, NULL))
        return;
    kill(pid, SIGTERM);
    int64_t until = clock_monotonic_ms() + patience_ms;
    for (struct timespec nap = {.tv_nsec = 2000000}; clock_monotonic_ms() < until; nanosleep(&nap, NULL))
        if (process_ended(pid, NULL))
            return;
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

bool process_asked_to_leave(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) || sigismember(&pending, SIGHUP));
}

int process_wait(int fd, short events, int64_t until_ms)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        int64_t left = until_ms - clock_monotonic_ms();
        if (process_asked_to_leave())
            return -1;
        int got = poll(&p, 1, left <= 0 ? 0 : left < SIGNALS_MS ? (int)left : SIGNALS_MS);
        if (got > 0)
            return 1;
        if (left <= 0)
            return 0;
    }
}

const char *process_self(void)
{
    return "/proc/self/exe";
}
