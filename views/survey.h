/*
 * survey: one pass over all tags and lines for everything that a screen says about the plant as a whole: how many tags are
 * trusted, how many lines run, which values are outside their normal band. A large plant is surveyed once a second of
 * stream time, a small one at every draw.
 */
#ifndef ANDON_VIEWS_SURVEY_H
#define ANDON_VIEWS_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"

enum { SURVEY_LISTED = 64, SURVEY_TRUSTS = TRUST_UNCONFIRMED + 1 };

struct survey {
    size_t tags, trust[SURVEY_TRUSTS];
    size_t lines, classes[CLASS_COUNT]; /* lines that have a state, by its class */
    double good, reject;                /* gained by all lines */
    const char *good_unit;              /* of the first line that counts, NULL: none does */
    bool mixed_units, rejects;          /* pieces and tonnes have no sum; some line counts rejects */
    uint32_t listed[SURVEY_LISTED];     /* tags outside their band, the first ones in the plant's order */
    size_t outside;                     /* all of them */
    uint32_t *first_outside;            /* by node: a tag outside its band in the line (or here), or NO_TAG */
    uint32_t *stale, *unconfirmed;      /* by node: so many tags in the line (or here) */
    size_t node_count;
    const struct model *model;          /* of which it is, and when: a new collector counts batches and time anew */
    uint64_t plant_id, seq;
    int64_t wall_ms, second;
    bool ready;
};

void survey_update(struct survey *survey, const struct model *model);
void survey_finish(struct survey *survey);

#endif
