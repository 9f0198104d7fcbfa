/*
 * What the overview says of energy and emissions where there is room: the running block of demand, and each emission's running half hour against its limit.
 */
#include <math.h>
#include <stdio.h>

#include "draw/text.h"
#include "views/energy.h"

enum { DEMAND_ROWS = 5, NAME_W = 16, FIGURE_W = 15, BAR_W = 19, FORECAST_W = 12 };

static struct surface below(struct surface s, int rows)
{
    return surface_sub(s, rect_of(0, rows + 1, s.w, s.h - rows - 1));
}

static struct surface draw_demand(const struct scene *scene, struct surface s)
{
    struct energy_view view = {.period = POWER_TODAY, .carrier = model_plant(scene->model)->meters[model_plant(scene->model)->demands[0].meter].carrier};
    struct energy_page page;
    energy_page_init(&page, &view, scene);
    energy_choose(&page);
    struct surface rows = draw_section(s, "ENERGY");
    energy_draw_demand(&page, surface_sub(rows, rect_of(0, 0, rows.w, DEMAND_ROWS < rows.h ? DEMAND_ROWS : rows.h)));
    return below(rows, DEMAND_ROWS);
}

static void draw_emission(const struct scene *scene, uint32_t index, struct surface s)
{
    const struct plant *plant = model_plant(scene->model);
    const struct emission *e = &plant->emissions[index];
    struct emission_now now;
    char mean[NUMBER_TEXT], limit[NUMBER_TEXT], text[LABEL_TEXT];
    model_emission(scene->model, index, &now);
    double top = e->limit[EMISSION_HALF_HOUR];
    energy_amount_text(now.mean[EMISSION_HALF_HOUR], 6, mean);
    energy_amount_text(top, 6, limit);
    bool over = isfinite(top) && now.mean[EMISSION_HALF_HOUR] > top, will = isfinite(top) && now.forecast > top;
    snprintf(text, sizeof text, "%s %s", plant->nodes[plant->meters[e->meter].node].title, e->title);
    surface_text_fit(s, 0, 0, NAME_W, CELL_TEXT, text);
    int x = surface_text_right(s, NAME_W + 1, 0, 6, over ? CELL_STOP : isfinite(now.mean[EMISSION_HALF_HOUR]) ? CELL_VALUE : CELL_DIM, mean);
    surface_format(s, NAME_W + 8, 0, CELL_DIM, "/ %s", limit);
    x = NAME_W + FIGURE_W + 2;
    if (isfinite(now.mean[EMISSION_HALF_HOUR]) && top > 0 && x + BAR_W < s.w)
        for (int i = 0, cells = (int)lround(fmin(fmax(now.mean[EMISSION_HALF_HOUR] / top, 0), 1) * BAR_W); i < BAR_W; i++)
            surface_glyph(s, x + i, 0, i >= cells ? CELL_BORDER : over ? CELL_STOP : CELL_BAND, i < cells ? GLYPH_BLOCK : GLYPH_LINE);
    x += BAR_W + 2;
    if (x + FORECAST_W > s.w)
        return;
    energy_amount_text(now.forecast, 6, mean);
    surface_text_right(s, x, 0, 6, will ? CELL_STOP : CELL_VALUE, mean);
    if (will)
        surface_text(s, x + 7, 0, CELL_STOP, "OVER");
}

struct surface energy_overview(const struct scene *scene, struct surface s)
{
    const struct plant *plant = model_plant(scene->model);
    if (plant->demand_count > 0 && s.h > DEMAND_ROWS)
        s = draw_demand(scene, s);
    if (plant->emission_count == 0 || s.h < 3)
        return s;
    struct surface rows = draw_section(s, "EMISSIONS   half hour / limit, forecast");
    int y = 0;
    for (uint32_t i = 0; i < plant->emission_count && y < rows.h; i++, y++)
        draw_emission(scene, i, surface_sub(rows, rect_of(0, y, rows.w, 1)));
    return below(rows, y);
}
