/*
 * fixture_alarms: a chemical plant in the night, in the middle of a disturbance at 03:13:33: a cooling pump has tripped, the reactor it cools
 * gets hot. Its alarms were raised by samples, acknowledged, shelved and taken out of service by actions, as in a real stream.
 */
#ifndef ANDON_TESTS_FIXTURE_ALARMS_H
#define ANDON_TESTS_FIXTURE_ALARMS_H

#include "core/action.h"
#include "fixture.h"

void fixture_chemistry(struct fixture *f);
/* `count` equal pumps in lines of ten, all too hot, none acknowledged; every tenth is priority 1. Titles are Chinese when `chinese`. */
void fixture_pumps(struct fixture *f, size_t count, bool chinese);
/* One value of a pump, in the open batch. */
void fixture_pump(struct fixture *f, size_t pump, double value);
/* An action in the open batch; until 0: open. The alarm's present occurrence is meant. */
void fixture_act(struct fixture *f, enum action_kind kind, const char *target, const char *who, int64_t until_ms, const char *comment);
/* "HH:MM:SS" of the night of the fixture, as the second that fixture_step() takes; hours before midnight are negative. */
int64_t fixture_at(int hour, int minute, int second);

#endif
