#include "io/config_scan.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A struct scanner is a place in a text that it borrows; scan_next() moves it by one token, and splits exactly as libconfig
 * 1.5 does. A struct checker follows the tokens with a stack of open brackets: libconfig's grammar in small, so that each way
 * to break it gets words of its own. A breach that leaves the brackets alone (a bare word, a mixed array, a comma too many) is
 * told and passed over; at any other the checker stops, as libconfig does. */

enum { DEEPEST = 32, SHOWN = 40, MOST_IN_GROUP = 5000 };

struct scanner scanner_of(const char *text, size_t length)
{
    return (struct scanner){.text = text, .end = text + length, .at = text, .at_line = 1, .start = text, .line = 1};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*' || (!first && (is_digit(c) || c == '-' || c == '_'));
}

static char peek(const struct scanner *s, size_t ahead)
{
    return ahead < (size_t)(s->end - s->at) ? s->at[ahead] : '\0';
}

static size_t digits(const struct scanner *s, size_t from)
{
    size_t n = from;
    while (is_digit(peek(s, n)))
        n++;
    return n - from;
}

/* Length of the exponent at `from`, 0 when there is none. */
static size_t exponent(const struct scanner *s, size_t from)
{
    if (peek(s, from) != 'e' && peek(s, from) != 'E')
        return 0;
    size_t sign = peek(s, from + 1) == '-' || peek(s, from + 1) == '+', n = digits(s, from + 1 + sign);
    return n ? 1 + sign + n : 0;
}

static size_t suffix(const struct scanner *s, size_t from)
{
    return peek(s, from) != 'L' ? 0 : peek(s, from + 1) == 'L' ? 2 : 1;
}

static enum token take_number(struct scanner *s, size_t *length)
{
    if (peek(s, 0) == '0' && (peek(s, 1) == 'x' || peek(s, 1) == 'X') && is_hex(peek(s, 2))) {
        size_t n = 2;
        while (is_hex(peek(s, n)))
            n++;
        *length = n + suffix(s, n);
        return suffix(s, n) ? TOKEN_INT64 : TOKEN_INT;
    }
    size_t sign = peek(s, 0) == '-' || peek(s, 0) == '+', whole = digits(s, sign), n = sign + whole;
    if (peek(s, n) == '.') {
        n += 1 + digits(s, n + 1);
        *length = n + exponent(s, n);
        return TOKEN_FLOAT;
    }
    if (whole && exponent(s, n)) {
        *length = n + exponent(s, n);
        return TOKEN_FLOAT;
    }
    *length = whole ? n + suffix(s, n) : 1;
    return !whole ? TOKEN_ODD : suffix(s, n) ? TOKEN_INT64 : TOKEN_INT;
}

/* Moves over a quoted text whose opening quote is at hand; false when it does not end. */
static bool take_text(struct scanner *s)
{
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end)
            s->at++;
        s->at_line += *s->at == '\n';
    }
    if (s->at >= s->end) {
        s->at = s->end;
        return false;
    }
    s->at++;
    return true;
}

static bool skip_comment(struct scanner *s)
{
    for (s->at += 2; s->at < s->end; s->at++) {
        if (*s->at == '*' && peek(s, 1) == '/') {
            s->at += 2;
            return true;
        }
        s->at_line += *s->at == '\n';
    }
    return false;
}

/* Moves over blanks and comments; false at a comment that does not end. */
static bool skip_blank(struct scanner *s)
{
    while (s->at < s->end) {
        char c = *s->at;
        if (c == '\n' || c == '\r' || c == '\f' || c == ' ' || c == '\t') {
            s->at_line += c == '\n';
            s->at++;
        } else if (c == '#' || (c == '/' && peek(s, 1) == '/')) {
            while (s->at < s->end && *s->at != '\n')
                s->at++;
        } else if (c == '/' && peek(s, 1) == '*') {
            s->start = s->at;
            s->line = s->at_line;
            if (!skip_comment(s))
                return false;
        } else {
            break;
        }
    }
    return true;
}

/* At an @include that libconfig would obey: at the beginning of a line, a blank and a quote behind it. */
static bool is_include(const struct scanner *s)
{
    static const char word[] = "@include";
    if ((size_t)(s->end - s->at) < sizeof word || memcmp(s->at, word, sizeof word - 1) != 0)
        return false;
    const char *p = s->at;
    while (p > s->text && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    if (p > s->text && p[-1] != '\n')
        return false;
    for (p = s->at + sizeof word - 1; p < s->end && (*p == ' ' || *p == '\t'); p++)
        ;
    return p < s->end && *p == '"' && p > s->at + sizeof word - 1;
}

static enum token take_include(struct scanner *s)
{
    while (*s->at != '"')
        s->at++;
    return take_text(s) ? TOKEN_INCLUDE : TOKEN_OPEN_TEXT;
}

static enum token take_word(struct scanner *s)
{
    size_t n = 1;
    while (is_name(peek(s, n), false))
        n++;
    bool yes = n == 4, no = n == 5;
    for (size_t i = 0; i < n && (yes || no); i++) {
        char c = (char)tolower((unsigned char)s->at[i]);
        yes = yes && c == "true"[i];
        no = no && c == "false"[i];
    }
    s->at += n;
    return yes || no ? TOKEN_BOOL : TOKEN_NAME;
}

static enum token take_token(struct scanner *s)
{
    size_t length = 1;
    enum token token = TOKEN_ODD;
    switch (*s->at) {
    case '=': case ':': token = TOKEN_EQUALS; break;
    case ',': token = TOKEN_COMMA; break;
    case ';': token = TOKEN_SEMICOLON; break;
    case '{': case '[': case '(': token = TOKEN_OPEN; break;
    case '}': case ']': case ')': token = TOKEN_CLOSE; break;
    case '"': return take_text(s) ? TOKEN_TEXT : TOKEN_OPEN_TEXT;
    case '@':
        if (is_include(s))
            return take_include(s);
        break;
    default:
        if (is_name(*s->at, true))
            return take_word(s);
        if (is_digit(*s->at) || *s->at == '-' || *s->at == '+' || *s->at == '.')
            token = take_number(s, &length);
        break;
    }
    s->at += length;
    return token;
}

enum token scan_next(struct scanner *s)
{
    if (!skip_blank(s)) {
        s->length = (size_t)(s->end - s->start);
        return TOKEN_OPEN_COMMENT;
    }
    s->start = s->at;
    s->line = s->at_line;
    s->length = 0;
    if (s->at >= s->end)
        return TOKEN_END;
    enum token token = take_token(s);
    s->length = (size_t)(s->at - s->start);
    return token;
}

/* ---- the checker ---- */

enum want { WANT_KEY, WANT_EQUALS, WANT_VALUE, WANT_MORE };

struct open {
    char bracket; /* 0: the file itself */
    int line;
    enum token kind; /* of an array: its elements'; TOKEN_END before the first */
    int keys;        /* of a group or the file */
};

struct checker {
    struct scanner s;
    struct open stack[DEEPEST + 1];
    size_t depth;
    enum want want;
    enum token last; /* the token before */
    int last_line;
    bool broken; /* something was passed over */
    scan_problem *problem;
    scan_widen *widen;
    void *arg;
};

/* Reports a breach of the grammar; `%s` in the format is the token. */
static bool breach(struct checker *c, int line, const char *format)
{
    char token[SHOWN + 1], text[256];
    snprintf(token, sizeof token, "%.*s", (int)(c->s.length < SHOWN ? c->s.length : SHOWN), c->s.start);
    const char *hole = strstr(format, "%s");
    if (hole)
        snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - format), format, token, hole + 2);
    else
        snprintf(text, sizeof text, "%s", format);
    c->problem(c->arg, line, 0, text);
    return false;
}

static bool breach_here(struct checker *c, const char *format)
{
    return breach(c, c->s.line, format);
}

static bool breach_bracket(struct checker *c, const struct open *open, bool end)
{
    char text[128];
    if (end)
        snprintf(text, sizeof text, "'%c' is opened here and never closed", open->bracket);
    else if (!open->bracket)
        snprintf(text, sizeof text, "'%c' closes nothing", *c->s.start);
    else
        snprintf(text, sizeof text, "'%c' cannot close '%c'", *c->s.start, open->bracket);
    c->problem(c->arg, end ? open->line : c->s.line, !end && open->bracket ? open->line : 0, text);
    return false;
}

/* Of a breach: goes on behind it. */
static bool pass_over(struct checker *c)
{
    c->broken = true;
    return true;
}

static bool word_is(const struct checker *c, const char *word)
{
    if (strlen(word) != c->s.length)
        return false;
    for (size_t i = 0; i < c->s.length; i++)
        if (tolower((unsigned char)c->s.start[i]) != word[i])
            return false;
    return true;
}

/* A bare word where a value should be. */
static bool breach_word(struct checker *c)
{
    static const char *const nothing[] = {"null", "nil", "none", "undefined"}, *const numbers[] = {"nan", "inf", "infinity"},
        *const truths[] = {"yes", "no", "on", "off"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (word_is(c, nothing[i]))
            return breach_here(c, "there is no %s in this syntax: leave the key out");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (word_is(c, numbers[i]))
            return breach_here(c, "%s is not a number that can be written here: leave the key out");
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++)
        if (word_is(c, truths[i]))
            return breach_here(c, "write true or false instead of %s");
    return breach_here(c, "a text needs quotes: \"%s\"");
}

static bool breach_odd(struct checker *c)
{
    unsigned char first = (unsigned char)*c->s.start;
    if (first >= 0x80)
        return breach_here(c, "keys are plain ASCII; a text in another script needs quotes");
    if (first == '@')
        return breach_here(c, "@include \"file\" must stand on a line of its own");
    if (first == '\'')
        return breach_here(c, "a text needs double quotes (\")");
    if (first < 0x20 || first == 0x7f)
        return breach_here(c, "a control character");
    return breach_here(c, "%s cannot stand here");
}

/* What libconfig reads as another value than the one that is written. */
static void check_number(struct checker *c, enum token token)
{
    char text[SHOWN + 1], message[160];
    size_t length = c->s.length < SHOWN ? c->s.length : SHOWN;
    memcpy(text, c->s.start, length);
    text[length] = '\0';
    if (token == TOKEN_FLOAT) {
        if (isfinite(strtod(text, NULL)))
            return;
        snprintf(message, sizeof message, "%s is too large for a number; the largest is 1.79e308", text);
        c->problem(c->arg, c->s.line, 0, message);
        return;
    }
    bool hex = length > 1 && (text[1] == 'x' || text[1] == 'X');
    errno = 0;
    long long v = strtoll(text, NULL, hex ? 16 : 10);
    bool lost = errno == ERANGE || c->s.length > SHOWN;
    if (lost) {
        snprintf(message, sizeof message, "%s is too large for an integer; the largest is 9223372036854775807L", text);
        c->problem(c->arg, c->s.line, 0, message);
    } else if (token == TOKEN_INT && (v > INT_MAX || v < INT_MIN)) {
        snprintf(message, sizeof message, "%s needs an L behind it (%sL): an integer without one has 31 bits and would change", text, text);
        c->problem(c->arg, c->s.line, 0, message);
        if (c->widen)
            c->widen(c->arg, (size_t)(c->s.at - c->s.text));
    }
}

/* All elements of an array are of one kind. */
static bool check_array(struct checker *c, struct open *open, enum token token)
{
    if (open->kind == TOKEN_END)
        open->kind = token;
    if (open->kind == token)
        return true;
    bool numbers = (open->kind == TOKEN_INT || open->kind == TOKEN_INT64 || open->kind == TOKEN_FLOAT) &&
        (token == TOKEN_INT || token == TOKEN_INT64 || token == TOKEN_FLOAT);
    breach_here(c, numbers ? "%s is not written as the numbers before it: [1.0, 2.0] or [1, 2] in an array, or use (1, 2.0)"
                           : "%s is not of the kind of the elements before it; a mixed list needs round brackets");
    return pass_over(c);
}

static bool check_value(struct checker *c, struct open *open, enum token token)
{
    switch (token) {
    case TOKEN_NAME:
        breach_word(c);
        c->want = WANT_MORE;
        return pass_over(c);
    case TOKEN_OPEN:
        if (open->bracket == '[')
            return breach_here(c, "an array [ ] holds plain values only; a list of groups or lists needs round brackets");
        if (c->depth == DEEPEST)
            return breach_here(c, "nested too deeply");
        c->stack[++c->depth] = (struct open){.bracket = *c->s.start, .line = c->s.line, .kind = TOKEN_END};
        c->want = *c->s.start == '{' ? WANT_KEY : WANT_VALUE;
        return true;
    case TOKEN_INT: case TOKEN_INT64: case TOKEN_FLOAT: case TOKEN_TEXT: case TOKEN_BOOL:
        c->want = WANT_MORE;
        return open->bracket != '[' || check_array(c, open, token);
    default:
        return breach_here(c, open->bracket == '[' || open->bracket == '(' ? "an element is missing before '%s'" : "a value is missing before '%s'");
    }
}

static bool check_close(struct checker *c, const struct open *open)
{
    char fits = open->bracket == '{' ? '}' : open->bracket == '[' ? ']' : open->bracket == '(' ? ')' : '\0';
    if (*c->s.start != fits)
        return breach_bracket(c, open, false);
    c->depth--;
    c->want = WANT_MORE;
    return true;
}

/* After a value or its closing bracket. */
static bool check_more(struct checker *c, const struct open *open, enum token token)
{
    bool list = open->bracket == '[' || open->bracket == '(';
    if (token == TOKEN_TEXT && c->last == TOKEN_TEXT)
        return true; /* texts side by side are one */
    if (token == TOKEN_CLOSE)
        return check_close(c, open);
    if (list) {
        c->want = WANT_VALUE;
        return token == TOKEN_COMMA || breach_here(c, token == TOKEN_SEMICOLON ? "elements are separated by commas, not by ';'"
                                                                              : "a comma is missing before '%s'");
    }
    c->want = token == TOKEN_NAME ? WANT_EQUALS : WANT_KEY;
    return token == TOKEN_NAME || token == TOKEN_SEMICOLON || token == TOKEN_COMMA || breach_here(c, "a ';' is missing before '%s', or a key and '='");
}

static bool check_token(struct checker *c, enum token token)
{
    struct open *open = &c->stack[c->depth];
    if (token == TOKEN_ODD || token == TOKEN_INCLUDE)
        return breach_odd(c);
    if (token == TOKEN_INT || token == TOKEN_INT64 || token == TOKEN_FLOAT)
        check_number(c, token);
    switch (c->want) {
    case WANT_KEY:
        if (token == TOKEN_CLOSE)
            return check_close(c, open);
        c->want = WANT_EQUALS;
        return token == TOKEN_NAME || breach_here(c, token == TOKEN_SEMICOLON || token == TOKEN_COMMA ? "one '%s' too many" : "a key is expected instead of %s");
    case WANT_EQUALS:
        if (++open->keys > MOST_IN_GROUP) /* libconfig compares each with all before it */
            return breach_here(c, "more than 5000 keys in one group");
        c->want = WANT_VALUE;
        return token == TOKEN_EQUALS || breach_here(c, "'=' is missing before %s");
    case WANT_VALUE:
        if (token == TOKEN_CLOSE && (open->bracket == '(' || open->bracket == '[')) {
            if (c->last == TOKEN_COMMA)
                c->broken = !breach_here(c, "no comma may stand before '%s'");
            return check_close(c, open);
        }
        return check_value(c, open, token);
    case WANT_MORE:
        return check_more(c, open, token);
    }
    return true;
}

static bool check_end(struct checker *c, enum token token)
{
    if (token == TOKEN_OPEN_COMMENT)
        return breach_here(c, "the comment that begins here (/*) never ends and swallows the rest of the file");
    if (token == TOKEN_OPEN_TEXT)
        return breach_here(c, "the text that begins here never ends: a \" is missing");
    if (c->want == WANT_EQUALS || (c->want == WANT_VALUE && !c->stack[c->depth].bracket))
        return breach(c, c->last_line, "the file ends in the middle of a setting");
    if (c->depth)
        return breach_bracket(c, &c->stack[c->depth], true);
    return true;
}

bool scan_check(const char *text, size_t length, scan_problem *problem, scan_widen *widen, void *arg)
{
    struct checker c = {.s = scanner_of(text, length), .problem = problem, .widen = widen, .arg = arg};
    for (;;) {
        enum token token = scan_next(&c.s);
        if (token == TOKEN_END || token == TOKEN_OPEN_COMMENT || token == TOKEN_OPEN_TEXT)
            return check_end(&c, token) && !c.broken;
        if (!check_token(&c, token))
            return false;
        c.last = token;
        c.last_line = c.s.line;
    }
}

/* ---- duplicate keys ---- */

/* Is there a key of this name in the group that is open when the scanner comes to `stop`? The last such line. */
static int earlier_key(const char *text, size_t length, const char *stop, size_t name_length)
{
    struct scanner s = scanner_of(text, length);
    int found[DEEPEST + 1] = {0};
    size_t depth = 0;
    for (enum token token = scan_next(&s); token != TOKEN_END && s.start < stop; token = scan_next(&s)) {
        if (token == TOKEN_OPEN && depth < DEEPEST)
            found[++depth] = 0;
        else if (token == TOKEN_CLOSE && depth > 0)
            depth--;
        else if (token == TOKEN_NAME && s.length == name_length && memcmp(s.start, stop, name_length) == 0)
            found[depth] = s.line;
    }
    return found[depth];
}

int scan_duplicate(const char *text, size_t length, int line, char *name, size_t cap)
{
    struct scanner s = scanner_of(text, length);
    for (enum token token = scan_next(&s); token != TOKEN_END && s.line <= line; token = scan_next(&s)) {
        int first = token == TOKEN_NAME && s.line == line ? earlier_key(text, length, s.start, s.length) : 0;
        if (first) {
            snprintf(name, cap, "%.*s", (int)s.length, s.start);
            return first;
        }
    }
    return 0;
}
