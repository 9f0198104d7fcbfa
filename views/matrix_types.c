#include "views/matrix_types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/learn.h"
#include "core/memory.h"

/* A struct draft is a configured type while its machines and their tags' names are gathered. */

enum { SETTLED_MS = 3000, GROWN_SHARE = 8 };

struct draft {
    const char *name;
    uint32_t *nodes;
    size_t node_count, node_capacity;
    const struct tag_def **columns;
    size_t column_count, column_capacity;
};

static void type_free(struct matrix_type *type)
{
    free(type->labels);
    free(type->names);
    free(type->nodes);
    free(type->tags);
}

static void cut(struct matrix_types *types, size_t count)
{
    while (types->count > count)
        type_free(&types->types[--types->count]);
}

void matrix_types_finish(struct matrix_types *types)
{
    cut(types, 0);
    free(types->types);
    *types = (struct matrix_types){.count = 0};
}

static struct matrix_type *add_type(struct matrix_types *types, const char *name, size_t rows, size_t columns)
{
    types->types = mem_grow(types->types, types->count, &types->capacity, sizeof *types->types);
    struct matrix_type *type = &types->types[types->count++];
    *type = (struct matrix_type){.rows = rows, .columns = columns, .labels = mem_zero(rows + 1, sizeof *type->labels), .names = mem_zero(columns + 1, sizeof *type->names),
        .nodes = mem_zero(rows + 1, sizeof *type->nodes), .tags = mem_zero(rows * columns + 1, sizeof *type->tags)};
    snprintf(type->name, sizeof type->name, "%s", name);
    for (size_t i = 0; i < rows * columns; i++)
        type->tags[i] = NO_TAG;
    for (size_t r = 0; r < rows; r++)
        type->nodes[r] = NO_NODE;
    return type;
}

/* ---- what is configured ---- */

static const char *type_name(const struct node *node)
{
    static const char *const levels[] = {[LEVEL_SITE] = "site", [LEVEL_AREA] = "areas", [LEVEL_LINE] = "lines", [LEVEL_UNIT] = "units"};
    return node->type[0] ? node->type : levels[node->level];
}

static size_t column_of(const struct draft *draft, const struct tag_def *def)
{
    size_t c = 0;
    while (c < draft->column_count && strcmp(draft->columns[c]->name, def->name) != 0)
        c++;
    return c;
}

static void gather(struct draft *draft, const struct plant *plant, uint32_t n)
{
    const struct node *node = &plant->nodes[n];
    if (draft->node_count == MATRIX_ROWS)
        return;
    draft->nodes = mem_grow(draft->nodes, draft->node_count, &draft->node_capacity, sizeof *draft->nodes);
    draft->nodes[draft->node_count++] = n;
    for (uint32_t t = node->first_tag; t < node->first_tag + node->tag_count; t++)
        if (column_of(draft, plant->tags[t].def) == draft->column_count && draft->column_count < MATRIX_COLUMNS) {
            draft->columns = mem_grow(draft->columns, draft->column_count, &draft->column_capacity, sizeof *draft->columns);
            draft->columns[draft->column_count++] = plant->tags[t].def;
        }
}

/* Titles; where two machines are called alike, with that of what they stand in. */
static void label_nodes(const struct plant *plant, struct matrix_type *type)
{
    char (*paths)[2 * HEAD_TEXT] = mem_zero(type->rows + 1, sizeof *paths);
    const char **borrowed = mem_zero(type->rows + 1, sizeof *borrowed);
    for (size_t r = 0; r < type->rows; r++) {
        const struct node *node = &plant->nodes[type->nodes[r]];
        snprintf(paths[r], sizeof paths[r], "%.60s/%.60s", node->parent == NO_NODE ? "" : plant->nodes[node->parent].title, node->title);
        borrowed[r] = paths[r];
    }
    matrix_labels(borrowed, type->rows, type->labels);
    for (size_t r = 0; r < type->rows; r++) {
        const char *title = plant->nodes[type->nodes[r]].title;
        if (!strchr(type->labels[r], '/') && type->rows == 1)
            snprintf(type->labels[r], HEAD_TEXT, "%s", title);
    }
    free(borrowed);
    free(paths);
}

static void settle(struct matrix_types *types, const struct plant *plant, struct draft *draft)
{
    struct matrix_type *type = add_type(types, draft->name, draft->node_count, draft->column_count);
    for (size_t c = 0; c < draft->column_count; c++)
        snprintf(type->names[c], HEAD_TEXT, "%s", draft->columns[c]->title);
    for (size_t r = 0; r < draft->node_count; r++) {
        const struct node *node = &plant->nodes[draft->nodes[r]];
        type->nodes[r] = draft->nodes[r];
        for (uint32_t t = node->first_tag; t < node->first_tag + node->tag_count; t++) {
            size_t c = column_of(draft, plant->tags[t].def);
            if (c < draft->column_count)
                type->tags[c * type->rows + r] = t;
        }
    }
    label_nodes(plant, type);
    free(draft->nodes);
    free(draft->columns);
}

/* What is one of its kind comes last. */
static int by_size(const void *a, const void *b)
{
    const struct matrix_type *x = a, *y = b;
    size_t nx = x->rows > 1 ? x->rows * x->columns : 0, ny = y->rows > 1 ? y->rows * y->columns : 0;
    return nx != ny ? (nx > ny ? -1 : 1) : strcmp(x->name, y->name);
}

static void list_configured(struct matrix_types *types, const struct plant *plant)
{
    struct draft *drafts = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t n = 0; n < plant->node_count; n++) {
        size_t d = 0;
        if (plant->nodes[n].tag_count == 0)
            continue;
        while (d < count && strcmp(drafts[d].name, type_name(&plant->nodes[n])) != 0)
            d++;
        if (d == count) {
            drafts = mem_grow(drafts, count, &capacity, sizeof *drafts);
            drafts[count++] = (struct draft){.name = type_name(&plant->nodes[n])};
        }
        gather(&drafts[d], plant, n);
    }
    for (size_t d = 0; d < count; d++)
        settle(types, plant, &drafts[d]);
    free(drafts);
    if (types->count > 0)
        qsort(types->types, types->count, sizeof *types->types, by_size);
    types->configured = types->count;
}

/* ---- what was found ---- */

/* "main:plant/p1/data#/t/oil": with several brokers the broker's name is a level of its own. */
static bool add_name(struct learn *learn, const struct model *model, uint32_t tag)
{
    char key[KEY_BYTES];
    model_tag_key(model, tag, key, sizeof key);
    char *colon = strchr(key, ':'), *hash = strchr(key, '#');
    if (!colon || !hash)
        return false;
    *hash = '\0';
    *colon = '/';
    return learn_name(learn, model_plant(model)->broker_count > 1 ? key : colon + 1, hash + 1);
}

struct order { const char *name; size_t leaf; };

static int by_name(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    int names = strcmp(x->name, y->name);
    return names ? names : (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static void label_instances(const struct learned_type *from, struct matrix_type *type)
{
    char (*paths)[2 * KEY_BYTES] = mem_zero(type->rows + 1, sizeof *paths);
    const char **borrowed = mem_zero(type->rows + 1, sizeof *borrowed);
    for (size_t r = 0; r < type->rows; r++) {
        snprintf(paths[r], sizeof paths[r], "%s%s", from->instances[r].topic, from->instances[r].pointer);
        borrowed[r] = paths[r];
    }
    matrix_labels(borrowed, type->rows, type->labels);
    free(borrowed);
    free(paths);
}

static void take_found(struct matrix_types *types, const struct learned_type *from, const uint32_t *tags)
{
    size_t rows = from->instance_count < MATRIX_ROWS ? from->instance_count : MATRIX_ROWS, columns = from->leaf_count < MATRIX_COLUMNS ? from->leaf_count : MATRIX_COLUMNS;
    struct matrix_type *type = add_type(types, from->name, rows, columns);
    struct order *order = mem_zero(from->leaf_count + 1, sizeof *order);
    type->found = true;
    for (size_t l = 0; l < from->leaf_count; l++)
        order[l] = (struct order){from->leaves[l].name[0] ? from->leaves[l].name : from->leaves[l].topic, l};
    qsort(order, from->leaf_count, sizeof *order, by_name);
    for (size_t c = 0; c < columns; c++) {
        snprintf(type->names[c], HEAD_TEXT, "%.63s", order[c].name);
        for (size_t r = 0; r < rows; r++) {
            size_t series = from->instances[r].series[order[c].leaf];
            type->tags[c * rows + r] = series == SIZE_MAX ? NO_TAG : tags[series];
        }
    }
    label_instances(from, type);
    free(order);
}

static void list_found(struct matrix_types *types, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    size_t all = model_discovered(model), most = all < MATRIX_SERIES ? all : MATRIX_SERIES;
    uint32_t *tags = mem_zero(most + 1, sizeof *tags);
    struct learn *learn = learn_create(&plant->bounds, &plant->zone);
    struct learned learned;
    for (uint32_t d = 0; d < most; d++) {
        size_t at = learn_series_count(learn, NULL);
        if (add_name(learn, model, (uint32_t)plant->tag_count + d) && learn_series_count(learn, NULL) > at)
            tags[at] = (uint32_t)plant->tag_count + d;
    }
    learn_conclude_names(learn, &learned);
    cut(types, types->configured);
    for (size_t t = 0; t < learned.type_count; t++)
        take_found(types, &learned.types[t], tags);
    types->loose = learned.loose_count;
    learned_finish(&learned);
    learn_destroy(learn);
    free(tags);
}

void matrix_types_update(struct matrix_types *types, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    size_t found = model_discovered(model) < MATRIX_SERIES ? model_discovered(model) : MATRIX_SERIES;
    bool same = types->plant == plant && types->plant_id == plant->id && found >= types->seen;
    if (!same) {
        matrix_types_finish(types);
        types->plant = plant;
        types->plant_id = plant->id;
        list_configured(types, plant);
        types->generation = 1;
    }
    if (found != types->seen) {
        types->seen = found;
        types->seen_ms = model_elapsed(model);
    }
    bool grown = found > types->learnt + types->learnt / GROWN_SHARE, settled = found > types->learnt && model_elapsed(model) - types->seen_ms >= SETTLED_MS;
    if (!grown && !settled)
        return;
    list_found(types, model);
    types->learnt = found;
    types->generation++;
}
