/*
 * The right-hand panel of the overview: lists that are cut where the panel ends, each with the most important rows first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/changes.h"
#include "views/energy.h"
#include "views/overview.h"

enum { LISTED_LINES = 64, TITLE_W = 14, LIST_LEAST_H = 3, ROOMY_W = 50, NAME_W = 12, VALUE_W = 13, WIDE_W = 80, BAR_MOST_W = 40,
    OPEN_SPAN_MS = 24 * 3600000 };

/* ---- lists of lines ---- */

struct listed {
    uint32_t node;
    int rank;        /* lower first */
    int64_t since_ms;
};

static int by_rank(const void *a, const void *b)
{
    const struct listed *l = a, *r = b;
    if (l->rank != r->rank)
        return l->rank - r->rank;
    if (l->since_ms != r->since_ms)
        return l->since_ms < r->since_ms ? -1 : 1;
    return l->node < r->node ? -1 : 1;
}

/* Not running: stops first, then waiting, then the rest; unknown lines at the end. Within each the longest first. */
static int rank_of(enum state_class class)
{
    switch (class) {
    case CLASS_STOP: return 0;
    case CLASS_STARVED:
    case CLASS_BLOCKED: return 1;
    case CLASS_UNKNOWN: return 3;
    default: return 2;
    }
}

static size_t list_lines(const struct model *model, bool running, struct listed listed[LISTED_LINES])
{
    const struct plant *plant = model_plant(model);
    size_t count = 0;
    for (uint32_t n = plant_line_from(plant, 0); n != NO_NODE && count < LISTED_LINES; n = plant_line_from(plant, plant->nodes[n].end)) {
        if (plant->nodes[n].constraint == NO_NODE)
            continue;
        const struct node_state *state = model_line_state(model, n);
        if ((state->class == CLASS_RUN) != running)
            continue;
        listed[count++] = (struct listed){n, running ? 0 : rank_of((enum state_class)state->class), state->since_ms};
    }
    qsort(listed, count, sizeof listed[0], by_rank);
    return count;
}

static void draw_line_row(const struct model *model, const struct alarm_marks *marks, uint32_t node, struct surface s)
{
    int x = 3 + TITLE_W;
    state_glyph(s, 0, 0, (enum state_class)model_line_state(model, node)->class);
    surface_text_fit(s, 2, 0, TITLE_W, CELL_TEXT, model_plant(model)->nodes[node].title);
    if (s.w >= ROOMY_W) { /* else the glyph says it */
        draw_state(model, node, surface_sub(s, rect_of(x, 0, 9, 1)));
        x += 10;
    }
    draw_state_for(model, node, surface_sub(s, rect_of(x, 0, 6, 1)));
    draw_why(model, marks, true, node, surface_sub(s, rect_of(x + 8, 0, s.w - x - 8, 1)));
}

static struct surface draw_lines(const struct model *model, const struct alarm_marks *marks, bool running, int most, bool focused, struct surface s)
{
    struct listed listed[LISTED_LINES];
    size_t count = list_lines(model, running, listed);
    char title[64];
    snprintf(title, sizeof title, running ? "RUNNING LONGEST" : "NOT RUNNING %zu", count);
    struct surface rows = draw_panel(s, title, focused);
    int y = 0;
    for (size_t i = 0; i < count && y < most; i++, y++)
        draw_line_row(model, marks, listed[i].node, surface_sub(rows, rect_of(0, y, rows.w, 1)));
    if (count == 0)
        surface_text(rows, 0, y++, CELL_DIM, running ? "none" : "every line runs");
    return surface_sub(rows, rect_of(0, y + 1, rows.w, rows.h - y - 1));
}

/* ---- alarms ---- */

static void draw_alarm_row(const struct model *model, uint32_t index, struct surface s)
{
    const struct alarm *alarm = model_alarm(model, index);
    char span[SPAN_TEXT], figure[ALARM_FIGURE];
    span_text(alarm_for_ms(model, alarm), span);
    int x = draw_alarm_marker(model, index, s, 0, 0) + 1;
    x = surface_text(s, x, 0, CELL_DIM, alarm_shown_table[alarm_shown(alarm)].letter) + 1;
    surface_text_right(s, x, 0, 6, CELL_TEXT, span);
    x += 7;
    x = surface_text_fit(s, x, 0, NAME_W, CELL_TEXT, alarm_text_place(model, index)) + 1;
    enum cell_role role = alarm_text_now(model, index, figure);
    int title_w = text_width(alarm_text_title(model, index)), figure_w = text_width(figure);
    bool both = x + title_w + 1 + figure_w <= s.w;
    surface_text_fit(s, x, 0, s.w - x, CELL_TEXT, alarm_text_title(model, index));
    if (both)
        surface_text_right(s, s.w - figure_w, 0, figure_w, role, figure);
}

/* The worst ones, and how many are hidden. */
static struct surface draw_alarms(const struct model *model, const struct alarm_marks *marks, int most, struct surface s)
{
    const struct alarm_counts *counts = model_alarm_counts(model);
    char title[64];
    snprintf(title, sizeof title, "ALARMS %u, %u not acknowledged", counts->active[0] + counts->returned + counts->latched, counts->unacked[0]);
    struct surface rows = draw_section(s, title);
    int y = 0;
    for (size_t i = 0; i < marks->worst_count && y < most; i++, y++)
        draw_alarm_row(model, marks->worst[i], surface_sub(rows, rect_of(0, y, rows.w, 1)));
    if (marks->worst_count == 0)
        surface_text(rows, 0, y++, CELL_DIM, "none");
    if (counts->shelved + counts->suppressed + counts->out > 0)
        surface_format(rows, 0, y++, CELL_DIM, "shelved %u   suppressed %u   out of service %u", counts->shelved, counts->suppressed, counts->out);
    return surface_sub(rows, rect_of(0, y + 1, rows.w, rows.h - y - 1));
}

/* ---- calls and open stops ---- */

static void draw_call_row(const struct model *model, const struct call *call, struct surface s)
{
    const struct plant *plant = model_plant(model);
    char span[SPAN_TEXT], after[SPAN_TEXT];
    int x = surface_text(s, 0, 0, call->taken_ms ? CELL_DIM : CELL_ACCENT, "CALL ");
    x = surface_text_fit(s, x, 0, TITLE_W, CELL_TEXT, plant->nodes[call->node].title);
    surface_text_fit(s, 20, 0, NAME_W, CELL_TEXT, call->kind < plant->call_kind_count ? plant->call_kinds[call->kind].title : "");
    span_text(model_wall(model) - call->raised_ms, span);
    surface_text_right(s, 33, 0, 6, CELL_VALUE, span);
    span_text(call->taken_ms - call->raised_ms, after);
    struct surface rest = surface_sub(s, rect_of(41, 0, s.w - 41, 1));
    char text[CALL_WHO + SPAN_TEXT + 8];
    snprintf(text, sizeof text, "%s after %s", call->taker, after);
    if (call->taken_ms && text_width(text) <= rest.w)
        surface_text(rest, 0, 0, CELL_TEXT, text);
    else
        surface_text_fit(rest, 0, 0, rest.w, call->taken_ms ? CELL_TEXT : CELL_DIM, call->taken_ms ? call->taker : "nobody yet");
}

static void draw_open_row(const struct model *model, const struct stop *stop, struct surface s)
{
    const struct plant *plant = model_plant(model);
    char clock[SPAN_TEXT], span[SPAN_TEXT], words[STOP_WORDS];
    enum cell_role role;
    uint32_t line = plant_ancestor(plant, stop->node, LEVEL_LINE);
    surface_text(s, 0, 0, stop->end_ms == 0 ? CELL_STOP : CELL_DIM, "STOP");
    surface_text_fit(s, 5, 0, TITLE_W, CELL_TEXT, plant->nodes[line == NO_NODE ? stop->node : line].title);
    clock_text(&plant->zone, stop->start_ms, clock);
    surface_format(s, 20, 0, CELL_DIM, "%.5s", clock);
    span_text(stop_length_ms(model, stop), span);
    surface_text_right(s, 33, 0, 6, CELL_VALUE, span);
    stop_words(plant, stop, words, sizeof words, &role);
    draw_stop_words(s, 41, 0, s.w - 41, words[0] ? role : CELL_DIM, words[0] ? words : "no proposal");
}

/* One of a line in the last day that has no reason; what only a unit of it did cost nothing. */
static bool is_asked(const struct model *model, const struct stop *stop)
{
    const struct plant *plant = model_plant(model);
    uint32_t line = plant_ancestor(plant, stop->node, LEVEL_LINE);
    return stop_open(stop) && (stop->end_ms == 0 || stop->end_ms > model_wall(model) - OPEN_SPAN_MS) && line != NO_NODE && stop_of(plant, stop, line);
}

/* Who waits, and which stops of the last day nobody has given a reason; both the newest first. Nothing when there is neither. */
static struct surface draw_open(const struct model *model, int most, struct surface s)
{
    size_t call_count, stop_count, open = 0;
    const struct call *calls = model_calls(model, &call_count);
    const struct stop *stops = model_stops(model, &stop_count);
    for (size_t i = 0; i < stop_count; i++)
        open += is_asked(model, &stops[i]);
    if (call_count + open == 0)
        return s;
    char title[64];
    snprintf(title, sizeof title, "CALLS %zu, STOPS WITHOUT A REASON %zu", call_count, open);
    struct surface rows = draw_section(s, title);
    int y = 0;
    for (size_t i = call_count; i > 0 && y < most; i--, y++)
        draw_call_row(model, &calls[i - 1], surface_sub(rows, rect_of(0, y, rows.w, 1)));
    for (size_t i = stop_count; i > 0 && y < most; i--)
        if (is_asked(model, &stops[i - 1]))
            draw_open_row(model, &stops[i - 1], surface_sub(rows, rect_of(0, y++, rows.w, 1)));
    return surface_sub(rows, rect_of(0, y + 1, rows.w, rows.h - y - 1));
}

/* ---- values outside their band ---- */

static void draw_outside_row(const struct model *model, uint32_t tag, struct surface s)
{
    const struct plant *plant = model_plant(model);
    uint32_t node = model_tag(model, tag)->node, line = plant_ancestor(plant, node, LEVEL_LINE);
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    int line_w = s.w >= ROOMY_W ? TITLE_W : s.w - NAME_W - VALUE_W - 2, name_w = s.w >= WIDE_W ? 2 * NAME_W : NAME_W;
    int x = line_w + 1 + name_w + 1;
    surface_text_fit(s, 0, 0, line_w, CELL_DIM, plant->nodes[line == NO_NODE ? node : line].title);
    surface_text_fit(s, line_w + 1, 0, name_w, CELL_TEXT, reading.title);
    draw_widget("value", &reading, surface_sub(s, rect_of(x, 0, VALUE_W, 1)));
    x += VALUE_W + 1;
    draw_widget("bar", &reading, surface_sub(s, rect_of(x, 0, s.w - x < BAR_MOST_W ? s.w - x : BAR_MOST_W, 1)));
}

static struct surface draw_outside(const struct model *model, const struct survey *survey, int most, struct surface s)
{
    char title[64];
    snprintf(title, sizeof title, "OUTSIDE THEIR NORMAL BAND %zu", survey->outside);
    struct surface rows = draw_section(s, title);
    int y = 0;
    for (size_t i = 0; i < survey->outside && i < SURVEY_LISTED && y < most; i++, y++)
        draw_outside_row(model, survey->listed[i], surface_sub(rows, rect_of(0, y, rows.w, 1)));
    if (survey->outside == 0)
        surface_text(rows, 0, y++, CELL_DIM, "none");
    return surface_sub(rows, rect_of(0, y + 1, rows.w, rows.h - y - 1));
}

/* ---- data ---- */

static struct surface draw_data(const struct scene *scene, struct surface s)
{
    const struct model *model = scene->model;
    struct surface rows = draw_section(s, "DATA");
    char span[SPAN_TEXT], number[NUMBER_TEXT];
    int y = 0;
    for (size_t i = 0; i < model_source_count(model); i++, y++) {
        const struct source *source = model_source(model, i);
        span_text(model_wall(model) - source->since_ms, span);
        surface_text_fit(rows, 0, y, TITLE_W + 2, CELL_TEXT, source->name);
        surface_text(rows, TITLE_W + 3, y, source->alive ? CELL_DIM : CELL_BANNER, source->alive ? "up" : "LOST");
        surface_text_right(rows, TITLE_W + 13, y, 6, CELL_TEXT, span);
        surface_text_fit(rows, TITLE_W + 21, y, rows.w - TITLE_W - 21, CELL_DIM, source->detail ? source->detail : "");
    }
    if (scene->health) {
        number_text(scene->health->messages_per_second, 0, true, number);
        int x = draw_figure(rows, 0, y, "messages/s", CELL_VALUE, number);
        number_text((double)scene->health->lag_ms, 0, true, number);
        x = draw_figure(rows, x, y, "lag ms", CELL_VALUE, number);
        number_text((double)model_drop_total(model), 0, true, number);
        draw_figure(rows, x, y++, "dropped", model_drop_total(model) ? CELL_WARN : CELL_VALUE, number);
    }
    return surface_sub(rows, rect_of(0, y + 1, rows.w, rows.h - y - 1));
}

void overview_side(const struct scene *scene, const struct overview *overview, bool focused, struct surface s)
{
    int most = s.h / 4 > LIST_LEAST_H ? s.h / 4 : LIST_LEAST_H;
    const struct alarm_marks *marks = &overview->marks;
    if (model_plant(scene->model)->alarm_count > 0)
        s = draw_alarms(scene->model, marks, most, s);
    s = draw_lines(scene->model, marks, false, most, focused, s);
    s = draw_open(scene->model, most, s);
    s = draw_outside(scene->model, &overview->survey, most, s);
    s = draw_changes(scene->model, 0, most / 2, s);
    s = energy_overview(scene, s);
    s = draw_data(scene, s);
    draw_lines(scene->model, marks, true, most, false, s);
}

/* ---- alone ---- */

void overview_alarms(const struct scene *scene, const struct overview *overview, struct surface s)
{
    draw_alarms(scene->model, &overview->marks, s.h - 1 - (s.h > LIST_LEAST_H), s);
}

void overview_standing(const struct scene *scene, const struct overview *overview, bool running, bool focused, struct surface s)
{
    draw_lines(scene->model, &overview->marks, running, s.h - 1, focused, s);
}

void overview_open(const struct scene *scene, struct surface s)
{
    int most = (s.h - 1) / 2 > 0 ? (s.h - 1) / 2 : 1;
    if (draw_open(scene->model, most, s).h == s.h)
        surface_text_fit(draw_section(s, "CALLS AND STOPS WITHOUT A REASON"), 0, 0, s.w, CELL_DIM, "none");
}

void overview_outside(const struct scene *scene, const struct overview *overview, struct surface s) { draw_outside(scene->model, &overview->survey, s.h - 1, s); }

void overview_data(const struct scene *scene, struct surface s) { draw_data(scene, s); }
