/*
 * The width of a character is measured by writing it at the beginning of the line and asking where the cursor is then (DSR 6, answered by CSI row ; column R).
 * A terminal that does not answer the first question is asked no second one.
 */
#define NCURSES_NOMACROS
#include "io/terminal_probe.h"

#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>
/* term.h defines a macro for every capability. */
#undef columns
#undef lines
#undef tab

#include "core/text_gate.h"
#include "io/clock.h"

enum { ANSWER_BYTES = 64 };

static void say(const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, text, length);
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

/* The column of "ESC [ row ; column R" at the end of what has come; 0: it is not whole yet. */
static int column_of(const char *text, size_t length)
{
    if (length < 6 || text[length - 1] != 'R')
        return 0;
    for (size_t i = length - 1; i-- > 0;)
        if (text[i] == ';')
            return (int)strtol(text + i + 1, NULL, 10);
    return 0;
}

/* Where the cursor is; 0: no answer in time. */
static int ask_column(int wait_ms)
{
    char got[ANSWER_BYTES + 1];
    size_t used = 0;
    int64_t until = clock_monotonic_ms() + wait_ms;
    say("\033[6n");
    for (int64_t left = wait_ms; left > 0 && used < ANSWER_BYTES; left = until - clock_monotonic_ms()) {
        struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&fd, 1, (int)left) <= 0 || read(STDIN_FILENO, got + used, 1) != 1)
            break;
        got[++used] = '\0';
        int column = column_of(got, used);
        if (column)
            return column;
    }
    return 0;
}

static int measure(const char *text, int wait_ms)
{
    say("\r");
    say(text);
    int column = ask_column(wait_ms);
    say("\r\033[K");
    return column > 0 ? column - 1 : 0;
}

static void measure_all(struct terminal_probe *p, int wait_ms)
{
    struct termios before, raw;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return;
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
        return;
    p->narrow = measure("x", wait_ms);
    p->answers = p->narrow > 0;
    if (p->answers && p->utf8) {
        p->ambiguous = measure("\xe2\x96\xa0", wait_ms); /* U+25A0, a square */
        p->wide = measure("\xe4\xb8\xad", wait_ms);      /* U+4E2D */
    }
    tcflush(STDIN_FILENO, TCIFLUSH);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static const char *capability(const char *name)
{
    char *text = tigetstr(name);
    return text && text != (char *)-1 ? text : "";
}

static void look_up(struct terminal_probe *p)
{
    int code = 0;
    p->described = p->name[0] && setupterm(NULL, STDOUT_FILENO, &code) == OK && code == 1;
    if (!p->described)
        return;
    int colours = tigetnum("colors");
    p->addresses = capability("cup")[0] != '\0';
    p->colours = colours > 0 ? colours : 0;
}

void terminal_probe(struct terminal_probe *p, int wait_ms)
{
    const char *name = getenv("TERM");
    struct winsize size;
    *p = (struct terminal_probe){.is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    snprintf(p->codeset, sizeof p->codeset, "%.31s", nl_langinfo(CODESET));
    p->utf8 = strcmp(p->codeset, "UTF-8") == 0;
    if (!p->is_terminal)
        return;
    text_gate(name ? name : "", name ? strlen(name) : 0, p->name, sizeof p->name, NULL);
    look_up(p);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        p->w = size.ws_col;
        p->h = size.ws_row;
    }
    if (!p->described || strncmp(capability("cup"), "\033[", 2) == 0)
        measure_all(p, wait_ms);
}
