/*
 * A terminal places characters by its own idea of their widths, and curses by the C library's. Where these could differ from
 * the cell's width the whole row would slip, so that such a character is shown by its stand-in.
 */
#include "io/terminal_parts.h"

#include <string.h>

#include <utf8proc.h>

static void stand_in(const struct cell *cell, wchar_t *out)
{
    const char *ascii = glyph_ascii(cell->text, cell->width);
    size_t n = 0;
    for (; ascii[n] && n < 2; n++)
        out[n] = (wchar_t)(unsigned char)ascii[n];
    out[n] = 0;
}

void cell_characters(const struct cell *cell, bool ascii, bool ambiguous_wide, wchar_t out[2 * CELL_CHARACTERS])
{
    const unsigned char *p = (const unsigned char *)cell->text;
    if (p[0] >= 0x20 && p[0] < 0x7f && !p[1]) {
        out[0] = p[0];
        out[1] = 0;
        return;
    }
    size_t n = 0;
    utf8proc_int32_t character;
    utf8proc_ssize_t length;
    while (!ascii && *p && n < CELL_CHARACTERS && (length = utf8proc_iterate(p, -1, &character)) > 0) {
        int wanted = n ? 0 : cell->width;
        if (wcwidth((wchar_t)character) != wanted || (ambiguous_wide && !n && width_is_ambiguous((uint32_t)character)))
            break;
        out[n++] = (wchar_t)character;
        p += length;
    }
    out[n] = 0;
    if (!n)
        stand_in(cell, out);
}
