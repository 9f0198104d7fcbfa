/*
 * How many tags stand how, kept as they change, so that a screen need not look at all tags to say it.
 *
 * A struct node_standing counts a node's own tags by what each says for itself (`own`), and, where the node is a line or lies in
 * none, what all tags there come to (`sum`): in it a silent node's tags are stale, and a value below its band is outside by whether
 * its node runs. `class` and `silent` are the node's as its `own` went into the sum; tag->standing is what the tag is counted as.
 * One more than there are nodes: the last one counts what was only discovered. Everything here follows from tags and nodes alone,
 * so it is never saved but counted anew. `above` and `below` hold the trusted tags that are outside their band.
 *
 * `stopped_until` tells of each node after when it did not stand still: the end of its newest stop, or a later time where a clock was set;
 * 0 while it never stood, INT64_MAX while it stands. It lies apart from all else so that a search goes through few cache lines.
 *
 * A node without a state of its own runs as its line does, which is only looked at when somebody asks: SUM_BELOW_UNKNOWN.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"

static enum standing_own own_of(const struct tag *tag)
{
    enum tag_trust trust = trust_alone(tag);
    double number;
    if (trust == TRUST_NEVER && tag->def && (tag->def->told || tag->def->role == ROLE_DEFECT)) /* no defect yet, no block that is over: nobody is missed */
        return OWN_QUIET;
    if (trust != TRUST_GOOD || !tag->def || !tag->def->has_normal || !value_number(tag->value, &number))
        return (enum standing_own)trust;
    return number > tag->def->normal[1] ? OWN_ABOVE : number < tag->def->normal[0] ? OWN_BELOW : OWN_GOOD;
}

/* What the node's tags are summed up in: its line, or itself. */
static struct node_standing *place_of(struct model *model, uint32_t node)
{
    uint32_t line = node < model->plant->node_count ? plant_ancestor(model->plant, node, LEVEL_LINE) : NO_NODE;
    return &model->standings[line == NO_NODE ? node : line];
}

/* Takes `count` tags of a node into its sum; a count below zero wraps round and so takes them out. */
static void sum_up(struct node_standing *place, const struct node_standing *node, enum standing_own own, uint32_t count)
{
    bool good = own == OWN_GOOD || own == OWN_ABOVE || own == OWN_BELOW;
    enum tag_trust trust = good ? TRUST_GOOD : (enum tag_trust)own;
    if (own == OWN_QUIET) /* is counted nowhere */
        return;
    if (node->silent && trust != TRUST_NEVER && trust != TRUST_UNCONFIRMED)
        trust = TRUST_STALE;
    place->sum[trust] += count;
    if (trust != TRUST_GOOD)
        return;
    if (own == OWN_ABOVE)
        place->sum[SUM_ABOVE] += count;
    if (own == OWN_BELOW && node->class == CLASS_RUN)
        place->sum[SUM_BELOW_RUNNING] += count;
    if (own == OWN_BELOW && node->class == CLASS_UNKNOWN)
        place->sum[SUM_BELOW_UNKNOWN] += count;
}

void standing_tag(struct model *model, uint32_t index)
{
    struct tag *tag = &model->tags[index];
    enum standing_own was = (enum standing_own)tag->standing, is = own_of(tag);
    if (was == is)
        return;
    uint32_t at = tag->node == NO_NODE ? (uint32_t)model->plant->node_count : tag->node;
    struct node_standing *node = &model->standings[at], *place = place_of(model, at);
    tag->standing = (uint8_t)is;
    node->own[was]--;
    node->own[is]++;
    sum_up(place, node, was, UINT32_MAX);
    sum_up(place, node, is, 1);
    if (was == OWN_ABOVE || is == OWN_ABOVE)
        bitset_put(&model->above, index, is == OWN_ABOVE);
    if (was == OWN_BELOW || is == OWN_BELOW)
        bitset_put(&model->below, index, is == OWN_BELOW);
}

void standing_discovered(struct model *model)
{
    struct node_standing *place = &model->standings[model->plant->node_count];
    place->own[OWN_NEVER]++;
    place->sum[TRUST_NEVER]++;
}

void standing_node(struct model *model, uint32_t index)
{
    const struct node_state *state = &model->nodes[index];
    struct node_standing *node = &model->standings[index];
    if (node->class == state->class && node->silent == state->silent)
        return;
    struct node_standing *place = place_of(model, index);
    for (int own = 0; own < OWN_COUNT; own++)
        sum_up(place, node, (enum standing_own)own, 0 - node->own[own]);
    node->class = state->class;
    node->silent = state->silent;
    for (int own = 0; own < OWN_COUNT; own++)
        sum_up(place, node, (enum standing_own)own, node->own[own]);
}

void standing_moved(struct model *model, uint32_t index, enum state_class before, int64_t time_ms)
{
    if (model->nodes[index].class == CLASS_STOP)
        model->stopped_until[index] = INT64_MAX;
    else if (before == CLASS_STOP)
        model->stopped_until[index] = time_ms;
    standing_node(model, index);
}

static int64_t stopped_until(const struct node_state *node)
{
    size_t i = node->interval_count;
    while (i > 0 && node->intervals[i - 1].class != CLASS_STOP)
        i--;
    return i == 0 ? 0 : node->intervals[i - 1].end_ms ? node->intervals[i - 1].end_ms : INT64_MAX;
}

void standing_amended(struct model *model, uint32_t index)
{
    model->stopped_until[index] = stopped_until(&model->nodes[index]);
}

void standing_finish(struct model *model)
{
    free(model->standings);
    free(model->stopped_until);
    bitset_finish(&model->above);
    bitset_finish(&model->below);
}

void standing_recount(struct model *model)
{
    const struct plant *plant = model->plant;
    standing_finish(model);
    model->standings = mem_zero(plant->node_count + 1, sizeof *model->standings);
    model->stopped_until = mem_zero(plant->node_count, sizeof *model->stopped_until);
    bitset_init(&model->above, plant->tag_count);
    bitset_init(&model->below, plant->tag_count);
    for (uint32_t n = 0; n < plant->node_count; n++) {
        model->standings[n].own[OWN_NEVER] = plant->nodes[n].tag_count;
        place_of(model, n)->sum[TRUST_NEVER] += plant->nodes[n].tag_count;
        model->stopped_until[n] = stopped_until(&model->nodes[n]);
        standing_node(model, n);
    }
    for (size_t d = 0; d < model_discovered(model); d++)
        standing_discovered(model);
    for (uint32_t t = 0; t < model->tag_count; t++) {
        model->tags[t].standing = OWN_NEVER;
        standing_tag(model, t);
    }
}

/* ---- reading ---- */

static bool runs(enum state_class class) { return class == CLASS_RUN || class == CLASS_UNKNOWN; }

void model_standing(const struct model *model, uint32_t node, struct standing *out)
{
    assert(node == NO_NODE || model->plant->nodes[node].level == LEVEL_LINE || plant_ancestor(model->plant, node, LEVEL_LINE) == NO_NODE);
    const struct node_standing *place = &model->standings[node == NO_NODE ? model->plant->node_count : node];
    memcpy(out->trust, place->sum, sizeof out->trust);
    out->outside = place->sum[SUM_ABOVE] + place->sum[SUM_BELOW_RUNNING];
    if (node != NO_NODE && runs(model_line_state(model, node)->class))
        out->outside += place->sum[SUM_BELOW_UNKNOWN];
}

/* Does what the tag hangs on run? Without a state of its own its line says. */
static bool node_runs(const struct model *model, uint32_t node, uint32_t place)
{
    enum state_class own = (enum state_class)model->nodes[node].class;
    return runs(own == CLASS_UNKNOWN ? (enum state_class)model_line_state(model, place)->class : own);
}

uint32_t model_next_outside(const struct model *model, uint32_t place, uint32_t from)
{
    const struct node *nodes = model->plant->nodes;
    const struct node *last = &nodes[nodes[place].level == LEVEL_LINE ? nodes[place].end - 1 : place];
    size_t t = from > nodes[place].first_tag ? from : nodes[place].first_tag, end = last->first_tag + last->tag_count;
    struct standing standing;
    model_standing(model, place, &standing);
    while (standing.outside > 0 && t < end) {
        size_t above = bitset_next(&model->above, t), below = bitset_next(&model->below, t);
        t = above < below ? above : below;
        if (t >= end)
            break;
        uint32_t n = model->tags[t].node;
        size_t rest = nodes[n].first_tag + nodes[n].tag_count;
        if (model->nodes[n].silent)
            t = rest;
        else if (t == above || node_runs(model, n, place))
            return (uint32_t)t;
        else /* all that is left of this node is what is above */
            t = above < rest ? above : rest;
    }
    return NO_TAG;
}

uint32_t model_next_stopped(const struct model *model, uint32_t from, uint32_t end, int64_t since_ms)
{
    while (from < end && model->stopped_until[from] < since_ms)
        from++;
    return from < end ? from : NO_NODE;
}
