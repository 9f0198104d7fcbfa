/*
 * One panel: its title in a rule, and below what it is made of: readings in a list or in tiles, one picture of all of them, or a panel that is built in. What
 * there is no room for is counted, and what is wrong with it is said in its place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"
#include "views/panels.h"

enum { TILE_LEAST_W = 16, LIST_COLUMN_W = 36, GAP = 2, TOGETHER_MOST = 64, FIGURE_W = 11, FIGURE_LEAST_W = 24, PANEL_LEAST_W = 12 };

struct panel_least panels_least(const struct panel *panel)
{
    const struct widget *widget = widget_find(panel->widget);
    const struct panels_part *part = panels_part(panel->widget);
    struct panel_least least = {PANEL_LEAST_W, 3};
    if (widget)
        least = (struct panel_least){widget->least_w, widget->least_h + 1 + (widget->least_h > 1 && !widget->names)};
    else if (part)
        least = (struct panel_least){part->least_w, part->least_h};
    least.w = least.w < PANEL_LEAST_W ? PANEL_LEAST_W : least.w;
    return least;
}

/* ---- where readings stand ---- */

struct grid_of {
    int columns, rows; /* of cells that are drawn */
    int w, h;          /* of one */
    size_t first, count; /* which readings; the last cell tells of more where there are */
    bool more;
};

/* As many rows as there are; more than one column where they would not fit else. */
static struct grid_of list_grid(size_t count, size_t item, int asked, struct surface s)
{
    int most = s.w / LIST_COLUMN_W > 1 ? s.w / LIST_COLUMN_W : 1, wanted = s.h > 0 ? ((int)count + s.h - 1) / s.h : 1;
    struct grid_of g = {.columns = asked ? asked : wanted < most ? wanted : most, .rows = s.h, .h = 1};
    g.columns = g.columns < 1 ? 1 : g.columns > s.w ? s.w : g.columns;
    g.w = (s.w - (g.columns - 1) * GAP) / g.columns;
    size_t room = (size_t)(g.columns * g.rows);
    g.more = count > room;
    g.count = g.more ? room - 1 : count;
    g.first = g.more && item >= g.count ? item - g.count + (g.count > 0) : 0;
    return g;
}

/* As large as they can be, and not so wide that they would rather stand beside one another. */
static struct grid_of tile_grid(const struct widget *widget, size_t count, size_t item, int asked, struct surface s)
{
    int least_w = widget->least_w > TILE_LEAST_W ? widget->least_w : TILE_LEAST_W, least_h = widget->least_h + !widget->names;
    int most = (s.w + GAP) / (least_w + GAP), rows_most = s.h / least_h;
    most = most < 1 ? 1 : most;
    rows_most = rows_most < 1 ? 1 : rows_most;
    struct grid_of g = {.columns = asked ? asked : 1};
    while (!asked && g.columns < most && ((int)count + g.columns - 1) / g.columns > rows_most)
        g.columns++;
    g.columns = g.columns > s.w ? s.w : g.columns;
    g.rows = ((int)count + g.columns - 1) / g.columns;
    g.rows = g.rows > rows_most ? rows_most : g.rows < 1 ? 1 : g.rows;
    g.w = (s.w - (g.columns - 1) * GAP) / g.columns;
    g.h = s.h / g.rows;
    size_t room = (size_t)(g.columns * g.rows);
    g.more = count > room;
    g.count = g.more ? room : count;
    g.first = g.more && item >= g.count ? item - g.count + 1 : 0;
    return g;
}

/* ---- one reading ---- */

/* Label, the number where the widget does not tell it, the widget. */
static void draw_row(const struct widget *widget, const struct reading *reading, int label_w, bool selected, struct surface s)
{
    int x = label_w ? label_w + 1 : 0;
    surface_text_fit(s, 0, 0, label_w, CELL_TEXT, reading_label(reading));
    if (selected)
        surface_paint(s, rect_of(0, 0, label_w ? label_w : s.w, 1), CELL_SELECTED);
    if (widget->bare && s.w - x >= FIGURE_LEAST_W) {
        draw_widget("value", reading, surface_sub(s, rect_of(x, 0, FIGURE_W, 1)));
        x += FIGURE_W + 1;
    }
    struct reading own = *reading; /* a state has no unit and no label of its own here */
    if (own.text == reading->text_space)
        own.text = own.text_space;
    own.title = "";
    if (strcmp(widget->name, "value") == 0 && s.w - x > LIST_COLUMN_W - 8)
        widget_draw(widget, &own, 1, surface_sub(s, rect_of(x, 0, LIST_COLUMN_W - 8, 1)));
    else
        widget_draw(widget, &own, 1, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
}

static void draw_tile(const struct widget *widget, const struct reading *reading, bool selected, struct surface s)
{
    struct rect body = surface_rect(s);
    if (!widget->names) {
        struct rect head = rect_cut_top(&body, 1);
        surface_text_fit(s, 0, 0, head.w, CELL_DIM, reading_label(reading));
    }
    widget_draw(widget, reading, 1, surface_sub(s, body));
    int label_w = text_width(reading_label(reading));
    if (selected)
        surface_paint(s, rect_of(0, 0, label_w < s.w / 2 ? label_w : s.w / 2, 1), CELL_SELECTED);
}

static int widest_label(const struct reading *readings, size_t count, int most)
{
    int w = 0;
    for (size_t i = 0; i < count; i++)
        w = text_width(reading_label(&readings[i])) > w ? text_width(reading_label(&readings[i])) : w;
    return w > most ? most : w;
}

static void draw_each(struct panels_frame *frame, const struct panel *panel, const struct panels_bound *bound, const struct widget *widget, bool focused, struct surface s)
{
    bool list = widget->least_h == 1;
    size_t item = focused ? frame->panels->item : 0;
    struct grid_of g = list ? list_grid(bound->count, item, panel->columns, s) : tile_grid(widget, bound->count, item, panel->columns, s);
    if (s.h < 1 || s.w < 1 || g.w < 1 || g.h < 1)
        return;
    struct reading *readings = mem_zero(g.count + 1, sizeof *readings);
    char(*labels)[PANELS_LABEL] = mem_zero(g.count + 1, sizeof *labels);
    panels_readings(frame, panel, bound, widget, g.first, g.count, g.w, readings, labels);
    int label_w = bound->count == 1 && !panel->title[0] && g.w < LIST_COLUMN_W ? 0 : widest_label(readings, g.count, g.w / 2);
    for (size_t i = 0; i < g.count; i++) {
        int column = (int)i % g.columns, row = (int)i / g.columns;
        if (list) { /* down, then across */
            column = (int)i / g.rows;
            row = (int)i % g.rows;
        }
        struct surface cell = surface_sub(s, rect_of(column * (g.w + GAP), row * g.h, g.w, g.h - (!list && g.h > widget->least_h + 1 && row + 1 < g.rows)));
        bool selected = focused && bound->count > 1 && g.first + i == item;
        if (list)
            draw_row(widget, &readings[i], label_w, selected, cell);
        else
            draw_tile(widget, &readings[i], selected, cell);
    }
    if (list && g.more)
        surface_format(surface_sub(s, rect_of((g.columns - 1) * (g.w + GAP), s.h - 1, g.w, 1)), 0, 0, CELL_DIM, "+%zu more", bound->count - g.count + bound->more);
    free(readings);
    free(labels);
}

/* Words and states are no numbers: among them they would be a row or a curve of nothing. */
static bool is_number(const struct model *model, const struct panels_item *item)
{
    const struct tag *tag = item->node ? NULL : model_tag(model, item->index);
    if (!tag || tag->value.kind == VALUE_TEXT)
        return false;
    return !tag->def || (tag->def->kind != KIND_TEXT && tag->def->kind != KIND_STATE && tag->def->kind != KIND_RECIPE);
}

static struct panels_bound numbers_of(const struct model *model, const struct panels_bound *bound)
{
    struct panels_bound numbers = {.items = mem_zero(bound->count + 1, sizeof *numbers.items)};
    for (size_t i = 0; i < bound->count; i++)
        if (is_number(model, &bound->items[i]))
            numbers.items[numbers.count++] = bound->items[i];
    return numbers;
}

static void draw_together(struct panels_frame *frame, const struct panel *panel, const struct panels_bound *bound, const struct widget *widget, struct surface s)
{
    size_t count = bound->count < TOGETHER_MOST ? bound->count : TOGETHER_MOST;
    if (count == 0) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "no number among what fits");
        return;
    }
    struct reading *readings = mem_zero(count, sizeof *readings);
    char(*labels)[PANELS_LABEL] = mem_zero(count, sizeof *labels);
    panels_readings(frame, panel, bound, widget, 0, count, s.w, readings, labels);
    widget_draw(widget, readings, count, s);
    free(readings);
    free(labels);
}

/* ---- the panel ---- */

static const char *nearest(const char *name)
{
    const char *best = "value";
    size_t most = 0;
    for (size_t n = 0; panels_widget(n); n++) {
        size_t same = 0, alike = 0;
        for (const char *p = name; *p; p++)
            alike += strchr(panels_widget(n), *p) != NULL;
        while (name[same] && name[same] == panels_widget(n)[same])
            same++;
        if (alike + 2 * same > most) {
            most = alike + 2 * same;
            best = panels_widget(n);
        }
    }
    return best;
}

/* What there is nothing to draw of, and why. */
static bool draw_nothing(const struct scene *scene, const struct panel *panel, const struct panels_bound *bound, const struct widget *widget, struct surface s)
{
    char text[PANEL_PATTERNS + PANEL_LINES + 64];
    if (!widget)
        snprintf(text, sizeof text, "there is no widget \"%s\": did you mean %s?", panel->widget, nearest(panel->widget));
    else if (!panel->tags[0] && !panel->lines[0])
        snprintf(text, sizeof text, "needs tags or lines");
    else if (bound->count == 0)
        snprintf(text, sizeof text, "nothing fits %s%s%s%s", panel->tags, panel->tags[0] && panel->lines[0] ? " " : "", panel->lines,
            model_plant(scene->model)->broker_count > 0 && model_tag_count(scene->model) == model_plant(scene->model)->tag_count ? ", so far" : "");
    else
        return false;
    draw_words(s, 0, 0, s.w, CELL_DIM, text);
    return true;
}

/* Which one is selected, at the right of the title; what is left out of a picture of all. */
static void draw_note(const struct panels *panels, const struct panels_bound *bound, const struct widget *widget, bool focused, int title_end, struct surface s)
{
    char text[64] = "";
    if (widget && widget->draw_all && widget->most && bound->count > widget->most)
        snprintf(text, sizeof text, " %zu of %zu ", widget->most, bound->count + bound->more);
    else if (focused && bound->count > 1)
        snprintf(text, sizeof text, " %zu/%zu ", panels->item + 1, bound->count);
    int w = text_width(text);
    if (w > 0 && s.w - w - 1 > title_end)
        surface_text(s, s.w - w - 1, 0, CELL_DIM, text);
}

void panels_draw_one(struct panels_frame *frame, const struct panel *panel, const struct panels_bound *bound, bool focused, struct surface s)
{
    const struct panels_part *part = panels_part(panel->widget);
    const struct widget *widget = widget_find(panel->widget);
    char title[PANEL_PATTERNS];
    if (part) {
        part->draw(frame, focused, s);
        return;
    }
    panels_title(frame->scene, panel, bound, title, sizeof title);
    struct surface body = draw_panel(s, title, focused);
    draw_note(frame->panels, bound, widget, focused, text_width(title) + 6, s);
    if (draw_nothing(frame->scene, panel, bound, widget, body))
        return;
    if (!widget->draw_all) {
        draw_each(frame, panel, bound, widget, focused, body);
        return;
    }
    struct panels_bound numbers = numbers_of(frame->scene->model, bound);
    draw_together(frame, panel, &numbers, widget, body);
    free(numbers.items);
}
