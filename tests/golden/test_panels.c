/* Views of panels: what a configuration says on three sizes of screen, zoomed, with what cannot be drawn; and put together by hand, key by key. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#include "check.h"
#include "core/memory.h"
#include "views/panels.h"

#define MINUTE INT64_C(60000)

static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};

/* One row each: row, widget, tags, lines, and "key value" pairs. */
struct told {
    bool row;
    const char *widget, *tags, *lines, *set[4][2];
};

static struct panel_view *view_of(const char *name, const struct told *told, size_t count)
{
    struct panel_view *view = mem_zero(1, sizeof *view);
    struct error err;
    snprintf(view->name, sizeof view->name, "%s", name);
    for (size_t i = 0; i < count; i++) {
        struct panel panel = panel_blank(told[i].widget);
        size_t at = 0;
        assert_true(panel_view_insert(view, i ? i - 1 : 0, told[i].row, &panel, &at));
        assert_true(panel_view_set(view, at, "tags", told[i].tags, &err) && panel_view_set(view, at, "lines", told[i].lines, &err));
        for (size_t k = 0; k < 4 && told[i].set[k][0]; k++)
            assert_true(panel_view_set(view, at, told[i].set[k][0], told[i].set[k][1], &err));
    }
    return view;
}

static const struct told foaming[] = {
    {true, "trend", "shenyang/foaming/*/feed", "", {{"span", "2h"}, {"width", "2"}, {"height", "9"}}},
    {false, "gauge", "shenyang/foaming/*/feed", "", {{"width", "1"}}},
    {true, "band", "", "shenyang/*", {{"title", "States"}}},
    {false, "value", "shenyang/foaming/cabinet/f2/*", "", {{"decimals", "2"}}},
    {true, "pareto", "shenyang/stamping/*/good", "", {{"title", "Good pieces"}}},
    {false, "heat", "shenyang/stamping/*/oil", "", {{"span", "3h"}}},
    {true, "alarms", "", "", {{NULL}}},
    {false, "bar", "shenyang/stamping/*/oil", "", {{"title", "Oil"}}},
};

static const struct told odd[] = {
    {true, "gague", "shenyang/*/oil", "", {{NULL}}}, {false, "value", "", "", {{NULL}}}, {true, "big", "shenyang/nowhere/*", "", {{NULL}}}, {false, "lamp", "main:*", "shenyang/stamping/*", {{NULL}}},
    {true, "heat", "shenyang/foaming/cabinet/f2/feed", "", {{"span", "7d"}}}, {false, "spark", "shenyang/stamping/*/oil", "", {{"columns", "2"}}},
    {true, "lines", "", "", {{NULL}}}, {false, "data", "", "", {{NULL}}}, {true, "energy", "", "", {{NULL}}}, {false, "calls", "", "", {{NULL}}}, {true, "trend", "shenyang/stamping/*", "", {{NULL}}}, {false, "big", "shenyang/stamping/side1/p0?/oil", "", {{NULL}}},
};

static double triangle(int64_t ms, int64_t period)
{
    double up = 4.0 * (double)((ms % period + period) % period) / (double)period;
    return up < 1 ? up : up < 3 ? 2 - up : up - 4;
}

/* Whatever is wanted, the same on every machine; of what is discovered nothing is kept. */
static void answer(const struct fixture *f, struct answer *a)
{
    int64_t step = (a->want.to_ms - a->want.from_ms) / a->want.columns;
    int64_t period = 20 * MINUTE + (int64_t)strlen(a->want.path) * MINUTE;
    if (strchr(a->want.path, ':')) {
        snprintf(a->why, sizeof a->why, "not configured: nothing is kept of it");
        return;
    }
    a->columns = mem_zero(a->want.columns, sizeof *a->columns);
    a->column_count = a->want.columns;
    for (size_t i = 0; i < a->column_count; i++) {
        int64_t at = a->want.from_ms + (int64_t)i * step, ago = f->scene.now_ms - at;
        double value = 26 + 6 * triangle(at, period);
        if (ago < 0 || (ago > 40 * MINUTE && ago < 50 * MINUTE))
            continue;
        a->columns[i] = (struct column){.state = COLUMN_FILLED, .count = 3, .low = value - 0.3, .high = value + 0.3, .mean = value, .last = value};
    }
}

static void answered_golden(struct fixture *f, const char *name, int w, int h)
{
    struct grid *grid = grid_create(w, h);
    grid->tier = f->tier;
    recall_frame(f->scene.recall);
    frame_draw(surface_of(grid), &f->scene, f->view, f->state, NULL, NULL);
    grid_destroy(grid);
    for (size_t i = 0; i < recall_wanted(f->scene.recall); i++) {
        struct answer a = {.want = *recall_wanted_at(f->scene.recall, i)};
        answer(f, &a);
        recall_answer_take(f->scene.recall, &a);
    }
    fixture_golden(f, name, w, h, NULL);
}

static void open_panels(struct fixture *f, struct panel_view *view)
{
    fixture_appliance(f);
    f->scene.recall = recall_create();
    f->scene.own = view;
    f->scene.own_count = view != NULL;
    fixture_open(f, "panels");
}

static void close_panels(struct fixture *f, struct panel_view *view)
{
    recall_destroy(f->scene.recall);
    f->scene.recall = NULL;
    fixture_finish(f);
    free(view);
}

static void a_view_at_every_size(void **state)
{
    (void)state;
    struct fixture f;
    struct panel_view *view = view_of("foaming", foaming, sizeof foaming / sizeof foaming[0]);
    open_panels(&f, view);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        answered_golden(&f, "panels-foaming", sizes[i].w, sizes[i].h);
    f.tier = TIER_FULL;
    answered_golden(&f, "panels-braille", 120, 36);
    f.tier = TIER_ASCII;
    answered_golden(&f, "panels-ascii", 120, 36);
    close_panels(&f, view);
}

static void what_cannot_be_drawn_says_why(void **state)
{
    (void)state;
    struct fixture f;
    struct panel_view *view = view_of("odd", odd, sizeof odd / sizeof odd[0]);
    open_panels(&f, view);
    answered_golden(&f, "panels-odd", 200, 60);
    answered_golden(&f, "panels-odd", 80, 24);
    close_panels(&f, view);
}

static void every_panel_is_reached(void **state)
{
    (void)state;
    struct fixture f;
    struct panel_view *view = view_of("foaming", foaming, sizeof foaming / sizeof foaming[0]);
    open_panels(&f, view);
    answered_golden(&f, "panels-foaming", 40, 12);
    fixture_press(&f, key_code(KEYC_TAB));
    answered_golden(&f, "panels-second", 40, 12);
    for (int i = 0; i < 4; i++)
        fixture_press(&f, key_code(KEYC_TAB));
    answered_golden(&f, "panels-fifth", 80, 24);
    fixture_press(&f, key_char('z'));
    answered_golden(&f, "panels-zoomed", 80, 24);
    fixture_press(&f, key_code(KEYC_ESC));
    for (int i = 0; i < 3; i++)
        fixture_press(&f, key_code(KEYC_BACKTAB));
    fixture_press(&f, key_code(KEYC_DOWN));
    struct request line = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(line.kind, REQUEST_VIEW);
    fixture_press(&f, key_code(KEYC_BACKTAB));
    struct request value = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(value.kind, REQUEST_FACEPLATE);
    assert_string_equal(value.focus.tag, "shenyang/foaming/cabinet/f1/feed");
    assert_int_equal(fixture_press(&f, key_char('v')).kind, REQUEST_TREND);
    close_panels(&f, view);
}

/* ---- by hand ---- */

static void press(struct fixture *f, const char *keys)
{
    for (; *keys; keys++)
        fixture_press(f, key_char((unsigned char)*keys));
}

static void set(struct fixture *f, const char *key, const char *value)
{
    struct error err;
    if (!panels_set(f->state, key, value, &err))
        fail_msg("%s %s: %s", key, value, err.text);
}

static void a_view_is_put_together_by_hand(void **state)
{
    (void)state;
    struct fixture f;
    struct error err;
    open_panels(&f, NULL);
    answered_golden(&f, "panels-none", 80, 24);
    struct panels *p = f.state;
    assert_true(panels_edit(p, &f.scene, "hand", &err));
    snprintf(f.scene.focus.tag, sizeof f.scene.focus.tag, "shenyang/foaming/cabinet/f2/feed");
    struct request ask = fixture_press(&f, key_char('a'));
    assert_int_equal(ask.kind, REQUEST_PROMPT);
    assert_string_equal(ask.name, "panel tags shenyang/foaming/cabinet/f2/feed");
    set(&f, "widget", "gauge");
    press(&f, "A");
    set(&f, "tags", "shenyang/stamping/*/oil");
    press(&f, "a");
    set(&f, "widget", "lamp");
    set(&f, "tags", "");
    set(&f, "lines", "shenyang/stamping/*");
    answered_golden(&f, "panels-edit", 80, 24);
    answered_golden(&f, "panels-edit", 40, 12);
    press(&f, "m");
    fixture_press(&f, key_code(KEYC_UP));
    answered_golden(&f, "panels-move", 80, 24);
    fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(panel_view_row(p->draft, p->selected), 0);
    press(&f, "u");
    assert_int_equal(panel_view_row(p->draft, p->selected), 1);
    f.scene.prompt = ":panel tags shenyang/stamping/*/oil sh";
    answered_golden(&f, "panels-typed", 80, 24);
    f.scene.prompt = NULL;
    close_panels(&f, NULL);
}

/* Esc asks nothing and loses nothing; each step can be taken back. */
static void nothing_that_was_done_is_lost(void **state)
{
    (void)state;
    struct fixture f;
    struct error err;
    struct panel_view *view = view_of("foaming", foaming, sizeof foaming / sizeof foaming[0]), *was = mem_zero(1, sizeof *was);
    open_panels(&f, view);
    struct panels *p = f.state;
    answered_golden(&f, "panels-foaming", 80, 24);
    assert_int_equal(fixture_press(&f, key_char('e')).kind, REQUEST_COMMAND);
    assert_true(panels_edit(p, &f.scene, "", &err));
    memcpy(was, p->draft, sizeof *was);
    press(&f, "xwW+>");
    assert_int_equal(p->draft->panel_count, view->panel_count - 1);
    struct request said = fixture_press(&f, key_code(KEYC_ESC));
    assert_int_equal(said.kind, REQUEST_SAY);
    assert_false(p->editing);
    assert_ptr_equal(panels_current(p, &f.scene), view);
    answered_golden(&f, "panels-foaming", 80, 24); /* what is saved is shown */
    assert_false(panels_edit(p, &f.scene, "another", &err));
    assert_non_null(strstr(err.text, "not saved yet"));
    assert_true(panels_edit(p, &f.scene, "", &err));
    assert_int_equal(p->draft->panel_count, view->panel_count - 1);
    while (p->undo_count > 0)
        press(&f, "u");
    assert_memory_equal(p->draft, was, sizeof *was);
    assert_false(panels_undo(p, &err));
    panels_saved(p, "foaming");
    assert_int_equal(f.view->key(p, &f.scene, key_char('q'), &said), false);
    close_panels(&f, view);
    free(was);
}

/* Panels on the same tags ask the history once, however many they are and however wide. */
static void many_panels_ask_once(void **state)
{
    (void)state;
    enum { MANY = 24 };
    struct told told[MANY];
    struct fixture f;
    for (size_t i = 0; i < MANY; i++)
        told[i] = (struct told){i % 4 == 0 && i < 40, "trend", "shenyang/foaming/cabinet/f2/feed", "", {{"span", "2h"}, {"width", i % 3 ? "1" : "3"}}};
    struct panel_view *view = view_of("many", told, MANY);
    open_panels(&f, view);
    struct grid *grid = grid_create(300, 100);
    recall_frame(f.scene.recall);
    frame_draw(surface_of(grid), &f.scene, f.view, f.state, NULL, NULL);
    assert_int_equal(recall_wanted(f.scene.recall), 1);
    grid_destroy(grid);
    close_panels(&f, view);
}

/* A view is found by its name; the user's hides the configuration's; each is listed once. */
static void views_are_found_by_name(void **state)
{
    (void)state;
    struct panel_view *views = mem_zero(4, sizeof *views);
    static const char *const names[] = {"a", "b", "b", "c"};
    for (size_t i = 0; i < 4; i++)
        snprintf(views[i].name, sizeof views[i].name, "%s", names[i]);
    struct plant plant = {.views = views, .view_count = 2};
    assert_ptr_equal(panels_find(&plant, views + 2, 2, "b"), &views[2]);
    assert_ptr_equal(panels_find(&plant, views + 2, 2, "a"), &views[0]);
    assert_null(panels_find(&plant, views + 2, 2, "d"));
    const struct panel_view *const order[] = {&views[0], &views[2], &views[3], NULL};
    for (size_t n = 0; n < 4; n++)
        assert_ptr_equal(panels_nth(&plant, views + 2, 2, n), order[n]);
    free(views);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_view_at_every_size), CASE(what_cannot_be_drawn_says_why), CASE(every_panel_is_reached), CASE(a_view_is_put_together_by_hand),
        CASE(nothing_that_was_done_is_lost), CASE(many_panels_ask_once), CASE(views_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
