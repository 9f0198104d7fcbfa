#include "check.h"

#include "account_fixture.h"

/* Time in which nobody listened: what the first word behind it makes of it. The shop's ideal cycle is 10 s, so that a stop of less than 50 s would not be seen in its counter. */

#define SECOND INT64_C(1000)

static void open_shop(struct shop *s, bool derived)
{
    shop_open(s, (struct shop_plan){.calendar = &two, .ideal_s = 10, .derived = derived});
}

/* Runs from six, one piece each ten seconds as far as 07:00:00, then nobody listens for so long. */
static void run_into_gap(struct shop *s, int64_t length_ms)
{
    char at[32];
    if (!s->plan.derived)
        tell(s, "06:00", "state", value_int(RUN));
    tell(s, "06:00", "good", value_int(0));
    for (int piece = 1; piece <= 360; piece++) {
        snprintf(at, sizeof at, "06:%02d:%02d", piece / 6 % 60, piece % 6 * 10);
        tell(s, piece == 360 ? "07:00" : at, "good", value_int(piece));
    }
    batch_add(&s->w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(length_ms)});
    s->w.closed = local_ms("07:00") + length_ms - T0;
    close_at(s, local_ms("07:00") + length_ms);
}

static void expect_unknown(const struct shop *s, int64_t ms)
{
    assert_ms(s, "06:00", "08:00", TIME_UNKNOWN, ms);
}

static void a_short_time_between_two_equal_words_is_known(void **state)
{
    (void)state;
    static const struct { int64_t away_ms; const char *at; int64_t word; int flags; int64_t unknown_ms; } cases[] = {
        {2 * SECOND, "07:00:03", RUN, SAMPLE_SOURCE_TIME, 0},
        {40 * SECOND, "07:00:50", RUN, SAMPLE_SOURCE_TIME, 0},
        {40 * SECOND, "07:00:51", RUN, SAMPLE_SOURCE_TIME, 51 * SECOND},      /* a stop could hide */
        {2 * SECOND, "07:00:03", STOPPED, SAMPLE_SOURCE_TIME, 3 * SECOND},    /* nobody knows since when */
        {2 * SECOND, "07:00:03", RUN, 0, 3 * SECOND},                         /* nobody knows when it was said */
        {2 * SECOND, "07:00:03", 77, SAMPLE_SOURCE_TIME, 60 * MINUTE},        /* in no map */
        {30 * MINUTE, "07:31", RUN, SAMPLE_SOURCE_TIME, 31 * MINUTE},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct shop s;
        open_shop(&s, false);
        run_into_gap(&s, cases[c].away_ms);
        expect_unknown(&s, cases[c].away_ms);
        add(&s, local_ms(cases[c].at), "state", value_int(cases[c].word))->flags = (uint8_t)cases[c].flags;
        close_at(&s, local_ms(cases[c].at));
        wait_until(&s, "08:00");
        expect_unknown(&s, cases[c].unknown_ms);
        shop_close(&s);
    }
}

static void the_state_lasts_as_if_nobody_had_been_away(void **state)
{
    (void)state;
    struct shop s;
    open_shop(&s, false);
    run_into_gap(&s, 2 * SECOND);
    tell(&s, "07:00:03", "state", value_int(RUN));
    const struct node_state *node = model_node(s.w.model, unit_of(&s));
    assert_int_equal(node->interval_count, 1);
    assert_int_equal(node->since_ms, local_ms("06:00"));
    tell(&s, "07:10", "state", value_int(STOPPED));
    gap(&s, "07:20:02", 2 * SECOND);
    tell(&s, "07:20:03", "state", value_int(STOPPED));
    tell(&s, "07:30", "state", value_int(RUN));
    const struct stop *stop = model_stop_at(s.w.model, line_of(&s), local_ms("07:10"));
    assert_non_null(stop);
    assert_int_equal(stop->end_ms, local_ms("07:30"));
    assert_int_equal(between(&s, "06:00", "08:00").stops, 1);
    wait_until(&s, "08:00");
    assert_ms(&s, "06:00", "08:00", TIME_DOWN, 20 * MINUTE);
    assert_ms(&s, "06:00", "08:00", TIME_RUN, 100 * MINUTE);
    shop_close(&s);
}

/* The broker kept all that came: the first word ends what was said last, however long that is ago. */
static void what_follows_leaves_nothing_unknown(void **state)
{
    (void)state;
    static const struct { const char *at; int64_t word; int flags; int64_t unknown_ms, run_ms; } cases[] = {
        {"07:20", STOPPED, SAMPLE_SOURCE_TIME | SAMPLE_FOLLOWS, 0, 80 * MINUTE},
        {"07:20", RUN, SAMPLE_SOURCE_TIME | SAMPLE_FOLLOWS, 0, 2 * HOUR},
        {"07:20", STOPPED, SAMPLE_FOLLOWS, 30 * MINUTE, 1 * HOUR},                          /* dated by its arrival, at half past */
        {"07:20", STOPPED, SAMPLE_SOURCE_TIME | SAMPLE_FOLLOWS | SAMPLE_RETAINED, 20 * MINUTE, 1 * HOUR}, /* not all of it came */
        {"06:00", RUN, SAMPLE_SOURCE_TIME | SAMPLE_RETAINED, 0, 2 * HOUR},                  /* the very word from before: there was none since */
        {"06:30", RUN, SAMPLE_SOURCE_TIME | SAMPLE_RETAINED, 30 * MINUTE, 90 * MINUTE},     /* another: there may have been more */
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct shop s;
        open_shop(&s, false);
        run_into_gap(&s, 30 * MINUTE);
        struct record *r = add(&s, local_ms(cases[c].at), "state", value_int(cases[c].word));
        r->flags = (uint8_t)cases[c].flags;
        r->time_ms = cases[c].flags & SAMPLE_SOURCE_TIME ? local_ms(cases[c].at) : local_ms("07:30");
        close_at(&s, local_ms("07:30"));
        wait_until(&s, "08:00");
        assert_ms(&s, "06:00", "08:00", TIME_UNKNOWN, cases[c].unknown_ms);
        assert_ms(&s, "06:00", "08:00", TIME_RUN, cases[c].run_ms);
        shop_close(&s);
    }
}

/* A machine whose clock is ahead dated its last word beyond the moment at which nobody listened any more. */
static void what_was_said_ahead_of_us_is_not_forgotten(void **state)
{
    (void)state;
    enum { PRODUCTION = 1, MANUAL = 3 };
    static const struct { int64_t before, ahead, mode, run_ms; } cases[] = {
        {RUN, STOPPED, PRODUCTION, 2 * HOUR - 30 * MINUTE + 5 * SECOND},
        {STOPPED, RUN, PRODUCTION, 30 * MINUTE - 5 * SECOND},
        {STOPPED, RUN, MANUAL, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct shop s;
        open_shop(&s, false);
        tell(&s, "06:00", "state", value_int(cases[c].before));
        tell(&s, "06:30", "mode", value_int(cases[c].mode));
        add(&s, local_ms("07:00:05"), "state", value_int(cases[c].ahead));
        close_at(&s, local_ms("07:00"));
        gap(&s, "07:00:02", 2 * SECOND);
        add(&s, local_ms("07:20"), "state", value_int(cases[c].ahead))->flags |= SAMPLE_FOLLOWS;
        close_at(&s, local_ms("07:20"));
        tell(&s, "07:30", "state", value_int(cases[c].before));
        wait_until(&s, "08:00");
        assert_ms(&s, "06:00", "08:00", TIME_RUN, cases[c].run_ms);
        assert_ms(&s, "06:00", "08:00", TIME_DOWN, 2 * HOUR - cases[c].run_ms);
        assert_int_equal(between(&s, "06:00", "08:00").stops, cases[c].ahead == RUN && cases[c].mode == PRODUCTION ? 2 : 1);
        shop_close(&s);
    }
}

static void who_would_have_been_silent_was_unknown(void **state)
{
    (void)state;
    struct shop s;
    open_shop(&s, false);
    s.w.plant->nodes[unit_of(&s)].silent_after_ms = 5 * MINUTE;
    run_into_gap(&s, 30 * MINUTE);
    add(&s, local_ms("07:20"), "state", value_int(RUN))->flags |= SAMPLE_FOLLOWS;
    close_at(&s, local_ms("07:30"));
    wait_until(&s, "07:31");
    assert_ms(&s, "06:00", "07:31", TIME_UNKNOWN, 20 * MINUTE);
    shop_close(&s);
}

/* Pieces whose time is known are made; more than fit into it are not. */
static void pieces_count_where_their_time_is_known(void **state)
{
    (void)state;
    static const struct { int64_t away_ms, word, reading; double good, unknown; } cases[] = {
        {20 * SECOND, RUN, 362, 362, 0},
        {20 * SECOND, RUN, 380, 360, 20},
        {20 * SECOND, STOPPED, 362, 360, 2},
        {30 * MINUTE, RUN, 500, 360, 140},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (int order = 0; order < 2; order++) { /* in one batch it does not matter which is told first */
            struct shop s;
            open_shop(&s, false);
            run_into_gap(&s, cases[c].away_ms);
            int64_t at = local_ms("07:00") + cases[c].away_ms + SECOND;
            add(&s, at, order ? "good" : "state", value_int(order ? cases[c].reading : cases[c].word));
            add(&s, at, order ? "state" : "good", value_int(order ? cases[c].word : cases[c].reading));
            close_at(&s, at);
            struct account a = between(&s, "06:00", "08:00");
            assert_near(a.good, cases[c].good, 0);
            assert_near(a.unknown, cases[c].unknown, 0);
            shop_close(&s);
        }
}

static void pieces_that_follow_are_made(void **state)
{
    (void)state;
    struct shop s;
    open_shop(&s, false);
    run_into_gap(&s, 30 * MINUTE);
    add(&s, local_ms("07:20"), "good", value_int(480))->flags |= SAMPLE_FOLLOWS;
    add(&s, local_ms("07:20"), "state", value_int(RUN))->flags |= SAMPLE_FOLLOWS;
    close_at(&s, local_ms("07:30"));
    assert_near(between(&s, "06:00", "08:00").good, 480, 0);
    assert_near(between(&s, "06:00", "08:00").unknown, 0, 0);
    shop_close(&s);
}

static void a_state_from_a_counter_is_known_by_its_next_piece(void **state)
{
    (void)state;
    static const struct { int64_t away_ms; const char *at; int64_t reading; int64_t unknown_ms; double unknown; } cases[] = {
        {20 * SECOND, "07:00:30", 363, 0, 0},
        {20 * SECOND, "07:00:50", 361, 0, 0},
        {20 * SECOND, "07:00:51", 361, 51 * SECOND, 1}, /* it would have been a stop */
        {20 * SECOND, "07:00:30", 390, 30 * SECOND, 30},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct shop s;
        open_shop(&s, true);
        run_into_gap(&s, cases[c].away_ms);
        tell(&s, cases[c].at, "good", value_int(cases[c].reading));
        assert_ms(&s, "06:10", "08:00", TIME_UNKNOWN, cases[c].unknown_ms);
        assert_near(between(&s, "06:00", "08:00").unknown, cases[c].unknown, 0);
        wait_until(&s, "07:10"); /* it is watched again */
        assert_int_equal(model_node(s.w.model, unit_of(&s))->class, CLASS_STOP);
        assert_int_equal(model_node(s.w.model, unit_of(&s))->since_ms, local_ms(cases[c].at));
        shop_close(&s);
    }
}

/* The link of a broker, saved and loaded in between: that it was whole outlives the collector. */
static void a_death_tells_whether_it_was_whole(void **state)
{
    (void)state;
    static const struct { uint8_t kind, code; bool whole; } steps[] = {
        {RECORD_BIRTH, 0, false}, {RECORD_DEATH, DEATH_WHOLE, true}, {RECORD_DEATH, DEATH_UNKNOWN, true}, {RECORD_BIRTH, 0, false},
        {RECORD_DEATH, DEATH_UNKNOWN, false}, {RECORD_DEATH, DEATH_WHOLE, false}, {RECORD_BIRTH, 0, false},
    };
    struct shop s;
    open_shop(&s, false);
    wait_until(&s, "06:00");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct packer p;
        struct error err;
        batch_add(&s.w.batch, (struct record){.kind = steps[i].kind, .code = steps[i].code, .text = batch_text(&s.w.batch, "broker:main", 11)});
        wait_until(&s, "06:00");
        packer_init(&p);
        model_save(s.w.model, &p);
        struct model *again = model_load(s.w.plant, p.bytes, p.count, &err);
        assert_int_equal(model_source(s.w.model, 0)->whole, steps[i].whole);
        assert_int_equal(model_source(again, 0)->whole, steps[i].whole);
        model_destroy(again);
        packer_finish(&p);
    }
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_short_time_between_two_equal_words_is_known),
        CASE(the_state_lasts_as_if_nobody_had_been_away),
        CASE(what_follows_leaves_nothing_unknown),
        CASE(what_was_said_ahead_of_us_is_not_forgotten),
        CASE(who_would_have_been_silent_was_unknown),
        CASE(pieces_count_where_their_time_is_known),
        CASE(pieces_that_follow_are_made),
        CASE(a_state_from_a_counter_is_known_by_its_next_piece),
        CASE(a_death_tells_whether_it_was_whole),
    };
    return cmocka_run_group_tests_name("model_mend", tests, NULL, NULL);
}
