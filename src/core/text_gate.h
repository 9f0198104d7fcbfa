/*
 * text_gate: the one gate for text from outside. Everything that arrives (topics, payloads, units, messages of brokers,
 * comments, files) passes it once, at the edge, before it can reach a cell, a log or a file.
 *
 * Invalid UTF-8 becomes U+FFFD, one for each maximal bad part. Dropped, with a count: C0 and C1 controls, DEL,
 * bidi controls (U+061C, U+200E-F, U+202A-E, U+2066-9), zero-width and invisible characters (U+00AD, U+180E, U+200B-D,
 * U+2060-F, U+FEFF, U+FFF9-B, U+1D173-A), U+2028-9, tag characters and the rest of U+E0000-FFF, noncharacters. A tab or a line end
 * (CR LF is one) becomes one blank, uncounted. Text is cut at a character boundary. What came out passes again unchanged.
 */
#ifndef ANDON_CORE_TEXT_GATE_H
#define ANDON_CORE_TEXT_GATE_H

#include <stdbool.h>
#include <stddef.h>

struct text_gate {
    bool invalid; /* U+FFFD was put in */
    bool control; /* something was dropped */
    bool cut;     /* did not fit */
};

/* Copies `length` bytes through the gate into out (cap bytes, NUL included; cap >= 1). Returns the length written; `seen`
 * may be NULL. */
size_t text_gate(const char *in, size_t length, char *out, size_t cap, struct text_gate *seen);
/* True when the gate would change nothing. */
bool text_is_clean(const char *text, size_t length);

#endif
