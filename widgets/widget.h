/*
 * widget: values in, cells out. A widget draws one reading, or several together, on the surface it is given, and nothing else.
 *
 * A reading is everything a number on a screen needs beside itself: unit, range, normal band, trust, age, the last
 * minutes. Views build readings (reading_of_tag()); widgets draw them: N readings x M widgets without N x M code.
 *
 *     widget_find("bar")->draw(&reading, surface_sub(s, rect_of(20, 3, 24, 1)));
 *
 * Adding a widget: one file widgets/NAME.c, one row in widgets/registry.c, one line in widgets/meson.build.
 */
#ifndef ANDON_WIDGETS_WIDGET_H
#define ANDON_WIDGETS_WIDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"
#include "core/number.h"
#include "draw/series.h"
#include "draw/surface.h"

enum { READING_LIMITS = 8, TREND_CURVES = 6, HEAT_HOUR_MS = 3600000, HEAT_DAYS = 35 };

struct reading {
    const char *title, *unit;
    const char *text;            /* the value in words: a text tag, or a number already formatted; "" when never seen */
    bool has_number;
    double number;
    int decimals;
    bool has_range, has_normal;
    double range[2], normal[2];
    double limits[READING_LIMITS]; /* of its alarms, in no order */
    int limit_count;
    enum tag_trust trust;
    int64_t age_ms;              /* -1: never */
    bool age_at_least;           /* retained: older than that */
    bool has_slope;
    double slope;                /* per hour */
    const struct ring *ring;     /* may be NULL */
    int64_t elapsed_ms;          /* now, for the ring */
    /* for state bands and lamps */
    const struct node_state *state; /* may be NULL */
    int64_t now_ms;              /* wall; the band's last cell */
    int64_t span_ms;             /* the length of a band, trend or heat map */
    /* for what is drawn over a longer time, and of several */
    const struct series *series; /* the number over span_ms; NULL: nobody asked the history */
    const struct zone *zone;     /* whose clock stands under it; NULL: UTC */
    const char *label;           /* tells it from those beside it; NULL: the title */
    char text_space[NUMBER_TEXT + 24];
};

struct widget {
    const char *name;
    const char *help;     /* one line: what it shows */
    int least_w, least_h; /* below this it draws nothing sensible */
    void (*draw)(const struct reading *reading, struct surface s);
    /* Instead of draw: those that rank, compare or overlay. `readings` is an array of at least one. */
    void (*draw_all)(const struct reading *readings, size_t count, struct surface s);
    bool nodes;           /* has something to draw of a state, not only of a tag */
    bool series;          /* draws reading->series */
    bool days;            /* of one reading over more than a day: wants columns of an hour, from a local midnight on */
    size_t most;          /* so many readings at most; 0: any number */
    bool names;           /* writes the labels of its readings itself */
    bool bare;            /* does not tell the number */
};

extern const struct widget *const widget_registry[];
extern const size_t widget_count;
const struct widget *widget_find(const char *name);
/* Draws all of them where the widget can, else the first; nothing without one. */
void widget_draw(const struct widget *widget, const struct reading *readings, size_t count, struct surface s);

/* Everything that a tag can say. The reading borrows from the model and holds until the model changes; do not copy it. */
void reading_of_tag(struct reading *reading, const struct model *model, uint32_t tag);
/* The state of a node, for lamps and bands of span_ms. */
void reading_of_node(struct reading *reading, const struct model *model, uint32_t node, int64_t span_ms);
/* The role in which a value of this trust, in or out of its band, is drawn: one rule for every widget. */
enum cell_role reading_role(const struct reading *reading);
/* The mark that says in one cell how far the value can be trusted: out of its band an arrow, hollow when stale, `?` when it
 * is unknown or unconfirmed, `x` when bad, a blank when all is well. Draws it at (x, y). */
void reading_mark(const struct reading *reading, struct surface s, int x, int y);
/* -1 below the normal band, 1 above it, 0 inside, without a band, or when the value cannot be trusted. */
int reading_outside(const struct reading *reading);
/* What tells it from others: its label, else its title. */
const char *reading_label(const struct reading *reading);
/* Its value and unit in w cells at the most, "24.5 °C", in the role of its trust behind its mark; "never" of what was never seen. Returns the column after it. */
int reading_value(const struct reading *reading, struct surface s, int x, int y, int w);
/* Its span (or the preset), up to now, in so many columns: on a grid of their own length, so that a picture moves by whole columns. */
struct timeline reading_timeline(const struct reading *reading, int64_t preset_ms, int columns);
/* The ends of its scale: the range, else the normal band with half its width on both sides; false without either. */
bool reading_scale(const struct reading *reading, double scale[2]);
/* The role of a state's word: STOP is the only saturated one. */
enum cell_role state_role(enum state_class class);
/* The one cell that stands for a class in bands and lamps. */
void state_glyph(struct surface s, int x, int y, enum state_class class);
/* The class that a stretch of a band shows: the other than running that took most of it when those took at least a fifth,
 * else running when at least half of it is known to be, else -1 (nothing known) or CLASS_UNKNOWN. Intervals are searched
 * from *from on, which moves along, so that a band costs one pass. */
int band_class(const struct node_state *state, int64_t start_ms, int64_t end_ms, size_t *from);

#endif
