/*
 * performance: how the alarm system itself does in a shift, a day or a month, at one operator's position: figures against their targets, the raises by
 * ten minutes, and the alarms to look at. The numbers are those of `andon report alarms`: the same metrics over the same period.
 *
 * A struct performance is what the screen keeps: the kind of period, how many of them back, and which position. A struct page is what is shown of it in
 * one call.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/period.h"
#include "draw/table.h"
#include "draw/text.h"
#include "views/common.h"

enum actor_column { COL_RAISES, COL_SHARE, COL_CHATTER, COL_FLEETING, COL_STOOD, COL_TITLE, COL_KEY, COL_COUNT };

enum { NARROW_W = 60, WIDE_W = 120, BACK_MOST = 400, SPARK_LEAST_H = 16, ACTORS_LEAST_H = 4, SPARKS = 8, OVER = 10, OTHERS_MOST = 64 };

struct performance {
    struct table table;
    size_t kind, back, position; /* kind: 0 is the day; position: how many behind the one it opens at */
};

static const enum period_kind kinds[] = {PERIOD_DAY, PERIOD_SHIFT, PERIOD_MONTH};

struct page {
    const struct scene *scene;
    struct period period;
    const struct answer *answer;
    const struct position_metrics *told; /* NULL: it is being read */
    const char *position, *title;        /* its name, and as people call it */
    size_t position_count, position_index, actors;
    struct table_column columns[COL_COUNT];
    bool narrow;
};

/* ---- what is shown ---- */

static struct period period_of(const struct performance *view, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    enum period_kind kind = kinds[view->kind];
    struct period p = period_at(&plant->zone, &plant->shift_begins, kind, scene->now_ms);
    for (size_t back = view->back; back > 0; back--)
        p = period_at(&plant->zone, &plant->shift_begins, kind, p.from_ms - 1);
    return p;
}

static const struct answer *ask(const struct page *page)
{
    const struct plant *plant = model_plant(page->scene->model);
    struct want want = {.kind = WANT_METRICS, .from_ms = page->period.from_ms, .to_ms = page->period.to_ms, .day_ms = period_day(&plant->zone, page->period.from_ms),
        .chatter_count = plant->counting.chatter_count, .chatter_ms = plant->counting.chatter_ms, .fleeting_ms = plant->counting.fleeting_ms};
    want.now_ms = page->scene->past ? page->scene->now_ms : 0; /* what came then has not come yet */
    const struct answer *answer = recall_want(page->scene->recall, &want), *like = answer || !page->scene->past ? NULL : recall_like(page->scene->recall, &want);
    return like && like->want.from_ms == want.from_ms ? like : answer; /* while the past is played the picture before stands */
}

static const struct position_metrics *find_position(const struct alarm_metrics *metrics, const char *name)
{
    for (size_t p = 0; metrics && p < alarm_metrics_count(metrics); p++)
        if (strcmp(alarm_metrics_position(metrics, p)->name, name) == 0)
            return alarm_metrics_position(metrics, p);
    return metrics ? alarm_metrics_quiet(metrics) : NULL;
}

static bool is_configured(const struct plant *plant, const char *name)
{
    for (size_t p = 0; p < plant->position_count; p++)
        if (strcmp(plant->positions[p].name, name) == 0)
            return true;
    return false;
}

/* The built-in position is what no other has: where there are others it comes behind them, unless it alone has alarms. */
static const struct alarm_position *position_at(const struct plant *plant, size_t at)
{
    return &plant->positions[(at + 1) % plant->position_count];
}

static const char *title_of(const struct plant *plant, const struct alarm_position *position)
{
    return position == plant->positions && plant->position_count > 1 ? "no other position" : position->title;
}

/* The first one that alarms belong to. */
static size_t first_position(const struct plant *plant)
{
    for (size_t at = 0; at < plant->position_count; at++)
        for (size_t a = 0; a < plant->alarm_count; a++)
            if (&plant->positions[plant->alarms[a].position] == position_at(plant, at))
                return at;
    return 0;
}

/* Those of the configuration, and behind them those that only the alarms of the period name. */
static void choose_position(struct page *page, size_t wanted)
{
    const struct plant *plant = model_plant(page->scene->model);
    const struct alarm_metrics *metrics = page->answer ? page->answer->metrics : NULL;
    const char *others[OTHERS_MOST];
    size_t other_count = 0;
    for (size_t p = 0; metrics && p < alarm_metrics_count(metrics) && other_count < OTHERS_MOST; p++)
        if (!is_configured(plant, alarm_metrics_position(metrics, p)->name))
            others[other_count++] = alarm_metrics_position(metrics, p)->name;
    page->position = page->title = "";
    page->position_count = plant->position_count + other_count;
    if (page->position_count == 0)
        return;
    size_t at = page->position_index = (first_position(plant) + wanted) % page->position_count;
    page->position = at < plant->position_count ? position_at(plant, at)->name : others[at - plant->position_count];
    const char *title = at < plant->position_count ? title_of(plant, position_at(plant, at)) : NULL;
    page->title = title && title[0] ? title : page->position;
    page->told = find_position(metrics, page->position);
}

static void make_page(struct page *page, const struct performance *view, const struct scene *scene)
{
    *page = (struct page){.scene = scene, .period = period_of(view, scene)};
    page->answer = ask(page);
    choose_position(page, view->position);
    page->actors = page->told ? page->told->alarm_count : 0;
}

/* ---- the figures ---- */

static enum cell_role verdict_role(enum metric_verdict verdict)
{
    return verdict == METRIC_MISSED ? CELL_WARN : verdict == METRIC_MET ? CELL_VALUE : CELL_TEXT;
}

static void draw_metric(const struct page *page, enum metric metric, struct surface s)
{
    const struct metric_row *row = &metric_table[metric];
    double value = page->told ? metric_value(page->told, metric) : NAN;
    enum metric_verdict verdict = metric_judge(metric, value);
    char text[METRIC_TEXT];
    bool roomy = s.w >= 66;
    int title_w = roomy ? 32 : 15, value_w = 8;
    metric_text(metric, value, text);
    surface_text_fit(s, 0, 0, title_w, CELL_DIM, roomy ? row->title : row->brief);
    surface_number_right(s, title_w, 0, value_w, verdict_role(verdict), text);
    if (verdict == METRIC_MISSED)
        surface_text(s, title_w + value_w + 1, 0, CELL_WARN, "!");
    surface_text_fit(s, title_w + value_w + 3, 0, roomy ? 18 : s.w - title_w - value_w - 3, CELL_DIM, roomy ? row->target : row->brief_target);
    if (roomy)
        surface_text(s, title_w + value_w + 22, 0, verdict_role(verdict), metric_verdict_names[verdict]);
}

/* Where there is no room for all: what is beyond its target first. */
static size_t order_metrics(const struct page *page, size_t room, enum metric order[METRIC_COUNT])
{
    size_t count = 0;
    for (int want = METRIC_MISSED; room < METRIC_COUNT && want >= METRIC_OPEN; want--)
        for (int m = 0; m < METRIC_COUNT; m++)
            if ((int)metric_judge((enum metric)m, page->told ? metric_value(page->told, (enum metric)m) : NAN) == want)
                order[count++] = (enum metric)m;
    for (int m = 0; room >= METRIC_COUNT && m < METRIC_COUNT; m++)
        order[count++] = (enum metric)m;
    return count < room ? count : room;
}

/* In one or two columns; returns what is below. */
static struct surface draw_metrics(const struct page *page, struct surface s)
{
    int columns = s.w >= 76 ? 2 : 1, rows = (METRIC_COUNT + columns - 1) / columns;
    rows = rows < s.h ? rows : s.h;
    enum metric order[METRIC_COUNT];
    size_t count = order_metrics(page, (size_t)(rows * columns), order);
    int w = s.w / columns;
    for (size_t i = 0; i < count; i++)
        draw_metric(page, order[i], surface_sub(s, rect_of((int)i / rows * w, (int)i % rows, w - (columns > 1 ? 2 : 0), 1)));
    return surface_sub(s, rect_of(0, rows, s.w, s.h - rows));
}

/* Raises by ten minutes, the most of those that fall into a cell; over ten stands out. */
static void draw_spark(const struct page *page, struct surface s)
{
    const struct position_metrics *p = page->told;
    size_t all = (size_t)((page->period.to_ms - page->period.from_ms + METRICS_TEN_MS - 1) / METRICS_TEN_MS);
    int label = surface_text(s, 0, 0, CELL_DIM, "by 10 min ");
    int w = s.w - label;
    for (int x = 0; p && x < w; x++) {
        size_t from = all * (size_t)x / (size_t)w, to = all * (size_t)(x + 1) / (size_t)w;
        uint32_t most = 0;
        for (size_t t = from; t < (to > from ? to : from + 1) && t < p->ten_count; t++)
            most = p->tens[t] > most ? p->tens[t] : most;
        uint32_t scale = p->ten_most > OVER ? p->ten_most : OVER, level = (most * SPARKS + scale - 1) / scale;
        if (most)
            surface_glyph(s, label + x, 0, most > OVER ? CELL_WARN : CELL_VALUE, (enum glyph)(GLYPH_SPARK_1 + (level > 0 ? level - 1 : 0)));
        else if (from < p->ten_count)
            surface_glyph(s, label + x, 0, CELL_DIM, GLYPH_DOT);
    }
}

/* ---- the alarms to look at ---- */

static void actor_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct page *page = context;
    const struct metric_alarm *a = &page->told->alarms[row];
    char text[METRIC_TEXT], stood[SPAN_TEXT];
    (void)selected;
    switch ((enum actor_column)column) {
    case COL_RAISES: snprintf(text, sizeof text, "%llu", (unsigned long long)a->raises); surface_number_right(s, 0, 0, s.w, CELL_VALUE, text); break;
    case COL_SHARE:
        metric_text(METRIC_TOP, page->told->raises ? 100 * (double)a->raises / (double)page->told->raises : NAN, text);
        surface_number_right(s, 0, 0, s.w, CELL_DIM, text);
        break;
    case COL_CHATTER:
    case COL_FLEETING:
        snprintf(text, sizeof text, "%llu", (unsigned long long)(column == COL_CHATTER ? a->chatters : a->fleeting));
        if (text[0] != '0')
            surface_number_right(s, 0, 0, s.w, CELL_WARN, text);
        break;
    case COL_STOOD:
        if (a->standing_since) {
            when_text(page->scene->model, a->standing_since, stood);
            surface_text_fit(s, 0, 0, s.w, CELL_WARN, stood);
        }
        break;
    case COL_TITLE: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, a->title); break;
    case COL_KEY: surface_text_fit(s, 0, 0, s.w, CELL_DIM, a->key); break;
    case COL_COUNT: break;
    }
}

static bool actor_match(const void *context, size_t row, const char *filter)
{
    const struct page *page = context;
    char text[FILTER_HAYSTACK];
    snprintf(text, sizeof text, "%s %s", page->told->alarms[row].key, page->told->alarms[row].title);
    return filter_matches(filter, text);
}

static struct table_spec actor_spec(struct page *page, int w)
{
    bool wide = w >= WIDE_W;
    page->narrow = w < NARROW_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_RAISES] = {.title = "RAISES", .width = 6, .align = ALIGN_RIGHT},
        [COL_SHARE] = {.title = "SHARE", .width = 7, .drop = 5, .align = ALIGN_RIGHT},
        [COL_CHATTER] = {.title = "CHATTER", .width = 7, .drop = 4, .align = ALIGN_RIGHT},
        [COL_FLEETING] = {.title = "FLEETING", .width = 8, .drop = 6, .align = ALIGN_RIGHT},
        [COL_STOOD] = {.title = "STOOD SINCE", .width = 11, .drop = 7},
        [COL_TITLE] = {.title = "ALARM", .width = wide ? 44 : 18, .least = 10, .flex = 1},
        [COL_KEY] = {.title = "KEY", .width = wide ? 60 : 0, .drop = 8},
    };
    memcpy(page->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = page->columns, .column_count = COL_COUNT, .rows = page->actors, .context = page, .cell = actor_cell, .match = actor_match,
        .filter = page->scene->filter, .show_titles = true, .generation = (uint64_t)page->period.from_ms * 31 + (page->told ? page->told->raises : 0),
        .empty = !page->scene->recall ? "there is no history here" : !page->answer ? "reading ..." : page->answer->why[0] ? page->answer->why : "no alarm was raised, and none stood",
    };
}

/* ---- drawing ---- */

static void draw_head(const struct page *page, const struct performance *view, struct surface s)
{
    char text[PERIOD_TEXT];
    int x = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        x = surface_text(s, x, 0, k == view->kind ? CELL_SELECTED : CELL_DIM, period_names[kinds[k]]) + 1;
    period_text(&model_plant(page->scene->model)->zone, page->period, text);
    x = surface_text_fit(s, x + 1, 0, s.w - x - 1, CELL_ACCENT, text);
    if (page->position_count > 1)
        surface_format(s, x + 2, 0, CELL_TITLE, "%s (%zu of %zu)", page->title, page->position_index + 1, page->position_count);
    else if (page->position_count)
        surface_text(s, x + 2, 0, CELL_TITLE, page->title);
}

static void performance_draw(void *state, const struct scene *scene, struct surface s)
{
    struct performance *view = state;
    struct page page;
    struct rect body = surface_rect(s), head = rect_cut_top(&body, 1);
    make_page(&page, view, scene);
    draw_head(&page, view, surface_sub(s, head));
    if (s.h >= SPARK_LEAST_H)
        draw_spark(&page, surface_sub(s, rect_cut_top(&body, 1)));
    struct surface rest = draw_metrics(&page, surface_sub(s, body));
    struct table_spec spec = actor_spec(&page, s.w);
    if (rest.h >= ACTORS_LEAST_H)
        table_draw(&view->table, &spec, draw_section(rest, "alarms to look at"));
}

/* ---- keys ---- */

static bool performance_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct performance *view = state;
    struct page page;
    size_t row, kind_count = sizeof kinds / sizeof kinds[0];
    make_page(&page, view, scene);
    struct table_spec spec = actor_spec(&page, 80);
    if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB) {
        view->kind = (view->kind + (key.code == KEYC_TAB ? 1 : kind_count - 1)) % kind_count;
        view->back = 0;
    } else if (key.code == KEYC_LEFT) {
        view->back += view->back < BACK_MOST;
    } else if (key.code == KEYC_RIGHT) {
        view->back -= view->back > 0;
    } else if (key_is(key, 'o')) {
        view->position = page.position_count ? (view->position + 1) % page.position_count : 0;
    } else if (key.code != KEYC_ENTER) {
        return table_key(&view->table, &spec, key);
    } else {
        if (!table_selected(&view->table, &spec, &row) || !view_find("alarms"))
            return false;
        *request = (struct request){.kind = REQUEST_VIEW, .name = "alarms", .focus = scene->focus};
        snprintf(request->focus.alarm, sizeof request->focus.alarm, "%s", page.told->alarms[row].key);
    }
    return true;
}

static void performance_finish(void *state)
{
    table_finish(&((struct performance *)state)->table);
}

static const struct key_row performance_keys[] = {
    {"Tab", "period", "the day, the shift, the month; Shift-Tab goes back", 2},
    {"← →", "before", "the period before, or the next", 3},
    {"o", "position", "the next operator's position", 4},
    {"Enter", "alarm", "opens the selected alarm in the alarms view", 1},
    {"↑ ↓", "select", "selects an alarm", 6},
};

const struct view performance_view = {
    .name = "performance", .title = "PERFORMANCE",
    .help = "How the alarm system itself does: raises that a person was meant to see, by operator's position, against the targets of ISA-18.2; ! is beyond its target. The same numbers as andon report alarms.",
    .state_size = sizeof(struct performance), .keys = performance_keys, .key_count = sizeof performance_keys / sizeof performance_keys[0],
    .draw = performance_draw, .key = performance_key, .finish = performance_finish,
};
