#include "core/topic.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/memory.h"
#include "core/plant.h"

/*
 * A struct topic_node is one level under its parent; node 0 is the root, before the first level. Levels with a text are
 * found by one hash table over (parent, text) for the whole tree; the two wildcards hang on their node directly. A
 * struct topic_end says that a filter ends here, once for each broker. Indices stand for pointers, 0 is none (no node
 * has the root as its child, and ends count from 1): nodes, ends, texts and slots are one array each, so that a filter
 * costs about 50 bytes for each level that it does not share.
 */
struct topic_node {
    uint32_t parent;
    uint32_t text;   /* offset in texts; its length stands before it in two bytes */
    uint32_t plus;   /* the child for + */
    uint32_t ends;   /* filters that end here */
    uint32_t multi;  /* filters that end in # under this level */
};

struct topic_end {
    uint32_t binding, next;
    uint16_t broker;
};

struct topic_tree {
    struct topic_node *nodes;
    struct topic_end *ends;
    char *texts;
    uint32_t *slots; /* node indices; a power of two, at most three quarters full */
    size_t node_count, node_capacity, end_count, end_capacity, text_bytes, text_capacity, slot_count, slots_used;
};

struct step { const char *text; size_t length; };

/* What is left of a topic or filter; text is NULL behind the last level (an empty level is a level). */
struct rest { const char *text; size_t length; };

static struct rest take_level(struct rest rest, struct step *level)
{
    const char *slash = memchr(rest.text, '/', rest.length);
    *level = (struct step){rest.text, slash ? (size_t)(slash - rest.text) : rest.length};
    if (!slash)
        return (struct rest){NULL, 0};
    return (struct rest){slash + 1, rest.length - level->length - 1};
}

static bool is_level(struct step level, char wildcard)
{
    return level.length == 1 && level.text[0] == wildcard;
}

/* Grows by a half: in a tree of 100,000 filters doubling would waste more than it saves. */
static void *grow(void *old, size_t need, size_t *capacity, size_t size)
{
    if (need <= *capacity)
        return old;
    *capacity = need + need / 2 + 16;
    return mem_resize(old, *capacity, size);
}

struct topic_tree *topic_tree_create(void)
{
    struct topic_tree *tree = mem_zero(1, sizeof *tree);
    tree->nodes = grow(NULL, 1, &tree->node_capacity, sizeof *tree->nodes);
    tree->nodes[0] = (struct topic_node){.parent = 0};
    tree->node_count = 1;
    tree->slot_count = 16;
    tree->slots = mem_zero(tree->slot_count, sizeof *tree->slots);
    return tree;
}

void topic_tree_destroy(struct topic_tree *tree)
{
    if (!tree)
        return;
    free(tree->nodes);
    free(tree->ends);
    free(tree->texts);
    free(tree->slots);
    free(tree);
}

static struct step node_level(const struct topic_tree *tree, uint32_t node)
{
    const unsigned char *before = (const unsigned char *)tree->texts + tree->nodes[node].text - 2;
    return (struct step){tree->texts + tree->nodes[node].text, (size_t)(before[0] | before[1] << 8)};
}

/* The slot of a child, or the empty slot where it belongs. */
static size_t find_slot(const struct topic_tree *tree, uint32_t parent, struct step level)
{
    size_t mask = tree->slot_count - 1;
    size_t slot = (size_t)XXH3_64bits_withSeed(level.text, level.length, parent) & mask;
    for (uint32_t node; (node = tree->slots[slot]) != 0; slot = (slot + 1) & mask) {
        if (tree->nodes[node].parent != parent)
            continue;
        struct step there = node_level(tree, node);
        if (there.length == level.length && memcmp(there.text, level.text, level.length) == 0)
            break;
    }
    return slot;
}

static void widen_slots(struct topic_tree *tree)
{
    uint32_t *old = tree->slots;
    size_t old_count = tree->slot_count;
    tree->slot_count *= 2;
    tree->slots = mem_zero(tree->slot_count, sizeof *tree->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i])
            tree->slots[find_slot(tree, tree->nodes[old[i]].parent, node_level(tree, old[i]))] = old[i];
    free(old);
}

static uint32_t add_node(struct topic_tree *tree, uint32_t parent)
{
    tree->nodes = grow(tree->nodes, tree->node_count + 1, &tree->node_capacity, sizeof *tree->nodes);
    tree->nodes[tree->node_count] = (struct topic_node){.parent = parent};
    return (uint32_t)tree->node_count++;
}

static uint32_t plus_child(struct topic_tree *tree, uint32_t parent)
{
    if (tree->nodes[parent].plus == 0) {
        uint32_t child = add_node(tree, parent);
        tree->nodes[parent].plus = child;
    }
    return tree->nodes[parent].plus;
}

static uint32_t text_child(struct topic_tree *tree, uint32_t parent, struct step level)
{
    size_t slot = find_slot(tree, parent, level);
    if (tree->slots[slot])
        return tree->slots[slot];
    uint32_t child = add_node(tree, parent);
    tree->texts = grow(tree->texts, tree->text_bytes + level.length + 2, &tree->text_capacity, 1);
    tree->texts[tree->text_bytes] = (char)(level.length & 0xFF);
    tree->texts[tree->text_bytes + 1] = (char)(level.length >> 8);
    memcpy(tree->texts + tree->text_bytes + 2, level.text, level.length);
    tree->nodes[child].text = (uint32_t)tree->text_bytes + 2;
    tree->text_bytes += level.length + 2;
    tree->slots[slot] = child;
    if (++tree->slots_used * 4 > tree->slot_count * 3)
        widen_slots(tree);
    return child;
}

static const struct topic_end *end_for(const struct topic_tree *tree, uint32_t first, uint16_t broker)
{
    for (uint32_t e = first; e; e = tree->ends[e - 1].next)
        if (tree->ends[e - 1].broker == broker)
            return &tree->ends[e - 1];
    return NULL;
}

bool topic_tree_add(struct topic_tree *tree, const char *filter, uint16_t broker, uint32_t binding, uint32_t *other)
{
    uint32_t node = 0;
    bool multi = false;
    struct step level;
    for (struct rest rest = {filter, strlen(filter)}; rest.text && !multi;) {
        rest = take_level(rest, &level);
        if (is_level(level, '#'))
            multi = true;
        else
            node = is_level(level, '+') ? plus_child(tree, node) : text_child(tree, node, level);
    }
    uint32_t *first = multi ? &tree->nodes[node].multi : &tree->nodes[node].ends;
    const struct topic_end *same = end_for(tree, *first, broker);
    if (same) {
        if (other)
            *other = same->binding;
        return false;
    }
    tree->ends = grow(tree->ends, tree->end_count + 1, &tree->end_capacity, sizeof *tree->ends);
    tree->ends[tree->end_count++] = (struct topic_end){.binding = binding, .next = *first, .broker = broker};
    *first = (uint32_t)tree->end_count;
    return true;
}

static uint32_t binding_for(const struct topic_tree *tree, uint32_t first, uint16_t broker)
{
    if (first == 0)
        return NO_BINDING;
    const struct topic_end *end = end_for(tree, first, broker);
    if (!end)
        end = end_for(tree, first, ANY_BROKER);
    return end ? end->binding : NO_BINDING;
}

/* Goes down by text, then by +, then takes #: the first that comes to an end is the most specific one. Each node of the
 * tree is visited at most once, and the depth is that of the longest filter. */
static uint32_t find_under(const struct topic_tree *tree, uint32_t node, struct rest rest, uint16_t broker, bool wild)
{
    uint32_t found = NO_BINDING;
    if (!rest.text) {
        found = binding_for(tree, tree->nodes[node].ends, broker);
    } else {
        struct step level;
        struct rest after = take_level(rest, &level);
        uint32_t child = tree->slots[find_slot(tree, node, level)];
        if (child)
            found = find_under(tree, child, after, broker, true);
        if (found == NO_BINDING && wild && tree->nodes[node].plus)
            found = find_under(tree, tree->nodes[node].plus, after, broker, true);
    }
    if (found == NO_BINDING && wild)
        found = binding_for(tree, tree->nodes[node].multi, broker);
    return found;
}

uint32_t topic_tree_find(const struct topic_tree *tree, const char *topic, size_t length, uint16_t broker)
{
    if (length == 0)
        return NO_BINDING;
    return find_under(tree, 0, (struct rest){topic, length}, broker, topic[0] != '$');
}

bool topic_filter_valid(const char *filter)
{
    size_t length = strlen(filter);
    if (length == 0 || length > 65535)
        return false;
    struct step level;
    for (struct rest rest = {filter, length}; rest.text;) {
        rest = take_level(rest, &level);
        bool wildcard = memchr(level.text, '+', level.length) || memchr(level.text, '#', level.length);
        if (wildcard && level.length != 1)
            return false;
        if (is_level(level, '#') && rest.text)
            return false;
    }
    return true;
}

bool topic_valid(const char *topic, size_t length)
{
    return length > 0 && length <= 65535 && !memchr(topic, '+', length) && !memchr(topic, '#', length)
        && !memchr(topic, '\0', length);
}

/* Written from the standard's sentences, apart from the tree, so that one can check the other. */
bool topic_matches(const char *filter, const char *topic)
{
    if (topic[0] == '$' && (filter[0] == '+' || filter[0] == '#'))
        return false;
    for (;;) {
        if (filter[0] == '#')
            return true;
        if (filter[0] == '+') {
            filter++;
            while (*topic && *topic != '/')
                topic++;
        } else {
            while (*filter && *filter != '/' && *filter == *topic)
                filter++, topic++;
            if ((*filter && *filter != '/') || (*topic && *topic != '/'))
                return false;
        }
        if (!*topic) /* "sport/#" matches "sport" too */
            return !*filter || strcmp(filter, "/#") == 0;
        if (!*filter)
            return false;
        filter++;
        topic++;
    }
}
