/*
 * The feed's clocks. This program brings clocks of its own, which stand where a test puts them; the linker then has no use for
 * those of io/clock.c.
 */
#include "check.h"

#include "app/feed.h"
#include "core/plant_build.h"
#include "io/clock.h"

#define NOON INT64_C(1700000000000)

static int64_t wall, mono;

int64_t clock_wall_ms(void) { return wall; }
int64_t clock_monotonic_ms(void) { return mono; }
void clock_boot_id(uint8_t out[16]) { memset(out, 7, 16); }

/* What the batches told: how many clock records, the sum of their steps, and the time that has elapsed. */
struct told {
    unsigned steps;
    int64_t step, stamp, elapsed, wall;
};

struct bench {
    struct plant *plant;
    struct loop *loop;
    struct feed *feed;
    struct told told;
};

static void hear(void *arg, const struct batch *batch)
{
    struct told *told = arg;
    told->elapsed += batch->elapsed_ms;
    told->wall = batch->wall_ms;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->records[i].kind != RECORD_CLOCK)
            continue;
        told->steps++;
        assert_int_equal(batch->records[i].value.kind, VALUE_INT);
        told->step += batch->records[i].value.i;
        told->stamp = batch->records[i].time_ms;
    }
}

static int begin(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct plant_build build;
    struct error err;
    wall = NOON;
    mono = 5000;
    plant_build_init(&build);
    plant_add_node(&build, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    b->plant = plant_build_finish(&build);
    b->loop = loop_create();
    b->feed = feed_create(b->loop, &(struct feed_options){.plant = b->plant, .config = "", .identity = "test", .on_batch = hear, .arg = &b->told}, &err);
    assert_non_null(b->feed);
    feed_close_batch(b->feed);
    *state = b;
    return 0;
}

static int end(void **state)
{
    struct bench *b = *state;
    feed_destroy(b->feed);
    loop_destroy(b->loop);
    plant_destroy(b->plant);
    free(b);
    return 0;
}

/* Time passes, the wall clock goes `more` ms further than it should, and a batch closes. */
static void pass(struct bench *b, int64_t ms, int64_t more)
{
    mono += ms;
    wall += ms + more;
    feed_close_batch(b->feed);
}

static void clocks_that_agree_are_no_news(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 1000; i++)
        pass(b, 100, 0);
    pass(b, INT64_C(86400000) * 40, 0); /* asleep for forty days: both clocks counted them */
    assert_int_equal(b->told.steps, 0);
    assert_int_equal(b->told.elapsed, 100000 + INT64_C(86400000) * 40);
}

static void a_step_of_two_seconds_is_no_record_and_more_is(void **state)
{
    static const struct { int64_t step; unsigned records; } cases[] = {
        {2000, 0}, {-2000, 0}, {2001, 1}, {-2001, 1}, {INT64_C(3600000), 1}, {INT64_C(-3600000), 1}, {-NOON + 6000, 1}, {INT64_C(2600000000000), 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *b = *state;
        pass(b, 100, cases[i].step);
        assert_int_equal(b->told.steps, cases[i].records);
        assert_int_equal(b->told.step, cases[i].records ? cases[i].step : 0);
        assert_int_equal(b->told.elapsed, 100); /* delays and ages do not notice */
        if (cases[i].records) {
            assert_int_equal(b->told.stamp, wall);
            assert_int_equal(b->told.wall, wall - wall % 100);
        }
        pass(b, 100, 0); /* told once */
        assert_int_equal(b->told.steps, cases[i].records);
        end(state);
        begin(state);
    }
}

static void small_steps_add_up(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 20; i++)
        pass(b, 1000, 101);
    assert_int_equal(b->told.steps, 1);
    assert_int_equal(b->told.step, 2020);
}

static void there_and_back_are_two_records(void **state)
{
    struct bench *b = *state;
    pass(b, 1000, 60000);
    pass(b, 1000, -60000);
    assert_int_equal(b->told.steps, 2);
    assert_int_equal(b->told.step, 0);
    assert_int_equal(model_wall(feed_model(b->feed)), NOON + 2000);
    assert_int_equal(model_elapsed(feed_model(b->feed)), 2000);
}

#define BENCH_CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_CASE(clocks_that_agree_are_no_news),
        BENCH_CASE(a_step_of_two_seconds_is_no_record_and_more_is),
        BENCH_CASE(small_steps_add_up),
        BENCH_CASE(there_and_back_are_two_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
