/*
 * overview: what its files share: the state that a screen keeps, the table of lines, and what only large screens have
 * room for, beside and below the table.
 */
#ifndef ANDON_VIEWS_OVERVIEW_H
#define ANDON_VIEWS_OVERVIEW_H

#include "draw/table.h"
#include "views/figures.h"

enum { OVERVIEW_COLUMNS = 18, OVERVIEW_BAND = 12, OVERVIEW_LOSSES_LEAST_H = 6 };

/* What the keys act on; Tab goes from one to the next. */
enum overview_panel { OVERVIEW_LINES, OVERVIEW_SIDE, OVERVIEW_LOSSES, OVERVIEW_STOPS, OVERVIEW_PANELS };

/* What the screen keeps. The rows are nodes, headings and lines, made anew for each call: a reload may change the plant in between. */
struct overview {
    struct table table;
    struct survey survey;
    struct alarm_marks marks;
    uint32_t *rows;
    size_t row_count, row_capacity;
    enum overview_panel focus;
    bool drawn[OVERVIEW_PANELS]; /* which there was room for */
    bool headings, zoomed;
    uint32_t *keys;              /* what lines show instead of counts, in the plant's order */
    size_t key_count, key_capacity;
    int key_title_w;             /* the longest of their titles, in cells */
    int title_w, units_w;        /* the columns of what lines are called and of their units */
    bool plans, accounts;        /* some line has a plan; an account */
    uint32_t figures_of;         /* the row that was drawn last, and its shift; NO_NODE: none in this drawing */
    struct shift_figures figures;
    uint64_t measured_id;        /* and the plant of which all this is */
    bool measured;
};

/* The table's context for one call. */
struct lines {
    const struct scene *scene;
    struct overview *overview;
    struct table_column columns[OVERVIEW_COLUMNS];
    char scale[LABEL_TEXT];
    int64_t cell_ms;
    bool narrow;
};

/* Lists the lines that the filter lets through, with the headings of their areas when overview->headings. */
void overview_rows(struct overview *overview, const struct scene *scene);
/* The table of lines for a surface of this width; it borrows `lines`. */
struct table_spec overview_table(struct lines *lines, int w);
/* Does the table, this wide, show a column that counts? */
bool overview_shows_counts(const struct table_spec *spec, int w);
/* What is not running, what is outside its band, what runs longest, how the data comes in. */
void overview_side(const struct scene *scene, const struct overview *overview, bool focused, struct surface s);
/* The parts of it alone, each with its title, for panels of one's own; the survey and the marks are taken by overview_look(). */
void overview_look(struct overview *overview, const struct scene *scene);
void overview_lines(struct overview *overview, const struct scene *scene, struct surface s);
void overview_alarms(const struct scene *scene, const struct overview *overview, struct surface s);
void overview_standing(const struct scene *scene, const struct overview *overview, bool running, bool focused, struct surface s);
void overview_open(const struct scene *scene, struct surface s);
void overview_outside(const struct scene *scene, const struct overview *overview, struct surface s);
void overview_data(const struct scene *scene, struct surface s);
void overview_stops(const struct scene *scene, bool focused, struct surface s);
void overview_finish(struct overview *overview);
/* What each line lost in its shift, by kind. */
void overview_losses(const struct scene *scene, const struct overview *overview, bool focused, struct surface s);

#endif
