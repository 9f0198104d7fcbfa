/*
 * Demand: blocks on the clock and by the utility's pulse, windows, the forecast, the month's peaks.
 */
#include "check.h"

#include "core/demand.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define T1 INT64_C(1718186400000) /* Wednesday 2024-06-12 10:00 UTC */
#define NO_PULSE UINT32_MAX

static const struct zone utc;

static struct demand block_of(int64_t block_ms)
{
    return (struct demand){.name = "d", .kind = DEMAND_BLOCK, .block_ms = block_ms, .limit = 500, .warn = NAN, .sync_tag = NO_PULSE};
}

/* kw for so many minutes from `ms` on. */
static int64_t run(struct demand_meter *d, int64_t ms, double kw, int minutes)
{
    int64_t to = ms + minutes * MINUTE;
    for (int64_t t = ms, until; t < to; t = until) {
        until = demand_step_end(d, t) < to ? demand_step_end(d, t) : to;
        demand_feed(d, t, until, kw * (double)(until - t) / 3.6e6, until - t);
    }
    return to;
}

static void missing(struct demand_meter *d, int64_t ms, int minutes)
{
    int64_t to = ms + minutes * MINUTE;
    for (int64_t t = ms, until; t < to; t = until) {
        until = demand_step_end(d, t) < to ? demand_step_end(d, t) : to;
        demand_feed(d, t, until, 0, 0);
    }
}

static void nine_minutes_at_600_and_five_at_400(void **state)
{
    (void)state;
    struct demand def = block_of(15 * MINUTE);
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    run(&d, run(&d, T1, 600, 9), 400, 5);
    struct demand_now now = demand_now(&d, T1 + 14 * MINUTE, 600);
    assert_near(now.forecast, 8000 / 15.0, 1e-9); /* 533 kW */
    assert_near(now.so_far, 7400 / 14.0, 1e-9);
    assert_int_equal(now.from_ms, T1);
    assert_int_equal(now.to_ms, T1 + 15 * MINUTE);
    assert_near(now.missing, 0, 0);
    assert_true(isnan(now.last));
    assert_int_equal(now.limit_in_ms, 10000); /* 500 kW x 15 min, of which 7,400 are there: 100 kW min at 600 */
    assert_near(now.shed, 500, 1e-9);         /* at 100 kW for the last minute it is 500 */
    now = demand_now(&d, T1 + 14 * MINUTE, 90);
    assert_int_equal(now.limit_in_ms, -1);
    assert_near(now.shed, 0, 0);
    run(&d, T1 + 14 * MINUTE, 600, 1);
    now = demand_now(&d, T1 + 15 * MINUTE, 600);
    assert_near(now.last, 8000 / 15.0, 1e-9);
    assert_near(now.forecast, 600, 1e-9);
    assert_int_equal(now.from_ms, T1 + 15 * MINUTE);
    assert_near(d.peaks[0].mean, 8000 / 15.0, 1e-9);
}

static void what_was_not_fed_yet_is_as_the_present_power(void **state)
{
    (void)state;
    struct demand def = block_of(15 * MINUTE);
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    run(&d, T1, 400, 10);
    assert_near(demand_now(&d, T1 + 12 * MINUTE, 700).forecast, 500, 1e-9);
    assert_int_equal(demand_now(&d, T1 + 12 * MINUTE, 700).limit_in_ms, 3 * MINUTE);
    assert_true(isnan(demand_now(&d, T1 + 12 * MINUTE, NAN).forecast));
    assert_near(demand_now(&d, T1 + 15 * MINUTE, 700).forecast, 700, 1e-9); /* another block has begun */
    assert_int_equal(demand_now(&d, T1 + 35 * MINUTE, 700).from_ms, T1 + 30 * MINUTE);
    run(&d, T1 + 10 * MINUTE, 8000, 1);
    assert_int_equal(demand_now(&d, T1 + 11 * MINUTE, 0).limit_in_ms, 0); /* it is there already */
}

static void a_block_counts_when_two_thirds_were_measured(void **state)
{
    (void)state;
    struct demand def = block_of(15 * MINUTE);
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    run(&d, T1 + 5 * MINUTE, 300, 10);
    assert_near(d.last.mean, 300, 1e-9);
    missing(&d, run(&d, T1 + 15 * MINUTE, 900, 9), 6);
    assert_true(isnan(d.last.mean));
    assert_int_equal(d.peak_count, 1);
    struct demand_now now = demand_now(&d, T1 + 30 * MINUTE, 100);
    assert_true(isnan(now.last));
    run(&d, T1 + 30 * MINUTE, 100, 5);
    missing(&d, T1 + 35 * MINUTE, 5);
    now = demand_now(&d, T1 + 40 * MINUTE, 100);
    assert_near(now.missing, .5, 1e-9);
    assert_near(now.forecast, 100, 1e-9);
}

static void blocks_begin_on_the_local_clock(void **state)
{
    (void)state;
    struct zone_span span = {INT64_MIN, 20700}; /* Kathmandu, 5 h 45 min */
    const struct zone zone = {&span, 1};
    struct demand def = block_of(30 * MINUTE);
    struct demand_meter d;
    demand_init(&d, &def, &zone);
    run(&d, T1, 100, 20);
    assert_int_equal(d.last.to_ms, T1 + 15 * MINUTE); /* 16:00 there */
}

static void a_pulse_begins_a_block(void **state)
{
    (void)state;
    struct demand def = block_of(15 * MINUTE);
    struct demand_meter d;
    def.sync_tag = 1;
    demand_init(&d, &def, &utc);
    run(&d, T1, 100, 3);
    demand_sync(&d, T1 + 4 * MINUTE);
    demand_sync(&d, T1 + 4 * MINUTE + 500); /* bounces */
    run(&d, T1 + 3 * MINUTE, 100, 1);
    assert_int_equal(d.peak_count, 0); /* four minutes are no block */
    run(&d, T1 + 4 * MINUTE, 200, 14);
    demand_sync(&d, T1 + 20 * MINUTE); /* a minute late */
    struct demand_now now = demand_now(&d, T1 + 19 * MINUTE, 200);
    assert_int_equal(now.from_ms, T1 + 4 * MINUTE);
    run(&d, T1 + 18 * MINUTE, 200, 2);
    assert_int_equal(d.last.to_ms - d.last.from_ms, 16 * MINUTE);
    assert_near(d.last.mean, 200, 1e-9);
    run(&d, T1 + 20 * MINUTE, 300, 60); /* none comes any more: by the clock */
    assert_near(d.last.mean, 300, 1e-9);
    assert_int_equal(d.last.to_ms - d.last.from_ms, 15 * MINUTE);
}

static void a_sliding_window_moves_by_its_step(void **state)
{
    (void)state;
    struct demand def = {.kind = DEMAND_SLIDING, .block_ms = 15 * MINUTE, .step_ms = 5 * MINUTE, .limit = NAN, .warn = NAN, .sync_tag = NO_PULSE};
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    run(&d, run(&d, T1, 100, 10), 400, 10);
    assert_near(d.last.mean, 300, 1e-9);
    assert_int_equal(d.last.from_ms, T1 + 5 * MINUTE);
    assert_near(demand_now(&d, T1 + 20 * MINUTE, 700).forecast, 500, 1e-9); /* 400, 400 and five minutes at 700 */
    assert_int_equal(d.peak_count, 1); /* the windows overlap */
    run(&d, T1 + 20 * MINUTE, 100, 10);
    assert_near(d.peaks[0].mean, 300, 1e-9);
}

static void a_rolling_window_is_always_the_last_minutes(void **state)
{
    (void)state;
    struct demand def = {.kind = DEMAND_ROLLING, .block_ms = 15 * MINUTE, .step_ms = 15000, .limit = NAN, .warn = NAN, .sync_tag = NO_PULSE};
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    run(&d, run(&d, T1, 100, 60), 400, 6);
    struct demand_now now = demand_now(&d, T1 + 66 * MINUTE, 400);
    assert_near(now.last, (9 * 100 + 6 * 400) / 15.0, 1e-9);
    assert_int_equal(now.to_ms, T1 + 66 * MINUTE);
    assert_int_equal(now.from_ms, T1 + 51 * MINUTE);
}

static void the_ten_highest_of_the_month_do_not_overlap(void **state)
{
    (void)state;
    struct demand def = block_of(15 * MINUTE);
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    int64_t t = T1;
    for (int i = 0; i < 40; i++)
        t = run(&d, t, 100 + (i * 37) % 41, 15);
    assert_int_equal(d.peak_count, DEMAND_PEAKS);
    for (int p = 0; p < DEMAND_PEAKS; p++)
        assert_near(d.peaks[p].mean, 140 - p, 1e-6);
    assert_near(demand_load_factor(&d), 120.0 / 140, .01);
    run(&d, T1 - 12 * DAY + 30 * DAY, 50, 30); /* 30 June: the same month */
    assert_int_equal(d.peak_count, DEMAND_PEAKS);
    run(&d, T1 + 30 * DAY, 50, 15);
    assert_int_equal(d.peak_count, 1);
    assert_near(demand_load_factor(&d), 1, 1e-9);
}

static void a_clock_that_is_set_back_takes_back_what_was_fed(void **state)
{
    (void)state;
    struct demand def = block_of(15 * MINUTE);
    struct demand_meter d;
    demand_init(&d, &def, &utc);
    run(&d, T1, 100, 40);
    demand_set_back(&d, T1 + 20 * MINUTE);
    assert_near(demand_now(&d, T1 + 20 * MINUTE, 100).forecast, 100, 1e-9);
    run(&d, T1 + 20 * MINUTE, 100, 10);
    assert_near(d.last.mean, 100, 1e-9);
    assert_int_equal(d.last.to_ms, T1 + 30 * MINUTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nine_minutes_at_600_and_five_at_400),
        CASE(what_was_not_fed_yet_is_as_the_present_power),
        CASE(a_block_counts_when_two_thirds_were_measured),
        CASE(blocks_begin_on_the_local_clock),
        CASE(a_pulse_begins_a_block),
        CASE(a_sliding_window_moves_by_its_step),
        CASE(a_rolling_window_is_always_the_last_minutes),
        CASE(the_ten_highest_of_the_month_do_not_overlap),
        CASE(a_clock_that_is_set_back_takes_back_what_was_fed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
