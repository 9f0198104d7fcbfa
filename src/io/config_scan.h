/*
 * config_scan: a second look at the text of a configuration, because libconfig silently changes some values and says
 * "syntax error" to everything else. It splits the text as libconfig's own scanner does, finds the includes, and names what
 * is wrong. It knows no files: lines are those of the text that it is given.
 */
#ifndef ANDON_IO_CONFIG_SCAN_H
#define ANDON_IO_CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum token {
    TOKEN_END, TOKEN_NAME, TOKEN_EQUALS, TOKEN_COMMA, TOKEN_SEMICOLON, TOKEN_OPEN, TOKEN_CLOSE, /* of any bracket */
    TOKEN_TEXT, TOKEN_INT, TOKEN_INT64, TOKEN_FLOAT, TOKEN_BOOL, TOKEN_INCLUDE, TOKEN_ODD,
    TOKEN_OPEN_COMMENT, TOKEN_OPEN_TEXT /* the text ends inside of it */
};

struct scanner {
    const char *text, *end, *at;
    int at_line;
    /* the token that scan_next() returned */
    const char *start;
    size_t length;
    int line;
};

struct scanner scanner_of(const char *text, size_t length);
enum token scan_next(struct scanner *s);

/* Receives a problem: its line and words, and the line of the bracket that it is about, 0 for none. */
typedef void scan_problem(void *arg, int line, int opened, const char *text);
/* Receives the offset behind an integer that wants an L. */
typedef void scan_widen(void *arg, size_t offset);

/* Reports every silent trap, and the syntax errors up to the first that cannot be passed over. Returns false when there was
 * a syntax error. */
bool scan_check(const char *text, size_t length, scan_problem *problem, scan_widen *widen, void *arg);
/* The line of the first of two equal keys, the second of which stands on `line`; its name goes to `name`. 0: not found. */
int scan_duplicate(const char *text, size_t length, int line, char *name, size_t cap);

#endif
