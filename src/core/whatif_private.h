/*
 * whatif_private: between the two files of a what-if.
 */
#ifndef ANDON_CORE_WHATIF_PRIVATE_H
#define ANDON_CORE_WHATIF_PRIVATE_H

#include "core/whatif.h"

/* A plant of nothing but what an alarm looks at, itself with another definition; *new_alarm is its index there. The caller's, to plant_destroy(). */
struct plant *whatif_plant(const struct plant *plant, uint32_t alarm, const struct alarm_def *changed, uint32_t *new_alarm);
/* A plant of one tag with one alarm on it: alarm 0. */
struct plant *whatif_plant_new(const struct plant *plant, uint32_t tag, const struct alarm_def *def);

#endif
