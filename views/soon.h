/*
 * soon: what will be due next in the plant, in order of time: what the configuration names (core/due.h), the end of orders, the end of the shift.
 */
#ifndef ANDON_VIEWS_SOON_H
#define ANDON_VIEWS_SOON_H

#include "views/figures.h"

enum soon_kind { SOON_DUE, SOON_ORDER, SOON_SHIFT };
enum { SOON_TITLE = 96, SOON_LEFT = 48, SOON_MOST = 256 };

struct soon {
    enum soon_kind kind;
    uint32_t node;
    size_t due;             /* of SOON_DUE: the row of plant->dues */
    char title[SOON_TITLE];
    const char *text;       /* what to do, "" */
    char left[SOON_LEFT];   /* "12 of 250 000", "1.2 kg to 0" */
    int64_t run_left_ms;    /* of running (or planned) time; -1: nobody can say */
    int64_t at_ms;          /* when that will be by the calendar; 0: cannot be told */
    bool over, near, stands; /* it is due; it is within its warning; and its clock stands meanwhile */
};

/* Of a node and all below it: what is over first, then by time, at last what nobody can say. Returns how many, `most` at most. */
size_t soon_list(const struct model *model, uint32_t within, bool shifts, struct soon *out, size_t most);
/* "12m", "3h10m", "due", "?"; of what stands with "run" behind it: when it has run so long. */
void soon_when(const struct soon *soon, char out[SPAN_TEXT + 8]);
enum cell_role soon_role(const struct soon *soon);

#endif
