/*
 * The newest rows of the journal wait beside the database: readers see them, a killed collector's are found, and a file that is torn, old, another
 * cache's or none of ours gives a beginning of the stream, never another one.
 */
#include "check.h"

#include <fcntl.h>

#include "io/fresh.h"
#include "io/history.h"
#include "store/shim_vfs.h"
#include "store/store_fixture.h"

static struct cache c;

static int make(void **state)
{
    (void)state;
    shim_vfs_install();
    cache_make(&c);
    c.options.flush_ms = 1;
    return 0;
}

static int drop(void **state)
{
    (void)state;
    shim_heal();
    cache_remove(&c);
    return 0;
}

/* ---- what is written ---- */

static void put_and_wait(void)
{
    assert_true(put_number(&c, 1, (double)(c.seq + 1)));
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
}

static void put_event_and_wait(void)
{
    begin_batch(&c);
    add_sample(&c, 1, c.wall_ms, value_real((double)c.seq));
    add_event(&c, "it happened");
    assert_true(end_batch(&c, false));
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
}

static int64_t in_database(const struct cache *of)
{
    return ask(of, "SELECT ifnull(max(last_seq), 0) FROM journal");
}

/* ---- what is read ---- */

/* Each batch has the number of its sample, and follows the one before. */
static bool check_batch(void *arg, const struct batch *b)
{
    uint64_t *last = arg;
    assert_int_equal(b->seq, *last + 1);
    for (size_t i = 0; i < b->count; i++)
        if (b->records[i].kind == RECORD_SAMPLE)
            assert_near(b->records[i].value.d, (double)b->seq, 0);
    *last = b->seq;
    return true;
}

static uint64_t read_by(struct history *h)
{
    struct error err = {""};
    uint64_t last = 0, said = 0;
    int64_t first_ms, last_ms;
    if (!history_span(h, &first_ms, &last_ms, &said, &err))
        return 0;
    if (!history_batches(h, 0, INT64_MAX, check_batch, &last, &err))
        fail_msg("%s", err.text);
    assert_true(last >= said); /* more may have come in between */
    assert_int_equal(history_damaged(h), 0);
    return last;
}

/* The last batch that a reader finds; all before it are there. */
static uint64_t readable(const struct cache *of)
{
    struct error err = {""};
    struct history *h = history_open(of->path, &err);
    if (!h)
        fail_msg("%s", err.text);
    uint64_t last = read_by(h);
    history_close(h);
    return last;
}

/* ---- files ---- */

struct bytes {
    uint8_t *at;
    size_t count;
};

static struct bytes bytes_of(const struct cache *of, const char *suffix)
{
    char path[160];
    struct stat st;
    snprintf(path, sizeof path, "%s%s", of->path, suffix);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        fail_msg("%s cannot be read", path);
    struct bytes b = {.at = malloc((size_t)st.st_size + 1), .count = (size_t)st.st_size};
    assert_true(read(fd, b.at, b.count) == (ssize_t)b.count);
    close(fd);
    return b;
}

static void put_bytes(const struct cache *of, const char *suffix, struct bytes b)
{
    char path[160];
    snprintf(path, sizeof path, "%s%s", of->path, suffix);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, b.at, b.count) == (ssize_t)b.count);
    close(fd);
}

/* What a kill leaves, as another cache: the files as they lie there. */
static void copy_as_killed(struct cache *copy)
{
    static const char *const suffixes[] = {"", "-wal", FRESH_SUFFIX};
    cache_make(copy);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct bytes b = bytes_of(&c, suffixes[i]);
        put_bytes(copy, suffixes[i], b);
        free(b.at);
    }
}

/* Opens and closes it: what a writer finds is in the database then. */
static int64_t taken_in(struct cache *copy)
{
    cache_close(copy);
    cache_open(copy);
    assert_string_equal(status_of(copy).said, "");
    uint64_t durable = status_of(copy).durable_seq;
    cache_close(copy);
    assert_int_equal(in_database(copy), durable);
    assert_int_equal(each_batch(copy, NULL, NULL), durable);
    return (int64_t)durable;
}

/* ---- cases ---- */

static void a_plain_flush_leaves_the_database_alone_and_is_read_at_once(void **state)
{
    (void)state;
    cache_open(&c);
    put_and_wait(); /* it names the series, and is a transaction for that */
    assert_int_equal(in_database(&c), 1);
    for (int i = 0; i < 100; i++) {
        put_and_wait();
        assert_int_equal(readable(&c), c.seq);
        assert_true((int64_t)c.seq - in_database(&c) <= FRESH_ROWS_MOST);
    }
    assert_true(in_database(&c) < (int64_t)c.seq);
    put_event_and_wait(); /* never without the batches before it */
    assert_int_equal(in_database(&c), c.seq);
    put_and_wait();
    cache_close(&c);
    assert_int_equal(in_database(&c), c.seq);
    struct bytes left = bytes_of(&c, FRESH_SUFFIX);
    assert_int_equal(left.count, 0);
    free(left.at);
    assert_int_equal(readable(&c), c.seq);
}

/* One connection, while the writer goes on: at no moment less than what was durable before. */
static void a_reader_misses_nothing_while_rows_are_taken_in(void **state)
{
    struct error err = {""};
    (void)state;
    cache_open(&c);
    put_and_wait();
    struct history *h = history_open(c.path, &err);
    assert_non_null(h);
    for (int i = 0; i < 400; i++) {
        uint64_t durable = status_of(&c).durable_seq;
        assert_true(put_number(&c, 1, (double)(c.seq + 1)));
        assert_true(read_by(h) >= durable);
        if (i % 16 == 0)
            WAIT_FOR(status_of(&c).durable_seq == c.seq);
    }
    history_close(h);
}

static void what_a_killed_writer_left_is_read_and_taken_in(void **state)
{
    struct cache copy;
    (void)state;
    cache_open(&c);
    for (int i = 0; i < 80; i++) {
        put_and_wait();
        copy_as_killed(&copy);
        assert_int_equal(readable(&copy), c.seq);
        assert_int_equal(taken_in(&copy), c.seq);
        assert_int_equal(readable(&copy), c.seq);
        cache_remove(&copy);
    }
}

/* The next writer goes on behind it in the same file, and is killed as well. */
static void lives_follow_each_other(void **state)
{
    struct cache copy;
    (void)state;
    cache_open(&c);
    for (int life = 0; life < 6; life++) {
        for (int i = 0; i < 5; i++)
            put_and_wait();
        copy_as_killed(&copy);
        copy.seq = c.seq;
        copy.wall_ms = c.wall_ms;
        copy.options.flush_ms = 1;
        cache_remove(&c);
        c = copy;
        c.options.path = c.path;
        cache_open(&c);
        assert_int_equal(status_of(&c).durable_seq, c.seq);
    }
    assert_int_equal(readable(&c), c.seq);
    assert_int_equal(in_database(&c), 1); /* none of these lives had a reason for a transaction */
    assert_int_equal(taken_in(&c), c.seq);
}

/* Each state of the file that a torn write can leave, and each byte that can go bad. */
static void a_torn_or_damaged_file_ends_where_it_is_torn(void **state)
{
    enum { ROWS = 6 };
    struct cache copy;
    (void)state;
    cache_open(&c);
    put_and_wait();
    for (int i = 0; i < ROWS; i++)
        put_and_wait();
    struct bytes whole = bytes_of(&c, FRESH_SUFFIX);
    copy_as_killed(&copy);
    uint64_t before = 0;
    for (size_t cut = 0; cut <= whole.count; cut++) {
        put_bytes(&copy, FRESH_SUFFIX, (struct bytes){whole.at, cut});
        uint64_t last = readable(&copy);
        assert_true(last >= before && last <= before + 1 && last >= 1);
        before = last;
    }
    assert_int_equal(before, c.seq);
    for (size_t at = 0; at < whole.count; at++) {
        whole.at[at] ^= 0x10;
        put_bytes(&copy, FRESH_SUFFIX, whole);
        uint64_t last = readable(&copy);
        assert_true(last >= 1 && last < c.seq); /* some row is bad, and none behind it is believed */
        whole.at[at] ^= 0x10;
    }
    cache_remove(&copy);
    for (size_t cut = 0; cut < whole.count; cut += whole.count / 7 - 3) {
        copy_as_killed(&copy);
        put_bytes(&copy, FRESH_SUFFIX, (struct bytes){whole.at, cut});
        uint64_t last = readable(&copy);
        assert_int_equal(taken_in(&copy), last);
        cache_remove(&copy);
    }
    free(whole.at);
}

/* As when the power went after the file had been begun anew, and the commit before that was lost with it. */
static void rows_that_do_not_follow_the_database_are_not_believed(void **state)
{
    struct cache copy;
    (void)state;
    cache_open(&c);
    put_and_wait();
    copy_as_killed(&copy);
    for (int i = 0; i < 10; i++)
        put_and_wait();
    put_event_and_wait();
    for (int i = 0; i < 3; i++)
        put_and_wait();
    struct bytes later = bytes_of(&c, FRESH_SUFFIX);
    put_bytes(&copy, FRESH_SUFFIX, later);
    assert_int_equal(readable(&copy), 1);
    copy.seq = 1;
    copy.options.flush_ms = 1;
    cache_remove(&c);
    c = copy;
    c.options.path = c.path;
    cache_open(&c);
    for (int i = 0; i < 20; i++) { /* over the old rows, and with their numbers */
        put_and_wait();
        assert_int_equal(readable(&c), c.seq);
    }
    assert_int_equal(taken_in(&c), c.seq);
    put_bytes(&c, FRESH_SUFFIX, later); /* all of it is in the database */
    free(later.at);
    assert_int_equal(readable(&c), c.seq);
    assert_int_equal(taken_in(&c), c.seq);
}

static void the_file_of_another_cache_is_none(void **state)
{
    struct cache other;
    (void)state;
    cache_open(&c);
    put_and_wait();
    copy_as_killed(&other); /* ... which is the same cache: */
    cache_remove(&other);
    cache_make(&other);
    cache_open(&other); /* but this one has an identity of its own */
    other.seq = 0;
    assert_true(put_number(&other, 1, 1));
    cache_close(&other);
    put_and_wait();
    struct bytes strange = bytes_of(&c, FRESH_SUFFIX);
    put_bytes(&other, FRESH_SUFFIX, strange);
    free(strange.at);
    assert_int_equal(readable(&other), 1);
    assert_int_equal(taken_in(&other), 1);
    cache_remove(&other);
}

static void what_is_not_ours_stays_untouched_and_nothing_is_missing(void **state)
{
    char text[] = "minutes of the meeting", path[160];
    (void)state;
    cache_open(&c);
    cache_close(&c);
    put_bytes(&c, FRESH_SUFFIX, (struct bytes){(uint8_t *)text, sizeof text});
    cache_open(&c);
    for (int i = 0; i < 5; i++)
        put_and_wait();
    assert_int_equal(in_database(&c), c.seq);
    assert_int_equal(readable(&c), c.seq);
    cache_close(&c);
    struct bytes left = bytes_of(&c, FRESH_SUFFIX);
    assert_int_equal(left.count, sizeof text);
    assert_memory_equal(left.at, text, sizeof text);
    free(left.at);
    snprintf(path, sizeof path, "%s" FRESH_SUFFIX, c.path);
    assert_true(unlink(path) == 0 && mkdir(path, 0700) == 0);
    cache_open(&c);
    put_and_wait();
    assert_int_equal(in_database(&c), c.seq);
    cache_close(&c);
    assert_int_equal(rmdir(path), 0);
}

/* The disk takes nothing for a while: what had been flushed before is still there, and is taken in with what comes then. */
static void what_waits_outlives_a_full_disk(void **state)
{
    struct cache copy;
    (void)state;
    cache_open(&c);
    for (int i = 0; i < 5; i++)
        put_and_wait();
    shim_fail(SHIM_WRITE, SQLITE_FULL, 0);
    assert_true(put_number(&c, 1, 6));
    WAIT_FOR(status_of(&c).state == STORE_STOPPED);
    assert_int_equal(readable(&c), 5);
    copy_as_killed(&copy);
    shim_heal();
    assert_int_equal(taken_in(&copy), 5);
    cache_remove(&copy);
    WAIT_FOR(status_of(&c).state == STORE_RECORDING);
    cache_close(&c);
    assert_int_equal(in_database(&c), 5);
}

static void its_rights_are_those_of_the_database(void **state)
{
    char path[160];
    struct stat st;
    (void)state;
    cache_open(&c);
    cache_close(&c);
    snprintf(path, sizeof path, "%s" FRESH_SUFFIX, c.path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(chmod(c.path, 0640), 0);
    cache_open(&c);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

#define HERE(function) cmocka_unit_test_setup_teardown(function, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HERE(a_plain_flush_leaves_the_database_alone_and_is_read_at_once),
        HERE(a_reader_misses_nothing_while_rows_are_taken_in),
        HERE(what_a_killed_writer_left_is_read_and_taken_in),
        HERE(lives_follow_each_other),
        HERE(a_torn_or_damaged_file_ends_where_it_is_torn),
        HERE(rows_that_do_not_follow_the_database_are_not_believed),
        HERE(the_file_of_another_cache_is_none),
        HERE(what_is_not_ours_stays_untouched_and_nothing_is_missing),
        HERE(what_waits_outlives_a_full_disk),
        HERE(its_rights_are_those_of_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
