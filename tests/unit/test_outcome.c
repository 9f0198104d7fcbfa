/*
 * What follows from a batch beyond the state: events of states, sources, gaps, clocks and configurations, intervals that ended, and what
 * counters gained by quarters of an hour.
 */
#include "check.h"

#include "core/alarm.h"
#include "model_fixture.h"

enum { QUARTER = BUCKET_MS, FIRST_QUARTER = 8 * 60000 /* T0 is 07:52: the first one ends after eight minutes */ };

static const struct event *only_event(const struct works *w)
{
    assert_int_equal(model_outcomes(w->model)->event_count, 1);
    return model_outcomes(w->model)->events;
}

static const struct event *no_event(const struct works *w)
{
    assert_int_equal(model_outcomes(w->model)->event_count, 0);
    return NULL;
}

static void record(struct works *w, int64_t ms, struct record r, const char *text, const char *detail, const char *who)
{
    r.text = batch_text(&w->batch, text, strlen(text));
    r.detail = batch_text(&w->batch, detail, strlen(detail));
    r.who = batch_text(&w->batch, who, strlen(who));
    batch_add(&w->batch, r);
    step(w, ms);
}

static void a_state_that_changes_is_an_event_and_an_interval_that_ended(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(6));
    no_event(&w); /* nobody knew what was before */
    sample(&w, 5000, PRESS "/state", value_int(9));
    const struct event *event = only_event(&w);
    assert_int_equal(event->kind, EVENT_STATE);
    assert_string_equal(event->path, PRESS);
    assert_string_equal(event->text, "press");
    assert_string_equal(event->before, "run");
    assert_string_equal(event->after, "STOP");
    assert_int_equal(event->time_ms, T0 + 5000);
    assert_false(event_table[event->kind].change);
    const struct outcomes *o = model_outcomes(w.model);
    assert_int_equal(o->interval_count, 1);
    assert_string_equal(o->intervals[0].path, PRESS);
    assert_int_equal(o->intervals[0].start_ms, T0 + 1000);
    assert_int_equal(o->intervals[0].end_ms, T0 + 5000);
    assert_int_equal(o->intervals[0].class, CLASS_RUN);
    assert_int_equal(o->intervals[0].seq, model_seq(w.model));
    works_close(&w);
}

/* Aborted, then clearing: another state in the machine's words, the same on the screen. */
static void a_state_that_shows_the_same_word_ends_an_interval_but_is_no_event(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 1000, PRESS "/state", value_int(9));
    sample(&w, 5000, PRESS "/state", value_int(2));
    no_event(&w);
    assert_int_equal(model_outcomes(w.model)->interval_count, 1);
    works_close(&w);
}

static void a_unit_that_falls_silent_is_an_event_of_the_time_it_was_heard_last(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    sample(&w, 2000, OVEN "/state", value_int(6));
    step(&w, 60000);
    assert_string_equal(only_event(&w)->after, "unknown");
    assert_int_equal(only_event(&w)->time_ms, T0 + 2000);
    works_close(&w);
}

static void sources_come_and_go_as_events(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    record(&w, 1000, (struct record){.kind = RECORD_BIRTH}, "broker:main", "connected", "");
    assert_int_equal(only_event(&w)->kind, EVENT_LINK);
    assert_string_equal(only_event(&w)->text, "broker:main");
    assert_string_equal(only_event(&w)->after, "connected");
    assert_false(only_event(&w)->down);
    record(&w, 2000, (struct record){.kind = RECORD_BIRTH}, "broker:main", "again", "");
    no_event(&w);
    record(&w, 3000, (struct record){.kind = RECORD_DEATH}, "broker:main", "refused", "");
    assert_true(only_event(&w)->down);
    record(&w, 4000, (struct record){.kind = RECORD_DEATH}, "broker:main", "refused", "");
    no_event(&w);
    works_close(&w);
}

static void gaps_clock_steps_and_lost_batches_are_events(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    record(&w, 1000, (struct record){.kind = RECORD_GAP, .value = value_int(0)}, "", "", "");
    no_event(&w); /* the very first start: nothing was missed */
    sample(&w, 2000, PRESS "/temp", value_real(1));
    record(&w, 3000, (struct record){.kind = RECORD_GAP, .value = value_int(100000)}, "", "", "");
    assert_int_equal(only_event(&w)->kind, EVENT_GAP);
    assert_int_equal(only_event(&w)->span_ms, 100000);
    assert_string_equal(only_event(&w)->after, "1m40s");
    record(&w, 4000, (struct record){.kind = RECORD_CLOCK, .value = value_int(-3600000)}, "", "", "");
    assert_int_equal(only_event(&w)->kind, EVENT_CLOCK);
    assert_int_equal(only_event(&w)->span_ms, -3600000);
    assert_string_equal(only_event(&w)->after, "-1h00m");
    record(&w, 5000, (struct record){.kind = RECORD_DROPPED, .code = DROP_STORE_FULL, .value = value_uint(12)}, "", "", "");
    assert_int_equal(only_event(&w)->kind, EVENT_DROPPED);
    assert_string_equal(only_event(&w)->after, "12");
    record(&w, 6000, (struct record){.kind = RECORD_DROPPED, .code = DROP_NOT_JSON, .value = value_uint(12)}, "", "", "");
    no_event(&w);
    works_close(&w);
}

static void another_configuration_is_an_event_the_same_is_none(void **state)
{
    (void)state;
    struct works w;
    size_t count;
    works_open(&w);
    record(&w, 1000, (struct record){.kind = RECORD_CONFIG, .value = value_uint(UINT64_C(0x1234567800000000))}, "", "/etc/andon.cfg", "");
    no_event(&w);
    record(&w, 2000, (struct record){.kind = RECORD_CONFIG, .value = value_uint(UINT64_C(0x1234567800000000))}, "", "/etc/andon.cfg", "");
    no_event(&w);
    record(&w, 3000, (struct record){.kind = RECORD_CONFIG, .value = value_uint(UINT64_C(0xABCDEF0100000000))}, "", "/etc/andon.cfg", "");
    assert_int_equal(only_event(&w)->kind, EVENT_CONFIG);
    assert_string_equal(only_event(&w)->text, "/etc/andon.cfg");
    assert_string_equal(only_event(&w)->before, "12345678");
    assert_string_equal(only_event(&w)->after, "abcdef01");
    assert_int_equal(model_changes(w.model, &count)->kind, EVENT_CONFIG);
    works_close(&w);
}

static void what_people_do_is_an_event_with_their_name(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    record(&w, 1000, (struct record){.kind = RECORD_ACTION, .time_ms = T0 + 700, .value = value_int(3)}, "wave", PRESS, "Kim");
    assert_int_equal(only_event(&w)->kind, EVENT_ACTION);
    assert_string_equal(only_event(&w)->path, PRESS);
    assert_string_equal(only_event(&w)->text, "wave");
    assert_string_equal(only_event(&w)->after, "3");
    assert_string_equal(only_event(&w)->who, "Kim");
    assert_int_equal(only_event(&w)->time_ms, T0 + 700);
    record(&w, 2000, (struct record){.kind = RECORD_ACTION}, "import", "2024.csv", "Kim");
    assert_int_equal(only_event(&w)->kind, EVENT_IMPORT);
    assert_string_equal(only_event(&w)->path, "");
    assert_string_equal(only_event(&w)->text, "import 2024.csv");
    works_close(&w);
}

static void a_text_that_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    struct works w;
    char text[400] = "x";
    for (size_t at = 1; at + 3 < sizeof text; at += 3)
        memcpy(text + at, "\xe9\x98\x80", 4);
    works_open(&w);
    record(&w, 1000, (struct record){.kind = RECORD_ACTION}, text, "", text);
    assert_int_equal(strlen(only_event(&w)->text), 157); /* 1 + 52 * 3, of 159 */
    assert_int_equal(strlen(only_event(&w)->who), 61);
    works_close(&w);
}

/* ---- quarters of an hour ---- */

static void assert_bucket(const struct works *w, int64_t start, double gained, bool flagged)
{
    const struct outcomes *o = model_outcomes(w->model);
    assert_int_equal(o->bucket_count, 1);
    assert_int_equal(o->buckets[0].series, tag_of(w, PRESS "/good")->series);
    assert_int_equal(o->buckets[0].start_ms, T0 + FIRST_QUARTER + start);
    assert_near(o->buckets[0].gained, gained, 0);
    assert_int_equal(o->buckets[0].flagged, flagged);
}

static void pieces(struct works *w, int64_t ms, int64_t count) { sample(w, ms, PRESS "/good", value_int(count)); }

static void a_quarter_is_given_when_the_next_one_has_begun(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    pieces(&w, 0, 100);
    pieces(&w, 1000, 103);
    pieces(&w, FIRST_QUARTER - 1, 110);
    assert_int_equal(model_outcomes(w.model)->bucket_count, 0);
    pieces(&w, FIRST_QUARTER + 10, 111);
    assert_bucket(&w, -QUARTER, 10, false);
    works_close(&w);
}

static void a_quarter_is_given_by_the_clock_when_nothing_comes(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    pieces(&w, 0, 100);
    pieces(&w, 1000, 103);
    assert_int_equal(model_next_deadline(w.model) <= FIRST_QUARTER, true);
    step(&w, FIRST_QUARTER - 1);
    assert_int_equal(model_outcomes(w.model)->bucket_count, 0);
    step(&w, FIRST_QUARTER);
    assert_bucket(&w, -QUARTER, 3, false);
    step(&w, 3 * QUARTER);
    assert_int_equal(model_outcomes(w.model)->bucket_count, 0);
    works_close(&w);
}

static void what_comes_late_of_a_quarter_is_given_again(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    pieces(&w, 0, 100);
    pieces(&w, 1000, 103);
    step(&w, FIRST_QUARTER);
    w.now = FIRST_QUARTER - 5000; /* the source's time */
    put(&w, PRESS "/good", value_int(105));
    step(&w, FIRST_QUARTER + 100);
    assert_int_equal(model_outcomes(w.model)->bucket_count, 0);
    step(&w, FIRST_QUARTER + QUARTER);
    assert_bucket(&w, -QUARTER, 2, false);
    works_close(&w);
}

static void what_was_gained_across_a_gap_is_flagged(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    pieces(&w, 0, 100);
    batch_add(&w.batch, (struct record){.kind = RECORD_GAP, .value = value_int(500)});
    step(&w, 1000);
    w.now = 2000;
    put(&w, PRESS "/good", value_int(0))->quality = QUALITY_BAD; /* says nothing */
    step(&w, 2000);
    pieces(&w, 3000, 140);
    pieces(&w, 4000, 141);
    pieces(&w, FIRST_QUARTER, 143);
    assert_bucket(&w, -QUARTER, 41, true);
    pieces(&w, FIRST_QUARTER + QUARTER, 144);
    assert_bucket(&w, 0, 2, false);
    works_close(&w);
}

static void nothing_gained_is_no_quarter(void **state)
{
    (void)state;
    struct works w;
    works_open(&w);
    pieces(&w, 0, 100);
    pieces(&w, FIRST_QUARTER + 10, 100);
    step(&w, 3 * QUARTER);
    assert_int_equal(w.buckets.count, 0);
    works_close(&w);
}

static struct outcomes one_of_each(void)
{
    struct outcomes o = {.events = NULL};
    *outcomes_event(&o) = (struct event){.number = 1, .seq = 9, .time_ms = T0, .kind = EVENT_LINK, .text = "broker:main", .after = "gone", .down = true, .span_ms = -5};
    *outcomes_event(&o) = (struct event){.number = 2, .seq = 9, .time_ms = T0 + 1, .kind = EVENT_ALARM, .path = "works/a/p/oil.high", .text = "Oil high", .before = "NORM",
        .after = "UNACK", .alarm = {.event = ALARM_RAISED, .kind = ALARM_HIGH, .priority = 2, .annunciated = true, .occurrence_ms = T0 + 1, .value = "96.4 °C",
            .limit = "> 95", .class = "process", .position = "hall", .comment = "again"}};
    *outcomes_event(&o) = (struct event){.number = 3, .seq = 9, .time_ms = T0 + 2, .kind = EVENT_REFUSED, .text = "ack", .who = "Kim", .alarm = {.comment = "what"}};
    *outcomes_interval(&o) = (struct interval_end){.seq = 9, .path = "works/a/p", .start_ms = T0 - 9, .end_ms = T0, .class = CLASS_STOP, .state = PACK_HELD, .word = "jam"};
    *outcomes_bucket(&o) = (struct bucket_gain){.series = 7, .start_ms = T0, .gained = 0.1, .flagged = true};
    return o;
}

static void what_follows_is_the_same_after_it_was_bytes(void **state)
{
    (void)state;
    struct outcomes before = one_of_each(), after = {.events = NULL};
    struct packer p;
    packer_init(&p);
    outcomes_pack(&before, &p);
    assert_true(p.count < 400); /* and not the 4 KB of the structs */
    struct unpacker u = unpacker_of(p.bytes, p.count);
    outcomes_unpack(&after, &u);
    assert_false(u.failed);
    assert_true(u.at == u.end);
    assert_int_equal(after.event_count, 3);
    assert_int_equal(after.interval_count, 1);
    assert_int_equal(after.bucket_count, 1);
    const struct event *link = &after.events[0], *alarm = &after.events[1];
    assert_true(link->down && link->span_ms == -5 && link->time_ms == T0 && link->kind == EVENT_LINK);
    assert_true(alarm->alarm.priority == 2 && alarm->alarm.annunciated && alarm->alarm.occurrence_ms == T0 + 1 && alarm->alarm.kind == ALARM_HIGH);
    const char *const texts[][2] = {{link->text, "broker:main"}, {link->after, "gone"}, {alarm->path, "works/a/p/oil.high"}, {alarm->alarm.value, "96.4 °C"},
        {alarm->alarm.limit, "> 95"}, {alarm->alarm.class, "process"}, {alarm->alarm.position, "hall"}, {alarm->alarm.comment, "again"},
        {after.events[2].who, "Kim"}, {after.events[2].alarm.comment, "what"}, {after.intervals[0].word, "jam"}};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        assert_string_equal(texts[t][0], texts[t][1]);
    assert_true(after.intervals[0].class == CLASS_STOP && after.intervals[0].state == PACK_HELD && after.intervals[0].start_ms == T0 - 9);
    assert_true(after.buckets[0].series == 7 && after.buckets[0].flagged);
    assert_near(after.buckets[0].gained, 0.1, 0);
    for (size_t length = 0; length < p.count; length++) {
        u = unpacker_of(p.bytes, length);
        outcomes_unpack(&after, &u);
        assert_true(u.failed);
    }
    packer_finish(&p);
    outcomes_finish(&before);
    outcomes_finish(&after);
}

static void what_people_write_survives_as_bytes(void **state)
{
    (void)state;
    static const enum event_kind kinds[] = {EVENT_ACTION, EVENT_REFUSED, EVENT_STOP, EVENT_QUANTITY, EVENT_CALL, EVENT_NOTE};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const struct event event = {.number = 1, .seq = 2, .time_ms = T0, .kind = kinds[k], .path = "works/a", .who = "Kim", .alarm = {.comment = "the belt slips"}};
        struct event again;
        struct packer p;
        packer_init(&p);
        event_pack(&event, &p);
        struct unpacker u = unpacker_of(p.bytes, p.count);
        event_unpack(&again, &u);
        assert_false(u.failed);
        assert_string_equal(again.alarm.comment, "the belt slips");
        packer_finish(&p);
    }
}

/* An amendment: a stop of 90 s was minor and is down now, three rejects were good. */
static const struct account_gain amendment = {.seq = 12, .path = "works/a", .line = true, .cell = {.from_ms = T0, .to_ms = T0 + 3600000, .shift_ms = T0 - 7200000, .day = 20240612,
    .planned = true, .shift = "early", .crew = "B", .product = "jar", .order = "4711", .sum = {.ms = {[TIME_MINOR] = -90000, [TIME_DOWN] = 90000}, .good = -3, .reject = 3,
    .ideal_ms = 0.1, .stops = 1, .minors = UINT32_MAX}}};
static const struct stop_version jam = {.seq = 12, .path = "works/a/p", .reason = "mechanical/jam", .proposal = "electrical", .reason_title = "Jam", .stop = {.start_ms = T0 - 90000,
    .class = CLASS_STOP, .booked = CLASS_MAINTENANCE, .category = TIME_MAINTENANCE, .gone = true, .message = "E17", .who = "Kim", .comment = "belt", .product = "jar",
    .order = "4711", .shift = "early", .crew = "B", .shift_ms = T0 - 7200000, .day = 20240612}};

static void accounts_and_stops_are_the_same_after_they_were_bytes(void **state)
{
    (void)state;
    struct outcomes before = {.events = NULL}, after = {.events = NULL};
    struct packer p;
    packer_init(&p);
    *outcomes_gain(&before) = amendment;
    *outcomes_stop(&before) = jam;
    outcomes_pack(&before, &p);
    assert_true(p.count < 250);
    struct unpacker u = unpacker_of(p.bytes, p.count);
    outcomes_unpack(&after, &u);
    assert_false(u.failed);
    assert_true(u.at == u.end);
    assert_int_equal(after.gain_count, 1);
    assert_int_equal(after.stop_count, 1);
    const struct account_gain *gain = &after.gains[0];
    const struct stop_version *stop = &after.stops[0];
    assert_true(gain->seq == 12 && gain->line && account_cell_same(&gain->cell, &amendment.cell));
    struct account sum = gain->cell.sum;
    account_subtract(&sum, &amendment.cell.sum);
    assert_int_equal(account_length_ms(&sum), 0);
    assert_true(gain->cell.sum.ms[TIME_MINOR] == -90000 && gain->cell.sum.stops == 1 && gain->cell.sum.minors == UINT32_MAX);
    assert_near(gain->cell.sum.ideal_ms, 0.1, 0);
    assert_near(account_produced(&sum), 0, 0);
    const struct stop *s = &stop->stop;
    assert_true(stop->seq == 12 && s->start_ms == T0 - 90000 && s->end_ms == 0 && s->gone && s->shift_ms == T0 - 7200000 && s->day == 20240612);
    assert_true(s->class == CLASS_STOP && s->booked == CLASS_MAINTENANCE && s->category == TIME_MAINTENANCE && s->reason == NO_REASON && s->proposal == NO_REASON);
    const char *const texts[][2] = {{gain->path, "works/a"}, {stop->path, "works/a/p"}, {stop->reason, "mechanical/jam"}, {stop->proposal, "electrical"}, {stop->reason_title, "Jam"},
        {s->message, "E17"}, {s->who, "Kim"}, {s->comment, "belt"}, {s->product, "jar"}, {s->order, "4711"}, {s->shift, "early"}, {s->crew, "B"}};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        assert_string_equal(texts[t][0], texts[t][1]);
    for (size_t length = 0; length < p.count; length++) {
        u = unpacker_of(p.bytes, length);
        outcomes_unpack(&after, &u);
        assert_true(u.failed);
    }
    outcomes_clear(&after);
    assert_true(after.gain_count == 0 && after.stop_count == 0);
    packer_finish(&p);
    outcomes_finish(&before);
    outcomes_finish(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_state_that_changes_is_an_event_and_an_interval_that_ended),
        CASE(a_state_that_shows_the_same_word_ends_an_interval_but_is_no_event),
        CASE(a_unit_that_falls_silent_is_an_event_of_the_time_it_was_heard_last),
        CASE(sources_come_and_go_as_events),
        CASE(gaps_clock_steps_and_lost_batches_are_events),
        CASE(another_configuration_is_an_event_the_same_is_none),
        CASE(what_people_do_is_an_event_with_their_name),
        CASE(a_text_that_is_too_long_is_cut_between_characters),
        CASE(a_quarter_is_given_when_the_next_one_has_begun),
        CASE(a_quarter_is_given_by_the_clock_when_nothing_comes),
        CASE(what_comes_late_of_a_quarter_is_given_again),
        CASE(what_was_gained_across_a_gap_is_flagged),
        CASE(nothing_gained_is_no_quarter),
        CASE(what_follows_is_the_same_after_it_was_bytes),
        CASE(accounts_and_stops_are_the_same_after_they_were_bytes),
        CASE(what_people_write_survives_as_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
