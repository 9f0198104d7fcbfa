/*
 * line: level 2, one line: what it makes, its units with their states above one another, so that one culprit and its
 * shadows stand in a column, and the values of the line or of one unit.
 *
 * Here stands how a screen is shared out; line_tables.c fills the two tables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/changes.h"
#include "views/figures.h"
#include "views/line.h"
#include "views/reasons.h"

enum { STOPS_LEAST_H = 3, CHANGES_H = 8, MS_PER_MINUTE = 60000, FOOT_LEAST_H = 18, FOOT_H = 3 };

static void draw_units(struct line_view *view, struct line_page *panel, struct surface s)
{
    struct table_spec units = line_units(panel, s.w);
    table_draw(&view->units, &units, s);
}

/* The rule says above, whose the values are, and at its end since when the counts above it count. */
static void draw_values(struct line_view *view, struct line_page *panel, bool titles, bool counts, struct surface s)
{
    const struct model *model = panel->scene->model;
    char title[LABEL_TEXT], since[SPAN_TEXT], text[LABEL_TEXT];
    const struct node *of = &model_plant(model)->nodes[view->chosen == NO_NODE ? view->line : view->chosen];
    snprintf(title, sizeof title, "VALUES of %s", of->title);
    struct surface rows = draw_panel(s, title, view->focus == PANEL_VALUES);
    since_text(model, counted_since(model, view->line), since);
    snprintf(text, sizeof text, " counts %s", since);
    int w = text_width(text);
    if (counts && text_width(title) + 2 + w <= s.w)
        surface_text(s, s.w - w, 0, CELL_DIM, text);
    struct table_spec tags = line_values(panel, s.w, titles);
    table_draw(&view->tags, &tags, rows);
}

static void draw_line_stops(const struct line_view *view, const struct scene *scene, struct surface s)
{
    int64_t now = model_wall(scene->model);
    draw_stops(scene->model, view->line, since_heard(scene->model, now - now % MS_PER_MINUTE - LINE_SPAN_MS), view->focus == PANEL_STOPS, s);
}

/* The stops, and below them what was changed: often the one is why the other. */
static void draw_history(const struct line_view *view, const struct scene *scene, struct surface s)
{
    struct rect stops = surface_rect(s);
    if (s.h >= STOPS_LEAST_H + CHANGES_H) {
        struct surface changes = surface_sub(s, rect_cut_bottom(&stops, CHANGES_H));
        draw_changes(scene->model, view->line, CHANGES_H - 1, changes);
    }
    draw_line_stops(view, scene, surface_sub(s, stops));
}

/* The panel with the focus has the whole body. The units keep a row that says since when they count. */
static void draw_zoomed(struct line_view *view, struct line_page *panel, struct surface s)
{
    struct rect body = surface_rect(s);
    if (view->focus == PANEL_STOPS) {
        draw_line_stops(view, panel->scene, s);
    } else if (view->focus == PANEL_VALUES) {
        draw_values(view, panel, true, false, s);
    } else {
        struct table_spec units = line_units(panel, s.w);
        char since[SPAN_TEXT];
        since_text(panel->scene->model, counted_since(panel->scene->model, view->line), since);
        if (line_shows_counts(&units, s.w))
            surface_format(surface_sub(s, rect_cut_bottom(&body, 1)), 0, 0, CELL_DIM, "counts %s", since);
        draw_units(view, panel, surface_sub(s, body));
    }
}

static void line_draw(void *state, const struct scene *scene, struct surface s)
{
    struct line_view *view = state;
    struct line_page panel = {.scene = scene, .view = view};
    line_rows(view, scene);
    alarm_marks_update(&view->marks, scene->model);
    if (view->line == NO_NODE) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "no line is configured: M shows what has been heard, machine by machine");
        return;
    }
    if (view->zoomed) {
        draw_zoomed(view, &panel, s);
        return;
    }
    struct rect body = surface_rect(s);
    bool roomy = s.h >= 16;
    line_head(view, scene, surface_sub(s, rect_cut_top(&body, line_head_h(view, scene, roomy))));
    if (roomy)
        surface_hline(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w);
    if (s.h >= FOOT_LEAST_H && model_has_account(scene->model, view->line)) {
        int foot_h = FOOT_H + line_has_soon(view, scene);
        struct surface foot = surface_sub(s, rect_cut_bottom(&body, foot_h));
        surface_hline(foot, 0, 0, s.w);
        line_foot(view, scene, surface_sub(foot, rect_of(0, 1, s.w, foot_h - 1)));
    }
    int half = view->focus == PANEL_VALUES ? body.h / 3 : body.h * 2 / 3, units_h = (int)view->unit_count + 1;
    int rest = body.h - (int)view->tag_count - 1 - roomy; /* what the values leave */
    half = rest > half && view->focus != PANEL_VALUES ? rest : half;
    struct rect upper = rect_cut_top(&body, units_h < half ? units_h : half);
    int spare = body.h - (int)view->tag_count - 3;
    view->stops_drawn = spare >= STOPS_LEAST_H;
    if (!view->stops_drawn && view->focus == PANEL_STOPS)
        view->focus = PANEL_UNITS;
    if (view->stops_drawn)
        draw_history(view, scene, surface_sub(s, rect_cut_bottom(&body, spare)));
    struct table_spec units = line_units(&panel, s.w);
    draw_values(view, &panel, roomy, line_shows_counts(&units, s.w), surface_sub(s, body));
    draw_units(view, &panel, surface_sub(s, upper));
}

/* The line before or after this one, round the ends. */
static bool other_line(const struct line_view *view, const struct scene *scene, int step, struct request *request)
{
    const struct plant *plant = model_plant(scene->model);
    uint32_t count = (uint32_t)plant->node_count, n = view->line;
    for (uint32_t i = 1; i < count; i++) {
        n = step > 0 ? (n + 1) % count : (n + count - 1) % count;
        if (plant->nodes[n].level != LEVEL_LINE)
            continue;
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, n)};
        return true;
    }
    return false;
}

static bool open_selected(struct line_view *view, const struct scene *scene, const struct table_spec *units, const struct table_spec *tags,
    struct request *request)
{
    size_t row;
    if (view->focus == PANEL_STOPS)
        return false;
    if (view->focus == PANEL_VALUES) {
        if (!table_selected(&view->tags, tags, &row))
            return false;
        *request = (struct request){.kind = REQUEST_FACEPLATE, .focus = focus_on_tag(scene, view->tag_rows[row])};
        return true;
    }
    if (!table_selected(&view->units, units, &row))
        return false;
    view->chosen = view->unit_rows[row] == view->chosen ? NO_NODE : view->unit_rows[row];
    return true;
}

/* A value into the trends, or what tells most about a unit. */
static bool trend_selected(struct line_view *view, const struct scene *scene, const struct table_spec *units, const struct table_spec *tags,
    struct request *request)
{
    size_t row;
    if (view->focus == PANEL_VALUES && table_selected(&view->tags, tags, &row))
        *request = (struct request){.kind = REQUEST_TREND, .focus = focus_on_tag(scene, view->tag_rows[row])};
    else if (view->focus == PANEL_UNITS && table_selected(&view->units, units, &row))
        *request = trend_of_node(scene, view->unit_rows[row]);
    else
        *request = trend_of_node(scene, view->line);
    return true;
}

/* Why the selected unit, or the line, is as it is. */
static struct request why_selected(struct line_view *view, const struct scene *scene, const struct table_spec *units)
{
    size_t row;
    bool on_unit = view->focus == PANEL_UNITS && table_selected(&view->units, units, &row);
    return why_of_node(scene, on_unit ? view->unit_rows[row] : view->line, 0);
}

/* The stop that is shown below; NULL: none is. */
static const struct stop *shown_stop(const struct line_view *view, const struct model *model)
{
    struct shift_at shift;
    size_t open;
    model_shift(model, view->line, &shift);
    return line_stop(model, view->line, shift.from_ms, &open);
}

static bool give_reason(const struct line_view *view, const struct scene *scene, bool choose, struct request *request)
{
    const struct stop *stop = shown_stop(view, scene->model);
    if (!stop) {
        *request = (struct request){.kind = REQUEST_SAY, .name = "no stop to give a reason for: the line did not stand in this shift", .focus = scene->focus};
        return true;
    }
    *request = (struct request){.kind = choose ? REQUEST_REASON : REQUEST_ACTION, .focus = scene->focus, .action = {.kind = ACTION_STOP_REASON, .occurrence_ms = stop->start_ms}};
    plant_node_path(model_plant(scene->model), stop->node, request->action.target, sizeof request->action.target);
    return true;
}

/* The next panel that is there; zoomed, all are. */
static void next_panel(struct line_view *view, int step)
{
    do
        view->focus = (enum line_panel)(((int)view->focus + step + PANEL_COUNT) % PANEL_COUNT);
    while (view->focus == PANEL_STOPS && !view->zoomed && !view->stops_drawn);
}

static bool table_takes(struct line_view *view, const struct table_spec *units, const struct table_spec *tags, struct key key)
{
    switch (view->focus) {
    case PANEL_UNITS: return table_key(&view->units, units, key);
    case PANEL_VALUES: return table_key(&view->tags, tags, key);
    default: return false;
    }
}

static bool line_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct line_view *view = state;
    struct line_page panel = {.scene = scene, .view = view};
    line_rows(view, scene);
    if (view->line == NO_NODE)
        return false;
    struct table_spec units = line_units(&panel, 80), tags = line_values(&panel, 80, true);
    switch (key.code) {
    case KEYC_TAB:
    case KEYC_BACKTAB:
        next_panel(view, key.code == KEYC_TAB ? 1 : -1);
        return true;
    case KEYC_ENTER:
        return open_selected(view, scene, &units, &tags, request);
    case KEYC_CHAR:
        if (key_is(key, 'v'))
            return trend_selected(view, scene, &units, &tags, request);
        if (key_is(key, 'w')) {
            *request = why_selected(view, scene, &units);
            return true;
        }
        if (key_is(key, 'b') || key_is(key, 'S')) {
            *request = key_is(key, 'S') ? stops_of_node(scene, view->line, "", 0, 0)
                : (struct request){.kind = REQUEST_VIEW, .name = "board", .focus = focus_on_node(scene, view->line)};
            return true;
        }
        if (key_is(key, 'r') || key_is(key, 'R'))
            return give_reason(view, scene, key_is(key, 'R'), request);
        if (!key_is(key, 'z'))
            return table_takes(view, &units, &tags, key);
        view->zoomed = !view->zoomed;
        return true;
    case KEYC_LEFT:
    case KEYC_RIGHT:
        return other_line(view, scene, key.code == KEYC_RIGHT ? 1 : -1, request);
    case KEYC_ESC:
        if (!view->zoomed && view->chosen == NO_NODE)
            return false;
        if (!view->zoomed)
            view->chosen = NO_NODE;
        view->zoomed = false;
        return true;
    default: return table_takes(view, &units, &tags, key);
    }
}

static void line_crumb(const void *state, const struct scene *scene, char *out, size_t cap)
{
    const struct line_view *view = state;
    const struct plant *plant = model_plant(scene->model);
    uint32_t focus = focus_node(scene), line = focus == NO_NODE ? NO_NODE : plant_ancestor(plant, focus, LEVEL_LINE);
    if (line == NO_NODE)
        line = worst_line(scene->model, focus);
    out[0] = '\0';
    if (line != NO_NODE)
        node_crumb(plant, view->started && view->line == line && view->chosen != NO_NODE ? view->chosen : line, out, cap);
}

static bool line_label(const void *state, const struct scene *scene, const char *key, char *out, size_t cap)
{
    const struct line_view *view = state;
    bool known = view->started && view->line < model_plant(scene->model)->node_count;
    return known && reason_label(scene->model, shown_stop(view, scene->model), key, out, cap);
}

/* The selected unit, else the line. */
static size_t line_targets(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most)
{
    const struct line_view *view = state;
    const struct plant *plant = model_plant(scene->model);
    bool on_unit = view->focus == PANEL_UNITS && view->units.has_selected && view->units.selected_id < plant->node_count;
    if (which != TARGET_SELECTED || most == 0 || !view->started || view->line >= plant->node_count)
        return 0;
    *out = (struct action){.kind = ACTION_CALL};
    plant_node_path(plant, on_unit ? (uint32_t)view->units.selected_id : view->line, out->target, sizeof out->target);
    return 1;
}

static void line_finish(void *state)
{
    struct line_view *view = state;
    table_finish(&view->units);
    table_finish(&view->tags);
    alarm_marks_finish(&view->marks);
    free(view->unit_rows);
    free(view->tag_rows);
    *view = (struct line_view){.started = false};
}

static const struct act_row line_acts[] = {{"r", ACTION_STOP_REASON}};

static const struct key_row line_keys[] = {
    {"Enter", "open", "on a unit: only its values, and all of them; on a value: its faceplate", 1},
    {"Tab", "panel", "goes from the units to their values and to the stops", 2},
    {"v", "trend", "takes the selected value, or the key values of the selected unit, into the trends view", 8},
    {"r", "reason", "gives the stop below its reason, or confirms the one that is proposed (?)", 4},
    {"R", "other reason", "chooses a reason for the stop below from the list", 0},
    {"c", "call", "calls somebody to the selected unit, or the line", 6},
    {"b", "board", "the hour board of the line", 5},
    {"S", "stops", "lists the stops of the line", 7},
    {"w", "why", "what happened in the minutes before the selected unit, or the line, came into its state", 7},
    {"z", "zoom", "gives the whole screen to the panel that the keys act on, and back", 6},
    {"← →", "line", "goes to the line before or after", 3},
    {"↑ ↓", "select", "selects a row; PgUp, PgDn, g and G go further", 8},
};

const struct view line_view = {
    .name = "line", .title = "LINE",
    .help = "One line: its units, and the values of the line or of the chosen unit. * is the unit that sets the pace. Bars show the range, the normal band ═ and the value █.",
    .state_size = sizeof(struct line_view), .keys = line_keys, .key_count = sizeof line_keys / sizeof line_keys[0],
    .draw = line_draw, .key = line_key, .crumb = line_crumb, .targets = line_targets, .finish = line_finish, .acts = line_acts, .act_count = sizeof line_acts / sizeof line_acts[0],
    .label = line_label,
};
