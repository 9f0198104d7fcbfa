/*
 * trends: what the files of the trends view share, and what others do with it: take tags into it, send it to a moment, save its set.
 *
 * A struct trends is what a screen keeps of it, zero to begin with. Tags are keys, not indices: they survive a reload, and a key that the
 * plant does not have (any more) stays in its place and says so.
 */
#ifndef ANDON_VIEWS_TRENDS_H
#define ANDON_VIEWS_TRENDS_H

#include "core/recall.h"
#include "draw/plot.h"
#include "draw/scale.h"
#include "draw/series.h"
#include "draw/table.h"
#include "draw/timeline.h"
#include "views/common.h"

enum { TRENDS_TAGS = 8, TRENDS_NAME = 32, TRENDS_NOTE = 96, TRENDS_COLUMNS = 10 };

enum trends_scale { TRENDS_OWN, TRENDS_FITTED, TRENDS_COMMON, TRENDS_SCALES };
enum trends_overlay { TRENDS_NOTHING, TRENDS_YESTERDAY, TRENDS_LAST_WEEK, TRENDS_OVERLAYS };

struct trends {
    char tags[TRENDS_TAGS][KEY_BYTES];
    size_t count, selected;
    struct table table;
    uint8_t zoomed;            /* 0: what is kept, an hour at most; else 1 + index into timeline_zooms */
    int64_t span_ms;           /* asked for by its length; 0: `zoomed` says */
    int64_t began_ms, seen_ms; /* where the curves begin, as seen at that moment; 0: not known yet */
    enum trends_scale scale;
    enum trends_overlay overlay;
    bool standing;             /* it does not follow now: its last column holds end_ms */
    int64_t end_ms;
    int64_t cursor_ms;         /* 0: at the last column */
    char name[TRENDS_NAME];    /* of the saved set that it shows, "" for none */
    char note[TRENDS_NOTE];    /* what the last key could not do, "" */
    int columns;               /* of the last drawing; 0: none yet */
};

/* One tag's curve, for one drawing. */
struct curve {
    const char *key;
    uint32_t tag;              /* NO_TAG: there is none of that key */
    bool loading, words, ring; /* words: no number, no curve; ring: drawn from the last ten minutes */
    const char *why;           /* why nothing is kept, "" */
    const char *tier;          /* what it was read from, "" */
    struct column *columns;    /* of the timeline */
    struct column *shadow;     /* the same stretch of the overlay, or NULL */
    struct scale scale;
    enum cell_role role;
    enum plot_style style;
    char mark;                 /* its digit */
};

/* All that one drawing shows. */
struct trends_picture {
    struct trends *trends;
    const struct scene *scene;
    struct timeline line, shadow_line;
    struct curve curves[TRENDS_TAGS];
    size_t count, selected;
    int cursor;                /* column */
    bool at_now;               /* the cursor stands at now */
    const struct answer *states, *events;
    uint32_t node;             /* whose states are shown, or NO_NODE */
};

/* ---- for others ---- */

extern const struct view trends_view;

/* Takes a tag in; false when it is full (note says so). One that is there is selected. */
bool trends_add(struct trends *trends, const char *key);
/* Takes in what a request looks at: focus.tag, or the key tags of focus.node. */
void trends_add_focus(struct trends *trends, const struct model *model, const struct focus *focus);
/* Shows these tags and no others, under this name. */
void trends_show(struct trends *trends, const char *name, const char *const *tags, size_t count);
/* Puts a moment into the middle, with the cursor on it. */
void trends_go(struct trends *trends, const struct scene *scene, int64_t ms);
/* Shows this stretch, with the cursor at its end. */
void trends_between(struct trends *trends, const struct scene *scene, int64_t from_ms, int64_t to_ms);

/* ---- trends_data.c ---- */

/* Columns, window and cursor for so many columns. */
struct timeline trends_window(const struct trends *trends, const struct scene *scene, int columns);
int trends_cursor(const struct trends *trends, const struct timeline *line);
int64_t trends_span(const struct trends *trends, const struct scene *scene);
void trends_picture_init(struct trends_picture *picture, struct trends *trends, const struct scene *scene, int columns);
void trends_picture_finish(struct trends_picture *picture);
/* What is asked of the history for a tag (which may be NO_TAG) of this key on a timeline. */
struct want columns_want(const struct model *model, uint32_t tag, const char *key, const struct timeline *line);
/* Brings an answer's columns onto another timeline: what falls into one column is merged, what falls into none is empty. */
void columns_onto(const struct answer *answer, const struct timeline *line, struct column *columns);
/* The ring's last ten minutes on a timeline. */
void columns_of_ring(const struct model *model, uint32_t tag, int64_t now_ms, const struct timeline *line, struct column *columns);
/* What the model knows and the history not yet: the newest value, up to now; after now nothing. */
void columns_live(const struct model *model, uint32_t tag, int64_t now_ms, const struct timeline *line, struct column *columns);

/* ---- trends_area.c, trends_legend.c ---- */

/* How many columns of data a surface with the scale at its left has room for. */
int trends_columns(struct surface s);
void trends_area(const struct trends_picture *picture, struct surface s);
/* The states of picture->node, the events and the times below the curves: up to three rows. */
void trends_foot(const struct trends_picture *picture, struct surface s);
/* The event next to the cursor, or why there is none. */
void trends_event_text(const struct trends_picture *picture, struct surface s);
struct table_spec trends_legend(struct trends_picture *picture, struct table_column columns[TRENDS_COLUMNS], int w, bool titles);

#endif
