/*
 * tags: everything that is heard, configured or discovered, as a tree; the filter finds one among a hundred thousand.
 *
 * A struct tags is what the screen keeps: the table and the list of rows (tags_rows.h). A struct listing is the table's
 * context for one call. Drawing asks only for the rows that are visible.
 */
#include <stdio.h>
#include <string.h>

#include "draw/table.h"
#include "draw/text.h"
#include "views/common.h"
#include "views/tags_rows.h"

enum tags_column { COL_NAME, COL_VALUE, COL_UNIT, COL_BAR, COL_SLOPE, COL_AGE, COL_RATE, COL_TRUST, COL_TOPIC, COL_COUNT };

enum { NARROW_W = 60, STATUS_LEAST_H = 12 };

struct tags {
    struct table table;
    struct alarm_marks marks;
    struct tags_rows rows;
};

struct listing {
    const struct scene *scene;
    struct tags *tags;
    struct table_column columns[COL_COUNT];
    int indent; /* cells a level */
};

static void draw_heading(const struct listing *listing, uint32_t row, struct surface s)
{
    const struct plant *plant = model_plant(listing->scene->model);
    if (row == ROW_DISCOVERED) {
        surface_text_fit(s, 0, 0, s.w, CELL_TITLE, "discovered: heard, but not configured");
        return;
    }
    const struct node *node = &plant->nodes[row & ~ROW_HEADING];
    int x = (int)node->level * listing->indent;
    x = surface_text_fit(s, x, 0, s.w - x, CELL_DIM, node->title);
    if (strcmp(node->title, node->name) != 0 && x + 2 + text_width(node->name) <= s.w)
        surface_text(s, x + 2, 0, CELL_BORDER, node->name);
}

static void draw_name(const struct listing *listing, uint32_t tag, const struct reading *reading, struct surface s)
{
    const struct tag *of = model_tag(listing->scene->model, tag);
    if (of->node != NO_NODE) {
        int x = ((int)model_plant(listing->scene->model)->nodes[of->node].level + 1) * listing->indent;
        draw_tag_name(listing->scene->model, &listing->tags->marks, tag, reading->title, surface_sub(s, rect_of(x, 0, s.w - x, 1)));
        return;
    }
    /* The end of a topic tells more than its beginning, which all share. */
    char key[KEY_BYTES];
    const char *shown = key;
    model_tag_key(listing->scene->model, tag, key, sizeof key);
    while (text_width(shown) > s.w - listing->indent && *shown)
        shown += text_grapheme(shown).length;
    if (shown != key)
        shown += text_grapheme(shown).length;
    int x = shown != key ? surface_glyph(s, listing->indent, 0, CELL_DIM, GLYPH_MORE) : listing->indent;
    surface_text(s, x, 0, CELL_TEXT, shown);
}

/* The rate of what does not come any more is not known. */
static void draw_rate(const struct model *model, uint32_t tag, enum tag_trust trust, struct surface s)
{
    char text[NUMBER_TEXT];
    double rate = model_rate(model, tag);
    if (rate < 0 || trust == TRUST_STALE || trust == TRUST_UNCONFIRMED)
        return;
    number_text(rate, rate < 9.95 ? 1 : 0, false, text);
    surface_number_right(s, 0, 0, s.w, CELL_DIM, text);
}

static void draw_topic(const struct listing *listing, uint32_t tag, struct surface s)
{
    const struct tags_rows *rows = &listing->tags->rows;
    char key[KEY_BYTES];
    if (tag >= rows->plant->tag_count) {
        model_tag_key(listing->scene->model, tag, key, sizeof key);
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, key);
        return;
    }
    if (!rows->topics[tag]) {
        surface_text_fit(s, 0, 0, s.w, CELL_DIM, "no topic feeds it");
        return;
    }
    int x = surface_text_fit(s, 0, 0, s.w, CELL_DIM, rows->topics[tag]->topic);
    if (rows->fields[tag]->path[0] && x + 1 < s.w)
        surface_text_fit(s, x + 1, 0, s.w - x - 1, CELL_BORDER, rows->fields[tag]->path);
}

static void draw_trust_word(const struct model *model, uint32_t tag, const struct reading *reading, struct surface s)
{
    char text[LABEL_TEXT];
    trust_text(model, tag, text, sizeof text);
    if (s.w < 20)
        text[strcspn(text, " :,")] = '\0';
    if (reading_outside(reading))
        snprintf(text, sizeof text, "%s band", reading_outside(reading) > 0 ? "above" : "below");
    surface_text_fit(s, 0, 0, s.w, reading->trust == TRUST_GOOD && !reading_outside(reading) ? CELL_DIM : reading_role(reading), text);
}

static void tags_cell(const void *context, size_t row, size_t column, struct surface s, bool selected)
{
    const struct listing *listing = context;
    const struct model *model = listing->scene->model;
    uint32_t tag = listing->tags->rows.rows[row];
    (void)selected;
    if (tag & ROW_HEADING) {
        if (column == COL_NAME)
            draw_heading(listing, tag, s);
        return;
    }
    struct reading reading;
    reading_of_tag(&reading, model, tag);
    const char *unit = reading.unit;
    reading.unit = "";
    switch ((enum tags_column)column) {
    case COL_NAME: draw_name(listing, tag, &reading, s); break;
    case COL_VALUE:
        if (tag_in_words(model, tag))
            draw_words_over(&reading, listing->columns[COL_VALUE].width, s);
        else
            draw_widget("value", &reading, s);
        break;
    case COL_UNIT: surface_text_fit(s, 0, 0, s.w, CELL_DIM, unit); break;
    case COL_BAR: draw_widget("bar", &reading, s); break;
    case COL_SLOPE: draw_slope(&reading, s); break;
    case COL_AGE: draw_age(&reading, s); break;
    case COL_RATE: draw_rate(model, tag, reading.trust, s); break;
    case COL_TRUST: draw_trust_word(model, tag, &reading, s); break;
    case COL_TOPIC: draw_topic(listing, tag, s); break;
    case COL_COUNT: break;
    }
}

static uint64_t tags_id(const void *context, size_t row) { return ((const struct listing *)context)->tags->rows.rows[row]; }
static bool tags_heading(const void *context, size_t row) { return (((const struct listing *)context)->tags->rows.rows[row] & ROW_HEADING) != 0; }

static size_t tags_span(const void *context, size_t row, size_t column)
{
    const struct listing *listing = context;
    if (tags_heading(context, row))
        return column == COL_NAME ? COL_COUNT : 1;
    bool words = column == COL_VALUE && tag_in_words(listing->scene->model, listing->tags->rows.rows[row]);
    return words ? COL_AGE - COL_VALUE : 1;
}

static struct table_spec tags_spec(struct listing *listing, int w)
{
    const struct tags_rows *rows = &listing->tags->rows;
    bool bare = rows->count > 0 && rows->rows[0] == ROW_DISCOVERED; /* nothing listed has a unit or a range: topics get the room */
    listing->indent = w < NARROW_W ? 1 : 2;
    const struct table_column columns[COL_COUNT] = {
        [COL_NAME] = {.title = "TAG", .width = 22, .least = 14, .flex = 1},
        [COL_VALUE] = {.title = "VALUE", .width = w < NARROW_W ? 11 : 13, .align = ALIGN_RIGHT},
        [COL_UNIT] = {.title = "", .width = bare ? 0 : 5, .drop = 2},
        [COL_BAR] = {.title = "RANGE", .width = bare ? 0 : w >= 120 ? 28 : 20, .drop = 3},
        [COL_SLOPE] = {.title = "TREND", .width = 9, .drop = 6, .align = ALIGN_RIGHT},
        [COL_AGE] = {.title = "AGE", .width = 5, .align = ALIGN_RIGHT},
        [COL_RATE] = {.title = "/MIN", .width = 5, .drop = 4, .align = ALIGN_RIGHT},
        [COL_TRUST] = {.title = "TRUST", .width = w >= 160 ? 26 : w >= 100 ? 11 : 0, .drop = 5},
        [COL_TOPIC] = {.title = "TOPIC", .width = bare ? 0 : 40, .least = bare ? 0 : 24, .flex = bare ? 0 : 1, .drop = 7},
    };
    memcpy(listing->columns, columns, sizeof columns);
    return (struct table_spec){
        .columns = listing->columns, .column_count = COL_COUNT, .rows = listing->tags->rows.count, .context = listing,
        .cell = tags_cell, .row_id = tags_id, .heading = tags_heading, .span = tags_span, .filter = "", .show_titles = true,
        .empty = listing->scene->filter[0] ? "no tag matches the filter" : "nothing is configured and nothing has been heard yet",
    };
}

static void tags_draw(void *state, const struct scene *scene, struct surface s)
{
    struct tags *tags = state;
    struct listing listing = {.scene = scene, .tags = tags};
    tags_rows_update(&tags->rows, scene);
    alarm_marks_update(&tags->marks, scene->model);
    struct rect body = surface_rect(s);
    if (s.h >= STATUS_LEAST_H) {
        struct surface status = surface_sub(s, rect_cut_bottom(&body, 1));
        size_t all = model_tag_count(scene->model), found = model_discovered(scene->model);
        if (scene->filter[0])
            surface_format(status, 0, 0, CELL_DIM, "%zu of %zu tags match %s", tags->rows.shown, all, scene->filter);
        else
            surface_format(status, 0, 0, CELL_DIM, "%zu configured, %zu discovered", all - found, found);
    }
    struct table_spec spec = tags_spec(&listing, s.w);
    table_draw(&tags->table, &spec, surface_sub(s, body));
}

static bool tags_key(void *state, const struct scene *scene, struct key key, struct request *request)
{
    struct tags *tags = state;
    struct listing listing = {.scene = scene, .tags = tags};
    tags_rows_update(&tags->rows, scene);
    struct table_spec spec = tags_spec(&listing, 80);
    size_t row;
    if (key.code != KEYC_ENTER && !key_is(key, 'v'))
        return table_key(&tags->table, &spec, key);
    if (!table_selected(&tags->table, &spec, &row))
        return false;
    *request = (struct request){.kind = key_is(key, 'v') ? REQUEST_TREND : REQUEST_FACEPLATE, .focus = focus_on_tag(scene, tags->rows.rows[row])};
    return true;
}

static void tags_finish(void *state)
{
    struct tags *tags = state;
    table_finish(&tags->table);
    tags_rows_finish(&tags->rows);
    alarm_marks_finish(&tags->marks);
}

static const struct key_row tags_keys[] = {
    {"Enter", "faceplate", "opens the faceplate of the selected tag", 1},
    {"v", "trend", "takes the selected tag into the trends view", 2},
    {"↑ ↓", "select", "selects a tag; PgUp, PgDn, g and G go further", 6},
};

const struct view tags_view = {
    .name = "tags", .title = "TAGS",
    .help = "Everything configured, and under it what was discovered. Marks: ○ stale, ? unknown or unconfirmed, x bad, an arrow outside the normal band. An age of >=2m: the broker kept the value, it is at least that old.",
    .state_size = sizeof(struct tags), .keys = tags_keys, .key_count = sizeof tags_keys / sizeof tags_keys[0],
    .draw = tags_draw, .key = tags_key, .finish = tags_finish,
};
