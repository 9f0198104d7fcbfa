/*
 * outcome: what follows from a batch beyond the state itself: events, closed state intervals, 15-minute quantities. The fold returns
 * them; the collector stores them in one transaction with the batch that caused them.
 *
 * Folding the same batches gives the same outcomes with the same numbers, so that a replay never doubles one.
 */
#ifndef ANDON_CORE_OUTCOME_H
#define ANDON_CORE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/energy.h"
#include "core/pack.h"
#include "core/state.h"
#include "core/stop.h"
#include "core/value.h"

enum { EVENT_TEXT = 160, BUCKET_MS = 900000 };

/* The numbers are on disk: append only. */
enum event_kind {
    EVENT_STATE,      /* a unit or line changed its state; before and after are words */
    EVENT_SETPOINT,   /* a tag of kind setpoint changed */
    EVENT_LIMIT,      /* a tag of kind limit changed, or a range, band, ideal cycle, target, plan, calendar or shift in the configuration */
    EVENT_RECIPE,     /* a tag of kind recipe changed */
    EVENT_ORDER,      /* a tag of role order, product or crew changed */
    EVENT_CONFIG,     /* another configuration came into force */
    EVENT_LINK,       /* a source's birth or death; node is "", text is the source, after is what it said */
    EVENT_GAP,        /* the collector was away; `after` says how long */
    EVENT_CLOCK,      /* the wall clock stepped */
    EVENT_DROPPED,    /* batches were lost on the way to the disk */
    EVENT_IMPORT,     /* samples were imported */
    EVENT_ACTION,     /* an operator did something */
    EVENT_ALARM,      /* a transition of an alarm: path is its key, text its title, before and after the states' names; `alarm` holds the rest */
    EVENT_REFUSED,    /* an operator tried something: `after` says why it was refused */
    EVENT_BAND,       /* a value left its normal band: before is the bound, after the value; not durable by itself */
    EVENT_STOP,       /* somebody (`who`) amended a stop: path is the node's, time_ms its beginning, text what was done, before and after */
    EVENT_QUANTITY,   /* somebody corrected a quantity: text which, after by how much, time_ms what it is counted to */
    EVENT_CALL,       /* somebody called, took a call (span_ms: after so long) or closed it: path is the node's, text the kind, after "raised", ... */
    EVENT_NOTE,       /* for the next shift; the words in alarm.comment */
    EVENT_KIND_COUNT
};

struct event_row {
    const char *name;  /* "setpoint" */
    const char *title; /* for people */
    bool change;       /* belongs to "what changed": setpoint, limit, recipe, order, config */
};

extern const struct event_row event_table[EVENT_KIND_COUNT];

/* Kinds as people look for them; the first is all. */
enum { EVENT_GROUPS = 6 };
struct event_group { const char *name; uint32_t kinds; /* a bit each; 0: all */ };
extern const struct event_group event_groups[EVENT_GROUPS];

/* From here on numbers are of what imports told: by what the event is, so that the same one comes once. The stream's never come so far. */
#define EVENT_IMPORTED (UINT64_C(1) << 62)

struct event {
    uint64_t number;          /* with the cache's UUID its id; one more each event of the stream */
    uint64_t seq;             /* of the batch */
    int64_t time_ms;          /* source time where there is one */
    enum event_kind kind;
    uint32_t series;          /* of a tag's event, else 0 */
    char path[320];           /* the tag's key, the node's path or the alarm's key; "" for none */
    char text[EVENT_TEXT];    /* what it is about, for people, through the gate */
    char before[64], after[64]; /* "" where it makes no sense */
    int64_t span_ms;          /* of a gap: its length (it ended at time_ms); of a clock's step: the step; else 0 */
    bool down;                /* of a link: it was a death */
    char who[64];             /* "" for nobody: the plant did it by itself */
    struct {
        uint8_t event, kind, priority; /* enum alarm_event, enum alarm_kind */
        bool annunciated;     /* a raise that a person was meant to see: no flag hides it (any more), and its class counts */
        int64_t occurrence_ms;
        char value[32], limit[32]; /* "96.4 °C", "> 95" */
        char class[32], position[32];
        char comment[256];
    } alarm;                  /* of EVENT_ALARM; comment also of actions */
};

/* A state that has ended. Late samples may tell that a part of what was told was otherwise: that part comes as one more, and where two overlap, the one
 * that was told later (the greater seq; of one batch the one that begins later) is what is known now. */
struct interval_end {
    uint64_t seq;
    char path[256];           /* of the node */
    int64_t start_ms, end_ms; /* source time */
    uint8_t class, state;     /* enum state_class, enum pack_state */
    char word[64];            /* the map's, "" for none */
};

/* What a counter or register gained in a quarter of an hour; given when the quarter is over, and again as an addition when more of it comes
 * later. */
struct bucket_gain {
    uint32_t series;
    int64_t start_ms;         /* multiple of BUCKET_MS, source time */
    double gained;            /* to be added to the bucket */
    bool flagged;             /* part of it was gained across a gap, and is booked where it was seen */
};

/* Facts of the account of a node (core/account.h): added to what there is. A cell is told when it is over (its hour, shift, product or order has ended),
 * and by what it differs when it is amended: late samples, a reason that was given, a minor stop that became a long one. Of a node that nobody has heard
 * of there are none, nor of what still runs: model_account() has it. */
struct account_gain {
    uint64_t seq;
    char path[256];           /* of the node */
    bool line;                /* the node is a line: sums over lines count nothing twice */
    struct account_cell cell;
    char defect[DEFECT_TEXT]; /* not "": a fact of defects of that kind, `defects` more of them in this cell, whose sum is empty */
    uint32_t defects;
};

/* Facts of a meter (core/energy.h): a cell is told when its quarter is over and measured up to its end, or nothing came for a gap's length behind it; what comes later is told as a difference. */
struct energy_gain {
    uint64_t seq;
    char path[256];           /* key of the meter */
    struct energy_cell cell;
};

struct outcomes {
    struct event *events;
    size_t event_count, event_capacity;
    struct interval_end *intervals;
    size_t interval_count, interval_capacity;
    struct bucket_gain *buckets;
    size_t bucket_count, bucket_capacity;
    struct account_gain *gains;
    size_t gain_count, gain_capacity;
    struct stop_version *stops;
    size_t stop_count, stop_capacity;
    struct energy_gain *energies;
    size_t energy_count, energy_capacity;
};

/* One more of each, zeroed, to be filled in; borrowed until the next. */
struct event *outcomes_event(struct outcomes *outcomes);
struct interval_end *outcomes_interval(struct outcomes *outcomes);
struct bucket_gain *outcomes_bucket(struct outcomes *outcomes);
struct account_gain *outcomes_gain(struct outcomes *outcomes);
struct stop_version *outcomes_stop(struct outcomes *outcomes);
struct energy_gain *outcomes_energy(struct outcomes *outcomes);
/* Empties it; keeps the memory unless it was extraordinarily much. */
void outcomes_clear(struct outcomes *outcomes);
void outcomes_finish(struct outcomes *outcomes);

/* Does what people typed (core/text_match.h) find it: by its path, texts, person, comment, value or kind? */
bool event_matches(const struct event *event, const char *filter);

/* An event as bytes: what it has nothing to say of takes none, so that 120,000 alarms a minute fit where they wait for the disk. */
void event_pack(const struct event *event, struct packer *p);
/* Fails u, and yields what came before it, when a text is too long or a kind unknown. */
void event_unpack(struct event *event, struct unpacker *u);
/* The same of a fact and of a stop's version; of these node, reason and proposal come back as none. */
void gain_pack(const struct account_gain *gain, struct packer *p);
void gain_unpack(struct account_gain *gain, struct unpacker *u);
void stop_version_pack(const struct stop_version *version, struct packer *p);
void stop_version_unpack(struct stop_version *version, struct unpacker *u);
void energy_gain_pack(const struct energy_gain *gain, struct packer *p);
void energy_gain_unpack(struct energy_gain *gain, struct unpacker *u);
/* All of them. Unpacking empties the lists first. */
void outcomes_pack(const struct outcomes *outcomes, struct packer *p);
void outcomes_unpack(struct outcomes *outcomes, struct unpacker *u);

#endif
