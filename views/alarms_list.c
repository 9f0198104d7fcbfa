/*
 * The list is looked at when the model's alarms changed, and put into order only when its signature, a sum over the occurrences in it, says
 * that the set is another. Headings of the plant's tree are put in while the rows are written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "views/alarms.h"

enum { HAYSTACK = 1024, MS_PER_SECOND = 1000, STANDING_MS = 24 * 3600000 };

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* ---- which ---- */

static bool belongs(const struct alarm *alarm, enum alarms_tab tab)
{
    static const uint8_t hidden[ALARMS_TABS] = {[ALARMS_SHELVED] = SHOWN_SHLVD, [ALARMS_SUPPRESSED] = SHOWN_DSUPR, [ALARMS_OUT] = SHOWN_OOSRV};
    if (tab == ALARMS_ACTIVE)
        return alarm_seen(alarm);
    return tab == ALARMS_UNACKED ? alarm_unacked(alarm) : alarm_shown(alarm) == hidden[tab];
}

/* What a machine says is another text each time; all else that the filter looks at is fixed. */
static bool matches(struct alarms_list *list, const struct model *model, uint32_t alarm)
{
    const struct plant *plant = list->plant;
    const struct plant_alarm *plan = &plant->alarms[alarm];
    bool fixed = plan->def->conditions[0].kind != ALARM_MESSAGE;
    if (!list->filter[0])
        return true;
    if (fixed && list->matched[alarm])
        return list->matched[alarm] == 2;
    char place[HAYSTACK / 2], text[HAYSTACK], key[ALARM_KEY_BYTES];
    node_haystack(plant, plan->node, place, sizeof place);
    plant_alarm_key(plant, alarm, key, sizeof key);
    snprintf(text, sizeof text, "%s %s %s %s %s", alarm_text_title(model, alarm), key, plan->tag == NO_TAG ? "" : plant->tags[plan->tag].def->title,
        plant->alarm_classes[plan->def->class].name, place);
    bool yes = filter_matches(list->filter, text);
    list->matched[alarm] = yes ? 2 : 1;
    return yes;
}

static bool in_position(const struct alarms_list *list, uint32_t alarm)
{
    return list->position < 0 || list->plant->alarms[alarm].position == list->position;
}

/* Counts the tabs and notes what is in this one; returns the signature of that set. */
static uint64_t look(struct alarms_list *list, const struct model *model)
{
    size_t count;
    const uint32_t *listed = model_alarms_listed(model, &count);
    int64_t standing_from = model_wall(model) - STANDING_MS;
    uint64_t signature = 1;
    memset(list->tabs, 0, sizeof list->tabs);
    list->standing = 0;
    list->entry_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct alarm *alarm = model_alarm(model, listed[i]);
        if (!in_position(list, listed[i]))
            continue;
        for (int tab = 0; tab < ALARMS_TABS; tab++)
            list->tabs[tab] += belongs(alarm, (enum alarms_tab)tab);
        list->standing += alarm_seen(alarm) && alarm_active(alarm) && alarm->raised_ms <= standing_from;
        if (!belongs(alarm, list->tab) || !matches(list, model, listed[i]))
            continue;
        list->entries = mem_grow(list->entries, list->entry_count, &list->entry_capacity, sizeof *list->entries);
        list->entries[list->entry_count++] = (struct alarms_entry){alarm_sort_key(alarm), listed[i]};
        signature += mix(mix((uint64_t)alarm->raised_ms + alarm_priority(alarm)) + listed[i]);
    }
    return signature;
}

/* ---- in which order ---- */

static int by_order(const void *a, const void *b)
{
    const struct alarms_entry *l = a, *r = b;
    if (l->order != r->order)
        return l->order < r->order ? -1 : 1;
    return l->alarm < r->alarm ? -1 : l->alarm > r->alarm;
}

static void add_row(struct alarms_list *list, uint32_t row)
{
    list->rows = mem_grow(list->rows, list->count, &list->capacity, sizeof *list->rows);
    list->rows[list->count++] = row;
}

/* Under what an alarm stands: its line, or what it hangs on above the lines. */
static uint32_t heading_of(const struct plant *plant, uint32_t alarm)
{
    uint32_t line = plant_ancestor(plant, plant->alarms[alarm].node, LEVEL_LINE);
    return line == NO_NODE ? plant->alarms[alarm].node : line;
}

/* Counted and put behind one another by heading, which leaves the order within each. */
static void write_tree(struct alarms_list *list)
{
    size_t nodes = list->plant->node_count;
    uint32_t *first = mem_zero(nodes + 1, sizeof *first), *sorted = mem_zero(list->entry_count + 1, sizeof *sorted), last = NO_NODE;
    for (size_t i = 0; i < list->entry_count; i++)
        first[heading_of(list->plant, list->entries[i].alarm) + 1]++;
    for (size_t n = 0; n < nodes; n++)
        first[n + 1] += first[n];
    for (size_t i = 0; i < list->entry_count; i++)
        sorted[first[heading_of(list->plant, list->entries[i].alarm)]++] = list->entries[i].alarm;
    for (size_t i = 0; i < list->entry_count; i++) {
        uint32_t heading = heading_of(list->plant, sorted[i]);
        if (heading != last)
            add_row(list, heading | ALARMS_HEADING);
        last = heading;
        add_row(list, sorted[i]);
    }
    free(first);
    free(sorted);
}

static void write_rows(struct alarms_list *list)
{
    if (list->entry_count)
        qsort(list->entries, list->entry_count, sizeof *list->entries, by_order);
    list->count = 0;
    if (list->tree)
        write_tree(list);
    for (size_t i = 0; !list->tree && i < list->entry_count; i++)
        add_row(list, list->entries[i].alarm);
    list->version++;
}

/* ---- */

static void restart(struct alarms_list *list, const struct scene *scene, enum alarms_tab tab, bool tree, int position)
{
    const struct plant *plant = model_plant(scene->model);
    bool same_texts = list->ready && list->plant_id == plant->id && strcmp(list->filter, scene->filter) == 0;
    list->plant = plant;
    list->plant_id = plant->id;
    list->model = scene->model;
    list->tab = tab;
    list->tree = tree;
    list->position = position;
    snprintf(list->filter, sizeof list->filter, "%.*s", FILTER_BYTES - 1, scene->filter);
    if (!same_texts) {
        free(list->matched);
        list->matched = mem_zero(plant->alarm_count + 1, sizeof *list->matched);
    }
    list->signature = look(list, scene->model);
    write_rows(list);
    list->ready = true;
}

void alarms_list_update(struct alarms_list *list, const struct scene *scene, enum alarms_tab tab, bool tree, int position)
{
    const struct model *model = scene->model;
    const struct plant *plant = model_plant(model);
    uint64_t generation = model_alarms_generation(model);
    int64_t second = model_wall(model) / MS_PER_SECOND;
    bool same = list->ready && list->model == model && list->plant == plant && list->plant_id == plant->id && list->tab == tab && list->tree == tree
        && list->position == position && strncmp(list->filter, scene->filter, FILTER_BYTES - 1) == 0;
    if (!same) {
        restart(list, scene, tab, tree, position);
    } else if (generation != list->generation || second != list->second) {
        if (list->count > ALARMS_LARGE && second == list->second)
            return;
        uint64_t signature = look(list, model);
        if (signature != list->signature)
            write_rows(list);
        list->signature = signature;
    }
    list->generation = generation;
    list->second = second;
}

void alarms_list_finish(struct alarms_list *list)
{
    free(list->rows);
    free(list->entries);
    free(list->matched);
    *list = (struct alarms_list){.ready = false};
}
