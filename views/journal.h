/*
 * journal: how an event is told in one row: where, what, and what it was and is. Shared by the rows of the journal and whoever shows events.
 */
#ifndef ANDON_VIEWS_JOURNAL_H
#define ANDON_VIEWS_JOURNAL_H

#include "views/changes.h"

enum { JOURNAL_TEXT = 512 };

/* "Oil temperature high: raised at 96.4 °C, > 95", "run > STOP"; with the person behind it when `who` is wanted. */
void journal_text(const struct event *event, bool who, char *out, size_t cap);
/* Where it happened, as change_place() has it; of an alarm the place that it hangs at. */
void journal_place(const struct model *model, const struct event *event, bool whole, enum cell_role role, struct surface s);
/* The tag or node that it is about, or that its alarm hangs at; both NO_... when it is not configured any more. */
void journal_target(const struct model *model, const struct event *event, uint32_t *tag, uint32_t *node);
/* What must be seen of it: a raise in the role of its priority, a stop; else plain, or dim. */
enum cell_role journal_role(const struct event *event);

#endif
