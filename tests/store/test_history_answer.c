/*
 * What views get to know, against a look at every sample: columns from each tier, what stood between, states, events, samples and summaries
 * by time.
 */
#include <stdlib.h>

#include "cache.h"
#include "check.h"
#include "core/memory.h"
#include "io/history.h"

#define BEGIN INT64_C(1700006400000) /* a day's beginning */
#define DAY_MS INT64_C(86400000)

/* A cache and every sample that is in it, series by series. */
enum { MOST_SERIES = 5 };

struct world {
    struct cache c;
    struct history *h;
    struct batch *batches;
    size_t count;
    struct samples all[MOST_SERIES + 1];
    uint64_t random;
};

static void world_make(struct world *w, uint64_t seed, size_t count, size_t chunked, uint32_t series, int64_t step_ms, int64_t hours_ms)
{
    *w = (struct world){.count = count, .random = seed};
    w->batches = batches_make(seed, 1, count, series, BEGIN, step_ms);
    cache_make(&w->c);
    cache_run(&w->c, "BEGIN");
    for (uint32_t s = 1; s <= series; s++) {
        char path[32];
        snprintf(path, sizeof path, "plant/t%u", s);
        cache_series(&w->c, s, path);
        samples_init(&w->all[s]);
        batches_samples(w->batches, chunked, s, &w->all[s]);
        if (hours_ms)
            cache_hours(&w->c, s, &w->all[s], hours_ms);
        batches_samples(&w->batches[chunked], count - chunked, s, &w->all[s]);
    }
    for (size_t at = 0, step; at < chunked; at += step) {
        step = 50 + random_next(&w->random) % 4000;
        step = step < chunked - at ? step : chunked - at;
        cache_chunks(&w->c, &w->batches[at], step, 1000);
    }
    for (size_t at = chunked, step; at < count; at += step) {
        step = count - at < 20 ? count - at : 20;
        cache_journal(&w->c, &w->batches[at], step);
    }
    cache_run(&w->c, "COMMIT");
    w->h = history_open(w->c.path, NULL);
    assert_non_null(w->h);
}

static void world_finish(struct world *w)
{
    history_close(w->h);
    cache_finish(&w->c);
    batches_free(w->batches, w->count);
    for (uint32_t s = 0; s <= MOST_SERIES; s++)
        samples_finish(&w->all[s]);
}

static bool is_bad(const struct sample *s)
{
    return s->quality < QUALITY_UNCERTAIN;
}

static bool is_number(const struct sample *s, double *number)
{
    struct summary one = {.count = 0};
    summary_add(&one, s);
    *number = one.sum;
    return one.count > 0;
}

static int64_t bound(const struct want *want, int64_t i)
{
    int64_t span = want->to_ms - want->from_ms;
    return want->from_ms + span / want->columns * i + span % want->columns * i / want->columns;
}

static size_t column_of(const struct want *want, int64_t ms)
{
    size_t low = 0, high = want->columns;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (bound(want, (int64_t)middle) <= ms)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The last value before a moment, and when something ended it. */
static void stood_before(const struct world *w, uint32_t series, const struct want *want, uint64_t until_seq, const int64_t *ends, size_t end_count, int64_t at_ms, struct column *c)
{
    const struct samples *all = &w->all[series];
    int64_t stood_ms = INT64_MIN, end_ms = INT64_MAX;
    double number, stood = 0;
    for (size_t s = 0; s < all->count; s++) {
        const struct sample *one = &all->rows[s];
        if ((until_seq && one->seq > until_seq) || one->time_ms >= at_ms || one->time_ms < stood_ms || !is_number(one, &number))
            continue;
        stood = number;
        stood_ms = one->time_ms;
    }
    for (size_t s = 0; s < all->count; s++)
        if (is_bad(&all->rows[s]) && (!until_seq || all->rows[s].seq <= until_seq) && all->rows[s].time_ms > stood_ms && all->rows[s].time_ms < end_ms)
            end_ms = all->rows[s].time_ms;
    for (size_t e = 0; e < end_count; e++)
        end_ms = ends[e] > stood_ms && ends[e] < end_ms ? ends[e] : end_ms;
    if (stood_ms != INT64_MIN && end_ms > at_ms && (want->hold_ms == 0 || at_ms - stood_ms < want->hold_ms))
        *c = (struct column){.state = COLUMN_HELD, .low = stood, .high = stood, .mean = stood, .last = stood};
}

/* Columns as one who looks at each sample makes them. `ends`: more moments at which nothing is known any more. */
static struct column *brute(const struct world *w, uint32_t series, const struct want *want, uint64_t until_seq, const int64_t *ends, size_t end_count)
{
    struct column *columns = mem_zero(want->columns, sizeof *columns);
    int64_t *last_ms = mem_zero(want->columns, sizeof *last_ms);
    double number;
    for (size_t s = 0; s < w->all[series].count; s++) {
        const struct sample *one = &w->all[series].rows[s];
        if ((until_seq && one->seq > until_seq) || one->time_ms < want->from_ms || one->time_ms >= want->to_ms || !is_number(one, &number))
            continue;
        struct column *c = &columns[column_of(want, one->time_ms)];
        int64_t *last = &last_ms[c - columns];
        c->low = c->count == 0 || number < c->low ? number : c->low;
        c->high = c->count == 0 || number > c->high ? number : c->high;
        c->last = c->count == 0 || one->time_ms >= *last ? number : c->last;
        *last = c->count == 0 || one->time_ms >= *last ? one->time_ms : *last;
        c->count++;
        c->mean += number;
    }
    for (uint16_t i = 0; i < want->columns; i++)
        if (columns[i].count) {
            columns[i].state = COLUMN_FILLED;
            columns[i].mean /= columns[i].count;
        } else {
            stood_before(w, series, want, until_seq, ends, end_count, bound(want, i), &columns[i]);
        }
    free(last_ms);
    return columns;
}

static void same_column(const struct column *a, const struct column *b, bool exact)
{
    assert_int_equal(a->count, b->count);
    assert_near(a->low, b->low, 0);
    assert_near(a->high, b->high, 0);
    assert_near(a->mean, b->mean, 1e-9 * (1 + fabs(b->mean)));
    if (exact)
        assert_near(a->last, b->last, 0);
    if (exact || b->count)
        assert_int_equal(a->state, b->state);
}

static struct answer asked(struct world *w, const struct want *want, uint64_t until_seq)
{
    struct answer answer;
    struct error err;
    if (!history_answer(w->h, want, until_seq, &answer, &err))
        fail_msg("%s", err.text);
    return answer;
}

static void compare(struct world *w, uint32_t series, struct want want, uint64_t until_seq, const char *tier, const int64_t *ends, size_t end_count)
{
    want.kind = WANT_COLUMNS;
    snprintf(want.path, sizeof want.path, "plant/t%u", series);
    struct column *expected = brute(w, series, &want, until_seq, ends, end_count);
    struct answer answer = asked(w, &want, until_seq);
    assert_string_equal(answer.tier, tier);
    assert_int_equal(answer.column_count, want.columns);
    for (size_t i = 0; i < answer.column_count; i++)
        same_column(&answer.columns[i], &expected[i], strcmp(tier, "samples") == 0);
    answer_finish(&answer);
    free(expected);
}

/* The last batch's wall time, after which nothing stands. */
static int64_t silence(const struct world *w)
{
    return w->batches[w->count - 1].wall_ms + 5000;
}

static void columns_of_samples(void **state)
{
    (void)state;
    struct world w;
    world_make(&w, 21, 3000, 2000, 5, 500, 0);
    int64_t span = 3000 * 500, ends[] = {silence(&w)};
    for (int i = 0; i < 200; i++) {
        uint64_t r = random_next(&w.random);
        int64_t from = BEGIN - 60000 + (int64_t)(r % (uint64_t)span), length = 1000 + (int64_t)(random_next(&w.random) % (uint64_t)span);
        compare(&w, 1 + (uint32_t)(r % 5), (struct want){.from_ms = from, .to_ms = from + length, .columns = (uint16_t)(1 + r / 7 % 250), .hold_ms = r & 64 ? 3000 : 0},
            r & 128 ? r / 11 % 3000 + 1 : 0, "samples", ends, 1);
    }
    world_finish(&w);
}

/* One column over all is what its columns are together. */
static void sums_up(struct world *w, struct want want, uint64_t until_seq)
{
    want.kind = WANT_COLUMNS;
    snprintf(want.path, sizeof want.path, "plant/t1");
    struct want whole = want;
    whole.columns = 1;
    struct column *expected = brute(w, 1, &whole, until_seq, NULL, 0), sum = {.count = 0};
    struct answer answer = asked(w, &want, until_seq);
    for (size_t i = 0; i < answer.column_count; i++) {
        const struct column *c = &answer.columns[i];
        if (c->count == 0)
            continue;
        sum.low = sum.count == 0 || c->low < sum.low ? c->low : sum.low;
        sum.high = sum.count == 0 || c->high > sum.high ? c->high : sum.high;
        sum.count += c->count;
    }
    assert_int_equal(sum.count, expected->count);
    assert_near(sum.low, expected->low, 0);
    assert_near(sum.high, expected->high, 0);
    answer_finish(&answer);
    free(expected);
}

/* 25 days of about 80,000 samples; the hours of 20 days are rows. */
static void columns_of_minutes_and_hours(void **state)
{
    (void)state;
    struct world w;
    world_make(&w, 22, 110000, 109000, 1, 20000, BEGIN + 20 * DAY_MS);
    for (int i = 0; i < 8; i++) {
        uint64_t r = random_next(&w.random);
        int64_t begin = BEGIN + (int64_t)(r % 7200000), minute = BEGIN + (int64_t)(r % 200) * MINUTE_MS, hour = BEGIN + (int64_t)(r % 20) * HOUR_MS;
        uint64_t until = i % 2 ? 100000 + r % 10000 : 0;
        compare(&w, 1, (struct want){.from_ms = begin, .to_ms = begin + 21 * DAY_MS, .columns = 1024}, until, "minutes", NULL, 0);
        compare(&w, 1, (struct want){.from_ms = minute, .to_ms = minute + 166 * 216 * (int64_t)MINUTE_MS, .columns = 166}, until, "hours", NULL, 0);
        compare(&w, 1, (struct want){.from_ms = hour, .to_ms = hour + 48 * 12 * (int64_t)HOUR_MS, .columns = 48}, until, "hours", NULL, 0);
        sums_up(&w, (struct want){.from_ms = begin, .to_ms = begin + 22 * DAY_MS + (int64_t)(r % 100000), .columns = 170}, until);
    }
    world_finish(&w);
}

/* A gap counts from its beginning, a lost source from its moment, and only where no other one feeds the tag. */
static void a_gap_and_a_lost_source_end_what_stood(void **state)
{
    (void)state;
    struct world w;
    char sql[512];
    world_make(&w, 23, 600, 300, 5, 5000, 0);
    int64_t ends[] = {silence(&w), BEGIN + 900000, BEGIN + 1500000, BEGIN + 1200000};
    snprintf(sql, sizeof sql, "INSERT INTO event(number,seq,ms,kind,series,path,text,before,after,span_ms,down,who) VALUES(1,1,%lld,'gap',NULL,'','','','',60000,0,''),(2,1,%lld,'link',NULL,'','broker:main','','',0,1,''),"
                              "(3,1,%lld,'link',NULL,'','broker:main','','',0,0,''),(4,1,%lld,'link',NULL,'','broker:other','','',0,1,'')",
        (long long)ends[1] + 60000, (long long)ends[2], (long long)ends[2] + 30000, (long long)ends[3]);
    cache_run(&w.c, sql);
    for (uint32_t s = 1; s <= 5; s++) {
        compare(&w, s, (struct want){.from_ms = BEGIN, .to_ms = BEGIN + 3000000, .columns = 1000}, 0, "samples", ends, 4);
        compare(&w, s, (struct want){.from_ms = BEGIN, .to_ms = BEGIN + 3000000, .columns = 1000, .source = "broker:main"}, 0, "samples", ends, 3);
    }
    world_finish(&w);
}

static void states_and_events(void **state)
{
    (void)state;
    struct world w;
    world_make(&w, 24, 20, 10, 1, 1000, 0);
    cache_run(&w.c, "INSERT INTO interval(seq,path,start_ms,end_ms,class,state,word) VALUES(1,'plant/l',0,100,'run','execute',''),(2,'plant/l',100,200,'stop','held','jam'),(3,'plant/x',0,900,'run','execute','')");
    cache_run(&w.c, "INSERT INTO event(number,seq,ms,kind,series,path,text,before,after,span_ms,down,who) VALUES(1,1,50,'setpoint',1,'plant/l/t','t','1','2',0,0,''),(2,2,60,'state',NULL,'plant/l','l','a','b',0,0,''),(3,3,60,'order',NULL,'plant/lx/t','x','','',0,0,'')");
    struct answer states = asked(&w, &(struct want){.kind = WANT_STATES, .path = "plant/l", .from_ms = 50, .to_ms = 150}, 0);
    assert_int_equal(states.state_count, 2);
    assert_int_equal(states.states[0].start_ms, 0);
    assert_int_equal(states.states[1].class, CLASS_STOP);
    assert_string_equal(states.states[1].word, "jam");
    answer_finish(&states);
    /* late samples told parts of it anew, the second within the first: the order of telling counts */
    cache_run(&w.c, "INSERT INTO interval(seq,path,start_ms,end_ms,class,state,word) VALUES(3,'plant/l',20,80,'starved','suspended',''),(4,'plant/l',40,60,'blocked','suspended','')");
    static const struct { uint64_t until; size_t count; int64_t starts[6]; enum state_class classes[6]; } told[] = {
        {2, 2, {0, 100}, {CLASS_RUN, CLASS_STOP}}, /* as it was known then */
        {3, 4, {0, 20, 80, 100}, {CLASS_RUN, CLASS_STARVED, CLASS_RUN, CLASS_STOP}},
        {0, 6, {0, 20, 40, 60, 80, 100}, {CLASS_RUN, CLASS_STARVED, CLASS_BLOCKED, CLASS_STARVED, CLASS_RUN, CLASS_STOP}},
    };
    for (size_t t = 0; t < sizeof told / sizeof told[0]; t++) {
        states = asked(&w, &(struct want){.kind = WANT_STATES, .path = "plant/l", .from_ms = 0, .to_ms = 150}, told[t].until);
        assert_int_equal(states.state_count, told[t].count);
        for (size_t i = 0; i < states.state_count; i++) {
            assert_int_equal(states.states[i].start_ms, told[t].starts[i]);
            assert_int_equal(states.states[i].class, told[t].classes[i]);
            assert_int_equal(states.states[i].end_ms, i + 1 < states.state_count ? states.states[i + 1].start_ms : 200);
        }
        answer_finish(&states);
    }
    static const struct { const char *path; bool changes; uint64_t until; int64_t to; size_t count; uint64_t newest; } cases[] = {
        {"", false, 0, 100, 3, 3}, {"plant/l", false, 0, 100, 2, 2}, {"plant/l", true, 0, 100, 1, 1}, {"", true, 0, 100, 2, 3}, {"", false, 2, 100, 2, 2}, {"", false, 0, 60, 1, 1},
        {"plant/l/t", false, 0, 100, 1, 1}, {"plant", false, 0, 50, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct want want = {.kind = WANT_EVENTS, .changes = cases[i].changes, .to_ms = cases[i].to};
        snprintf(want.path, sizeof want.path, "%s", cases[i].path);
        struct answer answer = asked(&w, &want, cases[i].until);
        assert_int_equal(answer.event_count, cases[i].count);
        assert_true(answer.event_count == 0 || answer.events[0].number == cases[i].newest);
        answer_finish(&answer);
    }
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(columns_of_samples), CASE(columns_of_minutes_and_hours), CASE(a_gap_and_a_lost_source_end_what_stood), CASE(states_and_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
