/*
 * terminal: the screen edge (ncurses). Turns a grid of roles into colours by a theme and sends only the cells that changed;
 * turns bytes into keys. Standard input and output are the terminal. One a process; terminal_close() restores it, and so do the crash signals, from bytes
 * prepared beforehand.
 */
#ifndef ANDON_IO_TERMINAL_H
#define ANDON_IO_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "draw/key.h"
#include "draw/surface.h"
#include "io/theme.h"

struct terminal;

struct terminal_options {
    const struct theme *theme;
    bool ascii;           /* --ascii, or the locale is not UTF-8 */
    bool ambiguous_wide;
    bool mono;            /* NO_COLOR */
};

/* Takes the terminal over; Ctrl-C and Ctrl-Z stay signals. The caller has called setlocale(LC_CTYPE, "") and unset TERMINFO,
 * TERMINFO_DIRS, LINES and COLUMNS. Without colours, or with `mono`, the theme mono is used. An unknown TERM falls back to xterm-256color, then vt100; `notice` (cap bytes) then says so,
 * and is "" otherwise. One that cannot address its cursor is refused. */
struct terminal *terminal_open(const struct terminal_options *options, char *notice, size_t cap, struct error *err);
void terminal_close(struct terminal *terminal);
void terminal_size(const struct terminal *terminal, int *w, int *h);
/* Reads the size anew after SIGWINCH. */
void terminal_resized(struct terminal *terminal);
/* Sends what differs from the last frame; nothing when nothing does. A terminal that has not yet read the last frame is
 * passed over, and gets the difference the next time. False: the terminal is gone. */
bool terminal_present(struct terminal *terminal, const struct grid *grid);
/* Where the cursor is shown; x < 0 hides it. */
void terminal_cursor(struct terminal *terminal, int x, int y);
/* The next key that has arrived, without waiting; KEYC_NONE when there is none. *gone: end of input or EIO. Pastes are
 * swallowed. */
struct key terminal_key(struct terminal *terminal, bool *gone);
/* Rings the bell at the next present; what the terminal makes of it is its user's choice. */
void terminal_bell(struct terminal *terminal);
/* Draw everything anew at the next present (after a suspend, Ctrl-L). */
void terminal_redraw(struct terminal *terminal);
/* Other colours from the next present on; without colours it stays mono. */
void terminal_set_theme(struct terminal *terminal, const struct theme *theme);
/* Puts the user's terminal back while the process is stopped, and takes it again. */
void terminal_suspend(struct terminal *terminal);
void terminal_resume(struct terminal *terminal);
/* Bytes sent by the last present, for the bench. */
size_t terminal_sent(const struct terminal *terminal);

#endif
