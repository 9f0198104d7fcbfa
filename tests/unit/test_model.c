#include "check.h"

#include "model_fixture.h"

static void a_value_knows_its_source_time_arrival_age_and_change(void **state)
{
    (void)state;
    struct works w;
    bool at_least;
    works_open(&w);
    sample(&w, 1000, PRESS "/temp", value_real(55.5));
    w.now = 1900;
    put(&w, PRESS "/temp", value_real(55.5));
    step(&w, 2000);
    step(&w, 4500);
    const struct tag *temp = tag_of(&w, PRESS "/temp");
    assert_near(temp->value.d, 55.5, 0);
    assert_int_equal(temp->time_ms, T0 + 1900);
    assert_int_equal(temp->wall_ms, T0 + 2000);
    assert_int_equal(temp->changed_ms, T0 + 1000);
    assert_int_equal(temp->count, 2);
    assert_int_equal(model_age(w.model, model_find(w.model, PRESS "/temp"), &at_least), 2500);
    assert_false(at_least);
    works_close(&w);
}

static void nothing_is_known_before_it_speaks(void **state)
{
    (void)state;
    struct works w;
    bool at_least;
    works_open(&w);
    step(&w, 0);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_NEVER);
    assert_int_equal(model_age(w.model, model_find(w.model, PRESS "/temp"), &at_least), -1);
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_UNKNOWN);
    assert_int_equal(node_of(&w, PRESS)->interval_count, 0);
    works_close(&w);
}

static void a_tag_with_a_cadence_is_stale_after_three_of_them(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/temp", value_real(55));
    step(&w, 3999);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_GOOD);
    assert_int_equal(model_next_deadline(w.model), 4000);
    step(&w, 4000);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_STALE);
    sample(&w, 5000, PRESS "/temp", value_real(55));
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_GOOD);
    works_close(&w);
}

static void one_without_a_cadence_is_not_stale_after_a_quiet_weekend(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/good", value_int(5));
    step(&w, 3 * 86400000);
    assert_int_equal(trust_of(&w, PRESS "/good"), TRUST_GOOD);
    works_close(&w);
}

static void a_silent_unit_makes_its_tags_stale_and_its_state_unknown_since_it_was_last_heard(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, OVEN "/state", value_int(6));
    sample(&w, 3000, OVEN "/temp", value_real(230));
    step(&w, 12999);
    assert_int_equal(node_of(&w, OVEN)->class, CLASS_RUN);
    step(&w, 20000);
    assert_true(node_of(&w, OVEN)->silent);
    assert_int_equal(node_of(&w, OVEN)->class, CLASS_UNKNOWN);
    assert_int_equal(node_of(&w, OVEN)->since_ms, T0 + 3000);
    assert_int_equal(trust_of(&w, OVEN "/temp"), TRUST_STALE);
    sample(&w, 30000, OVEN "/temp", value_real(200));
    assert_int_equal(trust_of(&w, OVEN "/temp"), TRUST_GOOD);
    assert_int_equal(node_of(&w, OVEN)->class, CLASS_UNKNOWN);
    works_close(&w);
}

/* The collector's clock was an hour ahead and is set right: what it stamped itself moves with it, and nothing is late. */
static void a_clock_that_is_set_back_makes_nothing_late_and_no_state_longer(void **state)
{
    (void)state;
    enum { HOUR = 3600000 };
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(6));
    w.now = 600000;
    put(&w, PRESS "/state", value_int(9))->flags = 0;
    put(&w, PRESS "/good", value_int(5))->flags = 0;
    step(&w, 600000);
    step(&w, 660000);
    assert_int_equal(model_wall(w.model) - node_of(&w, PRESS)->since_ms, 60000);
    batch_add(&w.batch, (struct record){.kind = RECORD_CLOCK, .value = value_int(-HOUR)});
    w.batch.wall_ms = T0 + 660100 - HOUR;
    w.batch.elapsed_ms = 100;
    model_apply(w.model, &w.batch);
    assert_int_equal(model_wall(w.model) - node_of(&w, PRESS)->since_ms, 60100);
    batch_clear(&w.batch);
    w.now = 670000 - HOUR;
    put(&w, PRESS "/good", value_int(6))->flags = 0;
    put(&w, PRESS "/temp", value_real(61))->flags = 0;
    put(&w, PRESS "/state", value_int(6))->flags = 0;
    w.batch.wall_ms = T0 + 670000 - HOUR;
    w.batch.elapsed_ms = 9900;
    model_apply(w.model, &w.batch);
    batch_clear(&w.batch);
    assert_int_equal(model_drops(w.model, DROP_LATE)->count, 0);
    assert_int_equal(tag_of(&w, PRESS "/good")->value.i, 6);
    const struct node_state *press = node_of(&w, PRESS);
    assert_int_equal(press->class, CLASS_RUN);
    assert_int_equal(press->since_ms, model_wall(w.model));
    for (size_t i = 1; i < press->interval_count; i++) /* oldest first, and they never overlap */
        assert_true(press->intervals[i - 1].end_ms > press->intervals[i - 1].start_ms && press->intervals[i].start_ms >= press->intervals[i - 1].end_ms);
    works_close(&w);
}

enum { MINUTE = 60000 }; /* a stop is looked for long before, the quarter of an hour ends long after */

static struct plant *robot_plant(bool told, double ideal_cycle_s, const char *broker)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = broker, .url = "mqtt://127.0.0.1", .version = 5});
    plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, 0, (struct node){.level = LEVEL_LINE, .name = "l1", .ideal_cycle_s = ideal_cycle_s});
    plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    if (told)
        plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    return plant_build_finish(&b);
}

static void a_state_that_nothing_tells_any_more_after_a_reload_is_unknown(void **state)
{
    static const struct { bool told; double ideal; const char *broker; enum state_class class; size_t sources; } cases[] = {
        {false, 2, "main", CLASS_RUN, 1}, {false, 0, "main", CLASS_UNKNOWN, 1}, {true, 2, "main", CLASS_UNKNOWN, 1}, {false, 3, "other", CLASS_RUN, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plant *before = robot_plant(false, 2, "main"), *after = robot_plant(cases[i].told, cases[i].ideal, cases[i].broker);
        struct model *model = model_create(before);
        struct batch batch;
        batch_init(&batch);
        batch_add(&batch, (struct record){.kind = RECORD_SERIES, .series = 1, .text = batch_text(&batch, "works/l1/good", 13)});
        batch_add(&batch, (struct record){.kind = RECORD_BIRTH, .text = batch_text(&batch, "broker:main", 11)});
        for (int64_t pieces = 1; pieces <= 2; pieces++)
            batch_add(&batch, (struct record){.kind = RECORD_SAMPLE, .series = 1, .time_ms = T0, .value = value_int(pieces), .quality = QUALITY_GOOD});
        batch.wall_ms = T0;
        model_apply(model, &batch);
        assert_int_equal(model_node(model, 1)->class, CLASS_RUN);
        model_configure(model, after);
        assert_int_equal(model_node(model, 1)->class, cases[i].class);
        assert_int_equal(model_source_count(model), cases[i].sources);
        assert_int_equal(model_next_deadline(model) > MINUTE, cases[i].class == CLASS_UNKNOWN);
        batch_finish(&batch);
        model_destroy(model);
        plant_destroy(before);
        plant_destroy(after);
    }
}

static void a_late_sample_never_becomes_the_current_value(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 5000, PRESS "/temp", value_real(60));
    w.now = 4000;
    put(&w, PRESS "/temp", value_real(40));
    step(&w, 6000);
    assert_near(tag_of(&w, PRESS "/temp")->value.d, 60, 0);
    assert_int_equal(model_drops(w.model, DROP_LATE)->count, 1);
    assert_string_equal(model_drops(w.model, DROP_LATE)->example, PRESS "/temp");
    works_close(&w);
}

static void a_historical_sample_is_not_current(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    w.now = 1000;
    put(&w, PRESS "/temp", value_real(60))->flags |= SAMPLE_HISTORICAL;
    step(&w, 1000);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_NEVER);
    works_close(&w);
}

static void a_retained_value_is_trusted_but_only_a_lower_bound_of_age_and_not_in_the_trend(void **state)
{
    (void)state;
    struct works w;
    bool at_least;
    works_open(&w);
    w.now = 1000;
    put(&w, OVEN "/temp", value_real(60))->flags |= SAMPLE_RETAINED;
    step(&w, 1000);
    assert_int_equal(trust_of(&w, OVEN "/temp"), TRUST_GOOD);
    model_age(w.model, model_find(w.model, OVEN "/temp"), &at_least);
    assert_true(at_least);
    assert_null(tag_of(&w, OVEN "/temp")->ring);
    works_close(&w);
}

static void a_retained_value_of_a_publisher_that_never_speaks_becomes_stale(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    w.now = 1000;
    put(&w, OVEN "/state", value_int(6))->flags |= SAMPLE_RETAINED;
    put(&w, PRESS "/temp", value_real(60))->flags |= SAMPLE_RETAINED;
    step(&w, 1000);
    assert_int_equal(node_of(&w, OVEN)->class, CLASS_RUN);
    step(&w, 3999);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_GOOD);
    step(&w, 4000);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_STALE);
    step(&w, 11000);
    assert_int_equal(trust_of(&w, OVEN "/state"), TRUST_STALE);
    assert_int_equal(node_of(&w, OVEN)->class, CLASS_UNKNOWN);
    works_close(&w);
}

static void bad_quality_is_shown_as_bad(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    w.now = 1000;
    put(&w, PRESS "/temp", value_null())->quality = QUALITY_BAD;
    step(&w, 1000);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_BAD);
    w.now = 2000;
    put(&w, PRESS "/temp", value_real(1))->quality = QUALITY_UNCERTAIN;
    step(&w, 2000);
    assert_int_equal(trust_of(&w, PRESS "/temp"), TRUST_UNCERTAIN);
    works_close(&w);
}

static void source(struct works *w, int64_t ms, enum record_kind kind)
{
    batch_add(&w->batch, (struct record){.kind = (uint8_t)kind, .text = batch_text(&w->batch, "broker:main", 11)});
    step(w, ms);
}

static void a_lost_broker_leaves_its_tags_unconfirmed_until_they_speak(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    source(&w, 0, RECORD_BIRTH);
    sample(&w, 1000, OVEN "/temp", value_real(230));
    source(&w, 2000, RECORD_DEATH);
    assert_int_equal(trust_of(&w, OVEN "/temp"), TRUST_UNCONFIRMED);
    assert_false(model_source(w.model, 0)->alive);
    assert_int_equal(model_source(w.model, 0)->since_ms, T0 + 2000);
    source(&w, 3000, RECORD_BIRTH);
    assert_int_equal(trust_of(&w, OVEN "/temp"), TRUST_UNCONFIRMED);
    w.now = 3000;
    put(&w, OVEN "/temp", value_real(230))->flags |= SAMPLE_RETAINED;
    step(&w, 3100);
    assert_int_equal(trust_of(&w, OVEN "/temp"), TRUST_GOOD);
    assert_int_equal(tag_of(&w, OVEN "/temp")->wall_ms, T0 + 1000);
    works_close(&w);
}

static void a_gap_makes_states_unknown_from_its_beginning(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(6));
    batch_add(&w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(60000)});
    step(&w, 120000);
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_UNKNOWN);
    assert_int_equal(node_of(&w, PRESS)->since_ms, T0 + 60000);
    sample(&w, 121000, PRESS "/state", value_int(6));
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_RUN);
    assert_int_equal(node_of(&w, PRESS)->interval_count, 3);
    works_close(&w);
}

static void a_discovered_series_is_a_tag_without_a_node(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    const char *key = "main:yard/gate#";
    batch_add(&w.batch, (struct record){.kind = RECORD_SERIES, .series = 500, .text = batch_text(&w.batch, key, strlen(key))});
    batch_add(&w.batch, (struct record){.kind = RECORD_SAMPLE, .series = 500, .time_ms = T0, .value = value_text(batch_text(&w.batch, "offen", 5)), .quality = QUALITY_GOOD});
    step(&w, 0);
    assert_int_equal(model_discovered(w.model), 1);
    uint32_t tag = model_find(w.model, key);
    assert_int_equal(tag, w.plant->tag_count);
    assert_int_equal(model_find_series(w.model, 500), tag);
    assert_string_equal(model_tag(w.model, tag)->text, "offen");
    works_close(&w);
}

static void a_sample_of_an_unknown_series_changes_nothing(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    batch_add(&w.batch, (struct record){.kind = RECORD_SAMPLE, .series = 4000000000u, .value = value_int(1)});
    step(&w, 0);
    assert_int_equal(model_samples(w.model), 0);
    works_close(&w);
}

static void drops_are_counted_by_reason_and_mends_are_not_losses(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    batch_add(&w.batch, (struct record){.kind = RECORD_DROPPED, .code = DROP_NOT_JSON, .value = value_uint(3), .text = batch_text(&w.batch, "a/b", 3)});
    batch_add(&w.batch, (struct record){.kind = RECORD_DROPPED, .code = DROP_TEXT_CUT, .value = value_uint(5)});
    batch_add(&w.batch, (struct record){.kind = RECORD_DROPPED, .code = 255, .value = value_uint(7)});
    step(&w, 0);
    assert_int_equal(model_drops(w.model, DROP_NOT_JSON)->count, 3);
    assert_string_equal(model_drops(w.model, DROP_NOT_JSON)->example, "a/b");
    assert_int_equal(model_drop_total(w.model), 3);
    works_close(&w);
}

static void the_rate_settles_at_the_samples_a_minute(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    for (int64_t ms = 0; ms < 600000; ms += 500)
        sample(&w, ms, PRESS "/temp", value_real((double)ms));
    assert_near(model_rate(w.model, model_find(w.model, PRESS "/temp")), 120, 2);
    works_close(&w);
}

static void the_rate_is_right_after_ten_seconds_already(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 500, PRESS "/temp", value_real(0));
    assert_true(model_rate(w.model, model_find(w.model, PRESS "/temp")) < 0);
    for (int64_t ms = 1000; ms <= 10000; ms += 500)
        sample(&w, ms, PRESS "/temp", value_real((double)ms));
    assert_near(model_rate(w.model, model_find(w.model, PRESS "/temp")), 120, 12);
    works_close(&w);
}

static void the_rate_falls_while_nothing_comes(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    for (int64_t ms = 0; ms < 600000; ms += 500)
        sample(&w, ms, PRESS "/temp", value_real((double)ms));
    step(&w, 1200000);
    assert_true(model_rate(w.model, model_find(w.model, PRESS "/temp")) < 0.5);
    works_close(&w);
}

static void speed_is_the_ideal_cycle_against_the_pieces_of_this_run(void **state)
{
    (void)state;
    struct works w;
    double ratio;
    const char *missing;
    works_open(&w);
    uint32_t line = plant_node_by_path(w.plant, "works/hall/l1");
    assert_false(model_speed(w.model, line, &ratio, &missing));
    sample(&w, 0, PRESS "/state", value_int(6));
    for (int64_t piece = 1; piece <= 30; piece++)
        sample(&w, piece * 12500, PRESS "/good", value_int(100 + piece));
    assert_true(model_speed(w.model, line, &ratio, &missing));
    assert_near(ratio, 0.8, 0.03);
    sample(&w, 400000, PRESS "/state", value_int(9));
    assert_true(model_speed(w.model, line, &ratio, &missing));
    assert_near(ratio, 0, 0);
    uint32_t oven = plant_node_by_path(w.plant, OVEN);
    assert_false(model_speed(w.model, oven, &ratio, &missing));
    assert_string_equal(missing, "ideal_cycle");
    works_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_knows_its_source_time_arrival_age_and_change),
        CASE(nothing_is_known_before_it_speaks),
        CASE(a_tag_with_a_cadence_is_stale_after_three_of_them),
        CASE(one_without_a_cadence_is_not_stale_after_a_quiet_weekend),
        CASE(a_clock_that_is_set_back_makes_nothing_late_and_no_state_longer),
        CASE(a_state_that_nothing_tells_any_more_after_a_reload_is_unknown),
        CASE(a_silent_unit_makes_its_tags_stale_and_its_state_unknown_since_it_was_last_heard),
        CASE(a_late_sample_never_becomes_the_current_value),
        CASE(a_historical_sample_is_not_current),
        CASE(a_retained_value_is_trusted_but_only_a_lower_bound_of_age_and_not_in_the_trend),
        CASE(a_retained_value_of_a_publisher_that_never_speaks_becomes_stale),
        CASE(bad_quality_is_shown_as_bad),
        CASE(a_lost_broker_leaves_its_tags_unconfirmed_until_they_speak),
        CASE(a_gap_makes_states_unknown_from_its_beginning),
        CASE(a_discovered_series_is_a_tag_without_a_node),
        CASE(a_sample_of_an_unknown_series_changes_nothing),
        CASE(drops_are_counted_by_reason_and_mends_are_not_losses),
        CASE(the_rate_settles_at_the_samples_a_minute),
        CASE(the_rate_is_right_after_ten_seconds_already),
        CASE(the_rate_falls_while_nothing_comes),
        CASE(speed_is_the_ideal_cycle_against_the_pieces_of_this_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
