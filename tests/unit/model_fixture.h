/*
 * model_fixture: a small works and one-line helpers, so that a test of the fold reads like a story.
 *
 *     struct works w;
 *     works_open(&w);
 *     at(&w, 1000); sample(&w, "works/l1/press/state", value_int(6)); close_batch(&w);
 */
#ifndef ANDON_TESTS_MODEL_FIXTURE_H
#define ANDON_TESTS_MODEL_FIXTURE_H

#include "core/model.h"
#include "core/pack.h"
#include "core/plant_build.h"

#define T0 INT64_C(1718178720000) /* 2024-06-12 07:52:00 UTC */

struct works {
    struct plant *plant;
    struct model *model;
    struct batch batch;
    int64_t now;    /* of the open batch, ms after T0 */
    int64_t closed; /* of the last closed one */
    int orders;     /* how often each batch is put into order before it is folded */
    struct packer events, intervals, buckets, gains, stops, energies; /* every outcome so far */
};

static inline struct meter works_meter(uint32_t node, const char *name, enum meter_kind kind, uint32_t tag)
{
    return (struct meter){.node = node, .name = name, .kind = kind, .tag = tag, .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .power_tag = NO_TAG, .parent = NO_METER,
        .gap_ms = 20000, .most = kind == METER_REGISTER ? 10000 : 90};
}

/* site works, line l1 (ideal 10 s, constraint press), units: press (state, mode of packml), robot (state derived from its
 * counter, ideal 2 s), oven (silent after 10 s); tags of the press: temp (interval 1 s), good, text, a setpoint, order, recipe. Its temp is taken for a power
 * too, and good for a register, so that there are meters. */
static inline struct plant *works_plant(void)
{
    struct plant_build b;
    plant_build_init(&b);
    plant_add_broker(&b, (struct plant_broker){.name = "main", .url = "mqtt://127.0.0.1", .version = 5});
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t all = plant_add_meter(&b, works_meter(site, "all", METER_SUM, NO_TAG));
    plant_add_demand(&b, (struct demand){.name = "block", .meter = all, .block_ms = 120000, .limit = 60, .warn = NAN, .sync_tag = NO_TAG, .forecast_tag = NO_TAG, .mean_tag = NO_TAG});
    plant_add_demand(&b, (struct demand){.name = "rolling", .meter = all, .kind = DEMAND_ROLLING, .block_ms = 120000, .limit = NAN, .warn = NAN, .sync_tag = NO_TAG, .forecast_tag = NO_TAG,
        .mean_tag = NO_TAG});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1", .ideal_cycle_s = 10});
    uint32_t press = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "press"});
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    uint32_t heat = plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "temp", .interval_ms = 1000, .unit = "°C"}));
    uint32_t good = plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "reason", .kind = KIND_TEXT}));
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "force", .title = "press force", .kind = KIND_SETPOINT, .unit = "kN", .decimals = 1}));
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "order", .kind = KIND_TEXT}));
    plant_add_tag(&b, press, plant_add_def(&b, (struct tag_def){.name = "program", .kind = KIND_RECIPE}));
    plant_add_meter(&b, works_meter(press, "power", METER_POWER, heat));
    plant_add_meter(&b, works_meter(press, "register", METER_REGISTER, good));
    uint32_t robot = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "robot", .ideal_cycle_s = 2, .stop_after_cycles = 5});
    plant_add_tag(&b, robot, plant_add_def(&b, (struct tag_def){.name = "good", .kind = KIND_COUNTER}));
    uint32_t oven = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = "oven", .silent_after_ms = 10000});
    plant_add_tag(&b, oven, plant_add_def(&b, (struct tag_def){.name = "state", .kind = KIND_STATE}));
    uint32_t temp = plant_add_tag(&b, oven, plant_add_def(&b, (struct tag_def){.name = "temp"}));
    uint32_t dust = plant_add_meter(&b, works_meter(oven, "dust", METER_EMISSION, temp));
    plant_add_emission(&b, (struct emission){.name = "dust", .meter = dust, .limit = {30, NAN, NAN}, .o2_tag = heat, .o2_reference = 11, .forecast_tag = NO_TAG, .mean_tag = NO_TAG});
    plant_add_binding(&b, (struct plant_binding){.topic = "oven/temp", .broker = 0, .time_path = "",
        .fields = (struct plant_field[]){{"", temp}}, .field_count = 1});
    plant_add_reason(&b, NO_REASON, (struct reason){.name = "jam"});
    plant_add_reason(&b, NO_REASON, (struct reason){.name = "setup", .has_class = true, .class = CLASS_SETUP});
    return plant_build_finish(&b);
}

static inline void works_open_plant(struct works *w, struct plant *plant)
{
    *w = (struct works){.plant = plant};
    w->model = model_create(w->plant);
    batch_init(&w->batch);
    for (uint32_t t = 0; t < w->plant->tag_count; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(w->plant, t, key, sizeof key);
        batch_add(&w->batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(&w->batch, key, length)});
    }
}

static inline void works_close(struct works *w)
{
    batch_finish(&w->batch);
    packer_finish(&w->events);
    packer_finish(&w->intervals);
    packer_finish(&w->buckets);
    packer_finish(&w->gains);
    packer_finish(&w->stops);
    packer_finish(&w->energies);
    model_destroy(w->model);
    plant_destroy(w->plant);
}

static inline void works_open(struct works *w)
{
    works_open_plant(w, works_plant());
}

/* Notes what the last batch gave rise to: each kind of outcome in its own order. */
static inline void listen(struct works *w)
{
    const struct outcomes *o = model_outcomes(w->model);
    for (size_t e = 0; e < o->event_count; e++)
        event_pack(&o->events[e], &w->events);
    for (size_t i = 0; i < o->interval_count; i++) {
        pack_text(&w->intervals, o->intervals[i].path);
        pack_text(&w->intervals, o->intervals[i].word);
        pack_varint(&w->intervals, o->intervals[i].seq);
        pack_zigzag(&w->intervals, o->intervals[i].start_ms);
        pack_zigzag(&w->intervals, o->intervals[i].end_ms);
        pack_u8(&w->intervals, o->intervals[i].state);
    }
    for (size_t b = 0; b < o->bucket_count; b++) {
        pack_varint(&w->buckets, o->buckets[b].series);
        pack_zigzag(&w->buckets, o->buckets[b].start_ms);
        pack_double(&w->buckets, o->buckets[b].gained);
        pack_u8(&w->buckets, o->buckets[b].flagged);
    }
    for (size_t g = 0; g < o->gain_count; g++)
        gain_pack(&o->gains[g], &w->gains);
    for (size_t s = 0; s < o->stop_count; s++)
        stop_version_pack(&o->stops[s], &w->stops);
    for (size_t e = 0; e < o->energy_count; e++)
        energy_gain_pack(&o->energies[e], &w->energies);
}

/* Closes the open batch at `ms` after T0. */
static inline void step(struct works *w, int64_t ms)
{
    w->batch.seq++;
    w->batch.wall_ms = T0 + ms;
    w->batch.elapsed_ms = ms - w->closed;
    w->closed = ms;
    for (int o = 0; o < w->orders; o++)
        batch_order(&w->batch);
    model_apply(w->model, &w->batch);
    listen(w);
    batch_clear(&w->batch);
}

static inline struct record *put(struct works *w, const char *key, struct value v)
{
    uint32_t tag = model_find(w->model, key);
    uint32_t series = tag == NO_TAG || !model_tag(w->model, tag)->series ? tag + 1 : model_tag(w->model, tag)->series;
    batch_add(&w->batch, (struct record){.kind = RECORD_SAMPLE, .series = series, .time_ms = T0 + w->now, .value = v, .quality = QUALITY_GOOD,
        .flags = SAMPLE_SOURCE_TIME});
    return &w->batch.records[w->batch.count - 1];
}

/* A sample at `ms`, in a batch of its own. */
static inline void sample(struct works *w, int64_t ms, const char *key, struct value v)
{
    w->now = ms;
    put(w, key, v);
    step(w, ms);
}

static inline const struct tag *tag_of(const struct works *w, const char *key)
{
    return model_tag(w->model, model_find(w->model, key));
}

static inline const struct node_state *node_of(const struct works *w, const char *path)
{
    return model_node(w->model, plant_node_by_path(w->plant, path));
}

static inline enum tag_trust trust_of(const struct works *w, const char *key)
{
    return model_trust(w->model, model_find(w->model, key));
}

#define PRESS "works/hall/l1/press"
#define ROBOT "works/hall/l1/robot"
#define OVEN "works/hall/l1/oven"

#endif
