/*
 * The views of production: OEE, hour board, stops, and what of it the line and the overview say, of two plants at three sizes; what their keys ask for.
 */
#include "fixture_shop.h"

#include <string.h>

#include "check.h"
#include "golden.h"

static void three_sizes(struct fixture *f, const char *name)
{
    fixture_golden(f, name, 80, 24, NULL);
    fixture_golden(f, name, 40, 12, NULL);
    fixture_golden(f, name, 200, 60, NULL);
}

static void every_view_of_both_plants(void **state)
{
    (void)state;
    static const char *const views[] = {"oee", "board", "stops", "line", "overview"};
    char name[48];
    struct fixture f;
    for (int chinese = 0; chinese < 2; chinese++) {
        fixture_shop(&f, chinese);
        for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
            snprintf(name, sizeof name, chinese ? "shop-chinese-%s" : "shop-%s", views[i]);
            snprintf(f.scene.focus.node, sizeof f.scene.focus.node, "%s", i == 1 || i == 3 ? SHOP_LINE : "");
            fixture_open(&f, views[i]);
            three_sizes(&f, name);
        }
        fixture_finish(&f);
    }
}

static void open_shop(struct fixture *f, const char *view)
{
    fixture_shop(f, false);
    snprintf(f->scene.focus.node, sizeof f->scene.focus.node, SHOP_LINE);
    fixture_open(f, view);
}

static void each_period_by_line_unit_product_and_crew(void **state)
{
    (void)state;
    static const char *const periods[] = {"last-shift", "today", "yesterday", "week"}, *const bys[] = {"units", "products", "crews"};
    char name[48];
    struct fixture f;
    open_shop(&f, "oee");
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        fixture_press(&f, key_code(KEYC_RIGHT));
        snprintf(name, sizeof name, "shop-oee-%s", periods[i]);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_open(&f, "oee");
    fixture_press(&f, key_code(KEYC_RIGHT));
    fixture_press(&f, key_code(KEYC_RIGHT));
    for (size_t i = 0; i < sizeof bys / sizeof bys[0]; i++) {
        fixture_press(&f, key_char('y'));
        snprintf(name, sizeof name, "shop-oee-%s", bys[i]);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_finish(&f);
}

static void panels_one_after_the_other(void **state)
{
    (void)state;
    static const char *const panels[] = {"losses", "reasons", "trend"};
    char name[48];
    struct fixture f;
    open_shop(&f, "oee");
    fixture_press(&f, key_code(KEYC_ENTER));
    fixture_golden(&f, "shop-oee-opened", 80, 24, NULL);
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
        fixture_press(&f, key_code(KEYC_TAB));
        snprintf(name, sizeof name, "shop-oee-%s", panels[i]);
        fixture_golden(&f, name, 80, 24, NULL);
        fixture_golden(&f, name, 40, 12, NULL);
    }
    fixture_press(&f, key_char('z'));
    fixture_golden(&f, "shop-oee-zoomed", 80, 24, NULL);
    fixture_press(&f, key_code(KEYC_ESC));
    fixture_finish(&f);
}

/* Presses Enter until the row is reached that leads to `which`. */
static struct request drill(struct fixture *f, const char *which)
{
    for (int i = 0; i < 24; i++) {
        struct request request = fixture_press(f, key_code(KEYC_ENTER));
        if (strcmp(request.focus.stops, which) == 0)
            return request;
        fixture_press(f, key_char('j'));
    }
    fail_msg("nothing leads to \"%s\"", which);
    return (struct request){.kind = REQUEST_NONE};
}

static void a_figure_leads_to_the_stops_behind_it(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "oee");
    fixture_press(&f, key_code(KEYC_TAB));
    struct request request = drill(&f, "#breakdown");
    assert_string_equal(request.name, "stops");
    assert_string_equal(request.focus.node, SHOP_LINE);
    assert_int_equal(request.focus.from_ms, f.midnight_ms + 14 * 3600000);
    fixture_press(&f, key_code(KEYC_TAB));
    request = drill(&f, "=Feeder pick-up error?");
    f.scene.focus = request.focus;
    fixture_open(&f, "stops");
    three_sizes(&f, "shop-stops-feeder");
    fixture_press(&f, key_code(KEYC_ESC));
    fixture_golden(&f, "shop-stops-cleared", 80, 24, NULL);
    fixture_finish(&f);
}

static void what_runs_too_slow_leads_to_the_hours(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "oee");
    fixture_press(&f, key_code(KEYC_TAB));
    struct request request = {.kind = REQUEST_NONE};
    for (int i = 0; i < 24 && (!request.name || strcmp(request.name, "board") != 0); i++) {
        request = fixture_press(&f, key_code(KEYC_ENTER));
        fixture_press(&f, key_char('j'));
    }
    assert_string_equal(request.name, "board");
    fixture_finish(&f);
}

static void an_hour_leads_to_its_stops_and_a_shift_to_the_one_before(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "board");
    fixture_golden(&f, "shop-board-now", 80, 24, NULL);
    struct request request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_string_equal(request.name, "stops");
    assert_int_equal(request.focus.from_ms, f.midnight_ms + 17 * 3600000);
    assert_int_equal(request.focus.to_ms, f.midnight_ms + 18 * 3600000);
    fixture_press(&f, key_char('p'));
    fixture_golden(&f, "shop-board-before", 80, 24, NULL);
    fixture_golden(&f, "shop-board-before", 40, 12, NULL);
    fixture_press(&f, key_char('n'));
    request = fixture_press(&f, key_code(KEYC_RIGHT));
    assert_string_equal(request.focus.node, "nord/hall2/wave1");
    f.scene.focus = request.focus;
    fixture_golden(&f, "shop-board-wave", 80, 24, NULL);
    fixture_finish(&f);
}

static void actions_name_the_selected_stop(void **state)
{
    (void)state;
    static const struct { char key; enum action_kind kind; } cases[] = {
        {'r', ACTION_STOP_REASON}, {'s', ACTION_STOP_SPLIT}, {'J', ACTION_STOP_MERGE}, {'n', ACTION_STOP_COMMENT}};
    struct fixture f;
    open_shop(&f, "stops");
    f.scene.filter = "placer2";
    fixture_golden(&f, "shop-stops-filter", 80, 24, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request request = fixture_press(&f, key_char((uint32_t)cases[i].key));
        assert_int_equal(request.kind, REQUEST_ACTION);
        assert_int_equal(request.action.kind, cases[i].kind);
        assert_string_equal(request.action.target, SHOP_PLACER);
        assert_int_equal(request.action.occurrence_ms, f.midnight_ms + (17 * 3600 + 3 * 60 + 12) * 1000);
    }
    struct request why = fixture_press(&f, key_char('w'));
    assert_int_equal(why.kind, REQUEST_WHY);
    assert_int_equal(why.focus.at_ms, f.midnight_ms + (17 * 3600 + 3 * 60 + 12) * 1000);
    struct action named;
    assert_int_equal(f.view->targets(f.state, &f.scene, TARGET_SELECTED, &named, 1), 1);
    assert_string_equal(named.target, SHOP_PLACER);
    fixture_finish(&f);
}

static void stops_without_a_reason_and_those_that_stand(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "stops");
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "shop-stops-open", 80, 24, NULL);
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "shop-stops-standing", 80, 24, NULL);
    fixture_press(&f, key_char('l'));
    fixture_golden(&f, "shop-stops-everywhere", 80, 24, NULL);
    fixture_finish(&f);
}

static void the_line_asks_for_the_reason_of_the_stop_that_it_shows(void **state)
{
    (void)state;
    struct fixture f;
    open_shop(&f, "line");
    struct request request = fixture_press(&f, key_char('r'));
    assert_int_equal(request.action.kind, ACTION_STOP_REASON);
    assert_string_equal(request.action.target, SHOP_PLACER);
    assert_string_equal(fixture_press(&f, key_char('b')).name, "board");
    assert_string_equal(fixture_press(&f, key_char('S')).name, "stops");
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_view_of_both_plants),
        CASE(each_period_by_line_unit_product_and_crew),
        CASE(panels_one_after_the_other),
        CASE(a_figure_leads_to_the_stops_behind_it),
        CASE(what_runs_too_slow_leads_to_the_hours),
        CASE(an_hour_leads_to_its_stops_and_a_shift_to_the_one_before),
        CASE(actions_name_the_selected_stop),
        CASE(stops_without_a_reason_and_those_that_stand),
        CASE(the_line_asks_for_the_reason_of_the_stop_that_it_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
