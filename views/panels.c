/*
 * panels: a view that somebody put together: which one it is, how its panels share the screen, what the keys do while it is not edited.
 *
 * Which view is drawn is a name in the screen's focus, so that going back comes back to it; everything else of a struct panels follows from what that
 * name finds: when another view is found, selection, zoom and what patterns fit begin anew.
 */
#include "views/panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/text.h"

enum { HELP_H = 2, HELP_LOW_H = 1, HELP_LEAST_H = 16, MATCHES_W = 60 };

/* ---- which views there are ---- */

static const struct panel_view *by_name(const struct panel_view *views, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(views[i].name, name) == 0)
            return &views[i];
    return NULL;
}

const struct panel_view *panels_find(const struct plant *plant, const struct panel_view *own, size_t own_count, const char *name)
{
    const struct panel_view *view = by_name(own, own_count, name);
    return view ? view : by_name(plant->views, plant->view_count, name);
}

const struct panel_view *panels_nth(const struct plant *plant, const struct panel_view *own, size_t own_count, size_t n)
{
    if (n < plant->view_count)
        return panels_find(plant, own, own_count, plant->views[n].name);
    n -= plant->view_count;
    for (size_t i = 0; i < own_count; i++)
        if (!by_name(plant->views, plant->view_count, own[i].name) && n-- == 0)
            return &own[i];
    return NULL;
}

bool panels_editing(const struct panels *panels, const struct scene *scene)
{
    return panels->editing && (!scene->focus.panels[0] || strcmp(scene->focus.panels, panels->draft->name) == 0);
}

const struct panel_view *panels_current(const struct panels *panels, const struct scene *scene)
{
    const struct plant *plant = model_plant(scene->model);
    if (panels_editing(panels, scene))
        return panels->draft;
    const struct panel_view *view = panels_find(plant, scene->own, scene->own_count, scene->focus.panels);
    return view ? view : panels_nth(plant, scene->own, scene->own_count, 0);
}

/* ---- drawing ---- */

static void draw_empty(const struct scene *scene, struct surface s)
{
    int y = s.h > 10 ? 2 : 0;
    surface_text_fit(s, 2, y, s.w - 2, CELL_TEXT, "No view of your own yet.");
    draw_words(s, 2, y + 2, s.w - 4, CELL_DIM,
        scene->read_only ? "Views are configured under views, or made on a screen that may write." : "e begins one here by hand; everybody's are configured under views.");
}

static void tell_hidden(const struct arrangement *a, const struct panel_view *view, size_t selected, struct surface s)
{
    size_t hidden = a->before + a->after;
    char text[LABEL_TEXT];
    if (hidden == 0)
        return;
    if (a->count == 1)
        snprintf(text, sizeof text, "panel %zu of %zu   Tab next", selected + 1, view->panel_count);
    else
        snprintf(text, sizeof text, "%zu panel%s more: Tab goes there; a larger screen shows them", hidden, hidden == 1 ? "" : "s");
    surface_text_fit(s, 0, s.h - 1, s.w, CELL_ACCENT, text);
}

static void draw_arranged(struct panels_frame *frame, const struct panel_view *view, struct surface s)
{
    struct panels *p = frame->panels;
    struct panel_least least[PANELS];
    struct arrangement a;
    for (size_t i = 0; i < view->panel_count; i++)
        least[i] = panels_least(&view->panels[i]);
    panels_arrange(view, least, s.w, s.h, p->selected, p->top, &a);
    p->top = a.top;
    for (size_t i = 0; i < a.count; i++) {
        size_t panel = a.spots[i].panel;
        panels_draw_one(frame, &view->panels[panel], &p->bound[panel], panel == p->selected, surface_sub(s, a.spots[i].rect));
    }
    tell_hidden(&a, view, p->selected, s);
}

/* Another view than in the last drawing begins anew. */
static void enter_view(struct panels *p, const struct panel_view *view)
{
    bool another = !p->shown || strcmp(p->shown->name, view->name) != 0;
    if (another && view != p->draft) {
        p->selected = p->top = p->item = 0;
        p->zoomed = false;
    }
    if (p->selected >= view->panel_count)
        p->selected = view->panel_count ? view->panel_count - 1 : 0;
}

static bool has_parts(const struct panel_view *view)
{
    for (size_t i = 0; i < view->panel_count; i++)
        if (panels_part(view->panels[i].widget))
            return true;
    return false;
}

static void panels_draw(void *state, const struct scene *scene, struct surface s)
{
    struct panels *p = state;
    const struct panel_view *view = panels_current(p, scene);
    struct panels_frame frame = {.panels = p, .scene = scene};
    struct rect body = surface_rect(s);
    if (!view) {
        draw_empty(scene, s);
        return;
    }
    enter_view(p, view);
    panels_bind(p, scene, view);
    p->items = view->panel_count ? p->bound[p->selected].count : 0;
    p->item = p->items == 0 ? 0 : p->item >= p->items ? p->items - 1 : p->item;
    bool editing = panels_editing(p, scene);
    if (editing)
        panels_edit_help(p, surface_sub(s, rect_cut_bottom(&body, s.h >= HELP_LEAST_H ? HELP_H : HELP_LOW_H)));
    struct surface all = surface_sub(s, body);
    if (has_parts(view))
        overview_look(&p->overview, scene);
    if (view->panel_count == 0)
        surface_text_fit(all, 2, 1, all.w - 2, CELL_DIM, "No panel in it: a adds one.");
    else if (p->zoomed && !editing)
        panels_draw_one(&frame, &view->panels[p->selected], &p->bound[p->selected], true, all);
    else
        draw_arranged(&frame, view, all);
    bool lines;
    const char *typed = scene->prompt ? panels_typed(scene->prompt, &lines) : NULL;
    if (typed)
        panels_draw_matches(scene, lines, typed, surface_sub(all, rect_of(all.w > MATCHES_W ? all.w - MATCHES_W : 0, 0, MATCHES_W < all.w ? MATCHES_W : all.w, all.h)));
    panels_frame_finish(&frame);
}

/* ---- keys ---- */

static const struct panels_item *selected_item(const struct panels *p)
{
    const struct panels_bound *bound = &p->bound[p->selected];
    return p->item < bound->count ? &bound->items[p->item] : NULL;
}

static bool open_item(struct panels *p, const struct scene *scene, bool trend, struct request *request)
{
    const struct panels_item *item = selected_item(p);
    if (!item)
        return false;
    if (!item->node)
        *request = (struct request){.kind = trend ? REQUEST_TREND : REQUEST_FACEPLATE, .focus = focus_on_tag(scene, item->index)};
    else if (trend)
        *request = trend_of_node(scene, item->index);
    else
        *request = (struct request){.kind = REQUEST_VIEW, .name = plant_ancestor(model_plant(scene->model), item->index, LEVEL_LINE) == NO_NODE ? "overview" : "line", .focus = focus_on_node(scene, item->index)};
    return true;
}

static void step_panel(struct panels *p, size_t count, bool back)
{
    p->selected = count == 0 ? 0 : back ? (p->selected + count - 1) % count : (p->selected + 1) % count;
    p->item = 0;
}

static bool panels_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct panels *p = state;
    const struct panel_view *view = panels_current(p, scene);
    if (panels_editing(p, scene))
        return panels_edit_key(p, scene, key, request);
    if (key_is(key, 'e')) {
        *request = (struct request){.kind = REQUEST_COMMAND, .name = "panel", .focus = scene->focus};
        return true;
    }
    if (!view)
        return false;
    enter_view(p, view);
    panels_bind(p, scene, view);
    p->items = p->bound[p->selected].count;
    if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB)
        step_panel(p, view->panel_count, key.code == KEYC_BACKTAB);
    else if (key_is(key, 'z') || (key.code == KEYC_ESC && p->zoomed))
        p->zoomed = !p->zoomed;
    else if (key.code == KEYC_UP || key_is(key, 'k'))
        p->item -= p->item > 0;
    else if (key.code == KEYC_DOWN || key_is(key, 'j'))
        p->item += p->item + 1 < p->items;
    else if (key.code == KEYC_ENTER || key_is(key, 'v'))
        return open_item(p, scene, key_is(key, 'v'), request);
    else
        return false;
    return true;
}

static void panels_crumb(const void *state, const struct scene *scene, char *out, size_t cap)
{
    const struct panels *p = state;
    const struct panel_view *view = panels_current(p, scene);
    const char *mark = panels_editing(p, scene) ? p->changed ? "  EDIT, not saved" : "  EDIT" : "";
    snprintf(out, cap, "%s%s", view ? view->title[0] ? view->title : view->name : "", mark);
}

static const struct key_row panels_keys[] = {
    {"Tab", "panel", "goes to the next panel, also to those that there is no room for", 1},
    {"↑ ↓", "select", "selects a value of the panel", 5},
    {"Enter", "open", "opens the faceplate of the selected value, or its line", 2},
    {"v", "trend", "takes the selected value into the trends view", 6},
    {"z", "zoom", "gives the panel the whole screen, and back", 3},
    {"V", "next", "goes to the next view of panels, from everywhere", 8},
    {"e", "edit", "changes the view by hand, as :panel does; until Esc these keys do it:", 4},
    {"a A", "add", "editing: adds a panel beside the selected one, or A in a row of its own; the tag that was looked at last is offered", 0},
    {"x", "remove", "editing: removes the panel", 0},
    {"w W", "widget", "editing: the next widget or panel that is built in, the one before", 0},
    {"t l n", "tags", "editing: asks for the panel's patterns of tags, of lines, and for its title (n); while they are typed it lists what they fit", 0},
    {"+ -", "size", "editing: wider, narrower; > and < higher, lower", 0},
    {"m", "move", "editing: the arrows move the panel, until m or Enter", 0},
    {"u", "undo", "editing: takes the last change back, twenty at most", 0},
    {"s", "save", "editing: saves the view for this user; Esc leaves it unsaved and keeps what was done for the next e", 0},
};

/* While a view is edited its keys stand at its bottom. */
static bool panels_label(const void *state, const struct scene *scene, const char *key, char *out, size_t cap)
{
    (void)cap;
    out[0] = '\0';
    bool nothing = !panels_current(state, scene) && strcmp(key, "e") != 0;
    for (size_t i = 0; i < sizeof panels_keys / sizeof panels_keys[0]; i++)
        if (strcmp(panels_keys[i].key, key) == 0)
            return nothing || panels_editing(state, scene);
    return panels_editing(state, scene) && strcmp(key, "q") == 0;
}

static void panels_finish(void *state)
{
    struct panels *p = state;
    panels_unbind(p);
    overview_finish(&p->overview);
    for (size_t i = 0; i < p->undo_count; i++)
        free(p->undo[i]);
    free(p->shown);
    free(p->draft);
    *p = (struct panels){.shown = NULL};
}

const struct view panels_view = {
    .name = "panels", .title = "PANELS",
    .help = "Views of one's own: rows of panels, each a widget on tags or lines that patterns name, or a panel that is built in. Everybody's stand in the configuration under views, a user's own are made here and saved for him alone. :panel export writes one as text for a configuration.",
    .state_size = sizeof(struct panels), .keys = panels_keys, .key_count = sizeof panels_keys / sizeof panels_keys[0],
    .draw = panels_draw, .key = panels_key, .crumb = panels_crumb, .finish = panels_finish, .label = panels_label,
};
