/*
 * The small plant of a what-if. An excerpt of a plant is everything that one alarm's answer may depend on: its tags, the nodes above them, the
 * nodes whose state it looks at with the tags that tell it, and the alarms that it looks at, with theirs. A struct excerpt says of each tag,
 * node and alarm of the large plant which one it became in the small one.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/plant_build.h"
#include "core/whatif_private.h"

#define WANTED (UINT32_MAX - 1)

struct excerpt {
    const struct plant *plant;
    uint32_t *nodes, *tags, *alarms; /* NO_*: left out; WANTED; else the new index */
};

static void want_node(struct excerpt *x, uint32_t node)
{
    for (; node != NO_NODE && x->nodes[node] == NO_NODE; node = x->plant->nodes[node].parent)
        x->nodes[node] = WANTED;
}

static void want_tag(struct excerpt *x, uint32_t tag)
{
    if (tag == NO_TAG)
        return;
    x->tags[tag] = WANTED;
    want_node(x, x->plant->tags[tag].node);
}

/* A node's state follows from its state tag, else its counter; a line's from its constraint's. */
static void want_state(struct excerpt *x, uint32_t node)
{
    const struct node *n = &x->plant->nodes[node];
    want_node(x, node);
    want_tag(x, n->role_tag[ROLE_STATE]);
    want_tag(x, n->role_tag[ROLE_GOOD]);
    if (n->level == LEVEL_LINE && n->constraint != NO_NODE && n->constraint != node)
        want_state(x, n->constraint);
}

static bool is_of_silence(const struct plant_alarm *alarm)
{
    for (size_t c = 0; c < alarm->def->condition_count; c++)
        if (alarm->tag == NO_TAG && alarm->def->conditions[c].kind == ALARM_NO_DATA)
            return true;
    return false;
}

/* Alarms look at alarms, never in a circle: the configuration saw to that. */
static void want_alarm(struct excerpt *x, uint32_t index)
{
    const struct plant_alarm *alarm = &x->plant->alarms[index];
    if (x->alarms[index] != NO_ALARM)
        return;
    x->alarms[index] = WANTED;
    want_node(x, alarm->node);
    want_tag(x, alarm->tag);
    for (uint32_t t = 0; is_of_silence(alarm) && t < x->plant->nodes[alarm->node].tag_count; t++)
        want_tag(x, x->plant->nodes[alarm->node].first_tag + t);
    for (size_t i = 0; i < alarm->def->input_count; i++) {
        const struct alarm_input *input = &x->plant->alarm_inputs[alarm->first_input + i];
        if (input->kind == INPUT_TAG)
            want_tag(x, input->index);
        else if (input->kind == INPUT_NODE)
            want_state(x, input->index);
        else
            want_alarm(x, input->index);
    }
}

static uint32_t *nothing_of(size_t count)
{
    uint32_t *list = mem_zero(count + 1, sizeof *list);
    memset(list, 0xFF, (count + 1) * sizeof *list);
    return list;
}

static void excerpt_init(struct excerpt *x, const struct plant *plant)
{
    *x = (struct excerpt){.plant = plant, .nodes = nothing_of(plant->node_count), .tags = nothing_of(plant->tag_count), .alarms = nothing_of(plant->alarm_count)};
}

static void excerpt_finish(struct excerpt *x)
{
    free(x->nodes);
    free(x->tags);
    free(x->alarms);
}

/* ---- copying ---- */

static void copy_classes(struct plant_build *b, const struct plant *plant)
{
    for (size_t c = 0; c < plant->alarm_class_count; c++) {
        uint16_t at = c < ALARM_CLASS_PRESETS ? (uint16_t)c : plant_add_alarm_class(b, plant->alarm_classes[c]);
        const struct alarm_class kept = b->plant->alarm_classes[at];
        b->plant->alarm_classes[at] = plant->alarm_classes[c];
        b->plant->alarm_classes[at].name = kept.name;
        b->plant->alarm_classes[at].title = kept.title;
    }
}

static void copy_nodes(struct excerpt *x, struct plant_build *b)
{
    const struct plant *plant = x->plant;
    for (uint32_t n = 0; n < plant->node_count; n++) {
        const struct node *node = &plant->nodes[n];
        if (x->nodes[n] != WANTED)
            continue;
        x->nodes[n] = plant_add_node(b, n == 0 ? NO_NODE : x->nodes[node->parent], *node);
        for (uint32_t t = node->first_tag; t < node->first_tag + node->tag_count; t++)
            if (x->tags[t] == WANTED)
                x->tags[t] = plant_add_tag(b, x->nodes[n], plant_add_def(b, *plant->tags[t].def));
    }
    for (uint32_t n = 0; n < plant->node_count; n++) {
        uint32_t constraint = plant->nodes[n].constraint;
        if (x->nodes[n] != NO_NODE && plant->nodes[n].level == LEVEL_LINE && constraint != NO_NODE && constraint != n && x->nodes[constraint] != NO_NODE)
            plant_set_constraint(b, x->nodes[n], x->nodes[constraint]);
    }
}

static struct alarm_input moved(const struct excerpt *x, struct alarm_input input)
{
    input.index = input.kind == INPUT_TAG ? x->tags[input.index] : input.kind == INPUT_NODE ? x->nodes[input.index] : x->alarms[input.index];
    return input;
}

/* Alarms may name others that come later: all get their numbers first. */
static void copy_alarms(struct excerpt *x, struct plant_build *b, uint32_t target, const struct alarm_def *changed)
{
    const struct plant *plant = x->plant;
    uint32_t number = 0;
    for (uint32_t a = 0; a < plant->alarm_count; a++)
        if (x->alarms[a] == WANTED)
            x->alarms[a] = number++;
    for (uint32_t a = 0; a < plant->alarm_count; a++) {
        const struct plant_alarm *alarm = &plant->alarms[a];
        struct alarm_input inputs[ALARM_INPUTS];
        if (x->alarms[a] == NO_ALARM)
            continue;
        for (size_t i = 0; i < alarm->def->input_count; i++)
            inputs[i] = moved(x, plant->alarm_inputs[alarm->first_input + i]);
        const struct alarm_def *def = plant_add_alarm_def(b, a == target ? *changed : *alarm->def);
        plant_add_alarm(b, x->nodes[alarm->node], alarm->tag == NO_TAG ? NO_TAG : x->tags[alarm->tag], def, inputs, NULL);
    }
}

static void begin(struct plant_build *b, const struct plant *plant)
{
    plant_build_init(b);
    for (size_t m = 1; m < plant->map_count; m++)
        plant_add_map(b, plant->maps[m]);
    copy_classes(b, plant);
}

static struct plant *end(struct plant_build *b, const struct plant *plant)
{
    struct plant *small = plant_build_finish(b);
    small->bounds = plant->bounds;
    small->clock_error_ms = plant->clock_error_ms;
    return small;
}

struct plant *whatif_plant(const struct plant *plant, uint32_t alarm, const struct alarm_def *changed, uint32_t *new_alarm)
{
    struct excerpt x;
    struct plant_build b;
    excerpt_init(&x, plant);
    want_alarm(&x, alarm);
    begin(&b, plant);
    copy_nodes(&x, &b);
    copy_alarms(&x, &b, alarm, changed);
    *new_alarm = x.alarms[alarm];
    excerpt_finish(&x);
    return end(&b, plant);
}

struct plant *whatif_plant_new(const struct plant *plant, uint32_t tag, const struct alarm_def *def)
{
    struct excerpt x;
    struct plant_build b;
    excerpt_init(&x, plant);
    want_tag(&x, tag);
    begin(&b, plant);
    copy_nodes(&x, &b);
    plant_add_alarm(&b, x.nodes[plant->tags[tag].node], x.tags[tag], plant_add_alarm_def(&b, *def), NULL, NULL);
    excerpt_finish(&x);
    return end(&b, plant);
}
