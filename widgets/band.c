/*
 * band: what a machine did in the last hours, a cell a stretch, the last one always now. Stretches stand on a grid of
 * wall time, so that the band moves one cell at a time and is still in between. Where nothing is known there is nothing:
 * never a line.
 */
#include "widgets/widget.h"

extern const struct widget widget_band;

static int64_t overlap(const struct interval *interval, int64_t start_ms, int64_t end_ms)
{
    int64_t from = interval->start_ms > start_ms ? interval->start_ms : start_ms;
    int64_t to = interval->end_ms && interval->end_ms < end_ms ? interval->end_ms : end_ms;
    return to > from ? to - from : 0;
}

int band_class(const struct node_state *state, int64_t start_ms, int64_t end_ms, size_t *from)
{
    int64_t took[CLASS_COUNT] = {0}, lost = 0, length = end_ms - start_ms;
    while (*from < state->interval_count && state->intervals[*from].end_ms && state->intervals[*from].end_ms <= start_ms)
        ++*from;
    for (size_t i = *from; i < state->interval_count && state->intervals[i].start_ms < end_ms; i++)
        took[state->intervals[i].class] += overlap(&state->intervals[i], start_ms, end_ms);
    int most = -1;
    for (int class = CLASS_STOP; class < CLASS_COUNT; class++) {
        lost += took[class];
        if (took[class] > 0 && (most < 0 || took[class] > took[most]))
            most = class;
    }
    if (most >= 0 && lost * 5 >= length)
        return most;
    if (length > 0 && took[CLASS_RUN] * 2 >= length)
        return CLASS_RUN;
    return took[CLASS_UNKNOWN] > 0 ? CLASS_UNKNOWN : -1;
}

static void band_draw(const struct reading *reading, struct surface s)
{
    if (!reading->state || s.w < 1 || s.h < 1 || reading->span_ms < s.w)
        return;
    int64_t cell = reading->span_ms / s.w;
    int64_t end = reading->now_ms - reading->now_ms % cell + cell, at = end - cell * s.w;
    size_t from = 0;
    for (int x = 0; x < s.w - 1; x++, at += cell) {
        int class = band_class(reading->state, at, at + cell, &from);
        if (class >= 0)
            state_glyph(s, x, 0, (enum state_class)class);
        if (class == CLASS_STOP) /* over: it is told by its shape, and colour stays with what is wrong now */
            surface_paint(s, rect_of(x, 0, 1, 1), CELL_TEXT);
    }
    state_glyph(s, s.w - 1, 0, (enum state_class)reading->state->class);
}

const struct widget widget_band = {
    .name = "band", .help = "the states of the last hours; the last cell is now", .least_w = 6, .least_h = 1, .draw = band_draw, .nodes = true,
};
