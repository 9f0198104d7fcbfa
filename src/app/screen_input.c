/*
 * Keys. While a line is typed every key belongs to it; else what is open over the view is asked first, then the view, then
 * the screen's own table. A burst of keys is handled in one go before anything is drawn, and a bounded one, so that a
 * paste or a stuck key cannot starve the plant.
 */
#include "app/screen_parts.h"

#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "core/chunk.h"
#include "core/text_gate.h"
#include "draw/text.h"
#include "io/clock.h"
#include "views/panels.h"

enum { BURST = 256, CTRL_C = 3, CTRL_L = 12, CTRL_U = 21, THAW_MS = 60000, TORN_MS = 500, SECOND_MS = 1000 };

/* ---- the line ---- */

static void place_cursor(struct screen *s)
{
    char head[PROMPT_BYTES];
    snprintf(head, sizeof head, "%.*s", (int)s->prompt.cursor, s->prompt.line);
    s->compose.prompt_cursor = (size_t)text_width(head);
}

static void set_line(struct screen *s, const char *line)
{
    snprintf(s->prompt.line, sizeof s->prompt.line, "%s", line);
    s->prompt.cursor = strlen(s->prompt.line);
}

static void open_prompt(struct screen *s, const char *line)
{
    struct prompt *p = &s->prompt;
    set_line(s, line);
    p->head = 1;
    p->history_at = p->history_count;
    p->turn = 0;
    snprintf(p->before, sizeof p->before, "%s", s->compose.filter);
    screen_say(s, "");
}

static void close_prompt(struct screen *s)
{
    set_line(s, "");
}

void prompt_ask(struct screen *s, const char *question)
{
    open_prompt(s, question);
    s->prompt.head = strlen(s->prompt.line);
    place_cursor(s);
}

void prompt_open(struct screen *s, const char *line)
{
    open_prompt(s, line);
    place_cursor(s);
}

static bool is_question(const struct screen *s) { return s->acting.question != ASK_NOTHING; }

static size_t encode(uint32_t c, char out[5])
{
    size_t n = 0;
    if (c < 0x80) {
        out[n++] = (char)c;
    } else if (c < 0x800) {
        out[n++] = (char)(0xc0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out[n++] = (char)(0xe0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (c & 0x3f));
    }
    out[n] = '\0';
    return n;
}

static void insert(struct prompt *p, uint32_t character)
{
    char bytes[5], clean[16];
    size_t length = text_gate(bytes, encode(character, bytes), clean, sizeof clean, NULL), end = strlen(p->line);
    if (length == 0 || end + length >= sizeof p->line)
        return;
    memmove(p->line + p->cursor + length, p->line + p->cursor, end - p->cursor + 1);
    memcpy(p->line + p->cursor, clean, length);
    p->cursor += length;
}

static size_t before_cursor(const struct prompt *p)
{
    size_t at = p->cursor;
    if (at <= p->head)
        return p->head;
    for (at--; at > p->head && ((unsigned char)p->line[at] & 0xc0) == 0x80; at--)
        continue;
    return at;
}

static void erase_to(struct prompt *p, size_t from, size_t to)
{
    memmove(p->line + from, p->line + to, strlen(p->line) - to + 1);
    p->cursor = from;
}

static size_t after_cursor(const struct prompt *p)
{
    return p->cursor + text_grapheme(p->line + p->cursor).length;
}

static void recall(struct screen *s, int step)
{
    struct prompt *p = &s->prompt;
    if ((step < 0 && p->history_at == 0) || (step > 0 && p->history_at >= p->history_count))
        return;
    p->history_at += (size_t)step;
    set_line(s, p->history_at < p->history_count ? p->history[p->history_at] : ":");
}

static void remember(struct prompt *p)
{
    if (p->history_count && strcmp(p->history[p->history_count - 1], p->line) == 0)
        return;
    if (p->history_count == HISTORY)
        memmove(p->history, p->history + 1, --p->history_count * sizeof p->history[0]);
    memcpy(p->history[p->history_count++], p->line, sizeof p->line);
}

static void complete(struct screen *s)
{
    struct prompt *p = &s->prompt;
    char line[PROMPT_BYTES - 1], whole[PROMPT_BYTES];
    if (p->turn == 0)
        memcpy(p->typed, p->line, sizeof p->typed);
    if (command_complete(s, line, sizeof line, p->typed + 1, p->turn)) {
        snprintf(whole, sizeof whole, ":%s", line);
        set_line(s, whole);
        p->turn++;
    }
}

/* The choices of a question, one after the other. */
static void offer(struct screen *s)
{
    struct prompt *p = &s->prompt;
    const char *choice = act_choice(s, p->turn);
    if (!choice && p->turn > 0)
        choice = act_choice(s, p->turn = 0);
    if (!choice)
        return;
    snprintf(p->line + p->head, sizeof p->line - p->head, "%s", choice);
    p->cursor = strlen(p->line);
    p->turn++;
}

/* The next question takes the line's place; where an answer was bad, what is wrong with it is the question. */
static void enter_answer(struct screen *s)
{
    char text[PROMPT_BYTES], question[PROMPT_BYTES];
    struct error err;
    snprintf(text, sizeof text, "%s", s->prompt.line + s->prompt.head);
    if (act_answer(s, text, &err)) {
        if (!is_question(s))
            close_prompt(s);
        return;
    }
    snprintf(question, sizeof question, "%.100s: ", err.text);
    prompt_ask(s, question);
}

static void enter(struct screen *s)
{
    struct prompt *p = &s->prompt;
    struct error err;
    if (is_question(s)) {
        enter_answer(s);
        return;
    }
    if (p->line[0] == ':' && p->line[1]) {
        remember(p);
        char line[PROMPT_BYTES];
        memcpy(line, p->line + 1, sizeof line - 1);
        close_prompt(s);
        if (!command_run(s, line, &err))
            screen_say(s, err.text);
        return; /* it may have put a question into the line */
    }
    close_prompt(s);
}

static void prompt_key(struct screen *s, struct key key)
{
    struct prompt *p = &s->prompt;
    bool question = is_question(s), command = !question && p->line[0] == ':', filter = !question && !command;
    if (key.code == KEYC_TAB && (command || question)) {
        if (question)
            offer(s);
        else
            complete(s);
        place_cursor(s);
        return;
    }
    p->turn = 0;
    switch (key.code) {
    case KEYC_ENTER: enter(s); return;
    case KEYC_ESC:
        if (question)
            act_cancel(s);
        if (filter)
            snprintf(s->compose.filter, sizeof s->compose.filter, "%s", p->before);
        close_prompt(s);
        return;
    case KEYC_BACKSPACE:
        if (!question && p->line[1] == '\0') {
            close_prompt(s);
            return;
        }
        erase_to(p, before_cursor(p), p->cursor);
        break;
    case KEYC_DELETE: erase_to(p, p->cursor, after_cursor(p)); break;
    case KEYC_LEFT: p->cursor = before_cursor(p); break;
    case KEYC_RIGHT: p->cursor = after_cursor(p); break;
    case KEYC_HOME: p->cursor = p->head; break;
    case KEYC_END: p->cursor = strlen(p->line); break;
    case KEYC_UP:
    case KEYC_DOWN:
        if (command)
            recall(s, key.code == KEYC_UP ? -1 : 1);
        break;
    case KEYC_CHAR:
        if (key.character == CTRL_U)
            erase_to(p, p->head, p->cursor);
        else if (key.character >= ' ')
            insert(p, key.character);
        break;
    default: break;
    }
    if (filter)
        snprintf(s->compose.filter, sizeof s->compose.filter, "%.*s", FILTER_BYTES - 1, p->line + 1);
    place_cursor(s);
}

/* ---- the screen's own keys ---- */

static void key_quit(struct screen *s) { screen_leave(s); }
static void key_back(struct screen *s) { compose_back(&s->compose); }
static void key_last(struct screen *s) { compose_swap_last(&s->compose); }
static void key_redraw(struct screen *s) { terminal_redraw(s->terminal); }

static void key_help(struct screen *s)
{
    if (s->compose.over == &help_view)
        compose_close(&s->compose);
    else
        compose_open(&s->compose, &help_view);
}

static void key_filter(struct screen *s)
{
    char line[FILTER_BYTES + 2];
    snprintf(line, sizeof line, "/%s", s->compose.filter);
    open_prompt(s, line);
    place_cursor(s);
}

static void key_command(struct screen *s)
{
    open_prompt(s, ":");
    place_cursor(s);
}

static void key_worst(struct screen *s)
{
    struct error err;
    if (!compose_worst(&s->compose, &err))
        screen_say(s, err.text);
}

static void key_calls(struct screen *s) { compose_calls(&s->compose); }

static void key_soon(struct screen *s) { compose_open(&s->compose, &soon_view); }

static void key_note(struct screen *s)
{
    struct error err;
    if (!screen_note(s, "", &err))
        screen_say(s, err.text);
}

static void key_energy(struct screen *s)
{
    struct error err;
    if (!compose_go(&s->compose, "energy", NULL, &err))
        screen_say(s, err.text);
}

static void key_matrix(struct screen *s)
{
    struct error err;
    if (!compose_go(&s->compose, "matrix", NULL, &err))
        screen_say(s, err.text);
}

static void key_minute_back(struct screen *s) { screen_step(s, -MINUTE_MS); }
static void key_minute_on(struct screen *s) { screen_step(s, MINUTE_MS); }
static void key_hour_back(struct screen *s) { screen_step(s, -HOUR_MS); }
static void key_hour_on(struct screen *s) { screen_step(s, HOUR_MS); }

static void key_second_back(struct screen *s) { screen_step(s, -SECOND_MS); }
static void key_second_on(struct screen *s) { screen_step(s, SECOND_MS); }
static void key_message_back(struct screen *s) { screen_messages(s, -1); }
static void key_message_on(struct screen *s) { screen_messages(s, 1); }

static void key_freeze(struct screen *s)
{
    double speed = screen_tape_speed(s);
    if (speed >= 0) {
        screen_play(s, speed > 0 ? 0 : 1);
        return;
    }
    if (s->travel.away) {
        screen_play(s, s->travel.speed ? 0 : 1);
        return;
    }
    if (s->compose.frozen) {
        compose_thaw(&s->compose);
        loop_timer_at(s->loop, s->thaw_timer, INT64_MAX);
    } else {
        compose_freeze(&s->compose);
        s->thaw_at = clock_monotonic_ms() + THAW_MS;
        loop_timer_at(s->loop, s->thaw_timer, s->thaw_at);
    }
}

static void key_own_views(struct screen *s)
{
    if (!compose_next_panels(&s->compose))
        screen_say(s, "no view of panels yet: :panel makes one");
}

void command_of_view(void *arg, const char *line, bool run)
{
    struct screen *s = arg;
    struct error err;
    char whole[PROMPT_BYTES];
    if (run) {
        if (!command_run(s, line, &err))
            screen_say(s, err.text);
        return;
    }
    snprintf(whole, sizeof whole, ":%s", line);
    open_prompt(s, whole);
    place_cursor(s);
}

static const struct binding {
    struct key key;
    void (*run)(struct screen *screen);
} binding_table[] = {
    {{KEYC_CHAR, 'q'}, key_quit},      {{KEYC_CHAR, CTRL_C}, key_quit}, {{KEYC_ESC, 0}, key_back},       {{KEYC_CHAR, '-'}, key_last},
    {{KEYC_CHAR, CTRL_L}, key_redraw}, {{KEYC_CHAR, '?'}, key_help},    {{KEYC_F1, 0}, key_help},        {{KEYC_CHAR, '/'}, key_filter},
    {{KEYC_CHAR, ':'}, key_command},   {{KEYC_CHAR, ' '}, key_freeze},  {{KEYC_CHAR, '['}, key_minute_back}, {{KEYC_CHAR, ']'}, key_minute_on},
    {{KEYC_CHAR, 'c'}, key_calls},     {{KEYC_CHAR, 'N'}, key_note}, {{KEYC_CHAR, 'd'}, key_soon},       {{KEYC_CHAR, 'E'}, key_energy},    {{KEYC_CHAR, 'V'}, key_own_views}, {{KEYC_CHAR, 'M'}, key_matrix},
    {{KEYC_CHAR, '!'}, key_worst},     {{KEYC_CHAR, '{'}, key_hour_back}, {{KEYC_CHAR, '}'}, key_hour_on}, {{KEYC_CHAR, 'P'}, screen_play_next}, {{KEYC_CHAR, 'L'}, screen_live},
    {{KEYC_CHAR, ','}, key_message_back}, {{KEYC_CHAR, '.'}, key_message_on}, {{KEYC_CHAR, '('}, key_second_back}, {{KEYC_CHAR, ')'}, key_second_on},
};

/* A view that claims the number has it. */
static void view_by_number(struct screen *s, uint32_t digit)
{
    struct error err;
    const struct panel_view *own;
    for (size_t i = 0; (own = panels_nth(model_plant(compose_model(&s->compose)), s->compose.own, s->compose.own_count, i)) != NULL; i++)
        if (own->key == (char)digit) {
            compose_go(&s->compose, own->name, NULL, &err);
            return;
        }
    size_t n = digit == '0' ? 9 : digit - '1';
    if (n < view_count && !compose_go(&s->compose, view_registry[n]->name, NULL, &err))
        screen_say(s, err.text);
}

static void own_key(struct screen *s, struct key key)
{
    for (size_t i = 0; i < sizeof binding_table / sizeof binding_table[0]; i++)
        if (binding_table[i].key.code == key.code && binding_table[i].key.character == key.character) {
            binding_table[i].run(s);
            return;
        }
    if (key.code == KEYC_CHAR && key.character >= '0' && key.character <= '9')
        view_by_number(s, key.character);
}

/* An arrow key that a slow line tore apart arrives as Esc [ A: it must not go back in time. */
static bool is_torn(struct screen *s, struct key key)
{
    int64_t now = clock_monotonic_ms();
    bool torn = key_is(key, '[') && now - s->esc_at < TORN_MS;
    if (key.code == KEYC_ESC)
        s->esc_at = now;
    return torn;
}

static void take_key(struct screen *s, struct key key)
{
    if (is_torn(s, key))
        return;
    if (key_is(key, CTRL_C))
        screen_leave(s); /* whatever is open or typed */
    else if (s->prompt.line[0])
        prompt_key(s, key);
    else if (!compose_key(&s->compose, key))
        own_key(s, key);
    else
        learn_answer(s);
}

void input_ready(void *arg)
{
    struct screen *s = arg;
    bool gone = false, any = false;
    for (int n = 0; n < BURST && !s->leaving; n++) {
        struct key key = terminal_key(s->terminal, &gone);
        if (gone) {
            screen_leave(s);
            return;
        }
        if (key.code == KEYC_NONE)
            break;
        any = true;
        if (s->showing)
            take_key(s, key);
    }
    if (any)
        frame_soon(s, true);
}
