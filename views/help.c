/*
 * help: what the view below is for, its keys, then the keys that work everywhere; beside one another where there is room.
 * It keeps how far it was scrolled.
 */
#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/common.h"

enum { COLUMNS_LEAST_W = 90, KEY_W = 9 };

struct help {
    int top, rows;
};

static int draw_keys(struct surface s, int y, const char *title, const struct key_row *rows, size_t count)
{
    surface_text(s, 0, y++, CELL_TITLE, title);
    for (size_t i = 0; i < count; i++) {
        surface_text_fit(s, 1, y, KEY_W - 1, CELL_KEY, rows[i].key);
        y = draw_words(s, KEY_W + 1, y, s.w - KEY_W - 1, CELL_TEXT, rows[i].help);
    }
    if (count == 0)
        surface_text(s, 1, y++, CELL_DIM, "none");
    return y;
}

/* What there is further down must not look like nothing. */
static void draw_more(const struct help *help, struct surface s)
{
    int below = help->rows - help->top - s.h;
    char hint[32];
    if (below <= 0)
        return;
    snprintf(hint, sizeof hint, " %s%d", glyph_text(s.grid->tier, GLYPH_DOWN), below);
    surface_text_right(s, s.w - text_width(hint), s.h - 1, text_width(hint), CELL_ACCENT, hint);
}

static void help_draw(void *state, const struct scene *scene, struct surface s)
{
    struct help *help = state;
    const struct view *view = scene->under;
    if (!view)
        return;
    if (help->top > help->rows - s.h)
        help->top = help->rows - s.h > 0 ? help->rows - s.h : 0;
    struct surface page = surface_sub(s, rect_of(0, -help->top, s.w, s.h + help->top));
    int y = draw_words(page, 0, 0, s.w, CELL_DIM, view->help) + 1;
    if (s.w >= COLUMNS_LEAST_W) {
        int w = (s.w - 3) / 2;
        draw_keys(surface_sub(page, rect_of(0, 0, w, page.h)), y, view->title, view->keys, view->key_count);
        draw_keys(surface_sub(page, rect_of(w + 3, 0, w, page.h)), y, "EVERYWHERE", frame_keys, frame_key_count);
        help->rows = s.h;
        return;
    }
    y = draw_keys(page, y, view->title, view->keys, view->key_count) + 1;
    help->rows = draw_keys(page, y, "EVERYWHERE", frame_keys, frame_key_count);
    draw_more(help, s);
}

static bool help_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct help *help = state;
    if (key.code == KEYC_DOWN || key_is(key, 'j')) {
        help->top++;
    } else if (key.code == KEYC_UP || key_is(key, 'k')) {
        help->top -= help->top > 0;
    } else if (key.code == KEYC_ESC || key.code == KEYC_F1 || key_is(key, '?')) {
        *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
    } else {
        return false;
    }
    return true;
}

static const struct key_row help_keys[] = {
    {"Esc", "close", "closes the help", 1},
    {"↑ ↓", "scroll", "scrolls", 5},
};

const struct view help_view = {
    .name = "help", .title = "HELP", .help = "The keys of the view below, and those that work everywhere.",
    .state_size = sizeof(struct help), .keys = help_keys, .key_count = sizeof help_keys / sizeof help_keys[0],
    .draw = help_draw, .key = help_key,
};
