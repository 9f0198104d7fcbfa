#include "core/plant_build.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* A struct plant_build grows the arrays of the plant that it makes; everything smaller (texts, definitions, fields, map rows)
 * lies in the plant's arena, a chain of blocks that is released at once. Invariant while building: nodes are added in
 * depth-first order, and only the newest node takes tags, so that a node's tags are contiguous. */

enum { BLOCK_BYTES = 16 * 1024, BLOCK_HEAD = 2 * sizeof(void *), STOP_AFTER_CYCLES = 5 };

struct block { /* the head of a block; `used` counts from its start */
    void *next;
    size_t used;
};

static_assert(sizeof(struct block) <= BLOCK_HEAD, "the head of a block holds a struct block");

static void *take_aligned(struct plant_build *b, size_t bytes, size_t align)
{
    struct block *block = b->plant->arena;
    size_t skip = block ? (align - block->used % align) % align : 0;
    if (!block || b->block_left < skip + bytes) {
        size_t room = bytes > BLOCK_BYTES - BLOCK_HEAD ? bytes : BLOCK_BYTES - BLOCK_HEAD;
        block = mem_zero(1, BLOCK_HEAD + room);
        *block = (struct block){.next = b->plant->arena, .used = BLOCK_HEAD};
        b->plant->arena = block;
        b->block_left = room;
        skip = 0;
    }
    void *p = (char *)block + block->used + skip;
    block->used += skip + bytes;
    b->block_left -= skip + bytes;
    return p;
}

void *plant_take(struct plant_build *b, size_t bytes)
{
    return take_aligned(b, bytes, alignof(max_align_t));
}

static bool is_text(const void *context, uint32_t number, const void *key)
{
    const struct plant_build *b = context;
    return strcmp(b->texts[number], key) == 0;
}

/* Forty equal machines say the same words forty times: each is kept once. */
const char *plant_keep_text(struct plant_build *b, const char *text)
{
    if (!text || !*text)
        return "";
    size_t length = strlen(text);
    uint64_t hash = hash_bytes(text, length);
    uint32_t found = hash_index_find(&b->text_index, hash, is_text, b, text);
    if (found != HASH_INDEX_NONE)
        return b->texts[found];
    char *copy = take_aligned(b, length + 1, 1);
    memcpy(copy, text, length + 1);
    b->texts = mem_grow(b->texts, b->text_count, &b->text_capacity, sizeof *b->texts);
    b->texts[b->text_count] = copy;
    hash_index_add(&b->text_index, hash, (uint32_t)b->text_count++);
    return copy;
}

static void spend(struct plant_build *b)
{
    free(b->texts);
    hash_index_finish(&b->text_index);
    hash_index_finish(&b->first_out_index);
    *b = (struct plant_build){.plant = NULL};
}

/* A title, or what stands for it. */
static const char *keep_title(struct plant_build *b, const char *title, const char *name)
{
    return title && *title ? plant_keep_text(b, title) : name;
}

void plant_build_init(struct plant_build *b)
{
    *b = (struct plant_build){.plant = mem_zero(1, sizeof *b->plant)};
    b->plant->site_zone_name = "";
    b->plant->shift_begins = (struct shift_begins)SHIFT_BEGINS_PRESET;
    b->plant->counting.chatter_count = 3;
    b->plant->counting.chatter_ms = 60000;
    b->plant->counting.fleeting_ms = 10000;
    bounds_preset(&b->plant->bounds);
    plant_add_map(b, *state_map_packml());
    plant_build_work_init(b);
    plant_build_energy_init(b);
    plant_build_alarms_init(b);
}

/* True when a child of `parent` may come next: the parent is the newest node or one that it lies in. */
static bool depth_first(const struct plant *plant, uint32_t parent)
{
    for (uint32_t n = (uint32_t)plant->node_count - 1; n != NO_NODE; n = plant->nodes[n].parent)
        if (n == parent)
            return true;
    return false;
}

uint32_t plant_add_node(struct plant_build *b, uint32_t parent, struct node node)
{
    struct plant *plant = b->plant;
    uint32_t index = (uint32_t)plant->node_count;
    assert(index == 0 ? parent == NO_NODE : depth_first(plant, parent));
    node.name = plant_keep_text(b, node.name);
    node.title = keep_title(b, node.title, node.name);
    node.alias = plant_keep_text(b, node.alias);
    node.type = plant_keep_text(b, node.type);
    node.parent = parent;
    node.end = index + 1;
    node.first_tag = (uint32_t)plant->tag_count;
    node.tag_count = 0;
    node.first_product = node.product_count = 0;
    node.constraint = NO_NODE;
    node.publisher = NO_PUBLISHER;
    for (int r = 0; r < ROLE_COUNT; r++)
        node.role_tag[r] = NO_TAG;
    if (!(node.stop_after_cycles > 0))
        node.stop_after_cycles = STOP_AFTER_CYCLES;
    plant->nodes = mem_grow(plant->nodes, plant->node_count, &b->node_capacity, sizeof node);
    plant->nodes[plant->node_count++] = node;
    return index;
}

void plant_set_constraint(struct plant_build *b, uint32_t line, uint32_t unit)
{
    assert(line < b->plant->node_count && b->plant->nodes[line].level == LEVEL_LINE && unit < b->plant->node_count);
    b->plant->nodes[line].constraint = unit;
}

enum tag_kind plant_kind_of_role(enum tag_role role, enum tag_kind otherwise)
{
    switch (role) {
    case ROLE_STATE:
        return KIND_STATE;
    case ROLE_GOOD: case ROLE_REJECT: case ROLE_TOTAL: case ROLE_REWORK: case ROLE_FIRST_PASS: case ROLE_INSPECTED:
        return KIND_COUNTER;
    case ROLE_MODE:
        return KIND_VALUE;
    case ROLE_DEFECT:
        return KIND_TEXT;
    case ROLE_AVAILABILITY:
        return KIND_BOOL;
    default:
        return otherwise;
    }
}

/* Tags called "mode" or "defect" were there before these words meant something here: what is said to hold something else has no such role. An
 * "availability" is as often a share of time. */
static enum tag_role role_by_name(const char *name, enum tag_kind kind)
{
    for (int r = ROLE_NONE + 1; r < ROLE_AVAILABILITY; r++)
        if (strcmp(name, tag_role_names[r]) == 0)
            return r > ROLE_CREW && kind != KIND_VALUE && plant_kind_of_role((enum tag_role)r, kind) != kind ? ROLE_NONE : (enum tag_role)r;
    return ROLE_NONE;
}

static const char **keep_texts(struct plant_build *b, const char *const *texts, size_t count)
{
    const char **kept = plant_take(b, count * sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = plant_keep_text(b, texts[i]);
    return kept;
}

const struct tag_def *plant_add_def(struct plant_build *b, struct tag_def def)
{
    def.name = plant_keep_text(b, def.name);
    def.title = keep_title(b, def.title, def.name);
    def.alias = plant_keep_text(b, def.alias);
    def.description = plant_keep_text(b, def.description);
    def.unit = plant_keep_text(b, def.unit);
    def.was = def.was && *def.was ? plant_keep_text(b, def.was) : NULL;
    def.role = def.role == ROLE_NONE ? role_by_name(def.name, def.kind) : def.role == ROLE_COUNT ? ROLE_NONE : def.role;
    if (def.kind == KIND_VALUE)
        def.kind = plant_kind_of_role(def.role, KIND_VALUE);
    if (def.scale == 0)
        def.scale = 1;
    def.alive = keep_texts(b, (const char *const *)def.alive, def.alive_count);
    def.dead = keep_texts(b, (const char *const *)def.dead, def.dead_count);
    struct tag_def *kept = plant_take(b, sizeof *kept);
    *kept = def;
    return kept;
}

uint32_t plant_add_tag(struct plant_build *b, uint32_t node, const struct tag_def *def)
{
    struct plant *plant = b->plant;
    uint32_t index = (uint32_t)plant->tag_count;
    assert(node + 1 == plant->node_count);
    plant->tags = mem_grow(plant->tags, plant->tag_count, &b->tag_capacity, sizeof *plant->tags);
    plant->tags[plant->tag_count++] = (struct plant_tag){.node = node, .first_use = UINT32_MAX, .def = def, .broker = (uint16_t)ANY_BROKER};
    plant->nodes[node].tag_count++;
    return index;
}

uint16_t plant_add_broker(struct plant_build *b, struct plant_broker broker)
{
    static const char *const everything[] = {"#"};
    struct plant *plant = b->plant;
    const char **texts[] = {&broker.name, &broker.url, &broker.ca, &broker.cert, &broker.key, &broker.user,
        &broker.password_file, &broker.password_env, &broker.client_id, &broker.server_name, &broker.encoding};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = plant_keep_text(b, *texts[i]);
    broker.subscribe = broker.subscribe_count ? keep_texts(b, (const char *const *)broker.subscribe, broker.subscribe_count)
                                              : keep_texts(b, everything, 1);
    broker.subscribe_count = broker.subscribe_count ? broker.subscribe_count : 1;
    broker.version = broker.version ? broker.version : 5;
    broker.keepalive_ms = broker.keepalive_ms ? broker.keepalive_ms : 30000;
    broker.connect_timeout_ms = broker.connect_timeout_ms ? broker.connect_timeout_ms : 10000;
    broker.backoff_max_ms = broker.backoff_max_ms ? broker.backoff_max_ms : 60000;
    plant->brokers = mem_grow(plant->brokers, plant->broker_count, &b->broker_capacity, sizeof broker);
    plant->brokers[plant->broker_count] = broker;
    return (uint16_t)plant->broker_count++;
}

void plant_add_trend(struct plant_build *b, struct plant_trend trend)
{
    struct plant *plant = b->plant;
    trend.name = plant_keep_text(b, trend.name);
    trend.tags = keep_texts(b, trend.tags, trend.tag_count);
    plant->trends = mem_grow(plant->trends, plant->trend_count, &b->trend_capacity, sizeof trend);
    plant->trends[plant->trend_count++] = trend;
}

static int compare_paths(const void *x, const void *y)
{
    const struct plant_field *const *a = x, *const *b = y;
    return strcmp((*a)->path, (*b)->path);
}

/* By their paths: where each stands is found by halves. */
static const uint32_t *fields_by_path(struct plant_build *b, const struct plant_field *fields, size_t count)
{
    const struct plant_field **order = mem_zero(count + 1, sizeof *order);
    uint32_t *by_path = plant_take(b, count * sizeof *by_path);
    for (size_t i = 0; i < count; i++)
        order[i] = &fields[i];
    qsort(order, count, sizeof *order, compare_paths);
    for (size_t i = 0; i < count; i++)
        by_path[i] = (uint32_t)(order[i] - fields);
    free(order);
    return by_path;
}

void plant_add_view(struct plant_build *b, const struct panel_view *view)
{
    struct plant *plant = b->plant;
    plant->views = mem_grow(plant->views, plant->view_count, &b->view_capacity, sizeof *view);
    plant->views[plant->view_count] = *view;
    plant->views[plant->view_count++].file = view->file ? plant_keep_text(b, view->file) : NULL;
}

uint32_t plant_add_binding(struct plant_build *b, struct plant_binding binding)
{
    struct plant *plant = b->plant;
    binding.topic = plant_keep_text(b, binding.topic);
    binding.time_path = plant_keep_text(b, binding.time_path);
    binding.encoding = plant_keep_text(b, binding.encoding);
    struct plant_field *fields = plant_take(b, binding.field_count * sizeof *fields);
    for (size_t i = 0; i < binding.field_count; i++)
        fields[i] = (struct plant_field){.path = plant_keep_text(b, binding.fields[i].path), .tag = binding.fields[i].tag};
    binding.fields = fields;
    binding.by_path = binding.envelope || binding.format == FORMAT_CSV ? fields_by_path(b, fields, binding.field_count) : NULL;
    plant->bindings = mem_grow(plant->bindings, plant->binding_count, &b->binding_capacity, sizeof binding);
    plant->bindings[plant->binding_count] = binding;
    return (uint32_t)plant->binding_count++;
}

uint16_t plant_add_map(struct plant_build *b, struct state_map map)
{
    struct plant *plant = b->plant;
    struct state_map_row *rows = plant_take(b, map.count * sizeof *rows);
    for (size_t i = 0; i < map.count; i++) {
        rows[i] = map.rows[i];
        rows[i].text = rows[i].text ? plant_keep_text(b, rows[i].text) : NULL;
        rows[i].word = rows[i].word ? plant_keep_text(b, rows[i].word) : NULL;
    }
    plant->maps = mem_grow(plant->maps, plant->map_count, &b->map_capacity, sizeof map);
    plant->maps[plant->map_count] = (struct state_map){.name = plant_keep_text(b, map.name), .rows = rows, .count = map.count};
    return (uint16_t)plant->map_count++;
}

static void resolve_roles(struct plant *plant, struct node *node)
{
    for (uint32_t t = node->first_tag; t < node->first_tag + node->tag_count; t++) {
        enum tag_role role = plant->tags[t].def->role;
        if (role != ROLE_NONE && node->role_tag[role] == NO_TAG)
            node->role_tag[role] = t;
    }
}

/* A told state beats everything, then what the configuration says, then a counter of the line's own, then the first unit
 * that can tell either. */
static uint32_t constraint_of(const struct plant *plant, uint32_t line)
{
    const struct node *nodes = plant->nodes;
    if (nodes[line].role_tag[ROLE_STATE] != NO_TAG)
        return line;
    if (nodes[line].constraint != NO_NODE)
        return nodes[line].constraint;
    if (nodes[line].role_tag[ROLE_GOOD] != NO_TAG)
        return line;
    for (uint32_t n = line + 1; n < nodes[line].end; n++)
        if (nodes[n].role_tag[ROLE_STATE] != NO_TAG || nodes[n].role_tag[ROLE_GOOD] != NO_TAG)
            return n;
    return NO_NODE;
}

/* Of each tag the only broker that feeds it. */
static void resolve_brokers(struct plant *plant)
{
    bool *fed = mem_zero(plant->tag_count + 1, sizeof *fed);
    for (size_t i = 0; i < plant->binding_count; i++) {
        const struct plant_binding *binding = &plant->bindings[i];
        for (size_t f = 0; f < binding->field_count; f++) {
            uint32_t tag = binding->fields[f].tag;
            if (tag >= plant->tag_count)
                continue;
            bool other = fed[tag] && plant->tags[tag].broker != binding->broker;
            plant->tags[tag].broker = other ? (uint16_t)ANY_BROKER : binding->broker;
            fed[tag] = true;
        }
    }
    free(fed);
}

static void resolve_publishers(struct plant *plant)
{
    size_t capacity = 0;
    for (uint32_t t = 0; t < plant->tag_count; t++) {
        if (plant->tags[t].def->role != ROLE_AVAILABILITY)
            continue;
        struct node *node = &plant->nodes[plant->tags[t].node];
        plant->publishers = mem_grow(plant->publishers, plant->publisher_count, &capacity, sizeof *plant->publishers);
        if (node->publisher == NO_PUBLISHER)
            node->publisher = (uint32_t)plant->publisher_count;
        plant->publishers[plant->publisher_count++] = (struct plant_publisher){.tag = t, .node = plant->tags[t].node, .first_tag = node->first_tag,
            .end_tag = node->end < plant->node_count ? plant->nodes[node->end].first_tag : (uint32_t)plant->tag_count};
    }
}

struct plant *plant_build_finish(struct plant_build *b)
{
    struct plant *plant = b->plant;
    assert(plant->node_count > 0);
    for (size_t n = plant->node_count - 1; n > 0; n--) {
        struct node *parent = &plant->nodes[plant->nodes[n].parent];
        if (parent->end < plant->nodes[n].end)
            parent->end = plant->nodes[n].end;
    }
    for (size_t n = 0; n < plant->node_count; n++)
        resolve_roles(plant, &plant->nodes[n]);
    resolve_brokers(plant);
    resolve_publishers(plant);
    for (uint32_t n = 0; n < plant->node_count; n++)
        if (plant->nodes[n].level == LEVEL_LINE)
            plant->nodes[n].constraint = constraint_of(plant, n);
    plant_build_work_finish(b);
    plant_build_energy_finish(b);
    plant_build_alarms_finish(b);
    plant->nodes = mem_resize(plant->nodes, plant->node_count, sizeof *plant->nodes);
    plant->tags = mem_resize(plant->tags, plant->tag_count, sizeof *plant->tags);
    plant->bindings = mem_resize(plant->bindings, plant->binding_count, sizeof *plant->bindings);
    spend(b);
    return plant;
}

void plant_build_abandon(struct plant_build *b)
{
    plant_destroy(b->plant);
    spend(b);
}
