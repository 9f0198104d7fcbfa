/*
 * Alarms on their machines: each plan's references become tags, nodes and alarms of the plant, as seen from the node that the alarm hangs on. The
 * struct alarm_seats were noted in the plant's order while nodes were added; the plant's alarms have the same numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_alarms.h"

enum { MOST_ALARMS = 500000, MOST_FIRST_OUTS = 60000, CIRCLE_SHOWN = 4 };

void place_alarms(struct reader *r, uint32_t node, uint32_t tag, const struct alarm_list *list)
{
    for (size_t i = 0; list && i < list->plan_count; i++) {
        if (r->seat_count >= MOST_ALARMS) {
            complain(r, list->plans[i]->where, "one alarm too many; %d are allowed", MOST_ALARMS);
            return;
        }
        r->seats = mem_grow(r->seats, r->seat_count, &r->seat_capacity, sizeof *r->seats);
        r->seats[r->seat_count++] = (struct alarm_seat){.node = node, .tag = tag, .plan = list->plans[i]};
    }
}

/* ---- where a reference leads ---- */

/* What was looked for and not found, with the nearest name that is there. */
struct lack { const char *what; char name[NAME_MOST]; const char *nearest; size_t distance, depth; };

static void lack_begin(struct lack *lack, const char *what, const char *name)
{
    *lack = (struct lack){.what = what, .distance = SIZE_MAX};
    snprintf(lack->name, sizeof lack->name, "%s", name);
}

static void lack_near(struct lack *lack, const char *name)
{
    size_t distance;
    if (names_near(lack->name, name, &distance) && distance < lack->distance) {
        lack->distance = distance;
        lack->nearest = name;
    }
}

static uint32_t child_of(const struct reader *r, uint32_t parent, const char *name)
{
    const struct name_entry *entry = names_find(&r->node_names, node_owner(parent), name);
    return entry ? entry_index(entry) : NO_NODE;
}

/* The node that a path leads to from another one; the path's slashes are overwritten. */
static uint32_t walk(const struct reader *r, uint32_t node, char *path, struct lack *lack)
{
    size_t depth = 0;
    for (char *part = path, *next; part && *part; part = next, depth++) {
        next = strchr(part, '/');
        if (next)
            *next++ = '\0';
        uint32_t from = node;
        node = strcmp(part, "..") == 0 ? r->build.plant->nodes[from].parent : child_of(r, from, part);
        if (node != NO_NODE)
            continue;
        lack_begin(lack, "area, line or unit", part);
        lack->nearest = names_nearest(&r->node_names, node_owner(from), part);
        lack->depth = depth;
        return NO_NODE;
    }
    return node;
}

/* Below the node itself (from where ../ begins), else from the site, whose own name may stand first. */
static uint32_t find_node(const struct reader *r, uint32_t node, const char *path, struct lack *lack)
{
    char copy[TEXT_MOST];
    struct lack other;
    const char *site = r->build.plant->nodes[0].name;
    size_t n = strlen(site);
    snprintf(copy, sizeof copy, "%s", path);
    uint32_t found = walk(r, node, copy, lack);
    if (found != NO_NODE || strncmp(path, "..", 2) == 0)
        return found;
    snprintf(copy, sizeof copy, "%s", path);
    found = walk(r, 0, copy, &other);
    if (found == NO_NODE && (other.depth > lack->depth || (other.depth == lack->depth && !lack->nearest)))
        *lack = other; /* what came further tells more */
    if (found != NO_NODE || strncmp(path, site, n) != 0 || (path[n] != '/' && path[n]))
        return found;
    snprintf(copy, sizeof copy, "%s", path + n + (path[n] == '/'));
    return walk(r, 0, copy, &other);
}

static uint32_t tag_on(const struct reader *r, uint32_t node, const char *name)
{
    const struct plant *plant = r->build.plant;
    const struct node *n = &plant->nodes[node];
    for (uint32_t t = n->first_tag; t < n->first_tag + n->tag_count; t++)
        if (strcmp(plant->tags[t].def->name, name) == 0)
            return t;
    return NO_TAG;
}

/* Nearness costs more than looking: it is asked for only when there is nothing of that name. */
static void lack_tag(const struct reader *r, uint32_t node, bool above, const char *name, struct lack *lack)
{
    const struct plant *plant = r->build.plant;
    lack_begin(lack, "tag", name);
    for (; node != NO_NODE; node = above ? plant->nodes[node].parent : NO_NODE)
        for (uint32_t t = plant->nodes[node].first_tag; t < plant->nodes[node].first_tag + plant->nodes[node].tag_count; t++)
            lack_near(lack, plant->tags[t].def->name);
}

static uint32_t tag_here_or_above(const struct reader *r, uint32_t node, const char *name)
{
    uint32_t tag = NO_TAG;
    for (; node != NO_NODE && tag == NO_TAG; node = r->build.plant->nodes[node].parent)
        tag = tag_on(r, node, name);
    return tag;
}

/* The first alarm of a node; seats stand in the nodes' order. */
static size_t first_seat(const struct reader *r, uint32_t node)
{
    size_t low = 0, high = r->seat_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->seats[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_name(const struct alarm_plan *plan, const char *name)
{
    bool has = strcmp(plan->def->name, name) == 0;
    for (size_t i = 0; i < plan->def->condition_count; i++)
        has = has || strcmp(plan->names[i], name) == 0;
    return has;
}

/* Told apart by what they hang on: NO_TAG is the node itself. */
static uint32_t alarm_on(const struct reader *r, uint32_t node, uint32_t tag, const char *name, struct lack *lack)
{
    size_t first = first_seat(r, node);
    for (size_t s = first; s < r->seat_count && r->seats[s].node == node; s++)
        if (r->seats[s].tag == tag && has_name(r->seats[s].plan, name))
            return (uint32_t)s;
    lack_begin(lack, "alarm", name);
    for (size_t s = first; s < r->seat_count && r->seats[s].node == node; s++)
        if (r->seats[s].tag == tag)
            lack_near(lack, r->seats[s].plan->def->name);
    return NO_ALARM;
}

/* A line, or a unit, that can tell its state: the fold will know one. */
static bool has_state(const struct reader *r, uint32_t node)
{
    const struct plant *plant = r->build.plant;
    if (plant->nodes[node].level != LEVEL_LINE && plant->nodes[node].level != LEVEL_UNIT)
        return false;
    for (uint32_t n = node; n < plant->node_count && (n == node || plant->nodes[n].parent == node); n++)
        for (uint32_t t = plant->nodes[n].first_tag; t < plant->nodes[n].first_tag + plant->nodes[n].tag_count; t++)
            if (plant->tags[t].def->role == ROLE_STATE || plant->tags[t].def->role == ROLE_GOOD)
                return true;
    return false;
}

struct seek { struct reader *r; const struct alarm_seat *seat; const char *ref; setting_t *where; };

static bool missing(const struct seek *seek, const struct lack *lack)
{
    if (lack->nearest)
        complain(seek->r, seek->where, "\"%s\": there is no %s \"%s\"; did you mean \"%s\"?", seek->ref, lack->what, lack->name, lack->nearest);
    else
        complain(seek->r, seek->where, "\"%s\": there is no %s \"%s\"", seek->ref, lack->what, lack->name);
    return false;
}

static bool seek_state(const struct seek *seek, const char *path, const char *word, struct alarm_input *input)
{
    struct lack lack;
    if (strcmp(word, "state") != 0) {
        complain(seek->r, seek->where, "\"%s\": behind the colon stands \"state\": {:state}, {../unit2:state}", seek->ref);
        return false;
    }
    uint32_t node = find_node(seek->r, seek->seat->node, path, &lack);
    if (node == NO_NODE)
        return missing(seek, &lack);
    *input = (struct alarm_input){.kind = INPUT_NODE, .index = node};
    if (has_state(seek->r, node))
        return true;
    complain(seek->r, seek->where, "\"%s\": %s has no state: it needs a line or unit with a tag of the role \"state\" or \"good\"", seek->ref,
        seek->r->build.plant->nodes[node].title);
    return false;
}

/* "tag.alarm", "unit.alarm", ".alarm": on a tag before on a node of that name. */
static bool seek_alarm(const struct seek *seek, uint32_t node, const char *owner, const char *name, struct alarm_input *input)
{
    struct lack lack, alarms;
    uint32_t tag = *owner ? tag_on(seek->r, node, owner) : NO_TAG, child = *owner ? child_of(seek->r, node, owner) : node;
    uint32_t alarm = tag == NO_TAG && child == NO_NODE ? NO_ALARM : alarm_on(seek->r, tag == NO_TAG ? child : node, tag, name, &alarms);
    *input = (struct alarm_input){.kind = INPUT_ALARM, .index = alarm};
    if (alarm != NO_ALARM)
        return true;
    if (tag != NO_TAG || child != NO_NODE)
        return missing(seek, &alarms);
    lack_tag(seek->r, node, false, owner, &lack);
    return missing(seek, &lack);
}

static bool seek_last(const struct seek *seek, uint32_t node, bool pathless, char *last, struct alarm_input *input)
{
    struct lack lack;
    char *point = strchr(last, '.');
    if (point) {
        *point = '\0';
        return seek_alarm(seek, node, last, point + 1, input);
    }
    uint32_t tag = pathless ? tag_here_or_above(seek->r, node, last) : tag_on(seek->r, node, last);
    *input = (struct alarm_input){.kind = INPUT_TAG, .index = tag};
    if (tag != NO_TAG)
        return true;
    lack_tag(seek->r, node, pathless, last, &lack);
    return missing(seek, &lack);
}

static bool seek_input(const struct seek *seek, struct alarm_input *input)
{
    char text[TEXT_MOST];
    struct lack lack;
    snprintf(text, sizeof text, "%s", seek->ref);
    char *colon = strchr(text, ':'), *slash = strrchr(text, '/');
    if (colon) {
        *colon = '\0';
        return seek_state(seek, text, colon + 1, input);
    }
    if (!slash)
        return seek_last(seek, seek->seat->node, true, text, input);
    *slash = '\0';
    uint32_t node = find_node(seek->r, seek->seat->node, text, &lack);
    return node == NO_NODE ? missing(seek, &lack) : seek_last(seek, node, false, slash + 1, input);
}

/* ---- into the plant ---- */

static void check_number(struct reader *r, const struct alarm_plan *plan, size_t i, const struct alarm_input *input)
{
    if (input->kind != INPUT_TAG)
        return;
    const struct tag_def *def = r->build.plant->tags[input->index].def;
    bool text = def->kind == KIND_TEXT || def->kind == KIND_RECIPE;
    if (plan->computed & 1u << i && text)
        complain(r, plan->ref_where[i], "\"%s\": a tag of the kind \"%s\" cannot be computed with", plan->refs[i], tag_kind_names[def->kind]);
}

/* A first-out group reaches over its line, or over what it hangs on above lines. */
static const char *first_out(struct reader *r, const struct alarm_seat *seat, char out[TEXT_MOST])
{
    const struct plant *plant = r->build.plant;
    char name[TEXT_MOST / 2], path[TEXT_MOST / 2];
    struct error err;
    uint32_t line = plant_ancestor(plant, seat->node, LEVEL_LINE);
    if (!*seat->plan->first_out)
        return "";
    if (plant->first_out_count >= MOST_FIRST_OUTS) {
        complain(r, seat->plan->first_out_where, "more than %d first-out groups", MOST_FIRST_OUTS);
        return "";
    }
    snprintf(name, sizeof name, "%s", seat->plan->first_out);
    if (!captures_expand(plant, seat->node, seat->tag == NO_TAG ? "" : plant->tags[seat->tag].def->name, seat->plan->first_out, name, sizeof name, &err))
        complain(r, seat->plan->first_out_where, "%s", err.text);
    plant_node_path(plant, line == NO_NODE ? seat->node : line, path, sizeof path);
    snprintf(out, TEXT_MOST, "%s/%s", path, name);
    return out;
}

static void add_alarm(struct reader *r, const struct alarm_seat *seat)
{
    struct alarm_plan *plan = seat->plan;
    struct alarm_input inputs[ALARM_INPUTS];
    char group[TEXT_MOST];
    for (size_t i = 0; i < plan->def->input_count; i++) {
        struct seek seek = {.r = r, .seat = seat, .ref = plan->refs[i], .where = plan->ref_where[i]};
        inputs[i] = (struct alarm_input){.kind = INPUT_NODE, .index = 0};
        if (seek_input(&seek, &inputs[i]))
            check_number(r, plan, i, &inputs[i]);
        else
            inputs[i] = (struct alarm_input){.kind = INPUT_NODE, .index = 0};
    }
    const struct alarm_condition_def *first = &plan->def->conditions[0];
    if (first->kind == ALARM_NO_DATA && seat->tag == NO_TAG && !first->window_ms && r->build.plant->nodes[seat->node].silent_after_ms <= 0)
        complain(r, plan->where, "\"silent_after\" is missing where it hangs: say there, or with \"window\", how long it may keep silent");
    plant_add_alarm(&r->build, seat->node, seat->tag, plan->def, inputs, first_out(r, seat, group));
}

/* ---- circles ---- */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };
struct step { uint32_t alarm, input; };

static void tell_circle(struct reader *r, const struct step *steps, size_t count)
{
    char text[TEXT_MOST] = "", key[ALARM_KEY_BYTES];
    size_t length = 0, shown = count < CIRCLE_SHOWN ? count : CIRCLE_SHOWN;
    struct alarm_plan *plan = r->seats[steps[0].alarm].plan;
    if (plan->circle)
        return;
    for (size_t i = 0; i < count; i++)
        r->seats[steps[i].alarm].plan->circle = true;
    for (size_t i = 0; i <= shown; i++) {
        plant_alarm_key(r->build.plant, steps[i == shown ? 0 : i].alarm, key, sizeof key);
        bool cut = i == shown && count > shown;
        int n = snprintf(text + length, sizeof text - length, "%s%s%s", cut ? " looks at ... looks at " : i ? " looks at " : "", key, "");
        length += n > 0 && (size_t)n < sizeof text - length ? (size_t)n : 0;
    }
    complain(r, plan->suppress_where ? plan->suppress_where : plan->where, "alarms in a circle: %s", text);
}

/* Follows what alarms look at, one after the other; what is still open when it is met again closes a circle. */
static void follow(struct reader *r, uint32_t from, uint8_t *marks, struct step *steps)
{
    const struct plant *plant = r->build.plant;
    size_t depth = 0;
    steps[depth++] = (struct step){.alarm = from};
    marks[from] = MARK_OPEN;
    while (depth > 0) {
        struct step *top = &steps[depth - 1];
        const struct plant_alarm *alarm = &plant->alarms[top->alarm];
        if (top->input == alarm->def->input_count) {
            marks[top->alarm] = MARK_DONE;
            depth--;
            continue;
        }
        const struct alarm_input *input = &plant->alarm_inputs[alarm->first_input + top->input++];
        if (input->kind != INPUT_ALARM || marks[input->index] == MARK_DONE)
            continue;
        if (marks[input->index] == MARK_NEW) {
            marks[input->index] = MARK_OPEN;
            steps[depth++] = (struct step){.alarm = input->index};
            continue;
        }
        size_t start = depth - 1;
        while (steps[start].alarm != input->index)
            start--;
        tell_circle(r, steps + start, depth - start);
    }
}

void add_alarms(struct reader *r)
{
    for (size_t s = 0; s < r->seat_count; s++)
        add_alarm(r, &r->seats[s]);
    uint8_t *marks = mem_zero(r->seat_count, sizeof *marks);
    struct step *steps = mem_zero(r->seat_count, sizeof *steps);
    for (uint32_t s = 0; s < r->seat_count; s++)
        if (marks[s] == MARK_NEW)
            follow(r, s, marks, steps);
    free(marks);
    free(steps);
}
