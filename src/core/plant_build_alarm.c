/*
 * The alarms of a plant while it is made: classes, positions, first-out groups, definitions, and where they hang. At the end each alarm gets its
 * operator's position, and what alarms look at becomes a sorted list, so that the fold finds by a changed tag which alarms to ask.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/plant_build.h"

enum { HOUR_MS = 3600000 };

void plant_build_alarms_init(struct plant_build *b)
{
    /* In the order of enum alarm_class_preset. */
    static const struct alarm_class built_in[] = {
        {.name = "process", .title = "process", .horn = true, .counted = true, .shelve_most_ms = 8 * HOUR_MS},
        {.name = "safety", .title = "safety", .safety = true, .horn = true, .counted = true},
        {.name = "machine", .title = "machine's own", .ack = ACK_BY_ITSELF, .shelve_most_ms = 24 * HOUR_MS},
        {.name = "system", .title = "system", .ack = ACK_ON_RETURN, .shelve_most_ms = 24 * HOUR_MS},
    };
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        plant_add_alarm_class(b, built_in[i]);
    plant_add_position(b, (struct alarm_position){.name = "plant", .title = "Plant"});
}

uint16_t plant_add_alarm_class(struct plant_build *b, struct alarm_class class)
{
    struct plant *plant = b->plant;
    class.name = plant_keep_text(b, class.name);
    class.title = class.title && *class.title ? plant_keep_text(b, class.title) : class.name;
    assert(plant->alarm_class_count < UINT16_MAX);
    plant->alarm_classes = mem_grow(plant->alarm_classes, plant->alarm_class_count, &b->class_capacity, sizeof class);
    plant->alarm_classes[plant->alarm_class_count] = class;
    return (uint16_t)plant->alarm_class_count++;
}

uint16_t plant_add_position(struct plant_build *b, struct alarm_position position)
{
    struct plant *plant = b->plant;
    uint32_t *nodes = plant_take(b, position.node_count * sizeof *nodes);
    if (position.node_count)
        memcpy(nodes, position.nodes, position.node_count * sizeof *nodes);
    position.nodes = nodes;
    position.name = plant_keep_text(b, position.name);
    position.title = position.title && *position.title ? plant_keep_text(b, position.title) : position.name;
    assert(plant->position_count < UINT16_MAX);
    plant->positions = mem_grow(plant->positions, plant->position_count, &b->position_capacity, sizeof position);
    plant->positions[plant->position_count] = position;
    return (uint16_t)plant->position_count++;
}

static bool is_first_out(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct plant *)context)->first_outs[number], key) == 0;
}

static uint16_t first_out_index(struct plant_build *b, const char *name)
{
    struct plant *plant = b->plant;
    if (!name || !*name)
        return NO_FIRST_OUT;
    uint64_t hash = hash_bytes(name, strlen(name));
    uint32_t found = hash_index_find(&b->first_out_index, hash, is_first_out, plant, name);
    if (found != HASH_INDEX_NONE)
        return (uint16_t)found;
    assert(plant->first_out_count < NO_FIRST_OUT);
    plant->first_outs = mem_grow(plant->first_outs, plant->first_out_count, &b->first_out_capacity, sizeof *plant->first_outs);
    plant->first_outs[plant->first_out_count] = plant_keep_text(b, name);
    hash_index_add(&b->first_out_index, hash, (uint32_t)plant->first_out_count);
    return (uint16_t)plant->first_out_count++;
}

/* ---- definitions ---- */

static const struct alarm_value *keep_values(struct plant_build *b, const struct alarm_value *values, size_t count)
{
    struct alarm_value *kept = plant_take(b, count * sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = (struct alarm_value){.text = values[i].text ? plant_keep_text(b, values[i].text) : NULL, .number = values[i].number};
    return kept;
}

static struct alarm_formula keep_formula(struct plant_build *b, struct alarm_formula formula)
{
    if (!formula.text || !*formula.text)
        return (struct alarm_formula){.text = NULL, .source = ""};
    return (struct alarm_formula){.text = plant_keep_text(b, formula.text), .source = plant_keep_text(b, formula.source)};
}

static struct alarm_condition_def keep_condition(struct plant_build *b, struct alarm_condition_def c)
{
    assert(c.kind < ALARM_KIND_COUNT && c.priority <= ALARM_PRIORITIES);
    c.title = plant_keep_text(b, c.title && *c.title ? c.title : alarm_kind_table[c.kind].title);
    c.cause = plant_keep_text(b, c.cause);
    c.consequence = plant_keep_text(b, c.consequence);
    c.action = plant_keep_text(b, c.action);
    c.related = plant_keep_text(b, c.related);
    c.priority = c.priority ? c.priority : 3;
    c.when = keep_formula(b, c.when);
    c.values = keep_values(b, c.values, c.value_count);
    return c;
}

static const struct alarm_code *keep_codes(struct plant_build *b, const struct alarm_code *codes, size_t count)
{
    struct alarm_code *kept = plant_take(b, count * sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = (struct alarm_code){.code = *keep_values(b, &codes[i].code, 1), .title = plant_keep_text(b, codes[i].title),
            .cause = plant_keep_text(b, codes[i].cause), .consequence = plant_keep_text(b, codes[i].consequence),
            .action = plant_keep_text(b, codes[i].action), .priority = codes[i].priority ? codes[i].priority : 3};
    return kept;
}

const struct alarm_def *plant_add_alarm_def(struct plant_build *b, struct alarm_def def)
{
    assert(def.condition_count > 0 && def.condition_count <= ALARM_CONDITIONS && def.input_count <= ALARM_INPUTS);
    assert(def.class < b->plant->alarm_class_count);
    struct alarm_condition_def *conditions = plant_take(b, def.condition_count * sizeof *conditions);
    for (size_t i = 0; i < def.condition_count; i++)
        conditions[i] = keep_condition(b, def.conditions[i]);
    def.conditions = conditions;
    def.name = plant_keep_text(b, def.name);
    def.title = def.title && *def.title ? plant_keep_text(b, def.title) : conditions[0].title;
    def.suppress = keep_formula(b, def.suppress);
    def.codes = keep_codes(b, def.codes, def.code_count);
    if (def.input_count == 0)
        def.message_text = ALARM_INPUTS;
    struct alarm_def *kept = plant_take(b, sizeof *kept);
    *kept = def;
    return kept;
}

uint32_t plant_add_alarm(struct plant_build *b, uint32_t node, uint32_t tag, const struct alarm_def *def, const struct alarm_input *inputs,
    const char *first_out)
{
    struct plant *plant = b->plant;
    assert(node < plant->node_count && (tag == NO_TAG || (tag < plant->tag_count && plant->tags[tag].node == node)));
    assert(plant->alarm_count == 0 || plant->alarms[plant->alarm_count - 1].node <= node);
    plant->alarms = mem_grow(plant->alarms, plant->alarm_count, &b->alarm_capacity, sizeof *plant->alarms);
    plant->alarms[plant->alarm_count] = (struct plant_alarm){.node = node, .tag = tag, .def = def,
        .first_input = (uint32_t)plant->alarm_input_count, .first_out = first_out_index(b, first_out)};
    for (size_t i = 0; i < def->input_count; i++) {
        plant->alarm_inputs = mem_grow(plant->alarm_inputs, plant->alarm_input_count, &b->input_capacity, sizeof *inputs);
        plant->alarm_inputs[plant->alarm_input_count++] = inputs[i];
    }
    return (uint32_t)plant->alarm_count++;
}

/* ---- at the end ---- */

/* The position whose node lies nearest above; where two have the same one, the first. */
static void give_positions(struct plant *plant)
{
    uint16_t *of_node = mem_zero(plant->node_count, sizeof *of_node);
    for (size_t p = plant->position_count; p-- > 0;)
        for (size_t i = 0; i < plant->positions[p].node_count; i++)
            of_node[plant->positions[p].nodes[i]] = (uint16_t)p;
    for (size_t n = 1; n < plant->node_count; n++)
        if (of_node[n] == 0)
            of_node[n] = of_node[plant->nodes[n].parent];
    for (size_t a = 0; a < plant->alarm_count; a++)
        plant->alarms[a].position = of_node[plant->alarms[a].node];
    free(of_node);
}

static int compare_uses(const void *left, const void *right)
{
    const struct alarm_use *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return a->alarm < b->alarm ? -1 : a->alarm > b->alarm;
}

static void collect_uses(struct plant *plant)
{
    size_t count = 0, kept = 0;
    struct alarm_use *uses = mem_zero(plant->alarm_count + plant->alarm_input_count, sizeof *uses);
    for (uint32_t a = 0; a < plant->alarm_count; a++) {
        const struct plant_alarm *alarm = &plant->alarms[a];
        bool on_tag = alarm->tag != NO_TAG;
        uses[count++] = (struct alarm_use){.kind = on_tag ? INPUT_TAG : INPUT_NODE, .index = on_tag ? alarm->tag : alarm->node, .alarm = a};
        for (size_t i = 0; i < alarm->def->input_count; i++) {
            const struct alarm_input *input = &plant->alarm_inputs[alarm->first_input + i];
            uses[count++] = (struct alarm_use){.kind = input->kind, .index = input->index, .alarm = a};
        }
    }
    if (count)
        qsort(uses, count, sizeof *uses, compare_uses);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare_uses(&uses[kept - 1], &uses[i]) == 0)
            continue;
        if (uses[i].kind == INPUT_TAG && plant->tags[uses[i].index].first_use == UINT32_MAX)
            plant->tags[uses[i].index].first_use = (uint32_t)kept;
        uses[kept++] = uses[i];
    }
    plant->alarm_uses = mem_resize(uses, kept ? kept : 1, sizeof *uses);
    plant->alarm_use_count = kept;
}

void plant_build_alarms_finish(struct plant_build *b)
{
    give_positions(b->plant);
    collect_uses(b->plant);
}
