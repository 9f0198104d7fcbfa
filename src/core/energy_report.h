/*
 * energy_report: what is told of meters beside the figures of one series: months and their demand charge, tariff rates, the tree of meters with the unmetered rest,
 * the baseline and what was saved against it, the means of emissions against their limits. Rows in, figures out; pure. NAN is unknown.
 */
#ifndef ANDON_CORE_ENERGY_REPORT_H
#define ANDON_CORE_ENERGY_REPORT_H

#include "core/energy_series.h"
#include "core/plant.h"
#include "core/regress.h"

/* Energy for each good unit; NAN without any. */
double energy_specific(double amount, double good);
/* Of the amount what was used while nothing was produced, 0..1; NAN: nothing was used, or nobody told whether the node ran. */
double energy_idle_share(const struct energy *sum);

/* ---- months ---- */

struct energy_month {
    int32_t month;            /* yyyymm */
    int64_t from_ms, to_ms;   /* the local month */
    struct energy_figures figures; /* its peak is the highest demand of the month */
    double charge;            /* peak x demand charge; NAN: no charge or no peak */
};
/* Of local months that blocks begin in. The series' blocks are those that demand is measured by. free(). */
size_t energy_months(const struct energy_series *series, const struct zone *zone, double demand_charge, struct energy_month **months);

/* ---- rates ---- */

enum { ENERGY_RATES = 24 };
struct energy_rate {
    const char *name;         /* "peak"; rates of one name (summer's and winter's) are one row; "" of what no rate covers */
    double amount, cost;      /* cost: NAN where there is no rate */
    int64_t valid_ms;
    double peak;              /* NAN */
};
/* In the order of the tariff, those that nothing was used in left out; blocks that begin in [from_ms, to_ms). A rate holds from quarter to quarter: so do the series' blocks. */
size_t energy_rates(const struct energy_series *series, const struct tariff *tariff, const struct calendar *calendar, const struct zone *zone, int64_t from_ms, int64_t to_ms,
    struct energy_rate rates[ENERGY_RATES]);

/* ---- the tree ---- */

struct energy_branch {
    uint32_t meter;           /* of the rest its parent */
    unsigned depth;
    bool rest;                /* what the meters under `meter` do not account for */
    bool more;                /* of a rest: it is negative beyond a thousandth: the meters under it count more than it does */
    double amount;            /* NAN */
    double share;             /* of the root's; NAN */
};
/* All meters of a carrier, parents before what is under them, the most first, each parent's rest behind its children; a rest that is rounding is left out. `amounts` by meter, NAN: unknown
 * (a sum's is made of what is under it when it is NAN); a rest is unknown when a child is. free(). */
size_t energy_tree(const struct plant *plant, uint16_t carrier, const double *amounts, struct energy_branch **branches);

/* ---- baseline ---- */

/* Of a day so much must be measured: else what was used on it is unknown. */
extern const double energy_baseline_measured;
/* Of one hour's mean of a driver's tag: itself, or the degrees above or below its base. */
double energy_driver_value(const struct baseline_driver *driver, double mean);

/* A day or week, with its drivers; NAN: unknown. */
struct baseline_row {
    int32_t day;              /* yyyymmdd, of a week its first */
    double actual, x[BASELINE_DRIVERS];
    double expected;          /* told by energy_baseline_tell(); NAN */
    double saving;            /* expected - actual */
    double saved;             /* the sum of savings so far (CUSUM) */
};
struct baseline_fit {
    bool fitted;
    const char *why;          /* it is not: "fewer days than drivers need", "drivers depend on each other"; NULL */
    const char *lacks;        /* the driver that is known on no day of the period on which something was measured; NULL */
    size_t used, left_out;    /* rows of the chosen period; left out: something of them is unknown */
    struct regression fit;
};
/* Over the rows whose day lies in the baseline's period. */
void energy_baseline_fit(const struct baseline *baseline, const struct baseline_row *rows, size_t count, struct baseline_fit *out);
/* Expected, saving and their running sum, in order; rows where something is unknown add nothing. */
void energy_baseline_tell(const struct baseline_fit *fit, struct baseline_row *rows, size_t count);

/* ---- emissions ---- */

struct emission_row {
    int64_t from_ms, to_ms;
    double mean;              /* NAN: too little of it was valid */
    double valid;             /* share of its time */
    bool over;                /* mean above the limit */
};
/* Means of half hours or hours on the local clock, or of local days (of their valid half-hour means). The series' amounts are value x hours. free(). */
size_t emission_means(const struct energy_series *quarters, const struct emission *emission, int kind, const struct zone *zone, struct emission_row **rows);

struct emission_sum {
    size_t rows, valid;       /* means, and those that count */
    size_t exceeded;
    double exceeded_min;      /* minutes of what exceeded */
    double mean, highest;     /* of the valid means; NAN */
    int64_t highest_ms;
    double used;              /* share of the limit that the highest used; NAN: no limit */
    double used_mean;         /* the like of the mean */
};
struct emission_sum emission_sum(const struct emission_row *rows, size_t count, double limit);

#endif
