#include "day.h"

#include <assert.h>

/* Both simulated plants for hours or a day, in this process: in order, and with a fifth of all messages late and out of order. */

static int64_t hours = 24;

static void all_is_as_it_was(size_t industry)
{
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
    all_is_as_it_was(0);
}

static void steel(void **state)
{
    (void)state;
    all_is_as_it_was(1);
}

/* So many hours, or a day. */
int main(int argc, char **argv)
{
    if (argc > 1)
        hours = strtol(argv[1], NULL, 10);
    assert(hours >= 2 && hours <= 24);
    const struct CMUnitTest tests[] = {CASE(appliances), CASE(steel)};
    return cmocka_run_group_tests_name("truth", tests, NULL, NULL);
}
