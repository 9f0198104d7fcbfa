/* A meter's day as bytes: what comes back, how few they are, and what is no day. */
#include "check.h"

#include "core/energy_day.h"
#include "core/hash_index.h"

enum { QUARTER = METER_QUARTER_MS };

static struct energy_day day, back;
static struct packer bytes;

static int make(void **state)
{
    (void)state;
    packer_init(&bytes);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    energy_day_finish(&day);
    energy_day_finish(&back);
    packer_finish(&bytes);
    return 0;
}

static struct energy running(double amount)
{
    return (struct energy){.amount = amount, .valid_ms = QUARTER, .running_ms = QUARTER};
}

static void add_quarter(int quarter, uint32_t work, struct energy sum)
{
    assert_true(energy_day_add(&day, quarter * QUARTER, (quarter + 1) * QUARTER, work, &sum));
}

static void there_and_back(void)
{
    packer_clear(&bytes);
    energy_day_pack(&day, &bytes);
    assert_true(energy_day_unpack(&back, bytes.bytes, bytes.count));
    assert_int_equal(back.count, day.count);
}

static void expect_same(const struct energy *a, const struct energy *b, double within)
{
    const double left[] = {a->amount, a->reactive, a->leading, a->idle, a->estimated}, right[] = {b->amount, b->reactive, b->leading, b->idle, b->estimated};
    for (size_t i = 0; i < 5; i++)
        assert_near(left[i], right[i], within);
    assert_true(a->valid_ms == b->valid_ms && a->missing_ms == b->missing_ms && a->running_ms == b->running_ms);
}

static void expect_all_same(double within)
{
    for (size_t i = 0; i < day.count; i++) {
        const struct energy_slot *a = &day.slots[i], *b = &back.slots[i];
        assert_true(a->from_ms == b->from_ms && a->to_ms == b->to_ms && a->work == b->work);
        expect_same(&a->sum, &b->sum, within);
    }
    expect_same(&day.sum, &back.sum, 0);
}

static void decimals_come_back_bit_for_bit(void **state)
{
    (void)state;
    for (int q = 0; q < 96; q++)
        add_quarter(q, 7, running(q * 3.17 - (q == 5 ? .01 : 0)));
    for (int q = 0; q < 96; q++)
        day.slots[q].sum.amount = (double)(q * 317) / 100;
    there_and_back();
    expect_all_same(0);
}

static void others_to_a_part_in_a_thousand_million_and_the_days_sum_as_it_was(void **state)
{
    (void)state;
    for (int q = 0; q < 96; q++)
        add_quarter(q, 7, (struct energy){.amount = 100 * sin(q) / 3, .reactive = sqrt(q), .leading = -1.0 / (q + 3), .idle = 1e-7 * q, .estimated = 1e9 / (q + 7), .valid_ms = q * 1000, .missing_ms = QUARTER - q, .running_ms = q});
    there_and_back();
    for (size_t i = 0; i < 96; i++) {
        assert_near(back.slots[i].sum.amount, day.slots[i].sum.amount, 33e-9);
        assert_near(back.slots[i].sum.estimated, day.slots[i].sum.estimated, .15);
        assert_near(back.slots[i].sum.idle, day.slots[i].sum.idle, 1e-14);
        assert_true(back.slots[i].sum.missing_ms == QUARTER - (int64_t)i);
    }
    expect_same(&day.sum, &back.sum, 0);
}

static void an_ordinary_day_takes_few_bytes(void **state)
{
    (void)state;
    for (int q = 0; q < 96; q++) {
        struct energy sum = running(20 + sin(q));
        if (q % 12 == 5)
            sum.running_ms = 600000, sum.idle = sum.amount / 3.3;
        if (q % 12 == 6)
            sum.running_ms = 0, sum.idle = sum.amount;
        add_quarter(q, (uint32_t)(q / 32), sum);
    }
    there_and_back();
    expect_all_same(33e-9);
    assert_true(bytes.count < 720);
}

static void a_change_of_product_cuts_a_quarter(void **state)
{
    (void)state;
    struct energy a = {.amount = 3, .valid_ms = 400000}, b = {.amount = 5, .valid_ms = 500000};
    add_quarter(0, 1, running(7));
    assert_true(energy_day_add(&day, QUARTER, QUARTER + 400000, 1, &a));
    assert_true(energy_day_add(&day, QUARTER + 400000, 2 * QUARTER, 2, &b));
    add_quarter(40, 2, running(6));
    there_and_back();
    expect_all_same(0);
    assert_true(back.slots[1].to_ms == QUARTER + 400000 && back.slots[2].from_ms == QUARTER + 400000 && back.slots[2].work == 2 && back.slots[3].from_ms == 40 * QUARTER);
    struct energy_day_head head;
    assert_true(energy_day_read_head(bytes.bytes, bytes.count, &head));
    assert_near(head.peak, 32, 0); /* of both parts */
    assert_true(head.peak_ms == QUARTER && head.to_ms == 41 * QUARTER && head.from_ms == 0 && head.count == 4 && head.work == 1);
}

static void a_peak_is_of_a_whole_quarter(void **state)
{
    (void)state;
    struct energy_day_head head;
    struct energy half = {.amount = 90, .valid_ms = QUARTER / 2};
    add_quarter(3, 1, half);
    energy_day_head(&day, &head);
    assert_true(isnan(head.peak));
    add_quarter(4, 1, running(50));
    energy_day_head(&day, &head);
    assert_near(head.peak, 200, 0);
    add_quarter(3, 1, half); /* now it is whole */
    energy_day_head(&day, &head);
    assert_near(head.peak, 720, 0);
    assert_int_equal(head.peak_ms, 3 * QUARTER);
}

static void what_is_amended_away_is_gone(void **state)
{
    (void)state;
    struct energy sum = {.amount = 5.3333333333, .idle = 1.0 / 3, .valid_ms = QUARTER, .running_ms = 5}, less = {.amount = -5.3333333333, .idle = -1.0 / 3, .valid_ms = -QUARTER, .running_ms = -5};
    add_quarter(9, 1, running(200.0 / 7));
    add_quarter(10, 1, sum);
    there_and_back();
    energy_day_clear(&day);
    assert_true(energy_day_unpack(&day, bytes.bytes, bytes.count));
    add_quarter(10, 1, less);
    add_quarter(10, 2, sum);
    assert_int_equal(day.count, 2);
    assert_int_equal(day.slots[1].work, 2);
}

static void late_facts_find_their_places(void **state)
{
    (void)state;
    static const int quarters[] = {50, 3, 95, 0, 3, 51};
    for (size_t i = 0; i < 6; i++)
        add_quarter(quarters[i], 1, running(1));
    there_and_back();
    expect_all_same(0);
    assert_int_equal(back.count, 5);
    assert_near(back.slots[1].sum.amount, 2, 0);
    for (size_t i = 1; i < 5; i++)
        assert_true(back.slots[i].from_ms > back.slots[i - 1].from_ms);
}

static void it_is_weighed_by_its_quarters(void **state)
{
    (void)state;
    double weights[96], right = 0;
    for (int q = 0; q < 96; q++)
        weights[q] = q < 24 ? .11 : q < 80 ? .29 : .17;
    for (int q = 2; q < 95; q++) {
        add_quarter(q, 1, running(q * .25));
        right += q * .25 * weights[q];
    }
    there_and_back();
    assert_near(energy_day_weigh(bytes.bytes, bytes.count, weights), right, 1e-9);
    struct energy part = {.amount = 8, .valid_ms = 1000};
    assert_true(energy_day_add(&day, 30 * QUARTER + 1000, 30 * QUARTER + 2000, 2, &part));
    there_and_back();
    assert_near(energy_day_weigh(bytes.bytes, bytes.count, weights), right + 8 * .29, 1e-9);
    weights[40] = NAN;
    assert_true(isnan(energy_day_weigh(bytes.bytes, bytes.count, weights)));
}

/* Of days that are covered throughout, of cut ones, and of those with holes: as slot by slot. */
static void quarters_of_several_days_add_up(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct energy_quarters right = {.amount = {0}}, q = {.amount = {0}};
        energy_day_clear(&day);
        for (int k = 1; k < 90; k++)
            if (!kind || k != 20)
                add_quarter(k, 1, kind == 2 && k == 7 ? (struct energy){.amount = 2, .valid_ms = 5} : running(k / 7.0));
        struct energy a = {.amount = 3, .valid_ms = 400000}, b = {.amount = 5, .valid_ms = 500000};
        assert_true(!kind || (energy_day_add(&day, 20 * QUARTER, 20 * QUARTER + 400000, 1, &a) && energy_day_add(&day, 20 * QUARTER + 400000, 21 * QUARTER, 2, &b)));
        there_and_back();
        energy_quarters_gather(&q, bytes.bytes, bytes.count, &back);
        energy_quarters_gather(&q, bytes.bytes, bytes.count, &back);
        for (size_t i = 0; i < day.count; i++) {
            energy_quarters_add(&right, &day.slots[i]);
            energy_quarters_add(&right, &day.slots[i]);
        }
        for (int k = 0; k < 96; k++) {
            assert_near(q.amount[k], right.amount[k], 1e-6);
            assert_int_equal(q.valid_ms[k], right.valid_ms[k]);
        }
    }
}

static void an_empty_day_is_one_too(void **state)
{
    (void)state;
    struct energy_day_head head;
    there_and_back();
    assert_true(energy_day_read_head(bytes.bytes, bytes.count, &head));
    assert_true(head.count == 0 && isnan(head.peak));
}

/* Also with the right checksum, as whoever wants to do harm would make it. */
static void other_bytes_are_no_day(void **state)
{
    (void)state;
    for (int q = 0; q < 96; q++)
        add_quarter(q, (uint32_t)q / 9, (struct energy){.amount = q / 7.0, .idle = q % 5 ? 0 : q / 7.0, .valid_ms = q % 3 ? QUARTER : 77});
    assert_true(energy_day_add(&day, 5 * QUARTER + 5, 5 * QUARTER + 6, 99, &(struct energy){.amount = 1}));
    there_and_back();
    double weights[96] = {1};
    struct energy_quarters quarters = {.amount = {0}};
    uint8_t *copy = malloc(bytes.count);
    for (size_t i = 0; i < bytes.count; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, bytes.bytes, bytes.count);
            copy[i] = (uint8_t)(copy[i] ^ 1U << bit);
            assert_false(energy_day_unpack(&back, copy, bytes.count));
            uint64_t sum = hash_bytes(copy + 8, bytes.count - 8);
            for (int k = 0; k < 8; k++)
                copy[k] = (uint8_t)(sum >> 8 * k);
            energy_day_unpack(&back, copy, bytes.count); /* it may be another day: it must do no harm */
            energy_day_weigh(copy, bytes.count, weights);
            energy_quarters_gather(&quarters, copy, bytes.count, &back);
        }
    for (size_t length = 0; length < bytes.count; length++)
        assert_false(energy_day_unpack(&back, bytes.bytes, length));
    free(copy);
}

#define DAY_CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DAY_CASE(decimals_come_back_bit_for_bit), DAY_CASE(others_to_a_part_in_a_thousand_million_and_the_days_sum_as_it_was), DAY_CASE(an_ordinary_day_takes_few_bytes),
        DAY_CASE(a_change_of_product_cuts_a_quarter), DAY_CASE(a_peak_is_of_a_whole_quarter), DAY_CASE(what_is_amended_away_is_gone), DAY_CASE(late_facts_find_their_places),
        DAY_CASE(it_is_weighed_by_its_quarters), DAY_CASE(quarters_of_several_days_add_up), DAY_CASE(an_empty_day_is_one_too), DAY_CASE(other_bytes_are_no_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
