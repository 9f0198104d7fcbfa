/*
 * What is told of meters: months, the tree with its rest, the baseline, the means of emissions. Against plain reckoning.
 */
#include "check.h"

#include "core/energy_report.h"

#define QUARTER INT64_C(900000)
#define HOUR (4 * QUARTER)
#define DAY (24 * HOUR)

static const struct zone utc;

static int64_t at(int year, int month, int day, int hour)
{
    return zone_utc(&utc, (struct civil){.year = year, .month = month, .day = day, .hour = hour});
}

static void shares_of_nothing_are_unknown(void **state)
{
    (void)state;
    assert_near(energy_specific(150, 60), 2.5, 0);
    assert_true(isnan(energy_specific(150, 0)));
    assert_near(energy_idle_share(&(struct energy){.amount = 80, .idle = 20, .running_ms = 1}), .25, 0);
    assert_near(energy_idle_share(&(struct energy){.amount = 80, .idle = 0, .running_ms = 1}), 0, 0);
    assert_true(isnan(energy_idle_share(&(struct energy){.amount = 80})));
    assert_true(isnan(energy_idle_share(&(struct energy){.amount = 0, .running_ms = 1})));
}

static void months_have_their_highest_demand_and_its_charge(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    struct energy_month *months;
    for (int64_t t = at(2024, 1, 31, 0); t < at(2024, 2, 2, 0); t += QUARTER)
        energy_series_add(&s, t, t == at(2024, 1, 31, 9) ? 150 : 25, QUARTER);
    assert_int_equal(energy_months(&s, &utc, 8.5, &months), 2);
    assert_int_equal(months[0].month, 202401);
    assert_near(months[0].figures.amount, 95 * 25 + 150, 1e-9);
    assert_near(months[0].figures.peak, 600, 1e-9);
    assert_true(months[0].figures.peak_ms == at(2024, 1, 31, 9));
    assert_near(months[0].charge, 5100, 1e-9);
    assert_near(months[1].charge, 850, 1e-9);
    assert_near(months[1].figures.load_factor, 1, 1e-12);
    free(months);
    assert_int_equal(energy_months(&s, &utc, 0, &months), 2);
    assert_true(isnan(months[0].charge));
    free(months);
    energy_series_finish(&s);
}

/* Days at .20, nights at .10, holidays all day; summer's day is dearer. From 22:00 to 23:00 nothing holds. */
static struct tariff_rate rate_rows[] = {
    {.name = "day", .price = .2, .days = 0x7F, .from_minute = 360, .to_minute = 1320, .months = 0xFBF},
    {.name = "day", .price = .3, .days = 0x7F, .from_minute = 360, .to_minute = 1320, .months = 0x040},
    {.name = "night", .price = .1, .days = 0x7F, .from_minute = 1380, .to_minute = 360, .months = 0xFFF},
    {.name = "holiday", .price = .05, .days = 0x80, .from_minute = 0, .to_minute = 0, .months = 0xFFF},
};
static const struct tariff tariff = {.name = "t", .rates = rate_rows, .rate_count = 4};

static void rates_of_one_name_are_one_row(void **state)
{
    (void)state;
    struct calendar_day may = {20240501, 20240501, "May Day"};
    struct calendar calendar = {.holidays = &may, .holiday_count = 1};
    struct energy_series s = {.step_ms = QUARTER};
    struct energy_rate rates[ENERGY_RATES];
    for (int64_t t = at(2024, 4, 30, 0); t < at(2024, 5, 2, 0); t += QUARTER)
        energy_series_add(&s, t, t == at(2024, 4, 30, 12) ? 50 : 10, QUARTER);
    for (int64_t t = at(2024, 7, 1, 6); t < at(2024, 7, 1, 7); t += QUARTER)
        energy_series_add(&s, t, 10, QUARTER);
    assert_int_equal(energy_rates(&s, &tariff, &calendar, &utc, 0, INT64_MAX, rates), 4);
    assert_string_equal(rates[0].name, "day");
    assert_near(rates[0].amount, 64 * 10 + 40 + 40, 1e-9);
    assert_near(rates[0].cost, 680 * .2 + 40 * .3, 1e-9);
    assert_near(rates[0].peak, 200, 1e-9);
    assert_string_equal(rates[1].name, "night");
    assert_near(rates[1].cost, 28 * 10 * .1, 1e-9);
    assert_string_equal(rates[2].name, "holiday");
    assert_near(rates[2].amount, 960, 1e-9);
    assert_true(rates[2].valid_ms == DAY);
    assert_string_equal(rates[3].name, ""); /* what no rate covers has no cost */
    assert_near(rates[3].amount, 40, 1e-9);
    assert_true(isnan(rates[3].cost));
    assert_int_equal(energy_rates(&s, &tariff, &calendar, &utc, at(2024, 7, 1, 6), at(2024, 7, 1, 6) + HOUR, rates), 1);
    energy_series_finish(&s);
}

/* 0 main; 1 press, 2 paint under it; 3 gas of another carrier; 4 a sum with 5 and 6 under it; 7 an emission. */
static struct meter meters[] = {
    {.name = "main", .parent = NO_METER}, {.name = "press", .parent = 0}, {.name = "paint", .parent = 0}, {.name = "gas", .parent = 0, .carrier = 1},
    {.name = "hall", .kind = METER_SUM, .parent = NO_METER}, {.name = "a", .parent = 4}, {.name = "b", .parent = 4}, {.name = "dust", .kind = METER_EMISSION, .parent = NO_METER},
};
static const struct plant works = {.meters = meters, .meter_count = 8};

static void assert_branch(const struct energy_branch *b, uint32_t meter, unsigned depth, bool rest, double amount)
{
    assert_int_equal(b->meter, meter);
    assert_int_equal(b->depth, depth);
    assert_int_equal(b->rest, rest);
    assert_near(b->amount, amount, 1e-9);
}

static void a_tree_shows_what_is_not_metered(void **state)
{
    (void)state;
    struct energy_branch *b;
    const double amounts[] = {1000, 300, 450, 77, NAN, 30, 20, 5};
    assert_int_equal(energy_tree(&works, 0, amounts, &b), 7);
    assert_branch(&b[0], 0, 0, false, 1000);
    assert_branch(&b[1], 2, 1, false, 450);
    assert_branch(&b[2], 1, 1, false, 300);
    assert_branch(&b[3], 0, 1, true, 250);
    assert_false(b[3].more);
    assert_near(b[3].share, .25, 1e-12);
    assert_branch(&b[4], 4, 0, false, 50); /* a sum has no rest */
    assert_branch(&b[5], 5, 1, false, 30);
    assert_near(b[5].share, .6, 1e-12);
    assert_branch(&b[6], 6, 1, false, 20);
    free(b);
    assert_int_equal(energy_tree(&works, 1, amounts, &b), 1);
    assert_branch(&b[0], 3, 0, false, 77); /* its parent is of another carrier */
    free(b);
}

static void children_that_count_more_than_their_parent(void **state)
{
    (void)state;
    struct energy_branch *b;
    assert_int_equal(energy_tree(&works, 0, (const double[]){700, 300, 450, 0, NAN, 30, 20, 0}, &b), 7);
    assert_branch(&b[3], 0, 1, true, -50);
    assert_true(b[3].more);
    free(b);
    assert_int_equal(energy_tree(&works, 0, (const double[]){750.5, 300, 450, 0, NAN, 30, 20, 0}, &b), 6); /* less than a thousandth: registers are rounded */
    free(b);
    assert_int_equal(energy_tree(&works, 0, (const double[]){700, NAN, 450, 0, NAN, 30, 20, 0}, &b), 7);
    assert_int_equal(b[1].meter, 2); /* what is unknown comes last, */
    assert_true(isnan(b[2].amount) && isnan(b[3].amount) && !b[3].more); /* and what is left is unknown with it */
    free(b);
}

static const struct baseline baseline = {.from = 20240101, .to = 20240110, .driver_count = 1};

/* 2,000 kWh and 3 for each piece, with a wobble of one; from the eleventh day on 60 less. */
static void fill_days(struct baseline_row *rows, size_t count)
{
    for (size_t d = 0; d < count; d++) {
        double pieces = (double)(500 + d * 137 % 400);
        rows[d] = (struct baseline_row){.day = 20240101 + (int32_t)d, .actual = 2000 + 3 * pieces + (d % 2 ? 1 : -1) - (d < 10 ? 0 : 60), .x = {pieces}};
    }
}

static void a_baseline_tells_what_was_saved(void **state)
{
    (void)state;
    struct baseline_row rows[15];
    struct baseline_fit fit;
    fill_days(rows, 15);
    rows[12].x[0] = NAN; /* nobody knows what was produced */
    energy_baseline_fit(&baseline, rows, 15, &fit);
    assert_true(fit.fitted && !fit.fit.weak);
    assert_int_equal(fit.used, 10);
    assert_near(fit.fit.b[1], 3, .01);
    assert_near(fit.fit.b[0], 2000, 5);
    energy_baseline_tell(&fit, rows, 15);
    assert_near(rows[9].saved, 0, 1e-6); /* over the rows that it was fitted to: nothing */
    assert_near(rows[10].saving, 60, 3);
    assert_true(isnan(rows[12].expected) && isnan(rows[12].saving));
    assert_near(rows[12].saved, rows[11].saved, 0);
    assert_near(rows[14].saved, 4 * 60, 8);
}

static void a_baseline_that_cannot_be_says_why(void **state)
{
    (void)state;
    struct baseline_row rows[10];
    struct baseline_fit fit;
    fill_days(rows, 10);
    for (size_t d = 2; d < 10; d++)
        rows[d].actual = NAN;
    energy_baseline_fit(&baseline, rows, 10, &fit);
    assert_false(fit.fitted);
    assert_int_equal(fit.left_out, 8);
    assert_string_equal(fit.why, "fewer days are known than its drivers need");
    fill_days(rows, 10);
    for (size_t d = 0; d < 10; d++)
        rows[d].x[0] = 500;
    energy_baseline_fit(&baseline, rows, 10, &fit);
    assert_string_equal(fit.why, "its drivers depend on each other, or one never changes");
    energy_baseline_tell(&fit, rows, 10);
    assert_true(isnan(rows[9].expected) && isnan(rows[9].saved));
}

static const struct emission dust = {.limit = {20, NAN, 10}, .valid_share = 2 / 3.0};

/* mg/m3 for so long of a quarter */
static void put(struct energy_series *s, int64_t from_ms, double value, int64_t valid_ms)
{
    energy_series_add(s, from_ms, value * (double)valid_ms / 3600000, valid_ms);
}

static void means_of_too_little_time_do_not_count(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    struct emission_row *rows;
    put(&s, 0, 10, QUARTER);
    put(&s, QUARTER, 30, QUARTER / 2);      /* mean of 75 % of the half hour: (10 * 15 + 30 * 7.5) / 22.5 */
    put(&s, 2 * QUARTER, 12, QUARTER);      /* and half of one is too little */
    put(&s, 4 * QUARTER, 21, QUARTER);
    put(&s, 5 * QUARTER, 21, QUARTER);
    assert_int_equal(emission_means(&s, &dust, EMISSION_HALF_HOUR, &utc, &rows), 3);
    assert_near(rows[0].mean, 375 / 22.5, 1e-9);
    assert_near(rows[0].valid, .75, 1e-12);
    assert_true(isnan(rows[1].mean) && !rows[1].over && rows[2].over);
    struct emission_sum sum = emission_sum(rows, 3, 20);
    assert_int_equal(sum.valid, 2);
    assert_int_equal(sum.exceeded, 1);
    assert_near(sum.exceeded_min, 30, 1e-12);
    assert_near(sum.used, 1.05, 1e-9);
    assert_near(sum.mean, (375 / 22.5 + 21) / 2, 1e-9);
    assert_true(sum.highest_ms == 4 * QUARTER);
    free(rows);
    assert_int_equal(emission_means(&s, &dust, EMISSION_HOUR, &utc, &rows), 2);
    assert_true(isnan(rows[0].mean)); /* 37.5 valid minutes of an hour are under two thirds */
    assert_near(rows[0].valid, .625, 1e-12);
    free(rows);
    energy_series_finish(&s);
}

static void a_day_is_the_mean_of_its_valid_half_hours(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    struct emission_row *rows;
    for (int q = 0; q < 96; q++)
        put(&s, q * QUARTER, q < 48 ? 8 : 14, q >= 2 && q < 18 ? 0 : QUARTER); /* eight half hours are not valid: 5/6 of the day */
    for (int q = 96; q < 96 + 60; q++)
        put(&s, q * QUARTER, 8, QUARTER); /* 15 of 24 hours: too little */
    assert_int_equal(emission_means(&s, &dust, EMISSION_DAY, &utc, &rows), 2);
    assert_near(rows[0].mean, (16 * 8 + 24 * 14) / 40.0, 1e-9);
    assert_true(rows[0].over && isnan(rows[1].mean) && !rows[1].over);
    assert_near(emission_sum(rows, 2, dust.limit[EMISSION_DAY]).exceeded_min, 1440, 1e-9);
    assert_true(isnan(emission_sum(rows, 2, NAN).used));
    free(rows);
    energy_series_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(shares_of_nothing_are_unknown), CASE(months_have_their_highest_demand_and_its_charge), CASE(rates_of_one_name_are_one_row), CASE(a_tree_shows_what_is_not_metered), CASE(children_that_count_more_than_their_parent),
        CASE(a_baseline_tells_what_was_saved), CASE(a_baseline_that_cannot_be_says_why), CASE(means_of_too_little_time_do_not_count), CASE(a_day_is_the_mean_of_its_valid_half_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
