/*
 * bench_store day FOLDER              a day from standard input ("series,milliseconds,value" a line, by time): what it takes on disk and to write
 * bench_store fill FOLDER TAGS SECONDS STEP   a cache of TAGS tags, a sample of each every STEP seconds
 * bench_store ask|cold FOLDER         what questions to such a cache take; cold: with nothing of the file in memory
 *
 * `day` closes a batch a second and lets the thread flush each one by itself, as it would in real time, and folds a plant of these tags, with
 * a checkpoint every 15 minutes. CPU times are from the kernel's accounting of each thread; the fold and reading the input are not counted.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sqlite3.h>

#include "core/memory.h"
#include "core/model.h"
#include "core/plant_build.h"
#include "io/history.h"
#include "io/store.h"

enum { TAGS_MOST = 10000, CHECKPOINT_MS = 900000, CHECKPOINT_SAMPLES = 450000 /* as the collector does */, TRIES = 40 };

static char names[TAGS_MOST][12];

struct bench {
    struct store *store;
    struct plant *plant;
    struct model *model;
    struct batch batch;
    char path[4096];
    uint64_t samples;
    int64_t checkpoint_ms;
    uint64_t checkpoint_samples;
    double put_us, thread_us, began_us; /* CPU: of putting, of all other threads since began */
};

static double clock_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double others_us(void)
{
    return clock_us(CLOCK_PROCESS_CPUTIME_ID) - clock_us(CLOCK_THREAD_CPUTIME_ID);
}

static void pause_us(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

/* A number of /proc/self/io. */
static double io_of(const char *name)
{
    char line[128];
    double number = 0;
    FILE *file = fopen("/proc/self/io", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            number = strtod(line + strlen(name) + 1, NULL);
    if (file)
        fclose(file);
    return number;
}

static struct plant *plant_of(int tags)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "plant"});
    uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = "l1"});
    for (int t = 0; t < tags; t++) {
        snprintf(names[t], sizeof names[t], "t%03d", t);
        plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = names[t], .interval_ms = 1000}));
    }
    return plant_build_finish(&b);
}

static bool bench_open(struct bench *b, const char *folder, int tags, int64_t flush_ms)
{
    struct error err;
    *b = (struct bench){.plant = plant_of(tags)};
    snprintf(b->path, sizeof b->path, "%s/andon.db", folder);
    b->model = model_create(b->plant);
    batch_init(&b->batch);
    b->store = store_open(&(struct store_options){.path = b->path, .flush_ms = flush_ms}, &err);
    if (!b->store) {
        fprintf(stderr, "bench_store: %s\n", err.text);
        return false;
    }
    for (uint32_t t = 0; t < (uint32_t)tags; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(b->plant, t, key, sizeof key);
        batch_add(&b->batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&b->batch, key, length)});
    }
    return true;
}

static void bench_close(struct bench *b)
{
    store_close(b->store);
    model_destroy(b->model);
    batch_finish(&b->batch);
    plant_destroy(b->plant);
}

static void add(struct bench *b, uint32_t tag, int64_t ms, double value)
{
    batch_add(&b->batch, (struct record){.kind = RECORD_SAMPLE, .series = tag + 1, .time_ms = ms, .value = value_real(value), .quality = QUALITY_GOOD,
        .flags = SAMPLE_SOURCE_TIME});
    b->samples++;
}

/* Closes the batch: folds it (not counted) and hands it over (counted). */
static void close_batch(struct bench *b, int64_t wall_ms, int64_t elapsed_ms)
{
    b->batch.seq++;
    b->batch.wall_ms = wall_ms;
    b->batch.elapsed_ms = elapsed_ms;
    batch_order(&b->batch);
    model_apply(b->model, &b->batch);
    double before = clock_us(CLOCK_THREAD_CPUTIME_ID);
    if (!store_put(b->store, &b->batch, model_outcomes(b->model), false)) {
        fprintf(stderr, "bench_store: a batch was lost\n");
        exit(1);
    }
    bool due = wall_ms - b->checkpoint_ms >= CHECKPOINT_MS || b->samples - b->checkpoint_samples >= CHECKPOINT_SAMPLES;
    if (due) {
        while (!store_checkpoint(b->store, b->model))
            pause_us(1000); /* the one before is still on its way: real time would have passed */
        b->checkpoint_ms = wall_ms;
        b->checkpoint_samples = b->samples;
    }
    b->put_us += clock_us(CLOCK_THREAD_CPUTIME_ID) - before;
    batch_clear(&b->batch);
}

/* Waits until all is flushed (`all`), or until the queue has room. */
static void wait_for_store(const struct bench *b, bool all)
{
    struct store_status status;
    for (;;) {
        store_status(b->store, &status);
        if (all ? status.durable_seq >= b->batch.seq : status.queue_bytes < status.queue_most / 2)
            return;
        pause_us(all ? 50 : 2000);
    }
}

/* ---- a day ---- */

static double sum_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    double sum = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        sum = sqlite3_column_double(st, 0);
    else
        fprintf(stderr, "bench_store: %s: %s\n", sql, sqlite3_errmsg(db));
    sqlite3_finalize(st);
    return sum;
}

static double file_bytes(const char *path, const char *suffix)
{
    char name[4128];
    struct stat about;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &about) == 0 ? (double)about.st_size : 0;
}

static double all_files(const char *path)
{
    return file_bytes(path, "") + file_bytes(path, "-wal") + file_bytes(path, "-shm") + file_bytes(path, "-fresh");
}

static void tell_tables(const char *path, double samples)
{
    static const struct { const char *name, *sql; } parts[] = {
        {"chunks: samples", "SELECT ifnull(sum(length(samples)), 0) FROM chunk"},
        {"chunks: minutes", "SELECT ifnull(sum(length(minutes)), 0) FROM chunk"},
        {"stream", "SELECT ifnull(sum(length(log)), 0) FROM stream"},
        {"journal", "SELECT ifnull(sum(length(run)), 0) FROM journal"},
        {"checkpoints", "SELECT ifnull(sum(length(state)), 0) FROM checkpoint"},
        {"hours", "SELECT count(*) * 40.0 FROM hour"},
        {"free pages", "SELECT freelist_count * 4096.0 FROM pragma_freelist_count"},
    };
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK) {
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
            printf("  %-18s %6.3f bytes a sample\n", parts[p].name, sum_of(db, parts[p].sql) / samples);
        printf("  %.0f chunks, %.0f samples each\n", sum_of(db, "SELECT count(*) FROM chunk"), sum_of(db, "SELECT avg(count) FROM chunk"));
    }
    sqlite3_close(db);
}

static int day(const char *folder)
{
    struct bench b;
    char line[128];
    int64_t second = 0;
    if (!bench_open(&b, folder, 100, 1))
        return 1;
    double thread_us = others_us(), written = io_of("write_bytes:"), passed = io_of("wchar:");
    while (fgets(line, sizeof line, stdin)) {
        char *at = line;
        long tag = strtol(at, &at, 10);
        int64_t ms = strtoll(at + 1, &at, 10);
        double value = strtod(at + 1, NULL);
        if (tag < 0 || tag >= 100)
            continue;
        if (second != 0 && ms / 1000 != second) {
            close_batch(&b, second * 1000 + 1000, 1000);
            wait_for_store(&b, true);
        }
        second = ms / 1000;
        add(&b, (uint32_t)tag, ms, value);
    }
    close_batch(&b, second * 1000 + 1000, 1000);
    wait_for_store(&b, true);
    double n = (double)b.samples, put = b.put_us / n;
    printf("files while open    %6.3f bytes a sample (%.0f samples; file %.1f MB, log %.1f MB)\n", all_files(b.path) / n, n, file_bytes(b.path, "") / 1e6,
           file_bytes(b.path, "-wal") / 1e6);
    store_close(b.store);
    b.store = NULL;
    double thread = (others_us() - thread_us) / n;
    printf("files               %6.3f bytes a sample\n", all_files(b.path) / n);
    tell_tables(b.path, n);
    printf("store adds          %6.3f us CPU a sample: main loop %.3f, thread %.3f\n", put + thread, put, thread);
    printf("written             %6.1f bytes a sample (%.1f handed to the kernel)\n", (io_of("write_bytes:") - written) / n, (io_of("wchar:") - passed) / n);
    bench_close(&b);
    return 0;
}

/* ---- a cache to ask ---- */

static uint64_t seed = 1;

static double uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* Waits until the thread has nothing left to do: the journal is short, and every series' hours reach the last day. */
static void wait_for_background(const struct bench *b, int64_t last_ms)
{
    const int64_t day_ms = 24 * INT64_C(3600000);
    sqlite3 *db = NULL;
    struct store_status status;
    if (sqlite3_open_v2(b->path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK)
        do {
            pause_us(100000);
            store_status(b->store, &status);
        } while (status.durable_seq < b->batch.seq || sum_of(db, "SELECT max(last_ms) - min(first_ms) FROM journal") > 650000 ||
                 sum_of(db, "SELECT min(hours_ms) FROM series") < (double)(last_ms - 650000 - (last_ms - 650000) % day_ms));
    sqlite3_close(db);
}

static int fill(const char *folder, int tags, int64_t seconds, int64_t step)
{
    static double value[TAGS_MOST];
    const int64_t begin = INT64_C(1700000000000);
    struct bench b;
    if (tags > TAGS_MOST || !bench_open(&b, folder, tags, 1000))
        return 1;
    double began = clock_us(CLOCK_MONOTONIC);
    for (int64_t s = 0; s < seconds; s += step) {
        for (int t = 0; t < tags; t++) {
            value[t] = round((value[t] + (uniform() - 0.5) * 0.4) * 100) / 100;
            add(&b, (uint32_t)t, begin + s * 1000 + (int64_t)(6 * uniform()), value[t]);
        }
        close_batch(&b, begin + s * 1000 + 1000, step * 1000);
        wait_for_store(&b, false);
    }
    wait_for_background(&b, begin + seconds * 1000);
    bench_close(&b);
    printf("%" PRIu64 " samples in %.0f s, %.3f bytes a sample\n", b.samples, (clock_us(CLOCK_MONOTONIC) - began) / 1e6, all_files(b.path) / (double)b.samples);
    return 0;
}

/* ---- questions ---- */

struct ask {
    struct history *history;
    struct plant *plant;
    uint32_t tags;
    int64_t first_ms, last_ms;
    uint64_t last_seq, found;
    int cold;            /* the file, to be driven out of memory before each question; -1 */
    struct error err;
};

static bool count_sample(void *arg, uint32_t series, const struct sample *sample, const char *text)
{
    (void)series, (void)sample, (void)text;
    ++*(uint64_t *)arg;
    return true;
}

static bool apply(void *arg, const struct batch *batch)
{
    model_apply(arg, batch);
    return true;
}

static void count_series(void *arg, uint32_t series, const char *path)
{
    (void)series, (void)path;
    ++*(uint32_t *)arg;
}

static int64_t moment(const struct ask *a, int64_t back_ms)
{
    int64_t span = a->last_ms - a->first_ms - back_ms;
    return a->first_ms + (span > 0 ? (int64_t)((double)span * uniform()) : 0);
}

static bool ask_month(struct ask *a)
{
    struct answer answer = {.columns = NULL};
    struct want want = {.kind = WANT_COLUMNS, .path = "plant/l1/t000", .columns = 200, .to_ms = a->last_ms};
    want.from_ms = want.to_ms - INT64_C(30) * 24 * HOUR_MS;
    bool ok = history_answer(a->history, &want, 0, &answer, &a->err);
    a->found = 0;
    for (size_t c = 0; c < answer.column_count; c++)
        a->found += answer.columns[c].state == COLUMN_FILLED;
    answer_finish(&answer);
    return ok;
}

static bool ask_hour(struct ask *a)
{
    int64_t from = moment(a, HOUR_MS);
    a->found = 0;
    return history_samples(a->history, 1, from, from + HOUR_MS, 0, count_sample, &a->found, &a->err);
}

static bool ask_moment(struct ask *a)
{
    struct checkpoint point = {.seq = 0};
    int64_t at = moment(a, 0);
    if (!history_checkpoint(a->history, at, &point, &a->err))
        return true; /* before the first one */
    struct model *model = model_load(a->plant, point.state.bytes, point.state.count, &a->err);
    bool ok = model && history_batches(a->history, point.seq, at, apply, model, &a->err);
    a->found = model ? model_samples(model) : 0;
    model_destroy(model);
    packer_finish(&point.state);
    return ok;
}

static int by_value(const void *left, const void *right)
{
    double x = *(const double *)left, y = *(const double *)right;
    return (x > y) - (x < y);
}

static bool time_it(struct ask *a, const char *what, bool (*question)(struct ask *))
{
    double took[TRIES], cpu = clock_us(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < TRIES; i++) {
        if (a->cold >= 0)
            posix_fadvise(a->cold, 0, 0, POSIX_FADV_DONTNEED);
        double before = clock_us(CLOCK_MONOTONIC);
        if (!question(a)) {
            fprintf(stderr, "bench_store: %s: %s\n", what, a->err.text);
            return false;
        }
        took[i] = (clock_us(CLOCK_MONOTONIC) - before) / 1000;
    }
    qsort(took, TRIES, sizeof *took, by_value);
    printf("%-28s median %8.2f ms, worst of %d %8.2f ms; CPU %8.2f ms each (%" PRIu64 ")\n", what, took[TRIES / 2], TRIES, took[TRIES - 1],
        (clock_us(CLOCK_THREAD_CPUTIME_ID) - cpu) / 1000 / TRIES, a->found);
    return true;
}

static int ask(const char *folder, bool cold)
{
    struct ask a = {.tags = 0, .cold = -1};
    char path[4096];
    snprintf(path, sizeof path, "%s/andon.db", folder);
    if (cold)
        a.cold = open(path, O_RDONLY);
    a.history = history_open(path, &a.err);
    if (!a.history || !history_span(a.history, &a.first_ms, &a.last_ms, &a.last_seq, &a.err) || !history_each_series(a.history, count_series, &a.tags, &a.err)) {
        fprintf(stderr, "bench_store: %s\n", a.err.text);
        return 1;
    }
    a.plant = plant_of((int)a.tags);
    printf("%u tags, %.1f days, %.1f MB\n", a.tags, (double)(a.last_ms - a.first_ms) / 86400000, all_files(path) / 1e6);
    bool ok = time_it(&a, "200 columns over 30 days", ask_month) && time_it(&a, "an hour, every sample", ask_hour) && time_it(&a, "the plant at a moment", ask_moment);
    history_close(a.history);
    plant_destroy(a.plant);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "day") == 0)
        return day(argv[2]);
    if (argc == 6 && strcmp(argv[1], "fill") == 0)
        return fill(argv[2], (int)strtol(argv[3], NULL, 10), strtoll(argv[4], NULL, 10), strtoll(argv[5], NULL, 10));
    if (argc == 3 && (strcmp(argv[1], "ask") == 0 || strcmp(argv[1], "cold") == 0))
        return ask(argv[2], argv[1][0] == 'c');
    fprintf(stderr, "usage: bench_store day|ask|cold FOLDER, bench_store fill FOLDER TAGS SECONDS STEP\n");
    return 2;
}
