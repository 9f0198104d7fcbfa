/*
 * People and alarms in the fold: actions, maintenance, the horn, what is counted and listed, floods. Times are ms after T0.
 */
#include "check.h"

#include "alarm_fixture.h"

#define HIGH TEMP ".high"

/* ---- people ---- */

static void actions_that_make_no_sense_are_refused_and_journalled(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, MODE, 9);
    struct action old = on(ACTION_ACK, MODE ".fault");
    old.occurrence_ms = T0;
    old.severity = 1;
    assert_int_equal(person(&s, 2000, old), REFUSAL_GONE);
    assert_int_equal(last_event(&s)->kind, EVENT_REFUSED);
    assert_string_equal(last_event(&s)->path, MODE ".fault");
    assert_string_equal(last_event(&s)->after, refusal_texts[REFUSAL_GONE]);
    assert_string_equal(last_event(&s)->who, "Kim");
    assert_int_equal(person(&s, 3000, on(ACTION_ACK, "works/no.such")), REFUSAL_NO_TARGET);
    assert_int_equal(person(&s, 3000, on(ACTION_MAINTENANCE_ON, "works/no")), REFUSAL_NO_TARGET);
    assert_int_equal(person(&s, 3000, on(ACTION_MAINTENANCE_OFF, PRESS)), REFUSAL_STATE);
    struct action future = on(ACTION_SHELVE, MODE ".fault");
    future.time_ms = T0 + HOUR;
    assert_int_equal(person(&s, 4000, future), REFUSAL_FUTURE);
    assert_int_equal(shelve(&s, 5000, MODE ".fault", 9 * (int64_t)HOUR), REFUSAL_TOO_LONG);
    assert_shown(&s, MODE ".fault", "UNACK");
    shop_close(&s);
}

static void a_check_says_what_the_fold_would_say_and_does_nothing(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, MODE, 9);
    struct action action = on(ACTION_ACK, MODE ".fault");
    action.occurrence_ms = alarm_of(&s, MODE ".fault")->raised_ms;
    assert_int_equal(model_action_check(s.w.model, &action), REFUSAL_SEVERER);
    action.severity = 1;
    assert_int_equal(model_action_check(s.w.model, &action), REFUSAL_NONE);
    assert_shown(&s, MODE ".fault", "UNACK");
    assert_int_equal(model_alarm_counts(s.w.model)->unacked[0], 1);
    assert_int_equal(person(&s, 2000, action), REFUSAL_NONE);
    assert_int_equal(model_action_check(s.w.model, &action), REFUSAL_STATE);
    action.target[3] = '!';
    assert_int_equal(model_action_check(s.w.model, &action), REFUSAL_NO_TARGET);
    shop_close(&s);
}

static void maintenance_takes_all_below_a_node_out_and_ends_in_time(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, MODE, 9);
    struct action begin = on(ACTION_MAINTENANCE_ON, PRESS);
    begin.until_ms = T0 + HOUR;
    assert_int_equal(person(&s, 2000, begin), REFUSAL_NONE);
    assert_shown(&s, MODE ".fault", "OOSRV");
    assert_shown(&s, PRESS ".dry", "OOSRV");
    assert_shown(&s, OVEN ".silent", "NORM");
    const struct maintenance *m = model_maintenance(s.w.model, plant_node_by_path(s.w.plant, PRESS));
    assert_string_equal(m->who, "Kim");
    assert_int_equal(m->until_ms, T0 + HOUR);
    assert_null(model_maintenance(s.w.model, plant_node_by_path(s.w.plant, OVEN)));
    assert_int_equal(person(&s, 3000, on(ACTION_MAINTENANCE_ON, "works/hall/l1")), REFUSAL_NONE); /* and the whole line, until further notice */
    go(&s, HOUR);
    assert_null(model_maintenance(s.w.model, plant_node_by_path(s.w.plant, PRESS)));
    assert_shown(&s, MODE ".fault", "OOSRV");
    assert_int_equal(person(&s, HOUR + 1000, on(ACTION_MAINTENANCE_OFF, "works/hall/l1")), REFUSAL_NONE);
    assert_shown(&s, MODE ".fault", "UNACK");
    assert_shown(&s, PRESS ".dry", "NORM");
    shop_close(&s);
}

static void the_horn_sounds_until_it_is_silenced(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    assert_int_equal(person(&s, 500, on(ACTION_SILENCE, "")), REFUSAL_STATE);
    number(&s, 1000, MODE, 9);
    number(&s, 2000, CODE, 17); /* a machine's message does not sound */
    assert_int_equal(model_alarm_counts(s.w.model)->sounding, 1);
    assert_int_equal(person(&s, 3000, on(ACTION_SILENCE, "")), REFUSAL_NONE);
    assert_int_equal(model_alarm_counts(s.w.model)->sounding, 0);
    assert_int_equal(last_event(&s)->kind, EVENT_ACTION);
    assert_shown(&s, MODE ".fault", "UNACK");
    number(&s, 4000, PUMP "/x1", 5);
    assert_int_equal(model_alarm_counts(s.w.model)->sounding, 1);
    shop_close(&s);
}

/* ---- what is listed ---- */

static void counts_and_lists_follow(void **state)
{
    (void)state;
    struct shop s;
    size_t listed;
    struct alarm_counts below;
    shop_open(&s);
    const struct alarm_counts *c = model_alarm_counts(s.w.model);
    number(&s, 1000, TEMP, 96);
    go(&s, 3000);
    number(&s, 3100, MODE, 9);
    number(&s, 3200, PUMP "/x1", 5);
    assert_int_equal(c->unacked[0], 3);
    assert_int_equal(c->unacked[1], 1);
    assert_int_equal(c->unacked[3], 2);
    assert_string_equal(alarm_condition_shown(model_alarm(s.w.model, model_alarm_worst(s.w.model)))->title, "Temperature high-high");
    uint64_t generation = model_alarms_generation(s.w.model);
    ack(&s, 3300, HIGH);
    assert_true(model_alarms_generation(s.w.model) > generation);
    assert_int_equal(c->unacked[1], 0);
    assert_int_equal(c->active[1], 1);
    assert_int_equal(model_alarm_worst(s.w.model), model_find_alarm(s.w.model, PUMP "/x1.high")); /* the newest of those that wait */
    shelve(&s, 3400, PUMP "/x1.high", HOUR);
    with_reason(&s, 3500, ACTION_SERVICE_OUT, MODE ".fault", "sensor broken");
    assert_int_equal(c->unacked[0], 0);
    assert_int_equal(c->active[0], 1);
    assert_int_equal(c->shelved, 1);
    assert_int_equal(c->out, 1);
    model_alarms_listed(s.w.model, &listed);
    assert_int_equal(listed, 3);
    model_alarm_counts_below(s.w.model, plant_node_by_path(s.w.plant, PUMP), &below);
    assert_int_equal(below.shelved, 1);
    assert_int_equal(below.active[0] + below.out, 0);
    number(&s, 3600, TEMP, 20);
    model_alarms_listed(s.w.model, &listed);
    assert_int_equal(listed, 2);
    assert_int_equal(model_alarm_worst(s.w.model), NO_ALARM);
    shop_close(&s);
}

static void what_returned_waits_for_a_person_too(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    const struct alarm_counts *c = model_alarm_counts(s.w.model);
    number(&s, 1000, PUMP "/x1", 5);
    number(&s, 2000, PUMP "/x2", 5);
    number(&s, 3000, PUMP "/x1", 0);
    assert_shown(&s, PUMP "/x1.high", "RTNUN");
    assert_int_equal(c->unacked[0], 2);
    assert_int_equal(c->unacked[3], 2);
    assert_int_equal(c->active[0], 1);
    assert_int_equal(c->returned, 1);
    assert_int_equal(model_alarm_worst(s.w.model), model_find_alarm(s.w.model, PUMP "/x2.high")); /* the active one first */
    ack(&s, 4000, PUMP "/x2.high");
    assert_int_equal(model_alarm_worst(s.w.model), model_find_alarm(s.w.model, PUMP "/x1.high")); /* before what has been seen to */
    ack(&s, 5000, PUMP "/x1.high");
    assert_shown(&s, PUMP "/x1.high", "NORM");
    assert_int_equal(c->unacked[0], 0);
    assert_int_equal(model_alarm_worst(s.w.model), model_find_alarm(s.w.model, PUMP "/x2.high"));
    shop_close(&s);
}

static void assert_news(const struct shop *s, uint64_t *before)
{
    assert_true(model_alarms_generation(s->w.model) > *before);
    *before = model_alarms_generation(s->w.model);
}

static void comments_renewals_and_names_are_news_to_a_list(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    uint64_t before = model_alarms_generation(s.w.model);
    number(&s, 1000, CODE, 17);
    assert_news(&s, &before);
    text(&s, 1100, NOTE, "Grease low"); /* its name, later than its code */
    assert_string_equal(alarm_of(&s, CODE ".message")->record->message, "Grease low");
    assert_news(&s, &before);
    number(&s, 2000, CODE, 42); /* another occurrence at once: shown as before */
    assert_news(&s, &before);
    with_reason(&s, 3000, ACTION_COMMENT_ON, CODE ".message", "called the workshop");
    assert_news(&s, &before);
    shelve(&s, 4000, CODE ".message", HOUR);
    assert_news(&s, &before);
    shelve(&s, 5000, CODE ".message", 2 * (int64_t)HOUR); /* longer */
    assert_news(&s, &before);
    go(&s, 6000);
    assert_int_equal(model_alarms_generation(s.w.model), before);
    shop_close(&s);
}

/* ---- floods ---- */

static uint32_t raises(const struct shop *s, int64_t *since)
{
    return model_alarm_raises(s->w.model, 0, since);
}

static void chatter(struct shop *s, int64_t ms)
{
    text(s, ms, MODE, "fault");
    text(s, ms, MODE, "auto");
}

static void a_flood_begins_above_ten_and_ends_below_five(void **state)
{
    (void)state;
    struct shop s;
    int64_t since;
    shop_open(&s);
    for (int n = 0; n < 10; n++)
        chatter(&s, 1000 + n * MINUTE / 2);
    assert_int_equal(raises(&s, &since), 10);
    assert_int_equal(since, 0); /* 10: no */
    chatter(&s, 5 * MINUTE + 1000);
    assert_int_equal(raises(&s, &since), 11);
    assert_int_equal(since, T0 + 5 * MINUTE + 1000); /* 11: yes */
    go(&s, 13 * MINUTE);
    assert_int_equal(raises(&s, &since), 5);
    assert_int_equal(since, T0 + 5 * MINUTE + 1000); /* 5: still */
    go(&s, 13 * MINUTE + 30 * SECOND);
    assert_int_equal(raises(&s, &since), 4);
    assert_int_equal(since, 0); /* 4: ended */
    chatter(&s, 13 * MINUTE + 30 * SECOND + 500);
    assert_int_equal(raises(&s, &since), 5);
    assert_int_equal(since, 0);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(actions_that_make_no_sense_are_refused_and_journalled),
        CASE(a_check_says_what_the_fold_would_say_and_does_nothing),
        CASE(maintenance_takes_all_below_a_node_out_and_ends_in_time),
        CASE(the_horn_sounds_until_it_is_silenced),
        CASE(counts_and_lists_follow),
        CASE(what_returned_waits_for_a_person_too),
        CASE(comments_renewals_and_names_are_news_to_a_list),
        CASE(a_flood_begins_above_ten_and_ends_below_five),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
