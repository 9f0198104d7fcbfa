/* Where panels lie: on any screen they never overlap, never reach outside, fill their rows to the cell, and the selected one is there. */
#include <string.h>

#include "check.h"

#include "views/panels_arrange.h"

static uint32_t seed = 1;

static int random_to(int most)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)(seed >> 8) % (most + 1);
}

static void random_view(struct panel_view *view, struct panel_least least[PANELS])
{
    memset(view, 0, sizeof *view);
    for (int n = 1 + random_to(PANELS - 1); n > 0; n--) {
        struct panel panel = panel_blank("value");
        panel.width = 1 + random_to(4);
        size_t at = 0;
        if (!panel_view_insert(view, view->panel_count ? view->panel_count - 1 : 0, random_to(2) == 0, &panel, &at))
            break;
    }
    for (size_t r = 0; r < view->row_count; r++) {
        view->rows[r].weight = 1 + random_to(4);
        view->rows[r].height = random_to(2) == 0 ? 2 + random_to(20) : 0;
    }
    for (size_t i = 0; i < view->panel_count; i++)
        least[i] = (struct panel_least){6 + random_to(50), 2 + random_to(8)};
}

static bool overlap(struct rect a, struct rect b)
{
    return !rect_empty(rect_intersect(a, b));
}

/* The panels of a strip begin and end with the screen, and have a gap between them. */
static void check_strips(const struct arrangement *a, int w)
{
    for (size_t i = 0; i < a->count; i++) {
        bool first = i == 0 || a->spots[i - 1].rect.y != a->spots[i].rect.y, last = i + 1 == a->count || a->spots[i + 1].rect.y != a->spots[i].rect.y;
        if (first)
            assert_int_equal(a->spots[i].rect.x, 0);
        else
            assert_int_equal(a->spots[i].rect.x, a->spots[i - 1].rect.x + a->spots[i - 1].rect.w + PANELS_GAP);
        if (last)
            assert_int_equal(a->spots[i].rect.x + a->spots[i].rect.w, w);
        if (first && i > 0)
            assert_int_equal(a->spots[i].rect.y, a->spots[i - 1].rect.y + a->spots[i - 1].rect.h);
    }
}

static void any_view_fits_any_screen(void **state)
{
    (void)state;
    for (int n = 0; n < 20000; n++) {
        struct panel_view view;
        struct panel_least least[PANELS];
        struct arrangement a;
        random_view(&view, least);
        int w = 1 + random_to(n % 3 ? 120 : 300), h = 1 + random_to(n % 3 ? 40 : 100);
        size_t selected = (size_t)random_to((int)view.panel_count - 1), top = (size_t)random_to(8);
        panels_arrange(&view, least, w, h, selected, top, &a);
        bool there = false, single = w < PANELS_SINGLE_W && h < PANELS_SINGLE_H;
        assert_true(a.count >= 1);
        assert_int_equal(a.before + a.count + a.after, view.panel_count);
        for (size_t i = 0; i < a.count; i++) {
            struct rect r = a.spots[i].rect;
            there = there || a.spots[i].panel == selected;
            assert_int_equal(a.spots[i].panel, a.before + i);
            assert_true(r.x >= 0 && r.y >= 0 && r.w > 0 && r.h > 0 && r.x + r.w <= w && r.y + r.h <= h);
            for (size_t k = 0; k < i; k++)
                assert_false(overlap(r, a.spots[k].rect));
            bool alone = a.spots[0].rect.y == a.spots[a.count - 1].rect.y; /* one strip has what there is */
            assert_true(single || alone || r.h >= least[a.spots[i].panel].h);
            assert_true(single || r.w >= least[a.spots[i].panel].w || r.w == w);
        }
        assert_true(there);
        check_strips(&a, w);
        if (a.before + a.after > 0 && h > 1) /* the row that tells of the others is free */
            assert_true(a.spots[a.count - 1].rect.y + a.spots[a.count - 1].rect.h < h);
    }
}

/* By weight all is given out; where a row has a height of its own, the others get the rest. */
static void rows_close_to_the_cell(void **state)
{
    (void)state;
    static const struct { int heights[3], weights[3], h, y[3]; } cases[] = {
        {{0, 0, 0}, {1, 1, 1}, 30, {10, 10, 10}}, {{0, 0, 0}, {1, 1, 1}, 31, {10, 10, 11}}, {{8, 0, 0}, {1, 1, 2}, 38, {8, 10, 20}},
        {{8, 0, 0}, {1, 1, 9}, 18, {8, 3, 7}}, {{30, 0, 0}, {1, 1, 1}, 20, {14, 3, 3}}, {{2, 2, 2}, {1, 1, 1}, 40, {3, 3, 3}}, {{8, 9, 10}, {1, 1, 1}, 40, {8, 9, 10}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct panel_view view = {.panel_count = 3, .row_count = 3};
        const struct panel_least least[3] = {{10, 3}, {10, 3}, {10, 3}};
        struct arrangement a;
        for (size_t r = 0; r < 3; r++) {
            view.rows[r] = (struct panel_row){.height = cases[i].heights[r], .weight = cases[i].weights[r], .count = 1};
            view.panels[r] = panel_blank("value");
        }
        panels_arrange(&view, least, 80, cases[i].h, 0, 0, &a);
        assert_int_equal(a.count, 3);
        for (size_t r = 0; r < 3; r++)
            assert_int_equal(a.spots[r].rect.h, cases[i].y[r]);
    }
}

static void a_small_screen_shows_one_panel_at_a_time(void **state)
{
    (void)state;
    struct panel_view view = {.panel_count = 3, .row_count = 1, .rows = {{.weight = 1, .count = 3}}};
    const struct panel_least least[3] = {{10, 3}, {10, 3}, {10, 3}};
    struct arrangement a;
    for (size_t i = 0; i < 3; i++)
        view.panels[i] = panel_blank("value");
    for (size_t selected = 0; selected < 3; selected++) {
        panels_arrange(&view, least, 40, 10, selected, 0, &a);
        assert_int_equal(a.count, 1);
        assert_int_equal(a.spots[0].panel, selected);
        assert_int_equal(a.spots[0].rect.w, 40);
        assert_int_equal(a.spots[0].rect.h, 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(any_view_fits_any_screen), CASE(rows_close_to_the_cell), CASE(a_small_screen_shows_one_panel_at_a_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
