/*
 * A cache that an older andon wrote is brought forward when it is opened, whole or not at all, whenever the power goes; an older andon leaves
 * a newer one alone. tests/data/cache/version-N.sql are dumps of real caches of each version: two lives of a collector with one unit; from 5 on with a meter's day.
 */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "app/past.h"
#include "io/config.h"
#include "io/history.h"
#include "power.h"
#include "store/store_fixture.h"

struct old {
    int version;
    const char *dump;
    int events, batches, alarms, changes, stops, meter_days;
};

static const struct old olds[] = {
    {1, CACHE_DATA "/version-1.sql", .events = 11, .batches = 13, .alarms = 0, .changes = 1},
    {2, CACHE_DATA "/version-2.sql", .events = 12, .batches = 13, .alarms = 1, .changes = 1},
    {3, CACHE_DATA "/version-3.sql", .events = 12, .batches = 15, .alarms = 1, .changes = 1, .stops = 4},
    {4, CACHE_DATA "/version-4.sql", .events = 12, .batches = 12, .alarms = 1, .changes = 1, .stops = 4},
    {5, CACHE_DATA "/version-5.sql", .events = 12, .batches = 12, .alarms = 1, .changes = 1, .stops = 4, .meter_days = 2},
};
enum { OLDS = sizeof olds / sizeof olds[0] };

static struct cache c;
static char power_log[160];

static int make(void **state)
{
    (void)state;
    cache_make(&c);
    snprintf(power_log, sizeof power_log, "%s/power", c.folder);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    cache_remove(&c);
    return 0;
}

/* The file as the older andon left it. */
static void write_old(const struct old *old)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-fresh"};
    static char sql[65536];
    char path[128];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(path, sizeof path, "%s%s", c.path, ends[i]);
        unlink(path);
    }
    FILE *file = fopen(old->dump, "r");
    assert_non_null(file);
    size_t length = fread(sql, 1, sizeof sql - 1, file);
    assert_true(feof(file));
    fclose(file);
    sql[length] = '\0';
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(c.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void expect_brought_forward(const struct old *old)
{
    assert_int_equal(ask(&c, "PRAGMA user_version"), SCHEMA_VERSION);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event"), old->events);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event WHERE what IS NOT NULL"), old->alarms);
    assert_int_equal(ask(&c, "SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM stop)"), old->stops);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy_day"), old->meter_days);
    assert_int_equal(ask(&c, "SELECT count(*) FROM meter"), old->meter_days > 0);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy"), old->meter_days ? 101 : 0);
    assert_int_equal(ask(&c, "SELECT count(*) FROM energy_run"), old->meter_days > 0); /* the long questions of what is there are prepared */
    assert_int_equal(ask(&c, "SELECT count(*) FROM defect"), 0);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event WHERE kind='setpoint' AND before='80' AND after='85'"), 1);
    assert_int_equal(ask(&c, "SELECT max(last_seq) FROM journal"), old->batches);
    assert_int_equal(files_with(&c, "damaged"), 0);
}

static void an_old_cache_is_brought_forward_with_all_that_it_holds(void **state)
{
    (void)state;
    for (const struct old *old = olds; old < olds + OLDS; old++) {
        struct error err = {.text = ""};
        write_old(old);
        assert_int_equal(ask(&c, "PRAGMA user_version"), old->version);
        assert_null(history_open(c.path, &err));
        assert_non_null(strstr(err.text, "start the collector once, it brings it forward"));
        cache_open(&c);
        assert_int_equal(status_of(&c).durable_seq, old->batches);
        assert_int_equal(store_last_event(c.store), old->events);
        cache_close(&c);
        expect_brought_forward(old);
    }
}

static void the_state_that_it_saved_is_still_there(void **state)
{
    (void)state;
    for (const struct old *old = olds; old < olds + OLDS; old++) {
        struct error err = {.text = ""};
        struct config config;
        write_old(old);
        cache_open(&c);
        cache_close(&c);
        struct past *past = past_open(c.path, &err);
        if (!past || !past_to(past, INT64_MAX, &err))
            fail_msg("%s", err.text);
        assert_string_equal(past_said(past), "");
        struct model *model = past_take(past, &config);
        size_t changes;
        assert_string_equal(model_changes(model, &changes)->after, "85");
        assert_int_equal(changes, old->changes);
        model_destroy(model);
        config_finish(&config);
        past_close(past);
    }
}

/* What is written after it goes into the new tables. */
static void after_that_it_takes_accounts_stops_and_energy(void **state)
{
    (void)state;
    for (const struct old *old = olds; old < olds + OLDS; old++) {
        write_old(old);
        cache_open(&c);
        c.seq = (uint64_t)old->batches;
        begin_batch(&c);
        *outcomes_gain(&c.outcomes) = (struct account_gain){.seq = c.seq, .path = "works/a/l1", .line = true, .cell = {.from_ms = DAY0, .to_ms = DAY0 + 3600000, .sum = {.good = 7}}};
        *outcomes_stop(&c.outcomes) = (struct stop_version){.seq = c.seq, .path = "works/a/l1", .stop = {.start_ms = DAY0}};
        *outcomes_energy(&c.outcomes) = (struct energy_gain){.seq = c.seq, .path = "works/main", .cell = {.from_ms = DAY0, .to_ms = DAY0 + 900000, .day = 20240612, .sum = {.amount = 9}}};
        assert_true(end_batch(&c, false));
        cache_close(&c);
        assert_int_equal(ask(&c, "SELECT good FROM account WHERE line AND seq=(SELECT max(seq) FROM account)"), 7);
        assert_int_equal(ask(&c, "SELECT count(*) FROM stop WHERE path='works/a/l1'"), 1);
        assert_int_equal(ask(&c, "SELECT amount FROM energy_day JOIN meter m ON m.id=meter WHERE path='works/main'"), 9);
    }
}

/* Opens the file, and so brings it forward; ended in the operation `cut`. True when it came to its end before. */
static bool open_in_child(unsigned long cut)
{
    int status = 0;
    unlink(power_log);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        power_install(power_log, cut);
        struct store *store = store_open(&c.options, &err);
        store_close(store);
        _exit(store ? 0 : 1);
    }
    assert_true(waitpid(pid, &status, 0) == pid);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!killed && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        fail_msg("it ended by itself: %d", status);
    return !killed;
}

static void cut_the_power(const struct old *old, enum power_loss loss)
{
    unsigned long cut = 1;
    bool whole = false;
    for (; !whole; cut++) {
        write_old(old);
        whole = open_in_child(cut);
        power_lose(power_log, loss, cut);
        cache_open(&c);
        assert_string_equal(status_of(&c).said, "");
        cache_close(&c);
        expect_brought_forward(old);
    }
    assert_true(cut > 10); /* the journal of it all has more writes than that */
    unlink(power_log);
}

static void the_power_may_go_at_any_moment_of_it(void **state)
{
    (void)state;
    for (const struct old *old = olds; old < olds + OLDS; old++) {
        cut_the_power(old, POWER_NONE);
        cut_the_power(old, POWER_ALL);
        cut_the_power(old, POWER_SOME);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_old_cache_is_brought_forward_with_all_that_it_holds, make, drop),
        cmocka_unit_test_setup_teardown(the_state_that_it_saved_is_still_there, make, drop),
        cmocka_unit_test_setup_teardown(after_that_it_takes_accounts_stops_and_energy, make, drop),
        cmocka_unit_test_setup_teardown(the_power_may_go_at_any_moment_of_it, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
