/*
 * Where the time of a line went and what it produced, as OEE.md has it.
 */
#include "check.h"

#include "account_fixture.h"

static void assert_length(const struct shop *s, const char *from, const char *to, int64_t ms)
{
    struct account a = between(s, from, to);
    assert_int_equal(account_length_ms(&a), ms);
}

/* Planned 8 h, ideal 30 s; running 00:00-02:00, stopped to 03:00, running to 04:00; parts 1200 -> 1440, bad 10 -> 14. */
static void the_second_worked_case(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &eight, .ideal_s = 30});
    tell(&s, "00:00", "good", value_int(1190));
    tell(&s, "00:00", "reject", value_int(10));
    tell(&s, "00:00", "state", value_int(RUN));
    tell(&s, "02:00", "state", value_int(STOPPED));
    tell(&s, "03:00", "state", value_int(RUN));
    tell(&s, "03:59", "good", value_int(1426));
    tell(&s, "03:59", "reject", value_int(14));
    add(&s, local_ms("04:00"), "state", value_int(0))->quality = QUALITY_BAD;
    close_at(&s, local_ms("04:00"));
    wait_until(&s, "09:00");
    struct account a = between(&s, "00:00", "08:00");
    struct kpis k = account_kpis(&a);
    assert_near(k.availability, .375, 1e-6);
    assert_near(k.performance, .666667, 1e-6);
    assert_near(k.quality, .983333, 1e-6);
    assert_near(k.oee, .245833, 1e-6);
    assert_near(k.unknown, .5, 1e-6);
    assert_int_equal(a.stops, 1);
    shop_close(&s);
}

static void what_runs_counts_up_to_now_and_the_rest_is_unknown(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "07:30", "state", value_int(RUN));
    wait_until(&s, "09:10");
    assert_ms(&s, "06:00", "14:00", TIME_RUN, 100 * MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_UNKNOWN, 90 * MINUTE);
    assert_length(&s, "06:00", "14:00", 190 * MINUTE);
    assert_ms(&s, "04:00", "06:00", TIME_NOT_SCHEDULED, 120 * MINUTE);
    assert_length(&s, "10:00", "14:00", 0); /* not yet */
    assert_ms(&s, "08:00", "09:00", TIME_RUN, HOUR);
    shop_close(&s);
}

static void a_line_that_runs_for_twelve_days_tells_each_hour(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = NULL});
    tell(&s, "2024-06-01T00:00", "state", value_int(RUN));
    wait_until(&s, "2024-06-13T00:00");
    int64_t of_line = 0;
    for (size_t f = 0; f < s.fact_count; f++)
        of_line += s.facts[f].line ? s.facts[f].cell.sum.ms[TIME_RUN] : 0;
    assert_int_equal(of_line, 12 * 24 * HOUR);
    assert_int_equal(s.fact_count, 2 * 12 * 24);
    size_t cells;
    model_cells(s.w.model, line_of(&s), &cells);
    assert_true(cells <= 50); /* two days of them */
    int64_t known;
    struct account a;
    model_account(s.w.model, line_of(&s), local_ms("2024-06-01T00:00"), local_ms("2024-06-13T00:00"), &a, &known);
    assert_int_equal(a.ms[TIME_RUN] + a.ms[TIME_UNKNOWN], 12 * 24 * HOUR);
    assert_int_equal(a.ms[TIME_UNKNOWN], known - local_ms("2024-06-01T00:00"));
    shop_close(&s);
}

static void a_night_shift_has_the_hours_that_the_clock_shows(void **state)
{
    (void)state;
    static const struct { const char *from, *to; int64_t s; int32_t day; } cases[] = {
        {"2024-03-30T22:00", "2024-03-31T06:00", 25200, 20240330},
        {"2024-10-26T22:00", "2024-10-27T06:00", 32400, 20241026},
        {"2024-06-12T22:00", "2024-06-13T06:00", 28800, 20240612},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shop s;
        size_t count;
        shop_open(&s, (struct shop_plan){.calendar = &nights});
        tell(&s, cases[i].from, "state", value_int(RUN));
        close_at(&s, local_ms(cases[i].to) + HOUR);
        assert_ms(&s, cases[i].from, cases[i].to, TIME_RUN, cases[i].s * 1000);
        const struct account_cell *cells = model_cells(s.w.model, line_of(&s), &count);
        assert_int_equal(count, cases[i].s / 3600 + 1);
        for (size_t c = 0; c < count; c++) {
            bool shift = cells[c].from_ms < local_ms(cases[i].to);
            assert_int_equal(cells[c].planned, shift);
            assert_string_equal(cells[c].shift, shift ? "night" : "");
            assert_string_equal(cells[c].crew, shift ? "C" : "");
            assert_true(!shift || cells[c].day == cases[i].day); /* the day it began */
        }
        assert_ms(&s, cases[i].from, "2025-01-01T00:00", TIME_NOT_SCHEDULED, HOUR); /* it runs on */
        shop_close(&s);
    }
}

static void without_a_calendar_everything_is_planned(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = NULL});
    tell(&s, "2024-06-16T03:00", "state", value_int(RUN)); /* a Sunday */
    wait_until(&s, "2024-06-16T05:00");
    assert_ms(&s, "2024-06-16T03:00", "2024-06-16T05:00", TIME_RUN, 2 * HOUR);
    shop_close(&s);
}

static void without_planned_time_oee_is_undefined_and_pieces_lie_outside(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(&s, "2024-06-16T03:00", "state", value_int(RUN));
    tell(&s, "2024-06-16T03:00", "good", value_int(0));
    tell(&s, "2024-06-16T03:10", "good", value_int(12));
    wait_until(&s, "2024-06-16T05:00");
    struct account a = between(&s, "2024-06-16T03:00", "2024-06-16T05:00");
    assert_true(isnan(account_kpis(&a).oee));
    assert_near(a.outside, 12, 0);
    assert_near(account_produced(&a) + a.ideal_ms + a.without_ideal, 0, 0);
    shop_close(&s);
}

static void a_break_counts_as_one_unless_it_is_run_through(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "11:00", "state", value_int(RUN));
    tell(&s, "12:10", "state", value_int(STOPPED));
    tell(&s, "12:40", "state", value_int(RUN));
    wait_until(&s, "14:00");
    assert_ms(&s, "11:00", "14:00", TIME_RUN, 70 * MINUTE + 80 * MINUTE);
    assert_ms(&s, "11:00", "14:00", TIME_BREAK, 20 * MINUTE);
    assert_ms(&s, "11:00", "14:00", TIME_DOWN, 10 * MINUTE);
    struct account a = between(&s, "11:00", "14:00");
    assert_int_equal(a.stops, 1); /* where it first costs anything: at the end of the break */
    shop_close(&s);
}

static void a_stop_is_minor_until_it_has_lasted_too_long(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:59", "state", value_int(STOPPED));
    wait_until(&s, "07:00:30");
    assert_ms(&s, "06:00", "14:00", TIME_MINOR, 90000);
    struct account a = between(&s, "06:00", "14:00");
    assert_int_equal(a.minors, 1);
    assert_int_equal(a.stops, 0);
    wait_until(&s, "07:01"); /* two minutes: what was told of the hour before is amended */
    assert_ms(&s, "06:00", "07:00", TIME_DOWN, MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_DOWN, 2 * MINUTE);
    tell(&s, "07:05", "state", value_int(RUN));
    a = between(&s, "06:00", "14:00");
    assert_int_equal(a.minors, 0);
    assert_int_equal(a.stops, 1);
    tell(&s, "07:10", "state", value_int(9));
    tell(&s, "07:11", "state", value_int(STOPPED)); /* of one class: one stop */
    tell(&s, "07:11:59", "state", value_int(RUN));
    a = between(&s, "06:00", "14:00");
    assert_int_equal(a.minors, 1);
    assert_int_equal(a.stops, 1);
    assert_ms(&s, "06:00", "14:00", TIME_MINOR, 119000);
    shop_close(&s);
}

/* Stopped at 06:59:00, seen at 07:02:05 because the message of 07:00:59 came late. */
static void a_long_stop_turns_out_to_be_minor_when_its_end_was_on_the_way(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:59", "state", value_int(STOPPED));
    wait_until(&s, "07:01:02");
    assert_ms(&s, "06:00", "14:00", TIME_DOWN, 122000);
    add(&s, local_ms("07:00:50"), "state", value_int(RUN));
    close_at(&s, local_ms("07:01:03"));
    assert_ms(&s, "06:00", "14:00", TIME_DOWN, 0);
    assert_ms(&s, "06:00", "07:00", TIME_MINOR, MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_MINOR, 110000);
    struct account a = between(&s, "06:00", "14:00");
    assert_int_equal(a.minors, 1);
    assert_int_equal(a.stops, 0);
    shop_close(&s);
}

static void a_stop_derived_from_a_counter_begins_at_the_last_piece(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 60, .derived = true});
    tell(&s, "06:00", "good", value_int(100));
    for (int minute = 1; minute <= 58; minute++) {
        add(&s, local_ms("06:00") + minute * MINUTE, "good", value_int(100 + minute));
        close_at(&s, local_ms("06:00") + minute * MINUTE);
    }
    wait_until(&s, "07:02"); /* not known yet; the hour was told */
    assert_ms(&s, "06:00", "14:00", TIME_RUN, 61 * MINUTE); /* from the first piece on */
    wait_until(&s, "07:10");
    assert_ms(&s, "06:00", "14:00", TIME_RUN, 57 * MINUTE);
    assert_ms(&s, "06:00", "07:00", TIME_DOWN, 2 * MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_DOWN, 12 * MINUTE);
    struct account a = between(&s, "06:00", "07:00");
    assert_near(a.good, 58, 0);
    assert_near(a.ideal_ms, 58.0 * 60000, 0);
    shop_close(&s);
}

static void a_changeover_beyond_its_standard_is_a_loss_of_its_own_and_its_first_rejects_are_start_up_ones(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1, .setup_standard_ms = 20 * MINUTE, .startup_ms = 10 * MINUTE});
    tell(&s, "06:00", "reject", value_int(0));
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:10", "reject", value_int(1));
    tell(&s, "06:50", "state", value_int(30));
    wait_until(&s, "07:05");
    assert_ms(&s, "06:00", "14:00", TIME_SETUP, 15 * MINUTE);
    tell(&s, "07:20", "state", value_int(RUN));
    tell(&s, "07:29", "reject", value_int(8));
    tell(&s, "07:31", "reject", value_int(9));
    wait_until(&s, "08:00");
    assert_ms(&s, "06:00", "14:00", TIME_SETUP, 20 * MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_SETUP_OVER, 10 * MINUTE);
    struct account a = between(&s, "06:00", "14:00");
    assert_near(a.reject, 9, 0);
    assert_near(a.startup_reject, 7, 0);
    shop_close(&s);
}

static void another_product_changes_the_ideal_cycle_from_that_moment(void **state)
{
    (void)state;
    struct shop s;
    size_t count;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 5, .products = {{"A", "A", 10}, {"B", "B", 2}}});
    tell_text(&s, "06:00", "product", "A");
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:20", "good", value_int(100));
    tell_text(&s, "06:30", "product", "b");
    tell_text(&s, "06:30", "order", "4711");
    tell(&s, "06:40", "good", value_int(300));
    tell_text(&s, "07:10", "product", "unheard of");
    tell(&s, "07:20", "good", value_int(310));
    wait_until(&s, "08:00");
    struct account a = between(&s, "06:00", "14:00");
    assert_near(a.ideal_ms, 100 * 10000 + 200 * 2000 + 10 * 5000, 0);
    assert_near(a.good, 310, 0);
    const struct account_cell *cells = model_cells(s.w.model, line_of(&s), &count);
    static const struct { const char *from, *to, *product, *order; double good; } expected[] = {{"06:00", "06:30", "A", "", 100}, {"06:30", "07:00", "b", "4711", 200},
        {"07:00", "07:10", "b", "4711", 0}, {"07:10", "08:00", "unheard of", "4711", 10}};
    assert_int_equal(count, 4);
    for (size_t c = 0; c < count; c++) {
        assert_int_equal(cells[c].from_ms, local_ms(expected[c].from));
        assert_int_equal(cells[c].to_ms, local_ms(expected[c].to));
        assert_string_equal(cells[c].product, expected[c].product);
        assert_string_equal(cells[c].order, expected[c].order);
        assert_near(cells[c].sum.good, expected[c].good, 0);
        assert_int_equal(cells[c].sum.ms[TIME_RUN], cells[c].to_ms - cells[c].from_ms);
    }
    shop_close(&s);
}

/* Before the calendar's, and from the moment that somebody says so. */
static void a_crew_that_the_machine_tells_is_the_accounts_crew(void **state)
{
    (void)state;
    struct shop s;
    struct calendar_shift shifts[] = {{.name = "early", .crew = "by calendar", .weekdays = 127, .from_minute = 360, .to_minute = 840}};
    const struct calendar calendar = {.name = "c", .shifts = shifts, .shift_count = 1};
    size_t count;
    shop_open(&s, (struct shop_plan){.calendar = &calendar, .ideal_s = 5, .crew = true});
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:10", "good", value_int(100));
    tell_text(&s, "06:20", "crew", "Kim's");
    tell(&s, "07:30", "state", value_int(STOPPED));
    wait_until(&s, "07:40");
    tell_text(&s, "07:40", "crew", "");
    wait_until(&s, "08:30");
    const struct account_cell *cells = model_cells(s.w.model, line_of(&s), &count);
    static const struct { const char *from, *crew; } expected[] = {{"06:00", "by calendar"}, {"06:20", "Kim's"}, {"07:00", "Kim's"}, {"07:40", "by calendar"}};
    assert_int_equal(count, 4);
    for (size_t c = 0; c < count; c++) {
        assert_int_equal(cells[c].from_ms, local_ms(expected[c].from));
        assert_string_equal(cells[c].crew, expected[c].crew);
    }
    const struct stop *stops = model_stops(s.w.model, &count);
    assert_int_equal(count, 1);
    assert_string_equal(stops[0].crew, "Kim's");
    shop_close(&s);
}

static void performance_over_one_is_shown_as_it_is(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 2});
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:30", "good", value_int(1800));
    wait_until(&s, "07:00");
    struct account a = between(&s, "06:00", "06:30");
    a = between(&s, "06:00", "07:00");
    assert_near(account_kpis(&a).performance, 1, 1e-9);
    tell(&s, "07:00", "good", value_int(2000));
    a = between(&s, "06:00", "08:00");
    assert_near(account_kpis(&a).performance, 4000.0 / 3600, 1e-9);
    assert_true(account_kpis(&a).standard_too_slow);
    shop_close(&s);
}

/* Reset, a small dip, and a counter that the PLC zeroes minutes before the shift ends. */
static void a_counter_that_falls_loses_no_piece(void **state)
{
    (void)state;
    static const struct { const char *at; int64_t count; } readings[] = {{"06:00", 5000}, {"08:00", 5400}, {"08:10", 5390}, {"08:20", 5410}, {"13:55", 8000}, {"13:58", 0}, {"13:59", 7},
        {"14:01", 9}};
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(&s, "06:00", "state", value_int(RUN));
    for (size_t r = 0; r < sizeof readings / sizeof readings[0]; r++)
        tell(&s, readings[r].at, "good", value_int(readings[r].count));
    struct account early = between(&s, "06:00", "14:00"), late = between(&s, "14:00", "22:00");
    assert_near(early.good, 3007, 0);
    assert_near(late.good, 2, 0);
    shop_close(&s);
}

static void rework_and_first_pass_are_counted_beside(void **state)
{
    (void)state;
    static const char *const counters[] = {"good", "rework", "inspected", "first_pass"};
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    for (size_t c = 0; c < 4; c++)
        tell(&s, "06:00", counters[c], value_int(0));
    for (size_t c = 0; c < 4; c++)
        tell(&s, "06:30", counters[c], value_int(10 * ((int64_t)c + 1)));
    struct account a = between(&s, "06:00", "14:00");
    assert_near(a.good, 10, 0);
    assert_near(a.rework, 20, 0);
    assert_near(a.inspected, 30, 0);
    assert_near(a.first_pass, 40, 0);
    assert_near(account_produced(&a), 30, 0);
    assert_near(a.ideal_ms, 30000, 0);
    shop_close(&s);
}

static void executing_in_manual_or_maintenance_mode_is_not_production(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:10", "mode", value_int(3)); /* manual */
    tell(&s, "06:20", "mode", value_int(2)); /* maintenance */
    tell(&s, "06:30", "mode", value_int(1));
    tell(&s, "06:40", "mode", value_int(3));
    add(&s, local_ms("06:50"), "mode", value_int(3))->quality = QUALITY_BAD; /* not known any more */
    close_at(&s, local_ms("06:50"));
    wait_until(&s, "07:00");
    assert_ms(&s, "06:00", "07:00", TIME_RUN, 30 * MINUTE);
    assert_ms(&s, "06:00", "07:00", TIME_DOWN, 20 * MINUTE);
    assert_ms(&s, "06:00", "07:00", TIME_MAINTENANCE, 10 * MINUTE);
    shop_close(&s);
}

/* The collector was away from 07:30 to 09:30; then the machine tells that it runs, and the counter has jumped. */
static void pieces_across_a_gap_are_unknown_as_its_time_is(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "07:29", "good", value_int(5000));
    wait_until(&s, "07:30");
    gap(&s, "09:30", 2 * HOUR);
    assert_ms(&s, "06:00", "14:00", TIME_UNKNOWN, 2 * HOUR);
    tell(&s, "09:31", "state", value_int(RUN));
    tell(&s, "09:31", "good", value_int(11000));
    tell(&s, "09:41", "good", value_int(11500));
    wait_until(&s, "10:00");
    struct account a = between(&s, "06:00", "10:00");
    assert_near(a.good, 5500, 0);
    assert_near(a.unknown, 6000, 0);
    assert_int_equal(a.ms[TIME_RUN], 90 * MINUTE + 29 * MINUTE);
    assert_int_equal(a.ms[TIME_UNKNOWN], 121 * MINUTE);
    assert_true(account_kpis(&a).performance < 1);
    shop_close(&s);
}

/* The same, as a plant has it that would rather have an estimate. */
static void pieces_across_a_gap_may_be_taken_as_produced_running(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1, .gap_pieces = true});
    tell(&s, "11:00", "state", value_int(RUN));
    tell(&s, "11:00", "good", value_int(0));
    tell(&s, "11:30", "good", value_int(1000));
    gap(&s, "14:29", 3 * HOUR - MINUTE);
    tell(&s, "14:30", "good", value_int(1000 + 9000)); /* in 180 minutes, of which 150 were worked */
    tell(&s, "14:30", "state", value_int(RUN));
    wait_until(&s, "15:00");
    struct account early = between(&s, "06:00", "14:00"), late = between(&s, "14:00", "15:00");
    assert_near(early.good, 1000 + 7200, 0);
    assert_near(late.good, 1800, 0);
    assert_near(early.unknown + late.unknown, 0, 0);
    assert_int_equal(early.ms[TIME_RUN], 150 * MINUTE);
    assert_int_equal(early.ms[TIME_BREAK], 30 * MINUTE);
    assert_int_equal(late.ms[TIME_RUN], HOUR);
    shop_close(&s);
}

/* ---- what is learnt late ---- */

static void late(struct shop *s, const char *arrives, const char *was, const char *tag, struct value v)
{
    add(s, local_ms(was), tag, v);
    close_at(s, local_ms(arrives));
}

static void a_late_state_tells_what_was_between_its_neighbours(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "07:30", "state", value_int(STOPPED));
    tell(&s, "08:00", "state", value_int(RUN));
    tell(&s, "08:40", "state", value_int(RUN)); /* still */
    wait_until(&s, "09:10");
    late(&s, "09:20", "07:00", "state", value_int(STOPPED));
    assert_ms(&s, "06:00", "09:00", TIME_DOWN, HOUR); /* 07:00 to 08:00 */
    struct account a = between(&s, "06:00", "09:00");
    assert_int_equal(a.stops, 1);
    assert_non_null(model_stop_at(s.w.model, line_of(&s), local_ms("07:00")));
    assert_null(model_stop_at(s.w.model, line_of(&s), local_ms("07:30")));
    late(&s, "09:21", "07:10", "state", value_int(RUN)); /* it was told in pieces */
    late(&s, "09:22", "07:20", "state", value_int(30));
    assert_ms(&s, "06:00", "09:00", TIME_DOWN, 40 * MINUTE);
    assert_ms(&s, "06:00", "09:00", TIME_SETUP, 10 * MINUTE);
    late(&s, "09:23", "08:10", "state", value_int(SUSPENDED)); /* up to the sample that confirmed the run */
    assert_ms(&s, "06:00", "09:00", TIME_STARVED, 30 * MINUTE);
    assert_length(&s, "06:00", "14:00", 203 * MINUTE);
    const struct node_state *node = model_node(s.w.model, unit_of(&s));
    for (size_t i = 1; i < node->interval_count; i++)
        assert_int_equal(node->intervals[i].start_ms, node->intervals[i - 1].end_ms);
    shop_close(&s);
}

static void what_a_machine_kept_through_a_gap_fills_it(void **state)
{
    (void)state;
    static const struct { const char *was; int64_t state, good; } kept[] = {{"07:40", RUN, 5100}, {"08:10", STOPPED, 6900}, {"08:40", RUN, 6900}, {"09:20", RUN, 9000}};
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "07:29", "good", value_int(5000));
    wait_until(&s, "07:30");
    gap(&s, "09:30", 2 * HOUR);
    tell(&s, "09:31", "state", value_int(RUN));
    tell(&s, "09:31", "good", value_int(9600));
    for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++) {
        add(&s, local_ms(kept[k].was), "state", value_int(kept[k].state))->flags |= SAMPLE_HISTORICAL;
        add(&s, local_ms(kept[k].was), "good", value_int(kept[k].good))->flags |= SAMPLE_HISTORICAL;
    }
    close_at(&s, local_ms("09:32"));
    wait_until(&s, "10:00");
    struct account a = between(&s, "06:00", "10:00"), third = between(&s, "08:00", "09:00");
    assert_int_equal(a.ms[TIME_UNKNOWN], 10 * MINUTE); /* up to the first thing that it kept */
    assert_int_equal(a.ms[TIME_DOWN], 30 * MINUTE);
    assert_near(a.good, 9000, 0);
    assert_near(a.unknown, 600, 0);
    assert_near(third.good, 1800, 0);
    shop_close(&s);
}

static void a_reason_goes_on_with_what_is_left_of_its_stop(void **state)
{
    (void)state;
    struct shop s;
    struct action action = {.kind = ACTION_STOP_REASON, .target = LINE, .who = "Kim", .word = "mechanical/jam", .id = {1}};
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "07:00", "state", value_int(STOPPED));
    tell(&s, "07:30", "state", value_int(RUN));
    action.occurrence_ms = local_ms("07:00");
    action.time_ms = local_ms("07:40");
    action_record(&action, &s.w.batch);
    close_at(&s, local_ms("07:40"));
    late(&s, "07:50", "06:55", "state", value_int(9)); /* it had stopped before */
    const struct stop *stop = model_stop_at(s.w.model, line_of(&s), local_ms("06:55"));
    assert_non_null(stop);
    assert_string_equal(s.w.plant->reasons[stop->reason].name, "jam");
    assert_string_equal(stop->who, "Kim");
    assert_int_equal(stop->end_ms, local_ms("07:30"));
    shop_close(&s);
}

/* A machine that tells its state each second: what came in order between a late sample and the newest one bounds what it tells. */
static void a_late_state_tells_nothing_beyond_the_next_sample(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "07:02", "state", value_int(RUN));
    tell(&s, "07:03", "state", value_int(STOPPED));
    tell(&s, "07:04", "state", value_int(RUN));
    tell(&s, "07:05", "state", value_int(RUN));
    tell(&s, "07:06", "state", value_int(RUN));
    late(&s, "07:07", "07:01", "state", value_int(SUSPENDED));
    late(&s, "07:08", "07:05:30", "state", value_int(SUSPENDED));
    assert_ms(&s, "07:00", "08:00", TIME_STARVED, MINUTE + MINUTE / 2);
    assert_ms(&s, "07:00", "08:00", TIME_MINOR, MINUTE);
    late(&s, "07:09", "07:02:30", "state", value_int(STOPPED)); /* the stop began before */
    const struct node_state *node = model_node(s.w.model, unit_of(&s));
    assert_int_equal(node->interval_count, 7);
    assert_int_equal(node->intervals[3].start_ms, local_ms("07:02:30"));
    assert_int_equal(node->intervals[3].end_ms, local_ms("07:04"));
    shop_close(&s);
}

static void a_late_reading_moves_pieces_to_the_hour_in_which_they_were_made(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "08:30", "good", value_int(900));
    late(&s, "08:40", "06:50", "good", value_int(300));
    late(&s, "08:41", "07:50", "good", value_int(700));
    late(&s, "08:42", "07:55", "good", value_int(10)); /* nonsense */
    static const struct { const char *from, *to; double good; } hours[] = {{"06:00", "07:00", 300}, {"07:00", "08:00", 400}, {"08:00", "09:00", 200}};
    for (size_t h = 0; h < 3; h++) {
        struct account a = between(&s, hours[h].from, hours[h].to);
        assert_near(a.good, hours[h].good, 0);
        assert_near(a.ideal_ms, 1000 * hours[h].good, 0);
    }
    shop_close(&s);
}

static void a_clock_that_is_set_back_books_the_second_time(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "08:10", "state", value_int(STOPPED));
    wait_until(&s, "08:30");
    batch_add(&s.w.batch, (struct record){.kind = RECORD_CLOCK, .value = value_int(-60 * MINUTE)});
    s.w.closed = local_ms("07:30") - T0;
    close_at(&s, local_ms("07:30"));
    assert_length(&s, "06:00", "14:00", 90 * MINUTE);
    wait_until(&s, "09:00");
    assert_length(&s, "06:00", "14:00", 3 * HOUR);
    assert_ms(&s, "06:00", "14:00", TIME_RUN, 90 * MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_DOWN, 90 * MINUTE);
    shop_close(&s);
}

/* ---- properties ---- */

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

static void live_through(struct shop *s, int64_t from_ms, int64_t to_ms)
{
    static const int64_t states[] = {RUN, RUN, RUN, STOPPED, 9, SUSPENDED, 30, 4, 31, 77};
    int64_t good = 0;
    for (int64_t t = from_ms; t < to_ms; t += 1000 + (int64_t)dice(dice(4) ? 300000 : 4000000)) {
        int64_t told = t - (int64_t)dice(dice(5) ? 5000 : 3000000); /* some come late */
        uint32_t what = dice(10);
        if (what < 6)
            add(s, told, "state", value_int(states[dice(10)]));
        else if (what < 8)
            add(s, told, "good", value_int(good += dice(1000)));
        else if (what == 8)
            add(s, told, "product", value_text(batch_text(&s->w.batch, dice(2) ? "A" : "B", 1)));
        else
            add(s, told, "mode", value_int(dice(3) ? 1 : dice(5)));
        close_at(s, t);
    }
    close_at(s, to_ms);
}

static void the_time_model_closes_on_a_thousand_random_shifts(void **state)
{
    (void)state;
    for (seed = 1; seed < 1000; seed = (seed & 0xFFFF) + 1) {
        uint64_t number = seed;
        struct shop s;
        shop_open(&s, (struct shop_plan){.calendar = number % 3 ? &two : &nights, .ideal_s = 1, .setup_standard_ms = 10 * MINUTE});
        int64_t from = local_ms("2024-03-25T00:00") + (int64_t)dice(200) * HOUR;
        live_through(&s, from, from + 30 * HOUR);
        for (int64_t t = from; t < from + 30 * HOUR;) {
            struct shift_at at;
            struct account a;
            model_shift_at(s.w.model, line_of(&s), t, &at);
            int64_t to = at.to_ms < from + 30 * HOUR ? at.to_ms : from + 30 * HOUR;
            model_account(s.w.model, line_of(&s), t, at.to_ms, &a, NULL);
            assert_int_equal(account_length_ms(&a), to - t);
            int64_t idle = a.ms[TIME_NOT_SCHEDULED];
            assert_true(at.planned || idle == to - t);
            for (int c = 0; c < TIME_CATEGORIES; c++)
                assert_true(a.ms[c] >= 0);
            t = to;
        }
        shop_close(&s);
        seed = number;
    }
}

/* Facts that were told of a cell, added up. */
static struct account told_of(const struct shop *s, const char *path, const struct account_cell *cell)
{
    struct account sum = {.good = 0};
    for (size_t f = 0; f < s->fact_count; f++)
        if (strcmp(s->facts[f].path, path) == 0 && account_cell_same(&s->facts[f].cell, cell))
            account_add(&sum, &s->facts[f].cell.sum);
    return sum;
}

static void all_facts_together_are_the_cells(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= 40; number++) {
        struct shop s;
        struct account cells = {.good = 0}, facts = {.good = 0};
        size_t count;
        seed = number;
        shop_open(&s, (struct shop_plan){.calendar = number % 3 ? &two : &nights, .ideal_s = 1, .setup_standard_ms = 10 * MINUTE});
        int64_t from = local_ms("06:00");
        live_through(&s, from, from + 30 * HOUR);
        close_at(&s, from + 32 * HOUR); /* the last cell is over */
        const struct account_cell *all = model_cells(s.w.model, line_of(&s), &count);
        for (size_t c = 0; c < count; c++) {
            struct account told = told_of(&s, LINE, &all[c]);
            assert_memory_equal(told.ms, all[c].sum.ms, sizeof told.ms);
            assert_near(told.good, all[c].sum.good, 0);
            assert_near(told.ideal_ms, all[c].sum.ideal_ms, 0);
            assert_int_equal(told.stops, all[c].sum.stops);
            assert_int_equal(told.minors, all[c].sum.minors);
            account_add(&cells, &all[c].sum);
        }
        for (size_t f = 0; f < s.fact_count; f++)
            if (s.facts[f].line)
                account_add(&facts, &s.facts[f].cell.sum);
        assert_memory_equal(facts.ms, cells.ms, sizeof facts.ms); /* and there are none of other cells */
        assert_near(facts.good, cells.good, 0);
        shop_close(&s);
    }
}

static void a_new_calendar_counts_from_its_reload_on(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell(&s, "06:00", "state", value_int(RUN));
    wait_until(&s, "08:20");
    struct plant *old = s.w.plant;
    struct shop_plan plan = {.calendar = &nights, .ideal_s = 1};
    s.w.plant = shop_plant(&plan);
    model_configure(s.w.model, s.w.plant);
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    wait_until(&s, "09:00");
    assert_ms(&s, "06:00", "09:00", TIME_RUN, 140 * MINUTE);
    assert_ms(&s, "06:00", "09:00", TIME_NOT_SCHEDULED, 40 * MINUTE);
    wait_until(&s, "10:00");
    struct account told = {.good = 0};
    for (size_t f = 0; f < s.fact_count; f++)
        if (s.facts[f].line)
            account_add(&told, &s.facts[f].cell.sum);
    assert_int_equal(told.ms[TIME_RUN], 140 * MINUTE);
    assert_int_equal(told.ms[TIME_NOT_SCHEDULED], 100 * MINUTE);
    shop_close(&s);
}

static void told_limit(const struct shop *s, size_t index, const char *path, const char *text, const char *before, const char *after)
{
    const struct outcomes *o = model_outcomes(s->w.model);
    assert_true(index < o->event_count);
    assert_int_equal(o->events[index].kind, EVENT_LIMIT);
    assert_string_equal(o->events[index].path, path);
    assert_string_equal(o->events[index].text, text);
    assert_string_equal(o->events[index].before, before);
    assert_string_equal(o->events[index].after, after);
}

/* What a line inherits is told once, of who says it. */
static void other_shifts_targets_and_cycles_are_events(void **state)
{
    (void)state;
    struct shop s;
    struct shop_plan plan = {.calendar = &two, .ideal_s = 1, .products = {{"M8", "", 2}, {"M10", "", 3}}};
    struct calendar_shift changed[] = {three_shifts[0], {.name = "night", .weekdays = 62, .from_minute = 1320, .to_minute = 360, .crew = "C"}};
    struct calendar other = {.name = "two", .shifts = changed, .shift_count = 2, .holidays = (struct calendar_day[]){{20241225, 20241226, ""}}, .holiday_count = 1};
    changed[0].from_minute = 330;
    shop_open(&s, plan);
    tell(&s, "06:00", "state", value_int(RUN));
    plan.calendar = &other;
    plan.products[0].ideal_cycle_s = 2.5;
    plan.products[1] = (struct plant_product){.name = NULL};
    struct plant *old = s.w.plant;
    s.w.plant = shop_plant(&plan);
    for (uint32_t n = 0; n < s.w.plant->node_count; n++) {
        s.w.plant->nodes[n].target = 0.8; /* as all would inherit it */
        s.w.plant->nodes[n].minor_stop_ms = 60000;
    }
    model_configure(s.w.model, s.w.plant);
    assert_int_equal(model_outcomes(s.w.model)->event_count, 8);
    told_limit(&s, 0, "shop", "calendar two, early", "06:00-14:00 mtwtf.. breaks 12:00-12:30", "05:30-14:00 mtwtf.. breaks 12:00-12:30");
    told_limit(&s, 1, "shop", "calendar two, night", "none", "22:00-06:00 mtwtf.. crew C");
    told_limit(&s, 2, "shop", "calendar two, late", "14:00-22:00 mtwtf..", "none");
    told_limit(&s, 3, "shop", "calendar two, holidays", "0", "1");
    told_limit(&s, 4, "shop", "shop, OEE target", "none", "80 %");
    told_limit(&s, 5, "shop", "shop, minor stop", "120 s", "60 s");
    told_limit(&s, 6, LINE, "l1, ideal cycle of M8", "2 s", "2.5 s");
    told_limit(&s, 7, LINE, "l1, ideal cycle of M10", "3 s", "none");
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_second_worked_case),
        CASE(what_runs_counts_up_to_now_and_the_rest_is_unknown),
        CASE(a_line_that_runs_for_twelve_days_tells_each_hour),
        CASE(a_night_shift_has_the_hours_that_the_clock_shows),
        CASE(without_a_calendar_everything_is_planned),
        CASE(without_planned_time_oee_is_undefined_and_pieces_lie_outside),
        CASE(a_break_counts_as_one_unless_it_is_run_through),
        CASE(a_stop_is_minor_until_it_has_lasted_too_long),
        CASE(a_long_stop_turns_out_to_be_minor_when_its_end_was_on_the_way),
        CASE(a_stop_derived_from_a_counter_begins_at_the_last_piece),
        CASE(a_changeover_beyond_its_standard_is_a_loss_of_its_own_and_its_first_rejects_are_start_up_ones),
        CASE(another_product_changes_the_ideal_cycle_from_that_moment),
        CASE(a_crew_that_the_machine_tells_is_the_accounts_crew),
        CASE(performance_over_one_is_shown_as_it_is),
        CASE(a_counter_that_falls_loses_no_piece),
        CASE(rework_and_first_pass_are_counted_beside),
        CASE(executing_in_manual_or_maintenance_mode_is_not_production),
        CASE(pieces_across_a_gap_are_unknown_as_its_time_is),
        CASE(pieces_across_a_gap_may_be_taken_as_produced_running),
        CASE(a_late_state_tells_what_was_between_its_neighbours), CASE(a_late_state_tells_nothing_beyond_the_next_sample),
        CASE(what_a_machine_kept_through_a_gap_fills_it),
        CASE(a_reason_goes_on_with_what_is_left_of_its_stop),
        CASE(a_late_reading_moves_pieces_to_the_hour_in_which_they_were_made),
        CASE(a_clock_that_is_set_back_books_the_second_time),
        CASE(the_time_model_closes_on_a_thousand_random_shifts),
        CASE(all_facts_together_are_the_cells),
        CASE(other_shifts_targets_and_cycles_are_events),
        CASE(a_new_calendar_counts_from_its_reload_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
