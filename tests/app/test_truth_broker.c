#include "day.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/process.h"
#include "broker/broker.h"
#include "cli/cli.h"
#include "core/memory.h"
#include "io/builtin.h"
#include "io/history.h"

/*
 * Both simulated plants through a real broker and a real collector that lives by the plant's clock, a fifth of all messages late and out of order. In the
 * middle the collector is ended and comes again, and the plant goes on meanwhile. Nothing here waits for a time: the plant never goes further than AHEAD_MS
 * beyond what the collector says it has on its disk, but for the seconds around the restart.
 */

enum { AHEAD_MS = 30000, CLOCK_MS = 1000, AWAY_MS = 10000, LAST_WORDS_MS = 4000, DENSE_MS = 60000 };

const struct cli_command *const cli_commands[] = {&cli_collect};
const size_t cli_command_count = 1;

static int64_t hours = 24;

struct works {
    struct broker broker;
    char folder[64], config[96], cache[96], store[128], log[96];
    struct mqtt_publisher *publisher;
    struct plant_broker link;
    pid_t collector;
    int64_t begun_ms, told_ms, middle_ms, into_ms;
    int signal;               /* what ends it in the middle */
    bool away;
};

static void start_collector(struct works *w)
{
    const char *argv[] = {process_self(), "collect", "--config", w->config, "--cache", w->cache, "--clock", "sim/clock", NULL};
    struct error err;
    w->collector = process_start(&(struct process_request){.argv = argv, .log = w->log, .bound = true}, &err);
    if (w->collector < 0)
        fail_msg("%s", err.text);
}

static void send(struct works *w, const char *topic, const char *payload, size_t length, bool retained)
{
    struct error err;
    if (!mqtt_publish(w->publisher, topic, payload, length, 1, retained, &err))
        fail_msg("%s", err.text);
}

static void tell_time(struct works *w, int64_t ms)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)ms);
    w->told_ms = ms;
    send(w, "sim/clock", text, (size_t)length, false);
}

static void await(struct works *w, int64_t ms)
{
    struct error err;
    int status;
    if (process_ended(w->collector, &status))
        fail_msg("the collector has ended with status %d", status);
    if (!mqtt_publisher_await(w->publisher, ms, PATIENCE_MS, &err))
        fail_msg("the collector has not kept what it should: %s", err.text);
}

/* It lives by the first message of the clock that it hears. */
static void await_first(struct works *w, int64_t ms)
{
    struct error err;
    for (int64_t until = clock_monotonic_ms() + PATIENCE_MS; !mqtt_publisher_await(w->publisher, ms, 50, &err);) {
        assert_true(clock_monotonic_ms() < until);
        tell_time(w, ms);
    }
}

/* ---- the wire ---- */

static void say(void *arg, bool retained, const char *topic, const char *payload, size_t length)
{
    send(arg, topic, payload, length, retained);
}

static void tick(void *arg, int64_t ms)
{
    struct works *w = arg;
    if (ms % CLOCK_MS != 0 && ms > w->begun_ms + CLOCK_MS)
        return; /* what was so long before the first word is known from that on */
    tell_time(w, ms);
    if (!w->away)
        await(w, ms - AHEAD_MS);
}

/* All that the collector had on its disk before the last words is safe; of those, some may go with it when it is killed. */
static bool reached(void *arg, int64_t into_ms)
{
    struct works *w = arg;
    int status;
    bool last_words = into_ms >= w->middle_ms, ends = into_ms >= w->middle_ms + LAST_WORDS_MS, comes = into_ms >= w->middle_ms + LAST_WORDS_MS + AWAY_MS;
    if (last_words && w->into_ms < w->middle_ms) {
        await(w, w->told_ms);
        w->away = true;
    } else if (ends && w->into_ms < w->middle_ms + LAST_WORDS_MS) {
        assert_int_equal(kill(w->collector, w->signal), 0);
        assert_int_equal(waitpid(w->collector, &status, 0), w->collector);
        assert_true(w->signal == SIGKILL ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
    } else if (comes && w->away) {
        start_collector(w);
        w->away = false;
    }
    w->into_ms = into_ms;
    return into_ms > w->middle_ms - DENSE_MS && into_ms < w->middle_ms + DENSE_MS;
}

/* ---- the works ---- */

static char *configuration(const struct works *w, size_t industry)
{
    static const char local[] = "url = \"mqtt://localhost:1883\";";
    const char *text = builtin_config(sim_industries[industry].name), *at = strstr(text, local);
    assert_non_null(at);
    char *out = mem_zero(strlen(text) + 200, 1);
    snprintf(out, strlen(text) + 200, "%.*surl = \"%s\"; qos = 1;%s", (int)(at - text), text, w->broker.url, at + strlen(local));
    return out;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void begin(struct works *w, const char *config, int signal)
{
    struct error err;
    snprintf(w->config, sizeof w->config, "%s/plant.cfg", w->folder);
    snprintf(w->cache, sizeof w->cache, "%s/cache", w->folder);
    snprintf(w->store, sizeof w->store, "%s/andon.db", w->cache);
    snprintf(w->log, sizeof w->log, "%s/log", w->folder);
    write_text(w->config, config);
    w->link = broker_at(w->broker.url, 5);
    w->publisher = mqtt_publisher_create(&w->link, "test-plant", PATIENCE_MS, &err);
    if (!w->publisher || !mqtt_publisher_follow(w->publisher, "sim/clock/kept", &err))
        fail_msg("%s", err.text);
    w->signal = signal;
    w->middle_ms = hours * HOUR_MS / 2 + 7000;
    start_collector(w);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

/* What the collector said, for whoever looks why a day is not what it was. */
static void tell_log(const struct works *w)
{
    char line[512];
    FILE *file = fopen(w->log, "r");
    while (file && fgets(line, sizeof line, file))
        fprintf(stderr, "collector: %s", line);
    if (file)
        fclose(file);
}

static void finish(struct works *w)
{
    mqtt_publisher_destroy(w->publisher);
    broker_finish(&w->broker);
    nftw(w->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(w);
}

static struct day *live(size_t industry, int signal)
{
    struct works *w = mem_zero(1, sizeof *w);
    const struct day_wire wire = {w, say, tick, reached};
    broker_start(&w->broker);
    snprintf(w->folder, sizeof w->folder, "/tmp/andon-truth-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    char *config = configuration(w, industry);
    begin(w, config, signal);
    w->begun_ms = sim_industries[industry].preset_start_ms;
    await_first(w, w->begun_ms - TICK_MS);
    struct day *d = day_over(industry, config, hours, &wire);
    await(w, w->told_ms);
    kill(w->collector, SIGKILL); /* all is on its disk; and it shall not say that it leaves */
    waitpid(w->collector, NULL, 0);
    day_take(d, w->store);
    tell_log(w);
    free(config);
    finish(w);
    return d;
}

static void all_is_as_it_was(size_t industry)
{
    struct day *d = live(industry, SIGTERM);
    size_t differences = day_compare(d);
    day_end(d);
    assert_int_equal(differences, 0);
}

/* Some seconds are lost: nothing else is. */
static void hardly_anything_is_lost(size_t industry, int signal, int64_t lost_ms)
{
    struct day *d = live(industry, signal);
    d->lost_ms = lost_ms;
    d->lost_pieces = 2;
    size_t differences = day_compare(d);
    day_end(d);
    assert_int_equal(differences, 0);
}

static void appliances_with_an_orderly_end(void **state)
{
    (void)state;
    all_is_as_it_was(0);
}

static void steel_with_an_orderly_end(void **state)
{
    (void)state;
    all_is_as_it_was(1);
}

/* What the broker was told to be here and was not on the disk goes with the collector. */
static void appliances_and_a_collector_that_is_killed(void **state)
{
    (void)state;
    hardly_anything_is_lost(0, SIGKILL, LAST_WORDS_MS + CLOCK_MS + WINDOW_MS); /* the first word behind it may be late */
}

static void steel_and_a_collector_that_is_killed(void **state)
{
    (void)state;
    hardly_anything_is_lost(1, SIGKILL, LAST_WORDS_MS + CLOCK_MS + WINDOW_MS); /* the first word behind it may be late */
}

/* So many hours of one plant with each end, or a day of both with both. */
int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "collect") == 0)
        return cli_run(&cli_collect, argc - 1, argv + 1);
    if (argc > 1)
        hours = strtol(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        CASE(appliances_with_an_orderly_end), CASE(steel_with_an_orderly_end),
        CASE(appliances_and_a_collector_that_is_killed), CASE(steel_and_a_collector_that_is_killed),
    };
    const struct CMUnitTest some[] = {CASE(appliances_with_an_orderly_end), CASE(steel_and_a_collector_that_is_killed)};
    return hours < 24 ? cmocka_run_group_tests_name("truth over a broker", some, NULL, NULL) : cmocka_run_group_tests_name("truth over a broker", tests, NULL, NULL);
}
