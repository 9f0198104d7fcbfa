/*
 * energy: what it costs to run, where it goes, and when the limit will be hit: meters as a tree with what is not metered, or shifts, crews, products and
 * orders, by period; of the selected meter the running block of demand, its day, its days and hours, the highest blocks, the baseline.
 *
 * A struct energy_view is what the screen keeps, a struct energy_page what is shown in one call.
 */
#include "views/energy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/period.h"
#include "draw/text.h"

enum { NARROW_W = 60, LOW_H = 14, ROWS_LEAST_H = 4, TALL_H = 40, BELOW_LEAST_H = 6, WIDE_W = 150, GRID_LEAST_H = 22 };

/* ---- head ---- */

static void draw_head(const struct energy_page *page, struct surface s)
{
    const struct energy_view *view = page->view;
    const struct plant *plant = page->plant;
    static const char *const past_names[POWER_WEEK] = {"day", "before"};
    char date[48];
    int x = 0;
    for (int p = 0; p < POWER_PERIODS; p++)
        if (s.w >= NARROW_W || p == (int)view->period)
            x = surface_text(s, x, 0, p == (int)view->period ? CELL_SELECTED : CELL_DIM, view->asked_ms && p < POWER_WEEK ? past_names[p] : energy_period_names[p]) + 1;
    if (view->asked_ms) {
        date_clock_text(&plant->zone, view->asked_ms, date); /* "Wed 2024-06-12 06:00:00" */
        x = surface_format(s, x, 0, CELL_ACCENT, "%.14s", date) + 1;
    }
    if (plant->meter_count == 0)
        return;
    x = surface_text(s, x + 1, 0, CELL_TEXT, plant->carriers[view->carrier].title) + 2;
    x = surface_text(s, x, 0, CELL_DIM, "by ");
    x = surface_text(s, x, 0, CELL_TEXT, energy_by_names[view->by]) + 2;
    if (view->by != POWER_METERS && page->meter != NO_METER)
        x = surface_format(s, x - 1, 0, CELL_DIM, "of %s", plant->nodes[plant->meters[page->meter].node].title) + 2;
    if (page->loading) {
        surface_text_fit(s, x, 0, s.w - x, CELL_DIM, "reading ...");
    } else if (page->first_ms != INT64_MAX && page->first_ms > page->range.from_ms + METER_QUARTER_MS) {
        char since[SPAN_TEXT];
        since_text(page->scene->model, page->first_ms, since);
        surface_text_fit(s, x, 0, s.w - x, CELL_WARN, since);
    }
}

/* ---- below the rows ---- */

static const char *const panel_titles[POWER_PANELS] = {"", "DEMAND", "DAY", "DAYS AND HOURS", "HIGHEST BLOCKS OF THE MONTH", "BASELINE"};

static void draw_one_panel(struct energy_page *page, enum energy_panel panel, struct surface s)
{
    char title[LABEL_TEXT];
    const char *of = page->meter != NO_METER && (panel == POWER_DAY || panel == POWER_MAP) ? page->plant->nodes[page->plant->meters[page->meter].node].title : "";
    snprintf(title, sizeof title, "%s%s%s", panel_titles[panel], of[0] ? "  " : "", of);
    struct surface inside = draw_panel(s, title, page->view->panel == panel);
    struct table_spec spec;
    switch (panel) {
    case POWER_DEMAND: energy_draw_demand(page, inside); break;
    case POWER_DAY: energy_draw_day(page, inside); break;
    case POWER_MAP: energy_draw_map(page, inside); break;
    case POWER_PEAKS:
        spec = energy_peaks_spec(page);
        table_draw(&page->view->peaks, &spec, inside);
        break;
    case POWER_BASELINE: energy_draw_baseline(page, inside); break;
    default: break;
    }
}

/* All that fits; where little does, the demand and what has the focus. */
static void draw_below(struct energy_page *page, struct surface s)
{
    const struct energy_view *view = page->view;
    struct rect body = surface_rect(s);
    enum energy_panel second = view->panel == POWER_ROWS || view->panel == POWER_DEMAND ? POWER_DAY : view->panel;
    if (s.w >= WIDE_W && s.h >= GRID_LEAST_H) {
        struct rect top = rect_cut_top(&body, s.h * 2 / 5);
        int third = s.w / 3;
        draw_one_panel(page, POWER_DEMAND, surface_sub(s, rect_cut_left(&top, third)));
        draw_one_panel(page, POWER_DAY, surface_sub(s, rect_of(top.x + 2, top.y, third - 2, top.h)));
        rect_cut_left(&top, third);
        draw_one_panel(page, POWER_PEAKS, surface_sub(s, rect_of(top.x + 2, top.y, top.w - 2, top.h)));
        draw_one_panel(page, POWER_MAP, surface_sub(s, rect_cut_left(&body, s.w * 3 / 5)));
        draw_one_panel(page, POWER_BASELINE, surface_sub(s, rect_of(body.x + 2, body.y, body.w - 2, body.h)));
        return;
    }
    if (s.w < NARROW_W) {
        draw_one_panel(page, view->panel == POWER_ROWS ? POWER_DEMAND : view->panel, s);
        return;
    }
    draw_one_panel(page, POWER_DEMAND, surface_sub(s, rect_cut_left(&body, s.w / 2 - 1)));
    draw_one_panel(page, second, surface_sub(s, rect_of(body.x + 2, body.y, body.w - 2, body.h)));
}

/* ---- the view ---- */

/* The meter of the node that one came for is selected, once. */
static void select_came(struct energy_page *page, const struct table_spec *spec)
{
    struct energy_view *view = page->view;
    uint32_t node = focus_node(page->scene);
    if (strcmp(view->came, page->scene->focus.node) == 0)
        return;
    snprintf(view->came, sizeof view->came, "%s", page->scene->focus.node);
    for (size_t i = 0; node != NO_NODE && i < view->line_count; i++)
        if (view->lines[i].meter != NO_METER && !view->lines[i].rest && page->plant->meters[view->lines[i].meter].node == node) {
            table_select(&view->rows, spec, i);
            return;
        }
}

/* What is selected among the meters is what the panels are of, in this frame already. */
static void follow_selection(struct energy_page *page)
{
    struct energy_view *view = page->view;
    struct table_spec spec = energy_rows_spec(page, 80);
    char key[KEY_BYTES];
    size_t at;
    if (view->by != POWER_METERS)
        return;
    select_came(page, &spec);
    if (!table_selected(&view->rows, &spec, &at) || view->lines[at].meter == NO_METER)
        return;
    plant_meter_key(page->plant, view->lines[at].meter, key, sizeof key);
    if (strcmp(key, view->meter) == 0)
        return;
    snprintf(view->meter, sizeof view->meter, "%s", key);
    bool loading = page->loading;
    energy_page_init(page, view, page->scene);
    energy_rows_make(page);
    page->loading = page->loading || loading;
}

static void make_page(struct energy_page *page, struct energy_view *view, const struct scene *scene)
{
    energy_page_init(page, view, scene);
    energy_rows_make(page);
    follow_selection(page);
}

static void energy_draw(void *state, const struct scene *scene, struct surface s)
{
    struct energy_view *view = state;
    struct energy_page page;
    make_page(&page, view, scene);
    struct rect body = surface_rect(s);
    draw_head(&page, surface_sub(s, rect_cut_top(&body, 1)));
    bool alone = view->zoomed || body.h < LOW_H;
    if (alone && view->panel != POWER_ROWS && page.meter != NO_METER) {
        draw_one_panel(&page, view->panel, surface_sub(s, body));
        return;
    }
    struct table_spec spec = energy_rows_spec(&page, s.w);
    int wanted = (int)view->line_count + 1, most = body.h >= TALL_H ? body.h / 3 : body.h / 2;
    int h = alone || page.meter == NO_METER ? body.h : wanted < most ? wanted : most > ROWS_LEAST_H ? most : ROWS_LEAST_H;
    table_draw(&view->rows, &spec, surface_sub(s, rect_cut_top(&body, h)));
    if (!alone && page.meter != NO_METER && body.h >= BELOW_LEAST_H)
        draw_below(&page, surface_sub(s, body));
}

/* ---- keys ---- */

static bool open_row(const struct energy_page *page, struct request *request)
{
    struct energy_page copy = *page;
    struct table_spec spec = energy_rows_spec(&copy, 80);
    size_t at;
    if (!table_selected(&page->view->rows, &spec, &at) || page->view->lines[at].meter == NO_METER)
        return false;
    const struct meter *meter = &page->plant->meters[page->view->lines[at].meter];
    if (meter->tag != NO_TAG)
        *request = (struct request){.kind = REQUEST_FACEPLATE, .focus = focus_on_tag(page->scene, meter->tag)};
    else
        *request = (struct request){.kind = REQUEST_VIEW, .name = page->plant->nodes[meter->node].level == LEVEL_LINE ? "line" : "overview", .focus = focus_on_node(page->scene, meter->node)};
    return true;
}

static bool take_key(struct energy_page *page, struct key key, struct request *request)
{
    struct energy_view *view = page->view;
    if (key.code == KEYC_LEFT || key.code == KEYC_RIGHT) {
        view->period = (enum energy_period)(((int)view->period + (key.code == KEYC_RIGHT ? 1 : POWER_PERIODS - 1)) % POWER_PERIODS);
    } else if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB) {
        view->panel = (enum energy_panel)(((int)view->panel + (key.code == KEYC_TAB ? 1 : POWER_PANELS - 1)) % POWER_PANELS);
    } else if (key_is(key, 'p') || key_is(key, 'n')) {
        int64_t day = period_day(&page->plant->zone, page->now_ms);
        energy_ask(view, page->scene->model, key_is(key, 'p') ? day - 1 : page->now_ms + 1);
    } else if (key_is(key, 'y')) {
        view->by = (enum energy_by)(((int)view->by + 1) % POWER_BYS);
    } else if (key_is(key, 'u') && page->plant->meter_count) {
        view->carrier = energy_carriers(page->plant, view->carrier);
        view->rows.has_selected = false;
    } else if (key_is(key, 'z') || (key.code == KEYC_ESC && view->zoomed)) {
        view->zoomed = !view->zoomed;
    } else if (key.code == KEYC_ENTER && view->panel == POWER_ROWS) {
        return open_row(page, request);
    } else if (key_is(key, 'v') && page->meter != NO_METER && page->plant->meters[page->meter].tag != NO_TAG) {
        *request = (struct request){.kind = REQUEST_TREND, .focus = focus_on_tag(page->scene, page->plant->meters[page->meter].tag)};
    } else if (key_is(key, 'e') && page->plant->emission_count) {
        *request = (struct request){.kind = REQUEST_VIEW, .name = "environment", .focus = page->scene->focus};
    } else if (view->panel == POWER_PEAKS) {
        struct table_spec spec = energy_peaks_spec(page);
        return table_key(&view->peaks, &spec, key);
    } else {
        struct table_spec spec = energy_rows_spec(page, 80);
        return table_key(&view->rows, &spec, key);
    }
    return true;
}

static bool energy_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct energy_page page;
    make_page(&page, state, scene);
    return take_key(&page, key, request);
}

static void energy_finish(void *state)
{
    struct energy_view *view = state;
    table_finish(&view->rows);
    table_finish(&view->peaks);
    free(view->lines);
    view->lines = NULL;
}

static const struct key_row energy_keys[] = {
    {"Enter", "open", "on a meter: its value, trend and limits", 1},
    {"← →", "period", "today, yesterday, the week, the month, the year", 2},
    {"p n", "day", "the day before, and the next, up to today", 6},
    {"Tab", "panel", "goes to demand, the day, days and hours, the highest blocks, the baseline", 3},
    {"y", "by", "by meter, or what the selected meter measured by shift, crew, product or order", 4},
    {"u", "carrier", "electricity, gas, water, whatever else is metered", 5},
    {"e", "emissions", "emissions against their limits", 6},
    {"v", "trend", "the selected meter's curve", 7},
    {"z", "zoom", "gives one panel the whole screen, and back", 8},
    {"↑ ↓", "select", "selects a meter", 9},
};

const struct view energy_view = {
    .name = "energy", .title = "ENERGY",
    .help = "What each meter measured, what it cost by the tariff of its time, what it gave off; idle is what was used while nothing ran, and what is not metered stands as such. Below: the running block of demand with its forecast and limit, the day beside yesterday and a typical one, days and hours, the highest blocks, the baseline.",
    .state_size = sizeof(struct energy_view), .keys = energy_keys, .key_count = sizeof energy_keys / sizeof energy_keys[0], .draw = energy_draw, .key = energy_key, .finish = energy_finish,
};
