/*
 * What the lines lost in the shift that they are in: a row a line by kind of time, and beside it, where there is room, what cost most of all of them.
 * Both are the accounts and stops of the fold, so that every other view says the same.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/overview.h"

enum { TITLE_W = 14, COST_LEAST_W = 52, COST_TITLE_W = 26, COST_GAP = 3 };

/* Columns of the table of losses: where each ends, its title, and what it sums. What is unknown stands beside the share of
 * running, which is one of what is known (OEE.md: beside every figure that it touches). */
static const struct {
    const char *title;
    int right;
    bool lost;                         /* part of the bar */
    enum time_category parts[4], end;  /* end: how many parts */
} loss_columns[] = {
    {"UNKNOWN", 34, false, {TIME_UNKNOWN}, 1}, {"STOPPED", 43, true, {TIME_DOWN, TIME_MINOR}, 2}, {"WAITING", 67, true, {TIME_STARVED, TIME_BLOCKED}, 2},
    {"SETUP", 75, true, {TIME_SETUP, TIME_SETUP_OVER}, 2}, {"PLANNED", 84, false, {TIME_CLEANING, TIME_MAINTENANCE, TIME_BREAK, TIME_NOT_SCHEDULED}, 4},
};
enum { LOSS_UNKNOWN = 0, LOSS_RUN_RIGHT = 25, LOSS_STOPS_RIGHT = 50, LOSS_LONGEST_RIGHT = 59, LOSS_BAR_X = 87, LOSS_BAR_W = 24, LOSS_W = LOSS_BAR_X + LOSS_BAR_W };

static void draw_span_at(struct surface s, int right, enum cell_role role, int64_t ms)
{
    char span[SPAN_TEXT];
    if (ms < 1000) /* "0s" would only be in the way */
        return;
    span_text(ms, span);
    surface_text_right(s, right - 7, 0, 7, role, span);
}

static int64_t longest_stop(const struct model *model, uint32_t line, int64_t from_ms)
{
    size_t count;
    const struct stop *stops = model_stops(model, &count);
    int64_t longest = 0;
    for (size_t i = count; i > 0; i--) {
        const struct stop *stop = &stops[i - 1];
        int64_t ms = stop_length_ms(model, stop), end = stop->start_ms + ms;
        bool stood = !stop->gone && (stop->category == TIME_DOWN || stop->category == TIME_MINOR);
        if (!stood || end <= from_ms || !stop_of(model_plant(model), stop, line))
            continue;
        ms = stop->start_ms < from_ms ? end - from_ms : ms;
        longest = ms > longest ? ms : longest;
    }
    return longest;
}

static void draw_loss_row(const struct model *model, uint32_t line, struct surface s)
{
    struct shift_figures f;
    shift_figures(model, line, &f);
    const struct account *a = &f.sum;
    int64_t length = account_length_ms(a), known = length - a->ms[TIME_UNKNOWN], lost = 0;
    surface_text_fit(s, 3, 0, TITLE_W, CELL_TEXT, model_plant(model)->nodes[line].title);
    if (known <= 0) {
        surface_text_right(s, LOSS_RUN_RIGHT - 7, 0, 7, CELL_UNKNOWN, "?");
        if (loss_columns[LOSS_UNKNOWN].right <= s.w)
            draw_span_at(s, loss_columns[LOSS_UNKNOWN].right, CELL_UNKNOWN, length);
        return;
    }
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%.0f%%", (double)a->ms[TIME_RUN] * 100 / (double)known);
    surface_text_right(s, LOSS_RUN_RIGHT - 7, 0, 7, CELL_VALUE, text);
    for (size_t i = 0; i < sizeof loss_columns / sizeof loss_columns[0]; i++) {
        int64_t sum = 0;
        for (int part = 0; part < (int)loss_columns[i].end; part++)
            sum += a->ms[loss_columns[i].parts[part]];
        if (loss_columns[i].right <= s.w)
            draw_span_at(s, loss_columns[i].right, i == LOSS_UNKNOWN ? CELL_UNKNOWN : CELL_VALUE, sum);
        lost += loss_columns[i].lost ? sum : 0;
    }
    if (a->stops + a->minors > 0 && LOSS_STOPS_RIGHT <= s.w) {
        snprintf(text, sizeof text, "%u", a->stops + a->minors);
        surface_text_right(s, LOSS_STOPS_RIGHT - 5, 0, 5, CELL_VALUE, text);
    }
    if (LOSS_LONGEST_RIGHT <= s.w)
        draw_span_at(s, LOSS_LONGEST_RIGHT, CELL_VALUE, longest_stop(model, line, f.shift.from_ms));
    int cells = length > 0 ? (int)((lost * LOSS_BAR_W + length / 2) / length) : 0;
    for (int x = 0; x < cells && s.w >= LOSS_W; x++)
        surface_glyph(s, LOSS_BAR_X + x, 0, CELL_TEXT, GLYPH_BLOCK);
}

static void draw_titles(struct surface s)
{
    surface_text(s, 3, 0, CELL_DIM, "LINE");
    surface_text_right(s, LOSS_RUN_RIGHT - 7, 0, 7, CELL_DIM, "RUN");
    for (size_t i = 0; i < sizeof loss_columns / sizeof loss_columns[0]; i++)
        if (loss_columns[i].right <= s.w)
            surface_text_right(s, loss_columns[i].right - 7, 0, 7, CELL_DIM, loss_columns[i].title);
    if (LOSS_STOPS_RIGHT <= s.w)
        surface_text_right(s, LOSS_STOPS_RIGHT - 5, 0, 5, CELL_DIM, "STOPS");
    if (LOSS_LONGEST_RIGHT <= s.w)
        surface_text_right(s, LOSS_LONGEST_RIGHT - 7, 0, 7, CELL_DIM, "LONGEST");
    if (s.w >= LOSS_W)
        surface_text(s, LOSS_BAR_X, 0, CELL_DIM, "STOPPED, WAITING, SETUP");
}

/* "BF 3 top pressure   2h06m  88  ████": by line and reason, the pieces that the line would have made. */
static void draw_cost_row(const struct model *model, const struct lost *lost, int64_t most_ms, struct surface s)
{
    const struct plant *plant = model_plant(model);
    uint32_t line = plant_ancestor(plant, lost->node, LEVEL_LINE);
    double cycle = plant_ideal_cycle(plant, lost->node, present_product(model, lost->node));
    char title[STOP_WORDS + 160], span[SPAN_TEXT], text[NUMBER_TEXT];
    snprintf(title, sizeof title, "%s: %s", plant->nodes[line == NO_NODE ? lost->node : line].title, lost->title);
    int title_w = s.w - 30 > COST_TITLE_W ? s.w - 30 : COST_TITLE_W;
    draw_stop_words(s, 0, 0, title_w, lost->proposed ? CELL_DIM : CELL_TEXT, title);
    span_text(lost->ms, span);
    surface_text_right(s, title_w, 0, 7, CELL_VALUE, span);
    if (cycle > 0) {
        pieces_text((double)lost->ms / (cycle * 1000), 6, text);
        surface_number_right(s, title_w + 8, 0, 6, CELL_VALUE, text);
    }
    int x = title_w + 16, w = s.w - x;
    for (int i = 0; most_ms > 0 && i < (int)((lost->ms * w + most_ms - 1) / most_ms) && i < w; i++)
        surface_glyph(s, x + i, 0, CELL_TEXT, GLYPH_BLOCK);
}

static void draw_costs(const struct model *model, const struct survey *survey, struct surface s)
{
    struct lost lost[LOST_MOST];
    const struct lost_want want = {.within = 0, .from_ms = survey->since_ms, .to_ms = model_wall(model), .apart = true};
    size_t count = lost_list(model, &want, lost);
    int title_w = s.w - 30 > COST_TITLE_W ? s.w - 30 : COST_TITLE_W;
    surface_text(s, 0, 0, CELL_DIM, "WHAT COST MOST");
    surface_text_right(s, title_w, 0, 7, CELL_DIM, "TIME");
    surface_text_right(s, title_w + 8, 0, 6, CELL_DIM, "PIECES");
    for (size_t i = 0; i < count && (int)i + 1 < s.h; i++)
        draw_cost_row(model, &lost[i], lost[0].ms, surface_sub(s, rect_of(0, (int)i + 1, s.w, 1)));
    if (count == 0)
        surface_text(s, 0, 1, CELL_DIM, "nothing stood");
}

void overview_losses(const struct scene *scene, const struct overview *overview, bool focused, struct surface s)
{
    const struct model *model = scene->model;
    const struct survey *survey = &overview->survey;
    char since[SPAN_TEXT], title[64];
    when_text(model, survey->since_ms, since);
    snprintf(title, sizeof title, "LOST %s%s", survey->together && survey->since_ms > 0 ? "SINCE " : "", survey->together && survey->since_ms > 0 ? since : "IN THIS SHIFT");
    struct surface rows = draw_panel(s, title, focused);
    bool costs = rows.w - LOSS_BAR_X - COST_GAP >= COST_LEAST_W && survey->since_ms > 0;
    if (costs) { /* rather what cost most than how much all of it is */
        draw_costs(model, survey, surface_sub(rows, rect_of(LOSS_BAR_X, 0, rows.w - LOSS_BAR_X - 1, rows.h)));
        rows = surface_sub(rows, rect_of(0, 0, LOSS_BAR_X - COST_GAP, rows.h));
    }
    draw_titles(rows);
    int y = 1;
    for (size_t i = 0; i < overview->row_count && y < rows.h; i++)
        if (model_plant(model)->nodes[overview->rows[i]].level == LEVEL_LINE && model_has_account(model, overview->rows[i]))
            draw_loss_row(model, overview->rows[i], surface_sub(rows, rect_of(0, y++, rows.w, 1)));
}
