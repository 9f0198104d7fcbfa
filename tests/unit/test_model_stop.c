/*
 * Stops: what one is, what the machine says of it, and what people do to it; quantities that are corrected, and notes.
 */
#include "check.h"

#include "account_fixture.h"

/* What the last action came to. */
static enum refusal act(struct shop *s, const char *at, struct action action)
{
    enum refusal refusal = REFUSAL_COUNT, expected;
    action.time_ms = local_ms(at);
    action.id[0] = (uint8_t)(s->w.batch.seq + 1);
    if (!*action.target)
        snprintf(action.target, sizeof action.target, "%s", LINE);
    if (!*action.who)
        snprintf(action.who, sizeof action.who, "Kim");
    expected = model_action_check(s->w.model, &action);
    action_record(&action, &s->w.batch);
    close_at(s, local_ms(at));
    assert_true(model_action_result(s->w.model, action.id, &refusal));
    assert_int_equal(refusal, expected);
    return refusal;
}

static const struct event *event_of(const struct shop *s, enum event_kind kind)
{
    const struct outcomes *o = model_outcomes(s->w.model);
    for (size_t e = 0; e < o->event_count; e++)
        if (o->events[e].kind == kind)
            return &o->events[e];
    fail_msg("there is no event of kind %s", event_table[kind].name);
    return NULL;
}

static struct action on_stop(enum action_kind kind, const char *start, const char *word)
{
    struct action action = {.kind = kind, .occurrence_ms = local_ms(start)};
    snprintf(action.word, sizeof action.word, "%s", word);
    return action;
}

static const struct stop *stop_at(const struct shop *s, const char *start)
{
    const struct stop *stop = model_stop_at(s->w.model, line_of(s), local_ms(start));
    assert_non_null(stop);
    return stop;
}

static const struct stop_version *only_version(const struct shop *s)
{
    assert_int_equal(model_outcomes(s->w.model)->stop_count, 1);
    return model_outcomes(s->w.model)->stops;
}

/* 06:00 running, 07:00 stopped, 07:20 running, 08:00 stopped. */
static void open_with_stops(struct shop *s)
{
    shop_open(s, (struct shop_plan){.calendar = &two, .ideal_s = 1});
    tell_text(s, "06:00", "product", "A");
    tell_text(s, "06:00", "order", "4711");
    tell(s, "06:00", "state", value_int(RUN));
    tell(s, "07:00", "state", value_int(STOPPED));
    tell(s, "07:20", "state", value_int(RUN));
    tell(s, "08:00", "state", value_int(9));
}

static void a_stop_has_a_beginning_an_end_and_what_was_made(void **state)
{
    (void)state;
    struct shop s;
    size_t count;
    open_with_stops(&s);
    const struct stop *stop = stop_at(&s, "07:00");
    assert_int_equal(stop->node, unit_of(&s));
    assert_int_equal(stop->end_ms, local_ms("07:20"));
    assert_int_equal(stop->category, TIME_DOWN);
    assert_string_equal(stop->product, "A");
    assert_string_equal(stop->order, "4711");
    assert_string_equal(stop->shift, "early");
    assert_int_equal(stop->day, 20240612);
    stop = model_stop_now(s.w.model, line_of(&s));
    assert_non_null(stop);
    assert_int_equal(stop->start_ms, local_ms("08:00"));
    assert_int_equal(stop->end_ms, 0);
    assert_int_equal(stop->category, TIME_MINOR); /* so far */
    assert_string_equal(only_version(&s)->path, UNIT);
    wait_until(&s, "08:02");
    assert_int_equal(only_version(&s)->stop.category, TIME_DOWN);
    tell(&s, "08:03", "state", value_int(STOPPED)); /* of one class: one stop */
    assert_int_equal(model_outcomes(s.w.model)->stop_count, 0);
    tell(&s, "08:10", "state", value_int(RUN));
    assert_int_equal(only_version(&s)->stop.end_ms, local_ms("08:10"));
    assert_null(model_stop_now(s.w.model, line_of(&s)));
    model_stops(s.w.model, &count);
    assert_int_equal(count, 2);
    shop_close(&s);
}

static void a_stop_that_lasted_no_time_was_none(void **state)
{
    (void)state;
    struct shop s;
    size_t count;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    add(&s, local_ms("06:30"), "state", value_int(STOPPED));
    add(&s, local_ms("06:30"), "state", value_int(RUN));
    close_at(&s, local_ms("06:30"));
    assert_int_equal(model_outcomes(s.w.model)->stop_count, 0);
    model_stops(s.w.model, &count);
    assert_int_equal(count, 0);
    wait_until(&s, "07:00");
    assert_ms(&s, "06:00", "07:00", TIME_RUN, HOUR);
    shop_close(&s);
}

/* ---- the first message ---- */

static void the_first_message_of_the_stop_proposes_its_reason(void **state)
{
    (void)state;
    static const struct { const char *before, *within, *later, *message, *proposal; } cases[] = {
        {NULL, "E12 jam at infeed", "E40 belt", "E12 jam at infeed", "mechanical/jam"},
        {"old E12", "E40 belt", NULL, "E40 belt", "mechanical/belt"}, /* what stands since yesterday gives way */
        {"old belt", NULL, NULL, "old belt", "mechanical/belt"},
        {NULL, "0", "nobody knows", "nobody knows", ""},
        {NULL, NULL, NULL, "", ""},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct shop s;
        shop_open(&s, (struct shop_plan){.calendar = &two});
        tell(&s, "06:00", "state", value_int(RUN));
        if (cases[c].before)
            tell_text(&s, "06:10", "reason", cases[c].before);
        tell(&s, "07:00", "state", value_int(STOPPED));
        if (cases[c].within)
            tell_text(&s, "07:00:02", "reason", cases[c].within);
        if (cases[c].later)
            tell_text(&s, "07:01", "reason", cases[c].later);
        const struct stop *stop = stop_at(&s, "07:00");
        char path[REASON_PATH];
        plant_reason_path(s.w.plant, stop->proposal, path, sizeof path);
        assert_string_equal(stop->message, cases[c].message);
        assert_string_equal(path, cases[c].proposal);
        assert_int_equal(stop->reason, NO_REASON); /* proposed is not given */
        shop_close(&s);
    }
}

/* The machine's alarm comes a little before it says that it stands, or within the stop. */
static void else_the_first_alarm_that_is_a_message_proposes_it(void **state)
{
    (void)state;
    static const struct { const char *at, *text, *message, *proposal; } cases[] = {
        {"06:59:58", "E12 jam", "E12 jam", "mechanical/jam"},
        {"07:00:30", "the belt is torn", "the belt is torn", "mechanical/belt"},
        {"06:30:00", "E12 jam", "", ""}, /* it has run on since */
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct shop s;
        bool before = strcmp(cases[c].at, "07:00") < 0;
        shop_open(&s, (struct shop_plan){.calendar = &two});
        tell(&s, "06:00", "state", value_int(RUN));
        if (before)
            tell_text(&s, cases[c].at, "fault", cases[c].text);
        tell(&s, "07:00", "state", value_int(STOPPED));
        if (!before)
            tell_text(&s, cases[c].at, "fault", cases[c].text);
        const struct stop *stop = stop_at(&s, "07:00");
        char path[REASON_PATH];
        plant_reason_path(s.w.plant, stop->proposal, path, sizeof path);
        assert_string_equal(stop->message, cases[c].message);
        assert_string_equal(path, cases[c].proposal);
        shop_close(&s);
    }
}

/* ---- reasons ---- */

static void a_reason_is_given_corrected_and_taken_back(void **state)
{
    (void)state;
    struct shop s;
    open_with_stops(&s);
    struct action action = on_stop(ACTION_STOP_REASON, "07:00", "mechanical/jam");
    snprintf(action.comment, sizeof action.comment, "bent sheet");
    assert_int_equal(act(&s, "08:01", action), REFUSAL_NONE);
    assert_string_equal(only_version(&s)->reason, "mechanical/jam");
    assert_string_equal(only_version(&s)->reason_title, "Jam");
    assert_string_equal(only_version(&s)->stop.who, "Kim");
    assert_string_equal(only_version(&s)->stop.comment, "bent sheet");
    const struct event *event = event_of(&s, EVENT_STOP);
    assert_string_equal(event->path, LINE);
    assert_int_equal(event->time_ms, local_ms("07:00"));
    assert_string_equal(event->after, "Jam");
    assert_string_equal(event->who, "Kim");
    assert_string_equal(event->alarm.comment, "bent sheet");
    assert_int_equal(act(&s, "08:01:10", on_stop(ACTION_STOP_REASON, "07:00", "mechanical/belt")), REFUSAL_NONE);
    assert_string_equal(event_of(&s, EVENT_STOP)->before, "Jam");
    assert_string_equal(stop_at(&s, "07:00")->comment, "bent sheet"); /* stays */
    assert_int_equal(act(&s, "08:01:20", on_stop(ACTION_STOP_REASON, "07:00", "")), REFUSAL_NONE);
    assert_int_equal(stop_at(&s, "07:00")->reason, NO_REASON);
    assert_string_equal(stop_at(&s, "07:00")->who, "");
    shop_close(&s);
}

static void a_reason_with_a_class_of_its_own_moves_the_time(void **state)
{
    (void)state;
    struct shop s;
    open_with_stops(&s);
    assert_ms(&s, "06:00", "08:00", TIME_DOWN, 20 * MINUTE);
    assert_int_equal(act(&s, "08:00:30", on_stop(ACTION_STOP_REASON, "07:00", "changeover")), REFUSAL_NONE);
    assert_ms(&s, "06:00", "08:00", TIME_DOWN, 0);
    assert_ms(&s, "06:00", "08:00", TIME_SETUP, 20 * MINUTE);
    struct account a = between(&s, "06:00", "08:00");
    assert_int_equal(a.stops, 0);
    const struct outcomes *o = model_outcomes(s.w.model);
    assert_int_equal(o->gain_count, 2); /* the unit and the line: the hour was told */
    assert_int_equal(o->gains[0].cell.sum.ms[TIME_DOWN], -20 * MINUTE);
    assert_int_equal(o->gains[0].cell.sum.ms[TIME_SETUP], 20 * MINUTE);
    assert_int_equal((int32_t)o->gains[0].cell.sum.stops, -1);
    assert_int_equal(stop_at(&s, "07:00")->booked, CLASS_SETUP);
    assert_int_equal(stop_at(&s, "07:00")->class, CLASS_STOP);
    assert_int_equal(act(&s, "08:00:40", on_stop(ACTION_STOP_REASON, "07:00", "mechanical/jam")), REFUSAL_NONE);
    assert_ms(&s, "06:00", "08:00", TIME_DOWN, 20 * MINUTE);
    /* and of one that lasts */
    assert_int_equal(act(&s, "08:20", on_stop(ACTION_STOP_REASON, "08:00", "changeover")), REFUSAL_NONE);
    wait_until(&s, "09:30");
    assert_ms(&s, "08:00", "10:00", TIME_SETUP, 90 * MINUTE);
    shop_close(&s);
}

static void a_stop_is_split_and_each_part_is_one(void **state)
{
    (void)state;
    struct shop s;
    open_with_stops(&s);
    struct action action = on_stop(ACTION_STOP_SPLIT, "07:00", "");
    action.until_ms = local_ms("07:19");
    assert_int_equal(act(&s, "08:00:10", action), REFUSAL_NONE);
    assert_int_equal(stop_at(&s, "07:00")->end_ms, local_ms("07:19"));
    assert_int_equal(stop_at(&s, "07:19")->end_ms, local_ms("07:20"));
    assert_int_equal(stop_at(&s, "07:19")->category, TIME_MINOR);
    assert_ms(&s, "06:00", "08:00", TIME_DOWN, 19 * MINUTE);
    assert_ms(&s, "06:00", "08:00", TIME_MINOR, MINUTE);
    struct account a = between(&s, "06:00", "08:00");
    assert_int_equal(a.stops, 1);
    assert_int_equal(a.minors, 1);
    /* one that lasts: the second part lasts on */
    action = on_stop(ACTION_STOP_SPLIT, "08:00", "");
    action.until_ms = local_ms("08:03");
    wait_until(&s, "08:09");
    assert_int_equal(act(&s, "08:10", action), REFUSAL_NONE);
    assert_int_equal(model_stop_now(s.w.model, line_of(&s))->start_ms, local_ms("08:03"));
    assert_int_equal(act(&s, "08:10:10", on_stop(ACTION_STOP_REASON, "08:03", "changeover")), REFUSAL_NONE);
    tell(&s, "08:13", "state", value_int(RUN));
    assert_ms(&s, "08:00", "10:00", TIME_DOWN, 3 * MINUTE);
    assert_ms(&s, "08:00", "10:00", TIME_SETUP, 10 * MINUTE);
    shop_close(&s);
}

static void two_stops_with_a_short_run_between_are_merged(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:58", "state", value_int(STOPPED));
    tell(&s, "06:59", "state", value_int(RUN));
    tell(&s, "07:00:30", "state", value_int(STOPPED));
    tell(&s, "07:01", "state", value_int(RUN));
    tell(&s, "07:10", "state", value_int(STOPPED));
    assert_int_equal(act(&s, "07:11", on_stop(ACTION_STOP_MERGE, "06:58", "")), REFUSAL_NONE);
    assert_int_equal(stop_at(&s, "06:58")->end_ms, local_ms("07:01"));
    assert_null(model_stop_at(s.w.model, line_of(&s), local_ms("07:00:30")));
    struct account a = between(&s, "06:00", "07:10");
    assert_int_equal(a.ms[TIME_DOWN], 3 * MINUTE); /* not minor any more, and the run between belongs to it */
    assert_int_equal(a.ms[TIME_RUN], 67 * MINUTE);
    assert_int_equal(a.stops, 1);
    assert_int_equal(a.minors, 0);
    assert_int_equal(act(&s, "07:11:30", on_stop(ACTION_STOP_MERGE, "06:58", "")), REFUSAL_STATE); /* nine minutes of running between */
    assert_int_equal(model_outcomes(s.w.model)->stop_count, 0);
    assert_string_equal(event_of(&s, EVENT_REFUSED)->who, "Kim");
    shop_close(&s);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct shop s;
    open_with_stops(&s);
    assert_int_equal(act(&s, "08:01", on_stop(ACTION_STOP_REASON, "07:01", "mechanical")), REFUSAL_NO_STOP);
    assert_int_equal(act(&s, "08:02", on_stop(ACTION_STOP_REASON, "07:00", "mechanical/rust")), REFUSAL_NO_REASON);
    assert_int_equal(act(&s, "08:03", on_stop(ACTION_STOP_COMMENT, "07:00", "")), REFUSAL_COMMENT);
    struct action action = on_stop(ACTION_STOP_SPLIT, "07:00", "");
    action.until_ms = local_ms("07:20");
    assert_int_equal(act(&s, "08:04", action), REFUSAL_STATE);
    action = on_stop(ACTION_STOP_REASON, "07:00", "mechanical");
    snprintf(action.target, sizeof action.target, "shop/hall/l9");
    assert_int_equal(act(&s, "08:05", action), REFUSAL_NO_TARGET);
    shop_close(&s);
}

static void a_stop_that_is_commented_keeps_it(void **state)
{
    (void)state;
    struct shop s;
    open_with_stops(&s);
    struct action action = on_stop(ACTION_STOP_COMMENT, "07:00", "");
    snprintf(action.comment, sizeof action.comment, "spare part ordered");
    assert_int_equal(act(&s, "08:01", action), REFUSAL_NONE);
    assert_string_equal(only_version(&s)->stop.comment, "spare part ordered");
    shop_close(&s);
}

/* ---- quantities and notes ---- */

static struct action quantity(const char *at, const char *word, double pieces)
{
    struct action action = on_stop(ACTION_QUANTITY, at, word);
    action.amount = (int64_t)(pieces * 1000);
    return action;
}

static void scrap_that_is_found_later_amends_the_shift_it_belongs_to(void **state)
{
    (void)state;
    struct shop s;
    shop_open(&s, (struct shop_plan){.calendar = &two, .ideal_s = 2});
    tell(&s, "06:00", "state", value_int(RUN));
    tell(&s, "06:00", "good", value_int(0));
    tell(&s, "10:30", "good", value_int(100));
    wait_until(&s, "16:00");
    assert_int_equal(act(&s, "16:01", quantity("10:30", "good", -5)), REFUSAL_NONE);
    assert_string_equal(event_of(&s, EVENT_QUANTITY)->text, "good");
    assert_string_equal(event_of(&s, EVENT_QUANTITY)->after, "-5");
    assert_int_equal(event_of(&s, EVENT_QUANTITY)->time_ms, local_ms("10:30"));
    const struct outcomes *o = model_outcomes(s.w.model);
    assert_int_equal(o->gain_count, 2);
    assert_near(o->gains[0].cell.sum.good, -5, 0);
    assert_string_equal(o->gains[0].cell.shift, "early");
    assert_int_equal(act(&s, "16:02", quantity("10:30", "reject", 5)), REFUSAL_NONE);
    struct account a = between(&s, "06:00", "14:00");
    assert_near(a.good, 95, 0);
    assert_near(a.reject, 5, 0);
    assert_near(a.ideal_ms, 200000, 0);
    assert_near(account_kpis(&a).quality, .95, 1e-9);
    model_account(s.w.model, unit_of(&s), local_ms("06:00"), local_ms("14:00"), &a, NULL);
    assert_near(a.reject, 5, 0); /* the unit that counts for the line tells the same */
    assert_int_equal(act(&s, "16:03", quantity("10:30", "good", -96)), REFUSAL_NUMBER);
    assert_int_equal(act(&s, "16:04", quantity("10:30", "gold", 1)), REFUSAL_NUMBER);
    assert_int_equal(act(&s, "16:05", quantity("16:30", "good", 1)), REFUSAL_NUMBER); /* not yet */
    shop_close(&s);
}

static void a_note_is_left_for_the_next_shift(void **state)
{
    (void)state;
    struct shop s;
    open_with_stops(&s);
    struct action action = {.kind = ACTION_NOTE};
    assert_int_equal(act(&s, "08:01", action), REFUSAL_COMMENT);
    snprintf(action.comment, sizeof action.comment, "watch the belt");
    assert_int_equal(act(&s, "08:02", action), REFUSAL_NONE);
    assert_string_equal(event_of(&s, EVENT_NOTE)->alarm.comment, "watch the belt");
    assert_string_equal(event_of(&s, EVENT_NOTE)->path, LINE);
    shop_close(&s);
}

/* ---- what stays ---- */

static void stops_and_reasons_stay_through_a_save_and_a_reload(void **state)
{
    (void)state;
    struct shop s;
    struct packer p;
    struct error err;
    size_t count;
    open_with_stops(&s);
    act(&s, "08:01", on_stop(ACTION_STOP_REASON, "07:00", "changeover"));
    packer_init(&p);
    model_save_configured(s.w.model, &p);
    struct model *loaded = model_load(s.w.plant, p.bytes, p.count, &err);
    packer_finish(&p);
    assert_non_null(loaded);
    model_destroy(s.w.model);
    s.w.model = loaded;
    assert_string_equal(s.w.plant->reasons[stop_at(&s, "07:00")->reason].name, "changeover");
    struct plant *old = s.w.plant;
    s.w.plant = shop_plant(&s.plan);
    model_configure(s.w.model, s.w.plant);
    old->zone = (struct zone){.spans = NULL};
    plant_destroy(old);
    wait_until(&s, "08:02");
    model_stops(s.w.model, &count);
    assert_int_equal(count, 2);
    assert_string_equal(s.w.plant->reasons[stop_at(&s, "07:00")->reason].name, "changeover");
    act(&s, "08:10", on_stop(ACTION_STOP_REASON, "07:00", "mechanical"));
    assert_ms(&s, "06:00", "08:00", TIME_DOWN, 20 * MINUTE);
    assert_ms(&s, "06:00", "14:00", TIME_DOWN, 30 * MINUTE);
    shop_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_stop_has_a_beginning_an_end_and_what_was_made),
        CASE(a_stop_that_lasted_no_time_was_none),
        CASE(the_first_message_of_the_stop_proposes_its_reason),
        CASE(else_the_first_alarm_that_is_a_message_proposes_it),
        CASE(a_reason_is_given_corrected_and_taken_back),
        CASE(a_reason_with_a_class_of_its_own_moves_the_time),
        CASE(a_stop_is_split_and_each_part_is_one),
        CASE(two_stops_with_a_short_run_between_are_merged),
        CASE(what_makes_no_sense_is_refused),
        CASE(a_stop_that_is_commented_keeps_it),
        CASE(scrap_that_is_found_later_amends_the_shift_it_belongs_to),
        CASE(a_note_is_left_for_the_next_shift),
        CASE(stops_and_reasons_stay_through_a_save_and_a_reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
