/*
 * A child process writes a stream that can be told from its numbers alone, and is ended in the middle of an operation on the disk: killed, or
 * with the power cut, so that what was not synced is lost in part or whole. Whatever was left must be a beginning of that stream, whole to the
 * last batch that is there, with exactly the events, intervals, quantities, accounts and stops that follow from it, and with everything that was acknowledged.
 * The next child goes on where it ended.
 */
#include "check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../unit/model_fixture.h"
#include "core/memory.h"
#include "io/clock.h"
#include "io/history.h"
#include "io/log.h"
#include "io/store.h"
#include "power.h"

enum { SERIES = 7, EVENT_EVERY = 3, INTERVAL_EVERY = 5, STOP_EVERY = 7, DURABLE_EVERY = 61, MIXED_EVERY = 50, CHECKPOINT_EVERY = 40, PLAIN_RUN = 24, PATIENCE_MS = 600000 };

struct ground {
    char folder[64], db[96], log[96];
    uint64_t acknowledged;
};

static uint64_t random_next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* ---- the stream: every batch follows from its number ---- */

static double value_at(uint64_t seq, uint32_t series)
{
    return (double)(seq * 7 % 1000 + series) / 10;
}

static void add_sample(struct batch *b, uint32_t series)
{
    batch_add(b, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = T0 + (int64_t)b->seq * 1000 + series, .quality = QUALITY_GOOD,
        .flags = SAMPLE_SOURCE_TIME, .value = value_real(value_at(b->seq, series))});
}

static void batch_at(struct batch *b, uint64_t seq, const struct plant *plant)
{
    batch_clear(b);
    b->seq = seq;
    b->wall_ms = T0 + (int64_t)seq * 1000;
    b->elapsed_ms = 1000 + (int64_t)(seq % 3);
    memset(b->boot, 7, sizeof b->boot);
    if (seq == 1)
        for (uint32_t t = 0; t < plant->tag_count; t++) {
            char key[KEY_BYTES];
            size_t length = plant_tag_key(plant, t, key, sizeof key);
            batch_add(b, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(b, key, length)});
        }
    for (uint32_t s = 1; s <= SERIES; s++) {
        add_sample(b, s);
        if (seq % MIXED_EVERY == 0 && s == 3)
            batch_add(b, (struct record){.kind = RECORD_DEATH, .time_ms = b->wall_ms, .text = batch_text(b, "broker:main", 11), .detail = batch_text(b, "gone", 4)});
    }
    if (seq % DURABLE_EVERY == 0)
        batch_add(b, (struct record){.kind = RECORD_ACTION, .time_ms = b->wall_ms, .text = batch_text(b, "note", 4), .detail = batch_text(b, "works", 5)});
    batch_order(b);
}

/* Every other stretch of batches has nothing that follows from it: such a flush is no transaction. */
static bool is_plain(uint64_t seq)
{
    return seq / PLAIN_RUN % 2 == 1;
}

static void outcomes_at(struct outcomes *o, uint64_t seq)
{
    static struct event event;
    static struct interval_end interval;
    static struct bucket_gain gain;
    static struct account_gain facts[2];
    static struct stop_version stop;
    event = (struct event){.number = seq / EVENT_EVERY, .seq = seq, .time_ms = T0, .kind = EVENT_STATE, .path = "works/hall/l1", .before = "run", .after = "STOP"};
    interval = (struct interval_end){.seq = seq, .path = "works/hall/l1", .start_ms = T0 + (int64_t)seq * 1000 - 4000, .end_ms = T0 + (int64_t)seq * 1000, .class = CLASS_RUN};
    gain = (struct bucket_gain){.series = 3, .start_ms = (T0 + (int64_t)seq * 1000) / BUCKET_MS * BUCKET_MS, .gained = 1};
    for (size_t i = 0; i < 2; i++) /* the second takes a part of the first one back */
        facts[i] = (struct account_gain){.seq = seq, .path = "works/hall/l1", .line = true, .cell = {.from_ms = T0 + (int64_t)(seq / 100) * 3600000, .to_ms = T0 + (int64_t)(seq / 100 + 1) * 3600000,
            .sum = {.ms = {[TIME_RUN] = i ? -400 : 1400}, .good = i ? -1 : 3, .stops = i ? 0 : 1}}};
    stop = (struct stop_version){.seq = seq, .path = "works/hall/l1", .stop = {.start_ms = T0 + (int64_t)(seq / 2) * 1000, .class = CLASS_STOP}};
    *o = (struct outcomes){.events = &event, .event_count = seq % EVENT_EVERY == 0, .intervals = &interval, .interval_count = seq % INTERVAL_EVERY == 0,
        .buckets = &gain, .bucket_count = 1, .gains = facts, .gain_count = 2, .stops = &stop, .stop_count = seq % STOP_EVERY == 0};
    if (is_plain(seq))
        *o = (struct outcomes){.events = NULL};
}

/* ---- the child ---- */

static uint64_t last_seq(const char *db)
{
    struct error err = {""};
    int64_t first_ms, last_ms;
    uint64_t last = 0;
    struct history *h = history_open(db, &err);
    if (!h)
        return 0;
    if (!history_span(h, &first_ms, &last_ms, &last, &err))
        last = 0;
    history_close(h);
    return last;
}

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

static void wait_until_durable(struct store *store, uint64_t seq)
{
    struct store_status status;
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    do {
        pause_a_little();
        store_status(store, &status);
    } while (status.durable_seq < seq && clock_monotonic_ms() < until);
    if (status.durable_seq < seq)
        _exit(9);
}

/* The writer is faster than the disk, and nothing here may be lost. */
static void wait_for_room(struct store *store)
{
    struct store_status status;
    for (store_status(store, &status); status.queue_bytes > status.queue_most / 4; store_status(store, &status))
        pause_a_little();
}

/* Writes until it is ended. */
static void child(const struct ground *g, unsigned long cut, int tell)
{
    struct error err = {""};
    uint64_t begin = last_seq(g->db);
    power_install(g->log, cut);
    struct store *store = store_open(&(struct store_options){.path = g->db, .flush_ms = 5, .chunk_ms = 30000, .queue_bytes = 1 << 20, .size_most = 1 << 30}, &err);
    if (!store)
        _exit(8);
    struct plant *plant = works_plant();
    struct model *model = model_create(plant);
    struct batch b;
    struct outcomes o;
    batch_init(&b);
    for (uint64_t seq = 1;; seq++) {
        batch_at(&b, seq, plant);
        model_apply(model, &b);
        if (seq <= begin)
            continue;
        outcomes_at(&o, seq);
        bool durable = seq % DURABLE_EVERY == 0;
        wait_for_room(store);
        if (!store_put(store, &b, &o, durable))
            _exit(7);
        if (seq == 1 || seq % CHECKPOINT_EVERY == 0)
            store_checkpoint(store, model);
        if (durable) {
            wait_until_durable(store, seq);
            if (write(tell, &seq, sizeof seq) != (ssize_t)sizeof seq)
                _exit(6);
        }
        if (seq % 4 == 0)
            pause_a_little();
    }
}

/* Runs a child to its end and takes in what it said was safe. */
static void run_child(struct ground *g, unsigned long cut)
{
    int ends[2], status = 0;
    uint64_t seq;
    assert_int_equal(pipe(ends), 0);
    unlink(g->log);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        child(g, cut, ends[1]);
    }
    close(ends[1]);
    while (read(ends[0], &seq, sizeof seq) == (ssize_t)sizeof seq)
        g->acknowledged = seq;
    close(ends[0]);
    assert_true(waitpid(pid, &status, 0) == pid);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("the writer ended by itself: %d", status);
}

/* ---- what is left ---- */

struct audit {
    const struct plant *plant;
    struct batch expected;
    uint64_t next;
};

static bool check_batch(void *arg, const struct batch *b)
{
    struct audit *a = arg;
    batch_at(&a->expected, a->next, a->plant);
    struct packer want, got;
    packer_init(&want);
    packer_init(&got);
    run_add_batch(&want, &a->expected);
    run_add_batch(&got, b);
    if (want.count != got.count || memcmp(want.bytes, got.bytes, want.count) != 0)
        fail_msg("batch %" PRIu64 " came back as another one (number %" PRIu64 ", %zu records)", a->next, b->seq, b->count);
    packer_finish(&want);
    packer_finish(&got);
    a->next++;
    return true;
}

static double query(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    double number = sqlite3_column_double(stmt, 0);
    sqlite3_finalize(stmt);
    return number;
}

/* What follows from all batches up to this one. */
struct follows {
    uint64_t batches, events, intervals, stops, last_event, last_stop;
};

static struct follows follows_until(uint64_t last)
{
    struct follows f = {.batches = 0};
    for (uint64_t seq = 1; seq <= last; seq++) {
        if (is_plain(seq))
            continue;
        f.batches++;
        f.events += seq % EVENT_EVERY == 0;
        f.intervals += seq % INTERVAL_EVERY == 0;
        f.stops += seq % STOP_EVERY == 0;
        f.last_event = seq % EVENT_EVERY == 0 ? seq : f.last_event;
        f.last_stop = seq % STOP_EVERY == 0 ? seq : f.last_stop;
    }
    return f;
}

/* Events, intervals and quantities are those of the batches that are there, no more and no less. */
static void check_outcomes(const char *path, uint64_t last)
{
    const struct follows f = follows_until(last);
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_near(query(db, "SELECT count(*) FROM event"), (double)f.events, 0);
    assert_near(query(db, "SELECT coalesce(max(seq), 0) FROM event"), (double)f.last_event, 0);
    assert_near(query(db, "SELECT count(*) FROM event WHERE seq <> number * 3"), 0, 0);
    assert_near(query(db, "SELECT count(*) FROM interval"), (double)f.intervals, 0);
    assert_near(query(db, "SELECT coalesce(sum(gained), 0) FROM bucket"), (double)f.batches, 0);
    assert_near(query(db, "SELECT count(*) FROM account"), (double)(2 * f.batches), 0);
    assert_near(query(db, "SELECT coalesce(sum(run_ms), 0) FROM account"), (double)(1000 * f.batches), 0);
    assert_near(query(db, "SELECT coalesce(sum(good), 0) FROM account"), (double)(2 * f.batches), 0);
    assert_near(query(db, "SELECT coalesce(sum(stops), 0) FROM account"), (double)f.batches, 0);
    assert_near(query(db, "SELECT count(*) FROM stop"), (double)f.stops, 0);
    assert_near(query(db, "SELECT coalesce(max(seq), 0) FROM stop"), (double)f.last_stop, 0);
    sqlite3_close(db);
}

/* Opening mends; reading then finds a whole beginning of the stream. Returns its last batch. */
static uint64_t check(const struct ground *g)
{
    struct error err = {""};
    struct plant *plant = works_plant();
    struct audit audit = {.plant = plant, .next = 1};
    struct store_status status;
    struct store *store = store_open(&(struct store_options){.path = g->db, .flush_ms = 5, .chunk_ms = 30000, .queue_bytes = 1 << 20, .size_most = 1 << 30}, &err);
    if (!store)
        fail_msg("it does not open: %s", err.text);
    store_status(store, &status);
    assert_string_equal(status.said, "");
    store_close(store);

    uint64_t last = last_seq(g->db);
    struct history *h = history_open(g->db, &err);
    if (!h)
        fail_msg("it cannot be read: %s", err.text);
    batch_init(&audit.expected);
    if (!history_batches(h, 0, INT64_MAX, check_batch, &audit, &err))
        fail_msg("batches: %s", err.text);
    assert_int_equal(history_damaged(h), 0);
    history_close(h);
    assert_int_equal(audit.next - 1, last);
    if (last < g->acknowledged)
        fail_msg("batch %" PRIu64 " was acknowledged, and the last one left is %" PRIu64, g->acknowledged, last);
    if (last)
        check_outcomes(g->db, last);
    batch_finish(&audit.expected);
    plant_destroy(plant);
    return last;
}

static void ground_open(struct ground *g)
{
    *g = (struct ground){.acknowledged = 0};
    snprintf(g->folder, sizeof g->folder, "/tmp/andon-torture-XXXXXX");
    assert_non_null(mkdtemp(g->folder));
    snprintf(g->db, sizeof g->db, "%s/andon.db", g->folder);
    snprintf(g->log, sizeof g->log, "%s/power", g->folder);
}

static void ground_close(const struct ground *g)
{
    static const char *const ends[] = {"andon.db", "andon.db-wal", "andon.db-shm", "andon.db-fresh", "andon.db-lock", "power"};
    char path[160];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", g->folder, ends[i]);
        unlink(path);
    }
    if (rmdir(g->folder) != 0)
        fail_msg("%s is not empty: something was set aside", g->folder);
}

/* `lives` times: write, end in a random operation, lose, look. After `renewed` lives on a new disk. */
static void torture(enum power_loss loss, int lives, int renewed, uint64_t seed)
{
    struct ground g = {.acknowledged = 0};
    uint64_t reached = 0;
    for (int life = 0; life < lives; life++) {
        if (life % renewed == 0) {
            if (life)
                ground_close(&g);
            ground_open(&g);
        }
        unsigned long cut = 1 + (unsigned long)(random_next(&seed) % (life % renewed == 0 ? 60 : 400));
        run_child(&g, cut);
        power_lose(g.log, loss, random_next(&seed));
        reached = check(&g);
    }
    assert_true(reached > 0);
    ground_close(&g);
}

static void killed_at_any_moment_nothing_is_half_there(void **state)
{
    (void)state;
    torture(POWER_NONE, 200, 25, 1);
}

static void when_the_power_goes_all_that_was_not_synced_may_be_lost(void **state)
{
    (void)state;
    torture(POWER_ALL, 60, 15, 2);
}

static void when_the_power_goes_any_sectors_of_it_may_be_lost(void **state)
{
    (void)state;
    torture(POWER_SOME, 140, 20, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(killed_at_any_moment_nothing_is_half_there),
        CASE(when_the_power_goes_all_that_was_not_synced_may_be_lost),
        CASE(when_the_power_goes_any_sectors_of_it_may_be_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
