/*
 * line: what its files share: the state that a screen keeps, and the two tables, of units and of values.
 */
#ifndef ANDON_VIEWS_LINE_H
#define ANDON_VIEWS_LINE_H

#include "draw/table.h"
#include "views/common.h"

enum { LINE_UNIT_COLUMNS = 11, LINE_TAG_COLUMNS = 8, LINE_SPAN_MS = 2 * 3600000 };

/* What the keys act on; Tab goes from one to the next. */
enum line_panel { PANEL_UNITS, PANEL_VALUES, PANEL_STOPS, PANEL_COUNT };

/* Of what the rows are: they are listed and measured again when it changes, since a line may have thousands. */
struct line_listed {
    bool ready;
    uint64_t plant_id;
    uint32_t line, chosen;
    char filter[FILTER_BYTES];
    int unit_w, place_w, title_w, dimension_w; /* the longest texts, in cells */
    bool alarms; /* some value has an alarm of its own, whose marker stands before its title */
    bool roles[ROLE_COUNT];                    /* of some unit or of the line for it */
};

/* What the screen keeps. */
struct line_view {
    struct table units, tags;
    struct alarm_marks marks;
    uint32_t *unit_rows, *tag_rows;
    size_t unit_count, unit_capacity, tag_count, tag_capacity;
    struct line_listed listed;
    uint32_t line, chosen; /* of the last call; chosen: the unit whose values are shown, or NO_NODE */
    enum line_panel focus;
    bool zoomed, stops_drawn, started;
};

/* The context of both tables for one call. */
struct line_page {
    const struct scene *scene;
    struct line_view *view;
    struct table_column unit_columns[LINE_UNIT_COLUMNS], tag_columns[LINE_TAG_COLUMNS];
    char scale[LABEL_TEXT];
    int64_t cell_ms;
};

/* Finds the line that is looked at (the focus, else the worst below it) and has its units and values listed. */
void line_rows(struct line_view *view, const struct scene *scene);
/* Its state and why, and where there is room its order and its OEE: so many rows. */
int line_head_h(const struct line_view *view, const struct scene *scene, bool roomy);
void line_head(const struct line_view *view, const struct scene *scene, struct surface s);
/* Two rows: the stop that matters most, and what was lost in this shift. */
/* Is anything configured that will be due on it? Then the foot has a row for that. */
bool line_has_soon(const struct line_view *view, const struct scene *scene);
void line_foot(const struct line_view *view, const struct scene *scene, struct surface s);
/* The stop of the line in the shift that began at from_ms that matters most: the one that lasts, else the newest without a reason, else the newest; NULL
 * when it did not stand. *open: so many have no reason. */
const struct stop *line_stop(const struct model *model, uint32_t line, int64_t from_ms, size_t *open);
/* Does the table of units, this wide, show a column that counts? */
bool line_shows_counts(const struct table_spec *units, int w);
/* The tables for a surface of this width; they borrow `panel`. */
struct table_spec line_units(struct line_page *panel, int w);
struct table_spec line_values(struct line_page *panel, int w, bool titles);

#endif
