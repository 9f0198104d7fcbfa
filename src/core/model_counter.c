/*
 * Counters and registers that fall (OEE.md, "Counters"): a fall that a configured modulus explains with less than half of
 * the modulus gained is a rollover; a fall of less than a tenth is a glitch, ignored until the counter has passed its old
 * reading; anything else is a reset, and the counter has counted from 0 to its present reading since.
 */
#include <float.h>

#include "core/model_private.h"

/* A publisher may say 1e308 twice: an infinite sum is no number, and would not survive being saved. */
static double bounded(double gained)
{
    return gained > DBL_MAX ? DBL_MAX : gained;
}

enum counter_step counter_read(struct tag *tag, double reading, double *gained)
{
    *gained = 0;
    if (!tag->counting) {
        tag->counting = true;
        tag->last_count = reading;
        return COUNTER_FIRST;
    }
    double last = tag->last_count, modulus = tag->def->modulus * tag->def->scale;
    enum counter_step step = COUNTER_RAN;
    if (reading >= last) {
        *gained = reading - last;
    } else if (modulus > 0 && last < modulus && reading >= 0 && reading + modulus - last < modulus / 2) {
        step = COUNTER_ROLLED;
        *gained = reading + modulus - last;
    } else if (reading >= last * 0.9) {
        return COUNTER_DIPPED;
    } else {
        step = COUNTER_RESET;
        *gained = reading > 0 ? reading : 0;
    }
    tag->last_count = reading;
    *gained = bounded(*gained);
    tag->gained = bounded(tag->gained + *gained);
    return step;
}
