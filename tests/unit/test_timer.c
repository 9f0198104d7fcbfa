#include "check.h"

#include "core/timer.h"

static void expect(struct timers *timers, int64_t now, uint32_t slot)
{
    struct timer_entry due;
    assert_true(timers_take(timers, now, &due));
    assert_int_equal(due.slot, slot);
}

static void comes_out_by_deadline_then_slot(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, 5);
    timers_set(&timers, 3, 20);
    timers_set(&timers, 1, 10);
    timers_set(&timers, 4, 10);
    timers_set(&timers, 0, 30);
    assert_int_equal(timers_next(&timers), 10);
    expect(&timers, 30, 1);
    expect(&timers, 30, 4);
    expect(&timers, 30, 3);
    expect(&timers, 30, 0);
    assert_int_equal(timers_next(&timers), INT64_MAX);
    timers_finish(&timers);
}

static void is_not_due_before_its_deadline(void **state)
{
    (void)state;
    struct timers timers;
    struct timer_entry due;
    timers_init(&timers, 1);
    timers_set(&timers, 0, 100);
    assert_false(timers_take(&timers, 99, &due));
    assert_true(timers_take(&timers, 100, &due));
    assert_false(timers_take(&timers, 1000, &due));
    timers_finish(&timers);
}

static void setting_again_moves_and_clearing_removes(void **state)
{
    (void)state;
    struct timers timers;
    timers_init(&timers, 10);
    timers_set(&timers, 0, 10);
    timers_set(&timers, 1, 20);
    timers_set(&timers, 0, 30);
    assert_int_equal(timers_next(&timers), 20);
    timers_set(&timers, 0, 5);
    assert_int_equal(timers_at(&timers, 0), 5);
    timers_clear(&timers, 0);
    timers_clear(&timers, 0);
    assert_int_equal(timers_at(&timers, 0), INT64_MAX);
    timers_set(&timers, 9, 1);
    expect(&timers, 100, 9);
    expect(&timers, 100, 1);
    timers_finish(&timers);
}

/* Against the plain definition: the least of an array. */
static void agrees_with_a_plain_search(void **state)
{
    (void)state;
    enum { SLOTS = 40 };
    struct timers timers;
    int64_t plain[SLOTS];
    uint64_t seed = 42;
    timers_init(&timers, SLOTS);
    for (int s = 0; s < SLOTS; s++)
        plain[s] = INT64_MAX;
    for (int step = 0; step < 20000; step++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t slot = (uint32_t)(seed >> 33) % SLOTS;
        int64_t deadline = (int64_t)(seed >> 40) % 1000;
        if (seed >> 63) {
            timers_set(&timers, slot, deadline);
            plain[slot] = deadline;
        } else if (seed >> 62 & 1) {
            timers_clear(&timers, slot);
            plain[slot] = INT64_MAX;
        } else {
            int least = 0;
            for (int s = 1; s < SLOTS; s++)
                if (plain[s] < plain[least])
                    least = s;
            struct timer_entry due;
            bool is = timers_take(&timers, 500, &due);
            assert_int_equal(is, plain[least] <= 500);
            if (is) {
                assert_int_equal(due.slot, least);
                plain[least] = INT64_MAX;
            }
        }
    }
    timers_finish(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(comes_out_by_deadline_then_slot),
        CASE(is_not_due_before_its_deadline),
        CASE(setting_again_moves_and_clearing_removes),
        CASE(agrees_with_a_plain_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
