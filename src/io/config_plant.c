#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"
#include "io/zonefile.h"

/* The plant tree. A struct spec is one group of the files that stands for a node, or for as many as its name's range makes;
 * each of them gets the same tags, and its own children. Everything is added depth first, as plant_build wants it. */

enum { MOST_NODES = 200000, MOST_TAGS = 2000000, MOST_CURRENCY = 8 };

struct spec {
    setting_t *where;
    struct fields f;
    struct name_range range;
    const struct type *type;
    struct feed feed;
    struct templates own;         /* of the type, changed by the node's own; empty when it has no own tags */
    const struct templates *tags; /* what it has: `own`, or those of its type */
    const struct alarm_list *alarms;
    const struct energy_list *energy;
    struct node work;             /* calendar, target and the like */
    struct product_list products; /* of a line or unit */
};

static const char *const level_groups[] = {[LEVEL_SITE] = "site", [LEVEL_AREA] = "areas", [LEVEL_LINE] = "lines", [LEVEL_UNIT] = "units"};

static bool spec_read(struct reader *r, setting_t *s, enum level level, struct spec *spec)
{
    struct error err;
    *spec = (struct spec){.where = s};
    fields_read(r, s, level_groups[level], &spec->f);
    const struct name_entry *type = field_reference(r, &spec->f, "type", &r->type_names);
    spec->type = type ? r->types[entry_index(type)] : NULL;
    spec->tags = &spec->own;
    read_feed(r, &spec->f, &spec->feed);
    const struct templates *base = spec->type ? &spec->type->tags : NULL;
    read_tag_list(r, &spec->f, entry_value(2 * r->owners++ + 1), base, &spec->own);
    const struct alarm_list *alarms = spec->type ? spec->type->alarms : NULL;
    spec->alarms = field(&spec->f, "alarms") ? read_alarm_list(r, &spec->f, alarms, NULL) : alarms;
    spec->energy = read_energy_list(r, &spec->f, spec->type ? spec->type->energy : NULL);
    tell_tags(r, spec->energy, &spec->own);
    availability_tags(r, &spec->f, level, spec->type, spec->feed.broker >= 0 || !spec->type ? spec->feed.broker : spec->type->feed.broker, &spec->own);
    read_work(r, &spec->f, &spec->work);
    if (level >= LEVEL_LINE)
        read_products(r, &spec->f, &spec->products);
    if (!s)
        return true;
    if (!field_required(r, &spec->f, "name"))
        return false;
    if (range_of(field_text(&spec->f, "name"), &spec->range, &err))
        return true;
    complain(r, field(&spec->f, "name"), "%s", err.text);
    return false;
}

/* A title may repeat the name's range, or hold {n}. */
static void check_title(struct reader *r, const struct spec *spec, const char *key)
{
    struct name_range range;
    const char *text = field_text(&spec->f, key), *open = strchr(text, '{');
    if (!open || spec->range.low > spec->range.high || strncmp(open, "{n}", 3) == 0)
        return;
    if (!range_of(text, &range, NULL) || range.low != spec->range.low || range.high != spec->range.high)
        complain(r, field(&spec->f, key), "the range differs from that of the name; repeat that one, or write {n}");
}

static const char *spec_text(const struct spec *spec, const char *key, long number, char out[TEXT_MOST])
{
    if (spec->range.low > spec->range.high)
        return field_text(&spec->f, key);
    range_text(field_text(&spec->f, key), number, spec->range.width, out, TEXT_MOST);
    return out;
}

/* Old keys may hold captures: forty machines have forty old keys. */
static const struct tag_def *with_was(struct reader *r, uint32_t node, const struct template *t)
{
    char was[TEXT_MOST];
    struct error err;
    if (!t->def->was || !strchr(t->def->was, '{'))
        return t->def;
    if (!captures_expand(r->build.plant, node, t->def->name, t->def->was, was, sizeof was, &err)) {
        complain(r, t->where, "was: %s", err.text);
        return t->def;
    }
    struct tag_def def = *t->def;
    def.was = was;
    def.role = def.role == ROLE_NONE ? ROLE_COUNT : def.role;
    return plant_add_def(&r->build, def);
}

static void check_role(struct reader *r, const struct template *t, const struct template *by_role[ROLE_COUNT])
{
    char also[PATH_MOST];
    enum tag_role role = t->def->role;
    if (role != ROLE_NONE && by_role[role] && !t->alone)
        complain(r, t->where, "the role \"%s\" is taken by \"%s\"; also at %s", tag_role_names[role], by_role[role]->def->name,
            place(r, by_role[role]->where, also));
    by_role[role] = t;
}

static bool full(struct reader *r, setting_t *where, size_t count, size_t most, const char *what)
{
    if (count >= most && !r->full)
        complain(r, where, "one %s too many; %zu are allowed", what, most);
    r->full = r->full || count >= most;
    return r->full;
}

static void add_tags(struct reader *r, uint32_t node, const struct spec *spec)
{
    const struct template *by_role[ROLE_COUNT] = {NULL}, *unfed = NULL;
    size_t fed = 0;
    place_alarms(r, node, NO_TAG, spec->alarms);
    place_energy(r, node, spec->energy);
    for (size_t i = 0; i < spec->tags->count; i++) {
        const struct template *t = &spec->tags->rows[i];
        if (full(r, spec->where, r->build.plant->tag_count, MOST_TAGS, "tag"))
            return;
        check_role(r, t, by_role);
        uint32_t tag = plant_add_tag(&r->build, node, with_was(r, node, t));
        place_alarms(r, node, tag, t->alarms);
        if (t->told)
            continue;
        const struct feed *feeds[] = {&t->feed, &spec->feed, spec->type ? &spec->type->feed : &spec->feed};
        bool own = t->where->parent && t->where->parent->parent == spec->where;
        if (claim_topic(r, tag, own || !spec->where ? t->where : spec->where, feeds, t->alone ? 1 : spec->type ? 3 : 2))
            fed++;
        else
            unfed = t;
    }
    if (unfed && !fed)
        warn(r, spec->where, "no topic feeds its tags: give it, its type or its tags a \"topic\"");
    else if (unfed)
        warn(r, unfed->where, "no topic feeds this tag: give it or what it hangs on a \"topic\"");
}

static struct node make_node(const struct spec *spec, enum level level, long number, char texts[3][TEXT_MOST])
{
    const struct type *type = spec->type;
    struct node node = spec->work;
    node.level = level;
    node.name = spec_text(spec, "name", number, texts[0]);
    node.title = spec_text(spec, "title", number, texts[1]);
    node.alias = spec_text(spec, "alias", number, texts[2]);
    node.type = type ? type->name : "";
    node.silent_after_ms = field_duration(&spec->f, "silent_after");
    if (!field(&spec->f, "silent_after") && type)
        node.silent_after_ms = type->silent_after_ms;
    if (level != LEVEL_LINE && level != LEVEL_UNIT)
        return node;
    node.plan_per_hour = field_number(&spec->f, "plan_per_hour");
    node.ideal_cycle_s = field_number(&spec->f, "ideal_cycle");
    node.stop_after_cycles = field(&spec->f, "stop_after") ? field_number(&spec->f, "stop_after") : type ? type->stop_after : 0;
    if (!field(&spec->f, "ideal_cycle") && type)
        node.ideal_cycle_s = type->ideal_cycle_s;
    return node;
}

static void set_constraint(struct reader *r, const struct spec *spec, uint32_t line)
{
    setting_t *s = field(&spec->f, "constraint");
    if (!s)
        return;
    const struct name_entry *unit = names_find(&r->node_names, node_owner(line), setting_text(s));
    const char *nearest = unit ? NULL : names_nearest(&r->node_names, node_owner(line), setting_text(s));
    if (unit)
        plant_set_constraint(&r->build, line, entry_index(unit));
    else if (nearest)
        complain(r, s, "the line has no unit \"%s\"; did you mean \"%s\"?", setting_text(s), nearest);
    else
        complain(r, s, "the line has no unit \"%s\"", setting_text(s));
}

static void read_nodes(struct reader *r, const struct fields *f, uint32_t parent, enum level level);
static void read_below(struct reader *r, const struct spec *spec, uint32_t parent, enum level level);

static void add_node(struct reader *r, const struct spec *spec, uint32_t parent, enum level level, long number)
{
    char texts[3][TEXT_MOST], also[PATH_MOST];
    const struct name_entry *earlier;
    struct node node = make_node(spec, level, number, texts);
    uint32_t index = (uint32_t)r->build.plant->node_count;
    if (full(r, spec->where, index, MOST_NODES, "area, line or unit"))
        return;
    const char *name = plant_keep_text(&r->build, node.name);
    if (!names_add(&r->node_names, node_owner(parent), name, spec->where, entry_value(index), &earlier)) {
        complain(r, field(&spec->f, "name"), "\"%s\" is there twice; also at %s", name, place(r, earlier->where, also));
        read_below(r, spec, parent, level);
        return;
    }
    node.name = name;
    plant_add_node(&r->build, parent, node);
    for (size_t i = 0; i < spec->products.count; i++)
        plant_add_product(&r->build, index, spec->products.rows[i]);
    add_tags(r, index, spec);
    if (level >= LEVEL_LINE)
        read_dues(r, index, spec->type ? spec->type->dues : NULL, field(&spec->f, "due"));
    if (level < LEVEL_UNIT)
        read_nodes(r, &spec->f, index, level + 1);
    if (level == LEVEL_LINE)
        set_constraint(r, spec, index);
}

/* Something is wrong with a node's own name: what lies in it is read all the same, so that one run tells all of it. */
static void read_below(struct reader *r, const struct spec *spec, uint32_t parent, enum level level)
{
    uint32_t index = (uint32_t)r->build.plant->node_count;
    if (level == LEVEL_UNIT || full(r, spec->where, index, MOST_NODES, "area, line or unit"))
        return;
    plant_add_node(&r->build, parent, (struct node){.level = level, .name = "nameless"});
    read_nodes(r, &spec->f, index, level + 1);
}

static void read_node(struct reader *r, setting_t *s, uint32_t parent, enum level level)
{
    static const char *const texts[] = {"title", "alias"};
    struct spec spec;
    if (spec_read(r, s, level, &spec)) {
        bool ranged = spec.range.low <= spec.range.high;
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            check_title(r, &spec, texts[i]);
        for (long n = ranged ? spec.range.low : 0; n <= (ranged ? spec.range.high : 0) && !r->full; n++)
            add_node(r, &spec, parent, level, n);
    } else {
        read_below(r, &spec, parent, level);
    }
    free(spec.products.rows);
    free(spec.own.rows);
}

static void read_nodes(struct reader *r, const struct fields *f, uint32_t parent, enum level level)
{
    setting_t *list = field(f, level_groups[level]);
    for (int i = 0, n = list ? config_setting_length(list) : 0; i < n && !r->full; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read_node(r, config_setting_get_elem(list, (unsigned)i), parent, level);
}

void read_plant(struct reader *r, const struct fields *root)
{
    struct spec spec;
    struct error err;
    struct plant *plant = r->build.plant;
    char texts[3][TEXT_MOST];
    bool whole = spec_read(r, field(root, "site"), LEVEL_SITE, &spec);
    struct node site = make_node(&spec, LEVEL_SITE, 0, texts);
    if (!whole || !*site.name)
        site.name = "site";
    plant_add_node(&r->build, NO_NODE, site);
    const char *zone = field_text(&spec.f, "zone");
    if (!zonefile_read(zone, &plant->zone, &err))
        complain(r, field(&spec.f, "zone"), "%s", err.text);
    plant->site_zone_name = plant_keep_text(&r->build, zone);
    plant->currency = plant_keep_text(&r->build, field_text(&spec.f, "currency"));
    if (strlen(plant->currency) >= MOST_CURRENCY)
        complain(r, field(&spec.f, "currency"), "\"%s\" is too long: %d bytes are allowed", plant->currency, MOST_CURRENCY - 1);
    add_tags(r, 0, &spec);
    free(spec.own.rows);
    read_nodes(r, root, 0, LEVEL_AREA);
}
