/*
 * The cells that several views put into their tables: one function a kind of cell, so that a state, a count or an age looks
 * the same wherever it stands. What is not known stays empty or says so; it never becomes a zero.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/figures.h"

enum { WHY_TITLE_LEAST_W = 6 };

void draw_widget(const char *name, const struct reading *reading, struct surface s)
{
    widget_draw(widget_find(name), reading, 1, s);
}

bool node_has_state(const struct model *model, uint32_t node)
{
    return model_plant(model)->nodes[node].constraint != NO_NODE || model_node(model, node)->interval_count > 0
        || model_plant(model)->nodes[node].role_tag[ROLE_STATE] != NO_TAG;
}

void draw_state(const struct model *model, uint32_t node, struct surface s)
{
    if (!node_has_state(model, node))
        return;
    const struct node_state *state = model_line_state(model, node);
    enum state_class class = (enum state_class)state->class;
    surface_text_fit(s, 0, 0, s.w, state_role(class), state->word ? state->word : state_class_table[class].word);
}

void draw_state_for(const struct model *model, uint32_t node, struct surface s)
{
    const struct node_state *state = model_line_state(model, node);
    if (!node_has_state(model, node) || state->since_ms <= 0)
        return;
    char span[SPAN_TEXT];
    span_text(state_for_ms(model, state), span);
    surface_text_right(s, 0, 0, s.w, state->class == CLASS_STOP ? CELL_STOP : CELL_TEXT, span);
}

void draw_band(const struct model *model, uint32_t node, int64_t cell_ms, struct surface s)
{
    if (!node_has_state(model, node))
        return;
    struct reading reading;
    reading_of_node(&reading, model, node, cell_ms * s.w);
    draw_widget("band", &reading, s);
}

void draw_speed(const struct model *model, uint32_t node, struct surface s)
{
    double ratio;
    const char *missing;
    if (model_line_state(model, node)->class == CLASS_UNKNOWN || !model_speed(model, node, &ratio, &missing))
        return;
    char text[NUMBER_TEXT + 2];
    snprintf(text, sizeof text, "%.0f%%", fmin(fmax(ratio, 0), 99) * 100);
    surface_number_right(s, 0, 0, s.w, CELL_VALUE, text);
}

static void draw_figures(const struct model *model, uint32_t tag, double number, int decimals, struct surface s)
{
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    char text[NUMBER_TEXT];
    if (reading.trust == TRUST_NEVER) {
        surface_text_right(s, 0, 0, s.w, CELL_UNKNOWN, s.w < 5 ? "?" : "never");
        return;
    }
    number_fit(number, decimals, s.w, text);
    surface_number_right(s, 0, 0, s.w, reading_role(&reading), text);
}

void draw_gain(const struct model *model, uint32_t node, enum tag_role role, struct surface s)
{
    uint32_t tag = model_role(model, node, role);
    struct shift_figures f;
    if (tag == NO_TAG)
        return;
    shift_figures(model, node, &f);
    draw_figures(model, tag, role == ROLE_REJECT ? f.sum.reject : f.sum.good, 0, s);
}

void draw_number(const struct model *model, uint32_t node, enum tag_role role, struct surface s)
{
    uint32_t tag = model_role(model, node, role);
    double number = 0;
    if (tag != NO_TAG && (value_number(model_tag(model, tag)->value, &number) || model_trust(model, tag) == TRUST_NEVER))
        draw_figures(model, tag, number, 1, s);
}

void draw_ideal(const struct model *model, uint32_t node, struct surface s)
{
    const struct plant *plant = model_plant(model);
    double ideal = plant->nodes[node].ideal_cycle_s;
    char text[NUMBER_TEXT];
    uint32_t line = plant_ancestor(plant, node, LEVEL_LINE);
    if (!(ideal > 0) && line != NO_NODE && plant->nodes[line].constraint == node)
        ideal = plant->nodes[line].ideal_cycle_s;
    if (!(ideal > 0))
        return;
    number_fit(ideal, 1, s.w, text);
    surface_number_right(s, 0, 0, s.w, CELL_DIM, text);
}

void draw_role_text(const struct model *model, uint32_t node, enum tag_role role, struct surface s)
{
    uint32_t tag = model_role(model, node, role);
    if (tag == NO_TAG)
        return;
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    if (reading.trust == TRUST_NEVER)
        surface_text(s, 0, 0, CELL_UNKNOWN, "?");
    else
        draw_widget("text", &reading, s);
}

/* The shortest way to say it that is still whole: without the unit, without blanks, with the title cut, the title alone. */
void draw_why(const struct model *model, const struct alarm_marks *marks, bool tags, uint32_t node, struct surface s)
{
    char text[LABEL_TEXT], numbers[LABEL_TEXT];
    enum cell_role role = line_why(model, marks, tags, node, text, sizeof text);
    uint32_t alarm = alarm_of_node(marks, node);
    if (alarm != NO_ALARM && text_width(text) > s.w) { /* rather what than where */
        const char *title = alarm_text_title(model, alarm);
        size_t length = strlen(text), end = strlen(title);
        if (length > end && strcmp(text + length - end, title) == 0)
            memmove(text, text + length - end, end + 1);
    }
    if (role != CELL_WARN || text_width(text) <= s.w) {
        surface_text_fit(s, 0, 0, s.w, role, text);
        return;
    }
    struct reading reading;
    reading_of_tag(&reading, model, model_next_outside(model, node, 0));
    outside_text(&reading, "", numbers, sizeof numbers);
    if (text_width(reading.title) + 1 + text_width(numbers) > s.w)
        outside_brief(&reading, numbers, sizeof numbers);
    int title_w = s.w - 1 - text_width(numbers);
    if (title_w < WHY_TITLE_LEAST_W && title_w < text_width(reading.title)) {
        surface_text_fit(s, 0, 0, s.w, role, reading.title);
        return;
    }
    int x = surface_text_fit(s, 0, 0, title_w, role, reading.title) + 1;
    surface_text(s, x, 0, role, numbers);
}

void draw_words_over(const struct reading *reading, int value_w, struct surface s)
{
    if (text_width(reading->text) + 2 <= value_w || s.w <= value_w) {
        draw_widget("value", reading, surface_sub(s, rect_of(0, 0, value_w < s.w ? value_w : s.w, 1)));
        return;
    }
    reading_mark(reading, s, 0, 0);
    surface_text_fit(s, 2, 0, s.w - 2, reading_role(reading), reading->text);
}

void draw_tag_name(const struct model *model, const struct alarm_marks *marks, uint32_t tag, const char *title, struct surface s)
{
    uint32_t alarm = alarm_of_tag(marks, tag);
    int x = alarm == NO_ALARM ? 0 : draw_alarm_marker(model, alarm, s, 0, 0) + 1;
    surface_text_fit(s, x, 0, s.w - x, CELL_TEXT, title);
}

void draw_marker(const struct model *model, const struct alarm_marks *marks, bool tags, uint32_t node, struct surface s)
{
    const struct node_state *state = model_line_state(model, node);
    bool told = node_has_state(model, node);
    uint32_t alarm = alarm_of_node(marks, node);
    if (alarm != NO_ALARM)
        draw_alarm_marker(model, alarm, s, 0, 0);
    else if (told && (state->class == CLASS_STOP || state->class == CLASS_UNKNOWN))
        state_glyph(s, 0, 0, (enum state_class)state->class);
    else if (tags && model_next_outside(model, node, 0) != NO_TAG)
        surface_text(s, 0, 0, CELL_WARN, "!");
}

void draw_age(const struct reading *reading, struct surface s)
{
    if (reading->age_ms < 0)
        return;
    char age[SPAN_TEXT], text[SPAN_TEXT + 4];
    age_text(reading->age_ms, age);
    snprintf(text, sizeof text, "%s%s", reading->age_at_least ? ">=" : "", reading->age_at_least && reading->age_ms < 1000 ? "0s" : age);
    enum cell_role role = reading->trust == TRUST_GOOD ? CELL_DIM : reading_role(reading);
    surface_text_right(s, 0, 0, s.w, role, text);
}

void draw_slope(const struct reading *reading, struct surface s)
{
    if (!reading->has_slope || reading->trust != TRUST_GOOD)
        return;
    double span = reading->has_range ? reading->range[1] - reading->range[0] : fmax(fabs(reading->number), 1);
    bool moves = fabs(reading->slope) / 6 > span / 100;
    char text[NUMBER_TEXT], signed_text[NUMBER_TEXT + 8];
    number_fit(fabs(reading->slope), fabs(reading->slope) < 9.95 ? 1 : 0, s.w - 5, text);
    snprintf(signed_text, sizeof signed_text, "%s%s/h", moves || fabs(reading->slope) >= 0.05 ? reading->slope < 0 ? "-" : "+" : " ", text);
    surface_glyph(s, 0, 0, CELL_DIM, moves ? reading->slope > 0 ? GLYPH_UP : GLYPH_DOWN : GLYPH_FLAT);
    surface_number_right(s, 2, 0, s.w - 2, CELL_DIM, signed_text);
}

struct surface draw_section(struct surface s, const char *title)
{
    return draw_panel(s, title, false);
}

struct surface draw_panel(struct surface s, const char *title, bool focused)
{
    surface_hline(s, 0, 0, s.w);
    if (title[0]) {
        int x = surface_text_fit(s, 0, 0, s.w, focused ? CELL_ACCENT : CELL_TITLE, title);
        surface_text(s, x, 0, CELL_BORDER, " ");
    }
    return surface_sub(s, rect_of(0, 1, s.w, s.h - 1));
}

int draw_figure(struct surface s, int x, int y, const char *label, enum cell_role role, const char *text)
{
    x = surface_text(s, x, y, CELL_DIM, label);
    return surface_text(s, x + (label[0] ? 1 : 0), y, role, text) + 2;
}

int draw_words(struct surface s, int x, int y, int w, enum cell_role role, const char *text)
{
    while (*text && w > 0) {
        int used;
        size_t length = text_fit(text, w, &used);
        if (text[length]) {
            size_t whole = length;
            while (whole > 0 && text[whole] != ' ')
                whole--;
            length = whole ? whole : length ? length : 1;
        }
        surface_format(s, x, y++, role, "%.*s", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
    return y;
}
