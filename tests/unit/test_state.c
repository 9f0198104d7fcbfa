#include "check.h"

#include "core/state.h"

static void every_packml_state_is_in_the_table_by_its_number(void **state)
{
    (void)state;
    static const char *const names[PACK_STATE_COUNT] = {"Undefined", "Clearing", "Stopped", "Starting", "Idle", "Suspended",
        "Execute", "Stopping", "Aborting", "Aborted", "Holding", "Held", "Unholding", "Suspending", "Unsuspending", "Resetting",
        "Completing", "Complete"};
    for (int s = 0; s < PACK_STATE_COUNT; s++) {
        assert_string_equal(pack_state_table[s].name, names[s]);
        const struct state_map_row *by_number = state_map_number(state_map_packml(), s);
        const struct state_map_row *by_text = state_map_text(state_map_packml(), names[s]);
        assert_non_null(by_number);
        assert_non_null(by_text);
        assert_int_equal(by_number->state, s);
        assert_int_equal(by_text->state, s);
        assert_int_equal(by_number->class, pack_state_table[s].preset);
        assert_int_equal(by_text->class, pack_state_table[s].preset);
        assert_null(by_number->word);
        assert_int_equal(pack_state_by_name(names[s]), s);
    }
    assert_null(state_map_number(state_map_packml(), 18));
    assert_null(state_map_number(state_map_packml(), -1));
    assert_null(state_map_text(state_map_packml(), "Executing"));
}

static void only_undefined_is_unknown(void **state)
{
    (void)state;
    for (int s = 0; s < PACK_STATE_COUNT; s++)
        assert_int_equal(pack_state_table[s].preset == CLASS_UNKNOWN, s == PACK_UNDEFINED);
    assert_int_equal(pack_state_table[PACK_EXECUTE].preset, CLASS_RUN);
    assert_int_equal(pack_state_table[PACK_HELD].preset, CLASS_STOP);
    assert_int_equal(pack_state_table[PACK_ABORTED].preset, CLASS_STOP);
    assert_int_equal(pack_state_table[PACK_SUSPENDED].preset, CLASS_STARVED);
    assert_int_equal(pack_state_table[PACK_IDLE].preset, CLASS_NOT_SCHEDULED);
}

static void names_are_compared_without_case(void **state)
{
    (void)state;
    assert_int_equal(state_map_text(state_map_packml(), "EXECUTE")->state, PACK_EXECUTE);
    assert_int_equal(state_map_text(state_map_packml(), "unSuspending")->state, PACK_UNSUSPENDING);
    assert_int_equal(state_class_by_name("Stop"), CLASS_STOP);
    assert_int_equal(state_class_by_name("not-scheduled"), CLASS_NOT_SCHEDULED);
    assert_int_equal(state_class_by_name("sto"), -1);
    assert_int_equal(pack_state_by_name("Held up"), -1);
}

static void every_class_has_a_name_a_word_and_a_glyph(void **state)
{
    (void)state;
    for (int c = 0; c < CLASS_COUNT; c++) {
        assert_int_equal(state_class_by_name(state_class_table[c].name), c);
        assert_true(strlen(state_class_table[c].word) >= 1 && strlen(state_class_table[c].word) <= 8);
        assert_true(strlen(state_class_table[c].glyph) >= 1);
    }
    assert_string_equal(state_class_table[CLASS_STOP].word, "STOP");
    assert_string_equal(state_class_table[CLASS_UNKNOWN].word, "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(every_packml_state_is_in_the_table_by_its_number), CASE(only_undefined_is_unknown),
        CASE(names_are_compared_without_case), CASE(every_class_has_a_name_a_word_and_a_glyph)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
