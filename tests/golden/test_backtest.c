/* A back-test while it runs and when it is done, at the three sizes. */
#include "fixture.h"

#include "check.h"

static struct whatif_ask ask = {
    .key = "works/stamping/side1/p03/oil.high", .alarm = 0, .tag = NO_TAG, .count = 3,
    .variants = {{.settings = "high > 85, deadband 1"}, {.settings = "high > 85, deadband 5"}, {.settings = "high > 85, deadband 1, on-delay 1m00s"}},
};
static const struct whatif_counts counts[] = {
    {.raises = 143, .chattering = 31, .fleeting = 12, .active_ms = 25200000, .longest_ms = 3600000},
    {.raises = 9, .active_ms = 28800000, .longest_ms = 10800000},
    {.raises = 1430, .fleeting = 1, .active_ms = 21600000, .longest_ms = 3540000},
};

static void it_is_told_at_every_size(void **state)
{
    static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "overview");
    struct trial_scene trial = {.ask = &ask, .counts = counts, .to_ms = f.now_ms, .from_ms = f.now_ms - INT64_C(604800000), .said = ""};
    f.scene.trial = &trial;
    fixture_golden(&f, "backtest-running", 80, 24, &backtest_view);
    trial.done = 3;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        fixture_golden(&f, "backtest", sizes[i].w, sizes[i].h, &backtest_view);
    trial.done = 1;
    trial.said = "the cache holds no sample of it in that time";
    fixture_golden(&f, "backtest-failed", 80, 24, &backtest_view);
    f.scene.trial = NULL;
    fixture_finish(&f);
}

static void esc_closes_it(void **state)
{
    (void)state;
    struct request request = {.kind = REQUEST_NONE};
    const struct scene scene = {.trial = NULL};
    assert_true(backtest_view.key(NULL, &scene, (struct key){.code = KEYC_ESC}, &request));
    assert_int_equal(request.kind, REQUEST_BACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(it_is_told_at_every_size), CASE(esc_closes_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
