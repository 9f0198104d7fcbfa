/*
 * changes: what somebody changed: setpoints, limits, recipes, orders, the configuration. The newest first, because a fault that began
 * two minutes ago is asked about with "what did we touch just before?".
 *
 * A struct changes is what the screen keeps: the table and whether all that is kept is listed or the last hour. A struct listing is
 * the table's context for one call.
 */
#include <stdio.h>
#include <string.h>

#include "draw/table.h"
#include "draw/text.h"
#include "views/changes.h"

enum changes_column { COL_TIME, COL_AGE, COL_PLACE, COL_WHAT, COL_BEFORE, COL_AFTER, COL_WHO, COL_COUNT };

enum { NARROW_W = 60, WIDE_W = 120, STATUS_LEAST_H = 12, HAYSTACK = 1024 };

struct changes {
    struct table table;
    bool all;
};

struct listing {
    const struct scene *scene;
    const struct event *changes[CHANGES_MOST];
    size_t kept, listed;
    struct table_column columns[COL_COUNT];
    bool narrow;
};

static void changes_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct listing *listing = context;
    const struct model *model = listing->scene->model;
    const struct event *event = listing->changes[row];
    char text[LABEL_TEXT];
    (void)selected;
    switch ((enum changes_column)column) {
    case COL_TIME:
        when_text(model, event->time_ms, text);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_AGE:
        age_text(model_wall(model) - event->time_ms, text);
        surface_text_right(s, 0, 0, s.w, CELL_DIM, text);
        break;
    case COL_PLACE: change_place(model, event, !listing->narrow, CELL_TEXT, s); break;
    case COL_WHAT: change_what(event, s); break;
    case COL_BEFORE: change_before(event, s); break;
    case COL_AFTER: change_after(event, s); break;
    case COL_WHO: surface_text_fit(s, 0, 0, s.w, CELL_DIM, event->who); break;
    case COL_COUNT: break;
    }
}

static uint64_t changes_id(const void *context, size_t row)
{
    const struct listing *listing = context;
    return listing->changes[row]->number;
}

static bool changes_match(const void *context, size_t row, const char *filter)
{
    const struct listing *listing = context;
    const struct event *event = listing->changes[row];
    char place[LABEL_TEXT], text[HAYSTACK];
    change_place_text(listing->scene->model, event, true, place, sizeof place);
    snprintf(text, sizeof text, "%s %s %s %s %s %s %s", event->path, place, event_table[event->kind].title, event->text, event->before, event->after, event->who);
    return filter_matches(filter, text);
}

static void list(struct listing *listing, const struct changes *view, const struct scene *scene)
{
    listing->scene = scene;
    model_changes(scene->model, &listing->kept);
    listing->listed = changes_list(scene->model, 0, view->all ? INT64_MIN : model_wall(scene->model) - CHANGES_RECENT_MS, listing->changes);
}

static struct table_spec changes_spec(struct listing *listing, const struct changes *view, int w)
{
    bool wide = w >= WIDE_W;
    listing->narrow = w < NARROW_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_TIME] = {.title = "TIME", .width = view->all && !listing->narrow ? 10 : 5},
        [COL_AGE] = {.title = "AGE", .width = 4, .drop = 5, .align = ALIGN_RIGHT},
        [COL_PLACE] = {.title = "PLACE", .width = wide ? 44 : listing->narrow ? 10 : 16, .least = 8, .flex = wide ? 0 : 1},
        [COL_WHAT] = {.title = "WHAT", .width = wide ? 34 : listing->narrow ? 9 : 16, .least = 8, .flex = wide ? 0 : 1},
        [COL_BEFORE] = {.title = "BEFORE", .width = wide ? 28 : listing->narrow ? 0 : 13, .align = ALIGN_RIGHT},
        [COL_AFTER] = {.title = "  AFTER", .width = wide ? 30 : listing->narrow ? 12 : 15},
        [COL_WHO] = {.title = "WHO", .width = wide ? 20 : 0, .flex = wide ? 1 : 0, .drop = 6},
    };
    memcpy(listing->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = listing->columns, .column_count = COL_COUNT, .rows = listing->listed, .context = listing, .cell = changes_cell,
        .row_id = changes_id, .match = changes_match, .filter = listing->scene->filter, .show_titles = true,
        .generation = listing->listed ? listing->changes[0]->number : 0,
        .empty = view->all || listing->kept == 0 ? "nothing has been changed since this began to listen" :
            "nothing was changed in the last hour",
    };
}

static void draw_status(const struct listing *listing, const struct changes *view, struct surface s)
{
    if (view->all)
        surface_format(s, 0, 0, CELL_DIM, "%zu kept, the newest %d at most", listing->kept, CHANGES_MOST);
    else if (listing->kept > listing->listed)
        surface_format(s, 0, 0, CELL_DIM, "%zu in the last hour; e lists all %zu that are kept", listing->listed, listing->kept);
    else
        surface_format(s, 0, 0, CELL_DIM, "%zu in the last hour", listing->listed);
}

static void changes_draw(void *state, const struct scene *scene, struct surface s)
{
    struct changes *view = state;
    struct listing listing;
    struct rect body = surface_rect(s);
    list(&listing, view, scene);
    if (s.h >= STATUS_LEAST_H)
        draw_status(&listing, view, surface_sub(s, rect_cut_bottom(&body, 1)));
    struct table_spec spec = changes_spec(&listing, view, s.w);
    table_draw(&view->table, &spec, surface_sub(s, body));
}

/* The faceplate or the trend of the tag that was changed; for the limit of a node, its line or the trends of its key tags. */
static bool open_change(const struct scene *scene, const struct event *event, bool trend, struct request *request)
{
    uint32_t tag = model_find(scene->model, event->path), node = plant_node_by_path(model_plant(scene->model), event->path);
    if (!event->path[0] || (tag == NO_TAG && node == NO_NODE))
        return false;
    if (tag != NO_TAG)
        *request = (struct request){.kind = trend ? REQUEST_TREND : REQUEST_FACEPLATE, .focus = focus_on_tag(scene, tag)};
    else if (trend)
        *request = trend_of_node(scene, node);
    else
        *request = (struct request){.kind = REQUEST_VIEW, .name = "line", .focus = focus_on_node(scene, node)};
    return true;
}

static bool changes_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct changes *view = state;
    struct listing listing;
    size_t row;
    list(&listing, view, scene);
    struct table_spec spec = changes_spec(&listing, view, 80);
    if (key_is(key, 'e')) {
        view->all = !view->all;
        return true;
    }
    if (key.code != KEYC_ENTER && !key_is(key, 'v'))
        return table_key(&view->table, &spec, key);
    return table_selected(&view->table, &spec, &row) && open_change(scene, listing.changes[row], key_is(key, 'v'), request);
}

static void changes_finish(void *state)
{
    table_finish(&((struct changes *)state)->table);
}

static const struct key_row changes_keys[] = {
    {"Enter", "open", "opens the faceplate of the tag that was changed, or the line", 1},
    {"v", "trend", "takes the tag that was changed into the trends view", 3},
    {"e", "all", "lists every change that is kept, or those of the last hour again", 2},
    {"↑ ↓", "select", "selects a change; PgUp, PgDn, g and G go further", 6},
};

const struct view changes_view = {
    .name = "changes", .title = "CHANGES",
    .help = "What somebody changed in the last hour: setpoints, limits, recipes, orders, products, crews and the configuration, the newest first. A ramp is told every ten seconds.",
    .state_size = sizeof(struct changes), .keys = changes_keys, .key_count = sizeof changes_keys / sizeof changes_keys[0],
    .draw = changes_draw, .key = changes_key, .finish = changes_finish,
};
