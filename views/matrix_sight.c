#include "views/matrix_sight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "draw/text.h"

enum { WORD_W = 10, VALUE_LEAST_W = 3, VALUE_MOST_W = 9, HEAD_MOST_W = 20, WIDE_HEAD_W = 12, HEAD_W = 8, NARROW_HEAD_W = 6, LABEL_MOST_W = 20, NARROW_LABEL_W = 9 };

uint32_t matrix_tag(const struct matrix_type *type, size_t row, size_t column)
{
    return type->tags[column * type->rows + row];
}

/* ---- what is seen ---- */

/* What a number did in the last minutes: 1 it only rose, -1 it fell, 0 it stood, or was heard too shortly. */
static int direction(const struct tag *tag, int64_t elapsed_ms)
{
    double low, high, newer = INFINITY, newest = NAN;
    size_t columns = 0;
    for (int back = 0; tag->ring && back < RING_COLUMNS; back++) {
        if (!ring_at(tag->ring, elapsed_ms, back, &low, &high))
            continue;
        if (high > newer)
            return -1;
        newest = columns++ == 0 ? high : newest;
        newer = low;
    }
    return columns > 1 && newer < newest ? 1 : 0;
}

/* Its kind where it is known, else by what its numbers do. */
static bool column_counts(const struct model *model, const struct matrix_type *type, size_t column)
{
    size_t rising = 0, known = 0;
    for (size_t r = 0; r < type->rows; r++) {
        uint32_t t = matrix_tag(type, r, column);
        if (t == NO_TAG)
            continue;
        const struct tag *tag = model_tag(model, t);
        if (tag->def)
            return tag->def->kind == KIND_COUNTER || tag->def->kind == KIND_REGISTER;
        if (!tag->ring)
            continue;
        int way = direction(tag, model_elapsed(model));
        if (way < 0)
            return false;
        known++;
        rising += way > 0;
    }
    return known > 0 && rising * 5 >= known * 3;
}

static void read_cell(const struct model *model, uint32_t tag, struct odd_cell *cell)
{
    struct reading reading;
    *cell = (struct odd_cell){.there = tag != NO_TAG};
    if (tag == NO_TAG)
        return;
    const struct tag *t = model_tag(model, tag);
    reading_of_tag(&reading, model, tag);
    cell->trust = reading.trust;
    cell->has_number = reading.has_number;
    cell->number = reading.number;
    cell->word = reading.text == reading.text_space ? "" : reading.text;
    cell->age_ms = reading.age_ms;
    cell->still_ms = model_wall(model) - t->changed_ms;
}

static void judge(struct sight *sight)
{
    const struct matrix_type *type = sight->type;
    sight->cells = mem_zero(type->rows * type->columns + 1, sizeof *sight->cells);
    sight->judged = mem_zero(type->columns + 1, sizeof *sight->judged);
    for (size_t c = 0; c < type->columns; c++) {
        struct odd_cell *cells = &sight->cells[c * type->rows];
        for (size_t r = 0; r < type->rows; r++)
            read_cell(sight->scene->model, matrix_tag(type, r, c), &cells[r]);
        sight->judged[c].counts = column_counts(sight->scene->model, type, c);
        odd_judge(cells, type->rows, &sight->judged[c]);
        sight->odd += sight->judged[c].odd;
    }
}

static bool row_matches(const struct sight *sight, size_t row)
{
    char text[512];
    if (sight->type->nodes[row] == NO_NODE)
        return filter_matches(sight->scene->filter, sight->type->labels[row]);
    node_haystack(model_plant(sight->scene->model), sight->type->nodes[row], text, sizeof text);
    return filter_matches(sight->scene->filter, text);
}

/* A filter that no machine fits may be one of columns. */
static void choose(struct sight *sight)
{
    const struct matrix_type *type = sight->type;
    sight->rows = mem_zero(type->rows + 1, sizeof *sight->rows);
    sight->columns = mem_zero(type->columns + 1, sizeof *sight->columns);
    for (size_t r = 0; r < type->rows; r++)
        if (row_matches(sight, r))
            sight->rows[sight->row_count++] = r;
    for (size_t c = 0; c < type->columns; c++)
        if (sight->row_count > 0 || filter_matches(sight->scene->filter, type->names[c]))
            sight->columns[sight->column_count++] = c;
    for (size_t r = 0; r < type->rows && sight->row_count == 0 && sight->column_count > 0; r++)
        sight->rows[r] = r;
    if (sight->row_count == 0 && sight->column_count > 0)
        sight->row_count = type->rows;
}

size_t matrix_kind(const struct matrix *matrix)
{
    for (size_t t = 0; t < matrix->types.count; t++)
        if (strcmp(matrix->types.types[t].name, matrix->kind) == 0)
            return t;
    return 0;
}

void matrix_look(struct matrix *matrix, const struct scene *scene, struct sight *sight)
{
    *sight = (struct sight){.scene = scene, .matrix = matrix};
    matrix_types_update(&matrix->types, scene->model);
    if (matrix->types.count == 0)
        return;
    sight->kind = matrix_kind(matrix);
    sight->type = &matrix->types.types[sight->kind];
    if (matrix->generation != matrix->types.generation || strcmp(matrix->kind, sight->type->name) != 0) {
        matrix->drawn_w = 0;
        matrix->generation = matrix->types.generation;
        snprintf(matrix->kind, sizeof matrix->kind, "%s", sight->type->name);
    }
    choose(sight);
    judge(sight);
    matrix->row = matrix->row < sight->row_count ? matrix->row : sight->row_count ? sight->row_count - 1 : 0;
    matrix->column = matrix->column < sight->column_count ? matrix->column : sight->column_count ? sight->column_count - 1 : 0;
}

void matrix_look_away(struct sight *sight)
{
    free(sight->rows);
    free(sight->columns);
    free(sight->cells);
    free(sight->judged);
    free(sight->heads);
}

uint32_t matrix_selected(const struct sight *sight)
{
    const struct matrix *m = sight->matrix;
    if (!sight->type || m->row >= sight->row_count || m->column >= sight->column_count)
        return NO_TAG;
    return matrix_tag(sight->type, sight->rows[m->row], sight->columns[m->column]);
}

/* ---- columns ---- */

const struct tag_def *matrix_column_def(const struct sight *sight, size_t column)
{
    for (size_t r = 0; r < sight->type->rows; r++)
        if (matrix_tag(sight->type, r, column) != NO_TAG)
            return model_tag(sight->scene->model, matrix_tag(sight->type, r, column))->def;
    return NULL;
}

/* As many as tell the values, fewer the larger they are. */
static int decimals_wanted(const struct sight *sight, size_t column)
{
    const struct tag_def *def = matrix_column_def(sight, column);
    double largest = 0;
    int decimals = 0;
    if (def && def->decimals != DECIMALS_AUTO)
        return def->decimals;
    for (size_t r = 0; r < sight->type->rows; r++) {
        const struct odd_cell *cell = &sight->cells[column * sight->type->rows + r];
        if (!cell->there || !cell->has_number)
            continue;
        largest = fmax(largest, fabs(cell->number));
        double scaled = cell->number * pow(10, decimals);
        for (; decimals < MATRIX_DECIMALS && fabs(scaled - round(scaled)) > 1e-6 * fmax(1, fabs(scaled)); scaled *= 10)
            decimals++;
    }
    int most = largest >= 1000 ? 0 : largest >= 100 ? 1 : largest >= 10 ? 2 : MATRIX_DECIMALS;
    return decimals < most ? decimals : most;
}

/* Wide enough for its head, and for what it has shown so far. */
static struct column_look column_look(const struct sight *sight, size_t column)
{
    struct column_look look = sight->matrix->looks[column];
    int decimals = decimals_wanted(sight, column), width = text_width(sight->heads[column]);
    decimals = decimals > look.decimals ? decimals : look.decimals;
    for (size_t r = 0; r < sight->type->rows; r++) {
        const struct odd_cell *cell = &sight->cells[column * sight->type->rows + r];
        char text[NUMBER_TEXT];
        int w = 1;
        if (cell->there && cell->trust != TRUST_NEVER && cell->has_number) {
            number_fit(cell->number, decimals, VALUE_MOST_W, text);
            w = text_width(text);
        } else if (cell->there && cell->trust != TRUST_NEVER) {
            w = text_width(cell->word) < WORD_W ? text_width(cell->word) : WORD_W;
        }
        width = w > width ? w : width;
    }
    width = width < VALUE_LEAST_W ? VALUE_LEAST_W : width;
    return (struct column_look){.width = (uint8_t)(width > look.width ? width : look.width), .decimals = (uint8_t)decimals};
}

static int label_width(const struct sight *sight, int w)
{
    int most = w < MATRIX_NARROW_W ? NARROW_LABEL_W : LABEL_MOST_W, wide = 3;
    for (size_t r = 0; r < sight->type->rows; r++)
        wide = text_width(sight->type->labels[r]) > wide ? text_width(sight->type->labels[r]) : wide;
    return wide < most ? wide : most;
}

/* With heads of at most so many cells; returns the width of all columns together. */
static int lay_out_with(struct sight *sight, int head_w, struct column_look looks[MATRIX_COLUMNS])
{
    const struct matrix_type *type = sight->type;
    const char **names = mem_zero(type->columns + 1, sizeof *names);
    int width = 0;
    for (size_t c = 0; c < type->columns; c++)
        names[c] = type->names[c];
    matrix_heads(names, type->columns, head_w, sight->heads);
    free(names);
    for (size_t c = 0; c < type->columns; c++) {
        looks[c] = column_look(sight, c);
        width += 2 + looks[c].width;
    }
    return width;
}

/* The longest heads with which all columns are seen; else short ones. What was drawn for another width is forgotten. */
void matrix_lay_out(struct sight *sight, int w)
{
    static const int widths[] = {HEAD_MOST_W, WIDE_HEAD_W, HEAD_W, NARROW_HEAD_W};
    struct matrix *m = sight->matrix;
    struct column_look looks[MATRIX_COLUMNS];
    size_t from = 0, shortest = w < MATRIX_NARROW_W ? 3 : 2;
    if (m->drawn_w != w) {
        memset(m->looks, 0, sizeof m->looks);
        m->head_w = HEAD_MOST_W;
        m->drawn_w = w;
    }
    sight->heads = mem_zero(sight->type->columns + 1, sizeof *sight->heads);
    sight->label_w = label_width(sight, w);
    while (widths[from] > m->head_w)
        from++;
    while (lay_out_with(sight, widths[from], looks) > w - sight->label_w && from < shortest)
        from++;
    m->head_w = widths[from];
    memcpy(m->looks, looks, sizeof m->looks[0] * sight->type->columns);
}

/* A gap, the mark, the value. */
int matrix_column_width(const struct sight *sight, size_t shown)
{
    return 2 + sight->matrix->looks[sight->columns[shown]].width;
}

/* How many fit from `left` on. */
static size_t columns_from(const struct sight *sight, size_t left, int w)
{
    size_t n = 0;
    for (int x = sight->label_w; left + n < sight->column_count && x + matrix_column_width(sight, left + n) <= w; n++)
        x += matrix_column_width(sight, left + n);
    return n > 0 ? n : 1;
}

void matrix_scroll(struct sight *sight, int w, int rows)
{
    struct matrix *m = sight->matrix;
    if (m->column < m->left)
        m->left = m->column;
    while (m->left < m->column && m->column >= m->left + columns_from(sight, m->left, w))
        m->left++;
    while (m->left > 0 && m->left - 1 + columns_from(sight, m->left - 1, w) >= sight->column_count)
        m->left--;
    m->page_columns = columns_from(sight, m->left, w);
    m->page_rows = rows;
    if (m->row < m->top)
        m->top = m->row;
    if (rows > 0 && m->row >= m->top + (size_t)rows)
        m->top = m->row + 1 - (size_t)rows;
    if (sight->row_count <= m->top + (size_t)rows)
        m->top = sight->row_count > (size_t)rows ? sight->row_count - (size_t)rows : 0;
}
