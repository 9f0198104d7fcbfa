/*
 * timeline: a stretch of time in columns, and the local times that are written under it. The columns' step is a round time and they stand on
 * a grid of local time, so that a picture that follows now moves by whole columns and is still in between. Labels follow the site's clock
 * over a change of daylight saving time, and never overlap.
 */
#ifndef ANDON_DRAW_TIMELINE_H
#define ANDON_DRAW_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/timestamp.h"

enum { TIMELINE_ZOOMS = 17, TIMELINE_LABEL = 16, TIMELINE_LABELS = 128 };

struct timeline {
    int64_t from_ms, step_ms; /* UTC */
    int columns;
};

struct time_label {
    int x; /* the cell under which it begins: that of its time */
    char text[TIMELINE_LABEL];
};

/* The stretches that one zooms through, from a minute to a year. */
extern const int64_t timeline_zooms[TIMELINE_ZOOMS];
/* The index of the least zoom that holds a span. */
int timeline_zoom(int64_t span_ms);
/* The least round step with which so many columns hold the span, but for a twentieth. */
int64_t timeline_step(int64_t span_ms, int columns);
/* "0.5s", "15s", "90m", "2d" */
void timeline_step_text(int64_t step_ms, char out[SPAN_TEXT]);
/* The last columns of the span whose last column holds `last_ms`. */
struct timeline timeline_to(const struct zone *zone, int64_t last_ms, int64_t span_ms, int columns);
static inline int64_t timeline_end(const struct timeline *line) { return line->from_ms + line->step_ms * line->columns; }
/* The column of a moment; outside when it is. */
int timeline_column(const struct timeline *line, int64_t ms);
/* The same moment so many days ago by the site's clock. */
int64_t timeline_days_ago(const struct zone *zone, int64_t ms, int days);
/* The labels under w cells that show [from, to), from the left; returns how many. */
size_t timeline_labels(const struct zone *zone, int64_t from_ms, int64_t to_ms, int w, struct time_label labels[TIMELINE_LABELS]);
/* A moment as precise as a step asks for: "10:42", "10:42:17", "Tue 11 Jun 10:42", in the words of a date when it is not of the same day as `now_ms`. */
void timeline_text(const struct zone *zone, int64_t ms, int64_t step_ms, int64_t now_ms, char *out, size_t cap);

#endif
