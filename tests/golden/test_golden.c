/* golden: the helper itself must see every difference. */
#include "golden.h"

#include "check.h"

static char *written(const struct grid *grid)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    golden_write(memory, grid);
    fclose(memory);
    return text;
}

static size_t differences(const struct grid *a, const struct grid *b, char *report, size_t cap)
{
    FILE *memory = fmemopen(report, cap, "w");
    char *expected = written(a), *actual = written(b);
    size_t count = golden_compare(memory, expected, actual);
    fclose(memory);
    free(expected);
    free(actual);
    return count;
}

static struct grid *sample(void)
{
    struct grid *grid = grid_create(12, 2);
    surface_text(surface_of(grid), 0, 0, CELL_ALARM_1, "■1 冷水站");
    surface_text(surface_of(grid), 3, 1, CELL_STOP, "STOP");
    return grid;
}

static void a_screen_is_written_as_two_planes(void **state)
{
    (void)state;
    struct grid *grid = sample();
    char *text = written(grid);
    assert_string_equal(text, "text 12x2\n|■1 冷水站   |\n|   STOP     |\nroles\n|111111111...|\n|...HHHH.....|\n");
    free(text);
    golden_check("golden-sample", grid);
    grid_destroy(grid);
}

static void differences_are_shown_row_by_row(void **state)
{
    (void)state;
    struct grid *a = sample(), *b = sample();
    char report[512] = "";
    assert_int_equal(differences(a, b, report, sizeof report), 0);
    surface_text(surface_of(b), 3, 1, CELL_STOP, "SLOW");
    assert_int_equal(differences(a, b, report, sizeof report), 1);
    assert_string_equal(report, "text row 1\n  expected |   STOP     |\n  actual   |   SLOW     |\n");
    surface_paint(surface_of(b), rect_of(0, 0, 2, 1), CELL_WARN);
    assert_int_equal(differences(a, b, report, sizeof report), 2);
    assert_non_null(strstr(report, "roles row 0\n  expected |111111111...|\n  actual   |ww1111111...|\n"));
    grid_destroy(a);
    grid_destroy(b);
}

static void blanks_and_sizes_count(void **state)
{
    (void)state;
    struct grid *a = sample(), *b = sample();
    char report[4096] = "";
    surface_paint(surface_of(b), rect_of(11, 1, 1, 1), CELL_SELECTED);
    assert_int_equal(differences(a, b, report, sizeof report), 1);
    grid_resize(b, 12, 30);
    assert_true(differences(a, b, report, sizeof report) > 10);
    assert_non_null(strstr(report, "text row -1\n  expected text 12x2\n  actual   text 12x30\n"));
    assert_non_null(strstr(report, "more rows"));
    grid_destroy(a);
    grid_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_screen_is_written_as_two_planes), CASE(differences_are_shown_row_by_row), CASE(blanks_and_sizes_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
