/*
 * panels: views that somebody put together himself (core/panel.h): what its files share, and what others do with it: show one, change one, take it to save it.
 *
 * A struct panels is what a screen keeps, zero to begin with. What is changed by hand is changed in a draft, and the view goes on showing what is saved
 * once the editing ends; the draft stays until it is saved or another view is begun, and so do the steps back.
 */
#ifndef ANDON_VIEWS_PANELS_H
#define ANDON_VIEWS_PANELS_H

#include "core/panel.h"
#include "draw/series.h"
#include "views/common.h"
#include "views/overview.h"
#include "views/panels_arrange.h"

enum { PANELS_ITEMS = 200, PANELS_UNDO = 20, PANELS_NOTE = 160, PANELS_TYPED = 640, PANELS_LABEL = 96, PANELS_MATCHES = 64 };

/* What a pattern fits: a tag, or a node. */
struct panels_item {
    bool node;
    uint32_t index;
};

struct panels_bound {
    struct panels_item *items; /* nodes, then tags; at most PANELS_ITEMS */
    size_t count, capacity;
    size_t more;               /* fit, and are not among them */
};

struct panels {
    struct panel_view *shown;  /* a copy of what was drawn last; NULL: nothing yet */
    struct panels_bound bound[PANELS];
    const struct model *model; /* and of which model and plant the items are, and how many of its tags were looked at */
    uint64_t plant_id;
    size_t scanned;
    size_t selected, top, item;
    bool zoomed;
    size_t items;              /* of the selected panel, that can be selected; as drawn last */
    bool editing, moving;
    struct panel_view *draft;  /* NULL: nothing was changed by hand */
    bool changed;              /* since it was saved */
    struct panel_view *undo[PANELS_UNDO]; /* the newest last */
    size_t undo_count;
    char note[PANELS_NOTE];    /* what the last key could not do, "" */
    char typed[PANELS_TYPED];  /* for a prompt that is to be opened */
    struct overview overview;  /* of panels that are built in */
};

/* One drawing: what it asked of the history, so that many panels on the same tags ask once. */
struct panels_frame {
    struct panels *panels;
    const struct scene *scene;
    struct panels_curve **curves;
    size_t count, capacity;
};

extern const struct view panels_view;

/* ---- which views there are: panels.c ---- */

/* The n-th of the configuration, then of the user's that hide none; NULL at the end. */
const struct panel_view *panels_nth(const struct plant *plant, const struct panel_view *own, size_t own_count, size_t n);
/* By name: the user's, else the configuration's; NULL. */
const struct panel_view *panels_find(const struct plant *plant, const struct panel_view *own, size_t own_count, const char *name);
/* Is what is drawn being edited? Another view may be looked at meanwhile. */
bool panels_editing(const struct panels *panels, const struct scene *scene);
/* What is drawn: the draft while it is edited, the view that focus.panels names, the first one; NULL: there is none. */
const struct panel_view *panels_current(const struct panels *panels, const struct scene *scene);

/* ---- by hand: panels_edit.c ---- */

/* Begins to edit what is drawn, or goes on with the draft; `name` is a new one's ("": none). False: err says why not. */
bool panels_edit(struct panels *panels, const struct scene *scene, const char *name, struct error *err);
/* Adds a panel behind the selected one, or in a row of its own; it is selected then. */
bool panels_add(struct panels *panels, const char *widget, const char *tags, bool row, struct error *err);
bool panels_set(struct panels *panels, const char *key, const char *value, struct error *err);
bool panels_undo(struct panels *panels, struct error *err);
/* It was saved (under this name), and editing is over. */
void panels_saved(struct panels *panels, const char *name);
bool panels_edit_key(struct panels *panels, const struct scene *scene, struct key key, struct request *request);
/* The keys, in as many rows as it has. */
void panels_edit_help(const struct panels *panels, struct surface s);
/* The names of widgets and of panels that are built in; NULL at the end. */
const char *panels_widget(size_t n);
/* The keys of tags and paths of nodes that begin so, or that a pattern fits; the n-th, false at the end. */
bool panels_completion(const struct model *model, bool lines, const char *word, size_t n, char out[KEY_BYTES]);
/* What is typed after ":panel tags" or ":panel lines"; NULL: something else is. */
const char *panels_typed(const char *prompt, bool *lines);
/* What the patterns that are being typed fit, as a list; how many at its head. */
void panels_draw_matches(const struct scene *scene, bool lines, const char *patterns, struct surface s);

/* ---- what panels show: panels_bind.c, panels_data.c ---- */

void panels_bind(struct panels *panels, const struct scene *scene, const struct panel_view *view);
void panels_unbind(struct panels *panels);
void panels_frame_finish(struct panels_frame *frame);
/* What is known of a tag over a time; by days: columns of an hour from a local midnight on. Borrowed until the frame ends. */
const struct series *panels_series(struct panels_frame *frame, uint32_t tag, int64_t span_ms, bool days, int columns);
/* Readings of the items [first, first + count), with their labels; both arrays are the caller's. */
void panels_readings(struct panels_frame *frame, const struct panel *panel, const struct panels_bound *bound, const struct widget *widget, size_t first, size_t count, int w,
    struct reading *readings, char (*labels)[PANELS_LABEL]);
/* What it is called without a title. */
void panels_title(const struct scene *scene, const struct panel *panel, const struct panels_bound *bound, char *out, size_t cap);

/* ---- panels_draw.c, panels_built_in.c ---- */

struct panels_part {
    const char *name, *help;
    int least_w, least_h; /* with its title */
    void (*draw)(struct panels_frame *frame, bool focused, struct surface s);
};

extern const struct panels_part panels_parts[];
extern const size_t panels_part_count;
const struct panels_part *panels_part(const char *name);

/* Of what draws this panel, with its title. */
struct panel_least panels_least(const struct panel *panel);
void panels_draw_one(struct panels_frame *frame, const struct panel *panel, const struct panels_bound *bound, bool focused, struct surface s);

#endif
