/*
 * Meters, as OEE.md has them: powers, registers, increments, sums; what is known late; what is no energy.
 */
#include "check.h"

#include "energy_fixture.h"

enum { HALTED = 2 };

static void minutes(struct mill *m, const char *from, int count, const char *tag, double value)
{
    for (int i = 0; i < count; i++)
        says_at(m, local_ms(from) + i * MINUTE, tag, value);
}

/* ---- powers ---- */

static void a_power_holds_from_sample_to_sample(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    minutes(&m, "10:00", 9, "kw", 600);
    minutes(&m, "10:09", 7, "kw", 400);
    struct energy e = used(&m, "10:00", "10:15");
    assert_near(e.amount, 600 * 9 / 60.0 + 400 * 6 / 60.0, 1e-9);
    assert_int_equal(e.valid_ms, 15 * MINUTE);
    assert_int_equal(e.missing_ms, 0);
    assert_near(meter_now(&m, MILL_A "/e")->power, 400, 0);
    assert_near(meter_now(&m, MILL_A "/e")->minute, 400, 1e-9);
    struct energy facts = told(&m, "10:00", "11:00"); /* the quarter is over and measured through */
    assert_near(facts.amount, e.amount, 0);
    assert_int_equal(m.fact_count, 1);
    mill_close(&m);
}

static void a_silence_of_two_hours_is_missing_and_not_integrated(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    minutes(&m, "10:00", 11, "kw", 600); /* the last at 10:10 */
    mill_wait(&m, "11:00");
    assert_true(isnan(meter_now(&m, MILL_A "/e")->power));
    struct energy e = used(&m, "10:00", "13:00");
    assert_near(e.amount, 100, 1e-9);
    assert_int_equal(e.missing_ms, 0); /* nobody knows yet */
    assert_near(told(&m, "10:00", "11:00").amount, 100, 1e-9);
    says(&m, "12:10", "kw", 500);
    e = used(&m, "10:00", "13:00");
    assert_near(e.amount, 100, 1e-9);
    assert_int_equal(e.valid_ms, 10 * MINUTE);
    assert_int_equal(e.missing_ms, 2 * HOUR);
    assert_int_equal(meter_now(&m, MILL_A "/e")->gaps, 1);
    mill_wait(&m, "12:30");
    assert_int_equal(told(&m, "10:00", "13:00").missing_ms, 2 * HOUR);
    says(&m, "12:14", "kw", 500);
    mill_close(&m);
}

static void a_power_that_is_no_number_is_missing_until_it_is_one_again(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER, .most = 1000});
    says(&m, "10:00", "kw", 600);
    mill_put(&m, local_ms("10:01"), "kw", value_real(0))->quality = QUALITY_BAD;
    mill_step(&m, local_ms("10:01"));
    assert_true(isnan(meter_now(&m, MILL_A "/e")->power));
    says(&m, "10:02", "kw", 600);
    says(&m, "10:03", "kw", 4000); /* beyond what is credible */
    says(&m, "10:04", "kw", 600);
    says(&m, "10:05", "kw", 600);
    struct energy e = used(&m, "10:00", "10:15");
    assert_near(e.amount, 30, 1e-9);
    assert_int_equal(e.missing_ms, 2 * MINUTE);
    assert_int_equal(e.valid_ms, 3 * MINUTE);
    assert_int_equal(meter_now(&m, MILL_A "/e")->glitches, 1);
    mill_close(&m);
}

static void a_late_sample_says_what_was_between_its_neighbours(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    says(&m, "10:13", "kw", 600);
    says(&m, "10:16", "kw", 600);
    says(&m, "10:17", "kw", 600);
    assert_near(told(&m, "10:00", "10:15").amount, 20, 1e-9);
    says_late(&m, "10:18", "10:14", "kw", 300);
    struct energy e = used(&m, "10:00", "10:30");
    assert_near(e.amount, 10 + 10 + 10, 1e-9); /* a minute at 600, two at 300, one at 600 */
    assert_near(told(&m, "10:00", "10:15").amount, 15, 1e-9);
    assert_int_equal(e.valid_ms, 4 * MINUTE);
    assert_int_equal(meter_now(&m, MILL_A "/e")->booked_ms, local_ms("10:17"));
    mill_close(&m);
}

static void a_late_sample_finds_its_place_among_many(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    double lacks = 0;
    for (int i = 0; i < 400; i++) {
        int64_t t = local_ms("10:00") + i * 1000;
        if (i > 200 && i % 9 == 0) {
            lacks += 600 / 3600.0;
            continue; /* it comes four seconds late */
        }
        says_at(&m, t, "kw", i % 9 == 8 ? 0 : 600);
        if (i > 205 && (i - 4) % 9 == 0) {
            mill_put(&m, t - 4000, "kw", value_real(600));
            mill_step(&m, t);
            lacks -= 600 / 3600.0;
        }
    }
    double zeros = 44; /* seconds */
    assert_near(used(&m, "10:00", "10:15").amount, (399 - zeros) * 600 / 3600.0 - lacks, .2);
    assert_true(lacks < .2);
    assert_int_equal(used(&m, "10:00", "10:15").valid_ms, 399000);
    mill_close(&m);
}

static void a_late_sample_ends_a_silence_that_was_missing(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    says(&m, "10:00", "kw", 600);
    says(&m, "10:08", "kw", 600);
    assert_int_equal(used(&m, "10:00", "10:15").missing_ms, 8 * MINUTE);
    says_late(&m, "10:09", "10:04", "kw", 300);
    struct energy e = used(&m, "10:00", "10:15");
    assert_near(e.amount, 40 + 20, 1e-9);
    assert_int_equal(e.missing_ms, 0);
    mill_close(&m);
}

static void a_reactive_power_gives_a_power_factor(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    for (int i = 0; i <= 16; i++) {
        mill_put(&m, local_ms("10:00") + i * MINUTE, "kvar", value_real(300));
        says_at(&m, local_ms("10:00") + i * MINUTE, "kw", 400);
    }
    struct energy e = told(&m, "10:00", "10:15");
    assert_near(e.amount, 100, 1e-9);
    assert_near(e.reactive, 75, 1e-9);
    assert_near(energy_power_factor(e.amount, e.reactive), .8, 1e-9);
    assert_near(energy_power_factor(0, 0), 0, 0);
    mill_close(&m);
}

/* ---- registers ---- */

struct reading_case { const char *name; double modulus, most, readings[12]; int count; double gained; int falls, glitches; };

static const struct reading_case reading_cases[] = {
    {"reset, first period", 0, 0, {10, 15, 20}, 3, 10, 0, 0},
    {"reset, second period", 0, 0, {10, 15, 20, 10, 30, 40}, 6, 50, 1, 0},
    {"reset, third period", 0, 0, {10, 15, 20, 10, 30, 40, 50, 60, 70}, 9, 80, 1, 0},
    {"dips, second period", 0, 0, {10, 15, 20, 19, 30, 40}, 6, 30, 0, 1},
    {"dips, third period", 0, 0, {10, 15, 20, 19, 30, 40, 39, 60, 70}, 9, 60, 0, 2},
    {"rollover of 2^32", 4294967296, 0, {4294823335, 3034254}, 2, 3178215, 1, 0},
    {"a jump by 1,000 and back", 0, 600, {100, 110, 1120, 130, 140}, 5, 40, 0, 1},
    {"a jump by 1,000 that stays is no energy", 0, 600, {100, 110, 1120, 1130, 1140}, 5, 30, 0, 1},
    {"two jumps that do not agree", 0, 600, {100, 110, 5000, 3000, 3010}, 5, 20, 0, 2},
    {"a fall to a half with a credible power", 0, 600, {1000, 1010, 500, 510, 520}, 5, 30, 0, 1},
    {"it repeats", 0, 600, {100, 110, 110, 110, 120}, 5, 20, 0, 0},
    {"without a credible power a jump is energy", 0, 0, {100, 110, 1120, 1130}, 4, 1030, 0, 0},
};

static void registers_are_differenced_by_the_rules_of_counters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reading_cases / sizeof reading_cases[0]; i++) {
        const struct reading_case *c = &reading_cases[i];
        struct mill m;
        mill_open(&m, (struct mill_plan){.kind = METER_REGISTER, .most = c->most, .modulus = c->modulus});
        for (int r = 0; r < c->count; r++)
            says_at(&m, local_ms("10:00") + r * MINUTE, "kwh", c->readings[r]);
        struct energy e = used(&m, "10:00", "10:15");
        const struct meter_state *now = meter_now(&m, MILL_A "/e");
        if (fabs(e.amount - c->gained) > 1e-6 * c->gained || (int)now->falls != c->falls || (int)now->glitches != c->glitches)
            fail_msg("%s: %.6f kWh, %d falls, %d glitches", c->name, e.amount, (int)now->falls, (int)now->glitches);
        assert_int_equal(e.valid_ms + e.missing_ms, (now->booked_ms - local_ms("10:00")));
        mill_close(&m);
    }
}

static void a_reading_that_goes_back_in_time_is_counted_and_not_booked(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER});
    says(&m, "10:00", "kwh", 100);
    says(&m, "10:02", "kwh", 120);
    says_late(&m, "10:03", "10:01", "kwh", 500);
    says_late(&m, "10:04", "10:02", "kwh", 125); /* the same moment again: the next difference has it */
    says(&m, "10:05", "kwh", 130);
    struct energy e = used(&m, "10:00", "10:15");
    assert_near(e.amount, 30, 1e-9);
    assert_int_equal(meter_now(&m, MILL_A "/e")->glitches, 1);
    mill_close(&m);
}

static void what_a_register_gained_in_a_silence_is_spread_and_estimated(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER});
    says(&m, "10:00", "kwh", 100);
    says(&m, "10:05", "kwh", 110);
    says(&m, "12:05", "kwh", 350);
    assert_near(used(&m, "10:00", "10:15").amount, 10 + 20, 1e-9);
    assert_near(used(&m, "10:15", "12:00").amount, 210, 1e-9);
    struct energy e = used(&m, "10:00", "13:00");
    assert_near(e.estimated, 240, 1e-9);
    assert_int_equal(e.valid_ms, 125 * MINUTE);
    assert_int_equal(e.missing_ms, 0);
    assert_near(meter_now(&m, MILL_A "/e")->power, 120, 1e-9);
    mill_close(&m);
}

static void a_register_of_years_ago_is_booked_within_bounds(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER});
    says(&m, "2023-01-01T00:00", "kwh", 100);
    says(&m, "2024-06-12T10:00", "kwh", 5000);
    struct energy sum = told(&m, "2023-01-01T00:00", "2024-06-13T00:00"), rest = used(&m, "2024-06-12T10:00", "2024-06-12T10:15");
    assert_near(sum.amount + rest.amount, 4900, 1e-6);
    assert_true(m.fact_count < 4000);
    size_t count;
    model_energy_cells(m.w.model, 0, &count);
    assert_true(count <= 110);
    int64_t known;
    struct energy e;
    model_energy(m.w.model, 0, local_ms("2023-01-01T00:00"), local_ms("2024-06-13T00:00"), &e, &known);
    assert_true(known >= local_ms("2024-06-11T07:00") && known <= local_ms("2024-06-11T09:00"));
    mill_close(&m);
}

static void a_scale_is_of_what_the_carrier_is_measured_in(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER, .scale = 1000, .modulus = 100});
    says(&m, "10:00", "kwh", 98);
    says(&m, "10:01", "kwh", 3);
    assert_near(used(&m, "10:00", "10:15").amount, 5000, 1e-9);
    mill_close(&m);
}

/* ---- increments ---- */

static void an_increment_came_in_the_interval_before_its_stamp(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_INCREMENT, .interval_ms = 15 * MINUTE, .gap_ms = 45 * MINUTE});
    says(&m, "10:15", "part", 10);
    says(&m, "10:30", "part", 20);
    assert_near(told(&m, "10:00", "10:15").amount, 10, 1e-9);
    assert_near(told(&m, "10:15", "10:30").amount, 20, 1e-9);
    says(&m, "11:00", "part", 40); /* one did not come */
    assert_int_equal(used(&m, "10:00", "11:00").missing_ms, 15 * MINUTE);
    says_late(&m, "11:01", "10:45", "part", 30);
    assert_int_equal(used(&m, "10:00", "11:00").missing_ms, 0);
    assert_near(told(&m, "10:00", "11:00").amount, 100, 1e-9);
    assert_int_equal(told(&m, "10:00", "11:00").missing_ms, 0);
    says_late(&m, "11:02", "10:45", "part", 30); /* twice */
    says(&m, "11:15", "part", -5);
    assert_near(told(&m, "10:00", "11:15").amount, 100, 1e-9);
    assert_int_equal(meter_now(&m, MILL_A "/e")->glitches, 2);
    mill_close(&m);
}

/* ---- time: quarters, shifts, products ---- */

static void quarters_of_a_day(const char *day, const char *next, size_t quarters)
{
    struct mill m;
    char from[32], to[32];
    snprintf(from, sizeof from, "%sT00:00", day);
    snprintf(to, sizeof to, "%sT00:00", next);
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    for (int64_t t = local_ms(from); t <= local_ms(to) + MINUTE; t += MINUTE)
        says_at(&m, t, "kw", 100);
    assert_int_equal(m.fact_count, quarters);
    assert_near(told(&m, from, to).amount, (double)quarters * 25, 1e-6);
    int32_t date = m.facts[0].cell.day;
    for (size_t f = 0; f < m.fact_count; f++) {
        assert_int_equal(m.facts[f].cell.to_ms - m.facts[f].cell.from_ms, METER_QUARTER_MS);
        assert_int_equal(m.facts[f].cell.day, date);
    }
    mill_close(&m);
}

static void days_of_a_clock_change_have_92_and_100_quarters(void **state)
{
    (void)state;
    quarters_of_a_day("2024-03-30", "2024-03-31", 96);
    quarters_of_a_day("2024-03-31", "2024-04-01", 92);
    quarters_of_a_day("2024-10-27", "2024-10-28", 100);
}

static struct calendar_shift odd_shifts[] = {{.name = "early", .crew = "A", .weekdays = 127, .from_minute = 360, .to_minute = 847}, {.name = "late", .crew = "B", .weekdays = 127, .from_minute = 847, .to_minute = 1320}};
static const struct calendar odd = {.name = "odd", .shifts = odd_shifts, .shift_count = 2}; /* 06:00-14:07-22:00 */

static void a_quarter_is_cut_where_a_shift_ends(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER, .calendar = &odd});
    says(&m, "14:00", "kwh", 0);
    says(&m, "14:15", "kwh", 15);
    size_t count;
    const struct energy_cell *cells = model_energy_cells(m.w.model, 0, &count);
    assert_int_equal(count, 2);
    assert_string_equal(cells[0].shift, "early");
    assert_string_equal(cells[1].shift, "late");
    assert_string_equal(cells[1].crew, "B");
    assert_near(cells[0].sum.amount, 7, 1e-9);
    assert_near(cells[1].sum.amount, 8, 1e-9);
    assert_int_equal(cells[1].shift_ms, local_ms("14:07"));
    mill_close(&m);
}

static void a_quarter_is_cut_where_the_product_changes_however_late_that_is_known(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    says_text(&m, "09:59", "product", "small");
    minutes(&m, "10:00", 8, "kw", 600); /* to 10:07 */
    mill_put(&m, local_ms("10:04"), "product", value_text(batch_text(&m.w.batch, "large", 5)));
    mill_step(&m, local_ms("10:07") + 1000);
    minutes(&m, "10:08", 9, "kw", 600);
    assert_near(told_of(&m, MILL_A "/e", "10:00", "10:15", "small").amount, 40, 1e-9);
    assert_near(told_of(&m, MILL_A "/e", "10:00", "10:15", "large").amount, 110, 1e-9);
    says_text(&m, "10:16", "order", "4711");
    minutes(&m, "10:17", 15, "kw", 600);
    struct energy large = told_of(&m, MILL_A "/e", "10:15", "10:30", "large");
    assert_near(large.amount, 150, 1e-9);
    size_t orders = 0;
    for (size_t f = 0; f < m.fact_count; f++)
        orders += strcmp(m.facts[f].cell.order, "4711") == 0;
    assert_int_equal(orders, 1); /* from 10:16 to 10:30 */
    mill_close(&m);
}

static void what_is_used_while_the_machine_stands_is_idle(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    says(&m, "10:00", "kw", 600);
    says_state(&m, "10:01", RUN);
    says(&m, "10:03", "kw", 600);
    says_state(&m, "10:04", HALTED);
    says(&m, "10:05", "kw", 60);
    says(&m, "10:08", "kw", 60);
    struct energy e = used(&m, "10:00", "10:15");
    assert_near(e.idle, 600 / 60.0 + 60 * 3 / 60.0, 1e-9); /* nobody knows what it did before 10:01 */
    assert_int_equal(e.running_ms, 3 * MINUTE);
    mill_put(&m, local_ms("10:06"), "state", value_int(RUN)); /* and it is told late that it ran */
    mill_step(&m, local_ms("10:09"));
    e = used(&m, "10:00", "10:15");
    assert_near(e.idle, 600 / 60.0 + 60 / 60.0, 1e-9);
    assert_int_equal(e.running_ms, 5 * MINUTE);
    assert_near(e.amount, 600 * 5 / 60.0 + 3, 1e-9);
    mill_close(&m);
}

static void a_state_sample_that_comes_late_amends_what_was_idle(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_POWER});
    says_state(&m, "10:00", RUN);
    minutes(&m, "10:00", 18, "kw", 60);
    says_state(&m, "10:17", RUN);
    assert_near(told(&m, "10:00", "10:15").idle, 0, 0);
    mill_put(&m, local_ms("10:10"), "state", value_int(HALTED));
    mill_step(&m, local_ms("10:18"));
    assert_near(told(&m, "10:00", "10:15").idle, 5, 1e-9);
    assert_near(used(&m, "10:15", "10:30").idle, 2, 1e-9);
    mill_close(&m);
}

/* ---- trees ---- */

static void a_sum_is_what_is_under_it(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER, .tree = true});
    for (int i = 0; i <= 15; i++) {
        mill_put(&m, local_ms("10:00") + i * MINUTE, "kwh", value_real(100 + i));
        says_at(&m, local_ms("10:00") + i * MINUTE, "b/kw", 40);
    }
    assert_near(used_by(&m, "mill/all", "10:00", "10:15").amount, 15 + 10, 1e-9);
    assert_near(used_by(&m, "mill/hall/l1/line", "10:00", "10:15").amount, 25, 1e-9);
    assert_near(meter_now(&m, "mill/all")->power, 60 + 40, 1e-9);
    assert_int_equal(meter_now(&m, "mill/all")->booked_ms, local_ms("10:15"));
    says(&m, "10:22", "kwh", 120);
    mill_wait(&m, "10:23");
    assert_true(isnan(meter_now(&m, "mill/all")->power)); /* of b nothing is known any more */
    for (size_t f = 0; f < m.fact_count; f++)
        assert_true(strstr(m.facts[f].path, "/e") != NULL); /* a sum tells nothing: who reads adds up */
    mill_close(&m);
}

/* ---- the clock ---- */

static void time_that_comes_twice_is_what_happens_the_second_time(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER});
    for (int i = 0; i <= 20; i++)
        says_at(&m, local_ms("10:00") + i * MINUTE, "kwh", 100 + i);
    m.w.closed = local_ms("10:09") - T0;
    batch_add(&m.w.batch, (struct record){.kind = RECORD_CLOCK, .value = value_int(-11 * MINUTE)});
    mill_step(&m, local_ms("10:10"));
    assert_near(used(&m, "10:00", "10:30").amount, 10, 1e-9);
    for (int i = 11; i <= 20; i++)
        says_at(&m, local_ms("10:00") + i * MINUTE, "kwh", 110 + i);
    struct energy e = used(&m, "10:00", "10:30");
    assert_near(e.amount, 30, 1e-9);
    assert_int_equal(e.valid_ms, 20 * MINUTE);
    mill_wait(&m, "10:40");
    assert_near(told(&m, "10:00", "10:30").amount, 30, 1e-9);
    assert_int_equal(told(&m, "10:00", "10:30").valid_ms, 20 * MINUTE);
    mill_close(&m);
}

/* ---- another configuration ---- */

static void a_meter_goes_on_under_a_new_configuration(void **state)
{
    (void)state;
    struct mill m;
    mill_open(&m, (struct mill_plan){.kind = METER_REGISTER, .tree = true});
    says(&m, "10:00", "kwh", 100);
    says(&m, "10:05", "kwh", 110);
    says(&m, "10:05", "b/kw", 60);
    says(&m, "10:06", "b/kw", 60);
    struct plant *old = m.w.plant;
    m.w.plant = mill_plant(&(struct mill_plan){.kind = METER_REGISTER});
    model_configure(m.w.model, m.w.plant);
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    says(&m, "10:10", "kwh", 120);
    assert_near(used(&m, "10:00", "10:15").amount, 20, 1e-9);
    assert_near(told_of(&m, MILL_B "/e", "10:00", "10:15", NULL).amount, 1, 1e-9); /* what is gone was told */
    mill_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_power_holds_from_sample_to_sample),
        CASE(a_silence_of_two_hours_is_missing_and_not_integrated),
        CASE(a_power_that_is_no_number_is_missing_until_it_is_one_again),
        CASE(a_late_sample_says_what_was_between_its_neighbours),
        CASE(a_late_sample_finds_its_place_among_many),
        CASE(a_late_sample_ends_a_silence_that_was_missing),
        CASE(a_reactive_power_gives_a_power_factor),
        CASE(registers_are_differenced_by_the_rules_of_counters),
        CASE(a_reading_that_goes_back_in_time_is_counted_and_not_booked),
        CASE(what_a_register_gained_in_a_silence_is_spread_and_estimated),
        CASE(a_register_of_years_ago_is_booked_within_bounds),
        CASE(a_scale_is_of_what_the_carrier_is_measured_in),
        CASE(an_increment_came_in_the_interval_before_its_stamp),
        CASE(days_of_a_clock_change_have_92_and_100_quarters),
        CASE(a_quarter_is_cut_where_a_shift_ends),
        CASE(a_quarter_is_cut_where_the_product_changes_however_late_that_is_known),
        CASE(what_is_used_while_the_machine_stands_is_idle),
        CASE(a_state_sample_that_comes_late_amends_what_was_idle),
        CASE(a_sum_is_what_is_under_it),
        CASE(time_that_comes_twice_is_what_happens_the_second_time),
        CASE(a_meter_goes_on_under_a_new_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
