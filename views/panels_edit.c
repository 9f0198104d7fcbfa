/*
 * Views by hand. A draft is begun from what is drawn, each change keeps a step back, and nothing is lost by leaving: the draft waits until it is
 * saved or another one is begun. What is typed comes by the screen's prompt as ":panel KEY VALUE", so that history and completion are the same everywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"
#include "views/panels.h"

enum { HELP_GAP = 2, MATCH_HEAD = 1 };

const char *panels_widget(size_t n)
{
    if (n < widget_count)
        return widget_registry[n]->name;
    n -= widget_count;
    return n < panels_part_count ? panels_parts[n].name : NULL;
}

/* ---- drafts ---- */

static struct panel_view *copy_of(const struct panel_view *view)
{
    struct panel_view *copy = mem_zero(1, sizeof *copy);
    if (view)
        memcpy(copy, view, sizeof *copy);
    copy->file = NULL;
    copy->line = 0;
    for (size_t i = 0; i < copy->panel_count; i++)
        copy->panels[i].line = 0;
    return copy;
}

static void forget_undo(struct panels *p)
{
    for (size_t i = 0; i < p->undo_count; i++)
        free(p->undo[i]);
    p->undo_count = 0;
}

/* Before each change. */
static void keep_step(struct panels *p)
{
    if (p->undo_count == PANELS_UNDO) {
        free(p->undo[0]);
        memmove(p->undo, p->undo + 1, --p->undo_count * sizeof p->undo[0]);
    }
    p->undo[p->undo_count++] = copy_of(p->draft);
    p->changed = true;
}

static void drop_step(struct panels *p, bool changed)
{
    free(p->undo[--p->undo_count]);
    p->changed = changed;
}

bool panels_edit(struct panels *p, const struct scene *scene, const char *name, struct error *err)
{
    const struct panel_view *drawn = panels_current(p, scene);
    bool another = p->draft && (name[0] ? strcmp(p->draft->name, name) != 0 : drawn && strcmp(p->draft->name, drawn->name) != 0);
    if (another && p->changed)
        return error_set(err, "view %s is not saved yet: :panel save, or :panel discard", p->draft->name);
    if (name[0] && !panel_name_good(name))
        return error_set(err, ":panel new NAME: of a-z, 0-9, _ and -, at most %d", PANEL_NAME - 1);
    if (name[0] && view_find(name))
        return error_set(err, "\"%s\" is a view that is built in: another name", name);
    if (name[0] && panels_find(model_plant(scene->model), scene->own, scene->own_count, name))
        return error_set(err, "there is a view \"%s\": :view %s, then e", name, name);
    if (!p->draft || another || (!p->changed && !p->editing)) {
        forget_undo(p);
        free(p->draft);
        p->draft = copy_of(name[0] ? NULL : drawn);
        p->changed = false;
        if (name[0] || !drawn)
            snprintf(p->draft->name, sizeof p->draft->name, "%s", name[0] ? name : "mine");
    }
    p->editing = true;
    p->moving = p->zoomed = false;
    if (p->selected >= p->draft->panel_count) /* it was of another view */
        p->selected = p->draft->panel_count ? p->draft->panel_count - 1 : 0;
    return true;
}

bool panels_add(struct panels *p, const char *widget, const char *tags, bool row, struct error *err)
{
    struct panel panel = panel_blank(widget);
    bool changed = p->changed;
    snprintf(panel.tags, sizeof panel.tags, "%.*s", PANEL_PATTERNS - 1, tags);
    for (char *c = panel.tags; *c; c++)
        *c = *c == ' ' ? '?' : *c; /* a blank parts patterns */
    keep_step(p);
    if (panel_view_insert(p->draft, p->selected, row, &panel, &p->selected))
        return true;
    drop_step(p, changed);
    return error_set(err, "a view has at most %d panels in %d rows", PANELS, PANEL_ROWS);
}

bool panels_set(struct panels *p, const char *key, const char *value, struct error *err)
{
    bool changed = p->changed;
    if (!p->editing || p->draft->panel_count == 0)
        return error_set(err, "no panel is edited: :panel begins");
    if (strcmp(key, "widget") == 0 && !widget_find(value) && !panels_part(value))
        return error_set(err, "no widget \"%.30s\": Tab shows which there are", value);
    keep_step(p);
    if (panel_view_set(p->draft, p->selected, key, value, err))
        return true;
    drop_step(p, changed);
    return false;
}

bool panels_undo(struct panels *p, struct error *err)
{
    if (p->undo_count == 0)
        return error_set(err, "there is nothing to take back");
    free(p->draft);
    p->draft = p->undo[--p->undo_count];
    p->selected = p->selected < p->draft->panel_count ? p->selected : p->draft->panel_count ? p->draft->panel_count - 1 : 0;
    p->changed = true;
    return true;
}

void panels_saved(struct panels *p, const char *name)
{
    if (p->draft)
        snprintf(p->draft->name, sizeof p->draft->name, "%s", name);
    p->changed = p->editing = p->moving = false;
}

/* ---- keys ---- */

static void next_widget(struct panels *p, int step)
{
    struct panel *panel = &p->draft->panels[p->selected];
    size_t count = 0, at = 0;
    for (; panels_widget(count); count++)
        at = strcmp(panels_widget(count), panel->widget) == 0 ? count : at;
    struct error err;
    panels_set(p, "widget", panels_widget((at + count + (size_t)(step + (int)count)) % count), &err);
}

static void resize(struct panels *p, const char *key, int by)
{
    struct panel *panel = &p->draft->panels[p->selected];
    const struct panel_row *row = &p->draft->rows[panel_view_row(p->draft, p->selected)];
    bool wide = strcmp(key, "width") == 0;
    char value[16];
    struct error err;
    snprintf(value, sizeof value, "%d", (wide ? panel->width : row->height ? row->height : row->weight) + by);
    if (!panels_set(p, wide ? "width" : row->height ? "height" : "weight", value, &err))
        snprintf(p->note, sizeof p->note, "%.150s", err.text);
}

static void remove_panel(struct panels *p)
{
    keep_step(p);
    panel_view_remove(p->draft, p->selected);
    p->selected -= p->selected > 0 && p->selected >= p->draft->panel_count;
}

static bool way_of(struct key key, enum panel_way *way)
{
    static const struct { enum key_code code; enum panel_way way; } rows[] = {
        {KEYC_LEFT, PANEL_LEFT}, {KEYC_RIGHT, PANEL_RIGHT}, {KEYC_UP, PANEL_UP}, {KEYC_DOWN, PANEL_DOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (key.code == rows[i].code) {
            *way = rows[i].way;
            return true;
        }
    return false;
}

static void go(struct panels *p, enum panel_way way)
{
    bool changed = p->changed;
    if (!p->moving) {
        p->selected = panel_view_beside(p->draft, p->selected, way);
        return;
    }
    keep_step(p);
    size_t to = panel_view_move(p->draft, p->selected, way);
    if (memcmp(p->undo[p->undo_count - 1], p->draft, sizeof *p->draft) == 0)
        drop_step(p, changed);
    p->selected = to;
}

static void ask(struct panels *p, const char *key, const char *value, struct request *request)
{
    snprintf(p->typed, sizeof p->typed, "panel %s %s", key, value);
    *request = (struct request){.kind = REQUEST_PROMPT, .name = p->typed};
}

/* The tag that was looked at last, in this view or before it. */
static void add(struct panels *p, const struct scene *scene, bool row, struct request *request)
{
    struct error err;
    if (!panels_add(p, "value", scene->focus.tag, row, &err))
        snprintf(p->note, sizeof p->note, "%.150s", err.text);
    else
        ask(p, "tags", p->draft->panels[p->selected].tags, request);
}

/* Keys that need a panel. */
static bool edit_panel_key(struct panels *p, struct key key, struct request *request)
{
    const struct panel *panel = &p->draft->panels[p->selected];
    switch (key.character) {
    case 'x': remove_panel(p); break;
    case 'w': next_widget(p, 1); break;
    case 'W': next_widget(p, -1); break;
    case 't': ask(p, "tags", panel->tags, request); break;
    case 'l': ask(p, "lines", panel->lines, request); break;
    case 'n': ask(p, "title", panel->title, request); break;
    case '+':
    case '=': resize(p, "width", 1); break;
    case '-':
    case '_': resize(p, "width", -1); break;
    case '>': resize(p, "height", 1); break;
    case '<': resize(p, "height", -1); break;
    case 'm': p->moving = !p->moving; break;
    default: return false;
    }
    return true;
}

static void end_editing(struct panels *p, struct request *request)
{
    if (p->moving) {
        p->moving = false;
        return;
    }
    p->editing = false;
    if (p->changed)
        *request = (struct request){.kind = REQUEST_SAY, .name = "not saved: e goes on with it, :panel save keeps it, :panel discard forgets it"};
}

bool panels_edit_key(struct panels *p, const struct scene *scene, struct key key, struct request *request)
{
    enum panel_way way;
    struct error err;
    size_t count = p->draft->panel_count;
    request->focus = scene->focus;
    p->note[0] = '\0';
    if (key.code == KEYC_ESC || (key.code == KEYC_ENTER && p->moving)) {
        end_editing(p, request);
    } else if (way_of(key, &way)) {
        if (count > 0)
            go(p, way);
    } else if (key.code == KEYC_TAB || key.code == KEYC_BACKTAB) {
        p->selected = count == 0 ? 0 : (p->selected + (key.code == KEYC_TAB ? 1 : count - 1)) % count;
    } else if (key.code != KEYC_CHAR) {
        return false;
    } else if (key_is(key, 'a') || key_is(key, 'A')) {
        add(p, scene, key_is(key, 'A'), request);
    } else if (key_is(key, 'u')) {
        if (!panels_undo(p, &err))
            snprintf(p->note, sizeof p->note, "%.150s", err.text);
    } else if (key_is(key, 's')) {
        *request = (struct request){.kind = REQUEST_COMMAND, .name = "panel save"};
    } else if (key_is(key, 'q') || key_is(key, 'V')) {
        snprintf(p->note, sizeof p->note, "Esc ends the editing first");
    } else {
        return count > 0 && edit_panel_key(p, key, request);
    }
    return true;
}

/* ---- help while editing ---- */

static const struct { const char *key, *label; } help[] = {
    {"a", "add"}, {"x", "remove"}, {"w", "widget"}, {"t", "tags"}, {"s", "save"}, {"u", "undo"}, {"m", "move"}, {"+-", "width"}, {"<>", "height"},
    {"A", "add a row"}, {"l", "lines"}, {"n", "title"}, {"Tab", "next"}, {"Esc", "end"},
};

void panels_edit_help(const struct panels *p, struct surface s)
{
    int x = 0, y = 0;
    surface_fill(s, surface_rect(s), CELL_TEXT, " ");
    if (p->note[0]) {
        surface_text_fit(s, 0, 0, s.w, CELL_ACCENT, p->note);
        y++;
    } else if (p->moving) {
        surface_text_fit(s, 0, 0, s.w, CELL_ACCENT, "MOVE: arrows, over the edge into a row of its own; m or Enter: it stays here");
        return;
    }
    for (size_t i = 0; i < sizeof help / sizeof help[0] && y < s.h; i++) {
        int w = text_width(help[i].key) + 1 + text_width(help[i].label);
        if (x + w > s.w) {
            x = 0;
            if (++y == s.h)
                break;
        }
        int at = surface_text(s, x, y, CELL_KEY, help[i].key);
        x = surface_text(s, at + 1, y, CELL_DIM, help[i].label) + HELP_GAP;
    }
}

/* ---- patterns as they are typed ---- */

const char *panels_typed(const char *prompt, bool *lines)
{
    static const char *const heads[] = {":panel tags ", ":panel lines "};
    for (size_t i = 0; i < 2; i++)
        if (strncmp(prompt, heads[i], strlen(heads[i])) == 0) {
            *lines = i == 1;
            return prompt + strlen(heads[i]);
        }
    return NULL;
}

static size_t thing_count(const struct model *model, bool lines) { return lines ? model_plant(model)->node_count : model_tag_count(model); }

static void thing_key(const struct model *model, bool lines, size_t index, char key[KEY_BYTES])
{
    if (lines)
        plant_node_path(model_plant(model), (uint32_t)index, key, KEY_BYTES);
    else
        model_tag_key(model, (uint32_t)index, key, KEY_BYTES);
}

bool panels_completion(const struct model *model, bool lines, const char *word, size_t n, char out[KEY_BYTES])
{
    char key[KEY_BYTES];
    for (size_t i = 0; i < thing_count(model, lines); i++) {
        thing_key(model, lines, i, key);
        if ((strncmp(key, word, strlen(word)) == 0 || (word[0] && strcspn(word, "*?") < strlen(word) && panel_glob(word, key))) && n-- == 0) {
            for (char *c = key; *c; c++)
                *c = *c == ' ' ? '?' : *c;
            memcpy(out, key, KEY_BYTES);
            return true;
        }
    }
    return false;
}

void panels_draw_matches(const struct scene *scene, bool lines, const char *patterns, struct surface s)
{
    const struct model *model = scene->model;
    char key[KEY_BYTES], last[PANEL_PATTERNS + 2] = "", title[64];
    const char *word = strrchr(patterns, ' ') ? strrchr(patterns, ' ') + 1 : patterns;
    size_t fit = 0, begin = 0;
    int y = MATCH_HEAD;
    snprintf(last, sizeof last, "%.*s*", PANEL_PATTERNS, word);
    surface_fill(s, surface_rect(s), CELL_TEXT, " ");
    for (int row = 0; row < s.h; row++)
        surface_glyph(s, 0, row, CELL_BORDER, GLYPH_VLINE);
    s = surface_sub(s, rect_of(2, 0, s.w - 2, s.h));
    /* What fits first, then what the last word could still become. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < thing_count(model, lines); i++) {
            thing_key(model, lines, i, key);
            bool fits = panel_matches(patterns, key);
            if (fits != (pass == 0) || (pass == 1 && !panel_glob(last, key)))
                continue;
            fit += pass == 0;
            begin += pass == 1;
            if (y < s.h)
                surface_text_fit(s, 0, y++, s.w, pass == 0 ? CELL_TEXT : CELL_DIM, key);
        }
    snprintf(title, sizeof title, "FITS %zu%s", fit, begin ? ", begins so" : "");
    draw_panel(s, title, true);
}
