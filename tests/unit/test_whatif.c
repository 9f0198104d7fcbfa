#include "check.h"
#include "core/plant_build.h"
#include "core/whatif.h"

#define T0 INT64_C(1700000000000)
enum { SECOND = 1000 };

/* works / line l1 / units pump (state, flow) and oven (temp: high-high 95 and high 90); the low flow of the pump is suppressed while it does not run. */
static struct plant *plant;

static const struct alarm_def *high_group(struct plant_build *b)
{
    const struct alarm_condition_def conditions[] = {
        {.kind = ALARM_HIGH_HIGH, .limit = 95, .deadband = 1, .priority = 1},
        {.kind = ALARM_HIGH, .limit = 90, .deadband = 1, .priority = 2, .on_delay_ms = 2 * SECOND},
    };
    return plant_add_alarm_def(b, (struct alarm_def){.name = "high", .conditions = conditions, .condition_count = 2});
}

static const struct alarm_def *low_flow(struct plant_build *b)
{
    const struct alarm_condition_def condition = {.kind = ALARM_LOW, .limit = 10, .priority = 3};
    return plant_add_alarm_def(b, (struct alarm_def){.name = "low", .conditions = &condition, .condition_count = 1, .input_count = 1,
        .suppress = {.text = "v0 #ne 1", .source = "{:state} != run"}});
}

static int setup(void **state)
{
    struct plant_build b;
    (void)state;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1"});
    uint32_t pump = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "pump"});
    plant_add_tag(&b, pump, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    uint32_t flow = plant_add_tag(&b, pump, plant_add_def(&b, (struct tag_def){.name = "flow", .unit = "l/min"}));
    plant_add_tag(&b, pump, plant_add_def(&b, (struct tag_def){.name = "noise"}));
    uint32_t oven = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "oven"});
    uint32_t temp = plant_add_tag(&b, oven, plant_add_def(&b, (struct tag_def){.name = "temp", .unit = "°C"}));
    plant_add_alarm(&b, pump, flow, low_flow(&b), &(struct alarm_input){INPUT_NODE, pump}, NULL);
    plant_add_alarm(&b, oven, temp, high_group(&b), NULL, NULL);
    plant = plant_build_finish(&b);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    plant_destroy(plant);
    return 0;
}

enum { LOW_FLOW, HIGH_TEMP }; /* alarms */

static struct whatif *asked(uint32_t alarm, const char *changes_text)
{
    struct whatif_change changes[WHATIF_CHANGES];
    size_t count = 0;
    struct error err = {""};
    if (!whatif_change_read(changes_text, plant->alarms[alarm].def, changes, &count, &err))
        fail_msg("%s: %s", changes_text, err.text);
    return whatif_create(plant, alarm, changes, count);
}

static size_t tag_of(const struct whatif *w, const char *key)
{
    char text[KEY_BYTES];
    for (size_t t = 0; t < whatif_tag_count(w); t++) {
        whatif_tag_key(w, t, text, sizeof text);
        if (strcmp(text, key) == 0)
            return t;
    }
    fail_msg("%s is not looked at", key);
    return 0;
}

static void say(struct whatif *w, size_t tag, int64_t second, double value)
{
    const struct sample s = {.time_ms = T0 + second * SECOND, .value = value_real(value), .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME};
    whatif_sample(w, tag, &s, NULL);
}

/* A temperature that swings around 90: a sawtooth and some noise, the same on every machine. */
static double swing(int second)
{
    return 80 + (double)(second % 60) / 3 + (double)((second * 7919) % 13) / 4;
}

/* The same question, asked in a few plain lines. */
static unsigned count_plainly(int seconds, double limit, double deadband)
{
    unsigned raises = 0;
    bool high = false;
    for (int s = 0; s < seconds; s++) {
        bool now = high ? swing(s) >= limit - deadband : swing(s) > limit;
        raises += now && !high;
        high = now;
    }
    return raises;
}

static uint64_t count_by_engine(int seconds, const char *changes)
{
    struct whatif *w = asked(HIGH_TEMP, changes);
    for (int s = 0; s < seconds; s++)
        say(w, 0, s, swing(s));
    whatif_end(w, T0 + (int64_t)seconds * SECOND);
    uint64_t raises = whatif_counts(w)->raises;
    whatif_destroy(w);
    return raises;
}

static void raises_equal_a_plain_count(void **state)
{
    static const double limits[] = {85, 90, 98, 101}, deadbands[] = {0, 1, 2.5, 5, 20};
    char changes[96];
    (void)state;
    for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
        for (size_t d = 0; d < sizeof deadbands / sizeof deadbands[0]; d++) {
            snprintf(changes, sizeof changes, "high-high.limit=200 high.limit=%g deadband=%g on-delay=0s", limits[l], deadbands[d]);
            assert_int_equal(count_by_engine(3600, changes), count_plainly(3600, limits[l], deadbands[d]));
        }
    assert_true(count_plainly(3600, 90, 0) > count_plainly(3600, 90, 5)); /* else this would compare nothing */
}

static void without_changes_it_is_the_configured_alarm(void **state)
{
    (void)state;
    struct whatif *w = asked(HIGH_TEMP, "");
    const double values[] = {80, 92, 80, 92, 92, 92, 96, 94.5, 93, 80};
    for (int s = 0; s < 10; s++)
        say(w, 0, s, values[s]);
    whatif_end(w, T0 + 60 * SECOND);
    const struct whatif_counts *c = whatif_counts(w);
    assert_int_equal(c->raises, 1);          /* one second of 92 is shorter than the delay */
    assert_int_equal(c->by_condition[1], 1); /* high */
    assert_int_equal(c->by_condition[0], 1); /* and it rose to high-high */
    assert_int_equal(c->first_ms, T0 + 5 * SECOND);
    assert_int_equal(c->last_ms, c->first_ms);
    assert_int_equal(c->active_ms, 4 * SECOND);
    assert_int_equal(c->longest_ms, 4 * SECOND);
    assert_int_equal(c->fleeting, 1);
    assert_int_equal(c->samples, 10);
    whatif_destroy(w);
}

static void what_was_active_before_counts_as_time_only(void **state)
{
    (void)state;
    struct whatif *w = asked(HIGH_TEMP, "on-delay=0s");
    whatif_begin(w, T0 + 10 * SECOND);
    say(w, 0, 0, 99);
    say(w, 0, 15, 50);
    say(w, 0, 20, 99);
    whatif_end(w, T0 + 30 * SECOND);
    assert_int_equal(whatif_counts(w)->raises, 1);
    assert_int_equal(whatif_counts(w)->active_ms, 15 * SECOND);
    assert_int_equal(whatif_counts(w)->samples, 2);
    whatif_destroy(w);
}

static void the_third_raise_in_a_minute_chatters(void **state)
{
    static const struct { int third; unsigned chattering; } cases[] = {{60, 1}, {61, 0}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct whatif *w = asked(HIGH_TEMP, "on-delay=0s");
        const int raises[] = {0, 30, cases[i].third};
        for (size_t r = 0; r < 3; r++) {
            say(w, 0, raises[r], 99);
            say(w, 0, raises[r] + 1, 50);
        }
        whatif_end(w, T0 + 100 * SECOND);
        assert_int_equal(whatif_counts(w)->raises, 3);
        assert_int_equal(whatif_counts(w)->chattering, cases[i].chattering);
        whatif_destroy(w);
    }
}

static void suppression_is_part_of_it(void **state)
{
    (void)state;
    struct whatif *w = asked(LOW_FLOW, "");
    assert_int_equal(whatif_tag_count(w), 2); /* what tells the state, and the flow; neither the noise nor the oven */
    size_t pump = tag_of(w, "works/l1/pump/state"), flow = tag_of(w, "works/l1/pump/flow");
    say(w, pump, 0, 2); /* stopped */
    say(w, flow, 1, 0);
    say(w, flow, 10, 20);
    say(w, pump, 20, 6); /* execute */
    say(w, flow, 30, 0);
    whatif_end(w, T0 + 60 * SECOND);
    assert_int_equal(whatif_counts(w)->last_ms, T0 + 30 * SECOND);
    whatif_destroy(w);
}

static void a_tag_without_an_alarm_can_be_asked_about(void **state)
{
    const struct alarm_condition_def conditions[] = {{.kind = ALARM_HIGH, .limit = 95}};
    const struct alarm_def def = {.name = "trial", .conditions = conditions, .condition_count = 1};
    (void)state;
    struct whatif *w = whatif_create_new(plant, 2, &def);
    assert_int_equal(whatif_tag_count(w), 1);
    assert_int_equal(tag_of(w, "works/l1/pump/noise"), 0);
    say(w, 0, 0, 90);
    say(w, 0, 1, 96);
    whatif_end(w, T0 + 10 * SECOND);
    assert_int_equal(whatif_counts(w)->raises, 1);
    whatif_destroy(w);
}

static void changes_are_read_and_told(void **state)
{
    static const struct { const char *text, *told; } cases[] = {
        {"", "high-high > 95, deadband 1; high > 90, deadband 1, on-delay 2s"},
        {"high.limit=85 deadband=5", "high-high > 95, deadband 5; high > 85, deadband 5, on-delay 2s"},
        {"high-high.limit=99.5,high.on-delay=1m, off-delay=10s", "high-high > 99.5, deadband 1, off-delay 10s; high > 90, deadband 1, on-delay 1m00s, off-delay 10s"},
    };
    char told[256];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct whatif_change changes[WHATIF_CHANGES];
        size_t count = 0;
        struct error err = {""};
        assert_true(whatif_change_read(cases[i].text, plant->alarms[HIGH_TEMP].def, changes, &count, &err));
        whatif_text(plant->alarms[HIGH_TEMP].def, changes, count, told, sizeof told);
        assert_string_equal(told, cases[i].told);
    }
    whatif_text(plant->alarms[HIGH_TEMP].def, NULL, 0, told, 12);
    assert_string_equal(told, "high-high >");
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct { const char *text, *why; } cases[] = {
        {"limit=85", "limit: which one? Say high-high.limit or high.limit"},
        {"low.limit=85", "\"low\": this alarm has no such condition"},
        {"colour=85", "\"colour=85\": limit=, deadband=, on-delay= or off-delay= is expected"},
        {"high.limit", "\"high.limit\": limit=, deadband=, on-delay= or off-delay= is expected"},
        {"high.limit=", "limit: a number is expected"},
        {"high.limit=warm", "limit: \"warm\" is not a number"},
        {"deadband=-1", "deadband: \"-1\" is not a number from 0 on"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct whatif_change changes[WHATIF_CHANGES];
        size_t count = 0;
        struct error err = {""};
        assert_false(whatif_change_read(cases[i].text, plant->alarms[HIGH_TEMP].def, changes, &count, &err));
        assert_string_equal(err.text, cases[i].why);
        assert_int_equal(count, 0);
    }
}

#define WHATIF_CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHATIF_CASE(raises_equal_a_plain_count), WHATIF_CASE(without_changes_it_is_the_configured_alarm), WHATIF_CASE(what_was_active_before_counts_as_time_only),
        WHATIF_CASE(the_third_raise_in_a_minute_chatters), WHATIF_CASE(suppression_is_part_of_it), WHATIF_CASE(a_tag_without_an_alarm_can_be_asked_about),
        WHATIF_CASE(changes_are_read_and_told), WHATIF_CASE(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
