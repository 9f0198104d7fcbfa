/*
 * oee: what its files share: the rows of one call, which period they are of, and what is drawn of the selected one.
 */
#ifndef ANDON_VIEWS_OEE_H
#define ANDON_VIEWS_OEE_H

#include "draw/table.h"
#include "views/figures.h"

enum oee_period { OEE_THIS_SHIFT, OEE_LAST_SHIFT, OEE_TODAY, OEE_YESTERDAY, OEE_WEEK, OEE_PERIODS };
enum oee_by { OEE_LINES, OEE_UNITS, OEE_PRODUCTS, OEE_CREWS, OEE_BYS };
enum oee_panel { OEE_ROWS, OEE_LOSSES, OEE_REASONS, OEE_DEFECTS, OEE_TREND, OEE_PANELS };
extern const char *const oee_period_names[OEE_PERIODS], *const oee_by_names[OEE_BYS];

enum { OEE_COLUMNS = 16, OEE_PANEL_COLUMNS = 5, OEE_STEPS = WATERFALL_STEPS + 2, OEE_SHIFTS = 48, OEE_TREND_DAYS = 14 };

struct oee_range { int64_t from_ms, to_ms; }; /* to_ms: not beyond now */

/* A line, a unit of an opened line, a product, a crew; or the sum of them. */
struct oee_row {
    uint32_t node;        /* NO_NODE: a product or crew */
    bool sum, unit, open;
    int64_t known_ms;     /* since when something is known */
    char name[WORK_NAME]; /* of a product or crew */
    struct oee_range range;
    struct account account;
    struct kpis kpis;
    uint32_t unrated;     /* of a sum: rows that have no OEE, which performance and OEE are without */
    const char *lacks;    /* and what they lack */
};

/* One step of the waterfall, or what is left at a place of it. */
struct oee_step { const char *title; double ms, left_ms, pieces; bool total; enum loss loss; };

struct oee_shift { int64_t from_ms, to_ms; char shift[SHIFT_NAME], crew[CREW_NAME]; struct account account; };

/* The period that is meant at a node, not beyond now. A day is the one that shifts are counted to. */
struct oee_range oee_range_of(const struct model *model, uint32_t node, enum oee_period period);
/* The account of a node in a period, from the model and, of what that does not remember, the history; *loading is set (and else left) while that is being
 * read. Returns since when something is known: the period's beginning, or later. */
int64_t oee_account(const struct scene *scene, uint32_t node, struct oee_range range, struct account *sum, bool *loading);

/* What the screen keeps. */
struct oee_view {
    struct table tables[OEE_PANELS];
    enum oee_period period;
    enum oee_by by;
    enum oee_panel panel;
    bool by_times, zoomed;
    char opened[KEY_BYTES]; /* the line whose units are listed, "" for none */
    char came[KEY_BYTES];   /* for the line with which one came: it is selected once */
    struct oee_row *rows;
    size_t row_count, row_capacity;
};

/* The rows and what is shown of the selected one, for one call. */
struct oee_page {
    const struct scene *scene;
    struct oee_view *view;
    struct oee_range *ranges; /* by calendar of the plant, made as they are asked for; owned */
    bool loading;
    struct table_column row_columns[OEE_COLUMNS], panel_columns[OEE_PANELS][OEE_PANEL_COLUMNS];
    const struct oee_row *row; /* the selected one; NULL: none */
    struct oee_step steps[OEE_STEPS];
    size_t step_count;
    struct lost lost[LOST_MOST];
    size_t lost_count;
    bool reports_defects;  /* something in the plant does */
    struct defects defects;
    bool defects_loading;
    struct oee_shift shifts[OEE_SHIFTS]; /* newest first */
    size_t shift_count;
    bool shifts_loading;
};

void oee_page_init(struct oee_page *page, struct oee_view *view, const struct scene *scene);
void oee_page_finish(struct oee_page *page);
/* The rows of the period. */
void oee_rows_make(struct oee_page *page);
/* What the panels show of page->row. */
void oee_select(struct oee_page *page);
const char *oee_row_title(const struct oee_page *page, const struct oee_row *row);

/* The tables, for a surface of this width; they borrow `page`. */
struct table_spec oee_rows_spec(struct oee_page *page, int w);
struct table_spec oee_panel_spec(struct oee_page *page, enum oee_panel panel, int w);

#endif
