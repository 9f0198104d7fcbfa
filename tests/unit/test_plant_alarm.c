#include "check.h"

#include "core/plant_build.h"

/* works: a press line of two equal units with an alarm each on oil and on the unit, an alarm of the site that looks at both oils and at the
 * second unit's alarm, and a paint line with a position of its own. */
struct works { struct plant *plant; uint32_t press, units[2], paint, oil[2]; uint32_t site_alarm, oil_high[2], silent[2], paint_high; };

static struct works works(void)
{
    struct works w;
    struct plant_build b;
    plant_build_init(&b);
    const struct tag_def *oil = plant_add_def(&b, (struct tag_def){.name = "oil", .unit = "°C"});
    const struct alarm_def *high = plant_add_alarm_def(&b, (struct alarm_def){.name = "high", .condition_count = 2,
        .conditions = (const struct alarm_condition_def[]){{.kind = ALARM_HIGH_HIGH, .limit = 95, .priority = 1, .action = "stop"},
            {.kind = ALARM_HIGH, .limit = 85, .title = "Oil hot"}}});
    const struct alarm_def *silent = plant_add_alarm_def(&b, (struct alarm_def){.name = "silent", .class = ALARM_CLASS_SYSTEM,
        .condition_count = 1, .conditions = &(const struct alarm_condition_def){.kind = ALARM_NO_DATA},
        .suppress = {.text = " v0 #eq 2", .source = "{:state} == stop"}, .input_count = 1});
    const struct alarm_def *both = plant_add_alarm_def(&b, (struct alarm_def){.name = "both", .condition_count = 1, .input_count = 4,
        .conditions = &(const struct alarm_condition_def){.kind = ALARM_EXPRESSION, .when = {.text = " v0 + v1 + v2 #gt 1", .source = "x"}}});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    w.press = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "press"});
    for (int u = 0; u < 2; u++) {
        w.units[u] = plant_add_node(&b, w.press, (struct node){.level = LEVEL_UNIT, .name = u ? "p02" : "p01"});
        w.oil[u] = plant_add_tag(&b, w.units[u], oil);
    }
    w.paint = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "paint"});
    uint32_t bath = plant_add_tag(&b, w.paint, oil);
    /* Indices are known before the alarms are added: they follow the nodes. */
    const struct alarm_input of_site[] = {{INPUT_TAG, w.oil[0]}, {INPUT_TAG, w.oil[1]}, {INPUT_ALARM, 3}, {INPUT_TAG, w.oil[0]}};
    w.site_alarm = plant_add_alarm(&b, site, NO_TAG, both, of_site, NULL);
    for (int u = 0; u < 2; u++) {
        w.oil_high[u] = plant_add_alarm(&b, w.units[u], w.oil[u], high, NULL, "works/hall/press/trip");
        w.silent[u] = plant_add_alarm(&b, w.units[u], NO_TAG, silent, &(const struct alarm_input){INPUT_NODE, w.press}, u ? "" : "other");
    }
    w.paint_high = plant_add_alarm(&b, w.paint, bath, high, NULL, "works/hall/press/trip");
    plant_add_position(&b, (struct alarm_position){.name = "hall", .nodes = &area, .node_count = 1});
    plant_add_position(&b, (struct alarm_position){.name = "painter", .title = "Painter", .nodes = &w.paint, .node_count = 1});
    w.plant = plant_build_finish(&b);
    return w;
}

static void an_alarms_key_is_its_owners_a_point_and_its_name(void **state)
{
    (void)state;
    struct works w = works();
    char key[ALARM_KEY_BYTES];
    assert_int_equal(plant_alarm_key(w.plant, w.oil_high[1], key, sizeof key), strlen("works/hall/press/p02/oil.high"));
    assert_string_equal(key, "works/hall/press/p02/oil.high");
    plant_alarm_key(w.plant, w.silent[0], key, sizeof key);
    assert_string_equal(key, "works/hall/press/p01.silent");
    plant_alarm_key(w.plant, w.site_alarm, key, sizeof key);
    assert_string_equal(key, "works.both");
    assert_int_equal(plant_alarm_key(w.plant, w.site_alarm, key, 9), 8);
    assert_string_equal(key, "works.bo");
    plant_destroy(w.plant);
}

static void assert_uses(const struct plant *plant, enum alarm_input_kind kind, uint32_t index, const uint32_t *alarms, size_t expected)
{
    size_t count = 99;
    const struct alarm_use *use = plant_alarm_uses(plant, kind, index, &count);
    assert_int_equal(count, expected);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(use[i].alarm, alarms[i]);
}

static void what_changes_leads_to_the_alarms_that_look_at_it_each_once(void **state)
{
    (void)state;
    struct works w = works();
    assert_uses(w.plant, INPUT_TAG, w.oil[0], (const uint32_t[]){w.site_alarm, w.oil_high[0]}, 2);
    assert_uses(w.plant, INPUT_TAG, w.oil[1], (const uint32_t[]){w.site_alarm, w.oil_high[1]}, 2);
    assert_uses(w.plant, INPUT_NODE, w.press, w.silent, 2);
    assert_uses(w.plant, INPUT_NODE, w.units[1], &w.silent[1], 1);
    assert_uses(w.plant, INPUT_NODE, w.paint, NULL, 0);
    assert_uses(w.plant, INPUT_ALARM, 3, &w.site_alarm, 1);
    assert_uses(w.plant, INPUT_ALARM, 4, NULL, 0);
    assert_int_equal(w.plant->alarms[3].def->conditions[0].kind, ALARM_HIGH_HIGH);
    plant_destroy(w.plant);
}

static void positions_take_what_lies_below_and_the_nearest_wins(void **state)
{
    (void)state;
    struct works w = works();
    assert_string_equal(w.plant->positions[w.plant->alarms[w.site_alarm].position].name, "plant");
    assert_string_equal(w.plant->positions[w.plant->alarms[w.oil_high[1]].position].name, "hall");
    assert_string_equal(w.plant->positions[w.plant->alarms[w.paint_high].position].title, "Painter");
    assert_string_equal(w.plant->positions[1].title, "hall");
    plant_destroy(w.plant);
}

static void first_out_groups_are_found_by_their_name(void **state)
{
    (void)state;
    struct works w = works();
    assert_int_equal(w.plant->first_out_count, 2);
    assert_int_equal(w.plant->alarms[w.oil_high[0]].first_out, w.plant->alarms[w.paint_high].first_out);
    assert_string_equal(w.plant->first_outs[w.plant->alarms[w.silent[0]].first_out], "other");
    assert_int_equal(w.plant->alarms[w.silent[1]].first_out, NO_FIRST_OUT);
    assert_int_equal(w.plant->alarms[w.site_alarm].first_out, NO_FIRST_OUT);
    plant_destroy(w.plant);
}

static void titles_priorities_and_classes_have_defaults(void **state)
{
    (void)state;
    struct works w = works();
    const struct alarm_def *high = w.plant->alarms[w.oil_high[0]].def, *silent = w.plant->alarms[w.silent[0]].def;
    assert_ptr_equal(high, w.plant->alarms[w.oil_high[1]].def);
    assert_string_equal(high->conditions[0].title, alarm_kind_table[ALARM_HIGH_HIGH].title);
    assert_string_equal(high->title, high->conditions[0].title);
    assert_string_equal(high->conditions[0].action, "stop");
    assert_string_equal(high->conditions[1].title, "Oil hot");
    assert_string_equal(high->conditions[1].cause, "");
    assert_int_equal(high->conditions[0].priority, 1);
    assert_int_equal(high->conditions[1].priority, 3);
    assert_null(high->suppress.text);
    assert_int_equal(high->message_text, ALARM_INPUTS);
    assert_string_equal(silent->suppress.source, "{:state} == stop");
    assert_string_equal(w.plant->alarm_classes[high->class].name, "process");
    assert_string_equal(w.plant->alarm_classes[silent->class].name, "system");
    assert_true(w.plant->alarm_classes[ALARM_CLASS_SAFETY].safety);
    assert_int_equal(w.plant->alarm_classes[ALARM_CLASS_MACHINE].ack, ACK_BY_ITSELF);
    plant_destroy(w.plant);
}

static void a_plant_without_alarms_has_classes_and_one_position(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct plant *plant = plant_build_finish(&b);
    size_t count;
    assert_int_equal(plant->alarm_count, 0);
    assert_int_equal(plant->alarm_class_count, ALARM_CLASS_PRESETS);
    assert_int_equal(plant->position_count, 1);
    assert_null(plant_alarm_uses(plant, INPUT_NODE, 0, &count));
    assert_int_equal(count, 0);
    plant_destroy(plant);
}

int main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(an_alarms_key_is_its_owners_a_point_and_its_name),
        CASE(what_changes_leads_to_the_alarms_that_look_at_it_each_once),
        CASE(positions_take_what_lies_below_and_the_nearest_wins),
        CASE(first_out_groups_are_found_by_their_name),
        CASE(titles_priorities_and_classes_have_defaults),
        CASE(a_plant_without_alarms_has_classes_and_one_position),
    };
    return cmocka_run_group_tests_name("plant_alarm", cases, NULL, NULL);
}
