/*
 * model: the fold. It holds everything that a screen can show of the plant, and only batches change it.
 *
 * The collector, every screen, a replay and every test apply the same batches with the same code and get the same state.
 * The model reads no clock: `elapsed` (the sum of the batches' elapsed times) drives ages and timers, `wall` the stamps.
 * It owns its tags, nodes and texts; the plant is borrowed and must outlive it (or be swapped by model_configure()).
 *
 *     struct model *model = model_create(plant);
 *     model_apply(model, &batch);
 *     const struct tag *tag = model_tag(model, model_find(model, "works/l1/good"));
 *
 * Tags 0 .. plant->tag_count-1 are the configured ones, in the plant's order; discovered ones follow.
 */
#ifndef ANDON_CORE_MODEL_H
#define ANDON_CORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm.h"
#include "core/availability.h"
#include "core/drop.h"
#include "core/outcome.h"
#include "core/pack.h"
#include "core/plant.h"
#include "core/record.h"
#include "core/ring.h"

/* How far a tag's value can be trusted now; the screen shows each differently. */
enum tag_trust {
    TRUST_NEVER,       /* nothing has ever arrived */
    TRUST_GOOD,
    TRUST_UNCERTAIN,   /* the source says so */
    TRUST_BAD,         /* the source says so, or it was not a number */
    TRUST_STALE,       /* its cadence is known and it missed it, or its unit is silent */
    TRUST_UNCONFIRMED, /* a gap, a lost broker or a dead publisher: true when we last heard */
};
enum { TRUST_COUNT = TRUST_UNCONFIRMED + 1 };

struct tag {
    uint32_t series;         /* 0: none yet */
    uint32_t node;           /* NO_NODE while discovered only */
    const struct tag_def *def; /* NULL while discovered only */
    struct value value;      /* scaled; VALUE_TEXT: see text */
    char *text;              /* the text value, or NULL */
    int64_t time_ms;         /* source time of the value (arrival when the source gave none) */
    int64_t wall_ms;         /* arrival */
    int64_t elapsed_ms;      /* arrival, on the model's elapsed time */
    int64_t changed_ms;      /* source time of the last change of the value */
    uint64_t count;          /* samples, late ones not included */
    double gained;           /* of a counter or register: booked since the model began, resets and rollovers solved */
    double last_count;       /* of a counter: the reading that `gained` stands at; `counting`: there is one */
    float per_minute;        /* of its samples, each decayed over about a minute, at the last one: see model_rate() */
    struct tag_change *change; /* of a tag whose changes are events, NULL before its first value */
    struct tag_tally *tally;   /* of a counter or register, NULL before its first reading */
    uint8_t quality, flags;
    bool stale, unconfirmed, counting;
    bool forsaken;           /* unconfirmed for no other reason than that its publisher is dead */
    bool teller;             /* discovered, and by its name it may tell whether a publisher lives */
    uint32_t publisher;      /* discovered: what it comes from, see model_publisher(); NO_PUBLISHER: nobody tells */
    uint8_t standing;        /* as what it is counted: see model_standing() */
    struct ring *ring;       /* numbers only, NULL before the first */
};

/* One stretch of a state. The running one has end_ms 0. */
struct interval {
    int64_t start_ms, end_ms; /* source time */
    uint8_t class, state;     /* enum state_class, enum pack_state */
};

/* The state of a unit or line (any node), and what happened in the last hours. */
struct node_state {
    uint8_t class, state;        /* enum state_class, enum pack_state */
    const char *word;            /* from the map, or NULL; else the class's word */
    int64_t since_ms;            /* source time at which the shown word began (the map's, else the class's); 0: never known */
    int64_t heard_elapsed_ms;    /* the last live sample of its own tags (the first retained one while none has come), or -1 */
    int64_t heard_ms;            /* the same as wall time */
    int64_t last_piece_ms;       /* source time of the last counted piece (of the first reading while none has come); 0: none */
    int64_t piece_elapsed_ms;    /* and its arrival on elapsed time */
    bool silent;                 /* configured silence has passed */
    bool derived;                /* the state is derived from a counter, not told */
    bool watching;               /* and a stop will follow if no piece is counted in time */
    bool lost;                   /* unknown for no other reason than that nobody listened, or a broker was gone */
    bool mended;                 /* the last time that nobody listened has turned out to be known: see model_mend.c */
    struct interval *intervals;  /* oldest first, bounded by BOUND_INTERVALS and 24 h */
    size_t interval_count, interval_capacity;
};

/* A source (a broker's link, later a gateway) and whether it lives. */
struct source {
    char *name;    /* "broker:main" */
    char *detail;  /* what it said last */
    bool alive;
    bool whole;    /* dead, and all that came from it before is in the stream */
    int64_t since_ms; /* wall */
    uint64_t births, deaths;
};

/* What tells whether it lives: a device, a gateway. Of the configuration (plant->publishers), then those that were found by the names of their topics. */
struct publisher {
    uint32_t tag;          /* which tells it */
    uint32_t node;         /* where it hangs; NO_NODE: only found */
    enum liveness liveness;
    int64_t since_ms;      /* source time of that; 0 while unknown */
    uint32_t tags;         /* that come from it */
};

/* What a publisher's clock is off by: the median of its last messages (core/skew.h). */
struct clock_skew {
    char *name;            /* path of the node that has the availability or the tags, else "broker:" and the beginning of its topics */
    int64_t ms;            /* arrival minus stamp: positive when the clock is behind, or the way is long */
    int64_t measured_ms;   /* wall */
    int64_t elapsed_ms;    /* the same on elapsed time */
};

struct drop_count {
    uint64_t count;
    int64_t last_ms;      /* wall */
    char example[64];     /* the newest topic or path */
};

struct model;

struct model *model_create(const struct plant *plant);
void model_destroy(struct model *model);

/* Folds one batch: first the timers that fall due before its end, each at its own deadline, then its records in order. */
void model_apply(struct model *model, const struct batch *batch);
/* Swaps the configuration at a batch boundary: state carries over by key (or `was`); what is gone is dropped. */
void model_configure(struct model *model, const struct plant *plant);
/* What the last model_apply() gave rise to; borrowed until the next. What model_configure() gives rise to is there at once, and is among
 * the outcomes of the batch that follows, whose number it has: only those need to be stored. */
/* The next event gets a number behind this one, unless it would anyhow. */
void model_events_from(struct model *model, uint64_t number);
const struct outcomes *model_outcomes(const struct model *model);
/* The newest changes (events of kinds with `change`), oldest first: bounded, part of the state. */
const struct event *model_changes(const struct model *model, size_t *count);
/* Elapsed time of the next timer that may change something, or INT64_MAX: an empty batch is due then. */
int64_t model_next_deadline(const struct model *model);

/* ---- reading ---- */

const struct plant *model_plant(const struct model *model);
uint64_t model_seq(const struct model *model);
int64_t model_wall(const struct model *model);    /* UTC ms; 0 before the first batch */
int64_t model_elapsed(const struct model *model); /* ms since the model's beginning */
uint64_t model_samples(const struct model *model);
uint64_t model_config_id(const struct model *model); /* of the last config record */
int64_t model_clock_step(const struct model *model, int64_t *when_ms); /* the last clock step, 0: none */
int64_t model_last_gap(const struct model *model, int64_t *when_ms);   /* length of the last gap; -1: none */

size_t model_tag_count(const struct model *model); /* configured and discovered */
size_t model_discovered(const struct model *model);
const struct tag *model_tag(const struct model *model, uint32_t tag);
/* The tag of a key or of a series id; NO_TAG when there is none. O(1). */
uint32_t model_find(const struct model *model, const char *key);
uint32_t model_find_series(const struct model *model, uint32_t series);
/* The key of any tag; returns its length. */
size_t model_tag_key(const struct model *model, uint32_t tag, char *out, size_t cap);
enum tag_trust model_trust(const struct model *model, uint32_t tag);
/* Milliseconds since the value arrived; -1: never. *at_least is true for a retained value: it is older than that. */
int64_t model_age(const struct model *model, uint32_t tag, bool *at_least);
/* Samples a minute, smoothed over about a minute; it falls while none comes. Negative: not known before two have come. */
double model_rate(const struct model *model, uint32_t tag);
const struct node_state *model_node(const struct model *model, uint32_t node);
/* So many tags stand so (but those of defects, and told ones, before there is anything to tell), of a line with its units, or of a node that lies in no line. */
struct standing {
    uint32_t trust[TRUST_COUNT];
    uint32_t outside; /* their normal band, of those that are trusted. Too low counts only while what they hang on runs: a current of nothing is
                         what a machine that stands should draw */
};
/* NO_NODE: of what was only discovered. Costs no more with more tags. */
void model_standing(const struct model *model, uint32_t node, struct standing *out);
/* The next tag of such a node from `from` on, in the plant's order, that is outside its normal band; NO_TAG when there is none. */
uint32_t model_next_outside(const struct model *model, uint32_t node, uint32_t from);
/* The next of the nodes from .. end-1 that stood still (CLASS_STOP) at since_ms or later, or may have; INT64_MAX: that does so now. NO_NODE:
 * none. Who looks for stops looks at those nodes alone. */
uint32_t model_next_stopped(const struct model *model, uint32_t from, uint32_t end, int64_t since_ms);
/* The row of its map for the present value of a tag of kind state; NULL when the map has none. */
const struct state_map_row *model_state_row(const struct model *model, uint32_t tag);
/* The state that a line shows: that of its constraint, or of the node itself. Never NULL. */
const struct node_state *model_line_state(const struct model *model, uint32_t node);
/* A role's tag for a node: its own, else (for a line) its constraint's, else NO_TAG. */
uint32_t model_role(const struct model *model, uint32_t node, enum tag_role role);
/* Present speed against the ideal cycle, 1.0 = as designed; false when it cannot be known (see *missing: a key's name). */
bool model_speed(const struct model *model, uint32_t node, double *ratio, const char **missing);
size_t model_source_count(const struct model *model);
const struct source *model_source(const struct model *model, size_t index);
size_t model_publisher_count(const struct model *model);
void model_publisher(const struct model *model, size_t index, struct publisher *out);
/* Its place, or the beginning of its topics. */
size_t model_publisher_name(const struct model *model, size_t index, char *out, size_t cap);
/* How many are dead now. O(1). */
size_t model_publishers_dead(const struct model *model);
/* The dead one that a tag comes from, the nearest; NO_PUBLISHER: none. */
uint32_t model_dead_publisher(const struct model *model, uint32_t tag);
size_t model_skew_count(const struct model *model);
const struct clock_skew *model_skew(const struct model *model, size_t index);
const struct drop_count *model_drops(const struct model *model, enum drop reason);
uint64_t model_drop_total(const struct model *model); /* without those that only mended */

/* ---- alarms ---- */

struct alarm_counts {
    /* By priority 1..4 ([0]: all of them). What a flag hides is in `shelved` and the like only. */
    uint32_t unacked[ALARM_PRIORITIES + 1]; /* UNACK, RTNUN and LATCH_UNACK: what waits for a person */
    uint32_t active[ALARM_PRIORITIES + 1];  /* UNACK and ACKED */
    uint32_t returned;                      /* RTNUN; active[0] + returned + latched are seen */
    uint32_t latched;                       /* LATCH_UNACK and LATCH_ACKED */
    uint32_t shelved, suppressed, out;      /* as displayed: service before suppression before shelving */
    uint32_t sounding;                      /* the horn is on while it is not 0 */
};

/* An alarm of plant->alarms. */
const struct alarm *model_alarm(const struct model *model, uint32_t alarm);
/* NO_ALARM when there is none of that key. O(1). */
uint32_t model_find_alarm(const struct model *model, const char *key);
const struct alarm_counts *model_alarm_counts(const struct model *model);
/* The same for a node and all below it; costs what is listed. */
void model_alarm_counts_below(const struct model *model, uint32_t node, struct alarm_counts *out);
/* Every alarm that is not simply normal (a state other than NORM, or a flag), in no order. */
const uint32_t *model_alarms_listed(const struct model *model, size_t *count);
/* Changes with every transition, comment and name of an alarm: what a view keeps in order it sorts anew only then. */
uint64_t model_alarms_generation(const struct model *model);
/* The worst alarm that is seen: unacknowledged before others, by priority, active before returned, then the newest; NO_ALARM: none.
 * O(listed). */
uint32_t model_alarm_worst(const struct model *model);
/* Raises of a position in the 10 minutes before model_wall(), and since when it is flooded (wall; 0: it is not). */
uint32_t model_alarm_raises(const struct model *model, uint16_t position, int64_t *flood_since_ms);
/* A node in maintenance: who, since when, until when (0: open), why; NULL when it is not. Only of the node itself. */
struct maintenance { uint32_t node; int64_t since_ms, until_ms; char who[ACTION_WHO], reason[ACTION_COMMENT]; };
const struct maintenance *model_maintenance(const struct model *model, uint32_t node);
/* What an action among the last batch's records led to; false: it was not among them. */
bool model_action_result(const struct model *model, const uint8_t id[16], enum refusal *refusal);
/* Would it be done now? The fold decides again when its batch closes. */
enum refusal model_action_check(const struct model *model, const struct action *action);

/* ---- where the time went, and what was produced (core/account.h) ---- */

/* A node has an account when it has a state or counts pieces; a line by its constraint's time and its counting point's pieces. The cells of the last
 * 48 h (BOUND_CELLS of them at most), oldest first; what still runs (the present state since its last booking) is not in them. */
const struct account_cell *model_cells(const struct model *model, uint32_t node, size_t *count);
bool model_has_account(const struct model *model, uint32_t node);
/* Defects that were reported in the cells of a node (of a line: by any unit of it), in order of the cells; within one as they were first seen. */
const struct defect *model_defects(const struct model *model, uint32_t node, size_t *count);
/* The account of [from_ms, to_ms), what runs included up to model_wall(); of an area or the site the sum of its lines. The ends should be cuts; a cell
 * that they lie in counts whole when it begins in the range. What nobody told is TIME_UNKNOWN (or not scheduled), so that the sum is the range's
 * length up to model_wall(); *known_from_ms (may be NULL): what is before it was forgotten. */
void model_account(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms, struct account *out, int64_t *known_from_ms);
/* The shift that a node is in at model_wall(), or at another moment. */
void model_shift(const struct model *model, uint32_t node, struct shift_at *out);
void model_shift_at(const struct model *model, uint32_t node, int64_t ms, struct shift_at *out);
/* As plan_time(). */
int64_t model_planned_ms(const struct model *model, uint32_t node, int64_t from_ms, int64_t to_ms);
/* Stops of all nodes that are remembered (BOUND_STOPS, 8 days), oldest first by their beginning, those that last included, `gone` ones too. */
const struct stop *model_stops(const struct model *model, size_t *count);
/* The one that a node is in now, or of a moment; NULL: none. Of a line without a state of its own its constraint's. */
const struct stop *model_stop_now(const struct model *model, uint32_t node);
const struct stop *model_stop_at(const struct model *model, uint32_t node, int64_t start_ms);
/* Calls that are not closed, oldest first. */
const struct call *model_calls(const struct model *model, size_t *count);

/* ---- energy and environment (core/energy.h, core/demand.h) ---- */

struct meter_state {
    double power;            /* present, units an hour: a power tag's value, of a register the mean of its last minute (or last two readings); of a sum what is under it; NAN: unknown or stale */
    double minute;           /* mean power of the last whole minute; NAN */
    int64_t heard_ms;        /* source time of the newest sample; 0: never */
    int64_t booked_ms;       /* measured up to here */
    uint64_t falls, glitches; /* of a register: resets and rollovers; dips, leaps beyond `most`, stamps that went back: not booked */
    uint64_t gaps;
};
/* A meter of plant->meters. Never NULL. */
const struct meter_state *model_meter(const struct model *model, uint32_t meter);
/* Cells of the last 26 hours (BOUND_ENERGY_CELLS at most), oldest first, the running quarter included; of a sum none: what is under it has them. */
const struct energy_cell *model_energy_cells(const struct model *model, uint32_t meter, size_t *count);
/* What a meter measured in [from_ms, to_ms), in whole cells that begin there; of a sum all under it. *known_from_ms (may be NULL): what is before was forgotten. */
void model_energy(const struct model *model, uint32_t meter, int64_t from_ms, int64_t to_ms, struct energy *out, int64_t *known_from_ms);
/* Of plant->demands and plant->emissions. */
struct demand_now;
struct demand_meter;
const struct demand_meter *model_demand(const struct model *model, uint32_t demand, struct demand_now *now);
struct emission_now {
    double value;            /* present, corrected to the reference O2; NAN */
    double mean[EMISSION_MEANS];     /* of the running half hour, hour, local day; NAN while nothing is valid */
    double valid[EMISSION_MEANS];    /* share of what has passed */
    double forecast;         /* of the running half hour, when the present value stays */
    double last[EMISSION_MEANS];     /* of the last whole ones; NAN: not valid enough */
    double exceeded_min;     /* minutes of the local day in whole valid half hours over their limit */
};
void model_emission(const struct model *model, uint32_t emission, struct emission_now *out);

/* ---- what will be due (core/due.h) ---- */

/* Of a row of plant->dues. Running time is that of its node, on a clock of its own. */
struct due_state {
    int64_t run_ms;        /* its clock when it was last looked at, */
    int64_t running_ms;    /* and since when it runs, on elapsed time; -1: it does not */
    int64_t serviced_ms;   /* of hours: the clock then */
    int64_t since_ms;      /* wall: since when it is known, was replaced, filled up or serviced; 0: never known */
    double base;           /* of a life: what the counter had gained by then; `based`: it is known */
    bool based, told;      /* told: the clock will be at due_ms when it is due; else nobody can say */
    int64_t due_ms;
    struct trend trend;
};
const struct due_state *model_due(const struct model *model, size_t due);
bool model_due_runs(const struct model *model, size_t due);
int64_t model_due_clock(const struct model *model, size_t due);
/* The level, what was used of a life, or milliseconds run since the service; false: not known. */
bool model_due_value(const struct model *model, size_t due, double *value);

/* ---- the whole state as a run of records ---- */

/* Appends a complete run (run_begin .. run_end) to p. model_save() is for a screen and a copy; model_save_configured() leaves out
 * what was only discovered, and is for the store. */
void model_save(const struct model *model, struct packer *p);
void model_save_configured(const struct model *model, struct packer *p);
/* A model equal to the saved one; NULL and err when the run is damaged or of a newer version. */
struct model *model_load(const struct plant *plant, const void *bytes, size_t length, struct error *err);

#endif
