/* energy_price: quantities as they cost and give off at their moments; what a sum is measured by. */
#include "check.h"

#include <math.h>

#include "core/energy_price.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

/* 2024-06-10T00:00Z, a Monday. */
static const int64_t monday = INT64_C(1717977600000);

static struct carbon_factor factors[] = {{0, 0.4}, {20240611, 0.3}};
static struct tariff_rate rates[] = {
    {.name = "day", .price = 0.30, .days = 0x7f, .from_minute = 360, .to_minute = 1320, .months = 0xfff},
    {.name = "night", .price = 0.20, .days = 0x7f, .from_minute = 1320, .to_minute = 360, .months = 0xfff, .valid_to = 20240610},
};
static struct tariff tariffs[] = {{.name = "site", .rates = rates, .rate_count = 2}};
static struct carrier carriers[] = {{.name = "electricity", .unit = "kWh", .factors = factors, .factor_count = 2, .tariff = 0}, {.name = "water", .unit = "m3", .tariff = NO_TARIFF}};
/*  0 sum
 *    1 a   2 sum   5 (water)
 *      3 b under a,  4 c under the second sum */
static struct meter meters[] = {
    {.kind = METER_SUM, .parent = NO_METER}, {.kind = METER_REGISTER, .parent = 0}, {.kind = METER_SUM, .parent = 0}, {.kind = METER_POWER, .parent = 1},
    {.kind = METER_POWER, .parent = 2}, {.kind = METER_REGISTER, .parent = NO_METER, .carrier = 1},
};
static struct calendar calendars[] = {{.name = "", .always = true}};
static struct plant plant = {.carriers = carriers, .carrier_count = 2, .tariffs = tariffs, .tariff_count = 1, .meters = meters, .meter_count = 6, .calendars = calendars, .calendar_count = 1};

static void a_tariff_changes_within_a_day(void **state)
{
    (void)state;
    static const struct { int64_t hour; double cost; } cases[] = {{5, 2.0}, {6, 3.0}, {21, 3.0}, {22, 2.0}, {23, 2.0}, {24 + 6, 3.0}, {3, 2.0}};
    struct energy_price price;
    energy_price_init(&price, &plant, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(energy_price_cost(&price, monday + cases[i].hour * HOUR, 10), cases[i].cost, 1e-12);
}

static void where_no_rate_holds_the_cost_is_unknown(void **state)
{
    (void)state;
    struct energy_price price;
    energy_price_init(&price, &plant, 1);
    assert_true(isnan(energy_price_cost(&price, monday + DAY + 5 * HOUR, 10)));
    assert_near(energy_price_cost(&price, monday + DAY + 5 * HOUR, 0), 0, 0);
    assert_near(energy_price_cost(&price, monday + DAY + 7 * HOUR, 10), 3, 1e-12);
    energy_price_init(&price, &plant, 5);
    assert_true(isnan(energy_price_cost(&price, monday, 10)));
    assert_true(isnan(energy_price_carbon(&price, monday, 10)));
}

static void a_factor_holds_from_its_date_on(void **state)
{
    (void)state;
    struct energy_price price;
    energy_price_init(&price, &plant, 1);
    assert_near(energy_price_carbon(&price, monday + 23 * HOUR, 10), 4, 1e-12);
    assert_near(energy_price_carbon(&price, monday + DAY, 10), 3, 1e-12);
    assert_near(energy_price_carbon(&price, monday + DAY - 1, 10), 4, 1e-12);
}

static void a_sum_is_measured_by_what_is_next_below_it(void **state)
{
    (void)state;
    uint32_t leaves[2] = {NO_METER, NO_METER};
    assert_int_equal(energy_leaves(&plant, 0, leaves, 2), 2);
    assert_int_equal(leaves[0], 1);
    assert_int_equal(leaves[1], 4);
    assert_int_equal(energy_leaves(&plant, 0, leaves, 0), 2);
    assert_int_equal(energy_leaves(&plant, 3, leaves, 2), 1);
    assert_int_equal(leaves[0], 3);
    assert_int_equal(energy_leaves(&plant, 2, leaves, 2), 1);
    assert_int_equal(leaves[0], 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_tariff_changes_within_a_day), CASE(where_no_rate_holds_the_cost_is_unknown), CASE(a_factor_holds_from_its_date_on),
        CASE(a_sum_is_measured_by_what_is_next_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
