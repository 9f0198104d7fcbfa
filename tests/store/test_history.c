/*
 * The stream read back: batches from the journal, from chunks, from both; holes, damage, checkpoints, and files that are none.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "check.h"
#include "io/history.h"

enum { SERIES = 6 };
#define BEGIN INT64_C(1700000000000)

struct reading {
    const struct batch *expected;
    size_t at, count, most;
};

static bool compare(void *arg, const struct batch *batch)
{
    struct reading *r = arg;
    assert_true(r->at < r->count);
    batch_same(batch, &r->expected[r->at++]);
    return r->at < r->most;
}

/* Reads from behind expected[skip] to `until`; all of [skip, count) must come. */
static void reads(struct history *h, const struct batch *expected, size_t skip, size_t count, int64_t until)
{
    struct error err = {.text = ""};
    struct reading r = {.expected = expected, .at = skip, .count = count, .most = SIZE_MAX};
    if (!history_batches(h, skip ? expected[skip - 1].seq : expected[0].seq - 1, until, compare, &r, &err))
        fail_msg("%s", err.text);
    assert_int_equal(r.at, count);
}

static struct history *opened(const struct cache *c)
{
    struct error err;
    struct history *h = history_open(c->path, &err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

static void filled(struct cache *c, const struct batch *batches, size_t logged, size_t count)
{
    cache_make(c);
    for (uint32_t s = 1; s <= SERIES; s++) {
        char path[32];
        snprintf(path, sizeof path, "plant/line/t%u", s);
        cache_series(c, s, path);
    }
    for (size_t b = 0; b < logged; b += 300)
        cache_chunks(c, &batches[b], logged - b < 300 ? logged - b : 300, 128);
    for (size_t b = logged; b < count; b += 10)
        cache_journal(c, &batches[b], count - b < 10 ? count - b : 10);
}

static void batches_come_back_as_they_were(void **state)
{
    (void)state;
    static const size_t logged[] = {0, 1, 300, 777, 1000};
    struct batch *batches = batches_make(1, 1, 1000, SERIES, BEGIN, 100);
    for (size_t i = 0; i < sizeof logged / sizeof logged[0]; i++) {
        struct cache c;
        filled(&c, batches, logged[i], 1000);
        struct history *h = opened(&c);
        reads(h, batches, 0, 1000, INT64_MAX);
        reads(h, batches, 1, 1000, INT64_MAX);
        reads(h, batches, 299, 600, batches[599].wall_ms);
        reads(h, batches, 301, 601, batches[600].wall_ms + 99);
        reads(h, batches, 900, 995, batches[994].wall_ms);
        reads(h, batches, 1000, 1000, INT64_MAX);
        reads(h, batches, 500, 500, batches[499].wall_ms - 1);
        assert_int_equal(history_damaged(h), 0);
        history_close(h);
        cache_finish(&c);
    }
    batches_free(batches, 1000);
}

static void taking_may_stop(void **state)
{
    (void)state;
    struct batch *batches = batches_make(2, 1, 400, SERIES, BEGIN, 100);
    struct cache c;
    filled(&c, batches, 300, 400);
    struct history *h = opened(&c);
    for (size_t most = 1; most < 400; most += 57) {
        struct reading r = {.expected = batches, .count = 400, .most = most};
        assert_true(history_batches(h, 0, INT64_MAX, compare, &r, NULL));
        assert_int_equal(r.at, most);
    }
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 400);
}

/* The later pass of a clock that was set back is meant. */
static void a_clock_that_was_set_back(void **state)
{
    (void)state;
    struct batch *batches = batches_make(3, 1, 400, SERIES, BEGIN, 100);
    for (size_t b = 350; b < 400; b++)
        batches[b].wall_ms -= 10000; /* from 340 on, it reads like 250 and later */
    struct cache c;
    filled(&c, batches, 300, 400);
    struct history *h = opened(&c);
    reads(h, batches, 0, 356, batches[355].wall_ms);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 400);
}

/* Ten minutes after the power went the machine begins at 1970, and the time comes over the network a moment later. */
static void a_boot_at_1970_holds_no_moment_of_today(void **state)
{
    (void)state;
    static const size_t logged[] = {0, 300, 310, 400};
    struct batch *batches = batches_make(3, 1, 400, SERIES, BEGIN, 100);
    for (size_t b = 300; b < 400; b++)
        batches[b].wall_ms = b < 350 ? 1000 + (int64_t)(b - 300) * 100 : batches[b].wall_ms + 600000;
    int64_t last = batches[299].wall_ms;
    for (size_t i = 0; i < sizeof logged / sizeof logged[0]; i++) {
        struct cache c;
        filled(&c, batches, logged[i], 400);
        struct history *h = opened(&c);
        reads(h, batches, 0, 201, batches[200].wall_ms);
        reads(h, batches, 0, 300, last);
        reads(h, batches, 250, 300, last + 300000); /* nobody was there */
        reads(h, batches, 0, 320, batches[319].wall_ms + 50); /* and who wants to see it goes to 1970 */
        reads(h, batches, 0, 351, batches[350].wall_ms);
        reads(h, batches, 0, 400, INT64_MAX - 1);
        history_close(h);
        cache_finish(&c);
    }
    batches_free(batches, 400);
}

/* A day and more without a collector: what was last before it is meant. */
static void a_long_absence(void **state)
{
    (void)state;
    struct batch *batches = batches_make(3, 1, 400, SERIES, BEGIN, 100);
    for (size_t b = 300; b < 400; b++)
        batches[b].wall_ms += 5 * INT64_C(86400000);
    struct cache c;
    filled(&c, batches, 300, 400);
    struct history *h = opened(&c);
    reads(h, batches, 0, 300, batches[299].wall_ms + 4 * INT64_C(86400000));
    reads(h, batches, 0, 301, batches[300].wall_ms);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 400);
}

/* What the journal and the chunks both hold for a moment comes once: the chunks are made in several steps. */
static void chunks_ahead_of_the_log(void **state)
{
    (void)state;
    struct batch *batches = batches_make(4, 1, 200, SERIES, BEGIN, 100);
    struct cache c;
    filled(&c, batches, 0, 200);
    struct samples samples;
    samples_init(&samples);
    batches_samples(batches, 200, 2, &samples);
    cache_samples(&c, 2, &samples, 4096);
    samples_finish(&samples);
    struct history *h = opened(&c);
    reads(h, batches, 0, 200, INT64_MAX);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 200);
}

static void fails(struct history *h, const struct batch *batches, size_t good, const char *said)
{
    struct error err = {.text = ""};
    struct reading r = {.expected = batches, .count = good, .most = SIZE_MAX};
    assert_false(history_batches(h, 0, INT64_MAX, compare, &r, &err));
    assert_int_equal(r.at, good);
    assert_non_null(strstr(err.text, said));
}

static void holes_stop_it(void **state)
{
    (void)state;
    static const struct { const char *sql; size_t good; const char *said; } cases[] = {
        {"DELETE FROM journal WHERE first_seq=331", 330, "batches 331 to 340"},
        {"DELETE FROM stream WHERE first_seq=1", 0, "batches 1 to 300"},
        {"DELETE FROM stream WHERE first_seq=301", 300, "batches 301 to 320"},
        {"UPDATE journal SET run=x'0102030405' WHERE first_seq=351", 350, "batches 351 to 360"},
        {"UPDATE stream SET log=zeroblob(100) WHERE first_seq=301", 300, "batches 301 to 320"},
    };
    struct batch *batches = batches_make(5, 1, 400, SERIES, BEGIN, 100);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cache c;
        filled(&c, batches, 320, 400);
        cache_run(&c, cases[i].sql);
        struct history *h = opened(&c);
        fails(h, batches, cases[i].good, cases[i].said);
        reads(h, batches, 370, 400, INT64_MAX);
        history_close(h);
        cache_finish(&c);
    }
    batches_free(batches, 400);
}

static bool count_batch(void *arg, const struct batch *batch)
{
    size_t *samples = arg;
    for (size_t r = 0; r < batch->count; r++)
        *samples += batch->records[r].kind == RECORD_SAMPLE;
    return true;
}

static void a_row_of_the_journal_that_lies_about_its_end_is_read_by_its_run(void **state)
{
    (void)state;
    struct batch *batches = batches_make(6, 1, 300, SERIES, BEGIN, 100);
    struct cache c;
    size_t all = 0, again = 0;
    cache_make(&c);
    for (uint32_t s = 1; s <= SERIES; s++) {
        char path[16];
        snprintf(path, sizeof path, "plant/t%u", s);
        cache_series(&c, s, path);
    }
    for (size_t row = 0; row < 3; row++)
        cache_journal(&c, batches + 100 * row, 100);
    struct history *h = opened(&c);
    assert_true(history_batches(h, 0, INT64_MAX, count_batch, &all, NULL));
    assert_int_equal(history_damaged(h), 0);
    cache_run(&c, "UPDATE journal SET last_seq=last_seq+50 WHERE first_seq=1");
    cache_run(&c, "UPDATE journal SET last_seq=last_seq-50 WHERE first_seq=101");
    assert_true(history_batches(h, 0, INT64_MAX, count_batch, &again, NULL));
    assert_int_equal(again, all);
    assert_true(history_damaged(h) >= 2);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 300);
}

static void a_damaged_chunk_is_skipped_and_counted(void **state)
{
    (void)state;
    struct batch *batches = batches_make(6, 1, 300, SERIES, BEGIN, 100);
    struct cache c;
    size_t all = 0, left = 0;
    filled(&c, batches, 300, 300);
    struct history *h = opened(&c);
    assert_true(history_batches(h, 0, INT64_MAX, count_batch, &all, NULL));
    cache_run(&c, "UPDATE chunk SET samples=zeroblob(64) WHERE id=2");
    assert_true(history_batches(h, 0, INT64_MAX, count_batch, &left, NULL));
    assert_int_equal(history_damaged(h), 1);
    assert_true(left < all && left + 128 >= all);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 300);
}

/* As a damaged page makes it: the index tells of rows that the table does not have, or has for another series. */
static void without_index(struct cache *c, const char *sql)
{
    char text[512];
    cache_run(c, "PRAGMA writable_schema=ON; CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name='chunk_series'; DELETE FROM sqlite_schema WHERE name='chunk_series'");
    sqlite3_close(c->db);
    assert_int_equal(sqlite3_open(c->path, &c->db), SQLITE_OK);
    snprintf(text, sizeof text, "%s; PRAGMA writable_schema=ON; INSERT INTO sqlite_schema SELECT * FROM kept; DROP TABLE kept", sql);
    cache_run(c, text);
    sqlite3_close(c->db);
    assert_int_equal(sqlite3_open(c->path, &c->db), SQLITE_OK);
}

static bool of_series(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    (void)series, (void)sample, (void)text;
    ++*(size_t *)arg;
    return true;
}

static void no_chunk_of_another_series_is_taken_for_it(void **state)
{
    (void)state;
    static const char *const damages[] = {"UPDATE chunk SET series=2 WHERE series=1", "DELETE FROM chunk WHERE series=1"};
    struct batch *batches = batches_make(6, 1, 300, SERIES, BEGIN, 100);
    for (size_t i = 0; i < 2; i++) {
        struct cache c;
        struct error err;
        size_t count = 0;
        filled(&c, batches, 300, 300);
        without_index(&c, damages[i]);
        struct history *h = opened(&c);
        assert_true(history_samples(h, 1, 0, INT64_MAX, 0, of_series, &count, &err));
        assert_int_equal(count, 0);
        assert_true(history_damaged(h) > 0);
        history_close(h);
        cache_finish(&c);
    }
    batches_free(batches, 300);
}

static void count_name(void *arg, uint32_t series, const char *path)
{
    (void)path;
    assert_true(series >= 1 && series <= SERIES);
    ++*(size_t *)arg;
}

static void an_id_that_cannot_be_is_no_series(void **state)
{
    (void)state;
    struct cache c;
    struct error err;
    size_t count = 0;
    filled(&c, NULL, 0, 0);
    cache_run(&c, "INSERT INTO series(id, path) VALUES(-1, 'plant/x'), (4294967295, 'plant/y'), (9223372036854775807, 'plant/z')");
    struct history *h = opened(&c);
    assert_true(history_each_series(h, count_name, &count, &err));
    assert_int_equal(count, SERIES);
    assert_int_equal(history_series(h, "plant/y"), 0);
    history_close(h);
    cache_finish(&c);
}

static void what_there_is(void **state)
{
    (void)state;
    struct batch *batches = batches_make(7, 11, 400, SERIES, BEGIN, 100);
    struct cache c;
    int64_t first, last;
    uint64_t seq;
    struct error err;
    cache_make(&c);
    struct history *h = opened(&c);
    assert_false(history_span(h, &first, &last, &seq, &err));
    assert_string_equal(err.text, "");
    cache_series(&c, 4, "plant/b");
    cache_series(&c, 9, "plant/a");
    cache_journal(&c, &batches[300], 100);
    assert_true(history_span(h, &first, &last, &seq, &err));
    assert_int_equal(first, batches[300].wall_ms);
    assert_int_equal(last, batches[399].wall_ms);
    assert_int_equal(seq, 410);
    cache_chunks(&c, batches, 300, 100);
    cache_run(&c, "INSERT INTO import(ms, series, source, samples, first_ms, last_ms) VALUES(1, 4, 'x.csv', 2, 1000, 2000)");
    assert_true(history_span(h, &first, &last, &seq, &err));
    assert_int_equal(first, 1000);
    assert_int_equal(seq, 410);
    assert_int_equal(history_series(h, "plant/b"), 4);
    assert_int_equal(history_series(h, "plant/c"), 0);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 400);
}

static void add_name(void *arg, uint32_t series, const char *path)
{
    char *all = arg;
    size_t n = strlen(all);
    snprintf(all + n, 128 - n, "%u=%s ", series, path);
}

static void series_in_order_of_path(void **state)
{
    (void)state;
    struct cache c;
    char all[128] = "";
    cache_make(&c);
    cache_series(&c, 4, "plant/b");
    cache_series(&c, 9, "plant/a");
    cache_series(&c, 2, "plant/line/c");
    struct history *h = opened(&c);
    assert_true(history_each_series(h, add_name, all, NULL));
    assert_string_equal(all, "9=plant/a 4=plant/b 2=plant/line/c ");
    history_close(h);
    cache_finish(&c);
}

static void put_blob(struct cache *c, const char *sql, const char *text)
{
    sqlite3_stmt *stmt;
    struct packer squeezed = {.bytes = NULL};
    squeeze(text, strlen(text), &squeezed);
    assert_int_equal(sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL), SQLITE_OK);
    sqlite3_bind_blob(stmt, 1, squeezed.bytes, (int)squeezed.count, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_finalize(stmt);
    packer_finish(&squeezed);
}

static void checkpoints_and_configurations(void **state)
{
    (void)state;
    struct cache c;
    struct checkpoint found;
    struct error err = {.text = "x"};
    struct packer bundle = {.bytes = NULL};
    char name[16];
    cache_make(&c);
    struct history *h = opened(&c);
    assert_false(history_checkpoint(h, INT64_MAX, &found, &err));
    assert_string_equal(err.text, "");
    put_blob(&c, "INSERT INTO checkpoint VALUES(10, 1000, -5, ?1)", "ten");
    put_blob(&c, "INSERT INTO checkpoint VALUES(20, 2000, 7, ?1)", "twenty");
    put_blob(&c, "INSERT INTO checkpoint VALUES(30, 1500, 7, ?1)", "thirty, after the clock was set back");
    static const struct { int64_t at; uint64_t seq; } cases[] = {{1000, 10}, {1499, 10}, {1500, 30}, {1999, 30}, {INT64_MAX, 30}, {999, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool any = history_checkpoint(h, cases[i].at, &found, &err);
        assert_int_equal(any, cases[i].seq != 0);
        assert_string_equal(err.text, "");
        if (!any)
            continue;
        assert_int_equal(found.seq, cases[i].seq);
        packer_finish(&found.state);
    }
    /* today, and a boot at 1970 after it */
    put_blob(&c, "INSERT INTO checkpoint VALUES(40, 1700000000000, 7, ?1)", "forty");
    put_blob(&c, "INSERT INTO checkpoint VALUES(50, 3000, 7, ?1)", "fifty");
    static const struct { int64_t at; uint64_t seq; } passes[] = {{INT64_C(1700000000000), 40}, {INT64_C(1700400000000), 40}, {4000, 50}, {2999, 30}, {INT64_MAX, 50}};
    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++) {
        assert_true(history_checkpoint(h, passes[i].at, &found, &err));
        assert_int_equal(found.seq, passes[i].seq);
        packer_finish(&found.state);
    }
    cache_run(&c, "DELETE FROM checkpoint WHERE seq>30");
    cache_run(&c, "UPDATE checkpoint SET state=x'00' WHERE seq=30");
    assert_true(history_checkpoint(h, INT64_MAX, &found, &err));
    assert_int_equal(found.seq, 20);
    assert_int_equal(found.state.count, 6);
    assert_memory_equal(found.state.bytes, "twenty", 6);
    packer_finish(&found.state);
    assert_int_equal(history_damaged(h), 1);
    put_blob(&c, "INSERT INTO config VALUES(-5, 'plant.cfg', ?1)", "site = {};");
    assert_true(history_config(h, (uint64_t)-5, &bundle, name, sizeof name, &err));
    assert_string_equal(name, "plant.cfg");
    assert_int_equal(bundle.count, 10);
    assert_false(history_config(h, 6, &bundle, name, sizeof name, &err));
    assert_non_null(strstr(err.text, "0000000000000006"));
    packer_finish(&bundle);
    history_close(h);
    cache_finish(&c);
}

static void refuses(const char *path, const char *said)
{
    struct error err = {.text = ""};
    assert_null(history_open(path, &err));
    if (!strstr(err.text, said))
        fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}

static void files_that_are_not_for_it(void **state)
{
    (void)state;
    struct cache c;
    cache_make(&c);
    char path[128];
    snprintf(path, sizeof path, "%s/none.db", c.folder);
    refuses(path, "no history yet");
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 400; i++)
        fputs("this is not a database", file);
    fclose(file);
    refuses(path, "not a database");
    assert_int_equal(truncate(path, 0), 0);
    refuses(path, "empty");
    unlink(path);
    cache_run(&c, "PRAGMA user_version=99");
    refuses(c.path, "update this one");
    cache_run(&c, "PRAGMA user_version=1; PRAGMA application_id=5");
    refuses(c.path, "not andon's");
    cache_finish(&c);
}

static int reads_as_nobody(const char *path)
{
    struct error err;
    size_t samples = 0;
    if (geteuid() == 0 && setuid(65534) != 0) /* to root nothing is read-only */
        return 1;
    struct history *h = history_open(path, &err);
    if (!h)
        fprintf(stderr, "%s\n", err.text);
    bool good = h && history_batches(h, 0, INT64_MAX, count_batch, &samples, NULL) && samples > 0;
    history_close(h);
    return good ? 0 : 1;
}

/* As after a clean end on a card that cannot be written any more. */
static void a_file_nobody_writes_to(void **state)
{
    (void)state;
    struct batch *batches = batches_make(8, 1, 50, SERIES, BEGIN, 100);
    struct cache c;
    char folder[] = "/tmp/andon-still-XXXXXX", path[sizeof folder + 16];
    filled(&c, batches, 50, 50);
    cache_run(&c, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/andon.db", folder);
    assert_int_equal(link(c.path, path), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(reads_as_nobody(path));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    chmod(folder, 0700);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else was written there */
    cache_finish(&c);
    batches_free(batches, 50);
}

/* A damaged file is set aside while a screen looks: it goes on with the fresh one. */
static void another_file_in_its_place(void **state)
{
    (void)state;
    struct batch *batches = batches_make(9, 1, 60, SERIES, BEGIN, 100);
    struct cache c, d;
    filled(&c, batches, 50, 60);
    struct history *h = opened(&c);
    reads(h, batches, 0, 60, INT64_MAX);
    cache_make(&d);
    cache_series(&d, 3, "other/one");
    cache_run(&d, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(history_series(h, "other/one"), 0);
    assert_int_equal(rename(d.path, c.path), 0);
    assert_int_equal(history_series(h, "other/one"), 3);
    history_close(h);
    cache_finish(&c);
    cache_finish(&d);
    batches_free(batches, 60);
}

static void an_interrupt_ends_it(void **state)
{
    (void)state;
    struct batch *batches = batches_make(10, 1, 60, SERIES, BEGIN, 100);
    struct cache c;
    struct error err;
    size_t samples = 0;
    filled(&c, batches, 50, 60);
    struct history *h = opened(&c);
    history_interrupt(h);
    assert_false(history_batches(h, 0, INT64_MAX, count_batch, &samples, &err));
    assert_string_equal(err.text, "interrupted");
    reads(h, batches, 0, 60, INT64_MAX);
    history_close(h);
    cache_finish(&c);
    batches_free(batches, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(batches_come_back_as_they_were), CASE(taking_may_stop), CASE(a_clock_that_was_set_back), CASE(a_boot_at_1970_holds_no_moment_of_today), CASE(a_long_absence), CASE(chunks_ahead_of_the_log), CASE(holes_stop_it),
        CASE(a_damaged_chunk_is_skipped_and_counted), CASE(a_row_of_the_journal_that_lies_about_its_end_is_read_by_its_run), CASE(no_chunk_of_another_series_is_taken_for_it), CASE(an_id_that_cannot_be_is_no_series), CASE(what_there_is), CASE(series_in_order_of_path), CASE(checkpoints_and_configurations),
        CASE(files_that_are_not_for_it), CASE(a_file_nobody_writes_to), CASE(another_file_in_its_place), CASE(an_interrupt_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
