/* Views of panels as values: patterns, putting together by hand, what is typed, and that whatever is done leaves a view whole. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

#include "core/memory.h"
#include "core/panel.h"

static void patterns_fit_keys(void **state)
{
    (void)state;
    static const struct { const char *pattern, *text; bool fits; } cases[] = {
        {"works/a/oil", "works/a/oil", true}, {"works/a/oil", "works/a/oil2", false}, {"works/*/oil", "works/a/l1/p01/oil", true},
        {"*", "", true}, {"*oil", "works/oil", true}, {"*oil", "works/oils", false}, {"works/p?1/oil", "works/p01/oil", true},
        {"works/p?1/oil", "works/p1/oil", false}, {"?/oil", "é/oil", true}, {"冲压*/料?", "冲压车间/料温", true}, {"a*b*c", "a__b__b__c", true},
        {"a*b*c", "a__c__b", false}, {"**", "x", true}, {"", "", true}, {"", "x", false}, {"main:t?t", "main:t t", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (panel_glob(cases[i].pattern, cases[i].text) != cases[i].fits)
            fail_msg("%s against %s", cases[i].pattern, cases[i].text);
    assert_true(panel_matches("x/* works/*/oil", "works/a/oil"));
    assert_false(panel_matches("", ""));
    assert_false(panel_matches("  ", "x"));
}

/* A view whose panels are called by one letter each, rows parted by blanks. */
static struct panel_view *view_of(const char *rows)
{
    struct panel_view *view = mem_zero(1, sizeof *view);
    bool row = true;
    for (; *rows; rows++) {
        const char name[] = {*rows, '\0'};
        struct panel panel = panel_blank(name);
        if (*rows == ' ') {
            row = true;
            continue;
        }
        assert_true(panel_view_insert(view, view->panel_count ? view->panel_count - 1 : 0, row, &panel, NULL));
        row = false;
    }
    return view;
}

static const char *rows_of(const struct panel_view *view)
{
    static char text[PANELS + PANEL_ROWS + 1];
    size_t used = 0;
    for (size_t r = 0, p = 0; r < view->row_count; r++) {
        if (r > 0)
            text[used++] = ' ';
        for (size_t i = 0; i < view->rows[r].count; i++)
            text[used++] = view->panels[p++].widget[0];
    }
    text[used] = '\0';
    return text;
}

static void panels_move_by_hand(void **state)
{
    (void)state;
    static const struct { const char *rows; size_t panel; enum panel_way way; const char *after; size_t at; } cases[] = {
        {"abc", 0, PANEL_RIGHT, "bac", 1}, {"abc", 0, PANEL_LEFT, "abc", 0}, {"abc", 2, PANEL_RIGHT, "abc", 2}, {"ab cd", 1, PANEL_DOWN, "a cbd", 2},
        {"ab cd", 2, PANEL_UP, "cab d", 0}, {"ab", 1, PANEL_DOWN, "a b", 1}, {"ab", 1, PANEL_UP, "b a", 0}, {"a", 0, PANEL_UP, "a", 0},
        {"a b", 0, PANEL_DOWN, "ab", 0}, {"a b c", 1, PANEL_UP, "ba c", 0}, {"a b c", 2, PANEL_DOWN, "a b c", 2}, {"abc d", 2, PANEL_DOWN, "ab dc", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct panel_view *view = view_of(cases[i].rows);
        size_t at = panel_view_move(view, cases[i].panel, cases[i].way);
        assert_string_equal(rows_of(view), cases[i].after);
        assert_int_equal(at, cases[i].at);
        free(view);
    }
}

static void one_goes_from_panel_to_panel(void **state)
{
    (void)state;
    struct panel_view *view = view_of("abc d ef");
    static const struct { size_t from; enum panel_way way; size_t to; } cases[] = {
        {0, PANEL_RIGHT, 1}, {2, PANEL_RIGHT, 3}, {0, PANEL_LEFT, 0}, {5, PANEL_RIGHT, 5}, {2, PANEL_DOWN, 3}, {3, PANEL_DOWN, 4}, {5, PANEL_UP, 3}, {1, PANEL_UP, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(panel_view_beside(view, cases[i].from, cases[i].way), cases[i].to);
    free(view);
}

static void an_empty_row_goes_with_its_last_panel(void **state)
{
    (void)state;
    struct panel_view *view = view_of("ab c");
    panel_view_remove(view, 2);
    assert_string_equal(rows_of(view), "ab");
    panel_view_remove(view, 0);
    panel_view_remove(view, 0);
    assert_int_equal(view->row_count, 0);
    struct panel_view *blank = mem_zero(1, sizeof *blank);
    assert_memory_equal(view, blank, sizeof *view);
    free(view);
    free(blank);
}

static void whatever_is_done_leaves_a_view_whole(void **state)
{
    (void)state;
    struct panel_view *view = mem_zero(1, sizeof *view);
    uint32_t seed = 7;
    for (int step = 0; step < 20000; step++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned what = seed >> 28, where = seed >> 8 & 0xffff;
        const char name[] = {(char)('a' + step % 26), '\0'};
        struct panel panel = panel_blank(name);
        size_t before = view->panel_count, at = where % (before ? before : 1);
        if (before == 0 || what < 5) {
            bool added = panel_view_insert(view, at, what & 1, &panel, &at);
            assert_true(added || before == PANELS || view->row_count == PANEL_ROWS);
            assert_true(!added || view->panels[at].widget[0] == name[0]);
        } else if (what < 8) {
            panel_view_remove(view, at);
        } else {
            struct panel moved = view->panels[at];
            at = panel_view_move(view, at, (enum panel_way)(what % 4));
            assert_memory_equal(&view->panels[at], &moved, sizeof moved);
            assert_int_equal(view->panel_count, before);
        }
        size_t sum = 0;
        assert_true(view->panel_count <= PANELS && view->row_count <= PANEL_ROWS);
        for (size_t r = 0; r < view->row_count; r++) {
            assert_true(view->rows[r].count > 0 && view->rows[r].weight > 0);
            sum += view->rows[r].count;
        }
        assert_int_equal(sum, view->panel_count);
    }
    free(view);
}

static void what_is_typed_is_judged(void **state)
{
    (void)state;
    static const struct { const char *key, *value, *why; } cases[] = {
        {"span", "8h", NULL}, {"span", "", NULL}, {"span", "10s", "from 1m to 366d"}, {"span", "soon", "soon"}, {"range", "0 120", NULL}, {"range", "", NULL},
        {"range", "120 0", "the lower first"}, {"range", "1", "two numbers"}, {"range", "nan 1", "two numbers"}, {"decimals", "2", NULL}, {"decimals", "", NULL},
        {"decimals", "10", "from 0 to 9"}, {"decimals", "1.5", "whole number"}, {"columns", "4", NULL}, {"columns", "0", "from 1 to 16"}, {"width", "3", NULL},
        {"width", "0", "from 1 to 20"}, {"width", "", "from 1 to 20"}, {"height", "8", NULL}, {"height", "", NULL}, {"height", "1", "from 2 to 200"},
        {"weight", "2", NULL}, {"title", "温度", NULL}, {"widget", "", "which widget"}, {"colour", "red", "has no"}, {"tags", "a/* b/?", NULL},
    };
    struct panel_view *view = view_of("a");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {.text = ""};
        struct panel_view *before = mem_zero(1, sizeof *before);
        memcpy(before, view, sizeof *before);
        bool good = panel_view_set(view, 0, cases[i].key, cases[i].value, &err);
        if (good != !cases[i].why || (cases[i].why && !strstr(err.text, cases[i].why)))
            fail_msg("%s %s: %s", cases[i].key, cases[i].value, err.text);
        if (!good)
            assert_memory_equal(before, view, sizeof *view);
        free(before);
    }
    char long_title[PANEL_TITLE + 8];
    struct error err;
    memset(long_title, 'x', sizeof long_title);
    long_title[sizeof long_title - 1] = '\0';
    assert_false(panel_view_set(view, 0, "title", long_title, &err));
    free(view);
}

static void only_what_differs_is_written(void **state)
{
    (void)state;
    struct panel_view *view = view_of("a b");
    snprintf(view->name, sizeof view->name, "furnace");
    struct error err;
    static const char *const typed[][2] = {
        {"widget", "trend"}, {"tags", "x/* y/?z"}, {"title", "a \"quoted\" \\ title"}, {"span", "90m"}, {"range", "-1 2.5"}, {"decimals", "0"}, {"columns", "2"}, {"width", "3"}, {"height", "8"}};
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        assert_true(panel_view_set(view, 0, typed[i][0], typed[i][1], &err));
    char *text = panel_views_text(view, 1);
    assert_string_equal(text,
        "views = (\n"
        "  { name = \"furnace\"; rows = (\n"
        "    { height = 8; panels = (\n"
        "      { widget = \"trend\"; title = \"a \\\"quoted\\\" \\\\ title\"; tags = (\"x/*\", \"y/?z\"); span = \"90m\"; range = [-1.0, 2.5]; decimals = 0; columns = 2; width = 3; } ); },\n"
        "    { panels = (\n"
        "      { widget = \"b\"; } ); } ); }\n"
        ");\n");
    free(text);
    free(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(patterns_fit_keys), CASE(panels_move_by_hand), CASE(one_goes_from_panel_to_panel), CASE(an_empty_row_goes_with_its_last_panel),
        CASE(whatever_is_done_leaves_a_view_whole), CASE(what_is_typed_is_judged), CASE(only_what_differs_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
