/*
 * terminal_probe: asks the terminal on standard input and output what it is: for `andon doctor`, before any screen is taken over.
 */
#ifndef ANDON_IO_TERMINAL_PROBE_H
#define ANDON_IO_TERMINAL_PROBE_H

#include <stdbool.h>

struct terminal_probe {
    bool is_terminal;      /* else nothing but codeset and utf8 is told */
    char name[64];         /* of $TERM, through the gate */
    bool described;        /* terminfo has it */
    bool addresses;        /* it can place its cursor */
    int colours;           /* 0: none */
    int w, h;              /* 0: it does not say */
    char codeset[32];      /* of the locale */
    bool utf8;
    bool answers;          /* it reports where its cursor is: the widths were measured */
    int ambiguous, wide, narrow; /* cells of a square, of a Chinese character, of a letter; 0: not measured */
};

/* Measures; waits for each answer so long at most. The terminal's modes are as before afterwards, and what was typed meanwhile is thrown away. */
void terminal_probe(struct terminal_probe *probe, int wait_ms);

#endif
