/*
 * Long questions about meters are answered from sixteen days in one row and from packed days of sums, and tell the same as days and facts do: whatever comes late, goes, is damaged or is
 * configured otherwise, and whatever may be known.
 */
#include "check.h"

#include <inttypes.h>

#include "core/memory.h"
#include "core/plant_build.h"
#include "io/history.h"
#include "store/store_fixture.h"

enum { QUARTER = METER_QUARTER_MS, LINES = 6, DAYS = 75 };
#define DAY (INT64_C(86400000))
#define FIRST INT64_C(1709251200000) /* 2024-03-01 00:00 UTC: the clock is set forward on the 31st */

static struct zone_span berlin[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}};
static struct cache c;
static struct plant *plant;
static uint32_t seed;

/*
 * Electricity of four lines is cheaper at night and has another factor from April on; gas of the others changes its price at a quarter past six, and nobody knows it from May on.
 * `all` is the sum of the electric lines, of which `half` has the first two; where `apart`, half has the first alone.
 */
static struct plant *make_plant(bool apart)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct tariff_rate el[] = {{.name = "day", .price = .31, .days = 62, .from_minute = 360, .to_minute = 1320, .months = 4095}, {.name = "night", .price = .22, .days = 62, .from_minute = 1320, .to_minute = 360, .months = 4095},
        {.name = "weekend", .price = .19, .days = 65, .months = 4095}};
    struct tariff_rate gas[] = {{.name = "day", .price = .07, .days = 127, .from_minute = 375, .to_minute = 1320, .months = 4095, .valid_to = 20240430}, {.name = "night", .price = .05, .days = 127, .from_minute = 1320, .to_minute = 375, .months = 4095, .valid_to = 20240430}};
    struct carbon_factor factors[] = {{0, .4}, {20240401, .3}};
    uint16_t tariffs[] = {plant_add_tariff(&b, (struct tariff){.name = "el", .rates = el, .rate_count = 3}), plant_add_tariff(&b, (struct tariff){.name = "gas", .rates = gas, .rate_count = 2})};
    plant_add_carrier(&b, (struct carrier){.name = "electricity", .unit = "kWh", .kwh = 1, .factors = factors, .factor_count = 2, .tariff = tariffs[0]});
    plant_add_carrier(&b, (struct carrier){.name = "gas", .unit = "m3", .kwh = 10, .tariff = tariffs[1]});
    const struct meter none = {.node = site, .kind = METER_SUM, .tag = NO_TAG, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = METER_ROOT};
    struct meter sum = none;
    sum.name = "all";
    uint32_t all = plant_add_meter(&b, sum);
    sum.name = "half";
    sum.parent = all;
    uint32_t half = plant_add_meter(&b, sum);
    static const char *const names[LINES] = {"l1", "l2", "l3", "l4", "l5", "l6"};
    for (uint32_t i = 0; i < LINES; i++) {
        struct meter m = none;
        m.node = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = names[i]});
        m.tag = plant_add_tag(&b, m.node, plant_add_def(&b, (struct tag_def){.name = "kw", .kind = KIND_POWER}));
        m.kind = METER_POWER;
        m.name = "own";
        m.carrier = i < 4 ? CARRIER_ELECTRICITY : CARRIER_GAS;
        m.parent = i < (apart ? 1 : 2) ? half : i < 4 ? all : METER_ROOT;
        plant_add_meter(&b, m);
    }
    struct plant *made = plant_build_finish(&b);
    made->zone = (struct zone){berlin, 3};
    return made;
}

static void drop_plant(void)
{
    plant->zone = (struct zone){NULL, 0};
    plant_destroy(plant);
}

/* Says to the store which sums there are. */
static void tell_plant(void)
{
    struct model *model = model_create(plant);
    struct batch batch;
    batch_init(&batch);
    batch.seq = c.seq;
    batch.wall_ms = c.wall_ms;
    if (c.seq)
        model_apply(model, &batch);
    assert_true(store_checkpoint(c.store, model));
    batch_finish(&batch);
    model_destroy(model);
}

static int make(void **state)
{
    (void)state;
    seed = 7;
    plant = make_plant(false);
    cache_make(&c);
    c.options.runs_ms = 1;
    cache_open(&c);
    tell_plant();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    cache_remove(&c);
    drop_plant();
    return 0;
}

/* ---- what goes in ---- */

static uint32_t any(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void tell(uint32_t line, int64_t from_ms, int64_t to_ms, double amount)
{
    static const char *const products[] = {"jar", "lid"};
    struct energy_gain *gain = outcomes_energy(&c.outcomes);
    bool ran = any(5) > 0;
    *gain = (struct energy_gain){.seq = c.seq, .cell = {.from_ms = from_ms, .to_ms = to_ms, .shift_ms = from_ms - from_ms % (DAY / 3), .day = (int32_t)((from_ms - FIRST) / DAY),
        .sum = {.amount = amount, .reactive = line == 1 ? amount / 3 : 0, .idle = ran ? 0 : amount / 2, .valid_ms = to_ms - from_ms, .running_ms = ran ? to_ms - from_ms : 0}}};
    snprintf(gain->path, sizeof gain->path, "works/l%" PRIu32 "/own", line + 1);
    snprintf(gain->cell.shift, sizeof gain->cell.shift, "%d", (int)(from_ms % DAY / (DAY / 3)));
    snprintf(gain->cell.product, sizeof gain->cell.product, "%s", products[any(2)]);
}

/* Quarters of some days, now and then cut in two, now and then taken back in part. */
static void tell_days(int from, int to, uint32_t quarters)
{
    for (int day = from; day < to; day++)
        for (uint32_t line = 0; line < LINES; line++) {
            uint32_t first = any(96);
            if (any(9) == 0)
                continue; /* a day without anything */
            begin_batch(&c);
            for (uint32_t i = 0; i < quarters; i++) {
                int64_t at = FIRST + day * DAY + (first + i) % 96 * (int64_t)QUARTER, cut = any(6) ? at : at + 1000 * (1 + (int64_t)any(898));
                if (cut > at)
                    tell(line, at, cut, any(100000) / 1000.0);
                tell(line, cut, at + QUARTER, any(7) ? any(100000) / 977.0 : -(double)any(50));
            }
            assert_true(end_batch(&c, false));
        }
}

static void wait_for_rows(void)
{
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
    uint64_t looks = status_of(&c).run_looks;
    WAIT_FOR(status_of(&c).run_looks >= looks + 2);
}

/* ---- what comes out ---- */

static struct history *look(void)
{
    struct error err = {.text = ""};
    struct history *h = history_open(c.path, &err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

static const struct asked { enum energy_step step; enum account_by by; int64_t from_ms, to_ms; uint32_t most; /* of the plant's meters */ } questions[] = {
    {ENERGY_ALL, BY_NOTHING, 0, INT64_MAX, 99}, {ENERGY_MONTH, BY_NOTHING, 0, INT64_MAX, 99}, {ENERGY_DAY, BY_NOTHING, 0, INT64_MAX, 99}, {ENERGY_HOUR, BY_NOTHING, 0, INT64_MAX, 99},
    {ENERGY_ALL, BY_NOTHING, FIRST + 5 * DAY + 7 * QUARTER, FIRST + 64 * DAY + 3600001, 99}, {ENERGY_MONTH, BY_NOTHING, FIRST + 17 * DAY, FIRST + 34 * DAY, 99}, {ENERGY_ALL, BY_NOTHING, FIRST + 3 * DAY, FIRST + 4 * DAY, 99},
    {ENERGY_ALL, BY_NOTHING, 0, INT64_MAX, 1}, {ENERGY_DAY, BY_NOTHING, 0, INT64_MAX, 2}, {ENERGY_MONTH, BY_NOTHING, 0, INT64_MAX, 3}, {ENERGY_ALL, BY_SHIFT, 0, INT64_MAX, 99}, {ENERGY_MONTH, BY_PRODUCT, 0, INT64_MAX, 99},
};
enum { ASKED = sizeof questions / sizeof questions[0], SEQS = 4 };

struct told { struct energy_row *rows; size_t count; };

static void ask_all(struct told told[ASKED][SEQS], bool may_be_damaged)
{
    struct history *h = look();
    struct error err = {.text = ""};
    uint32_t meters[LINES + 2];
    for (uint32_t m = 0; m < plant->meter_count; m++)
        meters[m] = m;
    for (size_t i = 0; i < ASKED; i++)
        for (uint64_t s = 0; s < SEQS; s++) {
            struct energy_query q = {.plant = plant, .meters = meters, .meter_count = questions[i].most < plant->meter_count ? questions[i].most : plant->meter_count, .step = questions[i].step, .by = questions[i].by,
                .from_ms = questions[i].from_ms, .to_ms = questions[i].to_ms, .until_seq = s * c.seq / SEQS};
            if (!history_energy(h, &q, &told[i][s].rows, &told[i][s].count, &err))
                fail_msg("%s", err.text);
        }
    assert_true(may_be_damaged || history_damaged(h) == 0);
    history_close(h);
}

static void forget(struct told told[ASKED][SEQS])
{
    for (size_t i = 0; i < ASKED; i++)
        for (size_t s = 0; s < SEQS; s++)
            free(told[i][s].rows);
}

/* Slots come back from packed days to a part in a thousand million: where a question begins within a day, a sum's head is of less use than its meters' are. */
static void near(double a, double b)
{
    assert_int_equal(isnan(a), isnan(b));
    if (!isnan(a))
        assert_near(a, b, 1e-10 + fabs(b) * 1e-10);
}

static void expect_row(const struct energy_row *a, const struct energy_row *b)
{
    const struct energy *x = &a->cell.sum, *y = &b->cell.sum;
    assert_string_equal(a->path, b->path);
    assert_true(a->cell.from_ms == b->cell.from_ms && a->cell.to_ms == b->cell.to_ms);
    assert_true(x->valid_ms == y->valid_ms && x->missing_ms == y->missing_ms && x->running_ms == y->running_ms);
    near(x->amount, y->amount);
    near(x->reactive, y->reactive);
    near(x->idle, y->idle);
    near(a->cost, b->cost);
    near(a->carbon, b->carbon);
    near(a->peak, b->peak);
    assert_true(isnan(a->peak) || a->peak_ms == b->peak_ms);
}

/* What is answered with the rows as they are is what days answer; at least so many rows are of use. */
static void expect_the_same(int64_t runs, int64_t sums, bool may_be_damaged)
{
    static struct told with[ASKED][SEQS], without[ASKED][SEQS];
    cache_close(&c);
    assert_true(ask(&c, "SELECT count(*) FROM energy_run WHERE days IS NOT NULL") >= runs);
    assert_true(ask(&c, "SELECT count(*) FROM sum_day WHERE quarters IS NOT NULL") >= sums);
    ask_all(with, may_be_damaged);
    change(&c, "DELETE FROM energy_run; DELETE FROM sum_day");
    ask_all(without, may_be_damaged);
    for (size_t i = 0; i < ASKED; i++)
        for (size_t s = 0; s < SEQS; s++) {
            assert_int_equal(with[i][s].count, without[i][s].count);
            assert_true(i + s > 0 || with[i][s].count > 0);
            for (size_t k = 0; k < with[i][s].count; k++)
                expect_row(&with[i][s].rows[k], &without[i][s].rows[k]);
        }
    forget(with);
    forget(without);
    change(&c, "INSERT INTO energy_run(id) SELECT DISTINCT ((id>>24)<<20)+meter FROM energy_day; INSERT INTO sum_day(id) SELECT DISTINCT ((e.id>>20)<<20)+s.id FROM energy_day e, meter_sum s");
    cache_open(&c);
}

/* ---- the cases ---- */

static void long_questions_are_answered_as_days_answer_them(void **state)
{
    (void)state;
    tell_days(0, DAYS, 20);
    wait_for_rows();
    expect_the_same(4 * LINES, 2 * (DAYS - 5), false);
}

static void what_comes_late_counts_at_once_and_in_the_rows_that_are_made_again(void **state)
{
    (void)state;
    tell_days(0, DAYS, 8);
    wait_for_rows();
    cache_close(&c);
    int64_t runs = ask(&c, "SELECT count(*) FROM energy_run WHERE days IS NOT NULL"), sums = ask(&c, "SELECT count(*) FROM sum_day WHERE quarters IS NOT NULL");
    c.options.runs_ms = 3600000;
    cache_open(&c);
    WAIT_FOR(status_of(&c).run_looks > 0);
    begin_batch(&c);
    tell(1, FIRST + 20 * DAY, FIRST + 20 * DAY + QUARTER, 1234);
    assert_true(end_batch(&c, false));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy_run WHERE days IS NOT NULL"), runs - 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM sum_day WHERE quarters IS NOT NULL"), sums - 2); /* of both sums */
    c.options.runs_ms = 1;
    cache_open(&c);
    expect_the_same(runs - 1, sums - 2, false);
    for (int round = 0; round < 3; round++) {
        tell_days((int)any(DAYS / 2), DAYS / 2 + (int)any(DAYS / 2), 1);
        wait_for_rows();
        expect_the_same(runs - 1, sums - 2, false);
    }
}

static void what_goes_is_in_no_row(void **state)
{
    (void)state;
    tell_days(0, DAYS, 8);
    wait_for_rows();
    cache_close(&c);
    change(&c, "DELETE FROM energy WHERE start_ms<1711238400000 OR meter=3; DELETE FROM energy_day WHERE start_ms<1711238400000 OR meter=3");
    cache_open(&c);
    WAIT_FOR(status_of(&c).run_looks >= 2);
    expect_the_same(3 * (LINES - 1), 40, false);
    WAIT_FOR(status_of(&c).run_looks >= 2);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy_run WHERE id%1048576=3"), 0);
    assert_int_equal(ask(&c, "SELECT count(*) FROM sum_day WHERE (id>>20)<19806"), 0);
}

static void a_sum_of_other_meters_is_another_sum(void **state)
{
    (void)state;
    tell_days(0, DAYS, 8);
    wait_for_rows();
    drop_plant();
    plant = make_plant(true);
    expect_the_same(4 * LINES, 2 * (DAYS - 5), false); /* one of the two is not the plant's any more: told from its meters */
    tell_plant();
    WAIT_FOR(ask(&c, "SELECT count(*) FROM sum_meter") == 4 + 1);
    wait_for_rows();
    assert_int_equal(ask(&c, "SELECT count(*) FROM meter_sum"), 2);
    assert_int_equal(ask(&c, "SELECT count(DISTINCT id & 1048575) FROM sum_day"), 2);
    expect_the_same(4 * LINES, DAYS + DAYS / 2, false);
}

static void prices_and_factors_are_those_of_the_configuration_that_asks(void **state)
{
    (void)state;
    tell_days(0, DAYS, 8);
    wait_for_rows();
    plant->tariffs[0].rates[0].price = .5;
    plant->tariffs[0].rates[1].from_minute = plant->tariffs[0].rates[0].to_minute = 1335;
    plant->carriers[CARRIER_ELECTRICITY].factors[1].from = 20240415;
    expect_the_same(4 * LINES, 2 * (DAYS - 5), false);
}

static void damaged_rows_are_no_loss(void **state)
{
    (void)state;
    tell_days(0, DAYS, 8);
    wait_for_rows();
    cache_close(&c);
    change(&c, "UPDATE energy_run SET days=substr(days, 1, 100)||x'55'||substr(days, 102) WHERE id%3=0 AND days IS NOT NULL;"
        " UPDATE sum_day SET quarters=substr(quarters, 1, 100)||x'55'||substr(quarters, 102) WHERE (id>>20)%3=0 AND quarters IS NOT NULL");
    c.options.runs_ms = c.options.walk_ms = 3600000;
    cache_open(&c);
    expect_the_same(3 * LINES, DAYS, true); /* the walk may have found some of them already */
    cache_close(&c);
    c.options.runs_ms = 1;
    cache_open(&c);
    wait_for_rows();
    cache_close(&c);
    change(&c, "UPDATE energy_run SET days=x'55' WHERE id=(SELECT max(id) FROM energy_run WHERE days IS NOT NULL); UPDATE sum_day SET quarters=x'55' WHERE id=(SELECT max(id) FROM sum_day WHERE quarters IS NOT NULL)");
    int64_t damaged = ask(&c, "SELECT (SELECT count(*) FROM energy_run WHERE length(days)=1)+(SELECT count(*) FROM sum_day WHERE length(quarters)=1)");
    assert_true(damaged > 0);
    c.options.walk_ms = c.options.runs_ms = 1;
    cache_open(&c);
    WAIT_FOR(status_of(&c).damaged == (uint64_t)damaged);
    WAIT_FOR(ask(&c, "SELECT (SELECT count(*) FROM energy_run WHERE length(days)=1)+(SELECT count(*) FROM sum_day WHERE length(quarters)=1)") == 0);
    wait_for_rows();
    expect_the_same(4 * LINES, 2 * (DAYS - 5), false);
}

#define RUNS_CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNS_CASE(long_questions_are_answered_as_days_answer_them), RUNS_CASE(what_comes_late_counts_at_once_and_in_the_rows_that_are_made_again), RUNS_CASE(what_goes_is_in_no_row),
        RUNS_CASE(a_sum_of_other_meters_is_another_sum), RUNS_CASE(prices_and_factors_are_those_of_the_configuration_that_asks), RUNS_CASE(damaged_rows_are_no_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
