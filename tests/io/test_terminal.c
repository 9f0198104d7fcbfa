/*
 * terminal: a child process owns a real pty and does what it is told over a pipe; libvterm reads what arrives at the other
 * end. A command is one line, and so is its answer. The kernel brings what is written to one end of a pty to the other one when it comes to it,
 * so behind each command's output the child writes a mark, and whoever awaits keys asks again.
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <vterm.h>

#include "io/clock.h"
#include "io/terminal.h"

static struct {
    int master, command, answer; /* the parent's ends */
    pid_t child;
    VTerm *vt;
    VTermScreen *screen;
    char raw[65536];             /* what the last command sent */
    size_t raw_length;
} pty;

/* ---- the child ---- */

/* Pieces of text all over the screen, the same for the same number. */
static void draw_random(struct surface s, unsigned seed)
{
    static const char *const pieces[] = {"run", "冷水站", "■", "1 245.0", "e\xCC\x81t\xCC\x81", "水", "        ", "STOP", "─────", "x"};
    for (int i = 0; i < 60; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned bits = seed >> 8;
        enum cell_role role = (enum cell_role)(bits / 3 % CELL_ROLE_COUNT);
        surface_text(s, (int)(bits % 90) - 5, (int)(bits / 90 % 26) - 1, role, pieces[bits / 7 % 10]);
    }
}

static void draw_frame(struct surface s, int number)
{
    grid_clear(s.grid);
    switch (number) {
    case 1:
        surface_text(s, 0, 0, CELL_TITLE, "andon");
        surface_text(s, 6, 0, CELL_ALARM_1, "■1");
        surface_text(s, 0, 1, CELL_TEXT, "冷水站 31.4 °C");
        surface_text(s, 0, 2, CELL_STALE, "stale");
        break;
    case 2: /* frame 1 with one value and one wide character changed */
        draw_frame(s, 1);
        surface_text(s, 7, 1, CELL_TEXT, "32.0");
        surface_text(s, 2, 1, CELL_TEXT, "x");
        break;
    case 3:
        for (int y = 0; y < s.h; y++)
            surface_fill(s, rect_of(0, y, s.w, 1), y % 2 ? CELL_SELECTED : CELL_TEXT, y % 3 ? "水" : "#");
        break;
    case 4:
        surface_text(s, 0, 0, CELL_TEXT, "\xF0\x9F\x94\xA7" "e\xCC\x81\xCC\xA3|");
        break;
    default:
        if (number >= 10)
            draw_random(s, (unsigned)number);
        break;
    }
}

static struct terminal *terminal;
static struct theme theme;

/* An OSC sequence that no terminal knows. */
static const char MARK[] = "\033]7777;\007";

static void say(int answer, const char *text)
{
    ssize_t marked = write(1, MARK, sizeof MARK - 1); /* fails when the terminal has gone */
    (void)marked;
    dprintf(answer, "%s\n", text);
}

static void do_open(int answer, const char *flags)
{
    struct terminal_options options = {.theme = &theme, .ascii = strchr(flags, 'a'), .ambiguous_wide = strchr(flags, 'w'), .mono = strchr(flags, 'm')};
    char notice[200];
    struct error err = {""};
    terminal = terminal_open(&options, notice, sizeof notice, &err);
    say(answer, terminal ? notice : err.text);
}

static void do_frame(int answer, int number)
{
    int w, h;
    char text[64];
    terminal_size(terminal, &w, &h);
    struct grid *grid = grid_create(w, h);
    draw_frame(surface_of(grid), number);
    bool good = terminal_present(terminal, grid);
    grid_destroy(grid);
    snprintf(text, sizeof text, "%s %zu %dx%d", good ? "good" : "gone", terminal_sent(terminal), w, h);
    say(answer, text);
}

static void do_keys(int answer)
{
    char text[512] = "";
    bool gone = false;
    for (struct key key; (key = terminal_key(terminal, &gone)).code != KEYC_NONE;) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, key.code == KEYC_CHAR ? "%d:%x " : "%d ", (int)key.code, (unsigned)key.character);
    }
    say(answer, gone ? "gone" : text);
}

static void obey(FILE *command, int answer)
{
    char line[128];
    while (fgets(line, sizeof line, command)) {
        line[strcspn(line, "\n")] = 0;
        switch (line[0]) {
        case 'T': setenv("TERM", line + 1, 1); say(answer, ""); break;
        case 'o': do_open(answer, line + 1); break;
        case 'f': do_frame(answer, (int)strtol(line + 1, NULL, 10)); break;
        case 'k': do_keys(answer); break;
        case 'r': terminal_resized(terminal); say(answer, ""); break;
        case 'b': terminal_bell(terminal); say(answer, ""); break;
        case 'R': terminal_redraw(terminal); say(answer, ""); break;
        case 's': terminal_suspend(terminal); say(answer, ""); break;
        case 'u': terminal_resume(terminal); say(answer, ""); break;
        case 'c': terminal_cursor(terminal, line[1] - '0', line[2] - '0'); say(answer, ""); break;
        case 'h': terminal_cursor(terminal, -1, 0); say(answer, ""); break;
        case 'q': terminal_close(terminal); say(answer, ""); break;
        case 'A': abort();
        default: say(answer, "?"); break;
        }
    }
}

static void child(const char *slave, int command, int answer)
{
    setsid();
    int fd = open(slave, O_RDWR);
    ioctl(fd, TIOCSCTTY, 0);
    dup2(fd, 0);
    dup2(fd, 1);
    signal(SIGHUP, SIG_IGN);
    setlocale(LC_CTYPE, "C.UTF-8");
    static const char *const unwanted[] = {"TERMINFO", "LINES", "COLUMNS", "ESCDELAY", "SSH_TTY", "SSH_CONNECTION"};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        unsetenv(unwanted[i]);
    theme_load(&theme, "dark", NULL, NULL);
    FILE *stream = fdopen(command, "r");
    obey(stream, answer);
    fclose(stream);
    exit(0); /* not _exit(): leaks count */
}

/* ---- the parent ---- */

static void set_size(int w, int h)
{
    struct winsize size = {.ws_col = (unsigned short)w, .ws_row = (unsigned short)h};
    ioctl(pty.master, TIOCSWINSZ, &size);
    if (w > 0 && h > 0)
        vterm_set_size(pty.vt, h, w);
}

static int start(void **state)
{
    (void)state;
    int command[2], answer[2];
    memset(&pty, 0, sizeof pty);
    pty.master = posix_openpt(O_RDWR | O_NOCTTY);
    if (pty.master < 0 || grantpt(pty.master) || unlockpt(pty.master) || pipe(command) || pipe(answer))
        return -1;
    pty.vt = vterm_new(24, 80);
    vterm_set_utf8(pty.vt, 1);
    pty.screen = vterm_obtain_screen(pty.vt);
    vterm_screen_enable_altscreen(pty.screen, 1);
    vterm_screen_reset(pty.screen, 1);
    set_size(80, 24);
    const char *slave = ptsname(pty.master);
    fflush(NULL);
    pty.child = fork();
    if (pty.child == 0) {
        close(pty.master);
        close(command[1]);
        close(answer[0]);
        child(slave, command[0], answer[1]);
    }
    close(command[0]);
    close(answer[1]);
    pty.command = command[1];
    pty.answer = answer[0];
    return 0;
}

static int stop(void **state)
{
    (void)state;
    close(pty.command);
    close(pty.answer);
    if (pty.master >= 0)
        close(pty.master);
    int status = 0;
    if (pty.child > 0)
        waitpid(pty.child, &status, 0);
    vterm_free(pty.vt);
    return status; /* a leak, or a crash that was not asked for */
}

enum { PATIENCE_MS = 120000 };

/* Takes what the child has written to its terminal, up to the mark; the rest belongs to nobody. False at the mark, and when the child has gone. */
static bool take_output(void)
{
    char byte;
    struct pollfd wait = {.fd = pty.master, .events = POLLIN};
    if (poll(&wait, 1, PATIENCE_MS) <= 0)
        fail_msg("the terminal is silent");
    if (read(pty.master, &byte, 1) != 1)
        return false;
    assert_true(pty.raw_length + 1 < sizeof pty.raw);
    pty.raw[pty.raw_length++] = byte;
    pty.raw[pty.raw_length] = 0;
    size_t mark = sizeof MARK - 1, before = pty.raw_length - mark;
    if (pty.raw_length < mark || memcmp(pty.raw + before, MARK, mark) != 0)
        return true;
    pty.raw_length = before;
    pty.raw[before] = 0;
    return false;
}

static const char *tell(const char *command)
{
    static char answer[600];
    size_t length = 0;
    pty.raw_length = 0;
    pty.raw[0] = 0;
    dprintf(pty.command, "%s\n", command);
    while (pty.master >= 0 && take_output())
        continue;
    vterm_input_write(pty.vt, pty.raw, pty.raw_length);
    while (length + 1 < sizeof answer) {
        struct pollfd wait = {.fd = pty.answer, .events = POLLIN};
        if (poll(&wait, 1, PATIENCE_MS) <= 0)
            fail_msg("no answer to %s", command);
        ssize_t n = read(pty.answer, answer + length, 1);
        if (n <= 0 || answer[length] == '\n')
            break;
        length++;
    }
    answer[length] = 0;
    return answer;
}

static void expect(const char *command, const char *answer)
{
    const char *got = tell(command);
    if (strcmp(got, answer) != 0)
        fail_msg("%s: answered \"%s\", expected \"%s\"", command, got, answer);
}

static VTermScreenCell cell_at(int x, int y)
{
    VTermScreenCell cell;
    memset(&cell, 0, sizeof cell);
    vterm_screen_get_cell(pty.screen, (VTermPos){.row = y, .col = x}, &cell);
    return cell;
}

static void expect_row(int y, const char *expected)
{
    char text[512];
    int rows, columns;
    vterm_get_size(pty.vt, &rows, &columns);
    size_t length = vterm_screen_get_text(pty.screen, text, sizeof text - 1, (VTermRect){y, y + 1, 0, columns});
    while (length && text[length - 1] == ' ')
        length--;
    text[length] = 0;
    if (strcmp(text, expected) != 0)
        fail_msg("row %d shows \"%s\", expected \"%s\"", y, text, expected);
}

static int colour_at(int x, int y)
{
    VTermColor colour = cell_at(x, y).fg;
    return VTERM_COLOR_IS_DEFAULT_FG(&colour) ? -1 : VTERM_COLOR_IS_INDEXED(&colour) ? colour.indexed.idx : -2;
}

static void open_as(const char *term)
{
    char command[80];
    snprintf(command, sizeof command, "T%s", term);
    tell(command);
    expect("o", "");
}

static size_t sent(const char *answer)
{
    return (size_t)strtoul(answer + 5, NULL, 10);
}

static void text_and_colours_arrive(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f1");
    expect_row(0, "andon ■1");
    expect_row(1, "冷水站 31.4 °C");
    assert_int_equal(cell_at(0, 1).width, 2);
    assert_int_equal(colour_at(6, 0), 196);
    assert_int_equal(colour_at(0, 0), 255);
    assert_int_equal(colour_at(0, 2), 242);
    assert_true(cell_at(6, 0).attrs.bold);
    assert_false(cell_at(0, 2).attrs.bold);
}

static void the_bell_rings_once(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f1");
    tell("b");
    tell("f1");
    assert_non_null(memchr(pty.raw, '\a', pty.raw_length));
    assert_int_equal(sent(tell("f1")), 0);
}

static void only_what_changed_is_sent(void **state)
{
    (void)state;
    open_as("xterm-256color");
    size_t first = sent(tell("f1"));
    assert_int_equal(pty.raw_length, first);
    assert_int_equal(sent(tell("f1")), 0);
    assert_int_equal(pty.raw_length, 0);
    size_t second = sent(tell("f2"));
    assert_in_range(second, 1, 60);
    assert_int_equal(pty.raw_length, second);
    expect_row(1, "冷x 站 32.0 °C");
    tell("f1");
    expect_row(1, "冷水站 31.4 °C");
    tell("f0");
    expect_row(0, "");
    expect_row(1, "");
    tell("R");
    assert_true(sent(tell("f0")) > 0);
}

/* What the terminal shows is what was drawn, whatever was there before. */
static void check_shown(const struct grid *grid)
{
    for (int y = 0; y < grid->h; y++)
        for (int x = 0; x < grid->w; x++) {
            const struct cell *cell = grid_cell(grid, x, y);
            if (!cell->width)
                continue;
            char text[64] = "";
            int width = cell_at(x, y).width;
            vterm_screen_get_text(pty.screen, text, sizeof text - 1, (VTermRect){y, y + 1, x, x + cell->width});
            /* In the last column marks are left out. */
            size_t compared = x == grid->w - 1 && (unsigned char)cell->text[0] < 0x80 ? 1 : sizeof cell->text;
            if (strncmp(text[0] ? text : " ", cell->text, compared) != 0 || width != cell->width)
                fail_msg("at %d,%d: \"%s\" of width %d, expected \"%s\" of width %d", x, y, text, width, cell->text, cell->width);
        }
}

static void any_frame_after_any_other(void **state)
{
    (void)state;
    open_as("xterm-256color");
    struct grid *grid = grid_create(80, 24);
    for (int number = 10; number < 50; number++) {
        char command[16];
        snprintf(command, sizeof command, "f%d", number);
        tell(command);
        grid_clear(grid);
        draw_frame(surface_of(grid), number);
        check_shown(grid);
    }
    grid_destroy(grid);
}

static void resizing_loses_nothing(void **state)
{
    (void)state;
    static const int sizes[][2] = {{120, 40}, {1, 1}, {2, 1}, {40, 12}, {3, 30}, {80, 24}};
    open_as("xterm-256color");
    tell("f3");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char expected[32];
        set_size(sizes[i][0], sizes[i][1]);
        tell("r");
        snprintf(expected, sizeof expected, " %dx%d", sizes[i][0], sizes[i][1]);
        const char *answer = tell("f3");
        if (!strstr(answer, expected))
            fail_msg("at%s: \"%s\"", expected, answer);
    }
    set_size(0, 0);
    tell("r");
    assert_non_null(strstr(tell("f1"), " 80x24")); /* an unknown size leaves what was */
    expect_row(0, "andon ■1");
    expect_row(1, "冷水站 31.4 °C");
    expect_row(3, "");
}

static void wide_and_composed_characters_stay_on_their_cells(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f4");
    assert_int_equal(cell_at(0, 0).chars[0], 0x1F527);
    assert_int_equal(cell_at(2, 0).chars[0], 'e');
    assert_int_equal(cell_at(2, 0).chars[1], 0x301);
    assert_int_equal(cell_at(3, 0).chars[0], '|');
    tell("f3");
    for (int y = 0; y < 24; y++)
        for (int x = 0; x < 80; x += 2)
            assert_int_equal(cell_at(x, y).chars[0], y % 3 ? 0x6C34 : '#');
}

static void ascii_and_ambiguous_terminals(void **state)
{
    (void)state;
    tell("Txterm-256color");
    expect("oa", "");
    tell("f1");
    expect_row(0, "andon #1");
    expect_row(1, "?????? 31.4 oC");
    tell("f2");
    expect_row(1, "??x ?? 32.0 oC");
    tell("q");
    expect("ow", "");
    tell("f1");
    expect_row(0, "andon #1");
    expect_row(1, "冷水站 31.4 oC");
}

static void eight_colours_and_none(void **state)
{
    (void)state;
    open_as("linux");
    tell("f1");
    assert_int_equal(colour_at(6, 0) & 7, 1);
    tell("q");
    open_as("vt100");
    tell("f1");
    expect_row(1, "冷水站 31.4 °C");
    assert_int_equal(colour_at(6, 0), -1);
    assert_true(cell_at(6, 0).attrs.bold);
    tell("q");
    tell("Txterm-256color");
    expect("om", "");
    tell("f1");
    assert_int_equal(colour_at(6, 0), -1);
    assert_true(cell_at(6, 0).attrs.bold);
}

static void unknown_terminals_fall_back_and_say_so(void **state)
{
    (void)state;
    tell("Tno-such-terminal");
    expect("o", "TERM=no-such-terminal is not known here: treated as xterm-256color");
    tell("f1");
    expect_row(0, "andon ■1");
}

static void a_terminal_without_cursor_addressing_is_refused(void **state)
{
    (void)state;
    tell("Tdumb");
    expect("o", "TERM=dumb cannot place its cursor: use another terminal, or andon snapshot");
    tell("Txterm");
    expect("o", "");
}

/* The keys arrive, sooner or later, and no others. */
static void expect_keys(const char *keys)
{
    char all[600] = "";
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (strncmp(all, keys, strlen(all)) == 0 && strlen(all) < strlen(keys)) {
        size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s", tell("k"));
        assert_true(clock_monotonic_ms() < until);
    }
    if (strcmp(all, keys) != 0)
        fail_msg("the keys are \"%s\", expected \"%s\"", all, keys);
}

static void press(const char *bytes)
{
    assert_int_equal(write(pty.master, bytes, strlen(bytes)), strlen(bytes));
}

static const struct {
    const char *bytes, *keys;
} key_cases[] = {
    {"q", "0:71 "}, {"\xE5\x86\xB7", "0:51b7 "}, {"\r", "2 "}, {"\033", "3 "}, {"\t", "4 "}, {"\033[Z", "5 "}, {"\177", "6 "}, {"\b", "6 "},
    {"\033[3~", "7 "}, {"\033[A\033OA", "8 8 "}, {"\033[B", "9 "}, {"\033[D\033[C", "10 11 "}, {"\033[5~\033[6~", "12 13 "},
    {"\033[H\033OF", "14 15 "}, {"\033OP\033[[A\033[11~", "16 16 16 "}, {"\033[1;5A", "8 "}, {"\014", "0:c "},
    {"\033[200~q\033[Aq\n\033[201~x", "0:78 "}, /* a paste is swallowed */
    {"\033[<0;3;4M\033[?1;2cx", "0:78 "},       /* so is what nobody knows */
    {"\xFF\xC2\x9B" "a", "0:61 "},              /* and what is not text */
};

static void keys_arrive(void **state)
{
    (void)state;
    open_as("xterm-256color");
    for (size_t i = 0; i < sizeof key_cases / sizeof key_cases[0]; i++) {
        press(key_cases[i].bytes);
        expect_keys(key_cases[i].keys);
    }
    expect("k", "");
}

static void split_keys_do_no_harm(void **state)
{
    (void)state;
    open_as("xterm-256color");
    press("\xE5\x86"); /* half a character waits for its rest */
    expect("k", "");
    press("\xB7");
    expect_keys("0:51b7 ");
    press("\033"); /* an arrow torn apart for longer than the delay is Esc [ A */
    expect_keys("3 ");
    press("[A");
    expect_keys("0:5b 0:41 ");
    press("\033[200~lost"); /* a paste whose end is lost ends with an Esc */
    expect("k", "");
    press("qqq");
    expect("k", "");
    press("\033");
    expect_keys("3 ");
    press("q");
    expect_keys("0:71 ");
}

static bool is_cooked(void)
{
    struct termios modes;
    assert_int_equal(tcgetattr(pty.master, &modes), 0);
    return (modes.c_lflag & ICANON) && (modes.c_lflag & ECHO) && (modes.c_oflag & OPOST) && (modes.c_iflag & IXON);
}

static void closing_gives_the_terminal_back(void **state)
{
    (void)state;
    assert_true(is_cooked());
    open_as("xterm-256color");
    tell("f1");
    assert_false(is_cooked());
    assert_non_null(strstr(pty.raw, "\033[?1049h"));
    assert_non_null(strstr(pty.raw, "\033[?2004h"));
    tell("q");
    assert_true(is_cooked());
    assert_non_null(strstr(pty.raw, "\033[?1049l"));
    assert_non_null(strstr(pty.raw, "\033[?2004l"));
}

static void suspending_gives_it_back_for_a_while(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f1");
    tell("s");
    assert_true(is_cooked());
    assert_non_null(strstr(pty.raw, "\033[?1049l"));
    assert_int_equal(sent(tell("f2")), 0);
    set_size(60, 20);
    tell("u");
    assert_false(is_cooked());
    assert_non_null(strstr(tell("f1"), " 60x20"));
    assert_non_null(strstr(pty.raw, "\033[?1049h"));
    assert_non_null(strstr(pty.raw, "\033[?2004h"));
    expect_row(1, "冷水站 31.4 °C");
}

static void a_crash_gives_the_terminal_back(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f1");
    tell("A");
    int status = 0;
    assert_int_equal(waitpid(pty.child, &status, 0), pty.child);
    pty.child = 0;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(pty.raw, "\033[?1049l"));
    assert_non_null(strstr(pty.raw, "\033[?2004l"));
    assert_true(is_cooked());
}

static void a_hang_up_is_seen_at_once(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f1");
    close(pty.master);
    pty.master = -1;
    expect("k", "gone");
    assert_memory_equal(tell("f2"), "gone", 4);
    assert_memory_equal(tell("f3"), "gone", 4);
    expect("q", "");
}

static void the_cursor_shows_where_one_types(void **state)
{
    (void)state;
    open_as("xterm-256color");
    tell("f1");
    tell("c31");
    tell("f1");
    assert_non_null(strstr(pty.raw, "\033[?12l\033[?25h"));
    VTermPos position;
    vterm_state_get_cursorpos(vterm_obtain_state(pty.vt), &position);
    assert_int_equal(position.col, 3);
    assert_int_equal(position.row, 1);
    tell("h");
    tell("f1");
    assert_non_null(strstr(pty.raw, "\033[?25l"));
    assert_int_equal(sent(tell("f1")), 0);
}

#define PTY_CASE(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        PTY_CASE(text_and_colours_arrive), PTY_CASE(only_what_changed_is_sent), PTY_CASE(the_bell_rings_once), PTY_CASE(any_frame_after_any_other), PTY_CASE(resizing_loses_nothing),
        PTY_CASE(wide_and_composed_characters_stay_on_their_cells), PTY_CASE(ascii_and_ambiguous_terminals), PTY_CASE(eight_colours_and_none),
        PTY_CASE(unknown_terminals_fall_back_and_say_so), PTY_CASE(a_terminal_without_cursor_addressing_is_refused), PTY_CASE(keys_arrive),
        PTY_CASE(split_keys_do_no_harm), PTY_CASE(closing_gives_the_terminal_back), PTY_CASE(suspending_gives_it_back_for_a_while),
        PTY_CASE(a_crash_gives_the_terminal_back), PTY_CASE(a_hang_up_is_seen_at_once), PTY_CASE(the_cursor_shows_where_one_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
