/*
 * trends: several tags on one time axis, from a minute to a year: the curves, what the node of the selected tag did, what was changed, and a
 * legend that tells what the cursor's column holds.
 *
 * Here stands how the screen is shared out, what the keys do, and how tags get in; trends_data.c brings the columns, trends_area.c and
 * trends_legend.c draw them.
 */
#include "views/trends.h"

#include <stdio.h>
#include <string.h>

#include "draw/text.h"

enum {
    EVENTS_LEAST_H = 14, TITLES_LEAST_H = 14, STATES_LEAST_H = 8, RULE_LEAST_H = 5, LEAP = 10, KEY_TAGS = 4,
    UNDRAWN_COLUMNS = 64, LEGEND_SHARE = 3,
};

/* ---- taking tags in ---- */

bool trends_add(struct trends *trends, const char *key)
{
    trends->note[0] = '\0';
    for (size_t i = 0; i < trends->count; i++)
        if (strcmp(trends->tags[i], key) == 0) {
            trends->selected = i;
            return true;
        }
    if (trends->count == TRENDS_TAGS || strlen(key) >= KEY_BYTES) {
        snprintf(trends->note, sizeof trends->note, "%d tags are the most: x takes one out", TRENDS_TAGS);
        return false;
    }
    trends->began_ms = 0;
    memcpy(trends->tags[trends->count], key, strlen(key) + 1);
    trends->selected = trends->count++;
    trends->name[0] = '\0';
    return true;
}

/* What tells most about a node: its key tags, then values with a band or a range, then what it makes. */
static int key_rank(const struct tag_def *def)
{
    if (def->kind == KIND_TEXT || def->kind == KIND_STATE)
        return 0;
    return def->key ? 4 : def->has_normal ? 3 : def->has_range ? 2 : def->role == ROLE_CYCLE || def->role == ROLE_SPEED || def->kind == KIND_POWER ? 1 : 0;
}

static void add_key_tags(struct trends *trends, const struct model *model, uint32_t node)
{
    const struct plant *plant = model_plant(model);
    char key[KEY_BYTES];
    size_t taken = 0, first = trends->selected;
    for (int rank = 4; rank > 0; rank--)
        for (uint32_t t = plant->nodes[node].first_tag; t < plant->tag_count && taken < KEY_TAGS; t++) {
            uint32_t of = plant->tags[t].node;
            if (of < node || of >= plant->nodes[node].end)
                break;
            if (key_rank(plant->tags[t].def) != rank)
                continue;
            model_tag_key(model, t, key, sizeof key);
            if (!trends_add(trends, key))
                return;
            first = taken++ ? first : trends->selected;
        }
    trends->selected = first;
    if (!taken)
        snprintf(trends->note, sizeof trends->note, "%.60s has no number to draw", plant->nodes[node].title);
}

void trends_add_focus(struct trends *trends, const struct model *model, const struct focus *focus)
{
    uint32_t node = focus->tag[0] ? NO_NODE : plant_node_by_path(model_plant(model), focus->node);
    if (focus->tag[0])
        trends_add(trends, focus->tag);
    else if (node != NO_NODE)
        add_key_tags(trends, model, node);
}

void trends_show(struct trends *trends, const char *name, const char *const *tags, size_t count)
{
    trends->count = 0;
    for (size_t i = 0; i < count && i < TRENDS_TAGS; i++)
        trends_add(trends, tags[i]);
    trends->selected = 0;
    trends->note[0] = '\0';
    snprintf(trends->name, sizeof trends->name, "%.*s", TRENDS_NAME - 1, name);
}

static void remove_tag(struct trends *trends, size_t index)
{
    if (index >= trends->count)
        return;
    trends->count--;
    memmove(trends->tags[index], trends->tags[index + 1], (trends->count - index) * sizeof trends->tags[0]);
    if (trends->selected >= trends->count)
        trends->selected = trends->count ? trends->count - 1 : 0;
    trends->name[0] = '\0';
}

/* ---- moving in time ---- */

static int columns_now(const struct trends *trends) { return trends->columns > 0 ? trends->columns : UNDRAWN_COLUMNS; }

static void follow(struct trends *trends)
{
    trends->standing = false;
    trends->end_ms = trends->cursor_ms = 0;
}

/* Lets the last column hold this moment, which is not after now; at now it follows. What one walks through keeps its zoom. */
static void stand_at(struct trends *trends, const struct scene *scene, int64_t last_ms)
{
    if (!trends->zoomed)
        trends->zoomed = (uint8_t)(timeline_zoom(trends_span(trends, scene)) + 1);
    trends->standing = last_ms < scene->now_ms;
    trends->end_ms = trends->standing ? last_ms : 0;
}

static int64_t column_ms(const struct timeline *line, int column) { return line->from_ms + line->step_ms * column; }

void trends_go(struct trends *trends, const struct scene *scene, int64_t ms)
{
    struct timeline line = trends_window(trends, scene, columns_now(trends));
    stand_at(trends, scene, ms + line.step_ms * (line.columns / 2));
    trends->cursor_ms = ms;
}

void trends_between(struct trends *trends, const struct scene *scene, int64_t from_ms, int64_t to_ms)
{
    trends->span_ms = (to_ms - from_ms) * 20 / 19 + 1; /* so that no column is missing: see timeline_step() */
    stand_at(trends, scene, to_ms - 1);
    trends->cursor_ms = 0;
}

static void set_cursor(struct trends *trends, const struct timeline *line, int column)
{
    bool last = !trends->standing && column == line->columns - 1;
    trends->cursor_ms = last ? 0 : column_ms(line, column);
}

/* Over the edge the window comes along. */
static void move_cursor(struct trends *trends, const struct scene *scene, int by)
{
    struct timeline line = trends_window(trends, scene, columns_now(trends));
    int column = trends_cursor(trends, &line) + by, over = column < 0 ? column : column >= line.columns ? column - line.columns + 1 : 0;
    if (over && !(over > 0 && !trends->standing)) {
        stand_at(trends, scene, timeline_end(&line) - 1 + line.step_ms * over);
        line = trends_window(trends, scene, line.columns);
    }
    set_cursor(trends, &line, column < 0 ? 0 : column >= line.columns ? line.columns - 1 : column);
}

static void pan(struct trends *trends, const struct scene *scene, int direction)
{
    struct timeline line = trends_window(trends, scene, columns_now(trends));
    int column = trends_cursor(trends, &line);
    bool at_end = trends->cursor_ms == 0;
    stand_at(trends, scene, timeline_end(&line) - 1 + line.step_ms * (line.columns / 2) * direction);
    line = trends_window(trends, scene, line.columns);
    if (!(at_end && !trends->standing))
        set_cursor(trends, &line, column);
}

/* The moment under the cursor keeps its column, as far as that does not lie after now. */
static void zoom(struct trends *trends, const struct scene *scene, int by)
{
    struct timeline line = trends_window(trends, scene, columns_now(trends));
    int column = trends_cursor(trends, &line), at = timeline_zoom(trends_span(trends, scene));
    if (at + by < 0 || at + by >= TIMELINE_ZOOMS)
        return;
    int64_t moment = column_ms(&line, column) + line.step_ms / 2;
    trends->zoomed = (uint8_t)(at + by + 1);
    trends->span_ms = 0;
    if (!trends->standing && trends->cursor_ms == 0)
        return;
    int64_t step = timeline_step(trends_span(trends, scene), line.columns);
    stand_at(trends, scene, moment + step * (line.columns - 1 - column));
    trends->cursor_ms = moment;
}

/* ---- keys ---- */

static bool legend_key(struct trends *trends, const struct scene *scene, struct key key, struct request *request)
{
    size_t selected = trends->selected;
    if (trends->count == 0)
        return false;
    if (key.code == KEYC_ENTER) {
        *request = (struct request){.kind = REQUEST_FACEPLATE, .focus = scene->focus};
        memcpy(request->focus.tag, trends->tags[selected < trends->count ? selected : 0], KEY_BYTES);
        return true;
    }
    bool up = key.code == KEYC_UP || key_is(key, 'k'), down = key.code == KEYC_DOWN || key_is(key, 'j');
    if (!up && !down)
        return false;
    trends->selected = up ? selected - (selected > 0) : selected + (selected + 1 < trends->count);
    return true;
}

static bool trends_char(struct trends *trends, const struct scene *scene, uint32_t character)
{
    switch (character) {
    case '<': move_cursor(trends, scene, -LEAP); return true;
    case '>': move_cursor(trends, scene, LEAP); return true;
    case '+':
    case '=': zoom(trends, scene, -1); return true;
    case '-':
    case '_': zoom(trends, scene, 1); return true;
    case 'o': trends->scale = (enum trends_scale)((trends->scale + 1) % TRENDS_SCALES); return true;
    case 'y': trends->overlay = (enum trends_overlay)((trends->overlay + 1) % TRENDS_OVERLAYS); return true;
    case 'x': remove_tag(trends, trends->selected); return true;
    case 'X':
        trends->count = 0;
        trends->name[0] = '\0';
        return true;
    default: return false;
    }
}

static bool trends_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct trends *trends = state;
    trends->note[0] = '\0';
    switch (key.code) {
    case KEYC_LEFT: move_cursor(trends, scene, -1); return true;
    case KEYC_RIGHT: move_cursor(trends, scene, 1); return true;
    case KEYC_HOME: {
        struct timeline line = trends_window(trends, scene, columns_now(trends));
        set_cursor(trends, &line, 0);
        return true;
    }
    case KEYC_END: follow(trends); return true;
    case KEYC_PAGE_UP: pan(trends, scene, -1); return true;
    case KEYC_PAGE_DOWN: pan(trends, scene, 1); return true;
    case KEYC_CHAR:
        if (trends_char(trends, scene, key.character))
            return true;
        break;
    default: break;
    }
    return legend_key(trends, scene, key, request);
}

/* ---- drawing ---- */

/* What is to be said of the whole picture: what a key could not do, loading, why there is nothing. */
static enum cell_role status_text(const struct trends_picture *picture, char *out, size_t cap)
{
    const struct curve *curve = &picture->curves[picture->selected];
    const struct trends *trends = picture->trends;
    bool loading = false;
    for (size_t i = 0; i < picture->count; i++)
        loading = loading || picture->curves[i].loading;
    if (trends->note[0]) {
        snprintf(out, cap, "%s", trends->note);
        return CELL_ACCENT;
    }
    if (loading)
        snprintf(out, cap, "loading");
    else if (curve->ring && curve->why[0])
        snprintf(out, cap, "%s", curve->why);
    else if (curve->ring)
        snprintf(out, cap, "no history here: the last 10 minutes");
    else
        snprintf(out, cap, "%s", curve->tier);
    return CELL_DIM;
}

/* From when to when, how much a column is, how it is scaled; at the right where the cursor stands. */
static void draw_head(const struct trends_picture *picture, struct surface s)
{
    static const char *const scales[TRENDS_SCALES] = {"own scales", "fitted scales", "one scale"};
    static const char *const overlays[TRENDS_OVERLAYS] = {"", "with yesterday", "with last week"};
    const struct zone *zone = &model_plant(picture->scene->model)->zone;
    const struct timeline *line = &picture->line;
    int64_t now = picture->scene->now_ms, end = timeline_end(line);
    char from[LABEL_TEXT], to[LABEL_TEXT], span[SPAN_TEXT], step[SPAN_TEXT], text[LABEL_TEXT], cursor[LABEL_TEXT], more[LABEL_TEXT * 2];
    timeline_text(zone, line->from_ms, line->step_ms, now, from, sizeof from);
    timeline_text(zone, end < now ? end : now, line->step_ms, line->from_ms, to, sizeof to); /* its date only when it is another one */
    timeline_text(zone, column_ms(line, picture->cursor), line->step_ms, now, cursor, sizeof cursor);
    snprintf(text, sizeof text, "%s", picture->at_now ? "now" : cursor);
    int right = text_width(text) + 2;
    surface_text_right(s, 0, 0, s.w, CELL_ACCENT, text);
    int x = surface_text_fit(s, 0, 0, s.w - right, CELL_TEXT, from);
    x = surface_text_fit(s, x, 0, s.w - right - x, CELL_DIM, " to ");
    x = surface_text_fit(s, x, 0, s.w - right - x, CELL_TEXT, picture->trends->standing ? to : "now") + 2;
    span_text(line->step_ms * line->columns, span);
    timeline_step_text(line->step_ms, step);
    enum cell_role role = status_text(picture, more, sizeof more);
    bool several = picture->count > 1 || picture->trends->scale != TRENDS_OWN, over = picture->trends->overlay != TRENDS_NOTHING;
    snprintf(text, sizeof text, "%s, %s a column%s%s%s%s", span, step, several ? ", " : "", several ? scales[picture->trends->scale] : "", over ? ", " : "",
        overlays[picture->trends->overlay]);
    int status_w = text_width(more);
    if (x + text_width(text) + 2 + status_w > s.w - right)
        snprintf(text, sizeof text, "%s%s%s", span, over ? " " : "", overlays[picture->trends->overlay]);
    if (x + text_width(text) + 2 + status_w <= s.w - right || !more[0])
        x = surface_text_fit(s, x, 0, s.w - right - x, CELL_DIM, text) + 2;
    surface_text_fit(s, x, 0, s.w - right - x, role, more);
}

static void draw_empty(const struct trends *trends, const struct scene *scene, struct surface s)
{
    int y = s.h > 10 ? 2 : 0;
    (void)scene;
    if (trends->note[0])
        surface_text_fit(s, 2, y++, s.w - 2, CELL_ACCENT, trends->note);
    surface_text_fit(s, 2, y, s.w - 2, CELL_TEXT, "Nothing is drawn yet.");
    draw_words(s, 2, y + 2, s.w - 4, CELL_DIM, "v takes a tag in here: press it on a value in the tags or line view, on a line of the overview, or in a faceplate. :trend NAME shows a saved set.");
}

static void trends_draw(void *state, const struct scene *scene, struct surface s)
{
    struct trends *trends = state;
    struct trends_picture picture;
    struct table_column columns[TRENDS_COLUMNS];
    if (trends->count == 0) {
        draw_empty(trends, scene, s);
        return;
    }
    trends_picture_init(&picture, trends, scene, trends_columns(s));
    struct rect body = surface_rect(s);
    bool titles = s.h >= TITLES_LEAST_H, words = s.h >= EVENTS_LEAST_H && scene->recall;
    draw_head(&picture, surface_sub(s, rect_cut_top(&body, 1)));
    int rows = (int)trends->count, most = body.h / LEGEND_SHARE;
    struct surface legend = surface_sub(s, rect_cut_bottom(&body, (rows < most ? rows : most > 0 ? most : 1) + titles));
    if (words)
        trends_event_text(&picture, surface_sub(s, rect_cut_bottom(&body, 1)));
    int foot = picture.node != NO_NODE && body.h >= STATES_LEAST_H ? 3 : body.h >= RULE_LEAST_H ? 2 : 1;
    trends_foot(&picture, surface_sub(s, rect_cut_bottom(&body, foot)));
    trends_area(&picture, surface_sub(s, body));
    struct table_spec spec = trends_legend(&picture, columns, s.w, titles);
    table_select(&trends->table, &spec, picture.selected);
    table_draw(&trends->table, &spec, legend);
    trends_picture_finish(&picture);
}

static void trends_crumb(const void *state, const struct scene *scene, char *out, size_t cap)
{
    const struct trends *trends = state;
    (void)scene;
    snprintf(out, cap, "%s%s", trends->name[0] ? "TRENDS > " : "", trends->name);
}

static void trends_finish(void *state)
{
    struct trends *trends = state;
    table_finish(&trends->table);
}

static const struct key_row trends_keys[] = {
    {"← →", "cursor", "moves the cursor by a column; < and > by ten, Home to the first one; over the edge the time comes along", 1},
    {"+ -", "zoom", "+ shows less time around the cursor, - shows more, from a minute to a year", 2},
    {"PgUp PgDn", "earlier, later", "goes half a screen back or forward in time", 3},
    {"End", "now", "follows now again; :go goes to a time", 4},
    {"↑ ↓", "select", "selects a tag: the scale, the limits and the states shown are its own", 6},
    {"Enter", "faceplate", "opens the faceplate of the selected tag", 8},
    {"o", "scales", "own scales by the configured ranges, own ones fitted to what is seen, or one for all", 9},
    {"y", "compare", "draws the same time yesterday, or last week, faintly behind; shift calendars are not known here", 9},
    {"x", "take out", "takes the selected tag out; X takes out all", 7},
};

const struct view trends_view = {
    .name = "trends", .title = "TRENDS",
    .help = "Values over time. A thick stroke is a sample; an upright run reaches from the least to the greatest of a column with several; a thin line is a value that stood without a new one; where nothing is known there is nothing. A curve that reaches far is a shaded band with the means over it. Dots are the limits of the selected tag, letters on the axis what was changed: s setpoint, l limit, r recipe, o order, c configuration.",
    .state_size = sizeof(struct trends), .keys = trends_keys, .key_count = sizeof trends_keys / sizeof trends_keys[0],
    .draw = trends_draw, .key = trends_key, .crumb = trends_crumb, .finish = trends_finish,
};
