/*
 * changes: how a change is shown, in the list of changes and in the panels of other views.
 *
 * A change is one of model_changes(): an event of a kind with `change`. Its path may be of a tag or node that is not configured any more.
 */
#ifndef ANDON_VIEWS_CHANGES_H
#define ANDON_VIEWS_CHANGES_H

#include "views/common.h"

enum { CHANGES_RECENT_MS = 3600000, CHANGES_MOST = 200 };

/* The changes since then under a node (and those that concern the whole plant, when it is the site), the newest first by their own time. */
size_t changes_list(const struct model *model, uint32_t within, int64_t from_ms, const struct event *list[CHANGES_MOST]);
/* Where: titles below the site when `whole`, else the line's alone, or the node's; of what is gone its path; "" for the whole plant. */
void change_place_text(const struct model *model, const struct event *event, bool whole, char *out, size_t cap);
/* The same, fitted: rather the end of it than the beginning. */
void change_place(const struct model *model, const struct event *event, bool whole, enum cell_role role, struct surface s);
/* What: a tag's title; for an order and the configuration also which kind of change it is. */
void change_what(const struct event *event, struct surface s);
/* "1.2 mm" at the right end; "> 1.6 mm". Words that do not fit are cut, a number loses its unit. */
void change_before(const struct event *event, struct surface s);
void change_after(const struct event *event, struct surface s);
/* "1.2 > 1.6 mm": a unit that both have is said once. */
void change_both_text(const struct event *event, char *out, size_t cap);
/* The newest changes of the last hour under a node, one a row, `most` at most; returns what is below. */
struct surface draw_changes(const struct model *model, uint32_t within, int most, struct surface s);
/* The newest change of the last hour in one row, "10:41 箱体发泡 设定值 26.0 > 27.0 °C"; "" when there is none. In w cells its
 * place is left out first, then what it was before, then the values. */
void change_newest_text(const struct model *model, int w, char *out, size_t cap);

#endif
