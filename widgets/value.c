/*
 * value: a number or text with its mark of trust in the first cell, right-aligned, its unit after it, and where there is
 * room its title before and its age behind. The mark keeps its place, so that nothing jumps when trust changes.
 */
#include "widgets/widget.h"

#include <stdio.h>

#include "core/timestamp.h"
#include "draw/text.h"

enum { MARK_W = 2, TITLED_W = 30, AGE_W = 6, UNIT_ROOM_W = 10, UNIT_GAP_W = 1 };

extern const struct widget widget_value;

static void draw_age(const struct reading *reading, struct surface s)
{
    if (reading->age_ms < 0)
        return;
    char age[SPAN_TEXT], text[SPAN_TEXT + 4];
    age_text(reading->age_ms, age);
    snprintf(text, sizeof text, "%s%s", reading->age_at_least ? ">=" : "", age);
    surface_text_right(s, 0, 0, s.w, reading->trust == TRUST_GOOD ? CELL_DIM : reading_role(reading), text);
}

static void value_draw(const struct reading *reading, struct surface s)
{
    if (s.w < 1 || s.h < 1)
        return;
    if (s.w >= TITLED_W) {
        int title_w = s.w / 2 - AGE_W;
        surface_text_fit(s, 0, 0, title_w - 1, CELL_DIM, reading->title);
        draw_age(reading, surface_sub(s, rect_of(s.w - AGE_W, 0, AGE_W, 1)));
        s = surface_sub(s, rect_of(title_w, 0, s.w - title_w - AGE_W, 1));
    }
    char number[NUMBER_TEXT];
    enum cell_role role = reading_role(reading);
    int mark_w = s.w > MARK_W + 2 ? MARK_W : 0, w = s.w - mark_w, unit_w = text_width(reading->unit);
    if (mark_w)
        reading_mark(reading, s, 0, 0);
    if (unit_w && s.w >= UNIT_ROOM_W && w - unit_w - UNIT_GAP_W >= text_width(reading->text)) {
        w -= unit_w + UNIT_GAP_W;
        surface_text(s, s.w - unit_w, 0, CELL_DIM, reading->unit);
    }
    if (reading->trust == TRUST_NEVER)
        surface_text_right(s, mark_w, 0, w, role, "never");
    else if (reading->has_number && number_fit(reading->number, reading->decimals, w, number))
        surface_number_right(s, mark_w, 0, w, role, number);
    else if (text_width(reading->text) > w)
        surface_text_fit(s, mark_w, 0, w, role, reading->text);
    else
        surface_text_right(s, mark_w, 0, w, role, reading->text);
}

const struct widget widget_value = {
    .name = "value", .help = "the value with its unit and its trust", .least_w = 3, .least_h = 1, .draw = value_draw, .nodes = true,
};
