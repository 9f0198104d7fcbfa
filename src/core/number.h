/*
 * number: reading and showing numbers without a locale.
 */
#ifndef ANDON_CORE_NUMBER_H
#define ANDON_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/value.h"

enum { NUMBER_TEXT = 40 };

/* A JSON number ("-12", "3.5e2") that fills the whole text: an integer becomes VALUE_INT or VALUE_UINT, anything else
 * VALUE_REAL. False for anything else, NaN, Infinity, more than 1023 bytes, or what overflows a double (*overflow then
 * true; `overflow` may be NULL). */
bool number_read(const char *text, size_t length, struct value *out, bool *overflow);
/* A size as people write it: "2GB", "512 MB", "1.5GiB", "4096" (bytes); k, M, G, T by thousands, with an i by 1024. Bytes, not negative. */
bool number_bytes(const char *text, int64_t *bytes);
/* With exactly `decimals` (at most 9; DECIMALS_AUTO: as few as tell it, at most 6, and 3 digits with an exponent for what
 * would then be nought). With `group` a blank between each three digits of the whole part: "4 812". Never "-0.0". From
 * 1e15 on with an exponent; what is not finite is "?". Returns the length. */
size_t number_text(double number, int decimals, bool group, char out[NUMBER_TEXT]);
/* The same with blanks, in at most `width` characters: gives up decimals first, then the blanks, then counts in k, M, G or T,
 * then takes an exponent. A number that is not nought never becomes one. When nothing fits, as number_text() writes it. */
size_t number_fit(double number, int decimals, int width, char out[NUMBER_TEXT]);

#endif
