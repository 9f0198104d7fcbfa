/*
 * struct sim is either a named plant (lines that behave, stations that publish) or a load plant. A named plant runs on ticks of
 * 100 ms from the start on; each line and station has dice of its own, so one more unit in a table changes nothing elsewhere.
 */
#include "sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sim/sim_world.h"

enum { WARM_UP_MS = 8 * 3600 * 1000, SIGNAL_WARM_UP_MS = 20 * 60 * 1000, SECOND_MS = 1000 };

struct sim {
    const struct plant_spec *plant;
    struct load *load;       /* instead of all below */
    struct line *lines;
    struct station *stations;
    size_t station_count;
    struct dice dice;
    double *strangers;
    int64_t start_ms, tick;  /* the next tick to run */
    int64_t last_ms;
    struct sim_text scratch;
};

static const struct plant_spec *const plants[] = {&sim_appliance, &sim_steel, &sim_automotive, &sim_electronics, &sim_chemical};

const struct sim_industry sim_industries[] = {
    {"appliance", "refrigerator works (沈阳冰箱厂)", "Asia/Shanghai", INT64_C(1718073720000)}, /* Tue 2024-06-11 10:42 in Shanghai */
    {"steel", "integrated steel works (Stahlwerk Nordhafen)", "Europe/Berlin", INT64_C(1718185920000)}, /* Wed 2024-06-12 11:52 in Berlin */
    {"automotive", "body and paint shop (Karosseriewerk Isartal)", "Europe/Berlin", INT64_C(1718179920000)}, /* Wed 2024-06-12 10:12 */
    {"electronics", "electronics works (Elektronik Nord)", "Europe/Berlin", INT64_C(1718292120000)}, /* Thu 2024-06-13 17:22 */
    {"chemical", "chemical works (Chemiewerk Süd)", "Europe/Berlin", INT64_C(1718410320000)}, /* Sat 2024-06-15 02:12 */
};
const size_t sim_industry_count = sizeof sim_industries / sizeof *sim_industries;

static const struct type silent = {.name = "orders", .flags = TYPE_SILENT};

/* ---- building ---- */

static struct station *add_station(struct sim *sim, const struct type *type, const char *line_path, const char *unit)
{
    const struct plant_spec *plant = sim->plant;
    char path[160];
    struct station *s = &sim->stations[sim->station_count++];
    *s = (struct station){.plant = plant, .type = type ? type : &silent};
    snprintf(path, sizeof path, "%s%s%s%s%s", plant->site, *line_path ? "/" : "", line_path, *unit ? "/" : "", unit);
    s->node = mem_text(path);
    snprintf(path, sizeof path, "%s/%s%s%s", plant->root, *line_path ? line_path : "site", *unit ? "/" : "", unit);
    s->topic = mem_text(path);
    return s;
}

static void unit_name(const struct unit_spec *u, int k, char *out, size_t cap)
{
    if (u->count)
        snprintf(out, cap, "%s%0*d", u->prefix, u->digits, k + 1);
    else
        snprintf(out, cap, "%s", u->prefix);
}

static void add_line(struct sim *sim, struct line *line, uint64_t seed)
{
    char path[96], name[32];
    const struct line_spec *spec = line->spec;
    int next = 0;
    snprintf(path, sizeof path, "%s/%s", spec->area, spec->name);
    struct station *s = add_station(sim, spec->type, path, "");
    s->line = line;
    s->is_line = true;
    s->machine = &line->machines[spec->flags & LINE_RIGID ? 0 : spec->constraint];
    station_init(s, seed, sim->station_count);
    for (const struct unit_spec *u = spec->units; u < spec->units + MAX_UNITS && u->type; u++)
        for (int k = 0; k < (u->count ? u->count : 1); k++) {
            unit_name(u, k, name, sizeof name);
            s = add_station(sim, u->type, path, name);
            s->line = line;
            s->machine = &line->machines[spec->flags & LINE_RIGID ? 0 : next++];
            station_init(s, seed, sim->station_count);
        }
}

static size_t stations_of(const struct line_spec *spec)
{
    size_t count = 1;
    for (const struct unit_spec *u = spec->units; u < spec->units + MAX_UNITS && u->type; u++)
        count += (size_t)(u->count ? u->count : 1);
    return count;
}

static void build(struct sim *sim, uint64_t seed, int64_t from_ms)
{
    const struct plant_spec *plant = sim->plant;
    size_t count = 1;
    for (size_t i = 0; i < plant->line_count; i++)
        count += stations_of(&plant->lines[i]);
    sim->lines = mem_zero(plant->line_count, sizeof *sim->lines);
    sim->stations = mem_zero(count, sizeof *sim->stations);
    sim->strangers = mem_zero(plant->stranger_count, sizeof *sim->strangers);
    sim->dice = dice_make(seed, 0);
    for (size_t i = 0; i < plant->line_count; i++) {
        line_init(&sim->lines[i], &plant->lines[i], seed, 1000 + i, from_ms);
        add_line(sim, &sim->lines[i], seed);
    }
    add_station(sim, plant->site_type, "", "");
    station_init(&sim->stations[sim->station_count - 1], seed, sim->station_count);
    for (size_t i = 0; i < plant->stranger_count; i++)
        sim->strangers[i] = plant->strangers[i].middle;
}

/* ---- running ---- */

static void move_signals(struct sim *sim, struct station *s, int64_t now_ms)
{
    double kw = sim->plant->base_power;
    if (!s->line)
        for (size_t i = 0; i < sim->station_count; i++)
            kw += station_power(&sim->stations[i]);
    station_move(s, now_ms, kw);
}

/* A shift up to now, unseen, in steps of a second; then what the plant is to begin with: the first faults, and one counter
 * that rolls over within the hour, as 32 bits do once in a real plant's life. */
static void warm_up(struct sim *sim)
{
    const struct plant_spec *plant = sim->plant;
    for (int64_t t = sim->start_ms - WARM_UP_MS; t < sim->start_ms; t += SECOND_MS) {
        for (size_t i = 0; i < plant->line_count; i++)
            line_advance(&sim->lines[i], t, SECOND_MS);
        for (size_t i = 0; t >= sim->start_ms - SIGNAL_WARM_UP_MS && i < sim->station_count; i++)
            move_signals(sim, &sim->stations[i], t);
    }
    for (size_t i = 0; i < plant->line_count; i++)
        if (plant->lines[i].first_fault_s > 0)
            line_schedule_fault(&sim->lines[i], sim->start_ms, (int64_t)(plant->lines[i].first_fault_s * 1000.0));
    /* The fault that is near has drifted for minutes already. */
    for (int64_t t = sim->start_ms - FAULT_LEAD_MS; t < sim->start_ms; t += SECOND_MS)
        for (size_t i = 0; i < sim->station_count; i++)
            if (sim->stations[i].line && sim->stations[i].line->spec->first_fault_s > 0)
                move_signals(sim, &sim->stations[i], t);
    sim->lines[0].machines[0].good = UINT32_MAX - 100;
}

static void publish_strangers(struct sim *sim, int64_t now_ms, const struct sim_sink *sink)
{
    for (size_t i = 0; i < sim->plant->stranger_count; i++) {
        const struct stranger *g = &sim->plant->strangers[i];
        if ((sim->tick - (int64_t)i * 3) % (g->period_s * 10) != 0)
            continue;
        sim->strangers[i] += (g->middle - sim->strangers[i]) / 20 + g->spread * 0.3 * dice_noise(&sim->dice);
        sim_text_clear(&sim->scratch);
        if (g->member)
            sim_text_add(&sim->scratch, "{\"%s\":%.*f}", g->member, g->decimals, sim->strangers[i]);
        else
            sim_text_add(&sim->scratch, "%.*f", g->decimals, sim->strangers[i]);
        if (sink->message)
            sink->message(sink->arg, &(struct sim_message){.topic = g->topic, .payload = sim->scratch.bytes,
                .payload_length = sim->scratch.length, .ts_ms = now_ms});
    }
}

static void run_tick(struct sim *sim, const struct sim_sink *sink)
{
    int64_t now_ms = sim->start_ms + sim->tick * SIM_TICK_MS;
    for (size_t i = 0; i < sim->plant->line_count; i++)
        line_advance(&sim->lines[i], now_ms, SIM_TICK_MS);
    for (size_t i = 0; i < sim->station_count; i++) {
        struct station *s = &sim->stations[i];
        station_use(s, now_ms, sink);
        if (sim->tick % 10 == s->phase)
            move_signals(sim, s, now_ms);
        station_publish(s, now_ms, sim->tick, sim->tick == 0, &sim->scratch, sink);
        station_used(s, now_ms);
    }
    publish_strangers(sim, now_ms, sink);
    sim->last_ms = now_ms;
    sim->tick++;
}

struct sim *sim_create(const struct sim_options *options, struct error *err)
{
    const struct plant_spec *plant = NULL;
    for (size_t i = 0; options->industry && i < sizeof plants / sizeof *plants; i++)
        if (strcmp(plants[i]->name, options->industry) == 0)
            plant = plants[i];
    if (options->industry && !plant) {
        error_set(err, "no industry is named \"%.40s\"; there are " SIM_INDUSTRIES, options->industry);
        return NULL;
    }
    if (!plant && !load_check(options, err))
        return NULL;
    struct sim *sim = mem_zero(1, sizeof *sim);
    sim->start_ms = sim->last_ms = options->start_ms;
    if (!plant) {
        sim->load = load_create(options);
        return sim;
    }
    sim->plant = plant;
    build(sim, options->seed, options->start_ms - WARM_UP_MS);
    warm_up(sim);
    return sim;
}

void sim_destroy(struct sim *sim)
{
    if (!sim)
        return;
    for (size_t i = 0; i < sim->station_count; i++)
        station_finish(&sim->stations[i]);
    load_destroy(sim->load);
    free(sim->lines);
    free(sim->stations);
    free(sim->strangers);
    free(sim->scratch.bytes);
    free(sim);
}

void sim_step(struct sim *sim, int64_t until_ms, const struct sim_sink *sink)
{
    if (sim->load) {
        load_step(sim->load, until_ms, sink);
        return;
    }
    while (sim->start_ms + sim->tick * SIM_TICK_MS <= until_ms)
        run_tick(sim, sink);
    if (until_ms > sim->last_ms)
        sim->last_ms = until_ms;
}

void sim_close(struct sim *sim, const struct sim_sink *sink)
{
    for (size_t i = 0; i < sim->station_count; i++)
        station_close(&sim->stations[i], sim->last_ms, sink);
}

void sim_tags(const struct sim *sim, void (*take)(void *arg, const struct sim_tag *tag), void *arg)
{
    for (size_t i = 0; i < sim->station_count; i++)
        station_tags(&sim->stations[i], take, arg);
}
