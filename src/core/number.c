#include "core/number.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plant.h"

/*
 * A struct digits is a JSON number taken apart in one pass: its first 19 digits as an integer and the power of ten that is
 * left. Integers and short decimals (nearly all telemetry) follow from it exactly; only the rest goes through strtod().
 */
struct digits {
    uint64_t mantissa;
    int exponent;
    bool negative, integer, exact; /* integer: no fraction, no exponent; exact: no digit was left out */
};

enum { LONGEST = 1023, MOST_DIGITS = 19, EXPONENT_CAP = 100000 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(struct digits *d, char c, int *significant)
{
    if (*significant >= MOST_DIGITS) {
        d->exact = false;
        return;
    }
    d->mantissa = d->mantissa * 10 + (uint64_t)(c - '0');
    *significant += d->mantissa != 0;
}

static bool read_exponent(const char *at, const char *end, int *exponent)
{
    bool negative = at < end && *at == '-';
    int e = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        if (e < EXPONENT_CAP)
            e = e * 10 + (*at - '0');
    }
    *exponent += negative ? -e : e;
    return true;
}

/* RFC 8259, section 6: no leading plus or zeros, digits on both sides of the point. */
static bool take_apart(const char *text, size_t length, struct digits *out)
{
    const char *at = text, *end = text + length;
    struct digits d = {.integer = true, .exact = true};
    int significant = 0;
    if (at < end && *at == '-') {
        d.negative = true;
        at++;
    }
    if (at == end || !is_digit(*at) || (*at == '0' && at + 1 < end && is_digit(at[1])))
        return false;
    for (; at < end && is_digit(*at); at++)
        add_digit(&d, *at, &significant);
    if (at < end && *at == '.') {
        d.integer = false;
        if (++at == end || !is_digit(*at))
            return false;
        for (; at < end && is_digit(*at); at++) {
            d.exponent -= significant < MOST_DIGITS;
            add_digit(&d, *at, &significant);
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        d.integer = false;
        if (!read_exponent(at + 1, end, &d.exponent))
            return false;
        at = end;
    }
    *out = d;
    return at == end;
}

/* Both factors are exact doubles, so one rounding gives the nearest double (Clinger's fast path). */
static bool fast_real(const struct digits *d, double *out)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || !d->exact || d->mantissa > UINT64_C(1) << 53 || d->exponent < -22 || d->exponent > 22)
        return false;
    double m = (double)d->mantissa;
    m = d->exponent < 0 ? m / powers[-d->exponent] : m * powers[d->exponent];
    *out = d->negative ? -m : m;
    return true;
}

static bool slow_real(const char *text, size_t length, double *out)
{
    char copy[LONGEST + 1];
    memcpy(copy, text, length);
    copy[length] = '\0';
    *out = strtod(copy, NULL);
    return isfinite(*out);
}

/* An integer that fits int64 or uint64. A 20-digit one has lost its last digit in the mantissa: that is read again here. */
static bool whole(const struct digits *d, const char *text, size_t length, struct value *out)
{
    uint64_t m = d->mantissa;
    if (!d->exact) {
        if (d->negative || length != MOST_DIGITS + 1)
            return false;
        uint64_t last = (uint64_t)(text[length - 1] - '0');
        if (m > (UINT64_MAX - last) / 10)
            return false;
        m = m * 10 + last;
    }
    if (d->negative) {
        if (m > (uint64_t)INT64_MAX + 1)
            return false;
        *out = value_int(m > (uint64_t)INT64_MAX ? INT64_MIN : -(int64_t)m);
    } else {
        *out = m > (uint64_t)INT64_MAX ? value_uint(m) : value_int((int64_t)m);
    }
    return true;
}

bool number_read(const char *text, size_t length, struct value *out, bool *overflow)
{
    struct digits d;
    double real;
    if (overflow)
        *overflow = false;
    if (length == 0 || length > LONGEST || !take_apart(text, length, &d))
        return false;
    if (d.integer && whole(&d, text, length, out))
        return true;
    if (!fast_real(&d, &real) && !slow_real(text, length, &real)) {
        if (overflow)
            *overflow = true;
        return false;
    }
    *out = value_real(real);
    return true;
}

/* Removes a sign that only noughts follow: -0.04 with one decimal is 0.0. */
static void drop_empty_sign(char *text)
{
    if (text[0] == '-' && text[strspn(text, "-0.")] == '\0')
        memmove(text, text + 1, strlen(text));
}

static void drop_trailing_noughts(char *text)
{
    if (!strchr(text, '.'))
        return;
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        length--;
    text[text[length - 1] == '.' ? length - 1 : length] = '\0';
}

/* Copies with a blank between each three digits of the whole part. */
static void put_groups(const char *plain, char *out)
{
    size_t sign = plain[0] == '-';
    size_t digits = strcspn(plain + sign, ".");
    size_t at = 0;
    if (sign)
        out[at++] = '-';
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0)
            out[at++] = ' ';
        out[at++] = plain[sign + i];
    }
    memcpy(out + at, plain + sign + digits, strlen(plain + sign + digits) + 1);
}

bool number_bytes(const char *text, int64_t *bytes)
{
    static const char letters[] = "kMGT";
    struct value v;
    double number, unit = 1;
    size_t digits = strspn(text, "0123456789.");
    const char *at = text + digits + strspn(text + digits, " "), *letter = *at ? strchr(letters, *at == 'K' ? 'k' : *at) : NULL;
    if (digits == 0 || !number_read(text, digits, &v, NULL) || !value_number(v, &number))
        return false;
    if (letter) {
        bool binary = *++at == 'i';
        at += binary;
        for (const char *l = letters; l <= letter; l++)
            unit *= binary ? 1024 : 1000;
    }
    at += *at == 'B';
    if (*at || !(number * unit < 9e18))
        return false;
    *bytes = (int64_t)(number * unit);
    return true;
}

size_t number_text(double number, int decimals, bool group, char out[NUMBER_TEXT])
{
    double size = fabs(number);
    bool automatic = decimals == DECIMALS_AUTO || decimals < 0;
    char plain[NUMBER_TEXT];
    if (!isfinite(number)) {
        snprintf(out, NUMBER_TEXT, "?");
    } else if (size >= 1e15) {
        snprintf(out, NUMBER_TEXT, "%.6g", number);
    } else if (automatic && size > 0 && size < 5e-7) {
        snprintf(out, NUMBER_TEXT, "%.3g", number);
    } else {
        snprintf(plain, sizeof plain, "%.*f", automatic ? 6 : decimals > 9 ? 9 : decimals, number);
        if (automatic)
            drop_trailing_noughts(plain);
        drop_empty_sign(plain);
        if (group)
            put_groups(plain, out);
        else
            memcpy(out, plain, strlen(plain) + 1);
    }
    return strlen(out);
}

/* Keeps `text` when it is narrow enough and does not say nought of something. */
static bool keep(const char *text, double number, int width, char out[NUMBER_TEXT])
{
    size_t length = strlen(text);
    if ((long long)length > width || ((number < 0 || number > 0) && !text[strcspn(text, "123456789")]))
        return false;
    memcpy(out, text, length + 1);
    return true;
}

static bool in_thousands(double number, int width, char out[NUMBER_TEXT])
{
    static const char letters[] = "kMGT";
    double size = fabs(number), unit = 1e3;
    size_t i = 0;
    for (; i + 1 < sizeof letters - 1 && size >= unit * 1e3; i++)
        unit *= 1e3;
    for (int decimals = 1; decimals >= 0 && size >= unit; decimals--) {
        char text[NUMBER_TEXT + 2];
        snprintf(text, sizeof text, "%.*f%c", decimals, number / unit, letters[i]);
        if (keep(text, number, width, out))
            return true;
    }
    return false;
}

size_t number_fit(double number, int decimals, int width, char out[NUMBER_TEXT])
{
    char text[NUMBER_TEXT];
    size_t length = number_text(number, decimals, true, out);
    if ((long long)length <= width || !isfinite(number))
        return length;
    if (fabs(number) < 1e15) {
        for (int fewer = (decimals < 0 || decimals > 9 ? 6 : decimals) - 1; fewer >= 0; fewer--) {
            number_text(number, fewer, true, text);
            if (keep(text, number, width, out))
                return strlen(out);
        }
        number_text(number, 0, false, text);
        if (keep(text, number, width, out) || in_thousands(number, width, out))
            return strlen(out);
    }
    for (int digits = 5; digits >= 0; digits--) {
        snprintf(text, sizeof text, "%.*e", digits, number);
        if (keep(text, number, width, out))
            return strlen(out);
    }
    return length;
}
