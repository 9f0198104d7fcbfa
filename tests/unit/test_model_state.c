#include "check.h"

#include "model_fixture.h"

static void expect_intervals(const struct node_state *node, const struct interval *want, size_t count)
{
    assert_int_equal(node->interval_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(node->intervals[i].start_ms, T0 + want[i].start_ms);
        assert_int_equal(node->intervals[i].end_ms, want[i].end_ms ? T0 + want[i].end_ms : 0);
        assert_int_equal(node->intervals[i].class, want[i].class);
    }
}

static void a_told_state_has_its_class_and_since(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(6));
    sample(&w, 5000, PRESS "/state", value_int(6));
    sample(&w, 9000, PRESS "/state", value_int(8));
    sample(&w, 9500, PRESS "/state", value_int(9));
    const struct node_state *press = node_of(&w, PRESS);
    assert_int_equal(press->class, CLASS_STOP);
    assert_int_equal(press->state, PACK_ABORTED);
    assert_int_equal(press->since_ms, T0 + 9000);
    expect_intervals(press, (struct interval[]){{1000, 9000, CLASS_RUN, 6}, {9000, 9500, CLASS_STOP, 8}, {9500, 0, CLASS_STOP, 9}}, 3);
    works_close(&w);
}

static void a_state_may_come_as_a_name_or_a_quoted_number(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    w.now = 0;
    put(&w, PRESS "/state", value_text(batch_text(&w.batch, "Execute", 7)));
    step(&w, 0);
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_RUN);
    w.now = 1000;
    put(&w, PRESS "/state", value_text(batch_text(&w.batch, "9", 1)));
    step(&w, 1000);
    assert_int_equal(node_of(&w, PRESS)->state, PACK_ABORTED);
    works_close(&w);
}

static void a_state_that_the_map_does_not_know_is_unknown_and_counted(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(6));
    sample(&w, 2000, PRESS "/state", value_int(99));
    assert_int_equal(node_of(&w, PRESS)->class, CLASS_UNKNOWN);
    assert_int_equal(model_drops(w.model, DROP_STATE_UNMAPPED)->count, 1);
    works_close(&w);
}

static void a_stop_derived_from_a_counter_is_back_dated_to_the_last_piece(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 0, ROBOT "/good", value_int(10));
    assert_int_equal(node_of(&w, ROBOT)->class, CLASS_UNKNOWN);
    sample(&w, 2000, ROBOT "/good", value_int(11));
    sample(&w, 4000, ROBOT "/good", value_int(12));
    sample(&w, 6000, ROBOT "/good", value_int(12));
    step(&w, 13999);
    assert_int_equal(node_of(&w, ROBOT)->class, CLASS_RUN);
    step(&w, 14000);
    assert_int_equal(node_of(&w, ROBOT)->class, CLASS_STOP);
    assert_int_equal(node_of(&w, ROBOT)->since_ms, T0 + 4000);
    sample(&w, 60000, ROBOT "/good", value_int(13));
    expect_intervals(node_of(&w, ROBOT), (struct interval[]){{2000, 4000, CLASS_RUN, 6}, {4000, 60000, CLASS_STOP, 2}, {60000, 0, CLASS_RUN, 6}}, 3);
    works_close(&w);
}

static void a_derived_state_is_unknown_across_a_gap_and_stopped_again_only_after_its_time(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 0, ROBOT "/good", value_int(10));
    sample(&w, 2000, ROBOT "/good", value_int(11));
    batch_add(&w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(50000)});
    w.closed = 60000; /* the wall moved on while nobody listened, elapsed time did not */
    step(&w, 60000);
    sample(&w, 61000, ROBOT "/good", value_int(11));
    assert_int_equal(node_of(&w, ROBOT)->class, CLASS_UNKNOWN);
    step(&w, 71000);
    expect_intervals(node_of(&w, ROBOT), (struct interval[]){{2000, 10000, CLASS_RUN, 6}, {10000, 61000, CLASS_UNKNOWN, 0}, {61000, 0, CLASS_STOP, 2}}, 3);
    works_close(&w);
}

static void a_clock_that_steps_back_cannot_make_an_interval_negative(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 10000, PRESS "/state", value_int(6));
    uint32_t tag = model_find(w.model, PRESS "/state");
    batch_add(&w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(30000)});
    step(&w, 11000);
    const struct node_state *press = node_of(&w, PRESS);
    assert_int_equal(model_trust(w.model, tag), TRUST_UNCONFIRMED);
    for (size_t i = 0; i + 1 < press->interval_count; i++)
        assert_true(press->intervals[i].end_ms >= press->intervals[i].start_ms);
    works_close(&w);
}

static void intervals_are_bounded_and_the_oldest_go_first(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    for (int64_t n = 0; n < 2000; n++)
        sample(&w, n * 1000, PRESS "/state", value_int(n % 2 ? 6 : 9));
    const struct node_state *press = node_of(&w, PRESS);
    assert_int_equal(press->interval_count, w.plant->bounds.limit[BOUND_INTERVALS]);
    assert_int_equal(press->intervals[press->interval_count - 1].start_ms, T0 + 1999000);
    sample(&w, 3 * 86400000, PRESS "/state", value_int(9));
    assert_true(node_of(&w, PRESS)->interval_count <= 2);
    works_close(&w);
}

static void a_line_shows_the_state_of_its_constraint(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(5));
    uint32_t line = plant_node_by_path(w.plant, "works/hall/l1");
    assert_int_equal(model_line_state(w.model, line)->class, CLASS_STARVED);
    assert_int_equal(model_role(w.model, line, ROLE_GOOD), model_find(w.model, PRESS "/good"));
    works_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_told_state_has_its_class_and_since),
        CASE(a_state_may_come_as_a_name_or_a_quoted_number),
        CASE(a_state_that_the_map_does_not_know_is_unknown_and_counted),
        CASE(a_stop_derived_from_a_counter_is_back_dated_to_the_last_piece),
        CASE(a_derived_state_is_unknown_across_a_gap_and_stopped_again_only_after_its_time),
        CASE(a_clock_that_steps_back_cannot_make_an_interval_negative),
        CASE(intervals_are_bounded_and_the_oldest_go_first),
        CASE(a_line_shows_the_state_of_its_constraint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
