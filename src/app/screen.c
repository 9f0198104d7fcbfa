/*
 * The screen's life. The terminal is taken last and given back first, on every way out; signals arrive in the loop, so that
 * nothing of this runs in a handler.
 */
#include "app/screen.h"

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/screen_parts.h"
#include "core/memory.h"
#include "core/text_gate.h"
#include "io/clock.h"

enum { MESSAGE_MS = 6000, FRAME_LEAST_MS = 20 };

void screen_leave(struct screen *s)
{
    s->leaving = true;
    loop_stop(s->loop);
}

void screen_say(struct screen *s, const char *text)
{
    snprintf(s->compose.message, sizeof s->compose.message, "%.*s", COMPOSE_MESSAGE - 1, text);
    loop_timer_at(s->loop, s->message_timer, text[0] ? clock_monotonic_ms() + MESSAGE_MS : INT64_MAX);
    frame_soon(s, true);
}

static void say_of_view(void *arg, const char *text)
{
    screen_say(arg, text);
}

static void on_message_old(void *arg)
{
    screen_say(arg, "");
}

static void on_thaw(void *arg)
{
    struct screen *s = arg;
    compose_thaw(&s->compose);
    frame_soon(s, false);
}

static void thaw_old(struct screen *s)
{
    compose_thaw(&s->compose);
    loop_timer_at(s->loop, s->thaw_timer, INT64_MAX);
    screen_say(s, "thawed: the collector told its configuration anew");
}

/* A frozen copy borrows a plant; after a reload it must be gone before that plant is. */
void screen_changed(void *arg)
{
    struct screen *s = arg;
    if (!s->showing)
        return;
    struct compose *c = &s->compose;
    if (c->frozen && model_plant(c->frozen) != model_plant(c->origin.model(c->origin.self)))
        thaw_old(s);
    frame_soon(s, false);
}

static void on_signal(void *arg, int signal)
{
    struct screen *s = arg;
    if (signal == SIGWINCH) {
        terminal_resized(s->terminal);
        frame_soon(s, true);
    } else {
        screen_leave(s);
    }
}

/* Ctrl-Z, or somebody's kill -TSTP: the shell gets its terminal as it was, and we take it back when we are woken. */
static void on_suspend(void *arg, int signal)
{
    struct screen *s = arg;
    (void)signal;
    terminal_suspend(s->terminal);
    raise(SIGSTOP);
    terminal_resume(s->terminal);
    terminal_resized(s->terminal);
    terminal_redraw(s->terminal);
    frame_soon(s, true);
}

bool screen_set_theme(struct screen *s, const char *name, struct error *err)
{
    struct theme theme;
    if (!theme_load(&theme, name, s->options.config_folder, err))
        return false;
    s->theme = theme; /* the terminal borrows it */
    terminal_set_theme(s->terminal, &s->theme);
    terminal_redraw(s->terminal);
    return true;
}

static bool no_color(void)
{
    const char *set = getenv("NO_COLOR");
    return set && *set;
}

static bool take_terminal(struct screen *s, struct error *err)
{
    const char *theme = s->options.theme && *s->options.theme ? s->options.theme : no_color() ? "mono" : "dark";
    char notice[COMPOSE_MESSAGE];
    if (!theme_load(&s->theme, theme, s->options.config_folder, err))
        return false;
    s->terminal = terminal_open(&(struct terminal_options){.theme = &s->theme, .ascii = s->options.ascii, .ambiguous_wide = s->options.ambiguous_wide,
        .mono = no_color()}, notice, sizeof notice, err);
    if (!s->terminal)
        return false;
    snprintf(s->compose.message, sizeof s->compose.message, "%s", notice);
    return true;
}

struct screen *screen_create(struct loop *loop, const struct screen_options *options)
{
    struct screen *s = mem_zero(1, sizeof *s);
    s->loop = loop;
    s->options = *options;
    if (s->options.frame_ms < FRAME_LEAST_MS)
        s->options.frame_ms = FRAME_LEAST_MS;
    s->input_watch = -1;
    s->frame_timer = loop_timer(loop, frame_timer_fired, s);
    s->thaw_timer = loop_timer(loop, on_thaw, s);
    s->message_timer = loop_timer(loop, on_message_old, s);
    s->play_timer = -1;
    static const int signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        loop_signal(loop, signals[i], on_signal, s);
    loop_signal(loop, SIGTSTP, on_suspend, s);
    return s;
}

void screen_destroy(struct screen *s)
{
    if (!s)
        return;
    terminal_close(s->terminal);
    screen_panels_leave(s);
    loop_unwatch(s->loop, s->input_watch);
    loop_timer_remove(s->loop, s->frame_timer);
    loop_timer_remove(s->loop, s->thaw_timer);
    loop_timer_remove(s->loop, s->message_timer);
    learn_end(s);
    if (s->showing)
        compose_finish(&s->compose);
    travel_end(s);
    layout_finish(&s->layout);
    grid_destroy(s->grid);
    free(s);
}

static void who_looks(char *out, size_t cap)
{
    const struct passwd *me = getpwuid(geteuid());
    const char *name = me ? me->pw_name : "?";
    text_gate(name, strlen(name), out, cap, NULL);
}

bool screen_show(struct screen *s, struct origin origin, struct error *err)
{
    const char *view = s->options.view && *s->options.view ? s->options.view : view_registry[0]->name;
    travel_begin(s, origin);
    compose_init(&s->compose, travel_origin(&s->travel));
    s->compose.read_only = s->options.read_only;
    s->compose.act = screen_act;
    s->compose.say = say_of_view;
    s->compose.command = command_of_view;
    s->compose.act_arg = s;
    struct error damaged = {.text = ""};
    screen_trends_load(s, &damaged);
    who_looks(s->compose.user, sizeof s->compose.user);
    if (!compose_go(&s->compose, view, NULL, err) || !take_terminal(s, err)) {
        compose_finish(&s->compose);
        return false;
    }
    if (damaged.text[0])
        snprintf(s->compose.message, sizeof s->compose.message, "%.*s", COMPOSE_MESSAGE - 1, damaged.text);
    s->compose.last = s->compose.here;
    s->showing = true;
    s->input_watch = loop_watch(s->loop, STDIN_FILENO, LOOP_READ, input_ready, s);
    return true;
}

int screen_run(struct screen *s)
{
    if (s->compose.message[0])
        loop_timer_at(s->loop, s->message_timer, clock_monotonic_ms() + MESSAGE_MS);
    frame_soon(s, true);
    loop_run(s->loop);
    terminal_close(s->terminal);
    s->terminal = NULL;
    return s->status;
}
