/*
 * Events by pages, both ways, by kind, place and words; and what alarms' metrics are counted from. The journal of one day, made by hand: every
 * second an event, every tenth an alarm's.
 */
#include "check.h"

#include "cache.h"
#include "core/alarm_metrics.h"
#include "io/history.h"

#define DAY0 INT64_C(1718150400000)

enum { EVENTS = 3000 };

static struct cache c;
static struct history *h;

static void put(int64_t number, int64_t seq, int64_t ms, const char *kind, const char *path, const char *text, const char *more)
{
    char *sql = sqlite3_mprintf("INSERT INTO event(number, seq, ms, kind, path, text, before, after, span_ms, down, who%s VALUES(%lld, %lld, %lld, %Q, %Q, %Q, '', '', 0, 0, ''%s",
        *more ? ", what, alarm, priority, annunciated, occurrence_ms, value, alarm_limit, class, position)" : ")", (long long)number, (long long)seq, (long long)ms, kind, path, text, *more ? more : ")");
    cache_run(&c, sql);
    sqlite3_free(sql);
}

static void put_alarm(int64_t number, int64_t ms, const char *key, const char *what, int annunciated)
{
    char more[160];
    snprintf(more, sizeof more, ", '%s', 'high', 2, %d, %lld, '96.4 °C', '> 95', 'process', 'hall')", what, annunciated, (long long)ms);
    put(number, number, ms, "alarm", key, "Öl zu heiß", more);
}

static int make(void **state)
{
    struct error err;
    (void)state;
    cache_make(&c);
    cache_run(&c, "BEGIN");
    for (int i = 1; i <= EVENTS; i++)
        if (i % 10 == 0)
            put_alarm(i, DAY0 + i * INT64_C(1000), i % 20 ? "works/a/p1/oil.high" : "works/b/p2/oil.high", i % 40 < 20 ? "raised" : "cleared", 1);
        else
            put(i, i, DAY0 + i * INT64_C(1000), i % 7 ? "state" : "order", i % 2 ? "works/a/p1" : "works/b", i % 50 == 1 ? "Walze 3" : "press", "");
    cache_run(&c, "COMMIT");
    h = history_open(c.path, &err);
    assert_non_null(h);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    history_close(h);
    cache_finish(&c);
    return 0;
}

static struct event_query all(void)
{
    return (struct event_query){.path = "", .find = "", .from_ms = 0, .to_ms = INT64_MAX, .rows = 100};
}

struct page {
    struct event *events;
    size_t count;
    bool cut;
};

static struct page ask(struct event_query query)
{
    struct page page = {.count = 0};
    struct error err = {.text = ""};
    if (!history_events(h, &query, &page.events, &page.count, &page.cut, &err))
        fail_msg("%s", err.text);
    return page;
}

/* Every event is on one page, in order, whatever the pages' length. */
static void walk(struct event_query query, size_t expected)
{
    size_t count = 0;
    uint64_t last = query.oldest ? 0 : UINT64_MAX;
    for (bool more = true; more;) {
        struct page page = ask(query);
        for (size_t i = 0; i < page.count; i++) {
            assert_true(query.oldest ? page.events[i].number > last : page.events[i].number < last);
            last = page.events[i].number;
            *(query.oldest ? &query.from_ms : &query.to_ms) = page.events[i].time_ms;
            query.number = last;
        }
        count += page.count;
        more = page.cut;
        free(page.events);
    }
    assert_int_equal(count, expected);
}

static void a_walk_by_pages_meets_every_event_once(void **state)
{
    (void)state;
    static const size_t rows[] = {1000, 99, 512};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int oldest = 0; oldest < 2; oldest++) {
            struct event_query query = all();
            query.rows = rows[i];
            query.oldest = oldest;
            walk(query, EVENTS);
            query.kinds = 1u << EVENT_ALARM | 1u << EVENT_ORDER;
            walk(query, EVENTS / 10 + EVENTS / 7 - EVENTS / 70);
        }
}

static void events_of_one_time_are_told_apart_by_their_numbers(void **state)
{
    (void)state;
    cache_run(&c, "UPDATE event SET ms=1718150400000 WHERE number <= 100");
    for (int oldest = 0; oldest < 2; oldest++) {
        struct event_query query = all();
        query.rows = 7;
        query.to_ms = DAY0 + 120000;
        query.oldest = oldest;
        walk(query, 119);
    }
}

static void a_place_a_kind_words_and_a_moment_narrow_it(void **state)
{
    (void)state;
    static const struct { const char *path, *find; uint32_t kinds; uint64_t until; size_t count; } cases[] = {
        {"works/b/p2/oil", "", 0, 0, 150}, {"works/a", "", 0, 0, 1500 + 150}, {"works/b/p2/oil.high", "", 0, 0, 150}, {"", "walze", 0, 0, 60}, {"", "WALZE 3 p1", 0, 0, 60},
        {"", "öl raised 96.4", 0, 0, 150}, {"", "!öl", 0, 0, EVENTS - 300}, {"", "", 1u << EVENT_ALARM, 1000, 100}, {"", "nothing like it", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event_query query = all();
        query.rows = EVENTS;
        query.path = cases[i].path;
        query.find = cases[i].find;
        query.kinds = cases[i].kinds;
        query.until_seq = cases[i].until;
        struct page page = ask(query);
        if (page.count != cases[i].count)
            fail_msg("case %zu: %zu and not %zu", i, page.count, cases[i].count);
        free(page.events);
    }
}

static void an_alarm_comes_back_with_all_that_is_known_of_it(void **state)
{
    (void)state;
    struct event_query query = all();
    query.to_ms = DAY0 + 10001;
    query.rows = 1;
    struct page page = ask(query);
    assert_int_equal(page.count, 1);
    assert_true(page.cut);
    const struct event *e = page.events;
    assert_true(e->kind == EVENT_ALARM && e->alarm.event == ALARM_RAISED && e->alarm.kind == ALARM_HIGH && e->alarm.priority == 2 && e->alarm.annunciated);
    assert_int_equal(e->alarm.occurrence_ms, DAY0 + 10000);
    const char *const texts[][2] = {{e->alarm.value, "96.4 °C"}, {e->alarm.limit, "> 95"}, {e->alarm.class, "process"}, {e->alarm.position, "hall"}, {e->text, "Öl zu heiß"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_string_equal(texts[i][0], texts[i][1]);
    free(page.events);
}

/* ---- what metrics are counted from ---- */

struct heard {
    size_t count, before;
    int64_t last_ms, from_ms;
    char first[64];
};

static void hear(void *arg, const struct alarm_mark *mark)
{
    struct heard *heard = arg;
    assert_true(mark->ms >= heard->last_ms);
    heard->last_ms = mark->ms;
    if (heard->count++ == 0)
        snprintf(heard->first, sizeof heard->first, "%s", mark->key);
    heard->before += mark->ms < heard->from_ms;
    assert_string_equal(mark->position, "hall");
    assert_string_equal(mark->title, "Öl zu heiß");
}

static struct heard listen(int64_t from, int64_t to, uint64_t until)
{
    struct heard heard = {.last_ms = INT64_MIN, .from_ms = from};
    struct error err = {.text = ""};
    if (!history_alarms(h, from, to, until, hear, &heard, &err))
        fail_msg("%s", err.text);
    return heard;
}

static void marks_come_by_time_with_what_stood_before(void **state)
{
    (void)state;
    put_alarm(9001, DAY0 - 86400000, "works/a/long.high", "raised", 1);
    put_alarm(9002, DAY0 - 43200000, "works/a/long.high", "shelved", 0);
    put_alarm(9003, DAY0 - 40000000, "works/a/long.high", "raised", 1); /* unshelved: again, without a break */
    put_alarm(9004, DAY0 - 90000000, "works/a/over.high", "raised", 1);
    put_alarm(9005, DAY0 - 80000000, "works/a/over.high", "cleared", 0);
    put_alarm(9006, DAY0 - 90000000, "works/a/gone.high", "raised", 1);
    put_alarm(9007, DAY0 - 70000000, "works/a/gone.high", "removed", 0);
    struct heard heard = listen(DAY0, DAY0 + 86400000, 0);
    assert_int_equal(heard.count, EVENTS / 10 + 2);
    assert_int_equal(heard.before, 2);
    assert_string_equal(heard.first, "works/a/long.high");
    assert_int_equal(listen(DAY0 + 10000, DAY0 + 20000, 0).count, 1 + 2); /* the end is not in it */
    assert_int_equal(listen(DAY0, DAY0 + 86400000, 1000).count, 100);     /* as it was known then */
}

/* What the performance view asks for is what andon report alarms counts: one reading of the same marks. */
static void a_screen_is_told_the_numbers_of_the_report(void **state)
{
    (void)state;
    struct error err = {.text = ""};
    struct answer answer;
    struct want want = {.kind = WANT_METRICS, .from_ms = DAY0 + 600000, .to_ms = DAY0 + 86400000, .day_ms = DAY0, METRICS_PRESETS};
    struct alarm_metrics *report = alarm_metrics_create(&(struct metrics_options){.from_ms = want.from_ms, .to_ms = want.to_ms, .day_ms = want.day_ms, METRICS_PRESETS});
    cache_run(&c, "INSERT INTO stream VALUES(1, 9, 1718150400000, 1718155400000, x'')"); /* recorded until 01:23:20 */
    if (!history_metrics(h, report, INT64_MAX, 0, &err) || !history_answer(h, &want, 0, &answer, &err))
        fail_msg("%s", err.text);
    assert_int_equal(alarm_metrics_count(answer.metrics), 1);
    const struct position_metrics *a = alarm_metrics_position(report, 0), *b = alarm_metrics_position(answer.metrics, 0);
    assert_int_equal(a->raises, 121);
    assert_int_equal(a->length_ms, 4400001);
    assert_int_equal(b->length_ms, a->length_ms);
    for (int m = 0; m < METRIC_COUNT; m++) {
        double x = metric_value(a, (enum metric)m), y = metric_value(b, (enum metric)m);
        assert_true((isnan(x) && isnan(y)) || !(x < y || y < x));
    }
    alarm_metrics_destroy(report);
    answer_finish(&answer);
}

/* At a moment of the past they are what a screen was told then: what came behind it is neither counted nor time that has passed, nor is what was imported. */
static void in_the_past_they_are_those_of_then(void **state)
{
    (void)state;
    struct error err = {.text = ""};
    struct answer live, past;
    struct want want = {.kind = WANT_METRICS, .from_ms = DAY0 + 600000, .to_ms = DAY0 + 86400000, .day_ms = DAY0, METRICS_PRESETS};
    cache_run(&c, "INSERT INTO stream VALUES(1, 9, 1718150400000, 1718151030000, x'')"); /* recorded until 00:10:30, when one was raised */
    cache_run(&c, "INSERT INTO import VALUES(1, 0, 1, 'x.csv', 1, 1718150400000, 1718236800000)");
    assert_true(history_answer(h, &want, 0, &live, &err));
    cache_run(&c, "INSERT INTO stream VALUES(10, 90, 1718151030100, 1718155400000, x'')");
    want.now_ms = 1718151030000;
    assert_true(history_answer(h, &want, 0, &past, &err));
    const struct position_metrics *a = alarm_metrics_position(live.metrics, 0), *b = alarm_metrics_position(past.metrics, 0);
    assert_int_equal(a->length_ms, 30001);
    assert_true(a->raises > 0);
    assert_int_equal(b->length_ms, a->length_ms);
    assert_int_equal(b->raises, a->raises);
    assert_int_equal(b->ten_count, a->ten_count);
    answer_finish(&live);
    answer_finish(&past);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define HERE(function) cmocka_unit_test_setup_teardown(function, make, drop)
        HERE(a_walk_by_pages_meets_every_event_once),
        HERE(events_of_one_time_are_told_apart_by_their_numbers),
        HERE(a_place_a_kind_words_and_a_moment_narrow_it),
        HERE(an_alarm_comes_back_with_all_that_is_known_of_it),
        HERE(marks_come_by_time_with_what_stood_before),
        HERE(a_screen_is_told_the_numbers_of_the_report),
        HERE(in_the_past_they_are_those_of_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
