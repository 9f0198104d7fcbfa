/*
 * Alarms in the fold: each kind from samples, messages, silence, suppression, first-out, late samples. Times are ms after T0.
 */
#include "check.h"

#include "alarm_fixture.h"

#define HIGH TEMP ".high"

/* ---- kinds ---- */

static void a_group_of_limits_rises_and_falls(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 90);
    assert_shown(&s, HIGH, "NORM");
    go(&s, 2999);
    assert_shown(&s, HIGH, "NORM");
    go(&s, 3000); /* it matured by time, no sample came */
    assert_shown(&s, HIGH, "UNACK");
    assert_int_equal(alarm_of(&s, HIGH)->raised_ms, T0 + 3000);
    assert_int_equal(ack(&s, 4000, HIGH), REFUSAL_NONE);
    number(&s, 5000, TEMP, 96);
    go(&s, 7000);
    assert_shown(&s, HIGH, "UNACK"); /* high-high: the ack does not cover it */
    assert_int_equal(alarm_of(&s, HIGH)->severity, 2);
    assert_int_equal(alarm_priority(alarm_of(&s, HIGH)), 1);
    number(&s, 8000, TEMP, 84.5); /* within the deadband of high, not of high-high */
    assert_int_equal(alarm_of(&s, HIGH)->severity, 1);
    number(&s, 9000, TEMP, 83.9);
    assert_shown(&s, HIGH, "RTNUN");
    assert_int_equal(told(&s, HIGH, ALARM_RAISED), 1);
    assert_int_equal(told(&s, HIGH, ALARM_ROSE), 1);
    assert_int_equal(told(&s, HIGH, ALARM_FELL), 1);
    assert_int_equal(told(&s, HIGH, ALARM_CLEARED), 1);
    shop_close(&s);
}

static void an_event_says_all_that_a_journal_needs(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 96.4);
    go(&s, 60000);
    const struct event *e = &s.events[0];
    assert_string_equal(e->path, HIGH);
    assert_string_equal(e->text, "Temperature high-high");
    assert_string_equal(e->before, "NORM");
    assert_string_equal(e->after, "UNACK");
    assert_int_equal(e->time_ms, T0 + 3000);
    assert_int_equal(e->alarm.event, ALARM_RAISED);
    assert_int_equal(e->alarm.kind, ALARM_HIGH_HIGH);
    assert_int_equal(e->alarm.priority, 1);
    assert_true(e->alarm.annunciated);
    assert_int_equal(e->alarm.occurrence_ms, T0 + 3000);
    assert_string_equal(e->alarm.value, "96.4 °C");
    assert_string_equal(e->alarm.limit, "> 95");
    assert_string_equal(e->alarm.class, "process");
    assert_string_equal(e->alarm.position, "plant");
    assert_int_equal(e->series, tag_of(&s.w, TEMP)->series);
    struct action action = on(ACTION_ACK, HIGH);
    action.occurrence_ms = T0 + 3000;
    action.severity = 2;
    memcpy(action.comment, "on my way", sizeof "on my way");
    assert_int_equal(person(&s, 61000, action), REFUSAL_NONE);
    assert_string_equal(last_event(&s)->who, "Kim");
    assert_string_equal(last_event(&s)->alarm.comment, "on my way");
    assert_int_equal(last_event(&s)->time_ms, T0 + 61000);
    assert_false(last_event(&s)->alarm.annunciated);
    shop_close(&s);
}

/* Longer than a tag's key may be. */
static void an_event_names_an_alarm_whose_key_is_long(void **state)
{
    (void)state;
    struct plant_build b;
    struct works w;
    char name[61], long_name[41], key[ALARM_KEY_BYTES];
    memset(name, 'n', sizeof name - 1);
    memset(long_name, 'a', sizeof long_name - 1);
    name[sizeof name - 1] = long_name[sizeof long_name - 1] = '\0';
    plant_build_init(&b);
    uint32_t node = NO_NODE;
    for (int level = LEVEL_SITE; level <= LEVEL_UNIT; level++)
        node = plant_add_node(&b, node, (struct node){.level = (enum level)level, .name = name});
    uint32_t tag = add_tag(&b, node, (struct tag_def){.name = "t"});
    add_alarm(&b, node, tag, (struct alarm_def){.name = long_name}, (struct alarm_condition_def){.kind = ALARM_HIGH, .limit = 1}, NULL, NULL);
    works_open_plant(&w, plant_build_finish(&b));
    w.now = 1000;
    batch_add(&w.batch, (struct record){.kind = RECORD_SAMPLE, .series = 1, .time_ms = T0, .value = value_int(2), .quality = QUALITY_GOOD});
    step(&w, 1000);
    assert_true(plant_alarm_key(w.plant, 0, key, sizeof key) >= KEY_BYTES);
    assert_int_equal(model_outcomes(w.model)->event_count, 1);
    assert_string_equal(model_outcomes(w.model)->events[0].path, key);
    assert_int_equal(model_find_alarm(w.model, key), 0);
    works_close(&w);
}

static void a_deviation_follows_its_setpoint(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, SPEED, 100);
    assert_shown(&s, SPEED ".off", "NORM"); /* no setpoint is known */
    number(&s, 2000, TARGET, 103);
    assert_shown(&s, SPEED ".off", "NORM");
    number(&s, 3000, TARGET, 106);
    assert_shown(&s, SPEED ".off", "UNACK");
    number(&s, 4000, SPEED, 103);
    assert_shown(&s, SPEED ".off", "RTNUN");
    shop_close(&s);
}

static void a_rate_fades_though_no_sample_comes(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, OIL, 20);
    number(&s, 90000, OIL, 50);
    assert_shown(&s, OIL ".jump", "UNACK");
    go(&s, 149999);
    assert_shown(&s, OIL ".jump", "UNACK");
    go(&s, 150000);
    assert_shown(&s, OIL ".jump", "RTNUN");
    shop_close(&s);
}

static void a_discrete_state_raises(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    text(&s, 1000, MODE, "auto");
    assert_shown(&s, MODE ".fault", "NORM");
    text(&s, 2000, MODE, "Fault");
    assert_shown(&s, MODE ".fault", "UNACK");
    text(&s, 3000, MODE, "9");
    assert_shown(&s, MODE ".fault", "UNACK");
    text(&s, 4000, MODE, "auto");
    assert_shown(&s, MODE ".fault", "RTNUN");
    shop_close(&s);
}

static void an_expression_waits_until_all_is_known(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 60);
    assert_shown(&s, PRESS ".dry", "NORM");
    number(&s, 2000, FLOW, 3);
    assert_shown(&s, PRESS ".dry", "UNACK");
    say(&s, 3000, FLOW, value_real(3))->quality = QUALITY_BAD;
    go(&s, 3000);
    number(&s, 3500, TEMP, 61);
    assert_shown(&s, PRESS ".dry", "UNACK"); /* unknown neither raises nor clears */
    number(&s, 4000, FLOW, 30);
    assert_shown(&s, PRESS ".dry", "RTNUN");
    shop_close(&s);
}

static void bad_quality_raises_its_own_alarm_and_freezes_the_others(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 90);
    say(&s, 2000, TEMP, value_real(90))->quality = QUALITY_BAD;
    go(&s, 2000);
    assert_shown(&s, TEMP ".bad", "UNACK");
    go(&s, 4000);
    assert_shown(&s, HIGH, "NORM"); /* one second of its delay is left */
    number(&s, 4500, TEMP, 90);
    assert_shown(&s, TEMP ".bad", "RTNUN");
    go(&s, 5499);
    assert_shown(&s, HIGH, "NORM");
    go(&s, 5500);
    assert_shown(&s, HIGH, "UNACK");
    say(&s, 6000, TEMP, value_real(20))->quality = QUALITY_BAD;
    go(&s, 6000);
    assert_shown(&s, HIGH, "UNACK"); /* nor does it clear one */
    shop_close(&s);
}

/* ---- messages ---- */

static void a_machines_message_comes_with_its_text_and_goes_by_itself(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, CODE, 0);
    assert_shown(&s, CODE ".message", "NORM");
    say(&s, 2000, CODE, value_int(17));
    text(&s, 2000, NOTE, "Grease low"); /* after the code, as the series have it */
    assert_shown(&s, CODE ".message", "ACKED");
    assert_string_equal(last_event(&s)->text, "Grease low");
    assert_string_equal(alarm_of(&s, CODE ".message")->record->code, "17");
    assert_false(last_event(&s)->alarm.annunciated);
    int64_t first = alarm_of(&s, CODE ".message")->raised_ms;
    number(&s, 3000, CODE, 42); /* another one: another occurrence */
    assert_string_equal(last_event(&s)->text, "Door open");
    assert_int_equal(last_event(&s)->alarm.priority, 2);
    assert_true(alarm_of(&s, CODE ".message")->raised_ms > first);
    assert_int_equal(told(&s, CODE ".message", ALARM_RAISED), 2);
    assert_int_equal(told(&s, CODE ".message", ALARM_CLEARED), 1);
    number(&s, 4000, CODE, 42);
    assert_int_equal(told(&s, CODE ".message", ALARM_RAISED), 2);
    number(&s, 5000, CODE, 0);
    assert_shown(&s, CODE ".message", "NORM");
    shop_close(&s);
}

/* ---- no data ---- */

static void a_tag_that_misses_its_cadence_raises_after_three_intervals(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 20);
    number(&s, 2000, TEMP, 20);
    go(&s, 4999);
    assert_shown(&s, TEMP ".silent", "NORM");
    go(&s, 5000);
    assert_shown(&s, TEMP ".silent", "UNACK");
    number(&s, 6000, TEMP, 20);
    assert_shown(&s, TEMP ".silent", "RTNUN");
    go(&s, 9000);
    assert_shown(&s, TEMP ".silent", "UNACK");
    shop_close(&s);
}

static void a_silent_unit_is_one_alarm_and_not_one_a_tag(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    for (int t = 1; t <= 5; t++) {
        say(&s, t * SECOND, OVEN "/a", value_real(t));
        say(&s, t * SECOND, OVEN "/b", value_real(t));
        go(&s, t * SECOND);
    }
    go(&s, 14999);
    assert_shown(&s, OVEN ".silent", "NORM");
    go(&s, MINUTE);
    assert_shown(&s, OVEN ".silent", "UNACK");
    assert_int_equal(alarm_of(&s, OVEN ".silent")->raised_ms, T0 + 15000);
    assert_int_equal(told(&s, OVEN "/a.silent", ALARM_RAISED) + told(&s, OVEN "/b.silent", ALARM_RAISED), 0);
    number(&s, 61000, OVEN "/a", 1); /* it lives: now the other one's silence is its own */
    assert_shown(&s, OVEN ".silent", "RTNUN");
    for (int t = 62; t < 70; t++)
        number(&s, t * SECOND, OVEN "/a", t);
    assert_shown(&s, OVEN "/b.silent", "UNACK");
    assert_shown(&s, OVEN "/a.silent", "NORM");
    shop_close(&s);
}

static void one_silent_tag_of_a_unit_that_speaks_is_its_own_alarm(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, OVEN "/b", 1);
    for (int t = 1; t <= 4; t++)
        number(&s, t * SECOND, OVEN "/a", t);
    assert_shown(&s, OVEN "/b.silent", "UNACK");
    assert_shown(&s, OVEN ".silent", "NORM");
    shop_close(&s);
}

static void our_own_lost_link_raises_nothing_and_freezes_what_runs(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    source(&s, 500, true);
    say(&s, 1000, OVEN "/a", value_real(1));
    say(&s, 1000, OVEN "/b", value_real(1));
    number(&s, 1000, TEMP, 90);
    source(&s, 2000, false);
    go(&s, HOUR);
    assert_int_equal(s.event_count, 0);
    assert_shown(&s, HIGH, "NORM");
    source(&s, HOUR + 1000, true);
    go(&s, HOUR + 3999);
    assert_int_equal(s.event_count, 0); /* who wants to speak has his time */
    say(&s, HOUR + 3999, OVEN "/a", value_real(1));
    say(&s, HOUR + 3999, OVEN "/b", value_real(1));
    number(&s, HOUR + 3999, TEMP, 90);
    go(&s, HOUR + 4998);
    assert_shown(&s, HIGH, "NORM");
    go(&s, HOUR + 4999);
    assert_shown(&s, HIGH, "UNACK");
    assert_int_equal(s.event_count, 1);
    shop_close(&s);
}

static void who_does_not_come_back_after_the_link_did_is_missed(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 20);
    source(&s, 2000, false);
    source(&s, 9500, true);
    go(&s, 12499);
    assert_shown(&s, TEMP ".silent", "NORM");
    go(&s, 12500);
    assert_shown(&s, TEMP ".silent", "UNACK");
    shop_close(&s);
}

/* ---- suppression ---- */

static void a_stopped_machine_suppresses_and_a_start_has_its_hold_off(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 500, FLOW, 50);
    say(&s, 1000, PRESS "/state", value_int(2)); /* stopped */
    number(&s, 1000, FLOW, 0);
    assert_shown(&s, FLOW ".low", "DSUPR");
    say(&s, 2000, PRESS "/state", value_int(6)); /* runs */
    go(&s, 2000);
    assert_shown(&s, FLOW ".low", "DSUPR");
    number(&s, 20000, FLOW, 50);
    go(&s, 32000);
    assert_shown(&s, FLOW ".low", "NORM");
    number(&s, 33000, FLOW, 0);
    assert_shown(&s, FLOW ".low", "UNACK");
    size_t annunciated = 0;
    for (size_t e = 0; e < s.event_count; e++)
        annunciated += s.events[e].alarm.annunciated;
    assert_int_equal(annunciated, 1);
    shop_close(&s);
}

static void an_unknown_state_does_not_suppress(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, FLOW, 0); /* nothing is known of the press */
    assert_shown(&s, FLOW ".low", "UNACK");
    say(&s, 2000, PRESS "/state", value_int(2));
    go(&s, 2000);
    assert_shown(&s, FLOW ".low", "DSUPR");
    say(&s, 3000, PRESS "/state", value_int(99)); /* no state at all */
    go(&s, 3000);
    go(&s, 33000);
    assert_shown(&s, FLOW ".low", "UNACK");
    shop_close(&s);
}

static void a_lost_link_lets_no_suppressed_alarm_loose(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    source(&s, 500, true);
    say(&s, 1000, PRESS "/state", value_int(2));
    number(&s, 1000, FLOW, 0);
    source(&s, 2000, false);
    go(&s, HOUR);
    assert_shown(&s, FLOW ".low", "DSUPR");
    source(&s, HOUR + 1000, true);
    say(&s, HOUR + 2000, PRESS "/state", value_int(6));
    go(&s, HOUR + 2000);
    go(&s, HOUR + 32000);
    assert_shown(&s, FLOW ".low", "UNACK");
    shop_close(&s);
}

static void an_alarm_that_suppresses_another_is_decided_first(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, PUMP "/pressure", 50);
    number(&s, 2000, PUMP "/pressure", 3); /* beyond both limits at once */
    assert_shown(&s, PUMP "/pressure.trip", "UNACK");
    assert_shown(&s, PUMP "/pressure.low", "DSUPR");
    assert_false(last_event(&s)->alarm.annunciated);
    number(&s, 3000, PUMP "/pressure", 7); /* the trip has gone, the low pressure has not */
    assert_shown(&s, PUMP "/pressure.trip", "LU");
    assert_shown(&s, PUMP "/pressure.low", "UNACK");
    assert_true(last_event(&s)->alarm.annunciated);
    shop_close(&s);
}

/* ---- first-out ---- */

static int first(const struct shop *s, const char *key)
{
    uint8_t flags = alarm_of(s, key)->flags;
    return flags & ALARM_TIE ? 2 : flags & ALARM_FIRST ? 1 : 0;
}

static void raise_at(struct shop *s, int64_t ms, const char *key, int64_t source_ms)
{
    say(s, ms, key, value_real(5))->time_ms = T0 + source_ms;
    go(s, ms);
}

static void the_first_of_a_group_is_marked_by_source_time(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    raise_at(&s, 1000, PUMP "/x2", 1000);
    assert_int_equal(first(&s, PUMP "/x2.high"), 1);
    raise_at(&s, 1100, PUMP "/x3", 1051); /* beyond the clocks' error */
    assert_int_equal(first(&s, PUMP "/x2.high"), 1);
    assert_int_equal(first(&s, PUMP "/x3.high"), 0);
    raise_at(&s, 1200, PUMP "/x1", 949); /* arrived last, came first */
    assert_int_equal(first(&s, PUMP "/x1.high"), 1);
    assert_int_equal(first(&s, PUMP "/x2.high"), 0);
    shop_close(&s);
}

static void within_the_clocks_error_it_is_a_tie(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    raise_at(&s, 1000, PUMP "/x1", 1000);
    raise_at(&s, 1100, PUMP "/x2", 1050);
    assert_int_equal(first(&s, PUMP "/x1.high"), 2);
    assert_int_equal(first(&s, PUMP "/x2.high"), 2);
    for (int x = 1; x <= 2; x++) { /* all of the group is normal: the next one is first again */
        const char *const keys[] = {PUMP "/x1", PUMP "/x2"}, *const alarms[] = {PUMP "/x1.high", PUMP "/x2.high"};
        number(&s, 1000 + x * 1000, keys[x - 1], 0);
        assert_int_equal(ack(&s, 1500 + x * 1000, alarms[x - 1]), REFUSAL_NONE);
    }
    assert_int_equal(first(&s, PUMP "/x1.high"), 0);
    raise_at(&s, 9000, PUMP "/x2", 9000);
    assert_int_equal(first(&s, PUMP "/x2.high"), 1);
    shop_close(&s);
}

/* ---- late samples ---- */

static void what_late_samples_reveal_is_journalled_once_and_moves_nothing(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 100000, TEMP, 20);
    for (int t = 50; t < 60; t++) {
        struct record *r = say(&s, 101000, TEMP, value_real(t < 52 ? 80 : 90));
        r->time_ms = T0 + t * SECOND;
        r->flags |= SAMPLE_LATE;
    }
    go(&s, 101000);
    assert_shown(&s, HIGH, "NORM");
    assert_int_equal(s.event_count, 1);
    assert_int_equal(last_event(&s)->alarm.event, ALARM_LATE);
    assert_int_equal(last_event(&s)->time_ms, T0 + 54000); /* two seconds of delay */
    assert_string_equal(last_event(&s)->text, "Temperature high");
    assert_string_equal(last_event(&s)->alarm.value, "90.0 °C");
    assert_false(last_event(&s)->alarm.annunciated);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_group_of_limits_rises_and_falls),
        CASE(an_event_says_all_that_a_journal_needs),
        CASE(an_event_names_an_alarm_whose_key_is_long),
        CASE(a_deviation_follows_its_setpoint),
        CASE(a_rate_fades_though_no_sample_comes),
        CASE(a_discrete_state_raises),
        CASE(an_expression_waits_until_all_is_known),
        CASE(bad_quality_raises_its_own_alarm_and_freezes_the_others),
        CASE(a_machines_message_comes_with_its_text_and_goes_by_itself),
        CASE(a_tag_that_misses_its_cadence_raises_after_three_intervals),
        CASE(a_silent_unit_is_one_alarm_and_not_one_a_tag),
        CASE(one_silent_tag_of_a_unit_that_speaks_is_its_own_alarm),
        CASE(our_own_lost_link_raises_nothing_and_freezes_what_runs),
        CASE(who_does_not_come_back_after_the_link_did_is_missed),
        CASE(a_stopped_machine_suppresses_and_a_start_has_its_hold_off),
        CASE(an_unknown_state_does_not_suppress),
        CASE(a_lost_link_lets_no_suppressed_alarm_loose),
        CASE(an_alarm_that_suppresses_another_is_decided_first),
        CASE(the_first_of_a_group_is_marked_by_source_time),
        CASE(within_the_clocks_error_it_is_a_tie),
        CASE(what_late_samples_reveal_is_journalled_once_and_moves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
