/*
 * alarm_text: what an alarm says in the words and marks that every view uses: its marker, title, value, limit and times; and which alarm
 * is the worst of a place.
 *
 * A marker is a shape and a digit in the role of its priority, "■1". While the alarm is not acknowledged it changes once a second between
 * two roles, by the stream's time, so that a picture of one moment is always the same; text never does.
 */
#ifndef ANDON_VIEWS_ALARM_TEXT_H
#define ANDON_VIEWS_ALARM_TEXT_H

#include "core/timestamp.h"
#include "draw/surface.h"
#include "views/view.h"
#include "widgets/widget.h"

enum { ALARM_FIGURE = 48, MARKER_W = 2, ALARM_WORST = 12 };

/* Waits for an acknowledgement: active or returned. What a flag hides does not. */
bool alarm_unacked(const struct alarm *alarm);
/* Seen by people: neither normal nor hidden. */
bool alarm_seen(const struct alarm *alarm);
/* The order of lists, smaller first: what is not acknowledged, by priority, what is active, the newest. */
uint64_t alarm_sort_key(const struct alarm *alarm);

/* ---- marks ---- */

/* The role of a priority 1..4; `unacked` the second one of the two. */
enum cell_role priority_role(unsigned priority, bool unacked);
/* Which of the two a marker shows at this moment. */
bool alarm_blink(const struct model *model);
/* Shape and digit at (x, y); returns the column after. */
int draw_priority(struct surface s, int x, int y, enum cell_role role, unsigned priority);
int draw_alarm_marker(const struct model *model, uint32_t alarm, struct surface s, int x, int y);

/* ---- words ---- */

/* "Temperature high-high"; of a machine's message what it said. Borrowed from the model. */
const char *alarm_text_title(const struct model *model, uint32_t alarm);
/* Cause, consequence and what to do: of the condition shown, of a message its code's. "" for none. */
const char *alarm_text_cause(const struct alarm *alarm);
const char *alarm_text_consequence(const struct alarm *alarm);
const char *alarm_text_action(const struct alarm *alarm);
/* The title of the node that it hangs on. */
const char *alarm_text_place(const struct model *model, uint32_t alarm);
/* The unit of its value and limit, "" for none. */
const char *alarm_text_unit(const struct model *model, uint32_t alarm);
/* What it looks at now, without the unit: "96.4", "trip", "silent 3m"; returns its role. */
enum cell_role alarm_text_now(const struct model *model, uint32_t alarm, char out[ALARM_FIGURE]);
/* "> 95", without the unit; "" where there is no limit. */
void condition_text_limit(const struct alarm_condition_def *condition, char out[ALARM_FIGURE]);
void alarm_text_limit(const struct alarm *alarm, char out[ALARM_FIGURE]);
/* When it was raised, in at most 8 cells: "03:12:41" today, "Fr 21:40" in the last week, "12 Jun", "2023-06". */
void raised_text(const struct model *model, int64_t ms, char out[SPAN_TEXT]);
/* The same without seconds, for what one waits for; "" for 0. */
void until_text(const struct model *model, int64_t ms, char out[SPAN_TEXT]);
/* How long it is, or was, active. */
int64_t alarm_for_ms(const struct model *model, const struct alarm *alarm);
/* Its shelf, its service or its unit's maintenance: who, since, until, why; NULL when no person hides it. */
const struct alarm_hold *alarm_held(const struct model *model, uint32_t alarm, struct alarm_hold *space);

/* ---- places ---- */

/* The worst seen alarm of every node (with all below it) and of every tag. Made anew only when an alarm changed. */
struct alarm_marks {
    uint32_t *nodes, *tags;
    uint64_t *keys;             /* scratch: alarm_sort_key() of what stands at each node and tag */
    uint32_t worst[ALARM_WORST]; /* of the whole plant, the worst first */
    size_t worst_count;
    size_t node_count, tag_count;
    const struct model *model;
    uint64_t plant_id, generation;
    bool ready;
};

void alarm_marks_update(struct alarm_marks *marks, const struct model *model);
void alarm_marks_finish(struct alarm_marks *marks);
/* NO_ALARM when there is none; marks NULL too. */
uint32_t alarm_of_node(const struct alarm_marks *marks, uint32_t node);
uint32_t alarm_of_tag(const struct alarm_marks *marks, uint32_t tag);
#endif
