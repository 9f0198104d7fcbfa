/*
 * soon: what will be due next in the whole plant, the first at the top, drawn over another view: when, where, what, how much is left, what to do. What was
 * replaced or serviced is said here with one key.
 */
#include "views/soon.h"

#include <stdio.h>
#include <string.h>

#include "draw/table.h"
#include "draw/text.h"

enum soon_column { COL_IN, COL_AT, COL_WHAT, COL_PLACE, COL_LEFT, COL_TEXT, COL_COUNT };
enum { NARROW_W = 60, WIDE_W = 90, DETAIL_LEAST_H = 7 };

struct soon_view {
    struct table table;
    struct soon rows[SOON_MOST];
};

struct page {
    const struct scene *scene;
    const struct plant *plant;
    const struct soon *rows;
    size_t count;
    struct table_column columns[COL_COUNT];
};

static void make_page(struct page *page, struct soon_view *view, const struct scene *scene)
{
    *page = (struct page){.scene = scene, .plant = model_plant(scene->model), .rows = view->rows};
    page->count = soon_list(scene->model, 0, true, view->rows, SOON_MOST);
}

static void place_text(const struct page *page, const struct soon *s, char out[LABEL_TEXT])
{
    const struct node *node = &page->plant->nodes[s->node];
    uint32_t line = plant_ancestor(page->plant, s->node, LEVEL_LINE);
    if (line != NO_NODE && line != s->node)
        snprintf(out, LABEL_TEXT, "%.70s, %.70s", node->title, page->plant->nodes[line].title);
    else
        snprintf(out, LABEL_TEXT, "%.140s", s->kind == SOON_SHIFT ? page->plant->nodes[0].title : node->title);
}

static bool is_pending(const struct page *page, const struct soon *s)
{
    char path[KEY_BYTES];
    plant_node_path(page->plant, s->node, path, sizeof path);
    for (size_t i = 0; i < page->scene->pending_count; i++) {
        const struct pending_action *p = &page->scene->pending[i];
        if (s->kind == SOON_DUE && p->kind == ACTION_REPLACED && strcmp(p->target, path) == 0 && strcmp(p->word, page->plant->dues[s->due].name) == 0)
            return true;
    }
    return false;
}

static void soon_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct page *page = context;
    const struct soon *soon = &page->rows[row];
    char text[LABEL_TEXT], when[SPAN_TEXT + 8];
    (void)selected;
    switch ((enum soon_column)column) {
    case COL_IN:
        soon_when(soon, when);
        surface_text_right(s, 0, 0, s.w, is_pending(page, soon) ? CELL_ACCENT : soon_role(soon), is_pending(page, soon) ? glyph_text(s.grid->tier, GLYPH_MORE) : when);
        break;
    case COL_AT:
        if (soon->at_ms && !soon->over && !soon->stands) {
            ready_text(page->scene->model, soon->at_ms, text);
            surface_text_fit(s, 0, 0, s.w, CELL_DIM, text);
        }
        break;
    case COL_WHAT: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, soon->title); break;
    case COL_PLACE:
        place_text(page, soon, text);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_LEFT: surface_text_fit(s, 0, 0, s.w, CELL_DIM, soon->left); break;
    case COL_TEXT: surface_text_fit(s, 0, 0, s.w, CELL_DIM, soon->text); break;
    case COL_COUNT: break;
    }
}

static uint64_t soon_id(const void *context, size_t row)
{
    const struct soon *s = &((const struct page *)context)->rows[row];
    return (uint64_t)s->kind << 60 | (uint64_t)s->node << 20 | (s->due & 0xFFFFF);
}

static struct table_spec soon_spec(struct page *page, int w)
{
    bool narrow = w < NARROW_W, wide = w >= WIDE_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_IN] = {.title = "IN", .width = 9, .align = ALIGN_RIGHT, .keeps = true},
        [COL_AT] = {.title = "AT", .width = narrow ? 0 : 10, .drop = 4},
        [COL_WHAT] = {.title = "WHAT", .width = narrow ? 14 : 20, .least = 8, .flex = 1},
        [COL_PLACE] = {.title = "WHERE", .width = narrow ? 11 : 16, .least = 6, .flex = 1},
        [COL_LEFT] = {.title = "LEFT", .width = narrow ? 0 : 18, .drop = 3},
        [COL_TEXT] = {.title = "WHAT TO DO", .width = wide ? 16 : 0, .drop = 5, .flex = 1},
    };
    memcpy(page->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = page->columns, .column_count = COL_COUNT, .rows = page->count, .context = page, .cell = soon_cell, .row_id = soon_id, .show_titles = true,
        .empty = page->plant->due_count ? "nothing is due" : "nothing is configured: \"due\" of a type, line or unit",
    };
}

static const struct soon *selected_soon(struct soon_view *view, const struct page *page, const struct table_spec *spec)
{
    size_t row;
    return table_selected(&view->table, spec, &row) ? &page->rows[row] : NULL;
}

static void soon_draw(void *state, const struct scene *scene, struct surface s)
{
    struct soon_view *view = state;
    struct page page;
    struct rect body = surface_rect(s);
    make_page(&page, view, scene);
    struct table_spec spec = soon_spec(&page, s.w);
    bool detail = body.h >= DETAIL_LEAST_H && s.w < WIDE_W;
    struct surface below = surface_sub(s, detail ? rect_cut_bottom(&body, 1) : rect_of(0, 0, 0, 0));
    table_draw(&view->table, &spec, surface_sub(s, body));
    const struct soon *soon = detail ? selected_soon(view, &page, &spec) : NULL;
    if (soon)
        surface_text_fit(below, 0, 0, below.w, CELL_DIM, soon->text);
}

static bool soon_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct soon_view *view = state;
    struct page page;
    make_page(&page, view, scene);
    struct table_spec spec = soon_spec(&page, 80);
    const struct soon *soon = selected_soon(view, &page, &spec);
    if (key.code == KEYC_ESC || key_is(key, 'd')) {
        *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
    } else if (key.code == KEYC_ENTER && soon && soon->kind != SOON_SHIFT) {
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, soon->node)};
    } else if (key_is(key, 'x') && soon && soon->kind == SOON_DUE) {
        *request = (struct request){.kind = REQUEST_ACTION, .focus = scene->focus, .action = {.kind = ACTION_REPLACED}};
        plant_node_path(page.plant, soon->node, request->action.target, sizeof request->action.target);
        snprintf(request->action.word, sizeof request->action.word, "%s", page.plant->dues[soon->due].name);
    } else {
        return table_key(&view->table, &spec, key);
    }
    return true;
}

static void soon_finish(void *state)
{
    table_finish(&((struct soon_view *)state)->table);
}

static const struct act_row soon_acts[] = {{"x", ACTION_REPLACED}};

static const struct key_row soon_keys[] = {
    {"Esc", "close", "closes it", 1},
    {"Enter", "line", "goes to the line of the selected row", 3},
    {"x", "done", "says that it was replaced or serviced: its life or hours begin anew", 2},
    {"↑ ↓", "select", "selects a row", 4},
};

const struct view soon_view = {
    .name = "soon", .title = "SOON",
    .help = "What will be due, the first at the top: by present rates of running time, while the machine stands \"when it has run so long\"; ? where no rate can be told. What is due or near is marked.",
    .state_size = sizeof(struct soon_view), .keys = soon_keys, .key_count = sizeof soon_keys / sizeof soon_keys[0], .draw = soon_draw, .key = soon_key, .finish = soon_finish,
    .acts = soon_acts, .act_count = sizeof soon_acts / sizeof soon_acts[0],
};
