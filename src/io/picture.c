/*
 * A picture is written row by row straight from the grid; only the ANSI form has a state, the style that the reader's
 * terminal is in, and every row begins and ends in the plain one, so that a row can be cut out of a file and still be right.
 */
#include "io/picture.h"

#include <string.h>

#include "io/picture_svg.h"

static const char *const format_names[] = {[PICTURE_TEXT] = "text", [PICTURE_ANSI] = "ansi", [PICTURE_SVG] = "svg", [PICTURE_ROLES] = "roles"};

bool picture_format_read(const char *name, enum picture_format *format)
{
    for (size_t i = 0; i < sizeof format_names / sizeof format_names[0]; i++)
        if (strcmp(format_names[i], name) == 0) {
            *format = (enum picture_format)i;
            return true;
        }
    return false;
}

static const char *shown(const struct cell *cell, bool ascii)
{
    return ascii && cell->width ? glyph_ascii(cell->text, cell->width) : cell->text;
}

static bool is_blank(const struct cell *cell)
{
    return cell->text[0] == ' ' && !cell->text[1];
}

static void text_row(FILE *out, const struct grid *grid, int y, bool ascii)
{
    int end = grid->w;
    while (end > 0 && is_blank(grid_cell(grid, end - 1, y)))
        end--;
    for (int x = 0; x < end; x++)
        fputs(shown(grid_cell(grid, x, y), ascii), out);
    fputc('\n', out);
}

static void role_row(FILE *out, const struct grid *grid, int y)
{
    for (int x = 0; x < grid->w; x++)
        fputc(cell_role_table[grid_cell(grid, x, y)->role].letter, out);
    fputc('\n', out);
}

static bool is_plain(const struct style *style)
{
    return style->fg == COLOUR_DEFAULT && style->bg == COLOUR_DEFAULT && !style->bold && !style->dim && !style->reverse && !style->underline;
}

static bool same_style(const struct style *a, const struct style *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->bold == b->bold && a->dim == b->dim && a->reverse == b->reverse && a->underline == b->underline;
}

/* A blank in this style looks like no cell at all. */
static bool is_invisible(const struct cell *cell, const struct style *style)
{
    return is_blank(cell) && style->bg == COLOUR_DEFAULT && !style->reverse && !style->underline;
}

static void write_sgr(FILE *out, const struct style *style)
{
    fputs("\033[0", out);
    if (style->bold)
        fputs(";1", out);
    if (style->dim)
        fputs(";2", out);
    if (style->underline)
        fputs(";4", out);
    if (style->reverse)
        fputs(";7", out);
    if (style->fg != COLOUR_DEFAULT)
        fprintf(out, ";38;5;%d", style->fg);
    if (style->bg != COLOUR_DEFAULT)
        fprintf(out, ";48;5;%d", style->bg);
    fputc('m', out);
}

static void ansi_row(FILE *out, const struct grid *grid, const struct theme *theme, int y, bool ascii)
{
    static const struct style plain = {COLOUR_DEFAULT, COLOUR_DEFAULT, COLOUR_DEFAULT, COLOUR_DEFAULT, false, false, false, false};
    const struct style *now = &plain;
    int end = grid->w;
    while (end > 0 && is_invisible(grid_cell(grid, end - 1, y), &theme->style[grid_cell(grid, end - 1, y)->role]))
        end--;
    for (int x = 0; x < end; x++) {
        const struct cell *cell = grid_cell(grid, x, y);
        const struct style *style = &theme->style[cell->role];
        /* A blank may keep the style before it when neither of them shows on a blank. */
        if (!same_style(now, style) && !(is_invisible(cell, style) && is_invisible(cell, now))) {
            write_sgr(out, style);
            now = style;
        }
        fputs(shown(cell, ascii), out);
    }
    if (!is_plain(now))
        fputs("\033[0m", out);
    fputc('\n', out);
}

bool picture_write(FILE *out, const struct grid *grid, const struct theme *theme, enum picture_format format, bool ascii)
{
    if (format == PICTURE_SVG)
        picture_svg(out, grid, theme, ascii);
    else
        for (int y = 0; y < grid->h; y++) {
            if (format == PICTURE_TEXT)
                text_row(out, grid, y, ascii);
            else if (format == PICTURE_ANSI)
                ansi_row(out, grid, theme, y, ascii);
            else
                role_row(out, grid, y);
        }
    return fflush(out) == 0 && !ferror(out);
}
