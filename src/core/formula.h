/*
 * formula: an expression over a few numbers, by muParser. The text is translated once (references in braces or bare names become variables
 * v0, v1, ...; the plant keeps that text), compiled once a model, and evaluated with the values of one machine.
 *
 *     press1: "{oil} > 80 && {../pump/state} != stop"   ->   "v0 #gt 80 #and v1 #ne 2"
 *
 * Numbers, + - * / ^, comparisons, && || !, parentheses, the functions of formula_functions, names of state classes as constants
 * (run, stop, starved, ..., not_scheduled), {references}, and bare names as references. Nothing assigns, nothing is random, nothing reads a
 * clock; the decimal point is a point in every locale.
 *
 * What is not known is not false: an input that is NaN, and what is divided by nothing, leaves what depends on it unknown. `unknown && 0` is 0 and
 * `unknown || 1` is 1 (Kleene); every other operator and function with something unknown in it is unknown.
 */
#ifndef ANDON_CORE_FORMULA_H
#define ANDON_CORE_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

enum { FORMULA_BYTES = 1024, FORMULA_INPUTS = 16, FORMULA_REF = 320, FORMULA_DEEP = 32 };

/* References found in a formula, in order, each once. */
struct formula_refs { char ref[FORMULA_INPUTS][FORMULA_REF]; size_t count; };

struct formula;

/* The names of the functions, NULL at the end. */
extern const char *const formula_functions[];

/* Translates: references already in refs keep their number, new ones are appended. False with err for a syntax error, too many inputs, a text
 * that is too long; it is tried with muParser, so that what passes here compiles later. What a reference means, and whether it is there, is the
 * caller's to find out: one consists of a-z 0-9 _ - . / and : alone. On failure refs and out are as before. */
bool formula_translate(const char *source, struct formula_refs *refs, char *out, size_t cap, struct error *err);
/* Compiles what formula_translate() gave. Never NULL. Some 12 KB each: equal texts of a plant are one pointer and want one formula. */
struct formula *formula_create(const char *translated);
void formula_destroy(struct formula *formula);
/* The value with these inputs, NaN for each that is not known; NaN when that leaves it unknown, or when it is no finite number. */
double formula_value(struct formula *formula, const double *inputs, size_t count);

#endif
