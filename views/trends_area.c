/*
 * The curves and what stands under them. The scale at the left is that of the selected tag, and so are the limits behind the curves and the
 * states below them; the selected curve is drawn last, over the others. Where there are several curves each carries its digit now and then,
 * so that one can tell them apart without colour. A curve whose columns reach far, as a year of days and nights does, would be a wall: it is a
 * shaded band with the means over it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"
#include "views/trends.h"

enum { AXIS_W = 8, NARROW_AXIS_W = 6, NARROW_W = 60, TICK_ROWS = 4, MARK_EVERY = 24, MARK_SHIFT = 9 };

static int axis_w(int w) { return w < NARROW_W ? NARROW_AXIS_W : AXIS_W; }

static struct surface right_of_axis(struct surface s) { return surface_sub(s, rect_of(axis_w(s.w), 0, s.w - axis_w(s.w), s.h)); }

int trends_columns(struct surface s)
{
    int w = s.w - axis_w(s.w);
    return plot_columns(s.grid->tier, w > 0 ? w : 1);
}

/* The cell of a column. */
static int cell_of(struct surface s, int column)
{
    return column / plot_columns(s.grid->tier, 1);
}

static const struct curve *selected(const struct trends_picture *picture) { return &picture->curves[picture->selected]; }

static const struct tag_def *def_of(const struct trends_picture *picture, const struct curve *curve)
{
    return curve->tag == NO_TAG ? NULL : model_tag(picture->scene->model, curve->tag)->def;
}

/* ---- behind the curves ---- */

static void draw_limit(const struct curve *curve, double value, enum cell_role role, struct surface s)
{
    double at = scale_at(curve->scale, value);
    if (!(at >= 0 && at <= 1))
        return;
    for (int x = 0; x < s.w; x += 2)
        surface_glyph(s, x, s.h - 1 - scale_row(curve->scale, value, s.h), role, GLYPH_DOT);
}

static void draw_limits(const struct trends_picture *picture, struct surface s)
{
    const struct curve *curve = selected(picture);
    const struct tag_def *def = def_of(picture, curve);
    for (int end = 0; def && end < 2; end++) {
        if (def->has_range && (def->range[end] < curve->scale.high && def->range[end] > curve->scale.low))
            draw_limit(curve, def->range[end], CELL_BORDER, s);
        if (def->has_normal)
            draw_limit(curve, def->normal[end], CELL_DIM, s);
    }
}

static void draw_cursor(const struct trends_picture *picture, struct surface s)
{
    int x = cell_of(s, picture->cursor);
    for (int y = 0; !picture->at_now && y < s.h; y++)
        surface_glyph(s, x, y, CELL_ACCENT, GLYPH_VLINE);
}

/* Round values in the rows where they stand; the ends of the scale always. */
static void draw_scale(const struct trends_picture *picture, struct surface s)
{
    const struct curve *curve = selected(picture);
    struct surface numbers = surface_sub(s, rect_of(0, 0, axis_w(s.w) - 1, s.h));
    double ticks[SCALE_TICKS];
    char text[NUMBER_TEXT];
    if (curve->words || s.h < 1)
        return;
    size_t count = scale_ticks(curve->scale, s.h / TICK_ROWS + 1, ticks);
    for (size_t i = 0; i < count; i++) {
        int row = scale_row(curve->scale, ticks[i], s.h);
        if (row == 0 || row == s.h - 1 || row == 1 || row == s.h - 2)
            continue;
        number_fit(ticks[i], DECIMALS_AUTO, numbers.w, text);
        surface_number_right(numbers, 0, s.h - 1 - row, numbers.w, CELL_DIM, text);
    }
    number_fit(curve->scale.high, DECIMALS_AUTO, numbers.w, text);
    surface_number_right(numbers, 0, 0, numbers.w, curve->role, text);
    if (s.h < 2)
        return;
    number_fit(curve->scale.low, DECIMALS_AUTO, numbers.w, text);
    surface_number_right(numbers, 0, s.h - 1, numbers.w, curve->role, text);
}

/* ---- on the curves ---- */

static bool draw_mark(const struct trends_picture *picture, const struct curve *curve, int x, struct surface s)
{
    const char text[] = {curve->mark, '\0'};
    int column = x * plot_columns(s.grid->tier, 1);
    if (column >= picture->line.columns || curve->columns[column].state == COLUMN_EMPTY)
        return false;
    double value = curve->columns[column].state == COLUMN_HELD ? curve->columns[column].last : curve->columns[column].mean;
    surface_text(s, x, s.h - 1 - scale_row(curve->scale, value, s.h), curve->role, text);
    return true;
}

/* Now and then, each at other places; a short one that has none of them where it can have one. */
static void draw_marks(const struct trends_picture *picture, const struct curve *curve, size_t index, struct surface s)
{
    bool any = false;
    for (int x = (int)index * MARK_SHIFT % MARK_EVERY; x < s.w; x += MARK_EVERY)
        any = draw_mark(picture, curve, x, s) || any;
    for (int x = s.w - 2 - (int)index; x >= 0 && !any; x--) /* the newest cell tells more than a digit */
        any = draw_mark(picture, curve, x, s);
    if (!any)
        draw_mark(picture, curve, s.w - 1, s);
}

/* The selected one last, over the others. */
static size_t in_order(const struct trends_picture *picture, size_t i)
{
    return i + 1 == picture->count ? picture->selected : i < picture->selected ? i : i + 1;
}

void trends_area(const struct trends_picture *picture, struct surface s)
{
    struct plot plot;
    struct surface area = right_of_axis(s);
    draw_scale(picture, s);
    draw_limits(picture, area);
    draw_cursor(picture, area);
    plot_begin(&plot, area);
    for (size_t i = 0; i < picture->count; i++)
        if (picture->curves[i].shadow)
            series_plot(&plot, picture->curves[i].shadow, picture->line.columns, picture->curves[i].scale, picture->curves[i].role, PLOT_FAINT);
    for (int over = 0; over < 2; over++) /* no band hides a curve */
        for (size_t i = 0; i < picture->count; i++) {
            const struct curve *curve = &picture->curves[in_order(picture, i)];
            series_plot(&plot, curve->columns, picture->line.columns, curve->scale, curve->role, over ? curve->style : PLOT_BAND);
        }
    plot_end(&plot);
    for (size_t i = 0; picture->count > 1 && i < picture->count; i++)
        draw_marks(picture, &picture->curves[in_order(picture, i)], in_order(picture, i), area);
}

/* ---- below the curves ---- */

/* The intervals that the history has, and after them those that the model knows. */
static void draw_states(const struct trends_picture *picture, struct surface s)
{
    const struct model *model = picture->scene->model;
    const struct plant *plant = model_plant(model);
    const struct node_state *live = model_node(model, picture->node);
    size_t told = picture->states ? picture->states->state_count : 0, count = 0, from = 0;
    struct interval *intervals = mem_zero(told + live->interval_count + 1, sizeof *intervals);
    for (size_t i = 0; i < told; i++) {
        const struct interval_end *end = &picture->states->states[i];
        intervals[count++] = (struct interval){.start_ms = end->start_ms, .end_ms = end->end_ms, .class = end->class, .state = end->state};
    }
    int64_t known = count ? intervals[count - 1].end_ms : INT64_MIN;
    for (size_t i = 0; i < live->interval_count; i++)
        if (live->intervals[i].start_ms >= known)
            intervals[count++] = live->intervals[i];
    struct node_state all = {.class = live->class, .intervals = intervals, .interval_count = count};
    struct surface band = right_of_axis(s);
    surface_text_fit(s, 0, 0, axis_w(s.w) - 1, CELL_DIM, plant->nodes[picture->node].title);
    int part = plot_columns(s.grid->tier, 1), now = timeline_column(&picture->line, picture->scene->now_ms);
    for (int x = 0; x < band.w && x * part < picture->line.columns && x * part <= now; x++) {
        int64_t start = picture->line.from_ms + picture->line.step_ms * part * x, end = start + picture->line.step_ms * part;
        bool last = now < (x + 1) * part;
        int class = last ? (int)live->class : band_class(&all, start, end < picture->scene->now_ms ? end : picture->scene->now_ms, &from);
        if (class >= 0)
            state_glyph(band, x, 0, (enum state_class)class);
        if (class == CLASS_STOP && !last) /* over: colour stays with what is wrong now */
            surface_paint(band, rect_of(x, 0, 1, 1), CELL_TEXT);
    }
    free(intervals);
}

static char event_letter(enum event_kind kind)
{
    static const char letters[EVENT_KIND_COUNT] = {[EVENT_SETPOINT] = 's', [EVENT_LIMIT] = 'l', [EVENT_RECIPE] = 'r', [EVENT_ORDER] = 'o', [EVENT_CONFIG] = 'c'};
    return (unsigned)kind < EVENT_KIND_COUNT && letters[kind] ? letters[kind] : 'e';
}

/* The axis: a rule with its ticks, and on it a letter for each change. */
static void draw_rule(const struct trends_picture *picture, const struct time_label *labels, size_t count, struct surface s)
{
    surface_hline(s, 0, 0, s.w);
    for (size_t i = 0; i < count; i++)
        surface_glyph(s, labels[i].x, 0, CELL_BORDER, GLYPH_TEE);
    for (size_t i = 0; picture->events && i < picture->events->event_count; i++) {
        int column = timeline_column(&picture->line, picture->events->events[i].time_ms);
        const char text[] = {event_letter(picture->events->events[i].kind), '\0'};
        if (column >= 0 && column < picture->line.columns)
            surface_text(s, cell_of(s, column), 0, CELL_TITLE, text);
    }
    if (!picture->at_now)
        surface_paint(s, rect_of(cell_of(s, picture->cursor), 0, 1, 1), CELL_ACCENT);
}

void trends_foot(const struct trends_picture *picture, struct surface s)
{
    const struct zone *zone = &model_plant(picture->scene->model)->zone;
    struct time_label labels[TIMELINE_LABELS];
    struct rect body = surface_rect(s);
    int part = plot_columns(s.grid->tier, 1), w = picture->line.columns / part;
    size_t count = timeline_labels(zone, picture->line.from_ms, picture->line.from_ms + picture->line.step_ms * part * w, w, labels);
    struct surface times = right_of_axis(surface_sub(s, rect_cut_bottom(&body, 1)));
    for (size_t i = 0; i < count; i++)
        surface_text(times, labels[i].x, 0, CELL_DIM, labels[i].text);
    if (body.h > 1 && picture->node != NO_NODE)
        draw_states(picture, surface_sub(s, rect_cut_top(&body, 1)));
    if (body.h > 0)
        draw_rule(picture, labels, count, right_of_axis(surface_sub(s, rect_cut_bottom(&body, 1))));
}

static const struct event *nearest_event(const struct trends_picture *picture)
{
    const struct event *nearest = NULL;
    int64_t at = picture->line.from_ms + picture->line.step_ms * picture->cursor + picture->line.step_ms / 2, least = INT64_MAX;
    for (size_t i = 0; picture->events && i < picture->events->event_count; i++) {
        const struct event *event = &picture->events->events[i];
        int64_t away = event->time_ms > at ? event->time_ms - at : at - event->time_ms;
        bool shown = event->time_ms >= picture->line.from_ms && event->time_ms < timeline_end(&picture->line);
        if (shown && away < least) {
            nearest = event;
            least = away;
        }
    }
    return nearest;
}

void trends_event_text(const struct trends_picture *picture, struct surface s)
{
    const struct event *event = nearest_event(picture);
    const struct zone *zone = &model_plant(picture->scene->model)->zone;
    char when[LABEL_TEXT], text[LABEL_TEXT * 3];
    if (!event) {
        if (picture->events)
            surface_text_fit(s, 0, 0, s.w, CELL_DIM, "nothing was changed in this time");
        return;
    }
    timeline_text(zone, event->time_ms, 1000, picture->scene->now_ms, when, sizeof when);
    const char letter[] = {event_letter(event->kind), ' ', '\0'};
    int x = surface_text(s, 0, 0, CELL_TITLE, letter);
    x = surface_text(s, x, 0, CELL_DIM, when) + 1;
    bool both = event->before[0] && event->after[0];
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s%s", event->text, event->before[0] || event->after[0] ? ": " : "", event->before, both ? " -> " : "",
        event->after, event->who[0] ? "  (" : "", event->who, event->who[0] ? ")" : "");
    surface_text_fit(s, x, 0, s.w - x, CELL_TEXT, text);
}
