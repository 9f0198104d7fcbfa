/*
 * What meters measured, as it is stored and read again: facts and the packed days tell the same; local hours, days and months; cost and carbon by the prices of their time; and
 * what came later than a moment does not count for it.
 */
#include "check.h"

#include "core/memory.h"
#include "core/plant_build.h"
#include "io/history.h"
#include "store/store_fixture.h"

enum { QUARTER = METER_QUARTER_MS };
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define FIRST_OF_MONTH INT64_C(1717192800000) /* 2024-06-01 00:00 in Berlin */

enum { MAIN, GAS, L1, L2, DUST, METERS };
static const char *const keys[METERS] = {[MAIN] = "works/main", [L1] = "works/l1/el", [L2] = "works/l2/el", [GAS] = "works/gas", [DUST] = "works/l2/dust"};
static struct zone_span berlin[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}};

static struct cache c;
static struct plant *plant;
static uint32_t meters[METERS], both; /* in the plant; both: the sum of the two lines, of which nothing is stored */

/* Electricity: 0.30 from 6 to 22, else 0.20; CO2 0.4, from 2024-06-13 0.3. Gas has neither. */
static struct plant *make_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t nodes[3], tags[3];
    static const char *const names[] = {"works", "l1", "l2"};
    for (uint32_t i = 0; i < 3; i++) {
        nodes[i] = plant_add_node(&b, i ? nodes[0] : NO_NODE, (struct node){.level = i ? LEVEL_LINE : LEVEL_SITE, .name = names[i]});
        tags[i] = plant_add_tag(&b, nodes[i], plant_add_def(&b, (struct tag_def){.name = "power", .kind = KIND_POWER}));
    }
    struct tariff_rate rates[] = {{.name = "day", .price = .30, .days = 127, .from_minute = 360, .to_minute = 1320, .months = 4095}, {.name = "night", .price = .20, .days = 127, .from_minute = 1320, .to_minute = 360, .months = 4095}};
    struct carbon_factor factors[] = {{0, .4}, {20240613, .3}};
    uint16_t tariff = plant_add_tariff(&b, (struct tariff){.name = "el", .rates = rates, .rate_count = 2});
    plant_add_carrier(&b, (struct carrier){.name = "electricity", .unit = "kWh", .kwh = 1, .factors = factors, .factor_count = 2, .tariff = tariff});
    static const struct { uint32_t node; const char *name; uint16_t carrier; enum meter_kind kind; } rows[METERS] = {[MAIN] = {0, "main", CARRIER_ELECTRICITY, METER_POWER},
        [L1] = {1, "el", CARRIER_ELECTRICITY, METER_POWER}, [L2] = {2, "el", CARRIER_ELECTRICITY, METER_POWER}, [GAS] = {0, "gas", CARRIER_GAS, METER_POWER}, [DUST] = {2, "dust", 0, METER_EMISSION}};
    for (size_t i = 0; i < METERS; i++) {
        if (i == L1)
            both = plant_add_meter(&b, (struct meter){.node = nodes[0], .name = "both", .kind = METER_SUM, .tag = NO_TAG, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = METER_ROOT});
        plant_add_meter(&b, (struct meter){.node = nodes[rows[i].node], .name = rows[i].name, .kind = rows[i].kind, .carrier = rows[i].carrier, .tag = tags[rows[i].node],
            .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = i == L1 || i == L2 ? both : NO_METER});
    }
    struct plant *made = plant_build_finish(&b);
    made->zone = (struct zone){berlin, 3};
    for (size_t i = 0; i < METERS; i++)
        assert_true((meters[i] = plant_meter_by_key(made, keys[i])) != NO_METER);
    return made;
}

static int make(void **state)
{
    (void)state;
    plant = make_plant();
    cache_make(&c);
    cache_open(&c);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    cache_remove(&c);
    plant->zone = (struct zone){NULL, 0};
    plant_destroy(plant);
    return 0;
}

/* ---- what goes in ---- */

/* Within a batch: a fact of a whole quarter. */
static struct energy_cell *fact(const char *key, int64_t from_ms, double amount)
{
    struct energy_gain *gain = outcomes_energy(&c.outcomes);
    *gain = (struct energy_gain){.seq = c.seq, .cell = {.from_ms = from_ms, .to_ms = from_ms + QUARTER, .day = 20240612, .shift_ms = DAY0, .planned = true,
        .sum = {.amount = amount, .valid_ms = QUARTER, .running_ms = QUARTER}}};
    snprintf(gain->path, sizeof gain->path, "%s", key);
    return &gain->cell;
}

static void put_fact(const char *key, int64_t from_ms, double amount)
{
    begin_batch(&c);
    fact(key, from_ms, amount);
    assert_true(end_batch(&c, false));
}

/* `count` quarters from a moment on, of 1, 2, 3, ... kWh. */
static void put_quarters(const char *key, int64_t from_ms, int count)
{
    for (int i = 0; i < count; i++) {
        if (i % 40 == 0)
            begin_batch(&c);
        fact(key, from_ms + i * (int64_t)QUARTER, i + 1);
        if (i % 40 == 39 || i + 1 == count)
            assert_true(end_batch(&c, false));
    }
}

/* ---- what comes out ---- */

struct rows { struct energy_row *rows; size_t count; };

static struct history *look(void)
{
    struct error err = {.text = ""};
    if (c.store)
        cache_close(&c);
    struct history *h = history_open(c.path, &err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

static struct rows rows_of(struct energy_query query)
{
    struct rows r = {.rows = NULL};
    struct error err = {.text = ""};
    struct history *h = look();
    query.plant = plant;
    query.from_ms = query.from_ms ? query.from_ms : -DAY;
    query.to_ms = query.to_ms ? query.to_ms : INT64_MAX;
    if (!query.meters) {
        query.meters = meters;
        query.meter_count = METERS;
    }
    if (!history_energy(h, &query, &r.rows, &r.count, &err))
        fail_msg("%s", err.text);
    assert_int_equal(history_damaged(h), 0);
    history_close(h);
    return r;
}

static double amount_of(struct energy_query query)
{
    struct rows r = rows_of(query);
    double amount = 0;
    for (size_t i = 0; i < r.count; i++)
        amount += r.rows[i].cell.sum.amount;
    free(r.rows);
    return amount;
}

/* ---- the cases ---- */

static void every_field_comes_back_from_a_column_of_its_name(void **state)
{
    (void)state;
    begin_batch(&c);
    struct energy_cell *cell = fact(keys[L1], DAY0, 0), before;
    *cell = (struct energy_cell){.from_ms = DAY0, .to_ms = DAY0 + 5000, .shift_ms = DAY0 - HOUR, .day = 20240611, .planned = true, .shift = "night", .crew = "B", .product = "jar", .order = "4711",
        .sum = {.amount = 12.5, .reactive = 3.25, .leading = .5, .idle = 2.5, .estimated = 1.25, .valid_ms = 4000, .missing_ms = 1000, .running_ms = 3000}};
    before = *cell;
    assert_true(end_batch(&c, false));
    cache_close(&c);
    static const struct { const char *sql; double number; } asked[] = {{"amount", 12.5}, {"reactive", 3.25}, {"leading", .5}, {"idle", 2.5}, {"estimated", 1.25}, {"valid_ms", 4000}, {"missing_ms", 1000}, {"running_ms", 3000}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        for (int table = 0; table < 2; table++) {
            char sql[160];
            snprintf(sql, sizeof sql, "SELECT %s*100 FROM %s JOIN meter m ON m.id=meter WHERE path='works/l1/el'", asked[i].sql, table ? "energy" : "energy_day");
            assert_int_equal(ask(&c, sql), (int64_t)(asked[i].number * 100));
        }
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy e JOIN work w ON w.id=e.work WHERE day=20240611 AND planned AND shift='night' AND crew='B' AND product='jar' AND ordr='4711'"), 1);
    struct rows r = rows_of((struct energy_query){.step = ENERGY_QUARTER});
    assert_int_equal(r.count, 1);
    assert_string_equal(r.rows[0].path, "works/l1/el");
    assert_true(energy_cell_same(&before, &r.rows[0].cell));
    energy_subtract(&before.sum, &r.rows[0].cell.sum);
    assert_near(before.sum.amount + before.sum.reactive + before.sum.leading + before.sum.idle + before.sum.estimated, 0, 0);
    assert_true(before.sum.valid_ms == 0 && before.sum.missing_ms == 0 && before.sum.running_ms == 0);
    assert_true(isnan(r.rows[0].peak)); /* not a whole quarter */
    free(r.rows);
}

static void what_is_nothing_takes_no_room(void **state)
{
    (void)state;
    put_fact(keys[L1], DAY0, 5);
    put_fact(keys[L1], DAY0 + QUARTER, 5);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy WHERE reactive IS NULL AND leading IS NULL AND idle IS NULL AND estimated IS NULL AND missing_ms IS NULL"), 2);
    assert_int_equal(ask(&c, "SELECT count(*) FROM work"), 1); /* one context, told once */
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy_day"), 1);
}

/* Three UTC days, of which Berlin's first ends at 22:00. */
static void facts_add_up_by_local_steps(void **state)
{
    (void)state;
    put_quarters(keys[L1], DAY0, 3 * 96);
    put_quarters(keys[MAIN], DAY0, 3 * 96);
    static const struct { enum energy_step step; size_t rows; } asked[] = {{ENERGY_ALL, 1}, {ENERGY_QUARTER, 288}, {ENERGY_HOUR, 72}, {ENERGY_DAY, 4}, {ENERGY_MONTH, 1}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        double amount = 0;
        struct rows r = rows_of((struct energy_query){.step = asked[i].step});
        assert_int_equal(r.count, 2 * asked[i].rows);
        for (size_t k = 0; k < asked[i].rows; k++) {
            assert_string_equal(r.rows[k].path, "works/l1/el"); /* by their keys */
            assert_string_equal(r.rows[asked[i].rows + k].path, "works/main");
            assert_true(k == 0 || r.rows[k].cell.from_ms >= r.rows[k - 1].cell.to_ms);
            amount += r.rows[k].cell.sum.amount;
        }
        assert_near(amount, 288 * 289 / 2, 1e-9);
        assert_near(r.rows[asked[i].rows - 1].peak, 4 * 288, 1e-9);
        assert_true(r.rows[asked[i].rows - 1].peak_ms == DAY0 + 287 * (int64_t)QUARTER);
        free(r.rows);
    }
    struct rows r = rows_of((struct energy_query){.step = ENERGY_DAY});
    assert_true(r.rows[0].cell.to_ms == DAY0 + 22 * HOUR && r.rows[1].cell.to_ms == DAY0 + 46 * HOUR);
    assert_near(r.rows[0].cell.sum.amount, 88 * 89 / 2, 1e-9);
    free(r.rows);
    assert_near(amount_of((struct energy_query){.from_ms = DAY0 + HOUR, .to_ms = DAY0 + 2 * HOUR}), 2 * (5 + 6 + 7 + 8), 1e-9);
    assert_near(amount_of((struct energy_query){.from_ms = DAY0 + DAY, .to_ms = DAY0 + 2 * DAY, .meters = &meters[L1], .meter_count = 1}), 96 * (97 + 192) / 2, 1e-9);
}

static void days_of_a_clock_change_have_92_and_100_quarters(void **state)
{
    (void)state;
    static const struct { int64_t from_ms; int quarters; } days[] = {{INT64_C(1711839600000), 92}, {INT64_C(1729980000000), 100}}; /* 2024-03-31, 2024-10-27 */
    for (size_t i = 0; i < 2; i++)
        put_quarters(keys[L1], days[i].from_ms - 4 * (int64_t)QUARTER, 120);
    struct rows r = rows_of((struct energy_query){.step = ENERGY_DAY});
    assert_int_equal(r.count, 6);
    for (size_t i = 0; i < 2; i++) {
        assert_true(r.rows[3 * i + 1].cell.from_ms == days[i].from_ms);
        assert_int_equal((r.rows[3 * i + 1].cell.to_ms - days[i].from_ms) / QUARTER, days[i].quarters);
        assert_int_equal(r.rows[3 * i + 1].cell.sum.valid_ms, days[i].quarters * (int64_t)QUARTER);
    }
    free(r.rows);
    r = rows_of((struct energy_query){.step = ENERGY_HOUR, .from_ms = days[1].from_ms, .to_ms = days[1].from_ms + 25 * HOUR});
    assert_int_equal(r.count, 25);
    free(r.rows);
}

static void months_are_local_ones(void **state)
{
    (void)state;
    put_fact(keys[L1], FIRST_OF_MONTH - QUARTER, 3);
    put_fact(keys[L1], FIRST_OF_MONTH, 5);
    put_fact(keys[L1], FIRST_OF_MONTH + 29 * DAY, 7);
    struct rows r = rows_of((struct energy_query){.step = ENERGY_MONTH});
    assert_int_equal(r.count, 2);
    assert_near(r.rows[0].cell.sum.amount, 3, 0);
    assert_near(r.rows[1].cell.sum.amount, 12, 0);
    free(r.rows);
}

/* DAY0 is 02:00 in Berlin: the day price begins at 04:00 UTC, the other factor a day later at 22:00. */
static void cost_and_carbon_are_of_their_time(void **state)
{
    (void)state;
    for (int i = 0; i < 96; i++) {
        put_fact(keys[L1], DAY0 + i * (int64_t)QUARTER, 1);
        put_fact(keys[GAS], DAY0 + i * (int64_t)QUARTER, 1);
        put_fact(keys[DUST], DAY0 + i * (int64_t)QUARTER, 1);
    }
    static const enum energy_step steps[] = {ENERGY_ALL, ENERGY_HOUR, ENERGY_QUARTER, ENERGY_DAY};
    for (size_t i = 0; i < 4; i++) {
        struct rows r = rows_of((struct energy_query){.step = steps[i], .meters = &meters[L1], .meter_count = 1});
        double cost = 0, carbon = 0;
        for (size_t k = 0; k < r.count; k++) {
            cost += r.rows[k].cost;
            carbon += r.rows[k].carbon;
        }
        assert_near(cost, 64 * .30 + 32 * .20, 1e-9);
        assert_near(carbon, 88 * .4 + 8 * .3, 1e-9);
        free(r.rows);
    }
    struct rows r = rows_of((struct energy_query){.step = ENERGY_ALL});
    assert_int_equal(r.count, 3);
    for (size_t k = 0; k < r.count; k++)
        assert_true(isnan(r.rows[k].cost) == (strcmp(r.rows[k].path, keys[L1]) != 0) && isnan(r.rows[k].carbon) == isnan(r.rows[k].cost));
    free(r.rows);
    plant->tariffs[0].rates[1].to_minute = 345; /* a hole before six */
    r = rows_of((struct energy_query){.step = ENERGY_ALL, .meters = &meters[L1], .meter_count = 1});
    assert_true(isnan(r.rows[0].cost));
    free(r.rows);
    r = rows_of((struct energy_query){.from_ms = DAY0 + 5 * HOUR, .to_ms = DAY0 + 6 * HOUR, .meters = &meters[L1], .meter_count = 1});
    assert_near(r.rows[0].cost, 4 * .30, 1e-9); /* beside it all is known */
    free(r.rows);
}

static void cells_are_told_apart_by_shift_product_crew_and_order(void **state)
{
    (void)state;
    static const char *const shifts[] = {"early", "late", "night"}, *const crews[] = {"A", "B"}, *const orders[] = {"4", "3", "2", "1"};
    for (int i = 0; i < 2 * 96; i++) {
        begin_batch(&c);
        struct energy_cell *cell = fact(keys[L1], DAY0 + i * (int64_t)QUARTER, 1);
        cell->shift_ms = DAY0 + i / 32 * 8 * HOUR;
        snprintf(cell->shift, sizeof cell->shift, "%s", shifts[i / 32 % 3]);
        snprintf(cell->crew, sizeof cell->crew, "%s", crews[i / 32 % 2]);
        snprintf(cell->order, sizeof cell->order, "%s", orders[i / 48]);
        snprintf(cell->product, sizeof cell->product, i % 48 < 24 ? "lid" : "jar");
        assert_true(end_batch(&c, false));
    }
    static const struct { enum account_by by; enum energy_step step; size_t rows; double first; } asked[] = {{BY_SHIFT, ENERGY_ALL, 6, 32}, {BY_PRODUCT, ENERGY_ALL, 2, 96}, {BY_CREW, ENERGY_ALL, 2, 96},
        {BY_ORDER, ENERGY_ALL, 4, 48}, {BY_CREW, ENERGY_DAY, 5, 56}, {BY_ORDER, ENERGY_MONTH, 4, 48}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct rows r = rows_of((struct energy_query){.by = asked[i].by, .step = asked[i].step});
        assert_int_equal(r.count, asked[i].rows);
        assert_near(r.rows[0].cell.sum.amount, asked[i].first, 1e-9);
        free(r.rows);
    }
    struct rows r = rows_of((struct energy_query){.by = BY_ORDER});
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(r.rows[i].cell.order, orders[3 - i]); /* by name */
    free(r.rows);
    r = rows_of((struct energy_query){.by = BY_SHIFT});
    assert_true(r.rows[1].cell.from_ms == DAY0 + 8 * HOUR && r.rows[1].cell.to_ms == DAY0 + 16 * HOUR);
    assert_string_equal(r.rows[1].cell.shift, "late");
    free(r.rows);
}

/* The same batch may tell of the same cell twice; and what was read a moment ago stays what it was. */
static void an_amendment_counts_from_its_batch_on(void **state)
{
    (void)state;
    put_quarters(keys[L1], DAY0, 96);
    uint64_t then = c.seq;
    begin_batch(&c);
    fact(keys[L1], DAY0, 0)->sum = (struct energy){.amount = -.5};
    fact(keys[L1], DAY0, 0)->sum = (struct energy){.amount = -.25, .missing_ms = 7};
    assert_true(end_batch(&c, false));
    static const enum energy_step steps[] = {ENERGY_ALL, ENERGY_DAY, ENERGY_QUARTER};
    for (size_t i = 0; i < 3; i++) {
        assert_near(amount_of((struct energy_query){.step = steps[i]}), 96 * 97 / 2 - .75, 1e-9);
        assert_near(amount_of((struct energy_query){.step = steps[i], .until_seq = then}), 96 * 97 / 2, 1e-9);
        assert_near(amount_of((struct energy_query){.step = steps[i], .until_seq = 1}), 40 * 41 / 2, 1e-9); /* the first batch alone */
    }
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy WHERE part=1"), 1);
}

static void a_day_whose_facts_are_gone_is_read_all_the_same(void **state)
{
    (void)state;
    put_quarters(keys[L1], DAY0, 96);
    cache_close(&c);
    change(&c, "DELETE FROM energy; UPDATE energy_day SET gone=1");
    assert_near(amount_of((struct energy_query){.until_seq = 1}), 96 * 97 / 2, 1e-9);
}

static void a_damaged_day_is_read_from_its_facts(void **state)
{
    (void)state;
    struct error err;
    put_quarters(keys[L1], DAY0, 96);
    cache_close(&c);
    change(&c, "UPDATE energy_day SET quarters=substr(quarters, 1, 200)||x'55'||substr(quarters, 202)");
    struct rows r;
    struct history *h = look();
    assert_true(history_energy(h, &(struct energy_query){.plant = plant, .meters = meters, .meter_count = METERS, .from_ms = DAY0, .to_ms = DAY0 + DAY}, &r.rows, &r.count, &err));
    assert_int_equal(r.count, 1);
    assert_near(r.rows[0].cell.sum.amount, 96 * 97 / 2, 0);
    assert_int_equal(history_damaged(h), 1);
    free(r.rows);
    history_close(h);
    cache_open(&c);
    put_fact(keys[L1], DAY0 + QUARTER, 1); /* it is made anew when the next fact comes */
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
    assert_int_equal(status_of(&c).damaged, 1);
    assert_near(amount_of((struct energy_query){.step = ENERGY_ALL}), 96 * 97 / 2 + 1, 0);
}

/* Of one meter among many each day is sought; of all they are gone through: the sums are the same. */
static void few_meters_of_many_are_sought(void **state)
{
    (void)state;
    char key[32];
    for (int m = 0; m < 40; m++) {
        snprintf(key, sizeof key, "works/other%d/el", m);
        put_fact(m == 20 ? keys[L2] : key, DAY0 + (m % 5) * DAY, m);
    }
    put_fact(keys[L2], DAY0 + 9 * DAY, 100);
    assert_near(amount_of((struct energy_query){.meters = &meters[L2], .meter_count = 1}), 120, 0);
    assert_near(amount_of((struct energy_query){.step = ENERGY_ALL}), 120, 0);
}

/* Whole days, and parts of days; together with one of its own meters, and without. */
static void a_sum_is_told_from_the_meters_under_it(void **state)
{
    (void)state;
    put_quarters(keys[L1], DAY0, 3 * 96);
    put_quarters(keys[L2], DAY0 + 2 * HOUR, 2 * 96);
    put_quarters(keys[MAIN], DAY0, 96);
    const double l1 = 288 * 289 / 2, l2 = 192 * 193 / 2;
    const uint32_t two[] = {both, meters[L2]};
    for (size_t count = 1; count <= 2; count++) {
        static const struct { enum energy_step step; size_t rows; } asked[] = {{ENERGY_ALL, 1}, {ENERGY_QUARTER, 288}, {ENERGY_HOUR, 72}, {ENERGY_DAY, 4}, {ENERGY_MONTH, 1}};
        for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
            double amount = 0, cost = 0, peak = 0;
            struct rows r = rows_of((struct energy_query){.step = asked[i].step, .meters = two, .meter_count = count});
            for (size_t k = 0; k < asked[i].rows; k++) {
                assert_string_equal(r.rows[k].path, "works/both");
                assert_true(k == 0 || r.rows[k].cell.from_ms >= r.rows[k - 1].cell.to_ms);
                amount += r.rows[k].cell.sum.amount;
                cost += r.rows[k].cost;
                peak = r.rows[k].peak > peak ? r.rows[k].peak : peak;
            }
            assert_near(amount, l1 + l2, 1e-6);
            assert_near(peak, 4 * (200 + 192), 1e-6); /* while both measure */
            struct rows each = rows_of((struct energy_query){.step = ENERGY_ALL});
            assert_near(cost, each.rows[0].cost + each.rows[1].cost, 1e-6);
            free(each.rows);
            if (count == 2)
                assert_near(r.rows[r.count - 1].peak, 4 * 192, 1e-6);
            free(r.rows);
        }
    }
}

static void an_answer_has_the_meters_at_and_below_a_node(void **state)
{
    (void)state;
    static const struct { const char *path; bool below; size_t rows; const char *why; } asked[] = {{"works", true, 6, ""}, {"works/both", false, 1, ""}, {"works/l2", true, 2, ""}, {"works/l2/el", false, 1, ""},
        {"works/l3", true, 0, "no meter is configured there"}, {"works/l2", false, 0, "no meter is configured there"}};
    for (size_t i = 0; i < METERS; i++)
        put_fact(keys[i], DAY0, 1);
    struct history *h = look();
    struct error err;
    struct answer answer;
    struct want want = {.kind = WANT_ENERGY, .path = "works", .below = true, .from_ms = DAY0, .to_ms = DAY0 + DAY};
    assert_true(history_answer(h, &want, 0, &answer, &err));
    assert_string_equal(answer.why, "no configuration is recorded yet");
    answer_finish(&answer);
    history_plant(h, plant);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        snprintf(want.path, sizeof want.path, "%s", asked[i].path);
        want.below = asked[i].below;
        assert_true(history_answer(h, &want, 0, &answer, &err));
        assert_int_equal(answer.energy_count, asked[i].rows);
        assert_string_equal(answer.why, asked[i].why);
        answer_finish(&answer);
    }
    history_close(h);
    (void)state;
}

static void of_too_many_rows_the_newest_are_told(void **state)
{
    (void)state;
    put_quarters(keys[L1], DAY0, RECALL_ENERGIES + 100);
    struct history *h = look();
    struct error err;
    struct answer answer;
    struct want want = {.kind = WANT_ENERGY, .path = "works/l1/el", .step = ENERGY_QUARTER, .from_ms = DAY0, .to_ms = DAY0 + 400 * DAY};
    history_plant(h, plant);
    assert_true(history_answer(h, &want, 0, &answer, &err));
    assert_true(answer.cut && answer.energy_count == RECALL_ENERGIES);
    assert_true(answer.energies[0].cell.from_ms == DAY0 + 100 * (int64_t)QUARTER);
    answer_finish(&answer);
    history_close(h);
}

static void the_span_is_that_of_all_meters(void **state)
{
    (void)state;
    int64_t first, last;
    struct error err;
    struct history *h = look();
    assert_true(history_energy_span(h, &first, &last, &err));
    assert_true(first == 0 && last == 0);
    history_close(h);
    cache_open(&c);
    put_fact(keys[L1], DAY0 + HOUR, 1);
    put_fact(keys[L2], DAY0 + 2 * DAY + HOUR, 1);
    put_fact(keys[GAS], DAY0 + 2 * DAY + 3 * HOUR, 1);
    h = look();
    assert_true(history_energy_span(h, &first, &last, &err));
    assert_true(first == DAY0 + HOUR && last == DAY0 + 2 * DAY + 3 * HOUR + QUARTER);
    history_close(h);
}

/* ---- what goes ---- */

static void days_go_by_age_but_for_what_was_imported(void **state)
{
    (void)state;
    cache_close(&c);
    c.options.keep_events_ms = 2 * DAY;
    cache_open(&c);
    struct samples samples;
    struct outcomes o = {.events = NULL};
    samples_init(&samples);
    *outcomes_energy(&o) = (struct energy_gain){.path = "works/l2/el", .cell = {.from_ms = DAY0 - 30 * DAY, .to_ms = DAY0 - 30 * DAY + QUARTER, .day = 20240513, .product = "jar", .sum = {.amount = 64}}};
    assert_true(store_import(c.store, 1, 1, &samples, &o, "file.csv 1"));
    outcomes_finish(&o);
    samples_finish(&samples);
    for (int64_t i = 0; i < 40; i++)
        put_fact(keys[i % 2 ? L1 : L2], DAY0 - (i / 4) * DAY + i * (int64_t)QUARTER, 1);
    c.wall_ms = DAY0 + 3 * DAY;
    put_fact(keys[L1], DAY0 + 3 * DAY, 128);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM energy_day WHERE last_seq>0") == 1 && ask(&c, "SELECT count(*) FROM energy WHERE seq>0") == 1);
    assert_int_equal(ask(&c, "SELECT sum(amount) FROM energy_day"), 64 + 128);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy WHERE seq=0"), 1);
    assert_near(amount_of((struct energy_query){.by = BY_PRODUCT}), 64 + 128, 0);
}

static void contexts_go_with_their_days(void **state)
{
    (void)state;
    cache_close(&c);
    c.options.keep_events_ms = 2 * DAY;
    cache_open(&c);
    put_fact(keys[L1], DAY0, 1);
    assert_true(status_of(&c).state == STORE_RECORDING);
    c.wall_ms = DAY0 + 10 * DAY;
    begin_batch(&c);
    fact(keys[L1], DAY0 + 10 * DAY, 1)->day = 20240622;
    assert_true(end_batch(&c, false));
    WAIT_FOR(ask(&c, "SELECT count(*) FROM work") == 1);
    assert_int_equal(ask(&c, "SELECT day FROM work"), 20240622);
}

/* Nobody can go back to before the floor: of what was told by then the packed day is enough, also by product. */
static void facts_go_when_nobody_can_go_back_to_before_them(void **state)
{
    (void)state;
    cache_close(&c);
    c.options.keep_ms = 2 * DAY;
    cache_open(&c);
    put_quarters(keys[L1], DAY0 - DAY, 96);
    put_quarters(keys[L2], DAY0 - DAY, 96);
    uint64_t told = c.seq;
    for (int day = 1; day <= 5; day++) {
        for (int half = 0; half < 2; half++) { /* so long a journal is turned into rows of the stream */
            c.wall_ms = DAY0 + day * DAY + half * 12 * HOUR;
            put_fact(keys[L1], DAY0 + day * DAY, 500);
        }
        WAIT_FOR(ask(&c, "SELECT max(last_seq) FROM stream") == (int64_t)c.seq);
    }
    WAIT_FOR(ask(&c, "SELECT count(*) FROM energy_day WHERE gone") >= 2);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy e JOIN energy_day d ON d.start_ms=e.start_ms AND d.meter=e.meter WHERE gone"), 0);
    assert_near(amount_of((struct energy_query){.step = ENERGY_ALL}), 96 * 97 + 5000, 1e-9);
    assert_near(amount_of((struct energy_query){.by = BY_PRODUCT, .to_ms = DAY0, .until_seq = told}), 96 * 97, 1e-9);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy WHERE from_ms>=1718582400000"), 2); /* of the last day they are there */
}

static void damaged_days_are_found_by_the_walk_and_made_anew(void **state)
{
    (void)state;
    put_quarters(keys[L1], DAY0, 96);
    put_quarters(keys[L2], DAY0, 96);
    put_quarters(keys[MAIN], DAY0, 96);
    cache_close(&c);
    change(&c, "UPDATE energy_day SET quarters=substr(quarters, 1, 200)||x'55'||substr(quarters, 202) WHERE meter<3; UPDATE energy_day SET gone=1 WHERE meter=2; DELETE FROM energy WHERE meter=2");
    c.options.walk_ms = 1;
    cache_open(&c);
    WAIT_FOR(status_of(&c).damaged == 2);
    struct rows r = rows_of((struct energy_query){.step = ENERGY_ALL});
    assert_int_equal(r.count, 2); /* of the other nothing is left */
    for (size_t i = 0; i < r.count; i++)
        assert_near(r.rows[i].cell.sum.amount, 96 * 97 / 2, 1e-9);
    free(r.rows);
}

#define ENERGY_CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENERGY_CASE(every_field_comes_back_from_a_column_of_its_name), ENERGY_CASE(what_is_nothing_takes_no_room), ENERGY_CASE(facts_add_up_by_local_steps),
        ENERGY_CASE(days_of_a_clock_change_have_92_and_100_quarters), ENERGY_CASE(months_are_local_ones), ENERGY_CASE(cost_and_carbon_are_of_their_time),
        ENERGY_CASE(cells_are_told_apart_by_shift_product_crew_and_order), ENERGY_CASE(an_amendment_counts_from_its_batch_on), ENERGY_CASE(a_day_whose_facts_are_gone_is_read_all_the_same),
        ENERGY_CASE(a_damaged_day_is_read_from_its_facts), ENERGY_CASE(few_meters_of_many_are_sought), ENERGY_CASE(a_sum_is_told_from_the_meters_under_it), ENERGY_CASE(an_answer_has_the_meters_at_and_below_a_node),
        ENERGY_CASE(of_too_many_rows_the_newest_are_told), ENERGY_CASE(the_span_is_that_of_all_meters),
        ENERGY_CASE(days_go_by_age_but_for_what_was_imported), ENERGY_CASE(contexts_go_with_their_days), ENERGY_CASE(facts_go_when_nobody_can_go_back_to_before_them),
        ENERGY_CASE(damaged_days_are_found_by_the_walk_and_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
