/*
 * history_energy: what the files of that name share. `today` is what the site's calendar says of the quarters of one UTC day: to which step each belongs, what a unit costs in it and
 * gives off; so that the year of a meter is a few numbers times a few numbers. A struct reading is one question under way: it has the rows (struct sum) of each meter, in order of time, those of
 * one step together, told apart by their groups.
 */
#ifndef ANDON_IO_HISTORY_ENERGY_H
#define ANDON_IO_HISTORY_ENERGY_H

#include "core/energy_run.h"
#include "core/hash_index.h"
#include "io/history_private.h"

#define DAY_MS INT64_C(86400000)

/* Prices or factors of the day's quarters; NAN: there is none. */
struct weights {
    bool known;               /* reckoned for this day */
    bool flat, hourly, whole; /* all are the same; those of each UTC hour are; none is unknown */
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

/* ---- a question ---- */

enum { NO_WORK = UINT32_MAX };

/* A context as it is told, and the first of those that are one row with it. */
struct work { int64_t id; uint32_t group; struct energy_cell cell; };

struct sum {
    int64_t step_ms;          /* which step: a number that rises with time */
    uint32_t group, work;     /* of works; work: that of the first that was added. NO_WORK: not looked at */
    int64_t work_id, from_ms, to_ms;
    struct energy energy;
    double cost, carbon, peak;
    int64_t peak_ms, quarter_ms; /* the quarter that was added to last */
    double quarter_amount;
    int64_t quarter_valid_ms;
};

/* Of a sum: what the meters under it have in the quarters of the day at hand. */
struct together { uint32_t leaves; bool any; struct energy_quarters quarters; };

struct metered {
    char path[KEY_BYTES];
    uint32_t meter;           /* of the plant */
    struct together *together; /* NULL: it measures by itself */
    int64_t sum_id;           /* of meter_sum; 0: the cache has none of it */
    uint16_t price, carbon;   /* rows of `today`; NO_TARIFF: none */
    bool done;                /* of the day at hand all is added */
    bool by_hours;            /* of the day at hand what each hour used is enough */
    struct sum *sums;
    size_t count, capacity, newest;
};

/* Sixteen days of a meter, as far as they may be known. */
struct kept_run { bool open; struct energy_run run; uint8_t *bytes; size_t capacity; };

/* A meter in the cache, and what is added up from it: itself, sums above it. */
struct feed { char path[KEY_BYTES]; int64_t id; uint32_t metered, next; bool served; /* of the day at hand */ struct kept_run kept; };

struct reading {
    struct history *h;
    const struct energy_query *query;
    struct error *err;
    int64_t until_seq, from_ms, to_ms;
    struct metered *meters;   /* by path */
    size_t count;
    struct feed *feeds;       /* by path; those of one path are linked by `next`, an index and 1 */
    size_t feed_count, feed_capacity;
    uint32_t *by_id;          /* the first feed's index and 1; 0: not wanted */
    size_t ids, sought, known; /* its length; how many are wanted; how many meters the cache has */
    struct today today;
    struct work *works;
    size_t work_count, work_capacity;
    struct hash_index by_work, by_group;
    struct energy_day day;    /* scratch */
};

/* ---- history_energy_rows.c ---- */

/* Index in works, NO_WORK when the file cannot be read; one that is not there is empty. Within a transaction. */
uint32_t reading_work(struct reading *r, int64_t id);
/* Adds a day's slots to a meter's rows: of `today`, as far as they are asked for. */
bool reading_add_slots(struct reading *r, struct metered *m, const struct energy_day *day);
/* Is a day's head enough for it, if all of the day is asked for? */
bool reading_is_simple(struct reading *r, const struct metered *m);
void reading_add_head(struct reading *r, struct metered *m, const struct energy_day_head *head, const void *bytes, size_t length);
/* Is what each hour used enough? */
bool reading_is_by_hours(struct reading *r, const struct metered *m);
void reading_add_hours(struct reading *r, struct metered *m, const struct energy_run_day *day);
/* The day is through. */
void reading_end_day(struct reading *r);

/* ---- history_energy_days.c ---- */

bool reading_days(struct reading *r);

#endif
