/*
 * The row of the worst alarm: it is a rule with the alarm written into it, and so it costs no row where there is room for rules. What is
 * least needed goes first when it is narrow: the clock, then the value, then the unit's name is cut.
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/alarm_text.h"
#include "views/frame.h"

enum { GO_W = 4, PLACE_MOST_W = 24, TITLE_LEAST_W = 14, NARROW_W = 60 };

uint32_t frame_alarm(const struct scene *scene)
{
    uint32_t worst = model_alarm_counts(scene->model)->unacked[0] > 0 ? model_alarm_worst(scene->model) : NO_ALARM;
    return worst != NO_ALARM && alarm_unacked(model_alarm(scene->model, worst)) ? worst : NO_ALARM;
}

/* "96.4 > 95 °C" */
static void figures_text(const struct model *model, uint32_t alarm, char *out, size_t cap)
{
    char now[ALARM_FIGURE], limit[ALARM_FIGURE];
    const char *unit = alarm_text_unit(model, alarm);
    alarm_text_now(model, alarm, now);
    alarm_text_limit(model_alarm(model, alarm), limit);
    snprintf(out, cap, "%s%s%s%s%s", now, limit[0] ? " " : "", limit, unit[0] ? " " : "", unit);
}

/* A blank and a word of at most w cells; returns the column after. */
static int word(struct surface s, int x, int w, enum cell_role role, const char *text)
{
    x = surface_text(s, x, 0, CELL_TEXT, " ");
    return surface_text_fit(s, x, 0, w < s.w - x ? w : s.w - x, role, text);
}

/* Cells for the place so that at least the beginning of the title has room too. */
static int place_width(const char *place, const char *title, int room)
{
    int place_w = text_width(place), title_w = text_width(title), least = title_w < TITLE_LEAST_W ? title_w : TITLE_LEAST_W;
    place_w = place_w < PLACE_MOST_W ? place_w : PLACE_MOST_W;
    return place_w + 1 + title_w <= room || place_w <= room - 1 - least ? place_w : room - 1 - least;
}

void frame_alarm_row(const struct scene *scene, uint32_t index, struct surface s)
{
    const struct model *model = scene->model;
    const struct alarm *alarm = model_alarm(model, index);
    const char *place = alarm_text_place(model, index), *title = alarm_text_title(model, index);
    char clock[SPAN_TEXT], span[SPAN_TEXT], figures[3 * ALARM_FIGURE];
    bool narrow = s.w < NARROW_W;
    raised_text(model, alarm->raised_ms, clock);
    span_text(alarm_for_ms(model, alarm), span);
    figures_text(model, index, figures, sizeof figures);
    surface_hline(s, 0, 0, s.w);
    word(s, s.w - GO_W - 1, 1, CELL_KEY, "!");
    word(s, s.w - GO_W + 1, GO_W, CELL_DIM, "go");
    struct surface left = surface_sub(s, rect_of(0, 0, s.w - GO_W - 2, 1));
    int x = draw_alarm_marker(model, index, left, 0, 0);
    if (!narrow)
        x = word(left, x, left.w, CELL_DIM, clock);
    x = word(left, x, left.w, CELL_TEXT, span);
    int place_w = place_width(place, title, left.w - x - 2);
    if (place_w > 0)
        x = word(left, x, place_w, CELL_TEXT, place);
    x = word(left, x, left.w - x - 1, CELL_TITLE, title);
    if (!narrow && x + 1 + text_width(figures) < left.w)
        x = word(left, x, left.w, CELL_TEXT, figures);
    surface_text(left, x, 0, CELL_TEXT, " ");
}
