/*
 * What is watched of meters: demands and emissions, and the tags that the fold tells of them. Such a tag is one of the node like any other, so that a row of its name gives it alarms, a title and
 * a normal band; but no topic feeds it, and its unit follows from what it is the mean of. An emission is a meter of its own name.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/demand.h"
#include "core/memory.h"
#include "io/config_meters.h"

enum { DAY_MS = 86400000 };

static const char *const ends[] = {"forecast", "mean"};
enum { TOLD = sizeof ends / sizeof *ends };

/* ---- tags that are told ---- */

static struct template *template_by_name(const struct templates *tags, const char *name)
{
    for (size_t i = 0; i < tags->count; i++)
        if (strcmp(tags->rows[i].def->name, name) == 0)
            return &tags->rows[i];
    return NULL;
}

static const struct energy_entry *entry_by_name(const struct energy_entries *entries, const char *name)
{
    for (size_t i = 0; i < entries->count; i++)
        if (strcmp(entries->rows[i].name, name) == 0)
            return &entries->rows[i];
    return NULL;
}

/* The meter that a demand names, or the only one there is; NULL when there is none or several. */
static const struct energy_entry *meter_of(const struct energy_entry *demand, const struct energy_list *list)
{
    const struct energy_entries *meters = &list->of[ENERGY_METER];
    if (field(&demand->f, "meter"))
        return entry_by_name(meters, field_text(&demand->f, "meter"));
    return meters->count == 1 ? &meters->rows[0] : NULL;
}

static void demand_unit(const struct reader *r, const struct energy_entry *demand, const struct energy_list *list, char out[ENERGY_UNIT])
{
    const struct energy_entry *meter = meter_of(demand, list);
    const struct name_entry *carrier = meter && field(&meter->f, "carrier") ? names_find(&r->carrier_names, NULL, field_text(&meter->f, "carrier")) : NULL;
    energy_unit_rate(r->build.plant->carriers[carrier ? entry_index(carrier) : CARRIER_ELECTRICITY].unit, out);
}

static const char *tag_name_of(const struct energy_entry *emission)
{
    return field(&emission->f, "tag") ? field_text(&emission->f, "tag") : emission->name;
}

/* What a row of its name says, and what follows by itself. */
static struct tag_def told_def(struct reader *r, const struct energy_entry *entry, const char *end, const struct template *row, const char *name, const char *unit)
{
    char title[TEXT_MOST];
    struct tag_def def = row ? *row->def : (struct tag_def){.name = name, .decimals = DECIMALS_AUTO, .scale = 1};
    snprintf(title, sizeof title, "%s %s", field(&entry->f, "title") ? field_text(&entry->f, "title") : entry->name, end);
    if (row && (row->feed.topic || row->feed.path))
        complain(r, row->feed.topic ? row->feed.topic_where : row->feed.path_where, "\"%s\" is reckoned from a meter: no topic feeds it", name);
    if (row && def.kind != KIND_VALUE)
        complain(r, row->where, "\"%s\" is reckoned from a meter: its kind is \"value\"", name);
    if (row && *def.unit && *unit && strcmp(def.unit, unit) != 0)
        complain(r, row->where, "\"%s\" is reckoned from a meter: its unit is %s", name, unit);
    if (!row || strcmp(def.title, def.name) == 0)
        def.title = plant_keep_text(&r->build, title);
    def.unit = unit;
    def.told = true;
    def.decimals = def.decimals == DECIMALS_AUTO ? 1 : def.decimals;
    def.role = ROLE_COUNT;
    def.kind = KIND_VALUE;
    return def;
}

static void tell_tag(struct reader *r, const struct energy_entry *entry, const char *end, const char *unit, struct templates *tags)
{
    char name[2 * NAME_MOST];
    snprintf(name, sizeof name, "%s-%s", entry->name, end);
    if (strlen(name) >= NAME_MOST) {
        complain(r, field(&entry->f, "name"), "\"%s\" is too long: its tag %s has a name of at most %d bytes", entry->name, name, NAME_MOST - 1);
        return;
    }
    struct template *row = template_by_name(tags, name);
    if (row && row->told) {
        complain(r, entry->where, "\"%s\" is told by another demand or emission of this name already", name);
        return;
    }
    const struct tag_def def = told_def(r, entry, end, row, name, plant_keep_text(&r->build, unit));
    if (!row) {
        tags->rows = mem_grow(tags->rows, tags->count, &tags->capacity, sizeof *tags->rows);
        row = &tags->rows[tags->count++];
        *row = (struct template){.where = entry->where};
    }
    row->def = plant_add_def(&r->build, def);
    row->told = true;
}

void tell_tags(struct reader *r, const struct energy_list *list, struct templates *tags)
{
    char unit[ENERGY_UNIT];
    for (size_t i = 0; list && i < list->of[ENERGY_DEMAND].count; i++)
        for (size_t e = 0; e < TOLD; e++) {
            demand_unit(r, &list->of[ENERGY_DEMAND].rows[i], list, unit);
            tell_tag(r, &list->of[ENERGY_DEMAND].rows[i], ends[e], unit, tags);
        }
    for (size_t i = 0; list && i < list->of[ENERGY_EMISSION].count; i++)
        for (size_t e = 0; e < TOLD; e++) {
            const struct template *tag = template_by_name(tags, tag_name_of(&list->of[ENERGY_EMISSION].rows[i]));
            tell_tag(r, &list->of[ENERGY_EMISSION].rows[i], ends[e], tag ? tag->def->unit : "", tags);
        }
}

static uint32_t told_tag(const struct plant *plant, uint32_t node, const char *name, const char *end)
{
    char wanted[2 * NAME_MOST];
    const struct node *n = &plant->nodes[node];
    snprintf(wanted, sizeof wanted, "%s-%s", name, end);
    for (uint32_t t = n->first_tag; t < n->first_tag + n->tag_count; t++)
        if (strcmp(plant->tags[t].def->name, wanted) == 0)
            return t;
    return NO_TAG;
}

/* A limit, NAN without one. */
static double read_limit(struct reader *r, const struct fields *f, const char *key)
{
    if (field(f, key) && field_number(f, key) == 0)
        complain(r, field(f, key), "0 is not a limit: it would always be exceeded; without the key there is none");
    return field(f, key) ? field_number(f, key) : NAN;
}

/* ---- demands ---- */

static void check_block(struct reader *r, const struct energy_entry *entry, const struct demand *d)
{
    const struct fields *f = &entry->f;
    setting_t *block = field(f, "block"), *step = field(f, "step"), *sync = field(f, "sync");
    if (d->kind == DEMAND_BLOCK && DAY_MS % d->block_ms)
        complain(r, block, "a day is not a whole number of blocks of %s", field_text(f, "block"));
    if (step && d->kind != DEMAND_SLIDING)
        warn(r, step, "only of a sliding window (kind = \"sliding\")");
    else if (step && (d->block_ms % d->step_ms || d->block_ms / d->step_ms > DEMAND_STEPS))
        complain(r, step, "the window is not a whole number of such steps, %d at most", DEMAND_STEPS);
    if (sync && d->kind != DEMAND_BLOCK)
        warn(r, sync, "only of blocks (kind = \"block\")");
    if (d->limit <= d->warn)
        warn(r, field(f, "warn"), "the screen would warn only when the limit is met");
}

void add_demand(struct reader *r, uint32_t node, const struct energy_entry *entry, const struct energy_list *list)
{
    const struct plant *plant = r->build.plant;
    const struct fields *f = &entry->f;
    const struct energy_entry *meter = meter_of(entry, list);
    struct demand d = {.name = entry->name, .title = field_text(f, "title"), .kind = field_choice(f, "kind") < 0 ? DEMAND_BLOCK : (enum demand_kind)field_choice(f, "kind"),
        .block_ms = field_duration(f, "block"), .step_ms = field_duration(f, "step"), .limit = read_limit(r, f, "limit"), .warn = read_limit(r, f, "warn"),
        .sync_tag = energy_tag(r, entry, node, "sync"), .forecast_tag = told_tag(plant, node, entry->name, "forecast"), .mean_tag = told_tag(plant, node, entry->name, "mean")};
    const struct name_entry *found = meter ? names_find(&r->meter_names, node_owner(node), meter->name) : NULL;
    if (!found) {
        const char *nearest = field(f, "meter") ? names_nearest(&r->meter_names, node_owner(node), field_text(f, "meter")) : NULL;
        if (field(f, "meter"))
            complain(r, field(f, "meter"), "there is no meter \"%s\" here%s%s%s", field_text(f, "meter"), nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
        else
            complain(r, entry->where, "\"meter\" is missing: which of the meters here it is the mean power of");
        return;
    }
    d.meter = entry_index(found);
    check_block(r, entry, &d);
    if (d.sync_tag != NO_TAG && (plant->tags[d.sync_tag].def->kind == KIND_TEXT || plant->tags[d.sync_tag].def->kind == KIND_STATE))
        complain(r, field(f, "sync"), "\"%s\": a tag of the kind \"%s\" is not a pulse", plant->tags[d.sync_tag].def->name, tag_kind_names[plant->tags[d.sync_tag].def->kind]);
    plant_add_demand(&r->build, d);
}

/* ---- emissions ---- */

static void check_oxygen(struct reader *r, const struct energy_entry *entry, const struct emission *e)
{
    const struct fields *f = &entry->f;
    if (field(f, "o2_reference") && !field(f, "o2"))
        complain(r, field(f, "o2_reference"), "\"o2\" is missing beside it: the tag of the measured oxygen");
    if (field(f, "o2") && !field(f, "o2_reference"))
        complain(r, field(f, "o2"), "\"o2_reference\" is missing beside it: the oxygen that means are converted to");
    if (e->o2_tag == NO_TAG || !energy_number(r, entry, "o2", e->o2_tag))
        return;
    const struct tag_def *def = r->build.plant->tags[e->o2_tag].def;
    if (*def->unit && strcmp(def->unit, "%") != 0 && strncmp(def->unit, "Vol", 3) != 0 && strncmp(def->unit, "vol", 3) != 0)
        complain(r, field(f, "o2"), "\"%s\" is in %s, which is not %%", def->name, def->unit);
}

void add_emission(struct reader *r, uint32_t node, const struct energy_entry *entry)
{
    static const char *const limits[EMISSION_MEANS] = {[EMISSION_HALF_HOUR] = "half_hour", [EMISSION_HOUR] = "hour", [EMISSION_DAY] = "day"};
    const struct plant *plant = r->build.plant;
    const struct fields *f = &entry->f;
    uint32_t tag = field(f, "tag") ? energy_tag(r, entry, node, "tag") : NO_TAG;
    for (uint32_t t = plant->nodes[node].first_tag; !field(f, "tag") && t < plant->nodes[node].first_tag + plant->nodes[node].tag_count; t++)
        if (strcmp(plant->tags[t].def->name, entry->name) == 0)
            tag = t;
    if (tag == NO_TAG && !field(f, "tag"))
        complain(r, entry->where, "there is no tag \"%s\" here, and \"tag\" names no other: what its concentration is", entry->name);
    else if (tag != NO_TAG)
        energy_number(r, entry, "tag", tag);
    struct emission e = {.name = entry->name, .title = field_text(f, "title"), .o2_tag = energy_tag(r, entry, node, "o2"), .o2_reference = field(f, "o2_reference") ? field_number(f, "o2_reference") : NAN,
        .valid_share = field_number(f, "valid_share"), .forecast_tag = told_tag(plant, node, entry->name, "forecast"), .mean_tag = told_tag(plant, node, entry->name, "mean")};
    for (size_t i = 0; i < EMISSION_MEANS; i++)
        e.limit[i] = read_limit(r, f, limits[i]);
    check_oxygen(r, entry, &e);
    e.meter = plant_add_meter(&r->build, (struct meter){.node = node, .name = entry->name, .title = field_text(f, "title"), .kind = METER_EMISSION, .tag = tag, .power_tag = NO_TAG,
        .reactive_tag = NO_TAG, .leading_tag = NO_TAG, .parent = NO_METER, .gap_ms = field_duration(f, "gap")});
    plant_add_emission(&r->build, e);
}
