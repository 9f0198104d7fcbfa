/*
 * What groups of limits and people bring into the life of one alarm: severity, acknowledging, shelves, the horn, and what is refused.
 */
#include "check.h"

#include "alarm_bench.h"

/* ---- groups ---- */

static void a_jump_over_two_limits_is_one_raise_and_one_return(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &process, false, 2, 2);
    happen_all(&b, "HT");
    wait(&b, 2 * SECOND);
    assert_int_equal(b.told_count, 1);
    assert_int_equal(b.alarm.severity, 2);
    happen_all(&b, "Fh");
    wait(&b, 2 * SECOND);
    assert_int_equal(b.told_count, 2);
    assert_int_equal(b.told[1].event, ALARM_CLEARED);
    tear_down(&b);
}

static void texts_and_priority_are_those_of_each_limit(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    assert_string_equal(alarm_condition_shown(&b.alarm)->action, "look");
    assert_int_equal(alarm_priority(&b.alarm), 2);
    happen_all(&b, "H");
    assert_string_equal(alarm_condition_shown(&b.alarm)->action, "run");
    assert_int_equal(alarm_priority(&b.alarm), 1);
    happen_all(&b, "hF");
    assert_string_equal(alarm_condition_shown(&b.alarm)->action, "look"); /* what it last was */
    tear_down(&b);
}

static void an_ack_does_not_cover_a_higher_severity(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    struct action seen = {.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 1};
    happen_all(&b, "H");
    assert_int_equal(act(&b, seen), REFUSAL_SEVERER);
    assert_string_equal(shown(&b), "UNACK");
    seen.severity = 2;
    assert_int_equal(act(&b, seen), REFUSAL_NONE);
    assert_string_equal(shown(&b), "ACKED");
    happen_all(&b, "hH"); /* it rises again: somebody has to look again */
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

/* ---- people ---- */

static void an_ack_of_an_earlier_occurrence_does_not_touch_the_present_one(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    struct action first = {.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 2};
    happen_all(&b, "aF.T");
    assert_int_equal(act(&b, first), REFUSAL_GONE);
    assert_string_equal(shown(&b), "UNACK");
    first.occurrence_ms = 0; /* it names none */
    assert_int_equal(act(&b, first), REFUSAL_GONE);
    first.occurrence_ms = b.alarm.raised_ms + 1;
    assert_int_equal(act(&b, first), REFUSAL_FUTURE);
    first.occurrence_ms = b.alarm.raised_ms;
    first.time_ms = b.wall + HOUR;
    assert_int_equal(act(&b, first), REFUSAL_FUTURE);
    assert_string_equal(shown(&b), "UNACK");
    tear_down(&b);
}

static void who_and_when_are_kept(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T.");
    act(&b, (struct action){.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 1, .comment = "seen it"});
    assert_int_equal(b.alarm.record->acked_ms, T0 + HOUR);
    assert_string_equal(b.alarm.record->ack_who, "Kim");
    assert_string_equal(b.alarm.record->ack_comment, "seen it");
    act(&b, (struct action){.kind = ACTION_COMMENT_ON, .comment = "fitter comes at two"});
    assert_int_equal(last(&b)->event, ALARM_COMMENTED);
    assert_string_equal(b.alarm.record->comment, "fitter comes at two");
    assert_string_equal(shown(&b), "ACKED");
    assert_int_equal(act(&b, (struct action){.kind = ACTION_COMMENT_ON}), REFUSAL_COMMENT);
    shelve_for(&b, HOUR);
    happen_all(&b, "X");
    assert_string_equal(b.alarm.record->shelf.reason, "being repaired");
    assert_int_equal(b.alarm.record->shelf.until_ms, T0 + 2 * HOUR);
    assert_string_equal(b.alarm.record->service.reason, "bearing");
    tear_down(&b);
}

static void a_class_may_want_a_comment(void **state)
{
    (void)state;
    struct bench b;
    set_up_as(&b, &wordy, false, 0, 0);
    happen_all(&b, "T");
    assert_int_equal(ack(&b), REFUSAL_COMMENT);
    assert_string_equal(shown(&b), "UNACK");
    assert_int_equal(act(&b, (struct action){.kind = ACTION_ACK, .occurrence_ms = b.alarm.raised_ms, .severity = 1, .comment = "known"}), REFUSAL_NONE);
    assert_int_equal(act(&b, (struct action){.kind = ACTION_SERVICE_OUT}), REFUSAL_COMMENT);
    tear_down(&b);
}

static void a_shelf_has_an_end(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_int_equal(shelve_for(&b, 8 * HOUR + 1), REFUSAL_TOO_LONG);
    assert_int_equal(shelve_for(&b, -1), REFUSAL_STATE);
    assert_string_equal(shown(&b), "NORM");
    assert_int_equal(shelve_for(&b, 8 * HOUR), REFUSAL_NONE);
    assert_int_equal(alarm_due(&b.alarm), 8 * HOUR);
    assert_int_equal(shelve_for(&b, HOUR), REFUSAL_NONE); /* shorter, after all */
    wait(&b, HOUR - 1);
    assert_string_equal(shown(&b), "SHLVD");
    wait(&b, 1);
    assert_string_equal(shown(&b), "NORM");
    tear_down(&b);
}

static void a_shelf_ends_by_the_clock_on_the_wall(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    shelve_for(&b, 4 * HOUR);
    b.wall += 3 * HOUR; /* we were away */
    alarm_gap(&b.alarm, now(&b));
    assert_int_equal(alarm_due(&b.alarm), b.elapsed + HOUR);
    b.wall -= HOUR; /* and somebody set the clock */
    alarm_clock(&b.alarm, now(&b));
    assert_int_equal(alarm_due(&b.alarm), b.elapsed + 2 * HOUR);
    b.wall += 9 * HOUR;
    alarm_gap(&b.alarm, now(&b));
    wait(&b, 0);
    assert_string_equal(shown(&b), "NORM");
    tear_down(&b);
}

static void the_horn_sounds_for_what_calls_until_somebody_acts(void **state)
{
    static const struct { const char *events; bool sounds; } cases[] = {
        {"T", true}, {"Ta", false}, {"TF", false}, {"TaH", true}, {"Ts", false}, {"sT", false}, {"sTu", true}, {"XTI", true}, {"TaS", false}, {"TaSN", true}, {"TFT", true},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct bench b;
        set_up(&b);
        happen_all(&b, cases[c].events);
        if (((b.alarm.flags & ALARM_SOUNDS) != 0) != cases[c].sounds)
            fail_msg("after %s", cases[c].events);
        tear_down(&b);
    }
}

static void a_hidden_raise_is_told_and_told_again_when_it_is_seen(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "sT");
    assert_int_equal(count_told(&b, ALARM_RAISED), 1);
    assert_int_equal(last(&b)->after, SHOWN_SHLVD);
    assert_true(b.alarm.unseen);
    int64_t raised = b.alarm.raised_ms;
    wait(&b, SECOND);
    happen_all(&b, "u");
    assert_int_equal(count_told(&b, ALARM_RAISED), 2);
    assert_int_equal(last(&b)->event, ALARM_RAISED);
    assert_int_equal(last(&b)->after, ALARM_UNACK);
    assert_int_equal(last(&b)->time_ms, b.wall);
    assert_int_equal(b.alarm.raised_ms, raised); /* the same occurrence */
    assert_false(b.alarm.unseen);
    happen_all(&b, "su");
    assert_int_equal(count_told(&b, ALARM_RAISED), 2); /* somebody could have seen it */
    tear_down(&b);
}

static void raises_of_a_day_are_counted(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall), 0);
    for (int h = 0; h < 30; h++) {
        happen_all(&b, "TFTF");
        b.told_count = 0;
        wait(&b, HOUR);
    }
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall - HOUR), 48);
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall + 22 * HOUR), 2);
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall + 23 * HOUR), 0);
    wait(&b, 1000 * (int64_t)HOUR);
    happen_all(&b, "T");
    assert_int_equal(alarm_raises_day(&b.alarm, b.wall), 1);
    tear_down(&b);
}

static void what_is_refused_changes_nothing(void **state)
{
    static const struct action actions[] = {
        {.kind = ACTION_ACK, .occurrence_ms = 1}, {.kind = ACTION_RESET, .occurrence_ms = 1}, {.kind = ACTION_SHELVE, .until_ms = 1}, {.kind = ACTION_SHELVE, .until_ms = INT64_MAX},
        {.kind = ACTION_SERVICE_OUT}, {.kind = ACTION_SERVICE_IN}, {.kind = ACTION_COMMENT_ON}, {.kind = ACTION_UNSHELVE}, {.kind = ACTION_SILENCE},
        {.kind = ACTION_MAINTENANCE_ON}, {.kind = (enum action_kind)77},
    };
    (void)state;
    struct bench b;
    set_up(&b);
    happen_all(&b, "T");
    struct alarm before = b.alarm;
    struct alarm_record record = *b.alarm.record;
    size_t told = b.told_count;
    for (size_t a = 0; a < sizeof actions / sizeof actions[0]; a++) {
        assert_int_not_equal(act(&b, actions[a]), REFUSAL_NONE);
        assert_memory_equal(&b.alarm, &before, sizeof before);
        assert_memory_equal(b.alarm.record, &record, sizeof record);
        assert_int_equal(b.told_count, told);
    }
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_jump_over_two_limits_is_one_raise_and_one_return),
        CASE(texts_and_priority_are_those_of_each_limit),
        CASE(an_ack_does_not_cover_a_higher_severity),
        CASE(an_ack_of_an_earlier_occurrence_does_not_touch_the_present_one),
        CASE(who_and_when_are_kept),
        CASE(a_class_may_want_a_comment),
        CASE(a_shelf_has_an_end),
        CASE(a_shelf_ends_by_the_clock_on_the_wall),
        CASE(the_horn_sounds_for_what_calls_until_somebody_acts),
        CASE(a_hidden_raise_is_told_and_told_again_when_it_is_seen),
        CASE(raises_of_a_day_are_counted),
        CASE(what_is_refused_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
