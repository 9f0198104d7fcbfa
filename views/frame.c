/*
 * frame: puts a screen together: header, banner, rules, the view, what is opened over it, footer. It keeps no state; small
 * screens give up the rules first.
 */
#include "views/frame.h"

#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/common.h"

extern const struct view alarms_view;

enum { RULES_LEAST_H = 16, OVER_FULL_W = 84, OVER_MOST_W = 100, OVER_FULL_H = 24, OVER_MOST_H = 28, BANNER_TEXT = 256 };

const struct key_row frame_keys[] = {
    {"?", "help", "help for this view, also F1; Esc closes it", 0},
    {"0-9", "views", "goes to a view: 1 overview, 2 line, 3 tags, 4 health, 5 trends, 6 changes, 7 alarms, 8 journal, 9 performance, 0 OEE; b and S on a line: its hour board, its stops", 8},
    {"/", "find", "filters what the view lists; words in any order, ! before them inverts, Esc clears", 4},
    {":", "command", "a command; Tab completes, arrows recall", 7},
    {"-", "last view", "returns to the last view; in trends it zooms out", 9},
    {"Esc", "back", "closes what is open, clears the filter, goes up one level", 0},
    {"V", "own views", "goes to the next view of panels, those of the configuration and one's own", 0},
    {"!", "worst", "goes to the unit of the worst alarm, from every view", 0},
    {"c", "call", "calls somebody to the selected line or unit; who was called, who waits how long, who comes", 0},
    {"E", "energy", "goes to energy: what it costs to run, where it goes, when the limit will be hit; there e: emissions", 0},
    {"M", "matrix", "goes to the matrix: equal machines beside each other, what is odd among them, also of what nobody configured", 0},
    {"d", "due", "what will be due next: reels, tools, services, ends of orders and shifts", 0},
    {"N", "note", "leaves a note for the next shift of the selected line", 0},
    {"Space", "freeze", "freezes the picture for a minute, or until Space; in the past: plays and stands", 0},
    {"[ ]", "time", "goes back in time by a minute, and forward", 0},
    {"{ }", "hour", "the same by an hour", 0},
    {"P", "play", "in the past: plays at 1x, 10x, 60x, stands again; of a capture to 100x", 0},
    {", .", "message", "of a capture: back and on by a message", 0},
    {"( )", "second", "of a capture: back and on by a second", 0},
    {"L", "live", "comes back to what is live", 0},
    {"Ctrl-L", "redraw", "draws the whole screen anew", 0},
    {"q", "quit", "leaves andon; the collector goes on", 5},
};
const size_t frame_key_count = sizeof frame_keys / sizeof frame_keys[0];

/* "NOT RECORDING since 10:42: the disk is full" */
static void recording_text(const struct scene *scene, char out[BANNER_TEXT])
{
    const struct store_health *store = scene->health ? &scene->health->store : NULL;
    char since[SPAN_TEXT];
    out[0] = '\0';
    if (!store || !store->kept || !store->stopped)
        return;
    when_text(scene->model, store->since_ms, since);
    snprintf(out, BANNER_TEXT, "NOT RECORDING since %s%s%s", since, store->said[0] ? ": " : "", store->said);
}

const struct key_row frame_past_keys[] = {
    {"L", "live", "comes back to what is live", 1},
    {"[ ]", "minute", "a minute back and forward", 2},
    {"{ }", "hour", "an hour back and forward", 3},
    {"P", "play", "plays at 1x, 10x, 60x, stands again", 3},
};
const struct key_row frame_tape_keys[] = {
    {"space", "stand", "stands, and plays again", 1},
    {".", "message", "the next message", 2},
    {"[ ]", "minute", "a minute back and on", 3},
    {"P", "speed", "plays at 1x, 10x, 100x, stands", 3},
};
const size_t frame_tape_key_count = sizeof frame_tape_keys / sizeof frame_tape_keys[0];
const size_t frame_past_key_count = sizeof frame_past_keys / sizeof frame_past_keys[0];

/* What must not be missed, in one line; "" for nothing. */
static void banner_text(const struct scene *scene, char out[BANNER_TEXT])
{
    char recording[BANNER_TEXT];
    recording_text(scene, recording);
    const char *frozen = scene->frozen && !strstr(scene->banner, "FROZEN") ? "FROZEN" : "";
    const char *parts[] = {scene->banner, recording, frozen, scene->read_only ? "READ-ONLY" : "", scene->past ? scene->travel->said : ""};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!parts[i][0] || used >= BANNER_TEXT)
            continue;
        int written = snprintf(out + used, BANNER_TEXT - used, "%s%s", used ? "   " : "", parts[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

static void draw_banner(struct surface s, const char *text)
{
    surface_fill(s, surface_rect(s), CELL_BANNER, " ");
    surface_text_fit(s, 1, 0, s.w - 1, CELL_BANNER, text);
}

/* What is opened over a view: all of a small body, a window in the middle of a large one. */
static void draw_over(const struct scene *scene, const struct view *under, const struct view *over, void *state, struct surface body)
{
    struct scene inner = *scene;
    inner.under = under;
    int w = body.w <= OVER_FULL_W ? body.w : body.w - 8 < OVER_MOST_W ? body.w - 8 : OVER_MOST_W;
    int h = body.h <= OVER_FULL_H ? body.h : OVER_MOST_H < body.h - 2 ? OVER_MOST_H : body.h - 2;
    struct surface box = surface_sub(body, rect_of((body.w - w) / 2, (body.h - h) / 2, w, h));
    bool windowed = w < body.w;
    surface_fill(box, surface_rect(box), CELL_TEXT, " ");
    surface_hline(box, 0, 0, w);
    surface_format(box, 2, 0, CELL_TITLE, " %s ", over->title);
    if (h < body.h)
        surface_hline(box, 0, h - 1, w);
    for (int y = 1; windowed && y < h - 1; y++) {
        surface_glyph(box, 0, y, CELL_BORDER, GLYPH_VLINE);
        surface_glyph(box, w - 1, y, CELL_BORDER, GLYPH_VLINE);
    }
    int side = windowed ? 3 : 0;
    over->draw(state, &inner, surface_sub(box, rect_of(side, 1, w - 2 * side, h - (h < body.h ? 2 : 1))));
}

void frame_draw(struct surface s, const struct scene *scene, const struct view *view, void *state, const struct view *over, void *over_state)
{
    if (s.w < FRAME_LEAST_W || s.h < FRAME_LEAST_H) {
        char text[64];
        snprintf(text, sizeof text, "too small: needs %dx%d", FRAME_LEAST_W, FRAME_LEAST_H);
        surface_text_fit(s, 0, 0, s.w, CELL_BANNER, text);
        return;
    }
    struct rect body = surface_rect(s);
    struct surface header = surface_sub(s, rect_cut_top(&body, 1)), footer = surface_sub(s, rect_cut_bottom(&body, 1));
    char banner[BANNER_TEXT];
    banner_text(scene, banner);
    frame_header(scene, view, state, header);
    /* What comes takes the place of the upper rule, so that nothing moves under the reader: one of a banner, a moment, an alarm and a call. */
    bool rules = s.h >= RULES_LEAST_H;
    uint32_t alarm = !rules && view == &alarms_view ? NO_ALARM : frame_alarm(scene); /* the list's own first row is the same */
    if (scene->travel)
        frame_past(scene, surface_sub(s, rect_cut_top(&body, 1)));
    if (banner[0])
        draw_banner(surface_sub(s, rect_cut_top(&body, 1)), banner);
    if (alarm != NO_ALARM)
        frame_alarm_row(scene, alarm, surface_sub(s, rect_cut_top(&body, 1)));
    const struct call *call = frame_call(scene);
    if (call)
        frame_call_row(scene, call, surface_sub(s, rect_cut_top(&body, 1)));
    if (rules) {
        if (!banner[0] && !scene->travel && alarm == NO_ALARM && !call)
            surface_hline(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w);
        surface_hline(surface_sub(s, rect_cut_bottom(&body, 1)), 0, 0, s.w);
    }
    view->draw(state, scene, surface_sub(s, body));
    if (over)
        draw_over(scene, view, over, over_state, surface_sub(s, body));
    frame_footer(scene, over ? over : view, over ? over_state : state, footer);
}
