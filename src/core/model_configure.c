/*
 * A new configuration takes over what the old model knows, by key: tags (or by `was` after a rename), nodes by path. What
 * has gone is dropped; discovered tags go too and come back as they speak, since some of them may be configured now.
 */
#include <stdlib.h>
#include <string.h>

#include "core/model_private.h"

static void carry_tag(struct model *model, uint32_t to, struct model *old, uint32_t from)
{
    struct tag *t = &model->tags[to], *o = &old->tags[from];
    if (from < old->plant->tag_count && t->def->kind != o->def->kind)
        return;
    uint32_t node = t->node, series = o->series;
    const struct tag_def *def = t->def;
    *t = *o;
    t->node = node;
    t->def = def;
    t->series = 0;
    o->text = NULL;
    o->ring = NULL;
    if (def->interval_ms == 0)
        t->stale = false;
    if (series)
        model_set_series(model, to, series);
}

static void carry_tags(struct model *model, struct model *old)
{
    for (uint32_t t = 0; t < model->plant->tag_count; t++) {
        char key[KEY_BYTES];
        model_tag_key(model, t, key, sizeof key);
        uint32_t from = model_find(old, key);
        if (from == NO_TAG && model->tags[t].def->was)
            from = model_find(old, model->tags[t].def->was);
        if (from != NO_TAG && from < old->plant->tag_count)
            carry_tag(model, t, old, from);
    }
}

/* The state's word lives in a plant's map: the new plant's has its own, or another one. */
static void retell(struct model *model, uint32_t index)
{
    struct node_state *node = &model->nodes[index];
    uint32_t tag = model->plant->nodes[index].role_tag[ROLE_STATE];
    node->word = NULL;
    if (tag == NO_TAG || model->tags[tag].count == 0 || node->class == CLASS_UNKNOWN)
        return;
    const struct state_map_row *row = model_state_row(model, tag);
    if (row && row->class == node->class && row->state == node->state)
        node->word = row->word;
    else
        state_told(model, tag, model->wall);
}

static void carry_nodes(struct model *model, struct model *old)
{
    for (uint32_t n = 0; n < model->plant->node_count; n++) {
        char path[KEY_BYTES];
        plant_node_path(model->plant, n, path, sizeof path);
        uint32_t from = plant_node_by_path(old->plant, path);
        if (from == NO_NODE)
            continue;
        model->nodes[n] = old->nodes[from];
        old->nodes[from].intervals = NULL;
        if (model->plant->nodes[n].silent_after_ms == 0)
            model->nodes[n].silent = false;
        retell(model, n);
    }
}

void model_configure(struct model *model, const struct plant *plant)
{
    struct model *next = model_create(plant);
    next->seq = model->seq;
    next->samples = model->samples;
    next->config_id = model->config_id;
    next->wall = model->wall;
    next->elapsed = model->elapsed;
    memcpy(next->boot, model->boot, sizeof next->boot);
    next->clock_step = model->clock_step;
    next->clock_when = model->clock_when;
    next->gap = model->gap;
    next->gap_when = model->gap_when;
    memcpy(next->drops, model->drops, sizeof next->drops);
    carry_tags(next, model);
    carry_nodes(next, model);
    next->sources = model->sources;
    next->source_count = model->source_count;
    next->source_capacity = model->source_capacity;
    model->sources = NULL;
    model->source_count = 0;
    model_arm(next);
    struct model swap = *model;
    *model = *next;
    *next = swap;
    model_destroy(next);
}
