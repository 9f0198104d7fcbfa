/*
 * Places, texts and scales that views share; the cells of tables are in cells.c. Nothing here keeps state.
 */
#include "views/common.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"

enum { MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000, DAY_MS = 24 * 3600000, SCALE_LEAST_GAP = 4 };

uint32_t focus_node(const struct scene *scene)
{
    return scene->focus.node[0] ? plant_node_by_path(model_plant(scene->model), scene->focus.node) : NO_NODE;
}

struct focus focus_on_node(const struct scene *scene, uint32_t node)
{
    struct focus focus = scene->focus;
    plant_node_path(model_plant(scene->model), node, focus.node, sizeof focus.node);
    return focus;
}

struct focus focus_on_tag(const struct scene *scene, uint32_t tag)
{
    struct focus focus = scene->focus;
    model_tag_key(scene->model, tag, focus.tag, sizeof focus.tag);
    return focus;
}

struct request trend_of_node(const struct scene *scene, uint32_t node)
{
    struct request request = {.kind = REQUEST_TREND, .focus = focus_on_node(scene, node)};
    request.focus.tag[0] = '\0';
    return request;
}

int64_t call_overdue_ms(const struct model *model, const struct call *call)
{
    const struct plant *plant = model_plant(model);
    int64_t late = call->kind < plant->call_kind_count ? plant->call_kinds[call->kind].late_ms : CALL_LATE_MS;
    return call->taken_ms || late <= 0 ? -1 : model_wall(model) - call->raised_ms - late;
}

struct request why_of_node(const struct scene *scene, uint32_t node, int64_t at_ms)
{
    struct request request = {.kind = REQUEST_WHY, .focus = scene->focus};
    request.focus.alarm[0] = '\0';
    request.focus.at_ms = 0;
    plant_node_path(model_plant(scene->model), node, request.focus.about, sizeof request.focus.about);
    request.focus.about_ms = at_ms;
    return request;
}

struct request why_of_alarm(const struct scene *scene, uint32_t alarm)
{
    struct request request = {.kind = REQUEST_WHY, .focus = scene->focus};
    request.focus.about[0] = '\0';
    plant_alarm_key(model_plant(scene->model), alarm, request.focus.alarm, sizeof request.focus.alarm);
    request.focus.at_ms = model_alarm(scene->model, alarm)->raised_ms;
    return request;
}

/* Appends text, cut at cap. */
static void append(char *out, size_t cap, const char *text)
{
    size_t used = strlen(out);
    if (used < cap)
        snprintf(out + used, cap - used, "%s", text);
}

void node_crumb(const struct plant *plant, uint32_t node, char *out, size_t cap)
{
    uint32_t path[LEVEL_UNIT + 1];
    int depth = 0;
    out[0] = '\0';
    for (uint32_t n = node; n != NO_NODE && depth <= LEVEL_UNIT; n = plant->nodes[n].parent)
        path[depth++] = n;
    for (int i = depth > 1 ? depth - 2 : 0; i >= 0 && depth > 0; i--) {
        append(out, cap, plant->nodes[path[i]].title);
        if (i > 0)
            append(out, cap, " > ");
    }
}

uint32_t worst_line(const struct model *model, uint32_t within)
{
    const struct plant *plant = model_plant(model);
    uint32_t first = within == NO_NODE ? 0 : within, end = plant->nodes[first].end, found = NO_NODE;
    const struct node_state *worst = NULL;
    for (uint32_t n = plant_line_from(plant, first); n < end; n = plant_line_from(plant, plant->nodes[n].end)) {
        const struct node_state *state = model_line_state(model, n);
        bool stopped = state->class == CLASS_STOP && state->since_ms > 0;
        if (found == NO_NODE || (stopped && (!worst || state->since_ms < worst->since_ms)))
            found = n;
        if (stopped && found == n)
            worst = state;
    }
    return found;
}

/* ---- filters ---- */

bool filter_matches(const char *filter, const char *text)
{
    return text_matches(filter, text);
}

void node_haystack(const struct plant *plant, uint32_t node, char *out, size_t cap)
{
    out[0] = '\0';
    for (uint32_t n = node; n != NO_NODE && plant->nodes[n].level != LEVEL_SITE; n = plant->nodes[n].parent) {
        const char *const words[] = {plant->nodes[n].name, plant->nodes[n].title, plant->nodes[n].alias};
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            append(out, cap, words[i]);
            append(out, cap, " ");
        }
    }
}

/* ---- texts ---- */

void weekday_clock_text(const struct zone *zone, int64_t utc_ms, char out[SPAN_TEXT])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    char clock[SPAN_TEXT];
    clock_text(zone, utc_ms, clock);
    snprintf(out, SPAN_TEXT, "%.3s %.8s", days[zone_civil(zone, utc_ms).weekday % 7], clock);
}

void when_text(const struct model *model, int64_t ms, char out[SPAN_TEXT])
{
    char text[48];
    int64_t ago = model_wall(model) - ms;
    date_clock_text(&model_plant(model)->zone, ms, text); /* "Wed 2024-06-12 11:52:05" */
    if (ago < DAY_MS)
        snprintf(out, SPAN_TEXT, "%.5s", text + 15);
    else if (ago < 7 * DAY_MS)
        snprintf(out, SPAN_TEXT, "%.3s %.5s", text, text + 15);
    else
        snprintf(out, SPAN_TEXT, "%.10s", text + 4);
}

void since_text(const struct model *model, int64_t ms, char out[SPAN_TEXT])
{
    char when[SPAN_TEXT];
    when_text(model, ms, when);
    snprintf(out, SPAN_TEXT, "since %.17s", when);
}

void bytes_text(double bytes, char out[SPAN_TEXT])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        bytes /= 1024;
    char number[NUMBER_TEXT] = "";
    bool whole = bytes >= 9.95 || fabs(bytes - round(bytes)) < 0.05;
    number_text(fmin(bytes, 99999), whole ? 0 : 1, false, number);
    snprintf(out, SPAN_TEXT, "%.8s %.3s", number, units[unit]);
}

int64_t state_for_ms(const struct model *model, const struct node_state *state)
{
    int64_t span = model_wall(model) - state->since_ms;
    return state->since_ms > 0 && span > 0 ? span : 0;
}

void publisher_text(const struct model *model, uint32_t publisher, char *out, size_t cap)
{
    struct publisher p;
    char name[KEY_BYTES];
    model_publisher(model, publisher, &p);
    model_publisher_name(model, publisher, name, sizeof name);
    const char *slash = strrchr(name, '/');
    snprintf(out, cap, "%s", p.node != NO_NODE ? model_plant(model)->nodes[p.node].title : slash ? slash + 1 : name);
}

void trust_text(const struct model *model, uint32_t index, char *out, size_t cap)
{
    const struct tag *tag = model_tag(model, index);
    char span[SPAN_TEXT];
    switch (model_trust(model, index)) {
    case TRUST_NEVER:
        snprintf(out, cap, "never heard");
        break;
    case TRUST_GOOD:
        snprintf(out, cap, tag->flags & SAMPLE_RETAINED ? "good, kept by the broker" : "good");
        break;
    case TRUST_UNCERTAIN:
        snprintf(out, cap, "uncertain, says the source");
        break;
    case TRUST_BAD:
        snprintf(out, cap, tag->value.kind == VALUE_NULL ? "bad: not a value" : "bad, says the source");
        break;
    case TRUST_UNCONFIRMED:
        if (tag->forsaken && model_dead_publisher(model, index) != NO_PUBLISHER) {
            char name[LABEL_TEXT];
            publisher_text(model, model_dead_publisher(model, index), name, sizeof name);
            snprintf(out, cap, "unconfirmed: %.80s is dead", name);
        } else {
            snprintf(out, cap, "unconfirmed: true when last heard");
        }
        break;
    case TRUST_STALE:
        if (tag->def && tag->def->interval_ms > 0) {
            span_text(tag->def->interval_ms, span);
            bool least;
            int64_t missed = model_age(model, index, &least) / tag->def->interval_ms;
            snprintf(out, cap, "stale: missed %lld of %s", (long long)missed, span);
        } else {
            snprintf(out, cap, "stale: its unit is silent");
        }
        break;
    }
}

bool tag_in_words(const struct model *model, uint32_t index)
{
    const struct tag *tag = model_tag(model, index);
    return tag->value.kind == VALUE_TEXT && tag->def && tag->def->kind != KIND_STATE && !tag->def->unit[0] && !tag->def->has_range;
}

/* What the first lost source said when it went; its name stands before it when another one lives or has said something else. */
static bool lost_why(const struct model *model, char *out, size_t cap)
{
    const struct source *lost = NULL;
    bool alone = true;
    for (size_t i = 0; i < model_source_count(model); i++)
        if (!lost && !model_source(model, i)->alive)
            lost = model_source(model, i);
    for (size_t i = 0; lost && i < model_source_count(model); i++)
        alone = alone && !model_source(model, i)->alive && strcmp(model_source(model, i)->detail, lost->detail) == 0;
    if (!lost)
        return false;
    const char *colon = strchr(lost->name, ':'), *name = colon ? colon + 1 : lost->name;
    if (!lost->detail[0])
        snprintf(out, cap, "broker %s lost", name);
    else
        snprintf(out, cap, "%s%s%s", alone ? "" : name, alone ? "" : ": ", lost->detail);
    return true;
}

/* Why nobody knows the line's state. */
static void unknown_why(const struct model *model, uint32_t node, char *out, size_t cap)
{
    const struct node_state *state = model_line_state(model, node);
    if (lost_why(model, out, cap))
        return;
    if (state->heard_elapsed_ms < 0) {
        snprintf(out, cap, "never heard");
        return;
    }
    uint32_t tag = model_role(model, node, ROLE_STATE);
    if (tag != NO_TAG && model_tag(model, tag)->forsaken && model_dead_publisher(model, tag) != NO_PUBLISHER) {
        char name[LABEL_TEXT];
        publisher_text(model, model_dead_publisher(model, tag), name, sizeof name);
        snprintf(out, cap, "%.80s is dead", name);
        return;
    }
    if (tag != NO_TAG && model_trust(model, tag) == TRUST_GOOD && !model_state_row(model, tag)) {
        struct reading told;
        reading_of_tag(&told, model, tag);
        snprintf(out, cap, "its map has no %s", told.text);
        return;
    }
    char span[SPAN_TEXT];
    span_text(model_elapsed(model) - state->heard_elapsed_ms, span);
    snprintf(out, cap, state->silent ? "silent %s" : "no state yet, heard %s ago", span);
}

void outside_text(const struct reading *reading, const char *unit, char *out, size_t cap)
{
    char limit[NUMBER_TEXT];
    bool above = reading_outside(reading) > 0;
    number_text(reading->normal[above ? 1 : 0], DECIMALS_AUTO, true, limit);
    snprintf(out, cap, "%s %c %s%s%s", reading->text, above ? '>' : '<', limit, unit[0] ? " " : "", unit);
}

void outside_brief(const struct reading *reading, char *out, size_t cap)
{
    char limit[NUMBER_TEXT], number[NUMBER_TEXT];
    bool above = reading_outside(reading) > 0;
    number_text(reading->normal[above ? 1 : 0], DECIMALS_AUTO, false, limit);
    number_text(reading->number, reading->decimals, false, number);
    snprintf(out, cap, "%s%c%s", number, above ? '>' : '<', limit);
}

static enum cell_role outside_why(const struct model *model, uint32_t tag, char *out, size_t cap)
{
    struct reading reading;
    char numbers[LABEL_TEXT];
    reading_of_tag(&reading, model, tag);
    outside_text(&reading, reading.unit, numbers, sizeof numbers);
    snprintf(out, cap, "%s %s", reading.title, numbers);
    return CELL_WARN;
}

static bool told_reason(const struct model *model, uint32_t node, char *out, size_t cap)
{
    uint32_t reason = model_role(model, node, ROLE_REASON);
    if (reason == NO_TAG || model_trust(model, reason) != TRUST_GOOD || !model_tag(model, reason)->text)
        return false;
    snprintf(out, cap, "%s", model_tag(model, reason)->text);
    return out[0] != '\0';
}

/* Of a line: which of its units stands, the first one to do so, and why. */
static bool stopped_unit_why(const struct model *model, uint32_t line, char *out, size_t cap)
{
    const struct plant *plant = model_plant(model);
    uint32_t found = NO_NODE, end = plant->nodes[line].end;
    for (uint32_t n = line; (n = model_next_stopped(model, n + 1, end, INT64_MAX)) != NO_NODE;) {
        const struct node_state *state = model_node(model, n);
        if (state->class == CLASS_STOP && state->since_ms > 0 && (found == NO_NODE || state->since_ms < model_node(model, found)->since_ms))
            found = n;
    }
    if (found == NO_NODE)
        return false;
    char reason[LABEL_TEXT] = "";
    bool told = told_reason(model, found, reason, sizeof reason);
    snprintf(out, cap, "%s %s", plant->nodes[found].title, told ? reason : state_class_table[CLASS_STOP].word);
    return true;
}

/* Its own maintenance, or that of what it is part of: who, and until when. */
static bool maintenance_why(const struct model *model, uint32_t node, char *out, size_t cap)
{
    const struct maintenance *m = NULL;
    char until[SPAN_TEXT] = "";
    for (uint32_t n = node; n != NO_NODE && !m; n = model_plant(model)->nodes[n].parent)
        m = model_maintenance(model, n);
    if (!m)
        return false;
    until_text(model, m->until_ms, until);
    snprintf(out, cap, "maint.%s%.8s %.40s%s%.80s", until[0] ? " until " : "", until, m->who, m->reason[0] ? ": " : "", m->reason);
    return true;
}

/* What nobody has acknowledged is the reason before any other; what is known is one after those that are told. */
static bool alarm_why(const struct model *model, const struct alarm_marks *marks, bool unacked, uint32_t node, char *out, size_t cap)
{
    uint32_t alarm = alarm_of_node(marks, node);
    if (alarm == NO_ALARM || (unacked && !alarm_unacked(model_alarm(model, alarm))))
        return false;
    uint32_t at = model_plant(model)->alarms[alarm].node;
    bool own = at == node || model_plant(model)->nodes[at].level == LEVEL_LINE;
    snprintf(out, cap, "%s%s%s", own ? "" : model_plant(model)->nodes[at].title, own ? "" : " ", alarm_text_title(model, alarm));
    return true;
}

enum cell_role line_why(const struct model *model, const struct alarm_marks *marks, bool tags, uint32_t node, char *out, size_t cap)
{
    const struct node_state *state = model_line_state(model, node);
    bool has_state = model_plant(model)->nodes[node].constraint != NO_NODE;
    out[0] = '\0';
    if (has_state && state->class == CLASS_UNKNOWN) {
        unknown_why(model, node, out, cap);
        return CELL_UNKNOWN;
    }
    if (maintenance_why(model, node, out, cap) || alarm_why(model, marks, true, node, out, cap))
        return CELL_TEXT;
    if (state->class != CLASS_RUN && told_reason(model, node, out, cap))
        return CELL_TEXT;
    if (stopped_unit_why(model, node, out, cap) || alarm_why(model, marks, false, node, out, cap))
        return CELL_TEXT;
    struct standing standing = {.outside = 0};
    if (tags)
        model_standing(model, node, &standing);
    if (standing.outside > 0)
        return outside_why(model, model_next_outside(model, node, 0), out, cap);
    uint32_t stale = standing.trust[TRUST_STALE], unsure = stale ? stale : standing.trust[TRUST_UNCONFIRMED];
    if (unsure > 0) {
        snprintf(out, cap, "%u tag%s %s", unsure, unsure == 1 ? "" : "s", stale ? "stale" : "unconfirmed");
        return stale ? CELL_STALE : CELL_UNKNOWN;
    }
    double ratio;
    const char *missing;
    if (has_state && model_role(model, node, ROLE_GOOD) != NO_TAG && !model_speed(model, node, &ratio, &missing) && missing[0])
        snprintf(out, cap, "needs %s", missing);
    return CELL_DIM;
}

/* ---- bands ---- */

int64_t band_cell_ms(int width, int64_t least_ms)
{
    static const int minutes[] = {1, 2, 5, 10, 15, 20, 30, 60, 120};
    size_t i = 0;
    for (; i + 1 < sizeof minutes / sizeof minutes[0]; i++)
        if ((int64_t)minutes[i] * MS_PER_MINUTE * width >= least_ms)
            break;
    return (int64_t)minutes[i] * MS_PER_MINUTE;
}

void band_scale(const struct zone *zone, int64_t now_ms, int64_t cell_ms, int width, char *out, size_t cap)
{
    memset(out, ' ', cap);
    size_t w = width < 0 ? 0 : (size_t)width < cap ? (size_t)width : cap - 1;
    out[w] = '\0';
    if (now_ms == 0) /* before the first batch */
        return;
    int64_t start = now_ms - now_ms % cell_ms + cell_ms - cell_ms * width;
    int cells_an_hour = (int)(MS_PER_HOUR / cell_ms), every = 1;
    while (cells_an_hour * every < SCALE_LEAST_GAP)
        every *= 2;
    for (size_t x = 0; x + 2 <= w; x++) {
        struct civil at = zone_civil(zone, start + (int64_t)x * cell_ms);
        if (at.minute * MS_PER_MINUTE >= cell_ms || at.hour % every != 0)
            continue;
        out[x] = (char)('0' + at.hour / 10);
        out[x + 1] = (char)('0' + at.hour % 10);
    }
}
