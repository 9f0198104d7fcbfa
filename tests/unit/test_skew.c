#include "check.h"

#include "core/skew.h"

struct told { int count; char name[32]; int64_t ms; };

static void tell(void *arg, const char *name, int64_t ms)
{
    struct told *told = arg;
    told->count++;
    snprintf(told->name, sizeof told->name, "%s", name);
    told->ms = ms;
}

static void see(struct skews *skews, const char *name, int64_t ms, int times)
{
    for (int i = 0; i < times; i++)
        skews_see(skews, skews_of(skews, name, strlen(name)), ms);
}

static void the_middle_is_told_whatever_a_few_say(void **state)
{
    (void)state;
    struct skews skews = {.count = 0};
    struct told told = {.count = 0};
    see(&skews, "a", 120, 4);
    skews_pass(&skews, SKEW_LOOK_MS, tell, &told);
    assert_int_equal(told.count, 0); /* too few */
    see(&skews, "a", 86400000, 3);
    see(&skews, "a", 140, 3);
    skews_pass(&skews, SKEW_LOOK_MS, tell, &told);
    assert_int_equal(told.count, 1);
    assert_string_equal(told.name, "a");
    assert_int_equal(told.ms, 140);
    skews_finish(&skews);
}

/* Told when it is new, when it has changed, and else seldom. */
static void what_does_not_change_is_told_seldom(void **state)
{
    (void)state;
    struct skews skews = {.count = 0};
    struct told told = {.count = 0};
    for (int i = 0; i < 60; i++) {
        see(&skews, "a", 100 + i % 7, 5);
        skews_pass(&skews, SKEW_LOOK_MS, tell, &told);
    }
    assert_int_equal(told.count, 1);
    for (int i = 0; i < 2; i++) {
        see(&skews, "a", 100, 5);
        skews_pass(&skews, SKEW_LOOK_MS, tell, &told);
    }
    assert_int_equal(told.count, 2);
    see(&skews, "a", 7000, SKEW_KEPT);
    skews_pass(&skews, SKEW_LOOK_MS / 2, tell, &told);
    assert_int_equal(told.count, 2);
    skews_pass(&skews, SKEW_LOOK_MS / 2, tell, &told);
    assert_int_equal(told.count, 3);
    assert_int_equal(told.ms, 7000);
    for (int i = 0; i < 200; i++) /* nothing came: nothing was measured */
        skews_pass(&skews, SKEW_LOOK_MS, tell, &told);
    assert_int_equal(told.count, 3);
    skews_finish(&skews);
}

static void publishers_are_bounded(void **state)
{
    (void)state;
    struct skews skews = {.count = 0};
    char name[32];
    for (int i = 0; i < SKEW_MOST; i++) {
        snprintf(name, sizeof name, "p%d", i);
        assert_int_equal(skews_of(&skews, name, strlen(name)), i);
    }
    assert_int_equal(skews_of(&skews, "more", 4), NO_SKEW);
    assert_int_equal(skews_of(&skews, "p7", 2), 7);
    skews_finish(&skews);
}

static void half_hours_are_zones(void **state)
{
    (void)state;
    static const struct { int64_t ms; bool zone; int minutes; } cases[] = {
        {0, false, 0}, {900000, false, 0}, {1800000, true, 30}, {-28800000, true, -480}, {28800000 + 119000, true, 480}, {28800000 + 121000, false, 0},
        {-19800000 - 3000, true, -330}, {50400000, true, 840}, {52200000, false, 0}, {2000, false, 0}, {31536000000, false, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        int minutes = 0;
        assert_int_equal(skew_is_zone(cases[c].ms, &minutes), cases[c].zone);
        assert_int_equal(minutes, cases[c].minutes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_middle_is_told_whatever_a_few_say),
        CASE(what_does_not_change_is_told_seldom),
        CASE(publishers_are_bounded),
        CASE(half_hours_are_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
