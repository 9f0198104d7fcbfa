/*
 * recall: what a view wants to know of the past, and what has come of it. A view says each frame what it wants; it draws "loading" until
 * the answer is there, and the old answer until a newer one is. Somebody else (app/librarian) fetches, on a thread of his own.
 *
 *     const struct answer *answer = recall_want(scene->recall, &(struct want){.kind = WANT_COLUMNS, .path = key, ...});
 *     if (!answer) ... loading
 *
 * Wants are equal when all their fields are. What nobody wanted in the last frame is forgotten some frames later.
 */
#ifndef ANDON_CORE_RECALL_H
#define ANDON_CORE_RECALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm_metrics.h"
#include "core/outcome.h"
#include "core/plant.h"
#include "core/text_match.h"

enum { RECALL_WANTS = 64, RECALL_COLUMNS = 1024, RECALL_ROWS = 512, RECALL_ENERGIES = 9000 /* a year of hours */, SOURCE_BYTES = 96 };

enum want_kind {
    WANT_COLUMNS, /* of a tag */
    WANT_STATES,  /* of a node: its intervals */
    WANT_EVENTS,  /* of everything under a node or a tag's key; "" for all */
    WANT_SPAN,    /* from when to when there is history at all */
    WANT_METRICS, /* of the alarm system, in [from, to) or as far as it has come */
    WANT_ACCOUNTS, /* what was stored of the node at path (with `below`: of all lines at and below it; struct account_query), by `by`, in [from, to) */
    WANT_ENERGY,   /* what was stored of the meter whose key is `path`, or (`below`) of each meter at and below the node at `path`, by `step`; by `by` where that is not nothing */
    WANT_STOPS,    /* of the node at path and all below it: `rows` stops that began in [from, to), their newest versions, newest first */
};

/* What accounts are summed by: cells that are alike in that are one row. */
enum account_by { BY_NOTHING, BY_HOUR, BY_SHIFT, BY_DAY, BY_PRODUCT, BY_CREW, BY_ORDER, BY_NODE, BY_CELL /* not at all */,
    BY_DEFECT /* of defects and not of accounts, by kind, product and crew */, ACCOUNT_BYS };
extern const char *const account_by_names[ACCOUNT_BYS];

/* The fields of `cell` that are not what it is summed by are those of the first that was added; from_ms and to_ms the extremes. */
struct account_row {
    char path[KEY_BYTES];  /* by node and cell; else the want's */
    bool line;             /* the node is a line */
    struct account_cell cell;
    char defect[DEFECT_TEXT]; /* by defect: its kind, and how many; the cell's sum is empty */
    uint64_t defects;
};

enum energy_step { ENERGY_ALL, ENERGY_QUARTER, ENERGY_HOUR, ENERGY_DAY, ENERGY_MONTH /* local ones */, ENERGY_STEPS };

/* Rows of a meter follow each other by time; meters by their keys. The texts of `cell` are of the first that was added. */
struct energy_row {
    char path[KEY_BYTES];  /* the meter's key */
    struct energy_cell cell; /* from_ms and to_ms: the extremes of what was added */
    double cost;           /* NAN: no tariff, or a hole in it */
    double carbon;         /* kg; NAN: no factor */
    double peak;           /* highest mean power of a quarter, units an hour; NAN: none whole */
    int64_t peak_ms;       /* its beginning */
};

struct want {
    enum want_kind kind;
    bool changes;          /* of events: only those that are changes */
    uint32_t kinds;        /* of events: a bit for each enum event_kind; 0: all */
    bool oldest;           /* of events: the oldest ones of the stretch, and not the newest; they come oldest first */
    uint64_t number;       /* of events: only what comes behind the one at to_ms (with oldest: at from_ms) with this number; 0: at the bound */
    uint16_t rows;         /* of events and stops: so many at most; 0: RECALL_ROWS */
    char find[FILTER_BYTES]; /* of events: as typed at / ; "" for all */
    int64_t day_ms;        /* of metrics: when a day begins; of accounts by the hour: how far local hours lie off UTC's */
    unsigned chatter_count; /* of metrics, and the next two too: as in core/alarm_metrics.h */
    int64_t chatter_ms, fleeting_ms;
    int64_t now_ms;        /* of metrics: they are told up to this moment, that of a batch, and with it; 0: to the newest batch that is recorded */
    enum account_by by;    /* of accounts and energy */
    enum energy_step step; /* of energy */
    bool below;
    char path[KEY_BYTES];
    int64_t from_ms, to_ms; /* UTC; [from, to) */
    uint16_t columns;      /* 1 .. RECALL_COLUMNS: [from, to) in equal parts */
    int64_t hold_ms;       /* a value stands that long without a new one; 0: until somebody says that nothing is known */
    char source[SOURCE_BYTES]; /* of columns: the only one that feeds the tag ("broker:main"), whose loss ends what stands; "": any one's does */
};

enum column_state {
    COLUMN_EMPTY,  /* nothing is known: before the first sample, a gap, a lost broker, a missed cadence */
    COLUMN_HELD,   /* no sample, but the last value (in first, last, low, high) still stood */
    COLUMN_FILLED,
};

struct column {
    enum column_state state;
    uint32_t count;           /* samples that count (core/chunk.h, struct summary) */
    double low, high, mean, last; /* extremes are never lost, whichever tier they were read from */
};

struct answer {
    struct want want;
    char why[96];             /* why there is none: "not configured: nothing is kept of it", "" when there is */
    char tier[16];            /* "samples", "minutes", "hours": what it was read from */
    int64_t first_ms, last_ms; /* WANT_SPAN */
    struct column *columns;   /* want.columns of them */
    size_t column_count;
    struct interval_end *states; /* oldest first, bounded by RECALL_ROWS: then `cut` */
    size_t state_count;
    struct event *events;     /* newest first (or oldest), bounded by want.rows: then `cut` */
    size_t event_count;
    bool cut;
    struct alarm_metrics *metrics; /* closed */
    struct account_row *accounts; /* by time (the newest ones), those without time by name; bounded by RECALL_ROWS: then `cut` */
    size_t account_count;
    struct energy_row *energies;  /* bounded by RECALL_ENERGIES: then `cut` */
    size_t energy_count;
    struct stop_version *stops;   /* newest first, bounded by want.rows: then `cut` */
    size_t stop_count;
};

struct recall;

struct recall *recall_create(void);
void recall_destroy(struct recall *recall);
/* Does the loss of this source (the text of its event or record) end what stands? */
bool want_lost_with(const struct want *want, const char *source);
/* Are all their fields the same? */
bool want_same(const struct want *a, const struct want *b);
/* Notes the want; the newest answer to it, or NULL. A NULL recall has none (and nothing is loading: there is no history here), and neither
 * has what goes beyond RECALL_WANTS in one frame. Borrowed until the next recall_frame() or recall_answer_take(). */
const struct answer *recall_want(struct recall *recall, const struct want *want);
/* The like with another stretch of time (a trend that moves): the newest answer of the same kind, path and columns that overlaps it, or NULL. */
const struct answer *recall_like(const struct recall *recall, const struct want *want);

/* ---- for who fetches ---- */

/* A frame begins: forgets what was not wanted for some frames. NULL is fine. */
void recall_frame(struct recall *recall);
/* What was wanted in this frame, answered or not: index 0 .. recall_wanted() - 1. */
size_t recall_wanted(const struct recall *recall);
const struct want *recall_wanted_at(const struct recall *recall, size_t index);
/* Puts an answer in, in place of the old one to the same want; its arrays are the recall's from then on, and `answer` is empty. What nobody
 * wants any more is released. */
void recall_answer_take(struct recall *recall, struct answer *answer);
void answer_finish(struct answer *answer);

#endif
