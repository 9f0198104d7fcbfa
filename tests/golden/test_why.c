/* Why: what happened before a stop and before a raise, ranked, at the three sizes; what its keys do; what it says when it has nothing. */
#include "fixture.h"

#include "check.h"

#define LINE "shenyang/foaming/cabinet"
#define UNIT LINE "/f2"

static struct event events[6];

/* What the history answers: events around the foaming line's stop, newest first. */
static void remember(const struct fixture *f, int64_t stop_ms)
{
    const struct event told[] = {
        {.number = 6, .kind = EVENT_STATE, .time_ms = stop_ms, .path = UNIT, .text = "注料 F2", .before = "run", .after = "STOP"},
        {.number = 5, .kind = EVENT_BAND, .time_ms = stop_ms - 21500, .path = UNIT "/sealing", .text = "密封压力", .before = "14.0 bar", .after = "14.6 bar"},
        {.number = 4, .kind = EVENT_ALARM, .time_ms = stop_ms - 95000, .path = "shenyang/utilities/chiller/supply.high", .text = "Chilled water high",
            .alarm = {.event = 0, .value = "16.4 °C", .limit = "> 15", .priority = 2}},
        {.number = 3, .kind = EVENT_SETPOINT, .time_ms = stop_ms - 180000, .path = UNIT "/setpoint", .text = "设定值", .before = "42.0 °C", .after = "39.5 °C", .who = "line3"},
        {.number = 2, .kind = EVENT_CONFIG, .time_ms = stop_ms - 400000, .text = "/etc/andon/andon.cfg", .before = "11111111", .after = "22222222"},
        {.number = 1, .kind = EVENT_SETPOINT, .time_ms = stop_ms - 3000000, .path = UNIT "/setpoint", .text = "设定值", .before = "41.0 °C", .after = "42.0 °C"},
    };
    (void)f;
    memcpy(events, told, sizeof events);
}

static void answer(struct fixture *f, const struct view *over, int w, int h, size_t count)
{
    struct grid *grid = grid_create(w, h);
    void *state = calloc(1, over->state_size);
    assert_non_null(state);
    recall_frame(f->scene.recall);
    frame_draw(surface_of(grid), &f->scene, f->view, f->state, over, state);
    over->finish(state);
    free(state);
    grid_destroy(grid);
    for (size_t i = 0; i < recall_wanted(f->scene.recall); i++) {
        struct answer a = {.want = *recall_wanted_at(f->scene.recall, i), .event_count = count};
        a.events = calloc(count + 1, sizeof *a.events);
        assert_non_null(a.events);
        memcpy(a.events, events, count * sizeof *a.events);
        recall_answer_take(f->scene.recall, &a);
    }
}

static void open_why(struct fixture *f)
{
    fixture_appliance(f);
    f->scene.recall = recall_create();
    fixture_open(f, "overview");
    f->scene.focus = (struct focus){.about = LINE, .about_ms = f->now_ms - 120000};
    remember(f, f->scene.focus.about_ms);
}

static void close_why(struct fixture *f)
{
    recall_destroy(f->scene.recall);
    fixture_finish(f);
}

static void a_stop_is_asked_about_at_every_size(void **state)
{
    static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};
    (void)state;
    struct fixture f;
    open_why(&f);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        answer(&f, &why_view, sizes[i].w, sizes[i].h, 6);
        fixture_golden(&f, "why", sizes[i].w, sizes[i].h, &why_view);
    }
    f.tier = TIER_ASCII;
    fixture_golden(&f, "ascii-why", 80, 24, &why_view);
    close_why(&f);
}

static void it_says_what_it_does_not_know(void **state)
{
    (void)state;
    struct fixture f;
    open_why(&f);
    fixture_golden(&f, "why-loading", 80, 24, &why_view);
    answer(&f, &why_view, 80, 24, 1); /* nothing but the stop itself */
    fixture_golden(&f, "why-nothing", 80, 24, &why_view);
    recall_destroy(f.scene.recall);
    f.scene.recall = NULL;
    fixture_golden(&f, "why-no-history", 80, 24, &why_view);
    f.scene.focus = (struct focus){.node = ""};
    fixture_golden(&f, "why-of-nothing", 80, 24, &why_view);
    close_why(&f);
}

static struct request press(struct fixture *f, void *state, struct key key)
{
    struct request request = {.kind = REQUEST_NONE};
    assert_true(why_view.key(state, &f->scene, key, &request));
    return request;
}

static void what_happened_is_one_key_away(void **state)
{
    (void)state;
    struct fixture f;
    open_why(&f);
    answer(&f, &why_view, 80, 24, 6);
    void *why = calloc(1, why_view.state_size);
    assert_non_null(why);
    struct request request = press(&f, why, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_FACEPLATE);
    assert_string_equal(request.focus.tag, UNIT "/sealing");
    press(&f, why, key_char('j'));
    request = press(&f, why, key_char('v'));
    assert_true(request.kind == REQUEST_TREND);
    assert_int_equal(press(&f, why, key_code(KEYC_ESC)).kind, REQUEST_BACK);
    why_view.finish(why);
    free(why);
    close_why(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_stop_is_asked_about_at_every_size), CASE(it_says_what_it_does_not_know), CASE(what_happened_is_one_key_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
