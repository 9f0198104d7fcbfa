/*
 * Alarms as the files say them. A struct alarm_entry is one condition with its keys: of a type's, changed by the node's own of the same name. Entries
 * of one owner become struct alarm_plans: one for each alarm, that is a group of conditions with one life cycle; its definition is shared by all
 * machines that it applies to. What a plan's references mean on one machine is found out at the end (config_alarm_refs.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/formula.h"
#include "core/memory.h"
#include "io/config_alarms.h"

/* ---- entries ---- */

/* The kind that a name is, or -1. */
static int kind_by_name(const char *name)
{
    for (int k = 0; k < ALARM_KIND_COUNT; k++)
        if (strcmp(alarm_kind_table[k].name, name) == 0)
            return k;
    return -1;
}

static void settle_kind(struct alarm_entry *entry)
{
    int given = field_choice(&entry->f, "kind");
    entry->kind = given >= 0 ? given : kind_by_name(entry->name);
}

static struct alarm_entry *entry_by_name(struct alarm_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->rows[i].name, name) == 0)
            return &list->rows[i];
    return NULL;
}

/* What `over` says, and what `under` says of the rest. */
static void merge(struct alarm_entry *under, const struct alarm_entry *over)
{
    for (size_t i = 0; i < over->f.count; i++)
        if (over->f.set[i])
            under->f.set[i] = over->f.set[i];
    under->f.group = over->f.group;
    under->where = over->where;
    under->own = true;
    settle_kind(under);
}

static void read_entry(struct reader *r, setting_t *s, struct alarm_list *list)
{
    struct alarm_entry entry = {.where = s, .own = true};
    char also[PATH_MOST];
    fields_read(r, s, "alarms", &entry.f);
    int kind = field_choice(&entry.f, "kind");
    entry.name = field(&entry.f, "name") ? field_text(&entry.f, "name") : kind >= 0 ? alarm_kind_table[kind].name : "";
    if (!*entry.name) {
        if (!config_setting_get_member(s, "name") && !config_setting_get_member(s, "kind"))
            complain(r, s, "\"kind\" is missing: what is wrong when it is raised");
        return;
    }
    settle_kind(&entry);
    struct alarm_entry *there = entry_by_name(list, entry.name);
    if (there && there->own)
        complain(r, field(&entry.f, "name") ? field(&entry.f, "name") : s, "\"%s\" is there twice; also at %s", entry.name, place(r, there->where, also));
    else if (there)
        merge(there, &entry);
    else if (list->count >= ALARMS_OF_ONE)
        complain(r, s, "one alarm too many here; %d are allowed", ALARMS_OF_ONE);
    else {
        list->rows = mem_grow(list->rows, list->count, &list->capacity, sizeof *list->rows);
        list->rows[list->count++] = entry;
    }
}

struct alarm_list *read_alarm_list(struct reader *r, const struct fields *f, const struct alarm_list *base, const struct tag_def *tag)
{
    setting_t *s = field(f, "alarms");
    int n = s ? config_setting_length(s) : 0;
    if (!n && (!base || !base->count))
        return NULL;
    struct alarm_list *list = mem_zero(1, sizeof *list);
    r->alarm_lists = mem_grow(r->alarm_lists, r->alarm_list_count, &r->alarm_list_capacity, sizeof *r->alarm_lists);
    r->alarm_lists[r->alarm_list_count++] = list;
    for (size_t i = 0; base && i < base->count; i++) {
        list->rows = mem_grow(list->rows, list->count, &list->capacity, sizeof *list->rows);
        list->rows[list->count] = base->rows[i];
        list->rows[list->count++].own = false;
    }
    for (int i = 0; i < n; i++)
        if (is_group(r, config_setting_get_elem(s, (unsigned)i)))
            read_entry(r, config_setting_get_elem(s, (unsigned)i), list);
    alarm_list_plan(r, list, tag);
    return list;
}

void alarm_list_destroy(struct alarm_list *list)
{
    if (!list)
        return;
    free(list->rows);
    for (size_t i = 0; i < list->plan_count; i++)
        free(list->plans[i]);
    free(list->plans);
    free(list);
}

/* ---- plans ---- */

/* One alarm while it is put together from its entries, the most severe first. */
struct making {
    struct reader *r;
    const struct tag_def *tag;
    const struct alarm_entry *entries[ALARM_CONDITIONS];
    size_t count;
    struct formula_refs refs;
    struct alarm_plan *plan;
};

static void note_places(struct making *m, setting_t *where, uint32_t used, bool computed)
{
    for (uint32_t i = 0; i < m->refs.count; i++) {
        if (!(used & 1u << i))
            continue;
        if (!m->plan->ref_where[i])
            m->plan->ref_where[i] = where;
        if (computed)
            m->plan->computed |= 1u << i;
    }
}

/* The inputs that a translated text reads. */
static uint32_t inputs_of(const char *text)
{
    uint32_t used = 0;
    for (const char *p = text; (p = strstr(p, " v")); p++)
        if (p[2] >= '0' && p[2] <= '9')
            used |= 1u << strtol(p + 2, NULL, 10);
    return used;
}

static struct alarm_formula take_formula(struct making *m, setting_t *s)
{
    struct error err;
    char text[FORMULA_BYTES];
    if (!s)
        return (struct alarm_formula){.text = NULL};
    if (!formula_translate(setting_text(s), &m->refs, text, sizeof text, &err)) {
        complain(m->r, s, "%s", err.text);
        return (struct alarm_formula){.text = NULL};
    }
    uint32_t used = inputs_of(text);
    if (!used)
        complain(m->r, s, "this looks at nothing: {tag}, {../unit/tag}, {:state} or {tag.alarm} is missing in it");
    note_places(m, s, used, true);
    return (struct alarm_formula){.text = plant_keep_text(&m->r->build, text), .source = setting_text(s)};
}

/* A single reference, with or without braces: an input of its own. ALARM_INPUTS without one. */
static uint8_t take_reference(struct making *m, setting_t *s, bool computed)
{
    char text[FORMULA_REF];
    if (!s)
        return ALARM_INPUTS;
    const char *source = setting_text(s);
    size_t braces = *source == '{', length = strlen(source);
    if (braces && length > 1 && source[length - 1] == '}')
        length -= 2;
    if (!length || length >= sizeof text || strspn(source + braces, "abcdefghijklmnopqrstuvwxyz0123456789_-./") < length) {
        complain(m->r, s, "this is not the name of a tag; one is written oil, ../pump/oil or area/line/unit/oil");
        return ALARM_INPUTS;
    }
    memcpy(text, source + braces, length);
    text[length] = '\0';
    size_t i = 0;
    while (i < m->refs.count && strcmp(m->refs.ref[i], text) != 0)
        i++;
    if (i == ALARM_INPUTS) {
        complain(m->r, s, "one reference too many; %d are allowed in one alarm", ALARM_INPUTS);
        return ALARM_INPUTS;
    }
    memcpy(m->refs.ref[i], text, length + 1);
    m->refs.count += i == m->refs.count;
    note_places(m, s, 1u << i, computed);
    return (uint8_t)i;
}

/* A value of a list of values, or of a code. */
static struct alarm_value value_of(setting_t *s)
{
    if (s->type == CONFIG_TYPE_STRING)
        return (struct alarm_value){.text = setting_text(s)};
    return (struct alarm_value){.number = s->type == CONFIG_TYPE_BOOL ? s->value.ival : setting_number(s)};
}

static const struct alarm_value *take_values(struct making *m, setting_t *s, size_t *count)
{
    bool one = s && s->type != CONFIG_TYPE_ARRAY && s->type != CONFIG_TYPE_LIST;
    int n = !s ? 0 : one ? 1 : config_setting_length(s);
    struct alarm_value *values = plant_take(&m->r->build, (size_t)n * sizeof *values);
    for (int i = 0; i < n; i++)
        values[i] = value_of(one ? s : config_setting_get_elem(s, (unsigned)i));
    *count = (size_t)n;
    return values;
}

static const char *title_of(struct making *m, const struct alarm_entry *entry, char out[TEXT_MOST])
{
    if (field(&entry->f, "title"))
        return field_text(&entry->f, "title");
    if (m->tag)
        snprintf(out, TEXT_MOST, "%s %s", m->tag->title, alarm_kind_table[entry->kind].title);
    else
        snprintf(out, TEXT_MOST, "%s", alarm_kind_table[entry->kind].title);
    return plant_keep_text(&m->r->build, out);
}

static struct alarm_condition_def condition_of(struct making *m, const struct alarm_entry *entry)
{
    char title[TEXT_MOST];
    const struct fields *f = &entry->f;
    struct alarm_condition_def c = {.kind = (enum alarm_kind)entry->kind, .title = title_of(m, entry, title), .cause = field_text(f, "cause"),
        .consequence = field_text(f, "consequence"), .action = field_text(f, "action"), .related = field_text(f, "related"),
        .respond_ms = field_duration(f, "respond"), .priority = (uint8_t)field_integer(f, "priority"), .limit = field_number(f, "limit"),
        .on_delay_ms = field_duration(f, "on_delay"), .window_ms = field_duration(f, "window")};
    alarm_entry_presets(entry, m->tag, &c.deadband, &c.off_delay_ms);
    if (c.kind == ALARM_DEVIATION)
        c.setpoint = take_reference(m, field(f, "setpoint"), true);
    if (c.kind == ALARM_EXPRESSION)
        c.when = take_formula(m, field(f, "when"));
    if (c.kind == ALARM_DISCRETE || c.kind == ALARM_MESSAGE)
        c.values = take_values(m, field(f, "values"), &c.value_count);
    return c;
}

/* The setting of a key that the whole alarm has: its conditions must not disagree. */
static setting_t *shared(const struct making *m, const char *key)
{
    setting_t *first = NULL;
    char also[PATH_MOST], one[NAME_MOST + 16], other[NAME_MOST + 16];
    for (size_t i = 0; i < m->count; i++) {
        setting_t *s = field(&m->entries[i]->f, key);
        if (!first)
            first = s;
        else if (s && s != first && strcmp(setting_shown(first, one), setting_shown(s, other)) != 0)
            complain(m->r, s, "differs from what the same alarm says at %s: its conditions have this in common", place(m->r, first, also));
    }
    return first;
}

/* The entry's fields that hold a setting. */
static const struct fields *fields_of(const struct making *m, setting_t *s)
{
    for (size_t e = 0; e < m->count; e++)
        for (size_t k = 0; k < m->entries[e]->f.count; k++)
            if (m->entries[e]->f.set[k] == s)
                return &m->entries[e]->f;
    return &m->entries[0]->f;
}

static void take_codes(struct making *m, struct alarm_def *def)
{
    setting_t *list = shared(m, "codes");
    int n = list ? config_setting_length(list) : 0;
    struct alarm_code *codes = plant_take(&m->r->build, (size_t)n * sizeof *codes);
    for (int i = 0; i < n; i++) {
        setting_t *s = config_setting_get_elem(list, (unsigned)i);
        struct fields f;
        char also[PATH_MOST], key[TEXT_MOST + 8], shown[NAME_MOST + 16];
        const struct name_entry *earlier;
        if (!is_group(m->r, s))
            continue;
        fields_read(m->r, s, "codes", &f);
        if (!field_required(m->r, &f, "code"))
            continue;
        snprintf(key, sizeof key, "code %s", setting_shown(field(&f, "code"), shown));
        /* A type's codes are read once more for each machine that changes something of its alarm. */
        if (!names_add(&m->r->tag_names, list, plant_keep_text(&m->r->build, key), s, NULL, &earlier) && earlier->where != s) {
            complain(m->r, field(&f, "code"), "this code is there twice; also at %s", place(m->r, earlier->where, also));
            continue;
        }
        codes[def->code_count++] = (struct alarm_code){.code = value_of(field(&f, "code")), .title = field_text(&f, "title"),
            .cause = field_text(&f, "cause"), .consequence = field_text(&f, "consequence"), .action = field_text(&f, "action"),
            .priority = (uint8_t)(field(&f, "priority") ? field_integer(&f, "priority") : field_integer(&m->entries[0]->f, "priority"))};
    }
    def->codes = codes;
}

static uint16_t take_class(struct making *m)
{
    setting_t *s = shared(m, "class");
    bool message = m->entries[0]->kind == ALARM_MESSAGE;
    const struct name_entry *class = s ? field_reference(m->r, fields_of(m, s), "class", &m->r->class_names) : NULL;
    return class ? (uint16_t)entry_index(class) : message ? ALARM_CLASS_MACHINE : ALARM_CLASS_PROCESS;
}

static int64_t shared_duration(const struct making *m, const char *key)
{
    setting_t *s = shared(m, key);
    return s ? field_duration(fields_of(m, s), key) : 0;
}

static void make_plan(struct making *m, struct alarm_list *list, const char *name)
{
    struct reader *r = m->r;
    struct alarm_condition_def conditions[ALARM_CONDITIONS];
    struct alarm_plan *plan = m->plan = mem_zero(1, sizeof *plan);
    struct alarm_def def = {.name = name, .conditions = conditions, .condition_count = m->count, .class = take_class(m)};
    setting_t *latching = shared(m, "latching");
    list->plans = mem_grow(list->plans, list->plan_count, &list->plan_capacity, sizeof *list->plans);
    list->plans[list->plan_count++] = plan;
    plan->where = m->entries[m->count - 1]->where;
    for (size_t i = 0; i < m->count; i++) {
        plan->names[i] = m->entries[i]->name;
        conditions[i] = condition_of(m, m->entries[i]);
    }
    def.title = conditions[m->count - 1].title;
    def.latching = latching && latching->value.ival;
    plan->suppress_where = shared(m, "suppress");
    def.suppress = take_formula(m, plan->suppress_where);
    def.hold_off_ms = shared_duration(m, "hold_off");
    def.clears_after_ms = shared_duration(m, "clears_after");
    def.message_text = take_reference(m, shared(m, "text"), false);
    take_codes(m, &def);
    plan->first_out_where = shared(m, "first_out");
    plan->first_out = plan->first_out_where ? setting_text(plan->first_out_where) : "";
    def.input_count = m->refs.count;
    for (size_t i = 0; i < m->refs.count; i++)
        plan->refs[i] = plant_keep_text(&r->build, m->refs.ref[i]);
    alarm_plan_check(r, plan, m->entries, &def);
    plan->def = plant_add_alarm_def(&r->build, def);
}

/* ---- groups ---- */

static bool is_high(int kind) { return kind == ALARM_HIGH_HIGH || kind == ALARM_HIGH; }
static bool is_low(int kind) { return kind == ALARM_LOW || kind == ALARM_LOW_LOW; }

/* Are two entries of one alarm? By their group, else by their side. */
static bool together(const struct alarm_entry *a, const struct alarm_entry *b)
{
    const char *x = field_text(&a->f, "group"), *y = field_text(&b->f, "group");
    if (*x || *y)
        return strcmp(x, y) == 0;
    return (is_high(a->kind) && is_high(b->kind)) || (is_low(a->kind) && is_low(b->kind));
}

/* High-high before high, and the further limit first; in a group of any kinds, the higher priority. */
static bool severer(const struct alarm_entry *a, const struct alarm_entry *b)
{
    int64_t pa = field_integer(&a->f, "priority"), pb = field_integer(&b->f, "priority");
    bool low = is_low(a->kind);
    bool side = (is_high(a->kind) && is_high(b->kind)) || (low && is_low(b->kind));
    if (!side)
        return pa < pb;
    if (a->kind != b->kind)
        return a->kind == ALARM_HIGH_HIGH || a->kind == ALARM_LOW_LOW;
    double x = field_number(&a->f, "limit"), y = field_number(&b->f, "limit");
    return low ? x < y : x > y;
}

static void collect(struct making *m, struct alarm_list *list, size_t first, bool *taken)
{
    for (size_t i = first; i < list->count; i++) {
        const struct alarm_entry *entry = &list->rows[i];
        if (taken[i] || (i != first && !together(&list->rows[first], entry)))
            continue;
        taken[i] = true;
        if (m->count == ALARM_CONDITIONS) {
            complain(m->r, entry->where, "one condition too many in this alarm; %d are allowed", ALARM_CONDITIONS);
            continue;
        }
        size_t at = m->count++;
        for (; at > 0 && severer(entry, m->entries[at - 1]); at--)
            m->entries[at] = m->entries[at - 1];
        m->entries[at] = entry;
    }
}

/* An alarm is called like its group, else like the least severe of its conditions. */
static const char *alarm_name(const struct making *m)
{
    const struct alarm_entry *last = m->entries[m->count - 1];
    return *field_text(&last->f, "group") ? field_text(&last->f, "group") : last->name;
}

static bool plan_has(const struct alarm_plan *plan, const char *name)
{
    bool has = strcmp(plan->def->name, name) == 0;
    for (size_t i = 0; i < plan->def->condition_count; i++)
        has = has || strcmp(plan->names[i], name) == 0;
    return has;
}

void alarm_list_plan(struct reader *r, struct alarm_list *list, const struct tag_def *tag)
{
    bool taken[ALARMS_OF_ONE];
    char also[PATH_MOST];
    for (size_t i = 0; i < list->count; i++)
        taken[i] = !alarm_entry_check(r, &list->rows[i], tag);
    alarm_limits_check(r, list, taken, tag);
    for (size_t i = 0; i < list->count; i++) {
        struct making m = {.r = r, .tag = tag};
        if (taken[i])
            continue;
        collect(&m, list, i, taken);
        const char *name = alarm_name(&m);
        for (size_t p = 0; p < list->plan_count; p++)
            if (plan_has(list->plans[p], name))
                complain(r, m.entries[0]->where, "the name \"%s\" is another alarm's, at %s", name, place(r, list->plans[p]->where, also));
        make_plan(&m, list, name);
    }
}
