/* What a line should make: by its plan, by its ideal cycle and target, and when so much planned time has passed. */
#include "core/plan.h"

#include <math.h>

#include "check.h"
#include "core/plant_build.h"

enum { HOUR = 3600000 };
#define MONDAY INT64_C(1718582400000) /* 2024-06-17 00:00 UTC */

static struct calendar_shift early = {.name = "early", .title = "Early", .crew = "", .weekdays = 0x3e, .from_minute = 360, .to_minute = 840,
    .breaks = {{.from_minute = 540, .to_minute = 570}}, .break_count = 1};
static struct calendar shifts = {.name = "one", .shifts = &early, .shift_count = 1};

/* A line with a unit that sets its pace, on a calendar of one shift from 06:00 to 14:00 with half an hour of break at 09:00. */
static struct plant *one_line(double per_hour, double target, double ideal)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1", .target = target, .plan_per_hour = per_hour});
    uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "u1", .ideal_cycle_s = ideal});
    plant_add_tag(&b, unit, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    return plant_build_finish(&b);
}

static void a_rate_comes_from_the_plan_or_from_ideal_cycle_and_target(void **state)
{
    (void)state;
    const struct { double per_hour, target, ideal, an_hour; const char *missing; } cases[] = {
        {120, 0, 0, 120, NULL}, {120, 0.5, 10, 120, NULL}, {0, 0.75, 10, 270, NULL}, {0, 0, 10, NAN, "plan_per_hour"}, {0, 0.75, 0, NAN, "ideal_cycle"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plant *plant = one_line(cases[i].per_hour, cases[i].target, cases[i].ideal);
        double rate = plan_rate(plant, 1, "");
        if (isnan(cases[i].an_hour))
            assert_true(isnan(rate));
        else
            assert_near(rate * HOUR, cases[i].an_hour, 1e-9);
        if (cases[i].missing)
            assert_string_equal(plan_missing(plant, 1, ""), cases[i].missing);
        else
            assert_null(plan_missing(plant, 1, ""));
        plant_destroy(plant);
    }
}

static void only_planned_time_counts(void **state)
{
    (void)state;
    struct plant *plant = one_line(100, 0, 0);
    struct calendar *own = plant->calendars;
    plant->calendars = &shifts;
    assert_near(plan_pieces(plant, 1, "", MONDAY + 6 * HOUR, MONDAY + 14 * HOUR), 750, 1e-9);
    assert_near(plan_pieces(plant, 1, "", MONDAY + 9 * HOUR, MONDAY + 10 * HOUR), 50, 1e-9);
    assert_near(plan_pieces(plant, 1, "", MONDAY + 15 * HOUR, MONDAY + 22 * HOUR), 0, 1e-9);
    assert_near(plan_pieces(plant, 1, "", MONDAY + 8 * HOUR, MONDAY + 7 * HOUR), 0, 1e-9);
    plant->calendars = own;
    plant_destroy(plant);
}

static void the_end_of_so_much_work_lies_behind_breaks_and_nights(void **state)
{
    (void)state;
    struct plant *plant = one_line(100, 0, 0);
    struct calendar *own = plant->calendars;
    const struct { int64_t from, planned, until; } cases[] = {
        {MONDAY + 6 * HOUR, HOUR, MONDAY + 7 * HOUR}, {MONDAY + 8 * HOUR, 2 * HOUR, MONDAY + 10 * HOUR + HOUR / 2}, {MONDAY + 13 * HOUR, 2 * HOUR, MONDAY + 31 * HOUR},
        {MONDAY + 4 * HOUR, 0, MONDAY + 6 * HOUR}, {MONDAY, (int64_t)PLAN_DAYS * 24 * HOUR, INT64_MAX},
    };
    plant->calendars = &shifts;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(plan_until(plant, 1, cases[i].from, (double)cases[i].planned), cases[i].until);
    plant->calendars = own;
    plant_destroy(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_rate_comes_from_the_plan_or_from_ideal_cycle_and_target),
        CASE(only_planned_time_counts),
        CASE(the_end_of_so_much_work_lies_behind_breaks_and_nights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
