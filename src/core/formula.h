/*
 * formula: an expression over a few numbers, by muParser. The text is translated once (references in braces or bare names become variables
 * v0, v1, ...; the plant keeps that text), compiled once a model, and evaluated with the values of one machine.
 *
 *     press1: "{oil} > 80 && {../pump/state} != stopped"   ->   "v0 > 80 && v1 != stopped"
 */
#ifndef ANDON_CORE_FORMULA_H
#define ANDON_CORE_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

enum { FORMULA_BYTES = 1024, FORMULA_INPUTS = 16, FORMULA_REF = 320 };

/* References found in a formula, in order, each once. */
struct formula_refs { char ref[FORMULA_INPUTS][FORMULA_REF]; size_t count; };

struct formula;

/* Translates: references already in refs keep their number, new ones are appended. False with err for a syntax error, too many inputs, a text
 * that is too long; it is tried with muParser, so that what passes here compiles later. Names of state classes (run, stop, starved, ...) are constants. */
bool formula_translate(const char *source, struct formula_refs *refs, char *out, size_t cap, struct error *err);
/* Compiles what formula_translate() gave. Never NULL. */
struct formula *formula_create(const char *translated);
void formula_destroy(struct formula *formula);
/* The value; NaN when it is not a number. Only deterministic arithmetic is offered: no random, no clock. */
double formula_value(struct formula *formula, const double *inputs, size_t count);

#endif
