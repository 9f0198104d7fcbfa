#include "check.h"

#include "core/availability.h"
#include "core/plant_build.h"

static void words_and_numbers_say_whether_it_lives(void **state)
{
    (void)state;
    static const struct { const char *text; enum liveness any, word; } cases[] = {
        {"online", LIVENESS_ALIVE, LIVENESS_ALIVE}, {"Online", LIVENESS_ALIVE, LIVENESS_ALIVE}, {"OFFLINE", LIVENESS_DEAD, LIVENESS_DEAD},
        {"connected", LIVENESS_ALIVE, LIVENESS_ALIVE}, {"disconnected", LIVENESS_DEAD, LIVENESS_DEAD}, {"unavailable", LIVENESS_DEAD, LIVENESS_DEAD},
        {"lost", LIVENESS_DEAD, LIVENESS_UNKNOWN}, {"ready", LIVENESS_ALIVE, LIVENESS_UNKNOWN}, {"true", LIVENESS_ALIVE, LIVENESS_UNKNOWN},
        {"off", LIVENESS_DEAD, LIVENESS_UNKNOWN}, {"0", LIVENESS_DEAD, LIVENESS_UNKNOWN}, {"2", LIVENESS_ALIVE, LIVENESS_UNKNOWN},
        {"running", LIVENESS_UNKNOWN, LIVENESS_UNKNOWN}, {"", LIVENESS_UNKNOWN, LIVENESS_UNKNOWN}, {"onlin", LIVENESS_UNKNOWN, LIVENESS_UNKNOWN},
        {"onlined", LIVENESS_UNKNOWN, LIVENESS_UNKNOWN},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        assert_int_equal(availability_value(value_text(1), cases[c].text), cases[c].any);
        assert_int_equal(availability_word(value_text(1), cases[c].text), cases[c].word);
    }
    assert_int_equal(availability_value(value_bool(false), ""), LIVENESS_DEAD);
    assert_int_equal(availability_value(value_int(2), ""), LIVENESS_ALIVE);
    assert_int_equal(availability_value(value_null(), ""), LIVENESS_UNKNOWN);
    assert_int_equal(availability_word(value_bool(true), ""), LIVENESS_UNKNOWN);
}

/* The beginning that all its keys have; "" for a key that tells nothing. */
static void topics_tell_it_by_custom(void **state)
{
    (void)state;
    static const struct { const char *key, *prefix; bool words; } cases[] = {
        {"main:tele/P07/LWT#", "main:tele/P07", false},
        {"main:zigbee2mqtt/door/availability#", "main:zigbee2mqtt/door", false},
        {"main:zigbee2mqtt/door/availability#/state", "main:zigbee2mqtt/door", false},
        {"main:shellies/pump/online#", "main:shellies/pump", false},
        {"main:homie/oven/$state#", "main:homie/oven", false},
        {"main:plant/l1/press/status#", "main:plant/l1/press", true},
        {"main:plant/l1/press/STATE#", "main:plant/l1/press", true},
        {"main:plant/l1/press/status#/oil", "", false},
        {"main:plant/l1/press/alive#", "", false},
        {"main:plant/l1/press/temp#", "", false},
        {"main:online#", "", false},
        {"main:/online#", "", false},
        {"works/l1/online", "", false},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        bool words = false;
        size_t length = availability_key(cases[c].key, &words);
        assert_int_equal(length, strlen(cases[c].prefix));
        assert_memory_equal(cases[c].key, cases[c].prefix, length);
        assert_int_equal(words, cases[c].words);
    }
}

static void a_tags_own_values_come_first(void **state)
{
    (void)state;
    const char *alive[] = {"OK", "3"}, *dead[] = {"true", "weg"};
    const struct tag_def def = {.alive = alive, .alive_count = 2, .dead = dead, .dead_count = 2};
    static const struct { struct value value; const char *text; bool told, lives; } cases[] = {
        {{.kind = VALUE_TEXT}, "ok", true, true}, {{.kind = VALUE_TEXT}, "weg", true, false}, {{.kind = VALUE_INT, .i = 3}, "", true, true},
        {{.kind = VALUE_BOOL, .b = true}, "", true, false}, {{.kind = VALUE_TEXT}, "offline", true, false}, {{.kind = VALUE_TEXT}, "maybe", false, false},
        {{.kind = VALUE_NULL}, "", false, false},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct value out = value_null();
        assert_int_equal(availability_read(&def, cases[c].value, cases[c].text, &out), cases[c].told);
        if (cases[c].told)
            assert_int_equal(out.b, cases[c].lives);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(words_and_numbers_say_whether_it_lives),
        CASE(topics_tell_it_by_custom),
        CASE(a_tags_own_values_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
