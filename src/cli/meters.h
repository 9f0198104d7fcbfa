/*
 * meters: what `andon report energy` tells: what meters measured in a period, by node and carrier, what it cost and gave off, when, and for what; with demand,
 * emissions and baselines. It is read from the cache's facts of meters (io/history.h, "energy"); figures are those of core/energy_series and core/energy_report,
 * which the views use too.
 *
 *     struct meters meters;
 *     if (meters_read(&meters, path, &request, &err)) meters_text(&meters, stdout);
 *     meters_finish(&meters);
 */
#ifndef ANDON_CLI_METERS_H
#define ANDON_CLI_METERS_H

#include <stdio.h>

#include "core/energy_report.h"
#include "core/error.h"
#include "core/model.h"
#include "core/period.h"
#include "core/plant.h"
#include "io/history.h"

enum { METERS_TITLE = 160, METERS_NUMBER = 48, METERS_TIME = 32 };

/* What the period is cut into: by time, by what was done then, or by the tariff's rates. */
enum meters_by { METERS_BY_NOTHING, METERS_BY_QUARTER, METERS_BY_HOUR, METERS_BY_DAY, METERS_BY_MONTH, METERS_BY_SHIFT, METERS_BY_CREW, METERS_BY_PRODUCT, METERS_BY_ORDER, METERS_BY_RATE, METERS_BYS };
extern const char *const meters_by_names[METERS_BYS];

struct meters_part {
    int64_t from_ms, to_ms;        /* of products, orders and crews: the extremes of what was measured */
    int64_t shift_ms;
    int32_t day;
    bool planned;
    char name[WORK_NAME], crew[CREW_NAME]; /* of the shift, product, order, rate; of a shift its crew */
    struct energy sum;
    double cost, carbon;           /* NAN: there is no price, no factor */
    double good;                   /* pieces that were good; NAN: nothing counts them */
};
struct meters_parts { struct meters_part *rows; size_t count, capacity; };

/* What is told of: a meter, or what a node uses of one carrier. */
struct meters_subject {
    uint32_t node, meter;          /* NO_METER: a node's */
    const char *title;
    char path[KEY_BYTES];
    uint16_t carrier;
    uint32_t *leaves;              /* meters that measure, none under another */
    size_t leaf_count;
    bool detail;                   /* told at length */
    struct energy sum;
    double cost, carbon;           /* kg */
    double good;                   /* of all its lines; NAN too when they count in different units: pieces and tonnes have no sum */
    const char *good_unit;         /* that they count in; NULL: nothing counts */
    bool mixed;
    struct energy_series quarters; /* of the period */
    struct energy_figures figures;
    struct meters_parts parts[METERS_BYS]; /* those that were read; of rates: by name */
    /* of those that are told at length */
    struct energy_month *months;   /* of the blocks that demand is measured by */
    size_t month_count;
    int64_t block_ms;
    const struct demand *demand;   /* the one that is watched here; NULL: none */
    size_t over_limit, over_warn;  /* blocks */
    double demand_charge;          /* for each unit and month; 0: it is not this one's */
    struct demand_peak peaks[DEMAND_PEAKS];
    size_t peak_count;
    struct energy_date *dates;
    size_t date_count;
    double typical[7][ENERGY_SLOTS]; /* by weekday, over the weeks before the period's last day */
    size_t typical_days[7];
    double last[ENERGY_SLOTS], before[ENERGY_SLOTS]; /* the period's last day, and the day before it */
    int64_t last_ms, last_to_ms;   /* that day, as far as it is told */
};

struct meters_baseline {
    const struct baseline *baseline;
    struct baseline_fit fit;
    struct baseline_row *rows;     /* of the report's period, after those of the baseline's that lie before it */
    size_t count, first;           /* first: of the report's period */
    double actual, expected, saved; /* over the report's period, of rows that are known */
};

struct meters_emission {
    const struct emission *emission;
    struct emission_row *rows[EMISSION_MEANS];
    size_t count[EMISSION_MEANS];
    struct emission_sum sums[EMISSION_MEANS];
};

struct meters {
    const struct plant *plant;     /* borrowed */
    const struct zone *zone;
    struct period period, asked;
    int64_t kept_from_ms, newest_ms;
    int64_t made_ms;
    bool untold;                   /* what is in no fact yet cannot be told */
    enum meters_by by;
    struct meters_subject *subjects; /* nodes in their order, each by carrier; then meters that were asked for */
    size_t subject_count;
    struct energy_branch **trees;  /* by carrier; of the whole plant, when no meter was asked for */
    size_t *tree_counts;
    struct meters_baseline *baselines;
    size_t baseline_count;
    struct meters_emission *emissions;
    size_t emission_count;
};

struct meters_request {
    const struct plant *plant;
    struct period period;
    enum meters_by by;
    const char *meter;             /* a pattern of meters' keys; NULL: nodes are told of */
    const char *const *paths;      /* of nodes that are told at length; none: the site */
    size_t path_count;
    int64_t now_ms;
};

typedef void meters_write(const struct meters *meters, FILE *out);
meters_write meters_text, meters_csv, meters_json, meters_html;

/* ---- the command's part (meters.c) ---- */

bool meters_asked(const char *by, const char *format, struct meters_request *request, meters_write **write);
int meters_report(const char *path, const struct meters_request *request, meters_write *write);

/* ---- reading ---- */

/* False: err says why, and there is nothing to finish. */
bool meters_read(struct meters *meters, const char *path, const struct meters_request *request, struct error *err);
void meters_finish(struct meters *meters);
/* The like of nodes alone, each by carrier, without anything at length: for other reports. Without meters there are no subjects. */
bool meters_used(struct meters *meters, const char *path, const struct meters_request *request, const uint32_t *nodes, size_t node_count, struct error *err);

/* What a cache holds, and what is in no fact yet: the fold of the period's end (NULL: there is none). */
struct meters_source { struct history *history; uint64_t until_seq; const struct model *model; const char *path; };
/* Which (meters_choose.c). */
bool meters_choose(struct meters *meters, const struct meters_request *request, struct error *err);
struct meters_subject *meters_add_node(struct meters *meters, uint32_t node, uint16_t carrier);
/* Facts of all subjects (meters_read.c), by each of these parts; bits of enum meters_by. */
bool meters_fill(struct meters *meters, const struct meters_source *source, unsigned parts, struct error *err);
struct meters_part *meters_part_at(struct meters_parts *parts, enum meters_by by, const struct meters_part *like);
void meters_subject_finish(struct meters_subject *subject);
/* What is reckoned from them (meters_reckon.c). */
bool meters_reckon(struct meters *meters, const struct meters_source *source, struct error *err);
bool meters_baselines(struct meters *meters, const struct meters_source *source, struct error *err);
/* One meter's quarters; behind the `facts` first ones what is in no fact yet. free(). */
bool meters_quarters(const struct meters_source *source, const struct plant *plant, uint32_t meter, struct period period, struct energy_row **rows, size_t *count, size_t *facts,
    struct error *err);

/* ---- words (meters_words.c) ---- */

/* An amount or sum of money with so many decimals, "-" of what is unknown. */
void meters_number(double number, int decimals, char out[METERS_NUMBER]);
void meters_share(double share, char out[METERS_NUMBER]);
/* "Thu 2018-11-22 09:30" */
/* What it counts one by one: the unit of its lines, "piece" when that is none or theirs differ. */
const char *meters_piece(const struct meters_subject *s);
void meters_moment(const struct meters *meters, int64_t ms, char out[METERS_TIME]);
void meters_part_title(const struct meters *meters, enum meters_by by, const struct meters_part *part, char out[METERS_TITLE]);
void meters_title(const struct meters *meters, char *out, size_t cap);
/* "Steel works: electricity" */
void meters_subject_title(const struct meters *meters, const struct meters_subject *subject, char out[METERS_TITLE]);
/* One sentence for each i from 0 on; false: there are no more. */
bool meters_remark(const struct meters *meters, size_t i, char *out, size_t cap);
/* Which parts are told by default of a period of this length: hours, days or months. */
enum meters_by meters_step(const struct meters *meters);
/* "kWh = 1 991.37 + 2.36 x good + 72.19 x cold" */
void meters_equation(const struct meters *meters, const struct meters_baseline *baseline, char *out, size_t cap);
/* Why a baseline's figures are not to be relied on; "" for nothing. */
void meters_baseline_note(const struct meters_baseline *baseline, char *out, size_t cap);
/* Does the highest demand matter: of what carries energy, or has a demand that is watched? */
bool meters_has_demand(const struct meters *meters, const struct meters_subject *subject);
const char *meters_unit(const struct meters *meters, const struct meters_subject *subject);
extern const char *const meters_mean_titles[EMISSION_MEANS];

#endif
