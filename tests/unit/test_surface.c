/* rect and surface: a clipped window on a grid of cells. */
#include "check.h"

#include "draw/surface.h"

/* The text of row y, '<' standing for the right half of a wide grapheme. */
static const char *row(const struct grid *grid, int y)
{
    static char text[512];
    text[0] = 0;
    for (int x = 0; x < grid->w; x++) {
        const struct cell *cell = grid_cell(grid, x, y);
        strncat(text, cell->width ? cell->text : "<", sizeof text - strlen(text) - 1);
    }
    return text;
}

static const char *roles(const struct grid *grid, int y)
{
    static char text[128];
    for (int x = 0; x < grid->w; x++)
        text[x] = cell_role_table[grid_cell(grid, x, y)->role].letter;
    text[grid->w] = 0;
    return text;
}

/* What every function must keep: halves stay together, bytes after a text are zeros. */
static void check_grid(const struct grid *grid)
{
    for (int y = 0; y < grid->h; y++)
        for (int x = 0; x < grid->w; x++) {
            const struct cell *cell = grid_cell(grid, x, y);
            size_t length = strlen(cell->text);
            for (size_t i = length; i < CELL_BYTES; i++)
                assert_int_equal(cell->text[i], 0);
            assert_int_equal(length == 0, cell->width == 0);
            if (cell->width == 2) {
                assert_true(x + 1 < grid->w);
                assert_int_equal(cell[1].width, 0);
                assert_int_equal(cell[1].role, cell->role);
            }
            if (cell->width == 0)
                assert_true(x > 0 && cell[-1].width == 2);
        }
}

#define assert_row(grid, y, expected)                                                                                   \
    do {                                                                                                                \
        check_grid(grid);                                                                                               \
        assert_string_equal(row(grid, y), expected);                                                                    \
    } while (0)

static void rect_cuts(void **state)
{
    (void)state;
    struct rect r = rect_of(2, 3, 10, 5);
    struct rect top = rect_cut_top(&r, 2), left = rect_cut_left(&r, 3), bottom = rect_cut_bottom(&r, 99), right = rect_cut_right(&r, -1);
    assert_memory_equal(&top, (&(struct rect){2, 3, 10, 2}), sizeof top);
    assert_memory_equal(&left, (&(struct rect){2, 5, 3, 3}), sizeof left);
    assert_memory_equal(&bottom, (&(struct rect){5, 5, 7, 3}), sizeof bottom);
    assert_int_equal(right.w, 0);
    assert_true(rect_empty(r));
    assert_true(rect_empty(rect_intersect(rect_of(0, 0, 3, 3), rect_of(3, 0, 3, 3))));
    struct rect both = rect_intersect(rect_of(0, 0, 5, 5), rect_of(3, -2, 9, 4));
    assert_memory_equal(&both, (&(struct rect){3, 0, 2, 2}), sizeof both);
}

static void text_and_roles(void **state)
{
    (void)state;
    struct grid *grid = grid_create(10, 2);
    struct surface s = surface_of(grid);
    assert_int_equal(surface_text(s, 1, 0, CELL_TITLE, "冷水 A"), 7);
    assert_row(grid, 0, " 冷<水< A   ");
    assert_string_equal(roles(grid, 0), ".TTTTTT...");
    assert_row(grid, 1, "          ");
    assert_int_equal(surface_format(s, 0, 1, CELL_VALUE, "%d of %d", 4, 12), 7);
    assert_row(grid, 1, "4 of 12   ");
    grid_destroy(grid);
}

static void drawing_outside_is_cut(void **state)
{
    (void)state;
    struct grid *grid = grid_create(6, 2);
    struct surface s = surface_of(grid);
    assert_int_equal(surface_text(s, -3, 0, CELL_TEXT, "overview long"), 10);
    assert_row(grid, 0, "rview ");
    assert_int_equal(surface_text(s, 0, 7, CELL_TEXT, "abc"), 3);
    assert_int_equal(surface_text(s, 0, -1, CELL_TEXT, "abc"), 3);
    assert_int_equal(surface_text(s, 900, 0, CELL_TEXT, "abc"), 903);
    surface_fill(s, rect_of(-5, -5, 99, 6), CELL_DIM, ".");
    assert_row(grid, 0, "......");
    assert_row(grid, 1, "      ");
    grid_destroy(grid);
}

static void sub_surfaces_clip_and_translate(void **state)
{
    (void)state;
    struct grid *grid = grid_create(8, 3);
    surface_fill(surface_of(grid), rect_of(0, 0, 8, 3), CELL_DIM, ".");
    struct surface sub = surface_sub(surface_of(grid), rect_of(2, 1, 4, 1));
    assert_int_equal(sub.w, 4);
    surface_text(sub, -1, 0, CELL_TEXT, "abcdefgh");
    surface_text(sub, 0, 1, CELL_TEXT, "below");
    assert_row(grid, 1, "..bcde..");
    assert_row(grid, 2, "........");
    struct surface inner = surface_sub(sub, rect_of(3, 0, 9, 9));
    surface_fill(inner, surface_rect(inner), CELL_STOP, "#");
    assert_row(grid, 1, "..bcd#..");
    struct surface none = surface_sub(sub, rect_of(5, 5, 2, 2));
    surface_fill(none, surface_rect(none), CELL_STOP, "!");
    surface_paint(none, surface_rect(none), CELL_STOP);
    assert_string_equal(roles(grid, 1), "dd...Hdd");
    grid_destroy(grid);
}

static void half_of_a_wide_grapheme_leaves_a_blank(void **state)
{
    (void)state;
    struct grid *grid = grid_create(6, 1);
    struct surface s = surface_of(grid);
    surface_text(s, 0, 0, CELL_TEXT, "中文字");
    surface_text(s, 1, 0, CELL_TEXT, "x"); /* over a right half */
    assert_row(grid, 0, " x文<字<");
    surface_text(s, 2, 0, CELL_TEXT, "y"); /* over a left half */
    assert_row(grid, 0, " xy 字<");
    surface_text(s, 3, 0, CELL_TEXT, "水"); /* over a right neighbour's left half */
    assert_row(grid, 0, " xy水< ");
    surface_text(s, 2, 0, CELL_TEXT, "水");
    assert_row(grid, 0, " x水<  ");
    grid_destroy(grid);
}

static void the_clip_cuts_a_wide_grapheme_to_a_blank(void **state)
{
    (void)state;
    struct grid *grid = grid_create(6, 1);
    struct surface s = surface_of(grid);
    surface_fill(s, surface_rect(s), CELL_DIM, ".");
    surface_text(surface_sub(s, rect_of(1, 0, 3, 1)), 0, 0, CELL_TEXT, "中文");
    assert_row(grid, 0, ".中< ..");
    surface_fill(s, surface_rect(s), CELL_DIM, ".");
    surface_text(surface_sub(s, rect_of(1, 0, 3, 1)), -1, 0, CELL_TEXT, "中文");
    assert_row(grid, 0, ". 文<..");
    surface_text(s, 5, 0, CELL_TEXT, "中");
    assert_row(grid, 0, ". 文<. ");
    surface_fill(s, surface_rect(s), CELL_TEXT, "水");
    assert_row(grid, 0, "水<水<水<");
    surface_fill(s, rect_of(1, 0, 4, 1), CELL_TEXT, "文");
    assert_row(grid, 0, " 文<文< ");
    grid_destroy(grid);
}

static void graphemes_are_bounded(void **state)
{
    (void)state;
    struct grid *grid = grid_create(4, 1);
    char zalgo[64] = "e";
    for (size_t i = 0; i < 20; i++)
        memcpy(zalgo + 1 + 2 * i, "\xCC\x81", 3);
    assert_int_equal(surface_text(surface_of(grid), 0, 0, CELL_TEXT, zalgo), 1);
    assert_row(grid, 0, "e   ");
    surface_text(surface_of(grid), 0, 0, CELL_TEXT, "e\xCC\x81\x1B\xFF");
    assert_row(grid, 0, "e\xCC\x81?? ");
    grid_destroy(grid);
}

static void fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int w;
        const char *row;
        int end;
    } cases[] = {
        {"Caster", 6, "Caster  ", 6}, {"Caster", 5, "Cast…   ", 5}, {"Caster", 1, "…       ", 1}, {"Caster", 0, "        ", 0},
        {"冷水站", 5, "冷<水<…   ", 5}, {"冷水站", 4, "冷<…     ", 3}, {"冷水站", 6, "冷<水<站<  ", 6}, {"", 3, "        ", 0},
    };
    struct grid *grid = grid_create(8, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        grid_clear(grid);
        assert_int_equal(surface_text_fit(surface_of(grid), 0, 0, cases[i].w, CELL_TEXT, cases[i].text), cases[i].end);
        assert_row(grid, 0, cases[i].row);
    }
    grid_destroy(grid);
}

static void right_aligned(void **state)
{
    (void)state;
    struct grid *grid = grid_create(8, 1);
    struct surface s = surface_of(grid);
    assert_int_equal(surface_text_right(s, 1, 0, 6, CELL_TEXT, "run"), 4);
    assert_row(grid, 0, "    run ");
    grid_clear(grid);
    assert_int_equal(surface_text_right(s, 1, 0, 6, CELL_TEXT, "reduced"), 1);
    assert_row(grid, 0, " reduc… ");
    grid_clear(grid);
    assert_int_equal(surface_number_right(s, 1, 0, 5, CELL_VALUE, "96.4"), 2);
    assert_row(grid, 0, "  96.4  ");
    grid_clear(grid);
    assert_int_equal(surface_number_right(s, 1, 0, 3, CELL_VALUE, "96.4"), 1);
    assert_row(grid, 0, " ###    ");
    grid_destroy(grid);
}

static void glyphs_follow_the_tier(void **state)
{
    (void)state;
    struct grid *grid = grid_create(4, 1);
    assert_int_equal(surface_glyph(surface_of(grid), 0, 0, CELL_ALARM_1, GLYPH_ALARM_1), 1);
    surface_hline(surface_of(grid), 1, 0, 2);
    assert_row(grid, 0, "■── ");
    assert_string_equal(roles(grid, 0), "1bb.");
    grid->tier = TIER_ASCII;
    surface_glyph(surface_of(grid), 0, 0, CELL_ALARM_1, GLYPH_ALARM_1);
    surface_text_fit(surface_of(grid), 1, 0, 3, CELL_TEXT, "blocked");
    assert_row(grid, 0, "#bl~");
    grid_destroy(grid);
}

static void paint_changes_roles_only(void **state)
{
    (void)state;
    struct grid *grid = grid_create(6, 1);
    struct surface s = surface_of(grid);
    surface_text(s, 0, 0, CELL_TEXT, "a中文b");
    surface_paint(s, rect_of(2, 0, 2, 1), CELL_SELECTED); /* a half is not painted alone */
    assert_row(grid, 0, "a中<文<b");
    assert_string_equal(roles(grid, 0), ".SSSS.");
    grid_destroy(grid);
}

static void sizes(void **state)
{
    (void)state;
    struct grid *grid = grid_create(0, 0);
    surface_text(surface_of(grid), 0, 0, CELL_TEXT, "nothing");
    surface_fill(surface_of(grid), rect_of(0, 0, 5, 5), CELL_TEXT, "x");
    grid_resize(grid, 3, 2);
    surface_text(surface_of(grid), 0, 1, CELL_STOP, "abc");
    grid_resize(grid, 4, 2);
    assert_row(grid, 1, "    ");
    assert_string_equal(roles(grid, 1), "....");
    grid_resize(grid, -4, 2);
    assert_int_equal(grid->w, 0);
    grid_destroy(grid);
    grid_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(rect_cuts), CASE(text_and_roles), CASE(drawing_outside_is_cut), CASE(sub_surfaces_clip_and_translate),
        CASE(half_of_a_wide_grapheme_leaves_a_blank), CASE(the_clip_cuts_a_wide_grapheme_to_a_blank), CASE(graphemes_are_bounded),
        CASE(fit), CASE(right_aligned), CASE(glyphs_follow_the_tier), CASE(paint_changes_roles_only), CASE(sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
