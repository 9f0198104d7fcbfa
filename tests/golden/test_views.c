/* Every view of a refrigerator works at 10:42:17, at the three sizes that count, and what their keys ask for. */
#include "fixture.h"

#include "check.h"
#include "views/common.h"
#include "views/common.h"

static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};

static void at_every_size(struct fixture *f, const char *name, const struct view *over)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        fixture_golden(f, name, sizes[i].w, sizes[i].h, over);
}

static void open_view(struct fixture *f, const char *view)
{
    fixture_appliance(f);
    fixture_open(f, view);
}

static void every_view_at_every_size(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    for (size_t i = 0; i < view_count; i++) {
        fixture_open(&f, view_registry[i]->name);
        at_every_size(&f, view_registry[i]->name, NULL);
    }
    fixture_finish(&f);
}

static void open_over(struct fixture *f, const char *tag)
{
    open_view(f, "tags");
    snprintf(f->scene.focus.tag, sizeof f->scene.focus.tag, "%s", tag);
}

static void the_faceplate_of_a_value_outside_its_band(void **state)
{
    (void)state;
    struct fixture f;
    open_over(&f, "shenyang/foaming/cabinet/f2/feed");
    f.scene.raw_topic = "plant/foaming/cabinet/f2/telemetry";
    f.scene.raw_payload = "{\"ts\":1718073730000,\"t\":{\"feed\":31.4},\"p\":{\"vac\":-71.2}}";
    at_every_size(&f, "faceplate", &faceplate_view);
    fixture_finish(&f);
}

static void the_faceplate_says_how_far_a_value_can_be_trusted(void **state)
{
    (void)state;
    static const struct { const char *name, *tag; } cases[] = {
        {"faceplate-stale", "shenyang/stamping/side1/p03/oil"}, {"faceplate-unconfirmed", "shenyang/foaming/cabinet/f2/setpoint"},
        {"faceplate-bad", "shenyang/foaming/cabinet/f2/dosing"}, {"faceplate-never", "shenyang/foaming/cabinet/f2/sealing"},
        {"faceplate-text", "shenyang/foaming/cabinet/product"}, {"faceplate-state", "shenyang/foaming/cabinet/f2/state"},
        {"faceplate-discovered", "main:plant/test/bench7#/current"},
    };
    struct fixture f;
    open_over(&f, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(f.scene.focus.tag, sizeof f.scene.focus.tag, "%s", cases[i].tag);
        fixture_golden(&f, cases[i].name, 80, 24, &faceplate_view);
    }
    fixture_finish(&f);
}

static void help_is_for_the_view_below(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "line");
    at_every_size(&f, "help", &help_view);
    fixture_finish(&f);
}

static void the_stopped_line_comes_first_and_its_unit_can_be_chosen(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "line");
    fixture_press(&f, key_char('j'));
    fixture_press(&f, key_code(KEYC_ENTER));
    at_every_size(&f, "line-unit", NULL);
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_press(&f, key_char('G'));
    fixture_golden(&f, "line-values", 80, 24, NULL);
    struct request request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_FACEPLATE);
    assert_string_equal(request.focus.tag, "shenyang/foaming/cabinet/f2/sealing");
    fixture_press(&f, key_code(KEYC_ESC));
    assert_false(f.view->key(f.state, &f.scene, key_code(KEYC_ESC), &request));
    fixture_finish(&f);
}

static void without_unicode_everything_is_still_told(void **state)
{
    (void)state;
    static const char *const views[] = {"overview", "line"};
    struct fixture f;
    fixture_appliance(&f);
    f.tier = TIER_ASCII;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "ascii-%s", views[i]);
        fixture_open(&f, views[i]);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_finish(&f);
}

static void a_wall_of_screens_is_well_used(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "overview");
    fixture_golden(&f, "overview", 300, 100, NULL);
    fixture_finish(&f);
}

/* The panels of a view, zoomed one after the other; then Esc, which gives the whole picture back. */
static void zoom_every_panel(struct fixture *f, const char *view, const char *const *panels, size_t count)
{
    char name[64];
    struct request request;
    fixture_open(f, view);
    fixture_golden(f, view, 80, 24, NULL);
    fixture_press(f, key_char('z'));
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "zoom-%s-%s", view, panels[i]);
        fixture_golden(f, name, 80, 24, NULL);
        fixture_golden(f, name, 40, 12, NULL);
        fixture_press(f, key_code(i + 1 < count ? KEYC_TAB : KEYC_ESC));
    }
    assert_false(f->view->key(f->state, &f->scene, key_code(KEYC_ESC), &request));
}

static void a_panel_is_zoomed_and_tab_goes_to_the_next(void **state)
{
    (void)state;
    static const char *const overview[] = {"lines", "side", "lost", "stops"}, *const line[] = {"units", "values", "stops"},
        *const health[] = {"brokers", "collector", "store", "stream", "drops", "bounds"};
    struct fixture f;
    fixture_appliance(&f);
    zoom_every_panel(&f, "overview", overview, sizeof overview / sizeof overview[0]);
    zoom_every_panel(&f, "line", line, sizeof line / sizeof line[0]);
    zoom_every_panel(&f, "health", health, sizeof health / sizeof health[0]);
    fixture_finish(&f);
}

static void tab_goes_only_where_something_is(void **state)
{
    (void)state;
    struct fixture f;
    struct request request;
    open_view(&f, "overview");
    fixture_golden(&f, "overview", 80, 24, NULL);
    assert_false(f.view->key(f.state, &f.scene, key_code(KEYC_TAB), &request));
    fixture_golden(&f, "overview", 200, 60, NULL);
    fixture_press(&f, key_code(KEYC_TAB));
    fixture_golden(&f, "overview-side", 200, 60, NULL);
    fixture_finish(&f);
}

static void arrows_go_to_the_next_line(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "line");
    struct request request = fixture_press(&f, key_code(KEYC_RIGHT));
    assert_int_equal(request.kind, REQUEST_VIEW);
    assert_string_equal(request.name, "line");
    assert_string_equal(request.focus.node, "shenyang/foaming/door");
    fixture_finish(&f);
}

static void the_overview_opens_the_selected_line(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "overview");
    fixture_press(&f, key_char('j'));
    struct request request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_VIEW);
    assert_string_equal(request.name, "line");
    assert_string_equal(request.focus.node, "shenyang/stamping/side2");
    fixture_finish(&f);
}

static void filters_find_names_titles_and_aliases(void **state)
{
    (void)state;
    static const struct { const char *view, *filter, *name; } cases[] = {
        {"overview", "总装", "overview-filter"}, {"overview", "xiangti", "overview-filter-alias"}, {"overview", "nothing like it", "overview-filter-none"}, {"tags", "CABINET f2 温", "tags-filter"},
        {"tags", "youwen", "tags-filter-alias"}, {"tags", "!shenyang", "tags-filter-inverse"}, {"tags", "nothing like it", "tags-filter-none"},
    };
    struct fixture f;
    fixture_appliance(&f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_open(&f, cases[i].view);
        f.scene.filter = cases[i].filter;
        fixture_golden(&f, cases[i].name, 80, 24, NULL);
    }
    fixture_finish(&f);
}

static void what_is_discovered_meanwhile_is_appended(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "tags");
    fixture_golden(&f, "tags", 80, 24, NULL);
    fixture_discover(&f, "main:plant/late/comer#");
    fixture_press(&f, key_char('G'));
    fixture_golden(&f, "tags-end", 80, 24, NULL);
    fixture_finish(&f);
}

static void a_lost_broker_makes_everything_unconfirmed(void **state)
{
    (void)state;
    static const char *const views[] = {"overview", "line", "health"};
    struct fixture f;
    fixture_appliance(&f);
    fixture_record(&f, (struct record){.kind = RECORD_DEATH}, "broker:main", "connection reset by peer");
    fixture_step(&f, 10 * 3600 + 42 * 60 + 18);
    fixture_step(&f, 10 * 3600 + 42 * 60 + 30);
    f.scene.health = NULL;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "lost-%s", views[i]);
        fixture_open(&f, views[i]);
        fixture_golden(&f, name, 80, 24, NULL);
        fixture_golden(&f, name, 40, 12, NULL);
    }
    fixture_finish(&f);
}

static void a_steel_works(void **state)
{
    (void)state;
    struct fixture f;
    fixture_steel(&f);
    for (size_t i = 0; i < view_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "steel-%s", view_registry[i]->name);
        fixture_open(&f, view_registry[i]->name);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_finish(&f);
}

/* Whatever somebody looks at, he must know that nothing is being kept. */
static void a_store_that_stopped_is_said_in_every_view(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    f.health.store.stopped = true;
    f.health.store.since_ms = f.now_ms - 740000;
    f.health.store.batches_lost = 7412;
    snprintf(f.health.store.said, sizeof f.health.store.said, "the disk is full");
    for (size_t i = 0; i < view_count; i++) {
        char name[48];
        snprintf(name, sizeof name, "stopped-%s", view_registry[i]->name);
        fixture_open(&f, view_registry[i]->name);
        fixture_golden(&f, name, 80, 24, NULL);
    }
    fixture_golden(&f, "stopped-small", 40, 12, NULL);
    f.health.store = (struct store_health){.kept = false};
    fixture_open(&f, "health");
    fixture_golden(&f, "keeps-nothing-health", 80, 24, NULL);
    fixture_finish(&f);
}

static void the_frame_says_what_must_not_be_missed(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "overview");
    f.scene.read_only = f.scene.frozen = true;
    f.scene.banner = "COLLECTOR LOST 12s";
    f.scene.message = "no such view: energy";
    at_every_size(&f, "frame-banner", NULL);
    f.scene.prompt = "/总装";
    f.scene.prompt_cursor = 5;
    fixture_golden(&f, "frame-prompt", 80, 24, NULL);
    fixture_finish(&f);
}

static void a_small_terminal_is_told_what_it_needs(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "overview");
    fixture_golden(&f, "frame-small", 29, 7, NULL);
    fixture_golden(&f, "frame-least", FRAME_LEAST_W, FRAME_LEAST_H, NULL);
    fixture_finish(&f);
}

/* Whatever the size, nothing is drawn outside and nothing is asserted. */
static void every_size_is_survived(void **state)
{
    (void)state;
    static const struct view *const overs[] = {NULL, &faceplate_view, &help_view};
    struct fixture f;
    open_over(&f, "shenyang/foaming/cabinet/f2/feed");
    void *over_state = calloc(1, help_view.state_size);
    for (size_t v = 0; v < view_count; v++) {
        fixture_open(&f, view_registry[v]->name);
        for (int w = 0; w <= 210; w += w < 50 ? 3 : 17)
            for (int h = 0; h <= 62; h += h < 26 ? 2 : 9) {
                struct grid *grid = grid_create(w, h);
                frame_draw(surface_of(grid), &f.scene, f.view, f.state, overs[(v + (size_t)w) % 3], over_state);
                grid_destroy(grid);
            }
    }
    free(over_state);
    fixture_finish(&f);
}

static size_t outside_with(struct fixture *f, const char *key, double value)
{
    struct survey survey;
    fixture_put(f, key, value_real(value), QUALITY_GOOD, 0);
    fixture_step(f, 10 * 3600 + 43 * 60);
    survey_take(&survey, f->model);
    return survey.outside;
}

static void a_low_value_of_a_machine_that_stands_is_as_it_should_be(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    assert_int_equal(outside_with(&f, "shenyang/foaming/cabinet/f2/feed", 12), 0);
    assert_int_equal(outside_with(&f, "shenyang/foaming/cabinet/f2/feed", 32), 1);
    assert_int_equal(outside_with(&f, "shenyang/foaming/cabinet/f1/feed", 12), 2);
    fixture_finish(&f);
}

static void a_line_names_the_unit_that_stands(void **state)
{
    (void)state;
    enum { ABORTED = 9 };
    struct fixture f;
    char why[LABEL_TEXT];
    fixture_appliance(&f);
    uint32_t line = plant_node_by_path(f.plant, "shenyang/stamping/side1");
    fixture_put(&f, "shenyang/stamping/side1/p03/state", value_int(ABORTED), QUALITY_GOOD, 0);
    fixture_step(&f, 10 * 3600 + 43 * 60);
    assert_int_equal(line_why(f.model, NULL, false, line, why, sizeof why), CELL_TEXT);
    assert_string_equal(why, "冲孔 P03 STOP");
    fixture_finish(&f);
}

static void with_nothing_configured_and_nothing_heard(void **state)
{
    (void)state;
    struct fixture f;
    fixture_nothing(&f);
    for (size_t i = 0; i < view_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "nothing-%s", view_registry[i]->name);
        fixture_open(&f, view_registry[i]->name);
        fixture_golden(&f, name, 80, 24, NULL);
        for (uint32_t key = ' '; key < 127; key++) {
            struct request request = {.kind = REQUEST_NONE};
            f.view->key(f.state, &f.scene, key_char(key), &request);
            assert_true(request.kind == REQUEST_NONE || request.kind == REQUEST_SAY || request.kind == REQUEST_COMMAND); /* nothing can be done, which may be said, but begin a view of panels */
        }
        for (int code = KEYC_NONE; code <= KEYC_RESIZE; code++) {
            struct request request = {.kind = REQUEST_NONE};
            f.view->key(f.state, &f.scene, key_code((enum key_code)code), &request);
        }
    }
    fixture_finish(&f);
}

static void where_no_broker_is_configured_none_is_awaited(void **state)
{
    (void)state;
    static const char *const views[][2] = {{"overview", "desk-overview"}, {"health", "desk-health"}};
    struct fixture f;
    fixture_desk(&f);
    for (size_t i = 0; i < 2; i++) {
        fixture_open(&f, views[i][0]);
        fixture_golden(&f, views[i][1], 80, 24, NULL);
    }
    fixture_finish(&f);
}

static void a_state_that_no_map_knows_is_named(void **state)
{
    (void)state;
    struct fixture f;
    char why[64];
    fixture_appliance(&f);
    uint32_t line = plant_node_by_path(f.plant, "shenyang/stamping/side1");
    uint32_t tag = model_role(f.model, line, ROLE_STATE);
    char key[KEY_BYTES];
    model_tag_key(f.model, tag, key, sizeof key);
    fixture_put(&f, key, value_int(99), QUALITY_GOOD, 0);
    fixture_step(&f, 10 * 3600 + 43 * 60);
    assert_int_equal(model_line_state(f.model, line)->class, CLASS_UNKNOWN);
    line_why(f.model, NULL, false, line, why, sizeof why);
    assert_string_equal(why, "its map has no 99");
    fixture_finish(&f);
}

/* A number between two states is neither, on the screen as in the fold; and one that no integer holds is no state at all. */
static void a_state_between_two_is_none(void **state)
{
    static const double numbers[] = {6.7, 1e300, -1e300};
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    uint32_t tag = model_role(f.model, plant_node_by_path(f.plant, "shenyang/stamping/side1"), ROLE_STATE);
    char key[KEY_BYTES];
    model_tag_key(f.model, tag, key, sizeof key);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct reading reading;
        fixture_put(&f, key, value_real(numbers[i]), QUALITY_GOOD, 0);
        fixture_step(&f, 10 * 3600 + 43 * 60 + (int64_t)i);
        reading_of_tag(&reading, f.model, tag);
        assert_true(reading.has_number);
    }
    fixture_finish(&f);
}

static void a_lost_source_is_told_in_its_own_words(void **state)
{
    (void)state;
    struct fixture f;
    char why[LABEL_TEXT];
    fixture_appliance(&f);
    uint32_t line = plant_node_by_path(f.plant, "shenyang/stamping/side1");
    fixture_record(&f, (struct record){.kind = RECORD_BIRTH}, "broker:other", "connected");
    fixture_record(&f, (struct record){.kind = RECORD_DEATH}, "broker:main", "the collector is lost");
    fixture_step(&f, 10 * 3600 + 43 * 60);
    line_why(f.model, NULL, false, line, why, sizeof why);
    assert_string_equal(why, "main: the collector is lost");
    fixture_record(&f, (struct record){.kind = RECORD_DEATH}, "broker:other", "the collector is lost");
    fixture_step(&f, 10 * 3600 + 43 * 60 + 1);
    line_why(f.model, NULL, false, line, why, sizeof why);
    assert_string_equal(why, "the collector is lost");
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_state_that_no_map_knows_is_named),
        CASE(every_view_at_every_size), CASE(the_faceplate_of_a_value_outside_its_band),
        CASE(the_faceplate_says_how_far_a_value_can_be_trusted), CASE(help_is_for_the_view_below),
        CASE(the_stopped_line_comes_first_and_its_unit_can_be_chosen), CASE(arrows_go_to_the_next_line),
        CASE(the_overview_opens_the_selected_line), CASE(filters_find_names_titles_and_aliases),
        CASE(a_state_between_two_is_none), CASE(a_lost_source_is_told_in_its_own_words),
        CASE(what_is_discovered_meanwhile_is_appended), CASE(a_lost_broker_makes_everything_unconfirmed), CASE(a_steel_works),
        CASE(a_store_that_stopped_is_said_in_every_view), CASE(the_frame_says_what_must_not_be_missed), CASE(a_low_value_of_a_machine_that_stands_is_as_it_should_be), CASE(with_nothing_configured_and_nothing_heard), CASE(where_no_broker_is_configured_none_is_awaited), CASE(a_line_names_the_unit_that_stands), CASE(a_small_terminal_is_told_what_it_needs), CASE(every_size_is_survived), CASE(without_unicode_everything_is_still_told),
        CASE(a_wall_of_screens_is_well_used), CASE(a_panel_is_zoomed_and_tab_goes_to_the_next), CASE(tab_goes_only_where_something_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
