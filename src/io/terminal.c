/*
 * struct terminal is the one screen of a process. `last` is what the terminal shows, cell by cell, or nothing when that is
 * not known; what differs from it goes to curses, and from there through the stage to the terminal. The tty's modes are
 * ours, not curses': curses writes to a file and never sees the tty. `owned` says whether the terminal is ours at the
 * moment: not while suspended.
 *
 * Modes: no echo, keys one by one, no flow control (a stray Ctrl-S must not freeze a plant's screen), no output processing.
 * ISIG stays on: Ctrl-C and Ctrl-Z arrive as signals, which the loop handles in order.
 */
#define NCURSES_NOMACROS
#include "io/terminal.h"

#include <assert.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>
/* term.h defines a macro for every capability. */
#undef columns
#undef lines
#undef tab

#include "core/memory.h"
#include "io/terminal_parts.h"

enum { SIZE_MOST = 1000, ESCAPE_MS = 25, ESCAPE_SSH_MS = 150, RUN_CELLS = 128 };

struct attribute {
    attr_t attr;
    short pair;
};

struct terminal {
    bool coloured;
    SCREEN *screen;
    struct output output;
    struct key_reader keys;
    struct termios saved, own;
    struct attribute attribute[CELL_ROLE_COUNT];
    bool has_paper[CELL_ROLE_COUNT];         /* shows on a blank: a background, reverse or underline */
    bool ascii, ambiguous_wide, owned, all;  /* all: draw everything anew */
    bool rings;                              /* at the next present */
    int w, h;
    struct grid *last;
    int cursor_x, cursor_y, shown_x, shown_y;
    char restore[256];                       /* gives the terminal back */
};

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

static const char *capability(const char *name)
{
    char *text = tigetstr(name);
    return text && text != (char *)-1 ? text : "";
}

/* Appends a capability without its padding ("$<5>"). */
static void append(char *out, size_t cap, const char *text)
{
    size_t length = strlen(out);
    while (*text && length + 1 < cap) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end)
            text = end + 1;
        else
            out[length++] = *text++;
    }
    out[length] = 0;
}

/* Bracketed paste is xterm's, and other terminals that speak ECMA-48 ignore it. */
static bool knows_paste(void)
{
    return strncmp(capability("cup"), "\033[", 2) == 0;
}

static void prepare_restore(struct terminal *terminal)
{
    static const char *const names[] = {"sgr0", "op", "rmacs", "rmkx", "cnorm", "rmcup"};
    terminal->restore[0] = 0;
    if (knows_paste())
        append(terminal->restore, sizeof terminal->restore, paste_off);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        append(terminal->restore, sizeof terminal->restore, capability(names[i]));
}

static void prepare_keys(struct terminal *terminal, int fd)
{
    static const struct {
        const char *name;
        enum key_code code;
    } table[] = {
        {"kcuu1", KEYC_UP}, {"kcud1", KEYC_DOWN}, {"kcuf1", KEYC_RIGHT}, {"kcub1", KEYC_LEFT}, {"kpp", KEYC_PAGE_UP}, {"knp", KEYC_PAGE_DOWN},
        {"khome", KEYC_HOME}, {"kend", KEYC_END}, {"kdch1", KEYC_DELETE}, {"kcbt", KEYC_BACKTAB}, {"kf1", KEYC_F1}, {"kent", KEYC_ENTER},
    };
    const char *given = getenv("ESCDELAY");
    long ms = given ? strtol(given, NULL, 10) : getenv("SSH_CONNECTION") || getenv("SSH_TTY") ? ESCAPE_SSH_MS : ESCAPE_MS;
    terminal->keys = (struct key_reader){.fd = fd, .escape_ms = ms < 0 || ms > 1000 ? ESCAPE_MS : (int)ms};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *bytes = capability(table[i].name);
        if (strlen(bytes) > 1) /* one byte would take a character or Ctrl key away */
            key_reader_add(&terminal->keys, bytes, table[i].code);
    }
}

/* A terminal with 8 colours has no greys: dark ones are shown dim. */
static bool is_dark_grey(int colour)
{
    return colour >= 232 && colour <= 246;
}

static attr_t plain_attr(const struct style *style)
{
    return (style->bold ? A_BOLD : A_NORMAL) | (style->dim ? A_DIM : A_NORMAL) | (style->reverse ? A_REVERSE : A_NORMAL) |
           (style->underline ? A_UNDERLINE : A_NORMAL);
}

/* The theme's colour as this terminal counts: with more than 256, by red, green and blue. */
static int colour_for(int colour, int colours)
{
    return colours > 256 && colour != COLOUR_DEFAULT ? (int)palette_rgb(colour) : colour;
}

/* One pair a role at most, which fits in the 64 of the smallest colour terminal. */
static void prepare_style(struct terminal *terminal, const struct theme *theme, int colours)
{
    for (short role = 0; role < CELL_ROLE_COUNT; role++) {
        const struct style *style = &theme->style[role];
        struct attribute *attribute = &terminal->attribute[role];
        *attribute = (struct attribute){.attr = plain_attr(style)};
        terminal->has_paper[role] = style->reverse || style->underline;
        int fg = colours >= 256 ? colour_for(style->fg, colours) : style->fg8;
        int bg = colours >= 256 ? colour_for(style->bg, colours) : style->bg8;
        if (!colours || (fg == COLOUR_DEFAULT && bg == COLOUR_DEFAULT))
            continue;
        if (colours < 256 && is_dark_grey(style->fg))
            attribute->attr |= A_DIM;
        terminal->has_paper[role] |= bg != COLOUR_DEFAULT;
        if (init_extended_pair(role + 1, fg, bg) == OK)
            attribute->pair = (short)(role + 1);
    }
}

/* The theme where there are colours; without them its colours would be lost and nothing left to see, hence mono. */
static bool prepare_theme(struct terminal *terminal, const struct terminal_options *options, struct error *err)
{
    struct theme mono;
    terminal->coloured = !options->mono && has_colors() && start_color() == OK && COLORS >= 8 && COLOR_PAIRS > CELL_ROLE_COUNT;
    if (terminal->coloured) {
        use_default_colors();
        prepare_style(terminal, options->theme, COLORS);
        return true;
    }
    if (!theme_load(&mono, "mono", NULL, err))
        return false;
    prepare_style(terminal, &mono, 0);
    return true;
}

static void take_modes(struct terminal *terminal)
{
    terminal->own = terminal->saved;
    terminal->own.c_iflag &= (tcflag_t) ~(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP);
    terminal->own.c_oflag &= (tcflag_t)~OPOST;
    terminal->own.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | IEXTEN);
    terminal->own.c_cc[VMIN] = 1;
    terminal->own.c_cc[VTIME] = 0;
    tcsetattr(terminal->output.fd, TCSANOW, &terminal->own);
}

static void own(struct terminal *terminal)
{
    take_modes(terminal);
    crash_arm(terminal->output.fd, terminal->restore, &terminal->saved);
    if (knows_paste())
        fputs(paste_on, terminal->output.stage);
    terminal->owned = true;
    terminal->all = true;
}

/* Size from the kernel; one that it does not know (0) leaves what was. */
static void read_size(struct terminal *terminal)
{
    struct winsize size;
    if (ioctl(terminal->output.fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        terminal->w = size.ws_col < SIZE_MOST ? size.ws_col : SIZE_MOST;
        terminal->h = size.ws_row < SIZE_MOST ? size.ws_row : SIZE_MOST;
    }
    resizeterm(terminal->h, terminal->w);
    grid_resize(terminal->last, terminal->w, terminal->h);
    terminal->all = true;
}

/* Asked first, because newterm() leaks when it fails. */
static bool is_known(const char *name, FILE *stage)
{
    int status;
    if (!name || !name[0] || setupterm(name, fileno(stage), &status) != OK)
        return false;
    del_curterm(cur_term);
    return true;
}

/* curses takes over signals that are the loop's: they are given back at once. */
static SCREEN *try_terminal(const char *name, FILE *stage)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction before[4];
    if (!is_known(name, stage))
        return NULL;
    for (size_t i = 0; i < 4; i++)
        sigaction(signals[i], NULL, &before[i]);
    SCREEN *screen = newterm(name, stage, stdin);
    for (size_t i = 0; i < 4; i++)
        sigaction(signals[i], &before[i], NULL);
    return screen;
}

static SCREEN *open_screen(FILE *stage, char *notice, size_t cap, struct error *err)
{
    static const char *const fallbacks[] = {"xterm-256color", "vt100"};
    const char *name = getenv("TERM");
    SCREEN *screen = try_terminal(name, stage);
    for (size_t i = 0; i < 2 && !screen; i++) {
        screen = try_terminal(fallbacks[i], stage);
        if (screen)
            snprintf(notice, cap, "TERM=%.40s is not known here: treated as %s", name ? name : "", fallbacks[i]);
    }
    if (!screen) {
        error_set(err, "no description of the terminal \"%.40s\" nor of xterm-256color or vt100: install ncurses-base", name ? name : "");
        return NULL;
    }
    if (!capability("cup")[0]) {
        error_set(err, "TERM=%.40s cannot place its cursor: use another terminal, or andon snapshot", name ? name : "");
        endwin();
        delscreen(screen);
        return NULL;
    }
    return screen;
}

static void prepare_curses(void)
{
    noecho();
    typeahead(-1); /* a key must not break off a frame */
    keypad(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    leaveok(stdscr, TRUE);
    curs_set(0);
}

static void destroy(struct terminal *terminal)
{
    output_close(&terminal->output);
    grid_destroy(terminal->last);
    free(terminal);
}

struct terminal *terminal_open(const struct terminal_options *options, char *notice, size_t cap, struct error *err)
{
    struct terminal *terminal = mem_zero(1, sizeof *terminal);
    char said[128] = "";
    if (!isatty(STDIN_FILENO) || tcgetattr(STDOUT_FILENO, &terminal->saved) != 0) {
        error_set(err, "standard input and output must be a terminal: for a picture there is andon snapshot");
        destroy(terminal);
        return NULL;
    }
    if (!output_open(&terminal->output, STDOUT_FILENO, err)) {
        destroy(terminal);
        return NULL;
    }
    terminal->screen = open_screen(terminal->output.stage, said, sizeof said, err);
    if (!terminal->screen) {
        destroy(terminal);
        return NULL;
    }
    terminal->ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    terminal->ambiguous_wide = options->ambiguous_wide;
    terminal->last = grid_create(0, 0);
    terminal->w = 80;
    terminal->h = 24;
    terminal->cursor_x = terminal->shown_x = -1;
    prepare_curses();
    if (!prepare_theme(terminal, options, err)) {
        endwin();
        delscreen(terminal->screen);
        destroy(terminal);
        return NULL;
    }
    prepare_restore(terminal);
    prepare_keys(terminal, STDIN_FILENO);
    read_size(terminal);
    own(terminal);
    snprintf(notice, cap, "%s", said);
    return terminal;
}

static void disown(struct terminal *terminal)
{
    if (!terminal->owned)
        return;
    endwin();
    if (knows_paste())
        fputs(paste_off, terminal->output.stage);
    if (output_ready(&terminal->output)) /* one that reads no more must not keep the process from leaving */
        output_flush(&terminal->output);
    crash_disarm();
    tcsetattr(terminal->output.fd, TCSANOW, &terminal->saved);
    terminal->owned = false;
}

void terminal_close(struct terminal *terminal)
{
    if (!terminal)
        return;
    disown(terminal);
    delscreen(terminal->screen);
    destroy(terminal);
}

void terminal_suspend(struct terminal *terminal)
{
    disown(terminal);
}

void terminal_resume(struct terminal *terminal)
{
    if (terminal->owned)
        return;
    own(terminal);
    read_size(terminal);
}

void terminal_size(const struct terminal *terminal, int *w, int *h)
{
    *w = terminal->w;
    *h = terminal->h;
}

void terminal_resized(struct terminal *terminal)
{
    read_size(terminal);
}

void terminal_bell(struct terminal *terminal)
{
    terminal->rings = true;
}

void terminal_redraw(struct terminal *terminal)
{
    terminal->all = true;
}

void terminal_set_theme(struct terminal *terminal, const struct theme *theme)
{
    if (terminal->coloured) /* without colours it stays mono */
        prepare_style(terminal, theme, COLORS);
    terminal->all = true;
}

void terminal_cursor(struct terminal *terminal, int x, int y)
{
    terminal->cursor_x = x;
    terminal->cursor_y = y;
}

size_t terminal_sent(const struct terminal *terminal)
{
    return terminal->output.sent;
}

struct key terminal_key(struct terminal *terminal, bool *gone)
{
    struct key key = key_reader_next(&terminal->keys);
    *gone = terminal->keys.gone && key.code == KEYC_NONE;
    return key;
}

static bool is_blank(const struct cell *cell)
{
    return cell->text[0] == ' ' && !cell->text[1];
}

/* A blank that shows nothing of its role is drawn in whatever saves a change of colours: as the cell before it, and at a row's
 * end in none, so that curses can clear the rest with one short sequence. */
static const struct attribute *attribute_of(const struct terminal *terminal, const struct cell *cell, const struct cell *before, bool at_end)
{
    static const struct attribute none = {A_NORMAL, 0};
    if (!is_blank(cell) || terminal->has_paper[cell->role])
        return &terminal->attribute[cell->role];
    if (at_end || !before)
        return &none;
    return &terminal->attribute[terminal->has_paper[before->role] ? cell->role : before->role];
}

/* The column after the last cell that shows anything. */
static int visible_end(const struct terminal *terminal, const struct cell *row, int w)
{
    while (w > 0 && is_blank(&row[w - 1]) && !terminal->has_paper[row[w - 1].role])
        w--;
    return w;
}

/* Gives one changed run of a row to curses. It must not end between the halves of a wide grapheme, nor does it: both differ. */
static void put_run(const struct terminal *terminal, const struct cell *row, int visible, int x, int y, int count)
{
    const struct cell *before = NULL; /* the last cell that was not a blank */
    cchar_t run[RUN_CELLS];
    int n = 0, at = x;
    for (int i = 0; i < count; i++) {
        const struct cell *cell = &row[x + i];
        wchar_t text[2 * CELL_CHARACTERS];
        if (!cell->width)
            continue;
        const struct attribute *attribute = attribute_of(terminal, cell, before, x + i >= visible);
        if (!is_blank(cell))
            before = cell;
        cell_characters(cell, terminal->ascii, terminal->ambiguous_wide, text);
        bool pair_of_narrow = cell->width == 2 && wcwidth(text[0]) == 1; /* the stand-in of a wide grapheme */
        wchar_t second[2] = {text[1], 0};
        if (pair_of_narrow || x + i + cell->width == terminal->w)
            text[1] = 0; /* also in the last column: some terminals wrap a mark there into the next row */
        setcchar(&run[n++], text, attribute->attr, attribute->pair, NULL);
        if (pair_of_narrow)
            setcchar(&run[n++], second, attribute->attr, attribute->pair, NULL);
        if (n >= RUN_CELLS - 1) {
            mvwadd_wchnstr(stdscr, y, at, run, n);
            at = x + i + cell->width;
            n = 0;
        }
    }
    if (n)
        mvwadd_wchnstr(stdscr, y, at, run, n);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Sends the row's cells that differ to curses and remembers them. */
static bool put_row(struct terminal *terminal, const struct cell *row, int w, int y)
{
    struct cell *last = &terminal->last->cells[(size_t)y * (size_t)terminal->w];
    if (!terminal->all && memcmp(row, last, (size_t)w * sizeof *row) == 0)
        return false;
    int visible = visible_end(terminal, row, w);
    for (int x = 0, end; x < w; x = end + 1) {
        for (end = x; end < w && (terminal->all || !same_cell(&row[end], &last[end]));)
            end++;
        if (end > x)
            put_run(terminal, row, visible, x, y, end - x);
    }
    memcpy(last, row, (size_t)w * sizeof *row);
    return true;
}

static void show_cursor(struct terminal *terminal)
{
    bool visible = terminal->cursor_x >= 0 && terminal->cursor_x < terminal->w && terminal->cursor_y < terminal->h;
    curs_set(visible);
    leaveok(stdscr, !visible);
    if (visible)
        wmove(stdscr, terminal->cursor_y, terminal->cursor_x);
}

bool terminal_present(struct terminal *terminal, const struct grid *grid)
{
    terminal->output.sent = 0;
    bool moved = terminal->cursor_x != terminal->shown_x || terminal->cursor_y != terminal->shown_y;
    if (!output_ready(&terminal->output) || !terminal->owned)
        return !terminal->output.gone; /* it has not read the last frame yet: the next one will hold this one's news too */
    int w = grid->w < terminal->w ? grid->w : terminal->w, h = grid->h < terminal->h ? grid->h : terminal->h;
    bool changed = terminal->all || moved || terminal->rings;
    if (terminal->all) {
        werase(stdscr);
        clearok(curscr, TRUE);
    }
    for (int y = 0; y < h; y++)
        changed |= put_row(terminal, &grid->cells[(size_t)y * (size_t)grid->w], w, y);
    terminal->all = false;
    if (!changed)
        return true;
    show_cursor(terminal);
    terminal->shown_x = terminal->cursor_x;
    terminal->shown_y = terminal->cursor_y;
    wnoutrefresh(stdscr);
    doupdate();
    if (terminal->rings)
        beep();
    terminal->rings = false;
    return output_flush(&terminal->output);
}
