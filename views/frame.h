/*
 * frame: the parts of a screen around a view. frame_draw() in view.h puts them together.
 */
#ifndef ANDON_VIEWS_FRAME_H
#define ANDON_VIEWS_FRAME_H

#include "views/view.h"

/* One row: plant, where one is, clock, link and how long it has been so, what was dropped. */
void frame_header(const struct scene *scene, const struct view *view, const void *state, struct surface s);
/* One row: the prompt, or the message, or the keys that make sense now. */
void frame_footer(const struct scene *scene, const struct view *view, const void *state, struct surface s);

/* One row that nobody can miss: which moment this is, how long ago, whether it plays or loads, and the way back. */
void frame_past(const struct scene *scene, struct surface s);

/* The worst alarm that nobody has acknowledged, or NO_ALARM. */
uint32_t frame_alarm(const struct scene *scene);
/* One row, a rule with it: marker, where, what, since when, and the key that goes there. */
void frame_alarm_row(const struct scene *scene, uint32_t alarm, struct surface s);

/* The call that nobody has taken and that waits longest; NULL: none. */
const struct call *frame_call(const struct scene *scene);
/* One row, a rule with it: where, what, how long it waits, who called, how many wait beside it. */
void frame_call_row(const struct scene *scene, const struct call *call, struct surface s);

#endif
