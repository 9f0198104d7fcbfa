/*
 * Where each machine of a type, and each series that no type explains, stands in the plant: which levels of the topics tell machines apart is looked for over all accepted types; the last
 * three of them are area, line and unit.
 */
#include "core/learn_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { LEVELS = LEARN_NODES, LOOSE_MOST = 500, PATH = LEARN_PATH };

void learn_slug(const char *name, char *out, size_t cap)
{
    size_t kept = 0;
    for (; *name && kept + 1 < cap; name++) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (fine || (kept > 0 && out[kept - 1] != '_'))
            out[kept++] = fine ? c : '_';
    }
    out[kept] = '\0';
    if (kept == 0)
        snprintf(out, cap, "x");
}

/* ---- levels ---- */

/* The levels of an instance: its topic's, then those in the payload. */
static size_t levels_of(const struct learned_instance *instance, char separator, char names[LEARN_LEVELS][LEARN_NAME])
{
    const char *const parts[] = {instance->topic, instance->pointer[0] ? instance->pointer + 1 : ""};
    size_t count = 0;
    for (int p = 0; p < 2; p++)
        for (const char *at = parts[p]; *at && count < LEARN_LEVELS; at += *at != '\0') {
            size_t length = learn_level(at, p == 0 ? separator : '\0');
            snprintf(names[count++], LEARN_NAME, "%.*s", (int)length, at);
            at += length;
        }
    return count;
}

bool learn_accepted(const struct learn_plant *w, size_t type)
{
    return !w->accepted || w->accepted[type];
}

static const struct learn_ground *ground_of(const struct learn_plant *w, char separator)
{
    return &w->grounds[separator != '\0'];
}

static void find_ground(struct learn_plant *w, bool separated)
{
    struct learn_ground *ground = &w->grounds[separated];
    char first[LEARN_LEVELS][LEARN_NAME], names[LEARN_LEVELS][LEARN_NAME];
    size_t first_count = 0;
    for (size_t t = 0; t < w->learned->type_count; t++)
        for (size_t i = 0; learn_accepted(w, t) && separated == (w->learned->types[t].separator != '\0') && i < w->learned->types[t].instance_count; i++) {
            size_t count = levels_of(&w->learned->types[t].instances[i], w->learned->types[t].separator, names);
            for (size_t l = 0; l < count; l++) {
                if (l < first_count)
                    ground->varies[l] = ground->varies[l] || strcmp(names[l], first[l]) != 0;
                else
                    memcpy(first[l], names[l], LEARN_NAME);
            }
            first_count = count > first_count ? count : first_count;
        }
    for (size_t l = 0; l < first_count; l++)
        ground->deepest += ground->varies[l];
}

/* Of the n-th level that varies: 0 area, 1 line, 2 unit. */
static size_t place_of(const struct learn_ground *ground, size_t n)
{
    if (ground->deepest == 1)
        return 1;
    return ground->deepest <= LEVELS ? n : n + LEVELS < ground->deepest ? 0 : n + LEVELS - ground->deepest;
}

/* The names of the nodes down to an instance; returns how many. */
static size_t nodes_of(const struct learn_plant *w, const struct learned_type *type, const struct learned_instance *instance, char nodes[LEVELS][LEARN_NAME])
{
    const struct learn_ground *ground = ground_of(w, type->separator);
    char names[LEARN_LEVELS][LEARN_NAME];
    size_t count = levels_of(instance, type->separator, names), seen = 0, depth = 0;
    memset(nodes, 0, LEVELS * LEARN_NAME);
    for (size_t l = 0; l < count; l++) {
        if (!ground->varies[l])
            continue;
        size_t place = place_of(ground, seen++), length = strlen(nodes[place]);
        snprintf(nodes[place] + length, LEARN_NAME - length, "%s%s", length ? "-" : "", names[l]);
        depth = place + 1;
    }
    if (ground->deepest == 1 && depth > 0)
        snprintf(nodes[0], LEARN_NAME, "plant");
    return depth;
}

const struct learned_instance *learn_owner(const struct learned_type *type, size_t leaf)
{
    size_t i = 0;
    while (i + 1 < type->instance_count && type->instances[i].series[leaf] == SIZE_MAX)
        i++;
    return &type->instances[i];
}

size_t learn_main_leaf(const struct learned_type *type)
{
    size_t best = 0, most = 0;
    for (size_t l = 0; l < type->leaf_count; l++) {
        size_t same = 0;
        for (size_t other = 0; learn_is_tag(&type->leaves[l].role) && other < type->leaf_count; other++)
            same += learn_is_tag(&type->leaves[other].role) && strcmp(type->leaves[l].topic, type->leaves[other].topic) == 0;
        if (same > most) {
            most = same;
            best = l;
        }
    }
    return best;
}

void learn_topic(const struct learn_plant *w, const struct learned_type *type, const struct learned_instance *instance, size_t leaf, bool pattern, char *out, size_t cap)
{
    static const char *const captures[LEVELS] = {"{area}", "{line}", "{unit}"};
    const struct learn_ground *ground = ground_of(w, type->separator);
    const char *at = learn_series_at(w->learn, instance->series[leaf])->topic;
    size_t length = 0, seen = 0, level = 0;
    snprintf(out, cap, "%s", at);
    if (!pattern)
        return;
    for (size_t at_level = 0; length < cap; at_level++) {
        size_t n = learn_level(at, type->separator);
        bool own = at_level == type->metric; /* the leaf's own level, which is none of the machine's */
        if (!own && level < type->levels && ground->varies[level])
            length += (size_t)snprintf(out + length, cap - length, "%s", captures[place_of(ground, seen++)]);
        else
            length += (size_t)snprintf(out + length, cap - length, "%.*s", (int)n, at);
        level += !own;
        at += n;
        if (!*at)
            break;
        if (length < cap)
            length += (size_t)snprintf(out + length, cap - length, "%c", *at++);
    }
}

/* A topic with captures, at an instance. */
static void expand(const char *pattern, char nodes[LEVELS][LEARN_NAME], char *out, size_t cap)
{
    static const char *const captures[LEVELS] = {"{area}", "{line}", "{unit}"};
    size_t length = 0;
    out[0] = '\0';
    while (*pattern && length < cap) {
        size_t d = 0;
        while (d < LEVELS && strncmp(pattern, captures[d], 6) != 0)
            d++;
        length += (size_t)snprintf(out + length, cap - length, d < LEVELS ? "%s" : "%.1s", d < LEVELS ? nodes[d] : pattern);
        pattern += d < LEVELS ? 6 : 1;
    }
}

/* Does one topic with captures stand for a leaf's topics of all instances? */
static bool is_pattern(const struct learn_plant *w, const struct learned_type *type, size_t leaf)
{
    char topic[PATH], found[PATH];
    if (!learn_is_tag(&type->leaves[leaf].role))
        return true;
    learn_topic(w, type, learn_owner(type, leaf), leaf, true, topic, sizeof topic);
    for (size_t i = 0; i < type->instance_count; i++) {
        char nodes[LEVELS][LEARN_NAME], clean[LEVELS][LEARN_NAME];
        size_t depth = nodes_of(w, type, &type->instances[i], nodes);
        if (type->instances[i].pointer[0] || depth == 0)
            return false;
        for (size_t d = 0; d < LEVELS; d++)
            learn_slug(nodes[d], clean[d], LEARN_NAME);
        expand(topic, clean, found, sizeof found);
        if (type->instances[i].series[leaf] != SIZE_MAX && strcmp(found, learn_series_at(w->learn, type->instances[i].series[leaf])->topic) != 0)
            return false;
    }
    return true;
}

static enum learn_way way_of(const struct learn_plant *w, const struct learned_type *type)
{
    size_t main = type->leaf_count ? learn_main_leaf(type) : 0, fields = 0;
    bool pattern = ground_of(w, type->separator)->deepest <= LEVELS;
    for (size_t l = 0; l < type->leaf_count; l++) {
        pattern = pattern && is_pattern(w, type, l);
        fields += learn_is_tag(&type->leaves[l].role) && strcmp(type->leaves[l].topic, type->leaves[main].topic) == 0;
    }
    for (size_t i = 0; i < type->instance_count; i++)
        fields = type->instances[i].pointer[0] || type->instances[i].series[main] == SIZE_MAX ? 0 : fields;
    return pattern ? LEARN_PATTERN : fields >= 2 ? LEARN_TOPIC : LEARN_TAGS;
}

static void find_ways(struct learn_plant *w)
{
    w->ways = mem_zero(w->learned->type_count + 1, sizeof *w->ways);
    for (size_t t = 0; t < w->learned->type_count; t++)
        w->ways[t] = learn_accepted(w, t) ? way_of(w, &w->learned->types[t]) : LEARN_TAGS;
}

/* ---- spots ---- */

static struct learn_spot *spot_of(struct learn_plant *w, const char *path, const char *name, size_t depth)
{
    for (size_t i = 0; i < w->spot_count; i++)
        if (strcmp(w->spots[i].path, path) == 0)
            return &w->spots[i];
    w->spots = mem_grow(w->spots, w->spot_count, &w->spot_capacity, sizeof *w->spots);
    struct learn_spot *spot = &w->spots[w->spot_count++];
    *spot = (struct learn_spot){.depth = depth, .type = SIZE_MAX};
    snprintf(spot->path, sizeof spot->path, "%s", path);
    snprintf(spot->title, sizeof spot->title, "%s", name);
    learn_slug(name, spot->name, sizeof spot->name);
    return spot;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct learn_spot *)a)->path, ((const struct learn_spot *)b)->path);
}

static void find_spots(struct learn_plant *w)
{
    for (size_t t = 0; t < w->learned->type_count; t++)
        for (size_t i = 0; learn_accepted(w, t) && i < w->learned->types[t].instance_count; i++) {
            char nodes[LEVELS][LEARN_NAME], path[PATH] = "", clean[LEARN_NAME];
            size_t depth = nodes_of(w, &w->learned->types[t], &w->learned->types[t].instances[i], nodes), length = 0;
            struct learn_spot *spot = NULL;
            for (size_t d = 0; d < depth; d++) {
                learn_slug(nodes[d], clean, sizeof clean);
                length += (size_t)snprintf(path + length, sizeof path - length, "%s%s", d ? "/" : "", clean);
                spot = spot_of(w, path, nodes[d], d);
            }
            if (spot && spot->type == SIZE_MAX) { /* two machines whose names are one when they are written small: the first */
                spot->type = t;
                spot->instance = i;
            }
        }
}

/* In the order in which they are written; who points at them follows. */
static void settle_spots(struct learn_plant *w)
{
    char (*paths)[PATH] = mem_zero(w->single_count + 1, sizeof *paths);
    for (size_t i = 0; i < w->single_count; i++)
        if (w->singles[i].spot != SIZE_MAX)
            memcpy(paths[i], w->spots[w->singles[i].spot].path, PATH);
    if (w->spot_count > 0)
        qsort(w->spots, w->spot_count, sizeof *w->spots, by_path);
    for (size_t i = 0; i < w->single_count; i++)
        for (size_t k = 0; w->singles[i].spot != SIZE_MAX && k < w->spot_count; k++)
            if (strcmp(w->spots[k].path, paths[i]) == 0)
                w->singles[i].spot = k;
    free(paths);
}

bool learn_is_tag(const struct learn_role *role)
{
    return !role->heartbeat && !role->clock && !role->ignored && !role->dropped;
}

/* ---- what no type explains ---- */

/* Does any type's leaf begin with this level of a topic ("telemetry")? Then it names no machine. */
static bool is_leaf_level(const struct learned *learned, const char *level)
{
    size_t length = strlen(level);
    for (size_t t = 0; t < learned->type_count; t++)
        for (size_t l = 0; l < learned->types[t].leaf_count; l++) {
            const char *topic = learned->types[t].leaves[l].topic;
            if (strncmp(topic, level, length) == 0 && (topic[length] == '/' || topic[length] == '\0' || topic[length] == learned->types[t].separator))
                return true;
        }
    return false;
}

/* The node that a topic names by the levels that tell machines apart; SIZE_MAX: none. */
static size_t spot_of_topic(struct learn_plant *w, const struct learn_series *s)
{
    struct learned_instance whole = {.leaves = 0};
    const struct learn_ground *ground = ground_of(w, w->separator);
    char names[LEARN_LEVELS][LEARN_NAME], path[PATH] = "", clean[LEARN_NAME];
    snprintf(whole.topic, sizeof whole.topic, "%s", s->topic);
    size_t count = levels_of(&whole, w->separator, names), seen = 0, length = 0;
    const struct learn_spot *spot = NULL;
    if (ground->deepest == 0 || ground->deepest > LEVELS)
        return SIZE_MAX;
    bool bare = !s->path[0] || strcmp(s->path, "/value") == 0 || strcmp(s->path, "/v") == 0 || strcmp(s->path, "/val") == 0;
    count -= count > 0 && bare; /* a bare value's last level is its name */
    if (ground->deepest == 1) {
        length = (size_t)snprintf(path, sizeof path, "plant");
        spot = spot_of(w, path, "plant", 0);
    }
    for (size_t l = 0; l < count && !is_leaf_level(w->learned, names[l]); l++) {
        if (!ground->varies[l])
            continue;
        size_t depth = place_of(ground, seen++);
        learn_slug(names[l], clean, sizeof clean);
        length += (size_t)snprintf(path + length, sizeof path - length, "%s%s", length ? "/" : "", clean);
        if (length >= sizeof path)
            return SIZE_MAX;
        spot = spot_of(w, path, names[l], depth);
    }
    return spot && seen > 0 ? (size_t)(spot - w->spots) : SIZE_MAX;
}

static bool is_taken(const struct learn_plant *w, size_t spot, const char *name)
{
    const struct learn_spot *at = spot == SIZE_MAX ? NULL : &w->spots[spot];
    for (size_t l = 0; at && at->type != SIZE_MAX && l < w->learned->types[at->type].leaf_count; l++)
        if (strcmp(w->learned->types[at->type].leaves[l].name, name) == 0)
            return true;
    for (size_t i = 0; i < w->single_count; i++)
        if (w->singles[i].spot == spot && strcmp(w->singles[i].name, name) == 0)
            return true;
    return false;
}

static bool has_role(const struct learn_plant *w, size_t spot, enum tag_role role)
{
    const struct learn_spot *at = spot == SIZE_MAX ? NULL : &w->spots[spot];
    for (size_t l = 0; at && at->type != SIZE_MAX && l < w->learned->types[at->type].leaf_count; l++)
        if (w->learned->types[at->type].leaves[l].role.role == role)
            return true;
    for (size_t i = 0; i < w->single_count; i++)
        if (w->singles[i].spot == spot && w->singles[i].role.role == role)
            return true;
    return false;
}

static void add_single(struct learn_plant *w, size_t loose)
{
    const struct learn_series *s = learn_series_at(w->learn, w->learned->loose[loose]);
    const char *last = strrchr(s->path, '/'), *topic_last = learn_last(s->topic, w->separator);
    struct learn_single single = {.loose = loose, .spot = spot_of_topic(w, s), .role = w->learned->loose_roles[loose]};
    char base[LEARN_NAME - 8];
    bool plain = strcmp(s->path, "/value") == 0 || strcmp(s->path, "/v") == 0 || strcmp(s->path, "/val") == 0;
    learn_slug(plain || !last ? topic_last ? topic_last : s->topic : last + 1, base, sizeof base);
    snprintf(single.name, sizeof single.name, "%s", base);
    for (unsigned again = 2; is_taken(w, single.spot, single.name); again++)
        snprintf(single.name, sizeof single.name, "%s-%u", base, again);
    if (single.spot == SIZE_MAX || has_role(w, single.spot, single.role.role)) {
        single.role.role = ROLE_NONE; /* of which machine nobody knows, or another one has it */
        single.role.kind = single.role.kind == KIND_STATE ? KIND_TEXT : single.role.kind;
    }
    w->singles[w->single_count++] = single;
}

static void find_singles(struct learn_plant *w)
{
    w->singles = mem_zero(w->learned->loose_count + 1, sizeof *w->singles);
    for (size_t i = 0; i < w->learned->loose_count && w->single_count < LOOSE_MOST; i++)
        if (learn_is_tag(&w->learned->loose_roles[i]))
            add_single(w, i);
}

void learn_plant_make(struct learn_plant *w, const struct learn *learn, const struct learned *learned, const bool *accepted)
{
    *w = (struct learn_plant){.learn = learn, .learned = learned, .accepted = accepted};
    for (size_t t = learned->type_count; t-- > 0;)
        w->separator = learn_accepted(w, t) ? learned->types[t].separator : w->separator;
    find_ground(w, false);
    find_ground(w, true);
    find_ways(w);
    find_spots(w);
    find_singles(w);
    settle_spots(w);
}

void learn_plant_finish(struct learn_plant *w)
{
    free(w->ways);
    free(w->spots);
    free(w->singles);
}
