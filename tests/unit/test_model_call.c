/*
 * Andon calls: raised, taken, closed, and how long that took.
 */
#include "check.h"

#include "account_fixture.h"

static enum refusal act(struct shop *s, const char *at, enum action_kind kind, const char *word, const char *who)
{
    struct action action = {.kind = kind, .time_ms = local_ms(at), .target = LINE};
    enum refusal refusal = REFUSAL_COUNT, expected;
    snprintf(action.word, sizeof action.word, "%s", word);
    snprintf(action.who, sizeof action.who, "%s", who);
    action.id[0] = (uint8_t)(s->w.batch.seq + 1);
    expected = model_action_check(s->w.model, &action);
    action_record(&action, &s->w.batch);
    close_at(s, local_ms(at));
    assert_true(model_action_result(s->w.model, action.id, &refusal));
    assert_int_equal(refusal, expected);
    return refusal;
}

static const struct event *told(const struct shop *s)
{
    assert_int_equal(model_outcomes(s->w.model)->event_count, 1);
    assert_int_equal(model_outcomes(s->w.model)->events[0].kind, EVENT_CALL);
    return model_outcomes(s->w.model)->events;
}

static void a_call_waits_until_it_is_taken_and_stands_until_it_is_closed(void **state)
{
    (void)state;
    struct shop s;
    size_t count;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    wait_until(&s, "06:00");
    assert_int_equal(act(&s, "06:10", ACTION_CALL_TAKE, "maintenance", "Lee"), REFUSAL_STATE);
    assert_int_equal(act(&s, "06:10", ACTION_CALL, "maintenance", "Kim"), REFUSAL_NONE);
    assert_string_equal(told(&s)->after, "raised");
    assert_string_equal(told(&s)->path, LINE);
    const struct call *calls = model_calls(s.w.model, &count);
    assert_int_equal(count, 1);
    assert_int_equal(calls[0].node, line_of(&s));
    assert_int_equal(calls[0].raised_ms, local_ms("06:10"));
    assert_int_equal(calls[0].taken_ms, 0);
    assert_string_equal(calls[0].who, "Kim");
    assert_int_equal(act(&s, "06:11", ACTION_CALL, "maintenance", "Kim"), REFUSAL_STATE); /* one of a kind */
    assert_int_equal(act(&s, "06:12", ACTION_CALL, "material", "Kim"), REFUSAL_NONE);
    assert_int_equal(act(&s, "06:14", ACTION_CALL_TAKE, "maintenance", "Lee"), REFUSAL_NONE);
    assert_string_equal(told(&s)->after, "taken");
    assert_int_equal(told(&s)->span_ms, 4 * MINUTE);
    assert_int_equal(act(&s, "06:15", ACTION_CALL_TAKE, "maintenance", "Lee"), REFUSAL_STATE);
    assert_int_equal(act(&s, "06:30", ACTION_CALL_CLOSE, "maintenance", "Lee"), REFUSAL_NONE);
    assert_int_equal(told(&s)->span_ms, 20 * MINUTE);
    assert_int_equal(act(&s, "06:31", ACTION_CALL, "the moon", "Kim"), REFUSAL_NO_TARGET);
    calls = model_calls(s.w.model, &count);
    assert_int_equal(count, 1);
    assert_string_equal(s.w.plant->call_kinds[calls[0].kind].name, "material");
    shop_close(&s);
}

static void calls_stay_through_a_save_and_a_reload(void **state)
{
    (void)state;
    struct shop s;
    struct packer p;
    struct error err;
    size_t count;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    act(&s, "06:10", ACTION_CALL, "quality", "Kim");
    act(&s, "06:11", ACTION_CALL_TAKE, "quality", "Lee");
    packer_init(&p);
    model_save_configured(s.w.model, &p);
    struct model *loaded = model_load(s.w.plant, p.bytes, p.count, &err);
    packer_finish(&p);
    assert_non_null(loaded);
    model_destroy(s.w.model);
    s.w.model = loaded;
    struct plant *old = s.w.plant;
    s.w.plant = shop_plant(&s.plan);
    model_configure(s.w.model, s.w.plant);
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    const struct call *calls = model_calls(s.w.model, &count);
    assert_int_equal(count, 1);
    assert_string_equal(calls[0].taker, "Lee");
    assert_int_equal(calls[0].taken_ms, local_ms("06:11"));
    assert_string_equal(s.w.plant->call_kinds[calls[0].kind].name, "quality");
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_call_waits_until_it_is_taken_and_stands_until_it_is_closed),
        CASE(calls_stay_through_a_save_and_a_reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
