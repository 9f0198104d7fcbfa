/*
 * The right-hand panel of the overview: lists that are cut where the panel ends, each with the most important rows first,
 * and the table of losses below the lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/changes.h"
#include "views/overview.h"

enum { LISTED_LINES = 64, TITLE_W = 14, LIST_LEAST_H = 3, ROOMY_W = 50, NAME_W = 12, VALUE_W = 13, WIDE_W = 80, BAR_MOST_W = 40 };

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
    s = draw_outside(scene->model, &overview->survey, most, s);
    s = draw_changes(scene->model, 0, most / 2, s);
    s = draw_data(scene, s);
    draw_lines(scene->model, marks, true, most, false, s);
}

/* ---- losses ---- */

struct lost_time {
    int64_t took[CLASS_COUNT], longest_stop, known;
    size_t stops;
};

static struct lost_time losses_of(const struct node_state *state, int64_t from_ms, int64_t now_ms)
{
    struct lost_time losses = {.stops = 0};
    for (size_t i = 0; i < state->interval_count; i++) {
        const struct interval *at = &state->intervals[i];
        int64_t start = at->start_ms > from_ms ? at->start_ms : from_ms;
        int64_t end = at->end_ms && at->end_ms < now_ms ? at->end_ms : now_ms;
        if (end <= start)
            continue;
        losses.took[at->class] += end - start;
        losses.known += at->class == CLASS_UNKNOWN ? 0 : end - start;
        if (at->class != CLASS_STOP)
            continue;
        losses.stops++;
        losses.longest_stop = end - start > losses.longest_stop ? end - start : losses.longest_stop;
    }
    /* What was before the first interval is as unknown as what was told so: every second is in one class. */
    losses.took[CLASS_UNKNOWN] = now_ms - from_ms > losses.known ? now_ms - from_ms - losses.known : 0;
    return losses;
}

/* Columns of the table of losses: where each ends, its title, and what it sums. What is unknown stands beside the share of
 * running, which is one of what is known (OEE.md: beside every figure that it touches). */
static const struct {
    const char *title;
    int right;
    enum state_class first, last;
} loss_columns[] = {
    {"UNKNOWN", 34, CLASS_UNKNOWN, CLASS_UNKNOWN}, {"STOPPED", 43, CLASS_STOP, CLASS_STOP}, {"WAITING", 67, CLASS_STARVED, CLASS_BLOCKED},
    {"SETUP", 75, CLASS_SETUP, CLASS_CLEANING}, {"PLANNED", 84, CLASS_MAINTENANCE, CLASS_NOT_SCHEDULED},
};
enum { LOSS_UNKNOWN = 0, LOSS_RUN_RIGHT = 25, LOSS_STOPS_RIGHT = 50, LOSS_LONGEST_RIGHT = 59, LOSS_BAR_X = 87, LOSS_BAR_W = 24 };

static void draw_span_at(struct surface s, int right, enum cell_role role, int64_t ms)
{
    char span[SPAN_TEXT];
    if (ms < 1000) /* "0s" would only be in the way */
        return;
    span_text(ms, span);
    surface_text_right(s, right - 7, 0, 7, role, span);
}

static void draw_loss_row(const struct model *model, uint32_t node, int64_t from_ms, struct surface s)
{
    const struct node_state *state = model_line_state(model, node);
    int64_t now = model_wall(model), length = now - from_ms, lost = 0;
    struct lost_time losses = losses_of(state, from_ms, now);
    surface_text_fit(s, 3, 0, TITLE_W, CELL_TEXT, model_plant(model)->nodes[node].title);
    if (losses.known <= 0) {
        surface_text_right(s, LOSS_RUN_RIGHT - 7, 0, 7, CELL_UNKNOWN, "?");
        if (loss_columns[LOSS_UNKNOWN].right <= s.w)
            draw_span_at(s, loss_columns[LOSS_UNKNOWN].right, CELL_UNKNOWN, length);
        return;
    }
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%.0f%%", (double)losses.took[CLASS_RUN] * 100 / (double)losses.known);
    surface_text_right(s, LOSS_RUN_RIGHT - 7, 0, 7, CELL_VALUE, text);
    for (size_t i = 0; i < sizeof loss_columns / sizeof loss_columns[0]; i++) {
        int64_t sum = 0;
        for (int class = (int)loss_columns[i].first; class <= (int)loss_columns[i].last; class++)
            sum += losses.took[class];
        if (loss_columns[i].right <= s.w)
            draw_span_at(s, loss_columns[i].right, loss_columns[i].first == CLASS_UNKNOWN ? CELL_UNKNOWN : CELL_VALUE, sum);
        if (loss_columns[i].first >= CLASS_STOP && loss_columns[i].first <= CLASS_SETUP)
            lost += sum;
    }
    if (losses.stops > 0 && LOSS_STOPS_RIGHT <= s.w) {
        snprintf(text, sizeof text, "%zu", losses.stops);
        surface_text_right(s, LOSS_STOPS_RIGHT - 5, 0, 5, CELL_VALUE, text);
    }
    if (LOSS_LONGEST_RIGHT <= s.w)
        draw_span_at(s, LOSS_LONGEST_RIGHT, CELL_VALUE, losses.longest_stop);
    int cells = length > 0 ? (int)((lost * LOSS_BAR_W + length / 2) / length) : 0;
    for (int x = 0; x < cells && s.w >= LOSS_BAR_X + LOSS_BAR_W; x++)
        surface_glyph(s, LOSS_BAR_X + x, 0, CELL_TEXT, GLYPH_BLOCK);
}

void overview_losses(const struct scene *scene, const uint32_t *lines, size_t count, int64_t from_ms, bool focused, struct surface s)
{
    const struct plant *plant = model_plant(scene->model);
    char clock[SPAN_TEXT], title[64];
    clock_text(&plant->zone, from_ms, clock);
    snprintf(title, sizeof title, "LOST SINCE %.5s", clock);
    struct surface rows = draw_panel(s, title, focused);
    surface_text(rows, 3, 0, CELL_DIM, "LINE");
    surface_text_right(rows, LOSS_RUN_RIGHT - 7, 0, 7, CELL_DIM, "RUN");
    for (size_t i = 0; i < sizeof loss_columns / sizeof loss_columns[0]; i++)
        if (loss_columns[i].right <= s.w)
            surface_text_right(rows, loss_columns[i].right - 7, 0, 7, CELL_DIM, loss_columns[i].title);
    if (LOSS_STOPS_RIGHT <= s.w)
        surface_text_right(rows, LOSS_STOPS_RIGHT - 5, 0, 5, CELL_DIM, "STOPS");
    if (LOSS_LONGEST_RIGHT <= s.w)
        surface_text_right(rows, LOSS_LONGEST_RIGHT - 7, 0, 7, CELL_DIM, "LONGEST");
    if (s.w >= LOSS_BAR_X + LOSS_BAR_W)
        surface_text(rows, LOSS_BAR_X, 0, CELL_DIM, "STOPPED, WAITING, SETUP");
    int y = 1;
    for (size_t i = 0; i < count && y < rows.h; i++)
        if (plant->nodes[lines[i]].constraint != NO_NODE && plant->nodes[lines[i]].level == LEVEL_LINE)
            draw_loss_row(scene->model, lines[i], from_ms, surface_sub(rows, rect_of(0, y++, rows.w, 1)));
}
