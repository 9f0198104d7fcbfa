/*
 * How well `andon learn` finds what is there: simulated plants, told in three styles of naming, and compared with the hand-written configuration of each.
 *
 *     bench_learn [MINUTES [INDUSTRY...]]
 *
 * reordered: the machine's levels stand the other way round, messages are JSON objects. translated: other names for plant, lines and machines, German names for values, one topic for each. flat: one
 * level, parted by "_". In each every machine has a heartbeat, a last will and a serial number besides. The program fails where less than 95 % of types, machines or roles are found, or where
 * anything that is called certain is false.
 *
 * A type is found where one learnt type holds nine tenths of its machines, and no machine of another kind: one with less than 80 % of the names in common. A machine is found where it is one of
 * that type, with at least 80 % of its values and none of another. A role is found where the value has the kind or role that the configuration gives it; setpoints, limits and recipes are one.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/learn.h"
#include "core/memory.h"
#include "core/payload.h"
#include "core/value.h"
#include "io/builtin.h"
#include "io/config.h"
#include "sim/sim.h"

enum { TEXT = 400, PARTS = 12, BEATS = 2000, BAR = 95 };
enum style { REORDERED, TRANSLATED, FLAT, STYLES };
static const char *const style_names[STYLES] = {"reordered", "translated", "flat"};

enum what { PLAIN, STATE, GOOD, REJECT, CYCLE, SPEED, REASON, ORDER, PRODUCT, CREW, DEFECT, POWER, REGISTER, SET, BEAT, ALIVE, IDENTITY, OTHER, WHATS };
static const char *const what_names[WHATS] = {"plain", "state", "good", "reject", "cycle", "speed", "reason", "order", "product", "crew", "defect", "power", "register", "set", "beat", "alive", "identity", "other"};

/* A series as it is told in a style, and what it is. */
struct truth {
    char *key;       /* topic, newline, path */
    uint32_t node;   /* NO_NODE: the configuration does not know it */
    bool known;      /* it is a configured tag, or one of ours */
    enum what what;
    char *leaf;      /* name below the machine, the same on all of a type */
};

struct bench {
    enum style style;
    const struct plant *plant;
    struct learn *learn;
    struct payload_reader *reader;
    struct truth *truths;
    size_t count, capacity;
    struct hash_index index;
    /* of the message that is told */
    const struct sim_message *message;
    char parts[PARTS][64];
    size_t part_count, machine; /* levels of the topic; of them the plant's and the machine's */
    uint32_t node;
    char json[8192], open[TEXT];
    uint32_t beats[BEATS];
    struct { char *key; uint32_t tag; } *fields; /* of the configuration, sorted */
    size_t field_count;
};

struct score { size_t types, types_found, machines, machines_found, roles, roles_found, invented, certain, certain_false, type_certain, type_false; };

/* ---- truth ---- */

static enum what what_of(enum tag_kind kind, enum tag_role role)
{
    static const enum what roles[ROLE_COUNT] = {[ROLE_STATE] = STATE, [ROLE_GOOD] = GOOD, [ROLE_REJECT] = REJECT, [ROLE_CYCLE] = CYCLE, [ROLE_SPEED] = SPEED, [ROLE_REASON] = REASON, [ROLE_ORDER] = ORDER,
        [ROLE_PRODUCT] = PRODUCT, [ROLE_CREW] = CREW, [ROLE_DEFECT] = DEFECT, [ROLE_TOTAL] = OTHER, [ROLE_REWORK] = OTHER, [ROLE_FIRST_PASS] = OTHER, [ROLE_INSPECTED] = OTHER, [ROLE_MODE] = OTHER,
        [ROLE_PLAN] = OTHER, [ROLE_ORDERED] = OTHER, [ROLE_BUFFER] = OTHER};
    static const enum what kinds[KIND_COUNT] = {[KIND_STATE] = STATE, [KIND_POWER] = POWER, [KIND_REGISTER] = REGISTER, [KIND_SETPOINT] = SET, [KIND_LIMIT] = SET, [KIND_RECIPE] = SET};
    return roles[role] != PLAIN ? roles[role] : kinds[kind];
}

static enum what what_learnt(const struct learn_role *role)
{
    return role->heartbeat ? BEAT : role->availability ? ALIVE : role->ignored ? IDENTITY : role->clock ? OTHER : what_of(role->kind, role->role);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_fields(struct bench *b)
{
    size_t capacity = 0;
    char key[TEXT * 2];
    for (size_t i = 0; i < b->plant->binding_count; i++)
        for (size_t f = 0; f < b->plant->bindings[i].field_count; f++) {
            snprintf(key, sizeof key, "%s\n%s", b->plant->bindings[i].topic, b->plant->bindings[i].fields[f].path);
            b->fields = mem_grow(b->fields, b->field_count, &capacity, sizeof *b->fields);
            b->fields[b->field_count].key = mem_text(key);
            b->fields[b->field_count++].tag = b->plant->bindings[i].fields[f].tag;
        }
    qsort(b->fields, b->field_count, sizeof *b->fields, by_key);
}

static uint32_t tag_of(const struct bench *b, const char *topic, const char *path)
{
    char key[TEXT * 2], *wanted = key;
    snprintf(key, sizeof key, "%s\n%s", topic, path);
    const void *found = b->field_count ? bsearch(&wanted, b->fields, b->field_count, sizeof *b->fields, by_key) : NULL;
    return found ? b->fields[((const char *)found - (const char *)b->fields) / (ptrdiff_t)sizeof *b->fields].tag : NO_TAG;
}

static bool is_key(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct bench *)context)->truths[number].key, key) == 0;
}

static struct truth *truth_at(struct bench *b, const char *topic, const char *path, bool add)
{
    char key[TEXT * 2];
    snprintf(key, sizeof key, "%s\n%s", topic, path);
    uint64_t hash = hash_bytes(key, strlen(key));
    uint32_t at = hash_index_find(&b->index, hash, is_key, b, key);
    if (at != HASH_INDEX_NONE || !add)
        return at == HASH_INDEX_NONE ? NULL : &b->truths[at];
    b->truths = mem_grow(b->truths, b->count, &b->capacity, sizeof *b->truths);
    hash_index_add(&b->index, hash, (uint32_t)b->count);
    b->truths[b->count] = (struct truth){.key = mem_text(key), .node = NO_NODE};
    return &b->truths[b->count++];
}

/* ---- the styles ---- */

/* Names as somebody else would give them; what is not here keeps three letters. */
static const struct { const char *from, *to; } german[] = {{"st", "Zustand"}, {"state", "Zustand"}, {"cnt/good", "Gutteile"}, {"cnt/rej", "Ausschuss"}, {"cnt", "Stueckzahl"}, {"ct", "Taktzeit"}, {"why", "Stoergrund"},
    {"el/p", "Wirkleistung"}, {"el/e", "Wirkarbeit"}, {"el/q", "Blindarbeit"}, {"kw", "Leistung"}, {"mw", "Leistung"}, {"kwh", "Energie"}, {"power", "Leistung"}, {"energy", "Energie"}, {"reactive", "Blindarbeit"},
    {"rate", "Durchsatz"}, {"speed", "Geschwindigkeit"}, {"order", "Auftrag"}, {"product", "Artikel"}, {"crew", "Schicht"}, {"defect", "Fehlerart"}, {"recipe", "Rezept"}, {"pattern", "Programm"}, {"gain", "Verstaerkung"},
    {"hb", "Lebenszaehler"}, {"LWT", "Verbindung"}, {"serial", "Seriennummer"}};

/* "t/zone3_set" as "T_Zon3_Soll": the name of a leaf, without its message and what only holds a value. */
static void translate(const char *leaf, char *out, size_t cap)
{
    size_t length = 0;
    for (size_t i = 0; i < sizeof german / sizeof *german; i++)
        if (strcmp(leaf, german[i].from) == 0) {
            snprintf(out, cap, "%s", german[i].to);
            return;
        }
    out[0] = '\0';
    for (const char *at = leaf; *at && length + 12 < cap;) {
        size_t n = strcspn(at, "/_-");
        char word[8];
        snprintf(word, sizeof word, "%.*s", (int)(n < 4 ? n : 3), at);
        word[0] = (char)toupper((unsigned char)word[0]);
        bool set = n == 3 && strncmp(at, "set", 3) == 0, most = n == 3 && strncmp(at, "max", 3) == 0;
        const char *digits = at + strcspn(at, "0123456789");
        length += (size_t)snprintf(out + length, cap - length, "%s%s%.*s", length ? "_" : "", set ? "Soll" : most ? "Grenzwert" : word, n > 3 && digits < at + n ? (int)(at + n - digits) : 0, digits);
        at += n + (at[n] != '\0');
    }
}

/* "p01": "PRES-01"-like; without a number a short name. */
static void machine_name(const char *name, char *out, size_t cap)
{
    size_t letters = strcspn(name, "0123456789");
    if (name[letters])
        snprintf(out, cap, "M%.*s-%s", (int)letters, name, name + letters);
    else
        snprintf(out, cap, "%.7s", name);
    for (char *c = out; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

static void topic_of(const struct bench *b, const char *leaf, char *out, size_t cap)
{
    char name[TEXT];
    size_t length = 0;
    out[0] = '\0';
    switch (b->style) {
    case REORDERED:
        for (size_t i = b->machine; i-- > 0;)
            length += (size_t)snprintf(out + length, cap - length, "%s%s", length ? "/" : "", b->parts[i]);
        for (size_t i = b->machine; i < b->part_count; i++)
            length += (size_t)snprintf(out + length, cap - length, "/%s", b->parts[i]);
        break;
    case TRANSLATED:
        length = (size_t)snprintf(out, cap, "Werk2/%s", b->machine > 1 ? "Fertigung" : "Sonstiges");
        for (size_t i = 1; i < b->machine; i++) {
            machine_name(b->parts[i], name, sizeof name);
            length += (size_t)snprintf(out + length, cap - length, "/%s", name);
        }
        translate(leaf, name, sizeof name);
        snprintf(out + length, cap - length, "/%s", name);
        break;
    default:
        for (size_t i = 0; i < b->machine; i++)
            length += (size_t)snprintf(out + length, cap - length, "%s%s", length ? "_" : "", b->parts[i]);
        snprintf(out + length, cap - length, "_%s", leaf);
        for (char *c = out; *c; c++)
            *c = *c == '/' ? '_' : (char)toupper((unsigned char)*c);
        break;
    }
}

/* The name of a value below the machine: without the level of its message, and without "value". */
static void leaf_of(const struct bench *b, const char *path, char *out, size_t cap)
{
    bool bare = !*path || strcmp(path, "/value") == 0 || strcmp(path, "/count") == 0 || strcmp(path, "/percent") == 0;
    const char *last = b->part_count > b->machine ? b->parts[b->part_count - 1] : "value";
    snprintf(out, cap, "%s", bare ? last : path + 1);
}

static void tell(struct bench *b, const char *topic, const char *payload, bool retained)
{
    learn_message(b->learn, topic, strlen(topic), payload, strlen(payload), retained, b->message->ts_ms);
}

static void note(struct bench *b, const char *topic, const char *path, const char *leaf, uint32_t tag, enum what what)
{
    struct truth *t = truth_at(b, topic, path, true);
    if (t->leaf)
        return;
    t->leaf = mem_text(leaf);
    t->node = b->node;
    t->known = tag != NO_TAG || what != PLAIN;
    t->what = tag != NO_TAG ? what_of(b->plant->tags[tag].def->kind, b->plant->tags[tag].def->role) : what;
}

static void write_value(const struct payload_item *item, bool quoted, char *out, size_t cap)
{
    double number;
    if (item->value.kind == VALUE_TEXT)
        snprintf(out, cap, quoted ? "\"%s\"" : "%s", item->text);
    else if (item->value.kind == VALUE_BOOL)
        snprintf(out, cap, "%s", item->value.b ? "true" : "false");
    else if (value_number(item->value, &number))
        snprintf(out, cap, "%.12g", number);
    else
        snprintf(out, cap, "null");
}

/* {"t":{"oil":1,...: opens and closes objects as the pointer's names change. */
static void add_json(struct bench *b, const char *path, const char *value)
{
    size_t length = strlen(b->json), same = 0;
    const char *last = strrchr(path, '/');
    for (size_t i = 0; path + i < last && b->open[i] == path[i]; i++)
        if (path[i + 1] == '/' && (b->open[i + 1] == '/' || !b->open[i + 1]))
            same = i + 1;
    for (const char *c = b->open + same; *c; c++)
        if (*c == '/')
            length += (size_t)snprintf(b->json + length, sizeof b->json - length, "}");
    length += (size_t)snprintf(b->json + length, sizeof b->json - length, "%s", b->json[1] ? "," : "");
    for (const char *c = path + same; c < last;) {
        size_t n = strcspn(c + 1, "/");
        length += (size_t)snprintf(b->json + length, sizeof b->json - length, "\"%.*s\":{", (int)n, c + 1);
        c += n + 1;
    }
    snprintf(b->json + length, sizeof b->json - length, "\"%s\":%s", last + 1, value);
    snprintf(b->open, sizeof b->open, "%.*s", (int)(last - path), path);
}

static void on_item(void *arg, const struct payload_item *item)
{
    struct bench *b = arg;
    char leaf[TEXT], topic[TEXT], value[TEXT];
    leaf_of(b, item->path, leaf, sizeof leaf);
    topic_of(b, leaf, topic, sizeof topic);
    bool json = b->style == REORDERED && item->path[0];
    write_value(item, json, value, sizeof value);
    note(b, topic, b->style == REORDERED ? item->path : "", leaf, tag_of(b, b->message->topic, item->path), PLAIN);
    if (json)
        add_json(b, item->path, value);
    else
        tell(b, topic, value, b->message->initial);
}

static void on_drop(void *arg, enum drop reason, const char *detail)
{
    (void)arg, (void)reason, (void)detail;
}

/* A value of our own, as a field of the message or as a topic. */
static void tell_own(struct bench *b, const char *leaf, const char *value, enum what what)
{
    char topic[TEXT], path[64], quoted[TEXT];
    topic_of(b, leaf, topic, sizeof topic);
    snprintf(path, sizeof path, "/%s", leaf);
    bool json = b->style == REORDERED;
    note(b, topic, json ? path : "", leaf, NO_TAG, what);
    snprintf(quoted, sizeof quoted, isdigit((unsigned char)value[0]) ? "%s" : "\"%s\"", value);
    if (json)
        add_json(b, path, quoted);
    else
        tell(b, topic, value, false);
}

static void tell_will(struct bench *b)
{
    char topic[TEXT];
    char last[64];
    memcpy(last, b->parts[b->part_count - 1], sizeof last);
    snprintf(b->parts[b->part_count - 1], sizeof b->parts[0], "LWT");
    topic_of(b, "LWT", topic, sizeof topic);
    memcpy(b->parts[b->part_count - 1], last, sizeof last);
    note(b, topic, "", "LWT", NO_TAG, ALIVE);
    tell(b, topic, "online", true);
}

static void on_message(void *arg, const struct sim_message *m)
{
    struct bench *b = arg;
    char path[KEY_BYTES] = "", value[64];
    b->message = m;
    b->part_count = 0;
    for (const char *at = m->topic; *at && b->part_count < PARTS;) {
        size_t n = strcspn(at, "/");
        snprintf(b->parts[b->part_count++], sizeof b->parts[0], "%.*s", (int)n, at);
        at += n + (at[n] == '/');
    }
    /* The node that the topic names, as deep as there is one. */
    b->machine = 1;
    b->node = NO_NODE;
    snprintf(path, sizeof path, "%s", b->plant->nodes[0].name);
    for (size_t i = 1; i < b->part_count; i++) {
        snprintf(path + strlen(path), sizeof path - strlen(path), "/%s", b->parts[i]);
        uint32_t node = plant_node_by_path(b->plant, path);
        if (node == NO_NODE)
            break;
        b->node = node;
        b->machine = i + 1;
    }
    if (b->node == NO_NODE)
        b->machine = b->part_count - 1 + (b->part_count == 1);
    snprintf(b->json, sizeof b->json, "{");
    b->open[0] = '\0';
    payload_discover(b->reader, m->payload, m->payload_length, &(struct payload_sink){on_item, on_drop, b});
    bool machine = b->node != NO_NODE && b->plant->nodes[b->node].level >= LEVEL_LINE && m->payload[0] == '{' && b->node < BEATS && (strcmp(b->parts[b->part_count - 1], "telemetry") == 0 || strcmp(b->parts[b->part_count - 1], "data") == 0);
    if (machine) {
        snprintf(value, sizeof value, "%u", (unsigned)b->beats[b->node]);
        if (b->beats[b->node]++ == 0)
            tell_will(b);
        tell_own(b, "hb", value, BEAT);
        snprintf(value, sizeof value, "SN-%u", (unsigned)(b->node * 7919));
        tell_own(b, "serial", value, IDENTITY);
    }
    if (b->json[1]) {
        char topic[TEXT];
        topic_of(b, "", topic, sizeof topic);
        for (const char *c = b->open; *c; c++)
            if (*c == '/')
                snprintf(b->json + strlen(b->json), sizeof b->json - strlen(b->json), "}");
        snprintf(b->json + strlen(b->json), sizeof b->json - strlen(b->json), "}");
        tell(b, topic, b->json, m->initial);
    }
}

/* ---- comparing ---- */

static bool has_leaf(const struct bench *b, uint32_t node, const char *leaf)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->truths[i].node == node && strcmp(b->truths[i].leaf, leaf) == 0)
            return true;
    return false;
}

static size_t leaf_count(const struct bench *b, uint32_t node)
{
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++)
        count += b->truths[i].node == node;
    return count;
}

/* At least 80 % of the names of the one that has fewer, and half of those of the other. */
static bool is_alike(const struct bench *b, uint32_t one, uint32_t other)
{
    size_t both = 0, n = leaf_count(b, one), m = leaf_count(b, other);
    for (size_t i = 0; i < b->count; i++)
        both += b->truths[i].node == one && has_leaf(b, other, b->truths[i].leaf);
    return both * 10 >= (n < m ? n : m) * 8 && both * 2 >= (n < m ? m : n);
}

/* The node that most of an instance's series are of; *own: how many; *foreign: those of others. */
static uint32_t node_of(struct bench *b, const struct learned_type *type, const struct learned_instance *instance, size_t *own, size_t *foreign)
{
    uint32_t best = NO_NODE;
    *own = 0;
    size_t all = 0;
    for (size_t l = 0; l < type->leaf_count; l++) {
        if (instance->series[l] == SIZE_MAX)
            continue;
        const struct learn_series *s = learn_series_at(b->learn, instance->series[l]);
        const struct truth *t = truth_at(b, s->topic, s->path, false);
        size_t same = 0;
        all++;
        for (size_t k = 0; t && t->node != NO_NODE && k < type->leaf_count; k++) {
            if (instance->series[k] == SIZE_MAX)
                continue;
            const struct learn_series *o = learn_series_at(b->learn, instance->series[k]);
            const struct truth *u = truth_at(b, o->topic, o->path, false);
            same += u && u->node == t->node;
        }
        if (same > *own) {
            *own = same;
            best = t->node;
        }
    }
    *foreign = all - *own;
    return best;
}

static void compare_types(struct bench *b, const struct learned *learned, struct score *score, bool tells)
{
    const struct plant *plant = b->plant;
    bool *seen = mem_zero(plant->node_count, sizeof *seen);
    for (size_t n = 0; n < plant->node_count; n++) {
        size_t machines = 0, best_found = 0, best = SIZE_MAX, spoilt = 0;
        if (seen[n] || !plant->nodes[n].type[0] || leaf_count(b, (uint32_t)n) < 2)
            continue;
        for (size_t m = n; m < plant->node_count; m++)
            if (strcmp(plant->nodes[m].type, plant->nodes[n].type) == 0 && leaf_count(b, (uint32_t)m) >= 2) {
                seen[m] = true;
                machines++;
            }
        if (machines < 2)
            continue;
        for (size_t t = 0; t < learned->type_count; t++) {
            size_t found = 0, other = 0, own, foreign;
            for (size_t i = 0; i < learned->types[t].instance_count; i++) {
                uint32_t at = node_of(b, &learned->types[t], &learned->types[t].instances[i], &own, &foreign);
                if (at != NO_NODE && strcmp(plant->nodes[at].type, plant->nodes[n].type) == 0)
                    found += own * 10 >= leaf_count(b, at) * 8 && foreign == 0;
                else
                    other += at == NO_NODE || !is_alike(b, at, (uint32_t)n);
            }
            if (found > best_found) {
                best_found = found;
                best = t;
                spoilt = other;
            }
        }
        score->types++;
        score->machines += machines;
        bool good = best != SIZE_MAX && best_found * 10 >= machines * 9 && spoilt == 0;
        score->types_found += good;
        score->machines_found += spoilt == 0 ? best_found : 0;
        if (tells && !good)
            printf("    type %s: %zu of %zu machines in %s, %zu of other types there\n", plant->nodes[n].type, best_found, machines, best == SIZE_MAX ? "none" : learned->types[best].name, spoilt);
    }
    for (size_t t = 0; t < learned->type_count; t++) {
        const struct learned_type *type = &learned->types[t];
        size_t own, foreign, wrong = 0;
        uint32_t first = NO_NODE;
        if (type->sure != LEARN_CERTAIN)
            continue;
        for (size_t i = 0; i < type->instance_count; i++) {
            uint32_t at = node_of(b, type, &type->instances[i], &own, &foreign);
            first = first == NO_NODE ? at : first;
            wrong += at == NO_NODE ? first != NO_NODE : foreign > 0 || !is_alike(b, first, at);
        }
        score->type_certain++;
        score->type_false += wrong > 0;
        if (tells && wrong)
            printf("    certain and false: type %s\n", type->name);
    }
    free(seen);
}

static void compare_role(struct bench *b, size_t series, const struct learn_role *role, struct score *score, bool tells)
{
    const struct learn_series *s = learn_series_at(b->learn, series);
    const struct truth *t = truth_at(b, s->topic, s->path, false);
    if (!t || !t->known)
        return;
    enum what learnt = what_learnt(role);
    bool same = learnt == t->what;
    score->roles += t->what != PLAIN;
    score->roles_found += t->what != PLAIN && same;
    score->invented += t->what == PLAIN && learnt != PLAIN;
    score->certain += role->sure == LEARN_CERTAIN;
    score->certain_false += role->sure == LEARN_CERTAIN && !same;
    if (tells && !same)
        printf("    %s %s: %s, is %s (%s: %s)\n", s->topic, s->path, what_names[learnt], what_names[t->what], learn_sure_names[role->sure], role->evidence);
}

static void compare(struct bench *b, struct score *score, bool tells)
{
    struct learned learned;
    learn_conclude(b->learn, &learned);
    if (tells)
        for (size_t t = 0; t < learned.type_count; t++)
            printf("    %s: %zu machines, %zu leaves, %s: %s .. %s\n", learned.types[t].name, learned.types[t].instance_count, learned.types[t].leaf_count, learn_sure_names[learned.types[t].sure],
                learned.types[t].instances[0].topic, learned.types[t].instances[learned.types[t].instance_count - 1].topic);
    compare_types(b, &learned, score, tells);
    for (size_t t = 0; t < learned.type_count; t++)
        for (size_t i = 0; i < learned.types[t].instance_count; i++)
            for (size_t l = 0; l < learned.types[t].leaf_count; l++)
                if (learned.types[t].instances[i].series[l] != SIZE_MAX)
                    compare_role(b, learned.types[t].instances[i].series[l], &learned.types[t].leaves[l].role, score, tells && i == 0);
    for (size_t i = 0; i < learned.loose_count; i++)
        compare_role(b, learned.loose[i], &learned.loose_roles[i], score, tells);
    learned_finish(&learned);
}

static double percent(size_t part, size_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 100;
}

static void run(const struct sim_industry *industry, enum style style, double minutes, struct score *score, bool tells)
{
    static struct bench bench;
    struct bench *b = &bench;
    struct config config;
    struct diagnostics found = {.count = 0};
    struct bundle bundle;
    struct error err;
    *b = (struct bench){.style = style};
    bundle_of_text(&bundle, industry->name, builtin_config(industry->name));
    if (!config_build(&bundle, &config, &found)) {
        diagnostics_print(&found, stderr);
        exit(2);
    }
    b->plant = config.plant;
    b->learn = learn_create(&config.plant->bounds, &config.plant->zone);
    b->reader = payload_reader_create(&config.plant->bounds, &config.plant->zone);
    read_fields(b);
    struct sim *sim = sim_create(&(struct sim_options){.industry = industry->name, .seed = 1, .start_ms = industry->preset_start_ms}, &err);
    sim_step(sim, industry->preset_start_ms + (int64_t)(minutes * 60000), &(struct sim_sink){.message = on_message, .arg = b});
    sim_destroy(sim);
    compare(b, score, tells);
    for (size_t i = 0; i < b->count; i++) {
        free(b->truths[i].key);
        free(b->truths[i].leaf);
    }
    for (size_t i = 0; i < b->field_count; i++)
        free(b->fields[i].key);
    free(b->fields);
    free(b->truths);
    hash_index_finish(&b->index);
    payload_reader_destroy(b->reader);
    learn_destroy(b->learn);
    config_finish(&config);
    diagnostics_finish(&found);
}

/* In the Test Anything Protocol. */
static bool is_reached(int number, const char *what, size_t part, size_t whole)
{
    bool reached = whole > 0 && percent(part, whole) >= BAR;
    printf("%sok %d - %.1f %% of %s are found, of %d %%\n", reached ? "" : "not ", number, percent(part, whole), what, BAR);
    return reached;
}

static bool verdict(const struct score *all)
{
    bool types = is_reached(1, "types", all->types_found, all->types), machines = is_reached(2, "machines", all->machines_found, all->machines),
         roles = is_reached(3, "roles", all->roles_found, all->roles);
    size_t wrong = all->certain_false + all->type_false;
    printf("%sok 4 - %zu are certain and false\n1..4\n", wrong ? "not " : "", wrong);
    return types && machines && roles && !wrong;
}

int main(int argc, char **argv)
{
    double minutes = argc > 1 ? strtod(argv[1], NULL) : 10;
    bool tells = getenv("ANDON_BENCH_TELLS") != NULL;
    struct score all = {.types = 0};
    printf("# %-12s %-11s %9s %12s %12s %10s %16s %14s\n", "plant", "style", "types", "machines", "roles", "invented", "certain, false", "types, false");
    for (size_t i = 0; i < sim_industry_count; i++)
        for (int style = 0; style < STYLES; style++) {
            struct score s = {.types = 0};
            bool wanted = argc <= 2;
            for (int a = 2; a < argc; a++)
                wanted = wanted || strcmp(argv[a], sim_industries[i].name) == 0;
            if (!wanted)
                continue;
            run(&sim_industries[i], (enum style)style, minutes, &s, tells);
            printf("# %-12s %-11s %3zu of %2zu %5zu of %3zu %5zu of %3zu %10zu %9zu, %4zu %8zu, %4zu\n", sim_industries[i].name, style_names[style], s.types_found, s.types, s.machines_found, s.machines, s.roles_found, s.roles,
                s.invented, s.certain, s.certain_false, s.type_certain, s.type_false);
            fflush(stdout);
            all.types += s.types, all.types_found += s.types_found, all.machines += s.machines, all.machines_found += s.machines_found, all.roles += s.roles, all.roles_found += s.roles_found;
            all.certain_false += s.certain_false, all.type_false += s.type_false;
        }
    return verdict(&all) ? 0 : 1;
}
