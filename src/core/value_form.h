/*
 * value_form: how a value is written, where that is not as a number or word is: bits of a status word, hexadecimal digits, a decimal comma, the unit behind the number, codes that stand for no
 * value (a broken sensor's 32767).
 */
#ifndef ANDON_CORE_VALUE_FORM_H
#define ANDON_CORE_VALUE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/value.h"

/* One value that stands for none: a number, or a word. */
struct value_code {
    const char *word;     /* NULL: the number */
    double number;
};

struct value_form {
    uint64_t mask;        /* of a whole number; 0: all of it. What is under it is shifted down to its lowest bit */
    bool bit;             /* the mask is one bit: true or false */
    bool hex;             /* digits are hexadecimal: "1F", "0x1F", "16#1F", "1Fh" */
    bool decimal_comma;   /* "12,5"; points part thousands */
    bool unit_inside;     /* "12.5 bar" */
    const struct value_code *invalid;
    size_t invalid_count;
};

enum value_formed {
    FORMED_VALUE,   /* *out */
    FORMED_TEXT,    /* a text that is no number: for whoever wants texts */
    FORMED_INVALID, /* a code that stands for no value */
    FORMED_WRONG    /* not as the form says */
};

/* `text` (of a VALUE_TEXT) through the gate; `unit`: what may stand behind the number, "" for anything. */
enum value_formed value_form_read(const struct value_form *form, const char *unit, struct value in, const char *text, struct value *out);

#endif
