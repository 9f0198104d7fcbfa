/*
 * Where the time went and what stopped, as it is stored and read again: facts add up, amendments are differences, what came later than a moment
 * does not count for it, and of a stop its newest version does.
 */
#include "check.h"

#include "core/memory.h"
#include "io/history.h"
#include "store/store_fixture.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static struct cache c;

static int make(void **state)
{
    (void)state;
    cache_make(&c);
    cache_open(&c);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    cache_remove(&c);
    return 0;
}

/* ---- what goes in: begin_batch(), these, end_batch() ---- */

/* A fact of a cell of one hour. */
static struct account *fact(const char *path, int64_t from_ms, bool line)
{
    struct account_gain *gain = outcomes_gain(&c.outcomes);
    *gain = (struct account_gain){.seq = c.seq, .line = line, .cell = {.from_ms = from_ms, .to_ms = from_ms + HOUR, .shift_ms = from_ms - from_ms % (8 * HOUR), .day = 20240612, .planned = true}};
    snprintf(gain->path, sizeof gain->path, "%s", path);
    return &gain->cell.sum;
}

static struct account_cell *newest_cell(void)
{
    return &c.outcomes.gains[c.outcomes.gain_count - 1].cell;
}

static void put_fact(const char *path, int64_t from_ms, double good)
{
    begin_batch(&c);
    fact(path, from_ms, true)->good = good;
    assert_true(end_batch(&c, false));
}

static struct stop_version *put_stop(const char *path, int64_t start_ms, int64_t end_ms)
{
    begin_batch(&c);
    struct stop_version *v = outcomes_stop(&c.outcomes);
    *v = (struct stop_version){.seq = c.seq, .stop = {.start_ms = start_ms, .end_ms = end_ms, .class = CLASS_STOP, .booked = CLASS_STOP, .category = TIME_DOWN}};
    snprintf(v->path, sizeof v->path, "%s", path);
    return v; /* end_batch() is the caller's */
}

/* ---- what comes out ---- */

struct rows {
    struct account_row *rows;
    size_t count;
};

static struct history *look(void)
{
    struct error err = {.text = ""};
    if (c.store)
        cache_close(&c);
    struct history *h = history_open(c.path, &err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

static struct rows rows_of(struct account_query query)
{
    struct rows r = {.rows = NULL};
    struct error err = {.text = ""};
    struct history *h = look();
    query.from_ms = query.from_ms ? query.from_ms : -DAY;
    query.to_ms = query.to_ms ? query.to_ms : INT64_MAX;
    if (!history_accounts(h, &query, &r.rows, &r.count, &err))
        fail_msg("%s", err.text);
    history_close(h);
    return r;
}

static double good_of(struct account_query query)
{
    struct rows r = rows_of(query);
    double good = 0;
    for (size_t i = 0; i < r.count; i++)
        good += r.rows[i].cell.sum.good;
    free(r.rows);
    return good;
}

static struct answer answer_to(const struct want *want, uint64_t until_seq)
{
    struct answer answer = {.cut = false};
    struct error err = {.text = ""};
    struct history *h = look();
    if (!history_answer(h, want, until_seq, &answer, &err))
        fail_msg("%s", err.text);
    history_close(h);
    return answer;
}

static struct answer stops_of(const char *path, uint64_t until_seq, uint16_t rows)
{
    struct want want = {.kind = WANT_STOPS, .from_ms = -DAY, .to_ms = INT64_MAX, .rows = rows};
    snprintf(want.path, sizeof want.path, "%s", path);
    return answer_to(&want, until_seq);
}

/* ---- the cases ---- */

static void every_field_comes_back_from_a_column_of_its_name(void **state)
{
    (void)state;
    char sql[128];
    begin_batch(&c);
    struct account *a = fact("works/l1", DAY0, true);
    for (size_t i = 0; i < TIME_CATEGORIES; i++)
        a->ms[i] = (int64_t)i + 1;
    double *const numbers[] = {&a->good, &a->reject, &a->rework, &a->first_pass, &a->inspected, &a->startup_reject, &a->unknown, &a->outside, &a->ideal_ms, &a->without_ideal};
    static const char *const names[] = {"good", "reject", "rework", "first_pass", "inspected", "startup_reject", "unknown", "outside", "ideal_ms", "without_ideal"};
    enum { NUMBERS = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < NUMBERS; i++)
        *numbers[i] = (double)i + 100;
    a->stops = 7;
    a->minors = (uint32_t)-2;
    struct account_cell *cell = newest_cell();
    *cell = (struct account_cell){.from_ms = cell->from_ms, .to_ms = cell->to_ms, .shift_ms = cell->shift_ms, .day = 20240612, .planned = true, .shift = "early", .crew = "B",
        .product = "jar", .order = "4711", .sum = cell->sum};
    struct account_cell before = *cell;
    assert_true(end_batch(&c, false));
    cache_close(&c);
    for (size_t i = 0; i < TIME_CATEGORIES; i++) {
        snprintf(sql, sizeof sql, "SELECT %s_ms FROM account", time_category_table[i].name);
        assert_int_equal(ask(&c, sql), i + 1);
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        snprintf(sql, sizeof sql, "SELECT %s FROM account", names[i]);
        assert_int_equal(ask(&c, sql), i + 100);
    }
    assert_int_equal(ask(&c, "SELECT minors FROM account WHERE stops=7"), -2);
    struct rows r = rows_of((struct account_query){.path = "works/l1"});
    assert_int_equal(r.count, 1);
    const struct account_cell *after = &r.rows[0].cell;
    assert_true(account_cell_same(&before, after) && r.rows[0].line);
    assert_memory_equal(after->sum.ms, before.sum.ms, sizeof before.sum.ms);
    struct account rest = after->sum;
    account_subtract(&rest, &before.sum);
    assert_true(rest.stops == 0 && rest.minors == 0);
    const double left[] = {rest.good, rest.reject, rest.rework, rest.first_pass, rest.inspected, rest.startup_reject, rest.unknown, rest.outside, rest.ideal_ms, rest.without_ideal};
    for (size_t i = 0; i < NUMBERS; i++)
        assert_near(left[i], 0, 0);
    free(r.rows);
}

static void what_is_nothing_takes_no_room(void **state)
{
    (void)state;
    put_fact("works/l1", DAY0, 5);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM account WHERE run_ms IS NULL AND reject IS NULL AND shift IS NULL AND ordr IS NULL AND stops IS NULL"), 1);
}

static void facts_add_up_by_what_is_asked(void **state)
{
    static const struct { enum account_by by; size_t rows; } asked[] = {{BY_NOTHING, 1}, {BY_HOUR, 24}, {BY_SHIFT, 3}, {BY_DAY, 2}, {BY_PRODUCT, 2}, {BY_CREW, 3}, {BY_ORDER, 4}, {BY_NODE, 1},
        {BY_CELL, 24}};
    static const char *const crews[] = {"A", "B", "C"}, *const orders[] = {"1", "2", "3", "4"};
    (void)state;
    for (int64_t hour = 0; hour < 24; hour++)
        for (int twice = 0; twice < 2; twice++) { /* a cell's time, and its pieces */
            begin_batch(&c);
            struct account *a = fact("works/l1", DAY0 + hour * HOUR, true);
            a->good = twice ? (double)hour : 0;
            a->ms[TIME_RUN] = twice ? 0 : HOUR;
            struct account_cell *cell = newest_cell();
            cell->day = hour < 12 ? 20240611 : 20240612;
            snprintf(cell->product, sizeof cell->product, hour % 2 ? "jar" : "lid");
            snprintf(cell->crew, sizeof cell->crew, "%s", crews[hour / 8]);
            snprintf(cell->order, sizeof cell->order, "%s", orders[hour % 4]);
            assert_true(end_batch(&c, false));
        }
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct rows r = rows_of((struct account_query){.path = "works/l1", .by = asked[i].by});
        struct account sum = {.good = 0};
        assert_int_equal(r.count, asked[i].rows);
        for (size_t k = 0; k < r.count; k++)
            account_add(&sum, &r.rows[k].cell.sum);
        assert_near(sum.good, 276, 0);
        assert_int_equal(sum.ms[TIME_RUN], DAY);
        free(r.rows);
    }
    struct rows r = rows_of((struct account_query){.path = "works/l1", .by = BY_SHIFT});
    assert_true(r.rows[1].cell.from_ms == DAY0 + 8 * HOUR && r.rows[1].cell.to_ms == DAY0 + 16 * HOUR);
    assert_near(r.rows[1].cell.sum.good, 92, 0);
    free(r.rows);
    r = rows_of((struct account_query){.path = "works/l1", .by = BY_PRODUCT});
    assert_string_equal(r.rows[0].cell.product, "jar");
    assert_near(r.rows[0].cell.sum.good, 144, 0);
    free(r.rows);
    assert_near(good_of((struct account_query){.path = "works/l1", .from_ms = DAY0 + HOUR, .to_ms = DAY0 + 3 * HOUR}), 3, 0);
}

static void put_defects(const char *path, int64_t from_ms, const char *product, const char *defect, uint32_t count)
{
    begin_batch(&c);
    fact(path, from_ms, strcmp(path, "works/l1") == 0);
    struct account_gain *gain = &c.outcomes.gains[c.outcomes.gain_count - 1];
    snprintf(gain->defect, sizeof gain->defect, "%s", defect);
    snprintf(gain->cell.product, sizeof gain->cell.product, "%s", product);
    gain->defects = count;
    assert_true(end_batch(&c, false));
}

static uint64_t defects_of(struct account_query query, const char *defect)
{
    query.by = BY_DEFECT;
    struct rows r = rows_of(query);
    uint64_t sum = 0;
    for (size_t i = 0; i < r.count; i++)
        sum += strcmp(r.rows[i].defect, defect) == 0 ? r.rows[i].defects : 0;
    free(r.rows);
    return sum;
}

/* They have a table of their own, and are in no sum of time and pieces. */
static void defects_add_up_by_kind_and_product(void **state)
{
    (void)state;
    put_fact("works/l1", DAY0, 5);
    put_defects("works/l1", DAY0, "jar", "scratch", 3);
    put_defects("works/l1", DAY0 + HOUR, "jar", "scratch", 4);
    put_defects("works/l1", DAY0 + HOUR, "lid", "scratch", 1);
    put_defects("works/l1", DAY0 + HOUR, "lid", "dent", 2);
    put_defects("works/l1/m1", DAY0 + HOUR, "lid", "dent", 2);
    struct rows r = rows_of((struct account_query){.path = "works/l1", .by = BY_DEFECT});
    assert_int_equal(r.count, 3);
    assert_string_equal(r.rows[0].defect, "scratch");
    assert_string_equal(r.rows[0].cell.product, "jar");
    assert_int_equal(r.rows[0].defects, 7);
    free(r.rows);
    assert_near(good_of((struct account_query){.path = "works/l1"}), 5, 0);
    assert_int_equal(defects_of((struct account_query){.path = "works", .below = true}, "dent"), 2); /* the line's, and not its unit's again */
    assert_int_equal(defects_of((struct account_query){.path = "works/l1/m1"}, "dent"), 2);
    assert_int_equal(defects_of((struct account_query){.path = "works/l1", .from_ms = DAY0 + HOUR}, "scratch"), 5);
    assert_int_equal(defects_of((struct account_query){.path = "works/l1", .until_seq = 2}, "scratch"), 3);
    struct want want = {.kind = WANT_ACCOUNTS, .by = BY_DEFECT, .path = "works/l1", .from_ms = -DAY, .to_ms = INT64_MAX};
    struct answer answer = answer_to(&want, 0);
    assert_int_equal(answer.account_count, 3);
    answer_finish(&answer);
    assert_int_equal(ask(&c, "SELECT sum(number) FROM defect WHERE defect='scratch' AND line"), 8);
}

/* In India an hour begins at half past, by UTC. */
static void an_hour_is_the_sites_hour(void **state)
{
    (void)state;
    put_fact("works/l1", DAY0 + HOUR / 2, 1);
    put_fact("works/l1", DAY0 + HOUR, 2);
    put_fact("works/l1", DAY0 + 3 * HOUR / 2, 4);
    struct rows r = rows_of((struct account_query){.path = "works/l1", .by = BY_HOUR, .hour_ms = HOUR / 2});
    assert_int_equal(r.count, 2);
    assert_near(r.rows[0].cell.sum.good, 3, 0);
    free(r.rows);
}

static void an_amendment_counts_from_its_batch_on(void **state)
{
    (void)state;
    begin_batch(&c);
    fact("works/l1", DAY0, true)->ms[TIME_MINOR] = 119000;
    assert_true(end_batch(&c, false));
    uint64_t then = c.seq;
    begin_batch(&c);
    struct account *a = fact("works/l1", DAY0, true);
    a->ms[TIME_MINOR] = -119000;
    a->ms[TIME_DOWN] = 119000;
    assert_true(end_batch(&c, false));
    struct rows now = rows_of((struct account_query){.path = "works/l1"}), past = rows_of((struct account_query){.path = "works/l1", .until_seq = then});
    assert_true(now.rows[0].cell.sum.ms[TIME_MINOR] == 0 && now.rows[0].cell.sum.ms[TIME_DOWN] == 119000);
    assert_true(past.rows[0].cell.sum.ms[TIME_MINOR] == 119000 && past.rows[0].cell.sum.ms[TIME_DOWN] == 0);
    free(now.rows);
    free(past.rows);
    struct want want = {.kind = WANT_ACCOUNTS, .path = "works/l1", .from_ms = DAY0, .to_ms = DAY0 + HOUR};
    struct answer answer = answer_to(&want, then);
    assert_int_equal(answer.account_count, 1);
    assert_int_equal(answer.accounts[0].cell.sum.ms[TIME_MINOR], 119000);
    answer_finish(&answer);
}

/* A line's pieces are its units' pieces: a sum of both would be twice as many. */
static void what_is_below_counts_once(void **state)
{
    static const struct { const char *path; bool line; double good; } facts[] = {{"works", false, 1000}, {"works/hall", false, 500}, {"works/hall-2/l9", true, 64}, {"works/hall/l1", true, 1},
        {"works/hall/l1/p1", false, 1}, {"works/hall/l1/p2", false, 1}, {"works/hall/l2", true, 2}, {"works/halls/l3", true, 128}};
    static const struct { const char *path; bool below; enum account_by by; double good; size_t rows; } asked[] = {
        {"", true, BY_NOTHING, 195, 1}, {"works", true, BY_NOTHING, 195, 1}, {"works/hall", true, BY_NOTHING, 3, 1}, {"works/hall", true, BY_NODE, 3, 2}, {"works/hall", false, BY_NOTHING, 500, 1},
        {"works/hall/l1", true, BY_NOTHING, 1, 1}, {"works/hall/l1", true, BY_NODE, 3, 3}, {"works/hall/l1/p1", true, BY_NOTHING, 1, 1}, {"works/hal", true, BY_NOTHING, 0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        begin_batch(&c);
        fact(facts[i].path, DAY0, facts[i].line)->good = facts[i].good;
        assert_true(end_batch(&c, false));
    }
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct account_query query = {.path = asked[i].path, .below = asked[i].below, .by = asked[i].by};
        struct rows r = rows_of(query);
        assert_int_equal(r.count, asked[i].rows);
        for (size_t k = 0; k < r.count && query.by != BY_NODE; k++)
            assert_string_equal(r.rows[k].path, asked[i].path);
        free(r.rows);
        assert_near(good_of(query), asked[i].good, 0);
    }
    const char *const two[] = {"works/hall/l2", "works/halls/l3"};
    assert_near(good_of((struct account_query){.path = "", .below = true, .paths = two, .path_count = 2}), 130, 0);
}

static void of_a_stop_the_newest_version_counts(void **state)
{
    (void)state;
    put_stop("works/l1", DAY0, 0);
    assert_true(end_batch(&c, false));
    uint64_t lasting = c.seq;
    put_stop("works/l1", DAY0, DAY0 + 60000);
    assert_true(end_batch(&c, false));
    uint64_t ended = c.seq;
    struct stop_version *v = put_stop("works/l1", DAY0, DAY0 + 60000);
    snprintf(v->reason, sizeof v->reason, "mechanical/jam");
    snprintf(v->reason_title, sizeof v->reason_title, "Jam");
    snprintf(v->proposal, sizeof v->proposal, "electrical");
    snprintf(v->stop.who, sizeof v->stop.who, "Kim");
    snprintf(v->stop.comment, sizeof v->stop.comment, "belt");
    snprintf(v->stop.message, sizeof v->stop.message, "E17");
    snprintf(v->stop.product, sizeof v->stop.product, "jar");
    v->stop.booked = CLASS_MAINTENANCE;
    v->stop.category = TIME_MAINTENANCE;
    v->stop.day = 20240612;
    v->stop.shift_ms = DAY0 - HOUR;
    assert_true(end_batch(&c, false));

    struct answer past = stops_of("works/l1", lasting, 0), told = stops_of("works", ended, 0), now = stops_of("", 0, 0);
    assert_true(past.stop_count == 1 && told.stop_count == 1 && now.stop_count == 1);
    assert_true(past.stops[0].stop.end_ms == 0 && told.stops[0].stop.end_ms == DAY0 + 60000);
    assert_string_equal(told.stops[0].reason, "");
    const struct stop_version *s = now.stops;
    assert_true(s->seq == c.seq && s->stop.booked == CLASS_MAINTENANCE && s->stop.class == CLASS_STOP && s->stop.category == TIME_MAINTENANCE && s->stop.day == 20240612 &&
        s->stop.shift_ms == DAY0 - HOUR && s->stop.reason == NO_REASON && s->stop.start_ms == DAY0);
    const char *const texts[][2] = {{s->path, "works/l1"}, {s->reason, "mechanical/jam"}, {s->reason_title, "Jam"}, {s->proposal, "electrical"}, {s->stop.who, "Kim"},
        {s->stop.comment, "belt"}, {s->stop.message, "E17"}, {s->stop.product, "jar"}, {s->stop.order, ""}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_string_equal(texts[i][0], texts[i][1]);
    answer_finish(&past);
    answer_finish(&told);
    answer_finish(&now);
}

/* Two versions of one batch: the second counts. */
static void a_stop_that_was_merged_is_gone(void **state)
{
    (void)state;
    begin_batch(&c);
    for (int64_t i = 0; i < 4; i++) {
        *outcomes_stop(&c.outcomes) = (struct stop_version){.seq = c.seq, .path = "works/l1", .stop = {.start_ms = DAY0 + i * HOUR, .class = CLASS_STOP}};
        *outcomes_stop(&c.outcomes) = (struct stop_version){.seq = c.seq, .path = "works/l1", .stop = {.start_ms = DAY0 + i * HOUR, .class = CLASS_STOP, .gone = i == 1 || i == 3}};
    }
    assert_true(end_batch(&c, false));
    struct answer answer = stops_of("works/l1", 0, 0);
    assert_int_equal(answer.stop_count, 2);
    assert_int_equal(answer.stops[0].stop.start_ms, DAY0 + 2 * HOUR);
    assert_int_equal(answer.stops[1].stop.start_ms, DAY0);
    answer_finish(&answer);
}

static void of_many_stops_the_newest_of_all_nodes_come(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 30; i++) {
        put_stop(i % 3 ? "works/l1" : "works/l2", DAY0 + i * HOUR, DAY0 + i * HOUR + 1000);
        assert_true(end_batch(&c, false));
    }
    struct answer few = stops_of("", 0, 4), all = stops_of("", 0, 30), one = stops_of("works/l2", 0, 5);
    assert_true(few.cut && few.stop_count == 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(few.stops[i].stop.start_ms, DAY0 + (int64_t)(29 - i) * HOUR);
    assert_true(!all.cut && all.stop_count == 30);
    assert_true(one.cut && one.stop_count == 5 && one.stops[4].stop.start_ms == DAY0 + 15 * HOUR);
    answer_finish(&few);
    answer_finish(&all);
    answer_finish(&one);
}

static void the_span_is_that_of_both(void **state)
{
    int64_t first, last;
    struct error err;
    (void)state;
    put_fact("works/l1", DAY0 + HOUR, 1);
    put_fact("works/l1", DAY0 + 5 * HOUR, 1);
    put_stop("works/l2", DAY0 + 9 * HOUR, 0);
    assert_true(end_batch(&c, false));
    struct history *h = look();
    assert_true(history_account_span(h, &first, &last, &err));
    assert_true(first == DAY0 + HOUR && last == DAY0 + 9 * HOUR);
    history_close(h);
}

/* 500 cells: more than one step of the retention takes. What was imported was asked for. */
static void they_go_by_age_but_for_what_was_imported(void **state)
{
    (void)state;
    cache_close(&c);
    c.options.keep_events_ms = 2 * DAY;
    cache_open(&c);
    struct samples samples;
    struct outcomes o = {.events = NULL};
    samples_init(&samples);
    *outcomes_gain(&o) = (struct account_gain){.path = "works/l1", .line = true, .cell = {.from_ms = DAY0, .to_ms = DAY0 + HOUR, .sum = {.good = 1}}};
    *outcomes_stop(&o) = (struct stop_version){.path = "works/l1", .stop = {.start_ms = DAY0, .end_ms = DAY0 + 1}};
    assert_true(store_import(c.store, 1, 1, &samples, &o, "file.csv 1"));
    outcomes_finish(&o);
    samples_finish(&samples);
    for (int64_t i = 0; i < 500; i++)
        put_fact(i % 2 ? "works/l1" : "works/l2", DAY0 + i * 60000, 1);
    for (int64_t i = 0; i < 3; i++) {
        put_stop("works/l1", DAY0 + i, DAY0 + 60000);
        assert_true(end_batch(&c, false));
    }
    c.wall_ms = DAY0 + 3 * DAY;
    for (int64_t i = 0; i < 3; i++) {
        put_fact("works/l1", DAY0 + 3 * DAY + i, 1);
        put_stop("works/l1", DAY0 + 3 * DAY + i, 0);
        assert_true(end_batch(&c, false));
    }
    WAIT_FOR(ask(&c, "SELECT count(*) FROM account WHERE seq>0") == 3 && ask(&c, "SELECT count(*) FROM stop WHERE seq>0") == 3);
    assert_int_equal(ask(&c, "SELECT count(*) FROM account WHERE seq=0"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM stop WHERE seq=0"), 1);
}

/* 90 days of 20 lines. */
static void a_quarter_of_a_year_adds_up(void **state)
{
    enum { LINES = 20, DAYS = 90, CELLS = 40 };
    char path[32];
    (void)state;
    for (int64_t day = 0; day < DAYS; day++) {
        begin_batch(&c);
        for (int line = 0; line < LINES; line++)
            for (int64_t cell = 0; cell < CELLS; cell++) {
                snprintf(path, sizeof path, "works/hall/line-%02d", line);
                struct account *a = fact(path, DAY0 + day * DAY + cell * (DAY / CELLS), true);
                *a = (struct account){.ms = {[TIME_RUN] = 1800000, [TIME_DOWN] = 300000, [TIME_UNKNOWN] = 60000}, .good = 1234, .reject = 5, .ideal_ms = 1700000.5, .stops = 1};
                snprintf(newest_cell()->product, sizeof newest_cell()->product, "product-%d", (int)cell / 10);
                snprintf(newest_cell()->order, sizeof newest_cell()->order, "%d", 4711000 + (int)(day * 2 + cell / 20));
            }
        assert_true(end_batch(&c, false));
        WAIT_FOR(status_of(&c).durable_seq == c.seq);
    }
    struct rows r = rows_of((struct account_query){.path = "works", .below = true, .by = BY_NODE});
    assert_int_equal(r.count, LINES);
    for (size_t i = 0; i < r.count; i++) {
        assert_near(r.rows[i].cell.sum.good, 1234.0 * DAYS * CELLS, 0);
        assert_int_equal(r.rows[i].cell.sum.ms[TIME_RUN], INT64_C(1800000) * DAYS * CELLS);
    }
    free(r.rows);
    assert_near(good_of((struct account_query){.path = "works", .below = true, .by = BY_ORDER}), 1234.0 * DAYS * CELLS * LINES, 0);
}

/* ---- imports over recorded time ---- */

static struct account_cell *imported_hour(struct outcomes *o, int64_t from_ms)
{
    struct account_gain *gain = outcomes_gain(o);
    *gain = (struct account_gain){.path = "works/l1", .line = true,
        .cell = {.from_ms = from_ms, .to_ms = from_ms + HOUR, .shift_ms = from_ms, .planned = true, .sum = {.good = 10, .ms = {[TIME_RUN] = HOUR - 600000, [TIME_BREAK] = 600000}}}};
    return &gain->cell;
}

/* Hour 0 was recorded, hour 1 was a gap with a break in it, of hour 2 nobody told, hour 3 was a gap of which the file knows 20 minutes. */
static void what_was_recorded_goes_before_an_import(void **state)
{
    (void)state;
    struct outcomes o = {.event_count = 0};
    struct samples samples;
    begin_batch(&c);
    fact("works/l1", DAY0, true)->good = 7;
    newest_cell()->sum.ms[TIME_RUN] = HOUR;
    fact("works/l1", DAY0 + HOUR, true)->ms[TIME_UNKNOWN] = HOUR - 600000;
    newest_cell()->sum.ms[TIME_BREAK] = 600000;
    fact("works/l1", DAY0 + 3 * HOUR, true)->ms[TIME_UNKNOWN] = HOUR;
    assert_true(end_batch(&c, false));
    samples_init(&samples);
    for (int64_t hour = 0; hour < 3; hour++)
        imported_hour(&o, DAY0 + hour * HOUR);
    imported_hour(&o, DAY0 + 3 * HOUR)->sum = (struct account){.ms = {[TIME_RUN] = 1200000}, .good = 4};
    for (int64_t hour = 0; hour < 3; hour++)
        *outcomes_stop(&o) = (struct stop_version){.path = "works/l1", .stop = {.start_ms = DAY0 + hour * HOUR + 60000, .end_ms = DAY0 + hour * HOUR + 120000, .class = CLASS_STOP}};
    assert_true(store_import(c.store, 1, 1, &samples, &o, "file.csv 1"));
    WAIT_FOR(store_imported(c.store) == 1);
    assert_int_equal(status_of(&c).overlaps, 2); /* an hour, and the stop in it */
    outcomes_finish(&o);
    samples_finish(&samples);
    struct rows r = rows_of((struct account_query){.path = "works/l1", .by = BY_HOUR});
    static const double good[] = {7, 10, 10, 4};
    assert_int_equal(r.count, 4);
    for (size_t hour = 0; hour < 4; hour++) {
        const struct account *sum = &r.rows[hour].cell.sum;
        assert_near(sum->good, good[hour], 0);
        assert_int_equal(account_length_ms(sum), HOUR); /* none is longer than an hour */
    }
    assert_int_equal(r.rows[1].cell.sum.ms[TIME_UNKNOWN], 0);
    assert_int_equal(r.rows[1].cell.sum.ms[TIME_BREAK], 600000);
    assert_int_equal(r.rows[3].cell.sum.ms[TIME_UNKNOWN], HOUR - 1200000);
    free(r.rows);
    struct answer stops = stops_of("works/l1", 0, 10);
    assert_int_equal(stops.stop_count, 2);
    answer_finish(&stops);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_field_comes_back_from_a_column_of_its_name, make, drop),
        cmocka_unit_test_setup_teardown(what_is_nothing_takes_no_room, make, drop),
        cmocka_unit_test_setup_teardown(facts_add_up_by_what_is_asked, make, drop),
        cmocka_unit_test_setup_teardown(defects_add_up_by_kind_and_product, make, drop),
        cmocka_unit_test_setup_teardown(an_hour_is_the_sites_hour, make, drop),
        cmocka_unit_test_setup_teardown(an_amendment_counts_from_its_batch_on, make, drop),
        cmocka_unit_test_setup_teardown(what_is_below_counts_once, make, drop),
        cmocka_unit_test_setup_teardown(what_was_recorded_goes_before_an_import, make, drop),
        cmocka_unit_test_setup_teardown(of_a_stop_the_newest_version_counts, make, drop),
        cmocka_unit_test_setup_teardown(a_stop_that_was_merged_is_gone, make, drop),
        cmocka_unit_test_setup_teardown(of_many_stops_the_newest_of_all_nodes_come, make, drop),
        cmocka_unit_test_setup_teardown(the_span_is_that_of_both, make, drop),
        cmocka_unit_test_setup_teardown(they_go_by_age_but_for_what_was_imported, make, drop),
        cmocka_unit_test_setup_teardown(a_quarter_of_a_year_adds_up, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
