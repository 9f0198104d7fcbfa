#include "check.h"
#include "core/plant_build.h"
#include "core/whatif_ask.h"

/* works / press: the tag oil with the alarm high (limit 85, deadband 1), and the tag flow without any. */
static struct plant *plant;
static struct whatif_ask ask;
static struct error err;

static int setup(void **state)
{
    struct plant_build b;
    (void)state;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t press = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "press"});
    uint32_t oil = plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "oil", .unit = "°C"}));
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "flow"}));
    const struct alarm_condition_def high = {.kind = ALARM_HIGH, .limit = 85, .deadband = 1, .priority = 2};
    plant_add_alarm(&b, press, oil, plant_add_alarm_def(&b, (struct alarm_def){.name = "high", .conditions = &high, .condition_count = 1}), NULL, NULL);
    plant = plant_build_finish(&b);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    plant_destroy(plant);
    return 0;
}

static void read_ask(const char *text)
{
    if (!whatif_ask_read(&ask, plant, text, &err))
        fail_msg("%s: %s", text, err.text);
}

static void assert_refused(const char *text, const char *why)
{
    if (whatif_ask_read(&ask, plant, text, &err))
        fail_msg("%s is read", text);
    if (!strstr(err.text, why))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, err.text, why);
}

static void the_first_row_is_the_alarm_as_it_is(void **state)
{
    (void)state;
    read_ask("works/press/oil.high deadband=5; limit=90, on-delay=60s;");
    assert_int_equal(ask.alarm, 0);
    assert_int_equal(ask.count, 3);
    assert_string_equal(ask.variants[0].settings, "high > 85, deadband 1");
    assert_string_equal(ask.variants[1].settings, "high > 85, deadband 5");
    assert_string_equal(ask.variants[2].settings, "high > 90, deadband 1, on-delay 1m00s");
    read_ask("  works/press/oil.high");
    assert_int_equal(ask.count, 1);
}

static void a_kind_with_a_number_is_its_limit(void **state)
{
    (void)state;
    read_ask("works/press/oil.high high=80");
    assert_string_equal(ask.variants[1].settings, "high > 80, deadband 1");
}

static void a_tag_gets_a_trial_alarm(void **state)
{
    (void)state;
    read_ask("works/press/flow high=85 deadband=1 low=20 high-high=95 on-delay=60s; low=10 high.deadband=3");
    assert_int_equal(ask.tag, 1);
    assert_int_equal(ask.def.condition_count, 3);
    assert_int_equal(ask.conditions[0].kind, ALARM_HIGH_HIGH);
    assert_string_equal(ask.variants[0].settings, "high-high > 95, deadband 1, on-delay 1m00s; high > 85, deadband 1, on-delay 1m00s; low < 20, deadband 1, on-delay 1m00s");
    assert_string_equal(ask.variants[1].settings, "high-high > 95, deadband 1, on-delay 1m00s; high > 85, deadband 3, on-delay 1m00s; low < 10, deadband 1, on-delay 1m00s");
}

static uint64_t raises_of(size_t variant)
{
    static const double values[] = {80, 86, 83, 86, 79, 86};
    struct whatif *w = whatif_ask_create(&ask, plant, variant);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct sample s = {.time_ms = 1700000000000 + (int64_t)i * 1000, .value = value_real(values[i]), .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME};
        whatif_sample(w, 0, &s, NULL);
    }
    whatif_end(w, 1700000060000);
    uint64_t raises = whatif_counts(w)->raises;
    whatif_destroy(w);
    return raises;
}

static void each_variant_is_counted_with_its_settings(void **state)
{
    static const char *const asked[] = {"works/press/oil.high deadband=5", "works/press/flow high=85 deadband=1; deadband=5", "works/press/oil high=85 deadband=1; deadband=5"};
    (void)state;
    for (size_t a = 0; a < sizeof asked / sizeof asked[0]; a++) {
        read_ask(asked[a]);
        assert_int_equal(raises_of(0), 3);
        assert_int_equal(raises_of(1), 2);
    }
}

static void on_the_screen_the_usual_ones_are_asked(void **state)
{
    (void)state;
    assert_true(whatif_ask_alarm(&ask, plant, 0, "", &err));
    assert_int_equal(ask.count, 3);
    assert_string_equal(ask.variants[1].settings, "high > 85, deadband 2");
    assert_string_equal(ask.variants[2].settings, "high > 85, deadband 1, on-delay 1m00s");
    assert_true(whatif_ask_alarm(&ask, plant, 0, "deadband=7", &err));
    assert_int_equal(ask.count, 2);
    assert_string_equal(ask.key, "works/press/oil.high");
}

static void what_is_wrong_names_what_is_right(void **state)
{
    (void)state;
    assert_refused("", "key of an alarm");
    assert_refused("works/press/oil.hihg deadband=5", "did you mean works/press/oil.high?");
    assert_refused("works/press/oil deadband=5", "high=85");
    assert_refused("works/press/oil.high width=5", "deadband=");
    assert_refused("works/press/oil.high low=5", "no such condition");
    assert_refused("works/press/oil.high deadband=1;deadband=2;deadband=3;deadband=4;deadband=5;deadband=6;deadband=7;deadband=8;deadband=9;deadband=10;deadband=11;deadband=12", "11 variants");
    char wide[600] = "works/press/oil.high deadband=1";
    for (size_t at = strlen(wide); at + 12 < sizeof wide; at += 11)
        memcpy(wide + at, " deadband=1", 12);
    assert_refused(wide, "too many changes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_row_is_the_alarm_as_it_is),
        CASE(a_kind_with_a_number_is_its_limit),
        CASE(a_tag_gets_a_trial_alarm),
        CASE(each_variant_is_counted_with_its_settings),
        CASE(on_the_screen_the_usual_ones_are_asked),
        CASE(what_is_wrong_names_what_is_right),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
