/*
 * When something is due: the rate of a level, damped, and honest where there is none.
 */
#include "check.h"

#include <math.h>

#include "core/due.h"

enum { STEP = DUE_STEP_MS };

static double noise(int i)
{
    return (double)((i * 7919 + 13) % 101) / 50 - 1; /* -1 .. 1 */
}

struct walk { const char *what; double begin, step, noise; int points, spike_at; double spike; bool known; double rate; double within; };

static void a_rate_is_told_where_there_is_one(void **state)
{
    (void)state;
    static const struct walk walks[] = {
        {"falls evenly", 100, -1, 0, 10, -1, 0, true, -1, 1e-9},
        {"rises evenly", 0, 2.5, 0, 24, -1, 0, true, 2.5, 1e-9},
        {"falls with noise", 100, -1, 0.8, 20, -1, 0, true, -1, 0.1},
        {"one reading is nonsense", 100, -1, 0, 12, 5, 500, true, -1, 0.05},
        {"stands", 50, 0, 0, 24, -1, 0, false, 0, 0},
        {"noise alone", 50, 0, 5, 24, -1, 0, false, 0, 0},
        {"too few", 100, -1, 0, 5, -1, 0, false, 0, 0},
        {"six are enough when all agree", 100, -1, 0, 6, -1, 0, true, -1, 1e-9},
    };
    for (size_t w = 0; w < sizeof walks / sizeof walks[0]; w++) {
        const struct walk *k = &walks[w];
        struct trend t = {.count = 0};
        double slope = 0;
        for (int i = 0; i < k->points; i++)
            assert_true(trend_add(&t, (int64_t)i * STEP, k->begin + k->step * i + k->noise * noise(i) + (i == k->spike_at ? k->spike : 0)));
        if (trend_slope(&t, &slope) != k->known)
            fail_msg("%s: a rate is %sknown", k->what, k->known ? "not " : "");
        if (k->known)
            assert_near(slope * STEP, k->rate, fabs(k->rate) * k->within + 1e-12);
    }
}

/* Points come no closer than a step, and steps grow: a day fits. */
static void it_looks_far_back_in_few_points(void **state)
{
    (void)state;
    struct trend t = {.count = 0};
    double slope;
    for (int64_t ms = 0; ms < INT64_C(86400000); ms += 1000)
        trend_add(&t, ms, 1e6 - (double)ms / 1000);
    assert_true(t.count <= DUE_POINTS && t.step_ms == DUE_STEP_MOST_MS);
    assert_true(t.points[t.count - 1].run_ms - t.points[0].run_ms > INT64_C(3600000));
    assert_true(trend_slope(&t, &slope));
    assert_near(slope, -1e-3, 1e-9);
    assert_false(trend_add(&t, t.points[t.count - 1].run_ms + 1, 0));
    assert_false(trend_add(&t, t.points[t.count - 1].run_ms + DUE_STEP_MOST_MS, NAN));
}

static void it_is_packed_whole_and_nonsense_is_refused(void **state)
{
    (void)state;
    struct trend t = {.count = 0}, back;
    struct packer p = {.bytes = NULL};
    for (int i = 0; i < 30; i++)
        trend_add(&t, (int64_t)i * STEP, i * 0.25);
    trend_pack(&t, &p);
    struct unpacker u = unpacker_of(p.bytes, p.count);
    trend_unpack(&back, &u);
    assert_false(u.failed);
    assert_int_equal(back.count, t.count);
    assert_int_equal(back.step_ms, t.step_ms);
    assert_int_equal(back.points[back.count - 1].run_ms, t.points[t.count - 1].run_ms);
    p.bytes[2] = 200; /* so many points there are never */
    for (size_t cut = 0; cut < p.count; cut++) {
        u = unpacker_of(p.bytes, cut);
        trend_unpack(&back, &u);
        assert_true(u.failed && back.count == 0);
    }
    packer_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_rate_is_told_where_there_is_one), CASE(it_looks_far_back_in_few_points), CASE(it_is_packed_whole_and_nonsense_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
