/*
 * energy_day: what one meter measured on one UTC day, in few bytes, so that a year of a hundred meters is read in a moment. Pure.
 *
 *     struct energy_day day = {0};
 *     energy_day_unpack(&day, blob, length);
 *     energy_day_add(&day, from_ms, to_ms, work, &sum);   // a fact, or an amendment of one
 *     energy_day_pack(&day, &packer);
 *
 * A slot is what lies in one quarter of an hour and one context (shift, product, order: a number of the caller's). The sums of the day are kept bit for bit;
 * amounts of slots too when they are decimals of few places, else to a part in a thousand million of the day's largest. Times are whole. The bytes end in no
 * checksum but begin with one, over all the rest.
 */
#ifndef ANDON_CORE_ENERGY_DAY_H
#define ANDON_CORE_ENERGY_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/energy.h"
#include "core/pack.h"

enum { ENERGY_DAY_MS = 86400000, ENERGY_DAY_QUARTERS = 96, ENERGY_DAY_SLOTS = 20000 /* more are not taken */ };

struct energy_slot {
    int32_t from_ms, to_ms;   /* since the day's beginning, the extremes of what was added */
    uint32_t work;
    struct energy sum;
};

struct energy_day {
    struct energy_slot *slots; /* by from_ms */
    size_t count, capacity;
    struct energy sum;
};

/* The day's own figures. */
struct energy_day_head {
    struct energy sum;
    size_t count;             /* of slots; 0: nothing is left of it */
    int32_t from_ms, to_ms;   /* of the first and last */
    uint32_t work;            /* the first slot's */
    double peak;              /* mean power of the highest quarter that is measured throughout, units an hour; NAN: there is none */
    int32_t peak_ms;          /* its beginning */
};

/* Empties it; keeps the memory. */
void energy_day_clear(struct energy_day *day);
void energy_day_finish(struct energy_day *day);
/* Adds to the slot of that quarter and work. What takes all of it away leaves nothing. `from_ms` lies in the day, the rest in the quarter: else it is cut to it. False when there are too many. */
bool energy_day_add(struct energy_day *day, int32_t from_ms, int32_t to_ms, uint32_t work, const struct energy *sum);
void energy_day_head(const struct energy_day *day, struct energy_day_head *head);

void energy_day_pack(const struct energy_day *day, struct packer *p);
/* The like in more bytes, amounts of slots bit for bit. */
void energy_day_pack_exact(const struct energy_day *day, struct packer *p);
/* False, and an empty day, when the bytes are not what was packed. */
bool energy_day_unpack(struct energy_day *day, const void *bytes, size_t length);
/* The head alone; looks at the checksum too. */
bool energy_day_read_head(const void *bytes, size_t length, struct energy_day_head *head);
/* The sum of amount * weight of the slot's quarter; of bytes whose head was read. NAN where they do not fit to each other. */
double energy_day_weigh(const void *bytes, size_t length, const double weights[ENERGY_DAY_QUARTERS]);

/* What several meters have in each quarter. */
struct energy_quarters { double amount[ENERGY_DAY_QUARTERS]; int64_t valid_ms[ENERGY_DAY_QUARTERS]; };
void energy_quarters_add(struct energy_quarters *quarters, const struct energy_slot *slot);
/* The same of a whole day: of bytes whose head was read. `scratch` is for days that take more than a look. */
void energy_quarters_gather(struct energy_quarters *quarters, const void *bytes, size_t length, struct energy_day *scratch);

#endif
