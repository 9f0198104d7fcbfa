/*
 * history_energy: what the site's calendar says of the quarters of one UTC day: to which step each belongs, what a unit costs in it and gives off; so that the year of a
 * meter is a few numbers times a few numbers. For the two files of that name.
 */
#ifndef ANDON_IO_HISTORY_ENERGY_H
#define ANDON_IO_HISTORY_ENERGY_H

#include "core/energy_day.h"
#include "io/history_private.h"

#define DAY_MS INT64_C(86400000)

/* Prices or factors of the day's quarters; NAN: there is none. */
struct weights {
    bool known;               /* reckoned for this day */
    bool flat, whole;         /* all are the same; none is unknown */
    double each[ENERGY_DAY_QUARTERS];
};

struct today {
    const struct plant *plant;
    enum energy_step step;
    int64_t start_ms;         /* INT64_MIN: none yet */
    int64_t steps[ENERGY_DAY_QUARTERS]; /* numbers that rise with time */
    int64_t days[ENERGY_DAY_QUARTERS];  /* local ones since 1970 */
    bool one_step;
    struct weights *prices, *carbons; /* by tariff; by carrier */
};

void today_init(struct today *t, const struct plant *plant, enum energy_step step);
void today_finish(struct today *t);
void today_begin(struct today *t, int64_t start_ms);
const struct weights *today_prices(struct today *t, uint16_t tariff);
const struct weights *today_carbons(struct today *t, uint16_t carrier);

#endif
