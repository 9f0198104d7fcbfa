/*
 * whatif: what an alarm would have done with other settings: recorded samples through the same fold and engine. A struct whatif holds a plant of
 * nothing but that alarm and what it looks at (tags, states, other alarms), changed as asked, and a model of it; it borrows nothing.
 *
 *     whatif_change_read("deadband=5 on-delay=60s", &def, changes, &count, &err);
 *     struct whatif *w = whatif_create(plant, alarm, changes, count);
 *     for each tag of whatif_tag(): read its samples; all of them, by time: whatif_sample(w, tag, &sample, text);
 *     whatif_end(w, to_ms);
 *     whatif_counts(w)->raises
 */
#ifndef ANDON_CORE_WHATIF_H
#define ANDON_CORE_WHATIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/chunk.h"
#include "core/error.h"
#include "core/plant.h"

enum { WHATIF_CHANGES = 16, WHATIF_WARM_MS = 3600000 /* so much before a period its samples should begin, so that what was active is known */ };

enum whatif_field { WHATIF_LIMIT, WHATIF_DEADBAND, WHATIF_ON_DELAY, WHATIF_OFF_DELAY, WHATIF_FIELDS };

struct whatif_change {
    enum whatif_field field;
    size_t condition;     /* of the definition */
    double value;         /* in the tag's unit; of a delay ms */
};

/* "limit=85 deadband=5 on-delay=60s", separated by blanks or commas; "high.limit=80" where the alarm has several conditions with a limit; a deadband or delay
 * without a name is every condition's. "" changes nothing. Appends at most WHATIF_CHANGES. */
bool whatif_change_read(const char *text, const struct alarm_def *def, struct whatif_change changes[WHATIF_CHANGES], size_t *count, struct error *err);
/* The settings as they would be, "high > 85, deadband 5, on-delay 60s", of the conditions that have a limit, else of all; cut at cap. */
void whatif_text(const struct alarm_def *def, const struct whatif_change *changes, size_t count, char *out, size_t cap);

/* The definition's conditions with the changes made: def->condition_count of them. */
void whatif_conditions(const struct alarm_def *def, const struct whatif_change *changes, size_t count, struct alarm_condition_def out[ALARM_CONDITIONS]);

struct whatif_counts {
    uint64_t raises;               /* within the period */
    uint64_t by_condition[ALARM_CONDITIONS]; /* of them, and of rises in severity, which condition it was */
    uint64_t chattering;           /* raises that are the third or more within a minute */
    uint64_t fleeting;             /* that returned within FLEETING_MS */
    int64_t active_ms, longest_ms; /* within the period */
    int64_t first_ms, last_ms;     /* raise times; 0: none */
    uint64_t samples;
};
enum { WHATIF_FLEETING_MS = 10000, WHATIF_CHATTER_MS = 60000, WHATIF_CHATTER = 3 };

struct whatif;

struct whatif *whatif_create(const struct plant *plant, uint32_t alarm, const struct whatif_change *changes, size_t count);
/* The like for a tag that has no such alarm: a definition of the caller's, without inputs. */
struct whatif *whatif_create_new(const struct plant *plant, uint32_t tag, const struct alarm_def *def);
void whatif_destroy(struct whatif *whatif);
/* The keys of the tags that it looks at: whose samples it wants. */
size_t whatif_tag_count(const struct whatif *whatif);
size_t whatif_tag_key(const struct whatif *whatif, size_t tag, char *out, size_t cap);
/* Only what happens from then on counts. */
void whatif_begin(struct whatif *whatif, int64_t from_ms);
/* The next sample by time; one that is older than the newest of its tag is passed as late, as it would have been. */
void whatif_sample(struct whatif *whatif, size_t tag, const struct sample *sample, const char *text);
void whatif_end(struct whatif *whatif, int64_t to_ms);
const struct whatif_counts *whatif_counts(const struct whatif *whatif);

#endif
