/*
 * energy: meters of any carrier, what they measured, and what is reckoned from that (OEE.md, "Energy and environment"). Pure arithmetic and the plant's
 * description; the fold of meters is core/model_energy*.
 *
 *     const struct energy_cell *cells = model_energy_cells(model, meter, &count);
 *     struct energy sum = {0};
 *     energy_add(&sum, &cells[i].sum);
 *
 * A meter is a power that is integrated, a register that is differenced, or a concentration that is averaged. Its quantities are kept by quarters of an
 * hour of source time (UTC), cut further at shifts, products, orders: additive facts, as accounts are. Cost and carbon are reckoned from them when they are
 * read, by the tariff and the factors that are valid at their time.
 */
#ifndef ANDON_CORE_ENERGY_H
#define ANDON_CORE_ENERGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/account.h"
#include "core/calendar.h"

#define NO_METER UINT32_MAX
#define METER_ROOT (UINT32_MAX - 1)
enum { METER_QUARTER_MS = 900000, NO_TARIFF = UINT16_MAX };

/* ---- what the configuration says ---- */

/* Carriers that every plant has: electricity and heat in kWh, gas, water and compressed air in m3, steam in t. */
enum carrier_preset { CARRIER_ELECTRICITY, CARRIER_GAS, CARRIER_STEAM, CARRIER_WATER, CARRIER_AIR, CARRIER_HEAT, CARRIER_PRESETS };

/* From a date on; before the first row of a list: the first. */
struct carbon_factor { int32_t from; double kg; /* CO2 for each unit */ };

struct carrier {
    const char *name, *title; /* "electricity" */
    const char *unit;         /* of its quantities: "kWh", "m3", "t"; a power is that for each hour (kW) */
    double kwh;               /* in one unit; NAN: it carries no energy (water) */
    struct carbon_factor *factors;
    size_t factor_count;
    uint16_t tariff;          /* in plant->tariffs, or NO_TARIFF */
};

/* When a price holds: on which days, and when on each of them. A day's rates depend on that day alone. Weekday bits as in calendars, and bit 7: holidays, on which no other bit counts when some rate of the tariff has bit 7. */
enum { TARIFF_HOLIDAY = 7 };
struct tariff_rate {
    const char *name;         /* "peak" */
    double price;             /* of one unit, in the site's currency */
    uint8_t days;
    uint16_t from_minute, to_minute; /* of the local day, multiples of 15; equal: the whole day; an end before the beginning: the day without [to, from) */
    uint16_t months;          /* bit 0: January */
    int32_t valid_from, valid_to; /* inclusive dates; 0: without bound */
};
struct tariff {
    const char *name, *title;
    struct tariff_rate *rates;
    size_t rate_count;
    double demand_charge;     /* for each unit of the month's highest demand (kW) and month; 0: none */
    uint16_t calendar;        /* whose holidays count; in plant->calendars. While building 0: the site's */
};

enum meter_kind { METER_POWER, METER_REGISTER, METER_INCREMENT /* each message is what came in the interval before its stamp */, METER_SUM /* of the meters under it */,
    METER_EMISSION /* a concentration, averaged over its valid time */, METER_KINDS };

struct meter {
    uint32_t node;
    const char *name, *title;
    enum meter_kind kind;
    uint16_t carrier;         /* in plant->carriers; of an emission 0 */
    uint32_t tag;             /* power, register or concentration; NO_TAG of a sum */
    uint32_t reactive_tag;    /* reactive power, or register of kVArh, of the same kind as `tag`; NO_TAG */
    uint32_t leading_tag;     /* the like, leading; NO_TAG */
    uint32_t parent;          /* the meter that measures this one's too: the configured one, else the nearest one above on the nodes of the same carrier; NO_METER. While building NO_METER is the latter, METER_ROOT none */
    uint32_t power_tag;       /* of a register: the present power, which is shown and not integrated; NO_TAG. Of a power its own tag */
    double scale;             /* carrier's units (of a power: for each hour) in one of the tag's; below likewise, kVArh or kVAr. While building 0 means 1 */
    double power_scale, reactive_scale, leading_scale;
    int64_t gap_ms;           /* a power is not integrated over a longer silence: it is missing. Preset 5 min, or three of the tag's intervals when that is longer */
    int64_t interval_ms;      /* of increments; of other kinds the tag's */
    double most;              /* highest credible power, units an hour; a register that climbs faster has a glitch, which is not booked; 0: any */
};

enum demand_kind { DEMAND_BLOCK, DEMAND_SLIDING, DEMAND_ROLLING, DEMAND_KINDS };
struct demand {
    const char *name, *title;
    uint32_t meter;
    enum demand_kind kind;
    int64_t block_ms;         /* 15 or 30 min; of blocks a divisor of a day, on the local clock */
    int64_t step_ms;          /* of sliding: how often its window moves; preset block / 3, of rolling block / 60 */
    double limit, warn;       /* kW; NAN: none. A limit of 0 is a configuration's error */
    uint32_t sync_tag;        /* the utility's pulse: each rise begins a block; NO_TAG: the clock */
    uint32_t forecast_tag, mean_tag; /* tags of the plant that the fold tells, `{name}-forecast` and `{name}-mean` at the meter's node: for alarms, trends */
};

enum { EMISSION_HALF_HOUR, EMISSION_HOUR, EMISSION_DAY, EMISSION_MEANS };
struct emission {
    const char *name, *title;
    uint32_t meter;           /* of kind emission */
    double limit[EMISSION_MEANS]; /* NAN: none */
    uint32_t o2_tag;          /* measured O2, % by volume; NO_TAG */
    double o2_reference;      /* %; means are of value * (20.9 - reference) / (20.9 - measured); NAN: uncorrected */
    double valid_share;       /* a mean counts when so much of its time is valid: 0..1, preset 2/3 */
    uint32_t forecast_tag, mean_tag;
};

enum driver_kind { DRIVER_GOOD /* pieces */, DRIVER_PRODUCED, DRIVER_RUN_HOURS, DRIVER_MEAN /* of a tag */, DRIVER_ABOVE, DRIVER_BELOW /* degree days of a tag, against `base` */, DRIVER_KINDS };
struct baseline_driver { const char *name; enum driver_kind kind; uint32_t node, tag; double base; };
enum { BASELINE_DRIVERS = 6 };
/* ISO 50006: energy of a meter on its drivers, by local days (or weeks), over a chosen period. */
struct baseline {
    const char *name, *title;
    uint32_t meter;
    int32_t from, to;         /* dates of the period, inclusive */
    bool weekly;
    struct baseline_driver drivers[BASELINE_DRIVERS];
    size_t driver_count;
};

/* ---- what was measured ---- */

/* Additive. Of an emission `amount` is value * hours of its valid time, so that the mean is amount / (valid hours). */
struct energy {
    double amount;            /* in the carrier's unit */
    double reactive, leading; /* kVArh */
    double idle;              /* of the amount: while the node did not run (and it is known that it did not) */
    double estimated;         /* of the amount: a register's, spread evenly over a silence longer than the gap */
    int64_t valid_ms;         /* covered by measurement */
    int64_t missing_ms;       /* silence that was not integrated over; of what has not come yet nothing is said */
    int64_t running_ms;       /* of the valid time: the node ran */
};
void energy_add(struct energy *sum, const struct energy *other);
void energy_subtract(struct energy *sum, const struct energy *other);
/* amount / sqrt(amount^2 + reactive^2); 0 without any, as meters print it. */
double energy_power_factor(double amount, double reactive);

/* What lies in one quarter of an hour (UTC), shift, product and order. As a fact: added to what there is, amendments are differences. */
struct energy_cell {
    int64_t from_ms, to_ms;
    int64_t shift_ms;         /* as of an account's cell */
    int32_t day;
    bool planned;
    char shift[SHIFT_NAME], crew[CREW_NAME], product[WORK_NAME], order[WORK_NAME];
    struct energy sum;
};
bool energy_cell_same(const struct energy_cell *a, const struct energy_cell *b);

/* ---- tariff ---- */

struct tariff_at { const struct tariff_rate *rate; /* NULL: a hole */ int64_t from_ms, to_ms; /* the price is the same in [from, to), at most to the local day's ends */ };
void tariff_at(const struct tariff *tariff, const struct calendar *calendar, const struct zone *zone, int64_t ms, struct tariff_at *out);
/* What is wrong with a tariff, for `andon check`: the first local quarters of an hour that no rate covers, between the first validity and the last, or that two do. `first` and `second` are
 * rates: those that overlap; of a hole the one that ends before it on that day and the one that begins behind it, of a whole day that was valid last and will be next (SIZE_MAX: none). */
struct tariff_fault { size_t first, second; int32_t date; uint8_t day; /* weekday, or TARIFF_HOLIDAY: if that date is one */ uint16_t minute, to_minute; };
bool tariff_hole(const struct tariff *tariff, struct tariff_fault *out);
/* Of these two rates. */
bool tariff_overlap(const struct tariff *tariff, size_t first, size_t second, struct tariff_fault *out);
/* CO2 of one unit, kg, valid at a moment; NAN: no factor. */
double carrier_carbon(const struct carrier *carrier, const struct zone *zone, int64_t ms);

/* ---- units ---- */

/* How much of `unit` is in one of `given`: "MWh" in "kWh" 1000. A rate is for each time: "kW", "l/min" in "kWh", "m3" (an hour). NAN: these do not measure the same. */
double energy_unit_scale(const char *given, const char *unit, bool rate);
/* The unit of a power of that: "kWh" kW, "t" t/h. */
enum { ENERGY_UNIT = 32 };
void energy_unit_rate(const char *unit, char out[ENERGY_UNIT]);

#endif
