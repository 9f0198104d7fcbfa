/*
 * The list is looked at when the model's alarms changed, and put into order only when its signature, a sum over the occurrences in it, says
 * that the set is another. Then only what is new in it or stands elsewhere is sorted, and merged with what stays: of ten thousand a few turn in
 * a second. Headings of the plant's tree are put in while the rows are written.
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

static void belongs(const struct alarm *alarm, bool tabs[ALARMS_TABS])
{
    uint8_t shown = alarm_shown(alarm);
    tabs[ALARMS_ACTIVE] = shown > ALARM_NORM && shown < ALARM_STATE_COUNT;
    tabs[ALARMS_UNACKED] = alarm_shown_unacked(shown);
    tabs[ALARMS_SHELVED] = shown == SHOWN_SHLVD;
    tabs[ALARMS_SUPPRESSED] = shown == SHOWN_DSUPR;
    tabs[ALARMS_OUT] = shown == SHOWN_OOSRV;
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
        bool in[ALARMS_TABS];
        belongs(alarm, in);
        for (int tab = 0; tab < ALARMS_TABS; tab++)
            list->tabs[tab] += in[tab];
        list->standing += in[ALARMS_ACTIVE] && alarm->raised_ms <= standing_from && alarm_active(alarm);
        if (!in[list->tab] || !matches(list, model, listed[i]))
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

/* The sorted entries that still stand as they did, in place; the others stand nowhere. */
static void drop_moved(struct alarms_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->sorted_count; i++) {
        struct alarms_stand *stand = &list->stands[list->sorted[i].alarm];
        if (stand->round == list->round)
            list->sorted[kept++] = list->sorted[i];
        else
            stand->order = 0;
    }
    list->sorted_count = kept;
}

static size_t gather_fresh(struct alarms_list *list)
{
    size_t count = 0;
    list->round++;
    for (size_t i = 0; i < list->entry_count; i++) {
        const struct alarms_entry *e = &list->entries[i];
        if (list->stands[e->alarm].order == e->order) {
            list->stands[e->alarm].round = list->round;
            continue;
        }
        list->fresh = mem_grow(list->fresh, count, &list->fresh_capacity, sizeof *list->fresh);
        list->fresh[count++] = *e;
    }
    return count;
}

static void merge(struct alarms_list *list, size_t fresh)
{
    size_t i = 0, f = 0, count = 0;
    while (i < list->sorted_count || f < fresh) {
        bool old = i < list->sorted_count && (f == fresh || by_order(&list->sorted[i], &list->fresh[f]) < 0);
        list->merged = mem_grow(list->merged, count, &list->merged_capacity, sizeof *list->merged);
        list->merged[count++] = old ? list->sorted[i++] : list->fresh[f++];
    }
    struct alarms_entry *entries = list->sorted;
    size_t capacity = list->sorted_capacity;
    list->sorted = list->merged;
    list->sorted_count = count;
    list->sorted_capacity = list->merged_capacity;
    list->merged = entries;
    list->merged_capacity = capacity;
}

static void put_into_order(struct alarms_list *list)
{
    size_t fresh = gather_fresh(list);
    drop_moved(list);
    for (size_t f = 0; f < fresh; f++)
        list->stands[list->fresh[f].alarm] = (struct alarms_stand){list->fresh[f].order, list->round};
    if (fresh)
        qsort(list->fresh, fresh, sizeof *list->fresh, by_order);
    merge(list, fresh);
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
    uint32_t *first = mem_zero(nodes + 1, sizeof *first), *sorted = mem_zero(list->sorted_count + 1, sizeof *sorted), last = NO_NODE;
    for (size_t i = 0; i < list->sorted_count; i++)
        first[heading_of(list->plant, list->sorted[i].alarm) + 1]++;
    for (size_t n = 0; n < nodes; n++)
        first[n + 1] += first[n];
    for (size_t i = 0; i < list->sorted_count; i++)
        sorted[first[heading_of(list->plant, list->sorted[i].alarm)]++] = list->sorted[i].alarm;
    for (size_t i = 0; i < list->sorted_count; i++) {
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
    put_into_order(list);
    list->count = 0;
    if (list->tree)
        write_tree(list);
    for (size_t i = 0; !list->tree && i < list->sorted_count; i++)
        add_row(list, list->sorted[i].alarm);
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
    free(list->stands);
    list->stands = mem_zero(plant->alarm_count + 1, sizeof *list->stands);
    list->sorted_count = 0;
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
    free(list->sorted);
    free(list->fresh);
    free(list->merged);
    free(list->stands);
    free(list->matched);
    *list = (struct alarms_list){.ready = false};
}
