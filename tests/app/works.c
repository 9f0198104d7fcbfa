/*
 * A batch goes the way of the collector's: closed by ingest, folded, handed to the store with its outcomes. The configurations stay until the
 * end, since models of tests borrow their plants.
 */
#include "works.h"

#include "check.h"

#include <ftw.h>
#include <sys/stat.h>
#include <time.h>

#include "app/past.h"
#include "core/memory.h"
#include "io/builtin.h"
#include "io/clock.h"

enum { TICK_MS = 100, QUEUE_BYTES = 256 << 20, PATIENCE_MS = 120000 };

/* ---- configurations ---- */

static const struct plant *plant_of(const struct works *w)
{
    return w->configs[w->config_count - 1].plant;
}

static void add_config(struct works *w, const char *text)
{
    struct bundle bundle;
    struct diagnostics found = {.count = 0};
    assert_true(w->config_count < WORKS_CONFIGS);
    bundle_of_text(&bundle, "works.cfg", text);
    if (!config_build(&bundle, &w->configs[w->config_count], &found)) {
        diagnostics_print(&found, stderr);
        fail_msg("the configuration has errors");
    }
    diagnostics_finish(&found);
    w->config_count++;
}

static void replace_in_config(struct works *w, const char *from, const char *to)
{
    const struct bundle_file *file = &w->configs[w->config_count - 1].bundle.files[0];
    const char *at = strstr(file->text, from);
    assert_non_null(at);
    size_t cap = file->length + strlen(to) + 1;
    char *text = mem_zero(cap, 1);
    snprintf(text, cap, "%.*s%s%s", (int)(at - file->text), file->text, to, at + strlen(from));
    add_config(w, text);
    free(text);
}

static void tell_config(struct works *w)
{
    const struct config *config = &w->configs[w->config_count - 1];
    struct packer bundle;
    packer_init(&bundle);
    bundle_pack(&config->bundle, &bundle);
    store_config(w->store, model_seq(w->model) + 1, w->wall_ms, config->plant->id, "works.cfg", bundle.bytes, bundle.count);
    packer_finish(&bundle);
}

/* ---- batches ---- */

static void close_batch(struct works *w, int64_t elapsed_ms)
{
    int64_t away = w->away_ms;
    w->away_ms = 0;
    if (away > 0) {
        close_batch(w, 0);
        elapsed_ms += away;
    }
    const struct batch *batch = ingest_close(w->ingest, w->wall_ms, elapsed_ms);
    assert_true(store_put(w->store, batch, model_outcomes(w->model), false));
    if (w->on_batch)
        w->on_batch(w->arg, w, batch);
}

/* Nobody configured these, and what is only discovered is not kept. */
static bool only_discovered(const char *topic)
{
    return strncmp(topic, "plant/", 6) != 0 || strstr(topic, "/gateway/");
}

static void take_message(void *arg, const struct sim_message *m)
{
    struct works *w = arg;
    if ((w->cut_off && !m->initial) || only_discovered(m->topic))
        return;
    ingest_message(w->ingest, &(struct message){.retained = m->initial, .topic = m->topic, .topic_length = strlen(m->topic), .payload = m->payload,
        .payload_length = m->payload_length, .arrival_ms = w->wall_ms});
}

void works_checkpoint(struct works *w)
{
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!store_checkpoint(w->store, w->model)) { /* the one before is still on its way */
        assert_true(clock_monotonic_ms() < until);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    w->since_checkpoint_ms = 0;
}

void works_run(struct works *w, int64_t ms)
{
    struct sim_sink sink = {.message = take_message, .arg = w};
    int64_t open_ms = 0;
    for (int64_t passed = 0; passed < ms; passed += TICK_MS) {
        w->sim_ms += TICK_MS;
        w->wall_ms += TICK_MS;
        w->since_checkpoint_ms += TICK_MS;
        open_ms += TICK_MS;
        sim_step(w->sim, w->sim_ms, &sink);
        if (!ingest_pending(w->ingest) && w->wall_ms % 1000 != 0)
            continue;
        close_batch(w, open_ms);
        open_ms = 0;
        if (w->since_checkpoint_ms >= w->checkpoint_ms)
            works_checkpoint(w);
    }
}

/* ---- what happens ---- */

static void tell_link(struct works *w, enum record_kind kind, const char *said)
{
    ingest_record(w->ingest, (struct record){.kind = (uint8_t)kind, .time_ms = w->wall_ms}, "broker:main", said);
}

void works_lose_broker(struct works *w)
{
    w->cut_off = true;
    tell_link(w, RECORD_DEATH, "connection lost");
}

void works_find_broker(struct works *w)
{
    w->cut_off = false;
    tell_link(w, RECORD_BIRTH, "connected");
}

void works_step_clock(struct works *w, int64_t ms)
{
    w->wall_ms += ms;
    ingest_record(w->ingest, (struct record){.kind = RECORD_CLOCK, .time_ms = w->wall_ms, .value = value_int(ms)}, NULL, NULL);
}

void works_reload(struct works *w, const char *from, const char *to)
{
    if (ingest_pending(w->ingest))
        close_batch(w, 0);
    replace_in_config(w, from, to);
    model_configure(w->model, plant_of(w));
    ingest_configure(w->ingest, plant_of(w), "works.cfg");
    tell_config(w);
    close_batch(w, 0);
}

void works_flush(struct works *w)
{
    struct store_status status;
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    do {
        store_status(w->store, &status);
        if (clock_monotonic_ms() > until)
            fail_msg("batch %llu was never durable: %s", (unsigned long long)model_seq(w->model), status.said);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    } while (status.durable_seq < model_seq(w->model));
}

/* ---- life ---- */

static void open_store(struct works *w)
{
    struct error err;
    w->store = store_open(&w->options, &err);
    if (!w->store)
        fail_msg("%s", err.text);
}

struct names {
    struct series_name rows[4096];
    size_t count;
};

static void take_name(void *arg, uint32_t series, const char *path)
{
    struct names *names = arg;
    assert_true(names->count < sizeof names->rows / sizeof names->rows[0]);
    names->rows[names->count++] = (struct series_name){.series = series, .key = mem_text(path)};
}

/* As the collector: the newest state, under the configuration of the day, and what was given out goes on. */
static void resume(struct works *w)
{
    static struct names names;
    struct error err;
    struct config then = {.plant = NULL};
    struct past *past = past_open(w->path, &err);
    if (!past)
        fail_msg("%s", err.text);
    if (!past_to(past, INT64_MAX, &err))
        fail_msg("%s", err.text);
    assert_string_equal(past_said(past), "");
    names.count = 0;
    assert_true(history_each_series(past_history(past), take_name, &names, &err));
    w->model = past_take(past, &then);
    past_close(past);
    assert_int_equal(then.plant->id, plant_of(w)->id);
    model_configure(w->model, plant_of(w));
    config_finish(&then);
    w->ingest = ingest_resume(plant_of(w), w->model, &(struct ingest_past){.seq = model_seq(w->model), .series = store_last_series(w->store),
        .known = names.rows, .count = names.count});
    for (size_t i = 0; i < names.count; i++)
        free(names.rows[i].key);
}

static void let_go(struct works *w)
{
    store_close(w->store);
    ingest_destroy(w->ingest);
    model_destroy(w->model);
}

void works_restart(struct works *w, int64_t away_ms, bool orderly)
{
    struct packer before, after;
    if (ingest_pending(w->ingest))
        close_batch(w, 0);
    if (orderly)
        works_checkpoint(w);
    packer_init(&before);
    packer_init(&after);
    model_save_configured(w->model, &before);
    let_go(w);
    open_store(w);
    resume(w);
    model_save_configured(w->model, &after);
    assert_int_equal(before.count, after.count);
    assert_memory_equal(before.bytes, after.bytes, before.count);
    packer_finish(&before);
    packer_finish(&after);
    w->sim_ms += away_ms;
    w->wall_ms += away_ms;
    struct sim_sink nobody = {.message = NULL};
    sim_step(w->sim, w->sim_ms, &nobody);
    tell_config(w);
    ingest_record(w->ingest, (struct record){.kind = RECORD_CONFIG, .value = value_uint(plant_of(w)->id)}, "", "works.cfg");
    w->away_ms = away_ms;
    ingest_record(w->ingest, (struct record){.kind = RECORD_GAP, .time_ms = w->wall_ms, .value = value_int(away_ms)}, NULL, NULL);
    close_batch(w, 0);
    tell_link(w, RECORD_BIRTH, "connected");
}

void works_begin(struct works *w, const struct store_options *options)
{
    struct error err;
    *w = (struct works){.options = *options, .checkpoint_ms = 300000};
    snprintf(w->folder, sizeof w->folder, "/tmp/andon-works-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/andon.db", w->folder);
    w->options.path = w->path;
    if (w->options.flush_ms == 0)
        w->options.flush_ms = 50;
    if (w->options.chunk_ms == 0)
        w->options.chunk_ms = 600000;
    if (w->options.size_most == 0)
        w->options.size_most = INT64_C(1) << 30;
    if (w->options.queue_bytes == 0)
        w->options.queue_bytes = QUEUE_BYTES;
    const struct sim_industry *industry = NULL;
    for (size_t i = 0; i < sim_industry_count; i++)
        if (strcmp(sim_industries[i].name, "appliance") == 0)
            industry = &sim_industries[i];
    assert_non_null(industry);
    w->sim_ms = w->wall_ms = industry->preset_start_ms;
    w->sim = sim_create(&(struct sim_options){.industry = industry->name, .seed = 3, .start_ms = w->sim_ms}, &err);
    assert_non_null(w->sim);
    add_config(w, builtin_config("appliance"));
    open_store(w);
    w->model = model_create(plant_of(w));
    w->ingest = ingest_create(plant_of(w), w->model);
    tell_config(w);
    ingest_record(w->ingest, (struct record){.kind = RECORD_CONFIG, .value = value_uint(plant_of(w)->id)}, "", "works.cfg");
    ingest_record(w->ingest, (struct record){.kind = RECORD_GAP, .time_ms = w->wall_ms, .value = value_int(0)}, NULL, NULL);
    tell_link(w, RECORD_BIRTH, "connected");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void works_end(struct works *w)
{
    let_go(w);
    sim_destroy(w->sim);
    for (size_t i = 0; i < w->config_count; i++)
        config_finish(&w->configs[i]);
    nftw(w->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
