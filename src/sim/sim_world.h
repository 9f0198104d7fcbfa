/*
 * sim_world: the parts that make a simulated plant, for sim.c and the load plant alone.
 */
#ifndef ANDON_SIM_SIM_WORLD_H
#define ANDON_SIM_SIM_WORLD_H

#include "sim/sim_station.h"

struct load;

struct load *load_create(const struct sim_options *options);
void load_destroy(struct load *load);
/* Emits the messages that are due, evenly spaced up to until_ms. */
void load_step(struct load *load, int64_t until_ms, const struct sim_sink *sink);
bool load_check(const struct sim_options *options, struct error *err);

#endif
