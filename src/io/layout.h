/*
 * layout: what a user has arranged on his screens, in a file of its own (the configuration is never written): the saved sets of trends, and views of
 * panels. It has the syntax of a configuration, and may be edited:
 *
 *     version = 1;
 *     trends = (
 *       { name = "cooling"; tags = ("works/utilities/chiller/supply", "works/utilities/chiller/return"); }
 *     );
 *     views = ( { name = "furnace"; rows = ( { panels = ( { widget = "trend"; tags = ("works/melt/eaf1/power"); } ); } ); } );
 *
 * Several screens share it: who changes it reads it first and replaces it as a whole. A file that is damaged, or of a newer andon, is set aside, not lost and
 * not fatal.
 */
#ifndef ANDON_IO_LAYOUT_H
#define ANDON_IO_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/plant.h"

enum { LAYOUT_SETS = 64, LAYOUT_TAGS = PLANT_TREND_TAGS, LAYOUT_NAME = 32, LAYOUT_BYTES = 1 << 20, LAYOUT_PATH = 4096, LAYOUT_VERSION = 1 };

struct layout_set {
    char name[LAYOUT_NAME];
    char tags[LAYOUT_TAGS][KEY_BYTES];
    size_t count;
};

struct layout {
    struct layout_set *sets; /* by name */
    size_t count;
    struct panel_view *views; /* by name */
    size_t view_count;
};

void layout_finish(struct layout *layout);
/* $XDG_STATE_HOME/andon/layout.cfg, else ~/.local/state/andon/layout.cfg. */
void layout_path(char *out, size_t cap);
/* Reads a file; without one the layout is empty, and that is no error. Of a file that cannot be read as one err says
 * so, the layout is empty, and with `set_aside` it is renamed to PATH.damaged (PATH.newer): false. */
bool layout_load(struct layout *layout, const char *path, bool set_aside, struct error *err);
/* Replaces the file as a whole, making its folder (mode 0700) where there is none. */
bool layout_save(const struct layout *layout, const char *path, struct error *err);
/* NULL: there is none of that name. */
const struct layout_set *layout_find(const struct layout *layout, const char *name);
/* Adds a set or replaces the one of that name. False: the name will not do, or there are too many. */
bool layout_put(struct layout *layout, const struct layout_set *set, struct error *err);
/* False: there was none. */
bool layout_drop(struct layout *layout, const char *name);
/* The like of views of panels. */
const struct panel_view *layout_find_view(const struct layout *layout, const char *name);
bool layout_put_view(struct layout *layout, const struct panel_view *view, struct error *err);
bool layout_drop_view(struct layout *layout, const char *name);
/* Writes views as a configuration says them into a new file: one that is there is not touched, and that is an error. */
bool layout_export(const struct panel_view *views, size_t count, const char *path, struct error *err);
/* A name of letters, digits, - and _. */
bool layout_name_good(const char *name);

#endif
