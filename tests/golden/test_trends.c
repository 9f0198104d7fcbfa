/*
 * The trends view and the faceplate's eight hours, drawn from answers that the test makes up: whatever a view wants in a first drawing is
 * answered by a rule, so that each picture is the same on every machine.
 */
#include "fixture.h"

#include "check.h"
#include "core/memory.h"
#include "views/trends.h"

#define F2 "shenyang/foaming/cabinet/f2/"
#define P01 "shenyang/stamping/side1/p01/"
#define DAY INT64_C(86400000)
#define MINUTE INT64_C(60000)

static double triangle(int64_t ms, int64_t period)
{
    double up = 4.0 * (double)((ms % period + period) % period) / (double)period;
    return up < 1 ? up : up < 3 ? 2 - up : up - 4;
}

/* How a tag's columns come about. */
struct rule {
    const char *path;
    double middle, swing, noise; /* noise: a column holds several samples that far apart */
    int64_t period, every;       /* every: a sample so often; what lies between is held */
    int64_t gap_from, gap_to;    /* before now, ms: nothing is known; both 0: no gap */
    double a_day_ago;            /* how much lower it was */
};

static const struct rule rules[] = {
    {F2 "feed", 27, 5.5, 0, 23 * MINUTE, 1, 38 * MINUTE, 31 * MINUTE, 3},
    {F2 "vacuum", -70, 6, 4, 51 * MINUTE, 1, 0, 0, 0},
    {F2 "setpoint", 25, 2, 0, 90 * MINUTE, 17 * MINUTE, 0, 0, 0},
    {F2 "sealing", 6.2, 0.6, 0.4, 13 * MINUTE, 1, 20 * MINUTE, 12 * MINUTE, 0},
    {P01 "oil", 52, 3, 1, 37 * MINUTE, 1, 0, 0, 0},
    {"shenyang/utilities/chiller/supply", 9, 2.8, 0, 44 * MINUTE, 3 * MINUTE, 0, 0, 0},
    {"shenyang/utilities/air/pressure", 6.9, 0.2, 0.1, 7 * MINUTE, 1, 0, 0, 0},
    {F2 "guard", 0.5, 0.5, 0, 40 * MINUTE, 10 * MINUTE, 0, 0, 0},
    {F2 "cycle", 60, 15, 60, 41 * MINUTE, 1, 30 * MINUTE, 24 * MINUTE, 0}, /* it reaches far */
    {P01 "cycle", 8, 2, 0, 7 * MINUTE, 1, 2 * DAY, 4 * MINUTE, 0},       /* it has just begun */
};

static double value_of(const struct rule *rule, int64_t ms)
{
    double value = rule->middle + rule->swing * triangle(ms, rule->period);
    return strstr(rule->path, "guard") ? value > 0.5 : value;
}

static void answer_columns(const struct fixture *f, struct answer *a)
{
    const struct rule *rule = NULL;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].path, a->want.path) == 0)
            rule = &rules[i];
    if (!rule) {
        snprintf(a->why, sizeof a->why, "not configured: nothing is kept of it");
        return;
    }
    bool earlier = a->want.to_ms < f->scene.now_ms - DAY / 2;
    int64_t step = (a->want.to_ms - a->want.from_ms) / a->want.columns;
    a->columns = mem_zero(a->want.columns, sizeof *a->columns);
    a->column_count = a->want.columns;
    snprintf(a->tier, sizeof a->tier, step < MINUTE ? "samples" : step < 60 * MINUTE ? "minutes" : "hours");
    for (size_t i = 0; i < a->column_count; i++) {
        int64_t at = a->want.from_ms + (int64_t)i * step, ago = f->scene.now_ms - at;
        struct column *c = &a->columns[i];
        if (at > f->scene.now_ms || (!earlier && ago <= rule->gap_from && ago > rule->gap_to))
            continue;
        bool fresh = at / rule->every != (at - step) / rule->every;
        c->last = value_of(rule, fresh ? at : at - at % rule->every) - (earlier ? rule->a_day_ago : 0);
        c->state = fresh ? COLUMN_FILLED : COLUMN_HELD;
        c->count = !fresh ? 0 : rule->noise > 0 ? 60 : 1;
        c->low = c->last - (fresh ? rule->noise / 2 : 0);
        c->high = c->last + (fresh ? rule->noise / 2 : 0);
        c->mean = c->last;
    }
}

static void answer_states(const struct fixture *f, struct answer *a)
{
    static const struct { int from, to; enum state_class class; } was[] = {
        {100, 71, CLASS_RUN}, {71, 60, CLASS_STOP}, {60, 42, CLASS_RUN}, {42, 37, CLASS_STARVED}, {37, 20, CLASS_SETUP}, {20, 1, CLASS_RUN},
    };
    size_t count = sizeof was / sizeof was[0];
    a->states = mem_zero(count, sizeof *a->states);
    a->state_count = count;
    for (size_t i = 0; i < count; i++) {
        a->states[i].start_ms = f->scene.now_ms - was[i].from * MINUTE;
        a->states[i].end_ms = f->scene.now_ms - was[i].to * MINUTE;
        a->states[i].class = (uint8_t)was[i].class;
    }
}

static void answer_events(const struct fixture *f, struct answer *a)
{
    static const struct { int ago; enum event_kind kind; const char *text, *before, *after, *who; } was[] = {
        {9, EVENT_SETPOINT, "设定值 of 注料 F2", "25.0", "26.0", ""}, {26, EVENT_ORDER, "订单 of 箱体发泡", "4711-21", "4711-22", "Kim"},
        {52, EVENT_LIMIT, "料温 normal", "18..28", "18..30", ""},
    };
    size_t count = sizeof was / sizeof was[0];
    a->events = mem_zero(count, sizeof *a->events);
    a->event_count = count;
    for (size_t i = 0; i < count; i++) {
        a->events[i].time_ms = f->scene.now_ms - was[i].ago * MINUTE;
        a->events[i].kind = was[i].kind;
        snprintf(a->events[i].text, sizeof a->events[i].text, "%s", was[i].text);
        snprintf(a->events[i].before, sizeof a->events[i].before, "%s", was[i].before);
        snprintf(a->events[i].after, sizeof a->events[i].after, "%s", was[i].after);
        snprintf(a->events[i].who, sizeof a->events[i].who, "%s", was[i].who);
    }
}

/* Draws once for the wants, answers them all, and draws what is compared. */
static void answered_golden(struct fixture *f, const char *name, int w, int h, const struct view *over)
{
    struct grid *grid = grid_create(w, h);
    grid->tier = f->tier;
    recall_frame(f->scene.recall);
    frame_draw(surface_of(grid), &f->scene, f->view, f->state, over, NULL);
    grid_destroy(grid);
    for (size_t i = 0; i < recall_wanted(f->scene.recall); i++) {
        struct answer a = {.want = *recall_wanted_at(f->scene.recall, i)};
        if (a.want.kind == WANT_COLUMNS)
            answer_columns(f, &a);
        else if (a.want.kind == WANT_STATES)
            answer_states(f, &a);
        else if (a.want.kind == WANT_EVENTS)
            answer_events(f, &a);
        recall_answer_take(f->scene.recall, &a);
    }
    fixture_golden(f, name, w, h, over);
}

static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};

static void at_every_size(struct fixture *f, const char *name)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        answered_golden(f, name, sizes[i].w, sizes[i].h, NULL);
}

static void open_trends(struct fixture *f, size_t count)
{
    fixture_appliance(f);
    f->scene.recall = recall_create();
    fixture_open(f, "trends");
    for (size_t i = 0; i < count; i++)
        assert_true(trends_add(f->state, rules[i].path));
}

static void close_trends(struct fixture *f)
{
    recall_destroy(f->scene.recall);
    fixture_finish(f);
}

static void press(struct fixture *f, const char *keys)
{
    for (; *keys; keys++)
        fixture_press(f, key_char((unsigned char)*keys));
}

static void one_value_with_a_gap_its_limits_and_what_was_changed(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 1);
    at_every_size(&f, "trends-one");
    close_trends(&f);
}

static void three_values_and_the_cursor(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 3);
    fixture_press(&f, key_code(KEYC_UP));
    answered_golden(&f, "trends-three", 80, 24, NULL);
    press(&f, "<<<");
    at_every_size(&f, "trends-cursor");
    close_trends(&f);
}

static void eight_values(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, TRENDS_TAGS);
    at_every_size(&f, "trends-eight");
    press(&f, "o");
    answered_golden(&f, "trends-fitted", 80, 24, NULL);
    press(&f, "o");
    answered_golden(&f, "trends-common", 80, 24, NULL);
    assert_false(trends_add(f.state, "one/too/many"));
    answered_golden(&f, "trends-full", 80, 24, NULL);
    close_trends(&f);
}

static void without_unicode_and_with_braille(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 3);
    f.tier = TIER_ASCII;
    answered_golden(&f, "ascii-trends", 80, 24, NULL);
    f.tier = TIER_FULL;
    answered_golden(&f, "full-trends", 80, 24, NULL);
    answered_golden(&f, "full-trends", 200, 60, NULL);
    close_trends(&f);
}

static void yesterday_lies_behind(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 1);
    press(&f, "y");
    answered_golden(&f, "trends-yesterday", 80, 24, NULL);
    f.tier = TIER_FULL;
    answered_golden(&f, "full-trends-yesterday", 80, 24, NULL);
    close_trends(&f);
}

static void what_is_not_there_yet_or_never(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 2);
    fixture_golden(&f, "trends-loading", 80, 24, NULL);
    trends_add(f.state, "main:plant/test/bench7#/current");
    trends_add(f.state, "shenyang/foaming/cabinet/product");
    trends_add(f.state, "shenyang/gone/away");
    fixture_press(&f, key_code(KEYC_UP));
    fixture_press(&f, key_code(KEYC_UP));
    answered_golden(&f, "trends-unkept", 80, 24, NULL);
    recall_destroy(f.scene.recall);
    f.scene.recall = NULL;
    fixture_golden(&f, "trends-no-history", 80, 24, NULL);
    fixture_golden(&f, "trends-no-history", 40, 12, NULL);
    close_trends(&f);
}

static void from_a_minute_to_a_year(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 2);
    press(&f, "+++++++++++++++++++++");
    answered_golden(&f, "trends-minute", 80, 24, NULL);
    press(&f, "----------");
    answered_golden(&f, "trends-day", 80, 24, NULL);
    press(&f, "---------------");
    answered_golden(&f, "trends-year", 80, 24, NULL);
    close_trends(&f);
}

static void what_reaches_far_is_a_band_that_hides_no_curve(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 0);
    assert_true(trends_add(f.state, P01 "oil") && trends_add(f.state, F2 "cycle"));
    answered_golden(&f, "trends-band", 80, 24, NULL);
    f.tier = TIER_ASCII;
    answered_golden(&f, "ascii-trends-band", 80, 24, NULL);
    f.tier = TIER_FULL;
    answered_golden(&f, "full-trends-band", 80, 24, NULL);
    close_trends(&f);
}

static void a_history_of_minutes_fills_the_screen(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 0);
    struct trends *t = f.state;
    assert_true(trends_add(t, P01 "cycle"));
    assert_int_equal(trends_span(t, &f.scene), 60 * MINUTE);
    answered_golden(&f, "trends-begun", 80, 24, NULL);
    assert_int_equal(trends_span(t, &f.scene), 10 * MINUTE);
    f.scene.now_ms += 20 * MINUTE; /* it grows with what there is */
    assert_int_equal(trends_span(t, &f.scene), 30 * MINUTE);
    f.scene.now_ms += 5 * DAY;
    assert_int_equal(trends_span(t, &f.scene), 60 * MINUTE);
    f.scene.now_ms -= 6 * DAY; /* who goes back in time does not know any more where it begins */
    assert_int_equal(trends_span(t, &f.scene), 60 * MINUTE);
    close_trends(&f);
}

static void a_stretch_is_shown_whole(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 1);
    struct trends *t = f.state;
    const int64_t spans[] = {7 * DAY, 31 * DAY, 365 * DAY}, to = f.scene.now_ms - DAY;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        trends_between(t, &f.scene, to - spans[i], to);
        struct timeline line = trends_window(t, &f.scene, 71);
        assert_true(line.from_ms <= to - spans[i] && timeline_end(&line) >= to);
        assert_int_equal(timeline_column(&line, to - 1), 70);
        assert_int_equal(trends_cursor(t, &line), 70);
    }
    press(&f, "+"); /* and one goes on from there */
    assert_int_equal(trends_span(t, &f.scene), 90 * DAY);
    close_trends(&f);
}

static void the_faceplate_has_eight_hours_too(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 0);
    fixture_open(&f, "tags");
    snprintf(f.scene.focus.tag, sizeof f.scene.focus.tag, F2 "feed");
    f.scene.raw_topic = "plant/foaming/cabinet/f2/telemetry";
    fixture_golden(&f, "faceplate-loading", 80, 24, &faceplate_view);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        answered_golden(&f, "faceplate-hours", sizes[i].w, sizes[i].h, &faceplate_view);
    snprintf(f.scene.focus.tag, sizeof f.scene.focus.tag, "main:plant/test/bench7#/current");
    answered_golden(&f, "faceplate-unkept", 80, 24, &faceplate_view);
    close_trends(&f);
}

static void v_takes_a_tag_or_what_a_unit_has_to_tell(void **state)
{
    (void)state;
    struct fixture f;
    struct request request;
    fixture_appliance(&f);
    fixture_open(&f, "overview");
    fixture_press(&f, key_char('j'));
    request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.node, "shenyang/stamping/side2");
    assert_string_equal(request.focus.tag, "");
    fixture_open(&f, "tags");
    request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.tag, "shenyang/outside");
    fixture_open(&f, "line");
    request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.node, "shenyang/foaming/cabinet/f1");
    fixture_press(&f, key_code(KEYC_TAB));
    request = fixture_press(&f, key_char('v'));
    assert_string_equal(request.focus.tag, "shenyang/foaming/cabinet/f1/feed");
    fixture_finish(&f);
}

static void the_key_tags_of_a_unit_come_first(void **state)
{
    (void)state;
    struct fixture f;
    struct trends trends = {.count = 0};
    fixture_appliance(&f);
    trends_add_focus(&trends, f.model, &(struct focus){.node = "shenyang/foaming/cabinet/f2"});
    assert_int_equal(trends.count, 3);
    assert_string_equal(trends.tags[0], F2 "feed");
    assert_string_equal(trends.tags[1], F2 "vacuum");
    assert_string_equal(trends.tags[2], F2 "cycle");
    assert_int_equal(trends.selected, 0);
    trends.selected = 2;
    trends_add_focus(&trends, f.model, &(struct focus){.tag = F2 "feed"});
    assert_int_equal(trends.count, 3);
    assert_int_equal(trends.selected, 0);
    fixture_finish(&f);
}

static void keys_move_through_time(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, 2);
    struct trends *t = f.state;
    answered_golden(&f, "trends-two", 80, 24, NULL);
    int64_t now = f.scene.now_ms;
    assert_false(t->standing);
    fixture_press(&f, key_code(KEYC_LEFT));
    assert_int_equal(t->cursor_ms, now / MINUTE * MINUTE - MINUTE);
    assert_false(t->standing); /* the cursor stays where it is while the window follows */
    fixture_press(&f, key_code(KEYC_RIGHT));
    assert_int_equal(t->cursor_ms, 0);
    fixture_press(&f, key_code(KEYC_HOME));
    fixture_press(&f, key_code(KEYC_LEFT));
    assert_true(t->standing); /* over the edge the window comes along */
    int64_t cursor = t->cursor_ms;
    press(&f, "+");
    assert_true(t->cursor_ms >= cursor && t->cursor_ms < cursor + MINUTE); /* zooming keeps the moment */
    fixture_press(&f, key_code(KEYC_PAGE_UP));
    assert_true(t->standing && t->end_ms < now);
    answered_golden(&f, "trends-earlier", 80, 24, NULL);
    for (int i = 0; i < 20; i++)
        fixture_press(&f, key_code(KEYC_PAGE_DOWN));
    assert_false(t->standing);
    trends_go(t, &f.scene, now - 7 * DAY);
    assert_int_equal(t->cursor_ms, now - 7 * DAY);
    answered_golden(&f, "trends-week-ago", 80, 24, NULL);
    fixture_press(&f, key_code(KEYC_END));
    assert_false(t->standing);
    assert_int_equal(t->cursor_ms, 0);
    press(&f, "x");
    assert_int_equal(t->count, 1);
    assert_int_equal(fixture_press(&f, key_code(KEYC_ENTER)).kind, REQUEST_FACEPLATE);
    press(&f, "X");
    assert_int_equal(t->count, 0);
    close_trends(&f);
}

/* Whatever the size and the tier, nothing is drawn outside and nothing is asserted. */
static void every_size_is_survived(void **state)
{
    (void)state;
    struct fixture f;
    open_trends(&f, TRENDS_TAGS);
    press(&f, "y");
    for (int tier = TIER_WGL4; tier <= TIER_FULL; tier++)
        for (int w = 0; w <= 1100; w += w < 50 ? 7 : 263)
            for (int h = 0; h <= 62; h += h < 26 ? 3 : 9) {
                struct grid *grid = grid_create(w, h);
                grid->tier = (enum glyph_tier)tier;
                recall_frame(f.scene.recall);
                frame_draw(surface_of(grid), &f.scene, f.view, f.state, NULL, NULL);
                for (size_t i = 0; h % 2 && i < recall_wanted(f.scene.recall); i++) {
                    struct answer a = {.want = *recall_wanted_at(f.scene.recall, i)};
                    if (a.want.kind == WANT_COLUMNS)
                        answer_columns(&f, &a);
                    recall_answer_take(f.scene.recall, &a);
                }
                grid_destroy(grid);
            }
    close_trends(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_value_with_a_gap_its_limits_and_what_was_changed), CASE(three_values_and_the_cursor), CASE(eight_values),
        CASE(without_unicode_and_with_braille), CASE(yesterday_lies_behind), CASE(what_is_not_there_yet_or_never), CASE(from_a_minute_to_a_year),
        CASE(what_reaches_far_is_a_band_that_hides_no_curve), CASE(a_history_of_minutes_fills_the_screen), CASE(a_stretch_is_shown_whole),
        CASE(the_faceplate_has_eight_hours_too), CASE(v_takes_a_tag_or_what_a_unit_has_to_tell), CASE(the_key_tags_of_a_unit_come_first), CASE(keys_move_through_time), CASE(every_size_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
