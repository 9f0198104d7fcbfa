/*
 * alarm: the life of one alarm by ISA-18.2 / IEC 62682 (ALARMS.md). Pure: it is told truths and times, and tells transitions.
 *
 * Truths come in per condition, already past limit and deadband (alarm_condition.h); here they pass the on- and off-delay, which mature at
 * alarm_due() on elapsed time, and drive a table of transitions. Shelved, suppressed and out of service are three independent flags on top of
 * the state. The model holds one for each plant_alarm; a back-test holds a single one.
 *
 *     alarm_init(&a, def, class, conditions);
 *     alarm_truth(&a, 0, TRUTH_TRUE, value, time_ms, now, told);
 *     while (alarm_due(&a) <= elapsed) alarm_fire(&a, now_at(alarm_due(&a)), told);
 */
#ifndef ANDON_CORE_ALARM_H
#define ANDON_CORE_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"
#include "core/alarm_def.h"

/* The numbers are on disk: append only. */
enum alarm_state { ALARM_NORM, ALARM_UNACK, ALARM_ACKED, ALARM_RTNUN, ALARM_LATCH_UNACK, ALARM_LATCH_ACKED, ALARM_STATE_COUNT };
/* What is displayed: a flag hides the state; service before suppression before shelving. The first six are enum alarm_state. */
enum alarm_shown { SHOWN_SHLVD = ALARM_STATE_COUNT, SHOWN_DSUPR, SHOWN_OOSRV, SHOWN_COUNT };
struct alarm_shown_row { const char *name, *letter, *title; }; /* "UNACK", "U", "active, not acknowledged" */
extern const struct alarm_shown_row alarm_shown_table[SHOWN_COUNT];

enum alarm_flag {
    ALARM_SHELVED = 1,
    ALARM_ONE_SHOT = 2,     /* and until it next clears */
    ALARM_SUPPRESSED = 4,   /* by its logic, or within the hold-off after it */
    ALARM_OUT = 8,          /* out of service by itself */
    ALARM_MAINTENANCE = 16, /* out of service with its unit */
    ALARM_FIRST = 32,       /* first of its first-out group since that was quiet; stays until it is again */
    ALARM_TIE = 64,         /* first together with others: the clocks cannot tell */
    ALARM_SOUNDS = 128,     /* the horn: until acted on or silenced */
};

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

/* One instant of the stream: delays run on elapsed, stamps are wall (UTC ms). */
struct alarm_now { int64_t elapsed_ms, wall_ms; };

struct alarm_condition {
    uint8_t truth;      /* enum truth: past limit and deadband, before the delays; UNKNOWN: never known */
    bool active;        /* behind the delays */
    bool frozen;        /* bad quality: the running delay stands */
    int64_t since_ms;   /* source time at which the truth turned */
    int64_t due_ms;     /* elapsed time at which it matures; INT64_MAX: none runs */
    int64_t left_ms;    /* of a frozen one */
};

/* Why an alarm is hidden: its shelf or its service, by whom, since and until when. */
struct alarm_hold { int64_t since_ms, until_ms /* 0: open */; char who[ACTION_WHO], reason[ACTION_COMMENT]; };

/* Who did what last; allocated with the first action or raise. */
struct alarm_record {
    int64_t acked_ms;                 /* wall; 0: the running occurrence is not acknowledged */
    char ack_who[ACTION_WHO], ack_comment[ACTION_COMMENT];
    struct alarm_hold shelf, service; /* wall; what they say matters while the flag is set */
    char comment_who[ACTION_WHO], comment[ACTION_COMMENT];
    int64_t comment_ms;
    char message[160], code[32];      /* of a machine's message: its text and code */
    char value[32];                   /* the value that raised it, as shown */
    uint16_t raises_hour[24];         /* by wall hour modulo 24, with `hour` the newest: how often it came in the last 24 h */
    int64_t hour;
};

struct alarm {
    const struct alarm_def *def;
    const struct alarm_class *class;
    struct alarm_condition *conditions; /* def->condition_count; the book's memory */
    struct alarm_record *record;        /* owned; NULL while nothing has happened */
    uint8_t state, flags;
    uint8_t severity;                   /* of the worst active condition; 0: none is active */
    uint8_t shown_condition;            /* the condition that is, or was last, the worst: its texts are shown */
    bool suppress_wanted;               /* the logic is true now */
    bool unseen;                        /* the running occurrence began, or rose, while a flag hid it */
    int64_t raised_ms;                  /* names the occurrence; source time; monotonic; 0: never */
    int64_t since_ms;                   /* when the state was entered, wall or source as the cause was */
    int64_t cleared_ms;                 /* source time of the last return to normal; 0: never */
    int64_t hold_due_ms, shelf_due_ms, clear_due_ms; /* elapsed deadlines, INT64_MAX: none */
    int64_t late_ms;                    /* source time since which late samples are beyond a limit; 0: they are not; INT64_MAX: told */
};

/* What happened to it. The numbers are on disk: append only. */
enum alarm_event {
    ALARM_RAISED /* and once more when it is seen, if a flag hid it when it began */, ALARM_ROSE /* in severity: unacknowledged again */, ALARM_FELL /* in severity */, ALARM_CLEARED,
    ALARM_ACKNOWLEDGED, ALARM_RESET, ALARM_SHELVED_NOW, ALARM_UNSHELVED, ALARM_SUPPRESSED_NOW, ALARM_UNSUPPRESSED,
    ALARM_OUT_NOW, ALARM_IN_NOW, ALARM_COMMENTED, ALARM_REMOVED /* from the configuration */, ALARM_LATE /* found in late data: not annunciated */,
    ALARM_EVENT_COUNT
};
extern const char *const alarm_event_names[ALARM_EVENT_COUNT];

struct alarm_told {
    enum alarm_event event;
    uint8_t before, after;   /* enum alarm_shown (or alarm_state) before and after */
    int64_t time_ms;         /* source time of a raise or return, wall of what a person did */
    const struct action *action; /* of a person; NULL: by itself */
};

/* Where transitions are told: NULL function: nobody listens. */
struct alarm_listener { void (*tell)(void *arg, const struct alarm *alarm, const struct alarm_told *told); void *arg; };

void alarm_init(struct alarm *alarm, const struct alarm_def *def, const struct alarm_class *class, struct alarm_condition *conditions);
void alarm_finish(struct alarm *alarm);
/* A condition's truth at source time time_ms, as known at `now`. TRUTH_UNKNOWN freezes a running delay and changes nothing else. */
void alarm_truth(struct alarm *alarm, size_t condition, enum truth truth, int64_t time_ms, struct alarm_now now, struct alarm_listener to);
/* Another message while one is active: that occurrence ends and a new one begins at time_ms, without a delay. */
void alarm_renew(struct alarm *alarm, size_t condition, int64_t time_ms, struct alarm_now now, struct alarm_listener to);
/* The earliest elapsed deadline of all that runs, or INT64_MAX. */
int64_t alarm_due(const struct alarm *alarm);
/* Lets mature what is due at now.elapsed_ms. */
void alarm_fire(struct alarm *alarm, struct alarm_now now, struct alarm_listener to);
/* The suppression logic's answer; UNKNOWN does not suppress. Classes marked safety ignore it. */
void alarm_suppress(struct alarm *alarm, enum truth truth, struct alarm_now now, struct alarm_listener to);
/* A person's action that names this alarm. REFUSAL_NONE: done, and told; else nothing changed. Taking it out of service needs a comment;
 * without an end a shelf lasts until it clears, and never longer than its class allows. */
enum refusal alarm_act(struct alarm *alarm, const struct action *action, struct alarm_now now, struct alarm_listener to);
/* Its unit goes into or comes out of maintenance. */
void alarm_maintenance(struct alarm *alarm, bool on, const struct action *action, struct alarm_now now, struct alarm_listener to);
/* Its conditions, or its class, were exchanged for those of another configuration: state and flags follow. */
void alarm_settle(struct alarm *alarm, int64_t time_ms, struct alarm_now now, struct alarm_listener to);
/* A gap: running delays and a hold-off start again when something is said, truths are unknown until then; shelves go on by wall time. */
void alarm_gap(struct alarm *alarm, struct alarm_now now);
/* The wall clock was set: the shelf ends by the new one. */
void alarm_clock(struct alarm *alarm, struct alarm_now now);

/* enum alarm_shown or enum alarm_state. */
uint8_t alarm_shown(const struct alarm *alarm);
/* Does what is shown so wait for an acknowledgement, active or returned? What a flag hides does not. */
bool alarm_shown_unacked(uint8_t shown);
bool alarm_active(const struct alarm *alarm);
/* The condition whose texts, limit and priority are shown. */
const struct alarm_condition_def *alarm_condition_shown(const struct alarm *alarm);
/* Of a message: what the configuration says of its code; NULL when it says nothing. */
const struct alarm_code *alarm_code_shown(const struct alarm *alarm);
/* 1 .. 4; of a message: its code's. */
uint8_t alarm_priority(const struct alarm *alarm);
/* The record, made if there is none. */
struct alarm_record *alarm_record_of(struct alarm *alarm);
/* Does a flag hide it? */
bool alarm_hidden(const struct alarm *alarm);
/* Raises in the 24 h before wall_ms. */
unsigned alarm_raises_day(const struct alarm *alarm, int64_t wall_ms);

#endif
