/*
 * common: what several views draw the same way: a node's state, counts and reason, a tag's age and slope, the breadcrumb,
 * the hour scale over a band of states.
 *
 * Functions named draw_* fill the surface that they are given, usually one cell of a table.
 */
#ifndef ANDON_VIEWS_COMMON_H
#define ANDON_VIEWS_COMMON_H

#include "core/timestamp.h"
#include "draw/surface.h"
#include "views/alarm_text.h"
#include "views/survey.h"
#include "views/view.h"
#include "widgets/widget.h"

enum { LABEL_TEXT = 160 };

/* ---- places ---- */

/* The node that the screen looks at, or NO_NODE. */
uint32_t focus_node(const struct scene *scene);
/* The focus of a node or of a tag, for a request; the rest of the scene's focus is kept. */
struct focus focus_on_node(const struct scene *scene, uint32_t node);
struct focus focus_on_tag(const struct scene *scene, uint32_t tag);
/* A request for the key tags of a node in the trends view. */
struct request trend_of_node(const struct scene *scene, uint32_t node);
/* A request for what happened before a node's present state began; before an alarm was raised. */
/* For how long a call that nobody took is overdue; negative: it is not. */
int64_t call_overdue_ms(const struct model *model, const struct call *call);
struct request why_of_node(const struct scene *scene, uint32_t node, int64_t at_ms /* 0: of its present state */);
struct request why_of_alarm(const struct scene *scene, uint32_t alarm);
/* Titles below the site, "冲压车间 > 侧板冲压1"; the site's own for the site. */
void node_crumb(const struct plant *plant, uint32_t node, char *out, size_t cap);
/* The stopped line that has stood longest, else the first line; NO_NODE without lines. Only below `within`. */
uint32_t worst_line(const struct model *model, uint32_t within);
/* True when every word of the filter is found in the text, in any case; a leading '!' inverts; "" matches everything. */
bool filter_matches(const char *filter, const char *text);
/* What a filter looks at in a node: names, titles and aliases down to it. */
void node_haystack(const struct plant *plant, uint32_t node, char *out, size_t cap);

/* ---- texts ---- */

/* "Tue 10:42:17", local. */
void weekday_clock_text(const struct zone *zone, int64_t utc_ms, char out[SPAN_TEXT]);
/* "1.2 MB" */
void bytes_text(double bytes, char out[SPAN_TEXT]);
/* Why the line is as it is, and its role: an alarm that nobody has acknowledged, the reason that it told, which unit of it stands, why it is unknown, a value outside its band, what is
 * stale, the key that is missing; "" when there is nothing to say. Without `tags`, as for a unit, the line's values are left out. */
enum cell_role line_why(const struct model *model, const struct alarm_marks *marks, bool tags, uint32_t node, char *out, size_t cap);
/* "31.4 > 30 °C": the value and the limit that it passed, with this unit; "" leaves it out. Only of what is outside its band. */
void outside_text(const struct reading *reading, const char *unit, char *out, size_t cap);
/* The same without blanks and unit: "1814>1700". */
void outside_brief(const struct reading *reading, char *out, size_t cap);
/* A time as one reads it now: "17:46" of the last day, "Tue 17:46" of the last week, else its date. */
void when_text(const struct model *model, int64_t ms, char out[SPAN_TEXT]);
/* "since 05:00", in the words of when_text(). */
void since_text(const struct model *model, int64_t ms, char out[SPAN_TEXT]);
/* How long a class of state has lasted; 0 when nobody knows. */
int64_t state_for_ms(const struct model *model, const struct node_state *state);
/* What to call a publisher (model_publisher()): the title of where it hangs, else the last level of its topics. */
void publisher_text(const struct model *model, uint32_t publisher, char *out, size_t cap);
/* The trust in words: "stale: missed 3 of 5s". */
void trust_text(const struct model *model, uint32_t tag, char *out, size_t cap);

/* Has a tag a value in words, and neither unit nor range? */
bool tag_in_words(const struct model *model, uint32_t tag);

/* ---- bands ---- */

/* The length of one cell, a round one, so that `width` cells cover at least `least_ms`. */
int64_t band_cell_ms(int width, int64_t least_ms);
/* Local hours over the cells of a band whose last cell is now. */
void band_scale(const struct zone *zone, int64_t now_ms, int64_t cell_ms, int width, char *out, size_t cap);

/* ---- cells ---- */

/* A tag's title, behind the marker of its worst alarm when it has one. */
void draw_tag_name(const struct model *model, const struct alarm_marks *marks, uint32_t tag, const char *title, struct surface s);
/* Does anything tell, or has anything told, in which state the node is? */
bool node_has_state(const struct model *model, uint32_t node);
void draw_widget(const char *name, const struct reading *reading, struct surface s);
void draw_state(const struct model *model, uint32_t node, struct surface s);
void draw_state_for(const struct model *model, uint32_t node, struct surface s);
void draw_band(const struct model *model, uint32_t node, int64_t cell_ms, struct surface s);
void draw_speed(const struct model *model, uint32_t node, struct surface s);
/* What a counter (good, reject) counted in the shift that the node is in; a number (cycle, speed). Empty without such a tag. */
void draw_gain(const struct model *model, uint32_t node, enum tag_role role, struct surface s);
void draw_number(const struct model *model, uint32_t node, enum tag_role role, struct surface s);
void draw_ideal(const struct model *model, uint32_t node, struct surface s);
void draw_role_text(const struct model *model, uint32_t node, enum tag_role role, struct surface s);
/* line_why(), fitted: where it is narrow rather the numbers whole than the title before them, as long as that can be told. */
void draw_why(const struct model *model, const struct alarm_marks *marks, bool tags, uint32_t node, struct surface s);
/* A value in words over its own column of value_w cells and those after it, which have nothing to say of words. */
void draw_words_over(const struct reading *reading, int value_w, struct surface s);
/* The marker of the worst alarm of the node and what is below it, else `█` stopped, `?` unknown, with `tags` also `!` a value outside its band. */
void draw_marker(const struct model *model, const struct alarm_marks *marks, bool tags, uint32_t node, struct surface s);
void draw_age(const struct reading *reading, struct surface s);
/* Change per hour with its sign, and an arrow when it would cross a hundredth of the range in ten minutes. */
void draw_slope(const struct reading *reading, struct surface s);
/* A rule with a title in it; returns what is below. A panel's title is marked while the keys act on the panel. */
struct surface draw_section(struct surface s, const char *title);
struct surface draw_panel(struct surface s, const char *title, bool focused);
/* `from_ms`, or when the listening began, if that was later: of what was before, a panel must not say that nothing happened. */
int64_t since_heard(const struct model *model, int64_t from_ms);
/* The stops of a node and what is below it since then, newest first: where, how long, and whether it still stands.
 * A line that tells its own state and the units that stop with it are one stop. */
void draw_stops(const struct model *model, uint32_t within, int64_t from_ms, bool focused, struct surface s);
/* Several labelled figures on one row: label dim, text in its role; returns the column after. */
int draw_figure(struct surface s, int x, int y, const char *label, enum cell_role role, const char *text);
/* Words from row y on, wrapped at w cells; returns the row below. */
int draw_words(struct surface s, int x, int y, int w, enum cell_role role, const char *text);

#endif
