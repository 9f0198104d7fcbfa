/*
 * A struct learn_edit holds what was learnt as it stands now, and before each step a copy of it: a step back puts the last copy in its place. The copies are bounded; the oldest is forgotten.
 */
#include "core/learn_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/learn_private.h"
#include "core/memory.h"

enum { STEPS = 32, WORDS = 3, TYPES_MORE = 64 };

struct step {
    struct learned learned;
    enum learn_verdict *verdicts;
};

struct learn_edit {
    const struct learn *learn;
    struct step now, before[STEPS];
    size_t steps;
};

/* ---- copies ---- */

static void *copy(const void *from, size_t count, size_t size)
{
    void *to = mem_zero(count + 1, size);
    if (count > 0)
        memcpy(to, from, count * size);
    return to;
}

static void copy_type(struct learned_type *to, const struct learned_type *from)
{
    *to = *from;
    to->leaves = copy(from->leaves, from->leaf_count, sizeof *from->leaves);
    to->instances = copy(from->instances, from->instance_count, sizeof *from->instances);
    for (size_t i = 0; i < from->instance_count; i++)
        to->instances[i].series = copy(from->instances[i].series, from->leaf_count, sizeof *from->instances[i].series);
}

static void copy_step(struct step *to, const struct step *from)
{
    *to = *from;
    to->learned.types = mem_zero(from->learned.type_count + 1, sizeof *to->learned.types);
    for (size_t t = 0; t < from->learned.type_count; t++)
        copy_type(&to->learned.types[t], &from->learned.types[t]);
    to->learned.loose = copy(from->learned.loose, from->learned.loose_count, sizeof *from->learned.loose);
    to->learned.loose_roles = copy(from->learned.loose_roles, from->learned.loose_count, sizeof *from->learned.loose_roles);
    to->verdicts = copy(from->verdicts, from->learned.type_count, sizeof *from->verdicts);
}

static void step_finish(struct step *step)
{
    learned_finish(&step->learned);
    free(step->verdicts);
    *step = (struct step){.verdicts = NULL};
}

static void remember(struct learn_edit *edit)
{
    if (edit->steps == STEPS) {
        step_finish(&edit->before[0]);
        memmove(edit->before, edit->before + 1, (STEPS - 1) * sizeof *edit->before);
        edit->steps--;
    }
    copy_step(&edit->before[edit->steps++], &edit->now);
}

struct learn_edit *learn_edit_create(const struct learn *learn, struct learned *learned)
{
    struct learn_edit *edit = mem_zero(1, sizeof *edit);
    edit->learn = learn;
    edit->now = (struct step){.learned = *learned, .verdicts = mem_zero(learned->type_count + 1, sizeof *edit->now.verdicts)};
    *learned = (struct learned){.type_count = 0};
    return edit;
}

void learn_edit_destroy(struct learn_edit *edit)
{
    if (!edit)
        return;
    while (edit->steps > 0)
        step_finish(&edit->before[--edit->steps]);
    step_finish(&edit->now);
    free(edit);
}

const struct learned *learn_edit_learned(const struct learn_edit *edit) { return &edit->now.learned; }
enum learn_verdict learn_edit_verdict(const struct learn_edit *edit, size_t type) { return edit->now.verdicts[type]; }

void learn_edit_decide(struct learn_edit *edit, size_t type, enum learn_verdict verdict)
{
    remember(edit);
    edit->now.verdicts[type] = verdict;
}

bool learn_edit_undo(struct learn_edit *edit)
{
    if (edit->steps == 0)
        return false;
    step_finish(&edit->now);
    edit->now = edit->before[--edit->steps];
    edit->before[edit->steps] = (struct step){.verdicts = NULL};
    return true;
}

char *learn_edit_config(const struct learn_edit *edit, const char *broker_url)
{
    bool *accepted = mem_zero(edit->now.learned.type_count + 1, sizeof *accepted);
    for (size_t t = 0; t < edit->now.learned.type_count; t++)
        accepted[t] = edit->now.verdicts[t] == LEARN_YES;
    char *text = learn_config(edit->learn, &edit->now.learned, accepted, broker_url);
    free(accepted);
    return text;
}

/* ---- changes ---- */

struct change {
    struct learn_edit *edit;
    struct learned_type *type;
    size_t index;
    char words[WORDS][LEARN_NAME];
};

static bool is_name(const char *name)
{
    char clean[LEARN_NAME];
    learn_slug(name, clean, sizeof clean);
    return name[0] && strcmp(clean, name) == 0;
}

static bool good_name(const char *name, struct error *err)
{
    return is_name(name) || error_set(err, "\"%.40s\" is no name: small letters, digits, - and _", name);
}

static struct learned_leaf *leaf_named(const struct learned_type *type, const char *name, struct error *err)
{
    for (size_t l = 0; l < type->leaf_count; l++)
        if (strcmp(type->leaves[l].name, name) == 0)
            return &type->leaves[l];
    error_set(err, "%s has no value \"%.40s\"", type->name, name);
    return NULL;
}

/* `*` is any characters. */
static bool matches(const char *pattern, const char *name)
{
    if (*pattern == '*')
        return matches(pattern + 1, name) || (*name && matches(pattern, name + 1));
    return *pattern == *name && (!*name || matches(pattern + 1, name + 1));
}

static const char *machine_name(const struct learned_type *type, const struct learned_instance *instance)
{
    const char *path = instance->pointer[0] ? instance->pointer : instance->topic, *last = learn_last(path, instance->pointer[0] ? '\0' : type->separator);
    return last ? last : path;
}

static void recount(struct learned_type *type)
{
    type->complete = 0;
    for (size_t l = 0; l < type->leaf_count; l++)
        type->leaves[l].present = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        struct learned_instance *instance = &type->instances[i];
        instance->leaves = 0;
        for (size_t l = 0; l < type->leaf_count; l++)
            if (instance->series[l] != SIZE_MAX) {
                instance->leaves++;
                type->leaves[l].present++;
            }
        type->complete += instance->leaves == type->leaf_count;
    }
}

/* Leaves out the machines that match; they are given to `others`, or to nobody. Returns how many. */
static size_t part(struct learned_type *type, const char *pattern, struct learned_type *others)
{
    size_t kept = 0, gone = 0;
    for (size_t i = 0; i < type->instance_count; i++) {
        if (!matches(pattern, machine_name(type, &type->instances[i]))) {
            type->instances[kept++] = type->instances[i];
        } else {
            if (others)
                others->instances[gone] = type->instances[i];
            else
                free(type->instances[i].series);
            gone++;
        }
    }
    type->instance_count = kept;
    return gone;
}

static size_t count_matches(const struct learned_type *type, const char *pattern)
{
    size_t count = 0;
    for (size_t i = 0; i < type->instance_count; i++)
        count += matches(pattern, machine_name(type, &type->instances[i]));
    return count;
}

static bool may_part(const struct learned_type *type, const char *pattern, struct error *err)
{
    size_t count = count_matches(type, pattern);
    return (count > 0 && count < type->instance_count) || error_set(err, count ? "\"%.40s\" is every machine of %s" : "\"%.40s\" is no machine of %s", pattern, type->name);
}

static bool change_name(struct change *c, struct error *err)
{
    const struct learned *learned = &c->edit->now.learned;
    if (!good_name(c->words[0], err))
        return false;
    for (size_t t = 0; t < learned->type_count; t++)
        if (t != c->index && strcmp(learned->types[t].name, c->words[0]) == 0)
            return error_set(err, "another type is called %s already", c->words[0]);
    memcpy(c->type->name, c->words[0], LEARN_NAME);
    return true;
}

static bool change_tag(struct change *c, struct error *err)
{
    struct learned_leaf *leaf = leaf_named(c->type, c->words[0], err);
    if (!leaf || !good_name(c->words[1], err))
        return false;
    for (size_t l = 0; l < c->type->leaf_count; l++)
        if (&c->type->leaves[l] != leaf && strcmp(c->type->leaves[l].name, c->words[1]) == 0)
            return error_set(err, "%s has a value %s already", c->type->name, c->words[1]);
    memcpy(leaf->name, c->words[1], LEARN_NAME);
    return true;
}

static size_t choice_of(const char *const *names, size_t count, const char *what, const char *word, struct error *err)
{
    char all[256] = "";
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i][0] ? names[i] : "none";
        if (strcmp(name, word) == 0)
            return i;
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", name);
    }
    error_set(err, "\"%.30s\" is no %s; there are %s", word, what, all);
    return SIZE_MAX;
}

static void chosen(struct learned_leaf *leaf)
{
    leaf->role.chosen = true;
    leaf->role.heartbeat = leaf->role.availability = leaf->role.clock = leaf->role.ignored = leaf->role.dropped = false;
}

static bool change_role(struct change *c, struct error *err)
{
    static const enum tag_kind kinds[ROLE_COUNT] = {[ROLE_STATE] = KIND_STATE, [ROLE_GOOD] = KIND_COUNTER, [ROLE_REJECT] = KIND_COUNTER, [ROLE_TOTAL] = KIND_COUNTER, [ROLE_REWORK] = KIND_COUNTER,
        [ROLE_FIRST_PASS] = KIND_COUNTER, [ROLE_INSPECTED] = KIND_COUNTER, [ROLE_REASON] = KIND_TEXT, [ROLE_ORDER] = KIND_TEXT, [ROLE_PRODUCT] = KIND_TEXT, [ROLE_CREW] = KIND_TEXT, [ROLE_DEFECT] = KIND_TEXT};
    struct learned_leaf *leaf = leaf_named(c->type, c->words[0], err);
    size_t role = leaf ? choice_of(tag_role_names, ROLE_COUNT, "role", c->words[1], err) : SIZE_MAX;
    if (role == SIZE_MAX)
        return false;
    for (size_t l = 0; role != ROLE_NONE && l < c->type->leaf_count; l++) /* one value a role */
        if (c->type->leaves[l].role.role == (enum tag_role)role)
            c->type->leaves[l].role.role = ROLE_NONE;
    leaf->role.role = (enum tag_role)role;
    if (kinds[role] != KIND_VALUE)
        leaf->role.kind = kinds[role];
    chosen(leaf);
    return true;
}

static bool change_kind(struct change *c, struct error *err)
{
    struct learned_leaf *leaf = leaf_named(c->type, c->words[0], err);
    size_t kind = leaf ? choice_of(tag_kind_names, KIND_COUNT, "kind", c->words[1], err) : SIZE_MAX;
    if (kind == SIZE_MAX)
        return false;
    leaf->role.kind = (enum tag_kind)kind;
    if (leaf->role.role == ROLE_STATE && kind != KIND_STATE)
        leaf->role.role = ROLE_NONE;
    chosen(leaf);
    return true;
}

static bool change_unit(struct change *c, struct error *err)
{
    struct learned_leaf *leaf = leaf_named(c->type, c->words[0], err);
    if (!leaf)
        return false;
    snprintf(leaf->role.own_unit, sizeof leaf->role.own_unit, "%.15s", strcmp(c->words[1], "-") == 0 ? "" : c->words[1]);
    leaf->role.unit = "";
    leaf->role.chosen = true;
    return true;
}

static bool change_drop(struct change *c, struct error *err)
{
    struct learned_leaf *leaf = leaf_named(c->type, c->words[0], err);
    if (leaf)
        leaf->role.dropped = true;
    return leaf != NULL;
}

static bool change_keep(struct change *c, struct error *err)
{
    struct learned_leaf *leaf = leaf_named(c->type, c->words[0], err);
    if (leaf)
        chosen(leaf);
    return leaf != NULL;
}

static bool change_without(struct change *c, struct error *err)
{
    if (!may_part(c->type, c->words[0], err))
        return false;
    part(c->type, c->words[0], NULL);
    recount(c->type);
    return true;
}

/* A leaf that none has any more goes. */
static void tidy(struct learned_type *type)
{
    size_t kept = 0;
    recount(type);
    for (size_t l = 0; l < type->leaf_count; l++) {
        if (type->leaves[l].present == 0)
            continue;
        for (size_t i = 0; i < type->instance_count; i++)
            type->instances[i].series[kept] = type->instances[i].series[l];
        type->leaves[kept++] = type->leaves[l];
    }
    type->leaf_count = kept;
    recount(type);
}

static bool change_split(struct change *c, struct error *err)
{
    struct step *now = &c->edit->now;
    if (!good_name(c->words[1], err) || !may_part(c->type, c->words[0], err))
        return false;
    for (size_t t = 0; t < now->learned.type_count; t++)
        if (strcmp(now->learned.types[t].name, c->words[1]) == 0)
            return error_set(err, "another type is called %s already", c->words[1]);
    now->learned.types = mem_resize(now->learned.types, now->learned.type_count + 1, sizeof *now->learned.types);
    now->verdicts = mem_resize(now->verdicts, now->learned.type_count + 1, sizeof *now->verdicts);
    struct learned_type *type = &now->learned.types[c->index], *others = &now->learned.types[now->learned.type_count];
    now->verdicts[now->learned.type_count++] = LEARN_OPEN;
    *others = *type;
    others->leaves = copy(type->leaves, type->leaf_count, sizeof *type->leaves);
    others->instances = mem_zero(type->instance_count, sizeof *others->instances);
    others->instance_count = part(type, c->words[0], others);
    memcpy(others->name, c->words[1], LEARN_NAME);
    tidy(type);
    tidy(others);
    return true;
}

static size_t same_leaf(const struct learned_type *type, const struct learned_leaf *leaf)
{
    size_t l = 0;
    while (l < type->leaf_count && (strcmp(type->leaves[l].topic, leaf->topic) != 0 || strcmp(type->leaves[l].path, leaf->path) != 0))
        l++;
    return l;
}

/* Another type's machines become this one's. */
static bool change_merge(struct change *c, struct error *err)
{
    struct step *now = &c->edit->now;
    size_t at = 0;
    while (at < now->learned.type_count && strcmp(now->learned.types[at].name, c->words[0]) != 0)
        at++;
    if (at == now->learned.type_count || at == c->index)
        return error_set(err, "there is no other type \"%.40s\"", c->words[0]);
    struct learned_type *type = c->type, *other = &now->learned.types[at];
    if (other->separator != type->separator || other->metric != type->metric || other->levels != type->levels)
        return error_set(err, "the machines of %s stand elsewhere in their topics: one type cannot hold both", other->name);
    size_t *place = mem_zero(other->leaf_count + 1, sizeof *place), count = type->leaf_count;
    type->leaves = mem_resize(type->leaves, type->leaf_count + other->leaf_count, sizeof *type->leaves);
    for (size_t l = 0; l < other->leaf_count; l++) {
        place[l] = same_leaf(type, &other->leaves[l]);
        if (place[l] < type->leaf_count)
            continue;
        place[l] = count++;
        type->leaves[place[l]] = other->leaves[l];
        for (size_t k = 0; k < place[l]; k++) /* names and roles are given once */
            if (strcmp(type->leaves[k].name, type->leaves[place[l]].name) == 0)
                snprintf(type->leaves[place[l]].name, LEARN_NAME, "%.50s-%zu", other->leaves[l].name, place[l] + 1);
    }
    type->instances = mem_resize(type->instances, type->instance_count + other->instance_count, sizeof *type->instances);
    for (size_t i = 0; i < type->instance_count + other->instance_count; i++) {
        bool own = i < type->instance_count;
        struct learned_instance *instance = &type->instances[i];
        if (!own)
            *instance = other->instances[i - type->instance_count];
        size_t *series = mem_zero(count + 1, sizeof *series);
        for (size_t l = 0; l < count; l++)
            series[l] = own && l < type->leaf_count ? instance->series[l] : SIZE_MAX;
        for (size_t l = 0; !own && l < other->leaf_count; l++)
            series[place[l]] = instance->series[l];
        free(instance->series);
        instance->series = series;
    }
    type->leaf_count = count;
    type->instance_count += other->instance_count;
    other->instance_count = other->leaf_count = 0;
    recount(type);
    now->verdicts[at] = LEARN_NO;
    free(place);
    return true;
}

/* ---- the table ---- */

const struct learn_edit_row learn_edit_table[] = {
    {"name", "NEW", "renames the type"},
    {"tag", "TAG NEW", "renames a value"},
    {"role", "TAG ROLE", "what a value is to its machine: state, good, reject, cycle, order ... or none"},
    {"kind", "TAG KIND", "what sort of value it is: value, state, counter, power, register, text, bool, setpoint ..."},
    {"unit", "TAG UNIT", "its unit; - takes it away"},
    {"drop", "TAG", "leaves a value out"},
    {"keep", "TAG", "takes a value in that was left out, a heartbeat or a name too"},
    {"without", "MACHINES", "leaves machines out; * stands for anything"},
    {"split", "MACHINES NEW", "makes a type of its own of some machines"},
    {"merge", "TYPE", "takes another type's machines into this one"},
};
const size_t learn_edit_count = sizeof learn_edit_table / sizeof learn_edit_table[0];
static bool (*const changes[])(struct change *c, struct error *err) = {change_name, change_tag, change_role, change_kind, change_unit, change_drop, change_keep, change_without, change_split, change_merge};

static size_t words_of(const char *line, char words[WORDS][LEARN_NAME])
{
    size_t count = 0;
    for (line += strspn(line, " \t\n"); *line && count < WORDS; line += strspn(line, " \t\n")) {
        size_t n = strcspn(line, " \t\n");
        snprintf(words[count++], LEARN_NAME, "%.*s", (int)(n < LEARN_NAME ? n : LEARN_NAME - 1), line);
        line += n;
    }
    return *line ? WORDS + 1 : count;
}

bool learn_edit_do(struct learn_edit *edit, size_t type, const char *line, struct error *err)
{
    char words[WORDS][LEARN_NAME];
    size_t count = words_of(line, words), row = 0;
    while (count > 0 && row < learn_edit_count && strcmp(learn_edit_table[row].name, words[0]) != 0)
        row++;
    if (count == 0 || row == learn_edit_count)
        return error_set(err, "there is no change \"%.40s\"; ? lists them", count ? words[0] : "");
    size_t wanted = 1 + (strchr(learn_edit_table[row].argument, ' ') ? 2 : 1);
    if (count != wanted)
        return error_set(err, "%s wants %s", learn_edit_table[row].name, learn_edit_table[row].argument);
    struct change c = {.edit = edit, .index = type};
    memcpy(c.words[0], words[1], LEARN_NAME);
    memcpy(c.words[1], count > 2 ? words[2] : "", count > 2 ? LEARN_NAME : 1);
    remember(edit);
    c.type = &edit->now.learned.types[type];
    if (changes[row](&c, err))
        return true;
    learn_edit_undo(edit);
    return false;
}
