/*
 * struct crash is what a signal handler may touch: bytes and modes that were prepared while all was well. `armed` is set
 * last and cleared first, so that a handler that runs in between finds whole contents or none. This is one of the few
 * mutable globals: a signal handler has no other way to its data.
 */
#include "io/terminal_parts.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct crash {
    volatile sig_atomic_t armed;
    int fd;
    pid_t owner; /* a child that has not yet become another program must not touch its parent's terminal */
    size_t length;
    char bytes[256];
    struct termios modes;
} crash;

/* A stack overflow leaves no stack to run a handler on. */
static char crash_stack[64 * 1024];

static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};

static void restore(int signal)
{
    if (crash.armed && crash.owner == getpid()) {
        crash.armed = 0;
        ssize_t written = write(crash.fd, crash.bytes, crash.length);
        (void)written; /* nothing is left to be done about it */
        tcsetattr(crash.fd, TCSANOW, &crash.modes);
    }
    raise(signal); /* SA_RESETHAND has put the default back: the core dump and the status are those of the crash */
}

static void install(void)
{
    struct sigaction action = {.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};
    stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    action.sa_handler = restore;
    sigemptyset(&action.sa_mask);
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof crash_signals / sizeof crash_signals[0]; i++)
        sigaction(crash_signals[i], &action, NULL);
}

void crash_arm(int fd, const char *bytes, const struct termios *modes)
{
    crash.armed = 0;
    crash.fd = fd;
    crash.owner = getpid();
    crash.modes = *modes;
    crash.length = (size_t)snprintf(crash.bytes, sizeof crash.bytes, "%s", bytes);
    if (crash.length >= sizeof crash.bytes)
        crash.length = sizeof crash.bytes - 1;
    install();
    crash.armed = 1;
}

void crash_disarm(void)
{
    crash.armed = 0;
}
