/*
 * model_energy_private: the meters' part of the fold, shared by the model_energy*.c, model_demand.c and model_emission.c files.
 *
 * What a meter measured is a line of pieces: from one sample to the next, each of one even rate (of a power the value that was held, of a register the
 * difference of two readings over the time between them), or missing. A struct channel has the newest of them, so that what is learnt late, that a line had
 * stopped, another product, a sample between two others, moves what was booked by them. Pieces are booked to cells: quarters of an hour (UTC), cut at
 * shifts, products and orders. The first `given` cells were told as facts; what they change by later is told as a difference at the end of the step.
 *
 * Invariants: pieces of a channel follow each other without a hole up to its last_ms; cells are sorted and never overlap; told[c] is what facts say of a
 * given cell. Nothing here is made, and nothing asked, for a plant without meters: model->energies is NULL.
 */
#ifndef ANDON_CORE_MODEL_ENERGY_PRIVATE_H
#define ANDON_CORE_MODEL_ENERGY_PRIVATE_H

#include "core/demand.h"
#include "core/model_account_private.h"

/* Kinds of frames in a saved state, beside those of the others; the numbers are on disk. */
enum { CHECK_METER = 55, CHECK_METER_WORK, CHECK_DEMAND, CHECK_EMISSION };

enum {
    ENERGY_AGE_MS = 93600000,  /* 26 h: cells are remembered so long */
    PIECES_MOST = 64,
    PIECES_RAW = 16,           /* the newest pieces are as they came, older ones are joined */
    PIECE_JOINED_MS = 10000,
    WORKS_MOST = 64,
    LEAP_LEAST_MS = 300000,    /* a register ticks in steps: how fast it climbs is not asked over less than this */
};
#define SPREAD_MOST_MS INT64_C(3456000000) /* 40 days: a longer silence is booked at its end, as if it had been so long */
#define RATE_MOST 1e12                     /* nobody uses more, and sums must stay numbers */
#define HOUR_MS 3600000.0

enum meter_channel { CHANNEL_AMOUNT, CHANNEL_REACTIVE, CHANNEL_LEADING, METER_CHANNELS };
enum piece_kind { PIECE_VALID, PIECE_ESTIMATED, PIECE_MISSING, PIECE_KINDS };

struct piece {
    int64_t to_ms;             /* it begins where the one before ends */
    double rate;               /* units an hour; of a missing one of a power what was held, NAN: nothing was */
    uint8_t kind;              /* enum piece_kind */
    bool joined;               /* of several */
};

struct channel {
    bool known;                /* there was a sample */
    int64_t last_ms;           /* source time of the newest: booked up to here */
    double last;               /* of a power its value, NAN while there is none; of a register its reading; in the carrier's units */
    int64_t rose_ms;           /* of a register: when it last rose */
    int64_t leap_ms;           /* of a reading that is not credible, and waits for another that agrees; 0: there is none */
    double leap;
    int64_t from_ms;           /* where the first piece begins */
    struct piece *pieces;      /* room for PIECES_MOST, or NULL */
    size_t piece_count;
};

struct meter_book {
    struct meter_state state;
    struct channel channels[METER_CHANNELS];
    struct energy_cell *cells;
    struct energy *told;       /* beside the cells */
    size_t count, capacity, told_capacity, given;
    size_t amended;            /* the first given cell that may differ from what was told; SIZE_MAX: none does */
    int64_t known_ms;          /* all that was measured since is in cells; INT64_MAX: nothing was */
    int64_t give_due_ms;       /* elapsed: when the first cell that was not told is, whatever comes; INT64_MAX */
    int64_t stale_due_ms;      /* elapsed: when its power is not known any more; INT64_MAX */
    int64_t minute_ms;         /* the running minute of source time, */
    double minute_sum;         /* what was measured in it, and for how long */
    int64_t minute_valid_ms;
    bool touched;              /* in book->touched */
};

/* What was made, from a moment on. */
struct energy_work { int64_t from_ms; char product[WORK_NAME], order[WORK_NAME]; };

/* A node that has meters, which stand together. */
struct meter_place {
    uint32_t node, basis;      /* basis: whose time it has */
    uint32_t first, end;       /* of plant->meters */
    struct energy_work *works; /* oldest first; the first holds before it began too */
    size_t work_count, work_capacity;
};

/* Why a tag matters here. */
enum meter_use_kind { USE_CHANNEL, USE_POWER /* of a register, to be shown */, USE_SYNC, USE_O2 };
struct meter_use { uint32_t tag; uint32_t index; /* of a meter, demand or emission */ uint8_t kind, channel; };

enum { DEMAND_TICK_MS = 10000 /* demands and emissions are looked at so often */ };

struct demand_book {
    struct demand_meter d;
    int64_t due_ms;            /* elapsed: when it is looked at next */
    int64_t told_ms;           /* end of the last block whose mean was told */
    bool high;                 /* the utility's contact is closed */
};

/* A running half hour, hour or day. Of a day its half hours are averaged: `sum` is of so many valid ones' means. */
struct emission_span { int64_t from_ms; double sum; int64_t valid_ms; uint32_t count; double last; };

struct emission_book {
    struct emission_span spans[EMISSION_MEANS];
    int64_t fed_ms;            /* measured up to here; INT64_MIN: nothing was */
    int64_t due_ms, told_ms;   /* as of a demand */
    double exceeded_min;
    double value, o2;          /* what the tags say, NAN; and when they said so */
    int64_t value_ms, o2_ms;
};

struct energy_book {
    struct meter_book *meters;
    struct demand_book *demands;
    struct emission_book *emissions;
    struct meter_place *places;
    size_t place_count;
    uint32_t *place_of;        /* by node; UINT32_MAX: it has no meters */
    struct meter_use *uses;    /* by tag */
    size_t use_count;
    uint32_t *use_of;          /* by tag: the first of its uses; UINT32_MAX: it has none */
    uint32_t *touched;         /* meters that have something to tell or a timer to set */
    size_t touched_count;
};

/* ---- model_energy.c ---- */
static inline struct meter_book *meter_of(const struct model *model, uint32_t meter) { return &model->energies->meters[meter]; }
uint32_t slot_meter(const struct model *model, uint32_t meter);
/* Tells the cells that end at or before a moment. */
void meter_give(struct model *model, uint32_t meter, int64_t until_ms);
/* At the end of the step it is looked at. */
void meter_touch(struct model *model, uint32_t meter);
struct meter_place *meter_place_of(const struct model *model, uint32_t meter);
/* The index of the cell that a moment lies in; it is made when there is none. SIZE_MAX: it is older than what is remembered. */
size_t meter_cell(struct model *model, uint32_t meter, int64_t ms);
/* The cell of a moment as calendar and work have it. */
struct energy_cell meter_cell_at(const struct model *model, uint32_t meter, int64_t ms);
/* Adds to the cell at `place`, which meter_cell() gave for that moment; sign -1 takes it out. */
void meter_add(struct model *model, uint32_t meter, size_t place, int64_t ms, const struct energy *more, int sign);
/* The cell at `place` ends at ms, and another begins there, which was not told; it is as calendar and work have it. */
void meter_cut(struct model *model, uint32_t meter, size_t place, int64_t ms);

/* ---- model_energy_book.c ---- */
/* A piece of a channel from its last_ms on. */
void meter_book(struct model *model, uint32_t meter, enum meter_channel channel, struct piece piece);
/* Makes room for one more piece: old ones are joined, or the oldest forgotten. */
void channel_room(struct channel *channel);
/* A part of a piece, beside the line of them. */
void meter_book_part(struct model *model, uint32_t meter, enum meter_channel channel, const struct piece *piece, int64_t from_ms, int64_t to_ms, int sign);
/* What the remembered pieces of a channel say of [from, to), added to `out`. */
void meter_measure(const struct model *model, uint32_t meter, enum meter_channel channel, int64_t from_ms, int64_t to_ms, struct energy *out);

/* ---- model_energy_read.c ---- */
/* Mean of what was measured in the last span_ms of what is booked; NAN: nothing was. */
double meter_recent(const struct model *model, uint32_t meter, int64_t span_ms);
/* Mean power of the last minute up to now; NAN: it is not known now. */
double meter_present(const struct model *model, uint32_t meter);
/* The next meter from `from` on whose parent is this one; meter_count at the end. */
uint32_t meter_under(const struct plant *plant, uint32_t meter, uint32_t from);

/* ---- model_demand.c ---- */
void demands_create(struct energy_book *book, const struct plant *plant);
uint32_t slot_demand(const struct model *model, uint32_t demand);
void demands_arm(struct model *model);
void demand_fire(struct model *model, uint32_t demand);
/* The utility's contact. */
void demand_contact(struct model *model, uint32_t demand, double value, int64_t ms);
void demands_clock(struct model *model, int64_t now_ms);
void demands_save(const struct model *model, struct packer *p);
void demand_load(struct model *model, struct unpacker *u);
void demands_carry(struct model *model, struct model *old);
/* Tells a tag of the plant what the fold reckons; NAN: it is not known. */
void energy_tell(struct model *model, uint32_t tag, double value);

/* ---- model_emission.c ---- */
void emissions_create(struct energy_book *book, const struct plant *plant);
uint32_t slot_emission(const struct model *model, uint32_t emission);
void emissions_arm(struct model *model);
void emission_fire(struct model *model, uint32_t emission);
/* The first emission of a meter; UINT32_MAX: it has none. */
uint32_t emission_of_meter(const struct plant *plant, uint32_t meter);
/* A concentration, or the O2 beside it, was measured: what that is at the reference. NAN: it is not valid. */
double emission_measured(struct model *model, uint32_t emission, bool o2, double value, int64_t ms);
void emissions_clock(struct model *model, int64_t now_ms);
void emissions_save(const struct model *model, struct packer *p);
void emission_load(struct model *model, struct unpacker *u);
void emissions_carry(struct model *model, struct model *old);

static inline int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

#endif
