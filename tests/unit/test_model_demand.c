/*
 * Demands and emissions in the fold: what they come to, the tags that tell of it, and alarms on those.
 */
#include "check.h"

#include "core/demand.h"
#include "energy_fixture.h"

/* A mill whose two machines have powers, with a demand on their sum and a chimney whose dust is measured beside O2. */
struct stack_plan { double o2_reference, limit, half_hour; bool o2; enum demand_kind kind; };

static struct plant *stack_plant(const struct stack_plan *plan)
{
    static const struct mill_plan usual = {.gap_ms = 0};
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "mill"});
    uint32_t forecast = mill_tag(&b, site, (struct tag_def){.name = "main-forecast", .unit = "kW"}), mean = mill_tag(&b, site, (struct tag_def){.name = "main-mean", .unit = "kW"});
    uint32_t all = plant_add_meter(&b, mill_meter(&usual, site, "all", METER_SUM, NO_TAG));
    struct alarm_condition_def high = {.kind = ALARM_HIGH, .limit = 500, .title = "demand"};
    plant_add_alarm(&b, site, forecast, plant_add_alarm_def(&b, (struct alarm_def){.name = "high", .class = ALARM_CLASS_PROCESS, .conditions = &high, .condition_count = 1}), NULL, NULL);
    plant_add_demand(&b, (struct demand){.name = "main", .meter = all, .kind = plan->kind, .block_ms = 15 * MINUTE, .limit = 500, .warn = NAN, .sync_tag = NO_TAG,
        .forecast_tag = forecast, .mean_tag = mean});
    uint32_t hall = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"}), line = plant_add_node(&b, hall, (struct node){.level = LEVEL_LINE, .name = "l1"});
    for (int i = 0; i < 2; i++) {
        uint32_t node = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = i ? "b" : "a"});
        plant_add_meter(&b, mill_meter(&usual, node, "e", METER_POWER, mill_tag(&b, node, (struct tag_def){.name = "kw", .kind = KIND_POWER})));
        if (i)
            continue;
        uint32_t dust = mill_tag(&b, node, (struct tag_def){.name = "dust"}), o2 = mill_tag(&b, node, (struct tag_def){.name = "o2"});
        uint32_t told[2] = {mill_tag(&b, node, (struct tag_def){.name = "dust-forecast"}), mill_tag(&b, node, (struct tag_def){.name = "dust-mean"})};
        plant_add_emission(&b, (struct emission){.name = "dust", .meter = plant_add_meter(&b, mill_meter(&usual, node, "chimney", METER_EMISSION, dust)),
            .limit = {plan->half_hour > 0 ? plan->half_hour : NAN, NAN, NAN}, .o2_tag = plan->o2 ? o2 : NO_TAG, .o2_reference = plan->o2 ? plan->o2_reference : NAN,
            .forecast_tag = told[0], .mean_tag = told[1]});
    }
    struct plant *plant = plant_build_finish(&b);
    plant->zone = berlin;
    return plant;
}

static void stack_open(struct mill *m, const struct stack_plan *plan)
{
    *m = (struct mill){.facts = NULL};
    works_open_plant(&m->w, stack_plant(plan));
    m->w.closed = INT64_MIN;
}

/* kw of both machines each minute of [from, to). */
static void both(struct mill *m, const char *from, const char *to, double a, double b)
{
    for (int64_t t = local_ms(from); t < local_ms(to); t += MINUTE) {
        mill_put(m, t, "kw", value_real(a));
        mill_put(m, t, "b/kw", value_real(b));
        mill_step(m, t);
    }
}

static double number_of(const struct mill *m, const char *key)
{
    double number = NAN;
    const struct tag *tag = tag_of(&m->w, key);
    return tag->quality != QUALITY_BAD && value_number(tag->value, &number) ? number : NAN;
}

static const struct alarm *demand_alarm(const struct mill *m)
{
    uint32_t alarm = model_find_alarm(m->w.model, "mill/main-forecast.high");
    assert_true(alarm != NO_ALARM);
    return model_alarm(m->w.model, alarm);
}

static void the_forecast_raises_an_alarm_before_the_block_is_over(void **state)
{
    (void)state;
    struct mill m;
    struct demand_now now;
    stack_open(&m, &(struct stack_plan){.limit = 500});
    both(&m, "10:00", "10:09", 200, 200);
    mill_wait(&m, "10:08:55");
    assert_false(alarm_active(demand_alarm(&m)));
    both(&m, "10:09", "10:15", 400, 400);
    assert_true(alarm_active(demand_alarm(&m))); /* nine minutes at 400, six at 800 are 560 */
    assert_near(number_of(&m, "mill/main-forecast"), 560, 1);
    both(&m, "10:15", "10:17", 100, 100);
    assert_near(number_of(&m, "mill/main-mean"), 560, 1e-6);
    assert_false(alarm_active(demand_alarm(&m)));
    const struct demand_meter *d = model_demand(m.w.model, 0, &now);
    assert_near(d->peaks[0].mean, 560, 1e-6);
    assert_int_equal(d->peaks[0].from_ms, local_ms("10:00"));
    assert_near(now.last, 560, 1e-6);
    assert_int_equal(now.from_ms, local_ms("10:15"));
    mill_close(&m);
}

static void the_forecast_is_by_the_mean_power_of_the_last_minute(void **state)
{
    (void)state;
    struct mill m;
    struct demand_now now;
    stack_open(&m, &(struct stack_plan){.limit = 500});
    both(&m, "10:00", "10:10", 200, 200);
    says(&m, "10:10", "kw", 600);
    says(&m, "10:10:00", "b/kw", 200);
    mill_wait(&m, "10:10:30");
    model_demand(m.w.model, 0, &now); /* half a minute at 400 and half a minute at 800 */
    assert_near(now.forecast, (10 * 400 + 5 * 600) / 15.0, 1);
    mill_close(&m);
}

static void a_part_that_is_silent_makes_the_sum_unknown(void **state)
{
    (void)state;
    struct mill m;
    stack_open(&m, &(struct stack_plan){.limit = 500});
    both(&m, "10:00", "10:05", 200, 200);
    for (int i = 5; i < 14; i++)
        says_at(&m, local_ms("10:00") + i * MINUTE, "kw", 200);
    assert_true(isnan(number_of(&m, "mill/main-forecast"))); /* nothing of b since 10:04, and the gap is five minutes */
    both(&m, "10:14", "10:30", 200, 200);
    assert_near(number_of(&m, "mill/main-forecast"), 400, 1e-6);
    struct demand_now now;
    model_demand(m.w.model, 0, &now);
    assert_true(isnan(now.last)); /* four minutes and one are too few */
    mill_close(&m);
}

/* ---- emissions ---- */

static void means_are_at_the_reference_oxygen(void **state)
{
    (void)state;
    struct mill m;
    struct emission_now now;
    stack_open(&m, &(struct stack_plan){.o2 = true, .o2_reference = 11, .half_hour = 20});
    for (int64_t t = local_ms("10:00"); t <= local_ms("10:30") + MINUTE; t += MINUTE) {
        mill_put(&m, t, "o2", value_real(t < local_ms("10:15") ? 11 : 15.95));
        mill_put(&m, t, "dust", value_real(15));
        mill_step(&m, t);
    }
    mill_wait(&m, "10:31:10");
    model_emission(m.w.model, 0, &now);
    assert_near(now.value, 30, 1e-9); /* 15 x 9.9 / 4.95 */
    assert_near(now.last[EMISSION_HALF_HOUR], 22.5, 1e-6);
    assert_near(now.mean[EMISSION_DAY], 22.5, 1e-6);
    assert_near(now.mean[EMISSION_HOUR], (15 * 15 + 30 * 16) / 31.0, 1e-6);
    assert_near(now.exceeded_min, 30, 0);
    assert_near(now.forecast, 30, 1e-9);
    assert_near(number_of(&m, MILL_A "/dust-mean"), 22.5, 1e-6);
    assert_near(number_of(&m, MILL_A "/dust-forecast"), 30, 1e-6);
    struct energy e = used_by(&m, MILL_A "/chimney", "10:00", "10:15");
    assert_near(e.amount, 15 * .25, 1e-9); /* value x hours */
    mill_close(&m);
}

static void of_what_nobody_told_nothing_is_known(void **state)
{
    (void)state;
    struct mill m;
    struct emission_now now;
    stack_open(&m, &(struct stack_plan){.o2 = true, .o2_reference = 11, .half_hour = 20});
    mill_wait(&m, "10:31:10");
    model_emission(m.w.model, 0, &now);
    assert_true(isnan(now.value) && isnan(now.forecast));
    for (int s = 0; s < EMISSION_MEANS; s++) {
        assert_true(isnan(now.mean[s]) && isnan(now.last[s]));
        assert_near(now.valid[s], 0, 0);
    }
    mill_close(&m);
}

static void near_air_nothing_is_valid_and_a_mean_needs_two_thirds(void **state)
{
    (void)state;
    struct mill m;
    struct emission_now now;
    stack_open(&m, &(struct stack_plan){.o2 = true, .o2_reference = 11});
    for (int64_t t = local_ms("10:00"); t <= local_ms("11:00") + MINUTE; t += MINUTE) {
        bool air = (t >= local_ms("10:00") && t < local_ms("10:11")) || (t >= local_ms("10:30") && t < local_ms("10:39"));
        mill_put(&m, t, "o2", value_real(air ? 20.6 : 11));
        mill_put(&m, t, "dust", value_real(15));
        mill_step(&m, t);
        if (t == local_ms("10:20")) {
            mill_wait(&m, "10:20:30");
            model_emission(m.w.model, 0, &now);
            assert_near(now.valid[EMISSION_HALF_HOUR], 9 / 20.0, .01);
        }
        if (t == local_ms("10:31")) {
            mill_wait(&m, "10:31:10");
            model_emission(m.w.model, 0, &now);
            assert_true(isnan(now.last[EMISSION_HALF_HOUR])); /* 19 of 30 minutes */
            assert_true(isnan(now.value));
        }
    }
    mill_wait(&m, "11:01:10");
    model_emission(m.w.model, 0, &now);
    assert_near(now.last[EMISSION_HALF_HOUR], 15, 1e-9); /* 21 of 30 */
    assert_near(now.last[EMISSION_HOUR], 15, 1e-9);      /* 40 of 60 */
    mill_close(&m);
}

static void a_bad_sample_is_not_valid_and_a_new_day_begins_anew(void **state)
{
    (void)state;
    struct mill m;
    struct emission_now now;
    stack_open(&m, &(struct stack_plan){.half_hour = 10});
    for (int64_t t = local_ms("2024-06-12T23:00"); t <= local_ms("2024-06-13T00:01"); t += MINUTE) {
        struct record *r = mill_put(&m, t, "dust", value_real(15));
        if (t >= local_ms("2024-06-12T23:10") && t < local_ms("2024-06-12T23:15"))
            r->quality = QUALITY_BAD;
        mill_step(&m, t);
    }
    mill_wait(&m, "2024-06-12T23:59:59");
    mill_wait(&m, "2024-06-13T00:01:20");
    model_emission(m.w.model, 0, &now);
    assert_near(now.last[EMISSION_HALF_HOUR], 15, 1e-9);
    assert_near(now.exceeded_min, 0, 0);
    assert_true(isnan(now.mean[EMISSION_DAY]));
    struct energy e = used_by(&m, MILL_A "/chimney", "2024-06-12T23:00", "2024-06-12T23:30");
    assert_int_equal(e.missing_ms, 5 * MINUTE);
    mill_close(&m);
}

/* ---- one step is a thousand ---- */

static void play(struct mill *m, bool chop, bool save)
{
    stack_open(m, &(struct stack_plan){.o2 = true, .o2_reference = 11, .half_hour = 20});
    uint64_t seed = 7;
    for (int64_t t = local_ms("10:00"); t < local_ms("12:00"); t += 20000) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t dice = (uint32_t)(seed >> 33);
        bool silent = t > local_ms("10:40") && t < local_ms("10:52");
        if (dice % 3 || t == local_ms("10:00"))
            mill_put(m, t - dice % 700, "kw", value_real(dice % 500));
        if (!silent)
            mill_put(m, t - dice % 300, "b/kw", value_real(dice % 700));
        mill_put(m, t, dice % 2 ? "dust" : "o2", value_real(dice % 22));
        m->w.batch.seq = (uint64_t)t;
        mill_step(m, t);
        for (int64_t c = t + 100; chop && c < t + 20000; c += 1900) {
            m->w.batch.seq = (uint64_t)t + 20000; /* of the batch that is chopped */
            mill_step(m, c);
        }
        if (!save || dice % 40)
            continue;
        struct packer p;
        struct error err;
        packer_init(&p);
        model_save(m->w.model, &p);
        struct model *loaded = model_load(m->w.plant, p.bytes, p.count, &err);
        assert_non_null(loaded);
        model_destroy(m->w.model);
        m->w.model = loaded;
        packer_finish(&p);
    }
    m->w.batch.seq = (uint64_t)local_ms("12:00");
    mill_step(m, local_ms("12:00"));
}

static void assert_equal(const struct mill *a, const struct mill *b)
{
    struct packer pa, pb;
    packer_init(&pa);
    packer_init(&pb);
    model_save(a->w.model, &pa);
    model_save(b->w.model, &pb);
    assert_int_equal(pa.count, pb.count);
    assert_memory_equal(pa.bytes, pb.bytes, pa.count);
    assert_int_equal(a->w.energies.count, b->w.energies.count);
    assert_memory_equal(a->w.energies.bytes, b->w.energies.bytes, a->w.energies.count);
    assert_int_equal(a->w.events.count, b->w.events.count);
    assert_memory_equal(a->w.events.bytes, b->w.events.bytes, a->w.events.count);
    packer_finish(&pa);
    packer_finish(&pb);
}

static void one_step_and_a_thousand_tell_the_same_tags(void **state)
{
    (void)state;
    struct mill plain, chopped, saved;
    play(&plain, false, false);
    play(&chopped, true, false);
    play(&saved, true, true);
    assert_true(tag_of(&plain.w, "mill/main-forecast")->count > 600); /* each ten seconds */
    assert_true(plain.w.events.count > 0);
    assert_equal(&plain, &chopped);
    assert_equal(&plain, &saved);
    mill_close(&plain);
    mill_close(&chopped);
    mill_close(&saved);
}

static void demands_and_emissions_go_on_under_a_new_configuration(void **state)
{
    (void)state;
    struct mill m;
    struct demand_now now;
    struct emission_now emission;
    stack_open(&m, &(struct stack_plan){.half_hour = 20});
    both(&m, "10:00", "10:10", 200, 200);
    says(&m, "10:00:01", "dust", 10);
    says(&m, "10:04:00", "dust", 10);
    mill_wait(&m, "10:09:10");
    struct plant *old = m.w.plant;
    m.w.plant = stack_plant(&(struct stack_plan){.half_hour = 5});
    model_configure(m.w.model, m.w.plant);
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    both(&m, "10:10", "10:12", 200, 200);
    model_demand(m.w.model, 0, &now);
    assert_near(now.so_far, 400, 1e-6);
    model_emission(m.w.model, 0, &emission);
    assert_near(emission.mean[EMISSION_HALF_HOUR], 10, 1e-9);
    mill_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_forecast_raises_an_alarm_before_the_block_is_over),
        CASE(the_forecast_is_by_the_mean_power_of_the_last_minute),
        CASE(a_part_that_is_silent_makes_the_sum_unknown),
        CASE(means_are_at_the_reference_oxygen),
        CASE(of_what_nobody_told_nothing_is_known),
        CASE(near_air_nothing_is_valid_and_a_mean_needs_two_thirds),
        CASE(a_bad_sample_is_not_valid_and_a_new_day_begins_anew),
        CASE(one_step_and_a_thousand_tell_the_same_tags),
        CASE(demands_and_emissions_go_on_under_a_new_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
