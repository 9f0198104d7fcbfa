/*
 * From patterns to what they fit. Configured tags do not change while a plant lives, and discovered ones only come: what was looked at once is not looked at
 * again until the view, the plant or the model is another.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "views/panels.h"

static void bind(struct panels_bound *bound, bool node, uint32_t index)
{
    if (bound->count == PANELS_ITEMS) {
        bound->more++;
        return;
    }
    bound->items = mem_grow(bound->items, bound->count, &bound->capacity, sizeof *bound->items);
    bound->items[bound->count++] = (struct panels_item){.node = node, .index = index};
}

void panels_unbind(struct panels *panels)
{
    for (size_t i = 0; i < PANELS; i++) {
        free(panels->bound[i].items);
        panels->bound[i] = (struct panels_bound){.items = NULL};
    }
    panels->model = NULL;
    panels->scanned = 0;
}

static bool is_bound(const struct panels *panels, const struct scene *scene, const struct panel_view *view)
{
    const struct model *model = scene->model;
    return panels->shown && panels->model == model && panels->plant_id == model_plant(model)->id && panels->scanned <= model_tag_count(model)
        && memcmp(panels->shown, view, sizeof *view) == 0;
}

static void bind_nodes(struct panels *panels, const struct plant *plant, const struct panel_view *view)
{
    char path[KEY_BYTES];
    bool any = false;
    for (size_t i = 0; i < view->panel_count; i++)
        any = any || view->panels[i].lines[0];
    for (uint32_t n = 0; any && n < plant->node_count; n++) {
        if (plant->nodes[n].level < LEVEL_LINE && plant->nodes[n].role_tag[ROLE_STATE] == NO_TAG)
            continue; /* nothing tells its state */
        plant_node_path(plant, n, path, sizeof path);
        for (size_t i = 0; i < view->panel_count; i++)
            if (panel_matches(view->panels[i].lines, path))
                bind(&panels->bound[i], true, n);
    }
}

void panels_bind(struct panels *panels, const struct scene *scene, const struct panel_view *view)
{
    const struct model *model = scene->model;
    if (!is_bound(panels, scene, view)) {
        panels_unbind(panels);
        if (!panels->shown)
            panels->shown = mem_zero(1, sizeof *panels->shown);
        if (panels->shown != view)
            memcpy(panels->shown, view, sizeof *view);
        panels->model = model;
        panels->plant_id = model_plant(model)->id;
        bind_nodes(panels, model_plant(model), view);
    }
    char key[KEY_BYTES];
    for (size_t count = model_tag_count(model); panels->scanned < count; panels->scanned++) {
        model_tag_key(model, (uint32_t)panels->scanned, key, sizeof key);
        for (size_t i = 0; i < view->panel_count; i++)
            if (view->panels[i].tags[0] && panel_matches(view->panels[i].tags, key))
                bind(&panels->bound[i], false, (uint32_t)panels->scanned);
    }
}
