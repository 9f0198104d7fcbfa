/*
 * oee: where the time of each line went and what it produced, in a shift, a day or a week: availability, performance, quality and OEE, and of the
 * selected line what was lost, why, and how the last shifts were. Any figure leads to the stops behind it.
 *
 * A struct oee_view is what the screen keeps, a struct oee_page what is shown in one call.
 */
#include "views/oee.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"

enum { NARROW_W = 60, LOW_H = 14, LINES_LEAST_H = 4, TALL_H = 40, BELOW_LEAST_H = 5, TWO_LEAST_H = 12, THREE_W = 150 };

/* ---- head ---- */

static void draw_head(const struct oee_page *page, struct surface s)
{
    const struct oee_view *view = page->view;
    const struct model *model = page->scene->model;
    const struct zone *zone = &model_plant(model)->zone;
    char from[48], to[48];
    int x = 0;
    for (int p = 0; p < OEE_PERIODS; p++)
        if (s.w >= NARROW_W || p == (int)view->period)
            x = surface_text(s, x, 0, p == (int)view->period ? CELL_SELECTED : CELL_DIM, oee_period_names[p]) + 1;
    x = surface_format(s, x + 1, 0, CELL_DIM, "by ");
    x = surface_text(s, x, 0, CELL_TEXT, oee_by_names[view->by]) + 2;
    if (!page->row)
        return;
    date_clock_text(zone, page->row->range.from_ms, from);
    date_clock_text(zone, page->row->range.to_ms, to);
    char text[96];
    snprintf(text, sizeof text, "%.3s %.5s - %.3s %.5s", from, from + 15, to, to + 15);
    if (strncmp(from, to, 14) == 0 || x + text_width(text) > s.w)
        snprintf(text, sizeof text, "%.5s - %.5s", from + 15, to + 15);
    x = surface_text(s, x, 0, CELL_ACCENT, page->loading ? "" : text);
    if (page->loading)
        surface_text_fit(s, x, 0, s.w - x, CELL_DIM, "reading ...");
}

/* ---- below the rows ---- */

/* "侧板冲压1  MTBF 1h12m  MTTR 8m  failures 3  minor 12  TEEP 31.2" on a rule. */
static struct surface draw_title(const struct oee_page *page, struct surface s)
{
    const struct oee_row *row = page->row;
    char span[SPAN_TEXT], share[SHARE_TEXT], text[LABEL_TEXT];
    struct surface below = draw_section(s, oee_row_title(page, row));
    int x = text_width(oee_row_title(page, row)) + 4;
    const struct { const char *label; double ms; } spans[] = {{"MTBF", row->kpis.mtbf_ms}, {"MTTR", row->kpis.mttr_ms}};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        if (!isfinite(spans[i].ms) || x + 14 > s.w)
            continue;
        span_text(whole_ms(spans[i].ms), span);
        snprintf(text, sizeof text, " %s %s ", spans[i].label, span);
        x = surface_text(s, x, 0, CELL_TEXT, text) + 1;
    }
    snprintf(text, sizeof text, " %u failure%s, %u minor ", row->account.stops, row->account.stops == 1 ? "" : "s", row->account.minors);
    if (x + text_width(text) <= s.w)
        x = surface_text(s, x, 0, CELL_TEXT, text) + 1;
    share_text(row->kpis.teep, share);
    snprintf(text, sizeof text, " TEEP %s ", share);
    if (isfinite(row->kpis.teep) && x + text_width(text) <= s.w)
        surface_text(s, x, 0, CELL_TEXT, text);
    return below;
}

static void draw_one_panel(struct oee_page *page, enum oee_panel panel, struct surface s)
{
    struct oee_view *view = page->view;
    static const char *const titles[OEE_PANELS] = {"", "WHERE THE TIME WENT", "STOPS BY TIME", "DEFECTS", "LAST SHIFTS"};
    struct table_spec spec = oee_panel_spec(page, panel, s.w);
    const char *title = panel == OEE_REASONS && view->by_times ? "STOPS BY NUMBER" : titles[panel];
    table_draw(&view->tables[panel], &spec, draw_panel(s, title, view->panel == panel));
}

/* What one sees of the selected row: side by side, or the one that has the focus. */
static void draw_below(struct oee_page *page, struct surface s)
{
    const struct oee_view *view = page->view;
    if (!page->row || s.h < BELOW_LEAST_H)
        return;
    struct rect body = surface_rect(s);
    if (s.w >= THREE_W) {
        int w = s.w / 3;
        draw_one_panel(page, OEE_LOSSES, surface_sub(s, rect_cut_left(&body, w)));
        struct rect middle = rect_of(body.x + 2, body.y, w - 2, body.h);
        if (page->reports_defects && middle.h >= TWO_LEAST_H)
            draw_one_panel(page, OEE_DEFECTS, surface_sub(s, rect_cut_bottom(&middle, middle.h / 2)));
        if (page->reports_defects && view->panel == OEE_DEFECTS && middle.h == body.h)
            draw_one_panel(page, OEE_DEFECTS, surface_sub(s, middle));
        else
            draw_one_panel(page, OEE_REASONS, surface_sub(s, middle));
        rect_cut_left(&body, w);
        draw_one_panel(page, OEE_TREND, surface_sub(s, rect_of(body.x + 2, body.y, body.w - 2, body.h)));
        return;
    }
    if (s.w < NARROW_W) {
        draw_one_panel(page, view->panel == OEE_ROWS ? OEE_LOSSES : view->panel, s);
        return;
    }
    draw_one_panel(page, OEE_LOSSES, surface_sub(s, rect_cut_left(&body, s.w * 11 / 20)));
    draw_one_panel(page, view->panel == OEE_TREND || view->panel == OEE_DEFECTS ? view->panel : OEE_REASONS, surface_sub(s, rect_of(body.x + 2, body.y, body.w - 2, body.h)));
}

/* ---- the view ---- */

/* The line that one came for is selected, once. */
static void select_came(struct oee_page *page, const struct table_spec *spec)
{
    struct oee_view *view = page->view;
    uint32_t node = focus_node(page->scene), line = node == NO_NODE ? NO_NODE : plant_ancestor(model_plant(page->scene->model), node, LEVEL_LINE);
    if (strcmp(view->came, page->scene->focus.node) == 0)
        return;
    snprintf(view->came, sizeof view->came, "%s", page->scene->focus.node);
    for (size_t i = 0; line != NO_NODE && i < view->row_count; i++)
        if (view->rows[i].node == line && !view->rows[i].sum)
            table_select(&view->tables[OEE_ROWS], spec, i);
}

static void make_page(struct oee_page *page, struct oee_view *view, const struct scene *scene)
{
    size_t at;
    oee_page_init(page, view, scene);
    oee_rows_make(page);
    struct table_spec spec = oee_rows_spec(page, 80);
    select_came(page, &spec);
    if (table_selected(&view->tables[OEE_ROWS], &spec, &at))
        page->row = &view->rows[at];
    oee_select(page);
}

static void oee_draw(void *state, const struct scene *scene, struct surface s)
{
    struct oee_view *view = state;
    struct oee_page page;
    make_page(&page, view, scene);
    struct rect body = surface_rect(s);
    draw_head(&page, surface_sub(s, rect_cut_top(&body, 1)));
    bool alone = view->zoomed || body.h < LOW_H;
    if (alone && view->panel != OEE_ROWS && page.row) {
        draw_one_panel(&page, view->panel, surface_sub(s, body));
    } else {
        struct table_spec spec = oee_rows_spec(&page, s.w);
        int wanted = (int)view->row_count + 1, most = body.h >= TALL_H ? body.h / 2 : body.h * 2 / 5;
        int h = alone ? body.h : wanted < most ? wanted : most > LINES_LEAST_H ? most : LINES_LEAST_H;
        table_draw(&view->tables[OEE_ROWS], &spec, surface_sub(s, rect_cut_top(&body, h)));
        if (!alone && page.row && body.h > BELOW_LEAST_H)
            draw_below(&page, draw_title(&page, surface_sub(s, body)));
    }
    oee_page_finish(&page);
}

/* ---- keys ---- */

static bool open_row(const struct oee_page *page, struct request *request)
{
    struct oee_view *view = page->view;
    const struct oee_row *row = page->row;
    const struct plant *plant = model_plant(page->scene->model);
    char path[KEY_BYTES];
    if (!row || row->sum || row->node == NO_NODE)
        return false;
    bool units = false;
    for (uint32_t u = row->node + 1; u < plant->nodes[row->node].end; u++)
        units = units || model_has_account(page->scene->model, u);
    if (row->unit || !units || view->by == OEE_UNITS) {
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(page->scene, row->node)};
        return true;
    }
    plant_node_path(plant, row->node, path, sizeof path);
    if (strcmp(view->opened, path) == 0)
        view->opened[0] = '\0';
    else
        snprintf(view->opened, sizeof view->opened, "%s", path);
    return true;
}

/* The stops behind the selected figure; of what is lost while it runs, the hours. */
static bool drill(const struct oee_page *page, struct request *request)
{
    struct oee_view *view = page->view;
    struct oee_page copy = *page;
    struct table_spec spec = oee_panel_spec(&copy, view->panel, 80);
    const struct oee_row *row = page->row;
    uint32_t node = row && row->node != NO_NODE && !row->sum ? row->node : NO_NODE;
    char which[FOCUS_STOPS] = "";
    size_t at;
    if (!row || !table_selected(&view->tables[view->panel], &spec, &at))
        return false;
    if (view->panel == OEE_DEFECTS) {
        return false;
    } else if (view->panel == OEE_REASONS) {
        snprintf(which, sizeof which, "=%s", page->lost[at].title);
    } else if (view->panel == OEE_TREND) {
        *request = stops_of_node(page->scene, node, "", page->shifts[at].from_ms, page->shifts[at].to_ms);
        return true;
    } else if (page->steps[at].loss < LOSS_COUNT) {
        enum loss loss = page->steps[at].loss;
        if (node != NO_NODE && (loss == LOSS_SPEED || loss == LOSS_STARTUP || loss == LOSS_REJECT)) {
            *request = (struct request){.kind = REQUEST_VIEW, .name = "board", .focus = focus_on_node(page->scene, node)};
            return true;
        }
        snprintf(which, sizeof which, "#%s", loss_names[loss]);
    }
    *request = stops_of_node(page->scene, node, which, row->range.from_ms, row->range.to_ms);
    return true;
}

static bool take_key(struct oee_page *page, struct key key, struct request *request)
{
    struct oee_view *view = page->view;
    uint32_t node = page->row && !page->row->sum ? page->row->node : NO_NODE;
    if (key.code == KEYC_LEFT || key.code == KEYC_RIGHT) {
        view->period = (enum oee_period)(((int)view->period + (key.code == KEYC_RIGHT ? 1 : OEE_PERIODS - 1)) % OEE_PERIODS);
    } else if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB) {
        int step = key.code == KEYC_TAB ? 1 : OEE_PANELS - 1;
        view->panel = (enum oee_panel)(((int)view->panel + step) % OEE_PANELS);
        if (view->panel == OEE_DEFECTS && !page->reports_defects)
            view->panel = (enum oee_panel)(((int)view->panel + step) % OEE_PANELS);
    } else if (key_is(key, 'y')) {
        view->by = (enum oee_by)(((int)view->by + 1) % OEE_BYS);
        view->tables[OEE_ROWS].has_selected = false;
    } else if (key_is(key, 'o')) {
        view->by_times = !view->by_times;
    } else if (key_is(key, 'z') || (key.code == KEYC_ESC && view->zoomed)) {
        view->zoomed = !view->zoomed;
    } else if (key.code == KEYC_ENTER) {
        return view->panel == OEE_ROWS ? open_row(page, request) : drill(page, request);
    } else if (key_is(key, 'b') && node != NO_NODE) {
        *request = (struct request){.kind = REQUEST_VIEW, .name = "board", .focus = focus_on_node(page->scene, node)};
    } else if (key_is(key, 'S') && page->row) {
        *request = stops_of_node(page->scene, node, "", page->row->range.from_ms, page->row->range.to_ms);
    } else {
        struct table_spec spec = view->panel == OEE_ROWS ? oee_rows_spec(page, 80) : oee_panel_spec(page, view->panel, 80);
        return table_key(&view->tables[view->panel], &spec, key);
    }
    return true;
}

static bool oee_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct oee_page page;
    make_page(&page, state, scene);
    bool taken = take_key(&page, key, request);
    oee_page_finish(&page);
    return taken;
}

static void oee_finish(void *state)
{
    struct oee_view *view = state;
    for (int i = 0; i < OEE_PANELS; i++)
        table_finish(&view->tables[i]);
    free(view->rows);
    view->rows = NULL;
}

static const struct key_row oee_keys[] = {
    {"Enter", "open", "on a line: its units; on a loss, a reason or a shift: its stops", 1},
    {"← →", "period", "this shift, the last one, today, yesterday, the week", 2},
    {"Tab", "panel", "goes to where the time went, to the stops by reason, to the defects where any are reported, to the last shifts", 3},
    {"y", "by", "by line, unit, product or crew", 4},
    {"o", "order", "stops by time, or by number", 6},
    {"b", "board", "the hour board of the selected line", 5},
    {"S", "stops", "the stops of the selected line in this period", 7},
    {"z", "zoom", "gives one panel the whole screen, and back", 9},
    {"↑ ↓", "select", "selects a row", 8},
};

const struct view oee_view = {
    .name = "oee", .title = "OEE",
    .help = "Availability x performance x quality, in percent of planned busy time (ISO 22400). What is undefined is -, with the reason beside it; unknown time is part of planned busy time. Below: where the time of the selected line went, from calendar time to fully productive time, what stopped it, the defects that were reported of it, and the last shifts.",
    .state_size = sizeof(struct oee_view), .keys = oee_keys, .key_count = sizeof oee_keys / sizeof oee_keys[0], .draw = oee_draw, .key = oee_key, .finish = oee_finish,
};
