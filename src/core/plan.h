/*
 * plan: what a line or unit should make. Its rate is the configuration's plan_per_hour, else what its ideal cycle gives at the wanted OEE; the calendar
 * says when. Pure: the hour board, the line's row and the report plan alike.
 *
 *     double rate = plan_rate(plant, line, "ECU-B7");                     // NAN: nobody said what is wanted
 *     double pieces = plan_pieces(plant, line, "ECU-B7", from_ms, to_ms);
 */
#ifndef ANDON_CORE_PLAN_H
#define ANDON_CORE_PLAN_H

#include <stdint.h>

#include "core/plant.h"

enum { PLAN_DAYS = 60 };

/* Good pieces a planned millisecond; NAN without plan_per_hour, and without both a target and an ideal cycle of the product. */
double plan_rate(const struct plant *plant, uint32_t node, const char *product);
/* Pieces of [from_ms, to_ms): its planned time, breaks left out, at that rate; NAN like it. */
double plan_pieces(const struct plant *plant, uint32_t node, const char *product, int64_t from_ms, int64_t to_ms);
/* Planned milliseconds of the node's calendar in [from_ms, to_ms). */
int64_t plan_time(const struct plant *plant, uint32_t node, int64_t from_ms, int64_t to_ms);
/* When so much planned time will have passed from a moment on; INT64_MAX: not within PLAN_DAYS. */
int64_t plan_until(const struct plant *plant, uint32_t node, int64_t from_ms, double planned_ms);
/* The key of the configuration without which there is no rate: "plan_per_hour" when neither it nor a target is there, "ideal_cycle"; NULL: none lacks. */
const char *plan_missing(const struct plant *plant, uint32_t node, const char *product);

#endif
