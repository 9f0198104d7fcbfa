/*
 * board: the hour board of a line: what each hour of the shift should have brought, what it brought, and what cost most of it. Below it the same
 * differences of every other line.
 *
 * A struct board is what the screen keeps: how many shifts back, and what the table keeps. The page is made anew for each call.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/board.h"

enum board_column { COL_NOW, COL_HOUR, COL_PLAN, COL_ACTUAL, COL_DIFFERENCE, COL_RUNNING, COL_REJECT, COL_BREAK, COL_BAND, COL_WHY, COL_COUNT };
static_assert((int)COL_COUNT == BOARD_COLUMNS, "the header gives the table its room");

enum { NARROW_W = 60, TARGET_W = 11, WIDE_W = 110, BACK_MOST = 90, OTHERS_LEAST_H = 3, BAND_CELLS = 12, HOUR_W = 6, TITLE_MOST_W = 16, TOTAL_W = 9, HEAD_LEAST_H = 9,
    PAUSES_MOST = 400 };

struct board {
    struct table table;
    size_t back;
};

/* ---- which line, which shift ---- */

static uint32_t line_of(const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    uint32_t focus = focus_node(scene), line = focus == NO_NODE ? NO_NODE : plant_ancestor(plant, focus, LEVEL_LINE);
    return line != NO_NODE ? line : worst_line(scene->model, focus);
}

/* A moment of the shift that is meant; a pause is none: then of the one before. */
static int64_t moment_of(const struct board *view, const struct scene *scene, uint32_t line)
{
    struct shift_at at;
    int64_t ms = model_wall(scene->model);
    model_shift_at(scene->model, line, ms, &at);
    for (size_t back = view->back, pauses = 0; pauses < PAUSES_MOST && (back > 0 || !at.planned); pauses++) {
        back -= at.planned;
        ms = at.from_ms - 1;
        model_shift_at(scene->model, line, ms, &at);
    }
    return at.planned ? ms : model_wall(scene->model);
}

/* ---- the hours ---- */

static void draw_clock(const struct board_page *page, int64_t ms, struct surface s)
{
    char clock[SPAN_TEXT];
    clock_text(&model_plant(page->scene->model)->zone, ms, clock);
    surface_format(s, 0, 0, CELL_TEXT, "%.5s", clock);
}

static void draw_pieces(double pieces, enum cell_role role, struct surface s)
{
    char text[NUMBER_TEXT];
    pieces_text(pieces, s.w, text);
    surface_number_right(s, 0, 0, s.w, role, text);
}

static void draw_signed(double pieces, enum cell_role role, struct surface s)
{
    char text[NUMBER_TEXT];
    signed_text(pieces, text);
    surface_number_right(s, 0, 0, s.w, role, text);
}

/* The hour in twelfths, up to now. */
static void draw_hour_band(const struct board_page *page, const struct board_hour *hour, struct surface s)
{
    const struct node_state *state = model_line_state(page->scene->model, page->line);
    int64_t now = model_wall(page->scene->model), cell = (hour->to_ms - hour->from_ms) / (s.w > 0 ? s.w : 1);
    size_t from = 0;
    for (int x = 0; x < s.w && cell > 0; x++) {
        int64_t at = hour->from_ms + cell * x, end = at + cell < now ? at + cell : now;
        int class = at < now ? band_class(state, at, end, &from) : -1;
        if (class >= 0)
            state_glyph(s, x, 0, (enum state_class)class);
        if (class == CLASS_STOP && !(hour->now && end == now && state->class == CLASS_STOP))
            surface_paint(s, rect_of(x, 0, 1, 1), CELL_TEXT);
    }
}

/* Of the running hour what is due up to now, of those ahead what is planned. */
static void draw_hour_cell(const struct board_page *page, const struct board_hour *hour, enum board_column column, struct surface s)
{
    char span[SPAN_TEXT];
    bool seen = hour->known;
    switch (column) {
    case COL_NOW:
        if (hour->now)
            surface_text(s, 0, 0, CELL_ACCENT, ">");
        break;
    case COL_HOUR: draw_clock(page, hour->from_ms, s); break;
    case COL_PLAN: draw_pieces(hour->now ? hour->due : hour->plan, seen ? CELL_VALUE : CELL_DIM, s); break;
    case COL_ACTUAL:
        if (seen)
            draw_pieces(hour->sum.good, CELL_VALUE, s);
        else if (hour->over)
            surface_text_right(s, 0, 0, s.w, CELL_UNKNOWN, "?");
        break;
    case COL_DIFFERENCE:
        if (seen)
            draw_signed(hour->difference, miss_role(round(hour->difference), 0), s);
        break;
    case COL_RUNNING:
        if (seen)
            draw_signed(hour->running, miss_role(round(hour->running), 0), s);
        break;
    case COL_REJECT:
        if (seen && hour->sum.reject > 0)
            draw_pieces(hour->sum.reject, CELL_VALUE, s);
        break;
    case COL_BREAK:
        if (hour->break_ms > 0) {
            span_text(hour->break_ms, span);
            surface_text_right(s, 0, 0, s.w, CELL_DIM, hour->break_ms == hour->to_ms - hour->from_ms ? "all" : span);
        }
        break;
    case COL_BAND: draw_hour_band(page, hour, s); break;
    case COL_WHY: draw_stop_words(s, 0, 0, s.w, hour->proposed ? CELL_DIM : CELL_TEXT, hour->why); break;
    case COL_COUNT: break;
    }
}

static void board_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct board_page *page = context;
    (void)selected;
    draw_hour_cell(page, &page->hours[row], (enum board_column)column, s);
}

static struct table_spec board_spec(struct board_page *page, int w)
{
    bool narrow = w < NARROW_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_NOW] = {.title = "", .width = 1},
        [COL_HOUR] = {.title = "HOUR", .width = 5},
        [COL_PLAN] = {.title = "PLAN", .width = narrow ? 5 : 6, .align = ALIGN_RIGHT},
        [COL_ACTUAL] = {.title = "GOOD", .width = narrow ? 5 : 6, .align = ALIGN_RIGHT},
        [COL_DIFFERENCE] = {.title = "+/-", .width = narrow ? 5 : 6, .align = ALIGN_RIGHT},
        [COL_RUNNING] = {.title = "SUM", .width = narrow ? 5 : 6, .drop = 2, .align = ALIGN_RIGHT},
        [COL_REJECT] = {.title = "REJ", .width = narrow ? 0 : 5, .drop = 4, .align = ALIGN_RIGHT},
        [COL_BREAK] = {.title = "BREAK", .width = page->breaks ? 5 : 0, .drop = 5, .align = ALIGN_RIGHT},
        [COL_BAND] = {.title = narrow ? "" : w >= WIDE_W ? "00        20        40" : "00      40", .width = narrow ? 0 : w >= WIDE_W ? 30 : BAND_CELLS, .drop = 3},
        [COL_WHY] = {.title = "WHAT COST MOST", .width = 12, .least = 6, .flex = 1, .drop = 6},
    };
    memcpy(page->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = page->columns, .column_count = COL_COUNT, .rows = page->count, .context = page, .cell = board_cell, .filter = "", .show_titles = true,
        .empty = page->shift.planned ? "the shift has no hours" : "no shift is on", .generation = (uint64_t)page->shift.from_ms,
    };
}

/* ---- head and foot ---- */

/* "Early 06-14 crew C  Tue 2024-06-11  PLAN 100 an hour = ideal cycle x target 80.0" */
static void draw_head(const struct board *view, const struct board_page *page, struct surface s)
{
    const struct model *model = page->scene->model;
    const struct plant *plant = model_plant(model);
    const struct node *line = &plant->nodes[page->line];
    char text[SHIFT_TEXT], date[48], share[SHARE_TEXT];
    shift_text(&plant->zone, &page->shift, s.w / 2, text);
    date_clock_text(&plant->zone, page->shift.from_ms, date);
    int x = surface_text(s, 0, 0, view->back ? CELL_ACCENT : CELL_TITLE, text);
    x = surface_format(s, x ? x + 2 : 0, 0, CELL_DIM, "%.14s", date) + 2;
    if (page->loading && page->scene->recall)
        x = surface_text(s, x, 0, CELL_DIM, "reading ...") + 2;
    const char *product = present_product(model, page->line), *missing = plan_missing(plant, page->line, product);
    if (missing) {
        surface_format(surface_sub(s, rect_of(x, 0, s.w - x, 1)), 0, 0, CELL_DIM, "no plan: needs %s", missing);
        return;
    }
    char rate[NUMBER_TEXT];
    pieces_text(plan_rate(plant, page->line, product) * 3600000, 8, rate);
    x = draw_figure(s, x, 0, "PLAN", CELL_VALUE, rate);
    static const char made_of[] = "an hour = ideal cycle x";
    bool fits = line->target > 0 && x + (int)sizeof made_of + TARGET_W <= s.w; /* the target behind it, or neither */
    x = surface_text(s, x - 1, 0, CELL_DIM, line->plan_per_hour > 0 || !fits ? "an hour" : made_of) + 1;
    share_text(line->target, share);
    if (line->target > 0 && x + TARGET_W + 1 <= s.w)
        draw_figure(s, x + (line->plan_per_hour > 0 || !fits), 0, "target", CELL_VALUE, share);
}

/* "402 of 427 (-25)" in two figures, and how the shift will end. */
static void sum_text(double made, double plan, char out[LABEL_TEXT])
{
    char all[NUMBER_TEXT], of[NUMBER_TEXT], ahead[NUMBER_TEXT];
    pieces_text(made, 12, all);
    pieces_text(plan, 12, of);
    signed_text(made - plan, ahead);
    if (isfinite(plan) && isfinite(made))
        snprintf(out, LABEL_TEXT, "%.20s of %.20s (%.20s)", all, of, ahead);
    else
        snprintf(out, LABEL_TEXT, "%.20s", all);
}

static void draw_foot(const struct board_page *page, struct surface s)
{
    const struct plant *plant = model_plant(page->scene->model);
    bool over = page->shift.to_ms <= model_wall(page->scene->model);
    char text[LABEL_TEXT], clock[SPAN_TEXT], label[SPAN_TEXT + 4], share[SHARE_TEXT], figure[LABEL_TEXT];
    struct kpis k = account_kpis(&page->sum);
    sum_text(page->sum.good, page->due, text);
    int x = draw_figure(s, 0, 0, over ? "SHIFT" : "SO FAR", miss_role(round(page->sum.good - page->due), 0), text);
    clock_text(&plant->zone, page->shift.to_ms, clock);
    snprintf(label, sizeof label, "BY %.5s", clock);
    sum_text(page->forecast, page->plan, text);
    if (!over && isfinite(page->forecast) && x + 10 + text_width(text) <= s.w)
        x = draw_figure(s, x, 0, label, miss_role(round(page->forecast - page->plan), 0), text);
    share_text(k.oee, share);
    snprintf(figure, sizeof figure, "%s%s", share, share[0] == '-' ? "" : "%");
    if (x + 12 <= s.w)
        x = draw_figure(s, x, 0, "OEE", miss_role(k.oee, plant->nodes[page->line].target > 0 ? plant->nodes[page->line].target : NAN), figure);
    share_text(k.unknown, share);
    if (x + 14 <= s.w && k.unknown > 0)
        surface_format(s, x, 0, CELL_DIM, "unknown %s%%", share);
}

/* ---- the other lines ---- */

static void draw_other(const struct board_page *page, uint32_t line, int title_w, struct surface s)
{
    struct board_page other;
    board_page_make(&other, page->scene, line, page->shift.from_ms + 1, false);
    bool same = other.shift.from_ms == page->shift.from_ms && other.shift.to_ms == page->shift.to_ms;
    surface_text_fit(s, 3, 0, title_w, CELL_TEXT, model_plant(page->scene->model)->nodes[line].title);
    int x = 4 + title_w;
    if (!same || !other.shift.planned) {
        char text[SHIFT_TEXT];
        shift_text(&model_plant(page->scene->model)->zone, &other.shift, s.w - x, text);
        surface_text(s, x, 0, CELL_DIM, text[0] ? text : "other hours");
        return;
    }
    int hours = (s.w - x - 2 * TOTAL_W) / HOUR_W, first = (int)page->count > hours ? (int)page->count - hours : 0;
    for (int i = first; i < (int)page->count; i++, x += HOUR_W) {
        const struct board_hour *hour = &other.hours[i];
        struct surface cell = surface_sub(s, rect_of(x, 0, HOUR_W - 1, 1));
        if (hour->known && isfinite(hour->difference))
            draw_signed(hour->difference, miss_role(round(hour->difference), 0), cell);
        else if (hour->known)
            draw_pieces(hour->sum.good, CELL_DIM, cell);
    }
    if (isfinite(other.due))
        draw_signed(other.sum.good - other.due, miss_role(round(other.sum.good - other.due), 0), surface_sub(s, rect_of(x, 0, TOTAL_W - 1, 1)));
    else
        draw_pieces(other.sum.good, CELL_DIM, surface_sub(s, rect_of(x, 0, TOTAL_W - 1, 1)));
    if (isfinite(other.forecast))
        draw_signed(other.forecast - other.plan, miss_role(round(other.forecast - other.plan), 0), surface_sub(s, rect_of(x + TOTAL_W, 0, TOTAL_W - 1, 1)));
}

static bool counts(const struct model *model, uint32_t line)
{
    return model_has_account(model, line) && node_counts(model, line);
}

static int longest_title(const struct model *model)
{
    const struct plant *plant = model_plant(model);
    int longest = 8;
    for (uint32_t n = plant_line_from(plant, 0); n != NO_NODE; n = plant_line_from(plant, plant->nodes[n].end)) {
        int w = counts(model, n) ? text_width(plant->nodes[n].title) : 0;
        longest = w > longest ? w : longest;
    }
    return longest < TITLE_MOST_W ? longest : TITLE_MOST_W;
}

/* Ahead or behind by hour, of lines that count. */
static void draw_others(const struct board_page *page, struct surface s)
{
    const struct model *model = page->scene->model;
    const struct plant *plant = model_plant(model);
    int title_w = longest_title(model), x = 4 + title_w, y = 1;
    struct surface rows = draw_section(s, "EVERY LINE, AHEAD OR BEHIND");
    int hours = (rows.w - x - 2 * TOTAL_W) / HOUR_W, first = (int)page->count > hours ? (int)page->count - hours : 0;
    surface_text(rows, 3, 0, CELL_DIM, "LINE");
    for (int i = first; i < (int)page->count; i++, x += HOUR_W) {
        struct civil at = zone_civil(&plant->zone, page->hours[i].from_ms);
        surface_format(rows, x + HOUR_W - 3, 0, page->hours[i].now ? CELL_ACCENT : CELL_DIM, "%02d", at.hour % 100);
    }
    surface_text_right(rows, x, 0, TOTAL_W - 1, CELL_DIM, "so far");
    surface_text_right(rows, x + TOTAL_W, 0, TOTAL_W - 1, CELL_DIM, "at end");
    for (uint32_t n = plant_line_from(plant, 0); n != NO_NODE && y < rows.h; n = plant_line_from(plant, plant->nodes[n].end))
        if (counts(model, n))
            draw_other(page, n, title_w, surface_sub(rows, rect_of(0, y++, rows.w, 1)));
}

/* ---- the view ---- */

static void board_draw(void *state, const struct scene *scene, struct surface s)
{
    struct board *view = state;
    struct board_page page;
    uint32_t line = line_of(scene);
    if (line == NO_NODE) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "no line is configured: the tags view lists what has been heard");
        return;
    }
    board_page_make(&page, scene, line, moment_of(view, scene, line), true);
    struct rect body = surface_rect(s);
    if (s.h >= HEAD_LEAST_H)
        draw_head(view, &page, surface_sub(s, rect_cut_top(&body, 1)));
    struct surface foot = surface_sub(s, rect_cut_bottom(&body, 1));
    int spare = body.h - (int)page.count - 1;
    if (spare >= OTHERS_LEAST_H + 1 && s.w >= NARROW_W)
        draw_others(&page, surface_sub(s, rect_cut_bottom(&body, spare)));
    draw_foot(&page, foot);
    struct table_spec spec = board_spec(&page, s.w);
    for (size_t i = 0; i < page.count && !view->table.has_selected; i++)
        if (page.hours[i].now || (i + 1 == page.count && page.hours[i].over))
            table_select(&view->table, &spec, i);
    table_draw(&view->table, &spec, surface_sub(s, body));
}

static bool other_line(const struct scene *scene, uint32_t line, int step, struct request *request)
{
    const struct plant *plant = model_plant(scene->model);
    uint32_t count = (uint32_t)plant->node_count, n = line;
    for (uint32_t i = 1; i < count; i++) {
        n = step > 0 ? (n + 1) % count : (n + count - 1) % count;
        if (plant->nodes[n].level != LEVEL_LINE || !counts(scene->model, n))
            continue;
        *request = (struct request){.kind = REQUEST_VIEW, .name = "board", .focus = focus_on_node(scene, n)};
        return true;
    }
    return false;
}

static bool board_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct board *view = state;
    struct board_page page;
    size_t row;
    uint32_t line = line_of(scene);
    if (line == NO_NODE)
        return false;
    if (key.code == KEYC_LEFT || key.code == KEYC_RIGHT)
        return other_line(scene, line, key.code == KEYC_RIGHT ? 1 : -1, request);
    if (key_is(key, 'p') || key_is(key, 'n')) {
        view->back += key_is(key, 'p') ? view->back < BACK_MOST : view->back > 0 ? (size_t)-1 : 0;
        view->table.has_selected = false;
        return true;
    }
    board_page_make(&page, scene, line, moment_of(view, scene, line), false);
    struct table_spec spec = board_spec(&page, 80);
    if (key_is(key, 'S') || key.code == KEYC_ENTER) {
        *request = stops_of_node(scene, line, "", page.shift.from_ms, page.shift.to_ms);
        if (key.code == KEYC_ENTER && table_selected(&view->table, &spec, &row)) {
            request->focus.from_ms = page.hours[row].from_ms;
            request->focus.to_ms = page.hours[row].to_ms;
        }
        return true;
    }
    return table_key(&view->table, &spec, key);
}

/* The line, and the moment to which pieces are counted: in the selected hour, when that is over. */
static size_t board_targets(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most)
{
    const struct board *view = state;
    struct board_page page;
    uint32_t line = line_of(scene);
    if (which != TARGET_SELECTED || most == 0 || line == NO_NODE)
        return 0;
    *out = (struct action){.kind = ACTION_QUANTITY};
    plant_node_path(model_plant(scene->model), line, out->target, sizeof out->target);
    board_page_make(&page, scene, line, moment_of(view, scene, line), false);
    if (view->table.has_selected && view->table.selected < page.count && page.hours[view->table.selected].to_ms <= model_wall(scene->model))
        out->occurrence_ms = page.hours[view->table.selected].to_ms - 1;
    return 1;
}

static void board_crumb(const void *state, const struct scene *scene, char *out, size_t cap)
{
    (void)state;
    uint32_t line = line_of(scene);
    out[0] = '\0';
    if (line != NO_NODE)
        node_crumb(model_plant(scene->model), line, out, cap);
}

static void board_finish(void *state)
{
    table_finish(&((struct board *)state)->table);
}

static const struct key_row board_keys[] = {
    {"Enter", "stops", "lists the stops of the selected hour", 1},
    {"p n", "shift", "the shift before, and the next", 3},
    {"← →", "line", "goes to the line before or after", 2},
    {"S", "all stops", "lists the stops of the whole shift", 4},
    {"↑ ↓", "select", "selects an hour", 6},
};

const struct view board_view = {
    .name = "board", .title = "HOUR BOARD",
    .help = "Each hour of the shift: what was planned, what was made, the difference, its sum, and what cost most. Of the running hour (>) the plan is what is due by now; breaks plan nothing. The plan is plan_per_hour, else the ideal cycle at the wanted OEE.",
    .state_size = sizeof(struct board), .keys = board_keys, .key_count = sizeof board_keys / sizeof board_keys[0], .draw = board_draw,
    .key = board_key, .crumb = board_crumb, .targets = board_targets, .finish = board_finish,
};
