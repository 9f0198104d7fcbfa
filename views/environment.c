/*
 * environment: emissions against their half-hour, hourly and daily limits, with the forecast of the running half hour, how much of each was valid, and how long limits were
 * exceeded today; of the selected one the half hours of the last day.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/energy_report.h"
#include "core/period.h"
#include "draw/table.h"
#include "draw/text.h"
#include "views/common.h"

enum emission_column { EM_NAME, EM_NOW, EM_UNIT, EM_MEAN, EM_LIMIT, EM_BAR, EM_FORECAST, EM_HOUR, EM_DAY, EM_DAY_LIMIT, EM_VALID, EM_EXCEEDED, EM_COUNT };
enum { NARROW_W = 60, WIDE_W = 110, HALF_HOURS = 48, ROWS_LEAST_H = 3 };
#define HALF_HOUR_MS INT64_C(1800000)

struct environment_view { struct table table; bool zoomed; };

struct environment_page {
    const struct scene *scene;
    const struct plant *plant;
    struct environment_view *view;
    struct table_column columns[EM_COUNT];
};

static int decimals_of(double limit)
{
    return limit < 1 ? 3 : limit < 100 ? 1 : 0;
}

static double limit_of(const struct emission *e)
{
    for (int i = 0; i < EMISSION_MEANS; i++)
        if (isfinite(e->limit[i]))
            return e->limit[i];
    return NAN;
}

/* Above the limit it is wrong, within a tenth of it something to look at. */
static enum cell_role against(double value, double limit)
{
    return !isfinite(limit) || !(value > limit * 0.9) ? CELL_VALUE : value > limit ? CELL_STOP : CELL_WARN;
}

static void draw_value(double value, double limit, int decimals, struct surface s)
{
    char text[NUMBER_TEXT];
    if (!isfinite(value)) {
        surface_text_right(s, 0, 0, s.w, CELL_DIM, "-");
        return;
    }
    number_fit(value, decimals, s.w, text);
    surface_number_right(s, 0, 0, s.w, against(value, limit), text);
}

static void draw_used(double mean, double limit, struct surface s)
{
    if (!isfinite(mean) || !(limit > 0))
        return;
    int cells = (int)lround(fmin(fmax(mean / limit, 0), 1) * s.w);
    for (int x = 0; x < s.w; x++)
        surface_glyph(s, x, 0, x < cells ? against(mean, limit) == CELL_VALUE ? CELL_BAND : against(mean, limit) : CELL_BORDER, x < cells ? GLYPH_BLOCK : GLYPH_LINE);
}

static void cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct environment_page *page = context;
    const struct emission *e = &page->plant->emissions[index];
    const struct meter *meter = &page->plant->meters[e->meter];
    struct emission_now now;
    int decimals = decimals_of(limit_of(e));
    char text[LABEL_TEXT];
    (void)selected;
    model_emission(page->scene->model, (uint32_t)index, &now);
    int used = isfinite(e->limit[EMISSION_HALF_HOUR]) ? EMISSION_HALF_HOUR : isfinite(e->limit[EMISSION_HOUR]) ? EMISSION_HOUR : EMISSION_DAY;
    switch ((enum emission_column)column) {
    case EM_NAME:
        snprintf(text, sizeof text, "%s %s", page->plant->nodes[meter->node].title, e->title);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case EM_NOW: draw_value(now.value, NAN, decimals, s); break;
    case EM_UNIT: surface_text_fit(s, 0, 0, s.w, CELL_DIM, meter->tag == NO_TAG ? "" : page->plant->tags[meter->tag].def->unit); break;
    case EM_MEAN: draw_value(now.mean[EMISSION_HALF_HOUR], e->limit[EMISSION_HALF_HOUR], decimals, s); break;
    case EM_LIMIT: draw_value(e->limit[EMISSION_HALF_HOUR], NAN, decimals, s); break;
    case EM_BAR: draw_used(now.mean[used], e->limit[used], s); break;
    case EM_FORECAST: draw_value(now.forecast, e->limit[EMISSION_HALF_HOUR], decimals, s); break;
    case EM_HOUR: draw_value(now.mean[EMISSION_HOUR], e->limit[EMISSION_HOUR], decimals, s); break;
    case EM_DAY: draw_value(now.mean[EMISSION_DAY], e->limit[EMISSION_DAY], decimals, s); break;
    case EM_DAY_LIMIT: draw_value(e->limit[EMISSION_DAY], NAN, decimals, s); break;
    case EM_VALID:
        if (isfinite(now.valid[EMISSION_DAY])) {
            snprintf(text, sizeof text, "%.0f%%", floor(now.valid[EMISSION_DAY] * 100));
            surface_text_right(s, 0, 0, s.w, now.valid[EMISSION_DAY] < e->valid_share ? CELL_WARN : CELL_DIM, text);
        }
        break;
    case EM_EXCEEDED:
        snprintf(text, sizeof text, "%.0f min", now.exceeded_min);
        surface_text_right(s, 0, 0, s.w, now.exceeded_min > 0 ? CELL_WARN : CELL_DIM, text);
        break;
    case EM_COUNT: break;
    }
}

static struct table_spec spec_of(struct environment_page *page, int w)
{
    bool narrow = w < NARROW_W, wide = w >= WIDE_W;
    const struct table_column columns[EM_COUNT] = {
        [EM_NAME] = {.title = "EMISSION", .width = narrow ? 12 : wide ? 34 : 19, .least = narrow ? 8 : 14},
        [EM_NOW] = {.title = "NOW", .width = 6, .drop = 4, .align = ALIGN_RIGHT},
        [EM_UNIT] = {.title = "", .width = narrow ? 0 : 6, .drop = 8},
        [EM_MEAN] = {.title = "1/2 h", .width = 6, .align = ALIGN_RIGHT},
        [EM_LIMIT] = {.title = "LIMIT", .width = 6, .drop = 1, .align = ALIGN_RIGHT},
        [EM_BAR] = {.title = "USED", .width = narrow ? 0 : wide ? 40 : 8, .least = 5, .drop = 7},
        [EM_FORECAST] = {.title = "F'CAST", .width = 6, .drop = 2, .align = ALIGN_RIGHT},
        [EM_HOUR] = {.title = "HOUR", .width = wide ? 6 : 0, .drop = 9, .align = ALIGN_RIGHT},
        [EM_DAY] = {.title = "DAY", .width = narrow ? 0 : 6, .drop = 3, .align = ALIGN_RIGHT},
        [EM_DAY_LIMIT] = {.title = "LIMIT", .width = wide ? 6 : 0, .drop = 10, .align = ALIGN_RIGHT},
        [EM_VALID] = {.title = "VALID", .width = narrow ? 0 : 5, .drop = 5, .align = ALIGN_RIGHT},
        [EM_EXCEEDED] = {.title = "OVER", .width = narrow ? 0 : 7, .drop = 6, .align = ALIGN_RIGHT},
    };
    memcpy(page->columns, columns, sizeof columns);
    return (struct table_spec){.columns = page->columns, .column_count = EM_COUNT, .rows = page->plant->emission_count, .context = page, .cell = cell, .filter = "", .show_titles = true,
        .empty = "no emission is configured (emissions of a site, area, line or unit)"};
}

/* Half hours as upright bars, the newest at the right; the limit is a row of points. */
static void draw_bars(const struct emission_row *rows, size_t count, double limit, const struct zone *zone, struct surface s)
{
    size_t shown = (size_t)(s.w - 8) / 2 < count ? (size_t)(s.w - 8) / 2 : count, first = count - shown;
    double top = isfinite(limit) ? limit * 1.2 : 0;
    int h = s.h - 1;
    char text[NUMBER_TEXT];
    for (size_t i = first; i < count; i++)
        top = isfinite(rows[i].mean) ? fmax(top, rows[i].mean) : top;
    if (!(top > 0) || h < 2)
        return;
    int line = isfinite(limit) ? h - 1 - (int)(limit / top * h) : -1;
    for (int x = 7; line >= 0 && x < s.w; x++)
        surface_glyph(s, x, line, CELL_BORDER, GLYPH_DOT);
    for (size_t i = first; i < count; i++) {
        int x = 8 + (int)(i - first) * 2, cells = isfinite(rows[i].mean) ? (int)lround(rows[i].mean / top * h) : 0;
        for (int y = 0; y < cells; y++)
            surface_glyph(s, x, h - 1 - y, rows[i].over ? CELL_STOP : CELL_BAND, GLYPH_BLOCK);
        if (!isfinite(rows[i].mean))
            surface_text(s, x, h - 1, CELL_UNKNOWN, "?");
        else if (cells == 0)
            surface_glyph(s, x, h - 1, CELL_BAND, GLYPH_LINE);
        struct civil c = zone_civil(zone, rows[i].from_ms);
        if (c.minute == 0 && c.hour % 3 == 0)
            surface_format(s, x, h, CELL_DIM, "%02d", c.hour);
    }
    number_fit(top, decimals_of(top), 6, text);
    surface_text_right(s, 0, 0, 6, CELL_DIM, text);
    if (line > 0) {
        number_fit(limit, decimals_of(limit), 6, text);
        surface_text_right(s, 0, line, 6, CELL_TEXT, text);
    }
    surface_text_right(s, 0, h - 1, 6, CELL_DIM, "0");
}

static void draw_half_hours(const struct environment_page *page, size_t index, struct surface s)
{
    const struct emission *e = &page->plant->emissions[index];
    const struct zone *zone = &page->plant->zone;
    struct energy_series quarters = {.step_ms = METER_QUARTER_MS};
    struct emission_row *rows;
    size_t count;
    char title[LABEL_TEXT];
    snprintf(title, sizeof title, "HALF HOURS  %s %s", page->plant->nodes[page->plant->meters[e->meter].node].title, e->title);
    struct surface inside = draw_section(s, title);
    const struct energy_cell *cells = model_energy_cells(page->scene->model, e->meter, &count);
    energy_series_cells(&quarters, cells, count);
    count = emission_means(&quarters, e, EMISSION_HALF_HOUR, zone, &rows);
    if (count > 0 && rows[count - 1].to_ms > model_wall(page->scene->model))
        count--; /* it is running: its mean stands above */
    if (count == 0)
        surface_text_fit(inside, 0, 0, inside.w, CELL_DIM, "no whole half hour yet");
    else
        draw_bars(rows, count, e->limit[EMISSION_HALF_HOUR], zone, inside);
    free(rows);
    energy_series_finish(&quarters);
}

static struct environment_page page_of(struct environment_view *view, const struct scene *scene)
{
    return (struct environment_page){.scene = scene, .plant = model_plant(scene->model), .view = view};
}

static void environment_draw(void *state, const struct scene *scene, struct surface s)
{
    struct environment_view *view = state;
    struct environment_page page = page_of(view, scene);
    struct table_spec spec = spec_of(&page, s.w);
    struct rect body = surface_rect(s);
    int wanted = (int)page.plant->emission_count + 1, h = wanted < s.h / 2 ? wanted : s.h / 2;
    size_t at;
    h = page.plant->emission_count == 0 ? s.h : h > ROWS_LEAST_H ? h : ROWS_LEAST_H;
    table_draw(&view->table, &spec, surface_sub(s, rect_cut_top(&body, h < s.h ? h : s.h)));
    rect_cut_top(&body, 1);
    if (body.h >= 5 && table_selected(&view->table, &spec, &at))
        draw_half_hours(&page, at, surface_sub(s, rect_of(body.x, body.y, body.w, body.h > 16 ? 16 : body.h)));
}

static bool environment_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct environment_view *view = state;
    struct environment_page page = page_of(view, scene);
    struct table_spec spec = spec_of(&page, 80);
    size_t at;
    if (table_selected(&view->table, &spec, &at) && (key.code == KEYC_ENTER || key_is(key, 'v'))) {
        uint32_t tag = page.plant->meters[page.plant->emissions[at].meter].tag;
        *request = (struct request){.kind = key.code == KEYC_ENTER ? REQUEST_FACEPLATE : REQUEST_TREND, .focus = focus_on_tag(scene, tag)};
        return tag != NO_TAG;
    }
    if (key_is(key, 'e') && page.plant->meter_count) {
        *request = (struct request){.kind = REQUEST_VIEW, .name = "energy", .focus = scene->focus};
        return true;
    }
    return table_key(&view->table, &spec, key);
}

static void environment_finish(void *state)
{
    struct environment_view *view = state;
    table_finish(&view->table);
}

static const struct key_row environment_keys[] = {
    {"Enter", "open", "the value with its trend, limits and alarms", 1},
    {"v", "trend", "the selected emission's curve", 2},
    {"e", "energy", "energy and its cost", 3},
    {"↑ ↓", "select", "selects an emission", 4},
};

const struct view environment_view = {
    .name = "environment", .title = "ENVIRONMENT",
    .help = "Emissions at their reference oxygen: the mean of the running half hour against its limit, what it will be if the present value stays, the day's mean of its valid half hours, the share of the day that was valid, and for how long limits were exceeded today.",
    .state_size = sizeof(struct environment_view), .keys = environment_keys, .key_count = sizeof environment_keys / sizeof environment_keys[0], .draw = environment_draw, .key = environment_key,
    .finish = environment_finish,
};
