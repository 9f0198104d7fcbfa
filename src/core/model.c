#include "core/model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"

static bool key_is(const void *context, uint32_t number, const void *key)
{
    char have[KEY_BYTES];
    model_tag_key(context, number, have, sizeof have);
    return strcmp(have, key) == 0;
}

static void add_key(struct model *model, uint32_t tag)
{
    char key[KEY_BYTES];
    size_t length = model_tag_key(model, tag, key, sizeof key);
    hash_index_add(&model->by_key, hash_bytes(key, length), tag);
}

struct model *model_create(const struct plant *plant)
{
    assert(plant->node_count > 0);
    struct model *model = mem_zero(1, sizeof *model);
    model->plant = plant;
    model->gap = -1;
    model->tag_count = model->tag_capacity = plant->tag_count;
    model->tags = mem_zero(plant->tag_count, sizeof *model->tags);
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        model->tags[t].node = plant->tags[t].node;
        model->tags[t].def = plant->tags[t].def;
        model->tags[t].publisher = NO_PUBLISHER;
        add_key(model, t);
    }
    model->nodes = mem_zero(plant->node_count, sizeof *model->nodes);
    for (uint32_t n = 0; n < plant->node_count; n++)
        model->nodes[n].heard_elapsed_ms = -1;
    standing_recount(model);
    publishers_create(model);
    model->alarms = alarms_create(model);
    model->accounts = accounts_create(model);
    model->dues = dues_create(model);
    model->energies = energies_create(model);
    timers_init(&model->timers, 2 * plant->node_count + 3 * plant->tag_count + plant->alarm_count + 1 + plant->node_count + plant->meter_count + plant->demand_count + plant->emission_count);
    model_arm(model);
    return model;
}

void model_tag_release(struct tag *tag)
{
    free(tag->text);
    free(tag->ring);
    free(tag->tally);
    change_release(tag);
    tag->text = NULL;
    tag->tally = NULL;
    tag->ring = NULL;
}

void model_node_release(struct node_state *node)
{
    free(node->intervals);
    node->intervals = NULL;
}

void model_destroy(struct model *model)
{
    if (!model)
        return;
    for (size_t t = 0; t < model->tag_count; t++)
        model_tag_release(&model->tags[t]);
    for (size_t k = 0; k < model_discovered(model); k++)
        free(model->keys[k]);
    for (size_t n = 0; n < model->plant->node_count; n++)
        model_node_release(&model->nodes[n]);
    for (size_t s = 0; s < model->source_count; s++) {
        free(model->sources[s].name);
        free(model->sources[s].detail);
    }
    free(model->tags);
    free(model->keys);
    free(model->by_series);
    free(model->nodes);
    free(model->sources);
    free(model->changes);
    standing_finish(model);
    publishers_finish(model);
    skews_clear(model);
    alarms_destroy(model->alarms, model->plant);
    accounts_destroy(model->accounts, model->plant);
    dues_destroy(model->dues);
    energies_destroy(model->energies, model->plant);
    outcomes_finish(&model->outcomes);
    hash_index_finish(&model->by_key);
    timers_finish(&model->timers);
    free(model);
}

uint32_t model_add_discovered(struct model *model, const char *key)
{
    size_t place = model_discovered(model);
    if ((int64_t)place >= model->plant->bounds.limit[BOUND_SERIES])
        return NO_TAG;
    model->keys = mem_grow(model->keys, place, &model->key_capacity, sizeof *model->keys);
    model->keys[place] = mem_text(key);
    model->tags = mem_grow(model->tags, model->tag_count, &model->tag_capacity, sizeof *model->tags);
    uint32_t tag = (uint32_t)model->tag_count++;
    model->tags[tag] = (struct tag){.node = NO_NODE, .publisher = NO_PUBLISHER};
    standing_discovered(model);
    hash_index_add(&model->by_key, hash_bytes(key, strlen(key)), tag);
    publishers_added(model, tag);
    return tag;
}

void model_set_series(struct model *model, uint32_t tag, uint32_t series)
{
    if (series == 0 || series >= SERIES_MOST)
        return;
    if (series >= model->series_capacity) {
        size_t capacity = model->series_capacity ? model->series_capacity : 64;
        while (capacity <= series)
            capacity += capacity / 2;
        model->by_series = mem_resize(model->by_series, capacity, sizeof *model->by_series);
        for (size_t s = model->series_capacity; s < capacity; s++)
            model->by_series[s] = NO_TAG;
        model->series_capacity = capacity;
    }
    uint32_t old = model->tags[tag].series;
    if (old && model->by_series[old] == tag)
        model->by_series[old] = NO_TAG;
    model->by_series[series] = tag;
    model->tags[tag].series = series;
}

struct source *model_add_source(struct model *model, const char *name)
{
    for (size_t s = 0; s < model->source_count; s++)
        if (strcmp(model->sources[s].name, name) == 0)
            return &model->sources[s];
    if (model->source_count == SOURCES_MOST)
        return NULL;
    model->sources = mem_grow(model->sources, model->source_count, &model->source_capacity, sizeof *model->sources);
    struct source *source = &model->sources[model->source_count++];
    *source = (struct source){.name = mem_text(name), .detail = mem_text("")};
    return source;
}

uint32_t model_find(const struct model *model, const char *key)
{
    return hash_index_find(&model->by_key, hash_bytes(key, strlen(key)), key_is, model, key);
}

uint32_t model_find_series(const struct model *model, uint32_t series)
{
    return series < model->series_capacity ? model->by_series[series] : NO_TAG;
}

size_t model_tag_key(const struct model *model, uint32_t tag, char *out, size_t cap)
{
    if (tag < model->plant->tag_count)
        return plant_tag_key(model->plant, tag, out, cap);
    const char *key = tag < model->tag_count ? model->keys[tag - model->plant->tag_count] : "";
    size_t length = strlen(key);
    if (length >= cap)
        length = cap - 1;
    memcpy(out, key, length);
    out[length] = '\0';
    return length;
}

const struct plant *model_plant(const struct model *model) { return model->plant; }
uint64_t model_seq(const struct model *model) { return model->seq; }
int64_t model_wall(const struct model *model) { return model->wall; }
int64_t model_elapsed(const struct model *model) { return model->elapsed; }
uint64_t model_samples(const struct model *model) { return model->samples; }
uint64_t model_config_id(const struct model *model) { return model->config_id; }
size_t model_tag_count(const struct model *model) { return model->tag_count; }
size_t model_discovered(const struct model *model) { return model->tag_count - model->plant->tag_count; }
const struct tag *model_tag(const struct model *model, uint32_t tag) { return &model->tags[tag]; }
const struct node_state *model_node(const struct model *model, uint32_t node) { return &model->nodes[node]; }
size_t model_source_count(const struct model *model) { return model->source_count; }
const struct source *model_source(const struct model *model, size_t index) { return &model->sources[index]; }
const struct drop_count *model_drops(const struct model *model, enum drop reason) { return &model->drops[reason]; }
int64_t model_next_deadline(const struct model *model) { return timers_next(&model->timers); }
