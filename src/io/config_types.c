#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/config_reader.h"

/* What repeats: a struct type is what equal machines have in common, a struct template one tag as it was declared (its
 * definition is shared by every machine), a struct feed the part of a topic that one place in the files says. Types, maps
 * and tags are found by their names; a name_entry's value is the index of what it names. */

enum { MOST_MAPS = 1000 };

void read_feed(struct reader *r, const struct fields *f, struct feed *out)
{
    setting_t *topic = field(f, "topic"), *time = field(f, "time");
    const struct name_entry *broker = field_reference(r, f, "broker", &r->broker_names);
    *out = (struct feed){.topic_where = topic, .topic = topic ? setting_text(topic) : NULL, .time_path = time ? setting_text(time) : NULL,
        .select_where = field(f, "select"), .select = read_select(r, f), .kind = read_format_kind(f), .encoding = read_encoding(r, f), .zone = read_time_zone(r, f),
        .format = field_choice(f, "format"), .time_format = field_choice(f, "time_format"),
        .broker = broker ? (int)entry_index(broker) : -1};
}

const struct name_entry *field_reference(struct reader *r, const struct fields *f, const char *key, const struct names *names)
{
    setting_t *s = field(f, key);
    if (!s)
        return NULL;
    const struct name_entry *entry = names_find(names, NULL, setting_text(s));
    if (entry)
        return entry;
    const char *nearest = names_nearest(names, NULL, setting_text(s));
    if (nearest)
        complain(r, s, "there is no %s \"%s\"; did you mean \"%s\"?", key, setting_text(s), nearest);
    else
        complain(r, s, "there is no %s \"%s\"", key, setting_text(s));
    return NULL;
}

/* ---- tags ---- */

static void check_kind(struct reader *r, const struct fields *f, const struct tag_def *def)
{
    enum tag_kind wanted = plant_kind_of_role(def->role, def->kind);
    static const char *const counts[] = {"count", "pieces"};
    int given = field_choice(f, "kind");
    if (given >= 0 && given != (int)wanted)
        complain(r, field(f, "kind"), "a tag of the role \"%s\" is of the kind \"%s\" (role = \"none\" if it is something else)",
            tag_role_names[def->role], tag_kind_names[wanted]);
    if (field(f, "map") && def->kind != KIND_STATE)
        warn(r, field(f, "map"), "only a tag of the kind \"state\" has a map");
    if (field(f, "modulus") && def->kind != KIND_COUNTER && def->kind != KIND_REGISTER)
        warn(r, field(f, "modulus"), "only a tag of the kind \"counter\" or \"register\" has a modulus");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (field(f, counts[i]) && def->kind != KIND_COUNTER)
            warn(r, field(f, counts[i]), "only a tag of the kind \"counter\" has this key");
    for (int i = 0; i < 2; i++)
        if (field(f, i ? "dead" : "alive") && def->role != ROLE_AVAILABILITY)
            warn(r, field(f, i ? "dead" : "alive"), "only a tag of the role \"availability\" has this key");
    if (def->modulus > 0 && def->count != COUNT_TOTAL)
        warn(r, field(f, "count") ? field(f, "count") : f->group, "only a total begins again at 0: the modulus means nothing");
    if (def->has_range && def->has_normal && (def->normal[0] < def->range[0] || def->normal[1] > def->range[1]))
        warn(r, field(f, "normal") ? field(f, "normal") : f->group, "the normal band reaches beyond the range");
}

static void set_text(const struct fields *f, const char *key, const char **out)
{
    if (field(f, key))
        *out = field_text(f, key);
}

/* The definition, on top of the one that it changes, if any. */
static struct tag_def read_def(struct reader *r, const struct fields *f, const struct tag_def *base)
{
    struct tag_def def = base ? *base : (struct tag_def){.name = field_text(f, "name"), .decimals = DECIMALS_AUTO, .scale = 1};
    if (base && base->role == ROLE_NONE)
        def.role = ROLE_COUNT;
    set_text(f, "title", &def.title);
    set_text(f, "alias", &def.alias);
    set_text(f, "description", &def.description);
    set_text(f, "unit", &def.unit);
    set_text(f, "was", &def.was);
    if (field(f, "kind"))
        def.kind = (enum tag_kind)field_choice(f, "kind");
    if (field(f, "role"))
        def.role = field_choice(f, "role") ? (enum tag_role)field_choice(f, "role") : ROLE_COUNT;
    def.has_range = field_range(f, "range", def.range) || def.has_range;
    def.has_normal = field_range(f, "normal", def.normal) || def.has_normal;
    if (field(f, "key"))
        def.key = field_bool(f, "key");
    if (field(f, "decimals"))
        def.decimals = (uint8_t)field_integer(f, "decimals");
    if (field(f, "scale") && (def.scale = field_number(f, "scale")) == 0)
        complain(r, field(f, "scale"), "0 is not a scale: every value would be the same");
    if (field(f, "offset"))
        def.offset = field_number(f, "offset");
    if (field(f, "modulus"))
        def.modulus = field_number(f, "modulus");
    if (field(f, "count"))
        def.count = (enum count_mode)field_choice(f, "count");
    def.form = read_form(r, f, def.form);
    if (field(f, "pieces"))
        def.pieces = field_number(f, "pieces");
    if (field(f, "interval"))
        def.interval_ms = field_duration(f, "interval");
    if (field(f, "alive") || field(f, "dead"))
        read_liveness(r, f, &def.alive, &def.alive_count, &def.dead, &def.dead_count);
    const struct name_entry *map = field_reference(r, f, "map", &r->map_names);
    if (map)
        def.map = (uint16_t)entry_index(map);
    return def;
}

static void merge_feed(struct feed *under, const struct feed *over)
{
    if (over->topic) {
        under->topic = over->topic;
        under->topic_where = over->topic_where;
    }
    if (over->path) {
        under->path = over->path;
        under->path_where = over->path_where;
    }
    under->time_path = over->time_path ? over->time_path : under->time_path;
    if (over->format >= 0) {
        under->format = over->format;
        under->kind = over->kind;
    }
    if (over->select) {
        under->select = over->select;
        under->select_where = over->select_where;
    }
    under->encoding = over->encoding ? over->encoding : under->encoding;
    under->zone = over->zone ? over->zone : under->zone;
    under->time_format = over->time_format >= 0 ? over->time_format : under->time_format;
    under->broker = over->broker >= 0 ? over->broker : under->broker;
}

static void read_tag(struct reader *r, setting_t *s, const void *owner, const struct templates *base, struct templates *out)
{
    struct fields f;
    const struct name_entry *earlier;
    char also[PATH_MOST];
    fields_read(r, s, "tags", &f);
    if (!field_required(r, &f, "name"))
        return;
    /* A node with a range in its name is read once for each number; its tags are the same each time. */
    if (!names_add(&r->tag_names, owner, field_text(&f, "name"), s, entry_value(out->count), &earlier)) {
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", field_text(&f, "name"), place(r, earlier->where, also));
        return;
    }
    const struct name_entry *changed = base ? names_find(&r->tag_names, base, field_text(&f, "name")) : NULL;
    struct template *under = changed ? &out->rows[entry_index(changed)] : NULL;
    struct template t = {.where = s};
    struct tag_def def = read_def(r, &f, under ? under->def : NULL);
    t.def = plant_add_def(&r->build, def);
    check_kind(r, &f, t.def);
    check_form(r, &f, t.def);
    t.alarms = read_alarm_list(r, &f, under ? under->alarms : NULL, t.def);
    read_feed(r, &f, &t.feed);
    t.feed.path_where = field(&f, "path");
    t.feed.path = t.feed.path_where ? setting_text(t.feed.path_where) : NULL;
    if (under) {
        struct feed own = t.feed;
        t.feed = under->feed;
        merge_feed(&t.feed, &own);
        *under = t;
        return;
    }
    out->rows = mem_grow(out->rows, out->count, &out->capacity, sizeof *out->rows);
    out->rows[out->count++] = t;
}

void read_tag_list(struct reader *r, const struct fields *f, const void *owner, const struct templates *base, struct templates *out)
{
    setting_t *list = field(f, "tags");
    *out = (struct templates){.rows = NULL};
    if (base && base->count) {
        out->rows = mem_resize(NULL, base->count, sizeof *out->rows);
        memcpy(out->rows, base->rows, base->count * sizeof *out->rows);
        out->count = out->capacity = base->count;
    }
    for (int i = 0, n = list ? config_setting_length(list) : 0; i < n; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read_tag(r, config_setting_get_elem(list, (unsigned)i), owner, base, out);
}

/* ---- types ---- */

static void read_type(struct reader *r, setting_t *s)
{
    struct fields f;
    const struct name_entry *earlier;
    char also[PATH_MOST];
    fields_read(r, s, "types", &f);
    struct type *type = mem_zero(1, sizeof *type);
    type->name = field_text(&f, "name");
    r->types = mem_grow(r->types, r->type_count, &r->type_capacity, sizeof *r->types);
    r->types[r->type_count++] = type;
    if (field_required(r, &f, "name") && !names_add(&r->type_names, NULL, type->name, s, entry_value(r->type_count - 1), &earlier))
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", type->name, place(r, earlier->where, also));
    read_feed(r, &f, &type->feed);
    type->ideal_cycle_s = field_number(&f, "ideal_cycle");
    type->stop_after = field(&f, "stop_after") ? field_number(&f, "stop_after") : 0;
    type->silent_after_ms = field_duration(&f, "silent_after");
    read_availability(r, &f, &type->availability);
    read_tag_list(r, &f, &type->tags, NULL, &type->tags);
    type->alarms = read_alarm_list(r, &f, NULL, NULL);
    type->dues = field(&f, "due");
    type->energy = read_energy_list(r, &f, NULL);
}

bool is_group(struct reader *r, setting_t *s)
{
    char shown[NAME_MOST + 16];
    if (s->type == CONFIG_TYPE_GROUP)
        return true;
    complain(r, s, "%s is not a group { ... }", setting_shown(s, shown));
    return false;
}

void read_each(struct reader *r, const struct fields *f, const char *key, void (*read)(struct reader *r, setting_t *s))
{
    setting_t *list = field(f, key);
    for (int i = 0, n = list ? config_setting_length(list) : 0; i < n; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read(r, config_setting_get_elem(list, (unsigned)i));
}

void read_types(struct reader *r, const struct fields *root)
{
    read_each(r, root, "types", read_type);
}

/* ---- maps ---- */

static bool read_from(struct reader *r, const struct fields *f, const void *map, struct state_map_row *row)
{
    char key[TEXT_MOST], also[PATH_MOST];
    const struct name_entry *earlier;
    if (!field_required(r, f, "from"))
        return false;
    setting_t *from = field(f, "from");
    if (from->type == CONFIG_TYPE_STRING)
        row->text = setting_text(from);
    else
        row->number = (int64_t)(from->type == CONFIG_TYPE_INT ? from->value.ival : from->value.llval);
    /* Texts are compared without case, and the number 3 is not the text "3". */
    snprintf(key, sizeof key, row->text ? "\"%s" : "%s%lld", row->text ? row->text : "", (long long)row->number);
    for (char *p = key; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (names_add(&r->tag_names, map, plant_keep_text(&r->build, key), from, NULL, &earlier))
        return true;
    complain(r, from, "this value is there twice; also at %s", place(r, earlier->where, also));
    return false;
}

static void read_state(struct reader *r, setting_t *s, const void *map, struct state_map_row *row)
{
    struct fields f;
    fields_read(r, s, "states", &f);
    read_from(r, &f, map, row);
    int state = field(&f, "state") ? pack_state_by_name(field_text(&f, "state")) : PACK_UNDEFINED;
    if (state < 0)
        complain(r, field(&f, "state"), "\"%s\" is not a PackML state (Execute, Idle, Stopped, Held, Suspended, Aborted, Complete ...)", field_text(&f, "state"));
    row->state = state < 0 ? PACK_UNDEFINED : (enum pack_state)state;
    int class = field(&f, "class") ? state_class_by_name(field_text(&f, "class")) : (int)pack_state_table[row->state].preset;
    if (class < 0)
        complain(r, field(&f, "class"), "\"%s\" is not a class (run, stop, starved, blocked, setup, cleaning, maintenance, break ...)", field_text(&f, "class"));
    row->class = class < 0 ? CLASS_UNKNOWN : (enum state_class)class;
    row->word = field(&f, "word") ? field_text(&f, "word") : NULL;
    if (!config_setting_get_member(s, "state") && !config_setting_get_member(s, "class"))
        complain(r, s, "\"state\" or \"class\" is missing: what \"from\" means");
}

static void read_map(struct reader *r, setting_t *s)
{
    struct fields f;
    const struct name_entry *earlier;
    char also[PATH_MOST];
    fields_read(r, s, "maps", &f);
    setting_t *states = field(&f, "states");
    size_t count = states ? (size_t)config_setting_length(states) : 0;
    if (!count && !config_setting_get_member(s, "states"))
        complain(r, s, "\"states\" is missing: a list of groups with \"from\" and \"state\"");
    struct state_map_row *rows = mem_zero(count, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        if (is_group(r, config_setting_get_elem(states, (unsigned)i)))
            read_state(r, config_setting_get_elem(states, (unsigned)i), s, &rows[i]);
    if (field_required(r, &f, "name")) {
        if (r->build.plant->map_count >= MOST_MAPS)
            complain(r, s, "one map too many; %d are allowed", MOST_MAPS);
        else if (names_add(&r->map_names, NULL, field_text(&f, "name"), s, entry_value(r->build.plant->map_count), &earlier))
            plant_add_map(&r->build, (struct state_map){.name = field_text(&f, "name"), .rows = rows, .count = count});
        else if (!earlier->where)
            complain(r, field(&f, "name"), "\"%s\" is built in; choose another name", field_text(&f, "name"));
        else
            complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", field_text(&f, "name"), place(r, earlier->where, also));
    }
    free(rows);
}

void read_maps(struct reader *r, const struct fields *root)
{
    names_add(&r->map_names, NULL, "packml", NULL, entry_value(0), NULL);
    read_each(r, root, "maps", read_map);
}
