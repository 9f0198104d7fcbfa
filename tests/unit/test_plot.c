/* Curves in three tiers: what a sample, several samples, a held value and a gap look like. */
#include "check.h"

#include "draw/plot.h"

/* A point a letter: s a stroke, h held, space nothing, each at the height of the digit after it (0 the bottom row .. 9 the top); r a run from
 * the first digit to the second. */
static void draw(const char *points, enum glyph_tier tier, int w, int h, struct grid **grid)
{
    struct plot_point all[64] = {{.ink = PLOT_NONE}};
    int count = plot_columns(tier, w);
    struct plot plot;
    for (int i = 0; i < count && *points; i++) {
        char kind = *points++;
        if (kind == ' ')
            continue;
        double low = ((double)(*points++ - '0') + 0.5) / 10, high = kind == 'r' ? ((double)(*points++ - '0') + 0.5) / 10 : low;
        all[i] = (struct plot_point){kind == 'h' ? PLOT_HELD : kind == 'r' ? PLOT_RUN : PLOT_SAMPLE, low, high, high};
    }
    *grid = grid_create(w, h);
    (*grid)->tier = tier;
    plot_begin(&plot, surface_of(*grid));
    plot_series(&plot, all, CELL_SERIES_1, PLOT_SOLID);
    plot_end(&plot);
}

static void expect(const char *points, enum glyph_tier tier, const char *const *rows, int w, int h)
{
    struct grid *grid;
    draw(points, tier, w, h, &grid);
    for (int y = 0; y < h; y++) {
        char row[256] = "";
        for (int x = 0, used = 0; x < w; x++)
            used += snprintf(row + used, sizeof row - (size_t)used, "%s", grid_cell(grid, x, y)->text);
        assert_string_equal(row, rows[y]);
    }
    grid_destroy(grid);
}

static void half_blocks(void **state)
{
    (void)state;
    /* Five rows, ten steps: a step a digit. */
    static const char *const rows[] = {
        "    █     ",
        "    █│ ▀  ",
        "    █│ │─ ",
        "▄▀  ▀│ │  ",
        "     ▄─   ",
    };
    expect("s2s3  r39s0h0s7h5 ", TIER_WGL4, rows, 10, 5);
}

static void a_gap_is_never_bridged(void **state)
{
    (void)state;
    static const char *const rows[] = {"  ▀", "   ", "   ", "   ", "▄  "};
    expect("s0 s9", TIER_WGL4, rows, 3, 5);
}

static void ascii(void **state)
{
    (void)state;
    static const char *const rows[] = {"   =", "  # ", "  # ", "=-# ", "  # "};
    expect("s2h2r07s9", TIER_ASCII, rows, 4, 5);
}

static void braille(void **state)
{
    (void)state;
    /* Two columns a cell, four steps a row: a run of both columns fills the cell; a held value is a dot in its left one, joined to what was before. */
    static const char *const rows[] = {"⣿⠆⠁"};
    expect("r09r09h3 s9", TIER_FULL, rows, 3, 1);
}

static void what_is_beyond_stands_at_the_edge(void **state)
{
    (void)state;
    struct grid *grid = grid_create(2, 2);
    struct plot plot;
    const struct plot_point points[] = {{PLOT_SAMPLE, -3, -3, -3}, {PLOT_SAMPLE, NAN, 7, 7}};
    plot_begin(&plot, surface_of(grid));
    plot_series(&plot, points, CELL_SERIES_1, PLOT_SOLID);
    plot_end(&plot);
    assert_string_equal(grid_cell(grid, 0, 1)->text, "▄");
    assert_string_equal(grid_cell(grid, 1, 0)->text, "█");
    grid_destroy(grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(half_blocks), CASE(a_gap_is_never_bridged), CASE(ascii), CASE(braille), CASE(what_is_beyond_stands_at_the_edge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
