/*
 * energy: what the files of the energy view share: the rows of one call, which period they are of, and what is drawn of the selected one.
 */
#ifndef ANDON_VIEWS_ENERGY_H
#define ANDON_VIEWS_ENERGY_H

#include "core/demand.h"
#include "core/energy_price.h"
#include "core/energy_report.h"
#include "draw/table.h"
#include "views/figures.h"

enum energy_period { POWER_TODAY, POWER_YESTERDAY, POWER_WEEK, POWER_MONTH, POWER_YEAR, POWER_PERIODS };
enum energy_by { POWER_METERS, POWER_SHIFTS, POWER_CREWS, POWER_PRODUCTS, POWER_ORDERS, POWER_BYS };
enum energy_panel { POWER_ROWS, POWER_DEMAND, POWER_DAY, POWER_MAP, POWER_PEAKS, POWER_BASELINE, POWER_PANELS };
extern const char *const energy_period_names[POWER_PERIODS], *const energy_by_names[POWER_BYS];

enum { POWER_COLUMNS = 10, POWER_PEAK_COLUMNS = 4, POWER_MAP_DAYS = 35, POWER_LOADS = 12 };

struct energy_range { int64_t from_ms, to_ms; };

/* What was measured, and what it cost: NAN where a tariff or a factor is missing for some of it. */
struct energy_total { struct energy sum; double cost, carbon; };

/* A meter, what the meters under one do not account for, or a shift, crew, product or order of a meter. */
struct energy_line {
    uint32_t meter;           /* NO_METER: of a name */
    unsigned depth;
    bool rest, more;          /* what is not metered below `meter`; the meters below it count more */
    char name[WORK_NAME];
    struct energy_total total;
    double amount;            /* of a rest it is all that is known; NAN */
    double share;             /* of its root; NAN */
    double power;             /* present; NAN */
    double good;              /* pieces of a line or unit in the period; NAN */
};

/* What the screen keeps. */
struct energy_view {
    struct table rows, peaks;
    enum energy_period period;
    enum energy_by by;
    enum energy_panel panel;
    uint16_t carrier;
    bool zoomed;
    int64_t asked_ms;         /* as of the end of a day that is over; 0: now */
    char meter[KEY_BYTES];    /* the selected one's key, what `by` is of; "": the first */
    char came[KEY_BYTES];     /* for the node with which one came: its meter is selected once */
    struct energy_line *lines;
    size_t line_count, line_capacity;
};

/* For one call. */
struct energy_page {
    const struct scene *scene;
    const struct plant *plant;
    struct energy_view *view;
    int64_t now_ms;            /* of which all is told: now, or view->asked_ms */
    struct energy_range range; /* to_ms not beyond now_ms */
    bool loading;
    int64_t first_ms;          /* since when something is known in the range; INT64_MAX: nothing is */
    uint32_t meter;            /* the selected one; NO_METER */
    struct table_column columns[POWER_COLUMNS], peak_columns[POWER_PEAK_COLUMNS];
    uint32_t demand;           /* of the selected meter, else the first one of its carrier; UINT32_MAX */
    struct demand_now now;
    struct demand_peak peak[DEMAND_PEAKS]; /* of this month, highest first */
    size_t peak_count;
};

extern const struct view energy_view;

/* ---- energy_rows.c ---- */

void energy_page_init(struct energy_page *page, struct energy_view *view, const struct scene *scene);
/* What a meter is measured by: itself, or of a sum the meters under it. The caller's: free(). */
uint32_t *energy_leaves_of(const struct plant *plant, uint32_t meter, size_t *count);
/* The selected meter and its demand. */
void energy_choose(struct energy_page *page);
/* The rows of the period, and the selected meter with its demand. */
void energy_rows_make(struct energy_page *page);
/* The local day, week, month or year that a moment lies in, not beyond it. */
struct energy_range energy_range_of(const struct zone *zone, enum energy_period period, int64_t now_ms);
/* The day of a moment instead of today. `state` is the view's. */
void energy_ask(void *state, const struct model *model, int64_t ms);
/* The selected meter by blocks of step_ms in [from_ms, now]; false while it is read. energy_series_finish(). */
bool energy_series_of(const struct energy_page *page, int64_t step_ms, int64_t from_ms, struct energy_series *out);
/* Since when all meters are remembered by the model, a quarter's beginning; at most now. */
int64_t energy_remembered(const struct scene *scene);
/* Adds what cells that begin in [from_ms, to_ms) hold, with cost and carbon by the plant's tariffs. */
void energy_add_cells(const struct scene *scene, uint32_t meter, int64_t from_ms, int64_t to_ms, struct energy_total *total);
uint16_t energy_carriers(const struct plant *plant, uint16_t after); /* the next carrier that something measures; `after` itself when there is no other */

/* ---- energy_tables.c ---- */

struct table_spec energy_rows_spec(struct energy_page *page, int w);
struct table_spec energy_peaks_spec(struct energy_page *page);
/* "18 211", as many digits as fit; "-" of what is not known. */
void energy_amount_text(double amount, int width, char out[NUMBER_TEXT]);

/* ---- energy_panels.c ---- */

void energy_draw_demand(struct energy_page *page, struct surface s);
void energy_draw_day(struct energy_page *page, struct surface s);
void energy_draw_map(struct energy_page *page, struct surface s);

/* ---- energy_overview.c ---- */

/* Returns what is left below. */
struct surface energy_overview(const struct scene *scene, struct surface s);

/* ---- energy_baseline.c ---- */

void energy_draw_baseline(struct energy_page *page, struct surface s);

#endif
