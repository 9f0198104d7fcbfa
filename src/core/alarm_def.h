/*
 * alarm_def: what the configuration says of alarms: classes, conditions with their rationalisation fields, groups of them, where they
 * hang, what their formulas look at, and operators' positions. Part of the plant: built once, immutable, owned by its arena.
 *
 * One *alarm* is a group of conditions (high-high and high of one side of one tag) with one life cycle; its *severity* is the place of the
 * worst active condition. A definition exists once for forty equal machines; a struct plant_alarm is one machine's.
 *
 * An alarm's key is its owner's path, a point and its name: "works/hall/press1/oil.high" on a tag, "works/hall/press1.silent" on a unit.
 */
#ifndef ANDON_CORE_ALARM_DEF_H
#define ANDON_CORE_ALARM_DEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not enumerators: those are of type int. */
#define NO_ALARM UINT32_MAX
#define NO_FIRST_OUT UINT16_MAX
enum { ALARM_CONDITIONS = 8, ALARM_INPUTS = 16, ALARM_PRIORITIES = 4, ALARM_KEY_BYTES = 320 };

/* The numbers are on disk: append only. */
enum alarm_kind {
    ALARM_HIGH_HIGH, ALARM_HIGH, ALARM_LOW, ALARM_LOW_LOW, /* raised beyond `limit`, cleared past it by `deadband` */
    ALARM_DEVIATION,   /* |value - setpoint| > limit */
    ALARM_RATE,        /* change per minute over `window` beyond limit; a negative limit is a fall */
    ALARM_DISCRETE,    /* the value is one of `when` */
    ALARM_NO_DATA,     /* of a tag: it misses its cadence (or `window`); of a node: its publisher is silent or dead */
    ALARM_BAD_QUALITY,
    ALARM_EXPRESSION,  /* a formula is not 0 */
    ALARM_MESSAGE,     /* the machine's own: a code or text that is not in `quiet` */
    ALARM_KIND_COUNT
};
struct alarm_kind_row { const char *name, *title; bool limit; }; /* "high-high", "high-high", it has a limit */
extern const struct alarm_kind_row alarm_kind_table[ALARM_KIND_COUNT];

enum alarm_ack { ACK_BY_OPERATOR, ACK_ON_RETURN /* RTNUN acknowledges itself */, ACK_BY_ITSELF /* never unacknowledged */ };

struct alarm_class {
    const char *name, *title;   /* built in: process, safety, machine, system */
    enum alarm_ack ack;
    bool safety;                /* neither shelved nor suppressed */
    bool comment;               /* an ack needs a comment */
    bool horn;                  /* its unacknowledged alarms sound */
    bool counted;               /* its raises count in the performance of the alarm system */
    int64_t shelve_most_ms;     /* longest shelf */
};

/* A formula as the evaluator takes it: variables v0, v1, ... are the definition's inputs in order. */
struct alarm_formula { const char *text, *source; }; /* text NULL: none; source: as written, for people */

struct alarm_value { const char *text; double number; }; /* compared as text without case, or as a number when text is NULL */

/* One condition. Inputs and strings are the definition's. Durations are ms, the limit is in the tag's unit (deviation too; rate: per minute). */
struct alarm_condition_def {
    enum alarm_kind kind;
    const char *title;          /* "Temperature high-high" */
    const char *cause, *consequence, *action, *related; /* "" for none */
    int64_t respond_ms;         /* time to respond; 0: not given */
    uint8_t priority;           /* 1 highest .. 4 */
    double limit, deadband;
    int64_t on_delay_ms, off_delay_ms, window_ms;
    uint8_t setpoint;           /* of a deviation: the input */
    struct alarm_formula when;  /* of an expression */
    const struct alarm_value *values; /* of a discrete: what raises it; of a message: what is quiet (besides 0, "", false) */
    size_t value_count;
};

/* Title, priority and texts of one code of a machine's messages. */
struct alarm_code { struct alarm_value code; const char *title, *cause, *consequence, *action; uint8_t priority; };

struct alarm_def {
    const char *name, *title;
    uint16_t class;             /* index into plant->alarm_classes */
    bool latching;
    const struct alarm_condition_def *conditions; /* the most severe first; severity = count - index */
    size_t condition_count;     /* 1 .. ALARM_CONDITIONS */
    struct alarm_formula suppress;
    int64_t hold_off_ms;        /* after a suppression ends */
    size_t input_count;         /* 0 .. ALARM_INPUTS */
    const struct alarm_code *codes; /* of a message */
    size_t code_count;
    uint8_t message_text;       /* of a message: the input that holds its text; ALARM_INPUTS: none */
    int64_t clears_after_ms;    /* of a message that is never taken back; 0: it is */
};

enum alarm_input_kind {
    INPUT_TAG,   /* the tag's number; of a state: its class; of a boolean: 0 or 1 */
    INPUT_NODE,  /* the node's state class (enum state_class) */
    INPUT_ALARM, /* 1 while the alarm's condition is active (suppressed ones too), else 0 */
};
struct alarm_input { enum alarm_input_kind kind; uint32_t index; };

struct plant_alarm {
    uint32_t node, tag;         /* where it hangs; tag NO_TAG: on the node itself */
    const struct alarm_def *def;
    uint32_t first_input;       /* in plant->alarm_inputs, def->input_count of them */
    uint16_t position;          /* index into plant->positions */
    uint16_t first_out;         /* index into plant->first_outs, or NO_FIRST_OUT */
};

/* "When this changes, look at that alarm": sorted by kind, then index, then alarm. */
struct alarm_use { enum alarm_input_kind kind; uint32_t index, alarm; };

/* An operator's position: a set of areas (or lines); positions[0] is "plant", of no nodes: what no other has, and all when none is configured. */
struct alarm_position { const char *name, *title; const uint32_t *nodes; size_t node_count; };

#endif
