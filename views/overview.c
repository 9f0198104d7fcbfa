/*
 * overview: level 1, the whole plant: a fixed row a line under its area, what is wrong at the left edge, why at the right.
 *
 * A struct overview is what the screen keeps: the table, the survey and the list of rows, which is made anew for each call
 * because a reload may change the plant in between. A struct lines is the table's context for one call.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/table.h"
#include "draw/text.h"
#include "views/overview.h"

enum column {
    COL_MARK, COL_LINE, COL_STATE, COL_FOR, COL_SPD, COL_GOOD, COL_REJ, COL_CYCLE, COL_IDEAL, COL_BAND, COL_UNITS, COL_ORDER,
    COL_PRODUCT, COL_CREW, COL_WHY, COL_COUNT
};

enum {
    HEADINGS_LEAST_H = 16, PANEL_LEAST_W = 150, NARROW_W = 60, WIDE_W = 110, BESIDES_BAND_W = 58, PANEL_W = 58, BAND_SPAN_MS = 5 * 3600000, LINE_LEAST_W = 8, LINE_MOST_W = 16,
    UNITS_MOST_W = 16, KEY_LEAST_W = 6, KEY_WANTED_W = 40, DAY_MS = 24 * 3600000
};

struct overview {
    struct table table;
    struct survey survey;
    uint32_t *rows;
    size_t row_count, row_capacity;
    bool headings;
};

struct lines {
    const struct scene *scene;
    struct overview *overview;
    struct table_column columns[COL_COUNT];
    char scale[LABEL_TEXT];
    int64_t cell_ms;
    bool narrow;
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
static void list_rows(struct overview *overview, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    uint32_t heading = NO_NODE;
    overview->row_count = 0;
    for (uint32_t n = 0; n < plant->node_count; n++) {
        if (plant->nodes[n].level != LEVEL_LINE || !line_wanted(scene, n))
            continue;
        uint32_t area = plant_ancestor(plant, n, LEVEL_AREA);
        if (overview->headings && area != NO_NODE && area != heading)
            add_row(overview, area);
        heading = area;
        add_row(overview, n);
    }
}

/* ---- cells ---- */

/* The next tag of a line or its units that is meant for the overview, from *tag on. */
static bool next_key_tag(const struct plant *plant, uint32_t line, uint32_t *tag)
{
    uint32_t last = plant->nodes[line].end - 1;
    uint32_t end = plant->nodes[last].first_tag + plant->nodes[last].tag_count;
    for (; *tag < end; ++*tag)
        if (plant->tags[*tag].def->key)
            return true;
    return false;
}

/* Lines that do not count pieces show their key tags instead. */
static bool shows_keys(const struct model *model, uint32_t line)
{
    uint32_t tag = model_plant(model)->nodes[line].first_tag;
    return model_role(model, line, ROLE_GOOD) == NO_TAG && next_key_tag(model_plant(model), line, &tag);
}

static void draw_key_tag(const struct model *model, uint32_t tag, struct surface s)
{
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    int title_w = s.w >= 60 ? 8 : s.w >= 12 ? 5 : 0, unit_w = s.w >= 18 ? 3 : 0, value_w = 6;
    const char *unit = reading.unit;
    surface_text_fit(s, 0, 0, title_w, CELL_DIM, reading.title);
    reading.unit = "";
    draw_widget("value", &reading, surface_sub(s, rect_of(title_w, 0, value_w, 1)));
    surface_text_fit(s, title_w + value_w + 1, 0, unit_w, CELL_DIM, unit);
    int x = title_w + value_w + 1 + unit_w + 1;
    if (s.w - x >= 8)
        draw_widget("bar", &reading, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
}

static void draw_key_tags(const struct model *model, uint32_t line, struct surface s)
{
    const struct plant *plant = model_plant(model);
    int places = s.w / KEY_WANTED_W > 0 ? s.w / KEY_WANTED_W : 1, w = s.w / places;
    if (s.w < KEY_LEAST_W)
        return;
    uint32_t tag = plant->nodes[line].first_tag;
    for (int i = 0; i < places && next_key_tag(plant, line, &tag); i++, tag++)
        draw_key_tag(model, tag, surface_sub(s, rect_of(i * w, 0, w - (places > 1 ? 2 : 0), 1)));
}

static void draw_units(const struct model *model, uint32_t line, struct surface s)
{
    const struct plant *plant = model_plant(model);
    int x = 0;
    for (uint32_t n = line + 1; n < plant->nodes[line].end && x < s.w; n++)
        if (plant->nodes[n].level == LEVEL_UNIT)
            state_glyph(s, x++, 0, (enum state_class)model_node(model, n)->class);
}

static size_t line_span(const void *context, size_t row, size_t column)
{
    const struct lines *lines = context;
    const struct model *model = lines->scene->model;
    uint32_t node = lines->overview->rows[row];
    const struct node *at = &model_plant(model)->nodes[node];
    if (at->level != LEVEL_LINE)
        return column == COL_LINE ? COL_COUNT - COL_LINE : 1;
    if (!shows_keys(model, node))
        return 1;
    enum column from = lines->narrow && at->constraint == NO_NODE ? COL_STATE : COL_SPD;
    return column == from ? COL_UNITS - column : 1;
}

static void line_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct lines *lines = context;
    const struct model *model = lines->scene->model;
    const struct survey *survey = &lines->overview->survey;
    uint32_t node = lines->overview->rows[row];
    const struct node *at = &model_plant(model)->nodes[node];
    (void)selected;
    if (at->level != LEVEL_LINE) {
        if (column == COL_LINE)
            surface_text_fit(s, 0, 0, s.w, CELL_DIM, at->title);
        return;
    }
    if (line_span(context, row, column) > 1) {
        draw_key_tags(model, node, s);
        return;
    }
    char why[LABEL_TEXT];
    switch ((enum column)column) {
    case COL_MARK: draw_marker(model, survey, node, s); break;
    case COL_LINE: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, at->title); break;
    case COL_STATE: draw_state(model, node, s); break;
    case COL_FOR: draw_state_for(model, node, s); break;
    case COL_SPD: draw_speed(model, node, s); break;
    case COL_GOOD: draw_gain(model, node, ROLE_GOOD, s); break;
    case COL_REJ: draw_gain(model, node, ROLE_REJECT, s); break;
    case COL_CYCLE: draw_number(model, node, ROLE_CYCLE, s); break;
    case COL_IDEAL: draw_ideal(model, node, s); break;
    case COL_BAND: draw_band(model, node, lines->cell_ms, s); break;
    case COL_UNITS: draw_units(model, node, s); break;
    case COL_ORDER: draw_role_text(model, node, ROLE_ORDER, s); break;
    case COL_PRODUCT: draw_role_text(model, node, ROLE_PRODUCT, s); break;
    case COL_CREW: draw_role_text(model, node, ROLE_CREW, s); break;
    case COL_WHY: {
        enum cell_role role = line_why(model, survey, node, why, sizeof why);
        surface_text_fit(s, 0, 0, s.w, role, why);
        break;
    }
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

/* ---- columns ---- */

static int between(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

static void measure(const struct plant *plant, int w, int *title_w, int *units_w)
{
    int title = 0, units = 0;
    for (uint32_t n = 0; n < plant->node_count; n++) {
        if (plant->nodes[n].level != LEVEL_LINE)
            continue;
        int title_cells = text_width(plant->nodes[n].title), units_here = 0;
        for (uint32_t u = n + 1; u < plant->nodes[n].end; u++)
            units_here += plant->nodes[u].level == LEVEL_UNIT;
        title = title_cells > title ? title_cells : title;
        units = units_here > units ? units_here : units;
    }
    *title_w = between(title, LINE_LEAST_W, w < NARROW_W ? 11 : LINE_MOST_W);
    *units_w = between(units, 5, UNITS_MOST_W);
}

static struct table_spec line_spec(struct lines *lines, int w)
{
    const struct scene *scene = lines->scene;
    int title_w, units_w, band_w;
    lines->narrow = w < NARROW_W;
    measure(model_plant(scene->model), w, &title_w, &units_w);
    band_w = w >= WIDE_W ? 24 : between(w - title_w - BESIDES_BAND_W, 12, 24);
    lines->cell_ms = band_cell_ms(band_w, BAND_SPAN_MS);
    band_scale(&model_plant(scene->model)->zone, model_wall(scene->model), lines->cell_ms, band_w, lines->scale, sizeof lines->scale);
    const struct table_column columns[COL_COUNT] = {
        [COL_MARK] = {.title = "", .width = 2},
        [COL_LINE] = {.title = "LINE", .width = title_w},
        [COL_STATE] = {.title = "STATE", .width = lines->narrow ? 8 : 9},
        [COL_FOR] = {.title = "FOR", .width = 6, .align = ALIGN_RIGHT},
        [COL_SPD] = {.title = "SPD", .width = 4, .drop = 2, .align = ALIGN_RIGHT},
        [COL_GOOD] = {.title = "GOOD", .width = 6, .drop = 3, .align = ALIGN_RIGHT},
        [COL_REJ] = {.title = "REJ", .width = 5, .drop = 6, .align = ALIGN_RIGHT},
        [COL_CYCLE] = {.title = "CYCLE", .width = w >= WIDE_W ? 5 : 0, .drop = 8, .align = ALIGN_RIGHT},
        [COL_IDEAL] = {.title = "IDEAL", .width = w >= WIDE_W ? 5 : 0, .drop = 7, .align = ALIGN_RIGHT},
        [COL_BAND] = {.title = lines->scale, .width = band_w, .drop = 5},
        [COL_UNITS] = {.title = "UNITS", .width = w >= WIDE_W ? units_w : 0, .drop = 9},
        [COL_ORDER] = {.title = "ORDER", .width = 9, .drop = 10},
        [COL_PRODUCT] = {.title = "PRODUCT", .width = 10, .drop = 11},
        [COL_CREW] = {.title = "CREW", .width = 5, .drop = 12},
        [COL_WHY] = {.title = "WHY", .width = w >= WIDE_W ? 20 : 14, .least = 12, .flex = 1, .drop = 4},
    };
    memcpy(lines->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = lines->columns, .column_count = COL_COUNT, .rows = lines->overview->row_count, .context = lines,
        .cell = line_cell, .row_id = line_id, .heading = line_heading, .span = line_span, .filter = "", .show_titles = true,
        .empty = scene->filter[0] ? "no line matches the filter" : "no lines are configured: see the tags for what has been heard",
    };
}

/* ---- below the table ---- */

/* A figure that is drawn whole or not at all. */
static int add_figure(struct surface s, int x, const char *label, enum cell_role role, const char *text)
{
    int w = text_width(label) + (label[0] ? 1 : 0) + text_width(text);
    return x + w <= s.w ? draw_figure(s, x, 0, label, role, text) : s.w;
}

static int add_count(struct surface s, int x, size_t count, const char *word, enum cell_role role)
{
    char text[LABEL_TEXT];
    if (count == 0)
        return x;
    snprintf(text, sizeof text, "%zu %s", count, word);
    return add_figure(s, x, "", role, text);
}

/* What is always there stands first, so that it keeps its place. */
static void draw_line_totals(const struct scene *scene, const struct survey *survey, struct surface s)
{
    const struct model *model = scene->model;
    char text[LABEL_TEXT], number[NUMBER_TEXT];
    snprintf(text, sizeof text, "%zu of %zu run", survey->classes[CLASS_RUN], survey->lines);
    int x = add_figure(s, 0, "LINES", CELL_TEXT, text);
    if (survey->good_unit && !survey->mixed_units) {
        number_text(survey->good, 0, true, number);
        x = add_figure(s, x, "GOOD", CELL_VALUE, number);
    }
    if (survey->rejects && !survey->mixed_units) {
        double all = survey->good + survey->reject;
        number_text(survey->reject, 0, true, number);
        snprintf(text, sizeof text, all > 0 ? "%s (%.1f%%)" : "%s", number, all > 0 ? survey->reject * 100 / all : 0);
        x = add_figure(s, x, "REJ", CELL_VALUE, text);
    }
    weekday_clock_text(&model_plant(model)->zone, model_wall(model) - model_elapsed(model), text);
    text[sizeof "Tue 05:00" - 1] = '\0';
    bool today = model_elapsed(model) < DAY_MS;
    x = add_figure(s, x, "since", CELL_DIM, today ? text + sizeof "Tue" : text);
    for (int class = CLASS_STOP; class < CLASS_COUNT; class++)
        x = add_count(s, x, survey->classes[class], state_class_table[class].word, state_role((enum state_class)class));
    add_count(s, x, survey->classes[CLASS_UNKNOWN], state_class_table[CLASS_UNKNOWN].name, CELL_UNKNOWN);
}

static void draw_tag_totals(const struct scene *scene, const struct survey *survey, struct surface s)
{
    static const struct { enum tag_trust trust; const char *word; } rows[] = {
        {TRUST_STALE, "stale"}, {TRUST_BAD, "bad"}, {TRUST_UNCONFIRMED, "unconfirmed"}, {TRUST_NEVER, "never heard"}, {TRUST_UNCERTAIN, "uncertain"},
    };
    char text[LABEL_TEXT];
    snprintf(text, sizeof text, "%zu of %zu tags good", survey->trust[TRUST_GOOD], survey->tags);
    int x = add_figure(s, 0, "DATA ", CELL_TEXT, text);
    x = add_count(s, x, survey->outside, "outside their band", CELL_WARN);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        x = add_count(s, x, survey->trust[rows[i].trust], rows[i].word, CELL_DIM);
    add_count(s, x, model_discovered(scene->model), "discovered", CELL_DIM);
}

static void draw_totals(const struct scene *scene, const struct survey *survey, struct surface s)
{
    draw_line_totals(scene, survey, surface_sub(s, rect_of(0, 0, s.w, 1)));
    draw_tag_totals(scene, survey, surface_sub(s, rect_of(0, 1, s.w, 1)));
}

/* The one line that a small screen has for it: the worst stop and its cause, else how many run. */
static void draw_worst(const struct scene *scene, const struct survey *survey, struct surface s)
{
    const struct model *model = scene->model;
    uint32_t line = worst_line(model, NO_NODE);
    if (line == NO_NODE || model_line_state(model, line)->class != CLASS_STOP) {
        int end = surface_format(s, 0, 0, CELL_DIM, "%zu of %zu lines run", survey->classes[CLASS_RUN], survey->lines);
        if (survey->classes[CLASS_UNKNOWN] > 0)
            surface_format(s, end, 0, CELL_UNKNOWN, ", %zu unknown", survey->classes[CLASS_UNKNOWN]);
        return;
    }
    char why[LABEL_TEXT];
    draw_marker(model, survey, line, s);
    int x = surface_text(s, 2, 0, CELL_STOP, model_plant(model)->nodes[line].title) + 1;
    span_text(state_for_ms(model, model_line_state(model, line)), why);
    x = surface_text(s, x, 0, CELL_STOP, why) + 1;
    enum cell_role role = line_why(model, survey, line, why, sizeof why);
    surface_text_fit(s, x, 0, s.w - x, role, why[0] ? why : "stopped, no reason told");
}

static void overview_draw(void *state, const struct scene *scene, struct surface s)
{
    struct overview *overview = state;
    struct lines lines = {.scene = scene, .overview = overview};
    overview->headings = s.h >= HEADINGS_LEAST_H;
    survey_update(&overview->survey, scene->model);
    list_rows(overview, scene);
    if (s.w >= PANEL_LEAST_W) {
        int left = s.w - PANEL_W - 2;
        for (int y = 0; y < s.h; y++)
            surface_glyph(s, left, y, CELL_BORDER, GLYPH_VLINE);
        overview_panel(scene, &overview->survey, surface_sub(s, rect_of(left + 2, 0, PANEL_W, s.h)));
        s = surface_sub(s, rect_of(0, 0, left, s.h));
    }
    struct rect body = surface_rect(s), foot = rect_cut_bottom(&body, s.h >= HEADINGS_LEAST_H ? 3 : 1);
    struct table_spec spec = line_spec(&lines, s.w);
    if (foot.h == 3) {
        size_t survey_lines = overview->survey.lines;
        draw_totals(scene, &overview->survey, draw_section(surface_sub(s, foot), ""));
        int spare = body.h - (int)overview->row_count - 1;
        if (spare >= OVERVIEW_LOSSES_LEAST_H) {
            int band_w = lines.columns[COL_BAND].width;
            int64_t now = model_wall(scene->model), from = now - now % lines.cell_ms - (band_w - 1) * lines.cell_ms;
            struct rect below = rect_cut_bottom(&body, spare), losses = rect_cut_top(&below, (int)survey_lines + 3);
            overview_losses(scene, overview->rows, overview->row_count, from, surface_sub(s, losses));
            if (below.h >= OVERVIEW_LOSSES_LEAST_H)
                overview_stops(scene, from, surface_sub(s, below));
        }
    } else {
        draw_worst(scene, &overview->survey, surface_sub(s, foot));
    }
    table_draw(&overview->table, &spec, surface_sub(s, body));
}

static bool overview_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct overview *overview = state;
    struct lines lines = {.scene = scene, .overview = overview};
    list_rows(overview, scene);
    struct table_spec spec = line_spec(&lines, 80);
    size_t row;
    if (key.code != KEYC_ENTER)
        return table_key(&overview->table, &spec, key);
    if (!table_selected(&overview->table, &spec, &row))
        return false;
    *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, overview->rows[row])};
    return true;
}

static void overview_finish(void *state)
{
    struct overview *overview = state;
    table_finish(&overview->table);
    survey_finish(&overview->survey);
    free(overview->rows);
    *overview = (struct overview){.rows = NULL};
}

static const struct key_row overview_keys[] = {
    {"Enter", "open", "opens the selected line: its units and their values", 1},
    {"↑ ↓", "select", "selects a line; PgUp, PgDn, g and G go further", 6},
};

const struct view overview_view = {
    .name = "overview", .title = "OVERVIEW",
    .help = "The whole plant, a row a line. The last cell of a band is now: ─ runs, █ stopped, ▒ starved or blocked, c changeover, . not scheduled, ? unknown.",
    .state_size = sizeof(struct overview), .keys = overview_keys, .key_count = sizeof overview_keys / sizeof overview_keys[0],
    .draw = overview_draw, .key = overview_key, .finish = overview_finish,
};
