/*
 * A run is a stretch of narrow cells of one role in one row, written as one <text> whose textLength pins it to its cells
 * whatever font the reader has. A wide character is a <text> of its own, centred on its two cells, as the fonts disagree
 * about its width. Each role is a class with the theme's colours; backgrounds are rectangles below the text.
 */
#include "io/picture_svg.h"

enum { FONT_SIZE = 14, ROW_HEIGHT = 17, BASELINE = 13, MARGIN = 8 };

static const double cell_width = 8.43; /* 0.602 em, as in most monospaced fonts */
static const uint32_t default_fg = 0xc6c6c6, default_bg = 0x16181a;

static uint32_t colour_of(int colour, uint32_t preset)
{
    return colour == COLOUR_DEFAULT ? preset : palette_rgb(colour);
}

/* The share of the ink that dim leaves, mixed with the background. */
static uint32_t dimmed(uint32_t ink, uint32_t paper)
{
    uint32_t mixed = 0;
    for (int shift = 0; shift <= 16; shift += 8)
        mixed |= (((ink >> shift & 255) * 6 + (paper >> shift & 255) * 4) / 10) << shift;
    return mixed;
}

static void colours(const struct style *style, uint32_t *ink, uint32_t *paper)
{
    uint32_t fg = colour_of(style->fg, default_fg), bg = colour_of(style->bg, default_bg);
    *ink = style->reverse ? bg : fg;
    *paper = style->reverse ? fg : bg;
    if (style->dim)
        *ink = dimmed(*ink, *paper);
}

static void write_styles(FILE *out, const struct theme *theme)
{
    fprintf(out, "<style>text{font-family:'DejaVu Sans Mono','Menlo','Consolas',monospace;font-size:%dpx;white-space:pre}\n", FONT_SIZE);
    for (int role = 0; role < CELL_ROLE_COUNT; role++) {
        uint32_t ink, paper;
        const struct style *style = &theme->style[role];
        colours(style, &ink, &paper);
        fprintf(out, ".%s{fill:#%06x%s%s}\n", cell_role_table[role].name, (unsigned)ink, style->bold ? ";font-weight:bold" : "",
            style->underline ? ";text-decoration:underline" : "");
    }
    fputs("</style>\n", out);
}

static void write_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else
            fputc(*text, out);
    }
}

static double left_of(int x)
{
    return MARGIN + x * cell_width;
}

static bool is_blank(const struct cell *cell)
{
    return cell->text[0] == ' ' && !cell->text[1];
}

static const char *shown(const struct cell *cell, bool ascii)
{
    return ascii ? glyph_ascii(cell->text, cell->width) : cell->text;
}

static void write_papers(FILE *out, const struct grid *grid, const struct theme *theme, int y)
{
    for (int x = 0, end; x < grid->w; x = end) {
        uint8_t role = grid_cell(grid, x, y)->role;
        for (end = x + 1; end < grid->w && grid_cell(grid, end, y)->role == role;)
            end++;
        uint32_t ink, paper;
        colours(&theme->style[role], &ink, &paper);
        if (paper != colour_of(theme->style[CELL_TEXT].bg, default_bg))
            fprintf(out, "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"#%06x\"/>\n", left_of(x), MARGIN + y * ROW_HEIGHT,
                (end - x) * cell_width, ROW_HEIGHT, (unsigned)paper);
    }
}

/* Where the run that begins at x ends: before another role, a wide cell or two blanks; never on a blank. */
static int run_end(const struct grid *grid, int x, int y)
{
    const struct cell *first = grid_cell(grid, x, y);
    int end = x + 1;
    for (int i = end; i < grid->w; i++) {
        const struct cell *cell = grid_cell(grid, i, y);
        if (cell->width != 1 || cell->role != first->role || i - end > 1)
            break;
        if (!is_blank(cell))
            end = i + 1;
    }
    return end;
}

static void write_wide(FILE *out, const struct cell *cell, int x, int y, bool ascii)
{
    fprintf(out, "<text class=\"%s\" x=\"%.2f\" y=\"%d\" text-anchor=\"middle\">", cell_role_table[cell->role].name, left_of(x + 1),
        MARGIN + y * ROW_HEIGHT + BASELINE);
    write_escaped(out, shown(cell, ascii));
    fputs("</text>\n", out);
}

static void write_run(FILE *out, const struct grid *grid, int x, int end, int y, bool ascii)
{
    fprintf(out, "<text class=\"%s\" x=\"%.2f\" y=\"%d\" textLength=\"%.2f\" lengthAdjust=\"spacingAndGlyphs\">",
        cell_role_table[grid_cell(grid, x, y)->role].name, left_of(x), MARGIN + y * ROW_HEIGHT + BASELINE, (end - x) * cell_width);
    for (; x < end; x++)
        write_escaped(out, shown(grid_cell(grid, x, y), ascii));
    fputs("</text>\n", out);
}

static void write_row(FILE *out, const struct grid *grid, int y, bool ascii)
{
    for (int x = 0; x < grid->w;) {
        const struct cell *cell = grid_cell(grid, x, y);
        if (cell->width == 2) {
            write_wide(out, cell, x, y, ascii);
            x += 2;
        } else if (is_blank(cell)) {
            x++;
        } else {
            int end = run_end(grid, x, y);
            write_run(out, grid, x, end, y, ascii);
            x = end;
        }
    }
}

void picture_svg(FILE *out, const struct grid *grid, const struct theme *theme, bool ascii)
{
    double w = 2 * MARGIN + grid->w * cell_width;
    int h = 2 * MARGIN + grid->h * ROW_HEIGHT;
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" viewBox=\"0 0 %.2f %d\">\n", w, h, w, h);
    uint32_t paper = colour_of(theme->style[CELL_TEXT].bg, default_bg);
    write_styles(out, theme);
    fprintf(out, "<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"#%06x\"/>\n", (unsigned)paper);
    for (int y = 0; y < grid->h; y++)
        write_papers(out, grid, theme, y);
    for (int y = 0; y < grid->h; y++)
        write_row(out, grid, y, ascii);
    fputs("</svg>\n", out);
}
