/*
 * A struct diff is the work: which series the configuration knows (by its topics and paths), and which tags were heard. A struct known says of a machine of a learnt type where it stands in the
 * configuration: a machine is there already when at least half of its values are.
 */
#include "core/learn_diff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/learn_edit.h"
#include "core/learn_private.h"
#include "core/memory.h"
#include "core/topic.h"

enum { LOOSE_MOST = 50, GONE_MOST = 200 };

#define UNKNOWN_TAG UINT32_MAX /* of a series: the configuration does not know it */
#define ANY_TAG (UINT32_MAX - 1) /* it knows the topic, and an envelope says what is in it */

struct text { char *bytes; size_t count, capacity; };

struct diff {
    const struct learn *learn;
    const struct learned *learned;
    const struct plant *plant;
    uint32_t *tags;  /* by series: the tag that it feeds */
    bool *bound, *heard; /* by tag */
    struct text text, config;
    struct learn_diff *out;
};

static void say(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    while (length >= 0 && t->count + (size_t)length + 1 > t->capacity) {
        t->capacity = t->capacity ? t->capacity * 2 : 4096;
        t->bytes = mem_resize(t->bytes, t->capacity, 1);
    }
    if (length >= 0) {
        vsnprintf(t->bytes + t->count, (size_t)length + 1, format, again);
        t->count += (size_t)length;
    }
    va_end(again);
}

/* ---- what is known ---- */

static uint32_t field_at(const struct plant_binding *binding, const char *path)
{
    for (size_t f = 0; f < binding->field_count; f++)
        if (strcmp(binding->fields[f].path, path) == 0)
            return binding->fields[f].tag;
    /* {"value": ..., "timestamp": ...} is one value by itself */
    if (strcmp(path, "/value") == 0 || strcmp(path, "/v") == 0)
        return field_at(binding, "");
    return UNKNOWN_TAG;
}

static void find_known(struct diff *d)
{
    size_t series = learn_series_count(d->learn, NULL);
    struct topic_tree *tree = topic_tree_create();
    d->tags = mem_zero(series + 1, sizeof *d->tags);
    d->bound = mem_zero(d->plant->tag_count + 1, sizeof *d->bound);
    d->heard = mem_zero(d->plant->tag_count + 1, sizeof *d->heard);
    for (size_t b = 0; b < d->plant->binding_count; b++) {
        uint32_t other;
        topic_tree_add(tree, d->plant->bindings[b].topic, ANY_BROKER, (uint32_t)b, &other);
        for (size_t f = 0; f < d->plant->bindings[b].field_count; f++)
            d->bound[d->plant->bindings[b].fields[f].tag] = true;
    }
    for (size_t i = 0; i < series; i++) {
        const struct learn_series *s = learn_series_at(d->learn, i);
        uint32_t at = topic_tree_find(tree, s->topic, strlen(s->topic), ANY_BROKER);
        const struct plant_binding *binding = at == NO_BINDING ? NULL : &d->plant->bindings[at];
        d->tags[i] = !binding ? UNKNOWN_TAG : binding->envelope ? ANY_TAG : field_at(binding, s->path);
        for (size_t f = 0; binding && binding->envelope && f < binding->field_count; f++)
            d->heard[binding->fields[f].tag] = true;
        if (binding && !binding->envelope && binding->time_path && strcmp(binding->time_path, s->path) == 0 && d->tags[i] == UNKNOWN_TAG)
            d->tags[i] = ANY_TAG; /* its time */
        if (d->tags[i] < d->plant->tag_count)
            d->heard[d->tags[i]] = true;
    }
    topic_tree_destroy(tree);
}

struct known { size_t configured, all; uint32_t node; };

static struct known known_of(const struct diff *d, const struct learned_type *type, const struct learned_instance *instance)
{
    struct known k = {.node = NO_NODE};
    for (size_t l = 0; l < type->leaf_count; l++) {
        uint32_t tag = instance->series[l] == SIZE_MAX ? UNKNOWN_TAG : d->tags[instance->series[l]];
        k.all += instance->series[l] != SIZE_MAX && learn_is_tag(&type->leaves[l].role);
        k.configured += tag != UNKNOWN_TAG && learn_is_tag(&type->leaves[l].role);
        if (tag < d->plant->tag_count && k.node == NO_NODE)
            k.node = d->plant->tags[tag].node;
    }
    return k;
}

static bool is_old(const struct known *k) { return k->configured * 2 >= k->all && k->configured > 0; }

/* ---- what has come ---- */

static const char *last_name(const struct learned_type *type, const struct learned_instance *instance)
{
    const char *path = instance->pointer[0] ? instance->pointer : instance->topic, *last = learn_last(path, instance->pointer[0] ? '\0' : type->separator);
    return last ? last : path;
}

static void path_of(const struct diff *d, uint32_t node, char out[KEY_BYTES])
{
    snprintf(out, KEY_BYTES, "the site");
    if (node != NO_NODE)
        plant_node_path(d->plant, node, out, KEY_BYTES);
}

/* Where would it stand? Beside a machine of its type whose topic begins alike; NO_NODE: nowhere. */
static uint32_t home_of(const struct diff *d, const struct learned_type *type, const struct learned_instance *instance)
{
    size_t length = (size_t)(last_name(type, instance) - (instance->pointer[0] ? instance->pointer : instance->topic));
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learned_instance *other = &type->instances[i];
        struct known k = known_of(d, type, other);
        const char *mine = instance->pointer[0] ? instance->pointer : instance->topic, *its = other->pointer[0] ? other->pointer : other->topic;
        if (is_old(&k) && k.node != NO_NODE && strncmp(mine, its, length) == 0 && (!instance->pointer[0] || strcmp(instance->topic, other->topic) == 0))
            return d->plant->nodes[k.node].parent;
    }
    return NO_NODE;
}

/* The machines of a type below one node, as one range, with those that have come: "p{01..06}". False: their names are no range. */
static bool widened(const struct diff *d, const struct learned_type *type, uint32_t home, char *out, size_t cap)
{
    struct learned_type both = {.separator = type->separator, .instances = mem_zero(type->instance_count + 1, sizeof *both.instances)};
    for (size_t i = 0; i < type->instance_count; i++) {
        struct known k = known_of(d, type, &type->instances[i]);
        if (is_old(&k) ? k.node != NO_NODE && d->plant->nodes[k.node].parent == home : home_of(d, type, &type->instances[i]) == home)
            both.instances[both.instance_count++] = type->instances[i];
    }
    learn_machines(&both, out, cap);
    free(both.instances);
    return strchr(out, '}') && !strchr(out, ' ');
}

static void tell_machines(struct diff *d, const struct learned_type *type, const char *name)
{
    char home_path[KEY_BYTES], range[160], before[KEY_BYTES] = "";
    for (size_t i = 0; i < type->instance_count; i++) {
        const struct learned_instance *instance = &type->instances[i];
        struct known k = known_of(d, type, instance);
        if (is_old(&k))
            continue;
        uint32_t home = home_of(d, type, instance);
        path_of(d, home, home_path);
        d->out->come++;
        say(&d->text, "+ machine of type %s: %s%s%s%s\n", name, instance->topic, instance->pointer, home == NO_NODE ? ", beside none that is configured" : ", belongs to ", home == NO_NODE ? "" : home_path);
        if (home == NO_NODE || strcmp(before, home_path) == 0)
            continue;
        if (!widened(d, type, home, range, sizeof range)) {
            learn_slug(last_name(type, instance), range, sizeof range);
            say(&d->config, "// in units of %s:\n{ name = \"%s\"; type = \"%s\"; }\n\n", home_path, range, name);
            continue;
        }
        memcpy(before, home_path, sizeof before);
        say(&d->text, "    widen its units to: name = \"%s\"; type = \"%s\"\n", range, name);
        say(&d->config, "// in units of %s, instead of those of this type that stand there:\n{ name = \"%s\"; type = \"%s\"; }\n\n", home_path, range, name);
    }
}

static void tell_leaves(struct diff *d, const struct learned_type *type, const char *name)
{
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        size_t old = 0, without = 0;
        for (size_t i = 0; i < type->instance_count; i++) {
            struct known k = known_of(d, type, &type->instances[i]);
            if (!is_old(&k) || type->instances[i].series[l] == SIZE_MAX)
                continue;
            old++;
            without += d->tags[type->instances[i].series[l]] == UNKNOWN_TAG;
        }
        if (without * 2 <= old || !learn_is_tag(&leaf->role))
            continue;
        d->out->come++;
        say(&d->text, "+ value of type %s: %s%s%s, on %zu machines: %s (%s)\n", name, leaf->topic, leaf->path[0] && leaf->topic[0] ? " " : "", leaf->path, without, leaf->role.evidence, learn_sure_names[leaf->role.sure]);
        char *row = learn_config_tag(d->learn, d->learned, type, l);
        say(&d->config, "// in tags of type %s:\n%s\n", name, row);
        free(row);
    }
}

/* ---- what is gone ---- */

static bool is_silent(const struct diff *d, uint32_t node, size_t *bound)
{
    const struct node *n = &d->plant->nodes[node];
    *bound = 0;
    for (uint32_t t = n->first_tag; t < n->first_tag + n->tag_count; t++) {
        *bound += d->bound[t];
        if (d->heard[t])
            return false;
    }
    return *bound > 0;
}

/* Of the tags that equal machines share: is this the first that was not heard on a machine that speaks? How many there are, and how many of these. */
static bool is_first(const struct diff *d, uint32_t tag, size_t *all, size_t *silent)
{
    bool first = true;
    for (uint32_t t = 0; t < d->plant->tag_count; t++) {
        size_t bound;
        if (d->plant->tags[t].def != d->plant->tags[tag].def || !d->bound[t])
            continue;
        (*all)++;
        if (d->heard[t] || is_silent(d, d->plant->tags[t].node, &bound))
            continue;
        (*silent)++;
        first = first && t >= tag;
    }
    return first;
}

static void tell_gone(struct diff *d)
{
    char key[KEY_BYTES];
    size_t bound, said = 0;
    for (uint32_t node = 0; node < d->plant->node_count; node++) {
        const struct node *n = &d->plant->nodes[node];
        if (is_silent(d, node, &bound)) {
            path_of(d, node, key);
            d->out->gone++;
            said++;
            say(&d->text, "- %s%s%s: none of its %zu tags was heard\n", key, n->type[0] ? " of type " : "", n->type, bound);
            continue;
        }
        for (uint32_t t = n->first_tag; t < n->first_tag + n->tag_count; t++) {
            size_t all = 0, silent = 0;
            if (!d->bound[t] || d->heard[t] || !is_first(d, t, &all, &silent))
                continue;
            d->out->gone++;
            if (said++ >= GONE_MOST)
                continue;
            plant_tag_key(d->plant, t, key, sizeof key);
            if (silent > 1)
                say(&d->text, "- %s of type %s: never heard on %zu of %zu machines\n", d->plant->tags[t].def->name, n->type, silent, all);
            else
                say(&d->text, "- %s: never heard\n", key);
        }
    }
    if (said > GONE_MOST)
        say(&d->text, "  and %zu more tags\n", said - GONE_MOST);
}

/* ---- what may be the same under another name ---- */

/* Of a place where one machine of the type fell silent and one has come. */
static void tell_renamed(struct diff *d, const struct learned_type *type, const char *name)
{
    char key[KEY_BYTES];
    for (size_t i = 0; i < type->instance_count; i++) {
        struct known k = known_of(d, type, &type->instances[i]);
        uint32_t home = is_old(&k) ? NO_NODE : home_of(d, type, &type->instances[i]), silent = NO_NODE;
        size_t gone = 0, come = 0, bound;
        if (home == NO_NODE)
            continue;
        for (uint32_t c = plant_first_child(d->plant, home); c != NO_NODE; c = plant_next_sibling(d->plant, c))
            if (strcmp(d->plant->nodes[c].type, name) == 0 && is_silent(d, c, &bound)) {
                gone++;
                silent = c;
            }
        for (size_t other = 0; other < type->instance_count; other++) {
            struct known o = known_of(d, type, &type->instances[other]);
            come += !is_old(&o) && home_of(d, type, &type->instances[other]) == home;
        }
        if (gone != 1 || come != 1)
            continue;
        path_of(d, silent, key);
        d->out->renamed++;
        say(&d->text, "~ %s may be %s now\n", key, last_name(type, &type->instances[i]));
        say(&d->config, "// %s may be \"%s\" now: rename it, and give its tags was = \"%s/{tag}\" to keep their history\n\n", key, last_name(type, &type->instances[i]), key);
    }
}

/* A tag that none of its type's machines sends any more, and a value of the same kind that has come. */
static void tell_renamed_values(struct diff *d, const struct learned_type *type, uint32_t node, const char *name)
{
    const struct node *n = &d->plant->nodes[node];
    for (uint32_t t = n->first_tag; t < n->first_tag + n->tag_count; t++) {
        size_t fits = 0, which = 0;
        if (!d->bound[t] || d->heard[t])
            continue;
        for (size_t l = 0; l < type->leaf_count; l++) {
            const struct learned_instance *owner = learn_owner(type, l);
            bool unknown = owner->series[l] != SIZE_MAX && d->tags[owner->series[l]] == UNKNOWN_TAG && learn_is_tag(&type->leaves[l].role);
            if (unknown && type->leaves[l].role.kind == d->plant->tags[t].def->kind) {
                fits++;
                which = l;
            }
        }
        if (fits != 1)
            continue;
        d->out->renamed++;
        say(&d->text, "~ %s of type %s may be %s%s now\n", d->plant->tags[t].def->name, name, type->leaves[which].topic, type->leaves[which].path);
    }
}

/* ---- all ---- */

static void tell_type(struct diff *d, size_t index)
{
    const struct learned_type *type = &d->learned->types[index];
    const char *name = "";
    uint32_t node = NO_NODE;
    for (size_t i = 0; i < type->instance_count && node == NO_NODE; i++) {
        struct known k = known_of(d, type, &type->instances[i]);
        if (is_old(&k) && k.node != NO_NODE) {
            node = k.node;
            name = d->plant->nodes[node].type;
        }
    }
    if (node != NO_NODE) {
        name = name[0] ? name : type->name;
        tell_machines(d, type, name);
        tell_leaves(d, type, name);
        tell_renamed(d, type, name);
        tell_renamed_values(d, type, node, name);
        return;
    }
    char line[512];
    learn_line(type, line, sizeof line);
    d->out->come++;
    say(&d->text, "+ type %s: %s\n", type->name, line);
    char *block = learn_config_type(d->learn, d->learned, index);
    say(&d->config, "// a new type, in types:\n%s\n", block);
    free(block);
}

static void tell_loose(struct diff *d)
{
    size_t said = 0;
    for (size_t i = 0; i < d->learned->loose_count; i++) {
        const struct learn_series *s = learn_series_at(d->learn, d->learned->loose[i]);
        if (d->tags[d->learned->loose[i]] != UNKNOWN_TAG || !learn_is_tag(&d->learned->loose_roles[i]))
            continue;
        d->out->come++;
        if (said++ < LOOSE_MOST)
            say(&d->text, "+ value: %s%s%s: %s (%s)\n", s->topic, s->path[0] ? " " : "", s->path, d->learned->loose_roles[i].evidence, learn_sure_names[d->learned->loose_roles[i].sure]);
    }
    if (said > LOOSE_MOST)
        say(&d->text, "  and %zu more values\n", said - LOOSE_MOST);
}

void learn_diff_make(const struct learn *learn, const struct learned *learned, const struct plant *plant, struct learn_diff *out)
{
    struct diff d = {.learn = learn, .learned = learned, .plant = plant, .out = out};
    *out = (struct learn_diff){.come = 0};
    find_known(&d);
    say(&d.text, "%s", "");
    say(&d.config, "%s", "");
    for (size_t t = 0; t < learned->type_count; t++)
        if (learned->types[t].instance_count > 0)
            tell_type(&d, t);
    tell_loose(&d);
    tell_gone(&d);
    free(d.tags);
    free(d.bound);
    free(d.heard);
    out->text = d.text.bytes;
    out->config = d.config.bytes;
}

void learn_diff_finish(struct learn_diff *diff)
{
    free(diff->text);
    free(diff->config);
    *diff = (struct learn_diff){.come = 0};
}
