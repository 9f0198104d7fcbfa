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

/* ---- a stream that goes on ---- */

/* A unit with a counter that tells its state, and a gauge: what a restart must not lie about. */
static struct plant *press_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t unit = plant_add_node(&b, site, (struct node){.level = LEVEL_UNIT, .name = "p1", .ideal_cycle_s = 10});
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "oil", .kind = KIND_VALUE, .interval_ms = 60000}));
    return plant_build_finish(&b);
}

/* Three pieces within two seconds, and the oil: it runs. The last batch closes at NOON. */
static struct model *running_model(const struct plant *plant)
{
    struct model *model = model_create(plant);
    struct batch batch;
    batch_init(&batch);
    for (int64_t i = 0; i < 3; i++) {
        batch_clear(&batch);
        batch.seq = (uint64_t)i + 40;
        batch.wall_ms = NOON - 2000 + i * 1000;
        batch.elapsed_ms = 1000;
        if (i == 0) {
            batch_add(&batch, (struct record){.kind = RECORD_SERIES, .series = 5, .text = batch_text(&batch, "works/p1/good", 13)});
            batch_add(&batch, (struct record){.kind = RECORD_SERIES, .series = 6, .text = batch_text(&batch, "works/p1/oil", 12)});
        }
        batch_add(&batch, (struct record){.kind = RECORD_SAMPLE, .series = 5, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME, .time_ms = batch.wall_ms, .value = value_int(100 + i)});
        batch_add(&batch, (struct record){.kind = RECORD_SAMPLE, .series = 6, .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME, .time_ms = batch.wall_ms, .value = value_real(21.5)});
        model_apply(model, &batch);
    }
    batch_finish(&batch);
    return model;
}

/* A feed that goes on with it when the clock stands there, and its first batch. */
static void resume(struct bench *b, int64_t at)
{
    struct error err;
    *b = (struct bench){.plant = press_plant(), .loop = loop_create()};
    wall = at;
    mono = 5000;
    b->feed = feed_create(b->loop, &(struct feed_options){.plant = b->plant, .config = "", .identity = "test", .on_batch = hear, .arg = &b->told,
        .model_take = running_model(b->plant), .past = &(struct ingest_past){.seq = 42, .series = 6}}, &err);
    assert_non_null(b->feed);
    feed_close_batch(b->feed);
}

static void finish(struct bench *b)
{
    feed_destroy(b->feed);
    loop_destroy(b->loop);
    plant_destroy(b->plant);
}

/* Running until the last batch, unknown from then on: that a piece was due meanwhile says nothing, for nobody was there to see it. */
static void while_nobody_was_there_the_state_is_unknown(void **state)
{
    (void)state;
    struct bench b;
    resume(&b, NOON + 3600000);
    const struct model *model = feed_model(b.feed);
    const struct node_state *node = model_node(model, 1);
    const struct tag *oil = model_tag(model, 1);
    assert_int_equal(model_seq(model), 44); /* the gap, and its time */
    assert_int_equal(b.told.elapsed, 3600000);
    assert_int_equal(model_last_gap(model, &(int64_t){0}), 3600000);
    assert_int_equal(node->class, CLASS_UNKNOWN);
    assert_int_equal(node->since_ms, NOON);
    assert_int_equal(node->interval_count, 2);
    assert_int_equal(node->intervals[0].class, CLASS_RUN);
    assert_int_equal(node->intervals[0].end_ms, NOON);
    assert_near(oil->value.d, 21.5, 0);
    assert_int_equal(model_age(model, 1, &(bool){false}), 3600000);
    assert_int_equal(model_trust(model, 1), TRUST_UNCONFIRMED);
    assert_true(oil->stale);
    assert_int_equal(oil->series, 6);
    assert_int_equal(b.told.steps, 0);
    pass(&b, 100, 0);
    assert_int_equal(b.told.elapsed, 3600100); /* the gap elapsed once */
    finish(&b);
}

/* A clock that stands before the last batch was set back: the gap's length is not known, and what comes now is not late. */
static void a_clock_that_stands_before_the_last_batch_makes_nothing_late(void **state)
{
    static const int64_t stands[] = {NOON - 3600000, 1000, 100};
    (void)state;
    for (size_t i = 0; i < sizeof stands / sizeof stands[0]; i++) {
        struct bench b;
        resume(&b, stands[i]);
        struct model *model = feed_model(b.feed);
        assert_int_equal(b.told.elapsed, 0);
        assert_int_equal(model_last_gap(model, &(int64_t){0}), 0);
        assert_int_equal(b.told.step, stands[i] - NOON);
        assert_true(model_tag(model, 1)->time_ms <= stands[i]);
        assert_true(model_node(model, 1)->since_ms <= stands[i]);
        assert_int_equal(model_node(model, 1)->class, CLASS_UNKNOWN);
        pass(&b, 60000, NOON + 3600000 - stands[i]); /* the time has come over the network */
        assert_int_equal(b.told.steps, 2);
        assert_int_equal(model_wall(model), NOON + 3660000);
        assert_int_equal(model_age(model, 1, &(bool){false}), 60000);
        finish(&b);
    }
}

static void a_clock_that_is_a_second_behind_is_no_step(void **state)
{
    (void)state;
    struct bench b;
    resume(&b, NOON - 1000);
    assert_int_equal(b.told.steps, 0);
    assert_int_equal(b.told.elapsed, 0);
    finish(&b);
}

#define BENCH_CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_CASE(clocks_that_agree_are_no_news),
        BENCH_CASE(a_step_of_two_seconds_is_no_record_and_more_is),
        BENCH_CASE(small_steps_add_up),
        BENCH_CASE(there_and_back_are_two_records),
        CASE(while_nobody_was_there_the_state_is_unknown),
        CASE(a_clock_that_stands_before_the_last_batch_makes_nothing_late),
        CASE(a_clock_that_is_a_second_behind_is_no_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
