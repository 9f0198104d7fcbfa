/*
 * action: what a person does to the plant's state on a screen: one struct, one record of the stream (RECORD_ACTION), one frame of the socket.
 *
 * The screen makes it with a random id, the collector puts in who it was and checks the role, the fold applies or refuses it. An action is
 * pending on the screen until its answer says that it is durable.
 */
#ifndef ANDON_CORE_ACTION_H
#define ANDON_CORE_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pack.h"
#include "core/record.h"

enum { ACTION_COMMENT = 256, ACTION_TARGET = 320, ACTION_WHO = 64 };

/* Append only. */
enum action_kind {
    ACTION_ACK,             /* occurrence, severity; comment */
    ACTION_COMMENT_ON,      /* comment */
    ACTION_RESET,           /* of a latched alarm; occurrence */
    ACTION_SHELVE,          /* until_ms (0: until it clears); comment: the reason */
    ACTION_UNSHELVE,
    ACTION_SERVICE_OUT,     /* comment: the reason */
    ACTION_SERVICE_IN,
    ACTION_MAINTENANCE_ON,  /* target: a node's path; until_ms (0: open); comment */
    ACTION_MAINTENANCE_OFF,
    ACTION_SILENCE,         /* the horn, of everything; target "" */
    ACTION_IMPORT,          /* made by the collector itself */
    ACTION_REFUSED,         /* journalled by the collector: somebody tried what he may not; comment: what */
    ACTION_KIND_COUNT
};

/* Roles of people ("role" in the configuration; tags have roles of their own). Each may do what those before it may. */
enum person_role { PERSON_VIEWER, PERSON_OPERATOR, PERSON_ENGINEER, PERSON_ROLES };
extern const char *const person_role_names[PERSON_ROLES]; /* "viewer", "operator", "engineer" */

struct action_row {
    const char *name;    /* "ack": on the wire, in the journal, as a command */
    const char *title;   /* "acknowledge" */
    enum person_role least;    /* who may */
};
extern const struct action_row action_table[ACTION_KIND_COUNT];

/* Why it was not done; append only. */
enum refusal {
    REFUSAL_NONE, REFUSAL_ROLE, REFUSAL_READ_ONLY, REFUSAL_PAST, REFUSAL_NO_TARGET, REFUSAL_GONE /* that occurrence is over */,
    REFUSAL_SEVERER /* it is worse than what was seen */, REFUSAL_STATE /* makes no sense now */, REFUSAL_ACTIVE /* the cause is present */,
    REFUSAL_SAFETY, REFUSAL_TOO_LONG /* beyond the longest shelf */, REFUSAL_COMMENT /* one is needed */, REFUSAL_FUTURE, REFUSAL_NOT_STORED /* it could not be made durable */,
    REFUSAL_UNKNOWN /* the collector is older than the screen */, REFUSAL_BUSY /* too many at once */, REFUSAL_LOST /* no answer came */,
    REFUSAL_COUNT
};
extern const char *const refusal_texts[REFUSAL_COUNT]; /* for people: "that occurrence is over" */

struct action {
    enum action_kind kind;
    uint8_t id[16];                /* random: the answer and de-duplication go by it */
    char target[ACTION_TARGET];    /* an alarm's key or a node's path */
    char who[ACTION_WHO];          /* "Kim (as operator1)" */
    int64_t time_ms;               /* wall */
    int64_t occurrence_ms;         /* raise time of the occurrence that was seen; 0: none named */
    uint8_t severity;              /* that was seen */
    int64_t until_ms;
    char comment[ACTION_COMMENT];  /* through the gate */
};

/* What was asked for, until its answer has come: as views may know of it. */
struct pending_action {
    enum action_kind kind;
    char target[ACTION_TARGET];
};

/* As a record, and back: false when it is not an action of a known kind, or something in it is out of bounds. A record without the words that
 * action_record() writes (the "import" of older journals, whose value is its samples) has neither id nor comment. */
void action_record(const struct action *action, struct batch *batch);
bool action_of_record(struct action *action, const struct batch *batch, const struct record *r);
/* As bytes of a frame. Unpacking gates every text and refuses what is too long; a kind of a later version is ACTION_KIND_COUNT. */
void action_pack(const struct action *action, struct packer *p);
bool action_unpack(struct action *action, const void *bytes, size_t length);
int action_by_name(const char *name); /* enum action_kind, or -1 */

#endif
