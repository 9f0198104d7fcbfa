/*
 * bench_energy fill FOLDER METERS DAYS   a cache in which so many meters have measured so long, as a collector writes it: a batch a quarter of an hour with a fact of each
 * bench_energy ask FOLDER METERS DAYS [WORDS]   what the questions of energy views to it take: each from its opening on, in a process that has just begun, the median of five; or of those whose names have WORDS
 *
 * The meters are those of a plant in Berlin's time with a price that changes by day and night, two factors, a change of product now and then that cuts a quarter, stops in which
 * they idle, and reactive power in one of five. The file is in the system's memory, as it is beside a collector; nothing of it is in the process.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/plant_build.h"
#include "io/history.h"
#include "io/store.h"

enum { METERS_MOST = 1000, TRIES = 5, QUARTER = METER_QUARTER_MS };
#define DAY INT64_C(86400000)
#define FIRST INT64_C(1704063600000) /* 2024-01-01 00:00 in Berlin */

static struct zone_span berlin[] = {{INT64_C(1698541200000), 3600}, {INT64_C(1711846800000), 7200}, {INT64_C(1729990800000), 3600}, {INT64_C(1743296400000), 7200}};
static char names[METERS_MOST][16];

static struct plant *plant_of(uint32_t meters)
{
    struct plant_build b;
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    struct tariff_rate rates[] = {{.name = "day", .price = .31, .days = 62, .from_minute = 360, .to_minute = 1320, .months = 4095}, {.name = "night", .price = .22, .days = 62, .from_minute = 1320, .to_minute = 360, .months = 4095},
        {.name = "weekend", .price = .19, .days = 65, .months = 4095}};
    struct carbon_factor factors[] = {{0, .4}, {20240701, .36}};
    uint16_t tariff = plant_add_tariff(&b, (struct tariff){.name = "el", .rates = rates, .rate_count = 3});
    plant_add_carrier(&b, (struct carrier){.name = "electricity", .unit = "kWh", .kwh = 1, .factors = factors, .factor_count = 2, .tariff = tariff});
    plant_add_meter(&b, (struct meter){.node = site, .name = "all", .kind = METER_SUM, .tag = NO_TAG, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER});
    for (uint32_t i = 0; i < meters; i++) {
        snprintf(names[i], sizeof names[i], "l%03" PRIu32, i);
        uint32_t line = plant_add_node(&b, site, (struct node){.level = LEVEL_LINE, .name = names[i]});
        uint32_t tag = plant_add_tag(&b, line, plant_add_def(&b, (struct tag_def){.name = "kw", .kind = KIND_POWER}));
        plant_add_meter(&b, (struct meter){.node = line, .name = "el", .kind = METER_POWER, .tag = tag, .power_tag = NO_TAG, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER});
    }
    struct plant *plant = plant_build_finish(&b);
    plant->zone = (struct zone){berlin, 4};
    return plant;
}

static double clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- fill ---- */

static uint32_t seed = 1;

static double chance(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed / 4294967296.0;
}

static void tell(struct outcomes *o, uint64_t seq, uint32_t meter, int64_t from_ms, int64_t to_ms, int product)
{
    struct energy_gain *gain = outcomes_energy(o);
    int64_t span = to_ms - from_ms, shift = (from_ms - FIRST) / (DAY / 3);
    double load = (20 + meter % 7 * 30) * (1.2 + sin((double)(from_ms % DAY) / 1.4e7)) * (double)span / 3.6e6 * (.9 + .2 * chance());
    bool stands = chance() < .1, reacts = meter % 5 == 0;
    struct civil c = zone_civil(NULL, from_ms + DAY / 24);
    *gain = (struct energy_gain){.seq = seq, .cell = {.from_ms = from_ms, .to_ms = to_ms, .shift_ms = FIRST + shift * (DAY / 3), .day = c.year * 10000 + c.month * 100 + c.day, .planned = true,
        .sum = {.amount = load, .reactive = reacts ? load * .3 * chance() : 0, .idle = stands ? load * chance() : 0, .valid_ms = span, .running_ms = stands ? (int64_t)((double)span * chance()) : span}}};
    snprintf(gain->path, sizeof gain->path, "works/%s/el", names[meter]);
    snprintf(gain->cell.shift, sizeof gain->cell.shift, "%s", shift % 3 == 0 ? "early" : shift % 3 == 1 ? "late" : "night");
    snprintf(gain->cell.product, sizeof gain->cell.product, "product %d", product);
    snprintf(gain->cell.order, sizeof gain->cell.order, "%d", product * 1000 + (int)((from_ms - FIRST) / DAY));
}

static void wait_for(const struct store *store, uint64_t seq, bool all)
{
    struct store_status status;
    for (;;) {
        store_status(store, &status);
        if (all ? status.durable_seq >= seq : status.queue_bytes < status.queue_most / 2)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

/* Until what long questions are answered from is made of all days but the newest. */
static void wait_for_runs(const struct store *store)
{
    struct store_status status;
    store_status(store, &status);
    for (uint64_t looks = status.run_looks; status.run_looks < looks + 2; store_status(store, &status))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static int fill(const char *path, const struct plant *plant, uint32_t meters, int days)
{
    struct error err;
    struct store *store = store_open(&(struct store_options){.path = path, .flush_ms = 1000, .runs_ms = 200, .queue_bytes = 32 << 20}, &err);
    struct outcomes o = {.event_count = 0};
    struct batch batch;
    static int products[METERS_MOST];
    if (!store) {
        fprintf(stderr, "bench_energy: %s\n", err.text);
        return 1;
    }
    struct model *model = model_create(plant);
    bool told = store_checkpoint(store, model); /* of the sums, too */
    model_destroy(model);
    if (!told)
        return fprintf(stderr, "bench_energy: the store takes no checkpoint\n"), 1;
    batch_init(&batch);
    double began = clock_ms(CLOCK_MONOTONIC);
    for (int64_t at = FIRST; at < FIRST + days * DAY; at += QUARTER) {
        batch_clear(&batch);
        outcomes_clear(&o);
        batch.seq++;
        batch.wall_ms = at + QUARTER;
        batch.elapsed_ms = QUARTER;
        for (uint32_t m = 0; m < meters; m++) {
            int64_t cut = chance() < .03 ? at + (int64_t)(chance() * QUARTER) : at;
            if (cut > at) {
                tell(&o, batch.seq, m, at, cut, products[m]);
                products[m] = (products[m] + 1) % 12;
            }
            tell(&o, batch.seq, m, cut, at + QUARTER, products[m]);
        }
        if (!store_put(store, &batch, &o, false))
            return fprintf(stderr, "bench_energy: a batch was lost\n"), 1;
        wait_for(store, 0, false);
    }
    wait_for(store, batch.seq, true);
    wait_for_runs(store);
    struct store_status status;
    store_status(store, &status);
    printf("%" PRIu64 " facts in %.1f s, CPU of all threads %.1f s; %.1f MB\n", batch.seq * meters, (clock_ms(CLOCK_MONOTONIC) - began) / 1e3, clock_ms(CLOCK_PROCESS_CPUTIME_ID) / 1e3,
        (double)status.file_bytes / 1e6);
    store_close(store);
    batch_finish(&batch);
    outcomes_finish(&o);
    return 0;
}

/* ---- ask ---- */

struct took { double wall_ms, cpu_ms; size_t rows; double amount; bool good; };

static struct took ask_once(const char *path, const struct energy_query *query)
{
    struct took took = {.good = false};
    struct error err = {.text = ""};
    struct energy_row *rows;
    double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    struct history *h = history_open(path, &err);
    took.good = h && history_energy(h, query, &rows, &took.rows, &err);
    took.wall_ms = clock_ms(CLOCK_MONOTONIC) - wall;
    took.cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    for (size_t i = 0; took.good && i < took.rows; i++)
        took.amount += rows[i].cell.sum.amount;
    if (!took.good)
        fprintf(stderr, "bench_energy: %s\n", err.text);
    return took;
}

/* In a process of its own, so that none of its memory is there yet. */
static struct took ask(const char *path, const struct energy_query *query)
{
    int ends[2];
    struct took took = {.good = false};
    if (pipe(ends) != 0)
        return took;
    pid_t pid = fork();
    if (pid == 0) {
        took = ask_once(path, query);
        _exit(write(ends[1], &took, sizeof took) == (ssize_t)sizeof took ? 0 : 1);
    }
    if (pid < 0 || read(ends[0], &took, sizeof took) != (ssize_t)sizeof took)
        took.good = false;
    if (pid > 0)
        waitpid(pid, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    return took;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool tell_median(const char *what, const char *path, struct energy_query query)
{
    double wall[TRIES], cpu[TRIES];
    struct took took = {.rows = 0};
    for (int i = 0; i < TRIES; i++) {
        took = ask(path, &query);
        if (!took.good)
            return false;
        wall[i] = took.wall_ms;
        cpu[i] = took.cpu_ms;
    }
    qsort(wall, TRIES, sizeof *wall, by_number);
    qsort(cpu, TRIES, sizeof *cpu, by_number);
    printf("%-58s %6.1f ms, CPU %6.1f ms, %5zu rows, %.0f kWh\n", what, wall[TRIES / 2], cpu[TRIES / 2], took.rows, took.amount);
    fflush(stdout);
    return true;
}

static int ask_all(const char *path, uint32_t count, int days, const char *words)
{
    struct plant *plant = plant_of(count);
    uint32_t *meters = mem_resize(NULL, count, sizeof *meters), sum = plant_meter_by_key(plant, "works/all");
    for (uint32_t i = 0; i < count; i++) {
        char key[32];
        snprintf(key, sizeof key, "works/%s/el", names[i]);
        meters[i] = plant_meter_by_key(plant, key);
    }
    int64_t end = FIRST + days * DAY;
    const struct { const char *what; enum energy_step step; enum account_by by; const uint32_t *meters; size_t meter_count; int days; } asked[] = {
        {"today by hours, all meters", ENERGY_HOUR, BY_NOTHING, meters, count, 1},
        {"today and yesterday by quarters, the sum of all", ENERGY_QUARTER, BY_NOTHING, &sum, 1, 2},
        {"a month ranked, all meters", ENERGY_ALL, BY_NOTHING, meters, count, 30},
        {"a month by shifts, one meter", ENERGY_ALL, BY_SHIFT, meters, 1, 30},
        {"a month by products, one meter", ENERGY_ALL, BY_PRODUCT, meters, 1, 30},
        {"a year of days and hours, one meter", ENERGY_HOUR, BY_NOTHING, meters, 1, days},
        {"a year of days and their peaks, one meter", ENERGY_DAY, BY_NOTHING, meters, 1, days},
        {"a year by orders, one meter", ENERGY_ALL, BY_ORDER, meters, 1, days},
        {"a year ranked, all meters", ENERGY_ALL, BY_NOTHING, meters, count, days},
        {"a year of months, all meters", ENERGY_MONTH, BY_NOTHING, meters, count, days},
        {"a year of months, the sum of all", ENERGY_MONTH, BY_NOTHING, &sum, 1, days},
        {"a year of days and their peaks, the sum of all", ENERGY_DAY, BY_NOTHING, &sum, 1, days},
    };
    bool good = true;
    for (size_t i = 0; good && i < sizeof asked / sizeof *asked; i++)
        good = !strstr(asked[i].what, words) || tell_median(asked[i].what, path, (struct energy_query){.plant = plant, .meters = asked[i].meters, .meter_count = asked[i].meter_count, .step = asked[i].step, .by = asked[i].by,
            .from_ms = end - asked[i].days * DAY, .to_ms = end});
    free(meters);
    plant->zone = (struct zone){NULL, 0};
    plant_destroy(plant);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    char path[4096];
    long meters = argc >= 5 ? strtol(argv[3], NULL, 10) : 0, days = argc >= 5 ? strtol(argv[4], NULL, 10) : 0;
    bool fills = argc == 5 && strcmp(argv[1], "fill") == 0;
    if (meters < 1 || meters > METERS_MOST || days < 1 || days > 4000 || !(fills || strcmp(argv[1], "ask") == 0)) {
        fprintf(stderr, "usage: bench_energy fill|ask FOLDER METERS DAYS [WORDS]\n");
        return 2;
    }
    snprintf(path, sizeof path, "%s/andon.db", argv[2]);
    if (!fills)
        return ask_all(path, (uint32_t)meters, (int)days, argc == 6 ? argv[5] : "");
    struct plant *plant = plant_of((uint32_t)meters);
    int status = fill(path, plant, (uint32_t)meters, (int)days);
    plant->zone = (struct zone){NULL, 0};
    plant_destroy(plant);
    return status;
}
