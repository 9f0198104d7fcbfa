/*
 * Where the curves of a drawing come from. A column is what the history answers, or the newest answer like it while that is being fetched;
 * then what the model knows better: the value that stands now, and for what is not kept at all the ring of the last ten minutes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "views/trends.h"

enum { LEAST_ZOOM = 3, DEFAULT_ZOOM = 5, LAPSES = 3, PARTS = 5 };

/* ---- the stretch ---- */

static bool knows_begin(const struct trends *trends, const struct scene *scene)
{
    return trends->began_ms != 0 && scene->now_ms >= trends->seen_ms;
}

int64_t trends_span(const struct trends *trends, const struct scene *scene)
{
    if (trends->span_ms > 0)
        return trends->span_ms;
    if (trends->zoomed)
        return timeline_zooms[trends->zoomed - 1];
    int zoom = knows_begin(trends, scene) ? timeline_zoom(scene->now_ms - trends->began_ms) : DEFAULT_ZOOM;
    return timeline_zooms[zoom < LEAST_ZOOM ? LEAST_ZOOM : zoom > DEFAULT_ZOOM ? DEFAULT_ZOOM : zoom];
}

struct timeline trends_window(const struct trends *trends, const struct scene *scene, int columns)
{
    int64_t last = trends->standing && trends->end_ms < scene->now_ms ? trends->end_ms : scene->now_ms;
    return timeline_to(&model_plant(scene->model)->zone, last, trends_span(trends, scene), columns);
}

int trends_cursor(const struct trends *trends, const struct timeline *line)
{
    int column = trends->cursor_ms ? timeline_column(line, trends->cursor_ms) : line->columns - 1;
    return column < 0 ? 0 : column >= line->columns ? line->columns - 1 : column;
}

/* ---- columns ---- */

void columns_onto(const struct answer *answer, const struct timeline *line, struct column *columns)
{
    const struct want *want = &answer->want;
    size_t count = answer->column_count;
    double step = count > 0 ? (double)(want->to_ms - want->from_ms) / (double)count : 0;
    series_onto(&(struct series){.columns = answer->columns, .count = count, .from_ms = want->from_ms, .step_ms = step}, line, columns);
}

void columns_of_ring(const struct model *model, uint32_t tag, int64_t now_ms, const struct timeline *line, struct column *columns)
{
    const struct ring *ring = model_tag(model, tag)->ring;
    int64_t elapsed = model_elapsed(model);
    memset(columns, 0, (size_t)line->columns * sizeof *columns);
    for (int back = RING_COLUMNS - 1; ring && back >= 0; back--) {
        struct column sample = {.state = COLUMN_FILLED, .count = 2};
        if (!ring_at(ring, elapsed, back, &sample.low, &sample.high))
            continue;
        sample.mean = sample.last = (sample.low + sample.high) / 2;
        int64_t start = now_ms - (elapsed - (elapsed / RING_STEP_MS - back) * RING_STEP_MS), end = start + RING_STEP_MS < now_ms ? start + RING_STEP_MS : now_ms;
        int first = timeline_column(line, start), last = timeline_column(line, end - 1);
        for (int x = first < 0 ? 0 : first; x <= last && x < line->columns; x++)
            column_merge(&columns[x], &sample);
    }
}

static bool live_value(const struct model *model, uint32_t index, double *value)
{
    enum tag_trust trust = model_trust(model, index);
    return (trust == TRUST_GOOD || trust == TRUST_UNCERTAIN) && value_number(model_tag(model, index)->value, value);
}

void columns_live(const struct model *model, uint32_t index, int64_t now_ms, const struct timeline *line, struct column *columns)
{
    const struct tag *tag = model_tag(model, index);
    int now = timeline_column(line, now_ms), since = timeline_column(line, tag->time_ms);
    double value;
    for (int x = now < 0 ? 0 : now + 1; x < line->columns; x++)
        columns[x] = (struct column){.state = COLUMN_EMPTY};
    if (now < 0 || now >= line->columns || tag->time_ms > now_ms || !live_value(model, index, &value))
        return;
    struct column held = {.state = COLUMN_HELD, .low = value, .high = value, .mean = value, .last = value};
    struct column sample = held;
    sample.state = COLUMN_FILLED;
    sample.count = 1;
    for (int x = since < 0 ? 0 : since; x <= now; x++) {
        bool fresh = x == since && !(tag->flags & SAMPLE_RETAINED);
        if (columns[x].state == COLUMN_FILLED && fresh) { /* it may be counted already; extremes and the last are right in any case */
            columns[x].low = fmin(columns[x].low, value);
            columns[x].high = fmax(columns[x].high, value);
            columns[x].last = value;
        } else if (columns[x].state != COLUMN_FILLED) {
            columns[x] = fresh ? sample : held;
        }
    }
}

/* ---- curves ---- */

struct want columns_want(const struct model *model, uint32_t tag, const char *key, const struct timeline *line)
{
    const struct tag_def *def = tag == NO_TAG ? NULL : model_tag(model, tag)->def;
    struct want want = {.kind = WANT_COLUMNS, .from_ms = line->from_ms, .to_ms = timeline_end(line), .columns = (uint16_t)line->columns,
        .hold_ms = def ? def->interval_ms * LAPSES : 0};
    memcpy(want.path, key, strlen(key) + 1);
    const struct plant *plant = model_plant(model);
    uint16_t broker = def && plant->broker_count > 1 ? plant_tag_broker(plant, tag) : ANY_BROKER;
    if (broker < plant->broker_count)
        snprintf(want.source, sizeof want.source, "broker:%.80s", plant->brokers[broker].name);
    return want;
}

static struct column *read_shadow(const struct trends_picture *picture, const struct curve *curve)
{
    struct want want = columns_want(picture->scene->model, curve->tag, curve->key, &picture->shadow_line);
    const struct answer *answer = recall_want(picture->scene->recall, &want);
    if (!answer || answer->why[0])
        return NULL;
    struct column *columns = mem_zero((size_t)picture->line.columns, sizeof *columns);
    columns_onto(answer, &picture->shadow_line, columns);
    return columns;
}

/* The window moved on by a column: what is missing is what the model knows. */
static bool hardly_moved(const struct answer *like, const struct want *want, int64_t step_ms)
{
    int64_t by = want->from_ms - like->want.from_ms;
    return by >= 0 && by <= step_ms && want->to_ms - like->want.to_ms == by;
}

/* While the answer is fetched the newest like it stands there; but none of the shifted stretch, which is another day. */
static const struct answer *read_answer(const struct trends_picture *picture, struct curve *curve)
{
    struct want want = columns_want(picture->scene->model, curve->tag, curve->key, &picture->line);
    const struct answer *answer = recall_want(picture->scene->recall, &want);
    if (answer)
        return answer;
    answer = recall_like(picture->scene->recall, &want);
    curve->loading = picture->scene->recall && !(answer && !picture->trends->standing && hardly_moved(answer, &want, picture->line.step_ms));
    return answer;
}

static void read_curve(struct trends_picture *picture, struct curve *curve)
{
    const struct scene *scene = picture->scene;
    const struct model *model = scene->model;
    curve->columns = mem_zero((size_t)picture->line.columns, sizeof *curve->columns);
    curve->tag = model_find(model, curve->key);
    curve->why = curve->tier = "";
    if (curve->tag != NO_TAG) {
        const struct tag *tag = model_tag(model, curve->tag);
        curve->words = tag->value.kind == VALUE_TEXT || (tag->def && tag->def->kind == KIND_TEXT);
    }
    if (curve->words)
        return;
    const struct answer *answer = read_answer(picture, curve);
    if (answer && !answer->why[0]) {
        curve->tier = answer->tier;
        columns_onto(answer, &picture->line, curve->columns);
    } else if (curve->tag != NO_TAG) {
        curve->ring = true;
        curve->why = answer ? answer->why : "";
        columns_of_ring(model, curve->tag, scene->now_ms, &picture->line, curve->columns);
    }
    if (curve->tag != NO_TAG)
        columns_live(model, curve->tag, scene->now_ms, &picture->line, curve->columns);
    if (picture->trends->overlay != TRENDS_NOTHING)
        curve->shadow = read_shadow(picture, curve);
}

/* ---- scales ---- */

/* The configured range, wider where something was seen outside it; else what is seen, with round ends. */
static struct scale scale_for(const struct trends_picture *picture, const struct curve *curve)
{
    const struct tag_def *def = curve->tag == NO_TAG ? NULL : model_tag(picture->scene->model, curve->tag)->def;
    double ends[2] = {0, 1}, shadow[2];
    bool any = series_ends(curve->columns, picture->line.columns, ends);
    if (curve->shadow && series_ends(curve->shadow, picture->line.columns, shadow)) {
        ends[0] = any ? fmin(ends[0], shadow[0]) : shadow[0];
        ends[1] = any ? fmax(ends[1], shadow[1]) : shadow[1];
        any = true;
    }
    bool by_range = def && def->has_range && picture->trends->scale == TRENDS_OWN;
    if (def && def->kind == KIND_BOOL)
        return scale_of(0, 1);
    if (by_range && (!any || (ends[0] >= def->range[0] && ends[1] <= def->range[1])))
        return scale_of(def->range[0], def->range[1]);
    if (!any)
        return scale_of(0, 1);
    if (by_range)
        return scale_round(fmin(ends[0], def->range[0]), fmax(ends[1], def->range[1]), PARTS);
    return scale_round(ends[0], ends[1], PARTS);
}

static void set_scales(struct trends_picture *picture)
{
    struct scale common = {0, 1};
    bool any = false;
    for (size_t i = 0; i < picture->count; i++) {
        struct curve *curve = &picture->curves[i];
        curve->scale = scale_for(picture, curve);
        if (curve->words || curve->tag == NO_TAG)
            continue;
        common = any ? scale_union(common, curve->scale) : curve->scale;
        any = true;
    }
    if (!any || picture->trends->scale != TRENDS_COMMON)
        return;
    common = scale_round(common.low, common.high, PARTS);
    for (size_t i = 0; i < picture->count; i++)
        picture->curves[i].scale = common;
}

/* ---- what stands beside the curves ---- */

static struct want want_beside(enum want_kind kind, const struct timeline *line)
{
    return (struct want){.kind = kind, .from_ms = line->from_ms, .to_ms = timeline_end(line)};
}

static const struct answer *newest(struct recall *recall, const struct want *want)
{
    const struct answer *answer = recall_want(recall, want);
    return answer ? answer : recall_like(recall, want);
}

/* The node below which all shown tags are, for their events; "" for the whole plant. */
static void common_place(const struct trends_picture *picture, char path[KEY_BYTES])
{
    const struct plant *plant = model_plant(picture->scene->model);
    uint32_t place = NO_NODE;
    path[0] = '\0';
    for (size_t i = 0; i < picture->count; i++) {
        uint32_t node = picture->curves[i].tag == NO_TAG ? NO_NODE : model_tag(picture->scene->model, picture->curves[i].tag)->node;
        if (node == NO_NODE)
            continue;
        if (place == NO_NODE)
            place = node;
        while (place != 0 && (node < place || node >= plant->nodes[place].end))
            place = plant->nodes[place].parent;
    }
    if (place != NO_NODE && place != 0)
        plant_node_path(plant, place, path, KEY_BYTES);
}

static void read_beside(struct trends_picture *picture)
{
    const struct scene *scene = picture->scene;
    const struct plant *plant = model_plant(scene->model);
    struct want want = want_beside(WANT_EVENTS, &picture->line);
    want.changes = true;
    common_place(picture, want.path);
    picture->events = newest(scene->recall, &want);
    uint32_t tag = picture->curves[picture->selected].tag, node = tag == NO_TAG ? NO_NODE : model_tag(scene->model, tag)->node;
    /* A unit that tells no state stands under a line that may. */
    while (node != NO_NODE && !node_has_state(scene->model, node))
        node = plant->nodes[node].parent;
    if (node != NO_NODE && plant->nodes[node].constraint != NO_NODE)
        node = plant->nodes[node].constraint;
    picture->node = node;
    if (node == NO_NODE)
        return;
    want = want_beside(WANT_STATES, &picture->line);
    plant_node_path(plant, node, want.path, sizeof want.path);
    picture->states = newest(scene->recall, &want);
}

static void read_picture(struct trends_picture *picture, struct trends *trends, const struct scene *scene, int columns)
{
    static const int days[TRENDS_OVERLAYS] = {[TRENDS_YESTERDAY] = 1, [TRENDS_LAST_WEEK] = 7};
    const struct zone *zone = &model_plant(scene->model)->zone;
    *picture = (struct trends_picture){.trends = trends, .scene = scene, .count = trends->count, .selected = trends->selected, .node = NO_NODE};
    picture->line = trends_window(trends, scene, columns);
    picture->shadow_line = picture->line;
    picture->shadow_line.from_ms = timeline_days_ago(zone, picture->line.from_ms, days[trends->overlay]);
    picture->cursor = trends_cursor(trends, &picture->line);
    picture->at_now = timeline_column(&picture->line, scene->now_ms) == picture->cursor;
    if (picture->selected >= picture->count)
        picture->selected = picture->count ? picture->count - 1 : 0;
    for (size_t i = 0; i < picture->count; i++) {
        struct curve *curve = &picture->curves[i];
        *curve = (struct curve){.key = trends->tags[i], .role = (enum cell_role)(CELL_SERIES_1 + (int)(i % (CELL_SERIES_6 - CELL_SERIES_1 + 1))),
            .style = i > CELL_SERIES_6 - CELL_SERIES_1 ? PLOT_SHADED : PLOT_SOLID, .mark = (char)('1' + i)};
        read_curve(picture, curve);
    }
}

/* A plant that was heard of a minute ago has a minute to show, not an hour with an empty left. False when nothing is new. */
static bool find_begin(struct trends_picture *picture)
{
    struct trends *trends = picture->trends;
    int first = picture->line.columns;
    if (trends->zoomed || trends->span_ms || knows_begin(trends, picture->scene))
        return false;
    for (size_t i = 0; i < picture->count; i++) {
        if (picture->curves[i].loading)
            return false;
        for (int x = 0; x < first; x++)
            if (picture->curves[i].columns[x].state != COLUMN_EMPTY)
                first = x;
    }
    if (first == picture->line.columns)
        return false;
    int64_t before = first == 0 ? timeline_zooms[DEFAULT_ZOOM] : 0; /* there may be more of it */
    trends->began_ms = picture->line.from_ms + picture->line.step_ms * first - before;
    trends->seen_ms = picture->scene->now_ms;
    return trends_span(trends, picture->scene) != timeline_zooms[DEFAULT_ZOOM];
}

void trends_picture_init(struct trends_picture *picture, struct trends *trends, const struct scene *scene, int columns)
{
    int most = columns < RECALL_COLUMNS ? columns : RECALL_COLUMNS;
    read_picture(picture, trends, scene, most);
    if (find_begin(picture)) {
        trends_picture_finish(picture);
        read_picture(picture, trends, scene, most);
    }
    trends->columns = picture->line.columns;
    set_scales(picture);
    if (picture->count)
        read_beside(picture);
}

void trends_picture_finish(struct trends_picture *picture)
{
    for (size_t i = 0; i < picture->count; i++) {
        free(picture->curves[i].columns);
        free(picture->curves[i].shadow);
        picture->curves[i].columns = picture->curves[i].shadow = NULL;
    }
}
