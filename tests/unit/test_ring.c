#include "check.h"

#include "core/ring.h"

enum { STEP = RING_STEP_MS };

static void expect(const struct ring *ring, int64_t now, int back, double low, double high)
{
    double l, h;
    assert_true(ring_at(ring, now, back, &l, &h));
    assert_near(l, low, 0);
    assert_near(h, high, 0);
}

static void a_column_keeps_the_least_and_the_greatest(void **state)
{
    (void)state;
    struct ring ring;
    ring_init(&ring, 0);
    ring_add(&ring, 100, 5);
    ring_add(&ring, 200, -2);
    ring_add(&ring, 300, 3);
    expect(&ring, 400, 0, -2, 5);
}

static void a_column_without_a_sample_is_a_gap(void **state)
{
    (void)state;
    struct ring ring;
    double l, h;
    ring_init(&ring, 0);
    ring_add(&ring, 0, 1);
    ring_add(&ring, 2 * STEP, 3);
    expect(&ring, 2 * STEP, 0, 3, 3);
    assert_false(ring_at(&ring, 2 * STEP, 1, &l, &h));
    expect(&ring, 2 * STEP, 2, 1, 1);
    assert_false(ring_at(&ring, 5 * STEP, 0, &l, &h));
    expect(&ring, 5 * STEP, 3, 3, 3);
}

static void what_is_older_than_ten_minutes_is_gone(void **state)
{
    (void)state;
    struct ring ring;
    double l, h;
    ring_init(&ring, 0);
    ring_add(&ring, 0, 1);
    assert_int_equal(RING_COLUMNS * STEP, 600000);
    expect(&ring, (RING_COLUMNS - 1) * STEP, RING_COLUMNS - 1, 1, 1);
    ring_add(&ring, RING_COLUMNS * STEP, 2);
    assert_false(ring_at(&ring, RING_COLUMNS * STEP, RING_COLUMNS, &l, &h));
    ring_add(&ring, INT64_C(500) * RING_COLUMNS * STEP, 7);
    expect(&ring, INT64_C(500) * RING_COLUMNS * STEP, 0, 7, 7);
    assert_false(ring_at(&ring, INT64_C(500) * RING_COLUMNS * STEP, 1, &l, &h));
}

static void the_slope_is_the_line_through_the_columns_and_needs_four(void **state)
{
    (void)state;
    struct ring ring;
    double slope;
    ring_init(&ring, 0);
    for (int c = 0; c < 4; c++) {
        assert_false(ring_slope(&ring, c * STEP, RING_COLUMNS, &slope));
        ring_add(&ring, c * STEP, 10 + 30 * c);
    }
    assert_true(ring_slope(&ring, 3 * STEP, RING_COLUMNS, &slope));
    assert_near(slope, 30.0 / (STEP / 1000.0), 1e-9);
    ring_add(&ring, 4 * STEP, 130);
    ring_add(&ring, 6 * STEP, 190);
    assert_true(ring_slope(&ring, 6 * STEP, RING_COLUMNS, &slope));
    assert_near(slope, 30.0 / (STEP / 1000.0), 1e-9);
    assert_false(ring_slope(&ring, 6 * STEP, 3, &slope));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_column_keeps_the_least_and_the_greatest),
        CASE(a_column_without_a_sample_is_a_gap),
        CASE(what_is_older_than_ten_minutes_is_gone),
        CASE(the_slope_is_the_line_through_the_columns_and_needs_four),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
