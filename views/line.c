/*
 * line: level 2, one line: what it makes, its units with their states above one another, so that one culprit and its
 * shadows stand in a column, and the values of the line or of one unit.
 *
 * A struct line_view is what the screen keeps: two tables and which of them the keys act on. A struct panel is the context
 * of both tables for one call; it is built from the focus each time, because the plant may have changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/table.h"
#include "draw/text.h"
#include "views/common.h"

enum { BAND_SPAN_MS = 2 * 3600000, NAME_LEAST_W = 8, NAME_MOST_W = 16, MS_PER_MINUTE = 60000, NARROW_W = 60, WIDE_W = 150, UNIT_FIXED_W = 40 };

enum unit_column { UNIT_MARK, UNIT_NAME, UNIT_STATE, UNIT_FOR, UNIT_CYCLE, UNIT_IDEAL, UNIT_GOOD, UNIT_REJ, UNIT_BAND, UNIT_WHY, UNIT_COUNT };
enum tag_column { TAG_UNIT, TAG_NAME, TAG_VALUE, TAG_DIMENSION, TAG_BAR, TAG_SPARK, TAG_SLOPE, TAG_AGE, TAG_COUNT };

struct line_view {
    struct table units, tags;
    struct survey survey;
    uint32_t *unit_rows, *tag_rows;
    size_t unit_count, unit_capacity, tag_count, tag_capacity;
    uint32_t line, chosen; /* of the last call; chosen: the unit whose values are shown, or NO_NODE */
    bool in_tags, started;
};

struct panel {
    const struct scene *scene;
    struct line_view *view;
    struct table_column unit_columns[UNIT_COUNT], tag_columns[TAG_COUNT];
    char scale[LABEL_TEXT];
    int64_t cell_ms;
};

/* ---- rows ---- */

static void add_row(uint32_t **rows, size_t *count, size_t *capacity, uint32_t row)
{
    *rows = mem_grow(*rows, *count, capacity, sizeof **rows);
    (*rows)[(*count)++] = row;
}

/* Tags that the upper table shows already are left out, unless a unit was chosen. */
static bool tag_wanted(const struct line_view *view, const struct scene *scene, uint32_t tag)
{
    const struct plant *plant = model_plant(scene->model);
    const struct tag_def *def = plant->tags[tag].def;
    bool shown = def->role != ROLE_NONE && def->role != ROLE_SPEED;
    if (shown && view->chosen == NO_NODE)
        return false;
    if (!scene->filter[0])
        return true;
    char text[768];
    node_haystack(plant, plant->tags[tag].node, text, sizeof text);
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s %s %s", def->name, def->title, def->alias);
    return filter_matches(scene->filter, text);
}

static void list_rows(struct line_view *view, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    uint32_t focus = focus_node(scene), line = focus == NO_NODE ? NO_NODE : plant_ancestor(plant, focus, LEVEL_LINE);
    if (line == NO_NODE)
        line = worst_line(scene->model, focus);
    if (!view->started || line != view->line) {
        view->chosen = focus != NO_NODE && line != NO_NODE && plant->nodes[focus].level == LEVEL_UNIT ? focus : NO_NODE;
        view->started = true;
    }
    view->line = line;
    view->unit_count = view->tag_count = 0;
    if (line == NO_NODE)
        return;
    if (view->chosen != NO_NODE && (view->chosen <= line || view->chosen >= plant->nodes[line].end))
        view->chosen = NO_NODE;
    for (uint32_t n = line + 1; n < plant->nodes[line].end; n++)
        add_row(&view->unit_rows, &view->unit_count, &view->unit_capacity, n);
    if (view->unit_count == 0)
        add_row(&view->unit_rows, &view->unit_count, &view->unit_capacity, line);
    uint32_t from = view->chosen == NO_NODE ? line : view->chosen;
    for (uint32_t n = from; n < plant->nodes[from].end; n++)
        for (uint32_t t = plant->nodes[n].first_tag; t < plant->nodes[n].first_tag + plant->nodes[n].tag_count; t++)
            if (tag_wanted(view, scene, t))
                add_row(&view->tag_rows, &view->tag_count, &view->tag_capacity, t);
}

/* ---- cells ---- */

static void draw_unit_name(const struct panel *panel, uint32_t node, struct surface s)
{
    const struct plant *plant = model_plant(panel->scene->model);
    int x = surface_text_fit(s, 0, 0, s.w - 2, node == panel->view->chosen ? CELL_ACCENT : CELL_TEXT, plant->nodes[node].title);
    if (node == plant->nodes[panel->view->line].constraint && node != panel->view->line)
        surface_text(s, x + 1, 0, CELL_DIM, "*");
}

static void unit_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct panel *panel = context;
    const struct model *model = panel->scene->model;
    uint32_t node = panel->view->unit_rows[row];
    char why[LABEL_TEXT];
    (void)selected;
    switch ((enum unit_column)column) {
    case UNIT_MARK: draw_marker(model, NULL, node, s); break;
    case UNIT_NAME: draw_unit_name(panel, node, s); break;
    case UNIT_STATE: draw_state(model, node, s); break;
    case UNIT_FOR: draw_state_for(model, node, s); break;
    case UNIT_CYCLE: draw_number(model, node, ROLE_CYCLE, s); break;
    case UNIT_IDEAL: draw_ideal(model, node, s); break;
    case UNIT_GOOD: draw_gain(model, node, ROLE_GOOD, s); break;
    case UNIT_REJ: draw_gain(model, node, ROLE_REJECT, s); break;
    case UNIT_BAND: draw_band(model, node, panel->cell_ms, s); break;
    case UNIT_WHY: {
        enum cell_role role = line_why(model, NULL, node, why, sizeof why);
        surface_text_fit(s, 0, 0, s.w, role, why);
        break;
    }
    case UNIT_COUNT: break;
    }
}

static void tag_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct panel *panel = context;
    const struct plant *plant = model_plant(panel->scene->model);
    uint32_t tag = panel->view->tag_rows[row];
    struct reading reading;
    reading_of_tag(&reading, panel->scene->model, tag);
    const char *unit = reading.unit;
    reading.unit = "";
    (void)selected;
    switch ((enum tag_column)column) {
    case TAG_UNIT: surface_text_fit(s, 0, 0, s.w, CELL_DIM, plant->nodes[plant->tags[tag].node].title); break;
    case TAG_NAME: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, reading.title); break;
    case TAG_VALUE: draw_widget("value", &reading, s); break;
    case TAG_DIMENSION: surface_text_fit(s, 0, 0, s.w, CELL_DIM, unit); break;
    case TAG_BAR: draw_widget("bar", &reading, s); break;
    case TAG_SPARK: draw_widget("spark", &reading, s); break;
    case TAG_SLOPE: draw_slope(&reading, s); break;
    case TAG_AGE: draw_age(&reading, s); break;
    case TAG_COUNT: break;
    }
}

static uint64_t unit_id(const void *context, size_t row) { return ((const struct panel *)context)->view->unit_rows[row]; }
static uint64_t tag_id(const void *context, size_t row) { return ((const struct panel *)context)->view->tag_rows[row]; }

/* ---- columns ---- */

static int fit_width(int wanted)
{
    return wanted < NAME_LEAST_W ? NAME_LEAST_W : wanted > NAME_MOST_W ? NAME_MOST_W : wanted;
}

static int unit_width(const struct panel *panel)
{
    const struct plant *plant = model_plant(panel->scene->model);
    int w = 0;
    for (size_t i = 0; i < panel->view->unit_count; i++) {
        int title = text_width(plant->nodes[panel->view->unit_rows[i]].title) + 2;
        w = title > w ? title : w;
    }
    return fit_width(w);
}

static int tag_width(const struct panel *panel)
{
    const struct plant *plant = model_plant(panel->scene->model);
    int w = 0;
    for (size_t i = 0; i < panel->view->tag_count; i++) {
        int title = text_width(plant->tags[panel->view->tag_rows[i]].def->title);
        w = title > w ? title : w;
    }
    return fit_width(w);
}

/* "15:06 5 min/cell 17:06" over a band; hours alone when it is long. */
static void band_title(struct panel *panel, int w)
{
    const struct zone *zone = &model_plant(panel->scene->model)->zone;
    int64_t now = model_wall(panel->scene->model), cell = panel->cell_ms;
    if (w >= 36) {
        band_scale(zone, now, cell, w, panel->scale, sizeof panel->scale);
        return;
    }
    char from[SPAN_TEXT], to[SPAN_TEXT], middle[SPAN_TEXT];
    clock_text(zone, now - now % cell + cell - cell * w, from);
    clock_text(zone, now, to);
    snprintf(middle, sizeof middle, "%d min/cell", (int)(cell / MS_PER_MINUTE));
    int gap = w - 10 - (int)strlen(middle);
    if (gap < 2)
        snprintf(panel->scale, sizeof panel->scale, "%.5s%*s%.5s", from, w - 10, "", to);
    else
        snprintf(panel->scale, sizeof panel->scale, "%.5s%*s%s%*s%.5s", from, gap / 2, "", middle, gap - gap / 2, "", to);
}

static struct table_spec unit_spec(struct panel *panel, int w)
{
    int name_w = unit_width(panel), state_w = w < NARROW_W ? 8 : 9;
    int room = w - UNIT_FIXED_W - name_w - state_w, band_w = w >= WIDE_W ? 48 : room >= 24 ? 24 : room >= 12 ? room : 12;
    panel->cell_ms = band_cell_ms(band_w, BAND_SPAN_MS);
    band_title(panel, band_w);
    const struct table_column columns[UNIT_COUNT] = {
        [UNIT_MARK] = {.title = "", .width = 2},
        [UNIT_NAME] = {.title = "UNIT", .width = name_w},
        [UNIT_STATE] = {.title = "STATE", .width = state_w},
        [UNIT_FOR] = {.title = "FOR", .width = 6, .align = ALIGN_RIGHT},
        [UNIT_CYCLE] = {.title = "CYCLE", .width = 5, .drop = 2, .align = ALIGN_RIGHT},
        [UNIT_IDEAL] = {.title = "IDEAL", .width = 5, .drop = 6, .align = ALIGN_RIGHT},
        [UNIT_GOOD] = {.title = "GOOD", .width = 6, .drop = 3, .align = ALIGN_RIGHT},
        [UNIT_REJ] = {.title = "REJ", .width = 5, .drop = 4, .align = ALIGN_RIGHT},
        [UNIT_BAND] = {.title = panel->scale, .width = band_w, .drop = 5},
        [UNIT_WHY] = {.title = "WHY", .width = 20, .least = 14, .flex = 1, .drop = 7},
    };
    memcpy(panel->unit_columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = panel->unit_columns, .column_count = UNIT_COUNT, .rows = panel->view->unit_count, .context = panel,
        .cell = unit_cell, .row_id = unit_id, .filter = "", .show_titles = true, .empty = "no line is configured",
    };
}

static struct table_spec tag_spec(struct panel *panel, int w, bool titles)
{
    const struct table_column columns[TAG_COUNT] = {
        [TAG_UNIT] = {.title = "UNIT", .width = panel->view->chosen != NO_NODE ? 0 : w < NARROW_W ? 9 : unit_width(panel), .drop = 2},
        [TAG_NAME] = {.title = "VALUE OF", .width = tag_width(panel)},
        [TAG_VALUE] = {.title = "NOW", .width = 10, .align = ALIGN_RIGHT},
        [TAG_DIMENSION] = {.title = "", .width = 6, .drop = 3},
        [TAG_BAR] = {.title = "RANGE", .width = w >= 100 ? 36 : 24, .flex = w < WIDE_W, .drop = 4},
        [TAG_SPARK] = {.title = "10 MIN", .width = 30, .drop = 6},
        [TAG_SLOPE] = {.title = "TREND", .width = 9, .drop = 5, .align = ALIGN_RIGHT},
        [TAG_AGE] = {.title = "AGE", .width = 5, .drop = 1, .align = ALIGN_RIGHT},
    };
    memcpy(panel->tag_columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = panel->tag_columns, .column_count = TAG_COUNT, .rows = panel->view->tag_count, .context = panel,
        .cell = tag_cell, .row_id = tag_id, .filter = "", .show_titles = titles,
        .empty = panel->scene->filter[0] ? "no value matches the filter" : "no further values",
    };
}

/* ---- the view ---- */

static void draw_role(const struct scene *scene, uint32_t line, enum tag_role role, const char *label, int *x, struct surface s)
{
    uint32_t tag = model_role(scene->model, line, role);
    if (tag == NO_TAG || *x >= s.w)
        return;
    struct reading reading;
    reading_of_tag(&reading, scene->model, tag);
    *x = draw_figure(s, *x, 0, label, reading_role(&reading), reading.trust == TRUST_NEVER ? "never" : reading.text) + 1;
}

/* State, speed and reason; below them order, product and crew. */
static void draw_head(const struct line_view *view, const struct scene *scene, struct surface s)
{
    const struct model *model = scene->model;
    const struct node_state *state = model_line_state(model, view->line);
    char why[LABEL_TEXT], span[SPAN_TEXT], text[LABEL_TEXT];
    draw_marker(model, &view->survey, view->line, s);
    int x = surface_text(s, 3, 0, state_role((enum state_class)state->class), state->word ? state->word : state_class_table[state->class].word) + 1;
    if (state->since_ms > 0) {
        span_text(state_for_ms(model, state), span);
        clock_text(&model_plant(model)->zone, state->since_ms, text);
        x = surface_format(s, x, 0, CELL_TEXT, "%s since %.5s", span, text) + 2;
    }
    double ratio;
    const char *missing;
    if (state->class != CLASS_UNKNOWN && model_speed(model, view->line, &ratio, &missing)) {
        snprintf(text, sizeof text, "%.0f%%", ratio * 100);
        x = draw_figure(s, x, 0, "SPD", CELL_VALUE, text);
    }
    enum cell_role role = line_why(model, &view->survey, view->line, why, sizeof why);
    surface_text_fit(s, x, 0, s.w - x, role, why);
    x = 3;
    struct surface second = surface_sub(s, rect_of(0, 1, s.w, s.h - 1));
    draw_role(scene, view->line, ROLE_ORDER, "ORDER", &x, second);
    draw_role(scene, view->line, ROLE_PRODUCT, "PRODUCT", &x, second);
    draw_role(scene, view->line, ROLE_CREW, "CREW", &x, second);
}

static bool has_roles(const struct model *model, uint32_t line)
{
    return model_role(model, line, ROLE_ORDER) != NO_TAG || model_role(model, line, ROLE_PRODUCT) != NO_TAG || model_role(model, line, ROLE_CREW) != NO_TAG;
}

static void line_draw(void *state, const struct scene *scene, struct surface s)
{
    struct line_view *view = state;
    struct panel panel = {.scene = scene, .view = view};
    survey_update(&view->survey, scene->model);
    list_rows(view, scene);
    if (view->line == NO_NODE) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "no line is configured: the tags view lists what has been heard");
        return;
    }
    struct rect body = surface_rect(s);
    bool roomy = s.h >= 16;
    draw_head(view, scene, surface_sub(s, rect_cut_top(&body, roomy && has_roles(scene->model, view->line) ? 2 : 1)));
    if (roomy)
        surface_hline(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w);
    int half = view->in_tags ? body.h / 3 : body.h * 2 / 3, units_h = (int)view->unit_count + 1;
    struct rect upper = rect_cut_top(&body, units_h < half ? units_h : half);
    char title[LABEL_TEXT];
    const struct node *of = &model_plant(scene->model)->nodes[view->chosen == NO_NODE ? view->line : view->chosen];
    snprintf(title, sizeof title, "VALUES of %s", of->title);
    struct surface lower = draw_section(surface_sub(s, body), title);
    struct table_spec units = unit_spec(&panel, s.w), tags = tag_spec(&panel, s.w, roomy);
    table_draw(&view->units, &units, surface_sub(s, upper));
    table_draw(&view->tags, &tags, lower);
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

static bool open_selected(struct line_view *view, const struct scene *scene, const struct table_spec *units, const struct table_spec *tags, struct request *request)
{
    size_t row;
    if (view->in_tags) {
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

static bool line_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct line_view *view = state;
    struct panel panel = {.scene = scene, .view = view};
    list_rows(view, scene);
    if (view->line == NO_NODE)
        return false;
    struct table_spec units = unit_spec(&panel, 80), tags = tag_spec(&panel, 80, true);
    switch (key.code) {
    case KEYC_TAB:
    case KEYC_BACKTAB:
        view->in_tags = !view->in_tags;
        return true;
    case KEYC_ENTER:
        return open_selected(view, scene, &units, &tags, request);
    case KEYC_LEFT:
    case KEYC_RIGHT:
        return other_line(view, scene, key.code == KEYC_RIGHT ? 1 : -1, request);
    case KEYC_ESC:
        if (view->chosen == NO_NODE)
            return false;
        view->chosen = NO_NODE;
        return true;
    default:
        return view->in_tags ? table_key(&view->tags, &tags, key) : table_key(&view->units, &units, key);
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

static void line_finish(void *state)
{
    struct line_view *view = state;
    table_finish(&view->units);
    table_finish(&view->tags);
    survey_finish(&view->survey);
    free(view->unit_rows);
    free(view->tag_rows);
    *view = (struct line_view){.started = false};
}

static const struct key_row line_keys[] = {
    {"Enter", "open", "on a unit: only its values, and all of them; on a value: its faceplate", 1},
    {"Tab", "panel", "goes between the units and their values", 2},
    {"← →", "line", "goes to the line before or after", 3},
    {"↑ ↓", "select", "selects a row; PgUp, PgDn, g and G go further", 6},
};

const struct view line_view = {
    .name = "line", .title = "LINE",
    .help = "One line: its units, and the values of the line or of the chosen unit. * is the unit that sets the pace. Bars show the range, the normal band ═ and the value █.",
    .state_size = sizeof(struct line_view), .keys = line_keys, .key_count = sizeof line_keys / sizeof line_keys[0],
    .draw = line_draw, .key = line_key, .crumb = line_crumb, .finish = line_finish,
};
