/*
 * faceplate: everything that is known of one tag, drawn over another view: its value, how far it can be trusted, where it
 * stands in its range, its last ten minutes, when and how it came, and the payload that brought it. It keeps no state; what
 * does not fit goes from the bottom.
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/common.h"
#include "views/trends.h"

enum { BIG_H = 5, BIG_LEAST_H = 15, BIG_LEAST_W = 44, TREND_MOST_H = 8, HOURS_LEAST_W = 70, HOURS_LEAST_H = 4, HOURS_SPAN_MS = 8 * 3600000, LABEL_W = 9, STATES_SPAN_MS = 4 * 3600000 };

static void draw_label(struct surface s, int y, const char *label, enum cell_role role, const char *text)
{
    surface_text(s, 0, y, CELL_DIM, label);
    surface_text_fit(s, LABEL_W, y, s.w - LABEL_W, role, text);
}

/* Trust, age, rate: what must stand beside a number. */
static void draw_trust(const struct model *model, uint32_t index, const struct reading *reading, struct surface s)
{
    char text[LABEL_TEXT], age[SPAN_TEXT];
    trust_text(model, index, text, sizeof text);
    enum cell_role role = reading->trust == TRUST_GOOD ? CELL_OK : reading_role(reading);
    surface_text_fit(s, 0, 0, s.w, role, text);
    if (reading->age_ms < 0)
        return;
    age_text(reading->age_ms, age);
    int x = surface_format(s, 0, 1, CELL_TEXT, "%s%s old", reading->age_at_least ? "at least " : "", age);
    double rate = model_rate(model, index);
    if (rate >= 0 && reading->trust != TRUST_STALE && reading->trust != TRUST_UNCONFIRMED)
        surface_format(s, x, 1, CELL_TEXT, ", %.1f a minute", rate);
    int outside = reading_outside(reading);
    if (outside) {
        char limit[NUMBER_TEXT];
        number_text(reading->normal[outside > 0 ? 1 : 0], DECIMALS_AUTO, true, limit);
        surface_format(s, 0, 2, CELL_WARN, "%s its normal band: %s %s", outside > 0 ? "above" : "below", limit, reading->unit);
    }
}

static void draw_value(const struct scene *scene, uint32_t index, struct reading *reading, struct surface s)
{
    if (s.h >= BIG_H) {
        int digits_w = s.w / 2;
        struct surface left = surface_sub(s, rect_of(0, 0, digits_w, s.h));
        if (reading->has_number)
            draw_widget("big", reading, left);
        else
            surface_text_fit(left, 0, 0, left.w, reading_role(reading), reading->trust == TRUST_NEVER ? "never" : reading->text);
        draw_trust(scene->model, index, reading, surface_sub(s, rect_of(digits_w + 1, 0, s.w - digits_w - 1, s.h)));
        return;
    }
    reading_mark(reading, s, 0, 0);
    int x = surface_text_fit(s, 2, 0, s.w - 2, reading_role(reading), reading->trust == TRUST_NEVER ? "never" : reading->text);
    surface_text_fit(s, x + 1, 0, s.w - x - 1, CELL_DIM, reading->unit);
    draw_trust(scene->model, index, reading, surface_sub(s, rect_of(0, 1, s.w, s.h - 1)));
}

static void draw_range(const struct reading *reading, struct surface s)
{
    if (reading->has_range || reading->has_normal)
        draw_widget("bar", reading, s);
    else if (reading->has_number)
        surface_text(s, 0, 0, CELL_DIM, "needs range or normal for a bar");
}

/* Of a state: what the node did in the last hours. */
static void draw_states(const struct model *model, uint32_t node, struct surface s)
{
    char scale[LABEL_TEXT * 2];
    int64_t cell = band_cell_ms(s.w, STATES_SPAN_MS);
    band_scale(&model_plant(model)->zone, model_wall(model), cell, s.w, scale, sizeof scale);
    surface_text(s, 0, 0, CELL_DIM, scale);
    draw_band(model, node, cell, surface_sub(s, rect_of(0, 1, s.w, 1)));
}

/* The last ten minutes, from the model alone. */
static void draw_minutes(const struct reading *reading, struct surface s)
{
    draw_widget("spark", reading, surface_sub(s, rect_of(0, 0, s.w, s.h - 1)));
    struct surface axis = surface_sub(s, rect_of(s.w >= 30 ? 9 : 0, s.h - 1, s.w - (s.w >= 30 ? 9 : 0), 1));
    surface_text(axis, 0, 0, CELL_DIM, "-10m");
    surface_text(axis, axis.w / 2 - 2, 0, CELL_DIM, "-5m");
    surface_text_right(axis, axis.w - 4, 0, 4, CELL_DIM, "now");
}

/* The last eight hours, from the history: a trends view of one tag. */
static void draw_hours(const struct scene *scene, struct surface s)
{
    struct trends trends = {.count = 1, .zoomed = (uint8_t)(timeline_zoom(HOURS_SPAN_MS) + 1), .scale = TRENDS_FITTED};
    struct trends_picture picture;
    struct rect body = surface_rect(s);
    memcpy(trends.tags[0], scene->focus.tag, sizeof trends.tags[0]);
    trends_picture_init(&picture, &trends, scene, trends_columns(s));
    trends_foot(&picture, surface_sub(s, rect_cut_bottom(&body, 1)));
    const struct curve *curve = &picture.curves[0];
    if (curve->why[0] || (curve->loading && curve->ring))
        surface_text_fit(surface_sub(s, body), 0, 0, s.w, CELL_DIM, curve->why[0] ? curve->why : "loading 8 hours");
    else
        trends_area(&picture, surface_sub(s, body));
    trends_picture_finish(&picture);
}

static void draw_trend(const struct scene *scene, uint32_t index, const struct reading *reading, struct surface s)
{
    const struct model *model = scene->model;
    const struct tag *tag = model_tag(model, index);
    if (tag->def && tag->def->kind == KIND_STATE && tag->node != NO_NODE) {
        draw_states(model, tag->node, s);
        return;
    }
    if (!reading->ring || !reading->has_number) {
        bool never = reading->trust == TRUST_NEVER || reading->has_number;
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, never ? "no trend yet" : "no trend: not a number");
        return;
    }
    if (!scene->recall || s.w < HOURS_LEAST_W || s.h < HOURS_LEAST_H) {
        draw_minutes(reading, s);
        return;
    }
    struct rect body = surface_rect(s);
    draw_minutes(reading, surface_sub(s, rect_cut_left(&body, s.w * 2 / 5)));
    rect_cut_left(&body, 1);
    draw_hours(scene, surface_sub(s, body));
}

/* ---- its alarms ---- */

enum { ALARM_ROWS = 6, LIMIT_W = 12 };

struct face_condition { uint32_t alarm; size_t condition; };

/* Every condition of the tag's own alarms. */
static size_t list_conditions(const struct plant *plant, uint32_t tag, struct face_condition list[ALARM_ROWS])
{
    size_t uses, count = 0;
    const struct alarm_use *use = tag < plant->tag_count ? plant_alarm_uses(plant, INPUT_TAG, tag, &uses) : NULL;
    for (size_t u = 0; use && u < uses; u++)
        for (size_t c = 0; plant->alarms[use[u].alarm].tag == tag && c < plant->alarms[use[u].alarm].def->condition_count && count < ALARM_ROWS; c++)
            list[count++] = (struct face_condition){use[u].alarm, c};
    return count;
}

/* What the alarm says of itself stands at the condition that is its worst. */
static void draw_condition(const struct model *model, struct face_condition at, int title_w, struct surface s)
{
    const struct alarm *alarm = model_alarm(model, at.alarm);
    const struct alarm_condition_def *condition = &model_plant(model)->alarms[at.alarm].def->conditions[at.condition];
    bool shown = alarm->shown_condition == at.condition && alarm_shown(alarm) != ALARM_NORM;
    char limit[ALARM_FIGURE], text[LABEL_TEXT] = "", span[SPAN_TEXT];
    condition_text_limit(condition, limit);
    if (shown)
        draw_alarm_marker(model, at.alarm, s, 0, 0);
    else
        draw_priority(s, 0, 0, CELL_DIM, condition->priority);
    span_text(alarm_for_ms(model, alarm), span);
    if (shown)
        snprintf(text, sizeof text, "%s%s%s", alarm_shown_table[alarm_shown(alarm)].title, alarm_seen(alarm) ? ", " : "", alarm_seen(alarm) ? span : "");
    int x = MARKER_W + 1;
    surface_text_fit(s, x, 0, title_w, shown ? CELL_TEXT : CELL_DIM, condition->title);
    x += title_w + 1;
    struct surface cell = surface_sub(s, rect_of(x, 0, LIMIT_W, 1));
    int end = surface_text_fit(cell, 0, 0, LIMIT_W, CELL_TEXT, limit);
    if (limit[0])
        surface_text_fit(cell, end + 1, 0, LIMIT_W - end - 1, CELL_DIM, model_plant(model)->tags[model_plant(model)->alarms[at.alarm].tag].def->unit);
    x += LIMIT_W + 1;
    if (x < s.w)
        surface_text_fit(s, x, 0, s.w - x, alarm_unacked(alarm) ? CELL_TEXT : CELL_DIM, text);
}

static void draw_alarms(const struct model *model, uint32_t tag, struct surface s)
{
    struct face_condition list[ALARM_ROWS];
    size_t count = list_conditions(model_plant(model), tag, list);
    int most = s.w - MARKER_W - LIMIT_W - 2, title_w = 1;
    for (size_t i = 0; i < count; i++) {
        int w = text_width(model_plant(model)->alarms[list[i].alarm].def->conditions[list[i].condition].title);
        title_w = w > title_w ? w : title_w;
    }
    for (size_t i = 0; i < count && (int)i < s.h; i++)
        draw_condition(model, list[i], title_w < most ? title_w : most, surface_sub(s, rect_of(0, (int)i, s.w, 1)));
}

/* ---- where it came from ---- */

enum { DETAIL_ROWS = 5 };

static const char *time_origin(uint8_t flags)
{
    if (flags & SAMPLE_TIME_REPLACED)
        return "of arrival: the source's was not credible";
    return flags & SAMPLE_SOURCE_TIME ? "by the source" : "of arrival, the source gave none";
}

static void draw_details(const struct scene *scene, uint32_t index, struct surface s)
{
    const struct model *model = scene->model;
    const struct tag *tag = model_tag(model, index);
    const struct zone *zone = &model_plant(model)->zone;
    char text[KEY_BYTES + 64], clock[SPAN_TEXT], key[KEY_BYTES];
    model_tag_key(model, index, key, sizeof key);
    draw_label(s, 0, "key", CELL_TEXT, key);
    if (tag->count == 0)
        return;
    clock_text(zone, tag->time_ms, clock);
    int written = snprintf(text, sizeof text, "%s.%03d %s", clock, (int)((tag->time_ms % 1000 + 1000) % 1000),
        time_origin(tag->flags));
    clock_text(zone, tag->changed_ms, clock);
    if (written > 0 && (size_t)written < sizeof text)
        snprintf(text + written, sizeof text - (size_t)written, ", changed %s", clock);
    draw_label(s, 1, "time", CELL_TEXT, text);
    snprintf(text, sizeof text, "%llu   series %u   quality %u", (unsigned long long)tag->count, tag->series, tag->quality);
    draw_label(s, 2, "samples", CELL_TEXT, text);
    draw_label(s, 3, "topic", CELL_TEXT, scene->raw_topic[0] ? scene->raw_topic : "not kept any more");
    draw_label(s, 4, "payload", CELL_TEXT, scene->raw_payload);
}

static void draw_title(const struct scene *scene, uint32_t index, const struct reading *reading, struct surface s)
{
    const struct tag *tag = model_tag(scene->model, index);
    char crumb[KEY_BYTES] = "discovered";
    if (tag->node != NO_NODE)
        node_crumb(model_plant(scene->model), tag->node, crumb, sizeof crumb);
    char key[KEY_BYTES];
    model_tag_key(scene->model, index, key, sizeof key);
    int x = surface_text_fit(s, 0, 0, s.w, CELL_TITLE, reading->title[0] ? reading->title : key);
    if (text_width(crumb) + x + 2 <= s.w)
        surface_text_right(s, x + 2, 0, s.w - x - 2, CELL_DIM, crumb);
}

static void faceplate_draw(void *state, const struct scene *scene, struct surface s)
{
    (void)state;
    uint32_t index = scene->focus.tag[0] ? model_find(scene->model, scene->focus.tag) : NO_TAG;
    if (index == NO_TAG) {
        surface_format(s, 0, 0, CELL_DIM, "no tag %s", scene->focus.tag);
        return;
    }
    struct reading reading;
    reading_of_tag(&reading, scene->model, index);
    struct rect body = surface_rect(s);
    bool big = s.h >= BIG_LEAST_H && s.w >= BIG_LEAST_W;
    draw_title(scene, index, &reading, surface_sub(s, rect_cut_top(&body, 1)));
    if (big)
        rect_cut_top(&body, 1);
    draw_value(scene, index, &reading, surface_sub(s, rect_cut_top(&body, big ? BIG_H : reading_outside(&reading) ? 4 : 3)));
    if (big)
        rect_cut_top(&body, 1);
    if (reading.has_number)
        draw_range(&reading, surface_sub(s, rect_cut_top(&body, 1)));
    struct face_condition conditions[ALARM_ROWS];
    int alarms = (int)list_conditions(model_plant(scene->model), index, conditions), spare_h = body.h - DETAIL_ROWS - 3;
    if (alarms > 0 && body.h > 0) {
        int rows = alarms <= spare_h ? alarms : spare_h > 1 ? spare_h : 1;
        draw_alarms(scene->model, index, surface_sub(s, rect_cut_top(&body, rows)));
        if (body.h > DETAIL_ROWS + 6)
            rect_cut_top(&body, 1);
    }
    if (body.h > DETAIL_ROWS + 2) {
        int spare = body.h - DETAIL_ROWS, trend_h = spare - 1 < TREND_MOST_H ? spare - (big ? 1 : 0) : TREND_MOST_H;
        draw_trend(scene, index, &reading, surface_sub(s, rect_cut_top(&body, trend_h)));
        if (body.h > DETAIL_ROWS)
            rect_cut_top(&body, 1);
    }
    draw_details(scene, index, surface_sub(s, body));
}

static bool faceplate_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    (void)state;
    if (key_is(key, 'v') && scene->focus.tag[0]) {
        *request = (struct request){.kind = REQUEST_TREND, .focus = scene->focus};
        return true;
    }
    if (key.code != KEYC_ESC && key.code != KEYC_ENTER)
        return false;
    *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
    return true;
}

static const struct key_row faceplate_keys[] = {
    {"Esc", "close", "closes the faceplate", 1},
    {"v", "trend", "takes the value into the trends view", 2},
};

const struct view faceplate_view = {
    .name = "faceplate", .title = "FACEPLATE",
    .help = "Everything that is known of one value: trust, age, range, its alarms and their limits, the last ten minutes and eight hours, and the message that brought it.",
    .keys = faceplate_keys, .key_count = sizeof faceplate_keys / sizeof faceplate_keys[0],
    .draw = faceplate_draw, .key = faceplate_key,
};
