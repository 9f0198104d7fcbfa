/*
 * What a collector remembers: it is stopped, killed, reloaded and started anew against a real mosquitto, and goes on where it ended.
 */
#include "app/site.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/past.h"
#include "cli/cli.h"
#include "core/memory.h"
#include "io/history.h"

const struct cli_command *const cli_commands[] = {&cli_collect};
const size_t cli_command_count = 1;

static void start(struct site *s)
{
    s->collector = start_collector(s, NULL, NULL);
    wait_until(s, listens(s));
}

static void restart(struct site *s)
{
    process_end(s->collector, PATIENCE_MS);
    start(s);
}

static struct client *attach_to_plant(struct site *s)
{
    struct client *client = attach(s, NULL);
    wait_until(s, link_is_up(client));
    return client;
}

static struct tag tag_of(struct client *client, const char *key)
{
    uint32_t tag = model_find(model_of(client), key);
    assert_true(tag != NO_TAG);
    struct tag copy = *model_tag(model_of(client), tag);
    copy.text = NULL;
    copy.ring = NULL;
    return copy;
}

/* SIGTERM comes as soon as the batch is folded, long before it is flushed. */
static void an_orderly_end_loses_nothing(void **state)
{
    struct site *s = *state;
    struct client *client = attach_to_plant(s);
    publish(s, 400, 0);
    wait_until(s, samples(client) == 1200);
    struct tag good = tag_of(client, "works/a/l1/p03/good"), oil = tag_of(client, "works/a/l1/p02/oil");
    uint64_t seq = model_seq(model_of(client));
    int64_t elapsed = model_elapsed(model_of(client)), wall = model_wall(model_of(client));
    client_destroy(client);
    restart(s);
    client = attach(s, NULL);
    wait_until(s, model_seq(model_of(client)) > seq + 1); /* the gap, and its time */
    const struct model *model = model_of(client);
    struct tag good_now = tag_of(client, "works/a/l1/p03/good"), oil_now = tag_of(client, "works/a/l1/p02/oil");
    uint32_t index = model_find(model, "works/a/l1/p02/oil");
    assert_int_equal(samples(client), 1200);
    assert_int_equal(good_now.series, good.series);
    assert_near(good_now.gained, good.gained, 0);
    assert_near(good_now.last_count, good.last_count, 0);
    assert_near(oil_now.value.d, oil.value.d, 0);
    assert_int_equal(oil_now.time_ms, oil.time_ms);
    assert_int_equal(oil_now.elapsed_ms, oil.elapsed_ms);
    assert_int_equal(model_trust(model, index), TRUST_UNCONFIRMED);
    /* elapsed time went on with the wall's: the age is right */
    int64_t passed = model_wall(model) - wall;
    assert_true(llabs(model_elapsed(model) - elapsed - passed) <= 400);
    client_destroy(client);
}

static void a_gap_is_told_and_states_are_unknown_from_its_beginning(void **state)
{
    struct site *s = *state;
    struct client *client = attach_to_plant(s);
    publish(s, 4, 0);
    wait_until(s, samples(client) == 12);
    const struct node_state *unit = model_node(model_of(client), plant_node_by_path(s->config.plant, "works/a/l1/p02"));
    assert_true(unit->class != CLASS_UNKNOWN);
    int64_t wall = model_wall(model_of(client)), when;
    client_destroy(client);
    restart(s);
    client = attach(s, NULL);
    wait_until(s, model_last_gap(model_of(client), &when) > 0);
    unit = model_node(model_of(client), plant_node_by_path(s->config.plant, "works/a/l1/p02"));
    assert_int_equal(unit->class, CLASS_UNKNOWN);
    assert_true(unit->since_ms >= wall && unit->since_ms <= when);
    assert_true(unit->interval_count >= 2);
    wait_until(s, link_is_up(client));
    publish(s, 4, 0);
    wait_until(s, samples(client) == 24);
    unit = model_node(model_of(client), plant_node_by_path(s->config.plant, "works/a/l1/p02"));
    assert_true(unit->class != CLASS_UNKNOWN);
    expect_equal_to_collector(s, client);
    client_destroy(client);
}

/* Killed again and again: what was flushed stays, and no number and no id comes twice. */
static void a_collector_that_is_killed_keeps_what_was_flushed(void **state)
{
    struct site *s = *state;
    uint64_t seq = 0, kept = 0;
    uint32_t series = 0;
    for (int round = 0; round < 4; round++) {
        struct client *client = attach_to_plant(s);
        assert_int_equal(samples(client), kept);
        assert_true(model_seq(model_of(client)) > seq);
        publish(s, 20, 0);
        wait_until(s, samples(client) == kept + 60);
        kept += 60;
        seq = model_seq(model_of(client));
        struct tag oil = tag_of(client, "works/a/l1/p04/oil");
        assert_true(round == 0 || oil.series == series);
        series = oil.series;
        wait_until(s, health_of_collector(client) && health_of_collector(client)->store.samples == 60);
        kill(s->collector, SIGKILL);
        wait_until(s, process_ended(s->collector, NULL));
        client_destroy(client);
        start(s);
    }
}

static void a_tag_that_comes_back_has_its_id_and_its_history(void **state)
{
    struct site *s = *state;
    write_config(s, s->config_path, plant_text, one_tag_more);
    restart(s);
    config_finish(&s->config);
    read_config(s->config_path, &s->config);
    struct client *client = attach_to_plant(s);
    uint32_t series = tag_of(client, "works/a/l1/p01/noise").series, oil = tag_of(client, "works/a/l1/p01/oil").series;
    assert_true(series > 0 && oil > 0);
    client_destroy(client);

    write_config(s, s->config_path, plant_text, "");
    restart(s); /* without it, and with another one in its place */
    write_config(s, s->config_path, plant_text, ", { name = \"heat\"; path = \"/heat\"; }");
    restart(s);
    config_finish(&s->config);
    read_config(s->config_path, &s->config);
    client = attach_to_plant(s);
    uint32_t heat = tag_of(client, "works/a/l1/p01/heat").series;
    assert_true(heat > series);
    assert_int_equal(tag_of(client, "works/a/l1/p01/oil").series, oil);

    write_config(s, s->config_path, plant_text, one_tag_more);
    kill(s->collector, SIGHUP);
    wait_until(s, model_find(model_of(client), "works/a/l1/p01/noise") != NO_TAG && tag_of(client, "works/a/l1/p01/noise").series);
    assert_int_equal(tag_of(client, "works/a/l1/p01/noise").series, series);
    client_destroy(client);
}

static bool count_sample(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    (void)series, (void)sample, (void)text;
    ++*(size_t *)arg;
    return true;
}

/* What is kept of a tag under this name; -1: the name stands for nothing. */
static int kept_of(const struct site *s, const char *key)
{
    struct error err;
    size_t count = 0;
    struct history *history = history_open(s->paths.store, &err);
    if (!history)
        fail_msg("%s", err.text);
    uint32_t series = history_series(history, key);
    if (series > 0 && !history_samples(history, series, 0, INT64_MAX, 0, count_sample, &count, &err))
        fail_msg("%s", err.text);
    history_close(history);
    return series > 0 ? (int)count : -1;
}

/* The oil is called fluid now. */
static void rename_oil(const struct site *s)
{
    static const char oil[] = "name = \"oil\"", fluid[] = "name = \"fluid\"; was = \"works/{area}/{line}/{unit}/oil\"";
    char text[2048];
    const char *at = strstr(plant_text, oil);
    assert_non_null(at);
    assert_true(snprintf(text, sizeof text, "%.*s%s%s", (int)(at - plant_text), plant_text, fluid, at + sizeof oil - 1) < (int)sizeof text);
    write_config(s, s->config_path, text, "");
}

static void read_again(struct site *s)
{
    config_finish(&s->config);
    read_config(s->config_path, &s->config);
}

/* Its history goes on under the new key, each machine's by itself. */
static void expect_renamed(struct site *s, uint32_t series)
{
    struct client *client = attach_to_plant(s);
    struct tag fluid = tag_of(client, "works/a/l1/p02/fluid");
    assert_int_equal(fluid.series, series);
    assert_near(fluid.value.d, 5.5, 0); /* of the sixth message */
    publish(s, 4, 0);
    wait_until(s, samples(client) == 36);
    client_destroy(client);
    process_end(s->collector, PATIENCE_MS);
    assert_int_equal(kept_of(s, "works/a/l1/p02/fluid"), 3);
    assert_int_equal(kept_of(s, "works/a/l1/p02/oil"), -1);
    assert_int_equal(kept_of(s, "works/a/l1/p03/fluid"), 3);
    start(s);
}

static uint32_t hear_of_oil(struct site *s)
{
    struct client *client = attach_to_plant(s);
    publish(s, 8, 0);
    wait_until(s, samples(client) == 24);
    uint32_t series = tag_of(client, "works/a/l1/p02/oil").series;
    client_destroy(client);
    return series;
}

static void a_tag_renamed_while_nobody_ran_keeps_its_history(void **state)
{
    struct site *s = *state;
    uint32_t series = hear_of_oil(s);
    rename_oil(s);
    read_again(s);
    restart(s);
    expect_renamed(s, series);
}

static void a_tag_renamed_by_a_reload_keeps_its_history(void **state)
{
    struct site *s = *state;
    uint32_t series = hear_of_oil(s);
    struct client *client = attach_to_plant(s);
    rename_oil(s);
    kill(s->collector, SIGHUP);
    wait_until(s, model_find(model_of(client), "works/a/l1/p02/fluid") != NO_TAG && tag_of(client, "works/a/l1/p02/fluid").series);
    client_destroy(client);
    read_again(s);
    expect_renamed(s, series);
}

/* The cache and a screen tell the same of the plant. */
static void the_past_is_what_the_screens_saw(void **state)
{
    struct site *s = *state;
    struct client *client = attach_to_plant(s);
    publish(s, 40, 0);
    wait_until(s, samples(client) == 120);
    struct packer seen, told;
    packer_init(&seen);
    packer_init(&told);
    int64_t wall = model_wall(model_of(client));
    model_save_configured(model_of(client), &seen);
    client_destroy(client);
    process_end(s->collector, PATIENCE_MS);
    struct error err;
    struct past *past = past_open(s->paths.store, &err);
    assert_non_null(past);
    if (!past_to(past, wall, &err))
        fail_msg("%s", err.text);
    assert_int_equal(model_wall(past_model(past)), wall);
    model_save_configured(past_model(past), &told);
    assert_int_equal(told.count, seen.count);
    assert_memory_equal(told.bytes, seen.bytes, seen.count);
    past_close(past);
    packer_finish(&seen);
    packer_finish(&told);
    start(s);
}

static char *bytes_of(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = mem_zero(*length + 1, 1);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* The schema's version stands at offset 60 of a SQLite file. */
static void a_newer_cache_is_refused_and_left_alone(void **state)
{
    struct site *s = *state;
    char log[128], *before, *after, *said;
    size_t before_length, after_length, said_length;
    int status = 0;
    process_end(s->collector, PATIENCE_MS);
    FILE *file = fopen(s->paths.store, "r+b");
    assert_non_null(file);
    fseek(file, 60, SEEK_SET);
    fwrite("\0\0\0\x63", 1, 4, file);
    fclose(file);
    before = bytes_of(s->paths.store, &before_length);
    snprintf(log, sizeof log, "%s/newer.log", s->folder);
    s->collector = start_collector(s, log, NULL);
    wait_until(s, process_ended(s->collector, &status));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    said = bytes_of(log, &said_length);
    assert_non_null(strstr(said, "newer"));
    after = bytes_of(s->paths.store, &after_length);
    assert_int_equal(after_length, before_length);
    assert_memory_equal(after, before, before_length);
    free(before);
    free(after);
    free(said);
    s->collector = 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "collect") == 0)
        return cli_run(&cli_collect, argc - 1, argv + 1);
    const struct CMUnitTest tests[] = {
        SITE_CASE(an_orderly_end_loses_nothing),
        SITE_CASE(a_gap_is_told_and_states_are_unknown_from_its_beginning),
        SITE_CASE(a_collector_that_is_killed_keeps_what_was_flushed),
        SITE_CASE(a_tag_that_comes_back_has_its_id_and_its_history),
        SITE_CASE(a_tag_renamed_while_nobody_ran_keeps_its_history),
        SITE_CASE(a_tag_renamed_by_a_reload_keeps_its_history),
        SITE_CASE(the_past_is_what_the_screens_saw),
        SITE_CASE(a_newer_cache_is_refused_and_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
