/*
 * number: reading and showing numbers without a locale.
 */
#ifndef ANDON_CORE_NUMBER_H
#define ANDON_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/value.h"

enum { NUMBER_TEXT = 40 };

/* A JSON number ("-12", "3.5e2") that fills the whole text: an integer becomes VALUE_INT or VALUE_UINT, anything else
 * VALUE_REAL. False for anything else, NaN, Infinity, or what overflows a double (*overflow then true). */
bool number_read(const char *text, size_t length, struct value *out, bool *overflow);
/* With exactly `decimals` (DECIMALS_AUTO: as few as tell it, at most 6), a thin grouping by blanks from 10 000 on
 * when `group`. Returns the length. */
size_t number_text(double number, int decimals, bool group, char out[NUMBER_TEXT]);

#endif
