/*
 * account: where the time of a unit or line went and what it produced, and the figures of ISO 22400-2 from that (OEE.md). Pure arithmetic: accounts
 * add up, of units, hours, shifts and lines; percentages never do.
 *
 *     struct account sum = {0};
 *     account_add(&sum, &hour);                  // pieces, ideal time and milliseconds add
 *     struct kpis k = account_kpis(&sum);        // NAN: undefined
 *
 * The time model closes: every millisecond of the calendar is in exactly one category, and their sum is the length of the period.
 */
#ifndef ANDON_CORE_ACCOUNT_H
#define ANDON_CORE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/state.h"

/* The numbers are on disk: append only. */
enum time_category {
    TIME_UNKNOWN,       /* planned, and nobody knows what it did: in neither running nor stopped, and part of planned busy time */
    TIME_RUN,           /* actual production time, APT; in a break too, when it is run through */
    TIME_DOWN,          /* unplanned stop at least as long as a minor one: breakdown */
    TIME_MINOR,         /* a shorter one: the whole stop's length decides, while it lasts its length so far */
    TIME_STARVED, TIME_BLOCKED, /* external */
    TIME_SETUP,         /* changeover up to its standard */
    TIME_SETUP_OVER,    /* beyond it: a loss of its own; ASUT is both */
    TIME_CLEANING, TIME_MAINTENANCE, /* planned down time: not in planned busy time */
    TIME_BREAK,         /* in a planned break, not running */
    TIME_NOT_SCHEDULED, /* outside shifts whatever it did, and in them where the state says: no order */
    TIME_CATEGORIES
};

struct time_category_row { const char *name, *title; const char *glyph; /* of bands, WGL4 */ };
extern const struct time_category_row time_category_table[TIME_CATEGORIES];
/* TIME_CATEGORIES when there is none. */
enum time_category time_category_by_name(const char *name);

struct account {
    int64_t ms[TIME_CATEGORIES];
    /* Pieces. Produced = good + reject + rework. */
    double good, reject, rework;
    double first_pass, inspected; /* good at the first attempt, of so many inspected; both 0 where nobody counts */
    double startup_reject;        /* of the rejected: within `startup` of a set-up's end */
    double unknown;               /* counted across a gap: pieces without time, in none of the above */
    double outside;               /* counted outside shifts: in none of the above */
    double ideal_ms;              /* sum over products of ideal cycle x produced; only pieces whose ideal cycle is known */
    double without_ideal;         /* pieces produced whose ideal cycle nobody gave */
    uint32_t stops, minors;       /* that began here: unplanned ones (failures) and minor ones */
};

void account_add(struct account *sum, const struct account *other);
/* sum - other, field by field: an amendment is a difference. */
void account_subtract(struct account *sum, const struct account *other);
int64_t account_length_ms(const struct account *a);       /* of all categories */
double account_produced(const struct account *a);

/* ISO 22400-2 times, ms. */
int64_t account_pbt_ms(const struct account *a);  /* planned busy time: run, down, minor, starved, blocked, set-up and its overrun, unknown */
int64_t account_down_ms(const struct account *a); /* ADET: down, minor, starved, blocked */

/* Shares are 1 for 100 %; NAN is "undefined", never 0. Performance may exceed 1 and is not capped. Times that are derived: AUPT = run + set-up,
 * AUBT = AUPT + ADET (order execution time is the same here), planned busy time = AUBT + unknown, total operating time (of OOE) = calendar time
 * without what was not scheduled. The quality of a period with several products is by pieces. */
struct kpis {
    double availability, performance, quality, oee;
    double nee, teep, ooe;
    double allocation, utilization, technical, setup_rate;
    double scrap, rework, first_pass;
    double throughput;            /* pieces an hour of order execution time */
    double mtbf_ms, mttr_ms, mttf_ms; /* production and set-up time, breakdown time, and time able to produce (busy without breakdown), each by failures */
    double unknown;               /* share of planned busy time that is unknown: beside every figure above */
    bool standard_too_slow;       /* performance over 1 */
};
struct kpis account_kpis(const struct account *a);
/* Of several lines or products: availability and quality are those of all, performance and OEE (NEE, TEEP, OOE) those of the ones that have an OEE, where not
 * all that ran have one: no piece was counted, or a piece has no ideal cycle. */
struct account_group {
    struct account all, rated;   /* rated: of those that have one, or took no part */
    uint32_t count, unrated;     /* how many, and how many of them have none; 0: account_kpis(&all) is all there is to say */
    uint32_t uncounted;          /* of the unrated, those without pieces */
};
void account_group_add(struct account_group *group, const struct account *one);
struct kpis account_group_kpis(const struct account_group *group);
/* What those without OEE lack, for people: "ideal_cycle", "no pieces", "no pieces or ideal_cycle". */
const char *account_group_lacks(const struct account_group *group);
/* Why OEE is undefined, for people: "no planned time", "nothing is known of it", "no pieces were counted", "an ideal cycle is not configured"; NULL: it
 * is not. A line that stood for all of its known time has an OEE of 0; performance and quality are then undefined. */
const char *account_undefined(const struct account *a);

/* The six big losses, and what is left: in ms of planned busy time and in pieces at the ideal cycle. They close: planned busy time = fully productive
 * time + losses + unknown. Where the ideal cycle is not known, speed and quality losses are 0 and `ideal` is false. */
enum loss { LOSS_BREAKDOWN, LOSS_SETUP, LOSS_MINOR, LOSS_SPEED, LOSS_STARTUP, LOSS_REJECT, LOSS_EXTERNAL /* starved and blocked: the seventh here */,
            LOSS_SETUP_OVER /* what set-ups took beyond their standard: the eighth */, LOSS_COUNT };
extern const char *const loss_names[LOSS_COUNT];   /* of JSON and CSV: "breakdown" */
extern const char *const loss_titles[LOSS_COUNT];
struct losses {
    bool ideal;
    double ms[LOSS_COUNT], pieces[LOSS_COUNT]; /* pieces: NAN where the ideal cycle is not known, but of rejects, which are counted */
    double unknown_ms, productive_ms; /* productive: good pieces at the ideal cycle */
};
/* A negative speed loss (performance over 1) stays negative, so that the sum closes. */
struct losses account_losses(const struct account *a);

/* From calendar time to fully productive time: the first step is calendar time, each further one takes `ms` away and tells what is left. */
enum { WATERFALL_STEPS = 16 };
struct waterfall_step { const char *title; double ms, left_ms; enum time_category category; enum loss loss; /* whichever the title names; else _COUNT/CATEGORIES */ };
size_t account_waterfall(const struct account *a, struct waterfall_step steps[WATERFALL_STEPS]);

/* What a state class is booked as, given the calendar and (of stops and set-ups) the length of the stretch so far. `minor_ms`: shorter stops are minor.
 * A set-up is cut at its standard by the caller. */
enum time_category time_category_of(enum state_class class, const struct shift_at *shift, int64_t stretch_ms, int64_t minor_ms);

/* ---- a cell: the part of an account that lies in one hour, shift, product and order ---- */

enum { WORK_NAME = 48 };
/* Added up, cells are any period whose ends are cuts. As an outcome a cell is a fact: one more of it is added to what there is, and an amendment is a
 * fact with differences, which may be negative. */
struct account_cell {
    int64_t from_ms, to_ms;        /* within one local hour and one shift (or pause) */
    int64_t shift_ms;              /* when its shift (or pause, or local day) began */
    int32_t day;                   /* yyyymmdd that it is counted to */
    bool planned;                  /* a shift is on */
    char shift[SHIFT_NAME], crew[CREW_NAME], product[WORK_NAME], order[WORK_NAME];
    struct account sum;
};
/* Defects of one kind in a cell, which is named by its beginning. */
enum { DEFECT_TEXT = 48 };
struct defect { int64_t from_ms; char text[DEFECT_TEXT]; uint32_t count; };
/* What those are counted as for which there is no room: of one cell so many kinds are told apart (BOUND_DEFECTS). */
#define DEFECT_OTHERS "others"

/* All but the sum equal? */
bool account_cell_same(const struct account_cell *a, const struct account_cell *b);

#endif
