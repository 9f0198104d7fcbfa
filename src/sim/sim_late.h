/*
 * sim_late: a network between a simulated plant and its broker that holds some messages back, so that they come late and out of order: each by
 * 100 ms to SIM_LATE_MS of the plant's time. What the broker keeps (retained) and what is older than the start comes in order: a broker that was
 * handed two in the wrong order would keep the older one.
 *
 *     struct sim_late *late = sim_late_create(seed, 0.2, start_ms, &sink);
 *     sim_step(sim, t, sim_late_sink(late));
 *     sim_late_to(late, t);
 *     sim_late_destroy(late);
 */
#ifndef ANDON_SIM_SIM_LATE_H
#define ANDON_SIM_SIM_LATE_H

#include "sim/sim.h"

enum { SIM_LATE_MS = 5000 };

struct sim_late;

/* The share, 0 to 1, of messages comes late; those of the first ten seconds never do, as nobody knows what was before the first that is heard. The sink is
 * copied; intervals, counts and defects go on to it at once. */
struct sim_late *sim_late_create(uint64_t seed, double share, int64_t start_ms, const struct sim_sink *sink);
void sim_late_destroy(struct sim_late *late);
/* What sim_step() and sim_close() are given. */
const struct sim_sink *sim_late_sink(const struct sim_late *late);
/* Hands on what is due up to then, in order; its ts_ms is when it comes. */
void sim_late_to(struct sim_late *late, int64_t until_ms);

#endif
