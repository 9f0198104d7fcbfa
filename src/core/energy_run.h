/*
 * energy_run: sixteen UTC days of one meter in few bytes: of each day its head and what was used in each of its hours, which is all that long stretches are told from, whatever a
 * unit costs at which hour. Derived from packed days (energy_day.h). Pure.
 *
 *     size_t mark = energy_run_begin(&packer);
 *     energy_run_add(&packer, 3, &head, &day);         // in order of days
 *     energy_run_end(&packer, mark, known);
 *
 *     struct energy_run run;
 *     if (energy_run_open(&run, bytes, length) && run.known >> 3 & 1 && energy_run_find(&run, 3, &day)) ...
 */
#ifndef ANDON_CORE_ENERGY_RUN_H
#define ANDON_CORE_ENERGY_RUN_H

#include "core/energy_day.h"

enum { ENERGY_RUN_DAYS = 16, ENERGY_RUN_HOURS = 24 };

struct energy_run_day {
    struct energy_day_head head;
    double hours[ENERGY_RUN_HOURS]; /* amounts by hour of the UTC day; they add up to the head's but for what packing takes of slots */
};

/* A run's bytes, looked over; borrowed. */
struct energy_run {
    const uint8_t *days;
    size_t count;
    uint16_t known;           /* a bit a day: what the run says of it is all there is, also when that is nothing */
};

/* Where the run begins among the bytes. */
size_t energy_run_begin(struct packer *p);
/* `head` as it was packed: the slots that come back are not quite those that it was made of. */
void energy_run_add(struct packer *p, unsigned day, const struct energy_day_head *head, const struct energy_day *of);
void energy_run_end(struct packer *p, size_t mark, uint16_t known);

/* False when these are not the bytes of a run. */
bool energy_run_open(struct energy_run *run, const void *bytes, size_t length);
/* False: nothing was measured on that day, of those that are known. */
bool energy_run_find(const struct energy_run *run, unsigned day, struct energy_run_day *out);

#endif
