/*
 * model_alarm_private: the alarms' part of the fold, shared by the model_alarm*.c files; the rest of the fold knows what model_private.h says.
 *
 * Invariants: alarms[], conditions and counted[] follow plant->alarms; counted[a] is what alarm a adds to `counts`, and place[a] where it
 * stands in `listed` (0: it does not), as of the last alarm_done(). Everything that may change an alarm ends in alarm_done() for it.
 * A timer may be set too early, as all of the model's: what is really due is looked at when it fires.
 *
 * Where alarms look at others, `rank` is their order: what is looked at comes first, so that a raise and the suppression that follows from it
 * are decided in this order, whether they mature together or a sample wakes both.
 */
#ifndef ANDON_CORE_MODEL_ALARM_PRIVATE_H
#define ANDON_CORE_MODEL_ALARM_PRIVATE_H

#include "core/alarm_condition.h"
#include "core/formula.h"
#include "core/model_private.h"

enum { RAISE_SECONDS = 600, FLOOD_ABOVE = 10, FLOOD_BELOW = 5 };

/* Kinds of frames in a saved state, beside those of model_save.c; the numbers are on disk. */
enum { CHECK_ALARMS = 40, CHECK_ALARM, CHECK_ALARM_RATE, CHECK_ALARM_POSITION, CHECK_FIRST_OUT, CHECK_MAINTENANCE };

/* What an alarm adds to the counts. */
struct alarm_counted { uint8_t shown, priority; bool sounds; };

/* The values of a tag for one condition on its rate. Sorted by alarm, then condition. */
struct alarm_rate { uint32_t alarm; uint8_t condition; struct alarm_trace trace; };

/* Raises of a position by seconds of elapsed time; `sum` is theirs within the last RAISE_SECONDS before `second`. */
struct position_raises { uint16_t by_second[RAISE_SECONDS]; int64_t second; uint32_t sum; int64_t flood_since_ms; };

/* A first-out group: the raise of the first since it was quiet, and how many of its alarms are seen and not normal. */
struct first_out { int64_t first_ms; uint32_t open, first, count; /* of its alarms in `members` */ };

struct action_result { uint8_t id[16]; enum refusal refusal; };

/* Why an alarm is to be looked at: a tag, a node or an alarm that it uses has changed. NO_TAG as a tag: everything. */
struct alarm_trigger { enum alarm_input_kind kind; uint32_t index; int64_t time_ms; bool sample; };
struct alarm_pending { uint32_t rank, alarm; struct alarm_trigger trigger; };

struct alarm_book {
    struct alarm *alarms;
    struct alarm_condition *conditions;
    struct alarm_counted *counted;
    struct hash_index by_key;
    uint32_t *listed, *place;
    size_t listed_count;
    struct alarm_counts counts;
    uint64_t generation;
    uint32_t *rank, *by_rank;           /* NULL: no alarm looks at another, the order is the plant's */
    uint32_t *watch;                    /* by node: its alarm for silence, or NO_ALARM; NULL: none has one */
    struct alarm_pending *pending;      /* by rank */
    size_t pending_count, pending_capacity;
    uint32_t running_rank;              /* of the alarm that is looked at; what it wakes comes behind it */
    struct formula **formulas;          /* found by the address of their text */
    const char **formula_texts;
    size_t formula_count;
    struct hash_index by_text;
    struct alarm_rate *rates;
    size_t rate_count;
    struct position_raises *positions;
    struct first_out *first_outs;
    uint32_t *members;                  /* of first-out groups, one group after the other */
    struct maintenance *maintenance;    /* in no order */
    size_t maintenance_count, maintenance_capacity;
    struct action_result *results;      /* of the batch that is applied */
    size_t result_count, result_capacity;
    int64_t linked_ms;                  /* elapsed: since when whoever wants to can have spoken (the last gap, the last birth of a link) */
    struct alarm_now now;
};

/* ---- model_alarm.c ---- */
struct alarm_listener alarm_ear(struct model *model);
/* Looks at an alarm. */
void alarm_look(struct model *model, uint32_t alarm, const struct alarm_trigger *trigger);
/* Wakes what looks at this alarm's activity, in its turn. */
void alarm_wake(struct model *model, uint32_t alarm, int64_t time_ms);
/* Looks at all that was woken. */
void alarm_drain(struct model *model);
/* An alarm may have changed: counts, lists and its timer follow. */
void alarm_done(struct model *model, uint32_t alarm);
/* The slot after the alarms': the end of the next maintenance. */
uint32_t slot_maintenance(const struct model *model);
uint32_t alarm_rank(const struct model *model, uint32_t alarm);
/* Of a formula of the plant; NaN when it is not known. */
double alarm_formula_value(const struct model *model, const char *text, const double *inputs, size_t count);

/* ---- model_alarm_order.c ---- */
/* Fills in rank and by_rank, if there is anything to rank, and who belongs to which first-out group. */
void alarm_order(struct alarm_book *book, const struct plant *plant);

/* ---- model_alarm_truth.c ---- */
/* The truth of a condition after a trigger; false when it is none of its business. */
bool alarm_truth_of(struct model *model, uint32_t alarm, size_t condition, const struct alarm_trigger *trigger, enum truth *truth);
/* Looks at the logic that suppresses it. */
void alarm_logic(struct model *model, uint32_t alarm);
/* The same for a message, or a text that belongs to it, which moves the alarm at once; true if it did. */
bool alarm_message(struct model *model, uint32_t alarm, size_t condition, const struct alarm_trigger *trigger);
/* Is the tag or node of the trigger among its inputs? */
bool alarm_uses(const struct plant *plant, uint32_t alarm, const struct alarm_trigger *trigger);
struct alarm_rate *alarm_rate_of(const struct model *model, uint32_t alarm, size_t condition);

/* ---- model_alarm_time.c ---- */
/* The condition of a definition that misses data; condition_count: it has none. */
size_t alarm_silence_of(const struct alarm_def *def);
/* What time alone may change: silence and rates. Looked at when the alarm's timer fires. */
void alarm_tick(struct model *model, uint32_t alarm);
/* When that is next, elapsed; INT64_MAX: never. */
int64_t alarm_tick_due(const struct model *model, uint32_t alarm);

/* ---- model_alarm_tell.c ---- */
/* The event of a transition, but for whether it calls for a person. */
void alarm_event_of(const struct model *model, uint32_t index, const struct alarm *alarm, const struct alarm_told *told, struct event *event);
void alarm_told(void *model, const struct alarm *alarm, const struct alarm_told *told);
/* Counts what an alarm is now in place of what it was. */
void alarm_count(struct model *model, uint32_t alarm);
/* Adds `by` (1, or UINT32_MAX for one less) to what a shown state counts in. */
void alarm_add(struct alarm_counts *counts, struct alarm_counted c, uint32_t by);
/* What it says: of a message its code's title or its text. */
void alarm_title(const struct alarm *alarm, char *out, size_t cap);
/* A condition's limit, "> 85"; "" when it has none. */
void alarm_limit_text(const struct alarm_condition_def *def, char *out, size_t cap);
/* Its value now, as shown. */
void alarm_value_text(const struct model *model, uint32_t alarm, char *out, size_t cap);

/* ---- model_alarm_act.c ---- */
/* Sets flags and the timer as the nodes in maintenance have it. */
void maintenance_settle(struct model *model, const struct action *action);
void maintenance_arm(struct model *model);
void maintenance_add(struct alarm_book *book, struct maintenance entry);

#endif
