/*
 * Types: places in the paths (topic levels, then the payload's names) whose children have the same leaves.
 *
 * A struct sheet is all series with their paths as sequences of names, sorted, so that what lies under one place is a stretch of rows; a struct place is such a stretch at one depth
 * with the set of what follows (sorted hashes). Places of one depth with like sets are a struct group. Which level of a topic is the leaf's own is tried: a sheet is made for each
 * possibility, and that which explains most is taken. Groups are taken greedily by what they gain; rows that are explained leave the sheet.
 */
#include "core/learn_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash_index.h"
#include "core/memory.h"

enum { GROUPS_MOST = 256, METRIC_LEVELS = 8, TYPES_MOST = 200, LEAST_LEAVES = 2, LEAST_GAIN = 1 };

static const double alike = 0.8, common = 0.25;

/* One series as names: `topic_count` levels of the topic, then the pointer's. */
struct row {
    size_t series;
    size_t count, topic_count;
    uint32_t names[LEARN_LEVELS];
};

struct words {
    char **list;
    size_t count, capacity;
    struct hash_index index;
};

struct sheet {
    struct words words;
    struct row *rows;
    size_t count;
    size_t metric;
};

/* Rows [from, to) agree in their first `depth` names; leaves: what follows, hashed, sorted, each once. */
struct place {
    size_t from, to, depth;
    uint64_t *leaves;
    size_t leaf_count;
};

struct group {
    size_t *places;
    size_t place_count, place_capacity;
    uint64_t *leaves;  /* of the place that it began with, and what others have in common beyond */
    size_t leaf_count;
    size_t explained;
    double gain;
};

/* ---- names ---- */

static bool is_word(const void *context, uint32_t number, const void *key)
{
    const struct words *words = context;
    return strcmp(words->list[number], key) == 0;
}

static uint32_t word_of(struct words *words, const char *text, size_t length)
{
    char name[KEY_BYTES];
    length = length < sizeof name ? length : sizeof name - 1;
    memcpy(name, text, length);
    name[length] = '\0';
    uint64_t hash = hash_bytes(name, length);
    uint32_t at = hash_index_find(&words->index, hash, is_word, words, name);
    if (at != HASH_INDEX_NONE)
        return at;
    words->list = mem_grow(words->list, words->count, &words->capacity, sizeof *words->list);
    hash_index_add(&words->index, hash, (uint32_t)words->count);
    words->list[words->count] = mem_text(name);
    return (uint32_t)words->count++;
}

static void words_finish(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i]);
    free(words->list);
    hash_index_finish(&words->index);
}

/* ---- the sheet ---- */

static size_t split(struct words *words, const char *text, uint32_t *names, size_t room)
{
    size_t count = 0;
    while (count < room) {
        size_t length = strcspn(text, "/");
        names[count++] = word_of(words, text, length);
        if (!text[length])
            break;
        text += length + 1;
    }
    return count;
}

static void row_of(struct sheet *sheet, const struct learn_series *s, size_t index, struct row *row)
{
    *row = (struct row){.series = index};
    row->topic_count = split(&sheet->words, s->topic, row->names, LEARN_LEVELS / 2);
    if (sheet->metric + 1 < row->topic_count) { /* the leaf's own level goes behind the instance's */
        uint32_t own = row->names[sheet->metric];
        memmove(row->names + sheet->metric, row->names + sheet->metric + 1, (row->topic_count - sheet->metric - 1) * sizeof *row->names);
        row->names[row->topic_count - 1] = own;
    }
    row->count = row->topic_count;
    if (s->path[0])
        row->count += split(&sheet->words, s->path + 1, row->names + row->count, LEARN_LEVELS - row->count);
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    size_t n = x->count < y->count ? x->count : y->count;
    for (size_t i = 0; i < n; i++)
        if (x->names[i] != y->names[i])
            return x->names[i] < y->names[i] ? -1 : 1;
    return x->count < y->count ? -1 : x->count > y->count;
}

static void sheet_make(struct sheet *sheet, const struct learn *learn, size_t metric)
{
    size_t count = learn_series_count(learn, NULL);
    *sheet = (struct sheet){.metric = metric, .rows = mem_zero(count + 1, sizeof *sheet->rows)};
    for (size_t i = 0; i < count; i++) {
        const struct learn_series *s = learn_series_at(learn, i);
        if (s->topic[0] != '$') /* the broker's own */
            row_of(sheet, s, i, &sheet->rows[sheet->count++]);
    }
    qsort(sheet->rows, sheet->count, sizeof *sheet->rows, compare_rows);
}

static void sheet_finish(struct sheet *sheet)
{
    words_finish(&sheet->words);
    free(sheet->rows);
}

/* ---- places ---- */

/* What follows the first `depth` names; the step from the topic into the payload is a part of it. */
static uint64_t hash_rest(const struct row *row, size_t depth)
{
    uint32_t rest[LEARN_LEVELS + 1];
    size_t count = 0;
    rest[count++] = row->topic_count > depth ? (uint32_t)(row->topic_count - depth) : 0;
    for (size_t i = depth; i < row->count; i++)
        rest[count++] = row->names[i];
    return hash_bytes(rest, count * sizeof *rest);
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t unique(uint64_t *hashes, size_t count)
{
    size_t kept = 0;
    qsort(hashes, count, sizeof *hashes, compare_hashes);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || hashes[kept - 1] != hashes[i])
            hashes[kept++] = hashes[i];
    return kept;
}

static size_t places_at(const struct sheet *sheet, size_t depth, struct place **places)
{
    size_t count = 0, capacity = 0;
    *places = NULL;
    for (size_t from = 0, to; from < sheet->count; from = to) {
        for (to = from + 1; to < sheet->count && sheet->rows[to].count >= depth && memcmp(sheet->rows[from].names, sheet->rows[to].names, depth * sizeof(uint32_t)) == 0;)
            to++;
        if (sheet->rows[from].count < depth)
            continue;
        *places = mem_grow(*places, count, &capacity, sizeof **places);
        struct place *p = &(*places)[count++];
        *p = (struct place){.from = from, .to = to, .depth = depth, .leaves = mem_zero(to - from, sizeof *p->leaves)};
        for (size_t r = from; r < to; r++)
            p->leaves[r - from] = hash_rest(&sheet->rows[r], depth);
        p->leaf_count = unique(p->leaves, to - from);
    }
    return count;
}

static size_t shared(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
    size_t both = 0;
    for (size_t i = 0, k = 0; i < a_count && k < b_count;) {
        if (a[i] == b[k]) {
            both++;
            i++;
            k++;
        } else if (a[i] < b[k]) {
            i++;
        } else {
            k++;
        }
    }
    return both;
}

/* ---- groups ---- */

struct turn { size_t place, leaf_count; };

static int by_leaves(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;
    if (x->leaf_count != y->leaf_count)
        return x->leaf_count > y->leaf_count ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* The leaves that at least a quarter of the places have. */
static void settle(struct group *g, const struct place *places)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < g->place_count; i++)
        all += places[g->places[i]].leaf_count;
    uint64_t *every = mem_zero(all + 1, sizeof *every);
    all = 0;
    for (size_t i = 0; i < g->place_count; i++) {
        memcpy(every + all, places[g->places[i]].leaves, places[g->places[i]].leaf_count * sizeof *every);
        all += places[g->places[i]].leaf_count;
    }
    qsort(every, all, sizeof *every, compare_hashes);
    g->explained = 0;
    for (size_t from = 0, to; from < all; from = to) {
        for (to = from + 1; to < all && every[to] == every[from];)
            to++;
        if (to - from >= 2 && (double)(to - from) >= common * (double)g->place_count) {
            g->explained += to - from;
            every[kept++] = every[from];
        }
    }
    free(g->leaves);
    g->leaves = every;
    g->leaf_count = kept;
    g->gain = (double)g->explained - (double)g->leaf_count - (double)g->place_count;
}

static size_t groups_of(const struct place *places, size_t place_count, struct group **groups)
{
    size_t count = 0;
    struct turn *order = mem_zero(place_count + 1, sizeof *order);
    *groups = mem_zero(GROUPS_MOST, sizeof **groups);
    for (size_t i = 0; i < place_count; i++)
        order[i] = (struct turn){i, places[i].leaf_count};
    qsort(order, place_count, sizeof *order, by_leaves);
    for (size_t i = 0; i < place_count; i++) {
        const struct place *p = &places[order[i].place];
        size_t best = SIZE_MAX, most = 0;
        for (size_t g = 0; g < count; g++) {
            size_t both = shared(p->leaves, p->leaf_count, (*groups)[g].leaves, (*groups)[g].leaf_count);
            if ((double)both >= alike * (double)p->leaf_count && both >= most && (double)both >= common * (double)(*groups)[g].leaf_count && (both > most || best == SIZE_MAX)) {
                best = g;
                most = both;
            }
        }
        if (best == SIZE_MAX) {
            if (count == GROUPS_MOST)
                continue;
            best = count++;
            (*groups)[best].leaves = mem_zero(p->leaf_count + 1, sizeof(uint64_t));
            memcpy((*groups)[best].leaves, p->leaves, p->leaf_count * sizeof(uint64_t));
            (*groups)[best].leaf_count = p->leaf_count;
        }
        struct group *g = &(*groups)[best];
        g->places = mem_grow(g->places, g->place_count, &g->place_capacity, sizeof *g->places);
        g->places[g->place_count++] = order[i].place;
    }
    for (size_t g = 0; g < count; g++)
        settle(&(*groups)[g], places);
    free(order);
    return count;
}

static void places_free(struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(places[i].leaves);
    free(places);
}

static void groups_free(struct group *groups, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(groups[i].places);
        free(groups[i].leaves);
    }
    free(groups);
}

/* ---- a type ---- */

static bool has_leaf(const struct group *g, uint64_t hash, size_t *at)
{
    const uint64_t *found = bsearch(&hash, g->leaves, g->leaf_count, sizeof hash, compare_hashes);
    if (found)
        *at = (size_t)(found - g->leaves);
    return found != NULL;
}

static void append(char *out, size_t cap, const char *separator, const char *name)
{
    size_t length = strlen(out);
    snprintf(out + length, cap - length, "%s%s", length || separator[0] == '!' ? separator + (separator[0] == '!') : "", name);
}

static void names_of(const struct sheet *sheet, const struct row *row, size_t from, size_t to, char *topic, size_t topic_cap, char *pointer, size_t pointer_cap)
{
    topic[0] = pointer[0] = '\0';
    for (size_t i = from; i < to; i++) {
        if (i < row->topic_count)
            append(topic, topic_cap, "/", sheet->words.list[row->names[i]]);
        else
            append(pointer, pointer_cap, "!/", sheet->words.list[row->names[i]]);
    }
}

/* Takes the group's rows out of the sheet, as a type. */
static void take(struct sheet *sheet, const struct place *places, const struct group *g, struct learned_type *type, bool *taken)
{
    const struct place *first = &places[g->places[0]];
    *type = (struct learned_type){.leaf_count = g->leaf_count, .instance_count = g->place_count, .metric = sheet->metric < METRIC_LEVELS ? sheet->metric : LEARN_LEVELS};
    type->leaves = mem_zero(g->leaf_count, sizeof *type->leaves);
    type->instances = mem_zero(g->place_count, sizeof *type->instances);
    type->levels = first->depth;
    for (size_t i = 0; i < g->place_count; i++) {
        const struct place *p = &places[g->places[i]];
        struct learned_instance *instance = &type->instances[i];
        instance->series = mem_zero(g->leaf_count, sizeof *instance->series);
        for (size_t l = 0; l < g->leaf_count; l++)
            instance->series[l] = SIZE_MAX;
        names_of(sheet, &sheet->rows[p->from], 0, p->depth, instance->topic, sizeof instance->topic, instance->pointer, sizeof instance->pointer);
        for (size_t r = p->from; r < p->to; r++) {
            size_t leaf;
            if (!has_leaf(g, hash_rest(&sheet->rows[r], p->depth), &leaf))
                continue;
            if (type->leaves[leaf].present++ == 0)
                names_of(sheet, &sheet->rows[r], p->depth, sheet->rows[r].count, type->leaves[leaf].topic, sizeof type->leaves[leaf].topic, type->leaves[leaf].path, sizeof type->leaves[leaf].path);
            instance->series[leaf] = sheet->rows[r].series;
            instance->leaves++;
            taken[r] = true;
        }
        type->complete += instance->leaves == g->leaf_count;
    }
}

static void remove_taken(struct sheet *sheet, const bool *taken)
{
    size_t kept = 0;
    for (size_t r = 0; r < sheet->count; r++)
        if (!taken[r])
            sheet->rows[kept++] = sheet->rows[r];
    sheet->count = kept;
}

/* Objects in a payload are machines where several lie in one message; else they only group what one machine says. */
static bool may_be(const struct sheet *sheet, const struct place *places, const struct group *g)
{
    size_t together = 0;
    const struct row *before = NULL;
    for (size_t i = 0; i < g->place_count; i++) {
        const struct place *p = &places[g->places[i]];
        const struct row *row = &sheet->rows[p->from];
        if (p->depth <= row->topic_count)
            return true;
        together += before && before->topic_count == row->topic_count && memcmp(before->names, row->names, row->topic_count * sizeof *row->names) == 0;
        before = row;
    }
    return together * 2 >= g->place_count;
}

/* The group that gains most; of two with the same the one that is nearer to the root. */
static bool take_best(struct sheet *sheet, struct learned_type *type)
{
    struct place *best_places = NULL, *places;
    struct group *best_groups = NULL, *groups;
    size_t best_place_count = 0, best_group_count = 0, best = SIZE_MAX;
    for (size_t depth = 1; depth < LEARN_LEVELS; depth++) {
        size_t place_count = places_at(sheet, depth, &places);
        if (place_count == 0) {
            free(places);
            break;
        }
        size_t group_count = groups_of(places, place_count, &groups), chosen = SIZE_MAX;
        for (size_t g = 0; g < group_count; g++)
            if (groups[g].place_count >= 2 && groups[g].leaf_count >= LEAST_LEAVES && groups[g].gain >= LEAST_GAIN && may_be(sheet, places, &groups[g]) && groups[g].gain > (chosen != SIZE_MAX ? groups[chosen].gain : best != SIZE_MAX ? best_groups[best].gain : 0))
                chosen = g;
        if (chosen != SIZE_MAX) {
            places_free(best_places, best_place_count);
            groups_free(best_groups, best_group_count);
            best_places = places;
            best_place_count = place_count;
            best_groups = groups;
            best_group_count = group_count;
            best = chosen;
        } else {
            places_free(places, place_count);
            groups_free(groups, group_count);
        }
    }
    if (best != SIZE_MAX) {
        bool *taken = mem_zero(sheet->count + 1, sizeof *taken);
        take(sheet, best_places, &best_groups[best], type, taken);
        remove_taken(sheet, taken);
        free(taken);
    }
    places_free(best_places, best_place_count);
    groups_free(best_groups, best_group_count);
    return best != SIZE_MAX;
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

static size_t types_of(struct sheet *sheet, struct learned_type **types)
{
    size_t count = 0;
    *types = mem_zero(TYPES_MOST, sizeof **types);
    while (count < TYPES_MOST && take_best(sheet, &(*types)[count]))
        count++;
    return count;
}

static void take_loose(const struct sheet *sheet, struct learned *out)
{
    out->loose = mem_zero(sheet->count + 1, sizeof *out->loose);
    out->loose_roles = mem_zero(sheet->count + 1, sizeof *out->loose_roles);
    for (size_t r = 0; r < sheet->count; r++)
        out->loose[out->loose_count++] = sheet->rows[r].series;
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

void learn_conclude(const struct learn *learn, struct learned *out)
{
    double best = -1;
    *out = (struct learned){.type_count = 0};
    for (size_t metric = 0; metric <= METRIC_LEVELS; metric++) { /* first as they stand */
        struct sheet sheet;
        struct learned_type *types;
        sheet_make(&sheet, learn, metric == 0 ? LEARN_LEVELS : metric - 1);
        size_t all = sheet.count, count = types_of(&sheet, &types);
        double gain = gain_of(learn, types, count);
        if (gain > best * 1.02 + 1) {
            learned_finish(out);
            *out = (struct learned){.types = types, .type_count = count, .explained = all - sheet.count};
            take_loose(&sheet, out);
            best = gain;
        } else {
            types_free(types, count);
        }
        sheet_finish(&sheet);
    }
    for (size_t t = 0; t < out->type_count; t++)
        while (learn_move_up(out, &out->types[t])) {}
    qsort(out->types, out->type_count, sizeof *out->types, by_series);
    for (size_t t = 0; t < out->type_count; t++) {
        struct learned_type *type = &out->types[t];
        qsort(type->instances, type->instance_count, sizeof *type->instances, by_topic);
        learn_name_type(type, t);
        learn_roles_of_type(learn, type);
    }
    learn_names_apart(out->types, out->type_count);
    for (size_t i = 0; i < out->loose_count; i++) {
        const struct learn_series *s = learn_series_at(learn, out->loose[i]);
        bool plain = !s->path[0] || strcmp(s->path, "/value") == 0 || strcmp(s->path, "/v") == 0 || strcmp(s->path, "/val") == 0;
        const char *last = strrchr(plain ? s->topic : s->path, '/');
        learn_role_of(s, last ? last + 1 : s->topic, &out->loose_roles[i]);
    }
}

void learned_finish(struct learned *learned)
{
    types_free(learned->types, learned->type_count);
    free(learned->loose);
    free(learned->loose_roles);
    *learned = (struct learned){.type_count = 0};
}
