/*
 * Types: places in the paths (topic levels, then the payload's names) whose children have the same leaves.
 *
 * Places of one depth with like sets of leaves are a struct learn_group: first those with the very same set, then groups join where that is told in fewer names than they alone are. A candidate is a
 * group that could be a type; the one that gains most is taken, but machines inside it go before it where nearly as much is gained. A sheet is made for each way to part a topic, and that which
 * explains most is taken; what it leaves is looked at again, because other publishers name in other ways.
 */
#include "core/learn_sheet.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { METRIC_LEVELS = 8, TYPES_MOST = 200, LEAST_LEAVES = 2, LEAST_GAIN = 1, ROUNDS = 4, REPEATED_LEAST = 3, NAMES_FEW = 500 };

static const double nested = 0.85, nested_alike = 0.7, parted = 0.3, unlike = 0.5, names_enough = 0.6;
static const char separators[] = {'\0', '_', '.', '-', ':'};

struct depth {
    struct learn_place *places;
    struct learn_group *groups;
    size_t place_count, group_count;
};

struct candidate { size_t depth, group; };

static void depths_free(struct depth *depths, size_t count)
{
    for (size_t d = 0; d < count; d++) {
        for (size_t g = 0; g < depths[d].group_count; g++)
            learn_group_free(&depths[d].groups[g]);
        free(depths[d].groups);
        learn_places_free(depths[d].places, depths[d].place_count);
    }
}

/* ---- which group is a type ---- */

static const struct learn_row *row_at(const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g, size_t place)
{
    return &sheet->rows[d->places[g->places[place]].from];
}

/* Objects in a payload are machines where several lie in one message; else they only group what one machine says. */
static bool may_be(const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g)
{
    size_t together = 0;
    const struct learn_row *before = NULL;
    for (size_t i = 0; i < g->place_count; i++) {
        const struct learn_row *row = row_at(sheet, d, g, i);
        if (d->places[g->places[i]].depth <= row->topic_count)
            return true;
        together += before && before->topic_count == row->topic_count && memcmp(before->names, row->names, row->topic_count * sizeof *row->names) == 0;
        before = row;
    }
    return together * 2 >= g->place_count;
}

/* "p01/el", "p02/el": what has one name everywhere is a part of what stands above it. */
static bool one_name(const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g)
{
    for (size_t i = 1; i < g->place_count; i++)
        if (row_at(sheet, d, g, i)->names[d->places[0].depth - 1] != row_at(sheet, d, g, 0)->names[d->places[0].depth - 1])
            return false;
    return true;
}

static size_t kept_leaves(const struct learn_group *g)
{
    size_t kept = 0;
    for (size_t l = 0; l < g->leaf_count; l++)
        kept += learn_is_kept(g->counts[l], g->place_count);
    return kept;
}

static size_t stem(const char *name)
{
    size_t length = strlen(name);
    while (length > 0 && strchr("0123456789", name[length - 1]))
        length--;
    return length;
}

/* Two of them stand beside each other and differ in their number alone. */
static bool is_numbered(const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g)
{
    size_t depth = d->places[0].depth;
    for (size_t i = 1; i < g->place_count; i++) {
        const struct learn_row *a = row_at(sheet, d, g, i - 1), *b = row_at(sheet, d, g, i);
        const char *x = sheet->words.list[a->names[depth - 1]], *y = sheet->words.list[b->names[depth - 1]];
        if (memcmp(a->names, b->names, (depth - 1) * sizeof *a->names) == 0 && stem(x) == stem(y) && x[stem(x)] && strncmp(x, y, stem(x)) == 0)
            return true;
    }
    return false;
}

/* A machine says a state in words, or several values in one message, or stands in a row of its like: what lies in another group may then be machines of their own. */
static bool is_machine(const struct learn *learn, const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g)
{
    const struct learn_place *p = &d->places[g->places[0]];
    size_t fields = 0;
    for (size_t r = p->from; r < p->to; r++) {
        const struct learn_series *s = learn_series_at(learn, sheet->rows[r].series);
        fields += s->path[0] != '\0' && sheet->rows[r].topic_count >= p->depth && strchr(s->path + 1, '/') == NULL;
        if (s->texts > 0 && !s->many)
            return true;
    }
    return fields >= 2 || is_numbered(sheet, d, g);
}

/* Words, a bit, or a state by its name. */
static bool is_telling(const struct learn *learn, const struct learn_row *row)
{
    const struct learn_series *s = learn_series_at(learn, row->series);
    char name[KEY_BYTES + 256];
    snprintf(name, sizeof name, "%s%s", s->topic, s->path);
    return (s->texts > 0 && !s->many) || s->bools > 0 || learn_is_named(name, KIND_STATE, ROLE_STATE);
}

/* Has another row of the place above (within [from, to) but not of the place itself) the same leaf, as its own or in a place beside? */
static bool is_repeated(const struct learn_sheet *sheet, const struct learn_place *p, size_t from, size_t to, uint64_t rest)
{
    for (size_t r = from; r < to; r++) {
        const struct learn_row *row = &sheet->rows[r];
        if (r >= p->from && r < p->to)
            continue;
        if ((row->count >= p->depth && learn_rest(row, p->depth) == rest) || (p->depth > 1 && learn_rest(row, p->depth - 1) == rest))
            return true;
    }
    return false;
}

/* What stands above it, or beside it, has several of its leaves too, a state among them: then it is a machine, though it has the same name everywhere ("smt1/printer", "smt2/printer"). */
static bool repeats(const struct learn *learn, const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g)
{
    const struct learn_place *p = &d->places[g->places[0]];
    size_t from = p->from, to = p->to, same = 0;
    bool tells = false;
    while (from > 0 && memcmp(sheet->rows[from - 1].names, sheet->rows[p->from].names, (p->depth - 1) * sizeof(uint32_t)) == 0 && sheet->rows[from - 1].count >= p->depth)
        from--;
    while (to < sheet->count && memcmp(sheet->rows[to].names, sheet->rows[p->from].names, (p->depth - 1) * sizeof(uint32_t)) == 0 && sheet->rows[to].count >= p->depth)
        to++;
    for (size_t r = p->from; p->depth > 1 && r < p->to; r++)
        if (is_repeated(sheet, p, from, to, learn_rest(&sheet->rows[r], p->depth))) {
            same++;
            tells = tells || is_telling(learn, &sheet->rows[r]);
        }
    return same >= REPEATED_LEAST && tells;
}

/* Rows of a group. */
static void mark(const struct depth *d, const struct learn_group *g, bool *rows)
{
    for (size_t i = 0; i < g->place_count; i++)
        for (size_t r = d->places[g->places[i]].from; r < d->places[g->places[i]].to; r++)
            rows[r] = true;
}

/* What a group gains without these rows. */
static double gain_without(const struct learn_sheet *sheet, const struct depth *d, const struct learn_group *g, const bool *rows)
{
    struct learn_group left = {.place_count = 0};
    for (size_t i = 0; i < g->place_count; i++) {
        const struct learn_place *p = &d->places[g->places[i]];
        struct learn_group one = {.place_count = 1, .place_capacity = 1, .places = mem_zero(1, sizeof *one.places)};
        one.leaves = mem_zero(p->to - p->from + 1, sizeof *one.leaves);
        one.counts = mem_zero(p->to - p->from + 1, sizeof *one.counts);
        for (size_t r = p->from; r < p->to; r++)
            if (!rows[r])
                one.leaves[one.leaf_count++] = learn_rest(&sheet->rows[r], p->depth);
        one.leaf_count = learn_unique(one.leaves, one.leaf_count);
        for (size_t l = 0; l < one.leaf_count; l++)
            one.counts[l] = 1;
        learn_group_join(&left, &one);
    }
    double gain = left.gain;
    learn_group_free(&left);
    return gain > 0 ? gain : 0;
}

/* Of machines inside the best one those that gain most; where it is told nearly as shortly with them, they are types of their own. */
static struct candidate inside(const struct learn *learn, const struct learn_sheet *sheet, const struct depth *depths, size_t depth_count, struct candidate best, double *spent)
{
    const struct depth *d = &depths[best.depth];
    const struct learn_group *g = &d->groups[best.group];
    bool *within = mem_zero(sheet->count + 1, sizeof *within), *rows = mem_zero(sheet->count + 1, sizeof *rows);
    struct candidate chosen = best;
    double most = 0;
    mark(d, g, within);
    for (size_t deeper = best.depth + 1; deeper < depth_count; deeper++)
        for (size_t i = 0; i < depths[deeper].group_count; i++) {
            const struct learn_group *c = &depths[deeper].groups[i];
            size_t in = 0;
            for (size_t k = 0; k < c->place_count; k++)
                in += within[depths[deeper].places[c->places[k]].from];
            if (in < 2 || (in * 2 < c->place_count && in < g->place_count) || c->gain < LEAST_GAIN || c->gain <= most || c->place_count < 2 || kept_leaves(c) < LEAST_LEAVES || !may_be(sheet, &depths[deeper], c))
                continue;
            bool like = repeats(learn, sheet, &depths[deeper], c);
            if (!like && (c->place_count <= g->place_count || one_name(sheet, &depths[deeper], c) || !is_machine(learn, sheet, &depths[deeper], c)))
                continue;
            memset(rows, 0, sheet->count * sizeof *rows);
            mark(&depths[deeper], c, rows);
            double both = c->gain + gain_without(sheet, d, g, rows);
            if (both < (like ? nested_alike : nested) * g->gain)
                continue;
            most = c->gain;
            *spent = g->gain > both ? g->gain - both : 0;
            chosen = (struct candidate){deeper, i};
        }
    free(within);
    free(rows);
    return chosen;
}

/* The group that gains most; of two with the same the one that is nearer to the root. First those whose machines have names of their own. */
static bool best_of(const struct learn *learn, const struct learn_sheet *sheet, const struct depth *depths, size_t depth_count, struct candidate *best)
{
    for (int named = 1; named >= 0; named--) {
        double most = 0;
        for (size_t d = 0; d < depth_count; d++)
            for (size_t i = 0; i < depths[d].group_count; i++) {
                const struct learn_group *g = &depths[d].groups[i];
                if (g->place_count < 2 || g->gain < LEAST_GAIN || g->gain <= most || kept_leaves(g) < LEAST_LEAVES || !may_be(sheet, &depths[d], g) || (named && one_name(sheet, &depths[d], g) && !repeats(learn, sheet, &depths[d], g)))
                    continue;
                most = g->gain;
                *best = (struct candidate){d, i};
            }
        if (most > 0)
            return true;
    }
    return false;
}

/* ---- a type ---- */

static size_t leaf_at(const uint64_t *leaves, size_t count, uint64_t hash)
{
    const uint64_t *found = bsearch(&hash, leaves, count, sizeof hash, learn_compare_hashes);
    return found ? (size_t)(found - leaves) : SIZE_MAX;
}

static void take_place(const struct learn_sheet *sheet, const struct learn_place *p, const uint64_t *leaves, struct learned_type *type, struct learned_instance *instance, bool *taken)
{
    instance->series = mem_zero(type->leaf_count, sizeof *instance->series);
    for (size_t l = 0; l < type->leaf_count; l++)
        instance->series[l] = SIZE_MAX;
    learn_row_text(sheet, &sheet->rows[p->from], 0, p->depth, instance->topic, sizeof instance->topic, instance->pointer, sizeof instance->pointer);
    for (size_t r = p->from; r < p->to; r++) {
        size_t leaf = leaf_at(leaves, type->leaf_count, learn_rest(&sheet->rows[r], p->depth));
        if (leaf == SIZE_MAX)
            continue;
        struct learned_leaf *l = &type->leaves[leaf];
        if (l->present++ == 0)
            learn_row_text(sheet, &sheet->rows[r], p->depth, sheet->rows[r].count, l->topic, sizeof l->topic, l->path, sizeof l->path);
        instance->series[leaf] = sheet->rows[r].series;
        instance->leaves++;
        taken[r] = true;
    }
    type->complete += instance->leaves == type->leaf_count;
}

/* Takes the group's rows out of the sheet, as a type; *hashes: its leaves. */
static void take(struct learn_sheet *sheet, const struct learn_place *places, const struct learn_group *g, struct learned_type *type, uint64_t **hashes, bool *taken)
{
    uint64_t *leaves = *hashes = mem_zero(g->leaf_count + 1, sizeof *leaves);
    *type = (struct learned_type){.instance_count = g->place_count, .metric = sheet->metric < METRIC_LEVELS ? sheet->metric : LEARN_LEVELS, .separator = sheet->separator, .gain = g->gain};
    for (size_t l = 0; l < g->leaf_count; l++)
        if (learn_is_kept(g->counts[l], g->place_count))
            leaves[type->leaf_count++] = g->leaves[l];
    type->leaves = mem_zero(type->leaf_count, sizeof *type->leaves);
    type->instances = mem_zero(g->place_count, sizeof *type->instances);
    type->levels = places[g->places[0]].depth;
    for (size_t i = 0; i < g->place_count; i++)
        take_place(sheet, &places[g->places[i]], leaves, type, &type->instances[i], taken);
}

static void remove_taken(struct learn_sheet *sheet, const bool *taken)
{
    size_t kept = 0;
    for (size_t r = 0; r < sheet->count; r++)
        if (!taken[r])
            sheet->rows[kept++] = sheet->rows[r];
    sheet->count = kept;
}

static bool take_best(const struct learn *learn, struct learn_sheet *sheet, struct learned_type *type, uint64_t **hashes)
{
    struct depth depths[LEARN_LEVELS];
    struct candidate best;
    size_t count = 0;
    for (; count + 1 < LEARN_LEVELS; count++) {
        struct depth *d = &depths[count];
        d->place_count = learn_places(sheet, count + 1, &d->places);
        if (d->place_count == 0) {
            free(d->places);
            break;
        }
        d->group_count = learn_groups(d->places, d->place_count, &d->groups);
    }
    bool found = best_of(learn, sheet, depths, count, &best);
    if (found) {
        bool *taken = mem_zero(sheet->count + 1, sizeof *taken);
        double spent = 0;
        for (struct candidate next = inside(learn, sheet, depths, count, best, &spent); next.depth != best.depth; next = inside(learn, sheet, depths, count, best, &spent)) {
            best = next;
            sheet->spent += spent;
        }
        take(sheet, depths[best.depth].places, &depths[best.depth].groups[best.group], type, hashes, taken);
        remove_taken(sheet, taken);
        free(taken);
    }
    depths_free(depths, count);
    return found;
}

/* ---- all ---- */

static void types_free(struct learned_type *types, size_t count)
{
    for (size_t t = 0; t < count; t++) {
        for (size_t i = 0; i < types[t].instance_count; i++)
            free(types[t].instances[i].series);
        free(types[t].instances);
        free(types[t].leaves);
    }
    free(types);
}

/* Words, bits, what only rises, other numbers. */
static int sort_of(const struct learn_series *s)
{
    return s->texts > 0 ? 0 : s->bools > 0 ? 1 : s->ups > 3 && s->downs == 0 ? 2 : 3;
}

/* Of its leaves, how many are the same sort of value on every machine: what is not is no leaf of one type. */
static double likeness(const struct learn *learn, const struct learned_type *type)
{
    size_t alike_leaves = 0;
    for (size_t l = 0; l < type->leaf_count; l++) {
        int sort = -1;
        bool same = true;
        for (size_t i = 0; i < type->instance_count; i++) {
            if (type->instances[i].series[l] == SIZE_MAX)
                continue;
            int its = sort_of(learn_series_at(learn, type->instances[i].series[l]));
            same = same && (sort == -1 || its == sort);
            sort = its;
        }
        alike_leaves += same;
    }
    return (double)alike_leaves / (double)type->leaf_count;
}

/* Alike in every leaf and nearly all complete: certain, if it is no coincidence of few. */
static enum learn_sure sure_of(const struct learn *learn, const struct learned_type *type)
{
    double like = likeness(learn, type);
    if (type->instance_count >= 3 && type->leaf_count >= 4 && type->complete * 10 >= type->instance_count * 8 && like > 0.95)
        return LEARN_CERTAIN;
    return type->instance_count * type->leaf_count >= 8 && like >= 0.8 ? LEARN_LIKELY : LEARN_GUESS;
}

/* How much shorter it is told with these types than without. */
static double gain_of(const struct learn *learn, const struct learned_type *types, size_t count)
{
    double gain = 0;
    for (size_t t = 0; t < count; t++) {
        double own = -(double)types[t].leaf_count - (double)types[t].instance_count;
        for (size_t i = 0; i < types[t].instance_count; i++)
            own += (double)types[t].instances[i].leaves;
        gain += own * (0.5 + 0.5 * likeness(learn, &types[t]));
    }
    return gain;
}

/* Machines that were left because others stood inside them, which are types of their own by now. */
static void adopt(struct learn_sheet *sheet, struct learned_type *type, const uint64_t *leaves)
{
    struct learn_place *places;
    size_t count = learn_places(sheet, type->levels, &places), capacity = type->instance_count;
    bool *taken = mem_zero(sheet->count + 1, sizeof *taken);
    for (size_t i = 0; i < count; i++) {
        size_t both = 0;
        for (size_t l = 0; l < places[i].leaf_count; l++)
            both += leaf_at(leaves, type->leaf_count, places[i].leaves[l]) != SIZE_MAX;
        if (both * 10 < places[i].leaf_count * 8 || both * 10 < type->leaf_count * 8)
            continue;
        type->instances = mem_grow(type->instances, type->instance_count, &capacity, sizeof *type->instances);
        struct learned_instance *instance = &type->instances[type->instance_count++];
        *instance = (struct learned_instance){.leaves = 0};
        take_place(sheet, &places[i], leaves, type, instance, taken);
    }
    remove_taken(sheet, taken);
    free(taken);
    learn_places_free(places, count);
}

static size_t types_of(const struct learn *learn, struct learn_sheet *sheet, struct learned_type **types)
{
    uint64_t **hashes = mem_zero(TYPES_MOST, sizeof *hashes);
    size_t count = 0;
    *types = mem_zero(TYPES_MOST, sizeof **types);
    while (count < TYPES_MOST && take_best(learn, sheet, &(*types)[count], &hashes[count]))
        count++;
    for (size_t t = 0; t < count; t++) {
        adopt(sheet, &(*types)[t], hashes[t]);
        free(hashes[t]);
    }
    free(hashes);
    return count;
}

/* Do enough topics have it inside their levels? */
static bool is_separated(const struct learn *learn, const bool *taken, char separator)
{
    size_t count = learn_series_count(learn, NULL), all = 0, parts = 0;
    for (size_t i = 0; i < count; i++) {
        const char *topic = learn_series_at(learn, i)->topic;
        if (taken[i] || topic[0] == '$')
            continue;
        all++;
        parts += topic[strcspn(topic, (const char[]){separator, '\0'})] != '\0';
    }
    return (double)parts >= parted * (double)all && all > 0;
}

static size_t explained(const struct learned_type *types, size_t count)
{
    size_t series = 0;
    for (size_t t = 0; t < count; t++)
        for (size_t i = 0; i < types[t].instance_count; i++)
            series += types[t].instances[i].leaves;
    return series;
}

/* How far a round looks: the first way that explains so many series is good enough, and so many levels are tried as the leaf's own. */
struct effort { size_t enough, metrics; };

/* The way to part topics that explains most of what is not taken yet; what it finds is added. False: nothing. */
static bool round_of(const struct learn *learn, struct effort effort, bool *taken, struct learned *out)
{
    bool enough = false;
    struct learned_type *best = NULL;
    size_t best_count = 0;
    double most = -1;
    for (size_t s = 0; s < sizeof separators && !enough; s++) {
        if (separators[s] && !is_separated(learn, taken, separators[s]))
            continue;
        for (size_t metric = 0; metric <= effort.metrics && !enough; metric++) { /* first as they stand */
            struct learn_sheet sheet;
            struct learned_type *types;
            learn_sheet_make(&sheet, learn, taken, separators[s], metric == 0 ? LEARN_LEVELS : metric - 1);
            size_t count = types_of(learn, &sheet, &types);
            double gain = gain_of(learn, types, count) + sheet.spent;
            enough = explained(types, count) >= effort.enough;
            if (gain > most * 1.02 + 1) {
                types_free(best, best_count);
                best = types;
                best_count = count;
                most = gain;
            } else {
                types_free(types, count);
            }
            learn_sheet_finish(&sheet);
        }
    }
    size_t before = out->type_count;
    for (size_t t = 0; t < best_count && out->type_count < TYPES_MOST; t++) {
        if (likeness(learn, &best[t]) < unlike) /* names that happen to cross, of values that have nothing in common */
            continue;
        for (size_t i = 0; i < best[t].instance_count; i++)
            for (size_t l = 0; l < best[t].leaf_count; l++)
                if (best[t].instances[i].series[l] != SIZE_MAX) {
                    taken[best[t].instances[i].series[l]] = true;
                    out->explained++;
                }
        out->types[out->type_count++] = best[t];
        best[t] = (struct learned_type){.leaf_count = 0};
    }
    types_free(best, best_count);
    return out->type_count > before;
}

static void take_loose(const struct learn *learn, const bool *taken, struct learned *out)
{
    size_t count = learn_series_count(learn, NULL);
    out->loose = mem_zero(count + 1, sizeof *out->loose);
    out->loose_roles = mem_zero(count + 1, sizeof *out->loose_roles);
    for (size_t i = 0; i < count; i++)
        if (!taken[i] && learn_series_at(learn, i)->topic[0] != '$')
            out->loose[out->loose_count++] = i;
}

static int by_series(const void *a, const void *b)
{
    const struct learned_type *x = a, *y = b;
    size_t nx = x->instance_count * x->leaf_count, ny = y->instance_count * y->leaf_count;
    return nx != ny ? nx > ny ? -1 : 1 : strcmp(x->instances[0].topic, y->instances[0].topic);
}

static int by_topic(const void *a, const void *b)
{
    const struct learned_instance *x = a, *y = b;
    int topics = strcmp(x->topic, y->topic);
    return topics ? topics : strcmp(x->pointer, y->pointer);
}

/* A unit that a message told goes before one that a name lets guess. */
static void take_unit(const struct learn *learn, size_t series, struct learn_role *role)
{
    const char *unit = series == SIZE_MAX ? "" : learn_unit(learn, learn_series_at(learn, series));
    if (!unit[0])
        return;
    role->unit = unit;
    role->sure = role->sure < LEARN_LIKELY ? LEARN_LIKELY : role->sure;
}

/* Puts types and machines in order, and calls them something. */
static void arrange(struct learned *out)
{
    for (size_t t = 0; t < out->type_count; t++)
        while (learn_move_up(out, &out->types[t])) {}
    qsort(out->types, out->type_count, sizeof *out->types, by_series);
    for (size_t t = 0; t < out->type_count; t++) {
        qsort(out->types[t].instances, out->types[t].instance_count, sizeof *out->types[t].instances, by_topic);
        learn_name_type(&out->types[t], t);
    }
}

void learn_conclude_names(const struct learn *learn, struct learned *out)
{
    size_t count = learn_series_count(learn, NULL);
    bool *taken = mem_zero(count + 1, sizeof *taken);
    *out = (struct learned){.types = mem_zero(TYPES_MOST, sizeof *out->types)};
    round_of(learn, (struct effort){(size_t)(names_enough * (double)count), count <= NAMES_FEW ? METRIC_LEVELS : 0}, taken, out);
    take_loose(learn, taken, out);
    free(taken);
    arrange(out);
    for (size_t t = 0; t < out->type_count; t++)
        learn_name_leaves(&out->types[t]);
    learn_names_apart(out->types, out->type_count);
}

void learn_conclude(const struct learn *learn, struct learned *out)
{
    bool *taken = mem_zero(learn_series_count(learn, NULL) + 1, sizeof *taken);
    *out = (struct learned){.types = mem_zero(TYPES_MOST, sizeof *out->types)};
    for (int n = 0; n < ROUNDS && round_of(learn, (struct effort){SIZE_MAX, METRIC_LEVELS}, taken, out); n++) {}
    take_loose(learn, taken, out);
    free(taken);
    arrange(out);
    for (size_t t = 0; t < out->type_count; t++) {
        struct learned_type *type = &out->types[t];
        learn_roles_of_type(learn, type);
        type->sure = sure_of(learn, type);
        for (size_t l = 0; l < type->leaf_count; l++)
            for (size_t i = 0; i < type->instance_count; i++)
                take_unit(learn, type->instances[i].series[l], &type->leaves[l].role);
    }
    learn_names_apart(out->types, out->type_count);
    learn_roles_of_loose(learn, out);
    for (size_t i = 0; i < out->loose_count; i++)
        take_unit(learn, out->loose[i], &out->loose_roles[i]);
}

void learned_finish(struct learned *learned)
{
    types_free(learned->types, learned->type_count);
    free(learned->loose);
    free(learned->loose_roles);
    *learned = (struct learned){.type_count = 0};
}
