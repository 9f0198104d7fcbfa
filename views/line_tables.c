/*
 * The two tables of the line view: which rows, which columns at which width, and what stands in each cell.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"
#include "views/line.h"

enum unit_column { UNIT_MARK, UNIT_NAME, UNIT_STATE, UNIT_FOR, UNIT_CYCLE, UNIT_IDEAL, UNIT_GOOD, UNIT_REJ, UNIT_BUFFER, UNIT_BAND, UNIT_WHY, UNIT_COUNT };
enum tag_column { TAG_UNIT, TAG_NAME, TAG_VALUE, TAG_DIMENSION, TAG_BAR, TAG_SPARK, TAG_SLOPE, TAG_AGE, TAG_COUNT };
static_assert((int)UNIT_COUNT == LINE_UNIT_COLUMNS && (int)TAG_COUNT == LINE_TAG_COLUMNS, "the header gives the tables their room");

enum { NAME_LEAST_W = 8, NAME_MOST_W = 16, TITLE_MOST_W = 24, MS_PER_MINUTE = 60000, NARROW_W = 60, WIDE_W = 150, UNIT_FIXED_W = 37 };

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

static int longer(int w, const char *text)
{
    int cells = text_width(text);
    return cells > w ? cells : w;
}

static void add_unit(struct line_view *view, const struct model *model, uint32_t node)
{
    struct line_listed *listed = &view->listed;
    add_row(&view->unit_rows, &view->unit_count, &view->unit_capacity, node);
    listed->unit_w = longer(listed->unit_w, model_plant(model)->nodes[node].title);
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
        listed->roles[role] = listed->roles[role] || model_role(model, node, (enum tag_role)role) != NO_TAG;
}

static void list_units(struct line_view *view, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    uint32_t line = view->line;
    /* A line that tells its own state stands above its units. */
    if (plant->nodes[line].constraint == line)
        add_unit(view, model, line);
    for (uint32_t n = line + 1; n < plant->nodes[line].end; n++)
        add_unit(view, model, n);
    if (view->unit_count == 0)
        add_unit(view, model, line);
}

static void list_tags(struct line_view *view, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    struct line_listed *listed = &view->listed;
    uint32_t top = view->chosen == NO_NODE ? view->line : view->chosen, last = plant->nodes[top].end - 1;
    for (uint32_t t = plant->nodes[top].first_tag; t < plant->nodes[last].first_tag + plant->nodes[last].tag_count; t++) {
        if (!tag_wanted(view, scene, t))
            continue;
        add_row(&view->tag_rows, &view->tag_count, &view->tag_capacity, t);
        listed->place_w = longer(listed->place_w, plant->nodes[plant->tags[t].node].title);
        listed->title_w = longer(listed->title_w, plant->tags[t].def->title);
        listed->alarms = listed->alarms || plant->tags[t].first_use != UINT32_MAX;
        listed->dimension_w = longer(listed->dimension_w, plant->tags[t].def->unit);
    }
}

static bool is_listed(const struct line_view *view, const struct plant *plant, const char *filter)
{
    const struct line_listed *listed = &view->listed;
    return listed->ready && listed->plant_id == plant->id && listed->line == view->line && listed->chosen == view->chosen
        && strncmp(listed->filter, filter, FILTER_BYTES - 1) == 0;
}

void line_rows(struct line_view *view, const struct scene *scene)
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
    if (line != NO_NODE && view->chosen != NO_NODE && (view->chosen < line || view->chosen >= plant->nodes[line].end))
        view->chosen = NO_NODE;
    if (is_listed(view, plant, scene->filter))
        return;
    view->listed = (struct line_listed){.ready = true, .plant_id = plant->id, .line = line, .chosen = view->chosen};
    snprintf(view->listed.filter, FILTER_BYTES, "%s", scene->filter);
    view->unit_count = view->tag_count = 0;
    if (line == NO_NODE)
        return;
    list_units(view, scene->model);
    list_tags(view, scene);
}

/* ---- cells ---- */

static void draw_unit_name(const struct line_page *panel, uint32_t node, struct surface s)
{
    const struct plant *plant = model_plant(panel->scene->model);
    int x = surface_text_fit(s, 0, 0, s.w - 2, node == panel->view->chosen ? CELL_ACCENT : CELL_TEXT, plant->nodes[node].title);
    if (node == plant->nodes[panel->view->line].constraint && node != panel->view->line)
        surface_text(s, x + 1, 0, CELL_DIM, "*");
}

/* "9/14" when its range says how much there is room for. */
static void draw_buffer(const struct model *model, uint32_t node, struct surface s)
{
    uint32_t tag = model_plant(model)->nodes[node].role_tag[ROLE_BUFFER];
    double number;
    char text[2 * NUMBER_TEXT], held[NUMBER_TEXT], room[NUMBER_TEXT];
    if (tag == NO_TAG)
        return;
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    if (!value_number(model_tag(model, tag)->value, &number)) {
        surface_text_right(s, 0, 0, s.w, CELL_UNKNOWN, "?");
        return;
    }
    number_fit(number, 0, s.w, held);
    number_fit(reading.range[1], 0, s.w, room);
    snprintf(text, sizeof text, reading.has_range ? "%s/%s" : "%s", held, room);
    surface_number_right(s, 0, 0, s.w, reading_role(&reading), text_width(text) <= s.w ? text : held);
}

static void unit_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct line_page *panel = context;
    const struct model *model = panel->scene->model;
    uint32_t node = panel->view->unit_rows[row];
    (void)selected;
    switch ((enum unit_column)column) {
    case UNIT_MARK: draw_marker(model, &panel->view->marks, false, node, s); break;
    case UNIT_NAME: draw_unit_name(panel, node, s); break;
    case UNIT_STATE: draw_state(model, node, s); break;
    case UNIT_FOR: draw_state_for(model, node, s); break;
    case UNIT_CYCLE: draw_number(model, node, ROLE_CYCLE, s); break;
    case UNIT_IDEAL: draw_ideal(model, node, s); break;
    case UNIT_GOOD: draw_gain(model, node, ROLE_GOOD, s); break;
    case UNIT_REJ: draw_gain(model, node, ROLE_REJECT, s); break;
    case UNIT_BUFFER: draw_buffer(model, node, s); break;
    case UNIT_BAND: draw_band(model, node, panel->cell_ms, s); break;
    case UNIT_WHY: draw_why(model, &panel->view->marks, false, node, s); break;
    case UNIT_COUNT: break;
    }
}

static void tag_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct line_page *panel = context;
    const struct plant *plant = model_plant(panel->scene->model);
    uint32_t tag = panel->view->tag_rows[row];
    struct reading reading;
    reading_of_tag(&reading, panel->scene->model, tag);
    const char *unit = reading.unit;
    reading.unit = "";
    (void)selected;
    switch ((enum tag_column)column) {
    case TAG_UNIT: surface_text_fit(s, 0, 0, s.w, CELL_DIM, plant->nodes[plant->tags[tag].node].title); break;
    case TAG_NAME: draw_tag_name(panel->scene->model, &panel->view->marks, tag, reading.title, s); break;
    case TAG_VALUE:
        if (tag_in_words(panel->scene->model, tag))
            draw_words_over(&reading, panel->tag_columns[TAG_VALUE].width, s);
        else
            draw_widget("value", &reading, s);
        break;
    case TAG_DIMENSION: surface_text_fit(s, 0, 0, s.w, CELL_DIM, unit); break;
    case TAG_BAR: draw_widget("bar", &reading, s); break;
    case TAG_SPARK: draw_widget("spark", &reading, s); break;
    case TAG_SLOPE: draw_slope(&reading, s); break;
    case TAG_AGE: draw_age(&reading, s); break;
    case TAG_COUNT: break;
    }
}

static size_t tag_span(const void *context, size_t row, size_t column)
{
    const struct line_page *panel = context;
    bool wide = column == TAG_VALUE && tag_in_words(panel->scene->model, panel->view->tag_rows[row]);
    return wide ? TAG_AGE - TAG_VALUE : 1;
}

static uint64_t unit_id(const void *context, size_t row) { return ((const struct line_page *)context)->view->unit_rows[row]; }
static uint64_t tag_id(const void *context, size_t row) { return ((const struct line_page *)context)->view->tag_rows[row]; }

/* ---- columns ---- */

static int between(int wanted, int least, int most)
{
    return wanted < least ? least : wanted > most ? most : wanted;
}

/* "15:06 5 min/cell 17:06" over a band; hours alone when it is long. */
static void band_title(struct line_page *panel, int w)
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

struct table_spec line_units(struct line_page *panel, int w)
{
    int name_w = between(panel->view->listed.unit_w + 2, NAME_LEAST_W, NAME_MOST_W), state_w = w < NARROW_W ? 8 : 9;
    int room = w - UNIT_FIXED_W - name_w - state_w - (panel->view->listed.roles[ROLE_BUFFER] ? 6 : 0), band_w = w >= WIDE_W ? 48 : room >= 24 ? 24 : room >= 12 ? room : 12;
    const bool *roles = panel->view->listed.roles;
    bool cycles = roles[ROLE_CYCLE], goods = roles[ROLE_GOOD];
    panel->cell_ms = band_cell_ms(band_w, LINE_SPAN_MS);
    band_title(panel, band_w);
    const struct table_column columns[UNIT_COUNT] = {
        [UNIT_MARK] = {.title = "", .width = 2},
        [UNIT_NAME] = {.title = "UNIT", .width = name_w},
        [UNIT_STATE] = {.title = "STATE", .width = state_w},
        [UNIT_FOR] = {.title = "FOR", .width = 6, .align = ALIGN_RIGHT},
        [UNIT_CYCLE] = {.title = "CYCLE", .width = cycles ? 5 : 0, .drop = 2, .align = ALIGN_RIGHT},
        [UNIT_IDEAL] = {.title = "IDEAL", .width = cycles || goods ? 5 : 0, .drop = 6, .align = ALIGN_RIGHT},
        [UNIT_GOOD] = {.title = "GOOD", .width = goods ? 6 : 0, .drop = 3, .align = ALIGN_RIGHT},
        [UNIT_REJ] = {.title = "REJ", .width = roles[ROLE_REJECT] ? 5 : 0, .drop = 4, .align = ALIGN_RIGHT},
        [UNIT_BUFFER] = {.title = "BUF", .width = roles[ROLE_BUFFER] ? 5 : 0, .drop = 6, .align = ALIGN_RIGHT},
        [UNIT_BAND] = {.title = panel->scale, .width = band_w, .drop = 5},
        [UNIT_WHY] = {.title = "WHY", .width = 20, .least = 14, .flex = 1, .drop = 7},
    };
    memcpy(panel->unit_columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = panel->unit_columns, .column_count = UNIT_COUNT, .rows = panel->view->unit_count, .context = panel,
        .cell = unit_cell, .row_id = unit_id, .filter = "", .show_titles = true, .empty = "no line is configured", .passive = panel->view->focus != PANEL_UNITS,
    };
}

bool line_shows_counts(const struct table_spec *units, int w)
{
    int widths[TABLE_COLUMNS];
    table_widths(units, w, widths);
    return widths[UNIT_GOOD] > 0 || widths[UNIT_REJ] > 0;
}

struct table_spec line_values(struct line_page *panel, int w, bool titles)
{
    bool narrow = w < NARROW_W;
    const struct line_listed *listed = &panel->view->listed;
    int place_w = between(listed->place_w, NAME_LEAST_W, NAME_MOST_W), title_w = listed->title_w + (listed->alarms ? MARKER_W + 1 : 0);
    const struct table_column columns[TAG_COUNT] = {
        [TAG_UNIT] = {.title = "UNIT", .width = panel->view->chosen != NO_NODE ? 0 : narrow ? 9 : place_w, .drop = 2},
        [TAG_NAME] = {.title = "VALUE OF", .width = between(title_w, NAME_LEAST_W, narrow ? NAME_MOST_W : TITLE_MOST_W),
            .least = between(title_w, NAME_LEAST_W, NAME_MOST_W)},
        [TAG_VALUE] = {.title = "NOW", .width = narrow ? 10 : 13, .align = ALIGN_RIGHT},
        [TAG_DIMENSION] = {.title = "", .width = between(listed->dimension_w, 3, 6), .drop = 3},
        [TAG_BAR] = {.title = "RANGE", .width = w >= 100 ? 36 : 24, .least = 18, .flex = w < WIDE_W, .drop = 4},
        [TAG_SPARK] = {.title = "10 MIN", .width = 30, .drop = 6},
        [TAG_SLOPE] = {.title = "TREND", .width = 9, .drop = 5, .align = ALIGN_RIGHT},
        [TAG_AGE] = {.title = "AGE", .width = 5, .drop = 1, .align = ALIGN_RIGHT},
    };
    memcpy(panel->tag_columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = panel->tag_columns, .column_count = TAG_COUNT, .rows = panel->view->tag_count, .context = panel,
        .cell = tag_cell, .row_id = tag_id, .filter = "", .show_titles = titles,
        .empty = panel->scene->filter[0] ? "no value matches the filter" : "no further values", .passive = panel->view->focus != PANEL_VALUES,
        .span = tag_span,
    };
}
