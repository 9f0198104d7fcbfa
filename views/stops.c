/*
 * stops: the panel of recent stops, those that the fold keeps (core/stop.h): a stretch of standing still of one node, whatever states it went through
 * meanwhile, with its reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"
#include "views/figures.h"

enum { STOPS_LISTED = 256, TOGETHER_MS = 2000, WORDS_LEAST_W = 10 };

int64_t since_heard(const struct model *model, int64_t from_ms)
{
    int64_t began = model_wall(model) - model_elapsed(model);
    return began > from_ms ? began : from_ms;
}

static int newest_first(const void *a, const void *b)
{
    const struct stop *l = *(const struct stop *const *)a, *r = *(const struct stop *const *)b;
    if (l->start_ms != r->start_ms)
        return l->start_ms > r->start_ms ? -1 : 1;
    return l->node < r->node ? -1 : l->node > r->node;
}

/* The newest ones. */
static size_t list_stops(const struct model *model, uint32_t within, int64_t from_ms, const struct stop *stops[STOPS_LISTED])
{
    const struct plant *plant = model_plant(model);
    size_t all, count = 0;
    const struct stop *first = model_stops(model, &all);
    for (size_t i = all; i > 0 && count < STOPS_LISTED; i--) {
        const struct stop *stop = &first[i - 1];
        bool stood = stop->class == CLASS_STOP && !stop->gone && stop->node >= within && stop->node < plant->nodes[within].end;
        if (stood && (stop->end_ms == 0 || stop->end_ms > from_ms))
            stops[count++] = stop;
    }
    qsort(stops, count, sizeof stops[0], newest_first);
    return count;
}

/* A line that tells its own state stops together with its units: that is one stop. Returns how many from i on are. */
static size_t together(const struct plant *plant, const struct stop *const *stops, size_t count, size_t i)
{
    uint32_t line = plant_ancestor(plant, stops[i]->node, LEVEL_LINE);
    size_t n = 1;
    if (line == NO_NODE || plant->nodes[line].constraint != line)
        return n;
    while (i + n < count && plant_ancestor(plant, stops[i + n]->node, LEVEL_LINE) == line && stops[i]->start_ms - stops[i + n]->start_ms <= TOGETHER_MS
           && (stops[i]->end_ms == 0) == (stops[i + n]->end_ms == 0))
        n++;
    return n;
}

/* "Rolling > Mill: R1, F1": the line, and the units that stopped with it. */
static void place_text(const struct plant *plant, const struct stop *const *stops, size_t n, char *out, size_t cap)
{
    uint32_t line = n > 1 ? plant_ancestor(plant, stops[0]->node, LEVEL_LINE) : NO_NODE;
    const char *before = ": ";
    node_crumb(plant, n > 1 ? line : stops[0]->node, out, cap);
    for (size_t i = 0; i < n && n > 1; i++) {
        size_t used = strlen(out);
        if (stops[i]->node == line)
            continue;
        snprintf(out + used, cap - used, "%s%s", before, plant->nodes[stops[i]->node].title);
        before = ", ";
    }
}

void draw_stops(const struct model *model, uint32_t within, int64_t from_ms, bool focused, struct surface s)
{
    const struct plant *plant = model_plant(model);
    const struct stop *stops[STOPS_LISTED];
    size_t count = list_stops(model, within, from_ms, stops), rows_wanted = 0;
    for (size_t i = 0; i < count; i += together(plant, stops, count, i))
        rows_wanted++;
    char text[LABEL_TEXT], start[SPAN_TEXT], end[SPAN_TEXT], words[STOP_WORDS];
    enum cell_role role;
    clock_text(&plant->zone, from_ms, start);
    snprintf(text, sizeof text, "STOPS SINCE %.5s: %zu", start, rows_wanted);
    struct surface rows = draw_panel(s, text, focused);
    int y = 0;
    for (size_t i = 0, n; i < count && y < rows.h; i += n, y++) {
        n = together(plant, stops, count, i);
        bool stands = stops[i]->end_ms == 0;
        clock_text(&plant->zone, stops[i]->start_ms, start);
        clock_text(&plant->zone, stops[i]->end_ms, end);
        surface_format(rows, 3, y, CELL_DIM, stands ? "%.5s" : "%.5s-%.5s", start, end);
        span_text((stands ? model_wall(model) : stops[i]->end_ms) - stops[i]->start_ms, end);
        surface_text_right(rows, 16, y, 7, stands ? CELL_STOP : CELL_VALUE, end);
        place_text(plant, stops + i, n, text, sizeof text);
        const char *place = text; /* its end tells more than its beginning */
        for (const char *next; text_width(place) > rows.w - 26 && (next = strstr(place, " > ")) != NULL;)
            place = next + 3;
        int x = surface_text_fit(rows, 26, y, rows.w - 26, CELL_TEXT, place);
        if (stands && x + 2 + text_width("stands") <= rows.w)
            x = surface_text(rows, x + 2, y, CELL_STOP, "stands");
        stop_words(plant, stops[i], words, sizeof words, &role);
        if (words[0] && x + 2 + WORDS_LEAST_W <= rows.w)
            draw_stop_words(rows, x + 2, y, rows.w - x - 2, role, words);
    }
    if (count == 0)
        surface_text(rows, 3, 0, CELL_DIM, "none");
}
