/*
 * Counters and registers (OEE.md, "Counters"). What their messages hold says the configuration: all since some beginning, what came since the last
 * message, or a pulse of which a rising edge is one. Of totals a fall that a configured modulus explains with less than half of the modulus gained is a
 * rollover; a fall of less than a tenth is a glitch, ignored until the counter has passed its old reading; anything else is a reset, and the counter has
 * counted from 0 to its present reading since. What a counter gains is in pieces: counts times what each of them stands for.
 */
#include <float.h>

#include "core/model_private.h"

/* A publisher may say 1e308 twice: an infinite sum is no number, and would not survive being saved. */
static double bounded(double gained)
{
    return gained > DBL_MAX ? DBL_MAX : gained;
}

enum counter_step counter_step_of(double last, double reading, double modulus, double *gained)
{
    *gained = 0;
    if (reading >= last) {
        *gained = reading - last;
        return COUNTER_RAN;
    }
    if (modulus > 0 && last < modulus && reading >= 0 && reading + modulus - last < modulus / 2) {
        *gained = reading + modulus - last;
        return COUNTER_ROLLED;
    }
    if (reading >= last * 0.9)
        return COUNTER_DIPPED;
    *gained = reading > 0 ? reading : 0;
    return COUNTER_RESET;
}

/* The reading that `gained` stands at is kept in the tag, except of a dip. */
static enum counter_step read_total(struct tag *tag, double reading, double *gained)
{
    enum counter_step step = counter_step_of(tag->last_count, reading, tag->def->modulus * tag->def->scale, gained);
    if (step != COUNTER_DIPPED)
        tag->last_count = reading;
    return step;
}

static void book(struct tag *tag, double counts, double *gained)
{
    *gained = bounded(counts * (tag->def->pieces > 0 ? tag->def->pieces : 1));
    tag->gained = bounded(tag->gained + *gained);
}

enum counter_step counter_add(struct tag *tag, double increment, double *gained)
{
    *gained = 0;
    tag->counting = true;
    if (increment < 0)
        return COUNTER_DIPPED;
    book(tag, increment, gained);
    return COUNTER_RAN;
}

enum counter_step counter_read(struct tag *tag, double reading, double *gained)
{
    *gained = 0;
    if (tag->def->count == COUNT_INCREMENT)
        return counter_add(tag, reading, gained);
    if (!tag->counting) {
        tag->counting = true;
        tag->last_count = reading;
        return COUNTER_FIRST;
    }
    double counts = 0;
    enum counter_step step = COUNTER_RAN;
    if (tag->def->count == COUNT_PULSE) {
        counts = reading != 0 && tag->last_count == 0;
        tag->last_count = reading;
    } else {
        step = read_total(tag, reading, &counts);
    }
    if (step != COUNTER_DIPPED)
        book(tag, counts, gained);
    return step;
}
