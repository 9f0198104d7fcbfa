/* What somebody changed: the list at the three sizes, what its keys do, and what it says when nothing was changed. */
#include "fixture.h"

#include "check.h"

static void open_changes(struct fixture *f)
{
    fixture_appliance(f);
    fixture_open(f, "changes");
}

static void e_lists_all_that_is_kept_and_the_last_hour_again(void **state)
{
    (void)state;
    struct fixture f;
    open_changes(&f);
    fixture_press(&f, key_char('e'));
    fixture_golden(&f, "changes-all", 80, 24, NULL);
    fixture_golden(&f, "changes-all", 40, 12, NULL);
    fixture_golden(&f, "changes-all", 200, 60, NULL);
    fixture_press(&f, key_char('e'));
    fixture_golden(&f, "changes", 80, 24, NULL);
    fixture_finish(&f);
}

static void the_filter_looks_at_place_what_and_values(void **state)
{
    (void)state;
    struct fixture f;
    open_changes(&f);
    f.scene.filter = "内胆 订单";
    fixture_golden(&f, "changes-filter", 80, 24, NULL);
    f.scene.filter = "nothing like it";
    fixture_golden(&f, "changes-filter-none", 80, 24, NULL);
    fixture_finish(&f);
}

static void enter_opens_the_tag_that_was_changed(void **state)
{
    (void)state;
    struct fixture f;
    open_changes(&f);
    struct request request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_FACEPLATE);
    assert_string_equal(request.focus.tag, "shenyang/foaming/cabinet/order");
    fixture_press(&f, key_char('j'));
    request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.tag, "shenyang/forming/liner2/product");
    fixture_finish(&f);
}

static struct plant *with_limits(double ideal, bool whole)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1", .title = "Line 1", .ideal_cycle_s = ideal});
    if (whole)
        plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "force", .title = "Force", .kind = KIND_SETPOINT, .unit = "kN"}));
    return plant_build_finish(&b);
}

/* A line's limit, another configuration, and a setpoint that is not configured any more. */
static void what_has_no_tag_is_listed_too(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, with_limits(8.5, true), "broker:main");
    fixture_record(&f, (struct record){.kind = RECORD_CONFIG, .value = value_uint(UINT64_C(0x1111111100000000))}, "", "/etc/andon/andon.cfg");
    fixture_step(&f, 36000);
    for (int i = 0; i < 2; i++) {
        fixture_put(&f, "works/l1/force", value_int(12 + i), QUALITY_GOOD, SAMPLE_SOURCE_TIME);
        fixture_step(&f, 36010 + i);
    }
    struct plant *old = f.plant;
    f.plant = with_limits(9, false);
    model_configure(f.model, f.plant);
    plant_destroy(old);
    fixture_record(&f, (struct record){.kind = RECORD_CONFIG, .value = value_uint(UINT64_C(0x2222222200000000))}, "", "/etc/andon/andon.cfg");
    fixture_step(&f, 36030);
    fixture_report(&f);
    fixture_open(&f, "changes");
    fixture_golden(&f, "changes-config", 80, 24, NULL);
    struct request request = {.kind = REQUEST_NONE};
    assert_false(f.view->key(f.state, &f.scene, key_code(KEYC_ENTER), &request)); /* of the configuration there is nothing to open */
    fixture_press(&f, key_char('j'));
    request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_VIEW);
    assert_string_equal(request.focus.node, "works/l1");
    fixture_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(e_lists_all_that_is_kept_and_the_last_hour_again),
        CASE(the_filter_looks_at_place_what_and_values),
        CASE(enter_opens_the_tag_that_was_changed),
        CASE(what_has_no_tag_is_listed_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
