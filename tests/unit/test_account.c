/*
 * OEE.md: the worked cases, the formulas, what is undefined, and that everything closes: planned busy time into losses, calendar time into the waterfall.
 */
#include "check.h"

#include "core/account.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

/* Pieces of one product. */
static void produce(struct account *a, double total, double reject, double ideal_s)
{
    a->good += total - reject;
    a->reject += reject;
    a->ideal_ms += total * ideal_s * 1000;
}

static struct account shift_of_480_minutes(void)
{
    struct account a = {.ms = {[TIME_RUN] = 373 * MINUTE, [TIME_DOWN] = 47 * MINUTE, [TIME_BREAK] = 60 * MINUTE}, .stops = 3};
    produce(&a, 19271, 423, 1);
    return a;
}

static void the_worked_cases_of_the_page(void **state)
{
    (void)state;
    struct account planned_8_h = {.ms = {[TIME_RUN] = 3 * HOUR, [TIME_DOWN] = 1 * HOUR, [TIME_UNKNOWN] = 4 * HOUR}};
    produce(&planned_8_h, 1440 - 1200, 14 - 10, 30);
    struct account ran_27541_s = {.ms = {[TIME_RUN] = 27541000, [TIME_DOWN] = 8 * HOUR - 27541000}};
    produce(&ran_27541_s, 1298, 13, 21);
    struct account net_455_min = {.ms = {[TIME_RUN] = (455 - 32) * MINUTE, [TIME_DOWN] = 32 * MINUTE}};
    produce(&net_455_min, 2240, 50, 10);
    const struct { struct account account; double a, p, q, oee, within; } cases[] = {
        {shift_of_480_minutes(), .888095, .861081, .978050, .747937, 5e-7},
        {planned_8_h, .375, .666667, .983333, .245833, 5e-7},
        {ran_27541_s, .956285, .989724, .989985, .936979, 5e-7},
        {net_455_min, .9297, .8826, .9777, .8022, 5e-5},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct kpis k = account_kpis(&cases[c].account);
        assert_near(k.availability, cases[c].a, cases[c].within);
        assert_near(k.performance, cases[c].p, cases[c].within);
        assert_near(k.quality, cases[c].q, cases[c].within);
        assert_near(k.oee, cases[c].oee, cases[c].within);
        assert_false(k.standard_too_slow);
        assert_null(account_undefined(&cases[c].account));
    }
    assert_near(account_kpis(&planned_8_h).unknown, .5, 1e-12);
}

static void teep_and_ooe_are_oee_on_longer_times(void **state)
{
    (void)state;
    struct account day = shift_of_480_minutes();
    day.ms[TIME_NOT_SCHEDULED] = DAY - 480 * MINUTE;
    struct kpis k = account_kpis(&day);
    assert_int_equal(account_length_ms(&day), DAY);
    assert_near(k.oee, .747937, 5e-7);
    assert_near(k.teep, .218148, 5e-7);
    assert_near(k.ooe, k.oee * 420 / 480, 1e-12);
}

/* 8 h: 300 min run, 40 set-up of which 10 too long, 30 down in 2 failures, 10 minor in 5, 15 starved, 5 blocked, 20 unknown; the rest is not planned. */
static struct account a_full_shift(void)
{
    struct account a = {
        .ms = {[TIME_RUN] = 300 * MINUTE, [TIME_SETUP] = 30 * MINUTE, [TIME_SETUP_OVER] = 10 * MINUTE, [TIME_DOWN] = 30 * MINUTE, [TIME_MINOR] = 10 * MINUTE,
               [TIME_STARVED] = 15 * MINUTE, [TIME_BLOCKED] = 5 * MINUTE, [TIME_UNKNOWN] = 20 * MINUTE, [TIME_CLEANING] = 10 * MINUTE,
               [TIME_MAINTENANCE] = 20 * MINUTE, [TIME_BREAK] = 25 * MINUTE, [TIME_NOT_SCHEDULED] = 5 * MINUTE},
        .good = 900, .reject = 60, .rework = 40, .startup_reject = 15, .first_pass = 880, .inspected = 1000, .ideal_ms = 1000 * 15000.0,
        .stops = 2, .minors = 5,
    };
    return a;
}

static void each_figure_by_its_formula(void **state)
{
    (void)state;
    struct account a = a_full_shift();
    struct kpis k = account_kpis(&a);
    assert_int_equal(account_length_ms(&a), 8 * HOUR);
    assert_int_equal(account_pbt_ms(&a), 420 * MINUTE);
    assert_int_equal(account_down_ms(&a), 60 * MINUTE);
    assert_near(account_produced(&a), 1000, 0);
    const struct { const char *name; double is, wanted; } rows[] = {
        {"availability", k.availability, 300 / 420.0},
        {"performance", k.performance, 250 / 300.0},
        {"quality", k.quality, .9},
        {"oee", k.oee, 300 / 420.0 * 250 / 300.0 * .9},
        {"nee", k.nee, 340 / 420.0 * 250 / 300.0 * .9},
        {"teep", k.teep, 250 / 480.0 * .9},
        {"ooe", k.ooe, 250 / 475.0 * .9},
        {"allocation", k.allocation, 400 / 420.0},
        {"utilization", k.utilization, 300 / 400.0},
        {"technical", k.technical, 300 / 360.0},
        {"setup_rate", k.setup_rate, 40 / 340.0},
        {"scrap", k.scrap, .06},
        {"rework", k.rework, .04},
        {"first_pass", k.first_pass, .88},
        {"throughput", k.throughput, 1000 / (400 / 60.0)},
        {"mtbf", k.mtbf_ms, 170.0 * MINUTE},
        {"mttr", k.mttr_ms, 15.0 * MINUTE},
        {"mttf", k.mttf_ms, 185.0 * MINUTE},
        {"unknown", k.unknown, 20 / 420.0},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        if (!(fabs(rows[r].is - rows[r].wanted) <= 1e-9 * fabs(rows[r].wanted)))
            fail_msg("%s is %.9g, expected %.9g", rows[r].name, rows[r].is, rows[r].wanted);
}

static void all_nan(const double *figures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isnan(figures[i]))
            fail_msg("figure %zu is %g, expected it undefined", i, figures[i]);
}

#define ALL_NAN(...) all_nan((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void without_planned_time_all_is_undefined(void **state)
{
    (void)state;
    const struct account cases[] = {
        {.good = 0},
        {.ms = {[TIME_NOT_SCHEDULED] = 8 * HOUR}, .outside = 12},
        {.ms = {[TIME_BREAK] = HOUR, [TIME_CLEANING] = HOUR, [TIME_MAINTENANCE] = HOUR}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct kpis k = account_kpis(&cases[c]);
        ALL_NAN(k.availability, k.performance, k.quality, k.oee, k.nee, k.teep, k.ooe, k.allocation, k.utilization, k.technical, k.setup_rate, k.scrap,
            k.rework, k.first_pass, k.throughput, k.mtbf_ms, k.mttr_ms, k.mttf_ms, k.unknown);
        assert_false(k.standard_too_slow);
        assert_string_equal(account_undefined(&cases[c]), "no planned time");
    }
}

static void what_is_not_known_is_no_zero(void **state)
{
    (void)state;
    struct account silent = {.ms = {[TIME_UNKNOWN] = 8 * HOUR}};
    struct kpis k = account_kpis(&silent);
    ALL_NAN(k.availability, k.performance, k.quality, k.oee, k.nee, k.teep, k.ooe, k.allocation, k.utilization);
    assert_near(k.unknown, 1, 0);
    assert_string_equal(account_undefined(&silent), "nothing is known of it");

    struct account uncounted = {.ms = {[TIME_RUN] = 6 * HOUR, [TIME_DOWN] = 2 * HOUR}};
    k = account_kpis(&uncounted);
    assert_near(k.availability, .75, 0);
    ALL_NAN(k.performance, k.quality, k.oee, k.nee, k.teep, k.throughput, k.mtbf_ms);
    assert_string_equal(account_undefined(&uncounted), "no pieces were counted");

    struct account no_standard = {.ms = {[TIME_RUN] = 6 * HOUR}, .good = 90, .reject = 10, .ideal_ms = 50000, .without_ideal = 50};
    k = account_kpis(&no_standard);
    assert_near(k.quality, .9, 0);
    ALL_NAN(k.performance, k.oee);
    assert_string_equal(account_undefined(&no_standard), "an ideal cycle is not configured");
}

static void a_line_that_stood_all_its_time_has_an_oee_of_nought(void **state)
{
    (void)state;
    struct account stood = {.ms = {[TIME_DOWN] = 7 * HOUR, [TIME_SETUP] = HOUR}, .stops = 1};
    struct kpis k = account_kpis(&stood);
    assert_near(k.availability, 0, 0);
    assert_near(k.oee, 0, 0);
    assert_near(k.nee, 0, 0);
    assert_near(k.throughput, 0, 0);
    ALL_NAN(k.performance, k.quality);
    assert_null(account_undefined(&stood));
}

static void performance_over_one_is_shown_and_marked(void **state)
{
    (void)state;
    struct account a = {.ms = {[TIME_RUN] = HOUR}};
    produce(&a, 400, 0, 10);
    struct kpis k = account_kpis(&a);
    assert_near(k.performance, 400 * 10 / 3600.0, 1e-12);
    assert_near(k.oee, 400 * 10 / 3600.0, 1e-12);
    assert_true(k.standard_too_slow);
    struct losses l = account_losses(&a);
    assert_near(l.ms[LOSS_SPEED], 3600000 - 4000000, 0);
    assert_near(l.pieces[LOSS_SPEED], -40, 1e-9);
}

static void losses_in_time_and_pieces(void **state)
{
    (void)state;
    struct account a = a_full_shift();
    struct losses l = account_losses(&a);
    const struct { enum loss loss; double minutes, pieces; } rows[] = {
        {LOSS_BREAKDOWN, 30, 120}, {LOSS_SETUP, 30, 120}, {LOSS_SETUP_OVER, 10, 40}, {LOSS_MINOR, 10, 40}, {LOSS_EXTERNAL, 20, 80}, {LOSS_SPEED, 50, 200},
        {LOSS_STARTUP, 3.75, 15}, {LOSS_REJECT, 21.25, 85},
    };
    assert_true(l.ideal);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        assert_near(l.ms[rows[r].loss], rows[r].minutes * MINUTE, 1e-6);
        assert_near(l.pieces[rows[r].loss], rows[r].pieces, 1e-9);
    }
    assert_near(l.unknown_ms, 20 * MINUTE, 0);
    assert_near(l.productive_ms, 225 * MINUTE, 1e-6);
    a.ideal_ms = 0, a.without_ideal = 1000;
    l = account_losses(&a);
    assert_false(l.ideal);
    assert_near(l.ms[LOSS_SPEED], 0, 0);
    assert_near(l.ms[LOSS_REJECT], 0, 0);
    assert_near(l.pieces[LOSS_REJECT], 85, 0);
    ALL_NAN(l.pieces[LOSS_BREAKDOWN], l.pieces[LOSS_SPEED]);
}

static struct account random_account(void)
{
    struct account a = {.stops = dice(5), .minors = dice(9)};
    for (int c = 0; c < TIME_CATEGORIES; c++)
        a.ms[c] = dice(3) ? dice(8 * 3600000) : 0;
    for (uint32_t products = dice(4); products > 0; products--) {
        uint32_t total = dice(5000), reject = total ? dice(total) : 0;
        produce(&a, total, reject, dice(3000) / 100.0);
        a.startup_reject += reject / 3;
        a.rework += reject / 4;
        a.reject -= reject / 4;
    }
    return a;
}

static void planned_busy_time_is_productive_time_and_losses(void **state)
{
    (void)state;
    seed = 5;
    for (int i = 0; i < 1000; i++) {
        struct account a = random_account();
        struct losses l = account_losses(&a);
        double sum = l.productive_ms + l.unknown_ms;
        for (int k = 0; k < LOSS_COUNT; k++)
            sum += l.ms[k];
        assert_near(sum, (double)account_pbt_ms(&a), 1e-3);
        struct kpis k = account_kpis(&a);
        if (!isnan(k.oee) && a.ms[TIME_RUN] > 0)
            assert_near(l.productive_ms, k.oee * (double)account_pbt_ms(&a), 1e-3);
    }
}

static void the_waterfall_closes(void **state)
{
    (void)state;
    seed = 6;
    for (int i = 0; i < 1000; i++) {
        struct account a = random_account();
        struct waterfall_step steps[WATERFALL_STEPS];
        size_t n = account_waterfall(&a, steps);
        assert_in_range(n, 2, WATERFALL_STEPS);
        assert_near(steps[0].left_ms, (double)account_length_ms(&a), 0);
        double left = steps[0].left_ms, taken = 0;
        for (size_t s = 1; s < n; s++) {
            left -= steps[s].ms;
            taken += steps[s].ms;
            assert_near(steps[s].left_ms, left, 1e-3);
            assert_true((steps[s].category == TIME_CATEGORIES) != (steps[s].loss == LOSS_COUNT));
            if (steps[s].category == TIME_UNKNOWN)
                assert_near(steps[s - 1].left_ms, (double)account_pbt_ms(&a), 0);
        }
        assert_near(steps[n - 1].left_ms, account_losses(&a).productive_ms, 1e-3);
        assert_near(taken + account_losses(&a).productive_ms, (double)account_length_ms(&a), 1e-3);
    }
}

/* One line at 90 % for one hour and one at 50 % for seven: 55 %, not 70 %. */
static void shares_are_of_sums_and_never_averaged(void **state)
{
    (void)state;
    struct account one = {.ms = {[TIME_RUN] = 54 * MINUTE, [TIME_DOWN] = 6 * MINUTE}}, other = {.ms = {[TIME_RUN] = 210 * MINUTE, [TIME_DOWN] = 210 * MINUTE}};
    produce(&one, 324, 0, 10);
    produce(&other, 100, 50, 126);
    struct account sum = one;
    account_add(&sum, &other);
    struct kpis k = account_kpis(&sum);
    assert_near(k.availability, 264 / 480.0, 1e-12);
    assert_near(k.performance, (324 * 10 + 100 * 126) / (264 * 60.0), 1e-12);
    assert_near(k.quality, 374 / 424.0, 1e-12);
}

/* Performance and OEE of those that have one, availability and quality of all. */
static void a_group_is_without_those_that_have_no_ideal_cycle(void **state)
{
    (void)state;
    struct account one = shift_of_480_minutes(), two = one, none = {.ms = {[TIME_RUN] = 4 * HOUR, [TIME_DOWN] = 4 * HOUR}, .good = 90, .reject = 10, .without_ideal = 100};
    struct account_group group = {.count = 0};
    account_group_add(&group, &one);
    assert_near(account_group_kpis(&group).oee, 0.747937, 1e-6);
    account_group_add(&group, &two);
    account_group_add(&group, &none);
    struct kpis k = account_group_kpis(&group), all = account_kpis(&group.all);
    assert_int_equal(group.count, 3);
    assert_int_equal(group.unrated, 1);
    assert_near(k.oee, 0.747937, 1e-6);
    assert_near(k.performance, 0.861081, 1e-6);
    assert_near(k.availability, all.availability, 1e-12);
    assert_near(k.quality, all.quality, 1e-12);
    assert_true(isnan(all.oee));
    assert_string_equal(account_group_lacks(&group), "ideal_cycle");
    struct account pump = {.ms = {[TIME_RUN] = 8 * HOUR}}, idle = {.ms = {[TIME_NOT_SCHEDULED] = 8 * HOUR}}, dead = {.ms = {[TIME_UNKNOWN] = 8 * HOUR}};
    account_group_add(&group, &pump); /* it makes no pieces: its time is no loss of speed of the others */
    account_group_add(&group, &idle);
    assert_near(account_group_kpis(&group).oee, 0.747937, 1e-6);
    assert_int_equal(group.unrated, 2);
    assert_string_equal(account_group_lacks(&group), "no pieces or ideal_cycle");
    account_group_add(&group, &dead); /* nobody knows: it might have run */
    assert_true(account_group_kpis(&group).oee < 0.6);
    assert_int_equal(group.unrated, 2);
}

static void accounts_add_up_and_come_apart(void **state)
{
    (void)state;
    seed = 7;
    for (int i = 0; i < 100; i++) {
        struct account a = random_account(), b = random_account();
        a.unknown = dice(9), b.outside = dice(9), b.first_pass = dice(50), b.inspected = 50;
        struct account sum = a;
        account_add(&sum, &b);
        assert_int_equal(account_length_ms(&sum), account_length_ms(&a) + account_length_ms(&b));
        assert_near(sum.outside + sum.unknown + sum.first_pass, a.unknown + b.outside + b.first_pass, 0);
        assert_int_equal(sum.stops, a.stops + b.stops);
        struct account difference = a;
        account_subtract(&difference, &b);
        account_add(&difference, &b);
        assert_int_equal(difference.stops, a.stops);
        assert_int_equal(difference.minors, a.minors);
        assert_memory_equal(difference.ms, a.ms, sizeof a.ms);
        assert_near(difference.ideal_ms, a.ideal_ms, 1e-6);
    }
    struct account taken = {.ms = {[TIME_RUN] = HOUR}}, failure = {.stops = 1};
    account_subtract(&taken, &failure);
    assert_int_equal((int32_t)taken.stops, -1);
    assert_true(isnan(account_kpis(&taken).mtbf_ms));
}

static void a_class_is_booked_by_calendar_and_length(void **state)
{
    (void)state;
    const struct shift_at shift = {.planned = true}, pause = {.planned = false}, meal = {.planned = true, .in_break = true};
    const int64_t minor = 120000;
    const struct { enum state_class class; int64_t stretch; enum time_category in_shift, in_break; } rows[] = {
        {CLASS_UNKNOWN, HOUR, TIME_UNKNOWN, TIME_BREAK},
        {CLASS_RUN, HOUR, TIME_RUN, TIME_RUN},
        {CLASS_STOP, 0, TIME_MINOR, TIME_BREAK},
        {CLASS_STOP, minor - 1, TIME_MINOR, TIME_BREAK},
        {CLASS_STOP, minor, TIME_DOWN, TIME_BREAK},
        {CLASS_STARVED, 1, TIME_STARVED, TIME_BREAK},
        {CLASS_BLOCKED, 1, TIME_BLOCKED, TIME_BREAK},
        {CLASS_SETUP, 1, TIME_SETUP, TIME_BREAK},
        {CLASS_CLEANING, 1, TIME_CLEANING, TIME_BREAK},
        {CLASS_MAINTENANCE, 1, TIME_MAINTENANCE, TIME_BREAK},
        {CLASS_BREAK, 1, TIME_BREAK, TIME_BREAK},
        {CLASS_NOT_SCHEDULED, HOUR, TIME_NOT_SCHEDULED, TIME_BREAK},
    };
    bool seen[CLASS_COUNT] = {false};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        seen[rows[r].class] = true;
        assert_int_equal(time_category_of(rows[r].class, &shift, rows[r].stretch, minor), rows[r].in_shift);
        assert_int_equal(time_category_of(rows[r].class, &meal, rows[r].stretch, minor), rows[r].in_break);
        assert_int_equal(time_category_of(rows[r].class, &pause, rows[r].stretch, minor), TIME_NOT_SCHEDULED);
    }
    for (int c = 0; c < CLASS_COUNT; c++)
        assert_true(seen[c]);
}

static void names_are_found_again(void **state)
{
    (void)state;
    for (int c = 0; c < TIME_CATEGORIES; c++)
        assert_int_equal(time_category_by_name(time_category_table[c].name), c);
    assert_int_equal(time_category_by_name("lunch"), TIME_CATEGORIES);
    for (int l = 0; l < LOSS_COUNT; l++)
        assert_true(loss_names[l][0] && loss_titles[l][0]);
}

static void cells_are_the_same_but_for_their_sum(void **state)
{
    (void)state;
    struct account_cell a = {.from_ms = 1, .to_ms = 2, .shift_ms = 1, .day = 20260101, .planned = true, .shift = "early", .crew = "A", .product = "P1", .order = "7"}, b = a;
    b.sum.good = 3;
    assert_true(account_cell_same(&a, &b));
    struct account_cell others[] = {a, a, a, a, a, a, a, a, a};
    others[0].from_ms = 0, others[1].to_ms = 9, others[2].shift_ms = 0, others[3].day++, others[4].planned = false;
    others[5].shift[0] = 'x', others[6].crew[0] = 'x', others[7].product[0] = 'x', others[8].order[0] = 'x';
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(account_cell_same(&a, &others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_worked_cases_of_the_page),
        CASE(teep_and_ooe_are_oee_on_longer_times),
        CASE(each_figure_by_its_formula),
        CASE(without_planned_time_all_is_undefined),
        CASE(what_is_not_known_is_no_zero),
        CASE(a_line_that_stood_all_its_time_has_an_oee_of_nought),
        CASE(performance_over_one_is_shown_and_marked),
        CASE(losses_in_time_and_pieces),
        CASE(planned_busy_time_is_productive_time_and_losses),
        CASE(the_waterfall_closes),
        CASE(shares_are_of_sums_and_never_averaged),
        CASE(a_group_is_without_those_that_have_no_ideal_cycle),
        CASE(accounts_add_up_and_come_apart),
        CASE(a_class_is_booked_by_calendar_and_length),
        CASE(names_are_found_again),
        CASE(cells_are_the_same_but_for_their_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
