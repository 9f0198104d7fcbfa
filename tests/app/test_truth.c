#include "day.h"

#include <assert.h>

/* The simulated plants for hours or a day, in this process: in order, and with a fifth of all messages late and out of order. */

static int64_t hours = 24;

static void all_is_as_it_was(const char *name)
{
    size_t industry = 0;
    while (industry < sim_industry_count && strcmp(sim_industries[industry].name, name) != 0)
        industry++;
    assert_in_range(industry, 0, sim_industry_count - 1);
    struct day *days[2];
    size_t sum = 0;
    day_live(industry, hours, days);
    for (int i = 0; i < 2; i++) {
        sum += day_compare(days[i]);
        day_end(days[i]);
    }
    assert_int_equal(sum, 0);
}

static void appliances(void **state)
{
    (void)state;
    all_is_as_it_was("appliance");
}

static void steel(void **state)
{
    (void)state;
    all_is_as_it_was("steel");
}

static void bodies(void **state)
{
    (void)state;
    all_is_as_it_was("automotive");
}

static void circuits(void **state)
{
    (void)state;
    all_is_as_it_was("electronics");
}

static void chemicals(void **state)
{
    (void)state;
    all_is_as_it_was("chemical");
}

/* So many hours of two plants, or of those beside them ("others"); or a day of all. */
int main(int argc, char **argv)
{
    if (argc > 1)
        hours = strtol(argv[1], NULL, 10);
    assert(hours >= 2 && hours <= 24);
    const struct CMUnitTest all[] = {CASE(appliances), CASE(steel), CASE(bodies), CASE(circuits), CASE(chemicals)}, two[] = {CASE(appliances), CASE(steel)},
        others[] = {CASE(bodies), CASE(circuits), CASE(chemicals)};
    if (argc > 2)
        return cmocka_run_group_tests_name("truth of others", others, NULL, NULL);
    return argc > 1 ? cmocka_run_group_tests_name("truth", two, NULL, NULL) : cmocka_run_group_tests_name("truth", all, NULL, NULL);
}
