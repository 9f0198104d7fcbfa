/*
 * sim_random: the simulator's dice: splitmix64, and nothing from libm, so that all machines throw the same.
 */
#ifndef ANDON_SIM_SIM_RANDOM_H
#define ANDON_SIM_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct dice { uint64_t state; };

/* A stream of its own for each (seed, which). */
struct dice dice_make(uint64_t seed, uint64_t which);
uint64_t dice_next(struct dice *dice);
/* 0 <= x < 1, and from <= x < to. */
double dice_unit(struct dice *dice);
double dice_between(struct dice *dice, double from, double to);
/* 0 .. count-1; count > 0. */
uint32_t dice_pick(struct dice *dice, uint32_t count);
bool dice_chance(struct dice *dice, double probability);
/* Mean 0, deviation 1, within 3.5: the sum of four uniform numbers. */
double dice_noise(struct dice *dice);

#endif
