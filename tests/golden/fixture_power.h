/*
 * fixture_power: a small steel works with meters, at 11:52:05 of a Wednesday: a demand whose forecast is over its limit, a furnace, a mill that stands, air and gas, a
 * tariff by time of day, emissions of a sinter plant. It is heard since 12:00 of the day before.
 */
#ifndef ANDON_TESTS_FIXTURE_POWER_H
#define ANDON_TESTS_FIXTURE_POWER_H

#include "fixture.h"

/* `chinese`: what is called somehow, is so in Chinese. */
void fixture_power(struct fixture *f, bool chinese);
#define POWER_MILL "nord/rolling/mill"

#endif
