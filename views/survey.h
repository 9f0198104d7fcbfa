/*
 * survey: what a screen says about the plant as a whole: how many tags are trusted, how many lines run, which values are outside
 * their normal band. It looks at lines, never at all tags: the model keeps the counts.
 */
#ifndef ANDON_VIEWS_SURVEY_H
#define ANDON_VIEWS_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"

enum { SURVEY_LISTED = 64 };

struct survey {
    size_t tags, trust[TRUST_COUNT];
    size_t lines, classes[CLASS_COUNT]; /* lines that have a state, by its class */
    struct account_group group;         /* of all lines, each in the shift that it is in */
    double due, plan, forecast;         /* good pieces by now, by the ends of the shifts, and as it goes; NAN when a line that counts has no plan */
    int64_t since_ms;                   /* when the first of these shifts began, or what is known of it */
    bool together;                      /* they began together, as shifts of one name */
    struct shift_at shift;              /* the first line's */
    const char *good_unit;              /* of the first line that counts, NULL: none does */
    bool mixed_units, rejects;          /* pieces and tonnes have no sum; some line counts rejects */
    uint32_t listed[SURVEY_LISTED];     /* tags outside their band, the first ones in the plant's order */
    size_t outside;                     /* all of them */
};

void survey_take(struct survey *survey, const struct model *model);

#endif
