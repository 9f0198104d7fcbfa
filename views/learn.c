/*
 * learn: proposals of equal machines from what was heard, drawn over another view: a row each, the values of the selected one below. Its keys take, leave or change a proposal and write the file.
 */
#include "views/learn.h"

#include <stdio.h>
#include <string.h>

#include "draw/table.h"
#include "draw/text.h"
#include "views/common.h"

enum learn_column { COL_TAKEN, COL_NAME, COL_MACHINES, COL_COUNT_OF, COL_VALUES, COL_COMPLETE, COL_SURE, COL_ROLES, COL_LAST };
enum { VALUES_LEAST_H = 12, NARROW = 60 };

struct learn_state {
    struct table table;
    struct learn_shown *shown;
};

struct page {
    const struct learn_shown *shown;
    const struct learned *learned; /* NULL: none yet */
    struct table_column columns[COL_LAST];
};

void learn_state_show(void *state, struct learn_shown *shown)
{
    ((struct learn_state *)state)->shown = shown;
}

static void make_page(struct page *page, const struct learn_state *view)
{
    *page = (struct page){.shown = view->shown, .learned = view->shown && view->shown->edit ? learn_edit_learned(view->shown->edit) : NULL};
}

static void roles_text(const struct learned_type *type, char *out, size_t cap)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t l = 0; l < type->leaf_count && length < cap; l++) {
        const struct learn_role *role = &type->leaves[l].role;
        if (role->dropped || (role->role == ROLE_NONE && role->kind != KIND_POWER && role->kind != KIND_REGISTER))
            continue;
        length += (size_t)snprintf(out + length, cap - length, "%s%s=%s%s", length ? " " : "", learn_leaf_word(role), type->leaves[l].name, role->sure == LEARN_CERTAIN ? "!" : role->sure == LEARN_GUESS ? "?" : "");
    }
}

static void learn_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    static const char *const verdicts[] = {"?", "yes", "no"};
    const struct page *page = context;
    const struct learned_type *type = &page->learned->types[row];
    char text[256];
    (void)selected;
    switch ((enum learn_column)column) {
    case COL_TAKEN: surface_text(s, 0, 0, CELL_TEXT, verdicts[learn_edit_verdict(page->shown->edit, row)]); break;
    case COL_NAME: surface_text_fit(s, 0, 0, s.w, CELL_TEXT, type->name); break;
    case COL_MACHINES:
        learn_machines(type, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, CELL_TEXT, text);
        break;
    case COL_COUNT_OF: surface_format(s, 0, 0, CELL_TEXT, "%*zu", s.w, type->instance_count); break;
    case COL_VALUES: surface_format(s, 0, 0, CELL_TEXT, "%*zu", s.w, type->leaf_count); break;
    case COL_COMPLETE: surface_format(s, 0, 0, CELL_DIM, "%*zu", s.w, type->complete); break;
    case COL_SURE: surface_text_fit(s, 0, 0, s.w, CELL_DIM, learn_sure_names[type->sure]); break;
    case COL_ROLES:
        roles_text(type, text, sizeof text);
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, text);
        break;
    case COL_LAST: break;
    }
}

static struct table_spec learn_spec(struct page *page, int w)
{
    const struct table_column columns[COL_LAST] = {
        [COL_TAKEN] = {.title = "TAKE", .width = 4},
        [COL_NAME] = {.title = "TYPE", .width = w < NARROW ? 8 : 14, .least = 6},
        [COL_MACHINES] = {.title = "MACHINES", .width = w < NARROW ? 12 : 22, .least = 8},
        [COL_COUNT_OF] = {.title = "NR", .width = 4, .align = ALIGN_RIGHT},
        [COL_VALUES] = {.title = "VALUES", .width = 6, .align = ALIGN_RIGHT, .drop = 3},
        [COL_COMPLETE] = {.title = "WHOLE", .width = 5, .align = ALIGN_RIGHT, .drop = 4},
        [COL_SURE] = {.title = "SURE", .width = 7, .drop = 5},
        [COL_ROLES] = {.title = "ROLES", .width = w < NARROW ? 0 : 16, .least = 8, .flex = 1, .drop = 2},
    };
    memcpy(page->columns, columns, sizeof columns);
    return (struct table_spec){.columns = page->columns, .column_count = COL_LAST, .rows = page->learned ? page->learned->type_count : 0, .context = page, .cell = learn_cell, .show_titles = true,
        .empty = page->learned ? "no two places have the same values: nothing to propose yet; r looks again" : ""};
}

/* "412 values, heard for 2m10s; 3 of 5 taken" */
static void draw_head(const struct page *page, struct surface s)
{
    char heard[SPAN_TEXT];
    size_t taken = 0;
    const struct learn_shown *shown = page->shown;
    span_text(shown->heard_ms, heard);
    if (shown->doing[0]) {
        surface_format(s, 0, 0, CELL_DIM, "%zu values: %s", learn_series_count(shown->learn, NULL), shown->doing);
        return;
    }
    for (size_t t = 0; page->learned && t < page->learned->type_count; t++)
        taken += learn_edit_verdict(shown->edit, t) == LEARN_YES;
    int x = surface_format(s, 0, 0, CELL_TEXT, "%zu values, listening for %s", learn_series_count(shown->learn, NULL), heard);
    if (page->learned)
        surface_format(s, x, 0, CELL_TEXT, "; %zu types, %zu taken", page->learned->type_count, taken);
}

static void draw_values(const struct learned_type *type, struct surface s)
{
    for (int y = 0; y < s.h && (size_t)y < type->leaf_count; y++) {
        const struct learned_leaf *leaf = &type->leaves[y];
        struct surface row = surface_sub(s, rect_of(0, y, s.w, 1));
        if (y == s.h - 1 && (size_t)y + 1 < type->leaf_count) {
            surface_format(row, 0, 0, CELL_DIM, "and %zu more values", type->leaf_count - (size_t)y);
            return;
        }
        surface_text_fit(row, 0, 0, 18, CELL_TEXT, leaf->name);
        surface_text_fit(row, 19, 0, 10, CELL_TEXT, learn_leaf_word(&leaf->role));
        surface_text_fit(row, 30, 0, 8, CELL_DIM, leaf->role.chosen ? "chosen" : learn_sure_names[leaf->role.sure]);
        if (row.w > 40)
            surface_text_fit(row, 39, 0, row.w - 39, CELL_DIM, leaf->role.evidence);
    }
}

static void learn_draw(void *state, const struct scene *scene, struct surface s)
{
    struct learn_state *view = state;
    struct page page;
    struct rect body = surface_rect(s);
    (void)scene;
    make_page(&page, view);
    if (!page.shown)
        return;
    draw_head(&page, surface_sub(s, rect_cut_top(&body, 1)));
    if (page.shown->said[0])
        surface_text_fit(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w, CELL_ACCENT, page.shown->said);
    struct table_spec spec = learn_spec(&page, s.w);
    size_t row;
    struct surface below = surface_sub(s, body.h >= VALUES_LEAST_H ? rect_cut_bottom(&body, body.h / 2) : rect_of(0, 0, 0, 0));
    table_draw(&view->table, &spec, surface_sub(s, body));
    if (!page.learned || !table_selected(&view->table, &spec, &row))
        return;
    view->shown->type = row;
    if (below.h > 0) {
        struct surface values = draw_section(below, page.learned->types[row].name);
        draw_values(&page.learned->types[row], values);
    }
}

static bool learn_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    static const char asks[] = "ynurwe";
    struct learn_state *view = state;
    struct page page;
    make_page(&page, view);
    if (key.code == KEYC_ESC) {
        *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
        return true;
    }
    if (!page.shown)
        return false;
    struct table_spec spec = learn_spec(&page, 80);
    size_t row = 0;
    if (key.code == KEYC_CHAR && key.character < 128 && key.character && strchr(asks, (int)key.character)) {
        if (table_selected(&view->table, &spec, &row) || key.character == 'r' || key.character == 'w' || key.character == 'u') {
            view->shown->type = row;
            view->shown->asked = (char)key.character;
            if (key.character == 'y' || key.character == 'n') /* the next one */
                table_key(&view->table, &spec, (struct key){.code = KEYC_DOWN});
        }
        return true;
    }
    return table_key(&view->table, &spec, key);
}

static void learn_finish(void *state)
{
    table_finish(&((struct learn_state *)state)->table);
}

static const struct key_row learn_keys[] = {
    {"Esc", "close", "closes it; what was not written is forgotten", 1},
    {"y", "take", "takes the selected type", 2},
    {"n", "leave", "leaves it out", 3},
    {"e", "change", "changes it: opens :learn, with name, tag, role, kind, unit, drop, keep, without, split or merge", 4},
    {"u", "undo", "takes the last step back", 5},
    {"w", "write", "writes what was taken into a new file, and says its path", 2},
    {"r", "again", "looks again, with what was heard meanwhile", 6},
    {"↑ ↓", "select", "selects a type", 7},
};

const struct view learn_view = {
    .name = "learn", .title = "LEARN",
    .help = "Equal machines in what was heard and the configuration does not name, and what their values are: ! is certain, ? a guess. Nothing is written before w, and never over a file that is there.",
    .state_size = sizeof(struct learn_state), .keys = learn_keys, .key_count = sizeof learn_keys / sizeof learn_keys[0], .draw = learn_draw, .key = learn_key, .finish = learn_finish,
};
