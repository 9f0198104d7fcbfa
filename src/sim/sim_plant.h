/*
 * sim_plant: the tables that describe a simulated plant: what there is, how it behaves, what it publishes. A plant is data; all
 * plants run on the same machinery (sim_line, sim_signal, sim_publish).
 */
#ifndef ANDON_SIM_SIM_PLANT_H
#define ANDON_SIM_SIM_PLANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/state.h"

/* What a machine is doing, before a vocabulary puts it into the words of its controller. */
enum condition {
    CONDITION_RUN, CONDITION_SLOW, CONDITION_MICRO, CONDITION_FAULT, CONDITION_STARVED, CONDITION_BLOCKED, CONDITION_SETUP,
    CONDITION_IDLE, CONDITION_REPAIR, CONDITION_COUNT
};

struct word {
    const char *text; /* NULL: the number is sent */
    int number;
    enum pack_state state;
    enum state_class class;
};

enum { MAX_PHASES = 6, MAX_SIGNALS = 12, MAX_DEFECTS = 6 };

/* How a controller names its conditions. While it runs it may name the phase of its cycle; each lasts up to `until`. A batch is as hot and as full in it as said, 0 to 1. */
struct vocabulary {
    struct word words[CONDITION_COUNT];
    struct { const char *text; double until, heat, level; } phases[MAX_PHASES];
    size_t phase_count;
};

enum signal_kind {
    SIGNAL_WALK,   /* a mean-reverting walk around a target that depends on the condition */
    SIGNAL_POWER,  /* the same, kW; added up to the site's power */
    SIGNAL_ENERGY, /* kWh register: the integral of the SIGNAL_POWER before it */
    SIGNAL_SET,    /* what people set: stands, and moves now and then by up to two spreads from `run`; tau_s: seconds between on average */
    SIGNAL_SUPPLY, /* a reel or tank: falls by `spread` a second from `run` to `idle` while it runs, and is full again */
    SIGNAL_FOLLOW, /* between idle and run as the SIGNAL_POWER before it is: flows of media, oxygen in a stack */
    SIGNAL_TOTAL,  /* register: the integral of the signal before it, which is for an hour */
    SIGNAL_REACTIVE, /* kVArh register: `run` times the integral of the SIGNAL_POWER before it */
    SIGNAL_LEVEL,  /* between idle and run as full as the phase has it */
    SIGNAL_HEAT,   /* the same as hot; and a fifth of that more as far as the cooling, the signal before it, is missing */
    SIGNAL_RATE,   /* pieces an hour of the last cycle, 0 when it does not run */
};

struct signal {
    const char *name;  /* "t/oil": member oil of member t; "@vib": its own topic, a bare number, each second */
    double run, idle;  /* targets */
    double spread;     /* standard deviation around the target */
    double tau_s;      /* how fast it follows */
    int decimals;
    enum signal_kind kind;
};

struct fault {
    const char *reason;
    int signal;         /* index of the signal that drifts before it, or -1 */
    double drift;       /* how far, in the signal's unit */
    double min_s, max_s;
    bool slow;          /* it slows the machine down instead of stopping it */
};

enum type_flags {
    TYPE_STATE = 1,   /* "st" in the telemetry */
    TYPE_COUNTS = 2,  /* "cnt": {"good", "rej"} */
    TYPE_CYCLE = 4,   /* "ct": seconds of the last cycle */
    TYPE_REASON = 8,  /* "why": text, "" while all is well */
    TYPE_ISO = 16,    /* stamped "at": ISO 8601 text instead of "ts": milliseconds */
    TYPE_STATE_TOPIC = 32, /* the state on a topic of its own, retained, {"timestamp_ms", "value"} */
    TYPE_DOOR = 64,   /* "door" on a topic of its own, retained, true or false, when it changes */
    TYPE_SILENT = 128, /* no telemetry at all: its topics only */
    TYPE_GOOD_ONLY = 256, /* "cnt": a bare number */
    TYPE_BUFFER = 512, /* "buf": pieces that wait before it */
};

struct type {
    const char *name; /* as its configuration calls it */
    const struct vocabulary *words;
    int flags;
    int period_s;     /* of the telemetry, besides each change of state */
    struct signal signals[MAX_SIGNALS];
    const struct fault *faults;
    size_t fault_count;
    const char *const *hitches; /* reasons of micro-stops */
    size_t hitch_count;
    const char *const *defects; /* what is wrong with rejected pieces, the most frequent first: each is told on the topic "defect"; MAX_DEFECTS at most */
    size_t defect_count;
};

/* Some equal units: "p", 4, 2 is p01 to p04; count 0 is one unit with the prefix as its name. */
struct unit_spec {
    const char *prefix;
    int count, digits;
    const struct type *type;
    double factor;    /* its cycle as a share of the line's ideal cycle (the constraint's is 1); 0: 1 */
};

enum line_flags {
    LINE_RIGID = 1,   /* one machine; the units only follow it */
    LINE_IDLE = 2,    /* no order for days */
    LINE_REPAIR = 4,  /* out of service for days */
    LINE_UTILITY = 8, /* runs for weeks: no pieces, orders, crews */
    LINE_STEADY = 16, /* runs for days: no changeovers, rare stops */
};

enum { MAX_UNITS = 8 };

struct line_spec {
    const char *area, *name;
    int flags;
    double ideal_s;           /* ideal cycle of a piece (or tonne, or heat) */
    const struct type *type;  /* what the line itself publishes, or NULL */
    struct unit_spec units[MAX_UNITS];
    int constraint;           /* index of the machine that stands for the line */
    double reject_rate;
    double fault_min;         /* minutes between faults of the line; 0: 40 */
    double first_fault_s;     /* seconds after the start, of the constraint's first fault; 0: by chance */
    const char *const *products;
    size_t product_count;
    int first_order;
};

/* A topic that no configuration knows. */
struct stranger {
    const char *topic;
    const char *member;      /* JSON: the name of its one value; NULL: a bare number */
    double middle, spread;
    int decimals, period_s;
};

struct plant_spec {
    const char *name, *site, *root, *suffix; /* topics: root/area/line[/unit]/suffix */
    int utc_offset_s;
    const char *const crews[4];
    const struct line_spec *lines;
    size_t line_count;
    const struct type *site_type; /* what the site itself publishes, root/site */
    double base_power;       /* of what is not metered below; kW */
    const struct stranger *strangers;
    size_t stranger_count;
    const char *order_prefix;
};

extern const struct plant_spec sim_appliance, sim_automotive, sim_chemical, sim_electronics, sim_steel;

#endif
