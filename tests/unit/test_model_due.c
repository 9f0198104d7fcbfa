/*
 * What will be due, in the fold: levels at the rate of running time, lives of tools, running hours; what people say, and what survives.
 */
#include "check.h"

#include "account_fixture.h"

enum { COIL, TOOL, SERVICE };

static void open_running(struct shop *s)
{
    shop_open(s, (struct shop_plan){.ideal_s = 1, .dues = true});
    tell(s, "06:00", "state", value_int(RUN));
}

/* A coil that loses a metre a second from `metres` on, for so many minutes. */
static void unwind(struct shop *s, const char *from, double metres, int minutes)
{
    for (int i = 0; i <= minutes * 4; i++) {
        add(s, local_ms(from) + i * 15000, "coil", value_real(metres - 15.0 * i));
        close_at(s, local_ms(from) + i * 15000);
    }
}

static int64_t left_ms(const struct shop *s, size_t due)
{
    const struct due_state *state = model_due(s->w.model, due);
    return state->told ? state->due_ms - model_due_clock(s->w.model, due) : -1;
}

static double value_of(const struct shop *s, size_t due)
{
    double value = NAN;
    return model_due_value(s->w.model, due, &value) ? value : NAN;
}

static enum refusal act(struct shop *s, const char *at, const char *name)
{
    struct action action = {.kind = ACTION_REPLACED, .who = "Kim", .comment = "new one", .target = UNIT};
    enum refusal refusal = REFUSAL_LOST;
    snprintf(action.word, sizeof action.word, "%s", name);
    memcpy(action.id, at, 5);
    action.time_ms = local_ms(at);
    action_record(&action, &s->w.batch);
    close_at(s, local_ms(at));
    assert_true(model_action_result(s->w.model, action.id, &refusal));
    return refusal;
}

static void a_coil_ends_when_its_rate_says(void **state)
{
    (void)state;
    struct shop s;
    open_running(&s);
    unwind(&s, "06:00", 3600, 1);
    assert_int_equal(left_ms(&s, COIL), -1); /* that is too early to say */
    unwind(&s, "06:02", 3480, 10);
    assert_near((double)left_ms(&s, COIL), 2880000, 1000);
    shop_close(&s);
}

/* While it stands nothing is used: what is left stays what it was. */
static void what_stands_is_due_no_sooner(void **state)
{
    (void)state;
    struct shop s;
    open_running(&s);
    unwind(&s, "06:00", 3600, 10);
    int64_t before = left_ms(&s, COIL);
    tell(&s, "06:10", "state", value_int(STOPPED));
    wait_until(&s, "07:10");
    assert_int_equal(left_ms(&s, COIL), before);
    assert_false(model_due_runs(s.w.model, COIL));
    tell(&s, "07:10", "state", value_int(RUN));
    wait_until(&s, "07:20");
    assert_int_equal(left_ms(&s, COIL), before - 10 * MINUTE);
    shop_close(&s);
}

static void another_coil_begins_anew(void **state)
{
    (void)state;
    struct shop s;
    open_running(&s);
    unwind(&s, "06:00", 1200, 15);
    assert_true(left_ms(&s, COIL) > 0);
    unwind(&s, "06:16", 5000, 0);
    assert_int_equal(left_ms(&s, COIL), -1);
    assert_int_equal(model_due(s.w.model, COIL)->since_ms, local_ms("06:16"));
    unwind(&s, "06:17", 4985, 5);
    assert_near((double)left_ms(&s, COIL), 4985e3 - 300e3, 1000);
    assert_int_equal(act(&s, "06:30", "coil"), REFUSAL_STATE); /* it tells that by itself */
    shop_close(&s);
}

/* A new estimate that hardly differs is not told: nothing on the screen jumps. */
static void what_was_told_stays_while_it_hardly_differs(void **state)
{
    (void)state;
    struct shop s;
    open_running(&s);
    unwind(&s, "06:00", 3600, 10);
    int64_t told = model_due(s.w.model, COIL)->due_ms;
    for (int i = 1; i <= 40; i++) {
        add(&s, local_ms("06:10") + i * 15000, "coil", value_real(3000 - 15.0 * i + (i % 2 ? 20 : -20)));
        close_at(&s, local_ms("06:10") + i * 15000);
    }
    assert_int_equal(model_due(s.w.model, COIL)->due_ms, told);
    shop_close(&s);
}

static void a_tool_lives_until_it_is_replaced(void **state)
{
    (void)state;
    struct shop s;
    open_running(&s);
    tell(&s, "06:00", "good", value_int(70000)); /* what it counted before nobody saw */
    assert_near(value_of(&s, TOOL), 0, 0);
    tell(&s, "07:00", "good", value_int(70400));
    tell(&s, "08:00", "good", value_int(30)); /* the counter was reset; the tool is the same */
    assert_near(value_of(&s, TOOL), 430, 0);
    assert_int_equal(act(&s, "08:10", "tool"), REFUSAL_NONE);
    assert_near(value_of(&s, TOOL), 0, 0);
    const struct outcomes *o = model_outcomes(s.w.model);
    assert_int_equal(o->event_count, 1);
    assert_int_equal(o->events[0].kind, EVENT_ACTION);
    assert_string_equal(o->events[0].text, "replaced Tool");
    assert_string_equal(o->events[0].before, "430 of 1 000");
    assert_string_equal(o->events[0].who, "Kim");
    assert_string_equal(o->events[0].path, UNIT);
    tell(&s, "09:00", "good", value_int(60));
    assert_near(value_of(&s, TOOL), 30, 0);
    assert_int_equal(act(&s, "09:10", "nozzle"), REFUSAL_NO_TARGET);
    shop_close(&s);
}

static void hours_are_those_that_it_ran(void **state)
{
    (void)state;
    struct shop s;
    open_running(&s);
    wait_until(&s, "08:00");
    assert_near(value_of(&s, SERVICE), 2.0 * HOUR, 0);
    tell(&s, "08:00", "state", value_int(STOPPED));
    wait_until(&s, "11:00");
    tell(&s, "11:00", "state", value_int(RUN));
    wait_until(&s, "12:00");
    assert_near(value_of(&s, SERVICE), 3.0 * HOUR, 0);
    assert_int_equal(act(&s, "12:00", "service"), REFUSAL_NONE);
    assert_string_equal(model_outcomes(s.w.model)->events[0].before, "3 h of 10 h");
    wait_until(&s, "12:30");
    assert_near(value_of(&s, SERVICE), 0.5 * HOUR, 0);
    shop_close(&s);
}

static void it_survives_a_restart_and_another_configuration(void **state)
{
    (void)state;
    struct shop s;
    struct packer p = {.bytes = NULL}, again = {.bytes = NULL};
    struct error err;
    open_running(&s);
    tell(&s, "06:00", "good", value_int(5));
    unwind(&s, "06:00", 3600, 10);
    tell(&s, "06:11", "good", value_int(505));
    int64_t left = left_ms(&s, COIL);
    model_save_configured(s.w.model, &p);
    model_destroy(s.w.model);
    s.w.model = model_load(s.w.plant, p.bytes, p.count, &err);
    assert_non_null(s.w.model);
    model_save_configured(s.w.model, &again);
    assert_int_equal(p.count, again.count);
    assert_memory_equal(p.bytes, again.bytes, p.count);
    packer_finish(&p);
    packer_finish(&again);
    assert_int_equal(left_ms(&s, COIL), left);
    assert_near(value_of(&s, TOOL), 500, 0);
    struct plant *old = s.w.plant;
    s.w.plant = shop_plant(&s.plan);
    model_configure(s.w.model, s.w.plant);
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    assert_int_equal(left_ms(&s, COIL), left);
    assert_near(value_of(&s, TOOL), 500, 0);
    wait_until(&s, "06:20");
    assert_int_equal(left_ms(&s, COIL), left - 9 * MINUTE);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_coil_ends_when_its_rate_says), CASE(what_stands_is_due_no_sooner), CASE(another_coil_begins_anew), CASE(what_was_told_stays_while_it_hardly_differs),
        CASE(a_tool_lives_until_it_is_replaced), CASE(hours_are_those_that_it_ran), CASE(it_survives_a_restart_and_another_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
