/*
 * The tables of the energy view: meters as a tree with what is not metered, or shifts, crews, products and orders; the highest blocks of the month.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/energy.h"

enum row_column { ROW_NAME, ROW_POWER, ROW_AMOUNT, ROW_SHARE, ROW_BAR, ROW_COST, ROW_CARBON, ROW_SPECIFIC, ROW_IDLE, ROW_NOTE, ROW_COUNT };
enum peak_column { PEAK_PLACE, PEAK_POWER, PEAK_WHEN, PEAK_BAR, PEAK_COUNT };

static_assert((int)ROW_COUNT == POWER_COLUMNS && (int)PEAK_COUNT == POWER_PEAK_COLUMNS, "the header gives the tables their room");

enum { NARROW_W = 60, WIDE_W = 110 };

void energy_amount_text(double amount, int width, char out[NUMBER_TEXT])
{
    double size = fabs(amount);
    if (!isfinite(amount))
        snprintf(out, NUMBER_TEXT, "-");
    else
        number_fit(amount, size < 10 ? 2 : size < 100 ? 1 : 0, width, out);
}

static void draw_amount(double amount, enum cell_role role, struct surface s)
{
    char text[NUMBER_TEXT];
    energy_amount_text(amount, s.w, text);
    surface_number_right(s, 0, 0, s.w, isfinite(amount) ? role : CELL_DIM, text);
}

/* What must be known of a figure; "" for nothing. */
static enum cell_role note_of(const struct energy_page *page, const struct energy_line *line, char *out, size_t cap)
{
    const struct energy *sum = &line->total.sum;
    const struct meter_state *state = line->meter != NO_METER && !line->rest && !page->view->asked_ms ? model_meter(page->scene->model, line->meter) : NULL;
    char span[SPAN_TEXT];
    out[0] = '\0';
    if (line->more) {
        snprintf(out, cap, "the meters below count more");
        return CELL_WARN;
    }
    if (sum->missing_ms >= 60000) {
        span_text(sum->missing_ms, span);
        snprintf(out, cap, "%s missing", span);
        return CELL_WARN;
    }
    if (state && state->glitches > 0) {
        snprintf(out, cap, "%llu leap%s not counted", (unsigned long long)state->glitches, state->glitches == 1 ? "" : "s");
        return CELL_WARN;
    }
    if (sum->estimated > 0 && sum->amount > 0)
        snprintf(out, cap, "%.0f %% over silences", fmax(sum->estimated / sum->amount * 100, 1));
    else if (state && state->heard_ms == 0 && page->plant->meters[line->meter].kind != METER_SUM)
        snprintf(out, cap, "never heard");
    return CELL_DIM;
}

static const char *title_of(const struct energy_page *page, const struct energy_line *line, char *out, size_t cap)
{
    if (line->meter == NO_METER)
        return line->name[0] ? line->name : page->view->by == POWER_SHIFTS ? "no shift" : page->view->by == POWER_CREWS ? "no crew" : page->view->by == POWER_PRODUCTS ? "no product" : "no order";
    const struct meter *meter = &page->plant->meters[line->meter];
    const char *place = page->plant->nodes[meter->node].title;
    bool alone = true; /* the only one of its carrier there: the place says all */
    for (uint32_t m = 0; m < page->plant->meter_count; m++)
        alone = alone && (m == line->meter || page->plant->meters[m].node != meter->node || page->plant->meters[m].carrier != meter->carrier || page->plant->meters[m].kind == METER_EMISSION);
    if (line->rest)
        snprintf(out, cap, "not metered");
    else if (alone)
        snprintf(out, cap, "%s", place);
    else
        snprintf(out, cap, "%s %s", place, meter->title);
    return out;
}

static void row_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct energy_page *page = context;
    const struct energy_line *line = &page->view->lines[index];
    char text[LABEL_TEXT];
    (void)selected;
    switch ((enum row_column)column) {
    case ROW_NAME:
        surface_text_fit(s, 2 * (int)line->depth, 0, s.w - 2 * (int)line->depth, line->rest ? CELL_DIM : CELL_TEXT, title_of(page, line, text, sizeof text));
        break;
    case ROW_POWER:
        if (line->meter != NO_METER && !line->rest)
            draw_amount(line->power, CELL_VALUE, s);
        break;
    case ROW_AMOUNT: draw_amount(line->amount, line->rest ? CELL_TEXT : CELL_VALUE, s); break;
    case ROW_SHARE:
        if (isfinite(line->share))
            surface_format(s, s.w - 4, 0, CELL_DIM, "%3.0f%%", line->share * 100);
        break;
    case ROW_BAR:
        for (int x = 0; isfinite(line->share) && x < (int)lround(fmin(fmax(line->share, 0), 1) * s.w); x++)
            surface_glyph(s, x, 0, line->rest ? CELL_DIM : CELL_BAND, line->rest ? GLYPH_SHADE : GLYPH_BAND);
        break;
    case ROW_COST:
        if (!line->rest)
            draw_amount(line->total.cost, CELL_VALUE, s);
        break;
    case ROW_CARBON:
        if (!line->rest)
            draw_amount(line->total.carbon, CELL_VALUE, s);
        break;
    case ROW_SPECIFIC:
        if (isfinite(line->good))
            draw_amount(energy_specific(line->amount, line->good), CELL_VALUE, s);
        break;
    case ROW_IDLE: {
        double idle = line->rest ? NAN : energy_idle_share(&line->total.sum);
        if (isfinite(idle))
            surface_format(s, s.w - 4, 0, CELL_VALUE, "%3.0f%%", idle * 100);
        break;
    }
    case ROW_NOTE: {
        enum cell_role role = note_of(page, line, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, role, text);
        break;
    }
    case ROW_COUNT: break;
    }
}

static uint64_t row_id(const void *context, size_t index)
{
    const struct energy_page *page = context;
    const struct energy_line *line = &page->view->lines[index];
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *c = line->name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return line->meter == NO_METER ? hash | UINT64_C(1) << 63 : (uint64_t)line->meter * 2 + line->rest;
}

static const char *empty_rows(const struct energy_page *page)
{
    if (page->plant->meter_count == 0)
        return "no meter is configured (meters of a site, area, line or unit)";
    return page->loading ? "reading ..." : page->scene->filter[0] ? "no meter matches the filter" : "nothing was measured";
}

struct table_spec energy_rows_spec(struct energy_page *page, int w)
{
    const struct carrier *carrier = page->plant->carrier_count ? &page->plant->carriers[page->view->carrier] : NULL;
    bool narrow = w < NARROW_W, wide = w >= WIDE_W, works = page->view->by != POWER_METERS, priced = carrier && carrier->tariff != NO_TARIFF, carbon = carrier && carrier->factor_count > 0;
    static const char *const titles[POWER_BYS] = {"METER", "SHIFT", "CREW", "PRODUCT", "ORDER"};
    bool counted = false;
    for (size_t i = 0; i < page->view->line_count; i++)
        counted = counted || isfinite(page->view->lines[i].good);
    const struct table_column columns[ROW_COUNT] = {
        [ROW_NAME] = {.title = titles[page->view->by], .width = narrow ? 14 : wide ? 34 : 18, .least = narrow ? 10 : 16},
        [ROW_POWER] = {.title = "NOW", .width = works || page->view->asked_ms ? 0 : 7, .drop = 2, .align = ALIGN_RIGHT},
        [ROW_AMOUNT] = {.title = carrier ? carrier->unit : "", .width = wide ? 11 : 9, .align = ALIGN_RIGHT},
        [ROW_SHARE] = {.title = "", .width = narrow ? 0 : 4, .drop = 5, .align = ALIGN_RIGHT},
        [ROW_BAR] = {.title = "", .width = narrow ? 0 : wide ? 40 : 7, .least = 5, .drop = 8},
        [ROW_COST] = {.title = page->plant->currency && page->plant->currency[0] ? page->plant->currency : "COST", .width = priced ? 8 : 0, .drop = 3, .align = ALIGN_RIGHT},
        [ROW_CARBON] = {.title = "kg CO2", .width = carbon && !narrow ? 8 : 0, .drop = 6, .align = ALIGN_RIGHT},
        [ROW_SPECIFIC] = {.title = "/PIECE", .width = counted && !narrow ? 6 : 0, .drop = 4, .align = ALIGN_RIGHT},
        [ROW_IDLE] = {.title = "IDLE", .width = narrow ? 0 : 4, .drop = 7, .align = ALIGN_RIGHT},
        [ROW_NOTE] = {.title = "", .width = narrow ? 0 : 10, .least = 8, .flex = 1, .drop = 9},
    };
    memcpy(page->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = page->columns, .column_count = ROW_COUNT, .rows = page->view->line_count, .context = page, .cell = row_cell, .row_id = row_id, .filter = "", .show_titles = true,
        .passive = page->view->panel != POWER_ROWS, .generation = (uint64_t)page->view->by * 64 + page->view->carrier, .empty = empty_rows(page),
    };
}

/* ---- the highest blocks ---- */

static void peak_cell(const void *context, size_t index, size_t column, struct surface s, bool selected)
{
    const struct energy_page *page = context;
    const struct demand_peak *peak = &page->peak[index];
    const struct demand *demand = &page->plant->demands[page->demand];
    char date[48];
    (void)selected;
    switch ((enum peak_column)column) {
    case PEAK_PLACE: surface_format(s, index < 9 ? 1 : 0, 0, CELL_DIM, "%zu", index + 1); break;
    case PEAK_POWER: draw_amount(peak->mean, demand->limit > 0 && peak->mean > demand->limit ? CELL_WARN : CELL_VALUE, s); break;
    case PEAK_WHEN:
        date_clock_text(&page->plant->zone, peak->from_ms, date); /* "Wed 2024-06-12 06:00:00" */
        surface_format(s, 0, 0, CELL_TEXT, "%.3s %.5s %.5s", date, date + 9, date + 15);
        break;
    case PEAK_BAR:
        for (int x = 0; x < (int)lround(peak->mean / page->peak[0].mean * s.w); x++)
            surface_glyph(s, x, 0, CELL_BAND, GLYPH_BAND);
        break;
    case PEAK_COUNT: break;
    }
}

struct table_spec energy_peaks_spec(struct energy_page *page)
{
    const struct table_column columns[PEAK_COUNT] = {
        [PEAK_PLACE] = {.title = "", .width = 2},
        [PEAK_POWER] = {.title = "kW", .width = 8, .align = ALIGN_RIGHT},
        [PEAK_WHEN] = {.title = "BLOCK BEGAN", .width = 15},
        [PEAK_BAR] = {.title = "", .width = 6, .least = 4, .flex = 1, .drop = 1},
    };
    memcpy(page->peak_columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = page->peak_columns, .column_count = PEAK_COUNT, .rows = page->peak_count, .context = page, .cell = peak_cell, .filter = "", .show_titles = true,
        .passive = page->view->panel != POWER_PEAKS, .empty = page->demand == UINT32_MAX ? "no demand is configured (demands)" : "no whole block yet this month",
    };
}
