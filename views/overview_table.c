/*
 * The table of the overview: which rows, which columns at which width, and what stands in each cell. Lines that do not
 * count pieces show their key values over the columns of the counts.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"
#include "views/overview.h"

enum overview_column {
    COL_MARK, COL_LINE, COL_STATE, COL_FOR, COL_SPD, COL_PLAN, COL_GOOD, COL_AHEAD, COL_OEE, COL_REJ, COL_CYCLE, COL_IDEAL, COL_BAND, COL_UNITS, COL_ORDER,
    COL_PRODUCT, COL_CREW, COL_WHY, COL_COUNT
};

static_assert((int)COL_COUNT == OVERVIEW_COLUMNS && (int)COL_BAND == OVERVIEW_BAND, "the header says where the band stands");

enum {
    NARROW_W = 60, WIDE_W = 110, ROOMY_W = 90, BESIDES_BAND_W = 58, BAND_SPAN_MS = 5 * 3600000, LINE_LEAST_W = 8, LINE_MOST_W = 16,
    UNITS_MOST_W = 16, KEY_LEAST_W = 6, KEY_ROOMY_W = 28, KEY_WANTED_W = 40
};

static const struct plant *plant_of(const void *context)
{
    return model_plant(((const struct lines *)context)->scene->model);
}

static void add_row(struct overview *overview, uint32_t node)
{
    overview->rows = mem_grow(overview->rows, overview->row_count, &overview->row_capacity, sizeof *overview->rows);
    overview->rows[overview->row_count++] = node;
}

static bool line_wanted(const struct scene *scene, uint32_t node)
{
    char text[512];
    if (!scene->filter[0])
        return true;
    node_haystack(model_plant(scene->model), node, text, sizeof text);
    return filter_matches(scene->filter, text);
}

/* A heading is added with the first of its lines that is wanted. */
void overview_rows(struct overview *overview, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    uint32_t heading = NO_NODE;
    overview->row_count = 0;
    for (uint32_t n = plant_line_from(plant, 0); n != NO_NODE; n = plant_line_from(plant, plant->nodes[n].end)) {
        if (!line_wanted(scene, n))
            continue;
        uint32_t area = plant_ancestor(plant, n, LEVEL_AREA);
        if (overview->headings && area != NO_NODE && area != heading)
            add_row(overview, area);
        heading = area;
        add_row(overview, n);
    }
}

static int between(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* ---- cells ---- */

/* The next tag of a line or its units that is meant for the overview, from *tag on. */
static bool next_key_tag(const struct overview *overview, const struct plant *plant, uint32_t line, uint32_t *tag)
{
    uint32_t last = plant->nodes[line].end - 1;
    uint32_t end = plant->nodes[last].first_tag + plant->nodes[last].tag_count;
    size_t low = 0, high = overview->key_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (overview->keys[middle] < *tag)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == overview->key_count || overview->keys[low] >= end)
        return false;
    *tag = overview->keys[low];
    return true;
}

/* Lines that do not count pieces show their key tags instead. */
static bool shows_keys(const struct lines *lines, uint32_t line)
{
    const struct model *model = lines->scene->model;
    uint32_t tag = model_plant(model)->nodes[line].first_tag;
    return model_role(model, line, ROLE_GOOD) == NO_TAG && next_key_tag(lines->overview, model_plant(model), line, &tag);
}

static void draw_key_tag(const struct model *model, uint32_t tag, int longest, struct surface s)
{
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    int title_w = between(longest, 4, s.w >= KEY_WANTED_W - 2 ? 12 : s.w >= KEY_ROOMY_W ? 8 : 4), unit_w = s.w >= 18 ? 3 : 0, value_w = s.w >= 12 ? 7 : 6;
    const char *unit = reading.unit;
    title_w = s.w >= 12 ? title_w : 0;
    surface_text_fit(s, 0, 0, title_w, CELL_DIM, reading.title);
    reading.unit = "";
    int x = title_w > 4 ? title_w + 1 : title_w;
    draw_widget("value", &reading, surface_sub(s, rect_of(x, 0, value_w, 1)));
    surface_text_fit(s, x + value_w + 1, 0, unit_w, CELL_DIM, unit);
    x += value_w + 1 + unit_w + 1;
    if (s.w - x >= 8)
        draw_widget("bar", &reading, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
}

static void draw_key_tags(const struct lines *lines, uint32_t line, struct surface s)
{
    const struct model *model = lines->scene->model;
    const struct plant *plant = model_plant(model);
    int places = s.w / KEY_WANTED_W > 0 ? s.w / KEY_WANTED_W : 1, w = s.w / places;
    if (s.w < KEY_LEAST_W)
        return;
    uint32_t tag = plant->nodes[line].first_tag;
    for (int i = 0; i < places && next_key_tag(lines->overview, plant, line, &tag); i++, tag++)
        draw_key_tag(model, tag, lines->overview->key_title_w, surface_sub(s, rect_of(i * w, 0, w - (places > 1 ? 2 : 0), 1)));
}

static void draw_units(const struct model *model, uint32_t line, struct surface s)
{
    const struct plant *plant = model_plant(model);
    int x = 0;
    for (uint32_t n = line + 1; n < plant->nodes[line].end && x < s.w; n++)
        if (plant->nodes[n].level == LEVEL_UNIT && node_has_state(model, n))
            state_glyph(s, x++, 0, (enum state_class)model_node(model, n)->class);
}

static const struct shift_figures *figures_of(const struct lines *lines, uint32_t line)
{
    struct overview *overview = lines->overview;
    if (overview->figures_of != line)
        shift_figures(lines->scene->model, overview->figures_of = line, &overview->figures);
    return &overview->figures;
}

static void draw_of_shift(const struct lines *lines, uint32_t line, enum overview_column column, struct surface s)
{
    const struct model *model = lines->scene->model;
    char text[NUMBER_TEXT] = "";
    if (column == COL_GOOD || column == COL_REJ) {
        draw_gain(model, line, column == COL_GOOD ? ROLE_GOOD : ROLE_REJECT, s);
        return;
    }
    if (!model_has_account(model, line))
        return;
    const struct shift_figures *f = figures_of(lines, line);
    double target = model_plant(model)->nodes[line].target, ahead = f->sum.good - f->plan_so_far;
    enum cell_role role = CELL_VALUE;
    if (column == COL_PLAN && isfinite(f->plan_so_far))
        pieces_text(f->plan_so_far, s.w, text);
    if (column == COL_AHEAD && isfinite(ahead) && node_counts(model, line)) {
        signed_text(ahead, text);
        role = miss_role(round(ahead), 0);
    }
    if (column == COL_OEE && isfinite(f->kpis.oee)) {
        share_text(f->kpis.oee, text);
        role = miss_role(f->kpis.oee, target > 0 ? target : NAN);
    }
    surface_number_right(s, 0, 0, s.w, role, text);
}

static size_t line_span(const void *context, size_t row, size_t column)
{
    const struct lines *lines = context;
    uint32_t node = lines->overview->rows[row];
    const struct node *at = &model_plant(lines->scene->model)->nodes[node];
    if (at->level != LEVEL_LINE)
        return column == COL_LINE ? COL_COUNT - COL_LINE : 1;
    if (!shows_keys(lines, node))
        return 1;
    enum overview_column from = lines->narrow && at->constraint == NO_NODE ? COL_STATE : COL_SPD;
    return column == from ? COL_UNITS - column : 1;
}

static void line_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct lines *lines = context;
    const struct model *model = lines->scene->model;
    uint32_t node = lines->overview->rows[row];
    const struct node *at = &model_plant(model)->nodes[node];
    (void)selected;
    if (at->level != LEVEL_LINE) {
        if (column == COL_LINE)
            surface_text_fit(s, 0, 0, s.w, CELL_DIM, at->title);
        return;
    }
    if (line_span(context, row, column) > 1) {
        draw_key_tags(lines, node, s);
        return;
    }
    switch ((enum overview_column)column) {
    case COL_MARK: draw_marker(model, &lines->overview->marks, true, node, s); break;
    case COL_LINE: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, at->title); break;
    case COL_STATE: draw_state(model, node, s); break;
    case COL_FOR: draw_state_for(model, node, s); break;
    case COL_SPD: draw_speed(model, node, s); break;
    case COL_PLAN:
    case COL_GOOD:
    case COL_AHEAD:
    case COL_OEE:
    case COL_REJ: draw_of_shift(lines, node, (enum overview_column)column, s); break;
    case COL_CYCLE: draw_number(model, node, ROLE_CYCLE, s); break;
    case COL_IDEAL: draw_ideal(model, node, s); break;
    case COL_BAND: draw_band(model, node, lines->cell_ms, s); break;
    case COL_UNITS: draw_units(model, node, s); break;
    case COL_ORDER: draw_role_text(model, node, ROLE_ORDER, s); break;
    case COL_PRODUCT: draw_role_text(model, node, ROLE_PRODUCT, s); break;
    case COL_CREW: draw_role_text(model, node, ROLE_CREW, s); break;
    case COL_WHY: draw_why(model, &lines->overview->marks, true, node, s); break;
    case COL_COUNT: break;
    }
}

static uint64_t line_id(const void *context, size_t row)
{
    return ((const struct lines *)context)->overview->rows[row];
}

static bool line_heading(const void *context, size_t row)
{
    return plant_of(context)->nodes[((const struct lines *)context)->overview->rows[row]].level != LEVEL_LINE;
}

static bool line_urgent(const void *context, size_t row)
{
    const struct lines *lines = context;
    return model_line_state(lines->scene->model, lines->overview->rows[row])->class == CLASS_STOP && !line_heading(context, row);
}

/* ---- columns ---- */

static void list_keys(struct overview *overview, const struct plant *plant)
{
    overview->key_title_w = 0;
    overview->key_count = 0;
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        if (!plant->tags[t].def->key || plant->nodes[plant->tags[t].node].level < LEVEL_LINE)
            continue;
        int w = text_width(plant->tags[t].def->title);
        overview->key_title_w = w > overview->key_title_w ? w : overview->key_title_w;
        overview->keys = mem_grow(overview->keys, overview->key_count, &overview->key_capacity, sizeof *overview->keys);
        overview->keys[overview->key_count++] = t;
    }
}

static void measure_lines(struct overview *overview, const struct plant *plant)
{
    int title = 0, units = 0;
    overview->plans = overview->accounts = false;
    for (uint32_t n = plant_line_from(plant, 0); n != NO_NODE; n = plant_line_from(plant, plant->nodes[n].end)) {
        int title_cells = text_width(plant->nodes[n].title), units_here = 0;
        overview->accounts = overview->accounts || plant->nodes[n].constraint != NO_NODE;
        overview->plans = overview->plans || plant->nodes[n].plan_per_hour > 0 || plant->nodes[n].target > 0;
        for (uint32_t u = n + 1; u < plant->nodes[n].end; u++)
            units_here += plant->nodes[u].level == LEVEL_UNIT;
        title = title_cells > title ? title_cells : title;
        units = units_here > units ? units_here : units;
    }
    overview->title_w = between(title, LINE_LEAST_W, LINE_MOST_W);
    overview->units_w = between(units, 5, UNITS_MOST_W);
}

/* All tags and units are looked at, therefore once a plant. */
static void measure(struct overview *overview, const struct plant *plant)
{
    if (overview->measured && overview->measured_id == plant->id)
        return;
    overview->measured = true;
    overview->measured_id = plant->id;
    list_keys(overview, plant);
    measure_lines(overview, plant);
}

bool overview_shows_counts(const struct table_spec *spec, int w)
{
    int widths[TABLE_COLUMNS];
    table_widths(spec, w, widths);
    return widths[COL_GOOD] > 0 || widths[COL_REJ] > 0;
}

/* Where it is narrow there is no room to say since when counts count, and so no column of them. */
struct table_spec overview_table(struct lines *lines, int w)
{
    const struct scene *scene = lines->scene;
    lines->narrow = w < NARROW_W;
    measure(lines->overview, model_plant(scene->model));
    int title_w = lines->overview->title_w, units_w = lines->overview->units_w;
    bool plans = lines->overview->plans;
    lines->overview->figures_of = NO_NODE;
    int band_w = w >= WIDE_W ? 24 : between(w - title_w - BESIDES_BAND_W, 12, 24);
    lines->cell_ms = band_cell_ms(band_w, BAND_SPAN_MS);
    band_scale(&model_plant(scene->model)->zone, model_wall(scene->model), lines->cell_ms, band_w, lines->scale, sizeof lines->scale);
    const struct table_column columns[COL_COUNT] = {
        [COL_MARK] = {.title = "", .width = 2},
        [COL_LINE] = {.title = "LINE", .width = title_w},
        [COL_STATE] = {.title = "STATE", .width = lines->narrow ? 8 : 9},
        [COL_FOR] = {.title = "FOR", .width = 6, .align = ALIGN_RIGHT},
        [COL_SPD] = {.title = "SPD", .width = 4, .drop = 2, .align = ALIGN_RIGHT},
        [COL_PLAN] = {.title = "PLAN", .width = plans && w >= WIDE_W ? 6 : 0, .drop = 9, .align = ALIGN_RIGHT},
        [COL_GOOD] = {.title = "GOOD", .width = lines->narrow ? 0 : 6, .drop = 3, .align = ALIGN_RIGHT},
        [COL_AHEAD] = {.title = "+/-", .width = plans && !lines->narrow ? 6 : 0, .drop = 6, .align = ALIGN_RIGHT},
        [COL_OEE] = {.title = "OEE", .width = lines->overview->accounts && w >= ROOMY_W ? 5 : 0, .drop = 7, .align = ALIGN_RIGHT},
        [COL_REJ] = {.title = "REJ", .width = lines->narrow || (plans && w < WIDE_W) ? 0 : 5, .drop = 8, .align = ALIGN_RIGHT},
        [COL_CYCLE] = {.title = "CYCLE", .width = w >= WIDE_W ? 5 : 0, .drop = 11, .align = ALIGN_RIGHT},
        [COL_IDEAL] = {.title = "IDEAL", .width = w >= WIDE_W ? 5 : 0, .drop = 10, .align = ALIGN_RIGHT},
        [COL_BAND] = {.title = lines->scale, .width = band_w, .drop = 5},
        [COL_UNITS] = {.title = "UNITS", .width = w >= WIDE_W ? units_w : 0, .drop = 12},
        [COL_ORDER] = {.title = "ORDER", .width = 9, .drop = 13},
        [COL_PRODUCT] = {.title = "PRODUCT", .width = 10, .drop = 14},
        [COL_CREW] = {.title = "CREW", .width = 6, .drop = 15},
        [COL_WHY] = {.title = "WHY", .width = w >= WIDE_W ? 24 : 14, .least = w >= WIDE_W ? 22 : 12, .flex = 1, .drop = 4},
    };
    memcpy(lines->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = lines->columns, .column_count = COL_COUNT, .rows = lines->overview->row_count, .context = lines,
        .cell = line_cell, .row_id = line_id, .heading = line_heading, .urgent = line_urgent, .span = line_span, .filter = "", .show_titles = true,
        .empty = scene->filter[0] ? "no line matches the filter" : "no lines are configured: M shows what has been heard, machine by machine",
    };
}
