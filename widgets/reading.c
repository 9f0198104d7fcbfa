/*
 * A reading borrows everything from the model but the text of a number, which it formats into its own space: that is why it
 * must not be copied. Roles and marks of trust are decided here and nowhere else, so that a stale value looks stale in
 * every widget.
 */
#include "widgets/widget.h"

#include <stdio.h>

#include "draw/glyph.h"
#include "draw/text.h"

static void read_state(struct reading *reading, const struct model *model, uint32_t index)
{
    const struct state_map_row *row = model_state_row(model, index);
    if (!row)
        return;
    reading->text = row->word ? row->word : pack_state_table[row->state].name;
    reading->has_number = false;
}

static void read_value(struct reading *reading, const struct model *model, uint32_t index)
{
    const struct tag *tag = model_tag(model, index);
    switch (tag->value.kind) {
    case VALUE_TEXT:
        reading->text = tag->text ? tag->text : "";
        break;
    case VALUE_BOOL:
        reading->text = tag->value.b ? "on" : "off";
        break;
    case VALUE_NULL:
        reading->text = "no value";
        break;
    default:
        reading->has_number = value_number(tag->value, &reading->number);
        number_text(reading->number, reading->decimals, true, reading->text_space);
        reading->text = reading->text_space;
        break;
    }
    if (tag->def && tag->def->kind == KIND_STATE)
        read_state(reading, model, index);
}

/* What counts or measures has a slope; a state's number, a switch and a word have none. */
static bool is_number(const struct reading *reading, const struct tag_def *def)
{
    return reading->has_number && (!def || (def->kind != KIND_STATE && def->kind != KIND_TEXT && def->kind != KIND_BOOL && def->kind != KIND_RECIPE));
}

/* The limits that its own alarms have, each once. */
static void read_limits(struct reading *reading, const struct plant *plant, uint32_t index)
{
    size_t count = 0;
    const struct alarm_use *uses = index < plant->tag_count ? plant_alarm_uses(plant, INPUT_TAG, index, &count) : NULL;
    for (size_t u = 0; u < count; u++) {
        const struct plant_alarm *alarm = &plant->alarms[uses[u].alarm];
        for (size_t c = 0; alarm->tag == index && c < alarm->def->condition_count && reading->limit_count < READING_LIMITS; c++)
            if (alarm->def->conditions[c].kind <= ALARM_LOW_LOW)
                reading->limits[reading->limit_count++] = alarm->def->conditions[c].limit;
    }
}

void reading_of_tag(struct reading *reading, const struct model *model, uint32_t index)
{
    const struct tag *tag = model_tag(model, index);
    *reading = (struct reading){
        .title = "", .unit = "", .text = "", .decimals = DECIMALS_AUTO,
        .trust = model_trust(model, index), .ring = tag->ring,
        .elapsed_ms = model_elapsed(model), .now_ms = model_wall(model), .zone = &model_plant(model)->zone,
    };
    if (tag->def) {
        const struct tag_def *def = tag->def;
        reading->title = def->title;
        reading->unit = def->unit;
        reading->decimals = def->decimals;
        reading->has_range = def->has_range;
        reading->has_normal = def->has_normal;
        for (int i = 0; i < 2; i++) {
            reading->range[i] = def->range[i];
            reading->normal[i] = def->normal[i];
        }
    }
    if (tag->def)
        read_limits(reading, model_plant(model), index);
    reading->age_ms = model_age(model, index, &reading->age_at_least);
    if (reading->trust == TRUST_NEVER)
        return;
    read_value(reading, model, index);
    double per_second;
    if (tag->ring && is_number(reading, tag->def) && ring_slope(tag->ring, reading->elapsed_ms, RING_COLUMNS, &per_second)) {
        reading->has_slope = true;
        reading->slope = per_second * 3600.0;
    }
}

void reading_of_node(struct reading *reading, const struct model *model, uint32_t node, int64_t span_ms)
{
    const struct plant *plant = model_plant(model);
    const struct node_state *state = model_line_state(model, node);
    *reading = (struct reading){
        .title = plant->nodes[node].title, .unit = "", .decimals = DECIMALS_AUTO, .trust = TRUST_GOOD, .age_ms = -1,
        .elapsed_ms = model_elapsed(model), .now_ms = model_wall(model), .span_ms = span_ms, .state = state, .zone = &plant->zone,
        .text = state->word ? state->word : state_class_table[state->class].word,
    };
    if (state->class == CLASS_UNKNOWN)
        reading->trust = state->heard_elapsed_ms < 0 ? TRUST_NEVER : TRUST_UNCONFIRMED;
    if (state->heard_elapsed_ms >= 0)
        reading->age_ms = reading->elapsed_ms - state->heard_elapsed_ms;
}

int reading_outside(const struct reading *reading)
{
    if (!reading->has_normal || !reading->has_number || reading->trust != TRUST_GOOD)
        return 0;
    return reading->number < reading->normal[0] ? -1 : reading->number > reading->normal[1] ? 1 : 0;
}

enum cell_role reading_role(const struct reading *reading)
{
    switch (reading->trust) {
    case TRUST_GOOD:
        return reading_outside(reading) ? CELL_WARN : CELL_VALUE;
    case TRUST_STALE:
        return CELL_STALE;
    case TRUST_BAD:
        return CELL_BAD;
    default:
        return CELL_UNKNOWN;
    }
}

void reading_mark(const struct reading *reading, struct surface s, int x, int y)
{
    enum cell_role role = reading_role(reading);
    int outside = reading_outside(reading);
    switch (reading->trust) {
    case TRUST_GOOD:
        if (outside)
            surface_glyph(s, x, y, role, outside > 0 ? GLYPH_UP : GLYPH_DOWN);
        break;
    case TRUST_STALE:
        surface_glyph(s, x, y, role, GLYPH_HOLLOW);
        break;
    case TRUST_BAD:
        surface_text(s, x, y, role, "x");
        break;
    default:
        surface_text(s, x, y, role, "?");
        break;
    }
}

const char *reading_label(const struct reading *reading) { return reading->label ? reading->label : reading->title; }

struct timeline reading_timeline(const struct reading *reading, int64_t preset_ms, int columns)
{
    int64_t span = reading->span_ms > 0 ? reading->span_ms : preset_ms;
    int many = columns < 1 ? 1 : columns;
    int64_t step = span / many > 0 ? span / many : 1, end = reading->now_ms - reading->now_ms % step + step;
    return (struct timeline){.from_ms = end - step * many, .step_ms = step, .columns = many};
}

bool reading_scale(const struct reading *reading, double scale[2])
{
    if (reading->has_range) {
        scale[0] = reading->range[0];
        scale[1] = reading->range[1];
    } else if (reading->has_normal) {
        double half = (reading->normal[1] - reading->normal[0]) / 2;
        scale[0] = reading->normal[0] - half;
        scale[1] = reading->normal[1] + half;
    }
    return (reading->has_range || reading->has_normal) && scale[1] > scale[0];
}

int reading_value(const struct reading *reading, struct surface s, int x, int y, int w)
{
    enum cell_role role = reading_role(reading);
    char number[NUMBER_TEXT];
    struct surface cells = surface_sub(s, rect_of(x, y, w, 1));
    bool marked = reading->trust != TRUST_GOOD || reading_outside(reading) != 0;
    int at = 0;
    if (cells.w < 1)
        return x;
    if (marked && cells.w > 3) {
        reading_mark(reading, cells, 0, 0);
        at = 2;
    }
    if (reading->trust == TRUST_NEVER) {
        at = surface_text_fit(cells, at, 0, cells.w - at, role, "never");
    } else if (reading->has_number) {
        number_fit(reading->number, reading->decimals, cells.w - at, number);
        int number_w = text_width(number) < cells.w - at ? text_width(number) : cells.w - at;
        surface_number_right(cells, at, 0, number_w, role, number);
        at += number_w;
    } else {
        at = surface_text_fit(cells, at, 0, cells.w - at, role, reading->text);
    }
    if (reading->unit[0] && reading->trust != TRUST_NEVER && at + 1 + text_width(reading->unit) <= cells.w)
        at = surface_text(cells, at + 1, 0, CELL_DIM, reading->unit);
    return x + at;
}

enum cell_role state_role(enum state_class class)
{
    switch (class) {
    case CLASS_STOP:
        return CELL_STOP;
    case CLASS_RUN:
        return CELL_OK;
    case CLASS_UNKNOWN:
        return CELL_UNKNOWN;
    case CLASS_NOT_SCHEDULED:
    case CLASS_BREAK:
        return CELL_DIM;
    default:
        return CELL_TEXT;
    }
}

void state_glyph(struct surface s, int x, int y, enum state_class class)
{
    switch (class) {
    case CLASS_RUN:
        surface_glyph(s, x, y, CELL_BAND, GLYPH_LINE);
        break;
    case CLASS_STOP:
        surface_glyph(s, x, y, CELL_STOP, GLYPH_BLOCK);
        break;
    case CLASS_STARVED:
    case CLASS_BLOCKED:
        surface_glyph(s, x, y, CELL_DIM, GLYPH_SHADE);
        break;
    case CLASS_UNKNOWN:
        surface_text(s, x, y, CELL_UNKNOWN, "?");
        break;
    default:
        surface_text(s, x, y, CELL_DIM, state_class_table[class].glyph);
        break;
    }
}
