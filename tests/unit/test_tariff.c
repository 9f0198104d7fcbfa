/* What a quantity costs at a moment, as OEE.md says it: time of use, seasons, weekdays, holidays, valid from, days of 92 and 100 quarters; holes and overlaps; CO2 by date. */
#include "check.h"

#include "core/energy.h"
#include "core/timestamp.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define AT(hour, minute) ((hour) * 60 + (minute))
enum { SUN = 1, MON = 2, SAT = 64, WORK_DAYS = 62, EVERY_DAY = 127, HOLIDAY = 1 << TARIFF_HOLIDAY, ALL_YEAR = 4095, WINTER = 0xC07 /* Nov - Mar */, SUMMER = ALL_YEAR & ~WINTER };

static struct zone_span berlin_spans[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}}; /* 2024 */
static const struct zone berlin = {berlin_spans, 3};
static struct calendar_day days_off[] = {{20241225, 20241226, "Christmas"}, {20240501, 20240501, "May Day"}};
static const struct calendar holidays = {.name = "works", .holidays = days_off, .holiday_count = 2};

static int64_t local(const char *text)
{
    int64_t ms;
    assert_true(timestamp_iso(text, strlen(text), &berlin, &ms));
    return ms;
}

static struct tariff_at at(const struct tariff *tariff, const char *text)
{
    struct tariff_at out;
    tariff_at(tariff, &holidays, &berlin, local(text), &out);
    assert_true(out.from_ms <= local(text) && local(text) < out.to_ms);
    return out;
}

static const char *rate_at(const struct tariff *tariff, const char *text)
{
    const struct tariff_rate *rate = at(tariff, text).rate;
    return rate ? rate->name : "-";
}

/* Peak on the mornings of winter's working days, day and night, Sundays and holidays cheap. */
static struct tariff_rate seasons[] = {
    {"peak", .30, WORK_DAYS, AT(7, 0), AT(10, 0), WINTER, 0, 0},
    {"day", .20, WORK_DAYS, AT(10, 0), AT(22, 0), WINTER, 0, 0},
    {"day", .20, WORK_DAYS, AT(7, 0), AT(22, 0), SUMMER, 0, 0},
    {"day", .20, SAT, AT(7, 0), AT(22, 0), ALL_YEAR, 0, 0},
    {"night", .10, EVERY_DAY & ~SUN, AT(22, 0), AT(7, 0), ALL_YEAR, 0, 0},
    {"night", .10, SUN | HOLIDAY, 0, 0, ALL_YEAR, 0, 0},
};
static const struct tariff of_seasons = {.name = "seasons", .rates = seasons, .rate_count = COUNT(seasons)};

static void a_price_depends_on_season_weekday_holiday_and_time(void **state)
{
    (void)state;
    static const struct { const char *at, *name, *from, *to; } cases[] = {
        {"2024-01-17T06:59:59.999", "night", "2024-01-17T00:00", "2024-01-17T07:00"}, /* a Wednesday */
        {"2024-01-17T07:00", "peak", "2024-01-17T07:00", "2024-01-17T10:00"},
        {"2024-01-17T10:00", "day", "2024-01-17T10:00", "2024-01-17T22:00"},
        {"2024-01-17T22:00", "night", "2024-01-17T22:00", "2024-01-18T00:00"},
        {"2024-07-17T08:00", "day", "2024-07-17T07:00", "2024-07-17T22:00"},
        {"2024-01-20T08:00", "day", "2024-01-20T07:00", "2024-01-20T22:00"}, /* a Saturday */
        {"2024-01-21T08:00", "night", "2024-01-21T00:00", "2024-01-22T00:00"},
        {"2024-12-25T08:00", "night", "2024-12-25T00:00", "2024-12-26T00:00"}, /* a Wednesday */
        {"2024-12-27T08:00", "peak", "2024-12-27T07:00", "2024-12-27T10:00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tariff_at t = at(&of_seasons, cases[i].at);
        assert_non_null(t.rate);
        assert_string_equal(t.rate->name, cases[i].name);
        assert_int_equal(t.from_ms, local(cases[i].from));
        assert_int_equal(t.to_ms, local(cases[i].to));
    }
}

static void a_holiday_is_a_weekday_when_no_rate_knows_holidays(void **state)
{
    (void)state;
    struct tariff_rate rates[] = {{"work", 2, WORK_DAYS, 0, 0, ALL_YEAR, 0, 0}, {"weekend", 1, SUN | SAT, 0, 0, ALL_YEAR, 0, 0}};
    struct tariff tariff = {.rates = rates, .rate_count = COUNT(rates)};
    assert_string_equal(rate_at(&tariff, "2024-12-25T12:00"), "work");
    rates[1].days |= HOLIDAY;
    assert_string_equal(rate_at(&tariff, "2024-12-25T12:00"), "weekend");
    assert_string_equal(rate_at(&tariff, "2024-12-24T12:00"), "work");
}

static void a_price_changes_with_its_date(void **state)
{
    (void)state;
    struct tariff_rate rates[] = {{"old", 1, EVERY_DAY, 0, 0, ALL_YEAR, 0, 20240630}, {"new", 2, EVERY_DAY, 0, 0, ALL_YEAR, 20240701, 20241231}};
    struct tariff tariff = {.rates = rates, .rate_count = COUNT(rates)};
    struct tariff_fault fault;
    assert_string_equal(rate_at(&tariff, "2020-01-01T00:00"), "old");
    assert_string_equal(rate_at(&tariff, "2024-06-30T23:59"), "old");
    assert_string_equal(rate_at(&tariff, "2024-07-01T00:00"), "new");
    assert_string_equal(rate_at(&tariff, "2024-12-31T23:59"), "new");
    assert_string_equal(rate_at(&tariff, "2025-01-01T00:00"), "-");
    assert_false(tariff_hole(&tariff, &fault)); /* it ends there: that is no hole */
}

/* Every quarter of a local day: how many there are, and what they cost in all. */
static double day_price(const struct tariff *tariff, const char *day, const char *next, int *quarters)
{
    double sum = 0;
    *quarters = 0;
    for (int64_t ms = local(day); ms < local(next); ms += METER_QUARTER_MS, ++*quarters) {
        struct tariff_at t;
        tariff_at(tariff, &holidays, &berlin, ms, &t);
        assert_non_null(t.rate);
        assert_true(t.from_ms <= ms && ms + METER_QUARTER_MS <= t.to_ms);
        sum += t.rate->price;
    }
    return sum;
}

static void days_of_a_clock_change_have_92_and_100_quarters(void **state)
{
    (void)state;
    struct tariff_rate rates[] = {{"night", 1, EVERY_DAY, AT(22, 0), AT(6, 0), ALL_YEAR, 0, 0}, {"day", 3, EVERY_DAY, AT(6, 0), AT(22, 0), ALL_YEAR, 0, 0}};
    struct tariff tariff = {.rates = rates, .rate_count = COUNT(rates)};
    static const struct { const char *day, *next; int quarters; double price; } cases[] = {
        {"2024-03-30T00:00", "2024-03-31T00:00", 96, 32 + 64 * 3}, {"2024-03-31T00:00", "2024-04-01T00:00", 92, 28 + 64 * 3}, {"2024-10-27T00:00", "2024-10-28T00:00", 100, 36 + 64 * 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int quarters;
        assert_near(day_price(&tariff, cases[i].day, cases[i].next, &quarters), cases[i].price, 1e-9);
        assert_int_equal(quarters, cases[i].quarters);
    }
    /* 02:15 is there twice, and costs the same each time. */
    struct tariff_rate early[] = {{"a", 1, EVERY_DAY, AT(2, 30), AT(2, 15), ALL_YEAR, 0, 0}, {"b", 5, EVERY_DAY, AT(2, 15), AT(2, 30), ALL_YEAR, 0, 0}};
    int quarters;
    assert_near(day_price(&(struct tariff){.rates = early, .rate_count = 2}, "2024-10-27T00:00", "2024-10-28T00:00", &quarters), 98 + 2 * 5, 1e-9);
    assert_near(day_price(&(struct tariff){.rates = early, .rate_count = 2}, "2024-03-31T00:00", "2024-04-01T00:00", &quarters), 92, 1e-9);
}

static void holes_and_overlaps_are_found_with_their_rates(void **state)
{
    (void)state;
    static struct tariff_rate none[] = {{"all", 1, EVERY_DAY, 0, 0, ALL_YEAR, 0, 0}};
    static struct tariff_rate hole[] = {{"a", 1, EVERY_DAY, AT(6, 0), AT(22, 0), ALL_YEAR, 0, 0}, {"b", 1, EVERY_DAY, AT(22, 15), AT(6, 0), ALL_YEAR, 0, 0}};
    static struct tariff_rate sunday[] = {{"a", 1, EVERY_DAY & ~SUN, 0, 0, ALL_YEAR, 0, 0}};
    static struct tariff_rate july[] = {{"a", 1, EVERY_DAY, 0, 0, WINTER, 0, 0}, {"b", 1, EVERY_DAY, 0, 0, SUMMER & ~64, 0, 0}};
    static struct tariff_rate both[] = {{"a", 1, EVERY_DAY, AT(6, 0), AT(22, 15), ALL_YEAR, 0, 0}, {"b", 1, EVERY_DAY, AT(22, 0), AT(6, 0), ALL_YEAR, 0, 0}};
    static struct tariff_rate dates[] = {{"a", 1, EVERY_DAY, 0, 0, ALL_YEAR, 0, 20240630}, {"b", 1, EVERY_DAY, 0, 0, ALL_YEAR, 20240702, 0}};
    static struct tariff_rate twice[] = {{"a", 1, EVERY_DAY, 0, 0, ALL_YEAR, 0, 20240701}, {"b", 1, EVERY_DAY, 0, 0, ALL_YEAR, 20240701, 0}};
    static struct tariff_rate off[] = {{"a", 1, EVERY_DAY, 0, 0, ALL_YEAR, 0, 0}, {"b", 1, HOLIDAY, 0, AT(12, 0), ALL_YEAR, 0, 0}};
    static struct tariff_rate late[] = {{"a", 1, EVERY_DAY, 0, 0, ALL_YEAR, 20240701, 0}};
    enum { NONE, HOLE, OVERLAP };
    static const struct { struct tariff_rate *rates; size_t count; int fault; struct tariff_fault want; } cases[] = {
        {none, 1, NONE, {0}},
        {seasons, COUNT(seasons), NONE, {0}},
        {late, 1, NONE, {0}},
        {hole, 2, HOLE, {0, 1, 20240101, 1, AT(22, 0), AT(22, 15)}},
        {sunday, 1, HOLE, {SIZE_MAX, SIZE_MAX, 20240107, 0, 0, AT(24, 0)}},
        {july, 2, HOLE, {SIZE_MAX, SIZE_MAX, 20240701, 1, 0, AT(24, 0)}},
        {dates, 2, HOLE, {0, 1, 20240701, 1, 0, AT(24, 0)}},
        {off, 2, HOLE, {1, SIZE_MAX, 20240101, TARIFF_HOLIDAY, AT(12, 0), AT(24, 0)}},
        {both, 2, OVERLAP, {0, 1, 20240101, 1, AT(22, 0), AT(22, 15)}},
        {twice, 2, OVERLAP, {0, 1, 20240701, 1, 0, AT(24, 0)}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tariff tariff = {.rates = cases[i].rates, .rate_count = cases[i].count};
        struct tariff_fault got = {0};
        assert_int_equal(tariff_hole(&tariff, &got), cases[i].fault == HOLE);
        for (size_t b = 1; b < tariff.rate_count; b++)
            for (size_t a = 0; a < b; a++)
                assert_int_equal(tariff_overlap(&tariff, a, b, &got), cases[i].fault == OVERLAP);
        assert_int_equal(got.first, cases[i].want.first);
        assert_int_equal(got.second, cases[i].want.second);
        assert_int_equal(got.date, cases[i].want.date);
        assert_int_equal(got.day, cases[i].want.day);
        assert_int_equal(got.minute, cases[i].want.minute);
        assert_int_equal(got.to_minute, cases[i].want.to_minute);
    }
}

static void carbon_has_a_factor_for_each_date(void **state)
{
    (void)state;
    struct carbon_factor factors[] = {{0, .434}, {20240101, .4}, {20250101, .36}};
    struct carrier carrier = {.factors = factors, .factor_count = 3};
    assert_near(carrier_carbon(&carrier, &berlin, local("2019-06-12T12:00")), .434, 0);
    assert_near(carrier_carbon(&carrier, &berlin, local("2023-12-31T23:59")), .434, 0);
    assert_near(carrier_carbon(&carrier, &berlin, local("2024-01-01T00:00")), .4, 0); /* local, not UTC */
    assert_near(carrier_carbon(&carrier, &berlin, local("2030-01-01T00:00")), .36, 0);
    assert_true(isnan(carrier_carbon(&(struct carrier){.name = "water"}, &berlin, 0)));
    carrier.factors++, carrier.factor_count--;
    assert_near(carrier_carbon(&carrier, &berlin, local("2019-06-12T12:00")), .4, 0); /* before the first: the first */
}

static void units_are_scaled_where_they_measure_the_same(void **state)
{
    (void)state;
    static const struct { const char *given, *unit; bool rate; double scale; } cases[] = {
        {"kWh", "kWh", false, 1}, {"MWh", "kWh", false, 1000}, {"Wh", "kWh", false, .001}, {"GJ", "kWh", false, 277.7777777778}, {"kWh", "MWh", false, .001},
        {"kW", "kWh", true, 1}, {"MW", "kWh", true, 1000}, {"W", "kWh", true, .001}, {"kWh/h", "kWh", true, 1}, {"kWh/min", "kWh", true, 60},
        {"m3", "m3", false, 1}, {"m³", "m3", false, 1}, {"l", "m3", false, .001}, {"m3/h", "m3", true, 1}, {"l/min", "m3", true, .06}, {"m³/s", "m3", true, 3600},
        {"kg/h", "t", true, .001}, {"t", "t", false, 1}, {"kvarh", "kVArh", false, 1}, {"Mvar", "kVArh", true, 1000}, {"kVAr", "kVArh", true, 1},
        {"pallets", "pallets", false, 1}, {"pallets/d", "pallets", true, 1 / 24.0},
    };
    static const struct { const char *given, *unit; bool rate; } others[] = {{"kW", "kWh", false}, {"kWh", "kWh", true}, {"m3", "kWh", false}, {"m3", "Nm3", false}, {"kvarh", "kWh", false},
        {"°C", "kWh", true}, {"", "kWh", false}, {"/h", "kWh", true}, {"pallets", "boxes", false}, {"A thing with a name beyond all measure/h", "kWh", true}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_near(energy_unit_scale(cases[i].given, cases[i].unit, cases[i].rate), cases[i].scale, cases[i].scale * 1e-12);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_true(isnan(energy_unit_scale(others[i].given, others[i].unit, others[i].rate)));
    char text[ENERGY_UNIT];
    energy_unit_rate("kWh", text);
    assert_string_equal(text, "kW");
    energy_unit_rate("m3", text);
    assert_string_equal(text, "m3/h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_price_depends_on_season_weekday_holiday_and_time),
        CASE(a_holiday_is_a_weekday_when_no_rate_knows_holidays),
        CASE(a_price_changes_with_its_date),
        CASE(days_of_a_clock_change_have_92_and_100_quarters),
        CASE(holes_and_overlaps_are_found_with_their_rates),
        CASE(carbon_has_a_factor_for_each_date),
        CASE(units_are_scaled_where_they_measure_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
