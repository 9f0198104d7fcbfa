/*
 * What alarms survive: a restart, a kill, a gap, a clock that is set, another configuration. Times are ms after T0.
 */
#include "check.h"

#include "alarm_fixture.h"

#define HIGH TEMP ".high"
#define FAULT MODE ".fault"

/* The collector ends and starts again, as it was left; `runs`: what it saved. */
static void restart_from(struct shop *s, const struct packer *run)
{
    struct error err;
    struct model *loaded = model_load(s->w.plant, run->bytes, run->count, &err);
    assert_non_null(loaded);
    model_destroy(s->w.model);
    s->w.model = loaded;
}

static void restart(struct shop *s)
{
    struct packer run;
    packer_init(&run);
    model_save_configured(s->w.model, &run);
    restart_from(s, &run);
    packer_finish(&run);
}

static void configure(struct shop *s, double high, bool pump)
{
    struct plant *old = s->w.plant;
    s->w.plant = shop_plant(high, pump);
    model_configure(s->w.model, s->w.plant);
    plant_destroy(old);
    shop_listen(s);
}

/* An acknowledged alarm, one with an 8-hour shelf, one out of service, a first-out, a node in maintenance. */
static void set_up(struct shop *s)
{
    shop_open(s);
    text(s, 1000, MODE, "fault");
    assert_int_equal(ack(s, 1500, FAULT), REFUSAL_NONE);
    number(s, 2000, PUMP "/x2", 5);
    number(s, 3000, PUMP "/x1", 5);
    number(s, 3000, SPEED, 50);
    number(s, 3000, TARGET, 90);
    assert_int_equal(shelve(s, 4000, SPEED ".off", 8 * HOUR), REFUSAL_NONE);
    assert_int_equal(with_reason(s, 5000, ACTION_SERVICE_OUT, OIL ".jump", "transmitter is being calibrated"), REFUSAL_NONE);
    struct action oven = on(ACTION_MAINTENANCE_ON, OVEN);
    oven.until_ms = T0 + 5000 + 2 * HOUR;
    assert_int_equal(person(s, 5000, oven), REFUSAL_NONE);
}

static void assert_all_kept(const struct shop *s)
{
    assert_shown(s, FAULT, "ACKED");
    assert_string_equal(alarm_of(s, FAULT)->record->ack_who, "Kim");
    assert_shown(s, SPEED ".off", "SHLVD");
    assert_int_equal(alarm_of(s, SPEED ".off")->record->shelf.until_ms, T0 + 4000 + 8 * HOUR);
    assert_shown(s, OIL ".jump", "OOSRV");
    assert_string_equal(alarm_of(s, OIL ".jump")->record->service.reason, "transmitter is being calibrated");
    assert_true(alarm_of(s, PUMP "/x2.high")->flags & ALARM_FIRST);
    assert_false(alarm_of(s, PUMP "/x1.high")->flags & ALARM_FIRST);
    assert_shown(s, OVEN ".silent", "OOSRV");
    assert_non_null(model_maintenance(s->w.model, plant_node_by_path(s->w.plant, OVEN)));
}

static void a_restart_keeps_it_all(void **state)
{
    (void)state;
    struct shop s;
    set_up(&s);
    restart(&s);
    assert_all_kept(&s);
    assert_int_equal(model_alarm_counts(s.w.model)->active[0], 3);
    go(&s, 5000 + 2 * HOUR); /* the maintenance ends by itself */
    assert_shown(&s, OVEN ".silent", "NORM");
    go(&s, 3999 + 8 * HOUR);
    assert_shown(&s, SPEED ".off", "SHLVD");
    go(&s, 4000 + 8 * HOUR);
    assert_shown(&s, SPEED ".off", "UNACK");
    number(&s, 4001 + 8 * HOUR, PUMP "/x3", 5);
    assert_false(alarm_of(&s, PUMP "/x3.high")->flags & ALARM_FIRST);
    shop_close(&s);
}

static void a_kill_keeps_what_the_journal_has(void **state)
{
    (void)state;
    struct shop s;
    struct packer checkpoint, journal;
    struct run_reader reader;
    struct batch batch;
    shop_open(&s);
    packer_init(&checkpoint);
    packer_init(&journal);
    number(&s, 500, TEMP, 20);
    model_save_configured(s.w.model, &checkpoint);
    run_begin(&journal);
    number(&s, 1000, MODE, 9);
    struct action acknowledged = on(ACTION_ACK, FAULT);
    acknowledged.occurrence_ms = alarm_of(&s, FAULT)->raised_ms;
    acknowledged.severity = 1;
    acknowledged.time_ms = T0 + 2000;
    memcpy(acknowledged.who, "Kim", sizeof "Kim");
    say(&s, 1000, MODE, value_int(9));
    s.w.batch.wall_ms = T0 + 1000;
    s.w.batch.elapsed_ms = 500;
    run_add_batch(&journal, &s.w.batch);
    batch_clear(&s.w.batch);
    action_record(&acknowledged, &s.w.batch);
    s.w.batch.wall_ms = T0 + 2000;
    s.w.batch.elapsed_ms = 1000;
    run_add_batch(&journal, &s.w.batch);
    batch_clear(&s.w.batch);
    run_end(&journal);
    restart_from(&s, &checkpoint);
    assert_shown(&s, FAULT, "NORM");
    batch_init(&batch);
    assert_true(run_open(&reader, journal.bytes, journal.count, NULL));
    while (run_next_batch(&reader, &batch))
        model_apply(s.w.model, &batch);
    assert_shown(&s, FAULT, "ACKED");
    assert_string_equal(alarm_of(&s, FAULT)->record->ack_who, "Kim");
    assert_int_equal(model_elapsed(s.w.model), 2000);
    batch_finish(&batch);
    packer_finish(&checkpoint);
    packer_finish(&journal);
    shop_close(&s);
}

/* The collector is away; elapsed time does not run meanwhile, the clock on the wall does. */
static void away(struct shop *s, int64_t ms, int64_t for_ms)
{
    restart(s);
    batch_add(&s->w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(for_ms)});
    s->w.batch.seq++;
    s->w.batch.wall_ms = T0 + ms + for_ms;
    s->w.batch.elapsed_ms = ms - s->w.closed;
    s->w.closed = ms;
    model_apply(s->w.model, &s->w.batch);
    shop_listen(s);
    batch_clear(&s->w.batch);
}

static void a_gap_keeps_it_all_and_shelves_end_by_the_wall(void **state)
{
    (void)state;
    struct shop s;
    set_up(&s);
    away(&s, 6000, HOUR);
    assert_all_kept(&s);
    assert_int_equal(alarm_due(alarm_of(&s, SPEED ".off")), 6000 + (4000 + 8 * (int64_t)HOUR) - (6000 + HOUR));
    away(&s, 7000, 8 * (int64_t)HOUR);
    step(&s.w, 7000);
    assert_shown(&s, SPEED ".off", "UNACK"); /* its time was up meanwhile */
    assert_shown(&s, OVEN ".silent", "NORM");
    assert_shown(&s, FAULT, "ACKED");
    shop_close(&s);
}

static void delays_start_again_after_a_gap(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 90);
    gap(&s, 2900);
    go(&s, 60000);
    assert_shown(&s, HIGH, "NORM");
    number(&s, 61000, TEMP, 90);
    go(&s, 62999);
    assert_shown(&s, HIGH, "NORM");
    go(&s, 63000);
    assert_shown(&s, HIGH, "UNACK");
    shop_close(&s);
}

static void a_running_delay_survives_a_restart(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 90);
    restart(&s);
    go(&s, 2999);
    assert_shown(&s, HIGH, "NORM");
    go(&s, 3000);
    assert_shown(&s, HIGH, "UNACK");
    shop_close(&s);
}

static void silence_is_missed_only_when_who_wants_to_could_have_spoken(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 20);
    gap(&s, 2000);
    go(&s, 4999);
    assert_shown(&s, TEMP ".silent", "NORM");
    go(&s, 5000);
    assert_shown(&s, TEMP ".silent", "UNACK");
    shop_close(&s);
}

static void a_source_clock_that_steps_back_makes_no_old_raise(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    say(&s, 1000, PUMP "/x1", value_real(5))->time_ms = T0 + HOUR; /* its clock is an hour ahead */
    go(&s, 1000);
    int64_t first = alarm_of(&s, PUMP "/x1.high")->raised_ms;
    assert_int_equal(ack(&s, 2000, PUMP "/x1.high"), REFUSAL_NONE);
    say(&s, 3000, PUMP "/x1", value_real(0))->time_ms = T0 + HOUR + 1;
    go(&s, 3000);
    struct record *r = say(&s, 4000, PUMP "/x1", value_real(5)); /* now it is set right; what arrives is not late */
    r->flags = 0;
    go(&s, 4000);
    assert_shown(&s, PUMP "/x1.high", "UNACK");
    assert_true(alarm_of(&s, PUMP "/x1.high")->raised_ms > first);
    shop_close(&s);
}

/* ---- another configuration ---- */

static void an_equal_configuration_keeps_it_all(void **state)
{
    (void)state;
    struct shop s;
    set_up(&s);
    size_t events = s.event_count;
    configure(&s, 85, true);
    assert_all_kept(&s);
    assert_int_equal(s.event_count, events);
    shop_close(&s);
}

static void an_alarm_that_is_gone_closes_as_removed(void **state)
{
    (void)state;
    struct shop s;
    set_up(&s);
    size_t events = s.event_count;
    configure(&s, 85, false);
    assert_int_equal(s.event_count, events + 2); /* x1 and x2: what was normal goes without a word */
    assert_int_equal(last_event(&s)->alarm.event, ALARM_REMOVED);
    assert_string_equal(last_event(&s)->after, "NORM");
    assert_int_equal(model_find_alarm(s.w.model, PUMP "/x1.high"), NO_ALARM);
    assert_shown(&s, FAULT, "ACKED");
    shop_close(&s);
}

static void a_changed_limit_restarts_its_delay(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 90);
    go(&s, 2500);
    configure(&s, 86, true);
    assert_int_equal(s.event_count, 2); /* both limits of the group, and nothing else yet */
    assert_int_equal(last_event(&s)->kind, EVENT_LIMIT);
    assert_string_equal(last_event(&s)->path, HIGH);
    assert_string_equal(last_event(&s)->text, "Temperature high, alarm limit");
    assert_string_equal(last_event(&s)->before, "> 85");
    assert_string_equal(last_event(&s)->after, "> 86");
    go(&s, 4499);
    assert_shown(&s, HIGH, "NORM");
    go(&s, 4500);
    assert_shown(&s, HIGH, "UNACK");
    shop_close(&s);
}

static void a_new_limit_is_held_against_the_present_value(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s);
    number(&s, 1000, TEMP, 80);
    configure(&s, 75, true);
    go(&s, 3000);
    assert_shown(&s, HIGH, "UNACK");
    configure(&s, 95, true);
    assert_shown(&s, HIGH, "RTNUN");
    shop_close(&s);
}

static void an_old_checkpoint_without_alarms_loads(void **state)
{
    (void)state;
    struct shop s;
    struct packer run, old;
    struct run_reader reader;
    struct unpacker body;
    uint8_t kind;
    set_up(&s);
    packer_init(&run);
    packer_init(&old);
    model_save_configured(s.w.model, &run);
    run_begin(&old);
    assert_true(run_open(&reader, run.bytes, run.count, NULL));
    while (run_next(&reader, &kind, &body))
        if (kind < 40) { /* what there was before alarms */
            size_t mark = old.count;
            pack_bytes(&old, body.at, (size_t)(body.end - body.at));
            run_frame(&old, mark, kind);
        }
    run_end(&old);
    restart_from(&s, &old);
    assert_shown(&s, FAULT, "NORM");
    text(&s, 6000, MODE, "fault");
    assert_shown(&s, FAULT, "UNACK");
    packer_finish(&run);
    packer_finish(&old);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_restart_keeps_it_all),
        CASE(a_kill_keeps_what_the_journal_has),
        CASE(a_gap_keeps_it_all_and_shelves_end_by_the_wall),
        CASE(delays_start_again_after_a_gap),
        CASE(a_running_delay_survives_a_restart),
        CASE(silence_is_missed_only_when_who_wants_to_could_have_spoken),
        CASE(a_source_clock_that_steps_back_makes_no_old_raise),
        CASE(an_equal_configuration_keeps_it_all),
        CASE(an_alarm_that_is_gone_closes_as_removed),
        CASE(a_changed_limit_restarts_its_delay),
        CASE(a_new_limit_is_held_against_the_present_value),
        CASE(an_old_checkpoint_without_alarms_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
