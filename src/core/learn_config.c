/*
 * A configuration of what was learnt. A struct ground says which levels of the topics tell machines apart, and which of area, line and unit each is; a struct spot is a node of the
 * plant that is written, found by its path. A type whose machines' names are names of nodes has one topic with captures; of others each machine has tags with topics of their own.
 * Nothing is written that was not sent: what a person must add stands as a comment with what was measured.
 */
#include "core/learn.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { LEVELS = 3, LOOSE_MOST = 500, PATH = 400, STATES_MOST = LEARN_TEXTS };

struct text { char *bytes; size_t count, capacity; };

struct ground {
    bool varies[LEARN_LEVELS];
    size_t deepest; /* levels that vary in the deepest type */
};

struct spot {
    char path[PATH];      /* "area/line/unit" of slugs */
    char name[LEARN_NAME], title[LEARN_NAME];
    size_t depth;         /* 0: area */
    size_t type, instance; /* SIZE_MAX: none */
};

/* A series that no type explains, at the node that its topic names; SIZE_MAX: at the site. */
struct single { size_t loose, spot; char name[LEARN_NAME]; struct learn_role role; };

struct writer {
    const struct learn *learn;
    const struct learned *learned;
    const bool *accepted;
    struct ground ground;
    struct spot *spots;
    size_t spot_count, spot_capacity;
    struct single *singles;
    size_t single_count;
    struct text out;
};

/* ---- text ---- */

static void say(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0) {
        while (t->count + (size_t)length + 1 > t->capacity) {
            t->capacity = t->capacity ? t->capacity * 2 : 4096;
            t->bytes = mem_resize(t->bytes, t->capacity, 1);
        }
        vsnprintf(t->bytes + t->count, (size_t)length + 1, format, again);
        t->count += (size_t)length;
    }
    va_end(again);
}

/* As a text of the configuration. */
static void say_quoted(struct text *t, const char *text)
{
    say(t, "\"");
    for (; *text; text++)
        say(t, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    say(t, "\"");
}

static void slug(const char *name, char *out, size_t cap)
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
static size_t levels_of(const struct learned_instance *instance, char names[LEARN_LEVELS][LEARN_NAME])
{
    const char *const parts[] = {instance->topic, instance->pointer[0] ? instance->pointer + 1 : ""};
    size_t count = 0;
    for (int p = 0; p < 2; p++)
        for (const char *at = parts[p]; *at && count < LEARN_LEVELS; at += *at == '/') {
            size_t length = strcspn(at, "/");
            snprintf(names[count++], LEARN_NAME, "%.*s", (int)length, at);
            at += length;
        }
    return count;
}

static bool is_accepted(const struct writer *w, size_t type)
{
    return !w->accepted || w->accepted[type];
}

static void find_ground(struct writer *w)
{
    char first[LEARN_LEVELS][LEARN_NAME], names[LEARN_LEVELS][LEARN_NAME];
    size_t first_count = 0;
    for (size_t t = 0; t < w->learned->type_count; t++)
        for (size_t i = 0; is_accepted(w, t) && i < w->learned->types[t].instance_count; i++) {
            size_t count = levels_of(&w->learned->types[t].instances[i], names);
            for (size_t l = 0; l < count; l++) {
                if (l < first_count)
                    w->ground.varies[l] = w->ground.varies[l] || strcmp(names[l], first[l]) != 0;
                else
                    memcpy(first[l], names[l], LEARN_NAME);
            }
            first_count = count > first_count ? count : first_count;
        }
    for (size_t l = 0; l < first_count; l++)
        w->ground.deepest += w->ground.varies[l];
}

/* Of the n-th level that varies: 0 area, 1 line, 2 unit. */
static size_t place_of(const struct ground *ground, size_t n)
{
    if (ground->deepest == 1)
        return 1;
    return ground->deepest <= LEVELS ? n : n + LEVELS < ground->deepest ? 0 : n + LEVELS - ground->deepest;
}

/* The names of the nodes down to an instance; returns how many. */
static size_t nodes_of(const struct writer *w, const struct learned_instance *instance, char nodes[LEVELS][LEARN_NAME])
{
    char names[LEARN_LEVELS][LEARN_NAME];
    size_t count = levels_of(instance, names), seen = 0, depth = 0;
    memset(nodes, 0, LEVELS * LEARN_NAME);
    for (size_t l = 0; l < count; l++) {
        if (!w->ground.varies[l])
            continue;
        size_t place = place_of(&w->ground, seen++), length = strlen(nodes[place]);
        snprintf(nodes[place] + length, LEARN_NAME - length, "%s%s", length ? "-" : "", names[l]);
        depth = place + 1;
    }
    if (w->ground.deepest == 1 && depth > 0)
        snprintf(nodes[0], LEARN_NAME, "plant");
    return depth;
}

/* Can its machines' topics be told by one pattern? */
static bool has_pattern(const struct writer *w, const struct learned_type *type)
{
    if (w->ground.deepest > LEVELS)
        return false;
    for (size_t i = 0; i < type->instance_count; i++) {
        char nodes[LEVELS][LEARN_NAME], clean[LEARN_NAME];
        size_t depth = nodes_of(w, &type->instances[i], nodes);
        if (type->instances[i].pointer[0] || depth == 0)
            return false;
        for (size_t d = w->ground.deepest == 1 ? 1 : 0; d < depth; d++) {
            slug(nodes[d], clean, sizeof clean);
            if (strcmp(clean, nodes[d]) != 0)
                return false;
        }
    }
    return true;
}

/* The topic of a leaf: of an instance as it is, or (`pattern`) with captures. */
static void topic_of(const struct writer *w, const struct learned_type *type, const struct learned_instance *instance, const char *leaf, bool pattern, char *out, size_t cap)
{
    static const char *const captures[LEVELS] = {"{area}", "{line}", "{unit}"};
    size_t length = 0, seen = 0, level = 0;
    out[0] = '\0';
    for (const char *at = instance->topic; *at || level == type->metric; level++) {
        if (level == type->metric && leaf[0]) {
            length += (size_t)snprintf(out + length, cap - length, "%s%s", length ? "/" : "", leaf);
            if (length >= cap || !*at)
                break;
            leaf = "";
        }
        size_t n = strcspn(at, "/");
        if (length >= cap)
            break;
        bool varies = w->ground.varies[level < LEARN_LEVELS ? level : 0];
        if (pattern && varies)
            length += (size_t)snprintf(out + length, cap - length, "%s%s", length ? "/" : "", captures[place_of(&w->ground, seen)]);
        else
            length += (size_t)snprintf(out + length, cap - length, "%s%.*s", length ? "/" : "", (int)n, at);
        seen += varies;
        at += n + (at[n] == '/');
    }
    if (leaf[0] && length < cap)
        snprintf(out + length, cap - length, "%s%s", length ? "/" : "", leaf);
}

/* ---- spots ---- */

static struct spot *spot_of(struct writer *w, const char *path, const char *name, size_t depth)
{
    for (size_t i = 0; i < w->spot_count; i++)
        if (strcmp(w->spots[i].path, path) == 0)
            return &w->spots[i];
    w->spots = mem_grow(w->spots, w->spot_count, &w->spot_capacity, sizeof *w->spots);
    struct spot *spot = &w->spots[w->spot_count++];
    *spot = (struct spot){.depth = depth, .type = SIZE_MAX};
    snprintf(spot->path, sizeof spot->path, "%s", path);
    snprintf(spot->title, sizeof spot->title, "%s", name);
    slug(name, spot->name, sizeof spot->name);
    return spot;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct spot *)a)->path, ((const struct spot *)b)->path);
}

static void find_spots(struct writer *w)
{
    for (size_t t = 0; t < w->learned->type_count; t++)
        for (size_t i = 0; is_accepted(w, t) && i < w->learned->types[t].instance_count; i++) {
            char nodes[LEVELS][LEARN_NAME], path[PATH] = "", clean[LEARN_NAME];
            size_t depth = nodes_of(w, &w->learned->types[t].instances[i], nodes), length = 0;
            struct spot *spot = NULL;
            for (size_t d = 0; d < depth; d++) {
                slug(nodes[d], clean, sizeof clean);
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
static void settle_spots(struct writer *w)
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

/* ---- tags ---- */

static bool is_tag(const struct learn_role *role)
{
    return !role->heartbeat && !role->clock && !role->ignored;
}

static void say_interval(struct text *t, double seconds)
{
    if (seconds >= 0.95)
        say(t, " interval = \"%.0fs\";", round(seconds));
    else if (seconds > 0)
        say(t, " interval = \"%.0fms\";", fmax(round(seconds * 1000), 1));
}

static bool has_words(const struct learn *learn, const struct learned_type *type, size_t leaf)
{
    for (size_t i = 0; i < type->instance_count; i++)
        if (type->instances[i].series[leaf] != SIZE_MAX && learn_series_at(learn, type->instances[i].series[leaf])->texts > 0)
            return true;
    return false;
}

static void say_tag(struct text *t, const char *indent, const char *name, const char *topic, const char *path, const struct learn_role *role, const char *map, bool last)
{
    say(t, "%s{ name = \"%s\";", indent, name);
    if (topic[0]) {
        say(t, " topic = ");
        say_quoted(t, topic);
        say(t, ";");
    }
    if (path[0]) {
        say(t, " path = ");
        say_quoted(t, path);
        say(t, ";");
    }
    if (role->kind != KIND_VALUE)
        say(t, " kind = \"%s\";", tag_kind_names[role->kind]);
    if (role->role != ROLE_NONE)
        say(t, " role = \"%s\";", tag_role_names[role->role]);
    else
        say(t, " role = \"none\";");
    if (map[0])
        say(t, " map = \"%s\";", map);
    if (role->unit[0] && role->sure > LEARN_GUESS)
        say(t, " unit = \"%s\";", role->unit);
    say_interval(t, role->interval_s);
    say(t, " }%s // %s: %s\n", last ? "" : ",", learn_sure_names[role->sure], role->evidence);
}

static size_t last_tag(const struct learned_type *type, const struct learned_instance *instance)
{
    size_t last = SIZE_MAX;
    for (size_t l = 0; l < type->leaf_count; l++)
        if (is_tag(&type->leaves[l].role) && (!instance || instance->series[l] != SIZE_MAX))
            last = l;
    return last;
}

static void say_map_name(const struct writer *w, const struct learned_type *type, size_t leaf, char out[LEARN_NAME * 2])
{
    const struct learn_role *role = &type->leaves[leaf].role;
    out[0] = '\0';
    if (role->kind == KIND_STATE && !role->packml && has_words(w->learn, type, leaf))
        snprintf(out, LEARN_NAME * 2, "%s-%s", type->name, type->leaves[leaf].name);
}

static void say_type(struct writer *w, const struct learned_type *type)
{
    struct text *t = &w->out;
    char topic[PATH], own[PATH], map[LEARN_NAME * 2];
    size_t last = last_tag(type, NULL);
    double fastest = 0;
    topic_of(w, type, &type->instances[0], "", true, topic, sizeof topic);
    say(t, "  // %zu machines, %zu leaves, %zu of them complete\n  { name = \"%s\"; topic = ", type->instance_count, type->leaf_count, type->complete, type->name);
    say_quoted(t, topic);
    say(t, ";\n    tags = (\n");
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        if (leaf->role.fastest_s > 0)
            fastest = leaf->role.fastest_s;
        if (!is_tag(&leaf->role)) {
            say(t, "      // %s: %s, %s\n", leaf->name, leaf->role.heartbeat ? "a heartbeat" : leaf->role.clock ? "the publisher's clock" : "says who it is", leaf->role.evidence);
            continue;
        }
        topic_of(w, type, &type->instances[0], leaf->topic, true, own, sizeof own);
        say_map_name(w, type, l, map);
        say_tag(t, "      ", leaf->name, strcmp(own, topic) == 0 ? "" : own, leaf->path, &leaf->role, map, l == last);
    }
    say(t, "    );\n");
    if (fastest > 0)
        say(t, "    // ideal_cycle = %.1f; // fastest sustained cycle %.1f s: what it is by design only you know\n", fastest, fastest);
    say(t, "  }");
}

/* The tags of a machine that no pattern fits. */
static void say_own_tags(struct writer *w, const struct learned_type *type, const struct learned_instance *instance, const char *indent, bool ends)
{
    struct text *t = &w->out;
    char topic[PATH], path[KEY_BYTES * 2], map[LEARN_NAME * 2];
    size_t last = last_tag(type, instance);
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        if (!is_tag(&leaf->role) || instance->series[l] == SIZE_MAX)
            continue;
        topic_of(w, type, instance, leaf->topic, false, topic, sizeof topic);
        snprintf(path, sizeof path, "%s%s", instance->pointer, leaf->path);
        say_map_name(w, type, l, map);
        say_tag(t, indent, leaf->name, topic, path, &leaf->role, map, ends && l == last);
    }
}

/* ---- states ---- */

static enum state_class class_of(const char *word)
{
    static const struct { enum state_class class; const char *words; } known[] = {
        {CLASS_RUN, " run running execute executing produce producing production auto automatic laufend betrieb blow heating cast casting on "},
        {CLASS_STOP, " stop stopped halt fault faulted error alarm aborted abort steht stoerung emergency down held hold holding "},
        {CLASS_STARVED, " starved starving "}, {CLASS_BLOCKED, " blocked "}, {CLASS_SETUP, " setup changeover ruesten "}, {CLASS_CLEANING, " cleaning clean "},
        {CLASS_MAINTENANCE, " maintenance repair "}, {CLASS_NOT_SCHEDULED, " idle_no_order no_order "},
    };
    char padded[LEARN_TEXT + 3], small[LEARN_TEXT];
    slug(word, small, sizeof small);
    snprintf(padded, sizeof padded, " %s ", small);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strstr(known[i].words, padded))
            return known[i].class;
    return CLASS_UNKNOWN;
}

/* Every word that a machine of the type said. */
static size_t words_of(const struct writer *w, const struct learned_type *type, size_t leaf, char words[STATES_MOST * 2][LEARN_TEXT])
{
    size_t count = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        if (type->instances[i].series[leaf] == SIZE_MAX)
            continue;
        const struct learn_series *s = learn_series_at(w->learn, type->instances[i].series[leaf]);
        for (uint8_t d = 0; d < s->distinct_count; d++) {
            bool seen = false;
            for (size_t k = 0; k < count; k++)
                seen = seen || strcmp(words[k], s->distinct[d]) == 0;
            if (!seen && count < STATES_MOST * 2)
                memcpy(words[count++], s->distinct[d], LEARN_TEXT);
        }
    }
    return count;
}

static void say_map(struct writer *w, const char *name, char words[][LEARN_TEXT], size_t count, bool first)
{
    struct text *t = &w->out;
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        last = class_of(words[i]) != CLASS_UNKNOWN ? i : last;
    say(t, first ? "maps = (\n" : ",\n");
    say(t, "  { name = \"%s\"; states = (\n", name);
    for (size_t i = 0; i < count; i++) {
        enum state_class class = class_of(words[i]);
        say(t, class == CLASS_UNKNOWN ? "    // { from = " : "    { from = ");
        say_quoted(t, words[i]);
        say(t, "; class = \"%s\"; }%s%s\n", class == CLASS_UNKNOWN ? "?" : state_class_table[class].name, class == CLASS_UNKNOWN || i == last ? "" : ",",
            class == CLASS_UNKNOWN ? " what does it mean?" : "");
    }
    say(t, "  ); }");
}

static void single_map(const struct writer *w, size_t index, char out[LEARN_NAME * 2]);

static void say_maps(struct writer *w)
{
    char map[LEARN_NAME * 2], words[STATES_MOST * 2][LEARN_TEXT];
    bool any = false;
    for (size_t type = 0; type < w->learned->type_count; type++)
        for (size_t l = 0; is_accepted(w, type) && l < w->learned->types[type].leaf_count; l++) {
            say_map_name(w, &w->learned->types[type], l, map);
            if (!map[0])
                continue;
            say_map(w, map, words, words_of(w, &w->learned->types[type], l, words), !any);
            any = true;
        }
    for (size_t i = 0; i < w->single_count; i++) {
        const struct learn_series *s = learn_series_at(w->learn, w->learned->loose[w->singles[i].loose]);
        single_map(w, i, map);
        if (!map[0])
            continue;
        memcpy(words, s->distinct, s->distinct_count * sizeof *words);
        say_map(w, map, words, s->distinct_count, !any);
        any = true;
    }
    if (any)
        say(&w->out, "\n);\n\n");
}

/* ---- nodes ---- */

static size_t singles_at(const struct writer *w, size_t spot);
static void say_singles(struct writer *w, size_t spot, const char *indent);

static bool is_below(const struct spot *spot, const struct spot *above)
{
    size_t length = strlen(above->path);
    return spot->depth == above->depth + 1 && strncmp(spot->path, above->path, length) == 0 && spot->path[length] == '/';
}

static void say_spot(struct writer *w, const struct spot *spot, bool last)
{
    static const char *const lists[LEVELS] = {"lines", "units", ""};
    static const char *const indents[LEVELS] = {"  ", "      ", "          "};
    struct text *t = &w->out;
    size_t below = 0, said = 0;
    say(t, "%s{ name = \"%s\";", indents[spot->depth], spot->name);
    if (strcmp(spot->name, spot->title) != 0) {
        say(t, " title = ");
        say_quoted(t, spot->title);
        say(t, ";");
    }
    size_t own = singles_at(w, (size_t)(spot - w->spots));
    const struct learned_type *type = spot->type == SIZE_MAX ? NULL : &w->learned->types[spot->type];
    bool pattern = type && has_pattern(w, type);
    if (pattern)
        say(t, " type = \"%s\";", type->name);
    if (own > 0 || (type && !pattern)) {
        say(t, " tags = (\n");
        if (type && !pattern)
            say_own_tags(w, type, &type->instances[spot->instance], indents[spot->depth], own == 0);
        say_singles(w, (size_t)(spot - w->spots), indents[spot->depth]);
        say(t, "%s);", indents[spot->depth]);
    }
    for (size_t i = 0; i < w->spot_count; i++)
        below += is_below(&w->spots[i], spot);
    if (below > 0) {
        say(t, "\n%s  %s = (\n", indents[spot->depth], lists[spot->depth]);
        for (size_t i = 0; i < w->spot_count; i++)
            if (is_below(&w->spots[i], spot))
                say_spot(w, &w->spots[i], ++said == below);
        say(t, "%s  );", indents[spot->depth]);
    }
    say(t, " }%s\n", last ? "" : ",");
}

/* ---- what no type explains ---- */

/* Does any type's leaf begin with this level of a topic ("telemetry")? Then it names no machine. */
static bool is_leaf_level(const struct learned *learned, const char *level)
{
    size_t length = strlen(level);
    for (size_t t = 0; t < learned->type_count; t++)
        for (size_t l = 0; l < learned->types[t].leaf_count; l++) {
            const char *topic = learned->types[t].leaves[l].topic;
            if (strncmp(topic, level, length) == 0 && (topic[length] == '/' || topic[length] == '\0'))
                return true;
        }
    return false;
}

/* The node that a topic names by the levels that tell machines apart; SIZE_MAX: none. */
static size_t spot_of_topic(struct writer *w, const struct learn_series *s)
{
    struct learned_instance whole = {.leaves = 0};
    char names[LEARN_LEVELS][LEARN_NAME], path[PATH] = "", clean[LEARN_NAME];
    snprintf(whole.topic, sizeof whole.topic, "%s", s->topic);
    size_t count = levels_of(&whole, names), seen = 0, length = 0;
    const struct spot *spot = NULL;
    if (w->ground.deepest == 0 || w->ground.deepest > LEVELS)
        return SIZE_MAX;
    count -= count > 0 && !s->path[0]; /* a bare value's last level is its name */
    if (w->ground.deepest == 1) {
        length = (size_t)snprintf(path, sizeof path, "plant");
        spot = spot_of(w, path, "plant", 0);
    }
    for (size_t l = 0; l < count && !is_leaf_level(w->learned, names[l]); l++) {
        if (!w->ground.varies[l])
            continue;
        size_t depth = place_of(&w->ground, seen++);
        slug(names[l], clean, sizeof clean);
        length += (size_t)snprintf(path + length, sizeof path - length, "%s%s", length ? "/" : "", clean);
        if (length >= sizeof path)
            return SIZE_MAX;
        spot = spot_of(w, path, names[l], depth);
    }
    return spot && seen > 0 ? (size_t)(spot - w->spots) : SIZE_MAX;
}

static bool is_taken(const struct writer *w, size_t spot, const char *name)
{
    const struct spot *at = spot == SIZE_MAX ? NULL : &w->spots[spot];
    for (size_t l = 0; at && at->type != SIZE_MAX && l < w->learned->types[at->type].leaf_count; l++)
        if (strcmp(w->learned->types[at->type].leaves[l].name, name) == 0)
            return true;
    for (size_t i = 0; i < w->single_count; i++)
        if (w->singles[i].spot == spot && strcmp(w->singles[i].name, name) == 0)
            return true;
    return false;
}

static bool has_role(const struct writer *w, size_t spot, enum tag_role role)
{
    const struct spot *at = spot == SIZE_MAX ? NULL : &w->spots[spot];
    for (size_t l = 0; at && at->type != SIZE_MAX && l < w->learned->types[at->type].leaf_count; l++)
        if (w->learned->types[at->type].leaves[l].role.role == role)
            return true;
    for (size_t i = 0; i < w->single_count; i++)
        if (w->singles[i].spot == spot && w->singles[i].role.role == role)
            return true;
    return false;
}

static void add_single(struct writer *w, size_t loose)
{
    const struct learn_series *s = learn_series_at(w->learn, w->learned->loose[loose]);
    const char *last = strrchr(s->path[0] ? s->path : s->topic, '/'), *topic_last = strrchr(s->topic, '/');
    struct single single = {.loose = loose, .spot = spot_of_topic(w, s), .role = w->learned->loose_roles[loose]};
    char base[LEARN_NAME - 8];
    bool plain = strcmp(s->path, "/value") == 0 || strcmp(s->path, "/v") == 0 || strcmp(s->path, "/val") == 0;
    slug(plain || !s->path[0] ? topic_last ? topic_last + 1 : s->topic : last + 1, base, sizeof base);
    snprintf(single.name, sizeof single.name, "%s", base);
    for (unsigned again = 2; is_taken(w, single.spot, single.name); again++)
        snprintf(single.name, sizeof single.name, "%s-%u", base, again);
    if (single.spot == SIZE_MAX || has_role(w, single.spot, single.role.role)) {
        single.role.role = ROLE_NONE; /* of which machine nobody knows, or another one has it */
        single.role.kind = single.role.kind == KIND_STATE ? KIND_TEXT : single.role.kind;
    }
    w->singles[w->single_count++] = single;
}

static void find_singles(struct writer *w)
{
    w->singles = mem_zero(w->learned->loose_count + 1, sizeof *w->singles);
    for (size_t i = 0; i < w->learned->loose_count && w->single_count < LOOSE_MOST; i++)
        if (is_tag(&w->learned->loose_roles[i]))
            add_single(w, i);
}

static size_t singles_at(const struct writer *w, size_t spot)
{
    size_t count = 0;
    for (size_t i = 0; i < w->single_count; i++)
        count += w->singles[i].spot == spot;
    return count;
}

static void single_map(const struct writer *w, size_t index, char out[LEARN_NAME * 2])
{
    const struct single *single = &w->singles[index];
    const struct learn_series *s = learn_series_at(w->learn, w->learned->loose[single->loose]);
    out[0] = '\0';
    if (single->role.kind == KIND_STATE && !single->role.packml && s->texts > 0)
        snprintf(out, LEARN_NAME * 2, "states-%zu", index + 1);
}

/* Their rows, the last of which ends the list. */
static void say_singles(struct writer *w, size_t spot, const char *indent)
{
    size_t count = singles_at(w, spot), said = 0;
    char map[LEARN_NAME * 2];
    for (size_t i = 0; i < w->single_count; i++) {
        const struct single *single = &w->singles[i];
        const struct learn_series *s = learn_series_at(w->learn, w->learned->loose[single->loose]);
        if (single->spot != spot)
            continue;
        single_map(w, i, map);
        say_tag(&w->out, indent, single->name, s->topic, s->path, &single->role, map, ++said == count);
    }
}

static void say_site(struct writer *w)
{
    say(&w->out, "site = { name = \"site\"; // what is it called, and in which zone is it?\n");
    if (singles_at(w, SIZE_MAX) > 0) {
        say(&w->out, "  tags = (\n");
        say_singles(w, SIZE_MAX, "    ");
        say(&w->out, "  );\n");
    }
    say(&w->out, "};\n\n");
}

char *learn_config(const struct learn *learn, const struct learned *learned, const bool *accepted, const char *broker_url)
{
    struct writer w = {.learn = learn, .learned = learned, .accepted = accepted};
    struct text *t = &w.out;
    size_t types = 0, said = 0, areas = 0, area = 0;
    find_ground(&w);
    find_spots(&w);
    find_singles(&w);
    settle_spots(&w);
    say(t, "// Proposed by andon learn from %llu messages of %llu s: %zu series, %zu of them explained by %zu types.\n// Limits, ideal cycles, calendars and targets are yours to add: nobody sent them.\n\n",
        (unsigned long long)learn_messages(learn), (unsigned long long)(learn_span_ms(learn) / 1000), learn_series_count(learn, NULL), learned->explained, learned->type_count);
    say_site(&w);
    say(t, "brokers = ( { name = \"main\"; url = ");
    say_quoted(t, broker_url);
    say(t, "; } );\n\n");
    say_maps(&w);
    for (size_t i = 0; i < learned->type_count; i++)
        types += is_accepted(&w, i) && has_pattern(&w, &learned->types[i]);
    if (types > 0)
        say(t, "types = (\n");
    for (size_t i = 0; i < learned->type_count; i++)
        if (is_accepted(&w, i) && has_pattern(&w, &learned->types[i])) {
            say_type(&w, &learned->types[i]);
            say(t, ++said == types ? "\n);\n\n" : ",\n");
        }
    for (size_t i = 0; i < w.spot_count; i++)
        areas += w.spots[i].depth == 0;
    if (areas > 0)
        say(t, "areas = (\n");
    for (size_t i = 0; i < w.spot_count; i++)
        if (w.spots[i].depth == 0)
            say_spot(&w, &w.spots[i], ++area == areas);
    if (areas > 0)
        say(t, ");\n");
    free(w.spots);
    free(w.singles);
    return w.out.bytes;
}
