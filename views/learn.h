/*
 * learn: what the view learn, drawn over another one by :learn, shows: proposals, and what is done with them. The screen owns a struct learn_shown and keeps it while the view is open; the view
 * says in `asked` what a key wants.
 */
#ifndef ANDON_VIEWS_LEARN_H
#define ANDON_VIEWS_LEARN_H

#include "core/learn_edit.h"
#include "views/view.h"

struct learn_shown {
    const struct learn *learn;
    const struct learn_edit *edit; /* NULL: it is being looked for */
    const char *doing;             /* what is under way: "reading what was heard", "looking for equal machines"; "" nothing */
    int64_t heard_ms;              /* how long it has listened */
    char said[256];                /* where the file is, or what was wrong */
    size_t type;                   /* the selected one */
    char asked;                    /* y n e u r w: what is wanted, 0 nothing */
};

/* The state of the view, zeroed and then given what it shows. */
struct learn_state;
void learn_state_show(void *state, struct learn_shown *shown);

extern const struct view learn_view;

#endif
