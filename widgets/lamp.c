/*
 * lamp: one state in one cell, and its word where there is room. A machine's lamp is the glyph of its state's class, so that
 * it reads without colour; a yes-or-no tag is a filled or an empty lamp.
 */
#include "widgets/widget.h"

extern const struct widget widget_lamp;

static void lamp_draw(const struct reading *reading, struct surface s)
{
    if (s.w < 1 || s.h < 1)
        return;
    enum cell_role role = reading_role(reading);
    if (reading->state) {
        enum state_class class = (enum state_class)reading->state->class;
        state_glyph(s, 0, 0, class);
        role = state_role(class);
    } else if (reading->trust != TRUST_GOOD) {
        reading_mark(reading, s, 0, 0);
    } else {
        bool on = reading->has_number ? reading->number != 0 : reading->text[0] != '\0' && reading->text[1] == 'n';
        surface_glyph(s, 0, 0, role, on ? GLYPH_LAMP_ON : GLYPH_LAMP_OFF);
    }
    if (s.w > 3)
        surface_text_fit(s, 2, 0, s.w - 2, role, reading->trust == TRUST_NEVER ? "never" : reading->text);
}

const struct widget widget_lamp = {
    .name = "lamp", .help = "a state in one cell", .least_w = 1, .least_h = 1, .draw = lamp_draw, .nodes = true,
};
