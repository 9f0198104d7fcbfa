/*
 * energy_series: what one meter measured, by blocks of one length, and the figures that are read from that. Views, reports and the past use the same, so
 * that all tell the same. Pure.
 *
 *     struct energy_series s = {.step_ms = METER_QUARTER_MS};
 *     energy_series_rows(&s, answer->energies, answer->energy_count);    // or energy_series_cells(&s, model_energy_cells(...), count)
 *     struct energy_figures f = energy_figures(&s, from_ms, to_ms);
 *     energy_series_finish(&s);
 *
 * A figure of power (units an hour) is told of whole blocks only: of those whose time was measured, but for a hundredth. What is unknown is NAN.
 */
#ifndef ANDON_CORE_ENERGY_SERIES_H
#define ANDON_CORE_ENERGY_SERIES_H

#include "core/demand.h"
#include "core/energy.h"
#include "core/recall.h"

struct energy_block { int64_t from_ms; double amount; int64_t valid_ms; };

/* By time, each block once; of what nobody told there is no block. */
struct energy_series {
    int64_t step_ms;          /* a quarter or a multiple of it, at most an hour */
    struct energy_block *blocks;
    size_t count, capacity;
};

/* Adds to the block that the moment lies in: blocks are UTC multiples of the step. */
void energy_series_add(struct energy_series *series, int64_t ms, double amount, int64_t valid_ms);
void energy_series_rows(struct energy_series *series, const struct energy_row *rows, size_t count);
void energy_series_cells(struct energy_series *series, const struct energy_cell *cells, size_t count);
/* Adds another meter's: the sum of both. A block is measured as long as both are; the first one that is added to an empty series is that one. */
void energy_series_merge(struct energy_series *series, const struct energy_series *other);
/* The same in longer blocks, on the local clock: half hours, hours. */
void energy_series_coarse(const struct energy_series *series, int64_t step_ms, const struct zone *zone, struct energy_series *out);
void energy_series_finish(struct energy_series *series);
bool energy_block_whole(const struct energy_series *series, const struct energy_block *block);
/* Its mean power, units an hour; NAN: it is not whole. */
double energy_block_power(const struct energy_series *series, const struct energy_block *block);
/* The first block at or behind a moment: an index, series->count when there is none. */
size_t energy_series_at(const struct energy_series *series, int64_t ms);

struct energy_figures {
    double amount;            /* of all blocks; 0 with valid_ms 0: nothing is known */
    double weekday, weekend;  /* of it, by local date: Monday to Friday, and the rest */
    int64_t valid_ms;
    size_t whole;             /* blocks */
    double mean;              /* power over the time that was measured; NAN */
    double peak;              /* the highest whole block's power; NAN */
    int64_t peak_ms;          /* its beginning, the first when several are the highest */
    double load_factor;       /* mean / peak; NAN */
    double base;              /* base load: the 5th percentile of the whole blocks' power, between two blocks in proportion; NAN */
};
/* Of the blocks that begin in [from_ms, to_ms). */
struct energy_figures energy_figures(const struct energy_series *series, const struct zone *zone, int64_t from_ms, int64_t to_ms);

/* The highest whole blocks that begin in [from_ms, to_ms), highest first, of equal ones the first; returns how many. */
size_t energy_peaks(const struct energy_series *series, int64_t from_ms, int64_t to_ms, struct demand_peak peaks[DEMAND_PEAKS]);

/* Power by quarter of the local day. A quarter that a day has twice (the clock was set back) is the mean of both, one that it does not have is NAN. */
enum { ENERGY_SLOTS = 96 };
/* Of the local day that begins at day_ms. */
void energy_profile(const struct energy_series *series, const struct zone *zone, int64_t day_ms, double power[ENERGY_SLOTS]);
/* A typical day: for each quarter the median over the days of one weekday (0: Sunday) that begin before before_ms. Returns the number of days that told something. */
size_t energy_typical(const struct energy_series *series, const struct zone *zone, int weekday, int64_t before_ms, double power[ENERGY_SLOTS]);
/* What a profile comes to up to a moment of its day: today against yesterday. Quarters that are unknown add nothing; *unknown (may be NULL) counts them. */
double energy_profile_sum(const double power[ENERGY_SLOTS], size_t slots, size_t *unknown);

/* One local day, of the heat map. */
enum { ENERGY_HOURS = 24 };
struct energy_date {
    int32_t day;              /* yyyymmdd */
    int64_t from_ms;
    int weekday;              /* 0: Sunday */
    double amount;
    int64_t valid_ms;
    double peak;              /* NAN */
    double power[ENERGY_HOURS]; /* mean of what was measured in the local hour; NAN: nothing */
};
/* Days with blocks, by time. free(). */
size_t energy_dates(const struct energy_series *series, const struct zone *zone, struct energy_date **days);

#endif
