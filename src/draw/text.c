/*
 * A struct grapheme points into the caller's text; nothing here is copied or kept. Graphemes are those of Unicode (UAX 29)
 * as far as a terminal's cells go: marks without a width join their base, whereas a character that takes cells of its own
 * begins a grapheme, because that is how terminals place it.
 */
#include "draw/text.h"

#include <stdbool.h>

#include <utf8proc.h>

/* A printable ASCII byte that no combining mark can follow: nearly all that is ever drawn. */
static bool plain(const unsigned char *p)
{
    return p[0] >= 0x20 && p[0] < 0x7f && p[1] < 0x80;
}

/* Bytes of the character at p, 0 when they are not UTF-8. The decoder looks at one byte after the other and stops at a NUL. */
static size_t decode(const unsigned char *p, utf8proc_int32_t *character)
{
    utf8proc_ssize_t n = utf8proc_iterate(p, -1, character);
    return n > 0 ? (size_t)n : 0;
}

static bool is_control(utf8proc_int32_t character)
{
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

/* Bytes of the marks that join the base character. */
static size_t marks_length(const unsigned char *p, utf8proc_int32_t base)
{
    size_t length = 0, n;
    utf8proc_int32_t state = 0, mark;
    while (p[length] >= 0x80 && (n = decode(p + length, &mark)) > 0) {
        if (utf8proc_charwidth(mark) != 0 || is_control(mark) || utf8proc_grapheme_break_stateful(base, mark, &state))
            break;
        length += n;
        base = mark;
    }
    return length;
}

struct grapheme text_grapheme(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    if (!p[0])
        return (struct grapheme){.start = text};
    if (plain(p))
        return (struct grapheme){.start = text, .length = 1, .base = 1, .width = 1};
    utf8proc_int32_t character;
    size_t length = decode(p, &character);
    if (!length)
        return (struct grapheme){.start = text, .length = 1, .width = 1};
    int width = utf8proc_charwidth(character);
    if (width <= 0 || is_control(character)) /* also a mark without a base */
        return (struct grapheme){.start = text, .length = length, .width = 1};
    return (struct grapheme){.start = text,
        .length = length + marks_length(p + length, character),
        .base = length,
        .width = width > 1 ? 2 : 1};
}

int text_width(const char *text)
{
    int width = 0;
    for (struct grapheme g; (g = text_grapheme(text)).length; text += g.length)
        width += g.width;
    return width;
}

size_t text_fit(const char *text, int width, int *used)
{
    const char *p = text;
    int cells = 0;
    for (struct grapheme g; (g = text_grapheme(p)).length && cells + g.width <= width; p += g.length)
        cells += g.width;
    *used = cells;
    return (size_t)(p - text);
}
