/*
 * An import: what is read of a file, what follows from it, and how it comes into a cache through a collector that goes on with its plant.
 */
#include "app/site.h"

#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/import_send.h"
#include "app/import_wire.h"
#include "cli/cli.h"
#include "core/memory.h"
#include "io/history.h"

const struct cli_command *const cli_commands[] = {&cli_collect};
const size_t cli_command_count = 1;

#define NOW INT64_C(1893456000000) /* 2030 */

static const char desk_text[] =
    "site = { name = \"works\"; };\n"
    "areas = ( { name = \"a\"; topic = \"a/{tag}\"; tags = ( { name = \"usage\"; }, { name = \"load\"; kind = \"text\"; }, { name = \"temp\"; },\n"
    "  { name = \"state\"; kind = \"state\"; map = \"packml\"; }, { name = \"meter\"; kind = \"register\"; }, { name = \"open\"; kind = \"bool\"; } ); } );\n";

struct desk {
    struct config config;
    struct import im;
    struct error err;
    char path[64];
    bool read;
};

static void open_desk(struct desk *d)
{
    struct bundle bundle;
    struct diagnostics found = {.count = 0};
    *d = (struct desk){.path = ""};
    bundle_of_text(&bundle, "desk.cfg", desk_text);
    assert_true(config_build(&bundle, &d->config, &found));
    diagnostics_finish(&found);
}

static void close_desk(struct desk *d)
{
    import_finish(&d->im);
    config_finish(&d->config);
    if (d->path[0])
        unlink(d->path);
}

static void read_path(struct desk *d, struct import_options o, const char *path)
{
    o.plant = d->config.plant;
    o.now_ms = NOW;
    d->read = import_read(&d->im, &o, path, &d->err);
}

static void read_text(struct desk *d, struct import_options o, const char *text, size_t length)
{
    snprintf(d->path, sizeof d->path, "/tmp/andon-import-XXXXXX");
    int fd = mkstemp(d->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    read_path(d, o, d->path);
}

static const struct samples *samples_of(const struct desk *d, const char *key)
{
    for (size_t c = 0; c < d->im.column_count; c++)
        if (strcmp(d->im.columns[c].key, key) == 0)
            return &d->im.columns[c].samples;
    fail_msg("no column is %s", key);
    return NULL;
}

static double number_at(const struct samples *s, size_t index)
{
    double number = NAN;
    assert_true(index < s->count);
    value_number(s->rows[index].value, &number);
    return number;
}

/* ---- real extracts ---- */

static void a_stamp_of_midnight_belongs_to_the_day_that_ended(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d);
    const struct import_tag tags[] = {{"Usage_kWh", "works/a/usage"}, {"11", "works/a/load"}};
    read_path(&d, (struct import_options){.tags = tags, .tag_count = 2, .time_format = "%d/%m/%Y %H:%M", .midnight_next = true}, ANDON_DATA "/import/steel.csv");
    assert_true(d.read);
    const struct samples *usage = samples_of(&d, "works/a/usage"), *load = samples_of(&d, "works/a/load");
    assert_int_equal(d.im.rows, 11);
    assert_int_equal(usage->count, 11);
    for (size_t i = 1; i < usage->count; i++)
        assert_int_equal(usage->rows[i].time_ms - usage->rows[i - 1].time_ms, 900000); /* unbroken over midnight */
    assert_int_equal(usage->rows[7].time_ms, INT64_C(1514851200000)); /* 2018-01-02 00:00 UTC */
    assert_near(number_at(usage, 7), 3.42, 0);
    assert_string_equal(samples_text(load, load->rows[7].value), "Light_Load");
    assert_int_equal(usage->rows[0].flags, SAMPLE_SOURCE_TIME | SAMPLE_HISTORICAL);
    close_desk(&d);
}

static void values_of_one_time_are_all_kept(void **state)
{
    (void)state;
    struct desk d;
    open_desk(&d);
    const struct import_tag tags[] = {{"value", "works/a/temp"}};
    read_path(&d, (struct import_options){.tags = tags, .tag_count = 1}, ANDON_DATA "/import/machine.csv");
    assert_true(d.read);
    const struct samples *temp = samples_of(&d, "works/a/temp");
    assert_int_equal(temp->count, 36);
    assert_near(number_at(temp, 12), 94.42340604, 0); /* 02:00 comes twice, in the order of the file */
    assert_near(number_at(temp, 13), 94.13972336, 0);
    assert_int_equal(temp->rows[12].time_ms, temp->rows[13].time_ms);
    close_desk(&d);
}

/* ---- bad input ---- */

static void what_is_wrong_is_counted_and_named_and_the_rest_comes_in(void **state)
{
    (void)state;
    static const char text[] =
        "time;works/a/temp;works/a/open\r\n"
        "2020-01-01 00:02;1,5;on\r\n"
        "2020-01-01 00:01;2.5;maybe\r\n"
        "yesterday;3;off\r\n"
        "2106-02-07 06:28;4;off\r\n"
        "1987-01-01;4;off\r\n"
        "2020-01-01 00:03;5\r\n"
        "2020-01-01 00:04;;0\r\n"
        "2020-01-01 00:05;1e999;1";
    struct desk d;
    open_desk(&d);
    read_text(&d, (struct import_options){.tag_count = 0}, text, sizeof text - 1);
    assert_true(d.read);
    const struct samples *temp = samples_of(&d, "works/a/temp"), *on = samples_of(&d, "works/a/open");
    assert_int_equal(d.im.rows, 8);
    assert_int_equal(temp->count, 2);
    assert_near(number_at(temp, 0), 2.5, 0); /* by time, not by row */
    assert_near(number_at(temp, 1), 1.5, 0);
    assert_int_equal(on->count, 3);
    assert_int_equal(d.im.bad_rows, 1);
    assert_int_equal(d.im.bad_times, 3);
    assert_int_equal(d.im.bad_values, 2);
    assert_int_equal(d.im.empty, 1);
    assert_int_equal(d.im.problem_count, IMPORT_NAMED);
    assert_string_equal(d.im.problems[0], "line 3: \"maybe\" is no value for works/a/open");
    assert_string_equal(d.im.problems[1], "line 4: \"yesterday\" is no time; give --time-format");
    assert_string_equal(d.im.problems[4], "line 7: 2 fields; the first row has 3");
    close_desk(&d);
}

static void what_cannot_be_used_at_all_says_why(void **state)
{
    (void)state;
    static const struct import_tag missing[] = {{"pressure", "works/a/temp"}}, unknown[] = {{"temp", "works/a/heat"}}, twice[] = {{"temp", "works/a/temp"}, {"2", "works/a/usage"}};
    static const struct { const char *text; size_t length; struct import_options options; const char *why; } cases[] = {
        {"", 0, {.tag_count = 0}, "it is empty"},
        {"time,temp\n", 10, {.tag_count = 0}, "no column is a configured tag"},
        {"time,temp\n", 10, {.tags = missing, .tag_count = 1}, "the file has no column \"pressure\""},
        {"time,temp\n", 10, {.tags = unknown, .tag_count = 1}, "the configuration has no tag \"works/a/heat\""},
        {"time,temp\n", 10, {.tags = twice, .tag_count = 2}, "used twice"},
        {"time,temp\n", 10, {.time_column = "when"}, "the file has no column \"when\""},
        {"\x7f" "ELF\0\0\0\0", 8, {.tag_count = 0}, "the first row cannot be read"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct desk d;
        open_desk(&d);
        read_text(&d, cases[i].options, cases[i].text, cases[i].length);
        assert_false(d.read);
        if (!strstr(d.err.text, cases[i].why))
            fail_msg("case %zu: \"%s\" does not tell \"%s\"", i, d.err.text, cases[i].why);
        close_desk(&d);
    }
}

static void what_is_no_file_says_so_and_ends(void **state)
{
    (void)state;
    static const struct { const char *path, *why; } cases[] = {
        {"/tmp", "Is a directory"}, {"/tmp/andon/none.csv", "No such file"}, {"/dev/zero", "the first row cannot be read"}, {"/dev/null", "it is empty"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct desk d;
        open_desk(&d);
        read_path(&d, (struct import_options){.tag_count = 0}, cases[i].path);
        assert_false(d.read);
        if (!strstr(d.err.text, cases[i].why))
            fail_msg("%s: \"%s\" does not tell \"%s\"", cases[i].path, d.err.text, cases[i].why);
        close_desk(&d);
    }
}

/* ---- what follows ---- */

static void states_and_quantities_follow_from_it_and_no_event(void **state)
{
    (void)state;
    static const char text[] =
        "time,works/a/state,works/a/meter\n"
        "2020-01-01 00:00,6,100\n2020-01-01 00:10,6,110\n2020-01-01 00:20,2,130\n2020-01-01 00:40,6,130\n2020-01-01 00:50,6,145\n";
    struct desk d;
    open_desk(&d);
    read_text(&d, (struct import_options){.tag_count = 0}, text, sizeof text - 1);
    assert_true(d.read);
    import_fold(&d.im);
    const struct outcomes *o = &d.im.outcomes;
    assert_int_equal(o->event_count, 0);
    assert_int_equal(o->interval_count, 3);
    assert_int_equal(o->intervals[0].class, CLASS_RUN);
    assert_int_equal(o->intervals[0].end_ms - o->intervals[0].start_ms, 1200000);
    assert_int_equal(o->intervals[1].class, CLASS_STOP);
    assert_int_equal(o->intervals[1].end_ms - o->intervals[1].start_ms, 1200000);
    assert_int_equal(o->intervals[2].end_ms, INT64_C(1577839800000)); /* the last row's time */
    double gained = 0;
    for (size_t i = 0; i < o->bucket_count; i++)
        gained += o->buckets[i].gained;
    assert_near(gained, 45, 1e-9);
    close_desk(&d);
}

/* Ten minutes past the hour before and after: the facts of the last hour are there too, and none of what nobody told. */
static void accounts_follow_from_it_up_to_its_last_row(void **state)
{
    (void)state;
    static const char text[] =
        "time,works/a/state\n"
        "2020-01-01 00:10,6\n2020-01-01 00:40,2\n2020-01-01 01:20,6\n2020-01-01 02:10,6\n";
    struct desk d;
    open_desk(&d);
    read_text(&d, (struct import_options){.tag_count = 0}, text, sizeof text - 1);
    assert_true(d.read);
    import_fold(&d.im);
    const struct outcomes *o = &d.im.outcomes;
    struct account sum = {.good = 0};
    for (size_t i = 0; i < o->gain_count; i++) {
        assert_string_equal(o->gains[i].path, "works/a");
        account_add(&sum, &o->gains[i].cell.sum);
    }
    assert_int_equal(sum.ms[TIME_RUN], (30 + 50) * 60000);
    assert_int_equal(sum.ms[TIME_DOWN], 40 * 60000);
    assert_int_equal(account_length_ms(&sum), 120 * 60000);
    close_desk(&d);
}

/* The same of meters; what is left out does not go. */
static void facts_of_meters_come_over_the_wire(void **state)
{
    (void)state;
    const struct energy_gain good = {.seq = 9, .path = "works/main", .cell = {.from_ms = 1577836800000, .to_ms = 1577837700000, .day = 20200101, .shift = "early\x1b[2J", .sum = {.amount = -2, .idle = 1, .valid_ms = 5}}};
    struct energy_gain gains[] = {good, good, good, good};
    gains[1].cell.to_ms = good.cell.from_ms - 1;
    gains[2].cell.to_ms = good.cell.from_ms + 900001;
    gains[3].cell.sum.amount = INFINITY;
    struct samples samples, none;
    struct outcomes o = {.event_count = 0};
    samples_init(&samples);
    samples_init(&none);
    for (size_t i = 0; i < 4; i++) {
        char key[IMPORT_NAME];
        struct packer p;
        struct energy_gain both[] = {gains[i], good};
        both[1].path[0] = '\0'; /* left out */
        packer_init(&p);
        import_part_pack(&p, &(struct import_slice){.key = "works/usage", .samples = &none, .energies = both, .energy_count = 2});
        struct unpacker u = unpacker_of(p.bytes + 1, p.count - 1);
        assert_true(import_part_unpack(&u, key, &samples, &o) == (i == 0));
        packer_finish(&p);
        if (i > 0)
            continue;
        assert_true(o.energy_count == 1 && o.energies[0].seq == 0 && o.energies[0].cell.sum.valid_ms == 5);
        assert_near(o.energies[0].cell.sum.amount, -2, 0);
        assert_null(strchr(o.energies[0].cell.shift, '\x1b'));
    }
    samples_finish(&samples);
    samples_finish(&none);
    outcomes_finish(&o);
}

/* What goes into a part comes out of it, of no batch and of nobody; what cannot be is refused. */
static void facts_and_stops_come_over_the_wire(void **state)
{
    (void)state;
    const struct account_gain good = {.seq = 9, .path = "works/a", .line = true, .cell = {.from_ms = 1577836800000, .to_ms = 1577840400000, .day = 20200101, .shift = "early\x1b[2J", .sum = {.good = -2, .stops = 1}}};
    const struct stop_version stop = {.seq = 9, .path = "works/a", .reason = "jam", .stop = {.start_ms = 1577836800000, .end_ms = 1577836860000, .who = "Kim", .comment = "belt", .class = CLASS_STOP}};
    struct account_gain gains[] = {good, good, good, good};
    struct stop_version stops[] = {stop, stop};
    gains[1].cell.to_ms = good.cell.from_ms;
    gains[2].cell.to_ms = good.cell.from_ms + 3 * 3600000;
    gains[3].cell.sum.ideal_ms = INFINITY;
    stops[1].stop.end_ms = stop.stop.start_ms - 1;
    struct samples none, samples;
    struct outcomes o = {.events = NULL};
    struct packer p;
    char key[IMPORT_NAME];
    samples_init(&none);
    samples_init(&samples);
    packer_init(&p);
    for (size_t i = 0; i < 5; i++) {
        packer_clear(&p);
        import_part_pack(&p, &(struct import_slice){.key = "works/a/state", .samples = &none, .gains = &gains[i % 4], .gain_count = 1, .stops = &stops[i == 4], .stop_count = 1});
        struct unpacker u = unpacker_of(p.bytes + 1, p.count - 1);
        assert_true(import_part_unpack(&u, key, &samples, &o) == (i == 0));
        if (i > 0)
            continue;
        assert_true(o.gain_count == 1 && o.stop_count == 1 && o.gains[0].seq == 0 && o.stops[0].seq == 0 && o.gains[0].line);
        assert_near(o.gains[0].cell.sum.good, -2, 0);
        assert_null(strchr(o.gains[0].cell.shift, '\x1b'));
        assert_string_equal(o.stops[0].reason, "jam");
        assert_true(o.stops[0].stop.end_ms == stop.stop.end_ms && !o.stops[0].stop.who[0] && !o.stops[0].stop.comment[0]);
    }
    packer_finish(&p);
    samples_finish(&samples);
    samples_finish(&none);
    outcomes_finish(&o);
}

/* ---- through a collector ---- */

static size_t write_days(const char *path, int rows)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "time,works/a/l1/p01/oil,works/a/l1/p02/oil,works/a/l1/p01/state\n");
    for (int i = 0; i < rows; i++)
        fprintf(file, "%lld,%d.25,%d,%d\n", 1500000000LL + 900LL * i, i % 97, i, i % 7 ? 6 : 2);
    fclose(file);
    return (size_t)rows * 3;
}

static bool bring(struct site *s, const char *path, bool again, uint64_t *done, struct error *err)
{
    struct import im;
    if (!import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, err))
        fail_msg("%s", err->text);
    import_fold(&im);
    bool sent = import_send(&im, &(struct import_send_options){.paths = &s->paths, .again = again}, done, err);
    import_finish(&im);
    return sent;
}

static bool count_sample(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    (void)series, (void)text;
    assert_int_equal(sample->seq, 0);
    ++*(size_t *)arg;
    return true;
}

static size_t stored(const struct site *s, const char *key)
{
    struct error err;
    struct history *history = history_open(s->paths.store, &err);
    assert_non_null(history);
    size_t count = 0;
    uint32_t series = history_series(history, key);
    assert_true(series > 0);
    assert_true(history_samples(history, series, 0, INT64_C(1600000000000), 0, count_sample, &count, &err));
    history_close(history);
    return count;
}

static void a_year_comes_in_and_no_current_value_changes(void **state)
{
    struct site *s = *state;
    char path[128];
    uint64_t done = 0;
    struct error err = {.text = ""};
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    snprintf(path, sizeof path, "%s/year.csv", s->folder);
    size_t all = write_days(path, 35040);
    if (!bring(s, path, false, &done, &err))
        fail_msg("%s", err.text);
    assert_int_equal(done, all);
    /* it was acknowledged: it survives the worst */
    wait_until(s, model_seq(model_of(client)) > 2);
    uint32_t oil = model_find(model_of(client), "works/a/l1/p01/oil");
    assert_int_equal(model_tag(model_of(client), oil)->count, 0);
    kill(s->collector, SIGKILL);
    wait_until(s, process_ended(s->collector, NULL));
    assert_int_equal(stored(s, "works/a/l1/p01/oil"), 35040);
    assert_int_equal(stored(s, "works/a/l1/p01/state"), 35040);
    client_destroy(client);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));

    assert_false(bring(s, path, false, &done, &err));
    assert_non_null(strstr(err.text, "imported before"));
    assert_int_equal(done, 0);
    assert_true(bring(s, path, true, &done, &err));
    assert_int_equal(stored(s, "works/a/l1/p02/oil"), 2 * 35040);
}

/* An importer that goes away in the middle; the next one brings the rest. */
static void an_interrupted_import_goes_on_where_it_ended(void **state)
{
    struct site *s = *state;
    char path[128];
    uint64_t done = 0;
    struct error err = {.text = ""};
    struct import im;
    struct packer p;
    const uint8_t *body;
    size_t length;
    snprintf(path, sizeof path, "%s/some.csv", s->folder);
    size_t all = write_days(path, 6000);
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    packer_init(&p);
    struct channel c = raw_connect(s);
    struct import_begin begin = {.protocol = SOCKET_PROTOCOL, .config_id = s->config.plant->id};
    snprintf(begin.source, sizeof begin.source, "%s", im.source);
    import_begin_pack(&begin, &p);
    channel_send(&c, FRAME_IMPORT, p.bytes, p.count);
    assert_true(raw_wait(&c, FRAME_IMPORTED, &body, &length));
    packer_clear(&p);
    import_part_pack(&p, &(struct import_slice){.key = im.columns[0].key, .samples = &im.columns[0].samples, .count = CHUNK_SAMPLES});
    channel_send(&c, FRAME_IMPORT, p.bytes, p.count);
    assert_true(raw_wait(&c, FRAME_IMPORTED, &body, &length));
    struct channel other = raw_connect(s); /* one at a time */
    packer_clear(&p);
    import_begin_pack(&begin, &p);
    channel_send(&other, FRAME_IMPORT, p.bytes, p.count);
    assert_true(raw_wait(&other, FRAME_REFUSED, &body, &length));
    channel_finish(&other);
    channel_finish(&c);
    packer_finish(&p);
    import_finish(&im);
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!bring(s, path, false, &done, &err) && strstr(err.text, "another import") && clock_monotonic_ms() < until)
        turn(s); /* until the collector has seen that the first one is gone */
    assert_int_equal(done, all - CHUNK_SAMPLES);
    assert_int_equal(stored(s, "works/a/l1/p01/oil"), 6000);
}

static void begin_raw(struct channel *c, const struct import *im, const struct site *s)
{
    struct packer p;
    struct import_begin begin = {.protocol = SOCKET_PROTOCOL, .config_id = s->config.plant->id};
    packer_init(&p);
    snprintf(begin.source, sizeof begin.source, "%s", im->source);
    import_begin_pack(&begin, &p);
    channel_send(c, FRAME_IMPORT, p.bytes, p.count);
    packer_finish(&p);
}

/* Whoever is told to begin finds in the history whatever was handed over before. */
static void nothing_is_under_way_when_an_import_begins(void **state)
{
    struct site *s = *state;
    char path[128];
    struct error err = {.text = ""};
    struct import im;
    struct packer p;
    const uint8_t *body;
    size_t length;
    snprintf(path, sizeof path, "%s/some.csv", s->folder);
    write_days(path, IMPORT_WINDOW * CHUNK_SAMPLES);
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    struct channel c = raw_connect(s);
    begin_raw(&c, &im, s);
    assert_true(raw_wait(&c, FRAME_IMPORTED, &body, &length));
    packer_init(&p);
    for (size_t i = 0; i < IMPORT_WINDOW; i++) {
        packer_clear(&p);
        import_part_pack(&p, &(struct import_slice){.key = im.columns[0].key, .samples = &im.columns[0].samples, .from = i * CHUNK_SAMPLES, .count = CHUNK_SAMPLES});
        channel_send(&c, FRAME_IMPORT, p.bytes, p.count);
    }
    assert_true(raw_wait(&c, FRAME_IMPORTED, &body, &length)); /* one is taken, the others are on their way */
    channel_finish(&c);
    for (bool begun = false; !begun;) {
        struct channel next = raw_connect(s);
        begin_raw(&next, &im, s);
        begun = raw_wait(&next, FRAME_IMPORTED, &body, &length); /* else refused: the first one is not known to be gone */
        size_t before = begun ? stored(s, im.columns[0].key) : 0;
        if (begun) {
            packer_clear(&p);
            pack_u8(&p, IMPORT_END);
            channel_send(&next, FRAME_IMPORT, p.bytes, p.count);
            assert_true(raw_wait(&next, FRAME_IMPORTED, &body, &length)); /* behind all that was under way */
            assert_int_equal(stored(s, im.columns[0].key), before);
        }
        channel_finish(&next);
    }
    packer_finish(&p);
    import_finish(&im);
}

/* ---- meters ---- */

static double ask(const struct site *s, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(s->paths.store, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, PATIENCE_MS);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    double number = sqlite3_column_double(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return number;
}

static const char metered_text[] =
    "site = { name = \"works\"; topic = \"w/{tag}\"; tags = ( { name = \"usage\"; kind = \"register\"; unit = \"kWh\"; } );\n"
    "  meters = ( { name = \"main\"; register = \"usage\"; count = \"increment\"; interval = \"15m\"; } ); };\n"
    "brokers = ( { name = \"main\"; url = \"%s\"; } );%s\n";

/* Quarters `from` to `to` of a day long ago, each by its end, of so many kWh as it has number; one in which nothing was told is left out. */
static void write_usage(const char *path, int from, int to, int silent)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "time,works/usage\n");
    for (int i = from; i < to; i++)
        if (i != silent)
            fprintf(file, "%lld,%d\n", 1499999400LL + 900LL * (i + 1), i);
    fclose(file);
}

static uint64_t bring_usage(struct site *s, const char *path, bool again)
{
    struct import im;
    struct error err = {.text = ""};
    uint64_t done;
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    import_fold(&im);
    if (!import_send(&im, &(struct import_send_options){.paths = &s->paths, .again = again}, &done, &err))
        fail_msg("%s", err.text);
    uint64_t known = im.known_cells;
    import_finish(&im);
    return known;
}

static void restart(struct site *s, const char *text, const char *more)
{
    kill(s->collector, SIGTERM);
    wait_until(s, process_ended(s->collector, NULL));
    write_config(s, s->config_path, text, more);
    config_finish(&s->config);
    read_config(s->config_path, &s->config);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
}

/* Of a quarter that something is known of, from this file, another one or the plant itself, nothing more is taken. */
static void what_meters_measured_comes_in_once(void **state)
{
    struct site *s = *state;
    char path[128], other[128];
    static const char sum[] = "SELECT ifnull(sum(amount), 0) FROM energy_day JOIN meter m ON m.id=meter WHERE path='works/main'";
    snprintf(path, sizeof path, "%s/usage.csv", s->folder);
    snprintf(other, sizeof other, "%s/more.csv", s->folder);
    write_usage(path, 0, 100, 40);
    write_usage(other, 50, 150, 0);
    restart(s, metered_text, "");
    assert_int_equal(bring_usage(s, path, false), 0);
    assert_near(ask(s, sum), 99 * 100 / 2 - 40, 1e-9);
    assert_near(ask(s, "SELECT count(*) FROM energy WHERE valid_ms=900000 AND seq=0"), 99, 0);
    assert_true(bring_usage(s, path, true) >= 99);
    assert_near(ask(s, sum), 99 * 100 / 2 - 40, 1e-9);
    assert_true(bring_usage(s, other, false) >= 50);
    assert_near(ask(s, sum), 149 * 150 / 2 - 40, 1e-9);
}

/* ---- what goes wrong meanwhile ---- */

enum { SHIFTS = 9000 };

/* States and counters of two machines, for three months; returns how many samples that is. */
static size_t write_shifts(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "time,works/a/l1/p01/good,works/a/l1/p01/state,works/a/l1/p02/good,works/a/l1/p02/state\n");
    for (int i = 0; i < SHIFTS; i++)
        fprintf(file, "%lld,%d,%d,%d,%d\n", 1500000000LL + 900LL * i, 7 * i, i % 5 ? 6 : 2, 3 * i, i % 3 ? 6 : 2);
    fclose(file);
    return 4 * SHIFTS;
}

/* What follows from the shifts is there once, whatever the plant itself has told since. */
static void expect_shifts_once(const struct site *s)
{
    assert_int_equal(stored(s, "works/a/l1/p01/good"), SHIFTS);
    assert_int_equal(stored(s, "works/a/l1/p02/state"), SHIFTS);
    assert_near(ask(s, "SELECT sum(gained) FROM bucket WHERE start_ms<1600000000000"), (7 + 3) * (SHIFTS - 1), 1e-6);
    assert_near(ask(s, "SELECT count(*) FROM interval WHERE seq=0 AND path='works/a/l1/p01'"), 2 * SHIFTS / 5, 0);
    assert_near(ask(s, "SELECT count(*) FROM interval WHERE seq=0 AND path='works/a/l1/p02'"), 2 * SHIFTS / 3, 0);
    assert_near(ask(s, "SELECT sum(run_ms) FROM account WHERE seq=0 AND path='works/a/l1/p01'"), 900000.0 * (SHIFTS * 4 / 5 - 1), 0);
    assert_near(ask(s, "SELECT sum(down_ms) FROM account WHERE seq=0 AND path='works/a/l1/p01'"), 900000.0 * SHIFTS / 5, 0);
    assert_near(ask(s, "SELECT sum(run_ms) + sum(down_ms) FROM account WHERE seq=0 AND path='works/a/l1/p02'"), 900000.0 * (SHIFTS - 1), 0);
    assert_near(ask(s, "SELECT sum(good) FROM account WHERE seq=0 AND path='works/a/l1/p02'"), 3 * (SHIFTS - 1), 1e-6);
    assert_near(ask(s, "SELECT sum(stops) FROM account WHERE seq=0 AND path='works/a/l1/p01'"), SHIFTS / 5, 0);
}

static void kill_collector(void *arg, uint64_t done, uint64_t all)
{
    struct site *s = arg;
    if (done == 0 || done == all || s->collector == 0)
        return;
    kill(s->collector, SIGKILL);
    wait_until(s, process_ended(s->collector, NULL));
    s->collector = 0;
}

/* Samples, quantities and states come in once, though the collector was killed in the middle. */
static void what_follows_comes_in_once_however_the_import_was_interrupted(void **state)
{
    struct site *s = *state;
    char path[128];
    uint64_t done = 0, rest = 0;
    struct error err = {.text = ""};
    struct import im;
    snprintf(path, sizeof path, "%s/shifts.csv", s->folder);
    size_t all = write_shifts(path);
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    import_fold(&im);
    assert_false(import_send(&im, &(struct import_send_options){.paths = &s->paths, .progress = kill_collector, .arg = s}, &done, &err));
    import_finish(&im);
    assert_true(done > 0 && done < all);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
    if (!bring(s, path, false, &rest, &err))
        fail_msg("%s", err.text);
    assert_true(done + rest <= all); /* more may have come to the disk than was told */
    expect_shifts_once(s);
}

/* The disk is full in the middle: it ends with an error and claims no more than there is, and the rest comes in when there is room. */
static void an_import_that_meets_a_full_disk_ends_and_goes_on_later(void **state)
{
    struct site *s = *state;
    char path[128];
    uint64_t done = 0, rest = 0;
    struct error err = {.text = ""};
    struct rlimit before, small;
    snprintf(path, sizeof path, "%s/shifts.csv", s->folder);
    size_t all = write_shifts(path);
    process_end(s->collector, PATIENCE_MS);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 250000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    s->collector = start_collector(s, NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    wait_until(s, listens(s));
    assert_false(bring(s, path, false, &done, &err));
    if (!strstr(err.text, "records nothing now") && !strstr(err.text, "lost what it had not written yet"))
        fail_msg("\"%s\" does not tell that the cache cannot be written", err.text);
    assert_true(done < all);
    assert_true(ask(s, "SELECT ifnull(sum(count), 0) FROM chunk WHERE last_seq=0") >= (double)done);
    process_end(s->collector, PATIENCE_MS);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
    if (!bring(s, path, false, &rest, &err))
        fail_msg("%s", err.text);
    expect_shifts_once(s);
}

/* A collector that takes the first import, and refuses it at a byte on `go`. */
static pid_t start_refuser(const struct site *s, const int go[2])
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct channel c;
    struct packer p;
    const uint8_t *body;
    size_t length;
    char byte;
    struct pollfd ready = {.fd = socket_listen(s->paths.socket, false, NULL), .events = POLLIN};
    close(go[1]); /* who holds it alone is waited for */
    do {
        if (poll(&ready, 1, PATIENCE_MS) != 1)
            _exit(1);
        channel_init(&c, socket_accept(ready.fd));
    } while (!raw_wait(&c, FRAME_IMPORT, &body, &length)); /* one that only looks whether anybody listens says nothing */
    packer_init(&p);
    pack_u8(&p, IMPORT_BEGUN);
    pack_varint(&p, 0);
    channel_send(&c, FRAME_IMPORTED, p.bytes, p.count);
    if (read(go[0], &byte, 1) == 1)
        channel_send(&c, FRAME_REFUSED, "no room", 7);
    _exit(0);
}

struct refuser {
    struct site *s;
    pid_t pid;
    int go;
};

static void refuse_now(void *arg, uint64_t done, uint64_t all)
{
    struct refuser *r = arg;
    (void)done, (void)all;
    assert_int_equal(write(r->go, "", 1), 1);
    wait_until(r->s, process_ended(r->pid, NULL));
}

/* It is refused and let go while it has parts to send: they go nowhere, and why is told all the same. */
static void a_refusal_is_told_though_parts_are_sent_meanwhile(void **state)
{
    struct site *s = *state;
    char path[128];
    int go[2];
    uint64_t done = 0;
    struct error err = {.text = ""};
    struct import im;
    snprintf(path, sizeof path, "%s/some.csv", s->folder);
    write_days(path, 6000);
    process_end(s->collector, PATIENCE_MS);
    assert_int_equal(pipe(go), 0);
    struct refuser r = {.s = s, .pid = start_refuser(s, go), .go = go[1]};
    assert_true(r.pid > 0);
    wait_until(s, listens(s));
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    assert_false(import_send(&im, &(struct import_send_options){.paths = &s->paths, .progress = refuse_now, .arg = &r}, &done, &err));
    assert_string_equal(err.text, "no room");
    assert_int_equal(done, 0);
    import_finish(&im);
    close(go[0]);
    close(go[1]);
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
}

/* Parts that nobody has asked for yet: it has more of them under way than was agreed. */
static void who_sends_more_than_agreed_is_let_go(void **state)
{
    struct site *s = *state;
    char path[128];
    struct error err = {.text = ""};
    struct import im;
    struct packer p;
    const uint8_t *body;
    size_t length;
    snprintf(path, sizeof path, "%s/some.csv", s->folder);
    write_days(path, 100);
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    struct channel c = raw_connect(s);
    begin_raw(&c, &im, s);
    assert_true(raw_wait(&c, FRAME_IMPORTED, &body, &length));
    packer_init(&p);
    uint8_t all[8192]; /* in one piece, so that no answer comes between */
    size_t used = 0;
    for (size_t i = 0; i < 3 * IMPORT_WINDOW; i++) {
        packer_clear(&p);
        import_part_pack(&p, &(struct import_slice){.key = im.columns[0].key, .samples = &im.columns[0].samples, .from = i, .count = 1});
        uint32_t frame = (uint32_t)p.count + 1;
        const uint8_t head[] = {(uint8_t)frame, (uint8_t)(frame >> 8), (uint8_t)(frame >> 16), (uint8_t)(frame >> 24), FRAME_IMPORT};
        assert_true(used + sizeof head + p.count <= sizeof all);
        memcpy(all + used, head, sizeof head);
        memcpy(all + used + sizeof head, p.bytes, p.count);
        used += sizeof head + p.count;
    }
    assert_int_equal(send(c.fd, all, used, MSG_NOSIGNAL), (ssize_t)used);
    assert_true(hung_up(&c));
    channel_finish(&c);
    packer_finish(&p);
    import_finish(&im);
}

/* It holds its connection and says nothing: another one has its turn after a while, and it goes on where it was when it comes again. */
static void an_importer_that_hangs_keeps_nobody_out(void **state)
{
    struct site *s = *state;
    char path[128];
    uint64_t done = 0;
    struct error err = {.text = ""};
    struct import im;
    struct packer p;
    const uint8_t *body;
    size_t length;
    snprintf(path, sizeof path, "%s/some.csv", s->folder);
    size_t all = write_days(path, 6000);
    assert_true(import_read(&im, &(struct import_options){.plant = s->config.plant, .now_ms = clock_wall_ms()}, path, &err));
    struct channel hung = raw_connect(s);
    begin_raw(&hung, &im, s);
    assert_true(raw_wait(&hung, FRAME_IMPORTED, &body, &length));
    packer_init(&p);
    import_part_pack(&p, &(struct import_slice){.key = im.columns[0].key, .samples = &im.columns[0].samples, .count = CHUNK_SAMPLES});
    channel_send(&hung, FRAME_IMPORT, p.bytes, p.count);
    packer_finish(&p);
    import_finish(&im);
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!bring(s, path, false, &done, &err)) {
        assert_non_null(strstr(err.text, "another import"));
        assert_true(clock_monotonic_ms() < until);
        turn(s);
    }
    assert_int_equal(done, all - CHUNK_SAMPLES);
    assert_true(raw_wait(&hung, FRAME_REFUSED, &body, &length));
    assert_true(hung_up(&hung));
    channel_finish(&hung);
    assert_int_equal(stored(s, "works/a/l1/p01/oil"), 6000);
}

static void a_hostile_importer_costs_only_itself(void **state)
{
    struct site *s = *state;
    static const struct { const char *bytes; size_t length; } attacks[] = {
        {"\x01", 1}, {"\x02", 1}, {"\x03", 1}, {"\x09", 1}, {"\x02\x05works\xff\xff\xff\xff\x0f", 12}};
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct channel c = raw_connect(s);
        channel_send(&c, FRAME_IMPORT, attacks[i].bytes, attacks[i].length);
        assert_true(hung_up(&c));
        channel_finish(&c);
    }
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    client_destroy(client);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* as main() does */
    if (argc > 1 && strcmp(argv[1], "collect") == 0)
        return cli_run(&cli_collect, argc - 1, argv + 1);
    const struct CMUnitTest tests[] = {
        CASE(a_stamp_of_midnight_belongs_to_the_day_that_ended),
        CASE(values_of_one_time_are_all_kept),
        CASE(what_is_wrong_is_counted_and_named_and_the_rest_comes_in),
        CASE(what_cannot_be_used_at_all_says_why),
        CASE(what_is_no_file_says_so_and_ends),
        CASE(states_and_quantities_follow_from_it_and_no_event),
        CASE(accounts_follow_from_it_up_to_its_last_row),
        CASE(facts_and_stops_come_over_the_wire),
        CASE(facts_of_meters_come_over_the_wire),
        SITE_CASE(a_year_comes_in_and_no_current_value_changes),
        SITE_CASE(an_interrupted_import_goes_on_where_it_ended),
        SITE_CASE(what_meters_measured_comes_in_once),
        SITE_CASE(nothing_is_under_way_when_an_import_begins),
        SITE_CASE(what_follows_comes_in_once_however_the_import_was_interrupted),
        SITE_CASE(an_import_that_meets_a_full_disk_ends_and_goes_on_later),
        SITE_CASE(a_refusal_is_told_though_parts_are_sent_meanwhile),
        SITE_CASE(who_sends_more_than_agreed_is_let_go),
        SITE_CASE(an_importer_that_hangs_keeps_nobody_out),
        SITE_CASE(a_hostile_importer_costs_only_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
