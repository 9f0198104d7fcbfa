/*
 * shift: when the shift ends that somebody signed on for. The works' day is cut by times of the local day.
 */
#ifndef ANDON_APP_SHIFT_H
#define ANDON_APP_SHIFT_H

#include <stddef.h>
#include <stdint.h>

#include "core/plant.h"

/* The next of these minutes of the local day after now_ms, as UTC. Without any, 24 hours later. */
int64_t shift_end_ms(const struct zone *zone, int64_t now_ms, const uint16_t *minutes, size_t count);
/* The end of the shift, or of the pause, that the site's calendar has at now_ms; without a calendar as above. */
int64_t shift_until_ms(const struct plant *plant, int64_t now_ms, const uint16_t *minutes, size_t count);

#endif
