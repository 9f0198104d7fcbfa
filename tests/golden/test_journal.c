/*
 * The journal and the performance of the alarm system, drawn from a morning of events that the test makes up: every want is answered from them as the
 * cache would.
 */
#include "fixture_alarms.h"

#include "check.h"
#include "core/memory.h"
#include "core/period.h"

#define F2 "shenyang/foaming/cabinet/f2"
#define P01 "shenyang/stamping/side1/p01"
#define SECOND INT64_C(1000)
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

enum { EVENTS_MOST = 4096 };

static struct event events[EVENTS_MOST]; /* oldest first */
static size_t event_count;

static struct event *put(int64_t ms, enum event_kind kind, const char *path, const char *text, const char *before, const char *after, const char *who)
{
    assert_true(event_count < EVENTS_MOST && (event_count == 0 || events[event_count - 1].time_ms <= ms));
    struct event *e = &events[event_count++];
    *e = (struct event){.number = event_count, .seq = event_count, .time_ms = ms, .kind = kind};
    snprintf(e->path, sizeof e->path, "%s", path);
    snprintf(e->text, sizeof e->text, "%s", text);
    snprintf(e->before, sizeof e->before, "%s", before);
    snprintf(e->after, sizeof e->after, "%s", after);
    snprintf(e->who, sizeof e->who, "%s", who);
    return e;
}

static const char *position = "plant"; /* that everything belongs to without a configured one */

static void put_alarm(int64_t ms, const char *key, const char *title, enum alarm_event what, uint8_t priority, int64_t occurrence, const char *value, const char *who)
{
    struct event *e = put(ms, EVENT_ALARM, key, title, "NORM", "UNACK", who);
    e->alarm.event = (uint8_t)what;
    e->alarm.priority = priority;
    e->alarm.annunciated = what == ALARM_RAISED;
    e->alarm.occurrence_ms = occurrence;
    snprintf(e->alarm.value, sizeof e->alarm.value, "%s", value);
    snprintf(e->alarm.limit, sizeof e->alarm.limit, "%s", *value ? "> 34 °C" : "");
    snprintf(e->alarm.position, sizeof e->alarm.position, "%s", position);
    snprintf(e->alarm.class, sizeof e->alarm.class, "process");
}

/* Two nights ago an alarm that still stands; yesterday something quiet; this morning a pump that chatters, and a flood at 09:00. */
static void make_events(const struct fixture *f)
{
    int64_t midnight = f->midnight_ms;
    event_count = 0;
    put_alarm(midnight - 50 * HOUR, "shenyang/utilities/air/pressure.low", "空压 low", ALARM_RAISED, 3, midnight - 50 * HOUR, "", "");
    put(midnight - 20 * HOUR, EVENT_CONFIG, "", "/etc/andon/andon.cfg", "3f21", "90aa", "");
    put(midnight - 3 * HOUR, EVENT_LINK, "", "broker:main", "", "connected", "");
    for (int i = 0; i < 400; i++)
        put(midnight + 3 * HOUR + i * 20 * SECOND, EVENT_STATE, P01, "P01", i % 2 ? "STOP" : "run", i % 2 ? "run" : "STOP", "");
    for (int i = 0; i < 8; i++) {
        int64_t at = midnight + 8 * HOUR + i * 25 * SECOND;
        put_alarm(at, F2 "/feed.high", "料温 high", ALARM_RAISED, 2, at, "34.6 °C", "");
        put_alarm(at + 7 * SECOND, F2 "/feed.high", "料温 high", ALARM_CLEARED, 2, at, "33.2 °C", "");
    }
    for (int i = 0; i < 14; i++) {
        char key[64], title[32];
        snprintf(key, sizeof key, "shenyang/stamping/side1/p%02d.fault", i + 1);
        snprintf(title, sizeof title, "压机 P%02d 故障", i + 1);
        put_alarm(midnight + 9 * HOUR + i * 5 * SECOND + i / 3, key, title, ALARM_RAISED, (uint8_t)(i == 3 ? 1 : 4), midnight + 9 * HOUR + i * 5 * SECOND + i / 3, "", "");
    }
    for (int i = 0; i < 14; i += 2) {
        char key[64], title[32];
        snprintf(key, sizeof key, "shenyang/stamping/side1/p%02d.fault", i + 1);
        snprintf(title, sizeof title, "压机 P%02d 故障", i + 1);
        put_alarm(midnight + 9 * HOUR + 3 * MINUTE + i * 40 * SECOND, key, title, ALARM_ACKNOWLEDGED, (uint8_t)(i == 3 ? 1 : 4), midnight + 9 * HOUR + i * 5 * SECOND + i / 3, "", "Kim");
    }
    put(midnight + 9 * HOUR + 30 * MINUTE, EVENT_SETPOINT, F2 "/setpoint", "设定值", "24.5 °C", "26.0 °C", "");
    struct event *ack = put(midnight + 10 * HOUR, EVENT_REFUSED, F2 "/feed.high", "ack", "", "that occurrence is over", "Lee");
    snprintf(ack->alarm.comment, sizeof ack->alarm.comment, "pump serviced");
    put(midnight + 10 * HOUR + 30 * MINUTE, EVENT_GAP, "", "the collector was away", "", "1m20s", "");
    put(midnight + 10 * HOUR + 41 * MINUTE + 250, EVENT_STATE, P01, "P01", "run", "STOP", "");
    put_alarm(midnight + 10 * HOUR + 41 * MINUTE + 250, F2 "/feed.high", "料温 high", ALARM_RAISED, 2, midnight + 10 * HOUR + 41 * MINUTE + 250, "35.1 °C", "");
}

static bool is_wanted(const struct event *e, const struct want *w)
{
    bool behind = w->oldest ? e->time_ms > w->from_ms || e->number > w->number : e->time_ms < w->to_ms || e->number < w->number;
    return e->time_ms >= w->from_ms && (e->time_ms < w->to_ms || (!w->oldest && e->time_ms == w->to_ms)) && behind && (!w->kinds || w->kinds >> e->kind & 1) && event_matches(e, w->find);
}

static void answer_events(struct answer *a)
{
    a->events = mem_zero(a->want.rows, sizeof *a->events);
    for (size_t i = 0; i < event_count; i++) {
        const struct event *e = &events[a->want.oldest ? i : event_count - 1 - i];
        if (!is_wanted(e, &a->want))
            continue;
        a->cut = a->event_count == a->want.rows;
        if (a->cut)
            return;
        a->events[a->event_count++] = *e;
    }
}

static void answer_metrics(const struct fixture *f, struct answer *a)
{
    a->metrics = alarm_metrics_create(&(struct metrics_options){.from_ms = a->want.from_ms, .to_ms = a->want.to_ms, .day_ms = a->want.day_ms,
        .chatter_count = a->want.chatter_count, .chatter_ms = a->want.chatter_ms, .fleeting_ms = a->want.fleeting_ms});
    for (size_t i = 0; i < event_count; i++) {
        const struct event *e = &events[i];
        if (e->kind == EVENT_ALARM && e->time_ms < a->want.to_ms)
            alarm_metrics_feed(a->metrics, &(struct alarm_mark){.ms = e->time_ms, .what = (enum alarm_event)e->alarm.event, .priority = e->alarm.priority, .annunciated = e->alarm.annunciated,
                .occurrence_ms = e->alarm.occurrence_ms, .key = e->path, .title = e->text, .position = e->alarm.position});
    }
    alarm_metrics_close(a->metrics, f->scene.now_ms);
}

/* Draws, answers what was wanted, and so on until nothing new is wanted. */
static void settle(struct fixture *f, int w, int h)
{
    for (int round = 0; round < 4; round++) {
        struct grid *grid = grid_create(w, h);
        recall_frame(f->scene.recall);
        frame_draw(surface_of(grid), &f->scene, f->view, f->state, NULL, NULL);
        grid_destroy(grid);
        for (size_t i = 0; i < recall_wanted(f->scene.recall); i++) {
            struct answer a = {.want = *recall_wanted_at(f->scene.recall, i)};
            if (a.want.kind == WANT_EVENTS)
                answer_events(&a);
            else if (a.want.kind == WANT_METRICS)
                answer_metrics(f, &a);
            recall_answer_take(f->scene.recall, &a);
        }
    }
}

static void golden(struct fixture *f, const char *name, int w, int h)
{
    settle(f, w, h);
    fixture_golden(f, name, w, h, NULL);
}

static void at_every_size(struct fixture *f, const char *name)
{
    static const struct { int w, h; } sizes[] = {{80, 24}, {40, 12}, {200, 60}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        golden(f, name, sizes[i].w, sizes[i].h);
}

static void open_view(struct fixture *f, const char *view)
{
    fixture_appliance(f);
    f->scene.recall = recall_create();
    make_events(f);
    fixture_open(f, view);
}

static void close_view(struct fixture *f)
{
    recall_destroy(f->scene.recall);
    fixture_finish(f);
}

static void press(struct fixture *f, const char *keys)
{
    for (; *keys; keys++)
        fixture_press(f, key_char((unsigned char)*keys));
}

/* ---- the journal ---- */

static void everything_that_happened_the_newest_first(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "journal");
    at_every_size(&f, "journal-events");
    close_view(&f);
}

static void tab_shows_one_kind(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "journal");
    fixture_press(&f, key_code(KEYC_TAB));
    golden(&f, "journal-alarms", 80, 24);
    fixture_press(&f, key_code(KEYC_BACKTAB));
    fixture_press(&f, key_code(KEYC_BACKTAB));
    golden(&f, "journal-system", 80, 24);
    close_view(&f);
}

static void a_search_looks_through_the_whole_history(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "journal");
    f.scene.filter = "设定值";
    golden(&f, "journal-found", 80, 24);
    f.scene.filter = "nothing like it";
    golden(&f, "journal-not-found", 80, 24);
    close_view(&f);
}

static void enter_tells_what_happened_around_it_and_esc_goes_back(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "journal");
    fixture_press(&f, key_code(KEYC_TAB));
    settle(&f, 80, 24);
    press(&f, "jjjjjjjjjj"); /* P12: others came within the same seconds */
    settle(&f, 80, 24);
    fixture_press(&f, key_code(KEYC_ENTER));
    at_every_size(&f, "journal-around");
    press(&f, "-");
    settle(&f, 80, 24);
    press(&f, "-");
    golden(&f, "journal-around-less", 80, 24);
    fixture_press(&f, key_code(KEYC_ESC));
    golden(&f, "journal-back", 80, 24);
    close_view(&f);
}

static void what_the_event_is_about_is_opened(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "journal");
    settle(&f, 80, 24);
    struct request request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.tag, F2 "/feed");
    assert_true(request.focus.at_ms == events[event_count - 1].time_ms);
    fixture_press(&f, key_code(KEYC_ENTER));
    settle(&f, 80, 24);
    request = fixture_press(&f, key_code(KEYC_ENTER));
    assert_int_equal(request.kind, REQUEST_FACEPLATE);
    fixture_press(&f, key_code(KEYC_ESC));
    press(&f, "j");
    settle(&f, 80, 24);
    request = fixture_press(&f, key_char('v'));
    assert_int_equal(request.kind, REQUEST_TREND);
    assert_string_equal(request.focus.node, P01);
    close_view(&f);
}

/* Down to the oldest event, a page at a time, and back to the newest: nothing is skipped, whatever was read. */
static void what_is_older_is_read_as_one_comes_to_it(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "journal");
    settle(&f, 80, 24);
    for (size_t i = 0; i < event_count / 16 + 8; i++) {
        fixture_press(&f, key_code(KEYC_PAGE_DOWN));
        settle(&f, 80, 24);
    }
    golden(&f, "journal-oldest", 80, 24);
    press(&f, "kkkk");
    for (size_t i = 0; i < event_count / 16 + 8; i++) {
        fixture_press(&f, key_code(KEYC_PAGE_UP));
        settle(&f, 80, 24);
    }
    golden(&f, "journal-newest", 80, 24);
    close_view(&f);
}

static void without_history_it_says_so(void **state)
{
    (void)state;
    struct fixture f;
    fixture_appliance(&f);
    fixture_open(&f, "journal");
    fixture_golden(&f, "journal-none", 40, 12, NULL);
    fixture_open(&f, "performance");
    fixture_golden(&f, "performance-none", 80, 24, NULL);
    fixture_finish(&f);
}

/* ---- the performance ---- */

static void the_day_against_its_targets(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "performance");
    at_every_size(&f, "performance-day");
    f.tier = TIER_ASCII;
    golden(&f, "performance-ascii", 80, 24);
    close_view(&f);
}

static void tab_takes_the_shift_and_arrows_what_was_before(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "performance");
    fixture_press(&f, key_code(KEYC_TAB));
    golden(&f, "performance-shift", 80, 24);
    fixture_press(&f, key_code(KEYC_LEFT));
    golden(&f, "performance-night", 80, 24);
    fixture_press(&f, key_code(KEYC_RIGHT));
    fixture_press(&f, key_code(KEYC_TAB));
    golden(&f, "performance-month", 80, 24);
    close_view(&f);
}

static void o_takes_the_next_position_and_enter_the_alarm(void **state)
{
    (void)state;
    struct fixture f;
    open_view(&f, "performance");
    position = "hall"; /* which is not configured any more */
    put_alarm(f.scene.now_ms - MINUTE, P01 "/oil.high", "油温 high", ALARM_RAISED, 1, f.scene.now_ms - MINUTE, "71 °C", "");
    position = "plant";
    settle(&f, 80, 24);
    press(&f, "o");
    golden(&f, "performance-other", 80, 24);
    struct request request = {.kind = REQUEST_NONE};
    bool opens = f.view->key(f.state, &f.scene, key_code(KEYC_ENTER), &request);
    assert_int_equal(opens, view_find("alarms") != NULL);
    if (opens)
        assert_string_equal(request.focus.alarm, P01 "/oil.high");
    close_view(&f);
}

/* Every configured position with its figures, 0 where nothing was raised; what no position has comes last. */
static void positions_begin_with_one_that_has_alarms(void **state)
{
    (void)state;
    struct fixture f;
    fixture_chemistry(&f);
    f.scene.recall = recall_create();
    event_count = 0;
    fixture_open(&f, "performance");
    golden(&f, "performance-positions", 80, 24);
    press(&f, "oo");
    golden(&f, "performance-no-position", 80, 24);
    press(&f, "o");
    golden(&f, "performance-positions", 80, 24);
    close_view(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(everything_that_happened_the_newest_first),
        CASE(tab_shows_one_kind),
        CASE(a_search_looks_through_the_whole_history),
        CASE(enter_tells_what_happened_around_it_and_esc_goes_back),
        CASE(what_the_event_is_about_is_opened),
        CASE(what_is_older_is_read_as_one_comes_to_it),
        CASE(without_history_it_says_so),
        CASE(the_day_against_its_targets),
        CASE(tab_takes_the_shift_and_arrows_what_was_before),
        CASE(o_takes_the_next_position_and_enter_the_alarm), CASE(positions_begin_with_one_that_has_alarms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
