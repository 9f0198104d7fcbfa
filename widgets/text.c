/*
 * text: a value in words on one line, cut with a mark where it does not fit; what is known of its trust stands in words
 * behind it.
 */
#include "widgets/widget.h"

#include "core/timestamp.h"
#include "draw/text.h"

extern const struct widget widget_text;

static void text_draw(const struct reading *reading, struct surface s)
{
    if (s.w < 1 || s.h < 1)
        return;
    enum cell_role role = reading_role(reading);
    if (reading->trust == TRUST_NEVER) {
        surface_text_fit(s, 0, 0, s.w, role, "never");
        return;
    }
    if (role == CELL_VALUE)
        role = CELL_TEXT;
    int x = surface_text_fit(s, 0, 0, s.w, role, reading->text);
    if (reading->unit[0] != '\0' && x + 1 + text_width(reading->unit) <= s.w)
        x = surface_text(s, x + 1, 0, CELL_DIM, reading->unit);
    static const char *const words[] = {
        [TRUST_UNCERTAIN] = "uncertain", [TRUST_BAD] = "bad", [TRUST_STALE] = "stale", [TRUST_UNCONFIRMED] = "unconfirmed",
    };
    if (reading->trust == TRUST_GOOD || reading->age_ms < 0)
        return;
    char age[SPAN_TEXT];
    age_text(reading->age_ms, age);
    const char *word = words[reading->trust];
    if (x + 2 + text_width(word) + 1 + text_width(age) <= s.w)
        surface_format(s, x + 2, 0, role, "%s %s", word, age);
}

const struct widget widget_text = {
    .name = "text", .help = "the value in words", .least_w = 4, .least_h = 1, .draw = text_draw, .nodes = true,
};
