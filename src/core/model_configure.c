/*
 * A new configuration takes over what the old model knows, by key: tags (or by `was` after a rename), nodes by path. What
 * has gone is dropped; discovered tags go too and come back as they speak, since some of them may be configured now.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
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
    o->change = NULL;
    o->tally = NULL;
    if (change_kind(def) != change_kind(o->def) || def->scale != o->def->scale || def->offset != o->def->offset)
        change_release(t);
    if (def->interval_ms == 0)
        t->stale = false;
    if (series)
        model_set_series(model, to, series);
}

uint32_t model_predecessor(const struct model *model, uint32_t tag, const struct model *old)
{
    char key[KEY_BYTES];
    model_tag_key(model, tag, key, sizeof key);
    uint32_t from = model_find(old, key);
    if (from == NO_TAG && model->tags[tag].def->was)
        from = model_find(old, model->tags[tag].def->was);
    return from < old->plant->tag_count ? from : NO_TAG;
}

static void carry_tags(struct model *model, struct model *old)
{
    for (uint32_t t = 0; t < model->plant->tag_count; t++) {
        uint32_t from = model_predecessor(model, t, old);
        if (from != NO_TAG)
            carry_tag(model, t, old, from);
    }
}

/* Does what has told a node's state still tell it? A counter does so only while nothing else may. */
static bool still_told(const struct model *model, uint32_t index)
{
    const uint32_t *roles = model->plant->nodes[index].role_tag;
    if (roles[ROLE_STATE] != NO_TAG)
        return model->tags[roles[ROLE_STATE]].count > 0;
    return model->nodes[index].derived && state_is_derived(model, index) && model->tags[roles[ROLE_GOOD]].count > 0;
}

/* The state's word lives in a plant's map: the new plant's has its own, or another one. */
static void retell(struct model *model, uint32_t index)
{
    struct node_state *node = &model->nodes[index];
    uint32_t tag = model->plant->nodes[index].role_tag[ROLE_STATE];
    node->word = NULL;
    node->derived = node->derived && state_is_derived(model, index);
    node->watching = node->watching && node->derived;
    node->lost = node->lost && still_told(model, index);
    if (node->class != CLASS_UNKNOWN && !still_told(model, index)) {
        state_set(model, index, CLASS_UNKNOWN, PACK_UNDEFINED, NULL, model->wall);
        node->watching = false;
    }
    if (tag == NO_TAG || node->class == CLASS_UNKNOWN)
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

static bool has_broker(const struct plant *plant, const char *name)
{
    for (size_t b = 0; b < plant->broker_count; b++)
        if (strcmp(plant->brokers[b].name, name) == 0)
            return true;
    return false;
}

/* A broker that is not configured any more is not lost: it is no source. */
static void carry_sources(struct model *model, struct model *old)
{
    static const char prefix[] = "broker:";
    for (size_t s = 0; s < old->source_count; s++) {
        struct source *from = &old->sources[s];
        if (strncmp(from->name, prefix, sizeof prefix - 1) == 0 && !has_broker(model->plant, from->name + sizeof prefix - 1))
            continue;
        model->sources = mem_grow(model->sources, model->source_count, &model->source_capacity, sizeof *model->sources);
        model->sources[model->source_count++] = *from;
        *from = (struct source){.name = NULL};
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
    next->any_lost = model->any_lost;
    memcpy(next->drops, model->drops, sizeof next->drops);
    next->event_number = model->event_number;
    next->outcome_seq = model->seq + 1;
    if (model->outcomes_kept) { /* no batch came since the last one */
        next->outcomes = model->outcomes;
        model->outcomes = (struct outcomes){.events = NULL};
    }
    next->outcomes_kept = true;
    next->changes = model->changes;
    next->change_count = model->change_count;
    next->change_capacity = model->change_capacity;
    model->changes = NULL;
    alarms_at(next, next->elapsed);
    carry_tags(next, model);
    band_move(next, model);
    limits_compare(next, model);
    accounts_carry(next, model);
    dues_carry(next, model);
    energies_carry(next, model);
    carry_nodes(next, model);
    accounts_settle(next);
    energies_settle(next);
    carry_sources(next, model);
    publishers_settle(next);
    skews_carry(next, model);
    alarms_carry(next, model);
    standing_recount(next);
    model_arm(next);
    struct model swap = *model;
    *model = *next;
    *next = swap;
    model_destroy(next);
}
