/* theme: ordinary configuration files, one group a role. */
#include "check.h"

#include <math.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/theme.h"

static char folder[256];

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/themes/%s", folder, name);
    return path;
}

static void write_theme(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    (void)state;
    char themes[300];
    snprintf(folder, sizeof folder, "/tmp/andon-theme-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(themes, sizeof themes, "%s/themes", folder);
    return mkdir(themes, 0700);
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"plant.cfg", "bad.cfg", "dark.cfg"};
    for (size_t i = 0; i < 3; i++)
        unlink(path_of(names[i]));
    rmdir(path_of(""));
    return rmdir(folder);
}

static void dark_is_grey_until_something_is_wrong(void **state)
{
    (void)state;
    static const enum cell_role calm[] = {CELL_TEXT, CELL_DIM, CELL_TITLE, CELL_BORDER, CELL_SELECTED, CELL_KEY, CELL_OK, CELL_BAND, CELL_VALUE, CELL_STALE, CELL_UNKNOWN};
    static const enum cell_role loud[] = {CELL_WARN, CELL_ALARM_1, CELL_ALARM_2, CELL_ALARM_3, CELL_ALARM_4, CELL_UNACKED_1, CELL_UNACKED_2,
        CELL_UNACKED_3, CELL_UNACKED_4, CELL_STOP, CELL_BANNER, CELL_BAD};
    struct theme theme;
    struct error err = {""};
    if (!theme_load(&theme, "dark", NULL, &err))
        fail_msg("%s", err.text);
    assert_string_equal(theme.name, "dark");
    for (size_t i = 0; i < sizeof calm / sizeof calm[0]; i++) {
        assert_true(theme.style[calm[i]].fg >= 232);
        assert_true(theme.style[calm[i]].bg == COLOUR_DEFAULT || theme.style[calm[i]].bg >= 232);
        assert_true(theme.style[calm[i]].fg8 == 7 || theme.style[calm[i]].bg8 == 7);
    }
    for (size_t i = 0; i < sizeof loud / sizeof loud[0]; i++)
        assert_true(theme.style[loud[i]].fg < 232);
}

static void mono_has_no_colour(void **state)
{
    (void)state;
    struct theme theme;
    assert_true(theme_load(&theme, "mono", "", NULL));
    for (int role = 0; role < CELL_ROLE_COUNT; role++) {
        const struct style *style = &theme.style[role];
        assert_true(style->fg == COLOUR_DEFAULT && style->bg == COLOUR_DEFAULT && style->fg8 == COLOUR_DEFAULT && style->bg8 == COLOUR_DEFAULT);
    }
    assert_true(theme.style[CELL_STOP].reverse && theme.style[CELL_STOP].bold);
    assert_true(theme.style[CELL_STALE].dim);
}

static void a_file_in_the_configurations_folder(void **state)
{
    (void)state;
    struct theme theme;
    struct error err = {""};
    write_theme("plant.cfg", "text = { fg = 7; };\nalarm_1 = { fg = 9; bg = 0; fg8 = 1; bg8 = 0; bold = true; underline = true; };\n");
    if (!theme_load(&theme, "plant", folder, &err))
        fail_msg("%s", err.text);
    assert_string_equal(theme.name, "plant");
    assert_int_equal(theme.style[CELL_ALARM_1].fg, 9);
    assert_int_equal(theme.style[CELL_ALARM_1].bg8, 0);
    assert_true(theme.style[CELL_ALARM_1].bold && theme.style[CELL_ALARM_1].underline && !theme.style[CELL_ALARM_1].dim);
    assert_int_equal(theme.style[CELL_STOP].fg, 7); /* a role that is left out looks like text */
    struct theme by_path;
    assert_true(theme_load(&by_path, path_of("plant.cfg"), NULL, NULL));
    assert_string_equal(by_path.name, "plant");
    assert_int_equal(by_path.style[CELL_ALARM_1].fg, 9);
    write_theme("dark.cfg", "text = { fg = 1; };\n");
    assert_true(theme_load(&theme, "dark", folder, NULL));
    assert_int_equal(theme.style[CELL_TEXT].fg, 250); /* the built-in name cannot be taken over */
}

static const struct {
    const char *text, *error; /* after the file's path */
} bad_files[] = {
    {"txt = { fg = 1; };\n", ":1: txt: no such role; the nearest is \"text\""},
    {"text = { };\nalarm_9 = { };\n", ":2: alarm_9: no such role; the nearest is \"alarm_1\""},
    {"text = {\n  fgg = 1;\n};\n", ":2: text.fgg: no such key; the nearest is \"fg\""},
    {"text = { fg = 256; };\n", ":1: text.fg: must be a colour from 0 to 255"},
    {"text = { fg8 = 8; };\n", ":1: text.fg8: must be a colour from 0 to 7"},
    {"text = { fg = \"red\"; };\n", ":1: text.fg: must be a colour from 0 to 255"},
    {"text = { bold = 1; };\n", ":1: text.bold: must be true or false"},
    {"text = 7;\n", ":1: text: must be a group such as { fg = 250; bold = true; }"},
    {"text = { fg = 1\n\n", ":3: syntax error"},
    {"\n@include \"other.cfg\"\n", ":2: a theme includes no other file"},
};

static void bad_files_say_where_and_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        char expected[600];
        struct theme theme = {.name = "untouched"};
        struct error err = {""};
        write_theme("bad.cfg", bad_files[i].text);
        snprintf(expected, sizeof expected, "%s%s", path_of("bad.cfg"), bad_files[i].error);
        assert_false(theme_load(&theme, "bad", folder, &err));
        assert_string_equal(err.text, expected);
        assert_string_equal(theme.name, "untouched");
    }
}

static void names_cannot_climb(void **state)
{
    (void)state;
    static const char *const names[] = {"", "..", "a.b", "dark.cfg", "../themes/dark", "a b", "\x1B[2J", "none", "/tmp", "/nowhere/x.cfg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct theme theme;
        struct error err = {""};
        assert_false(theme_load(&theme, names[i], folder, &err));
        assert_string_not_equal(err.text, "");
    }
}

static void a_missing_theme_says_where_it_was_looked_for(void **state)
{
    (void)state;
    struct theme theme;
    struct error err = {""};
    char expected[400];
    assert_false(theme_load(&theme, "night", folder, &err));
    snprintf(expected, sizeof expected, "theme \"night\": not found; built in are \"dark\", \"light\", \"high-contrast\", \"deuteranopia\" and \"mono\", others lie in %s/themes and /", folder);
    assert_memory_equal(err.text, expected, strlen(expected));
    assert_false(theme_load(&theme, "night", "", &err));
    assert_non_null(strstr(err.text, "others lie in /"));
    assert_null(strstr(err.text, " and /"));
}

static void palette(void **state)
{
    (void)state;
    assert_int_equal(palette_rgb(16), 0x000000);
    assert_int_equal(palette_rgb(196), 0xff0000);
    assert_int_equal(palette_rgb(231), 0xffffff);
    assert_int_equal(palette_rgb(110), 0x87afd7);
    assert_int_equal(palette_rgb(232), 0x080808);
    assert_int_equal(palette_rgb(255), 0xeeeeee);
}

/* ---- can it be read, by everybody: WCAG 2.1 contrast; colours as a deuteranope sees them, Vienot, Brettel and Mollon 1999 ---- */

static double linear(uint32_t level)
{
    double v = level / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

struct light { double r, g, b; };

static struct light light_of(int colour)
{
    uint32_t rgb = colour == COLOUR_DEFAULT ? 0x16181a : palette_rgb(colour);
    return (struct light){linear(rgb >> 16), linear(rgb >> 8 & 255), linear(rgb & 255)};
}

static double luminance(struct light c)
{
    return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
}

static double contrast(const struct style *style)
{
    double ink = luminance(light_of(style->fg)), paper = luminance(light_of(style->bg));
    return ((ink > paper ? ink : paper) + 0.05) / ((ink > paper ? paper : ink) + 0.05);
}

static double root_of(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE 1976 difference of two colours in such eyes; about 2 can just be seen. */
static double difference(int one, int other)
{
    double lab[2][3];
    const int colours[2] = {one, other};
    for (int i = 0; i < 2; i++) {
        struct light c = light_of(colours[i]);
        double y = 0.29275 * c.r + 0.70725 * c.g, b = -0.02234 * c.r + 0.02234 * c.g + c.b;
        double fx = root_of(fmax(0.7700 * y + 0.1805 * b, 0) / 0.95047), fy = root_of(fmax(0.9278 * y + 0.0722 * b, 0)), fz = root_of(fmax(0.1385 * y + 0.9505 * b, 0) / 1.08883);
        lab[i][0] = 116 * fy - 16;
        lab[i][1] = 500 * (fx - fy);
        lab[i][2] = 200 * (fy - fz);
    }
    return sqrt(pow(lab[0][0] - lab[1][0], 2) + pow(lab[0][1] - lab[1][1], 2) + pow(lab[0][2] - lab[1][2], 2));
}

static void what_must_be_read_stands_out(void **state)
{
    (void)state;
    static const struct { const char *theme; double least, faint; } cases[] = {
        {"dark", 4.4, 3.3}, {"light", 4.5, 4.5}, {"deuteranopia", 4.4, 4.4}, {"high-contrast", 7, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct theme theme;
        assert_true(theme_load(&theme, cases[i].theme, NULL, NULL));
        for (int role = 0; role < CELL_ROLE_COUNT; role++) {
            double least = role == CELL_BORDER ? 1.9 : role == CELL_STALE || role == CELL_UNKNOWN ? cases[i].faint : cases[i].least;
            if (contrast(&theme.style[role]) < least)
                fail_msg("%s: %s: contrast %.2f, %.1f is wanted", theme.name, cell_role_table[role].name, contrast(&theme.style[role]), least);
        }
    }
}

static void who_does_not_tell_red_from_green_sees_what_is_wrong(void **state)
{
    (void)state;
    static const enum cell_role apart[] = {CELL_OK, CELL_ALARM_1, CELL_ALARM_2, CELL_ALARM_3, CELL_ALARM_4};
    struct theme theme;
    assert_true(theme_load(&theme, "deuteranopia", NULL, NULL));
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        for (size_t k = i + 1; k < sizeof apart / sizeof apart[0]; k++)
            if (difference(theme.style[apart[i]].fg, theme.style[apart[k]].fg) < 20)
                fail_msg("%s and %s: %.1f", cell_role_table[apart[i]].name, cell_role_table[apart[k]].name, difference(theme.style[apart[i]].fg, theme.style[apart[k]].fg));
    for (int i = CELL_SERIES_1; i <= CELL_SERIES_6; i++)
        for (int k = i + 1; k <= CELL_SERIES_6; k++)
            assert_true(difference(theme.style[i].fg, theme.style[k].fg) >= 20);
    assert_true(palette_rgb(theme.style[CELL_OK].fg) % 256 > palette_rgb(theme.style[CELL_OK].fg) >> 16); /* healthy: blue */
    assert_true(palette_rgb(theme.style[CELL_ALARM_1].fg) >> 16 > palette_rgb(theme.style[CELL_ALARM_1].fg) % 256); /* a fault: orange */
}

static void one_paper_for_all(void **state)
{
    (void)state;
    struct theme theme;
    assert_true(theme_load(&theme, "light", NULL, NULL));
    assert_int_equal(theme.style[CELL_DIM].bg, theme.style[CELL_TEXT].bg);
    assert_int_equal(theme.style[CELL_DIM].bg8, 7);
    assert_int_not_equal(theme.style[CELL_SELECTED].bg, theme.style[CELL_TEXT].bg);
    assert_true(theme_load(&theme, "dark", NULL, NULL));
    assert_int_equal(theme.style[CELL_DIM].bg, COLOUR_DEFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(dark_is_grey_until_something_is_wrong), CASE(mono_has_no_colour), CASE(a_file_in_the_configurations_folder),
        CASE(bad_files_say_where_and_what), CASE(names_cannot_climb), CASE(a_missing_theme_says_where_it_was_looked_for),
        CASE(palette), CASE(what_must_be_read_stands_out), CASE(who_does_not_tell_red_from_green_sees_what_is_wrong), CASE(one_paper_for_all),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
