#include "check.h"

#include "core/formula.h"
#include "io/config.h"

/* What alarms in good files mean. */

#define HEAD "site = { name = \"works\"; }; brokers = ( { name = \"main\"; url = \"mqtt://h\"; } );\n"
#define PRESS(alarms, oil) \
    "types = ( { name = \"press\"; topic = \"w/{line}/{unit}\"; format = \"json\"; silent_after = \"30s\"; alarms = (" alarms ");\n" \
    "  tags = ( { name = \"state\"; path = \"/st\"; },\n" \
    "           { name = \"oil\"; path = \"/oil\"; title = \"Oil\"; unit = \"°C\"; range = [0, 120]; interval = \"1s\"; alarms = (" oil "); },\n" \
    "           { name = \"set\"; path = \"/set\"; kind = \"setpoint\"; unit = \"°C\"; },\n" \
    "           { name = \"fault\"; path = \"/f\"; }, { name = \"words\"; path = \"/w\"; kind = \"text\"; } ); } );\n"
#define LINE(line, more) \
    "areas = ( { name = \"a\"; lines = ( { name = \"l1\"; topic = \"w/{line}/{tag}\"; " line " units = ( { name = \"p{1..2}\"; type = \"press\"; }" more " ); } ); } );\n"

static struct config built(const char *text)
{
    struct bundle bundle;
    struct config config = {.plant = NULL};
    struct diagnostics diagnostics = {.rows = NULL};
    bundle_of_text(&bundle, "test.cfg", text);
    if (!config_build(&bundle, &config, &diagnostics) || diagnostics.warnings) {
        diagnostics_print(&diagnostics, stderr);
        fail();
    }
    diagnostics_finish(&diagnostics);
    return config;
}

static uint32_t alarm_of(const struct plant *plant, const char *key)
{
    char at[ALARM_KEY_BYTES];
    for (uint32_t a = 0; a < plant->alarm_count; a++) {
        plant_alarm_key(plant, a, at, sizeof at);
        if (strcmp(at, key) == 0)
            return a;
    }
    return NO_ALARM;
}

static const struct alarm_def *def_of(const struct plant *plant, const char *key)
{
    uint32_t alarm = alarm_of(plant, key);
    if (alarm == NO_ALARM)
        fail_msg("no alarm %s", key);
    return plant->alarms[alarm].def;
}

/* The key of an alarm's input: a tag's, a node's path with ":state", or an alarm's. */
static void assert_input(const struct plant *plant, const char *alarm, size_t input, const char *expected)
{
    char key[ALARM_KEY_BYTES];
    const struct plant_alarm *a = &plant->alarms[alarm_of(plant, alarm)];
    assert_true(input < a->def->input_count);
    const struct alarm_input *in = &plant->alarm_inputs[a->first_input + input];
    if (in->kind == INPUT_TAG)
        plant_tag_key(plant, in->index, key, sizeof key);
    else if (in->kind == INPUT_ALARM)
        plant_alarm_key(plant, in->index, key, sizeof key);
    else
        memcpy(key + plant_node_path(plant, in->index, key, sizeof key), ":state", 7);
    assert_string_equal(key, expected);
}

static void the_choices_of_kinds_are_the_kinds(void **state)
{
    (void)state;
    char kinds[512] = "";
    for (int k = 0; k < ALARM_KIND_COUNT; k++)
        snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), "%s%s", k ? "|" : "", alarm_kind_table[k].name);
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].group, "alarms") == 0 && strcmp(option_table[i].key, "kind") == 0)
            assert_string_equal(option_table[i].choices, kinds);
}

static void both_limits_of_a_side_are_one_alarm_the_severer_first(void **state)
{
    (void)state;
    struct config config = built(HEAD PRESS("", "{ kind = \"high\"; limit = 80; priority = 2; action = \"cool\"; cause = \"pump\"; consequence = \"seal\"; respond = \"5m\"; related = \"trip\"; },"
        "{ kind = \"high-high\"; limit = 95; priority = 1; action = \"stop\"; on_delay = \"3s\"; off_delay = \"2s\"; deadband = 4; },"
        "{ kind = \"low\"; limit = 10; action = \"heat\"; }, { name = \"cold\"; kind = \"low-low\"; limit = 5; action = \"heat\"; },"
        "{ kind = \"high\"; name = \"far\"; limit = 90; group = \"other\"; action = \"x\"; }") LINE("", ""));
    const struct plant *plant = config.plant;
    assert_int_equal(plant->alarm_count, 6);
    const struct alarm_def *high = def_of(plant, "works/a/l1/p1/oil.high");
    assert_ptr_equal(high, def_of(plant, "works/a/l1/p2/oil.high"));
    assert_int_equal(high->condition_count, 2);
    assert_string_equal(high->title, "Oil high");
    const struct alarm_condition_def *hh = &high->conditions[0], *h = &high->conditions[1];
    assert_int_equal(hh->kind, ALARM_HIGH_HIGH);
    assert_string_equal(hh->title, "Oil high-high");
    assert_int_equal(hh->priority, 1);
    assert_near(hh->limit, 95, 0);
    assert_near(hh->deadband, 4, 0);
    assert_int_equal(hh->on_delay_ms, 3000);
    assert_int_equal(hh->off_delay_ms, 2000);
    assert_int_equal(h->kind, ALARM_HIGH);
    assert_string_equal(h->action, "cool");
    assert_string_equal(h->cause, "pump");
    assert_string_equal(h->consequence, "seal");
    assert_string_equal(h->related, "trip");
    assert_int_equal(h->respond_ms, 300000);
    const struct alarm_def *low = def_of(plant, "works/a/l1/p1/oil.low");
    assert_int_equal(low->conditions[0].kind, ALARM_LOW_LOW);
    assert_int_equal(low->conditions[1].priority, 3);
    assert_string_equal(plant->alarm_classes[low->class].name, "process");
    assert_int_equal(def_of(plant, "works/a/l1/p2/oil.other")->condition_count, 1);
    config_finish(&config);
}

static void deadbands_and_delays_follow_the_unit(void **state)
{
    (void)state;
    static const struct { const char *tag; double deadband; int64_t off_ms; } cases[] = {
        {"unit = \"°C\"; range = [0, 200];", 2, 60000}, {"unit = \"K\"; range = [0, 100];", 1, 60000}, {"unit = \"bar\"; range = [0, 50];", 1, 15000},
        {"unit = \"kPa\"; range = [-100, 100];", 4, 15000}, {"unit = \"m3/h\"; range = [0, 200];", 10, 15000}, {"unit = \"kg/s\"; range = [0, 100];", 5, 15000},
        {"unit = \"km3/h\"; range = [0, 100];", 5, 15000}, {"unit = \"m/min\"; range = [0, 100];", 0, 0}, {"unit = \"mg/m3\"; range = [0, 100];", 0, 0},
        {"unit = \"%\"; range = [0, 100];", 0, 0}, {"unit = \"bar\";", 0, 15000}, {"range = [0, 100];", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        snprintf(text, sizeof text, HEAD "areas = ( { name = \"a\"; topic = \"w/{tag}\"; tags = ( { name = \"x\"; %s alarms = ( { kind = \"high\"; limit = 50; action = \"a\"; } ); } ); } );", cases[i].tag);
        struct config config = built(text);
        const struct alarm_condition_def *c = &def_of(config.plant, "works/a/x.high")->conditions[0];
        assert_near(c->deadband, cases[i].deadband, 1e-9);
        assert_int_equal(c->off_delay_ms, cases[i].off_ms);
        assert_int_equal(c->on_delay_ms, 0);
        config_finish(&config);
    }
    struct config config = built(HEAD "areas = ( { name = \"a\"; topic = \"w/{tag}\"; tags = ( { name = \"tank-level\"; unit = \"%\"; range = [0, 100]; alarms = ( { kind = \"low\"; limit = 20; action = \"a\"; } ); } ); } );");
    assert_near(def_of(config.plant, "works/a/tank-level.low")->conditions[0].deadband, 5, 1e-9);
    assert_int_equal(def_of(config.plant, "works/a/tank-level.low")->conditions[0].off_delay_ms, 60000);
    config_finish(&config);
}

static void a_machine_changes_adds_and_takes_away_what_its_type_has(void **state)
{
    (void)state;
    struct config config = built(HEAD PRESS("{ name = \"silent\"; kind = \"no-data\"; priority = 2; action = \"gateway\"; }",
        "{ kind = \"high\"; limit = 80; action = \"cool\"; cause = \"pump\"; }, { kind = \"low\"; limit = 10; action = \"heat\"; }")
        LINE("", ", { name = \"p9\"; type = \"press\"; alarms = ( { name = \"silent\"; priority = 4; }, { name = \"idle\"; kind = \"expression\"; when = \"{oil} < 20\"; action = \"x\"; } );"
                 "  tags = ( { name = \"oil\"; range = [0, 100]; alarms = ( { name = \"high\"; limit = 85; priority = 1; }, { name = \"low\"; enabled = false; } ); } ); }"));
    const struct plant *plant = config.plant;
    const struct alarm_def *type = def_of(plant, "works/a/l1/p1/oil.high"), *own = def_of(plant, "works/a/l1/p9/oil.high");
    assert_near(type->conditions[0].limit, 80, 0);
    assert_int_equal(type->conditions[0].priority, 3);
    assert_near(own->conditions[0].limit, 85, 0);
    assert_int_equal(own->conditions[0].priority, 1);
    assert_string_equal(own->conditions[0].cause, "pump");
    assert_near(own->conditions[0].deadband, 1, 1e-9);
    assert_int_equal(alarm_of(plant, "works/a/l1/p9/oil.low"), NO_ALARM);
    assert_int_not_equal(alarm_of(plant, "works/a/l1/p1/oil.low"), NO_ALARM);
    assert_int_equal(def_of(plant, "works/a/l1/p1.silent")->conditions[0].priority, 2);
    assert_int_equal(def_of(plant, "works/a/l1/p9.silent")->conditions[0].priority, 4);
    assert_string_equal(def_of(plant, "works/a/l1/p9.silent")->conditions[0].action, "gateway");
    assert_int_equal(alarm_of(plant, "works/a/l1/p1.idle"), NO_ALARM);
    assert_input(plant, "works/a/l1/p9.idle", 0, "works/a/l1/p9/oil");
    assert_int_equal(plant->alarm_count, 9);
    config_finish(&config);
}

static void references_are_seen_from_each_machine(void **state)
{
    (void)state;
    struct config config = built(HEAD PRESS("{ name = \"x\"; kind = \"expression\"; action = \"a\"; when = \"{oil} > 1 && {mains} && {../mains} && {../p2/oil} && {a/l1/p1/oil} && {works/a/l1/p2/state} == run"
            " && {:state} == run && {..:state} == run && {../p2:state} == stop && {oil.high} && {../p1/oil.high-high} && {../p1.silent} && state == run\"; },"
            "{ name = \"silent\"; kind = \"no-data\"; action = \"a\"; }",
            "{ kind = \"high\"; limit = 80; action = \"a\"; }, { kind = \"high-high\"; limit = 90; action = \"a\"; }, { name = \"off\"; kind = \"deviation\"; setpoint = \"set\"; limit = 4; action = \"a\"; }")
        LINE("tags = ( { name = \"mains\"; kind = \"bool\"; } ); alarms = ( { name = \"both\"; kind = \"expression\"; when = \"{p1/oil} > 1 && {p2/oil.off} && {p1.silent}\"; action = \"a\"; } );", ""));
    const struct plant *plant = config.plant;
    static const char *const expected[] = {"works/a/l1/p2/oil", "works/a/l1/mains", "works/a/l1/mains", "works/a/l1/p2/oil", "works/a/l1/p1/oil", "works/a/l1/p2/state",
        "works/a/l1/p2:state", "works/a/l1:state", "works/a/l1/p2:state", "works/a/l1/p2/oil.high", "works/a/l1/p1/oil.high", "works/a/l1/p1.silent", "works/a/l1/p2/state"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_input(plant, "works/a/l1/p2.x", i, expected[i]);
    assert_input(plant, "works/a/l1/p1.x", 0, "works/a/l1/p1/oil");
    assert_ptr_equal(def_of(plant, "works/a/l1/p1.x"), def_of(plant, "works/a/l1/p2.x"));
    assert_input(plant, "works/a/l1.both", 0, "works/a/l1/p1/oil");
    assert_input(plant, "works/a/l1.both", 1, "works/a/l1/p2/oil.off");
    assert_input(plant, "works/a/l1.both", 2, "works/a/l1/p1.silent");
    const struct alarm_def *off = def_of(plant, "works/a/l1/p2/oil.off");
    assert_input(plant, "works/a/l1/p2/oil.off", off->conditions[0].setpoint, "works/a/l1/p2/set");
    config_finish(&config);
}

/* A node's own alarms, then those of its tags, nodes in their order: what the fold relies on. */
static void alarms_stand_in_the_order_of_nodes_and_tags(void **state)
{
    (void)state;
    struct config config = built(HEAD PRESS("{ name = \"silent\"; kind = \"no-data\"; action = \"a\"; }", "{ kind = \"high\"; limit = 80; action = \"a\"; }, { kind = \"low\"; limit = 8; action = \"a\"; }")
        LINE("alarms = ( { name = \"x\"; kind = \"expression\"; when = \"{p1/oil} > 3\"; action = \"a\"; } );", ""));
    static const char *const keys[] = {"works/a/l1.x", "works/a/l1/p1.silent", "works/a/l1/p1/oil.high", "works/a/l1/p1/oil.low",
        "works/a/l1/p2.silent", "works/a/l1/p2/oil.high", "works/a/l1/p2/oil.low"};
    assert_int_equal(config.plant->alarm_count, 7);
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(alarm_of(config.plant, keys[i]), i);
    config_finish(&config);
}

static void suppression_hold_off_latching_and_first_out_are_the_alarms(void **state)
{
    (void)state;
    struct config config = built(HEAD PRESS("", "{ kind = \"high\"; limit = 80; action = \"a\"; suppress = \"{:state} != run\"; hold_off = \"20s\"; latching = true; first_out = \"{unit}-trip\"; },"
        "{ kind = \"high-high\"; limit = 90; action = \"a\"; }, { kind = \"low\"; limit = 8; action = \"a\"; first_out = \"heat\"; }") LINE("", ""));
    const struct plant *plant = config.plant;
    const struct alarm_def *def = def_of(plant, "works/a/l1/p1/oil.high");
    assert_string_equal(def->suppress.source, "{:state} != run");
    struct formula *formula = formula_create(def->suppress.text);
    assert_near(formula_value(formula, (const double[]){CLASS_STOP}, 1), 1, 0);
    assert_near(formula_value(formula, (const double[]){CLASS_RUN}, 1), 0, 0);
    formula_destroy(formula);
    assert_int_equal(def->hold_off_ms, 20000);
    assert_true(def->latching);
    assert_false(def_of(plant, "works/a/l1/p1/oil.low")->latching);
    const struct plant_alarm *p1 = &plant->alarms[alarm_of(plant, "works/a/l1/p1/oil.high")], *p2 = &plant->alarms[alarm_of(plant, "works/a/l1/p2/oil.high")];
    assert_string_equal(plant->first_outs[p1->first_out], "works/a/l1/p1-trip");
    assert_string_equal(plant->first_outs[p2->first_out], "works/a/l1/p2-trip");
    p1 = &plant->alarms[alarm_of(plant, "works/a/l1/p1/oil.low")];
    p2 = &plant->alarms[alarm_of(plant, "works/a/l1/p2/oil.low")];
    assert_int_equal(p1->first_out, p2->first_out);
    assert_string_equal(plant->first_outs[p1->first_out], "works/a/l1/heat");
    config_finish(&config);
}

static void a_machines_messages_have_codes_words_and_a_class_of_their_own(void **state)
{
    (void)state;
    struct config config = built(HEAD PRESS("", "") LINE("", ", { name = \"p9\"; type = \"press\"; tags = ( { name = \"fault\"; alarms = ( { kind = \"message\"; text = \"words\"; clears_after = \"10m\"; values = (\"OK\", 9);"
        " priority = 4; codes = ( { code = 17; title = \"Drive\"; priority = 2; action = \"reset\"; cause = \"hot\"; }, { code = \"E2\"; } ); } ); } ); }"));
    const struct plant *plant = config.plant;
    const struct alarm_def *def = def_of(plant, "works/a/l1/p9/fault.message");
    assert_int_equal(def->class, 2);
    assert_string_equal(plant->alarm_classes[def->class].name, "machine");
    assert_int_equal(def->clears_after_ms, 600000);
    assert_int_equal(def->conditions[0].value_count, 2);
    assert_string_equal(def->conditions[0].values[0].text, "OK");
    assert_null(def->conditions[0].values[1].text);
    assert_near(def->conditions[0].values[1].number, 9, 0);
    assert_int_equal(def->code_count, 2);
    assert_null(def->codes[0].code.text);
    assert_near(def->codes[0].code.number, 17, 0);
    assert_int_equal(def->codes[0].priority, 2);
    assert_string_equal(def->codes[0].cause, "hot");
    assert_string_equal(def->codes[1].code.text, "E2");
    assert_int_equal(def->codes[1].priority, 4);
    assert_input(plant, "works/a/l1/p9/fault.message", def->message_text, "works/a/l1/p9/words");
    config_finish(&config);
}

static void discrete_values_are_texts_numbers_or_truths(void **state)
{
    (void)state;
    struct config config = built(HEAD "areas = ( { name = \"a\"; topic = \"w/{tag}\"; tags = ("
        "{ name = \"door\"; kind = \"bool\"; alarms = ( { name = \"open\"; kind = \"discrete\"; values = true; action = \"a\"; } ); },"
        "{ name = \"mode\"; kind = \"text\"; alarms = ( { name = \"hand\"; kind = \"discrete\"; values = [\"hand\", \"off\"]; action = \"a\"; } ); } ); } );");
    const struct alarm_condition_def *open = &def_of(config.plant, "works/a/door.open")->conditions[0], *hand = &def_of(config.plant, "works/a/mode.hand")->conditions[0];
    assert_int_equal(open->value_count, 1);
    assert_true(!open->values[0].text && open->values[0].number == 1);
    assert_int_equal(hand->value_count, 2);
    assert_string_equal(hand->values[1].text, "off");
    config_finish(&config);
}

static void classes_are_added_and_built_in_ones_changed(void **state)
{
    (void)state;
    struct config config = built(HEAD "alarms = { shelve_max = \"4h\"; clock_error = \"250ms\"; chattering = 5; chattering_within = \"2m\"; fleeting = \"4s\"; };\n"
        "alarm_classes = ( { name = \"machine\"; ack = \"return\"; title = \"Machines\"; }, { name = \"quality\"; comment = true; shelve_max = \"1h\"; horn = false; counted = false; }, { name = \"guard\"; safety = true; } );\n"
        "areas = ( { name = \"a\"; topic = \"w/{tag}\"; tags = ( { name = \"x\"; alarms = ( { kind = \"high\"; limit = 3; action = \"a\"; class = \"guard\"; } ); } ); } );");
    const struct plant *plant = config.plant;
    assert_int_equal(plant->clock_error_ms, 250);
    assert_int_equal(plant->counting.chatter_count, 5);
    assert_int_equal(plant->counting.chatter_ms, 120000);
    assert_int_equal(plant->counting.fleeting_ms, 4000);
    assert_int_equal(plant->alarm_class_count, 6);
    const struct alarm_class *machine = &plant->alarm_classes[2], *quality = &plant->alarm_classes[4], *guard = &plant->alarm_classes[5];
    assert_string_equal(machine->name, "machine");
    assert_string_equal(machine->title, "Machines");
    assert_int_equal(machine->ack, ACK_ON_RETURN);
    assert_int_equal(machine->shelve_most_ms, 4 * 3600000);
    assert_true(quality->comment && !quality->horn && !quality->counted && !quality->safety);
    assert_int_equal(quality->shelve_most_ms, 3600000);
    assert_true(guard->safety && guard->horn && guard->counted);
    assert_int_equal(guard->shelve_most_ms, 0);
    assert_int_equal(def_of(plant, "works/a/x.high")->class, 5);
    config_finish(&config);
}

static void positions_take_areas_and_lines(void **state)
{
    (void)state;
    struct config config = built(HEAD "areas = ( { name = \"a\"; lines = ( { name = \"l{1..2}\"; topic = \"w/{line}/{tag}\"; tags = ( { name = \"x\"; alarms = ( { kind = \"high\"; limit = 3; action = \"a\"; } ); } ); } ); } );\n"
        "positions = ( { name = \"west\"; title = \"West\"; areas = \"a\"; }, { name = \"east\"; areas = (\"works/a/l2\"); } );");
    const struct plant *plant = config.plant;
    assert_int_equal(plant->position_count, 3);
    assert_string_equal(plant->positions[plant->alarms[0].position].title, "West");
    assert_string_equal(plant->positions[plant->alarms[1].position].name, "east");
    config_finish(&config);
}

static void access_says_who_may_what_and_when_shifts_begin(void **state)
{
    (void)state;
    struct config config = built(HEAD);
    const struct access_settings *access = &config.settings.access;
    assert_int_equal(access->preset, PERSON_OPERATOR);
    assert_int_equal(access->person_count, 0);
    assert_false(access->sign_on);
    assert_int_equal(access->shift_count, 3);
    assert_int_equal(access->shifts[2], 22 * 60);
    config_finish(&config);
    config = built(HEAD "access = { roles = ( { role = \"operator\"; users = \"kim\"; groups = (\"shift\", \"kim\"); }, { role = \"engineer\"; users = (\"lee\"); } ); sign_on = true; shifts = [\"05:30\", \"17:45\"]; };");
    access = &config.settings.access;
    assert_int_equal(access->preset, PERSON_VIEWER);
    assert_true(access->sign_on);
    assert_int_equal(access->person_count, 4);
    assert_string_equal(access->people[0].name, "kim");
    assert_false(access->people[0].group);
    assert_true(access->people[2].group);
    assert_int_equal(access->people[2].role, PERSON_OPERATOR);
    assert_int_equal(access->people[3].role, PERSON_ENGINEER);
    assert_int_equal(access->shift_count, 2);
    assert_int_equal(access->shifts[0], 5 * 60 + 30);
    assert_int_equal(access->shifts[1], 17 * 60 + 45);
    assert_int_equal(config.plant->shift_begins.count, 2); /* views and reports count by the same */
    assert_int_equal(config.plant->shift_begins.minutes[0], 5 * 60 + 30);
    config_finish(&config);
    config = built(HEAD "access = { default = \"operator\"; };");
    assert_int_equal(config.settings.access.preset, PERSON_OPERATOR);
    config_finish(&config);
}

int main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(the_choices_of_kinds_are_the_kinds),
        CASE(both_limits_of_a_side_are_one_alarm_the_severer_first),
        CASE(deadbands_and_delays_follow_the_unit),
        CASE(a_machine_changes_adds_and_takes_away_what_its_type_has),
        CASE(references_are_seen_from_each_machine),
        CASE(alarms_stand_in_the_order_of_nodes_and_tags),
        CASE(suppression_hold_off_latching_and_first_out_are_the_alarms),
        CASE(a_machines_messages_have_codes_words_and_a_class_of_their_own),
        CASE(discrete_values_are_texts_numbers_or_truths),
        CASE(classes_are_added_and_built_in_ones_changed),
        CASE(positions_take_areas_and_lines),
        CASE(access_says_who_may_what_and_when_shifts_begin),
    };
    return cmocka_run_group_tests_name("config_alarms", cases, NULL, NULL);
}
