/*
 * A configuration of what was learnt. A type whose machines' names are names of nodes has one topic with captures; of others each machine has tags with topics of their own. Nothing is written
 * that was not sent: what a person must add stands as a comment with what was measured.
 */
#include "core/learn_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { LEVELS = LEARN_NODES, PATH = LEARN_PATH, STATES_MOST = LEARN_TEXTS };

struct text { char *bytes; size_t count, capacity; };

struct writer { struct learn_plant plant; struct text out; };

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

/* ---- tags ---- */

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

/* `s`: a series of the tag, whose topic's messages may be of a format with a name. */
static void say_tag(struct text *t, const char *indent, const char *name, const char *topic, const char *path, const struct learn_series *s, const struct learn_role *role, const char *map, bool last)
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
    if (s->kind)
        say(t, " %s", s->kind->said);
    bool own_numbers = role->kind == KIND_STATE && !role->packml && !map[0]; /* what they mean only a person knows; until then a counter tells whether it runs */
    if (role->kind != KIND_VALUE && !own_numbers)
        say(t, " kind = \"%s\";", tag_kind_names[role->kind]);
    if (role->role != ROLE_NONE && !own_numbers)
        say(t, " role = \"%s\";", tag_role_names[role->role]);
    else
        say(t, " role = \"none\";");
    if (map[0])
        say(t, " map = \"%s\";", map);
    if (role->own_unit[0] || (role->unit[0] && role->sure > LEARN_GUESS)) {
        say(t, " unit = ");
        say_quoted(t, role->own_unit[0] ? role->own_unit : role->unit);
        say(t, ";");
    }
    say_interval(t, role->interval_s);
    say(t, " }%s // %s: %s%s\n", last ? "" : ",", role->chosen ? "chosen by hand" : learn_sure_names[role->sure], role->evidence, own_numbers ? "; a state in numbers of its own: give it a map and kind = \"state\"" : "");
}

static void say_map_name(const struct writer *w, const struct learned_type *type, size_t leaf, char out[LEARN_NAME * 2])
{
    const struct learn_role *role = &type->leaves[leaf].role;
    out[0] = '\0';
    if (role->kind == KIND_STATE && !role->packml && has_words(w->plant.learn, type, leaf))
        snprintf(out, LEARN_NAME * 2, "%s-%s", type->name, type->leaves[leaf].name);
}

static void say_left_out(struct text *t, const struct learned_leaf *leaf)
{
    const struct learn_role *role = &leaf->role;
    say(t, "      // %s: %s, %s\n", leaf->name, role->dropped ? "left out by hand" : role->heartbeat ? "a heartbeat" : role->clock ? "the publisher's clock" : "says who it is", role->evidence);
}

/* Has nearly every machine of the type the leaf? Else those that have it say so themselves. */
static bool is_common(const struct learned_type *type, size_t leaf)
{
    return type->leaves[leaf].present * 10 >= type->instance_count * 8;
}

/* Its fields of one topic; with a pattern, all of them. */
static void say_type(struct writer *w, size_t index)
{
    const struct learned_type *type = &w->plant.learned->types[index];
    struct text *t = &w->out;
    char topic[PATH], own[PATH], map[LEARN_NAME * 2];
    bool pattern = w->plant.ways[index] == LEARN_PATTERN;
    size_t main = learn_main_leaf(type), last = SIZE_MAX;
    double fastest = 0;
    learn_topic(&w->plant, type, learn_owner(type, main), main, true, topic, sizeof topic);
    say(t, "  // %s: %zu machines, %zu leaves, %zu machines have all of them\n  { name = \"%s\";", learn_sure_names[type->sure], type->instance_count, type->leaf_count, type->complete, type->name);
    if (pattern) {
        say(t, " topic = ");
        say_quoted(t, topic);
        say(t, ";");
    }
    say(t, "\n    tags = (\n");
    for (size_t l = 0; l < type->leaf_count; l++)
        if (learn_is_tag(&type->leaves[l].role) && is_common(type, l) && (pattern || strcmp(type->leaves[l].topic, type->leaves[main].topic) == 0))
            last = l;
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        if (leaf->role.fastest_s > 0)
            fastest = leaf->role.fastest_s;
        if (!learn_is_tag(&leaf->role)) {
            say_left_out(t, leaf);
            continue;
        }
        if (!is_common(type, l) || (!pattern && strcmp(leaf->topic, type->leaves[main].topic) != 0))
            continue;
        learn_topic(&w->plant, type, learn_owner(type, l), l, true, own, sizeof own);
        say_map_name(w, type, l, map);
        say_tag(t, "      ", leaf->name, !pattern || strcmp(own, topic) == 0 ? "" : own, leaf->path, learn_series_at(w->plant.learn, learn_owner(type, l)->series[l]), &leaf->role, map, l == last);
    }
    say(t, "    );\n");
    if (fastest > 0)
        say(t, "    // ideal_cycle = %.1f; // fastest sustained cycle %.1f s: what it is by design only you know\n", fastest, fastest);
    say(t, "  }");
}

/* Is a leaf said by the machine itself, and not by its type? */
static bool is_own(const struct writer *w, size_t type_index, const struct learned_instance *instance, size_t leaf)
{
    const struct learned_type *type = &w->plant.learned->types[type_index];
    enum learn_way way = w->plant.ways[type_index];
    bool by_type = way != LEARN_TAGS && is_common(type, leaf) && (way == LEARN_PATTERN || strcmp(type->leaves[leaf].topic, type->leaves[learn_main_leaf(type)].topic) == 0);
    return !by_type && learn_is_tag(&type->leaves[leaf].role) && instance->series[leaf] != SIZE_MAX;
}

static size_t own_count(const struct writer *w, size_t type_index, const struct learned_instance *instance)
{
    size_t count = 0;
    for (size_t l = 0; l < w->plant.learned->types[type_index].leaf_count; l++)
        count += is_own(w, type_index, instance, l);
    return count;
}

/* The tags of a machine that its type does not have. */
static void say_own_tags(struct writer *w, size_t type_index, const struct learned_instance *instance, const char *indent, bool ends)
{
    const struct learned_type *type = &w->plant.learned->types[type_index];
    struct text *t = &w->out;
    char topic[PATH], path[KEY_BYTES * 2], map[LEARN_NAME * 2];
    size_t left = own_count(w, type_index, instance);
    for (size_t l = 0; l < type->leaf_count; l++) {
        const struct learned_leaf *leaf = &type->leaves[l];
        if (!is_own(w, type_index, instance, l))
            continue;
        learn_topic(&w->plant, type, instance, l, false, topic, sizeof topic);
        snprintf(path, sizeof path, "%s%s", instance->pointer, leaf->path);
        say_map_name(w, type, l, map);
        say_tag(t, indent, leaf->name, topic, path, learn_series_at(w->plant.learn, instance->series[l]), &leaf->role, map, ends && --left == 0);
    }
}

/* ---- states ---- */

static enum state_class class_of(const char *word)
{
    static const struct { enum state_class class; const char *words; } known[] = {
        {CLASS_RUN, " run running slow execute executing produce producing production auto automatic laufend betrieb blow heating cast casting on "},
        {CLASS_STOP, " stop stopped halt fault faulted error alarm aborted abort steht stoerung emergency down held hold holding "},
        {CLASS_STARVED, " starved starving "}, {CLASS_BLOCKED, " blocked "}, {CLASS_SETUP, " setup changeover ruesten "}, {CLASS_CLEANING, " cleaning clean "},
        {CLASS_MAINTENANCE, " maintenance repair "}, {CLASS_NOT_SCHEDULED, " idle_no_order no_order "},
    };
    char padded[LEARN_TEXT + 3], small[LEARN_TEXT];
    learn_slug(word, small, sizeof small);
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
        const struct learn_series *s = learn_series_at(w->plant.learn, type->instances[i].series[leaf]);
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
        if (pack_state_by_name(words[i]) >= 0)
            say(t, "; state = \"%s\"", words[i]);
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
    for (size_t type = 0; type < w->plant.learned->type_count; type++)
        for (size_t l = 0; learn_accepted(&w->plant, type) && l < w->plant.learned->types[type].leaf_count; l++) {
            say_map_name(w, &w->plant.learned->types[type], l, map);
            if (!map[0])
                continue;
            say_map(w, map, words, words_of(w, &w->plant.learned->types[type], l, words), !any);
            any = true;
        }
    for (size_t i = 0; i < w->plant.single_count; i++) {
        const struct learn_series *s = learn_series_at(w->plant.learn, w->plant.learned->loose[w->plant.singles[i].loose]);
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

static bool is_below(const struct learn_spot *spot, const struct learn_spot *above)
{
    size_t length = strlen(above->path);
    return spot->depth == above->depth + 1 && strncmp(spot->path, above->path, length) == 0 && spot->path[length] == '/';
}

static void say_spot(struct writer *w, const struct learn_spot *spot, bool last)
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
    size_t own = singles_at(w, (size_t)(spot - w->plant.spots));
    const struct learned_type *type = spot->type == SIZE_MAX ? NULL : &w->plant.learned->types[spot->type];
    const struct learned_instance *instance = type ? &type->instances[spot->instance] : NULL;
    enum learn_way way = type ? w->plant.ways[spot->type] : LEARN_TAGS;
    size_t of_type = type ? own_count(w, spot->type, instance) : 0;
    if (way != LEARN_TAGS)
        say(t, " type = \"%s\";", type->name);
    if (way == LEARN_TOPIC) {
        say(t, " topic = ");
        say_quoted(t, learn_series_at(w->plant.learn, instance->series[learn_main_leaf(type)])->topic);
        say(t, ";");
    }
    if (own > 0 || of_type > 0) {
        say(t, " tags = (\n");
        if (of_type > 0)
            say_own_tags(w, spot->type, instance, indents[spot->depth], own == 0);
        say_singles(w, (size_t)(spot - w->plant.spots), indents[spot->depth]);
        say(t, "%s);", indents[spot->depth]);
    }
    for (size_t i = 0; i < w->plant.spot_count; i++)
        below += is_below(&w->plant.spots[i], spot);
    if (below > 0) {
        say(t, "\n%s  %s = (\n", indents[spot->depth], lists[spot->depth]);
        for (size_t i = 0; i < w->plant.spot_count; i++)
            if (is_below(&w->plant.spots[i], spot))
                say_spot(w, &w->plant.spots[i], ++said == below);
        say(t, "%s  );", indents[spot->depth]);
    }
    say(t, " }%s\n", last ? "" : ",");
}

/* ---- what no type explains ---- */

static size_t singles_at(const struct writer *w, size_t spot)
{
    size_t count = 0;
    for (size_t i = 0; i < w->plant.single_count; i++)
        count += w->plant.singles[i].spot == spot;
    return count;
}

static void single_map(const struct writer *w, size_t index, char out[LEARN_NAME * 2])
{
    const struct learn_single *single = &w->plant.singles[index];
    const struct learn_series *s = learn_series_at(w->plant.learn, w->plant.learned->loose[single->loose]);
    out[0] = '\0';
    if (single->role.kind == KIND_STATE && !single->role.packml && s->texts > 0)
        snprintf(out, LEARN_NAME * 2, "states-%zu", index + 1);
}

/* Their rows, the last of which ends the list. */
static void say_singles(struct writer *w, size_t spot, const char *indent)
{
    size_t count = singles_at(w, spot), said = 0;
    char map[LEARN_NAME * 2];
    for (size_t i = 0; i < w->plant.single_count; i++) {
        const struct learn_single *single = &w->plant.singles[i];
        const struct learn_series *s = learn_series_at(w->plant.learn, w->plant.learned->loose[single->loose]);
        if (single->spot != spot)
            continue;
        single_map(w, i, map);
        say_tag(&w->out, indent, single->name, s->topic, s->path, s, &single->role, map, ++said == count);
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

char *learn_config_type(const struct learn *learn, const struct learned *learned, size_t type)
{
    struct writer w = {.out = {.count = 0}};
    bool *only = mem_zero(learned->type_count + 1, sizeof *only);
    only[type] = true;
    learn_plant_make(&w.plant, learn, learned, only);
    say_type(&w, type);
    say(&w.out, "\n");
    learn_plant_finish(&w.plant);
    free(only);
    return w.out.bytes;
}

char *learn_config_tag(const struct learn *learn, const struct learned *learned, const struct learned_type *type, size_t leaf)
{
    struct writer w = {.out = {.count = 0}};
    char topic[PATH], map[LEARN_NAME * 2];
    const struct learned_leaf *l = &type->leaves[leaf];
    learn_plant_make(&w.plant, learn, learned, NULL);
    learn_topic(&w.plant, type, learn_owner(type, leaf), leaf, true, topic, sizeof topic);
    say_map_name(&w, type, leaf, map);
    say_tag(&w.out, "", l->name, l->path[0] ? "" : topic, l->path, learn_series_at(learn, learn_owner(type, leaf)->series[leaf]), &l->role, map, true);
    learn_plant_finish(&w.plant);
    return w.out.bytes;
}

char *learn_config(const struct learn *learn, const struct learned *learned, const bool *accepted, const char *broker_url)
{
    struct writer w = {.out = {.count = 0}};
    struct text *t = &w.out;
    size_t types = 0, said = 0, areas = 0, area = 0;
    learn_plant_make(&w.plant, learn, learned, accepted);
    say(t, "// Proposed by andon learn from %llu messages of %llu s: %zu series, %zu of them explained by %zu types.\n// Limits, ideal cycles, calendars and targets are yours to add: nobody sent them.\n\n",
        (unsigned long long)learn_messages(learn), (unsigned long long)(learn_span_ms(learn) / 1000), learn_series_count(learn, NULL), learned->explained, learned->type_count);
    say_site(&w);
    say(t, "brokers = ( { name = \"main\"; url = ");
    say_quoted(t, broker_url);
    say(t, ";");
    if (learn_encoded(learn)) {
        say(t, " encoding = ");
        say_quoted(t, learn_encoded(learn));
        say(t, ";");
    }
    say(t, " } );\n\n");
    say_maps(&w);
    for (size_t i = 0; i < learned->type_count; i++)
        types += learn_accepted(&w.plant, i) && w.plant.ways[i] != LEARN_TAGS;
    if (types > 0)
        say(t, "types = (\n");
    for (size_t i = 0; i < learned->type_count; i++)
        if (learn_accepted(&w.plant, i) && w.plant.ways[i] != LEARN_TAGS) {
            say_type(&w, i);
            say(t, ++said == types ? "\n);\n\n" : ",\n");
        }
    for (size_t i = 0; i < w.plant.spot_count; i++)
        areas += w.plant.spots[i].depth == 0;
    if (areas > 0)
        say(t, "areas = (\n");
    for (size_t i = 0; i < w.plant.spot_count; i++)
        if (w.plant.spots[i].depth == 0)
            say_spot(&w, &w.plant.spots[i], ++area == areas);
    if (areas > 0)
        say(t, ");\n");
    learn_plant_finish(&w.plant);
    return w.out.bytes;
}
