/*
 * panel: views that somebody puts together himself: rows of panels, each a widget on tags or lines that patterns name. A plain value: the configuration holds
 * it (plant->views), the user's layout file holds it, and a hand on the screen changes a copy of it.
 *
 *     struct panel_view view = {.name = "furnace"};
 *     panel_view_insert(&view, 0, true, &(struct panel){.widget = "trend", .tags = "works/melt/eaf?/power"});
 *
 * Patterns are parted by blanks: `*` is anything (slashes too), `?` one character; a blank in a key is matched by `?`.
 */
#ifndef ANDON_CORE_PANEL_H
#define ANDON_CORE_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

enum { PANEL_NAME = 32, PANEL_WIDGET = 24, PANEL_TITLE = 96, PANEL_PATTERNS = 512, PANEL_LINES = 256, PANEL_ROWS = 12, PANELS = 32, PANEL_VIEWS = 64,
    PANEL_WEIGHT_MOST = 20, PANEL_HEIGHT_MOST = 200, PANEL_COLUMNS_MOST = 16 };

#define PANEL_SPAN_LEAST_MS INT64_C(60000)
#define PANEL_SPAN_MOST_MS (INT64_C(366) * 86400000)

struct panel {
    char widget[PANEL_WIDGET];   /* of a widget, or of a panel that is built in */
    char title[PANEL_TITLE];     /* "": what is drawn names itself */
    char tags[PANEL_PATTERNS];   /* patterns of keys of tags, discovered series too; "" for none */
    char lines[PANEL_LINES];     /* patterns of paths of areas, lines and units */
    int width;                   /* its part of its row's width, 1 .. PANEL_WEIGHT_MOST */
    int64_t span_ms;             /* of what is drawn over time; 0: as the widget likes it */
    bool has_range;
    double range[2];             /* instead of the tags' own */
    int decimals;                /* instead of the tags' own; -1: those */
    int columns;                 /* readings beside one another; 0: as many as are needed and fit */
    int line;                    /* where the configuration says it; 0: nowhere */
};

struct panel_row {
    int height;                  /* cells, with its titles; 0: a part of what is left, by weight */
    int weight;                  /* 1 .. PANEL_WEIGHT_MOST */
    size_t count;                /* of its panels, at least 1 */
};

struct panel_view {
    char name[PANEL_NAME];       /* [a-z0-9_-]+ */
    char title[PANEL_TITLE];
    char key;                    /* '0' to '9': that key goes to it, and not to a view that is built in; 0: none does */
    size_t row_count, panel_count;
    struct panel_row rows[PANEL_ROWS];
    struct panel panels[PANELS]; /* row by row */
    const char *file;            /* of the configuration that it stands in, NULL for none */
    int line;
};

/* A panel with nothing told but its widget. */
struct panel panel_blank(const char *widget);
bool panel_name_good(const char *name);

/* ---- patterns ---- */

bool panel_glob(const char *pattern, const char *text);
/* Does one of the patterns fit? "" fits nothing. */
bool panel_matches(const char *patterns, const char *text);
/* The next pattern: *rest moves behind it. False at the end. `out` holds PANEL_PATTERNS bytes. */
bool panel_pattern(const char **rest, char out[PANEL_PATTERNS]);

/* ---- putting together ---- */

/* In which row a panel lies, and the first panel of a row. */
size_t panel_view_row(const struct panel_view *view, size_t panel);
size_t panel_view_first(const struct panel_view *view, size_t row);
/* Puts one behind panel `after` in its row, or (`row`) into a row of its own below that; *at is where it came. False: there are as many as can be. */
bool panel_view_insert(struct panel_view *view, size_t after, bool row, const struct panel *panel, size_t *at);
/* A row that is empty then goes with it. */
void panel_view_remove(struct panel_view *view, size_t panel);
enum panel_way { PANEL_LEFT, PANEL_RIGHT, PANEL_UP, PANEL_DOWN };
/* Moves a panel in its row, or into the next one; over the edge it gets a row of its own. Returns where it is then: where it was, if it cannot go there. */
size_t panel_view_move(struct panel_view *view, size_t panel, enum panel_way way);
/* The panel that lies that way; the same when none does. */
size_t panel_view_beside(const struct panel_view *view, size_t panel, enum panel_way way);
/* Changes one thing of a panel or its row by its name, as it is typed: "span" "1h". False: what is valid. */
bool panel_view_set(struct panel_view *view, size_t panel, const char *key, const char *value, struct error *err);
/* The names that panel_view_set() knows; NULL at the end. */
const char *panel_key(size_t n);

/* ---- as text ---- */

/* As a configuration says it: "views = ( ... );" with a newline. To free(). */
char *panel_views_text(const struct panel_view *views, size_t count);

#endif
