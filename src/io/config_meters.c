/*
 * Meters as the files say them. A struct energy_entry is a meter, demand or emission with its keys: of a type's, changed by the node's own of the same name. The struct energy_seats are noted in
 * the plant's order while nodes are added; what their references mean on one machine is found out at the end, when all tags are there. A struct seated is a meter of the plant with its place.
 */
#include "io/config_meters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { MOST_METERS = 100000, CIRCLE_SHOWN = 4 };

static const char *const keys[ENERGY_WHATS] = {[ENERGY_METER] = "meters", [ENERGY_DEMAND] = "demands", [ENERGY_EMISSION] = "emissions"};

/* ---- entries ---- */

static void read_entry(struct reader *r, setting_t *s, enum energy_what what, struct energy_entries *entries)
{
    struct energy_entry entry = {.where = s, .own = true}, *there = NULL;
    char also[PATH_MOST];
    fields_read(r, s, keys[what], &entry.f);
    if (!field_required(r, &entry.f, "name"))
        return;
    entry.name = field_text(&entry.f, "name");
    for (size_t i = 0; i < entries->count && !there; i++)
        there = strcmp(entries->rows[i].name, entry.name) == 0 ? &entries->rows[i] : NULL;
    if (there && there->own) {
        complain(r, field(&entry.f, "name"), "\"%s\" is there twice; also at %s", entry.name, place(r, there->where, also));
    } else if (there) {
        for (size_t i = 0; i < entry.f.count; i++)
            if (!entry.f.set[i])
                entry.f.set[i] = there->f.set[i];
        entry.changes = true;
        *there = entry;
    } else if (entries->count >= ENERGY_OF_ONE) {
        complain(r, s, "one too many here; %d are allowed", ENERGY_OF_ONE);
    } else {
        entries->rows = mem_grow(entries->rows, entries->count, &entries->capacity, sizeof *entries->rows);
        entries->rows[entries->count++] = entry;
    }
}

/* Those that are said not to be. */
static void take_away(struct reader *r, struct energy_entries *entries)
{
    size_t left = 0;
    for (size_t i = 0; i < entries->count; i++) {
        const struct energy_entry *entry = &entries->rows[i];
        if (field_bool(&entry->f, "enabled"))
            entries->rows[left++] = *entry;
        else if (!entry->changes)
            warn(r, field(&entry->f, "enabled"), "there is no \"%s\" of a type to be taken away", entry->name);
    }
    entries->count = left;
}

static void read_entries(struct reader *r, const struct fields *f, enum energy_what what, const struct energy_entries *base, struct energy_entries *out)
{
    setting_t *list = field(f, keys[what]);
    for (size_t i = 0; base && i < base->count; i++) {
        out->rows = mem_grow(out->rows, out->count, &out->capacity, sizeof *out->rows);
        out->rows[out->count] = base->rows[i];
        out->rows[out->count++].own = false;
    }
    for (int i = 0, n = list ? config_setting_length(list) : 0; i < n; i++)
        if (is_group(r, config_setting_get_elem(list, (unsigned)i)))
            read_entry(r, config_setting_get_elem(list, (unsigned)i), what, out);
    take_away(r, out);
}

struct energy_list *read_energy_list(struct reader *r, const struct fields *f, const struct energy_list *base)
{
    bool any = base != NULL;
    for (int what = 0; what < ENERGY_WHATS; what++)
        any = any || field(f, keys[what]);
    if (!any)
        return NULL;
    struct energy_list *list = mem_zero(1, sizeof *list);
    r->energy_lists = mem_grow(r->energy_lists, r->energy_list_count, &r->energy_list_capacity, sizeof *r->energy_lists);
    r->energy_lists[r->energy_list_count++] = list;
    for (int what = 0; what < ENERGY_WHATS; what++)
        read_entries(r, f, (enum energy_what)what, base ? &base->of[what] : NULL, &list->of[what]);
    return list;
}

void energy_list_destroy(struct energy_list *list)
{
    for (int what = 0; list && what < ENERGY_WHATS; what++)
        free(list->of[what].rows);
    free(list);
}

void place_energy(struct reader *r, uint32_t node, const struct energy_list *list)
{
    if (!list)
        return;
    r->energy_seats = mem_grow(r->energy_seats, r->energy_seat_count, &r->energy_seat_capacity, sizeof *r->energy_seats);
    r->energy_seats[r->energy_seat_count++] = (struct energy_seat){.node = node, .list = list};
}

/* ---- where a reference leads ---- */

uint32_t energy_tag(struct reader *r, const struct energy_entry *entry, uint32_t node, const char *key)
{
    const struct plant *plant = r->build.plant;
    const struct node *n = &plant->nodes[node];
    setting_t *s = field(&entry->f, key);
    const char *nearest = NULL;
    size_t least = SIZE_MAX, distance;
    for (uint32_t t = n->first_tag; s && t < n->first_tag + n->tag_count; t++) {
        const char *name = plant->tags[t].def->name;
        if (strcmp(name, setting_text(s)) == 0)
            return t;
        if (names_near(setting_text(s), name, &distance) && distance < least)
            least = distance, nearest = name;
    }
    if (s && nearest)
        complain(r, s, "there is no tag \"%s\" here; did you mean \"%s\"?", setting_text(s), nearest);
    else if (s)
        complain(r, s, "there is no tag \"%s\" here: it is to hang on the same node", setting_text(s));
    return NO_TAG;
}

bool energy_number(struct reader *r, const struct energy_entry *entry, const char *key, uint32_t tag)
{
    if (tag == NO_TAG)
        return false;
    enum tag_kind kind = r->build.plant->tags[tag].def->kind;
    if (kind != KIND_STATE && kind != KIND_TEXT && kind != KIND_RECIPE && kind != KIND_BOOL)
        return true;
    complain(r, field(&entry->f, key) ? field(&entry->f, key) : entry->where, "\"%s\": a tag of the kind \"%s\" cannot be measured with", r->build.plant->tags[tag].def->name, tag_kind_names[kind]);
    return false;
}

uint32_t energy_node_at(const struct reader *r, const char *path, size_t length)
{
    char name[TEXT_MOST];
    uint32_t node = 0;
    const char *end = path + length;
    for (const char *part = path; part < end;) {
        size_t n = strcspn(part, "/");
        n = n < (size_t)(end - part) ? n : (size_t)(end - part);
        snprintf(name, sizeof name, "%.*s", (int)n, part);
        const struct name_entry *child = names_find(&r->node_names, node_owner(node), name);
        if (!child && !(part == path && strcmp(name, r->build.plant->nodes[0].name) == 0))
            return NO_NODE;
        node = child ? entry_index(child) : 0;
        part += n + (part + n < end);
    }
    return node;
}

static const struct name_entry *meter_on(const struct reader *r, uint32_t node, const char *name)
{
    return node == NO_NODE ? NULL : names_find(&r->meter_names, node_owner(node), name);
}

uint32_t energy_meter_at(struct reader *r, setting_t *s, const char *text)
{
    const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
    uint32_t node = energy_node_at(r, text, slash ? (size_t)(slash - text) : 0);
    const struct name_entry *found = meter_on(r, node, name);
    const char *nearest = found || node == NO_NODE ? NULL : names_nearest(&r->meter_names, node_owner(node), name);
    if (found)
        return entry_index(found);
    if (node == NO_NODE)
        complain(r, s, "there is no meter \"%s\": its area, line or unit is not there", text);
    else if (nearest)
        complain(r, s, "there is no meter \"%s\"; did you mean \"%s\"?", text, nearest);
    else
        complain(r, s, "there is no meter \"%s\"", text);
    return NO_METER;
}

/* ---- a meter ---- */

/* How much of the carrier's unit one of the tag's is. A tag without a unit has that. */
static double scale_of(struct reader *r, const struct energy_entry *entry, const char *key, uint32_t tag, const char *unit, bool rate)
{
    char power[ENERGY_UNIT], wanted[2 * ENERGY_UNIT];
    if (tag == NO_TAG)
        return 1;
    const struct tag_def *def = r->build.plant->tags[tag].def;
    double scale = *def->unit ? energy_unit_scale(def->unit, unit, rate) : 1;
    energy_unit_rate(unit, power);
    snprintf(wanted, sizeof wanted, "%s", rate ? power : unit);
    if (!*def->unit)
        warn(r, field(&entry->f, key), "\"%s\" has no unit: %s is assumed", def->name, wanted);
    else if (isnan(scale))
        complain(r, field(&entry->f, key), "\"%s\" is in %s, which is neither %s nor a multiple of it", def->name, def->unit, wanted);
    return isnan(scale) ? 1 : scale;
}

static void read_register(struct reader *r, const struct energy_entry *entry, struct meter *m)
{
    const struct fields *f = &entry->f;
    const struct tag_def *def = r->build.plant->tags[m->tag].def;
    bool increments = field(f, "count") ? field_choice(f, "count") == 1 : def->count == COUNT_INCREMENT;
    m->kind = increments ? METER_INCREMENT : METER_REGISTER;
    m->interval_ms = field_duration(f, "interval");
    if (def->count == COUNT_PULSE)
        complain(r, field(f, "register"), "\"%s\" counts pulses; a meter reads totals or increments", def->name);
    if (increments && m->interval_ms == 0 && def->interval_ms == 0)
        complain(r, entry->where, "\"interval\" is missing: how much time an increment is for");
}

static void check_meter(struct reader *r, const struct energy_entry *entry, const struct meter *m)
{
    static const char *const of_registers[] = {"count", "most"}, *const measured[] = {"reactive", "leading"};
    const struct fields *f = &entry->f;
    for (size_t i = 0; i < 2; i++) {
        if (field(f, of_registers[i]) && m->kind == METER_SUM)
            warn(r, field(f, of_registers[i]), "means nothing without a register or a power");
        if (field(f, measured[i]) && m->kind == METER_SUM)
            complain(r, field(f, measured[i]), "a register or a power is missing beside it");
    }
    if (field(f, "interval") && m->kind != METER_INCREMENT)
        warn(r, field(f, "interval"), "only of increments (count = \"increment\")");
    if (field(f, "most") && m->most == 0)
        complain(r, field(f, "most"), "0 is not a power that can be: every reading would be a glitch; without the key, any can");
    if (strcmp(entry->name, "none") == 0)
        complain(r, field(f, "name"), "\"none\" means no meter; choose another name");
}

static struct meter read_meter(struct reader *r, uint32_t node, const struct energy_entry *entry)
{
    const struct fields *f = &entry->f;
    const struct name_entry *carrier = field_reference(r, f, "carrier", &r->carrier_names);
    struct meter m = {.node = node, .name = entry->name, .title = field_text(f, "title"), .kind = METER_SUM, .carrier = carrier ? (uint16_t)entry_index(carrier) : CARRIER_ELECTRICITY,
        .tag = energy_tag(r, entry, node, "register"), .power_tag = energy_tag(r, entry, node, "power"), .reactive_tag = energy_tag(r, entry, node, "reactive"),
        .leading_tag = energy_tag(r, entry, node, "leading"), .parent = NO_METER, .gap_ms = field_duration(f, "gap"), .most = field_number(f, "most")};
    bool knows_carrier = carrier || !field(f, "carrier"), rate = !field(f, "register");
    static const char *const tag_keys[] = {"register", "power", "reactive", "leading"};
    const uint32_t tags[] = {m.tag, m.power_tag, m.reactive_tag, m.leading_tag};
    double *scales[] = {&m.scale, &m.power_scale, &m.reactive_scale, &m.leading_scale};
    for (size_t i = 0; i < 4; i++) {
        const char *unit = i < 2 ? r->build.plant->carriers[m.carrier].unit : "kVArh";
        *scales[i] = energy_number(r, entry, tag_keys[i], tags[i]) && (i > 1 || knows_carrier) ? scale_of(r, entry, tag_keys[i], tags[i], unit, i == 1 || (i > 1 && rate)) : 1;
    }
    if (m.tag != NO_TAG) {
        read_register(r, entry, &m);
    } else if (m.power_tag != NO_TAG) {
        m.kind = METER_POWER;
        m.tag = m.power_tag;
        m.scale = m.power_scale;
    }
    if (m.tag != NO_TAG || (!field(f, "register") && !field(f, "power")))
        check_meter(r, entry, &m);
    return m;
}

/* ---- parents ---- */

struct seated { const struct energy_entry *entry; enum { LOOSE, ON_THE_WAY, HANGS } mark; };

static uint32_t parent_near(const struct reader *r, uint32_t node, const char *name, uint32_t but)
{
    for (; node != NO_NODE; node = r->build.plant->nodes[node].parent) {
        const struct name_entry *found = meter_on(r, node, name);
        if (found && entry_index(found) != but)
            return entry_index(found);
    }
    return NO_METER;
}

static void read_parent(struct reader *r, uint32_t meter, const struct energy_entry *entry)
{
    char path[TEXT_MOST];
    struct error err;
    struct meter *m = &r->build.plant->meters[meter];
    setting_t *s = m->kind == METER_EMISSION ? NULL : field(&entry->f, "parent");
    if (!s)
        return;
    uint32_t parent = NO_METER;
    if (strcmp(setting_text(s), "none") == 0) {
        m->parent = METER_ROOT;
        return;
    }
    if (!captures_expand(r->build.plant, m->node, "", setting_text(s), path, sizeof path, &err)) {
        complain(r, s, "%s", err.text);
        return;
    }
    if (strchr(path, '/'))
        parent = energy_meter_at(r, s, path);
    else if ((parent = parent_near(r, m->node, path, meter)) == NO_METER)
        complain(r, s, meter_on(r, m->node, path) ? "the meter is its own parent" : "there is no meter \"%s\" here or above", path);
    if (parent == meter)
        complain(r, s, "the meter is its own parent");
    else if (parent != NO_METER && (r->build.plant->meters[parent].kind == METER_EMISSION || r->build.plant->meters[parent].carrier != m->carrier))
        complain(r, s, "\"%s\" measures another carrier", path);
    else if (parent != NO_METER)
        m->parent = parent;
}

static void tell_circle(struct reader *r, uint32_t first, const struct seated *seated)
{
    const struct plant *plant = r->build.plant;
    char text[TEXT_MOST] = "", key[KEY_BYTES], at[PATH_MOST];
    size_t length = 0, shown = 0;
    for (uint32_t m = first; shown == 0 || (m != first && shown <= CIRCLE_SHOWN); m = plant->meters[m].parent, shown++) {
        plant_meter_key(plant, m, key, sizeof key);
        int n = snprintf(text + length, sizeof text - length, "%s%s (%s)", shown ? " is a part of " : "", shown == CIRCLE_SHOWN ? "..." : key, place(r, seated[m].entry->where, at));
        length += n > 0 && (size_t)n < sizeof text - length ? (size_t)n : 0;
    }
    plant_meter_key(plant, first, key, sizeof key);
    setting_t *s = field(&seated[first].entry->f, "parent");
    complain(r, s ? s : seated[first].entry->where, "meters in a circle: %s is a part of %s", text, key);
}

/* Each meter is met once: what hangs already ends the walk, what is on the way closes a circle. */
static void check_circles(struct reader *r, struct seated *seated)
{
    const struct plant *plant = r->build.plant;
    for (uint32_t first = 0; first < plant->meter_count; first++) {
        uint32_t m = first;
        for (; m < plant->meter_count && seated[m].mark == LOOSE; m = plant->meters[m].parent)
            seated[m].mark = ON_THE_WAY;
        if (m < plant->meter_count && seated[m].mark == ON_THE_WAY)
            tell_circle(r, m, seated);
        for (m = first; m < plant->meter_count && seated[m].mark == ON_THE_WAY; m = plant->meters[m].parent)
            seated[m].mark = HANGS;
    }
}

static void check_sums(struct reader *r, const struct seated *seated)
{
    const struct plant *plant = r->build.plant;
    bool *has = mem_zero(plant->meter_count, sizeof *has);
    for (size_t m = 0; m < plant->meter_count; m++)
        if (plant->meters[m].parent < plant->meter_count)
            has[plant->meters[m].parent] = true;
    for (size_t m = 0; m < plant->meter_count; m++)
        if (plant->meters[m].kind == METER_SUM && !has[m] && !field(&seated[m].entry->f, "register") && !field(&seated[m].entry->f, "power"))
            complain(r, seated[m].entry->where, "a register or a power is missing, and no meter hangs below it whose sum it could be");
    free(has);
}

/* ---- into the plant ---- */

static bool name_meter(struct reader *r, uint32_t node, const struct energy_entry *entry)
{
    char also[PATH_MOST];
    const struct name_entry *earlier;
    if (r->build.plant->meter_count >= MOST_METERS) {
        complain(r, entry->where, "one meter too many; %d are allowed", MOST_METERS);
        return false;
    }
    if (names_add(&r->meter_names, node_owner(node), entry->name, entry->where, entry_value(r->build.plant->meter_count), &earlier))
        return true;
    complain(r, field(&entry->f, "name"), "\"%s\" is the name of a meter already, at %s", entry->name, place(r, earlier->where, also));
    return false;
}

static struct seated *add_seat(struct reader *r, const struct energy_seat *seat, struct seated *seated, size_t *capacity)
{
    static const enum energy_what measured[] = {ENERGY_METER, ENERGY_EMISSION};
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < seat->list->of[measured[w]].count; i++) {
            const struct energy_entry *entry = &seat->list->of[measured[w]].rows[i];
            if (!name_meter(r, seat->node, entry))
                continue;
            seated = mem_grow(seated, r->build.plant->meter_count, capacity, sizeof *seated);
            seated[r->build.plant->meter_count] = (struct seated){.entry = entry};
            if (measured[w] == ENERGY_METER)
                plant_add_meter(&r->build, read_meter(r, seat->node, entry));
            else
                add_emission(r, seat->node, entry);
        }
    return seated;
}

void add_energy(struct reader *r)
{
    struct seated *seated = NULL;
    size_t capacity = 0;
    for (size_t s = 0; s < r->energy_seat_count; s++)
        seated = add_seat(r, &r->energy_seats[s], seated, &capacity);
    for (uint32_t m = 0; m < r->build.plant->meter_count; m++)
        read_parent(r, m, seated[m].entry);
    plant_settle_meters(&r->build);
    check_circles(r, seated);
    check_sums(r, seated);
    for (size_t s = 0; s < r->energy_seat_count; s++) {
        const struct energy_entries *demands = &r->energy_seats[s].list->of[ENERGY_DEMAND];
        for (size_t i = 0; i < demands->count; i++)
            add_demand(r, r->energy_seats[s].node, &demands->rows[i], r->energy_seats[s].list);
    }
    free(seated);
}
