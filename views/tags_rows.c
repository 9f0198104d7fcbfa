/*
 * Headings stand before the first wanted tag of their subtree, so the list is made in one walk down the plant: a heading is
 * put off until a tag needs it.
 */
#include "views/tags_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "views/common.h"

enum { HAYSTACK = 1024 };

static void add_row(struct tags_rows *rows, uint32_t row)
{
    rows->rows = mem_grow(rows->rows, rows->count, &rows->capacity, sizeof *rows->rows);
    rows->rows[rows->count++] = row;
}

static bool wanted(const struct tags_rows *rows, const struct model *model, uint32_t index, const char *place)
{
    if (!rows->filter[0])
        return true;
    const struct tag_def *def = model_tag(model, index)->def;
    char text[HAYSTACK], key[KEY_BYTES];
    model_tag_key(model, index, key, sizeof key);
    snprintf(text, sizeof text, "%s %s %s %s", key, def ? def->title : "", def ? def->alias : "", place);
    return filter_matches(rows->filter, text);
}

static void add_headings(struct tags_rows *rows, const struct plant *plant, uint32_t node, uint32_t *last)
{
    uint32_t path[LEVEL_UNIT + 1];
    int depth = 0;
    for (uint32_t n = node; n != NO_NODE && depth <= LEVEL_UNIT; n = plant->nodes[n].parent) {
        /* An ancestor of the last heading has been put in already. */
        if (*last != NO_NODE && n <= *last && *last < plant->nodes[n].end)
            break;
        path[depth++] = n;
    }
    while (depth > 0)
        add_row(rows, path[--depth] | ROW_HEADING);
    *last = node;
}

static void list_configured(struct tags_rows *rows, const struct model *model)
{
    const struct plant *plant = model_plant(model);
    uint32_t last = NO_NODE;
    char place[HAYSTACK / 2] = "";
    for (uint32_t n = 0; n < plant->node_count; n++) {
        bool headed = false;
        if (rows->filter[0])
            node_haystack(plant, n, place, sizeof place);
        for (uint32_t t = plant->nodes[n].first_tag; t < plant->nodes[n].first_tag + plant->nodes[n].tag_count; t++) {
            if (!wanted(rows, model, t, place))
                continue;
            if (!headed)
                add_headings(rows, plant, n, &last);
            headed = true;
            add_row(rows, t);
            rows->shown++;
        }
    }
}

static void list_topics(struct tags_rows *rows, const struct plant *plant)
{
    free(rows->topics);
    free(rows->fields);
    rows->topics = mem_zero(plant->tag_count + 1, sizeof *rows->topics);
    rows->fields = mem_zero(plant->tag_count + 1, sizeof *rows->fields);
    for (size_t b = 0; b < plant->binding_count; b++) {
        const struct plant_binding *binding = &plant->bindings[b];
        for (size_t f = 0; f < binding->field_count; f++) {
            rows->topics[binding->fields[f].tag] = binding;
            rows->fields[binding->fields[f].tag] = &binding->fields[f];
        }
    }
}

void tags_rows_update(struct tags_rows *rows, const struct scene *scene)
{
    const struct model *model = scene->model;
    const struct plant *plant = model_plant(model);
    size_t tags = model_tag_count(model);
    bool same_plant = rows->ready && rows->plant == plant && rows->plant_id == plant->id;
    if (!same_plant)
        list_topics(rows, plant);
    if (!same_plant || tags < rows->listed_tags || strncmp(rows->filter, scene->filter, FILTER_BYTES - 1) != 0) {
        snprintf(rows->filter, sizeof rows->filter, "%s", scene->filter);
        rows->count = rows->shown = 0;
        rows->plant = plant;
        rows->plant_id = plant->id;
        rows->ready = true;
        list_configured(rows, model);
        rows->listed_tags = plant->tag_count;
    }
    uint32_t newest = rows->count > 0 ? rows->rows[rows->count - 1] : ROW_HEADING;
    bool headed = !(newest & ROW_HEADING) && newest >= plant->tag_count;
    for (; rows->listed_tags < tags; rows->listed_tags++) {
        uint32_t tag = (uint32_t)rows->listed_tags;
        if (!wanted(rows, model, tag, "discovered"))
            continue;
        if (!headed)
            add_row(rows, ROW_DISCOVERED);
        headed = true;
        add_row(rows, tag);
        rows->shown++;
    }
}

void tags_rows_finish(struct tags_rows *rows)
{
    free(rows->rows);
    free(rows->topics);
    free(rows->fields);
    *rows = (struct tags_rows){.ready = false};
}
