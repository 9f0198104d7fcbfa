/* The journal becomes chunks, hours and a log of batches; imported samples become chunks of their own. */
#include "check.h"

#include "core/batch_log.h"
#include "core/hash_index.h"
#include "store/store_fixture.h"

static struct cache c;

static const int64_t NEVER = INT64_MAX / 4;

static int make(void **state)
{
    (void)state;
    cache_make(&c);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    cache_remove(&c);
    return 0;
}

/* What identifies samples: their number, and a sum over all of them that no change leaves the same. */
struct mark {
    uint64_t count, sum;
};

static void mark_add(struct mark *m, uint32_t series, uint64_t seq, int64_t time_ms, struct value v, const char *text)
{
    char line[200];
    int n = snprintf(line, sizeof line, "%u %llu %lld %d %lld %s", (unsigned)series, (unsigned long long)seq, (long long)time_ms, (int)v.kind,
        v.kind == VALUE_TEXT ? 0LL : (long long)v.i, text);
    m->count++;
    m->sum += hash_bytes(line, (size_t)n);
}

static struct mark put_in, found;

/* A batch of `count` samples for each of `many` series; every fifth series is of texts. */
static void put_many(uint32_t many, int count)
{
    char name[32];
    begin_batch(&c);
    for (uint32_t s = 1; s <= many; s++)
        if (s > store_last_series(c.store)) {
            snprintf(name, sizeof name, "works/t%u", (unsigned)s);
            name_series(&c, s, name);
        }
    for (uint32_t s = 1; s <= many; s++)
        for (int i = 0; i < count; i++) {
            int64_t time = c.wall_ms - count + i;
            snprintf(name, sizeof name, "word %llu", (unsigned long long)(c.seq % 7 + s));
            bool text = s % 5 == 0;
            struct value v = text ? value_text(batch_text(&c.batch, name, strlen(name))) : value_real((double)((c.seq * s + (uint64_t)i) % 1000) / 10);
            add_sample(&c, s, time, v);
            mark_add(&put_in, s, c.seq, time, v, text ? name : "");
        }
    assert_true(end_batch(&c, false));
}

static void read_chunks(sqlite3 *db)
{
    struct samples samples;
    struct error err;
    sqlite3_stmt *st = NULL;
    samples_init(&samples);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT series, samples, count, first_seq, last_seq FROM chunk WHERE last_seq>0 ORDER BY series, last_seq, first_seq", -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        samples_clear(&samples);
        if (!chunk_decode(NULL, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1), &samples, &err))
            fail_msg("%s", err.text);
        assert_int_equal(samples.count, sqlite3_column_int64(st, 2));
        assert_int_equal(samples.rows[0].seq, sqlite3_column_int64(st, 3));
        assert_int_equal(samples.rows[samples.count - 1].seq, sqlite3_column_int64(st, 4));
        for (size_t i = 0; i < samples.count; i++) {
            struct sample *s = &samples.rows[i];
            mark_add(&found, (uint32_t)sqlite3_column_int64(st, 0), s->seq, s->time_ms, s->value, s->value.kind == VALUE_TEXT ? samples_text(&samples, s->value) : "");
        }
    }
    sqlite3_finalize(st);
    samples_finish(&samples);
}

static sqlite3 *reading; /* for what is in chunks already */

static void take_journal(void *arg, const struct batch *b)
{
    (void)arg;
    for (size_t i = 0; i < b->count; i++) {
        const struct record *r = &b->records[i];
        char sql[100];
        if (r->kind != RECORD_SAMPLE)
            continue;
        snprintf(sql, sizeof sql, "SELECT ifnull(max(last_seq), 0) FROM chunk WHERE series=%u", (unsigned)r->series);
        if (b->seq > (uint64_t)ask_db(reading, sql))
            mark_add(&found, r->series, b->seq, r->time_ms, r->value, r->value.kind == VALUE_TEXT ? batch_text_at(b, r->value.text) : "");
    }
}

/* All that was put in, and nothing twice. */
static void expect_all_samples(void)
{
    found = (struct mark){.count = 0};
    reading = look_into(&c);
    read_chunks(reading);
    each_batch(&c, take_journal, NULL);
    sqlite3_close(reading);
    assert_int_equal(found.count, put_in.count);
    assert_true(found.sum == put_in.sum);
}

static size_t batches_in_stream(void)
{
    struct error err;
    struct batch batch;
    size_t count = 0;
    bool whole;
    sqlite3 *db = look_into(&c);
    sqlite3_stmt *st = NULL;
    batch_init(&batch);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT log, first_seq, last_seq FROM stream ORDER BY first_seq", -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct batch_log_reader *reader = batch_log_open(sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0), &err);
        uint64_t next = (uint64_t)sqlite3_column_int64(st, 1);
        assert_non_null(reader);
        while (batch_log_next(reader, &batch, &whole, &err)) {
            assert_int_equal(batch.seq, next);
            assert_false(whole);
            next++;
            count++;
        }
        assert_int_equal(next, sqlite3_column_int64(st, 2) + 1);
        batch_log_close(reader);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    batch_finish(&batch);
    return count;
}

static void open_anew(void)
{
    put_in = (struct mark){.count = 0};
    cache_open(&c);
}

/* So many seconds of the stream, at once. */
static void put_seconds(int seconds, uint32_t many)
{
    for (int s = 0; s < seconds; s++) {
        c.wall_ms += 900;
        put_many(many, 1);
    }
}

static void wait_written(void)
{
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
}

/* So many seconds of the stream as one row of the journal, however slow the machine is. */
static void put_row(int seconds, uint32_t many)
{
    put_seconds(seconds - 1, many);
    begin_batch(&c);
    assert_true(end_batch(&c, true));
    wait_written();
}

static void the_journal_becomes_chunks_and_nothing_is_lost_or_doubled(void **state)
{
    (void)state;
    open_anew();
    put_seconds(700, 7);
    wait_written();
    WAIT_FOR(ask(&c, "SELECT count(*) FROM stream") > 0);
    expect_all_samples();
    WAIT_FOR(status_of(&c).journal_ms < 600000); /* told a moment after it is so */
    assert_true(status_of(&c).chunks >= 7);
    assert_int_equal(status_of(&c).samples, put_in.count);
    cache_close(&c);
    expect_all_samples();
    assert_int_equal(batches_in_stream() + each_batch(&c, NULL, NULL), 700);
}

static void stretches_are_merged_by_size_into_full_chunks(void **state)
{
    (void)state;
    c.options.flush_ms = NEVER;
    open_anew();
    for (int turn = 1; turn <= 30; turn++) {
        put_row(650, 2);
        WAIT_FOR(ask(&c, "SELECT ifnull(max(last_seq), 0) FROM stream") > (turn - 1) * 650);
    }
    cache_close(&c);
    expect_all_samples();
    assert_int_equal(ask(&c, "SELECT max(count) FROM chunk"), CHUNK_SAMPLES);
    assert_true(ask(&c, "SELECT count(*) FROM chunk WHERE count=4096") >= 2 * 3); /* of 19,470 samples each */
    assert_true(ask(&c, "SELECT count(*) FROM chunk") <= 2 * 8);
    assert_int_equal(ask(&c, "SELECT count(*) FROM stream"), 30);
}

static void facts_lie_beside_the_samples(void **state)
{
    (void)state;
    open_anew();
    put_seconds(650, 1);
    wait_written();
    WAIT_FOR(ask(&c, "SELECT count(*) FROM stream") > 0);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT sum(numbers=count AND min>=0 AND max<=100 AND sum>0 AND length(minutes)>10 AND first_ms<=last_ms) FROM chunk"), ask(&c, "SELECT count(*) FROM chunk"));
    assert_int_equal(ask(&c, "SELECT min(first_ms) FROM chunk"), DAY0 + 1000 - 1);
}

/* What a crash in the middle of a turn leaves: chunks of some series, and the whole journal. */
static void a_turn_that_was_cut_short_goes_on_where_it_was(void **state)
{
    (void)state;
    c.options.chunk_ms = NEVER;
    open_anew();
    put_seconds(650, 20);
    cache_close(&c);
    change(&c, "CREATE TABLE kept AS SELECT * FROM journal");
    c.options.chunk_ms = 600000;
    cache_open(&c);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    cache_close(&c);
    change(&c, "INSERT INTO journal SELECT * FROM kept; DROP TABLE kept; DELETE FROM stream; DELETE FROM chunk WHERE series>11");
    expect_all_samples();
    cache_open(&c);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    cache_close(&c);
    expect_all_samples();
    assert_int_equal(batches_in_stream(), 650);
}

static void many_series_take_many_slices(void **state)
{
    (void)state;
    open_anew();
    for (int i = 0; i < 12; i++) {
        c.wall_ms += 60000;
        put_many(4000, 1);
        wait_written();
    }
    WAIT_FOR(ask(&c, "SELECT count(*) FROM stream") > 0);
    begin_batch(&c);
    assert_true(end_batch(&c, true));
    wait_written();
    cache_close(&c);
    expect_all_samples();
}

static void a_hole_is_a_gap_between_rows_of_the_stream(void **state)
{
    (void)state;
    c.options.chunk_ms = c.options.flush_ms = NEVER;
    open_anew();
    for (int i = 0; i < 3; i++)
        put_row(100, 1);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM journal"), 3);
    change(&c, "DELETE FROM journal WHERE first_seq=(SELECT first_seq FROM journal ORDER BY first_seq LIMIT 1 OFFSET 1)");
    c.options.chunk_ms = 60000;
    cache_open(&c);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM stream"), 2);
    assert_int_equal(batches_in_stream(), 200);
}

static void a_damaged_row_of_the_journal_is_a_hole_and_the_rest_lives(void **state)
{
    (void)state;
    c.options.chunk_ms = c.options.flush_ms = NEVER;
    open_anew();
    for (int i = 0; i < 3; i++)
        put_row(100, 1);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM journal"), 3);
    change(&c, "UPDATE journal SET run=substr(run, 1, length(run)/2)||x'0055aaff'||substr(run, length(run)/2+5) WHERE first_seq=(SELECT first_seq FROM journal ORDER BY first_seq LIMIT 1 OFFSET 1)");
    c.options.chunk_ms = 1000;
    cache_open(&c);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    assert_int_equal(status_of(&c).damaged, 1);
    assert_string_equal(status_of(&c).said, "damaged: a stretch of the journal, removed");
    assert_int_equal(status_of(&c).state, STORE_RECORDING);
    cache_close(&c);
    assert_int_equal(batches_in_stream(), 200);
    assert_int_equal(ask(&c, "SELECT sum(count) FROM chunk"), 2 * 99); /* a row's last batch has none */
    assert_int_equal(ask(&c, "SELECT count(*) FROM stream"), 2);
}

/* A row says without a checksum which batches it holds; its run says it with one. */
static void a_row_of_the_journal_that_lies_about_its_end_loses_nothing(void **state)
{
    (void)state;
    c.options.chunk_ms = c.options.flush_ms = NEVER;
    open_anew();
    for (int i = 0; i < 3; i++)
        put_row(100, 1);
    cache_close(&c);
    change(&c, "UPDATE journal SET last_seq=last_seq+1000000 WHERE first_seq=1;"
               "UPDATE journal SET last_seq=first_seq WHERE first_seq=(SELECT max(first_seq) FROM journal)");
    cache_open(&c);
    put_row(100, 1); /* taken, so it follows the last one */
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM journal"), 4);
    assert_int_equal(ask(&c, "SELECT max(first_seq) FROM journal"), 301);
    c.options.chunk_ms = 1000;
    cache_open(&c);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    assert_int_equal(status_of(&c).damaged, 2);
    assert_string_equal(status_of(&c).said, "damaged: the head of a stretch of the journal, read without it");
    cache_close(&c);
    assert_int_equal(batches_in_stream(), 400);
    expect_all_samples();
}

static void a_row_of_the_journal_that_stands_at_another_number_is_removed(void **state)
{
    (void)state;
    c.options.chunk_ms = c.options.flush_ms = NEVER;
    open_anew();
    put_row(100, 1);
    put_row(100, 1);
    cache_close(&c);
    change(&c, "UPDATE journal SET first_seq=first_seq+7 WHERE first_seq>1");
    c.options.chunk_ms = 1000;
    cache_open(&c);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    assert_int_equal(status_of(&c).damaged, 1);
    cache_close(&c);
    assert_int_equal(batches_in_stream(), 100);
}

static void a_chunk_that_lies_about_what_it_holds_loses_nothing(void **state)
{
    (void)state;
    c.options.chunk_ms = 1000;
    open_anew();
    put_row(100, 1);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    cache_close(&c);
    change(&c, "UPDATE chunk SET last_seq=last_seq+1000000, first_ms=0, max=1e9");
    cache_open(&c);
    put_row(100, 1);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM journal") == 0);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT sum(count) FROM chunk"), 2 * 99);
    c.options.chunk_ms = NEVER;
    change(&c, "UPDATE chunk SET last_seq=last_seq+1000000, first_ms=0, max=1e9 WHERE id=(SELECT max(id) FROM chunk)");
    c.options.walk_ms = 1;
    cache_open(&c);
    WAIT_FOR(status_of(&c).damaged == 1);
    assert_string_equal(status_of(&c).said, "damaged: the head of a stretch of a series, made anew");
    WAIT_FOR(ask(&c, "SELECT count(*) FROM chunk WHERE first_ms=0 OR max=1e9 OR last_seq>1000000") == 0);
    cache_close(&c);
    expect_all_samples();
}

static void hours_are_written_when_the_day_has_passed_and_amended_after(void **state)
{
    const int64_t day = INT64_C(86400000);
    (void)state;
    open_anew();
    c.wall_ms = DAY0 + 22 * HOUR_MS;
    for (int i = 0; i < 24; i++) { /* 22:10 to 02:00 */
        c.wall_ms += 600000 - 100;
        put_number(&c, 1, i);
        wait_written();
    }
    WAIT_FOR(ask(&c, "SELECT hours_ms FROM series") == DAY0 + day);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM hour") == 2);
    assert_int_equal(ask(&c, "SELECT count FROM hour WHERE start_ms=1718229600000"), 5); /* 22:10 .. 22:50 */
    assert_int_equal(ask(&c, "SELECT sum FROM hour WHERE start_ms=1718229600000"), 0 + 1 + 2 + 3 + 4);
    assert_int_equal(ask(&c, "SELECT max FROM hour ORDER BY start_ms DESC"), 10);
    begin_batch(&c);
    add_sample(&c, 1, DAY0 + 22 * HOUR_MS + 5, value_real(100));
    add_sample(&c, 1, DAY0 + 3 * HOUR_MS, value_real(-7));
    assert_true(end_batch(&c, false));
    c.wall_ms += 700000;
    put_number(&c, 1, 0);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM hour") == 3);
    assert_int_equal(ask(&c, "SELECT count FROM hour WHERE start_ms=1718229600000"), 6);
    assert_int_equal(ask(&c, "SELECT max FROM hour WHERE start_ms=1718229600000"), 100);
    assert_int_equal(ask(&c, "SELECT min FROM hour WHERE start_ms=1718161200000"), -7);
}

static void imported_samples_are_chunks_apart(void **state)
{
    struct samples samples;
    struct bucket_gain gain = {.series = 3, .start_ms = DAY0, .gained = 4};
    struct event event = {.number = EVENT_IMPORTED + 1, .kind = EVENT_ALARM, .path = "works/x.high", .time_ms = DAY0};
    struct outcomes outcomes = {.buckets = &gain, .bucket_count = 1, .events = &event, .event_count = 1};
    (void)state;
    open_anew();
    c.wall_ms = DAY0 + 5 * 86400000;
    begin_batch(&c);
    name_series(&c, 3, "works/x");
    end_batch(&c, false);
    samples_init(&samples);
    for (int i = 0; i < 5000; i++)
        samples_add(&samples, (struct sample){.time_ms = DAY0 + i * 60000, .value = value_real(i), .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME}, NULL);
    samples_add(&samples, (struct sample){.time_ms = DAY0 + 5000 * 60000, .value = {.kind = VALUE_TEXT}, .quality = QUALITY_GOOD}, "a word");
    assert_true(store_import(c.store, 17, 3, &samples, &outcomes, "meter.csv"));
    WAIT_FOR(store_imported(c.store) == 17);
    assert_int_equal(ask(&c, "SELECT sum(count) FROM chunk WHERE first_seq=0 AND last_seq=0 AND series=3"), 5001);
    assert_int_equal(ask(&c, "SELECT count(*) FROM chunk"), 2);
    assert_int_equal(ask(&c, "SELECT count(*) FROM import WHERE series=3 AND source='meter.csv' AND samples=5001 AND first_ms=1718150400000 AND last_ms-first_ms=300000000"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM bucket"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event"), 1);
    assert_int_equal(ask(&c, "SELECT sum(count) FROM hour WHERE series=3"), 5000); /* those days have passed */
    assert_int_equal(ask(&c, "SELECT hours_ms FROM series WHERE id=3"), DAY0 + 5 * 86400000);
    samples.count = 2;
    assert_true(store_import(c.store, 18, 3, &samples, &(struct outcomes){.events = &event, .event_count = 1}, "again.csv"));
    WAIT_FOR(store_imported(c.store) == 18);
    assert_int_equal(ask(&c, "SELECT count(*) FROM chunk"), 3); /* not merged */
    assert_int_equal(ask(&c, "SELECT count(*) FROM event"), 1); /* what it is makes its number */
    assert_int_equal(ask(&c, "SELECT sum(count) FROM hour WHERE series=3"), 5002);
    assert_int_equal(status_of(&c).first_ms, DAY0);
    samples_finish(&samples);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define HERE(function) cmocka_unit_test_setup_teardown(function, make, drop)
        HERE(the_journal_becomes_chunks_and_nothing_is_lost_or_doubled),
        HERE(stretches_are_merged_by_size_into_full_chunks),
        HERE(facts_lie_beside_the_samples),
        HERE(a_turn_that_was_cut_short_goes_on_where_it_was),
        HERE(many_series_take_many_slices),
        HERE(a_hole_is_a_gap_between_rows_of_the_stream),
        HERE(a_damaged_row_of_the_journal_is_a_hole_and_the_rest_lives),
        HERE(a_row_of_the_journal_that_lies_about_its_end_loses_nothing),
        HERE(a_row_of_the_journal_that_stands_at_another_number_is_removed),
        HERE(a_chunk_that_lies_about_what_it_holds_loses_nothing),
        HERE(hours_are_written_when_the_day_has_passed_and_amended_after),
        HERE(imported_samples_are_chunks_apart),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
