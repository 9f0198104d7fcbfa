/* A full disk, a broken one, a read-only one, a killed process, a damaged or foreign file, a reader that does not go. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/shim_vfs.h"
#include "store/store_fixture.h"
#include "unit/model_fixture.h"

static struct cache c;

static const int64_t NEVER = INT64_MAX / 4, TEN_MINUTES = 600000;

static int make(void **state)
{
    (void)state;
    shim_vfs_install();
    cache_make(&c);
    c.options.chunk_ms = NEVER; /* what is counted below lies in the journal */
    return 0;
}

static int drop(void **state)
{
    (void)state;
    shim_heal();
    cache_remove(&c);
    return 0;
}

/* A batch whose event has its number. */
static bool put_with_event(bool durable)
{
    begin_batch(&c);
    c.events = c.seq - 1;
    if (c.seq == 1)
        name_series(&c, 1, "works/a");
    add_sample(&c, 1, c.wall_ms, value_int((int64_t)c.seq));
    add_event(&c, "something");
    return end_batch(&c, durable);
}

/* Every stored batch has its event, and every event its batch. */
static size_t expect_events_with_their_batches(void)
{
    size_t batches = each_batch(&c, NULL, NULL);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event"), batches);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE e.number BETWEEN j.first_seq AND j.last_seq)"), 0);
    assert_int_equal(ask(&c, "SELECT count(*)=1 FROM pragma_quick_check WHERE quick_check='ok'"), 1);
    return batches;
}

static void checkpoint_now(void)
{
    struct works w;
    works_open(&w);
    w.batch.seq = c.seq - 1;
    w.batch.wall_ms = c.wall_ms;
    w.batch.seq++;
    model_apply(w.model, &w.batch);
    assert_true(store_checkpoint(c.store, w.model));
    works_close(&w);
}

static void expect_stop_and_recovery(const char *said)
{
    put_with_event(true);
    WAIT_FOR(status_of(&c).state == STORE_STOPPED);
    struct store_status s = status_of(&c);
    assert_string_equal(s.said, said);
    assert_true(s.since_ms > 0);
    assert_false(put_with_event(true));
    assert_false(store_wants_checkpoint(c.store));
    assert_true(status_of(&c).batches_lost >= 2);
    shim_heal();
    WAIT_FOR(store_wants_checkpoint(c.store));
    assert_int_equal(status_of(&c).state, STORE_RECORDING);
    assert_string_equal(status_of(&c).said, "");
    assert_false(put_with_event(false));
    checkpoint_now();
    for (int i = 0; i < 10; i++)
        assert_true(put_with_event(false));
    cache_close(&c);
    assert_true(expect_events_with_their_batches() >= 20);
    assert_int_equal(ask(&c, "SELECT count(*) FROM journal a WHERE first_seq>1 AND NOT EXISTS (SELECT 1 FROM journal b WHERE b.last_seq=a.first_seq-1)"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint k WHERE EXISTS (SELECT 1 FROM journal j WHERE j.first_seq=k.seq+1)"), 1);
}

static void begin_well(void)
{
    cache_open(&c);
    for (int i = 0; i < 10; i++)
        assert_true(put_with_event(false));
    WAIT_FOR(status_of(&c).durable_seq == 10);
}

static void a_full_disk_stops_recording_and_room_lets_it_go_on(void **state)
{
    (void)state;
    begin_well();
    shim_fail(SHIM_WRITE, SQLITE_FULL, 0);
    expect_stop_and_recovery("the disk is full");
}

static void a_configuration_that_was_lost_is_written_again(void **state)
{
    (void)state;
    begin_well();
    shim_fail(SHIM_WRITE, SQLITE_FULL, 0);
    store_config(c.store, c.seq + 1, c.wall_ms, 5, "plant.cfg", "site", 4);
    put_with_event(true); /* lost in any case, and refused if the configuration has met the disk's end already */
    WAIT_FOR(status_of(&c).state == STORE_STOPPED);
    assert_true(status_of(&c).thrown == 1);
    shim_heal();
    WAIT_FOR(store_wants_checkpoint(c.store));
    checkpoint_now();
    assert_true(put_with_event(true));
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM config JOIN config_use ON config=id WHERE id=5"), 1);
}

static void an_error_of_the_disk_stops_recording_too(void **state)
{
    (void)state;
    begin_well();
    shim_fail(SHIM_WRITE, SQLITE_IOERR_WRITE, 0);
    expect_stop_and_recovery("an I/O error");
}

static void a_sync_that_fails_does_too(void **state)
{
    (void)state;
    begin_well();
    shim_fail(SHIM_SYNC, SQLITE_IOERR_FSYNC, 0);
    expect_stop_and_recovery("an I/O error");
}

static void a_batch_and_its_event_are_never_apart_wherever_the_disk_ends(void **state)
{
    (void)state;
    for (int after = 0; after < 40; after++) {
        cache_open(&c);
        c.seq = status_of(&c).durable_seq;
        shim_fail(SHIM_WRITE, after % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE, after);
        for (int i = 0; i < 30 && put_with_event(i % 3 == 0); i++)
            continue;
        WAIT_FOR(status_of(&c).queue_bytes == 0 || status_of(&c).state == STORE_STOPPED);
        cache_close(&c);
        shim_heal();
        expect_events_with_their_batches();
    }
}

/* A real limit of the system: no file may grow over it. Raised again by the test. */
static int child_with_limit(void)
{
    struct rlimit limit = {0};
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 400000;
    setrlimit(RLIMIT_FSIZE, &limit);
    cache_open(&c);
    while (status_of(&c).state == STORE_RECORDING) {
        put_with_event(false);
        WAIT_FOR(status_of(&c).durable_seq == c.seq || status_of(&c).state == STORE_STOPPED);
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    WAIT_FOR(store_wants_checkpoint(c.store));
    checkpoint_now();
    bool went_on = put_with_event(true);
    cache_close(&c);
    return went_on ? 0 : 1;
}

static void a_limit_of_the_system_is_one_more_full_disk(void **state)
{
    int status = 0;
    (void)state;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(child_with_limit());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    expect_events_with_their_batches();
}

/* ---- killed ---- */

enum { LIFE_BATCHES = 2000 };

/* Writes until it is killed, or has written so many: whoever kills it may be slow, and reads all of it. Tells each number that the store called
 * durable. */
static void child_writes(int out)
{
    uint64_t told = 0;
    cache_open(&c);
    c.seq = status_of(&c).durable_seq;
    for (uint64_t began = c.seq;;) {
        bool writes = c.seq - began < LIFE_BATCHES && status_of(&c).queue_bytes <= 1 << 20; /* the disk may be slower than we are by any measure */
        if (writes && !put_with_event(c.seq % 5 == 0))
            _exit(3);
        uint64_t durable = status_of(&c).durable_seq;
        bool done = durable == began + LIFE_BATCHES; /* told until somebody has heard enough of it */
        if ((durable != told || done) && write(out, &durable, sizeof durable) != (ssize_t)sizeof durable)
            _exit(4);
        told = durable;
        if (!writes || c.seq % 16 == 0)
            poll(NULL, 0, 1);
    }
}

static void a_killed_process_loses_nothing_that_was_durable(void **state)
{
    unsigned random = 12345;
    uint64_t durable = 0;
    (void)state;
    for (int round = 0; round < 30; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            child_writes(ends[1]);
        }
        close(ends[1]);
        random = random * 1103515245 + 12345;
        int numbers = 1 + (int)(random >> 16) % 12;
        for (int i = 0; i < numbers; i++)
            if (read(ends[0], &durable, sizeof durable) != (ssize_t)sizeof durable)
                fail_msg("the child ended by itself in round %d", round);
        poll(NULL, 0, (int)(random >> 20) % 7);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(ends[0], &durable, sizeof durable) == (ssize_t)sizeof durable)
            continue;
        close(ends[0]);
        size_t batches = expect_events_with_their_batches();
        assert_true(batches >= durable);
        assert_int_equal(ask(&c, "SELECT max(last_seq) FROM journal"), batches); /* and no hole */
    }
}

/* ---- files that are not what they should be ---- */

static void write_file(const char *bytes, size_t length)
{
    FILE *file = fopen(c.path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static size_t read_file(char *out, size_t cap)
{
    FILE *file = fopen(c.path, "rb");
    assert_non_null(file);
    size_t length = fread(out, 1, cap, file);
    fclose(file);
    return length;
}

static void make_database(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(c.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void expect_refused(const char *why)
{
    static char before[65536], after[65536];
    struct error err = {.text = ""};
    size_t length = read_file(before, sizeof before);
    assert_null(store_open(&c.options, &err));
    if (!strstr(err.text, why))
        fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    assert_int_equal(read_file(after, sizeof after), length);
    assert_memory_equal(before, after, length);
    assert_int_equal(files_with(&c, ""), 1);
}

static void a_newer_or_foreign_file_is_refused_and_not_touched(void **state)
{
    (void)state;
    char sql[128], said[64];
    snprintf(sql, sizeof sql, "CREATE TABLE t(x); PRAGMA application_id=1095648334; PRAGMA user_version=%d", SCHEMA_VERSION + 1);
    snprintf(said, sizeof said, "newer andon (schema %d, this one knows %d)", SCHEMA_VERSION + 1, SCHEMA_VERSION);
    make_database(sql);
    expect_refused(said);
    unlink(c.path);
    make_database("CREATE TABLE addresses(x); INSERT INTO addresses VALUES(1)");
    expect_refused("not andon's");
    unlink(c.path);
    make_database("CREATE TABLE addresses(x); PRAGMA application_id=7; PRAGMA user_version=1");
    expect_refused("not andon's");
}

static void an_older_one_is_brought_forward(void **state)
{
    (void)state;
    make_database("PRAGMA application_id=1095648334; VACUUM"); /* version 0: no tables yet */
    cache_open(&c);
    assert_true(put_number(&c, 1, 1));
    cache_close(&c);
    assert_int_equal(ask(&c, "PRAGMA user_version"), SCHEMA_VERSION);
    assert_int_equal(each_batch(&c, NULL, NULL), 1);
    assert_int_equal(files_with(&c, "damaged"), 0);
}

static void what_is_no_database_is_set_aside_and_two_are_kept(void **state)
{
    static const char garbage[5000] = "this is not a database";
    (void)state;
    for (int i = 0; i < 4; i++) {
        write_file(garbage, i % 2 ? sizeof garbage : 30);
        cache_open(&c);
        assert_true(strstr(status_of(&c).said, "damaged: set aside as andon.db.damaged-20") != NULL);
        assert_int_equal(status_of(&c).state, STORE_RECORDING);
        assert_true(put_number(&c, 1, 1));
        cache_close(&c);
        c.seq = 0;
        assert_int_equal(each_batch(&c, NULL, NULL), 1);
    }
    assert_int_equal(files_aside(&c), 2);
}

/* They count in the size, and go before anything that reads. */
static void what_was_set_aside_counts_in_the_size(void **state)
{
    enum { ASIDE = 3 << 20 };
    (void)state;
    int fd = open(c.path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "no database", 11, ASIDE - 11), 11);
    close(fd);
    cache_open(&c);
    assert_int_equal(files_aside(&c), 1);
    assert_true(status_of(&c).file_bytes > ASIDE);
    assert_true(put_number(&c, 1, 1));
    cache_close(&c);
    cache_open(&c); /* it is still there, and still counted */
    assert_int_equal(files_aside(&c), 1);
    assert_true(status_of(&c).file_bytes > ASIDE);
    cache_close(&c);
    c.options.size_most = 2 << 20;
    cache_open(&c);
    WAIT_FOR(files_aside(&c) == 0);
    WAIT_FOR(status_of(&c).file_bytes < ASIDE);
    cache_close(&c);
    assert_int_equal(each_batch(&c, NULL, NULL), 1);
}

static void spoil_page(int64_t page, char with)
{
    char bytes[4096];
    memset(bytes, with, sizeof bytes);
    int fd = open(c.path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, sizeof bytes, (off_t)((page - 1) * 4096)), (ssize_t)sizeof bytes);
    close(fd);
}

static void a_damaged_page_that_shows_at_once(void **state)
{
    (void)state;
    begin_well();
    cache_close(&c);
    spoil_page(ask(&c, "SELECT rootpage FROM sqlite_schema WHERE name='journal'"), 'x');
    cache_open(&c);
    assert_int_equal(files_aside(&c), 1);
    assert_true(strstr(status_of(&c).said, "damaged: set aside") != NULL);
    assert_int_equal(store_last_series(c.store), 0);
    c.seq = 0;
    assert_true(put_with_event(false));
}

static void a_damaged_page_that_shows_later(void **state)
{
    char uuid[37];
    (void)state;
    begin_well();
    store_config(c.store, 11, c.wall_ms, 5, "plant.cfg", "site", 4);
    snprintf(uuid, sizeof uuid, "%s", store_uuid(c.store));
    cache_close(&c);
    spoil_page(ask(&c, "SELECT rootpage FROM sqlite_schema WHERE name='event'"), 0x55);
    cache_open(&c);
    store_config(c.store, 11, c.wall_ms, 5, "plant.cfg", "site", 4);
    assert_string_equal(store_uuid(c.store), uuid);
    put_with_event(true); /* into the damaged page */
    WAIT_FOR(store_wants_checkpoint(c.store));
    assert_true(strstr(status_of(&c).said, "damaged: set aside") != NULL);
    assert_false(put_with_event(true));
    checkpoint_now();
    assert_true(put_with_event(true));
    cache_close(&c);
    assert_int_equal(expect_events_with_their_batches(), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM config JOIN config_use ON config=id"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint"), 1);
    cache_open(&c);
    assert_string_equal(store_uuid(c.store), uuid); /* event numbers go on, so the identity does too */
}

static void damaged_blobs_are_found_by_the_walk_and_removed(void **state)
{
    (void)state;
    c.options.chunk_ms = 1000;
    c.options.walk_ms = 1;
    begin_well();
    for (int i = 0; i < 200; i++)
        put_with_event(false);
    checkpoint_now();
    store_config(c.store, c.seq + 1, c.wall_ms, 5, "plant.cfg", "site", 4);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM stream WHERE first_seq=1") > 0 && ask(&c, "SELECT count(*) FROM config") > 0); /* chunks come before it */
    cache_close(&c);
    c.options.chunk_ms = NEVER; /* or what is damaged below might be merged with what is left in the journal */
    int64_t rows = ask(&c, "SELECT count(*) FROM stream");
    change(&c, "UPDATE chunk SET minutes=x'0102030405' WHERE id=(SELECT max(id) FROM chunk);"
               "UPDATE stream SET log=x'00'||substr(log, 2) WHERE first_seq=1;"
               "UPDATE checkpoint SET state=substr(state, 1, length(state)-9)||x'7f'||substr(state, -8);"
               "UPDATE config SET bundle=x'ffffff'");
    cache_open(&c);
    WAIT_FOR(status_of(&c).damaged == 4);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM stream"), rows - 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint"), 0);
    assert_int_equal(ask(&c, "SELECT count(*) FROM config"), 0);
    assert_true(ask(&c, "SELECT min(length(minutes)) FROM chunk") > 5); /* made anew */
    change(&c, "UPDATE chunk SET samples=substr(samples, 1, length(samples)-1)||x'00' WHERE id=(SELECT max(id) FROM chunk)");
    int64_t chunks = ask(&c, "SELECT count(*) FROM chunk");
    cache_open(&c);
    WAIT_FOR(status_of(&c).damaged == 1);
    assert_string_equal(status_of(&c).said, "damaged: a stretch of a series, its samples are lost");
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT count(*) FROM chunk"), chunks); /* so that readers know what they miss */
    assert_int_equal(ask(&c, "SELECT count(*) FROM chunk WHERE length(samples)=0 AND length(minutes)>0"), 1);
}

/* ---- others ---- */

static void a_second_writer_is_refused(void **state)
{
    struct error err = {.text = ""};
    (void)state;
    begin_well();
    assert_null(store_open(&c.options, &err));
    assert_non_null(strstr(err.text, "another collector is writing to it"));
    assert_true(put_with_event(false));
    cache_close(&c);
    assert_int_equal(expect_events_with_their_batches(), 11);
    cache_open(&c); /* the lock went with it */
}

/* As somebody whom the folder's rights bind, which they do not if one is root. */
static pid_t fork_unprivileged(void)
{
    fflush(stdout);
    if (geteuid() == 0)
        assert_int_equal(chown(c.folder, 65534, 65534), 0);
    pid_t child = fork();
    if (child == 0 && geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(9);
    return child;
}

static int child_without_rights(void)
{
    struct error err = {.text = ""};
    if (chmod(c.folder, 0555) != 0 || store_open(&c.options, &err) || !strstr(err.text, "Permission denied, and there is no cache in it"))
        return 1;
    if (chmod(c.folder, 0755) != 0)
        return 2;
    begin_well();
    cache_close(&c);
    if (chmod(c.path, 0444) != 0 || chmod(c.folder, 0555) != 0)
        return 3;
    cache_open(&c);
    if (status_of(&c).state != STORE_STOPPED || !strstr(status_of(&c).said, "read-only"))
        return 4;
    if (status_of(&c).durable_seq != 10 || store_last_event(c.store) != 10) /* numbers go on behind these */
        return 10;
    if (store_last_series(c.store) != 1 || put_with_event(true))
        return 5;
    char log[120];
    snprintf(log, sizeof log, "%s-wal", c.path); /* SQLite gives it the file's rights */
    if (chmod(c.folder, 0755) != 0 || chmod(c.path, 0644) != 0 || chmod(log, 0644) != 0)
        return 6;
    WAIT_FOR(store_wants_checkpoint(c.store));
    checkpoint_now();
    bool goes_on = put_with_event(true);
    cache_close(&c);
    return goes_on && expect_events_with_their_batches() == 11 ? 0 : 7;
}

static void a_folder_without_rights_is_told_and_waited_for(void **state)
{
    int status = 0;
    (void)state;
    pid_t child = fork_unprivileged();
    if (child == 0)
        _exit(child_without_rights());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Texts that nothing makes smaller. */
static bool put_noise(int texts)
{
    static uint64_t x = 88172645463325252;
    char text[4000];
    begin_batch(&c);
    for (int t = 0; t < texts; t++) {
        for (size_t i = 0; i < sizeof text; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            text[i] = (char)('!' + x % 90);
        }
        add_sample(&c, 1, c.wall_ms + t, value_text(batch_text(&c.batch, text, sizeof text)));
    }
    return end_batch(&c, false);
}

static void a_reader_that_sits_on_a_transaction_is_told_of(void **state)
{
    (void)state;
    begin_well();
    sqlite3 *db = look_into(&c);
    assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM journal", NULL, NULL, NULL), SQLITE_OK);
    while (status_of(&c).wal_bytes <= 70 << 20) {
        assert_true(put_noise(300));
        WAIT_FOR(status_of(&c).durable_seq == c.seq);
    }
    WAIT_FOR(strstr(status_of(&c).said, "a reader holds") != NULL);
    assert_int_equal(status_of(&c).state, STORE_RECORDING);
    sqlite3_close(db);
    WAIT_FOR(status_of(&c).wal_bytes < 2 << 20);
    WAIT_FOR(status_of(&c).said[0] == '\0');
}

static int64_t size_of_all(void)
{
    struct stat st;
    char name[120];
    int64_t sum = 0;
    const char *parts[] = {"", "-wal"};
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s%s", c.path, parts[i]);
        sum += stat(name, &st) == 0 ? (int64_t)st.st_size : 0;
    }
    return sum;
}

static void the_oldest_goes_when_the_size_is_reached(void **state)
{
    (void)state;
    c.options.size_most = 12 << 20;
    c.options.chunk_ms = 2000;
    begin_well();
    for (int i = 0; i < 300; i++) { /* 36 MB of texts */
        assert_true(put_noise(30));
        WAIT_FOR(status_of(&c).durable_seq == c.seq);
        assert_true(size_of_all() <= c.options.size_most);
    }
    assert_int_equal(status_of(&c).state, STORE_RECORDING);
    assert_int_equal(status_of(&c).batches_lost, 0);
    WAIT_FOR(status_of(&c).file_bytes > c.options.size_most / 3);
    WAIT_FOR(status_of(&c).first_ms > DAY0 + 5000);
    cache_close(&c);
    int64_t first = ask(&c, "SELECT min(first_seq) FROM stream");
    assert_true(first > 100);
    assert_int_equal(ask(&c, "SELECT count(*) FROM stream a WHERE first_seq>(SELECT min(first_seq) FROM stream) AND NOT EXISTS (SELECT 1 FROM stream b WHERE b.last_seq=a.first_seq-1)"), 0);
    assert_true(ask(&c, "SELECT min(last_seq) FROM chunk") >= first);
    assert_int_equal(ask(&c, "SELECT count(*)=1 FROM pragma_quick_check WHERE quick_check='ok'"), 1);
}

static void age_takes_what_no_checkpoint_needs(void **state)
{
    (void)state;
    c.options.chunk_ms = TEN_MINUTES;
    c.options.keep_ms = 6 * HOUR_MS;
    c.options.keep_events_ms = 20 * HOUR_MS;
    cache_open(&c);
    for (int quarter = 0; quarter < 4 * 24; quarter++) {
        c.wall_ms += 900000 - 200;
        struct interval_end interval = {.seq = c.seq + 1, .path = "works", .start_ms = c.wall_ms - 1000, .end_ms = c.wall_ms, .class = CLASS_RUN};
        struct bucket_gain gain = {.series = 1, .start_ms = c.wall_ms / 900000 * 900000, .gained = 1};
        assert_true(put_with_event(false));
        begin_batch(&c);
        assert_true(store_put(c.store, &c.batch, &(struct outcomes){.intervals = &interval, .interval_count = 1, .buckets = &gain, .bucket_count = 1}, false));
        WAIT_FOR(status_of(&c).durable_seq == c.seq);
        if (quarter % 4 == 3)
            checkpoint_now();
    }
    int64_t floor = c.wall_ms - 6 * HOUR_MS;
    WAIT_FOR(status_of(&c).first_ms > floor - 3 * HOUR_MS);
    WAIT_FOR(ask(&c, "SELECT min(ms) FROM event") >= c.wall_ms - 21 * HOUR_MS);
    WAIT_FOR(ask(&c, "SELECT min(end_ms) FROM interval") >= c.wall_ms - 22 * HOUR_MS); /* of the same run, but later in it */
    WAIT_FOR(ask(&c, "SELECT min(start_ms) FROM bucket") >= c.wall_ms - 22 * HOUR_MS);
    cache_close(&c);
    assert_true(ask(&c, "SELECT min(last_ms) FROM chunk") > floor - 3 * HOUR_MS);
    int64_t first = ask(&c, "SELECT min(first_ms) FROM stream");
    assert_true(first <= floor && first > floor - 3 * HOUR_MS);
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint WHERE seq<(SELECT min(first_seq) FROM stream)-1"), 0);
    assert_true(ask(&c, "SELECT min(ms) FROM checkpoint") <= floor); /* the one that the oldest moment is folded from */
}

/* They are old, and stand behind those that were recorded before they came. */
static void imported_intervals_go_by_their_age_too(void **state)
{
    enum { RECORDED = 700, IMPORTED = 60 };
    static struct interval_end intervals[RECORDED];
    struct samples none;
    (void)state;
    samples_init(&none);
    c.options.keep_events_ms = 20 * HOUR_MS;
    cache_open(&c);
    assert_true(put_with_event(false));
    begin_batch(&c);
    for (size_t i = 0; i < RECORDED; i++)
        intervals[i] = (struct interval_end){.seq = c.seq, .path = "works", .start_ms = c.wall_ms - 2000, .end_ms = c.wall_ms - 1000, .class = CLASS_RUN};
    assert_true(store_put(c.store, &c.batch, &(struct outcomes){.intervals = intervals, .interval_count = RECORDED}, false));
    for (size_t i = 0; i < IMPORTED; i++) {
        int64_t end_ms = c.wall_ms - (i % 2 ? 30 : 10) * HOUR_MS;
        intervals[i] = (struct interval_end){.path = "works", .start_ms = end_ms - 1000, .end_ms = end_ms, .class = CLASS_STOP};
    }
    assert_true(store_import(c.store, 1, 1, &none, &(struct outcomes){.intervals = intervals, .interval_count = IMPORTED}, "states.csv"));
    WAIT_FOR(store_imported(c.store) == 1);
    c.wall_ms += 2 * HOUR_MS; /* the retention runs once an hour of the stream */
    assert_true(put_with_event(false));
    WAIT_FOR(ask(&c, "SELECT count(*) FROM interval WHERE class='stop'") == IMPORTED / 2);
    cache_close(&c);
    assert_true(ask(&c, "SELECT min(end_ms) FROM interval WHERE class='stop'") > c.wall_ms - 20 * HOUR_MS);
    assert_int_equal(ask(&c, "SELECT count(*) FROM interval WHERE class='run'"), RECORDED);
}

/* So many quarters of an hour, each with a batch and a checkpoint. */
static void put_quarters(int quarters)
{
    for (int q = 0; q < quarters; q++) {
        c.wall_ms += 900000 - 100;
        assert_true(put_with_event(false));
        checkpoint_now();
        WAIT_FOR(status_of(&c).durable_seq == c.seq && status_of(&c).checkpoint_ms == c.wall_ms);
    }
}

static void a_clock_that_jumps_years_ahead_does_not_empty_the_history(void **state)
{
    (void)state;
    c.options.chunk_ms = TEN_MINUTES;
    c.options.keep_ms = 20 * HOUR_MS;
    c.options.keep_events_ms = 20 * HOUR_MS;
    cache_open(&c);
    put_quarters(40);
    c.wall_ms += 30 * 365 * INT64_C(86400000);
    put_quarters(8);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM checkpoint WHERE ms<1800000000000") <= 11); /* retention has been there: they are thinned */
    put_quarters(8);
    cache_close(&c);
    assert_int_equal(ask(&c, "SELECT min(first_seq) FROM stream"), 1);
    assert_int_equal(ask(&c, "SELECT min(first_seq) FROM chunk"), 1);
    assert_int_equal(ask(&c, "SELECT count(*) FROM event"), c.seq);
}

static void a_clock_that_stood_in_the_past_does_not_make_old_what_came_before_it(void **state)
{
    (void)state;
    c.options.chunk_ms = TEN_MINUTES;
    c.options.keep_ms = 6 * HOUR_MS;
    cache_open(&c);
    put_quarters(40);
    int64_t real = c.wall_ms;
    c.wall_ms = 0;
    put_quarters(1);
    c.wall_ms = real;
    put_quarters(12);
    int64_t floor = c.wall_ms - 6 * HOUR_MS;
    WAIT_FOR(ask(&c, "SELECT min(seq) FROM checkpoint") > 1);
    cache_close(&c);
    assert_true(ask(&c, "SELECT min(ms) FROM checkpoint WHERE ms>900000") <= floor);
    assert_true(ask(&c, "SELECT min(first_seq) FROM stream") <= ask(&c, "SELECT min(seq) FROM checkpoint") + 1);
}

static void other_settings_take_effect_at_once(void **state)
{
    (void)state;
    c.options.chunk_ms = TEN_MINUTES;
    cache_open(&c);
    put_quarters(40);
    WAIT_FOR(ask(&c, "SELECT count(*) FROM stream") > 0);
    struct store_options other = c.options;
    other.keep_ms = 3 * HOUR_MS;
    other.size_most = 64 << 20;
    store_retune(c.store, &other);
    assert_int_equal(status_of(&c).size_most, 64 << 20);
    WAIT_FOR(ask(&c, "SELECT min(ms) FROM checkpoint") > c.wall_ms - 5 * HOUR_MS);
    other.size_most = 0;
    store_retune(c.store, &other);
    assert_true(put_noise(1000)); /* 4 MB */
    WAIT_FOR(status_of(&c).durable_seq == c.seq);
}

static void old_checkpoints_are_thinned_to_one_an_hour(void **state)
{
    (void)state;
    cache_open(&c);
    for (int i = 0; i < 40; i++) {
        c.wall_ms += 900000 - 100;
        assert_true(put_with_event(false));
        checkpoint_now();
        WAIT_FOR(status_of(&c).durable_seq == c.seq && status_of(&c).checkpoint_ms == c.wall_ms);
    }
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint"), 40);
    c.wall_ms += 9 * INT64_C(86400000);
    assert_true(put_with_event(false));
    WAIT_FOR(ask(&c, "SELECT count(*) FROM checkpoint") <= 11);
    assert_int_equal(ask(&c, "SELECT count(DISTINCT ms/3600000) FROM checkpoint"), ask(&c, "SELECT count(*) FROM checkpoint"));
    assert_int_equal(ask(&c, "SELECT count(*) FROM checkpoint"), 11);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define HERE(function) cmocka_unit_test_setup_teardown(function, make, drop)
        HERE(a_full_disk_stops_recording_and_room_lets_it_go_on),
        HERE(a_configuration_that_was_lost_is_written_again),
        HERE(an_error_of_the_disk_stops_recording_too),
        HERE(a_sync_that_fails_does_too),
        HERE(a_batch_and_its_event_are_never_apart_wherever_the_disk_ends),
        HERE(a_limit_of_the_system_is_one_more_full_disk),
        HERE(a_killed_process_loses_nothing_that_was_durable),
        HERE(a_newer_or_foreign_file_is_refused_and_not_touched),
        HERE(an_older_one_is_brought_forward),
        HERE(what_is_no_database_is_set_aside_and_two_are_kept),
        HERE(what_was_set_aside_counts_in_the_size),
        HERE(a_damaged_page_that_shows_at_once),
        HERE(a_damaged_page_that_shows_later),
        HERE(damaged_blobs_are_found_by_the_walk_and_removed),
        HERE(a_second_writer_is_refused),
        HERE(a_folder_without_rights_is_told_and_waited_for),
        HERE(a_reader_that_sits_on_a_transaction_is_told_of),
        HERE(the_oldest_goes_when_the_size_is_reached),
        HERE(age_takes_what_no_checkpoint_needs),
        HERE(imported_intervals_go_by_their_age_too),
        HERE(a_clock_that_jumps_years_ahead_does_not_empty_the_history),
        HERE(a_clock_that_stood_in_the_past_does_not_make_old_what_came_before_it),
        HERE(other_settings_take_effect_at_once),
        HERE(old_checkpoints_are_thinned_to_one_an_hour),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
