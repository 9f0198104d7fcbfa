/*
 * model_account_private: the accounts' and stops' part of the fold, shared by the model_account*.c, model_stop*.c and model_call.c files.
 *
 * A struct track is the time of a node: successive stretches, each of one class; the last one runs. A struct ledger is what a node's account is: cells,
 * which time is booked to and pieces are counted to. A unit's ledger has the unit's own time; a line's that of its constraint, so that one track may
 * feed two ledgers (its own and its line's), by the same calendar.
 *
 * Invariants: stretches follow each other without a hole, from known_ms on all time up to booked_ms lies in cells, each stretch as what it is booked;
 * whatever amends a stretch takes it out of the cells first and puts it back as what it is then. Cells are sorted and never overlap; each lies within
 * one part of the calendar and one local hour. The first `given` cells were told as facts, whole; what they change by later is told as a difference, at the
 * end of the step (a timer, or a batch's records). So the sum of all facts is what the given cells hold, forgotten ones included.
 */
#ifndef ANDON_CORE_MODEL_ACCOUNT_PRIVATE_H
#define ANDON_CORE_MODEL_ACCOUNT_PRIVATE_H

#include "core/calendar_memo.h"
#include "core/model_alarm_private.h"

enum { ACCOUNT_AGE_MS = 172800000 /* cells are remembered so long */, STOP_AGE_MS = 691200000 /* and stops and stretches */ };
#define BOOKED_MOST_MS INT64_C(34560000000) /* 400 days: of a stretch that is longer, the rest is not looked at */

/* Kinds of frames in a saved state, beside those of model_save.c and model_alarm_private.h; the numbers are on disk. */
enum { CHECK_TRACK = 51, CHECK_LEDGER, CHECK_STOP, CHECK_CALL, CHECK_DEFECTS = 60 };

struct stretch {
    int64_t start_ms;
    int64_t counted_ms; /* where it counts as a stop or minor stop in the cells; 0: nowhere (yet) */
    uint8_t class;      /* enum state_class: as the machine says, its mode considered */
    uint8_t booked;     /* enum state_class: as what it counts: a stop's reason may say otherwise */
    bool is_long;       /* not a minor stop */
    bool parted;        /* begins here though the one before is of the same class: somebody split a stop */
};

enum { TOLD_TIMES = 16 };

struct track {
    struct stretch *stretches; /* oldest first, bounded by BOUND_INTERVALS and 8 days */
    size_t count, capacity;    /* 0: the node was never heard of */
    int64_t known_ms;          /* all time since then is in cells */
    int64_t frozen_ms;         /* what was booked before stays as it is: the calendar was another one */
    int64_t booked_ms;         /* the running stretch is in cells up to here */
    int64_t due_ms;            /* elapsed: when time alone changes something next */
    int64_t startup_from_ms, startup_to_ms; /* after a set-up */
    int64_t told_ms[TOLD_TIMES]; /* when the newest samples of its state were stamped, oldest first: a late one tells nothing beyond the next of them */
    uint8_t told;
    bool messaged;             /* the running stop has its first message: a later one is none */
};

struct ledger {
    bool kept;                 /* the node has an account */
    uint32_t basis;            /* the node whose time it has */
    struct account_cell *cells;
    size_t count, capacity, given;
    struct defect *defects;    /* in order of their cells */
    size_t defect_count, defect_capacity;
    int64_t known_ms;          /* cells from before were forgotten */
    int64_t ideal_from_ms;     /* of the cell whose ideal cycle `ideal_ms` is */
    double ideal_ms;
};

/* A difference to what was told. */
struct amendment { uint32_t node; struct account_cell cell; };

/* A stop whose version is due; fresh: it came in this step, and nobody was told of it. */
struct stop_touch { uint32_t node; int64_t start_ms; bool fresh; };

struct account_book {
    struct calendar_memo memo; /* of the plant's calendars; also of readers */
    struct track *tracks;      /* by node */
    struct ledger *ledgers;    /* by node */
    struct amendment *amendments;
    size_t amendment_count, amendment_capacity;
    struct stop *stops;        /* by beginning, then node */
    size_t stop_count, stop_capacity;
    struct stop_touch *touched;
    size_t touch_count, touch_capacity;
    struct call *calls;        /* open ones, oldest first */
    size_t call_count, call_capacity;
};

/* ---- model_account.c ---- */
/* The tag that says the product, order or crew of a node: its own, its constraint's, else its line's. */
uint32_t account_work_tag(const struct model *model, uint32_t node, enum tag_role role);
/* What it says now, "" when nothing. */
void account_work_text(const struct model *model, uint32_t node, enum tag_role role, char *out, size_t cap);
/* The line whose time this node's is too; NO_NODE. */
uint32_t account_line_of(const struct model *model, uint32_t node);
const struct calendar *account_calendar(const struct model *model, uint32_t node);
/* What its calendar has at a moment. */
void account_shift(const struct model *model, uint32_t node, int64_t ms, struct shift_at *out);
/* Present stream time. */
int64_t account_now(const struct model *model);
/* The index of the cell that a moment lies in; it is made when there is none. SIZE_MAX: it is older than what is remembered. */
size_t ledger_cell(struct model *model, uint32_t node, int64_t ms);
/* The cell of a moment, NULL when there is none. */
const struct account_cell *ledger_cell_at(const struct ledger *ledger, int64_t ms);
/* Such a cell as it must have been; of a ledger that has cells. */
struct account_cell ledger_forgotten(const struct model *model, uint32_t node, int64_t ms);
/* Adds to the cell at `place`, which ledger_cell() gave for that moment. */
void ledger_add(struct model *model, uint32_t node, size_t place, int64_t ms, const struct account *more);
/* Tells the cells that end at or before a moment. */
void ledger_give(struct model *model, uint32_t node, int64_t until_ms);
/* From a moment on another product, order or crew: the texts that are not NULL. Time must not be booked beyond it. */
void ledger_work(struct model *model, uint32_t node, int64_t ms, const char *product, const char *order, const char *crew);
/* Tells what given cells were amended by. */
void account_flush(struct model *model);
/* One more fact of a cell of the node; its sum is empty. */
struct account_gain *account_fact(struct model *model, uint32_t node, const struct account_cell *cell);
/* Puts a stretch's part [from, to) into the cells of all ledgers that have the node's time (sign 1), or takes it out (-1). */
void account_book_time(struct model *model, uint32_t node, struct stretch *stretch, int64_t from_ms, int64_t to_ms, int sign);
/* What it counts as at a moment; *until_ms: how long that is so. */
enum time_category stretch_category(const struct model *model, uint32_t node, const struct stretch *stretch, int64_t ms, int64_t *until_ms);

/* Where it would first count as a stop or minor stop in [from, to); 0: nowhere. */
int64_t stretch_counted(const struct model *model, uint32_t node, const struct stretch *stretch, int64_t from_ms, int64_t to_ms);

/* ---- model_account_count.c ---- */
/* Good, rejected and reworked pieces of a cell: with their ideal time, or as pieces outside shifts. */
void account_value(struct model *model, uint32_t node, int64_t ms, const struct account_cell *cell, struct account *more);

/* Does a counter of that role count pieces? */
bool account_counts(enum tag_role role);
/* Pieces that were booked at from_ms (as pieces of unknown time: across) were made at to_ms. */
void account_gain_moved(struct model *model, uint32_t tag, double pieces, int64_t from_ms, bool across, int64_t to_ms);

/* ---- model_defect.c ---- */
/* The cell is told: so are its defects. */
void defects_give(struct model *model, uint32_t node, const struct account_cell *cell);
/* Cells from before were forgotten. */
void defects_forget(struct ledger *ledger);
void defects_save(const struct model *model, uint32_t node, struct packer *p);
void defects_load(struct model *model, struct unpacker *u);

/* ---- model_account_late.c ---- */
/* [from, to) was of that class. */
void track_paint(struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, enum state_class class);
/* What is unknown of it was. */
void track_paint_unknown(struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, enum state_class class);

/* ---- model_account_time.c ---- */
/* Up to where a stretch is in the cells. */
int64_t stretch_end(const struct track *track, size_t index);
/* It counts as another class from now on, and by its length. */
void stretch_book_as(struct model *model, uint32_t node, size_t index, enum state_class booked);
/* A second stretch begins within the one at `index`. */
void stretch_insert(struct model *model, uint32_t node, size_t index, const struct stretch *second);
/* All from `index` to `last` are one, booked as the first. */
void stretch_join(struct model *model, uint32_t node, size_t index, size_t last);
/* The node is heard of for the first time. */
void track_begin(struct model *model, uint32_t node, enum state_class class, int64_t ms);
/* Books up to the last cut before now, tells what is over, and sets the timer. */
void track_catch_up(struct model *model, uint32_t node);

/* ---- model_stop.c ---- */
/* Is a stretch of that class a stop? */
bool stop_is(enum state_class class);
/* NULL when there is none; gone ones too. */
struct stop *stop_find(const struct model *model, uint32_t node, int64_t start_ms);
struct stop *stop_insert(struct model *model, const struct stop *stop);
/* The stop of the stretch at `index`, if it is one, is as the track has it; it is made when there is none. */
void stop_sync(struct model *model, uint32_t node, size_t index);
/* There is no stop that began then. */
void stop_vanish(struct model *model, uint32_t node, int64_t start_ms);
/* Its version is due. */
void stop_changed(struct model *model, const struct stop *stop);
void stop_version_of(const struct model *model, const struct stop *stop, struct stop_version *out);
void stops_flush(struct model *model);
/* A tag of role reason that is the node's was told. */
void stops_reason_text(struct model *model, uint32_t tag, uint32_t node);

/* ---- model_call.c ---- */
/* call_kind_count when there is none. */
uint16_t call_kind_by_name(const struct plant *plant, const char *name);
enum refusal call_check(const struct model *model, const struct action *action);
void call_act(struct model *model, const struct action *action);
void call_insert(struct account_book *book, const struct call *call);

#endif
