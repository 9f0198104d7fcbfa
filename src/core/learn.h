/*
 * learn: what is on somebody else's broker: equal machines (types and their instances), and what their values are (roles and kinds), each with its evidence. Pure: messages in,
 * proposals out. It never invents what nobody sent: no limit, no ideal cycle, no calendar.
 *
 *     struct learn *learn = learn_create(&bounds, &zone);
 *     learn_message(learn, topic, strlen(topic), payload, length, retained, ms);      // some minutes of them
 *     struct learned learned;
 *     learn_conclude(learn, &learned);
 *     learned_finish(&learned);
 *
 * A series is one leaf: a topic and where its payload holds a value. Types are found by description length: naming a type's L leaves and I instances costs L + I names and explains
 * what they have of I x L series, so that the best type is that which explains most with least.
 */
#ifndef ANDON_CORE_LEARN_H
#define ANDON_CORE_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/payload.h"
#include "core/plant.h"

enum { LEARN_SERIES = 50000, LEARN_TEXTS = 12, LEARN_TEXT = 48, LEARN_LEVELS = 24, LEARN_NAME = 64 };

/* What a series said. Times are arrival, UTC ms. */
struct learn_series {
    char *topic, *path;        /* path: JSON pointer, "" for the whole payload */
    const struct envelope_kind *kind; /* how the topic's messages are written, so that it has this path; NULL: as it stands */
    uint64_t count, retained;
    int64_t first_ms, last_ms;
    double gap_sum, gap_squares; /* between two live messages, s */
    uint64_t gaps;
    uint64_t numbers, texts, bools, nulls, stamped; /* stamped: messages that had a time of their own */
    double low, high, first, last, sum;
    uint64_t ups, downs, same; /* steps between two numbers */
    double risen, largest_up;  /* sums of rises, without those behind a fall */
    double step_low, step_high; /* of rises */
    uint64_t falls_to_zero;    /* to less than a hundredth of what it was */
    bool whole;                /* every number is an integer */
    uint8_t decimals;          /* most that were seen, 9 at most */
    char distinct[LEARN_TEXTS][LEARN_TEXT]; /* values in words (and of whole numbers their digits), while there are few */
    uint64_t told[LEARN_TEXTS]; /* how often each */
    uint8_t distinct_count;
    bool many;                 /* there are more */
    uint64_t changes, value_hash;
    int64_t changed_ms;        /* when it changed last */
    double change_sum, change_squares; /* seconds between two changes */
    double risen_cycles, cycle_sum, cycle_low; /* rises by few, and the seconds for each piece of them; the fastest of five in a row */
    double run_sum; unsigned run; /* the row that is being looked at */
};

struct learn;

/* Both are borrowed. */
struct learn *learn_create(const struct bounds *bounds, const struct zone *zone);
void learn_destroy(struct learn *learn);
/* `topic` as it came. What is beyond LEARN_SERIES is counted. */
void learn_message(struct learn *learn, const char *topic, size_t topic_length, const void *payload, size_t length, bool retained, int64_t ms);
/* One value by itself, as a screen has it, of a topic that passed the gate; text for VALUE_TEXT. What is `coarse` says nothing of cadence or cycle: it was kept by the broker, or is what is
 * remembered of several. */
void learn_value(struct learn *learn, const char *topic, const char *path, struct value value, const char *text, bool coarse, int64_t ms);
/* A series by its name alone; false when there are LEARN_SERIES others. */
bool learn_name(struct learn *learn, const char *topic, const char *path);
uint64_t learn_messages(const struct learn *learn);
size_t learn_series_count(const struct learn *learn, uint64_t *beyond);
const struct learn_series *learn_series_at(const struct learn *learn, size_t index);
int64_t learn_span_ms(const struct learn *learn);
/* The unit that another message told of a series, "" without one; borrowed while `learn` lives. */
const char *learn_unit(const struct learn *learn, const struct learn_series *series);
/* What payloads are written in, "" for UTF-8; borrowed. */
void learn_encoding(struct learn *learn, const char *encoding);
const char *learn_encoded(const struct learn *learn); /* NULL: UTF-8 */

/* How sure a proposal is: what is CERTAIN was measured (a register whose slope is the power beside it), LIKELY by name and values, GUESS by one of both. */
enum learn_sure { LEARN_GUESS, LEARN_LIKELY, LEARN_CERTAIN };
extern const char *const learn_sure_names[LEARN_CERTAIN + 1];

/* What a leaf is proposed to be. */
struct learn_role {
    enum tag_kind kind;
    enum tag_role role;        /* ROLE_NONE */
    enum learn_sure sure;
    char own_unit[16];         /* by a person; "" none */
    bool dropped, chosen;      /* by a person: no tag; kind, role or unit */
    const char *unit;          /* static or the learner's, or "" */
    bool heartbeat, availability, clock, ignored; /* what andon needs no tag for: a beat, whether the publisher lives, its clock; ignored: constant identity (serial number) */
    double modulus;            /* 0 */
    double interval_s;         /* regular cadence; 0: on change */
    double fastest_s;          /* of a good counter: fastest sustained seconds a piece; 0: not measured */
    bool packml;               /* a state whose numbers are PackML's */
    char evidence[160];        /* "rises only, 1 at a time, 212 times in 10 min" */
};

/* A leaf of a type, or one that no type explains. */
struct learned_leaf {
    char name[LEARN_NAME];     /* as a tag is called: [a-z0-9_-]+, unique in its type */
    char topic[256];           /* relative levels below the instance, "" for its own topic: "telemetry" */
    char path[KEY_BYTES];      /* JSON pointer */
    size_t present;            /* instances that have it */
    struct learn_role role;    /* of all instances together */
};

struct learned_instance {
    char topic[256];           /* levels down to the instance: "plant/hall1/press-01" */
    char pointer[KEY_BYTES];   /* where the payload goes on, for instances in one message; "" */
    size_t leaves;             /* that it has */
    size_t *series;            /* by leaf; SIZE_MAX: it has none */
};

struct learned_type {
    char name[LEARN_NAME];
    struct learned_leaf *leaves;
    size_t leaf_count;
    struct learned_instance *instances;
    size_t instance_count;
    size_t complete;           /* instances that have every leaf */
    size_t levels;             /* of the instances' topics */
    enum learn_sure sure;      /* that these are equal machines */
    double gain;               /* names saved by it: instances x leaves explained, less both and half of what is absent */
    char separator;            /* '\0', or what parts names inside a level of a topic ("plant_press01_temp") */
    size_t metric;             /* the level of the topic that is the leaf's and not the instance's ("plant/temperature/press-01"): LEARN_LEVELS when the leaf's levels come last */
};

struct learned {
    struct learned_type *types; /* the one that explains most first */
    size_t type_count;
    size_t *loose;             /* series that no type explains */
    struct learn_role *loose_roles;
    size_t loose_count;
    size_t explained;          /* series */
};

void learn_conclude(const struct learn *learn, struct learned *out);
/* The same by names alone, for a screen that cannot wait: the first way to part topics that explains most of them, types with the names of their leaves, and no roles. */
void learn_conclude_names(const struct learn *learn, struct learned *out);
void learned_finish(struct learned *learned);

/* ---- learn_roles.c ---- */

/* What a series is, judged by its name (the last part of topic or pointer) and what it said. */
void learn_role_of(const struct learn_series *series, const char *name, struct learn_role *out);
/* The same for a leaf of many instances: the role that most of them have, as sure as they are on the whole; then what values of one instance say of each other (power and register). */
void learn_roles_of_type(const struct learn *learn, struct learned_type *type);

/* ---- learn_config.c ---- */

/* The configuration of what was learnt, with the evidence as comments; ends with NUL. The caller's: free(). `accepted` by type (NULL: all). */
char *learn_config(const struct learn *learn, const struct learned *learned, const bool *accepted, const char *broker_url);
/* One type of it, or one value of a type, as text to paste; the caller's: free(). */
char *learn_config_type(const struct learn *learn, const struct learned *learned, size_t type);
char *learn_config_tag(const struct learn *learn, const struct learned *learned, const struct learned_type *type, size_t leaf);

#endif
