/*
 * stops: the list of recent stops. A struct stop is one stretch of standing still of one node, whatever states it went
 * through meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/common.h"

enum { STOPS_LISTED = 256 };

struct stop {
    uint32_t node;
    int64_t start_ms, end_ms; /* end 0: it stands */
};

static int newest_first(const void *a, const void *b)
{
    const struct stop *l = a, *r = b;
    if (l->start_ms != r->start_ms)
        return l->start_ms > r->start_ms ? -1 : 1;
    return l->node < r->node ? -1 : l->node > r->node;
}

/* Successive states of one stop (aborting, aborted, clearing) are one stop. */
static size_t list_stops(const struct model *model, uint32_t within, int64_t from_ms, struct stop stops[STOPS_LISTED])
{
    const struct plant *plant = model_plant(model);
    size_t count = 0;
    for (uint32_t n = within; n < plant->nodes[within].end; n++) {
        const struct node_state *state = model_node(model, n);
        const struct stop *last = NULL;
        for (size_t i = 0; i < state->interval_count && count < STOPS_LISTED; i++) {
            const struct interval *at = &state->intervals[i];
            if (at->class != CLASS_STOP || (at->end_ms && at->end_ms <= from_ms)) {
                last = NULL;
                continue;
            }
            if (last)
                stops[count - 1].end_ms = at->end_ms;
            else
                stops[count++] = (struct stop){n, at->start_ms, at->end_ms};
            last = &stops[count - 1];
        }
    }
    qsort(stops, count, sizeof stops[0], newest_first);
    return count;
}

void draw_stops(const struct model *model, uint32_t within, int64_t from_ms, bool focused, struct surface s)
{
    const struct plant *plant = model_plant(model);
    struct stop stops[STOPS_LISTED];
    size_t count = list_stops(model, within, from_ms, stops);
    char text[LABEL_TEXT], start[SPAN_TEXT], end[SPAN_TEXT];
    clock_text(&plant->zone, from_ms, start);
    snprintf(text, sizeof text, "STOPS SINCE %.5s: %zu", start, count);
    struct surface rows = draw_panel(s, text, focused);
    int y = 0;
    for (size_t i = 0; i < count && y < rows.h; i++, y++) {
        bool stands = stops[i].end_ms == 0;
        clock_text(&plant->zone, stops[i].start_ms, start);
        clock_text(&plant->zone, stops[i].end_ms, end);
        surface_format(rows, 3, y, CELL_DIM, stands ? "%.5s" : "%.5s-%.5s", start, end);
        span_text((stands ? model_wall(model) : stops[i].end_ms) - stops[i].start_ms, end);
        surface_text_right(rows, 16, y, 7, stands ? CELL_STOP : CELL_VALUE, end);
        node_crumb(plant, stops[i].node, text, sizeof text);
        const char *place = text; /* its end tells more than its beginning */
        for (const char *next; text_width(place) > rows.w - 26 && (next = strstr(place, " > ")) != NULL;)
            place = next + 3;
        int x = surface_text_fit(rows, 26, y, rows.w - 26, CELL_TEXT, place);
        if (stands && x + 2 + text_width("stands") <= rows.w)
            surface_text(rows, x + 2, y, CELL_STOP, "stands");
    }
    if (count == 0)
        surface_text(rows, 3, 0, CELL_DIM, "none");
}
