/*
 * What panels know of a tag over a time. A struct panels_curve is one question of a drawing: a tag, a stretch and so many columns; panels that want the same share it,
 * and the columns are few sizes, so that a narrow panel and a wide one of the same tag ask the history once.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"
#include "views/panels.h"
#include "views/trends.h"

enum { COLUMNS_LEAST = 480 /* 240 cells of braille */, WANTS_SPARE = 4 };
static_assert((HEAT_DAYS + 1) * 24 <= RECALL_COLUMNS, "a heat map is one answer of the history");

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define TREND_SPAN HOUR
#define DAYS_SPAN (7 * DAY)
#define BAND_SPAN (8 * HOUR)

struct panels_curve {
    uint32_t tag;
    struct timeline line;
    struct column *columns;
    struct series series;
};

void panels_frame_finish(struct panels_frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        free(frame->curves[i]->columns);
        free(frame->curves[i]);
    }
    free(frame->curves);
    frame->curves = NULL;
    frame->count = frame->capacity = 0;
}

/* Hours from a midnight of the site's clock to the end of today. */
static struct timeline by_days(const struct zone *zone, int64_t now_ms, int64_t span_ms)
{
    int days = (int)((span_ms + DAY - 1) / DAY);
    days = days > HEAT_DAYS ? HEAT_DAYS : days;
    struct civil now = zone_civil(zone, now_ms);
    int64_t from = zone_utc(zone, (struct civil){.year = now.year, .month = now.month, .day = now.day - days + 1});
    int64_t to = zone_utc(zone, (struct civil){.year = now.year, .month = now.month, .day = now.day + 1});
    return (struct timeline){.from_ms = from, .step_ms = HOUR, .columns = (int)((to - from + HOUR - 1) / HOUR)};
}

/* The newest value moved the window on by a little: what is missing is what the model knows. */
static bool hardly_moved(const struct answer *like, const struct want *want, int64_t step_ms)
{
    int64_t by = want->from_ms - like->want.from_ms;
    return by >= 0 && by <= 2 * step_ms && want->to_ms - like->want.to_ms == by;
}

static void read_curve(struct panels_frame *frame, struct panels_curve *curve)
{
    const struct scene *scene = frame->scene;
    const struct timeline *line = &curve->line;
    char key[KEY_BYTES];
    const struct answer *answer = NULL;
    model_tag_key(scene->model, curve->tag, key, sizeof key);
    curve->columns = mem_zero((size_t)line->columns, sizeof *curve->columns);
    curve->series = (struct series){.columns = curve->columns, .count = (size_t)line->columns, .from_ms = line->from_ms, .step_ms = (double)line->step_ms, .note = ""};
    bool asks = scene->recall && recall_wanted(scene->recall) + WANTS_SPARE < RECALL_WANTS;
    if (asks) {
        struct want want = columns_want(scene->model, curve->tag, key, line);
        answer = recall_want(scene->recall, &want);
        if (!answer && (answer = recall_like(scene->recall, &want), !answer || !hardly_moved(answer, &want, line->step_ms)))
            curve->series.loading = true;
    }
    if (answer && !answer->why[0]) {
        columns_onto(answer, line, curve->columns);
    } else {
        columns_of_ring(scene->model, curve->tag, scene->now_ms, line, curve->columns);
        curve->series.note = answer ? "nothing is kept of it" : scene->recall && !asks ? "too many curves at once" : "";
    }
    columns_live(scene->model, curve->tag, scene->now_ms, line, curve->columns);
}

const struct series *panels_series(struct panels_frame *frame, uint32_t tag, int64_t span_ms, bool days, int columns)
{
    const struct zone *zone = &model_plant(frame->scene->model)->zone;
    int many = COLUMNS_LEAST;
    while (many < columns && many * 2 <= RECALL_COLUMNS)
        many *= 2;
    struct timeline line = days ? by_days(zone, frame->scene->now_ms, span_ms) : timeline_to(zone, frame->scene->now_ms, span_ms * 20 / 19 + 1, many);
    for (size_t i = 0; i < frame->count; i++) {
        const struct panels_curve *curve = frame->curves[i];
        if (curve->tag == tag && curve->line.from_ms == line.from_ms && curve->line.step_ms == line.step_ms && curve->line.columns == line.columns)
            return &curve->series;
    }
    struct panels_curve *curve = mem_zero(1, sizeof *curve);
    curve->tag = tag;
    curve->line = line;
    frame->curves = mem_grow(frame->curves, frame->count, &frame->capacity, sizeof *frame->curves);
    frame->curves[frame->count++] = curve;
    read_curve(frame, curve);
    return &curve->series;
}

/* ---- what they are called ---- */

struct naming {
    bool same_title, same_node;
    size_t common; /* bytes that all keys of discovered series begin with, up to a slash */
};

static const char *tag_title(const struct model *model, uint32_t index)
{
    const struct tag *tag = model_tag(model, index);
    return tag->def ? tag->def->title : "";
}

static struct naming name_all(const struct model *model, const struct panels_bound *bound)
{
    struct naming naming = {.same_title = true, .same_node = true};
    const struct tag *first = NULL;
    char before[KEY_BYTES] = "", key[KEY_BYTES];
    for (size_t i = 0; i < bound->count; i++) {
        if (bound->items[i].node) {
            naming.same_node = false;
            continue;
        }
        const struct tag *tag = model_tag(model, bound->items[i].index);
        if (first) {
            naming.same_title = naming.same_title && first->def && tag->def && strcmp(first->def->title, tag->def->title) == 0;
            naming.same_node = naming.same_node && first->node == tag->node && tag->node != NO_NODE;
        }
        first = first ? first : tag;
        if (tag->def)
            continue;
        model_tag_key(model, bound->items[i].index, key, sizeof key);
        if (!before[0])
            memcpy(before, key, sizeof before);
        size_t n = 0, slash = 0;
        for (; key[n] && key[n] == before[n]; n++)
            slash = key[n] == '/' || key[n] == '#' || key[n] == ':' ? n + 1 : slash;
        before[key[n] || before[n] ? slash : n] = '\0';
        naming.common = strlen(before);
    }
    return naming;
}

/* The last two parts of a key say what it is, as far as all do not begin with them. */
static const char *key_tail(const char *key, size_t common)
{
    size_t length = strlen(key), at = length, parts = 0;
    if (common < length)
        return key + common;
    while (at > 0 && (parts += key[at - 1] == '/' || key[at - 1] == '#' || key[at - 1] == ':') < 2)
        at--;
    return key + at;
}

static void label_of(const struct model *model, const struct naming *naming, size_t count, const struct panels_item *item, char out[PANELS_LABEL])
{
    const struct plant *plant = model_plant(model);
    char key[KEY_BYTES];
    if (item->node) {
        snprintf(out, PANELS_LABEL, "%s", plant->nodes[item->index].title);
        return;
    }
    const struct tag *tag = model_tag(model, item->index);
    if (!tag->def || tag->node == NO_NODE) {
        model_tag_key(model, item->index, key, sizeof key);
        snprintf(out, PANELS_LABEL, "%s", key_tail(key, count > 1 ? naming->common : strlen(key)));
    } else if (count == 1 || naming->same_node) {
        snprintf(out, PANELS_LABEL, "%s", tag->def->title);
    } else if (naming->same_title) {
        snprintf(out, PANELS_LABEL, "%s", plant->nodes[tag->node].title);
    } else {
        snprintf(out, PANELS_LABEL, "%s %s", plant->nodes[tag->node].title, tag->def->title);
    }
}

void panels_title(const struct scene *scene, const struct panel *panel, const struct panels_bound *bound, char *out, size_t cap)
{
    const struct plant *plant = model_plant(scene->model);
    struct naming naming = name_all(scene->model, bound);
    const struct panels_item *first = bound->count ? &bound->items[0] : NULL;
    uint32_t node = first && !first->node ? model_tag(scene->model, first->index)->node : NO_NODE;
    if (panel->title[0])
        snprintf(out, cap, "%s", panel->title);
    else if (!first || first->node || node == NO_NODE)
        snprintf(out, cap, "%s", panel->tags[0] ? panel->tags : panel->lines[0] ? panel->lines : panel->widget);
    else if (bound->count == 1)
        snprintf(out, cap, "%s %s", plant->nodes[node].title, tag_title(scene->model, first->index));
    else if (naming.same_node)
        snprintf(out, cap, "%s", plant->nodes[node].title);
    else if (naming.same_title)
        snprintf(out, cap, "%s", tag_title(scene->model, first->index));
    else
        snprintf(out, cap, "%s", panel->tags);
}

/* ---- readings ---- */

static int64_t span_of(const struct panel *panel, const struct widget *widget, size_t count)
{
    if (panel->span_ms > 0)
        return panel->span_ms;
    if (!widget->series)
        return BAND_SPAN;
    return widget->days && count == 1 ? DAYS_SPAN : TREND_SPAN;
}

void panels_readings(struct panels_frame *frame, const struct panel *panel, const struct panels_bound *bound, const struct widget *widget, size_t first, size_t count, int w,
    struct reading *readings, char (*labels)[PANELS_LABEL])
{
    const struct model *model = frame->scene->model;
    struct naming naming = name_all(model, bound);
    int64_t span = span_of(panel, widget, bound->count);
    bool days = widget->days && bound->count == 1 && span > DAY;
    for (size_t i = 0; i < count; i++) {
        const struct panels_item *item = &bound->items[first + i];
        struct reading *reading = &readings[i];
        if (item->node)
            reading_of_node(reading, model, item->index, span);
        else
            reading_of_tag(reading, model, item->index);
        label_of(model, &naming, bound->count, item, labels[i]);
        reading->label = labels[i];
        reading->span_ms = span;
        if (panel->decimals >= 0 && reading->has_number && reading->text == reading->text_space) {
            reading->decimals = panel->decimals;
            number_text(reading->number, reading->decimals, true, reading->text_space);
        }
        if (panel->has_range) {
            reading->has_range = true;
            reading->range[0] = panel->range[0];
            reading->range[1] = panel->range[1];
        }
        bool curve = widget->series && !item->node && model_tag(model, item->index)->value.kind != VALUE_TEXT;
        if (curve && (!widget->most || i < widget->most))
            reading->series = panels_series(frame, item->index, span, days, plot_columns(TIER_FULL, w));
    }
}
