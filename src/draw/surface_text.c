/*
 * Text on a surface: alignment, cutting and formatting, all on top of surface_run(), which alone touches cells.
 */
#include "draw/surface.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "draw/text.h"

enum { FORMAT_BYTES = 512 };

int surface_text(struct surface s, int x, int y, enum cell_role role, const char *text)
{
    return surface_run(s, x, y, role, text, strlen(text));
}

int surface_text_fit(struct surface s, int x, int y, int w, enum cell_role role, const char *text)
{
    if (w <= 0)
        return x;
    int used;
    size_t whole = text_fit(text, w, &used);
    if (!text[whole])
        return surface_run(s, x, y, role, text, whole);
    size_t part = text_fit(text, w - 1, &used);
    int end = surface_run(s, x, y, role, text, part);
    return surface_glyph(s, end, y, role, GLYPH_MORE);
}

int surface_text_right(struct surface s, int x, int y, int w, enum cell_role role, const char *text)
{
    int width = text_width(text);
    int begin = width < w ? x + w - width : x;
    surface_text_fit(s, begin, y, w, role, text);
    return begin;
}

int surface_number_right(struct surface s, int x, int y, int w, enum cell_role role, const char *text)
{
    if (text_width(text) <= w)
        return surface_text_right(s, x, y, w, role, text);
    surface_fill(s, rect_of(x, y, w, 1), role, "#");
    return x;
}

int surface_format(struct surface s, int x, int y, enum cell_role role, const char *format, ...)
{
    char text[FORMAT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    (void)length;
    return surface_text(s, x, y, role, text);
}

int surface_glyph(struct surface s, int x, int y, enum cell_role role, enum glyph glyph)
{
    return surface_text(s, x, y, role, glyph_text(s.grid->tier, glyph));
}

void surface_hline(struct surface s, int x, int y, int w)
{
    surface_fill(s, rect_of(x, y, w, 1), CELL_BORDER, glyph_text(s.grid->tier, GLYPH_HLINE));
}
