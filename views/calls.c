/*
 * calls: who can be called to a place, and the calls that are open everywhere: how long they wait, who takes them. Drawn over another view.
 *
 * A struct listing is the case of one call of a function. The state is the table, how many levels above the place of the screen one calls to, and the
 * call that was selected when it was drawn last, for typed commands.
 */
#include <stdio.h>
#include <string.h>

#include "draw/table.h"
#include "draw/text.h"
#include "views/common.h"

enum call_column { COL_WAITS, COL_KIND, COL_PLACE, COL_WHO, COL_TAKEN, COL_COMMENT, COL_COUNT };
enum { KEYS_MOST = 9, NARROW_W = 60, WIDE_W = 90, DETAIL_LEAST_H = 7, GAP = 2, OVERDUE_W = 16 };

struct calls {
    struct table table;
    unsigned up;
};

struct listing {
    const struct scene *scene;
    const struct plant *plant;
    const struct call *calls;
    size_t count;
    uint32_t place;          /* NO_NODE: none is selected */
    struct table_column columns[COL_COUNT];
};

static void make_listing(struct listing *l, const struct calls *view, const struct scene *scene)
{
    *l = (struct listing){.scene = scene, .plant = model_plant(scene->model)};
    l->place = plant_node_by_path(l->plant, scene->focus.about);
    l->calls = model_calls(scene->model, &l->count);
    for (unsigned i = 0; i < view->up && l->place != NO_NODE && l->plant->nodes[l->place].parent != NO_NODE; i++)
        l->place = l->plant->nodes[l->place].parent;
}

static const char *kind_title(const struct listing *l, uint16_t kind)
{
    return kind < l->plant->call_kind_count ? l->plant->call_kinds[kind].title : "";
}

static void name_call(const struct listing *l, uint32_t node, uint16_t kind, enum action_kind action, struct action *out)
{
    *out = (struct action){.kind = action};
    plant_node_path(l->plant, node, out->target, sizeof out->target);
    snprintf(out->word, sizeof out->word, "%s", l->plant->call_kinds[kind].name);
}

/* What was sent for a call and is not answered; NULL: nothing. */
static const struct pending_action *pending_of(const struct listing *l, uint32_t node, uint16_t kind)
{
    struct action named;
    name_call(l, node, kind, ACTION_CALL, &named);
    for (size_t i = l->scene->pending_count; i-- > 0;) {
        const struct pending_action *p = &l->scene->pending[i];
        if (p->kind >= ACTION_CALL && p->kind <= ACTION_CALL_CLOSE && strcmp(p->target, named.target) == 0 && strcmp(p->word, named.word) == 0)
            return p;
    }
    return NULL;
}

/* ---- who can be called ---- */

static bool is_open(const struct listing *l, uint16_t kind)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->calls[i].node == l->place && l->calls[i].kind == kind)
            return true;
    return false;
}

/* "1 Maintenance  2 Quality ..."; those that were called are dim, those on their way to the collector end in dots. Returns rows; nothing is drawn
 * beyond the surface. */
static int draw_kinds(const struct listing *l, struct surface s)
{
    int x = 0, y = 0;
    for (uint16_t k = 0; k < l->plant->call_kind_count && k < KEYS_MOST; k++) {
        bool sent = l->place != NO_NODE && pending_of(l, l->place, k);
        const char *more = sent ? glyph_text(s.grid->tier, GLYPH_MORE) : "";
        int w = 2 + text_width(kind_title(l, k)) + text_width(more);
        if (x > 0 && x + w > s.w) {
            x = 0;
            y++;
        }
        bool dim = l->place == NO_NODE || is_open(l, k);
        surface_format(s, x, y, dim ? CELL_DIM : CELL_KEY, "%d", k + 1);
        int end = surface_text(s, x + 2, y, dim ? CELL_DIM : CELL_TEXT, kind_title(l, k));
        surface_text(s, end, y, CELL_DIM, more);
        x += w + GAP;
    }
    return y + 1;
}

/* ---- those that are open ---- */

static void draw_place(const struct listing *l, const struct call *call, struct surface s)
{
    char text[LABEL_TEXT];
    const struct node *node = &l->plant->nodes[call->node];
    uint32_t line = plant_ancestor(l->plant, call->node, LEVEL_LINE);
    if (line != NO_NODE && line != call->node)
        snprintf(text, sizeof text, "%.70s, %.70s", node->title, l->plant->nodes[line].title);
    else
        snprintf(text, sizeof text, "%.140s", node->title);
    surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
}

static void draw_taken(const struct listing *l, const struct call *call, struct surface s)
{
    char text[LABEL_TEXT], span[SPAN_TEXT];
    const struct pending_action *pending = pending_of(l, call->node, call->kind);
    if (pending) {
        snprintf(text, sizeof text, "%s %s", pending->kind == ACTION_CALL_TAKE ? "take" : "close", glyph_text(s.grid->tier, GLYPH_MORE));
        surface_text_fit(s, 0, 0, s.w, CELL_ACCENT, text);
        return;
    }
    if (call_overdue_ms(l->scene->model, call) >= 0) {
        span_text(call_overdue_ms(l->scene->model, call), span);
        snprintf(text, sizeof text, "%s %s", s.w < OVERDUE_W ? "late" : "overdue", span);
        surface_text_fit(s, 0, 0, s.w, CELL_WARN, text);
        return;
    }
    if (!call->taken_ms) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "nobody yet");
        return;
    }
    span_text(call->taken_ms - call->raised_ms, span);
    int room = s.w - text_width(span) - 7;
    int x = surface_text_fit(s, 0, 0, room > 0 ? room : s.w, CELL_TEXT, call->taker);
    if (room > 0)
        surface_format(s, x, 0, CELL_DIM, " after %s", span);
}

static void calls_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct listing *l = context;
    const struct call *call = &l->calls[row];
    char span[SPAN_TEXT];
    int64_t waits = model_wall(l->scene->model) - call->raised_ms;
    (void)selected;
    switch ((enum call_column)column) {
    case COL_WAITS:
        span_text(waits, span);
        surface_text_right(s, 0, 0, s.w, call->taken_ms ? CELL_DIM : call_overdue_ms(l->scene->model, call) >= 0 ? CELL_WARN : CELL_VALUE, span);
        break;
    case COL_KIND: surface_text_fit(s, 0, 0, s.w, call->taken_ms ? CELL_TEXT : CELL_TITLE, kind_title(l, call->kind)); break;
    case COL_PLACE: draw_place(l, call, s); break;
    case COL_WHO: surface_text_fit(s, 0, 0, s.w, CELL_DIM, call->who); break;
    case COL_TAKEN: draw_taken(l, call, s); break;
    case COL_COMMENT: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, call->comment); break;
    case COL_COUNT: break;
    }
}

static uint64_t calls_id(const void *context, size_t row)
{
    const struct call *call = &((const struct listing *)context)->calls[row];
    return (uint64_t)call->node << 16 | call->kind;
}

static struct table_spec calls_spec(struct listing *l, int w)
{
    bool narrow = w < NARROW_W, wide = w >= WIDE_W;
    const struct table_column columns[COL_COUNT] = {
        [COL_WAITS] = {.title = narrow ? "OPEN" : "OPEN FOR", .width = narrow ? 6 : 8, .align = ALIGN_RIGHT, .keeps = true},
        [COL_KIND] = {.title = "CALL", .width = narrow ? 9 : 12, .least = 6},
        [COL_PLACE] = {.title = "TO", .width = narrow ? 9 : 16, .least = 6, .flex = 1},
        [COL_WHO] = {.title = "BY", .width = narrow ? 0 : wide ? 14 : 12, .drop = 3},
        [COL_TAKEN] = {.title = "TAKEN BY", .width = narrow ? 11 : wide ? 22 : 20, .drop = 2},
        [COL_COMMENT] = {.title = "COMMENT", .width = wide ? 16 : 0, .drop = 4, .flex = 1},
    };
    memcpy(l->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = l->columns, .column_count = COL_COUNT, .rows = l->count, .context = l, .cell = calls_cell, .row_id = calls_id, .show_titles = true,
        .empty = "no call is open",
    };
}

static const struct call *selected_call(struct calls *view, const struct listing *l, const struct table_spec *spec)
{
    size_t row;
    return table_selected(&view->table, spec, &row) ? &l->calls[row] : NULL;
}

/* ---- the view ---- */

static void draw_whereto(const struct listing *l, struct surface s)
{
    char crumb[LABEL_TEXT] = "";
    if (l->place == NO_NODE) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "no line or unit is selected to call somebody to");
        return;
    }
    node_crumb(l->plant, l->place, crumb, sizeof crumb);
    int x = surface_text(s, 0, 0, CELL_DIM, "call to ");
    surface_text_fit(s, x, 0, s.w - x, CELL_TITLE, crumb);
}

static void calls_draw(void *state, const struct scene *scene, struct surface s)
{
    struct calls *view = state;
    struct listing l;
    struct rect body = surface_rect(s);
    make_listing(&l, view, scene);
    draw_whereto(&l, surface_sub(s, rect_cut_top(&body, 1)));
    rect_cut_top(&body, draw_kinds(&l, surface_sub(s, body)));
    if (body.h > DETAIL_LEAST_H)
        rect_cut_top(&body, 1);
    struct table_spec spec = calls_spec(&l, s.w);
    bool detail = body.h >= DETAIL_LEAST_H && s.w < WIDE_W;
    struct surface below = surface_sub(s, detail ? rect_cut_bottom(&body, 1) : rect_of(0, 0, 0, 0));
    table_draw(&view->table, &spec, surface_sub(s, body));
    const struct call *call = detail ? selected_call(view, &l, &spec) : NULL;
    if (call)
        surface_text_fit(below, 0, 0, below.w, CELL_DIM, call->comment[0] ? call->comment : "");
}

/* The unit, its line, its area, the unit again. */
static void go_up(struct calls *view, const struct listing *l)
{
    bool top = l->place == NO_NODE || l->plant->nodes[l->place].parent == NO_NODE || l->plant->nodes[l->plant->nodes[l->place].parent].parent == NO_NODE;
    view->up = top ? 0 : view->up + 1;
}

static void ask(const struct listing *l, uint32_t node, uint16_t kind, enum action_kind action, struct request *request)
{
    *request = (struct request){.kind = REQUEST_ACTION, .focus = l->scene->focus};
    name_call(l, node, kind, action, &request->action);
}

static bool calls_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct calls *view = state;
    struct listing l;
    make_listing(&l, view, scene);
    struct table_spec spec = calls_spec(&l, 80);
    const struct call *call = selected_call(view, &l, &spec);
    uint32_t digit = key.code == KEYC_CHAR ? key.character - '1' : KEYS_MOST;
    if (key.code == KEYC_ESC || key_is(key, 'c'))
        *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
    else if (key.code == KEYC_TAB)
        go_up(view, &l);
    else if (digit < KEYS_MOST && digit < l.plant->call_kind_count && l.place != NO_NODE)
        ask(&l, l.place, (uint16_t)digit, ACTION_CALL, request);
    else if ((key_is(key, 't') || key_is(key, 'x')) && call)
        ask(&l, call->node, call->kind, key_is(key, 't') ? ACTION_CALL_TAKE : ACTION_CALL_CLOSE, request);
    else if (digit >= KEYS_MOST) /* a digit that is too high does not go to another view */
        return table_key(&view->table, &spec, key);
    return true;
}

static size_t calls_targets(const void *state, const struct scene *scene, enum target_set which, struct action *out, size_t most)
{
    const struct calls *view = state;
    struct listing l;
    make_listing(&l, view, scene);
    for (size_t i = 0; i < l.count && which == TARGET_SELECTED && most > 0; i++)
        if (view->table.has_selected && calls_id(&l, i) == view->table.selected_id) {
            name_call(&l, l.calls[i].node, l.calls[i].kind, ACTION_CALL_TAKE, out);
            return 1;
        }
    return 0;
}

static void calls_finish(void *state)
{
    table_finish(&((struct calls *)state)->table);
}

static const struct act_row calls_acts[] = {{"1-9", ACTION_CALL}, {"t", ACTION_CALL_TAKE}, {"x", ACTION_CALL_CLOSE}};

static const struct key_row calls_keys[] = {
    {"Esc", "close", "closes it", 1},
    {"1-9", "call", "calls: maintenance, quality, material, supervisor, or whom the configuration names", 2},
    {"t", "take", "says that one comes: the selected call is taken", 3},
    {"x", "done", "closes the selected call", 4},
    {"Tab", "place", "calls to the unit, to its line, to its area", 6},
    {"↑ ↓", "select", "selects a call", 7},
};

const struct view calls_view = {
    .name = "calls", .title = "CALLS",
    .help = "A digit calls somebody to the place that is selected. Below stand the calls that are open, the oldest first: on every screen the one that waits longest is in the row at the top until it "
            "is taken.",
    .state_size = sizeof(struct calls), .keys = calls_keys, .key_count = sizeof calls_keys / sizeof calls_keys[0], .draw = calls_draw, .key = calls_key,
    .targets = calls_targets, .finish = calls_finish, .acts = calls_acts, .act_count = sizeof calls_acts / sizeof calls_acts[0],
};
