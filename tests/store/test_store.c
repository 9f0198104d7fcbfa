/* What a store keeps, and what it finds again. */
#include "check.h"

#include <sys/stat.h>

#include "core/alarm.h"
#include "store/shim_vfs.h"
#include "store/store_fixture.h"
#include "unit/model_fixture.h"

static struct cache c;

static int make(void **state)
{
    (void)state;
    shim_vfs_install();
    cache_make(&c);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    cache_remove(&c);
    return 0;
}

static void a_new_cache_has_an_identity_and_keeps_it(void **state)
{
    char uuid[37];
    (void)state;
    cache_open(&c);
    snprintf(uuid, sizeof uuid, "%s", store_uuid(c.store));
    assert_int_equal(strlen(uuid), 36);
    assert_int_equal(uuid[14], '4');
    cache_close(&c);
    assert_int_equal(ask(&c, "PRAGMA application_id"), SCHEMA_APPLICATION);
    assert_int_equal(ask(&c, "PRAGMA user_version"), SCHEMA_VERSION);
    assert_int_equal(ask(&c, "PRAGMA auto_vacuum"), 2);
    assert_int_equal(ask(&c, "PRAGMA page_size"), 4096);
    assert_int_equal(files_with(&c, ".new"), 0);
    cache_open(&c);
    assert_string_equal(store_uuid(c.store), uuid);
}

static void expect_sample(void *arg, const struct batch *batch)
{
    double *sum = arg;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->records[i].kind == RECORD_SAMPLE)
            *sum += batch->records[i].value.d;
}

static void closing_writes_all_and_it_is_there_after_reopening(void **state)
{
    double sum = 0;
    (void)state;
    c.options.flush_ms = 60000; /* only the end writes */
    cache_open(&c);
    for (int i = 1; i <= 100; i++)
        assert_true(put_number(&c, 1, i));
    cache_close(&c);
    assert_int_equal(each_batch(&c, expect_sample, &sum), 100);
    assert_near(sum, 5050, 0);
    assert_int_equal(ask(&c, "SELECT sum(samples) FROM journal"), 100);
    assert_int_equal(ask(&c, "SELECT count(*) FROM journal"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM series WHERE id=1 AND path='works/tag1'"), 1);
    cache_open(&c);
    assert_int_equal(status_of(&c).durable_seq, 100);
    assert_int_equal(store_last_series(c.store), 1);
    assert_true(put_number(&c, 1, 1)); /* follows the last one */
    cache_close(&c);
    assert_int_equal(each_batch(&c, NULL, NULL), 101);
}

static void expect_configured_only(void *arg, const struct batch *batch)
{
    const char *texts[] = {"a reason", "main/far"};
    (void)arg;
    assert_int_equal(batch->count, 4);
    assert_int_equal(batch->records[0].kind, RECORD_SERIES);
    assert_string_equal(batch_text_at(batch, batch->records[0].text), "works/a");
    assert_int_equal(batch->records[1].kind, RECORD_DROPPED);
    assert_string_equal(batch_text_at(batch, batch->records[1].text), texts[1]);
    assert_int_equal(batch->records[2].series, 1);
    assert_string_equal(batch_text_at(batch, batch->records[2].value.text), texts[0]);
    assert_int_equal(batch->records[3].series, 1);
    assert_true(batch->records[3].value.kind == VALUE_INT && batch->records[3].value.i == 3);
    assert_int_equal(batch->text_count, 3);
}

static void what_was_only_discovered_is_not_stored(void **state)
{
    (void)state;
    cache_open(&c);
    begin_batch(&c);
    name_series(&c, 1, "works/a");
    name_series(&c, 2, "main:works/b#/temp");
    batch_add(&c.batch, (struct record){.kind = RECORD_DROPPED, .value = value_uint(2), .text = batch_text(&c.batch, "main/far", 8)});
    add_sample(&c, 1, c.wall_ms, value_text(batch_text(&c.batch, "a reason", 8)));
    add_sample(&c, 1, c.wall_ms, value_int(3));
    add_sample(&c, 2, c.wall_ms, value_text(batch_text(&c.batch, "a secret", 8)));
    assert_true(end_batch(&c, false));
    cache_close(&c);
    assert_int_equal(each_batch(&c, expect_configured_only, NULL), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM series"), 1);
    assert_int_equal(ask(&c, "SELECT sum(samples) FROM journal"), 2);
}

static void a_discovered_series_is_stored_once_it_is_configured(void **state)
{
    (void)state;
    cache_open(&c);
    begin_batch(&c);
    name_series(&c, 5, "main:b#");
    add_sample(&c, 5, c.wall_ms, value_int(1));
    assert_true(end_batch(&c, false));
    assert_int_equal(store_last_series(c.store), 0);
    begin_batch(&c);
    name_series(&c, 5, "works/b");
    add_sample(&c, 5, c.wall_ms, value_int(2));
    assert_true(end_batch(&c, false));
    assert_int_equal(store_last_series(c.store), 5);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT sum(samples) FROM journal"), 1);
}

static void a_renamed_series_keeps_its_id_and_an_old_path_yields(void **state)
{
    (void)state;
    cache_open(&c);
    begin_batch(&c);
    name_series(&c, 1, "works/a");
    name_series(&c, 2, "works/b");
    assert_true(end_batch(&c, false));
    begin_batch(&c);
    name_series(&c, 1, "works/c");
    name_series(&c, 3, "works/b");
    assert_true(end_batch(&c, false));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT id FROM series WHERE path='works/c'"), 1);
    assert_int_equal(ask(&c, "SELECT id FROM series WHERE path='works/b'"), 3);
    assert_int_equal(ask(&c, "SELECT id FROM series WHERE path='works/b (until series 3)'"), 2);
}

static void outcomes_come_with_their_batch(void **state)
{
    struct interval_end interval = {.seq = 1, .path = "works/l1", .start_ms = DAY0, .end_ms = DAY0 + 5000, .class = CLASS_STOP, .state = PACK_HELD, .word = "jam"};
    struct bucket_gain buckets[] = {{.series = 1, .start_ms = DAY0, .gained = 12.5}, {.series = 1, .start_ms = DAY0, .gained = 2, .flagged = true}};
    struct event event = {.number = 9, .seq = 1, .time_ms = DAY0 + 7, .kind = EVENT_LIMIT, .series = 4, .path = "works/x", .text = "limit", .before = "1", .after = "2", .who = "Kim"};
    struct outcomes outcomes = {.events = &event, .event_count = 1, .intervals = &interval, .interval_count = 1, .buckets = buckets, .bucket_count = 2};
    (void)state;
    cache_open(&c);
    begin_batch(&c);
    assert_true(store_put(c.store, &c.batch, &outcomes, false));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM interval WHERE seq=1 AND path='works/l1' AND end_ms-start_ms=5000 AND class='stop' AND word='jam' AND state<>''"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM bucket WHERE series=1 AND gained=14.5 AND flagged=1"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event WHERE number=9 AND kind='limit' AND series=4 AND path='works/x' AND text='limit' AND before='1'"
                             " AND after='2' AND who='Kim' AND down=0 AND span_ms=0 AND ms=1718150400007"), 1);
}

static void what_is_durable_does_not_wait_for_the_flush(void **state)
{
    (void)state;
    c.options.flush_ms = 600000;
    cache_open(&c);
    assert_true(put_number(&c, 1, 1));
    begin_batch(&c);
    add_event(&c, "acknowledged");
    assert_true(end_batch(&c, true));
    WAIT_FOR(status_of(&c).durable_seq == 2); /* and what came before it */
    assert_int_equal(ask(&c, "SELECT count(*) FROM event"), 1);
    assert_int_equal(each_batch(&c, NULL, NULL), 2);
}

static void much_is_flushed_at_once(void **state)
{
    (void)state;
    c.options.flush_ms = 600000;
    cache_open(&c);
    for (int i = 0; i < 400; i++) {
        begin_batch(&c);
        if (i == 0)
            name_series(&c, 1, "works/a");
        for (int s = 0; s < 300; s++)
            add_sample(&c, 1, c.wall_ms + s * 317, value_real(s * 1.1));
        assert_true(end_batch(&c, false));
    }
    WAIT_FOR(status_of(&c).durable_seq > 0);
    cache_close(&c);
    assert_int_equal(each_batch(&c, NULL, NULL), 400);
}

static void configurations_are_kept_once_and_used_from_a_batch_on(void **state)
{
    struct packer plain;
    struct error err;
    (void)state;
    cache_open(&c);
    store_config(c.store, 1, DAY0, UINT64_C(0xF000000000000007), "plant.cfg", "site = 1", 8);
    put_number(&c, 1, 1);
    store_config(c.store, 2, DAY0 + 200, 8, "plant.cfg", "site = 2", 8);
    put_number(&c, 1, 1);
    store_config(c.store, 3, DAY0 + 300, UINT64_C(0xF000000000000007), "plant.cfg", "site = 1", 8);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM config"), 2);
    assert_int_equal(ask(&c, "SELECT count(*) FROM config_use"), 3);
    assert_int_equal(ask(&c, "SELECT config FROM config_use WHERE seq=3"), (int64_t)UINT64_C(0xF000000000000007));
    sqlite3 *db = look_into(&c);
    sqlite3_stmt *st = NULL;
    packer_init(&plain);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT bundle FROM config WHERE id=8", -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_true(unsqueeze(sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0), SCHEMA_BLOB_MOST, &plain, &err));
    assert_int_equal(plain.count, 8);
    assert_memory_equal(plain.bytes, "site = 2", 8);
    sqlite3_finalize(st);
    sqlite3_close(db);
    packer_finish(&plain);
}

static void a_checkpoint_is_the_state_after_its_batch(void **state)
{
    struct works w;
    struct packer plain, saved;
    struct error err;
    (void)state;
    works_open(&w);
    cache_open(&c);
    w.batch.seq = 0;
    sample(&w, 1000, PRESS "/temp", value_real(21.5));
    assert_true(store_checkpoint(c.store, w.model));
    cache_close(&c);
    packer_init(&plain);
    packer_init(&saved);
    model_save_configured(w.model, &saved);
    sqlite3 *db = look_into(&c);
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT state FROM checkpoint WHERE seq=1 AND ms=1718178721000", -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_true(unsqueeze(sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0), SCHEMA_BLOB_MOST, &plain, &err));
    assert_int_equal(plain.count, saved.count);
    assert_memory_equal(plain.bytes, saved.bytes, saved.count);
    sqlite3_finalize(st);
    sqlite3_close(db);
    packer_finish(&plain);
    packer_finish(&saved);
    assert_int_equal(ask(&c, "SELECT count(*) FROM series WHERE kind='value' AND unit='°C' AND path LIKE '%press/temp'"), 1);
    works_close(&w);
    cache_open(&c);
    assert_int_equal(status_of(&c).durable_seq, 1);
    assert_int_equal(status_of(&c).checkpoint_ms, DAY0 + 28321000);
}

/* Another program holds the file locked, so that the thread cannot write and the queue fills. */
static sqlite3 *hold_locked(void)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(c.path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, WAIT_MOST_MS);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void an_overflow_is_a_hole_that_a_checkpoint_ends(void **state)
{
    struct works w;
    uint64_t taken = 0;
    (void)state;
    works_open(&w);
    c.options.queue_bytes = 32768;
    cache_open(&c);
    sqlite3 *db = hold_locked();
    while (put_number(&c, 1, 1))
        taken++;
    assert_true(taken > 20);
    assert_int_equal(status_of(&c).batches_lost, 1);
    assert_false(store_checkpoint(c.store, w.model)); /* no room, and too early */
    assert_false(store_wants_checkpoint(c.store));
    assert_false(end_batch(&c, true));
    assert_int_equal(status_of(&c).batches_lost, 2);
    sqlite3_close(db);
    WAIT_FOR(store_wants_checkpoint(c.store));
    assert_false(put_number(&c, 1, 1)); /* nothing before the checkpoint */
    w.batch.seq = c.seq - 1;
    step(&w, 1000);
    assert_int_equal(model_seq(w.model), c.seq);
    assert_true(store_checkpoint(c.store, w.model));
    assert_false(store_wants_checkpoint(c.store));
    assert_true(put_number(&c, 1, 2));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM journal a WHERE first_seq>1 AND NOT EXISTS (SELECT 1 FROM journal b WHERE b.last_seq=a.first_seq-1)"), 1);
    assert_int_equal(each_batch(&c, NULL, NULL), taken + 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint"), 1);
    works_close(&w);
}

static void room_is_kept_for_what_must_be_durable(void **state)
{
    (void)state;
    c.options.queue_bytes = 65536;
    cache_open(&c);
    sqlite3 *db = hold_locked();
    struct store_status s = status_of(&c);
    while (s.queue_bytes < 65536 - 65536 / 16 - 400) {
        assert_true(put_number(&c, 1, 1));
        s = status_of(&c);
    }
    begin_batch(&c);
    for (int i = 0; i < 100; i++)
        add_sample(&c, 1, c.wall_ms + i * 1000, value_int(i));
    assert_true(end_batch(&c, true)); /* an ordinary one of that size would not fit */
    assert_true(status_of(&c).queue_bytes > 65536 - 65536 / 16);
    uint64_t last = c.seq;
    assert_false(put_number(&c, 1, 1));
    sqlite3_close(db);
    WAIT_FOR(status_of(&c).durable_seq == last);
    assert_true(status_of(&c).queue_high > 65536 - 65536 / 16);
}

static void a_number_that_does_not_follow_is_a_hole(void **state)
{
    (void)state;
    cache_open(&c);
    assert_true(put_number(&c, 1, 1));
    c.seq += 5;
    assert_false(put_number(&c, 1, 1));
    WAIT_FOR(store_wants_checkpoint(c.store));
    assert_int_equal(status_of(&c).batches_lost, 1);
}

static struct event alarm_event(uint64_t number, const char *key)
{
    struct event e = {.number = number, .seq = 1, .time_ms = DAY0 + 1234, .kind = EVENT_ALARM, .text = "Oil temperature high", .before = "NORM", .after = "UNACK",
        .alarm = {.event = ALARM_RAISED, .kind = ALARM_HIGH, .priority = 2, .annunciated = true, .occurrence_ms = DAY0 + 1234, .value = "96.4 °C", .limit = "> 95",
            .class = "process", .position = "hall"}};
    snprintf(e.path, sizeof e.path, "%s", key);
    return e;
}

static void an_alarm_is_a_row_with_all_that_is_known_of_it(void **state)
{
    (void)state;
    cache_open(&c);
    begin_batch(&c);
    *outcomes_event(&c.outcomes) = alarm_event(1, "works/hall/press1/oil.high");
    struct event *action = outcomes_event(&c.outcomes);
    *action = (struct event){.number = 2, .seq = 1, .time_ms = DAY0 + 2000, .kind = EVENT_ACTION, .text = "silence", .who = "Kim"};
    snprintf(action->alarm.comment, sizeof action->alarm.comment, "at the horn");
    assert_true(end_batch(&c, true));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event WHERE number=1 AND kind='alarm' AND path='works/hall/press1/oil.high' AND text='Oil temperature high'"
        " AND before='NORM' AND after='UNACK' AND what='raised' AND alarm='high' AND priority=2 AND annunciated=1 AND occurrence_ms=ms AND value='96.4 °C'"
        " AND alarm_limit='> 95' AND class='process' AND position='hall' AND comment IS NULL"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event WHERE number=2 AND who='Kim' AND comment='at the horn' AND what IS NULL AND alarm IS NULL AND priority IS NULL"), 1);
}

static void a_flood_of_alarms_fits_where_it_waits_for_the_disk(void **state)
{
    enum { EVENTS = 4000 }; /* two seconds of 120,000 a minute in an eighth of the queue */
    (void)state;
    char key[64];
    c.options.queue_bytes = 1 << 20;
    c.options.flush_ms = 60000;
    cache_open(&c);
    begin_batch(&c);
    for (unsigned i = 1; i <= EVENTS; i++) {
        snprintf(key, sizeof key, "works/hall/line1/press%u/oil.high", i % 500);
        *outcomes_event(&c.outcomes) = alarm_event(i, key);
    }
    assert_true(end_batch(&c, false));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event WHERE what='raised'"), EVENTS);
}

static void put_and_wait(void)
{
    assert_true(put_number(&c, 1, (double)c.seq));
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
}

static void put_event_and_wait(void)
{
    begin_batch(&c);
    add_event(&c, "it happened");
    assert_true(end_batch(&c, false));
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
}

/* Beside the database; and where a transaction is needed, for an event, all its pages of the log are one. */
static void a_flush_is_one_write(void **state)
{
    enum { TEXTS = 400 };
    char text[64];
    (void)state;
    cache_open(&c);
    put_and_wait();
    put_event_and_wait(); /* the log has its beginning, and the series are known */
    unsigned long before = shim_calls(SHIM_WRITE);
    put_and_wait();
    assert_int_equal(shim_calls(SHIM_WRITE) - before, 1);
    before = shim_calls(SHIM_WRITE);
    begin_batch(&c);
    for (unsigned i = 0; i < TEXTS; i++) {
        snprintf(text, sizeof text, "%x %x %x", i * 2654435761u, i * 40503u * i, (i + 7) * 2246822519u);
        add_sample(&c, 1, c.wall_ms, (struct value){.kind = VALUE_TEXT, .text = batch_text(&c.batch, text, strlen(text))});
    }
    assert_true(end_batch(&c, false));
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
    assert_int_equal(shim_calls(SHIM_WRITE) - before, 1);
    before = shim_calls(SHIM_WRITE);
    put_event_and_wait();
    assert_int_equal(shim_calls(SHIM_WRITE) - before, 1);
    assert_true(ask(&c, "SELECT max(length(run)) FROM journal") > 4096);
    assert_int_equal(each_batch(&c, NULL, NULL), 5);
}

/* What another program wrote is no obstacle to the store. */
static void another_program_may_write_and_fold_the_log_in_between(void **state)
{
    (void)state;
    cache_open(&c);
    for (int i = 0; i < 3; i++) {
        put_and_wait();
        put_and_wait();
        change(&c, "INSERT OR REPLACE INTO meta VALUES('guest', ifnull((SELECT value FROM meta WHERE key='guest'), 0) + 1)");
        put_and_wait();
        change(&c, "PRAGMA wal_checkpoint(PASSIVE)");
    }
    assert_int_equal(status_of(&c).batches_lost, 0);
    assert_int_equal(ask(&c, "SELECT value FROM meta WHERE key='guest'"), 3);
    cache_close(&c);
    assert_int_equal(each_batch(&c, NULL, NULL), 9);
    assert_int_equal(ask(&c, "SELECT count(*)=1 FROM pragma_quick_check WHERE quick_check='ok'"), 1);
}

/* Pages of the log; it is written from its beginning again once all of it is in the file. */
static long log_pages(void)
{
    char name[4096];
    struct stat st;
    snprintf(name, sizeof name, "%s-wal", c.path);
    assert_int_equal(stat(name, &st), 0);
    return (long)(st.st_size / (4096 + 24));
}

static void the_log_is_folded_in_between_flushes(void **state)
{
    enum { FLUSHES = 700 };
    (void)state;
    c.options.flush_ms = 1;
    c.options.size_most = 16 << 20; /* a log of 256 pages */
    cache_open(&c);
    for (int i = 0; i < FLUSHES; i++)
        put_event_and_wait();
    assert_in_range(log_pages(), 256, 300);
    assert_int_equal(each_batch(&c, NULL, NULL), FLUSHES);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define HERE(function) cmocka_unit_test_setup_teardown(function, make, drop)
        HERE(a_new_cache_has_an_identity_and_keeps_it),
        HERE(closing_writes_all_and_it_is_there_after_reopening),
        HERE(what_was_only_discovered_is_not_stored),
        HERE(a_discovered_series_is_stored_once_it_is_configured),
        HERE(a_renamed_series_keeps_its_id_and_an_old_path_yields),
        HERE(outcomes_come_with_their_batch),
        HERE(what_is_durable_does_not_wait_for_the_flush),
        HERE(much_is_flushed_at_once),
        HERE(configurations_are_kept_once_and_used_from_a_batch_on),
        HERE(a_checkpoint_is_the_state_after_its_batch),
        HERE(an_overflow_is_a_hole_that_a_checkpoint_ends),
        HERE(room_is_kept_for_what_must_be_durable),
        HERE(a_number_that_does_not_follow_is_a_hole),
        HERE(an_alarm_is_a_row_with_all_that_is_known_of_it),
        HERE(a_flood_of_alarms_fits_where_it_waits_for_the_disk),
        HERE(a_flush_is_one_write),
        HERE(another_program_may_write_and_fold_the_log_in_between),
        HERE(the_log_is_folded_in_between_flushes),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
