/*
 * The legend: a row a tag, with what the cursor's column holds. A tag that cannot be drawn says why in the place of its numbers.
 */
#include <stdio.h>
#include <string.h>

#include "core/hash_index.h"
#include "draw/text.h"
#include "views/trends.h"

enum legend_column { LEGEND_MARK, LEGEND_TAG, LEGEND_VALUE, LEGEND_UNIT, LEGEND_LOW, LEGEND_HIGH, LEGEND_MEAN, LEGEND_THEN, LEGEND_SCALE, LEGEND_AGE };

static const struct column *column_at(const struct trends_picture *picture, const struct curve *curve)
{
    return &curve->columns[picture->cursor];
}

static const struct tag_def *def_of(const struct trends_picture *picture, const struct curve *curve)
{
    return curve->tag == NO_TAG ? NULL : model_tag(picture->scene->model, curve->tag)->def;
}

/* A value as the tag would say it: a state's word, on and off, else a number. */
static void shown_text(const struct trends_picture *picture, const struct curve *curve, double value, int w, char out[NUMBER_TEXT])
{
    const struct tag_def *def = def_of(picture, curve);
    if (def && def->kind == KIND_BOOL && (value <= 0 || value >= 1)) {
        snprintf(out, NUMBER_TEXT, value > 0 ? "on" : "off");
        return;
    }
    if (def && def->kind == KIND_STATE && value > -1e9 && value < 1e9) {
        const struct state_map_row *row = state_map_number(&model_plant(picture->scene->model)->maps[def->map], (int64_t)value);
        if (row && (double)(int64_t)value >= value) {
            snprintf(out, NUMBER_TEXT, "%.*s", NUMBER_TEXT - 1, row->word ? row->word : state_class_table[row->class].word);
            return;
        }
    }
    number_fit(value, def ? def->decimals : DECIMALS_AUTO, w, out);
}

static void draw_number_of(const struct trends_picture *picture, const struct curve *curve, double value, enum cell_role role, struct surface s)
{
    char text[NUMBER_TEXT];
    shown_text(picture, curve, value, s.w, text);
    surface_text_right(s, 0, 0, s.w, role, text);
}

static void draw_value(const struct trends_picture *picture, const struct curve *curve, struct surface s)
{
    const struct column *column = column_at(picture, curve);
    const struct tag_def *def = def_of(picture, curve);
    if (picture->at_now && curve->tag != NO_TAG && !curve->words) {
        struct reading reading;
        reading_of_tag(&reading, picture->scene->model, curve->tag);
        reading.unit = "";
        draw_widget("value", &reading, s);
        return;
    }
    if (column->state == COLUMN_EMPTY) {
        surface_text_right(s, 0, 0, s.w, CELL_UNKNOWN, "gap");
        return;
    }
    bool outside = def && def->has_normal && (column->last < def->normal[0] || column->last > def->normal[1]);
    draw_number_of(picture, curve, column->last, outside ? CELL_WARN : column->state == COLUMN_HELD ? CELL_STALE : CELL_VALUE, s);
}

static void draw_tag(const struct trends_picture *picture, const struct curve *curve, struct surface s)
{
    if (curve->tag == NO_TAG) {
        surface_text_fit(s, 0, 0, s.w, CELL_UNKNOWN, curve->key);
        return;
    }
    const struct tag *tag = model_tag(picture->scene->model, curve->tag);
    char name[LABEL_TEXT + KEY_BYTES];
    if (!tag->def) {
        /* The end of a topic tells more than its beginning. */
        const char *shown = curve->key;
        while (text_width(shown) > s.w && *shown)
            shown += text_grapheme(shown).length;
        surface_text(s, 0, 0, CELL_TEXT, shown);
        return;
    }
    const struct node *node = &model_plant(picture->scene->model)->nodes[tag->node];
    snprintf(name, sizeof name, "%s %s", node->title, tag->def->title);
    bool whole = text_width(name) <= s.w;
    surface_text_fit(s, 0, 0, s.w, CELL_TEXT, whole ? name : tag->def->title);
}

static void draw_span(const struct curve *curve, struct surface s)
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT], text[2 * NUMBER_TEXT + 4];
    number_fit(curve->scale.low, DECIMALS_AUTO, (s.w - 2) / 2, low);
    number_fit(curve->scale.high, DECIMALS_AUTO, (s.w - 2) / 2, high);
    snprintf(text, sizeof text, "%s..%s", low, high);
    surface_number_right(s, 0, 0, s.w, CELL_DIM, text);
}

static void draw_age_or_count(const struct trends_picture *picture, const struct curve *curve, struct surface s)
{
    const struct column *column = column_at(picture, curve);
    char text[NUMBER_TEXT];
    if (picture->at_now && curve->tag != NO_TAG) {
        struct reading reading;
        reading_of_tag(&reading, picture->scene->model, curve->tag);
        draw_age(&reading, s);
    } else if (column->state == COLUMN_HELD) {
        surface_text_right(s, 0, 0, s.w, CELL_DIM, "held");
    } else if (column->state == COLUMN_FILLED && !curve->ring) {
        number_fit(column->count, 0, s.w, text);
        surface_number_right(s, 0, 0, s.w, CELL_DIM, text);
    }
}

static const char *cannot(const struct curve *curve)
{
    return curve->tag == NO_TAG ? "the plant has no such tag" : curve->words ? "in words: no curve" : NULL;
}

static void legend_cell(const void *context, size_t row, size_t at, struct surface s, bool is_selected)
{
    const struct trends_picture *picture = context;
    const struct curve *curve = &picture->curves[row];
    const struct column *column = column_at(picture, curve);
    const char mark[] = {curve->mark, '\0'};
    bool known = column->state != COLUMN_EMPTY && !cannot(curve), several = column->state == COLUMN_FILLED && (column->count > 1 || column->high > column->low);
    (void)is_selected;
    switch ((enum legend_column)at) {
    case LEGEND_MARK:
        surface_text(s, 0, 0, curve->role, mark);
        surface_glyph(s, 1, 0, curve->role, curve->style == PLOT_SHADED ? GLYPH_SHADE : GLYPH_BLOCK);
        break;
    case LEGEND_TAG: draw_tag(picture, curve, s); break;
    case LEGEND_VALUE:
        if (cannot(curve))
            surface_text_fit(s, 0, 0, s.w, CELL_DIM, cannot(curve));
        else
            draw_value(picture, curve, s);
        break;
    case LEGEND_UNIT:
        if (def_of(picture, curve))
            surface_text_fit(s, 0, 0, s.w, CELL_DIM, def_of(picture, curve)->unit);
        break;
    case LEGEND_LOW:
        if (known && several)
            draw_number_of(picture, curve, column->low, CELL_TEXT, s);
        break;
    case LEGEND_HIGH:
        if (known && several)
            draw_number_of(picture, curve, column->high, CELL_TEXT, s);
        break;
    case LEGEND_MEAN:
        if (known && several && !curve->ring)
            draw_number_of(picture, curve, column->mean, CELL_TEXT, s);
        break;
    case LEGEND_THEN:
        if (curve->shadow && curve->shadow[picture->cursor].state == COLUMN_EMPTY)
            surface_text_right(s, 0, 0, s.w, CELL_DIM, "gap");
        else if (curve->shadow)
            draw_number_of(picture, curve, curve->shadow[picture->cursor].last, CELL_DIM, s);
        break;
    case LEGEND_SCALE:
        if (!cannot(curve))
            draw_span(curve, s);
        break;
    case LEGEND_AGE: draw_age_or_count(picture, curve, s); break;
    }
}

static uint64_t legend_id(const void *context, size_t row)
{
    const struct trends_picture *picture = context;
    return hash_bytes(picture->curves[row].key, strlen(picture->curves[row].key));
}

static size_t legend_span(const void *context, size_t row, size_t at)
{
    const struct trends_picture *picture = context;
    return at == LEGEND_VALUE && cannot(&picture->curves[row]) ? LEGEND_AGE - LEGEND_VALUE : 1;
}

struct table_spec trends_legend(struct trends_picture *picture, struct table_column columns[TRENDS_COLUMNS], int w, bool titles)
{
    static const char *const then[TRENDS_OVERLAYS] = {[TRENDS_NOTHING] = "", [TRENDS_YESTERDAY] = "DAY AGO", [TRENDS_LAST_WEEK] = "WEEK AGO"};
    enum trends_overlay overlay = picture->trends->overlay;
    int number = w >= 120 ? 11 : 7;
    const struct table_column all[TRENDS_COLUMNS] = {
        [LEGEND_MARK] = {.title = "", .width = 2, .keeps = true},
        [LEGEND_TAG] = {.title = "TAG", .width = 18, .least = w < 60 ? 10 : 16, .flex = 1},
        [LEGEND_VALUE] = {.title = picture->at_now ? "NOW" : "VALUE", .width = w < 60 ? 9 : number + 2, .align = ALIGN_RIGHT},
        [LEGEND_UNIT] = {.title = "", .width = 5, .drop = 1},
        [LEGEND_LOW] = {.title = "LOW", .width = number, .drop = 4, .align = ALIGN_RIGHT},
        [LEGEND_HIGH] = {.title = "HIGH", .width = number, .drop = 4, .align = ALIGN_RIGHT},
        [LEGEND_MEAN] = {.title = "MEAN", .width = number, .drop = 5, .align = ALIGN_RIGHT},
        [LEGEND_THEN] = {.title = then[overlay], .width = overlay == TRENDS_NOTHING ? 0 : number + 1, .drop = 3, .align = ALIGN_RIGHT},
        [LEGEND_SCALE] = {.title = "SCALE", .width = w >= 120 ? 18 : 11, .drop = 6, .align = ALIGN_RIGHT},
        [LEGEND_AGE] = {.title = picture->at_now ? "AGE" : "COUNT", .width = 5, .drop = 2, .align = ALIGN_RIGHT},
    };
    memcpy(columns, all, sizeof all);
    return (struct table_spec){
        .columns = columns, .column_count = TRENDS_COLUMNS, .rows = picture->count, .context = picture, .cell = legend_cell, .row_id = legend_id,
        .span = legend_span, .filter = "", .show_titles = titles, .empty = "",
    };
}
