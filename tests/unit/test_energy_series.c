/*
 * Figures of blocks: peaks, base load, load factor, days and typical days, in UTC and where the clock is changed. Against plain reckoning.
 */
#include "check.h"

#include "core/energy_series.h"

#define QUARTER INT64_C(900000)
#define HOUR (4 * QUARTER)
#define DAY (24 * HOUR)

static const struct zone utc;
/* Berlin in 2024: summer time from 31 March 01:00 UTC to 27 October 01:00 UTC. */
static struct zone_span berlin_spans[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}};
static const struct zone berlin = {.spans = berlin_spans, .count = 3};

static int64_t at(const struct zone *zone, int year, int month, int day, int hour)
{
    return zone_utc(zone, (struct civil){.year = year, .month = month, .day = day, .hour = hour});
}

/* kW, whole quarters. */
static void put(struct energy_series *s, int64_t from_ms, const double *powers, size_t count)
{
    for (size_t q = 0; q < count; q++)
        energy_series_add(s, from_ms + (int64_t)q * s->step_ms, powers[q] * (double)s->step_ms / 3600000, s->step_ms);
}

static void put_flat(struct energy_series *s, int64_t from_ms, int64_t to_ms, double power)
{
    for (int64_t t = from_ms; t < to_ms; t += s->step_ms)
        put(s, t, &power, 1);
}

static void blocks_come_in_any_order_and_are_one_each(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    energy_series_add(&s, 10 * QUARTER + 1, 1, 100);
    energy_series_add(&s, 8 * QUARTER, 2, QUARTER);
    energy_series_add(&s, 10 * QUARTER, 3, QUARTER - 100);
    energy_series_add(&s, -1, 4, 5);
    assert_int_equal(s.count, 3);
    assert_true(s.blocks[0].from_ms == -QUARTER && s.blocks[1].from_ms == 8 * QUARTER && s.blocks[2].from_ms == 10 * QUARTER);
    assert_near(s.blocks[2].amount, 4, 0);
    assert_int_equal(s.blocks[2].valid_ms, QUARTER);
    assert_near(energy_block_power(&s, &s.blocks[1]), 8, 0);
    assert_true(isnan(energy_block_power(&s, &s.blocks[0])));
    assert_int_equal(energy_series_at(&s, 9 * QUARTER), 2);
    assert_int_equal(energy_series_at(&s, 11 * QUARTER), 3);
    energy_series_finish(&s);
}

static void figures_of_a_stretch(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    int64_t friday = at(&utc, 2024, 6, 14, 23); /* two quarters of Friday are left at 23:30 */
    put(&s, friday + 2 * QUARTER, (const double[]){100, 300, 200, 100, 500, 100}, 6);
    energy_series_add(&s, friday + 8 * QUARTER, 200, QUARTER / 2); /* half of it is missing: its mean is no demand */
    struct energy_figures f = energy_figures(&s, &utc, friday, friday + DAY);
    assert_near(f.amount, 1300 / 4.0 + 200, 1e-9);
    assert_near(f.weekday, 100, 1e-9);
    assert_near(f.weekend, 225 + 200, 1e-9);
    assert_int_equal(f.whole, 6);
    assert_near(f.peak, 500, 1e-9);
    assert_true(f.peak_ms == friday + 6 * QUARTER);
    assert_near(f.mean, 525 / 1.625, 1e-9);
    assert_near(f.load_factor, 525 / 1.625 / 500, 1e-12);
    assert_near(f.base, 100, 1e-9);
    f = energy_figures(&s, &utc, friday + 3 * QUARTER, friday + 5 * QUARTER);
    assert_near(f.amount, 125, 1e-9);
    assert_near(f.base, 205, 1e-9); /* the 5th percentile of 200 and 300 */
    f = energy_figures(&s, &utc, friday + DAY, friday + 2 * DAY);
    assert_true(f.valid_ms == 0 && isnan(f.peak) && isnan(f.mean) && isnan(f.load_factor) && isnan(f.base));
    energy_series_finish(&s);
}

static void base_load_is_the_fifth_percentile(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    for (int q = 0; q <= 100; q++)
        put(&s, (q * 37 % 101) * QUARTER, &(double){q}, 1);
    assert_near(energy_figures(&s, &utc, 0, DAY * 2).base, 5, 1e-9);
    energy_series_finish(&s);
}

static void the_highest_come_first_and_of_equal_ones_the_earlier(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    struct demand_peak peaks[DEMAND_PEAKS];
    static const double powers[] = {5, 9, 1, 9, 7, 3, 8, 2, 6, 4, 9, 10, 0.5};
    static const int order[] = {11, 1, 3, 10, 6, 4, 8, 0, 9, 5};
    put(&s, 0, powers, 3);
    assert_int_equal(energy_peaks(&s, 0, DAY, peaks), 3);
    put(&s, 3 * QUARTER, powers + 3, 10);
    assert_int_equal(energy_peaks(&s, 0, DAY, peaks), DEMAND_PEAKS);
    for (int p = 0; p < DEMAND_PEAKS; p++) {
        assert_near(peaks[p].mean, powers[order[p]], 1e-12);
        assert_true(peaks[p].from_ms == order[p] * QUARTER && peaks[p].to_ms == (order[p] + 1) * QUARTER);
    }
    energy_series_finish(&s);
}

static void days_of_92_and_100_quarters(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    struct energy_date *days;
    double profile[ENERGY_SLOTS];
    int64_t spring = at(&berlin, 2024, 3, 31, 0), autumn = at(&berlin, 2024, 10, 27, 0);
    put_flat(&s, spring, at(&berlin, 2024, 4, 1, 0), 100);
    put_flat(&s, autumn, at(&berlin, 2024, 10, 28, 0), 100);
    for (int q = 12; q < 16; q++)
        energy_series_add(&s, autumn + q * QUARTER, 10, 0); /* the second hour from 2:00 on: 140 kW */
    assert_int_equal(energy_dates(&s, &berlin, &days), 2);
    assert_near(days[0].amount, 92 * 25, 1e-9);
    assert_near(days[1].amount, 100 * 25 + 40, 1e-9);
    assert_int_equal(days[0].day, 20240331);
    assert_int_equal(days[1].weekday, 0);
    assert_true(isnan(days[0].power[2])); /* that hour is not on the clock */
    assert_near(days[0].power[3], 100, 1e-9);
    assert_near(days[1].power[2], 120, 1e-9); /* both of them */
    assert_near(days[1].peak, 140, 1e-9);
    free(days);
    energy_profile(&s, &berlin, spring, profile);
    assert_true(isnan(profile[8]) && isnan(profile[11]));
    assert_near(profile[12], 100, 1e-9);
    size_t unknown;
    assert_near(energy_profile_sum(profile, ENERGY_SLOTS, &unknown), 2300, 1e-9);
    assert_int_equal(unknown, 4);
    energy_profile(&s, &berlin, autumn, profile);
    assert_near(profile[9], 120, 1e-9);
    assert_near(profile[12], 100, 1e-9);
    energy_series_finish(&s);
}

static void a_typical_day_is_the_median_of_its_weekday(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = QUARTER};
    double typical[ENERGY_SLOTS];
    int64_t monday = at(&utc, 2024, 6, 3, 0);
    static const double mondays[] = {100, 900, 120}; /* one was a day off its rails */
    for (int d = 0; d < 21; d++)
        put_flat(&s, monday + d * DAY, monday + (d + 1) * DAY, d % 7 == 0 ? mondays[d / 7] : 50);
    assert_int_equal(energy_typical(&s, &utc, 1, INT64_MAX, typical), 3);
    assert_near(typical[0], 120, 1e-9);
    assert_near(typical[95], 120, 1e-9);
    assert_int_equal(energy_typical(&s, &utc, 1, monday + 14 * DAY, typical), 2); /* without the last */
    assert_near(typical[40], 500, 1e-9);
    assert_int_equal(energy_typical(&s, &utc, 1, monday, typical), 0);
    assert_true(isnan(typical[40]));
    energy_series_finish(&s);
}

static void hours_fill_four_quarters_of_a_profile(void **state)
{
    (void)state;
    struct energy_series s = {.step_ms = HOUR};
    double profile[ENERGY_SLOTS];
    put(&s, 0, (const double[]){10, 20}, 2);
    energy_profile(&s, &utc, 0, profile);
    assert_near(profile[3], 10, 1e-9);
    assert_near(profile[4], 20, 1e-9);
    assert_true(isnan(profile[8]));
    assert_near(energy_profile_sum(profile, ENERGY_SLOTS, NULL), 30, 1e-9);
    energy_series_finish(&s);
}

static void a_sum_is_measured_where_all_of_it_is(void **state)
{
    (void)state;
    struct energy_series sum = {.step_ms = QUARTER}, a = {.step_ms = QUARTER}, b = {.step_ms = QUARTER};
    put(&a, 0, (const double[]){10, 20, 30}, 3);
    put(&b, QUARTER, (const double[]){1, 2, 3}, 3);
    energy_series_merge(&sum, &a);
    assert_near(energy_figures(&sum, &utc, 0, DAY).peak, 30, 1e-9);
    energy_series_merge(&sum, &b);
    assert_int_equal(sum.count, 4);
    struct energy_figures f = energy_figures(&sum, &utc, 0, DAY);
    assert_near(f.amount, 66 / 4.0, 1e-9);
    assert_int_equal(f.whole, 2);
    assert_near(f.peak, 32, 1e-9);
    energy_series_finish(&sum);
    energy_series_finish(&a);
    energy_series_finish(&b);
}

static void half_hours_are_of_the_local_clock(void **state)
{
    (void)state;
    static struct zone_span nepal_span[] = {{0, 20700}}; /* 5:45 */
    const struct zone nepal = {.spans = nepal_span, .count = 1};
    struct energy_series s = {.step_ms = QUARTER}, halves;
    int64_t noon = at(&nepal, 2024, 6, 3, 12);
    put(&s, noon, (const double[]){100, 200, 300, 400}, 4);
    energy_series_coarse(&s, 2 * QUARTER, &nepal, &halves);
    assert_int_equal(halves.count, 2);
    assert_true(halves.blocks[0].from_ms == noon);
    assert_near(energy_block_power(&halves, &halves.blocks[0]), 150, 1e-9);
    assert_near(energy_block_power(&halves, &halves.blocks[1]), 350, 1e-9);
    energy_series_finish(&s);
    energy_series_finish(&halves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(blocks_come_in_any_order_and_are_one_each), CASE(figures_of_a_stretch), CASE(base_load_is_the_fifth_percentile), CASE(the_highest_come_first_and_of_equal_ones_the_earlier),
        CASE(days_of_92_and_100_quarters), CASE(a_typical_day_is_the_median_of_its_weekday), CASE(hours_fill_four_quarters_of_a_profile), CASE(a_sum_is_measured_where_all_of_it_is),
        CASE(half_hours_are_of_the_local_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
