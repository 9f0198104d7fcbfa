/*
 * learn_edit: proposals and what a person decides of them: yes, no, or changed. Every step can be taken back. Pure: the command line and the screen ask through it, so that both can do the same.
 *
 *     struct learn_edit *edit = learn_edit_create(learn, &learned);   // takes what was learnt
 *     learn_edit_do(edit, 0, "role cnt good", &err);
 *     learn_edit_decide(edit, 0, LEARN_YES);
 *     char *text = learn_edit_config(edit, url);
 *     learn_edit_destroy(edit);
 */
#ifndef ANDON_CORE_LEARN_EDIT_H
#define ANDON_CORE_LEARN_EDIT_H

#include "core/error.h"
#include "core/learn.h"

enum learn_verdict { LEARN_OPEN, LEARN_YES, LEARN_NO };

struct learn_edit;

/* Takes `learned`; borrows `learn`. */
struct learn_edit *learn_edit_create(const struct learn *learn, struct learned *learned);
void learn_edit_destroy(struct learn_edit *edit);
/* As it stands now; borrowed until the next change. */
const struct learned *learn_edit_learned(const struct learn_edit *edit);
enum learn_verdict learn_edit_verdict(const struct learn_edit *edit, size_t type);
void learn_edit_decide(struct learn_edit *edit, size_t type, enum learn_verdict verdict);
/* A change of a type, as it is typed. False: nothing has changed, and err says what would be valid. */
bool learn_edit_do(struct learn_edit *edit, size_t type, const char *line, struct error *err);
/* Takes the last decision or change back; false: there is none. */
bool learn_edit_undo(struct learn_edit *edit);
/* The configuration of what was taken; the caller's: free(). */
char *learn_edit_config(const struct learn_edit *edit, const char *broker_url);

/* The changes there are, for help: "role TAG ROLE". */
struct learn_edit_row { const char *name, *argument, *help; };
extern const struct learn_edit_row learn_edit_table[];
extern const size_t learn_edit_count;

/* ---- learn_show.c: in words ---- */

/* The machines of a type: "press-{01..40}", "p{01..04} in 2 places", "blower, mixer ..." */
void learn_machines(const struct learned_type *type, char *out, size_t cap);
/* "press-{01..40}  23 leaves  38/40 complete  certain  state=st  good=cnt!": ! is certain, ? a guess. */
void learn_line(const struct learned_type *type, char *out, size_t cap);
/* What a leaf is: "counter", "heartbeat", "left out" ... */
const char *learn_leaf_word(const struct learn_role *role);
/* What is not among the proposals, a reason a line; the caller's: free(). */
char *learn_left_out(const struct learn *learn, const struct learned *learned);

#endif
