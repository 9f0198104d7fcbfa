/*
 * many_alarms: a plant of 100 units with 100 tags each, and a high alarm on every tag (or on none), and batches for it. For the test of floods
 * and for the bench.
 */
#ifndef ANDON_TESTS_MANY_ALARMS_H
#define ANDON_TESTS_MANY_ALARMS_H

#include <stdio.h>

#include "core/model.h"
#include "core/plant_build.h"

enum { MANY_UNITS = 100, MANY_TAGS = 100, MANY = MANY_UNITS * MANY_TAGS };
#define MANY_T0 INT64_C(1718178720000)

static inline struct plant *many_plant(bool alarms)
{
    struct plant_build b;
    const struct tag_def *defs[MANY_TAGS];
    const struct alarm_condition_def limits[] = {{.kind = ALARM_HIGH_HIGH, .limit = 95, .priority = 1}, {.kind = ALARM_HIGH, .limit = 85, .deadband = 1, .priority = 2}};
    plant_build_init(&b);
    uint32_t site = plant_add_node(&b, NO_NODE, (struct node){.level = LEVEL_SITE, .name = "works"});
    uint32_t area = plant_add_node(&b, site, (struct node){.level = LEVEL_AREA, .name = "hall"});
    uint32_t line = plant_add_node(&b, area, (struct node){.level = LEVEL_LINE, .name = "l1"});
    for (int t = 0; t < MANY_TAGS; t++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", t);
        defs[t] = plant_add_def(&b, (struct tag_def){.name = name, .unit = "°C"});
    }
    const struct alarm_def *def = plant_add_alarm_def(&b, (struct alarm_def){.name = "high", .conditions = limits, .condition_count = 2});
    for (int u = 0; u < MANY_UNITS; u++) {
        char name[16];
        uint32_t tags[MANY_TAGS];
        snprintf(name, sizeof name, "u%d", u);
        uint32_t unit = plant_add_node(&b, line, (struct node){.level = LEVEL_UNIT, .name = name});
        for (int t = 0; t < MANY_TAGS; t++)
            tags[t] = plant_add_tag(&b, unit, defs[t]);
        for (int t = 0; alarms && t < MANY_TAGS; t++)
            plant_add_alarm(&b, unit, tags[t], def, NULL, NULL);
    }
    return plant_build_finish(&b);
}

/* Gives every tag its series, in the first batch. */
static inline void many_names(const struct plant *plant, struct batch *batch)
{
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        char key[KEY_BYTES];
        size_t length = plant_tag_key(plant, t, key, sizeof key);
        batch_add(batch, (struct record){.kind = RECORD_SERIES, .series = t + 1, .text = batch_text(batch, key, length)});
    }
}

static inline void many_say(struct batch *batch, uint32_t tag, int64_t ms, double value)
{
    batch_add(batch, (struct record){.kind = RECORD_SAMPLE, .series = tag + 1, .time_ms = MANY_T0 + ms, .value = value_real(value), .quality = QUALITY_GOOD, .flags = SAMPLE_SOURCE_TIME});
}

static inline void many_apply(struct model *model, struct batch *batch, int64_t ms)
{
    batch->seq++;
    batch->elapsed_ms = ms - model_elapsed(model);
    batch->wall_ms = MANY_T0 + ms;
    model_apply(model, batch);
    batch_clear(batch);
}

#endif
