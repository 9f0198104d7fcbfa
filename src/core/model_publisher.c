/*
 * Whether publishers live, as they or their last will say it: samples of tags of role availability, and of what was only discovered under a name that tells it.
 *
 * A struct publisher_state is one of them: plant->publishers in their order, then those that were found, at most PUBLISHERS_MOST. Its liveness follows from its
 * tag's value alone, so that it is never saved. While one is dead its tags are unconfirmed and `forsaken`; a live message confirms the tag that it is of, whoever is
 * said to be dead; when the publisher lives again all that are still forsaken are confirmed. What the broker kept is as true as its publisher lives, and what came
 * in the batch that told of the death was said before it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/model_private.h"

static bool is_found(const struct model *model, size_t publisher)
{
    return publisher >= model->plant->publisher_count;
}

/* ---- what comes from it ---- */

static bool covers(const struct model *model, uint32_t publisher, uint32_t tag)
{
    for (uint32_t p = NO_PUBLISHER; (p = plant_tag_publisher(model->plant, tag, p)) != NO_PUBLISHER;)
        if (p == publisher)
            return true;
    return false;
}

/* The next dead one that a tag comes from. */
static uint32_t next_dead(const struct model *model, uint32_t tag, uint32_t before)
{
    if (model->publishers_dead == 0)
        return NO_PUBLISHER;
    if (tag >= model->plant->tag_count) {
        uint32_t p = model->tags[tag].publisher;
        bool dead = before == NO_PUBLISHER && p != NO_PUBLISHER && model->publishers[p].liveness == LIVENESS_DEAD && model->publishers[p].tag != tag;
        return dead ? p : NO_PUBLISHER;
    }
    while ((before = plant_tag_publisher(model->plant, tag, before)) != NO_PUBLISHER)
        if (model->publishers[before].liveness == LIVENESS_DEAD)
            return before;
    return NO_PUBLISHER;
}

bool publishers_doubt(const struct model *model, uint32_t tag, bool retained)
{
    for (uint32_t p = NO_PUBLISHER; (p = next_dead(model, tag, p)) != NO_PUBLISHER;)
        if (retained || model->publishers[p].dead_seq == model->seq)
            return true;
    return false;
}

static void restore(struct model *model, uint32_t index)
{
    struct tag *tag = &model->tags[index];
    if (!tag->forsaken || next_dead(model, index, NO_PUBLISHER) != NO_PUBLISHER)
        return;
    tag->unconfirmed = tag->forsaken = false;
    standing_tag(model, index);
    if (tag->node == NO_NODE)
        return;
    if (model->plant->tags[index].first_use != UINT32_MAX)
        alarms_tag(model, index, false);
    if (tag->def->role == ROLE_STATE)
        state_told(model, index, model->wall);
    accounts_tag(model, index, model->wall);
}

/* What comes from it changes: forsaken when it died, confirmed when it lives. */
static void spread(struct model *model, uint32_t publisher, int64_t time_ms)
{
    const struct publisher_state *p = &model->publishers[publisher];
    bool found = is_found(model, publisher), dead = p->liveness == LIVENESS_DEAD;
    uint32_t from = found ? (uint32_t)model->plant->tag_count : model->plant->publishers[publisher].first_tag;
    uint32_t end = found ? (uint32_t)model->tag_count : model->plant->publishers[publisher].end_tag;
    for (uint32_t t = from; t < end; t++) {
        if (t == p->tag || (found ? model->tags[t].publisher != publisher : !covers(model, publisher, t)))
            continue;
        if (dead)
            model_forsake(model, t, time_ms);
        else
            restore(model, t);
    }
}

static void tell_event(struct model *model, uint32_t publisher)
{
    char name[KEY_BYTES];
    model_publisher_name(model, publisher, name, sizeof name);
    bool dead = model->publishers[publisher].liveness == LIVENESS_DEAD;
    event_of_source(model, name, dead ? "its publisher is dead" : "its publisher lives again", dead);
}

static void set_liveness(struct model *model, uint32_t publisher, enum liveness liveness)
{
    struct publisher_state *p = &model->publishers[publisher];
    enum liveness was = p->liveness;
    if (liveness == LIVENESS_UNKNOWN || liveness == was)
        return;
    p->liveness = liveness;
    model->publishers_dead += (liveness == LIVENESS_DEAD);
    model->publishers_dead -= (was == LIVENESS_DEAD);
    if (liveness == LIVENESS_DEAD)
        p->dead_seq = model->seq;
    spread(model, publisher, model->tags[p->tag].time_ms);
    if (!is_found(model, publisher) && (was != LIVENESS_UNKNOWN || liveness == LIVENESS_DEAD))
        tell_event(model, publisher);
}

static enum liveness liveness_of(const struct tag *tag, bool words)
{
    const char *text = tag->text ? tag->text : "";
    if (tag->count == 0 || tag->quality == QUALITY_BAD)
        return LIVENESS_UNKNOWN;
    return words ? availability_word(tag->value, text) : availability_value(tag->value, text);
}

/* ---- those that are found ---- */

struct prefix { const char *text; size_t length; };

static const char *key_of(const struct model *model, uint32_t tag)
{
    return model->keys[tag - model->plant->tag_count];
}

static bool is_prefix(const void *context, uint32_t number, const void *key)
{
    const struct model *model = context;
    const struct prefix *prefix = key;
    const struct publisher_state *p = &model->publishers[number];
    return p->prefix == prefix->length && strncmp(key_of(model, p->tag), prefix->text, prefix->length) == 0;
}

static uint32_t find_prefix(const struct model *model, const char *key, size_t length)
{
    return hash_index_find(&model->publisher_index, hash_bytes(key, length), is_prefix, model, &(struct prefix){key, length});
}

/* The publisher whose topics begin as this key does, the longest beginning. */
static uint32_t publisher_of_key(const struct model *model, const char *key)
{
    size_t length = strcspn(key, "#");
    while (length > 0) {
        uint32_t found = find_prefix(model, key, length);
        if (found != HASH_INDEX_NONE)
            return found;
        do
            length--;
        while (length > 0 && key[length] != '/');
    }
    return NO_PUBLISHER;
}

static bool begins_with(const char *key, const char *prefix, size_t length)
{
    return strncmp(key, prefix, length) == 0 && (key[length] == '/' || key[length] == '#');
}

static void hand_over(struct model *model, uint32_t tag, uint32_t publisher)
{
    uint32_t old = model->tags[tag].publisher;
    if (old != NO_PUBLISHER)
        model->publishers[old].tags--;
    model->tags[tag].publisher = publisher;
    model->publishers[publisher].tags++;
}

static uint32_t add_found(struct model *model, uint32_t teller, size_t prefix)
{
    const char *key = key_of(model, teller);
    if (model->publisher_count >= model->plant->publisher_count + PUBLISHERS_MOST || find_prefix(model, key, prefix) != HASH_INDEX_NONE)
        return NO_PUBLISHER;
    model->publishers = mem_grow(model->publishers, model->publisher_count, &model->publisher_capacity, sizeof *model->publishers);
    uint32_t publisher = (uint32_t)model->publisher_count++;
    model->publishers[publisher] = (struct publisher_state){.tag = teller, .prefix = prefix};
    hash_index_add(&model->publisher_index, hash_bytes(key, prefix), publisher);
    for (uint32_t t = (uint32_t)model->plant->tag_count; t < model->tag_count; t++) {
        uint32_t old = model->tags[t].publisher;
        if (begins_with(key_of(model, t), key, prefix) && (old == NO_PUBLISHER || model->publishers[old].prefix < prefix))
            hand_over(model, t, publisher);
    }
    return publisher;
}

void publishers_added(struct model *model, uint32_t tag)
{
    bool words;
    model->tags[tag].teller = availability_key(key_of(model, tag), &words) > 0;
    if (model->publisher_count == model->plant->publisher_count)
        return;
    uint32_t publisher = publisher_of_key(model, key_of(model, tag));
    if (publisher != NO_PUBLISHER)
        hand_over(model, tag, publisher);
}

/* A name alone is no reason to believe: it is a publisher once it has said a word for it. */
static void found_told(struct model *model, uint32_t tag)
{
    bool words;
    size_t prefix = availability_key(key_of(model, tag), &words);
    enum liveness liveness = liveness_of(&model->tags[tag], words);
    uint32_t publisher = model->tags[tag].publisher;
    if (liveness == LIVENESS_UNKNOWN)
        return;
    if (publisher == NO_PUBLISHER || model->publishers[publisher].tag != tag)
        publisher = add_found(model, tag, prefix);
    if (publisher != NO_PUBLISHER)
        set_liveness(model, publisher, liveness);
}

/* ---- all ---- */

void publishers_create(struct model *model)
{
    const struct plant *plant = model->plant;
    model->publisher_count = model->publisher_capacity = plant->publisher_count;
    model->publishers = mem_zero(plant->publisher_count, sizeof *model->publishers);
    for (uint32_t p = 0; p < plant->publisher_count; p++) {
        const struct plant_publisher *of = &plant->publishers[p];
        model->publishers[p].tag = of->tag;
        for (uint32_t t = of->first_tag; t < of->end_tag; t++)
            model->publishers[p].tags += covers(model, p, t);
    }
}

void publishers_finish(struct model *model)
{
    free(model->publishers);
    hash_index_finish(&model->publisher_index);
}

void publishers_told(struct model *model, uint32_t tag)
{
    if (tag >= model->plant->tag_count) {
        found_told(model, tag);
        return;
    }
    uint32_t node = model->tags[tag].node;
    for (uint32_t p = model->plant->nodes[node].publisher; p < model->plant->publisher_count && model->plant->publishers[p].node == node; p++)
        if (model->plant->publishers[p].tag == tag)
            set_liveness(model, p, liveness_of(&model->tags[tag], false));
}

void publishers_settle(struct model *model)
{
    for (uint32_t t = (uint32_t)model->plant->tag_count; t < model->tag_count; t++) {
        bool words;
        size_t prefix = model->tags[t].teller ? availability_key(key_of(model, t), &words) : 0;
        if (prefix && liveness_of(&model->tags[t], words) != LIVENESS_UNKNOWN)
            add_found(model, t, prefix);
    }
    model->publishers_dead = 0;
    for (uint32_t p = 0; p < model->publisher_count; p++) {
        const struct tag *tag = &model->tags[model->publishers[p].tag];
        model->publishers[p].liveness = liveness_of(tag, false);
        model->publishers_dead += model->publishers[p].liveness == LIVENESS_DEAD;
    }
    for (uint32_t t = 0; t < model->tag_count; t++)
        if (model->tags[t].forsaken && next_dead(model, t, NO_PUBLISHER) == NO_PUBLISHER)
            model->tags[t].unconfirmed = model->tags[t].forsaken = false;
}

/* ---- reading ---- */

size_t model_publisher_count(const struct model *model) { return model->publisher_count; }
size_t model_publishers_dead(const struct model *model) { return model->publishers_dead; }

uint32_t model_dead_publisher(const struct model *model, uint32_t tag)
{
    return next_dead(model, tag, NO_PUBLISHER);
}

void model_publisher(const struct model *model, size_t index, struct publisher *out)
{
    const struct publisher_state *p = &model->publishers[index];
    *out = (struct publisher){.tag = p->tag, .node = model->tags[p->tag].node, .liveness = p->liveness,
        .tags = p->tags - (is_found(model, index) && model->tags[p->tag].publisher == index),
        .since_ms = p->liveness == LIVENESS_UNKNOWN ? 0 : model->tags[p->tag].changed_ms};
}

size_t model_publisher_name(const struct model *model, size_t index, char *out, size_t cap)
{
    const struct publisher_state *p = &model->publishers[index];
    if (!is_found(model, index))
        return plant_node_path(model->plant, model->tags[p->tag].node, out, cap);
    const char *key = key_of(model, p->tag);
    size_t skip = model->plant->broker_count == 1 ? strcspn(key, ":") + 1 : 0, length = p->prefix - skip;
    length = length < cap ? length : cap - 1;
    memcpy(out, key + skip, length);
    out[length] = '\0';
    return length;
}
