/* learn: equal machines and what their values are, from messages alone; what was measured is certain, what nobody sent is not invented. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/learn.h"
#include "core/learn_edit.h"

static struct bounds bounds;
static const struct zone zone;
static const int64_t begin = INT64_C(1718186400000);

static struct learn *fresh(void)
{
    bounds_preset(&bounds);
    return learn_create(&bounds, &zone);
}

static void hear(struct learn *learn, int64_t ms, const char *topic, const char *format, ...)
{
    char payload[512];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(payload, sizeof payload, format, args);
    va_end(args);
    learn_message(learn, topic, strlen(topic), payload, (size_t)length, false, begin + ms);
}

static const struct learned_leaf *leaf_of(const struct learned_type *type, const char *name)
{
    for (size_t l = 0; l < type->leaf_count; l++)
        if (strcmp(type->leaves[l].name, name) == 0)
            return &type->leaves[l];
    fail_msg("no leaf %s", name);
    return NULL;
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* Ten minutes of presses: a piece each 20 s, 36 kW while they run. `silent` of them lack a leaf. */
static void tell_presses(struct learn *learn, int presses, int silent, const char *pattern)
{
    for (int second = 0; second < 600; second++)
        for (int p = 1; p <= presses; p++) {
            char topic[128];
            if ((second + p) % 5 != 0)
                continue;
            snprintf(topic, sizeof topic, pattern, p);
            hear(learn, (int64_t)second * 1000, topic, "{\"ts\": %lld, \"st\": \"%s\", \"cnt\": {\"good\": %d, \"rej\": %d}, \"ct\": 20.%d, \"el\": {\"p\": %.1f, \"e\": %.3f}%s}", (long long)(begin + second * 1000),
                second % 300 < 280 ? "run" : "stop", 1000 * p + second / 20, second / 200, p % 3, 36.0 + p % 2, 500.0 * p + second * (36.0 + p % 2) / 3600, p > silent ? ", \"oil\": 45.5" : "");
        }
}

static void equal_machines_are_a_type(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    tell_presses(learn, 40, 2, "plant/hall1/press-%02d/telemetry");
    hear(learn, 0, "plant/hall1/door", "open");
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count, 1);
    const struct learned_type *press = &learned.types[0];
    assert_string_equal(press->name, "press");
    assert_int_equal(press->instance_count, 40);
    assert_int_equal(press->complete, 38);
    assert_string_equal(press->instances[6].topic, "plant/hall1/press-07");
    assert_string_equal(leaf_of(press, "oil")->path, "/oil");
    assert_string_equal(leaf_of(press, "oil")->topic, "telemetry");
    assert_int_equal(leaf_of(press, "oil")->present, 38);
    assert_int_equal(learned.loose_count, 1);
    learned_finish(&learned);
    learn_destroy(learn);
}

static void roles_come_from_names_and_values(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    tell_presses(learn, 8, 0, "plant/hall1/press-%02d/telemetry");
    learn_conclude(learn, &learned);
    const struct learned_type *press = &learned.types[0];
    static const struct { const char *name; enum tag_kind kind; enum tag_role role; enum learn_sure least; } cases[] = {
        {"st", KIND_STATE, ROLE_STATE, LEARN_LIKELY}, {"good", KIND_COUNTER, ROLE_GOOD, LEARN_CERTAIN}, {"rej", KIND_COUNTER, ROLE_REJECT, LEARN_LIKELY},
        {"ct", KIND_VALUE, ROLE_CYCLE, LEARN_CERTAIN}, {"p", KIND_POWER, ROLE_NONE, LEARN_CERTAIN}, {"e", KIND_REGISTER, ROLE_NONE, LEARN_CERTAIN}, {"oil", KIND_VALUE, ROLE_NONE, LEARN_GUESS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct learn_role *role = &leaf_of(press, cases[i].name)->role;
        if (role->kind != cases[i].kind || role->role != cases[i].role || role->sure < cases[i].least)
            fail_msg("%s: %s %s %s (%s)", cases[i].name, tag_kind_names[role->kind], tag_role_names[role->role], learn_sure_names[role->sure], role->evidence);
        assert_near(role->interval_s, 5, 0.01);
    }
    assert_near(leaf_of(press, "good")->role.fastest_s, 20, 0.5);
    assert_true(holds(leaf_of(press, "e")->role.evidence, "rises by the power of p in 8 of 8"));
    learned_finish(&learned);
    learn_destroy(learn);
}

/* plant/temperature/press-01: the value's name stands before the machine's. */
static void a_value_may_stand_before_the_machine(void **state)
{
    (void)state;
    static const char *const values[] = {"temperature", "pressure", "count", "state"};
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 60; second++)
        for (int p = 0; p < 12; p++)
            for (int v = 0; v < 4; v++) {
                char topic[64];
                snprintf(topic, sizeof topic, "plant/%s/mixer%d", values[v], p);
                if (v == 3)
                    hear(learn, second * 1000, topic, second % 9 ? "running" : "stopped");
                else
                    hear(learn, second * 1000, topic, "%d", v == 2 ? second : 20 + (second + p) % 7);
            }
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count, 1);
    assert_string_equal(learned.types[0].name, "mixer");
    assert_int_equal(learned.types[0].instance_count, 12);
    assert_int_equal(learned.types[0].leaf_count, 4);
    assert_int_equal(leaf_of(&learned.types[0], "count")->role.role, ROLE_GOOD);
    char *text = learn_config(learn, &learned, NULL, "mqtt://broker");
    assert_true(holds(text, "topic = \"plant/pressure/{line}\""));
    free(text);
    learned_finish(&learned);
    learn_destroy(learn);
}

static void devices_may_share_a_message(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 60; second++)
        hear(learn, second * 1000, "gateway/1", "{\"P01\": {\"t\": %d, \"cnt\": %d}, \"P02\": {\"t\": %d, \"cnt\": %d}, \"P03\": {\"t\": 7, \"cnt\": %d}}", 20 + second % 5, second, 30 + second % 4, second, second);
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count, 1);
    assert_int_equal(learned.types[0].instance_count, 3);
    assert_string_equal(learned.types[0].instances[1].pointer, "/P02");
    char *text = learn_config(learn, &learned, NULL, "mqtt://broker");
    assert_true(holds(text, "topic = \"gateway/1\"; path = \"/P02/cnt\""));
    free(text);
    learned_finish(&learned);
    learn_destroy(learn);
}

static void nothing_is_invented(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    tell_presses(learn, 8, 0, "plant/hall1/press-%02d/telemetry");
    learn_conclude(learn, &learned);
    char *text = learn_config(learn, &learned, NULL, "mqtt://broker");
    for (const char *at = text; (at = strstr(at, "ideal_cycle")) != NULL; at++)
        assert_memory_equal(at - 3, "// ", 3);
    assert_true(holds(text, "fastest sustained cycle 20.0 s"));
    assert_false(holds(text, "normal") || holds(text, "range") || holds(text, "calendar =") || holds(text, "alarms ="));
    const bool none[] = {false};
    char *empty = learn_config(learn, &learned, none, "mqtt://broker");
    assert_false(holds(empty, "press"));
    free(empty);
    free(text);
    learned_finish(&learned);
    learn_destroy(learn);
}

static void beats_clocks_and_names_are_no_tags(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 60; second++)
        for (int p = 1; p <= 3; p++) {
            char topic[64];
            snprintf(topic, sizeof topic, "works/pump%d/data", p);
            hear(learn, second * 1000, topic, "{\"heartbeat\": %d, \"clock\": %lld, \"serial\": \"A-%d\", \"flow\": %d}", second, (long long)(begin / 1000 + second), p, 40 + (second * p) % 7);
        }
    learn_conclude(learn, &learned);
    const struct learned_type *pump = &learned.types[0];
    assert_true(leaf_of(pump, "heartbeat")->role.heartbeat);
    assert_true(leaf_of(pump, "clock")->role.clock);
    assert_true(leaf_of(pump, "serial")->role.ignored);
    char *text = learn_config(learn, &learned, NULL, "mqtt://broker");
    assert_true(holds(text, "name = \"flow\""));
    assert_false(holds(text, "name = \"heartbeat\"") || holds(text, "name = \"serial\"") || holds(text, "name = \"clock\""));
    free(text);
    learned_finish(&learned);
    learn_destroy(learn);
}

/* One level for everything: what parts its names is found out, and the topic of each machine is written as a pattern. */
static void names_may_stand_in_one_level(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 60; second++)
        for (int line = 1; line <= 2; line++)
            for (int p = 1; p <= 4; p++) {
                char topic[64];
                snprintf(topic, sizeof topic, "works_line%d_press%02d_oil_temp", line, p);
                hear(learn, second * 1000, topic, "%d", 40 + (second + p) % 7);
                snprintf(topic, sizeof topic, "works_line%d_press%02d_good", line, p);
                hear(learn, second * 1000, topic, "%d", 100 + second / 7);
                snprintf(topic, sizeof topic, "works_line%d_press%02d_state", line, p);
                hear(learn, second * 1000, topic, second % 20 ? "run" : "stop");
            }
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count, 1);
    assert_string_equal(learned.types[0].name, "press");
    assert_int_equal(learned.types[0].instance_count, 8);
    assert_int_equal(leaf_of(&learned.types[0], "good")->role.role, ROLE_GOOD);
    char *text = learn_config(learn, &learned, NULL, "mqtt://broker");
    assert_true(holds(text, "works_{area}_{line}_oil_temp") || holds(text, "works_{line}_{unit}_oil_temp"));
    free(text);
    learned_finish(&learned);
    learn_destroy(learn);
}

/* Stoves below furnaces are machines, and so are the furnaces. */
static void machines_may_stand_inside_machines(void **state)
{
    (void)state;
    static const char *const names[] = {"wind", "gas", "slag", "hood", "dust", "flow", "level", "load"};
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 40; second++)
        for (int f = 1; f <= 2; f++) {
            char topic[64];
            for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
                snprintf(topic, sizeof topic, "iron/bf%d/%s", f, names[n]);
                hear(learn, second * 1000, topic, "%d", 40 + (second + (int)n) % 9);
            }
            for (int s = 1; s <= 3; s++) {
                snprintf(topic, sizeof topic, "iron/bf%d/stove%d/data", f, s);
                hear(learn, second * 1000, topic, "{\"dome\": %d, \"stack\": %d, \"st\": \"run\"}", 1300 + second % 9, 260 + second % 5);
            }
        }
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count, 2);
    assert_string_equal(learned.types[0].name, "stove");
    assert_int_equal(learned.types[0].instance_count, 6);
    assert_string_equal(learned.types[1].name, "bf");
    assert_int_equal(learned.types[1].leaf_count, 8);
    learned_finish(&learned);
    learn_destroy(learn);
}

/* One printer in each line has the same name everywhere; that it says what its line and the oven beside it say, makes it a machine. */
static void one_machine_a_line_is_a_type(void **state)
{
    (void)state;
    static const char *const places[] = {"", "printer/", "oven/"};
    static const char *const own[] = {"lamp", "blade", "zone"};
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 60; second++)
        for (int line = 1; line <= 4; line++)
            for (size_t p = 0; p < 3; p++) {
                char topic[64];
                snprintf(topic, sizeof topic, "smt/smt%d/%sstate", line, places[p]);
                hear(learn, second * 1000, topic, second % 20 ? "run" : "stop");
                snprintf(topic, sizeof topic, "smt/smt%d/%sgood", line, places[p]);
                hear(learn, second * 1000, topic, "%d", 500 + second / 9);
                snprintf(topic, sizeof topic, "smt/smt%d/%sreject", line, places[p]);
                hear(learn, second * 1000, topic, "%d", 3 + second / 40);
                snprintf(topic, sizeof topic, "smt/smt%d/%s%s", line, places[p], own[p]);
                hear(learn, second * 1000, topic, "%d", 20 + second % 7);
            }
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count, 3);
    for (size_t t = 0; t < 3; t++) {
        assert_int_equal(learned.types[t].instance_count, 4);
        assert_int_equal(learned.types[t].leaf_count, 4);
    }
    learned_finish(&learned);
    learn_destroy(learn);
}

/* Flow and total of gas are a meter, whatever the names say of electricity: what is measured is certain. */
static void a_meter_is_known_by_its_rate(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    for (int second = 0; second < 600; second++) {
        double flow = second % 2 ? 170 : 190;
        hear(learn, second * 1000, "hall/boiler/data", "{\"ng\": {\"flow\": %.0f, \"total\": %.3f}, \"bed\": %d}", flow, 5000.125 + second * 180.0 / 3600, 700 + second % 7);
    }
    learn_conclude(learn, &learned);
    bool found = false;
    for (size_t i = 0; i < learned.loose_count; i++) {
        const struct learn_role *role = &learned.loose_roles[i];
        if (strcmp(learn_series_at(learn, learned.loose[i])->path, "/ng/total") != 0)
            continue;
        found = true;
        assert_int_equal(role->kind, KIND_REGISTER);
        assert_int_equal(role->sure, LEARN_CERTAIN);
        assert_string_equal(role->unit, "");
    }
    assert_true(found);
    learned_finish(&learned);
    learn_destroy(learn);
}

static void does(struct learn_edit *edit, const char *line)
{
    struct error err = {.text = ""};
    if (!learn_edit_do(edit, 0, line, &err))
        fail_msg("%s: %s", line, err.text);
}

static void refuses(struct learn_edit *edit, const char *line, const char *why)
{
    struct error err = {.text = ""};
    assert_false(learn_edit_do(edit, 0, line, &err));
    if (!holds(err.text, why))
        fail_msg("%s: %s", line, err.text);
}

static void a_proposal_may_be_changed_and_changed_back(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    tell_presses(learn, 8, 0, "plant/hall1/press-%02d/telemetry");
    learn_conclude(learn, &learned);
    struct learn_edit *edit = learn_edit_create(learn, &learned);
    const struct learned *now = learn_edit_learned(edit);
    char line[512];
    learn_line(&now->types[0], line, sizeof line);
    assert_true(holds(line, "press-{01..08}") && holds(line, "8/8 complete") && holds(line, "state=st") && holds(line, "good=good!"));
    does(edit, "name stamper");
    does(edit, "tag oil oil-temperature");
    does(edit, "unit oil-temperature \302\260C");
    does(edit, "role rej none");
    does(edit, "drop ct");
    does(edit, "split press-0*1 old");
    assert_int_equal(now->type_count, 2);
    assert_int_equal(now->types[0].instance_count, 7);
    refuses(edit, "name Press One", "wants NEW");
    refuses(edit, "name Press", "small letters");
    refuses(edit, "name old", "already");
    refuses(edit, "role st what", "state, good, reject");
    refuses(edit, "role nothing good", "has no value");
    refuses(edit, "without press-*", "every machine");
    refuses(edit, "fly", "? lists them");
    learn_edit_decide(edit, 0, LEARN_YES);
    char *text = learn_edit_config(edit, "mqtt://broker");
    assert_true(holds(text, "name = \"stamper\"") && holds(text, "name = \"oil-temperature\"") && holds(text, "chosen by hand") && holds(text, "left out by hand"));
    assert_false(holds(text, "press-01") || holds(text, "role = \"reject\""));
    free(text);
    does(edit, "merge old");
    assert_int_equal(now->types[0].instance_count, 8);
    for (int steps = 0; steps < 8; steps++)
        assert_true(learn_edit_undo(edit));
    assert_false(learn_edit_undo(edit));
    assert_string_equal(now->types[0].name, "press");
    assert_int_equal(now->types[0].instance_count, 8);
    learn_edit_destroy(edit);
    learn_destroy(learn);
}

/* Whatever comes: bounds hold, and the text can be read back as one. */
static void a_hostile_broker_costs_no_more(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    char topic[400];
    uint32_t dice = 7;
    for (int i = 0; i < 3000; i++) {
        size_t length = (size_t)(dice % 300);
        for (size_t k = 0; k < length; k++, dice = dice * 1664525 + 1013904223)
            topic[k] = (char)(dice >> 24);
        dice = dice * 1664525 + 1013904223;
        learn_message(learn, topic, length, topic, length, i & 1, begin + i);
    }
    hear(learn, 9, "a/\"b\\/c", "{\"x\\\"y\": 1}");
    hear(learn, 9, "a/\"c\\/c", "{\"x\\\"y\": 1}");
    learn_conclude(learn, &learned);
    char *text = learn_config(learn, &learned, NULL, "mqtt://broker");
    assert_non_null(text);
    free(text);
    learned_finish(&learned);
    learn_destroy(learn);
}

static void of_nothing_nothing_is_proposed(void **state)
{
    (void)state;
    struct learn *learn = fresh();
    struct learned learned;
    learn_conclude(learn, &learned);
    assert_int_equal(learned.type_count + learned.loose_count, 0);
    learned_finish(&learned);
    learn_destroy(learn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(equal_machines_are_a_type), CASE(roles_come_from_names_and_values), CASE(a_value_may_stand_before_the_machine), CASE(devices_may_share_a_message), CASE(nothing_is_invented),
        CASE(beats_clocks_and_names_are_no_tags), CASE(names_may_stand_in_one_level), CASE(machines_may_stand_inside_machines),
        CASE(one_machine_a_line_is_a_type), CASE(a_meter_is_known_by_its_rate), CASE(a_proposal_may_be_changed_and_changed_back), CASE(a_hostile_broker_costs_no_more), CASE(of_nothing_nothing_is_proposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
