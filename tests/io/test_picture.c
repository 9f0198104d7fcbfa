/* picture: a grid as text, ANSI, SVG and roles. */
#include "check.h"

#include <stdbool.h>

#include "io/picture.h"

static struct theme theme;

static struct grid *sample(void)
{
    struct grid *grid = grid_create(14, 3);
    struct surface s = surface_of(grid);
    surface_text(s, 0, 0, CELL_ALARM_1, "■1");
    surface_text(s, 3, 0, CELL_TEXT, "冷水 <&>");
    surface_text(s, 0, 1, CELL_DIM, "31.4 °C");
    surface_fill(s, rect_of(0, 2, 4, 1), CELL_SELECTED, " ");
    return grid;
}

static char *picture(const struct grid *grid, enum picture_format format, bool ascii)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    assert_true(picture_write(memory, grid, &theme, format, ascii));
    fclose(memory);
    return text;
}

static void check_picture(enum picture_format format, bool ascii, const char *expected)
{
    struct grid *grid = sample();
    char *text = picture(grid, format, ascii);
    assert_string_equal(text, expected);
    free(text);
    grid_destroy(grid);
}

static void text(void **state)
{
    (void)state;
    check_picture(PICTURE_TEXT, false, "■1 冷水 <&>\n31.4 °C\n\n");
    check_picture(PICTURE_TEXT, true, "#1 ???? <&>\n31.4 oC\n\n");
}

static void roles(void **state)
{
    (void)state;
    check_picture(PICTURE_ROLES, false, "11............\nddddddd.......\nSSSS..........\n");
}

static void ansi(void **state)
{
    (void)state;
    check_picture(PICTURE_ANSI, false,
        "\033[0;1;38;5;196m■1 \033[0;38;5;250m冷水 <&>\033[0m\n"
        "\033[0;38;5;244m31.4 °C\033[0m\n"
        "\033[0;38;5;255;48;5;238m    \033[0m\n");
}

static void svg(void **state)
{
    (void)state;
    struct grid *grid = sample();
    char *text = picture(grid, PICTURE_SVG, false);
    static const char *const parts[] = {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"134\" height=\"67\"",
        ".alarm_1{fill:#ff0000;font-weight:bold}\n",
        "<rect x=\"8.00\" y=\"42\" width=\"33.72\" height=\"17\" fill=\"#444444\"/>\n",
        "<text class=\"alarm_1\" x=\"8.00\" y=\"21\" textLength=\"16.86\" lengthAdjust=\"spacingAndGlyphs\">■1</text>\n",
        "<text class=\"text\" x=\"41.72\" y=\"21\" text-anchor=\"middle\">冷</text>\n",
        ">&lt;&amp;&gt;</text>\n",
        "</svg>\n",
    };
    const char *from = text;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *found = strstr(from, parts[i]);
        if (!found)
            fail_msg("missing, or out of order: %s\nin %s", parts[i], text);
        from = found;
    }
    free(text);
    grid_destroy(grid);
}

static void formats(void **state)
{
    (void)state;
    enum picture_format format = PICTURE_TEXT;
    assert_true(picture_format_read("svg", &format));
    assert_int_equal(format, PICTURE_SVG);
    assert_false(picture_format_read("png", &format));
    assert_int_equal(format, PICTURE_SVG);
}

static void a_stream_that_refuses_is_told(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    struct grid *grid = sample();
    assert_false(picture_write(full, grid, &theme, PICTURE_TEXT, false));
    fclose(full);
    grid_destroy(grid);
}

static int load_theme(void **state)
{
    (void)state;
    return theme_load(&theme, "dark", NULL, NULL) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(text), CASE(roles), CASE(ansi), CASE(svg), CASE(formats), CASE(a_stream_that_refuses_is_told)};
    return cmocka_run_group_tests(tests, load_theme, NULL);
}
