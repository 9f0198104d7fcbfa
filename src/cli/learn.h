/*
 * learn: the parts of andon learn: asking a person (learn_ask.c), and telling scripts (learn_json.c).
 */
#ifndef ANDON_CLI_LEARN_H
#define ANDON_CLI_LEARN_H

#include <stdio.h>

#include "core/learn_edit.h"

/* Shows each proposal and takes what is said of it, from standard input to standard error. False: leave without a file. */
bool learn_ask(struct learn_edit *edit, const struct learn *learn);
/* Which file: `preset` for an empty line. False: none. */
bool learn_ask_file(const char *preset, char *out, size_t cap);
void learn_print_json(FILE *out, const struct learn *learn, const struct learned *learned);

#endif
