/*
 * A text is cut down to its digits step by step (unit off, comma to point) in a struct digits, which is then read as the number that it is.
 */
#include "core/value_form.h"

#include <string.h>
#include <strings.h>

#include "core/number.h"

enum { DIGITS = 64 };

struct digits {
    char text[DIGITS];
    size_t length;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    char small = (char)(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

static bool read_hex(struct digits *d, struct value *out)
{
    const char *at = d->text, *end = d->text + d->length;
    uint64_t number = 0;
    if (d->length > 3 && strncmp(at, "16#", 3) == 0)
        at += 3;
    else if (d->length > 2 && at[0] == '0' && (at[1] | 0x20) == 'x')
        at += 2;
    else if (d->length > 1 && (end[-1] | 0x20) == 'h')
        end--;
    if (at == end || end - at > 16)
        return false;
    for (; at < end; at++) {
        int digit = hex_digit(*at);
        if (digit < 0)
            return false;
        number = number << 4 | (uint64_t)digit;
    }
    *out = number > INT64_MAX ? value_uint(number) : value_int((int64_t)number);
    return true;
}

/* "1.234,5" as "1234.5". */
static void turn_comma(struct digits *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->length; i++)
        if (d->text[i] != '.')
            d->text[kept++] = d->text[i] == ',' ? '.' : d->text[i];
    d->length = kept;
}

/* Takes the unit off the end; false when another one stands there. */
static bool take_unit(struct digits *d, const char *unit)
{
    size_t number = 0;
    while (number < d->length && (is_digit(d->text[number]) || memchr("+-.,", d->text[number], 4)))
        number++;
    if (number + 1 < d->length && (d->text[number] | 0x20) == 'e' && (is_digit(d->text[number + 1]) || (number + 2 < d->length && is_digit(d->text[number + 2]) && memchr("+-", d->text[number + 1], 2))))
        for (number += 2; number < d->length && is_digit(d->text[number]);)
            number++;
    size_t behind = number;
    while (behind < d->length && d->text[behind] == ' ')
        behind++;
    bool same = unit[0] == '\0' || behind == d->length || (strlen(unit) == d->length - behind && memcmp(unit, d->text + behind, d->length - behind) == 0);
    d->length = number;
    return same;
}

/* A plus before a number is no JSON, but people's. */
static bool read_digits(struct digits *d, struct value *out)
{
    const char *text = d->text;
    size_t length = d->length;
    if (length > 1 && text[0] == '+' && is_digit(text[1])) {
        text++;
        length--;
    }
    return number_read(text, length, out, NULL);
}

static bool is_invalid(const struct value_form *form, struct value in, const char *text)
{
    double number;
    bool numeric = value_number(in, &number) && in.kind != VALUE_BOOL;
    for (size_t i = 0; i < form->invalid_count; i++) {
        const struct value_code *code = &form->invalid[i];
        if (code->word ? in.kind == VALUE_TEXT && strcasecmp(code->word, text) == 0 : numeric && number == code->number)
            return true;
    }
    return false;
}

static enum value_formed read_text(const struct value_form *form, const char *unit, const char *text, struct value *out)
{
    struct digits d = {.length = strlen(text)};
    if (d.length == 0 || d.length >= sizeof d.text)
        return FORMED_TEXT;
    memcpy(d.text, text, d.length);
    if (form->hex)
        return read_hex(&d, out) ? FORMED_VALUE : FORMED_WRONG;
    bool fits = !form->unit_inside || take_unit(&d, unit);
    if (form->decimal_comma)
        turn_comma(&d);
    if (!read_digits(&d, out))
        return FORMED_TEXT;
    return fits ? FORMED_VALUE : FORMED_WRONG;
}

/* The digits of a number that came as one are hexadecimal as well; one with a point or an exponent has lost them. */
static bool reread_hex(struct value *v)
{
    struct digits d = {.length = 0};
    char back[DIGITS];
    if (v->kind != VALUE_INT || v->i < 0)
        return false;
    uint64_t rest = (uint64_t)v->i;
    size_t count = 0;
    do
        back[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    while (count > 0)
        d.text[d.length++] = back[--count];
    return read_hex(&d, v);
}

static bool take_bits(const struct value_form *form, struct value *v)
{
    uint64_t bits, mask = form->mask;
    if (v->kind == VALUE_BOOL)
        bits = v->b;
    else if (v->kind == VALUE_INT)
        bits = (uint64_t)v->i;
    else if (v->kind == VALUE_UINT)
        bits = v->u;
    else if (v->kind == VALUE_REAL && v->d >= 0 && v->d < 9007199254740992.0 && v->d == (double)(uint64_t)v->d)
        bits = (uint64_t)v->d;
    else
        return false;
    bits &= mask;
    if (form->bit) {
        *v = value_bool(bits != 0);
        return true;
    }
    for (; !(mask & 1); mask >>= 1)
        bits >>= 1;
    *v = bits > INT64_MAX ? value_uint(bits) : value_int((int64_t)bits);
    return true;
}

enum value_formed value_form_read(const struct value_form *form, const char *unit, struct value in, const char *text, struct value *out)
{
    struct value read = in;
    if (in.kind == VALUE_NULL || is_invalid(form, in, text)) {
        *out = value_null();
        return in.kind == VALUE_NULL ? FORMED_VALUE : FORMED_INVALID;
    }
    if (in.kind == VALUE_TEXT) {
        enum value_formed formed = read_text(form, unit, text, &read);
        if (formed != FORMED_VALUE)
            return formed == FORMED_TEXT && form->mask ? FORMED_WRONG : formed;
        if (is_invalid(form, read, ""))
            return FORMED_INVALID;
    } else if (form->hex && !reread_hex(&read)) {
        return FORMED_WRONG;
    }
    if (form->mask && !take_bits(form, &read))
        return FORMED_WRONG;
    *out = read;
    return FORMED_VALUE;
}
