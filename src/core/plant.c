#include "core/plant.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A struct plant is read-only here. Its nodes stand in depth-first order, so that nodes[i].end bounds every walk: the first
 * child of i, if any, is i + 1, and the next sibling of i is nodes[i].end as long as that has the same parent. The arena is
 * a chain of blocks, each beginning with a pointer to the next. */

const char *const tag_kind_names[KIND_COUNT] = {
    [KIND_VALUE] = "value", [KIND_STATE] = "state", [KIND_COUNTER] = "counter", [KIND_POWER] = "power",
    [KIND_REGISTER] = "register", [KIND_TEXT] = "text", [KIND_BOOL] = "bool",
    [KIND_SETPOINT] = "setpoint", [KIND_LIMIT] = "limit", [KIND_RECIPE] = "recipe",
};

const char *const tag_role_names[ROLE_COUNT] = {
    [ROLE_NONE] = "", [ROLE_STATE] = "state", [ROLE_GOOD] = "good", [ROLE_REJECT] = "reject", [ROLE_CYCLE] = "cycle",
    [ROLE_SPEED] = "speed", [ROLE_REASON] = "reason", [ROLE_ORDER] = "order", [ROLE_PRODUCT] = "product",
    [ROLE_CREW] = "crew", [ROLE_TOTAL] = "total", [ROLE_REWORK] = "rework", [ROLE_FIRST_PASS] = "first_pass", [ROLE_INSPECTED] = "inspected",
    [ROLE_MODE] = "mode", [ROLE_PLAN] = "plan", [ROLE_ORDERED] = "ordered", [ROLE_BUFFER] = "buffer", [ROLE_DEFECT] = "defect",
    [ROLE_AVAILABILITY] = "availability",
};

void plant_destroy(struct plant *plant)
{
    if (!plant)
        return;
    for (void **block = plant->arena, **next; block; block = next) {
        next = *block;
        free(block);
    }
    free(plant->zone.spans);
    free(plant->nodes);
    free(plant->tags);
    free(plant->brokers);
    free(plant->bindings);
    free(plant->maps);
    free(plant->publishers);
    free(plant->trends);
    free(plant->views);
    free(plant->calendars);
    free(plant->products);
    free(plant->reasons);
    free(plant->call_kinds);
    free(plant->carriers);
    free(plant->tariffs);
    free(plant->dues);
    free(plant->meters);
    free(plant->demands);
    free(plant->emissions);
    free(plant->baselines);
    free(plant->alarm_classes);
    free(plant->positions);
    free(plant->first_outs);
    free(plant->alarms);
    free(plant->alarm_inputs);
    free(plant->alarm_uses);
    free(plant);
}

/* Adds a text to a path being written, with a slash before it unless it is the first. */
static size_t path_add(char *out, size_t cap, size_t length, const char *text)
{
    if (length && length + 1 < cap)
        out[length++] = '/';
    size_t n = strlen(text), room = cap - 1 - length;
    n = n < room ? n : room;
    memcpy(out + length, text, n);
    out[length + n] = '\0';
    return length + n;
}

size_t plant_node_path(const struct plant *plant, uint32_t node, char *out, size_t cap)
{
    assert(cap > 0);
    enum { DEEPEST = 8 };
    uint32_t chain[DEEPEST];
    int depth = 0;
    for (uint32_t n = node; n < plant->node_count && depth < DEEPEST; n = plant->nodes[n].parent)
        chain[depth++] = n;
    size_t length = 0;
    out[0] = '\0';
    while (depth > 0)
        length = path_add(out, cap, length, plant->nodes[chain[--depth]].name);
    return length;
}

size_t plant_tag_key(const struct plant *plant, uint32_t tag, char *out, size_t cap)
{
    assert(tag < plant->tag_count);
    return path_add(out, cap, plant_node_path(plant, plant->tags[tag].node, out, cap), plant->tags[tag].def->name);
}

uint16_t plant_tag_broker(const struct plant *plant, uint32_t tag)
{
    return plant->tags[tag].broker;
}

static bool publishes(const struct plant *plant, uint32_t publisher, uint32_t tag)
{
    uint16_t its = plant->tags[plant->publishers[publisher].tag].broker, broker = plant->tags[tag].broker;
    return plant->publishers[publisher].tag != tag && (its == ANY_BROKER || broker == ANY_BROKER || its == broker);
}

uint32_t plant_tag_publisher(const struct plant *plant, uint32_t tag, uint32_t before)
{
    uint32_t node = before == NO_PUBLISHER ? plant->tags[tag].node : plant->publishers[before].node;
    uint32_t next = before == NO_PUBLISHER ? plant->nodes[node].publisher : before + 1;
    for (;;) {
        for (; next < plant->publisher_count && plant->publishers[next].node == node; next++)
            if (publishes(plant, next, tag))
                return next;
        node = plant->nodes[node].parent;
        if (node == NO_NODE)
            return NO_PUBLISHER;
        next = plant->nodes[node].publisher;
    }
}

static bool name_is(const char *name, const char *part, size_t length)
{
    return strlen(name) == length && memcmp(name, part, length) == 0;
}

uint32_t plant_node_by_path(const struct plant *plant, const char *path)
{
    uint32_t node = 0;
    for (;;) {
        size_t length = strcspn(path, "/");
        while (node != NO_NODE && !name_is(plant->nodes[node].name, path, length))
            node = plant_next_sibling(plant, node);
        if (node == NO_NODE || path[length] == '\0')
            return node;
        path += length + 1;
        node = plant_first_child(plant, node);
    }
}

uint32_t plant_first_child(const struct plant *plant, uint32_t node)
{
    return plant->nodes[node].end > node + 1 ? node + 1 : NO_NODE;
}

uint32_t plant_next_sibling(const struct plant *plant, uint32_t node)
{
    uint32_t next = plant->nodes[node].end, parent = plant->nodes[node].parent;
    return next < plant->node_count && parent != NO_NODE && plant->nodes[next].parent == parent ? next : NO_NODE;
}

uint32_t plant_line_from(const struct plant *plant, uint32_t node)
{
    while (node < plant->node_count && plant->nodes[node].level != LEVEL_LINE)
        node++;
    return node < plant->node_count ? node : NO_NODE;
}

uint32_t plant_ancestor(const struct plant *plant, uint32_t node, enum level level)
{
    while (node < plant->node_count && plant->nodes[node].level != level)
        node = plant->nodes[node].parent;
    return node < plant->node_count ? node : NO_NODE;
}
