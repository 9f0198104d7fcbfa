/* What a plant says of its work: calendars and targets handed down, products, reasons, calls. */
#include "check.h"

#include "core/plant_build.h"

/* site > area > line (l1: two units; l2: none) */
enum { SITE, AREA, LINE, UNIT1, UNIT2, LINE2 };

static struct plant *made(const struct node settings[6])
{
    static const struct { enum level level; uint32_t parent; const char *name; } tree[] = {
        {LEVEL_SITE, NO_NODE, "works"}, {LEVEL_AREA, SITE, "press"}, {LEVEL_LINE, AREA, "l1"}, {LEVEL_UNIT, LINE, "u1"}, {LEVEL_UNIT, LINE, "u2"}, {LEVEL_LINE, AREA, "l2"}};
    struct plant_build b;
    plant_build_init(&b);
    struct calendar_shift shifts[] = {{.name = "day", .weekdays = 127, .from_minute = 360, .to_minute = 840}};
    struct calendar_day holidays[] = {{20240101, 20240101, "new year"}};
    struct calendar_overtime overtime[] = {{20240106, 360, 720, "extra", "red"}};
    char crew[] = "red";
    assert_int_equal(plant_add_calendar(&b, (struct calendar){.name = "days", .shifts = shifts, .shift_count = 1, .holidays = holidays, .holiday_count = 1,
        .overtime = overtime, .overtime_count = 1, .rotation = {.start = 20240101, .step_days = 7, .crews = {crew}, .crew_count = 1, .turn = 1}}), 1);
    assert_int_equal(plant_add_calendar(&b, (struct calendar){.name = "nothing"}), 2);
    memset(shifts, 0, sizeof shifts);
    memset(holidays, 0, sizeof holidays);
    memset(overtime, 0, sizeof overtime);
    memset(crew, 'x', sizeof crew - 1);
    for (size_t n = 0; n < 6; n++) {
        struct node node = settings[n];
        node.level = tree[n].level, node.name = tree[n].name;
        plant_add_node(&b, tree[n].parent, node);
        if (n == LINE) {
            plant_add_product(&b, LINE, (struct plant_product){"FR-450", "Fridge 450", 12});
            plant_add_product(&b, LINE, (struct plant_product){"FR-300", NULL, 9});
        }
        if (n == UNIT1) {
            plant_add_product(&b, UNIT1, (struct plant_product){"FR-300", "", 8});
            plant_add_tag(&b, UNIT1, plant_add_def(&b, (struct tag_def){.name = "state"}));
        }
    }
    return plant_build_finish(&b);
}

static void a_calendar_is_kept_with_all_that_it_points_to(void **state)
{
    (void)state;
    struct plant *plant = made((struct node[6]){{.name = ""}});
    assert_int_equal(plant->calendar_count, 3);
    assert_true(plant->calendars[0].always);
    const struct calendar *c = &plant->calendars[1];
    assert_string_equal(c->name, "days");
    assert_string_equal(c->shifts[0].title, "day");
    assert_int_equal(c->shifts[0].to_minute, 840);
    assert_string_equal(c->holidays[0].title, "new year");
    assert_string_equal(c->overtime[0].crew, "red");
    assert_string_equal(c->rotation.crews[0], "red");
    assert_int_equal(plant->calendars[2].shift_count, 0);
    plant_destroy(plant);
}

static void what_a_node_does_not_say_is_its_parents(void **state)
{
    (void)state;
    struct plant *plant = made((struct node[6]){
        [SITE] = {.calendar = 1, .target = 0.8, .startup_ms = 60000, .setup_standard_ms = 1800000, .plan_per_hour = 100},
        [LINE] = {.target = 0.7, .minor_stop_ms = -1, .gap_said = true, .gap_pieces = true},
        [UNIT1] = {.calendar = CALENDAR_ALWAYS, .setup_standard_ms = -1},
        [UNIT2] = {.minor_stop_ms = 30000, .gap_said = true},
        [LINE2] = {.calendar = 2, .startup_ms = -1},
    });
    static const struct { uint16_t calendar; double target; int64_t minor_ms, startup_ms, setup_ms; bool gap; } expected[] = {
        [SITE] = {1, 0.8, 120000, 60000, 1800000, false}, [AREA] = {1, 0.8, 120000, 60000, 1800000, false},
        [LINE] = {1, 0.7, 0, 60000, 1800000, true},       [UNIT1] = {0, 0.7, 0, 60000, 0, true},
        [UNIT2] = {1, 0.7, 30000, 60000, 1800000, false}, [LINE2] = {2, 0.8, 120000, 0, 1800000, false},
    };
    for (size_t n = 0; n < 6; n++) {
        const struct node *node = &plant->nodes[n];
        assert_int_equal(node->calendar, expected[n].calendar);
        assert_near(node->target, expected[n].target, 0);
        assert_int_equal(node->minor_stop_ms, expected[n].minor_ms);
        assert_int_equal(node->startup_ms, expected[n].startup_ms);
        assert_int_equal(node->setup_standard_ms, expected[n].setup_ms);
        assert_int_equal(node->gap_pieces, expected[n].gap);
    }
    assert_near(plant->nodes[AREA].plan_per_hour, 0, 0); /* a plan is of one place */
    plant_destroy(plant);
}

static void a_products_ideal_cycle_goes_before_the_nodes(void **state)
{
    (void)state;
    struct plant *plant = made((struct node[6]){[LINE] = {.ideal_cycle_s = 10}, [UNIT2] = {.ideal_cycle_s = 7}});
    static const struct { uint32_t node; const char *product; double seconds; } cases[] = {
        {LINE, "FR-450", 12}, {LINE, "fr-450", 12}, {LINE, "FR-300", 9}, {LINE, "FR-30", 10}, {LINE, "FR-3000", 10}, {LINE, "", 10}, {LINE, NULL, 10},
        {UNIT1, "FR-300", 8}, {UNIT1, "FR-450", 12}, {UNIT1, "", 10},
        {UNIT2, "FR-300", 9}, {UNIT2, "X", 7},
        {LINE2, "FR-300", 0}, {SITE, "FR-300", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(plant_ideal_cycle(plant, cases[i].node, cases[i].product), cases[i].seconds, 0);
    assert_string_equal(plant->products[0].title, "Fridge 450");
    assert_string_equal(plant->products[1].title, "FR-300");
    plant_destroy(plant);
    plant = made((struct node[6]){[UNIT1] = {.ideal_cycle_s = 6}}); /* a line has what its constraint has */
    assert_int_equal(plant->nodes[LINE].constraint, UNIT1);
    assert_near(plant_ideal_cycle(plant, LINE, "X"), 6, 0);
    assert_near(plant_ideal_cycle(plant, LINE, "FR-300"), 9, 0);
    plant_destroy(plant);
}

/* mechanical > (jam, wear > bearing); material; changeover > tool */
static struct plant *with_reasons(void)
{
    static const char *const jam[] = {"E17*", "*jam*"}, *const bearing[] = {"?earing ??? hot", "* warm *"}, *const material[] = {"no material"};
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint16_t mechanical = plant_add_reason(&b, NO_REASON, (struct reason){.name = "mechanical", .title = "Mechanical"});
    plant_add_reason(&b, mechanical, (struct reason){.name = "jam", .codes = jam, .code_count = 2});
    uint16_t wear = plant_add_reason(&b, mechanical, (struct reason){.name = "wear"});
    plant_add_reason(&b, wear, (struct reason){.name = "bearing", .codes = bearing, .code_count = 2});
    plant_add_reason(&b, NO_REASON, (struct reason){.name = "material", .has_class = true, .class = CLASS_STARVED, .codes = material, .code_count = 1});
    uint16_t change = plant_add_reason(&b, NO_REASON, (struct reason){.name = "changeover", .has_class = true, .class = CLASS_SETUP});
    plant_add_reason(&b, change, (struct reason){.name = "tool"});
    uint16_t clean = plant_add_reason(&b, change, (struct reason){.name = "clean", .has_class = true, .class = CLASS_CLEANING});
    (void)clean;
    return plant_build_finish(&b);
}

static void every_reasons_path_leads_back_to_it(void **state)
{
    (void)state;
    struct plant *plant = with_reasons();
    static const char *const paths[] = {"mechanical", "mechanical/jam", "mechanical/wear", "mechanical/wear/bearing", "material", "changeover", "changeover/tool", "changeover/clean"};
    static const uint16_t ends[] = {4, 2, 4, 4, 5, 8, 7, 8};
    char path[REASON_PATH], small[8];
    assert_int_equal(plant->reason_count, 8);
    for (uint16_t i = 0; i < 8; i++) {
        assert_int_equal(plant_reason_path(plant, i, path, sizeof path), strlen(paths[i]));
        assert_string_equal(path, paths[i]);
        assert_int_equal(plant_reason_by_path(plant, path), i);
        assert_int_equal(plant->reasons[i].end, ends[i]);
    }
    static const char *const absent[] = {"", "mech", "mechanicals", "jam", "mechanical/", "mechanical/tool", "mechanical/jam/bearing", "material/jam", "changeover/jam"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_int_equal(plant_reason_by_path(plant, absent[i]), NO_REASON);
    assert_int_equal(plant_reason_path(plant, NO_REASON, path, sizeof path), 0);
    assert_string_equal(path, "");
    plant_reason_path(plant, 1, small, sizeof small);
    assert_string_equal(small, "mechani");
    plant_destroy(plant);
}

static void a_reason_without_a_class_has_its_parents(void **state)
{
    (void)state;
    struct plant *plant = with_reasons();
    assert_false(plant->reasons[plant_reason_by_path(plant, "mechanical/jam")].has_class);
    const struct reason *tool = &plant->reasons[plant_reason_by_path(plant, "changeover/tool")], *clean = &plant->reasons[plant_reason_by_path(plant, "changeover/clean")];
    assert_true(tool->has_class && tool->class == CLASS_SETUP);
    assert_true(clean->has_class && clean->class == CLASS_CLEANING);
    assert_string_equal(tool->title, "tool");
    plant_destroy(plant);
}

static void a_message_proposes_the_first_reason_whose_code_fits(void **state)
{
    (void)state;
    struct plant *plant = with_reasons();
    static const struct { const char *message, *path; } cases[] = {
        {"E17 hopper", "mechanical/jam"}, {"e17", "mechanical/jam"}, {"E1", ""}, {"xE17", ""}, {"a Jam in front", "mechanical/jam"}, {"jam", "mechanical/jam"}, {"ja m", ""},
        {"bearing too hot", "mechanical/wear/bearing"}, {"Bearing is hot", ""}, {"äearing zü hot", ""}, {"Äearing für hot", "mechanical/wear/bearing"},
        {"it is warm warm inside", "mechanical/wear/bearing"}, {"warm ", ""}, {"No Material", "material"}, {"no material!", ""}, {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(plant_reason_proposed(plant, cases[i].message), plant_reason_by_path(plant, cases[i].path));
    plant_destroy(plant);
}

static void without_a_word_four_kinds_of_help_are_called(void **state)
{
    (void)state;
    struct plant_build b;
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct plant *plant = plant_build_finish(&b);
    assert_int_equal(plant->call_kind_count, 4);
    assert_string_equal(plant->call_kinds[2].name, "material");
    assert_string_equal(plant->call_kinds[3].title, "Supervisor");
    plant_destroy(plant);
    plant_build_init(&b);
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    assert_int_equal(plant_add_call_kind(&b, (struct call_kind){.name = "fork-lift", .title = "", .late_ms = 60000}), 0);
    plant = plant_build_finish(&b);
    assert_int_equal(plant->call_kind_count, 1);
    assert_string_equal(plant->call_kinds[0].title, "fork-lift");
    assert_int_equal(plant->call_kinds[0].late_ms, 60000);
    plant_destroy(plant);
}

static void a_role_says_what_its_tag_holds(void **state)
{
    (void)state;
    static const struct { const char *name; enum tag_kind kind; } cases[] = {
        {"total", KIND_COUNTER}, {"rework", KIND_COUNTER}, {"first_pass", KIND_COUNTER}, {"inspected", KIND_COUNTER}, {"mode", KIND_VALUE}, {"defect", KIND_TEXT},
        {"plan", KIND_VALUE}, {"ordered", KIND_VALUE}, {"buffer", KIND_VALUE}, {"product", KIND_VALUE}};
    struct plant_build b;
    plant_build_init(&b);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct tag_def *def = plant_add_def(&b, (struct tag_def){.name = cases[i].name});
        assert_string_equal(tag_role_names[def->role], cases[i].name);
        assert_int_equal(def->kind, cases[i].kind);
    }
    /* What is said to hold something else is something else; but not what was always a role. */
    assert_int_equal(plant_add_def(&b, (struct tag_def){.name = "mode", .kind = KIND_TEXT})->role, ROLE_NONE);
    assert_int_equal(plant_add_def(&b, (struct tag_def){.name = "defect", .kind = KIND_COUNTER})->role, ROLE_NONE);
    assert_int_equal(plant_add_def(&b, (struct tag_def){.name = "total", .kind = KIND_COUNTER})->role, ROLE_TOTAL);
    assert_int_equal(plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_TEXT})->role, ROLE_GOOD);
    plant_build_abandon(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_calendar_is_kept_with_all_that_it_points_to),
        CASE(what_a_node_does_not_say_is_its_parents),
        CASE(a_products_ideal_cycle_goes_before_the_nodes),
        CASE(every_reasons_path_leads_back_to_it),
        CASE(a_reason_without_a_class_has_its_parents),
        CASE(a_message_proposes_the_first_reason_whose_code_fits),
        CASE(without_a_word_four_kinds_of_help_are_called),
        CASE(a_role_says_what_its_tag_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
