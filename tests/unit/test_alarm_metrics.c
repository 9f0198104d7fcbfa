/*
 * ALARMS.md, "Metrics", line by line: what counts as a raise, when a flood begins and ends, what chatters, what is fleeting, what stands, and the
 * targets; each on both sides of its edge. Times are written from the beginning of the period, a day that begins at 06:00 UTC.
 */
#include "check.h"

#include "core/alarm_metrics.h"

#define T0 INT64_C(1718172000000) /* 2024-06-12 06:00 UTC */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static struct alarm_metrics *m;

static void begin_for(int64_t length)
{
    m = alarm_metrics_create(&(struct metrics_options){.from_ms = T0, .to_ms = T0 + length, .day_ms = T0 - 6 * HOUR, METRICS_PRESETS});
}

static void begin(void)
{
    begin_for(DAY);
}

static void mark(const char *key, enum alarm_event what, int64_t at, int64_t occurrence, uint8_t priority, bool annunciated, const char *position)
{
    alarm_metrics_feed(m, &(struct alarm_mark){.ms = T0 + at, .what = what, .priority = priority, .annunciated = annunciated, .occurrence_ms = T0 + occurrence,
        .key = key, .title = key, .position = position});
}

static void raise(const char *key, int64_t at)
{
    mark(key, ALARM_RAISED, at, at, 3, true, "hall");
}

static void clear(const char *key, int64_t at)
{
    mark(key, ALARM_CLEARED, at, 0, 3, false, "hall");
}

static void ack(const char *key, int64_t at, int64_t occurrence)
{
    mark(key, ALARM_ACKNOWLEDGED, at, occurrence, 3, false, "hall");
}

/* So many alarms, each raised once and returned, one a second from `at` on. */
static void burst(unsigned count, int64_t at)
{
    char key[32];
    for (unsigned i = 0; i < count; i++) {
        snprintf(key, sizeof key, "a%u", i);
        raise(key, at + i * INT64_C(1000));
    }
}

static const struct position_metrics *told_at(int64_t now)
{
    alarm_metrics_close(m, T0 + now);
    assert_true(alarm_metrics_count(m) > 0);
    return alarm_metrics_position(m, 0);
}

static const struct position_metrics *told(void)
{
    return told_at(INT64_C(1) << 40);
}

static void end(void)
{
    alarm_metrics_destroy(m);
    m = NULL;
}

/* ---- what counts ---- */

static void only_annunciated_raises_count(void **state)
{
    (void)state;
    begin();
    raise("a", 0);
    mark("hidden", ALARM_RAISED, 1000, 1000, 3, false, "hall");
    static const enum alarm_event others[] = {ALARM_ROSE, ALARM_FELL, ALARM_RESET, ALARM_SHELVED_NOW, ALARM_UNSHELVED, ALARM_SUPPRESSED_NOW, ALARM_UNSUPPRESSED,
        ALARM_OUT_NOW, ALARM_IN_NOW, ALARM_COMMENTED, ALARM_LATE};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        mark("a", others[i], 2000, 0, 3, true, "hall");
    assert_int_equal(told()->raises, 1);
    assert_int_equal(told()->alarm_count, 1);
    end();
}

static void a_period_holds_its_beginning_and_not_its_end(void **state)
{
    (void)state;
    begin_for(HOUR);
    raise("before", -1);
    raise("first", 0);
    raise("last", HOUR - 1);
    raise("after", HOUR);
    const struct position_metrics *p = told();
    assert_int_equal(p->raises, 2);
    assert_int_equal(p->ten_count, 6);
    assert_int_equal(p->tens[0], 1);
    assert_int_equal(p->tens[5], 1);
    end();
}

static void rates_are_raises_over_the_time_that_has_passed(void **state)
{
    (void)state;
    begin();
    burst(12, 0);
    const struct position_metrics *p = told_at(6 * HOUR);
    assert_near(metric_value(p, METRIC_TEN_MINUTES), 12.0 / 36, 1e-12);
    assert_near(metric_value(p, METRIC_HOUR), 2, 1e-12);
    assert_near(metric_value(p, METRIC_DAY), 48, 1e-12);
    assert_int_equal(p->ten_count, 36);
    end();
}

static void every_position_has_its_own_figures(void **state)
{
    (void)state;
    begin();
    alarm_metrics_expect(m, "hall");
    alarm_metrics_expect(m, "yard");
    mark("a", ALARM_RAISED, 0, 0, 1, true, "hall");
    mark("b", ALARM_RAISED, 0, 0, 4, true, "office");
    (void)told();
    assert_int_equal(alarm_metrics_count(m), 3);
    static const struct { const char *name; uint64_t raises; } positions[] = {{"hall", 1}, {"yard", 0}, {"office", 1}};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(alarm_metrics_position(m, i)->name, positions[i].name);
        assert_int_equal(alarm_metrics_position(m, i)->raises, positions[i].raises);
    }
    for (int i = 0; i < METRIC_COUNT; i++) { /* what a screen tells of any other position is what the report tells of one it expects */
        double yard = metric_value(alarm_metrics_position(m, 1), (enum metric)i), quiet = metric_value(alarm_metrics_quiet(m), (enum metric)i);
        assert_true((isnan(yard) && isnan(quiet)) || !(yard < quiet || quiet < yard));
    }
    assert_int_equal(alarm_metrics_quiet(m)->ten_count, alarm_metrics_position(m, 1)->ten_count);
    end();
}

/* ---- ten minutes with more than ten, floods ---- */

static void a_ten_minutes_is_over_with_eleven_and_not_with_ten(void **state)
{
    (void)state;
    begin_for(HOUR);
    burst(10, 0);
    burst(11, 10 * MINUTE + 30 * MINUTE);
    const struct position_metrics *p = told();
    assert_int_equal(p->tens_over, 1);
    assert_int_equal(p->ten_most, 11);
    assert_near(metric_value(p, METRIC_TENS_OVER), 100.0 / 6, 1e-9);
    end();
}

static void ten_in_ten_minutes_is_no_flood_and_eleven_is(void **state)
{
    (void)state;
    begin();
    burst(10, 0);
    assert_int_equal(told()->flood_count, 0);
    end();
    begin();
    burst(11, 0);
    assert_int_equal(told()->flood_count, 1);
    assert_int_equal(told()->floods[0].begin_ms, T0 + 10000);
    assert_int_equal(told()->floods[0].raises, 11);
    end();
}

static void the_window_slides_to_the_millisecond(void **state)
{
    (void)state;
    for (int64_t late = 0; late <= 1; late++) {
        begin();
        raise("first", 0);
        burst(9, 60000);
        raise("last", 10 * MINUTE + late);
        assert_int_equal(told()->flood_count, late ? 0 : 1);
        end();
    }
}

/* Eleven at once, then `kept` that are still young when those are ten minutes old: five keep it going until the first of them is. */
static int64_t flood_end(unsigned kept)
{
    char key[32];
    begin();
    for (unsigned i = 0; i < 11; i++) {
        snprintf(key, sizeof key, "at-once%u", i);
        raise(key, 0);
    }
    burst(kept, 5 * MINUTE);
    const struct position_metrics *p = told();
    assert_int_equal(p->flood_count, 1);
    int64_t at = p->floods[0].end_ms - T0;
    assert_int_equal(p->flood_ms, at);
    end();
    return at;
}

static void a_flood_goes_on_with_five_and_ends_with_four(void **state)
{
    (void)state;
    assert_int_equal(flood_end(0), 10 * MINUTE);
    assert_int_equal(flood_end(4), 10 * MINUTE);
    assert_int_equal(flood_end(5), 15 * MINUTE);
    assert_int_equal(flood_end(6), 15 * MINUTE + 1000);
}

static void a_flood_may_have_begun_before_and_go_on_behind(void **state)
{
    (void)state;
    begin_for(20 * MINUTE);
    burst(11, -5 * MINUTE); /* to 10 s before -5 min + 10 min */
    burst(11, 18 * MINUTE);
    const struct position_metrics *p = told();
    assert_int_equal(p->flood_count, 2);
    assert_false(p->floods[0].open);
    assert_int_equal(p->floods[0].end_ms, T0 + 5 * MINUTE + 6000); /* when the seventh is ten minutes old four are left */
    assert_true(p->floods[1].open);
    assert_int_equal(p->floods[1].end_ms, T0 + 20 * MINUTE);
    assert_int_equal(p->flood_ms, 5 * MINUTE + 6000 + 20 * MINUTE - (18 * MINUTE + 10000));
    assert_int_equal(p->raises, 11);
    end();
}

/* ---- bad actors ---- */

static void the_ten_most_frequent_come_first_with_their_share(void **state)
{
    (void)state;
    char key[16];
    begin();
    for (int64_t i = 0; i < 30; i++) {
        snprintf(key, sizeof key, "a%02d", (int)(i < 12 ? i : 7));
        raise(key, i * 5 * MINUTE);
        clear(key, i * 5 * MINUTE + MINUTE);
    }
    const struct position_metrics *p = told();
    assert_int_equal(p->alarm_count, 12);
    assert_string_equal(p->alarms[0].key, "a07");
    assert_int_equal(p->alarms[0].raises, 19);
    assert_string_equal(p->alarms[1].key, "a00"); /* the same number: by name */
    assert_int_equal(p->top_raises, 28);
    assert_near(metric_value(p, METRIC_TOP), 100 * 28 / 30.0, 1e-9);
    end();
}

static void three_in_a_minute_chatter_and_a_millisecond_later_they_do_not(void **state)
{
    (void)state;
    for (int64_t late = 0; late <= 1; late++) {
        begin();
        raise("a", 0);
        clear("a", 20000);
        raise("a", 30000);
        clear("a", 50000);
        raise("a", 60000 + late);
        raise("b", 60500);
        assert_int_equal(told()->chattering, late ? 0 : 1);
        assert_int_equal(told()->alarms[0].chatters, late ? 0 : 1);
        end();
    }
}

static void how_often_in_how_long_is_the_users_choice(void **state)
{
    (void)state;
    m = alarm_metrics_create(&(struct metrics_options){.from_ms = T0, .to_ms = T0 + DAY, .chatter_count = 2, .chatter_ms = 5000, .fleeting_ms = 1000});
    raise("a", 0);
    clear("a", 1000);
    raise("a", 5000);
    clear("a", 6001);
    assert_int_equal(told()->chattering, 1);
    assert_int_equal(told()->fleeting_raises, 1);
    end();
}

static void what_returns_soon_and_unacknowledged_was_fleeting(void **state)
{
    (void)state;
    static const struct { int64_t returns, acked; bool fleeting; } cases[] = {{10000, 0, true}, {10001, 0, false}, {9000, 8000, false}, {9000, 9500, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        raise("a", 0);
        if (cases[i].acked && cases[i].acked < cases[i].returns)
            ack("a", cases[i].acked, 0);
        clear("a", cases[i].returns);
        if (cases[i].acked >= cases[i].returns)
            ack("a", cases[i].acked, 0);
        assert_int_equal(told()->fleeting, cases[i].fleeting);
        end();
    }
}

/* ---- standing ---- */

static size_t standing(int64_t raised, int64_t cleared)
{
    begin_for(2 * DAY);
    raise("a", raised);
    clear("a", cleared);
    size_t most = told()->standing_most;
    end();
    return most;
}

static void standing_is_over_24_hours_and_not_24_hours(void **state)
{
    (void)state;
    assert_int_equal(standing(0, DAY), 0);
    assert_int_equal(standing(0, DAY + 1), 1);
    assert_int_equal(standing(-10 * DAY, 0), 0); /* it ended with the moment at which the period begins */
    assert_int_equal(standing(-10 * DAY, 1), 1);
}

static void standing_is_counted_by_the_worst_day(void **state)
{
    (void)state;
    begin_for(3 * DAY); /* from 06:00: four days of the calendar */
    raise("a", -30 * HOUR);
    raise("b", -26 * HOUR);
    clear("b", 5 * HOUR);         /* the first day */
    raise("c", 6 * HOUR);
    clear("a", DAY + 17 * HOUR);  /* up to 23:00 of the second */
    clear("c", 2 * DAY + 17 * HOUR); /* stands from 12:00 of the second */
    const struct position_metrics *p = told();
    assert_int_equal(p->standing_most, 2);
    assert_int_equal(p->standing_day_ms, T0 - 6 * HOUR);
    assert_int_equal(p->standing_end, 0);
    assert_int_equal(p->alarm_count, 3); /* b was not raised in it, but stood */
    end();
}

static void what_is_raised_again_without_a_return_stands_on(void **state)
{
    (void)state;
    begin_for(2 * DAY);
    raise("a", 0);
    raise("a", 20 * HOUR); /* a shelf ended: a new occurrence of what never went away */
    raise("hidden", 21 * HOUR);
    clear("hidden", 22 * HOUR);
    const struct position_metrics *p = told_at(25 * HOUR);
    assert_int_equal(p->standing_end, 1);
    assert_int_equal(p->standing_most, 1);
    end();
}

static void what_was_never_shown_does_not_stand(void **state)
{
    (void)state;
    begin_for(2 * DAY);
    mark("a", ALARM_RAISED, 0, 0, 3, false, "hall");
    assert_int_equal(told()->standing_most, 0);
    end();
}

static void the_alarm_that_is_removed_stands_no_longer(void **state)
{
    (void)state;
    begin_for(2 * DAY);
    raise("a", 0);
    mark("a", ALARM_REMOVED, DAY, 0, 3, false, "hall");
    assert_int_equal(told()->standing_most, 0);
    end();
}

/* ---- acknowledging ---- */

static void the_time_to_acknowledge_is_of_the_occurrence_that_was_named(void **state)
{
    (void)state;
    begin();
    raise("a", 0);
    clear("a", 60000);
    raise("a", 120000);
    ack("a", 125000, 0); /* meant the first one, which it does not touch */
    ack("a", 130000, 120000);
    ack("a", 140000, 120000);
    assert_int_equal(told()->acked, 1);
    assert_int_equal(told()->ack_median_ms, 10000);
    end();
}

static void half_and_95_percent_are_times_that_were(void **state)
{
    (void)state;
    char key[16];
    begin();
    for (int i = 1; i <= 20; i++) {
        snprintf(key, sizeof key, "a%d", i);
        raise(key, i * HOUR);
        ack(key, i * HOUR + i * INT64_C(1000), i * HOUR);
    }
    assert_int_equal(told()->ack_median_ms, 10000);
    assert_int_equal(told()->ack_most_ms, 19000);
    end();
    begin();
    raise("a", 0);
    assert_int_equal(told()->ack_median_ms, -1);
    assert_true(isnan(metric_value(told(), METRIC_ACK_MOST)));
    end();
}

/* ---- targets ---- */

static void each_figure_has_its_target(void **state)
{
    (void)state;
    static const struct { enum metric metric; double value; enum metric_verdict verdict; } cases[] = {
        {METRIC_TEN_MINUTES, 1, METRIC_MET}, {METRIC_TEN_MINUTES, 1.01, METRIC_MANAGEABLE}, {METRIC_TEN_MINUTES, 2, METRIC_MANAGEABLE}, {METRIC_TEN_MINUTES, 2.01, METRIC_MISSED},
        {METRIC_HOUR, 6, METRIC_MET}, {METRIC_HOUR, 12, METRIC_MANAGEABLE}, {METRIC_HOUR, 12.1, METRIC_MISSED},
        {METRIC_DAY, 144, METRIC_MET}, {METRIC_DAY, 288, METRIC_MANAGEABLE}, {METRIC_DAY, 289, METRIC_MISSED},
        {METRIC_TENS_OVER, 0.99, METRIC_MET}, {METRIC_TENS_OVER, 1, METRIC_MISSED},
        {METRIC_FLOOD_TIME, 0.99, METRIC_MET}, {METRIC_FLOOD_TIME, 1, METRIC_MISSED}, {METRIC_FLOODS, 9, METRIC_OPEN},
        {METRIC_TOP, 1, METRIC_MET}, {METRIC_TOP, 5, METRIC_MANAGEABLE}, {METRIC_TOP, 5.1, METRIC_MISSED},
        {METRIC_CHATTERING, 0, METRIC_MET}, {METRIC_CHATTERING, 1, METRIC_MISSED}, {METRIC_FLEETING, 0, METRIC_MET}, {METRIC_FLEETING, 1, METRIC_MISSED},
        {METRIC_STANDING, 4, METRIC_MET}, {METRIC_STANDING, 5, METRIC_MISSED},
        {METRIC_LOW, 80, METRIC_MET}, {METRIC_LOW, 79.9, METRIC_MISSED}, {METRIC_MEDIUM, 15, METRIC_MET}, {METRIC_MEDIUM, 20, METRIC_MANAGEABLE}, {METRIC_MEDIUM, 20.1, METRIC_MISSED},
        {METRIC_HIGH, 5, METRIC_MET}, {METRIC_HIGH, 5.1, METRIC_MISSED}, {METRIC_HIGHEST, 0.99, METRIC_MET}, {METRIC_HIGHEST, 1, METRIC_MISSED},
        {METRIC_ACK_MEDIAN, 1e9, METRIC_OPEN}, {METRIC_TOP, NAN, METRIC_OPEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (metric_judge(cases[i].metric, cases[i].value) != cases[i].verdict)
            fail_msg("%s %g is \"%s\"", metric_table[cases[i].metric].name, cases[i].value, metric_verdict_names[metric_judge(cases[i].metric, cases[i].value)]);
}

static void priorities_are_shares_of_all_raises(void **state)
{
    (void)state;
    static const uint8_t priorities[] = {1, 2, 2, 3, 3, 3, 4, 4, 4, 4};
    begin();
    for (size_t i = 0; i < sizeof priorities; i++)
        mark("a", ALARM_RAISED, (int64_t)i * HOUR, (int64_t)i * HOUR, priorities[i], true, "hall");
    const struct position_metrics *p = told();
    static const enum metric of[] = {METRIC_HIGHEST, METRIC_HIGH, METRIC_MEDIUM, METRIC_LOW};
    for (size_t i = 0; i < 4; i++)
        assert_near(metric_value(p, of[i]), 10.0 * (double)(i + 1), 1e-9);
    end();
}

static void figures_as_people_read_them(void **state)
{
    (void)state;
    static const struct { enum metric metric; double value; const char *text; } cases[] = {
        {METRIC_HOUR, 4.26, "4.3"}, {METRIC_DAY, 288.4, "288"}, {METRIC_FLOODS, 2, "2"}, {METRIC_TOP, 12.54, "12.5 %"}, {METRIC_ACK_MEDIAN, 100000, "1m40s"}, {METRIC_TOP, NAN, "-"},
    };
    char text[METRIC_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        metric_text(cases[i].metric, cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
    for (int i = 0; i < METRIC_COUNT; i++)
        assert_true(metric_table[i].name && metric_table[i].title && metric_table[i].target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(only_annunciated_raises_count),
        CASE(a_period_holds_its_beginning_and_not_its_end),
        CASE(rates_are_raises_over_the_time_that_has_passed),
        CASE(every_position_has_its_own_figures),
        CASE(a_ten_minutes_is_over_with_eleven_and_not_with_ten),
        CASE(ten_in_ten_minutes_is_no_flood_and_eleven_is),
        CASE(the_window_slides_to_the_millisecond),
        CASE(a_flood_goes_on_with_five_and_ends_with_four),
        CASE(a_flood_may_have_begun_before_and_go_on_behind),
        CASE(the_ten_most_frequent_come_first_with_their_share),
        CASE(three_in_a_minute_chatter_and_a_millisecond_later_they_do_not),
        CASE(how_often_in_how_long_is_the_users_choice),
        CASE(what_returns_soon_and_unacknowledged_was_fleeting),
        CASE(standing_is_over_24_hours_and_not_24_hours),
        CASE(standing_is_counted_by_the_worst_day),
        CASE(what_is_raised_again_without_a_return_stands_on),
        CASE(what_was_never_shown_does_not_stand),
        CASE(the_alarm_that_is_removed_stands_no_longer),
        CASE(the_time_to_acknowledge_is_of_the_occurrence_that_was_named),
        CASE(half_and_95_percent_are_times_that_were),
        CASE(each_figure_has_its_target),
        CASE(priorities_are_shares_of_all_raises),
        CASE(figures_as_people_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
