/* table: columns, filter, sort, selection and scrolling. */
#include "check.h"

#include <stdbool.h>

#include "draw/table.h"
#include "draw/text.h"

enum { ROWS = 8 };

struct item {
    const char *name;
    int value;
    bool heading;
    uint64_t id;
};

struct list {
    struct item items[ROWS];
};

static void draw_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct list *list = context;
    (void)selected;
    assert_int_equal(s.h, 1);
    if (column == 0)
        surface_text_fit(s, 0, 0, s.w, list->items[row].heading ? CELL_DIM : CELL_TEXT, list->items[row].name);
    else if (!list->items[row].heading) {
        char text[16];
        snprintf(text, sizeof text, "%d", list->items[row].value);
        surface_number_right(s, 0, 0, s.w, list->items[row].value > 90 ? CELL_WARN : CELL_VALUE, text);
    }
}

static uint64_t item_id(const void *context, size_t row)
{
    return ((const struct list *)context)->items[row].id;
}

static int compare(const void *context, size_t a, size_t b, size_t column)
{
    const struct item *items = ((const struct list *)context)->items;
    if (column == 0)
        return strcmp(items[a].name, items[b].name);
    return (items[a].value > items[b].value) - (items[a].value < items[b].value);
}

static size_t match_calls;

static bool match(const void *context, size_t row, const char *filter)
{
    match_calls++;
    return strstr(((const struct list *)context)->items[row].name, filter) != NULL;
}

static bool heading(const void *context, size_t row)
{
    return ((const struct list *)context)->items[row].heading;
}

static struct list list;
static const struct table_column columns[] = {
    {.title = "LINE", .width = 10, .least = 4, .flex = 1},
    {.title = "SPD", .width = 5, .drop = 1, .align = ALIGN_RIGHT},
};
static struct table_spec spec;
static struct table table;

static int fresh(void **state)
{
    (void)state;
    list = (struct list){.items = {
                             {"Stamping", 0, true, 100}, {"side 1", 99, false, 1}, {"side 2", 87, false, 2},
                             {"Foaming", 0, true, 101},  {"box", 40, false, 3},    {"door", 88, false, 4},
                             {"Assembly", 0, true, 102}, {"line A", 87, false, 5},
                         }};
    spec = (struct table_spec){.columns = columns, .column_count = 2, .rows = ROWS, .context = &list, .cell = draw_cell, .row_id = item_id,
        .compare = compare, .match = match, .heading = heading, .filter = "", .show_titles = true, .empty = "no lines"};
    table = (struct table){0};
    match_calls = 0;
    return 0;
}

static int finish(void **state)
{
    (void)state;
    table_finish(&table);
    return 0;
}

static size_t selected(void)
{
    size_t row = 999;
    table_selected(&table, &spec, &row);
    return row;
}

static void press(uint32_t character)
{
    assert_true(table_key(&table, &spec, key_char(character)));
}

static void press_code(enum key_code code)
{
    assert_true(table_key(&table, &spec, key_code(code)));
}

/* Draws and compares the rows, from the titles on; blanks at a row's end do not count. */
static void check_screen(int w, int h, const char *const *rows)
{
    struct grid *grid = grid_create(w, h);
    table_draw(&table, &spec, surface_of(grid));
    for (int y = 0; y < h; y++) {
        char text[512] = "";
        size_t length = 0;
        for (int x = 0; x < w; x++)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s", grid_cell(grid, x, y)->text);
        while (length && text[length - 1] == ' ')
            text[--length] = 0;
        if (strcmp(text, rows[y]) != 0)
            fail_msg("row %d is \"%s\", expected \"%s\"", y, text, rows[y]);
    }
    grid_destroy(grid);
}

#define SCREEN(w, h, ...) check_screen(w, h, (const char *const[]){__VA_ARGS__})

static void rows_are_drawn_under_titles(void **state)
{
    (void)state;
    SCREEN(16, 9, "LINE         SPD", "Stamping", "side 1        99", "side 2        87", "Foaming", "box           40", "door          88", "Assembly",
        "line A        87");
}

static void hidden_rows_are_counted(void **state)
{
    (void)state;
    SCREEN(16, 4, "LINE          ↓5", "Stamping", "side 1        99", "side 2        87");
    press('G');
    SCREEN(16, 4, "LINE          ↑5", "door          88", "Assembly", "line A        87");
    press('k');
    press('k');
    SCREEN(16, 4, "LINE       ↑3 ↓2", "Foaming", "box           40", "door          88");
}

static void selection_skips_headings(void **state)
{
    (void)state;
    assert_int_equal(selected(), 1);
    press_code(KEYC_UP);
    assert_int_equal(selected(), 1);
    press_code(KEYC_DOWN);
    press_code(KEYC_DOWN);
    assert_int_equal(selected(), 4);
    press('k');
    assert_int_equal(selected(), 2);
    press('G');
    assert_int_equal(selected(), 7);
    press('g');
    assert_int_equal(selected(), 1);
    table_select(&table, &spec, 3);
    assert_int_equal(selected(), 1);
    table_select(&table, &spec, 5);
    assert_int_equal(selected(), 5);
}

static void pages(void **state)
{
    (void)state;
    SCREEN(16, 4, "LINE          ↓5", "Stamping", "side 1        99", "side 2        87");
    press_code(KEYC_PAGE_DOWN);
    assert_int_equal(selected(), 4); /* two rows down is the heading: the row after it */
    press_code(KEYC_PAGE_UP);
    assert_int_equal(selected(), 2);
    press_code(KEYC_END);
    assert_int_equal(selected(), 7);
    press_code(KEYC_HOME);
    SCREEN(16, 4, "LINE          ↓5", "Stamping", "side 1        99", "side 2        87");
}

static void the_selection_follows_its_row(void **state)
{
    (void)state;
    table_select(&table, &spec, 5);
    struct item moved = list.items[5];
    list.items[5] = list.items[1];
    list.items[1] = moved;
    assert_int_equal(selected(), 1);
    list.items[1].id = 77; /* the row has gone: its place remains */
    assert_int_equal(selected(), 1);
    assert_true(table.selected_id == 77);
}

static void a_filter_keeps_headings_of_matching_rows(void **state)
{
    (void)state;
    spec.filter = "o";
    SCREEN(16, 5, "LINE         SPD", "Foaming", "box           40", "door          88", "");
    assert_int_equal(selected(), 4);
    spec.filter = "!side";
    SCREEN(16, 6, "LINE         SPD", "Foaming", "box           40", "door          88", "Assembly", "line A        87");
    spec.filter = "nowhere";
    SCREEN(30, 3, "LINE                       SPD", "nothing matches the filter", "");
    assert_int_equal(selected(), 999);
    spec.filter = "";
    assert_int_not_equal(selected(), 999);
}

static void sorting_is_flat_stable_and_turns(void **state)
{
    (void)state;
    table_select(&table, &spec, 7);
    press('>');
    press('>');
    SCREEN(16, 6, "LINE        SPD↑", "box           40", "side 2        87", "line A        87", "door          88", "side 1        99");
    assert_int_equal(selected(), 7); /* still line A */
    press('I');
    SCREEN(16, 6, "LINE        SPD↓", "side 1        99", "door          88", "side 2        87", "line A        87", "box           40");
    list.items[4].value = 95; /* values change, rows stay */
    SCREEN(16, 6, "LINE        SPD↓", "side 1        99", "door          88", "side 2        87", "line A        87", "box           95");
    spec.generation++;
    SCREEN(16, 6, "LINE        SPD↓", "side 1        99", "box           95", "door          88", "side 2        87", "line A        87");
    press('>');
    SCREEN(16, 3, "LINE          ↑6", "Assembly", "line A        87");
}

static void a_held_row_stays_where_it_is_on_the_screen(void **state)
{
    (void)state;
    spec.hold = true;
    list.items[2].value = 100;
    press('>');
    press('>');
    table_select(&table, &spec, 5);
    SCREEN(16, 6, "LINE        SPD↑", "box           40", "line A        87", "door          88", "side 1        99", "side 2       100");
    list.items[2].value = 1; /* side 2 comes above it */
    spec.generation++;
    SCREEN(16, 6, "LINE        S ↑1", "box           40", "line A        87", "door          88", "side 1        99", "");
    assert_int_equal(selected(), 5);
    spec.hold = false;
    SCREEN(16, 6, "LINE        SPD↑", "side 2         1", "box           40", "line A        87", "door          88", "side 1        99");
    assert_int_equal(selected(), 5);
}

/* Another height is another screen: nothing is held on it. */
static void a_held_row_does_not_leave_blanks_when_the_screen_grows(void **state)
{
    (void)state;
    spec.hold = true;
    press('>');
    press('g');
    SCREEN(16, 3, "LINE↑         ↓3", "box           40", "door          88");
    press('G');
    SCREEN(16, 3, "LINE↑         ↑3", "side 1        99", "side 2        87");
    SCREEN(16, 6, "LINE↑        SPD", "box           40", "door          88", "line A        87", "side 1        99", "side 2        87");
}

static void keys_of_others_are_handed_back(void **state)
{
    (void)state;
    assert_false(table_key(&table, &spec, key_char('q')));
    assert_false(table_key(&table, &spec, key_code(KEYC_ENTER)));
    spec.compare = NULL;
    assert_false(table_key(&table, &spec, key_char('>')));
}

static void the_selected_row_is_painted_but_warnings_stay(void **state)
{
    (void)state;
    struct grid *grid = grid_create(16, 9);
    table_draw(&table, &spec, surface_of(grid));
    assert_int_equal(grid_cell(grid, 0, 0)->role, CELL_DIM);
    assert_int_equal(grid_cell(grid, 0, 2)->role, CELL_SELECTED);
    assert_int_equal(grid_cell(grid, 9, 2)->role, CELL_SELECTED);
    assert_int_equal(grid_cell(grid, 15, 2)->role, CELL_WARN);
    assert_int_equal(grid_cell(grid, 0, 3)->role, CELL_TEXT);
    grid_destroy(grid);
}

static void widths_of_columns(void **state)
{
    (void)state;
    static const struct table_column four[] = {
        {.title = "NAME", .width = 10, .least = 4}, {.title = "A", .width = 4, .drop = 2}, {.title = "B", .width = 6, .drop = 1}, {.title = "WHY", .width = 5, .flex = 1, .drop = 3, .least = 3},
    };
    static const struct {
        int w, widths[4];
    } cases[] = {
        {40, {10, 4, 6, 17}}, {28, {10, 4, 6, 5}}, {22, {6, 4, 6, 3}}, {20, {4, 4, 6, 3}},  {19, {7, 4, 6, 0}},
        {15, {8, 0, 6, 0}},   {10, {10, 0, 0, 0}}, {4, {4, 0, 0, 0}},  {2, {2, 0, 0, 0}},   {0, {0, 0, 0, 0}},
    };
    spec.columns = four;
    spec.column_count = 4;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int widths[TABLE_COLUMNS] = {0};
        table_widths(&spec, cases[i].w, widths);
        for (int c = 0; c < 4; c++)
            if (widths[c] != cases[i].widths[c])
                fail_msg("at %d cells column %d has %d, expected %d", cases[i].w, c, widths[c], cases[i].widths[c]);
    }
}

static void every_tiny_size_and_no_rows(void **state)
{
    (void)state;
    for (int w = 0; w < 12; w++)
        for (int h = 0; h < 5; h++) {
            struct grid *grid = grid_create(w, h);
            table_draw(&table, &spec, surface_of(grid));
            table_key(&table, &spec, key_code(KEYC_PAGE_DOWN));
            grid_destroy(grid);
        }
    spec.rows = 0;
    SCREEN(16, 3, "LINE         SPD", "no lines", "");
    assert_int_equal(selected(), 999);
    press('j');
    press('G');
    press('k');
}

static void a_table_of_headings_scrolls(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        list.items[i].heading = true;
    SCREEN(16, 3, "LINE          ↓6", "Stamping", "side 1");
    press('j');
    SCREEN(16, 3, "LINE       ↑1 ↓5", "side 1", "side 2");
    press('G');
    SCREEN(16, 3, "LINE          ↑6", "Assembly", "line A");
    assert_int_equal(selected(), 999);
}

static size_t cells_drawn;

static void count_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    (void)context, (void)row, (void)column, (void)s, (void)selected;
    cells_drawn++;
}

static void many_rows_cost_what_is_visible(void **state)
{
    (void)state;
    static const size_t rows = 100000;
    spec = (struct table_spec){.columns = columns, .column_count = 2, .rows = rows, .cell = count_cell, .filter = ""};
    struct grid *grid = grid_create(20, 10);
    table_draw(&table, &spec, surface_of(grid));
    press('G');
    assert_int_equal(selected(), rows - 1);
    cells_drawn = 0;
    table_draw(&table, &spec, surface_of(grid));
    assert_int_equal(cells_drawn, 2 * 10);
    assert_int_equal(table.order_capacity, 0);
    grid_destroy(grid);
}

static void a_filter_is_evaluated_once(void **state)
{
    (void)state;
    struct grid *grid = grid_create(20, 10);
    spec.filter = "o";
    table_draw(&table, &spec, surface_of(grid));
    size_t calls = match_calls;
    assert_true(calls > 0);
    table_draw(&table, &spec, surface_of(grid));
    press('j');
    assert_int_equal(match_calls, calls);
    grid_destroy(grid);
}

static size_t heading_spans(const void *context, size_t row, size_t column)
{
    return column == 0 && heading(context, row) ? 99 : 1;
}

static void a_cell_may_take_several_columns(void **state)
{
    (void)state;
    spec.span = heading_spans;
    list.items[0] = (struct item){"a heading over all columns", 0, true, 1};
    struct grid *grid = grid_create(24, 3);
    table_draw(&table, &spec, surface_of(grid));
    char text[64] = "";
    for (int x = 0; x < 24; x++)
        strncat(text, grid_cell(grid, x, 1)->text, sizeof text - strlen(text) - 1);
    assert_string_equal(text, "a heading over all colu\xE2\x80\xA6");
    grid_destroy(grid);
}

#define TABLE_CASE(function) cmocka_unit_test_setup_teardown(function, fresh, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_CASE(rows_are_drawn_under_titles), TABLE_CASE(hidden_rows_are_counted), TABLE_CASE(selection_skips_headings), TABLE_CASE(pages),
        TABLE_CASE(the_selection_follows_its_row), TABLE_CASE(a_filter_keeps_headings_of_matching_rows), TABLE_CASE(sorting_is_flat_stable_and_turns),
        TABLE_CASE(a_held_row_stays_where_it_is_on_the_screen), TABLE_CASE(a_held_row_does_not_leave_blanks_when_the_screen_grows),
        TABLE_CASE(keys_of_others_are_handed_back), TABLE_CASE(the_selected_row_is_painted_but_warnings_stay), TABLE_CASE(widths_of_columns),
        TABLE_CASE(a_cell_may_take_several_columns), TABLE_CASE(every_tiny_size_and_no_rows), TABLE_CASE(a_table_of_headings_scrolls), TABLE_CASE(many_rows_cost_what_is_visible),
        TABLE_CASE(a_filter_is_evaluated_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
