/*
 * reasons: the reason tree with a character for each reason, drawn over another view: one key gives a stop its reason. The characters are in the
 * order of the tree, so that a reason has the same one every day. What stops there are mostly given, and what is proposed, stands in a row of its own.
 *
 * A struct page is the case of one call: the stop, and the lines. Where the leaves are more than a page has characters, the list goes down a level
 * at a time: then letters choose in the level and digits in the row of the usual ones. The state is how far down, and what was scrolled.
 */
#include "views/reasons.h"

#include <stdio.h>
#include <string.h>

#include "draw/text.h"
#include "views/common.h"

enum { FLAT_MOST = 35, LINES_MOST = 96, USUAL_MOST = 3, GAP = 2, COLUMN_LEAST_W = 12, COLUMN_MOST_W = 36, HEAD_LEAST_H = 6, TITLE_BYTES = 120 };
static const char flat_keys[] = "123456789abcdefghijklmnopqrstuvwxyz";
static const char level_keys[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct reasons {
    uint16_t parent_plus; /* one more than the reason whose children are listed; 0: the roots */
    size_t top;           /* lines scrolled away */
    size_t room;          /* lines that were visible at the last draw */
};

struct line {
    char key;             /* 0: a heading, or one too many */
    uint16_t reason;
};

struct page {
    const struct scene *scene;
    const struct plant *plant;
    const struct stop *stop; /* NULL: it is not remembered */
    bool flat;
    struct line lines[LINES_MOST];
    size_t count;
    struct line usual[USUAL_MOST];
    size_t usual_count;
};

/* ---- the stop ---- */

const struct stop *stop_named(const struct model *model, const char *path, int64_t start_ms)
{
    uint32_t node = plant_node_by_path(model_plant(model), path);
    return node == NO_NODE ? NULL : model_stop_at(model, node, start_ms);
}

uint16_t reason_to_confirm(const struct model *model, const struct stop *stop)
{
    bool can = stop && stop->reason == NO_REASON && stop->proposal < model_plant(model)->reason_count;
    return can ? stop->proposal : NO_REASON;
}

bool reason_label(const struct model *model, const struct stop *stop, const char *key, char *out, size_t cap)
{
    uint16_t reason = strcmp(key, "r") == 0 ? reason_to_confirm(model, stop) : NO_REASON;
    if (reason != NO_REASON)
        snprintf(out, cap, "confirm: %.60s", model_plant(model)->reasons[reason].title);
    return reason != NO_REASON;
}

const struct pending_action *stop_pending(const struct scene *scene, const char *path, int64_t start_ms)
{
    for (size_t i = scene->pending_count; i-- > 0;) {
        const struct pending_action *p = &scene->pending[i];
        if (p->kind >= ACTION_STOP_REASON && p->kind <= ACTION_STOP_COMMENT && p->occurrence_ms == start_ms && strcmp(p->target, path) == 0)
            return p;
    }
    return NULL;
}

/* ---- the lines ---- */

static bool is_leaf(const struct plant *plant, uint16_t reason)
{
    return plant->reasons[reason].end == reason + 1;
}

static size_t leaf_count(const struct plant *plant)
{
    size_t count = 0;
    for (size_t r = 0; r < plant->reason_count; r++)
        count += is_leaf(plant, (uint16_t)r);
    return count;
}

static void add(struct page *page, char key, uint16_t reason)
{
    if (page->count < LINES_MOST)
        page->lines[page->count++] = (struct line){.key = key, .reason = reason};
}

/* Every leaf below its parent. */
static void list_leaves(struct page *page)
{
    uint16_t parent = NO_REASON;
    size_t key = 0;
    for (size_t r = 0; r < page->plant->reason_count; r++) {
        const struct reason *row = &page->plant->reasons[r];
        if (!is_leaf(page->plant, (uint16_t)r))
            continue;
        if (row->parent != parent && page->count + (row->parent != NO_REASON) > 0)
            add(page, 0, row->parent); /* a blank one before a leaf that has none */
        parent = row->parent;
        add(page, flat_keys[key++], (uint16_t)r);
    }
}

/* The children of one reason, or the roots. */
static void list_level(struct page *page, uint16_t parent)
{
    bool roots = parent >= page->plant->reason_count;
    size_t key = 0, end = roots ? page->plant->reason_count : page->plant->reasons[parent].end;
    for (size_t r = roots ? 0 : parent + 1u; r < end; r = page->plant->reasons[r].end, key++)
        add(page, key < sizeof level_keys - 1 ? level_keys[key] : 0, (uint16_t)r);
}

static size_t times_given(const struct page *page, uint16_t reason, bool everywhere)
{
    size_t count, times = 0;
    const struct stop *stops = model_stops(page->scene->model, &count);
    for (size_t i = 0; i < count; i++)
        times += !stops[i].gone && stops[i].reason == reason && (everywhere || stops[i].node == page->stop->node);
    return times;
}

static char key_of(const struct page *page, uint16_t reason)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->lines[i].reason == reason && page->lines[i].key)
            return page->lines[i].key;
    return 0;
}

static bool is_usual(const struct page *page, uint16_t reason)
{
    for (size_t i = 0; i < page->usual_count; i++)
        if (page->usual[i].reason == reason)
            return true;
    return false;
}

/* The leaves that were given most often to stops of this node; where none was, of the whole plant. */
static void list_usual(struct page *page)
{
    for (int everywhere = 0; page->stop && page->usual_count == 0 && everywhere <= 1; everywhere++)
        for (size_t n = 0; n < USUAL_MOST; n++) {
            size_t most = 0;
            struct line best = {.reason = NO_REASON};
            for (size_t r = 0; r < page->plant->reason_count; r++) {
                size_t times = is_leaf(page->plant, (uint16_t)r) && !is_usual(page, (uint16_t)r) ? times_given(page, (uint16_t)r, everywhere) : 0;
                if (times > most) {
                    most = times;
                    best.reason = (uint16_t)r;
                }
            }
            if (most == 0)
                break;
            best.key = page->flat ? key_of(page, best.reason) : (char)('1' + page->usual_count);
            page->usual[page->usual_count++] = best;
        }
}

/* Another configuration may have come since the last call. */
static void make_page(struct page *page, struct reasons *view, const struct scene *scene)
{
    *page = (struct page){.scene = scene, .plant = model_plant(scene->model), .stop = stop_named(scene->model, scene->focus.about, scene->focus.about_ms)};
    page->flat = leaf_count(page->plant) <= FLAT_MOST;
    if (page->flat || view->parent_plus > page->plant->reason_count)
        view->parent_plus = 0;
    if (page->flat)
        list_leaves(page);
    else
        list_level(page, view->parent_plus ? (uint16_t)(view->parent_plus - 1) : NO_REASON);
    list_usual(page);
}

/* "Mechanical > Drive" */
static void path_titles(const struct plant *plant, uint16_t reason, char *out, size_t cap)
{
    uint16_t chain[REASON_DEPTH];
    size_t depth = 0, used = 0;
    out[0] = '\0';
    for (uint16_t r = reason; r < plant->reason_count && depth < REASON_DEPTH; r = plant->reasons[r].parent)
        chain[depth++] = r;
    while (depth-- > 0 && used < cap) {
        int written = snprintf(out + used, cap - used, "%s%s", used ? " > " : "", plant->reasons[chain[depth]].title);
        used += written > 0 ? (size_t)written : 0;
    }
}

/* ---- drawing ---- */

/* "Placer 2  10:31 - now  11m  E27 PICK UP" */
static void draw_stop(const struct page *page, struct surface s)
{
    const struct stop *stop = page->stop;
    const struct model *model = page->scene->model;
    uint32_t node = plant_node_by_path(page->plant, page->scene->focus.about);
    char from[SPAN_TEXT], to[SPAN_TEXT] = "now", span[SPAN_TEXT];
    int x = surface_text_fit(s, 0, 0, s.w / 2, CELL_TITLE, node == NO_NODE ? page->scene->focus.about : page->plant->nodes[node].title) + GAP;
    when_text(model, page->scene->focus.about_ms, from);
    if (!stop) {
        surface_format(s, x, 0, CELL_DIM, "%s: no longer remembered", from);
        return;
    }
    if (stop->end_ms)
        when_text(model, stop->end_ms, to);
    span_text((stop->end_ms ? stop->end_ms : model_wall(model)) - stop->start_ms, span);
    x = surface_format(s, x, 0, CELL_TEXT, "%s - %s", from, to) + GAP;
    x = surface_text(s, x, 0, CELL_TEXT, span) + GAP;
    if (x < s.w)
        surface_text_fit(s, x, 0, s.w - x, CELL_DIM, stop->message);
}

static int draw_choice(struct surface s, int x, const char *key, const char *title)
{
    if (x + 2 + text_width(title) > s.w)
        return s.w;
    x = surface_text(s, x, 0, CELL_KEY, key);
    return surface_text(s, x + 1, 0, CELL_TEXT, title) + GAP;
}

/* What stands, or is proposed; and the usual ones with their keys. */
static void draw_first(const struct page *page, struct surface s)
{
    uint16_t proposed = reason_to_confirm(page->scene->model, page->stop), given = page->stop ? page->stop->reason : NO_REASON;
    char title[TITLE_BYTES];
    int x = 0;
    if (proposed != NO_REASON) {
        x = surface_text(s, x, 0, CELL_KEY, "Enter");
        x = surface_text_fit(s, x + 1, 0, s.w - x - 1, CELL_TITLE, page->plant->reasons[proposed].title) + GAP;
    } else if (given < page->plant->reason_count) {
        path_titles(page->plant, given, title, sizeof title);
        x = surface_text(s, x, 0, CELL_KEY, "-");
        x = surface_text(s, x + 1, 0, CELL_DIM, "takes back") + 1;
        x = surface_text_fit(s, x, 0, s.w - x, CELL_TITLE, title) + GAP;
    }
    int first = page->usual_count ? 9 + text_width(page->plant->reasons[page->usual[0].reason].title) : s.w;
    if (x + first > s.w)
        return;
    x = surface_text(s, x, 0, CELL_DIM, "often:") + 1;
    for (size_t i = 0; i < page->usual_count; i++)
        x = draw_choice(s, x, (char[]){page->usual[i].key, '\0'}, page->plant->reasons[page->usual[i].reason].title);
}

static void line_text(const struct page *page, const struct line *line, char *out, size_t cap)
{
    if (page->flat && !line->key)
        path_titles(page->plant, line->reason, out, cap);
    else
        snprintf(out, cap, "%s%s", page->plant->reasons[line->reason].title, is_leaf(page->plant, line->reason) ? "" : " ...");
}

/* The widest line, but for what is cut where that is too wide. */
static int natural_width(const struct page *page)
{
    int widest = COLUMN_LEAST_W;
    char text[TITLE_BYTES];
    for (size_t i = 0; i < page->count; i++) {
        line_text(page, &page->lines[i], text, sizeof text);
        int w = text_width(text) + (page->lines[i].key ? 2 : 0);
        widest = w > widest ? w : widest;
    }
    return widest < COLUMN_MOST_W ? widest : COLUMN_MOST_W;
}

static void draw_line(const struct page *page, const struct line *line, struct surface s)
{
    bool given = page->stop && page->stop->reason == line->reason;
    char text[TITLE_BYTES];
    line_text(page, line, text, sizeof text);
    if (page->flat && !line->key) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, text);
        return;
    }
    surface_text(s, 0, 0, CELL_KEY, (char[]){line->key, '\0'});
    surface_text_fit(s, 2, 0, s.w - 2, given ? CELL_TITLE : CELL_TEXT, text);
}

/* Column after column, each heading with at least one reason below it. Returns how many lines there was room for. */
static size_t put_lines(const struct page *page, size_t top, int w, bool draw, struct surface s)
{
    int y = 0, x = 0;
    size_t i = top;
    for (; i < page->count; i++) {
        bool heading = page->flat && !page->lines[i].key;
        if (y >= s.h || (heading && y == s.h - 1 && s.h > 1)) {
            y = 0;
            x += w + GAP;
        }
        if (x > 0 && x + w > s.w)
            break;
        if (draw)
            draw_line(page, &page->lines[i], surface_sub(s, rect_of(x, y, w, 1)));
        y++;
    }
    return i - top;
}

/* In as many columns as it takes, as long as they are wide enough to be read. */
static size_t draw_lines(const struct page *page, size_t top, struct surface s)
{
    int natural = natural_width(page), w = natural < s.w ? natural : s.w;
    for (int columns = 1; put_lines(page, 0, w, false, s) < page->count; columns++) {
        int narrower = (s.w - columns * GAP) / (columns + 1);
        if (narrower < COLUMN_LEAST_W)
            break;
        w = narrower < w ? narrower : w;
    }
    return put_lines(page, top, w, true, s);
}

static void reasons_draw(void *state, const struct scene *scene, struct surface s)
{
    struct reasons *view = state;
    struct page page;
    struct rect body = surface_rect(s);
    make_page(&page, view, scene);
    draw_stop(&page, surface_sub(s, rect_cut_top(&body, 1)));
    if (page.plant->reason_count == 0) {
        draw_words(surface_sub(s, body), 0, 0, s.w, CELL_DIM, "no reasons are configured (reasons in andon.cfg)");
        return;
    }
    draw_first(&page, surface_sub(s, rect_cut_top(&body, 1)));
    if (!page.flat && view->parent_plus && body.h >= HEAD_LEAST_H) {
        char title[TITLE_BYTES];
        path_titles(page.plant, (uint16_t)(view->parent_plus - 1), title, sizeof title);
        surface_text_fit(surface_sub(s, rect_cut_top(&body, 1)), 0, 0, s.w, CELL_DIM, title);
    } else if (body.h > (int)page.count) {
        rect_cut_top(&body, 1);
    }
    if (view->top >= page.count)
        view->top = 0;
    struct surface list = surface_sub(s, body);
    view->room = draw_lines(&page, view->top, list);
    size_t hidden = page.count - view->room - view->top;
    if (view->top > 0 || hidden > 0) {
        char more[32] = " PgUp";
        if (hidden > 0)
            snprintf(more, sizeof more, " PgDn %zu more", hidden);
        surface_text_right(s, 0, 0, s.w, CELL_ACCENT, more);
    }
}

/* ---- keys ---- */

static void give(const struct page *page, uint16_t reason, struct request *request)
{
    struct action *action = &request->action;
    *request = (struct request){.kind = REQUEST_ACTION, .focus = page->scene->focus, .action = {.kind = ACTION_STOP_REASON, .occurrence_ms = page->scene->focus.about_ms}};
    snprintf(action->target, sizeof action->target, "%.*s", (int)sizeof action->target - 1, page->scene->focus.about);
    plant_reason_path(page->plant, reason, action->word, sizeof action->word);
}

static void choose(struct reasons *view, const struct page *page, const struct line *line, struct request *request)
{
    if (is_leaf(page->plant, line->reason)) {
        give(page, line->reason, request);
    } else {
        view->parent_plus = (uint16_t)(line->reason + 1);
        view->top = 0;
    }
}

static void scroll(struct reasons *view, const struct page *page, bool down)
{
    if (down && view->top + view->room < page->count)
        view->top += view->room;
    else if (!down)
        view->top = view->top > view->room ? view->top - view->room : 0;
}

/* Every other key is swallowed: one that misses must not do something else. */
static bool reasons_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct reasons *view = state;
    struct page page;
    make_page(&page, view, scene);
    uint16_t proposed = reason_to_confirm(scene->model, page.stop);
    bool below = key.code == KEYC_ESC && view->parent_plus > 0;
    if (below) {
        uint16_t parent = page.plant->reasons[view->parent_plus - 1].parent;
        *view = (struct reasons){.parent_plus = parent < page.plant->reason_count ? (uint16_t)(parent + 1) : 0};
    } else if (key.code == KEYC_ESC) {
        *request = (struct request){.kind = REQUEST_BACK, .focus = scene->focus};
    } else if (key.code == KEYC_PAGE_DOWN || key.code == KEYC_DOWN || key.code == KEYC_PAGE_UP || key.code == KEYC_UP) {
        scroll(view, &page, key.code == KEYC_PAGE_DOWN || key.code == KEYC_DOWN);
    } else if (key.code == KEYC_ENTER && proposed != NO_REASON) {
        give(&page, proposed, request);
    } else if (key_is(key, '-') && page.stop && page.stop->reason != NO_REASON) {
        give(&page, NO_REASON, request);
    } else if (key_is(key, '?')) {
        return false;
    }
    if (key.code != KEYC_CHAR)
        return true;
    for (size_t i = 0; i < page.usual_count; i++)
        if (page.usual[i].key && key_is(key, (uint32_t)page.usual[i].key)) {
            give(&page, page.usual[i].reason, request);
            return true;
        }
    for (size_t i = 0; i < page.count; i++)
        if (page.lines[i].key && key_is(key, (uint32_t)page.lines[i].key)) {
            choose(view, &page, &page.lines[i], request);
            return true;
        }
    return true;
}

static bool reasons_label(const void *state, const struct scene *scene, const char *key, char *out, size_t cap)
{
    const struct stop *stop = stop_named(scene->model, scene->focus.about, scene->focus.about_ms);
    (void)state;
    return reason_label(scene->model, stop, strcmp(key, "Enter") == 0 ? "r" : key, out, cap);
}

static const struct act_row reasons_acts[] = {{"1-9 a-z", ACTION_STOP_REASON}, {"Enter", ACTION_STOP_REASON}, {"-", ACTION_STOP_REASON}};

static const struct key_row reasons_keys[] = {
    {"Esc", "close", "goes up a level, or closes it", 1},
    {"1-9 a-z", "give", "gives the stop the reason that stands behind the character; what goes on (...) is opened. Reasons that have no character are given by :reason", 2},
    {"Enter", "proposed", "gives the proposed reason", 3},
    {"-", "take back", "takes the reason back", 4},
    {"PgUp PgDn", "more", "what there is no room for", 6},
};

const struct view reasons_view = {
    .name = "reasons", .title = "REASON",
    .help = "Why the stop was: one key gives the reason. In the first row what is proposed, from what the machine said first, and what is given often here.",
    .state_size = sizeof(struct reasons), .keys = reasons_keys, .key_count = sizeof reasons_keys / sizeof reasons_keys[0], .draw = reasons_draw,
    .key = reasons_key, .acts = reasons_acts, .act_count = sizeof reasons_acts / sizeof reasons_acts[0], .label = reasons_label,
};
