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

enum { ACTION_COMMENT = 256, ACTION_TARGET = 320, ACTION_WHO = 64, ACTION_WORD = 96 };

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
    ACTION_STOP_REASON,     /* target: a node's path; occurrence_ms: when the stop began; word: the reason's path ("" takes it back); comment: replaces the
                               stop's when it is not "" */
    ACTION_STOP_SPLIT,      /* the like; until_ms: where the second part begins */
    ACTION_STOP_MERGE,      /* the like: with the one that follows, and what lies between them */
    ACTION_STOP_COMMENT,    /* the like; comment */
    ACTION_QUANTITY,        /* target: a node's path; occurrence_ms: the moment that it is counted to; word: what is corrected (good, reject, rework);
                               amount: pieces, negative to take away; comment: why */
    ACTION_CALL,            /* target: a node's path; word: the kind's name; comment */
    ACTION_CALL_TAKE,       /* the like */
    ACTION_CALL_CLOSE,      /* the like */
    ACTION_NOTE,            /* target: a node's path; comment: for the next shift */
    ACTION_REPLACED,        /* target: a node's path; word: the name of what will be due there, which was replaced or serviced; comment */
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
    REFUSAL_NO_STOP /* no such stop is remembered */, REFUSAL_NO_REASON /* the tree has no such reason */, REFUSAL_NUMBER /* not such a number */,
    REFUSAL_COUNT
};
extern const char *const refusal_texts[REFUSAL_COUNT]; /* for people: "that occurrence is over" */
/* What it says of an action of that kind: "somebody was called already, and the call is open". */
const char *refusal_text(enum action_kind kind, enum refusal refusal);

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
    char word[ACTION_WORD];        /* a reason, kind or quantity: no blanks */
    int64_t amount;                /* thousandths of a piece */
};

/* What was asked for, until its answer has come: as views may know of it. */
struct pending_action {
    enum action_kind kind;
    char target[ACTION_TARGET];
    int64_t occurrence_ms;
    char word[ACTION_WORD];
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
