/*
 * text: UTF-8 as graphemes and cells. Count cells, not characters: a Chinese character takes two.
 */
#ifndef ANDON_DRAW_TEXT_H
#define ANDON_DRAW_TEXT_H

#include <stddef.h>

struct grapheme {
    const char *start;
    size_t length; /* bytes */
    size_t base;   /* bytes of its first character; 0: nothing to show (a control, invalid bytes, a mark without a base) */
    int width;     /* cells: 1 or 2 */
};

/* The grapheme at `text`; length 0 at the end. Never reads past the NUL; what cannot be shown is one cell. Ambiguous
 * width counts as 1. */
struct grapheme text_grapheme(const char *text);
int text_width(const char *text);
/* Bytes of the longest beginning that fits in `width` cells; *used is its width (may be one less, before a wide one). */
size_t text_fit(const char *text, int width, int *used);

#endif
